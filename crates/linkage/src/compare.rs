//! Comparison levels: how well two values of one column agree, in a few steps.

use crate::kind::{Date, Kind};
use crate::plan::Field;
use crate::script;
use crate::table::{MISSING, Value, Values};

/// Levels a column has at most, "missing" aside.
pub(crate) const LEVELS: usize = 6;
/// The level of a pair of which one side has no value. It weighs nothing.
pub(crate) const NO_VALUE: u8 = 7;

/// The names of the levels of a kind, the best first.
#[must_use]
pub fn levels(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text => &["equal", "swapped", "near", "abbreviated", "alike", "different"],
        Kind::Category => &["equal", "different"],
        Kind::Code => &["equal", "one character off", "different"],
        Kind::Identifier => &["equal", "one or two characters off", "alike", "different"],
        Kind::Date => {
            &["equal", "day and month swapped", "one part off", "two parts off", "different"]
        }
        Kind::Period => &["equal", "overlapping"],
        Kind::Number => &["equal", "within 1 %", "within 10 %", "different"],
        Kind::Latitude => &["within 50 m", "within 1 km", "within 10 km", "swapped", "far"],
        Kind::Longitude => &[],
    }
}

/// What two rows hold in one compared field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub left: Value,
    pub right: Value,
    /// The values of the partner columns: names that may be swapped, or the longitudes.
    pub left_other: Value,
    pub right_other: Value,
}

/// Compares. What is derived of each value once (dates, periods) is kept with the field.
pub(crate) fn compare(f: Fields, values: &Values, field: &Field) -> u8 {
    let (kind, dates) = (field.kind, &field.dates);
    if f.left == MISSING || f.right == MISSING {
        return NO_VALUE;
    }
    let texts = || (values.get(f.left), values.get(f.right));
    let equal = f.left == f.right;
    match kind {
        Kind::Category => u8::from(!equal),
        Kind::Text if equal => 0,
        Kind::Text => {
            let other = |v: Value, w: Value| v != MISSING && v == w;
            if other(f.left_other, f.right) || other(f.left, f.right_other) {
                return 1;
            }
            let (a, b) = texts();
            let across = !field.names.is_empty();
            let across = across.then(|| script::level(&field.names, values, (f.left, f.right)));
            across.flatten().unwrap_or_else(|| text(a, b))
        }
        Kind::Code if equal => 0,
        Kind::Code => {
            let (a, b) = texts();
            if within(a.as_bytes(), b.as_bytes(), 1) { 1 } else { 2 }
        }
        Kind::Identifier if equal => 0,
        Kind::Identifier => {
            let (a, b) = texts();
            identifier(a, b)
        }
        Kind::Date => {
            let date = |v: Value| dates.get(v as usize).copied().flatten();
            match (date(f.left), date(f.right)) {
                (Some(a), Some(b)) => date_level(a, b),
                _ if equal => 0,
                _ => 4,
            }
        }
        Kind::Period => {
            let period = |v: Value| field.periods.get(v as usize).copied().flatten();
            match (period(f.left), period(f.right)) {
                // Rows of different times say nothing of each other.
                (Some(a), Some(b)) if !a.overlaps(b) => NO_VALUE,
                (Some(_), Some(_)) => u8::from(!equal),
                _ => NO_VALUE,
            }
        }
        Kind::Number => {
            let (a, b) = texts();
            number(a, b)
        }
        Kind::Latitude => {
            if f.left_other == MISSING || f.right_other == MISSING {
                return NO_VALUE;
            }
            let degrees = |v: Value| values.get(v).parse::<f64>().ok().filter(|x| x.is_finite());
            let all =
                (degrees(f.left), degrees(f.left_other), degrees(f.right), degrees(f.right_other));
            let (Some(a), Some(b), Some(c), Some(d)) = all else { return NO_VALUE };
            place((a, b), (c, d))
        }
        Kind::Longitude => NO_VALUE,
    }
}

fn text(a: &str, b: &str) -> u8 {
    let near = if a.is_ascii() && b.is_ascii() {
        jaro_winkler(a.as_bytes(), b.as_bytes())
    } else {
        strsim::jaro_winkler(a, b)
    };
    if near >= 0.92 || without_spaces(a, b) {
        2
    } else if abbreviated(a, b) {
        3
    } else if near >= 0.78 {
        4
    } else {
        5
    }
}

/// Equal but for white space and punctuation.
fn without_spaces(a: &str, b: &str) -> bool {
    let mut x = a.chars().filter(|c| c.is_alphanumeric());
    let mut y = b.chars().filter(|c| c.is_alphanumeric());
    loop {
        match (x.next(), y.next()) {
            (None, None) => return true,
            (c, d) if c == d => {}
            _ => return false,
        }
    }
}

/// One is the beginning of the other, or all its words are, word by word: "th", "j. un", "kim jong".
fn abbreviated(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let short = short.trim_end_matches('.');
    if !short.is_empty() && long.starts_with(short) {
        return true;
    }
    let mut words = long.split(' ');
    short.contains(' ')
        && short.split(' ').all(|w| {
            let w = w.trim_end_matches('.');
            words.any(|l| l.starts_with(w))
        })
}

/// Jaro-Winkler on bytes without allocation for texts up to 128 bytes; after Winkler 1990, prefix weight 0.1, at most
/// four letters.
fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let (a, b) = (a.get(..128).unwrap_or(a), b.get(..128).unwrap_or(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0_u128, 0_u128);
    let mut matches = 0_u32;
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(window);
        let to = (i + window + 1).min(b.len());
        for (j, y) in b.iter().enumerate().take(to).skip(from) {
            if x == y && in_b & (1 << j) == 0 {
                in_a |= 1 << i;
                in_b |= 1 << j;
                matches += 1;
                break;
            }
        }
    }
    if matches == 0 {
        return 0.0;
    }
    let mut turned = 0_u32;
    let mut rest = in_b;
    for (i, x) in a.iter().enumerate() {
        if in_a & (1 << i) != 0 {
            let j = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            if b.get(j) != Some(x) {
                turned += 1;
            }
        }
    }
    let m = f64::from(matches);
    let jaro = (m / a.len() as f64 + m / b.len() as f64 + (m - f64::from(turned / 2)) / m) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

