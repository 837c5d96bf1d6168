//! What two names weigh. How a name is read, in which script and spelling, is the work of [`names`]; here its words are
//! numbered, so that many names compare fast, and a meeting is weighed by how rare what met is.

use std::sync::{Arc, LazyLock};

use foldhash::{HashMap, HashSet};
use names::{How, Name, System, WordKind};

use crate::category::kind_words;
use crate::result::NamesMet;
use crate::score::steady_log2;

/// A word or key as the vocabulary numbers it.
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

/// A text as it is compared.
#[derive(Debug)]
pub(crate) struct Words {
    /// Its words, each once, in the order of the text.
    pub all: Vec<Word>,
    /// The name in all its forms.
    pub name: Name,
    powers: Vec<Word>,
    /// Keys of the whole and of all that is proper to it: other spellings share one. Sorted.
    whole: Vec<Word>,
    proper: Vec<Word>,
    /// Whether what is proper to it looks like a personal name.
    personal: bool,
    /// Keys by sound, and whether this side is sure of it.
    sounds: Vec<(Word, bool)>,
}

impl Words {
    /// Whether all words of another are among these.
    pub(crate) fn hold(&self, other: &Self) -> bool {
        !other.all.is_empty()
            && (other.all.iter().all(|w| self.all.contains(w)) || meet(&self.proper, &other.whole))
    }

    /// Whether they are the same words, or one name in other letters.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.all.len() == other.all.len() && other.all.iter().all(|w| self.all.contains(w)))
            || meet(&self.whole, &other.whole)
    }

    /// Whether both name one power: "50mw".
    pub(crate) fn shares_power(&self, other: &Self) -> bool {
        self.powers.iter().any(|p| other.powers.contains(p))
    }

    /// Everything by which it can be found.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Word> + '_ {
        let keys = self.all.iter().chain(&self.whole).chain(&self.proper).copied();
        keys.chain(self.sounds.iter().map(|(key, _)| *key))
    }

    /// Whether what is proper to them sounds alike, as far as one of the scripts tells.
    fn sounds_like(&self, other: &Self) -> bool {
        let like = |(key, sure): &(Word, bool)| {
            other.sounds.iter().any(|(k, also)| k == key && (*sure || *also))
        };
        self.sounds.iter().any(like)
    }
}

/// Whether two sorted lists share an element.
fn meet(a: &[Word], b: &[Word]) -> bool {
    a.iter().any(|key| b.binary_search(key).is_ok())
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
        let name = Name::new(&kind_words(category).join(" "));
        let kind: Arc<[Word]> =
            name.words().iter().map(|w| self.number(&w.key, share(&w.text, w.kind))).collect();
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
        let name = Name::new(here(text));
        let (mut all, mut powers) = (Vec::new(), Vec::new());
        for word in name.words() {
            let number = self.number(&word.key, share(&word.text, word.kind));
            if word.kind == WordKind::Power {
                powers.push(number);
            }
            if !all.contains(&number) {
                all.push(number);
            }
        }
        let keys = name.keys();
        let mut sorted = |keys: std::collections::BTreeSet<String>| {
            let mut keys: Vec<Word> = keys.iter().map(|k| self.number(k, 1.0)).collect();
            keys.sort_unstable();
            keys
        };
        let (whole, proper) = (sorted(keys.whole), sorted(keys.proper));
        let sounds = keys.sounds.iter().map(|(key, sure)| (self.number(key, 1.0), *sure)).collect();
        let personal = name.looks_personal();
        Words { all, name, powers, whole, proper, personal, sounds }
    }

    fn number(&mut self, key: &str, share: f64) -> Word {
        if let Some(&word) = self.numbers.get(key) {
            return word;
        }
        // Nobody records four thousand million different words.
        let word = Word::try_from(self.spelled.len()).unwrap_or(Word::MAX);
        let shared: Arc<str> = key.into();
        self.numbers.insert(Arc::clone(&shared), word);
        self.spelled.push(shared);
        self.denied.push(self.numbers.get(format!("un{key}").as_str()).copied());
        self.share.push(share);
        if let Some(&stem) = key.strip_prefix("un").and_then(|stem| self.numbers.get(stem)) {
            self.denied[stem as usize] = Some(word);
        }
        word
    }
}

