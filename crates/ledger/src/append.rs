//! Appending: everything that can be checked before the lock, then one transaction.

use rayon::prelude::*;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use statement::{Body, CaseId, Sha256Digest, Statement, open_entry};
use tlog::checkpoint::Checkpoint;
use tlog::note::VerifyingKey;
use tlog::tile::encode_hashes;
use tlog::tree::{Edge, Hash, leaf_hash};

use crate::keyring::Keyring;
use crate::store::Tiles;
use crate::{Ledger, LedgerError, Refusal};

/// So many entries are read sooner here than handed to other threads.
const FEW: usize = 4;

/// What became of one entry of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was added at this index.
    At(u64),
    /// A statement with the same text was there already, at this index.
    Before(u64),
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// For each entry of the batch, in order.
    pub entries: Vec<Added>,
    /// The size of the log now.
    pub size: u64,
}

impl Appended {
    /// How many entries are new.
    #[must_use]
    pub fn added(&self) -> usize {
        self.entries.iter().filter(|e| matches!(e, Added::At(_))).count()
    }
}

/// An entry with everything about it that needs no lock.
struct Prepared {
    bytes: Vec<u8>,
    text_sha256: Sha256Digest,
    leaf: Hash,
    /// The key it enrols, with its text.
    enrolls: Option<VerifyingKey>,
}

impl Prepared {
    fn read(bytes: Vec<u8>, case: &CaseId) -> Result<Self, Refusal> {
        let note = open_entry(&bytes)?;
        let statement = Statement::read(note.text())?;
        if statement.header.case != *case {
            return Err(Refusal::OtherCase {
                found: statement.header.case,
                expected: case.clone(),
            });
        }
        let text_sha256 = Sha256Digest::of(note.text().as_bytes());
        let enrolls = match &statement.body {
            Body::KeyEnroll(enroll) => enroll.key.parse().ok(),
            _ => None,
        };
        Ok(Self { leaf: leaf_hash(&bytes), text_sha256, enrolls, bytes })
    }
}

impl Ledger {
    /// Appends signed statements. When this returns without an error they are durable, covered by a signed
    /// checkpoint, and visible to every reader: queued, sequenced, integrated and published at once.
    ///
    /// A batch is added whole or not at all. An entry whose text is in the log already is not added again and
    /// is no error.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] names the first entry that may not be added: not canonical, not valid, of
    /// another case, too long, or with a bad signature by an enrolled key.
    pub fn append(&mut self, entries: Vec<Vec<u8>>) -> Result<Appended, LedgerError> {
        let read = |bytes| Prepared::read(bytes, &self.case);
        let prepared: Vec<Result<Prepared, Refusal>> = if entries.len() <= FEW {
            entries.into_iter().map(read).collect()
        } else {
            entries.into_par_iter().map(read).collect()
        };
        let prepared: Vec<Prepared> = prepared
            .into_iter()
            .enumerate()
            .map(|(position, p)| p.map_err(|reason| LedgerError::Refused { position, reason }))
            .collect::<Result<_, _>>()?;
        loop {
            let known = self.keyring.len();
            check_signatures(&self.keyring, &prepared)?;
            match self.commit(&prepared, known)? {
                Some(appended) => return Ok(appended),
                // Another process enrolled a key after we checked: check again with it.
                None => self.keyring = self.read_keyring()?,
            }
        }
    }

