//! Names as sets of forms, forms as sequences of words.

use std::sync::{Arc, LazyLock};

use foldhash::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::category::kind_words;

/// A word as the vocabulary numbers it.
pub(crate) type Word = u32;

/// One spelling of a name.
#[derive(Debug, Clone)]
pub(crate) struct Form<'a> {
    /// As the source writes it.
    pub text: &'a str,
    /// Whether the recorder added it from memory.
    pub from_memory: bool,
    /// Its words.
    pub words: Arc<Words>,
}

/// The folded words of a text, each once.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// In the order of the text.
    pub all: Vec<Word>,
    /// Those that are a power: "5mw".
    powers: Vec<Word>,
    /// Those that are a bare number, with the word before.
    numbers: Vec<(Option<Word>, Word)>,
}

impl Words {
    /// Whether all words of another are among these.
    pub(crate) fn hold(&self, other: &Self) -> bool {
        !other.all.is_empty() && other.all.iter().all(|w| self.all.contains(w))
    }

    /// Whether they are the same words.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.all.len() == other.all.len() && self.hold(other)
    }

    /// Whether both name one power: "50mw".
    pub(crate) fn shares_power(&self, other: &Self) -> bool {
        self.powers.iter().any(|p| other.powers.contains(p))
    }
}

/// Every word that occurred, numbered; and every text that was read, so that none is read twice.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    numbers: HashMap<Arc<str>, Word>,
    spelled: Vec<Arc<str>>,
    /// For each word the one that denies it, where it occurred: "declared", "undeclared".
    denied: Vec<Option<Word>>,
    /// For each word how much of its rarity it tells.
    share: Vec<f64>,
    texts: HashMap<Box<str>, Arc<Words>>,
    kinds: HashMap<Box<str>, Arc<[Word]>>,
}

impl Vocabulary {
    /// The form of a text.
    pub(crate) fn form<'a>(&mut self, text: &'a str, from_memory: bool) -> Form<'a> {
        let words = match self.texts.get(text) {
            Some(words) => Arc::clone(words),
            None => {
                let words = Arc::new(self.read(text));
                self.texts.insert(text.into(), Arc::clone(&words));
                words
            }
        };
        Form { text, from_memory, words }
    }

    /// The words of a category that say what a place is.
    pub(crate) fn kind(&mut self, category: &str) -> Arc<[Word]> {
        if let Some(kind) = self.kinds.get(category) {
            return Arc::clone(kind);
        }
        let kind: Arc<[Word]> =
            kind_words(category).iter().map(|w| self.number(&skeleton(w))).collect();
        self.kinds.insert(category.into(), Arc::clone(&kind));
        kind
    }

    /// How a word is spelled.
    pub(crate) fn spelled(&self, word: Word) -> &str {
        &self.spelled[word as usize]
    }

    /// Words so far.
    pub(crate) fn len(&self) -> usize {
        self.spelled.len()
    }

    fn read(&mut self, text: &str) -> Words {
        let mut words = Words::default();
        for spelled in split(text) {
            let word = self.number(&spelled);
            if spelled.starts_with('#') {
                words.numbers.push((words.all.last().copied(), word));
            } else if spelled.ends_with("mw") {
                words.powers.push(word);
            }
            words.all.push(word);
        }
        words
    }

    fn number(&mut self, spelled: &str) -> Word {
        if let Some(&word) = self.numbers.get(spelled) {
            return word;
        }
        // Nobody records four thousand million different words.
        let word = Word::try_from(self.spelled.len()).unwrap_or(Word::MAX);
        let shared: Arc<str> = spelled.into();
        self.numbers.insert(Arc::clone(&shared), word);
        self.spelled.push(shared);
        self.denied.push(self.numbers.get(format!("un{spelled}").as_str()).copied());
        self.share.push(if DESCRIPTORS.contains(spelled) {
            0.0
        } else if GENERIC.contains(spelled) || is_hangul_kind(spelled) {
            0.5
        } else {
            1.0
        });
        if let Some(&stem) = spelled.strip_prefix("un").and_then(|stem| self.numbers.get(stem)) {
            self.denied[stem as usize] = Some(word);
        }
        word
    }
}

