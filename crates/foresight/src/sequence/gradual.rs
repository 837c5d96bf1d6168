//! Why cooperation that cannot be taken back grows by small steps (Lockwood & Thomas 2002).
//!
//! Formulas derived from the binding incentive constraint
//! `pi(c[t-1], c[t]) = (1-d) pi(c[t], c[t]) + d pi(c[t], c[t+1])`: a party that stops keeps the level it had while the
//! other stops too.

use super::Number;

/// Levels `c[1]…c[n]` when a level costs `a` and is worth `b` to the other, up to the level 1: `1 - k^t` with
/// `k = a / (d b)`. Nothing moves when `d <= a / b`.
#[must_use]
pub fn linear<N: Number>(a: &N, b: &N, d: &N, n: usize) -> Vec<N> {
    let k = a.clone() / (d.clone() * b.clone());
    if k >= N::one() {
        return vec![N::zero(); n];
    }
    let mut power = N::one();
    (0..n)
        .map(|_| {
            power = power.clone() * k.clone();
            N::one() - power.clone()
        })
        .collect()
}

/// What a party has from such a path in the end, per unit of time discounted: `(b - a) …` summed over the levels.
/// The efficient value is that of being at level 1 from the start.
#[must_use]
pub fn linear_value<N: Number>(a: &N, b: &N, d: &N) -> N {
    let k = a.clone() / (d.clone() * b.clone());
    if k >= N::one() {
        return N::zero();
    }
    // sum of d^(t-1) (b-a)(1-k^t) over t >= 1
    let one = N::one();
    let gain = b.clone() - a.clone();
    let all = gain.clone() / (one.clone() - d.clone());
    all - gain * k.clone() / (one - d.clone() * k)
}

/// Levels when a level `c` costs `c²/2` and is worth `c` to the other: `c[t+1] = d/2 + c[t]²/(2d)`, which rises to
/// `d` and never reaches the efficient level 1.
#[must_use]
pub fn smooth<N: Number>(d: &N, n: usize) -> Vec<N> {
    let two = N::one() + N::one();
    let mut c = N::zero();
    (0..n)
        .map(|_| {
            c = d.clone() / two.clone() + c.clone() * c.clone() / (two.clone() * d.clone());
            c.clone()
        })
        .collect()
}

/// The largest first step, as a share of the whole: `1 - a/(d b)`; nothing when `d <= a/b`.
#[must_use]
pub fn first_step<N: Number>(a: &N, b: &N, d: &N) -> N {
    linear(a, b, d, 1).pop().unwrap_or_else(N::zero)
}

/// Periods until a share of the whole is reached; `None` when it never is.
#[must_use]
pub fn periods_to(a: f64, b: f64, d: f64, share: f64) -> Option<u32> {
    let k = a / (d * b);
    (k < 1.0 && share < 1.0).then(|| ((1.0 - share).ln() / k.ln()).ceil() as u32)
}
