//! The SQLite file: its schema, opening it, reading from it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use statement::CaseId;
use tlog::checkpoint::Checkpoint;
use tlog::note::{SigningKey, VerifyingKey};
use tlog::tile::decode_hashes;
use tlog::tree::{self, Edge, Hash, ProofError, TileReader};

use crate::LedgerError;
use crate::keyring::Keyring;

/// "LOCK" in ASCII: what `file(1)` and we recognise the file by.
const APPLICATION_ID: i64 = 0x4C4F_434B;
/// The format this program writes.
const FORMAT: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- The signed bytes of each statement, never changed.
CREATE TABLE entry (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
-- SHA-256 of each entry's text: refuses duplicates. Can be rebuilt from `entry`.
CREATE TABLE text (sha256 BLOB PRIMARY KEY, idx INTEGER NOT NULL) WITHOUT ROWID;
-- Public keys named by key.enroll statements. Can be rebuilt from `entry`.
CREATE TABLE key (idx INTEGER PRIMARY KEY, vkey TEXT NOT NULL);
-- C2SP hash tiles, the widest version of each. Can be rebuilt from `entry`.
CREATE TABLE tile (level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, idx));
-- Signature lines that came later than a checkpoint's own: the log's ML-DSA-44 line, its witnesses' lines. Can be
-- asked for again.
CREATE TABLE cosignature (size INTEGER NOT NULL, key TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (size, key)) WITHOUT ROWID;
-- Every checkpoint ever signed. Cannot be rebuilt without the log key.
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL);
";

