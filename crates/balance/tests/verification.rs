//! Worked cases of sampling, differences and production; and what must always hold.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use balance::difference::{Errors, Stratum, difference, muf_less_d};
use balance::normal;
use balance::production::{self, Estimate, HalfLives};
use balance::sampling::{self, Method, miss, miss_with_power, size};
use proptest::prelude::*;

#[track_caller]
fn near(value: f64, expected: f64, digits: i32) {
    let half = 0.500_000_1 * 10_f64.powi(-digits);
    assert!((value - expected).abs() <= half, "{value} is not {expected} to {digits} decimals");
}

#[test]
fn case_4_sample_sizes() {
    for (n, d, beta, iaea, jaech, exact, missed) in [
        (100, 5, 0.05, 46, 45, 45, Some(0.046_206_343_362_087)),
        (100, 10, 0.05, 26, 25, 25, Some(0.047_886_556_184_391)),
        (100, 1, 0.05, 95, 95, 95, Some(0.05)),
        (1000, 10, 0.05, 259, 258, 258, Some(0.049_795_803_273_392)),
        (60, 6, 0.1, 20, 19, 19, None),
        (250, 25, 0.1, 22, 21, 21, None),
        (250, 12, 0.5, 15, 14, 14, None),
        (8000, 80, 0.8, 23, 23, 23, Some(0.793_360_329_853_311)),
        (30, 3, 0.05, 19, 19, 19, None),
        (500, 2, 0.1, 342, 342, 342, None),
        (20, 4, 0.2, 7, 7, 7, None),
    ] {
        let s = size(n, d, beta, 1.0);
        assert_eq!((s.iaea, s.jaech, s.exact), (iaea, jaech, exact), "{s:?}");
        assert!(s.attained);
        if let Some(missed) = missed {
            near(s.miss, missed, 15);
        }
    }
    assert_eq!(miss(100, 10, 91), 0.0);
    assert_eq!(size(100, 10, 1.0, 1.0).exact, 0);
    assert_eq!(size(1_000_000, 1_000, 0.05, 1.0).exact, 2_990);
}

#[test]
fn case_5_a_stratum_of_200() {
    let plan = |gamma: f64| {
        let d = sampling::defects(200, 1.5, 8.0, gamma);
        let s = size(200, d.unwrap_or(200), 0.05, 1.0);
        (d, s.iaea, s.exact)
    };
    assert_eq!(plan(1.0), (Some(6), 79, 78));
    assert_eq!(plan(0.5), (Some(11), 48, 47));
    assert_eq!(plan(0.1), (Some(54), 11, 10));
    // 267 items would be needed: a defect of 2 % cannot hide 8 kg in 300 kg.
    assert_eq!(plan(0.02), (None, 3, 1));
    let methods = [("weighing", 0.125), ("gamma", 0.025), ("chemistry", 0.002)]
        .map(|(name, rsd)| Method { name: name.to_owned(), rsd });
    let levels = sampling::levels(200, 1.5, 8.0, 0.05, &methods);
    let sizes: Vec<_> = levels.iter().map(|l| (l.gamma, l.size.map(|s| s.exact))).collect();
    assert_eq!(sizes, [(1.0, Some(78)), (0.5, Some(47)), (0.1, Some(10))]);
}

/// The probability to miss by summing the hypergeometric distribution with exact integers.
fn brute(population: u64, defects: u64, n: u64, power: f64) -> f64 {
    fn choose(n: u64, k: u64) -> u128 {
        if k > n { 0 } else { (0..k).fold(1, |c, i| c * u128::from(n - i) / u128::from(i + 1)) }
    }
    let all = choose(population, n) as f64;
    (0..=n.min(defects))
        .map(|j| {
            let ways = choose(defects, j) * choose(population - defects, n - j);
            ways as f64 / all * (1.0 - power).powi(i32::try_from(j).unwrap())
        })
        .sum()
}

