//! Interviews: coverage, terms, and that nothing public links the pseudonyms of one person at two sites.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use case::{Case, Parsed};
use inspection::{InterviewState, interviews};
use statement::kinds::access::{
    InterviewAnswer, InterviewRecord, InterviewRequest, ReasonCode, Terms,
};
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::declaration::{PersonDeclare, SiteDeclare};
use statement::{Body, Header, Sha256Digest, Statement, civil};
use tlog::note::SigningKey;

fn header(id: &str) -> Header {
    Header {
        case: "t".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    }
}

fn entries(bodies: &[(String, Body)]) -> Vec<Vec<u8>> {
    let desk = SigningKey::generate("desk.example").unwrap();
    let said = bodies.iter().map(|(id, body)| Statement { header: header(id), body: body.clone() });
    std::iter::once(KeyEnroll::of_desk(&"t".parse().unwrap(), &desk.verifying_key()))
        .chain(said)
        .map(|s| s.sign(&[&desk]).unwrap())
        .collect()
}

fn fold(bodies: &[(String, Body)]) -> Case {
    let mut case = Case::new();
    entries(bodies).iter().for_each(|e| case.apply(Parsed::read(e)));
    case
}

fn site(id: &str) -> (String, Body) {
    let body = SiteDeclare {
        category: "reprocessing".into(),
        claims: vec![],
        material: None,
        name: id.into(),
        place: None,
        status: None,
        variants: vec![],
    };
    (id.to_owned(), Body::SiteDeclare(body))
}

/// A commitment to an identity: its hash with a salt of its own.
fn commit(identity: &str, salt: u64) -> Sha256Digest {
    Sha256Digest::of(format!("{salt}|{identity}").as_bytes())
}

fn person(id: &str, pseudonym: &str, site: &str, identity: Sha256Digest) -> (String, Body) {
    let (pseudonym, role) = (pseudonym.to_owned(), "operator".to_owned());
    let site = Some(site.parse().unwrap());
    (id.to_owned(), Body::PersonDeclare(PersonDeclare { identity, pseudonym, role, site }))
}

fn asked(id: &str, person: &str) -> (String, Body) {
    let body = InterviewRequest {
        legal_basis: Some("OP5".into()),
        on: "2003-02-01".parse().unwrap(),
        person: person.parse().unwrap(),
        questions_sha256: Some(Sha256Digest::of(id.as_bytes())),
        reason: "operating history".into(),
        terms: Terms { private: Some(true), witness: Some(false), ..Terms::default() },
    };
    (id.to_owned(), Body::InterviewRequest(body))
}

fn held(request: &str, present: &str) -> (String, Body) {
    let body = InterviewRecord {
        began: Some("2003-02-07T10:00:00+03:00".parse().unwrap()),
        consent: Some(true),
        copies_sha256: vec![],
        copy_given: Some(true),
        ended: Some("2003-02-07T14:00:00+03:00".parse().unwrap()),
        follow_up: None,
        held: true,
        notes_sha256: Some(Sha256Digest::of(request.as_bytes())),
        on: "2003-02-07".parse().unwrap(),
        present: vec![present.into()],
        protection: vec!["anonymity in reports".into()],
        reason: None,
        reason_code: None,
        request: request.parse().unwrap(),
        terms: Terms { private: Some(true), ..Terms::default() },
    };
    (format!("{request}.record"), Body::InterviewRecord(body))
}

/// Two sites, two pseudonyms at each. `same` says which pseudonym of the second site is the person of the first.
fn two_sites(same: usize) -> Vec<(String, Body)> {
    let names = ["X", "Y", "Z"];
    let who = |n: usize| if n == same { names[0] } else { names[1 + n] };
    vec![
        site("north"),
        site("south"),
        person("p-1", "P-1", "north", commit(names[0], 11)),
        person("p-2", "P-2", "south", commit(who(0), 12)),
        person("p-3", "P-3", "south", commit(who(1), 13)),
        asked("q-1", "p-1"),
        asked("q-2", "p-2"),
        asked("q-3", "p-3"),
        held("q-1", "interpreter"),
        held("q-2", "interpreter"),
        held("q-3", "interpreter"),
    ]
}

