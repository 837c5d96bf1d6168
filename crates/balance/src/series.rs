//! Process monitoring: from time series of flows and inventories to balances, one sample at a time.
//!
//! Conventions, all of which the covariance and the simulation share:
//!
//! - Balance i covers the closed interval [start + (i−1)·period, start + i·period]; the start is the first time of
//!   the series. A last period that the series does not reach the end of is dropped.
//! - A flow is a rate; its total is the exact integral of the straight lines between samples (the trapezoid rule,
//!   with the value between two samples interpolated where a boundary cuts their segment). A sample on a boundary
//!   has a share in the periods on both sides, and the totals of all periods add up to the whole integral.
//! - An item is an amount at a time; dated on a boundary it belongs to the period that ends there, and at the start
//!   to the first one: it counts once.
//! - An inventory is read at each boundary, between two samples by interpolation. The closing reading of one
//!   balance is the opening reading of the next: one measurement.
//! - Every sample takes part in the systematic error of its location in the calibration period that holds its time,
//!   [start + k·calibration, start + (k+1)·calibration): an instrument that is calibrated at a moment measures that
//!   moment with the new calibration.

use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::Serialize;

use crate::{Covariance, Tested, Tests};

/// What a location measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Material entering.
    In,
    /// Material held.
    Inv,
    /// Material leaving.
    Out,
}

/// How a flow is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Amount per hour, integrated over time.
    #[default]
    Rate,
    /// Amounts at moments, added up.
    Item,
}

/// A measured location and its errors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Location {
    /// Its name: the column of the series.
    pub name: String,
    /// What it measures.
    pub kind: Kind,
    /// How it is given; of no effect for an inventory.
    pub form: Form,
    /// Relative standard deviation of the random error.
    pub random_rsd: f64,
    /// Relative standard deviation of the systematic error.
    pub systematic_rsd: f64,
    /// Hours between calibrations; `None` for one calibration throughout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration_h: Option<f64>,
}

/// Whether the opening inventory of the first balance carries errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Opening {
    /// Known without error.
    Known,
    /// Measured as every other inventory.
    Measured,
}

/// What a random error belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RandomError {
    /// One for each period total or inventory reading.
    PerQuantity,
    /// One for each sample.
    PerSample,
}

/// The choices of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Choices {
    /// Length of a balance period, in hours; above 0.
    pub period_h: f64,
    /// The opening inventory.
    pub opening: Opening,
    /// The random errors.
    pub random_error: RandomError,
}

/// Why a series makes no balance.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SeriesFault {
    /// Nothing to integrate.
    #[error("the series has {0} sample{s}; a balance needs at least two", s = if *.0 == 1 { "" } else { "s" })]
    TooFew(usize),
    /// Shorter than one period.
    #[error("the series covers {covered} h, less than one period of {period} h")]
    NoPeriod {
        /// Hours from first to last sample.
        covered: f64,
        /// The period, in hours.
        period: f64,
    },
    /// An inventory that was not read in a period.
    #[error("no inventory reading of `{location}` in balance {balance}, from {from} h to {to} h")]
    NoInventory {
        /// The location.
        location: String,
        /// The balance, from 1.
        balance: usize,
        /// Its start, in hours.
        from: f64,
        /// Its end, in hours.
        to: f64,
    },
    /// A flow or inventory that is not sampled from the first boundary to the last.
    #[error("`{location}` has no sample from {from} h to {to} h, which the balances cover")]
    Gap {
        /// The location.
        location: String,
        /// Where the gap starts, in hours.
        from: f64,
        /// Where it ends, in hours.
        to: f64,
    },
}

/// A sample within this share of a period from a boundary lies on it: times are sums of decimal steps.
const ON_BOUNDARY: f64 = 1e-9;

#[derive(Debug, Clone, Copy)]
struct Clock {
    start: f64,
    period: f64,
}

impl Clock {
    fn bound(self, i: usize) -> f64 {
        self.start + i as f64 * self.period
    }

    /// The period that holds a time, and the time moved onto a boundary that it all but touches. A boundary belongs
    /// to the period that begins there.
    fn place(self, time: f64) -> (f64, usize) {
        let at = (time - self.start) / self.period;
        let near = at.round();
        if (at - near).abs() <= ON_BOUNDARY {
            (self.bound(near as usize), near as usize)
        } else {
            (time, at.floor().max(0.0) as usize)
        }
    }
}

