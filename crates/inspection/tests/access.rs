//! Clocks to the second, votes, consent, pauses, receipts; days used by each side.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use case::{Case, Parsed};
use inspection::{AccessState, AccessStatus, AsOf, ClockState, Regimes, days_used, requests};
use proptest::prelude::*;
use statement::kinds::access::{
    AccessAnswer, AccessStep, Answer, Decide, Escalate, Extend, Pause, Request, Ruling, Step,
};
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::kinds::inspection::Attachment;
use statement::{Basis, Body, Date, Header, Sha256Digest, Source, Statement, Timestamp, civil};
use tlog::note::SigningKey;

/// A ledger with a desk and two parties that sign for themselves.
struct Log {
    desk: SigningKey,
    iaea: SigningKey,
    dprk: SigningKey,
    entries: Vec<Vec<u8>>,
}

fn source() -> Source {
    Source { basis: Basis::Seen, cite: "press".into(), credibility: None, reliability: None }
}

fn header(id: &str, party: &str, source: Option<Source>) -> Header {
    Header {
        case: "t".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: party.parse().unwrap(),
        replaces: None,
        said: None,
        source,
    }
}

impl Log {
    fn new() -> Self {
        let key = |name: &str| SigningKey::generate(name).unwrap();
        let mut log = Self {
            desk: key("desk.example"),
            iaea: key("iaea.example"),
            dprk: key("dprk.example"),
            entries: Vec::new(),
        };
        for (owner, purpose) in [
            ("desk", KeyPurpose::Desk),
            ("IAEA", KeyPurpose::Statement),
            ("DPRK", KeyPurpose::Statement),
        ] {
            let vkey = log.key(owner).verifying_key().to_string();
            let body =
                Body::KeyEnroll(KeyEnroll { key: vkey, owner: owner.parse().unwrap(), purpose });
            let source = (owner != "desk").then(source);
            let statement =
                Statement { header: header(&format!("key.{owner}"), owner, source), body };
            log.entries.push(statement.sign(&[&log.desk]).unwrap());
        }
        log
    }

    fn key(&self, owner: &str) -> &SigningKey {
        match owner {
            "IAEA" => &self.iaea,
            "DPRK" => &self.dprk,
            _ => &self.desk,
        }
    }

    /// Signed by its party, and by others.
    fn signed(mut self, id: &str, by: &[&str], body: Body) -> Self {
        let keys: Vec<&SigningKey> = by.iter().map(|owner| self.key(owner)).collect();
        let entry = Statement { header: header(id, by[0], None), body }.sign(&keys).unwrap();
        self.entries.push(entry);
        self
    }

    /// Recorded by the desk from a named source.
    fn sourced(mut self, id: &str, party: &str, body: Body) -> Self {
        let statement = Statement { header: header(id, party, Some(source())), body };
        self.entries.push(statement.sign(&[&self.desk]).unwrap());
        self
    }

    fn case(&self) -> Case {
        let mut case = Case::new();
        self.entries.iter().for_each(|e| case.apply(Parsed::read(e)));
        case
    }

    fn at(&self, regimes: &Regimes, instant: &str) -> AccessStatus {
        let case = self.case();
        assert_eq!(case.rejected, []);
        requests(&case, regimes, AsOf::instant(instant.parse::<Timestamp>().unwrap())).remove(0)
    }
}

fn request(regime: &str, on: &str) -> Body {
    Body::AccessRequest(Request {
        activities: vec![],
        finding: None,
        on: on.parse().unwrap(),
        place: Some(statement::Place { name: Some("Yongbyon".into()), ..Default::default() }),
        reason: "waste older than declared".into(),
        regime: regime.into(),
        site: None,
        to: Some("DPRK".parse().unwrap()),
    })
}

fn answer(answer: AccessAnswer, on: &str) -> Body {
    let reason = matches!(answer, AccessAnswer::Objected).then(|| "military".to_owned());
    Body::AccessAnswer(Answer {
        answer,
        on: on.parse().unwrap(),
        reason,
        request: "q".parse().unwrap(),
    })
}

