//! A million statements: import, scan, verification; and one durable append beside one fsync.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use std::io::Write;
use std::time::Instant;

use divan::{Bencher, counter::ItemsCount};
use ledger::Ledger;
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::items::{ItemStep, StageStanding};
use statement::{Basis, Body, Header, Source, Statement};
use tlog::note::SigningKey;

const MILLION: usize = 1_000_000;
const BATCH: usize = 8192;

fn main() {
    divan::main();
}

fn header(id: String) -> Header {
    Header {
        case: "big".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "inspection log of the storage hall, sheet 12".into(),
            credibility: None,
            reliability: None,
        }),
    }
}

fn statement(i: usize) -> Statement {
    let body = Body::ItemStep(ItemStep {
        item: format!("rod-{:05}", i % 8000).parse().unwrap(),
        on: "2008-02-14".parse().unwrap(),
        sequence: None,
        stage: "discharged".into(),
        standing: StageStanding::Claimed,
    });
    Statement { header: header(format!("step-{i:07}")), body }
}

fn enrolment(desk: &SigningKey) -> Vec<u8> {
    KeyEnroll::of_desk(&"big".parse().unwrap(), &desk.verifying_key()).sign(&[desk]).unwrap()
}

fn fill(folder: &std::path::Path) -> Ledger {
    use rayon::prelude::*;
    let desk = SigningKey::generate("desk.example").unwrap();
    let log = SigningKey::generate("log.example/big").unwrap();
    let mut ledger =
        Ledger::create(&folder.join("big.sqlite"), &"big".parse().unwrap(), log).unwrap();
    ledger.append(vec![enrolment(&desk)]).unwrap();
    for first in (0..MILLION).step_by(BATCH) {
        let last = (first + BATCH).min(MILLION);
        let entries =
            (first..last).into_par_iter().map(|i| statement(i).sign(&[&desk]).unwrap()).collect();
        ledger.append(entries).unwrap();
    }
    ledger
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn a_million_statements(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(MILLION)).bench_local(|| {
        let folder = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let ledger = fill(folder.path());
        let rate = MILLION as f64 / start.elapsed().as_secs_f64();
        println!(
            "import with signing: {:.1} s, {rate:.0} statements/s",
            start.elapsed().as_secs_f64()
        );
        let start = Instant::now();
        ledger.scan(|_| {}).unwrap();
        println!("scan: {:.2} s", start.elapsed().as_secs_f64());
        let report = ledger.verify(|_, _| {}).unwrap();
        assert_eq!(report.fault, None);
        println!(
            "verify: hashes {:.2} s, statements and signatures {:.2} s",
            report.hashing.as_secs_f64(),
            report.signatures.as_secs_f64()
        );
    });
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn one_durable_append(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir_in(".").unwrap();
    let desk = SigningKey::generate("desk.example").unwrap();
    let log = SigningKey::generate("log.example/big").unwrap();
    let mut ledger =
        Ledger::create(&folder.path().join("one.sqlite"), &"big".parse().unwrap(), log).unwrap();
    ledger.append(vec![enrolment(&desk)]).unwrap();
    let mut next = (0..).map(|i| statement(i).sign(&[&desk]).unwrap());
    bencher.bench_local(|| ledger.append(vec![next.next().unwrap()]).unwrap());
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn one_fsync(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut file = std::fs::File::create(folder.path().join("file")).unwrap();
    bencher.bench_local(|| {
        file.write_all(&[7; 500]).unwrap();
        file.sync_data().unwrap();
    });
}
