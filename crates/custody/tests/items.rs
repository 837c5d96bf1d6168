//! Custody, stages, seals and manifests; everything that can be wrong with them; any order of arrival.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod story;

use case::{Case, Parsed};
use custody::{Custodian, Custody, ItemStatus, Knowledge, Rules, Sequences, reconcile};
use proptest::prelude::*;
use statement::kinds::inspection::{Measurement, SealApply, SealCheck, SealState};
use statement::kinds::items::{Dispose, ManifestLine, StageStanding};
use statement::{Body, Bound, Claim, Quantity, QuantityKind, Statement};
use story::{DAY, Keys, fold, header, item, receive, stage, transfer};

fn seal(about: &str, number: &str, on: &str) -> Body {
    Body::SealApply(SealApply {
        about: about.parse().unwrap(),
        number: number.into(),
        on: on.parse().unwrap(),
    })
}

fn check(seal: &str, state: SealState, on: &str) -> Body {
    Body::SealCheck(SealCheck { on: on.parse().unwrap(), seal: seal.parse().unwrap(), state })
}

fn measure(about: &str, on: &str) -> Body {
    Body::Measurement(Measurement {
        about: about.parse().unwrap(),
        claim: Claim {
            as_of: None,
            bound: Bound::Equal,
            high: None,
            kind: QuantityKind::Stock,
            material: None,
            sigma: None,
            unit: Some("kg".into()),
            value: Some("6.2".parse().unwrap()),
            what: "mass".into(),
        },
        method: "weighing".into(),
        on: on.parse().unwrap(),
    })
}

fn rules() -> Rules {
    Rules { sequences: Sequences::default(), verifiers: vec!["IAEA".into()] }
}

fn assess(entries: &[(&str, &[&str], Body)]) -> (Custody, Vec<ItemStatus>) {
    let keys = Keys::new();
    let mut all = keys.enrolments();
    all.extend(entries.iter().map(|(id, by, body)| keys.signed(id, by, body.clone())));
    let case = fold(&all);
    assert_eq!(case.rejected, []);
    let mut custodian = Custodian::new();
    let custody = custodian.assess(&case, &rules(), DAY);
    let items = custodian.items().cloned().collect();
    (custody, items)
}

fn codes(custody: &Custody) -> Vec<(&str, &'static str)> {
    custody.problems.iter().map(|(item, p)| (item.as_str(), p.code)).collect()
}

#[test]
fn the_shipped_sequences_have_no_faults() {
    let text = include_str!("../sequences/sequences.kdl");
    let reading = notation::read(text);
    assert!(reading.messages.is_empty());
    let mut sequences = Sequences::default();
    assert!(sequences.add(&reading.document.nodes).is_empty());
    let names: Vec<&str> = sequences.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["equipment", "facility", "fissile-material"]);
    assert_eq!(sequences.of_category("Fuel rod").unwrap().name, "fissile-material");
    assert_eq!(sequences.of_category("lathe").unwrap().place_of("shipped"), Some(6));
    let told = |text: &str| -> Vec<&'static str> {
        let mut sequences = Sequences::default();
        sequences.add(&notation::read(text).document.nodes).iter().map(|m| m.code).collect()
    };
    assert_eq!(told("sequence {\n}\n"), ["F030"]);
    assert_eq!(
        told("sequence \"s\" {\n stage \"a\"\n stage \"a\"\n stge \"b\"\n}\n"),
        ["F031", "F003", "F032"]
    );
}

#[test]
fn custody_passes_only_when_both_sides_signed() {
    let both = ["DPRK", "ROK"];
    let (custody, items) = assess(&[
        ("a", &["DPRK"], item("lathe", "T-1")),
        ("b", &["DPRK"], item("lathe", "T-2")),
        ("c", &["DPRK"], item("lathe", "T-3")),
        ("t-1", &both, transfer("DPRK", "ROK", &["a"], "2028-02-29")),
        ("t-2", &["DPRK"], transfer("DPRK", "ROK", &["b", "c"], "2028-03-01")),
    ]);
    assert_eq!(
        items.iter().map(|i| i.custodian.as_str()).collect::<Vec<_>>(),
        ["ROK", "DPRK", "DPRK"]
    );
    assert_eq!(codes(&custody), [("b", "F040"), ("c", "F040")]);
    assert!(custody.problems[0].1.words.contains("ROK has not signed"));
    assert_eq!((custody.held["ROK"], custody.held["DPRK"]), (1, 2));
    // The receiver signs for its arrival, and it counts from that day.
    let (custody, items) = assess(&[
        ("b", &["DPRK"], item("lathe", "T-2")),
        ("t-2", &["DPRK"], transfer("DPRK", "ROK", &["b"], "2028-03-01")),
        ("r-2", &["ROK"], receive("t-2", "2028-03-04")),
    ]);
    assert_eq!(
        (items[0].custodian.as_str(), items[0].held_since.as_ref().unwrap().as_str()),
        ("ROK", "2028-03-04")
    );
    assert_eq!(codes(&custody), []);
}

