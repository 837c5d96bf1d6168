//! The real cases, folded.

use std::path::Path;

use case::{Case, Parsed};
use roadmap::{Roadmap, Status, read, status};
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::{Body, Header, Statement, civil};
use tlog::note::SigningKey;

/// A case of the project and its roadmap.
pub(crate) fn case(name: &str) -> (Case, Roadmap) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name);
    let folder = intake::read(&root).unwrap();
    let desk = SigningKey::generate("desk.example").unwrap();
    let header = Header {
        case: name.parse().unwrap(),
        id: "key.desk".parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    };
    let body = Body::KeyEnroll(KeyEnroll {
        key: desk.verifying_key().to_string(),
        owner: "desk".parse().unwrap(),
        purpose: KeyPurpose::Desk,
    });
    let mut case = Case::new();
    let mut add = |s: &Statement| case.apply(Parsed::read(&s.sign(&[&desk]).unwrap()));
    add(&Statement { header, body });
    folder.drafts.iter().for_each(|d| add(&d.statement));
    (case, read(&folder.roadmap.unwrap().text).roadmap)
}

/// Its status on a day.
pub(crate) fn on((case, roadmap): &(Case, Roadmap), y: i16, m: i8, d: i8) -> Status {
    status(roadmap, case, civil::date(y, m, d))
}
