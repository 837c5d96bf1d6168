//! Checkpoints: a log's signed statement of its size and root (C2SP `tlog-checkpoint` v1.0.0).

use std::fmt;

use crate::note::{NoteError, NoteRef, SigningKey, VerifyingKey, sign};
use crate::tree::Hash;

/// The size and root of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity, a URL without its scheme: `example.com/log`. The log's key has the same name.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

/// Why bytes are not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The signed note is malformed, or no wanted signature verifies.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Fewer than three lines.
    #[error("a checkpoint has three lines: origin, size and root")]
    Lines,
    /// The origin is empty.
    #[error("the first line of a checkpoint, its origin, is empty")]
    Origin,
    /// The size is not a plain decimal number.
    #[error("`{0}` is not a size: decimal digits without leading zeroes were expected")]
    Size(String),
    /// The root is not a hash.
    #[error("`{0}` is not a root: base64 of 32 bytes was expected")]
    Root(String),
    /// An extension line is empty.
    #[error("an extension line of a checkpoint is empty")]
    Extension,
    /// It is the checkpoint of another log.
    #[error("this is a checkpoint of `{found}`, not of `{expected}`")]
    OtherLog {
        /// The origin it names.
        found: String,
        /// The origin that was expected.
        expected: String,
    },
}

impl Checkpoint {
    /// Reads the text of a checkpoint, which is the text of its note. Extension lines are read over, as the
    /// specification asks; this crate never writes any.
    ///
    /// # Errors
    /// When a line is missing or malformed.
    pub fn read(text: &str) -> Result<Self, CheckpointError> {
        let short = |line: &str| line.chars().take(80).collect::<String>();
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = text.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Lines);
        let (origin, size, root) = (next()?, next()?, next()?);
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let digits =
            size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let number = size.parse().ok().filter(|_| digits);
        let number = number.ok_or_else(|| CheckpointError::Size(short(size)))?;
        let root = Hash::from_base64(root).map_err(|_| CheckpointError::Root(short(root)))?;
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Extension);
        }
        Ok(Self { origin: origin.to_owned(), size: number, root })
    }

    /// Reads a signed checkpoint and checks its origin and the log's signature on it.
    ///
    /// # Errors
    /// When it is malformed, of another log, or not signed by `key`.
    pub fn open(note: &[u8], origin: &str, key: &VerifyingKey) -> Result<Self, CheckpointError> {
        let note = NoteRef::parse(note)?;
        note.verify(&[key])?;
        let checkpoint = Self::read(note.text())?;
        if checkpoint.origin == origin {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::OtherLog { found: checkpoint.origin, expected: origin.to_owned() })
        }
    }

    /// Signs the checkpoint.
    ///
    /// # Errors
    /// When the origin holds a newline or control character.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>, NoteError> {
        sign(&self.to_string(), &[key])
    }
}

/// The text of the note: three lines.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}
