//! Killed at any moment, or two at once: nothing acknowledged is lost and there is one history.
//!
//! The test binary starts itself again as the process that is killed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ledger::keys::KeyDir;
use ledger::{Added, Ledger};
use support::{create, statement};

const ROLE: &str = "LOCKSTEP_TEST_APPENDER";

/// What the child does: appends one by one, or ten by ten, and prints the index of each once it is acknowledged.
#[test]
fn appender() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let (folder, name) = role.split_once('|').unwrap();
    let folder = Path::new(folder);
    let keys = KeyDir::new(folder.join("keys"));
    let desk = keys.load("desk").unwrap();
    let mut ledger =
        Ledger::open(&folder.join("ledger.sqlite"), Some(keys.load("log").unwrap())).unwrap();
    let mut out = std::io::stdout().lock();
    for i in 0..100_000 {
        let group = 1 + i % 10;
        let entries = (0..group)
            .map(|j| statement(&format!("{name}-{i}-{j}")).sign(&[&desk]).unwrap())
            .collect();
        for added in ledger.append(entries).unwrap().entries {
            let Added::At(index) = added else { panic!("a duplicate") };
            writeln!(out, "at {index}").unwrap();
        }
        out.flush().unwrap();
    }
}

fn start(folder: &Path, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "appender", "--nocapture"])
        .env(ROLE, format!("{}|{name}", folder.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the child and returns the indices it had acknowledged.
fn acknowledged(mut child: Child) -> Vec<u64> {
    child.kill().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let seen =
        lines.map_while(Result::ok).filter_map(|l| l.strip_prefix("at ")?.parse().ok()).collect();
    child.wait().unwrap();
    seen
}

fn whole(folder: &Path) -> u64 {
    let ledger = Ledger::open(&folder.join("ledger.sqlite"), None).unwrap();
    let report = ledger.verify(|_, _| {}).unwrap();
    assert_eq!(report.fault, None);
    report.size
}

#[test]
fn killed_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), 0);
    let mut total = 0;
    for round in 0..12_u64 {
        let child = start(folder.path(), &format!("r{round}"));
        // Somewhere in the middle of an append, another place each time.
        std::thread::sleep(Duration::from_millis(40 + round * 17));
        let seen = acknowledged(child);
        let size = whole(folder.path());
        total += seen.len();
        if let Some(last) = seen.iter().max() {
            assert!(*last < size, "entry {last} was acknowledged and is not among {size}");
        }
    }
    assert!(total > 0, "no append was acknowledged in any round");
}

#[test]
fn two_processes_at_once_make_one_history() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), 0);
    let (a, b) = (start(folder.path(), "a"), start(folder.path(), "b"));
    std::thread::sleep(Duration::from_millis(1500));
    let (mut seen, other) = (acknowledged(a), acknowledged(b));
    assert!(!seen.is_empty() && !other.is_empty(), "one of them never got its turn");
    seen.extend(other);
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count, "two entries were acknowledged at one index");
    assert!(seen.last().is_some_and(|last| *last < whole(folder.path())));
}
