//! What is said of an agreement on a day. How it comes about is in `engine`.

use case::Index;
use serde::Serialize;
use statement::{Basis, Date, Decimal, ObjectId, PartyId, Quantity, Standing};

use crate::limits::LimitStatus;
use crate::promises::PartyPromises;

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
    /// Bundles: steps that take effect together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<BundleStatus>,
    /// Rights to suspend, snap back or withdraw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub powers: Vec<PowerStatus>,
    /// Obligations that last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lasting: Vec<LastingStatus>,
    /// Rival readings of clauses, each with what is different under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingStatus>,
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
    /// Whoever was to do it has left the agreement.
    Withdrawn,
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
        matches!(
            self,
            Self::Refused | Self::Failed | Self::Waived | Self::Overtaken | Self::Withdrawn
        )
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
            Self::Withdrawn => "withdrawn",
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
    /// Whether anybody contests what is said of it.
    pub dispute: DisputeAxis,
    /// What is disputed about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<Dispute>,
    /// Whether it is in force, apart from whether it is done.
    pub regime: Regime,
    /// Since when, where that is not from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regime_since: Option<Date>,
    /// The bundle it switches with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<ObjectId>,
    /// The first day it may be done, where a delay still runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// How far it is ahead of or behind the steps it goes in step with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_step: Vec<InStepStatus>,
    /// Its turns, for a step that comes again and again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<Turns>,
    /// It is done, and these steps before it have since been reversed. It stays done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rests_on_reversed: Vec<ObjectId>,
    /// The first day on which it can no longer be disputed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_from: Option<Date>,
    /// It is suspended or snapped back.
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
    /// Why it stands so, in words: one for each axis that says more than "nothing recorded".
    pub why: Vec<String>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Whether anybody contests what is said of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeAxis {
    /// Nobody does.
    Undisputed,
    /// Somebody does.
    Disputed,
    /// Somebody did, after the time for it had passed.
    DisputedTooLate,
    /// Somebody did, and it was settled.
    Settled,
}

/// Whether a step is in force, apart from whether it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// It is.
    InForce,
    /// It is suspended.
    Suspended,
    /// What it ended applies again.
    SnappedBack,
    /// It was suspended or snapped back and is in force again.
    Restored,
}

impl Regime {
    /// The words for a screen.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Suspended => "suspended",
            Self::SnappedBack => "snapped back",
            Self::Restored => "restored",
        }
    }
}

/// How two steps that go in proportion stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InStepStatus {
    /// The other step.
    pub with: ObjectId,
    /// How much of this one is done, as a fraction.
    pub own: Decimal,
    /// How much of the other is done.
    pub other: Decimal,
    /// How far this one may be ahead.
    pub lead: Decimal,
    /// Whether it must wait for the other.
    pub held: bool,
}

/// The turns of a step that comes again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turns {
    /// Turns whose date has come.
    pub due: usize,
    /// Turns done in their time.
    pub done: usize,
    /// Dates of turns that nothing recorded answers, the last twenty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<Date>,
    /// The next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Date>,
}

/// Where a bundle stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleStatus {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub title: String,
    /// Steps done.
    pub done: usize,
    /// Steps in it.
    pub of: usize,
    /// When all of it took effect: the day of the last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// Whether all steps can have been done on one day; absent while not all are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_day: Option<bool>,
}

/// Where a power stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PowerStatus {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub title: String,
    /// Who may use it.
    pub holders: Vec<String>,
    /// How it stands.
    pub state: PowerState,
    /// When it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_on: Option<Date>,
    /// Which holders used it; empty when the record does not say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
    /// The window that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// When it takes or took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes_effect: Option<Date>,
    /// When it lapses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapses: Option<Date>,
    /// The last day on which using it from its first window still takes effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_useful_day: Option<Date>,
    /// Why it stands so.
    pub why: Vec<String>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// How a power stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerState {
    /// Nothing that gives the right has happened.
    Dormant,
    /// Its holder may use it.
    Available,
    /// It is used, and its windows run.
    Running,
    /// It has taken effect.
    InEffect,
    /// It was stopped before it took effect.
    Stopped,
    /// The right has ended.
    Lapsed,
}

impl PowerState {
    /// The words for a screen.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Dormant => "dormant",
            Self::Available => "may be used",
            Self::Running => "running",
            Self::InEffect => "in effect",
            Self::Stopped => "stopped",
            Self::Lapsed => "lapsed",
        }
    }
}

/// Where a lasting obligation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastingStatus {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub title: String,
    /// Whom it binds.
    pub parties: Vec<String>,
    /// How it stands.
    pub state: LastingState,
    /// What broke it, and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<(ObjectId, Date)>,
    /// Why it stands so.
    pub why: Vec<String>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// How a lasting obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LastingState {
    /// It has not begun.
    NotYet,
    /// It binds, and no breach is recorded.
    InForce,
    /// It binds, and was broken.
    Broken,
    /// It has ended.
    Ended,
}

impl LastingState {
    /// The words for a screen.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotYet => "not yet",
            Self::InForce => "in force",
            Self::Broken => "broken",
            Self::Ended => "ended",
        }
    }
}

/// What is different under one reading of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingStatus {
    /// The clause.
    pub clause: String,
    /// The name of the reading.
    pub reading: String,
    /// Who reads it so.
    pub held_by: Vec<String>,
    /// Steps that stand otherwise than under the text as written.
    pub steps: Vec<StepStatus>,
    /// Limits that stand otherwise, and those it changes.
    pub limits: Vec<LimitStatus>,
    /// Limits of the text that are none under this reading.
    pub no_limit: Vec<ObjectId>,
    /// Powers that stand otherwise.
    pub powers: Vec<PowerStatus>,
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
    /// It came after the time for disputes had passed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub out_of_time: bool,
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
