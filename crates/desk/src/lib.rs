//! The desk: how people see an assessment.
//!
//! Today it holds the views of the command line: [`summary`] on one page, and [`views`] as tables that print
//! within 100 columns or go out as CSV. The HTTP API and the web application come here too, and show the same
//! [`Assessment`](assessment::Assessment).

mod summary;
mod table;
pub mod views;

pub use summary::{Recorded, count, summary};
pub use table::Table;

/// Tables fit this many columns unless a terminal is narrower.
pub const WIDTH: usize = 100;
