//! The game of a roadmap, solved over the ranges of its payoffs.

use num_traits::{One, Zero};
use roadmap::{DueBy, Roadmap, Status};
use serde::Serialize;
use statement::Date;

use super::edits::{Edit, smallest};
use super::{Exact, Game, Judgement, Move, Range, approximate, gradual};
use crate::draw::Draws;

/// Whether the sequence is safe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Safety {
    /// The agreement.
    pub title: String,
    /// Whose judgement of the payoffs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<String>,
    /// Steps of the text whose worth nobody judged; they are not in the game.
    pub not_judged: usize,
    /// The day it begins on; absent: before anything was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// Judged steps that were done, or ended otherwise, by then. What was paid and received in those done counts in each
    /// party's exposure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub behind: Vec<String>,
    /// The discount of a move.
    pub discount: Range,
    /// Whether nobody would stop, with all payoffs in the middle of their ranges.
    pub holds_in_the_middle: bool,
    /// Whether nobody would stop in the worst corner: costs high, gains, closing benefits and losses low. What a mover
    /// gains by going on only grows with gains and falls with costs, so no other corner is worse.
    pub holds_at_worst: bool,
    /// Share of the payoffs drawn evenly from their ranges with which nobody would stop.
    pub share_that_holds: f64,
    /// How many were drawn.
    pub draws: u32,
    /// The seed they were drawn with.
    pub seed: u64,
    /// The move before which it ends, foreseen from the start, in the middle of the ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_before: Option<String>,
    /// Each move.
    pub moves: Vec<MoveReport>,
    /// Each party.
    pub parties: Vec<PartyReport>,
    /// The smallest change that makes it hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<EditReport>,
    /// How it was found.
    pub method: &'static str,
}

/// One move.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoveReport {
    /// The step.
    pub step: String,
    /// What is done.
    pub title: String,
    /// Who may stop here.
    pub movers: Vec<String>,
    /// By how much going on beats stopping for the mover for whom it does so least, in the middle of the ranges.
    pub slack: f64,
    /// The same in the worst corner.
    pub slack_at_worst: f64,
    /// Paid less received after this move, party by party, in the middle of the ranges.
    pub exposure: Vec<f64>,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyReport {
    /// The party.
    pub party: String,
    /// The most it has ever paid beyond what it received, in the middle of the ranges.
    pub most_exposed: f64,
    /// After which step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposed_after: Option<String>,
    /// What bundling that step with the next would take off: the lesser of what it pays there and receives next.
    pub a_bundle_saves: f64,
    /// What it has of the whole if all go on, in the middle of the ranges.
    pub value: f64,
    /// The closing benefit judged.
    pub closing: Range,
    /// The snapback loss judged.
    pub snapback: Range,
    /// The least closing benefit with which it goes on everywhere: in the middle, and in the worst corner.
    pub least_closing: [f64; 2],
    /// The least snapback loss with which it goes on everywhere: in the middle, and in the worst corner.
    pub least_snapback: [f64; 2],
    /// The discount below which not even the smallest step is worth taking, all it pays against all it gains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_discount: Option<f64>,
    /// The largest share of its part it can do first, if what it pays and gains were done by small steps in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_first_step: Option<f64>,
}

/// A change that makes the sequence hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditReport {
    /// What to change, one after the other.
    pub changes: Vec<String>,
    /// Whether it then holds in the worst corner, or only in the middle of the ranges.
    pub holds_at_worst: bool,
}

/// Games drawn for the share.
const DRAWS: u32 = 10_000;
/// Games tried for the smallest change.
const TRIES: usize = 20_000;
/// Most changes at once.
const MOST_EDITS: usize = 3;

/// Plays the sequence of a roadmap with the payoffs that somebody judged; from a day on, what is left of it.
#[must_use]
pub fn safety(
    roadmap: &Roadmap,
    judgement: &Judgement,
    seed: u64,
    status: Option<&Status>,
) -> Safety {
    let mut shape = Shape::new(roadmap, judgement);
    let judged = shape.moves.len();
    let behind = status.map(|status| shape.leave_behind(status)).unwrap_or_default();
    let middle = shape.game(|r, _| r.middle());
    let (slow, fast) = (shape.worst(false), shape.worst(true));
    let least = |g: &Game<Exact>| g.solve().slack.into_iter().flatten().map(|(_, s)| s).min();
    let worst = if least(&fast) < least(&slow) { fast } else { slow };
    let (solved, solved_worst) = (middle.solve(), worst.solve());
    let mut exposure = middle.exposure();
    for after in &mut exposure {
        for (sum, before) in after.iter_mut().zip(&shape.paid_before) {
            *sum += before;
        }
    }
    let share = shape.share(seed);
    let slack = |s: &[(usize, Exact)]| s.iter().map(|(_, v)| v).min().map_or(0.0, approximate);
    let moves: Vec<MoveReport> = middle
        .moves
        .iter()
        .enumerate()
        .map(|(k, m)| MoveReport {
            step: m.name.clone(),
            title: roadmap.step(&m.name).map(|s| s.title.clone()).unwrap_or_default(),
            movers: m.movers.iter().map(|p| middle.parties[*p].clone()).collect(),
            slack: slack(&solved.slack[k]),
            slack_at_worst: slack(&solved_worst.slack[k]),
            exposure: exposure[k].iter().map(approximate).collect(),
        })
        .collect();
    let parties = (0..middle.parties.len())
        .map(|p| shape.party(p, &middle, &worst, &exposure, &solved.value))
        .collect();
    let holds_at_worst = worst.holds();
    Safety {
        title: roadmap.title.clone(),
        judged_by: judgement.by.clone(),
        not_judged: roadmap.steps.len().saturating_sub(judged),
        as_of: status.map(|s| s.as_of.clone()),
        behind,
        discount: shape.discount.clone(),
        holds_in_the_middle: middle.holds(),
        holds_at_worst,
        share_that_holds: share,
        draws: DRAWS,
        seed,
        ends_before: solved.ends_at.map(|k| middle.moves[k].name.clone()),
        moves,
        parties,
        edit: if holds_at_worst { None } else { edit(roadmap, &middle, &worst) },
        method: "backward induction in exact fractions; payoffs drawn evenly from their ranges; changes tried in the order \
                 swap, split, bundle, at most three",
    }
}