/// The ledger of one case; see the [crate's page](crate) for what it promises.
pub struct Ledger {
    pub(crate) path: PathBuf,
    pub(crate) db: Connection,
    pub(crate) case: CaseId,
    pub(crate) origin: String,
    pub(crate) log_vkey: VerifyingKey,
    pub(crate) log_key: Option<SigningKey>,
    /// Tree and keyring as of the last commit we saw; re-read under the lock when another process wrote.
    pub(crate) edge: Option<Edge>,
    /// The last checkpoint that we wrote: its signature needs no check.
    pub(crate) written: Option<(Vec<u8>, Checkpoint)>,
    pub(crate) keyring: Keyring,
    /// Opened without a lock from a place we cannot write to.
    pub(crate) immutable: bool,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("path", &self.path)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// Creates an empty ledger. The log's key has the log's origin as its name.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create(path: &Path, case: &CaseId, log_key: SigningKey) -> Result<Self, LedgerError> {
        if path.exists() {
            return Err(LedgerError::Exists(path.to_owned()));
        }
        // Made whole under another name, then linked: nobody ever opens half a ledger, and of two processes that
        // create at once the first one wins and the other is told that it exists.
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(
            ".{}.{}.new",
            std::process::id(),
            DRAFTS.fetch_add(1, Ordering::Relaxed)
        ));
        let draft = path.with_file_name(name);
        // The system says why a file cannot be made; SQLite would only say that it cannot.
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&draft)
            .map_err(|e| LedgerError::io(path, e))?;
        let made = Self::initialise(&draft, case, &log_key).and_then(|()| {
            std::fs::hard_link(&draft, path).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => LedgerError::Exists(path.to_owned()),
                _ => LedgerError::io(path, e),
            })
        });
        for left in ["", "-wal", "-shm"] {
            let mut file = draft.clone().into_os_string();
            file.push(left);
            let _ = std::fs::remove_file(file);
        }
        made?;
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            // The name of the file must survive a crash as well as its content.
            std::fs::File::open(folder)
                .and_then(|f| f.sync_all())
                .map_err(|e| LedgerError::io(folder, e))?;
        }
        Self::open(path, Some(log_key))
    }

    fn initialise(path: &Path, case: &CaseId, log_key: &SigningKey) -> Result<(), LedgerError> {
        let fail = |e| LedgerError::store(path, e);
        let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(fail)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
        let checkpoint =
            Checkpoint { origin: log_key.name().to_string(), size: 0, root: tree::empty_root() };
        // An origin is a key name, so that its text can always be signed.
        let note = checkpoint.sign(log_key).map_err(|e| LedgerError::Tampered(e.to_string()))?;
        let tx = db.transaction().map_err(fail)?;
        tx.execute_batch(SCHEMA).map_err(fail)?;
        let about = [
            ("case", case.to_string()),
            ("origin", log_key.name().to_string()),
            ("log_vkey", log_key.verifying_key().to_string()),
        ];
        for (name, value) in about {
            tx.execute("INSERT INTO about VALUES (?1, ?2)", params![name, value]).map_err(fail)?;
        }
        tx.execute("INSERT INTO checkpoint VALUES (0, ?1)", params![note]).map_err(fail)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
        tx.pragma_update(None, "user_version", FORMAT).map_err(fail)?;
        tx.commit().map_err(fail)?;
        // The last connection to leave moves the write-ahead log into the file.
        db.close().map_err(|(_, e)| fail(e))
    }

    /// Opens a ledger; with the log's key for appending, without it for reading.
    ///
    /// # Errors
    /// When there is none, it is not a ledger, is damaged, or the key is another log's.
    pub fn open(path: &Path, log_key: Option<SigningKey>) -> Result<Self, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::NotFound(path.to_owned()));
        }
        let (db, immutable) = Self::connect_for(path, log_key.is_some())?;
        let fail = |e| LedgerError::store(path, e);
        check_format(&db, path)?;
        let about = |name: &str| -> Result<String, LedgerError> {
            let value = db
                .query_row("SELECT value FROM about WHERE name = ?1", [name], |row| row.get(0))
                .optional()
                .map_err(fail)?;
            value.ok_or(LedgerError::NotLedger {
                path: path.to_owned(),
                what: "it does not say which case it keeps",
            })
        };
        let damaged = |reason: String| LedgerError::Damaged { path: path.to_owned(), reason };
        let case =
            about("case")?.parse().map_err(|e: statement::IdError| damaged(e.to_string()))?;
        let origin = about("origin")?;
        let log_vkey: VerifyingKey = about("log_vkey")?
            .parse()
            .map_err(|e: tlog::note::NoteError| damaged(e.to_string()))?;
        if let Some(key) = &log_key
            && key.verifying_key() != log_vkey
        {
            let found = key.verifying_key().to_string();
            return Err(LedgerError::OtherKey { found, expected: log_vkey.to_string() });
        }
        let mut ledger = Self {
            path: path.to_owned(),
            db,
            case,
            origin,
            log_vkey,
            log_key,
            edge: None,
            written: None,
            keyring: Keyring::default(),
            immutable,
        };
        ledger.keyring = ledger.read_keyring()?;
        Ok(ledger)
    }

    fn connect_for(path: &Path, writing: bool) -> Result<(Connection, bool), LedgerError> {
        let fail = |e| LedgerError::store(path, e);
        if writing {
            let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(fail)?;
            db.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
            // Pages. A write-ahead log that starts over soon is soon written over blocks that the disk has given
            // it already, which costs less to make durable than new ones.
            db.pragma_update(None, "wal_autocheckpoint", 200).map_err(fail)?;
            return Ok((db, false));
        }
        let db = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(fail)?;
        // A WAL database needs a file beside it even for reading. Where that cannot be made, nobody can be
        // writing either, and the file is read as it lies.
        match db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
            Ok(()) => Ok((db, false)),
            Err(e)
                if matches!(
                    e.sqlite_error_code(),
                    Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly)
                ) =>
            {
                Ok((connect_immutable(path).map_err(fail)?, true))
            }
            Err(e) => Err(fail(e)),
        }
    }

    /// Another connection for reading the same file in another thread.
    pub(crate) fn reader(&self) -> Result<Connection, LedgerError> {
        let open = if self.immutable {
            connect_immutable(&self.path)
        } else {
            connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        };
        open.map_err(|e| self.fail(e))
    }

    pub(crate) fn fail(&self, e: rusqlite::Error) -> LedgerError {
        LedgerError::store(&self.path, e)
    }

    pub(crate) fn read_keyring(&self) -> Result<Keyring, LedgerError> {
        let mut keyring = Keyring::default();
        let mut rows = self
            .db
            .prepare_cached("SELECT idx, vkey FROM key ORDER BY idx")
            .map_err(|e| self.fail(e))?;
        let mut rows = rows.query([]).map_err(|e| self.fail(e))?;
        while let Some(row) = rows.next().map_err(|e| self.fail(e))? {
            let (index, text): (u64, String) = (get(row, 0, self)?, get(row, 1, self)?);
            if let Ok(key) = text.parse() {
                keyring.add(index, key);
            }
        }
        Ok(keyring)
    }

    /// Fails unless this is the ledger of that case.
    ///
    /// # Errors
    /// [`LedgerError::OtherCase`].
    pub fn expect_case(&self, case: &CaseId) -> Result<(), LedgerError> {
        if self.case == *case {
            Ok(())
        } else {
            Err(LedgerError::OtherCase { found: self.case.clone(), expected: case.clone() })
        }
    }

    /// The case it keeps.
    #[must_use]
    pub fn case(&self) -> &CaseId {
        &self.case
    }

    /// The log's origin, as its checkpoints name it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The log's public key.
    #[must_use]
    pub fn log_key(&self) -> &VerifyingKey {
        &self.log_vkey
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The latest signed checkpoint, as the bytes of its note.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn checkpoint(&self) -> Result<Vec<u8>, LedgerError> {
        self.db
            .prepare_cached("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
            .and_then(|mut s| s.query_row([], |row| row.get(0)))
            .map_err(|e| self.fail(e))
    }

    /// The latest checkpoint, its signature checked.
    ///
    /// # Errors
    /// When the file cannot be read or the signature is not the log's.
    pub fn head(&self) -> Result<Checkpoint, LedgerError> {
        self.head_of(&self.checkpoint()?)
    }

    /// The checkpoint that a note by this log carries, its signature checked.
    pub(crate) fn head_of(&self, note: &[u8]) -> Result<Checkpoint, LedgerError> {
        Checkpoint::open(note, &self.origin, &self.log_vkey)
            .map_err(|e| LedgerError::Tampered(format!("the latest checkpoint: {e}")))
    }

    /// How many entries the latest checkpoint covers.
    ///
    /// # Errors
    /// As [`head`](Ledger::head).
    pub fn size(&self) -> Result<u64, LedgerError> {
        Ok(self.head()?.size)
    }

    /// The signed bytes of one entry.
    ///
    /// # Errors
    /// When there is no such entry or the file cannot be read.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, LedgerError> {
        let bytes = self
            .db
            .prepare_cached("SELECT bytes FROM entry WHERE idx = ?1")
            .and_then(|mut s| s.query_row([index], |row| row.get(0)).optional())
            .map_err(|e| self.fail(e))?;
        match bytes {
            Some(bytes) => Ok(bytes),
            None => Err(LedgerError::NoEntry { index, size: self.size()? }),
        }
    }

    /// The hashes that prove entry `index` in the tree of the latest checkpoint.
    ///
    /// # Errors
    /// When there is no such entry or the file cannot be read.
    pub fn inclusion_proof(&self, index: u64) -> Result<(Checkpoint, Vec<Hash>), LedgerError> {
        let head = self.head()?;
        let proof = tree::inclusion_proof(&Tiles(self), index, head.size).map_err(|e| match e {
            ProofError::Tree(_) => LedgerError::NoEntry { index, size: head.size },
            ProofError::Read(e) => e,
        })?;
        Ok((head, proof))
    }

    /// The root of the tree of the first `size` entries.
    ///
    /// # Errors
    /// When there are not so many, or the file cannot be read.
    pub fn root_at(&self, size: u64) -> Result<Hash, LedgerError> {
        let now = self.size()?;
        if size > now {
            return Err(LedgerError::NoEntry { index: size.saturating_sub(1), size: now });
        }
        tree::root(&Tiles(self), size)
    }

    /// The hashes that prove that the tree of `new` entries extends that of `old` entries.
    ///
    /// # Errors
    /// When `old` is 0 or above `new`, `new` is above the size, or the file cannot be read.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        let size = self.size()?;
        if new > size {
            return Err(LedgerError::NoEntry { index: new.saturating_sub(1), size });
        }
        tree::consistency_proof(&Tiles(self), old, new).map_err(|e| match e {
            ProofError::Tree(_) => LedgerError::NoEntry { index: old, size: new },
            ProofError::Read(e) => e,
        })
    }
}

