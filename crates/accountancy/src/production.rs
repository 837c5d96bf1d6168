//! What can have been produced, against what was stated.
//!
//! A calculation counts one thing (plutonium produced, separated, in a core) of one material, and only figures that
//! count the same are compared with it. How many others there are is said, so that nobody takes them for agreement.

use std::collections::BTreeMap;

use serde::Serialize;
use statement::{Date, ObjectId, QuantityKind};

use crate::{Figure, Figures};

/// An amount as an interval; open above when nothing bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The least.
    pub low: f64,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// How a stated figure stands to a calculation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// What the figure allows and the interval overlap.
    Agrees,
    /// All that the figure allows is more than the calculation.
    Above,
    /// All that the figure allows is less than the calculation.
    Below,
    /// The source gives no figure.
    NoFigure,
}

impl Stands {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Above => "more than calculated",
            Self::Below => "less than calculated",
            Self::NoFigure => "no figure",
        }
    }
}

/// A figure beside a calculation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    /// The statement.
    pub id: ObjectId,
    /// The figure as stated.
    pub figure: String,
    /// Who stated it.
    pub stated_by: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated_on: Option<Date>,
    /// What the source says is counted.
    pub what: String,
    /// How it stands to the calculation.
    pub stands: Stands,
    /// The least that the figure allows, in kg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// The figures of a case beside one calculation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Figures that count the same thing.
    pub figures: Vec<Beside>,
    /// Figures of the same material that count something else: kind and how many. They are not compared.
    pub count_something_else: BTreeMap<String, usize>,
}

/// Puts the stated figures beside an interval in kg of `material`.
#[must_use]
pub fn beside(
    figures: &Figures,
    counts: QuantityKind,
    material: &str,
    interval: Interval,
) -> Compared {
    let mut compared = Compared { figures: Vec::new(), count_something_else: BTreeMap::new() };
    for group in figures.groups.iter().filter(|g| g.material == material) {
        if group.kind != counts {
            *compared.count_something_else.entry(group.kind.to_string()).or_default() +=
                group.figures.len();
        } else {
            let in_kg = group.unit == "kg";
            compared.figures.extend(group.figures.iter().filter_map(|f| of(f, in_kg, interval)));
        }
    }
    compared
}

fn of(figure: &Figure, in_kg: bool, interval: Interval) -> Option<Beside> {
    let (low, high) = (figure.low.map(|v| v.to_f64()), figure.high.map(|v| v.to_f64()));
    let none = low.is_none() && high.is_none();
    if !in_kg && !none {
        return None;
    }
    let stands = match (low, high) {
        (None, None) => Stands::NoFigure,
        (Some(low), _) if interval.high.is_some_and(|h| low > h) => Stands::Above,
        (_, Some(high)) if high < interval.low => Stands::Below,
        _ => Stands::Agrees,
    };
    Some(Beside {
        id: figure.id.clone(),
        figure: figure.figure.clone(),
        stated_by: figure.stated_by.clone(),
        stated_on: figure.stated_on.clone(),
        what: figure.what.clone(),
        stands,
        low,
        high,
    })
}

/// The share of a sample that a figure allows: how probable the figure is to whoever believes the sample.
#[must_use]
pub fn share_allowed(sample: &[f64], low: Option<f64>, high: Option<f64>) -> f64 {
    let allowed = |x: &&f64| low.is_none_or(|l| **x >= l) && high.is_none_or(|h| **x <= h);
    sample.iter().filter(allowed).count() as f64 / sample.len().max(1) as f64
}

/// The values below which 2.5, 50 and 97.5 % of a sample lie; `None` when it is empty.
#[must_use]
pub fn middle(sample: &[f64]) -> Option<(f64, f64, f64)> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (sorted.len().checked_sub(1)?) as f64;
        let (low, high) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
        Some(low + (high - low) * place.fract())
    };
    Some((at(0.025)?, at(0.5)?, at(0.975)?))
}
