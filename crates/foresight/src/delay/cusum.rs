//! A cumulative sum that tells a lasting change from chance (Page 1954).

/// What is allowed for before a value counts, in standard deviations: half of the shift looked for.
pub const K: f64 = 0.5;
/// Where the sum signals. With `K` chance alone gives a signal every 335 values.
pub const H: f64 = 4.0;

/// The one-sided sums `S = max(0, S + x - k)` of standardised values.
#[must_use]
pub fn cusum(values: &[f64], k: f64) -> Vec<f64> {
    let mut sum = 0.0_f64;
    values
        .iter()
        .map(|x| {
            sum = f64::max(0.0, sum + x - k);
            sum
        })
        .collect()
}

/// How many values pass on average before the sum exceeds `h`, for normal values shifted by `shift` standard deviations:
/// a Markov chain on `states` strips of the sum (Brook & Evans, Biometrika 59, 1972).
#[must_use]
pub fn run_length(k: f64, h: f64, shift: f64, states: usize) -> f64 {
    let n = states.max(2);
    let width = 2.0 * h / (2.0 * n as f64 - 1.0);
    let cdf = |x: f64| 0.5 * libm::erfc(-(x - shift) / std::f64::consts::SQRT_2);
    // (I - P) m = 1, by elimination; the strips lie around 0, width, 2 width, ….
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let centre = i as f64 * width;
            let mut row: Vec<f64> = (0..n)
                .map(|j| {
                    let to = j as f64 * width;
                    let upper = cdf(to - centre + width / 2.0 + k);
                    let lower = if j == 0 { 0.0 } else { cdf(to - centre - width / 2.0 + k) };
                    f64::from(u8::from(i == j)) - (upper - lower)
                })
                .collect();
            row.push(1.0);
            row
        })
        .collect();
    for pivot in 0..n {
        let (above, below) = rows.split_at_mut(pivot + 1);
        let Some(top) = above.last() else { continue };
        for row in below {
            let factor = row[pivot] / top[pivot];
            if factor != 0.0 {
                row.iter_mut().zip(top).skip(pivot).for_each(|(a, b)| *a -= factor * b);
            }
        }
    }
    let mut mean = vec![0.0; n];
    for i in (0..n).rev() {
        let rest: f64 = (i + 1..n).map(|j| rows[i][j] * mean[j]).sum();
        mean[i] = (rows[i][n] - rest) / rows[i][i];
    }
    mean.first().copied().unwrap_or(f64::NAN)
}
