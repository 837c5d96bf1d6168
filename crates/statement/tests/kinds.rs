//! Every kind of the vocabulary: it can be written, read and written again, and its faults are found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use statement::kinds::{
    access, account, agreement, declaration, escrow, evidence, findings, inspection, items, roadmap,
};
use statement::{
    Basis, Body, Bound, Claim, Date, Decimal, Header, Kind, MAX_ENTRY, Outcome, Place, Point,
    Quantity, QuantityKind, ReadError, Relation, Reliability, Sha256Digest, Source, Statement,
};
use tlog::note::SigningKey;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn claim() -> Claim {
    Claim {
        as_of: Some(date("2008-05")),
        bound: Bound::About,
        high: None,
        kind: QuantityKind::Produced,
        material: Some("Pu".into()),
        sigma: None,
        unit: Some("kg".into()),
        value: Some(decimal("30.80")),
        what: "plutonium produced".into(),
    }
}

fn place() -> Place {
    Place {
        name: Some("Yongbyon".into()),
        point: Some(Point {
            lat: decimal("39.80"),
            lon: decimal("125.754"),
            precision_m: Some(decimal("3000")),
        }),
        relation: Some(Relation {
            bearing: Some("SE".into()),
            far_m: Some(decimal("300")),
            near_m: Some(decimal("150")),
            of: "Radiochemical Laboratory".into(),
        }),
    }
}

fn amount() -> Quantity {
    Quantity { sigma: Some(decimal("0.5")), unit: "t HFO".into(), value: decimal("50000") }
}

fn attachment() -> inspection::Attachment {
    inspection::Attachment {
        bytes: 1024,
        name: "photo.jpg".into(),
        sha256: Sha256Digest::of(b"photo"),
    }
}

fn line() -> items::ManifestLine {
    items::ManifestLine {
        gross: Some(Quantity {
            sigma: Some(decimal("0.5")),
            unit: "kg".into(),
            value: decimal("412.5"),
        }),
        seal: Some("E-17".into()),
        tag: "DPRK-0042".into(),
    }
}

