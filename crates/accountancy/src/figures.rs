//! Stated figures side by side.

use std::collections::BTreeMap;

use case::{Case, Index, Record};
use rust_decimal::Decimal;
use serde::Serialize;
use statement::civil;
use statement::{Basis, Bound, Claim, Date, ObjectId, PartyId, QuantityKind, Standing};

use crate::Unit;
use crate::quantity::{Quantity, quantities};

/// All stated figures, grouped by what they count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// How they were compared.
    pub method: Method,
    /// The groups, those with disagreements first, then by material and kind.
    pub groups: Vec<FigureGroup>,
    /// The same by material and unit, on one axis each, with the pairs that only seem to disagree.
    pub quantities: Vec<Quantity>,
}

/// The rules of the comparison, so that a reader can judge them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Method {
    /// How far a figure given as "about" may lie from the quantity, as a share of the figure.
    pub about_share: statement::Decimal,
    /// The rules in words.
    pub words: &'static str,
}

/// Figures of one kind, material and unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FigureGroup {
    /// What is counted.
    pub kind: QuantityKind,
    /// The material; empty when the sources name none.
    pub material: String,
    /// The unit they are compared in.
    pub unit: String,
    /// The figures, oldest statement first.
    pub figures: Vec<Figure>,
    /// Pairs that cannot both be true by the rules of [`Method`].
    pub disagreements: Vec<Disagreement>,
}

/// One stated figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The statement or object that holds it.
    pub id: ObjectId,
    /// What the source says is counted.
    pub what: String,
    /// The figure as the source gives it, with bound and unit.
    pub figure: String,
    /// How it bounds the quantity.
    pub bound: Bound,
    /// The figure itself in the group's unit; the lower end of a range.
    #[serde(skip)]
    pub value: Option<statement::Decimal>,
    /// The least it allows, in the group's unit; absent when open or when no figure was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<statement::Decimal>,
    /// The most it allows, in the group's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<statement::Decimal>,
    /// Who stated it, in the source's words.
    pub stated_by: String,
    /// When it was stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated_on: Option<Date>,
    /// The date it describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// Whose word it is and whether they signed it.
    pub party: PartyId,
    /// Attested or attributed.
    pub standing: Standing,
    /// How sure the recorder is of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Two figures that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The lower figure.
    pub low: ObjectId,
    /// The higher figure.
    pub high: ObjectId,
    /// The gap between what the two allow, in the group's unit.
    pub gap: statement::Decimal,
}

const ABOUT_PERCENT: i64 = 10;

const WORDS: &str = "a plain figure is taken as rounded to its last digit; one given as `about` may stray by 10 %; \
     two figures disagree when what they allow does not overlap; stocks and changes are compared only as of \
     overlapping dates; a running total may have grown when it was stated over two years apart; figures of different \
     kinds, materials or units are never compared, and documents or figures of no known kind only under the same words";

/// Days after which a higher running total is no contradiction to a lower one stated before.
const GROWTH_DAYS: i64 = 2 * 365;

/// Puts all figures of the case that were stated by `as_of` side by side.
#[must_use]
pub fn compare(case: &Case, as_of: civil::Date) -> Figures {
    let mut groups: BTreeMap<(String, QuantityKind, String), Vec<Figure>> = BTreeMap::new();
    let mut add = |(key, figure): ((String, QuantityKind, String), Figure)| {
        groups.entry(key).or_default().push(figure);
    };
    for record in case.claims.iter().filter(|r| r.said_by(as_of)) {
        let by = record.body.stated_by.as_deref();
        add(figure(record, &record.body.claim, by));
    }
    for record in case.sites.iter().filter(|r| r.said_by(as_of)) {
        record.body.claims.iter().for_each(|claim| add(figure(record, claim, None)));
    }
    for record in case.observations.iter().filter(|r| r.said_by(as_of)) {
        record.body.claims.iter().for_each(|claim| add(figure(record, claim, None)));
    }
    for record in case.measurements.iter().filter(|r| r.body.on.earliest() <= as_of) {
        add(figure(record, &record.body.claim, Some(&record.body.method)));
    }
    let mut groups: Vec<FigureGroup> = groups
        .into_iter()
        .map(|((material, kind, unit), figures)| group(material, kind, unit, figures))
        .collect();
    groups.sort_by_key(|g| g.disagreements.is_empty());
    let about_share = statement::Decimal::from(Decimal::new(ABOUT_PERCENT, 2));
    let quantities = quantities(&groups);
    Figures { method: Method { about_share, words: WORDS }, groups, quantities }
}

