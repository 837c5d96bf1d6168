//! Values made comparable before anything else: NFKC, what shows nothing dropped, lower case, letters of other
//! scripts that only look Latin made Latin, white space single.

use names::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// What people write for "nothing".
const NOTHING: &[&str] = &[
    "", "-", "--", "?", "n/a", "na", "nan", "null", "none", "nil", "#n/a", "unknown", "unk",
    "missing",
];

/// Writes the normal form of a value into `out`, which is emptied first. It stays empty when the value says
/// nothing ("NaN", "n/a").
pub fn normalise(value: &str, out: &mut String) {
    out.clear();
    if value.is_ascii() {
        for c in value.bytes() {
            push(char::from(c.to_ascii_lowercase()), out);
        }
    } else {
        let mut latin = false;
        let mut alike = false;
        for c in value.nfkc().filter(|c| !is_invisible(*c)) {
            for c in c.to_lowercase() {
                latin |= c.is_ascii_alphabetic();
                alike |= looks_latin(c).is_some();
                push(c, out);
            }
        }
        if latin && alike {
            // A word of two scripts: the strangers are disguised Latin letters.
            *out = out.chars().map(|c| looks_latin(c).unwrap_or(c)).collect();
        }
    }
    out.truncate(out.trim_end().len());
    if NOTHING.contains(&out.as_str()) {
        out.clear();
    }
}

fn push(c: char, out: &mut String) {
    if c.is_whitespace() || c.is_control() {
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    } else {
        out.push(c);
    }
}

/// Letters of Greek and Cyrillic that look like a Latin one (Unicode TR 39, confusables, the lower-case part).
fn looks_latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'ё' => 'e',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ι' | 'ї' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' | 'μ' => 'm',
        'ո' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ѵ' | 'ν' => 'v',
        'ѡ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ᴢ' | 'ζ' => 'z',
        _ => return None,
    })
}
