//! What a state declares in the clear; sealed declarations are in [`escrow`](super::escrow).

use serde::{Deserialize, Deserializer, Serialize};

use crate::check::{Check, Faults};
use crate::{Claim, Date, ObjectId, Place, Quantity, Sha256Digest};

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

/// The three accounting reports of IAEA Code 10 (model Subsidiary Arrangements, General Part).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReportType {
    /// Inventory change report.
    #[serde(rename = "ICR")]
    InventoryChange,
    /// Physical inventory listing.
    #[serde(rename = "PIL")]
    PhysicalInventory,
    /// Material balance report.
    #[serde(rename = "MBR")]
    MaterialBalance,
}

/// A list without room to grow: a ledger may hold a million reports, most of one line.
fn tight<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}

/// `account.report`: lines of an ICR, PIL or MBR for one material balance area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountReport {
    /// The report's lines.
    #[serde(deserialize_with = "tight")]
    pub lines: Vec<AccountLine>,
    /// The material balance area (label 307).
    pub mba: String,
    /// The period reported (label 015).
    pub period: Date,
    /// Which report this is.
    #[serde(rename = "type")]
    pub report_type: ReportType,
    /// The site the area belongs to, where it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
}

/// One line of an accounting report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    /// Batch name (label 446).
    pub batch: String,
    /// Inventory change code or MBR entry name (label 411): `RD`, `SF`, `PB`, `PE`.
    pub code: String,
    /// Weight of the element, in the unit of its category: g for enriched U and Pu, kg for the rest.
    pub element: Quantity,
    /// Weight of the fissile isotope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isotope: Option<Quantity>,
    /// Number of items (label 470), 1 for bulk material.
    pub items: u32,
    /// Key measurement point (label 407).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kmp: Option<String>,
    /// Element category: `N`, `D`, `E`, `P`, `T`.
    pub material: String,
    /// Date of the change or of the physical inventory (label 412).
    pub on: Date,
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

impl Check for AccountReport {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "mba", &self.mba);
        if self.lines.is_empty() {
            faults.add(at, "lines", "a report without lines; report a nil line if nothing changed");
        }
        for (i, line) in self.lines.iter().enumerate() {
            let at = format!("{at}.lines[{i}]");
            faults.text(&at, "code", &line.code);
            faults.text(&at, "batch", &line.batch);
            faults.text(&at, "material", &line.material);
            line.element.check(&format!("{at}.element"), faults);
            line.isotope.check(&format!("{at}.isotope"), faults);
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
