//! The fault table: every write point of an append fails, and the log is whole after each.
//!
//! Two ways to fail. In the store: each table refuses its row, before or after it is written. Below it: one append is
//! run under `strace`, its file-system calls are listed, and then each of them in turn is made to fail with an error
//! of the disk, with a full disk, and with the process killed as it is entered (which is after the call before).
//!
//! After each fault the oracle looks at the log as anybody would: everything re-derived, everything acknowledged still
//! there, every checkpoint ever seen consistent with every later one. And the next append works.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use ledger::keys::KeyDir;
use ledger::{Added, Ledger, LedgerError};
use support::statement;
use tempfile::TempDir;
use tlog::checkpoint::Checkpoint;
use tlog::tree::Hash;

const ROLE: &str = "LOCKSTEP_TEST_ONE_APPEND";

/// A log with its history as an outsider saw it.
struct Log {
    folder: TempDir,
    /// Root by size, of every checkpoint that was ever published.
    seen: BTreeMap<u64, Hash>,
    /// Entry by index, of everything that was acknowledged.
    acknowledged: BTreeMap<u64, String>,
    turn: usize,
}

impl Log {
    /// A log of 300 entries: one full tile and a partial one.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        support::create(folder.path(), 299);
        let mut log =
            Self { folder, seen: BTreeMap::new(), acknowledged: BTreeMap::new(), turn: 0 };
        log.oracle("at the start");
        log
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ledger.sqlite")
    }

    fn next_id(&mut self) -> String {
        self.turn += 1;
        format!("turn-{}", self.turn)
    }

    /// One append in this process.
    fn append(&mut self) -> Result<(), LedgerError> {
        let id = self.next_id();
        let index = append_one(self.folder.path(), &id)?;
        self.acknowledged.insert(index, id);
        Ok(())
    }

    /// What anybody can see of the log must fit what was seen before.
    #[track_caller]
    fn oracle(&mut self, when: &str) {
        let ledger = Ledger::open(&self.file(), None).unwrap();
        let report = ledger.verify(|_, _| {}).unwrap();
        assert_eq!(report.fault, None, "{when}");
        let head: Checkpoint = ledger.head().unwrap();
        if let Some((&size, root)) = self.seen.last_key_value() {
            assert!(size <= head.size, "{when}: the log shrank from {size} to {}", head.size);
            let proof = ledger.consistency_proof(size, head.size).unwrap();
            tlog::tree::verify_consistency(size, head.size, root, &head.root, &proof)
                .unwrap_or_else(|e| panic!("{when}: {e}"));
        }
        let before = self.seen.insert(head.size, head.root);
        assert!(before.is_none_or(|root| root == head.root), "{when}: two roots of one size");
        for (index, id) in &self.acknowledged {
            let bytes = ledger.entry(*index).unwrap();
            let held = String::from_utf8_lossy(&bytes).contains(&format!("\"{id}\""));
            assert!(held, "{when}: entry {index} was acknowledged as {id}");
        }
    }
}

fn append_one(folder: &Path, id: &str) -> Result<u64, LedgerError> {
    let keys = KeyDir::new(folder.join("keys"));
    let (desk, log) = (keys.load("desk")?, keys.load("log")?);
    let mut ledger = Ledger::open(&folder.join("ledger.sqlite"), Some(log))?;
    mark(folder, "begin");
    let appended = ledger.append(vec![statement(id).sign(&[&desk]).unwrap()])?;
    mark(folder, "end");
    match appended.entries.as_slice() {
        [Added::At(index)] => Ok(*index),
        other => panic!("{other:?}"),
    }
}

/// Leaves a trace in the list of calls: looks for a file that is not there.
fn mark(folder: &Path, word: &str) {
    let _ = std::fs::metadata(folder.join(format!("mark-{word}")));
}

#[test]
fn every_row_that_an_append_writes_is_refused_in_turn() {
    let mut log = Log::new();
    let mut refused = 0;
    for table in ["text", "entry", "key", "tile", "checkpoint"] {
        for (when, what) in
            [("BEFORE", "INSERT"), ("AFTER", "INSERT"), ("BEFORE", "UPDATE"), ("AFTER", "UPDATE")]
        {
            let db = rusqlite::Connection::open(log.file()).unwrap();
            db.execute_batch(&format!(
                "CREATE TRIGGER fault {when} {what} ON {table} BEGIN SELECT RAISE(ABORT, 'injected'); END"
            ))
            .unwrap();
            drop(db);
            let failed = log.append().is_err();
            refused += usize::from(failed);
            let db = rusqlite::Connection::open(log.file()).unwrap();
            db.execute_batch("DROP TRIGGER fault").unwrap();
            drop(db);
            log.oracle(&format!("{when} {what} ON {table}"));
            log.append().unwrap();
            log.oracle("the append after it");
        }
    }
    // Text, entry, checkpoint before and after; the tile's insert before (its update takes over after that).
    assert!(
        refused >= 7,
        "only {refused} faults were met: the table no longer names the write points"
    );
}

