//! Work on the ground: inspections, measurements, seals.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Claim, Date, Decimal, ObjectId, Sha256Digest};

/// A file that lies beside the log; only its hash is in the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its name.
    pub name: String,
    /// Its SHA-256.
    pub sha256: Sha256Digest,
}

/// `inspection.record`: an inspection as carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionRecord {
    /// What was done.
    pub activities: Vec<String>,
    /// Reports and photographs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What was found, in words; a question or inconsistency is raised as a finding of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// First day.
    pub from: Date,
    /// What it was for.
    pub mandate: String,
    /// Effort in person-days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_days: Option<Decimal>,
    /// Effort that was planned, in person-days. Absent: no plan is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_person_days: Option<Decimal>,
    /// The access request it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ObjectId>,
    /// Where.
    pub site: ObjectId,
    /// The team, by role and number: never by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team: Vec<TeamRole>,
    /// Last day.
    pub to: Date,
}

/// Some of an inspection team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamRole {
    /// How many.
    pub number: u32,
    /// In what role: `inspector`, `interpreter`.
    pub role: String,
}

/// `measurement.record`: a figure that was measured, with its uncertainty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// The item or site.
    pub about: ObjectId,
    /// The figure.
    pub claim: Claim,
    /// Method and instrument.
    pub method: String,
    /// When.
    pub on: Date,
}

/// `sample.take`: a sample is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleTake {
    /// The inspection it was taken at.
    pub inspection: ObjectId,
    /// What it is of: `swipe`, `core drilling`, `uranyl nitrate solution`.
    pub material: String,
    /// When.
    pub on: Date,
    /// Where on the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The number of the seal put on it at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

/// What was done with a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleStep {
    /// Split into parts, of which each side may keep one.
    Split,
    /// Sealed.
    Sealed,
    /// Sent off.
    Shipped,
    /// Received.
    Received,
    /// Analysed, with its result.
    Analysed,
}

/// `sample.event`: something is done with a sample or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleEvent {
    /// Who did it: the team, the carrier, the laboratory.
    pub by: String,
    /// What was done.
    pub event: SampleStep,
    /// How it was analysed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// When.
    pub on: Date,
    /// The part it was done with: `A`, `B`. Absent: the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The parts it was split into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The result, with its uncertainty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Claim>,
    /// The sample.
    pub sample: ObjectId,
    /// The seal put on, or found on it when it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// How the seal was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal_state: Option<SealState>,
}

/// `seal.apply`: a seal or tag is put on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealApply {
    /// The item or site.
    pub about: ObjectId,
    /// Its number.
    pub number: String,
    /// When.
    pub on: Date,
}

/// State of a seal when looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SealState {
    /// As applied.
    Intact,
    /// Broken or tampered with.
    Broken,
    /// Not there.
    Missing,
    /// Taken off by those who put it on, in good order.
    Removed,
}

/// `seal.check`: a seal is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealCheck {
    /// When.
    pub on: Date,
    /// The `seal.apply` statement.
    pub seal: ObjectId,
    /// What was found.
    pub state: SealState,
}

impl Check for InspectionRecord {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "mandate", &self.mandate);
        faults.order(at, "to", Some(&self.from), Some(&self.to));
        if self.person_days.is_some_and(|d| d < Decimal::ZERO) {
            faults.add(at, "person_days", "an effort cannot be negative");
        }
        if self.planned_person_days.is_some_and(|d| d < Decimal::ZERO) {
            faults.add(at, "planned_person_days", "an effort cannot be negative");
        }
        for (i, role) in self.team.iter().enumerate() {
            faults.text(&format!("{at}.team[{i}]"), "role", &role.role);
        }
        check_attachments(at, "attachments", &self.attachments, faults);
    }
}

pub(super) fn check_attachments(at: &str, field: &str, files: &[Attachment], faults: &mut Faults) {
    for (i, file) in files.iter().enumerate() {
        faults.text(&format!("{at}.{field}[{i}]"), "name", &file.name);
        if file.bytes > 1 << 53 {
            faults.add(at, field, "a length beyond 2^53 bytes cannot be written in canonical JSON");
        }
    }
}

impl Check for SampleTake {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "material", &self.material);
    }
}

impl Check for SampleEvent {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "by", &self.by);
        self.result.check(&format!("{at}.result"), faults);
        match self.event {
            SampleStep::Split if self.parts.len() < 2 => {
                faults.add(at, "parts", "a sample is split into at least two parts");
            }
            SampleStep::Sealed if self.seal.is_none() => {
                faults.add(at, "seal", "a sealing needs the number of the seal");
            }
            SampleStep::Analysed if self.result.is_none() => {
                faults.add(at, "result", "an analysis needs its result; `none published` is one");
            }
            _ => {}
        }
    }
}

impl Check for Measurement {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "method", &self.method);
        self.claim.check(&format!("{at}.claim"), faults);
    }
}

impl Check for SealApply {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "number", &self.number);
    }
}

impl Check for SealCheck {
    fn check(&self, _: &str, _: &mut Faults) {}
}