#[test]
fn an_item_in_two_places() {
    let both: &[&str] = &["DPRK", "ROK"];
    let (custody, items) = assess(&[
        ("a", &["DPRK"], item("lathe", "T-1")),
        ("t-1", both, transfer("DPRK", "ROK", &["a"], "2028-01-01")),
        ("t-2", &["DPRK", "IAEA"], transfer("DPRK", "IAEA", &["a"], "2028-02-01")),
    ]);
    assert_eq!((items[0].custodian.as_str(), codes(&custody)), ("ROK", vec![("a", "F042")]));
    assert!(custody.problems[0].1.words.contains("ROK holds it by t-1"), "{:?}", custody.problems);
}

#[test]
fn numbers_used_twice() {
    let (custody, _) = assess(&[
        ("a", &["DPRK"], item("lathe", "T-1")),
        ("b", &["DPRK"], item("lathe", "T-1")),
        ("s-1", &["IAEA"], seal("a", "E-17", "2028-01-01")),
        ("s-2", &["IAEA"], seal("b", "E-17", "2028-02-01")),
    ]);
    assert_eq!(codes(&custody), [("b", "F047"), ("b", "F048")]);
    // A seal that was taken off may be used again; nobody would, but it is no contradiction.
    let (custody, _) = assess(&[
        ("a", &["DPRK"], item("lathe", "T-1")),
        ("s-1", &["IAEA"], seal("a", "E-17", "2028-01-01")),
        ("c-1", &["IAEA"], check("s-1", SealState::Removed, "2028-01-20")),
        ("s-2", &["IAEA"], seal("a", "E-17", "2028-02-01")),
    ]);
    assert_eq!(codes(&custody), []);
}

#[test]
fn stages_claimed_witnessed_verified_reversed_skipped() {
    use StageStanding::{Claimed, Reversed, Verified, Witnessed};
    let of = |steps: &[(&str, &str, StageStanding, &str)]| {
        let mut entries: Vec<(String, Vec<&str>, Body)> =
            vec![("a".into(), vec!["DPRK"], item("lathe", "T-1"))];
        for (i, (by, name, standing, on)) in steps.iter().enumerate() {
            entries.push((format!("s-{i}"), vec![by], stage("a", name, *standing, on)));
        }
        let entries: Vec<(&str, &[&str], Body)> =
            entries.iter().map(|(i, b, body)| (i.as_str(), b.as_slice(), body.clone())).collect();
        let (custody, mut items) = assess(&entries);
        let item = items.remove(0);
        let codes: Vec<&str> = custody.problems.iter().map(|(_, p)| p.code).collect();
        (item.stage, item.standing, codes)
    };
    let whole = [
        ("DPRK", "tagged", Claimed, "2028-01-01"),
        ("IAEA", "tagged", Verified, "2028-01-02"),
        ("DPRK", "shut down", Claimed, "2028-01-03"),
        ("ROK", "shut down", Witnessed, "2028-01-04"),
    ];
    assert_eq!(of(&whole[..1]), ("tagged".into(), Claimed, vec![]));
    assert_eq!(of(&whole[..2]), ("tagged".into(), Verified, vec![]));
    assert_eq!(of(&whole), ("shut down".into(), Witnessed, vec![]));
    let undone = [&whole[..], &[("DPRK", "shut down", Reversed, "2028-02-01")]].concat();
    assert_eq!(of(&undone), ("tagged".into(), Verified, vec![]));
    let again = [&undone[..], &[("IAEA", "shut down", Verified, "2028-03-01")]].concat();
    assert_eq!(of(&again), ("shut down".into(), Verified, vec![]));
    // A stage that nothing is recorded of is told, not filled in.
    assert_eq!(
        of(&[("DPRK", "removed", Claimed, "2028-01-01")]),
        ("removed".into(), Claimed, vec!["F045"])
    );
    // Who the agreement does not name cannot verify; nobody is a witness of himself.
    assert_eq!(
        of(&[("ROK", "tagged", Verified, "2028-01-01")]),
        ("tagged".into(), Witnessed, vec!["F049"])
    );
    assert_eq!(
        of(&[("DPRK", "tagged", Witnessed, "2028-01-01")]),
        ("tagged".into(), Claimed, vec![])
    );
    assert_eq!(
        of(&[("DPRK", "taged", Claimed, "2028-01-01")]),
        ("declared".into(), Claimed, vec!["F044"])
    );
    let backwards =
        [("DPRK", "tagged", Claimed, "2028-03-01"), ("DPRK", "shut down", Claimed, "2028-01-01")];
    assert_eq!(of(&backwards), ("shut down".into(), Claimed, vec!["F050"]));
}

