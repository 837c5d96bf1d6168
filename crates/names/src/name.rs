//! A name is the set of its forms.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::fold::{fold, korean_key, loose_key, of_russian, reads_as_korean, transliterate};
use crate::hangul::{initial_variants, is_syllable, romanize};
use crate::hanja::{is_hanja, read_hanja};
use crate::lexicon::{Concept, Piece, concept_of, cut_english, cut_korean, shown};
use crate::number::{self, Numbers};
use crate::person::{is_latin_surname, latin_surnames, split_personal_name};
use crate::skeleton;
use crate::system::System;

/// One form of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    /// As people read it.
    pub text: String,
    /// How it was made.
    pub system: System,
    /// As it is compared: folded, without spaces.
    #[serde(skip)]
    pub folded: String,
}

impl Form {
    fn new(text: String, system: System) -> Self {
        let folded = fold(&text).replace(' ', "");
        Self { text, system, folded }
    }
}

/// A part of a name in all its forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub forms: Vec<Form>,
    /// Keys of its forms that can be Korean.
    pub keys: BTreeSet<String>,
    /// Consonants, when it is in Arabic script or looks transliterated from it.
    pub skeleton: Option<String>,
    /// Consonants of its Latin form.
    pub latin_skeleton: Option<String>,
    /// When it is in Cyrillic: the loose key of the Korean it may transcribe.
    pub russian: Option<String>,
}

/// A key by sound below this many letters is met by chance.
pub(crate) const LEAST_LOOSE: usize = 4;

impl Part {
    /// All forms of a text without lexicon words.
    fn of(text: &str) -> Self {
        let mut part = Self::default();
        part.add(Form::new(text.to_owned(), System::Written));
        let hangul =
            if text.chars().any(is_syllable) { Some(text.to_owned()) } else { read_hanja(text) };
        if let Some(hangul) = &hangul {
            let variants = initial_variants(hangul);
            for spelling in std::iter::once(hangul).chain(&variants) {
                part.add(Form::new(spelling.clone(), System::Hangul));
                for system in System::ROMANIZATIONS {
                    part.add(Form::new(romanize(spelling, system), system));
                }
                part.add_person(spelling);
            }
        }
        let folded = fold(text);
        let plain = transliterate(&folded);
        if hangul.is_none() && plain != folded {
            part.add(Form::new(plain.clone(), System::Transliterated));
        }
        if text.chars().any(is_hanja) {
            part.add(Form::new(plain.clone(), System::Transliterated));
        }
        part.add_turned(&folded);
        part.skeleton = skeleton::of_arabic(text)
            .or_else(|| skeleton::looks_transliterated(text).then(|| skeleton::of_latin(text)));
        if hangul.is_none() && skeleton::of_arabic(text).is_none() {
            part.latin_skeleton = Some(skeleton::of_latin(&plain));
        }
        part.keys = part
            .forms
            .iter()
            .filter(|f| !matches!(f.system, System::Odni | System::Hangul))
            .filter(|f| reads_as_korean(&f.folded))
            .map(|f| korean_key(&f.folded))
            .collect();
        part.russian = folded
            .chars()
            .any(|c| matches!(c, '\u{400}'..='\u{4ff}'))
            .then(|| of_russian(&folded))
            .flatten()
            .map(|latin| loose_key(&korean_key(&latin)))
            .filter(|key| key.len() >= LEAST_LOOSE);
        part
    }

    /// Its keys for an index.
    fn index_keys(&self, keys: &mut BTreeSet<String>) {
        let plain = self.forms.iter().filter(|f| f.system != System::Hangul);
        keys.extend(plain.map(|f| f.folded.clone()).filter(|f| !reads_as_korean(f)));
        keys.extend(self.keys.iter().map(|k| format!("k:{k}")));
    }

    fn add(&mut self, form: Form) {
        if !form.folded.is_empty() && !self.forms.iter().any(|f| f.folded == form.folded) {
            self.forms.push(form);
        }
    }

