//! The ledger at its public edge: what goes in comes out, nothing twice, nothing forged, every change is named.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use ledger::keys::KeyDir;
use ledger::{Added, Ledger, LedgerError, Refusal, Writer};
use proptest::prelude::*;
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::kinds::evidence::Observation;
use statement::{Basis, Body, CaseId, Header, Source, Statement};
use tempfile::TempDir;
use tlog::note::SigningKey;
use tlog::tree::{leaf_hash, verify_consistency, verify_inclusion};

fn case() -> CaseId {
    "dprk".parse().unwrap()
}

fn header(id: &str) -> Header {
    Header {
        case: case(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "AP".into(),
            credibility: None,
            reliability: None,
        }),
    }
}

fn statement(id: &str) -> Statement {
    let body = Body::Observation(Observation {
        category: "reactor".into(),
        claims: vec![],
        name: format!("place {id}"),
        observed_on: None,
        place: None,
        status: None,
        variants: vec![],
        variants_from_memory: vec![],
    });
    Statement { header: header(id), body }
}

fn enrolment(key: &SigningKey, id: &str) -> Vec<u8> {
    let body = Body::KeyEnroll(KeyEnroll {
        key: key.verifying_key().to_string(),
        owner: "desk".parse().unwrap(),
        purpose: KeyPurpose::Desk,
    });
    Statement { header: header(id), body }.sign(&[key]).unwrap()
}

struct Made {
    folder: TempDir,
    desk: SigningKey,
    ledger: Ledger,
}

impl Made {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = SigningKey::generate("desk.example").unwrap();
        let log = SigningKey::generate("log.example/dprk").unwrap();
        let mut ledger =
            Ledger::create(&folder.path().join("ledger.sqlite"), &case(), log).unwrap();
        ledger.append(vec![enrolment(&desk, "key.desk")]).unwrap();
        Self { folder, desk, ledger }
    }

    fn with(n: usize) -> Self {
        let mut made = Self::new();
        let entries = (0..n).map(|i| made.entry(i)).collect();
        made.ledger.append(entries).unwrap();
        made
    }

    fn entry(&self, i: usize) -> Vec<u8> {
        statement(&format!("o-{i}")).sign(&[&self.desk]).unwrap()
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("ledger.sqlite")
    }

    /// Changes the file behind the ledger's back.
    fn tamper(&self, sql: &str) {
        rusqlite::Connection::open(self.path()).unwrap().execute_batch(sql).unwrap();
    }
}

fn raw(ledger: &Ledger) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    ledger.scan(|entries| all.extend(entries.iter().map(|e| e.bytes.clone()))).unwrap();
    all
}

#[test]
fn what_goes_in_comes_out() {
    let made = Made::with(700);
    let reopened = Ledger::open(&made.path(), None).unwrap();
    assert_eq!(reopened.size().unwrap(), 701);
    assert_eq!(reopened.entry(5).unwrap(), made.entry(4));
    assert_eq!(raw(&reopened).len(), 701);
    let report = reopened.verify(|_, _| {}).unwrap();
    assert_eq!(
        (report.fault, report.unsigned, report.size, report.checkpoints),
        (None, vec![], 701, 3)
    );
    assert!(matches!(reopened.entry(701), Err(LedgerError::NoEntry { index: 701, size: 701 })));
}

#[test]
fn nothing_goes_in_twice() {
    let mut made = Made::with(3);
    let again = vec![made.entry(1), made.entry(3), made.entry(3)];
    let appended = made.ledger.append(again).unwrap();
    assert_eq!(appended.entries, [Added::Before(2), Added::At(4), Added::Before(4)]);
    // The same text under another signature is the same statement.
    let other = SigningKey::generate("other.example").unwrap();
    let same = statement("o-1").sign(&[&other]).unwrap();
    assert_eq!(made.ledger.append(vec![same]).unwrap().entries, [Added::Before(2)]);
    assert_eq!(made.ledger.size().unwrap(), 5);
}

