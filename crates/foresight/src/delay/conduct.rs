//! The measures of one agreement, party by party.

use roadmap::{DueBy, Roadmap, Status, StepStatus};
use serde::Serialize;
use statement::{Date, civil, days};

use super::causes::{Cause, causes};
use super::cusum::{H, K, cusum};
use super::flows::{Flows, flows};
use super::reference::{ReferenceClass, ReferenceFacts};
use super::response::{Response, responses};
use super::schedule::{EarnedSchedule, earned_schedule};
use super::survival::{Interval, LogRank, chi_square_tail, log_rank};

/// How much of what delays one step of an agreement delays the others too: an assumption, told in the result. Promises
/// of one agreement are not independent, so `n` of them weigh as `n / (1 + (n-1) rho)`.
pub const INTRA_CASE_CORRELATION: f64 = 0.3;

/// The measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delays {
    /// The agreement.
    pub title: String,
    /// The day.
    pub as_of: Date,
    /// Each promise with a date.
    pub promises: Vec<PromiseDelay>,
    /// Each party.
    pub parties: Vec<PartyDelays>,
    /// Days lost, by party and by the cause stated in the record.
    pub causes: Vec<Cause>,
    /// Conditions set after the text was accepted.
    pub added_conditions: Vec<AddedCondition>,
    /// How long steps took that could begin because others had done theirs.
    pub responses: Vec<Response>,
    /// What it was compared with.
    pub reference: ReferenceFacts,
    /// The correlation assumed between promises of one agreement.
    pub correlation: f64,
    /// How it was measured.
    pub method: &'static str,
}

/// One promise with a date.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PromiseDelay {
    /// The step.
    pub step: String,
    /// What was promised.
    pub title: String,
    /// Who promised.
    pub parties: Vec<String>,
    /// When it was promised, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised_on: Option<Date>,
    /// The date first promised.
    pub due: Date,
    /// The date it was put off to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_now: Option<Date>,
    /// How often it was promised again.
    pub renewals: usize,
    /// Days the promised date moved for each day that passed: at 1 or more it never comes nearer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<Date>,
    /// Done on that date or before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub or_before: bool,
    /// Days promised for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_days: Option<i64>,
    /// Days after its date: the least and the most that the dates allow; for a promise not kept, so far and without end.
    pub slip_days: (i64, Option<i64>),
    /// Time taken as a multiple of the time promised: the least and the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<(f64, Option<f64>)>,
    /// Share of the reference class that took longer than the least ratio: the least and the most share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slower_in_reference: Option<(f64, f64)>,
    /// Where it stands, in words.
    pub state: &'static str,
}

/// One party's measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyDelays {
    /// The party.
    pub party: String,
    /// Promises whose date has come, or that were kept.
    pub promises: usize,
    /// Of these seen to be kept.
    pub kept: usize,
    /// Median of the least slip of those kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_slip_days: Option<i64>,
    /// The time by which half of its promises are kept, as a multiple of the time promised (Turnbull); `None`: less than
    /// half were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ratio: Option<f64>,
    /// Promises made again.
    pub renewals: usize,
    /// Of promises kept in time, the median share of the allowed time that was used: near 1, the full clock is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_time_used: Option<f64>,
    /// Conditions it set after acceptance.
    pub conditions_added: usize,
    /// Steps of its own that answer steps of others.
    pub responses: usize,
    /// The days by which half of these are answered (Turnbull); `None`: less than half were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_response_days: Option<f64>,
    /// Its plan against what it has done, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<EarnedSchedule>,
    /// Its schedule index against that of the others taken together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_against_others: Option<f64>,
    /// The largest cumulative sum of its slips, in standard deviations of the reference class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cusum_most: Option<f64>,
    /// The step at which the sum passed the threshold: a lasting change rather than chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cusum_signal: Option<String>,
    /// Its promises against the reference class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against_reference: Option<Comparison>,
    /// What it received and gave.
    pub flows: Flows,
}

