//! What a source's grade weighs: one visible table, which a case can replace.
//!
//! The two marks of an Admiralty grade are not independent (87 % of 1,400 reports lie on the diagonal: Baker, McKendry
//! and Mace 1968) and readers go by the credibility (Samet 1975). So one table takes the pair to the probability that
//! the report is right: by default the confidence scale of STIX 2.1 for the credibility, with a range that is the
//! wider the less reliable the source. A weight is the log2 of the odds of that probability.

use serde::Serialize;
use statement::{Reliability, Source};

/// The choices of an assessment that a case can make in its `case.kdl`. Every result shows them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// What each grade weighs.
    pub grades: Vec<Grade>,
    /// Most that one report can weigh, in bits.
    pub cap_bits: f64,
    /// Share of points taken to be simply wrong.
    pub gross_error: f64,
    /// Probability before any report that what is asked is so, with its range.
    pub prior: Chance,
    /// Probability that a visit to a place known to a building finds what is there.
    pub visit_finds: f64,
}

/// A probability with its range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chance {
    /// Least.
    pub low: f64,
    /// Best judgement.
    pub p: f64,
    /// Most.
    pub high: f64,
}

/// One row of the table: the probability that a report of this grade is right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grade {
    /// The letter; absent in a row for reports without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
    /// The digit.
    pub credibility: u8,
    /// The probability that it is right.
    #[serde(flatten)]
    pub right: Chance,
}

/// The weight of a report in bits, with its range.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Weight {
    pub low: f64,
    pub bits: f64,
    pub high: f64,
}

/// STIX 2.1, appendix A, Admiralty credibility: 1 confirmed … 5 improbable.
const STIX: [f64; 5] = [0.9, 0.7, 0.5, 0.3, 0.1];
/// Letters that can be judged, with the half width of the range.
const LETTERS: [(Option<Reliability>, f64); 6] = [
    (Some(Reliability::A), 0.05),
    (Some(Reliability::B), 0.08),
    (Some(Reliability::C), 0.12),
    (Some(Reliability::D), 0.16),
    (Some(Reliability::E), 0.2),
    (None, 0.2),
];

impl Default for Settings {
    fn default() -> Self {
        let row = |(reliability, half): (Option<Reliability>, f64)| {
            (1_u8..).zip(STIX).map(move |(credibility, p)| {
                let (low, high) = ((p - half).max(0.02), (p + half).min(0.98));
                Grade { reliability, credibility, right: Chance { low, p, high } }
            })
        };
        Self {
            grades: LETTERS.into_iter().flat_map(row).collect(),
            cap_bits: 5.0,
            gross_error: crate::place::GROSS_ERROR,
            prior: Chance { low: 0.35, p: 0.5, high: 0.65 },
            visit_finds: 0.9,
        }
    }
}

impl Settings {
    /// Puts a row into the table in place of the one of the same grade. A row without a letter stands for every
    /// letter.
    pub fn replace(&mut self, reliability: Option<Reliability>, credibility: u8, right: Chance) {
        for row in &mut self.grades {
            if row.credibility == credibility
                && (reliability.is_none() || row.reliability == reliability)
            {
                row.right = right;
            }
        }
    }

    /// The probability that a report of a source is right; nothing when it cannot be judged: not graded, F or 6.
    pub(crate) fn right(&self, source: Option<&Source>) -> Option<Chance> {
        let source = source?;
        let credibility = source.credibility?;
        if source.reliability == Some(Reliability::F) {
            return None;
        }
        let is = |g: &&Grade| g.credibility == credibility && g.reliability == source.reliability;
        self.grades.iter().find(is).map(|g| g.right)
    }

    /// The weight of a report; 0 bits when it cannot be judged.
    pub(crate) fn weight(&self, source: Option<&Source>) -> Weight {
        self.right(source).map_or_else(Weight::default, |right| self.weigh(right))
    }

    pub(crate) fn weigh(&self, right: Chance) -> Weight {
        let bits = |p: f64| log_odds(p).clamp(-self.cap_bits, self.cap_bits);
        Weight { low: bits(right.low), bits: bits(right.p), high: bits(right.high) }
    }

