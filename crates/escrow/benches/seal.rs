//! Sealing ten thousand sites and a large area, opening and checking one field.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use divan::Bencher;
use escrow::{Form, Grid, Sealed, Seed, Site};

fn main() {
    divan::main();
}

fn sites() -> Vec<Site> {
    (0..10_000)
        .map(|i| Site {
            category: ["reactor", "store", "mine", "laboratory"][i % 4].into(),
            id: format!("d-{i}"),
            fields: (0..20)
                .map(|f| (format!("field-{f:02}"), format!("value {f} of {i}")))
                .collect(),
        })
        .collect()
}

fn seal(grid: &str) -> Sealed {
    let sites = sites();
    let grid: Grid = grid.parse().unwrap();
    let form = Form::least(&sites).unwrap();
    Sealed::new(&sites, form, Some((grid, &[])), Seed::random().unwrap()).unwrap()
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn ten_thousand_sites_and_2_20_cells() -> Sealed {
    seal("south=37 west=124 cell=0.005 rows=1024 columns=1024")
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn ten_thousand_sites_and_2_24_cells() -> Sealed {
    seal("south=37 west=124 cell=0.001 rows=4096 columns=4096")
}

#[divan::bench]
fn open_one_field(bencher: Bencher<'_, '_>) {
    let sealed = seal("south=37 west=124 cell=0.1 rows=64 columns=64");
    let path = sealed.locate("d-400/field-07").unwrap();
    bencher.bench_local(|| sealed.open(&path).unwrap());
}

#[divan::bench]
fn check_one_field(bencher: Bencher<'_, '_>) {
    let sealed = seal("south=37 west=124 cell=0.1 rows=64 columns=64");
    let opening = sealed.open(&sealed.locate("d-400/field-07").unwrap()).unwrap();
    let commitment = sealed.commitment();
    bencher.bench_local(|| commitment.verify(&opening).unwrap());
}
