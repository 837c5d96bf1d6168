//! Korean personal names: a surname of one syllable, a given name of one to three.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};

use crate::hangul::{initial_variants, is_syllable};
use crate::hanja::lines;

/// Surname in the North's spelling -> how it is met in Latin letters.
static SURNAMES: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    lines(include_str!("../data/surnames.tsv"))
        .filter_map(|line| {
            let (surname, latin) = line.split_once('\t')?;
            Some((surname.chars().next()?, latin.split_whitespace().collect()))
        })
        .collect()
});

static LATIN: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| SURNAMES.values().flatten().copied().collect());

/// A Korean personal name, split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalName {
    /// The surname, one syllable.
    pub surname: String,
    /// The given name.
    pub given: String,
}

/// Splits a Hangul text of two to four syllables that begins with a surname, 1 + the rest.
#[must_use]
pub fn split_personal_name(hangul: &str) -> Option<PersonalName> {
    let text: Vec<char> = hangul.chars().filter(|c| !c.is_whitespace()).collect();
    if !(2..=4).contains(&text.len()) || !text.iter().all(|c| is_syllable(*c)) {
        return None;
    }
    let (surname, given) = text.split_first()?;
    latin_surnames(*surname)?;
    Some(PersonalName { surname: surname.to_string(), given: given.iter().collect() })
}

/// How a surname is met in Latin letters, in its northern or southern spelling.
pub(crate) fn latin_surnames(surname: char) -> Option<&'static [&'static str]> {
    let known = |c: char| SURNAMES.get(&c).map(Vec::as_slice);
    known(surname).or_else(|| {
        initial_variants(&surname.to_string()).iter().find_map(|v| known(v.chars().next()?))
    })
}

/// Whether a folded word is a Korean surname in Latin letters.
pub(crate) fn is_latin_surname(word: &str) -> bool {
    LATIN.contains(word)
}
