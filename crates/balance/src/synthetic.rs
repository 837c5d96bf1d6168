//! Facilities with known truth: flows, inventories, errors, chosen diversions and chosen false statements.
//!
//! The book of such a facility closes exactly but for what was taken: the MUF of the true series is the diversion of
//! each balance. What it reports is the truth with measurement errors and the false statements put on.

use rand_distr::{Distribution, StandardNormal, Uniform};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use crate::series::{
    Balances, Choices, Form, Gathering, Kind, Location, Scratch, SeriesFault, generator,
};
use crate::{Limits, Tested};

/// A facility to be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facility {
    /// Flows in, inventories, flows out: at least one of each.
    pub inputs: usize,
    /// See `inputs`.
    pub inventories: usize,
    /// See `inputs`.
    pub outputs: usize,
    /// Samples over the whole time, at equal steps; at least as many as balances and one more.
    pub samples: usize,
    /// Balances.
    pub balances: usize,
    /// Length of a balance, in hours.
    pub period_h: f64,
    /// What enters in one period, in kg.
    pub throughput: f64,
    /// What is held at the start, in kg.
    pub holdup: f64,
    /// Errors of every location.
    pub random_rsd: f64,
    /// See `random_rsd`.
    pub systematic_rsd: f64,
    /// Hours between calibrations.
    pub calibration_h: Option<f64>,
    /// What is taken from the inventory, evenly over each balance, in kg.
    pub diverted: Vec<f64>,
    /// What is stated wrongly.
    pub false_statements: Vec<FalseStatement>,
}

/// A location whose values are stated wrongly in one balance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalseStatement {
    /// The location.
    pub location: String,
    /// The balance, from 1.
    pub balance: usize,
    /// What its values are multiplied by: 1.02 states 2 % more than there is.
    pub factor: f64,
}

impl Facility {
    /// Its locations.
    #[must_use]
    pub fn locations(&self) -> Vec<Location> {
        let of = |kind, name: &str, count: usize| {
            let name = name.to_owned();
            (1..=count.max(1)).map(move |n| (kind, format!("{name}-{n}")))
        };
        of(Kind::In, "input", self.inputs)
            .chain(of(Kind::Inv, "stock", self.inventories))
            .chain(of(Kind::Out, "output", self.outputs))
            .map(|(kind, name)| Location {
                name,
                kind,
                form: Form::Rate,
                random_rsd: self.random_rsd,
                systematic_rsd: self.systematic_rsd,
                calibration_h: self.calibration_h,
            })
            .collect()
    }

    /// The true series: times and one value for each location. Flows swing, each in a phase of its own drawn from the
    /// seed; the inventory is what came in less what went out and was taken, so that nothing but the diversion is
    /// missing.
    pub fn truth(&self, seed: u64, diverted: bool, mut each: impl FnMut(f64, &[f64])) {
        let mut rng = generator(seed, 0);
        let mut phase =
            || Uniform::new(0.0, std::f64::consts::TAU).map_or(0.0, |u| u.sample(&mut rng));
        let counts = [self.inputs.max(1), self.inventories.max(1), self.outputs.max(1)];
        let phases: Vec<f64> = (0..counts[0] + counts[2]).map(|_| phase()).collect();
        let steps = self.samples.max(self.balances + 1).max(2) - 1;
        let total = self.period_h * self.balances as f64;
        let step = total / steps as f64;
        let rate = self.throughput / self.period_h;
        let flow = |t: f64, n: usize, of: usize| {
            let swing = 0.2
                * (std::f64::consts::TAU * t / (1.7 * self.period_h)
                    + phases.get(n).copied().unwrap_or(0.0))
                .sin();
            rate / of as f64 * (1.0 + swing)
        };
        let mut held = self.holdup;
        let mut before: Option<f64> = None;
        let mut row = Vec::new();
        for k in 0..=steps {
            let t = total * k as f64 / steps as f64;
            row.clear();
            row.extend((0..counts[0]).map(|n| flow(t, n, counts[0])));
            let entering: f64 = row.iter().sum();
            let outs: Vec<f64> =
                (0..counts[2]).map(|n| flow(t, counts[0] + n, counts[2])).collect();
            let net = entering - outs.iter().sum::<f64>();
            if let Some(last) = before {
                held += step * (last + net) / 2.0;
                if diverted {
                    held -= self.taken(t - step, t);
                }
            }
            before = Some(net);
            // Stocks share the holdup evenly.
            row.extend((0..counts[1]).map(|_| held / counts[1] as f64));
            row.extend(outs);
            each(t, &row);
        }
    }

