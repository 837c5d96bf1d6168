//! `ledger audit`: somebody's log from its public files alone.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::attachments::{Held, published};
use ledger::audit::{AuditFault, AuditReport, Audited, Folder, LogFiles, audit};
use ledger::export::LOG_KEYS;
use ledger::remote::Url;
use serde::{Deserialize, Serialize};
use tlog::note::VerifyingKey;
use tlog::tree::Hash;

use super::attachments::of_entry;
use crate::args::{Format, ViewArgs};
use crate::output::{self, Progress, remark};
use crate::session::CliError;

#[derive(Serialize)]
struct Report {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    /// Entries read now.
    checked: u64,
    /// Whether the key came from the log itself, so that only its consistency was checked.
    key_on_trust: bool,
    /// Files that the entries read now name, and that lie beside the log as they were meant.
    attachments_held: usize,
    /// Those that do not lie there.
    attachments_withheld: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_wrong: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// How far an audit came, as it is kept between two of them.
#[derive(Serialize, Deserialize)]
struct Kept {
    origin: String,
    size: u64,
    subtrees: Vec<String>,
}

pub(crate) fn run(
    log: &str,
    key: Option<&str>,
    state: Option<&Path>,
    view: &ViewArgs,
) -> Result<u8, CliError> {
    let url = log.starts_with("http://") || log.starts_with("https://");
    let files: Box<dyn LogFiles> = if url {
        Box::new(Url::new(log))
    } else if Path::new(log).is_dir() {
        Box::new(Folder(PathBuf::from(log)))
    } else {
        return Err(CliError::Call(format!("`{log}` is neither a folder nor a URL")));
    };
    let (key, key_on_trust) = log_key(files.as_ref(), key)?;
    if key_on_trust {
        remark(
            "note: the key was taken from the log itself, so this shows that the log is consistent, not whose it is; \
             get the key from its keeper and give it with --key",
        );
    }
    let before = state.map(read_state).transpose()?.flatten();
    let mut progress = Progress::new();
    let (mut held, mut withheld) = (0, 0);
    let mut wrong = None;
    let report = audit(
        files.as_ref(),
        &key,
        before.as_ref(),
        |first, entries| {
            for (index, entry) in (first..).zip(entries) {
                for attachment in of_entry(entry) {
                    let told =
                        |reason| (index, format!("its attachment {}: {reason}", attachment.name));
                    match published(files.as_ref(), &attachment).map_err(told)? {
                        Held::Good(_) => held += 1,
                        Held::Withheld => withheld += 1,
                        // The log itself may be good; the rest of it is read before this is told.
                        Held::Wrong(reason) => {
                            let path = ledger::attachments::path(attachment.sha256);
                            wrong.get_or_insert((path, index, reason));
                        }
                    }
                }
            }
            Ok(())
        },
        |n, of| progress.show("auditing", n, of),
    );
    drop(progress);
    let report = with_attachments(report, wrong);
    if let (Some(file), None, Some(audited)) = (state, &report.fault, &report.audited) {
        write_state(file, audited)?;
    }
    let shown = Report {
        ok: report.fault.is_none(),
        origin: report.checkpoint.as_ref().map(|c| c.origin.clone()),
        size: report.checkpoint.as_ref().map(|c| c.size),
        root: report.checkpoint.as_ref().map(|c| c.root.to_string()),
        checked: report.checked,
        key_on_trust,
        attachments_held: held,
        attachments_withheld: withheld,
        wrong_file: report.fault.as_ref().map(|f| f.file.clone()),
        first_wrong: report.fault.as_ref().and_then(|f| f.entry),
        reason: report.fault.as_ref().map(|f| f.reason.clone()),
    };
    if view.format == Format::Json {
        output::json("lockstep/ledger-audit/v1", &shown)?;
        return Ok(u8::from(!shown.ok));
    }
    let words = match (&report.fault, &report.checkpoint) {
        (Some(fault), _) => format!("WRONG: {fault}\n"),
        (None, Some(c)) => format!(
            "good: {} entries of {}, {} of them read now\nroot {}\n{}",
            c.size,
            c.origin,
            shown.checked,
            c.root,
            match (held, withheld) {
                (0, 0) => String::new(),
                _ => format!("attachments: {held} there and as meant, {withheld} withheld\n"),
            }
        ),
        (None, None) => String::new(),
    };
    output::print(&words)?;
    Ok(u8::from(!shown.ok))
}

/// A log with an attachment that is another file than was meant is wrong, where nothing worse is.
fn with_attachments(mut report: AuditReport, wrong: Option<(String, u64, String)>) -> AuditReport {
    if let (None, Some((file, index, reason))) = (&report.fault, wrong) {
        report.fault = Some(AuditFault { file, entry: Some(index), reason });
        report.audited = None;
    }
    report
}

/// The key given as text or in a file, else the one that lies beside the log.
fn log_key(files: &dyn LogFiles, key: Option<&str>) -> Result<(VerifyingKey, bool), CliError> {
    let first = |text: &str| {
        let vkey = text.lines().next().unwrap_or_default().trim().to_owned();
        vkey.parse().map_err(|e: tlog::note::NoteError| CliError::Call(format!("`{vkey}`: {e}")))
    };
    match key {
        Some(key) if Path::new(key).is_file() => {
            let text =
                fs::read_to_string(key).map_err(|e| CliError::Call(format!("{key}: {e}")))?;
            Ok((first(&text)?, false))
        }
        Some(key) => Ok((first(key)?, false)),
        None => {
            let bytes = files.get(LOG_KEYS).map_err(CliError::Call)?;
            let bytes = bytes.ok_or_else(|| {
                CliError::Call(format!(
                    "there is no {LOG_KEYS} beside the log; give its key with --key"
                ))
            })?;
            Ok((first(&String::from_utf8_lossy(&bytes))?, true))
        }
    }
}

fn read_state(file: &Path) -> Result<Option<Audited>, CliError> {
    let wrong = |e: &dyn std::fmt::Display| {
        CliError::Call(format!("{}: {e}; remove it to audit from the beginning", file.display()))
    };
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(wrong(&e)),
    };
    let kept: Kept = serde_json::from_str(&text).map_err(|e| wrong(&e))?;
    let subtrees = kept.subtrees.iter().map(|h| Hash::from_base64(h)).collect::<Result<_, _>>();
    let subtrees = subtrees.map_err(|e| wrong(&e))?;
    Ok(Some(Audited { origin: kept.origin, size: kept.size, subtrees }))
}

fn write_state(file: &Path, audited: &Audited) -> Result<(), CliError> {
    let kept = Kept {
        origin: audited.origin.clone(),
        size: audited.size,
        subtrees: audited.subtrees.iter().map(ToString::to_string).collect(),
    };
    let mut draft = file.as_os_str().to_owned();
    draft.push(".new");
    serde_json::to_string(&kept)
        .map_err(std::io::Error::from)
        .and_then(|text| fs::write(&draft, text))
        .and_then(|()| fs::rename(&draft, file))
        .map_err(|e| CliError::Call(format!("{}: {e}", file.display())))
}
