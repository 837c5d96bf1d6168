//! Tables that are read by themselves, outside a case folder: manifests, and forms before they are taken.

use std::collections::HashMap;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use statement::Quantity;
use statement::kinds::items::ManifestLine;

use crate::diagnostic::{Diagnostic, Severity};
use crate::shapes::FORM;
use crate::table::{Row, Table, decode, unclosed_quote};

/// Reads the lines of a shipper's or receiver's list: columns `tag`, and where they are known `seal`, `weight`, `sigma`,
/// `unit`. A line with a mistake is left out and told.
#[must_use]
pub fn manifest_lines(file: &str, bytes: Vec<u8>) -> (Vec<ManifestLine>, Vec<Diagnostic>) {
    let mut lines = Vec::new();
    let faults = each_row(file, bytes, &["tag"], |row| {
        let (tag, seal) = (row.need("tag"), row.text("seal"));
        let (value, sigma, unit) = (row.decimal("weight"), row.decimal("sigma"), row.text("unit"));
        if value.is_some() && unit.is_none() {
            row.fault("I041", "weight", "a weight without its unit".into(), "in what unit?", None);
        }
        if sigma.is_some_and(|s| s < statement::Decimal::ZERO) {
            row.fault("I012", "sigma", "an error cannot be negative".into(), "here", None);
        }
        if let (Some(tag), true) = (tag, row.is_good()) {
            let gross = value.zip(unit).map(|(value, unit)| Quantity { sigma, unit, value });
            lines.push(ManifestLine { gross, seal, tag });
        }
    });
    (lines, faults)
}

/// The header of an empty inspection form.
#[must_use]
pub fn form_header() -> String {
    let columns: Vec<&str> = FORM.required.iter().chain(FORM.optional).copied().collect();
    columns.join(",")
}

/// Completes the hashes of a filled form: each file of the column `files` that carries no hash and lies in `beside` gets
/// its SHA-256 and length. Returns the form to be kept and the files it names.
///
/// # Errors
/// When a file is named that does not lie there, or the form cannot be read.
pub fn complete_form(
    file: &str,
    bytes: Vec<u8>,
    beside: &Path,
) -> Result<(String, Vec<String>), Vec<Diagnostic>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut named = Vec::new();
    let mut header_done = false;
    let faults = each_row(file, bytes, FORM.required, |row| {
        if !header_done {
            // Writing into memory cannot fail.
            let _ = out.write_record(&row.table.header);
            header_done = true;
        }
        let files: Vec<String> = row
            .list("files")
            .into_iter()
            .map(|part| {
                let name = part.split(" sha256:").next().unwrap_or_default().trim().to_owned();
                if name.contains(['/', '\\']) || name.starts_with('.') {
                    let words = format!("`{name}` is no plain file name");
                    row.fault("F027", "files", words, "this file", None);
                    return part;
                }
                match std::fs::read(beside.join(&name)) {
                    Ok(bytes) => {
                        let hash = statement::Sha256Digest::of(&bytes);
                        named.push(name.clone());
                        if part.contains(" sha256:") {
                            if !part.contains(&hash.to_string()) {
                                let words =
                                    format!("`{name}` has the hash {hash}, the form says another");
                                row.fault("F025", "files", words, "this file", None);
                            }
                            part
                        } else {
                            format!("{name} sha256:{hash} {} bytes", bytes.len())
                        }
                    }
                    Err(_) if part.contains(" sha256:") => part,
                    Err(e) => {
                        let words = format!("`{name}` cannot be read: {e}");
                        let help = "put it beside the form, or write its hash: name sha256:HEX";
                        row.fault("F028", "files", words, "this file", Some(help.to_owned()));
                        part
                    }
                }
            })
            .collect();
        let at = row.table.columns.get("files").copied();
        let cells: Vec<String> = row
            .record
            .iter()
            .enumerate()
            .map(|(i, cell)| if Some(i) == at { files.join("; ") } else { cell.to_owned() })
            .collect();
        let _ = out.write_record(&cells);
    });
    if faults.iter().any(|f| f.severity == Severity::Error) {
        return Err(faults);
    }
    let text = String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default();
    Ok((text, named))
}

/// Reads a table row by row; a table that cannot be read at all is told as a whole.
fn each_row(
    file: &str,
    bytes: Vec<u8>,
    required: &[&str],
    mut read: impl FnMut(&mut Row<'_>),
) -> Vec<Diagnostic> {
    let text = match decode(file, bytes) {
        Ok(text) => text,
        Err(fault) => return vec![*fault],
    };
    if unclosed_quote(&text).is_some() {
        return vec![Diagnostic::whole_file("I007", file, "a quoted cell is never closed")];
    }
    let mut reader =
        ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    if !reader.read_record(&mut record).unwrap_or(false) {
        return vec![Diagnostic::whole_file("I006", file, "the table is empty")];
    }
    let header: Vec<String> = record.iter().map(|h| h.trim().to_owned()).collect();
    let columns: HashMap<String, usize> =
        header.iter().enumerate().map(|(i, name)| (name.clone(), i)).collect();
    let missing: Vec<&str> =
        required.iter().copied().filter(|c| !columns.contains_key(*c)).collect();
    let table = Table { file: file.to_owned(), text: text.clone(), columns, header, placing: None };
    if !missing.is_empty() {
        let message = format!("the table has no column {}", missing.join(", "));
        return vec![table.fault_at("I009", 0, 1, None, message, "these columns".into())];
    }
    let mut faults = Vec::new();
    while reader.read_record(&mut record).unwrap_or(false) {
        let (start, line) = record.position().map_or((0, 0), |p| {
            (usize::try_from(p.byte()).unwrap_or(0), usize::try_from(p.line()).unwrap_or(0))
        });
        let rest = table.text.get(start..).unwrap_or_default();
        let skipped = rest.bytes().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let line = line + rest[..skipped].matches('\n').count();
        let mut row = Row {
            table: &table,
            record: &record,
            start: start + skipped,
            line,
            faults: Vec::new(),
        };
        if record.len() != table.header.len() {
            let (cells, columns) = (record.len(), table.header.len());
            let message = format!("the row has {cells} cells and the table {columns} columns");
            faults.push(table.fault_at("I034", row.start, line, None, message, "this row".into()));
            continue;
        }
        read(&mut row);
        faults.append(&mut row.faults);
    }
    faults
}
