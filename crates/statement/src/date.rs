//! Dates that may be partial: EDTF (ISO 8601-2:2019, Annex A).

use std::fmt;
use std::str::FromStr;

use edtf_core::{Bound, Edtf};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A date as the source gives it, never more precise than that.
///
/// `2008-06-26`, `2008-06`, `2009`, `2007-12~` (about), `2008-10?` (uncertain), `2006/2008` (interval) and
/// the rest of EDTF levels 0 to 2. The text is kept exactly; [`earliest`](Date::earliest) and
/// [`latest`](Date::latest) are the first and last day it can mean, so that a slip between two dates is an
/// interval of days and not an invented figure.
///
/// ```
/// use statement::Date;
/// let promised: Date = "2007-12-31".parse()?;
/// let actual: Date = "2008-06".parse()?;
/// assert_eq!(actual.days_since(&promised), (153, 182));
/// assert!("2008-02-30".parse::<Date>().is_err());
/// # Ok::<(), statement::DateError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Date {
    text: Box<str>,
    earliest: civil::Date,
    latest: civil::Date,
    qualified: bool,
}

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a date: {reason}; write 2008-06-26, 2008-06, 2009, 2007-12~ (about) or 2006/2008"
)]
pub struct DateError {
    /// The text that was read.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Date {
    /// One certain day.
    #[must_use]
    pub fn day(day: civil::Date) -> Self {
        Self { text: day.to_string().into(), earliest: day, latest: day, qualified: false }
    }

    /// The first day this date can mean; [`civil::Date::MIN`] when its start is open or unknown.
    #[must_use]
    pub fn earliest(&self) -> civil::Date {
        self.earliest
    }

    /// The last day this date can mean; [`civil::Date::MAX`] when its end is open or unknown.
    #[must_use]
    pub fn latest(&self) -> civil::Date {
        self.latest
    }

    /// Whether the source marks it as approximate (`~`) or uncertain (`?`). The bounds do not widen for
    /// that, since EDTF gives no width: a screen that shows the date shows the mark.
    #[must_use]
    pub fn is_qualified(&self) -> bool {
        self.qualified
    }

    /// The day, when the date names exactly one.
    #[must_use]
    pub fn exact(&self) -> Option<civil::Date> {
        (self.earliest == self.latest).then_some(self.earliest)
    }

    /// The date as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its time of day, where the source gives one: `2026-03-29T01:30:00+01:00`, or without the offset.
    #[must_use]
    pub fn time(&self) -> Option<Time> {
        if self.text.len() < 19 || !self.text.contains('T') {
            return None;
        }
        if let Ok(instant) = self.text.parse::<Timestamp>() {
            return Some(Time::Instant(instant));
        }
        self.text.parse::<civil::DateTime>().ok().map(Time::Local)
    }

    /// The first and the last second it can mean. A day begins and ends at midnight of `zone`; so does a local time
    /// lie in it. An open end is the first or last instant there is.
    #[must_use]
    pub fn span(&self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let at = |local: civil::DateTime, open: Timestamp| zone.to_timestamp(local).unwrap_or(open);
        match self.time() {
            Some(Time::Instant(instant)) => (instant, instant),
            Some(Time::Local(local)) => {
                let instant = at(local, Timestamp::MIN);
                (instant, instant)
            }
            None => (first_second(self.earliest, zone), last_second(self.latest, zone)),
        }
    }

    /// Days from `promised` to this date, as (least, most): both dates may be intervals.
    #[must_use]
    pub fn days_since(&self, promised: &Date) -> (i64, i64) {
        (days(promised.latest, self.earliest), days(promised.earliest, self.latest))
    }

    /// Whether every day this date can mean lies after every day `other` can mean.
    #[must_use]
    pub fn certainly_after(&self, other: &Date) -> bool {
        self.earliest > other.latest
    }
}

/// A time of day as a source gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// With its offset from UTC.
    Instant(Timestamp),
    /// As the clock on the wall showed it; in which zone, the source does not say.
    Local(civil::DateTime),
}

/// The first second of a day in a zone.
#[must_use]
pub fn first_second(day: civil::Date, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(day.to_datetime(civil::Time::midnight())).unwrap_or(Timestamp::MIN)
}

/// The last second of a day in a zone: where clocks jump at midnight too.
#[must_use]
pub fn last_second(day: civil::Date, zone: &TimeZone) -> Timestamp {
    let midnight = day.tomorrow().map(|next| next.to_datetime(civil::Time::midnight()));
    let next = midnight.and_then(|midnight| zone.to_timestamp(midnight));
    next.and_then(|next| next.checked_sub(1.second())).unwrap_or(Timestamp::MAX)
}

/// Days from `from` to `to`; negative when `to` comes first.
#[must_use]
pub fn days(from: civil::Date, to: civil::Date) -> i64 {
    i64::from((to - from).get_days())
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let fail = |reason: String| DateError { text: shorten(text), reason };
        if let Some((earliest, latest)) = plain(text) {
            return Ok(Self { text: text.into(), earliest, latest, qualified: false });
        }
        let edtf = Edtf::parse(text).map_err(|e| fail(explain(text, &e.to_string())))?;
        let bounds = edtf.bounds();
        let earliest = civil(&bounds.earliest, civil::Date::MIN).map_err(fail)?;
        let latest = civil(&bounds.latest, civil::Date::MAX).map_err(fail)?;
        if earliest > latest {
            return Err(fail("it ends before it begins".to_owned()));
        }
        let qualified = text.contains(['~', '?', '%']);
        Ok(Self { text: text.into(), earliest, latest, qualified })
    }
}

/// The bounds of `YYYY-MM-DD`, `YYYY-MM` and `YYYY`, which are nearly all dates of a large case: the full
/// grammar takes ten times as long.
fn plain(text: &str) -> Option<(civil::Date, civil::Date)> {
    fn number(digits: &[u8]) -> Option<i16> {
        digits
            .iter()
            .try_fold(0_i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
    }
    let small = |digits: &[u8]| number(digits).and_then(|n| i8::try_from(n).ok());
    match text.as_bytes() {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => {
            let day =
                civil::Date::new(number(year)?, small(&[*m1, *m2])?, small(&[*d1, *d2])?).ok()?;
            Some((day, day))
        }
        [year @ .., b'-', m1, m2] if year.len() == 4 => {
            let first = civil::Date::new(number(year)?, small(&[*m1, *m2])?, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        year if year.len() == 4 => {
            let first = civil::Date::new(number(year)?, 1, 1).ok()?;
            Some((first, first.last_of_year()))
        }
        _ => None,
    }
}

fn civil(bound: &Bound, open: civil::Date) -> Result<civil::Date, String> {
    match bound {
        Bound::Date(day) => {
            let text = day.to_string();
            text.parse().map_err(|_| format!("the day {text} lies outside the years -9999 to 9999"))
        }
        _ => Ok(open),
    }
}

/// Words for the mistakes people make; else the reader's own.
fn explain(text: &str, reason: &str) -> String {
    if text.contains(['/', '.'])
        && text.split(['/', '.']).all(|p| p.parse::<u32>().is_ok())
        && text.len() >= 6
    {
        return "the year comes first, then month and day, joined by hyphens".to_owned();
    }
    if text.chars().any(char::is_alphabetic) && !text.contains(['X', 'T', 'Z', 'Y', 'E']) {
        return "months are numbers".to_owned();
    }
    reason.trim_end_matches('.').to_owned()
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        text.chars().take(60).chain(['…']).collect()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({})", self.text)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Date;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an EDTF date such as \"2008-06-26\" or \"2008-06\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