/// Words that say what a place is like or how sure the source is, not which place it is.
static DESCRIPTORS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    HashSet::from_iter([
        "declared",
        "undeclared",
        "reported",
        "suspected",
        "alleged",
        "former",
        "old",
        "new",
        "site",
        "sites",
        "facility",
        "apparently",
        "related",
        "further",
        "similar",
        "prospective",
        "entrance",
        "location",
    ])
});

/// How much of its rarity a word tells of which place is meant.
fn share(text: &str, kind: WordKind) -> f64 {
    match kind {
        _ if DESCRIPTORS.contains(text) => 0.0,
        WordKind::Site => 0.5,
        _ => 1.0,
    }
}

/// After these words a name speaks of another place: "new building similar to Kangson".
const ELSEWHERE: &[&str] = &["similar to", "near", "adjacent to", "next to", "visited by"];

/// The part of a name that speaks of the place itself.
fn here(text: &str) -> &str {
    let plain = text.to_ascii_lowercase();
    let end = ELSEWHERE.iter().filter_map(|e| plain.find(&format!(" {e} "))).min();
    // Lower case of ASCII keeps every position.
    end.and_then(|end| text.get(..end)).unwrap_or(text)
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
            alike.entry(first).or_default().extend(forms.iter().flat_map(|f| f.words.keys()));
        }
        let mut count = vec![0_usize; words];
        let total = steady_log2(alike.len() + 1);
        for mut words in alike.into_values() {
            words.sort_unstable();
            words.dedup();
            words.iter().for_each(|w| count[*w as usize] += 1);
        }
        Self(count.into_iter().map(|n| (total - steady_log2(n)).clamp(0.0, 8.0)).collect())
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
/// Most that words for kinds of place weigh where they are not the whole name, letter for letter.
const GENERIC_BITS: f64 = 2.0;
/// What is lost when the one name is only a part of the other, or only sounds like it.
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

    /// How two forms that weigh something met, as data and in words.
    pub(crate) fn met(self, a: &Form<'_>, b: &Form<'_>) -> (NamesMet, String) {
        let mut meeting = names::compare(&a.words.name, &b.words.name);
        // What weighs here may be less than a whole name is worth: "Pyongsan Mine", "Sonbong Mine".
        if matches!(meeting.how, How::Apart | How::EditDistance) {
            let shared = a.words.all.iter().filter(|w| b.words.all.contains(w));
            let any_proper = shared.clone().any(|w| self.is_proper(*w));
            meeting.how = if any_proper { How::Overlap } else { How::SiteWords };
        }
        let from_memory = a.from_memory || b.from_memory;
        let recalled = if from_memory { " (from memory)" } else { "" };
        let as_written =
            |m: &names::Met, f: &Form<'_>| m.system == System::Written && m.text == f.text;
        let how = if as_written(&meeting.left, a) && as_written(&meeting.right, b) {
            meeting.how.words().to_owned()
        } else {
            meeting.to_string()
        };
        let both = a.words.all.iter().filter(|w| b.words.all.contains(w));
        let numbers: Vec<&str> =
            both.filter_map(|&w| self.vocabulary.spelled(w).strip_prefix('#')).collect();
        let numbers = match numbers.as_slice() {
            [] => String::new(),
            numbers => format!("; both say {}", numbers.join(" and ")),
        };
        let words = format!("`{}` met `{}`{recalled}: {how}{numbers}", a.text, b.text);
        let names = NamesMet {
            name: a.text.to_owned(),
            observed: b.text.to_owned(),
            how: meeting.how,
            left: meeting.left,
            right: meeting.right,
            from_memory,
        };
        (names, words)
    }

    /// Whether a word alone can tell a place from all others: no kind, no description.
    fn is_proper(self, word: Word) -> bool {
        self.vocabulary.share[word as usize] == 1.0
    }

    /// Shared words by their rarity, less when they are a small part of either form.
    fn agreement(self, x: &Words, y: &Words, kind: &[Word]) -> f64 {
        let rarity = |words: &[Word]| words.iter().map(|&w| self.rarity.bits(w)).sum::<f64>();
        if x.is(y) {
            // One name in other letters is cut into words in another way.
            let whole = rarity(&x.all).max(rarity(&y.all));
            let proper = x.all.iter().any(|&w| self.is_proper(w));
            // "Institute of Atomic Energy" says what "Atomic Energy Research Institute" says, and is another.
            let kind_alone = if meet(&x.whole, &y.whole) { whole } else { whole.min(GENERIC_BITS) };
            return if proper { whole.max(EQUAL_BITS) } else { kind_alone }.min(MOST_BITS);
        }
        // "Annex to the Centrifuge Enrichment Facility" has the whole of the other name and nothing that tells
        // another place.
        let (short, long) = if x.all.len() < y.all.len() { (x, y) } else { (y, x) };
        let more = |w: &&Word| !short.all.contains(w);
        let holds = short.all.iter().all(|w| long.all.contains(w));
        if short.all.len() >= 3
            && holds
            && !long.all.iter().filter(more).any(|&w| self.is_proper(w))
        {
            return (rarity(&short.all) - PART_BITS).clamp(0.0, MOST_BITS);
        }
        let tells = |w: Word| {
            let share = if kind.contains(&w) { 0.0 } else { self.vocabulary.share[w as usize] };
            share * self.rarity.bits(w)
        };
        let sum = |words: &[Word]| words.iter().map(|&w| tells(w)).sum::<f64>();
        let both = || x.all.iter().copied().filter(|w| y.all.contains(w));
        let (mut wx, mut wy) = (sum(&x.all), sum(&y.all));
        let mut shared: f64 = both().map(tells).sum();
        let mut proper = both().any(|w| self.is_proper(w));
        let mut most = MOST_BITS;
        let one_name = meet(&x.proper, &y.proper);
        // Kim Jong Un and Kim Jong Il share two syllables of three, and are two people.
        if proper && !one_name && x.personal && y.personal {
            return 0.0;
        }
        // What is proper to both is one in other letters, though no word is: 리홍섭, Ri Hong Sop.
        if !proper && (one_name || x.sounds_like(y)) {
            let own = |words: &Words| {
                let proper = words.all.iter().filter(|&&w| self.is_proper(w));
                proper.map(|&w| tells(w)).sum::<f64>()
            };
            let (px, py) = (own(x), own(y));
            let all = px.max(py);
            (shared, wx, wy) = (shared + all, wx - px + all, wy - py + all);
            proper = true;
            if !one_name {
                most -= PART_BITS;
            }
        }
        if shared <= 0.0 {
            return 0.0;
        }
        let contained = shared / wx.min(wy).max(f64::MIN_POSITIVE);
        let common = shared / (wx + wy - shared).max(f64::MIN_POSITIVE);
        // "Pyongsan Uranium Mine" and "Sonbong Uranium Mine": what each has of its own speaks against. A part
        // that only one of them has does not.
        let own = (wx - shared).min(wy - shared);
        // Words that many places share tell a kind of place, not a place.
        let most = if proper { most } else { GENERIC_BITS };
        // "Pakchon pilot plant", "Pakchon research centre": one town, and another thing in it.
        let other = if proper && self.other_things(x, y, kind) { PART_BITS } else { 0.0 };
        (shared * (contained + common) / 2.0 - own / 2.0 - other).clamp(0.0, most)
    }

    /// Whether both say what kind of thing it is, and have nothing of that in common.
    fn other_things(self, x: &Words, y: &Words, kind: &[Word]) -> bool {
        let things = |words: &Words| -> Vec<Word> {
            let half = |w: &Word| self.vocabulary.share[*w as usize] == 0.5 && !kind.contains(w);
            words.all.iter().copied().filter(half).collect()
        };
        let (a, b) = (things(x), things(y));
        !a.is_empty() && !b.is_empty() && !a.iter().any(|w| b.contains(w))
    }

    /// Numbers are decisive, and so is "declared" against "undeclared".
    fn contradict(self, x: &Words, y: &Words) -> bool {
        x.name.contradicts(&y.name).is_some() || self.denies(x, y) || self.denies(y, x)
    }

    /// Whether `y` denies a word of `x`.
    fn denies(self, x: &Words, y: &Words) -> bool {
        let denied = |w: &Word| self.vocabulary.denied[*w as usize];
        x.all.iter().filter_map(denied).any(|d| y.all.contains(&d))
    }
}
