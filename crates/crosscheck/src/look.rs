//! Where to look next: proposed access requests, by how much a visit would tell.
//!
//! The information of a visit is that of an erasure channel: with probability `finds` it shows which reading is right,
//! else nothing, so it is expected to give `finds` times the entropy of the readings (Shannon 1948, section 12).

use crate::category;
use crate::entity::{Entity, Towns};
use crate::grade::Settings;
use crate::place::At;
use crate::result::{Judgement, Level, Look, SiteRow, UnmatchedPlace, Verdict};
use crate::score::round;

/// A request for more than this is no request for a place: 50 km across (CTBT, Protocol II, paragraph 3, gives 1,000 km²
/// and 50 km).
const MOST_RADIUS_M: f64 = 17_800.0;
/// Share of what a visit finds that is left where only the complex is known, and where only a name is.
const COMPLEX_SHARE: f64 = 0.6;
const NAME_SHARE: f64 = 0.2;

/// Entropy in bits.
fn entropy(probabilities: &[f64]) -> f64 {
    let rest = 1.0 - probabilities.iter().sum::<f64>();
    let all = probabilities.iter().copied().chain([rest]);
    all.filter(|p| *p > 1e-9).map(|p| -p * p.log2()).sum()
}

/// Where something is, for a request.
struct Spot {
    words: String,
    centre: Option<(f64, f64)>,
    radius_m: Option<f64>,
    finds: f64,
}

fn spot(at: Option<At>, entity: &Entity<'_>, towns: &Towns<'_>, settings: &Settings) -> Spot {
    let town = entity.complex.map(|t| towns.name(t));
    let near = town.map(|t| format!("{t}, ")).unwrap_or_default();
    match at.filter(|at| at.r95_m <= MOST_RADIUS_M) {
        Some(at) => {
            let building = at.is_of_a_building();
            let level = if building { "known to a building" } else { "known to its complex" };
            // No finer than the precision deserves, and never finer than 0.01 degrees: about a kilometre.
            let coarse = |degrees: f64| round(degrees, 2);
            Spot {
                words: format!("{near}within {:.1} km ({level})", at.r95_m.max(1000.0) / 1000.0),
                centre: Some((coarse(at.lat), coarse(at.lon))),
                radius_m: Some(at.r95_m.max(1000.0).round()),
                finds: settings.visit_finds * if building { 1.0 } else { COMPLEX_SHARE },
            }
        }
        None => match town {
            Some(town) => Spot {
                words: format!("{town}, known by the name of its complex only"),
                centre: None,
                radius_m: None,
                finds: settings.visit_finds * COMPLEX_SHARE,
            },
            None => Spot {
                words: "no source says where: ask for the place first".to_owned(),
                centre: None,
                radius_m: None,
                finds: settings.visit_finds * NAME_SHARE,
            },
        },
    }
}

/// The request for an undeclared place.
pub(crate) fn at_place(
    place: &UnmatchedPlace,
    at: Option<At>,
    entity: &Entity<'_>,
    towns: &Towns<'_>,
    settings: &Settings,
) -> Look {
    let spot = spot(at, entity, towns, settings);
    let readings: Vec<f64> = place.readings.iter().map(|r| r.probability).collect();
    let leading = place.readings.first();
    let kind = leading.map_or("", |r| r.kind.as_str());
    let gravest = place
        .readings
        .iter()
        .max_by(|a, b| category::weight(&a.kind).total_cmp(&category::weight(&b.kind)));
    let look_for = category::look_for(gravest.map_or(kind, |r| &r.kind));
    let matters = gravest.map_or(0.3, |r| category::weight(&r.kind));
    let inside = place.neighbours.iter().find(|n| n.level == Level::PartOf);
    let words = match inside {
        Some(n) => format!("{}, inside {}", spot.words, n.name),
        None => spot.words,
    };
    let (basis, settles) = match place.verdict {
        Verdict::Contested => (
            "inconsistency: reports of this place give rival readings of what it is".to_owned(),
            format!(
                "which it is: {}, or none of these",
                place.readings.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>().join(" or ")
            ),
        ),
        Verdict::FalseAlarm => (
            "question: whether what was suspected here can be ruled out".to_owned(),
            format!("what is left of the suspicion of {}", gravest.map_or(kind, |r| &r.kind)),
        ),
        _ => (
            "question: a place was seen that the declaration does not name".to_owned(),
            format!("whether there is an undeclared {kind}"),
        ),
    };
    Look {
        entity: place.id.clone(),
        name: place.name.clone(),
        place: words,
        centre: spot.centre,
        radius_m: spot.radius_m,
        basis,
        look_for,
        expected_bits: round(spot.finds * entropy(&readings), 2),
        finds: round(spot.finds, 2),
        matters,
        settles,
        because: place.because.clone(),
    }
}

/// The request for a declared site that raises a question: not seen, contested, or with attributes that disagree.
pub(crate) fn at_site(
    site: &SiteRow,
    entity: &Entity<'_>,
    towns: &Towns<'_>,
    settings: &Settings,
) -> Option<Look> {
    let (basis, settles) = match site.verdict {
        Verdict::DeclaredNotSeen => (
            "question: the site is declared and no report tells of it".to_owned(),
            "whether it is there as declared".to_owned(),
        ),
        Verdict::AttributesDisagree => {
            let first = site.differences.iter().find(|d| d.judgement == Judgement::Disagree)?;
            (
                format!(
                    "inconsistency: its {} is declared as `{}` and reported as `{}`",
                    first.attribute, first.declared, first.observed
                ),
                format!("which {} is right", first.attribute),
            )
        }
        Verdict::Contested => (
            "inconsistency: reports fit this declared site and another as well".to_owned(),
            "which of the declared sites the reports are of".to_owned(),
        ),
        _ => return None,
    };
    let spot = spot(entity.at, entity, towns, settings);
    let p = if site.verdict == Verdict::DeclaredNotSeen { site.weighing.probability } else { 0.5 };
    Some(Look {
        entity: site.site.clone(),
        name: site.name.clone(),
        place: spot.words,
        centre: spot.centre,
        radius_m: spot.radius_m,
        basis,
        look_for: category::look_for(&site.category),
        expected_bits: round(spot.finds * entropy(&[p]), 2),
        finds: round(spot.finds, 2),
        matters: category::weight(&site.category),
        settles,
        because: site.because.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::entropy;

    #[test]
    fn information_of_a_visit() {
        assert!((entropy(&[0.5]) - 1.0).abs() < 1e-12);
        assert!((entropy(&[0.25, 0.25]) - 1.5).abs() < 1e-12);
        assert!(entropy(&[1.0]).abs() < 1e-6);
    }
}
