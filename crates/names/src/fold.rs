//! Texts made comparable: compatibility forms plain, marks and format characters gone, lower case.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::hangul::is_syllable;

/// Apostrophes of all kinds, and the marks for ayn and hamza: they part nothing.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | 'ʿ' | 'ʾ' | '`' | '´' | '′' | '‛' | 'ʹ')
}

/// Characters that show nothing: zero-width, direction marks, soft hyphen, variation selectors.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The words of a text: NFKD, marks, apostrophes and what shows nothing dropped, lower case, everything that is
/// neither letter nor digit a space. Hangul stays whole.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd() {
        if is_combining_mark(c) || is_apostrophe(c) || is_invisible(c) {
            continue;
        }
        match c {
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'æ' | 'Æ' => out.push_str("ae"),
            'ø' | 'Ø' => out.push('o'),
            'ł' | 'Ł' => out.push('l'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    out.nfc().collect::<String>().trim().to_owned()
}

/// Latin letters, letter by letter, for what is neither Latin nor Hangul.
pub(crate) fn transliterate(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        if c.is_ascii() || is_syllable(c) {
            out.push(c);
        } else {
            out.push_str(any_ascii::any_ascii_char(c));
        }
    }
    fold(&out)
}

const KEY_RULES: &[(&str, &str)] = &[
    // Consonants: voice and breath are what the systems write differently.
    ("tch", "c"),
    ("ngr", "nkn"),
    ("ng", "nk"),
    ("mr", "mn"),
    ("ch", "c"),
    ("jj", "c"),
    ("kh", "k"),
    ("ph", "p"),
    ("th", "t"),
    ("sh", "s"),
    ("j", "c"),
    ("g", "k"),
    ("b", "p"),
    ("d", "t"),
    ("l", "r"),
    // Vowels: ŏ is o without its mark and eo in RR, ŭ is u and eu.
    ("yeo", "yo"),
    ("eo", "o"),
    ("eu", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ae", "A"),
];

/// One key for all romanizations of a Korean word: Taechon, T'aech'ŏn, Taecheon, Thaechon have one, Kaechon another.
/// Needs folded Latin letters; spaces are dropped.
#[must_use]
pub fn korean_key(folded: &str) -> String {
    let joined: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    // The South drops initial r and n before i and y: Nyongbyon, Yongbyon; Ri, Yi, I.
    let mut rest = joined.as_str();
    let mut out = String::with_capacity(rest.len());
    if let Some(after) = rest.strip_prefix(['r', 'l', 'n']) {
        if after.starts_with(['y', 'i']) {
            rest = after;
        } else if !rest.starts_with('n') {
            out.push('n');
            rest = after;
        }
    }
    if rest.starts_with("yi") {
        rest = rest.get(1..).unwrap_or(rest);
    }
    while let Some(c) = rest.chars().next() {
        let here = rest.get(..c.len_utf8()).unwrap_or(rest);
        let (from, to) = KEY_RULES
            .iter()
            .copied()
            .find(|(from, _)| rest.starts_with(from))
            .unwrap_or((here, here));
        // A doubled letter counts once.
        for c in to.chars() {
            if !out.ends_with(c) {
                out.push(c);
            }
        }
        rest = rest.get(from.len()..).unwrap_or("");
    }
    out
}

/// A [`korean_key`] without what Russian transcription does not write: it has no letter for ㅇ [ng], and one for ㅓ, ㅕ, ㅔ
/// and ㅐ after most consonants (Kholodovich 1954; Kontsevich 2001 differs in these).
pub(crate) fn loose_key(key: &str) -> String {
    const RULES: &[(&str, &str)] = &[
        ("nk", "n"),
        ("co", "cE"),
        ("yo", "E"),
        ("ye", "E"),
        ("ya", "ya"),
        ("e", "E"),
        ("A", "E"),
    ];
    let mut out = String::with_capacity(key.len());
    let mut rest = key;
    while let Some(c) = rest.chars().next() {
        let here = rest.get(..c.len_utf8()).unwrap_or(rest);
        let (from, to) =
            RULES.iter().copied().find(|(from, _)| rest.starts_with(from)).unwrap_or((here, here));
        if !out.ends_with(to) {
            out.push_str(to);
        }
        rest = rest.get(from.len()..).unwrap_or("");
    }
    out
}

/// A Russian text as the Korean it may transcribe, in Latin letters; `None` when it holds other letters.
pub(crate) fn of_russian(folded: &str) -> Option<String> {
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        // Folding takes the marks of ё and й, as of all letters.
        out.push_str(match c {
            'а' => "a",
            'б' => "b",
            'в' => "w",
            'г' => "g",
            'д' => "d",
            'е' | 'э' => "e",
            'ж' => "",
            'и' => "i",
            'к' => "k",
            'л' | 'р' => "r",
            'м' => "m",
            'н' => "n",
            'о' => "o",
            'п' => "p",
            'с' => "s",
            'т' => "t",
            'у' | 'ы' => "u",
            'х' => "h",
            'ч' => "ch",
            'ю' => "yu",
            'я' => "ya",
            'ь' | 'ъ' => "",
            ' ' => " ",
            _ => return None,
        });
    }
    // Йон, folded: ион.
    Some(out.replace("io", "yo"))
}

const ONSETS: &[&str] = &[
    "tch", "kk", "kh", "tt", "th", "pp", "ph", "ss", "sh", "ch", "jj", "k", "g", "n", "t", "d",
    "r", "l", "m", "p", "b", "s", "j", "h", "",
];
const VOWELS: &[&str] = &[
    "yeo", "yae", "wae", "eo", "eu", "ae", "ya", "yo", "yu", "ye", "oe", "wa", "wo", "we", "wi",
    "ui", "oo", "ee", "yi", "a", "e", "o", "u", "i",
];
const CODAS: &[&str] = &["ng", "k", "n", "t", "l", "m", "p", "r", "g", ""];

/// Whether a folded word can be read as Korean syllables in some romanization. Two such words whose
/// [`korean_key`]s differ are two names, however few letters part them.
#[must_use]
pub fn reads_as_korean(folded: &str) -> bool {
    let word: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    if word.is_empty() || word.len() > 40 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    // Which positions can end a syllable, from the left.
    let mut reached = vec![false; word.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for at in 0..word.len() {
        if !reached.get(at).copied().unwrap_or(false) {
            continue;
        }
        let rest = word.get(at..).unwrap_or("");
        for onset in ONSETS.iter().filter(|o| rest.starts_with(**o)) {
            let after = rest.get(onset.len()..).unwrap_or("");
            for vowel in VOWELS.iter().filter(|v| after.starts_with(**v)) {
                let end = after.get(vowel.len()..).unwrap_or("");
                for coda in CODAS.iter().filter(|c| end.starts_with(**c)) {
                    let to = at + onset.len() + vowel.len() + coda.len();
                    if let Some(mark) = reached.get_mut(to) {
                        *mark = true;
                    }
                }
            }
        }
    }
    reached.last().copied().unwrap_or(false)
}
