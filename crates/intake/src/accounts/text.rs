//! The text of a report file, and mistakes in it with their place.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Diagnostic, Severity, Snippet};

/// What is shown of a long line.
const MAX_SHOWN: usize = 2000;

/// A file's text with an index of its lines, made when the first mistake asks for it.
#[derive(Debug)]
pub(crate) struct FileText {
    /// The file, relative to the case folder.
    pub file: String,
    pub text: String,
    lines: OnceLock<Vec<usize>>,
}

impl FileText {
    pub(crate) fn new(file: &str, text: String) -> Self {
        Self { file: file.to_owned(), text, lines: OnceLock::new() }
    }

    /// The line of a byte, from 1, and where that line begins.
    pub(crate) fn line_of(&self, at: usize) -> (usize, usize) {
        let starts = self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
            std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= at).max(1);
        (line, starts.get(line - 1).copied().unwrap_or(0))
    }

    /// A mistake at some bytes of the file.
    pub(crate) fn fault(
        &self,
        code: &'static str,
        severity: Severity,
        at: Range<usize>,
        message: String,
        label: &str,
    ) -> Diagnostic {
        let text = &self.text;
        let floor = |mut i: usize| {
            i = i.min(text.len());
            while !text.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let (start, end) = (floor(at.start), floor(at.end.max(at.start)));
        let (line, line_start) = self.line_of(start);
        let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
        let line_end = line_end - usize::from(text[start..line_end].ends_with('\r'));
        // Underline within the first line only: an entry may go over many.
        let end = end.clamp(start, line_end.max(start));
        let column = text[line_start..start].chars().count() + 1;
        let (shown, labels) = if line_end - line_start <= MAX_SHOWN {
            let range = start - line_start..end - line_start;
            (text[line_start..line_end].to_owned(), vec![(range, label.to_owned())])
        } else {
            let shown: String = text[start..line_end].chars().take(80).chain(['…']).collect();
            let range = 0..floor_in(&shown, end - start);
            (shown, vec![(range, label.to_owned())])
        };
        Diagnostic {
            code,
            severity,
            file: self.file.clone(),
            line,
            column,
            message,
            help: None,
            snippet: Some(Snippet { text: Arc::from(shown), first_line: line, labels }),
        }
    }
}

fn floor_in(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