    /// The forms of a Korean personal name: every spelling of the surname before and after the given name, whose
    /// syllables are written apart.
    fn add_person(&mut self, hangul: &str) {
        let Some(person) = split_personal_name(hangul) else { return };
        let Some(surnames) = person.surname.chars().next().and_then(latin_surnames) else { return };
        for system in [System::Dprk, System::Revised, System::Western] {
            let apart: Vec<String> =
                person.given.chars().map(|c| romanize(&c.to_string(), system)).collect();
            for given in [apart.join(" "), romanize(&person.given, system)] {
                for surname in surnames {
                    let mut chars = surname.chars();
                    let surname: String = chars
                        .next()
                        .into_iter()
                        .flat_map(char::to_uppercase)
                        .chain(chars)
                        .collect();
                    self.add(Form::new(format!("{surname} {given}"), system));
                    self.add(Form::new(format!("{given} {surname}"), system));
                }
            }
        }
    }

    /// "Jong Un Kim" is "Kim Jong Un".
    fn add_turned(&mut self, folded: &str) {
        let words: Vec<&str> = folded.split(' ').collect();
        if let [given @ .., last] = words.as_slice()
            && (1..=2).contains(&given.len())
            && is_latin_surname(last)
        {
            self.add(Form::new(format!("{last} {}", given.join(" ")), System::Written));
        }
    }
}

/// What a word of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordKind {
    /// It can tell one place or person from all others.
    Proper,
    /// A word of the lexicon: many places share it.
    Site,
    /// A number, whatever it counts.
    Number,
    /// A power in megawatts.
    Power,
}

/// A word of a name as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// Equal for one word in whatever script or spelling.
    pub key: String,
    /// The word itself, folded; a word of the lexicon in English.
    pub text: String,
    /// What it is.
    pub kind: WordKind,
}

/// What a name has in common with another spelling of the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Of the whole name.
    pub whole: BTreeSet<String>,
    /// Of what is neither site word nor number, joined: `Kim Jong Un` and 김정은 have one in common.
    pub proper: BTreeSet<String>,
    /// By sound alone, of the latter: consonants, or what Russian transcription keeps of Korean. Two names meet by one when
    /// it is sure of at least one side: that is `true`, because that side is written in such a script.
    pub sounds: BTreeSet<(String, bool)>,
}

/// The key of one folded word.
fn key_of(word: &str) -> String {
    if let Some(concept) = concept_of(word) {
        return format!("s:{}", shown(concept));
    }
    let hangul =
        if word.chars().any(is_syllable) { Some(word.to_owned()) } else { read_hanja(word) };
    if let Some(hangul) = hangul {
        let folded = fold(&romanize(&hangul, System::Western)).replace(' ', "");
        return format!("k:{}", korean_key(&folded));
    }
    let plain = if word.is_ascii() { word.to_owned() } else { transliterate(word) };
    if reads_as_korean(&plain) { format!("k:{}", korean_key(&plain)) } else { plain }
}

/// A name in all its forms. Making one costs some microseconds; make it once and compare it often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    written: String,
    pub(crate) whole: Part,
    /// What is not in the lexicon, together.
    pub(crate) proper: Part,
    /// The same, word by word.
    pub(crate) words: Vec<Part>,
    pub(crate) concepts: BTreeSet<Concept>,
    pub(crate) numbers: Numbers,
    all: Vec<Word>,
}

