//! How fast a table of a million rows becomes drafts.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::fmt::Write;

use divan::{Bencher, counter::ItemsCount};

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn a_million_rows(bencher: Bencher<'_, '_>) {
    const ROWS: usize = 1_000_000;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.kdl"), "case \"big\" { title \"Big\" }\n").unwrap();
    std::fs::create_dir(folder.path().join("observations")).unwrap();
    let mut text =
        "id,name,variants,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n".to_owned();
    for i in 0..ROWS {
        writeln!(text, "o-{i},Building {i},Hall {i};B{i},39.8{:03},125.7{:03},100,workshop,operating,2021-08-27,Survey {i},B,2,,seen", i % 1000, i % 997).unwrap();
    }
    std::fs::write(folder.path().join("observations/big.csv"), text).unwrap();
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench(|| intake::read(folder.path()).unwrap().drafts.len());
}
