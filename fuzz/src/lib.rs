//! What several targets do alike.

use std::fs;

const CASE: &str = "case \"f\" {\n party \"DPRK\"\n region south=37 north=43 west=124 east=131\n}\n";

/// Reads a case folder that holds a file from outside: every draft is a statement, every mistake can be shown.
///
/// # Panics
/// When one is not: that is what a target looks for.
pub fn in_folder(file: &str, bytes: &[u8]) {
    let folder = std::env::temp_dir().join(format!("lockstep-fuzz-{file}-{}", std::process::id()));
    let _ = fs::create_dir_all(&folder);
    for (file, text) in [("case.kdl", CASE.as_bytes()), (file, bytes)] {
        if fs::write(folder.join(file), text).is_err() {
            return;
        }
    }
    let read = intake::read(&folder).expect("the folder is there");
    for draft in &read.drafts {
        draft.statement.to_text().expect("a draft is a statement");
    }
    let _ = intake::render(&read.diagnostics, 80, false);
}
