//! Every item and site: who holds it, what stage it reached, what does not fit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use case::{Case, History, Index, Record, Shelf, TransferStanding};
use foldhash::quality::RandomState;
use notation::did_you_mean;
use rayon::prelude::*;
use serde::Serialize;
use statement::kinds::declaration::ItemDeclare;
use statement::kinds::inspection::SealState;
use statement::kinds::items::{ItemStep, StageStanding};
use statement::{Date, Decimal, Exact, ObjectId, PartyId, Standing, civil};

use crate::continuity::{Interval, Knowledge, intervals};
use crate::{Sequence, Sequences};

/// What applies to items: their stages, and who may verify them.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Stage sequences.
    pub sequences: Sequences,
    /// Who may verify, by the agreement. Empty: no agreement names anybody, and nothing is verified.
    pub verifiers: Vec<String>,
}

/// One item or site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemStatus {
    /// Its id.
    pub item: ObjectId,
    /// Whether it is a site.
    pub is_site: bool,
    /// What it is.
    pub category: Arc<str>,
    /// The amount it counts for, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// The unit of the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Arc<str>>,
    /// Its sequence of stages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<Arc<str>>,
    /// Who holds it: the last receiver of transfers that count, else whoever declared it.
    pub custodian: PartyId,
    /// Whether that rests on signatures of both sides at every transfer.
    pub custody: Standing,
    /// Since when, where a transfer says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_since: Option<Date>,
    /// The stage reached.
    pub stage: Arc<str>,
    /// The place of that stage in its sequence, from 0.
    pub place: usize,
    /// How that is known.
    pub standing: StageStanding,
    /// When it was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_on: Option<Date>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposed: Option<String>,
    /// From when to when it was surely itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub continuity: Vec<Interval>,
    /// What does not fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

impl ItemStatus {
    /// The last day on which knowledge of it was confirmed to be continuous.
    #[must_use]
    pub fn last_confirmed(&self) -> Option<&Date> {
        let kept = self.continuity.iter().filter(|i| i.knowledge == Knowledge::Kept);
        kept.filter_map(|i| i.to.as_ref()).max_by(|a, b| case::in_time(a, b))
    }

    /// Whether a gap is open now.
    #[must_use]
    pub fn in_gap(&self) -> bool {
        self.continuity.last().is_some_and(|i| i.knowledge == Knowledge::Gap && i.to.is_none())
    }
}

/// What does not fit, with the statement that shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Which kind of problem: a code, never given to another.
    pub code: &'static str,
    /// In words.
    pub words: String,
    /// The statement that shows it.
    pub by: ObjectId,
}

/// All items on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Custody {
    /// How many items are declared.
    pub items: usize,
    /// Each class of items, and each site, with the shares that reached each stage.
    pub classes: Vec<ClassStatus>,
    /// How many items each party holds.
    pub held: BTreeMap<String, usize>,
    /// What does not fit, item by item.
    pub problems: Vec<(ObjectId, Problem)>,
    /// Items whose continuity of knowledge is broken now.
    pub in_gap: usize,
    /// Items that were never under seal, so that nothing is known of their continuity.
    pub never_sealed: usize,
    /// Whether an agreement names who may verify; if not, nothing counts as verified.
    pub verifiers_named: bool,
}

/// A class of items, or a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassStatus {
    /// The kind of item, or the site.
    pub class: String,
    /// How many there are.
    pub items: usize,
    /// What the shares are shares of: `items`, or the unit in which all of them state an amount.
    pub share_of: String,
    /// The stages anything of it has reached, in the order of the sequence.
    pub stages: Vec<StageShare>,
}

/// The share of a class that stands at one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageShare {
    /// The stage.
    pub stage: String,
    /// Share of the class that stands there by the holder's word alone.
    pub claimed: f64,
    /// Seen by another party.
    pub witnessed: f64,
    /// Certified by whoever the agreement names.
    pub verified: f64,
    /// Items that stand there.
    pub items: usize,
    /// Of these, those that are verified there.
    pub verified_items: usize,
}

