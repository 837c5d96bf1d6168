//! Benefits received against obligations fulfilled, over time.

use roadmap::{StepState, StepStatus};
use serde::Serialize;
use statement::{civil, days};

/// What one party received and gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flows {
    /// Steps of others that serve it.
    pub benefits: usize,
    /// Its own steps.
    pub obligations: usize,
    /// Share of the benefits received on the day.
    pub received: f64,
    /// Share of the obligations fulfilled on the day.
    pub fulfilled: f64,
    /// Share of the obligations that somebody entitled has certified by the day.
    pub verified: f64,
    /// Area between the two curves from the first to the day, in days of everything: above zero it received ahead of
    /// what it gave, below zero it gave ahead.
    pub ahead_days: f64,
    /// Both curves, where either rises.
    pub curve: Vec<FlowPoint>,
}

/// One point of both curves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowPoint {
    /// The day.
    pub on: String,
    /// Share of the benefits received.
    pub received: f64,
    /// Share of the obligations fulfilled.
    pub fulfilled: f64,
    /// Share of the obligations certified.
    pub verified: f64,
}

/// The share of a step that is done, and when the record shows it.
fn done(step: &StepStatus) -> Option<(civil::Date, f64)> {
    let on = step.actual.as_ref()?.latest();
    if step.state.is_done() {
        return Some((on, 1.0));
    }
    None
}

/// Each step counts the same; a step partly done counts by its amount from the day on which this is judged, since the
/// record seldom dates each delivery.
pub(crate) fn flows(party: &str, steps: &[&StepStatus], as_of: civil::Date) -> Flows {
    let own = |s: &StepStatus| s.parties.iter().any(|p| p == party);
    let mut events: Vec<(civil::Date, bool, f64, bool)> = Vec::new();
    let (mut benefits, mut obligations) = (0_usize, 0_usize);
    for step in steps {
        // What all do together is neither side's benefit.
        if step.parties.iter().any(|p| p == "all") {
            continue;
        }
        let mine = own(step);
        *(if mine { &mut obligations } else { &mut benefits }) += 1;
        if let Some((on, share)) = done(step) {
            events.push((on, mine, share, step.state == StepState::Verified));
        } else if let (Some(done), Some(of)) = (&step.done, &step.of) {
            let number =
                |q: &statement::Quantity| q.value.to_string().parse::<f64>().unwrap_or(0.0);
            let of = number(of);
            if done.unit == step.of.as_ref().map_or("", |q| q.unit.as_str()) && of > 0.0 {
                events.push((as_of, mine, (number(done) / of).clamp(0.0, 1.0), false));
            }
        }
    }
    events.retain(|(on, ..)| *on <= as_of);
    events.sort_by_key(|(on, ..)| *on);
    let share = |sum: f64, of: usize| if of == 0 { 0.0 } else { sum / of as f64 };
    let (mut got, mut gave, mut certified, mut ahead) = (0.0, 0.0, 0.0, 0.0);
    let mut last: Option<civil::Date> = None;
    let mut curve: Vec<FlowPoint> = Vec::new();
    for (on, mine, part, verified) in events {
        if let Some(last) = last {
            ahead += (share(got, benefits) - share(gave, obligations)) * days(last, on) as f64;
        }
        last = Some(on);
        *(if mine { &mut gave } else { &mut got }) += part;
        certified += if mine && verified { part } else { 0.0 };
        let point = FlowPoint {
            on: on.to_string(),
            received: share(got, benefits),
            fulfilled: share(gave, obligations),
            verified: share(certified, obligations),
        };
        match curve.last_mut() {
            Some(before) if before.on == point.on => *before = point,
            _ => curve.push(point),
        }
    }
    if let Some(last) = last {
        ahead += (share(got, benefits) - share(gave, obligations)) * days(last, as_of) as f64;
    }
    Flows {
        benefits,
        obligations,
        received: share(got, benefits),
        fulfilled: share(gave, obligations),
        verified: share(certified, obligations),
        ahead_days: ahead,
        curve,
    }
}
