//! The statistics of material balances. Pure: numbers in, numbers out; no files, no clock, seeds passed in.
//! It knows nothing of treaties, statements or reports.
//!
//! From strata and their errors to a verdict:
//!
//! ```
//! use balance::{ErrorModel, Limits, detection, sequential};
//!
//! // Two balances of a store; the inventory between them is one measurement.
//! let mut model = ErrorModel::new(2);
//! let scale = model.source("scale, calibration of March");
//! let stratum = model.stratum("oxide cans");
//! model.quantity(stratum, 100.0, 0.004, &[(scale, 0.002)], &[(0, 1.0)]);
//! model.quantity(stratum, 99.2, 0.004, &[(scale, 0.002)], &[(0, -1.0), (1, 1.0)]);
//! model.quantity(stratum, 98.9, 0.004, &[(scale, 0.002)], &[(1, -1.0)]);
//!
//! let covariance = model.covariance();
//! let (rows, singular) = sequential::test(&model.muf(), &covariance);
//! assert_eq!((rows.len(), singular), (2, None));
//! assert!((rows[1].cumuf - 1.1).abs() < 1e-9);
//!
//! let limits = Limits::new(2, 0.05);
//! let worst = detection::worst_pattern(&covariance, 8.0)?;
//! let found = detection::detect(&covariance, &worst, &limits)?;
//! assert!((found.best - found.cumuf).abs() < 1e-9); // Avenhaus and Jaech
//! # Ok::<(), balance::Singular>(())
//! ```

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of balances, items and nodes"
)]

mod covariance;
pub mod detection;
pub mod difference;
mod errors;
pub mod normal;
pub mod page;
pub mod production;
pub mod sampling;
pub mod sequential;
pub mod series;
pub mod synthetic;
mod verdict;

pub use covariance::{Cholesky, Covariance, Singular};
pub use detection::{Detection, Limits};
pub use errors::{ErrorModel, Share, SourceId, StratumId, Value};
pub use sequential::{Tested, Tests};
pub use verdict::{Alarm, Pattern, Verdict, WORST_CASE};
