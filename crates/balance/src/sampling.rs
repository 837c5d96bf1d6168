//! How many items to measure, so that a falsified stratum is not missed.
//!
//! A stratum of N items holds d defects when `goal` is missing from it and each falsified item lacks the share γ of
//! its mean weight: d = ceil(goal / (γ x̄)). A sample of n is drawn without replacement, so the number of defects in
//! it is hypergeometric: exact, without factorials, however large N is.

use serde::Serialize;

use crate::series::generator;
use rand_distr::{Distribution, Uniform};

/// Probability that a sample of `n` of `population` items holds none of the `defects`:
/// C(N−d, n) / C(N, n). Each factor is a share of items, so that nothing overflows; the shorter of the two products
/// that the symmetry in n and d allows is taken, in logarithms.
#[must_use]
pub fn miss(population: u64, defects: u64, n: u64) -> f64 {
    if defects == 0 || n == 0 {
        return 1.0;
    }
    if n > population.saturating_sub(defects) {
        return 0.0;
    }
    let (few, many) = (defects.min(n), defects.max(n));
    let mut log = 0.0;
    // Factors are multiplied in blocks: one logarithm for many of them.
    let mut block = 1.0_f64;
    for i in 0..few {
        block *= (population - many - i) as f64 / (population - i) as f64;
        if block < 1e-200 {
            log += block.ln();
            block = 1.0;
        }
    }
    if log == 0.0 { block } else { (log + block.ln()).exp() }
}

/// Probability that none of the `defects` is recognised when each that is in the sample is recognised with
/// probability `power`: Σ_j P(j in the sample) (1 − power)^j.
///
/// The terms grow and fall by their ratio from the likeliest j and are divided by their sum, so that no binomial
/// coefficient is ever formed.
#[must_use]
pub fn miss_with_power(population: u64, defects: u64, n: u64, power: f64) -> f64 {
    if power >= 1.0 {
        return miss(population, defects, n);
    }
    if power <= 0.0 || defects == 0 || n == 0 {
        return 1.0;
    }
    let (big, d, n) = (population as f64, defects.min(population) as f64, n.min(population) as f64);
    let (low, high) = ((n + d - big).max(0.0), n.min(d));
    let mode = ((n + 1.0) * (d + 1.0) / (big + 2.0)).floor().clamp(low, high);
    let unseen = (-power).ln_1p();
    let weight = |j: f64| (unseen * j).exp();
    let (mut all, mut quiet) = (1.0, weight(mode));
    let mut up = (1.0, mode);
    while up.1 < high && up.0 > 1e-40 {
        let j = up.1;
        up = (up.0 * (d - j) * (n - j) / ((j + 1.0) * (big - d - n + j + 1.0)), j + 1.0);
        all += up.0;
        quiet += up.0 * weight(up.1);
    }
    // Downwards a rare j may still decide: few defects in the sample are the ones that are missed.
    let mut down = (1.0, mode);
    while down.1 > low && down.0 > 0.0 {
        let j = down.1;
        down = (down.0 * j * (big - d - n + j) / ((d - j + 1.0) * (n - j + 1.0)), j - 1.0);
        all += down.0;
        quiet += down.0 * weight(down.1);
    }
    quiet / all
}

/// How many items must be falsified, each lacking the share `gamma` of `mean`, to hide `goal`; at most all of them.
/// `None` when even all of them do not hold that much.
#[must_use]
pub fn defects(population: u64, mean: f64, goal: f64, gamma: f64) -> Option<u64> {
    let per_item = gamma * mean;
    if !(per_item > 0.0 && goal > 0.0) {
        return None;
    }
    let needed = goal / per_item;
    // 8 / (0.5 × 1.6) is 10 and not 11: forgive the last bits.
    let needed = (needed - needed * 1e-12).ceil().max(1.0);
    (needed <= population as f64).then_some(needed as u64)
}

/// A sample size, exact and by the two formulas in use.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Size {
    /// Items in the stratum.
    pub population: u64,
    /// Defects to be found.
    pub defects: u64,
    /// Probability to recognise a defect that is in the sample.
    pub power: f64,
    /// Allowed probability to miss all of them.
    pub beta: f64,
    /// The smallest sample that misses with probability at most β.
    pub exact: u64,
    /// What that sample misses with.
    pub miss: f64,
    /// ceil(N (1 − β^(1/d))), the formula of the IAEA.
    pub iaea: u64,
    /// ceil((N − (d−1)/2) (1 − β^(1/d))), Jaech's.
    pub jaech: u64,
    /// Whether the exact sample keeps β; false when even all items do not, since the method is too weak.
    pub attained: bool,
}

/// The sample that misses `defects` among `population` items with probability at most `beta`, when a defect in the
/// sample is recognised with probability `power`.
#[must_use]
pub fn size(population: u64, defects: u64, beta: f64, power: f64) -> Size {
    let defects = defects.min(population);
    let missed = |n| miss_with_power(population, defects, n, power);
    let beta = beta.clamp(0.0, 1.0);
    let formula = |items: f64| {
        if beta >= 1.0 || defects == 0 {
            return 0;
        }
        let share = 1.0 - beta.powf(1.0 / defects as f64);
        let n = items * share / power.clamp(f64::MIN_POSITIVE, 1.0);
        ((n - n * 1e-12).ceil().max(0.0) as u64).min(population)
    };
    let (n_all, d) = (population as f64, defects as f64);
    let (iaea, jaech) = (formula(n_all), formula(n_all - (d - 1.0) / 2.0));
    // Rounding must not add an item: 0.05 counts as 0.05.
    let holds = |n: u64| missed(n) <= beta * (1.0 + 1e-12);
    let attained = defects > 0 && holds(population) || beta >= 1.0;
    let exact = if attained { smallest(population, jaech, holds) } else { population };
    Size { population, defects, power, beta, exact, miss: missed(exact), iaea, jaech, attained }
}

