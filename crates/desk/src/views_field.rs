//! Work on the ground as tables: access requests and their clocks.

use inspection::{AccessStatus, AgreedText, ClockState, Used};
use statement::Basis;
use statement::kinds::agreement::Stance;

use crate::Table;
use crate::views::basis_mark;

/// Every access request with where it stands.
#[must_use]
pub fn access(requests: &[AccessStatus]) -> Table {
    let mut table = Table::new(&["request", "by", "asked_of", "asked_on", "day", "state", "next"]);
    for r in requests {
        table.push(vec![
            r.request.to_string(),
            r.by.to_string(),
            r.to.as_ref().map(ToString::to_string).unwrap_or_default(),
            r.asked_on.to_string(),
            r.days.to_string(),
            r.state.to_string(),
            next(r),
        ]);
    }
    table
}

/// The clock that ends next.
fn next(r: &AccessStatus) -> String {
    let running = r.clocks.iter().filter(|c| c.state == ClockState::Running);
    let first = running.min_by_key(|c| c.due_instant());
    match first {
        Some(c) => format!("{} until {}", c.clock, c.due.as_deref().unwrap_or_default()),
        None if r.state.is_ended() => String::new(),
        None if r.clocks.iter().any(|c| c.state == ClockState::Unlimited) => {
            "no time limit runs".to_owned()
        }
        None => "no clock runs".to_owned(),
    }
}

/// Words for where a clock stands.
#[must_use]
pub fn clock_state(state: ClockState) -> &'static str {
    match state {
        ClockState::NotStarted => "not started",
        ClockState::Running => "runs",
        ClockState::Unlimited => "no limit",
        ClockState::Kept => "kept",
        ClockState::Late => "late",
        ClockState::Expired => "run out",
        ClockState::TooEarly => "too early",
        ClockState::Open => "notice has run",
        ClockState::Undetermined => "dates too coarse",
        ClockState::Moot => "request ended first",
    }
}

/// The clocks of every request.
#[must_use]
pub fn clocks(requests: &[AccessStatus]) -> Table {
    let mut table = Table::new(&["request", "clock", "holder", "state", "due", "record"]);
    for r in requests {
        for c in &r.clocks {
            let due = match (&c.due, &c.due_latest, &c.not_started) {
                (Some(low), Some(high), _) => format!("{low} to {high}"),
                (Some(due), None, _) => due.clone(),
                (None, _, Some(why)) => why.clone(),
                (None, _, None) => String::new(),
            };
            let mark = match c.basis {
                Basis::Memory => "from memory, check",
                other => basis_mark(Some(other)),
            };
            table.push(vec![
                r.request.to_string(),
                c.clock.clone(),
                c.holder.clone(),
                clock_state(c.state).to_owned(),
                due,
                mark.to_owned(),
            ]);
        }
    }
    table
}

/// The way of every request.
#[must_use]
pub fn passages(requests: &[AccessStatus]) -> Table {
    let mut table = Table::new(&["request", "since", "state", "by"]);
    for r in requests {
        for p in &r.path {
            let clock = p.clock.as_ref().map(|c| format!("clock {c}"));
            table.push(vec![
                r.request.to_string(),
                p.since.clone(),
                p.state.to_string(),
                p.by.as_ref().map(ToString::to_string).or(clock).unwrap_or_default(),
            ]);
        }
    }
    table
}

/// Days used by side and cause.
#[must_use]
pub fn days_used(used: &[Used]) -> Table {
    let mut table = Table::new(&["side", "used_for", "days"]);
    for u in used {
        table.push(vec![u.side.clone(), u.cause.clone(), format!("{:.1}", u.days)]);
    }
    table
}

/// Versions of agreed texts with who stands by them.
#[must_use]
pub fn texts(texts: &[AgreedText]) -> Table {
    let mut table = Table::new(&["text", "version", "party", "says", "on", "what_it_says"]);
    for text in texts {
        for version in &text.versions {
            for s in &version.stances {
                let says = match s.stance {
                    Stance::Acknowledged => "stands by it",
                    Stance::Denied => "denies it",
                };
                table.push(vec![
                    text.text.to_string(),
                    version.version.clone(),
                    s.party.to_string(),
                    says.to_owned(),
                    s.on.to_string(),
                    s.summary.clone(),
                ]);
            }
        }
    }
    table
}
