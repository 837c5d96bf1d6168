//! The agreement and the keys of those who stand behind it.

use serde::{Deserialize, Serialize};
use tlog::note::VerifyingKey;

use crate::check::{Check, Faults};
use crate::{Body, CaseId, Date, Header, ObjectId, PartyId, Sha256Digest, Statement};

/// `agreement.adopt`: the parties adopt a roadmap text. Signed by all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adopt {
    /// The day of adoption.
    pub on: Date,
    /// The parties that adopt it.
    pub parties: Vec<PartyId>,
    /// SHA-256 of the roadmap's bytes as signed.
    pub roadmap_sha256: Sha256Digest,
    /// Who may certify what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Title of the agreement.
    pub title: String,
}

/// A right given by the agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What the holders may do: `verify`, `certify`, `monitor`.
    pub may: String,
    /// Its name in the roadmap.
    pub name: String,
    /// Who holds it.
    pub parties: Vec<PartyId>,
}

/// What an enrolled key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPurpose {
    /// Statements of its party.
    Statement,
    /// Statements that the desk records on behalf of others; never anyone's own word.
    Desk,
    /// Cosignatures on the log's checkpoints.
    Witness,
}

/// `key.enroll`: a key speaks for a party from this entry on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEnroll {
    /// The public key in C2SP vkey form: `name+hash+base64`.
    pub key: String,
    /// Whose key it is.
    pub owner: PartyId,
    /// What it may sign.
    pub purpose: KeyPurpose,
}

impl KeyEnroll {
    /// The first statement of a ledger that a desk keeps: the desk's own key speaks for the desk from then on.
    #[must_use]
    pub fn of_desk(case: &CaseId, key: &VerifyingKey) -> Statement {
        // Constants without white space.
        #[expect(clippy::expect_used, reason = "both are ids")]
        let (id, party) =
            ("key.desk".parse().expect("an id"), "desk".parse::<PartyId>().expect("an id"));
        let body = Self { key: key.to_string(), owner: party.clone(), purpose: KeyPurpose::Desk };
        let header = Header {
            case: case.clone(),
            id,
            note: None,
            party,
            replaces: None,
            said: None,
            source: None,
        };
        Statement { header, body: Body::KeyEnroll(body) }
    }
}

/// `key.revoke`: a key no longer speaks for anyone from this entry on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoke {
    /// The public key in C2SP vkey form.
    pub key: String,
    /// Why.
    pub reason: String,
}

/// Whether a party stands by a version of an agreed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// It was agreed so.
    Acknowledged,
    /// It was not agreed, or not so.
    Denied,
}

/// `agreement.acknowledge`: a party says of one version of an agreed text whether it stands by it. Understandings
/// that exist only in words came apart in 2008: what was agreed is the version that every side acknowledges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// When it said so.
    pub on: Date,
    /// SHA-256 of the text; absent when it was said and never written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256Digest>,
    /// Whether it stands by it.
    pub stance: Stance,
    /// What the version says on the point at issue.
    pub summary: String,
    /// Which agreed text: `verification-2008`.
    pub text: ObjectId,
    /// Which version of it: `2008-10-11 US`.
    pub version: String,
}

impl Check for Acknowledge {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "summary", &self.summary);
        faults.text(at, "version", &self.version);
    }
}

impl Check for Adopt {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "title", &self.title);
        if self.parties.is_empty() {
            faults.add(at, "parties", "an agreement needs at least one party");
        }
        for (i, role) in self.roles.iter().enumerate() {
            let at = format!("{at}.roles[{i}]");
            faults.text(&at, "name", &role.name);
            faults.text(&at, "may", &role.may);
            if role.parties.is_empty() {
                faults.add(&at, "parties", "a role nobody holds");
            }
        }
    }
}

/// A key that anyone could sign with, or a text that is no key, must never be enrolled.
fn check_key(at: &str, key: &str, faults: &mut Faults) {
    match key.parse::<tlog::note::VerifyingKey>() {
        Ok(key) if key.is_weak() => {
            faults.add(
                at,
                "key",
                "a weak key: others could make signatures that pass for its owner's",
            );
        }
        Ok(_) => {}
        Err(e) => faults.add(at, "key", e.to_string()),
    }
}

impl Check for KeyEnroll {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_key(at, &self.key, faults);
    }
}

impl Check for KeyRevoke {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
        if let Err(e) = self.key.parse::<tlog::note::VerifyingKey>() {
            faults.add(at, "key", e.to_string());
        }
    }
}
