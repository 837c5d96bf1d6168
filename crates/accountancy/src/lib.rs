//! Material accountancy: what the figures say, side by side.
//!
//! This room will hold the material balance and its statistics. What it does today:
//! [`figures`](compare) puts every stated figure beside the others that count the same thing and says which
//! cannot both be true. Figures that count different things (plutonium *produced*, *extracted*, *in waste*)
//! are kept apart: 30, 37, 30.8 and about 40 kg are not four errors.

mod figures;
mod unit;

pub use figures::{Disagreement, Figure, FigureGroup, Figures, Method, compare};
pub use unit::Unit;
