//! `explain`: what a code means.

use crate::output;
use crate::session::CliError;

/// Pages of the codes that are not the roadmap's own: one text for each group, a page from each `# CODE: title` on.
const PAGES: &[&str] = &[
    include_str!("../../explain/notation.md"),
    include_str!("../../explain/intake.md"),
    include_str!("../../explain/reports.md"),
    include_str!("../../explain/series.md"),
    include_str!("../../explain/crosscheck.md"),
    include_str!("../../explain/field.md"),
    include_str!("../../explain/linkage.md"),
    include_str!("../../explain/foresight.md"),
];

/// The pages of one text, each with its code.
fn pages(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let begins = |at: usize| {
        let line = text.get(at..)?.lines().next()?.strip_prefix("# ")?;
        Some(line.split_once(": ")?.0)
    };
    let mut starts: Vec<usize> = text
        .match_indices("\n# ")
        .map(|(at, _)| at + 1)
        .filter(|at| begins(*at).is_some())
        .collect();
    starts.insert(0, 0);
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .filter_map(move |(from, to)| Some((begins(from)?, text.get(from..to)?.trim_end())))
}

fn page(code: &str) -> Option<&'static str> {
    let of_others = || PAGES.iter().flat_map(|text| pages(text));
    roadmap::explain(code)
        .or_else(|| of_others().find(|(c, _)| c.eq_ignore_ascii_case(code)).map(|(_, page)| page))
}

/// Every code with the title of its page, in order.
fn codes() -> Vec<(&'static str, &'static str)> {
    let title = |page: &'static str| {
        let first = page.lines().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, title)| title)
    };
    let others = PAGES.iter().flat_map(|text| pages(text)).map(|(code, page)| (code, title(page)));
    let mut all: Vec<_> = roadmap::codes().chain(others).collect();
    all.sort_unstable();
    all
}

pub(crate) fn run(code: Option<&str>) -> Result<u8, CliError> {
    let Some(code) = code else {
        let mut table = desk::Table::new(&["code", "what"]);
        for (code, title) in codes() {
            table.push(vec![code.to_owned(), title.to_owned()]);
        }
        output::table(crate::args::Format::Table, &table)?;
        return Ok(0);
    };
    match page(code) {
        Some(page) => output::print(&format!("{}\n", page.trim_end())).map(|()| 0),
        None => {
            let help = notation::did_you_mean(code, codes().iter().map(|(code, _)| *code))
                .map_or_else(
                    || "`lockstep explain` lists those that have one".to_owned(),
                    |code| format!("did you mean {code}?"),
                );
            Err(CliError::Call(format!("no page explains `{code}`; {help}")))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{PAGES, codes, page, pages};

    /// Every code that stands as a text in the sources: `"K001"`.
    fn in_sources(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                in_sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let words = text.split('"').filter(|w| {
                    let digits = w.strip_prefix(['K', 'I', 'R', 'C', 'A', 'F', 'L']);
                    digits.is_some_and(|d| d.len() == 3 && d.bytes().all(|b| b.is_ascii_digit()))
                });
                found.extend(words.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_code_has_its_page_and_every_page_its_code() {
        let mut found = BTreeSet::new();
        for folder in
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).unwrap().flatten()
        {
            let sources = folder.path().join("src");
            if sources.is_dir() {
                in_sources(&sources, &mut found);
            }
        }
        assert!(found.len() > 250, "{}", found.len());
        let listed: BTreeSet<String> = codes().iter().map(|(code, _)| (*code).to_owned()).collect();
        let missing: Vec<_> = found.difference(&listed).collect();
        assert!(missing.is_empty(), "codes without a page in crates/cli/explain: {missing:?}");
        let unused: Vec<_> = listed.difference(&found).collect();
        assert!(unused.is_empty(), "pages of codes that nothing prints: {unused:?}");
        assert_eq!(listed.len(), codes().len(), "a code has two pages");
    }

    #[test]
    fn every_page_says_what_is_wrong_and_how_to_mend_it() {
        for (code, _) in codes() {
            let text = page(code).unwrap();
            let (what, mend) = text.split_once("## How to mend it").unwrap();
            assert!(what.lines().nth(2).is_some_and(|line| line.len() > 20), "{code}: {what}");
            assert!(mend.trim().len() > 8, "{code}: {mend}");
        }
    }

    /// The examples of the notation's pages are wrong as their page says, and the mended ones are right.
    #[test]
    fn examples_of_the_notation_are_what_they_say() {
        let blocks = |text: &str| -> Vec<String> {
            text.split("```kdl\n")
                .skip(1)
                .filter_map(|b| Some(b.split_once("```")?.0.to_owned()))
                .collect()
        };
        let mut tried = 0;
        for (code, text) in pages(PAGES[0]) {
            let (what, mend) = text.split_once("## How to mend it").unwrap();
            for wrong in blocks(what) {
                let told: Vec<_> = notation::read(&wrong).messages.iter().map(|m| m.code).collect();
                assert!(told.contains(&code) || code == "K001", "{code}: {told:?} for\n{wrong}");
                tried += 1;
            }
            for right in blocks(mend) {
                let told = notation::read(&right).messages;
                assert!(told.is_empty(), "{code}: {told:?} for\n{right}");
            }
        }
        assert!(tried > 20, "{tried}");
    }

    /// The pages of the rules of reports bear the names of the rules and their advice.
    #[test]
    fn pages_of_rules_follow_the_rules() {
        for rule in accountancy::RULES {
            let text = page(rule.code).unwrap().to_lowercase();
            assert!(text.contains(&rule.name.to_lowercase()), "{}: {text}", rule.code);
            assert!(text.contains(&rule.help.to_lowercase()), "{}: {text}", rule.code);
        }
    }
}
