//! Kinds of place: which compare, which are no facility at all, which matter most, what to look for there.

use statement::civil;

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

/// What a category says a place is, without how sure the source is.
pub(crate) fn kind(category: &str) -> String {
    let words: Vec<&str> = category
        .split_whitespace()
        .filter(|w| !matches!(*w, "suspected" | "former" | "alleged"))
        .collect();
    words.join(" ")
}

/// Whether the category itself only suspects.
pub(crate) fn suspects(category: &str) -> bool {
    category.starts_with("suspected") || category.starts_with("alleged")
}

/// Whether a category is of a whole complex rather than of a building or plant.
pub(crate) fn is_complex(category: &str) -> bool {
    matches!(category, "nuclear centre" | "nuclear center" | "complex" | "nuclear complex")
}

/// Whether a name speaks of several places at once: "Two sites", "three 635 MW reactors", "18 further sites".
pub(crate) fn counts_several(name: &str) -> bool {
    const COUNTS: &[&str] =
        &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several"];
    const PLURALS: &[&str] =
        &["sites", "reactors", "units", "places", "facilities", "buildings", "plants"];
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split_whitespace().collect();
    let count = words.iter().any(|w| COUNTS.contains(w))
        || words.first().is_some_and(|w| w.parse::<u32>().is_ok_and(|n| n > 1));
    count && words.iter().any(|w| PLURALS.contains(w))
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

/// A family of kinds: words by which it is known, how much an undeclared place of it would matter (0 to 1, a judgement
/// shown with the ranking), and what a visit would look for.
struct Family {
    words: &'static [&'static str],
    weight: f64,
    look_for: &'static str,
}

/// The first that fits is taken.
const FAMILIES: &[Family] = &[
    Family {
        words: &["enrichment", "centrifuge"],
        weight: 1.0,
        look_for: "centrifuges or places where they stood, UF6 cylinders and feed stations, power supply; swipe samples \
                   for uranium enriched beyond what is declared",
    },
    Family {
        words: &["reprocessing"],
        weight: 1.0,
        look_for: "shielded cells, dissolvers, solvent; swipe and waste samples whose Pu-240 and Am-241 date and count \
                   the campaigns",
    },
    Family {
        words: &["waste"],
        weight: 0.7,
        look_for: "tanks, trenches and buried pipes; waste samples whose isotopes date and count reprocessing campaigns",
    },
    Family {
        words: &["cells", "isotope", "radiochemical"],
        weight: 0.7,
        look_for: "shielded cells and manipulators; swipe samples for separated plutonium; irradiation records",
    },
    Family {
        words: &["reactor"],
        weight: 1.0,
        look_for: "core, cooling and spent fuel; graphite or structural samples (GIRM) for the total exposure; operating records",
    },
    Family {
        words: &["weaponization", "warhead", "explosives"],
        weight: 1.0,
        look_for: "explosive test chambers and pits, storage bunkers; swipe samples for uranium, plutonium and tritium",
    },
    Family {
        words: &["test"],
        weight: 0.8,
        look_for: "tunnels, cavities and post-shot drilling; noble gases and radionuclides in soil and air",
    },
    Family {
        words: &["underground"],
        weight: 0.7,
        look_for: "the tunnels walked to their ends and measured, lining, ventilation, water and power; swipe samples",
    },
    Family {
        words: &["storage"],
        weight: 0.7,
        look_for: "contents against records, containers by tag and weight; swipe samples",
    },
    Family {
        words: &["concentrate", "mill"],
        weight: 0.4,
        look_for: "ore received and concentrate shipped against records; tailings by volume and grade",
    },
    Family {
        words: &["mine"],
        weight: 0.4,
        look_for: "shafts, spoil and ore output against records; ore samples",
    },
    Family {
        words: &["fabrication", "workshop"],
        weight: 0.4,
        look_for: "machines (flow-forming, winding), maraging steel and carbon fibre; swipe samples for uranium",
    },
];

fn family(category: &str) -> Option<&'static Family> {
    let words = kind_words(category);
    FAMILIES.iter().find(|f| words.iter().any(|w| f.words.contains(&w.as_str())))
}