fn bodies() -> Vec<Body> {
    let key = SigningKey::generate("dprk.example/key").unwrap();
    let vkey = key.verifying_key().to_string();
    let (hash, id) = (Sha256Digest::of(b"x"), || "some-id".parse().unwrap());
    let on = || date("2008-06-26");
    let party = |p: &str| p.parse().unwrap();
    let measure = || roadmap::Measure {
        amount: Some(amount()),
        measure: id(),
        on: on(),
        reason: Some("step verified".into()),
    };
    vec![
        Body::AgreementAdopt(agreement::Adopt {
            on: on(),
            parties: vec![party("DPRK"), party("US")],
            roadmap_sha256: hash,
            roles: vec![agreement::Role {
                may: "verify".into(),
                name: "monitor".into(),
                parties: vec![party("IAEA")],
            }],
            title: "Second-Phase Actions".into(),
        }),
        Body::KeyEnroll(agreement::KeyEnroll {
            key: vkey.clone(),
            owner: party("DPRK"),
            purpose: agreement::KeyPurpose::Statement,
        }),
        Body::KeyRevoke(agreement::KeyRevoke { key: vkey, reason: "lost".into() }),
        Body::DeclarationSeal(escrow::Seal {
            counts: vec![escrow::Count { number: 15, what: "sites".into() }],
            form: escrow::Form {
                categories: vec!["reactor".into()],
                fields: vec!["id".into(), "name".into()],
                places_log2: 4,
            },
            grid: Some("2^20 cells".into()),
            root: hash,
            scope: "all facilities".into(),
        }),
        Body::DeclarationReveal(escrow::Reveal {
            contents: vec![escrow::Leaf { path: "reactor/3/name".into(), value: "IRT".into() }],
            path: "reactor/3".into(),
            proof: vec![hash],
            salt: hash,
            seal: id(),
        }),
        Body::DeclarationChallenge(escrow::Challenge {
            cells: vec!["cell/7".into()],
            due: date("2027-01-31"),
            reason: Some("o-51".into()),
            seal: id(),
        }),
        Body::DeclarationAbsence(escrow::Absence {
            cell: "cell/7".into(),
            proof: vec![],
            salt: hash,
            seal: id(),
        }),
        Body::SiteDeclare(declaration::SiteDeclare {
            category: "reprocessing".into(),
            claims: vec![claim()],
            material: Some("Pu".into()),
            name: "Radiochemical Laboratory".into(),
            place: Some(place()),
            status: Some("under construction".into()),
            variants: vec!["방사화학연구소".into()],
        }),
        Body::SiteAmend(declaration::SiteAmend {
            category: None,
            claims: vec![],
            name: None,
            place: None,
            reason: "completed".into(),
            site: id(),
            status: Some("operating".into()),
            variants: vec![],
        }),
        Body::AccountReport(account::AccountReport {
            dialect: account::Dialect::Code10,
            line_count: Some(1),
            lines: vec![account::AccountLine {
                batch: Some("B1".into()),
                code: Some("RD".parse().unwrap()),
                items: Some(1),
                kmp: Some("1".parse().unwrap()),
                on: Some(on()),
                ..account::AccountLine::new(
                    1,
                    "P".parse().unwrap(),
                    decimal("12.500"),
                    account::WeightUnit::Gram,
                )
            }],
            mba: "KP-A".into(),
            number: 1,
            other: Default::default(),
            part: None,
            period: date("2008-06"),
            report_type: account::ReportType::InventoryChange,
            site: None,
        }),
        Body::AccountErrors(account::MeasurementErrors {
            calibrated: vec![date("2008-01-02"), date("2008-07-01")],
            description: Some("EO".parse().unwrap()),
            entries: vec!["RD".parse().unwrap(), "RF".parse().unwrap()],
            instrument: Some("scale 2".into()),
            kmp: vec!["1".parse().unwrap()],
            material: "E".parse().unwrap(),
            mba: "KP-A".into(),
            measured: account::Measured::Isotope,
            random_rsd: decimal("0.004"),
            stratum: "received oxide".into(),
            systematic_rsd: decimal("0.002"),
        }),
        Body::ItemDeclare(declaration::ItemDeclare {
            amount: None,
            batch: None,
            category: "fuel rod".into(),
            serial: Some("7".into()),
            site: Some(id()),
            tag: None,
        }),
        Body::PersonDeclare(declaration::PersonDeclare {
            identity: hash,
            pseudonym: "P-07".into(),
            role: "reactor operator".into(),
            site: None,
        }),
        Body::Observation(evidence::Observation {
            category: "power reactor".into(),
            claims: vec![],
            name: "5 MWe reactor".into(),
            observed_on: Some(date("2021-08")),
            place: Some(place()),
            status: Some("operating".into()),
            variants: vec!["Yongbyon".into()],
            variants_from_memory: vec![],
        }),
        Body::Pledge(evidence::Pledge {
            condition: Some("within 60 days".into()),
            parties: vec!["DPRK".into()],
            step: Some(id()),
            term: evidence::Term::Act { amount: Some(amount()), due: Some(date("2007-04-14")) },
            what: "shut down".into(),
        }),
        Body::Event(evidence::Event {
            condition: None,
            category: "break".into(),
            on: Some(date("2009-04-14")),
            parties: vec!["DPRK".into()],
            place: None,
            step: None,
            what: "leaves the talks".into(),
        }),
        Body::Claim(evidence::ClaimRecord {
            about: None,
            claim: claim(),
            stated_by: Some("DPRK (Kim Kye-gwan)".into()),
            to: Some("US".into()),
        }),
        Body::AccessRequest(access::Request {
            activities: vec!["sampling".into()],
            finding: None,
            on: date("1993-02-09"),
            place: Some(place()),
            reason: "waste sites".into(),
            regime: "special-inspection".into(),
            site: None,
            to: Some(party("DPRK")),
        }),
        Body::AccessAnswer(access::Answer {
            answer: access::AccessAnswer::Objected,
            on: on(),
            reason: Some("military".into()),
            request: id(),
        }),
        Body::AgreementAcknowledge(agreement::Acknowledge {
            on: on(),
            sha256: Some(hash),
            stance: agreement::Stance::Denied,
            summary: "no sampling".into(),
            text: id(),
            version: "oral".into(),
        }),
        Body::AccessStep(access::Step {
            evidence: vec![attachment()],
            on: date("2008-06-26T10:00:00+09:00"),
            reason: None,
            request: id(),
            step: access::AccessStep::Delivered,
        }),
        Body::AccessDecide(access::Decide {
            against: Some(3),
            body: "Joint Commission".into(),
            consensus: None,
            decision: access::Ruling::Uphold,
            in_favour: Some(5),
            on: on(),
            request: id(),
        }),
        Body::AccessPause(access::Pause {
            agreed_by: vec![party("DPRK"), party("IAEA")],
            cause: "flood".into(),
            clock: None,
            from: on(),
            request: id(),
            to: on(),
        }),
        Body::AccessExtend(access::Extend {
            agreed_by: vec![party("DPRK"), party("IAEA")],
            clock: "stay".into(),
            hours: 24,
            on: on(),
            reason: "weather".into(),
            request: id(),
        }),
        Body::InterviewAnswer(access::InterviewAnswer {
            accepted: false,
            on: on(),
            reason: None,
            reason_code: Some(access::ReasonCode::Witness),
            request: id(),
            terms: access::Terms::default(),
        }),
        Body::SampleTake(inspection::SampleTake {
            inspection: id(),
            material: "swipe".into(),
            on: on(),
            place: Some("hot cell 2".into()),
            seal: None,
        }),
        Body::SampleEvent(inspection::SampleEvent {
            by: "Seibersdorf".into(),
            event: inspection::SampleStep::Analysed,
            method: Some("TIMS".into()),
            on: on(),
            part: Some("A".into()),
            parts: vec![],
            result: Some(claim()),
            sample: id(),
            seal: None,
            seal_state: Some(inspection::SealState::Intact),
        }),
        Body::ItemReceive(items::Receive {
            manifest: vec![line()],
            manifest_sha256: None,
            on: on(),
            transfer: id(),
        }),
        Body::ReversalAssess(items::ReversalAssess {
            about: "5MW(e)".into(),
            assessor: "Hecker".into(),
            cost_high: None,
            cost_low: None,
            currency: None,
            days_high: 180,
            days_low: 120,
            on: on(),
            stage: Some("disabled".into()),
            time_to: items::TimeTo::Reverse,
            what: "restart".into(),
        }),
        Body::AccessEscalate(access::Escalate {
            on: on(),
            request: id(),
            to: "Board of Governors".into(),
        }),
        Body::AccessClose(access::Close { on: on(), outcome: Outcome::Refused, request: id() }),
        Body::InterviewRequest(access::InterviewRequest {
            legal_basis: Some("OP5".into()),
            on: on(),
            person: id(),
            questions_sha256: Some(hash),
            reason: "operating history".into(),
            terms: access::Terms { private: Some(true), ..Default::default() },
        }),
        Body::InterviewRecord(access::InterviewRecord {
            began: Some(date("2003-02-07T10:00:00+03:00")),
            consent: Some(true),
            copies_sha256: vec![hash],
            copy_given: Some(false),
            ended: Some(date("2003-02-07T14:00:00+03:00")),
            follow_up: None,
            protection: vec!["family abroad".into()],
            reason_code: None,
            held: true,
            notes_sha256: Some(hash),
            on: on(),
            present: vec!["interpreter".into()],
            reason: None,
            request: id(),
            terms: access::Terms::default(),
        }),
        Body::Inspection(inspection::InspectionRecord {
            activities: vec!["item counting".into()],
            attachments: vec![attachment()],
            from: date("2008-02-12"),
            mandate: "monitoring".into(),
            findings: vec!["all seals intact".into()],
            person_days: Some(decimal("6")),
            planned_person_days: Some(decimal("8")),
            request: None,
            site: id(),
            team: vec![inspection::TeamRole { number: 2, role: "inspector".into() }],
            to: date("2008-02-14"),
        }),
        Body::Measurement(inspection::Measurement {
            about: id(),
            claim: claim(),
            method: "weighing".into(),
            on: on(),
        }),
        Body::SealApply(inspection::SealApply { about: id(), number: "E-1".into(), on: on() }),
        Body::SealCheck(inspection::SealCheck {
            on: on(),
            seal: id(),
            state: inspection::SealState::Broken,
        }),
        Body::ItemTransfer(items::Transfer {
            from: party("DPRK"),
            items: vec![id()],
            manifest: vec![line()],
            manifest_sha256: Some(hash),
            on: on(),
            to: party("ROK"),
        }),
        Body::ItemStep(items::ItemStep {
            item: id(),
            on: on(),
            sequence: Some("equipment".into()),
            stage: "removed".into(),
            standing: items::StageStanding::Witnessed,
        }),
        Body::ItemDispose(items::Dispose { how: "shipped out".into(), item: id(), on: on() }),
        Body::FindingRaise(findings::Raise {
            about: vec![id()],
            kind: findings::FindingKind::Inconsistency,
            on: on(),
            what: "waste older than declared".into(),
        }),
        Body::FindingResolve(findings::Resolve {
            finding: id(),
            on: on(),
            outcome: Outcome::CannotRuleOut,
            reason: "empty tunnels".into(),
        }),
        Body::StepClaim(roadmap::StepClaim {
            amount: Some(amount()),
            cumulative: true,
            on: Some(date("2008-02-14")),
            or_before: true,
            progress: roadmap::Progress::Done,
            reason: None,
            step: id(),
        }),
        Body::StepVerify(roadmap::StepVerify { amount: None, on: on(), step: id() }),
        Body::StepDispute(roadmap::StepDispute {
            counted_done: Some(8),
            counted_of: Some(11),
            on: None,
            reason: "count".into(),
            step: id(),
        }),
        Body::StepSettle(roadmap::StepSettle {
            on: on(),
            progress: roadmap::Progress::Partly,
            reason: "agreed count".into(),
            step: id(),
        }),
        Body::StepPostpone(roadmap::StepPostpone {
            due: date("2008-10-31"),
            on: date("2008-07-12"),
            reason: "communique".into(),
            step: id(),
        }),
        Body::MeasureGrant(measure()),
        Body::MeasureSuspend(measure()),
        Body::MeasureRestore(measure()),
    ]
}

