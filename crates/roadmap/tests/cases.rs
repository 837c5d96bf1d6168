//! The real agreements: what the record shows of them on a day.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use case::{Case, Parsed};
use roadmap::{LimitState, Roadmap, Status, StepState, StepStatus, Timeliness, read, status};
use statement::kinds::agreement::KeyEnroll;
use statement::{Statement, civil};
use tlog::note::SigningKey;

fn case(name: &str) -> (Case, Roadmap) {
    let folder =
        intake::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name))
            .unwrap();
    let desk = SigningKey::generate("desk.example").unwrap();
    let mut case = Case::new();
    let mut add = |s: &Statement| case.apply(Parsed::read(&s.sign(&[&desk]).unwrap()));
    add(&KeyEnroll::of_desk(&name.parse().unwrap(), &desk.verifying_key()));
    folder.drafts.iter().for_each(|d| add(&d.statement));
    assert_eq!(case.rejected, []);
    let reading = read(&folder.roadmap.unwrap().text);
    assert_eq!(reading.messages, []);
    (case, reading.roadmap)
}

fn on(name: &str, y: i16, m: i8, d: i8) -> Status {
    let (case, roadmap) = case(name);
    status(&roadmap, &case, civil::date(y, m, d))
}

#[track_caller]
fn step<'a>(status: &'a Status, id: &str) -> &'a StepStatus {
    status.steps.iter().find(|s| s.id.as_str() == id).unwrap()
}

#[test]
fn six_party_slips_are_those_of_the_record() {
    let s = on("six-party", 2008, 6, 30);
    let shutdown = step(&s, "ia-1");
    assert_eq!((shutdown.slip_days, shutdown.timeliness), (Some(92), Timeliness::Late));
    assert_eq!(step(&s, "ia-2").slip_days, Some(91));
    assert_eq!(step(&s, "decl").slip_days, Some(178));
    assert_eq!(step(&s, "ia-4").slip_days, Some(110));
    // Nobody certified any of it: done, and no more than that.
    assert_eq!(shutdown.state, StepState::ClaimedDone);
    assert!(shutdown.verified_by.is_empty());
    // What was done on or before a day is not called late.
    let tanks = step(&s, "dis-01");
    assert_eq!(
        (tanks.timeliness, tanks.slip_days, tanks.slip_days_most),
        (Timeliness::Unclear, None, Some(45))
    );
    // In June 2008 the rods were being discharged, and the first date had passed.
    let rods = step(&s, "dis-07");
    assert_eq!((rods.timeliness, rods.overdue_days), (Timeliness::Overdue, Some(182)));
    // Nothing that came later is known.
    assert_eq!(step(&s, "delist").actual, None);
    assert!(s.events.is_empty());
}

#[test]
fn six_party_at_the_end() {
    let s = on("six-party", 2009, 6, 30);
    assert_eq!(step(&s, "delist").slip_days, Some(61));
    assert_eq!(step(&s, "aid-jp").state, StepState::Refused);
    assert_eq!(step(&s, "ver-2").state, StepState::Failed);
    let rods = step(&s, "dis-07");
    assert_eq!(rods.done.as_ref().unwrap().to_string(), "6100 rods");
    assert_eq!(rods.of.as_ref().unwrap().to_string(), "8000 rods");
    let counts: Vec<_> = step(&s, "dis")
        .disputes
        .iter()
        .map(|d| (d.party.as_str(), d.counted_done, d.counted_of))
        .collect();
    assert_eq!(counts, [("DPRK", Some(10), Some(12)), ("US", Some(8), Some(11))]);
    assert_eq!(step(&s, "aid-us").done.as_ref().unwrap().to_string(), "200000 t HFO");
    assert_eq!(s.events.iter().filter(|e| e.category == "break").count(), 4);
    assert_eq!(s.last_fact.as_ref().unwrap().as_str(), "2009-05-25");
    // The declaration of the step list's own count is not a step of the text.
    assert!(s.not_in_text.iter().any(|id| id.as_str() == "dis-count"));
}

#[test]
fn a_reversal_shows_while_it_lasts() {
    assert_eq!(step(&on("six-party", 2008, 9, 30), "dis").state, StepState::Reversed);
    assert_ne!(step(&on("six-party", 2008, 11, 30), "dis").state, StepState::Reversed);
}

#[test]
fn promises_are_counted_the_same_way_for_every_party() {
    let s = on("six-party", 2009, 6, 30);
    for row in &s.parties {
        let parts = row.on_time
            + row.late
            + row.unclear
            + row.overdue
            + row.open
            + row.closed
            + row.reversed;
        assert_eq!(parts, row.promises, "{}", row.party);
    }
    let us = s.parties.iter().find(|p| p.party == "US").unwrap();
    assert_eq!((us.late, us.largest_slip_days), (3, Some(102)));
}