/// How much an undeclared place of this kind would matter, 0 to 1: a judgement, shown with the ranking.
pub(crate) fn weight(category: &str) -> f64 {
    if is_complex(category) {
        return 0.1;
    }
    family(category).map_or(0.3, |f| f.weight)
}

/// What a visit to a place of this kind would look for.
pub(crate) fn look_for(category: &str) -> &'static str {
    family(category).map_or(
        "what the buildings are used for, by walking through them; records; swipe samples",
        |f| f.look_for,
    )
}

/// A state of a place as somebody stated it: its stage of life, and when.
pub(crate) type Stated<'a> = (Option<Stage>, Option<&'a statement::Date>);

/// Bits for two stages of life stated of one time; 0 when they are of different times, which are not compared: a change
/// is no mismatch. Nothing when either is unknown. Reports of one place within half a year name one stage in 85 % of
/// cases (a judgement), two places at random in 45 %: log2(0.85 / 0.45) and log2(0.15 / 0.55).
pub(crate) fn compare_stages(x: Stated<'_>, y: Stated<'_>) -> Option<f64> {
    let (a, b) = x.0.zip(y.0)?;
    let together = x.1.zip(y.1).is_some_and(|(on, at)| days_apart(on, at) <= STATUS_HOLDS_DAYS);
    Some(match (together, a == b) {
        (false, _) => 0.0,
        (true, true) => 0.92,
        (true, false) => -1.87,
    })
}

/// What met in [`compare_stages`].
pub(crate) fn stages_in_words(x: Stated<'_>, y: Stated<'_>) -> Option<String> {
    let (a, b) = x.0.zip(y.0)?;
    let Some((on, at)) = x.1.zip(y.1) else {
        return Some("not comparable: one of them gives no date".to_owned());
    };
    let apart = days_apart(on, at) > STATUS_HOLDS_DAYS;
    let not = if apart { "not comparable, of different times: " } else { "" };
    Some(format!("{not}{} ({on}) / {} ({at})", a.words(), b.words()))
}

/// The stages of a facility's life that a status can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Planned,
    Building,
    Operating,
    Stopped,
}

impl Stage {
    fn words(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Building => "being built",
            Self::Operating => "operating",
            Self::Stopped => "stopped",
        }
    }
}

/// The stage that a status names, where its words tell.
pub(crate) fn stage(status: &str) -> Option<Stage> {
    let text = status.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    // The order matters: "construction halted" is stopped, "operated to the 1990s" is stopped.
    if has(&[
        "abandon",
        "halted",
        "unfinished",
        "shut down",
        "shutdown",
        "dismantled",
        "caretaker",
        "operated to",
        "disabled",
        "former",
        "closed",
    ]) {
        Some(Stage::Stopped)
    } else if has(&["under construction", "being built", "externally complete"]) {
        Some(Stage::Building)
    } else if has(&["planned", "prospective"]) {
        Some(Stage::Planned)
    } else if has(&[
        "operating",
        "operational",
        "in operation",
        "restarted",
        "to operate",
        "continued operation",
        "plant ran",
        "end ran",
        "reprocessing indicated",
    ]) {
        Some(Stage::Operating)
    } else {
        None
    }
}

/// Words by which a report says that it looked and did not find what was suspected.
const DENIALS: &[&str] = &[
    "not an ",
    "not a ",
    "not shown to be",
    "no evidence of",
    "no sign of",
    "nothing found",
    "found nothing",
    "empty",
    "false alarm",
    "ruled out",
    "not nuclear",
];

/// The words of a status that say so.
pub(crate) fn denial(status: Option<&str>) -> Option<&'static str> {
    let text = status?.to_lowercase();
    DENIALS.iter().copied().find(|d| text.contains(d)).map(str::trim)
}

/// A status is compared with another stated within so many days of it; beyond, a use may have changed.
pub(crate) const STATUS_HOLDS_DAYS: i64 = 183;

/// Days between two dates that may be partial: 0 when they overlap.
pub(crate) fn days_apart(a: &statement::Date, b: &statement::Date) -> i64 {
    let gap = |x: civil::Date, y: civil::Date| statement::days(x, y);
    gap(a.latest(), b.earliest()).max(gap(b.latest(), a.earliest())).max(0)
}
