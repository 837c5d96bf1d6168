//! Objects of one type, in the order in which they appeared, found by id.

use std::collections::HashMap;

use foldhash::quality::RandomState;

use serde::{Serialize, Serializer};
use statement::ObjectId;

use crate::Record;

/// Records in one piece of memory.
const PIECE: usize = 1024;

/// All records of a shelf, in the order in which they first appeared.
pub type Records<'a, T> = std::iter::Flatten<std::slice::Iter<'a, Vec<Record<T>>>>;

/// Objects of one type.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    /// In pieces of [`PIECE`], so that a million records are never copied to grow.
    pieces: Vec<Vec<Record<T>>>,
    slots: HashMap<ObjectId, usize, RandomState>,
    replaced: usize,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), slots: HashMap::default(), replaced: 0 }
    }
}

impl<T> Shelf<T> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The object with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Record<T>> {
        self.slots.get(id).map(|&slot| &self.pieces[slot / PIECE][slot % PIECE])
    }

    /// The object that appeared after `slot` others.
    #[must_use]
    pub fn at(&self, slot: usize) -> Option<&Record<T>> {
        self.pieces.get(slot / PIECE)?.get(slot % PIECE)
    }

    /// How many corrections took the place of an object. Whoever has seen the first `n` objects has only to look at
    /// those from `n` on, as long as this stays the same.
    #[must_use]
    pub fn replaced(&self) -> usize {
        self.replaced
    }

    /// All of them, in the order in which they first appeared in the ledger.
    pub fn iter(&self) -> Records<'_, T> {
        self.pieces.iter().flatten()
    }

    pub(crate) fn get_mut(&mut self, id: &ObjectId) -> Option<&mut Record<T>> {
        self.slots.get(id).map(|&slot| &mut self.pieces[slot / PIECE][slot % PIECE])
    }

    /// Adds an object, or puts the corrected version in its place with the history kept.
    pub(crate) fn put(&mut self, mut record: Record<T>) {
        match self.get_mut(&record.id) {
            Some(old) => {
                let mut because = std::mem::take(&mut old.because);
                because.append(&mut record.because);
                record.because = because;
                *old = record;
                self.replaced += 1;
            }
            None => {
                let slot = self.slots.len();
                self.slots.insert(record.id.clone(), slot);
                if slot.is_multiple_of(PIECE) {
                    self.pieces.push(Vec::new());
                }
                self.pieces[slot / PIECE].push(record);
            }
        }
    }
}

impl<'a, T> IntoIterator for &'a Shelf<T> {
    type Item = &'a Record<T>;
    type IntoIter = Records<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Sorted by id, so that the order of arrival of independent statements does not show.
impl<T: Serialize> Serialize for Shelf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<&Record<T>> = self.iter().collect();
        sorted.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        serializer.collect_seq(sorted)
    }
}
