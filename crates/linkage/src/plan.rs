//! What is compared with what: columns paired, their kinds, which values may be swapped.

use foldhash::{HashMap, HashSet};

use crate::kind::{Date, Kind};
use crate::period::Period;
use crate::script;
use crate::table::{MISSING, Tables, Value, header_key};

/// Fields compared at most: their levels are packed three bits each into one word.
pub(crate) const MAX_FIELDS: usize = 21;

/// One compared field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub left: usize,
    pub right: usize,
    pub kind: Kind,
    /// The columns beside it: of names that may be swapped, or the longitudes.
    pub other: Option<(usize, usize)>,
    /// For dates: each value read.
    pub dates: Vec<Option<Date>>,
    /// For times of observation: each value read.
    pub periods: Vec<Option<Period>>,
    /// For names in several scripts: each value read.
    pub names: HashMap<Value, script::Read>,
    /// The columns of a period: this field is compared only where those overlap.
    pub when: Option<(usize, usize)>,
}

impl Field {
    pub(crate) fn new(left: usize, right: usize, kind: Kind) -> Self {
        Self {
            left,
            right,
            kind,
            other: None,
            dates: Vec::new(),
            periods: Vec::new(),
            names: HashMap::default(),
            when: None,
        }
    }
}

/// Words of a header that tell of a state, which holds for a time.
const STATES: &[&str] = &["status", "activity", "use", "condition", "operation"];

/// Pairs the columns and tells their kinds. Notes say what was left out and why.
pub(crate) fn infer(tables: &Tables, notes: &mut Vec<String>) -> Vec<Field> {
    let mut fields = Vec::new();
    for (left, right) in pair(tables, notes) {
        let header = &tables.left.headers[left];
        let (kind, distinct) = kind_of(tables, left, right);
        if distinct < 2 {
            let what = if distinct == 0 { "is empty" } else { "says the same in every row" };
            notes.push(format!("column `{header}` {what}: not compared"));
            continue;
        }
        fields.push(Field::new(left, right, kind));
    }
    let period = fields.iter().find(|f| f.kind == Kind::Period).map(|f| (f.left, f.right));
    if let Some(period) = period {
        for field in fields.iter_mut().filter(|f| f.kind != Kind::Period) {
            let header = header_key(&tables.left.headers[field.left]);
            if header.split(' ').any(|w| STATES.contains(&w)) {
                field.when = Some(period);
            }
        }
    }
    complete(tables, fields, notes)
}

/// Finds the partners of text columns and longitudes, reads the dates, keeps what fits.
pub(crate) fn complete(
    tables: &Tables,
    mut fields: Vec<Field>,
    notes: &mut Vec<String>,
) -> Vec<Field> {
    let texts: Vec<(usize, usize, usize)> = fields
        .iter()
        .enumerate()
        .filter(|(_, f)| f.kind == Kind::Text)
        .map(|(at, f)| (at, f.left, f.right))
        .collect();
    let samples: Vec<HashSet<Value>> =
        texts.iter().map(|(_, left, _)| sample(&tables.left.columns[*left], 5000)).collect();
    for (i, &(at, _, _)) in texts.iter().enumerate() {
        // The other column whose values are most like these: given names and surnames share many.
        let best = (0..texts.len())
            .filter(|j| *j != i)
            .map(|j| {
                let few = samples[i].len().min(samples[j].len()).max(1);
                (samples[i].intersection(&samples[j]).count() * 100 / few, std::cmp::Reverse(j), j)
            })
            .max();
        if let Some((shared, _, j)) = best
            && shared >= 3
        {
            fields[at].other = Some((texts[j].1, texts[j].2));
        }
    }
    let longitude = fields.iter().find(|f| f.kind == Kind::Longitude).map(|f| (f.left, f.right));
    for field in &mut fields {
        if field.kind == Kind::Latitude {
            field.other = longitude;
        }
    }
    fields.retain(|f| f.kind != Kind::Longitude && (f.kind != Kind::Latitude || f.other.is_some()));
    for field in fields.iter_mut().filter(|f| f.kind == Kind::Date) {
        field.dates = vec![None; tables.values.len()];
        for column in [&tables.left.columns[field.left], &tables.right.columns[field.right]] {
            for &value in column.iter().filter(|v| **v != MISSING) {
                if field.dates[value as usize].is_none() {
                    field.dates[value as usize] = Date::read(tables.values.get(value));
                }
            }
        }
    }
    for field in fields.iter_mut().filter(|f| f.kind == Kind::Period) {
        field.periods = vec![None; tables.values.len()];
        for column in [&tables.left.columns[field.left], &tables.right.columns[field.right]] {
            for &value in column.iter().filter(|v| **v != MISSING) {
                if field.periods[value as usize].is_none() {
                    field.periods[value as usize] = Period::read(tables.values.get(value));
                }
            }
        }
    }
    for field in fields.iter_mut().filter(|f| f.kind == Kind::Text) {
        let columns = [&*tables.left.columns[field.left], &*tables.right.columns[field.right]];
        field.names = script::names(columns, &tables.values);
        if !field.names.is_empty() {
            notes.push(format!(
                "column `{}` is in several scripts: names are compared in all their forms",
                tables.left.headers[field.left]
            ));
        }
    }
    while fields.len() > MAX_FIELDS {
        // What is least filled tells least.
        let filled =
            |f: &Field| tables.left.columns[f.left].iter().filter(|v| **v != MISSING).count();
        let least = (0..fields.len()).min_by_key(|i| filled(&fields[*i])).unwrap_or(0);
        let gone = fields.remove(least);
        notes.push(format!(
            "column `{}` is left out: at most {MAX_FIELDS} are compared",
            tables.left.headers[gone.left]
        ));
    }
    fields
}

