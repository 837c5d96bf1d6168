//! The worked cases: computed twice by other means, printed here to all their digits.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::excessive_precision,
    reason = "a test fails by panicking"
)]

use balance::page::{self, Page};
use balance::{Covariance, ErrorModel, Limits, detection, normal, sequential};

/// Equal in every digit that is printed: to half a unit of `digits` decimals.
#[track_caller]
fn near(value: f64, expected: f64, digits: i32) {
    let half = 0.5000001 * 10_f64.powi(-digits);
    assert!((value - expected).abs() <= half, "{value} is not {expected} to {digits} decimals");
}

fn one_balance(shared_inventories: bool, shared_flows: bool) -> ErrorModel {
    let mut model = ErrorModel::new(1);
    let stratum = model.stratum("all");
    let sources: Vec<_> = (0..4).map(|i| model.source(format!("s{i}"))).collect();
    let pe = if shared_inventories { sources[0] } else { sources[3] };
    let y = if shared_flows { sources[1] } else { sources[2] };
    for (amount, random, systematic, source, sign) in [
        (120.5, 0.004, 0.002, sources[0], 1.0),
        (480.2, 0.003, 0.0015, sources[1], 1.0),
        (455.9, 0.003, 0.0015, y, -1.0),
        (143.1, 0.004, 0.002, pe, -1.0),
    ] {
        model.quantity(stratum, amount, random, &[(source, systematic)], &[(0, sign)]);
    }
    model
}

#[test]
fn case_1_sigma_muf_by_what_is_shared() {
    near(one_balance(false, false).muf()[0], 1.7, 10);
    for (inventories, flows, sigma) in [
        (false, false, 2.373_261_840_273_845_5),
        (true, false, 2.344_018_635_271_486_2),
        (true, true, 2.123_503_956_318_424_4),
    ] {
        near(one_balance(inventories, flows).covariance().sigma_muf(0), sigma, 14);
    }
}

fn inventory_noise(size: usize, first: f64) -> Covariance {
    let mut v = Covariance::zero(size);
    for i in 0..size {
        v.add(i, i, if i == 0 { first } else { 2.0 });
        if i > 0 {
            v.add(i, i - 1, -1.0);
        }
    }
    v
}

#[test]
fn case_2_pure_inventory_noise() {
    let m = [1.0, -0.5, 2.0, 0.3, 1.2];
    let v = inventory_noise(5, 2.0);
    let factor = v.cholesky().unwrap();
    for i in 0..5 {
        near(factor.get(i, i).powi(2), (i as f64 + 2.0) / (i as f64 + 1.0), 14);
    }
    let (rows, singular) = sequential::test(&m, &v);
    assert_eq!(singular, None);
    let z: Vec<f64> = rows.iter().map(|r| r.sitmuf.unwrap()).collect();
    let expected = [
        std::f64::consts::FRAC_1_SQRT_2,
        0.0,
        1.732_050_807_568_877_2,
        1.609_968_943_799_85,
        2.409_979_253_022_73,
    ];
    z.iter().zip(expected).for_each(|(z, e)| near(*z, e, 14));
    near(rows[4].gemuf.unwrap(), z.iter().map(|z| z * z).sum(), 13);
    near(rows[4].itmuf.unwrap(), z[4] * factor.get(4, 4), 14);
    // Known opening: the cumulative sums.
    let (rows, _) = sequential::test(&m, &inventory_noise(5, 1.0));
    for (row, e) in rows.iter().zip([1.0, 0.5, 2.5, 2.8, 4.0]) {
        near(row.sitmuf.unwrap(), e, 13);
        near(row.cumuf, e, 13);
    }
    // Page from 0 with K = 0.5.
    for (row, e) in rows.iter().zip([0.5, 0.5, 2.5, 4.8, 8.3]) {
        near(row.page.unwrap(), e, 13);
    }
}

fn year(balances: usize) -> Covariance {
    // σ_I 0.5 per inventory, variances of the transfers 0.09 in all.
    let mut v = Covariance::zero(balances);
    for i in 0..balances {
        v.add(i, i, 0.5 + 0.09 / balances as f64);
        if i > 0 {
            v.add(i, i - 1, -0.25);
        }
    }
    v
}

