//! The numbers of the field's textbooks, and the real agreements.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use foresight::delay::{
    CUSUM_H, CUSUM_K, Delays, Interval, PartyDelays, PromiseDelay, ReferenceClass, Turnbull, cusum,
    delays, earned_schedule, kaplan_meier, log_rank, pert, run_length,
};
use proptest::prelude::*;

fn close(a: f64, b: f64, digits: i32) {
    assert!((a - b).abs() < 0.5 * 10_f64.powi(-digits) + 1e-12, "{a} is not {b}");
}

/// Freireich and others 1963: weeks of remission under 6-MP and under placebo; negative: not yet over.
const SIX_MP: [i32; 21] =
    [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35];
const PLACEBO: [i32; 21] = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

fn times(weeks: &[i32]) -> Vec<Interval> {
    weeks
        .iter()
        .map(|w| {
            let at = f64::from(w.abs());
            if *w < 0 { Interval::not_by(at) } else { Interval::exact(at) }
        })
        .collect()
}

#[test]
fn kaplan_meier_of_the_6_mp_data() {
    let curve = kaplan_meier(&times(&SIX_MP));
    let expected = [
        (6.0, 0.8571),
        (7.0, 0.8067),
        (10.0, 0.7529),
        (13.0, 0.6902),
        (16.0, 0.6275),
        (22.0, 0.5378),
        (23.0, 0.4482),
    ];
    assert_eq!(curve.len(), expected.len());
    for (point, (at, surviving)) in curve.iter().zip(expected) {
        assert_eq!(point.at, at);
        close(point.surviving, surviving, 4);
    }
    // With exact and right-censored times Turnbull's estimate is the same.
    for (a, b) in curve.iter().zip(Turnbull::new(&times(&SIX_MP)).curve()) {
        assert_eq!(a.at, b.at);
        close(a.surviving, b.surviving, 6);
    }
}

#[test]
fn log_rank_of_the_6_mp_data() {
    let test = log_rank(&times(&SIX_MP), &times(&PLACEBO));
    assert_eq!(test.observed, 9.0);
    close(test.expected, 19.2505, 4);
    close(test.variance, 6.2570, 4);
    close(test.chi_square, 16.7929, 4);
    assert!(test.p < 0.0001);
}

#[test]
fn turnbull_puts_probability_on_innermost_intervals_alone() {
    // Three overlapping intervals share (2, 3]; the fourth lies apart.
    let intervals =
        [(0.0, 3.0), (1.0, 4.0), (2.0, 6.0), (7.0, 9.0)].map(|(from, to)| Interval { from, to });
    let estimate = Turnbull::new(&intervals);
    let curve = estimate.curve();
    assert_eq!(curve.iter().map(|p| p.at).collect::<Vec<_>>(), [3.0, 9.0]);
    close(curve[0].surviving, 0.25, 8);
    // Where within an interval its probability lies nobody knows.
    let (least, most) = estimate.longer_than(2.5);
    close(least, 0.25, 8);
    close(most, 1.0, 8);
    assert_eq!(estimate.quantile(0.5), Some(3.0));
    let censored =
        Turnbull::new(&[Interval::exact(1.0), Interval::not_by(2.0), Interval::not_by(2.0)]);
    assert_eq!(censored.quantile(0.5), None);
}

#[test]
fn earned_schedule_of_the_sheet() {
    let s = earned_schedule(&[10.0, 30.0, 60.0, 100.0], 45.0, 3.0).unwrap();
    close(s.earned, 2.5, 9);
    close(s.variance, -0.5, 9);
    close(s.index, 0.8333, 4);
    close(s.whole, 4.8, 9);
    close(s.to_complete.unwrap(), 1.5, 9);
    // A late project that ends is still late: the flaw of the ordinary index.
    close(earned_schedule(&[50.0, 100.0], 100.0, 4.0).unwrap().index, 0.5, 9);
}

#[test]
fn pert_of_the_sheet() {
    let (mean, sd) = pert(2.0, 4.0, 12.0);
    close(mean, 5.0, 9);
    close(sd, 1.6667, 4);
}

#[test]
fn cusum_run_lengths_of_the_sheet() {
    for (h, shift, expected, digits) in [
        (4.0, 0.0, 335.4, 1),
        (5.0, 0.0, 930.9, 1),
        (4.0, 0.5, 26.7, 1),
        (5.0, 0.5, 38.0, 1),
        (4.0, 1.0, 8.38, 2),
        (5.0, 1.0, 10.38, 2),
        (4.0, 2.0, 3.34, 2),
        (5.0, 2.0, 4.01, 2),
    ] {
        close(run_length(CUSUM_K, h, shift, 400), expected, digits);
    }
    assert_eq!(CUSUM_H, 4.0);
    assert_eq!(cusum(&[1.0, -3.0, 2.0, 1.0], 0.5), [0.5, 0.0, 1.5, 2.0]);
}

#[track_caller]
fn promise<'a>(d: &'a Delays, step: &str) -> &'a PromiseDelay {
    d.promises.iter().find(|p| p.step == step).unwrap()
}

#[track_caller]
fn party<'a>(d: &'a Delays, name: &str) -> &'a PartyDelays {
    d.parties.iter().find(|p| p.party == name).unwrap()
}

