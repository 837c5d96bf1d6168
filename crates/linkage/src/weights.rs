//! Fellegi-Sunter weights without labels (Fellegi and Sunter 1969; Winkler 1988): u by counting and sampling, m by
//! expectation maximisation.
//!
//! The expectation runs over *all* pairs: pairs outside the candidates are taken as certain non-matches. So the
//! prior and u keep their meaning however the candidates were found, and blocking on a field does not bias its m.

use foldhash::HashMap;

use crate::compare::{LEVELS, NO_VALUE, levels};
use crate::plan::Field;

/// Probabilities of a field's levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FieldWeights {
    /// Among matches.
    pub m: [f64; LEVELS],
    /// Among non-matches.
    pub u: [f64; LEVELS],
}

/// Everything that turns a pattern into a probability.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub fields: Vec<FieldWeights>,
    /// Share of all pairs that match.
    pub prior: f64,
}

/// The level of a field in a pattern.
pub(crate) fn level(pattern: u64, field: usize) -> u8 {
    (pattern >> (field * 3)) as u8 & 7
}

impl FieldWeights {
    /// Before anything is learned: most matches agree, the rest fall off.
    pub(crate) fn start(field: &Field) -> Self {
        let n = levels(field.kind).len();
        let mut m = [0.0; LEVELS];
        let mut rest = 1.0;
        for (at, m) in m.iter_mut().enumerate().take(n) {
            *m = if at + 1 == n { rest } else { rest * if at == 0 { 0.75 } else { 0.4 } };
            rest -= *m;
        }
        Self { m, u: [0.0; LEVELS] }
    }

    /// log2 of m over u.
    pub(crate) fn bits(&self, level: u8) -> f64 {
        if level == NO_VALUE {
            return 0.0;
        }
        let at = usize::from(level);
        (self.m[at].max(1e-9) / self.u[at].max(1e-9)).log2()
    }
}

impl Weights {
    /// log2 of the odds of a pattern, without term frequencies.
    pub(crate) fn bits(&self, pattern: u64) -> f64 {
        let fields = self.fields.iter().enumerate();
        self.prior_bits() + fields.map(|(at, f)| f.bits(level(pattern, at))).sum::<f64>()
    }

    /// log2 of the prior odds.
    pub(crate) fn prior_bits(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }

    /// Learns m and the prior from the patterns of the candidates, each with its count, among all pairs.
    pub(crate) fn learn(
        &mut self,
        patterns: &HashMap<u64, u32>,
        all_pairs: f64,
        most_matches: f64,
        fields: &[Field],
    ) {
        let mut patterns: Vec<(u64, f64)> =
            patterns.iter().map(|(p, n)| (*p, f64::from(*n))).collect();
        patterns.sort_unstable_by_key(|(p, _)| *p);
        for _ in 0..60 {
            let mut m = vec![[0.0_f64; LEVELS]; self.fields.len()];
            let mut matches = 0.0;
            let tables: Vec<[f64; 8]> = self
                .fields
                .iter()
                .map(|f| std::array::from_fn(|l| if l < LEVELS { f.bits(l as u8) } else { 0.0 }))
                .collect();
            let prior = self.prior_bits();
            for &(pattern, count) in &patterns {
                let mut bits = prior;
                for (at, table) in tables.iter().enumerate() {
                    bits += table[usize::from(level(pattern, at))];
                }
                if bits < -20.0 {
                    continue;
                }
                let expected = count / (1.0 + (-bits).exp2());
                matches += expected;
                for (at, m) in m.iter_mut().enumerate() {
                    let l = usize::from(level(pattern, at));
                    if l < LEVELS {
                        m[l] += expected;
                    }
                }
            }
            let mut moved = 0.0_f64;
            for ((field, m), weights) in fields.iter().zip(&m).zip(&mut self.fields) {
                let n = levels(field.kind).len();
                // A quarter of a pair in each level: none is impossible.
                let total: f64 = m.iter().take(n).sum::<f64>() + 0.25 * n as f64;
                for (old, expected) in weights.m.iter_mut().zip(m).take(n) {
                    let new = (expected + 0.25) / total;
                    moved = moved.max((new - *old).abs());
                    *old = new;
                }
            }
            self.prior = (matches.clamp(0.5, most_matches) / all_pairs).clamp(1e-15, 0.5);
            if moved < 1e-4 {
                break;
            }
        }
    }
}
