//! Small tables of names and numbers: items with weights, pairs of measurements, a sample another code drew.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::lines::{Line, Lines, too_many};

/// How many mistakes are shown.
const MOST: usize = 20;

/// A table with text columns and number columns.
#[derive(Debug)]
pub struct NumberTable {
    header: Line,
    /// The rows.
    pub rows: Vec<NumberRow>,
}

/// One row.
#[derive(Debug)]
pub struct NumberRow {
    /// The text cells, in the order asked for.
    pub texts: Vec<String>,
    /// The numbers, in the order asked for.
    pub numbers: Vec<f64>,
    line: Line,
    places: Vec<Range<usize>>,
}

impl NumberTable {
    /// Reads the columns `texts` and `numbers`; others are left alone. Every cell asked for must be filled, every
    /// number finite and at least `least`.
    ///
    /// # Errors
    ///
    /// Every mistake, with its place.
    pub fn read(
        path: &Path,
        texts: &[&str],
        numbers: &[&str],
        least: f64,
    ) -> Result<Self, Vec<Diagnostic>> {
        let one = |fault: Box<Diagnostic>| vec![*fault];
        let mut lines = Lines::open(path).map_err(one)?;
        let wanted: Vec<&str> = texts.iter().chain(numbers).copied().collect();
        let (header, cells) = lines.header(&wanted.join(", ")).map_err(one)?;
        let columns: HashMap<&str, usize> =
            cells.iter().enumerate().map(|(i, c)| (header.cell(c), i)).collect();
        let mut faults = Vec::new();
        let mut found = Vec::new();
        for name in &wanted {
            match columns.get(name) {
                Some(i) => found.push(*i),
                None => {
                    let message = format!("the column `{name}` is missing");
                    let fault = header.fault("A201", &header.whole(), message, "the columns");
                    let help = format!("the table has the columns {}", wanted.join(", "));
                    faults.push(fault.help(help));
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut rows = Vec::new();
        let mut line = Line::default();
        while faults.len() < MOST {
            match lines.next(&mut line) {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => {
                    faults.push(*fault);
                    break;
                }
            }
            let cells_here = line.cells();
            if cells_here.len() > cells.len() {
                faults.push(too_many(&line, &cells_here, cells.len()));
                continue;
            }
            let end = line.text.len()..line.text.len();
            let places: Vec<Range<usize>> =
                found.iter().map(|i| cells_here.get(*i).cloned().unwrap_or(end.clone())).collect();
            let mut row =
                NumberRow { texts: Vec::new(), numbers: Vec::new(), line: line.clone(), places };
            for (name, place) in wanted.iter().zip(&row.places) {
                let cell = line.cell(place);
                if cell.is_empty() {
                    let message = format!("`{name}` is empty");
                    faults.push(line.fault("A201", place, message, "needed here"));
                } else if texts.contains(name) {
                    row.texts.push(cell.to_owned());
                } else {
                    match line.number(place, name) {
                        Ok(value) if value < least => {
                            let message = format!("`{name}` is {value}, below {least}");
                            faults.push(line.fault("A222", place, message, "too small"));
                        }
                        Ok(value) => row.numbers.push(value),
                        Err(fault) => faults.push(*fault),
                    }
                }
            }
            rows.push(row);
        }
        if rows.is_empty() && faults.is_empty() {
            let message = "the table has no row".to_owned();
            faults.push(header.fault("A200", &header.whole(), message, "nothing follows"));
        }
        if faults.is_empty() { Ok(Self { header, rows }) } else { Err(faults) }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.header.file
    }
}

impl NumberRow {
    /// A mistake in one of its cells, counted through texts and numbers.
    #[must_use]
    pub fn fault(
        &self,
        cell: usize,
        code: &'static str,
        message: String,
        help: &str,
    ) -> Diagnostic {
        let place = self.places.get(cell).cloned().unwrap_or_else(|| self.line.whole());
        self.line.fault(code, &place, message, "here").help(help)
    }

    /// Its line in the file.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line.number
    }
}
