//! Access requests as a timeline: what was asked, answered, decided and done, one event in each row.

use statement::kinds::access::{
    AccessAnswer, AccessStep, Answer, Close, Decide, Escalate, Extend, Pause, Request, Ruling, Step,
};
use statement::{Body, Outcome, Place, Statement};

use super::field::{self, object, word};
use super::{Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "access",
    required: &["id", "request_id", "event", "on", "party", "source", "basis"],
    optional: &[
        "to",
        "site",
        "place",
        "regime",
        "reason",
        "activities",
        "finding",
        "body",
        "in_favour",
        "against",
        "consensus",
        "clock",
        "cause",
        "until",
        "hours",
        "agreed_by",
        "outcome",
        "evidence",
        "note",
    ],
    read,
};

#[derive(Clone, Copy)]
enum Event {
    Request,
    Answer(AccessAnswer),
    Step(AccessStep),
    Decide(Ruling),
    Escalate,
    Pause,
    Extend,
    Close,
}

const EVENTS: &[(&str, Event)] = &[
    ("request", Event::Request),
    ("acknowledged", Event::Answer(AccessAnswer::Acknowledged)),
    ("granted", Event::Answer(AccessAnswer::Granted)),
    ("managed access", Event::Answer(AccessAnswer::Managed)),
    ("alternative", Event::Answer(AccessAnswer::Alternative)),
    ("objected", Event::Answer(AccessAnswer::Objected)),
    ("consented", Event::Answer(AccessAnswer::Consented)),
    ("declined", Event::Answer(AccessAnswer::Declined)),
    ("escalated", Event::Escalate),
    ("upheld", Event::Decide(Ruling::Uphold)),
    ("modified", Event::Decide(Ruling::Modify)),
    ("dropped", Event::Decide(Ruling::Drop)),
    ("authorised", Event::Step(AccessStep::Authorised)),
    ("clarification asked", Event::Step(AccessStep::ClarificationAsked)),
    ("clarified", Event::Step(AccessStep::Clarified)),
    ("delivered", Event::Step(AccessStep::Delivered)),
    ("team at entry", Event::Step(AccessStep::TeamAtEntry)),
    ("at perimeter", Event::Step(AccessStep::AtPerimeter)),
    ("perimeter proposed", Event::Step(AccessStep::PerimeterProposed)),
    ("perimeter agreed", Event::Step(AccessStep::PerimeterAgreed)),
    ("on site", Event::Step(AccessStep::OnSite)),
    ("left, complete", Event::Step(AccessStep::LeftComplete)),
    ("left, partial", Event::Step(AccessStep::LeftPartial)),
    ("denied", Event::Step(AccessStep::Denied)),
    ("aborted", Event::Step(AccessStep::Aborted)),
    ("reported", Event::Step(AccessStep::Reported)),
    ("withdrawn", Event::Step(AccessStep::Withdrawn)),
    ("pause", Event::Pause),
    ("extended", Event::Extend),
    ("closed", Event::Close),
];

pub(super) const OUTCOMES: &[(&str, Outcome)] = &[
    ("confirmed", Outcome::Confirmed),
    ("refuted", Outcome::Refuted),
    ("cannot rule out", Outcome::CannotRuleOut),
    ("refused", Outcome::Refused),
    ("no answer", Outcome::NoAnswer),
];

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, request, on) = (row.need("id"), object(row, "request_id"), field::on(row, "on"));
    let (event, source) = (word(row, "event", EVENTS), row.source());
    let party = field::party(row, "party", manifest);
    let (Some(id), Some(request), Some(on), Some(event), Some(source), Some(party)) =
        (id, request, on, event, source, party)
    else {
        return vec![];
    };
    let (reason, said) = (row.text("reason"), Some(on.clone()));
    let body = match event {
        Event::Request => {
            let (Some(reason), Some(regime)) = (row.need("reason"), row.need("regime")) else {
                return vec![];
            };
            let to = row.get("to").is_some().then(|| field::party(row, "to", manifest)).flatten();
            Body::AccessRequest(Request {
                activities: row.list("activities"),
                finding: row.get("finding").is_some().then(|| object(row, "finding")).flatten(),
                on,
                place: row
                    .text("place")
                    .map(|name| Place { name: Some(name), ..Default::default() }),
                reason,
                regime,
                site: row.get("site").is_some().then(|| object(row, "site")).flatten(),
                to,
            })
        }
        Event::Answer(answer) => {
            Body::AccessAnswer(Answer { answer, on, reason, request: request.clone() })
        }
        Event::Step(step) => Body::AccessStep(Step {
            evidence: field::attachments(row, "evidence"),
            on,
            reason,
            request: request.clone(),
            step,
        }),
        Event::Escalate => {
            let Some(to) = row.need("body") else { return vec![] };
            Body::AccessEscalate(Escalate { on, request: request.clone(), to })
        }
        Event::Decide(decision) => {
            let Some(body) = row.need("body") else { return vec![] };
            Body::AccessDecide(Decide {
                against: field::count(row, "against"),
                body,
                consensus: field::yes_no(row, "consensus"),
                decision,
                in_favour: field::count(row, "in_favour"),
                on,
                request: request.clone(),
            })
        }
        Event::Pause => {
            let (Some(cause), Some(to)) = (row.need("cause"), field::on(row, "until")) else {
                return vec![];
            };
            Body::AccessPause(Pause {
                agreed_by: field::parties(row, "agreed_by"),
                cause,
                clock: row.text("clock"),
                from: on,
                request: request.clone(),
                to,
            })
        }
        Event::Extend => {
            let (Some(clock), Some(reason)) = (row.need("clock"), row.need("reason")) else {
                return vec![];
            };
            Body::AccessExtend(Extend {
                agreed_by: field::parties(row, "agreed_by"),
                clock,
                hours: field::count(row, "hours").unwrap_or(0),
                on,
                reason,
                request: request.clone(),
            })
        }
        Event::Close => {
            let Some(outcome) = word(row, "outcome", OUTCOMES) else { return vec![] };
            Body::AccessClose(Close { on, outcome, request: request.clone() })
        }
    };
    // The request is the object that all other rows name.
    let id = if matches!(event, Event::Request) { request.to_string() } else { id };
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}