/// Weights of one sample in the quantities of its location: one or two, more when samples are sparser than periods.
type Weights = Vec<(usize, f64)>;

fn weigh(weights: &mut Weights, quantity: usize, weight: f64) {
    match weights.last_mut() {
        Some((q, w)) if *q == quantity => *w += weight,
        _ => weights.push((quantity, weight)),
    }
}

/// One location while samples arrive.
#[derive(Debug)]
struct Gather {
    kind: Kind,
    form: Form,
    calibration: Option<f64>,
    first: Option<f64>,
    /// Time, its period, value and weights so far of the latest sample.
    held: Option<(f64, usize, f64)>,
    weights: Weights,
    next: Weights,
    /// (calibration, quantity) → Σ w x.
    parts: Tally,
    /// (quantity, quantity) → Σ w w x².
    squares: Tally,
    /// First inventory period without a reading.
    unread: Option<usize>,
    samples: Option<Samples>,
}

/// Sums under pairs of numbers that arrive nearly in order.
#[derive(Debug, Default)]
struct Tally(Vec<((u32, u32), f64)>);

impl Tally {
    fn add(&mut self, key: (usize, usize), value: f64) {
        let key = (key.0 as u32, key.1 as u32);
        match self.0.iter_mut().rev().take(4).find(|(k, _)| *k == key) {
            Some((_, sum)) => *sum += value,
            None => self.0.push((key, value)),
        }
    }

    fn sorted(mut self) -> Vec<((u32, u32), f64)> {
        self.0.sort_by_key(|(key, _)| *key);
        self.0.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.0
    }
}

/// The samples themselves, for errors drawn sample by sample: eight bytes each for all that count in one period.
#[derive(Debug, Default)]
struct Samples {
    /// w x of samples in one quantity, run after run.
    single: Vec<f64>,
    runs: Vec<Run>,
    shared: Vec<Shared>,
}

#[derive(Debug)]
struct Run {
    quantity: usize,
    calibration: usize,
    length: usize,
}

/// A sample in several quantities: its one error enters all of them.
#[derive(Debug)]
struct Shared {
    calibration: usize,
    terms: Weights,
}

impl Gather {
    fn new(location: &Location, keep: bool) -> Self {
        Self {
            kind: location.kind,
            form: location.form,
            calibration: location.calibration_h,
            first: None,
            held: None,
            weights: Weights::new(),
            next: Weights::new(),
            parts: Tally::default(),
            squares: Tally::default(),
            unread: None,
            samples: keep.then(Samples::default),
        }
    }

    fn sample(&mut self, clock: Clock, time: f64, period: usize, value: f64) {
        self.first.get_or_insert(time);
        if self.kind != Kind::Inv && self.form == Form::Item {
            // A boundary belongs to the period that begins there; an item to the one that ends.
            let ends = period > 0 && time <= clock.bound(period);
            self.weights.push((if ends { period - 1 } else { period }, 1.0));
            self.settle(clock, time, value);
            self.held = Some((time, period, value));
            return;
        }
        if let Some((before, first, x)) = self.held {
            match self.kind {
                Kind::Inv => self.read(clock, (before, first), (time, period)),
                _ if first == period => {
                    let half = (time - before) / 2.0;
                    weigh(&mut self.weights, period, half);
                    weigh(&mut self.next, period, half);
                }
                _ => self.cut(clock, (before, first), (time, period)),
            }
            self.settle(clock, before, x);
        } else if self.kind == Kind::Inv && time <= clock.start {
            self.next.push((0, 1.0));
        }
        std::mem::swap(&mut self.weights, &mut self.next);
        self.held = Some((time, period, value));
    }

    /// A segment that boundaries cut: its integral over each period as weights of its two ends.
    fn cut(&mut self, clock: Clock, (t0, first): (f64, usize), (t1, last): (f64, usize)) {
        for i in first..=last {
            let (from, to) = (t0.max(clock.bound(i)), t1.min(clock.bound(i + 1)));
            if to > from {
                let middle = ((from + to) / 2.0 - t0) / (t1 - t0);
                weigh(&mut self.weights, i, (to - from) * (1.0 - middle));
                weigh(&mut self.next, i, (to - from) * middle);
            }
        }
    }

