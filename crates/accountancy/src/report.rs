//! Reports put together from their statements, corrections applied, ready to be checked and added up.

use std::collections::HashMap;

use case::{Case, Index, Record};
use foldhash::fast::RandomState;
use rust_decimal::Decimal;
use statement::kinds::account::{
    AccountLine, AccountReport, Code, Dialect, EntryStatus, ReportType, WeightUnit,
};
use statement::{Date, ObjectId, civil};

use crate::codes::{self, Sign};

/// A statement that holds a report or a part of one.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'a> {
    /// Its id.
    pub id: &'a ObjectId,
    /// What it says.
    pub body: &'a AccountReport,
    /// When the report was made.
    pub reported: Option<&'a Date>,
    /// The entries it rests on.
    pub because: &'a [Index],
}

impl<'a> Stated<'a> {
    /// What a case keeps of it.
    #[must_use]
    pub fn of(record: &'a Record<AccountReport>) -> Self {
        Self {
            id: &record.id,
            body: &record.body,
            reported: record.said.as_ref(),
            because: &record.because,
        }
    }
}

/// A whole report.
#[derive(Debug)]
pub struct Report<'a> {
    /// Its area.
    pub mba: &'a str,
    /// Its type.
    pub kind: ReportType,
    /// Its number.
    pub number: u32,
    /// Its statements in order.
    pub parts: Vec<Stated<'a>>,
    /// Where its entries begin among all, and where they end.
    pub entries: std::ops::Range<usize>,
}

impl<'a> Report<'a> {
    /// Its first statement.
    #[must_use]
    pub fn head(&self) -> &Stated<'a> {
        // A report is made of at least one statement.
        &self.parts[0]
    }

    /// The report in one piece, as it was read, with the day it was made.
    #[must_use]
    pub fn whole(&self) -> (AccountReport, Option<Date>) {
        let mut whole = AccountReport { lines: Vec::new(), part: None, ..self.head().body.clone() };
        whole.lines = self.parts.iter().flat_map(|p| p.body.lines.iter().cloned()).collect();
        (whole, self.head().reported.cloned())
    }

    /// The form it came in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.head().body.dialect
    }

    /// The period reported.
    #[must_use]
    pub fn period(&self) -> &'a Date {
        &self.head().body.period
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Which report, among all.
    pub report: u32,
    /// Which of its statements.
    pub part: u32,
    /// Which line of that statement, from 0.
    pub index: u32,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It counts.
    Stands,
    /// A later line corrects or deletes it.
    Gone,
    /// It only takes another out.
    Deletes,
    /// Its pointer leads nowhere, so it does not count.
    Astray,
}

/// A line of a report with what is needed to add it up.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Where it stands.
    pub at: At,
    /// The line.
    pub line: &'a AccountLine,
    /// The day it counts on.
    pub on: civil::Date,
    /// Whether it counts.
    pub fate: Fate,
}

impl Entry<'_> {
    /// The element's weight in the unit of its category.
    #[must_use]
    pub fn element(&self) -> Decimal {
        in_unit(self.line.element.exact(), self.line)
    }

    /// The isotope's weight in the same unit.
    #[must_use]
    pub fn isotope(&self) -> Option<Decimal> {
        self.line.isotope.map(|w| in_unit(w.exact(), self.line))
    }
}

fn in_unit(weight: Decimal, line: &AccountLine) -> Decimal {
    let unit = unit_of(line.material);
    match (line.unit, unit) {
        (a, b) if a == b => weight,
        (WeightUnit::Gram, _) => weight.checked_div(Decimal::ONE_THOUSAND).unwrap_or(weight),
        _ => weight.checked_mul(Decimal::ONE_THOUSAND).unwrap_or(weight),
    }
}

/// The unit in which a category is added up.
#[must_use]
pub(crate) fn unit_of(material: Code) -> WeightUnit {
    codes::find_category(material).map_or(WeightUnit::Kilogram, |c| c.unit)
}

/// All reports of a case.
#[derive(Debug, Default)]
pub struct Reports<'a> {
    /// Sorted by area, type and number.
    pub reports: Vec<Report<'a>>,
    /// Their lines, in the same order.
    pub entries: Vec<Entry<'a>>,
    /// Lines that correct or delete others, with what they lead to.
    pub corrections: Vec<Correction>,
}

/// A line that names an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// The entry that corrects.
    pub entry: usize,
    /// What its pointer leads to.
    pub target: Target,
}

/// Where a pointer leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The line has no pointer.
    Unnamed,
    /// There is no such line.
    Missing,
    /// The line stands later than the one that names it, or is that line.
    Later(usize),
    /// The line was corrected or deleted before.
    Replaced(usize),
    /// A line that stands.
    Entry(usize),
}

impl<'a> Reports<'a> {
    /// The reports of a case that were made by a day.
    #[must_use]
    pub fn of(case: &'a Case, as_of: civil::Date) -> Self {
        Self::from_stated(case.accounts.iter().filter(|r| r.said_by(as_of)).map(Stated::of))
    }

