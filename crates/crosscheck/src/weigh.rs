//! Fusion: reports of one place weighed against each other.
//!
//! A place has readings, of which one is right or none. A report speaks for a reading, or against it. In bits:
//! `log2 P(reading) = log2 prior + Σ for - Σ against - normalisation`. The sums run over origins, not reports. The
//! interval runs over the range of the inputs (Beaumont, Evans, Huth and Plant, ESORICS 2015): every probability is
//! monotone in every weight, so the extremes lie at the ends of the ranges and are exact.

use statement::{ObjectId, Reliability};

use crate::grade::{Grade, Settings, Weight, icd203, log_odds, probability};
use crate::result::{Change, Counts, Evidence, Weighing};
use crate::score::round;

/// A report as it is weighed.
pub(crate) struct Item {
    pub id: ObjectId,
    pub says: String,
    /// The reading it speaks of.
    pub reading: usize,
    /// It looked and did not find it.
    pub against: bool,
    /// Its weight, positive when it is believed.
    pub weight: Weight,
    /// Its source can be judged.
    pub judged: bool,
    /// Grade 1: others confirm it already.
    pub confirmed: bool,
    pub origins: Vec<String>,
    pub grade: String,
}

/// What the reports of a place add up to.
pub(crate) struct Fused {
    /// For each reading, for and against in bits.
    sums: Vec<Weight>,
    /// For each item, what counts of it and why.
    counted: Vec<(Weight, Counts)>,
    settings: Chances,
}

/// The parts of the settings that the sums do not hold.
#[derive(Clone, Copy)]
struct Chances {
    low: f64,
    p: f64,
    high: f64,
}

/// Weighs reports of a place with so many readings. Items must be in a stable order.
pub(crate) fn fuse(items: &[&Item], readings: usize, settings: &Settings) -> Fused {
    let mut counted: Vec<(Weight, Counts)> =
        items.iter().map(|_| (Weight::default(), Counts::CannotBeJudged)).collect();
    let mut sums = vec![Weight::default(); readings];
    for (reading, total) in sums.iter_mut().enumerate() {
        for against in [false, true] {
            let side: Vec<usize> = (0..items.len())
                .filter(|&i| {
                    items[i].reading == reading && items[i].against == against && items[i].judged
                })
                .collect();
            let sum = side_sum(items, &side, &mut counted);
            let signed = if against { sum.against() } else { sum };
            total.low += signed.low;
            total.bits += signed.bits;
            total.high += signed.high;
        }
    }
    let prior = settings.prior;
    Fused { sums, counted, settings: Chances { low: prior.low, p: prior.p, high: prior.high } }
}

/// What the reports on one side of a reading weigh together, and what counts of each.
fn side_sum(items: &[&Item], side: &[usize], counted: &mut [(Weight, Counts)]) -> Weight {
    let mut order = side.to_vec();
    order.sort_by(|&a, &b| {
        let heavier = items[b].weight.bits.total_cmp(&items[a].weight.bits);
        heavier.then_with(|| items[a].id.cmp(&items[b].id))
    });
    // Of one origin the weightiest counts.
    let mut heads: Vec<usize> = Vec::new();
    for &i in &order {
        let shares = |h: &&usize| items[**h].origins.iter().any(|o| items[i].origins.contains(o));
        match heads.iter().find(shares) {
            Some(&head) => counted[i].1 = Counts::SameOrigin(items[head].id.clone()),
            None => heads.push(i),
        }
    }
    let Some(&first) = heads.first() else { return Weight::default() };
    // Nothing is believed: the best of what is doubted tells how far. Doubted reports never count against what
    // better ones say.
    if items[first].weight.bits <= 0.0 {
        for &i in &heads {
            counted[i].1 = Counts::DoubtedBesideBetter;
        }
        counted[first] = (items[first].weight, Counts::InFull);
        return items[first].weight;
    }
    let sum = |of: &[usize]| {
        of.iter().map(|&i| items[i].weight).fold(Weight::default(), |a, w| Weight {
            low: a.low + w.low,
            bits: a.bits + w.bits,
            high: a.high + w.high,
        })
    };
    let (believed, doubted): (Vec<usize>, Vec<usize>) =
        heads.iter().partition(|&&i| items[i].weight.bits > 0.0);
    for &i in &doubted {
        counted[i].1 = Counts::DoubtedBesideBetter;
    }
    // Grade 1 says that others confirm it: the others are in it already.
    let (confirmed, others): (Vec<usize>, Vec<usize>) =
        believed.iter().partition(|&&i| items[i].confirmed);
    let keep = match confirmed.first() {
        Some(&one) if sum(&[one]).bits >= sum(&others).bits => {
            for &i in believed.iter().filter(|&&i| i != one) {
                counted[i].1 = Counts::ConfirmsAlready(items[one].id.clone());
            }
            vec![one]
        }
        Some(_) => {
            for &i in &confirmed {
                counted[i].1 = Counts::ConfirmsAlready(items[others[0]].id.clone());
            }
            others
        }
        None => believed,
    };
    for &i in &keep {
        counted[i] = (items[i].weight, Counts::InFull);
    }
    sum(&keep)
}

