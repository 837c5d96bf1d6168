//! Whose word a statement is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whose word a statement is. It is never written in the statement: it follows from who signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The party's own enrolled key signed it.
    Attested,
    /// Someone else recorded it from a named source.
    Attributed,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Attested => "attested",
            Self::Attributed => "attributed",
        })
    }
}
