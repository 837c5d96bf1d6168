//! One page for each code.

/// Every code with its page.
pub(crate) const PAGES: &[(&str, &str)] = &[
    ("R001", include_str!("../explain/R001.md")),
    ("R002", include_str!("../explain/R002.md")),
    ("R003", include_str!("../explain/R003.md")),
    ("R004", include_str!("../explain/R004.md")),
    ("R005", include_str!("../explain/R005.md")),
    ("R006", include_str!("../explain/R006.md")),
    ("R007", include_str!("../explain/R007.md")),
    ("R008", include_str!("../explain/R008.md")),
    ("R009", include_str!("../explain/R009.md")),
    ("R010", include_str!("../explain/R010.md")),
    ("R011", include_str!("../explain/R011.md")),
    ("R012", include_str!("../explain/R012.md")),
    ("R013", include_str!("../explain/R013.md")),
    ("R014", include_str!("../explain/R014.md")),
    ("R015", include_str!("../explain/R015.md")),
    ("R016", include_str!("../explain/R016.md")),
    ("R017", include_str!("../explain/R017.md")),
    ("R018", include_str!("../explain/R018.md")),
    ("R019", include_str!("../explain/R019.md")),
    ("R020", include_str!("../explain/R020.md")),
    ("R021", include_str!("../explain/R021.md")),
    ("R022", include_str!("../explain/R022.md")),
    ("R023", include_str!("../explain/R023.md")),
    ("R024", include_str!("../explain/R024.md")),
    ("R025", include_str!("../explain/R025.md")),
    ("R026", include_str!("../explain/R026.md")),
    ("R027", include_str!("../explain/R027.md")),
    ("R028", include_str!("../explain/R028.md")),
    ("R029", include_str!("../explain/R029.md")),
    ("R030", include_str!("../explain/R030.md")),
    ("R031", include_str!("../explain/R031.md")),
    ("R032", include_str!("../explain/R032.md")),
    ("R033", include_str!("../explain/R033.md")),
    ("R034", include_str!("../explain/R034.md")),
    ("R035", include_str!("../explain/R035.md")),
    ("R036", include_str!("../explain/R036.md")),
    ("R037", include_str!("../explain/R037.md")),
    ("R038", include_str!("../explain/R038.md")),
    ("R039", include_str!("../explain/R039.md")),
    ("R040", include_str!("../explain/R040.md")),
    ("R041", include_str!("../explain/R041.md")),
    ("R042", include_str!("../explain/R042.md")),
    ("R043", include_str!("../explain/R043.md")),
    ("R044", include_str!("../explain/R044.md")),
    ("R045", include_str!("../explain/R045.md")),
    ("R046", include_str!("../explain/R046.md")),
    ("R047", include_str!("../explain/R047.md")),
    ("R048", include_str!("../explain/R048.md")),
    ("R049", include_str!("../explain/R049.md")),
    ("R050", include_str!("../explain/R050.md")),
];

/// The page that explains a code: what is wrong, an example, how to mend it.
///
/// ```
/// assert!(roadmap::explain("r007").unwrap().starts_with("# R007: A step after itself"));
/// ```
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(c, _)| c.eq_ignore_ascii_case(code)).map(|(_, page)| *page)
}

/// Every code with the title of its page.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().map(|(code, page)| {
        let title = page.lines().next().unwrap_or_default();
        (*code, title.split_once(": ").map_or(title, |(_, t)| t))
    })
}