    /// The boundaries after one inventory sample, up to the next.
    fn read(&mut self, clock: Clock, (t0, first): (f64, usize), (t1, last): (f64, usize)) {
        for b in first + 1..=last {
            let along = (clock.bound(b) - t0) / (t1 - t0);
            if along < 1.0 {
                self.weights.push((b, 1.0 - along));
            }
            self.next.push((b, along.min(1.0)));
        }
        // Period p (from 0) is read when a sample lies in its closed interval.
        let next_read = if t1 <= clock.bound(last) { last.saturating_sub(1) } else { last };
        if next_read > first + 1 {
            self.unread.get_or_insert(first + 1);
        }
    }

    /// The weights of a sample are complete: add it up.
    fn settle(&mut self, clock: Clock, time: f64, value: f64) {
        let calibration = self.calibration.map_or(0, |hours| {
            ((time - clock.start) / hours + ON_BOUNDARY).floor().max(0.0) as usize
        });
        for (n, (q, w)) in self.weights.iter().enumerate() {
            let part = w * value;
            self.parts.add((calibration, *q), part);
            for (r, u) in self.weights.iter().skip(n) {
                self.squares.add((*q, *r), part * u * value);
            }
        }
        if let Some(samples) = &mut self.samples {
            if let [(quantity, w)] = *self.weights {
                samples.single.push(w * value);
                match samples.runs.last_mut() {
                    Some(run) if run.quantity == quantity && run.calibration == calibration => {
                        run.length += 1;
                    }
                    _ => samples.runs.push(Run { quantity, calibration, length: 1 }),
                }
            } else if !self.weights.is_empty() {
                let terms = self.weights.iter().map(|(q, w)| (*q, w * value)).collect();
                samples.shared.push(Shared { calibration, terms });
            }
        }
        self.weights.clear();
    }
}

/// Takes samples in order of time and gathers balances.
#[derive(Debug)]
pub struct Gathering<'a> {
    locations: &'a [Location],
    choices: Choices,
    clock: Option<Clock>,
    last: f64,
    samples: usize,
    each: Vec<Gather>,
}

impl<'a> Gathering<'a> {
    /// A gathering for these locations. `keep` holds the samples, as [`Balances::simulate`] needs for random errors
    /// per sample; otherwise memory does not grow with them.
    #[must_use]
    pub fn new(locations: &'a [Location], choices: Choices, keep: bool) -> Self {
        let keep = keep && choices.random_error == RandomError::PerSample;
        let each = locations.iter().map(|l| Gather::new(l, keep)).collect();
        Self { locations, choices, clock: None, last: 0.0, samples: 0, each }
    }

    /// Takes one row: a time and a value for each location, `None` where it was not sampled. Times must increase
    /// and values be finite; the reader of the file sees to it.
    pub fn sample(&mut self, time_h: f64, values: &[Option<f64>]) {
        let period = self.choices.period_h;
        let clock = *self.clock.get_or_insert(Clock { start: time_h, period });
        let (time, period) = clock.place(time_h);
        self.last = time;
        self.samples += 1;
        for (gather, value) in self.each.iter_mut().zip(values) {
            if let Some(value) = value {
                gather.sample(clock, time, period, *value);
            }
        }
    }

    /// The balances of the complete periods.
    ///
    /// # Errors
    ///
    /// [`SeriesFault`] when there is no complete period, or a location was not sampled where one needs it.
    pub fn finish(self) -> Result<Balances, SeriesFault> {
        let Some(clock) = self.clock.filter(|_| self.samples > 1) else {
            return Err(SeriesFault::TooFew(self.samples));
        };
        let (_, count) = clock.place(self.last);
        if count == 0 {
            return Err(SeriesFault::NoPeriod {
                covered: self.last - clock.start,
                period: clock.period,
            });
        }
        let end = clock.bound(count);
        let mut measured = Vec::with_capacity(self.locations.len());
        for (location, mut gather) in self.locations.iter().zip(self.each) {
            let item = location.kind != Kind::Inv && location.form == Form::Item;
            if !item {
                let name = || location.name.clone();
                let last = gather.held.map_or(clock.start, |(time, ..)| time);
                let gap = match gather.first {
                    Some(first) if first <= clock.start && last >= end => None,
                    Some(first) if first > clock.start => Some((clock.start, first)),
                    Some(_) => Some((last, end)),
                    None => Some((clock.start, end)),
                };
                if let Some((from, to)) = gap {
                    return Err(SeriesFault::Gap { location: name(), from, to });
                }
                if let Some(i) = gather.unread.filter(|i| *i < count) {
                    let (from, to) = (clock.bound(i), clock.bound(i + 1));
                    return Err(SeriesFault::NoInventory {
                        location: name(),
                        balance: i + 1,
                        from,
                        to,
                    });
                }
                if let Some((time, _, value)) = gather.held {
                    gather.settle(clock, time, value);
                }
            }
            measured.push(Quantities::new(location, &self.choices, count, gather));
        }
        Ok(Balances { count, choices: self.choices, start_h: clock.start, measured })
    }
}

