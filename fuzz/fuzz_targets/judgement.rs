//! An analyst's judgement beside a roadmap: any text is read, and what could be read can be played.
#![no_main]

use libfuzzer_sys::fuzz_target;

const ROADMAP: &str = "party \"A\"\nparty \"B\"\nstep \"a\" by=\"A\"\nstep \"b\" by=\"B\" { due \"2007-04-14\"; }\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let roadmap = roadmap::read(ROADMAP).roadmap;
    let reading = foresight::sequence::read(text, &roadmap);
    let _ = foresight::sequence::safety(&roadmap, &reading.judgement, 1, None);
});
