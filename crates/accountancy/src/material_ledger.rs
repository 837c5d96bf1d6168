//! The running ledger of an area: what the book holds after each change, in order of day, by category and by key
//! measurement point.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;
use serde::Serialize;
use statement::civil;
use statement::kinds::account::{Code, EntryStatus, WeightUnit};

use crate::material_balance::{AreaBalance, Weights, flows, number};
use crate::report::{Entry, Report, Reports, Target, contribution};

/// The books of an area.
#[derive(Debug, Clone, Serialize)]
pub struct AreaLedger<'a> {
    /// The area.
    pub mba: &'a str,
    /// Its reports among all.
    #[serde(skip)]
    pub reports: Range<usize>,
    /// One book for each category.
    pub books: Vec<Book>,
    /// Physical inventories: day, category, weight.
    #[serde(skip)]
    inventories: Vec<(civil::Date, Code, Decimal)>,
}

/// The book of one category.
#[derive(Debug, Clone, Serialize)]
pub struct Book {
    /// The category.
    pub material: Code,
    /// The unit of its weights.
    pub unit: WeightUnit,
    /// What it holds at the end; after a physical inventory it goes on from what was listed.
    #[serde(serialize_with = "number")]
    pub balance: Decimal,
    /// How many changes it holds.
    pub changes: usize,
    /// What passed each key measurement point, with its sign.
    pub points: Vec<Point>,
    /// Each change with the balance after it.
    #[serde(skip)]
    pub lines: Vec<LedgerLine>,
    /// The first entry after which the stock would be below zero, and that stock.
    #[serde(skip)]
    pub first_negative: Option<(usize, Decimal)>,
}

/// A key measurement point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Its code; empty for lines that name none.
    pub kmp: String,
    /// The sum of its changes.
    #[serde(serialize_with = "number")]
    pub sum: Decimal,
}

/// A change in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLine {
    /// The entry among all.
    pub entry: usize,
    /// The balance after it.
    pub balance: Decimal,
}

impl AreaLedger<'_> {
    /// Whether a report may open with another balance than the last closing: an inventory of that weight was taken
    /// by then.
    pub(crate) fn inventory_between(
        &self,
        material: Code,
        report: &Report<'_>,
        opening: Decimal,
    ) -> bool {
        let first = report.period().earliest();
        self.inventories
            .iter()
            .rev()
            .find(|(on, m, _)| *m == material && *on < first)
            .is_some_and(|(_, _, w)| *w == opening)
    }

    /// What a correcting line takes back of the line it names.
    pub(crate) fn correction_booked(&self, reports: &Reports<'_>, entry: usize) -> Decimal {
        let found = reports.corrections.binary_search_by_key(&entry, |c| c.entry).ok();
        let Some(Target::Entry(old)) = found.map(|c| reports.corrections[c].target) else {
            return Decimal::ZERO;
        };
        if !matches!(reports.entries[entry].line.status, EntryStatus::Correct | EntryStatus::Delete)
        {
            return Decimal::ZERO;
        }
        let old: &Entry<'_> = &reports.entries[old];
        -contribution(old, reports.report(old).dialect())
    }
}

/// The ledgers of every area.
#[must_use]
pub fn ledgers<'a>(reports: &Reports<'a>, balances: &[AreaBalance<'a>]) -> Vec<AreaLedger<'a>> {
    let mut start = 0;
    let mut ledgers = Vec::new();
    for (area, balance) in reports.areas().zip(balances) {
        let range = start..start + area.len();
        start = range.end;
        let mut inventories = Vec::new();
        for period in &balance.periods {
            for b in &period.balances {
                inventories.extend(b.ending.map(|e: Weights| (period.last, b.material, e.element)));
            }
        }
        let books = flows(reports, range.clone())
            .into_iter()
            .map(|(material, flow)| book(reports, balance, material, &flow))
            .collect();
        ledgers.push(AreaLedger { mba: balance.mba, reports: range, books, inventories });
    }
    ledgers
}

fn book(reports: &Reports<'_>, area: &AreaBalance<'_>, material: Code, flow: &[usize]) -> Book {
    let of = |p: &'_ crate::material_balance::Period| {
        p.balances.iter().position(|b| b.material == material)
    };
    let mut periods = area.periods.iter().filter_map(|p| of(p).map(|b| (p, &p.balances[b])));
    let mut now = periods.next();
    let mut balance = now.map_or(Decimal::ZERO, |(_, b)| b.beginning.element);
    let mut lines = Vec::with_capacity(flow.len());
    let mut points: BTreeMap<Option<Code>, Decimal> = BTreeMap::new();
    let mut first_negative = None;
    // Within a day, what comes in first: the order of lines of a day says nothing.
    let moves: Vec<(civil::Date, Decimal, usize)> = flow
        .iter()
        .map(|&i| {
            let entry = &reports.entries[i];
            (entry.on, contribution(entry, reports.report(entry).dialect()), i)
        })
        .collect();
    for day in moves.chunk_by(|a, b| a.0 == b.0) {
        while let Some((period, b)) = now
            && day[0].0 > period.last
        {
            balance = b.ending.map_or(balance, |e| e.element);
            now = periods.next();
        }
        for gains in [true, false] {
            for &(_, moved, entry) in day.iter().filter(|m| (m.1 >= Decimal::ZERO) == gains) {
                balance = balance.checked_add(moved).unwrap_or(balance);
                lines.push(LedgerLine { entry, balance });
                *points.entry(reports.entries[entry].line.kmp).or_default() += moved;
                if balance < Decimal::ZERO && first_negative.is_none() {
                    first_negative = Some((entry, balance));
                }
            }
        }
    }
    if let Some((_, b)) = now
        && let Some(ending) = b.ending
    {
        balance = ending.element;
    }
    let points = points
        .into_iter()
        .map(|(kmp, sum)| Point { kmp: kmp.map(|k| k.to_string()).unwrap_or_default(), sum })
        .collect();
    Book {
        material,
        unit: crate::report::unit_of(material),
        balance,
        changes: flow.len(),
        points,
        lines,
        first_negative,
    }
}
