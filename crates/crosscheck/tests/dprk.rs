//! The cross-check on the real list: who is matched with whom, who is left, what lies in the wrong place, and why.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use case::{Case, Parsed};
use crosscheck::{
    Counts, Crosscheck, Level, Looked, Settings, SiteRow, UnmatchedPlace, Verdict, assess,
};
use proptest::prelude::*;
use statement::kinds::agreement::KeyEnroll;
use statement::{Statement, civil};
use tlog::note::SigningKey;

fn statements() -> Vec<Statement> {
    let folder =
        intake::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/dprk")).unwrap();
    folder.drafts.into_iter().map(|d| d.statement).collect()
}

fn fold(statements: &[Statement]) -> Case {
    let desk = SigningKey::generate("desk.example").unwrap();
    let mut case = Case::new();
    let mut add = |s: &Statement| case.apply(Parsed::read(&s.sign(&[&desk]).unwrap()));
    add(&KeyEnroll::of_desk(&"dprk".parse().unwrap(), &desk.verifying_key()));
    statements.iter().for_each(add);
    assert_eq!(case.rejected, []);
    case
}

const DAY: civil::Date = civil::date(2026, 11, 23);

fn dprk() -> Crosscheck {
    assess(&fold(&statements()), DAY)
}

fn site<'a>(c: &'a Crosscheck, id: &str) -> &'a SiteRow {
    c.sites.iter().find(|s| s.site.as_str() == id).unwrap()
}

fn place<'a>(c: &'a Crosscheck, id: &str) -> &'a UnmatchedPlace {
    c.unmatched.iter().find(|p| p.observations.iter().any(|o| o.as_str() == id)).unwrap()
}

fn matched(c: &Crosscheck, id: &str) -> Vec<String> {
    let mut ids: Vec<String> = site(c, id).matches.iter().map(|m| m.id.to_string()).collect();
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
        ("d92-200", &["o-024", "o-025", "o-026", "o-027"]),
        // One report of three planned units is of each.
        ("d92-635a", &["o-054"]),
        ("d92-635b", &["o-054"]),
        ("d92-635c", &["o-054"]),
        ("d92-mp", &["o-030", "o-031"]),
        ("d92-ms", &["o-059"]),
        ("d92-cp", &["o-028", "o-029"]),
        ("d92-ck", &["o-032"]),
        ("d92-x-waste", &["o-022"]),
    ];
    for (site, observations) in expected {
        assert_eq!(matched(&c, site), *observations, "{site}");
    }
    for id in ["d92-sca", "d92-fst"] {
        let row = site(&c, id);
        assert_eq!(row.verdict, Verdict::DeclaredNotSeen);
        assert_eq!(row.looked, Looked::OnlyItsComplex);
        assert!(row.weighing.evidence.is_empty());
    }
    // A use that changed in twenty years is no mismatch.
    assert!(c.sites.iter().all(|s| s.verdict != Verdict::AttributesDisagree));
    assert!(
        !site(&c, "d92-5mw").differences.is_empty() || !site(&c, "d92-rcl").differences.is_empty()
    );
}

