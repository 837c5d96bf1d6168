//! Limits of the agreement against what was reported.

use std::collections::HashMap;

use case::Index;
use serde::Serialize;
use statement::kinds::evidence::Term;
use statement::{Basis, Claim, Date, Decimal, ObjectId, civil};

use crate::history::{Figure, History};
use crate::model::{Limit, LimitValue, Roadmap};

/// One limit and every report on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitStatus {
    /// The pledge of the record, or the limit of the text where the record has none.
    pub id: ObjectId,
    /// The limit of the text that says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_text: Option<ObjectId>,
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
    /// Of a figure above the limit: when it was back within it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cured_on: Option<Date>,
    /// The step or report that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cured_by: Option<ObjectId>,
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

/// When each step was done: what may have brought a thing back within its limit.
pub(crate) type DoneOn<'a> = HashMap<&'a str, Date>;

/// Each limit against every figure of the same kind, unit and material stated by a day: those of the record's
/// pledges first, then those only the text has.
pub(crate) fn limits(
    roadmap: &Roadmap,
    history: History<'_>,
    as_of: civil::Date,
    done: &DoneOn<'_>,
) -> Vec<LimitStatus> {
    let figures = history.figures();
    let known: Vec<&Figure<'_>> = figures
        .iter()
        .filter(|f| {
            f.claim.as_of.as_ref().or(f.said).is_none_or(|d| d.earliest() <= as_of)
                && f.said.is_none_or(|d| d.earliest() <= as_of)
        })
        .collect();
    let mut out = Vec::new();
    let pledges = history.case().map(|c| &c.pledges);
    for pledge in pledges.into_iter().flatten() {
        let Term::Limit { from, limit, until } = &pledge.body.term else { continue };
        let Some(most) = limit.value else { continue };
        let text = roadmap.limits.iter().find(|l| l.record.as_ref() == Some(&pledge.id));
        let in_force = |day: &Date| {
            from.as_ref().is_none_or(|f| day.latest() >= f.earliest())
                && until.as_ref().is_none_or(|u| day.earliest() <= u.latest())
        };
        let same = |c: &Claim| {
            // Two limits in one unit (machines at two sites) are told apart by their words.
            c.kind == limit.kind
                && c.unit == limit.unit
                && c.material == limit.material
                && same_place(&c.what, &limit.what)
        };
        let readings = known
            .iter()
            .filter(|f| same(f.claim))
            .filter(|f| f.claim.as_of.as_ref().or(f.said).is_none_or(in_force))
            .map(|f| reading(f, most, false))
            .collect();
        let (id, what) = (pledge.id.clone(), pledge.body.what.clone());
        out.push(finish(id, text, what, limit.figure(), readings, done));
    }
    for limit in &roadmap.limits {
        let recorded = limit
            .record
            .as_ref()
            .is_some_and(|r| history.case().is_some_and(|c| c.pledges.get(r.as_str()).is_some()));
        if recorded {
            continue;
        }
        let mut readings = Vec::new();
        for figure in &known {
            let Some(day) = figure.claim.as_of.as_ref().or(figure.said) else { continue };
            if limit.until.as_ref().is_some_and(|u| day.earliest() > u.latest()) {
                continue;
            }
            let fits = |v: &&LimitValue| {
                figure.claim.unit.as_deref() == Some(v.unit.as_str())
                    && (limit.of.is_none() || figure.claim.material == limit.of)
                    && v.from.as_ref().is_none_or(|f| day.latest() >= f.earliest())
            };
            // Intermediate limits: the last that has begun is in force.
            if let Some(value) = limit.values.iter().rfind(fits) {
                readings.push(reading(figure, value.value, value.floor));
            }
        }
        let in_force = limit
            .values
            .iter()
            .rfind(|v| v.from.as_ref().is_none_or(|f| f.earliest() <= as_of))
            .or(limit.values.first());
        let words = in_force.map_or_else(String::new, |v| {
            format!("{} {} {}", if v.floor { "≥" } else { "≤" }, v.value, v.unit)
        });
        let what = if limit.title.is_empty() { limit.id.to_string() } else { limit.title.clone() };
        out.push(finish(limit.id.clone(), Some(limit), what, words, readings, done));
    }
    out
}

fn reading(f: &Figure<'_>, limit: Decimal, floor: bool) -> Reading {
    let (low, high) = f.claim.interval();
    // A floor is a limit on the other side.
    let beyond = |v: Decimal| if floor { v < limit } else { v > limit };
    let (near, far) = if floor { (high, low) } else { (low, high) };
    let state = match (near, far) {
        (Some(a), Some(b)) if beyond(a) || beyond(b) => LimitState::Exceeded,
        (Some(_), Some(_)) => LimitState::Within,
        (None, Some(b)) if !beyond(b) => LimitState::BoundWithin,
        (Some(a), None) if beyond(a) => LimitState::Exceeded,
        (None, None) => LimitState::NoFigure,
        _ => LimitState::Open,
    };
    Reading {
        id: f.id.clone(),
        as_of: f.claim.as_of.clone(),
        figure: f.claim.figure(),
        state,
        cured_on: None,
        cured_by: None,
        basis: f.basis,
        because: f.because.to_vec(),
    }
}

fn finish(
    id: ObjectId,
    text: Option<&Limit>,
    what: String,
    limit: String,
    mut readings: Vec<Reading>,
    done: &DoneOn<'_>,
) -> LimitStatus {
    readings.sort_by(|a, b| {
        let day = |r: &Reading| r.as_of.as_ref().map(|d| (d.earliest(), d.latest()));
        day(a).cmp(&day(b)).then_with(|| a.id.cmp(&b.id))
    });
    let back = |state| matches!(state, LimitState::Within | LimitState::BoundWithin);
    for i in 0..readings.len() {
        if readings[i].state != LimitState::Exceeded {
            continue;
        }
        let Some(when) = readings[i].as_of.clone() else { continue };
        let report = readings[i + 1..]
            .iter()
            .find(|r| back(r.state))
            .and_then(|r| Some((r.as_of.clone()?, r.id.clone())));
        let steps = text.into_iter().flat_map(|t| &t.cured_by).filter_map(|id| {
            let on = done.get(id.as_str())?;
            (on.latest() >= when.latest()).then(|| (on.clone(), id.clone()))
        });
        if let Some((on, by)) = steps.chain(report).min_by_key(|(on, _)| on.latest()) {
            (readings[i].cured_on, readings[i].cured_by) = (Some(on), Some(by));
        }
    }
    let exceeded = readings.iter().filter(|r| r.state == LimitState::Exceeded).count();
    LimitStatus { id, in_text: text.map(|t| t.id.clone()), what, limit, exceeded, readings }
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
