//! What is said about a text.

use crate::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The text cannot be used as it is.
    Error,
    /// It can, but something looks wrong.
    Warning,
    /// A remark.
    Advice,
}

/// One message about a text, with the places it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its code: `K003`. Never given to another message.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub text: String,
    /// The places, the first one first in importance, each with what it has to do with it.
    pub labels: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Message {
    /// An error at one place.
    pub fn error(
        code: &'static str,
        span: Span,
        text: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let labels = vec![(span, label.into())];
        Self { code, severity: Severity::Error, text: text.into(), labels, help: None }
    }

    /// A warning at one place.
    pub fn warning(
        code: &'static str,
        span: Span,
        text: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, text, label) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do, where there is something.
    #[must_use]
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// Where it is, for sorting.
    #[must_use]
    pub fn start(&self) -> usize {
        self.labels.first().map_or(0, |(span, _)| span.start)
    }
}
