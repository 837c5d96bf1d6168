//! Places for the map: what was declared and what was seen, with the precision of each.

use std::collections::HashMap;

use assessment::Assessment;
use case::Case;
use serde::Serialize;
use statement::{Decimal, Place, Point, civil};
use utoipa::ToSchema;

use crate::views;

/// Everything that can be drawn.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct MapPage {
    /// Places with a point.
    pub features: Vec<Feature>,
    /// Pairs that were matched: an observation and a declared site, by id.
    pub links: Vec<Link>,
    /// Declared sites and observations without any point.
    pub without_point: Vec<Named>,
}

/// One place.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feature {
    /// The site or observation.
    pub id: String,
    /// `declared`, `observed` or `named`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What it is said to be.
    pub category: String,
    /// Its state as said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Radius in metres within which it lies; absent when the source gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision_m: Option<f64>,
    /// The named place whose point this is, where the source gives only a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    /// When it was seen or declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The first day that date allows, for the slider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// What the cross-check says of it.
    pub verdict: String,
    /// The readings of a place whose sources differ over what it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<String>,
    /// How sure the record is.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub basis: &'static str,
}

/// A match drawn as a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link {
    /// The observation.
    pub observation: String,
    /// The declared site.
    pub site: String,
    /// The probability that they are one.
    pub probability: f64,
}

/// What has no point.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// The site or observation.
    pub id: String,
    /// `declared` or `observed`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it is, in words; empty when nothing is said.
    pub place: String,
}

/// Category under which a case records the towns that names refer to.
const PLACE_NAME: &str = "place name";

/// The map of a case on a day.
#[must_use]
pub(super) fn map(case: &Case, a: &Assessment) -> MapPage {
    let day = a.as_of.earliest();
    let towns = towns(case);
    let mut page = MapPage::default();
    let verdicts: HashMap<&str, &str> =
        a.crosscheck.sites.iter().map(|s| (s.site.as_str(), views::verdict(s.verdict))).collect();
    let mut readings: HashMap<&str, Vec<String>> = HashMap::new();
    for place in &a.crosscheck.unmatched {
        let words: Vec<String> = place.readings.iter().map(|r| r.kind.clone()).collect();
        for id in &place.observations {
            readings.insert(id.as_str(), words.clone());
        }
    }
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for row in &a.crosscheck.observations {
        seen.insert(row.observation.as_str(), views::verdict(row.verdict));
        page.links.extend(row.matches.iter().map(|m| Link {
            observation: row.observation.to_string(),
            site: m.id.to_string(),
            probability: m.probability,
        }));
    }
    for r in case.sites.iter().filter(|r| r.said_by(day)) {
        let feature = Feature {
            id: r.id.to_string(),
            kind: "declared",
            name: r.body.name.clone(),
            category: r.body.category.clone(),
            status: r.body.status.clone(),
            lat: 0.0,
            lon: 0.0,
            precision_m: None,
            by_name: None,
            on: r.said.as_ref().map(ToString::to_string),
            day: r.said.as_ref().map(|d| d.earliest().to_string()),
            verdict: verdicts.get(r.id.as_str()).copied().unwrap_or_default().to_owned(),
            readings: Vec::new(),
            basis: views::basis_mark(r.source.as_ref().map(|s| s.basis)),
        };
        page.place(feature, r.body.place.as_ref(), &towns);
    }
    let by = |d: &Option<statement::Date>, day: civil::Date| {
        d.as_ref().is_none_or(|d| d.earliest() <= day)
    };
    for r in case.observations.iter().filter(|r| by(&r.body.observed_on, day)) {
        let named = r.body.category == PLACE_NAME;
        let feature = Feature {
            id: r.id.to_string(),
            kind: if named { "named" } else { "observed" },
            name: r.body.name.clone(),
            category: r.body.category.clone(),
            status: r.body.status.clone(),
            lat: 0.0,
            lon: 0.0,
            precision_m: None,
            by_name: None,
            on: r.body.observed_on.as_ref().map(ToString::to_string),
            day: r.body.observed_on.as_ref().map(|d| d.earliest().to_string()),
            verdict: seen.get(r.id.as_str()).copied().unwrap_or_default().to_owned(),
            readings: readings.remove(r.id.as_str()).unwrap_or_default(),
            basis: views::basis_mark(r.source.as_ref().map(|s| s.basis)),
        };
        page.place(feature, r.body.place.as_ref(), &towns);
    }
    page
}

impl MapPage {
    fn place(&mut self, mut feature: Feature, place: Option<&Place>, towns: &Towns<'_>) {
        let own = place.and_then(|p| p.point.as_ref());
        let named =
            place.and_then(|p| p.name.as_deref()).and_then(|n| towns.get(&n.to_lowercase()));
        if own.is_none() {
            feature.by_name = named.map(|(name, _)| (*name).to_owned());
        }
        match own.or(named.map(|(_, point)| *point)) {
            Some(point) => {
                (feature.lat, feature.lon) = (float(point.lat), float(point.lon));
                feature.precision_m = point.precision_m.map(float);
                self.features.push(feature);
            }
            None => self.without_point.push(Named {
                id: feature.id,
                kind: feature.kind,
                name: feature.name,
                place: place.map(ToString::to_string).unwrap_or_default(),
            }),
        }
    }
}

type Towns<'a> = HashMap<String, (&'a str, &'a Point)>;

/// The towns a case names, by every spelling of theirs.
fn towns(case: &Case) -> Towns<'_> {
    let mut out = HashMap::new();
    for r in case.observations.iter().filter(|r| r.body.category == PLACE_NAME) {
        let Some(point) = r.body.place.as_ref().and_then(|p| p.point.as_ref()) else { continue };
        let spellings = std::iter::once(&r.body.name).chain(&r.body.variants);
        for name in spellings.chain(&r.body.variants_from_memory) {
            out.entry(name.to_lowercase()).or_insert((r.body.name.as_str(), point));
        }
    }
    out
}

/// For drawing only; what is compared and stored stays decimal.
fn float(d: Decimal) -> f64 {
    d.to_string().parse().unwrap_or(f64::NAN)
}