fn step(step: AccessStep, on: &str) -> Body {
    let evidence =
        vec![Attachment { bytes: 9, name: "receipt.pdf".into(), sha256: Sha256Digest::of(b"r") }];
    let on = on.parse().unwrap();
    Body::AccessStep(Step { evidence, on, reason: None, request: "q".parse().unwrap(), step })
}

fn decide(motion: Ruling, in_favour: Option<u32>, against: Option<u32>, on: &str) -> Body {
    Body::AccessDecide(Decide {
        against,
        body: "Joint Commission".into(),
        consensus: None,
        decision: motion,
        in_favour,
        on: on.parse().unwrap(),
        request: "q".parse().unwrap(),
    })
}

/// A regime of one clock.
fn regime(clock: &str, zone: &str, rest: &str) -> Regimes {
    let text = format!(
        "regime \"own\" {{\n timezone \"{zone}\"\n {rest}\n clock \"answer\" {{\n {clock}\n from \"requested\"\n to \"answered\"\n holder \"requested\"\n then \"silent\"\n source \"test\" basis=\"seen\"\n }}\n}}\n"
    );
    let mut regimes = Regimes::shipped();
    let reading = notation::read(&text);
    assert!(reading.messages.is_empty(), "{:?}", reading.messages);
    let messages = regimes.add(&reading.document.nodes);
    assert!(messages.is_empty(), "{messages:?}");
    regimes
}

fn due(clock: &str, zone: &str, on: &str) -> String {
    let log = Log::new().sourced("q", "IAEA", request("own", on));
    let status = log.at(&regime(clock, zone, ""), "2100-01-01T00:00:00Z");
    status.clocks[0].due.clone().unwrap()
}

#[test]
fn the_shipped_regimes_have_no_faults_and_name_their_sources() {
    let text = include_str!("../regimes/regimes.kdl");
    let reading = notation::read(text);
    assert!(reading.messages.is_empty(), "{:?}", reading.messages);
    let messages = Regimes::shipped().add(&reading.document.nodes);
    assert!(messages.is_empty(), "{messages:?}");
    let regimes = Regimes::shipped();
    for name in ["additional-protocol", "jcpoa", "cwc-challenge", "ctbt"] {
        assert!(regimes.get(name).is_some(), "{name}");
    }
    let memory: Vec<String> = regimes
        .iter()
        .flat_map(|r| {
            r.clocks
                .iter()
                .filter(|c| c.basis == Basis::Memory)
                .map(|c| format!("{} {}", r.name, c.name))
        })
        .collect();
    // The rows that the sheet marks as from memory, and no other.
    assert!(memory.contains(&"cwc-challenge stop".to_owned()));
    assert!(!memory.contains(&"jcpoa alternatives".to_owned()));
    let vote = &regimes.get("cwc-challenge").unwrap().votes[0];
    assert_eq!((vote.need, vote.of, vote.to_stop), (31, 41, true), "three quarters of 41");
}

#[test]
fn hours_are_hours_and_days_are_days() {
    // 24 hours across the change to summer time in Vienna are 24 hours; a day ends at midnight all the same.
    let on = "2026-03-28T12:00:00+01:00";
    assert_eq!(due("most hours=24", "Europe/Vienna", on), "2026-03-29T13:00:00+02:00");
    assert_eq!(due("most days=1", "Europe/Vienna", on), "2026-03-29T23:59:59+02:00");
    assert_eq!(
        due("most days=1 count=\"same-time\"", "Europe/Vienna", on),
        "2026-03-29T12:00:00+02:00"
    );
    // Half past two does not exist on that day: the same distance into the gap counts.
    let night = "2026-03-28T02:30:00+01:00";
    assert_eq!(
        due("most days=1 count=\"same-time\"", "Europe/Vienna", night),
        "2026-03-29T03:30:00+02:00"
    );
    // Back to winter time: the hour from two to three comes twice.
    let autumn = "2026-10-24T12:00:00+02:00";
    assert_eq!(due("most hours=24", "Europe/Vienna", autumn), "2026-10-25T11:00:00+01:00");
    assert_eq!(due("most days=1", "Europe/Vienna", autumn), "2026-10-25T23:59:59+01:00");
    // Korea moved its clocks by half an hour in 2015 and back in 2018.
    assert_eq!(
        due("most hours=2", "Asia/Pyongyang", "2015-08-14T23:30:00+09:00"),
        "2015-08-15T01:00:00+08:30"
    );
    // Inclusive counting takes the day of the event as day 1.
    assert_eq!(due("most days=14", "UTC", "2026-03-01"), "2026-03-15T23:59:59+00:00");
    assert_eq!(
        due("most days=14 count=\"inclusive\"", "UTC", "2026-03-01"),
        "2026-03-14T23:59:59+00:00"
    );
}

