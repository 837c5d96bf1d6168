//! A table in any form people have, outside a case folder: as CSV text, for whoever reads tables of any shape.

use std::path::Path;

use crate::feature::{self, Trouble};
use crate::{geojson, geopackage, kml, workbook};

/// A table as CSV text, with what a reader should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseTable {
    /// Its rows, the header first.
    pub csv: Vec<u8>,
    /// What reads otherwise than it looks: formulas, merged cells, a geometry that cannot be read.
    pub remarks: Vec<String>,
}

/// Reads a file as one table: XLSX (of a workbook with several sheets the one that is named as `FILE!SHEET`), GeoJSON, KML,
/// KMZ, GeoPackage; anything else as the CSV it is taken to be.
///
/// # Errors
/// Words for people: the file cannot be read, is not what its name says, or holds several sheets and none is named.
pub fn loose_table(name: &str) -> Result<LooseTable, String> {
    let (file, sheet) = match name.rsplit_once('!') {
        Some((file, sheet)) if !Path::new(name).exists() => (file, Some(sheet)),
        _ => (name, None),
    };
    let extension = file.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
    let bytes = std::fs::read(file).map_err(|e| format!("{file}: {e}"))?;
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|_| format!("{file}: not UTF-8 text; save it as UTF-8"))
    };
    let read = match extension.as_str() {
        "xlsx" | "xlsm" => return of_workbook(file, sheet, bytes),
        "geojson" | "json" => geojson::read(&text(bytes)?),
        "kml" => kml::read(&text(bytes)?),
        "kmz" => kml::unpack(&bytes).and_then(|text| kml::read(&text)),
        "gpkg" => geopackage::read(Path::new(file)),
        _ => return Ok(LooseTable { csv: bytes, remarks: Vec::new() }),
    };
    let (features, remarks) =
        read.map_err(|t: Trouble| format!("{file}: {}; {}", t.message, t.help))?;
    if features.is_empty() {
        return Err(format!("{file}: it holds no place"));
    }
    let mut remarks: Vec<String> = remarks.iter().map(said).collect();
    for feature in &features {
        let told = |t: &String| format!("feature {}: {t}; taken without a point", feature.number);
        remarks.extend(feature.troubles.iter().map(told));
    }
    Ok(LooseTable { csv: feature::table(&features).into_bytes(), remarks })
}

fn said(trouble: &Trouble) -> String {
    let line = if trouble.line > 0 { format!("row {}: ", trouble.line) } else { String::new() };
    format!("{line}{}; {}", trouble.message, trouble.help)
}

fn of_workbook(file: &str, sheet: Option<&str>, bytes: Vec<u8>) -> Result<LooseTable, String> {
    let sheets = workbook::sheets(bytes)
        .map_err(|e| format!("{file}: not a workbook that can be read: {e}"))?;
    let names = || sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>();
    let found = match (sheet, sheets.as_slice()) {
        (_, []) => return Err(format!("{file}: no sheet of it holds anything")),
        (Some(sheet), all) => all.iter().find(|s| s.name == sheet).ok_or_else(|| {
            let near = notation::did_you_mean(sheet, names());
            let near = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            format!("{file}: it has no sheet `{sheet}`{near}")
        })?,
        (None, [one]) => one,
        (None, _) => {
            return Err(format!(
                "{file}: it has several sheets ({}); name one as `{file}!SHEET`",
                names().join(", ")
            ));
        }
    };
    let (csv, _) = found.table();
    Ok(LooseTable { csv: csv.into_bytes(), remarks: found.remarks.iter().map(said).collect() })
}
