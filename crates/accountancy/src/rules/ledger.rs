//! Rules of the running ledger.

use rust_decimal::Decimal;
use statement::kinds::account::{Code, ReportType};

use super::{Check, NEGATIVE, NO_LINE_0, OPENING, RUNNING};
use crate::material_ledger::AreaLedger;
use crate::report::{Fate, contribution};

pub(super) fn check<'a>(check: &mut Check<'_, 'a>, ledgers: &[AreaLedger<'a>]) {
    for ledger in ledgers {
        for book in &ledger.books {
            if !check.whole(ledger.mba, book.material) {
                continue;
            }
            let reports = check.reports;
            // The first time only: what follows hangs on it.
            if let Some((entry, after)) = book.first_negative {
                let entry = &reports.entries[entry];
                let message = format!(
                    "after this line {} would hold {} {} of category {}",
                    ledger.mba,
                    after.normalize(),
                    book.unit.as_str(),
                    book.material
                );
                check.entry(&NEGATIVE, entry, message);
            }
            running(check, ledger, book.material);
        }
    }
}

/// Line 0 and the balances that a reporter gives after each line.
fn running<'a>(check: &mut Check<'_, 'a>, ledger: &AreaLedger<'a>, material: Code) {
    let reports = check.reports;
    let mut closing: Option<(Decimal, String)> = None;
    for report in reports.reports[ledger.reports.clone()]
        .iter()
        .filter(|r| r.kind == ReportType::InventoryChange)
    {
        let mut balance: Option<Decimal> = None;
        let mut told = false;
        let mut stated_before: Option<Decimal> = None;
        for i in report.entries.clone() {
            let entry = &reports.entries[i];
            if entry.line.material != material {
                continue;
            }
            if entry.line.line == 0 {
                let opening = entry.element();
                if let Some((before, name)) = &closing
                    && *before != opening
                    && !ledger.inventory_between(material, report, opening)
                {
                    let message = format!(
                        "opens with {opening}, and {name} closed with {}",
                        before.normalize()
                    );
                    check.entry(&OPENING, entry, message);
                }
                balance = Some(opening);
                continue;
            }
            let moved = match entry.fate {
                Fate::Stands | Fate::Gone => contribution(entry, report.dialect()),
                Fate::Deletes | Fate::Astray => Decimal::ZERO,
            };
            // A correction is booked as the difference, a deletion takes its line back.
            let moved = moved + ledger.correction_booked(reports, i);
            balance = balance.map(|b| b + moved);
            // A slip in one line is told once, whether or not the lines after it carry it on.
            let carried = stated_before.map(|b| b + moved);
            stated_before = entry.line.running.map(|r| r.element.exact()).or(carried);
            let Some(stated) = entry.line.running else { continue };
            match balance {
                None if !told => {
                    told = true;
                    let message = format!(
                        "a running balance of category {material}, and the report has no line 0 for it"
                    );
                    check.entry(&NO_LINE_0, entry, message);
                }
                Some(expected)
                    if stated.element.exact() != expected
                        && Some(stated.element.exact()) != carried =>
                {
                    let message = format!(
                        "the balance after this line is {}, not {}",
                        expected.normalize(),
                        stated.element
                    );
                    check.entry(&RUNNING, entry, message);
                }
                _ => {}
            }
        }
        if let Some(balance) = balance {
            closing = Some((balance, format!("{} {}", report.kind, report.number)));
        }
    }
}