#[test]
fn the_29th_of_february() {
    assert_eq!(due("most days=1", "UTC", "2028-02-28"), "2028-02-29T23:59:59+00:00");
    assert_eq!(due("most days=2", "UTC", "2028-02-28"), "2028-03-01T23:59:59+00:00");
    assert_eq!(due("most days=1", "UTC", "2027-02-28"), "2027-03-01T23:59:59+00:00");
    assert_eq!(due("most days=366", "UTC", "2028-02-29"), "2029-03-01T23:59:59+00:00");
    assert_eq!(due("most hours=24", "UTC", "2028-02-28T18:00:00Z"), "2028-02-29T18:00:00+00:00");
    assert!("2027-02-29".parse::<Date>().is_err());
}

#[test]
fn silence_comes_at_the_exact_second() {
    let log = Log::new().sourced("q", "IAEA", request("own", "2026-03-01T10:00:00Z"));
    let regimes = regime("most hours=24", "UTC", "");
    let state = |at: &str| log.at(&regimes, at).state;
    assert_eq!(state("2026-03-02T10:00:00Z"), AccessState::Requested);
    assert_eq!(state("2026-03-02T10:00:01Z"), AccessState::Silent);
    let silent = log.at(&regimes, "2026-03-05T00:00:00Z");
    assert_eq!(silent.path.last().unwrap().since, "2026-03-02T10:00:01+00:00");
    assert_eq!(silent.path.last().unwrap().clock.as_deref(), Some("answer"));
    assert_eq!(silent.clocks[0].state, ClockState::Expired);
    // A late answer ends the silence, and stays late.
    let log = log.sourced("a", "DPRK", answer(AccessAnswer::Granted, "2026-03-04"));
    let late = log.at(&regimes, "2026-03-05T00:00:00Z");
    assert_eq!((late.state, late.clocks[0].state), (AccessState::Granted, ClockState::Late));
    let words: Vec<String> = late.path.iter().map(|p| p.state.to_string()).collect();
    assert_eq!(words, ["requested", "silent", "granted"]);
}

#[test]
fn a_day_in_another_zone_ends_when_it_ends_there() {
    let log = Log::new().sourced("q", "IAEA", request("own", "2026-03-01"));
    let regimes = regime("most days=1", "Asia/Pyongyang", "");
    // 2 March ends in Pyongyang at 15:00 UTC.
    assert_eq!(log.at(&regimes, "2026-03-02T14:59:59Z").state, AccessState::Requested);
    assert_eq!(log.at(&regimes, "2026-03-02T15:00:00Z").state, AccessState::Silent);
}

#[test]
fn a_date_that_is_too_coarse_decides_nothing() {
    let log = Log::new().sourced("q", "IAEA", request("own", "2026-03"));
    let regimes = regime("most days=7", "UTC", "");
    let clock = |at: &str| log.at(&regimes, at).clocks[0].clone();
    assert_eq!(clock("2026-03-05T00:00:00Z").state, ClockState::Running);
    let between = clock("2026-03-20T00:00:00Z");
    assert_eq!(between.state, ClockState::Undetermined);
    assert_eq!(between.due.as_deref(), Some("2026-03-08T23:59:59+00:00"));
    assert_eq!(between.due_latest.as_deref(), Some("2026-04-07T23:59:59+00:00"));
    assert_eq!(clock("2026-04-08T00:00:00Z").state, ClockState::Expired);
}

