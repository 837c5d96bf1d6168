//! Rules of one line by itself.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use statement::kinds::account::{Code, Dialect, EntryStatus, ReportType};

use super::{
    BASIS, CATEGORY, CHANGE_CODE, CHANGE_SIDE, CONTAINER, Check, DATE_OUTSIDE, DECIMALS,
    DESCRIPTION, ENRICHMENT, FISSILE, ISOTOPE, ISOTOPE_CODE, LENGTH, NO_ITEMS, REQUIRED, ROUNDING,
    UNIT, WEIGHT_SIGN,
};
use crate::codes::{self, Sign};
use crate::report::{Entry, Report};

pub(super) fn check<'a>(check: &mut Check<'_, 'a>) {
    let reports = check.reports;
    for report in &reports.reports {
        let (first, last) = (report.period().earliest(), report.period().latest());
        rounding(check, report);
        for entry in &reports.entries[report.entries.clone()] {
            line(check, report, entry);
            let inside = entry.on >= first && entry.on <= last;
            let late = matches!(
                entry.line.status,
                EntryStatus::Late | EntryStatus::Correct | EntryStatus::Delete | EntryStatus::Added
            );
            if !inside && !late && entry.line.line != 0 {
                let message = format!("{} lies outside the period {}", entry.on, report.period());
                check.entry(&DATE_OUTSIDE, entry, message);
            }
        }
    }
}

fn line<'a>(check: &mut Check<'_, 'a>, report: &Report<'a>, entry: &Entry<'a>) {
    let (l, dialect) = (entry.line, report.dialect());
    let Some(category) = codes::find_category(l.material) else {
        return check.entry(
            &CATEGORY,
            entry,
            format!("`{}` is not an element category", l.material),
        );
    };
    if l.unit != category.unit {
        let message = format!(
            "{} is given in {}, not in {}",
            category.meaning,
            category.unit.as_str(),
            l.unit.as_str()
        );
        check.entry(&UNIT, entry, message);
    }
    weights(check, entry, dialect);
    if l.line == 0 {
        return;
    }
    if let Some(basis) = l.basis {
        let euratom = dialect != Dialect::Code10 && codes::EURATOM_BASES.contains(&basis.as_str());
        if !codes::BASES.contains(&basis.as_str()) && !euratom {
            check.entry(&BASIS, entry, format!("`{basis}` is not a measurement basis"));
        }
    }
    if let Some(description) = l.description {
        describe(check, entry, description.as_str(), dialect);
    }
    if let Some(batch) = &l.batch {
        let most = codes::batch_length(dialect);
        let length = batch.chars().count();
        if length > most {
            check.entry(
                &LENGTH,
                entry,
                format!("a batch name of {length} characters; at most {most} are allowed"),
            );
        }
    }
    for (column, text, most) in
        [("note", l.note.as_deref(), 2000), ("words", l.other.get("words").map(|w| &**w), 100)]
    {
        let length = text.map_or(0, |t| t.chars().count());
        if length > most {
            let message = format!("a text of {length} characters; at most {most} are allowed");
            check.at(&LENGTH, entry, column, message);
        }
    }
    match report.kind {
        ReportType::InventoryChange => change(check, entry, dialect),
        ReportType::PhysicalInventory => {
            needs(check, entry, "a physical inventory listing", "batch", l.batch.is_some());
            if let Some(code) = l.code {
                check.entry(
                    &CHANGE_CODE,
                    entry,
                    format!("`{code}` in a physical inventory, which has no changes"),
                );
            }
        }
        ReportType::MaterialBalance => match l.code {
            None => check.at(
                &REQUIRED,
                entry,
                "line",
                "a line of a material balance without its entry name (label 411)".to_owned(),
            ),
            Some(code) => {
                let known = codes::BALANCE_ENTRIES.contains(&code.as_str())
                    || codes::find_change(code, dialect).is_some();
                if !known {
                    check.entry(
                        &CHANGE_CODE,
                        entry,
                        format!("`{code}` is no entry of a material balance"),
                    );
                }
            }
        },
    }
    if l.items == Some(0) {
        check.entry(&NO_ITEMS, entry, "no items".to_owned());
    }
}

fn needs<'a>(check: &mut Check<'_, 'a>, entry: &Entry<'a>, who: &str, what: &str, there: bool) {
    if !there {
        let column = if entry.line.code.is_some() { "change" } else { "line" };
        check.at(&REQUIRED, entry, column, format!("{who} needs the field `{what}`"));
    }
}

fn change<'a>(check: &mut Check<'_, 'a>, entry: &Entry<'a>, dialect: Dialect) {
    let l = entry.line;
    let Some(code) = l.code else {
        return check.at(
            &REQUIRED,
            entry,
            "line",
            "an inventory change without its code (label 411)".to_owned(),
        );
    };
    let Some(change) = codes::find_change(code, dialect) else {
        let near =
            codes::CHANGES.iter().find(|c| c.code.as_str().chars().rev().eq(code.as_str().chars()));
        let hint = near.map_or_else(String::new, |c| format!("; `{}` is {}", c.code, c.meaning));
        return check.entry(
            &CHANGE_CODE,
            entry,
            format!("`{code}` is not an inventory change{hint}"),
        );
    };
    let name = code.as_str();
    let difference = matches!(name, "L+" | "L-" | "R+" | "R-" | "RA" | "R5");
    needs(check, entry, name, "date", l.on.is_some());
    if !difference {
        needs(check, entry, name, "batch", l.batch.is_some());
        needs(check, entry, name, "description", l.description.is_some());
        needs(check, entry, name, "basis", l.basis.is_some());
    }
    match name {
        "RD" | "RF" => needs(check, entry, name, "from_mba", l.from.is_some()),
        "SD" | "SF" => needs(check, entry, name, "to_mba", l.to.is_some()),
        "RB" => needs(check, entry, name, "shipper_batch", l.shipper_batch.is_some()),
        _ => {}
    }
    let as_reported = matches!(change.sign, Sign::MinusAsReported | Sign::PlusAsReported);
    if l.element.exact() < Decimal::ZERO && !as_reported && dialect != Dialect::Euratom {
        check.entry(&WEIGHT_SIGN, entry, format!("{name} with the weight {}", l.element));
    }
    if change.sign == Sign::Category && !name.contains(l.material.as_str()) {
        check.entry(&CHANGE_SIDE, entry, format!("{name} of category {}", l.material));
    }
}