    /// Share of points of such a source that are simply wrong. A report that is more likely wrong than right is as
    /// likely wrong about where.
    pub(crate) fn gross_error(&self, source: Option<&Source>) -> f64 {
        match self.right(source) {
            Some(right) if right.p < 0.5 => self.gross_error.max(1.0 - right.p),
            _ => self.gross_error,
        }
    }
}

impl Weight {
    /// The weight of a report that is of this place with probability `p` only: the Bayes factor of a mixture with
    /// reports of something else, which tell nothing.
    pub(crate) fn if_of_it(self, p: f64) -> Self {
        let mix = |bits: f64| p.mul_add(bits.exp2() - 1.0, 1.0).log2();
        Self { low: mix(self.low), bits: mix(self.bits), high: mix(self.high) }
    }

    pub(crate) fn against(self) -> Self {
        Self { low: -self.high, bits: -self.bits, high: -self.low }
    }
}

/// log2 of the odds of a probability.
pub(crate) fn log_odds(p: f64) -> f64 {
    (p / (1.0 - p)).log2()
}

/// The probability of log2 odds.
pub(crate) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// The words of ICD 203 for a probability. They never stand without the number.
#[must_use]
pub fn icd203(probability: f64) -> &'static str {
    match probability {
        p if p < 0.01 => "remote",
        p if p < 0.05 => "almost no chance",
        p if p < 0.20 => "very unlikely",
        p if p < 0.45 => "unlikely",
        p if p < 0.55 => "roughly even chance",
        p if p < 0.80 => "likely",
        p if p < 0.95 => "very likely",
        _ => "almost certain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statement::Basis;

    fn source(reliability: Option<Reliability>, credibility: Option<u8>) -> Source {
        Source { basis: Basis::Seen, cite: "s".into(), credibility, reliability }
    }

    #[test]
    fn the_scale_of_stix_and_what_cannot_be_judged() {
        let settings = Settings::default();
        let bits = |r, c| settings.weight(Some(&source(r, c))).bits;
        // log2(0.9 / 0.1) = 3.17, log2(0.7 / 0.3) = 1.22.
        for (credibility, expected) in [(1, 3.170), (2, 1.222), (3, 0.0), (4, -1.222), (5, -3.170)]
        {
            let got = bits(Some(Reliability::B), Some(credibility));
            assert!((got - expected).abs() < 0.001, "{credibility}: {got}");
        }
        let nothing = Weight::default();
        for s in [
            source(Some(Reliability::F), Some(1)),
            source(Some(Reliability::A), Some(6)),
            source(Some(Reliability::A), None),
        ] {
            assert_eq!(settings.weight(Some(&s)), nothing);
        }
        assert_eq!(settings.weight(None), nothing);
    }

    #[test]
    fn one_item_is_capped_and_a_case_can_replace_a_row() {
        let mut settings = Settings::default();
        let sure = Chance { low: 0.99, p: 0.999, high: 0.9999 };
        settings.replace(Some(Reliability::A), 1, sure);
        assert_eq!(settings.weight(Some(&source(Some(Reliability::A), Some(1)))).bits, 5.0);
        settings.cap_bits = 2.0;
        assert_eq!(settings.weight(Some(&source(Some(Reliability::A), Some(1)))).bits, 2.0);
        settings.replace(None, 2, Chance { low: 0.5, p: 0.5, high: 0.5 });
        assert_eq!(settings.weight(Some(&source(Some(Reliability::C), Some(2)))).bits, 0.0);
    }

    #[test]
    fn words_beside_numbers() {
        // ICD 203 (2015), section D.6.e.2.a.
        let words: Vec<_> = [0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97].map(icd203).into();
        assert_eq!(
            words,
            [
                "almost no chance",
                "very unlikely",
                "unlikely",
                "roughly even chance",
                "likely",
                "very likely",
                "almost certain"
            ]
        );
    }
}
