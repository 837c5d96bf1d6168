//! Places that were seen and are not declared: which reports are of one place, what it is, and how pressing.

use foldhash::{HashMap, HashMapExt};

use case::{Index, Record};
use rayon::prelude::*;
use statement::Date;
use statement::kinds::evidence::Observation;

use crate::category::{self, denial, suspects};
use crate::entity::Entity;
use crate::grade::{Settings, icd203};
use crate::name::{Names, Word};
use crate::order::natural;
use crate::origin::origins;
use crate::place::{self, Crowd, allowed_m, distance_m};
use crate::result::{
    Change, Counts, Field, Looked, Misplaced, Neighbour, Reading, Said, Tie, UnmatchedPlace,
    Verdict,
};
use crate::score::{LEAST_NAME_BITS, round, shared_kind};
use crate::weigh::{Fused, Item, fuse};

/// Two groups are not joined when any pair across them has fewer bits than this.
const LEAST_ACROSS_BITS: f64 = -3.0;
/// A rival reading of at least this share of the leading one keeps a place contested.
const RIVAL_SHARE: f64 = 0.25;
/// A suspicion below this probability that a believed report took back is a false alarm.
const FALSE_BELOW: f64 = 0.25;

/// Everything that joining reports needs.
#[derive(Clone, Copy)]
pub(crate) struct Reports<'a> {
    pub observations: &'a [Entity<'a>],
    pub known: &'a [&'a Record<Observation>],
    pub names: Names<'a>,
    /// Where all that was seen lies.
    pub crowd: &'a Crowd,
    /// For each report that matches no site what [`Crowd::around_other`] says of its position.
    pub around: &'a [f64],
    pub settings: &'a Settings,
    /// Bits before anything is known of two unmatched reports: one over their number.
    pub prior: f64,
}

/// What speaks for two reports being of one place, in bits.
#[derive(Clone, Copy)]
struct Parts {
    name: f64,
    kind: f64,
    place: f64,
    stage: f64,
}

impl Parts {
    fn sum(self) -> f64 {
        self.name + self.kind + self.place + self.stage
    }
}

