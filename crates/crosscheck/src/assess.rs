//! The assessment: candidates, scores, verdicts.

use std::collections::{BTreeMap, HashMap, HashSet};

use case::{Case, Index, Record};
use rayon::prelude::*;
use serde::Serialize;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{Basis, Date, ObjectId, Source, civil};

use crate::category::{self, is_facility};
use crate::name::{Form, NameMatch, Rarity, compare, fold};
use crate::place::{At, GROSS_ERROR, bits, distance_m};

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

const WORDS: &str = "sum of log2 likelihood ratios: names by the rarity of shared words (numbers decisive), category, \
     place by Budavari and Szalay 2008 with gross errors, mention of the declared town; fixed weights";

const THRESHOLD: f64 = 0.5;
const LEAST_NAME_BITS: f64 = 2.5;
const MARGIN_BITS: f64 = 3.0;
/// Two unmatched observations are of one place when their names have at least this many bits in common.
const JOIN_BITS: f64 = 4.0;
/// A point farther away than this many times the two precisions together contradicts its name.
const FAR: f64 = 3.0;
/// Precision taken for a point whose source gives none.
const UNSTATED_R95_M: f64 = 5000.0;

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
    pub fields: Vec<Field>,
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

/// What the comparison needs of a site or observation.
struct Entity<'a> {
    id: &'a ObjectId,
    forms: Vec<Form>,
    category: &'a str,
    at: Option<At>,
    /// The declared town, folded into words.
    town: Option<Form>,
    because: &'a [Index],
}

/// Cross-checks a case with what was said and seen by a day.
#[must_use]
pub fn assess(case: &Case, as_of: civil::Date) -> Crosscheck {
    let towns = towns(case);
    let known_sites: Vec<&Record<SiteDeclare>> =
        case.sites.iter().filter(|s| s.said_by(as_of)).collect();
    let (known, other): (Vec<_>, Vec<_>) = case
        .observations
        .iter()
        .filter(|o| o.body.observed_on.as_ref().is_none_or(|d| d.earliest() <= as_of))
        .partition(|o| is_facility(&o.body.category));
    let sites: Vec<Entity<'_>> = known_sites.iter().map(|r| of_site(r, &towns)).collect();
    let observations: Vec<Entity<'_>> = known.iter().map(|r| of_observation(r)).collect();
    let rarity = Rarity::count(sites.iter().chain(&observations).map(|e| e.forms.as_slice()));
    let area_m2 = area_m2(sites.iter().chain(&observations).filter_map(|e| e.at));
    let scorer = Scorer {
        rarity: &rarity,
        towns: &towns,
        prior: -(sites.len().max(1) as f64).log2(),
        area_m2,
    };

    let index = word_index(&sites, &rarity);
    let scored: Vec<Vec<Scored>> = observations
        .par_iter()
        .map(|o| {
            candidates(o, &index, &rarity)
                .into_iter()
                .map(|s| scorer.score(s, &sites[s], o))
                .collect()
        })
        .collect();

    let mut rows = Vec::with_capacity(observations.len());
    let mut of_sites: Vec<Vec<(usize, &Scored)>> = sites.iter().map(|_| Vec::new()).collect();
    let mut contested_sites = HashSet::new();
    let mut misplaced = Vec::new();
    let mut unmatched = Vec::new();
    for (o, scores) in scored.iter().enumerate() {
        let matched = best_matches(scores);
        let contested = matched.len() > 1 && !one_complex(&matched, &sites);
        for m in &matched {
            of_sites[m.site].push((o, m));
            if contested {
                contested_sites.insert(m.site);
            }
        }
        misplaced.extend(contradicts(&observations[o], scores, &sites, &known_sites));
        if matched.is_empty() {
            unmatched.push(o);
        }
        rows.push(ObservationRow {
            observation: observations[o].id.clone(),
            name: known[o].body.name.clone(),
            matches: matched
                .iter()
                .map(|m| m.to_match(sites[m.site].id.clone(), known[o].source.as_ref()))
                .collect(),
            contested,
        });
    }
    let site_rows = known_sites
        .iter()
        .enumerate()
        .map(|(s, record)| site_row(s, record, &of_sites[s], &known, &contested_sites))
        .collect();
    let (places, apart) = cluster(&unmatched, &observations, &known, &scorer);
    misplaced.extend(apart);
    // One wrong point contradicts every right one; it is told once, the declaration first.
    misplaced.sort_by(|a, b| (&a.observation, &a.against).cmp(&(&b.observation, &b.against)));
    misplaced.dedup_by(|a, b| a.observation == b.observation);
    Crosscheck {
        method: Method {
            words: WORDS,
            prior_bits: scorer.prior,
            threshold: THRESHOLD,
            least_name_bits: LEAST_NAME_BITS,
            margin_bits: MARGIN_BITS,
            gross_error: GROSS_ERROR,
            area_km2: area_m2 / 1e6,
            not_facilities: category::NOT_FACILITIES.to_vec(),
        },
        sites: site_rows,
        observations: rows,
        unmatched: places,
        misplaced,
        not_facilities: other
            .iter()
            .filter(|o| o.body.category != "place name")
            .map(|o| o.id.clone())
            .collect(),
    }
}

