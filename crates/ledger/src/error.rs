//! What can go wrong, in words that say what to do.

use std::path::{Path, PathBuf};

use statement::{CaseId, ReadError};
use tlog::note::NoteError;

/// Why the ledger could not do what was asked. Nothing acknowledged before is lost by any of these.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no such file.
    #[error("there is no ledger at {}", .0.display())]
    NotFound(PathBuf),
    /// A ledger is never created over a file.
    #[error("{} exists already; a ledger is never created over a file", .0.display())]
    Exists(PathBuf),
    /// The file is something else.
    #[error("{} is not a ledger: {what}", path.display())]
    NotLedger {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// A newer version of the program wrote it.
    #[error("{} was written by a newer version (format {found}, this program knows {known}); update the program", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The format this program knows.
        known: i64,
    },
    /// The file is cut short or damaged below the level of entries.
    #[error(
        "{} is damaged: {reason}. Keep the file as it is, and restore a copy; statements recorded from the \
         case folder can be recorded again into a new ledger (--ledger FILE)",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// It is the ledger of another case.
    #[error(
        "this is the ledger of the case `{found}`, not of `{expected}`; name another with --ledger FILE"
    )]
    OtherCase {
        /// The case it belongs to.
        found: CaseId,
        /// The case that was expected.
        expected: CaseId,
    },
    /// The log key is not this log's.
    #[error("the log key `{found}` is not the key of this log, `{expected}`")]
    OtherKey {
        /// The key at hand.
        found: String,
        /// The key the log was created with.
        expected: String,
    },
    /// It was opened for reading.
    #[error("the ledger was opened for reading: the log's private key is needed to append")]
    NoKey,
    /// The file or its folder cannot be written.
    #[error(
        "{} cannot be written: the file or its folder is read-only. Make it writable, or keep the ledger \
         elsewhere with --ledger FILE",
        .0.display()
    )]
    ReadOnly(PathBuf),
    /// No space left.
    #[error("the disk that holds {} is full; nothing was recorded. Free some space and run again", .0.display())]
    Full(PathBuf),
    /// Another process holds the lock for too long.
    #[error("another process has been writing to {} for over a minute; try again when it is done", .0.display())]
    Busy(PathBuf),
    /// An entry that may not be added.
    #[error("entry {position} of this batch is refused, and with it the batch: {reason}")]
    Refused {
        /// Its position in the batch, from 0.
        position: usize,
        /// Why.
        reason: Refusal,
    },
    /// What is stored does not fit the signed checkpoint.
    #[error("the ledger does not fit its own signed checkpoint: {0}")]
    Tampered(String),
    /// There is no such entry.
    #[error("there is no entry {index}: the ledger has {size} entries, numbered from 0")]
    NoEntry {
        /// The entry asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// A key file that others can read, is malformed, or belongs to another name.
    #[error("the key file {}: {reason}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Any other failure of the file system.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Any other failure of the store.
    #[error("{}: {source}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// A witness's answer holds no good signature.
    #[error("{0}")]
    Cosignature(String),
    /// A folder to export to holds something else.
    #[error("{}: {reason}; export to another folder", path.display())]
    OtherExport {
        /// The checkpoint that lies there.
        path: PathBuf,
        /// What it is.
        reason: String,
    },
    /// The thread that writes has ended.
    #[error("the ledger is closed")]
    Closed,
}

/// Why an entry may not be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a canonical, valid statement.
    #[error(transparent)]
    Statement(#[from] ReadError),
    /// It belongs to another case.
    #[error("it belongs to the case `{found}`, this is the ledger of `{expected}`")]
    OtherCase {
        /// The case it names.
        found: CaseId,
        /// The case of the ledger.
        expected: CaseId,
    },
    /// A signature by an enrolled key is bad.
    #[error(transparent)]
    Signature(NoteError),
}

impl LedgerError {
    /// Sorts SQLite's errors into what a person can act on.
    pub(crate) fn store(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        let path = path.to_owned();
        if matches!(
            source,
            rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::IntegralValueOutOfRange(..)
        ) {
            return Self::Damaged {
                path,
                reason: format!("a value is of another type than was stored ({source})"),
            };
        }
        match source.sqlite_error_code() {
            Some(C::DiskFull) => Self::Full(path),
            Some(C::ReadOnly | C::PermissionDenied) => Self::ReadOnly(path),
            Some(C::DatabaseBusy | C::DatabaseLocked) => Self::Busy(path),
            Some(C::NotADatabase) => Self::NotLedger { path, what: "it is not an SQLite database" },
            Some(C::DatabaseCorrupt | C::SystemIoFailure) => {
                Self::Damaged { path, reason: source.to_string() }
            }
            _ => Self::Store { path, source },
        }
    }

    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::StorageFull => Self::Full(path),
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                Self::ReadOnly(path)
            }
            _ => Self::Io { path, source },
        }
    }
}
