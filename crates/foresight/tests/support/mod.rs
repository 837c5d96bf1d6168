//! The real cases, folded.

use std::path::Path;

use case::{Case, Parsed};
use roadmap::{Roadmap, Status, read, status};
use statement::kinds::agreement::KeyEnroll;
use statement::{Statement, civil};
use tlog::note::SigningKey;

/// A case of the project and its roadmap.
pub(crate) fn case(name: &str) -> (Case, Roadmap) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name);
    let folder = intake::read(&root).unwrap();
    let desk = SigningKey::generate("desk.example").unwrap();
    let mut case = Case::new();
    let mut add = |s: &Statement| case.apply(Parsed::read(&s.sign(&[&desk]).unwrap()));
    add(&KeyEnroll::of_desk(&name.parse().unwrap(), &desk.verifying_key()));
    folder.drafts.iter().for_each(|d| add(&d.statement));
    (case, read(&folder.roadmap.unwrap().text).roadmap)
}

/// Its status on a day.
pub(crate) fn on((case, roadmap): &(Case, Roadmap), y: i16, m: i8, d: i8) -> Status {
    status(roadmap, case, civil::date(y, m, d))
}
