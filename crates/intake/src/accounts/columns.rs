//! Reports as a table: a line of a report in each row, the report's head repeated in it.

use std::borrow::Cow;
use std::ops::Range;

use super::build::{Builder, Name, RawField};
use super::field::{FIELDS, Field, Stands};
use crate::table::cells;

/// Columns by which a table of reports is recognised.
const REQUIRED: [&str; 6] = ["report_type", "report_number", "mba", "line", "material", "element"];

/// Whether a text is a table of reports: its header has most of the columns that one must have.
pub(super) fn is(text: &str) -> bool {
    let (header, _) = cells(text, 0);
    let names: Vec<&str> = header.iter().map(|c| unquoted(text, c)).collect();
    REQUIRED.iter().filter(|r| names.contains(r)).count() >= 4
}

fn unquoted<'a>(text: &'a str, cell: &Range<usize>) -> &'a str {
    text[cell.clone()].trim().trim_matches('"').trim()
}

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let blank = text.bytes().take_while(|b| *b == b'\n').count();
    let (header, mut at) = cells(text, blank);
    let mut columns = Vec::with_capacity(header.len());
    for cell in &header {
        let name = unquoted(text, cell);
        let known = Field::by_column(name);
        // A sheet may begin right of its first column; what has no name holds nothing.
        if known.is_none() && !name.is_empty() {
            let all = FIELDS.iter().map(|f| f.column).filter(|c| !c.is_empty());
            let help = notation::did_you_mean(name, all).map_or_else(
                || {
                    "docs/reports.md lists the columns; what it holds is kept, read by no rule"
                        .to_owned()
                },
                |w| format!("did you mean `{w}`?"),
            );
            builder.warn(
                "A006",
                cell.clone(),
                format!("`{name}` is not a column of reports"),
                "not known",
                help,
            );
        }
        columns.push((known, name));
    }
    let missing: Vec<&str> =
        REQUIRED.into_iter().filter(|r| !columns.iter().any(|(_, n)| n == r)).collect();
    if !missing.is_empty() {
        let message = format!("a table of reports without {}", missing.join(", "));
        builder.fault("A002", 0..at, message, "these columns", "docs/reports.md lists the columns");
        return;
    }
    // The head of the report that is open, as its cells stand.
    let mut open: Vec<&str> = Vec::new();
    loop {
        let bytes = text.as_bytes();
        while matches!(bytes.get(at), Some(b'\n' | b'\r')) {
            at += 1;
        }
        if at >= text.len() {
            break;
        }
        let (row, end) = cells(text, at);
        let place = at..end;
        at = end;
        if row.iter().all(|c| text[c.clone()].trim().is_empty()) {
            continue;
        }
        if row.len() != columns.len() {
            let message =
                format!("the row has {} cells and the table {} columns", row.len(), columns.len());
            builder.fault(
                "A001",
                place,
                message,
                "this row",
                "a comma inside a cell needs quotes around the cell; decimals have a point",
            );
            continue;
        }
        let (mut head, mut line) = (Vec::new(), Vec::with_capacity(columns.len()));
        let mut now = Vec::with_capacity(8);
        for ((known, name), cell) in columns.iter().zip(row) {
            let raw = text[cell.clone()].trim();
            let is_head = known.is_some_and(|n| n.stands == Stands::Head);
            if is_head {
                now.push(raw);
            }
            if raw.is_empty() {
                continue;
            }
            let value = match raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')) {
                Some(inner) if inner.contains("\"\"") => Cow::Owned(inner.replace("\"\"", "\"")),
                Some(inner) => Cow::Borrowed(inner),
                None => Cow::Borrowed(raw),
            };
            let name = match known {
                Some(names) => Name::Known(names.field),
                None if name.is_ascii() && !name.is_empty() => Name::Carried((*name).into()),
                None => continue,
            };
            let field = RawField { name, value, at: cell };
            if is_head { head.push(field) } else { line.push(field) }
        }
        if now != open {
            builder.begin(&head, place.clone());
            open = now;
        }
        builder.line(&line, place);
    }
    builder.end();
}
