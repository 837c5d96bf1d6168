//! `fmt`: one way to lay out a text.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use intake::{Diagnostic, render};
use statement::Sha256Digest;

use crate::args::PlaceArgs;
use crate::output;
use crate::session::{CliError, ledger_file, load};

pub(crate) fn run(files: &[PathBuf], check: bool, place: &PlaceArgs) -> Result<u8, CliError> {
    let mut wrong = false;
    for file in files {
        let shown = file.display();
        let bytes = std::fs::read(file)
            .map_err(|e| CliError::Call(format!("{shown} cannot be read: {e}")))?;
        let text: Arc<str> = match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => {
                return Err(CliError::Call(format!(
                    "{shown} is not UTF-8 text; it is not touched"
                )));
            }
        };
        let tidy = match notation::format(&text) {
            Ok(tidy) => tidy,
            Err(messages) => {
                let name = shown.to_string();
                let told: Vec<Diagnostic> =
                    messages.into_iter().map(|m| Diagnostic::of_message(&name, &text, m)).collect();
                output::print(&render(&told, output::width(), output::colour()))?;
                output::print(&format!("{shown}: not touched, it cannot be read\n"))?;
                wrong = true;
                continue;
            }
        };
        if tidy == *text {
            continue;
        }
        if check {
            output::print(&format!("{shown}: not laid out; run lockstep fmt {shown}\n"))?;
            wrong = true;
            continue;
        }
        if let Some(on) = adopted(file, &text, place)? {
            output::print(&format!(
                "{shown}: not touched: this text was adopted on {on}, and one changed byte would make it another\n"
            ))?;
            wrong = true;
            continue;
        }
        write(file, &tidy)
            .map_err(|e| CliError::Call(format!("{shown} cannot be written: {e}")))?;
        output::print(&format!("{shown}: laid out\n"))?;
    }
    Ok(u8::from(wrong))
}

/// When the ledger beside the file says that exactly this text was adopted.
fn adopted(file: &Path, text: &str, place: &PlaceArgs) -> Result<Option<String>, CliError> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let ledger = ledger_file(folder, place);
    if !ledger.exists() {
        return Ok(None);
    }
    let case = load(&ledger::Ledger::open(&ledger, None)?)?;
    let hash = Sha256Digest::of(text.as_bytes());
    let found = case.agreements.iter().find(|a| a.body.roadmap_sha256 == hash);
    Ok(found.map(|a| a.body.on.to_string()))
}

/// Writes beside the file and moves over it, so that a full disk leaves the old text.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".lockstep-fmt");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(file)?.permissions())?;
    std::fs::rename(&beside, file).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}
