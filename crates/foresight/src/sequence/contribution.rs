//! Contributions in turn to something worth a prize to each of two, paid for as they are made (Admati & Perry 1991).
//!
//! Who moves finishes when the rest is at most `R1 = (1-d) V`; going back, `R_k = R_(k-1) + d^(2k-3) (1-d²) V`. The
//! limit is `V`: a work that costs more than one party's prize is never begun, though both together would gain up to
//! `2V`. When payments are due only once they cover the whole, that failure goes: the argument for bundles that switch
//! together.

use super::Number;

/// The largest rests from which the work is finished in 1, 2, … `n` moves.
#[must_use]
pub fn reach<N: Number>(prize: &N, d: &N, n: usize) -> Vec<N> {
    let mut out: Vec<N> = Vec::with_capacity(n);
    let mut power = d.clone();
    for k in 0..n {
        let next = match out.last() {
            None => (N::one() - d.clone()) * prize.clone(),
            Some(before) => {
                let step = power.clone() * (N::one() - d.clone() * d.clone()) * prize.clone();
                power = power * d.clone() * d.clone();
                before.clone() + step
            }
        };
        debug_assert_eq!(out.len(), k);
        out.push(next);
    }
    out
}

/// What is paid move by move for a work of this cost; nothing when it is never begun.
#[must_use]
pub fn payments<N: Number>(cost: &N, prize: &N, d: &N) -> Vec<N> {
    if *cost >= *prize || *cost <= N::zero() {
        return Vec::new();
    }
    let mut reach_all = reach(prize, d, 1);
    while reach_all.last().is_some_and(|r| *r < *cost) && reach_all.len() < 10_000 {
        reach_all = reach(prize, d, reach_all.len() * 2);
    }
    let Some(first) = reach_all.iter().position(|r| *r >= *cost) else { return Vec::new() };
    let mut rest = cost.clone();
    let mut paid = Vec::with_capacity(first + 1);
    for k in (0..first).rev() {
        paid.push(rest.clone() - reach_all[k].clone());
        rest = reach_all[k].clone();
    }
    paid.push(rest);
    paid
}
