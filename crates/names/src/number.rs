//! Numbers in names. They are decisive: "Facility 1" is not "Facility 2".

use std::collections::BTreeSet;

/// The numbers of a name, by what they count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Powers in megawatts: "5 MW(e)", "5MWe", "5-Megawatt".
    pub powers: BTreeSet<String>,
    /// Everything else, each with the key of the word it numbers: units, buildings, sites. "Reactor 1" and
    /// "Building 2" contradict nothing.
    pub plain: BTreeSet<(String, String)>,
}

impl Numbers {
    pub(crate) fn is_empty(&self) -> bool {
        self.powers.is_empty() && self.plain.is_empty()
    }

    /// Two different numbers of one thing: what each says. A number that only one has contradicts nothing.
    pub(crate) fn conflict<'a>(&'a self, other: &'a Self) -> Option<(&'a str, &'a str)> {
        if self.powers.is_disjoint(&other.powers)
            && let (Some(a), Some(b)) = (self.powers.first(), other.powers.first())
        {
            return Some((a, b));
        }
        self.plain.iter().find_map(|(of, number)| {
            let same = || other.plain.iter().filter(|(label, _)| label == of);
            let any = same().any(|(_, n)| self.plain.contains(&(of.clone(), n.clone())));
            let (_, theirs) = same().next().filter(|_| !any)?;
            Some((number.as_str(), theirs.as_str()))
        })
    }
}

const MEGAWATT: &[&str] = &["mw", "mwe", "mwt", "mwth", "megawatt", "megawatts"];
const WORDS: &[(&str, &str)] = &[
    ("one", "1"),
    ("first", "1"),
    ("two", "2"),
    ("second", "2"),
    ("three", "3"),
    ("third", "3"),
    ("four", "4"),
    ("fourth", "4"),
    ("five", "5"),
    ("fifth", "5"),
    ("ii", "2"),
    ("iii", "3"),
    ("iv", "4"),
];
/// Words that stand between a thing and its number.
const BETWEEN: &[&str] = &["no", "nos", "number", "nr", "the"];

/// A number as it is found, with what stands around it.
#[derive(Debug)]
struct Found {
    value: String,
    /// Words before it.
    at: usize,
    written_out: bool,
}

/// Splits folded words into what is no number, and the numbers. Digits are parted from the letters they touch, so
/// that 고무산1동 is 고무산, 1 and 동. `key` tells the key of a word.
pub(crate) fn part(folded: &str, key: impl Fn(&str) -> String) -> (Vec<String>, Numbers) {
    let mut tokens: Vec<String> = Vec::new();
    for word in folded.split_whitespace() {
        let mut token = String::new();
        let mut digits = false;
        for c in word.chars() {
            if !token.is_empty() && c.is_ascii_digit() != digits {
                tokens.push(std::mem::take(&mut token));
            }
            digits = c.is_ascii_digit();
            token.push(c);
        }
        if !token.is_empty() {
            tokens.push(token);
        }
    }
    let mut words: Vec<String> = Vec::new();
    let mut found: Vec<Found> = Vec::new();
    let mut numbers = Numbers::default();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let written = WORDS.iter().find(|(word, _)| *word == token).map(|(_, n)| *n);
        let digits = token.bytes().all(|b| b.is_ascii_digit());
        if !digits && written.is_none() {
            words.push(token);
            continue;
        }
        let value = written.unwrap_or_else(|| token.trim_start_matches('0')).to_owned();
        let next_is = |of: &[&str], next: Option<&String>| {
            next.is_some_and(|next| of.contains(&next.as_str()))
        };
        if digits && next_is(MEGAWATT, tokens.peek()) {
            tokens.next();
            // The e or th of MW(e), parted by its bracket.
            if next_is(&["e", "t", "th"], tokens.peek()) {
                tokens.next();
            }
            numbers.powers.insert(value);
            continue;
        }
        if digits && next_is(&["st", "nd", "rd", "th", "호", "호기"], tokens.peek()) {
            tokens.next();
        }
        words.pop_if(|word| word == "제");
        found.push(Found { value, at: words.len(), written_out: written.is_some() });
    }
    let between = |w: &&String| !BETWEEN.contains(&w.as_str());
    for Found { value, at, written_out } in found {
        let before = words.get(..at).unwrap_or(&[]).iter().rev().find(between);
        let after = || words.get(at..).unwrap_or(&[]).iter().find(between);
        // "Three reactors" counts, "Reactor three" numbers.
        if written_out && before.is_none() && words.iter().skip(at).any(|w| w.ends_with('s')) {
            continue;
        }
        let of = before.or_else(after).map(|w| key(w)).unwrap_or_default();
        numbers.plain.insert((of, value));
    }
    (words, numbers)
}