impl Fused {
    /// The probability of each reading; what is left to one is "none of these".
    pub(crate) fn probabilities(&self) -> Vec<f64> {
        let bits: Vec<f64> = self.sums.iter().map(|s| s.bits).collect();
        share(&bits, self.settings.p)
    }

    /// Why each item counts as it does.
    pub(crate) fn counts(&self) -> impl Iterator<Item = &Counts> {
        self.counted.iter().map(|(_, counts)| counts)
    }

    /// The least and the most that the probability of the readings in a set can be.
    pub(crate) fn range(&self, of: &[usize]) -> (f64, f64) {
        let end = |own: fn(&Weight) -> f64, rival: fn(&Weight) -> f64, prior: f64| {
            let bits: Vec<f64> = (self.sums.iter().enumerate())
                .map(|(r, s)| if of.contains(&r) { own(s) } else { rival(s) })
                .collect();
            let shares = share(&bits, prior);
            of.iter().map(|&r| shares[r]).sum::<f64>()
        };
        // With rivals the prior works both ways; both ends are tried.
        let Chances { low, high, .. } = self.settings;
        let (least, most) = (|s: &Weight| s.low, |s: &Weight| s.high);
        (
            end(least, most, low).min(end(least, most, high)),
            end(most, least, low).max(end(most, least, high)),
        )
    }

    /// The probability of the readings in a set if the sums of some were changed.
    fn if_changed(&self, of: &[usize], reading: Option<usize>, by: f64) -> f64 {
        let bits: Vec<f64> = (self.sums.iter().enumerate())
            .map(|(r, s)| s.bits + if reading.is_none_or(|x| x == r) { by } else { 0.0 })
            .collect();
        let shares = share(&bits, self.settings.p);
        of.iter().map(|&r| shares[r]).sum()
    }

