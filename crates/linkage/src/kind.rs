//! What a column holds, told from its values.

use serde::Serialize;

use crate::period::Period;

/// The kind of a column: which comparisons and blocking keys suit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Names of people, places, things; addresses. Spelling errs.
    Text,
    /// One of few values; equal or not.
    Category,
    /// Short codes that may have a wrong character: postal codes.
    Code,
    /// Long identifiers: numbers of documents, telephones, mail addresses. Rarely shared by chance.
    Identifier,
    /// Dates, day and month possibly swapped.
    Date,
    /// Times of observation: days, partial dates, intervals. Only overlapping ones compare.
    Period,
    /// Quantities.
    Number,
    /// Degrees of latitude; compared together with the longitude beside it.
    Latitude,
    /// Degrees of longitude.
    Longitude,
}

impl Kind {
    /// All, with the word a model uses.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Text, "text"),
        (Self::Category, "category"),
        (Self::Code, "code"),
        (Self::Identifier, "identifier"),
        (Self::Date, "date"),
        (Self::Period, "period"),
        (Self::Number, "number"),
        (Self::Latitude, "latitude"),
        (Self::Longitude, "longitude"),
    ];

    /// The word a model uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(k, _)| *k == self).map_or("text", |(_, w)| w)
    }

    /// The kind of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w)| *w == word).map(|(k, _)| *k)
    }

    /// Tells the kind from a header, a sample of different values, and how many different values there are among
    /// how many.
    pub(crate) fn infer(header: &str, sample: &[&str], distinct: usize, filled: usize) -> Self {
        if sample.is_empty() {
            return Self::Text;
        }
        let share = |test: &dyn Fn(&str) -> bool| {
            sample.iter().filter(|v| test(v)).count() as f64 / sample.len() as f64
        };
        let degrees = |most: f64| share(&|v| v.parse::<f64>().is_ok_and(|x| x.abs() <= most)) > 0.9;
        let word = |words: &[&str]| header.split(' ').any(|w| words.contains(&w));
        if word(&["lat", "latitude"]) && degrees(200.0) {
            return Self::Latitude;
        }
        if word(&["lon", "lng", "long", "longitude"]) && degrees(360.0) {
            return Self::Longitude;
        }
        let periods = share(&|v| Period::read(v).is_some());
        // Years alone are numbers to anybody else.
        let partial =
            share(&|v| v.contains(['-', '/']) && Period::read(v).is_some_and(Period::is_wide));
        if periods > 0.9 && (partial > 0.05 || Period::is_told_by(header)) {
            return Self::Period;
        }
        if share(&|v| Date::read(v).is_some()) > 0.8 {
            return Self::Date;
        }
        let often = distinct * 20 < filled && distinct <= 1000;
        let length =
            sample.iter().map(|v| v.chars().count()).sum::<usize>() as f64 / sample.len() as f64;
        let numeric = share(&|v| v.parse::<f64>().is_ok_and(f64::is_finite)) > 0.95;
        let digits = share(&|v| v.chars().any(|c| c.is_ascii_digit()));
        let parts = share(&|v| v.parse::<f64>().is_ok() && v.contains('.'));
        if numeric && parts > 0.2 {
            return Self::Number;
        }
        if digits > 0.8
            && share(&|v| v.contains(' ') && v.chars().filter(|c| c.is_alphabetic()).count() > 4)
                < 0.5
        {
            return if length >= 7.0 {
                Self::Identifier
            } else if numeric
                && word(&[
                    "age", "count", "amount", "size", "year", "weight", "mass", "height",
                    "capacity",
                ])
            {
                Self::Number
            } else {
                Self::Code
            };
        }
        if share(&|v| v.contains('@') || v.contains("://")) > 0.5 {
            return Self::Identifier;
        }
        // Few values, most of them told again and again.
        if often && distinct <= 150 { Self::Category } else { Self::Text }
    }
}

/// A date in any of the usual ways to write it; day and month may be either way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Date {
    pub year: u16,
    /// The smaller of day and month, and the larger: what both orders of writing share.
    pub low: u8,
    pub high: u8,
    /// Whether the smaller one was written before the larger one, year first: to tell a swap.
    pub low_first: bool,
    /// Whether the year stood first, so that the order says which is the month.
    pub year_first: bool,
}

impl Date {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.split(['t', ' ']).next().unwrap_or(text);
        let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
        let digits = |p: &str| p.bytes().all(|b| b.is_ascii_digit());
        let (year, a, b, year_first) = match parts.as_slice() {
            [one] if one.len() == 8 && digits(one) => {
                let y: u16 = one.get(..4)?.parse().ok()?;
                if (1000..2200).contains(&y) {
                    (y, one.get(4..6)?, one.get(6..)?, true)
                } else {
                    (one.get(4..)?.parse().ok()?, one.get(..2)?, one.get(2..4)?, false)
                }
            }
            [y, a, b] if y.len() == 4 && digits(y) => (y.parse().ok()?, *a, *b, true),
            [a, b, y] if y.len() == 4 && digits(y) => (y.parse().ok()?, *a, *b, false),
            _ => return None,
        };
        if a.len() > 2 || b.len() > 2 || !digits(a) || !digits(b) || !(1000..2200).contains(&year) {
            return None;
        }
        let (a, b): (u8, u8) = (a.parse().ok()?, b.parse().ok()?);
        if a > 31 || b > 31 || a == 0 || b == 0 {
            return None;
        }
        Some(Self { year, low: a.min(b), high: a.max(b), low_first: a < b, year_first })
    }

    /// The same date, however written: same year, same pair, and no sign that day and month are swapped.
    pub(crate) fn same(self, other: Self) -> bool {
        self.set() == other.set()
            && (self.year_first != other.year_first || self.low_first == other.low_first)
    }

    /// Year, smaller, larger.
    pub(crate) fn set(self) -> (u16, u8, u8) {
        (self.year, self.low, self.high)
    }
}
