//! The assessment: candidates, scores, verdicts.

use std::collections::HashSet;

use case::{Case, Record};
use rayon::prelude::*;
use statement::civil;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;

use crate::category::{self, is_facility};
use crate::entity::{Entity, Towns};
use crate::name::{Names, Rarity, Vocabulary, Word, fold};
use crate::place::{At, GROSS_ERROR};
use crate::result::{
    AttributeDifference, Crosscheck, Match, Method, Misplaced, ObservationRow, SiteRow, Verdict,
};
use crate::score::{
    LEAST_NAME_BITS, MARGIN_BITS, Scored, Scorer, THRESHOLD, best_matches, best_without_place,
};
use crate::unmatched::cluster;

const WORDS: &str = "sum of log2 likelihood ratios: names by the rarity of shared words (numbers decisive), category, \
     place by Budavari and Szalay 2008 with gross errors, mention of the declared town; fixed weights";

/// Cross-checks one case again and again as it grows. It remembers how texts are read, nothing else, so that the
/// result is that of [`assess`].
#[derive(Debug, Default)]
pub struct Crosschecker {
    vocabulary: Vocabulary,
}

/// Cross-checks a case with what was said and seen by a day.
#[must_use]
pub fn assess(case: &Case, as_of: civil::Date) -> Crosscheck {
    Crosschecker::default().assess(case, as_of)
}

impl Crosschecker {
    /// Cross-checks a case with what was said and seen by a day.
    pub fn assess(&mut self, case: &Case, as_of: civil::Date) -> Crosscheck {
        let vocabulary = &mut self.vocabulary;
        let towns = Towns::of(case, vocabulary);
        let declared: Vec<&Record<SiteDeclare>> =
            case.sites.iter().filter(|s| s.said_by(as_of)).collect();
        let (seen, other): (Vec<_>, Vec<_>) = case
            .observations
            .iter()
            .filter(|o| o.body.observed_on.as_ref().is_none_or(|d| d.earliest() <= as_of))
            .partition(|o| is_facility(&o.body.category));
        let sites: Vec<Entity<'_>> =
            declared.iter().map(|r| Entity::of_site(r, &towns, vocabulary)).collect();
        let observations: Vec<Entity<'_>> =
            seen.iter().map(|r| Entity::of_observation(r, &towns, vocabulary)).collect();
        let both = || sites.iter().chain(&observations);
        let rarity = Rarity::count(vocabulary.len(), both().map(|e| e.forms.as_slice()));
        let names = Names { vocabulary, rarity: &rarity };
        let prior = -(sites.len().max(1) as f64).log2();
        let area_m2 = area_m2(both().filter_map(|e| e.at));
        let compared = Compared {
            scorer: Scorer { names, prior, area_m2 },
            declared: &declared,
            seen: &seen,
            sites: &sites,
            observations: &observations,
        };
        let (observation_rows, site_rows, unmatched, mut misplaced) = compared.rows();
        let (places, apart) = cluster(&unmatched, &observations, &seen, names);
        misplaced.extend(apart);
        // One wrong point contradicts every right one; it is told once, the declaration first.
        misplaced.sort_by(|a, b| (&a.observation, &a.against).cmp(&(&b.observation, &b.against)));
        misplaced.dedup_by(|a, b| a.observation == b.observation);
        Crosscheck {
            method: Method {
                words: WORDS,
                prior_bits: prior,
                threshold: THRESHOLD,
                least_name_bits: LEAST_NAME_BITS,
                margin_bits: MARGIN_BITS,
                gross_error: GROSS_ERROR,
                area_km2: area_m2 / 1e6,
                not_facilities: category::NOT_FACILITIES.to_vec(),
            },
            sites: site_rows,
            observations: observation_rows,
            unmatched: places,
            misplaced,
            not_facilities: other
                .iter()
                .filter(|o| o.body.category != "place name")
                .map(|o| o.id.clone())
                .collect(),
        }
    }
}

/// Everything that is compared, by slot: the records and what the comparison needs of them.
struct Compared<'a> {
    scorer: Scorer<'a>,
    declared: &'a [&'a Record<SiteDeclare>],
    seen: &'a [&'a Record<Observation>],
    sites: &'a [Entity<'a>],
    observations: &'a [Entity<'a>],
}

