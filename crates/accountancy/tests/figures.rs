//! Stated figures side by side: what cannot both be true, and what only seems to disagree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use accountancy::{FigureGroup, Figures, Unit, compare};
use case::{Case, Parsed};
use proptest::prelude::*;
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::kinds::evidence::ClaimRecord;
use statement::{Basis, Body, Bound, Claim, Header, QuantityKind, Source, Statement, civil};
use tlog::note::SigningKey;

struct Stated {
    id: &'static str,
    kind: QuantityKind,
    bound: Bound,
    value: &'static str,
    high: Option<&'static str>,
    unit: &'static str,
    as_of: Option<&'static str>,
}

fn stated(
    id: &'static str,
    kind: QuantityKind,
    bound: Bound,
    value: &'static str,
    unit: &'static str,
) -> Stated {
    Stated { id, kind, bound, value, high: None, unit, as_of: None }
}

fn figures(stated: &[Stated]) -> Figures {
    let desk = SigningKey::generate("desk.example").unwrap();
    let header = |id: &str| Header {
        case: "dprk".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "AP".into(),
            credibility: None,
            reliability: None,
        }),
    };
    let enroll = Body::KeyEnroll(KeyEnroll {
        key: desk.verifying_key().to_string(),
        owner: "desk".parse().unwrap(),
        purpose: KeyPurpose::Desk,
    });
    let mut case = Case::new();
    let mut add = |id: &str, body: Body| {
        case.apply(Parsed::read(&Statement { header: header(id), body }.sign(&[&desk]).unwrap()));
    };
    add("key.desk", enroll);
    for s in stated {
        let claim = Claim {
            as_of: s.as_of.map(|d| d.parse().unwrap()),
            bound: s.bound,
            high: s.high.map(|h| h.parse().unwrap()),
            kind: s.kind,
            material: Some("Pu".into()),
            sigma: None,
            unit: Some(s.unit.into()),
            value: (s.bound != Bound::NonePublished).then(|| s.value.parse().unwrap()),
            what: "plutonium".into(),
        };
        add(s.id, Body::Claim(ClaimRecord { about: None, claim, stated_by: None, to: None }));
    }
    assert_eq!(case.rejected, []);
    compare(&case, civil::date(2026, 11, 23))
}

fn pairs(group: &FigureGroup) -> Vec<(&str, &str)> {
    group.disagreements.iter().map(|d| (d.low.as_str(), d.high.as_str())).collect()
}

#[test]
fn figures_that_count_different_things_do_not_disagree() {
    use QuantityKind::{Extracted, Produced, Used};
    let f = figures(&[
        stated("p-30", Produced, Bound::About, "30", "kg"),
        stated("p-37", Produced, Bound::Equal, "37", "kg"),
        stated("p-40", Produced, Bound::About, "40", "kg"),
        stated("e-308", Extracted, Bound::Equal, "30.8", "kg"),
        stated("u-2", Used, Bound::Equal, "2", "kg"),
    ]);
    assert_eq!(f.groups.len(), 3);
    // About 40 (36 to 44) overlaps 37 (36.5 to 37.5); about 30 (27 to 33) overlaps neither.
    assert_eq!(f.groups[0].kind, Produced);
    assert_eq!(pairs(&f.groups[0]), [("p-30", "p-37"), ("p-30", "p-40")]);
    assert!(f.groups[1..].iter().all(|g| g.disagreements.is_empty()));
}

#[test]
fn grams_and_kilograms_are_compared_and_bounds_are_bounds() {
    use QuantityKind::Stock;
    let at = |mut s: Stated| {
        s.as_of = Some("1992-05-04");
        s
    };
    let f = figures(&[
        at(stated("g-90", Stock, Bound::Equal, "90", "g")),
        at(stated("below-1kg", Stock, Bound::Less, "1", "kg")),
        at(stated("more-2kg", Stock, Bound::More, "2", "kg")),
        at(stated("silent", Stock, Bound::NonePublished, "0", "kg")),
    ]);
    assert_eq!(f.groups.len(), 1);
    assert_eq!(f.groups[0].unit, "kg");
    let told = pairs(&f.groups[0]);
    assert_eq!(told, [("g-90", "more-2kg"), ("below-1kg", "more-2kg")]);
    assert_eq!(f.groups[0].disagreements[0].gap.to_string(), "1.9095");
}

