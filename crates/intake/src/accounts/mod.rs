//! Accounting reports of three dialects: labelled Code 10 text, Euratom and UK records as XML, and tables.
//!
//! ```text
//! file ──dialect──▶ fields with their place ──Builder──▶ ReadReport ──split──▶ account.report statements
//! ```
//!
//! Each dialect only finds fields; what a field means and what can be wrong with it is in one place, [`build`].

mod build;
mod code10;
mod columns;
mod euratom;
mod field;
mod text;
mod write;

use std::ops::Range;

use statement::Date;
use statement::kinds::account::{AccountLine, AccountReport, Dialect, Part};

use build::Builder;
pub(crate) use build::ReadReport;
use field::Field;
pub(crate) use text::FileText;
pub use write::{Written, WrittenFile, write};

use crate::Diagnostic;

/// What a report file holds.
pub(crate) struct Reading {
    pub reports: Vec<ReadReport>,
    pub faults: Vec<Diagnostic>,
    /// Areas of which something could not be read.
    pub incomplete: Vec<Box<str>>,
}

/// The dialect of a text, from how it begins; `None` when it holds no reports.
pub(crate) fn dialect(extension: &str, text: &str) -> Option<Dialect> {
    match extension {
        "txt" if code10::is(text) => Some(Dialect::Code10),
        "xml" => Some(Dialect::Euratom),
        "csv" | "xlsx" if columns::is(text) => Some(Dialect::Table),
        _ => None,
    }
}

/// Reads the reports of a file.
pub(crate) fn read(file: &FileText, dialect: Dialect) -> Reading {
    let mut builder = Builder::new(file, dialect);
    match dialect {
        Dialect::Code10 => code10::read(&file.text, &mut builder),
        Dialect::Euratom => euratom::read(&file.text, &mut builder),
        Dialect::Table => columns::read(&file.text, &mut builder),
    }
    Reading { reports: builder.reports, faults: builder.faults, incomplete: builder.incomplete }
}

/// Reads the reports of a text in a named dialect and says what is wrong with it. Never panics; for fuzzing and
/// round trips.
#[must_use]
pub fn read_reports(
    file: &str,
    text: &str,
    dialect: Dialect,
) -> (Vec<(AccountReport, Option<Date>)>, Vec<Diagnostic>) {
    let file = FileText::new(file, text.to_owned());
    let reading = read(&file, dialect);
    (reading.reports.into_iter().map(|r| (r.report, r.reported)).collect(), reading.faults)
}

/// The id of a report's statement: `ICR-SYA-3`, and `ICR-SYA-3.2` for its second part.
pub(crate) fn id(report: &AccountReport) -> String {
    let (kind, mba, number) = (report.report_type, &report.mba, report.number);
    match report.part {
        Some(part) if part.number > 1 => format!("{kind}-{mba}-{number}.{}", part.number),
        _ => format!("{kind}-{mba}-{number}"),
    }
}

/// Bytes of lines in one statement: an entry has at most 65,535, and head, source and the signatures of several
/// parties need room.
const ROOM: usize = 48_000;

/// An upper bound of a line's bytes as JSON. The names of all fields take less than 360 bytes, a number less than 32;
/// a character at most doubles when it is escaped, since control characters are not taken.
fn bound(line: &AccountLine) -> usize {
    let text = |t: &Option<Box<str>>| t.as_ref().map_or(0, |t| 2 * t.len());
    let other: usize = line.other.iter().map(|(k, v)| k.len() + 2 * v.len() + 8).sum();
    620 + text(&line.batch)
        + text(&line.shipper_batch)
        + text(&line.from)
        + text(&line.to)
        + text(&line.note)
        + other
}

