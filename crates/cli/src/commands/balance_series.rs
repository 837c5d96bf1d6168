//! `balance --series`: balances of a process from time series, measured or simulated.

use std::io::{BufWriter, Write};

use balance::series::{Balances, Choices, Gathering, Location, Scratch};
use balance::{Covariance, Tested, Verdict};
use intake::series::{ErrorTable, Series};
use intake::{Diagnostic, Severity, render};
use rayon::prelude::*;
use serde::Serialize;

use crate::args::{BalanceArgs, Format};
use crate::output::{self, Progress};
use crate::session::CliError;

const COLUMNS: &[u8] =
    b"realisation,balance,muf,sigma_muf,cumuf,sigma_cumuf,itmuf,sitmuf,page,gemuf\n";
/// Realisations one thread draws before it hands on their rows.
const BATCH: u64 = 128;

#[derive(Serialize)]
struct Report<'a> {
    choices: Choices,
    start_h: f64,
    locations: Vec<LocationReport<'a>>,
    realisations: Vec<Realisation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation: Option<Simulation>,
    diagnostics: &'a [Diagnostic],
}

#[derive(Serialize)]
struct LocationReport<'a> {
    #[serde(flatten)]
    location: &'a Location,
    /// Its share in the variance of CUMUF; locations are independent.
    share: f64,
    /// σ of CUMUF if its errors were halved.
    sigma_cumuf_if_halved: f64,
    /// Probability that CUMUF detects the goal, if its errors were halved.
    detection_if_halved: f64,
}

#[derive(Serialize)]
struct Realisation {
    realisation: String,
    #[serde(flatten)]
    verdict: Verdict,
}

/// What drawn errors showed, beside the formula.
#[derive(Serialize, Default)]
struct Simulation {
    realisations: u64,
    seed: u64,
    /// Largest difference between a simulated covariance and the formula, as a share of σ_i σ_j.
    largest_covariance_deviation: f64,
    /// Mean of SITMUF over all balances and realisations; 0 when nothing is lost.
    sitmuf_mean: f64,
    /// Its standard deviation; 1 when nothing is lost.
    sitmuf_sd: f64,
    /// Mean product of neighbouring SITMUFs; 0 when nothing is lost.
    sitmuf_neighbours: f64,
}

