//! Cosignatures, policies, proofs and the witness's decision, at the crate's edge.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::{Algorithm, Cosigner, CosignerKey};
use tlog::note::{NoteRef, SigningKey, VerifyingKey};
use tlog::policy::{NotTrusted, Policy};
use tlog::proof::{LogProof, LogProofError};
use tlog::tree::{self, Hash, RootBuilder, leaf_hash};
use tlog::witness::{AddCheckpoint, Refusal};

const BOTH: [Algorithm; 2] = [Algorithm::Ed25519, Algorithm::MlDsa44];

fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(format!("entry {i}").as_bytes())).collect()
}

fn root(n: u64) -> Hash {
    let mut builder = RootBuilder::new();
    leaves(n).into_iter().for_each(|leaf| builder.push(leaf));
    builder.root()
}

fn checkpoint(n: u64) -> Checkpoint {
    Checkpoint { origin: "example.com/log".into(), size: n, root: root(n) }
}

fn log() -> SigningKey {
    SigningKey::generate("example.com/log").unwrap()
}

#[test]
fn keys_are_read_back_and_name_themselves() {
    for algorithm in BOTH {
        let key = CosignerKey::generate("witness.example/w1", algorithm).unwrap();
        let again = CosignerKey::from_private_text(&key.to_private_text()).unwrap();
        assert_eq!(again.cosigner(), key.cosigner());
        let vkey = key.cosigner().to_string();
        assert_eq!(vkey.parse::<Cosigner>().unwrap(), *key.cosigner());
        assert!(!key.cosigner().is_weak());
        // A plain note key is no cosigner, and the other way round.
        assert!(vkey.parse::<VerifyingKey>().is_err());
        assert!(log().verifying_key().to_string().parse::<Cosigner>().is_err());
        // Every changed character of a public key is noticed: by its hash, its length or its type.
        for (at, c) in vkey.char_indices().step_by(97) {
            let mut wrong = vkey.clone();
            wrong.replace_range(at..at + c.len_utf8(), if c == 'A' { "B" } else { "A" });
            assert!(wrong.parse::<Cosigner>().is_err(), "{at}");
        }
    }
    let sizes = BOTH.map(|a| CosignerKey::generate("w", a).unwrap().cosigner().key_bytes().len());
    assert_eq!(sizes, [32, 1312]);
}

#[test]
fn a_cosignature_holds_for_its_checkpoint_time_and_name_alone() {
    let note = checkpoint(5).sign(&log()).unwrap();
    let text = checkpoint(5).to_string();
    for algorithm in BOTH {
        let key = CosignerKey::generate("witness.example/w1", algorithm).unwrap();
        let line = key.cosign(&text, 1_679_315_147).unwrap();
        let signed = [note.as_slice(), line.as_bytes()].concat();
        assert_eq!(key.cosigner().verify_note(&signed).unwrap(), Some(1_679_315_147));
        // The note without it has none; another key finds none of its own.
        assert_eq!(key.cosigner().verify_note(&note).unwrap(), None);
        let other = CosignerKey::generate("witness.example/w1", algorithm).unwrap();
        assert_eq!(other.cosigner().verify_note(&signed).unwrap(), None);
        // On another checkpoint the same line is a forgery.
        let other = [checkpoint(6).sign(&log()).unwrap().as_slice(), line.as_bytes()].concat();
        assert!(key.cosigner().verify_note(&other).is_err());
        let parsed = NoteRef::parse(&signed).unwrap();
        let line = parsed.signatures().find(|l| key.cosigner().is_by(l)).unwrap();
        let expected = 4 + 8 + if algorithm == Algorithm::Ed25519 { 64 } else { 2420 };
        assert_eq!(line.bytes().unwrap().len(), expected);
    }
    // The time is signed with the rest.
    let key = CosignerKey::generate("w", Algorithm::Ed25519).unwrap();
    assert!(key.cosign(&text, u64::MAX).is_err());
    assert!(key.cosign("no checkpoint\n", 0).is_err());
}

/// C2SP CCTV `ML-DSA/accumulated`: 100 keys and signatures, hashed.
#[test]
fn ml_dsa_gives_the_published_signatures() {
    use sha3::digest::{ExtendableOutput, Update, XofReader};
    let mut seeds = sha3::Shake128::default().finalize_xof();
    let mut all = sha3::Shake128::default();
    for _ in 0..100 {
        let mut seed = [0; 32];
        seeds.read(&mut seed);
        let key = ml_dsa::SigningKey::<ml_dsa::MlDsa44>::from_seed(&seed.into());
        let key = key.expanded_key();
        all.update(&key.verifying_key().encode());
        all.update(&key.sign_deterministic(b"", b"").unwrap().encode());
    }
    let mut result = [0; 32];
    all.finalize_xof().read(&mut result);
    let hex: String = result.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "d51148e1f9f4fa1a723a6cf42e25f2a99eb5c1b378b3d2dbbd561b1203beeae4");
}

