//! Days lost: what was said of them, and what the record holds that bears it out.

use std::collections::BTreeMap;

use roadmap::{Regime, Roadmap, Status, StepStatus};
use serde::Serialize;
use statement::{Basis, Date, Standing, civil, days};

use super::conduct::PromiseDelay;

/// Days lost, and what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Whose steps they were lost on.
    pub party: String,
    /// What the record says of it; `None`: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<String>,
    /// The steps.
    pub steps: Vec<String>,
    /// Days after the dates of these steps: the most any of them lost. Steps late for one cause lost the same days.
    pub days: i64,
    /// How the record knows what was said: the least sure basis of the statements on these steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// Whether these statements are signed by the party itself or taken from sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Facts of the record that stood in the way meanwhile, whatever was said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The most of these days during which one of the facts stood.
    pub days_borne_out: i64,
}

/// Something the record shows to have stood in the way of a late step. That it stood there does not show that it was
/// the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The late step.
    pub step: String,
    /// What it was, in words.
    pub words: String,
    /// Who was to bring it to an end; empty when nobody in particular.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
    /// Days of the lateness during which it stood.
    pub days: i64,
}

/// What is said of late steps, by party. Steps that were late for one stated cause lost the same days, so the longest
/// counts, not the sum.
pub(crate) fn causes(roadmap: &Roadmap, status: &Status, promises: &[PromiseDelay]) -> Vec<Cause> {
    let mut by: BTreeMap<(String, Option<String>), Cause> = BTreeMap::new();
    let as_of = status.as_of.latest();
    for promise in promises.iter().filter(|p| p.slip_days.0 > 0) {
        let Some(step) = status.steps.iter().find(|s| s.id.as_str() == promise.step) else {
            continue;
        };
        let said = Some(step.said.join("; ")).filter(|s| !s.is_empty());
        let evidence = stood_in_the_way(roadmap, status, step, promise, as_of);
        for party in &promise.parties {
            let key = (party.clone(), said.clone());
            let cause = by.entry(key).or_insert_with(|| Cause {
                party: party.clone(),
                stated: said.clone(),
                steps: Vec::new(),
                days: 0,
                basis: None,
                standing: None,
                evidence: Vec::new(),
                days_borne_out: 0,
            });
            cause.steps.push(promise.step.clone());
            cause.days = cause.days.max(promise.slip_days.0);
            cause.basis = cause.basis.max(step.basis);
            // One word that is only attributed makes the whole so, since it comes last in order.
            cause.standing = cause.standing.max(step.standing);
            let most = evidence.iter().map(|e| e.days).max().unwrap_or(0);
            cause.days_borne_out = cause.days_borne_out.max(most);
            cause.evidence.extend(evidence.iter().cloned());
        }
    }
    let mut out: Vec<Cause> = by.into_values().collect();
    out.sort_by(|a, b| a.party.cmp(&b.party).then(b.days.cmp(&a.days)));
    out
}

/// What the record shows to have been open while a step was late: what it waits for, what goes in step with it, a
/// suspension, a condition set after acceptance, a later date that was agreed.
fn stood_in_the_way(
    roadmap: &Roadmap,
    status: &Status,
    step: &StepStatus,
    promise: &PromiseDelay,
    as_of: civil::Date,
) -> Vec<Evidence> {
    let index = roadmap.index();
    let Some(at) = index.get(step.id.as_str()).copied() else { return Vec::new() };
    let text = &roadmap.steps[at];
    let due = promise.due.latest();
    let end = promise.actual.as_ref().map_or(as_of, Date::latest);
    let lost = |from: civil::Date, until: civil::Date| days(from.max(due), until.min(end));
    let mut out = Vec::new();
    let mut found = |words: String, parties: &[String], days: i64| {
        if days > 0 {
            out.push(Evidence {
                step: promise.step.clone(),
                words,
                parties: parties.to_vec(),
                days,
            });
        }
    };
    let of = |id: &str| status.steps.iter().find(|s| s.id.as_str() == id);
    for before in roadmap.predecessors().get(at).into_iter().flatten() {
        let Some(other) = of(roadmap.steps[*before].id.as_str()) else { continue };
        match other.actual.as_ref().filter(|_| other.state.is_done()) {
            Some(done) => {
                let words = format!("waited for `{}`, done {done}", other.id);
                found(words, &other.parties, lost(due, done.latest()));
            }
            None if other.state.is_done() => {}
            None => {
                let words = format!("waits for `{}`, {}", other.id, other.state.words());
                found(words, &other.parties, lost(due, end));
            }
        }
    }
    // A part goes in step with what its whole does.
    let whole = text.part_of.as_ref().and_then(|p| roadmap.step(p.as_str()));
    for link in whole.map_or(&text.in_step_with, |w| &w.in_step_with) {
        let Some(other) = of(link.with.as_str()) else { continue };
        let done = other.actual.as_ref().filter(|_| other.state.is_done());
        let words = match done {
            Some(done) => format!("goes in step with `{}`, done {done}", other.id),
            None => format!("goes in step with `{}`, {}", other.id, other.state.words()),
        };
        found(words, &other.parties, lost(due, done.map_or(end, Date::latest)));
    }
    if matches!(step.regime, Regime::Suspended | Regime::SnappedBack)
        && let Some(since) = &step.regime_since
    {
        found(format!("suspended since {since}"), &[], lost(since.latest(), end));
    }
    for condition in &text.conditions {
        if let Some(added) = condition.added.as_ref().filter(|d| d.earliest() <= as_of) {
            let words = format!("`{}` was asked for after acceptance, {added}", condition.text);
            let by: Vec<String> = condition.by.iter().cloned().collect();
            found(words, &by, lost(added.latest(), end));
        }
    }
    for later in text.postponed.iter().filter(|p| p.on.earliest() <= as_of) {
        let words = format!("put off to {} by agreement of {}", later.due, later.on);
        found(words, &[], lost(due, later.due.latest()));
    }
    out
}
