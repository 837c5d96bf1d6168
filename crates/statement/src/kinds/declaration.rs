//! What a state declares: sealed, opened, or in the clear.

use serde::{Deserialize, Deserializer, Serialize};

use crate::check::{Check, Faults};
use crate::{Claim, Date, ObjectId, Place, Quantity, Sha256Digest};

/// `declaration.seal`: the commitment to a whole declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The counts the parties agreed to disclose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// The public grid the area commitment uses, as agreed before sealing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<String>,
    /// Root of the committed tree.
    pub root: Sha256Digest,
    /// What the declaration covers, in words.
    pub scope: String,
}

/// A disclosed count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many.
    pub number: u32,
    /// Of what.
    pub what: String,
}

/// `declaration.reveal`: a leaf of a sealed declaration, or a subtree of it, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// The path of the leaf or subtree: `reactor/d-3/name`, `reactor/d-3`, `reactor`, `cell/1042`; empty when
    /// everything declared is opened.
    pub path: String,
    /// Sibling hashes from the leaf or subtree to the root.
    pub proof: Vec<Sha256Digest>,
    /// The leaf's salt; for a subtree the seed that all its salts follow from.
    pub salt: Sha256Digest,
    /// The `declaration.seal` it opens.
    pub seal: ObjectId,
    /// What a subtree holds; absent for a leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtree: Option<Subtree>,
    /// The opened value of a leaf; absent for a subtree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Everything that an opened subtree holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subtree {
    /// Its entries in the order of their slots; the slots between are empty.
    pub entries: Vec<SubtreeEntry>,
    /// Its height: it has 2^height slots.
    pub height: u8,
}

/// One entry of an opened subtree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubtreeEntry {
    /// Its path.
    pub path: String,
    /// Its slot in the subtree.
    pub slot: u32,
    /// Its value.
    pub value: String,
}

/// `declaration.challenge`: a party names cells of the agreed grid and asks what was committed there. The answer is
/// a reveal or an absence for each; no answer by the date is a silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The cells asked about, as paths: `cell/1042`.
    pub cells: Vec<String>,
    /// The last day for the answer.
    pub due: Date,
    /// Why these: the observation or finding behind it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The `declaration.seal` that is challenged.
    pub seal: ObjectId,
}

/// `declaration.absence`: proof that a challenged cell was committed empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// The cell of the public grid.
    pub cell: String,
    /// Sibling hashes from the cell's leaf to the root.
    pub proof: Vec<Sha256Digest>,
    /// The leaf's salt.
    pub salt: Sha256Digest,
    /// The `declaration.seal` it opens.
    pub seal: ObjectId,
}

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

impl Check for Seal {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "scope", &self.scope);
        for (i, count) in self.counts.iter().enumerate() {
            faults.text(&format!("{at}.counts[{i}]"), "what", &count.what);
        }
    }
}

impl Check for Reveal {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_depth(at, &self.proof, faults);
        match (&self.value, &self.subtree) {
            (Some(_), None) => faults.text(at, "path", &self.path),
            (None, Some(subtree)) => {
                if subtree.height > 20 {
                    let reason = "a subtree of more than 2^20 slots is opened in parts".to_owned();
                    faults.add(at, "subtree.height", reason);
                }
                for (i, entry) in subtree.entries.iter().enumerate() {
                    faults.text(&format!("{at}.subtree.entries[{i}]"), "path", &entry.path);
                }
            }
            _ => faults.add(at, "value", "either the value of a leaf or a subtree is opened"),
        }
    }
}

impl Check for Challenge {
    fn check(&self, at: &str, faults: &mut Faults) {
        if self.cells.is_empty() {
            faults.add(at, "cells", "a challenge names at least one cell");
        }
        for (i, cell) in self.cells.iter().enumerate() {
            let number = cell.strip_prefix("cell/").and_then(|n| n.parse::<u32>().ok());
            if number.is_none_or(|n| format!("cell/{n}") != *cell) {
                faults.add(
                    at,
                    &format!("cells[{i}]"),
                    format!("`{cell}` is not a cell; write cell/1042"),
                );
            }
        }
    }
}

impl Check for Absence {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "cell", &self.cell);
        check_depth(at, &self.proof, faults);
    }
}

fn check_depth(at: &str, proof: &[Sha256Digest], faults: &mut Faults) {
    if proof.len() > 256 {
        faults.add(
            at,
            "proof",
            format!("a proof of {} hashes is deeper than any tree of ours", proof.len()),
        );
    }
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