/// The smallest n that holds, when all above it hold too: a bracket around a guess, then halving.
fn smallest(most: u64, guess: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (guess, guess);
    let mut step = 1;
    while high < most && !holds(high) {
        low = high + 1;
        high = (high + step).min(most);
        step *= 2;
    }
    step = 1;
    if low == high {
        // The guess holds: go down to one that does not.
        while low > 0 && holds(low) {
            high = low;
            low = low.saturating_sub(step);
            step *= 2;
        }
        if low == 0 && holds(0) {
            return 0;
        }
        low += 1;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

/// A method of measuring an item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Its relative standard deviation for one item.
    pub rsd: f64,
}

/// One level of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Level {
    /// What the level looks for: gross, partial or bias defects.
    pub level: &'static str,
    /// The method.
    pub method: String,
    /// The share of its weight that a falsified item lacks: the smallest defect that the cruder methods miss.
    pub gamma: f64,
    /// The sample for that share; the better methods measure a part of these items. Absent when so small a defect
    /// cannot hide the goal in the stratum at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

/// The number of relative standard deviations beyond which a method sees a defect, as inspectorates plan.
pub const SEEN_BEYOND: f64 = 4.0;

/// A nested plan: everything in the sample by the first and crudest method, which sees whole items missing (γ = 1);
/// part of it by each better method, at the smallest defect that the one before would miss
/// ([`SEEN_BEYOND`] times its relative standard deviation).
#[must_use]
pub fn levels(population: u64, mean: f64, goal: f64, beta: f64, methods: &[Method]) -> Vec<Level> {
    let names = ["gross", "partial", "bias"];
    let mut gamma = 1.0;
    let mut levels: Vec<Level> = Vec::new();
    for (i, method) in methods.iter().enumerate() {
        let size = defects(population, mean, goal, gamma).map(|d| size(population, d, beta, 1.0));
        let level = names.get(i).copied().unwrap_or("bias");
        levels.push(Level { level, method: method.name.clone(), gamma, size });
        gamma = (SEEN_BEYOND * method.rsd).min(gamma);
    }
    levels
}

/// A plan for items of different weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weighted {
    /// Items in the stratum.
    pub population: u64,
    /// Their weights together.
    pub total: f64,
    /// The fewest items that can hide the goal: the heaviest ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fewest_defects: Option<u64>,
    /// A sample that treats all items alike, against those fewest defects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alike: Option<Size>,
    /// The expected sample when item j is taken with probability (1 − β^(γ w_j / goal)) / power, independently: whatever
    /// set of items hides the goal, all are missed with probability at most β.
    pub expected_by_weight: f64,
    /// The probability of each item, in the order given.
    #[serde(skip)]
    pub chances: Vec<f64>,
    /// Whether every probability stays within 1; false when the method is too weak for the heaviest items.
    pub attained: bool,
}

/// Plans for items of the given weights, each falsified one lacking the share `gamma` of its own weight.
#[must_use]
pub fn weighted(weights: &[f64], goal: f64, gamma: f64, beta: f64, power: f64) -> Weighted {
    let mut heaviest = weights.to_vec();
    heaviest.sort_by(|a, b| b.total_cmp(a));
    let mut hidden = 0.0;
    let enough = heaviest.iter().position(|w| {
        hidden += gamma * w;
        hidden >= goal * (1.0 - 1e-12)
    });
    let population = weights.len() as u64;
    let fewest = enough.map(|i| i as u64 + 1);
    let chance = |w: &f64| {
        // A single item heavier than the goal hides no more than the goal.
        -(beta.ln() * (gamma * w / goal).min(1.0)).exp_m1() / power
    };
    let wanted: Vec<f64> = weights.iter().map(chance).collect();
    let attained = wanted.iter().all(|p| *p <= 1.0 + 1e-12);
    let chances: Vec<f64> = wanted.iter().map(|p| p.clamp(0.0, 1.0)).collect();
    Weighted {
        population,
        total: weights.iter().sum(),
        fewest_defects: fewest,
        alike: fewest.map(|d| size(population, d, beta, power)),
        expected_by_weight: chances.iter().sum(),
        chances,
        attained,
    }
}

/// Draws `n` of `population` items, numbered from 1, each set equally likely (Floyd 1987); the same for the same seed.
#[must_use]
pub fn draw(population: u64, n: u64, seed: u64) -> Vec<u64> {
    let mut rng = generator(seed, 0);
    let mut taken = std::collections::BTreeSet::new();
    for last in population.saturating_sub(n.min(population)) + 1..=population {
        let pick = Uniform::new_inclusive(1, last).map_or(last, |u| u.sample(&mut rng));
        if !taken.insert(pick) {
            taken.insert(last);
        }
    }
    taken.into_iter().collect()
}

/// Draws each item with its own probability, numbered from 1; the same for the same seed.
#[must_use]
pub fn draw_weighted(chances: &[f64], seed: u64) -> Vec<u64> {
    let mut rng = generator(seed, 0);
    let Ok(uniform) = Uniform::new(0.0, 1.0) else { return Vec::new() };
    let mut drawn = Vec::new();
    for (item, chance) in (1..).zip(chances) {
        if uniform.sample(&mut rng) < *chance {
            drawn.push(item);
        }
    }
    drawn
}
