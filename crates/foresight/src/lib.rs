//! What follows from a roadmap: every order of events it allows, whether its sequence is safe, how promises were kept,
//! and when it will be done.
//!
//! All of it is pure: no clock, no input; where random numbers are drawn the seed is given and told in the result.

pub mod delay;
mod draw;
pub mod forecast;
pub mod prove;
pub mod residual;
pub mod sequence;
