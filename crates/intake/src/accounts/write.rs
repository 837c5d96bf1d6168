//! Reports written out again, in any dialect.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use statement::kinds::account::{AccountLine, AccountReport, Dialect, EntryStatus, ReportType};
use statement::{Date, civil};

use super::field::{FIELDS, Field, Names, Stands, isotope_label, weight_label};

/// Files with reports in one dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The files.
    pub files: Vec<WrittenFile>,
    /// What the dialect cannot carry, in words, with how often.
    pub lost: Vec<(String, usize)>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Writes whole reports (not parts) with the day each was made: one file for each report; one table for all.
#[must_use]
pub fn write(dialect: Dialect, reports: &[(AccountReport, Option<Date>)]) -> Written {
    let mut out = Out { lost: Vec::new() };
    let paired;
    let reports = if dialect == Dialect::Euratom {
        paired = in_pairs(reports);
        &paired
    } else {
        reports
    };
    let files = match dialect {
        Dialect::Table => table(reports, &mut out),
        _ => reports
            .iter()
            .map(|(report, reported)| {
                let stem = format!("{}-{}-{}", report.report_type, report.mba, report.number);
                // A code must not lead out of the folder.
                let safe = |c: char| if matches!(c, '/' | '\\' | ':') { '_' } else { c };
                let stem: String = stem.chars().map(safe).collect();
                match dialect {
                    Dialect::Euratom => WrittenFile {
                        name: format!("{stem}.xml"),
                        text: xml(report, reported.as_ref(), &mut out),
                    },
                    _ => WrittenFile {
                        name: format!("{stem}.txt"),
                        text: code10(report, reported.as_ref(), &mut out),
                    },
                }
            })
            .collect(),
    };
    Written { files, lost: out.lost }
}

/// Euratom has no correction in one line: it is a pair of a deletion, which repeats the values of the line it takes
/// out, and an addition. Lines after a pair move down by one, and pointers with them. A correction whose line is not
/// among the reports stays as it is.
fn in_pairs(reports: &[(AccountReport, Option<Date>)]) -> Vec<(AccountReport, Option<Date>)> {
    type Key<'a> = (&'a str, ReportType, u32, u32);
    let mut at: HashMap<Key<'_>, &AccountLine> = HashMap::new();
    for (r, _) in reports {
        at.extend(r.lines.iter().map(|l| ((&*r.mba, r.report_type, r.number, l.line), l)));
    }
    let old = |r: &AccountReport, l: &AccountLine| {
        let named = l.corrects.filter(|_| l.status == EntryStatus::Correct)?;
        at.get(&(&*r.mba, r.report_type, named.report, named.line)).copied()
    };
    // What each line is numbered afterwards.
    let mut moved: HashMap<Key<'_>, u32> = HashMap::new();
    for (r, _) in reports {
        let mut more = 0;
        for l in &r.lines {
            more += u32::from(old(r, l).is_some());
            moved.insert((&*r.mba, r.report_type, r.number, l.line), l.line.saturating_add(more));
        }
    }
    reports
        .iter()
        .map(|(r, reported)| {
            let place = |report: u32, line: u32| {
                moved.get(&(&*r.mba, r.report_type, report, line)).copied().unwrap_or(line)
            };
            let mut lines = Vec::with_capacity(r.lines.len());
            for l in &r.lines {
                let mut line = l.clone();
                line.line = place(r.number, l.line);
                if let Some(named) = &mut line.corrects {
                    named.line = place(named.report, named.line);
                }
                if let Some(old) = old(r, l) {
                    lines.push(AccountLine {
                        line: line.line.saturating_sub(1),
                        status: EntryStatus::Delete,
                        corrects: line.corrects,
                        running: None,
                        ..old.clone()
                    });
                    line.status = EntryStatus::Added;
                }
                lines.push(line);
            }
            let added = u32::try_from(lines.len() - r.lines.len()).unwrap_or(0);
            let line_count = r.line_count.map(|n| n.saturating_add(added));
            (AccountReport { lines, line_count, ..r.clone() }, reported.clone())
        })
        .collect()
}

struct Out {
    lost: Vec<(String, usize)>,
}

impl Out {
    fn lose(&mut self, what: String) {
        match self.lost.iter_mut().find(|(w, _)| *w == what) {
            Some((_, n)) => *n += 1,
            None => self.lost.push((what, 1)),
        }
    }
}

