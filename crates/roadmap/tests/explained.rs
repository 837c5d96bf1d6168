//! Every code has a page, every example of a page is wrong where it says, and mended it is right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use notation::{Message, Severity, Source};
use roadmap::{check, codes, explain, read};

fn told(text: &str) -> Vec<Message> {
    let reading = read(text);
    let mut messages = reading.messages;
    messages.extend(check(&reading.roadmap));
    messages
}

fn severity(m: &Message) -> &'static str {
    match m.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

/// The places marked in a text: line, severity, code.
fn marks(text: &str) -> Vec<(usize, String, String)> {
    let marked = text.lines().enumerate().filter_map(|(i, line)| {
        let (_, mark) = line.split_once("// MARK: ")?;
        let (severity, code) = mark.split_once(' ')?;
        Some((i + 1, severity.to_owned(), code.trim().to_owned()))
    });
    marked.collect()
}

fn blocks(page: &str) -> Vec<&str> {
    page.split("```kdl\n").skip(1).map(|b| b.split("```").next().unwrap()).collect()
}

#[test]
fn each_example_is_wrong_where_it_says_and_mended_it_is_not() {
    let mut failures = Vec::new();
    for (code, title) in codes() {
        let page = explain(code).unwrap();
        assert!(page.starts_with(&format!("# {code}: {title}")), "{code}");
        assert!(page.contains("## How to mend it"), "{code}");
        let blocks = blocks(page);
        // These concern the record, the ledger or a scenario and have tests of their own.
        if ["R036", "R043", "R049", "R050"].contains(&code) {
            continue;
        }
        let [bad, good] = blocks.as_slice() else { panic!("{code} has no two examples") };
        let (marks, source) = (marks(bad), Source::new(bad));
        assert!(marks.iter().any(|(_, _, c)| c == code), "{code} marks nothing");
        let found: Vec<(usize, String, String)> = told(bad)
            .iter()
            .map(|m| (source.position(m.start()).0, severity(m).to_owned(), m.code.to_owned()))
            .collect();
        for mark in marks.iter().filter(|m| !found.contains(m)) {
            failures.push(format!("{code}: {mark:?} is not among {found:?}"));
        }
        // Errors that are not marked would make the example a bad one.
        for f in found.iter().filter(|f| f.1 == "error" && !marks.contains(f)) {
            failures.push(format!("{code}: {f:?} is not marked"));
        }
        for m in told(good) {
            if m.code == code || m.severity == Severity::Error {
                failures.push(format!("{code} mended: {} {}", m.code, m.text));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_code_the_crate_uses_has_a_page() {
    let known: Vec<&str> = codes().map(|(c, _)| c).collect();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut used = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("explain.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for (at, _) in text.match_indices("\"R0") {
                    let code = text.get(at + 1..at + 5).unwrap_or_default();
                    if code.len() == 4 && code.bytes().skip(1).all(|b| b.is_ascii_digit()) {
                        assert!(known.contains(&code), "{code} in {} has no page", path.display());
                        used += 1;
                    }
                }
            }
        }
    }
    assert!(used > 50);
}

#[test]
fn the_worked_numbers() {
    let text = |m: &str| told(m).into_iter().map(|m| m.text).collect::<Vec<_>>().join("\n");
    let said = text(blocks(explain("R032").unwrap())[0]);
    assert!(said.contains("the last useful day of `snapback` is 2025-08-14"), "{said}");
    assert!(said.contains("15 + 15 + 5 + 30 = 65 days"), "{said}");
    assert!(said.contains("(`council`) must begin by 2025-09-18"), "{said}");
    let said = text(blocks(explain("R033").unwrap())[0]);
    assert!(said.contains("take 56 days (14 + 28 + 14), longer than its cut-off of 42"), "{said}");
}

/// What is said of every example that is wrong, word for word: a changed message is seen and judged.
#[test]
fn the_words_of_every_message() {
    let mut said = String::new();
    for (code, title) in codes() {
        let Some(bad) = blocks(explain(code).unwrap()).first().copied() else { continue };
        said += &format!("{code} {title}\n");
        let source = Source::new(bad);
        // Advice that nearly every short example gets would hide the rest.
        for m in told(bad).iter().filter(|m| m.code == code || severity(m) != "advice") {
            let (line, column) = source.position(m.start());
            said += &format!("  {} {} {line}:{column} {}\n", severity(m), m.code, m.text);
            for (span, words) in &m.labels {
                let place = source.position(span.start);
                let text = bad.get(span.clone()).unwrap().lines().next().unwrap_or_default();
                said += &format!("    {}:{} {text}  <- {words}\n", place.0, place.1);
            }
            if let Some(help) = &m.help {
                said += &format!("    help: {help}\n");
            }
        }
    }
    insta::assert_snapshot!(said);
}
