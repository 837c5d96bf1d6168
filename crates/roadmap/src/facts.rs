//! What the record says of one step, before anything follows from it.

use std::collections::BTreeMap;

use case::{Index, StepStatement};
use statement::kinds::roadmap::Progress;
use statement::{Basis, Date, Decimal, ObjectId, PartyId, Quantity, civil};

use crate::history::{History, Known};
use crate::model::{DueBy, Roadmap, Step};
use crate::status::{Dispute, Regime, StepState};

/// What the record says of one step.
#[derive(Clone, Default)]
pub(crate) struct Facts {
    pub state: Option<StepState>,
    pub actual: Option<Date>,
    pub or_before: bool,
    pub verified_on: Option<Date>,
    pub reversed_on: Option<Date>,
    pub resumed_on: Option<Date>,
    /// When it was refused, failed, waived or overtaken.
    pub closed_on: Option<Date>,
    pub postponed: Option<Date>,
    pub disputes: Vec<Dispute>,
    pub settled: bool,
    /// Relief suspended and restored, by the record.
    pub acts: Vec<(Date, Regime, Vec<Index>)>,
    pub said: Vec<String>,
    pub verified_by: Vec<PartyId>,
    pub not_entitled: Vec<PartyId>,
    cumulative: Vec<(Decimal, String)>,
    single: BTreeMap<String, Decimal>,
    /// Days on which it was done, for a step that comes again.
    pub done_on: Vec<Date>,
    pub basis: Option<Basis>,
    pub attested: bool,
    pub because: Vec<Index>,
}

pub(crate) fn facts(
    step: &Step,
    roadmap: &Roadmap,
    history: History<'_>,
    as_of: civil::Date,
) -> Facts {
    let certifiers = roadmap.certifiers(step);
    let quorum = roadmap.quorum(step);
    let passed = match step.due.as_ref().map(|d| &d.by) {
        Some(DueBy::On(date)) => date.latest() < as_of,
        _ => true,
    };
    let mut records = history.of_step(step.id.as_str());
    records.retain(|r| known_by(r, as_of, passed));
    // In the order of what they speak of; of the same day, in the order of the ledger. What a date allows is worked out
    // once for each record, not for each comparison.
    records.sort_by_cached_key(|r| {
        (r.on().map(|d| (d.earliest(), d.latest())), r.because.last().copied())
    });
    let mut facts = Facts { attested: true, ..Facts::default() };
    for record in &records {
        facts.take(record, &certifiers, quorum);
    }
    facts.reversals(step, history, as_of);
    facts.because.sort_unstable();
    facts.because.dedup();
    facts
}

/// Whether a record was known on a day; see [`crate::status`].
fn known_by(record: &Known<'_>, as_of: civil::Date, due_passed: bool) -> bool {
    match record.on() {
        Some(date) => date.earliest() <= as_of,
        None => match record.body {
            StepStatement::Claim(claim) => {
                matches!(claim.progress, Progress::Done | Progress::Partly) || due_passed
            }
            _ => due_passed,
        },
    }
}

impl Facts {
    fn say(&mut self, words: &str) {
        if !self.said.iter().any(|s| s == words) {
            self.said.push(words.to_owned());
        }
    }