proptest! {
    #[test]
    fn misses_are_those_of_exact_integers(
        (population, defects, n) in (1_u64..60).prop_flat_map(|p| (Just(p), 0..=p, 0..=p)),
        power in 0.0_f64..1.0,
    ) {
        let exact = brute(population, defects, n, power);
        prop_assert!((miss_with_power(population, defects, n, power) - exact).abs() < 1e-12 + 1e-11 * exact);
        let exact = brute(population, defects, n, 1.0);
        prop_assert!((miss(population, defects, n) - exact).abs() < 1e-12 * exact + 1e-300);
    }

    #[test]
    fn the_exact_size_is_the_smallest(
        (population, defects) in (1_u64..400).prop_flat_map(|p| (Just(p), 1..=p)),
        beta in 0.001_f64..0.99,
        power in prop::sample::select(vec![1.0, 0.9, 0.5]),
    ) {
        let s = size(population, defects, beta, power);
        if s.attained {
            prop_assert!(s.miss <= beta * (1.0 + 1e-12));
            prop_assert!(s.exact == 0 || miss_with_power(population, defects, s.exact - 1, power) > beta);
        } else {
            prop_assert_eq!(s.exact, population);
        }
        if power == 1.0 && defects <= population / 5 && beta >= 0.05 {
            // What a published comparison found: the exact size is at most three below the formula.
            prop_assert!(s.exact <= s.iaea && s.exact + 3 >= s.iaea, "{:?}", s);
        }
    }

    #[test]
    fn a_plan_by_weight_keeps_beta_for_every_choice_of_the_falsifier(
        weights in prop::collection::vec(0.05_f64..4.0, 3..9),
        beta in 0.01_f64..0.5,
    ) {
        let goal = weights.iter().sum::<f64>() * 0.6;
        let plan = sampling::weighted(&weights, goal, 1.0, beta, 1.0);
        for set in 1..1_u32 << weights.len() {
            let chosen = |j: usize| set >> j & 1 == 1;
            let hidden: f64 = (0..weights.len()).filter(|j| chosen(*j)).map(|j| weights[j]).sum();
            let missed: f64 =
                (0..weights.len()).filter(|j| chosen(*j)).map(|j| 1.0 - plan.chances[j]).product();
            prop_assert!(hidden < goal || missed <= beta * (1.0 + 1e-9));
        }
        let fewest = plan.fewest_defects.unwrap();
        let alike = plan.alike.unwrap();
        prop_assert!(miss(weights.len() as u64, fewest, alike.exact) <= beta * (1.0 + 1e-12));
    }

    #[test]
    fn drawn_items_are_distinct_and_as_many_as_asked(population in 1_u64..500, seed: u64) {
        let n = population / 3;
        let drawn = sampling::draw(population, n, seed);
        prop_assert_eq!(drawn.len() as u64, n);
        prop_assert!(drawn.windows(2).all(|w| w[0] < w[1]) && drawn.iter().all(|i| (1..=population).contains(i)));
        prop_assert_eq!(&drawn, &sampling::draw(population, n, seed));
    }
}

#[test]
fn every_item_is_drawn_equally_often() {
    let mut counts = [0_u32; 10];
    for seed in 0..20_000 {
        for item in sampling::draw(10, 3, seed) {
            counts[usize::try_from(item).unwrap() - 1] += 1;
        }
    }
    // 6000 each, standard deviation 65.
    assert!(counts.iter().all(|c| c.abs_diff(6000) < 330), "{counts:?}");
}

const OPERATOR: [f64; 15] = [
    2.013, 1.987, 2.054, 1.992, 2.021, 1.968, 2.037, 2.008, 1.979, 2.046, 2.001, 1.995, 2.029,
    1.984, 2.012,
];
const INSPECTOR: [f64; 15] = [
    1.990, 1.985, 2.021, 1.940, 2.018, 1.962, 1.995, 2.011, 1.941, 2.040, 1.968, 1.970, 2.003,
    1.979, 1.996,
];

