//! A witness: it follows logs, cosigns what extends what it saw, and never two histories.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tlog::cosignature::CosignerKey;
use tlog::note::VerifyingKey;
use tlog::tree::Hash;
use tlog::witness::{AddCheckpoint, Refusal};

use crate::LedgerError;

const SCHEMA: &str = "
-- The latest checkpoint cosigned for each log. Losing this file, or going back to an older copy of it, may make the
-- witness sign two histories: it is never restored from a backup, a witness that lost it gets a new key.
CREATE TABLE IF NOT EXISTS latest (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL
) WITHOUT ROWID;
";

/// A witness with its keys, the logs it follows, and what it cosigned last for each.
pub struct Witness {
    keys: Vec<CosignerKey>,
    logs: HashMap<String, Vec<VerifyingKey>>,
    db: Mutex<Connection>,
    path: std::path::PathBuf,
}

/// What comes of a request.
#[derive(Debug)]
pub enum Answer {
    /// The witness's signature lines.
    Cosigned(String),
    /// Why not.
    Refused(Refusal),
}

impl Witness {
    /// Opens or makes the witness's store.
    ///
    /// # Errors
    /// When the file cannot be opened or written.
    pub fn open(
        path: &Path,
        keys: Vec<CosignerKey>,
        logs: HashMap<String, Vec<VerifyingKey>>,
    ) -> Result<Self, LedgerError> {
        let fail = |e| LedgerError::store(path, e);
        let db = Connection::open(path).map_err(fail)?;
        db.busy_timeout(std::time::Duration::from_secs(60)).map_err(fail)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
        db.execute_batch(SCHEMA).map_err(fail)?;
        Ok(Self { keys, logs, db: Mutex::new(db), path: path.to_owned() })
    }

    /// Its keys.
    #[must_use]
    pub fn keys(&self) -> &[CosignerKey] {
        &self.keys
    }

    /// Answers `POST add-checkpoint` at a time in seconds since 1970.
    ///
    /// Reading the latest checkpoint, deciding and writing the new one is one transaction, on the disk before a
    /// signature exists: whenever this is cut off, no signature is out for a tree that the store does not hold.
    ///
    /// # Errors
    /// When the store fails; then nothing was signed.
    pub fn add_checkpoint(&self, body: &[u8], time: u64) -> Result<Answer, LedgerError> {
        let request = match AddCheckpoint::read(body) {
            Ok(request) => request,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let keys = |origin: &str| self.logs.get(origin).map(|keys| keys.iter().collect());
        let (checkpoint, text) = match request.open(keys) {
            Ok(opened) => opened,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let fail = |e| LedgerError::store(&self.path, e);
        {
            // A request that was cut off left no transaction behind; the connection is as good as before.
            let db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
            let tx =
                Transaction::new_unchecked(&db, TransactionBehavior::Immediate).map_err(fail)?;
            let latest: Option<(u64, [u8; 32])> = tx
                .query_row(
                    "SELECT size, root FROM latest WHERE origin = ?1",
                    [&checkpoint.origin],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
                .map_err(fail)?;
            let latest = latest.map(|(size, root)| (size, Hash(root)));
            if let Err(refusal) = request.decide(&checkpoint, latest) {
                return Ok(Answer::Refused(refusal));
            }
            tx.execute(
                "INSERT OR REPLACE INTO latest VALUES (?1, ?2, ?3, ?4)",
                params![checkpoint.origin, checkpoint.size, checkpoint.root.0, request.checkpoint],
            )
            .map_err(fail)?;
            tx.commit().map_err(fail)?;
        }
        let lines: Result<String, _> = self.keys.iter().map(|key| key.cosign(text, time)).collect();
        // The text was read as a checkpoint above; what remains is an origin over 255 bytes.
        Ok(match lines {
            Ok(lines) => Answer::Cosigned(lines),
            Err(e) => Answer::Refused(Refusal::BadRequest(e.to_string())),
        })
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness").field("path", &self.path).finish_non_exhaustive()
    }
}
