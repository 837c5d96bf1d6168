//! Items on their way to the end: custody, stages, disposal.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, ObjectId, PartyId};

/// `item.transfer`: custody passes. Counts only when both sides signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Who hands over.
    pub from: PartyId,
    /// What.
    pub items: Vec<ObjectId>,
    /// When.
    pub on: Date,
    /// Who receives.
    pub to: PartyId,
}

/// How a stage is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StageStanding {
    /// Said by the holder.
    Claimed,
    /// Seen by another party.
    Witnessed,
    /// Certified by whoever the agreement names.
    Verified,
    /// Undone.
    Reversed,
}

/// `item.step`: an item or facility reaches a stage of its dismantlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemStep {
    /// The item or facility.
    pub item: ObjectId,
    /// When.
    pub on: Date,
    /// The stage: `shut down`, `disconnected`, `removed`.
    pub stage: String,
    /// How it is known.
    pub standing: StageStanding,
}

/// `item.dispose`: an item is gone for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispose {
    /// How: `destroyed`, `shipped out`, `diluted`.
    pub how: String,
    /// The item.
    pub item: ObjectId,
    /// When.
    pub on: Date,
}

impl Check for Transfer {
    fn check(&self, at: &str, faults: &mut Faults) {
        if self.items.is_empty() {
            faults.add(at, "items", "a transfer of nothing");
        }
        if self.from == self.to {
            faults.add(at, "to", "a transfer needs two parties");
        }
    }
}

impl Check for ItemStep {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "stage", &self.stage);
    }
}

impl Check for Dispose {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "how", &self.how);
    }
}
