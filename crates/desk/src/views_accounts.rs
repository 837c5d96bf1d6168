//! Balances from accounting reports as tables.

use accountancy::{
    AccountSummary, Accounts, Beginning, MaterialBalance, Period, Trace, Validation, Weights,
};

use crate::Table;

/// Balances on one page: what was there, what came and went, what was found.
#[must_use]
pub fn summary(accounts: &AccountSummary) -> Table {
    let mut table =
        Table::new(&["area", "period", "material", "PB", "X", "Y", "PE", "MUF", "unit"]);
    for b in &accounts.balances {
        table.push(vec![
            b.mba.clone(),
            format!("{} to {}", b.first, b.last),
            b.material.clone(),
            b.beginning.clone(),
            b.increases.clone(),
            b.decreases.clone(),
            b.ending.clone().unwrap_or_else(|| "not taken".to_owned()),
            b.muf.clone().unwrap_or_else(|| "no figure".to_owned()),
            b.unit.to_owned(),
        ]);
    }
    table
}

/// The lines behind a figure: `ICR-SYA-3:1,4-9`.
#[must_use]
pub fn trace(traces: &[Trace], most: usize) -> String {
    let mut words = Vec::new();
    for t in traces.iter().take(most) {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for &line in &t.lines {
            match runs.last_mut() {
                Some((_, last)) if line == *last + 1 => *last = line,
                _ => runs.push((line, line)),
            }
        }
        let of = runs.len();
        let mut lines: Vec<String> = runs
            .into_iter()
            .take(most)
            .map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") })
            .collect();
        if of > most {
            lines.push("…".to_owned());
        }
        words.push(format!("{}:{}", t.report, lines.join(",")));
    }
    if traces.len() > most {
        words.push(format!("and {} more", traces.len() - most));
    }
    words.join(" ")
}

/// Area and period.
#[must_use]
pub fn heading(mba: &str, period: &Period) -> String {
    let inventory = match (&period.inventory, &period.report) {
        (Some(pil), Some(mbr)) => format!("inventory {pil}, balance report {mbr}"),
        (Some(pil), None) => format!("inventory {pil}, no balance report"),
        (None, Some(mbr)) => format!("no inventory was listed, balance report {mbr}"),
        (None, None) => "still open: no inventory was taken yet".to_owned(),
    };
    format!("\n{mba}, {} to {}: {inventory}\n", period.first, period.last)
}

fn weights(w: Weights) -> [String; 2] {
    [w.element.to_string(), w.isotope.map(|i| i.to_string()).unwrap_or_default()]
}

/// One balance, entry by entry, with the lines each rests on.
#[must_use]
pub fn balance(b: &MaterialBalance) -> Table {
    let mut table = Table::new(&["category", "entry", "element", "isotope", "unit", "rests_on"]);
    let mut push = |entry: &str, w: Weights, on: String| {
        let [element, isotope] = weights(w);
        let unit = b.unit.as_str().to_owned();
        table.push(vec![b.material.to_string(), entry.to_owned(), element, isotope, unit, on]);
    };
    let from = match b.beginning_from {
        Beginning::Nothing => "nothing says what was there before".to_owned(),
        _ => trace(&b.beginning_trace, 3),
    };
    push("PB", b.beginning, from);
    for change in &b.changes {
        push(change.code.as_str(), change.effect, trace(&change.trace, 3));
    }
    push("BA", b.book, String::new());
    if let Some(ending) = b.ending {
        push("PE", ending, trace(&b.ending_trace, 3));
    }
    if let Some(muf) = b.muf {
        push("MUF", muf, String::new());
    }
    table
}

/// What a balance has besides its entries.
#[must_use]
pub fn remarks(b: &MaterialBalance) -> String {
    let mut words = String::new();
    let unit = b.unit.as_str();
    if !b.retained_waste.is_zero() {
        words += &format!("  retained waste listed beside PE: {} {unit}\n", b.retained_waste);
    }
    if !b.booked_difference.is_zero() {
        words += &format!("  booked as L+ or L-: {} {unit}\n", b.booked_difference);
    }
    if b.muf.is_some() {
        words += "  no measurement errors given: no verdict on MUF\n";
    }
    words
}

/// The validator's findings in a sentence.
#[must_use]
pub fn validation(v: &Validation) -> String {
    let (errors, warnings) = v.count();
    let mut words = match (errors, warnings) {
        (0, 0) => "\nThe reports keep every rule.\n".to_owned(),
        _ => format!(
            "\nRules broken: {}, {}; `lockstep check` shows them in their files.\n",
            crate::count(errors, "error"),
            crate::count(warnings, "warning")
        ),
    };
    for f in v.findings.iter().take(12) {
        let line = f.line.map(|l| format!(":{l}")).unwrap_or_default();
        words += &format!("  {} {}{line}: {}\n", f.code, f.report, f.message);
    }
    if v.findings.len() > 12 {
        words += &format!("  … and {} more\n", v.findings.len() - 12);
    }
    for w in &v.withheld {
        let what = if w.material.is_empty() { "no category" } else { &w.material };
        words += &format!(
            "  {}: {} sums of {what} are compared once the errors above are mended\n",
            w.mba,
            if w.material.is_empty() { "the reports could not all be read;" } else { "the" }
        );
    }
    words
}

/// Every figure in a row of its own.
#[must_use]
pub fn figures(accounts: &Accounts<'_>) -> Table {
    let mut table = Table::new(&[
        "mba", "first", "last", "material", "entry", "element", "isotope", "unit", "rests_on",
    ]);
    for area in &accounts.areas {
        for period in &area.periods {
            for b in &period.balances {
                for row in balance(b).rows {
                    let mut full = vec![
                        area.mba.to_owned(),
                        period.first.to_string(),
                        period.last.to_string(),
                    ];
                    full.extend(row);
                    table.push(full);
                }
            }
        }
    }
    table
}
