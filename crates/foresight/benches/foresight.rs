//! The search of a million states, a forecast of 500 steps.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

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
