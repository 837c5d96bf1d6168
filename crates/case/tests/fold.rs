//! The fold at its public edge: deterministic, total, incremental, and strict about who may say what.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use case::{Case, Parsed, TransferStanding};
use proptest::prelude::*;
use statement::kinds::account::{AccountLine, AccountReport, Dialect, ReportType, WeightUnit};
use statement::kinds::agreement::{Adopt, KeyEnroll, KeyPurpose, KeyRevoke};
use statement::kinds::declaration::{ItemDeclare, SiteAmend, SiteDeclare};
use statement::kinds::evidence::Observation;
use statement::kinds::items::{Receive, Transfer};
use statement::kinds::roadmap::{Progress, StepClaim};
use statement::kinds::{access, escrow as sealing};
use statement::{Basis, Body, Header, Outcome, Sha256Digest, Source, Standing, Statement};
use tlog::note::SigningKey;

struct Party {
    id: &'static str,
    key: SigningKey,
}

fn party(id: &'static str) -> Party {
    Party { id, key: SigningKey::generate(&format!("{}.example", id.to_lowercase())).unwrap() }
}

fn source() -> Option<Source> {
    Some(Source {
        basis: Basis::Seen,
        cite: "a newspaper".into(),
        credibility: None,
        reliability: None,
    })
}

fn header(id: &str, by: &str) -> Header {
    Header {
        case: "dprk".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: by.parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    }
}

fn enroll(desk_or_own: &Party, whose: &Party, purpose: KeyPurpose) -> Vec<u8> {
    let body = Body::KeyEnroll(KeyEnroll {
        key: whose.key.verifying_key().to_string(),
        owner: whose.id.parse().unwrap(),
        purpose,
    });
    let header = Header { source: source(), ..header(&format!("key.{}", whose.id), whose.id) };
    Statement { header, body }.sign(&[&desk_or_own.key]).unwrap()
}

fn site(name: &str) -> Body {
    Body::SiteDeclare(SiteDeclare {
        category: "reactor".into(),
        claims: vec![],
        material: None,
        name: name.into(),
        place: None,
        status: None,
        variants: vec![],
    })
}

fn observation(name: &str) -> Body {
    Body::Observation(Observation {
        category: "reactor".into(),
        claims: vec![],
        name: name.into(),
        observed_on: None,
        place: None,
        status: None,
        variants: vec![],
        variants_from_memory: vec![],
    })
}

fn said(id: &str, by: &Party, body: Body) -> Vec<u8> {
    Statement { header: header(id, by.id), body }.sign(&[&by.key]).unwrap()
}

fn recorded(id: &str, of: &str, desk: &Party, body: Body) -> Vec<u8> {
    Statement { header: Header { source: source(), ..header(id, of) }, body }
        .sign(&[&desk.key])
        .unwrap()
}

fn fold(entries: &[Vec<u8>]) -> Case {
    let mut case = Case::new();
    for entry in entries {
        case.apply(Parsed::read(entry));
    }
    case
}

fn json(case: &Case) -> String {
    serde_json::to_string(case).unwrap()
}

/// The reason why the last entry does not count.
#[track_caller]
fn refused(entries: &[Vec<u8>]) -> String {
    let case = fold(entries);
    let last = case.rejected.last().expect("nothing was rejected");
    assert_eq!(last.index, entries.len() as u64 - 1, "{:?}", case.rejected);
    assert_eq!(case.rejected.len(), 1, "{:?}", case.rejected);
    last.reason.clone()
}

#[test]
fn whose_word_it_is_follows_from_who_signed() {
    let (desk, dprk) = (party("desk"), party("DPRK"));
    let case = fold(&[
        enroll(&desk, &desk, KeyPurpose::Desk),
        enroll(&desk, &dprk, KeyPurpose::Statement),
        said("s-1", &dprk, site("IRT")),
        recorded("s-2", "DPRK", &desk, site("Radiochemical Laboratory")),
        recorded("o-1", "desk", &desk, observation("Kangson")),
        said("o-2", &desk, observation("our own visit")),
    ]);
    assert_eq!(case.rejected, []);
    // What the desk takes from a source is the source's word, even under the desk's own name.
    assert_eq!(case.observations.get("o-1").unwrap().standing, Standing::Attributed);
    assert_eq!(case.observations.get("o-2").unwrap().standing, Standing::Attested);
    assert_eq!(case.sites.get("s-1").unwrap().standing, Standing::Attested);
    assert_eq!(case.sites.get("s-2").unwrap().standing, Standing::Attributed);
    assert_eq!(case.sites.get("s-2").unwrap().because, [3]);
}

