//! Clocks of a procedure: what starts them, how long they run, who decides.

use statement::kinds::evidence::{Pledge, Term};
use statement::{Body, Statement};

use super::{Says, Shape, collect, desk};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "clocks",
    required: &["clock_id", "holder", "what", "trigger", "days", "counted_from", "source", "basis"],
    optional: &["decision_rule", "extendable_by_consensus", "note"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, what, holder) = (row.need("clock_id"), row.need("what"), row.need("holder"));
    let (trigger, counted_from, source) =
        (row.need("trigger"), row.need("counted_from"), row.source());
    let days = row.get("days").map(str::parse::<u32>);
    if !matches!(days, Some(Ok(_))) {
        row.fault(
            "I012",
            "days",
            "a whole number of days was expected".into(),
            "not a number of days",
            None,
        );
    }
    let extendable = match row.get("extendable_by_consensus") {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        None => None,
        Some(_) => {
            row.fault(
                "I043",
                "extendable_by_consensus",
                "`yes` or `no` was expected".into(),
                "not known",
                None,
            );
            None
        }
    };
    let (
        Some(id),
        Some(what),
        Some(holder),
        Some(trigger),
        Some(counted_from),
        Some(source),
        Some(Ok(days)),
    ) = (id, what, holder, trigger, counted_from, source, days)
    else {
        return vec![];
    };
    let term = Term::Clock {
        counted_from,
        days,
        decision_rule: row.text("decision_rule"),
        extendable,
        trigger,
    };
    let body =
        Body::Pledge(Pledge { condition: None, parties: vec![holder], step: None, term, what });
    let says = Says {
        id: format!("clock.{id}"),
        party: desk(),
        said: None,
        source,
        note: row.text("note"),
    };
    collect([says.statement(row, "clock_id", manifest, body)])
}
