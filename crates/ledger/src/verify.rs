//! Verification from the raw bytes: nothing stored is believed but the log's public key.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use statement::{Body, CaseId, Sha256Digest, Statement, open_entry};
use tlog::checkpoint::Checkpoint;
use tlog::tile::decode_hashes;
use tlog::tree::{Edge, RootBuilder};

use crate::keyring::Keyring;
use crate::scan::RawEntry;
use crate::store::get;
use crate::{Ledger, LedgerError};

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries the latest checkpoint covers.
    pub size: u64,
    /// Checkpoints checked.
    pub checkpoints: u64,
    /// Entries that no enrolled key signed: in the log, and of no weight.
    pub unsigned: Vec<u64>,
    /// Time for reading and hashing.
    pub hashing: Duration,
    /// Time for statements and signatures.
    pub signatures: Duration,
    /// The first thing that is wrong; `None` when nothing is.
    pub fault: Option<VerifyFault>,
}

/// What is wrong, and with which entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyFault {
    /// The first entry that is wrong; `None` when it is not one entry's fault.
    pub index: Option<u64>,
    /// What is wrong.
    pub reason: String,
}

/// Keeps the most telling fault: of the lowest entry that is surely wrong, else of the lowest region in which
/// something is, else whatever else is wrong.
#[derive(Default)]
struct First {
    entry: Option<VerifyFault>,
    region: Option<VerifyFault>,
    other: Option<VerifyFault>,
}

impl First {
    fn entry(&mut self, index: u64, reason: impl Into<String>) {
        lower(&mut self.entry, index, reason.into());
    }

    fn region(&mut self, index: u64, reason: impl Into<String>) {
        lower(&mut self.region, index, reason.into());
    }

    fn somewhere(&mut self, reason: impl Into<String>) {
        self.other.get_or_insert_with(|| VerifyFault { index: None, reason: reason.into() });
    }

    fn most_telling(self) -> Option<VerifyFault> {
        // A bad checkpoint explains why later entries seem uncovered, not the other way round.
        self.entry.or(self.other).or(self.region)
    }
}

fn lower(slot: &mut Option<VerifyFault>, index: u64, reason: String) {
    if slot.as_ref().is_none_or(|f| f.index.is_none_or(|i| index < i)) {
        *slot = Some(VerifyFault { index: Some(index), reason });
    }
}

impl Ledger {
    /// Re-derives everything from the entries' bytes: each leaf hash and tile, the root at each checkpoint ever
    /// signed and the log's signature on it, that no text stands twice, that each statement is canonical, valid
    /// and of this case, and each signature by an enrolled key. `progress` is told how many entries of how
    /// many are done.
    ///
    /// # Errors
    /// Only when the file cannot be read. What is wrong with its content is in the report.
    pub fn verify(&self, mut progress: impl FnMut(u64, u64)) -> Result<VerifyReport, LedgerError> {
        let mut first = First::default();
        let start = Instant::now();
        let checkpoints = self.signed_checkpoints(&mut first)?;
        let committed = checkpoints.last_key_value().map_or(0, |(size, _)| *size);
        let read = self.verify_hashes(&checkpoints, committed, &mut first)?;
        let hashing = start.elapsed();
        let start = Instant::now();
        let unsigned = self.verify_statements(read, &mut first, &mut progress)?;
        Ok(VerifyReport {
            size: committed,
            checkpoints: checkpoints.len() as u64,
            unsigned,
            hashing,
            signatures: start.elapsed(),
            fault: first.most_telling(),
        })
    }

