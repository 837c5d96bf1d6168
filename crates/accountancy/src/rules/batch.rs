//! Rules of batches: unique, received as shipped, rebatched and recategorised without loss.

use foldhash::HashMap;
use rust_decimal::Decimal;
use statement::kinds::account::{Code, ReportType, WeightUnit};
use statement::{civil, days};

use super::{
    BATCH_TWICE, CATEGORY_PAIR, Check, DI_RECEIPT, NOT_RECEIVED, NOT_SHIPPED, REBATCHING,
    SHIPPER_NAME, TRANSIT_DATE, TRANSIT_WEIGHT,
};
use crate::codes;
use crate::report::{Entry, Fate, Reports};

type Batch<'a> = (&'a str, &'a str, Code);

/// A shipment on its way: the entry, and whether it was received.
struct Shipment {
    entry: usize,
    received: bool,
}

pub(super) fn check(check: &mut Check<'_, '_>, as_of: civil::Date) {
    let reports = check.reports;
    let mut shipments: Shipments<'_> = HashMap::default();
    let mut receipts: Vec<usize> = Vec::new();
    let known: foldhash::HashSet<&str> =
        reports.areas().filter_map(|a| a.first()).map(|r| r.mba).collect();
    for area in reports.areas() {
        let Some(mba) = area.first().map(|r| r.mba) else { continue };
        let mut received: HashMap<Batch<'_>, civil::Date> = HashMap::default();
        // The first day on which each batch came in, whether or not it has left since.
        let mut came: HashMap<&str, civil::Date> = HashMap::default();
        let mut differences: Vec<usize> = Vec::new();
        let mut rebatched: HashMap<(civil::Date, Code), (Decimal, usize)> = HashMap::default();
        let mut changed: HashMap<(civil::Date, &str, Code), (Decimal, usize)> = HashMap::default();
        // By day, since a batch may leave and come back.
        let mut changes: Vec<usize> = Vec::new();
        for report in area {
            match report.kind {
                ReportType::InventoryChange => changes.extend(report.entries.clone()),
                ReportType::PhysicalInventory => listed_twice(check, report.entries.clone()),
                ReportType::MaterialBalance => {}
            }
        }
        changes.retain(|&i| {
            reports.entries[i].fate == Fate::Stands && reports.entries[i].line.line != 0
        });
        changes.sort_by_key(|&i| (reports.entries[i].on, i));
        for i in changes {
            let entry = &reports.entries[i];
            let (Some(code), Some(batch)) = (entry.line.code, entry.line.batch.as_deref()) else {
                continue;
            };
            let key = (mba, batch, entry.line.material);
            match code.as_str() {
                "RD" | "RF" | "RS" => {
                    if let Some(before) = received.insert(key, entry.on) {
                        let message = format!(
                            "the batch {batch} was received on {before} and has not left since"
                        );
                        check.entry(&BATCH_TWICE, entry, message);
                    }
                    if code.as_str() != "RS" {
                        receipts.push(i);
                        came.entry(batch).or_insert(entry.on);
                    }
                }
                "SD" | "SF" => {
                    received.remove(&key);
                    let to = entry.line.to.as_deref().unwrap_or_default();
                    shipments
                        .entry((to, batch, entry.line.material))
                        .or_default()
                        .push(Shipment { entry: i, received: false });
                }
                "DI" => differences.push(i),
                "RM" | "RP" => {
                    if code.as_str() == "RM" {
                        received.remove(&key);
                    }
                    let sign =
                        if code.as_str() == "RP" { entry.element() } else { -entry.element() };
                    let sum = rebatched
                        .entry((entry.on, entry.line.material))
                        .or_insert((Decimal::ZERO, i));
                    *sum = (sum.0 + sign, i);
                }
                "DE" | "DN" | "ED" | "EN" | "ND" | "NE" => {
                    let kilograms = kilograms(entry);
                    let gains = code.as_str().get(1..) == Some(entry.line.material.as_str());
                    let sum = changed.entry((entry.on, batch, code)).or_insert((Decimal::ZERO, i));
                    *sum = (sum.0 + if gains { kilograms } else { -kilograms }, i);
                }
                _ => {}
            }
        }
        for i in differences {
            let entry = &reports.entries[i];
            let batch = entry.line.batch.as_deref().unwrap_or_default();
            let there = came.get(batch).is_some_and(|on| *on <= entry.on)
                || received
                    .get(&(mba, batch, entry.line.material))
                    .is_some_and(|on| *on <= entry.on);
            if !there {
                let message = format!("{mba} has received no batch {batch} by {}", entry.on);
                check.entry(&DI_RECEIPT, entry, message);
            }
        }
        let mut off: Vec<(Decimal, usize, civil::Date)> = rebatched
            .into_iter()
            .filter(|(_, (s, _))| !s.is_zero())
            .map(|((on, _), (s, i))| (s, i, on))
            .collect();
        off.sort_by_key(|(_, i, _)| *i);
        for (sum, i, on) in off {
            let entry = &reports.entries[i];
            let unit = entry.line.unit.as_str();
            check.entry(
                &REBATCHING,
                entry,
                format!("on {on} RP less RM is {} {unit}, not 0", sum.normalize()),
            );
        }
        let mut off: Vec<(Decimal, usize)> =
            changed.into_values().filter(|(s, _)| !s.is_zero()).collect();
        off.sort_by_key(|(_, i)| *i);
        for (sum, i) in off {
            let entry = &reports.entries[i];
            let code = entry.line.code.unwrap_or(Code::of("?"));
            let message = format!("the two lines of {code} differ by {} kg", sum.abs().normalize());
            check.entry(&CATEGORY_PAIR, entry, message);
        }
    }
    receipts.sort_unstable();
    let mut by_weight = None;
    for i in receipts {
        receive(check, &mut shipments, &mut by_weight, &known, i);
    }
    let mut open: Vec<usize> =
        shipments.into_values().flatten().filter(|s| !s.received).map(|s| s.entry).collect();
    open.sort_unstable();
    for i in open {
        let entry = &reports.entries[i];
        let to = entry.line.to.as_deref().unwrap_or_default();
        // Whether an area of another State received it only that State's reports tell.
        let known = known.contains(to) && check.read(to);
        let under_way = days(entry.on, as_of);
        if known && under_way > codes::TRANSIT_DAYS {
            let batch = entry.line.batch.as_deref().unwrap_or_default();
            let message = format!(
                "the batch {batch} was shipped to {to} on {}, {under_way} days ago, and not received",
                entry.on
            );
            check.entry(&NOT_RECEIVED, entry, message);
        }
    }
}

