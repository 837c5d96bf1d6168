//! A proof in a file: that an entry is in a log, checked offline (C2SP `tlog-proof`).

use std::fmt::Write as _;

use base64ct::{Base64, Encoding};

use crate::note::NoteRef;
use crate::policy::{NotTrusted, Policy, Trusted};
use crate::tree::{Hash, TreeError, leaf_hash, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^63 entries is 63 hashes deep.
const MAX_HASHES: usize = 63;

/// A proof that some bytes are an entry of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// Whatever the application adds. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's number.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: Vec<u8>,
}

/// Why bytes are no proof, or prove nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogProofError {
    /// A line is not what it should be.
    #[error("line {line} of the proof: {expected}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// The checkpoint does not count.
    #[error(transparent)]
    NotTrusted(#[from] NotTrusted),
    /// The hashes do not lead from the entry to the root.
    #[error("the entry is not the one the proof is of: {0}")]
    Inclusion(#[from] TreeError),
}

impl LogProof {
    /// Reads a proof; says nothing yet of whether it holds.
    ///
    /// # Errors
    /// Names the first line that is malformed.
    pub fn read(bytes: &[u8]) -> Result<Self, LogProofError> {
        let fail = |line, expected| LogProofError::Line { line, expected };
        let mut rest = bytes;
        let mut number = 0;
        let mut next = |expected| -> Result<(usize, &[u8]), LogProofError> {
            number += 1;
            let end = rest.iter().position(|b| *b == b'\n').ok_or(fail(number, expected))?;
            let line = &rest[..end];
            rest = &rest[end + 1..];
            Ok((number, line))
        };
        let (n, line) = next("`c2sp.org/tlog-proof@v1` was expected")?;
        if line != HEADER.as_bytes() {
            return Err(fail(n, "`c2sp.org/tlog-proof@v1` was expected"));
        }
        let wanted = "`index` and the number of the entry were expected";
        let (mut n, mut line) = next(wanted)?;
        let mut extra = None;
        if let Some(data) = line.strip_prefix(b"extra ") {
            let data = std::str::from_utf8(data).ok().and_then(|d| Base64::decode_vec(d).ok());
            extra = Some(data.ok_or(fail(n, "base64 was expected after `extra`"))?);
            (n, line) = next(wanted)?;
        }
        let index = std::str::from_utf8(line)
            .ok()
            .and_then(|l| l.strip_prefix("index "))
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()) && (*d == "0" || !d.starts_with('0')))
            .and_then(|d| d.parse().ok())
            .ok_or(fail(n, wanted))?;
        let mut hashes = Vec::new();
        loop {
            let wanted = "base64 of a hash of 32 bytes, or an empty line, was expected";
            let (n, line) = next(wanted)?;
            if line.is_empty() {
                break;
            }
            if hashes.len() == MAX_HASHES {
                return Err(fail(n, "no tree is more than 63 hashes deep"));
            }
            let hash = std::str::from_utf8(line).ok().and_then(|l| Hash::from_base64(l).ok());
            hashes.push(hash.ok_or(fail(n, wanted))?);
        }
        Ok(Self { extra, index, hashes, checkpoint: rest.to_vec() })
    }

    /// Checks that `entry` is in a log that the policy trusts.
    ///
    /// # Errors
    /// When the checkpoint does not count under the policy, or the entry is another.
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Trusted, LogProofError> {
        let trusted = policy.check(&self.checkpoint)?;
        let Trusted { checkpoint, .. } = &trusted;
        verify_inclusion(
            &leaf_hash(entry),
            self.index,
            checkpoint.size,
            &self.hashes,
            &checkpoint.root,
        )?;
        Ok(trusted)
    }

    /// The bytes of the file, which is best named `*.tlog-proof`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\n");
        // Writing into a String cannot fail.
        if let Some(extra) = &self.extra {
            let _ = writeln!(text, "extra {}", Base64::encode_string(extra));
        }
        let _ = writeln!(text, "index {}", self.index);
        for hash in &self.hashes {
            let _ = writeln!(text, "{hash}");
        }
        text.push('\n');
        [text.as_bytes(), &self.checkpoint].concat()
    }

    /// The checkpoint's text, when it is a note.
    #[must_use]
    pub fn checkpoint_text(&self) -> Option<&str> {
        NoteRef::parse(&self.checkpoint).ok().map(|note| note.text())
    }
}
