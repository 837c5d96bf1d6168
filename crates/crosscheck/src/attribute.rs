//! Attributes of a declared site against those of what was seen of it.

use case::Record;
use names::fold;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{Bound, Claim, Date, Decimal};

use crate::category::{STATUS_HOLDS_DAYS, Stage, days_apart, kind, kind_words, stage};
use crate::result::{AttributeDifference, Judgement};

/// Every attribute that the two give otherwise, with what that amounts to.
pub(crate) fn differences(
    site: &Record<SiteDeclare>,
    seen: &Record<Observation>,
) -> Vec<AttributeDifference> {
    let difference =
        |attribute, declared: &str, observed: &str, judgement, words: String| AttributeDifference {
            attribute,
            declared: declared.to_owned(),
            declared_on: site.said.clone(),
            observed: observed.to_owned(),
            observed_on: seen.body.observed_on.clone(),
            observation: seen.id.clone(),
            judgement,
            words,
        };
    let mut found = Vec::new();
    let times = site.said.as_ref().zip(seen.body.observed_on.as_ref());
    let together = times.map(|(a, b)| days_apart(a, b) <= STATUS_HOLDS_DAYS);
    let (declared, observed) = (kind(&site.body.category), kind(&seen.body.category));
    let (x, y) = (kind_words(&declared), kind_words(&observed));
    if !x.iter().any(|w| y.contains(w)) {
        let judgement =
            if together == Some(false) { Judgement::NotComparable } else { Judgement::Disagree };
        let words = match together {
            Some(false) => "seen at another time; its use may have changed".to_owned(),
            _ => "two kinds of place".to_owned(),
        };
        found.push(difference("type", &site.body.category, &seen.body.category, judgement, words));
    }
    if let (Some(declared), Some(observed)) = (&site.body.status, &seen.body.status)
        && fold(declared) != fold(observed)
    {
        let (attribute, judgement, words) = status(declared, observed, times);
        if let Some(judgement) = judgement {
            found.push(difference(attribute, declared, observed, judgement, words));
        }
    }
    for (a, b) in pairs(&site.body.claims, &seen.body.claims) {
        let at_one_time = match (&a.as_of, &b.as_of) {
            (Some(x), Some(y)) => days_apart(x, y) == 0,
            _ => together != Some(false),
        };
        let (judgement, words) = if at_one_time {
            (Judgement::Disagree, "what the two figures allow does not overlap")
        } else {
            (Judgement::NotComparable, "figures of different times")
        };
        let words = words.to_owned();
        found.push(difference("capacity", &shown(a), &shown(b), judgement, words));
    }
    found
}

/// What two different statuses amount to: `None` when both name the same stage.
fn status(
    declared: &str,
    observed: &str,
    times: Option<(&Date, &Date)>,
) -> (&'static str, Option<Judgement>, String) {
    let stages = stage(declared).zip(stage(observed));
    let Some((said_on, seen_on)) = times else {
        let words = "one of them gives no date".to_owned();
        let same = stages.is_some_and(|(a, b)| a == b);
        return ("status", (!same).then_some(Judgement::NotComparable), words);
    };
    let Some((d, o)) = stages else {
        let words = "the words do not name stages that can be compared".to_owned();
        return ("status", Some(Judgement::NotComparable), words);
    };
    if d == o {
        return ("status", None, String::new());
    }
    if days_apart(said_on, seen_on) <= STATUS_HOLDS_DAYS {
        let words = format!("stated within {STATUS_HOLDS_DAYS} days of each other");
        return ("status", Some(Judgement::Disagree), words);
    }
    // Planning, building and operating come in this order: what was seen early cannot be further on than what is
    // declared late, nor the other way round. A stop can come at any time.
    let forward = d != Stage::Stopped && o != Stage::Stopped;
    let seen_first = said_on.certainly_after(seen_on);
    if forward && ((seen_first && o > d) || (!seen_first && o < d)) {
        let order = if seen_first { "before" } else { "after" };
        let words = format!("seen {order} it was declared; these stages come in the other order");
        return ("date", Some(Judgement::Disagree), words);
    }
    let words = "stated at different times; a change is no mismatch".to_owned();
    ("status", Some(Judgement::NotComparable), words)
}

/// Figures that count the same and do not overlap.
fn pairs<'a>(declared: &'a [Claim], seen: &'a [Claim]) -> Vec<(&'a Claim, &'a Claim)> {
    let all = declared.iter().flat_map(|a| seen.iter().map(move |b| (a, b)));
    all.filter(|(a, b)| {
        a.kind == b.kind && a.material == b.material && a.unit == b.unit && apart(a, b)
    })
    .collect()
}

fn apart(a: &Claim, b: &Claim) -> bool {
    let slack = |c: &Claim, d: Decimal| match c.bound {
        // A figure given as "about" may stray by a tenth.
        Bound::About => d.to_f64().abs() * 0.1,
        _ => c.sigma.map_or(0.0, |s| 2.0 * s.to_f64()),
    };
    let low = |c: &Claim| c.interval().0.map(|d| d.to_f64() - slack(c, d));
    let high = |c: &Claim| c.interval().1.map(|d| d.to_f64() + slack(c, d));
    let below = |x: Option<f64>, y: Option<f64>| x.zip(y).is_some_and(|(top, bottom)| top < bottom);
    below(high(a), low(b)) || below(high(b), low(a))
}

fn shown(claim: &Claim) -> String {
    claim.figure()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn judge(declared: (&str, &str), seen: (&str, &str)) -> (&'static str, Option<Judgement>) {
        let (on, at): (Date, Date) = (declared.1.parse().unwrap(), seen.1.parse().unwrap());
        let (attribute, judgement, _) = status(declared.0, seen.0, Some((&on, &at)));
        (attribute, judgement)
    }

    #[test]
    fn a_changed_use_is_no_mismatch_and_stages_do_not_run_backwards() {
        let declared = ("operating", "1992-05-04");
        assert_eq!(judge(declared, ("operational", "2011")), ("status", None));
        assert_eq!(
            judge(declared, ("abandoned", "2011")),
            ("status", Some(Judgement::NotComparable))
        );
        assert_eq!(
            judge(declared, ("under construction", "1992-06")),
            ("status", Some(Judgement::Disagree))
        );
        assert_eq!(
            judge(declared, ("under construction", "1998")),
            ("date", Some(Judgement::Disagree))
        );
        assert_eq!(
            judge(("planned", "1992-05-04"), ("operating", "1990")),
            ("date", Some(Judgement::Disagree))
        );
        assert_eq!(
            judge(("planned", "1992-05-04"), ("under construction", "2002")),
            ("status", Some(Judgement::NotComparable))
        );
    }
}
