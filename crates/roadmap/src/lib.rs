//! The roadmap: an agreement as text that can be read, checked and followed.
//!
//! [`read`] turns the text into a [`Roadmap`] and finds what is wrong with it, all at once. [`status`] says
//! where each step stands on a day, from what the ledger holds: progress, timeliness and dispute are kept
//! apart, since a step can be on its day and false, or late and accepted.
//!
//! The forms of the language are in `docs/roadmap-language.md`.

mod check;
mod days;
mod engine;
mod explain;
mod expression;
mod facts;
mod history;
mod import;
mod limits;
mod model;
mod promises;
mod read;
mod scenario;
mod status;
mod units;

pub use check::check;
pub use days::{add as add_length, after as after_length, subtract as subtract_length};
pub use engine::{last_fact, status, status_in};
pub use explain::{codes, explain};
pub use expression::{Comparison, Expression, Field};
pub use import::{Imported, Mapping, StepRow, import};
pub use limits::{LimitState, LimitStatus, Reading as LimitReading};
pub use model::{
    Bundle, Calendar, Clock, Condition, Conversion, CountedFrom, Due, DueBy, Duration, Effect,
    InStepWith, Is, Lasting, Length, Limit, LimitValue, Moment, Owes, Payoff, Postponement, Power,
    PowerKind, Quota, Recurrence, Reversal, RivalReading, Roadmap, Role, Round, Share, StateOf,
    Step, UserCheck, Wait, Whichever, Window, total_days,
};
pub use promises::PartyPromises;
pub use read::{Reading, forms, read};
pub use scenario::{
    Expectation, Expected, Outcome, Scenario, ScenarioEvent, ScenarioFact, ScenarioFigure,
    read_scenarios, run as run_scenario,
};
pub use status::{
    BundleStatus, Dispute, DisputeAxis, EventStatus, InStepStatus, LastingState, LastingStatus,
    PowerState, PowerStatus, ReadingStatus, Regime, Status, StepState, StepStatus, Timeliness,
    Turns,
};
pub use units::convert;
