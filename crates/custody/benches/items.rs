//! 100,000 items with 1,000,000 events: from disk, and one event more. A manifest of 10,000 items.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use case::{Case, Folding, Parsed};
use custody::{Custodian, Rules, Sequences, reconcile};
use divan::{Bencher, black_box};
use ledger::Ledger;
use rayon::prelude::*;
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::declaration::ItemDeclare;
use statement::kinds::inspection::{SealApply, SealCheck, SealState};
use statement::kinds::items::{ItemStep, ManifestLine, StageStanding, Transfer};
use statement::{Basis, Body, Header, Quantity, Source, Statement, civil};
use tlog::note::SigningKey;

const ITEMS: usize = 100_000;
const STAGES: [&str; 6] =
    ["measured", "packed and sealed", "shipped", "received and re-measured", "diluted", "disposed"];

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The ledger that a second process of this program folds.
const FOLD: &str = "FOLD_LEDGER";

fn main() {
    match std::env::var_os(FOLD) {
        Some(path) => fold_in_a_process_of_its_own(Path::new(&path)),
        None => divan::main(),
    }
}

/// As whoever opens a case meets it: nothing of it is in memory.
fn fold_in_a_process_of_its_own(path: &Path) {
    let start = Instant::now();
    let case = load(&Ledger::open(path, None).unwrap());
    let folded = start.elapsed().as_secs_f64();
    let (rules, day) = rules();
    let custody = Custodian::new().assess(&case, &rules, day);
    let all = start.elapsed().as_secs_f64();
    println!(
        "\n{} entries from disk, hashed and folded: {folded:.2} s; custody and stage of {} items: {:.2} s; together {all:.2} s",
        case.size,
        custody.items,
        all - folded
    );
    assert_eq!((custody.items, case.rejected.len(), custody.held["IAEA"]), (ITEMS, 0, ITEMS));
    std::mem::forget(case);
}

fn load(ledger: &Ledger) -> Case {
    let mut folding = Folding::with_room(ledger.size().unwrap());
    ledger.scan(|entries| folding.push(entries)).unwrap();
    folding.finish()
}

fn rules() -> (Rules, civil::Date) {
    (Rules { sequences: Sequences::default(), verifiers: vec![] }, civil::date(2030, 1, 1))
}

fn header(id: String) -> Header {
    Header {
        case: "big".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "DPRK".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "field book 12".into(),
            credibility: None,
            reliability: None,
        }),
    }
}

/// Each item: declared, six stages, a seal, two checks of it, one transfer: ten events.
fn statement(item: usize, event: usize) -> Statement {
    let id = format!("rod-{item}");
    let thing = || id.parse().unwrap();
    let on = || format!("2028-{:02}-{:02}", 1 + event, 1 + item % 28).parse().unwrap();
    let body = match event {
        0 => Body::ItemDeclare(ItemDeclare {
            amount: Some(Quantity {
                sigma: None,
                unit: "kg".into(),
                value: "6.24".parse().unwrap(),
            }),
            batch: None,
            category: "fuel rod".into(),
            serial: Some(format!("S-{item}")),
            site: None,
            tag: Some(format!("T-{item}")),
        }),
        1..=6 => Body::ItemStep(ItemStep {
            item: thing(),
            on: on(),
            sequence: None,
            stage: STAGES[event - 1].into(),
            standing: StageStanding::Claimed,
        }),
        7 => Body::SealApply(SealApply { about: thing(), number: format!("E-{item}"), on: on() }),
        8 | 9 => Body::SealCheck(SealCheck {
            on: on(),
            seal: format!("rod-{item}.7").parse().unwrap(),
            state: SealState::Intact,
        }),
        _ => Body::ItemTransfer(Transfer {
            from: "DPRK".parse().unwrap(),
            items: vec![thing()],
            manifest: vec![],
            manifest_sha256: None,
            on: on(),
            to: "IAEA".parse().unwrap(),
        }),
    };
    let own = if event == 0 { id } else { format!("{id}.{event}") };
    Statement { header: header(own), body }
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn a_million_events(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let folder = tempfile::tempdir().unwrap();
        let desk = SigningKey::generate("desk.example").unwrap();
        let log = SigningKey::generate("log.example/big").unwrap();
        let path = folder.path().join("big.sqlite");
        let mut ledger = Ledger::create(&path, &"big".parse().unwrap(), log).unwrap();
        let enroll = KeyEnroll::of_desk(&"big".parse().unwrap(), &desk.verifying_key());
        ledger.append(vec![enroll.sign(&[&desk]).unwrap()]).unwrap();
        for event in 0..=10 {
            for first in (0..ITEMS).step_by(10_000) {
                let batch = (first..first + 10_000).into_par_iter();
                ledger
                    .append(batch.map(|i| statement(i, event).sign(&[&desk]).unwrap()).collect())
                    .unwrap();
            }
        }
        // A virtual machine that never used so much memory is given it by its host meanwhile, which is not ours to time.
        for _ in 0..3 {
            let this = std::env::current_exe().unwrap();
            assert!(Command::new(this).env(FOLD, &path).status().unwrap().success());
        }

        let mut case = load(&ledger);
        let mut custodian = Custodian::new();
        let (rules, day) = rules();
        custodian.assess(&case, &rules, day);
        let more = Statement {
            header: header("one-more".into()),
            body: Body::SealCheck(SealCheck {
                on: "2029-01-01".parse().unwrap(),
                seal: "rod-50000.7".parse().unwrap(),
                state: SealState::Broken,
            }),
        };
        let entry = more.sign(&[&desk]).unwrap();
        let start = Instant::now();
        case.apply(Parsed::read(&entry));
        let custody = custodian.assess(&case, &rules, day);
        println!("one event more: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(custody.in_gap, 1);
        std::mem::forget(case);
    });
}

fn lines(n: usize, reverse: bool) -> Vec<ManifestLine> {
    let line = |i: usize| ManifestLine {
        gross: Some(Quantity {
            sigma: Some("0.5".parse().unwrap()),
            unit: "kg".into(),
            value: format!("{}.{}", 400 + i % 7, i % 10).parse().unwrap(),
        }),
        seal: Some(format!("E-{i}")),
        tag: format!("T-{i}"),
    };
    if reverse { (0..n).rev().map(line).collect() } else { (0..n).map(line).collect() }
}

#[divan::bench]
fn a_manifest_of_ten_thousand(bencher: Bencher<'_, '_>) {
    let (sent, arrived) = (lines(10_000, false), lines(10_000, true));
    bencher.bench_local(|| reconcile(black_box(&sent), black_box(&arrived)));
}
