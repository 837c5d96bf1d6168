//! Figures of one material in one unit, whatever each counts: side by side on one axis, with the pairs that only seem
//! to disagree.

use serde::Serialize;
use statement::{Bound, Decimal, ObjectId, QuantityKind};

use crate::figures::{Figure, FigureGroup, comparable};

/// All figures of one material in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quantity {
    /// The material; empty when the sources name none.
    pub material: String,
    /// The unit of the axis.
    pub unit: String,
    /// The least end of any figure that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Decimal>,
    /// The greatest end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<Decimal>,
    /// Its figures from low to high, those without a figure last.
    pub figures: Vec<Placed>,
    /// Pairs that look like a disagreement and are none.
    pub seeming: Vec<Seeming>,
}

/// A figure on its axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// The statement or object that holds it.
    pub id: ObjectId,
    /// What it counts.
    pub kind: QuantityKind,
    /// The figure as the source gives it.
    pub figure: String,
    /// The least it allows; absent when open, or when no figure was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    /// The most it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<Decimal>,
}

/// Two figures that differ and may both be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seeming {
    /// The lower figure.
    pub low: ObjectId,
    /// The higher figure.
    pub high: ObjectId,
    /// Why both may be true, the weightiest reason first.
    pub because_of: Vec<Differ>,
}

/// In what two figures that differ count different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Differ {
    /// They count different kinds of quantity: produced, separated, in waste.
    Kind,
    /// Their words set off what is counted in another way, and no kind does.
    Scope,
    /// They describe different times.
    AsOf,
    /// A running total, the higher stated long after the lower: it may have grown.
    Growth,
    /// One is a bound, a range or an estimate that leaves room for the other.
    Bound,
}

impl Differ {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Kind => "count different things",
            Self::Scope => "words set off another scope",
            Self::AsOf => "of different times",
            Self::Growth => "a running total may have grown",
            Self::Bound => "a bound, range or estimate leaves room",
        }
    }
}

/// Groups of one material and unit as one quantity.
pub(crate) fn quantities(groups: &[FigureGroup]) -> Vec<Quantity> {
    let mut found: Vec<Quantity> = Vec::new();
    for group in groups {
        let same = |q: &&mut Quantity| q.material == group.material && q.unit == group.unit;
        if found.iter_mut().find(same).is_none() {
            found.push(quantity(group, groups));
        }
    }
    found.sort_by(|a, b| (&a.material, &a.unit).cmp(&(&b.material, &b.unit)));
    found
}

fn quantity(first: &FigureGroup, groups: &[FigureGroup]) -> Quantity {
    let (material, unit) = (first.material.clone(), first.unit.clone());
    let of = groups.iter().filter(|g| g.material == material && g.unit == unit);
    let mut all: Vec<(QuantityKind, &Figure)> =
        of.flat_map(|g| g.figures.iter().map(|f| (g.kind, f))).collect();
    all.sort_by(|(k, a), (l, b)| {
        let end = |f: &Figure| f.low.or(f.high).map(Decimal::exact);
        // None last.
        let (x, y) = (end(a), end(b));
        (x.is_none(), x, k.as_str(), &a.id).cmp(&(y.is_none(), y, l.as_str(), &b.id))
    });
    let mut seeming = Vec::new();
    for (i, (kind, a)) in all.iter().enumerate() {
        for (other, b) in &all[i + 1..] {
            seeming.extend(seems((*kind, a), (*other, b)));
        }
    }
    let ends = all.iter().flat_map(|(_, f)| [f.low, f.high]).flatten();
    let (least, most) = (ends.clone().min_by_key(|d| d.exact()), ends.max_by_key(|d| d.exact()));
    let figures = all
        .iter()
        .map(|(kind, f)| Placed {
            id: f.id.clone(),
            kind: *kind,
            figure: f.figure.clone(),
            low: f.low,
            high: f.high,
        })
        .collect();
    Quantity { material, unit, least, most, figures, seeming }
}

/// Whether two figures look like a disagreement and are none.
fn seems(
    (kind, a): (QuantityKind, &Figure),
    (other, b): (QuantityKind, &Figure),
) -> Option<Seeming> {
    let below = |x: &Figure, y: &Figure| {
        x.high.zip(y.low).is_some_and(|(top, bottom)| top.exact() < bottom.exact())
    };
    let (low, high) = if below(b, a) { (b, a) } else { (a, b) };
    let apart = below(low, high);
    let mut because_of = Vec::new();
    if apart {
        if kind != other {
            because_of.push(Differ::Kind);
        } else if comparable(kind, earlier(a, b).0, earlier(a, b).1) {
            // A disagreement, told with its group.
            return None;
        } else if matches!(kind, QuantityKind::Documents | QuantityKind::Other) && a.what != b.what
        {
            because_of.push(Differ::Scope);
        }
        let times = a.as_of.as_ref().zip(b.as_of.as_ref());
        if times.is_some_and(|(x, y)| x.certainly_after(y) || y.certainly_after(x)) {
            because_of.push(Differ::AsOf);
        } else if kind == other && because_of.is_empty() {
            let moves =
                matches!(kind, QuantityKind::Stock | QuantityKind::Increase | QuantityKind::Level);
            because_of.push(if moves { Differ::AsOf } else { Differ::Growth });
        }
    } else if kind == other
        && a.figure != b.figure
        && a.value != b.value
        && a.value.is_some()
        && b.value.is_some()
        && [a, b].iter().any(|f| f.bound != Bound::Equal || f.low != f.high)
    {
        because_of.push(Differ::Bound);
    }
    let (low, high) = match (low.value, high.value) {
        (Some(x), Some(y)) if y.exact() < x.exact() => (high, low),
        _ => (low, high),
    };
    (!because_of.is_empty()).then(|| Seeming {
        low: low.id.clone(),
        high: high.id.clone(),
        because_of,
    })
}

/// The two by the day they were stated, as [`comparable`] takes them.
fn earlier<'a>(a: &'a Figure, b: &'a Figure) -> (&'a Figure, &'a Figure) {
    let day = |f: &Figure| f.stated_on.as_ref().map(|d| (d.earliest(), d.latest()));
    if (day(b), &b.id) < (day(a), &a.id) { (b, a) } else { (a, b) }
}
