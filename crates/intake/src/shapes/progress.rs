//! Progress counted: amounts reached, and counts on which the parties differ.

use statement::kinds::roadmap::{Progress, StepClaim, StepDispute};
use statement::{Body, Quantity, Statement};

use super::{Says, Shape, collect, parties, speaker};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "progress",
    required: &[
        "id", "step_id", "party", "as_of", "done", "of", "unit", "reason", "source", "basis",
    ],
    optional: &["note"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, step, unit) = (row.need("id"), row.need("step_id"), row.need("unit"));
    let names = parties(row, "party", manifest);
    let (on, done, of, source) =
        (row.date("as_of"), row.decimal("done"), row.decimal("of"), row.source());
    let (Some(id), Some(step), Some(unit), Some(on), Some(done), Some(source)) =
        (id, step, unit, on, done, source)
    else {
        return vec![];
    };
    let Ok(step) = step.parse() else {
        row.fault("I015", "step_id", "this cannot be an id".into(), "this id", None);
        return vec![];
    };
    let reason = row.text("reason");
    let body = if unit == "steps" {
        // The parties count the parts of a step differently: a dispute with a count, not an amount.
        let count = |d: Option<statement::Decimal>| d.and_then(|d| d.to_string().parse().ok());
        Body::StepDispute(StepDispute {
            counted_done: count(Some(done)),
            counted_of: count(of),
            on: Some(on.clone()),
            reason: reason.unwrap_or_else(|| "counted differently".to_owned()),
            step,
        })
    } else {
        let progress =
            if of.is_some_and(|of| done >= of) { Progress::Done } else { Progress::Partly };
        Body::StepClaim(StepClaim {
            amount: Some(Quantity { sigma: None, unit, value: done }),
            cumulative: true,
            on: Some(on.clone()),
            or_before: false,
            progress,
            reason,
            step,
        })
    };
    let note = row.text("note");
    let says = Says { id, party: speaker(&names, manifest), said: Some(on), source, note };
    collect([says.statement(row, "id", manifest, body)])
}