/// The gazetteer: towns by name.
struct Towns {
    towns: Vec<(Vec<Form>, At)>,
}

impl Towns {
    fn find(&self, name: &Form) -> Option<At> {
        self.towns
            .iter()
            .find(|(forms, _)| forms.iter().any(|f| f.words == name.words))
            .map(|(_, at)| *at)
    }

    /// Whether a form names a town, as a whole word.
    fn named_in<'a>(&'a self, forms: &'a [Form]) -> impl Iterator<Item = usize> + 'a {
        self.towns.iter().enumerate().filter_map(move |(i, (names, _))| {
            let hit = names.iter().any(|n| {
                forms
                    .iter()
                    .any(|f| !n.words.is_empty() && n.words.iter().all(|w| f.words.contains(w)))
            });
            hit.then_some(i)
        })
    }
}

fn towns(case: &Case) -> Towns {
    let names = case.observations.iter().filter(|o| o.body.category == "place name");
    let towns = names.filter_map(|o| {
        Some((forms_of(&o.body.name, &o.body.variants, &[]), point(o.body.place.as_ref()?)?))
    });
    Towns { towns: towns.collect() }
}

fn point(place: &statement::Place) -> Option<At> {
    let point = place.point.as_ref()?;
    let r95_m = point.precision_m.map_or(UNSTATED_R95_M, statement::Decimal::to_f64);
    Some(At { lat: point.lat.to_f64(), lon: point.lon.to_f64(), r95_m })
}

fn forms_of(name: &str, variants: &[String], from_memory: &[String]) -> Vec<Form> {
    let sure = std::iter::once(name)
        .chain(variants.iter().map(String::as_str))
        .map(|t| Form::new(t, false));
    let recalled = from_memory.iter().map(|t| Form::new(t, true));
    sure.chain(recalled).filter(|f| !f.words.is_empty()).collect()
}

fn of_site<'a>(record: &'a Record<SiteDeclare>, towns: &Towns) -> Entity<'a> {
    let body = &record.body;
    let town = body.place.as_ref().and_then(|p| p.name.as_deref()).map(|n| Form::new(n, false));
    let at = body.place.as_ref().and_then(point).or_else(|| towns.find(town.as_ref()?));
    Entity {
        id: &record.id,
        forms: forms_of(&body.name, &body.variants, &[]),
        category: &body.category,
        at,
        town,
        because: &record.because,
    }
}

fn of_observation(record: &Record<Observation>) -> Entity<'_> {
    let body = &record.body;
    Entity {
        id: &record.id,
        forms: forms_of(&body.name, &body.variants, &body.variants_from_memory),
        category: &body.category,
        at: body.place.as_ref().and_then(point),
        town: None,
        because: &record.because,
    }
}