fn together<'a>(c: &'a Crosscheck, id: &str) -> Vec<&'a str> {
    let mut ids: Vec<&str> = place(c, id).observations.iter().map(|o| o.as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn reports_of_one_place_and_of_several() {
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
    // The 1976 site and Building 500 are two, though both are "undeclared waste storage".
    assert_eq!(together(&c, "o-019"), ["o-019", "o-020"]);
    assert_eq!(together(&c, "o-021"), ["o-021"]);
    // "Atomic Energy Research Institute" exists in two cities, and a third is called almost so.
    assert_eq!(together(&c, "o-002"), ["o-002"]);
    assert_eq!(together(&c, "o-056"), ["o-056"]);
    assert_eq!(together(&c, "o-033"), ["o-033", "o-034"]);
    // Two entrances 2 km apart, and tunnels 430 m from the test site, are near but distinct.
    assert_eq!(together(&c, "o-039"), ["o-039", "o-042"]);
    let tunnels = place(&c, "o-041");
    let near = tunnels.neighbours.iter().find(|n| n.to.as_str() == "o-039").unwrap();
    assert_eq!(near.level, Level::NearButDistinct);
    assert!((300.0..600.0).contains(&near.distance_m.unwrap()));
}

#[test]
fn waste_sites_laboratory_and_enrichment_plant_are_seen_and_not_declared() {
    let c = dprk();
    for (id, kind) in [
        ("o-018", "hot cells"),
        ("o-019", "waste storage"),
        ("o-021", "waste storage"),
        ("o-009", "enrichment"),
    ] {
        let p = place(&c, id);
        assert_eq!(p.verdict, Verdict::SeenNotDeclared, "{id}");
        assert_eq!(p.readings[0].kind, kind);
        let w = &p.weighing;
        assert!(w.probability >= 0.69 && w.low < w.probability && w.probability < w.high, "{w:?}");
        assert!(w.strongest_for.is_some() && w.would_change.probability != w.probability);
        let look = c.looks.iter().find(|l| l.entity == p.id).unwrap();
        assert!(look.expected_bits > 0.0 && !look.look_for.is_empty());
    }
    // Building 500 lies 150-300 m south-east of the Radiochemical Laboratory: near it, and not it.
    let near = place(&c, "o-019").neighbours.iter().find(|n| n.to.as_str() == "d92-rcl").unwrap();
    assert_eq!((near.level, near.distance_m), (Level::NearButDistinct, Some(225.0)));
    // The enrichment plant lies inside a declared one.
    let inside = place(&c, "o-009").neighbours.iter().find(|n| n.to.as_str() == "d92-ffp").unwrap();
    assert_eq!(inside.level, Level::PartOf);
    // The report of two waste sites may be of those two.
    let both: Vec<_> = place(&c, "o-023").neighbours.iter().map(|n| n.to.as_str()).collect();
    assert_eq!(both, ["o-019", "o-021"]);
    // A whole centre contains what is declared in it.
    let contains = &place(&c, "o-001").neighbours;
    assert!(contains.len() >= 8 && contains.iter().all(|n| n.level == Level::Contains));
}

#[test]
fn kangson_stays_contested_and_kumchang_ri_a_false_alarm() {
    let c = dprk();
    let kangson = place(&c, "o-035");
    assert_eq!(kangson.verdict, Verdict::Contested);
    let readings: Vec<_> = kangson.readings.iter().map(|r| r.kind.as_str()).collect();
    assert_eq!(readings, ["enrichment", "component workshop"]);
    // Odds 1/4 * 7/3 : 1/4 : 1/2 from one believed source (A2) and two even ones (B3).
    assert!((kangson.readings[0].probability - 0.438).abs() < 0.002);
    assert!((kangson.readings[1].probability - 0.188).abs() < 0.002);

    let alarm = place(&c, "o-047");
    assert_eq!((alarm.verdict, alarm.looked), (Verdict::FalseAlarm, Looked::FoundNothing));
    assert!(alarm.weighing.probability < 0.05 && alarm.weighing.probability > 0.0);
    let history: Vec<_> =
        alarm.history.iter().map(|s| s.on.as_ref().unwrap().to_string()).collect();
    assert_eq!(history, ["1998-08", "1999-05-22", "2000-05-27"]);
    assert!(alarm.reasons.iter().any(|r| r.contains("not ruled out")), "{:?}", alarm.reasons);
    assert_eq!(alarm.weighing.strongest_against.as_ref().unwrap().as_str(), "o-048");
    // The State Department's second visit is of one origin with its first.
    let second = alarm.weighing.evidence.iter().find(|e| e.id.as_str() == "o-049").unwrap();
    assert_eq!(second.counts, Counts::SameOrigin("o-048".parse().unwrap()));
    // It ranks below everything that stands.
    let rank = |id: &str| c.unmatched.iter().position(|p| p.id.as_str() == id).unwrap();
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
    assert!(c.misplaced[0].words.contains("lies in Yongbyon"), "{}", c.misplaced[0].words);
    assert!(c.misplaced[1].words.contains("D4"), "{}", c.misplaced[1].words);
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
            // A point of 3 km in a town of eleven declared sites tells next to nothing.
            if let Some(place) = m.fields.iter().find(|f| f.field == "place")
                && ["o-003", "o-006", "o-008", "o-015", "o-017"].contains(&m.id.as_str())
            {
                assert!(place.bits.abs() < 2.5, "{} {}", m.id, place.bits);
            }
        }
    }
    assert_eq!(c.not_facilities.len(), 11);
    for p in &c.unmatched {
        let sum: f64 = p.readings.iter().map(|r| r.probability).sum();
        assert!(sum <= 1.001, "{} {sum}", p.id);
        assert!(
            p.weighing.low <= p.weighing.probability && p.weighing.probability <= p.weighing.high
        );
    }
}

#[test]
fn another_table_of_grades_changes_what_is_believed() {
    let case = fold(&statements());
    let mut settings = Settings::default();
    for credibility in 1..=5 {
        let even = crosscheck::Chance { low: 0.5, p: 0.5, high: 0.5 };
        settings.replace(None, credibility, even);
    }
    let c = crosscheck::Crosschecker::new(settings).assess(&case, DAY);
    assert!((place(&c, "o-018").weighing.probability - 0.5).abs() < 0.02);
    assert!(c.unmatched.iter().all(|p| p.verdict != Verdict::FalseAlarm));
}

/// All of a cross-check but the numbers of the entries, which the order of the rows decides.
fn without_entries(c: &Crosscheck) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("because");
                map.values_mut().for_each(strip);
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(c).unwrap();
    strip(&mut value);
    value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    /// The order of the rows changes nothing.
    #[test]
    fn shuffled_rows_give_the_same_result(shuffled in Just(statements()).prop_shuffle()) {
        let expected = without_entries(&dprk());
        prop_assert_eq!(without_entries(&assess(&fold(&shuffled), DAY)), expected);
    }

    /// A cross-checker that has seen the case grow, in whatever order, and was asked for other days, says what one says
    /// that sees it for the first time.
    #[test]
    fn what_is_kept_is_what_would_be_made(
        shuffled in Just(statements()).prop_shuffle(),
        days in prop::collection::vec(0_i16..3, 40),
    ) {
        let desk = SigningKey::generate("desk.example").unwrap();
        let mut case = Case::new();
        let add = |case: &mut Case, s: &Statement| {
            case.apply(Parsed::read_accepted(&s.sign(&[&desk]).unwrap()));
        };
        add(&mut case, &KeyEnroll::of_desk(&"dprk".parse().unwrap(), &desk.verifying_key()));
        let mut kept = crosscheck::Crosschecker::default();
        let few = shuffled.len().div_ceil(days.len());
        for (statements, day) in shuffled.chunks(few).zip(days) {
            statements.iter().for_each(|s| add(&mut case, s));
            let day = civil::date(2026 - 9 * day, 11, 23);
            prop_assert_eq!(kept.assess(&case, day), assess(&case, day));
        }
    }
}
