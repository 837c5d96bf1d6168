//! From reported lines and the errors of their measurements to a verdict on every run of balances.
//!
//! One measurement is one line (batch) of a report; its errors are those of the stratum whose filters it passes. An
//! inventory that closes one period and opens the next is one measurement. A line on a measurement basis that says
//! "reported before" (T, L; Euratom G, H) repeats the measurement of its batch when the weight is the same: an item
//! that came in and was never measured again cancels, as it does in fact. A shipper/receiver difference (DI) belongs
//! to the receipt of its batch: together they are what the receiver measured. Rebatching (RM, RP) measures nothing: each new
//! batch is a share of the measurements of those that went into it that day.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use balance::{Covariance, ErrorModel, Share, SourceId, StratumId, Value, Verdict, normal};
use case::Case;
use foldhash::fast::RandomState;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use statement::kinds::account::{Code, EntryStatus, Measured, MeasurementErrors, WeightUnit};
use statement::{ObjectId, civil};

use crate::codes::ENRICHED;
use crate::goals::{self, Goal};
use crate::material_balance::{AreaBalance, Beginning};
use crate::report::{Entry, Reports, signed};

/// How balances are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judging {
    /// False-alarm probability of each test over a whole run of balances.
    pub alpha: f64,
    /// The loss to detect in kg, in place of the significant quantity of the material.
    pub goal_kg: Option<f64>,
    /// What the errors of a stratum would be multiplied by, were it measured better.
    pub better: f64,
}

impl Default for Judging {
    fn default() -> Self {
        Self { alpha: 0.05, goal_kg: None, better: 0.5 }
    }
}

/// How sigma-MUF is made, in words.
pub const CONVENTION: &str = "sigma-MUF from measured weights: one random error for each line (batch), one systematic error for \
     each instrument and calibration period; an ending inventory and the beginning after it are one measurement; an item \
     reported again unmeasured (basis T or L) at the same weight keeps its first measurement and cancels; DI counts with its receipt";

/// The verdict on the balances of one area, category and weight.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// The area.
    pub mba: String,
    /// The category.
    pub material: Code,
    /// Whether the element or its fissile isotope is balanced.
    pub measured: Measured,
    /// The unit of all weights below.
    pub unit: WeightUnit,
    /// The balances that were closed by an inventory, oldest first: first day, last day, MUF.
    pub periods: Vec<Closed>,
    /// Why there is no sigma; absent when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_sigma: Option<String>,
    /// How sigma was made.
    pub convention: &'static str,
    /// The rows of errors it rests on.
    pub errors: Vec<ObjectId>,
    /// Instruments with their calibration periods: the systematic errors.
    pub sources: Vec<String>,
    /// The significant quantity the loss to detect is taken from, when it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_source: Option<Goal>,
    /// Tests, alarms and detection; absent without a sigma.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What each stratum adds to the variance of CUMUF.
    pub budget: Vec<Share>,
    /// What measuring one stratum better would buy; empty without a loss to detect.
    pub better: Vec<Value>,
}

/// A closed balance of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Closed {
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
    /// MUF.
    pub muf: f64,
    /// MUF above which a balance by itself is an alarm at the false-alarm rate; absent without a sigma.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

impl Judgement {
    /// Whether a test is above its limit; `None` when nothing can be said.
    #[must_use]
    pub fn alarm(&self) -> Option<bool> {
        let verdict = self.verdict.as_ref()?;
        verdict.limits.as_ref().map(|_| !verdict.alarms.is_empty())
    }

    /// σ of the `i`-th balance's MUF.
    #[must_use]
    pub fn sigma(&self, i: usize) -> Option<f64> {
        self.verdict.as_ref().and_then(|v| v.balances.get(i)).map(|b| b.sigma_muf)
    }
}

/// A row of errors of measurement with its id.
#[derive(Debug, Clone, Copy)]
pub struct ErrorsRow<'a> {
    /// Its id.
    pub id: &'a ObjectId,
    /// What it says.
    pub body: &'a MeasurementErrors,
}

type Row<'a> = ErrorsRow<'a>;

/// The errors of measurement a case holds on a day.
#[must_use]
pub fn errors_of(case: &Case, as_of: civil::Date) -> Vec<ErrorsRow<'_>> {
    let said = case.measurement_errors.iter().filter(|r| r.said_by(as_of));
    said.map(|r| ErrorsRow { id: &r.id, body: &r.body }).collect()
}