/// The measured quantities of one location: period totals, or inventory readings at the boundaries.
#[derive(Debug)]
struct Quantities {
    kind: Kind,
    random: f64,
    systematic: f64,
    /// What is known without error, by quantity: the opening inventory, when it is known.
    fixed: f64,
    /// (calibration, quantity) of each part, sorted; and the parts.
    part_keys: Vec<(u32, u32)>,
    parts: Vec<f64>,
    /// Pairs of quantities that samples belong to, sorted; and Σ w w x². Empty for errors per quantity.
    square_keys: Vec<(u32, u32)>,
    squares: Vec<f64>,
    quantities: usize,
    calibrations: usize,
    draws: Option<Draws>,
}

/// Where each sample's drawn value goes.
#[derive(Debug)]
struct Draws {
    single: Vec<f64>,
    /// Length, calibration, part and square.
    runs: Vec<(usize, usize, usize, usize)>,
    shared: Vec<SharedDraw>,
}

/// A sample in several quantities, with the parts and squares it is added to.
#[derive(Debug)]
struct SharedDraw {
    calibration: usize,
    /// Part and w x of each term.
    terms: Vec<(usize, f64)>,
    /// Square of each pair of terms, in order.
    pairs: Vec<usize>,
}

/// The drawn parts and squares of one location.
#[derive(Debug, Default)]
struct Drawn {
    systematic: Vec<f64>,
    random: Vec<f64>,
    parts: Vec<f64>,
    squares: Vec<f64>,
}

impl Quantities {
    fn new(location: &Location, choices: &Choices, count: usize, gather: Gather) -> Self {
        let inventory = location.kind == Kind::Inv;
        let quantities = if inventory { count + 1 } else { count };
        let known = inventory && choices.opening == Opening::Known;
        let counts = |q: u32| (q as usize) < quantities && !(known && q == 0);
        let all = gather.parts.sorted();
        let fixed = all.iter().filter(|((_, q), _)| known && *q == 0).map(|(_, x)| x).sum();
        let (part_keys, parts): (Vec<_>, Vec<_>) =
            all.into_iter().filter(|((_, q), _)| counts(*q)).unzip();
        let (square_keys, squares) = match choices.random_error {
            RandomError::PerQuantity => (Vec::new(), Vec::new()),
            RandomError::PerSample => {
                let all = gather.squares.sorted().into_iter();
                all.filter(|((q, r), _)| counts(*q) && counts(*r)).unzip()
            }
        };
        let calibrations = part_keys.last().map_or(0, |(c, _)| *c as usize + 1);
        let mut this = Self {
            kind: location.kind,
            random: location.random_rsd,
            systematic: location.systematic_rsd,
            fixed,
            part_keys,
            parts,
            square_keys,
            squares,
            quantities,
            calibrations,
            draws: None,
        };
        this.draws = gather.samples.map(|samples| this.draws(samples, counts));
        this
    }

    fn draws(&self, samples: Samples, counts: impl Fn(u32) -> bool) -> Draws {
        let counts = |q: usize| counts(q as u32);
        let part = |c: usize, q: usize| {
            self.part_keys.binary_search(&(c as u32, q as u32)).unwrap_or(usize::MAX)
        };
        let square = |q: usize, r: usize| {
            self.square_keys.binary_search(&(q as u32, r as u32)).unwrap_or(usize::MAX)
        };
        let mut single = samples.single;
        let mut runs = Vec::with_capacity(samples.runs.len());
        let mut at = 0;
        for run in samples.runs {
            if counts(run.quantity) {
                let (c, q) = (run.calibration, run.quantity);
                runs.push((run.length, c, part(c, q), square(q, q)));
                at += run.length;
            } else {
                single.drain(at..(at + run.length).min(single.len()));
            }
        }
        let shared = samples.shared.into_iter().filter_map(|sample| {
            let terms: Weights = sample.terms.into_iter().filter(|(q, _)| counts(*q)).collect();
            let mut pairs = Vec::new();
            for (n, (q, _)) in terms.iter().enumerate() {
                pairs.extend(terms.iter().skip(n).map(|(r, _)| square(*q, *r)));
            }
            let calibration = sample.calibration;
            let terms: Vec<_> = terms.into_iter().map(|(q, x)| (part(calibration, q), x)).collect();
            (!terms.is_empty()).then_some(SharedDraw { calibration, terms, pairs })
        });
        Draws { single, runs, shared: shared.collect() }
    }

