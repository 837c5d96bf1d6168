//! The assessment: scores, verdicts, rows.

use std::collections::HashSet;
use std::sync::Arc;

use case::{Case, Index, Record};
use foldhash::HashMap;
use rayon::prelude::*;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{ObjectId, Outcome, civil};

use crate::attribute::differences;
use crate::candidates::Candidates;
use crate::category::{self, is_facility};
use crate::entity::{Anchor, Entity, Towns, resolve};
use crate::grade::{Settings, Weight, log_odds};
use crate::look;
use crate::memo::{Memo, Print, Printer, print_of};
use crate::name::{Names, Rarity, Vocabulary};
use crate::order::natural;
use crate::origin;
use crate::place::{At, Crowd, distance_m, too_far_north_or_south};
use crate::print::Prints;
use crate::result::{
    Crosscheck, Field, Judgement, Level, Look, Looked, Match, Method, Misplaced, Neighbour,
    ObservationRow, SiteRow, UnmatchedPlace, Verdict,
};
use crate::score::{
    LEAST_NAME_BITS, MARGIN_BITS, Scored, Scorer, THRESHOLD, best_matches, best_without_place,
    round, steady_log2,
};
use crate::unmatched::{Reports, best_at, cluster};
use crate::weigh::{Item, fuse};

const WORDS: &str = "matches: sum of log2 likelihood ratios of names (rarity of shared words, numbers decisive), category, \
     place (Budavari and Szalay 2008 with gross errors; a non-match is spread by the local density of sites) and mention of the \
     declared town, fixed weights; places: reports as log2 odds of the probability that their grade gives, one for each \
     origin, readings and `none of these` sharing what is there; intervals over the range of the grades and the prior";

/// Places within this distance are told as neighbours.
const NEIGHBOUR_M: f64 = 5_000.0;
/// Most neighbours told of one place.
const NEIGHBOURS: usize = 4;

/// Cross-checks one case again and again as it grows. It remembers how texts are read, and each row of its last result
/// with a fingerprint of all it was made from, so that the result is that of [`assess`].
#[derive(Debug, Default)]
pub struct Crosschecker {
    vocabulary: Vocabulary,
    settings: Settings,
    kept: Kept,
}

/// The rows of the last result.
#[derive(Debug, Default)]
struct Kept {
    compares: Memo<Compare>,
    sites: Memo<SiteRow>,
    places: Memo<UnmatchedPlace>,
    observations: Memo<ObservationRow>,
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
        Self { settings, ..Self::default() }
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
        let Self { vocabulary, settings, kept } = self;
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
        let mut crowd = Crowd::of(sites.iter().filter_map(|e| e.at));
        let seen_at = Crowd::of(both().filter_map(|e| e.at));
        crowd.area_m2 = seen_at.area_m2;
        let scorer = Scorer { names, prior: -steady_log2(sites.len()), crowd: &crowd };
        let mut whole = Printer::new();
        whole.add(&towns.print());
        whole.numbers([scorer.prior, crowd.area_m2, crowd.others]);
        let prints = Prints::of((&declared, &sites), (&seen, &observations), names, whole.print());
        let compared = Compared {
            scorer,
            declared: &declared,
            seen: &seen,
            sites: &sites,
            observations: &observations,
            towns: &towns,
            settings,
            findings: findings(case, as_of),
        };
        let candidates = Candidates::of(&sites, names);
        let around: Vec<f64> =
            observations.par_iter().map(|o| o.at.map_or(0.0, |at| crowd.around(at))).collect();
        let of_compares = prints.of_compares(&observations, &candidates, &around);
        let compares =
            kept.compares.recall(&of_compares, |o| compared.observation(o, &candidates, around[o]));
        let matching = compared.matching(&compares);