#[test]
fn a_signed_request_needs_a_receipt_before_its_clocks_run() {
    let regimes = regime("most hours=24", "UTC", "");
    let log = Log::new().signed("q", &["IAEA"], request("own", "2026-03-01T10:00:00Z"));
    let status = log.at(&regimes, "2026-06-01T00:00:00Z");
    assert_eq!(status.clocks[0].state, ClockState::NotStarted);
    assert!(status.clocks[0].not_started.as_ref().unwrap().contains("DPRK has not acknowledged"));
    assert_eq!(status.state, AccessState::Requested);
    // Proof of delivery does as well as an acknowledgement; one's own word of it does not, without the proof.
    let delivered = log.signed("d", &["IAEA"], step(AccessStep::Delivered, "2026-03-01T11:00:00Z"));
    let status = delivered.at(&regimes, "2026-06-01T00:00:00Z");
    assert_eq!((status.clocks[0].state, status.state), (ClockState::Expired, AccessState::Silent));
    let acknowledged = Log::new()
        .signed("q", &["IAEA"], request("own", "2026-03-01T10:00:00Z"))
        .signed("a", &["DPRK"], answer(AccessAnswer::Acknowledged, "2026-03-01T12:00:00Z"));
    let status = acknowledged.at(&regimes, "2026-03-02T10:00:01Z");
    assert_eq!(status.state, AccessState::Silent, "an acknowledgement is no answer");
}

#[test]
fn fourteen_and_seven_and_three_days() {
    let regimes = Regimes::shipped();
    let log = Log::new().sourced("q", "IAEA", request("jcpoa", "2016-03-01"));
    let status = log.at(&regimes, "2016-03-15T23:59:59Z");
    let due = |s: &AccessStatus, name: &str| {
        s.clocks.iter().find(|c| c.clock == name).unwrap().due.clone().unwrap_or_default()
    };
    assert_eq!(due(&status, "alternatives"), "2016-03-15T23:59:59+00:00");
    assert_eq!(due(&status, "total"), "2016-03-25T23:59:59+00:00");
    assert_eq!(due(&status, "advice"), "", "the fourteen days run first");
    let status = log.at(&regimes, "2016-03-16T00:00:00Z");
    assert_eq!(status.state, AccessState::RunOut("unresolved".into()));
    assert_eq!(due(&status, "advice"), "2016-03-22T23:59:59+00:00");

    // Five of eight votes carry; four do not, and then nothing is decided.
    let with = |yes, no| {
        let body = decide(Ruling::Uphold, yes, no, "2016-03-20");
        Log::new()
            .sourced("q", "IAEA", request("jcpoa", "2016-03-01"))
            .sourced("v", "desk", body)
            .at(&regimes, "2016-03-21T00:00:00Z")
    };
    let five = with(Some(5), Some(3));
    assert_eq!((five.state.clone(), five.decisions[0].carried), (AccessState::Upheld, Some(true)));
    assert_eq!(due(&five, "implementation"), "2016-03-23T23:59:59+00:00");
    let four = with(Some(4), Some(4));
    assert_eq!(four.decisions[0].carried, Some(false));
    assert_eq!(four.state, AccessState::RunOut("unresolved".into()));
    assert_eq!(due(&four, "implementation"), "");
    let unknown = with(None, None);
    assert_eq!((unknown.state, unknown.decisions[0].carried), (AccessState::Upheld, None));
    let many = with(Some(7), Some(3));
    assert!(many.irregular[0].contains("more votes than the 8 members"), "{:?}", many.irregular);
}

/// The dispute procedure of the roadmap sheet: 15 + 15 + 5 + 30 = 65 days; from 14 August 2025 it ends on Termination Day.
#[test]
fn the_dispute_of_sixty_five_days() {
    let log = Log::new().sourced("q", "US", request("jcpoa-dispute", "2025-08-14"));
    let status = log.at(&Regimes::shipped(), "2025-12-01T00:00:00Z");
    let dues: Vec<_> = status.clocks.iter().map(|c| c.due.clone().unwrap()).collect();
    assert_eq!(dues.last().unwrap(), "2025-10-18T23:59:59+00:00");
    assert_eq!(status.state, AccessState::RunOut("snapback".into()));
}

