//! When will it be done? Monte-Carlo over a roadmap.
//!
//! A step begins when all it waits for is done and takes as long as somebody judged (PERT), or else its promised time
//! times a multiple drawn from real agreements. Delays hang together by common shocks, of all steps and of each party;
//! what has happened already moves these shocks, and a step that is late takes at least as long as it has taken.

mod calibration;
mod distribution;
mod simulate;

use std::collections::HashMap;

use roadmap::{DueBy, Moment, Roadmap, Status, StepState, StepStatus};
use serde::Serialize;
use statement::{Date, civil, days};

pub use calibration::{Calibration, Forecasted, calibrate};
pub use distribution::{Distribution, TAIL, inverse_normal};
pub use simulate::{Plan, PlanStep, Runs, Shocks, simulate};

use crate::delay::{InTime, ReferenceClass, ReferenceFacts};
use crate::sequence::Judgement;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Runs.
    pub runs: usize,
    /// Seed.
    pub seed: u64,
    /// Steps assumed to be done on a day.
    pub assume: Vec<(String, civil::Date)>,
    /// A day for which the chance is wanted, besides each step's own date.
    pub by: Option<civil::Date>,
}

impl Default for Question {
    fn default() -> Self {
        Self { runs: 10_000, seed: 1, assume: Vec::new(), by: None }
    }
}

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The agreement.
    pub title: String,
    /// The day it is made.
    pub as_of: Date,
    /// Runs.
    pub runs: usize,
    /// Seed.
    pub seed: u64,
    /// What was assumed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<(String, String)>,
    /// Every open step.
    pub steps: Vec<StepForecast>,
    /// All open steps of the text together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<WholeForecast>,
    /// Steps that ended without being done (refused, failed, overtaken): nothing is forecast of them, and the whole is
    /// forecast without them.
    pub ended: Vec<String>,
    /// Which date, if it were kept, would bring the end forward most.
    pub enforce: Vec<Enforced>,
    /// The common shock so far, in standard deviations: above zero all goes slower than in the reference class.
    pub shock_so_far: f64,
    /// The same for each party.
    pub shocks_by_party: Vec<(String, f64)>,
    /// Shares of the variance of delays that are common to all steps, as the reference class shows it, and to the steps of
    /// one party, an assumption.
    pub correlation: (f64, f64),
    /// Where multiples of promised times were drawn from.
    pub reference: ReferenceFacts,
    /// How often promises of the reference class are kept in time, and of this agreement so far.
    pub in_time: InTimeSoFar,
    /// How it was made.
    pub method: &'static str,
}

/// What the forecast takes for the chance that a promise is kept in time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InTimeSoFar {
    /// The reference class.
    pub reference: InTime,
    /// Promises of this agreement kept in time.
    pub kept: usize,
    /// Promises of this agreement that were kept or whose day is over.
    pub of: usize,
    /// The chance that follows for the next promise.
    pub chance: f64,
}

/// One step's forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepForecast {
    /// The step.
    pub step: String,
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub parties: Vec<String>,
    /// Its date as first promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Chance that it is done by that date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_due: Option<f64>,
    /// Chance that it is done by the day asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_day: Option<f64>,
    /// The day by which it is done in 10, 50 and 90 of 100 runs; a day beyond the year 9999 is left out.
    pub days: [Option<String>; 3],
    /// Share of the runs in which the end waits for it.
    pub critical: f64,
    /// What its duration was drawn from.
    pub drawn_from: String,
}

/// The whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WholeForecast {
    /// The latest date promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Chance that all is done by that date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_due: Option<f64>,
    /// Chance that all is done by the day asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_day: Option<f64>,
    /// The day by which all is done in 10, 50 and 90 of 100 runs.
    pub days: [Option<String>; 3],
}

/// A date that is kept by assumption.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enforced {
    /// The step.
    pub step: String,
    /// The date it is done by: its own, or today when that has passed.
    pub on: String,
    /// Days the middle of the runs ends earlier.
    pub median_days: f64,
    /// Days the mean of the runs ends earlier.
    pub mean_days: f64,
}

