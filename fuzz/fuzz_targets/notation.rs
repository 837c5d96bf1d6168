//! Text that people write: whatever it is, it is read or told what is wrong, at places that are in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for message in notation::read(text).messages {
        for (span, _) in message.labels {
            assert!(text.get(span).is_some());
        }
    }
});
