//! Steps of an agreement with what was promised and what came of it, and events around them.

use statement::kinds::evidence::{Event, Pledge, Term};
use statement::kinds::roadmap::{Progress, StepClaim, StepDispute};
use statement::{Body, Quantity, Statement};

use super::{Says, Shape, collect, desk, parties, speaker};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "steps",
    required: &[
        "step_id",
        "party",
        "what",
        "promised_date",
        "actual_date",
        "status",
        "source",
        "basis",
    ],
    optional: &["condition", "quantity", "unit", "note"],
    read,
};

/// What a status word says.
enum Status {
    /// The step stands so.
    Progress(Progress),
    /// Its state is disputed.
    Disputed,
    /// It is no step: something that happened.
    Event(&'static str),
    /// A right, not a duty: only the promise is recorded.
    Option,
}

const STATUS: &[(&str, Status)] = &[
    ("done", Status::Progress(Progress::Done)),
    ("late", Status::Progress(Progress::Done)),
    ("cured", Status::Progress(Progress::Done)),
    ("partly", Status::Progress(Progress::Partly)),
    ("not completed", Status::Progress(Progress::NotCompleted)),
    ("not done", Status::Progress(Progress::NotCompleted)),
    ("not met", Status::Progress(Progress::NotCompleted)),
    ("refused", Status::Progress(Progress::Refused)),
    ("failed", Status::Progress(Progress::Failed)),
    ("overtaken", Status::Progress(Progress::Overtaken)),
    ("disputed", Status::Disputed),
    ("reversal", Status::Event("reversal")),
    ("suspension", Status::Event("suspension")),
    ("break", Status::Event("break")),
    ("option", Status::Option),
    ("recurring", Status::Option),
    ("", Status::Event("event")),
];

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (step, what) = (row.need("step_id"), row.need("what"));
    let (due, actual) = (row.date("promised_date"), row.date("actual_date"));
    let (value, source) = (row.decimal("quantity"), row.source());
    let names = parties(row, "party", manifest);
    let word = row.get("status").unwrap_or_default();
    // "overtaken by snapback" is "overtaken".
    let known = STATUS
        .iter()
        .find(|(w, _)| *w == word || (!w.is_empty() && word.starts_with(&format!("{w} "))));
    if known.is_none() {
        let help = notation::did_you_mean(word, STATUS.iter().map(|(w, _)| *w));
        let help = help.map_or_else(
            || {
                format!(
                    "known are: {}",
                    STATUS
                        .iter()
                        .map(|(w, _)| *w)
                        .filter(|w| !w.is_empty())
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            },
            |w| format!("did you mean `{w}`?"),
        );
        row.fault("I019", "status", format!("`{word}` is not a status"), "not known", Some(help));
    }
    let unit = row.text("unit");
    if value.is_some() && unit.is_none() {
        row.fault("I041", "quantity", "a quantity without its unit".into(), "in what unit?", None);
    }
    let (Some(step), Some(what), Some(source), Some((_, status))) = (step, what, source, known)
    else {
        return vec![];
    };
    let step_id = match step.parse() {
        Ok(id) => id,
        Err(e) => {
            let e: statement::IdError = e;
            row.fault("I015", "step_id", e.to_string(), "this id", None);
            return vec![];
        }
    };
    let amount = value.zip(unit).map(|(value, unit)| Quantity { sigma: None, unit, value });
    let (note, condition) = (row.text("note"), row.text("condition"));
    let says = |id: String, party, said| Says {
        id,
        party,
        said,
        source: source.clone(),
        note: note.clone(),
    };
    let party = speaker(&names, manifest);

    if let Status::Event(category) = status
        && due.is_none()
    {
        let event = Event {
            condition,
            category: (*category).to_owned(),
            on: actual.clone(),
            parties: names,
            place: None,
            step: None,
            what,
        };
        return collect([says(step, party, actual).statement(
            row,
            "step_id",
            manifest,
            Body::Event(event),
        )]);
    }

    let mut made = Vec::new();
    if due.is_some() || condition.is_some() {
        let pledge = Pledge {
            condition,
            parties: names,
            step: Some(std::clone::Clone::clone(&step_id)),
            term: Term::Act { amount: amount.clone(), due },
            what,
        };
        made.push(says(format!("{step}.promise"), party.clone(), None).statement(
            row,
            "step_id",
            manifest,
            Body::Pledge(pledge),
        ));
    }
    let or_before = note.as_deref().is_some_and(|n| n.contains("on or before")) && actual.is_some();
    match status {
        Status::Progress(progress) => {
            let claim = StepClaim {
                // What was promised is not what was done: only a finished step has moved its whole quantity.
                amount: if *progress == Progress::Done { amount } else { None },
                cumulative: false,
                on: actual.clone(),
                or_before,
                progress: *progress,
                reason: if *progress == Progress::Done { None } else { note.clone() },
                step: step_id,
            };
            made.push(says(format!("{step}.claim"), party, actual).statement(
                row,
                "step_id",
                manifest,
                Body::StepClaim(claim),
            ));
        }
        Status::Disputed => {
            let reason = note.clone().unwrap_or_else(|| "disputed".to_owned());
            let dispute = StepDispute {
                counted_done: None,
                counted_of: None,
                on: actual.clone(),
                reason,
                step: step_id,
            };
            made.push(says(format!("{step}.dispute"), desk(), actual).statement(
                row,
                "step_id",
                manifest,
                Body::StepDispute(dispute),
            ));
        }
        Status::Event(_) | Status::Option => {}
    }
    collect(made)
}
