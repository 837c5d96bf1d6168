//! Balances from accounting reports as tables.

use accountancy::{
    AccountSummary, Accounts, Beginning, Judgement, MaterialBalance, Period, Reports, Trace,
    Validation, Weights,
};
use statement::kinds::account::{Code, Measured};

use crate::Table;
use crate::views_balance::{self, number, optional, wrapped};

/// Balances on one page: what was there, what came and went, what was found.
#[must_use]
pub fn summary(accounts: &AccountSummary) -> Table {
    let mut table = Table::new(&["id", "from", "PB", "X", "Y", "PE", "MUF", "sigma", "unit"]);
    for b in &accounts.balances {
        table.push(vec![
            b.id.clone(),
            b.first.clone(),
            b.beginning.clone(),
            b.increases.clone(),
            b.decreases.clone(),
            b.ending.clone().unwrap_or_else(|| "not taken".to_owned()),
            b.muf.clone().unwrap_or_else(|| "no figure".to_owned()),
            b.sigma.map_or_else(|| "no sigma".to_owned(), number),
            b.unit.to_owned(),
        ]);
    }
    table
}

/// The latest balance of each area and category, without its first day, which the page has no room for.
#[must_use]
pub fn latest(accounts: &AccountSummary) -> Table {
    let mut table = summary(accounts);
    let mut seen = std::collections::HashSet::new();
    let mut rows = Vec::new();
    for (b, row) in accounts.balances.iter().zip(std::mem::take(&mut table.rows)).rev() {
        if seen.insert((&b.mba, &b.material)) {
            rows.push(row);
        }
    }
    rows.reverse();
    table.rows = rows;
    table.without(&["from"], &[])
}

/// The running ledger of every area: each change with the balance after it, by category.
#[must_use]
pub fn running_ledger(reports: &Reports<'_>, accounts: &Accounts<'_>) -> Table {
    let mut table = Table::new(&[
        "mba", "material", "date", "line", "change", "kmp", "batch", "effect", "balance", "unit",
    ]);
    for ledger in &accounts.ledgers {
        for book in &ledger.books {
            for line in &book.lines {
                let entry = &reports.entries[line.entry];
                let effect = accountancy::contribution(entry, reports.report(entry).dialect());
                let code = |c: Option<Code>| c.map(|c| c.to_string()).unwrap_or_default();
                table.push(vec![
                    ledger.mba.to_owned(),
                    book.material.to_string(),
                    entry.on.to_string(),
                    reports.name(entry.at),
                    code(entry.line.code),
                    code(entry.line.kmp),
                    entry.line.batch.as_deref().unwrap_or_default().to_owned(),
                    effect.to_string(),
                    line.balance.to_string(),
                    book.unit.as_str().to_owned(),
                ]);
            }
        }
    }
    table
}

