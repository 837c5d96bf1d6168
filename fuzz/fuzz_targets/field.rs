//! `field.kdl` from outside: regimes, stages and tests; a regime that was read can be asked about.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (field, _) = assessment::Field::read(text);
    let case = case::Case::new();
    let _ = inspection::requests(&case, &field.regimes, inspection::AsOf::instant(statement::Timestamp::UNIX_EPOCH));
});
