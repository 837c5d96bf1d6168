//! The runs: the same result for a seed on any number of threads.

use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;

use super::distribution::{Distribution, NormalTable};
use crate::draw::Draws;

/// A plan that can be run. Days are counted from the day the forecast is made; all before it is negative.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The steps, in any order.
    pub steps: Vec<PlanStep>,
    /// How many parties there are.
    pub parties: usize,
    /// How the delays of steps hang together.
    pub shocks: Shocks,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStep {
    /// Steps that must be done before, with the days that must pass after each.
    pub after: Vec<(usize, f64)>,
    /// When it can begin at the earliest.
    pub from: f64,
    /// When it was done or is assumed to be done; `None`: drawn.
    pub fixed: Option<f64>,
    /// Days it takes from when it can begin.
    pub takes: Distribution,
    /// Its parties, by number; their common shocks move it.
    pub parties: Vec<usize>,
    /// Whether the end of the whole waits for it.
    pub counts: bool,
}

/// Common shocks: what moves all steps, and what moves those of one party.
#[derive(Debug, Clone, PartialEq)]
pub struct Shocks {
    /// Share of the variance of a step's delay that all steps have in common.
    pub all: f64,
    /// Share that the steps of one party have in common.
    pub party: f64,
    /// Mean and standard deviation of the common shock, given what has happened; 0 and 1 before anything has.
    pub known: (f64, f64),
    /// The same for each party; missing: 0 and 1.
    pub known_by_party: Vec<(f64, f64)>,
}

impl Default for Shocks {
    fn default() -> Self {
        Self { all: 0.2, party: 0.2, known: (0.0, 1.0), known_by_party: Vec::new() }
    }
}

/// What the runs gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Runs {
    /// For each step the day it was done in each run, in rising order.
    pub done: Vec<Vec<f32>>,
    /// The day the whole was done in each run, in rising order.
    pub whole: Vec<f32>,
    /// Share of the runs in which a later day of the step would have made the whole later.
    pub critical: Vec<f64>,
}

/// Runs of one chunk. Fixed, so that the result does not depend on who runs it.
const CHUNK: usize = 250;

/// Runs a plan. Steps that wait for each other are left out: they never begin.
#[must_use]
pub fn simulate(plan: &Plan, runs: usize, seed: u64) -> Runs {
    let order = order(plan);
    let n = plan.steps.len();
    let table = NormalTable::new();
    let own = (1.0 - plan.shocks.all - plan.shocks.party).max(0.0).sqrt();
    // Nothing is done before today that is not known to be; how much of each distribution has passed already is the
    // same in every run when all before it is fixed.
    let chunks: Vec<(Vec<f32>, Vec<f32>, Vec<u32>)> = (0..runs.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let size = CHUNK.min(runs - chunk * CHUNK);
            let mut done = vec![f32::INFINITY; size * n];
            let mut whole = vec![0.0_f32; size];
            let mut critical = vec![0_u32; n];
            let mut draws = Draws::new(seed, chunk as u64);
            let mut shocks = vec![0.0; plan.parties];
            let mut at = vec![0.0_f64; n];
            let mut held = vec![usize::MAX; n];
            for run in 0..size {
                let mut normal = || -> f64 { StandardNormal.sample(&mut draws.0) };
                let (mean, sd) = plan.shocks.known;
                let all = (mean + sd * normal()) * plan.shocks.all.sqrt();
                for (p, shock) in shocks.iter_mut().enumerate() {
                    let (mean, sd) =
                        plan.shocks.known_by_party.get(p).copied().unwrap_or((0.0, 1.0));
                    *shock = (mean + sd * normal()) * plan.shocks.party.sqrt();
                }
                let (mut end, mut last) = (f64::NEG_INFINITY, usize::MAX);
                for i in &order {
                    let step = &plan.steps[*i];
                    // Drawn even when it is not needed, so that an assumption changes nothing but itself.
                    let own_shock = own * normal();
                    if let Some(fixed) = step.fixed {
                        at[*i] = fixed;
                        held[*i] = usize::MAX;
                    } else {
                        let (mut start, mut holder) = (step.from, usize::MAX);
                        for (before, lag) in &step.after {
                            let ready = at[*before] + lag;
                            if ready > start {
                                (start, holder) = (ready, *before);
                            }
                        }
                        let party = match step.parties[..] {
                            [] => 0.0,
                            [one] => shocks[one],
                            ref many => {
                                many.iter().map(|p| shocks[*p]).sum::<f64>()
                                    / (many.len() as f64).sqrt()
                            }
                        };
                        let u = table.below(all + party + own_shock);
                        let took = if start < 0.0 {
                            let below = step.takes.below(-start);
                            step.takes.beyond(-start, below, u)
                        } else {
                            step.takes.quantile(u)
                        };
                        at[*i] = start + took;
                        held[*i] = holder;
                    }
                    done[run * n + i] = at[*i] as f32;
                    if step.counts && at[*i] > end {
                        (end, last) = (at[*i], *i);
                    }
                }
                whole[run] = end as f32;
                while let Some(count) = critical.get_mut(last) {
                    // What is done already is no longer critical.
                    if plan.steps[last].fixed.is_some() {
                        break;
                    }
                    *count += 1;
                    last = held[last];
                }
            }
            (done, whole, critical)
        })
        .collect();
    let done: Vec<Vec<f32>> = (0..n)
        .into_par_iter()
        .map(|i| {
            let mut days: Vec<f32> = chunks
                .iter()
                .flat_map(|(done, _, _)| done.chunks_exact(n.max(1)).map(move |run| run[i]))
                .collect();
            days.sort_unstable_by(f32::total_cmp);
            days
        })
        .collect();
    let mut whole: Vec<f32> = chunks.iter().flat_map(|(_, whole, _)| whole).copied().collect();
    whole.sort_unstable_by(f32::total_cmp);
    let count = |i: usize| chunks.iter().map(|(_, _, c)| u64::from(c[i])).sum::<u64>();
    let critical = (0..n).map(|i| count(i) as f64 / runs.max(1) as f64).collect();
    Runs { done, whole, critical }
}

/// Steps in an order in which each comes after what it waits for; steps on a cycle are left out.
fn order(plan: &Plan) -> Vec<usize> {
    let n = plan.steps.len();
    let mut waits: Vec<usize> = plan.steps.iter().map(|s| s.after.len()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (i, step) in plan.steps.iter().enumerate() {
        for (before, _) in &step.after {
            followers[*before].push(i);
        }
    }
    let mut open: Vec<usize> = (0..n).rev().filter(|i| waits[*i] == 0).collect();
    let mut order = Vec::with_capacity(n);
    while let Some(i) = open.pop() {
        order.push(i);
        for f in followers[i].iter().rev() {
            waits[*f] -= 1;
            if waits[*f] == 0 {
                open.push(*f);
            }
        }
    }
    order
}
