//! The desk: how people see an assessment.
//!
//! [`summary`] on one page and [`views`] as tables for the command line; [`api`] and [`pages`] for the browser;
//! [`report`] for one file that needs neither; [`http`] serves them, the log and a witness. All show the same
//! [`Assessment`](assessment::Assessment).

pub mod api;
pub mod calendar;
pub mod findings;
pub mod http;
mod lines;
pub mod maps;
mod material;
pub mod pages;
pub mod picture;
pub mod report;
pub mod roadmap_calendar;
mod signature;
mod summary;
mod table;
pub mod views;
pub mod views_accounts;
pub mod views_balance;
pub mod views_field;
pub mod why;
mod why_accounts;

pub use material::{Material, Mistake, Places, Problem};
pub use signature::{Signature, signatures};
pub mod views_foresight;

pub use lines::wrapped;
pub use summary::{Recorded, count, summary};
pub use table::Table;

/// Tables fit this many columns unless a terminal is narrower.
pub const WIDTH: usize = 100;