/// Most of the variance of delays that all steps of an agreement are taken to have in common; the rest is the parties' and
/// the steps' own.
const MOST_IN_COMMON: f64 = 0.7;

/// Dates tried for what they would buy.
const ENFORCED: usize = 8;

/// A step of the plan and what is told of it.
pub(crate) struct Planned<'a> {
    pub(crate) plan: Plan,
    pub(crate) steps: Vec<&'a StepStatus>,
    drawn_from: Vec<String>,
    shocks_by_party: Vec<(String, f64)>,
    in_time: InTimeSoFar,
}

/// Forecasts a roadmap from its status on a day.
#[must_use]
pub fn forecast(
    roadmap: &Roadmap,
    status: &Status,
    judgement: &Judgement,
    question: &Question,
) -> Forecast {
    let class = ReferenceClass::without(roadmap);
    let today = status.as_of.latest();
    let planned = plan(roadmap, status, judgement, &class, &question.assume);
    let runs = simulate(&planned.plan, question.runs, question.seed);
    let date = |d: f32| day(today, d).map(|d| d.to_string());
    let at = |sorted: &[f32]| [0.1, 0.5, 0.9].map(|q| date(quantile(sorted, q)));
    let share = |sorted: &[f32], by: civil::Date| {
        let limit = days(today, by) as f32;
        // Days are drawn as fractions: whatever happens within a day is done on it.
        let done = sorted.partition_point(|d| d.floor() <= limit);
        done as f64 / sorted.len().max(1) as f64
    };
    let open = |i: usize| planned.plan.steps[i].fixed.is_none();
    let steps: Vec<StepForecast> = (0..planned.steps.len())
        .filter(|i| open(*i))
        .map(|i| {
            let (step, sorted) = (planned.steps[i], &runs.done[i]);
            StepForecast {
                step: step.id.to_string(),
                title: step.title.clone(),
                parties: step.parties.clone(),
                due: step.due.clone(),
                by_due: step.due.as_ref().map(|d| share(sorted, d.latest())),
                by_day: question.by.map(|d| share(sorted, d)),
                days: at(sorted),
                critical: runs.critical[i],
                drawn_from: planned.drawn_from[i].clone(),
            }
        })
        .collect();
    let counted = |i: &usize| planned.plan.steps[*i].counts;
    let due = (0..planned.steps.len())
        .filter(counted)
        .filter_map(|i| planned.steps[i].due.clone())
        .max_by_key(Date::latest);
    let whole = (0..planned.steps.len()).any(|i| counted(&i) && open(i)).then(|| WholeForecast {
        by_due: due.as_ref().map(|d| share(&runs.whole, d.latest())),
        due,
        by_day: question.by.map(|d| share(&runs.whole, d)),
        days: at(&runs.whole),
    });
    Forecast {
        title: status.title.clone(),
        as_of: status.as_of.clone(),
        runs: question.runs,
        seed: question.seed,
        assumed: question.assume.iter().map(|(s, d)| (s.clone(), d.to_string())).collect(),
        enforce: enforce(&planned, &runs, today, question),
        steps,
        whole,
        ended: status
            .steps
            .iter()
            .filter(|s| s.state.is_closed())
            .map(|s| s.id.to_string())
            .collect(),
        shock_so_far: planned.plan.shocks.known.0,
        shocks_by_party: planned.shocks_by_party,
        correlation: (planned.plan.shocks.all, planned.plan.shocks.party),
        reference: class.facts(),
        in_time: planned.in_time,
        method: "Monte-Carlo; durations by PERT where judged, else promised days times a multiple drawn from the reference \
                 class (Turnbull, agreements weighted, tail t^-2); the share kept in time as the agreement has shown so \
                 far (beta-binomial); common shocks of all steps and of each party, moved by what has happened",
    }
}