pub(crate) fn run(args: &BalanceArgs) -> Result<u8, CliError> {
    let mut diagnostics = Vec::new();
    let (Some(series), Some(errors), Some(period)) = (&args.series, &args.errors, args.period)
    else {
        return super::balance::run(args);
    };
    let errors = match ErrorTable::read(errors) {
        Ok(errors) => errors,
        Err(faults) => return Ok(complain(&faults)),
    };
    diagnostics.extend(errors.remarks.iter().cloned());
    let mut series = match Series::open(series, &errors) {
        Ok(series) => series,
        Err(faults) => {
            diagnostics.extend(faults);
            return Ok(complain(&diagnostics));
        }
    };
    let choices = Choices {
        period_h: period,
        opening: args.opening.into(),
        random_error: args.random_error.into(),
    };
    let csv = args.view.format == Format::Csv;
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    if csv {
        write(&mut out, COLUMNS)?;
    }
    // Realisations of the series as they end; for CSV their rows are written at once.
    let mut held: Option<(String, Gathering<'_>)> = None;
    let mut done: Vec<(String, Balances)> = Vec::new();
    let mut singular: Option<usize> = None;
    let mut broken: Option<CliError> = None;
    let mut rows = Vec::new();
    let streams = csv && args.simulate.is_none();
    let mut take = |label: String, balances: Balances| {
        if !streams {
            done.push((label, balances));
            return Ok(());
        }
        let (muf, v) = balances.measured();
        rows.clear();
        let at = balance::Tests::default().run(&muf, &v, |row| put(&mut rows, &label, &row));
        singular = singular.or(at);
        write(&mut out, &rows)
    };
    let mut unfinished = None;
    let mut faults = series.read(|row| {
        if row.first {
            if let Some((label, gathering)) = held.take() {
                match gathering.finish() {
                    Ok(balances) => {
                        if let Err(e) = take(label, balances) {
                            broken = Some(e);
                        }
                    }
                    Err(fault) => unfinished = unfinished.take().or(Some(fault)),
                }
            }
            let keep = args.simulate.is_some();
            held = Some((
                row.realisation.to_owned(),
                Gathering::new(&errors.locations, choices, keep),
            ));
        }
        if let Some((_, gathering)) = &mut held {
            gathering.sample(row.time_h, row.values);
        }
    });
    // Mistakes in rows explain what does not come together: they are told first and alone.
    if faults.is_empty() {
        let empty = || Gathering::new(&errors.locations, choices, false);
        let (label, gathering) = held.unwrap_or_else(|| ("1".to_owned(), empty()));
        match (gathering.finish(), unfinished) {
            (_, Some(fault)) | (Err(fault), None) => faults.push(series.fault(&fault)),
            (Ok(balances), None) => {
                if let Err(e) = take(label, balances) {
                    broken = Some(e);
                }
            }
        }
    }
    if let Some(e) = broken {
        return Err(e);
    }
    diagnostics.append(&mut series.remarks);
    if args.simulate.is_some() && done.len() > 1 && faults.is_empty() {
        let message =
            format!("the series holds {} realisations, and --simulate draws its own", done.len());
        let help = "give one realisation that is taken as true, or leave --simulate out";
        faults.push(series.call_fault(message, help));
    }
    if !faults.is_empty() {
        diagnostics.append(&mut faults);
        finish(out)?;
        return Ok(complain(&diagnostics));
    }
    let mut simulation = None;
    if let (Some(count), Some((_, balances))) = (args.simulate, done.first()) {
        singular = if csv {
            draw_rows(balances, count, args.seed, &mut out)?
        } else {
            let (result, at) = draw(balances, count, args.seed);
            simulation = Some(result);
            at
        };
    }
    if !csv {
        let realisations: Vec<Realisation> = done
            .iter()
            .map(|(label, balances)| {
                let (muf, v) = balances.measured();
                let verdict = Verdict::new(&muf, v, args.goal(), args.alpha);
                Realisation { realisation: label.clone(), verdict }
            })
            .collect();
        singular =
            singular.or_else(|| realisations.iter().find_map(|r| Some(r.verdict.singular_at? - 1)));
        diagnostics.extend(singular.and_then(|i| errors.singular(i)));
        drop(out);
        let shares = done.first().map(|(_, b)| shares(b, &errors.locations, args));
        let report = Report {
            choices,
            start_h: done.first().map_or(0.0, |(_, b)| b.period(1).0),
            locations: shares.unwrap_or_default(),
            realisations,
            simulation,
            diagnostics: &diagnostics,
        };
        match args.view.format {
            Format::Json => output::json("lockstep/balance-series/v1", &report)?,
            _ => output::print(&page(&report, args))?,
        }
    } else {
        finish(out)?;
        diagnostics.extend(singular.and_then(|i| errors.singular(i)));
    }
    complain(&diagnostics);
    Ok(u8::from(singular.is_some()))
}

/// What each location contributes, and what halving its errors would buy.
fn shares<'a>(
    balances: &Balances,
    locations: &'a [Location],
    args: &BalanceArgs,
) -> Vec<LocationReport<'a>> {
    let last = balances.count().saturating_sub(1);
    let variance = |v: &Covariance| v.sigma_cumuf(last).powi(2);
    let total = variance(&balances.measured().1);
    let mut shares: Vec<_> = locations
        .iter()
        .enumerate()
        .map(|(i, location)| {
            let own = variance(&balances.covariance_of(i));
            let then = (total - 0.75 * own).max(0.0).sqrt();
            LocationReport {
                location,
                share: if total > 0.0 { own / total } else { 0.0 },
                sigma_cumuf_if_halved: then,
                detection_if_halved: balance::detection::single_loss(args.goal(), then, args.alpha),
            }
        })
        .collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    shares
}

/// Shows mistakes on standard error; 1 when one of them is an error.
pub(crate) fn complain(diagnostics: &[Diagnostic]) -> u8 {
    if !diagnostics.is_empty() {
        output::remark(render(diagnostics, output::width(), false).trim_end());
    }
    u8::from(diagnostics.iter().any(|d| d.severity == Severity::Error))
}

fn write(out: &mut impl Write, bytes: &[u8]) -> Result<(), CliError> {
    out.write_all(bytes).map_err(closed)
}

fn finish(mut out: impl Write) -> Result<(), CliError> {
    out.flush().map_err(closed)
}

fn closed(e: std::io::Error) -> CliError {
    match e.kind() {
        std::io::ErrorKind::BrokenPipe => CliError::Closed,
        _ => CliError::Output(e),
    }
}

