//! The search of a million states, a forecast of 500 steps.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use foresight::forecast::{Distribution, Plan, PlanStep, Shocks, simulate};
use foresight::prove::{Bounds, ProofStep, System, prove};

fn main() {
    divan::main();
}

/// 774,689 states: eight independent steps that can be undone.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn prove_774_689_states(bencher: divan::Bencher) {
    let steps = (0..8)
        .map(|i| ProofStep {
            id: format!("s{i}"),
            by: vec!["A".into()],
            certifiers: vec!["I".into()],
            reversible: true,
            answered_by: vec!["B".into()],
            ..ProofStep::default()
        })
        .collect();
    let system = System { steps, ..System::default() };
    let plain = Bounds { split: false, merge: false, ..Bounds::default() };
    bencher.bench(|| assert_eq!(prove(&system, plain).states, 774_689));
}

/// 500 steps in rounds of ten, each waiting for two of the round before, with shocks in common.
fn plan() -> Plan {
    let steps = (0..500_usize)
        .map(|i| PlanStep {
            after: match i.checked_sub(10) {
                Some(before) => vec![(before, 0.0), ((i / 10 - 1) * 10, 5.0)],
                None => Vec::new(),
            },
            from: 0.0,
            fixed: None,
            takes: Distribution::pert(5.0, 20.0, 90.0),
            parties: vec![i % 6],
            counts: true,
        })
        .collect();
    Plan { steps, parties: 6, shocks: Shocks::default() }
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn forecast_of_500_steps_10_000_runs(bencher: divan::Bencher) {
    let plan = plan();
    bencher.bench(|| simulate(divan::black_box(&plan), 10_000, 1));
}
