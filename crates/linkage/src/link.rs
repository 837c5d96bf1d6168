//! The whole way from two tables to links.

use foldhash::HashMap;
use rayon::prelude::*;
use serde::Serialize;

use crate::LinkError;
use crate::blocking::{Atom, Key, Part, Side, atoms, choose, habits, join, learn};
use crate::compare::{Fields, LEVELS, NO_VALUE, compare, levels};
use crate::kind::Kind;
use crate::model::{Model, ModelField};
use crate::plan::{Field, MAX_FIELDS, complete, infer};
use crate::table::{MISSING, Table, Tables, Value, mix};
use crate::weights::{FieldWeights, Weights, level};

/// Which links are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assignment {
    /// Each row of either table at most once, the most probable links first.
    OneToOne,
    /// Each row of the right table keeps its best row of the left.
    Best,
    /// Every pair over the threshold.
    OneToMany,
}

/// What can be asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// For what is drawn at random; the same seed gives the same result.
    pub seed: u64,
    /// Least probability of a link.
    pub threshold: f64,
    /// Which links are kept.
    pub assignment: Assignment,
    /// A model; what it leaves open is chosen.
    pub model: Option<Model>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, threshold: 0.5, assignment: Assignment::Best, model: None }
    }
}

/// A link between a row of the left and a row of the right table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Its id in the left table.
    pub left_id: String,
    /// Its id in the right table.
    pub right_id: String,
    /// That both are one thing.
    pub probability: f64,
}

/// The result.
#[derive(Debug)]
pub struct Linkage {
    /// The links, by left id.
    pub links: Vec<Link>,
    /// The model that was used, everything filled in.
    pub model: Model,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// Pairs that were compared.
    pub candidates: usize,
    tables: Tables,
    fields: Vec<Field>,
    weights: Weights,
    frequencies: Vec<Frequency>,
}

/// One bar of a waterfall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// The field; "prior" for the first.
    pub field: String,
    /// What the left row says.
    pub left: String,
    /// What the right row says.
    pub right: String,
    /// How well they agree.
    pub level: String,
    /// log2 of the Bayes factor.
    pub bits: f64,
}

/// How often values occur in both tables.
#[derive(Debug, Default)]
struct Frequency {
    /// Values that occur more than once.
    counts: HashMap<Value, u32>,
    total: f64,
}

