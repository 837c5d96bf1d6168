//! Findings, in the words of IAEA safeguards.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, ObjectId, Outcome};

/// What kind of finding it is (IAEA Safeguards Glossary): accountancy finds *discrepancies* and *anomalies*,
/// information analysis finds *questions* and *inconsistencies*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingKind {
    /// Records and reports or measurements differ.
    Discrepancy,
    /// An unusual observable condition.
    Anomaly,
    /// Something to be asked.
    Question,
    /// Pieces of information that do not agree.
    Inconsistency,
}

/// `finding.raise`: somebody raises a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// The objects it rests on.
    pub about: Vec<ObjectId>,
    /// Its kind.
    pub kind: FindingKind,
    /// When it was raised.
    pub on: Date,
    /// What was found.
    pub what: String,
}

/// `finding.resolve`: how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// The finding.
    pub finding: ObjectId,
    /// When.
    pub on: Date,
    /// The outcome.
    pub outcome: Outcome,
    /// On what grounds.
    pub reason: String,
}

impl Check for Raise {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "what", &self.what);
    }
}

impl Check for Resolve {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
    }
}
