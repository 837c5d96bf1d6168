//! A filled form and a shipper's list from outside, as CSV or as a workbook.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (_, faults) = intake::manifest_lines("list.csv", bytes.to_vec());
    let _ = intake::render(&faults, 80, false);
    let root = std::env::temp_dir().join(format!("lockstep-fuzz-form-{}", std::process::id()));
    if fs::create_dir_all(&root).is_err()
        || fs::write(root.join("case.kdl"), "case \"f\" {\n party \"DPRK\"\n}\n").is_err()
    {
        return;
    }
    let folder = intake::read(&root).expect("the folder is there");
    for name in ["form.csv", "form.xlsx"] {
        match intake::read_form(name, bytes.to_vec(), &root.join("none"), &folder) {
            Ok(form) => _ = intake::render(&form.remarks, 80, false),
            Err(faults) => _ = intake::render(&faults, 80, false),
        }
    }
});
