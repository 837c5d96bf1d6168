//! Inspection: what has been tested on the ground, and what has not.
//!
//! [`coverage`] says for each declared site whether any inspection, measurement or seal has tested it. [`requests`]
//! says where each access request stands: one state machine, with the clocks of its [`Regime`] as data, to the
//! second. [`agreed_texts`] says which version of an agreed text each party stands by.

mod access;
mod clock;
mod coverage;
mod interviews;
pub mod regime;
mod samples;
mod sealed;
mod texts;

pub use access::{
    AccessState, AccessStatus, AsOf, ClockState, ClockStatus, Decision, Passage, QuotaUse, Used,
    days_used, requests,
};
pub use coverage::{Coverage, SiteCoverage, coverage};
pub use interviews::{
    InterviewState, InterviewStatus, Interviews, RoleCoverage, TermCount, interviews,
};
pub use regime::{Regime, Regimes};
pub use samples::{Effort, SampleResult, SampleStatus, effort, samples};
pub use sealed::{
    AreaStatus, CategoryStatus, ChallengeState, ChallengeStatus, FieldStatus, SealedStatus, sealed,
};
pub use texts::{AgreedText, PartyStance, Version, agreed_texts};
