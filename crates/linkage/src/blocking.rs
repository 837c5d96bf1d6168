//! Finding the pairs worth comparing without comparing all.
//!
//! A key is a conjunction of atoms (a whole value, its beginning, its end, a word of it, the year of a date, two
//! names in either order); two rows are candidates when they share any key. Which keys: those that together are
//! expected to catch every match, twice over where that is cheap, given how often each atom agrees among matches (a
//! guess at first, learned after a first round) and how often by chance (counted).

use rayon::prelude::*;

use crate::kind::{Date, Kind};
use crate::plan::Field;
use crate::table::{MISSING, Table, Tables, Value, hash, mix};

/// Keys by which one name in another script is looked up at most.
const MOST_SOUNDS: usize = 24;

/// What of a value must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Whole,
    Start,
    End,
    Word,
    Either,
    Year,
    Day,
    Consonants,
    Digits,
    Cell,
    Sound,
}

impl Part {
    pub(crate) const ALL: [(Self, &'static str); 11] = [
        (Self::Whole, "whole"),
        (Self::Start, "start"),
        (Self::End, "end"),
        (Self::Word, "word"),
        (Self::Either, "either"),
        (Self::Year, "year"),
        (Self::Day, "day"),
        (Self::Consonants, "consonants"),
        (Self::Digits, "digits"),
        (Self::Cell, "cell"),
        (Self::Sound, "sound"),
    ];

    /// How often it agrees between two records of one thing, before anything is learned.
    fn guess(self, kind: Kind) -> f64 {
        match (self, kind) {
            (Self::Whole, Kind::Category) => 0.93,
            (Self::Whole, Kind::Text) => 0.7,
            (Self::Whole, Kind::Number) => 0.6,
            (Self::Whole, _) => 0.85,
            (Self::Start | Self::Consonants, _) => 0.8,
            (Self::End, _) => 0.75,
            (Self::Word, _) => 0.85,
            (Self::Either, _) => 0.5,
            (Self::Year | Self::Day | Self::Digits, _) => 0.88,
            (Self::Cell | Self::Sound, _) => 0.8,
        }
    }
}

/// One condition of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Atom {
    pub field: usize,
    pub part: Part,
}

/// All of its atoms must agree.
pub(crate) type Key = Vec<Atom>;

/// The atoms that suit the fields.
pub(crate) fn atoms(fields: &[Field]) -> Vec<Atom> {
    let mut out = Vec::new();
    for (field, f) in fields.iter().enumerate() {
        let parts: &[Part] = match f.kind {
            Kind::Text => {
                &[Part::Whole, Part::Start, Part::End, Part::Word, Part::Consonants, Part::Digits]
            }
            Kind::Identifier => &[Part::Whole, Part::Start, Part::End, Part::Digits],
            Kind::Date => &[Part::Whole, Part::Year, Part::Day],
            Kind::Latitude => &[Part::Cell],
            Kind::Category | Kind::Code | Kind::Number => &[Part::Whole],
            Kind::Longitude | Kind::Period => &[],
        };
        out.extend(parts.iter().map(|&part| Atom { field, part }));
        if !f.names.is_empty() {
            out.push(Atom { field, part: Part::Sound });
        }
        if f.kind == Kind::Text && f.other.is_some() {
            out.push(Atom { field, part: Part::Either });
        }
    }
    out
}

/// One side's rows, seen through the fields.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub table: &'a Table,
    pub tables: &'a Tables,
    pub fields: &'a [Field],
    pub right: bool,
}

