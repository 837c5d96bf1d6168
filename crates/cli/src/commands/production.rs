//! `production`: what can have been produced, against every stated figure that counts the same thing.

use accountancy::Figures;
use accountancy::production::{Compared, Interval, beside, middle, share_allowed};
use balance::production::{self, Estimate, HalfLives};
use desk::Table;
use desk::views_balance::{number, wrapped};
use intake::numbers::NumberTable;
use intake::production::{Age, Assumption, Calculation, Run, Subject};
use intake::{Diagnostic, production as reader};
use serde::Serialize;

use crate::args::{CaseArgs, Format, ViewArgs};
use crate::commands::balance_series::complain;
use crate::commands::views::assess;
use crate::output;
use crate::session::CliError;

/// Intervals are within this many standard deviations.
const WITHIN: f64 = 2.0;

#[derive(Serialize)]
struct Report {
    words: &'static str,
    as_of: String,
    calculations: Vec<Calculated>,
}

const WORDS: &str = "intervals are within 2 standard deviations; relative variances of factors add; a date that may mean several \
     days is taken as evenly spread over them; only figures of the same kind and material are compared, the others are counted; \
     an assumption of the desk decides nothing by itself: look at its source";

#[derive(Serialize)]
struct Calculated {
    id: String,
    kind: &'static str,
    title: String,
    assumptions: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<Interval>,
    unit: &'static str,
    /// What came out, in sentences.
    result: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Compared>,
    /// For each figure compared, what it would take: a capacity factor, or its share of a sample.
    implies: Vec<String>,
}

#[derive(Serialize)]
struct Shown {
    name: String,
    value: String,
    source: String,
    basis: statement::Basis,
}

pub(crate) fn run(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let calculations = match reader::read(&case.case) {
        Ok(Some(calculations)) => calculations,
        Ok(None) => {
            return Err(CliError::Call(format!(
                "{} holds no production.kdl; docs/accountancy.md says what to write",
                case.case.display()
            )));
        }
        Err(faults) => return Ok(complain(&faults)),
    };
    let (session, assessment) = assess(case, view)?;
    let figures = &*assessment.figures;
    let mut faults = Vec::new();
    let calculations: Vec<Calculated> = calculations
        .iter()
        .filter_map(|c| match calculate(c, figures, &case.case) {
            Ok(done) => Some(done),
            Err(mut found) => {
                faults.append(&mut found);
                None
            }
        })
        .collect();
    let report = Report { words: WORDS, as_of: assessment.as_of.to_string(), calculations };
    match view.format {
        Format::Json => output::json("lockstep/production/v1", &report)?,
        Format::Csv => output::table(Format::Csv, &rows(&report))?,
        Format::Table => output::print(&page(&report, &session.title()))?,
    }
    let errors = complain(&faults);
    Ok(errors.max(u8::from(session.folder.has_errors())))
}

fn shown(a: &Assumption) -> Shown {
    let value = if a.estimate.sigma > 0.0 {
        format!("{} ± {}", a.estimate.value, a.estimate.sigma)
    } else {
        a.estimate.value.to_string()
    };
    Shown { name: a.name.clone(), value, source: a.source.clone(), basis: a.basis }
}

fn calculate(
    calculation: &Calculation,
    figures: &Figures,
    folder: &std::path::Path,
) -> Result<Calculated, Vec<Diagnostic>> {
    match calculation {
        Calculation::Heat { subject, runs, assumptions } => {
            Ok(heat(subject, runs, assumptions, figures))
        }
        Calculation::Ages { id, title, ages, declared, measured } => {
            Ok(dating(id, title, ages, declared.as_ref(), measured.as_ref()))
        }
        Calculation::Enrichment { subject, assumptions } => {
            Ok(enrichment(subject, assumptions, figures))
        }
        Calculation::Sample { subject, file, column, unit, source } => {
            sample(subject, [file, column, unit, source], figures, folder)
        }
    }
}

