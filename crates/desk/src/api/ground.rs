//! Items one by one, worked out for one answer: an assessment holds what they come to and not each of them.

use custody::Custodian;

use super::question::Snapshot;

/// The items of a case on a day.
pub(super) fn items(s: &Snapshot) -> Custodian {
    let m = &s.material;
    let rules = assessment::rules(&m.field, m.roadmap.as_ref());
    let mut custodian = Custodian::new();
    custodian.assess(&m.case, &rules, s.day());
    custodian
}
