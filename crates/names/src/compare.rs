//! How two names met.

use serde::Serialize;

use crate::fold::loose_key;
use crate::lexicon::shown;
use crate::name::{Form, Name, Part};
use crate::system::System;

/// In what way two names met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A number of one contradicts a number of the other.
    Contradicted,
    /// Nothing in common, or two Korean names that differ in a syllable.
    Apart,
    /// A few letters apart: weak evidence.
    EditDistance,
    /// Only site words in common.
    SiteWords,
    /// One place or person, but what stands there differs ("Pyongsan mine", "Pyongsan mill").
    OtherSiteWords,
    /// Some words in common, and each has proper words of its own.
    Overlap,
    /// The same consonants.
    Skeleton,
    /// A Russian text that may transcribe the Korean name.
    Transcription,
    /// One names the place, the other the place and more. What is missing contradicts nothing.
    Contained,
    /// The same place, and site words in common.
    Lexicon,
    /// Two forms are equal.
    Equal,
}

impl How {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted by a number",
            Self::Apart => "apart",
            Self::EditDistance => "a few letters apart",
            Self::SiteWords => "only site words in common",
            Self::OtherSiteWords => "same place, other site words",
            Self::Overlap => "some words in common",
            Self::Skeleton => "same consonants",
            Self::Transcription => "a Russian transcription",
            Self::Contained => "one contains the other",
            Self::Lexicon => "same place and site words",
            Self::Equal => "equal",
        }
    }
}

/// What a meeting is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Against one name.
    Against,
    /// Tells nothing.
    Nothing,
    /// Weakly for one name.
    Weak,
    /// For one name; much else must agree.
    Possible,
    /// One name unless something contradicts.
    Likely,
    /// One name.
    Same,
}

/// How two names met: which two forms, in which systems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meeting {
    /// In what way.
    pub how: How,
    /// What it is worth.
    pub grade: Grade,
    /// Default weight of evidence, log2 of a Bayes factor, when nothing is known of how rare the name is. A caller
    /// that knows should weigh an equal name by its rarity instead.
    pub bits: f64,
    /// The form of the left name.
    pub left: Met,
    /// The form of the right name.
    pub right: Met,
}

/// One side of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Met {
    /// The form.
    pub text: String,
    /// How it was made.
    pub system: System,
}

impl Meeting {
    /// Whether the two are one name, or would be unless something else contradicts.
    #[must_use]
    pub fn is_match(&self) -> bool {
        self.grade >= Grade::Likely
    }

    fn new(how: How, grade: Grade, bits: f64, left: Met, right: Met) -> Self {
        Self { how, grade, bits, left, right }
    }
}

impl std::fmt::Display for Meeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how = self.how.words();
        write!(
            f,
            "{how}: {} ({}) / {} ({})",
            self.left.text, self.left.system, self.right.text, self.right.system
        )
    }
}

/// Letters in common, Jaro-Winkler, from which a spelling counts as near.
const NEAR: f64 = 0.92;

