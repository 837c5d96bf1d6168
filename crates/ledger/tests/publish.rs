//! The log before the world: exported, audited, witnessed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::zombie_processes,
    reason = "a test fails by panicking; killed children are waited for"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ledger::audit::{AuditReport, Audited, Folder, audit};
use ledger::witness::{Answer, Witness};
use ledger::{Ledger, LedgerError};
use proptest::prelude::*;
use statement::kinds::evidence::Observation;
use statement::{Basis, Body, CaseId, Header, Source, Statement};
use tempfile::TempDir;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::{Algorithm, CosignerKey};
use tlog::note::SigningKey;
use tlog::tree::{self, Hash, RootBuilder, leaf_hash};
use tlog::witness::{AddCheckpoint, Refusal};

fn case() -> CaseId {
    "dprk".parse().unwrap()
}

fn entry(i: usize, desk: &SigningKey) -> Vec<u8> {
    let header = Header {
        case: case(),
        id: format!("o-{i}").parse().unwrap(),
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
    };
    let body = Body::Observation(Observation {
        category: "reactor".into(),
        claims: vec![],
        name: format!("place {i}"),
        observed_on: None,
        place: None,
        status: None,
        variants: vec![],
        variants_from_memory: vec![],
    });
    Statement { header, body }.sign(&[desk]).unwrap()
}

struct Made {
    folder: TempDir,
    desk: SigningKey,
    ledger: Ledger,
}

impl Made {
    fn with(n: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = SigningKey::generate("desk.example").unwrap();
        let log = SigningKey::generate("log.example/dprk").unwrap();
        let ledger = Ledger::create(&folder.path().join("ledger.sqlite"), &case(), log).unwrap();
        let mut made = Self { folder, desk, ledger };
        made.grow(0, n);
        made
    }

    fn grow(&mut self, from: usize, to: usize) {
        let entries = (from..to).map(|i| entry(i, &self.desk)).collect();
        self.ledger.append(entries).unwrap();
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn audit(&self, before: Option<&Audited>) -> AuditReport {
        audit(&Folder(self.out()), self.ledger.log_key(), before, |_, _| Ok(()), |_, _| {})
    }
}

#[test]
fn what_is_exported_is_what_the_specification_says() {
    let made = Made::with(600);
    let exported = made.ledger.export(&made.out(), &[]).unwrap();
    assert_eq!((exported.size, exported.files), (600, 3 + 1 + 3));
    let length = |path: &str| fs::metadata(made.out().join(path)).unwrap().len();
    assert_eq!(length("tile/0/000"), 8192);
    assert_eq!(length("tile/0/002.p/88"), 88 * 32);
    assert_eq!(length("tile/1/000.p/2"), 64);
    assert!(length("tile/entries/000") > 0 && length("tile/entries/002.p/88") > 0);
    assert!(!made.out().join("tile/2").exists(), "an empty tile is never written");
    // What is exported and what is served are the same bytes.
    for path in ["checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/88"] {
        let served = made.ledger.resource(path).unwrap().unwrap();
        assert_eq!(served, fs::read(made.out().join(path)).unwrap(), "{path}");
    }
    for path in ["tile/0/003", "tile/0/002", "tile/0/002.p/89", "tile/2/000", "tile/x", "../etc"] {
        assert_eq!(made.ledger.resource(path).unwrap(), None, "{path}");
    }
    let report = made.audit(None);
    assert_eq!((report.fault, report.checked), (None, 600));
}

#[test]
fn an_export_grows_and_an_audit_goes_on_from_where_it_was() {
    let mut made = Made::with(600);
    made.ledger.export(&made.out(), &[]).unwrap();
    let first = made.audit(None);
    made.grow(600, 1000);
    made.ledger.export(&made.out(), &[]).unwrap();
    assert!(made.out().join("tile/0/002.p/88").exists(), "published partial tiles stay");
    let second = made.audit(first.audited.as_ref());
    // The last bundle, which was partial, is read again.
    assert_eq!((second.fault, second.checked), (None, 1000 - 512));
    assert_eq!(second.audited, made.audit(None).audited);
    // Nothing new: nothing but that bundle is read.
    assert_eq!(made.audit(second.audited.as_ref()).checked, 1000 - 768);
    // A checkpoint older than the last one seen.
    let older = Made::with(600);
    older.ledger.export(&older.out(), &[]).unwrap();
    let fault = older
        .audit(Some(&Audited { origin: "log.example/dprk".into(), ..second.audited.unwrap() }));
    assert!(fault.fault.unwrap().reason.contains("older than one already seen"));
}

#[test]
fn an_export_goes_over_no_other_log_and_no_later_state() {
    let mut made = Made::with(300);
    made.ledger.export(&made.out(), &[]).unwrap();
    let other = Made::with(300);
    assert!(matches!(other.ledger.export(&made.out(), &[]), Err(LedgerError::OtherExport { .. })));
    let copy = made.folder.path().join("copy.sqlite");
    drop(std::mem::replace(&mut made.ledger, Made::with(0).ledger));
    let file = made.folder.path().join("ledger.sqlite");
    fs::copy(&file, &copy).unwrap();
    let older = Ledger::open(&copy, None).unwrap();
    // The same state again is fine.
    assert_eq!(older.export(&made.out(), &[]).unwrap().files, 0);
    let checkpoint = made.out().join("checkpoint");
    let text = fs::read_to_string(&checkpoint).unwrap();
    fs::write(&checkpoint, text.replacen("\n300\n", "\n301\n", 1)).unwrap();
    assert!(matches!(older.export(&made.out(), &[]), Err(LedgerError::OtherExport { .. })));
}

#[test]
fn an_audit_names_the_first_wrong_file_or_entry() {
    let made = Made::with(600);
    let files = [
        "tile/entries/000",
        "tile/entries/001",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "checkpoint",
    ];
    for file in files {
        let _ = fs::remove_dir_all(made.out());
        made.ledger.export(&made.out(), &[]).unwrap();
        let path = made.out().join(file);
        let good = fs::read(&path).unwrap();
        let told = |bytes: Option<&[u8]>| {
            match bytes {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let fault = made.audit(None).fault.unwrap_or_else(|| panic!("{file} was not noticed"));
            (fault.file.clone(), fault.entry, fault.to_string())
        };
        let mut flipped = good.clone();
        flipped[good.len() - 20] ^= 1;
        let (named, entry, words) = told(Some(&flipped));
        // A wrong level 0 tile and a wrong entry look alike; the entry's bundle is named for both.
        let expected = file.replace("tile/0/", "tile/entries/");
        assert_eq!(named, expected, "{words}");
        assert_eq!(entry.is_some(), !file.starts_with("tile/1") && file != "checkpoint", "{words}");
        told(Some(&good[..good.len() - 1]));
        told(Some(&[good.as_slice(), b"x"].concat()));
        told(Some(&[]));
        assert_eq!(told(None).0, file);
    }
}

/// Two desks that open a new ledger at once both name its long-term key: neither may be told of a clash.
#[test]
fn many_name_the_long_term_key_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let log = SigningKey::generate("log.example/dprk").unwrap().to_private_text();
    let log = || SigningKey::from_private_text(&log).unwrap();
    let own = CosignerKey::generate("log.example/dprk", Algorithm::MlDsa44).unwrap();
    let made = Ledger::create(&path, &case(), log()).unwrap();
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for time in 1..=8 {
            let (own, barrier, path, log) = (&own, &barrier, &path, &log);
            scope.spawn(move || {
                let ledger = Ledger::open(path, Some(log())).unwrap();
                barrier.wait();
                ledger.cosign(own, time).unwrap();
            });
        }
    });
    assert!(own.cosigner().verify_note(&made.published().unwrap()).unwrap().is_some());
}

