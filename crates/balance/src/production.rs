//! What a facility can have produced: plutonium from heat, separative work, ages from americium.
//!
//! Each is arithmetic on assumptions; nothing here decides what the assumptions are.

use serde::Serialize;

use crate::normal;

/// A value with one standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// One standard deviation.
    pub sigma: f64,
}

impl Estimate {
    /// A value and its standard deviation.
    #[must_use]
    pub fn new(value: f64, sigma: f64) -> Self {
        Self { value, sigma }
    }

    /// The interval within `k` standard deviations, never below 0: masses and ages are not negative.
    #[must_use]
    pub fn within(self, k: f64) -> (f64, f64) {
        ((self.value - k * self.sigma).max(0.0), self.value + k * self.sigma)
    }

    fn relative_variance(self) -> f64 {
        if self.value == 0.0 { 0.0 } else { (self.sigma / self.value).powi(2) }
    }
}

/// Plutonium, in grams, from thermal power (MW), days, capacity factor and yield (g per MW day of heat): their product;
/// relative variances add.
#[must_use]
pub fn plutonium_from_heat(
    power_mw: Estimate,
    days: Estimate,
    capacity_factor: Estimate,
    grams_per_mwd: Estimate,
) -> Estimate {
    let factors = [power_mw, days, capacity_factor, grams_per_mwd];
    let value: f64 = factors.iter().map(|f| f.value).product();
    let variance: f64 = factors.iter().map(|f| f.relative_variance()).sum();
    Estimate::new(value, value * variance.sqrt())
}

/// Full-power days that make a mass (grams) of plutonium.
#[must_use]
pub fn full_power_days(grams: f64, power_mw: f64, grams_per_mwd: f64) -> f64 {
    grams / (power_mw * grams_per_mwd)
}

/// The value function of separative work: V(x) = (2x − 1) ln(x / (1 − x)).
#[must_use]
pub fn value_function(x: f64) -> f64 {
    (2.0 * x - 1.0) * (x / (1.0 - x)).ln()
}

/// Feed and separative work for one kilogram of product.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Separation {
    /// Kilograms of feed per kilogram of product.
    pub feed: f64,
    /// Kilograms of tails per kilogram of product.
    pub tails: f64,
    /// Separative work units (kg SWU) per kilogram of product.
    pub swu: f64,
}

/// Separates feed of assay `feed` into product of assay `product` and tails of assay `tails`, all as shares of U-235.
/// `None` unless 0 < tails < feed < product < 1.
#[must_use]
pub fn separation(product: f64, feed: f64, tails: f64) -> Option<Separation> {
    if !(0.0 < tails && tails < feed && feed < product && product < 1.0) {
        return None;
    }
    let amount = (product - tails) / (feed - tails);
    let waste = amount - 1.0;
    let swu =
        value_function(product) + waste * value_function(tails) - amount * value_function(feed);
    Some(Separation { feed: amount, tails: waste, swu })
}

/// Half-lives in years.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HalfLives {
    /// Plutonium-241.
    pub pu241: f64,
    /// Americium-241.
    pub am241: f64,
}

impl Default for HalfLives {
    /// 14.33 and 432.6 years.
    fn default() -> Self {
        Self { pu241: 14.33, am241: 432.6 }
    }
}

impl HalfLives {
    fn rates(self) -> (f64, f64) {
        let ln2 = std::f64::consts::LN_2;
        (ln2 / self.pu241, ln2 / self.am241)
    }

    /// Years since the plutonium was last cleaned of americium, from the ratio of atoms Am-241 to Pu-241:
    /// age = ln(1 + r (λP − λA)/λP) / (λP − λA), σ_age = σ_r / (λP + r (λP − λA)).
    #[must_use]
    pub fn age(self, ratio: Estimate) -> Estimate {
        let (p, a) = self.rates();
        let value = (ratio.value * (p - a) / p).ln_1p() / (p - a);
        Estimate::new(value, ratio.sigma / (p + ratio.value * (p - a)))
    }

