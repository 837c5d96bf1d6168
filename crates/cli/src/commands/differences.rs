//! `differences`: operator against inspector.

use balance::difference::{self, Difference, Errors, Joint, MufLessD, Stratum};
use desk::Table;
use desk::views_balance::number;
use intake::numbers::NumberTable;
use serde::Serialize;

use crate::args::{DifferencesArgs, Format};
use crate::commands::balance_series::complain;
use crate::output;
use crate::session::CliError;

#[derive(Serialize)]
struct Report {
    words: &'static str,
    strata: Vec<Difference>,
    /// Strata of which no item was measured by both: nothing is said of them.
    untested: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muf_less_d: Option<MufLessD>,
    /// What the tests of MUF and D guarantee together against the loss asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    joint: Option<Joint>,
}

const WORDS: &str = "D = N mean(operator - inspector); var D = N^2 xbar^2 [(dro^2 + dri^2)/n + dso^2 + dsi^2]; an item is an \
     alarm beyond 3 standard deviations of one relative difference; MUF - D estimates the true loss: the operator's errors in \
     the verified strata cancel; MUF and D are each tested at 1 - sqrt(1 - alpha)";

pub(crate) fn run(args: &DifferencesArgs) -> Result<u8, CliError> {
    let errors = [
        "items",
        "sign",
        "operator_random",
        "operator_systematic",
        "inspector_random",
        "inspector_systematic",
    ];
    let strata = NumberTable::read(&args.strata, &["stratum"], &errors, -1.0);
    let pairs =
        NumberTable::read(&args.pairs, &["stratum", "item"], &["operator", "inspector"], 0.0);
    let (strata, pairs) = match (strata, pairs) {
        (Ok(strata), Ok(pairs)) => (strata, pairs),
        (strata, pairs) => {
            let faults = [strata.err(), pairs.err()].into_iter().flatten().flatten();
            return Ok(complain(&faults.collect::<Vec<_>>()));
        }
    };
    let mut faults = Vec::new();
    for row in &strata.rows {
        if let [items, sign, errors @ ..] = row.numbers.as_slice() {
            if *items < 1.0 || items.fract() != 0.0 {
                let message = format!("a stratum of {items} items");
                faults.push(row.fault(1, "A223", message, "a whole number of items, at least 1"));
            }
            if sign.abs() != 1.0 {
                let message = format!("the sign is {sign}");
                faults.push(row.fault(
                    2,
                    "A223",
                    message,
                    "1: opening or receipt; -1: closing or shipment",
                ));
            }
            for (i, e) in errors.iter().enumerate().filter(|(_, e)| **e < 0.0) {
                let message = format!("the standard deviation is {e}");
                faults.push(row.fault(
                    3 + i,
                    "A209",
                    message,
                    "a share of what is measured, not below 0",
                ));
            }
        }
    }
    let name = |texts: &[String]| texts.first().cloned().unwrap_or_default();
    let known: Vec<String> = strata.rows.iter().map(|r| name(&r.texts)).collect();
    for row in pairs.rows.iter().filter(|r| !known.contains(&name(&r.texts))) {
        let stratum = name(&row.texts);
        let help = intake::did_you_mean(&stratum, known.iter().map(String::as_str))
            .map_or(format!("{} has no such row", strata.file()), |w| {
                format!("did you mean `{w}`?")
            });
        faults.push(row.fault(0, "A224", format!("no stratum is called `{stratum}`"), &help));
    }
    if !faults.is_empty() {
        return Ok(complain(&faults));
    }
    let measured: Vec<Vec<(f64, f64)>> = known
        .iter()
        .map(|stratum| {
            let of = |r: &&intake::numbers::NumberRow| r.texts.first() == Some(stratum);
            let pair = |r: &intake::numbers::NumberRow| match *r.numbers.as_slice() {
                [o, i] => Some((o, i)),
                _ => None,
            };
            pairs.rows.iter().filter(of).filter_map(pair).collect()
        })
        .collect();
    let parts: Vec<Stratum<'_>> = strata
        .rows
        .iter()
        .zip(&known)
        .zip(&measured)
        .filter_map(|((row, name), pairs)| match *row.numbers.as_slice() {
            [items, sign, or, os, ir, is] => Some(Stratum {
                name,
                items: items as u64,
                sign,
                operator: Errors { random: or, systematic: os },
                inspector: Errors { random: ir, systematic: is },
                pairs,
            }),
            _ => None,
        })
        .collect();
    let results: Vec<Difference> = parts.iter().filter_map(difference::difference).collect();
    let untested = parts.iter().filter(|s| s.pairs.is_empty()).map(|s| s.name.to_owned()).collect();
    let muf_less_d = args
        .muf
        .zip(args.sigma_muf)
        .map(|(muf, sigma)| difference::muf_less_d(muf, sigma, &results, &parts, args.alpha));
    let joint = muf_less_d
        .as_ref()
        .zip(args.goal)
        .and_then(|(m, goal)| difference::joint(m, goal, args.alpha));
    let report = Report { words: WORDS, strata: results, untested, muf_less_d, joint };
    match args.view.format {
        Format::Json => output::json("lockstep/differences/v1", &report)?,
        Format::Csv => output::table(Format::Csv, &table(&report.strata, f64::to_string))?,
        Format::Table => {
            output::table(Format::Table, &table(&report.strata, |v| number(*v)))?;
            output::print(&desk::views_balance::wrapped(&words(&report), output::width()))?;
        }
    }
    Ok(0)
}