#[test]
fn case_3_the_worst_loss_is_seen_as_by_cumuf() {
    for (n, best) in [
        (1, 0.831_201_632_674_133_2),
        (2, 0.831_201_632_674_133_2),
        (4, 0.885_359_276_817_900_6),
        (12, 0.978_200_219_955_083_1),
    ] {
        let v = year(n);
        let constant = detection::protracted(n, 2.0);
        near(detection::best_test(&v, &constant, 0.05).unwrap(), best, 14);
        let worst = detection::worst_pattern(&v, 2.0).unwrap();
        near(detection::best_test(&v, &worst, 0.05).unwrap(), 0.831_201_632_674_133_2, 14);
        near(
            detection::detect(&v, &worst, &Limits::new(n, 0.05)).unwrap().cumuf,
            0.831_201_632_674_133_2,
            14,
        );
        if n == 4 {
            worst.iter().zip([0.9237, 0.0763, 0.0763, 0.9237]).for_each(|(u, e)| near(*u, e, 4));
        }
    }
}

#[test]
fn a_worst_pattern_without_gains() {
    // V1 has a negative part in the middle: inventories so noisy there that a gain would hide the loss.
    let v = Covariance::from_full(3, &[4.0, -3.0, 1.0, -3.0, 4.0, -3.0, 1.0, -3.0, 4.0]).unwrap();
    assert!(v.times(&[1.0; 3])[1] < 0.0);
    let worst = detection::worst_pattern(&v, 1.0).unwrap();
    assert!(worst.iter().all(|u| *u >= 0.0), "{worst:?}");
    let least = detection::best_test(&v, &worst, 0.05).unwrap();
    for a in 0..=50 {
        for b in 0..=50 - a {
            let u = [f64::from(a) / 50.0, f64::from(b) / 50.0, f64::from(50 - a - b) / 50.0];
            assert!(detection::best_test(&v, &u, 0.05).unwrap() >= least - 1e-12, "{u:?}");
        }
    }
}

#[test]
fn case_6_average_run_lengths() {
    for (h, lengths) in [
        (3.0, [117.5957, 17.3505, 6.4039, 2.6797]),
        (4.0, [335.3676, 26.6792, 8.3832, 3.3428]),
        (5.0, [930.8870, 38.0096, 10.3760, 4.0089]),
    ] {
        for (shift, length) in [0.0, 0.5, 1.0, 2.0].into_iter().zip(lengths) {
            near(Page::new(0.5, h).run_length(shift, 0.0), length, 4);
        }
    }
    let test = Page::new(0.5, 5.0);
    // The same equation solved in 113-bit arithmetic with 60 and with 120 nodes.
    near(test.run_length(0.0, 0.0), 930.887_012_064_123_5, 11);
    near(test.run_length(0.0, 2.5), 895.834_345_223_489_1, 11);
    near(test.run_length(1.0, 2.5), 6.347_965_827_0, 10);
    near(Page::new(0.5, 4.0).run_length_two_sided(0.0), 167.684, 3);
    near(test.run_length_two_sided(0.0), 465.444, 3);
}

#[test]
fn case_7_false_alarms_within_a_year() {
    for (h, t, p) in
        [(3.0, 12, 0.078_413_375_08), (4.0, 12, 0.023_305_076_35), (5.0, 52, 0.048_559_345_22)]
    {
        near(Page::new(0.5, h).alarm_within(&vec![0.0; t]), p, 11);
    }
    near(page::limit(0.5, 12, 0.05), 3.374_521_403_33, 11);
    near(page::limit(0.5, 52, 0.05), 4.971_658_187_16, 11);
}

#[test]
fn case_8_one_balance_and_the_sigma_it_needs() {
    near(detection::single_loss(8.0, 2.0, 0.05), 0.990_742_294_6, 10);
    near(detection::single_loss(8.0, 4.0, 0.05), 0.638_760_031_3, 10);
    near(detection::largest_sigma(8.0, 0.95, 0.05).unwrap(), 2.43183, 5);
    assert_eq!(detection::largest_sigma(8.0, 0.05, 0.05), None);
}

