//! A State with known truth: material balance areas linked by transfers, what each truly held and moved, and the
//! accounting reports it sends: measured with errors, with chosen diversions and chosen false statements.
//!
//! The areas stand in a chain: the first receives from abroad, each ships to the next, the last ships abroad. A
//! shipment is booked by its receiver at the shipper's weight and the difference as DI.

use balance::synthetic::Draws;
use rust_decimal::Decimal;
use serde::Serialize;
use statement::kinds::account::{
    AccountLine, AccountReport, Code, Dialect, Measured, MeasurementErrors, ReportType, WeightUnit,
};
use statement::{Date, civil};

use crate::codes;

/// A State to be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SyntheticState {
    /// Its areas, from the first to the last of the chain.
    pub areas: usize,
    /// The element category: `P`, or `E` with `enrichment`.
    #[serde(serialize_with = "code")]
    pub material: Code,
    /// U-235 as a share of uranium; only with category `E`.
    pub enrichment: f64,
    /// Balance periods.
    pub periods: usize,
    /// Days of a period.
    pub days: u16,
    /// The first day.
    #[serde(serialize_with = "day")]
    pub first: civil::Date,
    /// Batches received, and as many shipped, by each area in a period; and items listed.
    pub batches: usize,
    /// What enters an area in a period, in kg.
    pub throughput: f64,
    /// What each area holds at the start, in kg.
    pub holdup: f64,
    /// Relative standard deviation of the random error of a batch.
    pub random_rsd: f64,
    /// Relative standard deviation of the systematic error of an instrument and calibration period.
    pub systematic_rsd: f64,
    /// Days between calibrations.
    pub calibration_days: Option<u16>,
    /// The area that diverts and states falsely, from 1.
    pub guilty: usize,
    /// What is taken from it in each period, in kg.
    pub diverted: Vec<f64>,
    /// What it states wrongly.
    pub false_statements: Vec<FalseReport>,
}

/// Lines of one period that are stated wrongly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalseReport {
    /// `PIL`, or the code of an inventory change: `RD`, `RF`, `SD`, `SF`.
    pub entry: String,
    /// The period, from 1.
    pub period: usize,
    /// What their weights are multiplied by.
    pub factor: f64,
}

/// What truly was there, of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrueArea {
    /// The area.
    pub mba: String,
    /// What it held at the start, in kg.
    pub opening: f64,
    /// Its periods.
    pub periods: Vec<TruePeriod>,
}

/// What truly was there, of one period; weights in kg.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TruePeriod {
    /// Received.
    pub received: f64,
    /// Shipped.
    pub shipped: f64,
    /// Taken.
    pub diverted: f64,
    /// Held at the end.
    pub held: f64,
    #[serde(skip)]
    receipts: Vec<Moved>,
    #[serde(skip)]
    shipments: Vec<Moved>,
}

/// A batch on its way.
#[derive(Debug, Clone, PartialEq)]
struct Moved {
    name: String,
    /// Days after the first of the period.
    after: i64,
    kg: f64,
}

fn code<S: serde::Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(code)
}