fn of(assumptions: &[Assumption], name: &str) -> Option<Estimate> {
    assumptions.iter().find(|a| a.name == name).map(|a| a.estimate)
}

/// Days of all runs together, evenly spread between the least and the most that their dates allow.
fn days(runs: &[Run]) -> (Estimate, f64) {
    let (mut least, mut most, mut variance) = (0.0, 0.0, 0.0);
    for run in runs {
        let (short, long) = run.to.days_since(&run.from);
        let (short, long) = (short.max(0) as f64, long.max(0) as f64);
        least += short;
        most += long;
        // Each end is spread over the days it may mean.
        variance += (long - short).powi(2) / 12.0;
    }
    (Estimate::new((least + most) / 2.0, f64::sqrt(variance)), most)
}

fn heat(
    subject: &Subject,
    runs: &[Run],
    assumptions: &[Assumption],
    figures: &Figures,
) -> Calculated {
    let zero = Estimate::new(0.0, 0.0);
    let (days, most) = days(runs);
    let power = of(assumptions, "power-mw").unwrap_or(zero);
    let grams = of(assumptions, "grams-per-mwd").unwrap_or(zero);
    let factor = of(assumptions, "capacity-factor");
    let full = |d: Estimate, cf: Estimate| production::plutonium_from_heat(power, d, cf, grams);
    let (interval, words) = match factor {
        Some(factor) => {
            let made = full(days, factor);
            let (low, high) = made.within(WITHIN);
            let words = format!(
                "{} ± {} kg in {} days",
                number(made.value / 1000.0),
                number(made.sigma / 1000.0),
                number(days.value)
            );
            (Interval { low: low / 1000.0, high: Some(high / 1000.0) }, words)
        }
        None => {
            let (_, high) = full(Estimate::new(most, 0.0), Estimate::new(1.0, 0.0)).within(WITHIN);
            let words = format!(
                "at most {} kg in {most} days at full power without a pause; no capacity factor is assumed",
                number(high / 1000.0)
            );
            (Interval { low: 0.0, high: Some(high / 1000.0) }, words)
        }
    };
    let compared = beside(figures, subject.counts, &subject.material, interval);
    let whole = full(days, Estimate::new(1.0, 0.0)).value / 1000.0;
    let implies = compared
        .figures
        .iter()
        .map(|f| {
            let cf = |kg: f64| number(kg / whole);
            let full_days = |kg: f64| {
                number(production::full_power_days(kg * 1000.0, power.value, grams.value).round())
            };
            match (f.low, f.high) {
                (Some(l), Some(h)) => format!(
                    "capacity factor {} to {} ({} to {} full-power days)",
                    cf(l),
                    cf(h),
                    full_days(l),
                    full_days(h)
                ),
                (Some(l), None) => format!("capacity factor of at least {}", cf(l)),
                (None, Some(h)) => format!("capacity factor of at most {}", cf(h)),
                (None, None) => String::new(),
            }
        })
        .collect();
    let mut shown_all: Vec<Shown> = runs
        .iter()
        .map(|r| Shown {
            name: "run".to_owned(),
            value: format!("{} to {}", r.from, r.to),
            source: r.source.clone(),
            basis: r.basis,
        })
        .collect();
    shown_all.extend(assumptions.iter().map(shown));
    Calculated {
        id: subject.id.clone(),
        kind: "plutonium from heat",
        title: subject.title.clone(),
        assumptions: shown_all,
        interval: Some(interval),
        unit: "kg",
        result: vec![words],
        compared: Some(compared),
        implies,
    }
}

