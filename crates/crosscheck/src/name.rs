//! Names as sets of forms, forms as sets of words.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One spelling of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// As the source writes it.
    pub text: String,
    /// Whether the recorder added it from memory.
    pub from_memory: bool,
    /// Its words, folded; a word once.
    pub words: Vec<String>,
}

/// After these words a name speaks of another place: "new building similar to Kangson".
const ELSEWHERE: &[&str] = &["similar to", "near", "adjacent to", "next to", "visited by"];
/// Words that carry nothing.
const EMPTY: &[&str] =
    &["the", "of", "and", "for", "to", "a", "in", "at", "no", "number", "e", "th", "t"];
const MEGAWATT: &[&str] = &["mw", "mwe", "mwt", "mwth", "megawatt", "megawatts"];

impl Form {
    pub(crate) fn new(text: &str, from_memory: bool) -> Self {
        let plain = fold(text);
        let end = ELSEWHERE
            .iter()
            .filter_map(|e| plain.find(&format!(" {e} ")))
            .min()
            .unwrap_or(plain.len());
        let mut words: Vec<String> = Vec::new();
        let mut raw = plain[..end].split_whitespace().peekable();
        while let Some(word) = raw.next() {
            let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, rest) = word.split_at(digits);
            let word = if number.is_empty() {
                skeleton(word)
            } else if MEGAWATT.contains(&rest)
                || (rest.is_empty() && raw.peek().is_some_and(|n| MEGAWATT.contains(n)))
            {
                // "5 MW(e)", "5MWe" and "5-Megawatt" are one word.
                if rest.is_empty() {
                    raw.next();
                }
                format!("{number}mw")
            } else if rest.is_empty() {
                format!("#{number}")
            } else {
                word.to_owned()
            };
            if !word.is_empty() && !EMPTY.contains(&word.as_str()) && !words.contains(&word) {
                words.push(word);
            }
        }
        Self { text: text.to_owned(), from_memory, words }
    }
}

/// Compatibility forms made plain, marks and format characters dropped, lower case, punctuation to spaces.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Hangul syllables come apart under decomposition; they are composed again at the end.
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            '\''
            | '’'
            | '‘'
            | 'ʼ'
            | '`'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{feff}'
            | '\u{ad}' => {}
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => out.push(' '),
        }
    }
    out.nfc().collect()
}

/// One key for the spellings of a romanized Korean word: Taechon, T'aech'ŏn, Taecheon and Thaechon are one, and
/// Kaechon is another. English words lose a little too, all in the same way.
fn skeleton(word: &str) -> String {
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    let singular = match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None if word.ends_with('s') && !word.ends_with("ss") => word[..word.len() - 1].to_owned(),
        None => word.to_owned(),
    };
    const RULES: &[(&str, &str)] = &[
        ("eo", "o"),
        ("eu", "u"),
        ("ae", "a"),
        ("oe", "e"),
        ("ch", "j"),
        ("ph", "p"),
        ("th", "t"),
        ("kh", "k"),
        ("g", "k"),
        ("b", "p"),
        ("d", "t"),
        ("r", "l"),
    ];
    let start = singular.strip_prefix("ny").map_or(singular.clone(), |rest| format!("y{rest}"));
    let mut out = String::with_capacity(start.len());
    let mut rest = start.as_str();
    while let Some(c) = rest.chars().next() {
        let (from, to) = RULES
            .iter()
            .find(|(from, _)| rest.starts_with(from))
            .copied()
            .unwrap_or((&rest[..c.len_utf8()], &rest[..c.len_utf8()]));
        // A doubled letter counts once.
        if !out.ends_with(to) {
            out.push_str(to);
        }
        rest = &rest[from.len()..];
    }
    out
}

/// How much a word tells: the rarer, the more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rarity {
    count: HashMap<String, u32>,
    names: u32,
}

impl Rarity {
    /// Counts each word once for each name it occurs in.
    pub(crate) fn count<'a>(names: impl Iterator<Item = &'a [Form]>) -> Self {
        let mut rarity = Self::default();
        for forms in names {
            rarity.names += 1;
            let mut words: Vec<&str> =
                forms.iter().flat_map(|f| f.words.iter().map(String::as_str)).collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *rarity.count.entry(word.to_owned()).or_insert(0) += 1;
            }
        }
        rarity
    }

    /// Bits: log2 of how many names there are to each that has the word.
    pub(crate) fn bits(&self, word: &str) -> f64 {
        let count = self.count.get(word).copied().unwrap_or(1).max(1);
        (f64::from(self.names.max(1) + 1) / f64::from(count)).log2().clamp(0.0, 8.0)
    }
}

