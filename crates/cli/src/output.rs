//! Printing: to a pipe that may close, in the form that was asked for.

use std::io::{IsTerminal, Write};

use desk::Table;
use serde::Serialize;

use crate::args::Format;
use crate::session::CliError;

/// Prints to standard output. A reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Err(CliError::Closed),
        Err(e) => Err(CliError::Output(e)),
    }
}

/// Prints a result as JSON, with the name of the schema that describes it.
pub(crate) fn json(schema: &'static str, value: &impl Serialize) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Named<'a, T> {
        schema: &'static str,
        #[serde(flatten)]
        value: &'a T,
    }
    let text = serde_json::to_string_pretty(&Named { schema, value })
        .map_err(|e| CliError::Output(e.into()))?;
    print(&(text + "\n"))
}

/// Prints a table for people or for spreadsheets.
pub(crate) fn table(format: Format, table: &Table) -> Result<(), CliError> {
    print(&if format == Format::Csv { table.to_csv() } else { table.to_text(width()) })
}

/// Words on lines that fit; the lines after the first of each are set in by two spaces.
pub(crate) fn wrapped(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut column = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width() {
                out += "\n  ";
                column = 2;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out += word;
            column += length;
        }
        out.push('\n');
    }
    out
}

/// Columns to print within: those of the terminal, at most 100.
pub(crate) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|c| *c >= 60);
    columns.unwrap_or(desk::WIDTH).min(desk::WIDTH)
}

/// Whether standard error is a person.
pub(crate) fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether standard output is a person who wants colour.
pub(crate) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// A remark on standard error.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Several lines on standard error; nothing where there is nothing to say.
pub(crate) fn remark_all(text: &str) {
    if !text.is_empty() {
        remark(text.trim_end());
    }
}

/// An error on standard error.
pub(crate) fn complain(text: &str) {
    remark(&format!("error: {text}"));
}

/// A line on a terminal that is written over as work goes on; nothing elsewhere.
pub(crate) struct Progress {
    shown: bool,
    started: std::time::Instant,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { shown: false, started: std::time::Instant::now() }
    }

    /// Shows how far the work is, once it has lasted a second.
    pub(crate) fn show(&mut self, what: &str, done: u64, of: u64) {
        if stderr_is_terminal() && self.started.elapsed().as_millis() > 1000 {
            self.shown = true;
            let percent = done * 100 / of.max(1);
            let _ = write!(std::io::stderr(), "\r{what} {done} of {of} ({percent} %)\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
