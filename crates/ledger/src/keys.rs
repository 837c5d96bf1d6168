//! Private keys: made on first use, in a folder of the user, readable by nobody else.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tlog::cosignature::{Algorithm, CosignerKey};
use tlog::note::{NoteError, SigningKey};

use crate::LedgerError;

/// The folder that holds private keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDir(PathBuf);

impl KeyDir {
    /// A folder of one's choice.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// `$LOCKSTEP_HOME/keys`, else `$XDG_CONFIG_HOME/lockstep/keys`, else `$HOME/.config/lockstep/keys`. Never
    /// inside a case folder, which is made to be shared.
    #[must_use]
    pub fn default_location() -> Option<Self> {
        let var = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let home = var("LOCKSTEP_HOME")
            .or_else(|| var("XDG_CONFIG_HOME").map(|p| p.join("lockstep")))
            .or_else(|| var("HOME").map(|p| p.join(".config/lockstep")))?;
        Some(Self(home.join("keys")))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the key `file`, or makes it with the name `key_name` when there is none. Two processes that do
    /// this at once end with the same key.
    ///
    /// # Errors
    /// When the folder cannot be written, or the file is malformed or readable by others.
    pub fn load_or_create(&self, file: &str, key_name: &str) -> Result<SigningKey, LedgerError> {
        self.create(file, || Ok(SigningKey::generate(key_name)?.to_private_text()))?;
        self.load(file)
    }

    /// The same for a key that cosigns checkpoints.
    ///
    /// # Errors
    /// As [`load_or_create`](KeyDir::load_or_create).
    pub fn load_or_create_cosigner(
        &self,
        file: &str,
        key_name: &str,
        algorithm: Algorithm,
    ) -> Result<CosignerKey, LedgerError> {
        self.create(file, || Ok(CosignerKey::generate(key_name, algorithm)?.to_private_text()))?;
        self.read(file, CosignerKey::from_private_text)
    }

    /// Reads the key `file`.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] when there is none; otherwise as [`load_or_create`](KeyDir::load_or_create).
    pub fn load(&self, file: &str) -> Result<SigningKey, LedgerError> {
        self.read(file, SigningKey::from_private_text)
    }

    /// Writes the key `file`, unless there is one.
    fn create(
        &self,
        file: &str,
        make: impl FnOnce() -> Result<String, NoteError>,
    ) -> Result<(), LedgerError> {
        let path = self.0.join(file);
        if path.exists() {
            return Ok(());
        }
        create_private_dir(&self.0).map_err(|e| LedgerError::io(&self.0, e))?;
        let wrong =
            |e: NoteError| LedgerError::KeyFile { path: path.clone(), reason: e.to_string() };
        let text = make().map_err(wrong)?;
        // Written whole under another name, then linked: nobody ever reads half a key, and the first one wins.
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let draft = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = self.0.join(format!(".{file}.{}.{draft}", std::process::id()));
        let write = || -> std::io::Result<()> {
            let _ = fs::remove_file(&draft);
            let mut out = private_file(&draft)?;
            writeln!(out, "{text}")?;
            out.sync_all()?;
            match fs::hard_link(&draft, &path) {
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            }?;
            fs::remove_file(&draft)?;
            fs::File::open(&self.0)?.sync_all()
        };
        write().map_err(|e| LedgerError::io(&path, e))
    }

    fn read<K>(
        &self,
        file: &str,
        parse: impl FnOnce(&str) -> Result<K, NoteError>,
    ) -> Result<K, LedgerError> {
        let path = self.0.join(file);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(LedgerError::NotFound(path));
            }
            Err(e) => return Err(LedgerError::io(&path, e)),
        };
        check_mode(&path)?;
        parse(&text).map_err(|e| LedgerError::KeyFile {
            path,
            reason: format!(
                "{e}. Restore it from your backup; a new key would not be the one that was enrolled"
            ),
        })
    }
}

#[cfg(unix)]
fn create_private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(unix)]
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), LedgerError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path).map_err(|e| LedgerError::io(path, e))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(LedgerError::KeyFile {
        path: path.to_owned(),
        reason: format!("others can read it (mode {mode:03o}); run: chmod 600 {}", path.display()),
    })
}

#[cfg(not(unix))]
fn create_private_dir(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

// Elsewhere the folder of the user is private by default.
#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), LedgerError> {
    Ok(())
}