/// Words that say what a place is like or how sure the source is, not which place it is.
static DESCRIPTORS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    skeletons(&[
        "declared",
        "undeclared",
        "reported",
        "suspected",
        "alleged",
        "former",
        "old",
        "new",
        "site",
        "facility",
        "apparently",
        "related",
        "further",
    ])
});
/// Words that name a kind of place: many places share them.
static GENERIC: LazyLock<HashSet<String>> = LazyLock::new(|| {
    skeletons(&[
        "nuclear",
        "atomic",
        "energy",
        "research",
        "center",
        "centre",
        "institute",
        "laboratory",
        "plant",
        "reactor",
        "power",
        "uranium",
        "mine",
        "mill",
        "milling",
        "concentrate",
        "enrichment",
        "centrifuge",
        "fuel",
        "fabrication",
        "rod",
        "storage",
        "waste",
        "test",
        "testing",
        "underground",
        "water",
        "light",
        "heavy",
        "experimental",
        "pilot",
        "production",
        "processing",
        "reprocessing",
        "building",
        "complex",
        "industrial",
        "military",
        "base",
        "tunnel",
        "entrance",
        "factory",
        "annex",
        "north",
        "south",
        "east",
        "west",
        "unit",
        "critical",
        "assembly",
        "school",
        "workshop",
        "high",
        "explosive",
        "liquid",
        "solid",
        "location",
        "prospective",
        "scientific",
        "physics",
        "chemical",
        "refinery",
        "similar",
    ])
});

/// Korean words that name a kind of place.
const HANGUL: &[&str] = &[
    "원자력",
    "연구소",
    "연구원",
    "우라늄",
    "농축",
    "시설",
    "공장",
    "발전소",
    "화학",
    "핵",
    "센터",
    "실험장",
    "원자로",
    "경수로",
    "광산",
    "제련",
    "생산",
    "가공",
    "동위원소",
    "방사",
    "연료",
];

/// Whether a word in Hangul is put together from kinds of place alone: 원자력연구소, atomic energy research institute.
fn is_hangul_kind(word: &str) -> bool {
    let mut rest = word;
    while let Some(after) = HANGUL.iter().find_map(|part| rest.strip_prefix(part)) {
        rest = after;
    }
    rest.is_empty() && !word.is_empty()
}

fn skeletons(words: &[&str]) -> HashSet<String> {
    words.iter().map(|w| skeleton(w)).collect()
}

/// After these words a name speaks of another place: "new building similar to Kangson".
const ELSEWHERE: &[&str] = &["similar to", "near", "adjacent to", "next to", "visited by"];
/// Words that carry nothing.
const EMPTY: &[&str] =
    &["the", "of", "and", "for", "to", "a", "in", "at", "no", "number", "e", "th", "t"];
const MEGAWATT: &[&str] = &["mw", "mwe", "mwt", "mwth", "megawatt", "megawatts"];

/// The folded words of a text, each once.
fn split(text: &str) -> Vec<String> {
    let plain = fold(text);
    let end =
        ELSEWHERE.iter().filter_map(|e| plain.find(&format!(" {e} "))).min().unwrap_or(plain.len());
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
    words
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
pub(crate) struct Rarity(Vec<f64>);

impl Rarity {
    /// Counts each word once for each name it occurs in. Names whose first forms are alike are one name: ten reports
    /// of one place do not make its name common.
    pub(crate) fn count<'a, 'b: 'a>(
        words: usize,
        names: impl Iterator<Item = &'a [Form<'b>]>,
    ) -> Self {
        let mut alike: HashMap<&'a [Word], Vec<Word>> = HashMap::default();
        for forms in names {
            let first = forms.first().map_or(&[][..], |f| &f.words.all);
            alike.entry(first).or_default().extend(forms.iter().flat_map(|f| &f.words.all));
        }
        let mut count = vec![0_u32; words];
        let total = alike.len();
        for mut words in alike.into_values() {
            words.sort_unstable();
            words.dedup();
            words.iter().for_each(|w| count[*w as usize] += 1);
        }
        let bits = |n: u32| ((total.max(1) + 1) as f64 / f64::from(n.max(1))).log2();
        Self(count.into_iter().map(|n| bits(n).clamp(0.0, 8.0)).collect())
    }

    /// Bits: log2 of how many names there are to each that has the word.
    pub(crate) fn bits(&self, word: Word) -> f64 {
        self.0[word as usize]
    }
}

/// How two names compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NameMatch {
    /// For being the same name; 0 when nothing is in common, negative when against it.
    pub bits: f64,
    /// Which two forms met.
    pub met: (usize, usize),
}

/// Most that a name can weigh.
const MOST_BITS: f64 = 12.0;
/// A proper name that is equal as a whole. Of 108 x 107 pairs of North Korean places two have the same McCune-Reischauer
/// name though they are two places, and a source writes a name in a form we know about half the time:
/// log2(0.5 / (2 / 11,556)).
const EQUAL_BITS: f64 = 11.5;
/// Most that words for kinds of place weigh where they are not the whole name.
const GENERIC_BITS: f64 = 2.0;
/// What is lost when the one name is only a part of the other.
const PART_BITS: f64 = 3.0;
/// What a contradiction in a number or in "declared / undeclared" weighs.
const CONFLICT_BITS: f64 = -10.0;

/// Compares names by the words of their forms.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub vocabulary: &'a Vocabulary,
    pub rarity: &'a Rarity,
}

