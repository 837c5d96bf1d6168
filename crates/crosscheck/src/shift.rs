//! What private evidence changes.

use std::sync::Arc;

use serde::Serialize;
use statement::ObjectId;

use crate::order::natural;
use crate::result::{Crosscheck, SiteRow, UnmatchedPlace, Verdict};

/// One place with and without private evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    /// The declared site, or the first observation of an undeclared place, as the fuller assessment has it.
    pub entity: ObjectId,
    /// Its name.
    pub name: String,
    /// The verdict on shared evidence alone; absent when that tells of no such place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<Score>,
    /// The verdict with the private evidence.
    pub with: Score,
}

/// A verdict with the probability of its question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// The verdict.
    pub verdict: Verdict,
    /// The probability that the answer to its question is yes.
    pub probability: f64,
}

/// Every place that private evidence changes, in the order of ids.
#[must_use]
pub fn shifts(without: &Crosscheck, with: &Crosscheck) -> Vec<Shift> {
    let mut found = Vec::new();
    for site in &with.sites {
        let before = without.sites.iter().find(|s| s.site == site.site);
        let score =
            |s: &Arc<SiteRow>| Score { verdict: s.verdict, probability: s.weighing.probability };
        found.push(Shift {
            entity: site.site.clone(),
            name: site.name.clone(),
            without: before.map(score),
            with: score(site),
        });
    }
    for place in &with.unmatched {
        let shared = |p: &&Arc<UnmatchedPlace>| {
            p.observations.iter().any(|o| place.observations.contains(o))
        };
        let score = |p: &Arc<UnmatchedPlace>| Score {
            verdict: p.verdict,
            probability: p.weighing.probability,
        };
        found.push(Shift {
            entity: place.id.clone(),
            name: place.name.clone(),
            without: without.unmatched.iter().find(shared).map(score),
            with: score(place),
        });
    }
    found.retain(|s| s.without != Some(s.with));
    found.sort_by(|a, b| natural(&a.entity, &b.entity));
    found
}