/// What a head says in a field.
fn head_value<'a>(
    r: &'a AccountReport,
    reported: Option<&Date>,
    field: Field,
) -> Option<Cow<'a, str>> {
    Some(match field {
        Field::Number => match r.other.get("reference") {
            Some(reference) => Cow::Borrowed(&**reference),
            None => r.number.to_string().into(),
        },
        Field::ReportDate => reported?.as_str().to_owned().into(),
        Field::ReportType => r.report_type.letter().to_string().into(),
        Field::Period => Cow::Borrowed(r.period.as_str()),
        Field::Mba => Cow::Borrowed(&*r.mba),
        Field::LineCount => r.line_count?.to_string().into(),
        _ => Cow::Borrowed(&**r.other.get(field.names().column)?),
    })
}

/// What a line says in a field, for the fields that are the same in all dialects.
fn line_value(l: &AccountLine, field: Field) -> Option<Cow<'_, str>> {
    fn text(t: &Option<Box<str>>) -> Option<Cow<'_, str>> {
        t.as_deref().map(Cow::Borrowed)
    }
    Some(match field {
        Field::Line => l.line.to_string().into(),
        Field::Status => l.status.as_str().into(),
        Field::CorrectsReport => l.corrects?.report.to_string().into(),
        Field::CorrectsLine => l.corrects?.line.to_string().into(),
        Field::From => return text(&l.from),
        Field::To => return text(&l.to),
        Field::Kmp => Cow::Borrowed(l.kmp.as_ref()?.as_str()),
        Field::Code => Cow::Borrowed(l.code.as_ref()?.as_str()),
        Field::On => Cow::Borrowed(l.on.as_ref()?.as_str()),
        Field::Description => Cow::Borrowed(l.description.as_ref()?.as_str()),
        Field::Batch => return text(&l.batch),
        Field::ShipperBatch => return text(&l.shipper_batch),
        Field::Basis => Cow::Borrowed(l.basis.as_ref()?.as_str()),
        Field::Items => l.items?.to_string().into(),
        Field::Material => Cow::Borrowed(l.material.as_str()),
        Field::Element => l.element.to_string().into(),
        Field::Unit => l.unit.as_str().into(),
        Field::Isotope => l.isotope?.to_string().into(),
        Field::IsotopeCode => Cow::Borrowed(l.isotope_code.as_ref()?.as_str()),
        Field::Running => l.running?.element.to_string().into(),
        Field::RunningIsotope => l.running?.isotope?.to_string().into(),
        Field::Note => return text(&l.note),
        _ if field.names().other => Cow::Borrowed(&**l.other.get(field.names().column)?),
        _ => return None,
    })
}

/// A day as eight digits, year first or day first; what is not one day stays as it is.
fn digits(date: &Date, day_first: bool) -> String {
    let one = |d: civil::Date| {
        if day_first {
            format!("{:02}{:02}{:04}", d.day(), d.month(), d.year())
        } else {
            format!("{:04}{:02}{:02}", d.year(), d.month(), d.day())
        }
    };
    match date.exact() {
        Some(day) if date.as_str().len() == 10 => one(day),
        _ if date.as_str().len() == 21 && date.as_str().contains('/') => {
            format!("{}/{}", one(date.earliest()), one(date.latest()))
        }
        _ => date.as_str().to_owned(),
    }
}

/// Names under which other fields are carried that have no name in this dialect.
fn others(
    other: &statement::kinds::account::OtherFields,
    known: impl Fn(&Names) -> bool,
) -> impl Iterator<Item = (&str, &str)> {
    other
        .iter()
        .filter(move |(name, _)| {
            !Field::by_column(name).is_some_and(&known) && &***name != "reference"
        })
        .map(|(name, value)| (&**name, &**value))
}

