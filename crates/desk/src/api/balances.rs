//! Runs of material balances: MUF with its limits, the tests, the error budget.

use accountancy::Judgement;
use serde::Serialize;
use statement::kinds::account::Measured;
use utoipa::ToSchema;

use super::question::Snapshot;
use crate::views_accounts;

/// The balances that inventories closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancesPage {
    /// Accountancy reports in the record.
    pub reports: usize,
    /// Rules that reports break.
    pub errors: usize,
    /// Things in reports to look at.
    pub warnings: usize,
    /// Runs of balances, one for each area, category and weight.
    pub runs: Vec<BalanceRun>,
    /// How sigma-MUF is made, in words.
    pub convention: &'static str,
    /// How the tests are made, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
}

/// The balances of one area, category and weight.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceRun {
    /// The area.
    pub mba: String,
    /// The element category.
    pub material: String,
    /// `element` or `isotope`.
    pub measured: &'static str,
    /// The unit of all weights.
    pub unit: &'static str,
    /// What it comes to, in a sentence.
    pub words: String,
    /// Why there is no sigma; absent when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_sigma: Option<String>,
    /// The balances, oldest first.
    pub balances: Vec<BalancePoint>,
    /// Limits of the tests; absent when no test can be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<TestLimits>,
    /// Tests above their limits.
    pub alarms: Vec<String>,
    /// The loss that is to be detected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<f64>,
    /// Where that loss is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_source: Option<String>,
    /// Probability to detect it, by its pattern and test.
    pub detection: Vec<DetectionLine>,
    /// What each stratum adds to the variance of CUMUF, the largest first.
    pub budget: Vec<StratumLine>,
    /// Systematic errors: instruments with their calibration periods.
    pub sources: Vec<String>,
    /// Rows of errors.csv it rests on.
    pub rests_on: Vec<String>,
}

/// One balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancePoint {
    /// Its first day.
    pub first: String,
    /// Its last day, that of the physical inventory.
    pub last: String,
    /// Material unaccounted for.
    pub muf: f64,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma_muf: Option<f64>,
    /// MUF above which this balance by itself is an alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The sum of the MUFs so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cumuf: Option<f64>,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma_cumuf: Option<f64>,
    /// Independent transformed MUF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub itmuf: Option<f64>,
    /// The same in standard deviations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sitmuf: Option<f64>,
    /// Page's sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<f64>,
    /// GEMUF of the balances so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gemuf: Option<f64>,
}

/// The limits at which each test raises a false alarm with probability `alpha` over the whole run.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestLimits {
    /// The false-alarm rate.
    pub alpha: f64,
    /// Of CUMUF at the end, in standard deviations.
    pub cumuf: f64,
    /// Of SITMUF.
    pub sitmuf: f64,
    /// Of Page's sum.
    pub page: f64,
    /// Of GEMUF at the end.
    pub gemuf: f64,
}

/// How often a pattern of loss is detected.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetectionLine {
    /// The pattern.
    pub pattern: String,
    /// The loss in each balance.
    pub loss: Vec<f64>,
    /// By CUMUF.
    pub cumuf: f64,
    /// By SITMUF.
    pub sitmuf: f64,
    /// By Page's test.
    pub page: f64,
    /// By GEMUF.
    pub gemuf: f64,
    /// By the best test for exactly this pattern.
    pub best: f64,
}

/// A stratum of the error budget.
#[derive(Debug, Serialize, ToSchema)]
pub struct StratumLine {
    /// Its name.
    pub stratum: String,
    /// Its share of the variance of CUMUF from random errors.
    pub random: f64,
    /// From systematic errors; negative when they cancel those of others.
    pub systematic: f64,
    /// σ of CUMUF, were it measured twice as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma_if_halved: Option<f64>,
    /// Probability that CUMUF detects the loss then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection_if_halved: Option<f64>,
}

pub(super) fn balances(s: &Snapshot) -> BalancesPage {
    let accounts = &s.assessment.accounts;
    let verdict = accounts.judgements.iter().find_map(|j| j.verdict.as_ref());
    BalancesPage {
        reports: accounts.reports,
        errors: accounts.errors,
        warnings: accounts.warnings,
        runs: accounts.judgements.iter().map(run).collect(),
        convention: accountancy::CONVENTION,
        method: verdict.map(|v| v.words),
    }
}

fn run(j: &Judgement) -> BalanceRun {
    let verdict = j.verdict.as_ref();
    let limits = verdict.and_then(|v| v.limits.as_ref());
    let total: f64 = j.budget.iter().map(|s| s.random_variance + s.systematic_variance).sum();
    let share = |variance: f64| if total > 0.0 { variance / total } else { 0.0 };
    BalanceRun {
        mba: j.mba.clone(),
        material: j.material.to_string(),
        measured: match j.measured {
            Measured::Element => "element",
            Measured::Isotope => "isotope",
        },
        unit: j.unit.as_str(),
        words: views_accounts::verdict_in_words(j),
        no_sigma: j.no_sigma.clone(),
        balances: j
            .periods
            .iter()
            .enumerate()
            .map(|(i, p)| {
                let t = verdict.and_then(|v| v.balances.get(i));
                BalancePoint {
                    first: p.first.clone(),
                    last: p.last.clone(),
                    muf: p.muf,
                    sigma_muf: t.map(|t| t.sigma_muf),
                    limit: p.limit,
                    cumuf: t.map(|t| t.cumuf),
                    sigma_cumuf: t.map(|t| t.sigma_cumuf),
                    itmuf: t.and_then(|t| t.itmuf),
                    sitmuf: t.and_then(|t| t.sitmuf),
                    page: t.and_then(|t| t.page),
                    gemuf: t.and_then(|t| t.gemuf),
                }
            })
            .collect(),
        limits: limits.map(|l| TestLimits {
            alpha: l.alpha,
            cumuf: l.cumuf,
            sitmuf: l.sitmuf,
            page: l.page,
            gemuf: l.gemuf,
        }),
        alarms: verdict
            .iter()
            .flat_map(|v| &v.alarms)
            .map(|a| {
                format!("{} in balance {}", crate::views_balance::test_name(a.test), a.balance)
            })
            .collect(),
        goal: verdict.and_then(|v| v.goal),
        goal_source: j.goal_source.as_ref().map(|g| {
            format!("one significant quantity of {}, {} kg: {}", g.subject, g.amount, g.source)
        }),
        detection: verdict
            .iter()
            .flat_map(|v| &v.detection)
            .map(|p| DetectionLine {
                pattern: p.name.clone(),
                loss: p.detection.loss.clone(),
                cumuf: p.detection.cumuf,
                sitmuf: p.detection.sitmuf,
                page: p.detection.page,
                gemuf: p.detection.gemuf,
                best: p.detection.best,
            })
            .collect(),
        budget: j
            .budget
            .iter()
            .map(|s| {
                let better = j.better.iter().find(|b| b.stratum == s.stratum);
                StratumLine {
                    stratum: s.stratum.clone(),
                    random: share(s.random_variance),
                    systematic: share(s.systematic_variance),
                    sigma_if_halved: better.map(|b| b.sigma_then),
                    detection_if_halved: better.map(|b| b.detection_then),
                }
            })
            .collect(),
        sources: j.sources.clone(),
        rests_on: j.errors.iter().map(ToString::to_string).collect(),
    }
}