/// The words of a text that could tell one person from another.
fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|w| {
            w.len() == 64 || w.starts_with("P-") || w.starts_with("p-") || w.starts_with("q-")
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn nothing_public_links_pseudonyms_across_sites() {
    let public = |same: usize| -> Vec<String> {
        let bodies = two_sites(same);
        let case = fold(&bodies);
        assert_eq!(case.rejected, []);
        let signed = entries(&bodies).into_iter().map(|e| String::from_utf8(e).unwrap());
        // Everything that leaves the house: the log itself, and what is shown of it.
        let shown = serde_json::to_string(&interviews(&case, civil::date(2003, 3, 7))).unwrap();
        signed.chain([shown]).collect()
    };
    // Whichever of the two at the other site is the same person: but for the commitments, which are salted hashes and
    // the only thing that depends on who it is, every public byte is the same.
    let without = |texts: Vec<String>| -> Vec<String> {
        texts
            .into_iter()
            .skip(1)
            .map(|text| {
                let text = text.split("\n\n").next().unwrap().to_owned();
                match text.find("\"identity\":\"") {
                    Some(at) => text[..at + 12].to_owned() + &text[at + 12 + 64..],
                    None => text,
                }
            })
            .collect()
    };
    assert_eq!(without(public(0)), without(public(1)));
    // And the commitments themselves share nothing: one identity, two salts, two hashes.
    assert_ne!(commit("X", 11), commit("X", 12));
    // No word that names a person of one site stands in a statement about a person of the other.
    let of = |site: &str| -> BTreeSet<String> {
        let ours: &[&str] = if site == "north" { &["1"] } else { &["2", "3"] };
        let bodies = two_sites(0);
        let about = bodies.iter().filter(|(id, _)| {
            ours.iter()
                .any(|n| id.starts_with(&format!("p-{n}")) || id.starts_with(&format!("q-{n}")))
        });
        about
            .flat_map(|(id, body)| {
                let statement = Statement { header: header(id), body: body.clone() };
                words(&statement.to_text().unwrap())
            })
            .collect()
    };
    let (north, south) = (of("north"), of("south"));
    assert!(north.len() >= 4 && south.len() >= 8);
    assert_eq!(north.intersection(&south).collect::<Vec<_>>(), [] as [&String; 0]);
    // What is shown never carries a commitment at all.
    let shown = public(0).pop().unwrap();
    assert!(!shown.contains(&commit("X", 11).to_string()) && shown.contains("P-1"));
}

#[test]
fn what_would_link_two_pseudonyms_does_not_count() {
    let refused = |more: (String, Body)| {
        let case = fold(&[two_sites(0), vec![more]].concat());
        case.rejected.first().map(|r| r.reason.clone()).unwrap_or_default()
    };
    let again = refused(person("p-4", "P-4", "south", commit("X", 11)));
    assert!(again.contains("which links two pseudonyms"), "{again}");
    let name = refused(person("p-4", "P-1", "south", commit("X", 14)));
    assert!(name.contains("the pseudonym `P-1` was used before"), "{name}");
    let bodies = [two_sites(0)[..8].to_vec(), vec![held("q-2", "P-1, at another site")]].concat();
    let case = fold(&bodies);
    assert!(case.rejected[0].reason.contains("names a declared person"), "{:?}", case.rejected);
}

#[test]
fn coverage_terms_and_delay() {
    let decline = InterviewAnswer {
        accepted: false,
        on: "2003-02-03".parse().unwrap(),
        reason: None,
        reason_code: Some(ReasonCode::Witness),
        request: "q-3".parse().unwrap(),
        terms: Terms { private: Some(false), witness: Some(true), ..Terms::default() },
    };
    let mut bodies = two_sites(0)[..10].to_vec();
    bodies.push(("a-3".into(), Body::InterviewAnswer(decline)));
    let case = fold(&bodies);
    let all = interviews(&case, civil::date(2003, 3, 7));
    assert_eq!((all.asked, all.held, all.declined, all.held_in_private), (3, 2, 1, 2));
    assert_eq!(all.delay_days, Some((6, 6)));
    assert_eq!(all.reasons, [(ReasonCode::Witness, 1)]);
    // Each term on its own: the witness was refused by the team and wanted by the person.
    let witness = all.terms.iter().find(|t| t.term == "witness").unwrap();
    assert_eq!((witness.asked, witness.agreed, witness.refused), (3, 0, 1));
    let south = all.coverage.iter().find(|c| c.site.as_ref().unwrap().as_str() == "south").unwrap();
    assert_eq!((south.declared, south.asked, south.interviewed, south.refused), (2, 2, 1, 1));
    // Before the interviews were held nothing had come of them.
    let before = interviews(&case, civil::date(2003, 2, 2));
    assert!(before.requests.iter().all(|r| r.state == InterviewState::Unanswered));
}