/// Judges every area, category and weight of which an inventory closed at least one balance.
#[must_use]
pub fn judge(
    reports: &Reports<'_>,
    areas: &[AreaBalance<'_>],
    errors: &[Row<'_>],
    judging: Judging,
) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for area in areas {
        let materials: BTreeSet<Code> =
            area.periods.iter().flat_map(|p| p.balances.iter().map(|b| b.material)).collect();
        for material in materials {
            for measured in [Measured::Element, Measured::Isotope] {
                let run = Run::of(reports, area, material, measured);
                if !run.closed.is_empty() {
                    judgements.push(run.judge(reports, errors, judging));
                }
            }
        }
    }
    judgements
}

/// A line and the sign with which it enters a balance.
struct Entering {
    entry: usize,
    balance: usize,
    /// The ending inventory is subtracted whatever its code.
    ending: bool,
    /// What is in the inventory, rather than a change.
    stock: bool,
}

/// The closed balances of one category, with the lines that enter them.
struct Run<'a> {
    mba: &'a str,
    material: Code,
    measured: Measured,
    unit: WeightUnit,
    closed: Vec<Closed>,
    entering: Vec<Entering>,
}

impl<'a> Run<'a> {
    fn of(
        reports: &Reports<'_>,
        area: &AreaBalance<'a>,
        material: Code,
        measured: Measured,
    ) -> Self {
        let mut run = Self {
            mba: area.mba,
            material,
            measured,
            unit: crate::report::unit_of(material),
            closed: Vec::new(),
            entering: Vec::new(),
        };
        // Lines of a period without an inventory wait for the next that has one.
        let mut waiting: Vec<Entering> = Vec::new();
        for period in &area.periods {
            let Some(b) = period.balances.iter().find(|b| b.material == material) else { continue };
            let carried = b.beginning_from == Beginning::Stated && b.beginning_entries.is_empty();
            let mut entering = if carried { std::mem::take(&mut waiting) } else { Vec::new() };
            waiting.clear();
            let at = |entry: &usize, ending, stock| Entering {
                entry: *entry,
                balance: 0,
                ending,
                stock,
            };
            entering.extend(b.beginning_entries.iter().map(|e| at(e, false, true)));
            let mut changes: Vec<usize> =
                b.changes.iter().flat_map(|c| c.entries.iter().copied()).collect();
            // Within a day: what comes in, what is rebatched, what goes out.
            changes.sort_by_key(|&i| {
                let entry = &reports.entries[i];
                let turn = match entry.line.code.as_ref().map_or("", Code::as_str) {
                    "RM" => 1,
                    "RP" => 2,
                    _ if signed(entry, reports.report(entry).dialect(), Decimal::ONE)
                        > Decimal::ZERO =>
                    {
                        0
                    }
                    _ => 3,
                };
                (entry.on, turn, i)
            });
            entering.extend(changes.iter().map(|e| at(e, false, false)));
            let muf = b.muf.and_then(|m| match measured {
                Measured::Element => Some(m.element),
                Measured::Isotope => m.isotope,
            });
            let Some(muf) = muf else {
                waiting = entering;
                continue;
            };
            entering.extend(b.ending_entries.iter().map(|e| at(e, true, true)));
            let balance = run.closed.len();
            run.entering.extend(entering.into_iter().map(|e| Entering { balance, ..e }));
            run.closed.push(Closed {
                first: period.first.to_string(),
                last: period.last.to_string(),
                muf: muf.to_f64().unwrap_or(0.0),
                limit: None,
            });
        }
        run
    }

    fn weight(&self, entry: &Entry<'_>) -> Decimal {
        match self.measured {
            Measured::Element => entry.element(),
            Measured::Isotope => entry.isotope().unwrap_or_default(),
        }
    }

