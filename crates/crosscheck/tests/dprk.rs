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

#[test]
fn print() {
    let c = dprk();
    for s in &c.sites {
        let m: Vec<String> =
            s.matches.iter().map(|m| format!("{}({:.2})", m.id, m.probability)).collect();
        println!("{:12} {:?} {}", s.site.as_str(), s.verdict, m.join(" "));
    }
    for u in &c.unmatched {
        let o: Vec<&str> = u.observations.iter().map(|o| o.as_str()).collect();
        println!(
            "{:.3} {} {:?} {:?} {:?}",
            u.rank,
            u.name,
            o,
            u.readings.iter().map(|r| &r.0).collect::<Vec<_>>(),
            u.reasons
        );
    }
    println!("{:#?}", c.misplaced);
    println!("{:?}", c.method);
    let _ = Verdict::Contested;
}