#[test]
fn the_log_signs_for_the_long_term_with_one_key_for_ever() {
    let mut made = Made::with(5);
    let own = CosignerKey::generate("log.example/dprk", Algorithm::MlDsa44).unwrap();
    let stranger = CosignerKey::generate("log.example/other", Algorithm::MlDsa44).unwrap();
    assert!(matches!(made.ledger.cosign(&stranger, 1), Err(LedgerError::OtherKey { .. })));
    made.ledger.cosign(&own, 100).unwrap();
    made.ledger.cosign(&own, 200).unwrap();
    assert_eq!(own.cosigner().verify_note(&made.ledger.published().unwrap()).unwrap(), Some(100));
    let another = CosignerKey::generate("log.example/dprk", Algorithm::MlDsa44).unwrap();
    assert!(matches!(made.ledger.cosign(&another, 300), Err(LedgerError::OtherKey { .. })));
    // The next checkpoint needs its own line.
    made.grow(5, 6);
    assert_eq!(own.cosigner().verify_note(&made.ledger.published().unwrap()).unwrap(), None);
    made.ledger.cosign(&own, 300).unwrap();
    assert_eq!(own.cosigner().verify_note(&made.ledger.published().unwrap()).unwrap(), Some(300));
    // Witness lines are kept when good, refused when forged, passed over when unknown.
    let head = made.ledger.head().unwrap();
    let witness = CosignerKey::generate("w.example", Algorithm::Ed25519).unwrap();
    let line = witness.cosign(&head.to_string(), 7).unwrap();
    assert_eq!(made.ledger.add_cosignatures(&head, &line, &[]).unwrap(), Vec::<String>::new());
    assert_eq!(
        made.ledger.add_cosignatures(&head, &line, &[witness.cosigner()]).unwrap(),
        ["w.example"]
    );
    let other = Checkpoint { size: 5, ..head.clone() };
    let forged = witness.cosign(&other.to_string(), 7).unwrap();
    assert!(made.ledger.add_cosignatures(&head, &forged, &[witness.cosigner()]).is_err());
    assert_eq!(witness.cosigner().verify_note(&made.ledger.published().unwrap()).unwrap(), Some(7));
}