#[test]
fn notice_and_delay_are_both_clocks() {
    let regimes = Regimes::shipped();
    let visit = |arrival: &str| {
        Log::new()
            .sourced("q", "IAEA", request("additional-protocol", "2026-03-01T10:00:00Z"))
            .sourced("s", "IAEA", step(AccessStep::OnSite, arrival))
    };
    let state = |arrival: &str| {
        let status = visit(arrival).at(&regimes, "2026-03-09T00:00:00Z");
        status.clocks.iter().find(|c| c.clock == "notice").unwrap().state
    };
    assert_eq!(state("2026-03-02T09:59:59Z"), ClockState::TooEarly);
    assert_eq!(state("2026-03-02T10:00:00Z"), ClockState::Kept);
    assert_eq!(state("2026-03-02"), ClockState::Undetermined, "a day alone does not tell");
    // Where no answer is needed, nobody has to let the team in.
    assert_eq!(visit("2026-03-03").at(&regimes, "2026-03-09T00:00:00Z").irregular, [""; 0]);
    let ask = Log::new().sourced("q", "IAEA", request("jcpoa", "2016-03-01")).sourced(
        "s",
        "IAEA",
        step(AccessStep::OnSite, "2016-03-02"),
    );
    assert!(
        ask.at(&regimes, "2016-03-03T00:00:00Z").irregular[0]
            .contains("nothing recorded before lets it in")
    );
}

#[test]
fn pauses_need_a_cause_of_the_regime_and_both_signatures() {
    let pause = |cause: &str, by: &[&str]| {
        Body::AccessPause(Pause {
            agreed_by: by.iter().map(|p| p.parse().unwrap()).collect(),
            cause: cause.into(),
            clock: None,
            from: "2026-03-03".parse().unwrap(),
            request: "q".parse().unwrap(),
            to: "2026-03-05".parse().unwrap(),
        })
    };
    let regimes = regime("most days=7", "UTC", "pause \"flood\"");
    let asked = || Log::new().sourced("q", "IAEA", request("own", "2026-03-01"));
    let both = ["IAEA", "DPRK"];
    let paused = asked().signed("p", &both, pause("flood", &both));
    let status = paused.at(&regimes, "2026-03-20T00:00:00Z");
    assert_eq!(
        status.clocks[0].due.as_deref(),
        Some("2026-03-11T23:59:59+00:00"),
        "8 March and 3 days"
    );
    assert_eq!(status.clocks[0].paused_seconds, 3 * 86_400);
    let flood = status.used.iter().find(|u| u.cause == "pause: flood").unwrap();
    assert_eq!((flood.side.as_str(), flood.days), ("nobody", 3.0));
    // The same pause told twice counts once.
    let twice = paused.signed("p2", &both, pause("flood", &both));
    let status = twice.at(&regimes, "2026-03-20T00:00:00Z");
    assert_eq!(status.clocks[0].due.as_deref(), Some("2026-03-11T23:59:59+00:00"));

    let unknown = asked().signed("p", &both, pause("holiday", &both));
    let status = unknown.at(&regimes, "2026-03-20T00:00:00Z");
    assert!(
        status.irregular[0].contains("`holiday` is no cause of a pause"),
        "{:?}",
        status.irregular
    );
    assert_eq!(status.clocks[0].due.as_deref(), Some("2026-03-08T23:59:59+00:00"));

    // One signature is none: the entry does not count at all.
    let one = asked().signed("p", &["DPRK"], pause("flood", &both)).case();
    assert!(one.rejected[0].reason.contains("missing: IAEA"), "{:?}", one.rejected);
    let strangers = ["DPRK", "desk"];
    let other = asked().sourced("p", "DPRK", pause("flood", &strangers));
    let status = other.at(&regimes, "2026-03-20T00:00:00Z");
    assert!(status.irregular[0].contains("IAEA has not agreed"), "{:?}", status.irregular);
}

