//! Reading the whole log in order, with every byte compared to the signed checkpoint.

use std::sync::mpsc::{Receiver, channel, sync_channel};

use rayon::prelude::*;
use rusqlite::Connection;
use tlog::tree::{Hash, RootBuilder, TileReader, leaf_hash};

use crate::store::Tiles;
use crate::{Ledger, LedgerError};

/// One entry as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// Its index.
    pub index: u64,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

impl AsRef<[u8]> for RawEntry {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Entries read at a time: large enough for two cores, small enough for the cache.
const BATCH: usize = 4096;

impl Ledger {
    /// Reads all entries in order and hands them on in batches, while a second thread reads ahead. After
    /// the last batch the root over everything handed on is compared with the signed checkpoint.
    ///
    /// Returns how many entries there are.
    ///
    /// # Errors
    /// When the file cannot be read, or what was handed on is not what the checkpoint covers; then the error
    /// names the first wrong entry, and the caller must throw away what it made of them.
    pub fn scan(&self, mut each: impl FnMut(&[RawEntry])) -> Result<u64, LedgerError> {
        let mut builder = RootBuilder::new();
        let head = self.head()?;
        self.scan_hashed(head.size, |entries, leaves| {
            leaves.iter().for_each(|&leaf| builder.push(leaf));
            each(entries);
            Ok(())
        })?;
        if builder.size() != head.size || builder.root() != head.root {
            return Err(LedgerError::Tampered(self.first_wrong(builder.size(), head.size)?));
        }
        Ok(head.size)
    }

    /// The first `size` entries with their leaf hashes, and nothing compared.
    pub(crate) fn scan_hashed(
        &self,
        size: u64,
        mut each: impl FnMut(&[RawEntry], &[Hash]) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let db = self.reader()?;
        std::thread::scope(|scope| {
            let (send, receive) = sync_channel::<rusqlite::Result<Vec<RawEntry>>>(2);
            // Batches that were used go back to be filled again: a million entries are read into a few thousand
            // buffers, where making each anew took a third of the time of a fold.
            let (give_back, spare) = channel::<Vec<RawEntry>>();
            scope.spawn(move || read_ahead(&db, size, &spare, |batch| send.send(batch).is_ok()));
            for batch in receive {
                let batch = batch.map_err(|e| self.fail(e))?;
                let leaves: Vec<Hash> = batch.par_iter().map(|e| leaf_hash(&e.bytes)).collect();
                each(&batch, &leaves)?;
                // At the end nobody reads any more.
                let _ = give_back.send(batch);
            }
            Ok(())
        })
    }

    /// Words for the first entry that is not what was committed.
    fn first_wrong(&self, found: u64, committed: u64) -> Result<String, LedgerError> {
        let mut wrong = None;
        self.scan_hashed(committed, |entries, leaves| {
            for (entry, leaf) in entries.iter().zip(leaves) {
                if wrong.is_none() && self.stored_leaf(entry.index, committed)? != Some(*leaf) {
                    wrong = Some(entry.index);
                }
            }
            Ok(())
        })?;
        Ok(match wrong {
            Some(index) => format!("entry {index} is not the one that was committed"),
            None if found < committed => {
                format!("entry {found} is missing; {committed} entries were committed")
            }
            None => {
                "the entries fit the hash tiles, but the tiles do not fit the checkpoint".to_owned()
            }
        })
    }

    /// The leaf hash of an entry as the tiles hold it.
    fn stored_leaf(&self, index: u64, size: u64) -> Result<Option<Hash>, LedgerError> {
        let first = index / 256 * 256;
        let width = u16::try_from((size - first).min(256)).unwrap_or(256);
        let tile = Tiles(self).tile(0, index / 256, width)?;
        Ok(tile.get(usize::try_from(index - first).unwrap_or(usize::MAX)).copied())
    }
}

/// Reads entries 0 to `size` in batches, into `spare` ones where there are any, until `send` says that nobody
/// listens.
fn read_ahead(
    db: &Connection,
    size: u64,
    spare: &Receiver<Vec<RawEntry>>,
    mut send: impl FnMut(rusqlite::Result<Vec<RawEntry>>) -> bool,
) {
    let mut read = || -> rusqlite::Result<()> {
        let mut statement =
            db.prepare("SELECT idx, bytes FROM entry WHERE idx < ?1 ORDER BY idx")?;
        let mut rows = statement.query([size])?;
        let fresh = || spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(BATCH));
        let (mut batch, mut filled) = (fresh(), 0);
        let mut expected = 0;
        while let Some(row) = rows.next()? {
            let index: u64 = row.get(0)?;
            if index != expected {
                // A gap: what comes after is not the entry of that number.
                break;
            }
            expected += 1;
            if batch.len() == filled {
                batch.push(RawEntry { index, bytes: Vec::new() });
            }
            let entry = &mut batch[filled];
            entry.index = index;
            entry.bytes.clear();
            entry.bytes.extend_from_slice(row.get_ref(1)?.as_blob().unwrap_or_default());
            filled += 1;
            if filled == BATCH {
                filled = 0;
                if !send(Ok(std::mem::replace(&mut batch, fresh()))) {
                    return Ok(());
                }
            }
        }
        batch.truncate(filled);
        send(Ok(batch));
        Ok(())
    };
    if let Err(e) = read() {
        send(Err(e));
    }
}
