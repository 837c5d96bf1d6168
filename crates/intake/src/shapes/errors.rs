//! Measurement errors of the strata of material balance areas: what a sigma of MUF rests on.

use statement::kinds::account::{Code, Measured, MeasurementErrors};
use statement::{Body, Date, Decimal, Statement};

use super::{Says, Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "measurement errors",
    required: &[
        "id",
        "mba",
        "stratum",
        "material",
        "random_rsd",
        "systematic_rsd",
        "source",
        "basis",
    ],
    optional: &[
        "measured",
        "entry",
        "kmp",
        "description",
        "instrument",
        "calibrated",
        "stated_on",
        "note",
    ],
    read,
};

/// A share of what is measured above which the figure is most likely a per cent.
const LARGE: f64 = 1.0;

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, mba, stratum) = (row.need("id"), row.need("mba"), row.need("stratum"));
    let material = row.need("material").and_then(|text| code(row, "material", &text));
    let (random, systematic) = (rsd(row, "random_rsd"), rsd(row, "systematic_rsd"));
    let measured = match row.get("measured") {
        None | Some("element") => Measured::Element,
        Some("isotope") => Measured::Isotope,
        Some(word) => {
            let message = format!("`{word}` is no weight of a line");
            let help = "element, the default, or isotope: the fissile isotope".to_owned();
            row.fault("A242", "measured", message, "element or isotope", Some(help));
            Measured::Element
        }
    };
    let (entries, kmp) = (codes(row, "entry"), codes(row, "kmp"));
    let description = row.text("description").and_then(|text| code(row, "description", &text));
    let (calibrated, said, source) = (calibrations(row), row.date("stated_on"), row.source());
    if random.is_some_and(zero) && systematic.is_some_and(zero) {
        let message = "both errors are 0: no instrument measures without error".to_owned();
        let help = "leave out what is counted and not measured; it then has to agree exactly";
        row.warn("A243", "random_rsd", message, "0", Some(help.to_owned()));
    }
    let (Some(id), Some(mba), Some(stratum), Some(material)) = (id, mba, stratum, material) else {
        return vec![];
    };
    let (Some(random_rsd), Some(systematic_rsd), Some(source)) = (random, systematic, source)
    else {
        return vec![];
    };
    let body = Body::AccountErrors(MeasurementErrors {
        calibrated,
        description,
        entries,
        instrument: row.text("instrument"),
        kmp,
        material,
        mba: mba.into(),
        measured,
        random_rsd,
        stratum,
        systematic_rsd,
    });
    let party = manifest.declares.clone().unwrap_or_else(super::desk);
    let says = Says { id, party, said, source, note: row.text("note") };
    collect([says.statement(row, "id", manifest, body)])
}

fn zero(value: Decimal) -> bool {
    value.to_f64() == 0.0
}

/// A relative standard deviation.
fn rsd(row: &mut Row<'_>, column: &str) -> Option<Decimal> {
    let text = row.need(column)?;
    if let Some(percent) = text.strip_suffix('%') {
        let share = percent.trim().parse::<f64>().ok().map(|p| format!("write {}", p / 100.0));
        let help = share.unwrap_or_else(|| "write 0.005 for 0.5 %".to_owned());
        let message = format!("`{text}` is a per cent, and a share is expected");
        row.fault("A240", column, message, "a share of what is measured", Some(help));
        return None;
    }
    let value = row.decimal(column)?;
    if value.to_f64() < 0.0 {
        let message = format!("`{column}` is negative");
        row.fault("A209", column, message, "a standard deviation", None);
        return None;
    }
    if value.to_f64() >= LARGE {
        let message = format!("`{column}` is {:.0} % of what is measured", value.to_f64() * 100.0);
        let help = format!("write {} if {value} % was meant", value.to_f64() / 100.0);
        row.warn("A209", column, message, "very large", Some(help));
    }
    Some(value)
}

fn code(row: &mut Row<'_>, column: &str, text: &str) -> Option<Code> {
    text.parse()
        .map_err(|e: statement::kinds::account::CodeError| {
            row.fault("A005", column, e.to_string(), "not a code", None);
        })
        .ok()
}

fn codes(row: &mut Row<'_>, column: &str) -> Vec<Code> {
    let names = row.list(column);
    names.iter().filter_map(|name| code(row, column, name)).collect()
}

/// Days on which a calibration period begins, in their order.
fn calibrations(row: &mut Row<'_>) -> Vec<Date> {
    let mut days: Vec<Date> = Vec::new();
    for text in row.list("calibrated") {
        let Some(day) = text.parse::<Date>().ok().filter(|d| d.exact().is_some()) else {
            let message = format!("`{text}` is not a day");
            let help =
                "write 2024-01-01;2024-07-01: the days on which the instrument was calibrated";
            row.fault("A241", "calibrated", message, "days", Some(help.to_owned()));
            continue;
        };
        if days.last().is_some_and(|last| !day.certainly_after(last)) {
            let message = format!("{day} does not follow the day before it");
            let help = "give the days of calibration in their order, each once".to_owned();
            row.fault("A241", "calibrated", message, "out of order", Some(help));
            continue;
        }
        days.push(day);
    }
    days
}
