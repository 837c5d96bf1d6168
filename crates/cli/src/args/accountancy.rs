//! What can be asked of material accountancy.

use std::path::PathBuf;

use balance::series::{Opening, RandomError};
use clap::{Args, ValueEnum};
use statement::civil;

use super::ViewArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "With a case alone: balances from its accounting reports, every figure with the lines it rests on, and where the \
    case holds errors of measurement (errors.csv, docs/reports.md) sigma-MUF and the tests.\n\
    With --series: balances of a process from time series. The series has the columns [realisation,] time_h and one for each location; the error table has \
    location, kind (in, inv, out), random_rsd, systematic_rsd, and where needed calibration_h and form (rate, item).\n\
    Example: lockstep balance --series flows.csv --errors errors.csv --period 100h --format csv"
)]
pub(crate) struct BalanceArgs {
    #[command(flatten)]
    pub case: super::CaseArgs,
    /// Only this material balance area
    #[arg(long, value_name = "MBA", conflicts_with = "series")]
    pub area: Option<String>,
    /// The running ledger: each change with the balance after it, and what passed each key measurement point
    #[arg(long, conflicts_with = "series")]
    pub ledger_lines: bool,
    /// Flows and inventories over time (CSV)
    #[arg(long, value_name = "S.csv", requires = "errors", requires = "period")]
    pub series: Option<PathBuf>,
    /// The errors of each location (CSV)
    #[arg(long, value_name = "E.csv", requires = "series")]
    pub errors: Option<PathBuf>,
    /// Length of a balance period: 100h, 30d, 90min
    #[arg(long, value_name = "TIME", value_parser = hours, requires = "series")]
    pub period: Option<f64>,
    /// Whether the opening inventory of the first balance carries errors
    #[arg(long, value_enum, default_value = "measured")]
    pub opening: OpeningArg,
    /// What a random error belongs to: a period total or inventory reading, or each sample
    #[arg(long, value_enum, default_value = "per-quantity")]
    pub random_error: RandomErrorArg,
    /// Take the series as true and draw the errors this many times
    #[arg(long, value_name = "N")]
    pub simulate: Option<u64>,
    /// Seed of the drawn errors; the same seed gives the same bytes
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub seed: u64,
    /// The loss to detect, in kg (the unit of the series) [default: 8 for a series; for reports the significant
    /// quantity of their material]
    #[arg(long, value_name = "AMOUNT", value_parser = positive)]
    pub goal: Option<f64>,
    /// False-alarm probability of each test over the whole run
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub alpha: f64,
    #[command(flatten)]
    pub view: ViewArgs,
}

impl BalanceArgs {
    /// The loss to detect in a series: one significant quantity of plutonium when none is given.
    pub(crate) fn goal(&self) -> f64 {
        self.goal.unwrap_or(8.0)
    }
}

/// A form of accounting reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectArg {
    /// Labelled text of IAEA Code 10
    Code10,
    /// Euratom and UK records as XML
    Euratom,
    /// One table of all lines
    Csv,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OpeningArg {
    /// Without error
    Known,
    /// With the errors of any other inventory
    Measured,
}

