//! Limits of the agreement against what was reported.

use case::{Case, Index};
use serde::Serialize;
use statement::kinds::evidence::Term;
use statement::{Basis, Date, ObjectId, civil};

/// One limit and every report on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitStatus {
    /// The pledge.
    pub id: ObjectId,
    /// What is limited.
    pub what: String,
    /// The limit, with its unit.
    pub limit: String,
    /// How often a report gave a figure above it.
    pub exceeded: usize,
    /// The reports, oldest first.
    pub readings: Vec<Reading>,
}

/// What a report says of a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The claim.
    pub id: ObjectId,
    /// The day it describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// The figure as reported.
    pub figure: String,
    /// What it says of the limit.
    pub state: LimitState,
    /// How sure the record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// What a reported figure says of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitState {
    /// A figure at or below it.
    Within,
    /// A figure above it.
    Exceeded,
    /// Not a figure but a bound that lies at or below it: "did not exceed".
    BoundWithin,
    /// A bound that does not settle it.
    Open,
    /// No figure was published. This is not zero.
    NoFigure,
}

/// Each limit against every figure of the same kind, unit and material stated by a day.
pub(crate) fn limits(case: &Case, as_of: civil::Date) -> Vec<LimitStatus> {
    let mut out = Vec::new();
    for pledge in &case.pledges {
        let Term::Limit { from, limit, until } = &pledge.body.term else { continue };
        let Some(most) = limit.value else { continue };
        let in_force = |day: &Date| {
            from.as_ref().is_none_or(|f| day.latest() >= f.earliest())
                && until.as_ref().is_none_or(|u| day.earliest() <= u.latest())
        };
        let same = |c: &statement::Claim| {
            // Two limits in one unit (machines at two sites) are told apart by their words.
            c.kind == limit.kind
                && c.unit == limit.unit
                && c.material == limit.material
                && same_place(&c.what, &limit.what)
        };
        let mut readings: Vec<Reading> = case
            .claims
            .iter()
            .filter(|c| c.said_by(as_of) && same(&c.body.claim))
            .filter(|c| c.body.claim.as_of.as_ref().or(c.said.as_ref()).is_none_or(in_force))
            .map(|c| {
                let state = match c.body.claim.interval() {
                    (Some(low), Some(high)) if low > most || high > most => LimitState::Exceeded,
                    (Some(_), Some(_)) => LimitState::Within,
                    (None, Some(high)) if high <= most => LimitState::BoundWithin,
                    (Some(low), None) if low > most => LimitState::Exceeded,
                    (None, None) => LimitState::NoFigure,
                    _ => LimitState::Open,
                };
                Reading {
                    id: c.id.clone(),
                    as_of: c.body.claim.as_of.clone(),
                    figure: c.body.claim.figure(),
                    state,
                    basis: c.source.as_ref().map(|s| s.basis),
                    because: c.because.clone(),
                }
            })
            .collect();
        readings.sort_by(|a, b| {
            let day = |r: &Reading| r.as_of.as_ref().map(|d| (d.earliest(), d.latest()));
            day(a).cmp(&day(b)).then_with(|| a.id.cmp(&b.id))
        });
        let exceeded = readings.iter().filter(|r| r.state == LimitState::Exceeded).count();
        out.push(LimitStatus {
            id: pledge.id.clone(),
            what: pledge.body.what.clone(),
            limit: limit.figure(),
            exceeded,
            readings,
        });
    }
    out
}

/// Whether two wordings do not name two different places: capitalised words they do not share would.
fn same_place(a: &str, b: &str) -> bool {
    let names = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|w| {
                w.len() > 3
                    && w.starts_with(char::is_uppercase)
                    && w.chars().skip(1).all(char::is_lowercase)
            })
            .map(str::to_owned)
            .collect()
    };
    let (a, b) = (names(a), names(b));
    // "Iran disputes that it is a cap" names nobody's place; two names that differ do.
    a.is_empty() || b.is_empty() || a.iter().any(|n| b.contains(n))
}
