//! The case: the state of affairs as a pure, deterministic fold over the ledger's statements.
//!
//! ```text
//! entry bytes ──Parsed::read──▶ Parsed ──Case::apply──▶ Case
//!              (no state, any                (in ledger order,
//!               core)                         total)
//! ```
//!
//! Invariants:
//! - The same entries in the same order give the same case, bit for bit, as JSON.
//! - No entry makes the fold fail. One that is early, forged, duplicate or not allowed changes nothing and
//!   is listed in [`Case::rejected`] with the reason.
//! - Every object lists in `because` the entries that made it what it is.
//! - [`Standing`](statement::Standing) follows from who signed, never from what the text says of itself.
//!
//! Signatures are checked when an entry is appended and by `ledger verify`; the fold looks only at *which*
//! enrolled keys signed and what they may sign.

mod field;
mod fold;
mod folding;
mod keys;
mod parsed;
mod record;
mod sealed;
mod shelf;
mod state;

pub use field::{History, Sample, TransferStanding, Transferred, Waiting, Waits, in_time};
pub use folding::Folding;
pub use keys::{Key, KeyRef, Keys};
pub use parsed::Parsed;
pub use record::{Index, Record, Rejection, UnknownKind};
pub use sealed::{Challenged, Sealed};
pub use shelf::{Records, Shelf};
pub use state::{
    Access, AccessActs, Case, Counts, Finding, Interview, Item, Object, PhysicalSeal, Revisions,
    StepStatement,
};
