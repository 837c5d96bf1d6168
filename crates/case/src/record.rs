//! What the fold keeps of an accepted statement.

use serde::Serialize;
use statement::{Date, ObjectId, PartyId, Sha256Digest, Source, Standing};

/// Index of an entry in the ledger, from 0.
pub type Index = u64;

/// One object of the case with everything needed to answer "why".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record<T> {
    /// Its id.
    pub id: ObjectId,
    /// The entries that made it what it is, oldest first: the statement itself, those it replaced, those
    /// that amended or acted on it.
    pub because: Vec<Index>,
    /// Whose word it is.
    pub party: PartyId,
    /// Whether that party signed it.
    pub standing: Standing,
    /// When it was said, by its own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<Date>,
    /// Where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// A remark of the recorder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// SHA-256 of the text that stands now; a correction names it.
    pub text_sha256: Sha256Digest,
    /// SHA-256 of that text without its `replaces`: equal for two statements that say the same.
    #[serde(skip)]
    pub content_sha256: Sha256Digest,
    /// What it says.
    pub body: T,
}

impl<T> Record<T> {
    /// The entry whose text stands now.
    #[must_use]
    pub fn latest(&self) -> Index {
        // The fold makes no record without an entry.
        self.because.iter().copied().max().unwrap_or_default()
    }

    /// The date that places it in time for an `--as-of` view: when it was said.
    #[must_use]
    pub fn said_by(&self, day: statement::civil::Date) -> bool {
        self.said.as_ref().is_none_or(|said| said.earliest() <= day)
    }
}

/// A statement that stays in the ledger and does not count, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// The entry.
    pub index: Index,
    /// Its kind, as far as it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its id, as far as it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ObjectId>,
    /// Why it does not count, and what would.
    pub reason: String,
}

/// A statement of a kind that this version does not know; kept for one that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownKind {
    /// The entry.
    pub index: Index,
    /// The kind as named.
    pub kind: String,
    /// Its id.
    pub id: ObjectId,
}
