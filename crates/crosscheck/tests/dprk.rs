//! The cross-check on the real list: who is matched with whom, who is left, what lies in the wrong place.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use case::{Case, Parsed};
use crosscheck::{Crosscheck, Verdict, assess};
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::{Body, Header, Statement, civil};
use tlog::note::SigningKey;

fn dprk() -> Crosscheck {
    let folder =
        intake::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/dprk")).unwrap();
    let desk = SigningKey::generate("desk.example").unwrap();
    let header = Header {
        case: "dprk".parse().unwrap(),
        id: "key.desk".parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    };
    let body = Body::KeyEnroll(KeyEnroll {
        key: desk.verifying_key().to_string(),
        owner: "desk".parse().unwrap(),
        purpose: KeyPurpose::Desk,
    });
    let mut case = Case::new();
    let mut add = |s: &Statement| case.apply(Parsed::read(&s.sign(&[&desk]).unwrap()));
    add(&Statement { header, body });
    folder.drafts.iter().for_each(|d| add(&d.statement));
    assert_eq!(case.rejected, []);
    assess(&case, civil::date(2026, 11, 23))
}

fn matched(c: &Crosscheck, site: &str) -> Vec<String> {
    let row = c.sites.iter().find(|s| s.site.as_str() == site).unwrap();
    let mut ids: Vec<String> = row.matches.iter().map(|m| m.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn declared_sites_and_who_saw_them() {
    let c = dprk();
    let expected: &[(&str, &[&str])] = &[
        ("d92-irt", &["o-015"]),
        ("d92-ca", &["o-016"]),
        ("d92-sca", &[]),
        ("d92-5mw", &["o-003", "o-004"]),
        ("d92-rcl", &["o-005", "o-006", "o-007"]),
        ("d92-ffp", &["o-008"]),
        ("d92-fst", &[]),
        ("d92-50", &["o-017"]),
        // A known miss: o-026 names Taechon too, by a German phrase that shares no other word.
        ("d92-200", &["o-024", "o-025"]),
        ("d92-635a", &["o-054"]),
        ("d92-mp", &["o-030", "o-031"]),
        ("d92-ms", &["o-059"]),
        ("d92-cp", &["o-028", "o-029"]),
        ("d92-ck", &["o-032"]),
        ("d92-x-waste", &["o-022"]),
    ];
    for (site, observations) in expected {
        assert_eq!(matched(&c, site), *observations, "{site}");
    }
    let sca = c.sites.iter().find(|s| s.site.as_str() == "d92-sca").unwrap();
    assert_eq!(sca.verdict, Verdict::DeclaredNotSeen);
}

fn together<'a>(c: &'a Crosscheck, id: &str) -> Vec<&'a str> {
    let place =
        c.unmatched.iter().find(|p| p.observations.iter().any(|o| o.as_str() == id)).unwrap();
    let mut ids: Vec<&str> = place.observations.iter().map(|o| o.as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn undeclared_places_keep_their_rival_readings() {
    let c = dprk();
    assert_eq!(together(&c, "o-009"), ["o-009", "o-010", "o-011"]);
    assert_eq!(together(&c, "o-035"), ["o-035", "o-036", "o-037"]);
    assert_eq!(together(&c, "o-050"), ["o-050", "o-051", "o-052"]);
    assert_eq!(together(&c, "o-047"), ["o-047", "o-048", "o-049"]);
    // The light-water reactor at Yongbyon is not the one at Sinpo, though both are called so.
    assert_eq!(together(&c, "o-013"), ["o-013", "o-014"]);
    assert_eq!(together(&c, "o-053"), ["o-053"]);
    // "Similar to Kangson" is not Kangson.
    assert_eq!(together(&c, "o-012"), ["o-012"]);
    // A known miss: the 1976 site (o-021) and Building 500 are both "undeclared waste storage".
    assert_eq!(together(&c, "o-019"), ["o-019", "o-020", "o-021"]);
    let kangson =
        c.unmatched.iter().find(|p| p.observations.iter().any(|o| o.as_str() == "o-036")).unwrap();
    let readings: Vec<&str> = kangson.readings.iter().map(|(r, _)| r.as_str()).collect();
    assert_eq!(readings, ["suspected enrichment", "component workshop", "enrichment"]);
    // A suspicion that access took back ranks below those that stand.
    let rank = |id: &str| {
        c.unmatched.iter().position(|p| p.observations.iter().any(|o| o.as_str() == id)).unwrap()
    };
    assert!(rank("o-009") < rank("o-047") && rank("o-035") < rank("o-047"));
}

#[test]
fn points_in_the_wrong_place() {
    let c = dprk();
    let found: Vec<_> =
        c.misplaced.iter().map(|m| (m.observation.as_str(), m.against.as_str())).collect();
    assert_eq!(found, [("o-027", "d92-200"), ("o-051", "o-050")]);
    assert!((21_000.0..23_000.0).contains(&c.misplaced[0].distance_m));
    assert!((21_600.0..21_800.0).contains(&c.misplaced[1].distance_m));
}

#[test]
fn a_shared_point_alone_matches_nothing_and_every_bit_is_shown() {
    let c = dprk();
    for site in &c.sites {
        for m in &site.matches {
            let name = m.fields.iter().find(|f| f.field == "name").unwrap();
            assert!(name.bits >= c.method.least_name_bits, "{} {}", site.site, m.id);
            let sum: f64 = m.fields.iter().map(|f| f.bits).sum();
            assert!((sum - m.bits).abs() < 0.05);
            assert!((0.0..=1.0).contains(&m.probability));
        }
    }
    assert_eq!(c.not_facilities.len(), 11);
}
