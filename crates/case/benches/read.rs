//! Reading one entry, and folding it.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use case::{Case, Parsed};
use divan::{Bencher, black_box};
use statement::kinds::account::{AccountLine, AccountReport, Dialect, ReportType, WeightUnit};
use statement::{Basis, Body, Header, Sha256Digest, Source, Statement, open_entry};
use tlog::note::SigningKey;

fn main() {
    divan::main();
}

fn entry() -> Vec<u8> {
    let header = Header {
        case: "big".parse().unwrap(),
        id: "icr-123456".parse().unwrap(),
        note: None,
        party: "DPRK".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "accounting record, sheet 12".into(),
            credibility: None,
            reliability: None,
        }),
    };
    let body = Body::AccountReport(AccountReport {
        dialect: Dialect::Code10,
        line_count: Some(1),
        lines: vec![AccountLine {
            batch: Some("batch-17".into()),
            code: Some("RD".parse().unwrap()),
            items: Some(1),
            kmp: Some("2".parse().unwrap()),
            on: Some("2008-01-31".parse().unwrap()),
            ..AccountLine::new(
                1,
                "E".parse().unwrap(),
                "1250.500".parse().unwrap(),
                WeightUnit::Gram,
            )
        }],
        mba: "KP-A".into(),
        number: 1,
        other: Default::default(),
        part: None,
        period: "2008-01".parse().unwrap(),
        report_type: ReportType::InventoryChange,
        site: None,
    });
    Statement { header, body }.sign(&[&SigningKey::generate("desk.example").unwrap()]).unwrap()
}

#[divan::bench]
fn note(bencher: Bencher<'_, '_>) {
    let entry = entry();
    bencher.bench(|| open_entry(black_box(&entry)).is_ok());
}

#[divan::bench]
fn text_hash(bencher: Bencher<'_, '_>) {
    let entry = entry();
    bencher.bench(|| Sha256Digest::of(black_box(&entry)));
}

#[divan::bench]
fn statement_accepted(bencher: Bencher<'_, '_>) {
    let entry = entry();
    let text = open_entry(&entry).unwrap().text();
    bencher.bench(|| Statement::read_accepted(black_box(text)));
}

#[divan::bench]
fn statement_checked(bencher: Bencher<'_, '_>) {
    let entry = entry();
    let text = open_entry(&entry).unwrap().text();
    bencher.bench(|| Statement::read(black_box(text)));
}

#[divan::bench]
fn parsed(bencher: Bencher<'_, '_>) {
    let entry = entry();
    bencher.bench(|| Parsed::read_accepted(black_box(&entry)));
}

#[divan::bench]
fn apply(bencher: Bencher<'_, '_>) {
    let entry = entry();
    let mut case = Case::new();
    bencher.with_inputs(|| Parsed::read_accepted(&entry)).bench_local_values(|p| case.apply(p));
}
