//! Page's test: average run length, and the chance of an alarm within a year.
//!
//! S ← max(0, S + z − k) with independent normal z; an alarm when S > h. The run length from S = s obeys
//! L(s) = 1 + L(0) Φ(k−s−μ) + ∫₀ʰ L(y) φ(y+k−s−μ) dy (Page 1954), solved at Gauss-Legendre nodes.

use crate::normal;

/// Nodes on [0, h]: 12 digits agree with twice as many.
const NODES: usize = 80;

/// Page's test with reference value `k` and limit `h`.
#[derive(Debug, Clone)]
pub struct Page {
    k: f64,
    h: f64,
    nodes: Vec<f64>,
    weights: Vec<f64>,
}

impl Page {
    /// The test with reference value `k` and limit `h`, both in standard deviations.
    #[must_use]
    pub fn new(k: f64, h: f64) -> Self {
        let (nodes, weights) = gauss_legendre(NODES);
        let nodes = nodes.iter().map(|x| h * (x + 1.0) / 2.0).collect();
        let weights = weights.iter().map(|w| h * w / 2.0).collect();
        Self { k, h, nodes, weights }
    }

    /// The limit.
    #[must_use]
    pub fn limit(&self) -> f64 {
        self.h
    }

    /// Mean number of balances until an alarm, from S = `start`, when every SITMUF has mean `shift`. Infinite
    /// where no alarm can be computed.
    ///
    /// The nodes are the states of a Markov chain that an alarm ends. States are taken out one by one as Grassmann,
    /// Taksar and Heyman (1985) do, without a subtraction, so that a run length of millions keeps its digits.
    #[must_use]
    pub fn run_length(&self, shift: f64, start: f64) -> f64 {
        // The first state is the start, which nothing enters again.
        let states: Vec<f64> = [start, 0.0].into_iter().chain(self.nodes.iter().copied()).collect();
        let mut moves: Vec<Vec<f64>> = states
            .iter()
            .map(|s| std::iter::once(0.0).chain(self.step(*s, shift)).collect())
            .collect();
        let mut alarm: Vec<f64> =
            states.iter().map(|s| normal::tail(self.h + self.k - s - shift)).collect();
        let mut length = vec![1.0; states.len()];
        while let (Some(last), Some(ends), Some(time)) = (moves.pop(), alarm.pop(), length.pop()) {
            let column = moves.len();
            let leaves = last.iter().take(column).sum::<f64>() + ends;
            if column == 0 {
                return time / leaves;
            }
            for ((row, alarm), length) in moves.iter_mut().zip(&mut alarm).zip(&mut length) {
                let share = row.get(column).map_or(0.0, |p| p / leaves);
                row.truncate(column);
                row.iter_mut().zip(&last).for_each(|(p, q)| *p += share * q);
                *alarm += share * ends;
                *length += share * time;
            }
        }
        f64::INFINITY
    }

    /// Mean number of balances until an alarm of the test in both directions, from S = 0 (Lucas and Crosier 1982).
    #[must_use]
    pub fn run_length_two_sided(&self, shift: f64) -> f64 {
        1.0 / (1.0 / self.run_length(shift, 0.0) + 1.0 / self.run_length(-shift, 0.0))
    }

    /// Probability of an alarm within `shifts.len()` balances from S = 0, when SITMUF i has mean `shifts[i]`.
    #[must_use]
    pub fn alarm_within(&self, shifts: &[f64]) -> f64 {
        // Backwards: the probability of no alarm in the balances that remain, at S = 0 and at the nodes.
        let mut quiet = vec![1.0; self.nodes.len() + 1];
        let mut moves: (Option<f64>, Vec<Vec<f64>>) = (None, Vec::new());
        for shift in shifts.iter().rev() {
            if moves.0 != Some(*shift) {
                let states = std::iter::once(0.0).chain(self.nodes.iter().copied());
                moves = (Some(*shift), states.map(|s| self.step(s, *shift).collect()).collect());
            }
            let at = |row: &Vec<f64>| row.iter().zip(&quiet).map(|(p, q)| p * q).sum::<f64>();
            quiet = moves.1.iter().map(at).collect();
        }
        quiet.first().map_or(0.0, |q| (1.0 - q).clamp(0.0, 1.0))
    }

    /// From S = s, the probability to fall to 0, then the density at each node times its weight.
    fn step(&self, s: f64, shift: f64) -> impl Iterator<Item = f64> {
        let floor = normal::cdf(self.k - s - shift);
        let inner = self
            .nodes
            .iter()
            .zip(&self.weights)
            .map(move |(y, w)| w * normal::density(y + self.k - s - shift));
        std::iter::once(floor).chain(inner)
    }
}

/// The limit h at which Page's test with reference value `k` raises a false alarm within `balances` with
/// probability `alpha`.
#[must_use]
pub fn limit(k: f64, balances: usize, alpha: f64) -> f64 {
    let quiet = vec![0.0; balances];
    normal::bisect(0.0, 40.0, |h| Page::new(k, h).alarm_within(&quiet) > alpha)
}

/// Nodes and weights of Gauss-Legendre quadrature on [−1, 1], by Newton's method on the Legendre polynomial.
fn gauss_legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    let count = n as f64;
    (0..n)
        .map(|i| {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (count + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut p0, mut p1) = (1.0, x);
                for k in 2..=n {
                    let k = k as f64;
                    (p0, p1) = (p1, ((2.0 * k - 1.0) * x * p1 - (k - 1.0) * p0) / k);
                }
                slope = count * (x * p1 - p0) / (x * x - 1.0);
                let step = p1 / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .unzip()
}
