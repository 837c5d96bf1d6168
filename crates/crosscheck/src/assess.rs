//! The assessment: candidates, scores, verdicts.

use std::collections::HashSet;

use case::{Case, Index, Record};
use foldhash::HashMap;
use rayon::prelude::*;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{ObjectId, Outcome, civil};

use crate::attribute::differences;
use crate::category::{self, is_facility};
use crate::entity::{Anchor, Entity, Towns, resolve};
use crate::grade::{Settings, Weight, log_odds};
use crate::look;
use crate::name::{Names, Rarity, Vocabulary, Word};
use crate::order::natural;
use crate::origin;
use crate::place::{Crowd, distance_m};
use crate::result::{
    Crosscheck, Field, Judgement, Level, Looked, Match, Method, Misplaced, Neighbour,
    ObservationRow, SiteRow, UnmatchedPlace, Verdict,
};
use crate::score::{
    LEAST_NAME_BITS, MARGIN_BITS, Scored, Scorer, THRESHOLD, best_matches, best_without_place,
    round,
};
use crate::unmatched::{Reports, best_at, by_observation, cluster};
use crate::weigh::{Item, fuse};

const WORDS: &str = "matches: sum of log2 likelihood ratios of names (rarity of shared words, numbers decisive), category, \
     place (Budavari and Szalay 2008 with gross errors; a non-match is spread by the local density of sites) and mention of the \
     declared town, fixed weights; places: reports as log2 odds of the probability that their grade gives, one for each \
     origin, readings and `none of these` sharing what is there; intervals over the range of the grades and the prior";

/// Places within this distance are told as neighbours.
const NEIGHBOUR_M: f64 = 5_000.0;
/// Most neighbours told of one place.
const NEIGHBOURS: usize = 4;

/// Cross-checks one case again and again as it grows. It remembers how texts are read, nothing else, so that the
/// result is that of [`assess`].
#[derive(Debug, Default)]
pub struct Crosschecker {
    vocabulary: Vocabulary,
    settings: Settings,
}

/// Cross-checks a case with what was said and seen by a day, with the default settings.
#[must_use]
pub fn assess(case: &Case, as_of: civil::Date) -> Crosscheck {
    Crosschecker::default().assess(case, as_of)
}

