//! Tables of numbers, line by line: cells with their places, numbers or what is wrong with them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity, Snippet};

/// What is shown of a long line.
const SHOWN: usize = 200;

/// A line of a table with its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub file: String,
    pub number: usize,
    pub text: String,
}

impl Line {
    /// Byte ranges of the cells.
    pub(crate) fn cells(&self) -> Vec<Range<usize>> {
        let mut cells = Vec::new();
        split(&self.text, &mut cells);
        cells
    }

    /// A cell without surrounding space and quotes.
    pub(crate) fn cell(&self, range: &Range<usize>) -> &str {
        let cell = self.text.get(range.clone()).unwrap_or_default().trim();
        cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')).unwrap_or(cell).trim()
    }

    pub(crate) fn fault(
        &self,
        code: &'static str,
        at: &Range<usize>,
        message: String,
        label: &str,
    ) -> Diagnostic {
        let before = self.text.get(..at.start).unwrap_or_default();
        // Show the neighbourhood of the cell when the line is long.
        let mut from = at.start.saturating_sub(SHOWN / 2);
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (at.end + SHOWN / 2).min(self.text.len());
        while !self.text.is_char_boundary(to) {
            to += 1;
        }
        let shown = self.text.get(from..to).unwrap_or_default();
        let labels = vec![(at.start - from..at.end.max(at.start) - from, label.to_owned())];
        Diagnostic {
            code,
            severity: Severity::Error,
            file: self.file.clone(),
            line: self.number,
            column: before.chars().count() + 1,
            message,
            help: None,
            snippet: Some(Snippet { text: Arc::from(shown), first_line: self.number, labels }),
        }
    }

    pub(crate) fn whole(&self) -> Range<usize> {
        0..self.text.len()
    }

    /// A finite number, or what is wrong with the cell.
    pub(crate) fn number(
        &self,
        range: &Range<usize>,
        column: &str,
    ) -> Result<f64, Box<Diagnostic>> {
        let cell = self.cell(range);
        let fail = |code, message: String, label, help: &str| {
            Box::new(self.fault(code, range, message, label).help(help))
        };
        match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(fail(
                "A203",
                format!("`{column}` is {cell}, which is no number"),
                "not finite",
                "leave the cell empty where nothing was measured",
            )),
            Err(_) if cell.contains(',') && cell.replacen(',', ".", 1).parse::<f64>().is_ok() => {
                Err(fail(
                    "A202",
                    format!("`{column}` has a decimal comma: {cell}"),
                    "a decimal comma",
                    &format!("write {}, with a point", cell.replacen(',', ".", 1)),
                ))
            }
            Err(_) => {
                let short: String = cell.chars().take(40).collect();
                let help = match cell.strip_suffix('%').map(|c| c.trim().parse::<f64>()) {
                    Some(Ok(percent)) => format!("write {} for {cell}", percent / 100.0),
                    _ => "write digits with at most one point, such as 0.005 or 1.2e-3".to_owned(),
                };
                Err(fail(
                    "A202",
                    format!("`{column}` is not a number: `{short}`"),
                    "a number was expected",
                    &help,
                ))
            }
        }
    }
}

/// Lines of a text file, without its end-of-line marks.
pub(crate) struct Lines {
    name: String,
    input: BufReader<Box<dyn Read>>,
    bytes: Vec<u8>,
    number: usize,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|e| {
            Box::new(Diagnostic::whole_file("A200", &name, format!("cannot be read: {e}")))
        })?;
        Ok(Self::over(&name, Box::new(file)))
    }

    /// Lines of anything that can be read.
    pub(crate) fn over(name: &str, input: Box<dyn Read>) -> Self {
        let input = BufReader::with_capacity(1 << 18, input);
        Self { name: name.to_owned(), input, bytes: Vec::new(), number: 0 }
    }

    /// Reads the next line that is not blank into `line`; false at the end.
    pub(crate) fn next(&mut self, line: &mut Line) -> Result<bool, Box<Diagnostic>> {
        loop {
            self.bytes.clear();
            self.number += 1;
            let fail = |message: String| Diagnostic::whole_file("A200", &self.name, message);
            let read = self
                .input
                .read_until(b'\n', &mut self.bytes)
                .map_err(|e| Box::new(fail(format!("line {} cannot be read: {e}", self.number))))?;
            if read == 0 {
                return Ok(false);
            }
            let mut bytes = self.bytes.as_slice();
            if self.number == 1 {
                if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                    let fault = fail("the file is UTF-16, not UTF-8".to_owned());
                    return Err(Box::new(fault.help("save it as \"CSV UTF-8\"")));
                }
                bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            }
            bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            let text = std::str::from_utf8(bytes).map_err(|e| {
                let mut fault = fail(format!(
                    "line {} is not UTF-8 text after byte {}",
                    self.number,
                    e.valid_up_to()
                ));
                fault.line = self.number;
                Box::new(fault.help("save it as \"CSV UTF-8\""))
            })?;
            if !text.trim().is_empty() {
                line.text.clear();
                line.text.push_str(text);
                line.number = self.number;
                if line.file.is_empty() {
                    line.file.clone_from(&self.name);
                }
                return Ok(true);
            }
        }
    }

    /// The header line with the ranges of its cells.
    pub(crate) fn header(
        &mut self,
        first: &str,
    ) -> Result<(Line, Vec<Range<usize>>), Box<Diagnostic>> {
        let mut line = Line::default();
        if !self.next(&mut line)? {
            let fault = Diagnostic::whole_file("A200", &self.name, "the file is empty");
            return Err(Box::new(fault.help(format!("its first line names the columns: {first}"))));
        }
        let cells = line.cells();
        if cells.len() == 1 && line.text.contains([';', '\t']) {
            let fault = line.fault(
                "A200",
                &line.whole(),
                "the columns are not separated by commas".to_owned(),
                "no comma here",
            );
            return Err(Box::new(fault.help("save it as CSV with commas and decimal points")));
        }
        Ok((line, cells))
    }
}

pub(crate) fn too_many(line: &Line, cells: &[Range<usize>], width: usize) -> Diagnostic {
    let extra = cells.get(width).map_or(line.whole(), |c| c.start..line.text.len());
    let message = format!("the row has {} cells, the header {width}", cells.len());
    let fault = line.fault("A205", &extra, message, "one too many");
    // 12,5 without quotes is two cells.
    if cells.len() > width {
        fault.help("a decimal comma makes two cells of one number: write 0.005, with a point")
    } else {
        fault
    }
}

/// Splits a line at its commas; quoted commas stay.
pub(crate) fn split(text: &str, cells: &mut Vec<Range<usize>>) {
    cells.clear();
    let (mut begin, mut quoted) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b',' if !quoted => {
                cells.push(begin..at);
                begin = at + 1;
            }
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    cells.push(begin..text.len());
}