fn sample(column: &[Value], rows: usize) -> HashSet<Value> {
    column.iter().take(rows).copied().filter(|v| *v != MISSING).collect()
}

/// Rows are in an order as good as random, so the first are a fair sample.
const SAMPLE: usize = 20_000;

fn kind_of(tables: &Tables, left: usize, right: usize) -> (Kind, usize) {
    let a = sample(&tables.left.columns[left], SAMPLE);
    let b = sample(&tables.right.columns[right], SAMPLE);
    let filled = |c: &[Value]| c.iter().take(SAMPLE).filter(|v| **v != MISSING).count();
    let all: HashSet<Value> = a.union(&b).copied().collect();
    let mut values: Vec<&str> = all.iter().map(|v| tables.values.get(*v)).collect();
    values.sort_unstable_by_key(|v| crate::table::hash(v));
    values.truncate(2000);
    // Of the table that errs less: misspellings would make a category look like free text.
    let (distinct, filled) = {
        let (fa, fb) = (filled(&tables.left.columns[left]), filled(&tables.right.columns[right]));
        if a.len() * fb.max(1) <= b.len() * fa.max(1) && !a.is_empty() {
            (a.len(), fa)
        } else {
            (b.len(), fb)
        }
    };
    let spread = a.len().max(b.len()) > 4 * distinct.max(1);
    let kind = match Kind::infer(&header_key(&tables.left.headers[left]), &values, distinct, filled)
    {
        Kind::Category if spread => Kind::Text,
        kind => kind,
    };
    (kind, all.len())
}

/// Columns of one name, then columns that share values.
fn pair(tables: &Tables, notes: &mut Vec<String>) -> Vec<(usize, usize)> {
    let (left, right) = (&tables.left, &tables.right);
    let open = |t: &crate::table::Table| -> Vec<usize> {
        (0..t.headers.len()).filter(|c| Some(*c) != t.id_column).collect()
    };
    let (mut lefts, mut rights) = (open(left), open(right));
    let mut pairs = Vec::new();
    lefts.retain(|&l| {
        let key = header_key(&left.headers[l]);
        let found = rights.iter().position(|&r| header_key(&right.headers[r]) == key);
        if let Some(at) = found {
            pairs.push((l, rights.remove(at)));
        }
        found.is_none()
    });
    // Among the rest: shares of common values, the greatest first.
    let counts = |column: &[Value]| {
        let mut counts: HashMap<Value, u32> = HashMap::default();
        for v in column.iter().take(SAMPLE).filter(|v| **v != MISSING) {
            *counts.entry(*v).or_default() += 1;
        }
        counts
    };
    let of_right: Vec<_> = rights.iter().map(|&r| counts(&right.columns[r])).collect();
    let mut likes = Vec::new();
    for &l in &lefts {
        let a = counts(&left.columns[l]);
        let total: u32 = a.values().sum();
        for (at, b) in of_right.iter().enumerate() {
            let of_b: u32 = b.values().sum();
            let shared: u32 = a.iter().filter(|(v, _)| b.contains_key(*v)).map(|(_, n)| n).sum();
            let back: u32 = b.iter().filter(|(v, _)| a.contains_key(*v)).map(|(_, n)| n).sum();
            let share = |n: u32, of: u32| u64::from(n) * 100 / u64::from(of.max(1));
            let like = share(shared, total).min(share(back, of_b));
            if like >= 20 {
                likes.push((std::cmp::Reverse(like), l, rights[at]));
            }
        }
    }
    likes.sort_unstable();
    for (_, l, r) in likes {
        if !pairs.iter().any(|(pl, pr)| *pl == l || *pr == r) {
            notes.push(format!(
                "columns `{}` and `{}` are compared: they share values",
                left.headers[l], right.headers[r]
            ));
            pairs.push((l, r));
        }
    }
    for (table, columns, side) in [(left, &lefts, 0), (right, &rights, 1)] {
        for c in columns {
            let used = pairs.iter().any(|p| if side == 0 { p.0 == *c } else { p.1 == *c });
            if !used {
                notes.push(format!(
                    "column `{}` of {} has no counterpart",
                    table.headers[*c], table.name
                ));
            }
        }
    }
    // In an order that does not depend on the order of columns.
    pairs.sort_by(|a, b| left.headers[a.0].cmp(&left.headers[b.0]));
    pairs
}
