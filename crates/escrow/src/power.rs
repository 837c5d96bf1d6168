//! How likely challenges are to find what was left out.

/// The probability that `challenges` different cells, drawn at random among `cells`, meet at least one of `hidden`
/// undeclared sites: `1 - C(N-m, k) / C(N, k)` (hypergeometric, exact up to rounding).
///
/// ```
/// // Five hidden among a hundred: ten challenges find one in four cases of ten, 45 nearly always.
/// assert_eq!(format!("{:.3}", escrow::power::uniform(100, 5, 10)), "0.416");
/// assert_eq!(format!("{:.3}", escrow::power::uniform(100, 5, 45)), "0.954");
/// ```
#[must_use]
pub fn uniform(cells: u64, hidden: u64, challenges: u64) -> f64 {
    let hidden = hidden.min(cells);
    if challenges == 0 || hidden == 0 {
        return 0.0;
    }
    if challenges + hidden > cells {
        return 1.0;
    }
    // The product has the smaller of the two numbers of factors, each (N - large - i) / (N - i).
    let (few, many) = (hidden.min(challenges), hidden.max(challenges));
    let miss: f64 = (0..few).map(|i| (-(many as f64) / (cells - i) as f64).ln_1p()).sum();
    -miss.exp_m1()
}

/// The same for challenges that go to the most suspicious cells first: cell `i` is thought to hold a hidden site
/// with probability `suspicion[i]`, independently. The probability that at least one of the `challenges` highest
/// does.
#[must_use]
pub fn ranked(suspicion: &[f64], challenges: usize) -> f64 {
    let mut sorted = suspicion.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let miss: f64 = sorted.iter().take(challenges).map(|p| (-p.clamp(0.0, 1.0)).ln_1p()).sum();
    -miss.exp_m1()
}
