//! A map of a case folder from outside, as a GeoPackage.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;

const CASE: &str = "case \"f\" {\n party \"DPRK\"\n region south=37 north=43 west=124 east=131\n}\n";

fuzz_target!(|bytes: &[u8]| {
    let folder = std::env::temp_dir().join(format!("lockstep-fuzz-gpkg-{}", std::process::id()));
    let _ = fs::create_dir_all(&folder);
    for (file, text) in [("case.kdl", CASE.as_bytes()), ("map.gpkg", bytes)] {
        if fs::write(folder.join(file), text).is_err() {
            return;
        }
    }
    let read = intake::read(&folder).expect("the folder is there");
    for draft in &read.drafts {
        draft.statement.to_text().expect("a draft is a statement");
    }
    let _ = intake::render(&read.diagnostics, 80, false);
});