    /// The balances a quantity enters, with its sign.
    fn enters(&self, quantity: usize, count: usize) -> [Option<(usize, f64)>; 2] {
        match self.kind {
            Kind::In => [Some((quantity, 1.0)), None],
            Kind::Out => [Some((quantity, -1.0)), None],
            Kind::Inv => [
                quantity.checked_sub(1).map(|closes| (closes, -1.0)),
                (quantity < count).then_some((quantity, 1.0)),
            ],
        }
    }

    /// Draws errors: parts and squares as measured with them.
    fn draw(&self, rng: &mut Xoshiro256PlusPlus, drawn: &mut Drawn) {
        let mut normal = || -> f64 { StandardNormal.sample(rng) };
        drawn.systematic.clear();
        drawn.systematic.extend((0..self.calibrations).map(|_| self.systematic * normal()));
        let systematic = |c: usize| 1.0 + drawn.systematic.get(c).copied().unwrap_or(0.0);
        let Some(draws) = &self.draws else {
            drawn.random.clear();
            drawn.random.extend((0..self.quantities).map(|_| self.random * normal()));
            drawn.parts.clear();
            drawn.parts.extend(self.part_keys.iter().zip(&self.parts).map(|((c, q), part)| {
                part * (systematic(*c as usize)
                    + drawn.random.get(*q as usize).copied().unwrap_or(0.0))
            }));
            return;
        };
        drawn.parts.clear();
        drawn.parts.resize(self.parts.len(), 0.0);
        drawn.squares.clear();
        drawn.squares.resize(self.squares.len(), 0.0);
        let mut rest = draws.single.as_slice();
        for (length, c, part, square) in &draws.runs {
            let (now, later) = rest.split_at_checked(*length).unwrap_or((rest, &[]));
            rest = later;
            let base = systematic(*c);
            let (mut sum, mut squares) = (0.0, 0.0);
            for x in now {
                let y = x * (base + self.random * normal());
                sum += y;
                squares += y * y;
            }
            add(&mut drawn.parts, *part, sum);
            add(&mut drawn.squares, *square, squares);
        }
        for SharedDraw { calibration, terms, pairs } in &draws.shared {
            let factor = systematic(*calibration) + self.random * normal();
            let mut pairs = pairs.iter();
            for (n, (part, x)) in terms.iter().enumerate() {
                add(&mut drawn.parts, *part, x * factor);
                for ((_, y), pair) in terms.iter().skip(n).zip(&mut pairs) {
                    add(&mut drawn.squares, *pair, x * y * factor * factor);
                }
            }
        }
    }

    /// Adds this location to the MUFs and their covariance.
    fn enter(
        &self,
        parts: &[f64],
        squares: &[f64],
        muf: &mut [f64],
        v: &mut Covariance,
        work: &mut Work,
    ) {
        let count = muf.len();
        work.amounts.clear();
        work.amounts.resize(self.quantities, 0.0);
        add(&mut work.amounts, 0, self.fixed);
        // Systematic: one effect for each calibration, over the balances it reaches.
        let mut keyed = self.part_keys.iter().zip(parts).peekable();
        while let Some(((c, _), _)) = keyed.peek() {
            let calibration = *c;
            let (mut low, mut high) = (usize::MAX, 0);
            work.effect.clear();
            work.effect.resize(count, 0.0);
            while let Some(((_, q), part)) = keyed.next_if(|((c, _), _)| *c == calibration) {
                add(&mut work.amounts, *q as usize, *part);
                for (i, sign) in self.enters(*q as usize, count).into_iter().flatten() {
                    add(&mut work.effect, i, sign * part * self.systematic);
                    (low, high) = (low.min(i), high.max(i));
                }
            }
            if self.systematic > 0.0 {
                let effect = work.effect.get(low..=high).unwrap_or_default();
                for (i, a) in effect.iter().enumerate() {
                    for (j, b) in effect.iter().enumerate().take(i + 1) {
                        v.add(low + i, low + j, a * b);
                    }
                }
            }
        }
        for (q, amount) in work.amounts.iter().enumerate() {
            for (i, sign) in self.enters(q, count).into_iter().flatten() {
                add(muf, i, sign * amount);
            }
        }
        let variance = self.random * self.random;
        if variance == 0.0 {
            return;
        }
        let mut pair = |q: usize, r: usize, value: f64| {
            for (i, a) in self.enters(q, count).into_iter().flatten() {
                for (j, b) in self.enters(r, count).into_iter().flatten() {
                    // A pair of different quantities stands for both orders: on the diagonal it counts twice; a
                    // quantity with itself fills both triangles, of which one is kept.
                    let times = match (q == r, i.cmp(&j)) {
                        (true, std::cmp::Ordering::Less) => 0.0,
                        (false, std::cmp::Ordering::Equal) => 2.0,
                        _ => 1.0,
                    };
                    v.add(i, j, times * a * b * value * variance);
                }
            }
        };
        if self.square_keys.is_empty() {
            let known = self.kind == Kind::Inv && self.part_keys.iter().all(|(_, q)| *q != 0);
            for (q, amount) in work.amounts.iter().enumerate().skip(usize::from(known)) {
                pair(q, q, amount * amount);
            }
        } else {
            for ((q, r), value) in self.square_keys.iter().zip(squares) {
                pair(*q as usize, *r as usize, *value);
            }
        }
    }
}