impl From<OpeningArg> for Opening {
    fn from(arg: OpeningArg) -> Self {
        match arg {
            OpeningArg::Known => Self::Known,
            OpeningArg::Measured => Self::Measured,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RandomErrorArg {
    /// One for each period total or inventory reading
    PerQuantity,
    /// One for each sample
    PerSample,
}

impl From<RandomErrorArg> for RandomError {
    fn from(arg: RandomErrorArg) -> Self {
        match arg {
            RandomErrorArg::PerQuantity => Self::PerQuantity,
            RandomErrorArg::PerSample => Self::PerSample,
        }
    }
}

/// A time with its unit, in hours.
fn hours(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (unit, number) = (text.get(number.len()..).unwrap_or_default(), number.trim());
    let factor = match unit {
        "h" | "" => 1.0,
        "d" => 24.0,
        "min" => 1.0 / 60.0,
        _ => return Err(format!("`{unit}` is no unit of time here: write 100h, 30d or 90min")),
    };
    let value: f64 =
        number.parse().map_err(|_| format!("`{text}` is not a time: write 100h, 30d or 90min"))?;
    positive(&value.to_string()).map(|v| v * factor)
}

/// A finite number above 0.
fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err(format!("`{text}` is not a number above 0")),
    }
}

/// A probability.
fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err(format!("`{text}` is not a probability between 0 and 1, such as 0.05")),
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lockstep sample --items 200 --mean 1.5 --goal pu --gamma 1 --gamma 0.1\n  \
    lockstep sample --items 200 --mean 1.5 --goal 8 --method weighing=0.125 --method gamma=0.025 --method chemistry=0.002\n  \
    lockstep sample --weights cans.csv --goal 8 --draw --seed 7"
)]
pub(crate) struct SampleArgs {
    /// Items in the stratum
    #[arg(long, value_name = "N", required_unless_present = "weights")]
    pub items: Option<u64>,
    /// Mean weight of an item, in the unit of the goal
    #[arg(long, value_name = "AMOUNT", value_parser = positive)]
    pub mean: Option<f64>,
    /// What must not stay hidden: an amount, or pu, u233, heu, leu, natural, depleted, th for one significant quantity
    #[arg(long, value_name = "AMOUNT|MATERIAL", default_value = "pu")]
    pub goal: String,
    /// Allowed probability to miss it
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub beta: f64,
    /// Share of its weight that a falsified item lacks; repeat it for several plans [default: 1]
    #[arg(long = "gamma", value_name = "SHARE", value_parser = up_to_one)]
    pub gammas: Vec<f64>,
    /// The number of defects, in place of --mean, --goal and --gamma
    #[arg(long, value_name = "D", conflicts_with_all = ["mean", "gammas", "weights", "methods"])]
    pub defects: Option<u64>,
    /// Probability to recognise a defect that is in the sample
    #[arg(long, value_name = "P", default_value_t = 1.0, value_parser = up_to_one)]
    pub power: f64,
    /// A method and its relative standard deviation, from the crudest to the best: a plan of nested levels
    #[arg(long = "method", value_name = "NAME=RSD", value_parser = method, conflicts_with_all = ["gammas", "weights"])]
    pub methods: Vec<(String, f64)>,
    /// Items of different weights: CSV with the columns item, weight
    #[arg(long, value_name = "FILE", conflicts_with_all = ["items", "mean", "defects"])]
    pub weights: Option<PathBuf>,
    /// Draw the items, too
    #[arg(long)]
    pub draw: bool,
    /// Seed of the draw
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub view: ViewArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The pairs have the columns stratum, item, operator, inspector; the strata stratum, items, sign \
    (1 opening or receipt, -1 closing or shipment), operator_random, operator_systematic, inspector_random, \
    inspector_systematic (relative standard deviations)."
)]
pub(crate) struct DifferencesArgs {
    /// What operator and inspector measured (CSV)
    #[arg(long, value_name = "PAIRS.csv")]
    pub pairs: PathBuf,
    /// The strata with their errors (CSV)
    #[arg(long, value_name = "STRATA.csv")]
    pub strata: PathBuf,
    /// MUF as the operator's books give it, for MUF - D
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, requires = "sigma_muf")]
    pub muf: Option<f64>,
    /// Its standard deviation
    #[arg(long, value_name = "AMOUNT", value_parser = positive)]
    pub sigma_muf: Option<f64>,
    /// A loss, in the unit of the weights: what the tests of MUF and D guarantee together against it
    #[arg(long, value_name = "AMOUNT", value_parser = positive, requires = "muf")]
    pub goal: Option<f64>,
    /// False-alarm probability of the two tests together
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub alpha: f64,
    #[command(flatten)]
    pub view: ViewArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Writes FOLDER/FACILITY/: series.csv (as reported), true-series.csv, errors.csv, truth.json; with --roc \
    also roc.csv and run-lengths.csv. Feed series.csv and errors.csv to lockstep balance.\n\
    With --reports FOLDER is a case: the accounting reports of a State whose areas ship to each other, errors.csv and \
    truth.json. A false statement then names PIL, RD, RF, SD or SF.\n\
    Example: lockstep simulate state --reports --facilities 3 --balances 12 --facility 2 --divert 4@7 --seed 7"
)]
pub(crate) struct SimulateArgs {
    /// Where to write; must not hold anything yet
    pub folder: PathBuf,
    /// Facilities of the State; with --reports its material balance areas, each of which ships to the next
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub facilities: usize,
    /// A case of accounting reports (ICR, PIL, MBR), rather than time series
    #[arg(long)]
    pub reports: bool,
    /// Element category of the reports: P, or E at 4.5 % U-235
    #[arg(long, value_name = "CODE", default_value = "P", value_parser = ["P", "E"], requires = "reports")]
    pub material: String,
    /// Batches that each area receives, ships and lists in a period
    #[arg(long, value_name = "N", default_value_t = 6, requires = "reports")]
    pub batches: usize,
    /// The first day of the reports
    #[arg(long, value_name = "DATE", default_value = "2024-01-01", requires = "reports")]
    pub first: civil::Date,
    /// Form of the reports
    #[arg(long, value_enum, default_value = "csv", requires = "reports")]
    pub dialect: DialectArg,
    /// Flows in, inventories and flows out of each
    #[arg(long, value_name = "IN,INV,OUT", default_value = "2,3,2", value_parser = three)]
    pub locations: [usize; 3],
    /// Samples of each location
    #[arg(long, value_name = "N", default_value_t = 1201)]
    pub samples: usize,
    /// Balances
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub balances: usize,
    /// Length of a balance
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = hours)]
    pub period: f64,
    /// What enters in one period, in kg
    #[arg(long, value_name = "KG", default_value_t = 60.0, value_parser = positive)]
    pub throughput: f64,
    /// What is held at the start, in kg
    #[arg(long, value_name = "KG", default_value_t = 40.0, value_parser = positive)]
    pub holdup: f64,
    /// Relative standard deviation of the random error of one sample (of one quantity in the experiment)
    #[arg(long, value_name = "SHARE", default_value_t = 0.005, value_parser = positive)]
    pub random: f64,
    /// Relative standard deviation of the systematic errors
    #[arg(long, value_name = "SHARE", default_value_t = 0.002, value_parser = positive)]
    pub systematic: f64,
    /// Time between calibrations
    #[arg(long, value_name = "TIME", value_parser = hours)]
    pub calibration: Option<f64>,
    /// A diversion: 8@5 takes 8 kg in balance 5, 8 alone takes it evenly over all; repeat it for more
    #[arg(long = "divert", value_name = "KG[@BALANCE]", value_parser = diversion)]
    pub diversions: Vec<(f64, Option<usize>)>,
    /// A false statement: stock-1@5=1.02 (PIL@5=1.02) states 2 % more of it in balance 5; repeat it for more
    #[arg(long = "falsify", value_name = "LOCATION@BALANCE=FACTOR", value_parser = falsification)]
    pub false_statements: Vec<(String, usize, f64)>,
    /// The facility (from 1) that diverts and states falsely; the others are honest
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub facility: usize,
    /// Measure detection with this many realisations with the loss and as many without
    #[arg(long, value_name = "N")]
    pub roc: Option<u64>,
    /// False-alarm rate of the run-length table
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub alpha: f64,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub seed: u64,
}