fn listed_twice(check: &mut Check<'_, '_>, entries: std::ops::Range<usize>) {
    let reports: &Reports<'_> = check.reports;
    let mut seen: HashMap<(&str, Code, Option<Code>), u32> = HashMap::default();
    for entry in reports.entries[entries].iter().filter(|e| e.fate == Fate::Stands) {
        let Some(batch) = entry.line.batch.as_deref() else { continue };
        let key = (batch, entry.line.material, entry.line.kmp);
        if let Some(before) = seen.insert(key, entry.line.line) {
            check.entry(
                &BATCH_TWICE,
                entry,
                format!("the batch {batch} is listed in line {before} already"),
            );
        }
    }
}

fn kilograms(entry: &Entry<'_>) -> Decimal {
    match crate::report::unit_of(entry.line.material) {
        WeightUnit::Gram => entry.element() / Decimal::ONE_THOUSAND,
        WeightUnit::Kilogram => entry.element(),
    }
}

type Shipments<'a> = HashMap<(&'a str, &'a str, Code), Vec<Shipment>>;
/// Shipments by receiver, category and weight: where a receipt under another name is looked for.
type ByWeight<'a> = HashMap<(&'a str, Code, Decimal), Vec<(usize, &'a str)>>;

fn by_weight<'a>(reports: &Reports<'a>, shipments: &Shipments<'a>) -> ByWeight<'a> {
    let mut found = ByWeight::default();
    for ((to, batch, material), sent) in shipments {
        for s in sent {
            let weight = reports.entries[s.entry].element();
            found.entry((*to, *material, weight)).or_default().push((s.entry, *batch));
        }
    }
    found.values_mut().for_each(|list| list.sort_unstable());
    found
}

/// Finds the shipment of a receipt.
fn receive<'a>(
    check: &mut Check<'_, 'a>,
    shipments: &mut Shipments<'a>,
    weighed: &mut Option<ByWeight<'a>>,
    known: &foldhash::HashSet<&'a str>,
    receipt: usize,
) {
    let reports = check.reports;
    let entry = &reports.entries[receipt];
    let to = reports.report(entry).mba;
    let from = entry.line.from.as_deref().unwrap_or_default();
    if !known.contains(from) {
        return;
    }
    let batch = entry.line.batch.as_deref().unwrap_or_default();
    let shipped_as = entry.line.shipper_batch.as_deref().unwrap_or(batch);
    let material = entry.line.material;
    let open =
        |s: &&mut Shipment| !s.received && reports.report(&reports.entries[s.entry]).mba == from;
    if let Some(shipment) =
        shipments.get_mut(&(to, shipped_as, material)).and_then(|s| s.iter_mut().find(open))
    {
        shipment.received = true;
        let sent = &reports.entries[shipment.entry];
        let apart = days(sent.on, entry.on);
        if apart < 0 {
            let message = format!("received on {}, shipped on {}", entry.on, sent.on);
            check.entry(&TRANSIT_DATE, entry, message);
        } else if sent.element() != entry.element() || sent.isotope() != entry.isotope() {
            let column = if sent.element() == entry.element() { "isotope" } else { "element" };
            let (was, is) = match column {
                "element" => (sent.element(), entry.element()),
                _ => (sent.isotope().unwrap_or_default(), entry.isotope().unwrap_or_default()),
            };
            let message = format!(
                "{from} shipped {was} of the batch {shipped_as}, {is} are booked as received"
            );
            check.at(&TRANSIT_WEIGHT, entry, column, message);
        }
        return;
    }
    // Under another name: the same weight between the same areas in the time that a transit takes.
    let weighed = weighed.get_or_insert_with(|| by_weight(reports, shipments));
    let alike = weighed.get(&(to, material, entry.element())).into_iter().flatten();
    let mut renamed: Option<&mut Shipment> = None;
    for (sent, name) in alike {
        let on = reports.entries[*sent].on;
        if !(0..=codes::TRANSIT_DAYS).contains(&days(on, entry.on)) {
            continue;
        }
        let of = shipments.get(&(to, *name, material));
        let free = of.and_then(|l| l.iter().position(|s| s.entry == *sent && !s.received));
        if let Some(at) = free
            && reports.report(&reports.entries[*sent]).mba == from
        {
            renamed = shipments.get_mut(&(to, *name, material)).and_then(|l| l.get_mut(at));
            break;
        }
    }
    match renamed {
        Some(shipment) => {
            shipment.received = true;
            let name = reports.entries[shipment.entry].line.batch.as_deref().unwrap_or_default();
            check.entry(
                &SHIPPER_NAME,
                entry,
                format!("{from} shipped this as {name}, and it is received as {batch}"),
            );
        }
        None if !check.read(from) => {}
        None => {
            check.entry(
                &NOT_SHIPPED,
                entry,
                format!("{from} reports no shipment of a batch {shipped_as} to {to}"),
            );
        }
    }
}
