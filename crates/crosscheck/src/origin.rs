//! Whose observation a report is, from what its source cites.
//!
//! Ten papers that quote one agency are one report. The rule, stated in the result: the cited works are separated by
//! semicolons; the origin of each is the first word of its name (two where that word is general: "US State"), so that
//! "as quoted by" and "(Reuters)" name only a carrier. Reports that share an origin are of one origin: an agency that
//! reports again looks with the same eyes.

use names::fold;

/// How it is done, for the result.
pub(crate) const WORDS: &str = "reports are of one origin when a work they cite begins with the same name \
     (works separated by semicolons; whoever is only quoted by another is the origin, the other a carrier); of one origin \
     the weightiest report counts";

/// Words that begin many names.
const GENERAL: &[&str] = &[
    "us",
    "un",
    "uk",
    "new",
    "north",
    "south",
    "arms",
    "institute",
    "international",
    "ministry",
    "department",
    "national",
    "radio",
    "washington",
    "state",
    "world",
];
/// Words that are no part of a name.
const ARTICLES: &[&str] = &["the", "a", "an"];

/// The origins that a citation names, folded, sorted.
pub(crate) fn origins(cite: &str) -> Vec<String> {
    let mut found: Vec<String> = cite.split(';').filter_map(origin).collect();
    found.sort();
    found.dedup();
    found
}

fn origin(work: &str) -> Option<String> {
    let folded = fold(work);
    let mut words = folded.split_whitespace().filter(|w| !ARTICLES.contains(w));
    let first = words.next()?;
    let general = GENERAL.contains(&first) || first.bytes().all(|b| b.is_ascii_digit());
    Some(match words.next().filter(|_| general) {
        Some(second) => format!("{first} {second}"),
        None => first.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::origins;

    #[test]
    fn of_the_citations_of_a_real_list() {
        let cases: &[(&str, &[&str])] = &[
            ("IAEA DG statement to Board 3 Mar 2025 (Korea Daily)", &["iaea"]),
            ("IAEA GOV/2021/40-GC(65)/22 as quoted by NEI Magazine 7 Sep 2021", &["iaea"]),
            ("NTI facilities database no. 751, Undeclared Liquid Waste Storage Site", &["nti"]),
            ("CNS/MIIS North Korea Special Collection: Nuclear Infrastructure", &["cns"]),
            ("US State Department 25 Jun 1999", &["us state"]),
            (
                "The Diplomat/CNS 13 Jul 2018; Wikipedia Kangson enrichment site",
                &["diplomat", "wikipedia"],
            ),
            ("38 North (Heinonen) 17 Dec 2020; Hecker 2021", &["38 north", "hecker"]),
            (
                "GlobalSecurity Pyongsan page; CSIS Beyond Parallel 25 May 2020",
                &["csis", "globalsecurity"],
            ),
            ("", &[]),
        ];
        for (cite, expected) in cases {
            assert_eq!(origins(cite), *expected, "{cite}");
        }
    }
}
