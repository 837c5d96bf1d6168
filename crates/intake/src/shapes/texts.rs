//! Versions of agreed texts: who stands by which.

use statement::kinds::agreement::{Acknowledge, Stance};
use statement::{Body, Statement};

use super::field::{self, object, word};
use super::{Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "agreed texts",
    required: &["id", "text", "version", "party", "stance", "on", "summary", "source", "basis"],
    optional: &["sha256", "note"],
    read,
};

const STANCES: &[(&str, Stance)] =
    &[("acknowledged", Stance::Acknowledged), ("denied", Stance::Denied)];

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, text, version) = (row.need("id"), object(row, "text"), row.need("version"));
    let (stance, on) = (word(row, "stance", STANCES), field::on(row, "on"));
    let (summary, source) = (row.need("summary"), row.source());
    let (party, sha256) = (field::party(row, "party", manifest), field::digest(row, "sha256"));
    let (Some(id), Some(text), Some(version), Some(stance)) = (id, text, version, stance) else {
        return vec![];
    };
    let (Some(on), Some(summary), Some(source), Some(party)) = (on, summary, source, party) else {
        return vec![];
    };
    let said = Some(on.clone());
    let body =
        Body::AgreementAcknowledge(Acknowledge { on, sha256, stance, summary, text, version });
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}