fn day<S: serde::Serializer>(day: &civil::Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// A report and the day it was made.
pub type Made = (AccountReport, Option<Date>);

/// Instruments of an area: what each measures.
const INSTRUMENTS: [(&str, &[&str]); 3] =
    [("stock", &["PIL"]), ("receipts", &["RD", "RF"]), ("shipments", &["SD", "SF"])];
/// The party outside the chain.
const ABROAD: &str = "XXA";

impl SyntheticState {
    /// The name of an area, counted from 0.
    #[must_use]
    pub fn area(&self, n: usize) -> String {
        format!("S{:03}", n + 1)
    }

    /// The fewest days a period must have: a batch takes two days through each area.
    #[must_use]
    pub fn fewest_days(&self) -> usize {
        2 * self.areas + 3
    }

    /// The days a period covers, counted from 0; period 0 begins on the first day.
    fn span(&self, period: usize) -> (civil::Date, civil::Date) {
        let days = i64::from(self.days);
        let start = i64::try_from(period).unwrap_or(0).saturating_mul(days);
        (self.on(start), self.on(start + days - 1))
    }

    fn on(&self, days: i64) -> civil::Date {
        // A State that lives past the calendar stays on its last day; its reports then break rules, and nothing else.
        later(self.first, days)
    }

    /// What truly happened, with the acts of the guilty area or without.
    #[must_use]
    pub fn truth(&self, seed: u64, acts: bool) -> Vec<TrueArea> {
        let mut draws = Draws::new(seed, 0);
        let mut areas: Vec<TrueArea> = Vec::new();
        for a in 0..self.areas {
            let mut held = self.holdup;
            let mut periods: Vec<TruePeriod> = Vec::new();
            for p in 0..self.periods {
                let each = self.throughput / self.batches as f64;
                let room = i64::from(self.days) - i64::try_from(self.fewest_days()).unwrap_or(0);
                let receipts: Vec<Moved> = match a.checked_sub(1) {
                    None => (0..self.batches)
                        .map(|i| Moved {
                            name: format!("X{}-{}", p + 1, i + 1),
                            after: 1 + room.max(0) * i as i64 / self.batches.max(1) as i64,
                            kg: each * (1.0 + 0.1 * draws.swing()),
                        })
                        .collect(),
                    Some(before) => areas[before].periods[p]
                        .shipments
                        .iter()
                        .map(|m| Moved { after: m.after + 1, ..m.clone() })
                        .collect(),
                };
                let received: f64 = receipts.iter().map(|m| m.kg).sum();
                // What goes out brings the holdup back towards what it was.
                let out =
                    received + 0.3 * (held - self.holdup) + 0.05 * self.throughput * draws.swing();
                let parts: Vec<f64> = receipts.iter().map(|_| 1.0 + 0.1 * draws.swing()).collect();
                let whole: f64 = parts.iter().sum();
                let shipments: Vec<Moved> = receipts
                    .iter()
                    .zip(&parts)
                    .enumerate()
                    .map(|(i, (m, part))| Moved {
                        name: format!("{}-{}-{}", self.area(a), p + 1, i + 1),
                        after: m.after + 1,
                        kg: (out * part / whole).max(0.0),
                    })
                    .collect();
                let shipped: f64 = shipments.iter().map(|m| m.kg).sum();
                let taken = acts && a + 1 == self.guilty;
                let diverted =
                    if taken { self.diverted.get(p).copied().unwrap_or(0.0) } else { 0.0 };
                held = (held + received - shipped - diverted).max(0.0);
                periods.push(TruePeriod { received, shipped, diverted, held, receipts, shipments });
            }
            areas.push(TrueArea { mba: self.area(a), opening: self.holdup, periods });
        }
        areas
    }

    /// How well its areas measure: an id and the errors of each row.
    #[must_use]
    pub fn errors(&self) -> Vec<(String, MeasurementErrors)> {
        let calibrated: Vec<Date> = match self.calibration_days {
            None => Vec::new(),
            Some(step) => {
                let whole = i64::from(self.days) * i64::try_from(self.periods).unwrap_or(0);
                (0..=whole / i64::from(step.max(1)))
                    .map(|k| Date::day(self.on(k * i64::from(step.max(1)))))
                    .collect()
            }
        };
        let weights: &[Measured] = if self.material == codes::ENRICHED {
            &[Measured::Element, Measured::Isotope]
        } else {
            &[Measured::Element]
        };
        let mut rows = Vec::new();
        for a in 0..self.areas {
            for (instrument, entries) in INSTRUMENTS {
                for measured in weights {
                    let id = format!("err-{}-{instrument}-{}", self.area(a), measured.as_str());
                    rows.push((
                        id,
                        MeasurementErrors {
                            calibrated: calibrated.clone(),
                            description: None,
                            entries: entries.iter().map(|e| Code::of(e)).collect(),
                            instrument: None,
                            kmp: Vec::new(),
                            material: self.material,
                            mba: self.area(a).into(),
                            measured: *measured,
                            random_rsd: share(self.random_rsd),
                            stratum: instrument.to_owned(),
                            systematic_rsd: share(self.systematic_rsd),
                        },
                    ));
                }
            }
        }
        rows
    }

    /// The reports of each area in turn, measured with the errors of realisation `number`.
    pub fn reports(
        &self,
        seed: u64,
        number: u64,
        acts: bool,
        truth: &[TrueArea],
        mut each: impl FnMut(usize, Vec<Made>),
    ) {
        let mut draws = Draws::new(seed, number);
        let whole = i64::from(self.days) * i64::try_from(self.periods).unwrap_or(0);
        let calibrations =
            self.calibration_days.map_or(1, |d| whole / i64::from(d.max(1)) + 2).max(1) as usize;
        // What the area before says of the batches it shipped, by period.
        let mut stated: Vec<Vec<Decimal>> = Vec::new();
        for (a, area) in truth.iter().enumerate() {
            let mut systematic = Vec::new();
            for _ in 0..INSTRUMENTS.len() * calibrations {
                systematic.push(self.systematic_rsd * draws.normal());
            }
            let mut author =
                Author { state: self, area: a, draws: &mut draws, systematic, calibrations, acts };
            let (reports, shipped) = author.write(area, &stated);
            stated = shipped;
            each(a, reports);
        }
    }
}

/// The day so many days later.
fn later(day: civil::Date, days: i64) -> civil::Date {
    let seconds = u64::try_from(days).unwrap_or(0).saturating_mul(86_400);
    day.checked_add(std::time::Duration::from_secs(seconds)).unwrap_or(civil::Date::MAX)
}

/// A share as a decimal, to nine places.
fn share(value: f64) -> statement::Decimal {
    format!("{value:.9}").trim_end_matches('0').parse().unwrap_or(statement::Decimal::ZERO)
}

/// Writes the reports of one area.
struct Author<'a> {
    state: &'a SyntheticState,
    area: usize,
    draws: &'a mut Draws,
    systematic: Vec<f64>,
    calibrations: usize,
    acts: bool,
}