/// Assesses all items again and again as a case grows.
#[derive(Debug, Default)]
pub struct Custodian {
    day: Option<civil::Date>,
    verifiers: Vec<String>,
    /// Each item with the number of entries that stood behind it.
    kept: Vec<(usize, ItemStatus)>,
    /// What each of these is known by.
    names: Vec<Names>,
    /// Words that many items share, each once.
    words: HashSet<Arc<str>>,
    /// For each site of the case how many entries stood behind it.
    behind_sites: Vec<usize>,
    sites: Vec<(usize, ItemStatus)>,
    seals: Seals,
    tally: Tally,
}

/// Tag and serial number of an item, as hashes: a hundred thousand names need not be kept twice.
type Names = [Option<u64>; 2];

/// What stands at each stage of a sequence, by its place, its name, and how that is known.
type Stages = BTreeMap<(usize, Arc<str>, StageStanding), Amounts>;

#[derive(Debug, Default)]
struct Tally {
    classes: HashMap<Arc<str>, Stages>,
    held: BTreeMap<String, usize>,
    troubled: BTreeSet<usize>,
    /// By the hash of a tag, and of a serial number, the item that has it, where one has it.
    named: [HashMap<u64, usize>; 2],
    /// The items, where several have it.
    shared: BTreeMap<(usize, u64), BTreeSet<usize>>,
    hasher: RandomState,
    in_gap: usize,
    sealed: usize,
}

#[derive(Debug, Clone, Default)]
struct Amounts {
    items: usize,
    /// Those that state an amount, by unit.
    units: BTreeMap<Arc<str>, (usize, Exact)>,
}

impl Tally {
    fn add(&mut self, slot: usize, s: &ItemStatus, sign: isize) {
        let step = |n: &mut usize| *n = n.saturating_add_signed(sign);
        let key = (s.place, s.stage.clone(), s.standing);
        let class = self.classes.entry(s.category.clone()).or_default();
        let amounts = class.entry(key.clone()).or_default();
        step(&mut amounts.items);
        if let (Some(amount), Some(unit)) = (s.amount, &s.unit) {
            let (n, sum) = amounts.units.entry(unit.clone()).or_default();
            step(n);
            let amount = amount.exact();
            *sum = if sign > 0 { *sum + amount } else { *sum - amount };
        }
        if amounts.items == 0 {
            class.remove(&key);
        }
        step(self.held.entry(s.custodian.to_string()).or_default());
        if s.in_gap() {
            step(&mut self.in_gap);
        }
        if !s.continuity.is_empty() {
            step(&mut self.sealed);
        }
        if sign > 0 && !s.problems.is_empty() {
            self.troubled.insert(slot);
        } else {
            self.troubled.remove(&slot);
        }
    }

    /// What an item is known by.
    fn names(&self, item: Option<&ItemDeclare>) -> Names {
        let hash = |name: &Option<String>| name.as_ref().map(|n| self.hasher.hash_one(n));
        item.map_or([None, None], |d| [hash(&d.tag), hash(&d.serial)])
    }

    fn name(&mut self, slot: usize, names: Names) {
        for (which, name) in names.into_iter().enumerate() {
            let Some(name) = name else { continue };
            let named = &mut self.named[which];
            match self.shared.get_mut(&(which, name)) {
                Some(slots) => {
                    slots.insert(slot);
                }
                None => match named.insert(name, slot) {
                    Some(other) if other != slot => {
                        named.remove(&name);
                        self.shared.insert((which, name), BTreeSet::from([other, slot]));
                    }
                    _ => {}
                },
            }
        }
    }

    fn forget(&mut self, slot: usize, names: Names) {
        for (which, name) in names.into_iter().enumerate() {
            let Some(name) = name else { continue };
            let Some(slots) = self.shared.get_mut(&(which, name)) else {
                self.named[which].remove(&name);
                continue;
            };
            slots.remove(&slot);
            if slots.len() == 1
                && let Some(one) = slots.pop_first()
            {
                self.shared.remove(&(which, name));
                self.named[which].insert(name, one);
            }
        }
    }
}

