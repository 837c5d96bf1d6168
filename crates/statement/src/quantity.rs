//! Figures that keep their precision, with a unit and an uncertainty.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::check::{Check, Faults};

/// Exact decimal arithmetic, for sums.
pub type Exact = rust_decimal::Decimal;

/// A decimal number that keeps the digits it was written with: `12.500` stays `12.500`.
///
/// At most 28 significant digits. Written as a JSON string, since a JSON number would pass through binary
/// floating point (RFC 8785 section 3.2.2.3) and lose both precision and trailing zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(rust_decimal::Decimal);

/// Why a text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// It is not a plain decimal number.
    #[error(
        "`{0}` is not a plain decimal number: write digits with at most one point, as in 12.500 or -3"
    )]
    NotPlain(String),
    /// It has more digits than can be kept exactly.
    #[error("`{0}` has more than 28 significant digits, which cannot be kept exactly")]
    TooLong(String),
}

impl Decimal {
    /// Zero, with no decimal places.
    pub const ZERO: Self = Self(rust_decimal::Decimal::ZERO);

    /// The number for exact arithmetic.
    #[must_use]
    pub fn exact(self) -> rust_decimal::Decimal {
        self.0
    }

    /// The nearest binary floating point number, for statistics and distances; never written back.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        rust_decimal::prelude::ToPrimitive::to_f64(&self.0).unwrap_or(f64::NAN)
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(exact: rust_decimal::Decimal) -> Self {
        Self(exact)
    }
}

impl From<u32> for Decimal {
    fn from(n: u32) -> Self {
        Self(n.into())
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let short = || text.chars().take(48).collect::<String>();
        if !numeric(whole) || !numeric(fraction) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(DecimalError::NotPlain(short()));
        }
        rust_decimal::Decimal::from_str_exact(text)
            .map(Self)
            .map_err(|_| DecimalError::TooLong(short()))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number as a string, such as \"12.500\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A measured or agreed amount: value, unit, and one standard deviation where it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// One standard deviation, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<Decimal>,
    /// The unit as the source words it: `kg`, `t HFO equivalent`, `rods`.
    pub unit: String,
    /// The value, in that unit.
    pub value: Decimal,
}

impl Check for Quantity {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "unit", &self.unit);
        if self.sigma.is_some_and(|s| s < Decimal::ZERO) {
            faults.add(at, "sigma", "a standard deviation cannot be negative");
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)?;
        if let Some(sigma) = self.sigma {
            write!(f, " ± {sigma}")?;
        }
        write!(f, " {}", self.unit)
    }
}
