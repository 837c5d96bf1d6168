//! Openings of sealed declarations, as a statement brings them.
#![no_main]

use escrow::{Commitment, Form, Opening};
use libfuzzer_sys::fuzz_target;
use statement::Sha256Digest;

fuzz_target!(|bytes: &[u8]| {
    let form = Form::new(vec!["mine".into(), "reactor".into()], vec!["id".into(), "name".into()], 4).unwrap();
    let grid = "south=37 west=124 cell=1 rows=4 columns=4".parse().unwrap();
    let commitment = Commitment::new(form, Some(grid), Sha256Digest([7; 32]));
    if let Ok(opening) = serde_json::from_slice::<Opening>(bytes) {
        // No bytes lead to a root that was chosen before them.
        assert!(commitment.verify(&opening).is_err());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<escrow::Grid>();
        assert!(!commitment.is_leaf(text) || commitment.has(text));
    }
});
