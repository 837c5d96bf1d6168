//! Persons by pseudonym, and interviews with them as a timeline.

use statement::kinds::access::{
    InterviewAnswer, InterviewRecord, InterviewRequest, ReasonCode, Terms,
};
use statement::kinds::declaration::PersonDeclare;
use statement::{Body, Statement};

use super::field::{self, object, object_if, word};
use super::{Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const PERSONS: Shape = Shape {
    name: "persons",
    required: &["id", "pseudonym", "role", "identity_sha256", "party", "source", "basis"],
    optional: &["site", "note"],
    read: read_person,
};

fn read_person(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, pseudonym, role) = (row.need("id"), row.need("pseudonym"), row.need("role"));
    row.need("identity_sha256");
    let (identity, party) =
        (field::digest(row, "identity_sha256"), field::party(row, "party", manifest));
    let (site, source) = (object_if(row, "site"), row.source());
    let (Some(id), Some(pseudonym), Some(role), Some(identity), Some(party), Some(source)) =
        (id, pseudonym, role, identity, party, source)
    else {
        return vec![];
    };
    let body = Body::PersonDeclare(PersonDeclare { identity, pseudonym, role, site });
    let says = field::says(row, id, party, None, source);
    collect([says.statement(row, "id", manifest, body)])
}

pub(super) const INTERVIEWS: Shape = Shape {
    name: "interviews",
    required: &["id", "request_id", "person", "event", "on", "party", "source", "basis"],
    optional: &[
        "reason",
        "reason_code",
        "legal_basis",
        "private",
        "witness",
        "counsel",
        "recording",
        "interpreter",
        "place",
        "began",
        "ended",
        "present",
        "protection",
        "notes_sha256",
        "questions_sha256",
        "consent",
        "copy_given",
        "follow_up",
        "note",
    ],
    read: read_interview,
};

#[derive(Clone, Copy)]
enum Event {
    Request,
    Answer(bool),
    Record(bool),
}

const EVENTS: &[(&str, Event)] = &[
    ("request", Event::Request),
    ("accepted", Event::Answer(true)),
    ("declined", Event::Answer(false)),
    ("held", Event::Record(true)),
    ("interrupted", Event::Record(false)),
];

const REASONS: &[(&str, ReasonCode)] = &[
    ("witness", ReasonCode::Witness),
    ("recording", ReasonCode::Recording),
    ("location", ReasonCode::Location),
    ("form", ReasonCode::Form),
    ("fear", ReasonCode::Fear),
    ("unavailable", ReasonCode::Unavailable),
    ("refused by state", ReasonCode::RefusedByState),
    ("terms", ReasonCode::Terms),
    ("other", ReasonCode::Other),
];

fn read_interview(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, request, person) = (row.need("id"), object(row, "request_id"), object(row, "person"));
    let (event, on, source) = (word(row, "event", EVENTS), field::on(row, "on"), row.source());
    let party = field::party(row, "party", manifest);
    let terms = Terms {
        counsel: field::yes_no(row, "counsel"),
        interpreter: field::yes_no(row, "interpreter"),
        place: row.text("place"),
        private: field::yes_no(row, "private"),
        recording: field::yes_no(row, "recording"),
        witness: field::yes_no(row, "witness"),
    };
    let reason = row.text("reason");
    let reason_code =
        row.get("reason_code").is_some().then(|| word(row, "reason_code", REASONS)).flatten();
    let (Some(id), Some(request), Some(person), Some(event)) = (id, request, person, event) else {
        return vec![];
    };
    let (Some(on), Some(source), Some(party)) = (on, source, party) else { return vec![] };
    let said = Some(on.clone());
    let body = match event {
        Event::Request => {
            let Some(reason) = row.need("reason") else { return vec![] };
            Body::InterviewRequest(InterviewRequest {
                legal_basis: row.text("legal_basis"),
                on,
                person,
                questions_sha256: field::digest(row, "questions_sha256"),
                reason,
                terms,
            })
        }
        Event::Answer(accepted) => Body::InterviewAnswer(InterviewAnswer {
            accepted,
            on,
            reason,
            reason_code,
            request: request.clone(),
            terms,
        }),
        Event::Record(held) => Body::InterviewRecord(InterviewRecord {
            began: field::on_if(row, "began"),
            consent: field::yes_no(row, "consent"),
            copies_sha256: vec![],
            copy_given: field::yes_no(row, "copy_given"),
            ended: field::on_if(row, "ended"),
            follow_up: row.text("follow_up"),
            held,
            notes_sha256: field::digest(row, "notes_sha256"),
            on,
            present: row.list("present"),
            protection: row.list("protection"),
            reason,
            reason_code,
            request: request.clone(),
            terms,
        }),
    };
    let id = if matches!(event, Event::Request) { request.to_string() } else { id };
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}
