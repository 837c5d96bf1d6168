//! The vocabulary of a disarmament agreement: what parties can say, as bytes that never change.
//!
//! A [`Statement`] is a [`Header`] (which case, whose word, from what source) and a [`Body`] (one of the
//! [kinds]). Its text is a first line naming version and kind and one line of canonical JSON (RFC 8785)
//! without floating-point numbers; [`Statement::sign`] wraps it in a C2SP signed note, which is the entry of
//! the ledger.
//!
//! ```text
//! lockstep/v1 site.declare
//! {"body":{"category":"research reactor","name":"IRT"},"case":"dprk","id":"d92-irt","party":"DPRK"}
//!
//! — desk.example/dprk 8sLk…
//! ```
//!
//! Types that real records asked for: [`Date`] (may be partial), [`Claim`] (a figure with kind, bound, unit
//! and date), [`Place`] (a point with precision, a relation, or words), [`Source`] (with grade and basis),
//! [`Standing`] (whose word it is, from who signed) and [`Outcome`].

mod attachment;
mod check;
mod claim;
mod date;
mod id;
pub mod kinds;
mod outcome;
mod place;
mod quantity;
mod source;
mod standing;
mod statement;

pub use attachment::attachments;
pub use check::Fault;
pub use claim::{Bound, Claim, QuantityKind};
pub use date::{Date, DateError, Time, days, first_second, last_second};
pub use id::{CaseId, IdError, ObjectId, PartyId, Sha256Digest};
pub use jiff::{Timestamp, civil, tz};
pub use kinds::inspection::Attachment;
pub use kinds::{Body, Kind, Unknown, UnknownKind};
pub use outcome::Outcome;
pub use place::{Place, Point, Relation};
pub use quantity::{Decimal, DecimalError, Exact, Quantity};
pub use source::{Basis, Reliability, Source};
pub use standing::Standing;
pub use statement::{
    Header, MAX_ENTRY, ReadError, Statement, VERSION, canonical_value, open_entry,
};