/// One row of CSV. Numbers have the fewest digits that read back as the same number.
fn put(rows: &mut Vec<u8>, realisation: &str, row: &Tested) {
    let mut number = zmij::Buffer::new();
    if realisation.contains([',', '"']) {
        rows.extend_from_slice(format!("\"{}\"", realisation.replace('"', "\"\"")).as_bytes());
    } else {
        rows.extend_from_slice(realisation.as_bytes());
    }
    rows.push(b',');
    rows.extend_from_slice(row.balance.to_string().as_bytes());
    let known = [row.muf, row.sigma_muf, row.cumuf, row.sigma_cumuf].map(Some);
    for value in known.into_iter().chain([row.itmuf, row.sitmuf, row.page, row.gemuf]) {
        rows.push(b',');
        if let Some(value) = value {
            rows.extend_from_slice(number.format(value).as_bytes());
        }
    }
    rows.push(b'\n');
}

/// Draws realisations in parallel and writes their rows in order: the same bytes with any number of threads.
fn draw_rows(
    balances: &Balances,
    count: u64,
    seed: u64,
    out: &mut impl Write,
) -> Result<Option<usize>, CliError> {
    let mut progress = Progress::new();
    let mut singular = None;
    let group = BATCH * 4 * rayon::current_num_threads() as u64;
    let mut from = 0;
    while from < count {
        let to = (from + group).min(count);
        let starts: Vec<u64> = (from..to).step_by(BATCH as usize).collect();
        let batches: Vec<(Vec<u8>, Option<usize>)> = starts
            .into_par_iter()
            .map_init(Scratch::default, |scratch, start| {
                let mut rows = Vec::with_capacity(1 << 16);
                let mut at = None;
                for number in start..(start + BATCH).min(to) {
                    let label = (number + 1).to_string();
                    let found = balances
                        .simulate(seed, number + 1, scratch, |row| put(&mut rows, &label, &row));
                    at = at.or(found);
                }
                (rows, at)
            })
            .collect();
        for (rows, at) in &batches {
            write(out, rows)?;
            singular = singular.or(*at);
        }
        progress.show("realisations", to, count);
        from = to;
    }
    Ok(singular)
}

/// Sums over realisations.
#[derive(Default)]
struct Sums {
    muf: Vec<f64>,
    products: Vec<f64>,
    sitmuf: [f64; 2],
    tested: f64,
    neighbours: f64,
    pairs: f64,
    singular: Option<usize>,
}

impl Sums {
    fn take(&mut self, rows: &[Tested], truth: &[f64]) {
        let size = truth.len();
        self.muf.resize(size, 0.0);
        self.products.resize(size * size, 0.0);
        let off: Vec<f64> = rows.iter().zip(truth).map(|(r, t)| r.muf - t).collect();
        for (sum, d) in self.muf.iter_mut().zip(&off) {
            *sum += d;
        }
        for (sums, a) in self.products.chunks_mut(size).zip(&off) {
            sums.iter_mut().zip(&off).for_each(|(sum, b)| *sum += a * b);
        }
        for z in rows.iter().filter_map(|r| r.sitmuf) {
            self.sitmuf = [self.sitmuf[0] + z, self.sitmuf[1] + z * z];
            self.tested += 1.0;
        }
        for (a, b) in rows.iter().zip(rows.iter().skip(1)) {
            if let (Some(a), Some(b)) = (a.sitmuf, b.sitmuf) {
                self.neighbours += a * b;
                self.pairs += 1.0;
            }
        }
    }

    fn join(mut self, other: &Self) -> Self {
        self.muf.resize(other.muf.len().max(self.muf.len()), 0.0);
        self.products.resize(other.products.len().max(self.products.len()), 0.0);
        self.muf.iter_mut().zip(&other.muf).for_each(|(a, b)| *a += b);
        self.products.iter_mut().zip(&other.products).for_each(|(a, b)| *a += b);
        self.sitmuf = [self.sitmuf[0] + other.sitmuf[0], self.sitmuf[1] + other.sitmuf[1]];
        self.tested += other.tested;
        self.neighbours += other.neighbours;
        self.pairs += other.pairs;
        self.singular = self.singular.or(other.singular);
        self
    }
}