/// R+ and R- against one unit of the last decimal to which the category is weighed in their report, of which
/// they may be one. The coarsest weight counts: what was cut off it is what is rounded.
fn rounding<'a>(check: &mut Check<'_, 'a>, report: &Report<'a>) {
    let rounds = |e: &&Entry<'_>| {
        e.line.code.is_some_and(|c| matches!(c.as_str(), "R+" | "R-" | "RA" | "R5"))
    };
    let entries = &check.reports.entries[report.entries.clone()];
    if report.kind != ReportType::InventoryChange || !entries.iter().any(|e| rounds(&e)) {
        return;
    }
    let mut decimals: BTreeMap<Code, u32> = BTreeMap::new();
    for e in entries.iter().filter(|e| !rounds(e) && e.line.line != 0) {
        let scale = e.line.element.exact().scale();
        decimals.entry(e.line.material).and_modify(|d| *d = scale.min(*d)).or_insert(scale);
    }
    for entry in entries.iter().filter(rounds) {
        let last = decimals.get(&entry.line.material).copied().unwrap_or(0);
        let unit = Decimal::new(1, last);
        if entry.line.element.exact().abs() > unit {
            let message = format!(
                "a rounding of {} {symbol}, and the category is weighed to {unit} {symbol} here",
                entry.line.element,
                symbol = entry.line.unit.as_str()
            );
            check.entry(&ROUNDING, entry, message);
        }
    }
}

fn describe<'a>(check: &mut Check<'_, 'a>, entry: &Entry<'a>, text: &str, dialect: Dialect) {
    if text == codes::CONCENTRATE {
        return;
    }
    let parts = (text.len() == 4).then(|| (&text[..2], &text[2..3], &text[3..]));
    let Some((form, container, state)) = parts else {
        return check.entry(&DESCRIPTION, entry, format!("`{text}` does not have four characters"));
    };
    let known = codes::FORMS.contains(&form)
        || (dialect != Dialect::Code10 && codes::EURATOM_FORMS.contains(&form));
    let wrong = match () {
        () if !known => format!("`{form}` is no form"),
        () if !codes::CONTAINERS.contains(container) => format!("`{container}` is no container"),
        () if !codes::STATES.contains(state) => format!("`{state}` is no state"),
        () if container == "S" && !form.starts_with('E') => {
            return check.entry(&CONTAINER, entry, format!("container S with the form {form}"));
        }
        () => return,
    };
    check.entry(&DESCRIPTION, entry, format!("in `{text}`, {wrong}"));
}

fn weights<'a>(check: &mut Check<'_, 'a>, entry: &Entry<'a>, dialect: Dialect) {
    let l = entry.line;
    let most = codes::decimals(dialect);
    for (column, weight) in [("element", Some(l.element)), ("isotope", l.isotope)] {
        let digits = weight.map_or(0, |w| w.exact().scale());
        if digits > most {
            check.at(
                &DECIMALS,
                entry,
                column,
                format!("a weight with {digits} decimals; at most {most} are allowed"),
            );
        }
    }
    if let Some(code) = l.isotope_code
        && !codes::ISOTOPES.contains(&code.as_str())
    {
        check.entry(&ISOTOPE_CODE, entry, format!("`{code}` is not an isotope"));
    }
    let enriched = l.material == codes::ENRICHED;
    match l.isotope {
        Some(_) if !enriched => {
            check.entry(&ISOTOPE, entry, format!("a fissile weight with category {}", l.material));
        }
        None if enriched
            && !matches!(l.code.as_ref().map(|c| c.as_str()), Some("R+" | "R-" | "RA" | "R5")) =>
        {
            check.at(
                &ISOTOPE,
                entry,
                "element",
                "enriched uranium without the weight of its fissile isotope".to_owned(),
            );
        }
        Some(isotope) => {
            let (element, isotope) = (l.element.exact().abs(), isotope.exact().abs());
            // A difference may have more of the isotope than of the element.
            let difference = l.code.is_some_and(|c| {
                matches!(c.as_str(), "DI" | "MF" | "L+" | "L-" | "NM" | "R+" | "R-" | "RA" | "R5")
            });
            if difference {
            } else if isotope > element {
                check.entry(
                    &FISSILE,
                    entry,
                    format!("{isotope} of the isotope in {element} of the element"),
                );
            } else if isotope * Decimal::from(100_000)
                <= element * Decimal::from(codes::NATURAL_SHARE_PER_100_000)
                && !element.is_zero()
            {
                let percent = (isotope * Decimal::ONE_HUNDRED / element).round_dp(3).normalize();
                check.entry(
                    &ENRICHMENT,
                    entry,
                    format!("category E with {percent} % of the isotope"),
                );
            }
        }
        None => {}
    }
}