    /// What is diverted between two times.
    fn taken(&self, from: f64, to: f64) -> f64 {
        let upto = |t: f64| -> f64 {
            self.diverted
                .iter()
                .enumerate()
                .map(|(i, kg)| kg * (t / self.period_h - i as f64).clamp(0.0, 1.0))
                .sum()
        };
        upto(to) - upto(from)
    }

    /// What the facility reports: the truth with one realisation of the errors, one random error for each sample, and
    /// the false statements.
    pub fn reported(&self, seed: u64, mut each: impl FnMut(f64, &[f64])) {
        let locations = self.locations();
        let mut rng = generator(seed, 1);
        let calibrations = self
            .calibration_h
            .map_or(1, |h| (self.period_h * self.balances as f64 / h).ceil().max(1.0) as usize + 1);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let systematic: Vec<f64> =
            (0..locations.len() * calibrations).map(|_| self.systematic_rsd * normal()).collect();
        let mut stated = Vec::new();
        self.truth(seed, true, |t, row| {
            stated.clear();
            let calibration = self.calibration_h.map_or(0, |h| (t / h + 1e-9).floor() as usize);
            // A boundary belongs to the balance that it closes.
            let balance = (t / self.period_h - 1e-9).ceil().max(1.0) as usize;
            for (n, (location, value)) in locations.iter().zip(row).enumerate() {
                let s = systematic.get(n * calibrations + calibration).copied().unwrap_or(0.0);
                let wrong = self
                    .false_statements
                    .iter()
                    .filter(|f| f.location == location.name && f.balance == balance)
                    .map(|f| f.factor);
                stated
                    .push(value * (1.0 + s + self.random_rsd * normal()) * wrong.product::<f64>());
            }
            each(t, &stated);
        });
    }

    /// The true balances, with or without the diversion.
    ///
    /// # Errors
    ///
    /// [`SeriesFault`] when the facility has no complete balance.
    pub fn balances(
        &self,
        seed: u64,
        choices: Choices,
        diverted: bool,
    ) -> Result<Balances, SeriesFault> {
        let locations = self.locations();
        let mut gathering = Gathering::new(&locations, choices, true);
        let mut row = Vec::new();
        self.truth(seed, diverted, |t, values| {
            row.clear();
            row.extend(values.iter().map(|v| Some(*v)));
            gathering.sample(t, &row);
        });
        gathering.finish()
    }
}

/// How often each test alarms, at one false-alarm rate of design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RocPoint {
    /// The test.
    pub test: &'static str,
    /// The false-alarm rate the limit was made for.
    pub alpha: f64,
    /// The limit.
    pub limit: f64,
    /// Share of realisations without loss that alarmed.
    pub false_alarms: f64,
    /// Share of realisations with the loss that alarmed.
    pub detected: f64,
}

/// When a test first alarmed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunLength {
    /// The test.
    pub test: &'static str,
    /// The balance, from 1; 0 for realisations without an alarm.
    pub balance: usize,
    /// Share of realisations without loss whose first alarm it was.
    pub without_loss: f64,
    /// Share of realisations with the loss.
    pub with_loss: f64,
}

/// What realisations with and without the loss showed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Experiment {
    /// Realisations of each.
    pub realisations: u64,
    /// The seed.
    pub seed: u64,
    /// Detection against false alarms.
    pub roc: Vec<RocPoint>,
    /// First alarms at the false-alarm rate asked for.
    pub run_lengths: Vec<RunLength>,
}

const TESTS: [&str; 4] = ["cumuf", "sitmuf", "page", "gemuf"];
const RATES: [f64; 8] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];

/// Counts of first alarms by test, rate and balance.
type Counts = Vec<u64>;

/// Errors of one realisation: normal and uniform numbers, independent of every other realisation's.
#[derive(Debug, Clone)]
pub struct Draws(Xoshiro256PlusPlus);

impl Draws {
    /// The draws of realisation `number` under `seed`.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        Self(generator(seed, number))
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// A number from −1 to 1, each as likely.
    pub fn swing(&mut self) -> f64 {
        Uniform::new(-1.0, 1.0).map_or(0.0, |u| u.sample(&mut self.0))
    }
}

/// Draws `realisations` with and without the diversion of a facility and counts alarms: `progress` hears how many are done.
///
/// # Errors
///
/// [`SeriesFault`] when the facility has no complete balance.
pub fn experiment(
    facility: &Facility,
    choices: Choices,
    realisations: u64,
    seed: u64,
    alpha: f64,
    progress: impl FnMut(u64),
) -> Result<Experiment, SeriesFault> {
    let with = facility.balances(seed, choices, true)?;
    let without = facility.balances(seed, choices, false)?;
    let trial = Trial { balances: with.count(), realisations, seed, alpha };
    let draw = |scratch: &mut Scratch, lost: bool, number: u64, rows: &mut Vec<Tested>| {
        let balances = if lost { &with } else { &without };
        balances.simulate(seed, number, scratch, |row| rows.push(row));
    };
    Ok(trial.run(draw, progress))
}

