//! Obligations that last.

use statement::kinds::evidence::{Pledge, Term};
use statement::{Body, Statement};

use super::{Says, Shape, collect, parties, speaker};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "lasting obligations",
    required: &["id", "party", "what", "value", "years", "unit_or_term", "source", "basis"],
    optional: &["note"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, what, source) = (row.need("id"), row.need("what"), row.source());
    let names = parties(row, "party", manifest);
    let (value, years) = (row.decimal("value"), row.decimal("years"));
    let (Some(id), Some(what), Some(source)) = (id, what, source) else { return vec![] };
    let term = Term::Lasting { value, words: row.text("unit_or_term"), years };
    let party = speaker(&names, manifest);
    let body = Body::Pledge(Pledge { condition: None, parties: names, step: None, term, what });
    let says =
        Says { id: format!("lasting.{id}"), party, said: None, source, note: row.text("note") };
    collect([says.statement(row, "id", manifest, body)])
}