fn dating(
    id: &str,
    title: &str,
    ages: &[Age],
    declared: Option<&Assumption>,
    measured: Option<&statement::Date>,
) -> Calculated {
    let half_lives = HalfLives::default();
    let mut shown_all = vec![Shown {
        name: "half-lives".to_owned(),
        value: format!("Pu-241 {} y, Am-241 {} y", half_lives.pu241, half_lives.am241),
        source: "evaluated nuclear data".to_owned(),
        basis: statement::Basis::Memory,
    }];
    let mut result = Vec::new();
    let mut estimates = Vec::new();
    for age in ages {
        match age {
            Age::Ratio(a) => {
                let age = half_lives.age(a.estimate);
                let words = format!(
                    "ratio {}: {} ± {} y",
                    a.estimate.value,
                    number(age.value),
                    number(age.sigma)
                );
                result.push(words);
                shown_all.push(shown(a));
                estimates.push(age);
            }
            Age::Separated(date, source, basis) => {
                let name = "separated".to_owned();
                shown_all.push(Shown {
                    name,
                    value: date.to_string(),
                    source: source.clone(),
                    basis: *basis,
                });
                if let Some(measured) = measured {
                    let (short, long) = measured.days_since(date);
                    let (short, long) = (short as f64 / 365.25, long as f64 / 365.25);
                    let age = Estimate::new((short + long) / 2.0, (long - short) / 12_f64.sqrt());
                    result.push(format!(
                        "separated {date}: age {} ± {} y, ratio of Am-241 to Pu-241 {}",
                        number(age.value),
                        number(age.sigma),
                        number(half_lives.ratio(age.value))
                    ));
                    estimates.push(age);
                }
            }
        }
    }
    shown_all.extend(declared.map(shown));
    match production::separations(&estimates) {
        Some(s) => {
            let stated = declared.map(|d| d.estimate.value);
            result.push(format!(
                "{} separation{}; ages scatter so much with probability {} if there was one",
                s.count,
                if s.count == 1 { "" } else { "s" },
                number(s.one_separation)
            ));
            if let Some(stated) = stated {
                let same = (s.count as f64 - stated).abs() < 0.5;
                let verdict = if same { "which agrees" } else { "which cannot both be true" };
                result.push(format!("declared: {stated}, {verdict}"));
            }
        }
        None => {
            result.push("no age has an uncertainty, so nothing is said of their number".to_owned())
        }
    }
    Calculated {
        id: id.to_owned(),
        kind: "americium ages",
        title: title.to_owned(),
        assumptions: shown_all,
        interval: None,
        unit: "y",
        result,
        compared: None,
        implies: Vec::new(),
    }
}

fn enrichment(subject: &Subject, assumptions: &[Assumption], figures: &Figures) -> Calculated {
    let value = |name: &str| of(assumptions, name).unwrap_or(Estimate::new(0.0, 0.0));
    let swu = value("swu-per-year");
    let years = value("years");
    let assays = [value("product"), value("feed"), value("tails")];
    let per_kg = production::separation(assays[0].value, assays[1].value, assays[2].value);
    let (mut interval, mut compared, mut implies) = (None, None, Vec::new());
    let result = match per_kg {
        Some(s) => {
            let work = Estimate::new(
                swu.value * years.value,
                (swu.value * years.sigma).hypot(swu.sigma * years.value),
            );
            let (_, most) = work.within(WITHIN);
            let bound = Interval { low: 0.0, high: Some(most / s.swu) };
            interval = Some(bound);
            let found = beside(figures, subject.counts, &subject.material, bound);
            implies = found
                .figures
                .iter()
                .map(|f| match f.high.or(f.low) {
                    Some(kg) => {
                        format!("{} SWU, {} kg of feed", number(kg * s.swu), number(kg * s.feed))
                    }
                    None => String::new(),
                })
                .collect();
            compared = Some(found);
            vec![format!(
                "one kg takes {} SWU and {} kg of feed; {} ± {} SWU make at most {} kg",
                number(s.swu),
                number(s.feed),
                number(work.value),
                number(work.sigma),
                number(most / s.swu)
            )]
        }
        None => vec![
            "assays must rise from tails over feed to product: nothing can be calculated"
                .to_owned(),
        ],
    };
    Calculated {
        id: subject.id.clone(),
        kind: "separative work",
        title: subject.title.clone(),
        assumptions: assumptions.iter().map(shown).collect(),
        interval,
        unit: "kg",
        result,
        compared,
        implies,
    }
}

