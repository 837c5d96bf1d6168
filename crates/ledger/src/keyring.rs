//! Which keys a signature can be checked against, from which entry on.

use tlog::note::{NoteError, NoteRef, VerifyingKey};

/// The keys that `key.enroll` statements of the log name, in the order of their entries.
///
/// Wider than what the fold accepts: whether a key was *rightly* enrolled is for the fold to judge. What
/// matters here is that every signature by any key the fold could count was checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keyring {
    keys: Vec<(u64, VerifyingKey)>,
}

impl Keyring {
    pub(crate) fn add(&mut self, from: u64, key: VerifyingKey) {
        if !self.keys.iter().any(|(_, known)| *known == key) {
            self.keys.push((from, key));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Checks every signature line whose key is known at entry `index`, and returns whether there was one.
    ///
    /// # Errors
    /// When one of them is bad.
    pub(crate) fn check(&self, note: &NoteRef<'_>, index: u64) -> Result<bool, NoteError> {
        let mut known = false;
        for line in note.signatures() {
            for (_, key) in self.keys.iter().filter(|(from, key)| *from <= index && line.is_by(key))
            {
                key.verify(note.text(), &line)?;
                known = true;
            }
        }
        Ok(known)
    }
}
