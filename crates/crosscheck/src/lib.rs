//! Cross-check: what was declared against what was seen.
//!
//! ```text
//! declared sites ─┐                       ┌─▶ per site: seen, not seen, contested
//!                 ├─ candidates ─ score ──┼─▶ unmatched places, ranked
//! observations  ──┘  (shared rare words)  └─▶ points that contradict their names
//! ```
//!
//! A score is a sum of bits (log2 of a likelihood ratio), one for each field, shown as a waterfall, so that an
//! analyst can see what carries a match. This is the first version: names are compared as folded forms with
//! one light fold for romanized Korean, not yet the five systems; the weights are fixed and stated in
//! [`Method`], not yet learned from the data.

mod assess;
mod category;
mod entity;
mod name;
mod place;
mod result;
mod score;
mod unmatched;

pub use assess::{Crosschecker, assess};
pub use result::{
    AttributeDifference, Crosscheck, Field, Match, Method, Misplaced, ObservationRow, SiteRow,
    UnmatchedPlace, Verdict,
};