#[test]
fn an_event_before_its_item_and_two_ends() {
    let keys = Keys::new();
    let mut declared = Statement { header: header("a", "DPRK"), body: item("lathe", "T-1") };
    declared.header.said = Some("2028-06-01".parse().unwrap());
    let end = |how: &str, on: &str| {
        let (how, on) = (how.to_owned(), on.parse().unwrap());
        Body::ItemDispose(Dispose { how, item: "a".parse().unwrap(), on })
    };
    let mut all = keys.enrolments();
    // The stage arrives before the item, and is dated before it.
    all.push(keys.signed(
        "s",
        &["DPRK"],
        stage("a", "tagged", StageStanding::Claimed, "2028-05-01"),
    ));
    let case = fold(&all);
    assert_eq!(case.waiting.list()[0].on.as_str(), "a");
    all.push(declared.sign(&[keys.of("DPRK")]).unwrap());
    all.push(keys.signed("d-1", &["DPRK"], end("destroyed", "2028-07-01")));
    all.push(keys.signed("d-2", &["DPRK"], end("shipped out", "2028-08-01")));
    let case = fold(&all);
    assert!(case.waiting.is_empty() && case.rejected.is_empty());
    let custody = Custodian::new().assess(&case, &rules(), DAY);
    assert_eq!(codes(&custody), [("a", "F043"), ("a", "F046")]);
}

#[test]
fn continuity_of_knowledge() {
    let of = |more: &[(&str, Body)]| {
        let mut entries: Vec<(&str, &[&str], Body)> = vec![
            ("a", &["DPRK"], item("lathe", "T-1")),
            ("s-1", &["IAEA"], seal("a", "E-1", "2028-01-01")),
            ("c-1", &["IAEA"], check("s-1", SealState::Intact, "2028-02-01")),
        ];
        entries.extend(more.iter().map(|(id, body)| (*id, &["IAEA"][..], body.clone())));
        let (_, items) = assess(&entries);
        let shown: Vec<String> = items[0]
            .continuity
            .iter()
            .map(|i| {
                let to = i.to.as_ref().map_or("now".to_owned(), ToString::to_string);
                let by = i.restored_by.as_ref().map(|b| format!(" by {b}")).unwrap_or_default();
                format!("{:?} {} {to}{by}", i.knowledge, i.from)
            })
            .collect();
        shown
    };
    assert_eq!(of(&[]), ["Kept 2028-01-01 2028-02-01", "Unconfirmed 2028-02-01 now"]);
    let broken = ("c-2", check("s-1", SealState::Broken, "2028-03-01"));
    // What was last sure is the last time it was found intact, not the day it was found broken.
    assert_eq!(
        of(std::slice::from_ref(&broken)),
        ["Kept 2028-01-01 2028-02-01", "Gap 2028-02-01 now"]
    );
    // A new seal alone restores nothing; a measurement does.
    let again = ("s-2", seal("a", "E-2", "2028-03-02"));
    assert_eq!(
        of(&[broken.clone(), again.clone()]),
        ["Kept 2028-01-01 2028-02-01", "Gap 2028-02-01 now"]
    );
    let measured = ("m-1", measure("a", "2028-03-05"));
    assert_eq!(
        of(&[broken, again, measured, ("c-3", check("s-2", SealState::Intact, "2028-04-01"))]),
        [
            "Kept 2028-01-01 2028-02-01",
            "Gap 2028-02-01 2028-03-05 by m-1",
            "Kept 2028-03-05 2028-04-01",
            "Unconfirmed 2028-04-01 now"
        ]
    );
    // A second seal carries on what the first one lost.
    let two = [
        ("s-2", seal("a", "E-2", "2028-01-15")),
        ("c-2", check("s-1", SealState::Missing, "2028-03-01")),
        ("c-3", check("s-2", SealState::Intact, "2028-03-01")),
    ];
    assert_eq!(of(&two), ["Kept 2028-01-01 2028-03-01", "Unconfirmed 2028-03-01 now"]);
    let (custody, items) = assess(&[("a", &["DPRK"], item("lathe", "T-1"))]);
    assert!(
        items[0].continuity.is_empty() && custody.never_sealed == 1,
        "nothing known is not kept"
    );
    assert!(items[0].last_confirmed().is_none());
    assert_eq!(Knowledge::Gap, Knowledge::Gap);
}