#[test]
fn case_9_the_d_statistic() {
    let pairs: Vec<(f64, f64)> = OPERATOR.into_iter().zip(INSPECTOR).collect();
    let stratum = Stratum {
        name: "cans",
        items: 120,
        sign: -1.0,
        operator: Errors { random: 0.010, systematic: 0.005 },
        inspector: Errors { random: 0.006, systematic: 0.004 },
        pairs: &pairs,
    };
    let d = difference(&stratum).unwrap();
    near(d.d, 2.456, 12);
    near(d.sigma, 1.705_319_655_354_268_2, 13);
    near(d.ratio.unwrap(), 1.440_199_198_0, 10);
    near(d.tail.unwrap(), 0.074_905_5, 7);
    near(d.item_limit, 0.039_912_4, 7);
    near(d.largest, 0.026_104_4, 7);
    assert!(d.tests.iter().all(|t| !t.alarm));
    assert!(difference(&Stratum { pairs: &[], ..stratum.clone() }).is_none());
    // Every item verified, nothing but this stratum in the balance: only the inspector's errors are left.
    let all = Stratum { items: 15, ..stratum };
    let whole = difference(&all).unwrap();
    let operator = 15.0 * OPERATOR.iter().sum::<f64>() / 15.0;
    let sigma_muf = operator * (0.01_f64.powi(2) / 15.0 + 0.005_f64.powi(2)).sqrt();
    let both = muf_less_d(0.3, sigma_muf, std::slice::from_ref(&whole), &[all], 0.05);
    near(both.sigma, whole.sigma_inspector, 12);
    near(both.estimate, 0.3 + whole.d, 12);
    near(1.0 - (1.0 - both.alpha_each).powi(2), 0.05, 12);
}

#[test]
fn case_10_separative_work() {
    for (product, feed, tails, amount, swu) in [
        (0.035, 0.00711, 0.003, 7.785_888, 4.339_431),
        (0.045, 0.00711, 0.003, 10.218_978, 6.230_585),
        // To 30 digits 7.923370692…; the sheet prints it cut, not rounded.
        (0.05, 0.00711, 0.0025, 10.303_688, 7.923_371),
        (0.9, 0.00711, 0.003, 218.248_175, 192.937_618),
    ] {
        let s = production::separation(product, feed, tails).unwrap();
        near(s.feed, amount, 6);
        near(s.swu, swu, 6);
        // U-235 in is U-235 out.
        near(s.feed * feed, product + s.tails * tails, 12);
    }
    // 100 kg natural to 10 kg at 4.5 %: tails 0.29 %, about 63.5 SWU.
    let tails = (100.0 * 0.00711 - 10.0 * 0.045) / 90.0;
    near(10.0 * production::separation(0.045, 0.00711, tails).unwrap().swu, 63.5, 1);
    assert_eq!(production::separation(0.002, 0.00711, 0.003), None);
}

#[test]
fn case_11_heat_and_americium() {
    let exact = |v| Estimate::new(v, 0.0);
    let year = production::plutonium_from_heat(exact(25.0), exact(365.0), exact(0.8), exact(0.9));
    near(year.value, 6570.0, 9);
    for (kg, days) in [(25.0, 1111.0), (17.0, 756.0), (33.0, 1467.0)] {
        near(production::full_power_days(kg * 1000.0, 25.0, 0.9), days, 0);
    }
    let spread = production::plutonium_from_heat(
        Estimate::new(25.0, 2.5),
        Estimate::new(1000.0, 0.0),
        Estimate::new(0.8, 0.04),
        Estimate::new(0.9, 0.09),
    );
    near(spread.sigma / spread.value, (0.01_f64 + 0.0025 + 0.01).sqrt(), 12);
    let h = HalfLives::default();
    for (years, ratio) in [(0.5, 0.02447), (1.0, 0.04952), (2.0, 0.10141), (3.0, 0.15578)] {
        near(h.ratio(years), ratio, 5);
        near(h.age(Estimate::new(h.ratio(years), 0.0)).value, years, 12);
    }
    near(h.age(Estimate::new(0.1, 0.001)).sigma, 0.019, 3);
}

