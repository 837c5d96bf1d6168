//! Findings: a question or inconsistency that is raised, and how it ended, one event in each row.

use statement::kinds::findings::{FindingKind, Raise, Resolve};
use statement::{Body, ObjectId, Statement};

use super::access::OUTCOMES;
use super::field::{self, object, word};
use super::{Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "findings",
    required: &["id", "finding_id", "event", "on", "party", "what", "source", "basis"],
    optional: &["about", "kind", "outcome", "note"],
    read,
};

const KINDS: &[(&str, FindingKind)] = &[
    ("discrepancy", FindingKind::Discrepancy),
    ("anomaly", FindingKind::Anomaly),
    ("question", FindingKind::Question),
    ("inconsistency", FindingKind::Inconsistency),
];

#[derive(Clone, Copy)]
enum Event {
    Raised,
    Resolved,
}

const EVENTS: &[(&str, Event)] = &[("raised", Event::Raised), ("resolved", Event::Resolved)];

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, finding, on) = (row.need("id"), object(row, "finding_id"), field::on(row, "on"));
    let (event, what, source) = (word(row, "event", EVENTS), row.need("what"), row.source());
    let party = field::party(row, "party", manifest);
    let (Some(id), Some(finding), Some(on), Some(event)) = (id, finding, on, event) else {
        return vec![];
    };
    let (Some(what), Some(source), Some(party)) = (what, source, party) else { return vec![] };
    let said = Some(on.clone());
    let (id, body) = match event {
        Event::Raised => {
            let mut about: Vec<ObjectId> = Vec::new();
            for id in row.list("about") {
                match id.parse() {
                    Ok(id) => about.push(id),
                    Err(e) => {
                        let e: statement::IdError = e;
                        row.fault("I015", "about", e.to_string(), "this id", None);
                    }
                }
            }
            let Some(kind) = word(row, "kind", KINDS) else { return vec![] };
            // The row that raises it is the object that all other rows name.
            (finding.to_string(), Body::FindingRaise(Raise { about, kind, on, what }))
        }
        Event::Resolved => {
            let Some(outcome) = word(row, "outcome", OUTCOMES) else { return vec![] };
            (id, Body::FindingResolve(Resolve { finding, on, outcome, reason: what }))
        }
    };
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}