fn add(cells: &mut [f64], at: usize, value: f64) {
    if let Some(cell) = cells.get_mut(at) {
        *cell += value;
    }
}

#[derive(Debug, Default)]
struct Work {
    amounts: Vec<f64>,
    effect: Vec<f64>,
}

/// The balances of a series: what was measured, ready to be tested and simulated.
#[derive(Debug)]
pub struct Balances {
    count: usize,
    choices: Choices,
    start_h: f64,
    measured: Vec<Quantities>,
}

/// Memory of one thread's realisations.
#[derive(Debug, Default)]
pub struct Scratch {
    muf: Vec<f64>,
    covariance: Option<Covariance>,
    drawn: Drawn,
    work: Work,
    tests: Tests,
}

impl Balances {
    /// How many complete periods there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Where balance `i` (from 1) starts and ends, in hours.
    #[must_use]
    pub fn period(&self, i: usize) -> (f64, f64) {
        let clock = Clock { start: self.start_h, period: self.choices.period_h };
        (clock.bound(i.saturating_sub(1)), clock.bound(i))
    }

    /// MUF of each balance, and their covariance with the variances of the measured quantities.
    #[must_use]
    pub fn measured(&self) -> (Vec<f64>, Covariance) {
        let mut muf = vec![0.0; self.count];
        let mut v = Covariance::zero(self.count);
        let mut work = Work::default();
        for q in &self.measured {
            q.enter(&q.parts, &q.squares, &mut muf, &mut v, &mut work);
        }
        (muf, v)
    }

    /// The part of the covariance that one location contributes; locations are independent.
    #[must_use]
    pub fn covariance_of(&self, location: usize) -> Covariance {
        let mut v = Covariance::zero(self.count);
        if let Some(q) = self.measured.get(location) {
            q.enter(&q.parts, &q.squares, &mut vec![0.0; self.count], &mut v, &mut Work::default());
        }
        v
    }

    /// Draws the errors of realisation `number` and tests what would have been measured: the series is taken as
    /// true, every measured quantity is T (1 + S + R), and the variances are those of the measured quantities. The
    /// same seed and number give the same result whatever else is drawn. Returns the first singular balance, from 0.
    pub fn simulate(
        &self,
        seed: u64,
        number: u64,
        scratch: &mut Scratch,
        each: impl FnMut(Tested),
    ) -> Option<usize> {
        let mut rng = generator(seed, number);
        let Scratch { muf, covariance, drawn, work, tests } = scratch;
        muf.clear();
        muf.resize(self.count, 0.0);
        let v = match covariance {
            Some(v) if v.size() == self.count => {
                v.clear();
                v
            }
            _ => covariance.insert(Covariance::zero(self.count)),
        };
        for q in &self.measured {
            q.draw(&mut rng, drawn);
            q.enter(&drawn.parts, &drawn.squares, muf, v, work);
        }
        tests.run(muf, v, each)
    }
}

/// A generator for one realisation, independent of the others'.
pub(crate) fn generator(seed: u64, number: u64) -> Xoshiro256PlusPlus {
    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014), so that neighbouring numbers share no state.
    let mix = |mut z: u64| {
        z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    Xoshiro256PlusPlus::seed_from_u64(mix(mix(seed).wrapping_add(number)))
}
