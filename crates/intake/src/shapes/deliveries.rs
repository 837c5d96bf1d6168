//! Deliveries of aid: each a party's progress on the step that `case.kdl` names for it.

use statement::kinds::roadmap::{Progress, StepClaim};
use statement::{Body, Quantity, Statement};

use super::{Says, Shape, collect, parties, speaker};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "deliveries",
    required: &["party", "as_of", "amount", "unit", "what", "share_promised", "source", "basis"],
    optional: &["note"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let names = parties(row, "party", manifest);
    let (on, value, promised) =
        (row.date("as_of"), row.decimal("amount"), row.decimal("share_promised"));
    let (unit, what, source) = (row.need("unit"), row.need("what"), row.source());
    let (party_name, promised_text) =
        (row.get("party").unwrap_or_default(), row.get("share_promised"));
    let step = manifest
        .deliveries
        .iter()
        .filter(|d| d.party == party_name)
        .find(|d| d.promised.as_deref().is_none_or(|p| Some(p) == promised_text))
        .map(|d| d.step.clone());
    if step.is_none() && !party_name.is_empty() {
        let help = format!("say so in case.kdl: delivery party=\"{party_name}\" step=\"…\"");
        row.fault(
            "I042",
            "party",
            format!("no step is named for the deliveries of {party_name}"),
            "which step?",
            Some(help),
        );
    }
    let (Some(step), Some(on), Some(value), Some(unit), Some(what), Some(source)) =
        (step, on, value, unit, what, source)
    else {
        return vec![];
    };
    let cumulative = what.starts_with("cumulative");
    let progress = if what.starts_with("refused") {
        Progress::Refused
    } else if cumulative && promised.is_some_and(|p| value >= p) {
        Progress::Done
    } else {
        Progress::Partly
    };
    let claim = StepClaim {
        amount: Some(Quantity { sigma: None, unit, value }),
        cumulative,
        on: Some(on.clone()),
        or_before: false,
        progress,
        reason: None,
        step,
    };
    let id = format!("delivery.{party_name}.{on}");
    let says =
        Says { id, party: speaker(&names, manifest), said: Some(on), source, note: Some(what) };
    collect([says.statement(row, "party", manifest, Body::StepClaim(claim))])
}
