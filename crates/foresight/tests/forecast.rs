//! Forecasts: the arithmetic against known values, and the real agreements.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use foresight::forecast::{
    Distribution, Plan, PlanStep, Question, Shocks, calibrate, forecast, inverse_normal, simulate,
};
use foresight::sequence::Judgement;
use proptest::prelude::*;
use statement::civil::date;

fn step(takes: Distribution, after: &[usize]) -> PlanStep {
    PlanStep {
        after: after.iter().map(|a| (*a, 0.0)).collect(),
        from: 0.0,
        fixed: None,
        takes,
        parties: vec![],
        counts: true,
    }
}

fn independent() -> Shocks {
    Shocks { all: 0.0, party: 0.0, ..Shocks::default() }
}

fn mean_sd(values: &[f32]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let square = values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>();
    (mean, (square / n).sqrt())
}

#[test]
fn pert_is_reproduced_by_the_runs() {
    let plan = Plan {
        steps: vec![step(Distribution::pert(2.0, 4.0, 12.0), &[])],
        parties: 0,
        shocks: independent(),
    };
    let (mean, sd) = mean_sd(&simulate(&plan, 200_000, 3).whole);
    assert!((mean - 5.0).abs() < 0.02, "{mean}");
    assert!((sd - 1.6667).abs() < 0.02, "{sd}");
}

#[test]
fn merge_bias_is_reproduced_by_the_runs() {
    for (n, expected) in [(2, 0.564_190), (4, 1.029_375)] {
        let steps = vec![step(Distribution::normal(0.0, 1.0), &[]); n];
        let plan = Plan { steps, parties: 0, shocks: independent() };
        let (mean, _) = mean_sd(&simulate(&plan, 400_000, 5).whole);
        assert!((mean - expected).abs() < 0.01, "{n}: {mean}");
    }
}

#[test]
fn common_shocks_make_parallel_steps_later_together() {
    let run = |all: f64| {
        let steps = vec![step(Distribution::pert(10.0, 20.0, 90.0), &[]); 8];
        let shocks = Shocks { all, party: 0.0, ..Shocks::default() };
        simulate(&Plan { steps, parties: 0, shocks }, 40_000, 5)
    };
    // Of eight independent steps one is nearly always late; with a common shock they are early or late together.
    let (alone, together) = (run(0.0), run(0.9));
    assert!(mean_sd(&alone.whole).0 > mean_sd(&together.whole).0 + 5.0);
    assert!(mean_sd(&alone.whole).1 < mean_sd(&together.whole).1);
    // In a row, independence understates the risk.
    let row = |all: f64| {
        let steps = (0..8_usize)
            .map(|i| step(Distribution::pert(10.0, 20.0, 90.0), i.checked_sub(1).as_slice()))
            .collect();
        let shocks = Shocks { all, party: 0.0, ..Shocks::default() };
        let runs = simulate(&Plan { steps, parties: 0, shocks }, 40_000, 5);
        runs.whole[36_000]
    };
    assert!(row(0.6) > row(0.0) * 1.15, "{} {}", row(0.6), row(0.0));
}

#[test]
fn the_same_seed_gives_the_same_on_one_thread_and_on_two() {
    let steps = (0..40_usize)
        .map(|i| step(Distribution::pert(1.0, 5.0, 30.0), if i > 2 { &[0, 1, 2][..] } else { &[] }))
        .collect();
    let plan = Plan { steps, parties: 0, shocks: Shocks::default() };
    let on = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| simulate(&plan, 3_000, 9))
    };
    assert_eq!(on(1), on(2));
    assert_ne!(simulate(&plan, 3_000, 9), simulate(&plan, 3_000, 10));
}

#[test]
fn a_step_that_is_late_takes_at_least_as_long_as_it_has() {
    let mut late = step(Distribution::pert(10.0, 20.0, 60.0), &[]);
    late.from = -40.0;
    let plan = Plan { steps: vec![late.clone()], parties: 0, shocks: independent() };
    let runs = simulate(&plan, 5_000, 1);
    assert!(runs.whole[0] >= 0.0 && *runs.whole.last().unwrap() <= 20.0);
    // Past everything expected it goes on, and the longer it has lasted the longer still.
    late.from = -100.0;
    let plan = Plan { steps: vec![late], parties: 0, shocks: independent() };
    let runs = simulate(&plan, 5_000, 1);
    assert!(runs.whole[0] >= 0.0);
    let median = runs.whole[2_500];
    assert!((median - 41.4).abs() < 4.0, "{median}");
}

#[test]
fn the_end_waits_for_critical_steps_alone() {
    let steps = vec![
        step(Distribution::certain(5.0), &[]),
        step(Distribution::certain(50.0), &[]),
        step(Distribution::certain(10.0), &[0, 1]),
    ];
    let runs = simulate(&Plan { steps, parties: 0, shocks: Shocks::default() }, 100, 1);
    assert_eq!(runs.critical, [0.0, 1.0, 1.0]);
    assert_eq!(runs.whole[0], 60.0);
}

