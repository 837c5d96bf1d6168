//! Significant quantities, timeliness goals, detection probabilities: data with their source.
//!
//! They are the inspectorate's conventions, not physics, and they change: each row says where it is from and whether
//! that source was seen. No measurement uncertainty is built in: International Target Values must be given by whoever
//! has the document, and what a State's instruments attain is in its own records.

use serde::Serialize;
use statement::{Basis, Decimal};

/// One convention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// `significant quantity`, `timeliness`, `detection probability`, `expected sigma-MUF`.
    pub kind: &'static str,
    /// Of what.
    pub subject: &'static str,
    /// How much.
    pub amount: Decimal,
    /// In which unit.
    pub unit: &'static str,
    /// Of which element or isotope, where that differs from the subject.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub of: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// Whether that was seen.
    pub basis: Basis,
}

const DATA: &str = include_str!("../data/goals.csv");

/// All of them, in the order of the file.
#[must_use]
pub fn goals() -> Vec<Goal> {
    DATA.lines().skip(1).filter_map(row).collect()
}

fn row(line: &'static str) -> Option<Goal> {
    let mut cells = line.split(';');
    Some(Goal {
        kind: cells.next()?,
        subject: cells.next()?,
        amount: cells.next()?.parse().ok()?,
        unit: cells.next()?,
        of: cells.next()?,
        source: cells.next()?,
        basis: match cells.next()? {
            "seen" => Basis::Seen,
            "mixed" => Basis::Mixed,
            _ => Basis::Memory,
        },
    })
}

/// The significant quantity whose subject or element is meant by a word such as `pu`, `heu` or `leu`, in kg.
#[must_use]
pub fn significant_quantity(word: &str) -> Option<Goal> {
    let key = match word.to_lowercase().as_str() {
        "pu" | "plutonium" => "plutonium",
        "u233" | "u-233" => "U-233",
        "heu" => "HEU",
        "leu" => "LEU",
        "natural" | "nu" => "natural",
        "depleted" | "du" => "depleted",
        "th" | "thorium" => "thorium",
        _ => return None,
    };
    goals().into_iter().find(|g| g.kind == "significant quantity" && g.subject.starts_with(key))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_line_of_the_data_is_a_goal() {
        assert_eq!(super::goals().len(), super::DATA.lines().count() - 1);
        let of = |word| super::significant_quantity(word).map(|g| g.amount.to_string());
        assert_eq!(of("Pu").as_deref(), Some("8"));
        assert_eq!(of("HEU").as_deref(), Some("25"));
        assert_eq!(of("leu").as_deref(), Some("75"));
        assert_eq!(of("wine"), None);
    }
}
