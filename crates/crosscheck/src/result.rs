//! What a cross-check finds.

use std::sync::Arc;

use case::Index;
use serde::Serialize;
use statement::{Basis, Date, ObjectId};

use crate::grade::Settings;

/// The cross-check of a case on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crosscheck {
    /// How it was done.
    pub method: Method,
    /// Every declared site.
    pub sites: Vec<Arc<SiteRow>>,
    /// Every observation of a facility.
    pub observations: Vec<Arc<ObservationRow>>,
    /// Places seen and not declared, the most pressing first.
    pub unmatched: Vec<Arc<UnmatchedPlace>>,
    /// Points that contradict the name or declaration they belong to.
    pub misplaced: Vec<Misplaced>,
    /// Observations of things that are no facility.
    pub not_facilities: Vec<ObjectId>,
    /// Where to look next, the most telling first.
    pub looks: Vec<Look>,
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
    /// The area of the case in square kilometres: where no other place lies near, a point of another place is spread
    /// over twice this.
    pub area_km2: f64,
    /// Categories that are no facility.
    pub not_facilities: Vec<&'static str>,
    /// How it is told which reports are of one origin.
    pub origins: &'static str,
    /// Statuses are compared when stated within so many days of each other.
    pub status_holds_days: i64,
    /// What grades weigh, and the other choices of the case.
    pub evidence: Settings,
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
    /// Whether others saw it there, and how sure that is.
    pub weighing: Weighing,
    /// Whether anybody is recorded to have looked.
    pub looked: Looked,
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

/// What comes of declaration and observations for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Declared, and at least one observation is of it.
    DeclaredAndSeen,
    /// Declared, and no observation names it. This does not say that it is not there.
    DeclaredNotSeen,
    /// Seen, and not among what was declared.
    SeenNotDeclared,
    /// Declared and seen, and type, status, capacity or date disagree.
    AttributesDisagree,
    /// Declared sites compete for what was seen, or rival readings of what a place is stand against each other.
    Contested,
    /// Not a facility.
    NotAFacility,
    /// It was suspected, and somebody who looked took the suspicion back.
    FalseAlarm,
}

impl Verdict {
    /// As programs write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DeclaredAndSeen => "declared_and_seen",
            Self::DeclaredNotSeen => "declared_not_seen",
            Self::SeenNotDeclared => "seen_not_declared",
            Self::AttributesDisagree => "attributes_disagree",
            Self::Contested => "contested",
            Self::NotAFacility => "not_a_facility",
            Self::FalseAlarm => "false_alarm",
        }
    }
}

/// Whether anybody looked at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// Somebody looked and saw it.
    Seen,
    /// Somebody looked and did not find what was suspected.
    FoundNothing,
    /// The complex was looked at; no report speaks of this place in it.
    OnlyItsComplex,
    /// Nobody is recorded to have looked.
    Never,
}

/// A question, with the probability that its answer is yes and all that was weighed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weighing {
    /// The question.
    pub question: String,
    /// Probability that the answer is yes.
    pub probability: f64,
    /// The least it is over the range of the inputs: what the grades weigh, and the prior.
    pub low: f64,
    /// The most it is.
    pub high: f64,
    /// The words of ICD 203 for the probability.
    pub words: &'static str,
    /// Bits before any report.
    pub prior_bits: f64,
    /// Bits of the answer: prior and all that counts.
    pub bits: f64,
    /// Every report with its weight, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// The report that speaks most for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strongest_for: Option<ObjectId>,
    /// The report that speaks most against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strongest_against: Option<ObjectId>,
    /// The single new piece of evidence, short of a visit, that would change it most.
    pub would_change: Change,
}

/// One report as evidence for or against the answer yes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The observation, finding or access request.
    pub id: ObjectId,
    /// What it says to the question.
    pub says: String,
    /// What counts of it, in bits: positive for yes.
    pub bits: f64,
    /// Its least weight over the range of its grade.
    pub low: f64,
    /// Its greatest weight.
    pub high: f64,
    /// Whose observation it is: the origins its source cites.
    pub origins: Vec<String>,
    /// Its Admiralty grade; empty when it has none.
    pub grade: String,
    /// Why it counts as it does.
    pub counts: Counts,
}

/// Why a report counts as it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// In full.
    InFull,
    /// Not at all: it is of the same origin as this weightier one.
    SameOrigin(ObjectId),
    /// Not at all: this report's grade 1 means that others confirm it already.
    ConfirmsAlready(ObjectId),
    /// Not at all: its source cannot be judged, or was not graded.
    CannotBeJudged,
    /// Not at all: it is doubted, and better reports say the same.
    DoubtedBesideBetter,
}

/// A new piece of evidence and what it would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The evidence.
    pub what: String,
    /// The probability it would lead to.
    pub probability: f64,
}

/// An observation matched to a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// The observation, or the site when listed under an observation.
    pub id: ObjectId,
    /// Probability that they are of one place.
    pub probability: f64,
    /// How the observed thing stands to the declared site.
    pub level: Level,
    /// Sum of all fields and the prior, in bits.
    pub bits: f64,
    /// Field by field.
    pub fields: Arc<[Field]>,
    /// Which of their names met, and how.
    pub names: Arc<NamesMet>,
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