/// Some of the edge cases of C2SP CCTV `ed25519`: accepted are those that Go, Python and Node accept, neither
/// more (low-order residues, non-canonical R, re-encoded k) nor fewer (low-order keys, non-canonical A).
#[test]
fn ed25519_edge_cases_mean_the_same_as_elsewhere() {
    const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    const EDFF: &str = "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    const MIXED: &str = "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f";
    const R: &str = "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56b";
    const S: &str = "05ba9a796274d80437afa36f1236563f2f3b0aa84cecddc3d20914615ba4fe02";
    let cases = [
        (0, ZERO, ZERO, ZERO, " 3", false),
        (1, ZERO, ZERO, ZERO, " 11", true),
        (2, ZERO, R, S, " 7", false),
        (3, ZERO, R, S, " 3", true),
        (
            4,
            MIXED,
            ZERO,
            "5e176f12cfb0d4e6eb6929b19ae4c998ef05c1c2cf628a9b1fa1c21312627108",
            " 7",
            false,
        ),
        (
            5,
            MIXED,
            ZERO,
            "9472a69cd9a701a50d130ed52189e2455b23767db52cacb8716fb896ffeeac09",
            " 3",
            true,
        ),
        (
            6,
            MIXED,
            R,
            "c02e2b9e63e385c058bf62b14b3a2b29ccefe8e38ddb536bc3f9865320a3d801",
            " 10",
            false,
        ),
        (7, MIXED, R, "bbfd00bd9c259d8d222d15e67a3d8228585050dbb9b9585be20d8fadc721da03", "", true),
        (8, EDFF, ZERO, ZERO, " 8", false),
        (9, EDFF, ZERO, ZERO, " 6", true),
        (10, EDFF, R, S, " 4", false),
        (11, EDFF, R, S, "", true),
        (12, EDFF, R, S, " 7", false),
        (13, EDFF, R, S, " 3", false),
        (15, ZERO, EDFF, ZERO, " 10", false),
        (
            17,
            MIXED,
            EDFF,
            "ad7a355469b5c87e550469f6b2de409ee723acd584bf35f86b80c384e8ceb702",
            " 3",
            false,
        ),
        (21, EDFF, EDFF, ZERO, " 15", false),
    ];
    let bytes = |hex: &str| -> [u8; 32] {
        std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
    };
    for (number, key, r, s, message, accepted) in cases {
        let verifier = ed25519_dalek::VerifyingKey::from_bytes(&bytes(key)).unwrap();
        let signature = ed25519_dalek::Signature::from_components(bytes(r), bytes(s));
        let message = format!("ed25519vectors{message}");
        let verified =
            ed25519_dalek::Verifier::verify(&verifier, message.as_bytes(), &signature).is_ok();
        assert_eq!(verified, accepted, "case {number}");
        // The keys that make forgery possible are refused at enrolment.
        let ours = VerifyingKey::from_bytes("k", &bytes(key)).unwrap();
        assert_eq!(ours.is_weak(), key != MIXED, "case {number}");
    }
}

struct Parties {
    log: SigningKey,
    keys: Vec<CosignerKey>,
    policy: String,
}

fn parties() -> Parties {
    let log = log();
    let keys: Vec<CosignerKey> = ["DPRK", "US", "IAEA"]
        .iter()
        .zip([Algorithm::Ed25519, Algorithm::MlDsa44, Algorithm::MlDsa44])
        .map(|(name, algorithm)| {
            CosignerKey::generate(&format!("witness.example/{name}"), algorithm).unwrap()
        })
        .collect();
    let policy = format!(
        "# two of three\n\nlog {}\nwitness DPRK {} http://127.0.0.1:1\nwitness US {}\n\twitness IAEA {}\n\
         group states any DPRK US\ngroup all all states IAEA\nquorum all\n",
        log.verifying_key(),
        keys[0].cosigner(),
        keys[1].cosigner(),
        keys[2].cosigner()
    );
    Parties { log, keys, policy }
}

