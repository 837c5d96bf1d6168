//! Auditing somebody's log from its public files alone: any log in the C2SP form, tile by tile.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;
use tlog::checkpoint::{Checkpoint, CheckpointError};
use tlog::note::VerifyingKey;
use tlog::tile::{TileKind, TilePath, decode_entries, decode_hashes, tiles_at};
use tlog::tree::{Edge, Hash, RootBuilder, Tile, leaf_hash};

/// Where a log's files are read from.
pub trait LogFiles: Sync {
    /// The bytes at a path such as `tile/0/000`; nothing when there is no such file.
    ///
    /// # Errors
    /// In words, when it cannot be known whether there is one.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
}

/// A log's files in a folder.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl LogFiles for Folder {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(format!("{}: {e}", self.0.join(path).display())),
        }
    }
}

/// How far an audit came: enough to go on with what was added since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The log.
    pub origin: String,
    /// Entries checked.
    pub size: u64,
    /// Roots of the perfect subtrees over them.
    pub subtrees: Vec<Hash>,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// The checkpoint that was audited, when it could be read and carries the log's signature.
    pub checkpoint: Option<Checkpoint>,
    /// Its bytes.
    pub note: Vec<u8>,
    /// Entries checked now; those an earlier audit checked are not read again.
    pub checked: u64,
    /// The first thing that is wrong; `None` when nothing is.
    pub fault: Option<AuditFault>,
    /// From where the next audit may go on.
    pub audited: Option<Audited>,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", entry.map(|e| format!(", entry {e}")).unwrap_or_default())]
pub struct AuditFault {
    /// The file.
    pub file: String,
    /// The entry, when it is one entry's fault.
    pub entry: Option<u64>,
    /// What is wrong.
    pub reason: String,
}

/// Bundles read at a time by all workers together.
const CHUNK: u64 = 64;

/// One bundle of entries with its leaf hashes.
struct Bundle {
    entries: Vec<Vec<u8>>,
    leaves: Vec<Hash>,
}

/// Audits a log: the checkpoint's signature, every entry against its hash, every hash against the tile above,
/// the root against the checkpoint, and that everything audited `before` is still there. `entries` sees each
/// batch of entries with the number of its first; `progress` is told how many of how many are done.
pub fn audit(
    files: &dyn LogFiles,
    key: &VerifyingKey,
    before: Option<&Audited>,
    mut entries: impl FnMut(u64, &[Vec<u8>]) -> Result<(), (u64, String)>,
    mut progress: impl FnMut(u64, u64),
) -> AuditReport {
    let mut report = AuditReport {
        checkpoint: None,
        note: Vec::new(),
        checked: 0,
        fault: None,
        audited: before.cloned(),
    };
    let result = open(files, key, &mut report.note).and_then(|checkpoint| {
        report.checkpoint = Some(checkpoint.clone());
        let (checked, audited) = walk(files, &checkpoint, before, &mut entries, &mut progress)?;
        (report.checked, report.audited) = (checked, Some(audited));
        Ok(())
    });
    report.fault = result.err();
    report
}

fn fault(file: impl ToString, entry: Option<u64>, reason: impl Into<String>) -> AuditFault {
    AuditFault { file: file.to_string(), entry, reason: reason.into() }
}

fn open(
    files: &dyn LogFiles,
    key: &VerifyingKey,
    note: &mut Vec<u8>,
) -> Result<Checkpoint, AuditFault> {
    let wrong = |reason: String| fault("checkpoint", None, reason);
    *note = files.get("checkpoint").map_err(wrong)?.ok_or_else(|| wrong("it is missing".into()))?;
    let origin = key.name().as_str();
    Checkpoint::open(note, origin, key).map_err(|e: CheckpointError| wrong(e.to_string()))
}

