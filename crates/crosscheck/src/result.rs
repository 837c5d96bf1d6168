//! What a cross-check finds.

use std::sync::Arc;

use case::Index;
use serde::Serialize;
use statement::{Basis, Date, ObjectId};

/// The cross-check of a case on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crosscheck {
    /// How it was done.
    pub method: Method,
    /// Every declared site.
    pub sites: Vec<SiteRow>,
    /// Every observation of a facility.
    pub observations: Vec<ObservationRow>,
    /// Places seen and not declared, the most pressing first.
    pub unmatched: Vec<UnmatchedPlace>,
    /// Points that contradict the name or declaration they belong to.
    pub misplaced: Vec<Misplaced>,
    /// Observations of things that are no facility.
    pub not_facilities: Vec<ObjectId>,
}

/// The rules and weights, so that a reader can judge them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// In words.
    pub words: &'static str,
    /// Bits before anything is known: log2 of one over the number of declared sites.
    pub prior_bits: f64,
    /// A match needs at least this probability.
    pub threshold: f64,
    /// And at least this many bits from the name: a point shared by a complex says nothing about which building.
    pub least_name_bits: f64,
    /// Matches within this many bits of the best compete with it.
    pub margin_bits: f64,
    /// Share of points taken to be simply wrong.
    pub gross_error: f64,
    /// Area in square kilometres that a point of another place is spread over.
    pub area_km2: f64,
    /// Categories that are no facility.
    pub not_facilities: Vec<&'static str>,
}

/// One declared site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteRow {
    /// Its id.
    pub site: ObjectId,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// What the observations say of it.
    pub verdict: Verdict,
    /// The observations matched to it, the strongest first.
    pub matches: Vec<Match>,
    /// Where declaration and observation differ.
    pub differences: Vec<AttributeDifference>,
    /// How sure the record of the declaration is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// What the observations say of a declared site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least one observation is of it.
    DeclaredAndSeen,
    /// No observation names it. This does not say that it is not there.
    DeclaredNotSeen,
    /// What matches it matches another declared site about as well.
    Contested,
}

/// An observation matched to a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// The observation, or the site when listed under an observation.
    pub id: ObjectId,
    /// Probability that they are of one place.
    pub probability: f64,
    /// Sum of all fields and the prior, in bits.
    pub bits: f64,
    /// Field by field.
    pub fields: Arc<[Field]>,
    /// Distance of the points in metres, where both are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// Admiralty grade of the observation.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub grade: String,
    /// How sure its record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// One field of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Which.
    pub field: &'static str,
    /// Its weight in bits.
    pub bits: f64,
    /// What met.
    pub words: String,
}

/// A declared attribute that an observation gives otherwise. A change over time is no contradiction: both come
/// with their dates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeDifference {
    /// Which attribute.
    pub attribute: &'static str,
    /// As declared.
    pub declared: String,
    /// When it was declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_on: Option<Date>,
    /// As observed.
    pub observed: String,
    /// When it was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_on: Option<Date>,
    /// The observation.
    pub observation: ObjectId,
}

/// One observation of a facility.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservationRow {
    /// Its id.
    pub observation: ObjectId,
    /// What the source calls it.
    pub name: String,
    /// The declared sites it matches, the best first; several when they compete or share a place.
    pub matches: Vec<Match>,
    /// The declared sites compete for it: they are not of one kind and place.
    pub contested: bool,
}

/// A place that was seen and is not declared, with every reading of what it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnmatchedPlace {
    /// The id of its first observation.
    pub id: ObjectId,
    /// What the best source calls it.
    pub name: String,
    /// Its observations.
    pub observations: Vec<ObjectId>,
    /// Every reading of what it is, with the observation that has it, oldest first.
    pub readings: Vec<(String, ObjectId)>,
    /// What it is ranked by: probability that some source is right, times how much the kind matters, times 0.3
    /// when the latest well-graded reading takes the suspicion back.
    pub rank: f64,
    /// Probability that at least one of its sources is right, each source counted once.
    pub probability: f64,
    /// Why it stands where it stands, and what would change it.
    pub reasons: Vec<String>,
    /// Whether the strongest record of it rests on memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// A point that contradicts its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Misplaced {
    /// The observation.
    pub observation: ObjectId,
    /// The declared site or the observation whose place it contradicts.
    pub against: ObjectId,
    /// Its name.
    pub against_name: String,
    /// How far apart they are, in metres.
    pub distance_m: f64,
    /// How far apart their precisions allow, in metres.
    pub allowed_m: f64,
    /// The entries it rests on.
    pub because: Vec<Index>,
}
