//! Tables that are read by themselves, outside a case folder: lists of shippers and receivers.

use statement::Quantity;
use statement::kinds::items::ManifestLine;

use crate::diagnostic::Diagnostic;
use crate::table::{Table, decode};

/// Reads the lines of a shipper's or receiver's list: columns `tag`, and where they are known `seal`, `weight`, `sigma`,
/// `unit`. A line with a mistake is left out and told.
#[must_use]
pub fn manifest_lines(file: &str, bytes: Vec<u8>) -> (Vec<ManifestLine>, Vec<Diagnostic>) {
    let mut lines = Vec::new();
    let read = decode(file, bytes).and_then(|text| Table::of_text(file, text, None));
    let (table, mut faults) = match read {
        Ok(read) => read,
        Err(fault) => return (lines, vec![*fault]),
    };
    if let Some(fault) = table.lacks(&["tag"]) {
        return (lines, vec![fault]);
    }
    faults.extend(table.each_row(|row| {
        let (tag, seal) = (row.need("tag"), row.text("seal"));
        let (value, sigma, unit) = (row.decimal("weight"), row.decimal("sigma"), row.text("unit"));
        if value.is_some() && unit.is_none() {
            row.fault("I041", "weight", "a weight without its unit".into(), "in what unit?", None);
        }
        if sigma.is_some_and(|s| s < statement::Decimal::ZERO) {
            row.fault("I012", "sigma", "an error cannot be negative".into(), "here", None);
        }
        if let (Some(tag), true) = (tag, row.is_good()) {
            let gross = value.zip(unit).map(|(value, unit)| Quantity { sigma, unit, value });
            lines.push(ManifestLine { gross, seal, tag });
        }
    }));
    (lines, faults)
}