#[test]
fn nobodys_word_is_made_up() {
    let (desk, dprk, stranger) = (party("desk"), party("DPRK"), party("US"));
    let start = || {
        vec![enroll(&desk, &desk, KeyPurpose::Desk), enroll(&desk, &dprk, KeyPurpose::Statement)]
    };
    let with = |entry: Vec<u8>| [start(), vec![entry]].concat();

    let no_source =
        Statement { header: header("s-1", "DPRK"), body: site("IRT") }.sign(&[&desk.key]).unwrap();
    assert!(refused(&with(no_source)).contains("names no source"));

    let unknown = recorded("s-1", "US", &stranger, observation("x"));
    assert!(refused(&with(unknown)).contains("not enrolled"));

    let other_case = Statement {
        header: Header { case: "jcpoa".parse().unwrap(), ..header("s-1", "DPRK") },
        body: site("IRT"),
    };
    assert!(refused(&with(other_case.sign(&[&dprk.key]).unwrap())).contains("belongs to the case"));

    let first_key_not_desk = vec![enroll(&dprk, &dprk, KeyPurpose::Statement)];
    assert!(refused(&first_key_not_desk).contains("first key"));
}

#[test]
fn a_revoked_key_counts_before_and_not_after() {
    let (desk, dprk) = (party("desk"), party("DPRK"));
    let revoke = Body::KeyRevoke(KeyRevoke {
        key: dprk.key.verifying_key().to_string(),
        reason: "lost".into(),
    });
    let entries = [
        enroll(&desk, &desk, KeyPurpose::Desk),
        enroll(&desk, &dprk, KeyPurpose::Statement),
        said("s-1", &dprk, site("IRT")),
        said("r-1", &dprk, revoke),
        said("s-2", &dprk, site("Second")),
    ];
    let reason = refused(&entries);
    assert!(reason.contains("revoked by entry 3"), "{reason}");
    assert_eq!(fold(&entries).sites.len(), 1);
}

#[test]
fn a_correction_names_what_it_replaces_and_keeps_the_history() {
    let desk = party("desk");
    let start = vec![
        enroll(&desk, &desk, KeyPurpose::Desk),
        recorded("o-1", "desk", &desk, observation("Kangson")),
    ];
    let text = fold(&start).observations.get("o-1").unwrap().text_sha256;
    let correct = |replaces: Option<Sha256Digest>, name: &str| {
        let header = Header { replaces, source: source(), ..header("o-1", "desk") };
        Statement { header, body: observation(name) }.sign(&[&desk.key]).unwrap()
    };

    let again = [start.clone(), vec![correct(None, "Other")]].concat();
    assert!(refused(&again).contains("taken by entry 1"));
    let wrong = [start.clone(), vec![correct(Some(Sha256Digest::of(b"?")), "Other")]].concat();
    assert!(refused(&wrong).contains("the text that stands"));

    let case = fold(&[start.clone(), vec![correct(Some(text), "Chollima")]].concat());
    let record = case.observations.get("o-1").unwrap();
    assert_eq!(
        (record.body.name.as_str(), record.because.as_slice()),
        ("Chollima", [1, 2].as_slice())
    );
    // Put back as it was: another text, the same content.
    let back = [
        start.clone(),
        vec![correct(Some(text), "Chollima"), correct(Some(record.text_sha256), "Kangson")],
    ];
    let back = fold(&back.concat());
    let record = back.observations.get("o-1").unwrap();
    assert_eq!(record.content_sha256, fold(&start).observations.get("o-1").unwrap().content_sha256);
    assert_ne!(record.text_sha256, text);
}

