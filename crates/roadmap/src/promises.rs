//! Promises with a date, party by party, measured the same way for all.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::status::{StepState, StepStatus, Timeliness};

/// What one party promised with a date, and what came of it. A step of several parties counts for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartyPromises {
    /// The party.
    pub party: String,
    /// Promises with a date.
    pub promises: usize,
    /// Done by the date.
    pub on_time: usize,
    /// Done after the date.
    pub late: usize,
    /// Done, and the dates do not tell whether in time.
    pub unclear: usize,
    /// Date passed, not done.
    pub overdue: usize,
    /// Date not reached.
    pub open: usize,
    /// Refused, failed, waived or overtaken.
    pub closed: usize,
    /// Done and undone.
    pub reversed: usize,
    /// Median slip in days of those done, taking the least each date allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_slip_days: Option<i64>,
    /// Largest slip in days of those done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_slip_days: Option<i64>,
}

pub(crate) fn promises(steps: &[StepStatus]) -> Vec<PartyPromises> {
    let mut by_party: BTreeMap<&str, (PartyPromises, Vec<i64>)> = BTreeMap::new();
    // A step with parts is counted by its parts, or every part would count twice.
    let whole = |s: &&StepStatus| !steps.iter().any(|p| p.part_of.as_ref() == Some(&s.id));
    for step in steps.iter().filter(whole).filter(|s| s.due.is_some()) {
        for party in &step.parties {
            let (row, slips) = by_party.entry(party).or_default();
            row.promises += 1;
            slips.extend(step.slip_days);
            *match (step.state, step.timeliness) {
                (StepState::Reversed, _) => &mut row.reversed,
                (_, Timeliness::OnTime) => &mut row.on_time,
                (_, Timeliness::Late) => &mut row.late,
                (_, Timeliness::Unclear) => &mut row.unclear,
                (_, Timeliness::Overdue) => &mut row.overdue,
                (_, Timeliness::Closed) => &mut row.closed,
                (_, Timeliness::NoDate | Timeliness::NotDue | Timeliness::DueSoon) => &mut row.open,
            } += 1;
        }
    }
    by_party
        .into_iter()
        .map(|(party, (row, mut slips))| {
            slips.sort_unstable();
            let median_slip_days = (!slips.is_empty()).then(|| slips[(slips.len() - 1) / 2]);
            PartyPromises {
                party: party.to_owned(),
                median_slip_days,
                largest_slip_days: slips.last().copied(),
                ..row
            }
        })
        .collect()
}
