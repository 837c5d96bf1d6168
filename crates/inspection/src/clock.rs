//! The arithmetic of clocks: from an event to the last second in time.

use statement::tz::TimeZone;
use statement::{Timestamp, civil, last_second};

use crate::regime::{Counting, Length};

/// The first and the last second that something can mean; equal when it is known to the second.
pub(crate) type Span = (Timestamp, Timestamp);

/// Adds seconds; the end of time where there is no such instant.
pub(crate) fn plus(instant: Timestamp, seconds: i64) -> Timestamp {
    let open = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::new(instant.as_second().saturating_add(seconds), instant.subsec_nanosecond())
        .unwrap_or(open)
}

/// The same time of day, so many days later. Where clocks are set and that time does not exist, the next that does.
fn days_later(instant: Timestamp, days: u32, zone: &TimeZone) -> Timestamp {
    let local = zone.to_datetime(instant);
    let later = day_later(local.date(), i64::from(days)).map(|date| date.to_datetime(local.time()));
    later.and_then(|later| zone.to_timestamp(later).ok()).unwrap_or(Timestamp::MAX)
}

fn day_later(day: civil::Date, days: i64) -> Option<civil::Date> {
    let days = u64::try_from(days).ok()?;
    day.checked_add(std::time::Duration::from_secs(days.checked_mul(86_400)?)).ok()
}

/// The last second in time of a limit on delay that starts at `from`.
pub(crate) fn last_in_time(
    from: Timestamp,
    length: Length,
    counting: Counting,
    zone: &TimeZone,
) -> Timestamp {
    match (length, counting) {
        (Length::Hours(hours), _) => plus(from, i64::from(hours) * 3600),
        (Length::Days(days), Counting::SameTime) => days_later(from, days, zone),
        (Length::Days(days), counting) => {
            let first = zone.to_datetime(from).date();
            let days = match counting {
                Counting::Inclusive => days.saturating_sub(1),
                _ => days,
            };
            day_later(first, i64::from(days)).map_or(Timestamp::MAX, |day| last_second(day, zone))
        }
    }
}

/// The first second that a minimum notice given at `from` allows.
pub(crate) fn first_allowed(from: Timestamp, length: Length, zone: &TimeZone) -> Timestamp {
    match length {
        Length::Hours(hours) => plus(from, i64::from(hours) * 3600),
        Length::Days(days) => days_later(from, days, zone),
    }
}

/// Moves a limit by the pauses that begin before it: for a limit in hours by their seconds, for one in days by the
/// whole days they cover. Pauses that overlap count once.
pub(crate) fn with_pauses(
    from: Timestamp,
    due: Timestamp,
    length: Length,
    zone: &TimeZone,
    pauses: &[Span],
) -> (Timestamp, i64) {
    let mut pauses: Vec<Span> = pauses.iter().filter(|p| p.1 >= from).copied().collect();
    pauses.sort();
    let (mut due, mut moved, mut reached) = (due, 0, from);
    for (begin, end) in pauses {
        let begin = begin.max(reached);
        if begin > due || end < begin {
            continue;
        }
        let seconds = end.as_second() - begin.as_second() + 1;
        match length {
            Length::Hours(_) => due = plus(due, seconds),
            Length::Days(_) => {
                let days = whole_days(begin, end, zone);
                let day = zone.to_datetime(due).date();
                due = day_later(day, days).map_or(Timestamp::MAX, |day| last_second(day, zone));
            }
        }
        moved += seconds;
        reached = plus(end, 1);
    }
    (due, moved)
}

/// How many days of a zone lie whole between two seconds, both included.
fn whole_days(begin: Timestamp, end: Timestamp, zone: &TimeZone) -> i64 {
    let first = zone.to_datetime(begin);
    let after = zone.to_datetime(plus(end, 1)).date();
    let first = match first.time() == civil::Time::midnight() {
        true => first.date(),
        false => first.date().tomorrow().unwrap_or(civil::Date::MAX),
    };
    statement::days(first, after).max(0)
}

/// An instant as the clock of a zone shows it, with its offset: `2026-03-29T03:30:00+02:00`.
pub(crate) fn shown(instant: Timestamp, zone: &TimeZone) -> String {
    if instant == Timestamp::MAX {
        return "open".to_owned();
    }
    let offset = zone.to_offset(instant);
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    let local = zone.to_datetime(instant);
    let clock = local.strftime("%Y-%m-%dT%H:%M:%S");
    format!("{clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}