fn line(tag: &str, seal: Option<&str>, gross: Option<(&str, Option<&str>)>) -> ManifestLine {
    ManifestLine {
        gross: gross.map(|(value, sigma)| Quantity {
            sigma: sigma.map(|s| s.parse().unwrap()),
            unit: "kg".into(),
            value: value.parse().unwrap(),
        }),
        seal: seal.map(Into::into),
        tag: tag.into(),
    }
}

#[test]
fn a_manifest_reconciled() {
    let kg = |v, s| Some((v, Some(s)));
    let sent = [
        line("A", Some("E-1"), kg("100.0", "0.3")),
        line("B", Some("E-2"), kg("100.0", "0.3")),
        line("C", Some("E-3"), kg("100.0", "0.3")),
        line("D", None, Some(("100.0", None))),
        line("E", None, None),
        line("A", Some("E-9"), None),
    ];
    let arrived = [
        // 1.2 kg is 2.83 sigma of the difference: not beyond three.
        line("A", Some("E-1"), kg("101.2", "0.3")),
        // 1.3 kg is 3.06 sigma.
        line("B", Some("E-2"), kg("98.7", "0.3")),
        line("C", Some("E-33"), kg("100.0", "0.3")),
        line("D", None, Some(("100.1", None))),
        line("F", None, None),
        line("F", None, None),
    ];
    let r = reconcile(&sent, &arrived);
    assert_eq!((r.shipped, r.received, r.matched), (6, 6, 4));
    assert_eq!(
        (r.missing.as_slice(), r.extra.as_slice()),
        (["E".to_owned()].as_slice(), ["F".to_owned()].as_slice())
    );
    assert_eq!((r.seals.len(), r.seals[0].tag.as_str()), (1, "C"));
    assert_eq!((r.weights.len(), r.weights[0].tag.as_str()), (1, "B"));
    assert!((r.weights[0].sigmas.unwrap() + 3.064).abs() < 0.001, "{:?}", r.weights);
    assert_eq!(r.no_error_stated, ["D"]);
    let twice: Vec<_> = r.twice.iter().map(|t| (t.list, t.tag.as_str(), t.lines.clone())).collect();
    assert_eq!(twice, [("shipped", "A", vec![1, 6]), ("received", "F", vec![5, 6])]);
    assert!(!r.is_clean() && reconcile(&sent[..3], &sent[..3]).is_clean());
}