/// What passed each key measurement point of every area, with its sign in the book.
#[must_use]
pub fn points(accounts: &Accounts<'_>) -> Table {
    let mut table = Table::new(&["mba", "material", "kmp", "sum", "unit"]);
    for ledger in &accounts.ledgers {
        for book in &ledger.books {
            for point in &book.points {
                let kmp = if point.kmp.is_empty() { "none named" } else { &point.kmp };
                table.push(vec![
                    ledger.mba.to_owned(),
                    book.material.to_string(),
                    kmp.to_owned(),
                    point.sum.to_string(),
                    book.unit.as_str().to_owned(),
                ]);
            }
        }
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
    words
}

/// Area, category and weight of a verdict: `SYF, E, fissile isotope`.
#[must_use]
pub fn subject(j: &Judgement) -> String {
    let of = match j.measured {
        Measured::Element => "element",
        Measured::Isotope => "fissile isotope",
    };
    format!("{}, {}, {of}", j.mba, j.material)
}

/// What a verdict comes to, in a sentence. Where nothing supports one it says so.
#[must_use]
pub fn verdict_in_words(j: &Judgement) -> String {
    let Some(verdict) = &j.verdict else {
        return format!("no sigma: {}", j.no_sigma.as_deref().unwrap_or("no errors are given"));
    };
    let Some(limits) = &verdict.limits else {
        let at = verdict.singular_at.unwrap_or(1);
        return match j.sigma(at - 1) {
            Some(0.0) => format!(
                "balance {at} rests on no measurement (sigma is 0), so no test can weigh it: any MUF in it is a difference of the books"
            ),
            _ => format!("the covariance is singular at balance {at}: no test goes beyond it"),
        };
    };
    let mut tests: Vec<String> = Vec::new();
    for a in &verdict.alarms {
        let name = views_balance::test_name(a.test);
        if !tests.iter().any(|t| t.starts_with(name)) {
            tests.push(format!("{name} {} over {}", number(a.value), number(a.limit)));
        }
    }
    let seen = verdict
        .detection
        .iter()
        .map(|p| p.detection.cumuf.max(p.detection.sitmuf).max(p.detection.page))
        .reduce(f64::min);
    let power = match (verdict.goal, seen) {
        (Some(goal), Some(seen)) => format!(
            "; the best of its tests would see a loss of {} {} with {:.0} % or more",
            number(goal),
            j.unit.as_str(),
            seen * 100.0
        ),
        _ => "; no loss to detect was agreed".to_owned(),
    };
    let alpha = (limits.alpha * 1e6).round() / 1e4;
    if tests.is_empty() {
        format!("no test is above its limit at {alpha} % false alarms{power}")
    } else {
        format!(
            "above the limit at {alpha} % false alarms: {}; a reason to look, not a finding",
            tests.join(", ")
        )
    }
}

/// The verdicts in a line each; those without a sigma for the same reason together.
#[must_use]
pub fn verdicts(judgements: &[Judgement]) -> Vec<String> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for j in judgements {
        let words = verdict_in_words(j);
        match lines.iter_mut().find(|(_, w)| *w == words) {
            Some((subjects, _)) => *subjects += &format!("; {}", subject(j)),
            None => lines.push((subject(j), words)),
        }
    }
    lines.into_iter().map(|(subjects, words)| format!("{subjects}: {words}")).collect()
}

/// The tests of a run of balances, one to a row.
#[must_use]
pub fn tests(j: &Judgement) -> Table {
    let mut table = Table::new(&[
        "until",
        "MUF",
        "limit",
        "sigma_MUF",
        "CUMUF",
        "sigma_CUMUF",
        "ITMUF",
        "SITMUF",
        "Page",
        "GEMUF",
    ]);
    let rows = j.verdict.iter().flat_map(|v| &v.balances);
    for (period, b) in j.periods.iter().zip(rows) {
        table.push(vec![
            period.last.clone(),
            number(b.muf),
            optional(period.limit),
            number(b.sigma_muf),
            number(b.cumuf),
            number(b.sigma_cumuf),
            optional(b.itmuf),
            optional(b.sitmuf),
            optional(b.page),
            optional(b.gemuf),
        ]);
    }
    table
}

/// What each stratum adds to the variance of CUMUF, and what measuring it twice as well would buy.
#[must_use]
pub fn budget(j: &Judgement) -> Table {
    let mut table = Table::new(&[
        "stratum",
        "share_of_variance",
        "random_sigma",
        "systematic_sigma",
        "sigma_cumuf_if_halved",
        "detection_if_halved",
    ]);
    for share in &j.budget {
        let better = j.better.iter().find(|b| b.stratum == share.stratum);
        // A stratum whose systematic error cancels another's takes variance away.
        let sigma = |variance: f64| match variance {
            v if v < 0.0 => format!("-{}", number((-v).sqrt())),
            v => number(v.sqrt()),
        };
        table.push(vec![
            share.stratum.clone(),
            format!("{:.1} %", share.part * 100.0),
            sigma(share.random_variance),
            sigma(share.systematic_variance),
            better.map(|b| number(b.sigma_then)).unwrap_or_default(),
            better.map(|b| format!("{:.1} %", b.detection_then * 100.0)).unwrap_or_default(),
        ]);
    }
    table
}