impl Compared<'_> {
    /// The rows of observations and sites, the observations without a match, the points that contradict a
    /// declaration.
    fn rows(&self) -> (Vec<ObservationRow>, Vec<SiteRow>, Vec<usize>, Vec<Misplaced>) {
        let index = word_index(self.sites, self.scorer.names);
        let slots = 0..self.observations.len();
        let all: Vec<_> = slots.into_par_iter().map(|o| self.observation(o, &index)).collect();

        let mut rows = Vec::with_capacity(all.len());
        let mut of_sites: Vec<Vec<(Match, usize)>> =
            self.sites.iter().map(|_| Vec::new()).collect();
        let mut contested = HashSet::new();
        let (mut unmatched, mut misplaced) = (Vec::new(), Vec::new());
        for (o, (row, matches, apart)) in all.into_iter().enumerate() {
            if matches.is_empty() {
                unmatched.push(o);
            }
            for (slot, of_site) in matches {
                of_sites[slot].push((of_site, o));
                if row.contested {
                    contested.insert(slot);
                }
            }
            misplaced.extend(apart);
            rows.push(row);
        }
        let sites = of_sites.into_par_iter().enumerate();
        let site_rows = sites
            .map(|(s, matched)| {
                site_row(self.declared[s], matched, self.seen, contested.contains(&s))
            })
            .collect();
        (rows, site_rows, unmatched, misplaced)
    }

    /// One observation: its row, its matches as the sites list them, and its point when that contradicts.
    fn observation(
        &self,
        slot: usize,
        index: &[Vec<usize>],
    ) -> (ObservationRow, Vec<(usize, Match)>, Option<Misplaced>) {
        let (o, record) = (&self.observations[slot], self.seen[slot]);
        let scores: Vec<Scored> = candidates(o, index, self.scorer.names)
            .into_iter()
            .filter_map(|s| self.scorer.score(s, &self.sites[s], o))
            .collect();
        let matched = best_matches(&scores);
        let explain = |m: &&Scored| {
            (m.site, self.scorer.explain(m, &self.sites[m.site], o, record.source.as_ref()))
        };
        let matches: Vec<(usize, Match)> = matched.iter().map(explain).collect();
        let of_site =
            |(s, m): &(usize, Match)| Match { id: self.sites[*s].id.clone(), ..m.clone() };
        let row = ObservationRow {
            observation: record.id.clone(),
            name: record.body.name.clone(),
            matches: matches.iter().map(of_site).collect(),
            contested: matched.len() > 1 && !self.one_complex(&matched),
        };
        (row, matches, self.contradicts(o, &scores))
    }

    /// Units of one plant: of one kind and in one town, so that an observation of one is of all.
    fn one_complex(&self, matched: &[&Scored]) -> bool {
        let place = |m: &Scored| {
            let site = &self.sites[m.site];
            (site.category, site.town.as_ref().map(|t| &t.name.words.all))
        };
        matched.iter().all(|m| place(m) == place(matched[0]))
    }

    /// A name and kind that fit a site whose place the point contradicts.
    fn contradicts(&self, o: &Entity<'_>, scores: &[Scored]) -> Option<Misplaced> {
        let best = best_without_place(scores)?;
        let apart = best.far()?;
        let site = &self.sites[best.site];
        Some(Misplaced {
            observation: o.id.clone(),
            against: site.id.clone(),
            against_name: self.declared[best.site].body.name.clone(),
            distance_m: apart.distance_m.round(),
            allowed_m: apart.allowed_m.round(),
            because: o.because.iter().chain(site.because).copied().collect(),
        })
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
fn word_index(sites: &[Entity<'_>], names: Names<'_>) -> Vec<Vec<usize>> {
    let mut index: Vec<Vec<usize>> = vec![Vec::new(); names.vocabulary.len()];
    for (i, site) in sites.iter().enumerate() {
        for word in site.words().filter(|w| names.rarity.bits(*w) >= 1.0) {
            let slots = &mut index[word as usize];
            if slots.last() != Some(&i) {
                slots.push(i);
            }
        }
    }
    index
}

/// Sites that share a word with an observation. The commonest words bring in everything and tell nothing: of
/// them only those are followed that lead to few sites.
fn candidates(o: &Entity<'_>, index: &[Vec<usize>], names: Names<'_>) -> Vec<usize> {
    const MANY: usize = 64;
    let mut words: Vec<Word> = o.words().collect();
    let spelled = |w: Word| names.vocabulary.spelled(w);
    words.sort_by(|&a, &b| {
        let rarer = names.rarity.bits(b).total_cmp(&names.rarity.bits(a));
        rarer.then_with(|| spelled(a).cmp(spelled(b)))
    });
    words.dedup();
    let mut found: Vec<usize> = Vec::new();
    for slots in words.iter().map(|w| &index[*w as usize]) {
        if slots.len() <= MANY || found.is_empty() {
            found.extend(slots.iter().take(4 * MANY));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn site_row(
    record: &Record<SiteDeclare>,
    matched: Vec<(Match, usize)>,
    known: &[&Record<Observation>],
    contested: bool,
) -> SiteRow {
    let mut matches = matched;
    matches.sort_by(|(a, _), (b, _)| b.bits.total_cmp(&a.bits).then_with(|| a.id.cmp(&b.id)));
    let mut because = record.because.clone();
    let mut differences = Vec::new();
    for (_, o) in &matches {
        let seen = known[*o];
        because.extend(&seen.because);
        if let (Some(declared), Some(observed)) = (&record.body.status, &seen.body.status)
            && declared != observed
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
    let verdict = match (matches.is_empty(), contested) {
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