/// Compares two names by the strongest way in which any two of their forms meet. A contradicting number decides
/// before anything else.
///
/// ```
/// use names::{How, Name, compare};
/// let met = compare(&Name::new("태천"), &Name::new("Thaechon"));
/// assert_eq!(met.how, How::Equal);
/// assert_eq!(met.left.text, "Thaechŏn");
/// assert!(!compare(&Name::new("Taechon"), &Name::new("Kaechon")).is_match());
/// ```
#[must_use]
pub fn compare(a: &Name, b: &Name) -> Meeting {
    let written = |n: &Name| Met { text: n.written().to_owned(), system: System::Written };
    if let Some((x, y)) = a.numbers.conflict(&b.numbers) {
        let met = |n: &Name, number: &str| Met {
            text: format!("{} [{number}]", n.written()),
            system: System::Written,
        };
        return Meeting::new(How::Contradicted, Grade::Against, -10.0, met(a, x), met(b, y));
    }
    if let Some((x, y)) = equal(&a.whole, &b.whole) {
        return Meeting::new(How::Equal, Grade::Same, 10.0, x, y);
    }
    if let Some(meeting) = by_parts(a, b) {
        return meeting;
    }
    if let Some((x, y)) = same_key(&a.whole, &b.whole) {
        return Meeting::new(How::Equal, Grade::Likely, 7.0, x, y);
    }
    if let Some((x, y, consonants)) = same_skeleton(a, b) {
        let (grade, bits) =
            if consonants > 2 { (Grade::Likely, 5.0) } else { (Grade::Possible, 3.0) };
        return Meeting::new(How::Skeleton, grade, bits, x, y);
    }
    if let Some((x, y)) = same_in_russian(a, b) {
        return Meeting::new(How::Transcription, Grade::Likely, 5.0, x, y);
    }
    if !(a.looks_personal() && b.looks_personal())
        && let Some((x, y)) = overlap(a, b)
    {
        return Meeting::new(How::Overlap, Grade::Weak, 1.0, x, y);
    }
    let shared = a.concepts.intersection(&b.concepts).count();
    let no_place = a.words.is_empty() || b.words.is_empty();
    if shared > 0 && no_place {
        let words = |n: &Name| Met {
            text: n.concepts.iter().map(|c| shown(*c)).collect::<Vec<_>>().join(" "),
            system: System::Lexicon,
        };
        let all = a.concepts == b.concepts && a.words.is_empty() && b.words.is_empty();
        let one_number = a.numbers == b.numbers && !a.numbers.is_empty();
        let (grade, bits) = match (all, one_number) {
            // "Reactor No. 1" is the first reactor in any language.
            (true, true) => (Grade::Likely, 5.0),
            (true, false) => (Grade::Possible, 3.0),
            _ => (Grade::Weak, 1.0),
        };
        return Meeting::new(How::SiteWords, grade, bits, words(a), words(b));
    }
    if no_place {
        return Meeting::new(How::Apart, Grade::Nothing, 0.0, written(a), written(b));
    }
    // Two words that both read as Korean and have different keys are two names: Taechon, Kaechon.
    if !a.proper.keys.is_empty() && !b.proper.keys.is_empty() {
        return Meeting::new(How::Apart, Grade::Against, -3.0, written(a), written(b));
    }
    match nearest(&a.proper, &b.proper) {
        Some((x, y)) => Meeting::new(How::EditDistance, Grade::Weak, 1.5, x, y),
        None => Meeting::new(How::Apart, Grade::Against, -3.0, written(a), written(b)),
    }
}

/// The proper parts first, then the site words.
fn by_parts(a: &Name, b: &Name) -> Option<Meeting> {
    if a.words.is_empty() || b.words.is_empty() {
        return None;
    }
    let whole = equal(&a.proper, &b.proper)
        .map(|m| (m, true))
        .or_else(|| same_key(&a.proper, &b.proper).map(|m| (m, false)));
    let shared = a.concepts.intersection(&b.concepts).count();
    let silent = a.concepts.is_empty() || b.concepts.is_empty();
    if let Some(((x, y), exact)) = whole {
        let less = if exact { 0.0 } else { 2.0 };
        return Some(if shared > 0 {
            let (x, y) = with_site_words(a, b, x, y);
            Meeting::new(How::Lexicon, Grade::Same, 9.0 - less, x, y)
        } else if silent {
            let how = if a.concepts == b.concepts { How::Equal } else { How::Contained };
            Meeting::new(how, Grade::Likely, 6.0 - less, x, y)
        } else {
            Meeting::new(How::OtherSiteWords, Grade::Weak, 1.0, x, y)
        });
    }
    // Every proper word of one is among those of the other.
    let (few, many) = if a.words.len() <= b.words.len() { (a, b) } else { (b, a) };
    let meet = |w: &Part| many.words.iter().find_map(|v| equal(w, v).or_else(|| same_key(w, v)));
    let met: Option<Vec<(Met, Met)>> = few.words.iter().map(meet).collect();
    let (x, y) = met?.into_iter().next()?;
    let (x, y) = if std::ptr::eq(few, a) { (x, y) } else { (y, x) };
    Some(if shared > 0 {
        let (x, y) = with_site_words(a, b, x, y);
        Meeting::new(How::Contained, Grade::Likely, 5.0, x, y)
    } else if silent {
        Meeting::new(How::Contained, Grade::Possible, 3.0, x, y)
    } else {
        Meeting::new(How::OtherSiteWords, Grade::Weak, 1.0, x, y)
    })
}