fn day(today: civil::Date, after: f32) -> Option<civil::Date> {
    if !after.is_finite() || after.abs() > 3_000_000.0 {
        return None;
    }
    today.checked_add(jiff::Span::new().try_days(after.floor() as i64).ok()?).ok()
}

fn quantile(sorted: &[f32], share: f64) -> f32 {
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f32::INFINITY)
}

/// What keeping one date would buy: the plan is run again with it, under the same shocks.
fn enforce(
    planned: &Planned<'_>,
    runs: &Runs,
    today: civil::Date,
    question: &Question,
) -> Vec<Enforced> {
    let mut candidates: Vec<(usize, f64)> = (0..planned.steps.len())
        .filter(|i| planned.plan.steps[*i].fixed.is_none() && runs.critical[*i] > 0.0)
        .filter_map(|i| {
            let due = planned.steps[i].due_now.as_ref().or(planned.steps[i].due.as_ref())?;
            Some((i, days(today, due.latest()).max(0) as f64))
        })
        .collect();
    candidates
        .sort_by(|a, b| runs.critical[b.0].total_cmp(&runs.critical[a.0]).then(a.0.cmp(&b.0)));
    candidates.truncate(ENFORCED);
    let few = (question.runs / 10).clamp(200, 2_000);
    let mean = |w: &[f32]| w.iter().map(|d| f64::from(*d)).sum::<f64>() / w.len().max(1) as f64;
    let base = simulate(&planned.plan, few, question.seed);
    let mut out: Vec<Enforced> = candidates
        .into_iter()
        .map(|(i, on)| {
            let mut plan = planned.plan.clone();
            plan.steps[i].fixed = Some(on);
            let with = simulate(&plan, few, question.seed);
            Enforced {
                step: planned.steps[i].id.to_string(),
                on: day(today, on as f32).map(|d| d.to_string()).unwrap_or_default(),
                median_days: f64::from(quantile(&base.whole, 0.5) - quantile(&with.whole, 0.5)),
                mean_days: mean(&base.whole) - mean(&with.whole),
            }
        })
        .collect();
    out.sort_by(|a, b| b.mean_days.total_cmp(&a.mean_days));
    out
}

