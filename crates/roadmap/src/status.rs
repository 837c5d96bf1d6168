//! Where each step stands on a day.

use std::collections::{BTreeMap, HashMap};

use case::{Case, Index, Record, StepStatement};
use serde::Serialize;
use statement::kinds::evidence::Term;
use statement::kinds::roadmap::Progress;
use statement::{Basis, Date, Decimal, ObjectId, PartyId, Quantity, Standing, civil, days};

use crate::limits::{LimitStatus, limits};
use crate::model::{DueBy, Roadmap, Step};
use crate::promises::{PartyPromises, promises};

/// Where an agreement stands on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Title of the agreement.
    pub title: String,
    /// The day.
    pub as_of: Date,
    /// The latest day the record speaks of. A state after it rests on silence, not on knowledge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_fact: Option<Date>,
    /// Every step, in the order of the text.
    pub steps: Vec<StepStatus>,
    /// Events around the agreement up to the day, oldest first.
    pub events: Vec<EventStatus>,
    /// Limits against what was reported.
    pub limits: Vec<LimitStatus>,
    /// What each party promised with a date, and what came of it.
    pub parties: Vec<PartyPromises>,
    /// Steps the record speaks of that the text does not have.
    pub not_in_text: Vec<ObjectId>,
}

/// How far a step has come, apart from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Another step must be done before.
    Waiting,
    /// Nothing stands in its way, and nothing is recorded.
    Ready,
    /// Some of it is done.
    Partly,
    /// It was due or tried and is not complete.
    NotCompleted,
    /// Said to be done; nobody with the right to certify it has.
    ClaimedDone,
    /// Certified.
    Verified,
    /// Done and undone.
    Reversed,
    /// Refused.
    Refused,
    /// Tried and failed.
    Failed,
    /// Waived or lapsed.
    Waived,
    /// Overtaken by other events.
    Overtaken,
}

impl StepState {
    /// Whether it counts as done.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::ClaimedDone | Self::Verified)
    }

    /// Whether it has ended without being done.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Refused | Self::Failed | Self::Waived | Self::Overtaken)
    }

    /// The words for a screen.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Partly => "partly done",
            Self::NotCompleted => "not completed",
            Self::ClaimedDone => "done, not verified",
            Self::Verified => "verified",
            Self::Reversed => "reversed",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Waived => "waived",
            Self::Overtaken => "overtaken",
        }
    }
}

/// Whether a step is in time, apart from how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// No date was promised.
    NoDate,
    /// Due later than in 30 days.
    NotDue,
    /// Due within 30 days.
    DueSoon,
    /// Its date has passed and it is not done.
    Overdue,
    /// Done by its date.
    OnTime,
    /// Done after its date.
    Late,
    /// Done; the dates do not tell whether in time.
    Unclear,
    /// It ended without being done, or was done without a recorded date.
    Closed,
}