/// A party's promises against the reference class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The log-rank test, as if promises were independent.
    pub log_rank: LogRank,
    /// How often chance alone gives as large a difference, given that promises of one agreement share their shocks.
    pub p_with_shared_shocks: f64,
    /// How much better the record fits the party's own pace than that of the reference class; 1 when it does not.
    pub likelihood_ratio: f64,
    /// In words.
    pub words: &'static str,
}

/// A condition set after acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddedCondition {
    /// On which step.
    pub step: String,
    /// Who set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    pub added: Date,
    /// What it asks for.
    pub text: String,
}

/// Measures how promises were kept, from the status of a day.
#[must_use]
pub fn delays(roadmap: &Roadmap, status: &Status) -> Delays {
    let class = ReferenceClass::without(roadmap);
    let as_of = status.as_of.latest();
    // A step with parts is counted by its parts, or every part would count twice.
    let leaves: Vec<&StepStatus> = status
        .steps
        .iter()
        .filter(|s| !status.steps.iter().any(|p| p.part_of.as_ref() == Some(&s.id)))
        .collect();
    let distribution = class.distribution();
    let promises: Vec<PromiseDelay> = leaves
        .iter()
        .filter_map(|s| promise(roadmap, status, s, as_of))
        .map(|mut p| {
            p.slower_in_reference = p.ratio.map(|(least, _)| distribution.longer_than(least));
            p
        })
        .collect();
    let added_conditions = added(roadmap, as_of);
    let names: Vec<String> = party_names(&leaves);
    let responses = responses(roadmap, status, &class, as_of);
    let parties = names
        .iter()
        .map(|party| {
            let mut measured = measure(party, &promises, &leaves, &added_conditions, &class, as_of);
            let answers: Vec<Interval> = responses
                .iter()
                .filter(|r| r.parties.contains(party))
                .map(|r| match r.days {
                    (from, Some(to)) => Interval { from: from as f64, to: to as f64 },
                    (from, None) => Interval::not_by(from as f64),
                })
                .collect();
            measured.responses = answers.len();
            measured.median_response_days = super::survival::Turnbull::new(&answers).quantile(0.5);
            measured
        })
        .collect();
    Delays {
        title: status.title.clone(),
        as_of: status.as_of.clone(),
        causes: causes(roadmap, status, &promises),
        promises,
        responses,
        parties,
        added_conditions,
        reference: class.facts(),
        correlation: INTRA_CASE_CORRELATION,
        method: "slip in days; time to completion as a multiple of the time promised (Turnbull 1976); log-rank against the \
                 reference class, weighted for shared shocks; earned schedule (Lipke 2003); cumulative sum, k 0.5, h 4",
    }
}

fn party_names(steps: &[&StepStatus]) -> Vec<String> {
    let mut names: Vec<String> =
        steps.iter().flat_map(|s| &s.parties).filter(|p| *p != "all").cloned().collect();
    names.sort();
    names.dedup();
    names
}

/// When a step was promised: what its date counts from; what the reference class knows; the day of signature; else the
/// last step that all did together, without a date of its own, before it was due: the agreement it stands in.
#[must_use]
pub fn promised_on(roadmap: &Roadmap, status: &Status, step: &StepStatus) -> Option<Date> {
    if let Some(known) = known_promise(roadmap, status, step) {
        return Some(known);
    }
    let text = roadmap.step(step.id.as_str())?;
    if matches!(text.due.as_ref().map(|d| &d.by), Some(DueBy::After(..))) {
        return None;
    }
    let due = step.due.as_ref()?;
    status
        .steps
        .iter()
        .filter(|s| s.due.is_none() && s.parties.iter().any(|p| p == "all"))
        .filter_map(|s| s.actual.clone())
        .filter(|d| d.latest() < due.earliest())
        .max_by_key(Date::latest)
}

