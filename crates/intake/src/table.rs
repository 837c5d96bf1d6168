//! Tables as they are: CSV with true line numbers and the place of every cell.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use statement::{Basis, Date, Decimal, Reliability, Source};

use crate::diagnostic::{Diagnostic, Severity, Snippet};
use crate::workbook::SheetPlace;

/// A cell longer than this is refused: a report belongs beside the log, not in a cell.
pub(crate) const MAX_CELL: usize = 32 * 1024;
/// What is shown of a long row.
const MAX_SHOWN: usize = 2000;

/// A table's text and its columns.
#[derive(Debug)]
pub(crate) struct Table {
    /// The file, relative to the case folder.
    pub file: String,
    pub text: String,
    pub columns: HashMap<String, usize>,
    pub header: Vec<String>,
    /// Where its rows stand in a file that is no text table.
    pub placing: Option<Placing>,
}

/// Where the rows of a table stand in the file it was made from.
#[derive(Debug)]
pub(crate) enum Placing {
    /// In a sheet of a workbook.
    Sheet(SheetPlace),
    /// In the features of a map: what they are called, and the line of each, 0 where that is not known.
    Features(&'static str, Vec<usize>),
}

/// One row, where it stands, and where its mistakes go.
pub(crate) struct Row<'a> {
    pub table: &'a Table,
    pub record: &'a StringRecord,
    /// Byte offset of the row in the text.
    pub start: usize,
    /// Line of the row, from 1.
    pub line: usize,
    pub faults: Vec<Diagnostic>,
}

/// The bytes of a table as text, or what is wrong with them.
pub(crate) fn decode(file: &str, bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let fault = Diagnostic::whole_file("I002", file, "the file is UTF-16, not UTF-8");
        return Err(Box::new(fault.help("save it as \"CSV UTF-8\"")));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&e.as_bytes()[..at]).into_owned();
        let (line, column) = notation::Source::new(&before).position(at);
        let byte = e.as_bytes()[at];
        let message = format!("line {line}, column {column} is not UTF-8 text (byte 0x{byte:02x})");
        let mut fault = Diagnostic::whole_file("I002", file, message);
        (fault.line, fault.column) = (line, column);
        Box::new(fault.help(
            "the file is probably in an older encoding such as Latin-1; save it as \"CSV UTF-8\"",
        ))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn csv_of(text: &str, has_headers: bool) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().flexible(true).has_headers(has_headers).from_reader(text.as_bytes())
}

fn unclosed(file: &str, text: &str, open: usize) -> Diagnostic {
    let line = text[..open].matches('\n').count() + 1;
    let start = text[..open].rfind('\n').map_or(0, |i| i + 1);
    let end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    let column = text[start..open].chars().count() + 1;
    let labels = vec![(open - start..open - start + 1, "opened here".to_owned())];
    let mut fault = Diagnostic::whole_file("I007", file, "a quoted cell is never closed");
    (fault.line, fault.column) = (line, column);
    fault.snippet = Some(Snippet { text: Arc::from(&text[start..end]), first_line: line, labels });
    fault.help("close it with a quote; a quote inside a quoted cell is written twice")
}

/// Where a quoted cell opens that is never closed.
fn unclosed_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut fresh) = (0, true);
    while at < bytes.len() {
        match bytes[at] {
            b'"' if fresh => {
                let open = at;
                at += 1;
                loop {
                    match bytes.get(at) {
                        None => return Some(open),
                        Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 2,
                        Some(b'"') => break,
                        Some(_) => at += 1,
                    }
                }
                fresh = false;
            }
            byte => fresh = matches!(byte, b',' | b'\n' | b'\r'),
        }
        at += 1;
    }
    None
}

/// Byte ranges of the cells of the row that begins at `start`, and where the row ends.
pub(crate) fn cells(text: &str, start: usize) -> (Vec<Range<usize>>, usize) {
    let bytes = text.as_bytes();
    let (mut cells, mut begin, mut at, mut quoted) = (Vec::new(), start, start, false);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells.push(begin..at);
                begin = at + 1;
            }
            b'\n' | b'\r' if !quoted => break,
            _ => {}
        }
        at += 1;
    }
    cells.push(begin..at);
    (cells, at)
}

