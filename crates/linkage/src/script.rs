//! Names in other scripts than the Latin: read by [`names`], compared as the sets of their forms.

use std::borrow::Cow;
use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};
use names::{Grade, Name};
use rayon::prelude::*;

use crate::table::{MISSING, Value, Values, hash};

/// A column is read across scripts when at least this share of its values on one side is in another script.
const LEAST_SHARE: f64 = 0.02;
/// Most different values that are read so; each takes some microseconds.
const MOST_VALUES: usize = 2_000_000;

/// A letter that is not Latin.
fn is_foreign(c: char) -> bool {
    c.is_alphabetic()
        && !matches!(c, '\0'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}')
}

/// Whether a text has letters that are not Latin.
fn foreign(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_foreign)
}

/// A value as it is read across scripts.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    /// Hashes of the keys of the whole name, by which other spellings meet it.
    pub keys: Box<[u64]>,
    /// The name, where there is room to keep all of them.
    name: Option<Box<Name>>,
}

/// Names that are kept; beyond, each is read again when it is compared.
const MOST_KEPT: usize = 50_000;

/// Each value of two columns as a name; empty when both columns are in Latin letters.
pub(crate) fn names(columns: [&[Value]; 2], values: &Values) -> HashMap<Value, Read> {
    let told = |column: &[Value]| {
        let all = column.iter().filter(|v| **v != MISSING);
        let (mut some, mut strange) = (0_u32, 0_u32);
        for value in all.take(20_000) {
            some += 1;
            strange += u32::from(foreign(values.get(*value)));
        }
        f64::from(strange) >= LEAST_SHARE * f64::from(some.max(1)) && strange > 0
    };
    if !columns.iter().any(|c| told(c)) {
        return HashMap::new();
    }
    let mut all: Vec<Value> =
        columns.into_iter().flatten().copied().filter(|v| *v != MISSING).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() > MOST_VALUES {
        return HashMap::new();
    }
    let keep = all.len() <= MOST_KEPT;
    let keys = |value: &Value| {
        let name = Name::new(values.get(*value));
        let of = name.keys();
        let sounds = of.sounds.iter().map(|(key, _)| key);
        let keys: BTreeSet<&String> = of.whole.iter().chain(&of.proper).chain(sounds).collect();
        let keys = keys.into_iter().map(|k| hash(k)).collect();
        (*value, Read { keys, name: keep.then(|| Box::new(name)) })
    };
    all.par_iter().map(keys).collect::<Vec<_>>().into_iter().collect()
}

/// The level of two texts of which one is in another script than the other; `None` when both are in one.
pub(crate) fn level(
    names: &HashMap<Value, Read>,
    values: &Values,
    (left, right): (Value, Value),
) -> Option<u8> {
    let (a, b) = (values.get(left), values.get(right));
    let script = |t: &str| t.chars().find(|c| is_foreign(*c)).map(block);
    if script(a) == script(b) {
        return None;
    }
    let read = |value: Value, text: &str| {
        let kept = names.get(&value).and_then(|r| r.name.as_deref());
        kept.map_or_else(|| Cow::Owned(Name::new(text)), Cow::Borrowed)
    };
    Some(match names::compare(&read(left, a), &read(right, b)).grade {
        Grade::Same => 0,
        Grade::Likely => 2,
        Grade::Possible => 3,
        Grade::Weak => 4,
        Grade::Nothing | Grade::Against => 5,
    })
}

/// Coarse enough to tell scripts apart: Hangul, Han, Cyrillic, Arabic, anything else by its block of 256.
fn block(c: char) -> u32 {
    match c {
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => 1,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => 2,
        '\u{400}'..='\u{52f}' => 3,
        '\u{600}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => 4,
        c => u32::from(c) >> 8 | 0x100,
    }
}
