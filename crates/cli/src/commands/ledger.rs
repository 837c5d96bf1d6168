//! `ledger show` and `verify`.

use std::path::Path;

use desk::{Signature, signatures};
use ledger::Ledger;
use serde::Serialize;
use statement::{Statement, open_entry};
use tlog::tree::leaf_hash;

use crate::args::{CaseArgs, Format, PlaceArgs, ViewArgs};
use crate::output::{self, Progress};
use crate::session::{CliError, ledger_file, load};

pub(super) fn open(case: &Path, place: &PlaceArgs) -> Result<Ledger, CliError> {
    let file = ledger_file(case, place);
    if !file.exists() {
        return Err(CliError::NoLedger(file));
    }
    Ok(Ledger::open(&file, None)?)
}

pub(super) fn number(text: &str) -> Result<u64, CliError> {
    text.parse().map_err(|_| {
        CliError::Call(format!(
            "`{text}` is not the number of an entry; entries are numbered from 0"
        ))
    })
}

#[derive(Serialize)]
struct Entry<'a> {
    index: u64,
    kind: Option<String>,
    id: Option<String>,
    leaf_hash: String,
    text: &'a str,
    signatures: Vec<Signature>,
    /// Why it does not count; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<String>,
}

pub(crate) fn show(what: &[String], place: &PlaceArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let (case, n) = super::case_and(what);
    let index = number(n)?;
    let ledger = open(&case, place)?;
    let bytes = ledger.entry(index)?;
    let state = load(&ledger)?;
    let note = open_entry(&bytes)?;
    let read = Statement::read(note.text());
    let entry = Entry {
        index,
        kind: read.as_ref().ok().map(|s| s.kind_name().to_owned()),
        id: read.as_ref().ok().map(|s| s.header.id.to_string()),
        leaf_hash: leaf_hash(&bytes).to_string(),
        text: note.text(),
        signatures: signatures(&note, &state),
        rejected: state.rejected.iter().find(|r| r.index == index).map(|r| r.reason.clone()),
    };
    if view.format == Format::Json {
        output::json("lockstep/ledger-entry/v1", &entry)?;
        return Ok(0);
    }
    let mut out =
        format!("entry {index} of {}, leaf hash {}\n\n", ledger.origin(), entry.leaf_hash);
    out += &String::from_utf8_lossy(&bytes);
    out += "\n";
    for s in &entry.signatures {
        let owner = s.owner.as_deref().unwrap_or("nobody enrolled");
        out += &format!("signature by {} ({}) of {owner}: {}\n", s.key, s.key_id, s.state);
    }
    if let Some(reason) = &entry.rejected {
        out += &format!("it does not count: {reason}\n");
    }
    output::print(&out)?;
    Ok(0)
}

#[derive(Serialize)]
struct Verification {
    origin: String,
    size: u64,
    root: Option<String>,
    checkpoints: u64,
    seconds_hashing: f64,
    seconds_signatures: f64,
    /// Entries that no enrolled key signed.
    unsigned: Vec<u64>,
    ok: bool,
    /// The first entry that is wrong; absent when none is, or when it is not one entry's fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_wrong: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(crate) fn verify(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let ledger = open(&case.case, &case.place)?;
    let mut progress = Progress::new();
    let report = ledger.verify(|done, of| progress.show("verifying", done, of))?;
    drop(progress);
    let result = Verification {
        origin: ledger.origin().to_owned(),
        size: report.size,
        root: ledger.head().ok().map(|h| h.root.to_string()),
        checkpoints: report.checkpoints,
        seconds_hashing: report.hashing.as_secs_f64(),
        seconds_signatures: report.signatures.as_secs_f64(),
        ok: report.fault.is_none(),
        first_wrong: report.fault.as_ref().and_then(|f| f.index),
        reason: report.fault.as_ref().map(|f| f.reason.clone()),
        unsigned: report.unsigned,
    };
    if view.format == Format::Json {
        output::json("lockstep/ledger-verify/v1", &result)?;
        return Ok(u8::from(!result.ok));
    }
    let times = format!(
        "hashes {:.2} s, statements and signatures {:.2} s",
        result.seconds_hashing, result.seconds_signatures
    );
    let words = match (&result.reason, result.first_wrong) {
        (None, _) => format!(
            "good: {} entries and {} checkpoints of {} fit together\nroot {}\n{times}\n",
            result.size,
            result.checkpoints,
            result.origin,
            result.root.unwrap_or_default()
        ),
        (Some(reason), Some(index)) => format!("WRONG at entry {index}: {reason}\n{times}\n"),
        (Some(reason), None) => format!("WRONG: {reason}\n{times}\n"),
    };
    output::print(&words)?;
    if !result.unsigned.is_empty() {
        output::print(&format!(
            "{} entries are signed by no enrolled key and do not count\n",
            result.unsigned.len()
        ))?;
    }
    Ok(u8::from(!result.ok))
}
