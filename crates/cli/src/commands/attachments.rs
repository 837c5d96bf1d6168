//! `ledger attach`, `ledger attachments` and `ledger find`: files beside the log, and entries by what they speak of.

use std::path::{Path, PathBuf};

use ledger::Ledger;
use ledger::attachments::{Attachments, Held};
use ledger::index::SubjectIndex;
use serde::Serialize;
use statement::{Attachment, Statement, open_entry};

use super::ledger::open;
use crate::args::{CaseArgs, Format, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, ledger_file};

/// An attachment that an entry names, and what is there of it.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub index: u64,
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
    /// `held`, `withheld` or `wrong`.
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Named {
    pub(super) fn new(index: u64, attachment: Attachment, held: Held) -> Self {
        let (state, reason) = match held {
            Held::Good(_) => ("held", None),
            Held::Withheld => ("withheld", None),
            Held::Wrong(reason) => ("wrong", Some(reason)),
        };
        let Attachment { bytes, name, sha256 } = attachment;
        Self { index, name, bytes, sha256: sha256.to_string(), state, reason }
    }
}

/// The attachments that an entry names.
pub(super) fn of_entry(entry: &[u8]) -> Vec<Attachment> {
    // Most entries name none: seen without taking the note apart.
    if !std::str::from_utf8(entry).is_ok_and(|text| text.contains("\"sha256\"")) {
        return Vec::new();
    }
    open_entry(entry).map(|note| statement::attachments(note.text())).unwrap_or_default()
}

/// Every attachment that the ledger names, with what lies beside it.
pub(super) fn all(ledger: &Ledger) -> Result<Vec<Named>, CliError> {
    let beside = Attachments::beside(ledger.path());
    let mut named = Vec::new();
    let mut wanted = Vec::new();
    ledger.scan(|entries| {
        for entry in entries {
            wanted.extend(of_entry(&entry.bytes).into_iter().map(|a| (entry.index, a)));
        }
    })?;
    for (index, attachment) in wanted {
        let held = beside.held(&attachment)?;
        named.push(Named::new(index, attachment, held));
    }
    Ok(named)
}

pub(crate) fn attach(case: &Path, files: &[PathBuf], place: &PlaceArgs) -> Result<u8, CliError> {
    let beside = Attachments::beside(&ledger_file(case, place));
    for file in files {
        let bytes =
            std::fs::read(file).map_err(|e| CliError::Call(format!("{}: {e}", file.display())))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let Attachment { bytes, name, sha256 } = beside.put(&name, &bytes)?;
        output::print(&format!("{sha256}  {bytes} bytes  {name}\n"))?;
    }
    Ok(0)
}

pub(crate) fn list(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    #[derive(Serialize)]
    struct Listing<'a> {
        attachments: &'a [Named],
    }
    let named = all(&open(&case.case, &case.place)?)?;
    let wrong = named.iter().any(|n| n.state == "wrong");
    if view.format == Format::Json {
        output::json("lockstep/ledger-attachments/v1", &Listing { attachments: &named })?;
        return Ok(u8::from(wrong));
    }
    let mut table = desk::Table::new(&["entry", "name", "bytes", "state", "sha256"]);
    for n in &named {
        let state = n.reason.as_ref().map_or(n.state.to_owned(), |r| format!("WRONG: {r}"));
        table.push(vec![
            n.index.to_string(),
            n.name.clone(),
            n.bytes.to_string(),
            state,
            n.sha256.clone(),
        ]);
    }
    if named.is_empty() && view.format == Format::Table {
        output::print("no entry names a file\n")?;
    } else {
        output::table(view.format, &table)?;
    }
    Ok(u8::from(wrong))
}

#[derive(Serialize)]
struct Found {
    index: u64,
    /// What the thing is in the entry: `site`, `item`, `party`, `step`; `id` where the entry made it.
    role: String,
    kind: String,
    id: String,
    party: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
}

pub(crate) fn find(what: &[String], place: &PlaceArgs, view: &ViewArgs) -> Result<u8, CliError> {
    #[derive(Serialize)]
    struct Answer<'a> {
        id: &'a str,
        entries: &'a [Found],
    }
    let (case, id) = super::case_and(what);
    let ledger = open(&case, place)?;
    let mut found = Vec::new();
    for mention in SubjectIndex::open(&ledger)?.find(id)? {
        let entry = ledger.entry(mention.index)?;
        let statement = open_entry(&entry).and_then(|note| Statement::read(note.text()))?;
        found.push(Found {
            index: mention.index,
            role: mention.role,
            kind: statement.kind_name().to_owned(),
            id: statement.header.id.to_string(),
            party: statement.header.party.to_string(),
            said: statement.header.said.as_ref().map(ToString::to_string),
        });
    }
    if view.format == Format::Json {
        output::json("lockstep/ledger-find/v1", &Answer { id, entries: &found })?;
        return Ok(0);
    }
    if found.is_empty() && view.format == Format::Table {
        return output::print(&format!("no entry speaks of `{id}`\n")).map(|()| 0);
    }
    let mut table = desk::Table::new(&["entry", "as", "kind", "id", "word_of", "said"]);
    for f in found {
        let said = f.said.unwrap_or_default();
        table.push(vec![f.index.to_string(), f.role, f.kind, f.id, f.party, said]);
    }
    output::table(view.format, &table)?;
    Ok(0)
}
