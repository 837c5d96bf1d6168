//! What was sent against what arrived.

use std::collections::HashMap;

use serde::Serialize;
use statement::kinds::items::ManifestLine;

/// A difference of weights counts when it is larger than this many standard deviations of the difference (IAEA
/// practice for shipper/receiver differences: three).
pub const LIMIT_SIGMA: f64 = 3.0;

/// A shipment reconciled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reconciliation {
    /// Lines of the shipper's list.
    pub shipped: usize,
    /// Lines of the receiver's list.
    pub received: usize,
    /// Tags on both lists.
    pub matched: usize,
    /// Sent and not received.
    pub missing: Vec<String>,
    /// Received and not sent.
    pub extra: Vec<String>,
    /// Received with another seal than sent, or without.
    pub seals: Vec<SealMismatch>,
    /// Weights that differ by more than their errors explain.
    pub weights: Vec<WeightDifference>,
    /// Tags whose weights differ and state no error, so that nothing can be said.
    pub no_error_stated: Vec<String>,
    /// Tags that stand twice on one list; the first line of each counts.
    pub twice: Vec<Twice>,
    /// Standard deviations a difference may have.
    pub limit_sigma: f64,
}

impl Reconciliation {
    /// Whether nothing is open.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.missing.is_empty()
            && self.extra.is_empty()
            && self.seals.is_empty()
            && self.weights.is_empty()
            && self.twice.is_empty()
            && self.no_error_stated.is_empty()
    }
}

/// A seal that is not the one that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealMismatch {
    /// The tag.
    pub tag: String,
    /// The seal as sent.
    pub sent: Option<String>,
    /// The seal as received.
    pub received: Option<String>,
}

/// Weights that differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightDifference {
    /// The tag.
    pub tag: String,
    /// As sent.
    pub sent: String,
    /// As received.
    pub received: String,
    /// Received minus sent, in standard deviations; absent when the units differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigmas: Option<f64>,
}

/// A tag on two lines of one list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Twice {
    /// `shipped` or `received`.
    pub list: &'static str,
    /// The tag.
    pub tag: String,
    /// Its lines, from 1.
    pub lines: Vec<usize>,
}

/// Reconciles what was sent with what arrived. Linear in the lines.
#[must_use]
pub fn reconcile(sent: &[ManifestLine], arrived: &[ManifestLine]) -> Reconciliation {
    let mut twice = Vec::new();
    let from = by_tag("shipped", sent, &mut twice);
    let to = by_tag("received", arrived, &mut twice);
    let mut result = Reconciliation {
        shipped: sent.len(),
        received: arrived.len(),
        matched: 0,
        missing: Vec::new(),
        extra: Vec::new(),
        seals: Vec::new(),
        weights: Vec::new(),
        no_error_stated: Vec::new(),
        twice,
        limit_sigma: LIMIT_SIGMA,
    };
    for (at, a) in sent.iter().enumerate() {
        if from.get(a.tag.as_str()) != Some(&at) {
            continue;
        }
        let Some(b) = to.get(a.tag.as_str()).and_then(|at| arrived.get(*at)) else {
            result.missing.push(a.tag.clone());
            continue;
        };
        result.matched += 1;
        // A list that names no seals at all says nothing of them; one that names them means each of them.
        if a.seal != b.seal && a.seal.is_some() {
            result.seals.push(SealMismatch {
                tag: a.tag.clone(),
                sent: a.seal.clone(),
                received: b.seal.clone(),
            });
        }
        weigh(a, b, &mut result);
    }
    for (at, b) in arrived.iter().enumerate() {
        if to.get(b.tag.as_str()) == Some(&at) && !from.contains_key(b.tag.as_str()) {
            result.extra.push(b.tag.clone());
        }
    }
    result
}

fn weigh(a: &ManifestLine, b: &ManifestLine, result: &mut Reconciliation) {
    let (Some(x), Some(y)) = (&a.gross, &b.gross) else { return };
    let differ = |sigmas| WeightDifference {
        tag: a.tag.clone(),
        sent: x.to_string(),
        received: y.to_string(),
        sigmas,
    };
    if x.unit != y.unit {
        result.weights.push(differ(None));
        return;
    }
    let difference = y.value.exact() - x.value.exact();
    if difference.is_zero() {
        return;
    }
    match (x.sigma, y.sigma) {
        (Some(s), Some(t)) => {
            let sigma = s.to_f64().hypot(t.to_f64());
            let sigmas = statement::Decimal::from(difference).to_f64() / sigma;
            if sigma == 0.0 || sigmas.abs() > LIMIT_SIGMA {
                result.weights.push(differ((sigma > 0.0).then_some(sigmas)));
            }
        }
        _ => result.no_error_stated.push(a.tag.clone()),
    }
}

/// The first line of each tag.
fn by_tag<'a>(
    list: &'static str,
    lines: &'a [ManifestLine],
    twice: &mut Vec<Twice>,
) -> HashMap<&'a str, usize> {
    let mut first = HashMap::with_capacity(lines.len());
    let mut again: Vec<Twice> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match first.get(line.tag.as_str()) {
            None => {
                first.insert(line.tag.as_str(), at);
            }
            Some(&before) => match again.iter_mut().find(|t| t.tag == line.tag) {
                Some(t) => t.lines.push(at + 1),
                None => {
                    again.push(Twice {
                        list,
                        tag: line.tag.clone(),
                        lines: vec![before + 1, at + 1],
                    });
                }
            },
        }
    }
    twice.append(&mut again);
    first
}
