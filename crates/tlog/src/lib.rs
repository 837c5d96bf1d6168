//! Transparency logs in the C2SP formats: signed notes, checkpoints, tiles, and the RFC 6962 Merkle tree.
//!
//! | module | specification |
//! |---|---|
//! | [`note`] | C2SP `signed-note` v1.0.0 |
//! | [`checkpoint`] | C2SP `tlog-checkpoint` v1.0.0 |
//! | [`cosignature`] | C2SP `tlog-cosignature` v1.1.0-rc.1: Ed25519 and ML-DSA-44 |
//! | [`witness`] | C2SP `tlog-witness` v1.0.0: `add-checkpoint`, its request and its decision |
//! | [`policy`] | C2SP `tlog-policy`: whose cosignatures count |
//! | [`proof`] | C2SP `tlog-proof`: a proof in a file |
//! | [`tile`] | C2SP `tlog-tiles` v0.1.0: paths, hash tiles, entry bundles |
//! | [`tree`] | RFC 6962 section 2.1, RFC 9162 section 2.1: hashes, roots, proofs and their verification |
//!
//! Nothing here reads files, sockets or clocks. Outside bytes never make it panic: what is malformed is an
//! error that says what was expected.
//!
//! ```
//! use tlog::tree::{self, RootBuilder, leaf_hash};
//!
//! let leaves: Vec<_> = ["a", "b", "c"].iter().map(|e| leaf_hash(e.as_bytes())).collect();
//! let mut builder = RootBuilder::new();
//! leaves.iter().for_each(|&leaf| builder.push(leaf));
//!
//! // The proof that "b" is entry 1 of 3: its neighbour, then the rest.
//! let proof = tree::inclusion_proof(&leaves.as_slice(), 1, 3)?;
//! assert_eq!(proof, [leaves[0], leaves[2]]);
//! tree::verify_inclusion(&leaves[1], 1, 3, &proof, &builder.root())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod checkpoint;
pub mod cosignature;
pub mod note;
pub mod policy;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod witness;
