//! Where each step stands on a day: what follows from the record and the text, in layers.
//!
//! 1. What the record says of each step ([`crate::facts`]).
//! 2. Dates, with what happens by default once they pass, until nothing changes.
//! 3. Limits and lasting obligations.
//! 4. Powers: whether they may be used, are running, have taken effect.
//! 5. The regime of each step: explicit acts in the order of their dates, the last one counts; then suspensions
//!    that come by themselves.
//!
//! **Reversal.** Undoing a step does not undo what was done after it: what happened, happened. Steps after it that
//! are not done wait again; steps that are done stay done and list it in `rests_on_reversed`, through every step
//! in between. Their regime changes only where the text says so (`suspended-if`, a power).

use std::collections::{HashMap, HashSet};

use case::{Case, Index, StepStatement};
use statement::kinds::evidence::Term;
use statement::kinds::roadmap::Progress;
use statement::{Date, Decimal, ObjectId, Quantity, Standing, civil, days};

use crate::days::{add, after, span, subtract};
use crate::facts::{Facts, facts, happened};
use crate::history::History;
use crate::limits::{LimitState, LimitStatus, limits};
use crate::model::{
    CountedFrom, DueBy, Is, Lasting, Length, Moment, Power, PowerKind, Roadmap, StateOf, Step,
    Whichever, total_days,
};
use crate::promises::promises;
use crate::scenario::Scenario;
use crate::status::{
    BundleStatus, DisputeAxis, EventStatus, InStepStatus, LastingState, LastingStatus, PowerState,
    PowerStatus, ReadingStatus, Regime, Status, StepState, StepStatus, Timeliness, Turns,
};

/// Days ahead that count as soon.
const SOON: i64 = 30;
/// Turns of a recurring step looked at; one a day for a century is less.
const MOST_TURNS: usize = 40_000;

/// Says where each step stands on a day, from what the case holds. Only what had happened by then counts.
///
/// A record without a date counts from the start when it says that something is done, and from the due date on
/// when it says that something is not: nobody can have known it before.
#[must_use]
pub fn status(roadmap: &Roadmap, case: &Case, as_of: civil::Date) -> Status {
    evaluate(roadmap, History::Case(case), as_of)
}

/// Where each step stands on a day of a scenario.
#[must_use]
pub fn status_in(roadmap: &Roadmap, scenario: &Scenario, as_of: civil::Date) -> Status {
    evaluate(roadmap, History::Scenario(scenario), as_of)
}

fn evaluate(roadmap: &Roadmap, history: History<'_>, as_of: civil::Date) -> Status {
    let mut status = one_reading(roadmap, history, as_of);
    for reading in &roadmap.readings {
        let other = one_reading(&reading.roadmap, history, as_of);
        let differs = |s: &StepStatus| {
            status.steps.iter().find(|t| t.id == s.id).is_none_or(|t| {
                (t.state, t.timeliness, t.regime, &t.due, &t.waiting_for, t.slip_days)
                    != (s.state, s.timeliness, s.regime, &s.due, &s.waiting_for, s.slip_days)
            })
        };
        let changed = |id: &ObjectId| reading.changes.contains(id);
        let no_limit = status
            .limits
            .iter()
            .filter(|l| l.in_text.as_ref().is_some_and(changed))
            .filter(|l| !other.limits.iter().any(|o| o.in_text == l.in_text))
            .filter_map(|l| l.in_text.clone())
            .collect();
        status.readings.push(ReadingStatus {
            clause: reading.clause.clone(),
            reading: reading.name.clone(),
            held_by: reading.by.clone(),
            steps: other.steps.iter().filter(|s| differs(s)).cloned().collect(),
            limits: other
                .limits
                .iter()
                .filter(|l| l.in_text.as_ref().is_some_and(changed) || !status.limits.contains(l))
                .filter(|l| l.in_text.is_some())
                .cloned()
                .collect(),
            no_limit,
            powers: other.powers.iter().filter(|p| !status.powers.contains(p)).cloned().collect(),
        });
    }
    status
}

struct Engine<'a> {
    roadmap: &'a Roadmap,
    history: History<'a>,
    as_of: civil::Date,
    index: HashMap<&'a str, usize>,
    before: Vec<Vec<usize>>,
    facts: Vec<Facts>,
    /// The date of each step as first promised, with words where it is void or came about.
    due: Vec<(Option<Date>, Vec<String>)>,
    /// Steps that took effect by themselves.
    by_itself: HashSet<usize>,
    limits: Vec<LimitStatus>,
    lasting: Vec<LastingStatus>,
    powers: Vec<PowerStatus>,
}

/// The regime of a step, since when, why, and the entries.
type Ruling = (Regime, Option<Date>, Vec<String>, Vec<Index>);

/// A use of a power.
struct Use {
    on: Date,
    because: Vec<Index>,
    /// The window it begins at.
    start: usize,
    /// Which holders used it; empty when the record does not say.
    by: Vec<String>,
}

/// Why a use of a power never takes effect.
enum NoEffect {
    Stopped(ObjectId, Date),
    Lapsed,
    /// On that day nothing gave the right to it.
    NoRight(String),
}

/// What gives the right to use a power on a day.
enum Right {
    /// The holder judges for itself.
    OwnJudgement,
    Given(Vec<String>, Vec<Index>),
    /// It was given, and the time to use it is over.
    Over(Vec<String>, Vec<Index>),
    NotGiven,
}

/// When something came about, and when it ended.
struct Arose {
    on: Option<Date>,
    ended: Option<Option<Date>>,
    because: Vec<Index>,
}

fn one_reading(roadmap: &Roadmap, history: History<'_>, as_of: civil::Date) -> Status {
    let facts = roadmap.steps.iter().map(|s| facts(s, roadmap, history, as_of)).collect();
    let mut engine = Engine {
        roadmap,
        history,
        as_of,
        index: roadmap.index(),
        before: roadmap.predecessors(),
        facts,
        due: Vec::new(),
        by_itself: HashSet::new(),
        limits: Vec::new(),
        lasting: Vec::new(),
        powers: Vec::new(),
    };
    engine.settle();
    engine.finish()
}

impl<'a> Engine<'a> {
    /// Dates, limits, lasting obligations, powers, in this order. Where a date depends on a power, what a first round says
    /// of powers is known to the next, until nothing changes.
    fn settle(&mut self) {
        let roadmap = self.roadmap;
        let named = |id: &ObjectId| roadmap.powers.iter().any(|p| p.id == *id);
        let again = roadmap.steps.iter().filter_map(|s| s.due.as_ref()).any(|d| {
            d.provided_not.as_ref().is_some_and(named)
                || d.or.as_ref().is_some_and(|(o, _)| named(o))
        });
        let recorded = again.then(|| self.facts.clone());
        for _ in 0..=roadmap.powers.len() {
            self.dates();
            let done = self.done_on();
            self.limits = limits(roadmap, self.history, self.as_of, &done);
            self.lasting = roadmap.lasting.iter().map(|l| self.lasting(l)).collect();
            let before = self.powers.clone();
            // A power may wait for the use of another, wherever that stands: each round settles at least one more.
            for _ in 0..=roadmap.powers.len() {
                let powers: Vec<PowerStatus> =
                    roadmap.powers.iter().map(|p| self.power(p)).collect();
                let settled = powers == self.powers;
                self.powers = powers;
                if settled {
                    break;
                }
            }
            let Some(recorded) = recorded.as_ref().filter(|_| self.powers != before) else {
                return;
            };
            self.facts.clone_from(recorded);
            self.by_itself.clear();
        }
        self.dates();
    }

