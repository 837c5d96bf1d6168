//! Custody: items and sites on their way to the end. Who holds them, what stage they reached and how that is known,
//! from when to when others could be sure of them; shipments reconciled; transfers as EPCIS events.
//!
//! [`Custodian`] assesses all items, again and again as a case grows, and looks again only at those that changed.

mod continuity;
pub mod epcis;
mod items;
mod manifest;
mod sequence;

pub use continuity::{Interval, Knowledge};
pub use items::{ClassStatus, Custodian, Custody, ItemStatus, Problem, Rules, StageShare};
pub use manifest::{LIMIT_SIGMA, Reconciliation, SealMismatch, Twice, WeightDifference, reconcile};
pub use sequence::{Sequence, Sequences};