/// What the traced process does: one append, and the index on standard output once it is acknowledged.
#[test]
fn one_append() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let (folder, id) = role.split_once('|').unwrap();
    match append_one(Path::new(folder), id) {
        Ok(index) => writeln!(std::io::stdout(), "at {index}").unwrap(),
        Err(e) => writeln!(std::io::stdout(), "refused: {e}").unwrap(),
    }
}

/// Calls that change files or make changes durable, or that SQLite needs for that.
const CALLS: &str = "openat,write,pwrite64,pwritev,fsync,fdatasync,ftruncate,fallocate,unlink,unlinkat,rename,fcntl,\
                     lseek,read,pread64,mmap,mremap,fstat,newfstatat,statx";

/// Runs one append under strace; returns what it said, and the calls as strace wrote them.
fn traced(log: &mut Log, inject: Option<&str>) -> (Option<u64>, String) {
    let id = log.next_id();
    let calls = log.folder.path().join("calls.txt");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&calls).args(["-e", &format!("trace={CALLS}")]);
    if let Some(inject) = inject {
        command.args(["-e", inject]);
    }
    let out = command
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "one_append", "--nocapture", "--test-threads=1"])
        .env(ROLE, format!("{}|{id}", log.folder.path().display()))
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let index = said.lines().find_map(|line| line.split_once("at ")?.1.trim().parse().ok());
    if let Some(index) = index {
        log.acknowledged.insert(index, id);
    }
    (index, std::fs::read_to_string(calls).unwrap_or_default())
}

/// The calls between the two marks, by name and ordinal number of that name within the thread that appends.
fn append_calls(listing: &str) -> Vec<(String, usize)> {
    let thread = listing
        .lines()
        .find(|line| line.contains("mark-begin"))
        .and_then(|line| line.split_whitespace().next())
        .unwrap_or_else(|| panic!("the append left no mark:\n{listing}"));
    let mut ordinals: BTreeMap<String, usize> = BTreeMap::new();
    let (mut inside, mut calls) = (false, Vec::new());
    for line in listing.lines().filter(|l| l.split_whitespace().next() == Some(thread)) {
        let Some((name, _)) = line.split_whitespace().nth(1).and_then(|c| c.split_once('(')) else {
            continue;
        };
        let ordinal = ordinals.entry(name.to_owned()).or_default();
        *ordinal += 1;
        if line.contains("mark-begin") {
            inside = true;
        } else if line.contains("mark-end") {
            break;
        } else if inside {
            calls.push((name.to_owned(), *ordinal));
        }
    }
    calls
}

#[test]
fn every_file_system_call_of_an_append_fails_in_turn() {
    if Command::new("strace").args(["-qq", "true"]).output().is_err() {
        println!("skipped: strace is not installed (apt-get install strace)");
        return;
    }
    let mut log = Log::new();
    let (index, listing) = traced(&mut log, None);
    assert!(index.is_some(), "nothing is acknowledged under strace:\n{listing}");
    let calls = append_calls(&listing);
    let syncs = calls.iter().filter(|(name, _)| name.contains("sync")).count();
    let writes = calls.iter().filter(|(name, _)| name.contains("write")).count();
    assert!(syncs >= 1 && writes >= 2, "an append that is durable syncs what it wrote: {calls:?}");
    let (mut survived, mut refused, mut killed) = (0, 0, 0);
    for (name, ordinal) in &calls {
        for fault in ["error=EIO", "error=ENOSPC", "signal=SIGKILL"] {
            let inject = format!("inject={name}:{fault}:when={ordinal}");
            let (index, after) = traced(&mut log, Some(&inject));
            match (index, after.contains("+++ killed by SIGKILL +++")) {
                (Some(_), _) => survived += 1,
                (None, true) => killed += 1,
                (None, false) => refused += 1,
            }
            log.oracle(&inject);
        }
        log.append().unwrap();
        log.oracle(&format!("the append after the faults of {name} {ordinal}"));
    }
    println!(
        "{} calls ({writes} writes, {syncs} syncs): {survived} faults survived, {refused} refused, {killed} killed",
        calls.len()
    );
    // Every write and sync that fails must keep the append from being acknowledged, or be made good.
    assert!(killed >= calls.len() / 2 && refused >= writes, "the faults did not reach the append");
}
