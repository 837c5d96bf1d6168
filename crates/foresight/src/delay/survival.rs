//! Time to completion when some promises are not yet kept, and some dates are known only as intervals.

use serde::Serialize;

/// When something was done, counted from the promise, in any one unit: somewhere in `(from, to]`, exactly at `to` when
/// both are equal, not yet by `from` when `to` is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Not done by then.
    pub from: f64,
    /// Done by then; infinite when not seen.
    pub to: f64,
}

impl Interval {
    /// Done exactly then.
    #[must_use]
    pub fn exact(at: f64) -> Self {
        Self { from: at, to: at }
    }

    /// Not done by then (right-censored).
    #[must_use]
    pub fn not_by(at: f64) -> Self {
        Self { from: at, to: f64::INFINITY }
    }

    /// Whether it was seen to be done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.to.is_finite()
    }

    /// Whether a moment is one at which it can have been done.
    fn holds(&self, (from, to): (f64, f64)) -> bool {
        if self.from == self.to {
            from == self.to && to == self.to
        } else if from == to {
            from > self.from && to <= self.to
        } else {
            from >= self.from && to <= self.to
        }
    }
}

/// One step of a survival curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Up to this time …
    pub at: f64,
    /// … this share is not yet done.
    pub surviving: f64,
}

/// Kaplan and Meier's curve for exact and right-censored times.
#[must_use]
pub fn kaplan_meier(times: &[Interval]) -> Vec<CurvePoint> {
    let mut done: Vec<f64> = times.iter().filter(|t| t.is_done()).map(|t| t.to).collect();
    done.sort_by(f64::total_cmp);
    done.dedup();
    let mut surviving = 1.0;
    done.into_iter()
        .map(|at| {
            let at_risk = times.iter().filter(|t| t.from >= at).count() as f64;
            let events = times.iter().filter(|t| t.to == at).count() as f64;
            surviving *= 1.0 - events / at_risk.max(events);
            CurvePoint { at, surviving }
        })
        .collect()
}

/// The log-rank test of two groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LogRank {
    /// Done in the first group.
    pub observed: f64,
    /// Expected there if both groups were alike.
    pub expected: f64,
    /// The variance of the difference.
    pub variance: f64,
    /// `(observed - expected)² / variance`, a chi-square with one degree of freedom.
    pub chi_square: f64,
    /// How often chance alone gives as large a difference.
    pub p: f64,
}

/// Compares two groups (Mantel's log-rank test with the hypergeometric variance). Intervals count at their latest day.
#[must_use]
pub fn log_rank(first: &[Interval], second: &[Interval]) -> LogRank {
    let at = |t: &Interval| if t.is_done() { t.to } else { t.from };
    let mut times: Vec<f64> =
        first.iter().chain(second).filter(|t| t.is_done()).map(|t| t.to).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let (mut observed, mut expected, mut variance) = (0.0, 0.0, 0.0);
    for time in times {
        let risk = |g: &[Interval]| g.iter().filter(|t| at(t) >= time).count() as f64;
        let events = |g: &[Interval]| g.iter().filter(|t| t.to == time).count() as f64;
        let (n1, n2) = (risk(first), risk(second));
        let (d1, d2) = (events(first), events(second));
        let (n, d) = (n1 + n2, d1 + d2);
        observed += d1;
        expected += d * n1 / n;
        if n > 1.0 {
            variance += d * (n1 / n) * (n2 / n) * (n - d) / (n - 1.0);
        }
    }
    let chi_square = if variance > 0.0 { (observed - expected).powi(2) / variance } else { 0.0 };
    LogRank { observed, expected, variance, chi_square, p: chi_square_tail(chi_square) }
}

/// How often a chi-square with one degree of freedom is at least so large.
#[must_use]
pub fn chi_square_tail(x: f64) -> f64 {
    libm::erfc((x / 2.0).sqrt())
}