#[test]
fn a_transfer_counts_only_with_both_signatures() {
    let (desk, dprk, rok) = (party("desk"), party("DPRK"), party("ROK"));
    let start = vec![
        enroll(&desk, &desk, KeyPurpose::Desk),
        enroll(&desk, &dprk, KeyPurpose::Statement),
        enroll(&desk, &rok, KeyPurpose::Statement),
        said(
            "rod-1",
            &dprk,
            Body::ItemDeclare(ItemDeclare {
                amount: None,
                batch: None,
                category: "fuel rod".into(),
                serial: None,
                site: None,
                tag: None,
            }),
        ),
    ];
    let transfer = |keys: &[&SigningKey]| {
        let body = Body::ItemTransfer(Transfer {
            from: "DPRK".parse().unwrap(),
            items: vec!["rod-1".parse().unwrap()],
            manifest: vec![],
            manifest_sha256: None,
            on: "2009-01-15".parse().unwrap(),
            to: "ROK".parse().unwrap(),
        });
        Statement { header: header("t-1", "DPRK"), body }.sign(keys).unwrap()
    };
    let one = fold(&[start.clone(), vec![transfer(&[&dprk.key])]].concat());
    let standing = |case: &Case| case.transfers.get("t-1").unwrap().body.standing();
    assert_eq!((standing(&one), one.rejected.len()), (TransferStanding::ReceiverMissing, 0));
    let receipt = |by: &Party| {
        let receive = Body::ItemReceive(Receive {
            manifest: vec![],
            manifest_sha256: None,
            on: "2009-01-17".parse().unwrap(),
            transfer: "t-1".parse().unwrap(),
        });
        said("t-1.receipt", by, receive)
    };
    // Signed for by whoever it went to, and by nobody else.
    let wrong = [start.clone(), vec![transfer(&[&dprk.key]), receipt(&dprk)]].concat();
    assert!(refused(&wrong).contains("goes to ROK"));
    let received = fold(&[start.clone(), vec![transfer(&[&dprk.key]), receipt(&rok)]].concat());
    assert_eq!(standing(&received), TransferStanding::BothSides);
    assert_eq!(received.transfers.get("t-1").unwrap().body.on().as_str(), "2009-01-17");
    let by_desk = [start.clone(), vec![transfer(&[&desk.key])]].concat();
    assert!(refused(&by_desk).contains("names no source"));
    let adopt = Body::AgreementAdopt(Adopt {
        on: "2007-10-03".parse().unwrap(),
        parties: vec!["DPRK".parse().unwrap(), "ROK".parse().unwrap()],
        roadmap_sha256: Sha256Digest::of(b""),
        roles: vec![],
        title: "t".into(),
    });
    let adopt = [start.clone(), vec![said("a-1", &dprk, adopt)]].concat();
    assert!(refused(&adopt).contains("missing: ROK"));
    let both = fold(&[start, vec![transfer(&[&dprk.key, &rok.key])]].concat());
    let item = both.items.get("rod-1").unwrap();
    let transfers = both.history("rod-1").unwrap().transfers.len();
    assert_eq!((transfers, item.because.as_slice()), (1, [3, 4].as_slice()));
    assert_eq!(standing(&both), TransferStanding::BothSides);
}

#[test]
fn early_and_repeated_statements_are_listed_with_the_reason() {
    let desk = party("desk");
    let start = || vec![enroll(&desk, &desk, KeyPurpose::Desk)];
    let early: Vec<(&str, Body)> = vec![
        (
            "there is no declared site",
            Body::SiteAmend(SiteAmend {
                category: None,
                claims: vec![],
                name: Some("x".into()),
                place: None,
                reason: "x".into(),
                site: "s-9".parse().unwrap(),
                status: None,
                variants: vec![],
            }),
        ),
        (
            "there is no sealed declaration",
            Body::DeclarationAbsence(sealing::Absence {
                cell: "cell/1".into(),
                proof: vec![],
                salt: Sha256Digest::of(b""),
                seal: "d-1".parse().unwrap(),
            }),
        ),
    ];
    let close = Body::AccessClose(access::Close {
        on: "1993-04-01".parse().unwrap(),
        outcome: Outcome::Refused,
        request: "q-1".parse().unwrap(),
    });
    // What acts on an object that is not there yet waits for it, and is listed.
    let early_close = [start(), vec![recorded("e-1", "desk", &desk, close)]].concat();
    let case = fold(&early_close);
    let waits = case.waiting.list();
    assert_eq!((waits.len(), waits[0].what, waits[0].on.as_str()), (1, "access request", "q-1"));
    assert_eq!(case.rejected, []);
    for (reason, body) in early {
        let entries = [start(), vec![recorded("e-1", "desk", &desk, body)]].concat();
        let told = refused(&entries);
        assert!(told.contains(reason), "{told}");
    }
}