    /// The commit order, whole. Steps 1 to 7 happen under SQLite's write lock.
    ///
    /// 1. Take the write lock; another process that appends waits (up to a minute).
    /// 2. Read the latest checkpoint and check our own signature on it, unless it is the very one we wrote last.
    /// 3. If the log grew since we last looked, load the edge of the tree; its root must be the checkpoint's.
    /// 4. If a key was enrolled since the signatures were checked, let go and have them checked again.
    /// 5. Insert the entries that are not duplicates.
    /// 6. Write the hash tiles that are new or changed, sign and write the checkpoint of the new size.
    /// 7. Commit: SQLite appends everything to its write-ahead log and waits until the disk has it (`fdatasync`).
    ///
    /// A crash before 7 leaves the log as it was; a crash after it loses nothing. The edge in memory is
    /// dropped on every error, so that the next append reads the tree from the file.
    fn commit(
        &mut self,
        prepared: &[Prepared],
        known: usize,
    ) -> Result<Option<Appended>, LedgerError> {
        let log_key = self.log_key.as_ref().ok_or(LedgerError::NoKey)?;
        let edge = self.edge.take();
        let fail = |e| LedgerError::store(&self.path, e);

        // 1
        let tx =
            Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate).map_err(fail)?;
        // 2
        let head = match self.written.take() {
            // What we wrote ourselves and nobody has followed is still ours.
            Some((note, head)) if note == self.checkpoint()? => head,
            _ => self.head()?,
        };
        // 3
        let mut edge = match edge.filter(|edge| edge.size() == head.size) {
            Some(edge) => edge,
            None => Edge::load(&Tiles(self), head.size)?,
        };
        if edge.root() != head.root {
            return Err(LedgerError::Tampered(format!(
                "its tiles have the root {} where the checkpoint of size {} says {}; run `ledger verify`",
                edge.root(),
                head.size,
                head.root
            )));
        }
        // 4
        let keys: usize = tx
            .prepare_cached("SELECT count(*) FROM key")
            .and_then(|mut s| s.query_row([], |row| row.get(0)))
            .map_err(fail)?;
        if keys != known {
            return Ok(None);
        }
        // 5
        let mut added = Vec::with_capacity(prepared.len());
        let mut leaves = Vec::with_capacity(prepared.len());
        let mut keyring = self.keyring.clone();
        {
            let mut insert_text = tx
                .prepare_cached("INSERT INTO text VALUES (?1, ?2) ON CONFLICT DO NOTHING")
                .map_err(fail)?;
            let mut find_text =
                tx.prepare_cached("SELECT idx FROM text WHERE sha256 = ?1").map_err(fail)?;
            let mut insert_entry =
                tx.prepare_cached("INSERT INTO entry VALUES (?1, ?2)").map_err(fail)?;
            let mut insert_key =
                tx.prepare_cached("INSERT INTO key VALUES (?1, ?2)").map_err(fail)?;
            for entry in prepared {
                let index = head.size + leaves.len() as u64;
                let new = insert_text.execute(params![entry.text_sha256.0, index]).map_err(fail)?;
                if new == 0 {
                    let before =
                        find_text.query_row([entry.text_sha256.0], |row| row.get(0)).optional();
                    added.push(Added::Before(before.map_err(fail)?.unwrap_or_default()));
                    continue;
                }
                insert_entry.execute(params![index, entry.bytes]).map_err(fail)?;
                if let Some(key) = &entry.enrolls {
                    let before = keyring.len();
                    keyring.add(index, key.clone());
                    if keyring.len() > before {
                        insert_key.execute(params![index, key.to_string()]).map_err(fail)?;
                    }
                }
                leaves.push(entry.leaf);
                added.push(Added::At(index));
            }
        }
        let size = head.size + leaves.len() as u64;
        if !leaves.is_empty() {
            // 6
            let tiles = edge.append(leaves);
            let mut put = tx
                .prepare_cached(
                    "INSERT INTO tile VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
                )
                .map_err(fail)?;
            for tile in tiles {
                put.execute(params![tile.level, tile.index, encode_hashes(&tile.hashes)])
                    .map_err(fail)?;
            }
            drop(put);
            let checkpoint = Checkpoint { origin: self.origin.clone(), size, root: edge.root() };
            let note =
                checkpoint.sign(log_key).map_err(|e| LedgerError::Tampered(e.to_string()))?;
            tx.prepare_cached("INSERT INTO checkpoint VALUES (?1, ?2)")
                .and_then(|mut s| s.execute(params![size, note]))
                .map_err(fail)?;
            // 7
            tx.commit().map_err(fail)?;
            self.written = Some((note, checkpoint));
        }
        self.keyring = keyring;
        self.edge = Some(edge);
        Ok(Some(Appended { entries: added, size }))
    }
}

/// Checks every signature by a key that is enrolled, or is enrolled by this batch no later than its entry.
fn check_signatures(keyring: &Keyring, prepared: &[Prepared]) -> Result<(), LedgerError> {
    // Entries of the batch are numbered after all keys already enrolled.
    let number = |position: usize| u64::MAX / 2 + position as u64;
    let mut keys = keyring.clone();
    for (position, entry) in prepared.iter().enumerate() {
        if let Some(key) = &entry.enrolls {
            keys.add(number(position), key.clone());
        }
    }
    let bad = |(position, entry): (usize, &Prepared)| {
        let checked = open_entry(&entry.bytes)
            .map_err(Refusal::Statement)
            .and_then(|note| keys.check(&note, number(position)).map_err(Refusal::Signature));
        checked.err().map(|reason| LedgerError::Refused { position, reason })
    };
    let first = if prepared.len() <= FEW {
        prepared.iter().enumerate().find_map(bad)
    } else {
        prepared.par_iter().enumerate().find_map_first(bad)
    };
    first.map_or(Ok(()), Err)
}