/// The verdict on a run of balances, whole.
#[must_use]
pub fn judgement(j: &Judgement, width: usize) -> String {
    let unit = j.unit.as_str();
    let Some(verdict) = &j.verdict else {
        let why = j.no_sigma.as_deref().unwrap_or("no errors are given");
        return wrapped(
            &format!("{}: no sigma: {why}; nothing is said of MUF.", subject(j)),
            width,
        );
    };
    let mut text = format!("\n{}, in {unit}\n", subject(j));
    text += &tests(j).to_text(width);
    text += &wrapped(&views_balance::verdict(verdict, unit), width);
    if !verdict.detection.is_empty()
        && let Some(goal) = verdict.goal
    {
        let source = j.goal_source.as_ref().map_or("as asked for".to_owned(), |g| {
            format!(
                "one significant quantity of {}, {} kg: {} ({})",
                g.subject,
                g.amount,
                g.source,
                crate::views::basis_mark(Some(g.basis))
            )
        });
        text += &wrapped(
            &format!("Probability to detect a loss of {} {unit} ({source})", number(goal)),
            width,
        );
        text += &views_balance::detection(verdict).to_text(width);
    } else if verdict.goal.is_none() {
        text += "No loss to detect was agreed for this weight: --goal gives one.\n";
    }
    text += "Error budget of CUMUF\n";
    text += &budget(j).to_text(width);
    let errors: Vec<&str> = j.errors.iter().map(|e| e.as_str()).collect();
    text + &wrapped(&format!("Errors from {}.", errors.join(", ")), width)
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

/// What the tests say of one balance, each in a row: element and isotope side by side.
fn tested(
    accounts: &Accounts<'_>,
    mba: &str,
    period: &Period,
    b: &MaterialBalance,
) -> Vec<Vec<String>> {
    let last = period.last.to_string();
    let of = |measured: Measured| {
        let j = accounts
            .judgements
            .iter()
            .find(|j| j.mba == mba && j.material == b.material && j.measured == measured)?;
        let at = j.periods.iter().position(|p| p.last == last)?;
        Some((j, at))
    };
    let sides = [of(Measured::Element), of(Measured::Isotope)];
    if sides.iter().all(Option::is_none) {
        return Vec::new();
    }
    let rests = |sides: &[Option<(&Judgement, usize)>; 2]| -> String {
        let mut words: Vec<String> = Vec::new();
        for (j, _) in sides.iter().flatten() {
            let told = match &j.no_sigma {
                Some(why) => vec![format!("no sigma: {why}")],
                None => j.errors.iter().map(ToString::to_string).collect(),
            };
            words.extend(told.into_iter().filter(|t| !words.contains(t)).collect::<Vec<_>>());
        }
        words.join(" ")
    };
    let unit = b.unit.as_str();
    type Take = fn(&balance::Tested) -> Option<f64>;
    let entries: [(&str, &str, Take); 7] = [
        ("sigma_MUF", unit, |t| Some(t.sigma_muf)),
        ("CUMUF", unit, |t| Some(t.cumuf)),
        ("sigma_CUMUF", unit, |t| Some(t.sigma_cumuf)),
        ("ITMUF", unit, |t| t.itmuf),
        ("SITMUF", "1", |t| t.sitmuf),
        ("Page", "1", |t| t.page),
        ("GEMUF", "1", |t| t.gemuf),
    ];
    entries
        .into_iter()
        .map(|(name, unit, take)| {
            let value = |side: &Option<(&Judgement, usize)>| {
                side.as_ref()
                    .and_then(|(j, at)| j.verdict.as_ref()?.balances.get(*at))
                    .and_then(take)
                    .map(|v| v.to_string())
                    .unwrap_or_default()
            };
            vec![
                b.material.to_string(),
                name.to_owned(),
                value(&sides[0]),
                value(&sides[1]),
                unit.to_owned(),
                rests(&sides),
            ]
        })
        .collect()
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
                for row in balance(b).rows.into_iter().chain(tested(accounts, area.mba, period, b))
                {
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