impl Side<'_> {
    fn value(&self, column: (usize, usize), row: usize) -> Value {
        let column = if self.right { column.1 } else { column.0 };
        self.table.columns[column][row]
    }

    /// The keys of a row under an atom; several for words.
    pub(crate) fn keys(&self, atom: Atom, row: usize, out: &mut Vec<u64>) {
        out.clear();
        let Some(field) = self.fields.get(atom.field) else { return };
        let value = self.value((field.left, field.right), row);
        if value == MISSING {
            return;
        }
        let text = || self.tables.values.get(value);
        let date = || -> Option<Date> { field.dates.get(value as usize).copied().flatten() };
        match atom.part {
            Part::Whole => out.push(match date() {
                Some(d) => mix(u64::from(d.year) << 16 | u64::from(d.low) << 8 | u64::from(d.high)),
                None if field.kind == Kind::Identifier => {
                    hash_of(text().chars().filter(|c| c.is_alphanumeric()))
                }
                None => mix(u64::from(value) ^ 0x5eed),
            }),
            Part::Start => {
                let start: [char; 4] = first(text().chars().filter(|c| c.is_alphanumeric()));
                if start[1] != '\0' {
                    out.push(hash_of(start.into_iter()));
                }
            }
            Part::End => {
                let end: [char; 4] = first(text().chars().rev().filter(|c| c.is_alphanumeric()));
                if end[1] != '\0' {
                    out.push(hash_of(end.into_iter()));
                }
            }
            Part::Word => {
                let text = text();
                if text.contains(' ') {
                    out.extend(text.split(' ').filter(|w| w.len() > 2).take(8).map(hash));
                } else if text.len() > 2 {
                    out.push(hash(text));
                }
            }
            Part::Either => {
                let Some(other) = field.other else { return };
                let other = self.value(other, row);
                if other != MISSING {
                    out.push(mix(u64::from(value)).wrapping_add(mix(u64::from(other))));
                }
            }
            Part::Year => out.extend(date().map(|d| u64::from(d.year))),
            Part::Day => out.extend(date().map(|d| u64::from(d.low) << 8 | u64::from(d.high))),
            Part::Consonants => {
                let mut last = ' ';
                let consonants = text().chars().filter(|c| c.is_alphabetic()).filter(|&c| {
                    let keep =
                        !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w') && c != last;
                    last = c;
                    keep
                });
                let found: [char; 8] = first(consonants);
                if found[1] != '\0' {
                    out.push(hash_of(found.into_iter()));
                }
            }
            Part::Digits => {
                let found: [char; 12] = first(text().chars().filter(char::is_ascii_digit));
                if found[1] != '\0' {
                    out.push(hash_of(found.into_iter()));
                }
            }
            Part::Sound => {
                if let Some(read) = field.names.get(&value) {
                    out.extend(read.keys.iter().take(MOST_SOUNDS));
                }
            }
            Part::Cell => {
                let Some(other) = field.other else { return };
                let degrees = |v: Value| {
                    (v != MISSING).then(|| self.tables.values.get(v).parse::<f64>().ok()).flatten()
                };
                let (Some(a), Some(b)) = (degrees(value), degrees(self.value(other, row))) else {
                    return;
                };
                // Cells of a tenth of a degree; the left side stands in its own, the right in all about it, both
                // ways round.
                let cell = |x: f64| (x * 10.0).floor() as i64;
                let key = |a: i64, b: i64| mix((a as u64) << 32 ^ (b as u64 & 0xffff_ffff));
                if self.right {
                    for (a, b) in [(a, b), (b, a)] {
                        for (i, j) in (-1..=1).flat_map(|i| (-1..=1).map(move |j| (i, j))) {
                            out.push(key(cell(a) + i, cell(b) + j));
                        }
                    }
                } else {
                    out.push(key(cell(a), cell(b)));
                }
            }
        }
    }

    /// The hashes of a row under a key: each choice of one hash per atom, at most 32.
    fn hashes(&self, key: &[Atom], row: usize, scratch: &mut Vec<u64>, out: &mut Vec<u64>) {
        out.clear();
        out.push(0x6b65_7973);
        for (at, atom) in key.iter().enumerate() {
            self.keys(*atom, row, scratch);
            if scratch.is_empty() {
                out.clear();
                return;
            }
            let before = out.len();
            for more in scratch.iter().skip(1) {
                for i in 0..before {
                    if out.len() < 32 {
                        out.push(mix(out[i] ^ more.rotate_left(at as u32 * 7)));
                    }
                }
            }
            for h in out.iter_mut().take(before) {
                *h = mix(*h ^ scratch[0].rotate_left(at as u32 * 7));
            }
        }
    }
}

fn first<const N: usize>(chars: impl Iterator<Item = char>) -> [char; N] {
    let mut out = ['\0'; N];
    for (slot, c) in out.iter_mut().zip(chars) {
        *slot = c;
    }
    out
}

fn hash_of(chars: impl Iterator<Item = char>) -> u64 {
    // One multiplication for a letter, and one good mixing at the end: every row passes here for every key.
    mix(chars.fold(0x9ae1_6a3b, |h, c| {
        (h ^ u64::from(u32::from(c))).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    }))
}

/// A row's number in the low bits, its hash in the high ones.
const ROW_BITS: u32 = 24;
const ROW_MASK: u64 = (1 << ROW_BITS) - 1;
/// Rows of the left that one hash may bring to one row of the right. A larger block is walked in the order of
/// content, so that equal rows still meet.
const MOST_IN_BLOCK: usize = 400;
const WINDOW: usize = 3;

/// Hash and row of all rows of a side, sorted.
fn index(side: Side<'_>, key: &[Atom], rows: usize) -> Vec<u64> {
    let mut all: Vec<u64> = (0..rows)
        .into_par_iter()
        .fold(
            || (Vec::new(), Vec::new(), Vec::new()),
            |(mut all, mut scratch, mut hashes), row| {
                side.hashes(key, row, &mut scratch, &mut hashes);
                all.extend(hashes.iter().map(|h| (h & !ROW_MASK) | row as u64));
                (all, scratch, hashes)
            },
        )
        .map(|(all, _, _)| all)
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    all.par_sort_unstable();
    all
}