impl Names<'_> {
    /// Compares two names by their best pair of forms; `kind` are words that the kinds of both share, which the
    /// comparison of kinds counts already. A contradiction between any two forms counts against whatever else agrees
    /// weakly; a part that is missing on one side is no contradiction.
    pub(crate) fn compare(self, a: &[Form<'_>], b: &[Form<'_>], kind: &[Word]) -> NameMatch {
        let mut best = NameMatch { bits: 0.0, met: (0, 0) };
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                let bits = self.agreement(&x.words, &y.words, kind);
                // Two aliases that name a kind of place are a weak tie: "Atomic Energy Research Institute" is in two
                // cities.
                let aliases = i > 0 && j > 0 && !x.words.all.iter().any(|&w| self.is_proper(w));
                let bits = if aliases { bits / 4.0 } else { bits };
                if bits > best.bits && !self.contradict(&x.words, &y.words) {
                    best = NameMatch { bits, met: (i, j) };
                }
            }
        }
        // Looked for only where it decides: most pairs have nothing in common anyway.
        let weak = best.bits > 0.0 && best.bits < MOST_BITS / 2.0;
        if weak && a.iter().any(|x| b.iter().any(|y| self.contradict(&x.words, &y.words))) {
            best.bits = CONFLICT_BITS;
        }
        best
    }

    /// Whether a word alone can tell a place from all others: no kind, no description.
    fn is_proper(self, word: Word) -> bool {
        self.vocabulary.share[word as usize] == 1.0
    }

    /// Shared words by their rarity, less when they are a small part of either form.
    fn agreement(self, x: &Words, y: &Words, kind: &[Word]) -> f64 {
        if x.is(y) {
            let whole: f64 = x.all.iter().map(|&w| self.rarity.bits(w)).sum();
            let proper = x.all.iter().any(|&w| self.is_proper(w));
            return if proper { whole.max(EQUAL_BITS) } else { whole }.min(MOST_BITS);
        }
        // "Annex to the Centrifuge Enrichment Facility" has the whole of the other name and nothing that tells
        // another place.
        let (short, long) = if x.all.len() < y.all.len() { (x, y) } else { (y, x) };
        let more = |w: &&Word| !short.all.contains(w);
        if short.all.len() >= 4
            && long.hold(short)
            && !long.all.iter().filter(more).any(|&w| self.is_proper(w))
        {
            let whole: f64 = short.all.iter().map(|&w| self.rarity.bits(w)).sum();
            return (whole - PART_BITS).clamp(0.0, MOST_BITS);
        }
        let tells = |w: Word| {
            let share = if kind.contains(&w) { 0.0 } else { self.vocabulary.share[w as usize] };
            share * self.rarity.bits(w)
        };
        let sum = |words: &[Word]| words.iter().map(|&w| tells(w)).sum::<f64>();
        let shared: f64 = x.all.iter().filter(|w| y.all.contains(w)).map(|&w| tells(w)).sum();
        if shared == 0.0 {
            return 0.0;
        }
        let (wx, wy) = (sum(&x.all), sum(&y.all));
        let contained = shared / wx.min(wy).max(f64::MIN_POSITIVE);
        let common = shared / (wx + wy - shared).max(f64::MIN_POSITIVE);
        // "Pyongsan Uranium Mine" and "Sonbong Uranium Mine": what each has of its own speaks against. A part
        // that only one of them has does not.
        let own = (wx - shared).min(wy - shared);
        // Words that many places share tell a kind of place, not a place.
        let proper = x.all.iter().any(|w| y.all.contains(w) && self.is_proper(*w));
        let most = if proper { MOST_BITS } else { GENERIC_BITS };
        (shared * (contained + common) / 2.0 - own / 2.0).clamp(0.0, most)
    }

    /// Numbers are decisive, and so is "declared" against "undeclared".
    fn contradict(self, x: &Words, y: &Words) -> bool {
        powers(x, y) || numbers(x, y) || self.denies(x, y) || self.denies(y, x)
    }

    /// Whether `y` denies a word of `x`.
    fn denies(self, x: &Words, y: &Words) -> bool {
        let denied = |w: &Word| self.vocabulary.denied[*w as usize];
        x.all.iter().filter_map(denied).any(|d| y.all.contains(&d))
    }
}

/// Both name a power, and none in common.
fn powers(x: &Words, y: &Words) -> bool {
    !x.powers.is_empty() && !y.powers.is_empty() && !x.powers.iter().any(|p| y.powers.contains(p))
}

/// "Unit 1" is not "Unit 2": the same word before two different numbers.
fn numbers(x: &Words, y: &Words) -> bool {
    x.numbers.iter().any(|(before, number)| {
        before.is_some()
            && !y.all.contains(number)
            && y.numbers.iter().any(|(b, n)| b == before && n != number)
    })
}