#[test]
fn a_quorum_is_met_or_not() {
    let Parties { log, keys, policy } = parties();
    let policy = Policy::read(policy.as_bytes()).unwrap();
    assert_eq!(policy.witnesses[0].url.as_deref(), Some("http://127.0.0.1:1"));
    let note = checkpoint(3).sign(&log).unwrap();
    let with = |who: &[usize]| {
        let text = checkpoint(3).to_string();
        let lines = who.iter().map(|i| keys[*i].cosign(&text, 100 + *i as u64).unwrap());
        [note.clone(), lines.collect::<String>().into_bytes()].concat()
    };
    assert_eq!(
        policy.check(&with(&[1, 2])).unwrap().witnesses,
        [("US".to_owned(), 101), ("IAEA".to_owned(), 102)]
    );
    assert!(policy.check(&with(&[0, 2])).is_ok());
    let not = policy.check(&with(&[0, 1])).unwrap_err();
    assert_eq!(not.to_string(), "the quorum is not met: DPRK, US cosigned, IAEA did not");
    assert!(policy.check(&with(&[])).is_err());
    // One witness twice counts once; a line of an unknown key does not count and does no harm.
    assert!(policy.check(&with(&[2, 2])).is_err());
    let stranger = CosignerKey::generate("stranger", Algorithm::MlDsa44).unwrap();
    let line = stranger.cosign(&checkpoint(3).to_string(), 1).unwrap();
    assert!(policy.check(&[with(&[1, 2]), line.into_bytes()].concat()).is_ok());
    // Another log's checkpoint, and a known key's signature on another text.
    let other = checkpoint(3).sign(&SigningKey::generate("example.com/log").unwrap()).unwrap();
    assert!(matches!(policy.check(&other), Err(NotTrusted::UnknownLog { .. })));
    let forged = String::from_utf8(with(&[1, 2])).unwrap().replace("\n3\n", "\n4\n");
    assert!(matches!(policy.check(forged.as_bytes()), Err(NotTrusted::Forged { .. })));
}

#[test]
fn what_is_wrong_with_a_policy_is_told_with_its_line() {
    let Parties { policy, .. } = parties();
    let wrong =
        |from: &str, to: &str| Policy::read(policy.replace(from, to).as_bytes()).unwrap_err();
    let line = |from, to| wrong(from, to).line;
    assert_eq!(line("quorum all\n", ""), 9);
    assert_eq!(line("quorum all", "quorum al"), 9);
    assert_eq!(line("quorum all\n", "quorum all\nquorum none\n"), 10);
    assert_eq!(line("any DPRK US", "3 DPRK US"), 7);
    assert_eq!(line("any DPRK US", "0 DPRK US"), 7);
    assert_eq!(line("any DPRK US", "any"), 7);
    assert_eq!(line("any DPRK US", "any DPRK UK"), 7);
    assert_eq!(line("any DPRK US", "any DPRK DPRK"), 7);
    assert_eq!(line("all states IAEA", "all states IAEA US"), 8);
    assert_eq!(line("group states", "group none"), 7);
    assert_eq!(line("group states", "group US"), 7);
    assert_eq!(line("witness US", "withess US"), 5);
    assert_eq!(line("# two", "\u{1}# two"), 1);
    let text = wrong("all states IAEA", "all states IEAA").to_string();
    assert_eq!(text, "line 8: `IEAA` is not defined above this line");
    // A key named twice, by whatever name.
    let twice = policy.replace(
        "group states",
        &format!(
            "{}\ngroup states",
            policy.lines().nth(4).unwrap().replace("witness US", "witness UK")
        ),
    );
    assert_eq!(Policy::read(twice.as_bytes()).unwrap_err().line, 7);
    assert!(Policy::read(b"quorum none\n").is_ok());
    // Deep nesting is no trouble.
    let deep: String = (1..20_000).map(|i| format!("group g{i} any g{}\n", i - 1)).collect();
    let first = policy.lines().nth(3).unwrap().replace("witness DPRK", "witness g0");
    assert!(
        Policy::read(format!("{first}\n{deep}quorum g19999\n").as_bytes())
            .unwrap()
            .is_met_by(&["g0"])
    );
}