    fn take(&mut self, record: &Known<'_>, certifiers: &[&str], quorum: usize) {
        self.because.extend(record.because);
        self.basis = self.basis.max(record.basis);
        self.attested &= record.attested;
        if let Some(note) = record.note {
            self.say(note);
        }
        match record.body {
            StepStatement::Claim(claim) => {
                if let Some(amount) = &claim.amount {
                    if claim.cumulative || claim.progress == Progress::Done {
                        self.cumulative.push((amount.value, amount.unit.clone()));
                    } else {
                        // Amounts have at most 28 digits; a sum that has more stays what it was.
                        let sum = self.single.entry(amount.unit.clone()).or_insert(Decimal::ZERO);
                        *sum = sum
                            .exact()
                            .checked_add(amount.value.exact())
                            .map_or(*sum, Decimal::from);
                    }
                }
                if let Some(reason) = &claim.reason {
                    self.say(reason);
                }
                self.become_state(claim.progress, claim.on.as_ref(), claim.or_before);
            }
            StepStatement::Verify(verify) => {
                if !certifiers.is_empty() && !certifiers.contains(&record.party.as_str()) {
                    self.not_entitled.push(record.party.clone());
                    return;
                }
                if !self.verified_by.contains(record.party) {
                    self.verified_by.push(record.party.clone());
                }
                if self.verified_by.len() >= quorum {
                    self.state = Some(StepState::Verified);
                    self.actual.get_or_insert_with(|| verify.on.clone());
                    self.verified_on.get_or_insert_with(|| verify.on.clone());
                }
            }
            StepStatement::Dispute(dispute) => {
                self.settled = false;
                self.disputes.push(Dispute {
                    party: record.party.clone(),
                    counted_done: dispute.counted_done,
                    counted_of: dispute.counted_of,
                    on: dispute.on.clone(),
                    reason: dispute.reason.clone(),
                    out_of_time: false,
                    because: record.because.to_vec(),
                });
            }
            StepStatement::Settle(settle) => {
                self.settled = true;
                self.disputes.clear();
                self.become_state(settle.progress, Some(&settle.on), false);
            }
            StepStatement::Postpone(postpone) => {
                self.postponed = Some(postpone.due.clone());
                self.say(&postpone.reason);
            }
            StepStatement::Grant(grant) => {
                self.become_state(Progress::Done, Some(&grant.on), false);
                if !self.acts.is_empty() {
                    self.acts.push((grant.on.clone(), Regime::Restored, record.because.to_vec()));
                }
            }
            StepStatement::Suspend(suspend) => {
                self.acts.push((suspend.on.clone(), Regime::Suspended, record.because.to_vec()));
                if let Some(reason) = &suspend.reason {
                    self.say(reason);
                }
            }
            StepStatement::Restore(restore) => {
                self.acts.push((restore.on.clone(), Regime::Restored, record.because.to_vec()));
            }
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
        if state == StepState::ClaimedDone {
            self.done_on.extend(on.cloned());
            if self.state == Some(StepState::Reversed) {
                self.resumed_on = on.cloned();
            }
        }
        if state == StepState::ClaimedDone && !done {
            self.actual = on.cloned();
            self.or_before = or_before;
        }
        if state.is_closed() {
            self.closed_on = on.cloned();
        }
        if state == StepState::Reversed {
            self.reversed_on = on.cloned();
            // What was certified before was undone; it takes a new certificate.
            self.verified_by.clear();
            self.verified_on = None;
            // So were the amounts: what is given after it counts anew.
            self.cumulative.clear();
            self.single.clear();
        }
        if !(done && state == StepState::ClaimedDone) {
            self.state = Some(state);
        }
    }

    /// What the text says undoes the step or takes it up again, if it has happened.
    fn reversals(&mut self, step: &Step, history: History<'_>, as_of: civil::Date) {
        let last = |ids: &[ObjectId]| {
            ids.iter()
                .filter_map(|id| happened(history, id.as_str(), as_of))
                .max_by_key(|(on, _)| on.earliest())
        };
        let Some((on, because)) = last(&step.reversed_by) else { return };
        self.because.extend(because);
        self.reversed_on = Some(on.clone());
        match last(&step.resumed_by) {
            Some((again, because)) if again.earliest() >= on.earliest() => {
                self.because.extend(because);
                self.resumed_on = Some(again);
            }
            _ => {
                self.state = Some(StepState::Reversed);
                self.resumed_on = None;
            }
        }
    }

    /// How much is done, in the step's unit, and what was given in units that do not convert to it. A running total
    /// or the amount of a finished step is the amount so far; single deliveries add up; the largest of these is
    /// taken, since they count the same things.
    pub(crate) fn amount_done(
        &self,
        roadmap: &Roadmap,
        of: Option<&Quantity>,
    ) -> (Option<Quantity>, Vec<String>) {
        let unit = match of {
            Some(of) => of.unit.clone(),
            None => {
                let first = self.cumulative.first().map(|(_, u)| u);
                let Some(unit) = first.or_else(|| self.single.keys().next()) else {
                    return (None, Vec::new());
                };
                unit.clone()
            }
        };
        let mut others = Vec::new();
        let mut convert = |value: Decimal, from: &str| {
            let converted = crate::units::convert(roadmap, value, from, &unit);
            if converted.is_none() {
                others.push(format!("{value} {from}"));
            }
            converted
        };
        let mut total: Option<Decimal> = None;
        for (value, from) in &self.cumulative {
            total = total.max(convert(*value, from));
        }
        let mut sum: Option<Decimal> = None;
        for (from, value) in &self.single {
            if let Some(value) = convert(*value, from) {
                let before = sum.unwrap_or(Decimal::ZERO);
                sum = before.exact().checked_add(value.exact()).map(Decimal::from).or(sum);
            }
        }
        others.sort();
        others.dedup();
        (total.max(sum).map(|value| Quantity { sigma: None, unit, value }), others)
    }
}

/// When an event of the record happened, or the first dated word on a step of that id.
pub(crate) fn happened(
    history: History<'_>,
    id: &str,
    as_of: civil::Date,
) -> Option<(Date, Vec<Index>)> {
    if let Some((on, because)) = history.event(id) {
        return (on.earliest() <= as_of).then(|| (on.clone(), because.to_vec()));
    }
    history
        .of_step(id)
        .into_iter()
        .filter_map(|r| Some((r.body.on()?.clone(), r.because.to_vec())))
        .find(|(on, _)| on.earliest() <= as_of)
}