/// Turnbull's estimate (Journal of the Royal Statistical Society B 38, 1976): probability on each innermost interval, by
/// his self-consistent iteration. With exact and right-censored times alone it is Kaplan and Meier's.
#[derive(Debug, Clone, PartialEq)]
pub struct Turnbull {
    /// Innermost intervals and their probability, in order. The last may end in infinity.
    mass: Vec<((f64, f64), f64)>,
}

/// When the iteration stops: no probability changes by more.
const CLOSE: f64 = 1e-10;
/// Rounds at most.
const ROUNDS: usize = 20_000;

impl Turnbull {
    /// Estimates from intervals.
    #[must_use]
    pub fn new(times: &[Interval]) -> Self {
        Self::weighted(times, &vec![1.0; times.len()])
    }

    /// Estimates from intervals of which some weigh more than others. A missing weight is 0.
    #[must_use]
    pub fn weighted(times: &[Interval], weights: &[f64]) -> Self {
        // An innermost interval runs from a left end to the next right end with no other end between. An exact time is
        // both; a left end of an open interval comes after right ends of the same value.
        let mut ends: Vec<(f64, u8)> = Vec::with_capacity(times.len() * 2);
        for t in times {
            if t.from == t.to {
                ends.extend([(t.to, 0), (t.to, 1)]);
            } else {
                ends.extend([(t.from, 2), (t.to, 1)]);
            }
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut inner: Vec<(f64, f64)> = ends
            .windows(2)
            .filter(|w| w[0].1 != 1 && w[1].1 == 1)
            .map(|w| (w[0].0, w[1].0))
            .collect();
        inner.dedup();
        let holds: Vec<Vec<usize>> = times
            .iter()
            .map(|t| (0..inner.len()).filter(|j| t.holds(inner[*j])).collect())
            .collect();
        let mut mass = vec![1.0 / inner.len().max(1) as f64; inner.len()];
        for _ in 0..ROUNDS {
            let mut next = vec![0.0; inner.len()];
            for (places, weight) in holds.iter().zip(weights) {
                let sum: f64 = places.iter().map(|j| mass[*j]).sum();
                if sum > 0.0 {
                    places.iter().for_each(|j| next[*j] += weight * mass[*j] / sum);
                }
            }
            let n: f64 = next.iter().sum();
            next.iter_mut().for_each(|m| *m /= n.max(f64::MIN_POSITIVE));
            let far = mass.iter().zip(&next).any(|(a, b)| (a - b).abs() > CLOSE);
            mass = next;
            if !far {
                break;
            }
        }
        Self { mass: inner.into_iter().zip(mass).collect() }
    }

    /// The share that took longer than a time: its least and its most, since the estimate does not say where within an
    /// innermost interval its probability lies.
    #[must_use]
    pub fn longer_than(&self, time: f64) -> (f64, f64) {
        let sum = |keep: &dyn Fn(f64, f64) -> bool| -> f64 {
            self.mass.iter().filter(|((a, b), _)| keep(*a, *b)).map(|(_, m)| m).sum()
        };
        let least = sum(&|a, b| a >= time && b > time);
        let most = sum(&|_, b| b > time);
        (least.clamp(0.0, 1.0), most.clamp(0.0, 1.0))
    }

    /// The curve at the ends of its innermost intervals.
    #[must_use]
    pub fn curve(&self) -> Vec<CurvePoint> {
        let mut surviving = 1.0;
        self.mass
            .iter()
            .filter(|((_, to), _)| to.is_finite())
            .map(|((_, at), mass)| {
                surviving -= mass;
                CurvePoint { at: *at, surviving: f64::max(surviving, 0.0) }
            })
            .collect()
    }

    /// The time by which a share is done, at the latest; `None` when the record ends before.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut sum = 0.0;
        for ((_, to), mass) in &self.mass {
            sum += mass;
            if sum >= share - 1e-9 {
                return to.is_finite().then_some(*to);
            }
        }
        None
    }

    /// Innermost intervals with their probability, for drawing from.
    pub(crate) fn mass(&self) -> &[((f64, f64), f64)] {
        &self.mass
    }
}