        let around = |(o, compare): (&Entity<'_>, &Arc<Compare>)| match o.at {
            Some(at) if compare.matches.is_empty() => seen_at.around_other(at),
            _ => 0.0,
        };
        let around: Vec<f64> = observations.par_iter().zip(&compares).map(around).collect();
        let reports = Reports {
            observations: &observations,
            known: &seen,
            names,
            crowd: &seen_at,
            around: &around,
            settings,
            prior: -steady_log2(matching.unmatched.len()),
        };
        let mut misplaced = matching.misplaced;
        let (groups, apart) = cluster(&matching.unmatched, reports);
        misplaced.extend(apart);
        // One wrong point contradicts every right one; it is told once, the declaration first.
        misplaced.sort_by(|a, b| {
            natural(&a.observation, &b.observation).then_with(|| natural(&a.against, &b.against))
        });
        misplaced.dedup_by(|a, b| a.observation == b.observation);

        let groups: Vec<Group> = groups.into_iter().map(|g| compared.group(g)).collect();
        let near: Vec<Vec<Neighbour>> =
            groups.par_iter().map(|g| compared.neighbours(g, &groups, &anchors)).collect();
        let of_places: Vec<Print> = (groups.iter().zip(&near))
            .map(|(group, near)| {
                let mut printer = Printer::new();
                printer.add(&towns.print());
                printer.numbers([reports.prior, seen_at.area_m2, seen_at.others]);
                for &o in &group.members {
                    printer.add(&(prints.observations[o], compared.findings.get(&seen[o].id)));
                    printer.numbers([around[o], compares[o].declared]);
                }
                for n in near {
                    printer.add(&(n.level, &n.to, &n.name, &n.words));
                    printer.numbers([n.distance_m.unwrap_or(-1.0)]);
                }
                printer.print()
            })
            .collect();
        let places = kept.places.recall(&of_places, |g| {
            let members = &groups[g].members;
            let declared = members.iter().map(|&o| compares[o].declared).fold(0.0, f64::max);
            let outside = compared.outside(members.iter().map(|&o| &seen[o].id));
            reports.place(members, declared, outside, near[g].clone())
        });

        let mut watched: HashSet<usize> = HashSet::new();
        watched.extend(observations.iter().filter_map(|o| o.complex));
        let watched = |s: usize| sites[s].complex.is_some_and(|complex| watched.contains(&complex));
        let of_sites: Vec<Print> = (matching.of_sites.iter().enumerate())
            .map(|(s, matched)| {
                let mut printer = Printer::new();
                let found = compared.findings.get(&declared[s].id);
                printer.add(&(prints.sites[s], matching.contested.contains(&s), watched(s), found));
                matched.iter().for_each(|&o| printer.add(&of_compares[o]));
                printer.print()
            })
            .collect();
        let site_rows = kept.sites.recall(&of_sites, |s| {
            let matched = matching.of_sites[s].iter().map(|&o| (&*compares[o], o));
            compared.site_row(s, matched, matching.contested.contains(&s), watched(s), reports)
        });

        let mut place_of: Vec<usize> = vec![0; observations.len()];
        for (g, group) in groups.iter().enumerate() {
            group.members.iter().for_each(|&o| place_of[o] = g);
        }
        let of_rows: Vec<Print> = (of_compares.iter().enumerate())
            .map(|(o, compare)| {
                let entity = match matching.first[o] {
                    Some(site) => of_sites[site],
                    None => of_places[place_of[o]],
                };
                print_of(&(compare, entity))
            })
            .collect();
        let rows = kept.observations.recall(&of_rows, |o| {
            let of = match matching.first[o] {
                Some(site) => Of::Site(&site_rows[site]),
                None => Of::Place(&places[place_of[o]]),
            };
            observation_row(seen[o], &compares[o], of)
        });

