//! How fast a long roadmap is read.
#![allow(missing_docs, reason = "a benchmark")]

use divan::Bencher;

fn main() {
    divan::main();
}

#[divan::bench]
fn two_thousand_steps(bencher: Bencher<'_, '_>) {
    let step = |i: usize| {
        format!(
            "step \"step-{i}\" by=DPRK {{\n    title \"remove and store the drive number {i}\"\n    due \"2007-12-31\"\n    \
             after \"step-{}\"\n    amount {i} unit=\"rods\"\n}}\n",
            i / 2
        )
    };
    let text: String = (1..=2000).map(step).collect();
    bencher.bench(|| notation::read(divan::black_box(&text)));
}