#[test]
fn six_party_forecast_and_what_if() {
    let case = support::case("six-party");
    let status = support::on(&case, 2008, 1, 15);
    let ask = |assume: Vec<(String, _)>| {
        let question =
            Question { runs: 4_000, assume, by: Some(date(2008, 12, 31)), ..Question::default() };
        forecast(&case.1, &status, &Judgement::default(), &question)
    };
    let plain = ask(vec![]);
    let find = |f: &foresight::forecast::Forecast, id: &str| {
        f.steps.iter().find(|s| s.step == id).cloned()
    };
    // Its date has passed: it cannot be met any more.
    let declaration = find(&plain, "decl").unwrap();
    assert_eq!(declaration.by_due, Some(0.0));
    assert!(declaration.by_day.unwrap() > 0.3, "{declaration:?}");
    // Not one promise was kept in time so far, and the forecast has learnt from it.
    assert!(plain.in_time.kept == 0 && plain.in_time.of >= 15, "{:?}", plain.in_time);
    assert!(plain.in_time.chance < plain.in_time.reference.share / 2.0, "{:?}", plain.in_time);
    assert!(plain.whole.as_ref().unwrap().by_due.unwrap() < 0.5);
    assert_eq!(plain, ask(vec![]));
    let with = ask(vec![("decl".into(), date(2008, 3, 1))]);
    assert!(find(&with, "decl").is_none());
    assert_eq!(with.assumed, [("decl".to_owned(), "2008-03-01".to_owned())]);
    // What follows the declaration comes earlier.
    let day =
        |f: &foresight::forecast::Forecast| find(f, "delist-n").unwrap().days[1].clone().unwrap();
    assert!(day(&with) < day(&plain), "{} {}", day(&with), day(&plain));
    assert!(!plain.enforce.is_empty());
    assert!(plain.enforce.windows(2).all(|w| w[0].mean_days >= w[1].mean_days));
}

#[test]
fn forecasts_of_finished_histories_are_scored() {
    for (name, from, to, until) in [
        ("six-party", (2007, 3), (2008, 10), (2009, 4, 14)),
        ("jcpoa", (2015, 8), (2016, 12), (2018, 5, 8)),
    ] {
        let case = support::case(name);
        let mut history = Vec::new();
        let (mut y, mut m) = from;
        while (y, m) <= to {
            history.push(support::on(&case, y, m, 15));
            (y, m) = if m >= 11 { (y + 1, (m + 2) % 12) } else { (y, m + 2) };
        }
        let end = support::on(&case, until.0, until.1, until.2);
        let question = Question { runs: 2_000, ..Question::default() };
        let c = calibrate(&case.1, &history, &end, &Judgement::default(), &question);
        assert!(c.forecasts > 5, "{name}: {c:#?}");
        // Better than who knows only how often other agreements keep their promises.
        assert!(c.brier < c.brier_of_the_class, "{c:#?}");
        assert!(c.each_step_once[0] < c.each_step_once[1], "{c:#?}");
        // Nothing is forecast before it was promised, or when its day is over.
        assert!(c.each.iter().all(|f| f.step != "decl" || f.on.as_str() > "2007-10-03"), "{c:#?}");
        println!(
            "{name}: {} forecasts, Brier {:.3}, average {:.3}, within {:.2} of {}",
            c.forecasts, c.brier, c.brier_of_the_average, c.within_80, c.days_checked
        );
    }
}

#[test]
fn what_was_on_its_day_lies_in_the_middle_of_what_was() {
    let d = Distribution::empirical(&[0.5, 1.0, 1.0, 1.0, 2.0]);
    assert!((d.rank(1.0) - 0.5).abs() < 0.01, "{}", d.rank(1.0));
}

proptest! {
    #[test]
    fn a_quantile_and_its_share_belong_together(a in 0.0..50.0_f64, b in 1.0..50.0_f64, c in 1.0..50.0_f64, u in 0.01..0.99_f64) {
        let d = Distribution::pert(a, a + b, a + b + c);
        prop_assert!((d.below(d.quantile(u)) - u).abs() < 1e-6);
        prop_assert!(d.quantile(u) >= a - 1e-9 && d.quantile(u) <= a + b + c + 1e-9);
    }

    #[test]
    fn the_normal_inverse_is_the_inverse(u in 0.0001..0.9999_f64) {
        let z = inverse_normal(u);
        prop_assert!((0.5 * libm::erfc(-z / 2.0_f64.sqrt()) - u).abs() < 1e-8);
    }

    /// More is never sooner: a longer duration of any step never brings the end forward.
    #[test]
    fn the_end_is_monotone_in_durations(days in prop::collection::vec(1.0..50.0_f64, 4), which in 0_usize..4, more in 0.0..30.0_f64) {
        let plan = |days: &[f64]| {
            let steps = days
                .iter()
                .enumerate()
                .map(|(i, d)| step(Distribution::pert(0.0, *d, d * 2.0), i.checked_sub(2).as_slice()))
                .collect();
            Plan { steps, parties: 0, shocks: Shocks::default() }
        };
        let mut longer = days.clone();
        longer[which] += more;
        let (a, b) = (simulate(&plan(&days), 250, 4), simulate(&plan(&longer), 250, 4));
        for (a, b) in a.whole.iter().zip(&b.whole) {
            prop_assert!(b + 1e-3 >= *a);
        }
    }
}
