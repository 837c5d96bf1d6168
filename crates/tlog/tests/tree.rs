//! The Merkle tree against the published vectors of RFC 6962 implementations, and against itself.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;
use tlog::tile::tiles_at;
use tlog::tree::{
    Edge, Hash, RootBuilder, TileReader, TreeError, consistency_proof, empty_root, inclusion_proof,
    leaf_hash, root, verify_consistency, verify_inclusion,
};

fn hex(text: &str) -> Hash {
    let mut hash = [0; 32];
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap();
    }
    Hash(hash)
}

/// The eight inputs of certificate-transparency's merkle tree tests.
fn leaves() -> Vec<Hash> {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    inputs.iter().map(|input| leaf_hash(input)).collect()
}

/// Roots of the first 1 to 8 leaves (google/certificate-transparency, merkletree tests).
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn published_roots() {
    assert_eq!(
        empty_root(),
        hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    let leaves = leaves();
    for (size, expected) in (1..).zip(ROOTS) {
        assert_eq!(root(&leaves.as_slice(), size).unwrap(), hex(expected), "size {size}");
    }
}

/// Paths of the same tests: (entry, size, hashes).
#[test]
fn published_inclusion_paths() {
    let (a, b) = (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    );
    let (c, d) = (
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    );
    let cases: [(u64, u64, Vec<&str>); 4] = [
        (0, 1, vec![]),
        (0, 8, vec![a, b, c]),
        (
            5,
            8,
            vec![d, "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", ROOTS[3]],
        ),
        (2, 3, vec![ROOTS[1]]),
    ];
    let leaves = leaves();
    for (index, size, path) in cases {
        let path: Vec<Hash> = path.into_iter().map(hex).collect();
        assert_eq!(
            inclusion_proof(&leaves.as_slice(), index, size).unwrap(),
            path,
            "{index} in {size}"
        );
        let leaf = leaves[usize::try_from(index).unwrap()];
        let root = root(&leaves.as_slice(), size).unwrap();
        verify_inclusion(&leaf, index, size, &path, &root).unwrap();
    }
}

/// Consistency proofs of the same tests: (old, new, hashes).
#[test]
fn published_consistency_proofs() {
    let cases: [(u64, u64, Vec<&str>); 4] = [
        (1, 1, vec![]),
        (
            1,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            vec![
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            vec![
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    let leaves = leaves();
    for (old, new, proof) in cases {
        let proof: Vec<Hash> = proof.into_iter().map(hex).collect();
        assert_eq!(
            consistency_proof(&leaves.as_slice(), old, new).unwrap(),
            proof,
            "{old} to {new}"
        );
        let root = |size| root(&leaves.as_slice(), size).unwrap();
        verify_consistency(old, new, &root(old), &root(new), &proof).unwrap();
    }
}

#[test]
fn impossible_proofs_are_refused() {
    let leaves = leaves();
    let r = root(&leaves.as_slice(), 8).unwrap();
    assert_eq!(
        verify_inclusion(&leaves[0], 8, 8, &[], &r),
        Err(TreeError::NoEntry { index: 8, size: 8 })
    );
    assert_eq!(
        verify_inclusion(&leaves[0], 0, 0, &[], &r),
        Err(TreeError::NoEntry { index: 0, size: 0 })
    );
    assert_eq!(
        verify_consistency(0, 8, &empty_root(), &r, &[]),
        Err(TreeError::NoConsistency { old: 0, new: 8 })
    );
    assert_eq!(
        verify_consistency(9, 8, &r, &r, &[]),
        Err(TreeError::NoConsistency { old: 9, new: 8 })
    );
    assert!(inclusion_proof(&leaves.as_slice(), 8, 8).is_err());
    assert!(consistency_proof(&leaves.as_slice(), 0, 8).is_err());
    // The largest sizes a proof can speak of.
    assert!(verify_inclusion(&leaves[0], u64::MAX - 1, u64::MAX, &[], &r).is_err());
    assert!(verify_consistency(1, u64::MAX, &r, &r, &vec![r; 64]).is_err());
}

/// Tiles as a log would store them, with the widest version of each.
#[derive(Default)]
struct Stored {
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
    reads: RefCell<usize>,
}

impl Stored {
    fn append(&mut self, edge: &mut Edge, leaves: &[Hash]) {
        for tile in edge.append(leaves.iter().copied()) {
            self.tiles.insert((tile.level, tile.index), tile.hashes);
        }
    }
}

impl TileReader for &Stored {
    type Error = Infallible;
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, Infallible> {
        *self.reads.borrow_mut() += 1;
        let hashes = &self.tiles[&(level, index)];
        Ok(hashes[..usize::from(width)].to_vec())
    }
}

fn numbered(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

#[test]
fn seventy_thousand_entries_have_the_tiles_the_specification_says() {
    let mut stored = Stored::default();
    let mut edge = Edge::new();
    for batch in numbered(70_000).chunks(997) {
        stored.append(&mut edge, batch);
    }
    assert_eq!([0, 1, 2].map(|level| tiles_at(level, 70_000)), [(273, 112), (1, 17), (0, 1)]);
    assert_eq!(stored.tiles[&(0, 273)].len(), 112);
    assert_eq!(stored.tiles[&(1, 1)].len(), 17);
    assert_eq!(stored.tiles[&(2, 0)].len(), 1);
    assert_eq!(stored.tiles.len(), 274 + 2 + 1);
    assert_eq!(edge.root(), root(&&stored, 70_000).unwrap());
    let before = *stored.reads.borrow();
    inclusion_proof(&&stored, 12_345, 70_000).unwrap();
    assert!(*stored.reads.borrow() - before <= 32, "a proof reads a tile or two a level");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn batches_do_not_show(sizes in proptest::collection::vec(0_usize..700, 1..6)) {
        let leaves = numbered(sizes.iter().sum::<usize>() as u64);
        let mut stored = Stored::default();
        let mut edge = Edge::new();
        let mut builder = RootBuilder::new();
        let mut at = 0;
        for size in sizes {
            stored.append(&mut edge, &leaves[at..at + size]);
            leaves[at..at + size].iter().for_each(|&leaf| builder.push(leaf));
            at += size;
            prop_assert_eq!(edge.root(), builder.root());
            prop_assert_eq!(root(&&stored, at as u64).unwrap(), builder.root());
            prop_assert_eq!(&Edge::load(&&stored, at as u64).unwrap(), &edge);
        }
    }

    #[test]
    fn proofs_hold_and_break_when_touched(size in 1_u64..1500, at in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let leaves = numbered(size);
        let mut stored = Stored::default();
        let mut edge = Edge::new();
        stored.append(&mut edge, &leaves);
        let index = at.index(leaves.len()) as u64;
        let leaf = leaves[at.index(leaves.len())];
        let new_root = edge.root();

        let mut proof = inclusion_proof(&&stored, index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &new_root), Ok(()));
        if let Some(hash) = proof.first_mut() {
            hash.0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(&leaf, index, size, &proof, &new_root).is_err());
            proof.pop();
            prop_assert!(verify_inclusion(&leaf, index, size, &proof, &new_root).is_err());
        }

        let old = index + 1;
        let old_root = root(&leaves.as_slice(), old).unwrap();
        let mut proof = consistency_proof(&&stored, old, size).unwrap();
        prop_assert_eq!(verify_consistency(old, size, &old_root, &new_root, &proof), Ok(()));
        proof.push(leaf);
        prop_assert!(verify_consistency(old, size, &old_root, &new_root, &proof).is_err());
    }

    #[test]
    fn verifiers_never_panic(index in any::<u64>(), size in any::<u64>(), n in 0_usize..70) {
        let proof = vec![leaf_hash(b"x"); n];
        let r = leaf_hash(b"y");
        let _ = verify_inclusion(&r, index, size, &proof, &r);
        let _ = verify_consistency(index, size, &r, &r, &proof);
    }
}
