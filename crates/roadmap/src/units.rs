//! Amounts in one unit counted in another, by what the agreement says.

use std::collections::{HashSet, VecDeque};

use statement::Decimal;

use crate::model::Roadmap;

/// An amount in another unit, by the conversions the text agrees on, either way and one after the other. `None` when
/// there are none: nothing is converted that the text does not convert.
#[must_use]
pub fn convert(roadmap: &Roadmap, amount: Decimal, from: &str, to: &str) -> Option<Decimal> {
    if from == to {
        return Some(amount);
    }
    let mut seen: HashSet<&str> = HashSet::from([from]);
    let mut queue = VecDeque::from([(from, amount)]);
    while let Some((unit, amount)) = queue.pop_front() {
        for c in &roadmap.conversions {
            let (next, value) = if c.from == unit {
                (c.to.as_str(), amount.exact().checked_mul(c.factor.exact()))
            } else if c.to == unit {
                (c.from.as_str(), amount.exact().checked_div(c.factor.exact()))
            } else {
                continue;
            };
            let Some(value) = value else { continue };
            let value = Decimal::from(value.normalize());
            if next == to {
                return Some(value);
            }
            if seen.insert(next) {
                queue.push_back((next, value));
            }
        }
    }
    None
}