impl Table {
    /// A table of a text whose first row names its columns, with what is odd about them.
    ///
    /// # Errors
    /// When a quoted cell is never closed, so that no row can be told from the next.
    pub(crate) fn of_text(
        file: &str,
        text: String,
        placing: Option<Placing>,
    ) -> Result<(Self, Vec<Diagnostic>), Box<Diagnostic>> {
        if let Some(open) = unclosed_quote(&text) {
            return Err(Box::new(unclosed(file, &text, open)));
        }
        let mut header = StringRecord::new();
        // Nothing to read is a table without columns.
        let _ = csv_of(&text, false).read_record(&mut header);
        let header: Vec<String> = header.iter().map(|h| h.trim().to_owned()).collect();
        let columns = HashMap::with_capacity(header.len());
        let mut table = Self { file: file.to_owned(), text, columns, header, placing };
        let mut faults = Vec::new();
        for (i, name) in table.header.iter().enumerate() {
            if table.columns.insert(name.clone(), i).is_some() {
                let message = format!("two columns are named `{name}`");
                faults.push(table.fault_at("I008", 0, 1, Some(i), message, "again".into()));
            }
        }
        Ok((table, faults))
    }

    /// A fault when a column is missing.
    pub(crate) fn lacks(&self, required: &[&str]) -> Option<Diagnostic> {
        let missing: Vec<&str> =
            required.iter().copied().filter(|c| !self.columns.contains_key(*c)).collect();
        if self.header.is_empty() {
            return Some(Diagnostic::whole_file("I006", &self.file, "the table is empty"));
        }
        (!missing.is_empty()).then(|| {
            let message = format!("the table has no column {}", missing.join(", "));
            self.fault_at("I009", 0, 1, None, message, "these columns".to_owned())
        })
    }