fn code10(r: &AccountReport, reported: Option<&Date>, out: &mut Out) -> String {
    let mut text = String::new();
    let mut cut = false;
    let mut put = |text: &mut String, label: &str, value: &str| {
        let clean = value.replace(['#', '\n', '\r'], " ");
        cut |= clean != value;
        let _ = write!(text, "#{label}:{clean}");
    };
    for names in FIELDS.iter().filter(|n| n.stands == Stands::Head && !n.label.is_empty()) {
        let value = match names.field {
            Field::Period => Some(digits(&r.period, false).into()),
            Field::ReportDate => reported.map(|d| digits(d, false).into()),
            field => head_value(r, reported, field),
        };
        if let Some(value) = value {
            put(&mut text, names.label, &value);
        }
    }
    let mut lost = BTreeSet::new();
    for (name, value) in others(&r.other, |n| !n.label.is_empty()) {
        match name.parse::<u32>() {
            Ok(_) => put(&mut text, name, value),
            Err(_) => {
                lost.insert(name.to_owned());
            }
        }
    }
    text.remove(0);
    text.push('\n');
    let total = r.line_count;
    for l in &r.lines {
        match total {
            Some(total) => put(&mut text, "002", &format!("{}/{total}", l.line)),
            None => put(&mut text, "002", &l.line.to_string()),
        }
        // Each entry begins with its label, not with the sign between fields.
        let start = text.rfind('#').unwrap_or(0);
        if text[..start].is_empty() || text[..start].ends_with('\n') {
            text.remove(start);
        }
        for names in FIELDS.iter().filter(|n| n.stands == Stands::Line && !n.label.is_empty()) {
            let value = match names.field {
                Field::EntryNumber | Field::Line | Field::IsotopeCode => None,
                Field::Status if l.status == EntryStatus::New => None,
                Field::On => l.on.as_ref().map(|d| digits(d, false).into()),
                // The label of the weight says what the material is, and its unit unless that is another.
                Field::Material => {
                    weight_label(l.material.as_str()).is_none().then(|| l.material.as_str().into())
                }
                Field::Unit => {
                    let usual = if matches!(l.material.as_str(), "E" | "P") { "g" } else { "kg" };
                    (l.unit.as_str() != usual).then(|| l.unit.as_str().to_uppercase().into())
                }
                field => line_value(l, field),
            };
            if let Some(value) = value {
                put(&mut text, names.label, &value);
            }
        }
        match weight_label(l.material.as_str()) {
            Some(label) => put(&mut text, label, &l.element.to_string()),
            None => {
                // A national category: 1006 names it, and its weight stands under natural uranium's label.
                put(&mut text, "610", &l.element.to_string());
            }
        }
        if let Some(isotope) = l.isotope {
            let code = l.isotope_code.map(|c| c.as_str().to_owned());
            match code.as_deref().map(isotope_label) {
                Some(Some(label)) => put(&mut text, label, &isotope.to_string()),
                Some(None) => {
                    put(&mut text, "1024", &code.unwrap_or_default());
                    put(&mut text, "670", &isotope.to_string());
                }
                None => put(&mut text, "670", &isotope.to_string()),
            }
        }
        for (name, value) in others(&l.other, |n| !n.label.is_empty()) {
            match name.parse::<u32>() {
                Ok(_) => put(&mut text, name, value),
                Err(_) => {
                    lost.insert(name.to_owned());
                }
            }
        }
        text.push('\n');
    }
    for name in lost {
        out.lose(format!("the field `{name}` has no label in Code 10"));
    }
    if cut {
        out.lose("a # or line break within a text became a space".to_owned());
    }
    text
}

fn escape(value: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(value)
}

