//! Rules of numbers and days of reports.

use statement::days;
use statement::kinds::account::ReportType;

use super::{
    Check, INVENTORY_INTERVAL, LATE, LINE_COUNT, LINE_GAP, NO_INVENTORY, PART_MISSING, REPORT_GAP,
};
use crate::codes;
use crate::material_balance::AreaBalance;

pub(super) fn check<'a>(check: &mut Check<'_, 'a>, balances: &[AreaBalance<'a>]) {
    let reports = check.reports;
    for area in reports.areas() {
        for same in area.chunk_by(|a, b| a.kind == b.kind) {
            let mut expected = 1;
            for report in same {
                if report.number != expected && check.read(report.mba) {
                    let message = if report.number > expected {
                        let missing = match report.number - expected {
                            1 => format!("number {expected} is missing"),
                            _ => format!("numbers {expected} to {} are missing", report.number - 1),
                        };
                        format!("{} {} of {}: {missing}", report.kind, report.number, report.mba)
                    } else {
                        format!("{} {} of {} stands twice", report.kind, report.number, report.mba)
                    };
                    check.report(&REPORT_GAP, report, message);
                }
                expected = report.number + 1;
                one(check, report);
            }
            if let Some(first) = same.first().filter(|r| r.kind == ReportType::PhysicalInventory) {
                let mut before = first.period().latest();
                for report in &same[1..] {
                    let day = report.period().latest();
                    let apart = days(before, day);
                    if apart > codes::MAX_DAYS_BETWEEN_INVENTORIES {
                        let message = format!(
                            "the inventory of {day} was taken {apart} days after that of {before}"
                        );
                        check.report(&INVENTORY_INTERVAL, report, message);
                    }
                    before = day;
                }
            }
        }
    }
    for area in balances.iter().filter(|a| check.read(a.mba)).collect::<Vec<_>>() {
        for period in area.periods.iter().filter(|p| p.inventory.is_none()) {
            if let Some(mbr) = period.mbr {
                let message = format!(
                    "no physical inventory of {} on {}: the difference cannot be known",
                    area.mba, period.last
                );
                check.report(&NO_INVENTORY, &reports.reports[mbr], message);
            }
        }
    }
}

fn one<'a>(check: &mut Check<'_, 'a>, report: &crate::report::Report<'a>) {
    let reports = check.reports;
    let parts = report.parts.len();
    let of = report.head().body.part.map_or(1, |p| p.of as usize);
    if parts != of {
        let message =
            format!("{parts} of the {of} parts of {} {} are there", report.kind, report.number);
        check.report(&PART_MISSING, report, message);
    }
    let entries = &reports.entries[report.entries.clone()];
    let mut last = 0;
    for entry in entries {
        let n = entry.line.line;
        // Line 0 opens the ledger of each category, so that it may stand several times.
        if n == 0 && last == 0 {
            continue;
        }
        if n != last + 1 {
            let message = format!("line {n} comes after line {last}");
            check.at(&LINE_GAP, entry, "line", message);
        }
        last = n;
    }
    let lines = entries.len();
    if let (Some(count), Some(entry)) = (report.head().body.line_count, entries.last())
        && count as usize != lines
        && parts == of
    {
        let message = format!("{lines} lines, and the report says that it has {count}");
        check.entry(&LINE_COUNT, entry, message);
    }
    let deadline = codes::deadline(report.dialect());
    if let Some(reported) = report.head().reported {
        let late = days(report.period().latest(), reported.earliest());
        if late > deadline.days {
            let message = format!(
                "made {late} days after the end of its period; {} days are allowed by {}",
                deadline.days, deadline.source
            );
            check.report(&LATE, report, message);
        }
    }
}
