//! How long two tables take to link.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use linkage::{Options, Table, link};

fn main() {
    divan::main();
}

/// Rows of names and dates; one in ten of the second table has a letter changed.
fn table(rows: u64, err: bool) -> Vec<u8> {
    let mut out = String::from("id,given,family,born,town\n");
    for i in 0..rows {
        let x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slip = if err && i % 10 == 0 { "x" } else { "" };
        out += &format!(
            "{i},given{}{slip},family{},19{:02}-{:02}-{:02},town{}\n",
            x >> 20 & 0x1ff,
            x >> 30 & 0x3ff,
            x >> 40 & 63,
            1 + (x >> 46 & 7),
            1 + (x >> 50 & 15),
            x >> 54 & 0xff
        );
    }
    out.into_bytes()
}

#[divan::bench(args = [1_000, 10_000])]
fn tables(bencher: divan::Bencher<'_, '_>, rows: u64) {
    let (a, b) = (table(rows, false), table(rows, true));
    bencher.bench_local(|| {
        let read = |name, bytes: &[u8]| Table::read(name, bytes, None).unwrap();
        link(read("a", &a), read("b", &b), &Options::default()).unwrap().links.len()
    });
}