impl Custodian {
    /// A custodian that remembers nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every item, in the order in which they were declared, as last assessed.
    pub fn items(&self) -> impl Iterator<Item = &ItemStatus> {
        self.kept.iter().map(|(_, s)| s)
    }

    /// Every site of which a stage, a seal or a measurement is recorded.
    pub fn sites(&self) -> impl Iterator<Item = &ItemStatus> {
        self.sites.iter().map(|(_, s)| s)
    }

    /// Every item, then every such site.
    pub fn each(&self) -> impl Iterator<Item = &ItemStatus> {
        self.items().chain(self.sites())
    }

    /// Assesses the items of a case on a day. The sequences must be the same at every call of one custodian.
    pub fn assess(&mut self, case: &Case, rules: &Rules, as_of: civil::Date) -> Custody {
        let mut verifiers = rules.verifiers.clone();
        verifiers.extend(
            case.agreements
                .iter()
                .flat_map(|a| &a.body.roles)
                .filter(|role| matches!(role.may.as_str(), "verify" | "certify"))
                .flat_map(|role| role.parties.iter().map(ToString::to_string)),
        );
        if self.day != Some(as_of) || self.verifiers != verifiers {
            *self = Self { day: Some(as_of), verifiers, ..Self::default() };
        }
        // Of a new or changed item everything is looked at again, and of those at a new or changed site; of the rest
        // nothing.
        let sites = case.sites.iter().enumerate();
        let moved: HashSet<&ObjectId> = sites
            .filter(|(slot, s)| self.behind_sites.get(*slot) != Some(&s.because.len()))
            .map(|(_, s)| &s.id)
            .collect();
        let is_moved = |r: &Record<case::Item>| {
            let site = r.body.declared.site.as_ref();
            !moved.is_empty() && site.is_some_and(|s| moved.contains(s))
        };
        let changed: Vec<(usize, &Record<case::Item>)> = case
            .items
            .iter()
            .enumerate()
            .filter(|(slot, r)| {
                let kept = self.kept.get(*slot);
                kept.is_none_or(|(behind, _)| *behind != r.because.len()) || is_moved(r)
            })
            .collect();
        let verifiers = &self.verifiers;
        let one = |(slot, r): &(usize, &Record<case::Item>)| {
            let declared = &r.body.declared;
            let thing = Thing {
                id: &r.id,
                party: &r.party,
                standing: r.standing,
                said: r.said.as_ref(),
                because: &r.because,
                is_site: false,
                category: &declared.category,
                amount: declared.amount.as_ref().map(|q| (q.value, q.unit.clone())),
                site: declared.site.as_ref(),
            };
            (*slot, r.because.len(), status(case, rules, verifiers, &thing, as_of))
        };
        let made: Vec<(usize, usize, ItemStatus)> = match changed.len() {
            0..64 => changed.iter().map(one).collect(),
            _ => changed.par_iter().map(one).collect(),
        };
        for (slot, behind, mut status) in made {
            for word in [&mut status.category, &mut status.stage]
                .into_iter()
                .chain(&mut status.unit)
                .chain(&mut status.sequence)
            {
                match self.words.get(word) {
                    Some(known) => *word = Arc::clone(known),
                    None => {
                        self.words.insert(Arc::clone(word));
                    }
                }
            }
            let names = self.tally.names(case.items.at(slot).map(|r| &r.body.declared));
            self.tally.add(slot, &status, 1);
            if slot < self.kept.len() {
                let old = std::mem::replace(&mut self.kept[slot], (behind, status));
                self.tally.add(slot, &old.1, -1);
                let still = !self.kept[slot].1.problems.is_empty();
                if still {
                    self.tally.troubled.insert(slot);
                }
                // A corrected item may have another tag: what it was known by before no longer counts.
                if self.names[slot] != names {
                    self.tally.forget(slot, self.names[slot]);
                    self.tally.name(slot, names);
                    self.names[slot] = names;
                }
            } else {
                self.kept.push((behind, status));
                self.tally.name(slot, names);
                self.names.push(names);
            }
        }
        self.behind_sites = case.sites.iter().map(|s| s.because.len()).collect();
        self.assess_sites(case, rules, as_of);
        self.seals.read(&case.physical_seals);
        self.summary(case)
    }

