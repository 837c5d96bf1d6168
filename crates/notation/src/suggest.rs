//! "Did you mean …?"

/// The candidate that is closest to a misspelt word, if any is close: at most one slip in short words, one in
/// three letters in longer ones. A slip is a letter too many, missing, changed, or two letters swapped. Among
/// equally close ones the first is taken.
///
/// ```
/// assert_eq!(notation::did_you_mean("titel", ["title", "due"]), Some("title"));
/// assert_eq!(notation::did_you_mean("dis-70", ["dis-08", "dis-07"]), Some("dis-07"));
/// assert_eq!(notation::did_you_mean("reactor", ["mine", "mill"]), None);
/// ```
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded = word.to_lowercase();
    let limit = (folded.chars().count() / 3).max(1);
    let distance =
        |candidate: &str| strsim::damerau_levenshtein(&folded, &candidate.to_lowercase());
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(slips, _)| *slips <= limit)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}
