//! Proofs in files, policies and questions to a witness, from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::policy::Policy;
use tlog::proof::LogProof;
use tlog::witness::AddCheckpoint;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = LogProof::read(bytes) {
        let again = LogProof::read(&proof.to_bytes()).expect("what was read is written so that it reads");
        assert_eq!(again.to_bytes(), proof.to_bytes());
    }
    if let Ok(policy) = Policy::read(bytes) {
        let _ = policy.check(bytes);
        let _ = policy.is_met_by(&[]);
    }
    if let Ok(asked) = AddCheckpoint::read(bytes) {
        assert!(AddCheckpoint::read(&asked.to_body()).is_ok());
    }
});
