//! False alarms and detection: what a loss of a given size and pattern looks like to each test.

use serde::Serialize;

use crate::{Cholesky, Covariance, Singular, normal, page, sequential::PAGE_REFERENCE};

/// Probability that a one-sided test at false-alarm rate `alpha` detects a loss of `loss`, when the statistic has
/// standard deviation `sigma`: Φ(loss/σ − z₁₋α). With σ = 0 any loss is seen and nothing else is.
#[must_use]
pub fn single_loss(loss: f64, sigma: f64, alpha: f64) -> f64 {
    if sigma > 0.0 {
        normal::cdf(loss / sigma - normal::upper(alpha))
    } else if loss > 0.0 {
        1.0
    } else {
        alpha
    }
}

/// The largest σ with which a loss of `loss` is still detected with probability `detection` at false-alarm rate
/// `alpha`. `None` when the two ask for nothing (`detection` ≤ `alpha`).
#[must_use]
pub fn largest_sigma(loss: f64, detection: f64, alpha: f64) -> Option<f64> {
    let z = normal::upper(alpha) + normal::quantile(detection);
    (z > 0.0).then(|| loss / z)
}

/// Limits at which each test of a run of balances raises a false alarm with probability `alpha` over the whole run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limits {
    /// The false-alarm rate of each test over the whole run.
    pub alpha: f64,
    /// CUMUF at the end, in its standard deviations.
    pub cumuf: f64,
    /// SITMUF at any balance.
    pub sitmuf: f64,
    /// Page's sum at any balance.
    pub page: f64,
    /// GEMUF at the end.
    pub gemuf: f64,
}

impl Limits {
    /// The limits for this many balances.
    #[must_use]
    pub fn new(balances: usize, alpha: f64) -> Self {
        // P(any of n independent exceeds) = α; −ln(1−α)/n would lose nothing, but this is exact.
        let each = -(-alpha).ln_1p() / balances.max(1) as f64;
        Self {
            alpha,
            cumuf: normal::upper(alpha),
            sitmuf: normal::upper(-(-each).exp_m1()),
            page: page::limit(PAGE_REFERENCE, balances, alpha),
            gemuf: normal::chi_squared_upper(alpha, balances),
        }
    }
}

/// Probability that each test detects one pattern of loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detection {
    /// The loss in each balance, in its unit.
    pub loss: Vec<f64>,
    /// CUMUF at the end.
    pub cumuf: f64,
    /// SITMUF at any balance.
    pub sitmuf: f64,
    /// Page's sum at any balance.
    pub page: f64,
    /// GEMUF at the end.
    pub gemuf: f64,
    /// The best test for exactly this pattern (Neyman-Pearson): no test does better.
    pub best: f64,
}

/// Probability that each test detects the losses `loss` (one for each balance), at limits made for as many balances.
///
/// # Errors
///
/// [`Singular`] when the covariance is.
pub fn detect(v: &Covariance, loss: &[f64], limits: &Limits) -> Result<Detection, Singular> {
    let factor = v.cholesky()?;
    let shifts = factor.solve(loss);
    let strength: f64 = shifts.iter().map(|s| s * s).sum();
    let quiet: f64 = shifts.iter().map(|s| normal::cdf(limits.sitmuf - s)).product();
    let total: f64 = loss.iter().sum();
    let sigma = v.sigma_cumuf(v.size().saturating_sub(1));
    Ok(Detection {
        loss: loss.to_vec(),
        cumuf: single_loss(total, sigma, limits.alpha),
        sitmuf: 1.0 - quiet,
        page: page::Page::new(PAGE_REFERENCE, limits.page).alarm_within(&shifts),
        gemuf: normal::noncentral_tail(limits.gemuf, v.size(), strength),
        best: normal::cdf(strength.sqrt() - normal::upper(limits.alpha)),
    })
}

