//! A log in a folder with its keys, as the tests of faults and of killed processes need it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use ledger::Ledger;
use ledger::keys::KeyDir;
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::evidence::Event;
use statement::{Body, Header, Statement};

/// An event of that name.
pub(crate) fn statement(id: &str) -> Statement {
    let header = Header {
        case: "dprk".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    };
    let body = Body::Event(Event {
        condition: None,
        category: "event".into(),
        on: None,
        parties: vec![],
        place: None,
        step: None,
        what: id.into(),
    });
    Statement { header, body }
}

/// Makes `ledger.sqlite` with its keys beside it; the desk's key is enrolled, then come as many events.
pub(crate) fn create(folder: &Path, events: usize) {
    let keys = KeyDir::new(folder.join("keys"));
    let desk = keys.load_or_create("desk", "desk.example").unwrap();
    let log = keys.load_or_create("log", "log.example").unwrap();
    let mut ledger =
        Ledger::create(&folder.join("ledger.sqlite"), &"dprk".parse().unwrap(), log).unwrap();
    let enroll = KeyEnroll::of_desk(&"dprk".parse().unwrap(), &desk.verifying_key());
    let mut entries = vec![enroll.sign(&[&desk]).unwrap()];
    entries.extend((1..=events).map(|i| statement(&format!("e-{i}")).sign(&[&desk]).unwrap()));
    ledger.append(entries).unwrap();
}
