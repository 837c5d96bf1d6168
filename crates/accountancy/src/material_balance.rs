//! Material balances from reports: PB + X - Y - PE = MUF for each area, period and category, every figure traced.
//!
//! A period ends with a physical inventory (a PIL) or with the material balance report that says so. It begins on
//! the day after the last one, with what was listed then.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use statement::ObjectId;
use statement::civil;
use statement::kinds::account::{Code, ReportType, WeightUnit};

use crate::report::{Entry, Fate, Reports, books_difference, signed, unit_of};

/// Weights of an element and of its fissile isotope, where that is reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weights {
    /// The element.
    pub element: Decimal,
    /// The isotope.
    pub isotope: Option<Decimal>,
}

impl Serialize for Weights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Weights", 2)?;
        out.serialize_field("element", &self.element.to_string())?;
        match &self.isotope {
            Some(isotope) => out.serialize_field("isotope", &isotope.to_string())?,
            None => out.skip_field("isotope")?,
        }
        out.end()
    }
}

impl Weights {
    /// The weights of a line.
    #[must_use]
    pub fn of(entry: &Entry<'_>) -> Self {
        Self { element: entry.element(), isotope: entry.isotope() }
    }

    /// Adds; a sum too large to be kept exactly stays as it was.
    pub fn add(&mut self, other: Self) {
        self.element = self.element.checked_add(other.element).unwrap_or(self.element);
        self.isotope = match (self.isotope, other.isotope) {
            (Some(a), Some(b)) => Some(a.checked_add(b).unwrap_or(a)),
            (a, b) => a.or(b),
        };
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negative(self) -> Self {
        Self { element: -self.element, isotope: self.isotope.map(|i| -i) }
    }
}

/// Lines of one report that a figure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The statement.
    pub report: ObjectId,
    /// Numbers of its lines.
    pub lines: Vec<u32>,
}

/// All periods of an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaBalance<'a> {
    /// The area.
    pub mba: &'a str,
    /// Its periods, oldest first.
    pub periods: Vec<Period>,
}

/// A balance period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Its first day.
    #[serde(serialize_with = "day")]
    pub first: civil::Date,
    /// Its last day: that of the physical inventory.
    #[serde(serialize_with = "day")]
    pub last: civil::Date,
    /// The physical inventory at its end; absent when there is none.
    pub inventory: Option<ObjectId>,
    /// The material balance report over it.
    pub report: Option<ObjectId>,
    /// That report among all.
    #[serde(skip)]
    pub mbr: Option<usize>,
    /// The balances, one for each category.
    pub balances: Vec<MaterialBalance>,
}

/// Where a beginning comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beginning {
    /// The physical inventory at the end of the last period.
    Inventory,
    /// The material balance report of this period says so; there is no earlier inventory.
    Stated,
    /// Line 0 of the first inventory change report.
    OpeningLine,
    /// Nothing says what was there before; taken as 0.
    Nothing,
}

/// A balance of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MaterialBalance {
    /// The category.
    pub material: Code,
    /// The unit of its weights.
    pub unit: WeightUnit,
    /// PB: the beginning inventory.
    pub beginning: Weights,
    /// Where that comes from.
    pub beginning_from: Beginning,
    /// Its lines.
    pub beginning_trace: Vec<Trace>,
    /// The same among all entries.
    #[serde(skip)]
    pub beginning_entries: Vec<usize>,
    /// Changes by code, increases first.
    pub changes: Vec<ChangeSum>,
    /// BA: the book ending.
    pub book: Weights,
    /// PE: the physical ending; absent when no inventory was taken.
    pub ending: Option<Weights>,
    /// Its lines.
    pub ending_trace: Vec<Trace>,
    /// The same among all entries.
    #[serde(skip)]
    pub ending_entries: Vec<usize>,
    /// BA less PE; absent when no inventory was taken.
    pub muf: Option<Weights>,
    /// What the listing holds as retained waste, which is not in PE.
    #[serde(serialize_with = "number")]
    pub retained_waste: Decimal,
    /// What L+ and L- book of the difference.
    #[serde(serialize_with = "number")]
    pub booked_difference: Decimal,
    /// Their entries.
    #[serde(skip)]
    pub booked_lines: Vec<usize>,
}

/// The changes of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeSum {
    /// The code.
    pub code: Code,
    /// What they add to the book; negative when they take away.
    pub effect: Weights,
    /// The sum as reported, without the code's sign.
    pub reported: Weights,
    /// Their lines.
    pub trace: Vec<Trace>,
    /// The same among all entries.
    #[serde(skip)]
    pub entries: Vec<usize>,
}

pub(crate) fn number<S: Serializer>(n: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(n)
}

