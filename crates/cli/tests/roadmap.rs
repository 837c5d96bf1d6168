//! The agreement as text, at the command line: explain, fmt, test, import, check.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod harness;

use std::fs;
use std::path::Path;

use harness::{Desk, described, text};
use ledger::Ledger;
use ledger::keys::KeyDir;
use statement::kinds::agreement::Adopt;
use statement::{Basis, Body, Header, Sha256Digest, Source, Statement};

const CASE: &[u8] = b"case \"t\" {\n    title \"Test\"\n    party \"A\"\n    party \"B\"\n}\n";
const ROADMAP: &str = "roadmap \"T\"\nparty \"A\"\nparty   \"B\"\nstep \"s\" by=\"A\" { // who begins\n  due \"2008-01-01\"   // the first of the year\n}\nstep \"t\" by=\"B\" { after \"s\"; }\n";

#[test]
fn a_code_is_explained() {
    let desk = Desk::new();
    let page = desk.run(&["explain", "r007"]);
    assert_eq!(page.code, 0);
    assert!(page.out.starts_with("# R007: A step after itself"), "{}", page.out);
    assert!(page.out.contains("## How to mend it"));
    let wrong = desk.run(&["explain", "R07"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean R0"), "{}", wrong.err);
    assert!(desk.run(&["explain"]).out.lines().count() > 45);
}

#[test]
fn a_file_is_laid_out_and_its_comments_stay() {
    let desk = Desk::new();
    let root = desk.folder(&[("case.kdl", CASE), ("roadmap.kdl", ROADMAP.as_bytes())]);
    let file = root.join("roadmap.kdl");
    let checked = desk.run(&["fmt", "--check", text(&file)]);
    assert_eq!((checked.code, fs::read_to_string(&file).unwrap()), (1, ROADMAP.to_owned()));
    assert_eq!(desk.run(&["fmt", text(&file)]).code, 0);
    let tidy = fs::read_to_string(&file).unwrap();
    assert!(tidy.contains("    due \"2008-01-01\"  // the first of the year\n"), "{tidy}");
    assert!(tidy.contains("{  // who begins\n"), "{tidy}");
    assert_eq!(desk.run(&["fmt", "--check", text(&file)]).code, 0);
    fs::write(&file, "step \"s\" {\n  due 2008-01-01\n").unwrap();
    let broken = desk.run(&["fmt", text(&file)]);
    assert_eq!(broken.code, 1);
    assert!(broken.out.contains("K019") && broken.out.contains("not touched"), "{}", broken.out);
    assert_eq!(fs::read_to_string(&file).unwrap(), "step \"s\" {\n  due 2008-01-01\n");
}

/// Records that a text was adopted.
fn adopt(desk: &Desk, root: &Path, adopted: &str) {
    let keys = KeyDir::new(desk.home.path().join("keys"));
    let signer = keys.load("desk.key").unwrap();
    let log = keys.load("log.lockstep.local-t.key").unwrap();
    let header = Header {
        case: "t".parse().unwrap(),
        id: "adopt.1".parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "the signed original".into(),
            credibility: None,
            reliability: None,
        }),
    };
    let body = Body::AgreementAdopt(Adopt {
        on: "2008-01-01".parse().unwrap(),
        parties: vec!["A".parse().unwrap(), "B".parse().unwrap()],
        roadmap_sha256: Sha256Digest::of(adopted.as_bytes()),
        roles: Vec::new(),
        title: "T".into(),
    });
    let entry = Statement { header, body }.sign(&[&signer]).unwrap();
    let mut ledger = Ledger::open(&root.join(".lockstep/ledger.sqlite"), Some(log)).unwrap();
    ledger.append(vec![entry]).unwrap();
}

#[test]
fn an_adopted_text_is_not_touched_and_any_other_is_told() {
    let desk = Desk::new();
    let root = desk.folder(&[("case.kdl", CASE), ("roadmap.kdl", ROADMAP.as_bytes())]);
    let file = root.join("roadmap.kdl");
    assert_eq!(desk.run(&["open", text(&root), "--print"]).code, 0);
    adopt(&desk, &root, ROADMAP);
    let refused = desk.run(&["fmt", text(&file)]);
    assert_eq!(refused.code, 1);
    assert!(refused.out.contains("adopted on 2008-01-01"), "{}", refused.out);
    assert_eq!(fs::read_to_string(&file).unwrap(), ROADMAP);
    assert!(!desk.run(&["check", text(&root)]).out.contains("R043"));
    fs::write(&file, ROADMAP.replace("2008-01-01", "2008-01-02")).unwrap();
    let checked = desk.run(&["check", text(&root)]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("R043"), "{}", checked.out);
}

#[test]
fn scenarios_of_the_cases_hold_and_a_wrong_one_fails() {
    let desk = Desk::new();
    for name in ["six-party", "jcpoa"] {
        let case = desk.case(name);
        let ran = desk.run(&["roadmap", "test", text(&case)]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        described(&desk.json(&["roadmap", "test", text(&case)]));
    }
    let case = desk.case("jcpoa");
    let file = case.join("scenarios/snapback.kdl");
    let wrong = fs::read_to_string(&file).unwrap().replacen("2025-09-27", "2025-09-28", 1);
    fs::write(&file, wrong).unwrap();
    let ran = desk.run(&["roadmap", "test", text(&case)]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("R050") && ran.out.contains("2025-09-27"), "{}", ran.out);
}

#[test]
fn a_spreadsheet_becomes_a_case_that_can_be_opened() {
    let desk = Desk::new();
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../roadmap/tests/import");
    for name in ["agreed-framework", "inf", "iraq-687", "south-africa"] {
        let folder = desk.home.path().join(name);
        let table = tables.join(format!("{name}.csv"));
        let ran = desk.run(&["roadmap", "import", text(&table), "-o", text(&folder)]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("mappings to look at"), "{}", ran.out);
        let checked = desk.run(&["check", text(&folder)]);
        assert_eq!(checked.code, 0, "{name}: {}", checked.out);
        let opened = desk.run(&["open", text(&folder), "--print"]);
        assert_eq!(opened.code, 0, "{name}: {}{}", opened.out, opened.err);
        assert_eq!(desk.run(&["fmt", "--check", text(&folder.join("roadmap.kdl"))]).code, 0);
        // Nothing is written over.
        assert_eq!(desk.run(&["roadmap", "import", text(&table), "-o", text(&folder)]).code, 2);
    }
}

#[test]
fn check_sees_the_sense_of_a_roadmap() {
    let desk = Desk::new();
    let jcpoa = desk.case("jcpoa");
    let checked = desk.run(&["check", text(&jcpoa), "--as-of", "2026-01-01"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    let out = checked.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("R036"), "{out}");
    assert!(out.contains("R032") && out.contains("2025-08-14"), "{out}");
}