/// Sums of the lines of a period by code, in the order in which codes first appear.
#[derive(Default)]
struct Sums(Vec<(&'static str, Decimal, Decimal)>);

impl Sums {
    fn add(&mut self, code: &'static str, element: Decimal, isotope: Decimal) {
        match self.0.iter_mut().find(|s| s.0 == code) {
            Some(sum) => (sum.1, sum.2) = (sum.1 + element, sum.2 + isotope),
            None => self.0.push((code, element, isotope)),
        }
    }
}

impl Author<'_> {
    /// What an instrument reads of `kg` on a day counted from the start of all, in the unit of the reports.
    fn measure(&mut self, instrument: usize, kg: f64, on: i64) -> Decimal {
        let calibration = match self.state.calibration_days {
            None => 0,
            Some(step) => usize::try_from((on.max(0)) / i64::from(step.max(1)) + 1).unwrap_or(0),
        };
        // The listing before the first day stands in no calibration period but the first.
        let calibration = if on < 0 { 0 } else { calibration }.min(self.calibrations - 1);
        let systematic = self
            .systematic
            .get(instrument * self.calibrations + calibration)
            .copied()
            .unwrap_or(0.0);
        let random = self.state.random_rsd * self.draws.normal();
        weight(kg * 1000.0 * (1.0 + systematic + random))
    }

    /// What is said of a weight, which may be false.
    fn say(&self, entry: &str, period: usize, weight_g: Decimal) -> Decimal {
        if !self.acts || self.area + 1 != self.state.guilty {
            return weight_g;
        }
        let lies = self.state.false_statements.iter();
        let factor: f64 =
            lies.filter(|f| f.entry == entry && f.period == period).map(|f| f.factor).product();
        #[expect(clippy::float_cmp, reason = "an empty product is exactly 1")]
        if factor == 1.0 {
            return weight_g;
        }
        let grams: f64 = weight_g.try_into().unwrap_or(0.0);
        weight(grams * factor)
    }

    fn isotope(&self, element: Decimal) -> Decimal {
        if self.state.material != codes::ENRICHED {
            return Decimal::ZERO;
        }
        let grams: f64 = element.try_into().unwrap_or(0.0);
        weight(grams * self.state.enrichment)
    }

    fn line(&self, number: usize, element: Decimal, isotope: Decimal) -> AccountLine {
        let mut line = AccountLine::new(
            u32::try_from(number).unwrap_or(u32::MAX),
            self.state.material,
            decimal(element),
            WeightUnit::Gram,
        );
        if self.state.material == codes::ENRICHED {
            line.isotope = Some(decimal(isotope));
            line.isotope_code = Some(Code::of("G"));
        }
        line
    }

    fn described(&self) -> Option<Code> {
        Some(Code::of(if self.state.material == codes::ENRICHED { "EOPF" } else { "PHBF" }))
    }

    fn report(
        &self,
        kind: ReportType,
        number: usize,
        period: &str,
        end: civil::Date,
        lines: Vec<AccountLine>,
    ) -> Option<Made> {
        let made = later(end, 10);
        let report = AccountReport {
            dialect: Dialect::Table,
            line_count: u32::try_from(lines.len()).ok(),
            lines,
            mba: self.state.area(self.area).into(),
            number: u32::try_from(number).unwrap_or(u32::MAX),
            other: Default::default(),
            part: None,
            period: period.parse().ok()?,
            site: None,
            report_type: kind,
        };
        Some((report, Some(Date::day(made))))
    }

    /// A listing of what is held: as many items as batches, of nearly equal weight.
    fn listing(
        &mut self,
        number: usize,
        period: usize,
        end: civil::Date,
        kg: f64,
        on: i64,
    ) -> (Option<Made>, Decimal, Decimal) {
        let count = self.state.batches.max(1);
        let parts: Vec<f64> = (0..count).map(|_| 1.0 + 0.05 * self.draws.swing()).collect();
        let whole: f64 = parts.iter().sum();
        let (mut sum, mut isotopes, mut lines) = (Decimal::ZERO, Decimal::ZERO, Vec::new());
        for (i, part) in parts.iter().enumerate() {
            let read = self.measure(0, kg * part / whole, on);
            let element = self.say("PIL", period, read);
            let isotope = self.isotope(element);
            (sum, isotopes) = (sum + element, isotopes + isotope);
            let mut line = self.line(i + 1, element, isotope);
            line.kmp = Some(Code::of("A"));
            line.description = self.described();
            line.batch = Some(format!("I{number}-{}", i + 1).into());
            line.basis = Some(Code::of("M"));
            line.items = Some(1);
            lines.push(line);
        }
        let made = self.report(ReportType::PhysicalInventory, number, &end.to_string(), end, lines);
        (made, sum, isotopes)
    }

    fn change(
        &self,
        code: &'static str,
        on: civil::Date,
        batch: &str,
        basis: &str,
        element: Decimal,
        isotope: Decimal,
    ) -> AccountLine {
        let mut line = self.line(0, element, isotope);
        line.code = Some(Code::of(code));
        line.on = Some(Date::day(on));
        line.batch = Some(batch.into());
        line.basis = Some(Code::of(basis));
        line.description = self.described();
        line.items = Some(1);
        line.kmp = Some(Code::of(if code.starts_with('S') { "2" } else { "1" }));
        line
    }

    /// All reports of the area; and what it says of each batch it shipped.
    fn write(
        &mut self,
        area: &TrueArea,
        stated: &[Vec<Decimal>],
    ) -> (Vec<Made>, Vec<Vec<Decimal>>) {
        let state = self.state;
        let first = self.area == 0;
        let last = self.area + 1 == state.areas;
        let (receipt, shipment) = (if first { "RF" } else { "RD" }, if last { "SF" } else { "SD" });
        let before = state.first.yesterday().unwrap_or(state.first);
        let (opening, mut pb, mut pb_isotope) = self.listing(1, 0, before, area.opening, -1);
        let mut reports: Vec<Made> = opening.into_iter().collect();
        let mut said_shipped = Vec::new();
        for (p, truth) in area.periods.iter().enumerate() {
            let (from, to) = state.span(p);
            let start = i64::try_from(p).unwrap_or(0) * i64::from(state.days);
            let mut lines: Vec<AccountLine> = Vec::new();
            let mut sums = Sums::default();
            for (i, m) in truth.receipts.iter().enumerate() {
                let own = self.measure(1, m.kg, start + m.after);
                // Abroad measures as well as anyone here.
                let sent = match stated.get(p).and_then(|s| s.get(i)) {
                    Some(sent) => *sent,
                    None => {
                        let error = state.random_rsd * self.draws.normal();
                        weight(m.kg * 1000.0 * (1.0 + error))
                    }
                };
                let booked = self.say(receipt, p + 1, sent);
                let isotope = self.isotope(booked);
                let on = state.on(start + m.after);
                let mut line = self.change(receipt, on, &m.name, "N", booked, isotope);
                line.from = Some(match self.area.checked_sub(1) {
                    Some(before) => state.area(before).into(),
                    None => ABROAD.into(),
                });
                sums.add(receipt, booked, isotope);
                lines.push(line);
                let difference = booked - own;
                let isotope = self.isotope(difference);
                if !difference.is_zero() {
                    sums.add("DI", difference, isotope);
                    lines.push(self.change("DI", on, &m.name, "M", difference, isotope));
                }
            }
            let mut said = Vec::new();
            for m in &truth.shipments {
                let read = self.measure(2, m.kg, start + m.after);
                let element = self.say(shipment, p + 1, read);
                let isotope = self.isotope(element);
                said.push(element);
                let on = state.on(start + m.after);
                let mut line = self.change(shipment, on, &m.name, "M", element, isotope);
                line.to = Some(if last { ABROAD.into() } else { state.area(self.area + 1).into() });
                sums.add(shipment, element, isotope);
                lines.push(line);
            }
            said_shipped.push(said);
            lines.sort_by_key(|l| l.on.as_ref().map(Date::latest));
            for (i, line) in lines.iter_mut().enumerate() {
                line.line = u32::try_from(i + 1).unwrap_or(u32::MAX);
            }
            let period = format!("{from}/{to}");
            reports.extend(self.report(ReportType::InventoryChange, p + 1, &period, to, lines));
            let end = start + i64::from(state.days) - 1;
            let (listing, pe, pe_isotope) = self.listing(p + 2, p + 1, to, truth.held, end);
            reports.extend(listing);
            let (mut ba, mut ba_isotope) = (pb, pb_isotope);
            for (code, element, isotope) in &sums.0 {
                // DI is shipper less receiver and is taken away.
                let gains = code.starts_with('R');
                (ba, ba_isotope) = if gains {
                    (ba + element, ba_isotope + isotope)
                } else {
                    (ba - element, ba_isotope - isotope)
                };
            }
            let mut entries = vec![("PB", pb, pb_isotope)];
            entries.extend(sums.0.iter().copied());
            entries.extend([
                ("BA", ba, ba_isotope),
                ("PE", pe, pe_isotope),
                ("MF", ba - pe, ba_isotope - pe_isotope),
            ]);
            let lines = entries
                .into_iter()
                .enumerate()
                .map(|(i, (code, element, isotope))| {
                    let mut line = self.line(i + 1, element, isotope);
                    line.code = Some(Code::of(code));
                    line
                })
                .collect();
            reports.extend(self.report(ReportType::MaterialBalance, p + 1, &period, to, lines));
            (pb, pb_isotope) = (pe, pe_isotope);
        }
        (reports, said_shipped)
    }
}

/// A weight in grams to three decimals.
fn weight(grams: f64) -> Decimal {
    Decimal::try_from(grams).unwrap_or_default().round_dp(3)
}

fn decimal(weight: Decimal) -> statement::Decimal {
    format!("{weight:.3}").parse().unwrap_or(statement::Decimal::ZERO)
}