    fn judge(self, reports: &Reports<'_>, errors: &[Row<'_>], judging: Judging) -> Judgement {
        let rows: Vec<Row<'_>> = errors
            .iter()
            .copied()
            .filter(|r| {
                *r.body.mba == *self.mba
                    && r.body.material == self.material
                    && r.body.measured == self.measured
            })
            .collect();
        let (goal, goal_source) = self.goal(reports, judging);
        let mut judgement = Judgement {
            mba: self.mba.to_owned(),
            material: self.material,
            measured: self.measured,
            unit: self.unit,
            periods: self.closed.clone(),
            no_sigma: None,
            convention: CONVENTION,
            errors: Vec::new(),
            sources: Vec::new(),
            goal_source,
            verdict: None,
            budget: Vec::new(),
            better: Vec::new(),
        };
        if rows.is_empty() {
            let words = if errors.is_empty() {
                "no errors.csv".to_owned()
            } else {
                format!(
                    "errors.csv has no row for {} of {} in {}",
                    self.measured.as_str(),
                    self.material,
                    self.mba
                )
            };
            judgement.no_sigma = Some(words);
            return judgement;
        }
        match self.model(reports, &rows) {
            Err(why) => judgement.no_sigma = Some(why),
            Ok((model, used)) => {
                let muf: Vec<f64> = self.closed.iter().map(|c| c.muf).collect();
                let v: Covariance = model.covariance();
                let z = normal::upper(judging.alpha);
                for (i, closed) in judgement.periods.iter_mut().enumerate() {
                    closed.limit = Some(z * v.sigma_muf(i));
                }
                judgement.errors =
                    used.iter().filter_map(|i| rows.get(*i)).map(|r| r.id.clone()).collect();
                judgement.sources = model.sources().to_vec();
                judgement.budget = model.shares();
                if let Some(goal) = goal {
                    judgement.better =
                        model.value_of_measuring(judging.better, goal, judging.alpha);
                }
                judgement.verdict = Some(Verdict::of(&muf, v, goal, judging.alpha));
            }
        }
        judgement
    }

    /// The loss to detect in the unit of the balance, and the convention it is taken from. The significant quantity
    /// of enriched uranium is an amount of U-235, so its element has none.
    fn goal(&self, reports: &Reports<'_>, judging: Judging) -> (Option<f64>, Option<Goal>) {
        let in_unit = |kg: f64| if self.unit == WeightUnit::Gram { kg * 1000.0 } else { kg };
        if let Some(kg) = judging.goal_kg {
            return (Some(in_unit(kg)), None);
        }
        let word = match (self.material.as_str(), self.measured) {
            ("P", Measured::Element) => "pu",
            ("N" | "C", Measured::Element) => "natural",
            ("D", Measured::Element) => "depleted",
            ("T" | "TC", Measured::Element) => "th",
            (_, Measured::Isotope) if self.material == ENRICHED => self.enriched(reports),
            _ => return (None, None),
        };
        let goal = goals::significant_quantity(word);
        (goal.as_ref().map(|g| in_unit(g.amount.to_f64())), goal)
    }

    /// Which significant quantity holds: the smallest of what the lines hold.
    fn enriched(&self, reports: &Reports<'_>) -> &'static str {
        let lines = || self.entering.iter().map(|e| &reports.entries[e.entry]);
        if lines().any(|e| e.line.isotope_code.is_some_and(|c| c.as_str() != "G")) {
            return "u233";
        }
        // Five times the isotope at least the element: 20 %. Differences may have any ratio.
        let high = |e: &Entry<'_>| {
            let difference =
                e.line.code.is_some_and(|c| matches!(c.as_str(), "DI" | "NM" | "R+" | "R-"));
            let five = e.isotope().and_then(|i| i.abs().checked_mul(Decimal::from(5)));
            !difference && five.is_some_and(|five| !five.is_zero() && five >= e.element().abs())
        };
        if lines().any(high) { "heu" } else { "leu" }
    }

    /// The error model of the run, and which rows it used.
    fn model(
        &self,
        reports: &Reports<'_>,
        rows: &[Row<'_>],
    ) -> Result<(ErrorModel, BTreeSet<usize>), String> {
        let measurements = self.measurements(reports, rows)?;
        let mut model = ErrorModel::new(self.closed.len());
        let mut strata: BTreeMap<&str, StratumId> = BTreeMap::new();
        let mut sources: BTreeMap<(&str, usize), SourceId> = BTreeMap::new();
        // What is measured alike and enters alike is added up; random errors of lines add in squares.
        let mut sums: BTreeMap<Alike, (f64, f64)> = BTreeMap::new();
        let mut used = BTreeSet::new();
        for m in &measurements {
            used.insert(m.row);
            let enters: Vec<(usize, u64)> = m
                .enters
                .iter()
                .filter(|(_, s)| s.abs() > CANCELS)
                .map(|(b, s)| (*b, s.to_bits()))
                .collect();
            if enters.is_empty() {
                continue;
            }
            let sum = sums.entry((m.row, m.calibration, enters)).or_default();
            sum.0 += m.amount;
            sum.1 += m.amount * m.amount;
        }
        for ((row, calibration, enters), (amount, squares)) in sums {
            let body = rows[row].body;
            let stratum = match strata.get(body.stratum.as_str()) {
                Some(id) => *id,
                None => {
                    let id = model.stratum(body.stratum.clone());
                    strata.insert(&body.stratum, id);
                    id
                }
            };
            let source = match sources.get(&(body.instrument(), calibration)) {
                Some(id) => *id,
                None => {
                    let since = calibration.checked_sub(1).and_then(|i| body.calibrated.get(i));
                    let name = match since {
                        Some(day) => format!("{}, calibrated {day}", body.instrument()),
                        None if body.calibrated.is_empty() => body.instrument().to_owned(),
                        None => format!("{}, before its first calibration", body.instrument()),
                    };
                    let id = model.source(name);
                    sources.insert((body.instrument(), calibration), id);
                    id
                }
            };
            let random = if amount == 0.0 {
                0.0
            } else {
                body.random_rsd.to_f64() * squares.sqrt() / amount.abs()
            };
            let systematic = [(source, body.systematic_rsd.to_f64())];
            let enters: Vec<(usize, f64)> =
                enters.iter().map(|(b, share)| (*b, f64::from_bits(*share))).collect();
            model.quantity(stratum, amount, random, &systematic, &enters);
        }
        Ok((model, used))
    }

    /// Every measurement with the balances it enters.
    fn measurements(
        &self,
        reports: &Reports<'_>,
        rows: &[Row<'_>],
    ) -> Result<Vec<Measurement>, String> {
        let mut made: Vec<Measurement> = Vec::new();
        let mut of_entry: HashMap<usize, Shares, RandomState> = HashMap::default();
        // What each batch was last known to weigh, and the measurements behind that.
        let mut of_batch: HashMap<&str, (Decimal, Shares), RandomState> = HashMap::default();
        let mut receipts: HashMap<&str, usize, RandomState> = HashMap::default();
        let mut fits = Fits { rows, kept: HashMap::default(), missing: BTreeSet::new() };
        let mut melt = Melt::default();
        for e in &self.entering {
            let entry = &reports.entries[e.entry];
            let dialect = reports.report(entry).dialect();
            let weight = self.weight(entry);
            let change = if e.stock { None } else { entry.line.code };
            let effect = match (e.ending, e.stock) {
                (true, _) => -weight,
                (false, true) => weight,
                (false, false) => signed(entry, dialect, weight),
            };
            if effect.is_zero() {
                continue;
            }
            let batch = entry.line.batch.as_deref();
            let known = batch.and_then(|b| of_batch.get(b)).filter(|(w, _)| *w == weight.abs());
            match change.as_ref().map_or("", Code::as_str) {
                "RM" => {
                    melt.add(entry.on, weight, known.map(|(_, shares)| shares));
                    continue;
                }
                "RP" => {
                    if let (Some(batch), Some(shares)) = (batch, melt.pour(entry.on, weight)) {
                        of_batch.insert(batch, (weight.abs(), shares));
                    }
                    continue;
                }
                "DI" => {
                    match batch.and_then(|b| receipts.get(b)) {
                        // The receipt is booked at the shipper's weight; less the difference it is the receiver's.
                        Some(&m) => made[m].amount += effect.to_f64().unwrap_or(0.0),
                        None => fits.miss("DI without a receipt of its batch"),
                    }
                    continue;
                }
                "RB" | "R+" | "R-" | "RA" | "R5" => continue,
                _ => {}
            }
            let sign = if effect > Decimal::ZERO { 1.0 } else { -1.0 };
            let before =
                entry.line.basis.is_some_and(|b| matches!(b.as_str(), "T" | "L" | "G" | "H"));
            let again =
                of_entry.get(&e.entry).or(known.filter(|_| before).map(|(_, shares)| shares));
            let shares = match again {
                Some(shares) => Rc::clone(shares),
                None => {
                    let Some(row) = fits.row(entry, e.stock)? else { continue };
                    made.push(Measurement {
                        amount: weight.abs().to_f64().unwrap_or(0.0),
                        row,
                        calibration: calibration(rows[row].body, entry),
                        enters: Vec::new(),
                    });
                    if let Some(batch) = batch.filter(|_| sign > 0.0 && !e.stock) {
                        receipts.insert(batch, made.len() - 1);
                    }
                    Rc::from([(made.len() - 1, 1.0)])
                }
            };
            for (m, share) in shares.iter() {
                made[*m].enter(e.balance, sign * share);
            }
            if let Some(batch) = batch {
                of_batch.insert(batch, (weight.abs(), Rc::clone(&shares)));
            }
            of_entry.insert(e.entry, shares);
        }
        if fits.missing.is_empty() {
            return Ok(made);
        }
        let more = fits.missing.len().saturating_sub(3);
        let shown: Vec<String> = fits.missing.into_iter().take(3).collect();
        let and = if more > 0 { format!(" and {more} more") } else { String::new() };
        Err(format!("errors.csv has no row that fits {}{and}", shown.join(", ")))
    }
}

/// One measurement.
struct Measurement {
    /// What was measured, in the unit of the balance.
    amount: f64,
    /// Its errors, by row.
    row: usize,
    /// Its calibration period: 0 before the first.
    calibration: usize,
    /// The balances it enters, and how much of it with which sign.
    enters: Vec<(usize, f64)>,
}

/// A share of a measurement below which it has cancelled: sums of shares that are fractions keep rounding.
const CANCELS: f64 = 1e-9;

/// What is measured alike and enters alike: row, calibration period, and the bits of the share in each balance.
type Alike = (usize, usize, Vec<(usize, u64)>);

/// What the filters of a row read of a line: code, key measurement point, material description.
type Filtered = (Option<Code>, Option<Code>, Option<Code>);

/// The measurements behind a weight, each with the share of it.
type Shares = Rc<[(usize, f64)]>;

impl Measurement {
    fn enter(&mut self, balance: usize, share: f64) {
        match self.enters.iter_mut().find(|(b, _)| *b == balance) {
            Some((_, s)) => *s += share,
            None => self.enters.push((balance, share)),
        }
    }
}

/// What is rebatched on one day: everything taken away goes into everything that is made.
#[derive(Default)]
struct Melt {
    on: Option<civil::Date>,
    weight: Decimal,
    /// Absent once something went in of which the measurement is not known.
    shares: Option<BTreeMap<usize, f64>>,
}

impl Melt {
    fn add(&mut self, on: civil::Date, weight: Decimal, shares: Option<&Shares>) {
        if self.on != Some(on) {
            *self = Self { on: Some(on), weight: Decimal::ZERO, shares: Some(BTreeMap::new()) };
        }
        self.weight = self.weight.checked_add(weight.abs()).unwrap_or(self.weight);
        match (&mut self.shares, shares) {
            (Some(sum), Some(shares)) => {
                shares.iter().for_each(|(m, share)| *sum.entry(*m).or_default() += share);
            }
            (all, _) => *all = None,
        }
    }

    fn pour(&self, on: civil::Date, weight: Decimal) -> Option<Shares> {
        let sum = self.shares.as_ref().filter(|_| self.on == Some(on))?;
        let part = weight.abs().checked_div(self.weight)?.to_f64()?;
        Some(sum.iter().map(|(m, share)| (*m, share * part)).collect())
    }
}

/// Which row's filters a line passes, remembered by what the filters read.
struct Fits<'r, 'a> {
    rows: &'r [Row<'a>],
    kept: HashMap<Filtered, Option<usize>, RandomState>,
    missing: BTreeSet<String>,
}

