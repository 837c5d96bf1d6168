//! The reference class: dated promises of real agreements, with what came of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use statement::{Date, days};

use super::conduct::INTRA_CASE_CORRELATION;
use super::survival::{Interval, Turnbull};

/// One promise of a real agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferencePromise {
    /// The agreement.
    pub agreement: String,
    /// The step.
    pub step: String,
    /// Who promised.
    pub parties: Vec<String>,
    /// Days from the promise to its date.
    pub planned: f64,
    /// Days from the promise to its fulfilment.
    pub took: Interval,
}

/// How often promises are kept in time, and how much that differs from one agreement to the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InTime {
    /// Share kept in time, agreements weighed by what their promises tell.
    pub share: f64,
    /// Promises of which it is known whether they were kept in time.
    pub known: usize,
    /// Correlation of two promises of one agreement: 0, agreements are alike; 1, each keeps all or none.
    pub correlation: f64,
}

impl InTime {
    /// Bounds of the correlation: below, a handful of agreements could not show that they are alike; above, one promise
    /// would decide all others.
    const BOUNDS: (f64, f64) = (0.05, 0.8);

    /// The chance that the next promise of an agreement is kept in time, when so many of those whose day has come were:
    /// the mean of the beta distribution whose mean is the share and whose intra-class correlation `1 / (a + b + 1)` is
    /// the correlation, given what the agreement has shown.
    #[must_use]
    pub fn after(&self, kept: usize, of: usize) -> f64 {
        let size = 1.0 / self.correlation - 1.0;
        (self.share * size + kept as f64) / (size + of as f64)
    }
}

impl ReferencePromise {
    /// Time taken as a multiple of the time promised.
    #[must_use]
    pub fn ratio(&self) -> Interval {
        Interval { from: self.took.from / self.planned, to: self.took.to / self.planned }
    }
}

/// The tables, by the name in `agreements.csv`.
const TABLES: &[(&str, &str)] = &[
    ("six-party", include_str!("../../../../cases/six-party/events/steps.csv")),
    ("jcpoa", include_str!("../../../../cases/jcpoa/events/steps.csv")),
    ("agreed-framework", include_str!("../../../../reference/agreed-framework.csv")),
    ("inf", include_str!("../../../../reference/inf.csv")),
    ("iraq-687", include_str!("../../../../reference/iraq-687.csv")),
    ("south-africa", include_str!("../../../../reference/south-africa.csv")),
    ("pledges", include_str!("../../../../reference/pledges.csv")),
];
const AGREEMENTS: &str = include_str!("../../../../reference/agreements.csv");
const PROMISED_ON: &str = include_str!("../../../../reference/promised-on.csv");

#[derive(Deserialize)]
struct Agreement {
    agreement: String,
    file: String,
    last_day: Date,
}

#[derive(Deserialize)]
struct PromisedOn {
    step_id: String,
    promised_on: Date,
}

#[derive(Deserialize)]
struct Row {
    step_id: String,
    party: String,
    promised_date: Option<Date>,
    actual_date: Option<Date>,
    status: String,
    note: String,
}

static PROMISES: LazyLock<Vec<ReferencePromise>> = LazyLock::new(load);

/// When the reference class says a step was promised.
static MADE: LazyLock<HashMap<String, Date>> =
    LazyLock::new(|| rows(PROMISED_ON).map(|r: PromisedOn| (r.step_id, r.promised_on)).collect());

/// Rows of a table of the project. A row that does not fit is a defect that the tests find.
fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> impl Iterator<Item = T> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().filter_map(Result::ok)
}

fn load() -> Vec<ReferencePromise> {
    let mut out = Vec::new();
    for agreement in rows::<Agreement>(AGREEMENTS) {
        let Some((_, table)) = TABLES.iter().find(|(name, _)| *name == agreement.file) else {
            continue;
        };
        for row in rows::<Row>(table) {
            out.extend(promise(&agreement, row));
        }
    }
    out
}

fn promise(agreement: &Agreement, row: Row) -> Option<ReferencePromise> {
    let made = MADE.get(&row.step_id)?;
    let due = row.promised_date?;
    let planned = days(made.earliest(), due.latest()) as f64;
    let since = |d: &Date| -> (f64, f64) {
        let (least, most) = d.days_since(made);
        (least.max(0) as f64, most.max(0) as f64)
    };
    let took = match row.status.as_str() {
        "done" | "late" | "disputed" => match &row.actual_date {
            Some(actual) if row.note.contains("on or before") => {
                Interval { from: 0.0, to: since(actual).1 }
            }
            Some(actual) => {
                let (from, to) = since(actual);
                Interval { from, to }
            }
            None => Interval { from: 0.0, to: planned },
        },
        // Known not to have been done by its date; whether and when it was later nobody says.
        "not in time" => Interval::not_by(planned),
        "option" | "recurring" => return None,
        _ => Interval::not_by(since(&agreement.last_day).1.max(planned)),
    };
    (planned > 0.0).then(|| ReferencePromise {
        agreement: agreement.agreement.clone(),
        step: row.step_id,
        parties: row.party.split([';', '/']).map(str::to_owned).collect(),
        planned,
        took,
    })
}

/// Promises of real agreements, apart from one case: a case is never compared with itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceClass {
    /// The promises.
    pub promises: Vec<ReferencePromise>,
}

