//! Tiles, entry bundles, tile paths and proofs from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::tile::{TilePath, decode_entries, decode_hashes, encode_entries, encode_hashes};
use tlog::tree::{verify_consistency, verify_inclusion};

fuzz_target!(|input: (u64, u64, &[u8])| {
    let (index, size, bytes) = input;
    if let Ok(hashes) = decode_hashes(bytes) {
        assert_eq!(encode_hashes(&hashes), bytes);
        let _ = verify_inclusion(&hashes[0], index, size, &hashes[1..], &hashes[0]);
        let _ = verify_consistency(index, size, &hashes[0], &hashes[0], &hashes[1..]);
    }
    if let Ok(entries) = decode_entries(bytes) {
        assert_eq!(encode_entries(entries).unwrap(), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(path) = text.parse::<TilePath>()
    {
        assert_eq!(path.to_string(), text);
    }
});