/// The case's JSON with entry numbers taken out.
fn without_indices(case: &Case) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                for name in ["because", "enrolled_at", "index", "revisions", "rejected", "size"] {
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

/// A story of three items, with times on both sides of a change of the clocks and a leap day.
fn story(keys: &Keys) -> Vec<Vec<u8>> {
    use StageStanding::{Claimed, Reversed, Verified};
    let both: &[&str] = &["DPRK", "ROK"];
    let dprk: &[&str] = &["DPRK"];
    let iaea: &[&str] = &["IAEA"];
    let all: Vec<(&str, &[&str], Body)> = vec![
        ("a", dprk, item("lathe", "T-1")),
        ("b", dprk, item("lathe", "T-2")),
        ("c", dprk, item("fuel rod", "T-3")),
        ("s-a", iaea, seal("a", "E-1", "2028-02-28")),
        ("s-b", iaea, seal("b", "E-2", "2028-02-29")),
        ("c-1", iaea, check("s-a", SealState::Intact, "2028-03-26T01:59:59+01:00")),
        ("c-2", iaea, check("s-a", SealState::Broken, "2028-03-26T03:00:00+02:00")),
        ("m-1", iaea, measure("a", "2028-03-27")),
        ("g-1", dprk, stage("a", "tagged", Claimed, "2028-03-01")),
        ("g-2", iaea, stage("a", "tagged", Verified, "2028-03-02")),
        ("g-3", dprk, stage("a", "shut down", Claimed, "2028-03-03")),
        ("g-4", dprk, stage("a", "shut down", Reversed, "2028-03-04")),
        ("t-1", dprk, transfer("DPRK", "ROK", &["a", "b"], "2028-04-01")),
        ("r-1", &["ROK"], receive("t-1", "2028-04-02")),
        ("t-2", both, transfer("DPRK", "ROK", &["c"], "2028-04-03")),
        ("t-3", &["DPRK", "IAEA"], transfer("DPRK", "IAEA", &["c"], "2028-04-04")),
    ];
    all.into_iter().map(|(id, by, body)| keys.signed(id, by, body)).collect()
}

/// A custodian that knew an item by its first tag knows it by the corrected one alone.
#[test]
fn a_corrected_tag_no_longer_counts() {
    let keys = Keys::new();
    let declare = |id: &str, tag: &str, replaces| {
        let header = statement::Header { replaces, ..header(id, "DPRK") };
        statement::Statement { header, body: item("rod", tag) }.sign(&[keys.of("DPRK")]).unwrap()
    };
    let first =
        keys.enrolments().into_iter().chain([declare("a", "T-1", None), declare("b", "T-1", None)]);
    let mut case = fold(&first.collect::<Vec<_>>());
    let mut kept = Custodian::new();
    let codes = |c: &Custody| c.problems.iter().map(|(_, p)| p.code).collect::<Vec<_>>();
    assert_eq!(codes(&kept.assess(&case, &rules(), DAY)), ["F048"]);
    for (tag, told) in [("T-2", vec![]), ("T-1", vec!["F048"])] {
        let replaces = Some(case.items.get("b").unwrap().text_sha256);
        case.apply(Parsed::read(&declare("b", tag, replaces)));
        let grown = kept.assess(&case, &rules(), DAY);
        assert_eq!(codes(&grown), told);
        assert_eq!(grown, Custodian::new().assess(&case, &rules(), DAY));
    }
    assert_eq!(case.rejected, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the order of arrival, and however often each arrives: the same state in the end.
    #[test]
    fn any_order_of_arrival_gives_the_same_state(
        order in Just((0..16).collect::<Vec<usize>>()).prop_shuffle(),
        again in prop::collection::vec(0_usize..16, 0..8),
    ) {
        let keys = Keys::new();
        let entries = story(&keys);
        let in_order = fold(&[keys.enrolments(), entries.clone()].concat());
        prop_assert!(in_order.rejected.is_empty() && in_order.waiting.is_empty());
        let arrived: Vec<Vec<u8>> = order.iter().chain(&again).map(|&i| entries[i].clone()).collect();
        let other = fold(&[keys.enrolments(), arrived].concat());
        // Each repetition is listed, and changes nothing.
        prop_assert_eq!(other.rejected.len(), again.len());
        prop_assert!(other.waiting.is_empty());
        prop_assert_eq!(without_indices(&in_order), without_indices(&other));

        let status = |case: &Case| {
            let mut custodian = Custodian::new();
            let custody = custodian.assess(case, &rules(), DAY);
            let mut items: Vec<ItemStatus> = custodian.items().cloned().collect();
            items.iter_mut().for_each(|i| i.because.clear());
            items.sort_by(|a, b| a.item.cmp(&b.item));
            (custody, items)
        };
        prop_assert_eq!(status(&in_order), status(&other));
    }

    /// A custodian that has seen a case grow says what one says that sees it for the first time.
    #[test]
    fn growing_is_the_same_as_from_scratch(order in Just((0..16).collect::<Vec<usize>>()).prop_shuffle()) {
        let keys = Keys::new();
        let entries = story(&keys);
        let mut case = fold(&keys.enrolments());
        let mut kept = Custodian::new();
        for i in order {
            case.apply(Parsed::read(&entries[i]));
            let grown = kept.assess(&case, &rules(), DAY);
            let mut fresh = Custodian::new();
            prop_assert_eq!(&grown, &fresh.assess(&case, &rules(), DAY));
            prop_assert!(kept.items().eq(fresh.items()));
        }
    }

    /// Sent and received differ in what is told, and in nothing else.
    #[test]
    fn reconciling_finds_each_change(lost in prop::collection::btree_set(0_usize..40, 0..6), resealed in prop::collection::btree_set(0_usize..40, 0..6)) {
        let tags: Vec<String> = (0..40).map(|i| format!("T-{i}")).collect();
        let sent: Vec<ManifestLine> = tags.iter().map(|t| line(t, Some(t), None)).collect();
        let arrived: Vec<ManifestLine> = tags.iter().enumerate().filter(|(i, _)| !lost.contains(i))
            .map(|(i, t)| line(t, Some(if resealed.contains(&i) { "other" } else { t }), None)).rev().collect();
        let r = reconcile(&sent, &arrived);
        prop_assert_eq!(r.missing.len(), lost.len());
        prop_assert_eq!(r.seals.len(), resealed.difference(&lost).count());
        prop_assert!(r.extra.is_empty() && r.twice.is_empty());
        let back = reconcile(&arrived, &sent);
        prop_assert_eq!(back.extra.len(), lost.len());
    }
}
