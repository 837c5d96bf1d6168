//! Folding many entries: the next batch is read while the last one is folded.

use rayon::prelude::*;

use crate::{Case, Parsed};

/// A fold over batches of entries. Reading an entry needs no state and takes three quarters of the time, so it
/// runs on the other cores while [`Case::apply`] goes through the batch before, in order.
///
/// The entries are taken as accepted ([`Parsed::read_accepted`]): whoever hands them on has compared their bytes
/// with the signed checkpoint, or does so before the case is used.
#[derive(Debug, Default)]
pub struct Folding {
    case: Case,
    read: Vec<Parsed>,
}

impl Folding {
    /// A fold from nothing, with room for `size` entries.
    #[must_use]
    pub fn with_room(size: u64) -> Self {
        Self { case: Case::with_room(size), read: Vec::new() }
    }

    /// Takes the next entries in the order of the ledger.
    pub fn push(&mut self, entries: &[impl AsRef<[u8]> + Sync]) {
        let Self { case, read } = self;
        let (next, ()) = rayon::join(
            || entries.par_iter().map(|e| Parsed::read_accepted(e.as_ref())).collect(),
            || read.drain(..).for_each(|entry| case.apply(entry)),
        );
        self.read = next;
    }

    /// The case after the last entry.
    #[must_use]
    pub fn finish(mut self) -> Case {
        self.read.drain(..).for_each(|entry| self.case.apply(entry));
        self.case
    }
}
