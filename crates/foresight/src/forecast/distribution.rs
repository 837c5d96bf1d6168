//! How long something takes, as a table of quantiles that can be drawn from quickly.

use crate::delay::{Turnbull, pert};

/// Parts of the table.
const PARTS: usize = 512;

/// The exponent of the tail beyond the longest time seen: `P(T > t) ~ t^-2`. An assumption: the longer something has
/// not happened, the longer it will still take, with a finite mean.
pub const TAIL: f64 = 2.0;

/// A distribution of days or of multiples.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Quantiles at 0, 1/512, …, 1.
    table: Vec<f64>,
    /// Whether it goes on beyond the last part of the table.
    open: bool,
}

impl Distribution {
    fn of(open: bool, quantile: impl Fn(f64) -> f64) -> Self {
        Self { table: (0..=PARTS).map(|i| quantile(i as f64 / PARTS as f64)).collect(), open }
    }

    /// Always the same.
    #[must_use]
    pub fn certain(value: f64) -> Self {
        Self::of(false, |_| value)
    }

    /// Least, most likely, most: the beta distribution with PERT's mean and standard deviation.
    #[must_use]
    pub fn pert(least: f64, likely: f64, most: f64) -> Self {
        let width = most - least;
        if width <= 0.0 {
            return Self::certain(least);
        }
        let (mean, sd) = pert(least, likely, most);
        let (m, v) = ((mean - least) / width, (sd / width).powi(2));
        let size = m * (1.0 - m) / v - 1.0;
        let (a, b) = (m * size, (1.0 - m) * size);
        // The density summed on a fine grid; its ends may be infinite, so it is taken at middles.
        const GRID: usize = 8192;
        let mut sum = 0.0;
        let cumulative: Vec<f64> = (0..GRID)
            .map(|i| {
                let x = (i as f64 + 0.5) / GRID as f64;
                sum += x.powf(a - 1.0) * (1.0 - x).powf(b - 1.0);
                sum
            })
            .collect();
        Self::of(false, |u| {
            let at = cumulative.partition_point(|c| *c < u * sum);
            let before = at.checked_sub(1).and_then(|i| cumulative.get(i)).copied().unwrap_or(0.0);
            let here = cumulative.get(at).copied().unwrap_or(sum);
            let part = if here > before { (u * sum - before) / (here - before) } else { 0.0 };
            least + width * ((at as f64 + part) / GRID as f64).clamp(0.0, 1.0)
        })
    }

    /// Normal; for tests of the arithmetic.
    #[must_use]
    pub fn normal(mean: f64, sd: f64) -> Self {
        Self::of(false, |u| mean + sd * inverse_normal(u.clamp(3e-4, 1.0 - 3e-4)))
    }

    /// The values seen, each as likely as the others.
    #[must_use]
    pub fn empirical(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        Self::of(true, |u| {
            let at = ((u * n as f64) as usize).min(n.saturating_sub(1));
            sorted.get(at).copied().unwrap_or(0.0)
        })
    }

    /// A survival estimate; what was not seen to end goes on in a tail. Values up to `kept` stay as they were seen, such as
    /// many that end on the very day; beyond it a handful of values stands for all between them.
    #[must_use]
    pub fn survival(estimate: &Turnbull, kept: f64) -> Self {
        let mass = estimate.mass();
        let last = mass.iter().map(|((a, b), _)| if b.is_finite() { *b } else { *a });
        let last = last.fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let seen: f64 = mass.iter().filter(|((_, b), _)| b.is_finite()).map(|(_, m)| m).sum();
        // Even when all ended, the next may take longer than any.
        let seen = seen.min(1.0 - 1.0 / (mass.len() as f64 + 2.0));
        Self::of(true, |u| {
            if u > seen {
                return last * ((1.0 - seen) / (1.0 - u).max(1e-6)).powf(1.0 / TAIL);
            }
            let (mut sum, mut before) = (0.0, 0.0_f64);
            for ((a, b), m) in mass.iter().filter(|((_, b), _)| b.is_finite()) {
                let from = if a == b && *b > kept { b.min(before.max(kept)) } else { *a };
                if sum + m >= u {
                    return if *m > 0.0 {
                        from + (b - from) * ((u - sum) / m).clamp(0.0, 1.0)
                    } else {
                        *b
                    };
                }
                sum += m;
                before = *b;
            }
            last
        })
    }