    /// Reads the rows one by one and collects what is wrong with them. A row with more or fewer cells than there are
    /// columns, or with a cell that is too long, is told and not read.
    pub(crate) fn each_row(&self, mut read: impl FnMut(&mut Row<'_>)) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut reader = csv_of(&self.text, true);
        let mut record = StringRecord::new();
        // The text is UTF-8 with all quotes closed, so nothing is left that a row could fail at.
        while reader.read_record(&mut record).unwrap_or(false) {
            let (start, line) = record.position().map_or((0, 0), |p| {
                (usize::try_from(p.byte()).unwrap_or(0), usize::try_from(p.line()).unwrap_or(0))
            });
            // The position is that of the end of the row before, where lines are blank or end in CRLF.
            let rest = self.text.get(start..).unwrap_or_default();
            let skipped = rest.bytes().take_while(|b| matches!(b, b'\n' | b'\r')).count();
            let line = line + rest[..skipped].matches('\n').count();
            let start = start + skipped;
            if record.len() != self.header.len() {
                let (cells, columns) = (record.len(), self.header.len());
                let message = format!("the row has {cells} cells and the table {columns} columns");
                let fault = self.fault_at("I034", start, line, None, message, "this row".into());
                faults.push(fault.help("a comma inside a cell needs quotes around the cell"));
                continue;
            }
            if let Some(long) = record.iter().position(|cell| cell.len() > MAX_CELL) {
                let bytes = record.get(long).map_or(0, str::len);
                let message = format!("a cell of {bytes} bytes; at most {MAX_CELL} are taken");
                let at = Some(long);
                let fault = self.fault_at("I035", start, line, at, message, "begins here".into());
                faults.push(fault.help("keep the text in a file beside the case and name it here"));
                continue;
            }
            let mut row = Row { table: self, record: &record, start, line, faults: Vec::new() };
            read(&mut row);
            faults.append(&mut row.faults);
        }
        faults
    }

    /// The line or row of the file that a line of the table's text stands for.
    pub(crate) fn shown_line(&self, line: usize) -> usize {
        match &self.placing {
            None => line,
            Some(Placing::Sheet(place)) => {
                line.checked_sub(1).and_then(|i| place.rows.get(i)).copied().unwrap_or(line)
            }
            Some(Placing::Features(_, lines)) => {
                line.checked_sub(2).and_then(|i| lines.get(i)).copied().unwrap_or(0)
            }
        }
    }

    /// Says where in the file a fault at a cell of the text lies.
    fn place(&self, mut fault: Diagnostic, line: usize, cell: Option<usize>) -> Diagnostic {
        match &self.placing {
            None => return fault,
            Some(Placing::Sheet(place)) => {
                let row = self.shown_line(line);
                fault.message += &match cell {
                    Some(column) => {
                        format!(" (cell {})", place.address(row, column))
                    }
                    None => format!(" (row {row})"),
                };
                fault.column = cell.map_or(0, |c| place.first_column + c + 1);
            }
            Some(Placing::Features(what, _)) => {
                if line > 1 {
                    fault.message += &format!(" ({what} {})", line - 1);
                }
                fault.column = 0;
            }
        }
        fault.line = self.shown_line(line);
        if let Some(snippet) = &mut fault.snippet {
            snippet.first_line = fault.line.max(1);
        }
        fault
    }

    /// The last cell of a row that holds a word, alone or among others: the first is the row's own id.
    pub(crate) fn cell_with(&self, start: usize, word: &str) -> Option<usize> {
        let (cells, _) = cells(&self.text, start);
        cells.into_iter().rposition(|range| {
            let cell = self.text.get(range).unwrap_or_default().trim_matches(['"', ' ']);
            cell.split(';').any(|part| part.trim() == word)
        })
    }

    /// A fault at one cell of a row; at the whole row when there is no such cell.
    pub(crate) fn fault_at(
        &self,
        code: &'static str,
        start: usize,
        line: usize,
        column: Option<usize>,
        message: String,
        label: String,
    ) -> Diagnostic {
        let (cells, end) = cells(&self.text, start);
        let cell = column.filter(|c| *c < cells.len());
        let range = column.and_then(|c| cells.get(c).cloned()).unwrap_or(start..end);
        // Lines before the cell, in cells that hold newlines.
        let before = self.text.get(start..range.start).unwrap_or_default();
        let cell_line = line + before.matches('\n').count();
        let line_start = before.rfind('\n').map_or(start, |i| start + i + 1);
        let column = self.text.get(line_start..range.start).map_or(1, |t| t.chars().count() + 1);
        let snippet = if end - start <= MAX_SHOWN {
            let labels = vec![(range.start - start..range.end - start, label)];
            Snippet { text: Arc::from(&self.text[start..end]), first_line: line, labels }
        } else {
            // Show the beginning of the cell alone.
            let shown: String = self.text[range].chars().take(60).chain(['…']).collect();
            let labels = vec![(0..shown.len(), label)];
            Snippet { text: shown.into(), first_line: cell_line, labels }
        };
        let fault = Diagnostic {
            code,
            severity: Severity::Error,
            file: self.file.clone(),
            line: cell_line,
            column,
            message,
            help: None,
            snippet: Some(snippet),
        };
        self.place(fault, line, cell)
    }
}

impl<'a> Row<'a> {
    /// The text of a cell without surrounding space; `None` when it is empty or there is no such column.
    pub(crate) fn get(&self, column: &str) -> Option<&'a str> {
        let cell = self.record.get(*self.table.columns.get(column)?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    pub(crate) fn text(&self, column: &str) -> Option<String> {
        self.get(column).map(str::to_owned)
    }

    /// Cells that hold several things, separated by semicolons.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        let parts = self.get(column).unwrap_or_default().split(';').map(str::trim);
        parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
    }

    /// Notes a mistake in a cell.
    pub(crate) fn fault(
        &mut self,
        code: &'static str,
        column: &str,
        message: String,
        label: &str,
        help: Option<String>,
    ) {
        let at = self.table.columns.get(column).copied();
        let mut fault =
            self.table.fault_at(code, self.start, self.line, at, message, label.to_owned());
        fault.help = help;
        self.faults.push(fault);
    }

