//! Kinds of place: which compare, which are no facility at all, which matter most.

use crate::name::Word;

/// Things that are observed and are no facility: they are listed and never matched. Visible in the result.
pub(crate) const NOT_FACILITIES: &[&str] = &[
    "place name",
    "railway station",
    "nuclear test",
    "expulsion",
    "evidence lost",
    "dismantlement event",
    "dismantlement claim",
];

/// Whether an observation of this category is of a facility.
pub(crate) fn is_facility(category: &str) -> bool {
    !NOT_FACILITIES.contains(&category)
}

/// Words that say how sure the source is, not what the place is.
pub(crate) fn kind_words(category: &str) -> Vec<String> {
    let words = category.split(|c: char| !c.is_alphanumeric() && c != '-');
    words
        .filter(|w| !matches!(*w, "" | "suspected" | "former" | "R" | "D"))
        .map(str::to_lowercase)
        .collect()
}

/// Bits for two categories: the same, of one family, or different.
pub(crate) fn compare(x: &[Word], y: &[Word]) -> (f64, &'static str) {
    if x == y {
        (3.0, "same kind")
    } else if x.iter().any(|w| y.contains(w)) {
        (-1.0, "related kinds")
    } else {
        (-6.0, "different kinds")
    }
}

/// How much an undeclared place of this kind would matter, 0 to 1: a judgement, shown with the ranking.
pub(crate) fn weight(category: &str) -> f64 {
    let words = kind_words(category);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    if has(&["enrichment", "reprocessing", "reactor", "weaponization", "warhead"]) {
        1.0
    } else if has(&["waste", "cells", "storage", "underground"]) {
        0.7
    } else if has(&["concentrate", "mine", "fabrication", "workshop"]) {
        0.4
    } else {
        0.3
    }
}
