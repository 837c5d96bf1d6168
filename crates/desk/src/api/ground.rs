//! Items and the board, worked out for one answer: neither is part of the assessment that every page waits for.

use assessment::board::Board;
use custody::{Custodian, Custody, Rules};

use super::question::Snapshot;

/// The items of a case; who may verify comes from the roadmap beside the adopted agreements.
pub(super) fn custody(s: &Snapshot) -> (Custodian, Custody) {
    let m = &s.material;
    let roles = m.roadmap.iter().flat_map(|r| &r.roles);
    let verifiers = roles
        .filter(|role| matches!(role.may.as_str(), "verify" | "certify"))
        .flat_map(|role| role.holders.iter().cloned())
        .collect();
    let rules = Rules { sequences: m.field.sequences.clone(), verifiers };
    let mut custodian = Custodian::new();
    let custody = custodian.assess(&m.case, &rules, s.day());
    (custodian, custody)
}

/// What the record lets anyone say of the three words complete, verifiable, irreversible.
pub(super) fn board(s: &Snapshot) -> Board {
    let (custodian, custody) = custody(s);
    let m = &s.material;
    assessment::board::board(&s.assessment, &m.case, &custodian, &custody, &m.field.tests)
}
