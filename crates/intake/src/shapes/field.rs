//! Cells that tables of work on the ground have in common.

use statement::kinds::inspection::Attachment;
use statement::{Date, ObjectId, PartyId, Sha256Digest, Source};

use super::{Says, desk};
use crate::Manifest;
use crate::table::Row;

/// The words a cell may hold, each with what it means.
pub(super) fn word<T: Copy>(row: &mut Row<'_>, column: &str, words: &[(&str, T)]) -> Option<T> {
    let cell = row.need(column)?;
    let wanted = cell.replace('_', " ").to_lowercase();
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == wanted) {
        return Some(*value);
    }
    let known = || words.iter().map(|(word, _)| *word);
    let help = notation::did_you_mean(&wanted, known()).map_or_else(
        || format!("known are: {}", known().collect::<Vec<_>>().join("; ")),
        |word| format!("did you mean `{word}`?"),
    );
    row.fault("F020", column, format!("`{cell}` is not known here"), "not known", Some(help));
    None
}

/// An id in a cell.
pub(super) fn object(row: &mut Row<'_>, column: &str) -> Option<ObjectId> {
    let text = row.need(column)?;
    match text.parse() {
        Ok(id) => Some(id),
        Err(e) => {
            let e: statement::IdError = e;
            row.fault("I015", column, e.to_string(), "this id", None);
            None
        }
    }
}

/// An id in a cell that may be empty.
pub(super) fn object_if(row: &mut Row<'_>, column: &str) -> Option<ObjectId> {
    row.get(column).is_some().then(|| object(row, column)).flatten()
}

/// A date, with its time and offset where it is known. A time without an offset is asked about.
pub(super) fn on(row: &mut Row<'_>, column: &str) -> Option<Date> {
    row.need(column)?;
    let date = row.date(column)?;
    if matches!(date.time(), Some(statement::Time::Local(_))) {
        let help = "add the offset from UTC, as in 2026-03-29T10:00:00+02:00 or …Z".to_owned();
        row.warn(
            "F021",
            column,
            format!("`{date}` does not say in which zone; the regime's own is taken"),
            "no offset",
            Some(help),
        );
    }
    Some(date)
}

/// A date that may be missing.
pub(super) fn on_if(row: &mut Row<'_>, column: &str) -> Option<Date> {
    row.get(column).is_some().then(|| on(row, column)).flatten()
}

/// One party of the case; an empty cell is the desk.
pub(super) fn party(row: &mut Row<'_>, column: &str, manifest: &Manifest) -> Option<PartyId> {
    let Some(name) = row.text(column) else { return Some(desk()) };
    if !manifest.knows(&name) && name != "desk" {
        let known = manifest.parties.iter().map(|p| p.id.as_str());
        let help = notation::did_you_mean(&name, known).map_or_else(
            || format!("name it in case.kdl: party \"{name}\""),
            |w| format!("did you mean `{w}`?"),
        );
        let message = format!("`{name}` is not a party of this case");
        row.fault("I017", column, message, "not known", Some(help));
        return None;
    }
    name.parse().ok()
}

/// Parties separated by semicolons.
pub(super) fn parties(row: &Row<'_>, column: &str) -> Vec<PartyId> {
    row.list(column).iter().filter_map(|p| p.parse().ok()).collect()
}

/// A whole number that may be missing.
pub(super) fn count(row: &mut Row<'_>, column: &str) -> Option<u32> {
    let text = row.get(column)?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let message = format!("`{text}` is not a whole number");
        row.fault("I012", column, message, "a whole number was expected", None);
    }
    parsed
}

/// `yes`, `no` or nothing.
pub(super) fn yes_no(row: &mut Row<'_>, column: &str) -> Option<bool> {
    match row.get(column)? {
        "yes" => Some(true),
        "no" => Some(false),
        _ => {
            row.fault("I043", column, "`yes` or `no` was expected".into(), "not known", None);
            None
        }
    }
}

/// A SHA-256 that may be missing.
pub(super) fn digest(row: &mut Row<'_>, column: &str) -> Option<Sha256Digest> {
    let text = row.get(column)?;
    match text.parse() {
        Ok(digest) => Some(digest),
        Err(e) => {
            let e: statement::IdError = e;
            row.fault("F022", column, e.to_string(), "this hash", None);
            None
        }
    }
}

/// Files beside the log: `name sha256:HEX`, separated by semicolons. A file of that name that lies in the case folder is
/// compared by whoever reads the folder.
pub(super) fn attachments(row: &mut Row<'_>, column: &str) -> Vec<Attachment> {
    let mut files = Vec::new();
    for part in row.list(column) {
        let parsed = part.rsplit_once(" sha256:").and_then(|(name, rest)| {
            let (hex, bytes) = rest.split_once(' ').unwrap_or((rest, ""));
            let bytes = bytes.trim_end_matches(" bytes").parse().unwrap_or(0);
            Some(Attachment { bytes, name: name.trim().to_owned(), sha256: hex.parse().ok()? })
        });
        match parsed {
            Some(file) => files.push(file),
            None => row.fault(
                "F023",
                column,
                format!("`{part}` does not name a file with its hash"),
                "this file",
                Some("write: photo-17.jpg sha256:64 hexadecimal digits".to_owned()),
            ),
        }
    }
    files
}

/// Whose word a row is.
pub(super) fn says(
    row: &Row<'_>,
    id: String,
    party: PartyId,
    said: Option<Date>,
    source: Source,
) -> Says {
    Says { id, party, said, source, note: row.text("note") }
}
