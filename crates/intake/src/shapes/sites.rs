//! Declared facilities, materials and documents, one a row.

use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::ClaimRecord;
use statement::{Body, Bound, Claim, Place, QuantityKind, Statement};

use super::{Says, Shape, collect, desk, says_about};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "declared sites",
    required: &[
        "id",
        "name",
        "category",
        "location",
        "status_declared",
        "declared_on",
        "source",
        "basis",
    ],
    optional: &["variants", "material", "quantity", "unit", "note"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, name, category) = (row.need("id"), row.need("name"), row.need("category"));
    let (said, source, quantity) = (row.date("declared_on"), row.source(), row.decimal("quantity"));
    let (Some(id), Some(name), Some(category), Some(source)) = (id, name, category, source) else {
        return vec![];
    };
    // A figure has no place or state of its own; what the table says of them is kept in words.
    let figure = quantity.is_some() && matches!(category.as_str(), "material" | "document");
    let words = [row.text("status_declared"), row.text("location"), row.text("note")];
    let note = if figure {
        let words: Vec<String> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join("; "))
    } else {
        row.text("note")
    };
    let says = |id: String| Says {
        id,
        party: manifest.declares.clone().unwrap_or_else(desk),
        said: said.clone(),
        source: source.clone(),
        note: note.clone(),
    };
    let claim = quantity.map(|value| Claim {
        as_of: None,
        bound: bound(&id, row.get("note")),
        high: None,
        kind: kind(&category, &name),
        material: row.text("material"),
        sigma: None,
        unit: row.text("unit"),
        value: Some(value),
        what: name.clone(),
    });
    let body = match (category.as_str(), claim) {
        ("material" | "document", Some(claim)) => {
            Body::Claim(ClaimRecord { about: None, claim, stated_by: None, to: None })
        }
        (_, claim) => Body::SiteDeclare(SiteDeclare {
            category,
            claims: claim.into_iter().collect(),
            material: row.text("material"),
            name,
            place: row
                .text("location")
                .map(|name| Place { name: Some(name), ..Default::default() }),
            status: row.text("status_declared"),
            variants: row.list("variants"),
        }),
    };
    collect([says(id).statement(row, "id", manifest, body)])
}

fn bound(id: &str, note: Option<&str>) -> Bound {
    if id.ends_with("-upper") || note.is_some_and(|n| n.starts_with("less than")) {
        Bound::Less
    } else if says_about(note) {
        Bound::About
    } else {
        Bound::Equal
    }
}

fn kind(category: &str, name: &str) -> QuantityKind {
    if category == "document" {
        return QuantityKind::Documents;
    }
    let name = name.to_lowercase();
    if name.contains("separated") || name.contains("extracted") {
        QuantityKind::Extracted
    } else if category == "material" {
        QuantityKind::Other
    } else {
        QuantityKind::Stock
    }
}
