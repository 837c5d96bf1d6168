//! The Merkle tree of RFC 6962 (and RFC 9162) over tiles of 256 hashes.

use std::convert::Infallible;
use std::fmt;

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Levels of the tree in one level of tiles: 2^8 = 256.
const TILE_HEIGHT: u32 = 8;

/// A SHA-256 hash of the tree; shown in base64, as checkpoints and proofs write it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Reads base64.
    ///
    /// # Errors
    /// When the text is not base64 of exactly 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, TreeError> {
        let mut bytes = [0; 32];
        match Base64::decode(text, &mut bytes) {
            Ok(all) if all.len() == 32 => Ok(Self(bytes)),
            _ => Err(TreeError::NotHash(text.chars().take(60).collect())),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Base64::encode_string(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a proof does not hold, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Not base64 of 32 bytes.
    #[error("`{0}` is not a hash: base64 of 32 bytes was expected")]
    NotHash(String),
    /// The entry lies outside the tree.
    #[error("entry {index} does not exist in a tree of {size} entries")]
    NoEntry {
        /// The entry.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The older tree is larger than the newer, or empty.
    #[error(
        "there is no consistency proof from {old} to {new} entries: the older tree has 1 to {new} entries"
    )]
    NoConsistency {
        /// Older size.
        old: u64,
        /// Newer size.
        new: u64,
    },
    /// The number of hashes is not the one this proof has.
    #[error("the proof has {found} hashes where {expected} were expected")]
    ProofLength {
        /// Hashes in the proof.
        found: usize,
        /// Hashes such a proof has.
        expected: usize,
    },
    /// The proof leads to another root.
    #[error("the proof leads to the root {found}, not to {expected}")]
    WrongRoot {
        /// The root it leads to.
        found: Hash,
        /// The root it should lead to.
        expected: Hash,
    },
}

/// Hash of a leaf: `SHA-256(0x00 ‖ entry)` (RFC 6962 section 2.1).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut h = Sha256::new();
    h.update([0]);
    h.update(entry);
    Hash(h.finalize().into())
}

/// Hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962 section 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Hash(Sha256::digest(bytes).into())
}

/// Root of the empty tree: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Root of a perfect tree over `hashes`, whose number is a power of two.
fn perfect_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        [left, right] => node_hash(left, right),
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}

/// One hash tile that an append made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Level: its hashes are roots of perfect subtrees of `256^level` entries.
    pub level: u8,
    /// Position in its level.
    pub index: u64,
    /// 1 to 256 hashes; 256 of them never change again.
    pub hashes: Vec<Hash>,
}

/// The right edge of a growing tree: all that an append needs to know.
///
/// Level by level the hashes of the last, partial tile, and the roots of the perfect subtrees before it. Every
/// inner node is hashed once, whatever the sizes of the batches, and the root costs one hash for each subtree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// The hashes of the tile at the edge of each level.
    partial: Vec<Vec<Hash>>,
    /// The roots of the perfect subtrees the tree is made of, one for each bit of its size, largest first.
    subtrees: Vec<Hash>,
}

impl Edge {
    /// The edge of an empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads the edge of a tree of `size` entries.
    ///
    /// # Errors
    /// Whatever the reader returns.
    pub fn load<R: TileReader>(reader: &R, size: u64) -> Result<Self, R::Error> {
        let mut partial = Vec::new();
        let mut count = size;
        let mut level = 0;
        while count > 0 {
            let width = count % TILE_WIDTH;
            let hashes = if width == 0 {
                Vec::new()
            } else {
                reader.tile(level, count / TILE_WIDTH, width_of(width))?
            };
            partial.push(hashes);
            count /= TILE_WIDTH;
            level += 1;
        }
        let mut subtrees = Vec::new();
        for hashes in partial.iter().rev() {
            let mut rest = hashes.as_slice();
            while let Some(width) = rest.len().checked_ilog2() {
                let (first, after) = rest.split_at(1 << width);
                subtrees.push(perfect_root(first));
                rest = after;
            }
        }
        Ok(Self { size, partial, subtrees })
    }

