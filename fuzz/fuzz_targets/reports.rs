//! Accounting reports from outside, in each dialect; the first byte chooses which.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    intake::read_and_write_reports(text, *first);
});