#[test]
fn what_may_not_go_in_keeps_its_whole_batch_out() {
    let mut made = Made::with(1);
    let mut forged = made.entry(8);
    let name = forged.windows(5).position(|w| w == b"place").unwrap();
    forged[name] = b'P';
    let elsewhere = Statement {
        header: Header { case: "jcpoa".parse().unwrap(), ..header("x") },
        ..statement("x")
    };
    let spaced = tlog::note::sign("lockstep/v1 observation.record\n{ }\n", &[&made.desk]).unwrap();
    let cases = [
        (forged, "forged or damaged"),
        (elsewhere.sign(&[&made.desk]).unwrap(), "belongs to the case `jcpoa`"),
        (spaced, "cannot be read"),
        (b"not a note".to_vec(), "not a signed note"),
        (vec![b'x'; 70_000], "SHA-256"),
    ];
    for (bad, expected) in cases {
        let error = made.ledger.append(vec![made.entry(7), bad]).unwrap_err();
        assert!(matches!(error, LedgerError::Refused { position: 1, .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(made.ledger.size().unwrap(), 2);
    }
    let error = made.ledger.append(vec![vec![]]).unwrap_err();
    assert!(matches!(error, LedgerError::Refused { reason: Refusal::Statement(_), .. }));
    // A signature by a key nobody enrolled does not keep a statement out: the fold says why it does not count.
    let stranger = SigningKey::generate("stranger.example").unwrap();
    made.ledger.append(vec![statement("s").sign(&[&stranger]).unwrap()]).unwrap();
    assert_eq!(made.ledger.verify(|_, _| {}).unwrap().unsigned, [2]);
}

#[test]
fn a_key_counts_from_its_own_entry_on_also_within_a_batch() {
    let mut made = Made::new();
    let second = SigningKey::generate("second.example").unwrap();
    let batch = vec![enrolment(&second, "key.second"), statement("o-1").sign(&[&second]).unwrap()];
    made.ledger.append(batch).unwrap();
    let mut forged = statement("o-2").sign(&[&second]).unwrap();
    let at = forged.len() - 20;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    assert!(made.ledger.append(vec![forged]).is_err());
    assert_eq!(made.ledger.verify(|_, _| {}).unwrap().fault, None);
}

#[test]
fn proofs_hold_at_many_sizes() {
    let mut made = Made::new();
    let mut roots = vec![(1, made.ledger.head().unwrap().root)];
    for batch in [1, 2, 253, 1, 300, 7] {
        let first = usize::try_from(made.ledger.size().unwrap()).unwrap();
        let entries = (first..first + batch).map(|i| made.entry(i)).collect();
        made.ledger.append(entries).unwrap();
        let head = made.ledger.head().unwrap();
        for index in [0, head.size / 2, head.size - 1] {
            let (head, proof) = made.ledger.inclusion_proof(index).unwrap();
            let leaf = leaf_hash(&made.ledger.entry(index).unwrap());
            verify_inclusion(&leaf, index, head.size, &proof, &head.root).unwrap();
        }
        for (old, old_root) in &roots {
            let proof = made.ledger.consistency_proof(*old, head.size).unwrap();
            verify_consistency(*old, head.size, old_root, &head.root, &proof).unwrap();
        }
        roots.push((head.size, head.root));
    }
    assert!(made.ledger.inclusion_proof(10_000).is_err());
    assert!(made.ledger.consistency_proof(1, 10_000).is_err());
}

#[test]
fn a_hundred_callers_pay_for_few_commits() {
    let made = Made::new();
    let entries: Vec<Vec<u8>> = (0..400).map(|i| made.entry(i)).collect();
    let (writer, thread) = Writer::start(made.ledger);
    std::thread::scope(|scope| {
        for chunk in entries.chunks(25) {
            let writer = writer.clone();
            scope.spawn(move || {
                for e in chunk {
                    writer.append(e.clone()).unwrap();
                }
            });
        }
        // A bad one among them is refused alone.
        let writer = writer.clone();
        scope.spawn(move || assert!(writer.append(b"bad".to_vec()).is_err()));
    });
    drop(writer);
    let ledger = thread.join().unwrap();
    let report = ledger.verify(|_, _| {}).unwrap();
    assert_eq!((report.size, report.fault), (401, None));
    assert!(report.checkpoints < 400, "{} commits for 400 appends", report.checkpoints);
}

#[test]
fn verification_names_the_first_wrong_entry() {
    let cases: &[(&str, Option<u64>, &str)] = &[
        (
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'place o-299', 'place O-299') AS BLOB) WHERE idx = 300",
            Some(300),
            "hash",
        ),
        (
            "UPDATE entry SET bytes = x'00' WHERE idx = 7; UPDATE entry SET bytes = x'00' WHERE idx = 400",
            Some(7),
            "hash",
        ),
        (
            "UPDATE entry SET idx = -1 WHERE idx = 20; UPDATE entry SET idx = 20 WHERE idx = 21; UPDATE entry SET idx = 21 WHERE idx = -1",
            Some(20),
            "hash",
        ),
        ("DELETE FROM entry WHERE idx = 33", Some(33), "missing"),
        ("DELETE FROM entry WHERE idx = 600", Some(600), "missing"),
        ("INSERT INTO entry VALUES (601, x'00')", Some(601), "no checkpoint covers it"),
        (
            "UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 1",
            Some(256),
            "hash",
        ),
        ("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 1", Some(0), "tile"),
        (
            "UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), '601', '602') AS BLOB) WHERE size = 601",
            None,
            "forged or damaged",
        ),
        ("DELETE FROM checkpoint WHERE size = 601", Some(1), "checkpoint covers"),
    ];
    for (sql, index, reason) in cases {
        let made = Made::with(600);
        let path = made.path();
        drop(made.ledger);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let ledger = Ledger::open(&path, None).unwrap();
        let fault = ledger
            .verify(|_, _| {})
            .unwrap()
            .fault
            .unwrap_or_else(|| panic!("nothing found after {sql}"));
        assert_eq!(fault.index, *index, "{sql}: {}", fault.reason);
        assert!(fault.reason.contains(reason), "{sql}: {}", fault.reason);
    }
}

#[test]
fn reading_never_hands_on_what_was_changed() {
    for sql in [
        "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'place o-299', 'place O-299') AS BLOB) WHERE idx = 300",
        "DELETE FROM entry WHERE idx = 33",
        "UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), '601', '600') AS BLOB) WHERE size = 601",
    ] {
        let made = Made::with(600);
        made.tamper(sql);
        let error = made.ledger.scan(|_| {}).unwrap_err();
        assert!(matches!(error, LedgerError::Tampered(_)), "{sql}: {error}");
    }
    // And nothing is appended to a tree that does not fit its checkpoint.
    let mut made = Made::with(600);
    made.tamper("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 2");
    let log_free = Ledger::open(&made.path(), None).unwrap();
    assert!(log_free.inclusion_proof(599).is_ok(), "a proof is checked by whoever gets it");
    let entry = made.entry(9999);
    // The edge in memory is still the good one; another process would read the bad one.
    made.ledger.append(vec![entry]).unwrap();
    assert!(
        made.ledger.verify(|_, _| {}).unwrap().fault.is_none(),
        "the partial tile was written again"
    );
}

#[test]
fn files_that_are_no_ledger_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let open = |path: &Path| Ledger::open(path, None).unwrap_err();
    assert!(matches!(open(&folder.path().join("none")), LedgerError::NotFound(_)));
    assert!(matches!(open(&file("text", &[b'x'; 5000])), LedgerError::NotLedger { .. }));
    assert!(matches!(open(&file("empty", b"")), LedgerError::NotLedger { .. }));
    let other = folder.path().join("other.sqlite");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(open(&other), LedgerError::NotLedger { .. }));

    let made = Made::with(600);
    made.tamper("PRAGMA user_version = 9; PRAGMA wal_checkpoint(TRUNCATE)");
    assert!(matches!(open(&made.path()), LedgerError::Newer { found: 9, known: 2, .. }));
    made.tamper("PRAGMA user_version = 2; PRAGMA wal_checkpoint(TRUNCATE)");
    assert!(matches!(
        made.ledger.expect_case(&"jcpoa".parse().unwrap()),
        Err(LedgerError::OtherCase { .. })
    ));
    let wrong = SigningKey::generate("log.example/dprk").unwrap();
    assert!(matches!(
        Ledger::open(&made.path(), Some(wrong)).unwrap_err(),
        LedgerError::OtherKey { .. }
    ));
    let log = SigningKey::generate("log.example/dprk").unwrap();
    assert!(matches!(
        Ledger::create(&made.path(), &case(), log).unwrap_err(),
        LedgerError::Exists(_)
    ));

    // Cut in half: an error when opened, read or verified, never a silent half.
    let path = made.path();
    drop(made.ledger);
    let bytes = std::fs::read(&path).unwrap();
    let cut = file("cut.sqlite", &bytes[..bytes.len() / 2]);
    let told = match Ledger::open(&cut, None) {
        Err(e) => e.to_string(),
        Ok(ledger) => match ledger.verify(|_, _| {}) {
            Err(e) => e.to_string(),
            Ok(report) => report.fault.expect("half a file verified").reason,
        },
    };
    assert!(!told.is_empty());
}

