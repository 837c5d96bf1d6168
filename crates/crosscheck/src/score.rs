//! One site against one observation, as a sum of bits.

use std::sync::Arc;

use statement::Source;

use crate::category;
use crate::entity::Entity;
use crate::grade::probability;
use crate::name::{Form, NameMatch, Names, Word};
use crate::place::{self, Crowd, allowed_m, distance_m};
use crate::result::{Field, Level, Match};

pub(crate) const THRESHOLD: f64 = 0.5;
pub(crate) const LEAST_NAME_BITS: f64 = 1.5;
pub(crate) const MARGIN_BITS: f64 = 3.0;

/// Scores sites against observations.
#[derive(Clone, Copy)]
pub(crate) struct Scorer<'a> {
    pub names: Names<'a>,
    /// Bits before anything is known.
    pub prior: f64,
    /// Where all declared sites lie.
    pub crowd: &'a Crowd,
}

/// One site scored against one observation: the figures, without the words.
pub(crate) struct Scored {
    /// Which site.
    pub site: usize,
    name: NameMatch,
    place: Option<Apart>,
    town: Option<f64>,
    /// Sum of all fields and the prior, in bits.
    pub total: f64,
}

/// Two points compared.
#[derive(Clone, Copy)]
pub(crate) struct Apart {
    bits: f64,
    /// How far apart they are.
    pub distance_m: f64,
    /// How far apart they may be.
    pub allowed_m: f64,
    /// The area that a point of another place would be spread over.
    pub area_m2: f64,
}

impl Scorer<'_> {
    /// The score, or nothing when the names have too little in common to carry a match whatever else agrees.
    /// `around` is what [`Crowd::around`] says of the observation's position.
    pub(crate) fn score(
        self,
        slot: usize,
        site: &Entity<'_>,
        o: &Entity<'_>,
        around: f64,
    ) -> Option<Scored> {
        let name = self.names.compare(&site.forms, &o.forms, shared_kind(site, o).as_slice());
        if name.bits < LEAST_NAME_BITS {
            return None;
        }
        let (category, _) = category::compare(&site.kind, &o.kind);
        let place = site.at.zip(o.at).map(|(a, b)| {
            let distance_m = distance_m(a, b);
            let area_m2 = self.crowd.spread_m2(b, a, around);
            let bits = place::bits(a, b, distance_m, area_m2, o.gross_error);
            Apart { bits, distance_m, allowed_m: allowed_m(a, b), area_m2 }
        });
        let town = town(site, o);
        let stage = category::compare_stages(site.stated(), o.stated());
        let fields = [Some(self.prior + name.bits + category), place.map(|p| p.bits), town, stage];
        let total = fields.into_iter().flatten().sum();
        Some(Scored { site: slot, name, place, town, total })
    }

    /// The score with its fields in words, as the site lists it.
    pub(crate) fn explain(
        self,
        scored: &Scored,
        site: &Entity<'_>,
        o: &Entity<'_>,
        source: Option<&Source>,
    ) -> Match {
        let (a, b) = (&site.forms[scored.name.met.0], &o.forms[scored.name.met.1]);
        let (names, met) = self.names.met(a, b);
        let field = |field, bits, words| Field { field, bits: round(bits, 2), words };
        let mut fields = vec![
            field("prior", self.prior, "one of the declared sites".to_owned()),
            field("name", scored.name.bits, met),
        ];
        let (bits, words) = category::compare(&site.kind, &o.kind);
        fields.push(field(
            "category",
            bits,
            format!("{words}: {} / {}", site.category, o.category),
        ));
        if let (Some(apart), Some(a), Some(b)) = (scored.place, site.at, o.at) {
            let words = format!(
                "{:.1} km apart, precisions {:.1} and {:.1} km; another place would lie within {:.0} km²",
                apart.distance_m / 1e3,
                a.r95_m / 1e3,
                b.r95_m / 1e3,
                apart.area_m2 / 1e6
            );
            fields.push(field("place", apart.bits, words));
        }
        if let (Some(bits), Some(town)) = (scored.town, &site.town) {
            let another = if bits > 0.0 { "" } else { "another town than " };
            let words = format!("its name mentions {another}{}", town.name.text);
            fields.push(field("town", bits, words));
        }
        let (x, y) = (site.stated(), o.stated());
        if let (Some(bits), Some(words)) =
            (category::compare_stages(x, y), category::stages_in_words(x, y))
        {
            fields.push(field("status", bits, words));
        }
        Match {
            id: o.id.clone(),
            probability: round(scored.probability(), 4),
            level: level(o),
            bits: round(scored.total, 2),
            fields: fields.into(),
            names: Arc::new(names),
            distance_m: scored.place.map(|p| p.distance_m.round()),
            grade: source.map(Source::grade).unwrap_or_default(),
            basis: source.map(|s| s.basis),
        }
    }
}

