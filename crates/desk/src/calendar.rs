//! Clocks of access as an iCalendar file (RFC 5545) that any calendar takes.

use icalendar::{Calendar, Component, Event};
use inspection::{AccessStatus, ClockState};
use statement::tz::Offset;
use statement::{Basis, Timestamp};

/// Every clock that runs, may be used, or has run out unmet: one entry at its last second. `now` stamps the file, so that
/// the same clocks at the same moment give the same bytes.
#[must_use]
pub fn access_calendar(title: &str, requests: &[AccessStatus], now: Timestamp) -> String {
    let mut calendar = Calendar::new();
    calendar.name(title);
    for r in requests {
        for c in &r.clocks {
            let open = matches!(
                c.state,
                ClockState::Running
                    | ClockState::Expired
                    | ClockState::Undetermined
                    | ClockState::Open
            );
            let Some(due) = c.due_instant().filter(|_| open) else { continue };
            let memory = match c.basis {
                Basis::Memory => " (from memory: check before relying on it)",
                _ => "",
            };
            let (by, on, reason, source) = (&r.by, &r.asked_on, &r.reason, &c.source);
            let words = format!("{reason}\nAsked by {by} on {on}.\nLaid down in: {source}{memory}");
            let verb = if c.state == ClockState::Open { "may come from now on" } else { "ends" };
            let mut event = Event::new();
            event
                .uid(&format!("{}.{}@lockstep", r.request, c.clock))
                .summary(&format!("{}: `{}` {verb} ({})", r.request, c.clock, c.holder))
                .description(&words)
                .add_property("DTSTAMP", utc(now))
                .add_property("DTSTART", utc(due))
                .add_property("DTEND", utc(due));
            calendar.push(event.done());
        }
    }
    calendar.to_string()
}

/// `20260302T100000Z`.
fn utc(instant: Timestamp) -> String {
    Offset::UTC.to_datetime(instant).strftime("%Y%m%dT%H%M%SZ").to_string()
}
