//! Files beside the log, by their SHA-256: reports, photographs. A statement names them; nothing else does.
//!
//! A file that is there under its hash is either the one that was meant or damaged, and which of the two is seen by
//! reading it. A file that is not there is *withheld*: the log proves that it exists and what it must be, and whoever
//! has it decides to whom it goes.

use std::fs;
use std::path::{Path, PathBuf};

use statement::{Attachment, Sha256Digest};

use crate::LedgerError;
use crate::audit::LogFiles;
use crate::export::write_whole;

/// Where attachments lie below a ledger's folder, or below that of an exported log.
pub const FOLDER: &str = "attachments";

/// The attachments beside one ledger.
#[derive(Debug, Clone)]
pub struct Attachments(PathBuf);

/// What is there of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The file that was meant.
    Good(Vec<u8>),
    /// No file.
    Withheld,
    /// Another file, with the reason in words.
    Wrong(String),
}

/// The path of an attachment below the folder of a ledger or an exported log: `attachments/ab/abcd…`.
#[must_use]
pub fn path(sha256: Sha256Digest) -> String {
    let hex = sha256.to_string();
    // 64 hexadecimal digits.
    format!("{FOLDER}/{}/{hex}", hex.get(..2).unwrap_or_default())
}

impl Attachments {
    /// Those of the ledger in this file.
    #[must_use]
    pub fn beside(ledger: &Path) -> Self {
        Self(ledger.parent().unwrap_or(Path::new("")).to_owned())
    }

    /// Puts a file beside the log; when this returns it is durable under its hash. One that is there is not
    /// written again.
    ///
    /// # Errors
    /// When it cannot be written, or another file lies under its hash.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<Attachment, LedgerError> {
        let attachment = Attachment::of(name, bytes);
        let file = self.0.join(path(attachment.sha256));
        match self.held(&attachment)? {
            Held::Good(_) => {}
            Held::Withheld => write_whole(&file, bytes)?,
            Held::Wrong(reason) => return Err(LedgerError::Damaged { path: file, reason }),
        }
        Ok(attachment)
    }

    /// What is there of an attachment.
    ///
    /// # Errors
    /// When that cannot be known.
    pub fn held(&self, attachment: &Attachment) -> Result<Held, LedgerError> {
        let file = self.0.join(path(attachment.sha256));
        match fs::read(&file) {
            Ok(bytes) => Ok(compare(attachment, bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Held::Withheld),
            Err(e) => Err(LedgerError::io(&file, e)),
        }
    }

    /// Copies an attachment beside an exported log, when it is there. Says whether it was.
    ///
    /// # Errors
    /// When it is another file than was meant, or cannot be written.
    pub fn export(&self, attachment: &Attachment, folder: &Path) -> Result<bool, LedgerError> {
        let to = folder.join(path(attachment.sha256));
        match self.held(attachment)? {
            Held::Good(bytes) if !to.exists() => write_whole(&to, &bytes).map(|()| true),
            Held::Good(_) => Ok(true),
            Held::Withheld => Ok(false),
            Held::Wrong(reason) => {
                Err(LedgerError::Damaged { path: self.0.join(path(attachment.sha256)), reason })
            }
        }
    }
}

/// What lies of an attachment beside somebody's exported log.
///
/// # Errors
/// In words, when that cannot be known.
pub fn published(files: &dyn LogFiles, attachment: &Attachment) -> Result<Held, String> {
    let bytes = files.get(&path(attachment.sha256))?;
    Ok(bytes.map_or(Held::Withheld, |bytes| compare(attachment, bytes)))
}

fn compare(attachment: &Attachment, bytes: Vec<u8>) -> Held {
    let found = Attachment::of(&attachment.name, &bytes);
    if found.sha256 != attachment.sha256 {
        Held::Wrong(format!("its SHA-256 is {}", found.sha256))
    } else if found.bytes != attachment.bytes {
        Held::Wrong(format!("it has {} bytes where {} were stated", found.bytes, attachment.bytes))
    } else {
        Held::Good(bytes)
    }
}
