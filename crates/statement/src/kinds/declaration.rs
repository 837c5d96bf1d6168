//! What a state declares in the clear; sealed declarations are in [`escrow`](super::escrow).

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Claim, ObjectId, Place, Quantity, Sha256Digest};

/// `site.declare`: a facility, mine, store or other place that a state declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteDeclare {
    /// The kind of place: `power reactor`, `reprocessing`, `uranium mine`.
    pub category: String,
    /// Figures declared with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// The nuclear material it is declared to hold or handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// The declared name.
    pub name: String,
    /// Where it is declared to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Its declared state: `operating`, `under construction`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Other names for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
}

/// `site.amend`: a change to a declared site. What is absent stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteAmend {
    /// New category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Further figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Why the declaration changes.
    pub reason: String,
    /// The site.
    pub site: ObjectId,
    /// New state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Further names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
}

/// `item.declare`: a thing that is counted one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemDeclare {
    /// Its amount of material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Quantity>,
    /// What it is: `fuel rod`, `centrifuge`, `cask`.
    pub category: String,
    /// The batch it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Serial number of its maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The declared site where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
    /// Tag put on it for verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// `person.declare`: a person, by pseudonym; who it is only as a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonDeclare {
    /// Salted hash of the identity.
    pub identity: Sha256Digest,
    /// The name used in this case.
    pub pseudonym: String,
    /// The person's role: `reactor operator`.
    pub role: String,
    /// Where the person works or worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
}

impl Check for SiteDeclare {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "name", &self.name);
        faults.text(at, "category", &self.category);
        self.place.check(&format!("{at}.place"), faults);
        self.claims.check(&format!("{at}.claims"), faults);
    }
}

impl Check for SiteAmend {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
        self.place.check(&format!("{at}.place"), faults);
        self.claims.check(&format!("{at}.claims"), faults);
        let nothing = self.name.is_none()
            && self.category.is_none()
            && self.place.is_none()
            && self.status.is_none()
            && self.variants.is_empty()
            && self.claims.is_empty();
        if nothing {
            faults.add(at, "", "an amendment that changes nothing");
        }
    }
}

impl Check for ItemDeclare {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "category", &self.category);
        self.amount.check(&format!("{at}.amount"), faults);
    }
}

impl Check for PersonDeclare {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "pseudonym", &self.pseudonym);
        faults.text(at, "role", &self.role);
    }
}