#[test]
fn a_ledger_in_a_place_that_cannot_be_written_is_still_read() {
    let made = Made::with(10);
    let (path, folder) = (made.path(), made.folder);
    drop(made.ledger);
    // No files beside it, as on a read-only medium.
    assert!(!path.with_extension("sqlite-wal").exists());
    let ledger = Ledger::open(&path, None).unwrap();
    assert_eq!(raw(&ledger).len(), 11);
    assert!(ledger.verify(|_, _| {}).unwrap().fault.is_none());
    drop(folder);
}

#[test]
fn without_the_log_key_nothing_is_appended() {
    let made = Made::with(1);
    let mut reading = Ledger::open(&made.path(), None).unwrap();
    assert!(matches!(reading.append(vec![made.entry(5)]).unwrap_err(), LedgerError::NoKey));
}

#[cfg(unix)]
#[test]
fn private_keys_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyDir::new(folder.path().join("a/keys"));
    let made: Vec<String> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    keys.load_or_create("desk.key", "desk.example").unwrap().to_private_text()
                })
            })
            .collect();
        both.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(made.windows(2).all(|w| w[0] == w[1]), "two makers at once ended with two keys");
    let path = keys.path().join("desk.key");
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(keys.path())), (0o600, 0o700));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = keys.load("desk.key").unwrap_err().to_string();
    assert!(error.contains("chmod 600"), "{error}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "PRIVATE+KEY+half").unwrap();
    let error = keys.load_or_create("desk.key", "desk.example").unwrap_err().to_string();
    assert!(error.contains("backup") && !error.contains("half"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn how_entries_are_batched_does_not_show(sizes in proptest::collection::vec(1_usize..60, 1..6)) {
        let mut made = Made::new();
        let total: usize = sizes.iter().sum();
        let entries: Vec<Vec<u8>> = (0..total).map(|i| made.entry(i)).collect();
        let mut rest = entries.clone();
        for size in sizes {
            let batch = rest.drain(..size).collect();
            made.ledger.append(batch).unwrap();
        }
        let mut whole = Made::new();
        let mut same = vec![enrolment(&made.desk, "key.second")];
        same.extend(entries);
        let desk_only = tlog::tree::RootBuilder::new();
        let mut builder = desk_only;
        raw(&made.ledger).iter().for_each(|e| builder.push(leaf_hash(e)));
        prop_assert_eq!(made.ledger.head().unwrap().root, builder.root());
        whole.ledger.append(same).unwrap();
        prop_assert_eq!(whole.ledger.verify(|_, _| {}).unwrap().fault, None);
    }
}