    /// Every checkpoint that reads and carries the log's signature, by size.
    fn signed_checkpoints(
        &self,
        first: &mut First,
    ) -> Result<BTreeMap<u64, Checkpoint>, LedgerError> {
        let mut all = BTreeMap::new();
        let mut query = self
            .db
            .prepare("SELECT size, note FROM checkpoint ORDER BY size")
            .map_err(|e| self.fail(e))?;
        let mut rows = query.query([]).map_err(|e| self.fail(e))?;
        let mut notes: Vec<(u64, Vec<u8>)> = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.fail(e))? {
            notes.push((get(row, 0, self)?, get(row, 1, self)?));
        }
        // The connection stays on this thread.
        let (origin, key) = (&self.origin, &self.log_vkey);
        let opened: Vec<_> = notes
            .par_iter()
            .map(|(size, note)| (*size, Checkpoint::open(note, origin, key)))
            .collect();
        for (size, opened) in opened {
            match opened {
                Ok(checkpoint) if checkpoint.size == size => {
                    all.insert(size, checkpoint);
                }
                Ok(checkpoint) => first.somewhere(format!(
                    "the checkpoint stored for size {size} is one of size {}",
                    checkpoint.size
                )),
                Err(e) => first.somewhere(format!("the checkpoint of size {size}: {e}")),
            }
        }
        Ok(all)
    }

    /// Reads every entry, rebuilds the tree, and compares tiles and the root at each checkpoint. Returns how
    /// many entries could be read.
    fn verify_hashes(
        &self,
        checkpoints: &BTreeMap<u64, Checkpoint>,
        committed: u64,
        first: &mut First,
    ) -> Result<u64, LedgerError> {
        let mut edge = Edge::new();
        let mut builder = RootBuilder::new();
        let mut due = checkpoints.range(1..).peekable();
        let mut stale: Option<u64> = None;
        self.scan_hashed(committed, |_, leaves| {
            for tile in edge.append(leaves.iter().copied()) {
                // A partial tile will come again, wider; only its last version is stored.
                let last = tile.hashes.len() < 256 && edge.size() < committed;
                if !last {
                    self.compare_tile(&tile, first)?;
                }
            }
            for &leaf in leaves {
                builder.push(leaf);
                if let Some((size, checkpoint)) = due.next_if(|(size, _)| **size == builder.size()) {
                    if checkpoint.root == builder.root() {
                        stale = Some(*size);
                    } else {
                        // Everything up to the last checkpoint that fits is as it was committed; which of the
                        // later entries is wrong, the tiles may tell.
                        first.region(
                            stale.unwrap_or(0),
                            format!(
                                "the entries from here to {} do not give the root that the checkpoint of size {size} commits \
                                 to",
                                size - 1
                            ),
                        );
                    }
                }
            }
            Ok(())
        })?;
        if builder.size() < committed {
            first.entry(
                builder.size(),
                format!("it is missing; {committed} entries were committed"),
            );
        }
        let beyond: u64 = self
            .db
            .query_row("SELECT count(*) FROM entry WHERE idx >= ?1", [committed], |row| row.get(0))
            .map_err(|e| self.fail(e))?;
        if beyond > 0 {
            first.region(
                committed,
                format!(
                    "no checkpoint covers it; {beyond} entries lie beyond the latest checkpoint"
                ),
            );
        }
        Ok(builder.size())
    }

    fn compare_tile(&self, tile: &tlog::tree::Tile, first: &mut First) -> Result<(), LedgerError> {
        let stored: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT hashes FROM tile WHERE level = ?1 AND idx = ?2")
            .and_then(|mut s| {
                rusqlite::OptionalExtension::optional(
                    s.query_row((tile.level, tile.index), |row| row.get(0)),
                )
            })
            .map_err(|e| self.fail(e))?;
        let stored = stored.and_then(|bytes| decode_hashes(&bytes).ok()).unwrap_or_default();
        if stored.starts_with(&tile.hashes) {
            if stored.len() > tile.hashes.len() {
                let index = tile.index * 256 + tile.hashes.len() as u64;
                first
                    .region(index, "a hash tile holds more hashes than any good checkpoint covers");
            }
            return Ok(());
        }
        let at = tile.hashes.iter().zip(&stored).take_while(|(a, b)| a == b).count() as u64;
        let span = 1_u64.checked_shl(8 * u32::from(tile.level)).unwrap_or(0);
        let index = (tile.index * 256 + at).saturating_mul(span);
        if tile.level == 0 {
            first.entry(index, "its bytes do not have the hash that was committed: the entry or its hash tile was changed");
        } else {
            first.region(index, "a hash tile above this entry and those after it was changed");
        }
        Ok(())
    }

    /// Reads every statement again and checks its signatures with the keys enrolled by then.
    fn verify_statements(
        &self,
        size: u64,
        first: &mut First,
        progress: &mut impl FnMut(u64, u64),
    ) -> Result<Vec<u64>, LedgerError> {
        let case = &self.case;
        let mut keyring = Keyring::default();
        let mut unsigned = Vec::new();
        let mut texts: HashSet<Sha256Digest> =
            HashSet::with_capacity(usize::try_from(size).unwrap_or(0));
        self.scan_hashed(size, |entries, _| {
            let read: Vec<Result<Read, String>> =
                entries.par_iter().map(|e| read(e, case)).collect();
            for (entry, read) in entries.iter().zip(&read) {
                match read {
                    Ok(read) => {
                        if !texts.insert(read.text) {
                            first.entry(entry.index, "the same text stands in the log before");
                        }
                        if let Some(key) = &read.enrolls {
                            keyring.add(entry.index, key.clone());
                        }
                    }
                    Err(reason) => first.entry(entry.index, reason.clone()),
                }
            }
            let checked: Vec<(u64, Result<bool, String>)> = entries
                .par_iter()
                .zip(&read)
                .filter(|(_, read)| read.is_ok())
                .map(|(entry, _)| {
                    let note = open_entry(&entry.bytes).map_err(|e| e.to_string());
                    let known = note
                        .and_then(|n| keyring.check(&n, entry.index).map_err(|e| e.to_string()));
                    (entry.index, known)
                })
                .collect();
            for (index, known) in checked {
                match known {
                    Ok(true) => {}
                    Ok(false) => unsigned.push(index),
                    Err(reason) => first.entry(index, reason),
                }
            }
            progress(entries.last().map_or(size, |e| e.index + 1), size);
            Ok(())
        })?;
        Ok(unsigned)
    }
}

/// What verification needs to remember of a statement.
struct Read {
    text: Sha256Digest,
    enrolls: Option<tlog::note::VerifyingKey>,
}

fn read(entry: &RawEntry, case: &CaseId) -> Result<Read, String> {
    let note = open_entry(&entry.bytes).map_err(|e| e.to_string())?;
    let statement = Statement::read(note.text()).map_err(|e| e.to_string())?;
    if statement.header.case != *case {
        return Err(format!("it belongs to the case `{}`", statement.header.case));
    }
    let enrolls = match &statement.body {
        Body::KeyEnroll(enroll) => enroll.key.parse().ok(),
        _ => None,
    };
    Ok(Read { text: Sha256Digest::of(note.text().as_bytes()), enrolls })
}