impl Crosschecker {
    /// A cross-checker with the settings of a case.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { vocabulary: Vocabulary::default(), settings }
    }

    /// Cross-checks a case with what was said and seen by a day. The order in which the case came to hold its
    /// statements does not matter.
    pub fn assess(&mut self, case: &Case, as_of: civil::Date) -> Crosscheck {
        self.assess_with(case, &[], as_of)
    }

    /// The same together with a party's private observations, which are in no shared ledger. One whose id the case
    /// has already is left out.
    pub fn assess_with(
        &mut self,
        case: &Case,
        private: &[Record<Observation>],
        as_of: civil::Date,
    ) -> Crosscheck {
        let known = |id: &ObjectId| case.observations.get(id.as_str()).is_some();
        let private = private.iter().filter(|o| !known(&o.id));
        let reported: Vec<&Record<Observation>> = case.observations.iter().chain(private).collect();
        let (vocabulary, settings) = (&mut self.vocabulary, &self.settings);
        let towns = Towns::of(&reported, vocabulary);
        let mut declared: Vec<&Record<SiteDeclare>> =
            case.sites.iter().filter(|s| s.said_by(as_of)).collect();
        declared.sort_by(|a, b| natural(&a.id, &b.id));
        let (mut seen, mut other): (Vec<_>, Vec<_>) = reported
            .iter()
            .copied()
            .filter(|o| o.body.observed_on.as_ref().is_none_or(|d| d.earliest() <= as_of))
            .partition(|o| is_facility(&o.body.category));
        seen.sort_by(|a, b| natural(&a.id, &b.id));
        other.sort_by(|a, b| natural(&a.id, &b.id));
        let sites: Vec<Entity<'_>> =
            declared.iter().map(|r| Entity::of_site(r, &towns, vocabulary, settings)).collect();
        let mut observations: Vec<Entity<'_>> =
            seen.iter().map(|r| Entity::of_observation(r, &towns, vocabulary, settings)).collect();
        let anchors = resolve(&sites, &mut observations, &towns, vocabulary);
        let both = || sites.iter().chain(&observations);
        let rarity = Rarity::count(vocabulary.len(), both().map(|e| e.forms.as_slice()));
        let names = Names { vocabulary, rarity: &rarity };
        let prior = -(sites.len().max(1) as f64).log2();
        let mut crowd = Crowd::of(sites.iter().filter_map(|e| e.at));
        let seen_at = Crowd::of(both().filter_map(|e| e.at));
        crowd.area_m2 = seen_at.area_m2;
        let compared = Compared {
            scorer: Scorer { names, prior, crowd: &crowd },
            declared: &declared,
            seen: &seen,
            sites: &sites,
            observations: &observations,
            towns: &towns,
            settings,
            findings: findings(case, as_of),
        };
        let matching = compared.matching();
        let reports = Reports {
            observations: &observations,
            known: &seen,
            names,
            crowd: &seen_at,
            settings,
            prior: -(matching.unmatched.len().max(1) as f64).log2(),
        };
        let mut misplaced = matching.misplaced;
        let (groups, apart) = cluster(&matching.unmatched, reports);
        misplaced.extend(apart);
        // One wrong point contradicts every right one; it is told once, the declaration first.
        misplaced.sort_by(|a, b| {
            natural(&a.observation, &b.observation).then_with(|| natural(&a.against, &b.against))
        });
        misplaced.dedup_by(|a, b| a.observation == b.observation);

        let mut places: Vec<(UnmatchedPlace, usize)> = groups
            .par_iter()
            .enumerate()
            .map(|(g, group)| {
                let declared = group.iter().map(|&o| matching.best[o]).fold(0.0, f64::max);
                let outside = compared.outside(group.iter().map(|&o| &seen[o].id));
                let near = compared.neighbours(group, &groups, &anchors);
                (reports.place(group, declared, outside, near), g)
            })
            .collect();
        places.sort_by(|(a, _), (b, _)| {
            b.rank.total_cmp(&a.rank).then_with(|| natural(&a.id, &b.id))
        });
        let site_rows = compared.site_rows(matching.of_sites, &matching.contested, reports);

        let mut looks: Vec<_> = places
            .iter()
            .map(|(place, g)| {
                let at = best_at(&groups[*g], &observations);
                let entity = groups[*g].iter().map(|&o| &observations[o]);
                let located = entity.clone().find(|e| e.complex.is_some());
                let entity = located.unwrap_or(&observations[groups[*g][0]]);
                look::at_place(place, at, entity, &towns, settings)
            })
            .chain(
                site_rows
                    .iter()
                    .zip(&sites)
                    .filter_map(|(row, entity)| look::at_site(row, entity, &towns, settings)),
            )
            .collect();
        looks.retain(|l| l.expected_bits > 0.0);
        looks.sort_by(|a, b| {
            let worth = |l: &crate::result::Look| l.expected_bits * l.matters;
            worth(b).total_cmp(&worth(a)).then_with(|| natural(&a.entity, &b.entity))
        });
        let places: Vec<UnmatchedPlace> = places.into_iter().map(|(place, _)| place).collect();
        let rows = observation_rows(matching.rows, &site_rows, &places);
        Crosscheck {
            method: Method {
                words: WORDS,
                prior_bits: prior,
                threshold: THRESHOLD,
                least_name_bits: LEAST_NAME_BITS,
                margin_bits: MARGIN_BITS,
                gross_error: settings.gross_error,
                area_km2: crowd.area_m2 / 1e6,
                not_facilities: category::NOT_FACILITIES.to_vec(),
                origins: origin::WORDS,
                status_holds_days: category::STATUS_HOLDS_DAYS,
                evidence: settings.clone(),
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
            looks,
        }
    }
}

/// What findings and closed access requests say of observations and sites: by the id they are about.
fn findings(case: &Case, as_of: civil::Date) -> HashMap<ObjectId, Vec<(ObjectId, Outcome)>> {
    let mut found: HashMap<ObjectId, Vec<(ObjectId, Outcome)>> = HashMap::default();
    for finding in &case.findings {
        if let Some(end) = finding.body.resolved_by(as_of) {
            for about in &finding.body.raised.about {
                found.entry(about.clone()).or_default().push((finding.id.clone(), end.outcome));
            }
        }
    }
    for access in &case.access {
        let ends = access.body.acts.closings.iter();
        let Some(site) = &access.body.request.site else { continue };
        for end in ends.filter(|c| c.body.on.earliest() <= as_of) {
            found.entry(site.clone()).or_default().push((access.id.clone(), end.body.outcome));
        }
    }
    for list in found.values_mut() {
        list.sort_by(|a, b| natural(&a.0, &b.0));
    }
    found
}

