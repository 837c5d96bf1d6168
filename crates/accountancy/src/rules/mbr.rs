//! Rules of material balance reports against inventories and changes.

use rust_decimal::Decimal;

use super::{BOOK, BOOKED_DIFFERENCE, CHANGE_SUM, Check, ENTRY_MISSING, MUF, PB_PE, PE_SUM};
use crate::codes::BALANCE_ENTRIES;
use crate::material_balance::{AreaBalance, Beginning, MaterialBalance, Period, Weights};
use crate::report::{Entry, Fate, books_difference, signed};

pub(super) fn check<'a>(check: &mut Check<'_, 'a>, balances: &[AreaBalance<'a>]) {
    for area in balances {
        for period in &area.periods {
            // Without an inventory there is nothing to compare with, which is told by itself.
            let Some(mbr) = period.mbr.filter(|_| period.inventory.is_some()) else { continue };
            for balance in &period.balances {
                if check.whole(area.mba, balance.material) {
                    one(check, area.mba, period, mbr, balance);
                }
            }
        }
    }
}

fn one<'a>(
    check: &mut Check<'_, 'a>,
    mba: &'a str,
    period: &Period,
    mbr: usize,
    balance: &MaterialBalance,
) {
    let reports = check.reports;
    let report = &reports.reports[mbr];
    let dialect = report.dialect();
    let lines: Vec<&Entry<'a>> = reports.entries[report.entries.clone()]
        .iter()
        .filter(|e| e.fate == Fate::Stands && e.line.material == balance.material)
        .collect();
    let named = |name: &str| {
        lines.iter().copied().find(|e| e.line.code.is_some_and(|c| c.as_str() == name))
    };
    let missing: Vec<&str> = BALANCE_ENTRIES.into_iter().filter(|n| named(n).is_none()).collect();
    if !missing.is_empty() {
        let message = format!(
            "the balance of category {} in {mba} has no {}",
            balance.material,
            missing.join(", ")
        );
        match lines.first() {
            Some(first) => check.entry(&ENTRY_MISSING, first, message),
            None => check.report(&ENTRY_MISSING, report, message),
        }
        return;
    }
    let unit = balance.unit.as_str();
    let weights = |e: &Entry<'_>| Weights { element: e.element(), isotope: e.isotope() };
    let (Some(pb), Some(ba), Some(pe), Some(mf)) =
        (named("PB"), named("BA"), named("PE"), named("MF"))
    else {
        return;
    };
    let (pb_w, ba_w, pe_w, mf_w) = (weights(pb), weights(ba), weights(pe), weights(mf));
    if !matches!(balance.beginning_from, Beginning::Stated | Beginning::Nothing) {
        differs(check, &PB_PE, pb, pb_w, balance.beginning, |was, is| {
            format!("begins with {is} {unit}, and the physical ending before was {was} {unit}")
        });
    }
    let mut book = pb_w;
    for line in lines.iter().copied() {
        let Some(code) = line.line.code else { continue };
        if BALANCE_ENTRIES.contains(&code.as_str()) || books_difference(code) {
            continue;
        }
        let sign = |w: Decimal| signed(line, dialect, w);
        book.add(Weights { element: sign(line.element()), isotope: line.isotope().map(sign) });
    }
    differs(check, &BOOK, ba, ba_w, book, |was, is| {
        format!("PB and the changes of this report give {was} {unit}, and BA is {is} {unit}")
    });
    let mut muf = ba_w;
    muf.add(pe_w.negative());
    differs(check, &MUF, mf, mf_w, muf, |was, is| {
        format!("BA less PE is {was} {unit}, and MF is {is} {unit}")
    });
    for line in lines.iter().copied() {
        let Some(code) = line.line.code else { continue };
        if BALANCE_ENTRIES.contains(&code.as_str()) || books_difference(code) {
            continue;
        }
        let summed = balance.changes.iter().find(|c| c.code == code);
        let sum = summed.map_or(Weights::default(), |c| c.reported);
        differs(check, &CHANGE_SUM, line, weights(line), sum, |was, is| {
            format!(
                "the inventory changes {code} from {} to {} add up to {was} {unit}, not {is} {unit}",
                period.first, period.last
            )
        });
    }
    for change in &balance.changes {
        if !books_difference(change.code)
            && named(change.code.as_str()).is_none()
            && !change.reported.element.is_zero()
        {
            let message = format!(
                "{} {unit} of {} were reported from {} to {}, and the balance has no line for them",
                change.reported.element.normalize(),
                change.code,
                period.first,
                period.last
            );
            check.entry(&CHANGE_SUM, ba, message);
        }
    }
    if let Some(listed) = balance.ending {
        differs(check, &PE_SUM, pe, pe_w, listed, |was, is| {
            format!("the physical inventory listing adds up to {was} {unit}, and PE is {is} {unit}")
        });
        booked(check, balance, unit);
    }
}

/// L+ and L- of the period against the difference they book.
fn booked<'a>(check: &mut Check<'_, 'a>, balance: &MaterialBalance, unit: &str) {
    let booked: Decimal = balance.booked_difference;
    let Some(muf) = balance.muf.filter(|_| !booked.is_zero()) else { return };
    if booked != muf.element
        && let Some(&line) = balance.booked_lines.first()
    {
        let reports = check.reports;
        let message = format!(
            "{} {unit} are booked, and the inventory difference is {} {unit}",
            booked.normalize(),
            muf.element.normalize()
        );
        let entry = reports.entries[line];
        check.entry(&BOOKED_DIFFERENCE, &entry, message);
    }
}

fn differs<'a>(
    check: &mut Check<'_, 'a>,
    rule: &super::Rule,
    entry: &Entry<'a>,
    stated: Weights,
    expected: Weights,
    words: impl Fn(Decimal, Decimal) -> String,
) {
    if stated.element != expected.element {
        check.entry(rule, entry, words(expected.element.normalize(), stated.element.normalize()));
    } else if let (Some(is), Some(was)) = (stated.isotope, expected.isotope)
        && is != was
    {
        let message = format!("of the isotope: {}", words(was.normalize(), is.normalize()));
        check.at(rule, entry, "isotope", message);
    }
}
