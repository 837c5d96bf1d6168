//! The accounts of a case that grows: only what a new report touches is added up again.
//!
//! An area's findings and balances depend on its own reports and on those of the areas it ships to or receives from,
//! for transits are matched. Areas that name each other, directly or through others, are therefore added up together;
//! such a group depends on nothing outside it.

use std::collections::{BTreeMap, BTreeSet};

use case::Case;
use statement::civil;
use statement::kinds::account::AccountReport;

use crate::accounts::{AccountSummary, Accounts};
use crate::judgement::Judging;
use crate::report::{Reports, Stated};

/// Adds up the accounts of one case again and again.
#[derive(Debug, Default)]
pub struct Bookkeeper {
    day: Option<civil::Date>,
    /// Reports looked at, in the order in which they appeared.
    seen: usize,
    replaced: usize,
    /// How many rows of errors of measurement there were, and how many of them were corrections.
    errors: (usize, usize),
    areas: BTreeMap<String, Area>,
    /// What each group of areas came to, by its areas.
    groups: BTreeMap<BTreeSet<String>, AccountSummary>,
}

#[derive(Debug, Default)]
struct Area {
    /// Its reports on the shelf of the case.
    slots: Vec<usize>,
    /// The areas that its lines name as shipper or receiver.
    partners: BTreeSet<String>,
}

impl Area {
    fn take(&mut self, slot: usize, report: &AccountReport) {
        self.slots.push(slot);
        for line in &report.lines {
            for partner in [&line.from, &line.to].into_iter().flatten() {
                if !self.partners.contains(&**partner) {
                    self.partners.insert(partner.to_string());
                }
            }
        }
    }
}

impl Bookkeeper {
    /// The accounts on a day, as [`Accounts::of_case`] has them, judged at the usual
    /// false-alarm rate. The case must be the one of the last call, grown or
    /// as it was.
    #[must_use]
    pub fn assess(&mut self, case: &Case, as_of: civil::Date) -> AccountSummary {
        let shelf = &case.accounts;
        if self.day != Some(as_of) || self.replaced != shelf.replaced() {
            // A corrected report may have belonged to another area before.
            *self = Self { day: Some(as_of), replaced: shelf.replaced(), ..Self::default() };
        }
        let errors = &case.measurement_errors;
        if self.errors != (errors.len(), errors.replaced()) {
            // Verdicts may change anywhere.
            self.errors = (errors.len(), errors.replaced());
            self.groups.clear();
        }
        let mut touched: BTreeSet<String> = BTreeSet::new();
        for slot in self.seen..shelf.len() {
            let Some(record) = shelf.at(slot).filter(|r| r.said_by(as_of)) else { continue };
            let mba = &*record.body.mba;
            if !self.areas.contains_key(mba) {
                self.areas.insert(mba.to_owned(), Area::default());
            }
            if let Some(area) = self.areas.get_mut(mba) {
                area.take(slot, &record.body);
            }
            if !touched.contains(mba) {
                touched.insert(mba.to_owned());
            }
        }
        self.seen = shelf.len();
        let mut before = std::mem::take(&mut self.groups);
        for group in self.connected() {
            let known = before.remove(&group).filter(|_| group.is_disjoint(&touched));
            let summary = known.unwrap_or_else(|| self.add_up(case, &group, as_of));
            self.groups.insert(group, summary);
        }
        AccountSummary::sum(self.groups.values())
    }

    /// The areas in groups that name each other.
    fn connected(&self) -> Vec<BTreeSet<String>> {
        let mut group_of: BTreeMap<&str, usize> = BTreeMap::new();
        let mut groups: Vec<BTreeSet<&str>> = Vec::new();
        for (mba, area) in &self.areas {
            // Only partners that report themselves have transits to match.
            let known = area.partners.iter().filter(|p| self.areas.contains_key(*p));
            let mut into = groups.len();
            groups.push(BTreeSet::new());
            for member in known.map(String::as_str).chain([mba.as_str()]) {
                let was = *group_of.entry(member).or_insert(into);
                if was != into {
                    // The smaller one moves.
                    let (from, to) = if groups[was].len() > groups[into].len() {
                        (into, was)
                    } else {
                        (was, into)
                    };
                    let moved = std::mem::take(&mut groups[from]);
                    moved.iter().for_each(|m| {
                        group_of.insert(m, to);
                    });
                    groups[to].extend(moved);
                    into = to;
                }
                group_of.insert(member, into);
                groups[into].insert(member);
            }
        }
        let owned = |g: BTreeSet<&str>| g.into_iter().map(str::to_owned).collect();
        groups.into_iter().filter(|g| !g.is_empty()).map(owned).collect()
    }

    fn add_up(&self, case: &Case, group: &BTreeSet<String>, as_of: civil::Date) -> AccountSummary {
        let slots = group.iter().filter_map(|mba| self.areas.get(mba)).flat_map(|a| &a.slots);
        let stated = slots.filter_map(|slot| case.accounts.at(*slot)).map(Stated::of);
        let reports = Reports::from_stated(stated);
        Accounts::of(&reports, &BTreeSet::new(), as_of)
            .judged(&reports, case, as_of, Judging::default())
            .summary()
    }
}