/// One over the density of points: the area they are spread over, shared among them.
fn area_m2(points: impl Iterator<Item = At>) -> f64 {
    let (mut south, mut north, mut west, mut east, mut n) =
        (90.0_f64, -90.0_f64, 180.0_f64, -180.0_f64, 0.0);
    for p in points {
        (south, north) = (south.min(p.lat), north.max(p.lat));
        (west, east) = (west.min(p.lon), east.max(p.lon));
        n += 1.0;
    }
    if n < 2.0 {
        return 1e9;
    }
    let metres = 111_195.0;
    let width = (east - west) * metres * ((south + north) / 2.0).to_radians().cos();
    ((north - south) * metres * width / n).clamp(1e7, 1e11)
}

/// For each word, the sites that have it.
fn word_index<'a>(sites: &'a [Entity<'_>], rarity: &Rarity) -> HashMap<&'a str, Vec<usize>> {
    let mut index: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, site) in sites.iter().enumerate() {
        for word in site.forms.iter().flat_map(|f| &f.words).filter(|w| rarity.bits(w) >= 1.0) {
            let slots = index.entry(word).or_default();
            if slots.last() != Some(&i) {
                slots.push(i);
            }
        }
    }
    index
}

/// Sites that share a word with an observation. The commonest words bring in everything and tell nothing: of
/// them only those are followed that lead to few sites.
fn candidates(o: &Entity<'_>, index: &HashMap<&str, Vec<usize>>, rarity: &Rarity) -> Vec<usize> {
    const MANY: usize = 64;
    let mut words: Vec<&String> = o.forms.iter().flat_map(|f| &f.words).collect();
    words.sort_by(|a, b| rarity.bits(b).total_cmp(&rarity.bits(a)).then_with(|| a.cmp(b)));
    words.dedup();
    let mut found: Vec<usize> = Vec::new();
    for slots in words.iter().filter_map(|w| index.get(w.as_str())) {
        if slots.len() <= MANY || found.is_empty() {
            found.extend(slots.iter().take(4 * MANY));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

struct Scorer<'a> {
    rarity: &'a Rarity,
    towns: &'a Towns,
    prior: f64,
    area_m2: f64,
}

/// One site scored against one observation.
struct Scored {
    site: usize,
    name: NameMatch,
    fields: Vec<Field>,
    total: f64,
    distance_m: Option<f64>,
    allowed_m: f64,
}

impl Scored {
    fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.total).exp2())
    }

    fn is_match(&self) -> bool {
        self.name.bits >= LEAST_NAME_BITS && self.probability() >= THRESHOLD
    }

    fn is_far(&self) -> bool {
        self.distance_m.is_some_and(|d| d > self.allowed_m)
    }

    fn to_match(&self, id: ObjectId, source: Option<&Source>) -> Match {
        Match {
            id,
            probability: round(self.probability(), 4),
            bits: round(self.total, 2),
            fields: self
                .fields
                .iter()
                .map(|f| Field { bits: round(f.bits, 2), ..f.clone() })
                .collect(),
            distance_m: self.distance_m.map(f64::round),
            grade: source.map(Source::grade).unwrap_or_default(),
            basis: source.map(|s| s.basis),
        }
    }
}

