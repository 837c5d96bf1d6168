//! What a run of balances says: its test statistics, alarms, and what it would have seen.

use serde::Serialize;

use crate::{Covariance, Detection, Limits, Tested, detection, normal, sequential};

/// The tests of a run of balances, with limits and powers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// How it was judged.
    pub words: &'static str,
    /// The loss that is to be detected, in the unit of the balance; absent when none was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<f64>,
    /// The balances.
    pub balances: Vec<Tested>,
    /// The covariance of their MUFs.
    pub covariance: Covariance,
    /// The first balance (from 1) whose covariance is singular: no test goes beyond it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub singular_at: Option<usize>,
    /// The limits of the tests; absent when the covariance is singular.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Statistics above their limits.
    pub alarms: Vec<Alarm>,
    /// σ of CUMUF that would detect the goal with 95 % probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma_needed: Option<f64>,
    /// Probability to detect a loss of the goal, by its pattern.
    pub detection: Vec<Pattern>,
}

/// A statistic above its limit. That is a reason to look, not a finding: one run in 1/α alarms by chance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// The test: `cumuf`, `sitmuf`, `page` or `gemuf`.
    pub test: &'static str,
    /// The balance, from 1.
    pub balance: usize,
    /// The statistic; CUMUF in its standard deviations.
    pub value: f64,
    /// Its limit.
    pub limit: f64,
}

/// A pattern of loss and how often each test detects it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// Its name.
    pub name: String,
    /// The probabilities.
    #[serde(flatten)]
    pub detection: Detection,
}

/// The name of the pattern that even the best test detects least often.
pub const WORST_CASE: &str = "worst case";

/// The rules, in words.
const WORDS: &str = "V is the covariance of the MUFs by error source, V = LL'; SITMUF = L^-1 MUF; ITMUF = L_ii SITMUF; \
     Page: S = max(0, S + SITMUF - 0.5) from 0; GEMUF = m'V^-1 m of the balances so far; each test one-sided against loss, \
     its limit set so that it alarms by chance in a share alpha of whole runs; `best` is the Neyman-Pearson test for \
     exactly that pattern, the worst pattern is proportional to V1 (Avenhaus and Jaech), against which no test beats CUMUF";

impl Verdict {
    /// Judges the balances with MUFs `muf` and covariance `v`.
    #[must_use]
    pub fn new(muf: &[f64], v: Covariance, goal: f64, alpha: f64) -> Self {
        Self::of(muf, v, Some(goal), alpha)
    }

    /// The same where there may be no loss that was agreed to be detected.
    #[must_use]
    pub fn of(muf: &[f64], v: Covariance, goal: Option<f64>, alpha: f64) -> Self {
        let (balances, singular) = sequential::test(muf, &v);
        let count = balances.len();
        let mut verdict = Self {
            words: WORDS,
            goal,
            balances,
            covariance: v,
            singular_at: singular.map(|i| i + 1),
            limits: None,
            alarms: Vec::new(),
            sigma_needed: goal.and_then(|goal| detection::largest_sigma(goal, 0.95, alpha)),
            detection: Vec::new(),
        };
        if singular.is_none() && count > 0 {
            let limits = Limits::new(count, alpha);
            verdict.alarms = verdict.alarms(&limits);
            verdict.detection =
                goal.map(|goal| verdict.patterns(goal, &limits)).unwrap_or_default();
            verdict.limits = Some(limits);
        }
        verdict
    }

    fn alarms(&self, limits: &Limits) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let mut test = |test, balance, value: Option<f64>, limit| {
            if let Some(value) = value.filter(|v| *v > limit) {
                alarms.push(Alarm { test, balance, value, limit });
            }
        };
        for row in &self.balances {
            test("sitmuf", row.balance, row.sitmuf, limits.sitmuf);
            test("page", row.balance, row.page, limits.page);
        }
        if let Some(last) = self.balances.last() {
            test("cumuf", last.balance, Some(last.cumuf / last.sigma_cumuf), limits.cumuf);
            test("gemuf", last.balance, last.gemuf, limits.gemuf);
        }
        alarms
    }

    fn patterns(&self, goal: f64, limits: &Limits) -> Vec<Pattern> {
        let (v, count) = (&self.covariance, self.balances.len());
        let mut patterns = Vec::new();
        let mut add = |name: String, loss: &[f64]| {
            if let Ok(detection) = detection::detect(v, loss, limits) {
                patterns.push(Pattern { name, detection });
            }
        };
        // The single loss that is hardest to see.
        let hardest = (0..count)
            .filter_map(|i| {
                let loss = detection::abrupt(count, i, goal);
                Some((i, detection::best_test(v, &loss, limits.alpha).ok()?))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, _)) = hardest {
            let loss = detection::abrupt(count, i, goal);
            add(format!("abrupt, in balance {} where it is hardest to see", i + 1), &loss);
        }
        if count > 1 {
            add(
                "protracted, the same in every balance".to_owned(),
                &detection::protracted(count, goal),
            );
            if let Ok(worst) = detection::worst_pattern(v, goal) {
                add(WORST_CASE.to_owned(), &worst);
            }
        }
        patterns
    }

    /// P(CUMUF at least as large | nothing is lost), of the last balance.
    #[must_use]
    pub fn cumuf_tail(&self) -> Option<f64> {
        let last = self.balances.last().filter(|b| b.sigma_cumuf > 0.0)?;
        Some(normal::tail(last.cumuf / last.sigma_cumuf))
    }
}
