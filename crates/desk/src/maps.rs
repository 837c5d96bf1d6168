//! A case as a map for other programs: GeoJSON (RFC 7946), KML 2.2, KMZ.
//!
//! The columns are those of docs/case-folder.md, so that a map can be read back; what was assessed stands in columns that
//! begin with `lockstep_`, which reading passes over. Points are coarsened unless asked otherwise.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use assessment::Assessment;
use case::Case;
use serde_json::{Map, Value, json};
use statement::{Date, Place, Source};

use crate::views;

/// Points are moved to the middle of cells of so many degrees.
const CELL: f64 = 0.1;
/// What a coarsened point is good for, in metres: half the diagonal of a cell at the equator.
const COARSE_M: f64 = 7_900.0;

/// One declared site or observation on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapFeature {
    /// Longitude and latitude in degrees, where a point is known.
    pub point: Option<(f64, f64)>,
    /// When it was seen or declared.
    pub on: Option<Date>,
    /// Columns and cells, in order.
    pub cells: Vec<(&'static str, String)>,
}

/// Everything declared and seen by the day of the assessment, coarsened to 0.1 degrees unless `exact`.
#[must_use]
pub fn features(case: &Case, a: &Assessment, exact: bool) -> Vec<MapFeature> {
    let day = a.as_of.earliest();
    let rows: HashMap<&str, &crosscheck::ObservationRow> =
        a.crosscheck.observations.iter().map(|o| (o.observation.as_str(), &**o)).collect();
    let sites: HashMap<&str, &crosscheck::SiteRow> =
        a.crosscheck.sites.iter().map(|s| (s.site.as_str(), &**s)).collect();
    let mut found = Vec::new();
    for r in case.sites.iter().filter(|r| r.said_by(day)) {
        let mut cells = Cells::of(r.id.as_str(), &r.body.name, &r.body.category);
        cells.add("status", r.body.status.as_deref());
        cells.add("variants", Some(&r.body.variants.join(";")));
        cells.source(r.source.as_ref());
        cells.add("lockstep_declared", Some("declared"));
        if let Some(site) = sites.get(r.id.as_str()) {
            cells.add("lockstep_verdict", Some(site.verdict.code()));
            cells.add("lockstep_chance", Some(&views::chance(&site.weighing)));
        }
        let point = cells.point(r.body.place.as_ref(), exact);
        found.push(MapFeature { point, on: r.said.clone(), cells: cells.0 });
    }
    let seen = |o: &&case::Record<statement::kinds::evidence::Observation>| {
        o.body.category != "place name"
            && o.body.observed_on.as_ref().is_none_or(|d| d.earliest() <= day)
    };
    for r in case.observations.iter().filter(seen) {
        let mut cells = Cells::of(r.id.as_str(), &r.body.name, &r.body.category);
        cells.add("status", r.body.status.as_deref());
        cells.add("variants", Some(&r.body.variants.join(";")));
        cells.add("variants_from_memory", Some(&r.body.variants_from_memory.join(";")));
        cells.add("observed_on", r.body.observed_on.as_ref().map(Date::as_str));
        cells.add("note", r.note.as_deref());
        cells.source(r.source.as_ref());
        if let Some(row) = rows.get(r.id.as_str()) {
            cells.add("lockstep_entity", Some(row.entity.as_str()));
            cells.add("lockstep_verdict", Some(row.verdict.code()));
            cells.add("lockstep_probability", Some(&row.probability.to_string()));
        }
        let point = cells.point(r.body.place.as_ref(), exact);
        found.push(MapFeature { point, on: r.body.observed_on.clone(), cells: cells.0 });
    }
    found
}