    fn assess_sites(&mut self, case: &Case, rules: &Rules, as_of: civil::Date) {
        let mut before: HashMap<ObjectId, (usize, ItemStatus)> =
            self.sites.drain(..).map(|s| (s.1.item.clone(), s)).collect();
        for r in &case.sites {
            if case.history(r.id.as_str()).is_none() {
                continue;
            }
            let behind = r.because.len();
            let kept = before.remove(&r.id).filter(|(b, _)| *b == behind);
            let entry = kept.unwrap_or_else(|| {
                let thing = Thing {
                    id: &r.id,
                    party: &r.party,
                    standing: r.standing,
                    said: r.said.as_ref(),
                    because: &r.because,
                    is_site: true,
                    category: &r.body.name,
                    amount: None,
                    site: None,
                };
                (behind, status(case, rules, &self.verifiers, &thing, as_of))
            });
            self.sites.push(entry);
        }
    }

    fn summary(&self, case: &Case) -> Custody {
        let mut classes: Vec<ClassStatus> =
            self.tally.classes.iter().map(|(class, stages)| shares(class, stages)).collect();
        let mut of_sites = Tally::default();
        for (at, (_, s)) in self.sites.iter().enumerate().filter(|(_, (_, s))| s.place > 0) {
            of_sites.add(at, s, 1);
        }
        classes.extend(of_sites.classes.iter().map(|(class, stages)| shares(class, stages)));
        classes.sort_by(|a, b| a.class.cmp(&b.class));
        let troubled = self.tally.troubled.iter().filter_map(|slot| self.kept.get(*slot));
        let mut problems: Vec<(ObjectId, Problem)> = troubled
            .chain(&self.sites)
            .flat_map(|(_, s)| s.problems.iter().map(|p| (s.item.clone(), p.clone())))
            .collect();
        for ((which, _), slots) in &self.tally.shared {
            let what = ["tag", "serial number"][*which];
            // By name, since two names may have one hash.
            let mut by_name: BTreeMap<&str, Vec<&ObjectId>> = BTreeMap::new();
            for item in slots.iter().filter_map(|slot| case.items.at(*slot)) {
                let declared = &item.body.declared;
                let name = [&declared.tag, &declared.serial][*which];
                by_name.entry(name.as_deref().unwrap_or_default()).or_default().push(&item.id);
            }
            for (name, mut items) in by_name {
                items.sort();
                let [first, rest @ ..] = items.as_slice() else { continue };
                for item in rest {
                    let words = format!("the {what} `{name}` is on {first} as well");
                    let problem = Problem { code: "F048", words, by: (*first).clone() };
                    problems.push(((*item).clone(), problem));
                }
            }
        }
        problems.extend(self.seals.used_twice(&case.physical_seals));
        problems.sort();
        Custody {
            items: self.kept.len(),
            classes,
            held: self
                .tally
                .held
                .iter()
                .filter(|(_, n)| **n > 0)
                .map(|(p, n)| (p.clone(), *n))
                .collect(),
            problems,
            in_gap: self.tally.in_gap,
            never_sealed: self.kept.len() - self.tally.sealed,
            verifiers_named: !self.verifiers.is_empty(),
        }
    }
}