/// Everything that is compared, by slot: the records and what the comparison needs of them.
struct Compared<'a> {
    scorer: Scorer<'a>,
    declared: &'a [&'a Record<SiteDeclare>],
    seen: &'a [&'a Record<Observation>],
    sites: &'a [Entity<'a>],
    observations: &'a [Entity<'a>],
    towns: &'a Towns<'a>,
    settings: &'a Settings,
    findings: HashMap<ObjectId, Vec<(ObjectId, Outcome)>>,
}

/// Which observation is of which site.
struct Matching {
    /// For each observation: its id and name, its matches, whether sites compete for it.
    rows: Vec<(ObjectId, String, Vec<Match>, bool)>,
    of_sites: Vec<Vec<(Match, usize)>>,
    contested: HashSet<usize>,
    unmatched: Vec<usize>,
    misplaced: Vec<Misplaced>,
    /// For each observation the greatest probability that it is of a declared site.
    best: Vec<f64>,
}

/// One observation against all sites.
struct Compare {
    matches: Vec<(usize, Match)>,
    contested: bool,
    misplaced: Option<Misplaced>,
    best: f64,
}

impl Compared<'_> {
    fn matching(&self) -> Matching {
        let index = word_index(self.sites, self.scorer.names);
        let slots = 0..self.observations.len();
        let all: Vec<Compare> =
            slots.into_par_iter().map(|o| self.observation(o, &index)).collect();
        let mut matching = Matching {
            rows: Vec::with_capacity(all.len()),
            of_sites: self.sites.iter().map(|_| Vec::new()).collect(),
            contested: HashSet::new(),
            unmatched: Vec::new(),
            misplaced: Vec::new(),
            best: Vec::with_capacity(all.len()),
        };
        for (o, compare) in all.into_iter().enumerate() {
            if compare.matches.is_empty() {
                matching.unmatched.push(o);
            }
            let of_site =
                |(s, m): &(usize, Match)| Match { id: self.sites[*s].id.clone(), ..m.clone() };
            let record = self.seen[o];
            matching.rows.push((
                record.id.clone(),
                record.body.name.clone(),
                compare.matches.iter().map(of_site).collect(),
                compare.contested,
            ));
            for (slot, m) in compare.matches {
                matching.of_sites[slot].push((m, o));
                if compare.contested {
                    matching.contested.insert(slot);
                }
            }
            matching.misplaced.extend(compare.misplaced);
            matching.best.push(compare.best);
        }
        matching
    }

    /// One observation against all sites that share a word with it.
    fn observation(&self, slot: usize, index: &[Vec<usize>]) -> Compare {
        let (o, record) = (&self.observations[slot], self.seen[slot]);
        let found = candidates(o, index, self.scorer.names);
        let around = match o.at {
            Some(at) if !found.is_empty() => self.scorer.crowd.around(at),
            _ => 0.0,
        };
        let scores: Vec<Scored> = found
            .into_iter()
            .filter_map(|s| self.scorer.score(s, &self.sites[s], o, around))
            .collect();
        let matched = best_matches(&scores);
        let explain = |m: &&Scored| {
            (m.site, self.scorer.explain(m, &self.sites[m.site], o, record.source.as_ref()))
        };
        let mut matches: Vec<(usize, Match)> = matched.iter().map(explain).collect();
        if let Some(best) = matched.first() {
            matches.extend(self.other_units(best, o, &matches));
        }
        Compare {
            matches,
            contested: matched.len() > 1 && !self.one_complex(&matched),
            misplaced: self.contradicts(o, &scores, !matched.is_empty()),
            best: scores.iter().map(Scored::probability).fold(0.0, f64::max),
        }
    }

    /// A report of "three 635 MW reactors" that is of one of three declared units is of the others too.
    fn other_units(
        &self,
        best: &Scored,
        o: &Entity<'_>,
        matches: &[(usize, Match)],
    ) -> Vec<(usize, Match)> {
        let met = &o.forms[best.met().1];
        let first = &self.sites[best.site];
        let (Some((_, of_first)), true) = (matches.first(), category::counts_several(met.text))
        else {
            return Vec::new();
        };
        let unit = |s: &Entity<'_>| {
            let powers =
                |w: &crate::name::Words| first.forms.iter().any(|f| f.words.shares_power(w));
            s.category == first.category
                && s.complex == first.complex
                && s.forms.first().is_some_and(|f| powers(&f.words))
        };
        let others = self
            .sites
            .iter()
            .enumerate()
            .filter(|(s, site)| unit(site) && !matches.iter().any(|(slot, _)| slot == s));
        others
            .map(|(slot, _)| {
                let mut fields = of_first.fields.to_vec();
                fields.push(Field {
                    field: "units",
                    bits: 0.0,
                    words: format!("`{}` is of each unit, as of {}", met.text, first.id),
                });
                (slot, Match { level: Level::Contains, fields: fields.into(), ..of_first.clone() })
            })
            .collect()
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
    fn contradicts(&self, o: &Entity<'_>, scores: &[Scored], matched: bool) -> Option<Misplaced> {
        let best = best_without_place(scores)?;
        let apart = best.far()?;
        let site = &self.sites[best.site];
        let name = &self.declared[best.site].body.name;
        let lies = o.complex.map(|t| format!("; the point lies in {}", self.towns.name(t)));
        let taken = if matched {
            "its name and kind fit that site, so it is taken for a report of it with a wrong point"
        } else {
            "its name and kind fit that site, its point does not: it may be a slip or another place"
        };
        Some(Misplaced {
            observation: o.id.clone(),
            against: site.id.clone(),
            against_name: name.clone(),
            distance_m: apart.distance_m.round(),
            allowed_m: apart.allowed_m.round(),
            words: format!("{taken}{}", lies.unwrap_or_default()),
            because: o.because.iter().chain(site.because).copied().collect(),
        })
    }

    /// What findings say of the objects with these ids, as evidence on the first reading.
    fn outside<'i>(&self, ids: impl Iterator<Item = &'i ObjectId>) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for (id, outcome) in ids.filter_map(|id| self.findings.get(id)).flatten() {
            let (p, says) = match outcome {
                Outcome::Confirmed => (0.95, "a finding: confirmed"),
                Outcome::Refuted => (0.05, "a finding: refuted"),
                // Looked for and not found; what was there before is open.
                Outcome::CannotRuleOut => (0.3, "a finding: not found, cannot rule out"),
                // Silence and refusal say nothing of what is there.
                Outcome::Refused | Outcome::NoAnswer => (0.5, "a finding: refused or unanswered"),
            };
            if items.iter().any(|i| i.id == *id) {
                continue;
            }
            let bits = log_odds(p).abs().min(self.settings.cap_bits);
            items.push(Item {
                id: id.clone(),
                says: says.to_owned(),
                reading: 0,
                against: p < 0.5,
                weight: Weight { low: bits / 2.0, bits, high: bits },
                judged: true,
                confirmed: false,
                origins: vec![format!("finding {id}")],
                grade: String::new(),
            });
        }
        items
    }

    fn site_rows(
        &self,
        of_sites: Vec<Vec<(Match, usize)>>,
        contested: &HashSet<usize>,
        reports: Reports<'_>,
    ) -> Vec<SiteRow> {
        let mut watched: HashSet<usize> = HashSet::new();
        watched.extend(self.observations.iter().filter_map(|o| o.complex));
        let slots = of_sites.into_par_iter().enumerate();
        slots
            .map(|(s, matched)| {
                self.site_row(s, matched, contested.contains(&s), &watched, reports)
            })
            .collect()
    }

    fn site_row(
        &self,
        slot: usize,
        mut matches: Vec<(Match, usize)>,
        contested: bool,
        watched: &HashSet<usize>,
        reports: Reports<'_>,
    ) -> SiteRow {
        let record = self.declared[slot];
        matches.sort_by(|(a, _), (b, _)| {
            b.bits.total_cmp(&a.bits).then_with(|| natural(&a.id, &b.id))
        });
        let mut because: Vec<Index> = record.because.clone();
        let mut differ = Vec::new();
        let mut items: Vec<Item> = Vec::new();
        for (m, o) in &matches {
            let seen = self.seen[*o];
            because.extend(&seen.because);
            if m.level != Level::Contains {
                differ.extend(differences(record, seen));
            }
            let denied = category::denial(seen.body.status.as_deref());
            let says = denied.map_or_else(
                || format!("seen: {}", seen.body.category),
                |words| format!("looked, and: `{words}`"),
            );
            let against = denied.is_some() && category::suspects(&seen.body.category);
            let mut item = reports.item(*o, 0, against, says);
            item.weight = item.weight.if_of_it(m.probability);
            items.push(item);
        }
        let outside = self.outside(std::iter::once(&record.id));
        let found_nothing = outside.iter().chain(&items).any(|i| i.against);
        items.extend(outside);
        let items: Vec<&Item> = items.iter().collect();
        let fused = fuse(&items, 1, self.settings);
        let names = [format!("the {}", record.body.category)];
        let question = format!("is {} there, as others see it?", record.body.name);
        let weighing = fused.weighing(question, &items, &[0], &names, 1.0, self.settings);
        let disagree = differ.iter().any(|d| d.judgement == Judgement::Disagree);
        let verdict = match (matches.is_empty(), contested, disagree) {
            (true, ..) => Verdict::DeclaredNotSeen,
            (_, true, _) => Verdict::Contested,
            (.., true) => Verdict::AttributesDisagree,
            _ => Verdict::DeclaredAndSeen,
        };
        let complex = self.sites[slot].complex;
        let looked = if !matches.is_empty() {
            Looked::Seen
        } else if found_nothing {
            Looked::FoundNothing
        } else if complex.is_some_and(|c| watched.contains(&c)) {
            Looked::OnlyItsComplex
        } else {
            Looked::Never
        };
        because.sort_unstable();
        because.dedup();
        SiteRow {
            site: record.id.clone(),
            name: record.body.name.clone(),
            category: record.body.category.clone(),
            verdict,
            weighing,
            looked,
            matches: matches.into_iter().map(|(m, _)| m).collect(),
            differences: differ,
            basis: record.source.as_ref().map(|s| s.basis),
            because,
        }
    }

    /// How the place of a group stands to declared sites and to the other undeclared places.
    fn neighbours(
        &self,
        group: &[usize],
        groups: &[Vec<usize>],
        anchors: &HashMap<usize, Anchor>,
    ) -> Vec<Neighbour> {
        let mut found: Vec<Neighbour> = Vec::new();
        let mut add = |n: Neighbour| {
            if !found.iter().any(|f| f.to == n.to) {
                found.push(n);
            }
        };
        // What a report itself tells.
        for (o, anchor) in group.iter().filter_map(|o| Some((o, anchors.get(o)?))) {
            let Some(relation) = self.observations[*o].relation else { continue };
            let (to, name) = match *anchor {
                Anchor::Site(s) => (self.sites[s].id, self.declared[s].body.name.clone()),
                Anchor::Observation(x) => (self.observations[x].id, self.seen[x].body.name.clone()),
                Anchor::Town(_) => continue,
            };
            let inside = relation.far_m == Some(statement::Decimal::ZERO);
            let metres = |d: Option<statement::Decimal>| d.map(statement::Decimal::to_f64);
            let distance_m = match (metres(relation.near_m), metres(relation.far_m)) {
                (Some(near), Some(far)) if !inside => Some(f64::midpoint(near, far)),
                _ => None,
            };
            let told = statement::Place { relation: Some(relation.clone()), ..Default::default() };
            add(Neighbour {
                level: if inside { Level::PartOf } else { Level::NearButDistinct },
                to: to.clone(),
                name,
                distance_m,
                words: format!("{} says: {told}", self.observations[*o].id),
            });
        }
        // "Two sites related to nuclear waste" are places that others report one by one.
        if group.iter().any(|&o| category::counts_several(&self.seen[o].body.name)) {
            let kind = &self.observations[group[0]].kind;
            let same = |g: &&Vec<usize>| {
                g.first() != group.first() && g.iter().any(|&o| self.observations[o].kind == *kind)
            };
            for other in groups.iter().filter(same).take(NEIGHBOURS) {
                let first =
                    other.iter().min_by(|&&a, &&b| natural(&self.seen[a].id, &self.seen[b].id));
                if let Some(&o) = first {
                    add(Neighbour {
                        level: Level::Contains,
                        to: self.seen[o].id.clone(),
                        name: self.seen[o].body.name.clone(),
                        distance_m: None,
                        words: "a report of several sites of this kind may be of this one"
                            .to_owned(),
                    });
                }
            }
            return found;
        }
        let whole = group.iter().any(|&o| self.observations[o].is_complex());
        let complex = group.iter().find_map(|&o| self.observations[o].complex);
        if whole && let Some(complex) = complex {
            for (s, site) in
                self.sites.iter().enumerate().filter(|(_, s)| s.complex == Some(complex))
            {
                add(Neighbour {
                    level: Level::Contains,
                    to: site.id.clone(),
                    name: self.declared[s].body.name.clone(),
                    distance_m: None,
                    words: format!("declared in {}", self.towns.name(complex)),
                });
            }
            return found;
        }
        // Points good enough to tell buildings apart.
        let Some(at) = best_at(group, self.observations).filter(|at| at.is_of_a_building()) else {
            return found;
        };
        let mut near: Vec<Neighbour> = Vec::new();
        let mut beside = |to: &ObjectId, name: &str, other: crate::place::At| {
            let d = distance_m(at, other);
            if other.is_of_a_building() && d <= NEIGHBOUR_M {
                near.push(Neighbour {
                    level: Level::NearButDistinct,
                    to: to.clone(),
                    name: name.to_owned(),
                    distance_m: Some(d.round()),
                    words: format!("precisions {:.0} and {:.0} m", at.r95_m, other.r95_m),
                });
            }
        };
        for (s, site) in self.sites.iter().enumerate() {
            if let Some(other) = site.at {
                beside(site.id, &self.declared[s].body.name, other);
            }
        }
        for other in groups.iter().filter(|g| g.first() != group.first()) {
            let first = other.iter().map(|&o| self.observations[o].id).min_by(|a, b| natural(a, b));
            if let (Some(at), Some(id)) = (best_at(other, self.observations), first) {
                beside(id, &self.seen[other[0]].body.name, at);
            }
        }
        near.sort_by(|a, b| {
            let metres = |n: &Neighbour| n.distance_m.unwrap_or(f64::MAX);
            metres(a).total_cmp(&metres(b)).then_with(|| natural(&a.to, &b.to))
        });
        near.into_iter().take(NEIGHBOURS).for_each(&mut add);
        found
    }
}