    /// The same shape on both sides of a value, with another share up to it. Nothing changes when the value lies outside
    /// all of it.
    #[must_use]
    pub fn with_share_to(&self, value: f64, share: f64) -> Self {
        let close = value.abs() * 1e-6 + 1e-9;
        let old = self.below(value + close);
        if !(1e-3..=1.0 - 1e-3).contains(&old) {
            return self.clone();
        }
        let new = share.clamp(1e-3, 1.0 - 1e-3);
        Self::of(self.open, |u| {
            self.quantile(if u <= new {
                u / new * old
            } else {
                old + (u - new) / (1.0 - new) * (1.0 - old)
            })
        })
    }

    /// The same in another unit.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        self.table.iter_mut().for_each(|q| *q *= factor);
        self
    }

    /// The value that a share lies below.
    #[inline]
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        let at = u * PARTS as f64;
        let i = (at as usize).min(PARTS - 1);
        let (a, b) = (self.table[i], self.table[i + 1]);
        if self.open && i == PARTS - 1 && a > 0.0 {
            return a * (1.0 / (PARTS as f64 * (1.0 - u).max(1e-9))).powf(1.0 / TAIL);
        }
        a + (b - a) * (at - i as f64)
    }

    /// The share below a value.
    #[must_use]
    pub fn below(&self, value: f64) -> f64 {
        let i = self.table.partition_point(|q| *q <= value);
        if i == 0 {
            return 0.0;
        }
        let a = self.table[i - 1];
        if i > PARTS || (self.open && i == PARTS && a > 0.0) {
            // In the tail.
            let tail = if self.open && self.table[PARTS - 1] > 0.0 {
                (self.table[PARTS - 1] / value).powf(TAIL) / PARTS as f64
            } else {
                0.0
            };
            return 1.0 - tail.min(1.0 / PARTS as f64);
        }
        let b = self.table[i];
        let part = if b > a { (value - a) / (b - a) } else { 0.0 };
        ((i - 1) as f64 + part) / PARTS as f64
    }

    /// Where a value lies: the share below it and half of what is equal to it, since many promises of real agreements were
    /// kept on the very day.
    #[must_use]
    pub fn rank(&self, value: f64) -> f64 {
        let close = value.abs() * 1e-6 + 1e-9;
        (self.below(value - close) + self.below(value + close)) / 2.0
    }

    /// A draw, given that a value has been passed already: `u` is even between 0 and 1.
    #[inline]
    #[must_use]
    pub fn beyond(&self, passed: f64, below: f64, u: f64) -> f64 {
        if below >= 0.999 && passed > 0.0 {
            // Longer than anything expected: it goes on as the tail does.
            return passed * (1.0 / (1.0 - u).max(1e-9)).powf(1.0 / TAIL);
        }
        self.quantile(below + (1.0 - below) * u).max(passed)
    }
}

/// The standard normal's inverse (Acklam's rational approximation, relative error below 1.2e-9).
#[must_use]
pub fn inverse_normal(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
    ];
    let poly = |c: &[f64], x: f64| c.iter().fold(0.0, |a, c| a * x + c);
    let low = 0.024_25;
    if p < low {
        let q = (-2.0 * p.max(1e-300).ln()).sqrt();
        poly(&C, q) / (poly(&D, q) * q + 1.0)
    } else if p <= 1.0 - low {
        let q = p - 0.5;
        let r = q * q;
        poly(&A, r) * q / (poly(&B, r) * r + 1.0)
    } else {
        -inverse_normal(1.0 - p)
    }
}

/// The standard normal's share below, from a table: error below 2e-6, a few nanoseconds.
pub(crate) struct NormalTable(Vec<f64>);

impl NormalTable {
    const WIDTH: f64 = 6.0;
    const PER_UNIT: f64 = 256.0;

    pub(crate) fn new() -> Self {
        let n = (2.0 * Self::WIDTH * Self::PER_UNIT) as usize + 2;
        let at = |i: usize| i as f64 / Self::PER_UNIT - Self::WIDTH;
        Self((0..n).map(|i| 0.5 * libm::erfc(-at(i) / std::f64::consts::SQRT_2)).collect())
    }

    #[inline]
    pub(crate) fn below(&self, z: f64) -> f64 {
        let at = (z.clamp(-Self::WIDTH, Self::WIDTH - 1e-9) + Self::WIDTH) * Self::PER_UNIT;
        let i = at as usize;
        let (a, b) = (self.0[i], self.0[i + 1]);
        a + (b - a) * (at - i as f64)
    }
}