/// Runs of equal hashes in two sorted indexes.
fn blocks<'a>(
    left: &'a [u64],
    right: &'a [u64],
    mut each: impl FnMut(&'a [u64], &'a [u64]) -> bool,
) {
    let (mut i, mut j) = (0, 0);
    let run = |of: &[u64], from: usize| {
        let hash = of[from] >> ROW_BITS;
        from + of[from..].iter().take_while(|x| **x >> ROW_BITS == hash).count()
    };
    while i < left.len() && j < right.len() {
        let (a, b) = (left[i] >> ROW_BITS, right[j] >> ROW_BITS);
        if a < b {
            i += 1;
        } else if b < a {
            j += 1;
        } else {
            let (to_i, to_j) = (run(left, i), run(right, j));
            if !each(&left[i..to_i], &right[j..to_j]) {
                return;
            }
            (i, j) = (to_i, to_j);
        }
    }
}

/// Adds the pairs that share a key to `pairs`, right row above left row. `false`, and none added, when there would
/// be more than `most`.
pub(crate) fn join(
    left: Side<'_>,
    right: Side<'_>,
    right_rows: usize,
    key: &[Atom],
    most: usize,
    pairs: &mut Vec<u64>,
) -> bool {
    let (a, b) =
        rayon::join(|| index(left, key, left.table.len()), || index(right, key, right_rows));
    let before = pairs.len();
    let row = |x: u64| x & ROW_MASK;
    let mut fits = true;
    blocks(&a, &b, |x, y| {
        if x.len() > MOST_IN_BLOCK {
            for (rank, r) in y.iter().enumerate() {
                let at = rank * x.len() / y.len();
                let near = &x[at.saturating_sub(WINDOW)..(at + WINDOW + 1).min(x.len())];
                pairs.extend(near.iter().map(|l| row(*r) << 32 | row(*l)));
            }
        } else {
            for r in y {
                pairs.extend(x.iter().map(|l| row(*r) << 32 | row(*l)));
            }
        }
        fits = pairs.len() - before <= most;
        fits
    });
    if !fits {
        pairs.truncate(before);
    }
    fits
}

/// How an atom behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habit {
    /// Share of all pairs in which it agrees by chance.
    pub chance: f64,
    /// Share of matches, both sides filled, in which it agrees.
    pub agrees: f64,
    /// Share of rows in which both sides have it.
    pub filled: f64,
}

/// Counts how often atoms agree by chance, on the first rows, which are as good as random.
pub(crate) fn habits(left: Side<'_>, right: Side<'_>, atoms: &[Atom]) -> Vec<Habit> {
    const ROWS: usize = 20_000;
    let (n, m) = (left.table.len().min(ROWS), right.table.len().min(ROWS));
    atoms
        .par_iter()
        .map(|&atom| {
            let key = [atom];
            let (a, b) = (index(left, &key, n), index(right, &key, m));
            let mut agree = 0.0;
            blocks(&a, &b, |x, y| {
                agree += x.len() as f64 * y.len() as f64;
                true
            });
            let filled = |side: Side<'_>, rows: usize| {
                let mut out = Vec::new();
                let has = |row: &usize| {
                    side.keys(atom, *row, &mut out);
                    !out.is_empty()
                };
                (0..rows).filter(has).count() as f64 / rows.max(1) as f64
            };
            let fields = left.fields;
            let guess = fields.get(atom.field).map_or(0.5, |f| match atom.part {
                Part::Sound => 0.9,
                // In other letters nothing else of a name agrees.
                part if !f.names.is_empty() => 0.5 * part.guess(f.kind),
                part => part.guess(f.kind),
            });
            Habit {
                chance: (agree + 0.5) / (n.max(1) as f64 * m.max(1) as f64),
                agrees: guess,
                filled: filled(left, n).min(filled(right, m)),
            }
        })
        .collect()
}

/// Matches that are simulated to choose keys.
const SIMULATED: usize = 2048;
const WORDS: usize = SIMULATED / 64;
type Bits = [u64; WORDS];

