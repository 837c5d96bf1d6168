//! Promises kept, measured: the same measures for every party.
//!
//! Slip, ratio, renewed promises, time to completion with promises not yet kept, earned schedule, a cumulative sum of
//! slips, days lost by the cause stated, conditions added after acceptance, benefits received against obligations
//! fulfilled; and how unusual each is among real agreements. The result says what was promised, what was done and what
//! was said; it never says why.

mod causes;
mod conduct;
mod cusum;
mod flows;
mod reference;
mod response;
mod schedule;
mod survival;

pub use causes::{Cause, Evidence};
pub(crate) use conduct::known_promise;
pub use conduct::{
    AddedCondition, Comparison, Delays, INTRA_CASE_CORRELATION, PartyDelays, PromiseDelay, delays,
    promised_on,
};
pub use cusum::{H as CUSUM_H, K as CUSUM_K, cusum, run_length};
pub use flows::{FlowPoint, Flows};
pub use reference::{InTime, ReferenceClass, ReferenceFacts, ReferencePromise};
pub use response::Response;
pub use schedule::{EarnedSchedule, earned_schedule, pert};
pub use survival::{
    CurvePoint, Interval, LogRank, Turnbull, chi_square_tail, kaplan_meier, log_rank,
};