fn day<S: Serializer>(day: &civil::Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// The changes of an area by category, in order of day; what only books the inventory difference among them.
pub(crate) type Flows = BTreeMap<Code, Vec<usize>>;

/// The lines behind a figure, gathered by statement.
fn trace(reports: &Reports<'_>, entries: &[usize]) -> Vec<Trace> {
    let mut traced: Vec<Trace> = Vec::new();
    let mut last = None;
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    for i in sorted {
        let entry = &reports.entries[i];
        let at = (entry.at.report, entry.at.part);
        if last != Some(at) {
            let report = reports.stated(entry.at).id.clone();
            traced.push(Trace { report, lines: Vec::new() });
            last = Some(at);
        }
        if let Some(t) = traced.last_mut() {
            t.lines.push(entry.line.line);
        }
    }
    traced
}

/// The changes of an area that count.
pub(crate) fn flows(reports: &Reports<'_>, range: std::ops::Range<usize>) -> Flows {
    let mut flows = Flows::new();
    for report in reports.reports[range].iter().filter(|r| r.kind == ReportType::InventoryChange) {
        for i in report.entries.clone() {
            let entry = &reports.entries[i];
            if entry.fate == Fate::Stands && entry.line.line != 0 {
                flows.entry(entry.line.material).or_default().push(i);
            }
        }
    }
    for list in flows.values_mut() {
        list.sort_by_key(|&i| (reports.entries[i].on, i));
    }
    flows
}

/// An inventory listed: its day, its report, and the standing lines of each category.
struct Listing {
    on: civil::Date,
    report: usize,
    lines: BTreeMap<Code, Vec<usize>>,
}

/// Whether a line lists retained waste, which is not in PE.
fn is_retained_waste(entry: &Entry<'_>) -> bool {
    entry.line.description.as_ref().is_some_and(|d| d.as_str().get(3..) == Some("W"))
}

impl Listing {
    /// The lines that count in PE.
    fn in_sum(&self, reports: &Reports<'_>, material: Code) -> Vec<usize> {
        let lines = self.lines.get(&material).into_iter().flatten().copied();
        lines.filter(|&i| !is_retained_waste(&reports.entries[i])).collect()
    }

    /// The sum without retained waste, and that waste.
    fn sum(&self, reports: &Reports<'_>, material: Code) -> (Weights, Decimal) {
        let (mut sum, mut waste) = (Weights::default(), Decimal::ZERO);
        for entry in self.lines.get(&material).into_iter().flatten().map(|&i| &reports.entries[i]) {
            if is_retained_waste(entry) {
                waste += entry.element();
            } else {
                sum.add(Weights::of(entry));
            }
        }
        (sum, waste)
    }
}

/// The balances of every area.
#[must_use]
pub fn balances<'a>(reports: &Reports<'a>) -> Vec<AreaBalance<'a>> {
    let mut start = 0;
    let mut areas = Vec::new();
    for area in reports.areas() {
        let range = start..start + area.len();
        start = range.end;
        areas.push(AreaBalance { mba: area[0].mba, periods: periods(reports, range) });
    }
    areas
}

fn periods(reports: &Reports<'_>, range: std::ops::Range<usize>) -> Vec<Period> {
    let flows = flows(reports, range.clone());
    let mut listings: Vec<Listing> = Vec::new();
    let mut mbrs: BTreeMap<civil::Date, usize> = BTreeMap::new();
    for r in range {
        let report = &reports.reports[r];
        match report.kind {
            ReportType::PhysicalInventory => {
                let on = report.period().latest();
                // Several listings of one day are one inventory.
                let at = match listings.iter().position(|l| l.on == on) {
                    Some(at) => at,
                    None => {
                        listings.push(Listing { on, report: r, lines: BTreeMap::new() });
                        listings.len() - 1
                    }
                };
                for i in report.entries.clone().filter(|&i| reports.entries[i].fate == Fate::Stands)
                {
                    listings[at].lines.entry(reports.entries[i].line.material).or_default().push(i);
                }
            }
            ReportType::MaterialBalance => {
                mbrs.insert(report.period().latest(), r);
            }
            ReportType::InventoryChange => {}
        }
    }
    listings.sort_by_key(|l| l.on);
    let first_change =
        flows.values().filter_map(|l| l.first()).map(|&i| reports.entries[i].on).min();
    let last_change = flows.values().filter_map(|l| l.last()).map(|&i| reports.entries[i].on).max();
    let mut ends: BTreeSet<civil::Date> = listings.iter().map(|l| l.on).collect();
    ends.extend(mbrs.keys());
    if let Some(last) = last_change
        && ends.last().is_none_or(|end| *end < last)
    {
        ends.insert(last);
    }
    let mut periods: Vec<Period> = Vec::new();
    let mut before: Option<civil::Date> = None;
    for end in ends {
        let mbr = mbrs.get(&end).copied();
        let stated_first = mbr.map(|m| reports.reports[m].period().earliest());
        let first = match before {
            Some(day) => day.tomorrow().unwrap_or(day),
            // The first inventory of all opens the accounts, unless something is reported to have come before it.
            None => match stated_first.or(first_change.filter(|day| *day <= end)) {
                Some(day) => day,
                None => {
                    before = Some(end);
                    continue;
                }
            },
        };
        let opening = before.and_then(|day| listings.iter().find(|l| l.on == day));
        let closing = listings.iter().find(|l| l.on == end);
        let mut materials: BTreeSet<Code> = flows
            .iter()
            .filter(|(_, list)| {
                list.iter().any(|&i| (first..=end).contains(&reports.entries[i].on))
            })
            .map(|(m, _)| *m)
            .collect();
        for listing in [opening, closing].into_iter().flatten() {
            materials.extend(listing.lines.keys());
        }
        if let Some(m) = mbr {
            materials.extend(
                reports.entries[reports.reports[m].entries.clone()].iter().map(|e| e.line.material),
            );
        }
        let balances = materials
            .into_iter()
            .map(|material| {
                let flow = flows.get(&material).map_or(&[][..], |list| {
                    let from = list.partition_point(|&i| reports.entries[i].on < first);
                    let to = list.partition_point(|&i| reports.entries[i].on <= end);
                    &list[from..to]
                });
                // Without an inventory the book goes on from the book of the period before.
                let carried =
                    periods.last().and_then(|p| p.balances.iter().find(|b| b.material == material));
                one(reports, material, flow, opening, closing, mbr, carried)
            })
            .collect();
        let id = |r: usize| reports.reports[r].head().id.clone();
        periods.push(Period {
            first,
            last: end,
            inventory: closing.map(|l| id(l.report)),
            report: mbr.map(id),
            mbr,
            balances,
        });
        before = Some(end);
    }
    periods
}

