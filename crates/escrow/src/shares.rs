//! The seed split among trustees, so that "lost" is no excuse: any k of n together have it, fewer have nothing
//! (Shamir 1979, over GF(256), by the crate `blahaj`).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use statement::Sha256Digest;

use crate::Seed;

/// One trustee's share, as one line of text: `lockstep-share/v1 3-of-5 CHECK HEX`.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    needed: u8,
    of: u8,
    /// First bytes of the hash of the seed: tells shares of one seed from those of another, and a joined seed from
    /// a wrong one. It tells nothing of a seed of 32 random bytes.
    check: [u8; 8],
    bytes: Vec<u8>,
}

/// Why a seed cannot be split or joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Not 1 <= k <= n <= 255.
    #[error(
        "{needed} of {of} shares: at least 2 are needed, and no more than there are (255 at most)"
    )]
    Numbers {
        /// Shares needed.
        needed: u8,
        /// Shares made.
        of: u8,
    },
    /// Not a share.
    #[error("this is not a share: expected `lockstep-share/v1 3-of-5 CHECK HEX` on one line")]
    Form,
    /// Too few.
    #[error("{found} different shares, and {needed} are needed")]
    TooFew {
        /// Different shares at hand.
        found: usize,
        /// Shares needed.
        needed: u8,
    },
    /// Of different seeds.
    #[error("these are shares of different seeds")]
    Mixed,
    /// One of them is wrong.
    #[error("the shares do not give the seed they are of: one of them was changed")]
    Wrong,
}

fn check(seed: Seed) -> [u8; 8] {
    let hash = Sha256::new().chain_update([4]).chain_update(seed.0.0).finalize();
    std::array::from_fn(|i| hash[i])
}

/// Splits a seed into `of` shares of which `needed` give it back.
///
/// # Errors
/// When the numbers make no sense.
pub fn split(seed: Seed, needed: u8, of: u8) -> Result<Vec<Share>, ShareError> {
    if needed < 2 || needed > of || of == u8::MAX {
        return Err(ShareError::Numbers { needed, of });
    }
    let dealer = blahaj::Sharks(needed).dealer(&seed.0.0);
    let share =
        |share: blahaj::Share| Share { needed, of, check: check(seed), bytes: Vec::from(&share) };
    Ok(dealer.take(usize::from(of)).map(share).collect())
}

/// Joins shares.
///
/// # Errors
/// When they are too few, of different seeds, or one was changed.
pub fn join(shares: &[Share]) -> Result<Seed, ShareError> {
    let Some(first) = shares.first() else {
        return Err(ShareError::TooFew { found: 0, needed: 2 });
    };
    if shares.iter().any(|s| (s.needed, s.check) != (first.needed, first.check)) {
        return Err(ShareError::Mixed);
    }
    let mut different: Vec<&Share> = Vec::new();
    for share in shares {
        if !different.iter().any(|known| known.bytes[0] == share.bytes[0]) {
            different.push(share);
        }
    }
    if different.len() < usize::from(first.needed) {
        return Err(ShareError::TooFew { found: different.len(), needed: first.needed });
    }
    let parts: Result<Vec<blahaj::Share>, _> =
        different.iter().map(|s| blahaj::Share::try_from(s.bytes.as_slice())).collect();
    let parts = parts.map_err(|_| ShareError::Form)?;
    let joined = blahaj::Sharks(first.needed).recover(&parts).map_err(|_| ShareError::Wrong)?;
    let seed: [u8; 32] = joined.try_into().map_err(|_| ShareError::Wrong)?;
    let seed = Seed(Sha256Digest(seed));
    if check(seed) == first.check { Ok(seed) } else { Err(ShareError::Wrong) }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lockstep-share/v1 {}-of-{} ", self.needed, self.of)?;
        self.check.iter().try_for_each(|b| write!(f, "{b:02x}"))?;
        f.write_str(" ")?;
        self.bytes.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// Says which seed it is a share of, and not the share.
impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of {}, {:02x?})", self.needed, self.of, self.check)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let ["lockstep-share/v1", numbers, check, bytes] = words.as_slice() else {
            return Err(ShareError::Form);
        };
        let (needed, of) = numbers.split_once("-of-").ok_or(ShareError::Form)?;
        let number = |text: &str| text.parse::<u8>().map_err(|_| ShareError::Form);
        let bytes = unhex(bytes).filter(|b| b.len() == 33).ok_or(ShareError::Form)?;
        let check = unhex(check).and_then(|b| b.try_into().ok()).ok_or(ShareError::Form)?;
        Ok(Self { needed: number(needed)?, of: number(of)?, check, bytes })
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