/// Links two tables.
///
/// The result depends on what the rows say, on the options, and on nothing else: not on the order of rows or columns,
/// not on ids (they only part rows that say the same).
///
/// # Errors
/// Nothing can be compared; a model names columns that are not there.
pub fn link(left: Table, right: Table, options: &Options) -> Result<Linkage, LinkError> {
    let mut notes: Vec<String> = left.notes.iter().chain(&right.notes).cloned().collect();
    let tables = Tables::join(left, right);
    let given = options.model.clone().unwrap_or_default();
    let fields = if given.fields.is_empty() {
        infer(&tables, &mut notes)
    } else {
        named(&tables, &given.fields, &mut notes)?
    };
    if fields.is_empty() {
        return Err(LinkError::Nothing(format!(
            "{} and {} have no columns that can be compared; name them in a model (--model)",
            tables.left.name, tables.right.name
        )));
    }
    let (n, m) = (tables.left.len(), tables.right.len());
    let frequencies: Vec<Frequency> =
        fields.par_iter().map(|f| Frequency::count(&tables, f)).collect();
    let pairing = Pairing { tables: &tables, fields: &fields };
    let mut weights = Weights {
        fields: fields.iter().map(FieldWeights::start).collect(),
        prior: 0.5 * n.min(m).max(1) as f64 / (n as f64 * m as f64).max(2.0),
    };
    pairing.chance(&mut weights, options.seed, &frequencies);
    let fixed = fix(&mut weights, &given, &fields, &tables);
    let (mut keys, chosen) = if given.blocks.is_empty() {
        (pairing.first_keys(&mut weights, options.seed, fixed), true)
    } else {
        (named_keys(&given.blocks, &fields, &tables)?, false)
    };
    let most = if chosen { (n + m) * 12 + 100_000 } else { usize::MAX };
    let mut pairs = Vec::new();
    keys.retain(|key| pairing.join(key, m, most, &mut pairs));
    pairs.par_sort_unstable();
    pairs.dedup();
    if !fixed {
        // What matches look like is learned from part of a large table's candidates, drawn by what the rows are and
        // not by their order: thousands of matches teach as much as hundreds of thousands.
        let one_in = (pairs.len() / MOST_LEARNED).max(1) as u64;
        let drawn = |pair: &&u64| one_in == 1 || mix(**pair ^ options.seed).is_multiple_of(one_in);
        let patterns: Vec<u64> =
            pairs.par_iter().filter(drawn).map(|p| pairing.pattern(*p)).collect();
        let share = if pairs.is_empty() { 1.0 } else { patterns.len() as f64 / pairs.len() as f64 };
        let (all, most) = (n as f64 * m as f64 * share, n.max(m) as f64 * share);
        weights.learn(&counted(&patterns), all, most, &fields);
    }
    if let Some(matches) = given.matches {
        weights.prior = (matches / (n as f64 * m as f64).max(1.0)).clamp(1e-15, 0.5);
    }
    let floor = (options.threshold / (1.0 - options.threshold).max(1e-12)).max(1e-12).log2();
    let bounds = Bounds::of(&weights, &fields);
    let scored: Vec<(f64, u64)> = pairs
        .par_iter()
        .filter_map(|&pair| {
            Some((pairing.score(&weights, &frequencies, &bounds, pair, floor)?, pair))
        })
        .collect();
    let kept = assign(scored, options.assignment, n, m);
    let mut links: Vec<Link> = kept
        .into_iter()
        .map(|(bits, pair)| Link {
            left_id: tables.left.ids[left_of(pair)].to_string(),
            right_id: tables.right.ids[right_of(pair)].to_string(),
            probability: probability(bits),
        })
        .collect();
    links.sort_by(|a, b| (&a.left_id, &a.right_id).cmp(&(&b.left_id, &b.right_id)));
    let model = written(&tables, &fields, &weights, &keys, n as f64 * m as f64);
    Ok(Linkage {
        links,
        model,
        notes,
        candidates: pairs.len(),
        tables,
        fields,
        weights,
        frequencies,
    })
}

impl Linkage {
    /// Why two rows are linked or not: what each field weighs. `None` when there is no such row.
    #[must_use]
    pub fn explain(&self, left_id: &str, right_id: &str) -> Option<(Vec<Bar>, f64)> {
        let find = |t: &Table, id: &str| t.ids.iter().position(|i| &**i == id);
        let pair = (find(&self.tables.right, right_id)? as u64) << 32
            | find(&self.tables.left, left_id)? as u64;
        let pairing = Pairing { tables: &self.tables, fields: &self.fields };
        let pattern = pairing.pattern(pair);
        let mut bars = vec![Bar {
            field: "prior".into(),
            left: String::new(),
            right: String::new(),
            level: "any two rows".into(),
            bits: self.weights.prior_bits(),
        }];
        let say = |v: Value| if v == MISSING { "" } else { self.tables.values.get(v) }.to_owned();
        for (at, field) in self.fields.iter().enumerate() {
            let f = pairing.values(field, pair);
            let l = level(pattern, at);
            let name = levels(field.kind).get(usize::from(l)).copied().unwrap_or("no value");
            bars.push(Bar {
                field: self.tables.left.headers[field.left].clone(),
                left: say(f.left),
                right: say(f.right),
                level: name.to_owned(),
                bits: field_bits(
                    &self.weights.fields[at],
                    &self.frequencies[at],
                    l,
                    f.left,
                    f.right,
                ),
            });
        }
        let bits: f64 = bars.iter().map(|b| b.bits).sum();
        Some((bars, probability(bits)))
    }

    /// Rows of the two tables.
    #[must_use]
    pub fn rows(&self) -> (usize, usize) {
        (self.tables.left.len(), self.tables.right.len())
    }
}

fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

fn left_of(pair: u64) -> usize {
    (pair & 0xffff_ffff) as usize
}

fn right_of(pair: u64) -> usize {
    (pair >> 32) as usize
}

impl Frequency {
    fn count(tables: &Tables, field: &Field) -> Self {
        let columns = [&tables.left.columns[field.left], &tables.right.columns[field.right]];
        let mut all: Vec<Value> =
            columns.into_iter().flatten().copied().filter(|v| *v != MISSING).collect();
        let total = all.len() as f64;
        all.sort_unstable();
        let runs = all.chunk_by(|a, b| a == b).filter(|run| run.len() > 1);
        let counts =
            runs.map(|run| (run[0], u32::try_from(run.len()).unwrap_or(u32::MAX))).collect();
        Self { counts, total }
    }

    /// Share of the rows that have a value.
    fn share(&self, value: Value) -> f64 {
        f64::from(self.counts.get(&value).copied().unwrap_or(1)) / self.total.max(1.0)
    }
}

/// What a field weighs: an equal value by how rare it is (term-frequency adjustment, Winkler 1989; Linacre et al.
/// 2022).
fn field_bits(
    weights: &FieldWeights,
    frequency: &Frequency,
    level: u8,
    left: Value,
    right: Value,
) -> f64 {
    if level == 0 && left == right {
        let share = frequency.share(left).max(1e-9);
        // At most a hundred times rarer than the usual value: rare values are often misspelt common ones.
        let u = share.clamp(weights.u[0] * 0.01, 1.0);
        return (weights.m[0].max(1e-9) / u.max(1e-12)).log2();
    }
    weights.bits(level)
}

struct Pairing<'a> {
    tables: &'a Tables,
    fields: &'a [Field],
}

