//! Objects of one type, in the order in which they appeared, found by id.

use std::collections::HashMap;

use foldhash::quality::RandomState;

use serde::{Serialize, Serializer};
use statement::ObjectId;

use crate::Record;

/// Objects of one type.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    records: Vec<Record<T>>,
    slots: HashMap<ObjectId, usize, RandomState>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { records: Vec::new(), slots: HashMap::default() }
    }
}

impl<T> Shelf<T> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The object with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Record<T>> {
        self.slots.get(id).map(|&slot| &self.records[slot])
    }

    /// All of them, in the order in which they first appeared in the ledger.
    pub fn iter(&self) -> std::slice::Iter<'_, Record<T>> {
        self.records.iter()
    }

    pub(crate) fn get_mut(&mut self, id: &ObjectId) -> Option<&mut Record<T>> {
        self.slots.get(id).map(|&slot| &mut self.records[slot])
    }

    /// Adds an object, or puts the corrected version in its place with the history kept.
    pub(crate) fn put(&mut self, mut record: Record<T>) {
        match self.slots.get(&record.id) {
            Some(&slot) => {
                let old = &mut self.records[slot];
                let mut because = std::mem::take(&mut old.because);
                because.append(&mut record.because);
                record.because = because;
                *old = record;
            }
            None => {
                self.slots.insert(record.id.clone(), self.records.len());
                self.records.push(record);
            }
        }
    }
}

impl<'a, T> IntoIterator for &'a Shelf<T> {
    type Item = &'a Record<T>;
    type IntoIter = std::slice::Iter<'a, Record<T>>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Sorted by id, so that the order of arrival of independent statements does not show.
impl<T: Serialize> Serialize for Shelf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<&Record<T>> = self.records.iter().collect();
        sorted.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        serializer.collect_seq(sorted)
    }
}