fn walk(
    files: &dyn LogFiles,
    checkpoint: &Checkpoint,
    before: Option<&Audited>,
    see: &mut impl FnMut(u64, &[Vec<u8>]) -> Result<(), (u64, String)>,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(u64, Audited), AuditFault> {
    let size = checkpoint.size;
    let wrong = |reason: String| fault("checkpoint", None, reason);
    let (mut builder, start) = begin(checkpoint, before)?;
    // What was audited before must still lead to the same hashes: its last bundle is read again.
    let expected = before.map(|b| (b.size, b.subtrees.clone()));
    let mut edge = Edge::load(&Levels(files), start).map_err(|e| *e)?;
    if edge.root() != builder.root() {
        return Err(fault("tile", None, "the hash tiles of what was audited before have changed"));
    }
    // Upper tiles by level and index, each compared when it is full or at the end.
    let mut upper: BTreeMap<(u8, u64), Tile> = BTreeMap::new();
    let bundles = size.div_ceil(256);
    let mut first = start / 256;
    while first < bundles {
        let chunk = first..(first + CHUNK).min(bundles);
        let read: Vec<Result<Bundle, AuditFault>> =
            chunk.clone().into_par_iter().map(|i| bundle(files, i, size)).collect();
        for (index, bundle) in chunk.clone().zip(read) {
            let bundle = bundle?;
            for tile in edge.append(bundle.leaves.iter().copied()) {
                if tile.level > 0 {
                    upper.insert((tile.level, tile.index), tile);
                }
            }
            for &leaf in &bundle.leaves {
                builder.push(leaf);
                if let Some((old, subtrees)) = &expected
                    && builder.size() == *old
                    && builder.subtrees() != subtrees
                {
                    let path = TilePath { kind: TileKind::Entries, index, width: 256 };
                    return Err(fault(
                        path,
                        None,
                        "entries that were audited before have changed: the log shows two histories",
                    ));
                }
            }
            see(index * 256, &bundle.entries).map_err(|(entry, reason)| {
                let path = path_of(TileKind::Entries, entry / 256, size);
                fault(path, Some(entry), reason)
            })?;
        }
        let full: Vec<Tile> = upper.values().filter(|t| t.hashes.len() == 256).cloned().collect();
        full.par_iter().try_for_each(|tile| compare(files, tile))?;
        upper.retain(|_, tile| tile.hashes.len() < 256);
        first = chunk.end;
        progress(builder.size(), size);
    }
    upper.values().try_for_each(|tile| compare(files, tile))?;
    if builder.root() != checkpoint.root {
        return Err(wrong(format!(
            "its root {} is not that of the {size} entries, {}",
            checkpoint.root,
            builder.root()
        )));
    }
    let audited =
        Audited { origin: checkpoint.origin.clone(), size, subtrees: builder.subtrees().to_vec() };
    Ok((size - start.min(size), audited))
}

/// From where to go on: the last bundle that was full when the log was audited before.
fn begin(
    checkpoint: &Checkpoint,
    before: Option<&Audited>,
) -> Result<(RootBuilder, u64), AuditFault> {
    let wrong = |reason: String| fault("checkpoint", None, reason);
    let Some(before) = before else { return Ok((RootBuilder::new(), 0)) };
    if before.origin != checkpoint.origin {
        return Err(wrong(format!(
            "it is of `{}`, the audit before was of `{}`",
            checkpoint.origin, before.origin
        )));
    }
    if before.size > checkpoint.size {
        return Err(wrong(format!(
            "it covers {} entries, and {} were audited before: it is older than one already seen",
            checkpoint.size, before.size
        )));
    }
    let start = before.size / 256 * 256;
    // The subtrees of the full bundles are the first ones: one for each bit of their number.
    let kept = before.subtrees.get(..start.count_ones() as usize).unwrap_or_default().to_vec();
    let builder = RootBuilder::resume(start, kept).map_err(|e| wrong(e.to_string()))?;
    Ok((builder, start))
}

/// The path of a tile in a log of this size.
fn path_of(kind: TileKind, index: u64, size: u64) -> TilePath {
    let level = match kind {
        TileKind::Hashes(level) => level,
        TileKind::Entries => 0,
    };
    let (full, partial) = tiles_at(level, size);
    TilePath { kind, index, width: if index < full { 256 } else { partial } }
}

fn bundle(files: &dyn LogFiles, index: u64, size: u64) -> Result<Bundle, AuditFault> {
    let path = path_of(TileKind::Entries, index, size);
    let bytes = need(files, path)?;
    let entries = decode_entries(&bytes).map_err(|e| fault(path, None, e.to_string()))?;
    if entries.len() != usize::from(path.width) {
        let reason = format!("it holds {} entries where {} belong", entries.len(), path.width);
        return Err(fault(path, None, reason));
    }
    let leaves: Vec<Hash> = entries.iter().map(|e| leaf_hash(e)).collect();
    let hashes = hashes(files, path_of(TileKind::Hashes(0), index, size))?;
    if let Some(at) = leaves.iter().zip(&hashes).position(|(a, b)| a != b) {
        let entry = index * 256 + at as u64;
        return Err(fault(path, Some(entry), "its bytes do not have the hash in the hash tile"));
    }
    Ok(Bundle { entries: entries.into_iter().map(<[u8]>::to_vec).collect(), leaves })
}

fn need(files: &dyn LogFiles, path: TilePath) -> Result<Vec<u8>, AuditFault> {
    let got = files.get(&path.to_string()).map_err(|reason| fault(path, None, reason))?;
    got.ok_or_else(|| fault(path, None, "it is missing"))
}

fn hashes(files: &dyn LogFiles, path: TilePath) -> Result<Vec<Hash>, AuditFault> {
    let hashes =
        decode_hashes(&need(files, path)?).map_err(|e| fault(path, None, e.to_string()))?;
    if hashes.len() == usize::from(path.width) {
        return Ok(hashes);
    }
    let reason = format!("it holds {} hashes where {} belong", hashes.len(), path.width);
    Err(fault(path, None, reason))
}

fn compare(files: &dyn LogFiles, tile: &Tile) -> Result<(), AuditFault> {
    let width = u16::try_from(tile.hashes.len()).unwrap_or(256);
    let path = TilePath { kind: TileKind::Hashes(tile.level), index: tile.index, width };
    let stored = hashes(files, path)?;
    match stored.iter().zip(&tile.hashes).position(|(a, b)| a != b) {
        None => Ok(()),
        Some(at) => Err(fault(path, None, format!("hash {at} is not that of the tile below it"))),
    }
}

/// The log's own tiles, to load the edge that an audit goes on from.
struct Levels<'a>(&'a dyn LogFiles);

impl tlog::tree::TileReader for Levels<'_> {
    type Error = Box<AuditFault>;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, Self::Error> {
        // The log has grown since: the tile may be wider now, or the partial one gone.
        let kind = TileKind::Hashes(level);
        let partial = TilePath { kind, index, width };
        let whole = TilePath { kind, index, width: 256 };
        let read = |path: TilePath| self.0.get(&path.to_string()).map_err(|r| fault(path, None, r));
        let bytes = match read(whole)? {
            Some(bytes) => bytes,
            None => need(self.0, partial)?,
        };
        let hashes = decode_hashes(&bytes).map_err(|e| fault(whole, None, e.to_string()))?;
        match hashes.get(..usize::from(width)) {
            Some(hashes) => Ok(hashes.to_vec()),
            None => Err(Box::new(fault(whole, None, "it is too narrow"))),
        }
    }
}