fn figure<T>(
    record: &Record<T>,
    claim: &Claim,
    stated_by: Option<&str>,
) -> ((String, QuantityKind, String), Figure) {
    let unit = Unit::read(claim.unit.as_deref().unwrap_or_default());
    let (low, high) = allowed(claim, &unit);
    let figure = Figure {
        id: record.id.clone(),
        what: claim.what.clone(),
        figure: claim.figure(),
        bound: claim.bound,
        value: claim.value.and_then(|v| {
            v.exact().checked_mul(unit.factor).map(|v| statement::Decimal::from(v.normalize()))
        }),
        low,
        high,
        stated_by: stated_by.unwrap_or(record.party.as_str()).to_owned(),
        stated_on: record.said.clone(),
        as_of: claim.as_of.clone(),
        party: record.party.clone(),
        standing: record.standing,
        basis: record.source.as_ref().map(|s| s.basis),
        because: record.because.clone(),
    };
    ((claim.material.clone().unwrap_or_default(), claim.kind, unit.base), figure)
}

/// What a claim allows the quantity to be, in the base unit; see [`WORDS`].
fn allowed(claim: &Claim, unit: &Unit) -> (Option<statement::Decimal>, Option<statement::Decimal>) {
    let (low, high) = claim.interval();
    let slack = |value: Decimal| match claim.bound {
        Bound::About => (value.abs() * Decimal::new(ABOUT_PERCENT, 2)).max(half_last_digit(value)),
        Bound::Equal | Bound::Range => {
            claim.sigma.map_or(half_last_digit(value), |s| s.exact() * Decimal::TWO)
        }
        _ => Decimal::ZERO,
    };
    // A figure of 28 digits could overflow when scaled; it is then left out of the comparison.
    let scaled = |value: Option<statement::Decimal>, sign: Decimal| {
        let value = value?.exact();
        let edge = value.checked_add(slack(value).checked_mul(sign)?)?;
        edge.checked_mul(unit.factor).map(|v| statement::Decimal::from(v.normalize()))
    };
    (scaled(low, Decimal::NEGATIVE_ONE), scaled(high, Decimal::ONE))
}

/// Half a unit of the last digit shown: 30.8 is anything from 30.75 to 30.85.
fn half_last_digit(value: Decimal) -> Decimal {
    Decimal::try_new(5, value.scale() + 1).unwrap_or(Decimal::ZERO)
}

fn group(
    material: String,
    kind: QuantityKind,
    unit: String,
    mut figures: Vec<Figure>,
) -> FigureGroup {
    figures.sort_by(|a, b| {
        let day = |f: &Figure| f.stated_on.as_ref().map(|d| (d.earliest(), d.latest()));
        day(a).cmp(&day(b)).then_with(|| a.id.cmp(&b.id))
    });
    let mut disagreements = Vec::new();
    for (i, a) in figures.iter().enumerate() {
        for b in &figures[i + 1..] {
            if !comparable(kind, a, b) {
                continue;
            }
            for (below, above) in [(a, b), (b, a)] {
                if let (Some(top), Some(bottom)) = (below.high, above.low)
                    && top < bottom
                {
                    let gap = (bottom.exact() - top.exact()).normalize().into();
                    disagreements.push(Disagreement {
                        low: below.id.clone(),
                        high: above.id.clone(),
                        gap,
                    });
                }
            }
        }
    }
    disagreements
        .sort_by(|a, b| b.gap.cmp(&a.gap).then_with(|| (&a.low, &a.high).cmp(&(&b.low, &b.high))));
    FigureGroup { kind, material, unit, figures, disagreements }
}

/// Whether two figures of a group speak of the same thing at the same time.
///
/// A stock moves, so two stocks compare only as of overlapping dates. A running total such as "produced" only
/// grows: a higher figure stated much later does not contradict a lower one.
pub(crate) fn comparable(kind: QuantityKind, a: &Figure, b: &Figure) -> bool {
    if matches!(kind, QuantityKind::Documents | QuantityKind::Other) && a.what != b.what {
        return false;
    }
    match (&a.as_of, &b.as_of) {
        (Some(a), Some(b)) => a.earliest() <= b.latest() && b.earliest() <= a.latest(),
        _ if matches!(kind, QuantityKind::Stock | QuantityKind::Increase | QuantityKind::Level) => {
            false
        }
        _ => match (&a.stated_on, &b.stated_on) {
            // `a` was stated first: the figures are sorted.
            (Some(first), Some(then)) => {
                let grew = a.high.zip(b.low).is_some_and(|(before, after)| before < after);
                !grew || then.days_since(first).0 <= GROWTH_DAYS
            }
            _ => true,
        },
    }
}
