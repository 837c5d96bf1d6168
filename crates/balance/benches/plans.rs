//! Sampling plans, Page limits, and the reference work of process monitoring.

use balance::series::{Choices, Form, Gathering, Kind, Location, Opening, RandomError, Scratch};
use balance::{page, sampling};

fn main() {
    divan::main();
}

#[divan::bench]
fn a_plan_for_a_million_items(bencher: divan::Bencher) {
    bencher.bench(|| sampling::size(divan::black_box(1_000_000), 1_000, 0.05, 1.0));
}

#[divan::bench]
fn a_plan_for_a_million_items_with_power(bencher: divan::Bencher) {
    bencher.bench(|| sampling::size(divan::black_box(1_000_000), 1_000, 0.05, 0.9));
}

#[divan::bench]
fn the_limit_of_a_year_of_weeks(bencher: divan::Bencher) {
    bencher.bench(|| page::limit(0.5, divan::black_box(52), 0.05));
}

#[divan::bench(sample_count = 10)]
fn ten_thousand_realisations_per_quantity(bencher: divan::Bencher) {
    realisations(bencher, RandomError::PerQuantity);
}

#[divan::bench(sample_count = 10)]
fn ten_thousand_realisations_per_sample(bencher: divan::Bencher) {
    realisations(bencher, RandomError::PerSample);
}

/// 10,000 realisations of 7 locations, 130 samples, 12 balances, on one thread.
fn realisations(bencher: divan::Bencher<'_, '_>, random_error: RandomError) {
    let kinds = [Kind::In, Kind::Inv, Kind::Out, Kind::In, Kind::Inv, Kind::Inv, Kind::Out];
    let locations: Vec<Location> = kinds
        .iter()
        .enumerate()
        .map(|(n, kind)| Location {
            name: n.to_string(),
            kind: *kind,
            form: Form::Rate,
            random_rsd: 0.01,
            systematic_rsd: 0.005,
            calibration_h: None,
        })
        .collect();
    let choices = Choices { period_h: 100.0, opening: Opening::Measured, random_error };
    let mut gathering = Gathering::new(&locations, choices, true);
    for k in 0..130 {
        gathering.sample(f64::from(k) * 10.0, &[Some(20.0 + f64::from(k % 7)); 7]);
    }
    let Ok(balances) = gathering.finish() else { return };
    bencher.bench_local(|| {
        let (mut scratch, mut sum) = (Scratch::default(), 0.0);
        for number in 0..10_000 {
            balances.simulate(1, number, &mut scratch, |row| sum += row.muf);
        }
        sum
    });
}