/// How often the tests alarm with and without a loss, whatever the realisations are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// Balances of a run.
    pub balances: usize,
    /// Realisations with the loss, and as many without.
    pub realisations: u64,
    /// The seed, for the record.
    pub seed: u64,
    /// False-alarm rate of the run-length table.
    pub alpha: f64,
}

impl Trial {
    /// Draws and counts. `draw` is given memory of its own to use again, whether there is a loss, the number of the
    /// realisation, and where its tested balances go.
    pub fn run<S: Default>(
        self,
        draw: impl Fn(&mut S, bool, u64, &mut Vec<Tested>) + Sync,
        mut progress: impl FnMut(u64),
    ) -> Experiment {
        let Self { balances: count, realisations, seed, alpha } = self;
        let rates: Vec<f64> = RATES.into_iter().chain([alpha]).collect();
        let limits: Vec<Limits> = rates.iter().map(|a| Limits::new(count, *a)).collect();
        let cells = TESTS.len() * limits.len() * (count + 1);
        let one = |lost: bool, from: u64, to: u64| -> Counts {
            let mut counts = vec![0; cells];
            let mut scratch = S::default();
            let mut rows: Vec<Tested> = Vec::with_capacity(count);
            // With and without loss have errors of their own.
            let offset = if lost { 1 << 40 } else { 1 };
            for number in from..to {
                rows.clear();
                draw(&mut scratch, lost, offset + number, &mut rows);
                for (l, limit) in limits.iter().enumerate() {
                    for (t, test) in TESTS.iter().enumerate() {
                        let first = rows
                            .iter()
                            .find(|r| alarms(test, r, limit, count))
                            .map_or(0, |r| r.balance);
                        let at = (t * limits.len() + l) * (count + 1) + first;
                        if let Some(cell) = counts.get_mut(at) {
                            *cell += 1;
                        }
                    }
                }
            }
            counts
        };
        let mut sums = [vec![0_u64; cells], vec![0_u64; cells]];
        let batch = 64;
        let mut done = 0;
        while done < realisations {
            let to = (done + batch * 16).min(realisations);
            let starts: Vec<u64> = (done..to).step_by(batch as usize).collect();
            let parts: Vec<[Counts; 2]> = starts
                .into_par_iter()
                .map(|from| {
                    let until = (from + batch).min(to);
                    [one(false, from, until), one(true, from, until)]
                })
                .collect();
            for part in &parts {
                for (sum, counts) in sums.iter_mut().zip(part) {
                    sum.iter_mut().zip(counts).for_each(|(a, b)| *a += b);
                }
            }
            done = to;
            progress(done);
        }
        table(&sums, &limits, count, realisations, seed)
    }
}

fn table(
    sums: &[Counts; 2],
    limits: &[Limits],
    count: usize,
    realisations: u64,
    seed: u64,
) -> Experiment {
    let n = realisations.max(1) as f64;
    let [without, with] = sums;
    let share = |counts: &Counts, at: usize| counts.get(at).copied().unwrap_or(0) as f64 / n;
    let (mut roc, mut run_lengths) = (Vec::new(), Vec::new());
    for (t, test) in TESTS.iter().enumerate() {
        for (l, limit) in limits.iter().enumerate() {
            let at = (t * limits.len() + l) * (count + 1);
            let value = match *test {
                "cumuf" => limit.cumuf,
                "sitmuf" => limit.sitmuf,
                "page" => limit.page,
                _ => limit.gemuf,
            };
            if l < RATES.len() {
                roc.push(RocPoint {
                    test,
                    alpha: limit.alpha,
                    limit: value,
                    false_alarms: 1.0 - share(without, at),
                    detected: 1.0 - share(with, at),
                });
            } else {
                run_lengths.extend((0..=count).map(|b| RunLength {
                    test,
                    balance: b,
                    without_loss: share(without, at + b),
                    with_loss: share(with, at + b),
                }));
            }
        }
    }
    Experiment { realisations, seed, roc, run_lengths }
}

/// Whether a test alarms at a balance; CUMUF and GEMUF are judged at the last one.
fn alarms(test: &str, row: &Tested, limit: &Limits, count: usize) -> bool {
    let over = |value: Option<f64>, limit: f64| value.is_some_and(|v| v > limit);
    match test {
        "cumuf" => row.balance == count && row.cumuf / row.sigma_cumuf > limit.cumuf,
        "gemuf" => row.balance == count && over(row.gemuf, limit.gemuf),
        "sitmuf" => over(row.sitmuf, limit.sitmuf),
        _ => over(row.page, limit.page),
    }
}