fn shares(class: &str, stages: &Stages) -> ClassStatus {
    let items: usize = stages.values().map(|a| a.items).sum();
    // Where every item states an amount in one unit, shares are of the amount.
    let mut units: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    for (unit, (n, _)) in stages.values().flat_map(|a| &a.units) {
        *units.entry(unit).or_default() += n;
    }
    let unit = units.iter().find(|(_, n)| **n == items).map(|(unit, _)| (*unit).clone());
    let weight = |a: &Amounts| match &unit {
        Some(unit) => a.units.get(unit).map_or(0.0, |(_, sum)| Decimal::from(*sum).to_f64()),
        None => a.items as f64,
    };
    let total: f64 = stages.values().map(weight).sum();
    let mut rows: BTreeMap<(usize, &Arc<str>), StageShare> = BTreeMap::new();
    for ((place, stage, standing), a) in stages {
        let row = rows.entry((*place, stage)).or_insert_with(|| StageShare {
            stage: stage.to_string(),
            claimed: 0.0,
            witnessed: 0.0,
            verified: 0.0,
            items: 0,
            verified_items: 0,
        });
        let share = if total > 0.0 { weight(a) / total } else { 0.0 };
        row.items += a.items;
        match standing {
            StageStanding::Verified => {
                row.verified += share;
                row.verified_items += a.items;
            }
            StageStanding::Witnessed => row.witnessed += share,
            _ => row.claimed += share,
        }
    }
    ClassStatus {
        class: class.to_owned(),
        items,
        share_of: unit.map_or_else(|| "items".to_owned(), |unit| unit.to_string()),
        stages: rows.into_values().collect(),
    }
}

/// Seals by their number, as far as they were read.
#[derive(Debug, Default)]
struct Seals {
    read: usize,
    replaced: usize,
    slots: HashMap<String, Vec<usize>>,
    /// Numbers that more than one seal has.
    shared: BTreeSet<String>,
}

impl Seals {
    /// Reads those that are new.
    fn read(&mut self, seals: &Shelf<case::PhysicalSeal>) {
        if self.replaced != seals.replaced() {
            // A corrected one may have had another number before.
            *self = Self { replaced: seals.replaced(), ..Self::default() };
        }
        for slot in self.read..seals.len() {
            let Some(seal) = seals.at(slot) else { continue };
            let number = &seal.body.applied.number;
            let slots = self.slots.entry(number.clone()).or_default();
            slots.push(slot);
            if slots.len() > 1 {
                self.shared.insert(number.clone());
            }
        }
        self.read = seals.len();
    }

    /// Seals whose number is on something else while they are still on.
    fn used_twice(&self, all: &Shelf<case::PhysicalSeal>) -> Vec<(ObjectId, Problem)> {
        let mut problems = Vec::new();
        for number in &self.shared {
            let slots = self.slots.get(number).into_iter().flatten();
            let mut seals: Vec<&Record<case::PhysicalSeal>> =
                slots.filter_map(|slot| all.at(*slot)).collect();
            seals.sort_by(|a, b| {
                case::in_time(&a.body.applied.on, &b.body.applied.on).then_with(|| a.id.cmp(&b.id))
            });
            for pair in seals.windows(2) {
                let [first, second] = pair else { continue };
                let off = first.body.checks.iter().any(|c| {
                    c.body.state != SealState::Intact
                        && case::in_time(&c.body.on, &second.body.applied.on).is_le()
                });
                if !off {
                    let words = format!(
                        "the seal number {number} is put on again, while {} has it on {}",
                        first.id, first.body.applied.about
                    );
                    let problem = Problem { code: "F047", words, by: second.id.clone() };
                    problems.push((second.body.applied.about.clone(), problem));
                }
            }
        }
        problems
    }
}

/// An item or site as declared.
struct Thing<'a> {
    id: &'a ObjectId,
    party: &'a PartyId,
    standing: Standing,
    said: Option<&'a Date>,
    because: &'a [Index],
    is_site: bool,
    category: &'a str,
    amount: Option<(Decimal, String)>,
    site: Option<&'a ObjectId>,
}

