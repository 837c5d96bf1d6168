//! Which entries speak of a site, an item, a party, a step.
//!
//! The index lies in a file of its own beside the ledger and holds nothing that the entries do not. It may be thrown
//! away at any time: the next look rebuilds it. A look brings it up to date first, so it never lags.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use statement::open_entry;

use crate::{Ledger, LedgerError};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS about (origin TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS subject (role TEXT NOT NULL, id TEXT NOT NULL, idx INTEGER NOT NULL,
    PRIMARY KEY (id, role, idx)) WITHOUT ROWID;
";

/// Fields of a statement that name what it is about, by the role that the thing has there.
const ROLES: [&str; 18] = [
    "about",
    "by",
    "finding",
    "from",
    "id",
    "inspection",
    "item",
    "items",
    "measure",
    "parties",
    "party",
    "person",
    "request",
    "sample",
    "seal",
    "site",
    "step",
    "to",
];

/// One entry that speaks of something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The entry.
    pub index: u64,
    /// What the thing is in it: `site`, `item`, `party`, `step`, …; `id` where the entry made it.
    pub role: String,
}

/// The index of one ledger.
#[derive(Debug)]
pub struct SubjectIndex {
    db: Connection,
    path: PathBuf,
}

impl SubjectIndex {
    /// The index beside a ledger, brought up to date with it. One that is missing, damaged, or of another history is
    /// made anew.
    ///
    /// # Errors
    /// When the ledger cannot be read or the index cannot be written; where the folder cannot be written the index is
    /// made in memory.
    pub fn open(ledger: &Ledger) -> Result<Self, LedgerError> {
        let path = ledger.path().with_file_name("index.sqlite");
        let opened = Self::at(Connection::open(&path), &path)
            .and_then(|index| index.catch_up(ledger).map(|()| index));
        match opened {
            Ok(index) => Ok(index),
            Err(_) => {
                // Whatever was wrong with it, the entries have everything.
                let _ = std::fs::remove_file(&path);
                let fresh = Self::at(Connection::open(&path), &path)
                    .and_then(|index| index.catch_up(ledger).map(|()| index));
                fresh.or_else(|_| {
                    let index = Self::at(Connection::open_in_memory(), &path)?;
                    index.catch_up(ledger)?;
                    Ok(index)
                })
            }
        }
    }

    fn at(db: rusqlite::Result<Connection>, path: &Path) -> Result<Self, LedgerError> {
        let fail = |e| LedgerError::store(path, e);
        let db = db.map_err(fail)?;
        // It can be made again, so it need not survive a crash.
        db.pragma_update(None, "synchronous", "OFF").map_err(fail)?;
        db.execute_batch(SCHEMA).map_err(fail)?;
        Ok(Self { db, path: path.to_owned() })
    }

    fn catch_up(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let fail = |e| LedgerError::store(&self.path, e);
        let head = ledger.head()?;
        let (origin, size, root): (String, u64, String) = self
            .db
            .query_row("SELECT origin, size, root FROM about", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()
            .map_err(fail)?
            .unwrap_or_default();
        let of_this_log = origin == head.origin
            && size <= head.size
            && (size == 0 || ledger.root_at(size)?.to_string() == root);
        if !of_this_log && size > 0 {
            self.db.execute_batch("DELETE FROM subject; DELETE FROM about;").map_err(fail)?;
        }
        let from = if of_this_log { size } else { 0 };
        if from == head.size && from > 0 {
            return Ok(());
        }
        let tx = self.db.unchecked_transaction().map_err(fail)?;
        {
            let mut insert = tx
                .prepare("INSERT INTO subject VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .map_err(fail)?;
            for index in from..head.size {
                for (role, id) in subjects(&ledger.entry(index)?) {
                    insert.execute(params![role, id, index]).map_err(fail)?;
                }
            }
        }
        tx.execute("DELETE FROM about", []).map_err(fail)?;
        tx.execute(
            "INSERT INTO about VALUES (?1, ?2, ?3)",
            params![head.origin, head.size, head.root.to_string()],
        )
        .map_err(fail)?;
        tx.commit().map_err(fail)
    }

    /// The entries that speak of a thing, in the order of the log.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn find(&self, id: &str) -> Result<Vec<Mention>, LedgerError> {
        let fail = |e| LedgerError::store(&self.path, e);
        let mut query = self
            .db
            .prepare("SELECT idx, role FROM subject WHERE id = ?1 ORDER BY idx, role")
            .map_err(fail)?;
        let rows = query
            .query_map([id], |row| Ok(Mention { index: row.get(0)?, role: row.get(1)? }))
            .map_err(fail)?;
        rows.collect::<rusqlite::Result<_>>().map_err(fail)
    }
}

/// What an entry speaks of: role and id. An entry that cannot be read speaks of nothing.
fn subjects(entry: &[u8]) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    if let Ok(note) = open_entry(entry)
        && let Some((_, json)) = note.text().split_once('\n')
        && let Ok(value) = serde_json::from_str::<Value>(json)
    {
        for part in [Some(&value), value.get("body")].into_iter().flatten() {
            for role in ROLES {
                match part.get(role) {
                    Some(Value::String(id)) => {
                        found.insert((role, id.clone()));
                    }
                    Some(Value::Array(ids)) => {
                        found.extend(
                            ids.iter().filter_map(Value::as_str).map(|id| (role, id.to_owned())),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
    found
}