    /// The ratio of atoms after `years`.
    #[must_use]
    pub fn ratio(self, years: f64) -> f64 {
        let (p, a) = self.rates();
        p / (p - a) * ((p - a) * years).exp_m1()
    }
}

/// How many separations a set of ages speaks of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Separations {
    /// Ages grouped into this many, by the Bayesian information criterion.
    pub count: usize,
    /// The date of each group: weighted mean age and its standard deviation.
    pub groups: Vec<Estimate>,
    /// Which group each age belongs to, in the order given; from 0.
    pub member: Vec<usize>,
    /// P(ages scatter at least so much | one separation): the chi-squared test of a single age.
    pub one_separation: f64,
    /// The criterion for 1, 2, … groups; the smallest is best, and 2 less is little, 10 less is much.
    pub criterion: Vec<f64>,
}

/// Groups ages into separations. With one known standard deviation each, the best division into k groups is one of
/// consecutive ages: found exactly by dynamic programming, and k by the Bayesian information criterion
/// (χ² within the groups + (2k − 1) ln n: k dates and k − 1 places where the groups divide). `None` without ages.
#[must_use]
pub fn separations(ages: &[Estimate]) -> Option<Separations> {
    let n = ages.len();
    if n == 0 || ages.iter().any(|a| !(a.sigma > 0.0 && a.value.is_finite())) {
        return None;
    }
    let mut order: Vec<usize> = (0..n).collect();
    let value = |i: usize| ages.get(i).copied().unwrap_or(Estimate::new(0.0, 1.0));
    order.sort_by(|a, b| value(*a).value.total_cmp(&value(*b).value));
    let sorted: Vec<Estimate> = order.iter().map(|i| value(*i)).collect();
    // Scatter of ages i..j around their weighted mean.
    let group = |i: usize, j: usize| -> (Estimate, f64) {
        let part = sorted.get(i..j).unwrap_or_default();
        let weight: f64 = part.iter().map(|a| a.sigma.powi(-2)).sum();
        let mean = part.iter().map(|a| a.value * a.sigma.powi(-2)).sum::<f64>() / weight;
        let scatter = part.iter().map(|a| ((a.value - mean) / a.sigma).powi(2)).sum();
        (Estimate::new(mean, weight.sqrt().recip()), scatter)
    };
    let most = n.min(12);
    // best[k][j]: the least scatter of the first j ages in k + 1 groups, and where the last group begins.
    let mut best: Vec<Vec<(f64, usize)>> = vec![(0..=n).map(|j| (group(0, j).1, 0)).collect()];
    for k in 1..most {
        let Some(before) = best.last() else { break };
        let row = (0..=n)
            .map(|j| {
                (k..j)
                    .map(|i| (before.get(i).map_or(f64::INFINITY, |b| b.0) + group(i, j).1, i))
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((f64::INFINITY, 0))
            })
            .collect();
        best.push(row);
    }
    let scatter = |k: usize| best.get(k).and_then(|r| r.get(n)).map_or(f64::INFINITY, |b| b.0);
    let criterion: Vec<f64> =
        (0..most).map(|k| scatter(k) + (2 * k + 1) as f64 * (n as f64).ln()).collect();
    let count =
        criterion.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(1, |b| b.0 + 1);
    let mut member = vec![0; n];
    let mut groups = vec![Estimate::new(0.0, 0.0); count];
    let mut end = n;
    for k in (0..count).rev() {
        let begin = best.get(k).and_then(|r| r.get(end)).map_or(0, |b| b.1);
        if let Some(g) = groups.get_mut(k) {
            *g = group(begin, end).0;
        }
        for place in order.get(begin..end).unwrap_or_default() {
            if let Some(m) = member.get_mut(*place) {
                *m = k;
            }
        }
        end = begin;
    }
    let one_separation = normal::chi_squared_tail(scatter(0), n - 1);
    Some(Separations { count, groups, member, one_separation, criterion })
}