fn status(
    case: &Case,
    rules: &Rules,
    verifiers: &[String],
    thing: &Thing<'_>,
    as_of: civil::Date,
) -> ItemStatus {
    static NOTHING: History = History::EMPTY;
    let history = case.history(thing.id.as_str()).unwrap_or(&NOTHING);
    let mut problems = Vec::new();
    let named = history.stages.iter().rev().find_map(|s| s.body.sequence.as_deref());
    let sequence = match named {
        Some(name) => rules.sequences.get(name),
        None if thing.is_site => rules.sequences.of_site(),
        None => rules.sequences.of_category(thing.category),
    };
    let (custodian, custody, held_since) = custody(case, history, thing, as_of, &mut problems);
    let reached =
        reached(history, sequence.map(Arc::as_ref), verifiers, thing, as_of, &mut problems);
    let mut ends = history.disposals.iter().filter(|d| d.body.on.earliest() <= as_of);
    let end = ends.next();
    if let (Some(first), Some(second)) = (end, ends.next()) {
        problems.push(Problem {
            code: "F046",
            words: format!(
                "it ended twice: {} by {}, {} by {}",
                first.body.how, first.id, second.body.how, second.id
            ),
            by: second.id.clone(),
        });
    }
    // Seals of the site stand for what has not left it.
    let site = thing.site.filter(|_| held_since.is_none() && history.seals.is_empty());
    let continuity = intervals(case, history, site.and_then(|s| case.history(s.as_str())), as_of);
    problems.sort();
    let (amount, unit) = match &thing.amount {
        Some((amount, unit)) => (Some(*amount), Some(unit.as_str().into())),
        None => (None, None),
    };
    ItemStatus {
        item: thing.id.clone(),
        is_site: thing.is_site,
        category: thing.category.into(),
        amount,
        unit,
        sequence: sequence.map(|s| s.name.as_str().into()),
        custodian,
        custody,
        held_since,
        stage: reached.stage.into(),
        place: reached.place,
        standing: reached.standing,
        reached_on: reached.on,
        disposed: end.map(|d| d.body.how.clone()),
        continuity,
        problems,
        because: thing.because.to_vec(),
    }
}

/// Who holds it, by the transfers that count.
fn custody(
    case: &Case,
    history: &History,
    thing: &Thing<'_>,
    as_of: civil::Date,
    problems: &mut Vec<Problem>,
) -> (PartyId, Standing, Option<Date>) {
    let mut transfers: Vec<&Record<case::Transferred>> = history
        .transfers
        .iter()
        .filter_map(|id| case.transfers.get(id.as_str()))
        .filter(|t| t.body.transfer.on.earliest() <= as_of)
        .collect();
    if transfers.len() > 1 {
        transfers
            .sort_by(|a, b| case::in_time(a.body.on(), b.body.on()).then_with(|| a.id.cmp(&b.id)));
    }
    let (mut holder, mut standing, mut since, mut by) =
        (thing.party.clone(), thing.standing, None, None);
    for t in transfers {
        let (from, to) = (&t.body.transfer.from, &t.body.transfer.to);
        let counts = t.body.standing();
        if !counts.counts() {
            let (missing, code) = match counts {
                TransferStanding::ReceiverMissing => (to, "F040"),
                _ => (from, "F041"),
            };
            problems.push(Problem {
                code,
                words: format!("the transfer {} does not count: {missing} has not signed", t.id),
                by: t.id.clone(),
            });
            continue;
        }
        if t.body.on().earliest() > as_of {
            continue;
        }
        if *from != holder {
            let before: &Option<ObjectId> = &by;
            let held = match before {
                Some(before) => format!("{holder} holds it by {before}"),
                None => format!("{holder} declared it and never handed it over"),
            };
            problems.push(Problem {
                code: "F042",
                words: format!(
                    "it would be in two places: {} hands it over from {from} to {to}, but {held}",
                    t.id
                ),
                by: t.id.clone(),
            });
            continue;
        }
        if thing.said.is_some_and(|said| said.certainly_after(t.body.on())) {
            problems.push(before_declared(&t.id, t.body.on()));
        }
        holder = to.clone();
        standing = match counts {
            TransferStanding::BothSides => standing,
            _ => Standing::Attributed,
        };
        since = Some(t.body.on().clone());
        by = Some(t.id.clone());
    }
    (holder, standing, since)
}

fn before_declared(by: &ObjectId, on: &Date) -> Problem {
    Problem {
        code: "F043",
        words: format!("{by} of {on} is dated before it was declared"),
        by: by.clone(),
    }
}