/// Draws realisations and compares them with the formula; nothing of a realisation is kept.
fn draw(balances: &Balances, count: u64, seed: u64) -> (Simulation, Option<usize>) {
    let (truth, v) = balances.measured();
    let mut progress = Progress::new();
    let mut sums = Sums::default();
    let group = BATCH * 4 * rayon::current_num_threads() as u64;
    let mut from = 0;
    while from < count {
        let to = (from + group).min(count);
        let starts: Vec<u64> = (from..to).step_by(BATCH as usize).collect();
        let parts: Vec<Sums> = starts
            .into_par_iter()
            .map_init(Scratch::default, |scratch, start| {
                let mut sums = Sums::default();
                let mut rows = Vec::new();
                for number in start..(start + BATCH).min(to) {
                    rows.clear();
                    let at = balances.simulate(seed, number + 1, scratch, |row| rows.push(row));
                    sums.singular = sums.singular.or(at);
                    sums.take(&rows, &truth);
                }
                sums
            })
            .collect();
        // In order, so that the sums do not depend on the number of threads.
        sums = parts.iter().fold(sums, Sums::join);
        progress.show("realisations", to, count);
        from = to;
    }
    let n = count.max(1) as f64;
    let size = truth.len();
    let mut largest = 0.0_f64;
    for i in 0..size {
        for j in 0..=i {
            let at = |s: &[f64], k: usize| s.get(k).copied().unwrap_or(0.0);
            let simulated = at(&sums.products, i * size + j) / n
                - at(&sums.muf, i) * at(&sums.muf, j) / (n * n);
            let scale = v.sigma_muf(i) * v.sigma_muf(j);
            if scale > 0.0 {
                largest = largest.max((simulated - v.get(i, j)).abs() / scale);
            }
        }
    }
    let mean = sums.sitmuf[0] / sums.tested.max(1.0);
    let square = sums.sitmuf[1] / sums.tested.max(1.0);
    let result = Simulation {
        realisations: count,
        seed,
        largest_covariance_deviation: largest,
        sitmuf_mean: mean,
        sitmuf_sd: (square - mean * mean).max(0.0).sqrt(),
        sitmuf_neighbours: sums.neighbours / sums.pairs.max(1.0),
    };
    (result, sums.singular)
}

fn page(report: &Report<'_>, args: &BalanceArgs) -> String {
    use desk::views_balance as views;
    let width = output::width();
    let c = &report.choices;
    let mut text = views::wrapped(
        &format!(
            "Balances of {} h from {} h; opening inventory {}; random errors {}\n\n",
            c.period_h,
            report.start_h,
            match c.opening {
                balance::series::Opening::Known => "known",
                balance::series::Opening::Measured => "measured",
            },
            match c.random_error {
                balance::series::RandomError::PerQuantity => "one per period total or reading",
                balance::series::RandomError::PerSample => "one per sample",
            },
        ),
        width,
    );
    for r in &report.realisations {
        if report.realisations.len() > 1 {
            text += &format!("Realisation {}\n", r.realisation);
        }
        text += &views::balances(&r.verdict.balances).to_text(width);
        text += "\n";
        text += &views::wrapped(&views::verdict(&r.verdict, "kg"), width);
        if !r.verdict.detection.is_empty() {
            text += &format!(
                "\nProbability to detect a loss of {} kg\n{}",
                views::number(args.goal()),
                views::detection(&r.verdict).to_text(width)
            );
        }
        text += "\n";
    }
    // Where nothing has an error there is nothing to measure better.
    if report.locations.iter().any(|l| l.share > 0.0) {
        text += "What measuring better would buy\n";
        let mut table = desk::Table::new(&[
            "location",
            "kind",
            "share_of_variance",
            "sigma_cumuf_if_halved",
            "detection_if_halved",
        ]);
        for l in &report.locations {
            let kind = match l.location.kind {
                balance::series::Kind::In => "in",
                balance::series::Kind::Inv => "inv",
                balance::series::Kind::Out => "out",
            };
            table.push(vec![
                l.location.name.clone(),
                kind.to_owned(),
                format!("{:.1} %", l.share * 100.0),
                views::number(l.sigma_cumuf_if_halved),
                format!("{:.1} %", l.detection_if_halved * 100.0),
            ]);
        }
        text += &table.to_text(width);
    }
    if let Some(s) = &report.simulation {
        let words = format!(
            "\n{} realisations of the errors, seed {}: covariance within {:.2} % of the formula; SITMUF mean {}, \
             standard deviation {}, neighbours' product {} (0, 1 and 0 where the series itself closes)\n",
            s.realisations,
            s.seed,
            s.largest_covariance_deviation * 100.0,
            views::number(s.sitmuf_mean),
            views::number(s.sitmuf_sd),
            views::number(s.sitmuf_neighbours)
        );
        text += &views::wrapped(&words, width);
    }
    text
}