fn sample(
    subject: &Subject,
    [file, column, unit, source]: [&String; 4],
    figures: &Figures,
    folder: &std::path::Path,
) -> Result<Calculated, Vec<Diagnostic>> {
    let table = NumberTable::read(&folder.join(file), &[], &[column], f64::NEG_INFINITY)?;
    let factor = match unit.as_str() {
        "g" => 0.001,
        "t" => 1000.0,
        _ => 1.0,
    };
    let values: Vec<f64> =
        table.rows.iter().flat_map(|r| r.numbers.clone()).map(|v| v * factor).collect();
    let (low, middle, high) = middle(&values).unwrap_or_default();
    let interval = Interval { low, high: Some(high) };
    let compared = beside(figures, subject.counts, &subject.material, interval);
    let implies = compared
        .figures
        .iter()
        .map(|f| match (f.low, f.high) {
            (None, None) => String::new(),
            _ => format!("{:.1} % of the sample", share_allowed(&values, f.low, f.high) * 100.0),
        })
        .collect();
    Ok(Calculated {
        id: subject.id.clone(),
        kind: "posterior sample",
        title: subject.title.clone(),
        assumptions: vec![Shown {
            name: "sample".to_owned(),
            value: format!("{} draws of {column} in {file}", values.len()),
            source: source.clone(),
            basis: statement::Basis::Seen,
        }],
        interval: Some(interval),
        unit: "kg",
        result: vec![format!(
            "95 % between {} and {} kg, median {}",
            number(low),
            number(high),
            number(middle)
        )],
        compared: Some(compared),
        implies,
    })
}

fn rows(report: &Report) -> Table {
    let mut table = Table::new(&[
        "calculation",
        "low_kg",
        "high_kg",
        "figure_id",
        "figure",
        "stated_by",
        "stated_on",
        "stands",
        "implies",
    ]);
    for c in &report.calculations {
        let (low, high) = c.interval.map_or((String::new(), String::new()), |i| {
            (i.low.to_string(), i.high.map(|h| h.to_string()).unwrap_or_default())
        });
        let figures = c.compared.iter().flat_map(|c| &c.figures).zip(&c.implies);
        for (f, implies) in figures {
            table.push(vec![
                c.id.clone(),
                low.clone(),
                high.clone(),
                f.id.to_string(),
                f.figure.clone(),
                f.stated_by.clone(),
                f.stated_on.as_ref().map(ToString::to_string).unwrap_or_default(),
                f.stands.words().to_owned(),
                implies.clone(),
            ]);
        }
    }
    table
}

fn page(report: &Report, title: &str) -> String {
    let width = output::width();
    let mut text = format!("{title}, as of {}\n", report.as_of);
    for c in &report.calculations {
        text += &format!("\n{}: {} ({})\n", c.id, c.title, c.kind);
        let mut table = Table::new(&["assumption", "value", "source", "record"]);
        for a in &c.assumptions {
            let mark = desk::views::basis_mark(Some(a.basis)).to_owned();
            table.push(vec![a.name.clone(), a.value.clone(), a.source.clone(), mark]);
        }
        text += &table.to_text(width);
        for line in &c.result {
            text += &format!("=> {line}\n");
        }
        let Some(compared) = &c.compared else { continue };
        if compared.figures.is_empty() {
            text += "No stated figure counts the same thing.\n";
        } else {
            let mut table = Table::new(&["figure", "stated", "by", "stands", "implies"]);
            for (f, implies) in compared.figures.iter().zip(&c.implies) {
                table.push(vec![
                    f.id.to_string(),
                    f.figure.clone(),
                    f.stated_by.clone(),
                    f.stands.words().to_owned(),
                    implies.clone(),
                ]);
            }
            text += &table.to_text(width);
        }
        let others: Vec<String> =
            compared.count_something_else.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        if !others.is_empty() {
            text +=
                &format!("Not compared, since they count something else: {}\n", others.join(", "));
        }
    }
    text += &format!("\nMethod: {}\n", report.words);
    wrapped(&text, width)
}