impl<'a> Pairing<'a> {
    fn left(&self) -> Side<'a> {
        Side { table: &self.tables.left, tables: self.tables, fields: self.fields, right: false }
    }

    fn right(&self) -> Side<'a> {
        Side { table: &self.tables.right, tables: self.tables, fields: self.fields, right: true }
    }

    fn values(&self, field: &Field, pair: u64) -> Fields {
        let (l, r) = (left_of(pair), right_of(pair));
        let (left, right) = (&self.tables.left.columns, &self.tables.right.columns);
        let (left_other, right_other) = match field.other {
            Some((a, b)) => (left[a][l], right[b][r]),
            None => (MISSING, MISSING),
        };
        Fields { left: left[field.left][l], right: right[field.right][r], left_other, right_other }
    }

    /// Whether the times overlap that a field is bound to; where one is not known, nothing speaks against comparing.
    fn comparable(&self, field: &Field, pair: u64) -> bool {
        let Some(when) = field.when else { return true };
        let period = self.fields.iter().find(|f| (f.left, f.right) == when);
        let Some(period) = period else { return true };
        let f = self.values(period, pair);
        let read = |v: Value| period.periods.get(v as usize).copied().flatten();
        read(f.left).zip(read(f.right)).is_none_or(|(a, b)| a.overlaps(b))
    }

    /// The levels of all fields, three bits each.
    fn pattern(&self, pair: u64) -> u64 {
        self.pattern_of(pair, |_| true)
    }

    /// The levels of some fields; of the others 0.
    fn pattern_of(&self, pair: u64, of: impl Fn(&Field) -> bool) -> u64 {
        let mut pattern = 0;
        for (at, field) in self.fields.iter().enumerate().filter(|(_, field)| of(field)) {
            let l = if self.comparable(field, pair) {
                compare(self.values(field, pair), &self.tables.values, field)
            } else {
                NO_VALUE
            };
            pattern |= u64::from(l) << (at * 3);
        }
        pattern
    }

    /// log2 of the odds of a pair; `None` when they are below `floor`. Values that are equal are weighed first: most pairs
    /// that only share a key are out before any two texts are compared letter by letter.
    fn score(
        &self,
        weights: &Weights,
        frequencies: &[Frequency],
        bounds: &Bounds,
        pair: u64,
        floor: f64,
    ) -> Option<f64> {
        let mut sum = weights.prior_bits();
        // What fields that are not compared yet may add at most.
        let mut open = 0.0;
        let mut rest: u32 = 0;
        for (at, field) in self.fields.iter().enumerate() {
            let f = self.values(field, pair);
            if f.left == MISSING || f.right == MISSING {
                continue;
            }
            if f.left == f.right && bounds.equal_is_best[at] && field.when.is_none() {
                sum += field_bits(&weights.fields[at], &frequencies[at], 0, f.left, f.right);
            } else {
                open += bounds.most[at];
                rest |= 1 << at;
            }
        }
        for &at in &bounds.order {
            if rest & (1 << at) == 0 {
                continue;
            }
            if sum + open < floor {
                return None;
            }
            let field = &self.fields[at];
            let f = self.values(field, pair);
            open -= bounds.most[at];
            if self.comparable(field, pair) {
                let l = compare(f, &self.tables.values, field);
                sum += field_bits(&weights.fields[at], &frequencies[at], l, f.left, f.right);
            }
        }
        (sum >= floor).then_some(sum)
    }

    fn join(&self, key: &Key, right_rows: usize, most: usize, pairs: &mut Vec<u64>) -> bool {
        join(self.left(), self.right(), right_rows, key, most, pairs)
    }

    /// u: from pairs drawn at random, and for equal values by counting them all.
    fn chance(&self, weights: &mut Weights, seed: u64, frequencies: &[Frequency]) {
        let (n, m) = (self.tables.left.len().max(1) as u64, self.tables.right.len().max(1) as u64);
        let draws = (n * m).min(if n + m > 100_000 { 100_000 } else { 40_000 });
        let drawn: Vec<u64> = (0..draws)
            .into_par_iter()
            .filter(|_| !self.tables.left.is_empty() && !self.tables.right.is_empty())
            .map(|i| {
                let x = mix(seed ^ i.wrapping_mul(0x9e37));
                // Of a category the two levels are counted exactly.
                self.pattern_of((mix(x) % m) << 32 | (x % n), |f| f.kind != Kind::Category)
            })
            .collect();
        for (at, (field, frequency)) in self.fields.iter().zip(frequencies).enumerate() {
            let mut seen = [0.0_f64; LEVELS];
            let mut total = 0.0;
            for pattern in &drawn {
                let l = usize::from(level(*pattern, at));
                if l < LEVELS {
                    seen[l] += 1.0;
                    total += 1.0;
                }
            }
            let u = &mut weights.fields[at].u;
            let count = levels(field.kind).len();
            for l in 0..count {
                u[l] = (seen[l] + 0.2) / (total + 0.2 * count as f64);
            }
            if matches!(field.kind, Kind::Text | Kind::Category | Kind::Code | Kind::Identifier) {
                // Singles meet only themselves; the sum over the rest is exact.
                let squares: f64 = {
                    let mut counts: Vec<u32> = frequency.counts.values().copied().collect();
                    counts.sort_unstable();
                    counts.iter().map(|n| (f64::from(*n) / frequency.total.max(1.0)).powi(2)).sum()
                };
                u[0] = squares.max(0.5 / frequency.total.max(1.0)).min(0.999);
                if field.kind == Kind::Category {
                    u[1] = 1.0 - u[0];
                }
            }
        }
    }

    /// Keys for the whole tables: a first round on part of the right rows teaches how often atoms agree.
    fn first_keys(&self, weights: &mut Weights, seed: u64, fixed: bool) -> Vec<Key> {
        const ROWS: usize = 10_000;
        let (left, right) = (self.left(), self.right());
        let (n, m) = (self.tables.left.len(), self.tables.right.len());
        let atoms = atoms(self.fields);
        let mut habits = habits(left, right, &atoms);
        let some = m.min(ROWS);
        let mut keys = choose(&atoms, &habits, n, some, seed);
        let mut pairs = Vec::new();
        keys.retain(|key| self.join(key, some, (n + some) * 12 + 100_000, &mut pairs));
        pairs.par_sort_unstable();
        pairs.dedup();
        let patterns: Vec<u64> = pairs.par_iter().map(|p| self.pattern(*p)).collect();
        if !fixed {
            weights.learn(
                &counted(&patterns),
                n as f64 * some as f64,
                n.max(some) as f64,
                self.fields,
            );
        }
        // The best of each right row, when nearly certain.
        let mut best: HashMap<u64, (f64, u64)> = HashMap::default();
        for (pair, pattern) in pairs.iter().zip(&patterns) {
            let bits = weights.bits(*pattern);
            let entry = best.entry(*pair >> 32).or_insert((bits, *pair));
            if bits > entry.0 {
                *entry = (bits, *pair);
            }
        }
        let mut sure: Vec<u64> =
            best.into_values().filter(|(bits, _)| *bits > 3.0).map(|(_, pair)| pair).collect();
        sure.sort_unstable();
        sure.truncate(4000);
        let sure: Vec<(u32, u32)> =
            sure.into_iter().map(|p| (left_of(p) as u32, right_of(p) as u32)).collect();
        learn(left, right, &atoms, &mut habits, &sure);
        choose(&atoms, &habits, n, m, seed.wrapping_add(1))
    }
}

