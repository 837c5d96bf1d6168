//! The case at hand, as whoever opened it hands it to the desk.

use std::collections::HashMap;
use std::path::PathBuf;

use assessment::Field;
use case::Case;
use foresight::sequence::Judgement;
use ledger::{Ledger, LedgerError};
use roadmap::Roadmap;
use serde::Serialize;
use statement::{ObjectId, ReadError, Statement};
use tlog::note::NoteError;
use utoipa::ToSchema;

use crate::Recorded;

/// Everything that is shown of a case, apart from what is assessed of it.
#[derive(Debug, Default)]
pub struct Material {
    /// The case's title.
    pub title: String,
    /// The state of affairs.
    pub case: Case,
    /// The folder's own rules for the field: its regimes of access and calendar.
    pub field: Field,
    /// The agreement, where the folder holds one.
    pub roadmap: Option<Roadmap>,
    /// What somebody judges of its steps: durations, payoffs.
    pub judgement: Judgement,
    /// The ledger's file; `None` when nothing is recorded and the folder alone is shown.
    pub ledger: Option<PathBuf>,
    /// What opening it did to the ledger.
    pub recorded: Recorded,
    /// The mistakes of the folder.
    pub diagnostics: Vec<Mistake>,
    /// Where each statement stands in the folder.
    pub places: Places,
    /// The statements of the folder in their order, when there is no ledger to read them from.
    pub unrecorded: Vec<Statement>,
    /// What the folder's text adds to the ledger (its agreement, its mistakes), as a digest: two materials of one
    /// root and one digest show the same.
    pub digest: String,
}

impl Material {
    /// The ledger, opened for reading.
    ///
    /// # Errors
    /// When the file cannot be read or is not the ledger it was.
    pub fn open_ledger(&self) -> Result<Option<Ledger>, LedgerError> {
        self.ledger.as_deref().map(|file| Ledger::open(file, None)).transpose()
    }
}

/// One mistake of the folder, with the text it stands in drawn as a terminal would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mistake {
    /// Its code.
    pub code: String,
    /// `error`, `warning` or `advice`.
    pub severity: String,
    /// The file, relative to the folder.
    pub file: String,
    /// The line, from 1; 0 when it is about the whole file.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The place, underlined, in characters of equal width.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn: Option<String>,
}

/// File and line of every statement of a folder.
#[derive(Debug, Clone, Default)]
pub struct Places {
    files: Vec<String>,
    by_id: HashMap<ObjectId, (u32, u32)>,
}

impl Places {
    /// No places yet, in these files.
    #[must_use]
    pub fn new(files: Vec<String>) -> Self {
        Self { files, by_id: HashMap::new() }
    }

    /// Notes where a statement stands.
    pub fn insert(&mut self, id: ObjectId, file: usize, line: usize) {
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.by_id.entry(id).or_insert((short(file), short(line)));
    }

    /// `declarations/declared-1992.csv:10`.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<String> {
        let (file, line) = self.by_id.get(id)?;
        Some(format!("{}:{line}", self.files.get(usize::try_from(*file).ok()?)?))
    }
}

/// Why something asked of the desk cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// The question is wrong.
    #[error("{0}")]
    Question(String),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An entry is no statement.
    #[error("an entry of the ledger is no statement: {0}")]
    Entry(#[from] ReadError),
    /// An entry is no signed note.
    #[error("an entry of the ledger is no signed note: {0}")]
    Note(#[from] NoteError),
    /// The answer could not be written.
    #[error("the answer could not be written: {0}")]
    Json(#[from] serde_json::Error),
}