/// A name that mentions the declared town speaks for it; one that mentions another town only, against it.
fn town(site: &Entity<'_>, o: &Entity<'_>) -> Option<f64> {
    let town = site.town.as_ref()?;
    let mentions = |f: &Form<'_>| f.words.hold(&town.name.words);
    if o.forms.iter().any(mentions) || o.names_towns.iter().any(|n| town.known_as.contains(n)) {
        Some(1.0)
    } else if !o.names_towns.is_empty() {
        Some(-4.0)
    } else {
        None
    }
}

impl Scored {
    pub(crate) fn probability(&self) -> f64 {
        probability(self.total)
    }

    /// What speaks for it apart from the place.
    fn without_place(&self) -> f64 {
        self.total - self.place.map_or(0.0, |p| p.bits)
    }

    /// The two points, when they lie too far apart.
    pub(crate) fn far(&self) -> Option<Apart> {
        self.place.filter(|p| p.distance_m > p.allowed_m)
    }
}

/// The words that the kinds of both share.
pub(crate) fn shared_kind(a: &Entity<'_>, b: &Entity<'_>) -> Vec<Word> {
    a.kind.iter().copied().filter(|w| b.kind.contains(w)).collect()
}

/// How a matched observation stands to the site: a whole complex contains it, an annex is a part of it.
fn level(o: &Entity<'_>) -> Level {
    let of_part = |f: &&Form<'_>| {
        let text = f.text.to_lowercase();
        text.starts_with("annex") || text.starts_with("part of")
    };
    if o.is_complex() {
        Level::Contains
    } else if o.forms.first().is_some_and(|f| of_part(&f)) {
        Level::PartOf
    } else {
        Level::Same
    }
}

/// The best match and those that come close to it.
pub(crate) fn best_matches(scores: &[Scored]) -> Vec<&Scored> {
    let mut matched: Vec<&Scored> =
        scores.iter().filter(|s| s.probability() >= THRESHOLD).collect();
    matched.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.site.cmp(&b.site)));
    let best = matched.first().map_or(0.0, |m| m.total);
    matched.retain(|m| m.total >= best - MARGIN_BITS);
    matched
}

/// The score that names and kinds alone would give the observation to.
pub(crate) fn best_without_place(scores: &[Scored]) -> Option<&Scored> {
    scores
        .iter()
        .filter(|s| s.without_place() > 0.0)
        .max_by(|a, b| a.without_place().total_cmp(&b.without_place()).then(b.site.cmp(&a.site)))
}

impl Scored {
    /// The form of the observation that met the site's.
    pub(crate) fn met(&self) -> (usize, usize) {
        self.name.met
    }
}

/// log2 of a count over the whole case, in steps of a sixteenth of a bit: finer than any weight deserves, and coarse
/// enough that one more statement in a large case changes the weights of what it touches, not of everything.
pub(crate) fn steady_log2(count: usize) -> f64 {
    ((count.max(1) as f64).log2() * 16.0).round() / 16.0
}

/// Figures on a screen carry no more digits than they deserve.
pub(crate) fn round(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    // Adding zero takes the sign from a negative zero.
    (value * scale).round() / scale + 0.0
}
