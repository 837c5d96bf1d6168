//! Files that statements name by hash, where they lie in the case folder.

use std::fs;

use statement::kinds::inspection::Attachment;
use statement::{Body, Sha256Digest};

use crate::{Diagnostic, Folder};

/// The folder of a case in which such files lie.
pub(crate) const FOLDER: &str = "attachments/";

/// Every file named by a draft and present in `attachments/` has the hash the draft says.
pub(crate) fn check(folder: &Folder) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for draft in &folder.drafts {
        for file in files(&draft.statement.body) {
            if file.name.contains(['/', '\\']) {
                continue;
            }
            let Ok(bytes) = fs::read(folder.root.join(FOLDER).join(&file.name)) else { continue };
            let hash = Sha256Digest::of(&bytes);
            if hash == file.sha256 {
                continue;
            }
            let id = draft.statement.header.id.as_str();
            let message = format!(
                "{FOLDER}{} is not the file that {id} names: its SHA-256 is {hash}",
                file.name
            );
            let help = format!("the record says {}; find the file it was made of", file.sha256);
            let fault = ["files", "attachments", "evidence"].into_iter().find_map(|column| {
                folder
                    .has_column(id, column)
                    .then(|| folder.warning_at(id, column, "F025", message.clone(), help.clone()))?
            });
            let mut fault = fault
                .unwrap_or_else(|| Diagnostic::whole_file("F025", &file.name, message).help(help));
            fault.severity = crate::Severity::Error;
            faults.push(fault);
        }
    }
    faults
}

fn files(body: &Body) -> &[Attachment] {
    match body {
        Body::Inspection(b) => &b.attachments,
        Body::AccessStep(b) => &b.evidence,
        _ => &[],
    }
}
