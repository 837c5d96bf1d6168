//! The words of site names in Korean and English.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::fold::{fold, korean_key, reads_as_korean};
use crate::hangul::romanize;
use crate::hanja::lines;
use crate::system::System;

/// A meaning of the lexicon.
pub(crate) type Concept = u16;

struct Lexicon {
    /// Korean words, the longest first.
    korean: Vec<(&'static str, Concept)>,
    /// English phrases of folded words.
    english: HashMap<&'static str, Concept>,
    /// Korean words as they read in Latin letters, by their key: wonjaryok, paljonso.
    romanized: HashMap<String, Concept>,
    shown: Vec<&'static str>,
    /// Words in the longest English phrase.
    longest: usize,
}

/// A shorter romanized word is met by chance.
const LEAST_ROMANIZED: usize = 6;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut korean = Vec::new();
    let mut english = HashMap::default();
    let mut romanized = HashMap::default();
    let mut shown = Vec::new();
    let mut longest = 1;
    for (at, line) in lines(include_str!("../data/lexicon.tsv")).enumerate() {
        let concept = Concept::try_from(at).unwrap_or(Concept::MAX);
        let (words, phrases) = line.split_once('\t').unwrap_or((line, ""));
        for word in words.split('|') {
            korean.push((word, concept));
            let key = korean_key(&fold(&romanize(word, System::Western)));
            if key.len() >= LEAST_ROMANIZED {
                romanized.entry(key).or_insert(concept);
            }
        }
        shown.push(phrases.split('|').next().unwrap_or(words));
        for phrase in phrases.split('|').filter(|p| !p.is_empty()) {
            longest = longest.max(phrase.split(' ').count());
            english.entry(phrase).or_insert(concept);
        }
    }
    korean.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
    Lexicon { korean, english, romanized, shown, longest }
});

/// What the administrative units are called after a name in Latin letters: Punggye-ri, Kumchang-ni.
const UNITS: &[(&str, &str)] = &[
    ("ri", "village"),
    ("ni", "village"),
    ("up", "town"),
    ("eup", "town"),
    ("gun", "county"),
    ("kun", "county"),
    ("si", "city"),
    ("do", "province"),
];

impl Lexicon {
    /// The concept of one folded Latin word: itself, its singular, or a Korean word in Latin letters.
    fn word(&self, word: &str, follows: bool) -> Option<Concept> {
        let unit = UNITS.iter().find(|(unit, _)| follows && *unit == word);
        let word = unit.map_or(word, |(_, english)| english);
        if let Some(concept) = self.english.get(word) {
            return Some(*concept);
        }
        if let Some(concept) = word.strip_suffix('s').and_then(|one| self.english.get(one)) {
            return Some(*concept);
        }
        if word.len() < LEAST_ROMANIZED || !reads_as_korean(word) {
            return None;
        }
        self.romanized.get(&korean_key(word)).copied()
    }
}

/// The concept of one folded word in either language.
pub(crate) fn concept_of(word: &str) -> Option<Concept> {
    let korean = LEXICON.korean.iter().find(|(w, _)| *w == word).map(|(_, concept)| *concept);
    korean.or_else(|| LEXICON.word(word, false))
}

/// A piece of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A word of the lexicon.
    Known(Concept),
    /// Anything else.
    Proper(String),
}

/// How a concept is said in English.
pub(crate) fn shown(concept: Concept) -> &'static str {
    LEXICON.shown.get(usize::from(concept)).copied().unwrap_or("")
}

/// How many concepts the lexicon has.
#[must_use]
pub fn lexicon_size() -> usize {
    LEXICON.shown.len()
}

/// Cuts a Hangul word into words of the lexicon and what is between: 영변|원자력|연구소. Words of one syllable are
/// only taken at the end and after two others, as 구 is a city's ward and any name's syllable.
pub(crate) fn cut_korean(word: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut proper = String::new();
    let mut rest = word;
    let mut before = 0;
    while let Some(c) = rest.chars().next() {
        let found = LEXICON.korean.iter().find(|(w, _)| {
            rest.strip_prefix(w).is_some_and(|after| {
                let whole = w.chars().count() > 1;
                whole || (after.is_empty() && before >= 2) || (*w == "핵" && !after.is_empty())
            })
        });
        if let Some((w, concept)) = found {
            if !proper.is_empty() {
                pieces.push(Piece::Proper(std::mem::take(&mut proper)));
            }
            pieces.push(Piece::Known(*concept));
            rest = rest.get(w.len()..).unwrap_or("");
            before += w.chars().count();
        } else {
            proper.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            before += 1;
        }
    }
    if !proper.is_empty() {
        pieces.push(Piece::Proper(proper));
    }
    pieces
}

/// Words that carry nothing.
const EMPTY: &[&str] =
    &["the", "of", "and", "for", "to", "a", "in", "at", "no", "number", "de", "al"];

/// Cuts folded Latin words into phrases of the lexicon, the longest first, and what is between.
pub(crate) fn cut_english(words: &[&str]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let known = (2..=LEXICON.longest.min(words.len() - at)).rev().find_map(|n| {
            let phrase = words.get(at..at + n)?.join(" ");
            LEXICON.english.get(phrase.as_str()).map(|c| (*c, n))
        });
        // A unit follows the name it is the unit of: Punggye-ri, and not "Laboratory of Ri Hong Sop".
        let before = at.checked_sub(1).and_then(|b| words.get(b)).filter(|w| !EMPTY.contains(w));
        let follows = before.is_some() && matches!(pieces.last(), Some(Piece::Proper(_)));
        let one = || Some((LEXICON.word(words.get(at)?, follows)?, 1));
        let known = known.or_else(one);
        if let Some((concept, n)) = known {
            pieces.push(Piece::Known(concept));
            at += n;
        } else {
            if let Some(word) = words.get(at).filter(|w| !EMPTY.contains(w)) {
                pieces.push(Piece::Proper((*word).to_owned()));
            }
            at += 1;
        }
    }
    pieces
}
