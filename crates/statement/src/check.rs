//! Validation that collects every fault instead of stopping at the first.

use std::fmt;

use crate::Date;

/// One thing wrong with a statement's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, as a path in the JSON text: `body.place.point.lat`.
    pub field: String,
    /// What is wrong and what was expected.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

/// A part of a statement that can be checked by itself.
pub(crate) trait Check {
    /// Adds what is wrong with `self`, which stands at the path `at`.
    fn check(&self, at: &str, faults: &mut Faults);
}

impl Faults {
    pub(crate) fn add(&mut self, at: &str, field: &str, reason: impl Into<String>) {
        let dot = if at.is_empty() || field.is_empty() { "" } else { "." };
        self.0.push(Fault { field: format!("{at}{dot}{field}"), reason: reason.into() });
    }

    /// A text that must say something.
    pub(crate) fn text(&mut self, at: &str, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(at, field, "it is empty");
        }
    }

    /// Two dates of which the second may not certainly come before the first.
    pub(crate) fn order(&mut self, at: &str, field: &str, from: Option<&Date>, to: Option<&Date>) {
        if let (Some(from), Some(to)) = (from, to)
            && from.certainly_after(to)
        {
            self.add(at, field, format!("it ends on {to}, before it begins on {from}"));
        }
    }
}

impl<T: Check> Check for Option<T> {
    fn check(&self, at: &str, faults: &mut Faults) {
        if let Some(inner) = self {
            inner.check(at, faults);
        }
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, at: &str, faults: &mut Faults) {
        for (i, inner) in self.iter().enumerate() {
            inner.check(&format!("{at}[{i}]"), faults);
        }
    }
}
