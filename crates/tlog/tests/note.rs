//! Signed notes, checkpoints, tiles and their paths: known examples, and every way to be malformed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use tlog::checkpoint::{Checkpoint, CheckpointError};
use tlog::note::{NoteError, NoteRef, SigningKey, VerifyingKey, sign};
use tlog::tile::{
    TileKind, TilePath, decode_entries, decode_hashes, encode_entries, encode_hashes,
};
use tlog::tree::leaf_hash;

/// The example of Go's `golang.org/x/mod/sumdb/note`.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\
    \n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn the_example_of_the_go_library_verifies() {
    let key: VerifyingKey = PETER.parse().unwrap();
    assert_eq!(key.to_string(), PETER);
    assert!(!key.is_weak());
    let note = NoteRef::parse(PETER_NOTE.as_bytes()).unwrap();
    assert_eq!(note.verify(&[&key]).unwrap(), [&key]);
    assert!(note.text().ends_with("what your problem is.\n"));
    let forged = PETER_NOTE.replace("answer", "Answer");
    let error = NoteRef::parse(forged.as_bytes()).unwrap().verify(&[&key]).unwrap_err();
    assert_eq!(error, NoteError::BadSignature { name: "PeterNeumann".into() });
}

#[test]
fn a_key_survives_its_text_and_tells_nothing() {
    let key = SigningKey::generate("example.com/log").unwrap();
    let again = SigningKey::from_private_text(&(key.to_private_text() + "\n")).unwrap();
    assert_eq!(again.verifying_key(), key.verifying_key());
    assert!(!format!("{key:?}").contains(key.to_private_text().rsplit('+').next().unwrap()));
    let spoiled = key.to_private_text().replace("example.com", "example.net");
    let error = SigningKey::from_private_text(&spoiled).unwrap_err().to_string();
    assert!(error.contains("does not fit"), "{error}");
}

#[test]
fn keys_that_are_none() {
    for bad in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpA2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10",
    ] {
        assert!(bad.parse::<VerifyingKey>().is_err(), "{bad} went through");
    }
}

#[test]
fn malformed_notes_say_where() {
    let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "no signatures"),
        (b"text\n".to_vec(), "no signatures"),
        (b"text\n\n".to_vec(), "no signatures"),
        (b"text\n\n\xe2\x80\x94 a b".to_vec(), "no signatures"),
        (b"te\xffxt\n\n".to_vec(), "byte 2 is not UTF-8"),
        (b"te\txt\n\n".to_vec(), "byte 2 is a control character (0x09)"),
        (b"text\r\n\r\n".to_vec(), "control character (0x0d)"),
        (
            format!("text\n\n{line}- PeterNeumann AAAAAAA=\n").into_bytes(),
            "line 2 is malformed: it does not begin",
        ),
        ("text\n\n— PeterNeumann\n".into(), "no signature after the name"),
        ("text\n\n— Peter+N AAAAAAA=\n".into(), "its name is empty or holds"),
        ("text\n\n— a AAAA\n".into(), "at least five bytes"),
        ("text\n\n— a AAAAA*A=\n".into(), "base64"),
        ("text\n\n— a AAAA AAA=\n".into(), "base64"),
        (format!("text\n\n{}", line.repeat(65)).into_bytes(), "more than 64"),
    ];
    for (bytes, expected) in cases {
        let error = NoteRef::parse(&bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{error:?} does not say {expected:?}");
    }
}

#[test]
fn the_last_empty_line_parts_text_and_signatures() {
    let key = SigningKey::generate("a.example").unwrap();
    let text = "a\n\n— b AAAAAAA=\n\nc\n";
    let bytes = sign(text, &[&key]).unwrap();
    assert_eq!(NoteRef::parse(&bytes).unwrap().text(), text);
}

#[test]
fn unknown_keys_are_ignored_and_known_ones_must_hold() {
    let keys: Vec<SigningKey> =
        (0..20).map(|i| SigningKey::generate(&format!("k{i}.example")).unwrap()).collect();
    let all: Vec<&SigningKey> = keys.iter().collect();
    let bytes = sign("text\n", &all).unwrap();
    let note = NoteRef::parse(&bytes).unwrap();
    assert_eq!(note.verify(&[&keys[7].verifying_key()]).unwrap().len(), 1);
    let stranger = SigningKey::generate("stranger.example").unwrap();
    assert_eq!(note.verify(&[&stranger.verifying_key()]), Err(NoteError::Unverified));
    // The same name with another key is another key.
    let same_name = SigningKey::generate("k7.example").unwrap();
    assert_eq!(note.verify(&[&same_name.verifying_key()]), Err(NoteError::Unverified));
    // One forged line by a known key sinks the note, though another known key signed well.
    let other = sign("other\n", &[&keys[0]]).unwrap();
    let forged = String::from_utf8(bytes).unwrap();
    let (text, lines) = forged.split_once("\n\n").unwrap();
    let wrong_line = String::from_utf8(other).unwrap();
    let wrong_line = wrong_line.lines().last().unwrap();
    let rest: Vec<&str> = lines.lines().skip(1).collect();
    let forged = format!("{text}\n\n{wrong_line}\n{}\n", rest.join("\n"));
    let both = [&keys[0].verifying_key(), &keys[1].verifying_key()];
    assert!(matches!(
        NoteRef::parse(forged.as_bytes()).unwrap().verify(&both),
        Err(NoteError::BadSignature { .. })
    ));
}

