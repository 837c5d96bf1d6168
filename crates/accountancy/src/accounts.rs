//! The accounts of a case: reports checked, ledgers run, balances struck.

use std::collections::BTreeSet;

use case::Case;
use rust_decimal::Decimal;
use serde::Serialize;
use statement::civil;
use statement::kinds::account::{Code, Measured};

use crate::judgement::{Judgement, Judging, errors_of, judge};
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
    /// Verdicts by area, category and weight; empty until [`judged`](Self::judged).
    pub judgements: Vec<Judgement>,
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
            judgements: Vec::new(),
            ledgers,
            validation,
        }
    }

    /// With verdicts on its balances, from the errors of measurement that the case holds on a day.
    #[must_use]
    pub fn judged(
        mut self,
        reports: &Reports<'_>,
        case: &Case,
        as_of: civil::Date,
        judging: Judging,
    ) -> Self {
        self.judgements = judge(reports, &self.areas, &errors_of(case, as_of), judging);
        self
    }

    /// The accounts of a case on a day.
    #[must_use]
    pub fn of_case(case: &'a Case, unread: &BTreeSet<String>, as_of: civil::Date) -> Self {
        Self::of(&Reports::of(case, as_of), unread, as_of)
    }
}

/// The name of a balance, by which it can be asked for: area, category, last day.
#[must_use]
pub fn balance_id(mba: &str, material: Code, last: civil::Date) -> String {
    format!("{mba}.{material}.{last}")
}

/// The accounts on one page.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
    /// The verdicts.
    pub judgements: Vec<Judgement>,
}

/// One balance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BalanceRow {
    /// Its name: `SYF.E.2024-06-30`.
    pub id: String,
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
    /// The standard deviation of MUF in the unit of the weights; absent where no errors are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma: Option<f64>,
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
            all.judgements.extend_from_slice(&group.judgements);
        }
        // Each area comes whole from one group, so that its rows stay in their order.
        all.balances.sort_by(|a, b| a.mba.cmp(&b.mba));
        all.judgements.sort_by(|a, b| a.mba.cmp(&b.mba));
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
                    let judged = self.judgements.iter().find(|j| {
                        j.mba == area.mba
                            && j.material == b.material
                            && j.measured == Measured::Element
                    });
                    let last = period.last.to_string();
                    let sigma = judged
                        .and_then(|j| j.sigma(j.periods.iter().position(|p| p.last == last)?));
                    let sum = |gains: bool| -> Decimal {
                        let effects = b.changes.iter().map(|c| c.effect.element);
                        effects.filter(|e| (*e >= Decimal::ZERO) == gains).map(|e| e.abs()).sum()
                    };
                    balances.push(BalanceRow {
                        id: balance_id(area.mba, b.material, period.last),
                        mba: area.mba.to_owned(),
                        first: period.first.to_string(),
                        last,
                        material: b.material.to_string(),
                        unit: b.unit.as_str(),
                        beginning: b.beginning.element.to_string(),
                        increases: sum(true).to_string(),
                        decreases: sum(false).to_string(),
                        ending: b.ending.map(|e| e.element.to_string()),
                        muf: b.muf.map(|m| m.element.to_string()),
                        sigma,
                    });
                }
            }
        }
        AccountSummary {
            reports: self.reports,
            lines: self.lines,
            errors,
            warnings,
            balances,
            judgements: self.judgements.clone(),
        }
    }
}
