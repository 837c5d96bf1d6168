//! GeoJSON (RFC 7946) as a table of observations: one feature, one row.
//!
//! A feature's properties are the columns of docs/case-folder.md; its point gives `lat` and `lon`. RFC 7946 puts the
//! longitude first, and many writers do not: a point outside the case's region whose swap lies inside is told by the
//! checks that every row goes through. Lines and areas stand for their middle, with their half width as precision.

use serde_json::Value;

use crate::feature::{Feature, Shape, Trouble};

/// Most that one feature collection may nest.
const DEEPEST: usize = 8;

/// Reads the features of a GeoJSON text.
pub(crate) fn read(text: &str) -> Result<(Vec<Feature>, Vec<Trouble>), Trouble> {
    let value: Value = serde_json::from_str(text).map_err(|e| {
        let message = format!("not JSON: {e}");
        Trouble::at_line(e.line(), message, "GeoJSON is JSON text; NaN is no number in it")
    })?;
    let mut found = (Vec::new(), Vec::new());
    collect(&value, &mut found, 0)?;
    Ok(found)
}

fn collect(
    value: &Value,
    found: &mut (Vec<Feature>, Vec<Trouble>),
    depth: usize,
) -> Result<(), Trouble> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if depth > DEEPEST {
        return Err(Trouble::whole(
            "collections nested too deeply",
            "write the features side by side",
        ));
    }
    match kind {
        "FeatureCollection" => {
            if value.get("crs").is_some_and(|crs| !crs.is_null()) {
                found.1.push(Trouble::whole(
                    "`crs` is not part of RFC 7946; the coordinates are taken as WGS 84",
                    "convert other systems to WGS 84 longitude and latitude",
                ));
            }
            for feature in value.get("features").and_then(Value::as_array).into_iter().flatten() {
                collect(feature, found, depth + 1)?;
            }
        }
        "Feature" => {
            let number = found.0.len() + 1;
            found.0.push(feature(value, number));
        }
        _ => {
            return Err(Trouble::whole(
                format!("`type` is `{kind}`, not FeatureCollection or Feature"),
                "a bare geometry says where and not what: put it into a Feature with properties",
            ));
        }
    }
    Ok(())
}

fn feature(value: &Value, number: usize) -> Feature {
    let mut feature = Feature::new(number);
    if let Some(id) = value.get("id") {
        feature.set("id", &text(id));
    }
    if let Some(properties) = value.get("properties").and_then(Value::as_object) {
        for (name, value) in properties.iter().filter(|(_, v)| !v.is_null()) {
            feature.set(name, &text(value));
        }
    }
    match value.get("geometry") {
        None | Some(Value::Null) => {}
        Some(geometry) => {
            let mut points = Vec::new();
            let shape = match geometry.get("type").and_then(Value::as_str) {
                Some("Point") => Shape::Point,
                _ => Shape::Area,
            };
            match gather(geometry, &mut points, 0) {
                Ok(()) => feature.place(shape, &points),
                Err(words) => feature.troubles.push(words),
            }
        }
    }
    feature
}

/// All positions of a geometry, as the text of longitude and latitude.
fn gather(value: &Value, points: &mut Vec<(String, String)>, depth: usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err("a geometry nested too deeply".to_owned());
    }
    if let Some(geometries) = value.get("geometries").and_then(Value::as_array) {
        return geometries.iter().try_for_each(|g| gather(g, points, depth + 1));
    }
    match value.get("coordinates").unwrap_or(value) {
        Value::Array(list) => match list.as_slice() {
            [Value::Number(lon), Value::Number(lat), ..] => {
                points.push((lon.to_string(), lat.to_string()));
                Ok(())
            }
            [] => Ok(()),
            [Value::Array(_), ..] => list.iter().try_for_each(|p| gather(p, points, depth + 1)),
            _ => Err(format!("`{}` is not a position: longitude, latitude", text(&list[0]))),
        },
        other => Err(format!("`{}` is not a geometry", text(other))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
