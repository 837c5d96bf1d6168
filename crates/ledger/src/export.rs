//! The log as static files in the C2SP form, which any web server, cache or object store can serve.

use std::fs;
use std::io::Write;
use std::path::Path;

use tlog::checkpoint::Checkpoint;
use tlog::tile::{TileKind, TilePath, encode_entries, encode_hashes, tiles_at};
use tlog::tree::{self, TileReader};

use crate::store::Tiles;
use crate::{Ledger, LedgerError};

/// File that holds the log's public keys, one in each line.
pub const LOG_KEYS: &str = "log.vkey";
/// File that holds the public keys of the witnesses, one in each line.
pub const WITNESS_KEYS: &str = "witnesses.vkey";

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// Entries that the checkpoint covers.
    pub size: u64,
    /// Files written now; full tiles that lay there already are not written again.
    pub files: u64,
}

impl Ledger {
    /// Writes the log into a folder: tiles and entry bundles, keys, and last the checkpoint, so that whoever
    /// reads the checkpoint finds everything it covers. A folder that holds an earlier state of the same log is
    /// brought up to date; the partial tiles of every size that was published there stay.
    ///
    /// # Errors
    /// When the folder holds another log, a later state of this one, or another history of it; when it cannot
    /// be written.
    pub fn export(&self, folder: &Path, witnesses: &[String]) -> Result<Exported, LedgerError> {
        let head = self.head()?;
        self.extends(folder, &head)?;
        let mut exported = Exported { size: head.size, files: 0 };
        let mut put = |path: &str, bytes: &dyn Fn() -> Result<Vec<u8>, LedgerError>| {
            let file = folder.join(path);
            // What a published path holds never changes.
            if file.exists() {
                return Ok(());
            }
            exported.files += 1;
            write_whole(&file, &bytes()?)
        };
        for level in 0..=8_u8 {
            let (full, partial) = tiles_at(level, head.size);
            for path in tile_paths(TileKind::Hashes(level), full, partial) {
                put(&path.to_string(), &|| self.hash_tile(level, path.index, path.width))?;
            }
        }
        let (full, partial) = tiles_at(0, head.size);
        for path in tile_paths(TileKind::Entries, full, partial) {
            put(&path.to_string(), &|| self.entry_bundle(path.index, path.width))?;
        }
        let mut keys = format!("{}\n", self.log_key());
        if let Some(own) = self.log_cosigner()? {
            keys += &format!("{own}\n");
        }
        write_whole(&folder.join(LOG_KEYS), keys.as_bytes())?;
        if !witnesses.is_empty() {
            let keys: String = witnesses.iter().map(|key| format!("{key}\n")).collect();
            write_whole(&folder.join(WITNESS_KEYS), keys.as_bytes())?;
        }
        write_whole(&folder.join("checkpoint"), &self.published()?)?;
        Ok(exported)
    }

    /// The bytes at one of the log's C2SP paths, `checkpoint` or `tile/…`; nothing where the log has no such
    /// tile of that width, which it never had or never will publish.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn resource(&self, path: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        if path == "checkpoint" {
            return self.published().map(Some);
        }
        let Ok(tile) = path.parse::<TilePath>() else { return Ok(None) };
        let level = match tile.kind {
            TileKind::Hashes(level) => level,
            TileKind::Entries => 0,
        };
        let (full, partial) = tiles_at(level, self.size()?);
        let there = tile.index < full || (tile.index == full && tile.width <= partial);
        if !there {
            return Ok(None);
        }
        match tile.kind {
            TileKind::Hashes(level) => self.hash_tile(level, tile.index, tile.width),
            TileKind::Entries => self.entry_bundle(tile.index, tile.width),
        }
        .map(Some)
    }

    fn hash_tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, LedgerError> {
        Ok(encode_hashes(&Tiles(self).tile(level, index, width)?))
    }

    fn entry_bundle(&self, index: u64, width: u16) -> Result<Vec<u8>, LedgerError> {
        let first = index * 256;
        let entries = (first..first + u64::from(width)).map(|i| self.entry(i));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        encode_entries(entries.iter().map(Vec::as_slice))
            .map_err(|e| LedgerError::Tampered(e.to_string()))
    }

    /// Whether what lies in the folder is an earlier state of this log.
    fn extends(&self, folder: &Path, head: &Checkpoint) -> Result<(), LedgerError> {
        let file = folder.join("checkpoint");
        let there = match fs::read(&file) {
            Ok(there) => there,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(LedgerError::io(&file, e)),
        };
        let refuse = |reason: String| LedgerError::OtherExport { path: file.clone(), reason };
        let old = Checkpoint::open(&there, &self.origin, self.log_key())
            .map_err(|e| refuse(e.to_string()))?;
        if old.size > head.size {
            return Err(refuse(format!(
                "it covers {} entries, and this ledger has only {}: an older copy of the ledger, perhaps",
                old.size, head.size
            )));
        }
        if tree::root(&Tiles(self), old.size)? != old.root {
            return Err(refuse(format!(
                "the log's key signed another tree of {} entries: the log shows two histories. Keep both",
                old.size
            )));
        }
        Ok(())
    }
}

fn tile_paths(kind: TileKind, full: u64, partial: u16) -> impl Iterator<Item = TilePath> {
    let last = (partial > 0).then_some(TilePath { kind, index: full, width: partial });
    (0..full).map(move |index| TilePath { kind, index, width: 256 }).chain(last)
}

/// Writes a file under another name and gives it its own when it is whole and on the disk.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(".new");
    let write = || -> std::io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = fs::File::create(&draft)?;
        out.write_all(bytes)?;
        out.sync_all()?;
        fs::rename(&draft, file)?;
        // The name must survive a crash as well as the content.
        file.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
    };
    write().map_err(|e| LedgerError::io(file, e))
}
