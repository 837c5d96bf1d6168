//! How long a name takes to read and to compare.

use names::{Name, compare};

fn main() {
    divan::main();
}

#[divan::bench(args = ["영변원자력연구소", "Yongbyon Nuclear Research Centre", "김정은", "نطنز"])]
fn read(text: &str) -> Name {
    Name::new(divan::black_box(text))
}

#[divan::bench]
fn meet(bencher: divan::Bencher<'_, '_>) {
    let (a, b) = (Name::new("영변원자력연구소"), Name::new("Yongbyon Nuclear Research Centre"));
    bencher.bench_local(|| compare(divan::black_box(&a), divan::black_box(&b)));
}