fn xml(r: &AccountReport, reported: Option<&Date>, out: &mut Out) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let root = r.report_type.as_str();
    let _ = writeln!(text, "<{root}>");
    let put = |text: &mut String, indent: &str, name: &str, value: &str| {
        let _ = writeln!(text, "{indent}<{name}>{}</{name}>", escape(value));
    };
    let mut lost = BTreeSet::new();
    for names in FIELDS.iter().filter(|n| n.stands == Stands::Head && !n.xml.is_empty()) {
        let value: Option<Cow<'_, str>> = match names.field {
            Field::ReportDate => reported.map(|d| digits(d, true).into()),
            Field::PitDate if r.report_type == ReportType::PhysicalInventory => {
                Some(digits(&r.period, true).into())
            }
            Field::PeriodStart | Field::PeriodEnd
                if r.report_type != ReportType::PhysicalInventory =>
            {
                let day = if names.field == Field::PeriodStart {
                    r.period.earliest()
                } else {
                    r.period.latest()
                };
                Some(digits(&Date::day(day), true).into())
            }
            Field::PitDate | Field::PeriodStart | Field::PeriodEnd => None,
            field => head_value(r, reported, field),
        };
        if let Some(value) = value {
            put(&mut text, "  ", names.xml, &value);
        }
    }
    for (name, _) in others(&r.other, |n| !n.xml.is_empty()) {
        lost.insert(name.to_owned());
    }
    for l in &r.lines {
        text.push_str("  <Line>\n");
        for names in FIELDS.iter().filter(|n| n.stands == Stands::Line && !n.xml.is_empty()) {
            let description = l.description.as_ref().map(|d| d.as_str()).filter(|d| d.len() == 4);
            let value: Option<Cow<'_, str>> = match names.field {
                Field::Form => description.map(|d| d[..2].into()),
                Field::Container => description.map(|d| d[2..3].into()),
                Field::State => description.map(|d| d[3..].into()),
                Field::Status => match l.status {
                    EntryStatus::New => None,
                    // Only a correction that names no line of these reports is left as one.
                    EntryStatus::Correct => {
                        lost.insert("status C".to_owned());
                        Some("A".into())
                    }
                    EntryStatus::Update => {
                        lost.insert("status U".to_owned());
                        None
                    }
                    status => Some(status.as_str().into()),
                },
                Field::On => l.on.as_ref().map(|d| digits(d, true).into()),
                Field::Unit => {
                    let usual = if matches!(l.material.as_str(), "E" | "P") { "g" } else { "kg" };
                    (l.unit.as_str() != usual).then(|| l.unit.as_str().into())
                }
                field => line_value(l, field),
            };
            if let Some(value) = value {
                put(&mut text, "    ", names.xml, &value);
            }
        }
        if l.description.as_ref().is_some_and(|d| d.as_str().len() != 4) {
            lost.insert("a material description that is not four characters".to_owned());
        }
        for (name, _) in others(&l.other, |n| !n.xml.is_empty()) {
            lost.insert(name.to_owned());
        }
        text.push_str("  </Line>\n");
    }
    let _ = writeln!(text, "</{root}>");
    for name in lost {
        out.lose(match name.as_str() {
            "status C" => "a correction in one line (status C) became an addition (A): the line it names is not among the reports, so its deletion is to be added".to_owned(),
            "status U" => "the status U has no counterpart".to_owned(),
            label => format!("the field `{label}` has no place in the record layout"),
        });
    }
    text
}

fn table(reports: &[(AccountReport, Option<Date>)], out: &mut Out) -> Vec<WrittenFile> {
    if reports.is_empty() {
        return Vec::new();
    }
    let mut carried: BTreeSet<&str> = BTreeSet::new();
    let mut used: BTreeSet<Field> = BTreeSet::new();
    for (r, reported) in reports {
        carried.extend(others(&r.other, |n| !n.column.is_empty()).map(|(n, _)| n));
        for names in FIELDS.iter().filter(|n| !n.column.is_empty()) {
            if names.stands == Stands::Head
                && head_value(r, reported.as_ref(), names.field).is_some()
            {
                used.insert(names.field);
            }
        }
        for l in &r.lines {
            carried.extend(others(&l.other, |n| !n.column.is_empty()).map(|(n, _)| n));
            for names in FIELDS.iter().filter(|n| n.stands == Stands::Line && !n.column.is_empty())
            {
                if !used.contains(&names.field) && line_value(l, names.field).is_some() {
                    used.insert(names.field);
                }
            }
        }
    }
    let columns: Vec<&Names> =
        FIELDS.iter().filter(|n| !n.column.is_empty() && used.contains(&n.field)).collect();
    let mut text = columns
        .iter()
        .map(|n| n.column)
        .chain(carried.iter().copied())
        .collect::<Vec<_>>()
        .join(",");
    text.push('\n');
    let mut broken = false;
    for (r, reported) in reports {
        for l in &r.lines {
            let mut first = true;
            let mut put = |value: Option<Cow<'_, str>>| {
                if !std::mem::take(&mut first) {
                    text.push(',');
                }
                let value = value.unwrap_or_default();
                if value.contains([',', '"', '\n', '\r']) {
                    let _ = write!(text, "\"{}\"", value.replace('"', "\"\""));
                } else {
                    text.push_str(&value);
                }
            };
            for names in &columns {
                put(match names.stands {
                    Stands::Head => head_value(r, reported.as_ref(), names.field),
                    Stands::Line => line_value(l, names.field),
                });
            }
            for name in &carried {
                let of_head = r.other.contains_key(*name);
                broken |= of_head;
                let value = l.other.get(*name).or_else(|| r.other.get(*name));
                put(value.map(|v| Cow::Borrowed(&**v)));
            }
            text.push('\n');
        }
    }
    if broken {
        out.lose(
            "a label of the head that has no column of its own became a field of each line"
                .to_owned(),
        );
    }
    vec![WrittenFile { name: "reports.csv".to_owned(), text }]
}