/// The smallest change that holds in the worst corner; else one that holds in the middle.
fn edit(roadmap: &Roadmap, middle: &Game<Exact>, worst: &Game<Exact>) -> Option<EditReport> {
    // A swap must not put a step before one it waits for.
    let waits = |step: &str, on: &str| {
        roadmap.step(step).is_some_and(|s| s.after.iter().any(|a| a.as_str() == on))
    };
    let allowed = |edit: &Edit, game: &Game<f64>| match edit {
        Edit::Swap(at) | Edit::Split(at, _) => {
            match (game.moves.get(*at), game.moves.get(at + 1)) {
                (Some(a), Some(b)) => !waits(&b.name, &a.name),
                _ => false,
            }
        }
        Edit::Bundle(_) => true,
    };
    for (game, at_worst) in [(worst, true), (middle, false)] {
        if !at_worst && middle.holds() {
            return None;
        }
        // Floating point finds it, exact fractions confirm it.
        let near = |g: &Game<f64>| g.solve().slack.iter().flatten().all(|(_, s)| *s >= -1e-9);
        let (found, _) = smallest(&game.approximate(), MOST_EDITS, TRIES, allowed, near);
        let Some(edits) = found else { continue };
        let mut exact = game.clone();
        let mut changes = Vec::new();
        for edit in &edits {
            changes.push(edit.words(&exact));
            exact = edit.apply(&exact)?;
        }
        if exact.holds() {
            return Some(EditReport { changes, holds_at_worst: at_worst });
        }
    }
    None
}

/// The moves with their ranges.
struct Shape {
    parties: Vec<String>,
    moves: Vec<(String, Vec<usize>, Vec<Range>)>,
    closing: Vec<Range>,
    snapback: Vec<Range>,
    discount: Range,
    /// What each party has paid less received before the first move, in the middle of the ranges.
    paid_before: Vec<Exact>,
}

/// What a range is a range of.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Payoff,
    Discount,
}

impl Shape {
    fn new(roadmap: &Roadmap, judgement: &Judgement) -> Self {
        let mut parties: Vec<String> = Vec::new();
        let named = judgement
            .payoffs
            .iter()
            .flat_map(|p| p.flows.iter().map(|f| &f.0))
            .chain(judgement.closing.iter().map(|c| &c.0))
            .chain(judgement.snapback.iter().map(|c| &c.0));
        for party in named {
            if !parties.contains(party) {
                parties.push(party.clone());
            }
        }
        let of = |list: &[(String, Range)]| -> Vec<Range> {
            let find = |p: &String| list.iter().find(|(q, _)| q == p);
            parties.iter().map(|p| find(p).map_or_else(Range::zero, |(_, r)| r.clone())).collect()
        };
        let mut moves: Vec<(String, Vec<usize>, Vec<Range>)> = judgement
            .payoffs
            .iter()
            .filter_map(|payoff| {
                let by = &roadmap.step(&payoff.step)?.by;
                let movers: Vec<usize> = (0..parties.len())
                    .filter(|p| by.iter().any(|b| b == "all" || *b == parties[*p]))
                    .collect();
                Some((payoff.step.clone(), movers, of(&payoff.flows)))
            })
            .collect();
        let place = |id: &str| judgement.order.iter().position(|o| o == id).unwrap_or(usize::MAX);
        let day = |id: &str| match roadmap.step(id).and_then(|s| s.due.as_ref()).map(|d| &d.by) {
            Some(DueBy::On(date)) => date.latest(),
            _ => statement::civil::Date::MAX,
        };
        // A stable sort: steps of one day stay in the order of the judgement.
        moves.sort_by_key(|(id, _, _)| (place(id), day(id)));
        Self {
            closing: of(&judgement.closing),
            snapback: of(&judgement.snapback),
            discount: judgement.discount.clone().unwrap_or_else(Range::one),
            paid_before: vec![Exact::zero(); parties.len()],
            moves,
            parties,
        }
    }

