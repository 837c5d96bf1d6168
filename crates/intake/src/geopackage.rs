//! GeoPackage (OGC 12-128r19) as a table of observations: one row of a feature table, one row.
//!
//! A GeoPackage is an SQLite file. Only what is needed is read: the feature tables that `gpkg_contents` lists, their
//! columns, and geometries in WGS 84. Nothing that a file can make SQLite run (views, triggers, functions in its
//! schema) is used.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::feature::{Feature, Shape, Trouble};

/// Rows taken at most.
const MOST_ROWS: usize = 2_000_000;
/// Positions of one geometry, and how deep collections may nest.
const MOST_POINTS: usize = 1_000_000;
const DEEPEST: usize = 8;
/// WGS 84, longitude and latitude.
const WGS84: i64 = 4326;

/// Reads the features of a GeoPackage.
pub(crate) fn read(file: &Path) -> Result<(Vec<Feature>, Vec<Trouble>), Trouble> {
    let broken = |e: rusqlite::Error| {
        Trouble::whole(
            format!("not a GeoPackage that can be read: {e}"),
            "a GeoPackage is an SQLite file with a table gpkg_contents; export it again as GeoPackage or GeoJSON",
        )
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags).map_err(broken)?;
    db.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON;",
    )
    .map_err(broken)?;
    // Tables alone: a view can run without end.
    let mut list = db
        .prepare(
            "SELECT c.table_name, g.column_name, g.srs_id, c.identifier FROM gpkg_contents c \
             JOIN gpkg_geometry_columns g ON g.table_name = c.table_name \
             JOIN sqlite_schema s ON s.name = c.table_name AND s.type = 'table' \
             WHERE c.data_type = 'features' ORDER BY c.table_name",
        )
        .map_err(broken)?;
    let layers: Vec<(String, String, i64)> = list
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .and_then(Iterator::collect)
        .map_err(broken)?;
    let (mut features, mut remarks) = (Vec::new(), Vec::new());
    for (table, geometry, srs) in &layers {
        if *srs != WGS84 {
            remarks.push(Trouble::whole(
                format!("layer `{table}` is in the reference system {srs}, not WGS 84 (EPSG 4326): left out"),
                "export the layer again in EPSG 4326",
            ));
            continue;
        }
        layer(&db, table, geometry, &mut features).map_err(broken)?;
    }
    if layers.is_empty() {
        return Err(Trouble::whole(
            "the GeoPackage lists no feature table",
            "tiles and plain tables hold no places; export the layer with its geometry",
        ));
    }
    Ok((features, remarks))
}

fn layer(
    db: &Connection,
    table: &str,
    geometry: &str,
    features: &mut Vec<Feature>,
) -> rusqlite::Result<()> {
    let quoted = table.replace('"', "\"\"");
    let mut rows = db.prepare(&format!("SELECT * FROM \"{quoted}\" LIMIT {MOST_ROWS}"))?;
    let columns: Vec<String> = rows.column_names().map(ToOwned::to_owned).collect();
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let mut feature = Feature::new(features.len() + 1);
        for (at, column) in columns.iter().enumerate() {
            let value = row.get_ref(at)?;
            if column.eq_ignore_ascii_case(geometry) {
                match value {
                    ValueRef::Blob(bytes) => match positions(bytes) {
                        Ok((shape, points)) => feature.place(shape, &points),
                        Err(words) => feature.troubles.push(words.to_owned()),
                    },
                    ValueRef::Null => {}
                    _ => feature.troubles.push("its geometry is no GeoPackage geometry".to_owned()),
                }
                continue;
            }
            match value {
                ValueRef::Null | ValueRef::Blob(_) => {}
                ValueRef::Integer(n) => feature.set(column, &n.to_string()),
                ValueRef::Real(x) => feature.set(column, &x.to_string()),
                ValueRef::Text(text) => feature.set(column, &String::from_utf8_lossy(text)),
            }
        }
        // The key of the table serves where no column is called id.
        if feature.get("id").is_none()
            && let Some(fid) = feature.get("fid").map(ToOwned::to_owned)
        {
            feature.set("id", &format!("{table}-{fid}"));
        }
        feature.cells.retain(|(column, _)| column != "fid");
        features.push(feature);
    }
    Ok(())
}

/// Longitude and latitude as text.
type Position = (String, String);

/// The positions of a GeoPackage geometry: a header, then WKB (OGC 06-103r4).
fn positions(bytes: &[u8]) -> Result<(Shape, Vec<Position>), &'static str> {
    const CUT: &str = "its geometry ends early";
    let header = bytes.get(..8).ok_or(CUT)?;
    if header.get(..2) != Some(b"GP") {
        return Err("its geometry is no GeoPackage geometry");
    }
    let flags = header.get(3).copied().unwrap_or_default();
    if flags & 0x10 != 0 {
        // Empty.
        return Ok((Shape::Point, Vec::new()));
    }
    let envelope = match flags >> 1 & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("the envelope of its geometry is of no known kind"),
    };
    let mut wkb = Wkb { rest: bytes.get(8 + envelope..).ok_or(CUT)?, points: Vec::new() };
    let shape = wkb.geometry(0)?;
    let text = |x: f64| x.to_string();
    Ok((shape, wkb.points.into_iter().map(|(x, y)| (text(x), text(y))).collect()))
}

/// A reader of well-known binary.
struct Wkb<'a> {
    rest: &'a [u8],
    points: Vec<(f64, f64)>,
}

impl Wkb<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (head, rest) = self.rest.split_first_chunk().ok_or("its geometry ends early")?;
        self.rest = rest;
        Ok(*head)
    }

    fn count(&mut self, little: bool) -> Result<u32, &'static str> {
        let bytes = self.take()?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn number(&mut self, little: bool) -> Result<f64, &'static str> {
        let bytes = self.take()?;
        Ok(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn position(&mut self, little: bool, dimensions: u32) -> Result<(), &'static str> {
        let (x, y) = (self.number(little)?, self.number(little)?);
        for _ in 2..dimensions {
            self.number(little)?;
        }
        if self.points.len() >= MOST_POINTS {
            return Err("its geometry has more than a million positions");
        }
        // An empty point is written as NaN.
        if !(x.is_nan() && y.is_nan()) {
            self.points.push((x, y));
        }
        Ok(())
    }

    fn geometry(&mut self, depth: usize) -> Result<Shape, &'static str> {
        if depth > DEEPEST {
            return Err("a geometry nested too deeply");
        }
        let [order] = self.take()?;
        let little = order == 1;
        let kind = self.count(little)?;
        let (kind, dimensions) = match kind / 1000 {
            0 => (kind, 2),
            1 | 2 => (kind % 1000, 3),
            3 => (kind % 1000, 4),
            _ => return Err("its geometry is of no known kind"),
        };
        match kind {
            1 => {
                self.position(little, dimensions)?;
                return Ok(Shape::Point);
            }
            2 => self.line(little, dimensions)?,
            3 => {
                for _ in 0..self.count(little)? {
                    self.line(little, dimensions)?;
                }
            }
            4..=7 => {
                for _ in 0..self.count(little)? {
                    self.geometry(depth + 1)?;
                }
            }
            _ => return Err("its geometry is of a kind that is not read: curves and surfaces"),
        }
        Ok(Shape::Area)
    }

    fn line(&mut self, little: bool, dimensions: u32) -> Result<(), &'static str> {
        for _ in 0..self.count(little)? {
            self.position(little, dimensions)?;
        }
        Ok(())
    }
}
