//! A covariance matrix of balances and its Cholesky factor.

use serde::{Serialize, Serializer, ser::SerializeSeq};

/// The covariance of the MUFs of consecutive balances, symmetric; balance 1 has index 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    size: usize,
    /// The lower triangle, row by row.
    cells: Vec<f64>,
}

/// The covariance of a balance is singular: what went before determines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the covariance is singular at balance {}: given the balances before it, its errors leave no doubt, so no test can weigh it",
    .balance + 1
)]
pub struct Singular {
    /// The balance, from 0.
    pub balance: usize,
}

/// A pivot below this share of its variance is rounding, not information.
const SINGULAR: f64 = 1e-12;

impl Covariance {
    /// All zero.
    #[must_use]
    pub fn zero(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * (size + 1) / 2] }
    }

    /// From the full matrix, row by row; only its lower triangle is read. `None` when the length is not
    /// `size * size` or a value is not finite.
    #[must_use]
    pub fn from_full(size: usize, full: &[f64]) -> Option<Self> {
        if full.len() != size * size || full.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let mut out = Self::zero(size);
        for (i, row) in full.chunks(size.max(1)).enumerate() {
            for (j, v) in row.iter().take(i + 1).enumerate() {
                out.add(i, j, *v);
            }
        }
        Some(out)
    }

    /// How many balances it covers.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The covariance of balances `i` and `j` (from 0); 0 outside.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        let (i, j) = (i.max(j), i.min(j));
        self.cells.get(i * (i + 1) / 2 + j).copied().unwrap_or(0.0)
    }

    /// Adds to the covariance of `i` and `j`, both ways.
    pub fn add(&mut self, i: usize, j: usize, value: f64) {
        let (i, j) = (i.max(j), i.min(j));
        if let Some(cell) = self.cells.get_mut(i * (i + 1) / 2 + j) {
            *cell += value;
        }
    }

    /// Adds `factor` times v vᵀ.
    pub fn add_outer(&mut self, factor: f64, v: &[f64]) {
        let mut cells = self.cells.iter_mut();
        for (i, a) in v.iter().enumerate().take(self.size) {
            if *a == 0.0 {
                cells.by_ref().take(i + 1).for_each(drop);
            } else {
                let scaled = factor * a;
                for (cell, b) in cells.by_ref().take(i + 1).zip(v) {
                    *cell += scaled * b;
                }
            }
        }
    }

    /// Sets every cell to zero.
    pub fn clear(&mut self) {
        self.cells.fill(0.0);
    }

    /// The product with a vector.
    #[must_use]
    pub fn times(&self, v: &[f64]) -> Vec<f64> {
        (0..self.size)
            .map(|i| v.iter().enumerate().map(|(j, x)| self.get(i, j) * x).sum())
            .collect()
    }

    /// vᵀ V v.
    #[must_use]
    pub fn variance_of(&self, v: &[f64]) -> f64 {
        self.times(v).iter().zip(v).map(|(a, b)| a * b).sum()
    }

    /// Standard deviation of one balance's MUF.
    #[must_use]
    pub fn sigma_muf(&self, balance: usize) -> f64 {
        self.get(balance, balance).max(0.0).sqrt()
    }

    /// Standard deviation of the sum of the MUFs of balances 0 to `last`.
    #[must_use]
    pub fn sigma_cumuf(&self, last: usize) -> f64 {
        let sum: f64 = (0..=last).map(|i| (0..=last).map(|j| self.get(i, j)).sum::<f64>()).sum();
        sum.max(0.0).sqrt()
    }

    /// The lower triangular L with L Lᵀ = V.
    ///
    /// # Errors
    ///
    /// [`Singular`] names the first balance that the ones before it determine.
    pub fn cholesky(&self) -> Result<Cholesky, Singular> {
        let mut factor = Cholesky::default();
        match factor.refactor(self) {
            None => Ok(factor),
            Some(balance) => Err(Singular { balance }),
        }
    }
}

impl Serialize for Covariance {
    /// A list of full rows.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.size))?;
        for i in 0..self.size {
            let row: Vec<f64> = (0..self.size).map(|j| self.get(i, j)).collect();
            rows.serialize_element(&row)?;
        }
        rows.end()
    }
}

/// The Cholesky factor of a covariance.
#[derive(Debug, Clone, Default)]
pub struct Cholesky {
    /// Rows that could be factored.
    size: usize,
    rows: Vec<f64>,
}

impl Cholesky {
    /// Factors anew, reusing the memory. Returns the first balance at which the matrix is singular; the rows
    /// before it are factored.
    pub fn refactor(&mut self, v: &Covariance) -> Option<usize> {
        self.rows.clear();
        self.rows.extend_from_slice(&v.cells);
        self.size = v.size;
        for i in 0..v.size {
            let start = i * (i + 1) / 2;
            let (above, row) = self.rows.split_at_mut(start);
            let mut square = 0.0;
            for j in 0..i {
                let at = j * (j + 1) / 2;
                let (Some(other), Some(cell)) = (above.get(at..=at + j), row.get(j)) else { break };
                let (Some((pivot, left)), Some(done)) = (other.split_last(), row.get(..j)) else {
                    break;
                };
                let dot: f64 = left.iter().zip(done).map(|(a, b)| a * b).sum();
                let value = (cell - dot) / pivot;
                square += value * value;
                if let Some(cell) = row.get_mut(j) {
                    *cell = value;
                }
            }
            let Some(diagonal) = row.get_mut(i) else { break };
            let pivot = *diagonal - square;
            // Also catches NaN.
            if !(pivot > SINGULAR * *diagonal && *diagonal > 0.0) {
                self.size = i;
                return Some(i);
            }
            *diagonal = pivot.sqrt();
        }
        None
    }

    /// How many rows it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The element of row `i`, column `j` ≤ `i`.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        if j > i { 0.0 } else { self.rows.get(i * (i + 1) / 2 + j).copied().unwrap_or(0.0) }
    }

    /// z with L z = m, for as many rows as are factored.
    pub fn solve_into(&self, m: &[f64], z: &mut Vec<f64>) {
        z.clear();
        for (i, value) in m.iter().enumerate().take(self.size) {
            let start = i * (i + 1) / 2;
            let Some((pivot, left)) =
                self.rows.get(start..=start + i).and_then(<[f64]>::split_last)
            else {
                break;
            };
            let dot: f64 = left.iter().zip(z.iter()).map(|(a, b)| a * b).sum();
            z.push((value - dot) / pivot);
        }
    }

    /// z with L z = m: uncorrelated with variance 1 when m has covariance L Lᵀ.
    #[must_use]
    pub fn solve(&self, m: &[f64]) -> Vec<f64> {
        let mut z = Vec::with_capacity(self.size);
        self.solve_into(m, &mut z);
        z
    }

    /// V⁻¹ m.
    #[must_use]
    pub fn solve_full(&self, m: &[f64]) -> Vec<f64> {
        let mut x = self.solve(m);
        for i in (0..x.len()).rev() {
            let below: f64 =
                (i + 1..x.len()).map(|k| self.get(k, i) * x.get(k).copied().unwrap_or(0.0)).sum();
            if let Some(cell) = x.get_mut(i) {
                *cell = (*cell - below) / self.get(i, i);
            }
        }
        x
    }
}
