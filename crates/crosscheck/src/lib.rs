//! Cross-check: what was declared against what was seen.
//!
//! ```text
//! declared sites ─┐                       ┌─▶ per site: seen, not seen, attributes disagree, contested
//!                 ├─ candidates ─ score ──┤
//! observations  ──┘  (shared rare words)  └─▶ the rest ─ cluster ─▶ undeclared places: readings, false alarms
//!                                                                       │
//!      grades ─▶ weights ─▶ one for each origin ─▶ fusion ◀─────────────┘
//!                                                     └─▶ questions with intervals ─▶ next looks
//! ```
//!
//! A match is a sum of bits (log2 of a likelihood ratio), one for each field, shown as a waterfall, so that an analyst
//! can see what carries it. What a place is, is weighed from the grades of its reports ([`Settings`]): each question comes
//! with its probability, the range of that over the range of the inputs, every report's weight and what would change
//! it. All choices are in [`Method`]. No result depends on the order in which the case came to hold its statements.

mod assess;
mod attribute;
mod candidates;
mod category;
mod entity;
mod grade;
mod look;
mod memo;
mod name;
mod order;
mod origin;
mod place;
mod print;
mod result;
mod score;
mod shift;
mod unmatched;
mod weigh;

pub use assess::{Crosschecker, assess};
pub use grade::{Chance, Grade, Settings, icd203};
pub use result::{
    AttributeDifference, Change, Counts, Crosscheck, Evidence, Field, Judgement, Level, Look,
    Looked, Match, Method, Misplaced, NamesMet, Neighbour, ObservationRow, Reading, Said, SiteRow,
    Tie, UnmatchedPlace, Verdict, Weighing,
};
pub use shift::{Score, Shift, shifts};