/// Candidates that weights are learned from, about, in a large table.
const MOST_LEARNED: usize = 400_000;

/// What each field can add to a score at most, and in which order they are best compared.
struct Bounds {
    /// Most bits of two values that are not equal, never below nothing: they may not be comparable.
    most: Vec<f64>,
    /// Whether two equal values are at the best level without looking at them.
    equal_is_best: Vec<bool>,
    /// Fields of one short comparison before those of long texts.
    order: Vec<usize>,
}

impl Bounds {
    fn of(weights: &Weights, fields: &[Field]) -> Self {
        let simple = |kind: Kind| {
            matches!(kind, Kind::Text | Kind::Category | Kind::Code | Kind::Identifier)
        };
        let most = |(field, weights): (&Field, &FieldWeights)| {
            let levels = 0..levels(field.kind).len();
            // Term frequencies lift the best level by up to a factor of a hundred.
            let settled = simple(field.kind) && field.when.is_none();
            let rare = if settled { 0.0 } else { 100_f64.log2() };
            levels.map(|l| weights.bits(l as u8)).fold(0.0, f64::max) + rare
        };
        let cheap = |kind: Kind| !matches!(kind, Kind::Text | Kind::Identifier | Kind::Code);
        let mut order: Vec<usize> = (0..fields.len()).collect();
        order.sort_by_key(|&at| !cheap(fields[at].kind));
        Self {
            most: fields.iter().zip(&weights.fields).map(most).collect(),
            equal_is_best: fields.iter().map(|f| simple(f.kind)).collect(),
            order,
        }
    }
}

fn counted(patterns: &[u64]) -> HashMap<u64, u32> {
    let mut counts = HashMap::default();
    for pattern in patterns {
        *counts.entry(*pattern).or_insert(0) += 1;
    }
    counts
}

/// Keeps the links that were asked for. Equal scores are decided by the order of content.
fn assign(
    mut scored: Vec<(f64, u64)>,
    assignment: Assignment,
    left: usize,
    right: usize,
) -> Vec<(f64, u64)> {
    if assignment == Assignment::OneToMany {
        return scored;
    }
    scored.par_sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    let mut left_taken = vec![false; left];
    let mut right_taken = vec![false; right];
    scored.retain(|(_, pair)| {
        let (l, r) = (left_of(*pair), right_of(*pair));
        let free = !right_taken[r] && (assignment == Assignment::Best || !left_taken[l]);
        if free {
            right_taken[r] = true;
            left_taken[l] = true;
        }
        free
    });
    scored
}

