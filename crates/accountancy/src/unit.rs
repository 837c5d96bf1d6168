//! Units as sources write them, brought to one where that is exact.

use rust_decimal::Decimal;

/// A unit a figure can be compared in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// The unit all comparable figures are brought to.
    pub base: String,
    /// What one of the source's units is in the base unit.
    pub factor: Decimal,
}

impl Unit {
    /// Reads a unit. Grams, kilograms and tonnes of the same thing become kilograms of it (`t heavy water`
    /// becomes `kg heavy water`); any other unit is its own base, since `t HFO` and `t HFO equivalent` need an
    /// agreed conversion that software must not invent.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let (word, of) = text.split_once(' ').unwrap_or((text, ""));
        let factor = match word {
            "mg" => Decimal::new(1, 6),
            "g" => Decimal::new(1, 3),
            "kg" => Decimal::ONE,
            "t" => Decimal::from(1000),
            _ => return Self { base: text.to_owned(), factor: Decimal::ONE },
        };
        let base = if of.is_empty() { "kg".to_owned() } else { format!("kg {of}") };
        Self { base, factor }
    }
}
