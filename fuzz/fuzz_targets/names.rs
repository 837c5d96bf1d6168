#![no_main]
//! Reading and comparing names from any text.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (a, b) = text.split_once('\n').unwrap_or((&text, ""));
    let (a, b) = (names::Name::new(a), names::Name::new(b));
    let _ = names::compare(&a, &b);
    let _ = a.index_keys();
});
