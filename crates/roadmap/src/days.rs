//! Counting days and months.

use statement::{Date, civil};

use crate::model::{Length, Round};

/// The day so long after another. `inclusive` counts that day as the first. `None` beyond the year 9999.
///
/// Counting months needs to know what to do where the month has no such day: 31 January and a month is 28 or 29
/// February rounded down, 1 March rounded up.
#[must_use]
pub fn add(day: civil::Date, length: Length, inclusive: bool) -> Option<civil::Date> {
    match length {
        Length::Days(n) => {
            let n = n.saturating_sub(u32::from(inclusive && n > 0));
            day.checked_add(jiff::Span::new().try_days(i64::from(n)).ok()?).ok()
        }
        Length::Months(n, round) => {
            let months = jiff::Span::new().try_months(i64::from(n)).ok()?;
            // The calendar's own addition stops at the end of a shorter month.
            let down = day.checked_add(months).ok()?;
            let cut = down.day() < day.day();
            let end = if cut && round == Round::Up { down.tomorrow().ok()? } else { down };
            if inclusive && n > 0 { end.yesterday().ok() } else { Some(end) }
        }
    }
}

/// The day so long before another, by the same count: the last day from which [`add`] reaches no further.
#[must_use]
pub fn subtract(day: civil::Date, length: Length, inclusive: bool) -> Option<civil::Date> {
    match length {
        Length::Days(n) => {
            let n = n.saturating_sub(u32::from(inclusive && n > 0));
            day.checked_sub(jiff::Span::new().try_days(i64::from(n)).ok()?).ok()
        }
        Length::Months(n, _) => {
            let months = jiff::Span::new().try_months(i64::from(n)).ok()?;
            let mut start = day.checked_sub(months).ok()?;
            // Ends of months: step to the last day that still counts forward to `day` or before.
            for _ in 0..4 {
                match start.tomorrow() {
                    Ok(next) if add(next, length, inclusive).is_some_and(|d| d <= day) => {
                        start = next;
                    }
                    _ => break,
                }
            }
            while add(start, length, inclusive).is_some_and(|d| d > day) {
                start = start.yesterday().ok()?;
            }
            Some(start)
        }
    }
}

/// The date so long after a date that may be partial: both its ends are moved.
#[must_use]
pub fn after(date: &Date, length: Length, inclusive: bool) -> Option<Date> {
    span(add(date.earliest(), length, inclusive)?, add(date.latest(), length, inclusive)?)
}

/// A date from its first and last day.
#[must_use]
pub(crate) fn span(from: civil::Date, to: civil::Date) -> Option<Date> {
    if from == to { Some(Date::day(from)) } else { format!("{from}/{to}").parse().ok() }
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Days(1) => f.write_str("1 day"),
            Self::Days(n) => write!(f, "{n} days"),
            Self::Months(1, _) => f.write_str("1 month"),
            Self::Months(n, _) => write!(f, "{n} months"),
        }
    }
}