/// Figures on a screen carry no more digits than they deserve.
fn round(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

impl Scorer<'_> {
    fn score(&self, slot: usize, site: &Entity<'_>, o: &Entity<'_>) -> Scored {
        let name = compare(&site.forms, &o.forms, self.rarity);
        let mut fields = vec![Field {
            field: "prior",
            bits: self.prior,
            words: "one of the declared sites".to_owned(),
        }];
        let words = match (&name.forms, &name.conflict) {
            (_, Some(conflict)) => format!("contradict each other: {conflict}"),
            (Some((a, b)), None) => {
                format!("`{a}` met `{b}`{}", if name.from_memory { " (from memory)" } else { "" })
            }
            (None, None) => "no form in common".to_owned(),
        };
        fields.push(Field { field: "name", bits: name.bits, words });
        let (kind, words) = category::compare(site.category, o.category);
        fields.push(Field {
            field: "category",
            bits: kind,
            words: format!("{words}: {} / {}", site.category, o.category),
        });
        let (mut distance, mut allowed_m) = (None, 0.0);
        if let (Some(a), Some(b)) = (site.at, o.at) {
            let d = distance_m(a, b);
            allowed_m = FAR * (a.r95_m + b.r95_m);
            distance = Some(d);
            let words = format!(
                "{:.1} km apart, precisions {:.1} and {:.1} km",
                d / 1e3,
                a.r95_m / 1e3,
                b.r95_m / 1e3
            );
            fields.push(Field { field: "place", bits: bits(a, b, self.area_m2), words });
        }
        if let Some(field) = self.town(site, o) {
            fields.push(field);
        }
        let total = fields.iter().map(|f| f.bits).sum();
        Scored { site: slot, name, fields, total, distance_m: distance, allowed_m }
    }

    /// A name that mentions the declared town speaks for it; one that mentions another town only, against it.
    fn town(&self, site: &Entity<'_>, o: &Entity<'_>) -> Option<Field> {
        let town = site.town.as_ref()?;
        let own: Vec<usize> = self.towns.named_in(std::slice::from_ref(town)).collect();
        let named: Vec<usize> = self.towns.named_in(&o.forms).collect();
        let mentions = o.forms.iter().any(|f| town.words.iter().all(|w| f.words.contains(w)));
        if mentions || named.iter().any(|n| own.contains(n)) {
            Some(Field {
                field: "town",
                bits: 1.0,
                words: format!("its name mentions {}", town.text),
            })
        } else if !named.is_empty() {
            Some(Field {
                field: "town",
                bits: -4.0,
                words: format!("its name mentions another town than {}", town.text),
            })
        } else {
            None
        }
    }
}

/// The best match and those that come close to it.
fn best_matches(scores: &[Scored]) -> Vec<&Scored> {
    let mut matched: Vec<&Scored> = scores.iter().filter(|s| s.is_match()).collect();
    matched.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.site.cmp(&b.site)));
    let best = matched.first().map_or(0.0, |m| m.total);
    matched.retain(|m| m.total >= best - MARGIN_BITS);
    matched
}

