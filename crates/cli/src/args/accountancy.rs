//! What can be asked of material accountancy.

use std::path::PathBuf;

use balance::series::{Opening, RandomError};
use clap::{Args, ValueEnum};

use super::ViewArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "With a case alone: balances from its accounting reports, every figure with the lines it rests on.\n\
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
    /// The loss to detect, in the unit of the series: one significant quantity of plutonium is 8 kg
    #[arg(long, value_name = "AMOUNT", default_value_t = 8.0, value_parser = positive)]
    pub goal: f64,
    /// False-alarm probability of each test over the whole run
    #[arg(long, value_name = "P", default_value_t = 0.05, value_parser = share)]
    pub alpha: f64,
    #[command(flatten)]
    pub view: ViewArgs,
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
