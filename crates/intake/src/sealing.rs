//! A declaration that its state wants to seal: a table or KDL text that no case folder holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notation::{Message, Node};

use crate::diagnostic::Diagnostic;
use crate::table::{Row, Table, decode};

/// One declared place, in the clear.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredPlace {
    /// The kind of place.
    pub category: String,
    /// Its id.
    pub id: String,
    /// Everything else that is said of it, by column, or by the names of nested nodes: `building/2/use`.
    pub fields: BTreeMap<String, String>,
    /// Latitude and longitude in degrees, with the radius in metres that holds the place (0: the point alone).
    pub point: Option<(f64, f64, f64)>,
}

/// Reads a declaration: a CSV table with the columns `id` and `category` and any others, or KDL with a node
/// `site "d-1" category="reactor" { … }` for each place. `lat`, `lon` and `precision_m` are fields like any other and
/// say besides where the place stands.
///
/// # Errors
/// When the file cannot be read; its mistakes are in the diagnostics.
pub fn declaration(path: &Path) -> std::io::Result<(Vec<DeclaredPlace>, Vec<Diagnostic>)> {
    let bytes = std::fs::read(path)?;
    let name = path.display().to_string();
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("kdl")) {
        return Ok(of_kdl(&name, &bytes));
    }
    Ok(match decode(&name, bytes) {
        Ok(text) => of_table(name, text),
        Err(fault) => (Vec::new(), vec![*fault]),
    })
}

fn of_table(file: String, text: String) -> (Vec<DeclaredPlace>, Vec<Diagnostic>) {
    let mut places = Vec::new();
    let (table, mut faults) = match Table::of_text(&file, text, None) {
        Ok(table) => table,
        Err(fault) => return (places, vec![*fault]),
    };
    if table.header.is_empty() {
        return (places, vec![Diagnostic::whole_file("I060", &file, "the table is empty")]);
    }
    for (column, name) in ["id", "category"].iter().zip(["its own id", "the kind of place"]) {
        if !table.columns.contains_key(*column) {
            let message = format!("a declaration to seal needs the column `{column}`: {name}");
            faults.push(table.fault_at("I061", 0, 1, None, message, "these columns".into()));
        }
    }
    if !faults.is_empty() {
        return (places, faults);
    }
    let faults = table.each_row(|row| {
        let (id, category) = (row.need("id"), row.need("category"));
        let point = point(row);
        let (Some(id), Some(category)) = (id, category) else { return };
        let fields = table.header.iter().filter(|h| !["id", "category"].contains(&h.as_str()));
        let fields = fields.filter_map(|h| Some((h.clone(), row.text(h)?))).collect();
        places.push(DeclaredPlace { category, id, fields, point });
    });
    (places, faults)
}

fn point(row: &mut Row<'_>) -> Option<(f64, f64, f64)> {
    let (lat, lon) = (row.decimal("lat"), row.decimal("lon"));
    let precision = row.decimal("precision_m").map_or(0.0, |p| p.to_f64());
    let (lat, lon) = (lat?.to_f64(), lon?.to_f64());
    for (column, value, most) in [("lat", lat, 90.0), ("lon", lon, 180.0)] {
        if !(-most..=most).contains(&value) {
            let message = format!("{value} lies beyond {most} degrees");
            row.fault("I062", column, message, "no such place", None);
            return None;
        }
    }
    Some((lat, lon, precision.max(0.0)))
}

fn of_kdl(file: &str, bytes: &[u8]) -> (Vec<DeclaredPlace>, Vec<Diagnostic>) {
    let reading = notation::read_bytes(bytes);
    let text: Arc<str> = String::from_utf8_lossy(bytes).into();
    let (mut places, mut messages) = (Vec::new(), reading.messages);
    for node in &reading.document.nodes {
        let id = node.arg(0).and_then(|v| v.as_text());
        let category = node.prop("category").and_then(|v| v.as_text());
        let (true, Some(id), Some(category)) = (node.name == "site", id, category) else {
            let message = Message::error(
                "I063",
                node.name_span.clone(),
                "a declaration to seal is a list of sites",
                "here",
            );
            messages.push(message.help("write: site \"d-1\" category=\"reactor\" { name \"…\" }"));
            continue;
        };
        let mut fields = BTreeMap::new();
        node.children.iter().for_each(|child| flatten(child, "", &mut fields));
        let number = |name: &str| fields.get(name).and_then(|t: &String| t.parse::<f64>().ok());
        let point = number("lat").zip(number("lon")).and_then(|(lat, lon)| {
            let inside = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
            inside.then(|| (lat, lon, number("precision_m").unwrap_or(0.0).max(0.0)))
        });
        places.push(DeclaredPlace { category: category.into(), id: id.into(), fields, point });
    }
    let told = messages.into_iter().map(|m| Diagnostic::of_message(file, &text, m)).collect();
    (places, told)
}

/// `building "2" { use "cells" }` is the field `building/2/use`.
fn flatten(node: &Node, above: &str, fields: &mut BTreeMap<String, String>) {
    let words: Vec<&str> = node.args().filter_map(|v| v.as_text()).collect();
    let slash = if above.is_empty() { "" } else { "/" };
    let path = format!("{above}{slash}{}", node.name);
    if node.children.is_empty() {
        fields.insert(path, words.join("; "));
        return;
    }
    let path = words.iter().fold(path, |path, word| format!("{path}/{word}"));
    node.children.iter().for_each(|child| flatten(child, &path, fields));
}

/// A folder of a case that a file lies in, if any: what is to be sealed does not belong there.
#[must_use]
pub fn case_folder_around(file: &Path) -> Option<PathBuf> {
    let file = file.canonicalize().ok()?;
    file.ancestors().skip(1).find(|folder| folder.join("case.kdl").is_file()).map(Path::to_owned)
}