/// Reads one column, with our error.
pub(crate) fn get<T: rusqlite::types::FromSql>(
    row: &rusqlite::Row<'_>,
    column: usize,
    ledger: &Ledger,
) -> Result<T, LedgerError> {
    row.get(column).map_err(|e| ledger.fail(e))
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    tune(db)
}

fn connect_immutable(path: &Path) -> rusqlite::Result<Connection> {
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'%' | b'?' | b'#' => uri.push_str(&format!("%{byte:02x}")),
            _ => uri.push(char::from(byte)),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    tune(Connection::open_with_flags(uri, flags)?)
}

fn tune(db: Connection) -> rusqlite::Result<Connection> {
    db.busy_timeout(Duration::from_secs(60))?;
    // 256 MiB: the index of text hashes is hit at random, and that of a million entries fits.
    db.pragma_update(None, "cache_size", -262_144)?;
    db.pragma_update(None, "mmap_size", 1_i64 << 32)?;
    Ok(db)
}

fn check_format(db: &Connection, path: &Path) -> Result<(), LedgerError> {
    let pragma = |name: &str| -> Result<i64, LedgerError> {
        db.pragma_query_value(None, name, |row| row.get(0)).map_err(|e| LedgerError::store(path, e))
    };
    if pragma("application_id")? != APPLICATION_ID {
        let what = "it does not carry a ledger's mark";
        return Err(LedgerError::NotLedger { path: path.to_owned(), what });
    }
    let found = pragma("user_version")?;
    if found == FORMAT {
        Ok(())
    } else if found < FORMAT {
        let what = "a version from before the first release wrote it; record the case again into a new one";
        Err(LedgerError::NotLedger { path: path.to_owned(), what })
    } else {
        Err(LedgerError::Newer { path: path.to_owned(), found, known: FORMAT })
    }
}

/// The stored tiles as the tree reads them.
pub(crate) struct Tiles<'a>(pub(crate) &'a Ledger);

impl TileReader for Tiles<'_> {
    type Error = LedgerError;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, LedgerError> {
        let ledger = self.0;
        let bytes: Option<Vec<u8>> = ledger
            .db
            .prepare_cached("SELECT hashes FROM tile WHERE level = ?1 AND idx = ?2")
            .and_then(|mut s| s.query_row(params![level, index], |row| row.get(0)).optional())
            .map_err(|e| ledger.fail(e))?;
        let hashes = bytes.and_then(|b| decode_hashes(&b).ok()).unwrap_or_default();
        match hashes.get(..usize::from(width)) {
            Some(hashes) => Ok(hashes.to_vec()),
            None => Err(LedgerError::Tampered(format!(
                "the hash tile {index} of level {level} has {} hashes where {width} were committed",
                hashes.len()
            ))),
        }
    }
}
