//! A roadmap from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let reading = roadmap::read(text);
    let _ = roadmap::check(&reading.roadmap);
    let _ = roadmap::read_scenarios(text);
});