#[test]
fn a_stock_moves_so_other_dates_are_no_disagreement() {
    use QuantityKind::Stock;
    let mut a = stated("feb", Stock, Bound::Equal, "130.9", "t heavy water");
    let mut b = stated("may", Stock, Bound::Equal, "116.7", "t heavy water");
    a.as_of = Some("2016-02-17");
    b.as_of = Some("2016-05-09");
    let f = figures(&[a, b]);
    assert_eq!(f.groups[0].unit, "kg heavy water");
    assert!(f.groups[0].disagreements.is_empty());
}

#[test]
fn units_are_only_converted_where_that_is_exact() {
    assert_eq!(Unit::read("t HFO").base, "kg HFO");
    assert_eq!(Unit::read("t HFO equivalent").base, "kg HFO equivalent");
    assert_eq!(Unit::read("rods").base, "rods");
    assert_eq!(Unit::read("g").factor.to_string(), "0.001");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_disagreement_is_a_real_gap(values in proptest::collection::vec((1_u32..1000, 0_usize..6), 2..6)) {
        let bounds = [Bound::Equal, Bound::About, Bound::Less, Bound::AtMost, Bound::More, Bound::AtLeast];
        let made: Vec<Stated> = values
            .iter()
            .enumerate()
            .map(|(i, &(v, b))| {
                let id: &'static str = Box::leak(format!("c-{i}").into_boxed_str());
                let value: &'static str = Box::leak(v.to_string().into_boxed_str());
                stated(id, QuantityKind::Produced, bounds[b], value, "kg")
            })
            .collect();
        for group in figures(&made).groups {
            for d in &group.disagreements {
                prop_assert!(d.gap > statement::Decimal::ZERO);
                prop_assert_ne!(&d.low, &d.high);
            }
        }
    }
}

#[test]
fn figures_that_count_different_things_only_seem_to_disagree() {
    use QuantityKind::{Extracted, InWaste, Produced, Stock};
    let at = |as_of, s: Stated| Stated { as_of: Some(as_of), ..s };
    let f = figures(&[
        stated("total", Produced, Bound::About, "40", "kg"),
        stated("separated", Extracted, Bound::Equal, "30.8", "kg"),
        stated("waste", InWaste, Bound::Equal, "2", "kg"),
        stated("other", Extracted, Bound::AtMost, "35", "kg"),
        stated("low", Extracted, Bound::Equal, "20000", "g"),
        at("1992", stated("then", Stock, Bound::Equal, "1", "kg")),
        at("2008", stated("now", Stock, Bound::Equal, "30", "kg")),
    ]);
    let [q] = f.quantities.as_slice() else { panic!("{:?}", f.quantities) };
    assert_eq!((q.material.as_str(), q.unit.as_str()), ("Pu", "kg"));
    // One axis, from low to high, in one unit.
    let ids: Vec<&str> = q.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["then", "waste", "low", "now", "separated", "other", "total"]);
    assert_eq!(q.most.unwrap().to_string(), "44");
    let why = |low: &str, high: &str| {
        let pair = q.seeming.iter().find(|s| s.low.as_str() == low && s.high.as_str() == high);
        pair.map(|s| s.because_of.iter().map(|d| format!("{d:?}")).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(why("separated", "total").as_deref(), Some("Kind"));
    assert_eq!(why("waste", "separated").as_deref(), Some("Kind"));
    assert_eq!(why("then", "now").as_deref(), Some("AsOf"));
    assert_eq!(why("separated", "other").as_deref(), Some("Bound"));
    // What cannot both be true is no seeming disagreement, and told with its kind.
    assert_eq!(why("low", "separated"), None);
    let told = f.groups.iter().flat_map(|g| &g.disagreements);
    assert!(told.into_iter().any(|d| d.low.as_str() == "low" && d.high.as_str() == "separated"));
}