impl Fits<'_, '_> {
    fn miss(&mut self, what: &str) {
        self.missing.insert(what.to_owned());
    }

    /// The row with most filters that fit; two that fit alike are a mistake.
    fn row(&mut self, entry: &Entry<'_>, stock: bool) -> Result<Option<usize>, String> {
        let line = entry.line;
        let code = if stock { None } else { line.code };
        let key = (code, line.kmp, line.description);
        if let Some(row) = self.kept.get(&key) {
            return Ok(*row);
        }
        let fitting = |row: &Row<'_>| fit(row.body, code, line.kmp, line.description);
        let mut best: Option<(usize, usize)> = None;
        for (i, row) in self.rows.iter().enumerate() {
            let Some(filters) = fitting(row) else { continue };
            match best {
                Some((_, most)) if most > filters => {}
                Some((other, most)) if most == filters => {
                    return Err(format!(
                        "rows {} and {} of errors.csv both fit {}: give one of them another filter",
                        self.rows[other].id,
                        row.id,
                        words(code, line.kmp, line.description)
                    ));
                }
                _ => best = Some((i, filters)),
            }
        }
        let row = best.map(|(i, _)| i);
        if row.is_none() {
            self.miss(&words(code, line.kmp, line.description));
        }
        self.kept.insert(key, row);
        Ok(row)
    }
}