#[test]
fn openings_are_checked_against_the_sealed_root() {
    let (desk, dprk) = (party("desk"), party("DPRK"));
    let site = |category: &str, id: &str, name: &str| escrow::Site {
        category: category.into(),
        id: id.into(),
        fields: [("name".to_owned(), name.to_owned()), ("status".into(), "shut down".into())]
            .into(),
    };
    let sites = [
        site("reactor", "d-1", "IRT"),
        site("reactor", "d-2", "5 MW(e)"),
        site("mine", "d-3", "Pyongsan"),
    ];
    let grid: escrow::Grid = "south=37 west=124 cell=1 rows=4 columns=4".parse().unwrap();
    let place = escrow::SitePlace { id: "d-3".into(), cells: vec![6] };
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let form = escrow::Form::new(names(&["mine", "reactor"]), names(&["id", "name", "status"]), 3)
        .unwrap();
    let seed = escrow::Seed(Sha256Digest([7; 32]));
    let sealed = escrow::Sealed::new(&sites, form.clone(), Some((grid, &[place])), seed).unwrap();
    let seal = |by: &Party| {
        let body = Body::DeclarationSeal(sealing::Seal {
            counts: vec![],
            form: form.agreed(),
            grid: Some(grid.to_string()),
            root: sealed.root(),
            scope: "all".into(),
        });
        said("seal", by, body)
    };
    let open = |words: &str, value: Option<&str>| {
        let opening = sealed.open(&sealed.locate(words).unwrap()).unwrap();
        let contents = opening.contents.iter().map(|e| sealing::Leaf {
            path: e.path.clone(),
            value: value.unwrap_or(&e.value).to_owned(),
        });
        Body::DeclarationReveal(sealing::Reveal {
            contents: contents.collect(),
            path: opening.path,
            proof: opening.proof,
            salt: opening.seed,
            seal: "seal".parse().unwrap(),
        })
    };
    let absent = |n: u64| {
        let opening = sealed.open(&format!("cell/{n}")).unwrap();
        Body::DeclarationAbsence(sealing::Absence {
            cell: opening.path,
            proof: opening.proof,
            salt: opening.seed,
            seal: "seal".parse().unwrap(),
        })
    };
    let ask = |cells: &[&str]| {
        Body::DeclarationChallenge(sealing::Challenge {
            cells: names(cells),
            due: "2027-01-31".parse().unwrap(),
            reason: None,
            seal: "seal".parse().unwrap(),
        })
    };
    let case = fold(&[
        enroll(&desk, &desk, KeyPurpose::Desk),
        enroll(&desk, &dprk, KeyPurpose::Statement),
        seal(&dprk),
        said("open-1", &dprk, open("d-1/name", None)),
        said("ask", &dprk, ask(&["cell/5", "cell/6", "cell/7"])),
        said("open-2", &dprk, absent(5)),
        said("open-3", &dprk, open("cell/6", None)),
        // Another value; a cell that holds something said to be empty; a cell beyond the grid; not its own.
        said("open-4", &dprk, open("d-1/name", Some("a bakery"))),
        said("open-5", &dprk, absent(6)),
        said("ask-2", &dprk, ask(&["cell/16"])),
        said("open-6", &desk, open("d-2", None)),
        said("open-7", &dprk, open("mine", None)),
    ]);
    let of = &case.seals.get("seal").unwrap().body;
    let path = |words: &str| sealed.locate(words).unwrap();
    assert_eq!(of.opened[&path("d-1/name")], "IRT");
    assert_eq!(of.opened[&path("d-3/name")], "Pyongsan");
    assert_eq!(of.opened[&path("d-3/id")], "d-3");
    assert_eq!(of.opened["cell/6"], path("d-3"), "a cell names the place that stands there");
    assert_eq!(of.whole.iter().collect::<Vec<_>>(), ["mine"]);
    assert_eq!(of.absent.iter().collect::<Vec<_>>(), ["cell/5"]);
    let answers: Vec<_> = of.challenges[0].cells.values().copied().collect();
    assert_eq!(answers, [Some(5), Some(6), None]);
    let reasons: Vec<_> = case.rejected.iter().map(|r| (r.index, r.reason.as_str())).collect();
    let indices: Vec<_> = reasons.iter().map(|r| r.0).collect();
    assert_eq!(indices, [7, 8, 9, 10]);
    for (reason, told) in reasons.iter().zip([
        "does not lead to the sealed root",
        "does not lead to the sealed root",
        "`cell/16` lies outside the agreed grid",
        "sealed by DPRK; desk cannot open it",
    ]) {
        assert!(reason.1.contains(told), "{reason:?}");
    }
}

