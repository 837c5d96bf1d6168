//! Tiles and entry bundles as files or URLs (C2SP `tlog-tiles` v0.1.0).

use std::fmt;
use std::str::FromStr;

use crate::tree::{Hash, TILE_WIDTH};

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of this level of tiles, 0 to 63.
    Hashes(u8),
    /// Entries, each with its length before it.
    Entries,
}

/// The path of a tile below the log's prefix: `tile/0/x001/x234/067`, `tile/entries/000.p/17`.
///
/// ```
/// use tlog::tile::{TileKind, TilePath};
/// let path = TilePath { kind: TileKind::Hashes(0), index: 1_234_067, width: 256 };
/// assert_eq!(path.to_string(), "tile/0/x001/x234/067");
/// assert_eq!("tile/entries/000.p/17".parse(), Ok(TilePath { kind: TileKind::Entries, index: 0, width: 17 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// What it holds.
    pub kind: TileKind,
    /// Its position in its level.
    pub index: u64,
    /// 1 to 256; below 256 it is partial.
    pub width: u16,
}

/// Why a path or a bundle is malformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not the path of a tile.
    #[error(
        "`{0}` is not the path of a tile; expected one like tile/0/x001/x234/067 or tile/entries/000.p/17"
    )]
    Path(String),
    /// A hash tile of a length that is no multiple of 32, or empty, or over 8,192 bytes.
    #[error("a hash tile has 32 to 8,192 bytes, a multiple of 32; this one has {0}")]
    Length(usize),
    /// An entry is longer than its length field can say.
    #[error("an entry of {0} bytes does not fit in a bundle: at most 65,535")]
    EntryTooLong(usize),
    /// The bundle ends inside an entry.
    #[error("the bundle ends inside entry {0}")]
    Truncated(usize),
    /// More entries than a bundle holds.
    #[error("the bundle holds more than 256 entries")]
    TooMany,
}

/// The tiles a log of `size` entries serves at one level, as (number of full tiles, width of the partial one).
#[must_use]
pub fn tiles_at(level: u8, size: u64) -> (u64, u16) {
    let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    (hashes / TILE_WIDTH, u16::try_from(hashes % TILE_WIDTH).unwrap_or(0))
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups[1..].iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if self.width < 256 { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, TileError> {
        read_path(text)
            .filter(|path| path.to_string() == text)
            .ok_or_else(|| TileError::Path(text.chars().take(80).collect()))
    }
}

/// Reads leniently; the caller compares with the canonical spelling.
fn read_path(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(level.parse().ok().filter(|l| *l < 64)?),
    };
    let (rest, width) = match rest.split_once(".p/") {
        Some((rest, width)) => (rest, width.parse().ok().filter(|w| (1..256).contains(w))?),
        None => (rest, 256),
    };
    let index = rest.split('/').try_fold(0_u64, |index, group| {
        let group: u64 =
            group.strip_prefix('x').unwrap_or(group).parse().ok().filter(|g| *g < 1000)?;
        index.checked_mul(1000)?.checked_add(group)
    })?;
    Some(TilePath { kind, index, width })
}

/// The bytes of a hash tile.
#[must_use]
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|h| h.0).collect()
}

/// Reads the bytes of a hash tile.
///
/// # Errors
/// When the length is not that of 1 to 256 hashes.
pub fn decode_hashes(bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.is_empty() || hashes.len() > 256 {
        return Err(TileError::Length(bytes.len()));
    }
    Ok(hashes.iter().map(|h| Hash(*h)).collect())
}

/// The bytes of an entry bundle: each entry after its length as two bytes, big-endian.
///
/// # Errors
/// When an entry has over 65,535 bytes.
pub fn encode_entries<'a>(
    entries: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, TileError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length =
            u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// Reads an entry bundle.
///
/// # Errors
/// When it ends inside an entry or holds more than 256.
pub fn decode_entries(mut bytes: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let truncated = || TileError::Truncated(entries.len());
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or_else(truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or_else(truncated)?;
        entries.push(entry);
        bytes = rest;
        if entries.len() > 256 {
            return Err(TileError::TooMany);
        }
    }
    Ok(entries)
}