    /// The question whether one of the readings in a set is right. `scale` multiplies the probability: that the place
    /// is none that was declared.
    pub(crate) fn weighing(
        &self,
        question: String,
        items: &[&Item],
        of: &[usize],
        names: &[String],
        scale: f64,
        settings: &Settings,
    ) -> Weighing {
        let all = self.probabilities();
        let p: f64 = of.iter().map(|&r| all[r]).sum::<f64>() * scale;
        let (low, high) = self.range(of);
        let share_of_prior = self.settings.p * of.len() as f64 / names.len().max(1) as f64;
        let mut evidence: Vec<Evidence> = items
            .iter()
            .zip(&self.counted)
            .map(|(item, (weight, counts))| {
                let toward = of.contains(&item.reading) != item.against;
                let signed = if toward { *weight } else { weight.against() };
                Evidence {
                    id: item.id.clone(),
                    says: item.says.clone(),
                    bits: round(signed.bits, 2),
                    low: round(signed.low, 2),
                    high: round(signed.high, 2),
                    origins: item.origins.clone(),
                    grade: item.grade.clone(),
                    counts: counts.clone(),
                }
            })
            .collect();
        evidence
            .sort_by(|a, b| (b.bits.abs().total_cmp(&a.bits.abs())).then_with(|| a.id.cmp(&b.id)));
        let strongest = |sign: f64| {
            let speaks = |e: &&Evidence| e.bits * sign > 0.0;
            evidence.iter().find(speaks).map(|e| e.id.clone())
        };
        let (strongest_for, strongest_against) = (strongest(1.0), strongest(-1.0));
        let would_change = self.would_change(items, of, names, scale, settings);
        Weighing {
            question,
            probability: round(p, 3),
            low: round(low * scale, 3),
            high: round(high * scale, 3),
            words: icd203(p),
            prior_bits: round(log_odds(share_of_prior), 2),
            bits: round(log_odds(p.clamp(1e-6, 1.0 - 1e-6)), 2),
            evidence,
            strongest_for,
            strongest_against,
            would_change,
        }
    }

    /// Tries every single new piece of evidence short of a visit, and keeps the one that moves the answer most.
    fn would_change(
        &self,
        items: &[&Item],
        of: &[usize],
        names: &[String],
        scale: f64,
        settings: &Settings,
    ) -> Change {
        let all = self.probabilities();
        let now: f64 = of.iter().map(|&r| all[r]).sum();
        let usual = |g: &&Grade| (g.reliability, g.credibility) == (Some(Reliability::B), 2);
        let report =
            settings.grades.iter().find(usual).map_or(0.0, |g| settings.weigh(g.right).bits);
        let best = |set: Vec<usize>| {
            set.into_iter().max_by(|&a, &b| all[a].total_cmp(&all[b]).then(b.cmp(&a)))
        };
        let mut candidates: Vec<(String, f64)> = Vec::new();
        let name = |r: usize| names.get(r).map_or("it", String::as_str);
        if let Some(lead) = best(of.to_vec()) {
            candidates.push((
                format!("a further independent report (B2) of {}", name(lead)),
                self.if_changed(of, Some(lead), report),
            ));
            candidates.push((
                format!("an independent report (B2) that it is not {}", name(lead)),
                self.if_changed(of, Some(lead), -report),
            ));
        }
        if let Some(rival) = best((0..names.len()).filter(|r| !of.contains(r)).collect()) {
            candidates.push((
                format!("a further independent report (B2) of {}", name(rival)),
                self.if_changed(of, Some(rival), report),
            ));
        }
        for (i, item) in items.iter().enumerate().filter(|(i, _)| self.counted[*i].0.bits != 0.0) {
            let rest: Vec<&Item> =
                items.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, item)| *item).collect();
            let without = fuse(&rest, names.len(), settings).probabilities();
            let p = of.iter().map(|&r| without[r]).sum();
            candidates.push((format!("{} proved unfounded", item.id), p));
        }
        let moved = |p: f64| (p - now).abs();
        let most = candidates
            .into_iter()
            .reduce(|best, next| if moved(next.1) > moved(best.1) + 1e-9 { next } else { best });
        let (what, p) =
            most.unwrap_or_else(|| ("a first report of it".to_owned(), probability(report)));
        Change { what, probability: round(p * scale, 3) }
    }
}

