//! From the fields of any dialect to reports, with every mistake at its place.

use std::borrow::Cow;
use std::ops::Range;

use statement::kinds::account::{
    AccountLine, AccountReport, Code, Dialect, EarlierLine, EntryStatus, OtherFields, ReportType,
    RunningBalance, WeightUnit,
};
use statement::{Date, Decimal};

use super::field::{self, Field};
use super::text::FileText;
use crate::diagnostic::{Diagnostic, Severity};

/// No field of a report is longer than this; label 1004, the longest, has 2,000 characters.
const MAX_FIELD: usize = 8000;

/// What a field of the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Known(Field),
    /// A label or column that no rule reads; it is carried.
    Carried(Box<str>),
}

/// One field as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct RawField<'a> {
    pub name: Name,
    pub value: Cow<'a, str>,
    /// Where the value stands.
    pub at: Range<usize>,
}

/// A report read from a file: what it says, and where its lines stand.
#[derive(Debug)]
pub(crate) struct ReadReport {
    pub report: AccountReport,
    /// When it was made (label 003).
    pub reported: Option<Date>,
    /// The number as written, where it is more than a number.
    pub head: Range<usize>,
    /// For each line its bytes.
    pub places: Vec<Range<usize>>,
}

/// Takes the fields of a file in order and makes reports of them.
pub(super) struct Builder<'t> {
    file: &'t FileText,
    dialect: Dialect,
    pub reports: Vec<ReadReport>,
    pub faults: Vec<Diagnostic>,
    /// Areas of which some line or report could not be read: sums over them would mislead.
    pub incomplete: Vec<Box<str>>,
    open: Option<Open>,
}

struct Open {
    read: ReadReport,
    good: bool,
}

impl<'t> Builder<'t> {
    pub(super) fn new(file: &'t FileText, dialect: Dialect) -> Self {
        Self {
            file,
            dialect,
            reports: Vec::new(),
            faults: Vec::new(),
            incomplete: Vec::new(),
            open: None,
        }
    }

    pub(super) fn fault(
        &mut self,
        code: &'static str,
        at: Range<usize>,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        let fault = self.file.fault(code, Severity::Error, at, message.into(), label);
        self.faults.push(fault.help(help));
        if let Some(open) = &mut self.open {
            open.good = false;
        }
    }

    pub(super) fn warn(
        &mut self,
        code: &'static str,
        at: Range<usize>,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        let fault = self.file.fault(code, Severity::Warning, at, message.into(), label);
        self.faults.push(fault.help(help));
    }

    /// Begins a report. `at` is its head in the file.
    pub(super) fn begin(&mut self, fields: &[RawField<'_>], at: Range<usize>) {
        self.end();
        let before = self.faults.len();
        let get = |field: Field| fields.iter().find(|f| f.name == Name::Known(field));
        let mut other = OtherFields::new();
        let number = self.number(get(Field::Number), Field::Number, &at, &mut other);
        let kind = match get(Field::ReportType) {
            None => {
                self.missing(Field::ReportType, &at, "I, P or M: ICR, PIL or MBR");
                None
            }
            Some(f) => {
                let kind = f.value.trim().parse::<ReportType>().ok();
                if kind.is_none() {
                    let message = format!("`{}` is not a type of report", short(&f.value));
                    let help = "write I (inventory changes), P (physical inventory) or M (material balance)";
                    self.fault("A010", f.at.clone(), message, "not known", help);
                }
                kind
            }
        };
        let mba: Option<Box<str>> = match get(Field::Mba).map(|f| (f, f.value.trim())) {
            Some((f, mba)) if mba.chars().any(|c| c.is_whitespace() || c.is_control()) => {
                let message = format!("`{}` cannot be a material balance area", short(mba));
                self.fault(
                    "A005",
                    f.at.clone(),
                    message,
                    "has white space",
                    "areas have codes such as SYA-",
                );
                None
            }
            Some((_, mba)) if !mba.is_empty() => Some(mba.into()),
            _ => {
                self.missing(Field::Mba, &at, "the code of the material balance area");
                None
            }
        };
        let period = self.period(fields, &at);
        let reported = get(Field::ReportDate).and_then(|f| self.date(f));
        if get(Field::ReportDate).is_none() {
            self.missing(Field::ReportDate, &at, "the day of the report");
        }
        let line_count = get(Field::LineCount).and_then(|f| self.whole(f));
        for f in fields {
            self.carry(f, &mut other);
        }
        let good = self.faults[before..].iter().all(|f| f.severity != Severity::Error);
        if let (false, Some(mba)) = (good, &mba) {
            self.incomplete.push(mba.clone());
        }
        let report = AccountReport {
            dialect: self.dialect,
            line_count,
            lines: Vec::new(),
            mba: mba.unwrap_or_else(|| "?".into()),
            number: number.unwrap_or(0),
            other,
            part: None,
            period: period.unwrap_or_else(|| Date::day(statement::civil::Date::ZERO)),
            site: None,
            report_type: kind.unwrap_or(ReportType::InventoryChange),
        };
        let read = ReadReport { report, reported, head: at, places: Vec::new() };
        self.open = Some(Open { read, good });
    }

    /// The report's lines end. A report in which something could not be read is left out.
    pub(super) fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        if !open.good {
            self.incomplete.push(open.read.report.mba);
        } else if open.read.report.lines.is_empty() {
            let at = open.read.head;
            self.incomplete.push(open.read.report.mba);
            self.fault(
                "A012",
                at,
                "a report without lines",
                "this report",
                "give it its lines, or take it out",
            );
        } else {
            self.reports.push(open.read);
        }
    }