#[test]
fn jcpoa_limits() {
    let s = on("jcpoa", 2018, 12, 31);
    let heavy = s.limits.iter().find(|l| l.id.as_str() == "limit.hw").unwrap();
    let above: Vec<_> = heavy
        .readings
        .iter()
        .filter(|r| r.state == LimitState::Exceeded)
        .map(|r| (r.figure.as_str(), r.as_of.as_ref().unwrap().as_str()))
        .collect();
    assert_eq!(above, [("130.9 t", "2016-02-17"), ("130.1 t", "2016-11-08")]);
    assert!(heavy.readings.iter().any(|r| r.state == LimitState::NoFigure));
    let level = s.limits.iter().find(|l| l.id.as_str() == "limit.enr").unwrap();
    assert!(level.readings.iter().all(|r| r.state == LimitState::BoundWithin));
    let fordow = s.limits.iter().find(|l| l.id.as_str() == "limit.ir1-fordow").unwrap();
    assert!(fordow.readings.iter().all(|r| r.figure == "≤ 1044 machines"), "{:?}", fordow.readings);
    // Cured: the steps that brought the stock back.
    assert_eq!(step(&s, "j-hw-1").actual.as_ref().unwrap().as_str(), "2016-02-24");
    assert_eq!(step(&s, "v-20").timeliness, Timeliness::NotDue);
}

#[test]
fn the_bundle_of_implementation_day_is_in_time() {
    let s = on("jcpoa", 2016, 1, 16);
    for id in ["v-16", "v-17", "v-18", "j-relief-eu"] {
        assert_eq!(
            (step(&s, id).slip_days, step(&s, id).timeliness),
            (Some(0), Timeliness::OnTime),
            "{id}"
        );
    }
    let before = on("jcpoa", 2016, 1, 1);
    assert_eq!(step(&before, "v-16").waiting_for, ["v-15".parse().unwrap()]);
    // Relief is due with verification, and nobody knew on what day that would come.
    assert_eq!(step(&before, "v-16").timeliness, Timeliness::NoDate);
    assert_eq!(step(&s, "v-16").due.as_ref().unwrap().as_str(), "2016-01-16");
}

#[test]
fn heavy_water_was_above_twice_and_cured_twice() {
    let s = on("jcpoa", 2018, 12, 31);
    let heavy = s.limits.iter().find(|l| l.id.as_str() == "limit.hw").unwrap();
    let above: Vec<_> = heavy
        .readings
        .iter()
        .filter(|r| r.state == LimitState::Exceeded)
        .map(|r| {
            let by = r.cured_by.as_ref().map(|id| id.as_str());
            (r.as_of.as_ref().unwrap().as_str(), by, r.cured_on.as_ref().map(|d| d.as_str()))
        })
        .collect();
    assert_eq!(
        above,
        [
            ("2016-02-17", Some("j-hw-1"), Some("2016-02-24")),
            ("2016-11-08", Some("j-hw-2"), Some("2016-12-06"))
        ]
    );
    // Iran read the figure otherwise: both readings are shown.
    let estimate = s.readings.iter().find(|r| r.reading == "an estimate of need").unwrap();
    assert_eq!(estimate.no_limit, ["hw".parse().unwrap()]);
    assert_eq!(estimate.held_by, ["IR"]);
    let cap = s.readings.iter().find(|r| r.reading == "a cap").unwrap();
    assert_eq!(cap.limits.iter().map(|l| l.exceeded).collect::<Vec<_>>(), [2]);
    // Ninety days after the resolution, counted.
    assert_eq!(step(&s, "j-adopt").due.as_ref().unwrap().as_str(), "2015-10-18");
    assert_eq!(step(&s, "j-adopt").slip_days, Some(0));
    let bundle = &s.bundles[0];
    assert_eq!((bundle.done, bundle.one_day), (4, Some(true)));
}

#[test]
fn the_four_axes_of_the_six_party_steps() {
    use roadmap::{DisputeAxis, LastingState, Regime};
    let s = on("six-party", 2009, 6, 30);
    assert_eq!(step(&s, "dis").dispute, DisputeAxis::Disputed);
    assert_eq!(step(&s, "aid").regime, Regime::Suspended);
    assert_eq!(step(&s, "aid").regime_since.as_ref().unwrap().as_str(), "2008-12");
    let shut = s.lasting.iter().find(|l| l.id.as_str() == "stay-shut").unwrap();
    assert_eq!(shut.state, LastingState::Broken);
    assert_eq!(shut.breaches.len(), 3);
    assert!(s.steps.iter().all(|s| !s.why.is_empty()));
}