struct Cells(Vec<(&'static str, String)>);

impl Cells {
    fn of(id: &str, name: &str, category: &str) -> Self {
        let text = str::to_owned;
        Self(vec![("id", text(id)), ("name", text(name)), ("type", text(category))])
    }

    fn add(&mut self, column: &'static str, cell: Option<&str>) {
        if let Some(cell) = cell.filter(|c| !c.is_empty()) {
            self.0.push((column, cell.to_owned()));
        }
    }

    fn source(&mut self, source: Option<&Source>) {
        let Some(source) = source else { return };
        self.add("source", Some(&source.cite));
        self.add("source_reliability", source.reliability.map(|r| format!("{r:?}")).as_deref());
        self.add("credibility", source.credibility.map(|c| c.to_string()).as_deref());
        self.add("basis", Some(&source.basis.to_string()));
    }

    /// The point, and its precision as a cell.
    fn point(&mut self, place: Option<&Place>, exact: bool) -> Option<(f64, f64)> {
        let point = place?.point.as_ref()?;
        let stated = point.precision_m.map(statement::Decimal::to_f64);
        let (lon, lat) = (point.lon.to_f64(), point.lat.to_f64());
        if exact {
            self.add("precision_m", stated.map(|p| p.to_string()).as_deref());
            return Some((lon, lat));
        }
        let precision = stated.unwrap_or(0.0).max(COARSE_M);
        self.add("precision_m", Some(&format!("{precision:.0}")));
        let middle = |degrees: f64| {
            // One digit more than the cells have.
            ((degrees / CELL).floor().mul_add(CELL, CELL / 2.0) * 100.0).round() / 100.0
        };
        Some((middle(lon), middle(lat)))
    }
}

/// The map as GeoJSON.
#[must_use]
pub fn geojson(features: &[MapFeature]) -> String {
    let feature = |f: &MapFeature| {
        let properties: Map<String, Value> =
            f.cells.iter().map(|(c, text)| ((*c).to_owned(), json!(text))).collect();
        let geometry =
            f.point.map(|(lon, lat)| json!({"type": "Point", "coordinates": [lon, lat]}));
        json!({"type": "Feature", "properties": properties, "geometry": geometry})
    };
    let all: Vec<Value> = features.iter().map(feature).collect();
    let text = serde_json::to_string_pretty(&json!({"type": "FeatureCollection", "features": all}));
    text.unwrap_or_default() + "\n"
}

/// The map as KML, declared sites and observations in folders of their own.
#[must_use]
pub fn kml(title: &str, features: &[MapFeature]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n");
    let _ = writeln!(out, "<name>{}</name>", escaped(title));
    let declared = |f: &&MapFeature| f.cells.iter().any(|(c, _)| *c == "lockstep_declared");
    let (sites, seen): (Vec<_>, Vec<_>) = features.iter().partition(declared);
    for (name, features) in [("declared", sites), ("seen", seen)] {
        let _ = writeln!(out, "<Folder><name>{name}</name>");
        features.into_iter().for_each(|f| placemark(&mut out, f));
        out.push_str("</Folder>\n");
    }
    out.push_str("</Document>\n</kml>\n");
    out
}

fn placemark(out: &mut String, f: &MapFeature) {
    let cell = |column: &str| f.cells.iter().find(|(c, _)| *c == column).map(|(_, text)| text);
    let name = cell("name").map(String::as_str).unwrap_or_default();
    let _ = writeln!(out, "<Placemark><name>{}</name>", escaped(name));
    if let Some(on) = &f.on {
        // Google Earth wants days; a date that is no plain day, month or year keeps its column alone.
        let text = on.as_str();
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        match (plain, text.split_once('/')) {
            (true, _) => {
                let _ = writeln!(out, "<TimeStamp><when>{text}</when></TimeStamp>");
            }
            (false, Some((begin, end)))
                if [begin, end].iter().all(|d| {
                    d.len() >= 4 && d.bytes().all(|b| b.is_ascii_digit() || b == b'-')
                }) =>
            {
                let _ =
                    writeln!(out, "<TimeSpan><begin>{begin}</begin><end>{end}</end></TimeSpan>");
            }
            _ => {}
        }
    }
    out.push_str("<ExtendedData>\n");
    for (column, text) in f.cells.iter().filter(|(c, _)| *c != "name") {
        let _ = writeln!(out, "<Data name=\"{column}\"><value>{}</value></Data>", escaped(text));
    }
    out.push_str("</ExtendedData>\n");
    if let Some((lon, lat)) = f.point {
        let _ = writeln!(out, "<Point><coordinates>{lon},{lat}</coordinates></Point>");
    }
    out.push_str("</Placemark>\n");
}

/// The map as KMZ: the KML packed.
///
/// # Errors
/// When it cannot be packed.
pub fn kmz(title: &str, features: &[MapFeature]) -> std::io::Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("doc.kml", zip::write::SimpleFileOptions::default())?;
    archive.write_all(kml(title, features).as_bytes())?;
    Ok(archive.finish()?.into_inner())
}

/// Text for XML; characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c < ' ' && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
    out
}