/// A report in parts that each fit a statement, with the places of their lines. The same report is always cut in the
/// same way.
pub(crate) fn split(read: ReadReport) -> Vec<(AccountReport, Vec<Range<usize>>)> {
    let ReadReport { report, places, .. } = read;
    let total: usize = report.lines.iter().map(bound).sum();
    if total <= ROOM {
        return vec![(report, places)];
    }
    let AccountReport { lines, .. } = &report;
    let mut cuts = vec![0];
    let mut used = 0;
    for (i, line) in lines.iter().enumerate() {
        let size = bound(line);
        if used > 0 && used + size > ROOM {
            cuts.push(i);
            used = 0;
        }
        used += size;
    }
    let of = u32::try_from(cuts.len()).unwrap_or(u32::MAX);
    let head = AccountReport { lines: Vec::new(), ..report };
    let mut lines = report.lines.into_iter();
    let mut places = places.into_iter();
    let ends = cuts.iter().skip(1).copied().chain([usize::MAX]);
    cuts.iter()
        .zip(ends)
        .zip(1..)
        .map(|((&start, end), number)| {
            let take = end.saturating_sub(start);
            let mut part = head.clone();
            part.lines = lines.by_ref().take(take).collect();
            part.part = (of > 1).then_some(Part { number, of });
            (part, places.by_ref().take(take).collect())
        })
        .collect()
}

/// Where in a line the field of a column name stands.
pub(crate) fn locate(file: &FileText, line: &Range<usize>, column: &str) -> Option<Range<usize>> {
    let names = Field::by_column(column)?;
    let text = file.text.get(line.clone())?;
    let within = |start: usize, end: usize| line.start + start..line.start + end;
    if text.starts_with('<') {
        let tags: &[&str] = match names.field {
            Field::Description => &["MaterialForm"],
            _ => &[names.xml],
        };
        return tags.iter().filter(|t| !t.is_empty()).find_map(|tag| {
            let open = text.find(&format!("<{tag}>"))? + tag.len() + 2;
            Some(within(open, open + text[open..].find('<')?))
        });
    }
    if text.contains(':') && text.bytes().take(4).all(|b| b.is_ascii_digit() || b == b':') {
        let labels: Vec<&str> = match names.field {
            Field::Element | Field::Material => {
                vec!["610", "620", "630", "700", "800", names.label]
            }
            Field::Isotope | Field::IsotopeCode => vec!["670", "640", "660", names.label],
            Field::Line => vec!["1000", "002"],
            _ => vec![names.label],
        };
        return labels.into_iter().filter(|l| !l.is_empty()).find_map(|label| {
            let key = format!("{label}:");
            let mut from = 0;
            loop {
                let at = from + text[from..].find(&key)?;
                let fresh = text[..at].trim_end_matches([' ', '\t']).ends_with(['#', '\n', '\r']);
                if at == 0 || fresh {
                    let end = text[at..].find(['#', '\n', '\r']).map_or(text.len(), |e| at + e);
                    return Some(within(at, end));
                }
                from = at + key.len();
            }
        });
    }
    let (header, _) =
        crate::table::cells(&file.text, file.text.bytes().take_while(|b| *b == b'\n').count());
    let place = header.iter().position(|c| {
        file.text.get(c.clone()).is_some_and(|h| h.trim().trim_matches('"').trim() == column)
    })?;
    let (cells, _) = crate::table::cells(&file.text, line.start);
    cells.get(place).cloned()
}

/// Reads a text in a dialect that a number chooses, draws what is wrong with it, writes what it holds in every dialect
/// and reads that again: the body of the fuzz target and of a property test.
///
/// # Panics
/// When what was written in the dialect of a table or of Code 10 cannot be read again.
#[doc(hidden)]
pub fn read_and_write_reports(text: &str, choice: u8) {
    let dialects = [Dialect::Code10, Dialect::Euratom, Dialect::Table];
    let dialect = dialects[usize::from(choice) % dialects.len()];
    let (reports, faults) = read_reports("fuzz", text, dialect);
    let _ = crate::render(&faults, 80, false);
    for dialect in dialects {
        for file in write(dialect, &reports).files {
            let _ = read_reports(&file.name, &file.text, dialect);
        }
    }
}
