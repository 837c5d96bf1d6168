//! Whose keys count from which entry on.

use std::collections::BTreeMap;

use serde::Serialize;
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::{ObjectId, PartyId};

use crate::Index;

/// A key as a signature line names it: its name and the first four bytes of its hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyRef {
    /// The key's name.
    pub name: Box<str>,
    /// Its C2SP key id.
    pub id: u32,
}

/// An enrolled key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// The `key.enroll` statement.
    pub enrolled_by: ObjectId,
    /// The entry that enrolled it.
    pub enrolled_at: Index,
    /// The public key in vkey form.
    pub key: String,
    /// Whose it is.
    pub owner: PartyId,
    /// What it may sign.
    pub purpose: KeyPurpose,
    /// The entry that revoked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Index>,
}

/// All keys that were ever enrolled.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    by_ref: BTreeMap<KeyRef, Key>,
}

impl KeyRef {
    /// The reference to a key given as vkey text (`name+hash+base64`).
    #[must_use]
    pub fn of(vkey: &str) -> Option<Self> {
        let mut parts = vkey.splitn(3, '+');
        let (name, hash) = (parts.next()?, parts.next()?);
        Some(Self { name: name.into(), id: u32::from_str_radix(hash, 16).ok()? })
    }
}

impl Keys {
    /// The keys, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.by_ref.values()
    }

    /// Whether none was enrolled yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_ref.is_empty()
    }

    pub(crate) fn get(&self, key: &KeyRef) -> Option<&Key> {
        self.by_ref.get(key)
    }

    pub(crate) fn enroll(&mut self, key: KeyRef, body: KeyEnroll, by: ObjectId, at: Index) {
        let KeyEnroll { key: vkey, owner, purpose } = body;
        let entry =
            Key { enrolled_by: by, enrolled_at: at, key: vkey, owner, purpose, revoked_at: None };
        self.by_ref.insert(key, entry);
    }

    pub(crate) fn revoke(&mut self, key: &KeyRef, at: Index) -> bool {
        match self.by_ref.get_mut(key) {
            Some(key) if key.revoked_at.is_none() => {
                key.revoked_at = Some(at);
                true
            }
            _ => false,
        }
    }
}

impl Serialize for Keys {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.by_ref.values())
    }
}