#[test]
fn only_a_clock_that_may_be_extended_is() {
    let extend = |clock: &str| {
        Body::AccessExtend(Extend {
            agreed_by: vec!["IAEA".parse().unwrap(), "DPRK".parse().unwrap()],
            clock: clock.into(),
            hours: 24,
            on: "2026-03-05".parse().unwrap(),
            reason: "samples".into(),
            request: "q".parse().unwrap(),
        })
    };
    let log = |clock| {
        Log::new()
            .sourced("q", "IAEA", request("cwc-challenge", "2026-03-01T00:00:00Z"))
            .sourced("s1", "IAEA", step(AccessStep::TeamAtEntry, "2026-03-01T12:00:00Z"))
            .sourced("s2", "IAEA", step(AccessStep::OnSite, "2026-03-03T00:00:00Z"))
            .signed("e", &["IAEA", "DPRK"], extend(clock))
            .at(&Regimes::shipped(), "2026-03-06T00:00:00Z")
    };
    let stay = log("stay");
    let clock = |s: &AccessStatus, n: &str| s.clocks.iter().find(|c| c.clock == n).unwrap().clone();
    assert_eq!(
        clock(&stay, "stay").due.as_deref(),
        Some("2026-03-07T12:00:00+00:00"),
        "84 and 24 hours"
    );
    assert_eq!(clock(&stay, "to-perimeter").state, ClockState::Kept, "36 hours to the second");
    assert!(log("access").irregular[0].contains("does not let the clock `access` be extended"));
    // 72 hours without agreement: the alternative perimeter is final.
    let final_ = stay.path.iter().find(|p| p.clock.as_deref() == Some("perimeter")).unwrap();
    assert_eq!(
        (final_.state.to_string().as_str(), final_.since.as_str()),
        ("perimeter-final", "2026-03-04T12:00:01+00:00")
    );
}

#[test]
fn declining_consent_is_no_breach_and_is_counted() {
    let log = Log::new().sourced("q", "US", request("six-party-undeclared", "2008-11-01")).sourced(
        "a",
        "DPRK",
        answer(AccessAnswer::Declined, "2008-11-12"),
    );
    let status = log.at(&Regimes::shipped(), "2009-01-01T00:00:00Z");
    assert!(status.by_consent);
    assert_eq!((status.state, status.days), (AccessState::ConsentDeclined, 11));
    assert!(
        status.clocks.iter().all(|c| !matches!(c.state, ClockState::Expired | ClockState::Late))
    );
    // At a declared site the same word is an objection.
    let declared = Log::new()
        .sourced("q", "US", request("six-party-declared", "2008-11-01"))
        .sourced("a", "DPRK", answer(AccessAnswer::Declined, "2008-11-12"));
    assert_eq!(
        declared.at(&Regimes::shipped(), "2009-01-01T00:00:00Z").state,
        AccessState::Objected
    );
}

