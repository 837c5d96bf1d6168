//! Where measurement errors come from: the error-source model of material balances.
//!
//! Every measured quantity is `T (1 + random + Σ systematic)`: a random error of its own and shares of systematic
//! errors that it has in common with whatever else the same instrument measured in the same calibration period.
//! A [`SourceId`] names one such common error, say "scale 2, calibration of March". The covariance of the
//! balances follows: Cov = Σ b bᵀ over all independent errors, b the effect of one error on each balance
//! (Jaech 1973, chapter 6; Avenhaus 1977).

use serde::Serialize;

use crate::{Covariance, detection};

/// One systematic error, shared by every quantity that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(usize);

/// One stratum: quantities that are measured alike, for which a better measurement could be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StratumId(usize);

#[derive(Debug, Clone)]
struct Quantity {
    stratum: StratumId,
    amount: f64,
    random: f64,
    systematic: Vec<(SourceId, f64)>,
    enters: Vec<(usize, f64)>,
}

/// The measured quantities of one material balance area over consecutive balances, with their errors.
///
/// ```
/// use balance::ErrorModel;
/// // One balance: opening 120.5, receipts 480.2, shipments 455.9, closing 143.1 kg.
/// let mut model = ErrorModel::new(1);
/// let tank = model.source("tank calibration");
/// let (input, output) = (model.source("input scale"), model.source("output scale"));
/// let store = model.stratum("store");
/// let flow = model.stratum("flow");
/// model.quantity(store, 120.5, 0.004, &[(tank, 0.002)], &[(0, 1.0)]);
/// model.quantity(flow, 480.2, 0.003, &[(input, 0.0015)], &[(0, 1.0)]);
/// model.quantity(flow, 455.9, 0.003, &[(output, 0.0015)], &[(0, -1.0)]);
/// // The closing inventory would enter balance 1 with +1.0, were there one.
/// model.quantity(store, 143.1, 0.004, &[(tank, 0.002)], &[(0, -1.0)]);
/// assert!((model.muf()[0] - 1.7).abs() < 1e-9);
/// assert!((model.covariance().sigma_muf(0) - 2.3440186352714862).abs() < 1e-12);
/// ```
#[derive(Debug, Clone)]
pub struct ErrorModel {
    balances: usize,
    sources: Vec<String>,
    strata: Vec<String>,
    quantities: Vec<Quantity>,
}

impl ErrorModel {
    /// A model of this many consecutive balances, numbered from 0.
    #[must_use]
    pub fn new(balances: usize) -> Self {
        Self { balances, sources: Vec::new(), strata: Vec::new(), quantities: Vec::new() }
    }

    /// A new systematic error: an instrument, or a stratum, in one calibration period.
    pub fn source(&mut self, name: impl Into<String>) -> SourceId {
        self.sources.push(name.into());
        SourceId(self.sources.len() - 1)
    }

    /// A new stratum.
    pub fn stratum(&mut self, name: impl Into<String>) -> StratumId {
        self.strata.push(name.into());
        StratumId(self.strata.len() - 1)
    }

    /// Adds a measured quantity.
    ///
    /// `amount` in the unit of the balance (say kg), `random` its relative standard deviation, `systematic` the
    /// common errors it takes part in with their relative standard deviations. `enters` says in which balances
    /// it counts and with which sign: +1 opening inventory or receipt, −1 closing inventory or shipment. An
    /// inventory that closes balance i and opens the next is one quantity with `[(i, -1.0), (i + 1, 1.0)]`: its
    /// error then moves material from one balance to the other, as it does in fact. The total of n items
    /// measured separately, each with relative error δ, has `random` = δ √(Σx²)/Σx, or is added item by item.
    pub fn quantity(
        &mut self,
        stratum: StratumId,
        amount: f64,
        random: f64,
        systematic: &[(SourceId, f64)],
        enters: &[(usize, f64)],
    ) {
        self.quantities.push(Quantity {
            stratum,
            amount,
            random,
            systematic: systematic.to_vec(),
            enters: enters.to_vec(),
        });
    }

    /// The names of the systematic errors, in the order they were made.
    #[must_use]
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// MUF of each balance.
    #[must_use]
    pub fn muf(&self) -> Vec<f64> {
        let mut muf = vec![0.0; self.balances];
        for q in &self.quantities {
            for (balance, sign) in &q.enters {
                if let Some(m) = muf.get_mut(*balance) {
                    *m += sign * q.amount;
                }
            }
        }
        muf
    }