/// Joins unmatched observations of one place: names, kinds and points as bits, the surest pairs first.
pub(crate) fn cluster(
    unmatched: &[usize],
    reports: Reports<'_>,
) -> (Vec<Vec<usize>>, Vec<Misplaced>) {
    let Reports { observations, names, .. } = reports;
    let mut by_word: HashMap<Word, Vec<usize>> = HashMap::new();
    for &o in unmatched {
        for word in observations[o].keys().filter(|w| names.rarity.bits(*w) >= LEAST_NAME_BITS) {
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
    let prior = reports.prior;
    let mut named: Vec<(f64, usize, usize)> = pairs
        .into_par_iter()
        .map(|(a, b)| (prior + reports.pair(a, b).sum(), a, b))
        .filter(|(bits, ..)| *bits > 0.0)
        .collect();
    named.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut leader: HashMap<usize, usize> = unmatched.iter().map(|&o| (o, o)).collect();
    let mut members: HashMap<usize, Vec<usize>> = unmatched.iter().map(|&o| (o, vec![o])).collect();
    for (_, a, b) in named {
        let (ra, rb) = (root(&mut leader, a), root(&mut leader, b));
        if ra == rb {
            continue;
        }
        let mut across =
            members[&ra].iter().flat_map(|&x| members[&rb].iter().map(move |&y| (x, y)));
        // Another kind is a rival reading of one place, unless the points lie apart as well.
        let bars = |(x, y): (usize, usize)| {
            let parts = reports.pair(x.min(y), x.max(y));
            let excused = if parts.place < 0.0 { 0.0 } else { parts.kind };
            prior + parts.sum() - excused < LEAST_ACROSS_BITS
        };
        if across.any(bars) {
            continue;
        }
        let (keep, gone) = (ra.min(rb), ra.max(rb));
        leader.insert(gone, keep);
        let moved = members.remove(&gone).unwrap_or_default();
        members.entry(keep).or_default().extend(moved);
    }
    let mut groups: Vec<Vec<usize>> = members.into_values().collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    let apart = groups.iter().flat_map(|g| reports.apart(g)).collect();
    (groups, apart)
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

impl Reports<'_> {
    /// Bits that two observations are of one place.
    fn pair(self, a: usize, b: usize) -> Parts {
        let (x, y) = (&self.observations[a], &self.observations[b]);
        let name = self.names.compare(&x.forms, &y.forms, &shared_kind(x, y)).bits;
        let (kind, _) = category::compare(&x.kind, &y.kind);
        let stage = category::compare_stages(x.stated(), y.stated()).unwrap_or_default();
        let place = x.at.zip(y.at).map_or(0.0, |(p, q)| {
            let area = self.crowd.spread_m2(p, q, self.around[a]);
            place::bits(p, q, distance_m(p, q), area, x.gross_error.max(y.gross_error))
        });
        Parts { name, kind, place, stage }
    }

    /// What ties each report of a group but the first to another.
    fn ties(self, group: &[usize]) -> Vec<Tie> {
        let mut order: Vec<usize> = group.to_vec();
        order.sort_by(|&a, &b| natural(&self.known[a].id, &self.known[b].id));
        let tie = |&o: &usize| {
            let others = order.iter().filter(|&&p| p != o);
            let weighed = others.map(|&p| (p, self.pair(o, p)));
            let named = weighed.filter(|(_, parts)| parts.name > 0.0);
            let better =
                |a: (usize, Parts), b: (usize, Parts)| if b.1.sum() > a.1.sum() { b } else { a };
            let (to, parts) = named.reduce(better)?;
            let (x, y) = (&self.observations[to], &self.observations[o]);
            let (at, with) = self.names.compare(&x.forms, &y.forms, &shared_kind(x, y)).met;
            let (names, met) = self.names.met(&x.forms[at], &y.forms[with]);
            let field = |field, bits, words| Field { field, bits: round(bits, 2), words };
            let before = "any of the reports that match no declared site".to_owned();
            let mut fields = vec![
                field("prior", self.prior, before),
                field("name", parts.name, met),
                field("category", parts.kind, format!("{} / {}", x.category, y.category)),
            ];
            if let Some((p, q)) = x.at.zip(y.at) {
                let km = distance_m(p, q) / 1e3;
                fields.push(field("place", parts.place, format!("{km:.1} km apart")));
            }
            if let Some(words) = category::stages_in_words(x.stated(), y.stated()) {
                fields.push(field("status", parts.stage, words));
            }
            Some(Tie {
                observation: self.known[o].id.clone(),
                to: self.known[to].id.clone(),
                bits: round(self.prior + parts.sum(), 2),
                fields,
                names,
            })
        };
        order.iter().skip(1).filter_map(tie).collect()
    }

    /// Points of one place that contradict each other: the less believed is told.
    fn apart(self, group: &[usize]) -> Vec<Misplaced> {
        let mut found: Vec<Misplaced> = Vec::new();
        let right = |o: usize| {
            self.settings.right(self.known[o].source.as_ref()).map_or(0.5, |chance| chance.p)
        };
        for (i, &a) in group.iter().enumerate() {
            for &b in &group[i + 1..] {
                let (x, y) = (&self.observations[a], &self.observations[b]);
                let Some((p, q)) = x.at.zip(y.at) else { continue };
                let (d, allowed) = (distance_m(p, q), allowed_m(p, q));
                if d <= allowed {
                    continue;
                }
                let (worse, better) = if right(a) < right(b) { (a, b) } else { (b, a) };
                if found.iter().any(|m| m.observation == self.known[worse].id) {
                    continue;
                }
                let (bad, good) = (self.known[worse], self.known[better]);
                let grade = |r: &Record<Observation>| {
                    r.source.as_ref().map(statement::Source::grade).unwrap_or_default()
                };
                found.push(Misplaced {
                    observation: bad.id.clone(),
                    against: good.id.clone(),
                    against_name: good.body.name.clone(),
                    distance_m: d.round(),
                    allowed_m: allowed.round(),
                    words: format!(
                        "both are reports of {}; the point of {} ({}) is the less believed beside {} ({})",
                        good.body.name,
                        bad.id,
                        grade(bad),
                        good.id,
                        grade(good)
                    ),
                    because: bad.because.iter().chain(&good.because).copied().collect(),
                });
            }
        }
        found
    }

    /// A report as evidence, without what it says to the question.
    pub(crate) fn item(self, o: usize, reading: usize, against: bool, says: String) -> Item {
        let record = self.known[o];
        let source = record.source.as_ref();
        Item {
            id: record.id.clone(),
            says,
            reading,
            against,
            weight: self.settings.weight(source),
            judged: self.settings.right(source).is_some(),
            confirmed: source.is_some_and(|s| s.credibility == Some(1)),
            origins: source.map(|s| origins(&s.cite)).unwrap_or_default(),
            grade: source.map(statement::Source::grade).unwrap_or_default(),
        }
    }

    /// One undeclared place. `declared` is the greatest probability that one of its reports is of a declared site;
    /// `outside` are items of findings about it, each with whether it speaks against.
    pub(crate) fn place(
        self,
        group: &[usize],
        declared: f64,
        outside: Vec<Item>,
        neighbours: Vec<Neighbour>,
    ) -> UnmatchedPlace {
        let mut in_time: Vec<usize> = group.to_vec();
        in_time.sort_by(|&a, &b| {
            let day = |o: usize| self.known[o].body.observed_on.as_ref().map(Date::earliest);
            day(a).cmp(&day(b)).then_with(|| natural(&self.known[a].id, &self.known[b].id))
        });
        // The readings, in order of time.
        let mut kinds: Vec<String> = Vec::new();
        for &o in &in_time {
            let kind = category::kind(&self.known[o].body.category);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let reading_of = |o: usize| {
            let kind = category::kind(&self.known[o].body.category);
            kinds.iter().position(|k| *k == kind).unwrap_or_default()
        };
        let mut denies: Vec<usize> = Vec::new();
        let mut items: Vec<Item> = Vec::new();
        for &o in &in_time {
            let body = &self.known[o].body;
            let denied = denial(body.status.as_deref());
            // A report that suspects and denies in one says that it looked and did not find it.
            let against = denied.is_some() && suspects(&body.category);
            if denied.is_some() {
                denies.push(o);
            }
            let kind = &kinds[reading_of(o)];
            let says = match denied {
                Some(words) if against => format!("not {kind}: `{words}`"),
                Some(words) => format!("{kind}; looked, and: `{words}`"),
                None if suspects(&body.category) => format!("{kind}, suspected"),
                None => kind.clone(),
            };
            items.push(self.item(o, reading_of(o), against, says));
        }
        items.extend(outside);
        let items: Vec<&Item> = items.iter().collect();
        let fused = fuse(&items, kinds.len(), self.settings);
        let all = fused.probabilities();
        let matters: Vec<f64> = kinds.iter().map(|k| category::weight(k)).collect();
        let (verdict, asked) = self.verdict(&in_time, &denies, &kinds, &all, &matters, &reading_of);
        let scale = 1.0 - declared;
        let question = match verdict {
            Verdict::FalseAlarm => format!("is it {} after all?", kinds[asked[0]]),
            Verdict::Contested => format!("is it {}?", kinds[asked[0]]),
            _ => {
                let what = asked.iter().map(|&r| kinds[r].as_str()).collect::<Vec<_>>();
                format!("is there an undeclared place of this kind: {}?", what.join(" or "))
            }
        };
        let weighing = fused.weighing(question, &items, &asked, &kinds, scale, self.settings);
        let probability = match verdict {
            Verdict::FalseAlarm => 1.0 - weighing.probability,
            _ => weighing.probability,
        };
        let rank: f64 = match verdict {
            // What is left of the suspicion.
            Verdict::FalseAlarm => weighing.probability * matters[asked[0]],
            _ => (0..kinds.len()).map(|r| all[r] * matters[r]).sum::<f64>() * scale,
        };
        let reasons =
            reasons(verdict, &weighing.would_change, &items, &fused, &kinds, &all, &matters);
        let mut because: Vec<Index> =
            group.iter().flat_map(|&o| self.known[o].because.iter().copied()).collect();
        because.sort_unstable();
        because.dedup();
        let right = |o: usize| {
            self.settings.right(self.known[o].source.as_ref()).map_or(0.0, |chance| chance.p)
        };
        let best = in_time.iter().copied().max_by(|&a, &b| {
            right(a)
                .total_cmp(&right(b))
                .then_with(|| natural(&self.known[b].id, &self.known[a].id))
        });
        let best = best.map(|o| self.known[o]);
        let first = group.iter().map(|&o| &self.known[o].id).min_by(|a, b| natural(a, b));
        let looked = if denies.iter().any(|&o| right(o) > 0.5) {
            Looked::FoundNothing
        } else {
            Looked::Seen
        };
        UnmatchedPlace {
            // A group has at least one observation.
            id: first.cloned().unwrap_or_else(|| self.known[group[0]].id.clone()),
            name: best.map(|r| r.body.name.clone()).unwrap_or_default(),
            verdict,
            observations: in_time.iter().map(|&o| self.known[o].id.clone()).collect(),
            ties: self.ties(group),
            readings: self.readings(&in_time, &kinds, &fused, &reading_of),
            looked,
            history: in_time.iter().map(|&o| said(self.known[o])).collect(),
            neighbours,
            rank: round(rank, 3),
            probability: round(probability, 3),
            weighing,
            reasons,
            basis: best.and_then(|r| r.source.as_ref()).map(|s| s.basis),
            because,
        }
    }

    /// What comes of a place, and the readings that its question asks about.
    fn verdict(
        self,
        in_time: &[usize],
        denies: &[usize],
        kinds: &[String],
        all: &[f64],
        matters: &[f64],
        reading_of: &dyn Fn(usize) -> usize,
    ) -> (Verdict, Vec<usize>) {
        let suspected: Vec<usize> =
            in_time.iter().copied().filter(|&o| suspects(&self.known[o].body.category)).collect();
        let right = |o: usize| {
            self.settings.right(self.known[o].source.as_ref()).map_or(0.5, |chance| chance.p)
        };
        let day = |o: usize| self.known[o].body.observed_on.as_ref().map(Date::earliest);
        // A suspicion that somebody believed looked into later and did not find, and that nothing keeps up.
        for &s in &suspected {
            let reading = reading_of(s);
            let took_back = denies.iter().any(|&d| {
                right(d) >= 0.7
                    && day(d) >= day(s)
                    && (reading_of(d) != reading || suspects(&self.known[d].body.category))
            });
            if took_back && all[reading] < FALSE_BELOW {
                return (Verdict::FalseAlarm, vec![reading]);
            }
        }
        let mut order: Vec<usize> = (0..kinds.len()).collect();
        // Of readings as likely the graver leads.
        order.sort_by(|&a, &b| {
            let likelier = (all[b] * 1e6).round().total_cmp(&(all[a] * 1e6).round());
            likelier.then(matters[b].total_cmp(&matters[a])).then(a.cmp(&b))
        });
        match order.as_slice() {
            [lead, rival, ..] if all[*rival] >= RIVAL_SHARE * all[*lead] => {
                (Verdict::Contested, vec![*lead])
            }
            _ => (Verdict::SeenNotDeclared, order),
        }
    }

    fn readings(
        self,
        in_time: &[usize],
        kinds: &[String],
        fused: &Fused,
        reading_of: &dyn Fn(usize) -> usize,
    ) -> Vec<Reading> {
        let all = fused.probabilities();
        let mut readings: Vec<Reading> = kinds
            .iter()
            .enumerate()
            .map(|(r, kind)| {
                let (low, high) = fused.range(&[r]);
                let of = in_time.iter().filter(|&&o| reading_of(o) == r);
                Reading {
                    kind: kind.clone(),
                    probability: round(all[r], 3),
                    low: round(low, 3),
                    high: round(high, 3),
                    words: icd203(all[r]),
                    observations: of.map(|&o| self.known[o].id.clone()).collect(),
                }
            })
            .collect();
        readings.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        readings
    }
}

fn said(record: &Record<Observation>) -> Said {
    let body = &record.body;
    let status = body.status.as_deref().map(|s| format!(": {s}")).unwrap_or_default();
    Said {
        on: body.observed_on.clone(),
        observation: record.id.clone(),
        what: format!("{}{status}", body.category),
        grade: record.source.as_ref().map(statement::Source::grade).unwrap_or_default(),
    }
}

/// In words, for a table.
fn reasons(
    verdict: Verdict,
    change: &Change,
    items: &[&Item],
    fused: &Fused,
    kinds: &[String],
    all: &[f64],
    matters: &[f64],
) -> Vec<String> {
    let counted: Vec<&Item> = items
        .iter()
        .zip(fused.counts())
        .filter(|(_, counts)| **counts == Counts::InFull)
        .map(|(item, _)| *item)
        .collect();
    let mut words = vec![format!(
        "{}, {}",
        plural(items.len(), "report"),
        match counted.len() {
            0 => "none of a source that can be judged".to_owned(),
            n => format!("{n} of separate origin {}", if n == 1 { "counts" } else { "count" }),
        }
    )];
    match verdict {
        Verdict::FalseAlarm => {
            let denier = items.iter().find(|i| i.says.contains('`') && i.weight.bits > 0.0);
            if let Some(item) = denier {
                words.push(format!("suspicion taken back by {} ({})", item.id, item.grade));
            }
            words.push("a visit shows what is there, not what was: it is not ruled out".to_owned());
        }
        Verdict::Contested => {
            let rivals: Vec<String> = (kinds.iter().zip(all))
                .map(|(kind, p)| format!("{kind} {:.0} %", p * 100.0))
                .collect();
            words.push(format!("rival readings: {}", rivals.join(", ")));
        }
        _ => {}
    }
    let matters = matters.iter().copied().fold(0.0, f64::max);
    words.push(format!("weight of the kind {matters:.1}"));
    words.push(format!(
        "would change it most: {} ({:.0} %)",
        change.what,
        change.probability * 100.0
    ));
    words
}

fn plural(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The best-located of a group.
pub(crate) fn best_at(group: &[usize], observations: &[Entity<'_>]) -> Option<place::At> {
    let points = group.iter().filter_map(|&o| {
        observations[o].at.map(|at| (observations[o].gross_error > 0.5, at.r95_m, o, at))
    });
    points
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)))
        .map(|(.., at)| at)
}