    pub(crate) fn warn(
        &mut self,
        code: &'static str,
        column: &str,
        message: String,
        label: &str,
        help: Option<String>,
    ) {
        self.fault(code, column, message, label, help);
        if let Some(last) = self.faults.last_mut() {
            last.severity = Severity::Warning;
        }
    }

    /// A cell that must not be empty.
    pub(crate) fn need(&mut self, column: &str) -> Option<String> {
        let text = self.text(column);
        if text.is_none() {
            self.fault("I010", column, format!("`{column}` is empty"), "needed here", None);
        }
        text
    }

    pub(crate) fn date(&mut self, column: &str) -> Option<Date> {
        let text = self.get(column)?;
        text.parse()
            .map_err(|e: statement::DateError| {
                let help =
                    "write 2008-06-26, 2008-06, 2009, 2007-12~ (about) or 2006/2008 (from/to)"
                        .to_owned();
                self.fault(
                    "I011",
                    column,
                    format!("`{}` is not a date: {}", e.text, e.reason),
                    "a date was expected",
                    Some(help),
                );
            })
            .ok()
    }

    pub(crate) fn decimal(&mut self, column: &str) -> Option<Decimal> {
        let text = self.get(column)?;
        text.parse().map_err(|_| {
            let short: String = text.chars().take(40).collect();
            let plain: String = text.chars().filter(|c| *c != ',' && !c.is_whitespace()).collect();
            let digits: String = plain.chars().take_while(|c| c.is_ascii_digit() || *c == '.' || *c == '-').collect();
            let help = if text.contains(',') && plain.parse::<Decimal>().is_ok() {
                format!("write {plain}, with a point for decimals and nothing between thousands")
            } else if digits.parse::<Decimal>().is_ok() {
                format!("write {digits} here and the unit in its own column")
            } else {
                "write digits with at most one point; leave the cell empty where there is no figure".to_owned()
            };
            self.fault("I012", column, format!("`{short}` is not a plain number"), "a number was expected", Some(help));
        }).ok()
    }

    /// The source of the row: its `source`, grade and `basis` columns. `basis` may stand in another column.
    pub(crate) fn source_with(&mut self, basis_column: &str) -> Option<Source> {
        let cite = self.need("source");
        let basis = match self.get(basis_column) {
            Some("seen") => Basis::Seen,
            Some("mixed") => Basis::Mixed,
            Some("memory") => Basis::Memory,
            None => Basis::Mixed,
            Some(word) => {
                let help = notation::did_you_mean(word, ["seen", "mixed", "memory"])
                    .map(|w| format!("did you mean `{w}`?"));
                let message = format!("`{word}` is not a basis: seen, mixed or memory");
                self.fault("I013", basis_column, message, "not known", help);
                return None;
            }
        };
        let reliability = self.get("source_reliability").map(str::parse::<Reliability>);
        if reliability == Some(Err(())) {
            let help = "A completely reliable … E unreliable, F cannot be judged".to_owned();
            self.fault(
                "I014",
                "source_reliability",
                "a source's reliability is a letter from A to F".into(),
                "not a grade",
                Some(help),
            );
        }
        let credibility = self.get("credibility").map(str::parse::<u8>);
        if credibility.as_ref().is_some_and(|c| !matches!(c, Ok(1..=6))) {
            let help = "1 confirmed by others … 5 improbable, 6 cannot be judged".to_owned();
            self.fault(
                "I014",
                "credibility",
                "a credibility is a digit from 1 to 6".into(),
                "not a grade",
                Some(help),
            );
        }
        let (credibility, reliability) =
            (credibility.and_then(Result::ok), reliability.and_then(Result::ok));
        Some(Source { basis, cite: cite?, credibility, reliability })
    }

    pub(crate) fn source(&mut self) -> Option<Source> {
        self.source_with("basis")
    }

    /// Whether the row is without mistakes so far; warnings do not count.
    pub(crate) fn is_good(&self) -> bool {
        self.faults.iter().all(|f| f.severity != Severity::Error)
    }
}