#[test]
fn checkpoints_are_read_strictly() {
    let key = SigningKey::generate("example.com/log").unwrap();
    let checkpoint =
        Checkpoint { origin: "example.com/log".into(), size: 70_000, root: leaf_hash(b"x") };
    let bytes = checkpoint.sign(&key).unwrap();
    assert_eq!(
        Checkpoint::open(&bytes, "example.com/log", &key.verifying_key()).unwrap(),
        checkpoint
    );
    let other = Checkpoint::open(&bytes, "example.com/other", &key.verifying_key());
    assert!(matches!(other, Err(CheckpointError::OtherLog { .. })));

    let root = leaf_hash(b"x").to_string();
    assert_eq!(Checkpoint::read(&format!("o\n0\n{root}\next\n")).unwrap().size, 0);
    for (bad, expected) in [
        (String::new(), "three lines"),
        ("o\n1\n".into(), "three lines"),
        (format!("\n1\n{root}\n"), "origin"),
        (format!("o\n01\n{root}\n"), "leading zeroes"),
        (format!("o\n+1\n{root}\n"), "not a size"),
        (format!("o\n-1\n{root}\n"), "not a size"),
        (format!("o\n99999999999999999999\n{root}\n"), "not a size"),
        ("o\n1\nAAAA\n".into(), "not a root"),
        (format!("o\n1\n{root}\n\n"), "extension"),
    ] {
        let error = Checkpoint::read(&bad).unwrap_err().to_string();
        assert!(error.contains(expected), "{error:?} does not say {expected:?}");
    }
}

#[test]
fn tile_paths_have_one_spelling() {
    for (text, kind, index, width) in [
        ("tile/0/000", TileKind::Hashes(0), 0, 256),
        ("tile/0/x001/x234/067", TileKind::Hashes(0), 1_234_067, 256),
        ("tile/1/001.p/17", TileKind::Hashes(1), 1, 17),
        ("tile/entries/x001/000.p/255", TileKind::Entries, 1000, 255),
        ("tile/63/999", TileKind::Hashes(63), 999, 256),
    ] {
        let path = TilePath { kind, index, width };
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse(), Ok(path));
    }
    for bad in [
        "tile/64/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/017",
        "tile/0/x18446744073709551615/000",
        "/tile/0/000",
        "tile/0/../000",
        "tile/+1/000",
        "",
    ] {
        assert!(bad.parse::<TilePath>().is_err(), "{bad} went through");
    }
}

#[test]
fn tiles_of_the_wrong_length_are_refused() {
    for bad in [0, 31, 33, 8192 + 32] {
        assert!(decode_hashes(&vec![0; bad]).is_err(), "{bad} bytes went through");
    }
    assert!(decode_entries(&[0]).is_err());
    assert!(decode_entries(&[0, 2, 1]).is_err());
    assert!(decode_entries(&[0; 2 * 257]).is_err());
    assert!(encode_entries([vec![0_u8; 65_536].as_slice()]).is_err());
}

proptest! {
    #[test]
    fn outside_bytes_never_panic(bytes in any::<Vec<u8>>(), text in any::<String>()) {
        let _ = NoteRef::parse(&bytes).map(|n| n.signatures().count());
        let _ = decode_entries(&bytes);
        let _ = decode_hashes(&bytes);
        let _ = Checkpoint::read(&text);
        let _ = text.parse::<TilePath>();
        let _ = text.parse::<VerifyingKey>();
        let _ = SigningKey::from_private_text(&text);
    }

    #[test]
    fn what_is_signed_verifies(lines in "([ -~가-힣]{0,20}\n){1,4}") {
        let key = SigningKey::generate("a.example").unwrap();
        let bytes = sign(&lines, &[&key]).unwrap();
        let note = NoteRef::parse(&bytes).unwrap();
        prop_assert_eq!(note.text(), lines.as_str());
        prop_assert!(note.verify(&[&key.verifying_key()]).is_ok());
    }

    #[test]
    fn bundles_and_tiles_read_back(entries in proptest::collection::vec(any::<Vec<u8>>(), 0..20)) {
        let bytes = encode_entries(entries.iter().map(Vec::as_slice)).unwrap();
        prop_assert_eq!(decode_entries(&bytes).unwrap(), entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let hashes: Vec<_> = entries.iter().map(|e| leaf_hash(e)).collect();
        if !hashes.is_empty() {
            prop_assert_eq!(decode_hashes(&encode_hashes(&hashes)).unwrap(), hashes);
        }
    }
}
