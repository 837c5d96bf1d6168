//! The normal and chi-squared distributions.

use std::f64::consts::{PI, SQRT_2};

/// Density of the standard normal distribution.
#[must_use]
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// P(Z ≤ x) for a standard normal Z, by the complementary error function (relative error below 1e-15 in both
/// tails).
#[must_use]
pub fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// P(Z > x).
#[must_use]
pub fn tail(x: f64) -> f64 {
    0.5 * libm::erfc(x / SQRT_2)
}

/// The x with P(Z ≤ x) = `p`; infinite at 0 and 1, NaN outside.
///
/// Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477: about 1e-16 relative.
#[must_use]
#[allow(clippy::excessive_precision, reason = "the digits of the paper")]
pub fn quantile(p: f64) -> f64 {
    const A: [f64; 8] = [
        3.387_132_872_796_366_608_0,
        133.141_667_891_784_377_45,
        1_971.590_950_306_551_442_7,
        13_731.693_765_509_461_125,
        45_921.953_931_549_871_457,
        67_265.770_927_008_700_853,
        33_430.575_583_588_128_105,
        2_509.080_928_730_122_672_7,
    ];
    const B: [f64; 8] = [
        1.0,
        42.313_330_701_600_911_252,
        687.187_007_492_057_908_30,
        5_394.196_021_424_751_107_7,
        21_213.794_301_586_595_867,
        39_307.895_800_092_710_610,
        28_729.085_735_721_942_674,
        5_226.495_278_852_854_561_0,
    ];
    const C: [f64; 8] = [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_90,
        5.769_497_221_460_691_405_50,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        0.241_780_725_177_450_611_770,
        0.022_723_844_989_269_184_583_3,
        7.745_450_142_783_414_076_40e-4,
    ];
    const D: [f64; 8] = [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_40,
        0.689_767_334_985_100_004_550,
        0.148_103_976_427_480_074_590,
        0.015_198_666_563_616_457_196_6,
        5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9,
    ];
    const E: [f64; 8] = [
        6.657_904_643_501_103_777_20,
        5.463_784_911_164_114_369_90,
        1.784_826_539_917_291_335_80,
        0.296_560_571_828_504_891_230,
        0.026_532_189_526_576_123_093_0,
        0.001_242_660_947_388_078_438_60,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ];
    const F: [f64; 8] = [
        1.0,
        0.599_832_206_555_887_937_690,
        0.136_929_880_922_735_805_310,
        0.014_875_361_290_850_614_852_5,
        7.868_691_311_456_132_591_00e-4,
        1.846_318_317_510_054_681_80e-5,
        1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15,
    ];
    let ratio = |top: &[f64; 8], bottom: &[f64; 8], r: f64| {
        let at = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
        at(top) / at(bottom)
    };
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&A, &B, 0.180_625 - q * q);
    }
    let small = if q < 0.0 { p } else { 1.0 - p };
    if small == 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-small.ln()).sqrt();
    let x = if r <= 5.0 { ratio(&C, &D, r - 1.6) } else { ratio(&E, &F, r - 5.0) };
    x.copysign(q)
}

/// The x with P(Z > x) = `p`: exact for small `p`, where `quantile(1 - p)` loses digits.
#[must_use]
pub fn upper(p: f64) -> f64 {
    -quantile(p)
}

/// P(χ² > x) with `freedom` degrees of freedom: the finite sums of Abramowitz and Stegun 26.4.4 and 26.4.5.
#[must_use]
pub fn chi_squared_tail(x: f64, freedom: usize) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let half = x / 2.0;
    let (mut sum, mut term, mut at) = if freedom.is_multiple_of(2) {
        (0.0, (-half).exp(), 0.0)
    } else {
        // The term of j = 1/2: half^(1/2) / Γ(3/2).
        (libm::erfc(half.sqrt()), (-half).exp() * half.sqrt() / (PI.sqrt() / 2.0), 0.5)
    };
    for _ in 0..freedom / 2 {
        sum += term;
        at += 1.0;
        term *= half / at;
    }
    sum.min(1.0)
}

/// The x that a χ² with `freedom` degrees of freedom exceeds with probability `p`.
#[must_use]
pub fn chi_squared_upper(p: f64, freedom: usize) -> f64 {
    if freedom == 0 || p >= 1.0 {
        return 0.0;
    }
    if p <= 0.0 {
        return f64::INFINITY;
    }
    let mut high = 1.0 + 2.0 * freedom as f64;
    while chi_squared_tail(high, freedom) > p {
        high *= 2.0;
    }
    bisect(0.0, high, |x| chi_squared_tail(x, freedom) > p)
}

/// P(χ²(noncentrality) > x): the central tails mixed with Poisson weights of mean noncentrality/2.
#[must_use]
pub fn noncentral_tail(x: f64, freedom: usize, noncentrality: f64) -> f64 {
    if noncentrality <= 0.0 {
        return chi_squared_tail(x, freedom);
    }
    // The statistic is at least the square of a normal number of mean √noncentrality: from nine standard deviations on
    // the tail is 1 to every digit, and the sum below would have as many terms as the noncentrality is large.
    if noncentrality.sqrt() - x.max(0.0).sqrt() > 9.0 {
        return 1.0;
    }
    let mean = noncentrality / 2.0;
    // From the most likely term outwards, so that a large mean does not underflow.
    let centre = mean.floor();
    let log_weight = centre * mean.ln() - mean - libm::lgamma(centre + 1.0);
    let term = |j: f64| chi_squared_tail(x, freedom + 2 * j as usize);
    let mut sum = log_weight.exp() * term(centre);
    let (mut weight, mut j) = (log_weight.exp(), centre);
    while weight > 1e-18 {
        j += 1.0;
        weight *= mean / j;
        sum += weight * term(j);
    }
    (weight, j) = (log_weight.exp(), centre);
    while weight > 1e-18 && j > 0.0 {
        weight *= j / mean;
        j -= 1.0;
        sum += weight * term(j);
    }
    sum.min(1.0)
}

/// The edge between `low`, where `holds` is true, and `high`, where it is not, to the last bit.
pub(crate) fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..2_000 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}
