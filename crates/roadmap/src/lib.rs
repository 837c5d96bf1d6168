//! The roadmap: an agreement as text that can be read, checked and followed.
//!
//! [`read`] turns the text into a [`Roadmap`] and finds what is wrong with it, all at once. [`status`] says
//! where each step stands on a day, from what the ledger holds: progress, timeliness and dispute are kept
//! apart, since a step can be on its day and false, or late and accepted.
//!
//! The forms of the language are in `docs/roadmap-language.md`.

mod limits;
mod model;
mod promises;
mod read;
mod status;

pub use limits::{LimitState, LimitStatus, Reading as LimitReading};
pub use model::{Condition, Due, Postponement, Roadmap, Role, Step};
pub use promises::PartyPromises;
pub use read::{Reading, read};
pub use status::{Dispute, EventStatus, Status, StepState, StepStatus, Timeliness, status};
