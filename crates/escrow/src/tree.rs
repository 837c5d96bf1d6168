//! Salted leaves and the dense binary trees over them.
//!
//! A leaf's place in its tree follows from its path alone, and a proof is checked against that place. So a path can be
//! committed once and opened in one way: whoever seals cannot put a second answer into a slot that nobody asks for.

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use statement::Sha256Digest;

use crate::EscrowError;

/// The value of a leaf that holds nothing: a cell without a site, a field without an entry, padding.
pub const EMPTY: &str = "";

/// So many of the top levels of a tree are kept in memory, so that a leaf is opened without hashing everything
/// again.
const KEPT: u8 = 12;

/// `H(0x00 ‖ len(path) ‖ path ‖ salt ‖ value)`, the length as 8 bytes big-endian. The length keeps two different
/// (path, value) pairs from giving the same bytes; the path keeps an opening from being passed off as that of
/// another place.
pub(crate) fn leaf(path: &str, salt: Sha256Digest, value: &str) -> Sha256Digest {
    let mut h = Sha256::new();
    h.update([0]);
    h.update((path.len() as u64).to_be_bytes());
    h.update(path);
    h.update(salt.0);
    h.update(value);
    Sha256Digest(h.finalize().into())
}

/// Inner node, `H(0x01 ‖ left ‖ right)`, as in RFC 6962.
pub(crate) fn node(left: Sha256Digest, right: Sha256Digest) -> Sha256Digest {
    let mut h = Sha256::new();
    h.update([1]);
    h.update(left.0);
    h.update(right.0);
    Sha256Digest(h.finalize().into())
}

/// The root that a hash at position `index` of its level and its siblings, the lowest first, lead to.
pub(crate) fn climb(from: Sha256Digest, index: u64, proof: &[Sha256Digest]) -> Sha256Digest {
    let step = |(hash, index): (Sha256Digest, u64), &sibling: &Sha256Digest| {
        let up = if index & 1 == 0 { node(hash, sibling) } else { node(sibling, hash) };
        (up, index >> 1)
    };
    proof.iter().fold((from, index), step).0
}

/// A secret from which the salts of a whole subtree follow: its children by `H(0x02 ‖ seed ‖ bit)`, and at the
/// bottom the seed is the salt. Whoever is given one knows everything below it and nothing beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub Sha256Digest);

/// Tells nothing of it.
impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(secret)")
    }
}

impl Seed {
    /// A new secret.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn random() -> Result<Self, EscrowError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| EscrowError::Random(e.to_string()))?;
        Ok(Self(Sha256Digest(bytes)))
    }

    /// A secret for another purpose that follows from this one: `H(0x03 ‖ seed ‖ purpose)`.
    #[must_use]
    pub fn derive(self, purpose: &str) -> Self {
        let hash = Sha256::new().chain_update([3]).chain_update(self.0.0).chain_update(purpose);
        Self(Sha256Digest(hash.finalize().into()))
    }

    fn child(self, bit: u8) -> Self {
        let hash = Sha256::new().chain_update([2]).chain_update(self.0.0).chain_update([bit]);
        Self(Sha256Digest(hash.finalize().into()))
    }

    /// The seed of the subtree of `height` above slot `slot`, in a tree of height `from`.
    #[must_use]
    pub fn below(self, from: u8, height: u8, slot: u64) -> Self {
        (height..from).rev().fold(self, |seed, level| seed.child((slot >> level & 1) as u8))
    }
}

/// What fills the slots of a tree.
pub(crate) trait Slots: Sync {
    /// The hash of the leaf at a slot under its salt.
    fn hash(&self, slot: u64, salt: Sha256Digest) -> Sha256Digest;
}

/// The root of the subtree of `height` whose first slot is `first`; `seed` is that of the subtree.
pub(crate) fn root(slots: &dyn Slots, seed: Seed, height: u8, first: u64) -> Sha256Digest {
    if height == 0 {
        return slots.hash(first, seed.0);
    }
    let half = 1 << (height - 1);
    let low = root(slots, seed.child(0), height - 1, first);
    node(low, root(slots, seed.child(1), height - 1, first + half))
}

/// The upper levels of a tree, kept by whoever sealed it.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    seed: Seed,
    height: u8,
    /// Height of the subtrees whose roots are the lowest kept level.
    low: u8,
    /// Kept levels, the lowest first; the last holds the root alone.
    levels: Vec<Vec<Sha256Digest>>,
}

impl Tree {
    /// Hashes every slot, on all cores.
    pub(crate) fn new(slots: &dyn Slots, seed: Seed, height: u8) -> Self {
        let low = height.saturating_sub(KEPT);
        let kept = (0..1_u64 << (height - low))
            .into_par_iter()
            .map(|i| root(slots, seed.below(height, low, i << low), low, i << low))
            .collect();
        Self::of_kept(kept, seed, height)
    }

    /// The same tree from its lowest kept level, without hashing the slots again; nothing when the level does not
    /// fit the height. Whether it is the same is for the caller to see by its root.
    pub(crate) fn resume(kept: Vec<Sha256Digest>, seed: Seed, height: u8) -> Option<Self> {
        let low = height.saturating_sub(KEPT);
        (kept.len() == 1 << (height - low)).then(|| Self::of_kept(kept, seed, height))
    }

    fn of_kept(kept: Vec<Sha256Digest>, seed: Seed, height: u8) -> Self {
        let low = height.saturating_sub(KEPT);
        let mut levels = vec![kept];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            // A power of two of them, so that every one has its sibling.
            let (pairs, _) = level.as_chunks::<2>();
            levels.push(pairs.iter().map(|[left, right]| node(*left, *right)).collect());
        }
        Self { seed, height, low, levels }
    }

    /// The lowest kept level.
    #[cfg(feature = "secret")]
    pub(crate) fn kept(&self) -> &[Sha256Digest] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn root(&self) -> Sha256Digest {
        let top = self.levels.last().and_then(|level| level.first());
        top.copied().unwrap_or(Sha256Digest([0; 32]))
    }

    /// The seed of the subtree of `height` above `slot`.
    pub(crate) fn seed(&self, height: u8, slot: u64) -> Seed {
        self.seed.below(self.height, height, slot)
    }

    /// The siblings that lead from the subtree of `from` above `slot` up to the root.
    pub(crate) fn proof(&self, slots: &dyn Slots, from: u8, slot: u64) -> Vec<Sha256Digest> {
        let sibling = |level: u8| {
            let at = slot >> level ^ 1;
            if level < self.low {
                root(slots, self.seed(level, at << level), level, at << level)
            } else {
                let kept = self.levels.get(usize::from(level - self.low));
                let at = usize::try_from(at).ok();
                kept.zip(at).and_then(|(k, at)| k.get(at)).copied().unwrap_or(self.root())
            }
        };
        (from..self.height).map(sibling).collect()
    }
}

/// The smallest height whose tree has room for `n` slots.
#[must_use]
pub fn height_for(n: u64) -> u8 {
    // At most 64, which fits.
    u8::try_from(n.max(1).next_power_of_two().trailing_zeros()).unwrap_or(u8::MAX)
}
