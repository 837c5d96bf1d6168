//! Continuity of knowledge: from when to when others could be sure that a thing was what it was said to be.

use case::{Case, History};
use serde::Serialize;
use statement::kinds::inspection::SealState;
use statement::{Date, ObjectId, civil};

/// A stretch of time in which a thing was known to be itself, or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// Its beginning.
    pub from: Date,
    /// Its end; absent: it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// What is known of it.
    pub knowledge: Knowledge,
    /// The seal, check, transfer or measurement that began it.
    pub by: ObjectId,
    /// What restored knowledge at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored_by: Option<ObjectId>,
}

/// What is known of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Knowledge {
    /// A seal put on and found intact at its end.
    Kept,
    /// Under seal, and nobody has looked since.
    Unconfirmed,
    /// A seal was found broken or missing, or the thing moved without one: what happened in between is not known. A
    /// measurement restores knowledge; a new seal alone does not.
    Gap,
}

enum Happened<'a> {
    Sealed(&'a ObjectId),
    Found(&'a ObjectId, SealState),
    Measured,
    Moved,
}

enum State {
    Unknown,
    Kept { since: Date, by: ObjectId, confirmed: Date },
    Gap { since: Date, by: ObjectId },
}

/// The intervals of one thing, from its own seals and those of the site it stands in.
pub(crate) fn intervals(
    case: &Case,
    own: &History,
    site: Option<&History>,
    as_of: civil::Date,
) -> Vec<Interval> {
    let mut events: Vec<(&Date, &ObjectId, Happened<'_>)> = Vec::new();
    for id in own.seals.iter().chain(site.into_iter().flat_map(|h| &h.seals)) {
        let Some(seal) = case.physical_seals.get(id.as_str()) else { continue };
        events.push((&seal.body.applied.on, id, Happened::Sealed(id)));
        for check in &seal.body.checks {
            events.push((&check.body.on, &check.id, Happened::Found(id, check.body.state)));
        }
    }
    if events.is_empty() {
        // Without any seal there never was a continuity to lose.
        return Vec::new();
    }
    for id in &own.measurements {
        let Some(m) = case.measurements.get(id.as_str()) else { continue };
        events.push((&m.body.on, id, Happened::Measured));
    }
    for id in &own.transfers {
        let Some(t) = case.transfers.get(id.as_str()) else { continue };
        events.push((&t.body.transfer.on, id, Happened::Moved));
    }
    events.retain(|(on, ..)| on.earliest() <= as_of);
    events.sort_by(|a, b| case::in_time(a.0, b.0).then_with(|| a.1.cmp(b.1)));
    let mut intervals = Vec::new();
    let mut state = State::Unknown;
    let mut on_it: Vec<&ObjectId> = Vec::new();
    let kept = |since: &Date, confirmed: &Date, by: &ObjectId| Interval {
        from: since.clone(),
        to: Some(confirmed.clone()),
        knowledge: Knowledge::Kept,
        by: by.clone(),
        restored_by: None,
    };
    for (on, id, what) in events {
        let lost = match what {
            Happened::Sealed(seal) => {
                on_it.push(seal);
                if matches!(state, State::Unknown) {
                    state =
                        State::Kept { since: on.clone(), by: id.clone(), confirmed: on.clone() };
                }
                None
            }
            Happened::Found(seal, SealState::Intact) => {
                if let State::Kept { confirmed, .. } = &mut state
                    && on_it.contains(&seal)
                {
                    *confirmed = on.clone();
                }
                None
            }
            Happened::Found(seal, found) => {
                on_it.retain(|s| *s != seal);
                match (&state, on_it.is_empty()) {
                    // What was taken off in good order was whole until then.
                    (State::Kept { .. }, true) if found == SealState::Removed => Some(on.clone()),
                    (State::Kept { confirmed, .. }, true) => Some(confirmed.clone()),
                    _ => None,
                }
            }
            Happened::Measured => {
                if let State::Gap { since, by } = &state {
                    intervals.push(Interval {
                        from: since.clone(),
                        to: Some(on.clone()),
                        knowledge: Knowledge::Gap,
                        by: by.clone(),
                        restored_by: Some(id.clone()),
                    });
                    state =
                        State::Kept { since: on.clone(), by: id.clone(), confirmed: on.clone() };
                }
                None
            }
            Happened::Moved => {
                let bare = on_it.is_empty();
                matches!(&state, State::Kept { .. }).then(|| on.clone()).filter(|_| bare)
            }
        };
        if let Some(until) = lost
            && let State::Kept { since, by, .. } = &state
        {
            intervals.push(kept(since, &until, by));
            state = State::Gap { since: until, by: id.clone() };
        }
    }
    match state {
        State::Kept { since, by, confirmed } => {
            intervals.push(kept(&since, &confirmed, &by));
            intervals.push(Interval {
                from: confirmed,
                to: None,
                knowledge: Knowledge::Unconfirmed,
                by,
                restored_by: None,
            });
        }
        State::Gap { since, by } => intervals.push(Interval {
            from: since,
            to: None,
            knowledge: Knowledge::Gap,
            by,
            restored_by: None,
        }),
        State::Unknown => {}
    }
    intervals
}
