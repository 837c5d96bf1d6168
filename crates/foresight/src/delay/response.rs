//! How long a party takes to answer what another did.

use roadmap::{Roadmap, Status};
use serde::Serialize;
use statement::{Date, civil, days};

use super::reference::ReferenceClass;

/// A step that answers another party's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Response {
    /// The answer.
    pub step: String,
    /// Who owes it.
    pub parties: Vec<String>,
    /// The last of the steps of others that it waited for.
    pub to: String,
    /// When that was done.
    pub since: Date,
    /// When the answer was given; `None`: not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Date>,
    /// Days between: the least and the most that the dates allow; not yet answered: so far and without end.
    pub days: (i64, Option<i64>),
    /// Share of the promises of other agreements that took longer from promise to fulfilment: the least and the most.
    pub longer_in_reference: (f64, f64),
}

/// Every step of the text that could begin because others had done theirs, whether it was answered or not. What a step
/// waits for is what the text makes it wait for (`after`, `wait`, `prepares`, `owes`); when it waits for several, the last
/// of them is what it answers. A step that ended otherwise, and one done before, answers nothing.
pub(crate) fn responses(
    roadmap: &Roadmap,
    status: &Status,
    class: &ReferenceClass,
    as_of: civil::Date,
) -> Vec<Response> {
    let index = roadmap.index();
    let mut calls = roadmap.predecessors();
    for (from, step) in roadmap.steps.iter().enumerate() {
        for owes in &step.owes {
            for id in roadmap.unbundled(std::slice::from_ref(&owes.step)) {
                if let Some(to) = index.get(id.as_str()) {
                    calls[*to].push(from);
                }
            }
        }
    }
    let took = class.days();
    let mut out = Vec::new();
    for (i, text) in roadmap.steps.iter().enumerate() {
        let find = |i: usize| {
            let id = &roadmap.steps.get(i)?.id;
            status.steps.iter().find(|s| s.id == *id)
        };
        let Some(step) = find(i).filter(|s| text.is_duty() && !s.state.is_closed()) else {
            continue;
        };
        let mut last: Option<(&Date, &roadmap::StepStatus)> = None;
        let mut open = false;
        for call in calls[i].iter().filter_map(|c| find(*c)) {
            match call.actual.as_ref().filter(|_| call.state.is_done()) {
                Some(done) if last.is_none_or(|(d, _)| d.latest() < done.latest()) => {
                    last = Some((done, call));
                }
                Some(_) => {}
                None => open = true,
            }
        }
        let Some((since, to)) = last.filter(|_| !open) else { continue };
        // One's own step is no call by another.
        if to.parties.iter().any(|p| step.parties.contains(p) || p == "all") {
            continue;
        }
        let answered = step.actual.clone().filter(|_| step.state.is_done());
        let between = match &answered {
            Some(answered) => {
                let (least, most) = answered.days_since(since);
                if most < 0 {
                    continue;
                }
                (if step.or_before { 0 } else { least.max(0) }, Some(most))
            }
            None if step.state.is_done() => continue,
            None => (days(since.latest(), as_of), None),
        };
        out.push(Response {
            step: step.id.to_string(),
            parties: step.parties.clone(),
            to: to.id.to_string(),
            since: since.clone(),
            answered,
            days: between,
            longer_in_reference: took.longer_than(between.0 as f64),
        });
    }
    out
}
