//! Where a recorded statement comes from and how far it can be trusted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};

/// How sure the recorder is of the record itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The cited source was seen.
    Seen,
    /// Part was seen, part is from memory.
    Mixed,
    /// From memory: to be checked before anybody relies on it.
    Memory,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Seen => "seen",
            Self::Mixed => "mixed",
            Self::Memory => "memory",
        })
    }
}

/// Reliability of a source, the letter of the Admiralty (NATO AJP-2.1) grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reliability {
    /// Completely reliable.
    A,
    /// Usually reliable.
    B,
    /// Fairly reliable.
    C,
    /// Not usually reliable.
    D,
    /// Unreliable.
    E,
    /// Cannot be judged.
    F,
}

impl std::str::FromStr for Reliability {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Ok(match s {
            "A" => Self::A,
            "B" => Self::B,
            "C" => Self::C,
            "D" => Self::D,
            "E" => Self::E,
            "F" => Self::F,
            _ => return Err(()),
        })
    }
}

/// The source of a statement that someone records on behalf of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How sure the recorder is.
    pub basis: Basis,
    /// The document, page, broadcast or person, so that another can find it.
    pub cite: String,
    /// Credibility of this item, the digit of the Admiralty grade: 1 confirmed by others, 2 probably true,
    /// 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credibility: Option<u8>,
    /// Reliability of the source, the letter of the grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
}

impl Source {
    /// The grade as analysts write it: `B2`; empty when the source was not graded.
    #[must_use]
    pub fn grade(&self) -> String {
        let letter = self.reliability.map(|r| format!("{r:?}")).unwrap_or_default();
        let digit = self.credibility.map(|c| c.to_string()).unwrap_or_default();
        letter + &digit
    }
}

impl Check for Source {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "cite", &self.cite);
        if self.credibility.is_some_and(|c| !(1..=6).contains(&c)) {
            faults.add(
                at,
                "credibility",
                "a credibility is a digit from 1 (confirmed) to 6 (cannot be judged)",
            );
        }
    }
}
