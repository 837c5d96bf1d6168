//! A figure is a claim: what is counted, how it is bounded, in what unit, as of when, stated when.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, Decimal};

/// What a figure counts. Figures of different kinds do not contradict each other: 37 kg *produced* and
/// 30.8 kg *extracted* can both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuantityKind {
    /// Made, whether or not it was separated.
    Produced,
    /// Separated from fuel.
    Extracted,
    /// Left in waste.
    InWaste,
    /// Used up, for example in a test.
    Used,
    /// In weapons, according to the source.
    InWeapons,
    /// Held at a date.
    Stock,
    /// Change of a stock over a period.
    Increase,
    /// Loaded in or to be discharged from a core.
    InCore,
    /// Delivered by one party to another.
    Delivered,
    /// Machines or equipment in place.
    Installed,
    /// A level, such as an enrichment.
    Level,
    /// Pages, volumes, records.
    Documents,
    /// None of these; the wording alone tells.
    Other,
}

impl QuantityKind {
    /// The word used on screens and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Produced => "produced",
            Self::Extracted => "extracted",
            Self::InWaste => "in_waste",
            Self::Used => "used",
            Self::InWeapons => "in_weapons",
            Self::Stock => "stock",
            Self::Increase => "increase",
            Self::InCore => "in_core",
            Self::Delivered => "delivered",
            Self::Installed => "installed",
            Self::Level => "level",
            Self::Documents => "documents",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for QuantityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a figure bounds the quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Bound {
    /// The quantity is this.
    #[serde(rename = "=")]
    Equal,
    /// About this, by the source's own word.
    #[serde(rename = "~")]
    About,
    /// Less than this.
    #[serde(rename = "<")]
    Less,
    /// At most this.
    #[serde(rename = "<=")]
    AtMost,
    /// More than this.
    #[serde(rename = ">")]
    More,
    /// At least this.
    #[serde(rename = ">=")]
    AtLeast,
    /// Between `value` and `high`.
    #[serde(rename = "range")]
    Range,
    /// The source says there is a quantity and publishes no figure. This is not zero.
    #[serde(rename = "none published")]
    NonePublished,
}

impl Bound {
    /// The sign to put before a figure; empty where none is needed.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal | Self::Range | Self::NonePublished => "",
            Self::About => "about ",
            Self::Less => "< ",
            Self::AtMost => "≤ ",
            Self::More => "> ",
            Self::AtLeast => "≥ ",
        }
    }
}

/// One figure and all that is needed to compare it with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The day or period the figure describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// How it bounds the quantity.
    pub bound: Bound,
    /// The upper end of a [`Bound::Range`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Decimal>,
    /// What is counted.
    pub kind: QuantityKind,
    /// The material, where the source names one: `Pu`, `LEU`, `heavy water`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// One standard deviation in the same unit, where the source gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<Decimal>,
    /// The unit as the source words it. Absent only when no figure is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The figure; the lower end of a range; absent when none is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    /// What the source says is counted, in its words.
    pub what: String,
}

impl Claim {
    /// The figure with its bound and unit, as on a screen: `< 1000 g`, `30 to 50 kg`, `no figure published`.
    #[must_use]
    pub fn figure(&self) -> String {
        let unit = self.unit.as_deref().map(|u| format!(" {u}")).unwrap_or_default();
        match (self.value, self.high) {
            (Some(low), Some(high)) => format!("{low} to {high}{unit}"),
            (Some(value), None) => {
                let sigma = self.sigma.map(|s| format!(" ± {s}")).unwrap_or_default();
                format!("{}{value}{sigma}{unit}", self.bound.sign())
            }
            (None, _) => "no figure published".to_owned(),
        }
    }

    /// The least and the most the quantity can be by this claim alone, in its unit. `None` on a side that is
    /// open. A figure given as "about" is returned as it is: how far it may stray is for the reader of the
    /// claim to say, not for its record.
    #[must_use]
    pub fn interval(&self) -> (Option<Decimal>, Option<Decimal>) {
        match self.bound {
            Bound::Equal | Bound::About => (self.value, self.value),
            Bound::Less | Bound::AtMost => (None, self.value),
            Bound::More | Bound::AtLeast => (self.value, None),
            Bound::Range => (self.value, self.high),
            Bound::NonePublished => (None, None),
        }
    }
}

impl Check for Claim {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "what", &self.what);
        match self.bound {
            Bound::NonePublished => {
                if self.value.is_some() || self.high.is_some() {
                    faults.add(at, "value", "`none published` cannot come with a figure");
                }
            }
            Bound::Range => match (self.value, self.high) {
                (Some(low), Some(high)) if low <= high => {}
                (Some(low), Some(high)) => {
                    faults.add(
                        at,
                        "high",
                        format!("the range runs backwards, from {low} to {high}"),
                    );
                }
                _ => faults.add(at, "high", "a range needs both `value` and `high`"),
            },
            _ => {
                if self.value.is_none() {
                    faults.add(
                        at,
                        "value",
                        "no figure; where none is published use the bound `none published`",
                    );
                }
                if self.high.is_some() {
                    faults.add(at, "high", "only a range has an upper end");
                }
            }
        }
        if self.value.is_some() && self.unit.as_deref().is_none_or(|u| u.trim().is_empty()) {
            faults.add(at, "unit", "a figure needs its unit");
        }
        if self.sigma.is_some_and(|s| s < Decimal::ZERO) {
            faults.add(at, "sigma", "a standard deviation cannot be negative");
        }
    }
}