#[test]
fn what_an_unknown_regime_or_a_wrong_text_says() {
    let log = Log::new().sourced("q", "IAEA", request("jcpao", "2016-03-01"));
    let status = log.at(&Regimes::shipped(), "2016-03-02T00:00:00Z");
    assert!(
        status.irregular[0].starts_with("no regime `jcpao` is known"),
        "{:?}",
        status.irregular
    );
    let wrong = [
        "regime {\n}\n",
        "regime \"r\" {\n timezone \"Mars/Olympus\"\n}\n",
        "regime \"r\" {\n clok \"a\"\n}\n",
        "regime \"r\" {\n clock \"a\" {\n most months=1\n from \"requested\"\n to \"answered\"\n source \"s\"\n }\n}\n",
        "regime \"r\" {\n clock \"a\" {\n most hours=1 days=1\n from \"requested\"\n to \"answered\"\n source \"s\"\n }\n}\n",
        "regime \"r\" {\n clock \"a\" {\n most hours=\"many\"\n from \"requsted\"\n to \"answered\"\n source \"s\"\n }\n}\n",
        "regime \"r\" {\n clock \"a\" {\n most days=1 count=\"about\"\n after \"b\"\n to \"answered\"\n source \"s\" basis=\"sure\"\n }\n}\n",
        "regime \"r\" {\n clock \"a\" {\n }\n vote body=\"b\" need=\"9\" of=8\n}\n",
    ];
    let told: Vec<String> = wrong
        .iter()
        .map(|text| {
            let reading = notation::read(text);
            assert!(reading.messages.is_empty(), "{text}: {:?}", reading.messages);
            let mut regimes = Regimes::shipped();
            let lines: Vec<String> = regimes
                .add(&reading.document.nodes)
                .iter()
                .map(|m| {
                    let (line, column) = notation::Source::new(text).position(m.start());
                    let help = m.help.as_deref().map(|h| format!(" ({h})")).unwrap_or_default();
                    format!("{} {line}:{column} {}{help}", m.code, m.text)
                })
                .collect();
            assert!(!lines.is_empty(), "{text}");
            lines.join("\n")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n--\n"));
}

#[test]
fn clocks_in_a_circle_do_not_run() {
    let text = "regime \"own\" {\n clock \"a\" {\n most days=1\n after \"b\"\n to \"answered\"\n source \"s\"\n }\n clock \"b\" {\n most days=1\n after \"a\"\n to \"answered\"\n source \"s\"\n }\n}\n";
    let mut regimes = Regimes::shipped();
    assert!(regimes.add(&notation::read(text).document.nodes).is_empty());
    let log = Log::new().sourced("q", "IAEA", request("own", "2016-03-01"));
    let status = log.at(&regimes, "2017-01-01T00:00:00Z");
    assert!(
        status
            .clocks
            .iter()
            .all(|c| c.not_started.as_deref() == Some("these clocks wait for each other"))
    );
}

#[test]
fn the_same_measure_for_every_side() {
    let log = Log::new()
        .sourced("q", "IAEA", request("special-inspection", "1993-02-09"))
        .sourced(
            "e",
            "IAEA",
            Body::AccessEscalate(Escalate {
                on: "1993-02-25".parse().unwrap(),
                request: "q".parse().unwrap(),
                to: "Board of Governors".into(),
            }),
        )
        .sourced("a", "DPRK", answer(AccessAnswer::Objected, "1993-02-12"));
    let case = log.case();
    let all = requests(&case, &Regimes::shipped(), AsOf::day(civil::date(1993, 3, 12)));
    let used: Vec<_> = days_used(&all).into_iter().map(|u| (u.side, u.cause, u.days)).collect();
    assert_eq!(
        used,
        [
            ("Board of Governors".into(), "before Board of Governors".to_owned(), 15.0),
            ("DPRK".into(), "requested".into(), 3.0),
            ("both sides".to_owned(), "objected".to_owned(), 13.0),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the zone, the start and the limit: one second before its end a clock runs, one second after it has run
    /// out, and a limit in hours is exactly so many hours.
    #[test]
    fn a_clock_runs_to_its_last_second(
        second in 0_i64..4_000_000_000,
        length in 1_u32..2000,
        days in any::<bool>(),
        zone in prop::sample::select(vec!["UTC", "Asia/Pyongyang", "Europe/Vienna", "America/New_York", "Africa/Cairo", "Pacific/Apia"]),
    ) {
        let start = Timestamp::from_second(second).unwrap();
        let unit = if days { "days" } else { "hours" };
        let regimes = regime(&format!("most {unit}={length}"), zone, "");
        let log = Log::new().sourced("q", "IAEA", request("own", &start.to_string()));
        let case = log.case();
        let at = |t: Timestamp| requests(&case, &regimes, AsOf::instant(t)).remove(0);
        let due = at(start).clocks[0].due_instant().unwrap();
        let next = Timestamp::from_second(due.as_second() + 1).unwrap();
        prop_assert_eq!(at(due).clocks[0].state, ClockState::Running);
        prop_assert_eq!(at(next).clocks[0].state, ClockState::Expired);
        prop_assert_eq!(at(next).state, AccessState::Silent);
        let seconds = due.as_second() - second;
        if days {
            let (least, most) = (i64::from(length) * 86_400 - 7200, (i64::from(length) + 1) * 86_400 + 7200);
            // Samoa lost a day in 2011.
            prop_assert!((least - 86_400..=most).contains(&seconds), "{} in {}", seconds, zone);
        } else {
            prop_assert_eq!(seconds, i64::from(length) * 3600);
        }
    }

    /// The text of a regime never makes its reader fail.
    #[test]
    fn any_regime_is_read(text in ".{0,200}", nodes in prop::collection::vec("(clock|vote|most|quota|from|to|after|timezone) [a-z0-9\"= -]{0,20}", 0..8)) {
        let text = format!("regime \"r\" {{\n{}\n}}\n{text}", nodes.join("\n"));
        let reading = notation::read(&text);
        Regimes::shipped().add(&reading.document.nodes);
    }
}

/// The cases of the repository, folded as a desk records them.
fn folded(name: &str) -> Case {
    let folder = intake::read(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name),
    )
    .unwrap();
    assert!(!folder.has_errors(), "{}", intake::render(&folder.diagnostics, 100, false));
    let desk = SigningKey::generate("desk.example").unwrap();
    let mut case = Case::new();
    let enroll = KeyEnroll::of_desk(&name.parse().unwrap(), &desk.verifying_key());
    case.apply(Parsed::read(&enroll.sign(&[&desk]).unwrap()));
    for draft in &folder.drafts {
        case.apply(Parsed::read(&draft.statement.sign(&[&desk]).unwrap()));
    }
    assert_eq!(case.rejected, []);
    assert!(case.waiting.is_empty());
    case
}

/// IAEA chronology of 10 June 1994: days 16, 31 and 51; never granted.
#[test]
fn the_special_inspection_request_of_1993() {
    let case = folded("special-inspection-1993");
    let at = |y, m, d| {
        let mut all = requests(&case, &Regimes::shipped(), AsOf::day(civil::date(y, m, d)));
        all.pop().map(|r| (r.state.to_string(), r.days))
    };
    assert_eq!(at(1993, 2, 8), None);
    assert_eq!(at(1993, 2, 20), Some(("requested".into(), 11)));
    assert_eq!(at(1993, 2, 25), Some(("upheld".into(), 16)));
    assert_eq!(at(1993, 3, 12), Some(("objected".into(), 31)));
    assert_eq!(at(1993, 4, 1), Some(("before UN Security Council".into(), 51)));
    let end = requests(&case, &Regimes::shipped(), AsOf::day(civil::date(1994, 2, 15))).remove(0);
    let granted = |s: &AccessState| {
        matches!(s, AccessState::Granted | AccessState::Consented | AccessState::OnSite)
    };
    assert!(!end.path.iter().any(|p| granted(&p.state)) && !end.state.is_ended());
    // Sixteen days until the Board, fifteen more until the answer: both the DPRK's.
    let dprk: f64 = end.used.iter().filter(|u| u.side == "DPRK").map(|u| u.days).sum();
    assert_eq!(dprk, 31.0);
    assert!(end.clocks.iter().all(|c| c.state == ClockState::Kept), "no limit, and an answer came");
}

/// The understandings of 11 October 2008: one side stands by them, the other denies them.
#[test]
fn the_verification_dispute_of_2008() {
    let case = folded("verification-2008");
    let texts = |y, m, d| inspection::agreed_texts(&case, civil::date(y, m, d)).remove(0);
    let after = texts(2008, 12, 11);
    assert_eq!(after.agreed.as_deref(), Some("communique of 12 July 2008"));
    let october = after.versions.iter().find(|v| v.version.contains("October")).unwrap();
    assert!(october.sha256.is_empty(), "no text that both sides held");
    let stances: Vec<_> = october.stances.iter().map(|s| (s.party.as_str(), s.stance)).collect();
    use statement::kinds::agreement::Stance::{Acknowledged, Denied};
    assert_eq!(stances, [("US", Acknowledged), ("DPRK", Denied)]);
    assert_eq!(texts(2008, 10, 31).versions.len(), 2);
}
