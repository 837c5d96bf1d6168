//! The accounts of a case: reports checked, ledgers run, balances struck.

use std::collections::BTreeSet;

use case::Case;
use rust_decimal::Decimal;
use serde::Serialize;
use statement::civil;

use crate::material_balance::{AreaBalance, balances};
use crate::material_ledger::{AreaLedger, ledgers};
use crate::report::Reports;
use crate::rules::{Validation, validate};

/// What the reports of a case add up to.
#[derive(Debug, Serialize)]
pub struct Accounts<'a> {
    /// The rules by which it was made, in words.
    pub method: &'static str,
    /// How many reports there are.
    pub reports: usize,
    /// How many lines they have.
    pub lines: usize,
    /// Balances by area and period.
    pub areas: Vec<AreaBalance<'a>>,
    /// Ledgers by area.
    pub ledgers: Vec<AreaLedger<'a>>,
    /// What the validator found.
    pub validation: Validation,
}

const METHOD: &str = "MUF = PB + X - Y - PE for each area, period and element category; PB is what was listed at the end of \
     the last period; changes count on their date, with the sign of their code; lines that a later line corrects or \
     deletes do not count; DI is shipper less receiver and is taken away; retained waste is not in PE; L+ and L- book \
     the difference and are no flow";

impl<'a> Accounts<'a> {
    /// Checks and adds up. `unread` names areas of which something could not be read.
    #[must_use]
    pub fn of(reports: &Reports<'a>, unread: &BTreeSet<String>, as_of: civil::Date) -> Self {
        let areas = balances(reports);
        let ledgers = ledgers(reports, &areas);
        let validation = validate(reports, &ledgers, &areas, unread, as_of);
        Self {
            method: METHOD,
            reports: reports.reports.len(),
            lines: reports.entries.len(),
            areas,
            ledgers,
            validation,
        }
    }

    /// The accounts of a case on a day.
    #[must_use]
    pub fn of_case(case: &'a Case, unread: &BTreeSet<String>, as_of: civil::Date) -> Self {
        Self::of(&Reports::of(case, as_of), unread, as_of)
    }
}

/// The accounts on one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccountSummary {
    /// How many reports there are.
    pub reports: usize,
    /// How many lines they have.
    pub lines: usize,
    /// Rules broken.
    pub errors: usize,
    /// Things to look at.
    pub warnings: usize,
    /// The balances.
    pub balances: Vec<BalanceRow>,
}

/// One balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BalanceRow {
    /// The area.
    pub mba: String,
    /// The first day of the period.
    pub first: String,
    /// The last day.
    pub last: String,
    /// The category.
    pub material: String,
    /// The unit of the weights.
    pub unit: &'static str,
    /// PB: the beginning.
    pub beginning: String,
    /// X: increases.
    pub increases: String,
    /// Y: decreases.
    pub decreases: String,
    /// PE: the physical ending; absent when no inventory was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<String>,
    /// The inventory difference; absent when no inventory was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muf: Option<String>,
}

impl AccountSummary {
    /// What groups of areas come to together; no area may stand in two of them.
    pub(crate) fn sum<'s>(groups: impl Iterator<Item = &'s Self>) -> Self {
        let mut all = Self::default();
        for group in groups {
            all.reports += group.reports;
            all.lines += group.lines;
            all.errors += group.errors;
            all.warnings += group.warnings;
            all.balances.extend_from_slice(&group.balances);
        }
        // Each area comes whole from one group, so that its rows stay in their order.
        all.balances.sort_by(|a, b| a.mba.cmp(&b.mba));
        all
    }
}

impl Accounts<'_> {
    /// What fits one page.
    #[must_use]
    pub fn summary(&self) -> AccountSummary {
        let (errors, warnings) = self.validation.count();
        let mut balances = Vec::new();
        for area in &self.areas {
            for period in &area.periods {
                for b in &period.balances {
                    let sum = |gains: bool| -> Decimal {
                        let effects = b.changes.iter().map(|c| c.effect.element);
                        effects.filter(|e| (*e >= Decimal::ZERO) == gains).map(|e| e.abs()).sum()
                    };
                    balances.push(BalanceRow {
                        mba: area.mba.to_owned(),
                        first: period.first.to_string(),
                        last: period.last.to_string(),
                        material: b.material.to_string(),
                        unit: b.unit.as_str(),
                        beginning: b.beginning.element.to_string(),
                        increases: sum(true).to_string(),
                        decreases: sum(false).to_string(),
                        ending: b.ending.map(|e| e.element.to_string()),
                        muf: b.muf.map(|m| m.element.to_string()),
                    });
                }
            }
        }
        AccountSummary { reports: self.reports, lines: self.lines, errors, warnings, balances }
    }
}
