//! The smallest change of a sequence that makes it hold.

use serde::Serialize;

use super::{Game, Move, Number};

/// A change. In the order of what it costs to negotiate: to swap two neighbours, to do two in turn by parts, to switch
/// two at one instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// The move at this position and the next change places.
    Swap(usize),
    /// The move at this position and the next are cut into so many parts, done in turn.
    Split(usize, usize),
    /// The move at this position and the next happen at one instant.
    Bundle(usize),
}

/// Most parts of a split.
pub const MOST_PARTS: usize = 8;

impl Edit {
    /// What it makes of a game; `None` where it does not apply.
    #[must_use]
    pub fn apply<N: Number>(&self, game: &Game<N>) -> Option<Game<N>> {
        let at = match self {
            Self::Swap(at) | Self::Split(at, _) | Self::Bundle(at) => *at,
        };
        let (a, b) = (game.moves.get(at)?, game.moves.get(at + 1)?);
        if a.movers == b.movers {
            return None;
        }
        let new = match self {
            Self::Swap(_) => vec![b.clone(), a.clone()],
            Self::Split(_, parts) => {
                let mut n = N::zero();
                for _ in 0..*parts {
                    n = n + N::one();
                }
                let part = |m: &Move<N>, i: usize| Move {
                    name: format!("{} part {} of {parts}", m.name, i + 1),
                    movers: m.movers.clone(),
                    flow: m.flow.iter().map(|f| f.clone() / n.clone()).collect(),
                };
                (0..*parts).flat_map(|i| [part(a, i), part(b, i)]).collect()
            }
            Self::Bundle(_) => {
                let mut movers = [a.movers.clone(), b.movers.clone()].concat();
                movers.sort_unstable();
                movers.dedup();
                let flow = a.flow.iter().zip(&b.flow).map(|(x, y)| x.clone() + y.clone()).collect();
                vec![Move { name: format!("{} + {}", a.name, b.name), movers, flow }]
            }
        };
        let mut moves = game.moves.clone();
        moves.splice(at..at + 2, new);
        Some(Game { moves, ..game.clone() })
    }

    /// What it says, with the names of the moves it changes.
    #[must_use]
    pub fn words<N>(&self, game: &Game<N>) -> String {
        let name = |i: usize| game.moves.get(i).map_or("?", |m| m.name.as_str());
        match self {
            Self::Swap(at) => format!("do {} before {}", name(at + 1), name(*at)),
            Self::Split(at, parts) => {
                format!("do {} and {} in turn, in {parts} equal parts", name(*at), name(at + 1))
            }
            Self::Bundle(at) => {
                format!("let {} and {} take effect at one instant", name(*at), name(at + 1))
            }
        }
    }

    fn all(moves: usize) -> Vec<Self> {
        let pairs = 0..moves.saturating_sub(1);
        let swaps = pairs.clone().map(Self::Swap);
        let splits = (2..=MOST_PARTS).flat_map(|n| pairs.clone().map(move |at| Self::Split(at, n)));
        swaps.chain(splits).chain(pairs.clone().map(Self::Bundle)).collect()
    }
}

/// The fewest changes, at most `most`, after which `holds`; among equally many the cheapest kind and the earliest place.
/// Gives up after `tries` games and says so by the second part of the answer.
#[must_use]
pub fn smallest<N: Number>(
    game: &Game<N>,
    most: usize,
    tries: usize,
    allowed: impl Fn(&Edit, &Game<N>) -> bool,
    holds: impl Fn(&Game<N>) -> bool,
) -> (Option<Vec<Edit>>, bool) {
    if holds(game) {
        return (Some(Vec::new()), true);
    }
    let mut left = tries;
    let mut level = vec![(Vec::new(), game.clone())];
    for _ in 0..most {
        let mut next = Vec::new();
        for (edits, game) in &level {
            for edit in Edit::all(game.moves.len()) {
                if !allowed(&edit, game) {
                    continue;
                }
                let Some(changed) = edit.apply(game) else { continue };
                if left == 0 {
                    return (None, false);
                }
                left -= 1;
                let mut edits: Vec<Edit> = edits.clone();
                edits.push(edit);
                if holds(&changed) {
                    return (Some(edits), true);
                }
                next.push((edits, changed));
            }
        }
        level = next;
    }
    (None, true)
}
