//! Balances and their tests as tables.

use balance::{Tested, Verdict};

use crate::Table;

/// A number with four significant digits, or the whole of it when it is larger.
#[must_use]
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = value.abs().log10().floor();
    // Between 0 and 6 decimals.
    let decimals = (3.0 - digits).clamp(0.0, 6.0);
    format!("{value:.*}", decimals as usize)
}

/// The same, empty where there is none.
#[must_use]
pub fn optional(value: Option<f64>) -> String {
    value.map(number).unwrap_or_default()
}

/// The balances, one to a row.
#[must_use]
pub fn balances(rows: &[Tested]) -> Table {
    let mut table = Table::new(&[
        "balance",
        "muf",
        "sigma_muf",
        "cumuf",
        "sigma_cumuf",
        "itmuf",
        "sitmuf",
        "page",
        "gemuf",
    ]);
    for r in rows {
        table.push(vec![
            r.balance.to_string(),
            number(r.muf),
            number(r.sigma_muf),
            number(r.cumuf),
            number(r.sigma_cumuf),
            optional(r.itmuf),
            optional(r.sitmuf),
            optional(r.page),
            optional(r.gemuf),
        ]);
    }
    table
}

/// Probability to detect the goal, by pattern and test.
#[must_use]
pub fn detection(verdict: &Verdict) -> Table {
    let mut table = Table::new(&["loss", "cumuf", "sitmuf", "page", "gemuf", "best_test"]);
    for p in &verdict.detection {
        let d = &p.detection;
        let mut row = vec![p.name.clone()];
        row.extend(
            [d.cumuf, d.sitmuf, d.page, d.gemuf, d.best].map(|p| format!("{:.1} %", p * 100.0)),
        );
        table.push(row);
    }
    table
}

/// A test as the field writes it.
#[must_use]
pub fn test_name(test: &str) -> &'static str {
    match test {
        "cumuf" => "CUMUF",
        "sitmuf" => "SITMUF",
        "gemuf" => "GEMUF",
        _ => "Page",
    }
}

/// Limits and alarms in sentences.
#[must_use]
pub fn verdict(verdict: &Verdict, unit: &str) -> String {
    let mut words = Vec::new();
    let Some(limits) = &verdict.limits else {
        return "No test can be made beyond the singular balance.\n".to_owned();
    };
    words.push(format!(
        "Limits at {} % false alarms over the run: CUMUF {} sigma, SITMUF {}, Page {}, GEMUF {}.",
        (limits.alpha * 1e6).round() / 1e4,
        number(limits.cumuf),
        number(limits.sitmuf),
        number(limits.page),
        number(limits.gemuf)
    ));
    if verdict.alarms.is_empty() {
        words.push("No test is above its limit.".to_owned());
    }
    for test in ["cumuf", "sitmuf", "page", "gemuf"] {
        let of = || verdict.alarms.iter().filter(|a| a.test == test);
        let (Some(first), Some(most)) =
            (of().next(), of().max_by(|a, b| a.value.total_cmp(&b.value)))
        else {
            continue;
        };
        let later = if most.balance == first.balance {
            String::new()
        } else {
            format!("; most in balance {}: {}", most.balance, number(most.value))
        };
        words.push(format!(
            "{} is above its limit of {}: {} in balance {}{later}. A reason to look, not a finding.",
            test_name(test),
            number(first.limit),
            number(first.value),
            first.balance
        ));
    }
    if let (Some(last), Some(goal), Some(needed)) =
        (verdict.balances.last(), verdict.goal, verdict.sigma_needed)
    {
        words.push(format!(
            "sigma of CUMUF is {} {unit}; to detect {} {unit} with 95 % it would have to be {} {unit}.",
            number(last.sigma_cumuf),
            number(goal),
            number(needed)
        ));
    }
    if let Some(worst) = verdict.detection.iter().find(|p| p.name == balance::WORST_CASE) {
        let losses: Vec<String> = worst.detection.loss.iter().map(|l| number(*l)).collect();
        words.push(format!(
            "The loss that is hardest to see, balance by balance: {} {unit}.",
            losses.join(", ")
        ));
    }
    words.join("\n") + "\n"
}

/// Breaks lines longer than `width` between words; the rest of a broken line is indented. Shorter lines stay as they are.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if line.chars().count() <= width {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let mut used = line.len() - line.trim_start().len();
        out.push_str(line.get(..used).unwrap_or_default());
        for (n, word) in line.split_whitespace().enumerate() {
            let length = word.chars().count();
            if n > 0 && used + 1 + length > width {
                out.push_str("\n  ");
                used = 2;
            } else if n > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
        out.push('\n');
    }
    out
}
