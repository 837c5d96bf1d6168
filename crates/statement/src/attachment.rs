//! Files beside the log: a statement holds their hash, not their bytes.

use serde::Deserialize;
use serde_json::Value;

use crate::Sha256Digest;
use crate::kinds::inspection::Attachment;

impl Attachment {
    /// The attachment of these bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, name: name.to_owned(), sha256: Sha256Digest::of(bytes) }
    }
}

/// Every attachment that a statement names, wherever in it, also in one of a kind that this version does not know.
///
/// `text` is a statement's text; what is not one names none.
#[must_use]
pub fn attachments(text: &str) -> Vec<Attachment> {
    let mut found = Vec::new();
    // Most statements name none, and a ledger may hold a million.
    if text.contains("\"sha256\"")
        && let Some((_, json)) = text.split_once('\n')
        && let Ok(value) = serde_json::from_str(json)
    {
        collect(&value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Vec<Attachment>) {
    match value {
        Value::Object(fields) => match Attachment::deserialize(value) {
            Ok(attachment) => found.push(attachment),
            Err(_) => fields.values().for_each(|v| collect(v, found)),
        },
        Value::Array(values) => values.iter().for_each(|v| collect(v, found)),
        _ => {}
    }
}