/// How many filters of a row a line passes; `None` when it fails one. A longer description counts for more.
fn fit(
    row: &MeasurementErrors,
    code: Option<Code>,
    kmp: Option<Code>,
    description: Option<Code>,
) -> Option<usize> {
    let mut passed = 0;
    if !row.entries.is_empty() {
        let code = code.unwrap_or(LISTED);
        passed += row.entries.contains(&code).then_some(16)?;
    }
    if !row.kmp.is_empty() {
        passed += kmp.is_some_and(|k| row.kmp.contains(&k)).then_some(16)?;
    }
    if let Some(begins) = row.description {
        let begins = begins.as_str();
        description.filter(|d| d.as_str().starts_with(begins))?;
        passed += begins.len();
    }
    Some(passed)
}

/// What stands in `entry` for lines of an inventory.
pub(crate) const LISTED: Code = Code::of("PIL");

fn words(code: Option<Code>, kmp: Option<Code>, description: Option<Code>) -> String {
    let mut words = code.unwrap_or(LISTED).to_string();
    if let Some(kmp) = kmp {
        words += &format!(" at KMP {kmp}");
    }
    if let Some(description) = description {
        words += &format!(" of {description}");
    }
    words
}

/// The calibration period a line was measured in.
fn calibration(row: &MeasurementErrors, entry: &Entry<'_>) -> usize {
    row.calibrated.iter().take_while(|d| d.earliest() <= entry.on).count()
}