#[test]
fn revisions_tell_which_subject_changed() {
    let desk = party("desk");
    let mut case = fold(&[enroll(&desk, &desk, KeyPurpose::Desk)]);
    let before = case.revisions;
    let report = Body::AccountReport(AccountReport {
        dialect: Dialect::Code10,
        line_count: Some(1),
        lines: vec![AccountLine {
            batch: Some("b".into()),
            code: Some("RD".parse().unwrap()),
            items: Some(1),
            kmp: None,
            on: Some("2008-01-01".parse().unwrap()),
            ..AccountLine::new(1, "P".parse().unwrap(), "1".parse().unwrap(), WeightUnit::Gram)
        }],
        mba: "A".into(),
        number: 1,
        other: Default::default(),
        part: None,
        period: "2008-01".parse().unwrap(),
        report_type: ReportType::InventoryChange,
        site: None,
    });
    case.apply(Parsed::read(&recorded("r-1", "DPRK", &desk, report)));
    assert_eq!(case.revisions.accounts, 2);
    assert_eq!(case.revisions.observations, before.observations);
}

/// A log in which every observation stands on its own, so that any order of them is as good as another.
fn independent(desk: &Party, n: usize) -> Vec<Vec<u8>> {
    (0..n)
        .map(|i| match i % 3 {
            0 => recorded(&format!("o-{i}"), "desk", desk, observation(&format!("place {i}"))),
            1 => recorded(&format!("s-{i}"), "DPRK", desk, site(&format!("site {i}"))),
            _ => {
                let body = Body::StepClaim(StepClaim {
                    amount: None,
                    cumulative: false,
                    on: Some("2008-02-14".parse().unwrap()),
                    or_before: false,
                    progress: Progress::Done,
                    reason: None,
                    step: format!("step-{i}").parse().unwrap(),
                });
                recorded(&format!("c-{i}"), "DPRK", desk, body)
            }
        })
        .collect()
}

/// The case's JSON with entry numbers taken out: what is left must not depend on the order of arrival.
fn without_indices(case: &Case) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                for name in ["because", "enrolled_at", "index", "revisions"] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(case).unwrap();
    strip(&mut value);
    value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_independent_statements_does_not_show(order in Just((0..24).collect::<Vec<usize>>()).prop_shuffle()) {
        let desk = party("desk");
        let entries = independent(&desk, 24);
        let first = vec![enroll(&desk, &desk, KeyPurpose::Desk)];
        let shuffled: Vec<_> = order.iter().map(|&i| entries[i].clone()).collect();
        let a = fold(&[first.clone(), entries].concat());
        let b = fold(&[first, shuffled].concat());
        prop_assert!(a.rejected.is_empty() && b.rejected.is_empty());
        prop_assert_eq!(without_indices(&a), without_indices(&b));
    }

    #[test]
    fn the_same_statements_give_the_same_bytes(cut in 0..25_usize) {
        let desk = party("desk");
        let entries = [vec![enroll(&desk, &desk, KeyPurpose::Desk)], independent(&desk, 24)].concat();
        let whole = fold(&entries);
        // Folding some, stopping, and folding the rest is the same as folding all.
        let mut parts = fold(&entries[..cut]);
        entries[cut..].iter().for_each(|e| parts.apply(Parsed::read(e)));
        prop_assert_eq!(json(&whole), json(&parts));
        // What was checked once reads the same unchecked.
        let mut accepted = Case::new();
        entries.iter().for_each(|e| accepted.apply(Parsed::read_accepted(e)));
        prop_assert_eq!(json(&whole), json(&accepted));
    }

    #[test]
    fn no_entry_makes_the_fold_fail(garbage in proptest::collection::vec(any::<Vec<u8>>(), 0..12)) {
        let desk = party("desk");
        let mut entries = vec![enroll(&desk, &desk, KeyPurpose::Desk)];
        entries.extend(garbage);
        let case = fold(&entries);
        prop_assert_eq!(case.rejected.len(), entries.len() - 1);
        prop_assert_eq!(case.size, entries.len() as u64);
    }

    #[test]
    fn a_damaged_entry_changes_nothing_or_is_listed(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let desk = party("desk");
        let start = vec![enroll(&desk, &desk, KeyPurpose::Desk)];
        let mut entry = recorded("o-1", "desk", &desk, observation("Kangson"));
        let at = at.index(entry.len());
        entry[at] ^= byte;
        let case = fold(&[start, vec![entry]].concat());
        prop_assert_eq!(case.observations.len() + case.rejected.len() + case.unknown.len(), 1);
    }
}
