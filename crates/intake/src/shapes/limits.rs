//! Limits that the agreement sets.

use statement::kinds::evidence::{Pledge, Term};
use statement::{Body, Bound, Claim, QuantityKind, Statement};

use super::{Says, Shape, collect, desk};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "limits",
    required: &["limit_id", "what", "value", "unit", "from", "until", "source", "basis"],
    optional: &["note"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, what, unit) = (row.need("limit_id"), row.need("what"), row.need("unit"));
    let (value, from, until, source) =
        (row.decimal("value"), row.date("from"), row.date("until"), row.source());
    let (Some(id), Some(what), Some(unit), Some(value), Some(source)) =
        (id, what, unit, value, source)
    else {
        return vec![];
    };
    let limit = Claim {
        as_of: None,
        bound: Bound::AtMost,
        high: None,
        kind: kind(&unit),
        material: material(&what),
        sigma: None,
        unit: Some(unit),
        value: Some(value),
        what: what.clone(),
    };
    let party = manifest.declares.clone().unwrap_or_else(desk);
    let parties = vec![party.to_string()];
    let body = Body::Pledge(Pledge {
        condition: None,
        parties,
        step: None,
        term: Term::Limit { from, limit, until },
        what,
    });
    let says =
        Says { id: format!("limit.{id}"), party, said: None, source, note: row.text("note") };
    collect([says.statement(row, "limit_id", manifest, body)])
}

fn kind(unit: &str) -> QuantityKind {
    match unit.split_whitespace().next() {
        Some("percent" | "%") => QuantityKind::Level,
        Some("machines" | "centrifuges") => QuantityKind::Installed,
        _ => QuantityKind::Stock,
    }
}

/// The material a limit names, by the words the reports table uses.
fn material(what: &str) -> Option<String> {
    let what = what.to_lowercase();
    if what.contains("heavy water") {
        Some("heavy water".into())
    } else if what.contains("enrichment level") || what.contains("centrifuge") {
        None
    } else if what.contains("uranium") {
        Some("LEU".into())
    } else {
        None
    }
}