/// How two names compare.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NameMatch {
    /// For being the same name; negative when against it.
    pub bits: f64,
    /// The two forms that met.
    pub forms: Option<(String, String)>,
    /// They contradict each other, and why.
    pub conflict: Option<String>,
    /// One of the two forms is from memory.
    pub from_memory: bool,
}

/// Most that a name can weigh.
const MOST_BITS: f64 = 12.0;
/// What a contradiction in a number or in "declared / undeclared" weighs.
const CONFLICT_BITS: f64 = -10.0;

/// Compares two names by their best pair of forms. A contradiction between the first forms, the names proper,
/// counts against whatever else agrees; a part that is missing on one side is no contradiction.
pub(crate) fn compare(a: &[Form], b: &[Form], rarity: &Rarity) -> NameMatch {
    let mut best = NameMatch { bits: 0.0, forms: None, conflict: None, from_memory: false };
    let mut conflict = None;
    for x in a {
        for y in b {
            if let Some(words) = contradiction(x, y) {
                conflict.get_or_insert(words);
                continue;
            }
            let bits = agreement(x, y, rarity);
            if bits > best.bits {
                let forms = Some((x.text.clone(), y.text.clone()));
                best = NameMatch {
                    bits,
                    forms,
                    conflict: None,
                    from_memory: x.from_memory || y.from_memory,
                };
            }
        }
    }
    match conflict {
        Some(words) if best.bits < MOST_BITS / 2.0 => NameMatch {
            bits: CONFLICT_BITS,
            forms: None,
            conflict: Some(words),
            from_memory: false,
        },
        _ => best,
    }
}

/// Shared words by their rarity, less when they are a small part of either form.
fn agreement(x: &Form, y: &Form, rarity: &Rarity) -> f64 {
    let weight = |words: &[String]| words.iter().map(|w| rarity.bits(w)).sum::<f64>();
    let shared: f64 = x.words.iter().filter(|w| y.words.contains(w)).map(|w| rarity.bits(w)).sum();
    if shared == 0.0 {
        return 0.0;
    }
    let (wx, wy) = (weight(&x.words), weight(&y.words));
    let contained = shared / wx.min(wy).max(f64::MIN_POSITIVE);
    let common = shared / (wx + wy - shared).max(f64::MIN_POSITIVE);
    // "Pyongsan Uranium Mine" and "Sonbong Uranium Mine": what each has of its own speaks against. A part that
    // only one of them has does not.
    let own = (wx - shared).min(wy - shared);
    (shared * (contained + common) / 2.0 - own / 2.0).clamp(0.0, MOST_BITS)
}

/// Numbers are decisive, and so is "declared" against "undeclared".
fn contradiction(x: &Form, y: &Form) -> Option<String> {
    let power =
        |f: &Form| f.words.iter().filter(|w| w.ends_with("mw")).cloned().collect::<Vec<_>>();
    let (px, py) = (power(x), power(y));
    if !px.is_empty() && !py.is_empty() && !px.iter().any(|p| py.contains(p)) {
        return Some(format!("{} against {}", px.join(", "), py.join(", ")));
    }
    // "Unit 1" is not "Unit 2": the same word before two different numbers.
    for (i, word) in x.words.iter().enumerate().filter(|(_, w)| w.starts_with('#')) {
        let before = i.checked_sub(1).map(|i| &x.words[i]);
        for (j, other) in y.words.iter().enumerate().filter(|(_, w)| w.starts_with('#')) {
            let same_before = before.is_some() && j.checked_sub(1).map(|j| &y.words[j]) == before;
            if same_before && word != other && !y.words.contains(word) {
                return Some(format!(
                    "{} against {}",
                    word.trim_start_matches('#'),
                    other.trim_start_matches('#')
                ));
            }
        }
    }
    let negated =
        |a: &Form, b: &Form| a.words.iter().find(|w| b.words.contains(&format!("un{w}"))).cloned();
    negated(x, y).or_else(|| negated(y, x)).map(|w| format!("{w} against un{w}"))
}