#[test]
fn a_proof_in_a_file() {
    let Parties { log, keys, policy } = parties();
    let policy = Policy::read(policy.as_bytes()).unwrap();
    let checkpoint = checkpoint(7);
    let mut note = checkpoint.sign(&log).unwrap();
    for key in &keys {
        note.extend(key.cosign(&checkpoint.to_string(), 5).unwrap().bytes());
    }
    let hashes = tree::inclusion_proof(&leaves(7).as_slice(), 4, 7).unwrap();
    let proof = LogProof { extra: None, index: 4, hashes, checkpoint: note };
    let bytes = proof.to_bytes();
    assert!(bytes.starts_with(b"c2sp.org/tlog-proof@v1\nindex 4\n"));
    let read = LogProof::read(&bytes).unwrap();
    assert_eq!(read, proof);
    assert_eq!(read.verify(b"entry 4", &policy).unwrap().checkpoint.size, 7);
    assert!(matches!(read.verify(b"entry 5", &policy), Err(LogProofError::Inclusion(_))));
    let with_extra = LogProof { extra: Some(b"context".to_vec()), ..proof.clone() };
    assert_eq!(LogProof::read(&with_extra.to_bytes()).unwrap(), with_extra);
    let text = String::from_utf8(bytes).unwrap();
    for (from, to, line) in [
        ("@v1", "@v2", 1),
        ("index 4", "index 04", 2),
        ("index 4", "index -4", 2),
        ("index 4\n", "index 4\nnot base64\n", 3),
        ("index 4\n", "extra !\nindex 4\n", 2),
    ] {
        let wrong = LogProof::read(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(matches!(wrong, LogProofError::Line { line: l, .. } if l == line), "{wrong}");
    }
}

#[test]
fn a_witness_decides_as_specified() {
    let log = log();
    let vkey = log.verifying_key();
    let ask = |old: u64, new: u64, proof: Vec<Hash>, latest: Option<(u64, Hash)>| -> u16 {
        let note = checkpoint(new).sign(&log).unwrap();
        let body = AddCheckpoint { old, proof, checkpoint: &note }.to_body();
        let request = AddCheckpoint::read(&body).unwrap();
        let keys = |origin: &str| (origin == "example.com/log").then(|| vec![&vkey]);
        request
            .open(keys)
            .and_then(|(checkpoint, _)| request.decide(&checkpoint, latest))
            .map_or_else(|refusal| refusal.status(), |()| 200)
    };
    let proof = |old, new| tree::consistency_proof(&leaves(new).as_slice(), old, new).unwrap();
    let at = |n| Some((n, root(n)));
    assert_eq!(ask(0, 5, vec![], None), 200);
    assert_eq!(ask(5, 9, proof(5, 9), at(5)), 200);
    assert_eq!(ask(5, 5, vec![], at(5)), 200);
    assert_eq!(ask(0, 0, vec![], None), 200);
    assert_eq!(ask(4, 9, proof(4, 9), at(5)), 409);
    assert_eq!(ask(0, 9, vec![], at(5)), 409);
    assert_eq!(ask(9, 5, vec![], at(5)), 400);
    assert_eq!(ask(5, 9, proof(4, 9), at(5)), 422);
    assert_eq!(ask(5, 9, vec![], at(5)), 422);
    assert_eq!(ask(0, 5, vec![root(1)], None), 422);
    assert_eq!(ask(5, 5, vec![root(1)], at(5)), 422);
    assert_eq!(ask(5, 5, vec![], Some((5, root(4)))), 422);
    // Not signed by a key we trust; of a log we do not follow; malformed.
    let note = checkpoint(1).sign(&SigningKey::generate("example.com/log").unwrap()).unwrap();
    let body = AddCheckpoint { old: 0, proof: vec![], checkpoint: &note }.to_body();
    let request = AddCheckpoint::read(&body).unwrap();
    assert_eq!(request.open(|_| Some(vec![&vkey])).unwrap_err(), Refusal::Forbidden);
    assert_eq!(request.open(|_| None).unwrap_err().status(), 404);
    for bad in ["", "old 1\n", "old 01\n\nx", "old x\n\nx", "old 1\nnot a hash\n\nx", "new 1\n\nx"]
    {
        assert_eq!(AddCheckpoint::read(bad.as_bytes()).unwrap_err().status(), 400, "{bad:?}");
    }
    let long = format!("old 1\n{}\nx", format!("{}\n", root(1)).repeat(64));
    assert_eq!(AddCheckpoint::read(long.as_bytes()).unwrap_err().status(), 400);
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a-zA-Z0-9+/= \n—]{0,200}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = Policy::read(bytes);
            let _ = LogProof::read(bytes);
            let _ = AddCheckpoint::read(bytes);
        }
        let _ = text.parse::<Cosigner>();
        let _ = CosignerKey::from_private_text(&text);
    }

    /// Whatever a witness cosigns extends what it cosigned before.
    #[test]
    fn a_witness_never_goes_back(old in 0_u64..40, new in 0_u64..40, latest in 0_u64..40, honest in any::<bool>()) {
        let proof = if old > 0 && old < new { tree::consistency_proof(&leaves(new).as_slice(), old, new).unwrap() } else { vec![] };
        let note = checkpoint(new).sign(&log()).unwrap();
        let request = AddCheckpoint { old, proof, checkpoint: &note };
        let cosigned = (latest, if honest { root(latest) } else { root(latest + 1) });
        if request.decide(&checkpoint(new), Some(cosigned)).is_ok() {
            prop_assert_eq!(old, latest);
            prop_assert!(new >= latest);
            prop_assert!(honest || latest == 0, "a fork was cosigned");
        }
    }
}