/// Two names that met, and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamesMet {
    /// The declared name, or that of the first of two observations, as its source writes it.
    pub name: String,
    /// The name observed, as its source writes it.
    pub observed: String,
    /// In what way they met.
    pub how: names::How,
    /// Which form of the first met.
    pub left: names::Met,
    /// Which form of the other it met.
    pub right: names::Met,
    /// Whether one of the names was recalled from memory by whoever recorded it.
    pub from_memory: bool,
}

/// How one thing on the ground stands to another. A complex and its buildings are two levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// They are the same.
    Same,
    /// The one is a part of the other.
    PartOf,
    /// The one contains the other.
    Contains,
    /// Near each other, and two.
    NearButDistinct,
}

impl Level {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "the same as",
            Self::PartOf => "part of",
            Self::Contains => "contains",
            Self::NearButDistinct => "near but distinct from",
        }
    }
}

/// How an undeclared place stands to another place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Neighbour {
    /// How it stands to the other.
    pub level: Level,
    /// The declared site, or the observation that stands for another place.
    pub to: ObjectId,
    /// Its name.
    pub name: String,
    /// Metres between them, where that is known better than their complex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// What says so.
    pub words: String,
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

/// A declared attribute that an observation gives otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeDifference {
    /// Which attribute: `type`, `status`, `capacity`, `date`.
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
    /// What the difference amounts to.
    pub judgement: Judgement,
    /// Why.
    pub words: String,
}

/// What a difference of an attribute amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Both cannot be true.
    Disagree,
    /// They may speak of different times; a changed use is no mismatch.
    NotComparable,
}

/// One observation of a facility.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservationRow {
    /// Its id.
    pub observation: ObjectId,
    /// What the source calls it.
    pub name: String,
    /// The place it belongs to: the declared site, or the first observation of an undeclared place.
    pub entity: ObjectId,
    /// What comes of that place.
    pub verdict: Verdict,
    /// Probability behind the verdict: that the observation is of the declared site; that the place is there and not
    /// declared; of the leading reading; that the alarm was false.
    pub probability: f64,
    /// The same in bits: log2 of the odds.
    pub bits: f64,
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
    /// What comes of it.
    pub verdict: Verdict,
    /// Its observations.
    pub observations: Vec<ObjectId>,
    /// Why they are taken for reports of one place: what ties each to another of them.
    pub ties: Vec<Tie>,
    /// Every reading of what it is, the likeliest first.
    pub readings: Vec<Reading>,
    /// The question that it raises, weighed.
    pub weighing: Weighing,
    /// Whether anybody who looked found nothing.
    pub looked: Looked,
    /// What was said of it, in order of time.
    pub history: Vec<Said>,
    /// How it stands to declared sites and to other places.
    pub neighbours: Vec<Neighbour>,
    /// What it is ranked by: the probability of each reading times how much that kind matters.
    pub rank: f64,
    /// Probability that the verdict holds.
    pub probability: f64,
    /// Why it stands where it stands, and what would change it.
    pub reasons: Vec<String>,
    /// Whether the strongest record of it rests on memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// What ties a report to another of the same undeclared place: the strongest such tie.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tie {
    /// The report.
    pub observation: ObjectId,
    /// The report it is tied to.
    pub to: ObjectId,
    /// Sum of all fields and the prior, in bits.
    pub bits: f64,
    /// Field by field.
    pub fields: Vec<Field>,
    /// Which of their names met, and how.
    pub names: NamesMet,
}

/// A reading of what a place is. All readings of a place and "none of these" add up to one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// The kind of place.
    pub kind: String,
    /// Its probability.
    pub probability: f64,
    /// The least it is over the range of the inputs.
    pub low: f64,
    /// The most it is.
    pub high: f64,
    /// The words of ICD 203.
    pub words: &'static str,
    /// The observations that have it, in order of time.
    pub observations: Vec<ObjectId>,
}

/// What a report said of a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// When it was seen or reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// The observation.
    pub observation: ObjectId,
    /// What it is taken for, and its state.
    pub what: String,
    /// The Admiralty grade.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub grade: String,
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
    /// Why it is taken for a slip, and where the point lies instead.
    pub words: String,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// A proposed access request. It names no source: it can be handed over as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Look {
    /// The declared site, or the first observation of an undeclared place.
    pub entity: ObjectId,
    /// Its name.
    pub name: String,
    /// Where to go, in words.
    pub place: String,
    /// Middle of the area asked for, degrees north and east, where a point is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<(f64, f64)>,
    /// Radius of the area asked for in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_m: Option<f64>,
    /// Why: the question or inconsistency, in the IAEA's words.
    pub basis: String,
    /// What to look for.
    pub look_for: &'static str,
    /// Information that a visit is expected to give, in bits.
    pub expected_bits: f64,
    /// Probability that a visit finds what is there; less where the place is known to a complex only.
    pub finds: f64,
    /// How much the kind matters, 0 to 1.
    pub matters: f64,
    /// What it would settle.
    pub settles: String,
    /// The entries it rests on.
    pub because: Vec<Index>,
}
