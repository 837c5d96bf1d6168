//! Places that were seen and are not declared: which reports are of one place, and how pressing it is.

use std::collections::{BTreeMap, HashMap};

use case::{Index, Record};
use rayon::prelude::*;
use statement::kinds::evidence::Observation;
use statement::{Date, ObjectId};

use crate::category;
use crate::entity::Entity;
use crate::name::{Names, Word};
use crate::place::{allowed_m, distance_m};
use crate::result::{Misplaced, UnmatchedPlace};
use crate::score::{LEAST_NAME_BITS, round};

/// Two unmatched observations are of one place when their names have at least this many bits in common.
const JOIN_BITS: f64 = 4.0;

/// Joins unmatched observations of one place: by name, unless their points contradict each other.
pub(crate) fn cluster(
    unmatched: &[usize],
    observations: &[Entity<'_>],
    known: &[&Record<Observation>],
    names: Names<'_>,
) -> (Vec<UnmatchedPlace>, Vec<Misplaced>) {
    let mut by_word: HashMap<Word, Vec<usize>> = HashMap::new();
    for &o in unmatched {
        for word in observations[o]
            .forms
            .iter()
            .flat_map(|f| &f.words.all)
            .filter(|w| names.rarity.bits(**w) >= LEAST_NAME_BITS)
        {
            let slots = by_word.entry(*word).or_default();
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
        .into_par_iter()
        .map(|(a, b)| (names.compare(&observations[a].forms, &observations[b].forms).bits, a, b))
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
            let (d, allowed) = (distance_m(p, q), allowed_m(p, q));
            (d > allowed).then_some((x, y, d, allowed))
        };
        let across = members[&ra].iter().flat_map(|&x| members[&rb].iter().map(move |&y| (x, y)));
        if let Some((x, y, d, allowed)) = across.filter_map(far).next() {
            // Only a name that is the same throughout makes a far point a slip rather than another place.
            if observations[a].forms.first().map(|f| &f.words.all)
                != observations[b].forms.first().map(|f| &f.words.all)
            {
                continue;
            }
            let (worse, better) = if trust(known[x]) < trust(known[y]) { (x, y) } else { (y, x) };
            apart.push(Misplaced {
                observation: observations[worse].id.clone(),
                against: observations[better].id.clone(),
                against_name: known[better].body.name.clone(),
                distance_m: d.round(),
                allowed_m: allowed.round(),
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