#[test]
fn distributions_agree_with_their_inverses() {
    for p in [1e-300, 1e-12, 0.001, 0.05, 0.3, 0.5, 0.77, 0.95, 0.9999] {
        let back = normal::cdf(normal::quantile(p));
        assert!((back / p - 1.0).abs() < 1e-12, "{p} came back as {back}");
    }
    near(normal::quantile(0.95), 1.644_853_626_951_472_7, 14);
    near(normal::quantile(0.975), 1.959_963_984_540_054, 14);
    // Tables of chi-squared: 5 % points.
    for (freedom, x) in [(1, 3.841_459), (2, 5.991_465), (3, 7.814_728), (12, 21.026_070)] {
        near(normal::chi_squared_upper(0.05, freedom), x, 6);
    }
    // With one degree of freedom the noncentral tail is two normal tails.
    let (x, shift) = (3.0_f64, 1.5);
    let two = normal::tail(x.sqrt() - shift) + normal::tail(x.sqrt() + shift);
    near(normal::noncentral_tail(x, 1, shift * shift), two, 13);
}

#[test]
fn limits_hold_their_false_alarm_rate_and_no_test_beats_the_best() {
    let v = year(12);
    let limits = Limits::new(12, 0.05);
    let none = detection::detect(&v, &[0.0; 12], &limits).unwrap();
    for rate in [none.cumuf, none.sitmuf, none.page, none.gemuf, none.best] {
        near(rate, 0.05, 10);
    }
    for loss in [detection::abrupt(12, 5, 2.0), detection::protracted(12, 2.0)] {
        let found = detection::detect(&v, &loss, &limits).unwrap();
        for p in [found.cumuf, found.sitmuf, found.page, found.gemuf] {
            assert!(p > 0.05 && p <= found.best + 1e-12, "{found:?}");
        }
    }
}

#[test]
fn shares_add_up_and_the_best_buy_comes_first() {
    let mut model = one_balance(true, true);
    let cheap = model.stratum("cheap");
    model.quantity(cheap, 10.0, 0.05, &[], &[(0, 1.0)]);
    let shares = model.shares();
    near(shares.iter().map(|s| s.part).sum(), 1.0, 12);
    let values = model.value_of_measuring(0.5, 8.0, 0.05);
    assert_eq!(values[0].stratum, "all");
    assert!(values[0].detection_then > values[0].detection);
    near(values[0].sigma.powi(2), 2.123_503_956_318_424_4_f64.powi(2) + 0.25, 10);
}

#[test]
fn a_singular_covariance_names_its_balance() {
    let mut v = Covariance::zero(3);
    v.add_outer(1.0, &[1.0, 2.0, 3.0]);
    v.add(0, 0, 1.0);
    v.add(1, 1, 1.0);
    assert!(v.cholesky().is_ok_and(|f| f.size() == 3) || v.cholesky().is_err());
    let mut v = Covariance::zero(3);
    v.add_outer(1.0, &[1.0, 2.0, 3.0]);
    assert_eq!(v.cholesky().unwrap_err().balance, 1);
    let (rows, singular) = sequential::test(&[1.0, 1.0, 1.0], &v);
    assert_eq!(singular, Some(1));
    assert_eq!((rows[0].sitmuf, rows[1].sitmuf, rows[2].gemuf), (Some(1.0), None, None));
    near(rows[2].sigma_cumuf, 6.0, 12);
    let (_, singular) = sequential::test(&[0.0], &Covariance::zero(1));
    assert_eq!(singular, Some(0));
}

/// A loss of ten thousand standard deviations is seen, at once.
#[test]
fn a_loss_beyond_all_doubt_takes_no_time() {
    let started = std::time::Instant::now();
    assert_eq!(balance::normal::noncentral_tail(11.07, 5, 1e8), 1.0);
    assert!((balance::normal::noncentral_tail(3.84, 1, 120.0) - 1.0).abs() < 1e-12);
    assert!(started.elapsed().as_secs() < 5);
}