fn header() -> Header {
    Header {
        case: "dprk".parse().unwrap(),
        id: "x-1".parse().unwrap(),
        note: Some("a remark, «Ünïcode» 녕변\u{7f}".into()),
        party: "DPRK".parse().unwrap(),
        replaces: Some(Sha256Digest::of(b"before")),
        said: Some(date("2008-06~")),
        source: Some(Source {
            basis: Basis::Seen,
            cite: "CNN 2 Jul 2008".into(),
            credibility: Some(2),
            reliability: Some(Reliability::B),
        }),
    }
}

#[test]
fn every_kind_reads_back_as_it_was_written() {
    let mut seen = BTreeSet::new();
    for body in bodies() {
        let statement = Statement { header: header(), body };
        let text = statement.to_text().unwrap_or_else(|e| panic!("{}: {e}", statement.kind_name()));
        let json = text.lines().nth(1).unwrap();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json_canonicalizer::to_string(&value).unwrap(),
            json,
            "not in RFC 8785 order"
        );
        assert_eq!(Statement::read(&text).unwrap(), statement);
        assert_eq!(Statement::read_accepted(&text).unwrap(), statement);
        seen.insert(statement.body.kind().unwrap());
    }
    assert_eq!(seen.len(), Kind::ALL.len(), "a kind of the vocabulary has no sample here");
}

