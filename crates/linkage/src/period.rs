//! Times of observation: a day, a month, a year, a decade, or an interval of them (EDTF: ISO 8601-2:2019).
//!
//! Two rows that speak of different times say nothing of each other: only overlapping periods compare.

/// From a day to a day, counted as days of months of 31: only their order matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    from: i32,
    to: i32,
}

/// Words of a header that tell that the column holds times at which something was seen or held.
const HEADERS: &[&str] = &[
    "observed",
    "observation",
    "seen",
    "sighted",
    "visited",
    "imaged",
    "acquired",
    "period",
    "interval",
    "during",
    "valid",
    "as",
];

impl Period {
    /// Reads `2011`, `2011-06`, `2011-06-25`, `199x`, with `?`, `~` or `%`, and `2011/2015`, `2011/..`, `../2015`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut ends = text.split('/');
        let (first, second) = (ends.next()?, ends.next());
        if ends.next().is_some() {
            return None;
        }
        let Some(second) = second else { return one(first) };
        let open = |t: &str| matches!(t.trim(), "" | ".." | "open");
        let from = if open(first) { i32::MIN } else { one(first)?.from };
        let to = if open(second) { i32::MAX } else { one(second)?.to };
        (from <= to && !(open(first) && open(second))).then_some(Self { from, to })
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Whether it tells less than a day.
    pub(crate) fn is_wide(self) -> bool {
        self.from != self.to
    }

    /// Whether a header tells of times of observation.
    pub(crate) fn is_told_by(header: &str) -> bool {
        header.split(' ').any(|w| HEADERS.contains(&w))
    }
}

fn one(text: &str) -> Option<Period> {
    let text = text.trim().trim_end_matches(['?', '~', '%']);
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let known = year.trim_end_matches(['x', 'u']);
    let unknown = year.len() - known.len();
    if !digits(known) || unknown > 2 || (unknown > 0 && month.is_some()) {
        return None;
    }
    let number = |t: &str, most: i32| {
        let n = (digits(t) && t.len() == 2).then(|| t.parse::<i32>().ok())??;
        (1..=most).contains(&n).then_some(n)
    };
    let span = 10_i32.pow(u32::try_from(unknown).ok()?);
    let year = known.parse::<i32>().ok()? * span;
    let (year, last) = (year, year + span - 1);
    let at = |year: i32, month: i32, day: i32| (year * 12 + month - 1) * 31 + day - 1;
    Some(match (month.map(|m| number(m, 12)), day.map(|d| number(d, 31))) {
        (None, _) => Period { from: at(year, 1, 1), to: at(last, 12, 31) },
        (Some(month), None) => Period { from: at(year, month?, 1), to: at(year, month?, 31) },
        (Some(month), Some(day)) => {
            let day = at(year, month?, day?);
            Period { from: day, to: day }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_any_width_overlap_or_do_not() {
        let read = |t| Period::read(t).unwrap();
        for (a, b, overlap) in [
            ("2011", "2011-06-25", true),
            ("2011-06", "2011-07", false),
            ("199x", "1994-05-30", true),
            ("2011/2015", "2015-09", true),
            ("2011/2015", "2016", false),
            ("2020/..", "2026-01-01", true),
            ("../2005", "2005-12-31", true),
            ("2008-02-14", "2008-02-14~", true),
        ] {
            assert_eq!(read(a).overlaps(read(b)), overlap, "{a} {b}");
            assert_eq!(read(b).overlaps(read(a)), overlap, "{b} {a}");
        }
        for wrong in [
            "",
            "..",
            "../..",
            "yongbyon",
            "2011-13",
            "2015/2011",
            "1/2/2011",
            "20110625",
            "12-2011",
        ] {
            assert_eq!(Period::read(wrong), None, "{wrong}");
        }
    }
}