/// Chooses keys that together catch the simulated matches, for at most `budget` pairs.
pub(crate) fn choose(
    atoms: &[Atom],
    habits: &[Habit],
    left: usize,
    right: usize,
    seed: u64,
) -> Vec<Key> {
    let all_pairs = left as f64 * right as f64;
    let rows = (left + right) as f64;
    let per_key = rows * 1.5 + 3_000.0;
    let budget = rows * 5.0 + 20_000.0;
    let agree = simulate(atoms, habits, seed);
    let mut candidates: Vec<(Vec<usize>, f64, Bits)> = Vec::new();
    let chance = |set: &[usize]| set.iter().map(|&i| habits[i].chance).product::<f64>() * all_pairs;
    let useful: Vec<usize> = (0..atoms.len())
        .filter(|&i| habits[i].chance < 0.5 && habits[i].filled * habits[i].agrees > 0.01)
        .collect();
    let mut grow: Vec<(Vec<usize>, Bits)> = useful.iter().map(|&i| (vec![i], agree[i])).collect();
    let deepest = if useful.len() <= 30 { 4 } else { 3 };
    for depth in 1..=deepest {
        let mut next = Vec::new();
        for (set, bits) in grow {
            let pairs = chance(&set);
            let caught = bits.iter().map(|w| w.count_ones()).sum::<u32>();
            if caught == 0 {
                continue;
            }
            if pairs <= per_key {
                candidates.push((set, pairs, bits));
            } else if depth < deepest {
                let last = set.last().copied().unwrap_or(0);
                for &i in useful.iter().filter(|i| **i > last) {
                    if set.iter().all(|&s| atoms[s].field != atoms[i].field) {
                        let mut both = bits;
                        both.iter_mut().zip(&agree[i]).for_each(|(w, x)| *w &= x);
                        let mut more = set.clone();
                        more.push(i);
                        next.push((more, both));
                    }
                }
            }
        }
        grow = next;
    }
    let mut once: Bits = [0; WORDS];
    let mut twice: Bits = [0; WORDS];
    let mut spent = 0.0;
    let mut chosen = Vec::new();
    while chosen.len() < 24 && !candidates.is_empty() {
        let gain = |bits: &Bits| {
            let first: u32 = bits.iter().zip(&once).map(|(b, c)| (b & !c).count_ones()).sum();
            let second: u32 = bits
                .iter()
                .zip(once.iter().zip(&twice))
                .map(|(b, (o, t))| (b & o & !t).count_ones())
                .sum();
            f64::from(first) + 0.3 * f64::from(second)
        };
        let best = candidates
            .iter()
            .enumerate()
            .map(|(at, (_, pairs, bits))| (gain(bits) / (pairs + per_key * 0.15), at))
            .max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)));
        let Some((_, at)) = best else { break };
        let (set, pairs, bits) = candidates.swap_remove(at);
        // Less than one match in a thousand, and that for the second time: enough.
        if gain(&bits) < 0.3 || (gain(&bits) < 2.0 && chosen.len() >= 8) {
            break;
        }
        if spent + pairs > budget {
            continue;
        }
        spent += pairs;
        for (w, b) in bits.iter().enumerate() {
            twice[w] |= once[w] & b;
            once[w] |= b;
        }
        chosen.push(set.iter().map(|&i| atoms[i]).collect());
    }
    chosen
}

/// Which simulated matches each atom agrees in. Atoms of one field err together.
fn simulate(atoms: &[Atom], habits: &[Habit], seed: u64) -> Vec<Bits> {
    let uniform = |x: u64| (mix(x) >> 11) as f64 / (1_u64 << 53) as f64;
    atoms
        .iter()
        .zip(habits)
        .map(|(atom, habit)| {
            let mut bits: Bits = [0; WORDS];
            for case in 0..SIMULATED {
                let draw = seed ^ (case as u64) << 20 ^ (atom.field as u64) << 4;
                let there = uniform(draw) < habit.filled;
                let part =
                    if matches!(atom.part, Part::End | Part::Day | Part::Digits) { 2 } else { 1 };
                if there && uniform(draw + part) < habit.agrees {
                    bits[case / 64] |= 1 << (case % 64);
                }
            }
            bits
        })
        .collect()
}

/// What pairs that are surely matches teach: how often each atom agrees.
pub(crate) fn learn(
    left: Side<'_>,
    right: Side<'_>,
    atoms: &[Atom],
    habits: &mut [Habit],
    sure: &[(u32, u32)],
) {
    atoms.par_iter().zip(habits.par_iter_mut()).for_each(|(atom, habit)| {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let (mut both, mut agree) = (0.0, 0.0);
        for &(l, r) in sure {
            left.keys(*atom, l as usize, &mut a);
            right.keys(*atom, r as usize, &mut b);
            if !a.is_empty() && !b.is_empty() {
                both += 1.0;
                agree += f64::from(u8::from(a.iter().any(|x| b.contains(x))));
            }
        }
        // The guess counts as ten pairs.
        habit.agrees = (agree + 10.0 * habit.agrees) / (both + 10.0);
        if !sure.is_empty() {
            habit.filled = (both + 1.0) / (sure.len() as f64 + 1.0);
        }
    });
}
