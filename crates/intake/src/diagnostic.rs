//! Mistakes, shown as a good compiler shows them.

use std::fmt;
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use serde::{Serialize, Serializer};

pub use notation::Severity;

/// One mistake or remark, with its place.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Its code: `I012`. Never given to another message.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The file, relative to the case folder.
    pub file: String,
    /// Its line, from 1; 0 when it concerns the file as a whole.
    pub line: usize,
    /// Its column in characters, from 1; 0 when it concerns the file as a whole.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The part of the file to show, with the places in it.
    pub(crate) snippet: Option<Snippet>,
}

/// Some lines of a file.
#[derive(Debug, Clone)]
pub(crate) struct Snippet {
    /// The lines.
    pub text: Arc<str>,
    /// The number of the first of them, from 1.
    pub first_line: usize,
    /// Byte ranges in `text` with what is said of them.
    pub labels: Vec<(std::ops::Range<usize>, String)>,
}

impl Diagnostic {
    pub(crate) fn whole_file(code: &'static str, file: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
            help: None,
            snippet: None,
        }
    }

    /// A message about a text of the folder that another reader found (a roadmap, `case.kdl`).
    #[must_use]
    pub fn of_message(file: &str, text: &Arc<str>, message: notation::Message) -> Self {
        let (line, column) = notation::Source::new(text).position(message.start());
        let snippet = Snippet { text: Arc::clone(text), first_line: 1, labels: message.labels };
        Self {
            code: message.code,
            severity: message.severity,
            file: file.to_owned(),
            line,
            column,
            message: message.text,
            help: message.help,
            snippet: Some(snippet),
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Diagnostic", 7)?;
        out.serialize_field("code", self.code)?;
        out.serialize_field("severity", severity_name(self.severity))?;
        out.serialize_field("file", &self.file)?;
        out.serialize_field("line", &self.line)?;
        out.serialize_field("column", &self.column)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("help", &self.help)?;
        out.end()
    }
}

/// How many diagnostics are drawn; a table with a wrong column has one for each of its rows.
const DRAWN: usize = 200;

/// Draws diagnostics, one below the other: errors before warnings when there are too many to draw them all.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], width: usize, colour: bool) -> String {
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_context_lines(1);
    let mut out = String::new();
    let mut drawn: Vec<&Diagnostic> = diagnostics.iter().collect();
    if drawn.len() > DRAWN {
        drawn.sort_by_key(|d| d.severity != Severity::Error);
        drawn.truncate(DRAWN);
    }
    for diagnostic in &drawn {
        // Writing into a String cannot fail.
        let _ = handler.render_report(&mut out, &Shown(diagnostic));
        out.push('\n');
    }
    if drawn.len() < diagnostics.len() {
        let more = diagnostics.len() - drawn.len();
        out += &format!("… and {more} more; --format csv lists them all\n\n");
    }
    out
}

/// A diagnostic in miette's eyes.
struct Shown<'a>(&'a Diagnostic);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.snippet.is_none() {
            write!(f, "{}: {}", self.0.file, self.0.message)
        } else {
            f.write_str(&self.0.message)
        }
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.0.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.0.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.snippet.is_some().then_some(self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = &self.0.snippet.as_ref()?.labels;
        Some(Box::new(labels.iter().map(|(range, text)| {
            let text = (!text.is_empty()).then(|| text.clone());
            LabeledSpan::new(text, range.start, range.end - range.start)
        })))
    }
}

impl SourceCode for Shown<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let snippet = self.0.snippet.as_ref().ok_or(miette::MietteError::OutOfBounds)?;
        let inner = snippet.text.as_bytes().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.file.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + snippet.first_line - 1,
            inner.column(),
            inner.line_count(),
        )))
    }
}