/// Probability that the best test for the pattern `loss` detects it: Φ(√(uᵀV⁻¹u) − z₁₋α).
///
/// # Errors
///
/// [`Singular`] when the covariance is.
pub fn best_test(v: &Covariance, loss: &[f64], alpha: f64) -> Result<f64, Singular> {
    let strength: f64 = v.cholesky()?.solve(loss).iter().map(|s| s * s).sum();
    Ok(normal::cdf(strength.sqrt() - normal::upper(alpha)))
}

/// The loss pattern of sum `loss` that even the best test detects least often (Avenhaus and Jaech 1981): u ∝ V1,
/// against which no test beats CUMUF. Where V1 has negative parts that would be gains, the worst of the patterns
/// without gains is found by dropping balances.
///
/// # Errors
///
/// [`Singular`] when the covariance is.
pub fn worst_pattern(v: &Covariance, loss: f64) -> Result<Vec<f64>, Singular> {
    let size = v.size();
    v.cholesky()?;
    let mut free: Vec<usize> = (0..size).collect();
    // Minimise uᵀV⁻¹u over u ≥ 0 with Σu fixed. Karush-Kuhn-Tucker: u = V(λ1 + s), s ≥ 0 only on the dropped
    // balances D, where u = 0: (V s)_D = −λ (V 1)_D.
    let mut pattern = v.times(&vec![1.0; size]);
    let mut dropped: Vec<usize> = Vec::new();
    for _ in 0..4 * size.max(1) {
        let scale = pattern.iter().fold(0.0_f64, |m, u| m.max(u.abs()));
        let worst = free
            .iter()
            .copied()
            .filter(|i| pattern.get(*i).is_some_and(|u| *u < -1e-12 * scale))
            .min_by(|a, b| {
                pattern.get(*a).unwrap_or(&0.0).total_cmp(pattern.get(*b).unwrap_or(&0.0))
            });
        let slack = slacks(v, &dropped)?;
        let freed = dropped
            .iter()
            .zip(&slack)
            .filter(|(_, s)| **s < -1e-12)
            .min_by(|a, b| a.1.total_cmp(b.1))
            .map(|(i, _)| *i);
        match (freed, worst) {
            (Some(i), _) => {
                dropped.retain(|d| *d != i);
                free.push(i);
            }
            (None, Some(i)) => {
                free.retain(|f| *f != i);
                dropped.push(i);
            }
            (None, None) => break,
        }
        let slack = slacks(v, &dropped)?;
        let mut dual = vec![1.0; size];
        for (i, s) in dropped.iter().zip(&slack) {
            if let Some(d) = dual.get_mut(*i) {
                *d += s;
            }
        }
        pattern = v.times(&dual);
        for i in &dropped {
            if let Some(u) = pattern.get_mut(*i) {
                *u = 0.0;
            }
        }
    }
    let sum: f64 = pattern.iter().sum();
    Ok(pattern.iter().map(|u| u * loss / sum).collect())
}

/// s on the dropped balances D with (V s)_D = −(V 1)_D.
fn slacks(v: &Covariance, dropped: &[usize]) -> Result<Vec<f64>, Singular> {
    let mut part = Covariance::zero(dropped.len());
    for (a, i) in dropped.iter().enumerate() {
        for (b, j) in dropped.iter().enumerate().take(a + 1) {
            part.add(a, b, v.get(*i, *j));
        }
    }
    let all = v.times(&vec![1.0; v.size()]);
    let right: Vec<f64> = dropped.iter().map(|i| -all.get(*i).copied().unwrap_or(0.0)).collect();
    let factor: Cholesky = part.cholesky()?;
    Ok(factor.solve_full(&right))
}

/// Everything in one balance, the `at`-th from 0.
#[must_use]
pub fn abrupt(balances: usize, at: usize, loss: f64) -> Vec<f64> {
    (0..balances).map(|i| if i == at { loss } else { 0.0 }).collect()
}

/// The same in every balance.
#[must_use]
pub fn protracted(balances: usize, loss: f64) -> Vec<f64> {
    vec![loss / balances.max(1) as f64; balances]
}