/// Whether at most `most` characters are added, dropped or changed, for small `most`.
fn within(a: &[u8], b: &[u8], most: usize) -> bool {
    let (a, b) = match a.iter().zip(b).position(|(x, y)| x != y) {
        Some(at) => (a.get(at..).unwrap_or(&[]), b.get(at..).unwrap_or(&[])),
        None => {
            let at = a.len().min(b.len());
            (a.get(at..).unwrap_or(&[]), b.get(at..).unwrap_or(&[]))
        }
    };
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len()) <= most;
    }
    if most == 0 {
        return false;
    }
    let (a1, b1) = (a.get(1..).unwrap_or(&[]), b.get(1..).unwrap_or(&[]));
    let swapped = a.get(..2).zip(b.get(..2)).is_some_and(|(x, y)| x[0] == y[1] && x[1] == y[0]);
    within(a1, b1, most - 1)
        || within(a, b1, most - 1)
        || within(a1, b, most - 1)
        || (swapped && within(a.get(2..).unwrap_or(&[]), b.get(2..).unwrap_or(&[]), most - 1))
}

fn identifier(a: &str, b: &str) -> u8 {
    // Telephones and documents are punctuated in any way.
    let plain = |t: &str| -> Vec<u8> { t.bytes().filter(u8::is_ascii_alphanumeric).collect() };
    let (x, y) = (plain(a), plain(b));
    if x == y && !x.is_empty() {
        0
    } else if within(&x, &y, 2) {
        1
    } else if jaro_winkler(&x, &y) >= 0.85 {
        2
    } else {
        3
    }
}

fn date_level(a: Date, b: Date) -> u8 {
    if a.same(b) {
        return 0;
    }
    if a.set() == b.set() {
        return 1;
    }
    let year = a.year == b.year;
    let parts = match (a.low == b.low || a.high == b.high, a.low == b.high || a.high == b.low) {
        _ if (a.low, a.high) == (b.low, b.high) => 2,
        (false, false) => 0,
        _ => 1,
    };
    match parts + u8::from(year) {
        2.. => 2,
        1 => 3,
        _ => 4,
    }
}

fn number(a: &str, b: &str) -> u8 {
    let (Ok(x), Ok(y)) = (a.parse::<f64>(), b.parse::<f64>()) else {
        return if a == b { 0 } else { 3 };
    };
    let apart = (x - y).abs() / x.abs().max(y.abs()).max(f64::MIN_POSITIVE);
    if x == y {
        0
    } else if apart <= 0.01 {
        1
    } else if apart <= 0.1 {
        2
    } else {
        3
    }
}

/// Distance on a sphere of 6,371 km. Positions that cannot be are compared as they stand: swapped ones are caught.
fn place((lat1, lon1): (f64, f64), (lat2, lon2): (f64, f64)) -> u8 {
    let metres = |lat1: f64, lon1: f64, lat2: f64, lon2: f64| {
        let (p, q) = (lat1.to_radians(), lat2.to_radians());
        let (dp, dl) = ((q - p) / 2.0, (lon2 - lon1).to_radians() / 2.0);
        let h = dp.sin().powi(2) + p.cos() * q.cos() * dl.sin().powi(2);
        2.0 * 6_371_000.0 * h.clamp(0.0, 1.0).sqrt().asin()
    };
    let d = metres(lat1, lon1, lat2, lon2);
    if d <= 50.0 {
        0
    } else if d <= 1_000.0 {
        1
    } else if d <= 10_000.0 {
        2
    } else if metres(lat1, lon1, lon2, lat2) <= 1_000.0 {
        3
    } else {
        4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jaro_winkler_as_the_crate_has_it() {
        for (a, b) in [
            ("martha", "marhta"),
            ("dixon", "dicksonx"),
            ("taechon", "kaechon"),
            ("a", "ab"),
            ("abc", "xyz"),
        ] {
            let ours = jaro_winkler(a.as_bytes(), b.as_bytes());
            assert!((ours - strsim::jaro_winkler(a, b)).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn edits() {
        assert!(within(b"12345", b"12354", 1));
        assert!(within(b"12345", b"1234", 1));
        assert!(!within(b"12345", b"54321", 2));
        assert!(within(b"", b"ab", 2));
    }

    #[test]
    fn dates() {
        let date = |t| Date::read(t).unwrap();
        assert_eq!(date_level(date("1969-09-25"), date("25-09-1969")), 0);
        assert_eq!(date_level(date("1952-04-06"), date("1952-06-04")), 1);
        assert_eq!(date_level(date("1952-08-08"), date("1962-08-08")), 2);
        assert_eq!(date_level(date("1952-08-09"), date("1999-11-28")), 4);
        assert_eq!(date_level(date("19520809"), date("1952/08/09")), 0);
    }

    #[test]
    fn texts() {
        assert_eq!(text("townsend", "tow"), 3);
        assert_eq!(text("teresa", "tereoa"), 2);
        assert_eq!(text("los angeles", "losangeles"), 2);
    }

    #[test]
    fn swapped_coordinates() {
        assert_eq!(place((39.8, 125.75), (125.75, 39.8)), 3);
        assert_eq!(place((39.8, 125.75), (39.8, 125.75)), 0);
    }
}
