//! Is a sequence of steps safe: does each party, at each of its moves, do better by going on than by stopping?
//!
//! The game: the moves are made in order. At a move each party gains or pays something; whoever has a move may stop
//! instead, loses what the others can take back (snapback), and nobody moves after. A move later is worth `discount`
//! as much. A party that has run through to the end receives its closing benefit with the last move, undiscounted:
//! at move `k` its mover goes on iff `-c_k + d V(k+1) >= -L`. Solved backwards, in exact fractions.
//!
//! Lockwood & Thomas (Review of Economic Studies 69, 2002) and Admati & Perry (58, 1991) say why such sequences
//! start small and grow; [`gradual`] and [`contribution`] hold their numbers.

pub mod contribution;
pub mod edits;
pub mod gradual;
mod read;
mod report;

use num_rational::BigRational;
use num_traits::{Num, One, Zero};
use serde::{Serialize, Serializer};

pub use read::{Judgement, Reading, read};
pub use report::{EditReport, MoveReport, PartyReport, Safety, safety};

/// An exact fraction.
pub type Exact = BigRational;

/// A number the game can be solved in: exact fractions, or floating point where thousands of corners are tried.
pub trait Number: Num + Clone + PartialOrd + std::ops::Neg<Output = Self> {}

impl<T: Num + Clone + PartialOrd + std::ops::Neg<Output = T>> Number for T {}

/// A sequence of moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Game<N> {
    /// The parties.
    pub parties: Vec<String>,
    /// The moves, in order.
    pub moves: Vec<Move<N>>,
    /// What each party receives at the end.
    pub closing: Vec<N>,
    /// What each party loses when it stops.
    pub snapback: Vec<N>,
    /// What a move later is worth, between 0 and 1.
    pub discount: N,
}

/// One move.
#[derive(Debug, Clone, PartialEq)]
pub struct Move<N> {
    /// The step or steps it makes.
    pub name: String,
    /// Who may stop here, by position among the parties.
    pub movers: Vec<usize>,
    /// What each party gains; negative: pays.
    pub flow: Vec<N>,
}

/// A game solved backwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution<N> {
    /// For each move and each of its movers: by how much going on beats stopping, if all go on after it.
    pub slack: Vec<Vec<(usize, N)>>,
    /// What each party has at each move if all go on, discounted to that move.
    pub value: Vec<Vec<N>>,
    /// For each move, who would stop there, foreseeing what follows.
    pub stops: Vec<Vec<usize>>,
    /// The first move at which somebody stops; `None` when it runs through.
    pub ends_at: Option<usize>,
    /// What each party has at the start, foreseeing where it ends.
    pub outcome: Vec<N>,
}

impl<N: Number> Game<N> {
    /// Solves it backwards.
    #[must_use]
    pub fn solve(&self) -> Solution<N> {
        let (n, parties) = (self.moves.len(), self.parties.len());
        let mut value = vec![vec![N::zero(); parties]; n];
        let mut slack = vec![Vec::new(); n];
        let mut stops = vec![Vec::new(); n];
        // What follows a move, discounted to it: if all go on, and as foreseen.
        let mut next = self.closing.clone();
        let mut foreseen = self.closing.clone();
        for k in (0..n).rev() {
            let step = &self.moves[k];
            if k + 1 < n {
                next = next.into_iter().map(|v| v * self.discount.clone()).collect();
                foreseen = foreseen.into_iter().map(|v| v * self.discount.clone()).collect();
            }
            for (p, flow) in step.flow.iter().enumerate() {
                next[p] = next[p].clone() + flow.clone();
                foreseen[p] = foreseen[p].clone() + flow.clone();
            }
            for p in &step.movers {
                slack[k].push((*p, next[*p].clone() + self.snapback[*p].clone()));
                if foreseen[*p] < -self.snapback[*p].clone() {
                    stops[k].push(*p);
                }
            }
            if let Some(first) = stops[k].first() {
                foreseen = vec![N::zero(); parties];
                foreseen[*first] = -self.snapback[*first].clone();
            }
            value[k].clone_from(&next);
        }
        let ends_at = stops.iter().position(|s| !s.is_empty());
        Solution { slack, value, stops, ends_at, outcome: foreseen }
    }