        let mut ranked: Vec<(Arc<UnmatchedPlace>, usize)> = places.into_iter().zip(0..).collect();
        ranked.sort_by(|(a, _), (b, _)| {
            b.rank.total_cmp(&a.rank).then_with(|| natural(&a.id, &b.id))
        });
        let looks = compared.looks(&ranked, &groups, &site_rows);
        Crosscheck {
            method: Method {
                words: WORDS,
                prior_bits: scorer.prior,
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
            unmatched: ranked.into_iter().map(|(place, _)| place).collect(),
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

/// One observation against all sites.
#[derive(Debug)]
struct Compare {
    /// The sites it is of, the best first.
    matches: Vec<(ObjectId, Match)>,
    /// Whether sites compete for it.
    contested: bool,
    misplaced: Option<Misplaced>,
    /// The greatest probability that it is of a declared site.
    declared: f64,
}

/// Which observation is of which site.
struct Matching {
    /// For each site its observations.
    of_sites: Vec<Vec<usize>>,
    /// Sites that compete with others for an observation.
    contested: HashSet<usize>,
    /// For each observation the site that it is of most probably.
    first: Vec<Option<usize>>,
    unmatched: Vec<usize>,
    misplaced: Vec<Misplaced>,
}

/// Reports of one undeclared place.
struct Group {
    members: Vec<usize>,
    /// The one with the lowest id.
    first: usize,
    /// Where it is, as the best-located of them has it.
    at: Option<At>,
}

impl Compared<'_> {
    fn matching(&self, compares: &[Arc<Compare>]) -> Matching {
        let slots: HashMap<&ObjectId, usize> =
            self.sites.iter().enumerate().map(|(s, site)| (site.id, s)).collect();
        let mut matching = Matching {
            of_sites: vec![Vec::new(); self.sites.len()],
            contested: HashSet::new(),
            first: Vec::with_capacity(compares.len()),
            unmatched: Vec::new(),
            misplaced: Vec::new(),
        };
        for (o, compare) in compares.iter().enumerate() {
            let sites = || compare.matches.iter().filter_map(|(site, _)| slots.get(site).copied());
            for site in sites() {
                matching.of_sites[site].push(o);
                if compare.contested {
                    matching.contested.insert(site);
                }
            }
            matching.first.push(sites().next());
            if compare.matches.is_empty() {
                matching.unmatched.push(o);
            }
            matching.misplaced.extend(compare.misplaced.clone());
        }
        matching
    }

    fn group(&self, members: Vec<usize>) -> Group {
        let lower = |a: usize, b: usize| {
            if natural(&self.seen[b].id, &self.seen[a].id).is_lt() { b } else { a }
        };
        Group {
            // A group has at least one member.
            first: members.iter().copied().reduce(lower).unwrap_or_default(),
            at: best_at(&members, self.observations),
            members,
        }
    }

    /// One observation against all sites that share a word with it; `around` says how sites crowd there.
    fn observation(&self, slot: usize, candidates: &Candidates<'_>, around: f64) -> Compare {
        let (o, record) = (&self.observations[slot], self.seen[slot]);
        let scores: Vec<Scored> = candidates
            .find(o)
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
            contested: matched.len() > 1 && !self.one_complex(&matched),
            misplaced: self.contradicts(o, &scores, !matched.is_empty()),
            declared: scores.iter().map(Scored::probability).fold(0.0, f64::max),
            matches: matches.into_iter().map(|(s, m)| (self.sites[s].id.clone(), m)).collect(),
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

    fn site_row<'c>(
        &self,
        slot: usize,
        matched: impl Iterator<Item = (&'c Compare, usize)>,
        contested: bool,
        watched: bool,
        reports: Reports<'_>,
    ) -> SiteRow {
        let record = self.declared[slot];
        let of_it = |(compare, o): (&'c Compare, usize)| {
            let (_, of_it) = compare.matches.iter().find(|(site, _)| *site == record.id)?;
            Some((of_it.clone(), o))
        };
        let mut matches: Vec<(Match, usize)> = matched.filter_map(of_it).collect();
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
        let looked = if !matches.is_empty() {
            Looked::Seen
        } else if found_nothing {
            Looked::FoundNothing
        } else if watched {
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

    /// Where to look next, the most telling first.
    fn looks(
        &self,
        places: &[(Arc<UnmatchedPlace>, usize)],
        groups: &[Group],
        sites: &[Arc<SiteRow>],
    ) -> Vec<Look> {
        let at_places = places.iter().map(|(place, g)| {
            let Group { members, at, .. } = &groups[*g];
            let located = members.iter().find(|&&o| self.observations[o].complex.is_some());
            let entity = &self.observations[*located.unwrap_or(&members[0])];
            look::at_place(place, *at, entity, self.towns, self.settings)
        });
        let at_sites = sites.iter().zip(self.sites);
        let at_sites = at_sites
            .filter_map(|(row, entity)| look::at_site(row, entity, self.towns, self.settings));
        let mut looks: Vec<Look> = at_places.chain(at_sites).collect();
        looks.retain(|l| l.expected_bits > 0.0);
        looks.sort_by(|a, b| {
            let worth = |l: &Look| l.expected_bits * l.matters;
            worth(b).total_cmp(&worth(a)).then_with(|| natural(&a.entity, &b.entity))
        });
        looks
    }

    /// How the place of a group stands to declared sites and to the other undeclared places.
    fn neighbours(
        &self,
        group: &Group,
        groups: &[Group],
        anchors: &HashMap<usize, Anchor>,
    ) -> Vec<Neighbour> {
        let members = &group.members;
        let mut found: Vec<Neighbour> = Vec::new();
        let mut add = |n: Neighbour| {
            if !found.iter().any(|f| f.to == n.to) {
                found.push(n);
            }
        };
        // What a report itself tells.
        for (o, anchor) in members.iter().filter_map(|o| Some((o, anchors.get(o)?))) {
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
        if members.iter().any(|&o| category::counts_several(&self.seen[o].body.name)) {
            let kind = &self.observations[members[0]].kind;
            let same = |g: &&Group| {
                let mut kinds = g.members.iter().map(|&o| &self.observations[o].kind);
                g.first != group.first && kinds.any(|k| k == kind)
            };
            for other in groups.iter().filter(same).take(NEIGHBOURS) {
                let first = self.seen[other.first];
                add(Neighbour {
                    level: Level::Contains,
                    to: first.id.clone(),
                    name: first.body.name.clone(),
                    distance_m: None,
                    words: "a report of several sites of this kind may be of this one".to_owned(),
                });
            }
            return found;
        }
        let whole = members.iter().any(|&o| self.observations[o].is_complex());
        let complex = members.iter().find_map(|&o| self.observations[o].complex);
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
        let Some(at) = group.at.filter(|at| at.is_of_a_building()) else {
            return found;
        };
        let mut near: Vec<Neighbour> = Vec::new();
        let mut beside = |to: &ObjectId, name: &str, other: At| {
            if !other.is_of_a_building() || too_far_north_or_south(at, other, NEIGHBOUR_M) {
                return;
            }
            let d = distance_m(at, other);
            if d <= NEIGHBOUR_M {
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
        for other in groups.iter().filter(|g| g.first != group.first) {
            if let Some(at) = other.at {
                beside(&self.seen[other.first].id, &self.seen[other.members[0]].body.name, at);
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

/// What an observation is of.
enum Of<'a> {
    Site(&'a SiteRow),
    Place(&'a UnmatchedPlace),
}

/// An observation with what comes of the place it belongs to.
fn observation_row(record: &Record<Observation>, compare: &Compare, of: Of<'_>) -> ObservationRow {
    let observation = record.id.clone();
    let of_site = |(site, m): &(ObjectId, Match)| Match { id: site.clone(), ..m.clone() };
    let matches: Vec<Match> = compare.matches.iter().map(of_site).collect();
    let (entity, verdict, probability, bits) = match of {
        Of::Site(site) => {
            let differs = site
                .differences
                .iter()
                .any(|d| d.observation == observation && d.judgement == Judgement::Disagree);
            let verdict = if compare.contested {
                Verdict::Contested
            } else if differs {
                Verdict::AttributesDisagree
            } else {
                Verdict::DeclaredAndSeen
            };
            let (probability, bits) =
                matches.first().map_or((0.5, 0.0), |m| (m.probability, m.bits));
            (site.site.clone(), verdict, probability, bits)
        }
        Of::Place(place) => {
            let bits = log_odds(place.probability.clamp(1e-6, 1.0 - 1e-6));
            (place.id.clone(), place.verdict, place.probability, round(bits, 2))
        }
    };
    ObservationRow {
        observation,
        name: record.body.name.clone(),
        entity,
        verdict,
        probability,
        bits,
        matches,
        contested: compare.contested,
    }
}