#[test]
fn an_unknown_kind_is_kept_byte_for_byte() {
    let text = "lockstep/v1 orbit.report\n{\"body\":{\"a\":[1,2],\"satellite\":\"n\"},\"case\":\"dprk\",\"id\":\"s-1\",\"party\":\"US\"}\n";
    let statement = Statement::read(text).unwrap();
    assert_eq!(statement.kind_name(), "orbit.report");
    assert_eq!(statement.body.kind(), None);
    assert_eq!(statement.to_text().unwrap(), text);
}

#[test]
fn faults_are_all_reported_at_once() {
    let bad = Claim { value: None, unit: None, what: " ".into(), ..claim() };
    let mut at = place();
    at.point.as_mut().unwrap().lat = decimal("91");
    let statement = Statement {
        header: header(),
        body: Body::SiteDeclare(declaration::SiteDeclare {
            category: String::new(),
            claims: vec![bad],
            material: None,
            name: "x".into(),
            place: Some(at),
            status: None,
            variants: vec![],
        }),
    };
    let fields: Vec<String> = statement.faults().into_iter().map(|f| f.field).collect();
    assert_eq!(
        fields,
        ["body.category", "body.place.point.lat", "body.claims[0].what", "body.claims[0].value"]
    );
    assert!(matches!(statement.to_text(), Err(ReadError::Invalid(f)) if f.len() == 4));
}

#[test]
fn a_weak_key_is_refused_at_enrolment() {
    // The identity point: every signature of a certain form passes for its owner's (C2SP CCTV, low order).
    let mut key = [0_u8; 32];
    key[0] = 1;
    let vkey = tlog::note::VerifyingKey::from_bytes("weak.example", &key).unwrap();
    let body = Body::KeyEnroll(agreement::KeyEnroll {
        key: vkey.to_string(),
        owner: "DPRK".parse().unwrap(),
        purpose: agreement::KeyPurpose::Statement,
    });
    let faults = Statement { header: header(), body }.faults();
    assert!(faults[0].reason.contains("weak"), "{faults:?}");
}

