//! Tables in memory: columns of numbers that stand for values, each value kept once.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::LinkError;
use crate::normalise::normalise;

/// A value's number; [`MISSING`] for none.
pub(crate) type Value = u32;
/// No value.
pub(crate) const MISSING: Value = u32::MAX;
/// Rows of a table at most: a row's number must fit beside its hash in one word.
pub const MAX_ROWS: usize = 1 << 24;

/// Every different value, once.
#[derive(Debug, Default)]
pub(crate) struct Values {
    text: String,
    ends: Vec<usize>,
    index: HashTable<Value>,
}

/// One hash for equal texts on every run and machine.
pub(crate) fn hash(text: &str) -> u64 {
    FixedState::with_seed(0x6c69_6e6b).hash_one(text)
}

/// Mixes a number into a hash (the finalizer of SplitMix64).
pub(crate) fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Values {
    pub(crate) fn get(&self, value: Value) -> &str {
        let at = value as usize;
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or("")
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn intern(&mut self, text: &str) -> Value {
        if text.is_empty() {
            return MISSING;
        }
        let h = hash(text);
        let found = self.index.find(h, |&v| self.get(v) == text).copied();
        found.unwrap_or_else(|| {
            let value = Value::try_from(self.ends.len()).unwrap_or(MISSING - 1);
            self.text.push_str(text);
            self.ends.push(self.text.len());
            let Self { text, ends, index } = self;
            index.insert_unique(h, value, |&v| {
                let at = v as usize;
                let start = if at == 0 { 0 } else { ends[at - 1] };
                hash(&text[start..ends[at]])
            });
            value
        })
    }
}

/// One table as read.
#[derive(Debug)]
pub struct Table {
    /// What it is called in messages.
    pub name: String,
    pub(crate) headers: Vec<String>,
    /// As many as headers, each as long as the table.
    pub(crate) columns: Vec<Vec<Value>>,
    pub(crate) ids: Vec<Box<str>>,
    pub(crate) id_column: Option<usize>,
    /// What a reader should know: a missing id column, duplicate ids, an encoding that was guessed.
    pub notes: Vec<String>,
    values: Values,
}

impl Table {
    /// Reads a table from CSV: UTF-8 with or without mark, UTF-16 with mark, else Windows-1252.
    ///
    /// `id` names the column of ids; without it one is looked for, and without one the number of the row serves.
    ///
    /// # Errors
    /// No header, a row with another number of fields than the header, an id column that is not there, more than
    /// [`MAX_ROWS`] rows.
    pub fn read(name: &str, bytes: &[u8], id: Option<&str>) -> Result<Self, LinkError> {
        let mut notes = Vec::new();
        let decoded = decode(bytes, name, &mut notes);
        let bytes = decoded.as_deref().map_or(strip_mark(bytes), str::as_bytes);
        let delimiter = delimiter(bytes);
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(bytes);
        let wrong = |what: String| LinkError::Table { table: name.to_owned(), what };
        let headers: Vec<String> = reader
            .headers()
            .map_err(|e| wrong(e.to_string()))?
            .iter()
            .map(|h| h.trim().to_owned())
            .collect();
        if headers.iter().all(String::is_empty) {
            return Err(wrong("it has no header row".into()));
        }
        let id_column = match id {
            Some(id) => Some(headers.iter().position(|h| h == id).ok_or_else(|| {
                let near = notation::did_you_mean(id, headers.iter().map(String::as_str));
                let near = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
                wrong(format!("it has no column `{id}`{near}"))
            })?),
            None => find_id(&headers),
        };
        let mut values = Values::default();
        let mut columns: Vec<Vec<Value>> = headers.iter().map(|_| Vec::new()).collect();
        let mut ids: Vec<Box<str>> = Vec::new();
        let mut record = csv::StringRecord::new();
        let mut normal = String::new();
        while reader.read_record(&mut record).map_err(|e| wrong(e.to_string()))? {
            if record.len() != headers.len() {
                let line = record.position().map_or(0, csv::Position::line);
                return Err(wrong(format!(
                    "line {line} has {} fields, its header {}",
                    record.len(),
                    headers.len()
                )));
            }
            if ids.len() >= MAX_ROWS {
                return Err(wrong(format!("it has more than {MAX_ROWS} rows; split it")));
            }
            for (at, field) in record.iter().enumerate() {
                if Some(at) == id_column {
                    columns[at].push(MISSING);
                    continue;
                }
                normalise(field, &mut normal);
                columns[at].push(values.intern(&normal));
            }
            ids.push(match id_column.and_then(|c| record.get(c)) {
                Some(id) => id.into(),
                None => (ids.len() + 1).to_string().into(),
            });
        }
        if id_column.is_none() {
            notes.push(format!("{name} has no id column: the number of the row serves as id"));
        }
        let mut sorted: Vec<&str> = ids.iter().map(|i| &**i).collect();
        sorted.sort_unstable();
        let twice: Vec<&str> = sorted.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
        if let Some(first) = twice.first() {
            notes.push(format!(
                "{name}: {} rows repeat an id, `{first}` first; pairs of them cannot be told apart",
                twice.len()
            ));
        }
        let mut table =
            Self { name: name.to_owned(), headers, columns, ids, id_column, notes, values };
        table.in_order_of_content();
        Ok(table)
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The column of ids.
    #[must_use]
    pub fn id_header(&self) -> Option<&str> {
        self.id_column.and_then(|c| self.headers.get(c)).map(String::as_str)
    }

    /// Puts the rows in an order that depends on what they say alone, so that nothing after this can depend on the
    /// order of the file. It is as good as random, so that the first rows are a fair sample. Rows that say the same
    /// are ordered by id: they are interchangeable as evidence.
    fn in_order_of_content(&mut self) {
        let hashes: Vec<u64> = (0..self.values.len())
            .map(|v| hash(self.values.get(u32::try_from(v).unwrap_or(MISSING))))
            .collect();
        let mut said = vec![0_u64; self.ids.len()];
        // The order of columns in the file is no evidence either.
        for (at, column) in self.columns.iter().enumerate() {
            let salt = hash(&self.headers[at]);
            for (row, &value) in column.iter().enumerate() {
                let h = hashes.get(value as usize).copied().unwrap_or(1);
                said[row] = said[row].wrapping_add(mix(h ^ salt));
            }
        }
        let mut order: Vec<u32> = (0..u32::try_from(self.ids.len()).unwrap_or(u32::MAX)).collect();
        rayon::slice::ParallelSliceMut::par_sort_unstable_by(order.as_mut_slice(), |&a, &b| {
            let (a, b) = (a as usize, b as usize);
            (said[a], &self.ids[a], a).cmp(&(said[b], &self.ids[b], b))
        });
        for column in &mut self.columns {
            *column = order.iter().map(|&row| column[row as usize]).collect();
        }
        self.ids = order.iter().map(|&row| std::mem::take(&mut self.ids[row as usize])).collect();
    }
}

/// Two tables whose values have the same numbers.
#[derive(Debug)]
pub(crate) struct Tables {
    pub left: Table,
    pub right: Table,
    pub values: Values,
}

impl Tables {
    /// Takes the values of the right table into those of the left.
    pub(crate) fn join(mut left: Table, mut right: Table) -> Self {
        let mut values = std::mem::take(&mut left.values);
        let theirs = std::mem::take(&mut right.values);
        let numbers: Vec<Value> = (0..theirs.len())
            .map(|v| values.intern(theirs.get(u32::try_from(v).unwrap_or(MISSING))))
            .collect();
        for column in &mut right.columns {
            for value in column.iter_mut() {
                *value = numbers.get(*value as usize).copied().unwrap_or(MISSING);
            }
        }
        Self { left, right, values }
    }
}

fn strip_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Text of another encoding, decoded; `None` when it is UTF-8.
fn decode(bytes: &[u8], name: &str, notes: &mut Vec<String>) -> Option<String> {
    let units = |big: bool| {
        let pairs = bytes.get(2..).unwrap_or(&[]).chunks_exact(2);
        pairs.map(move |p| {
            if big { u16::from_be_bytes([p[0], p[1]]) } else { u16::from_le_bytes([p[0], p[1]]) }
        })
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        notes.push(format!("{name} is read as UTF-16"));
        let big = bytes.starts_with(&[0xfe, 0xff]);
        return Some(char::decode_utf16(units(big)).map(|c| c.unwrap_or('\u{fffd}')).collect());
    }
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    notes.push(format!("{name} is not UTF-8; it is read as Windows-1252"));
    // The 32 places where Windows-1252 differs from Latin-1 (WHATWG encoding standard).
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let high: Vec<char> = HIGH.chars().collect();
    let char = |b: &u8| match b {
        0x80..=0x9f => high.get(usize::from(*b) - 0x80).copied().unwrap_or('\u{fffd}'),
        _ => char::from(*b),
    };
    Some(bytes.iter().map(char).collect())
}

/// Comma, semicolon or tab: the one the header line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|b| *b == b'\n').next().unwrap_or(&[]);
    let count = |d: u8| header.iter().filter(|b| **b == d).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|d| count(*d)).unwrap_or(b',')
}

/// A header as it is compared: letters and digits, words apart.
pub(crate) fn header_key(header: &str) -> String {
    names::fold(&header.replace('_', " "))
}

/// A column that is called an id, or the first column when its name ends so.
fn find_id(headers: &[String]) -> Option<usize> {
    const CALLED: &[&str] = &["id", "rec id", "record id", "row id", "unique id", "uid", "key"];
    let keys: Vec<String> = headers.iter().map(|h| header_key(h)).collect();
    keys.iter()
        .position(|k| CALLED.contains(&k.as_str()))
        .or_else(|| keys.first().filter(|k| k.ends_with(" id")).map(|_| 0))
}