    /// Whether nobody would ever stop.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.solve().slack.iter().flatten().all(|(_, s)| *s >= N::zero())
    }

    /// What each party has paid less what it has received, after each move.
    #[must_use]
    pub fn exposure(&self) -> Vec<Vec<N>> {
        let mut sum = vec![N::zero(); self.parties.len()];
        self.moves
            .iter()
            .map(|m| {
                for (p, flow) in m.flow.iter().enumerate() {
                    sum[p] = sum[p].clone() - flow.clone();
                }
                sum.clone()
            })
            .collect()
    }

    /// The least closing benefit with which a party goes on at each of its moves, if all others do. Its slack at move
    /// `k` grows with it by `d^(last - k)`, so the least is where the tightest of its moves meets zero.
    #[must_use]
    pub fn least_closing(&self, party: usize) -> N {
        let without =
            Self { closing: self.closing.iter().map(|_| N::zero()).collect(), ..self.clone() };
        let solution = without.solve();
        let mut weight = N::one();
        let mut least = N::zero();
        for (k, slacks) in solution.slack.iter().enumerate().rev() {
            if k + 1 < self.moves.len() {
                weight = weight * self.discount.clone();
            }
            if let Some((_, slack)) = slacks.iter().find(|(p, _)| *p == party)
                && *slack < N::zero()
                && !weight.is_zero()
            {
                let need = -slack.clone() / weight.clone();
                if need > least {
                    least = need;
                }
            }
        }
        least
    }

    /// The least snapback loss with which a party goes on at each of its moves, if all others do.
    #[must_use]
    pub fn least_snapback(&self, party: usize) -> N {
        let without =
            Self { snapback: self.snapback.iter().map(|_| N::zero()).collect(), ..self.clone() };
        let mut least = N::zero();
        for (p, slack) in without.solve().slack.iter().flatten() {
            if *p == party && -slack.clone() > least {
                least = -slack.clone();
            }
        }
        least
    }
}

impl Game<Exact> {
    /// The same in floating point.
    #[must_use]
    pub fn approximate(&self) -> Game<f64> {
        let all = |v: &[Exact]| v.iter().map(approximate).collect::<Vec<f64>>();
        Game {
            parties: self.parties.clone(),
            moves: self
                .moves
                .iter()
                .map(|m| Move {
                    name: m.name.clone(),
                    movers: m.movers.clone(),
                    flow: all(&m.flow),
                })
                .collect(),
            closing: all(&self.closing),
            snapback: all(&self.snapback),
            discount: approximate(&self.discount),
        }
    }
}

/// The nearest floating-point number.
#[must_use]
pub fn approximate(value: &Exact) -> f64 {
    num_traits::ToPrimitive::to_f64(value).unwrap_or(f64::NAN)
}

/// A decimal as an exact fraction.
#[must_use]
pub fn exact(text: &str) -> Option<Exact> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + part.len() == 0
        || whole.len() + part.len() > 40
        || !plain(whole)
        || !plain(part)
    {
        return None;
    }
    let number =
        |s: &str| -> Option<Exact> { s.parse::<num_bigint::BigInt>().ok().map(Exact::from) };
    let value = number(&format!("{whole}{part}"))?;
    let scale = number(&format!("1{}", "0".repeat(part.len())))?;
    let value = value / scale;
    Some(if negative { -value } else { value })
}

/// An interval of exact fractions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub low: Exact,
    /// The most.
    pub high: Exact,
}

impl Range {
    /// A single value.
    #[must_use]
    pub fn point(value: Exact) -> Self {
        Self { low: value.clone(), high: value }
    }

    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self::point(Exact::zero())
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self::point(Exact::one())
    }

    /// Its middle.
    #[must_use]
    pub fn middle(&self) -> Exact {
        (self.low.clone() + self.high.clone()) / (Exact::one() + Exact::one())
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [approximate(&self.low), approximate(&self.high)].serialize(serializer)
    }
}