/// Rows of errors that no line of the reports fits, with why: a name misspelt shows here.
#[must_use]
pub fn idle<'a>(reports: &Reports<'_>, errors: &[Row<'a>]) -> Vec<(Row<'a>, String)> {
    let areas: BTreeSet<&str> = reports.reports.iter().map(|r| r.mba).collect();
    let mut waits: Vec<bool> = vec![true; errors.len()];
    let mut kinds = BTreeSet::new();
    for entry in &reports.entries {
        let line = entry.line;
        if line.status == EntryStatus::Delete {
            continue;
        }
        let code = line.code.filter(|c| !matches!(c.as_str(), "PB" | "PE"));
        kinds.insert((reports.report(entry).mba, line.material, code, line.kmp, line.description));
    }
    for (mba, material, code, kmp, description) in &kinds {
        for (i, row) in errors.iter().enumerate().filter(|(_, r)| r.body.mba.as_ref() == *mba) {
            if row.body.material == *material && fit(row.body, *code, *kmp, *description).is_some()
            {
                waits[i] = false;
            }
        }
    }
    let mut found = Vec::new();
    for (row, _) in errors.iter().zip(waits).filter(|(_, waits)| *waits) {
        let body = row.body;
        let why = if !areas.contains(&*body.mba) {
            let known: Vec<&str> = areas.iter().copied().collect();
            format!("no report is of an area `{}`; there are: {}", body.mba, known.join(", "))
        } else if !kinds.iter().any(|k| k.0 == &*body.mba && k.1 == body.material) {
            format!("no line of {} is of category {}", body.mba, body.material)
        } else {
            format!("no line of {} of category {} passes its filters", body.mba, body.material)
        };
        found.push((*row, why));
    }
    found
}

/// Rows that name one instrument and give it different days of calibration.
#[must_use]
pub fn at_odds<'a>(errors: &[Row<'a>]) -> Vec<(Row<'a>, Row<'a>)> {
    let mut first: BTreeMap<(&str, &str), Row<'a>> = BTreeMap::new();
    let mut found = Vec::new();
    for row in errors {
        let other = first.entry((&row.body.mba, row.body.instrument())).or_insert(*row);
        if other.body.calibrated != row.body.calibrated {
            found.push((*row, *other));
        }
    }
    found
}
