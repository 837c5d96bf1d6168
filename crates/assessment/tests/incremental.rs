//! An assessor that has seen a case grow says what one says that sees it for the first time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use assessment::{Assessment, Assessor};
use case::{Case, Parsed};
use roadmap::Roadmap;
use statement::civil;
use statement::kinds::agreement::KeyEnroll;
use tlog::note::SigningKey;

/// The entries of a real case, and its roadmap.
fn entries(name: &str) -> (Vec<Parsed>, Option<Roadmap>) {
    let folder =
        intake::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name))
            .unwrap();
    let desk = SigningKey::generate("desk.example").unwrap();
    let enroll = KeyEnroll::of_desk(&name.parse().unwrap(), &desk.verifying_key());
    let all = std::iter::once(&enroll).chain(folder.drafts.iter().map(|d| &d.statement));
    let entries = all.map(|s| Parsed::read(&s.sign(&[&desk]).unwrap())).collect();
    (entries, folder.roadmap.map(|file| roadmap::read(&file.text).roadmap))
}

fn json(assessment: &Assessment) -> String {
    serde_json::to_string(assessment).unwrap()
}

#[test]
fn growing_is_the_same_as_from_scratch() {
    let day = civil::date(2021, 1, 1);
    for name in ["dprk", "six-party", "jcpoa", "synthetic-state"] {
        let (entries, roadmap) = entries(name);
        let mut kept = Assessor::new();
        let mut case = Case::new();
        for (i, entry) in entries.into_iter().enumerate() {
            case.apply(entry);
            let grown = kept.assess(&case, roadmap.as_ref(), day);
            // From scratch at some points only: it is the slow way.
            if i % 7 == 0 || i < 3 {
                assert_eq!(
                    json(&grown),
                    json(&Assessor::new().assess(&case, roadmap.as_ref(), day)),
                    "{name} after entry {i}"
                );
            }
        }
    }
}

#[test]
fn another_day_is_another_assessment() {
    let (entries, roadmap) = entries("six-party");
    let mut case = Case::new();
    entries.into_iter().for_each(|e| case.apply(e));
    let mut kept = Assessor::new();
    let days = [civil::date(2007, 3, 1), civil::date(2008, 6, 30), civil::date(2007, 3, 1)];
    let seen: Vec<String> =
        days.iter().map(|d| json(&kept.assess(&case, roadmap.as_ref(), *d))).collect();
    assert_eq!(seen[0], seen[2]);
    assert_ne!(seen[0], seen[1]);
}