/// The plan of a roadmap on a day.
pub(crate) fn plan<'a>(
    roadmap: &Roadmap,
    status: &'a Status,
    judgement: &Judgement,
    class: &ReferenceClass,
    assume: &[(String, civil::Date)],
) -> Planned<'a> {
    let today = status.as_of.latest();
    let since = |d: civil::Date| days(today, d) as f64;
    let in_time = in_time_so_far(status, class);
    let multiples =
        Distribution::survival(&class.distribution(), 1.0).with_share_to(1.0, in_time.chance);
    let whole_days = Distribution::survival(&class.days(), 0.0);
    // Steps that ended without being done are taken out; whatever waits for them waits in vain and is left to its own date.
    let steps: Vec<&StepStatus> = status.steps.iter().filter(|s| !s.state.is_closed()).collect();
    let place: HashMap<&str, usize> =
        steps.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
    let names = parties(&steps);
    let before = roadmap.predecessors();
    let index = roadmap.index();
    // What promises of one agreement have in common is taken as the reference class shows it.
    let shocks =
        Shocks { all: in_time.reference.correlation.min(MOST_IN_COMMON), ..Shocks::default() };
    let mut plan = Plan { parties: names.len(), shocks, ..Plan::default() };
    let mut drawn_from = Vec::with_capacity(steps.len());
    for status_step in &steps {
        let id = status_step.id.as_str();
        let Some(text_at) = index.get(id).copied() else { continue };
        let text = &roadmap.steps[text_at];
        let mut after: Vec<(usize, f64)> = Vec::new();
        for b in &before[text_at] {
            let name = roadmap.steps[*b].id.as_str();
            let wait = text.waits.iter().find(|w| w.of.as_str() == name);
            let lag = wait.map_or(0.0, |w| length_days(w.length));
            after.extend(place.get(name).map(|p| (*p, lag)));
        }
        for part in &roadmap.steps {
            if part.part_of.as_ref().is_some_and(|p| p.as_str() == id) {
                after.extend(place.get(part.id.as_str()).map(|p| (*p, 0.0)));
            }
        }
        let made = made_on(roadmap, status, text, status_step);
        let not_before = text.not_before.as_ref().map(|d| since(d.earliest()));
        let assumed = assume.iter().find(|(s, _)| s == id).map(|(_, d)| since(*d));
        let done = status_step
            .state
            .is_done()
            // Done, nobody says when: before today.
            .then(|| status_step.actual.as_ref().map_or(0.0, |d| since(d.latest())));
        // What a step waits for takes its part of the promised time.
        let due = status_step.due.as_ref().map(|d| since(d.latest()));
        let begins = after
            .iter()
            .filter_map(|(p, lag)| {
                let s = steps[*p];
                let day = s.due.as_ref().or(s.actual.as_ref())?;
                Some(since(day.latest()) + lag)
            })
            .chain(made.map(&since))
            .chain(not_before)
            .fold(f64::NEG_INFINITY, f64::max);
        let has_parts =
            after.iter().any(|(p, _)| steps[*p].part_of.as_ref() == Some(&status_step.id));
        let judged = judgement.durations.iter().find(|d| d.step == id);
        let (takes, from) = match (judged, due) {
            (Some(d), _) => (
                Distribution::pert(d.low, d.mode, d.high),
                format!("judged: {} to {} to {} days", d.low, d.mode, d.high),
            ),
            // The whole is done when its last part is.
            (None, _) if has_parts => (Distribution::certain(0.0), "its parts".to_owned()),
            // Due on the day of what it waits for: done with it.
            (None, Some(due)) if due - begins < 1.0 && !after.is_empty() => {
                (Distribution::certain(0.0), "what it waits for".to_owned())
            }
            (None, Some(due)) if begins.is_finite() => {
                let planned = (due - begins).max(1.0);
                (
                    multiples.clone().scaled(planned),
                    format!("{planned} days promised, times the reference class"),
                )
            }
            _ => (whole_days.clone(), "days of the reference class".to_owned()),
        };
        let from_day =
            made.map(&since).into_iter().chain(not_before).fold(f64::NEG_INFINITY, f64::max);
        plan.steps.push(PlanStep {
            // Nothing said of when it was promised: it begins today.
            from: if from_day.is_finite() { from_day } else { 0.0 },
            after,
            fixed: assumed.or(done),
            takes,
            parties: names
                .iter()
                .enumerate()
                .filter(|(_, n)| status_step.parties.iter().any(|p| p == *n))
                .map(|(i, _)| i)
                .collect(),
            counts: text.is_duty() && text.every.is_none(),
        });
        drawn_from.push(from);
    }
    let shocks_by_party = learn(&mut plan, &steps, &names);
    Planned { plan, steps, drawn_from, shocks_by_party, in_time }
}

/// How many promises of the agreement were kept in time, of those kept or whose day is over. A step with parts counts by
/// its parts; one done on a day that the dates do not tell is left out.
fn in_time_so_far(status: &Status, class: &ReferenceClass) -> InTimeSoFar {
    let today = status.as_of.latest();
    let reference = class.in_time();
    let (mut kept, mut of) = (0, 0);
    for step in &status.steps {
        let whole = status.steps.iter().any(|p| p.part_of.as_ref() == Some(&step.id));
        let Some(due) = step.due.as_ref().filter(|_| !whole) else { continue };
        let done = step.actual.as_ref().filter(|_| step.state.is_done());
        let in_time = match done {
            Some(actual) if actual.latest() <= due.earliest() => true,
            Some(actual) if !step.or_before && actual.earliest() > due.latest() => false,
            // Done, and the dates do not tell.
            _ if step.state.is_done() => continue,
            _ if due.latest() < today => false,
            _ => continue,
        };
        of += 1;
        kept += usize::from(in_time);
    }
    InTimeSoFar { reference, kept, of, chance: reference.after(kept, of) }
}

