//! Sealed declarations: commit to everything today, open it leaf by leaf.
//!
//! After the stated goals of Philippe, Glaser and Felten, "A Cryptographic Escrow for Treaty Declarations
//! and Step-by-Step Verification", Science & Global Security 27(1), 2019; the construction is ours.
//!
//! This room holds the committed tree: salted leaves, a dense binary tree of 2^k leaves, openings and their
//! check. Every slot that holds no entry is a salted [`EMPTY`] leaf, so that an opening tells nothing about
//! how many entries there are, and an empty slot can be proved empty.
//!
//! ```
//! use escrow::{EMPTY, Leaf, Tree, verify};
//! use statement::Sha256Digest;
//! let salt = |n: u8| Sha256Digest([n; 32]);
//! let leaves = [
//!     Leaf { path: "cell/0", salt: salt(1), value: "site-3" },
//!     Leaf { path: "cell/1", salt: salt(2), value: EMPTY },
//! ];
//! let tree = Tree::commit(&leaves)?;
//! let proof = tree.open(1)?;
//! assert!(verify(&leaves[1], &proof, tree.root()).is_ok());
//! assert!(verify(&Leaf { value: "site-9", ..leaves[1] }, &proof, tree.root()).is_err());
//! # Ok::<(), escrow::EscrowError>(())
//! ```
//!
//! Trusted: SHA-256, and that salts are random, secret until opened and used once. Not trusted: whoever
//! holds the declaration, and whoever passes openings on.

use sha2::{Digest, Sha256};
use statement::Sha256Digest;

/// The value of a leaf that holds nothing.
pub const EMPTY: &str = "empty";

/// One leaf of a sealed declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Where it stands: `site/3/name`, `cell/1042`. Part of the commitment, so that an opening cannot be
    /// passed off as that of another place.
    pub path: &'a str,
    /// 32 random bytes, used for this leaf alone.
    pub salt: Sha256Digest,
    /// The value, canonical as written.
    pub value: &'a str,
}

/// Why an opening or a commitment is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EscrowError {
    /// The opening leads to another root.
    #[error(
        "the opening of `{path}` does not lead to the sealed root: value, salt or proof is not the sealed one"
    )]
    WrongRoot {
        /// The path that was opened.
        path: String,
    },
    /// The number of leaves is not a power of two.
    #[error(
        "{0} leaves: a dense tree has 1, 2, 4, 8, … leaves; fill the rest with salted empty ones"
    )]
    NotDense(usize),
    /// There is no such leaf.
    #[error("there is no leaf {index} among {leaves}")]
    NoLeaf {
        /// The leaf asked for.
        index: usize,
        /// How many there are.
        leaves: usize,
    },
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
fn node(a: Sha256Digest, b: Sha256Digest) -> Sha256Digest {
    let mut h = Sha256::new();
    h.update([1]);
    h.update(a.min(b).0);
    h.update(a.max(b).0);
    Sha256Digest(h.finalize().into())
}

/// A committed tree, kept by whoever sealed it.
#[derive(Debug, Clone)]
pub struct Tree {
    /// Levels from the leaves up to the root.
    levels: Vec<Vec<Sha256Digest>>,
}

impl Tree {
    /// Commits to the leaves, a power of two of them.
    ///
    /// # Errors
    /// When their number is not a power of two.
    pub fn commit(leaves: &[Leaf<'_>]) -> Result<Self, EscrowError> {
        if !leaves.len().is_power_of_two() {
            return Err(EscrowError::NotDense(leaves.len()));
        }
        let mut levels = vec![leaves.iter().map(Leaf::hash).collect::<Vec<_>>()];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let above = below.chunks_exact(2).map(|pair| node(pair[0], pair[1])).collect();
            levels.push(above);
        }
        Ok(Self { levels })
    }

    /// The root: what is published.
    #[must_use]
    pub fn root(&self) -> Sha256Digest {
        // `commit` ends with a level of one hash.
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or(Sha256Digest([0; 32]))
    }

    /// The sibling hashes that open leaf `index`.
    ///
    /// # Errors
    /// When there is no such leaf.
    pub fn open(&self, index: usize) -> Result<Vec<Sha256Digest>, EscrowError> {
        let leaves = self.levels[0].len();
        if index >= leaves {
            return Err(EscrowError::NoLeaf { index, leaves });
        }
        let below_root = &self.levels[..self.levels.len() - 1];
        Ok(below_root
            .iter()
            .enumerate()
            .map(|(level, hashes)| hashes[(index >> level) ^ 1])
            .collect())
    }
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
    let reached = proof.iter().fold(leaf.hash(), |hash, &sibling| node(hash, sibling));
    if reached == root {
        Ok(())
    } else {
        Err(EscrowError::WrongRoot { path: leaf.path.to_owned() })
    }
}
