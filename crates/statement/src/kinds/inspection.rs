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
    /// First day.
    pub from: Date,
    /// What it was for.
    pub mandate: String,
    /// Effort in person-days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_days: Option<Decimal>,
    /// The access request it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ObjectId>,
    /// Where.
    pub site: ObjectId,
    /// Last day.
    pub to: Date,
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
        for (i, file) in self.attachments.iter().enumerate() {
            faults.text(&format!("{at}.attachments[{i}]"), "name", &file.name);
            if file.bytes > 1 << 53 {
                faults.add(
                    at,
                    "attachments",
                    "a length beyond 2^53 bytes cannot be written in canonical JSON",
                );
            }
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
