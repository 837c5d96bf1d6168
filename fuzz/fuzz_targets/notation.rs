//! Text that people write: reading never fails hard, and what reads is kept to the byte.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = notation::format(text);
});
