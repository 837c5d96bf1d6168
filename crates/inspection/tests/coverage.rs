//! What has been tested on the ground, at a date.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use case::{Case, Parsed};
use inspection::coverage;
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::inspection::InspectionRecord;
use statement::{Basis, Body, Header, Source, Statement, civil};
use tlog::note::SigningKey;

fn case(bodies: Vec<(&str, Body)>) -> Case {
    let desk = SigningKey::generate("desk.example").unwrap();
    let mut case = Case::new();
    let enroll = Body::KeyEnroll(KeyEnroll {
        key: desk.verifying_key().to_string(),
        owner: "desk".parse().unwrap(),
        purpose: KeyPurpose::Desk,
    });
    for (id, body) in [("key.desk", enroll)].into_iter().chain(bodies) {
        let header = Header {
            case: "dprk".parse().unwrap(),
            id: id.parse().unwrap(),
            note: None,
            party: "desk".parse().unwrap(),
            replaces: None,
            said: None,
            source: Some(Source {
                basis: Basis::Seen,
                cite: "IAEA".into(),
                credibility: None,
                reliability: None,
            }),
        };
        case.apply(Parsed::read(&Statement { header, body }.sign(&[&desk]).unwrap()));
    }
    assert_eq!(case.rejected, []);
    case
}

fn site(name: &str) -> Body {
    Body::SiteDeclare(SiteDeclare {
        category: "reprocessing".into(),
        claims: vec![],
        material: None,
        name: name.into(),
        place: None,
        status: None,
        variants: vec![],
    })
}

#[test]
fn a_site_nobody_went_to_is_untested_not_clean() {
    let visit = Body::Inspection(InspectionRecord {
        activities: vec!["monitoring".into()],
        attachments: vec![],
        findings: vec![],
        from: "2007-07-14".parse().unwrap(),
        mandate: "monitoring of the shutdown".into(),
        person_days: None,
        planned_person_days: None,
        request: None,
        site: "s-1".parse().unwrap(),
        team: vec![],
        to: "2007-07-17".parse().unwrap(),
    });
    let case = case(vec![("s-1", site("Reactor")), ("s-2", site("Mine")), ("i-1", visit)]);
    let after = coverage(&case, civil::date(2008, 1, 1));
    assert_eq!(after.untested, 1);
    assert_eq!(after.sites[0].last_inspected.as_ref().unwrap().as_str(), "2007-07-17");
    assert_eq!(after.sites[0].because, [3]);
    // Before the visit nothing had been tested.
    assert_eq!(coverage(&case, civil::date(2007, 1, 1)).untested, 2);
}
