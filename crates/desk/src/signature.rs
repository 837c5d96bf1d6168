//! The signature lines of an entry.

use case::{Case, Key};
use serde::Serialize;
use tlog::note::{NoteRef, VerifyingKey};
use utoipa::ToSchema;

/// One signature line, checked against the keys of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Signature {
    /// The key's name, as the line gives it.
    pub key: String,
    /// The key's id, in hexadecimal.
    pub key_id: String,
    /// Whose key it is; absent when nobody enrolled it.
    pub owner: Option<String>,
    /// `good`, `bad` or `unknown key`.
    pub state: &'static str,
}

/// The signature lines of an entry, each checked against the keys of the case.
#[must_use]
pub fn signatures(note: &NoteRef<'_>, case: &Case) -> Vec<Signature> {
    note.signatures()
        .map(|line| {
            let by = |k: &&Key| k.key.parse::<VerifyingKey>().is_ok_and(|key| line.is_by(&key));
            let key = case.keys.iter().find(by);
            let state = match key.map(|k| k.key.parse::<VerifyingKey>()) {
                Some(Ok(key)) if key.verify(note.text(), &line).is_ok() => "good",
                Some(_) => "bad",
                None => "unknown key",
            };
            Signature {
                key: line.name().to_owned(),
                key_id: format!("{:08x}", line.key_id()),
                owner: key.map(|k| k.owner.to_string()),
                state,
            }
        })
        .collect()
}
