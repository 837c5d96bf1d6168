//! Figures that someone stated: what, how much, when, by whom, to whom.

use statement::kinds::evidence::ClaimRecord;
use statement::{Body, Bound, Claim, QuantityKind, Statement};

use super::{Says, Shape, collect, says_about, speaker};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "stated figures",
    required: &["id", "item", "quantity", "unit", "stated_on", "stated_by", "source", "basis"],
    optional: &["to_whom", "note", "as_of", "sigma"],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, what) = (row.need("id"), row.need("item"));
    let (said, as_of) = (row.date("stated_on"), row.date("as_of"));
    let (value, sigma, source) = (row.decimal("quantity"), row.decimal("sigma"), row.source());
    if let (Some(as_of), Some(said)) = (&as_of, &said)
        && as_of.certainly_after(said)
    {
        let help = "a figure cannot describe a day after the one it was stated on".to_owned();
        row.fault(
            "I040",
            "as_of",
            format!("as of {as_of}, stated on {said}"),
            "after the statement",
            Some(help),
        );
    }
    let (Some(id), Some(what), Some(source)) = (id, what, source) else { return vec![] };
    let note = row.text("note");
    let lower = what.to_lowercase();
    let bound = match value {
        None => Bound::NonePublished,
        Some(_) if lower.ends_with(", low") => Bound::AtLeast,
        Some(_) if lower.ends_with(", high") => Bound::AtMost,
        Some(_) if says_about(note.as_deref()) => Bound::About,
        Some(_) => Bound::Equal,
    };
    let claim = Claim {
        as_of,
        bound,
        high: None,
        kind: kind(&lower),
        material: lower.contains("plutonium").then(|| "Pu".to_owned()),
        sigma: value.and(sigma),
        unit: value.and_then(|_| row.text("unit")),
        value,
        what,
    };
    // "DPRK (Kim Kye-gwan)", "US officials": the word is that of the party it begins with.
    let stated_by = row.text("stated_by");
    let first = stated_by.as_deref().and_then(|s| s.split_whitespace().next()).map(str::to_owned);
    let party = speaker(&first.into_iter().collect::<Vec<_>>(), manifest);
    let body = Body::Claim(ClaimRecord { about: None, claim, stated_by, to: row.text("to_whom") });
    collect([Says { id, party, said, source, note }.statement(row, "id", manifest, body)])
}

/// What a figure counts, from the words used for it. Words that do not tell leave it [`QuantityKind::Other`],
/// which is compared with nothing but itself.
fn kind(what: &str) -> QuantityKind {
    let has = |words: &[&str]| words.iter().any(|w| what.contains(w));
    if has(&["record", "document", "declaration"]) {
        QuantityKind::Documents
    } else if has(&["in weapons"]) {
        QuantityKind::InWeapons
    } else if has(&["waste"]) {
        QuantityKind::InWaste
    } else if has(&[" used "]) {
        QuantityKind::Used
    } else if has(&["extracted", "separated"]) && !has(&["unseparated"]) {
        QuantityKind::Extracted
    } else if has(&["produced", "total plutonium"]) {
        QuantityKind::Produced
    } else if has(&["in core"]) {
        QuantityKind::InCore
    } else if has(&["stock", "inventory"]) {
        QuantityKind::Stock
    } else {
        QuantityKind::Other
    }
}
