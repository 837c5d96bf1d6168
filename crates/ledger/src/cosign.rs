//! Signature lines that come after a checkpoint: the log's own ML-DSA-44 line and its witnesses' cosignatures.
//!
//! The Ed25519 line is part of the commit. These lines are not: an acknowledgement waits for the disk, never for
//! the network, and the tree says the same with or without them.

use rusqlite::params;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::{Algorithm, Cosigner, CosignerKey};
use tlog::note::NoteRef;

use crate::{Ledger, LedgerError};

/// The row that names the log's own ML-DSA-44 key.
const OWN: &str = "log_cosigner";

impl Ledger {
    /// The log's own long-lasting key, once it has signed a checkpoint.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn log_cosigner(&self) -> Result<Option<Cosigner>, LedgerError> {
        let mut query = self
            .db
            .prepare_cached("SELECT value FROM about WHERE name = ?1")
            .map_err(|e| self.fail(e))?;
        let mut rows = query.query([OWN]).map_err(|e| self.fail(e))?;
        let Some(row) = rows.next().map_err(|e| self.fail(e))? else { return Ok(None) };
        let vkey: String = crate::store::get(row, 0, self)?;
        vkey.parse().map(Some).map_err(|e: tlog::note::NoteError| LedgerError::Damaged {
            path: self.path.clone(),
            reason: e.to_string(),
        })
    }

    /// Signs the latest checkpoint with the log's own ML-DSA-44 key at a time in seconds since 1970, unless it
    /// carries that line already. The first key that does so is the log's for ever.
    ///
    /// # Errors
    /// When the key is another than the log's, or the file cannot be written.
    pub fn cosign(&self, key: &CosignerKey, time: u64) -> Result<(), LedgerError> {
        let vkey = key.cosigner().to_string();
        if self.log_cosigner()?.is_none()
            && key.cosigner().name().as_str() == self.origin
            && key.cosigner().algorithm() == Algorithm::MlDsa44
        {
            // Another process may name the log's key in between: the first one stays, and is read again below.
            self.db
                .execute("INSERT OR IGNORE INTO about VALUES (?1, ?2)", params![OWN, vkey])
                .map_err(|e| self.fail(e))?;
        }
        match self.log_cosigner()? {
            Some(own) if own == *key.cosigner() => {}
            Some(own) => {
                return Err(LedgerError::OtherKey { found: vkey, expected: own.to_string() });
            }
            None => {
                let expected = format!("an ML-DSA-44 key of {}", self.origin);
                return Err(LedgerError::OtherKey { found: vkey, expected });
            }
        }
        let note = self.published()?;
        let has = |e: &dyn std::fmt::Display| {
            LedgerError::Tampered(format!("the latest checkpoint: {e}"))
        };
        if key.cosigner().verify_note(&note).map_err(|e| has(&e))?.is_some() {
            return Ok(());
        }
        let head = self.head_of(&note)?;
        let line = key.cosign(&head.to_string(), time).map_err(|e| has(&e))?;
        self.keep_line(head.size, key.cosigner(), &line)
    }

    /// Keeps those signature lines that are good cosignatures of `checkpoint` by one of `witnesses`, and returns
    /// whose they are. Lines by others are passed over.
    ///
    /// # Errors
    /// When a line claims to be by a witness and is not, or the file cannot be written.
    pub fn add_cosignatures(
        &self,
        checkpoint: &Checkpoint,
        lines: &str,
        witnesses: &[&Cosigner],
    ) -> Result<Vec<String>, LedgerError> {
        let bad = |e: &dyn std::fmt::Display| {
            LedgerError::Cosignature(format!("the answer of a witness: {e}"))
        };
        let note = format!("{checkpoint}\n{lines}");
        let note = NoteRef::parse(note.as_bytes()).map_err(|e| bad(&e))?;
        let mut added = Vec::new();
        for line in note.signatures() {
            for key in witnesses.iter().filter(|key| key.is_by(&line)) {
                key.verify(note.text(), &line).map_err(|e| bad(&e))?;
                self.keep_line(checkpoint.size, key, &format!("{line}\n"))?;
                added.push(key.name().to_string());
            }
        }
        Ok(added)
    }

    fn keep_line(&self, size: u64, key: &Cosigner, line: &str) -> Result<(), LedgerError> {
        let name = format!("{}+{:08x}", key.name(), key.id());
        self.db
            .execute(
                "INSERT OR REPLACE INTO cosignature VALUES (?1, ?2, ?3)",
                params![size, name, line],
            )
            .map_err(|e| self.fail(e))?;
        Ok(())
    }

    /// The latest checkpoint with every signature line that is known for it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn published(&self) -> Result<Vec<u8>, LedgerError> {
        // The size is that of these very bytes: another process may publish the next checkpoint meanwhile, whose
        // lines do not belong under this one.
        let mut note = self.checkpoint()?;
        let size = self.head_of(&note)?.size;
        let mut query = self
            .db
            .prepare_cached("SELECT line FROM cosignature WHERE size = ?1 ORDER BY key")
            .map_err(|e| self.fail(e))?;
        let mut rows = query.query([size]).map_err(|e| self.fail(e))?;
        while let Some(row) = rows.next().map_err(|e| self.fail(e))? {
            let line: String = crate::store::get(row, 0, self)?;
            note.extend(line.as_bytes());
        }
        Ok(note)
    }
}