    /// Entries so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends leaf hashes and returns every tile that is new or changed, lower levels first.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<Tile> {
        let mut tiles = Vec::new();
        // Eight levels of 256 hold 2^64 entries.
        let mut changed = [false; 8];
        for leaf in leaves {
            self.size += 1;
            let mut node = leaf;
            let mut height = 0;
            loop {
                if height % TILE_HEIGHT == 0 {
                    let level = (height / TILE_HEIGHT) as usize;
                    if level > 0 {
                        // The tile below is full and passed on as one hash.
                        changed[level - 1] = false;
                        let hashes = &mut self.partial[level - 1];
                        let hashes = std::mem::replace(hashes, Vec::with_capacity(256));
                        tiles.push(self.tile(level - 1, 1, hashes));
                    }
                    if self.partial.len() == level {
                        self.partial.push(Vec::with_capacity(256));
                    }
                    self.partial[level].push(node);
                    changed[level] = true;
                }
                // As many subtrees end here as the size has zeros at its end.
                if height == self.size.trailing_zeros() {
                    break;
                }
                let Some(left) = self.subtrees.pop() else { break };
                node = node_hash(&left, &node);
                height += 1;
            }
            self.subtrees.push(node);
        }
        for (level, _) in changed.iter().enumerate().filter(|(_, changed)| **changed) {
            tiles.push(self.tile(level, 0, self.partial[level].clone()));
        }
        tiles.sort_by_key(|t| (t.level, t.index));
        tiles
    }

    /// The tile at the edge of a level, or the one that has just been filled (`before` = 1).
    fn tile(&self, level: usize, before: u64, hashes: Vec<Hash>) -> Tile {
        let full = u32::try_from(8 * (level + 1))
            .ok()
            .and_then(|bits| self.size.checked_shr(bits))
            .unwrap_or(0);
        Tile { level: u8::try_from(level).unwrap_or(u8::MAX), index: full - before, hashes }
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let root =
            self.subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        root.unwrap_or_else(empty_root)
    }
}

fn width_of(width: u64) -> u16 {
    // Callers pass 1 to 256.
    u16::try_from(width).unwrap_or(256)
}

/// The root of a tree whose leaf hashes come one by one, without storage.
#[derive(Debug, Clone, Default)]
pub struct RootBuilder {
    size: u64,
    /// Roots of perfect subtrees, largest first, one for each bit of `size`.
    subtrees: Vec<Hash>,
}

impl RootBuilder {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on from a state that [`subtrees`](RootBuilder::subtrees) gave.
    ///
    /// # Errors
    /// When the number of subtrees is not that of a tree of `size` leaves.
    pub fn resume(size: u64, subtrees: Vec<Hash>) -> Result<Self, TreeError> {
        if subtrees.len() == size.count_ones() as usize {
            Ok(Self { size, subtrees })
        } else {
            Err(TreeError::ProofLength {
                expected: size.count_ones() as usize,
                found: subtrees.len(),
            })
        }
    }

    /// Roots of the perfect subtrees, largest first, one for each bit of the size: all that is needed to go on.
    #[must_use]
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Adds the next leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut row = self.subtrees.iter().rev();
        let Some(&last) = row.next() else { return empty_root() };
        row.fold(last, |right, left| node_hash(left, &right))
    }
}

/// Where the hashes of a tree are read from.
pub trait TileReader {
    /// Why a tile cannot be read.
    type Error;

    /// The first `width` hashes (1 to 256) of the tile at `level` and `index`. The tree has them: callers ask
    /// only for tiles of a size that was committed to.
    ///
    /// # Errors
    /// When the store cannot be read or does not hold that many hashes.
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, Self::Error>;
}

/// All leaf hashes in memory; for tests and small trees.
impl TileReader for &[Hash] {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, Infallible> {
        let span = 1_usize << (8 * u32::from(level));
        let first = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(256);
        let root =
            |i: usize| self.get((first + i) * span..(first + i + 1) * span).map(perfect_root);
        Ok((0..usize::from(width)).filter_map(root).collect())
    }
}

/// Root of the perfect subtree of `2^height` leaves at position `index` of its height, in a tree of `size`.
fn subtree<R: TileReader>(
    reader: &R,
    height: u32,
    index: u64,
    size: u64,
) -> Result<Hash, R::Error> {
    let level = height / 8;
    let within = height % 8;
    // Position of its first hash among the hashes of the tile level.
    let first = index << within;
    let tile = first / TILE_WIDTH;
    let width = ((size >> (8 * level)) - tile * TILE_WIDTH).min(TILE_WIDTH);
    let hashes = reader.tile(u8::try_from(level).unwrap_or(u8::MAX), tile, width_of(width))?;
    let start = usize::try_from(first % TILE_WIDTH).unwrap_or(0);
    Ok(hashes.get(start..start + (1 << within)).map_or_else(empty_root, perfect_root))
}

/// Root over the leaves `begin..end`, where `begin` is a multiple of the largest power of two below the
/// length: the ranges that RFC 6962 splits a tree into.
fn range<R: TileReader>(reader: &R, begin: u64, end: u64, size: u64) -> Result<Hash, R::Error> {
    let length = end - begin;
    if length.is_power_of_two() {
        let height = length.trailing_zeros();
        return subtree(reader, height, begin >> height, size);
    }
    let middle = begin + split(length);
    Ok(node_hash(&range(reader, begin, middle, size)?, &range(reader, middle, end, size)?))
}

/// The largest power of two smaller than `length`, for `length` above 1.
fn split(length: u64) -> u64 {
    1 << (63 - (length - 1).leading_zeros())
}

/// Root of the first `size` entries.
///
/// # Errors
/// Whatever the reader returns.
pub fn root<R: TileReader>(reader: &R, size: u64) -> Result<Hash, R::Error> {
    if size == 0 { Ok(empty_root()) } else { range(reader, 0, size, size) }
}

/// A failure to make a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    /// There is no such proof.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The tiles cannot be read.
    #[error("the tiles cannot be read")]
    Read(E),
}

