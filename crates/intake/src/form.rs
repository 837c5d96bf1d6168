//! The form that an inspector fills offline: an empty one as CSV or as a workbook, and a filled one before it is taken.

use std::collections::HashMap;
use std::path::Path;

use csv::StringRecord;
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
    XlsxError,
};
use statement::Sha256Digest;

use crate::attached;
use crate::diagnostic::{Diagnostic, Severity};
use crate::shapes::{FORM, FORM_RECORDS, FORM_STATES};
use crate::table::{Placing, Row, Table, decode};
use crate::{Folder, workbook};

/// What each column takes, for whoever fills the form.
const COLUMNS: &[(&str, &str)] = &[
    ("record", "what the row records: inspection, measurement, sample or seal"),
    ("id", "an id of its own, never used before: visit-7, m-1, seal.E-17"),
    (
        "about",
        "inspection: the site. measurement: the item or site. sample: the id of the inspection. seal: what it is put on; \
         when it is looked at, the id of the record that put it on",
    ),
    ("on", "the day, 2008-02-12, or the time with its offset from UTC, 2008-02-12T09:00:00+09:00"),
    ("what", "inspection: the mandate. measurement: what was measured. sample: the material"),
    (
        "value",
        "measurement: the figure. inspection: the effort. A plain number with a point, no unit",
    ),
    ("unit", "the unit of the value; of an inspection person-days"),
    ("sigma", "one standard deviation of the value, in the same unit"),
    ("seal", "the number on the seal"),
    ("state", "of a seal: applied, intact, broken, missing or removed"),
    (
        "files",
        "photographs and reports that lie beside this form, by name, separated by semicolons",
    ),
    ("until", "inspection: the last day, when it is another than the first"),
    ("method", "measurement: method and instrument"),
    ("activities", "inspection: what was done, separated by semicolons"),
    ("team", "inspection: 2 inspector; 1 interpreter. Roles, never names"),
    ("findings", "inspection: what was found, separated by semicolons"),
    ("planned", "inspection: the effort that was planned, in person-days"),
    ("place", "sample: where on the site"),
    ("inspector", "the party whose inspector fills this form; empty: the desk"),
    ("note", "anything else"),
];

/// Columns that hold numbers; all others are text, so that no program makes a date of a seal's number.
const NUMBERS: &[&str] = &["value", "sigma", "planned"];
/// Rows of the empty form that are made ready.
const ROWS: u32 = 500;
/// The sheet that is filled.
const SHEET: &str = "form";

/// The header of an empty inspection form.
#[must_use]
pub fn form_header() -> String {
    columns().collect::<Vec<_>>().join(",")
}

fn columns() -> impl Iterator<Item = &'static str> {
    FORM.required.iter().chain(FORM.optional).copied()
}

/// An empty inspection form as a workbook: a sheet to fill, with lists to choose from, and a sheet that says what each
/// column takes. The same bytes at every call.
///
/// # Errors
/// When the library that writes it refuses, in its words.
pub fn form_workbook() -> Result<Vec<u8>, String> {
    write_workbook().map_err(|e| e.to_string())
}

