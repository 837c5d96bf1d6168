//! Series, error tables and production.kdl: any bytes give balances or messages.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    intake::series::survive(bytes);
    let _ = intake::production::parse(&String::from_utf8_lossy(bytes));
});
