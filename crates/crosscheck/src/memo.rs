//! What is kept from one assessment to the next: results, each under a fingerprint of everything it was made from.
//!
//! A result is made again when anything it came from changed, so what is kept never differs from what would be made.
//! That saves work only because counts over the whole case enter in steps ([`crate::score::steady_log2`]): one more
//! statement in a large case leaves most fingerprints as they were.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use foldhash::quality::RandomState;
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

/// A fingerprint: two that are equal are taken to be of the same thing.
pub(crate) type Print = u64;

/// Seeded once for each process, so that nobody can prepare two statements with one fingerprint.
static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// Takes the fingerprint of a row of parts.
pub(crate) struct Printer(<RandomState as BuildHasher>::Hasher);

impl Printer {
    /// Of no part yet.
    pub(crate) fn new() -> Self {
        Self(STATE.build_hasher())
    }

    /// With one more part.
    pub(crate) fn add(&mut self, part: &impl Hash) {
        part.hash(&mut self.0);
    }

    /// With more numbers.
    pub(crate) fn numbers(&mut self, parts: impl IntoIterator<Item = f64>) {
        parts.into_iter().for_each(|part| self.0.write_u64(part.to_bits()));
    }

    /// The fingerprint.
    pub(crate) fn print(self) -> Print {
        self.0.finish()
    }
}

/// The fingerprint of one value.
pub(crate) fn print_of(value: &impl Hash) -> Print {
    STATE.hash_one(value)
}

/// Results of the last assessment by fingerprint.
#[derive(Debug)]
pub(crate) struct Memo<T>(HashMap<Print, Arc<T>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Send + Sync> Memo<T> {
    /// The result for each fingerprint: the one that is kept, else made from its position. What none of them asks for
    /// is forgotten.
    pub(crate) fn recall(
        &mut self,
        prints: &[Print],
        make: impl Fn(usize) -> T + Sync,
    ) -> Vec<Arc<T>> {
        let kept = &self.0;
        let all: Vec<Arc<T>> = prints
            .par_iter()
            .enumerate()
            .map(|(i, print)| kept.get(print).map_or_else(|| Arc::new(make(i)), Arc::clone))
            .collect();
        self.0 = prints.iter().copied().zip(all.iter().cloned()).collect();
        all
    }
}
