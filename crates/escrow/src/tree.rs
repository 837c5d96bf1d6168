//! Salted leaves and the dense binary trees over them.

use rayon::join;
use sha2::{Digest, Sha256};
use statement::Sha256Digest;

use crate::EscrowError;

/// The value of a leaf that holds nothing.
pub const EMPTY: &str = "empty";

/// A subtree of this height or more is hashed on two cores.
const PARALLEL: u8 = 12;

/// One leaf of a sealed declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Where it stands: `reactor/d-3/name`, `cell/1042`. Part of the commitment, so that an opening cannot be
    /// passed off as that of another place. Empty for the padding between entries.
    pub path: &'a str,
    /// 32 secret bytes, used for this leaf alone.
    pub salt: Sha256Digest,
    /// The value, canonical as written.
    pub value: &'a str,
}

impl Leaf<'_> {
    /// `H(0x00 ‖ len(path) ‖ path ‖ salt ‖ value)`, the length as 8 bytes big-endian. The length keeps two
    /// different (path, value) pairs from giving the same bytes.
    #[must_use]
    pub fn hash(&self) -> Sha256Digest {
        let mut h = Sha256::new();
        h.update([0]);
        h.update((self.path.len() as u64).to_be_bytes());
        h.update(self.path);
        h.update(self.salt.0);
        h.update(self.value);
        Sha256Digest(h.finalize().into())
    }
}

/// Inner node, `H(0x01 ‖ low ‖ high)` with the two children in the order of their hashes, so that an
/// opening needs no index and does not tell where in the tree its leaf stands.
pub(crate) fn node(a: Sha256Digest, b: Sha256Digest) -> Sha256Digest {
    let mut h = Sha256::new();
    h.update([1]);
    h.update(a.min(b).0);
    h.update(a.max(b).0);
    Sha256Digest(h.finalize().into())
}

/// Checks an opening against the published root.
///
/// # Errors
/// When it does not lead there.
pub fn verify(
    leaf: &Leaf<'_>,
    proof: &[Sha256Digest],
    root: Sha256Digest,
) -> Result<(), EscrowError> {
    if climb(leaf.hash(), proof) == root {
        Ok(())
    } else {
        Err(EscrowError::WrongRoot { path: leaf.path.to_owned() })
    }
}

/// The root that a hash and its siblings, the lowest first, lead to.
pub(crate) fn climb(from: Sha256Digest, proof: &[Sha256Digest]) -> Sha256Digest {
    proof.iter().fold(from, |hash, &sibling| node(hash, sibling))
}

/// A secret from which the salts of a whole subtree follow: its children by `H(0x02 ‖ seed ‖ bit)`, and at the
/// bottom the seed is the salt. Whoever is given one knows everything below it and nothing beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub Sha256Digest);

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
pub trait Slots: Sync {
    /// The leaf at a slot with its salt.
    fn hash(&self, slot: u64, salt: Sha256Digest) -> Sha256Digest;
}

/// The root of the subtree of `height` whose first slot is `first`.
pub fn root(slots: &dyn Slots, seed: Seed, height: u8, first: u64) -> Sha256Digest {
    if height == 0 {
        return slots.hash(first, seed.0);
    }
    let half = 1 << (height - 1);
    let low = || root(slots, seed.child(0), height - 1, first);
    let high = || root(slots, seed.child(1), height - 1, first + half);
    let (low, high) = if height >= PARALLEL { join(low, high) } else { (low(), high()) };
    node(low, high)
}

/// The siblings that lead from the subtree of `to` above `slot` up to the root of the tree of `height`.
pub fn proof(slots: &dyn Slots, seed: Seed, height: u8, to: u8, slot: u64) -> Vec<Sha256Digest> {
    (to..height)
        .map(|level| {
            let sibling = slot >> level ^ 1;
            let seed = seed.below(height, level, sibling << level);
            root(slots, seed, level, sibling << level)
        })
        .collect()
}

/// The smallest height whose tree has room for `n` slots.
#[must_use]
pub fn height_for(n: u64) -> u8 {
    // At most 64, which fits.
    u8::try_from(n.max(1).next_power_of_two().trailing_zeros()).unwrap_or(u8::MAX)
}
