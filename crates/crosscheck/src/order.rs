//! Ids in the order people read them: `o-9` before `o-10`.

use std::cmp::Ordering;

use statement::ObjectId;

/// Compares ids with runs of digits as numbers.
pub(crate) fn natural(a: &ObjectId, b: &ObjectId) -> Ordering {
    let (mut x, mut y) = (a.as_str(), b.as_str());
    loop {
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        match (digits(x), digits(y)) {
            (n, m) if n > 0 && m > 0 => {
                let (p, q) = (x[..n].trim_start_matches('0'), y[..m].trim_start_matches('0'));
                let order = p.len().cmp(&q.len()).then_with(|| p.cmp(q));
                if order != Ordering::Equal {
                    return order;
                }
                (x, y) = (&x[n..], &y[m..]);
            }
            _ => match (x.chars().next(), y.chars().next()) {
                (Some(p), Some(q)) if p == q => {
                    (x, y) = (&x[p.len_utf8()..], &y[q.len_utf8()..]);
                }
                (p, q) => return p.cmp(&q).then_with(|| a.cmp(b)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn numbers_by_value() {
        let less = |a: &str, b: &str| natural(&a.parse().unwrap(), &b.parse().unwrap()).is_lt();
        assert!(
            less("o-9", "o-10") && less("a-2", "b-1") && less("o-09", "o-9") && less("o", "o-1")
        );
        assert!(less("d92-50", "d92-200") && less("o-2.a", "o-2.b"));
    }
}