/// A number above 0, at most 1.
fn up_to_one(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err(format!("`{text}` is not a share above 0 and at most 1")),
    }
}

fn method(text: &str) -> Result<(String, f64), String> {
    let (name, rsd) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is not NAME=RSD, such as gamma=0.025"))?;
    Ok((name.to_owned(), up_to_one(rsd)?))
}

fn three(text: &str) -> Result<[usize; 3], String> {
    let numbers: Vec<usize> = text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    match *numbers.as_slice() {
        [a, b, c] if a > 0 && b > 0 && c > 0 => Ok([a, b, c]),
        _ => Err(format!("`{text}` is not three numbers above 0, such as 2,3,2")),
    }
}

fn diversion(text: &str) -> Result<(f64, Option<usize>), String> {
    let fail = || format!("`{text}` is not KG or KG@BALANCE, such as 8 or 8@5");
    let (kg, at) = match text.split_once('@') {
        Some((kg, at)) => (kg, Some(at.parse().ok().filter(|n| *n > 0).ok_or_else(fail)?)),
        None => (text, None),
    };
    Ok((positive(kg).map_err(|_| fail())?, at))
}

fn falsification(text: &str) -> Result<(String, usize, f64), String> {
    let fail = || format!("`{text}` is not LOCATION@BALANCE=FACTOR, such as stock-1@5=1.02");
    let (location, rest) = text.split_once('@').ok_or_else(fail)?;
    let (balance, factor) = rest.split_once('=').ok_or_else(fail)?;
    let balance = balance.parse().ok().filter(|n| *n > 0).ok_or_else(fail)?;
    Ok((location.to_owned(), balance, positive(factor).map_err(|_| fail())?))
}
