//! The tests of consecutive balances: CUMUF, ITMUF, SITMUF, Page, GEMUF.

use serde::Serialize;

use crate::{Cholesky, Covariance};

/// Page's reference value on SITMUF: half the shift, in standard deviations, that the test is best against.
pub const PAGE_REFERENCE: f64 = 0.5;

/// One balance and its test statistics.
///
/// With V = L Lᵀ the covariance of the MUFs m: SITMUF z = L⁻¹ m is independent with variance 1 when nothing is
/// lost; ITMUF is L_ii z_i, what the balance shows beyond what those before it predict; Page is
/// max(0, S + z − 0.5) from S = 0; GEMUF is mᵀV⁻¹m of the balances so far. Statistics that need a factor are
/// absent from the first singular balance on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tested {
    /// Its number, from 1.
    pub balance: usize,
    /// Material unaccounted for.
    pub muf: f64,
    /// Its standard deviation.
    pub sigma_muf: f64,
    /// The sum of the MUFs so far.
    pub cumuf: f64,
    /// Its standard deviation.
    pub sigma_cumuf: f64,
    /// Independent transformed MUF, in the unit of the balance.
    pub itmuf: Option<f64>,
    /// Standardised independent transformed MUF.
    pub sitmuf: Option<f64>,
    /// Page's cumulative sum of SITMUF.
    pub page: Option<f64>,
    /// GEMUF of the balances so far: χ² with as many degrees of freedom as balances when nothing is lost.
    pub gemuf: Option<f64>,
}

/// Memory that is used again from one realisation to the next.
#[derive(Debug, Default)]
pub struct Tests {
    factor: Cholesky,
    sitmuf: Vec<f64>,
}

impl Tests {
    /// Tests the balances with MUFs `muf` and covariance `v`, in order. Returns the first singular balance (from
    /// 0), when there is one.
    pub fn run(
        &mut self,
        muf: &[f64],
        v: &Covariance,
        mut each: impl FnMut(Tested),
    ) -> Option<usize> {
        let singular = self.factor.refactor(v);
        self.factor.solve_into(muf, &mut self.sitmuf);
        let (mut cumuf, mut variance, mut page, mut gemuf) = (0.0, 0.0, 0.0_f64, 0.0);
        for (i, m) in muf.iter().enumerate() {
            cumuf += m;
            let covariances: f64 = (0..i).map(|j| v.get(i, j)).sum();
            variance += v.get(i, i) + 2.0 * covariances;
            let z = self.sitmuf.get(i).copied();
            if let Some(z) = z {
                page = (page + z - PAGE_REFERENCE).max(0.0);
                gemuf += z * z;
            }
            each(Tested {
                balance: i + 1,
                muf: *m,
                sigma_muf: v.sigma_muf(i),
                cumuf,
                sigma_cumuf: variance.max(0.0).sqrt(),
                itmuf: z.map(|z| z * self.factor.get(i, i)),
                sitmuf: z,
                page: z.map(|_| page),
                gemuf: z.map(|_| gemuf),
            });
        }
        singular
    }
}

/// Tests the balances with MUFs `muf` and covariance `v`; also the first singular balance, from 0.
#[must_use]
pub fn test(muf: &[f64], v: &Covariance) -> (Vec<Tested>, Option<usize>) {
    let mut rows = Vec::with_capacity(muf.len());
    let singular = Tests::default().run(muf, v, |row| rows.push(row));
    (rows, singular)
}