/// Puts the weights a model gives in place; whether it gives all of them.
fn fix(weights: &mut Weights, given: &Model, fields: &[Field], tables: &Tables) -> bool {
    let mut all = !given.fields.is_empty();
    for (at, field) in fields.iter().enumerate() {
        let header = &tables.left.headers[field.left];
        let of_field = given.fields.iter().find(|f| f.left == *header && f.kind == field.kind);
        let Some(pairs) = of_field.and_then(|f| f.levels.as_ref()) else {
            all = false;
            continue;
        };
        for (l, (m, u)) in pairs.iter().enumerate().take(LEVELS) {
            weights.fields[at].m[l] = *m;
            weights.fields[at].u[l] = *u;
        }
    }
    all
}

fn named(
    tables: &Tables,
    given: &[ModelField],
    notes: &mut Vec<String>,
) -> Result<Vec<Field>, LinkError> {
    let mut fields = Vec::new();
    for f in given {
        let find = |t: &Table, name: &str| {
            t.headers.iter().position(|h| h == name).ok_or_else(|| {
                let near = notation::did_you_mean(name, t.headers.iter().map(String::as_str));
                let near = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
                LinkError::Nothing(format!(
                    "the model compares `{name}`, which {} does not have{near}",
                    t.name
                ))
            })
        };
        let (left, right) = (find(&tables.left, &f.left)?, find(&tables.right, &f.right)?);
        let mut field = Field::new(left, right, f.kind);
        if let Some(when) = &f.when {
            let of = given.iter().find(|g| g.left == *when && g.kind == Kind::Period);
            let of = of.ok_or_else(|| {
                LinkError::Nothing(format!(
                    "`{}` is compared while `{when}`, which is no field of kind=period in the model",
                    f.left
                ))
            })?;
            field.when = Some((find(&tables.left, &of.left)?, find(&tables.right, &of.right)?));
        }
        fields.push(field);
    }
    if fields.len() > MAX_FIELDS {
        return Err(LinkError::Nothing(format!("a model compares at most {MAX_FIELDS} fields")));
    }
    Ok(complete(tables, fields, notes))
}

fn named_keys(
    blocks: &[Vec<(String, String)>],
    fields: &[Field],
    tables: &Tables,
) -> Result<Vec<Key>, LinkError> {
    let atom = |(name, part): &(String, String)| {
        let field = fields.iter().position(|f| tables.left.headers[f.left] == *name);
        let part = Part::ALL.iter().find(|(_, w)| w == part).map(|(p, _)| *p);
        match (field, part) {
            (Some(field), Some(part)) => Ok(Atom { field, part }),
            _ => Err(LinkError::Nothing(format!(
                "a block of the model uses `{name}`, which is not compared"
            ))),
        }
    };
    blocks.iter().map(|b| b.iter().map(atom).collect()).collect()
}

fn written(
    tables: &Tables,
    fields: &[Field],
    weights: &Weights,
    keys: &[Key],
    all_pairs: f64,
) -> Model {
    let header = |f: &Field| tables.left.headers[f.left].clone();
    let mut model_fields: Vec<ModelField> = Vec::new();
    for (f, w) in fields.iter().zip(&weights.fields) {
        let levels = (0..levels(f.kind).len()).map(|l| (w.m[l], w.u[l])).collect();
        model_fields.push(ModelField {
            left: header(f),
            right: tables.right.headers[f.right].clone(),
            kind: f.kind,
            levels: Some(levels),
            when: f.when.map(|(left, _)| tables.left.headers[left].clone()),
        });
        if f.kind == Kind::Latitude
            && let Some((left, right)) = f.other
        {
            model_fields.push(ModelField {
                left: tables.left.headers[left].clone(),
                right: tables.right.headers[right].clone(),
                kind: Kind::Longitude,
                levels: None,
                when: None,
            });
        }
    }
    let word = |part: Part| Part::ALL.iter().find(|(p, _)| *p == part).map_or("whole", |(_, w)| w);
    let blocks = keys
        .iter()
        .map(|k| k.iter().map(|a| (header(&fields[a.field]), word(a.part).to_owned())).collect())
        .collect();
    Model { fields: model_fields, blocks, matches: Some(weights.prior * all_pairs) }
}