    /// Adds a line to the open report.
    pub(super) fn line(&mut self, fields: &[RawField<'_>], at: Range<usize>) {
        let Some(kind) = self.open.as_ref().map(|o| o.read.report.report_type) else { return };
        if let Some(line) = self.read_line(fields, &at, kind)
            && let Some(open) = &mut self.open
        {
            open.read.report.lines.push(line);
            open.read.places.push(at);
        }
    }

    fn read_line(
        &mut self,
        fields: &[RawField<'_>],
        at: &Range<usize>,
        kind: ReportType,
    ) -> Option<AccountLine> {
        let before = self.faults.len();
        let mut line = AccountLine::new(0, Code::of("?"), Decimal::ZERO, WeightUnit::Kilogram);
        let (mut number, mut entry, mut material, mut element) = (None, None, None, None);
        let (mut gram, mut unit) = (None, None);
        let (mut report, mut earlier) = (None, None);
        let (mut running, mut running_isotope) = (None, None);
        let mut parts: [&str; 3] = [""; 3];
        let mut items = false;
        for f in fields {
            let value = f.value.trim();
            let Name::Known(field) = f.name else {
                self.carry(f, &mut line.other);
                continue;
            };
            if value.is_empty() {
                continue;
            }
            if value.len() > MAX_FIELD {
                let message =
                    format!("a field of {} bytes; at most {MAX_FIELD} are taken", value.len());
                self.fault(
                    "A005",
                    f.at.clone(),
                    message,
                    "begins here",
                    "keep the text in a file beside the case",
                );
                continue;
            }
            if let Some((category, in_grams)) = field::weight(field) {
                if element.is_some() {
                    let help =
                        "one line reports one element category; give the other a line of its own";
                    self.fault(
                        "A013",
                        f.at.clone(),
                        "a second weight of an element",
                        "again here",
                        help,
                    );
                    continue;
                }
                element = self.decimal(f);
                material = material.or_else(|| category.parse().ok());
                gram = Some(in_grams);
                continue;
            }
            if let Some(code) = field::isotope(field) {
                line.isotope = self.decimal(f);
                line.isotope_code = line.isotope_code.or_else(|| code.parse().ok());
                continue;
            }
            match field {
                Field::Line => number = self.whole(f),
                Field::EntryNumber => entry = self.entry_number(f),
                Field::Status => match value.parse::<EntryStatus>() {
                    Ok(status) => line.status = status,
                    Err(()) => {
                        let message = format!("`{}` is not a status of an entry", short(value));
                        let help =
                            "write N (new), C (correct) or D (delete); Euratom has D, A and L";
                        self.fault("A010", f.at.clone(), message, "not known", help);
                    }
                },
                Field::From => line.from = Some(value.into()),
                Field::To => line.to = Some(value.into()),
                // Euratom writes & where there is no key measurement point.
                Field::Kmp if value == "&" => {}
                Field::Kmp => line.kmp = self.code(f),
                Field::Code => line.code = self.code(f),
                Field::On => line.on = self.date(f),
                Field::Description => line.description = self.code(f),
                Field::Form => parts[0] = value,
                Field::Container => parts[1] = value,
                Field::State => parts[2] = value,
                Field::Batch => line.batch = Some(value.into()),
                Field::ShipperBatch => line.shipper_batch = Some(value.into()),
                Field::Basis => line.basis = self.code(f),
                Field::Items => {
                    line.items = self.whole(f);
                    items = true;
                }
                Field::Material => material = self.code(f),
                Field::Element => element = self.decimal(f),
                Field::Unit => match value.parse::<WeightUnit>() {
                    Ok(word) => unit = Some(word),
                    Err(()) => {
                        let message = format!("`{}` is not a unit of a report", short(value));
                        let help =
                            "weights are in g (enriched uranium, plutonium) or kg (all else)";
                        self.fault("A010", f.at.clone(), message, "not known", help);
                    }
                },
                Field::Isotope => line.isotope = self.decimal(f),
                Field::IsotopeCode => line.isotope_code = self.code(f),
                Field::CorrectsReport => report = self.whole(f),
                Field::CorrectsLine => earlier = self.whole(f),
                Field::Note => line.note = Some(value.into()),
                Field::Running => running = self.decimal(f),
                Field::RunningIsotope => running_isotope = self.decimal(f),
                _ => self.carry(f, &mut line.other),
            }
        }
        let joined = parts.concat();
        if !joined.is_empty() {
            line.description = joined.parse().ok();
            if line.description.is_none() {
                let help = "form has two letters, container and state one each";
                let message = format!("`{}` is not a material description", short(&joined));
                self.fault("A005", at.clone(), message, "this line", help);
            }
        }
        let failed = |faults: &[Diagnostic]| faults.iter().any(|f| f.severity == Severity::Error);
        match number.or(entry) {
            Some(n) => line.line = n,
            None if !failed(&self.faults[before..]) => {
                self.missing(Field::Line, at, "the number of the line")
            }
            None => {}
        }
        if let Some(material) = material {
            line.material = material;
        } else if !failed(&self.faults[before..]) {
            self.missing(Field::Material, at, "the element category: N, D, E, P or T");
        }
        if let Some(element) = element {
            line.element = element;
        } else if !failed(&self.faults[before..]) {
            self.missing(Field::Element, at, "the weight of the element, with 1 to 6 decimals");
        }
        if kind != ReportType::MaterialBalance
            && !items
            && line.line != 0
            && !failed(&self.faults[before..])
        {
            self.missing(Field::Items, at, "the number of items, 1 for bulk material");
        }
        let by_category = gram.unwrap_or_else(|| matches!(line.material.as_str(), "E" | "P"));
        line.unit =
            unit.unwrap_or(if by_category { WeightUnit::Gram } else { WeightUnit::Kilogram });
        line.corrects = match (report, earlier) {
            (Some(report), Some(line)) => Some(EarlierLine { line, report }),
            (None, None) => None,
            _ => {
                let help =
                    "an earlier line is named by the number of its report and its own number";
                self.fault(
                    "A013",
                    at.clone(),
                    "half a pointer to an earlier line",
                    "this line",
                    help,
                );
                None
            }
        };
        line.running = running.map(|element| RunningBalance { element, isotope: running_isotope });
        (!failed(&self.faults[before..])).then_some(line)
    }

    fn missing(&mut self, field: Field, at: &Range<usize>, what: &str) {
        let names = field.names();
        let name = match self.dialect {
            Dialect::Code10 if !names.label.is_empty() => format!("label {}", names.label),
            Dialect::Euratom if !names.xml.is_empty() => format!("<{}>", names.xml),
            _ if !names.column.is_empty() => format!("`{}`", names.column),
            _ => names.xml.to_owned(),
        };
        self.fault(
            "A002",
            at.clone(),
            format!("{name} is missing"),
            "needed here",
            format!("it gives {what}"),
        );
    }

    /// Keeps what no rule reads.
    fn carry(&mut self, f: &RawField<'_>, other: &mut OtherFields) {
        let value = f.value.trim();
        let name: &str = match &f.name {
            Name::Known(field) => {
                let names = field.names();
                if !names.other {
                    return;
                }
                names.column
            }
            Name::Carried(name) => name,
        };
        if value.is_empty() {
            return;
        }
        if value.len() > MAX_FIELD || value.chars().any(char::is_control) {
            let message = "a field that is too long or holds control characters";
            self.fault(
                "A005",
                f.at.clone(),
                message,
                "this field",
                "keep the text in a file beside the case",
            );
            return;
        }
        other.insert(name.into(), value.into());
    }

    /// A report's number; where the reference is more than a number, the number it ends with, and the whole is kept.
    fn number(
        &mut self,
        f: Option<&RawField<'_>>,
        field: Field,
        at: &Range<usize>,
        other: &mut OtherFields,
    ) -> Option<u32> {
        let Some(f) = f else {
            self.missing(field, at, "the number of the report");
            return None;
        };
        let value = f.value.trim();
        let digits = value.bytes().rev().take_while(u8::is_ascii_digit).count();
        let number = value[value.len() - digits..].parse().ok().filter(|n| *n > 0);
        if number.is_none() {
            let message = format!("`{}` does not end in the number of the report", short(value));
            self.fault(
                "A004",
                f.at.clone(),
                message,
                "a number was expected",
                "reports are numbered from 1 for each area and type",
            );
        } else if digits != value.len() || value.starts_with('0') {
            other.insert("reference".into(), value.into());
        }
        number
    }

    fn entry_number(&mut self, f: &RawField<'_>) -> Option<u32> {
        let value = f.value.trim();
        let (number, total) = value.split_once('/').unwrap_or((value, ""));
        let number = number.trim().parse().ok();
        let total = total.trim();
        if number.is_none() || (!total.is_empty() && total.parse::<u32>().is_err()) {
            let message = format!("`{}` is not the number of an entry", short(value));
            self.fault(
                "A004",
                f.at.clone(),
                message,
                "a number was expected",
                "write the number of the entry and of all, as in 3/12",
            );
            return None;
        }
        if let (Ok(total), Some(open)) = (total.parse::<u32>(), &mut self.open) {
            match open.read.report.line_count {
                None => open.read.report.line_count = Some(total),
                Some(before) if before != total => {
                    let message = format!("{total} entries here, {before} in the entries before");
                    self.fault(
                        "A011",
                        f.at.clone(),
                        message,
                        "another total",
                        "all entries of a report give the same total",
                    );
                }
                Some(_) => {}
            }
        }
        number
    }

    fn period(&mut self, fields: &[RawField<'_>], at: &Range<usize>) -> Option<Date> {
        let get = |field: Field| fields.iter().find(|f| f.name == Name::Known(field));
        if let Some(f) = get(Field::PitDate) {
            return self.date(f);
        }
        if let (Some(start), Some(end)) = (get(Field::PeriodStart), get(Field::PeriodEnd)) {
            let (first, last) = (self.date(start), self.date(end));
            return self.interval(first?, last?, end.at.clone());
        }
        let Some(f) = get(Field::Period) else {
            let field =
                if self.dialect == Dialect::Euratom { Field::PeriodEnd } else { Field::Period };
            self.missing(field, at, "the period reported, or the day of the physical inventory");
            return None;
        };
        match f.value.trim().split_once(['/', '-']).filter(|_| f.value.trim().len() == 17) {
            Some((first, last)) => {
                let part = |value: &str| RawField {
                    name: f.name.clone(),
                    value: value.to_owned().into(),
                    at: f.at.clone(),
                };
                let (first, last) = (self.date(&part(first)), self.date(&part(last)));
                self.interval(first?, last?, f.at.clone())
            }
            None => self.date(f),
        }
    }

    fn interval(&mut self, first: Date, last: Date, at: Range<usize>) -> Option<Date> {
        let interval = format!("{first}/{last}").parse().ok();
        if interval.is_none() {
            let message = format!("the period ends on {last}, before it begins on {first}");
            self.fault("A003", at, message, "this period", "write the first day, then the last");
        }
        interval
    }

    fn date(&mut self, f: &RawField<'_>) -> Option<Date> {
        let value = f.value.trim();
        let digits = value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit());
        let parsed = match (self.dialect, digits) {
            // DDMMYYYY in the UK's record layouts.
            (Dialect::Euratom, true) => {
                format!("{}-{}-{}", &value[4..], &value[2..4], &value[..2]).parse()
            }
            (_, true) => format!("{}-{}-{}", &value[..4], &value[4..6], &value[6..]).parse(),
            (_, false) => value.parse::<Date>(),
        };
        match parsed {
            Ok(date) => Some(date),
            Err(e) => {
                let message = format!("`{}` is not a date: {}", short(value), e.reason);
                let help = match self.dialect {
                    Dialect::Code10 => "write 20250131",
                    Dialect::Euratom => "write 31012025 (day, month, year)",
                    Dialect::Table => "write 2025-01-31",
                };
                self.fault("A003", f.at.clone(), message, "a date was expected", help);
                None
            }
        }
    }

    fn whole(&mut self, f: &RawField<'_>) -> Option<u32> {
        let value = f.value.trim();
        let number = value.parse().ok();
        if number.is_none() {
            let message = format!("`{}` is not a whole number", short(value));
            self.fault(
                "A004",
                f.at.clone(),
                message,
                "a number was expected",
                "write digits alone",
            );
        }
        number
    }

    fn decimal(&mut self, f: &RawField<'_>) -> Option<Decimal> {
        let value = f.value.trim();
        let plain = value.strip_prefix('+').unwrap_or(value);
        match plain.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                let message = format!("`{}` is not a plain number", short(value));
                let pointed = value.replace(',', ".");
                let help = if pointed.parse::<Decimal>().is_ok() {
                    format!("write {pointed}, with a point for decimals")
                } else {
                    "write digits with at most one point, and the unit in its own field".to_owned()
                };
                self.fault("A004", f.at.clone(), message, "a number was expected", help);
                None
            }
        }
    }

    fn code(&mut self, f: &RawField<'_>) -> Option<Code> {
        match f.value.trim().parse::<Code>() {
            Ok(code) => Some(code),
            Err(e) => {
                self.fault(
                    "A005",
                    f.at.clone(),
                    e.to_string(),
                    "not a code",
                    "codes are short and have no space",
                );
                None
            }
        }
    }
}

pub(super) fn short(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.to_owned()
    } else {
        text.chars().take(40).chain(['…']).collect()
    }
}
