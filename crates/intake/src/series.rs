//! Time series of flows and inventories, and the errors of their locations: `lockstep balance --series`.
//!
//! A series may have millions of rows: it is read once, line by line, and never held.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use balance::series::{Form, Kind, Location, SeriesFault};

use crate::diagnostic::{Diagnostic, Severity, Snippet};

/// How many mistakes of a series are shown; a wrong column has one in each row.
const MOST: usize = 20;
/// What is shown of a long line.
const SHOWN: usize = 200;

/// A line of a table with its place.
#[derive(Debug, Clone, Default)]
struct Line {
    file: String,
    number: usize,
    text: String,
}

impl Line {
    /// Byte ranges of the cells.
    fn cells(&self) -> Vec<Range<usize>> {
        let mut cells = Vec::new();
        split(&self.text, &mut cells);
        cells
    }

    /// A cell without surrounding space and quotes.
    fn cell(&self, range: &Range<usize>) -> &str {
        let cell = self.text.get(range.clone()).unwrap_or_default().trim();
        cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')).unwrap_or(cell).trim()
    }

    fn fault(
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

    fn whole(&self) -> Range<usize> {
        0..self.text.len()
    }

    /// A finite number, or what is wrong with the cell.
    fn number(&self, range: &Range<usize>, column: &str) -> Result<f64, Box<Diagnostic>> {
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
struct Lines {
    name: String,
    input: BufReader<Box<dyn Read>>,
    bytes: Vec<u8>,
    number: usize,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|e| {
            Box::new(Diagnostic::whole_file("A200", &name, format!("cannot be read: {e}")))
        })?;
        let input = BufReader::with_capacity(1 << 20, Box::new(file) as Box<dyn Read>);
        Ok(Self { name, input, bytes: Vec::new(), number: 0 })
    }

    /// Reads the next line that is not blank into `line`; false at the end.
    fn next(&mut self, line: &mut Line) -> Result<bool, Box<Diagnostic>> {
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
    fn header(&mut self, first: &str) -> Result<(Line, Vec<Range<usize>>), Box<Diagnostic>> {
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

/// The error table: every location with its kind and errors.
#[derive(Debug)]
pub struct ErrorTable {
    /// The locations, in the order of the file.
    pub locations: Vec<Location>,
    /// Remarks: errors of 0 % throughout, a share written as a percentage.
    pub remarks: Vec<Diagnostic>,
    rows: Vec<(Line, Vec<Range<usize>>)>,
    columns: HashMap<String, usize>,
}

const ERROR_COLUMNS: &str =
    "location, kind, random_rsd, systematic_rsd, and where needed calibration_h, form";

impl ErrorTable {
    /// Reads `location,kind(in|inv|out),random_rsd,systematic_rsd[,calibration_h][,form(rate|item)]`.
    ///
    /// # Errors
    ///
    /// Every mistake of the table, with its place.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let one = |fault: Box<Diagnostic>| vec![*fault];
        let mut lines = Lines::open(path).map_err(one)?;
        let (header, cells) = lines.header(ERROR_COLUMNS).map_err(one)?;
        let mut faults = Vec::new();
        let columns: HashMap<String, usize> =
            cells.iter().enumerate().map(|(i, c)| (header.cell(c).to_owned(), i)).collect();
        for needed in ["location", "kind", "random_rsd", "systematic_rsd"] {
            if !columns.contains_key(needed) {
                let message = format!("the column `{needed}` is missing");
                let fault = header.fault("A201", &header.whole(), message, "the columns");
                faults.push(fault.help(format!("an error table has {ERROR_COLUMNS}")));
            }
        }
        let known = ["location", "kind", "random_rsd", "systematic_rsd", "calibration_h", "form"];
        for cell in &cells {
            let name = header.cell(cell);
            if !known.contains(&name) {
                let help = notation::did_you_mean(name, known)
                    .map_or(format!("an error table has {ERROR_COLUMNS}"), |w| {
                        format!("did you mean `{w}`?")
                    });
                let message = format!("no column of an error table is called `{name}`");
                faults.push(header.fault("A201", cell, message, "not known").help(help));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut table =
            Self { locations: Vec::new(), remarks: Vec::new(), rows: Vec::new(), columns };
        let mut line = Line::default();
        loop {
            match lines.next(&mut line) {
                Ok(true) => table.row(line.clone(), cells.len(), &mut faults),
                Ok(false) => break,
                Err(fault) => {
                    faults.push(*fault);
                    break;
                }
            }
        }
        if table.rows.is_empty() && faults.is_empty() {
            let fault = header.fault(
                "A200",
                &header.whole(),
                "the error table has no row".to_owned(),
                "nothing follows",
            );
            faults.push(fault.help("one row for each location of the series"));
        }
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    fn row(&mut self, line: Line, width: usize, faults: &mut Vec<Diagnostic>) {
        let cells = line.cells();
        if cells.len() > width {
            faults.push(too_many(&line, &cells, width));
            return;
        }
        let empty = line.text.len()..line.text.len();
        let range = |name: &str| {
            self.columns.get(name).and_then(|i| cells.get(*i)).cloned().unwrap_or(empty.clone())
        };
        let before = faults.len();
        let name = line.cell(&range("location")).to_owned();
        if name.is_empty() {
            let message = "`location` is empty".to_owned();
            faults.push(line.fault("A201", &range("location"), message, "needed here"));
        } else if let Some(other) = self.locations.iter().position(|l| l.name == name) {
            let first = self.rows.get(other).map_or(0, |(line, _)| line.number);
            let message = format!("`{name}` already stands in line {first}");
            faults.push(line.fault("A210", &range("location"), message, "a second time"));
        }
        let kind = match line.cell(&range("kind")) {
            "in" => Some(Kind::In),
            "inv" => Some(Kind::Inv),
            "out" => Some(Kind::Out),
            word => {
                let message = format!("`{word}` is no kind of location");
                let help = "in: enters the area; inv: is held there; out: leaves it";
                faults
                    .push(line.fault("A208", &range("kind"), message, "in, inv or out").help(help));
                None
            }
        };
        let form = match line.cell(&range("form")) {
            "" | "rate" => Form::Rate,
            "item" => Form::Item,
            word => {
                let message = format!("`{word}` is no form of a flow");
                let help = "rate: amount per hour, the default; item: amounts at moments";
                faults.push(line.fault("A208", &range("form"), message, "rate or item").help(help));
                Form::Rate
            }
        };
        let mut rsd = |column: &str| {
            let at = range(column);
            if line.cell(&at).is_empty() {
                let message = format!("`{column}` of `{name}` is empty");
                let help = "write 0 where there is no such error, else a relative standard deviation such as 0.005";
                faults.push(line.fault("A201", &at, message, "needed here").help(help));
                return 0.0;
            }
            match line.number(&at, column) {
                Ok(value) if value < 0.0 => {
                    let message = format!("`{column}` is negative");
                    faults.push(line.fault("A209", &at, message, "a standard deviation"));
                    0.0
                }
                Ok(value) => {
                    if value >= 1.0 {
                        let message =
                            format!("`{column}` is {:.0} % of what is measured", value * 100.0);
                        let mut remark = line.fault("A209", &at, message, "very large");
                        remark.severity = Severity::Warning;
                        let help =
                            format!("a share, not a percentage: {value} % is {}", value / 100.0);
                        self.remarks.push(remark.help(help));
                    }
                    value
                }
                Err(fault) => {
                    faults.push(*fault);
                    0.0
                }
            }
        };
        let (random_rsd, systematic_rsd) = (rsd("random_rsd"), rsd("systematic_rsd"));
        let at = range("calibration_h");
        let calibration_h = match line.cell(&at) {
            "" => None,
            _ => match line.number(&at, "calibration_h") {
                Ok(hours) if hours > 0.0 => Some(hours),
                Ok(_) => {
                    let message = "the time between calibrations must be above 0".to_owned();
                    let help = "hours; leave it empty for one calibration throughout";
                    faults.push(line.fault("A217", &at, message, "hours").help(help));
                    None
                }
                Err(fault) => {
                    faults.push(*fault);
                    None
                }
            },
        };
        if let (Some(kind), true) = (kind, faults.len() == before) {
            self.locations.push(Location {
                name,
                kind,
                form,
                random_rsd,
                systematic_rsd,
                calibration_h,
            });
            self.rows.push((line, cells));
        }
    }

    fn at(&self, row: usize, column: &str) -> Option<(&Line, Range<usize>)> {
        let (line, cells) = self.rows.get(row)?;
        Some((line, cells.get(*self.columns.get(column)?)?.clone()))
    }

    /// The message for a singular covariance at a balance (from 0), at the location whose errors leave no doubt.
    #[must_use]
    pub fn singular(&self, balance: usize) -> Option<Diagnostic> {
        let silent = |l: &Location| l.random_rsd == 0.0 && l.systematic_rsd == 0.0;
        let row = self.locations.iter().position(|l| l.random_rsd == 0.0).unwrap_or(0);
        let (line, at) = self.at(row, "random_rsd")?;
        let (code, message, help) = if self.locations.iter().all(silent) {
            (
                "A216",
                "all errors are 0 %: sigma-MUF is 0 and no test can be made".to_owned(),
                "give the relative standard deviations of the measurements; MUF and CUMUF are shown",
            )
        } else {
            (
                "A215",
                format!(
                    "the covariance is singular at balance {}: its MUF follows from those before it",
                    balance + 1
                ),
                "the random errors are 0 or far too small beside the systematic ones; tests stop at this balance",
            )
        };
        Some(line.fault(code, &at, message, "this error").help(help))
    }
}

fn too_many(line: &Line, cells: &[Range<usize>], width: usize) -> Diagnostic {
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

/// A row of a series.
#[derive(Debug)]
pub struct Row<'a> {
    /// The realisation it belongs to; `1` when the series has no such column.
    pub realisation: &'a str,
    /// Whether it is the first of its realisation.
    pub first: bool,
    /// Its time, in hours.
    pub time_h: f64,
    /// What was measured at each location of the error table, in its order.
    pub values: &'a [Option<f64>],
}

/// A series being read.
pub struct Series {
    lines: Lines,
    header: Line,
    cells: Vec<Range<usize>>,
    realisation: Option<usize>,
    time: usize,
    /// For each location of the error table, its column.
    columns: Vec<usize>,
    /// The last row that was read.
    last: Line,
    /// Remarks that stop nothing.
    pub remarks: Vec<Diagnostic>,
}

impl Series {
    /// Opens `[realisation,]time_h,` and one column for each location, and matches it with the error table.
    ///
    /// # Errors
    ///
    /// A missing column, a location without errors, errors without a location.
    pub fn open(path: &Path, errors: &ErrorTable) -> Result<Self, Vec<Diagnostic>> {
        let one = |fault: Box<Diagnostic>| vec![*fault];
        let mut lines = Lines::open(path).map_err(one)?;
        let (header, cells) =
            lines.header("[realisation,] time_h, then one for each location").map_err(one)?;
        let mut faults = Vec::new();
        let mut columns: HashMap<&str, usize> = HashMap::new();
        for (i, cell) in cells.iter().enumerate() {
            let name = header.cell(cell);
            if columns.insert(name, i).is_some() {
                let message = format!("two columns are called `{name}`");
                faults.push(header.fault("A210", cell, message, "a second time"));
            }
        }
        let time = columns.remove("time_h");
        if time.is_none() {
            let message = "the column `time_h` is missing".to_owned();
            let help =
                "a series has [realisation,] time_h (hours), then one column for each location";
            faults.push(header.fault("A201", &header.whole(), message, "the columns").help(help));
        }
        let realisation = columns.remove("realisation");
        let mut found = Vec::new();
        for (row, location) in errors.locations.iter().enumerate() {
            match columns.get(location.name.as_str()) {
                Some(i) => found.push(*i),
                None => {
                    let Some((line, at)) = errors.at(row, "location") else { continue };
                    let message = format!("the series has no location `{}`", location.name);
                    let help = notation::did_you_mean(&location.name, columns.keys().copied())
                        .map_or(
                            format!(
                                "{} names its locations in line {}",
                                header.file, header.number
                            ),
                            |w| format!("did you mean `{w}`?"),
                        );
                    faults.push(line.fault("A206", &at, message, "not in the series").help(help));
                }
            }
        }
        for (i, cell) in cells.iter().enumerate() {
            let name = header.cell(cell);
            let taken = Some(i) == time || Some(i) == realisation || found.contains(&i);
            if !taken && columns.get(name) == Some(&i) {
                let message = format!("the error table has no row for `{name}`");
                let help =
                    "add its row, or take the column out: a flow without a kind is in no balance";
                faults.push(header.fault("A207", cell, message, "no errors given").help(help));
            }
        }
        let mut remarks = Vec::new();
        if !errors.locations.iter().any(|l| l.kind == Kind::Inv) {
            let message =
                "no location is an inventory: what is held is taken as unchanged".to_owned();
            let mut remark = header.fault("A219", &header.whole(), message, "flows only");
            remark.severity = Severity::Warning;
            remarks.push(remark.help("give the inventories as locations of kind inv"));
        }
        match (time, faults.is_empty()) {
            (Some(time), true) => Ok(Self {
                lines,
                header,
                cells,
                realisation,
                time,
                columns: found,
                last: Line::default(),
                remarks,
            }),
            _ => Err(faults),
        }
    }

    /// Hands on every row, in order. Returns the mistakes; a row with one is not handed on, and reading stops after
    /// twenty.
    pub fn read(&mut self, mut each: impl FnMut(&Row<'_>)) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut line = Line::default();
        let mut cells: Vec<Range<usize>> = Vec::with_capacity(self.cells.len());
        let mut values = vec![None; self.columns.len()];
        let mut negative = HashSet::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut current = String::new();
        let mut before: Option<f64> = None;
        while faults.len() < MOST {
            match self.lines.next(&mut line) {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => {
                    faults.push(*fault);
                    break;
                }
            }
            split(&line.text, &mut cells);
            if cells.len() != self.cells.len() {
                faults.push(if cells.len() > self.cells.len() {
                    too_many(&line, &cells, self.cells.len())
                } else {
                    let message = format!(
                        "the row has {} cells, the header {}",
                        cells.len(),
                        self.cells.len()
                    );
                    line.fault("A205", &line.whole(), message, "cells are missing")
                });
                continue;
            }
            let (Some(time_at), label_at) =
                (cells.get(self.time), self.realisation.and_then(|i| cells.get(i)))
            else {
                continue;
            };
            let label = label_at.map_or("1", |at| line.cell(at));
            let first = before.is_none() || label != current;
            if first {
                if label.is_empty() {
                    let message = "`realisation` is empty".to_owned();
                    let at = label_at.cloned().unwrap_or_default();
                    faults.push(line.fault("A218", &at, message, "needed here"));
                    continue;
                }
                label.clone_into(&mut current);
                before = None;
                if !seen.insert(current.clone()) {
                    let message = format!("realisation {current} goes on after another began");
                    let at = label_at.cloned().unwrap_or_default();
                    let fault = line.fault("A218", &at, message, "seen before");
                    faults.push(fault.help("sort the rows by realisation, then by time"));
                    break;
                }
            }
            let time_h = match line.number(time_at, "time_h") {
                Ok(time) => time,
                Err(fault) => {
                    faults.push(*fault);
                    continue;
                }
            };
            if let Some(earlier) = before.filter(|b| time_h <= *b) {
                let message = if time_h == earlier {
                    format!("the time {time_h} h stands in two rows")
                } else {
                    format!("the time {time_h} h comes after {earlier} h")
                };
                let fault = line.fault("A204", time_at, message, "out of order");
                faults.push(fault.help("sort the rows by time; one row for each time"));
                continue;
            }
            before = Some(time_h);
            let mut good = true;
            for ((value, column), index) in values.iter_mut().zip(&self.columns).zip(0..) {
                let Some(at) = cells.get(*column) else { continue };
                // The common case first: a plain number without quotes or spaces.
                let text = line.text.get(at.clone()).unwrap_or_default();
                *value = match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => Some(number),
                    _ if line.cell(at).is_empty() => None,
                    _ => {
                        let name = self.cells.get(*column).map_or("", |c| self.header.cell(c));
                        match line.number(at, name) {
                            Ok(number) => Some(number),
                            Err(fault) => {
                                faults.push(*fault);
                                good = false;
                                None
                            }
                        }
                    }
                };
                if value.is_some_and(|v| v < 0.0) && negative.insert(index) {
                    let name = self.cells.get(*column).map_or("", |c| self.header.cell(c));
                    let message = format!("`{name}` is negative");
                    let mut remark = line.fault("A220", at, message, "below 0");
                    remark.severity = Severity::Warning;
                    self.remarks.push(remark.help("there is no negative stock or flow; it is used as it stands, here and below"));
                }
            }
            if good {
                let row = Row { realisation: &current, first, time_h, values: &values };
                each(&row);
            }
            std::mem::swap(&mut self.last, &mut line);
        }
        faults
    }

    /// A fault of the series as a whole, where it shows: at the location's column, or at the last row.
    #[must_use]
    pub fn fault(&self, fault: &SeriesFault) -> Diagnostic {
        let (code, location, help) = match fault {
            SeriesFault::TooFew(_) => {
                ("A211", None, "give the samples of at least one whole period")
            }
            SeriesFault::NoPeriod { .. } => (
                "A212",
                None,
                "shorten --period, or give a longer series; an incomplete last period is dropped",
            ),
            SeriesFault::NoInventory { location, .. } => (
                "A213",
                Some(location),
                "every period needs a reading; between two readings an inventory is interpolated, never over a whole period",
            ),
            SeriesFault::Gap { location, .. } => (
                "A214",
                Some(location),
                "a flow or inventory needs a sample at the first and at the last boundary",
            ),
        };
        let column = location.and_then(|l| self.cells.iter().find(|c| self.header.cell(c) == l));
        let message = fault.to_string();
        match column {
            Some(cell) => self.header.fault(code, cell, message, "this location"),
            None if self.last.number == 0 => {
                self.header.fault(code, &self.header.whole(), message, "nothing follows")
            }
            None => {
                let at = self.last.cells().get(self.time).cloned().unwrap_or_default();
                self.last.fault(code, &at, message, "the last sample")
            }
        }
        .help(help)
    }

    /// A fault of the call that shows in the header.
    #[must_use]
    pub fn call_fault(&self, message: String, help: &str) -> Diagnostic {
        let at = self.realisation.and_then(|i| self.cells.get(i)).cloned();
        let at = at.unwrap_or_else(|| self.header.whole());
        self.header.fault("A221", &at, message, "here").help(help)
    }
}

/// Splits a line at its commas; quoted commas stay.
fn split(text: &str, cells: &mut Vec<Range<usize>>) {
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