fn parties<'a>(steps: &[&'a StepStatus]) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        steps.iter().flat_map(|s| &s.parties).map(String::as_str).filter(|p| *p != "all").collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The common shocks that what is done already speaks for: each finished step shows where in its distribution it came;
/// shock and step are jointly normal, so the mean and the variance of the shock follow. First the shock of all, then each
/// party's from what is left.
fn learn(plan: &mut Plan, steps: &[&StepStatus], names: &[&str]) -> Vec<(String, f64)> {
    let seen: Vec<(usize, f64)> = (0..plan.steps.len())
        .filter(|i| {
            steps[*i].state == StepState::Verified || steps[*i].state == StepState::ClaimedDone
        })
        .filter(|i| steps[*i].due.is_some() && !steps[*i].or_before && steps[*i].actual.is_some())
        .filter_map(|i| {
            let step = &plan.steps[i];
            let start = step
                .after
                .iter()
                .filter_map(|(p, lag)| Some(plan.steps[*p].fixed? + lag))
                .fold(step.from, f64::max);
            let took = step.fixed? - start;
            // A certain duration tells nothing.
            let spread = step.takes.quantile(0.9) > step.takes.quantile(0.1);
            (spread && took >= 0.0)
                .then(|| (i, inverse_normal(step.takes.rank(took).clamp(0.005, 0.995))))
        })
        .collect();
    let posterior = |share: f64, rest: f64, values: &[f64]| -> (f64, f64) {
        let n = values.len() as f64;
        let precision = rest + n * share;
        let sum: f64 = values.iter().sum();
        (share.sqrt() * sum / precision, (rest / precision).sqrt())
    };
    let (all, party) = (plan.shocks.all, plan.shocks.party);
    let values: Vec<f64> = seen.iter().map(|(_, z)| *z).collect();
    plan.shocks.known = posterior(all, 1.0 - all, &values);
    let common = plan.shocks.known.0 * all.sqrt();
    plan.shocks.known_by_party = (0..names.len())
        .map(|p| {
            let left: Vec<f64> = seen
                .iter()
                .filter(|(i, _)| plan.steps[*i].parties.contains(&p))
                .map(|(_, z)| z - common)
                .collect();
            posterior(party, 1.0 - all - party, &left)
        })
        .collect();
    names
        .iter()
        .zip(&plan.shocks.known_by_party)
        .map(|(name, (mean, _))| ((*name).to_owned(), *mean))
        .collect()
}

fn length_days(length: roadmap::Length) -> f64 {
    match length {
        roadmap::Length::Days(n) => f64::from(n),
        // For a forecast a month is the average one.
        roadmap::Length::Months(n, _) => f64::from(n) * 30.436_875,
    }
}

/// When a step's time began to run: the step its date counts from, the promise, the signature.
fn made_on(
    roadmap: &Roadmap,
    status: &Status,
    text: &roadmap::Step,
    step: &StepStatus,
) -> Option<civil::Date> {
    if let Some(DueBy::After(_, of, _)) = text.due.as_ref().map(|d| &d.by) {
        return status
            .steps
            .iter()
            .find(|s| s.id == *of)
            .and_then(|s| s.actual.as_ref())
            .map(Date::latest);
    }
    let known = ReferenceClass::promised_on(step.id.as_str()).or(roadmap.signed.as_ref());
    if let Some(date) = known {
        return Some(date.earliest());
    }
    if let Some(Moment::On(date)) = text.every.as_ref().map(|e| &e.from) {
        return Some(date.earliest());
    }
    let due = step.due.as_ref()?;
    status
        .steps
        .iter()
        .filter(|s| s.due.is_none() && s.parties.iter().any(|p| p == "all"))
        .filter_map(|s| s.actual.as_ref().map(Date::latest))
        .filter(|d| *d < due.earliest())
        .max()
}
