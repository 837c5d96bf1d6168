//! Material accountancy: reports checked, balances struck, figures side by side.
//!
//! [`Reports`] puts the statements of accounting reports together and applies their corrections; [`Accounts`] checks
//! them by every rule of [`RULES`], runs the ledger of each area and strikes its balances, each figure traced to the
//! lines it rests on; [`judge`] weighs them with the errors of their measurements. [`figures`](compare) puts every stated figure beside the others that count the same thing and says which
//! cannot both be true. Figures that count different things (plutonium *produced*, *extracted*, *in waste*)
//! are kept apart: 30, 37, 30.8 and about 40 kg are not four errors.

mod accounts;
mod bookkeeper;
pub mod codes;
mod figures;
pub mod goals;
mod judgement;
mod material_balance;
mod material_ledger;
pub mod production;
mod quantity;
mod report;
mod rules;
pub mod synthetic;
mod unit;

pub use accounts::{AccountSummary, Accounts, BalanceRow, balance_id};
pub use bookkeeper::Bookkeeper;
pub use figures::{Disagreement, Figure, FigureGroup, Figures, Method, compare};
pub use judgement::{
    CONVENTION, Closed, ErrorsRow, Judgement, Judging, at_odds, errors_of, idle, judge,
};
pub use material_balance::{
    AreaBalance, Beginning, ChangeSum, MaterialBalance, Period, Trace, Weights, balances,
};
pub use material_ledger::{AreaLedger, Book, LedgerLine, Point, ledgers};
pub use quantity::{Differ, Placed, Quantity, Seeming};
pub use report::{At, Correction, Entry, Fate, Report, Reports, Stated, Target, contribution};
pub use rules::{Finding, Gravity, RULES, Rule, Validation, Withheld};
pub use unit::Unit;