fn table(strata: &[Difference], show: impl Fn(&f64) -> String) -> Table {
    let mut table = Table::new(&[
        "stratum",
        "items",
        "measured",
        "d",
        "sigma_d",
        "ratio",
        "p_one_sided",
        "item_limit",
        "largest",
        "item_alarms",
    ]);
    for s in strata {
        table.push(vec![
            s.stratum.clone(),
            s.items.to_string(),
            s.measured.to_string(),
            show(&s.d),
            show(&s.sigma),
            s.ratio.as_ref().map(&show).unwrap_or_default(),
            s.tail.as_ref().map(&show).unwrap_or_default(),
            show(&s.item_limit),
            show(&s.largest),
            s.tests.iter().filter(|t| t.alarm).count().to_string(),
        ]);
    }
    table
}

fn words(report: &Report) -> String {
    let mut text = String::from("\n");
    for s in &report.strata {
        for t in s.tests.iter().filter(|t| t.alarm) {
            text += &format!(
                "{} pair {}: operator and inspector differ by {} %, limit {} %\n",
                s.stratum,
                t.item,
                number(t.relative * 100.0),
                number(s.item_limit * 100.0)
            );
        }
    }
    for name in &report.untested {
        text += &format!("{name}: no item was measured by both, so nothing is said of it\n");
    }
    if let Some(m) = &report.muf_less_d {
        text += &format!(
            "MUF {} - D {} = {} with sigma {}; each of the tests of MUF and D at {}\n",
            number(m.muf),
            number(m.d),
            number(m.estimate),
            number(m.sigma),
            number(m.alpha_each)
        );
    }
    if let Some(j) = &report.joint {
        let percent = |p: f64| format!("{:.1} %", p * 100.0);
        text += &format!(
            "A loss of {}, partly taken and partly hidden by false statements, is detected however it is split: by one test of MUF - D with {}; by a test of each with {} at the best rates ({} for MUF, {} for D), with {} at one rate for both. Hardest to see: {} of it in MUF.\n",
            number(j.goal),
            percent(j.best),
            percent(j.apart),
            number(j.alpha_muf),
            number(j.alpha_d),
            percent(j.even),
            number(j.worst_in_muf)
        );
    }
    text
}