    /// Takes out what is done or ended, and keeps what was paid and received in what is done.
    fn leave_behind(&mut self, status: &Status) -> Vec<String> {
        let mut behind = Vec::new();
        let moves = std::mem::take(&mut self.moves);
        for one in moves {
            let state = status.steps.iter().find(|s| s.id.as_str() == one.0).map(|s| s.state);
            if state.is_some_and(|s| s.is_done()) {
                for (paid, flow) in self.paid_before.iter_mut().zip(&one.2) {
                    *paid -= flow.middle();
                }
            }
            if state.is_some_and(|s| s.is_done() || s.is_closed()) {
                behind.push(one.0);
            } else {
                self.moves.push(one);
            }
        }
        behind
    }

    fn game(&self, mut pick: impl FnMut(&Range, Of) -> Exact) -> Game<Exact> {
        Game {
            moves: self
                .moves
                .iter()
                .map(|(name, movers, flow)| Move {
                    name: name.clone(),
                    movers: movers.clone(),
                    flow: flow.iter().map(|r| pick(r, Of::Payoff)).collect(),
                })
                .collect(),
            closing: self.closing.iter().map(|r| pick(r, Of::Payoff)).collect(),
            snapback: self.snapback.iter().map(|r| pick(r, Of::Payoff)).collect(),
            discount: pick(&self.discount, Of::Discount),
            parties: self.parties.clone(),
        }
    }

    /// The worst corner, with the discount at its low or its high end: a high one helps whoever gains later and hurts
    /// whoever pays later.
    fn worst(&self, high: bool) -> Game<Exact> {
        self.game(|r, of| if of == Of::Discount && high { r.high.clone() } else { r.low.clone() })
    }

    /// Share of the ranges in which it holds.
    fn share(&self, seed: u64) -> f64 {
        let (low, high) = (self.game(|r, _| r.low.clone()).approximate(), {
            self.game(|r, _| r.high.clone()).approximate()
        });
        let mut draws = Draws::new(seed, 0);
        let mut game = low.clone();
        let mut held = 0_u32;
        for _ in 0..DRAWS {
            let mut between =
                |a: f64, b: f64| if a == b { a } else { a + (b - a) * draws.uniform() };
            for (k, m) in game.moves.iter_mut().enumerate() {
                for (p, flow) in m.flow.iter_mut().enumerate() {
                    *flow = between(low.moves[k].flow[p], high.moves[k].flow[p]);
                }
            }
            for p in 0..game.parties.len() {
                game.closing[p] = between(low.closing[p], high.closing[p]);
                game.snapback[p] = between(low.snapback[p], high.snapback[p]);
            }
            game.discount = between(low.discount, high.discount);
            // Rounding must not make a party stop that is exactly indifferent.
            held += u32::from(game.solve().slack.iter().flatten().all(|(_, s)| *s >= -1e-9));
        }
        f64::from(held) / f64::from(DRAWS)
    }

    fn party(
        &self,
        p: usize,
        middle: &Game<Exact>,
        worst: &Game<Exact>,
        exposure: &[Vec<Exact>],
        value: &[Vec<Exact>],
    ) -> PartyReport {
        let peak = (0..exposure.len()).max_by(|a, b| {
            // Of equal peaks the first.
            exposure[*a][p].cmp(&exposure[*b][p]).then(b.cmp(a))
        });
        let most = peak.map_or_else(Exact::zero, |k| exposure[k][p].clone().max(Exact::zero()));
        let peak = peak.filter(|_| !most.is_zero());
        let saves = peak.map_or_else(Exact::zero, |k| {
            let paid = -middle.moves[k].flow[p].clone();
            let next = middle.moves.get(k + 1).map_or_else(Exact::zero, |m| m.flow[p].clone());
            paid.min(next).max(Exact::zero())
        });
        let sum = |keep: fn(&Exact) -> bool| {
            middle
                .moves
                .iter()
                .map(|m| &m.flow[p])
                .filter(|f| keep(f))
                .fold(Exact::zero(), |a, f| a + f)
        };
        let (paid, gained) = (-sum(|f| *f < Exact::zero()), sum(|f| *f > Exact::zero()));
        let ratio = (!paid.is_zero() && !gained.is_zero()).then(|| paid.clone() / gained.clone());
        PartyReport {
            party: self.parties[p].clone(),
            most_exposed: approximate(&most),
            exposed_after: peak.map(|k| middle.moves[k].name.clone()),
            a_bundle_saves: approximate(&saves),
            value: value.first().map_or(0.0, |v| approximate(&v[p])),
            closing: self.closing[p].clone(),
            snapback: self.snapback[p].clone(),
            least_closing: [&middle, &worst].map(|g| approximate(&g.least_closing(p))),
            least_snapback: [&middle, &worst].map(|g| approximate(&g.least_snapback(p))),
            least_discount: ratio.as_ref().map(approximate),
            largest_first_step: ratio
                .map(|r| approximate(&gradual::first_step(&r, &Exact::one(), &middle.discount))),
        }
    }
}
