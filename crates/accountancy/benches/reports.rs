//! A million lines of reports, read, validated and balanced.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::collections::BTreeSet;
use std::fmt::Write;

use accountancy::{Accounts, Reports, Stated};
use divan::{Bencher, black_box};
use statement::kinds::account::{AccountReport, Dialect};
use statement::{Date, ObjectId, civil};

fn main() {
    divan::main();
}

/// Areas, and lines of the one change report of each.
const AREAS: usize = 100;
const LINES: usize = 10_000;

/// Each area opens with a listing, receives and ships a batch five thousand times, and lists what is left.
fn text() -> String {
    let mut text = String::new();
    for area in 0..AREAS {
        let mba = format!("M{area:03}");
        let _ = writeln!(text, "001:1#003:20240105#010:P#015:20231231#307:{mba}");
        let _ = writeln!(text, "002:1/1#430:EOPF#446:S-{area}#469:T#470:1#630:1000.000#670:45.000");
        let _ = writeln!(text, "001:1#003:20240205#010:I#015:20240101/20240131#307:{mba}");
        for line in 1..=LINES {
            let batch = (line - 1) / 2;
            let day = 2 + batch % 27;
            let _ = if line % 2 == 1 {
                writeln!(
                    text,
                    "002:{line}/{LINES}#370:XXA#407:1#411:RF#412:202401{day:02}#430:EOPF#446:B{area}-{batch}#469:M#470:1#630:1250.500#670:56.250"
                )
            } else {
                writeln!(
                    text,
                    "002:{line}/{LINES}#372:XXB#407:2#411:SF#412:202401{day:02}#430:EOPF#446:B{area}-{batch}#469:T#470:1#630:1250.500#670:56.250"
                )
            };
        }
        let _ = writeln!(text, "001:2#003:20240205#010:P#015:20240131#307:{mba}");
        let _ = writeln!(text, "002:1/1#430:EOPF#446:S-{area}#469:T#470:1#630:999.900#670:44.990");
    }
    text
}

fn reports() -> Vec<(ObjectId, AccountReport, Option<Date>)> {
    let (reports, faults) = intake::read_reports("bench.txt", &text(), Dialect::Code10);
    assert!(faults.is_empty(), "{:?}", faults.first());
    let id =
        |r: &AccountReport| format!("{}-{}-{}", r.report_type, r.mba, r.number).parse().unwrap();
    reports.into_iter().map(|(r, day)| (id(&r), r, day)).collect()
}

fn accounts(reports: &[(ObjectId, AccountReport, Option<Date>)]) -> usize {
    let stated = reports.iter().map(|(id, body, reported)| Stated {
        id,
        body,
        reported: reported.as_ref(),
        because: &[],
    });
    let reports = Reports::from_stated(stated);
    let accounts = Accounts::of(&reports, &BTreeSet::new(), civil::date(2024, 3, 1));
    assert!(accounts.validation.findings.is_empty(), "{:?}", accounts.validation.findings.first());
    assert_eq!(accounts.areas.len(), AREAS);
    accounts.lines
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn validated_and_balanced(bencher: Bencher<'_, '_>) {
    let reports = reports();
    bencher.bench_local(|| black_box(accounts(&reports)));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn read_validated_and_balanced(bencher: Bencher<'_, '_>) {
    let text = text();
    bencher.bench_local(|| {
        let (reports, _) = intake::read_reports("bench.txt", &text, Dialect::Code10);
        let id = |r: &AccountReport| {
            format!("{}-{}-{}", r.report_type, r.mba, r.number).parse().unwrap()
        };
        let reports: Vec<_> = reports.into_iter().map(|(r, day)| (id(&r), r, day)).collect();
        black_box(accounts(&reports))
    });
}