    /// Puts reports together from their statements.
    #[must_use]
    pub fn from_stated(stated: impl Iterator<Item = Stated<'a>>) -> Self {
        let mut all: Vec<Stated<'a>> = stated.collect();
        let part = |s: &Stated<'_>| s.body.part.map_or(1, |p| p.number);
        all.sort_by(|a, b| {
            (&*a.body.mba, a.body.report_type, a.body.number, part(a), a.id).cmp(&(
                &*b.body.mba,
                b.body.report_type,
                b.body.number,
                part(b),
                b.id,
            ))
        });
        let total = all.iter().map(|s| s.body.lines.len()).sum();
        let mut reports: Vec<Report<'a>> = Vec::new();
        let mut entries = Vec::with_capacity(total);
        for stated in all {
            let body = stated.body;
            let same = reports.last().is_some_and(|r| {
                r.mba == &*body.mba
                    && r.kind == body.report_type
                    && r.number == body.number
                    && body.part.is_some()
            });
            if !same {
                let at = entries.len();
                reports.push(Report {
                    mba: &body.mba,
                    kind: body.report_type,
                    number: body.number,
                    parts: Vec::new(),
                    entries: at..at,
                });
            }
            let report = reports.len() - 1;
            let last = &mut reports[report];
            let part = small(last.parts.len());
            last.parts.push(stated);
            let end = body.period.latest();
            for (index, line) in body.lines.iter().enumerate() {
                let at = At { report: small(report), part, index: small(index) };
                let on = line.on.as_ref().map_or(end, |d| d.latest().min(civil::Date::MAX));
                entries.push(Entry { at, line, on, fate: Fate::Stands });
            }
            last.entries.end = entries.len();
        }
        let mut reports = Self { reports, entries, corrections: Vec::new() };
        reports.correct();
        reports
    }

    /// Follows the pointers of lines that correct, delete or replace.
    fn correct(&mut self) {
        let pointing: Vec<usize> = (0..self.entries.len())
            .filter(|&i| {
                let line = self.entries[i].line;
                line.corrects.is_some()
                    || matches!(line.status, EntryStatus::Correct | EntryStatus::Delete)
            })
            .collect();
        if pointing.is_empty() {
            return;
        }
        let mut by_name: HashMap<(u32, ReportType, u32), usize, RandomState> = HashMap::default();
        // Reports by area, type and number; an area by the first of its reports.
        let mut area = 0_u32;
        let mut area_of = Vec::with_capacity(self.reports.len());
        for (i, report) in self.reports.iter().enumerate() {
            if i > 0 && self.reports[i - 1].mba != report.mba {
                area += 1;
            }
            area_of.push(area);
            by_name.insert((area, report.kind, report.number), i);
        }
        for entry in pointing {
            let Entry { at, line, .. } = self.entries[entry];
            let report = at.report as usize;
            let target = match line.corrects {
                None => Target::Unnamed,
                Some(named) => {
                    let key = (area_of[report], self.reports[report].kind, named.report);
                    let found = by_name.get(&key).and_then(|&r| {
                        self.reports[r]
                            .entries
                            .clone()
                            .find(|&e| self.entries[e].line.line == named.line)
                    });
                    match found {
                        None => Target::Missing,
                        Some(e) if e >= entry => Target::Later(e),
                        Some(e) if self.entries[e].fate != Fate::Stands => Target::Replaced(e),
                        Some(e) => Target::Entry(e),
                    }
                }
            };
            match target {
                Target::Entry(e) => {
                    // In Euratom's pair the deletion comes with an addition that names the same line.
                    if line.status != EntryStatus::Added {
                        self.entries[e].fate = Fate::Gone;
                    }
                    if line.status == EntryStatus::Delete {
                        self.entries[entry].fate = Fate::Deletes;
                    }
                }
                Target::Replaced(_) if line.status == EntryStatus::Added => {}
                _ => self.entries[entry].fate = Fate::Astray,
            }
            self.corrections.push(Correction { entry, target });
        }
    }

    /// The report an entry stands in.
    #[must_use]
    pub fn report(&self, entry: &Entry<'_>) -> &Report<'a> {
        &self.reports[entry.at.report as usize]
    }

    /// The statement a line stands in.
    #[must_use]
    pub fn stated(&self, at: At) -> &Stated<'a> {
        &self.reports[at.report as usize].parts[at.part as usize]
    }

    /// The reports of each area.
    pub fn areas(&self) -> impl Iterator<Item = &[Report<'a>]> {
        self.reports.chunk_by(|a, b| a.mba == b.mba)
    }

    /// The line's name for people: `ICR-SYA-3:12`.
    #[must_use]
    pub fn name(&self, at: At) -> String {
        let report = &self.reports[at.report as usize];
        let line = self.stated(at).body.lines.get(at.index as usize).map_or(0, |l| l.line);
        format!("{}-{}-{}:{line}", report.kind, report.mba, report.number)
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What a line does to the book of its category.
#[must_use]
pub fn contribution(entry: &Entry<'_>, dialect: Dialect) -> Decimal {
    signed(entry, dialect, entry.element())
}

/// A weight of a line with the sign it has in the book.
#[must_use]
pub(crate) fn signed(entry: &Entry<'_>, dialect: Dialect, weight: Decimal) -> Decimal {
    let Some(code) = entry.line.code else { return Decimal::ZERO };
    // Euratom stores a weight with the table's sign, whatever sign the operator wrote.
    let weight_of = |w: Decimal| if dialect == Dialect::Euratom { w.abs() } else { w };
    match codes::find_change(code, dialect).map(|c| c.sign) {
        Some(Sign::Plus) => weight_of(weight),
        Some(Sign::Minus) => -weight_of(weight),
        Some(Sign::MinusAsReported) => -weight,
        Some(Sign::PlusAsReported) => weight,
        Some(Sign::Category) => {
            let gains = code.as_str().get(1..) == Some(entry.line.material.as_str());
            if gains { weight_of(weight) } else { -weight_of(weight) }
        }
        Some(Sign::None) | None => Decimal::ZERO,
    }
}

/// Whether a change only books the inventory difference: it is no flow of the balance.
#[must_use]
pub(crate) fn books_difference(code: Code) -> bool {
    matches!(code.as_str(), "L+" | "L-" | "MF")
}