/// Where one step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepStatus {
    /// Its id.
    pub id: ObjectId,
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub parties: Vec<String>,
    /// The step it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ObjectId>,
    /// A gesture outside the text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outside_text: bool,
    /// How far it has come.
    pub state: StepState,
    /// Whether it is in time.
    pub timeliness: Timeliness,
    /// When it is due, as first promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// When it is due now, if it was postponed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_now: Option<Date>,
    /// A promised date in the record that is not the text's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_due: Option<Date>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<Date>,
    /// The source says only that it was done on that date or before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub or_before: bool,
    /// Days from the first promised date to the day it was done, the least the dates allow; negative when
    /// early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slip_days: Option<i64>,
    /// The most the dates allow, where they are not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slip_days_most: Option<i64>,
    /// Days since its date passed, while it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_days: Option<i64>,
    /// How much of it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Quantity>,
    /// How much there is to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Quantity>,
    /// Amounts in a unit other than the step's, which are not counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_units: Vec<String>,
    /// What is disputed about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<Dispute>,
    /// The relief it gives is suspended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// Steps it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting_for: Vec<ObjectId>,
    /// What was said about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// Who certified it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verified_by: Vec<PartyId>,
    /// Certificates by someone the agreement gives no right to; they do not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_entitled: Vec<PartyId>,
    /// How sure the weakest record it rests on is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// Attested when every record it rests on is signed by its party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// A count or a reason that someone holds against another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dispute {
    /// Who.
    pub party: PartyId,
    /// Parts done by this party's count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_done: Option<u32>,
    /// Parts there are by this party's count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_of: Option<u32>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// What is disputed.
    pub reason: String,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Something that happened around the agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventStatus {
    /// Its id.
    pub id: ObjectId,
    /// What kind: `break`, `reversal`, `suspension`, `event`.
    pub category: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// Who.
    pub parties: Vec<String>,
    /// What.
    pub what: String,
    /// How sure the record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Days ahead that count as soon.
const SOON: i64 = 30;

/// Says where each step stands on a day, from what the case holds. Only what had happened by then counts.
///
/// A record without a date counts from the start when it says that something is done, and from the due date on
/// when it says that something is not: nobody can have known it before.
#[must_use]
pub fn status(roadmap: &Roadmap, case: &Case, as_of: civil::Date) -> Status {
    let mut steps: Vec<StepStatus> = Vec::with_capacity(roadmap.steps.len());
    let mut done: HashMap<&str, Date> = HashMap::new();
    let recorded = recorded_dues(case);
    // A due date can count from another step, and a step can wait for a later one of the text: the facts of
    // all steps first, then what follows from them.
    let facts: Vec<Facts> =
        roadmap.steps.iter().map(|step| facts(step, roadmap, case, as_of)).collect();
    for (step, facts) in roadmap.steps.iter().zip(&facts) {
        if facts.state.is_some_and(StepState::is_done)
            && let Some(actual) = &facts.actual
        {
            done.insert(step.id.as_str(), actual.clone());
        }
    }
    let is_done: HashMap<&str, bool> = roadmap
        .steps
        .iter()
        .zip(&facts)
        .map(|(s, f)| (s.id.as_str(), f.state.is_some_and(StepState::is_done)))
        .collect();
    for (step, facts) in roadmap.steps.iter().zip(facts) {
        let inclusive = roadmap.calendar.as_ref().is_some_and(|c| c.inclusive);
        let due = match step.due.as_ref().map(|d| &d.by) {
            Some(DueBy::On(date)) => Some(date.clone()),
            Some(DueBy::After(length, of, _)) => {
                done.get(of.as_str()).and_then(|date| crate::days::after(date, *length, inclusive))
            }
            None => None,
        };
        let waiting_for: Vec<ObjectId> = step
            .after
            .iter()
            .filter(|a| !is_done.get(a.as_str()).copied().unwrap_or(false))
            .cloned()
            .collect();
        steps.push(one(
            step,
            facts,
            due,
            waiting_for,
            recorded.get(step.id.as_str()).copied(),
            as_of,
        ));
    }
    let named: std::collections::HashSet<&str> =
        roadmap.steps.iter().map(|s| s.id.as_str()).collect();
    let parties = promises(&steps);
    Status {
        title: roadmap.title.clone(),
        as_of: Date::day(as_of),
        last_fact: last_fact(case),
        events: events(case, as_of),
        limits: limits(case, as_of),
        parties,
        not_in_text: case
            .steps_spoken_of()
            .filter(|id| !named.contains(id.as_str()))
            .cloned()
            .collect(),
        steps,
    }
}

/// What the record says of one step.
#[derive(Default)]
struct Facts {
    state: Option<StepState>,
    actual: Option<Date>,
    or_before: bool,
    postponed: Option<Date>,
    disputes: Vec<Dispute>,
    suspended: bool,
    said: Vec<String>,
    verified_by: Vec<PartyId>,
    not_entitled: Vec<PartyId>,
    cumulative: Vec<(Decimal, String)>,
    single: BTreeMap<String, rust_decimal_sum::Sum>,
    basis: Option<Basis>,
    attested: bool,
    because: Vec<Index>,
}

/// Sums that overflow nothing: amounts of at most 28 digits.
mod rust_decimal_sum {
    use statement::Decimal;

    #[derive(Default, Clone, Copy)]
    pub(super) struct Sum(Option<Decimal>);

    impl Sum {
        pub(super) fn add(&mut self, value: Decimal) {
            self.0 = match self.0 {
                None => Some(value),
                Some(sum) => {
                    sum.exact().checked_add(value.exact()).map(Decimal::from).or(Some(sum))
                }
            };
        }

        pub(super) fn value(self) -> Option<Decimal> {
            self.0
        }
    }
}

fn facts(step: &Step, roadmap: &Roadmap, case: &Case, as_of: civil::Date) -> Facts {
    let certifiers = roadmap.certifiers(step);
    let passed = match step.due.as_ref().map(|d| &d.by) {
        Some(DueBy::On(date)) => date.latest() < as_of,
        _ => true,
    };
    let mut records: Vec<&Record<StepStatement>> =
        case.progress_of(step.id.as_str()).filter(|r| known_by(r, as_of, passed)).collect();
    // In the order of what they speak of; of the same day, in the order of the ledger.
    records.sort_by_key(|r| {
        (r.body.on().or(r.said.as_ref()).map(|d| (d.earliest(), d.latest())), r.latest())
    });
    let mut facts = Facts { attested: true, ..Facts::default() };
    for record in records {
        facts.take(record, &certifiers);
    }
    facts.reversals(step, case, as_of);
    facts.because.sort_unstable();
    facts.because.dedup();
    facts
}

/// Whether a record was known on a day; see [`status`].
fn known_by(record: &Record<StepStatement>, as_of: civil::Date, due_passed: bool) -> bool {
    match record.body.on().or(record.said.as_ref()) {
        Some(date) => date.earliest() <= as_of,
        None => match &record.body {
            StepStatement::Claim(claim) => {
                matches!(claim.progress, Progress::Done | Progress::Partly) || due_passed
            }
            _ => due_passed,
        },
    }
}

impl Facts {
    fn take(&mut self, record: &Record<StepStatement>, certifiers: &[&str]) {
        self.because.extend(&record.because);
        self.basis = self.basis.max(record.source.as_ref().map(|s| s.basis));
        self.attested &= record.standing == Standing::Attested;
        if let Some(note) = &record.note
            && !self.said.contains(note)
        {
            self.said.push(note.clone());
        }
        match &record.body {
            StepStatement::Claim(claim) => {
                if let Some(amount) = &claim.amount {
                    if claim.cumulative || claim.progress == Progress::Done {
                        self.cumulative.push((amount.value, amount.unit.clone()));
                    } else {
                        self.single.entry(amount.unit.clone()).or_default().add(amount.value);
                    }
                }
                if let Some(reason) = &claim.reason
                    && !self.said.contains(reason)
                {
                    self.said.push(reason.clone());
                }
                self.become_state(claim.progress, claim.on.as_ref(), claim.or_before);
            }
            StepStatement::Verify(verify) => {
                if certifiers.is_empty() || certifiers.contains(&record.party.as_str()) {
                    self.verified_by.push(record.party.clone());
                    self.state = Some(StepState::Verified);
                    self.actual.get_or_insert_with(|| verify.on.clone());
                } else {
                    self.not_entitled.push(record.party.clone());
                }
            }
            StepStatement::Dispute(dispute) => self.disputes.push(Dispute {
                party: record.party.clone(),
                counted_done: dispute.counted_done,
                counted_of: dispute.counted_of,
                on: dispute.on.clone(),
                reason: dispute.reason.clone(),
                because: record.because.clone(),
            }),
            StepStatement::Settle(settle) => {
                self.disputes.clear();
                self.become_state(settle.progress, Some(&settle.on), false);
            }
            StepStatement::Postpone(postpone) => {
                self.postponed = Some(postpone.due.clone());
                self.said.push(postpone.reason.clone());
            }
            StepStatement::Grant(grant) => {
                self.become_state(Progress::Done, Some(&grant.on), false);
                self.suspended = false;
            }
            StepStatement::Suspend(suspend) => {
                self.suspended = true;
                self.said.extend(suspend.reason.clone());
            }
            StepStatement::Restore(_) => self.suspended = false,
        }
    }

    fn become_state(&mut self, progress: Progress, on: Option<&Date>, or_before: bool) {
        let done = self.state.is_some_and(StepState::is_done);
        let state = match progress {
            Progress::Done => StepState::ClaimedDone,
            // News of a part does not undo the whole.
            Progress::Partly | Progress::NotCompleted if done => return,
            Progress::Partly => StepState::Partly,
            Progress::NotCompleted if self.state == Some(StepState::Partly) => return,
            Progress::NotCompleted => StepState::NotCompleted,
            Progress::Refused => StepState::Refused,
            Progress::Failed => StepState::Failed,
            Progress::Reversed => StepState::Reversed,
            Progress::Waived => StepState::Waived,
            Progress::Overtaken => StepState::Overtaken,
        };
        if state == StepState::ClaimedDone && !done {
            self.actual = on.cloned();
            self.or_before = or_before;
        }
        if !(done && state == StepState::ClaimedDone) {
            self.state = Some(state);
        }
    }

    /// What the text says undoes the step or takes it up again, if it has happened.
    fn reversals(&mut self, step: &Step, case: &Case, as_of: civil::Date) {
        let happened = |id: &ObjectId| -> Option<(civil::Date, Vec<Index>)> {
            if let Some(event) = case.events.get(id.as_str()) {
                let on = event.body.on.as_ref()?.earliest();
                return (on <= as_of).then(|| (on, event.because.clone()));
            }
            case.progress_of(id.as_str())
                .filter_map(|r| Some((r.body.on()?.earliest(), r.because.clone())))
                .find(|(on, _)| *on <= as_of)
        };
        let last = |ids: &[ObjectId]| ids.iter().filter_map(happened).max();
        let (undone, resumed) = (last(&step.reversed_by), last(&step.resumed_by));
        if let Some((on, because)) = undone {
            self.because.extend(because);
            match resumed {
                Some((again, because)) if again >= on => self.because.extend(because),
                _ => self.state = Some(StepState::Reversed),
            }
        }
    }
}

fn one(
    step: &Step,
    facts: Facts,
    due: Option<Date>,
    waiting_for: Vec<ObjectId>,
    recorded: Option<&Date>,
    as_of: civil::Date,
) -> StepStatus {
    let agreed = step.postponed.iter().rfind(|p| p.on.earliest() <= as_of).map(|p| p.due.clone());
    let due_now = facts.postponed.clone().or(agreed).filter(|d| Some(d) != due.as_ref());
    let waiting = if waiting_for.is_empty() { StepState::Ready } else { StepState::Waiting };
    let state = facts.state.unwrap_or(waiting);
    let current = due_now.as_ref().or(due.as_ref());
    let mut overdue_days = None;
    let (mut slip_days, mut slip_days_most) = (None, None);
    let timeliness = match (current, &facts.actual) {
        _ if state.is_closed() => Timeliness::Closed,
        (_, Some(actual)) if state.is_done() => match &due {
            Some(due) => {
                let (least, most) = actual.days_since(due);
                if facts.or_before {
                    slip_days_most = Some(most);
                    if most <= 0 { Timeliness::OnTime } else { Timeliness::Unclear }
                } else {
                    slip_days = Some(least);
                    slip_days_most = (most != least).then_some(most);
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
                overdue_days = Some(-left);
                Timeliness::Overdue
            } else if left <= SOON {
                Timeliness::DueSoon
            } else {
                Timeliness::NotDue
            }
        }
        (None, _) => Timeliness::NoDate,
    };
    let of = step.amount.as_ref().map(|(value, unit)| Quantity {
        sigma: None,
        unit: unit.clone(),
        value: *value,
    });
    let (done, other_units) = amount_done(&facts, of.as_ref());
    StepStatus {
        id: step.id.clone(),
        title: step.title.clone(),
        parties: step.by.clone(),
        part_of: step.part_of.clone(),
        outside_text: step.outside_text,
        state,
        timeliness,
        recorded_due: recorded.filter(|r| due.as_ref().is_some_and(|d| d != *r)).cloned(),
        due,
        due_now,
        actual: facts.actual.filter(|_| state.is_done() || state == StepState::Reversed),
        or_before: facts.or_before,
        slip_days,
        slip_days_most,
        overdue_days,
        done,
        of,
        other_units,
        disputes: facts.disputes,
        suspended: facts.suspended,
        waiting_for: if state.is_done() || state.is_closed() { Vec::new() } else { waiting_for },
        said: facts.said,
        verified_by: facts.verified_by,
        not_entitled: facts.not_entitled,
        basis: facts.basis,
        standing: (!facts.because.is_empty()).then_some(if facts.attested {
            Standing::Attested
        } else {
            Standing::Attributed
        }),
        because: facts.because,
    }
}

/// How much is done, in the step's unit. A running total or the amount of a finished step is the amount so far;
/// single deliveries add up; the largest of these is taken, since they count the same things.
fn amount_done(facts: &Facts, of: Option<&Quantity>) -> (Option<Quantity>, Vec<String>) {
    let unit = match of {
        Some(of) => Some(of.unit.clone()),
        None => facts
            .cumulative
            .first()
            .map(|(_, u)| u.clone())
            .or_else(|| facts.single.keys().next().cloned()),
    };
    let Some(unit) = unit else { return (None, Vec::new()) };
    let total = facts.cumulative.iter().filter(|(_, u)| *u == unit).map(|(v, _)| *v).max();
    let sum = facts.single.get(&unit).and_then(|s| s.value());
    let mut others: Vec<String> = facts
        .cumulative
        .iter()
        .filter(|(_, u)| *u != unit)
        .map(|(v, u)| format!("{v} {u}"))
        .collect();
    others.extend(
        facts
            .single
            .iter()
            .filter(|(u, _)| **u != unit)
            .filter_map(|(u, s)| Some(format!("{} {u}", s.value()?))),
    );
    others.sort();
    others.dedup();
    (total.max(sum).map(|value| Quantity { sigma: None, unit, value }), others)
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

fn last_fact(case: &Case) -> Option<Date> {
    let steps = case.progress.iter().filter_map(|r| r.body.on());
    let events = case.events.iter().filter_map(|e| e.body.on.as_ref());
    let claims = case.claims.iter().filter_map(|c| c.said.as_ref());
    steps.chain(events).chain(claims).max_by_key(|d| (d.latest(), d.earliest())).cloned()
}