/// Every observation with what comes of the place it belongs to.
fn observation_rows(
    rows: Vec<(ObjectId, String, Vec<Match>, bool)>,
    sites: &[SiteRow],
    places: &[UnmatchedPlace],
) -> Vec<ObservationRow> {
    let place_of = by_observation(places);
    let verdicts: HashMap<&ObjectId, &SiteRow> = sites.iter().map(|s| (&s.site, s)).collect();
    rows.into_iter()
        .map(|(observation, name, matches, contested)| {
            let (entity, verdict, probability) = match (matches.first(), place_of.get(&observation))
            {
                (Some(m), _) => {
                    let differs = |site: &&&SiteRow| {
                        let of_it = |d: &&crate::result::AttributeDifference| {
                            d.observation == observation && d.judgement == Judgement::Disagree
                        };
                        site.differences.iter().any(|d| of_it(&d))
                    };
                    let verdict = if contested {
                        Verdict::Contested
                    } else if verdicts.get(&m.id).filter(differs).is_some() {
                        Verdict::AttributesDisagree
                    } else {
                        Verdict::DeclaredAndSeen
                    };
                    (m.id.clone(), verdict, m.probability)
                }
                (None, Some(&p)) => {
                    (places[p].id.clone(), places[p].verdict, places[p].probability)
                }
                // Every observation without a match is of a place.
                (None, None) => (observation.clone(), Verdict::SeenNotDeclared, 0.5),
            };
            let bits = match matches.first() {
                Some(m) => m.bits,
                None => round(log_odds(probability.clamp(1e-6, 1.0 - 1e-6)), 2),
            };
            ObservationRow {
                observation,
                name,
                entity,
                verdict,
                probability,
                bits,
                matches,
                contested,
            }
        })
        .collect()
}

/// For each word, the sites that have it.
fn word_index(sites: &[Entity<'_>], names: Names<'_>) -> Vec<Vec<usize>> {
    let mut index: Vec<Vec<usize>> = vec![Vec::new(); names.vocabulary.len()];
    for (i, site) in sites.iter().enumerate() {
        for word in site.keys().filter(|w| names.rarity.bits(*w) >= 1.0) {
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
    let mut words: Vec<Word> = o.keys().collect();
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
