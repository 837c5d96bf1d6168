//! The desk: how people see an assessment.
//!
//! Today it holds the views of the command line: [`summary`] on one page, and [`views`] as tables that print
//! within 100 columns or go out as CSV. [`http`] serves a log and a witness; the API
//! and the web application come there too, and show the same [`Assessment`](assessment::Assessment).

pub mod calendar;
pub mod http;
mod summary;
mod table;
pub mod views;
pub mod views_balance;
pub mod views_field;

pub use summary::{Recorded, count, summary};
pub use table::Table;

/// Tables fit this many columns unless a terminal is narrower.
pub const WIDTH: usize = 100;
