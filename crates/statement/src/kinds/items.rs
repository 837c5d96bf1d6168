//! Items on their way to the end: custody, stages, disposal.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, Decimal, ObjectId, PartyId, Quantity, Sha256Digest};

/// One line of a shipper's or receiver's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestLine {
    /// Weight, with one standard deviation where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross: Option<Quantity>,
    /// The number of the seal on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// Its tag, or its id where it has none.
    pub tag: String,
}

/// `item.transfer`: custody passes. It counts when both sides signed it, or when the receiver's `item.receive`
/// answers the shipper's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Who hands over.
    pub from: PartyId,
    /// What.
    pub items: Vec<ObjectId>,
    /// What was sent, line by line, where seals and weights are recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manifest: Vec<ManifestLine>,
    /// The shipper's list as a file beside the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest_sha256: Option<Sha256Digest>,
    /// When.
    pub on: Date,
    /// Who receives.
    pub to: PartyId,
}

/// `item.receive`: the receiver takes over what a transfer sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receive {
    /// What was received, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manifest: Vec<ManifestLine>,
    /// The receiver's list as a file beside the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest_sha256: Option<Sha256Digest>,
    /// When.
    pub on: Date,
    /// The transfer.
    pub transfer: ObjectId,
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
    /// The sequence of stages it belongs to, where the item's kind does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
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

/// What a time is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeTo {
    /// To have it again as it was.
    Reverse,
    /// For others to notice that this is being done.
    Detect,
}

/// `reversal.assess`: somebody estimates how long it takes to reverse a stage, or to detect that it is reversed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReversalAssess {
    /// The item, the site, or the category of items.
    pub about: String,
    /// Who estimates.
    pub assessor: String,
    /// Most it costs, in `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_high: Option<Decimal>,
    /// Least it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_low: Option<Decimal>,
    /// The unit of the costs: `million USD of 2013`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Most days it takes.
    pub days_high: u32,
    /// Least days it takes.
    pub days_low: u32,
    /// When the estimate was made.
    pub on: Date,
    /// The stage it starts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What the time is needed for.
    pub time_to: TimeTo,
    /// What is taken to be done, with what means.
    pub what: String,
}

impl Check for ReversalAssess {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "about", &self.about);
        faults.text(at, "assessor", &self.assessor);
        faults.text(at, "what", &self.what);
        if self.days_low > self.days_high {
            faults.add(
                at,
                "days_high",
                format!(
                    "the range runs backwards, from {} to {} days",
                    self.days_low, self.days_high
                ),
            );
        }
        if let (Some(low), Some(high)) = (self.cost_low, self.cost_high)
            && low > high
        {
            faults.add(at, "cost_high", format!("the range runs backwards, from {low} to {high}"));
        }
        if (self.cost_low.is_some() || self.cost_high.is_some()) && self.currency.is_none() {
            faults.add(at, "currency", "a cost needs its unit");
        }
    }
}

fn check_manifest(at: &str, lines: &[ManifestLine], faults: &mut Faults) {
    for (i, line) in lines.iter().enumerate() {
        let at = format!("{at}.manifest[{i}]");
        faults.text(&at, "tag", &line.tag);
        line.gross.check(&format!("{at}.gross"), faults);
    }
}

impl Check for Receive {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_manifest(at, &self.manifest, faults);
    }
}

impl Check for Transfer {
    fn check(&self, at: &str, faults: &mut Faults) {
        if self.items.is_empty() {
            faults.add(at, "items", "a transfer of nothing");
        }
        if self.from == self.to {
            faults.add(at, "to", "a transfer needs two parties");
        }
        check_manifest(at, &self.manifest, faults);
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