#[test]
fn a_statement_over_64_kib_is_refused_with_advice() {
    let key = SigningKey::generate("desk.example").unwrap();
    let with_note = |n: usize| Statement {
        header: Header { note: Some("x".repeat(n)), ..header() },
        body: bodies().swap_remove(13),
    };
    let error = with_note(70_000).sign(&[&key]).unwrap_err();
    assert!(error.to_string().contains("SHA-256"), "{error}");
    // The signature lines count too: find the longest note that still fits and add one.
    let fits = (60_000..MAX_ENTRY).rev().find(|&n| with_note(n).sign(&[&key]).is_ok()).unwrap();
    assert_eq!(with_note(fits).sign(&[&key]).unwrap().len(), MAX_ENTRY);
    assert!(matches!(with_note(fits + 1).sign(&[&key]), Err(ReadError::TooLong(_))));
}

#[test]
fn two_parties_can_stand_behind_one_statement() {
    let (a, b) = (
        SigningKey::generate("dprk.example").unwrap(),
        SigningKey::generate("rok.example").unwrap(),
    );
    let statement = Statement { header: header(), body: bodies().swap_remove(25) };
    let entry = statement.sign(&[&a, &b]).unwrap();
    let note = statement::open_entry(&entry).unwrap();
    assert_eq!(note.signatures().count(), 2);
    assert!(note.verify(&[&a.verifying_key(), &b.verifying_key()]).is_ok());
    assert_eq!(Statement::read(note.text()).unwrap(), statement);
}

#[test]
fn dates_are_never_made_more_precise() {
    for (text, earliest, latest) in [
        ("2008-06-26", "2008-06-26", "2008-06-26"),
        ("2008-02", "2008-02-01", "2008-02-29"),
        ("2009", "2009-01-01", "2009-12-31"),
        ("2007-12~", "2007-12-01", "2007-12-31"),
        ("2007-10-03/2008-10", "2007-10-03", "2008-10-31"),
    ] {
        let date = date(text);
        assert_eq!(
            (date.earliest().to_string(), date.latest().to_string()),
            (earliest.into(), latest.into())
        );
        assert_eq!(date.to_string(), text);
    }
    assert!(date("2007-12~").is_qualified());
    for bad in [
        "2008-02-30",
        "2008-13",
        "31.12.2007",
        "12/31/2007",
        "Dec 2007",
        "",
        "2007-1-1",
        "2008/2007",
    ] {
        assert!(bad.parse::<Date>().is_err(), "{bad} went through");
    }
    // Yongbyon: promised 14 April 2007, shut down 14 or 15 July; declaration promised 31 December 2007.
    assert_eq!(date("2007-07-14").days_since(&date("2007-04-14")), (91, 91));
    assert_eq!(date("2008-06-26").days_since(&date("2007-12-31")), (178, 178));
    assert_eq!(date("2008-09").days_since(&date("2008-08-11")), (21, 50));
}

#[test]
fn decimals_keep_their_digits() {
    for text in ["12.500", "0", "-3", "0.10", "1234567890123456789012345678"] {
        assert_eq!(decimal(text).to_string(), text);
    }
    for bad in [
        "",
        "+1",
        "1e5",
        "1,000",
        "01",
        ".5",
        "5.",
        "1 000",
        "NaN",
        "12345678901234567890123456789012345",
    ] {
        assert!(bad.parse::<Decimal>().is_err(), "{bad} went through");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in any::<String>()) {
        let _ = Statement::read(&text);
        let _ = text.parse::<Date>();
        let _ = text.parse::<Decimal>();
    }

    #[test]
    fn reading_bytes_never_panics(kind in 0..Kind::ALL.len(), json in "\\{[ -~가-힣]{0,200}\\}") {
        let _ = Statement::read(&format!("lockstep/v1 {}\n{json}\n", Kind::ALL[kind]));
    }

    #[test]
    fn a_changed_byte_never_reads_as_the_same(kind in 0..38_usize, at in any::<prop::sample::Index>(), byte in 32_u8..127) {
        let statement = Statement { header: header(), body: bodies().swap_remove(kind) };
        let text = statement.to_text().unwrap();
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(changed) = String::from_utf8(bytes) {
            match Statement::read(&changed) {
                Ok(other) => prop_assert_eq!(other.to_text().unwrap(), changed),
                Err(_) => prop_assert_ne!(changed, text),
            }
        }
    }

    #[test]
    fn every_real_day_is_read(day in -700_000_i64..700_000) {
        let day = statement::civil::date(2000, 1, 1).checked_add(jiff::Span::new().days(day));
        if let Ok(day) = day && day.year() >= 0 {
            let date: Date = day.to_string().parse().unwrap();
            prop_assert_eq!(date.exact(), Some(day));
        }
    }
}