    /// The covariance of the MUFs.
    #[must_use]
    pub fn covariance(&self) -> Covariance {
        let mut v = Covariance::zero(self.balances);
        for q in &self.quantities {
            let variance = (q.amount * q.random).powi(2);
            for (n, (i, a)) in q.enters.iter().enumerate() {
                v.add(*i, *i, variance * a * a);
                for (j, b) in q.enters.iter().skip(n + 1) {
                    // An entry twice in one balance counts its cross term from both sides.
                    let twice = if i == j { 2.0 } else { 1.0 };
                    v.add(*i, *j, twice * variance * a * b);
                }
            }
        }
        for effect in self.effects(None) {
            v.add_outer(1.0, &effect);
        }
        v
    }

    /// The effect of one standard deviation of each systematic error on each balance; of one stratum alone when
    /// it is named.
    fn effects(&self, only: Option<StratumId>) -> Vec<Vec<f64>> {
        let mut effects = vec![vec![0.0; self.balances]; self.sources.len()];
        for q in self.quantities.iter().filter(|q| only.is_none_or(|s| s == q.stratum)) {
            for (source, rsd) in &q.systematic {
                for (balance, sign) in &q.enters {
                    if let Some(cell) = effects.get_mut(source.0).and_then(|e| e.get_mut(*balance))
                    {
                        *cell += sign * q.amount * rsd;
                    }
                }
            }
        }
        effects
    }

    /// What each stratum contributes to the variance of CUMUF over all balances, the largest first. A systematic
    /// error that several strata share is divided by what each contributes, so that the shares add up.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let total: f64 = self.covariance().sigma_cumuf(self.balances.saturating_sub(1)).powi(2);
        let sum = |effects: Vec<Vec<f64>>| -> Vec<f64> {
            effects.iter().map(|e| e.iter().sum()).collect()
        };
        let all = sum(self.effects(None));
        let mut shares: Vec<Share> = (0..self.strata.len())
            .map(|s| {
                let id = StratumId(s);
                let random = self.quantities.iter().filter(|q| q.stratum == id).map(|q| {
                    let net: f64 = q.enters.iter().map(|(_, sign)| sign).sum();
                    (net * q.amount * q.random).powi(2)
                });
                let random: f64 = random.sum();
                let systematic: f64 =
                    sum(self.effects(Some(id))).iter().zip(&all).map(|(own, all)| own * all).sum();
                let name = self.strata.get(s).cloned().unwrap_or_default();
                let part = if total > 0.0 { (random + systematic) / total } else { 0.0 };
                Share {
                    stratum: name,
                    random_variance: random,
                    systematic_variance: systematic,
                    part,
                }
            })
            .collect();
        shares.sort_by(|a, b| b.part.total_cmp(&a.part));
        shares
    }

    /// The same model with the errors of one stratum multiplied by `factor`.
    #[must_use]
    pub fn improved(&self, stratum: StratumId, factor: f64) -> Self {
        let mut model = self.clone();
        for q in model.quantities.iter_mut().filter(|q| q.stratum == stratum) {
            q.random *= factor;
            q.systematic.iter_mut().for_each(|(_, rsd)| *rsd *= factor);
        }
        model
    }

    /// What measuring each stratum better would buy: σ of CUMUF over all balances and the probability to detect a
    /// loss of `goal`, now and with that stratum's errors multiplied by `factor`; the best buy first.
    #[must_use]
    pub fn value_of_measuring(&self, factor: f64, goal: f64, alpha: f64) -> Vec<Value> {
        let last = self.balances.saturating_sub(1);
        let of = |model: &Self| {
            let sigma = model.covariance().sigma_cumuf(last);
            (sigma, detection::single_loss(goal, sigma, alpha))
        };
        let (sigma, detection) = of(self);
        let mut values: Vec<Value> = (0..self.strata.len())
            .map(|s| {
                let (then, found) = of(&self.improved(StratumId(s), factor));
                Value {
                    stratum: self.strata.get(s).cloned().unwrap_or_default(),
                    factor,
                    sigma,
                    sigma_then: then,
                    detection,
                    detection_then: found,
                }
            })
            .collect();
        values.sort_by(|a, b| a.sigma_then.total_cmp(&b.sigma_then));
        values
    }
}

/// A stratum's part in the variance of CUMUF.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// Its name.
    pub stratum: String,
    /// Variance from random errors, in the square of the balance's unit.
    pub random_variance: f64,
    /// Variance from systematic errors; negative when the stratum's errors cancel others'.
    pub systematic_variance: f64,
    /// Both, as a share of the whole variance.
    pub part: f64,
}

/// What measuring one stratum better would buy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Value {
    /// The stratum.
    pub stratum: String,
    /// What its errors are multiplied by.
    pub factor: f64,
    /// σ of CUMUF now.
    pub sigma: f64,
    /// σ of CUMUF then.
    pub sigma_then: f64,
    /// Probability to detect the goal now.
    pub detection: f64,
    /// Probability to detect the goal then.
    pub detection_then: f64,
}
