//! What lies beside the log: attachments by their hash, and the index that can be thrown away.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use ledger::Ledger;
use ledger::attachments::{Attachments, Held, path, published};
use ledger::audit::Folder;
use ledger::index::SubjectIndex;
use ledger::keys::KeyDir;
use proptest::prelude::*;
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::evidence::Event;
use statement::{Attachment, Body, Header, Statement, attachments};
use tempfile::TempDir;
use tlog::note::SigningKey;

fn statement(id: &str, body: Body) -> Statement {
    let header = Header {
        case: "t".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    };
    Statement { header, body }
}

fn event(id: &str, parties: &[&str], step: Option<&str>) -> Statement {
    let body = Body::Event(Event {
        condition: None,
        category: "event".into(),
        on: None,
        parties: parties.iter().map(|p| (*p).into()).collect(),
        place: None,
        step: step.map(|s| s.parse().unwrap()),
        what: id.into(),
    });
    statement(id, body)
}

fn log(folder: &TempDir) -> (Ledger, SigningKey) {
    let keys = KeyDir::new(folder.path().join("keys"));
    let desk = keys.load_or_create("desk", "desk.example").unwrap();
    let key = keys.load_or_create("log", "log.example").unwrap();
    let file = folder.path().join("ledger.sqlite");
    let mut ledger = Ledger::create(&file, &"t".parse().unwrap(), key).unwrap();
    let enroll = KeyEnroll::of_desk(&"t".parse().unwrap(), &desk.verifying_key());
    ledger.append(vec![enroll.sign(&[&desk]).unwrap()]).unwrap();
    (ledger, desk)
}

#[test]
fn an_attachment_is_held_withheld_or_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let beside = Attachments::beside(&folder.path().join("ledger.sqlite"));
    let photo = beside.put("hall.jpg", b"a photograph").unwrap();
    assert_eq!(beside.put("again.jpg", b"a photograph").unwrap().sha256, photo.sha256);
    assert_eq!(beside.held(&photo).unwrap(), Held::Good(b"a photograph".to_vec()));
    let other = Attachment::of("report.pdf", b"a report");
    assert_eq!(beside.held(&other).unwrap(), Held::Withheld);
    // The stated length must be the file's, too.
    let longer = Attachment { bytes: 99, ..photo.clone() };
    assert!(matches!(beside.held(&longer).unwrap(), Held::Wrong(r) if r.contains("12 bytes")));
    // Beside an exported log, read by somebody else.
    let public = tempfile::tempdir().unwrap();
    assert!(beside.export(&photo, public.path()).unwrap());
    assert!(!beside.export(&other, public.path()).unwrap());
    let files = Folder(public.path().to_owned());
    assert!(matches!(published(&files, &photo).unwrap(), Held::Good(_)));
    assert_eq!(published(&files, &other).unwrap(), Held::Withheld);
    fs::write(public.path().join(path(photo.sha256)), "another photograph").unwrap();
    assert!(matches!(published(&files, &photo).unwrap(), Held::Wrong(r) if r.contains("SHA-256")));
    // What is damaged here is not passed on, and nothing is written over it.
    fs::write(folder.path().join(path(photo.sha256)), "x").unwrap();
    assert!(beside.export(&photo, public.path()).is_err());
    assert!(beside.put("hall.jpg", b"a photograph").is_err());
}

#[test]
fn attachments_are_found_wherever_a_statement_names_them() {
    let a = Attachment::of("a", b"1");
    let json = serde_json::json!({
        "body": { "deep": [{ "files": [a] }], "sha256": "no attachment" }, "sha256": 7
    });
    assert_eq!(attachments(&format!("lockstep/v1 some.future.kind\n{json}\n")), [a]);
    assert!(attachments("lockstep/v1 x\n{\"sha256\":").is_empty());
}

#[test]
fn the_index_follows_the_log_and_can_be_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ledger, desk) = log(&folder);
    let mut add = |statements: Vec<Statement>| {
        let entries = statements.iter().map(|s| s.sign(&[&desk]).unwrap()).collect();
        ledger.append(entries).unwrap();
    };
    add(vec![event("e-1", &["DPRK", "US"], Some("dis-07")), event("e-2", &["US"], None)]);
    let file = folder.path().join("ledger.sqlite");
    let look = |id: &str| {
        let ledger = Ledger::open(&file, None).unwrap();
        let found = SubjectIndex::open(&ledger).unwrap().find(id).unwrap();
        found.into_iter().map(|m| (m.index, m.role)).collect::<Vec<_>>()
    };
    let of = |found: &[(u64, &str)]| -> Vec<(u64, String)> {
        found.iter().map(|(i, r)| (*i, (*r).to_owned())).collect()
    };
    assert_eq!(look("US"), of(&[(1, "parties"), (2, "parties")]));
    assert_eq!(look("dis-07"), of(&[(1, "step")]));
    assert_eq!(look("e-2"), of(&[(2, "id")]));
    assert_eq!(look("nobody"), []);
    // It catches up with what was added.
    add(vec![event("e-3", &["US"], Some("dis-07"))]);
    assert_eq!(look("dis-07"), of(&[(1, "step"), (3, "step")]));
    // Thrown away, damaged, or of another log: made again.
    let index = folder.path().join("index.sqlite");
    for damage in [None, Some("not a database".to_owned())] {
        match damage {
            None => fs::remove_file(&index).unwrap(),
            Some(text) => fs::write(&index, text).unwrap(),
        }
        assert_eq!(look("dis-07"), of(&[(1, "step"), (3, "step")]));
    }
    let other = tempfile::tempdir().unwrap();
    let (second, _) = log(&other);
    SubjectIndex::open(&second).unwrap();
    fs::copy(other.path().join("index.sqlite"), &index).unwrap();
    assert_eq!(look("US").len(), 3);
    // It says nothing that the entries do not.
    let db = rusqlite::Connection::open(&index).unwrap();
    db.execute("UPDATE about SET root = 'another history'", []).unwrap();
    db.execute("INSERT INTO subject VALUES ('step', 'forged', 2)", []).unwrap();
    drop(db);
    assert_eq!(look("forged"), []);
}

proptest! {
    #[test]
    fn no_text_makes_the_search_for_attachments_panic(text in ".{0,200}", json in "[\\[{\\]}\":,a-z0-9 ]{0,80}") {
        let _ = attachments(&text);
        let _ = attachments(&format!("lockstep/v1 x\n{{\"sha256\":{json}}}"));
    }
}