/// What a reference class is, for a result that used it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferenceFacts {
    /// Promises in it.
    pub promises: usize,
    /// Of these not seen to be kept.
    pub not_kept: usize,
    /// The agreements.
    pub agreements: Vec<String>,
}

impl ReferenceClass {
    /// All of it.
    #[must_use]
    pub fn all() -> Self {
        Self { promises: PROMISES.clone() }
    }

    /// Without the agreements that a roadmap's own steps belong to.
    #[must_use]
    pub fn without(roadmap: &roadmap::Roadmap) -> Self {
        let own: Vec<&str> = PROMISES
            .iter()
            .filter(|p| roadmap.step(&p.step).is_some())
            .map(|p| p.agreement.as_str())
            .collect();
        let promises =
            PROMISES.iter().filter(|p| !own.contains(&p.agreement.as_str())).cloned().collect();
        Self { promises }
    }

    /// When a step of a known agreement was promised.
    #[must_use]
    pub fn promised_on(step: &str) -> Option<&'static Date> {
        MADE.get(step)
    }

    /// What it is.
    #[must_use]
    pub fn facts(&self) -> ReferenceFacts {
        let mut agreements: Vec<String> =
            self.promises.iter().map(|p| p.agreement.clone()).collect();
        agreements.sort();
        agreements.dedup();
        ReferenceFacts {
            promises: self.promises.len(),
            not_kept: self.promises.iter().filter(|p| !p.took.is_done()).count(),
            agreements,
        }
    }

    /// Time taken as a multiple of the time promised.
    #[must_use]
    pub fn ratios(&self) -> Vec<Interval> {
        self.promises.iter().map(ReferencePromise::ratio).collect()
    }

    /// What each promise weighs: `n` promises of one agreement share its shocks and tell as much as
    /// `n / (1 + (n-1) rho)` independent ones, so that a long list does not outweigh all other agreements.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        let mut count: HashMap<&str, f64> = HashMap::new();
        for promise in &self.promises {
            *count.entry(&promise.agreement).or_default() += 1.0;
        }
        let weight = |n: f64| 1.0 / (1.0 + (n - 1.0) * INTRA_CASE_CORRELATION);
        let n = |p: &ReferencePromise| count.get(p.agreement.as_str()).copied().unwrap_or(1.0);
        self.promises.iter().map(|p| weight(n(p))).collect()
    }

    /// The distribution of these multiples, weighted, with intervals and promises not yet kept.
    #[must_use]
    pub fn distribution(&self) -> Turnbull {
        Turnbull::weighted(&self.ratios(), &self.weights())
    }

    /// The same for the days taken.
    #[must_use]
    pub fn days(&self) -> Turnbull {
        let took: Vec<Interval> = self.promises.iter().map(|p| p.took).collect();
        Turnbull::weighted(&took, &self.weights())
    }

    /// How often promises were kept in time. One of which the dates do not tell is left out. The correlation is the
    /// analysis-of-variance estimate for shares (Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions,
    /// section 15.2).
    #[must_use]
    pub fn in_time(&self) -> InTime {
        let mut by: Vec<(&str, f64, f64)> = Vec::new();
        for promise in &self.promises {
            let ratio = promise.ratio();
            let kept = match (ratio.to <= 1.0, ratio.from >= 1.0) {
                (true, _) => 1.0,
                (false, true) => 0.0,
                (false, false) => continue,
            };
            match by.iter_mut().find(|(name, ..)| *name == promise.agreement) {
                Some((_, n, k)) => (*n, *k) = (*n + 1.0, *k + kept),
                None => by.push((&promise.agreement, 1.0, kept)),
            }
        }
        let weight = |n: f64| n / (1.0 + (n - 1.0) * INTRA_CASE_CORRELATION);
        let sum = |f: &dyn Fn(f64, f64) -> f64| by.iter().map(|(_, n, k)| f(*n, *k)).sum::<f64>();
        let (groups, n) = (by.len() as f64, sum(&|n, _| n));
        let share = sum(&|n, k| weight(n) * k / n) / sum(&|n, _| weight(n)).max(f64::MIN_POSITIVE);
        let mean = sum(&|_, k| k) / n.max(1.0);
        let within = sum(&|n, k| k * (1.0 - k / n)) / (n - groups).max(1.0);
        let between = sum(&|n, k| n * (k / n - mean).powi(2)) / (groups - 1.0).max(1.0);
        let size = (n - sum(&|n, _| n * n) / n.max(1.0)) / (groups - 1.0).max(1.0);
        let correlation = (between - within) / (between + (size - 1.0) * within);
        let (least, most) = InTime::BOUNDS;
        InTime {
            // With nothing known, as likely as not.
            share: if by.is_empty() { 0.5 } else { share },
            known: n as usize,
            correlation: if correlation.is_finite() {
                correlation.clamp(least, most)
            } else {
                most
            },
        }
    }

    /// Mean and standard deviation of the natural logarithm of the multiples of promises seen to be kept; an interval
    /// counts at its middle. Promises not yet kept are left out, so that the mean is, if anything, too low.
    #[must_use]
    pub fn log_ratio(&self) -> (f64, f64) {
        let logs: Vec<f64> = self
            .ratios()
            .iter()
            .filter(|r| r.is_done())
            .map(|r| ((r.from + r.to) / 2.0).max(0.01).ln())
            .collect();
        let n = logs.len().max(1) as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let square = logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>();
        (mean, (square / (n - 1.0).max(1.0)).sqrt())
    }
}
