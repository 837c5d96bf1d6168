//! Text that people write: whatever it is, it is read or told what is wrong, at places that are in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert_eq!(notation::tokens(text).iter().map(|t| t.text).collect::<String>(), text);
    if let Ok(tidy) = notation::format(text) {
        assert!(notation::read(text).document.same_meaning(&notation::read(&tidy).document));
        assert_eq!(notation::format(&tidy).as_deref(), Ok(tidy.as_str()));
    }
    for message in notation::read(text).messages {
        for (span, _) in message.labels {
            assert!(text.get(span).is_some());
        }
    }
});