/// A log's key that several processes share through a file.
fn log_key(folder: &Path) -> SigningKey {
    SigningKey::from_private_text(&fs::read_to_string(folder.join("log.key")).unwrap()).unwrap()
}

fn witness(folder: &Path) -> Witness {
    let key = CosignerKey::from_seed("w.example".parse().unwrap(), Algorithm::Ed25519, [7; 32]);
    let log = log_key(folder).verifying_key();
    let logs = HashMap::from([("example.com/log".to_owned(), vec![log])]);
    Witness::open(&folder.join("witness.sqlite"), vec![key], logs).unwrap()
}

fn new_witness() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate("example.com/log").unwrap().to_private_text();
    fs::write(folder.path().join("log.key"), key.as_str()).unwrap();
    folder
}

/// Asks to go from `old` to `new` entries; on a fork whose entries are others when `fork`.
fn ask(witness: &Witness, folder: &Path, old: u64, new: u64, fork: bool) -> Answer {
    let leaves = |n: u64| -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(format!("{fork} {i}").as_bytes())).collect()
    };
    let mut builder = RootBuilder::new();
    leaves(new).into_iter().for_each(|leaf| builder.push(leaf));
    let checkpoint =
        Checkpoint { origin: "example.com/log".into(), size: new, root: builder.root() };
    let proof = if old == 0 || old >= new {
        vec![]
    } else {
        tree::consistency_proof(&leaves(new).as_slice(), old, new).unwrap()
    };
    let note = checkpoint.sign(&log_key(folder)).unwrap();
    let body = AddCheckpoint { old, proof, checkpoint: &note }.to_body();
    witness.add_checkpoint(&body, 1).unwrap()
}

/// The size a witness says it cosigned last.
fn latest(witness: &Witness, folder: &Path) -> u64 {
    match ask(witness, folder, 0, 1, false) {
        Answer::Refused(Refusal::Conflict(size)) => size,
        Answer::Cosigned(_) => 1,
        Answer::Refused(other) => panic!("{other}"),
    }
}

/// The process that the next test kills: grows a log through a witness and tells each size that was cosigned.
#[test]
fn child_that_is_killed() {
    let Some(folder) = std::env::var_os("LOCKSTEP_TEST_WITNESS").map(PathBuf::from) else { return };
    let witness = witness(&folder);
    let mut size = latest(&witness, &folder);
    while let Answer::Cosigned(_) = ask(&witness, &folder, size, size + 1, false) {
        size += 1;
        println!("cosigned {size}");
    }
}

#[test]
fn a_killed_witness_forgets_nothing_it_signed() {
    let folder = new_witness();
    let mut told = 0;
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_is_killed", "--nocapture"])
            .env("LOCKSTEP_TEST_WITNESS", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(40 + 13 * round));
        // SIGKILL: nothing is tidied up.
        child.kill().unwrap();
        let out = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let last =
            whole.lines().rev().find_map(|l| l.strip_prefix("cosigned ")?.parse::<u64>().ok());
        told = last.unwrap_or(told).max(told);
        let witness = witness(folder.path());
        let size = latest(&witness, folder.path());
        assert!(size >= told, "it signed {told} and remembers {size}");
        // Another history of what it signed is refused.
        if size > 1 {
            let answer = ask(&witness, folder.path(), size, size, true);
            assert!(matches!(answer, Answer::Refused(Refusal::Inconsistent(_))), "{answer:?}");
        }
    }
    assert!(told > 0, "no round got anywhere");
}

#[test]
fn two_histories_at_once_are_never_both_cosigned() {
    for _ in 0..10 {
        let folder = new_witness();
        let path = folder.path();
        let witness = witness(path);
        let answers: Vec<(bool, Answer)> = std::thread::scope(|scope| {
            let asking: Vec<_> = [false, true, false, true]
                .map(|fork| {
                    let witness = &witness;
                    scope.spawn(move || (fork, ask(witness, path, 0, 5, fork)))
                })
                .into_iter()
                .collect();
            asking.into_iter().map(|a| a.join().unwrap()).collect()
        });
        let cosigned: Vec<bool> = answers
            .iter()
            .filter(|(_, a)| matches!(a, Answer::Cosigned(_)))
            .map(|(fork, _)| *fork)
            .collect();
        assert_eq!(cosigned.len(), 1, "{answers:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// At any size the export audits well, all at once or in two goes.
    #[test]
    fn any_size_audits(first in 0_usize..700, more in 0_usize..700) {
        let mut made = Made::with(first);
        made.ledger.export(&made.out(), &[]).unwrap();
        let before = made.audit(None);
        prop_assert_eq!(before.fault, None);
        made.grow(first, first + more);
        made.ledger.export(&made.out(), &[]).unwrap();
        let after = made.audit(before.audited.as_ref());
        prop_assert_eq!(after.fault, None);
        prop_assert_eq!(after.audited.unwrap().size, (first + more) as u64);
    }
}
