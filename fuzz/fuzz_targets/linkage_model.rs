//! Models of linkage and tables from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(model) = linkage::Model::read(text)
    {
        let _ = linkage::Model::read(&model.to_text());
    }
    if let Ok(table) = linkage::Table::read("fuzz", bytes, None) {
        let _ = table.len();
    }
});
