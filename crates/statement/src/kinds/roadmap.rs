//! Progress on the steps of the agreement, and the measures given in return.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, ObjectId, Quantity};

/// What is said of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// All of it is done.
    Done,
    /// Some of it is done.
    Partly,
    /// It was tried or due and is not complete.
    NotCompleted,
    /// It was refused.
    Refused,
    /// It was tried and failed.
    Failed,
    /// What was done was undone.
    Reversed,
    /// It is waived or has lapsed.
    Waived,
    /// Other events have overtaken it.
    Overtaken,
}

/// `step.claim`: a party says where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepClaim {
    /// How much, in the step's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Quantity>,
    /// Whether `amount` is the total so far rather than this delivery alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cumulative: bool,
    /// When it was so; absent when the source gives no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// The source knows only that it was so on that date *or before*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_before: bool,
    /// What is said of it.
    pub progress: Progress,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The step.
    pub step: ObjectId,
}

/// `step.verify`: whoever the agreement names certifies a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepVerify {
    /// How much was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Quantity>,
    /// When.
    pub on: Date,
    /// The step.
    pub step: ObjectId,
}

/// `step.dispute`: a party does not accept what is said of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDispute {
    /// How many parts of the step are done by this party's count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_done: Option<u32>,
    /// How many parts the step has by this party's count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_of: Option<u32>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// What is disputed.
    pub reason: String,
    /// The step.
    pub step: ObjectId,
}

/// `step.settle`: a dispute ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSettle {
    /// When.
    pub on: Date,
    /// What the parties agree the step's state to be.
    pub progress: Progress,
    /// On what grounds.
    pub reason: String,
    /// The step.
    pub step: ObjectId,
}

/// `step.postpone`: a new date for a step, with the reason given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepPostpone {
    /// The new date.
    pub due: Date,
    /// When it was postponed.
    pub on: Date,
    /// The reason given.
    pub reason: String,
    /// The step.
    pub step: ObjectId,
}

/// `measure.grant`, `measure.suspend`, `measure.restore`: relief given, taken back, given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// How much of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Quantity>,
    /// The measure: a step of the roadmap.
    pub measure: ObjectId,
    /// When.
    pub on: Date,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Check for StepClaim {
    fn check(&self, at: &str, faults: &mut Faults) {
        self.amount.check(&format!("{at}.amount"), faults);
        if self.or_before && self.on.is_none() {
            faults.add(at, "or_before", "`on that date or before` needs the date");
        }
        if self.cumulative && self.amount.is_none() {
            faults.add(at, "cumulative", "a running total needs its amount");
        }
    }
}

impl Check for StepVerify {
    fn check(&self, at: &str, faults: &mut Faults) {
        self.amount.check(&format!("{at}.amount"), faults);
    }
}

impl Check for StepDispute {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
        if let (Some(done), Some(of)) = (self.counted_done, self.counted_of)
            && done > of
        {
            faults.add(at, "counted_done", format!("{done} parts of {of} cannot be done"));
        }
    }
}

impl Check for StepSettle {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
    }
}

impl Check for StepPostpone {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
    }
}

impl Check for Measure {
    fn check(&self, at: &str, faults: &mut Faults) {
        self.amount.check(&format!("{at}.amount"), faults);
    }
}