#[test]
fn six_party_promises_are_those_of_the_sheet() {
    let case = support::case("six-party");
    let d = delays(&case.1, &support::on(&case, 2009, 4, 14));
    // 13 Feb 2007 + 60 days; the shutdown on 14 July by the sheet, its confirmation on the 15th.
    let invite = promise(&d, "ia-2");
    assert_eq!((invite.planned_days, invite.slip_days), (Some(60), (91, Some(91))));
    close(invite.ratio.unwrap().0, 2.52, 2);
    let shutdown = promise(&d, "ia-1");
    assert_eq!((shutdown.planned_days, shutdown.slip_days.0), (Some(60), 92));
    let declaration = promise(&d, "decl");
    assert_eq!((declaration.planned_days, declaration.slip_days), (Some(89), (178, Some(178))));
    close(declaration.ratio.unwrap().0, 3.00, 2);
    assert_eq!(promise(&d, "delist").slip_days, (61, Some(61)));
    // The other side's slips count by the same measures.
    let (dprk, rok) = (party(&d, "DPRK"), party(&d, "ROK"));
    assert_eq!(rok.promises, 6);
    assert_eq!(promise(&d, "ia-4").slip_days.0, 110);
    assert!(dprk.promises > 12 && dprk.kept > 10, "{dprk:#?}");
    // 12 July 2008 put the end of 2007 off to the end of October 2008: the date moved faster than time passed.
    let rods = promise(&d, "dis-07");
    assert_eq!((rods.renewals, rods.slip_days.1), (1, None));
    close(rods.drift.unwrap(), 305.0 / 283.0, 9);
    // Done on or before a day: the slip is an interval.
    assert_eq!(promise(&d, "dis-01").slip_days, (-89, Some(45)));
    let us = d.added_conditions.iter().find(|c| c.step == "delist").unwrap();
    assert_eq!(us.by.as_deref(), Some("US"));
    assert_eq!(party(&d, "US").conditions_added, 1);
    let fuel =
        d.causes.iter().find(|c| c.party == "DPRK" && c.steps.contains(&"ia-1".into())).unwrap();
    assert!(fuel.stated.as_deref().unwrap().contains("Macau"), "{fuel:?}");
    assert_eq!(fuel.days, 92);
    // Never compared with itself.
    assert!(!d.reference.agreements.contains(&"six-party".into()));
    assert!(d.reference.promises > 20, "{:?}", d.reference);
}

#[test]
fn the_jcpoa_was_on_its_days() {
    let case = support::case("jcpoa");
    let d = delays(&case.1, &support::on(&case, 2016, 12, 31));
    let adoption = promise(&d, "j-adopt");
    assert_eq!((adoption.planned_days, adoption.slip_days), (Some(90), (0, Some(0))));
    close(adoption.ratio.unwrap().0, 1.0, 9);
    assert_eq!(d.parties.iter().filter(|p| p.cusum_signal.is_some()).count(), 0);
    // What is not yet due tells nothing: Transition Day is seven years away.
    assert!(d.promises.iter().all(|p| p.step != "j-transition"));
}

#[test]
fn the_reference_class_holds_the_sheets_history() {
    let class = ReferenceClass::all();
    let find = |step: &str| class.promises.iter().find(|p| p.step == step).unwrap();
    for (step, planned, took) in [
        ("decl", 89.0, 267.0),
        ("p-accord", 238.0, 597.0),
        ("iq-insp2", 45.0, 19.0),
        ("j-adopt", 90.0, 90.0),
    ] {
        let p = find(step);
        assert_eq!((p.planned, p.took), (planned, Interval::exact(took)), "{step}");
    }
    assert_eq!(find("p-cwc-ru").planned, 3652.0);
    // Promises not kept are censored, not dropped.
    assert!(!find("af-lwr").took.is_done() && !find("dis-07").took.is_done());
    // On or before: an interval from the promise.
    assert_eq!(find("dis-01").took, Interval { from: 0.0, to: 134.0 });
    let facts = class.facts();
    assert_eq!(facts.agreements.len(), 7);
    // Every row of promised-on.csv finds its promise.
    let rows = include_str!("../../../reference/promised-on.csv").lines().count() - 1;
    assert_eq!(facts.promises, rows, "{facts:?}");
}

#[test]
fn measures_are_symmetric_in_the_parties() {
    let text = |a: &str, b: &str| {
        format!(
            "roadmap \"T\" signed=\"2007-01-01\"\nparty \"{a}\"\nparty \"{b}\"\nstep \"x\" by=\"{a}\" {{ due \"2007-03-01\"; }}\nstep \"y\" by=\"{b}\" {{ due \"2007-03-01\"; }}\n"
        )
    };
    let measure = |text: &str| {
        let roadmap = roadmap::read(text).roadmap;
        let status =
            roadmap::status(&roadmap, &case::Case::new(), statement::civil::date(2008, 1, 1));
        delays(&roadmap, &status)
    };
    let (one, other) = (measure(&text("A", "B")), measure(&text("B", "A")));
    assert_eq!(one.parties, other.parties);
    assert_eq!(party(&one, "A").promises, party(&one, "B").promises);
}

proptest! {
    #[test]
    fn a_survival_curve_falls_from_one_to_no_less_than_zero(weeks in prop::collection::vec(-40_i32..40, 1..40)) {
        let weeks: Vec<i32> = weeks.into_iter().filter(|w| *w != 0).collect();
        let t = times(&weeks);
        let mut last = 1.0;
        for point in kaplan_meier(&t) {
            prop_assert!(point.surviving <= last && point.surviving >= -1e-12);
            last = point.surviving;
        }
        for (a, b) in kaplan_meier(&t).iter().zip(Turnbull::new(&t).curve()) {
            prop_assert!((a.surviving - b.surviving).abs() < 1e-5, "{:?} {:?}", a, b);
        }
    }
}
