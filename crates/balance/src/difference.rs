//! Operator against inspector: item tests, the D statistic of a stratum, MUF − D.

use serde::Serialize;

use crate::normal;

/// Relative standard deviations of one item's measurement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Errors {
    /// Random.
    pub random: f64,
    /// Systematic, common to all items of the stratum.
    pub systematic: f64,
}

/// A stratum of which some items were measured by both.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many items it has.
    pub items: u64,
    /// Its sign in the balance: +1 opening or receipt, −1 closing or shipment.
    pub sign: f64,
    /// The operator's errors.
    pub operator: Errors,
    /// The inspector's errors.
    pub inspector: Errors,
    /// Measured pairs: operator's value, inspector's value.
    pub pairs: &'a [(f64, f64)],
}

/// The difference of one item.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ItemTest {
    /// The pair, from 1.
    pub item: usize,
    /// (operator − inspector) / operator.
    pub relative: f64,
    /// Whether it exceeds the limit, either way.
    pub alarm: bool,
}

/// The D statistic of a stratum: D = N × mean(operator − inspector).
///
/// With multiplicative errors var D = N² x̄² [(δr,o² + δr,i²)/n + δs,o² + δs,i²], x̄ the mean of the operator's values.
/// A positive D says that the operator states more than the inspector finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The stratum.
    pub stratum: String,
    /// Its items.
    pub items: u64,
    /// Items measured by both.
    pub measured: usize,
    /// D, in the unit of the weights.
    pub d: f64,
    /// Its standard deviation.
    pub sigma: f64,
    /// D / σ; absent when σ is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Probability of a D at least as large when nothing is falsified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<f64>,
    /// The relative difference beyond which an item is an alarm: three standard deviations of one difference.
    pub item_limit: f64,
    /// Every item.
    pub tests: Vec<ItemTest>,
    /// The largest relative difference, without its sign.
    pub largest: f64,
    /// Its sign in the balance.
    pub sign: f64,
    /// The part of σ that is the inspector's alone.
    pub sigma_inspector: f64,
}

/// Standard deviations of one difference beyond which an item is an alarm.
pub const ITEM_LIMIT: f64 = 3.0;

/// Compares what operator and inspector measured in one stratum; `None` without a pair.
#[must_use]
pub fn difference(stratum: &Stratum<'_>) -> Option<Difference> {
    let n = stratum.pairs.len();
    if n == 0 {
        return None;
    }
    let count = n as f64;
    let all = stratum.items as f64;
    let mean: f64 = stratum.pairs.iter().map(|(o, _)| o).sum::<f64>() / count;
    let d = all * stratum.pairs.iter().map(|(o, i)| o - i).sum::<f64>() / count;
    let of = |e: Errors| e.random.powi(2) / count + e.systematic.powi(2);
    let sigma = all * mean * (of(stratum.operator) + of(stratum.inspector)).sqrt();
    let one = |e: Errors| e.random.powi(2) + e.systematic.powi(2);
    let item_limit = ITEM_LIMIT * (one(stratum.operator) + one(stratum.inspector)).sqrt();
    let tests: Vec<ItemTest> = stratum
        .pairs
        .iter()
        .enumerate()
        .map(|(k, (o, i))| {
            let relative = if *o == 0.0 { f64::from(u8::from(*i != 0.0)) } else { (o - i) / o };
            ItemTest { item: k + 1, relative, alarm: relative.abs() > item_limit }
        })
        .collect();
    let ratio = (sigma > 0.0).then(|| d / sigma);
    Some(Difference {
        stratum: stratum.name.to_owned(),
        items: stratum.items,
        measured: n,
        d,
        sigma,
        ratio,
        tail: ratio.map(normal::tail),
        item_limit,
        largest: tests.iter().fold(0.0, |m, t| t.relative.abs().max(m)),
        tests,
        sign: stratum.sign,
        sigma_inspector: all * mean * of(stratum.inspector).sqrt(),
    })
}

/// MUF − D: the true loss, with the inspector's errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MufLessD {
    /// MUF as the operator's books give it.
    pub muf: f64,
    /// Its standard deviation.
    pub sigma_muf: f64,
    /// D over all strata, with their signs.
    pub d: f64,
    /// Its standard deviation.
    pub sigma_d: f64,
    /// The covariance of MUF and D: the operator's errors in the verified strata.
    pub covariance: f64,
    /// MUF − D.
    pub estimate: f64,
    /// Its standard deviation: the operator's errors cancel where every item is verified; what is left is the
    /// inspector's, and that of measuring a sample in place of all.
    pub sigma: f64,
    /// Probability of an estimate at least as large when nothing is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<f64>,
    /// Each of the two tests, MUF and D, at the rate that keeps their common false alarms at alpha: 1 − √(1 − α), exact
    /// if they were independent and an upper bound as they are positively correlated (Šidák 1967).
    pub alpha_each: f64,
}