/// The hashes that prove entry `index` in a tree of `size` entries, leaf to root (RFC 6962 section 2.1.1).
///
/// # Errors
/// When there is no such entry, or the tiles cannot be read.
pub fn inclusion_proof<R: TileReader>(
    reader: &R,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ProofError<R::Error>> {
    if index >= size {
        return Err(TreeError::NoEntry { index, size }.into());
    }
    let (mut begin, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        let other = if index < middle { (middle, end) } else { (begin, middle) };
        proof.push(range(reader, other.0, other.1, size).map_err(ProofError::Read)?);
        (begin, end) = if index < middle { (begin, middle) } else { (middle, end) };
    }
    proof.reverse();
    Ok(proof)
}

/// The hashes that prove that the tree of `new` entries extends the tree of `old` entries (RFC 6962 section
/// 2.1.2).
///
/// # Errors
/// When `old` is 0 or above `new`, or the tiles cannot be read.
pub fn consistency_proof<R: TileReader>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ProofError<R::Error>> {
    if old == 0 || old > new {
        return Err(TreeError::NoConsistency { old, new }.into());
    }
    let (mut begin, mut end) = (0, new);
    let mut proof = Vec::new();
    // SUBPROOF of RFC 6962: walk towards the leaf at the end of the old tree until a subtree ends there.
    while end != old {
        let middle = begin + split(end - begin);
        let other = if old <= middle { (middle, end) } else { (begin, middle) };
        proof.push(range(reader, other.0, other.1, new).map_err(ProofError::Read)?);
        (begin, end) = if old <= middle { (begin, middle) } else { (middle, end) };
    }
    // The old tree itself needs no hash when it is the whole left part of the new one.
    if begin != 0 {
        proof.push(range(reader, begin, end, new).map_err(ProofError::Read)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` is entry `index` of the tree with this `size` and `root` (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// When it is not, with the reason.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), TreeError> {
    if index >= size {
        return Err(TreeError::NoEntry { index, size });
    }
    let (mut position, mut last) = (index, size - 1);
    let mut hash = *leaf;
    let mut used = 0;
    while last > 0 {
        let right_child = position & 1 == 1;
        if right_child || position < last {
            let Some(sibling) = proof.get(used) else { break };
            used += 1;
            hash = if right_child { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) };
        }
        position >>= 1;
        last >>= 1;
    }
    if last > 0 || used != proof.len() {
        return Err(TreeError::ProofLength {
            found: proof.len(),
            expected: inclusion_length(index, size),
        });
    }
    expect_root(hash, root)
}

fn inclusion_length(index: u64, size: u64) -> usize {
    let (mut position, mut last, mut length) = (index, size - 1, 0);
    while last > 0 {
        length += usize::from(position & 1 == 1 || position < last);
        position >>= 1;
        last >>= 1;
    }
    length
}

/// Checks that the tree of size `new` with `new_root` extends the tree of size `old` with `old_root` (RFC
/// 9162 section 2.1.4.2).
///
/// # Errors
/// When it does not, with the reason. An `old` of 0 is an error: every tree extends the empty one and there
/// is no proof to check.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), TreeError> {
    if old == 0 || old > new {
        return Err(TreeError::NoConsistency { old, new });
    }
    if old == new {
        if !proof.is_empty() {
            return Err(TreeError::ProofLength { found: proof.len(), expected: 0 });
        }
        return expect_root(*old_root, new_root);
    }
    // Start at the last node of the old tree, above all levels where it is a right child.
    let (mut position, mut last) = (old - 1, new - 1);
    let up = position.trailing_ones();
    position >>= up;
    last >>= up;
    let wrong_length =
        || TreeError::ProofLength { found: proof.len(), expected: consistency_length(old, new) };
    let mut hashes = proof.iter();
    let mut next = || hashes.next().ok_or_else(wrong_length);
    let (mut from_old, mut from_new) =
        if old.is_power_of_two() { (*old_root, *old_root) } else { next().map(|h| (*h, *h))? };
    while last > 0 {
        if position & 1 == 1 {
            let left = next()?;
            from_old = node_hash(left, &from_old);
            from_new = node_hash(left, &from_new);
        } else if position < last {
            from_new = node_hash(&from_new, next()?);
        }
        position >>= 1;
        last >>= 1;
    }
    if hashes.next().is_some() {
        return Err(wrong_length());
    }
    expect_root(from_old, old_root)?;
    expect_root(from_new, new_root)
}

fn consistency_length(old: u64, new: u64) -> usize {
    let (mut position, mut last) = (old - 1, new - 1);
    let up = position.trailing_ones();
    position >>= up;
    last >>= up;
    let mut length = usize::from(!old.is_power_of_two());
    while last > 0 {
        length += usize::from(position & 1 == 1 || position < last);
        position >>= 1;
        last >>= 1;
    }
    length
}

fn expect_root(found: Hash, expected: &Hash) -> Result<(), TreeError> {
    if found == *expected {
        Ok(())
    } else {
        Err(TreeError::WrongRoot { found, expected: *expected })
    }
}
