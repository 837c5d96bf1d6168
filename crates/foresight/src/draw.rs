//! Random numbers that are the same everywhere: xoshiro256++, seeded by the seed and the number of a stream.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// One stream of numbers.
pub(crate) struct Draws(pub(crate) Xoshiro256PlusPlus);

impl Draws {
    /// The stream of a number under a seed. Streams of different numbers are independent: both go through splitmix64.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mixed = seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// Evenly from 0 up to, not including, 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        // The upper 53 bits, which is what a double holds.
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}