/// Combines a MUF with the strata's differences.
///
/// `sigma_muf` is the operator's standard deviation of MUF. D and MUF share the operator's errors: cov(MUF, D) is taken
/// as the operator's part of var D with the systematic errors whole and the random ones at their share n/N in the sample,
/// so var(MUF − D) = σ_MUF² + σ_D² − 2 cov.
#[must_use]
pub fn muf_less_d(
    muf: f64,
    sigma_muf: f64,
    strata: &[Difference],
    parts: &[Stratum<'_>],
    alpha: f64,
) -> MufLessD {
    let d: f64 = strata.iter().map(|s| s.sign * s.d).sum();
    let variance: f64 = strata.iter().map(|s| s.sigma.powi(2)).sum();
    let shared: f64 = parts
        .iter()
        .filter(|s| !s.pairs.is_empty())
        .map(|s| {
            let all = s.items as f64;
            let mean = s.pairs.iter().map(|(o, _)| o).sum::<f64>() / s.pairs.len() as f64;
            // cov(Σ over N, N × mean over n) = N x̄² δr²: each of the n is one of the N.
            mean.powi(2) * (all * s.operator.random.powi(2) + (all * s.operator.systematic).powi(2))
        })
        .sum();
    let estimate = muf - d;
    let sigma = (sigma_muf.powi(2) + variance - 2.0 * shared).max(0.0).sqrt();
    MufLessD {
        muf,
        sigma_muf,
        d,
        sigma_d: variance.sqrt(),
        covariance: shared,
        estimate,
        sigma,
        tail: (sigma > 0.0).then(|| normal::tail(estimate / sigma)),
        alpha_each: 1.0 - (1.0 - alpha).sqrt(),
    }
}

/// Which tests of MUF and D guarantee most, when a loss may be split between the two: a part is taken and shows as MUF,
/// the rest is hidden by falsified statements, which lower D by as much (the MUF-D problem of Avenhaus).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Joint {
    /// The loss.
    pub goal: f64,
    /// False-alarm probability of the tests together.
    pub alpha: f64,
    /// Probability that the best test of both detects it, however it is split. Where every split is possible in the
    /// worst case that test is MUF − D: by Avenhaus and Jaech the worst split u is proportional to V1, V the covariance of
    /// (MUF, −D), and the best test against it is of the sum.
    pub best: f64,
    /// The part that shows as MUF in the split that is hardest to see.
    pub worst_in_muf: f64,
    /// The same with a test of each, at the rates that guarantee most.
    pub apart: f64,
    /// The false-alarm rate of the test of MUF then.
    pub alpha_muf: f64,
    /// That of the test of D.
    pub alpha_d: f64,
    /// The same with one rate for both.
    pub even: f64,
}

/// The joint optimum of the tests of MUF and D against a loss of `goal`; `None` when either has no error.
#[must_use]
pub fn joint(m: &MufLessD, goal: f64, alpha: f64) -> Option<Joint> {
    let (a, b, c) = (m.sigma_muf, m.sigma_d, m.covariance);
    if a <= 0.0 || b <= 0.0 {
        return None;
    }
    // Of MUF and −D.
    let rho = (-c / (a * b)).clamp(-0.999_999, 0.999_999);
    let c = -rho * a * b;
    // The least of uᵀV⁻¹u over u = (x, goal − x) is a parabola in x; its lowest point between 0 and goal.
    let (va, vb) = (a * a - c, b * b - c);
    let sum = va + vb;
    let worst = (if sum > 0.0 { goal * va / sum } else { goal / 2.0 }).clamp(0.0, goal);
    let strength = |x: f64| {
        let (u, w) = (x / a, (goal - x) / b);
        (u * u - 2.0 * rho * u * w + w * w) / (1.0 - rho * rho)
    };
    let best = normal::cdf(strength(worst).max(0.0).sqrt() - normal::upper(alpha));
    // Neither test alarms.
    let quiet = |h: f64, k: f64| both_below(h, k, rho);
    let guaranteed = |h: f64, k: f64| {
        let seen = |x: f64| 1.0 - quiet(h - x / a, k - (goal - x) / b);
        (0..=SPLITS).map(|i| seen(goal * f64::from(i) / f64::from(SPLITS))).fold(1.0, f64::min)
    };
    // The limit of D that goes with a limit of MUF.
    let other = |h: f64| normal::bisect(-10.0, 40.0, |k| quiet(h, k) < 1.0 - alpha);
    let limits = (1..SPLITS).map(|i| {
        let h = normal::upper(alpha * f64::from(i) / f64::from(SPLITS));
        (h, other(h))
    });
    let (apart, h, k) = limits
        .map(|(h, k)| (guaranteed(h, k), h, k))
        .max_by(|x, y| x.0.total_cmp(&y.0))
        .unwrap_or_default();
    let same = normal::bisect(-10.0, 40.0, |h| quiet(h, h) < 1.0 - alpha);
    Some(Joint {
        goal,
        alpha,
        best,
        worst_in_muf: worst,
        apart,
        alpha_muf: normal::tail(h),
        alpha_d: normal::tail(k),
        even: guaranteed(same, same),
    })
}

/// Splits and rates that are tried.
const SPLITS: u32 = 40;

/// P(X < h, Y < k) of standard normal numbers with correlation `rho`: ∫ φ(x) Φ((k − ρx)/√(1−ρ²)) dx up to h, by
/// Simpson's rule.
fn both_below(h: f64, k: f64, rho: f64) -> f64 {
    const STEPS: i32 = 400;
    let low = -9.0_f64;
    if h <= low {
        return 0.0;
    }
    let high = h.min(9.0);
    let step = (high - low) / f64::from(STEPS);
    let scale = (1.0 - rho * rho).sqrt();
    let at = |x: f64| normal::density(x) * normal::cdf((k - rho * x) / scale);
    let inner: f64 = (1..STEPS)
        .map(|i| at(low + step * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 })
        .sum();
    ((at(low) + inner + at(high)) * step / 3.0).clamp(0.0, 1.0)
}
