//! Which declared sites have been tested on the ground.

use std::collections::HashMap;

use case::{Case, Index};
use serde::Serialize;
use statement::{Date, ObjectId, civil};

/// What has been tested on the ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Every declared site, sorted by id.
    pub sites: Vec<SiteCoverage>,
    /// How many of them no inspection, measurement or seal has tested.
    pub untested: usize,
}

/// What has tested one declared site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteCoverage {
    /// The site.
    pub site: ObjectId,
    /// Inspections recorded there.
    pub inspections: usize,
    /// Measurements recorded there.
    pub measurements: usize,
    /// Seals applied there.
    pub seals: usize,
    /// The end of the last inspection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_inspected: Option<Date>,
    /// The entries this rests on; empty when nothing has tested it.
    pub because: Vec<Index>,
}

/// What inspections, measurements and seals up to `as_of` have tested each declared site.
#[must_use]
pub fn coverage(case: &Case, as_of: civil::Date) -> Coverage {
    let mut sites: Vec<SiteCoverage> = case
        .sites
        .iter()
        .filter(|site| site.said_by(as_of))
        .map(|site| SiteCoverage {
            site: site.id.clone(),
            inspections: 0,
            measurements: 0,
            seals: 0,
            last_inspected: None,
            because: Vec::new(),
        })
        .collect();
    sites.sort_by(|a, b| a.site.cmp(&b.site));
    let slots: HashMap<ObjectId, usize> =
        sites.iter().enumerate().map(|(i, s)| (s.site.clone(), i)).collect();
    let mut tested = |site: &ObjectId,
                      on: &Date,
                      because: &[Index],
                      count: fn(&mut SiteCoverage) -> &mut usize| {
        if on.earliest() > as_of {
            return;
        }
        if let Some(&slot) = slots.get(site) {
            *count(&mut sites[slot]) += 1;
            sites[slot].because.extend(because);
        }
    };
    for r in &case.inspections {
        tested(&r.body.site, &r.body.to, &r.because, |s| &mut s.inspections);
    }
    for r in &case.measurements {
        tested(&r.body.about, &r.body.on, &r.because, |s| &mut s.measurements);
    }
    for r in &case.physical_seals {
        tested(&r.body.applied.about, &r.body.applied.on, &r.because, |s| &mut s.seals);
    }
    for r in case.inspections.iter().filter(|r| r.body.to.earliest() <= as_of) {
        if let Some(&slot) = slots.get(&r.body.site) {
            let last = &mut sites[slot].last_inspected;
            if last.as_ref().is_none_or(|l| l.latest() < r.body.to.latest()) {
                *last = Some(r.body.to.clone());
            }
        }
    }
    let untested = sites.iter().filter(|s| s.because.is_empty()).count();
    Coverage { sites, untested }
}
