//! Numbers in names. They are decisive: "Facility 1" is not "Facility 2".

use std::collections::BTreeSet;

/// The numbers of a name, by what they count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Powers in megawatts: "5 MW(e)", "5MWe", "5-Megawatt".
    pub powers: BTreeSet<String>,
    /// Everything else: units, buildings, sites.
    pub plain: BTreeSet<String>,
}

impl Numbers {
    /// Two numbers of one kind of which none is shared: what each says.
    pub(crate) fn conflict<'a>(&'a self, other: &'a Self) -> Option<(&'a str, &'a str)> {
        [(&self.powers, &other.powers), (&self.plain, &other.plain)].into_iter().find_map(
            |(a, b)| {
                if a.is_disjoint(b) {
                    Some((a.first()?.as_str(), b.first()?.as_str()))
                } else {
                    None
                }
            },
        )
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

/// Splits folded words into what is no number, and the numbers. Digits are parted from the letters they touch, so
/// that 고무산1동 is 고무산, 1 and 동.
pub(crate) fn part(folded: &str) -> (Vec<String>, Numbers) {
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
    let mut words = Vec::new();
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
        if digits && tokens.peek().is_some_and(|next| MEGAWATT.contains(&next.as_str())) {
            tokens.next();
            // The e or th of MW(e), parted by its bracket.
            if tokens.peek().is_some_and(|next| matches!(next.as_str(), "e" | "t" | "th")) {
                tokens.next();
            }
            numbers.powers.insert(value);
        } else if digits
            && tokens.peek().is_some_and(|next| matches!(next.as_str(), "st" | "nd" | "rd" | "th"))
        {
            tokens.next();
            numbers.plain.insert(value);
        } else {
            numbers.plain.insert(value);
        }
    }
    (words, numbers)
}