/// Probabilities of readings from their bits: `prior` is shared among them evenly, the rest is "none of these".
fn share(bits: &[f64], prior: f64) -> Vec<f64> {
    let each = prior / bits.len().max(1) as f64;
    let odds: Vec<f64> = bits.iter().map(|b| each * b.exp2()).collect();
    let all: f64 = odds.iter().sum::<f64>() + (1.0 - prior);
    odds.into_iter().map(|o| o / all).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use statement::{Basis, Source};

    fn item(id: &str, reading: usize, letter: Reliability, digit: u8, origin: &str) -> Item {
        let settings = Settings::default();
        let source = Source {
            basis: Basis::Seen,
            cite: origin.into(),
            credibility: Some(digit),
            reliability: Some(letter),
        };
        Item {
            id: id.parse().unwrap(),
            says: String::new(),
            reading,
            against: false,
            weight: settings.weight(Some(&source)),
            judged: settings.right(Some(&source)).is_some(),
            confirmed: digit == 1,
            origins: vec![origin.to_owned()],
            grade: source.grade(),
        }
    }

    fn one(items: &[Item]) -> f64 {
        fuse(&items.iter().collect::<Vec<_>>(), 1, &Settings::default()).probabilities()[0]
    }

    use Reliability::{A, B, D, E, F};

    #[test]
    fn one_report_gives_the_probability_of_its_grade() {
        for (digit, p) in [(1, 0.9), (2, 0.7), (3, 0.5), (4, 0.3), (5, 0.1)] {
            assert!((one(&[item("a", 0, B, digit, "x")]) - p).abs() < 1e-9);
        }
        assert_eq!(one(&[item("a", 0, F, 2, "x")]), 0.5);
        assert_eq!(one(&[item("a", 0, B, 6, "x")]), 0.5);
    }

    #[test]
    fn origins_count_once_and_grade_1_holds_the_others() {
        // Odds (7/3)^2: two independent reports.
        let two = one(&[item("a", 0, B, 2, "x"), item("b", 0, A, 2, "y")]);
        assert!((two - 49.0 / 58.0).abs() < 1e-9, "{two}");
        assert!((one(&[item("a", 0, B, 2, "x"), item("b", 0, A, 2, "x")]) - 0.7).abs() < 1e-9);
        assert!((one(&[item("a", 0, B, 1, "x"), item("b", 0, A, 2, "y")]) - 0.9).abs() < 1e-9);
        // A rumour beside a good report takes nothing from it.
        assert!((one(&[item("a", 0, B, 2, "x"), item("b", 0, E, 5, "y")]) - 0.7).abs() < 1e-9);
        assert!((one(&[item("a", 0, D, 4, "x"), item("b", 0, E, 5, "y")]) - 0.3).abs() < 1e-9);
    }

    #[test]
    fn looked_and_found_nothing_counts_against() {
        let mut nothing = item("b", 0, A, 1, "y");
        nothing.against = true;
        // Even odds, one report of 0.7 for, one of 0.9 against: 7/3 / 9 = 0.259 to 1.
        let p = one(&[item("a", 0, B, 2, "x"), nothing]);
        assert!((p - 7.0 / 34.0).abs() < 1e-9, "{p}");
    }

    #[test]
    fn rivals_share_what_is_there_and_the_range_holds_the_best_judgement() {
        let items = [item("a", 0, A, 2, "x"), item("b", 1, B, 3, "y")];
        let items: Vec<&Item> = items.iter().collect();
        let fused = fuse(&items, 2, &Settings::default());
        let p = fused.probabilities();
        // 1/4 * 7/3, 1/4, 1/2.
        assert!((p[0] - 0.4375).abs() < 1e-9 && (p[1] - 0.1875).abs() < 1e-9, "{p:?}");
        for (reading, p) in p.iter().enumerate() {
            let (low, high) = fused.range(&[reading]);
            assert!(low < *p && *p < high && low > 0.0 && high < 1.0);
        }
        let names = ["enrichment".to_owned(), "workshop".to_owned()];
        let w = fused.weighing("?".into(), &items, &[0], &names, 1.0, &Settings::default());
        assert_eq!(w.strongest_for.unwrap().as_str(), "a");
        assert_eq!(w.words, "unlikely");
        assert!((w.would_change.probability - w.probability).abs() > 0.1);
    }
}