fn with_site_words(a: &Name, b: &Name, x: Met, y: Met) -> (Met, Met) {
    let shared: Vec<&str> = a.concepts.intersection(&b.concepts).map(|c| shown(*c)).collect();
    let add = |m: Met| Met { text: format!("{} + {}", m.text, shared.join(" ")), system: m.system };
    (add(x), add(y))
}

fn met(form: &Form) -> Met {
    Met { text: form.text.clone(), system: form.system }
}

fn equal(a: &Part, b: &Part) -> Option<(Met, Met)> {
    a.forms.iter().find_map(|x| {
        let y = b.forms.iter().find(|y| y.folded == x.folded)?;
        Some((met(x), met(y)))
    })
}

fn same_key(a: &Part, b: &Part) -> Option<(Met, Met)> {
    let key = a.keys.intersection(&b.keys).next()?;
    let form = |p: &Part| {
        let with_key = |f: &&Form| crate::fold::korean_key(&f.folded) == *key;
        let text = p.forms.iter().find(with_key).map_or_else(|| key.clone(), |f| f.text.clone());
        Met { text, system: System::KoreanKey }
    };
    Some((form(a), form(b)))
}

/// Consonants meet when at least one side is in Arabic script or plainly transliterated from it.
fn same_skeleton(a: &Name, b: &Name) -> Option<(Met, Met, usize)> {
    for x in a.parts() {
        for y in b.parts() {
            let pairs = [
                (&x.skeleton, &y.skeleton),
                (&x.skeleton, &y.latin_skeleton),
                (&x.latin_skeleton, &y.skeleton),
            ];
            for (s, t) in pairs {
                if let (Some(s), Some(t)) = (s, t)
                    && s == t
                    && s.chars().count() > 1
                {
                    let side = |p: &Part| {
                        let text = p.forms.first().map_or("", |f| f.text.as_str());
                        Met { text: format!("{text} [{s}]"), system: System::Skeleton }
                    };
                    return Some((side(x), side(y), s.chars().count()));
                }
            }
        }
    }
    None
}

/// Whether one is Russian for the Korean of the other.
fn same_in_russian(a: &Name, b: &Name) -> Option<(Met, Met)> {
    let side = |p: &Part, key: &str| {
        let text = p.forms.first().map_or("", |f| f.text.as_str());
        Met { text: format!("{text} [{key}]"), system: System::Russian }
    };
    let one_way = |x: &Part, y: &Part| {
        let key = x.russian.as_deref()?;
        let meets = y.keys.iter().any(|k| loose_key(k) == key);
        meets.then(|| (side(x, key), side(y, key)))
    };
    [(&a.whole, &b.whole), (&a.proper, &b.proper)]
        .into_iter()
        .find_map(|(x, y)| one_way(x, y).or_else(|| one_way(y, x).map(|(y, x)| (x, y))))
}

/// A proper word that both have.
fn overlap(a: &Name, b: &Name) -> Option<(Met, Met)> {
    let pairs = a.words.iter().flat_map(|x| b.words.iter().map(move |y| (x, y)));
    pairs.into_iter().find_map(|(x, y)| equal(x, y).or_else(|| same_key(x, y)))
}

fn nearest(a: &Part, b: &Part) -> Option<(Met, Met)> {
    let mut best: Option<(f64, &Form, &Form)> = None;
    for x in &a.forms {
        for y in &b.forms {
            if x.folded.chars().count().min(y.folded.chars().count()) < 5 {
                continue;
            }
            let near = strsim::jaro_winkler(&x.folded, &y.folded);
            if near >= NEAR && best.is_none_or(|(n, _, _)| near > n) {
                best = Some((near, x, y));
            }
        }
    }
    best.map(|(_, x, y)| (met(x), met(y)))
}
