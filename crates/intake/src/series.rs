//! Time series of flows and inventories, and the errors of their locations: `lockstep balance --series`.
//!
//! A series may have millions of rows: it is read once, line by line, and never held.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use balance::series::{Form, Kind, Location, SeriesFault};

use crate::diagnostic::{Diagnostic, Severity};
use crate::lines::{Line, Lines, split, too_many};

/// How many mistakes of a series are shown; a wrong column has one in each row.
const MOST: usize = 20;
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
        Self::of(Lines::open(path).map_err(|fault| vec![*fault])?)
    }

    fn of(mut lines: Lines) -> Result<Self, Vec<Diagnostic>> {
        let (header, cells) = lines.header(ERROR_COLUMNS).map_err(|fault| vec![*fault])?;
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
        Self::of(Lines::open(path).map_err(|fault| vec![*fault])?, errors)
    }

    fn of(mut lines: Lines, errors: &ErrorTable) -> Result<Self, Vec<Diagnostic>> {
        let (header, cells) = lines
            .header("[realisation,] time_h, then one for each location")
            .map_err(|fault| vec![*fault])?;
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

/// Reads an error table and a series from bytes, split at the first blank line, and gathers what they hold: no bytes
/// may make a reader or a balance panic. For fuzzing and property tests.
pub fn survive(bytes: &[u8]) {
    let at = bytes.windows(2).position(|w| w == b"\n\n").map_or(bytes.len(), |at| at + 2);
    let (errors, series) = bytes.split_at(at);
    let lines = |name: &str, bytes: &[u8]| {
        Lines::over(name, Box::new(std::io::Cursor::new(bytes.to_vec())))
    };
    let Ok(errors) = ErrorTable::of(lines("e.csv", errors)) else { return };
    let Ok(mut series) = Series::of(lines("s.csv", series), &errors) else { return };
    let choices = balance::series::Choices {
        period_h: 10.0,
        opening: balance::series::Opening::Measured,
        random_error: balance::series::RandomError::PerSample,
    };
    let mut gathering = balance::series::Gathering::new(&errors.locations, choices, true);
    // Times far apart would make balances without end.
    let mut room = true;
    let faults = series.read(|row| {
        room &= row.time_h.abs() < 1e3;
        if room && row.first {
            gathering = balance::series::Gathering::new(&errors.locations, choices, true);
        }
        if room {
            gathering.sample(row.time_h, row.values);
        }
    });
    if faults.is_empty() {
        match gathering.finish() {
            Ok(balances) => {
                let mut scratch = balance::series::Scratch::default();
                let singular = balances.simulate(1, 1, &mut scratch, |_| {});
                let _ = singular.and_then(|i| errors.singular(i));
            }
            Err(fault) => drop(series.fault(&fault)),
        }
    }
}
