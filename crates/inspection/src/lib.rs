//! Inspection: what has been tested on the ground, and what has not.
//!
//! This room will hold sampling plans, allocation of inspection effort and the clocks of access. What it does
//! today: [`coverage`] says for each declared site whether any inspection, measurement or seal has tested it,
//! and where each access request stands.

mod access;
mod coverage;
mod sealed;

pub use access::{AccessState, AccessStatus, requests};
pub use coverage::{Coverage, SiteCoverage, coverage};
pub use sealed::{
    AreaStatus, CategoryStatus, ChallengeState, ChallengeStatus, FieldStatus, SealedStatus, sealed,
};