/// When a step was promised, where that is written: what its date counts from; what the reference class knows; the day of
/// signature.
pub(crate) fn known_promise(roadmap: &Roadmap, status: &Status, step: &StepStatus) -> Option<Date> {
    let text = roadmap.step(step.id.as_str())?;
    let actual =
        |id: &str| status.steps.iter().find(|s| s.id.as_str() == id).and_then(|s| s.actual.clone());
    if let Some(DueBy::After(_, of, _)) = text.due.as_ref().map(|d| &d.by) {
        return actual(of.as_str());
    }
    if let Some(date) = ReferenceClass::promised_on(step.id.as_str()) {
        return Some(date.clone());
    }
    roadmap.signed.clone()
}

fn promise(
    roadmap: &Roadmap,
    status: &Status,
    step: &StepStatus,
    as_of: civil::Date,
) -> Option<PromiseDelay> {
    let due = step.due.clone()?;
    let made = promised_on(roadmap, status, step);
    let planned = made.as_ref().map(|m| days(m.earliest(), due.latest())).filter(|d| *d > 0);
    let actual = step.actual.clone().filter(|_| step.state.is_done());
    let (least, most) = match (&actual, step.state.is_done()) {
        (Some(actual), _) => {
            let (least, most) = actual.days_since(&due);
            // Done on that day or before: any day since the promise.
            let first = planned.map_or(i64::MIN / 2, |p| -p);
            (if step.or_before { first.min(most) } else { least }, Some(most))
        }
        // Done, nobody says when.
        (None, true) => return None,
        (None, false) => (days(due.latest(), as_of), None),
    };
    // A promise whose day has not come tells nothing yet.
    if most.is_none() && least < 0 {
        return None;
    }
    let text = roadmap.step(step.id.as_str())?;
    let agreed: Vec<_> = text.postponed.iter().filter(|p| p.on.earliest() <= as_of).collect();
    let drift = agreed.last().and_then(|last| {
        let passed = days(made.as_ref()?.earliest(), last.on.latest());
        let moved = days(due.latest(), last.due.latest());
        (passed > 0).then(|| moved as f64 / passed as f64)
    });
    let ratio = planned.map(|p| {
        let of = |slip: i64| ((slip + p) as f64 / p as f64).max(0.0);
        (of(least), most.map(of))
    });
    Some(PromiseDelay {
        step: step.id.to_string(),
        title: step.title.clone(),
        parties: step.parties.clone(),
        promised_on: made,
        due,
        due_now: step.due_now.clone(),
        renewals: agreed.len(),
        drift,
        actual,
        or_before: step.or_before,
        planned_days: planned,
        slip_days: (least, most),
        ratio,
        slower_in_reference: None,
        state: step.state.words(),
    })
}

fn added(roadmap: &Roadmap, as_of: civil::Date) -> Vec<AddedCondition> {
    roadmap
        .steps
        .iter()
        .flat_map(|s| s.conditions.iter().map(move |c| (s, c)))
        .filter_map(|(step, condition)| {
            let added = condition.added.clone().filter(|d| d.earliest() <= as_of)?;
            Some(AddedCondition {
                step: step.id.to_string(),
                by: condition.by.clone(),
                added,
                text: condition.text.clone(),
            })
        })
        .collect()
}

