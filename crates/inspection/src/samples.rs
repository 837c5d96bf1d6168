//! Samples with their chain of custody, and the effort of inspections.

use std::collections::BTreeMap;

use case::{Case, Index};
use serde::Serialize;
use statement::kinds::inspection::{SampleStep, SealState};
use statement::{Claim, Date, Decimal, Exact, ObjectId, civil};

/// One sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleStatus {
    /// The sample.
    pub sample: ObjectId,
    /// The inspection it was taken at.
    pub inspection: ObjectId,
    /// What it is of.
    pub material: String,
    /// When it was taken.
    pub taken_on: Date,
    /// The last thing done with it.
    pub last: String,
    /// Results, each with its laboratory.
    pub results: Vec<SampleResult>,
    /// Where the chain is broken, in words. Empty: every link that is recorded holds.
    pub breaks: Vec<String>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// A result of one laboratory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleResult {
    /// The laboratory.
    pub by: String,
    /// The part it analysed; absent: the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The figure.
    pub figure: String,
    /// When.
    pub on: Date,
}

/// Every sample taken by a day, with its chain.
#[must_use]
pub fn samples(case: &Case, as_of: civil::Date) -> Vec<SampleStatus> {
    case.samples
        .iter()
        .filter(|r| r.body.taken.on.earliest() <= as_of)
        .map(|r| {
            let taken = &r.body.taken;
            let mut breaks = Vec::new();
            let mut results: Vec<(SampleResult, Claim)> = Vec::new();
            let mut last = "taken".to_owned();
            // For each part: the seal that is on it, who sent it, who has it.
            let mut seals: BTreeMap<&str, &str> = BTreeMap::new();
            if let Some(seal) = &taken.seal {
                seals.insert("", seal);
            }
            let mut parts: Vec<&str> = Vec::new();
            let mut sent: Vec<&str> = Vec::new();
            let mut holder: BTreeMap<&str, &str> = BTreeMap::new();
            let happened = r.body.events.iter().filter(|e| e.body.on.earliest() <= as_of);
            for e in happened {
                let b = &e.body;
                let part = b.part.as_deref().unwrap_or("");
                if !part.is_empty() && !parts.contains(&part) && b.event != SampleStep::Split {
                    breaks.push(format!("{}: no part `{part}` was split off", e.id));
                }
                if taken.on.certainly_after(&b.on) {
                    breaks.push(format!("{}: dated before the sample was taken", e.id));
                }
                last = format!("{:?} by {}", b.event, b.by).to_lowercase();
                match b.event {
                    SampleStep::Split => parts.extend(b.parts.iter().map(String::as_str)),
                    SampleStep::Sealed => {
                        seals.insert(part, b.seal.as_deref().unwrap_or(""));
                    }
                    SampleStep::Shipped => {
                        if !seals.contains_key(part) {
                            breaks.push(format!("{}: sent without a seal", e.id));
                        }
                        sent.push(part);
                    }
                    SampleStep::Received => {
                        if !sent.contains(&part) {
                            breaks.push(format!("{}: received and never sent", e.id));
                        }
                        let on_it = seals.get(part).copied();
                        if let (Some(sealed), Some(found)) = (on_it, b.seal.as_deref())
                            && sealed != found
                        {
                            breaks.push(format!(
                                "{}: received with seal {found}, sent with {sealed}",
                                e.id
                            ));
                        }
                        if b.seal_state.is_some_and(|s| s != SealState::Intact) {
                            breaks.push(format!("{}: the seal was not intact", e.id));
                        }
                        holder.insert(part, &b.by);
                    }
                    SampleStep::Analysed => {
                        if holder.get(part).is_none_or(|h| *h != b.by) {
                            breaks.push(format!(
                                "{}: {} analysed what it had not received",
                                e.id, b.by
                            ));
                        }
                        if let Some(claim) = &b.result {
                            let result = SampleResult {
                                by: b.by.clone(),
                                part: b.part.clone(),
                                method: b.method.clone(),
                                figure: claim.figure(),
                                on: b.on.clone(),
                            };
                            results.push((result, claim.clone()));
                        }
                    }
                }
            }
            breaks.extend(differences(&results));
            SampleStatus {
                sample: r.id.clone(),
                inspection: taken.inspection.clone(),
                material: taken.material.clone(),
                taken_on: taken.on.clone(),
                last,
                results: results.into_iter().map(|(r, _)| r).collect(),
                breaks,
                because: r.because.clone(),
            }
        })
        .collect()
}

/// Results of two laboratories that differ by more than three standard deviations of their difference.
fn differences(results: &[(SampleResult, Claim)]) -> Vec<String> {
    let mut words = Vec::new();
    for (i, (a, x)) in results.iter().enumerate() {
        for (b, y) in results.iter().skip(i + 1) {
            let (Some(v), Some(w), Some(s), Some(t)) = (x.value, y.value, x.sigma, y.sigma) else {
                continue;
            };
            let sigma = s.to_f64().hypot(t.to_f64());
            let apart = (v.to_f64() - w.to_f64()).abs();
            if x.unit == y.unit && x.what == y.what && apart > 3.0 * sigma {
                words.push(format!(
                    "{} found {}, {} found {}: more than 3 sigma apart",
                    a.by, a.figure, b.by, b.figure
                ));
            }
        }
    }
    words
}

/// The effort of inspections under one mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// The mandate.
    pub mandate: String,
    /// Inspections.
    pub inspections: usize,
    /// Person-days used, over those that state them.
    pub used: Decimal,
    /// Inspections that state no effort.
    pub not_stated: usize,
    /// Person-days planned; absent: no plan is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<Decimal>,
}

/// Person-days used against the plan, by mandate.
#[must_use]
pub fn effort(case: &Case, as_of: civil::Date) -> Vec<Effort> {
    let mut rows: BTreeMap<&str, (usize, Exact, usize, Option<Exact>)> = BTreeMap::new();
    for r in case.inspections.iter().filter(|r| r.body.from.earliest() <= as_of) {
        let row = rows.entry(&r.body.mandate).or_default();
        row.0 += 1;
        match r.body.person_days {
            Some(days) => row.1 += days.exact(),
            None => row.2 += 1,
        }
        if let Some(planned) = r.body.planned_person_days {
            row.3 = Some(row.3.unwrap_or_default() + planned.exact());
        }
    }
    rows.into_iter()
        .map(|(mandate, (inspections, used, not_stated, planned))| Effort {
            mandate: mandate.to_owned(),
            inspections,
            used: used.into(),
            not_stated,
            planned: planned.map(Into::into),
        })
        .collect()
}