#[test]
fn ages_apart_are_separations_apart() {
    let ages = |values: &[f64]| -> Vec<Estimate> {
        values.iter().map(|v| Estimate::new(*v, 0.05)).collect()
    };
    let one = production::separations(&ages(&[2.02, 1.97, 2.0, 2.05])).unwrap();
    assert_eq!(one.count, 1);
    assert!(one.one_separation > 0.1);
    // Ages in 1992 of plutonium separated in 1989, 1990 and 1991.
    let three = production::separations(&ages(&[3.02, 1.0, 2.0, 0.97, 2.04, 2.98])).unwrap();
    assert_eq!(three.count, 3);
    assert_eq!(three.member, [2, 0, 1, 0, 1, 2]);
    assert!(three.one_separation < 1e-9);
    near(three.groups[1].value, 2.02, 9);
    near(three.groups[1].sigma, 0.05 / 2_f64.sqrt(), 9);
    assert_eq!(production::separations(&ages(&[1.0])).unwrap().count, 1);
    assert_eq!(production::separations(&[]), None);
}

/// The joint optimum of MUF and D: the best test guarantees more than two tests at any rates, no split is seen less often
/// than the worst, and with independent statistics of equal error the numbers are those of one sum.
#[test]
fn a_loss_split_between_muf_and_d() {
    use balance::difference::{MufLessD, joint};
    let of = |sigma_muf: f64, sigma_d: f64, covariance: f64| MufLessD {
        muf: 0.0,
        sigma_muf,
        d: 0.0,
        sigma_d,
        covariance,
        estimate: 0.0,
        sigma: 1.0,
        tail: None,
        alpha_each: 0.025,
    };
    // Two independent tests of sigma 1 against 4: MUF - D has sigma sqrt(2), and half of it shows in each.
    let even = joint(&of(1.0, 1.0, 0.0), 4.0, 0.05).unwrap();
    let expected = normal::cdf(4.0 / 2.0_f64.sqrt() - normal::upper(0.05));
    assert!((even.best - expected).abs() < 1e-12, "{even:?}");
    assert!((even.worst_in_muf - 2.0).abs() < 1e-12);
    assert!((even.apart - even.even).abs() < 1e-3 && even.apart < even.best, "{even:?}");
    // Against the middle split of independent tests: 1 - P(both quiet), by hand.
    let limit = normal::quantile(0.95_f64.sqrt());
    let middle = 1.0 - normal::cdf(limit - 2.0).powi(2);
    let all = 1.0 - normal::cdf(limit - 4.0) * normal::cdf(limit);
    assert!((even.even - middle.min(all)).abs() < 1e-6, "{even:?} {middle} {all}");
    for (a, b, c) in [(2.0, 1.7, 1.5), (1.0, 3.0, 0.8), (3.0, 1.0, 0.9), (2.0, 1.0, -0.5)] {
        let m = of(a, b, c);
        let j = joint(&m, 6.0, 0.05).unwrap();
        assert!(j.even <= j.apart + 1e-9 && j.apart <= j.best + 1e-9, "{j:?}");
        // The strength of the best test for each split, from the covariance of (MUF, -D) written out.
        let strength = |x: f64| {
            let (u, w, det) = (x, 6.0 - x, a * a * b * b - c * c);
            ((b * b * u * u + 2.0 * c * u * w + a * a * w * w) / det).sqrt()
        };
        let least = (0..=600).map(|i| strength(f64::from(i) / 100.0)).fold(f64::MAX, f64::min);
        let found = normal::cdf(least - normal::upper(0.05));
        assert!((j.best - found).abs() < 1e-4, "{j:?} {found}");
        // The two rates together make alpha: between the bounds of Boole and of independence.
        assert!(
            j.alpha_muf + j.alpha_d >= 0.05 - 1e-9 && j.alpha_muf.max(j.alpha_d) <= 0.05 + 1e-9
        );
    }
    assert!(joint(&of(1.0, 0.0, 0.0), 4.0, 0.05).is_none());
}
