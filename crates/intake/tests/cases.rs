//! The real cases of the repository read without errors, and give what they hold.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use intake::{Folder, Severity, read, render};

fn case(name: &str) -> Folder {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name)).unwrap()
}

fn kinds(folder: &Folder) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::new();
    for draft in &folder.drafts {
        *counts.entry(draft.statement.kind_name().to_owned()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

fn no_errors(folder: &Folder) {
    let errors: Vec<_> =
        folder.diagnostics.iter().filter(|d| d.severity == Severity::Error).cloned().collect();
    assert!(errors.is_empty(), "{}", render(&errors, 100, false));
    for draft in &folder.drafts {
        assert!(draft.statement.to_text().is_ok());
    }
}

#[test]
fn dprk() {
    let folder = case("dprk");
    no_errors(&folder);
    insta::assert_debug_snapshot!(kinds(&folder));
    insta::assert_snapshot!("dprk_warnings", render(&folder.diagnostics, 100, false));
}

#[test]
fn six_party() {
    let folder = case("six-party");
    no_errors(&folder);
    insta::assert_debug_snapshot!(kinds(&folder));
}

#[test]
fn jcpoa() {
    let folder = case("jcpoa");
    no_errors(&folder);
    insta::assert_debug_snapshot!(kinds(&folder));
    insta::assert_snapshot!("jcpoa_warnings", render(&folder.diagnostics, 100, false));
}