fn measure(
    party: &str,
    promises: &[PromiseDelay],
    steps: &[&StepStatus],
    added: &[AddedCondition],
    class: &ReferenceClass,
    as_of: civil::Date,
) -> PartyDelays {
    let mine: Vec<&PromiseDelay> =
        promises.iter().filter(|p| p.parties.iter().any(|q| q == party || q == "all")).collect();
    let others: Vec<&PromiseDelay> =
        promises.iter().filter(|p| !p.parties.iter().any(|q| q == party)).collect();
    let kept: Vec<&&PromiseDelay> = mine.iter().filter(|p| p.slip_days.1.is_some()).collect();
    let mut slips: Vec<i64> = kept.iter().filter(|p| !p.or_before).map(|p| p.slip_days.0).collect();
    slips.sort_unstable();
    let ratios: Vec<Interval> = mine.iter().filter_map(|p| interval(p)).collect();
    let schedule = schedule(&mine, as_of);
    let index_against_others = schedule
        .and_then(|s| Some(s.index / self::schedule(&others, as_of)?.index))
        .filter(|i| i.is_finite());
    let mut used: Vec<f64> = mine
        .iter()
        .filter(|p| !p.or_before && p.slip_days.1.is_some_and(|d| d <= 0))
        .filter_map(|p| p.ratio.map(|r| r.0))
        .collect();
    used.sort_by(f64::total_cmp);
    let (mean, sd) = class.log_ratio();
    let mut in_order = mine.clone();
    in_order.sort_by_key(|p| (p.due.latest(), p.step.clone()));
    let standard: Vec<(&str, f64)> = in_order
        .iter()
        .filter(|p| !p.or_before)
        .filter_map(|p| Some((p.step.as_str(), (p.ratio?.0.max(0.01).ln() - mean) / sd.max(1e-9))))
        .collect();
    let sums = cusum(&standard.iter().map(|(_, x)| *x).collect::<Vec<_>>(), K);
    PartyDelays {
        party: party.to_owned(),
        promises: mine.len(),
        kept: kept.len(),
        median_slip_days: median(&slips),
        median_ratio: super::survival::Turnbull::new(&ratios).quantile(0.5),
        renewals: mine.iter().map(|p| p.renewals).sum(),
        share_of_time_used: median(&used),
        conditions_added: added.iter().filter(|c| c.by.as_deref() == Some(party)).count(),
        responses: 0,
        median_response_days: None,
        schedule,
        index_against_others,
        cusum_most: sums.iter().copied().max_by(f64::total_cmp),
        cusum_signal: sums
            .iter()
            .position(|s| *s > H)
            .and_then(|i| standard.get(i))
            .map(|(step, _)| (*step).to_owned()),
        against_reference: compare(&ratios, class),
        flows: flows(party, steps, as_of),
    }
}

fn interval(promise: &PromiseDelay) -> Option<Interval> {
    let (from, to) = promise.ratio?;
    Some(match to {
        Some(to) => Interval { from, to },
        None => Interval::not_by(from),
    })
}

fn median<T: Copy>(sorted: &[T]) -> Option<T> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

/// Earned schedule in days: each promise is worth the same, planned at its date.
fn schedule(promises: &[&PromiseDelay], as_of: civil::Date) -> Option<EarnedSchedule> {
    let start = promises.iter().filter_map(|p| p.promised_on.as_ref()).map(Date::earliest).min()?;
    let end = promises.iter().map(|p| p.due.latest()).max()?;
    let length = usize::try_from(days(start, end)).ok().filter(|n| (1..20_000).contains(n))?;
    let mut plan = vec![0.0; length];
    for promise in promises {
        let at = usize::try_from(days(start, promise.due.latest()).max(1)).ok()?;
        plan.iter_mut().skip(at - 1).for_each(|p| *p += 1.0);
    }
    let done = promises.iter().filter(|p| p.slip_days.1.is_some()).count();
    // When all is done the clock stops at the last of them.
    let last = promises.iter().filter_map(|p| p.actual.as_ref()).map(Date::latest).max();
    let now =
        if done == promises.len() { last.unwrap_or(as_of).max(end.min(as_of)) } else { as_of };
    earned_schedule(&plan, done as f64, days(start, now) as f64)
}

fn compare(ratios: &[Interval], class: &ReferenceClass) -> Option<Comparison> {
    if ratios.is_empty() || class.promises.is_empty() {
        return None;
    }
    let test = log_rank(ratios, &class.ratios());
    let n = ratios.len() as f64;
    let design = 1.0 + (n - 1.0) * INTRA_CASE_CORRELATION;
    let p = chi_square_tail(test.chi_square / design);
    let (o, e) = (test.observed, test.expected);
    let log = if o > 0.0 && e > 0.0 { o * (o / e).ln() - (o - e) } else { e };
    let words = match (p < 0.05, o < e) {
        (true, true) => "slower than the reference class",
        (true, false) => "faster than the reference class",
        (false, true) => "slower, within what chance gives",
        (false, false) => "not slower than the reference class",
    };
    Some(Comparison {
        log_rank: test,
        p_with_shared_shocks: p,
        likelihood_ratio: (log / design).exp(),
        words,
    })
}
