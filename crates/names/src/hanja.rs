//! Chinese characters as Korean reads them: Chinese writes Korean places and people with the characters they
//! have, so the reading is the name.

use std::sync::LazyLock;

use foldhash::HashMap;

static READINGS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut readings = HashMap::default();
    for line in lines(include_str!("../data/hanja.txt")) {
        let mut chars = line.chars();
        if let Some(reading) = chars.next() {
            readings.extend(chars.filter(|c| !c.is_whitespace()).map(|c| (c, reading)));
        }
    }
    for line in lines(include_str!("../data/simplified.txt")) {
        for pair in line.split_whitespace() {
            let mut chars = pair.chars();
            if let (Some(simple), Some(full)) = (chars.next(), chars.next())
                && let Some(&reading) = readings.get(&full)
            {
                readings.entry(simple).or_insert(reading);
            }
        }
    }
    readings
});

pub(crate) fn lines(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty())
}

/// Whether a character is a Han ideograph.
pub(crate) fn is_hanja(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// A text with its Hanja read as Hangul; `None` when it has none, or one the table does not know.
///
/// ```
/// assert_eq!(names::read_hanja("寧邊").as_deref(), Some("녕변"));
/// assert_eq!(names::read_hanja("金正恩").as_deref(), Some("김정은"));
/// assert_eq!(names::read_hanja("Yongbyon"), None);
/// ```
#[must_use]
pub fn read_hanja(text: &str) -> Option<String> {
    if !text.chars().any(is_hanja) {
        return None;
    }
    text.chars().map(|c| if is_hanja(c) { READINGS.get(&c).copied() } else { Some(c) }).collect()
}