impl Name {
    /// Reads a name in any script.
    #[must_use]
    pub fn new(written: &str) -> Self {
        let folded = fold(written);
        let (tokens, numbers) = number::part(&folded, key_of);
        let pieces = cut(&tokens);
        let mut proper = Vec::new();
        let mut concepts = BTreeSet::new();
        let mut in_english = Vec::new();
        let mut all: Vec<Word> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Known(concept) => {
                    concepts.insert(concept);
                    let text = shown(concept).to_owned();
                    in_english.push(text.clone());
                    all.push(Word { key: format!("s:{text}"), text, kind: WordKind::Site });
                }
                Piece::Proper(word) => {
                    in_english.push(romanize(&word, System::Western));
                    let key = key_of(&word);
                    all.push(Word { key, text: word.clone(), kind: WordKind::Proper });
                    proper.push(word);
                }
            }
        }
        let plain: BTreeSet<&String> = numbers.plain.iter().map(|(_, number)| number).collect();
        all.extend(plain.iter().map(|n| Word {
            key: format!("#{n}"),
            text: (*n).clone(),
            kind: WordKind::Number,
        }));
        all.extend(numbers.powers.iter().map(|n| Word {
            key: format!("#{n} MW"),
            text: format!("{n} MW"),
            kind: WordKind::Power,
        }));
        let mut whole = Part::of(written);
        if !concepts.is_empty() && written.chars().any(is_syllable) {
            let mut words = in_english;
            words.extend(plain.iter().map(|n| (*n).clone()));
            whole.add(Form::new(words.join(" "), System::Lexicon));
        }
        let words: Vec<Part> = proper.iter().map(|w| Part::of(w)).collect();
        let together =
            if proper.is_empty() { Part::default() } else { Part::of(&proper.join(" ")) };
        let written = written.to_owned();
        Self { written, whole, proper: together, words, concepts, numbers, all }
    }

    /// Its words: proper ones and site words in the order they stand, then numbers.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.all
    }

    /// Whether what is proper to it looks like a Korean personal name: a surname and a given name of one or two
    /// words, in any order, or three syllables of Hangul that begin with a surname. Two such names that share only
    /// some syllables are two people.
    #[must_use]
    pub fn looks_personal(&self) -> bool {
        let words: Vec<&str> = self
            .all
            .iter()
            .filter(|w| w.kind == WordKind::Proper)
            .map(|w| w.text.as_str())
            .collect();
        match words.as_slice() {
            [one] => one.chars().count() == 3 && split_personal_name(one).is_some(),
            [first, .., last] if words.len() <= 3 => {
                (is_latin_surname(first) || is_latin_surname(last))
                    && words.iter().all(|w| reads_as_korean(w))
            }
            _ => false,
        }
    }

    /// Two different numbers of one thing in the two names, as each gives it: "Facility 1", "Facility 2".
    #[must_use]
    pub fn contradicts<'a>(&'a self, other: &'a Self) -> Option<(&'a str, &'a str)> {
        self.numbers.conflict(&other.numbers)
    }

    /// The keys by which the whole of it, or all that is proper to it, meets another spelling.
    #[must_use]
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        self.whole.index_keys(&mut keys.whole);
        self.proper.index_keys(&mut keys.proper);
        let part = &self.proper;
        let two = |s: &&String| s.len() > 1;
        keys.sounds.extend(part.skeleton.iter().filter(two).map(|s| (format!("s:{s}"), true)));
        keys.sounds
            .extend(part.latin_skeleton.iter().filter(two).map(|s| (format!("s:{s}"), false)));
        keys.sounds.extend(part.russian.iter().map(|r| (format!("r:{r}"), true)));
        let loose = part.keys.iter().map(|k| loose_key(k)).filter(|k| k.len() >= LEAST_LOOSE);
        keys.sounds.extend(loose.map(|k| (format!("r:{k}"), false)));
        keys
    }

    /// As it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Its forms, the written one first.
    #[must_use]
    pub fn forms(&self) -> &[Form] {
        &self.whole.forms
    }

    /// What the lexicon found in it, in English.
    pub fn site_words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.concepts.iter().map(|c| shown(*c))
    }

    /// The part that is no site word and no number, as it was written (folded): what names the place.
    pub fn proper(&self) -> Option<&str> {
        self.proper.forms.first().map(|f| f.text.as_str())
    }

    /// The whole, its proper part, and each word of that.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        [&self.whole, &self.proper].into_iter().chain(&self.words)
    }

    /// Keys under which names that may meet share at least one: for an index of candidates. Folded forms, Korean
    /// keys, consonant skeletons, and each proper word's.
    #[must_use]
    pub fn index_keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for part in self.parts() {
            part.index_keys(&mut keys);
        }
        keys.extend(self.keys().sounds.into_iter().map(|(key, _)| key));
        if self.words.is_empty() {
            keys.extend(self.concepts.iter().map(|c| format!("c:{}", shown(*c))));
        }
        keys
    }
}

/// Cuts words into site words and the rest; Hangul words inside, Latin words across.
fn cut(tokens: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut latin: Vec<&str> = Vec::new();
    for token in tokens {
        let hanja = read_hanja(token);
        let korean = hanja.as_deref().unwrap_or(token);
        if korean.chars().any(is_syllable) {
            pieces.append(&mut cut_english(&latin));
            latin.clear();
            let cuts = cut_korean(korean);
            // Without a site word inside, the Hanja themselves are kept: Chinese reads them its own way.
            if cuts.iter().any(|p| matches!(p, Piece::Known(_))) {
                pieces.extend(cuts);
            } else {
                pieces.push(Piece::Proper(token.clone()));
            }
        } else {
            latin.push(token);
        }
    }
    pieces.append(&mut cut_english(&latin));
    pieces
}

impl From<&str> for Name {
    fn from(written: &str) -> Self {
        Self::new(written)
    }
}