/// Units of one plant: of one kind and in one town, so that an observation of one is of all.
fn one_complex(matched: &[&Scored], sites: &[Entity<'_>]) -> bool {
    let town = |s: &Scored| sites[s.site].town.as_ref().map(|t| &t.words);
    matched.iter().all(|m| {
        sites[m.site].category == sites[matched[0].site].category && town(m) == town(matched[0])
    })
}

/// A name and kind that fit a site whose place the point contradicts.
fn contradicts(
    o: &Entity<'_>,
    scores: &[Scored],
    sites: &[Entity<'_>],
    records: &[&Record<SiteDeclare>],
) -> Option<Misplaced> {
    let without_place =
        |s: &Scored| s.fields.iter().filter(|f| f.field != "place").map(|f| f.bits).sum::<f64>();
    let best =
        scores.iter().filter(|s| s.name.bits >= LEAST_NAME_BITS && without_place(s) > 0.0).max_by(
            |a, b| without_place(a).total_cmp(&without_place(b)).then(b.site.cmp(&a.site)),
        )?;
    best.is_far().then(|| Misplaced {
        observation: o.id.clone(),
        against: sites[best.site].id.clone(),
        against_name: records[best.site].body.name.clone(),
        distance_m: best.distance_m.unwrap_or_default().round(),
        allowed_m: best.allowed_m.round(),
        because: o.because.iter().chain(sites[best.site].because).copied().collect(),
    })
}

fn site_row(
    slot: usize,
    record: &Record<SiteDeclare>,
    matched: &[(usize, &Scored)],
    known: &[&Record<Observation>],
    contested: &HashSet<usize>,
) -> SiteRow {
    let mut matches: Vec<(Match, usize)> = matched
        .iter()
        .map(|(o, s)| (s.to_match(known[*o].id.clone(), known[*o].source.as_ref()), *o))
        .collect();
    matches.sort_by(|(a, _), (b, _)| b.bits.total_cmp(&a.bits).then_with(|| a.id.cmp(&b.id)));
    let mut because = record.because.clone();
    let mut differences = Vec::new();
    for (_, o) in &matches {
        let seen = known[*o];
        because.extend(&seen.because);
        if let (Some(declared), Some(observed)) = (&record.body.status, &seen.body.status)
            && fold(declared) != fold(observed)
        {
            differences.push(AttributeDifference {
                attribute: "status",
                declared: declared.clone(),
                declared_on: record.said.clone(),
                observed: observed.clone(),
                observed_on: seen.body.observed_on.clone(),
                observation: seen.id.clone(),
            });
        }
    }
    let verdict = match (matches.is_empty(), contested.contains(&slot)) {
        (true, _) => Verdict::DeclaredNotSeen,
        (false, true) => Verdict::Contested,
        (false, false) => Verdict::DeclaredAndSeen,
    };
    because.sort_unstable();
    because.dedup();
    SiteRow {
        site: record.id.clone(),
        name: record.body.name.clone(),
        category: record.body.category.clone(),
        verdict,
        matches: matches.into_iter().map(|(m, _)| m).collect(),
        differences,
        basis: record.source.as_ref().map(|s| s.basis),
        because,
    }
}

/// Joins unmatched observations of one place: by name, unless their points contradict each other.
fn cluster(
    unmatched: &[usize],
    observations: &[Entity<'_>],
    known: &[&Record<Observation>],
    scorer: &Scorer<'_>,
) -> (Vec<UnmatchedPlace>, Vec<Misplaced>) {
    let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
    for &o in unmatched {
        for word in observations[o]
            .forms
            .iter()
            .flat_map(|f| &f.words)
            .filter(|w| scorer.rarity.bits(w) >= LEAST_NAME_BITS)
        {
            let slots = by_word.entry(word).or_default();
            if slots.last() != Some(&o) {
                slots.push(o);
            }
        }
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for slots in by_word.values().filter(|s| s.len() <= 64) {
        for (i, &a) in slots.iter().enumerate() {
            pairs.extend(slots[i + 1..].iter().map(|&b| (a.min(b), a.max(b))));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut named: Vec<(f64, usize, usize)> = pairs
        .into_iter()
        .map(|(a, b)| {
            (compare(&observations[a].forms, &observations[b].forms, scorer.rarity).bits, a, b)
        })
        .filter(|(bits, ..)| *bits >= JOIN_BITS)
        .collect();
    // The surest first: a name without a point may then not join two places that lie apart.
    named.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut leader: HashMap<usize, usize> = unmatched.iter().map(|&o| (o, o)).collect();
    let mut members: HashMap<usize, Vec<usize>> = unmatched.iter().map(|&o| (o, vec![o])).collect();
    let mut apart = Vec::new();
    for (_, a, b) in named {
        let (ra, rb) = (root(&mut leader, a), root(&mut leader, b));
        if ra == rb {
            continue;
        }
        let far = |(x, y): (usize, usize)| {
            let (p, q) = (observations[x].at?, observations[y].at?);
            let (d, allowed_m) = (distance_m(p, q), FAR * (p.r95_m + q.r95_m));
            (d > allowed_m).then_some((x, y, d, allowed_m))
        };
        let across = members[&ra].iter().flat_map(|&x| members[&rb].iter().map(move |&y| (x, y)));
        if let Some((x, y, d, allowed_m)) = across.filter_map(far).next() {
            // Only a name that is the same throughout makes a far point a slip rather than another place.
            if observations[a].forms.first().map(|f| &f.words)
                != observations[b].forms.first().map(|f| &f.words)
            {
                continue;
            }
            let (worse, better) = if trust(known[x]) < trust(known[y]) { (x, y) } else { (y, x) };
            apart.push(Misplaced {
                observation: observations[worse].id.clone(),
                against: observations[better].id.clone(),
                against_name: known[better].body.name.clone(),
                distance_m: d.round(),
                allowed_m: allowed_m.round(),
                because: observations[worse]
                    .because
                    .iter()
                    .chain(observations[better].because)
                    .copied()
                    .collect(),
            });
        }
        let (keep, gone) = (ra.min(rb), ra.max(rb));
        leader.insert(gone, keep);
        let moved = members.remove(&gone).unwrap_or_default();
        members.entry(keep).or_default().extend(moved);
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &o in unmatched {
        groups.entry(root(&mut leader, o)).or_default().push(o);
    }
    let mut places: Vec<UnmatchedPlace> =
        groups.into_values().map(|g| unmatched_place(&g, known)).collect();
    places.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| a.id.cmp(&b.id)));
    (places, apart)
}

fn root(leader: &mut HashMap<usize, usize>, of: usize) -> usize {
    let mut at = of;
    while let Some(&up) = leader.get(&at)
        && up != at
    {
        at = up;
    }
    leader.insert(of, at);
    at
}

/// Probability that a graded report is right: the credibility scale of STIX 2.1 (90, 70, 50, 30, 10 %), one half
/// where it cannot be judged.
fn trust(record: &Record<Observation>) -> f64 {
    match record.source.as_ref().and_then(|s| s.credibility) {
        Some(1) => 0.9,
        Some(2) => 0.7,
        Some(3) => 0.5,
        Some(4) => 0.3,
        Some(5) => 0.1,
        _ => 0.5,
    }
}

fn unmatched_place(group: &[usize], known: &[&Record<Observation>]) -> UnmatchedPlace {
    let mut records: Vec<&Record<Observation>> = group.iter().map(|&o| known[o]).collect();
    let first = records.iter().map(|r| &r.id).min().cloned();
    records.sort_by_key(|r| (r.body.observed_on.as_ref().map(Date::earliest), r.latest()));
    // Each source once, by its best report.
    let mut sources: BTreeMap<&str, f64> = BTreeMap::new();
    for r in &records {
        let cite = r.source.as_ref().map_or("", |s| s.cite.as_str());
        let best = sources.entry(cite).or_insert(0.0);
        *best = best.max(trust(r));
    }
    let probability = 1.0 - sources.values().map(|p| 1.0 - p).product::<f64>();
    let matters = records.iter().map(|r| category::weight(&r.body.category)).fold(0.0, f64::max);
    let mut readings: Vec<(String, ObjectId)> = Vec::new();
    for r in &records {
        if !readings.iter().any(|(c, _)| *c == r.body.category) {
            readings.push((r.body.category.clone(), r.id.clone()));
        }
    }
    let mut reasons = vec![format!(
        "{}, {}, weight of the kind {matters:.1}",
        plural(records.len(), "report"),
        plural(sources.len(), "source")
    )];
    // The latest reading by a source that is confirmed or probably true takes back an earlier suspicion.
    let suspected = records.iter().any(|r| r.body.category.starts_with("suspected"));
    let settled = records
        .iter()
        .rfind(|r| trust(r) >= 0.7)
        .filter(|r| suspected && !r.body.category.starts_with("suspected"));
    let settled = settled.filter(|r| category::weight(&r.body.category) < matters);
    let mut rank = probability * matters;
    if let Some(r) = settled {
        rank *= 0.3;
        let status = r.body.status.as_deref().unwrap_or(&r.body.category);
        let on = r.body.observed_on.as_ref().map(|d| format!(" on {d}")).unwrap_or_default();
        reasons.push(format!("suspicion taken back{on}: {status} ({})", r.id));
    } else if readings.len() > 1 {
        reasons.push(format!(
            "rival readings: {}",
            readings.iter().map(|(c, _)| c.as_str()).collect::<Vec<_>>().join(" or ")
        ));
    }
    if records
        .iter()
        .all(|r| r.body.place.as_ref().is_none_or(|p| p.point.is_none() && p.relation.is_none()))
    {
        reasons.push("would change it most: a point, since no source gives one".to_owned());
    } else if sources.len() == 1 {
        reasons.push("would change it most: a second, independent source".to_owned());
    }
    let best =
        records.iter().max_by(|a, b| trust(a).total_cmp(&trust(b)).then_with(|| b.id.cmp(&a.id)));
    let mut because: Vec<Index> = records.iter().flat_map(|r| r.because.iter().copied()).collect();
    because.sort_unstable();
    UnmatchedPlace {
        name: best.map(|r| r.body.name.clone()).unwrap_or_default(),
        basis: best.and_then(|r| r.source.as_ref()).map(|s| s.basis),
        observations: records.iter().map(|r| r.id.clone()).collect(),
        readings,
        rank: round(rank, 3),
        probability: round(probability, 3),
        reasons,
        because,
        // A group has at least one observation.
        id: first.unwrap_or_else(|| known[group[0]].id.clone()),
    }
}

fn plural(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