fn one(
    reports: &Reports<'_>,
    material: Code,
    flow: &[usize],
    opening: Option<&Listing>,
    closing: Option<&Listing>,
    mbr: Option<usize>,
    carried: Option<&MaterialBalance>,
) -> MaterialBalance {
    let stated_pb = mbr.and_then(|m| {
        reports.reports[m].entries.clone().find(|&i| {
            let e = &reports.entries[i];
            e.fate == Fate::Stands
                && e.line.material == material
                && e.line.code.is_some_and(|c| c.as_str() == "PB")
        })
    });
    let line_0 = flow.first().and_then(|&i| {
        let report = reports.report(&reports.entries[i]);
        report.entries.clone().find(|&e| {
            let line = reports.entries[e].line;
            line.line == 0 && line.material == material
        })
    });
    let (beginning, beginning_from, lines) = match (opening, carried, stated_pb, line_0) {
        (Some(listing), ..) => {
            let lines = listing.in_sum(reports, material);
            (listing.sum(reports, material).0, Beginning::Inventory, lines)
        }
        (None, _, Some(pb), _) => (Weights::of(&reports.entries[pb]), Beginning::Stated, vec![pb]),
        (None, Some(before), ..) => {
            (before.ending.unwrap_or(before.book), Beginning::Stated, Vec::new())
        }
        (None, None, None, Some(zero)) => {
            (Weights::of(&reports.entries[zero]), Beginning::OpeningLine, vec![zero])
        }
        (None, None, None, None) => (Weights::default(), Beginning::Nothing, Vec::new()),
    };
    let mut by_code: BTreeMap<Code, (Weights, Weights, Vec<usize>)> = BTreeMap::new();
    let (mut booked_difference, mut booked_lines) = (Decimal::ZERO, Vec::new());
    for &i in flow {
        let entry = &reports.entries[i];
        let Some(code) = entry.line.code else { continue };
        let dialect = reports.report(entry).dialect();
        let effect = signed(entry, dialect, entry.element());
        if books_difference(code) {
            // A loss that is booked makes the book smaller: the difference is positive.
            booked_difference -= effect;
            booked_lines.push(i);
            continue;
        }
        let isotope = entry.isotope().map(|w| signed(entry, dialect, w));
        let sum = by_code.entry(code).or_default();
        sum.0.add(Weights { element: effect, isotope });
        sum.1.add(Weights::of(entry));
        sum.2.push(i);
    }
    let mut changes: Vec<ChangeSum> = by_code
        .into_iter()
        .map(|(code, (effect, reported, entries))| ChangeSum {
            code,
            effect,
            reported,
            trace: trace(reports, &entries),
            entries,
        })
        .collect();
    changes.sort_by_key(|c| (c.effect.element < Decimal::ZERO, c.code));
    let mut book = beginning;
    changes.iter().for_each(|c| book.add(c.effect));
    let (ending, retained_waste) = match closing.map(|l| l.sum(reports, material)) {
        Some((sum, waste)) => (Some(sum), waste),
        None => (None, Decimal::ZERO),
    };
    let ending_lines = closing.map(|l| l.in_sum(reports, material)).unwrap_or_default();
    let muf = ending.map(|ending| {
        let mut muf = book;
        muf.add(ending.negative());
        muf
    });
    MaterialBalance {
        material,
        unit: unit_of(material),
        beginning,
        beginning_from,
        beginning_trace: trace(reports, &lines),
        beginning_entries: lines,
        changes,
        book,
        ending,
        ending_trace: trace(reports, &ending_lines),
        ending_entries: ending_lines,
        muf,
        retained_waste,
        booked_difference,
        booked_lines,
    }
}
