//! A roadmap from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = roadmap::read(text);
});