struct Reached {
    stage: String,
    place: usize,
    standing: StageStanding,
    on: Option<Date>,
}

/// The stage reached: the furthest that stands, with the best that is known of it.
fn reached(
    history: &History,
    sequence: Option<&Sequence>,
    verifiers: &[String],
    thing: &Thing<'_>,
    as_of: civil::Date,
    problems: &mut Vec<Problem>,
) -> Reached {
    let first = Reached {
        stage: sequence.map(|s| s.stage(0)).unwrap_or_default(),
        place: 0,
        standing: StageStanding::Claimed,
        on: thing.said.cloned(),
    };
    let Some(sequence) = sequence else {
        if let Some(step) = history.stages.first() {
            problems.push(Problem {
                code: "F044",
                words: format!("{}: no sequence of stages is known for it", step.id),
                by: step.id.clone(),
            });
        }
        return first;
    };
    let mut stands: Vec<Option<(&Record<ItemStep>, StageStanding)>> =
        vec![None; sequence.stages.len()];
    for step in history.stages.iter().filter(|s| s.body.on.earliest() <= as_of) {
        let b = &step.body;
        let Some(place) = sequence.place_of(&b.stage) else {
            let help = did_you_mean(&b.stage, sequence.names())
                .map(|w| format!("; did you mean `{w}`?"))
                .unwrap_or_default();
            problems.push(Problem {
                code: "F044",
                words: format!(
                    "{}: `{}` is no stage of `{}`{help}",
                    step.id, b.stage, sequence.name
                ),
                by: step.id.clone(),
            });
            continue;
        };
        if thing.said.is_some_and(|said| said.certainly_after(&b.on)) {
            problems.push(before_declared(&step.id, &b.on));
        }
        if b.standing == StageStanding::Reversed {
            // What is undone takes everything after it along.
            stands.iter_mut().skip(place).for_each(|s| *s = None);
            continue;
        }
        let standing = match b.standing {
            StageStanding::Verified if !verifiers.iter().any(|v| v == step.party.as_str()) => {
                let why = if verifiers.is_empty() {
                    "no agreement names who may verify".to_owned()
                } else {
                    format!("the agreement lets {} verify", verifiers.join(", "))
                };
                problems.push(Problem {
                    code: "F049",
                    words: format!(
                        "{}: {} cannot verify it: {why}; it counts as witnessed",
                        step.id, step.party
                    ),
                    by: step.id.clone(),
                });
                StageStanding::Witnessed
            }
            other => other,
        };
        // Nobody is a witness of himself.
        let standing = match standing {
            StageStanding::Witnessed if step.party == *thing.party => StageStanding::Claimed,
            other => other,
        };
        let slot = &mut stands[place];
        if slot.is_none_or(|(_, best)| best < standing) {
            *slot = Some((step, standing));
        }
    }
    let Some(place) = stands.iter().rposition(Option::is_some).filter(|p| *p > 0) else {
        return first;
    };
    let skipped: Vec<String> =
        (1..place).filter(|p| stands[*p].is_none()).map(|p| sequence.stage(p)).collect();
    let Some((step, standing)) = stands[place] else { return first };
    if !skipped.is_empty() {
        problems.push(Problem {
            code: "F045",
            words: format!(
                "{} says `{}`, and nothing is recorded of {}",
                step.id,
                step.body.stage,
                skipped.join(", ")
            ),
            by: step.id.clone(),
        });
    }
    let mut before: Option<&Record<ItemStep>> = None;
    for (step, _) in stands.iter().flatten() {
        if let Some(before) = before
            && before.body.on.certainly_after(&step.body.on)
        {
            problems.push(Problem {
                code: "F050",
                words: format!(
                    "{} says `{}` on {}, before `{}` on {}",
                    step.id, step.body.stage, step.body.on, before.body.stage, before.body.on
                ),
                by: step.id.clone(),
            });
        }
        before = Some(step);
    }
    Reached { stage: step.body.stage.clone(), place, standing, on: Some(step.body.on.clone()) }
}
