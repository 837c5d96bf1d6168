//! The API: every part of an assessment, on any day, over HTTP.
//!
//! A [`Question`] about a [`Snapshot`] (a case on a day) has one answer, so answers are remembered by question, day
//! and state of the case; the same pair is the ETag. The report asks the same questions.

mod answers;
pub mod balances;
mod ground;
pub mod map;
pub mod overview;
pub mod question;
pub mod record;
mod routes;
pub mod table;

pub use answers::{Answer, Answers, Source};
pub use question::{Paging, Question, Snapshot, parts};
pub use routes::{openapi, routes};
pub use table::{Asked, names as tables};
