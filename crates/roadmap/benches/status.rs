//! The state of 500 steps with 100,000 statements on them.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use case::{Case, Parsed};
use divan::Bencher;
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::roadmap::{Progress, StepClaim};
use statement::{Basis, Body, Header, Quantity, Source, Statement, civil};
use tlog::note::SigningKey;

fn main() {
    divan::main();
}

fn case(statements: usize, steps: usize) -> Case {
    let desk = SigningKey::generate("desk.example").unwrap();
    let header = |id: String| Header {
        case: "big".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    };
    let mut case = Case::new();
    let mut add = |s: Statement| case.apply(Parsed::read_accepted(&s.sign(&[&desk]).unwrap()));
    add(KeyEnroll::of_desk(&"big".parse().unwrap(), &desk.verifying_key()));
    for i in 0..statements {
        let body = Body::StepClaim(StepClaim {
            amount: Some(Quantity {
                sigma: None,
                unit: "rods".into(),
                value: u32::try_from(i % 100).unwrap().into(),
            }),
            cumulative: false,
            on: Some(format!("20{:02}-{:02}-14", 7 + i % 3, 1 + i % 12).parse().unwrap()),
            or_before: false,
            progress: Progress::Partly,
            reason: None,
            step: format!("step-{}", i % steps).parse().unwrap(),
        });
        let source = Some(Source {
            basis: Basis::Seen,
            cite: "log".into(),
            credibility: None,
            reliability: None,
        });
        add(Statement { header: Header { source, ..header(format!("c-{i}")) }, body });
    }
    assert!(case.rejected.is_empty());
    case
}

fn text(steps: usize) -> String {
    let step = |i: usize| {
        format!(
            "step \"step-{i}\" {{\n title \"step {i}\"\n by \"DPRK\"\n due \"2008-06-30\"\n amount 8000 unit=\"rods\"\n}}\n"
        )
    };
    "roadmap \"big\"\nparty \"DPRK\"\n".to_owned() + &(0..steps).map(step).collect::<String>()
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn status_of_500_steps_with_100_000_statements(bencher: Bencher<'_, '_>) {
    let case = case(100_000, 500);
    let roadmap = roadmap::read(&text(500)).roadmap;
    bencher.bench_local(|| roadmap::status(&roadmap, &case, civil::date(2009, 1, 1)));
}

#[divan::bench]
fn read_2000_steps(bencher: Bencher<'_, '_>) {
    let text = text(2000);
    bencher.bench(|| roadmap::read(divan::black_box(&text)));
}

#[divan::bench]
fn check_2000_steps(bencher: Bencher<'_, '_>) {
    // A chain with branches, dates and amounts, so that every check has something to look at.
    let step = |i: usize| {
        let after =
            if i == 0 { String::new() } else { format!(" after \"step-{}\"\n", (i - 1) / 2) };
        format!(
            "step \"step-{i}\" {{\n title \"remove part {i}\"\n by \"DPRK\"\n due \"2008-06-30\"\n{after} amount 8000 unit=\"rods\"\n}}\n"
        )
    };
    let text = "roadmap \"big\" signed=\"2007-01-01\"\nparty \"DPRK\"\n".to_owned()
        + &(0..2000).map(step).collect::<String>();
    let roadmap = roadmap::read(&text).roadmap;
    bencher.bench(|| roadmap::check(divan::black_box(&roadmap)));
}

#[divan::bench]
fn refuse_10_000_nested_nodes(bencher: Bencher<'_, '_>) {
    let text = "step \"a\" {".repeat(10_000);
    bencher.bench(|| roadmap::read(divan::black_box(&text)));
}

#[divan::bench]
fn refuse_40_nested_slashdashes(bencher: Bencher<'_, '_>) {
    let text = "a /-{".repeat(40);
    bencher.bench(|| roadmap::read(divan::black_box(&text)));
}
