//! Signed notes, checkpoints and keys from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::checkpoint::Checkpoint;
use tlog::note::{NoteRef, VerifyingKey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = NoteRef::parse(bytes) {
        let key: VerifyingKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let _ = note.verify(&[&key]);
        if let Ok(checkpoint) = Checkpoint::read(note.text()) {
            assert_eq!(Checkpoint::read(&checkpoint.to_string()), Ok(checkpoint));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = text.parse::<VerifyingKey>()
    {
        assert_eq!(key.to_string().parse::<VerifyingKey>(), Ok(key));
    }
});
