//! Observations: what a source saw, where and when.

use statement::kinds::evidence::Observation;
use statement::{Body, Decimal, Place, Point, Relation, Statement};

use super::{Says, Shape, collect, desk};
use crate::table::Row;
use crate::{Manifest, geography};

pub(super) const SHAPE: Shape = Shape {
    name: "observations",
    required: &["id", "name", "lat", "lon", "type", "status", "observed_on", "source", "basis"],
    optional: &[
        "variants",
        "variants_from_memory",
        "precision_m",
        "source_reliability",
        "credibility",
        "note",
    ],
    read,
};

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, name, category) = (row.need("id"), row.need("name"), row.need("type"));
    let (observed_on, source) = (row.date("observed_on"), row.source());
    let point = point(row);
    if let Some(point) = &point {
        geography::check(row, point, manifest);
    }
    let (Some(id), Some(name), Some(category), Some(source)) = (id, name, category, source) else {
        return vec![];
    };
    let note = row.text("note");
    let place = Place { name: None, point, relation: note.as_deref().and_then(relation) };
    let body = Body::Observation(Observation {
        category,
        claims: Vec::new(),
        name,
        observed_on: observed_on.clone(),
        place: (!place.is_empty()).then_some(place),
        status: row.text("status"),
        variants: row.list("variants"),
        variants_from_memory: row.list("variants_from_memory"),
    });
    let says = Says { id, party: desk(), said: observed_on, source, note };
    collect([says.statement(row, "id", manifest, body)])
}

fn point(row: &mut Row<'_>) -> Option<Point> {
    let (lat, lon, precision_m) =
        (row.decimal("lat"), row.decimal("lon"), row.decimal("precision_m"));
    match (lat, lon) {
        (Some(lat), Some(lon)) => Some(Point { lat, lon, precision_m }),
        (None, None) => None,
        (lat, _) if row.is_good() => {
            let column = if lat.is_some() { "lon" } else { "lat" };
            row.fault(
                "I018",
                column,
                "half a point: one coordinate is missing".into(),
                "missing",
                None,
            );
            None
        }
        _ => None,
    }
}

/// A position told by another place, where a remark begins with one: `150-300 m SE of X; …`, `NE of X`, `near X`,
/// `adjacent to X`, `inside X`. What lies inside X is at distance 0.
fn relation(note: &str) -> Option<Relation> {
    let place = |text: &str| {
        let of = text.split([';', ',', '(']).next()?.trim();
        let of = of.strip_prefix("the ").unwrap_or(of);
        (!of.is_empty()).then(|| of.to_owned())
    };
    let plain =
        |of: &str, far_m| Some(Relation { bearing: None, far_m, near_m: far_m, of: place(of)? });
    if let Some(of) = note.strip_prefix("near ").or_else(|| note.strip_prefix("adjacent to ")) {
        return plain(of, None);
    }
    if let Some(of) = note.strip_prefix("inside ") {
        return plain(of, Some(Decimal::ZERO));
    }
    let (how, rest) = note.split_once(" of ")?;
    let words: Vec<&str> = how.split(' ').collect();
    let (distance, bearing) = match words.as_slice() {
        [bearing] => (None, bearing),
        [distance, unit, bearing] => (Some((distance, unit)), bearing),
        _ => return None,
    };
    let compass =
        !bearing.is_empty() && bearing.len() <= 3 && bearing.bytes().all(|b| b"NESW".contains(&b));
    compass.then_some(())?;
    let (near_m, far_m) = match distance {
        None => (None, None),
        Some((distance, unit)) => {
            let scale = match *unit {
                "m" => Decimal::from(1),
                "km" => Decimal::from(1000),
                _ => return None,
            };
            let metres = |text: &str| {
                let value: Decimal = text.parse().ok()?;
                Some(Decimal::from(value.exact().checked_mul(scale.exact())?.normalize()))
            };
            let (near, far) = distance.split_once('-').unwrap_or((distance, distance));
            (Some(metres(near)?), Some(metres(far)?))
        }
    };
    Some(Relation { bearing: Some((*bearing).to_owned()), far_m, near_m, of: place(rest)? })
}
