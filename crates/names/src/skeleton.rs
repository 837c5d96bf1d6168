//! Consonant skeletons: Arabic and Persian write no short vowels, and every newspaper writes them its own way.

use crate::fold::fold;

/// The consonants of a name in Arabic or Persian script; `None` when it holds no such letter.
///
/// و and ی stand for vowels as often as for consonants, and are dropped on both sides.
#[must_use]
pub fn of_arabic(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut any = false;
    for c in text.chars() {
        let class = match c {
            'ب' => "b",
            'پ' => "p",
            'ت' | 'ط' | 'ة' => "t",
            'ث' | 'س' | 'ص' => "s",
            'ج' => "j",
            'چ' => "C",
            'ح' | 'ه' | 'ھ' => "h",
            'خ' => "x",
            'د' => "d",
            'ذ' | 'ز' | 'ض' | 'ظ' => "z",
            'ر' => "r",
            'ژ' => "Z",
            'ش' => "S",
            'غ' => "G",
            'ف' => "f",
            'ق' | 'ک' | 'ك' => "k",
            'گ' => "g",
            'ل' => "l",
            'م' => "m",
            'ن' => "n",
            'ا' | 'آ' | 'أ' | 'إ' | 'ء' | 'ع' | 'و' | 'ي' | 'ی' | 'ى' | 'ئ' | 'ؤ' => "",
            _ => continue,
        };
        any = true;
        push(&mut out, class);
    }
    any.then_some(out)
}

/// The consonants of a Latin transliteration, in the same classes.
#[must_use]
pub fn of_latin(text: &str) -> String {
    let folded = fold(text);
    let mut rest = folded.as_str();
    let mut out = String::new();
    const PAIRS: &[(&str, &str)] = &[
        ("kh", "x"),
        ("sh", "S"),
        ("ch", "C"),
        ("gh", "G"),
        ("zh", "Z"),
        ("th", "s"),
        ("dh", "z"),
        ("ph", "f"),
    ];
    while let Some(c) = rest.chars().next() {
        let (class, length) = match PAIRS.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => (*to, from.len()),
            None => {
                let one = rest.get(..c.len_utf8()).unwrap_or("");
                let class = match c {
                    'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w' | 'v' | ' ' => "",
                    'q' | 'c' => "k",
                    'x' => "ks",
                    _ => one,
                };
                (class, c.len_utf8())
            }
        };
        push(&mut out, class);
        rest = rest.get(length..).unwrap_or("");
    }
    out
}

/// Doubled consonants count once.
fn push(out: &mut String, class: &str) {
    if !class.is_empty() && !out.ends_with(class) {
        out.push_str(class);
    }
}

/// Whether a Latin text shows that it transliterates another script: letters with a dot or hook below, or hardly
/// a vowel (Nţnz).
pub(crate) fn looks_transliterated(text: &str) -> bool {
    let marked = text.chars().any(|c| {
        matches!(
            c,
            'ţ' | 'ṭ'
                | 'ḑ'
                | 'ḍ'
                | 'ş'
                | 'ṣ'
                | 'ẕ'
                | 'ẓ'
                | 'ḩ'
                | 'ḥ'
                | 'ʿ'
                | 'ʾ'
                | 'ā'
                | 'ī'
                | 'ū'
        )
    });
    let latin = |c: char| matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if text.chars().any(|c| c.is_alphabetic() && !latin(c)) {
        return false;
    }
    let vowels = fold(text).chars().filter(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')).count();
    marked || (letters >= 3 && vowels == 0)
}
