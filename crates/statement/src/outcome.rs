//! How a finding or an access request ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a finding or an access request ended. "Confirmed or refuted" is not enough: at Kumchang-ri in 1999
/// the tunnels were empty and the past could not be ruled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What was suspected was found.
    Confirmed,
    /// What was suspected is excluded.
    Refuted,
    /// It was looked for, not found, and cannot be excluded.
    CannotRuleOut,
    /// Access or answer was refused.
    Refused,
    /// There was no answer by the date.
    NoAnswer,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::CannotRuleOut => "cannot rule out",
            Self::Refused => "refused",
            Self::NoAnswer => "no answer",
        })
    }
}
