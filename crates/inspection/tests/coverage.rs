//! What has been tested on the ground, and where access requests stand, at a date.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use case::{Case, Parsed};
use inspection::{AccessState, coverage, requests};
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::inspection::InspectionRecord;
use statement::kinds::{access, findings};
use statement::{Basis, Body, Header, Outcome, Source, Statement, civil};
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
        from: "2007-07-14".parse().unwrap(),
        mandate: "monitoring of the shutdown".into(),
        person_days: None,
        request: None,
        site: "s-1".parse().unwrap(),
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

/// IAEA chronology of 10 June 1994: asked on 9 February 1993; Board resolution on day 16; never granted.
#[test]
fn the_special_inspection_request_of_1993() {
    let request = Body::AccessRequest(access::Request {
        activities: vec![],
        finding: None,
        on: "1993-02-09".parse().unwrap(),
        place: Some(statement::Place { name: Some("Yongbyon".into()), ..Default::default() }),
        reason: "two sites apparently related to nuclear waste".into(),
        regime: "special-inspection".into(),
        site: None,
    });
    let escalate = Body::AccessEscalate(access::Escalate {
        on: "1993-02-25".parse().unwrap(),
        request: "q-1".parse().unwrap(),
        to: "Board of Governors".into(),
    });
    let close = Body::AccessClose(access::Close {
        on: "1993-04-01".parse().unwrap(),
        outcome: Outcome::Refused,
        request: "q-1".parse().unwrap(),
    });
    let raise = Body::FindingRaise(findings::Raise {
        about: vec![],
        kind: findings::FindingKind::Inconsistency,
        on: "1993-04-01".parse().unwrap(),
        what: "non-compliance".into(),
    });
    let case = case(vec![("q-1", request), ("q-2", escalate), ("q-3", close), ("f-1", raise)]);
    let at = |y, m, d| {
        requests(&case, civil::date(y, m, d)).into_iter().map(|r| (r.state, r.days)).next()
    };
    assert_eq!(at(1993, 2, 8), None);
    assert_eq!(at(1993, 2, 20), Some((AccessState::Unanswered, 11)));
    assert_eq!(at(1993, 2, 25), Some((AccessState::Escalated, 16)));
    assert_eq!(at(2000, 1, 1), Some((AccessState::Closed(Outcome::Refused), 51)));
}