    fn place(&self, id: &ObjectId) -> Option<usize> {
        self.index.get(id.as_str()).copied()
    }

    fn is_done(&self, i: usize) -> bool {
        self.facts[i].state.is_some_and(StepState::is_done)
    }

    fn inclusive(&self) -> bool {
        self.roadmap.calendar.as_ref().is_some_and(|c| c.inclusive)
    }

    fn done_on(&self) -> HashMap<&'a str, Date> {
        let done = self.roadmap.steps.iter().zip(&self.facts);
        done.filter(|(_, f)| f.state.is_some_and(StepState::is_done))
            .filter_map(|(s, f)| Some((s.id.as_str(), f.actual.clone()?)))
            .collect()
    }

    /// When a step was done or certified; a bundle when its last step was.
    fn when(&self, id: &ObjectId, from: CountedFrom) -> Option<Date> {
        if let Some(i) = self.place(id) {
            if !self.is_done(i) {
                return None;
            }
            return match from {
                CountedFrom::Done => self.facts[i].actual.clone(),
                CountedFrom::Verified => self.facts[i].verified_on.clone(),
            };
        }
        let bundle = self.roadmap.bundle(id.as_str())?;
        let all: Option<Vec<Date>> = bundle.steps.iter().map(|s| self.when(s, from)).collect();
        latest_of(&all?)
    }

    /// When anything of the text, or an event of the record, happened.
    fn happened(&self, id: &ObjectId) -> Option<Date> {
        if self.place(id).is_some() || self.roadmap.bundle(id.as_str()).is_some() {
            return self.when(id, CountedFrom::Done);
        }
        if let Some(power) = self.powers.iter().find(|p| p.id == *id) {
            return power.takes_effect.clone().filter(|_| power.state == PowerState::InEffect);
        }
        if self.roadmap.powers.iter().any(|p| p.id == *id) {
            // Powers were not looked at yet; the next round knows.
            return None;
        }
        happened(self.history, id.as_str(), self.as_of).map(|(on, _)| on)
    }

    /// Dates of all steps, and what happens by default when they pass.
    fn dates(&mut self) {
        let mut owed: HashMap<usize, Vec<(usize, Option<Length>)>> = HashMap::new();
        for (i, step) in self.roadmap.steps.iter().enumerate() {
            for owes in &step.owes {
                for id in self.roadmap.unbundled(std::slice::from_ref(&owes.step)) {
                    if let Some(to) = self.place(id) {
                        owed.entry(to).or_default().push((i, owes.within));
                    }
                }
            }
        }
        // Each round at least one step takes effect by itself, so this ends.
        loop {
            self.due = (0..self.roadmap.steps.len())
                .map(|i| self.due_of(i, owed.get(&i).map_or(&[][..], Vec::as_slice)))
                .collect();
            let mut changed = false;
            for (i, step) in self.roadmap.steps.iter().enumerate() {
                let Some(default) = step.by_default.as_ref().and_then(|d| self.place(d)) else {
                    continue;
                };
                let (Some(due), false) = (&self.due[i].0, self.is_done(i)) else { continue };
                if due.latest() < self.as_of
                    && self.facts[default].state.is_none()
                    && self.by_itself.insert(default)
                {
                    let (due, because) = (due.clone(), self.facts[i].because.clone());
                    let facts = &mut self.facts[default];
                    facts.state = Some(StepState::ClaimedDone);
                    facts.actual = Some(due);
                    facts.because.extend(because);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }

    fn due_of(&self, i: usize, owed: &[(usize, Option<Length>)]) -> (Option<Date>, Vec<String>) {
        let mut why = Vec::new();
        let step = &self.roadmap.steps[i];
        let mut due = match step.due.as_ref().map(|d| &d.by) {
            Some(DueBy::On(date)) => Some(date.clone()),
            Some(DueBy::After(length, of, from)) => match self.when(of, *from) {
                Some(on) => {
                    why.push(format!("due {length} after `{of}`, which was on {on}"));
                    after(&on, *length, self.inclusive())
                }
                None => None,
            },
            None => None,
        };
        if step.due.is_none() {
            for (from, within) in owed {
                let Some(on) = self.facts[*from].actual.as_ref().filter(|_| self.is_done(*from))
                else {
                    continue;
                };
                let by = match within {
                    Some(length) => after(on, *length, self.inclusive()),
                    None => Some(on.clone()),
                };
                why.push(format!("owed since `{}` was done on {on}", self.roadmap.steps[*from].id));
                due = match (due, by) {
                    (Some(a), Some(b)) => Some(if b.latest() < a.latest() { b } else { a }),
                    (a, b) => a.or(b),
                };
            }
        }
        if let Some((other, whichever)) = step.due.as_ref().and_then(|d| d.or.as_ref()) {
            due = match (due, self.happened(other), whichever) {
                (due, None, Whichever::Earlier) => due,
                (_, None, Whichever::Later) => {
                    why.push(format!("not due before `{other}`, which has not happened"));
                    None
                }
                (None, Some(on), Whichever::Earlier) => Some(on),
                (None, Some(_), Whichever::Later) => None,
                (Some(date), Some(on), how) => {
                    let earlier = on.latest() < date.latest();
                    why.push(format!("`{other}` happened on {on}"));
                    Some(if earlier == (*how == Whichever::Earlier) { on } else { date })
                }
            };
        }
        if let Some(proviso) = step.due.as_ref().and_then(|d| d.provided_not.as_ref())
            && let Some(on) = self.happened(proviso)
            && due.as_ref().is_none_or(|d| on.earliest() <= d.latest())
        {
            why.push(format!("its date is void: `{proviso}` happened on {on}"));
            due = None;
        }
        (due, why)
    }

    /// Whether something in the text came into a state, when, and when that ended.
    fn arose(&self, state: &StateOf) -> Option<Arose> {
        if state.is == Is::Happened {
            let (on, because) = happened(self.history, state.of.as_str(), self.as_of)?;
            return Some(Arose { on: Some(on), ended: None, because });
        }
        if let Some(i) = self.place(&state.of) {
            return self.step_arose(i, state.is);
        }
        if let Some(bundle) = self.roadmap.bundle(state.of.as_str()) {
            let all: Option<Vec<Arose>> = bundle
                .steps
                .iter()
                .map(|s| self.arose(&StateOf { of: s.clone(), ..state.clone() }))
                .collect();
            // Done together, undone with any of them.
            if matches!(state.is, Is::Done | Is::Verified) {
                let all = all?;
                let dates: Option<Vec<Date>> = all.iter().map(|a| a.on.clone()).collect();
                let because = all.into_iter().flat_map(|a| a.because).collect();
                return Some(Arose { on: dates.and_then(|d| latest_of(&d)), ended: None, because });
            }
            return bundle
                .steps
                .iter()
                .find_map(|s| self.arose(&StateOf { of: s.clone(), ..state.clone() }));
        }
        if let Some(limit) = self.limits.iter().find(|l| l.in_text.as_ref() == Some(&state.of)) {
            let last = limit.readings.iter().rfind(|r| r.state == LimitState::Exceeded)?;
            let ended = last.cured_on.clone().filter(|d| d.earliest() <= self.as_of).map(Some);
            return Some(Arose { on: last.as_of.clone(), ended, because: last.because.clone() });
        }
        if let Some(lasting) = self.lasting.iter().find(|l| l.id == state.of) {
            let (_, on) = lasting.breaches.first()?;
            return Some(Arose {
                on: Some(on.clone()),
                ended: None,
                because: lasting.because.clone(),
            });
        }
        let power = self.powers.iter().find(|p| p.id == state.of)?;
        let on = power.used_on.clone()?;
        Some(Arose { on: Some(on), ended: None, because: power.because.clone() })
    }

    fn step_arose(&self, i: usize, is: Is) -> Option<Arose> {
        let facts = &self.facts[i];
        let because = facts.because.clone();
        let now = |state: bool, on: &Option<Date>| {
            state.then(|| Arose { on: on.clone(), ended: None, because: because.clone() })
        };
        match is {
            Is::Done => now(self.is_done(i), &facts.actual),
            Is::Verified => now(facts.state == Some(StepState::Verified), &facts.verified_on),
            Is::Refused => now(facts.state == Some(StepState::Refused), &facts.closed_on),
            Is::Failed => now(facts.state == Some(StepState::Failed), &facts.closed_on),
            Is::Reversed => {
                let on = facts.reversed_on.clone();
                if facts.state == Some(StepState::Reversed) {
                    return Some(Arose { on, ended: None, because });
                }
                let on = Some(on?);
                Some(Arose { on, ended: Some(facts.resumed_on.clone()), because })
            }
            Is::Overdue => {
                let due = self.current_due(i)?;
                let on = span(due.latest().tomorrow().ok()?, due.latest().tomorrow().ok()?);
                if self.is_done(i) {
                    let actual = facts.actual.clone()?;
                    let late = !facts.or_before && actual.earliest() > due.latest();
                    return late.then_some(Arose { on, ended: Some(Some(actual)), because });
                }
                (due.latest() < self.as_of).then_some(Arose { on, ended: None, because })
            }
            Is::Broken | Is::Happened => None,
        }
    }

    /// The date in force: postponed by the record, or by the text.
    fn current_due(&self, i: usize) -> Option<Date> {
        let agreed = self.roadmap.steps[i]
            .postponed
            .iter()
            .rfind(|p| p.on.earliest() <= self.as_of)
            .map(|p| p.due.clone());
        // Dates may be asked for while they are worked out.
        let promised = || self.due.get(i).and_then(|d| d.0.clone());
        self.facts[i].postponed.clone().or(agreed).or_else(promised)
    }

    fn moment(&self, moment: &Moment) -> Option<Date> {
        match moment {
            Moment::On(date) => Some(date.clone()),
            Moment::When(id) => self.happened(id),
        }
    }

    fn lasting(&self, lasting: &Lasting) -> LastingStatus {
        let mut why = Vec::new();
        let from = lasting.from.as_ref().map(|m| self.moment(m));
        let until = lasting.until.as_ref().and_then(|m| self.moment(m));
        let begun = match &from {
            None => true,
            Some(on) => on.as_ref().is_some_and(|d| d.earliest() <= self.as_of),
        };
        let gone = lasting.while_.iter().find_map(|id| {
            let state = |is| StateOf { of: id.clone(), is, span: 0..0 };
            let reversed = self.arose(&state(Is::Reversed)).filter(|a| a.ended.is_none());
            let ended = reversed.or_else(|| {
                self.roadmap
                    .powers
                    .iter()
                    .any(|p| p.id == *id)
                    .then(|| self.happened(id))
                    .flatten()
                    .map(|on| Arose { on: Some(on), ended: None, because: Vec::new() })
            });
            ended.map(|a| (id.clone(), a.on))
        });
        let ended_on = until.clone().filter(|u| u.latest() < self.as_of);
        let mut because = Vec::new();
        let mut breaches = Vec::new();
        for id in &lasting.broken_by {
            let Some((on, entries)) = happened(self.history, id.as_str(), self.as_of) else {
                continue;
            };
            let after_begin = match &from {
                None => true,
                Some(from) => from.as_ref().is_some_and(|f| on.latest() >= f.earliest()),
            };
            let before_end = until.as_ref().is_none_or(|u| on.earliest() <= u.latest())
                && gone
                    .as_ref()
                    .is_none_or(|(_, g)| g.as_ref().is_none_or(|g| on.earliest() <= g.latest()));
            if after_begin && before_end {
                why.push(format!("`{id}` on {on} broke it"));
                because.extend(entries);
                breaches.push((id.clone(), on));
            }
        }
        let state = if !begun {
            why.push("what it begins with has not happened".to_owned());
            LastingState::NotYet
        } else if !breaches.is_empty() {
            LastingState::Broken
        } else if let Some(on) = &ended_on {
            why.push(format!("it ended on {on}"));
            LastingState::Ended
        } else if let Some((id, _)) = gone.filter(|_| !lasting.survives) {
            why.push(format!("it binds only while `{id}` stands"));
            LastingState::Ended
        } else {
            why.push("no breach is recorded".to_owned());
            LastingState::InForce
        };
        because.sort_unstable();
        because.dedup();
        LastingStatus {
            id: lasting.id.clone(),
            title: lasting.title.clone(),
            parties: lasting.by.clone(),
            state,
            breaches,
            why,
            because,
        }
    }

    /// Every use of a power, the earliest first. A holder uses it by claiming its id, or by an event or step that the text
    /// names; what another party of the agreement claims is no use of it.
    fn uses_of(&self, power: &Power) -> Vec<Use> {
        let holds = |party: &str| power.holders.iter().any(|h| h == party);
        let mut uses: Vec<Use> = power
            .used_by
            .iter()
            .filter_map(|(id, at)| {
                let (on, because) = happened(self.history, id.as_str(), self.as_of)?;
                let start = at
                    .as_ref()
                    .and_then(|at| power.windows.iter().position(|w| w.name == *at))
                    .unwrap_or(0);
                let mut by = self.history.who(id.as_str());
                by.extend(
                    self.place(id).into_iter().flat_map(|i| self.roadmap.steps[i].by.clone()),
                );
                by.retain(|p| holds(p));
                Some(Use { on, because, start, by })
            })
            .collect();
        for known in self.history.of_step(power.id.as_str()) {
            let used = matches!(
                known.body,
                StepStatement::Claim(c) if matches!(c.progress, Progress::Done | Progress::Partly)
            );
            let Some(on) = known.body.on().filter(|on| used && on.earliest() <= self.as_of) else {
                continue;
            };
            let party = known.party.as_str();
            // Whoever is no party of the agreement only writes down what a holder did.
            let by = match (holds(party), self.roadmap.parties.iter().any(|p| p == party)) {
                (true, _) => vec![party.to_owned()],
                (false, true) => continue,
                (false, false) => Vec::new(),
            };
            uses.push(Use { on: on.clone(), because: known.because.to_vec(), start: 0, by });
        }
        uses.sort_by_key(|u| u.on.earliest());
        uses
    }

    /// What gives the right to use a power on a day, in words. A breach that was cured by then gives none any more.
    fn right(&self, power: &Power, day: civil::Date) -> Right {
        if power.triggers.is_empty() {
            return Right::OwnJudgement;
        }
        let (mut given, mut over, mut because) = (Vec::new(), Vec::new(), Vec::new());
        for trigger in &power.triggers {
            let Some((on, entries)) = self.stood(trigger, day) else { continue };
            because.extend(entries);
            let words = format!("`{}` is {}", trigger.of, trigger.is.word());
            let until = power
                .use_within
                .zip(on.as_ref())
                .and_then(|(within, on)| after(on, within, self.inclusive()).map(|d| d.latest()));
            match (&on, until) {
                (Some(on), Some(until)) if until < day => {
                    over.push(format!("{words} since {on}; the time to use it ended on {until}"));
                }
                (on, _) => {
                    let since = on.as_ref().map_or(String::new(), |d| format!(" since {d}"));
                    given.push(format!("{words}{since}"));
                }
            }
        }
        match (given.is_empty(), over.is_empty()) {
            (false, _) => {
                given.extend(over);
                Right::Given(given, because)
            }
            (true, false) => Right::Over(over, because),
            (true, true) => Right::NotGiven,
        }
    }

    /// Whether something stood in a state on a day, and since when.
    fn stood(&self, state: &StateOf, day: civil::Date) -> Option<(Option<Date>, Vec<Index>)> {
        let by_then = |d: &Date| d.earliest() <= day;
        if state.is == Is::Happened {
            let (on, because) = happened(self.history, state.of.as_str(), day)?;
            return Some((Some(on), because));
        }
        if let Some(i) = self.place(&state.of) {
            let then;
            let facts = if day == self.as_of {
                &self.facts[i]
            } else {
                then = facts(&self.roadmap.steps[i], self.roadmap, self.history, day);
                &then
            };
            let done = facts.state.is_some_and(StepState::is_done);
            let on = match (state.is, facts.state) {
                (Is::Done, _) if done => facts.actual.clone(),
                (Is::Verified, Some(StepState::Verified)) => facts.verified_on.clone(),
                (Is::Reversed, Some(StepState::Reversed)) => facts.reversed_on.clone(),
                (Is::Refused, Some(StepState::Refused)) => facts.closed_on.clone(),
                (Is::Failed, Some(StepState::Failed)) => facts.closed_on.clone(),
                (Is::Overdue, _) if !done => {
                    let due = self.current_due(i)?.latest();
                    if due >= day {
                        return None;
                    }
                    Some(Date::day(due.tomorrow().ok()?))
                }
                _ => return None,
            };
            return Some((on, facts.because.clone()));
        }
        if let Some(bundle) = self.roadmap.bundle(state.of.as_str()) {
            let mut of = bundle
                .steps
                .iter()
                .map(|s| self.stood(&StateOf { of: s.clone(), ..state.clone() }, day));
            // Done together, undone with any of them.
            if matches!(state.is, Is::Done | Is::Verified) {
                let all: Option<Vec<_>> = of.collect();
                let all = all?;
                let dates: Option<Vec<Date>> = all.iter().map(|(on, _)| on.clone()).collect();
                let because = all.into_iter().flat_map(|(_, because)| because).collect();
                return Some((dates.and_then(|d| latest_of(&d)), because));
            }
            return of.find_map(|o| o);
        }
        if let Some(limit) = self.limits.iter().find(|l| l.in_text.as_ref() == Some(&state.of)) {
            let exceeded = limit.readings.iter().rfind(|r| {
                r.state == LimitState::Exceeded && r.as_of.as_ref().is_none_or(by_then)
            })?;
            let cured = exceeded.cured_on.as_ref().is_some_and(by_then);
            return (!cured).then(|| (exceeded.as_of.clone(), exceeded.because.clone()));
        }
        if let Some(lasting) = self.lasting.iter().find(|l| l.id == state.of) {
            let (_, on) = lasting.breaches.iter().find(|(_, on)| by_then(on))?;
            return Some((Some(on.clone()), lasting.because.clone()));
        }
        let power = self.powers.iter().find(|p| p.id == state.of)?;
        let on = power.used_on.as_ref().filter(|on| by_then(on))?;
        Some((Some(on.clone()), power.because.clone()))
    }

    /// When a power lapses, where that is known.
    fn lapse_of(&self, power: &Power) -> Option<Date> {
        match power.lapse.as_ref()? {
            Moment::On(date) => Some(date.clone()),
            Moment::When(id) => {
                self.happened(id).or_else(|| self.place(id).and_then(|i| self.current_due(i)))
            }
        }
    }

    /// What comes of a use of a power: the day it takes effect, or why it never does.
    fn outcome(&self, power: &Power, used: &Use) -> Result<Option<Date>, NoEffect> {
        match self.right(power, used.on.latest()) {
            Right::OwnJudgement | Right::Given(..) => {}
            Right::Over(words, _) => return Err(NoEffect::NoRight(words.join("; "))),
            Right::NotGiven => {
                let words = "nothing that gives the right had happened";
                return Err(NoEffect::NoRight(words.to_owned()));
            }
        }
        let running = &power.windows[used.start.min(power.windows.len())..];
        let effect = after(&used.on, Length::Days(total_days(running)), false);
        for id in &power.stopped_by {
            let Some(done) = self.when(id, CountedFrom::Done) else { continue };
            if effect.as_ref().is_none_or(|e| done.earliest() <= e.latest()) {
                return Err(NoEffect::Stopped(id.clone(), done));
            }
        }
        match (self.lapse_of(power), &effect) {
            (Some(lapse), Some(effect)) if effect.earliest() > lapse.latest() => {
                Err(NoEffect::Lapsed)
            }
            _ => Ok(effect),
        }
    }

    fn power(&self, power: &Power) -> PowerStatus {
        let mut why = Vec::new();
        let mut because = Vec::new();
        let lapses = self.lapse_of(power);
        let total = Length::Days(total_days(&power.windows));
        let last_useful_day =
            lapses.as_ref().and_then(|l| subtract(l.latest(), total, false)).map(Date::day);
        let (mut window, mut takes_effect) = (None, None);
        // Uses without the right to it are told and change nothing.
        let mut used = None;
        for one in self.uses_of(power) {
            match self.outcome(power, &one) {
                Err(NoEffect::NoRight(words)) => {
                    because.extend(&one.because);
                    why.push(format!("used on {} without the right: {words}", one.on));
                }
                _ => {
                    used = Some(one);
                    break;
                }
            }
        }
        let state = if let Some(used) = &used {
            because.extend(&used.because);
            let by = match used.by.is_empty() {
                true => String::new(),
                false => format!(" by {}", used.by.join(", ")),
            };
            why.push(format!("used on {}{by}", used.on));
            match self.outcome(power, used) {
                Err(NoEffect::Stopped(id, done)) => {
                    why.push(format!("stopped by `{id}` on {done}"));
                    PowerState::Stopped
                }
                Err(NoEffect::Lapsed | NoEffect::NoRight(_)) => {
                    why.push("it lapses before its windows have run".to_owned());
                    PowerState::Lapsed
                }
                Ok(effect) => {
                    takes_effect.clone_from(&effect);
                    if effect.as_ref().is_some_and(|e| e.latest() <= self.as_of) {
                        PowerState::InEffect
                    } else {
                        window = self
                            .running(&power.windows[used.start.min(power.windows.len())..], used);
                        PowerState::Running
                    }
                }
            }
        } else if let Some(lapse) = lapses.as_ref().filter(|l| l.latest() < self.as_of) {
            why.push(format!("lapsed on {lapse} without being used"));
            PowerState::Lapsed
        } else {
            let (state, words, entries) = match self.right(power, self.as_of) {
                Right::OwnJudgement => (
                    PowerState::Available,
                    vec!["its holder judges for itself whether to use it".to_owned()],
                    Vec::new(),
                ),
                Right::NotGiven => (
                    PowerState::Dormant,
                    vec!["nothing that gives the right stands".to_owned()],
                    Vec::new(),
                ),
                Right::Given(words, entries) => (PowerState::Available, words, entries),
                Right::Over(words, entries) => (PowerState::Lapsed, words, entries),
            };
            why.extend(words);
            because.extend(entries);
            state
        };
        because.sort_unstable();
        because.dedup();
        PowerStatus {
            id: power.id.clone(),
            title: power.title.clone(),
            holders: power.holders.clone(),
            state,
            used_by: used.as_ref().map(|u| u.by.clone()).unwrap_or_default(),
            used_on: used.map(|u| u.on),
            window,
            takes_effect,
            lapses,
            last_useful_day,
            why,
            because,
        }
    }

    /// The window that runs on the day.
    fn running(&self, windows: &[crate::model::Window], used: &Use) -> Option<String> {
        let mut name = None;
        for (i, w) in windows.iter().enumerate() {
            name = Some(w.name.clone());
            // A window beside another runs while that one does.
            let end = total_days(windows.get(..=i).unwrap_or(windows));
            let end = add(used.on.earliest(), Length::Days(end), false);
            if end.is_some_and(|d| d > self.as_of) {
                break;
            }
        }
        name
    }

    /// How much of a step is done, as a fraction: by its amount, by its parts, or all or nothing.
    fn fraction(&self, i: usize, parts: &HashMap<&str, Vec<usize>>) -> Decimal {
        let step = &self.roadmap.steps[i];
        let one = Decimal::from(1);
        if self.is_done(i) {
            return one;
        }
        if let Some((amount, unit)) = &step.amount {
            let of = Quantity { sigma: None, unit: unit.clone(), value: *amount };
            if let (Some(done), _) = self.facts[i].amount_done(self.roadmap, Some(&of))
                && let Some(f) = done.value.exact().checked_div(amount.exact())
            {
                return Decimal::from(f.round_dp(4).normalize()).min(one);
            }
        }
        let Some(parts) = parts.get(step.id.as_str()).filter(|p| !p.is_empty()) else {
            return Decimal::ZERO;
        };
        let done = parts.iter().filter(|p| self.is_done(**p)).count();
        let exact = |n: usize| Decimal::from(u32::try_from(n).unwrap_or(u32::MAX)).exact();
        exact(done)
            .checked_div(exact(parts.len()))
            .map_or(Decimal::ZERO, |f| Decimal::from(f.round_dp(4).normalize()))
    }

    fn regimes(&self) -> Vec<Ruling> {
        type Act = (Date, Regime, String, Vec<Index>);
        let mut acts: Vec<Vec<Act>> = vec![Vec::new(); self.roadmap.steps.len()];
        for (i, facts) in self.facts.iter().enumerate() {
            for (on, regime, because) in &facts.acts {
                let words = format!("{} on {on} by the record", regime.words());
                acts[i].push((on.clone(), *regime, words, because.clone()));
            }
        }
        for (i, step) in self.roadmap.steps.iter().enumerate() {
            let Some(on) = self.facts[i].actual.as_ref().filter(|_| self.is_done(i)) else {
                continue;
            };
            for (ids, regime) in [
                (&step.suspends, Regime::Suspended),
                (&step.snaps_back, Regime::SnappedBack),
                (&step.restores, Regime::Restored),
            ] {
                for to in self.roadmap.unbundled(ids).filter_map(|id| self.place(id)) {
                    let words = format!("{} by `{}` on {on}", regime.words(), step.id);
                    acts[to].push((on.clone(), regime, words, self.facts[i].because.clone()));
                }
            }
        }
        for (power, status) in self.roadmap.powers.iter().zip(&self.powers) {
            let (PowerState::InEffect, Some(on)) = (status.state, &status.takes_effect) else {
                continue;
            };
            let regime = match power.does {
                PowerKind::Suspend => Regime::Suspended,
                PowerKind::SnapBack => Regime::SnappedBack,
                PowerKind::Withdraw => continue,
            };
            for to in self.roadmap.unbundled(&power.over).filter_map(|id| self.place(id)) {
                let words = format!("{} by the power `{}` from {on}", regime.words(), power.id);
                acts[to].push((on.clone(), regime, words, status.because.clone()));
            }
        }
        acts.into_iter()
            .enumerate()
            .map(|(i, mut acts)| {
                acts.sort_by_key(|a| (a.0.earliest(), a.0.latest()));
                let (mut regime, mut since, mut why, mut because) =
                    (Regime::InForce, None, Vec::new(), Vec::new());
                if let Some((on, last, words, entries)) = acts.pop() {
                    (regime, since) = (last, Some(on));
                    why.push(words);
                    because.extend(entries);
                }
                if regime != Regime::SnappedBack {
                    self.by_themselves(i, &mut regime, &mut since, &mut why, &mut because);
                }
                (regime, since, why, because)
            })
            .collect()
    }

    /// Suspensions that come by themselves, and end so.
    fn by_themselves(
        &self,
        i: usize,
        regime: &mut Regime,
        since: &mut Option<Date>,
        why: &mut Vec<String>,
        because: &mut Vec<Index>,
    ) {
        let step = &self.roadmap.steps[i];
        for condition in &step.suspended_if {
            let Some(arose) = self.arose(condition) else { continue };
            let words = format!("`{}` is {}", condition.of, condition.is.word());
            let ended: Option<Option<Date>> = if step.restored_if.is_empty() {
                arose.ended.clone()
            } else {
                // Only what came after the reason for the suspension ends it.
                step.restored_if.iter().find_map(|r| {
                    let back = self.arose(r)?;
                    let later = match (&back.on, &arose.on) {
                        (Some(back), Some(on)) => back.latest() >= on.earliest(),
                        _ => true,
                    };
                    later.then_some(back.on)
                })
            };
            because.extend(&arose.because);
            match ended {
                None => {
                    *regime = Regime::Suspended;
                    since.clone_from(&arose.on);
                    let on = arose.on.map_or(String::new(), |d| format!(" since {d}"));
                    why.push(format!("suspended by itself{on}: {words}"));
                    return;
                }
                Some(on) => {
                    if *regime == Regime::InForce {
                        *regime = Regime::Restored;
                        since.clone_from(&on);
                    }
                    let on = on.map_or(String::new(), |d| format!(" on {d}"));
                    why.push(format!("restored by itself{on}: {words} no longer"));
                }
            }
        }
    }

    /// Who has left the agreement, when, and by which power. Only who used it leaves; where nobody knows which of several
    /// holders did, none of them is taken to have left.
    fn withdrawn(&self) -> HashMap<String, (Date, ObjectId)> {
        let mut gone: HashMap<String, (Date, ObjectId)> = HashMap::new();
        for power in self.roadmap.powers.iter().filter(|p| p.does == PowerKind::Withdraw) {
            for used in self.uses_of(power) {
                let Ok(Some(on)) = self.outcome(power, &used) else { continue };
                if on.latest() > self.as_of {
                    continue;
                }
                let by = match (&used.by[..], &power.holders[..]) {
                    ([], [only]) => vec![only.clone()],
                    ([], _) => continue,
                    (by, _) => by.to_vec(),
                };
                for party in by {
                    gone.entry(party).or_insert_with(|| (on.clone(), power.id.clone()));
                }
            }
        }
        gone
    }

    fn finish(self) -> Status {
        let roadmap = self.roadmap;
        let mut parts: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, step) in roadmap.steps.iter().enumerate() {
            if let Some(whole) = &step.part_of {
                parts.entry(whole.as_str()).or_default().push(i);
            }
        }
        let bundle_of: HashMap<&str, &ObjectId> = roadmap
            .bundles
            .iter()
            .flat_map(|b| b.steps.iter().map(move |s| (s.as_str(), &b.id)))
            .collect();
        let reversed = self.rests_on_reversed();
        let regimes = self.regimes();
        let withdrawn = self.withdrawn();
        let recorded = self.history.case().map(recorded_dues).unwrap_or_default();
        let mut steps: Vec<StepStatus> = Vec::with_capacity(roadmap.steps.len());
        for (i, (step, regime)) in roadmap.steps.iter().zip(regimes).enumerate() {
            let mut one = self.one(i, &parts);
            one.bundle = bundle_of.get(step.id.as_str()).map(|b| (*b).clone());
            one.rests_on_reversed =
                reversed[i].iter().map(|r| roadmap.steps[*r].id.clone()).collect();
            if !one.rests_on_reversed.is_empty() {
                let ids: Vec<String> =
                    one.rests_on_reversed.iter().map(|r| format!("`{r}`")).collect();
                one.why.push(format!("it stays done although {} was reversed", ids.join(", ")));
            }
            one.recorded_due = recorded
                .get(step.id.as_str())
                .filter(|r| one.due.as_ref().is_some_and(|d| d != **r))
                .map(|r| (*r).clone());
            let (kind, since, why, because) = regime;
            one.suspended = matches!(kind, Regime::Suspended | Regime::SnappedBack);
            (one.regime, one.regime_since) = (kind, since);
            one.why.extend(why);
            one.because.extend(because);
            leave(&mut one, step, roadmap, &withdrawn);
            one.because.sort_unstable();
            one.because.dedup();
            steps.push(one);
        }
        let bundles = roadmap
            .bundles
            .iter()
            .map(|b| {
                let dates: Option<Vec<Date>> =
                    b.steps.iter().map(|s| self.when(s, CountedFrom::Done)).collect();
                let done =
                    b.steps.iter().filter_map(|s| self.place(s)).filter(|i| self.is_done(*i));
                let one_day = dates.as_ref().map(|dates| {
                    let first = dates.iter().map(Date::earliest).max();
                    let last = dates.iter().map(Date::latest).min();
                    first <= last
                });
                BundleStatus {
                    id: b.id.clone(),
                    title: b.title.clone(),
                    done: done.count(),
                    of: b.steps.len(),
                    effective: dates.and_then(|d| latest_of(&d)),
                    one_day,
                }
            })
            .collect();
        let named: HashSet<&str> = roadmap
            .steps
            .iter()
            .map(|s| s.id.as_str())
            .chain(roadmap.powers.iter().map(|p| p.id.as_str()))
            .collect();
        let case = self.history.case();
        let not_in_text = case.map_or_else(Vec::new, |c| {
            c.steps_spoken_of().filter(|id| !named.contains(id.as_str())).cloned().collect()
        });
        Status {
            title: roadmap.title.clone(),
            as_of: Date::day(self.as_of),
            last_fact: case.and_then(last_fact),
            events: case.map(|c| events(c, self.as_of)).unwrap_or_default(),
            parties: promises(&steps),
            steps,
            limits: self.limits,
            bundles,
            powers: self.powers,
            lasting: self.lasting,
            readings: Vec::new(),
            not_in_text,
        }
    }

    /// For each done step the steps before it, near or far, that have been reversed since.
    fn rests_on_reversed(&self) -> Vec<Vec<usize>> {
        let n = self.facts.len();
        let mut later: Vec<Vec<usize>> = vec![Vec::new(); n];
        for (i, before) in self.before.iter().enumerate() {
            for b in before {
                later[*b].push(i);
            }
        }
        let mut out = vec![Vec::new(); n];
        for i in (0..n).filter(|i| self.facts[*i].state == Some(StepState::Reversed)) {
            let (mut seen, mut queue) = (HashSet::from([i]), vec![i]);
            while let Some(at) = queue.pop() {
                for &next in &later[at] {
                    if seen.insert(next) {
                        queue.push(next);
                        if self.is_done(next) {
                            out[next].push(i);
                        }
                    }
                }
            }
        }
        out
    }

    fn one(&self, i: usize, parts: &HashMap<&str, Vec<usize>>) -> StepStatus {
        let (roadmap, facts, as_of) = (self.roadmap, &self.facts[i], self.as_of);
        let step: &Step = &roadmap.steps[i];
        let (due, mut why) = self.due[i].clone();
        let current = self.current_due(i);
        let due_now = current.clone().filter(|d| Some(d) != due.as_ref());
        let mut waiting_for: Vec<ObjectId> = self.before[i]
            .iter()
            .filter(|b| !self.is_done(**b))
            .map(|b| roadmap.steps[*b].id.clone())
            .collect();
        let mut not_before = step.not_before.clone().filter(|d| d.latest() > as_of);
        for wait in &step.waits {
            let Some(on) = self.when(&wait.of, CountedFrom::Done) else { continue };
            if let Some(end) = after(&on, wait.length, self.inclusive())
                && end.latest() > as_of
                && not_before.as_ref().is_none_or(|d| d.latest() < end.latest())
            {
                not_before = Some(end);
            }
        }
        let in_step: Vec<InStepStatus> = step
            .in_step_with
            .iter()
            .filter_map(|link| {
                let with = self.place(&link.with)?;
                let (own, other) = (self.fraction(i, parts), self.fraction(with, parts));
                let lead = link.lead.unwrap_or(Decimal::ZERO);
                let reach = other.exact().checked_add(lead.exact()).map_or(other, Decimal::from);
                let nobody = own == Decimal::ZERO && other == Decimal::ZERO;
                let other_first = link.first.as_ref().is_some_and(|f| *f != step.id)
                    || roadmap.steps[with]
                        .in_step_with
                        .iter()
                        .any(|l| l.with == step.id && l.first.as_ref() == Some(&link.with));
                let held = own > reach || (nobody && other_first);
                Some(InStepStatus { with: link.with.clone(), own, other, lead, held })
            })
            .collect();
        let held = in_step.iter().find(|s| s.held);
        let idle = if waiting_for.is_empty() && not_before.is_none() && held.is_none() {
            StepState::Ready
        } else {
            StepState::Waiting
        };
        let mut state = facts.state.unwrap_or(idle);
        if let Some(Some(lapse)) = &step.option
            && !state.is_done()
            && !state.is_closed()
            && let Some(on) = self.moment(lapse)
            && on.latest() < as_of
        {
            state = StepState::Waived;
            why.push(format!("the right lapsed on {on}"));
        }
        let done_or_closed = state.is_done() || state.is_closed();
        if done_or_closed {
            waiting_for.clear();
            not_before = None;
        }
        match state {
            StepState::Ready => {
                why.push("nothing is recorded, and nothing stands in its way".into())
            }
            StepState::Waiting => {
                if !waiting_for.is_empty() {
                    let ids: Vec<String> = waiting_for.iter().map(|w| format!("`{w}`")).collect();
                    why.push(format!("waits for {}", ids.join(", ")));
                }
                if let Some(day) = &not_before {
                    why.push(format!("not before {day}"));
                }
                if let Some(held) = held {
                    why.push(format!(
                        "at {} it may not be ahead of `{}` at {} by more than {}",
                        held.own, held.with, held.other, held.lead
                    ));
                }
            }
            _ if self.by_itself.contains(&i) => {
                why.push("it came about by itself: what it answers was not done in time".into());
            }
            state => why.push(format!("{} by the record", state.words())),
        }
        let turns = self.turns(i);
        let mut timing = Timing::of(facts, state, due.as_ref(), current.as_ref(), as_of);
        if let Some(turns) = &turns {
            timing = Timing { timeliness: turns_timeliness(turns, as_of), ..Timing::default() };
            if let Some(missed) = turns.missed.last() {
                timing.overdue_days = Some(days(missed.latest(), as_of));
                why.push(format!("{} of {} turns done", turns.done, turns.due));
            }
        }
        let final_from = step.dispute_days.filter(|_| state.is_done()).and_then(|days| {
            add(facts.actual.as_ref()?.latest(), Length::Days(days.saturating_add(1)), false)
        });
        let mut disputes = facts.disputes.clone();
        for dispute in &mut disputes {
            dispute.out_of_time = match (&dispute.on, final_from) {
                (Some(on), Some(from)) => on.earliest() >= from,
                _ => false,
            };
        }
        let dispute = match (disputes.is_empty(), disputes.iter().all(|d| d.out_of_time)) {
            (true, _) if facts.settled => DisputeAxis::Settled,
            (true, _) => DisputeAxis::Undisputed,
            (false, true) => DisputeAxis::DisputedTooLate,
            (false, false) => DisputeAxis::Disputed,
        };
        let of = step.amount.as_ref().map(|(value, unit)| Quantity {
            sigma: None,
            unit: unit.clone(),
            value: *value,
        });
        let (done, other_units) = facts.amount_done(roadmap, of.as_ref());
        let mut because = facts.because.clone();
        if because.is_empty() && state == StepState::Ready {
            // It rests on what was done before it.
            because
                .extend(self.before[i].iter().flat_map(|b| self.facts[*b].because.iter().copied()));
        }
        StepStatus {
            id: step.id.clone(),
            title: step.title.clone(),
            parties: step.by.clone(),
            part_of: step.part_of.clone(),
            outside_text: step.outside_text,
            state,
            timeliness: timing.timeliness,
            due,
            due_now,
            recorded_due: None,
            actual: facts
                .actual
                .clone()
                .filter(|_| state.is_done() || state == StepState::Reversed),
            or_before: facts.or_before,
            slip_days: timing.slip,
            slip_days_most: timing.slip_most,
            overdue_days: timing.overdue_days,
            done,
            of,
            other_units,
            dispute,
            disputes,
            regime: Regime::InForce,
            regime_since: None,
            bundle: None,
            not_before,
            in_step,
            turns,
            rests_on_reversed: Vec::new(),
            final_from: final_from.map(Date::day),
            suspended: false,
            waiting_for,
            said: facts.said.clone(),
            verified_by: facts.verified_by.clone(),
            not_entitled: facts.not_entitled.clone(),
            basis: facts.basis,
            standing: (!facts.because.is_empty()).then_some(if facts.attested {
                Standing::Attested
            } else {
                Standing::Attributed
            }),
            why,
            because,
        }
    }

    /// The turns of a step that comes again: each has the time since the one before it.
    fn turns(&self, i: usize) -> Option<Turns> {
        let every = self.roadmap.steps[i].every.as_ref()?;
        let mut turns = Turns { due: 0, done: 0, missed: Vec::new(), next: None };
        let Some(from) = self.moment(&every.from) else { return Some(turns) };
        let until = every.until.as_ref().and_then(|u| self.moment(u));
        let mut done: Vec<&Date> = self.facts[i].done_on.iter().collect();
        done.sort_by_key(|d| (d.earliest(), d.latest()));
        let (mut last, mut next_done) = (from.clone(), 0);
        for k in 1..=MOST_TURNS {
            let Some(date) = nth(&from, every.every, k, self.inclusive()) else { break };
            if until.as_ref().is_some_and(|u| date.earliest() > u.latest()) {
                break;
            }
            // What was done before the turn began answers an earlier one, or none.
            while done.get(next_done).is_some_and(|d| d.latest() <= last.earliest()) {
                next_done += 1;
            }
            let answered = done.get(next_done).is_some_and(|d| d.earliest() <= date.latest());
            if answered {
                next_done += 1;
            }
            if date.latest() >= self.as_of && !answered {
                turns.next = Some(date);
                break;
            }
            turns.due += 1;
            if answered {
                turns.done += 1;
            } else {
                turns.missed.push(date.clone());
            }
            last = date;
        }
        let extra = turns.missed.len().saturating_sub(20);
        turns.missed.drain(..extra);
        Some(turns)
    }
}

/// A step whose doers have all left the agreement will not be done; one that others are to do with them stays.
fn leave(
    one: &mut StepStatus,
    step: &Step,
    roadmap: &Roadmap,
    withdrawn: &HashMap<String, (Date, ObjectId)>,
) {
    if withdrawn.is_empty() || one.state.is_done() || one.state.is_closed() {
        return;
    }
    let all = step.by.iter().any(|p| p == "all");
    let doers = if all { &roadmap.parties } else { &step.by };
    let bound = doers.iter().filter(|p| !roadmap.outside_parties.contains(p) || !all);
    let (left, stay): (Vec<&String>, Vec<&String>) =
        bound.partition(|p| withdrawn.contains_key(*p));
    for party in &left {
        if let Some((on, power)) = withdrawn.get(*party) {
            one.why.push(format!("{party} left by `{power}` on {on}"));
        }
    }
    if stay.is_empty() && !left.is_empty() {
        one.state = StepState::Withdrawn;
        (one.timeliness, one.overdue_days) = (Timeliness::Closed, None);
        one.waiting_for.clear();
    }
}

/// The k-th turn, counted from the start and not from the turn before: month by month the last of January would
/// otherwise become the 28th for ever.
fn nth(from: &Date, every: Length, k: usize, inclusive: bool) -> Option<Date> {
    let k = u32::try_from(k).ok()?;
    let length = match every {
        Length::Days(n) => Length::Days(n.checked_mul(k)?),
        Length::Months(n, round) => Length::Months(n.checked_mul(k)?, round),
    };
    after(from, length, inclusive)
}

fn turns_timeliness(turns: &Turns, as_of: civil::Date) -> Timeliness {
    match (&turns.next, turns.missed.is_empty()) {
        (_, false) => Timeliness::Overdue,
        (Some(next), true) if days(as_of, next.latest()) <= SOON => Timeliness::DueSoon,
        (Some(_), true) => Timeliness::NotDue,
        (None, true) if turns.due > 0 => Timeliness::OnTime,
        (None, true) => Timeliness::NoDate,
    }
}

/// Whether a step is in time.
struct Timing {
    timeliness: Timeliness,
    slip: Option<i64>,
    slip_most: Option<i64>,
    overdue_days: Option<i64>,
}

impl Default for Timing {
    fn default() -> Self {
        Self { timeliness: Timeliness::NoDate, slip: None, slip_most: None, overdue_days: None }
    }
}

impl Timing {
    fn of(
        facts: &Facts,
        state: StepState,
        due: Option<&Date>,
        current: Option<&Date>,
        as_of: civil::Date,
    ) -> Self {
        let mut timing = Self::default();
        timing.timeliness = match (current, &facts.actual) {
            _ if state.is_closed() => Timeliness::Closed,
            (_, Some(actual)) if state.is_done() => match due {
                Some(due) => {
                    let (least, most) = actual.days_since(due);
                    if facts.or_before {
                        timing.slip_most = Some(most);
                        if most <= 0 { Timeliness::OnTime } else { Timeliness::Unclear }
                    } else {
                        timing.slip = Some(least);
                        timing.slip_most = (most != least).then_some(most);
                        match (least > 0, most > 0) {
                            (true, _) => Timeliness::Late,
                            (false, false) => Timeliness::OnTime,
                            (false, true) => Timeliness::Unclear,
                        }
                    }
                }
                None => Timeliness::NoDate,
            },
            (_, None) if state.is_done() => Timeliness::Closed,
            (Some(due), _) => {
                let left = days(as_of, due.latest());
                if left < 0 {
                    timing.overdue_days = Some(-left);
                    Timeliness::Overdue
                } else if left <= SOON {
                    Timeliness::DueSoon
                } else {
                    Timeliness::NotDue
                }
            }
            (None, _) => Timeliness::NoDate,
        };
        timing
    }
}

/// The last of several dates, as an interval when they are partial.
fn latest_of(dates: &[Date]) -> Option<Date> {
    let from = dates.iter().map(Date::earliest).max()?;
    let to = dates.iter().map(Date::latest).max()?;
    dates
        .iter()
        .find(|d| d.earliest() == from && d.latest() == to)
        .cloned()
        .or_else(|| span(from, to))
}

fn recorded_dues(case: &Case) -> HashMap<&str, &Date> {
    case.pledges
        .iter()
        .filter_map(|p| match &p.body.term {
            Term::Act { due: Some(due), .. } => Some((p.body.step.as_ref()?.as_str(), due)),
            _ => None,
        })
        .collect()
}

fn events(case: &Case, as_of: civil::Date) -> Vec<EventStatus> {
    let mut events: Vec<EventStatus> = case
        .events
        .iter()
        .filter(|e| e.body.on.as_ref().is_none_or(|on| on.earliest() <= as_of))
        .map(|e| EventStatus {
            id: e.id.clone(),
            category: e.body.category.clone(),
            on: e.body.on.clone(),
            parties: e.body.parties.clone(),
            what: e.body.what.clone(),
            basis: e.source.as_ref().map(|s| s.basis),
            because: e.because.clone(),
        })
        .collect();
    events.sort_by(|a, b| {
        (a.on.as_ref().map(Date::earliest), &a.id).cmp(&(b.on.as_ref().map(Date::earliest), &b.id))
    });
    events
}

/// The latest day the record speaks of.
#[must_use]
pub fn last_fact(case: &Case) -> Option<Date> {
    let steps = case.progress.iter().filter_map(|r| r.body.on());
    let events = case.events.iter().filter_map(|e| e.body.on.as_ref());
    let claims = case.claims.iter().filter_map(|c| c.said.as_ref());
    steps.chain(events).chain(claims).max_by_key(|d| (d.latest(), d.earliest())).cloned()
}