fn write_workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(
        &DocProperties::new().set_title("Inspection form").set_creation_datetime(&day),
    );
    let head = Format::new().set_bold().set_text_wrap();
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let number = Format::new().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet().set_name(SHEET)?;
    for (at, name) in (0..).zip(columns()) {
        sheet.write_string_with_format(0, at, name, &head)?;
        let format = if NUMBERS.contains(&name) { &number } else { &text };
        sheet.set_column_format(at, format)?;
        sheet.set_column_width(
            at,
            if matches!(name, "activities" | "findings" | "note") { 28 } else { 14 },
        )?;
        match name {
            "record" => choose(sheet, at, FORM_RECORDS)?,
            "state" => choose(sheet, at, FORM_STATES)?,
            _ => {}
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    let guide = book.add_worksheet().set_name("how to fill it")?;
    guide.set_column_width(0, 14)?.set_column_width(1, 110)?;
    let words = "one record in each row of the sheet `form`; give the file a name of its own and keep the files it names beside it";
    guide.write_string_with_format(0, 0, "column", &head)?;
    guide.write_string_with_format(0, 1, words, &head)?;
    for (row, (name, words)) in (1..).zip(COLUMNS) {
        guide.write_string(row, 0, *name)?;
        guide.write_string_with_format(row, 1, *words, &Format::new().set_text_wrap())?;
    }
    book.save_to_buffer()
}

/// The words a column takes, to choose from.
fn choose(sheet: &mut Worksheet, column: u16, words: &[&str]) -> Result<(), XlsxError> {
    let list = DataValidation::new().allow_list_strings(words)?;
    sheet.add_data_validation(1, column, ROWS, column, &list)?;
    Ok(())
}

/// A filled form that can be taken.
#[derive(Debug)]
pub struct FilledForm {
    /// As a table of the case folder, every file with its hash.
    pub csv: String,
    /// The files it names that lie beside it.
    pub files: Vec<String>,
    /// What is odd and no mistake.
    pub remarks: Vec<Diagnostic>,
}

/// Reads a filled form, a CSV table or a workbook by its name, for a case folder. Each file of the column `files` that
/// lies in `beside` gets its SHA-256 and length.
///
/// # Errors
/// Every mistake of the form, with its line or cell: nothing of it should be taken then.
pub fn read_form(
    file: &str,
    bytes: Vec<u8>,
    beside: &Path,
    folder: &Folder,
) -> Result<FilledForm, Vec<Diagnostic>> {
    let (table, mut faults) = form_table(file, bytes).map_err(|fault| vec![*fault])?;
    if let Some(fault) = table.lacks(FORM.required) {
        return Err(vec![fault]);
    }
    let Some(manifest) = &folder.manifest else {
        return Err(vec![Diagnostic::whole_file("I004", "case.kdl", "the folder names no case")]);
    };
    let mut out = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = out.write_record(&table.header);
    let at = table.columns.get("files").copied();
    let (mut files, mut ids) = (Vec::new(), HashMap::new());
    faults.extend(table.each_row(|row| {
        let hashed = hashed(row, beside, folder, &mut files);
        let cells: StringRecord = row
            .record
            .iter()
            .enumerate()
            .map(|(i, cell)| if Some(i) == at { hashed.as_str() } else { cell })
            .collect();
        if row.is_good() {
            let (table, start, line) = (row.table, row.start, row.line);
            let mut whole = Row { table, record: &cells, start, line, faults: Vec::new() };
            for made in (FORM.read)(&mut whole, manifest) {
                let id = made.header.id.to_string();
                let before = match ids.insert(id.clone(), row.table.shown_line(line)) {
                    Some(row) => Some(format!("in row {row} of this form")),
                    None => {
                        folder.place_of(&id).map(|(file, line)| format!("at {file} line {line}"))
                    }
                };
                if let Some(before) = before {
                    let words = format!("the id `{id}` is used twice; first {before}");
                    let help = Some("give each record an id of its own".to_owned());
                    whole.fault("I032", "id", words, "again here", help);
                }
            }
            row.faults.append(&mut whole.faults);
        }
        let _ = out.write_record(&cells);
    }));
    if faults.iter().any(|f| f.severity == Severity::Error) {
        return Err(faults);
    }
    let csv = String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default();
    Ok(FilledForm { csv, files, remarks: faults })
}

/// The table of a form, with what is odd about it: of a workbook the one sheet that has the columns of a form.
fn form_table(file: &str, bytes: Vec<u8>) -> Result<(Table, Vec<Diagnostic>), Box<Diagnostic>> {
    let extension = file.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
    if !matches!(extension.as_str(), "xlsx" | "xlsm") {
        return Table::of_text(file, decode(file, bytes)?, None);
    }
    let sheets = workbook::sheets(bytes).map_err(|words| {
        let words = format!("not a workbook that can be read: {words}");
        Box::new(Diagnostic::whole_file("I050", file, words).help("save it again as XLSX"))
    })?;
    let mut forms = Vec::new();
    let mut names = Vec::new();
    for sheet in sheets {
        names.push(format!("`{}`", sheet.name));
        let remarks: Vec<Diagnostic> = sheet
            .remarks
            .iter()
            .map(|remark| {
                let name = format!("{file}!{}", sheet.name);
                let mut fault = Diagnostic::whole_file("I057", &name, remark.message.clone());
                fault.line = remark.line;
                fault.severity(Severity::Warning).help(remark.help.clone())
            })
            .collect();
        let (text, place) = sheet.table();
        let name = format!("{file}!{}", sheet.name);
        let (table, mut faults) = Table::of_text(&name, text, Some(Placing::Sheet(place)))?;
        let known = FORM.required.iter().filter(|c| table.columns.contains_key(**c)).count();
        // One misspelt column must not hide the form; it is told.
        if known * 2 >= FORM.required.len() {
            faults.extend(remarks);
            forms.push((table, faults));
        }
    }
    match (forms.pop(), forms.len()) {
        (Some(form), 0) => Ok(form),
        (found, _) => {
            let words = match found {
                None => format!("no sheet has the columns of a form; it has {}", names.join(", ")),
                Some(_) => format!("several sheets hold a form: {}", names.join(", ")),
            };
            let help = "fill the sheet `form` of one file for each form; `lockstep intake --template FORM.xlsx` writes an empty one";
            Err(Box::new(Diagnostic::whole_file("I051", file, words).help(help)))
        }
    }
}

/// The cell `files` of a row with the hash of each file in it.
fn hashed(row: &mut Row<'_>, beside: &Path, folder: &Folder, files: &mut Vec<String>) -> String {
    let mut cell = Vec::new();
    for part in row.list("files") {
        let name = part.split(" sha256:").next().unwrap_or_default().trim().to_owned();
        if name.contains(['/', '\\']) || name.starts_with('.') {
            let words = format!("`{name}` is no plain file name");
            row.fault("F027", "files", words, "this file", None);
            continue;
        }
        let says = part.contains(" sha256:");
        match std::fs::read(beside.join(&name)) {
            Ok(bytes) => {
                let hash = Sha256Digest::of(&bytes);
                if says && !part.contains(&hash.to_string()) {
                    let words = format!("`{name}` has the hash {hash}, the form says another");
                    row.fault("F025", "files", words, "this file", None);
                }
                let kept = std::fs::read(folder.root.join(attached::FOLDER).join(&name));
                if kept.is_ok_and(|kept| Sha256Digest::of(&kept) != hash) {
                    let words =
                        format!("the case has another file named `{name}` in {}", attached::FOLDER);
                    let help = "give the file beside the form another name";
                    row.fault("F025", "files", words, "this file", Some(help.to_owned()));
                }
                cell.push(match says {
                    true => part,
                    false => format!("{name} sha256:{hash} {} bytes", bytes.len()),
                });
                files.push(name);
            }
            Err(_) if says => cell.push(part),
            Err(e) => {
                let words = format!("`{name}` cannot be read: {e}");
                let help = "put it beside the form, or write its hash: name sha256:HEX";
                row.fault("F028", "files", words, "this file", Some(help.to_owned()));
            }
        }
    }
    cell.join("; ")
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, columns};

    #[test]
    fn the_guide_names_every_column_in_its_order() {
        assert!(columns().eq(COLUMNS.iter().map(|(name, _)| *name)));
    }
}
