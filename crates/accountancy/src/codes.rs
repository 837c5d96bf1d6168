//! The code lists of accounting reports, as data with their source.
//!
//! Source, unless a row says otherwise: Canadian REGDOC-2.13.1 (draft), Appendix D, tables D3 to D6, which follow
//! IAEA Code 10; signs and further codes of Euratom: Commission Recommendation 2006/40/Euratom.

use statement::kinds::account::{Code, Dialect, WeightUnit};

/// What a change does to the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It adds.
    Plus,
    /// It takes away.
    Minus,
    /// It takes away what is reported, which may be negative.
    MinusAsReported,
    /// It adds what is reported, which may be negative.
    PlusAsReported,
    /// The category decides: the first letter of the code loses, the second gains.
    Category,
    /// It moves nothing: an inventory or a balance.
    None,
}

/// A code of label 411.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The code.
    pub code: Code,
    /// What it means.
    pub meaning: &'static str,
    /// What it does to the book.
    pub sign: Sign,
    /// Whether only Euratom and UK reports use it.
    pub euratom: bool,
}

const fn change(code: &str, sign: Sign, meaning: &'static str) -> Change {
    Change { code: Code::of(code), meaning, sign, euratom: false }
}

const fn euratom(code: &str, sign: Sign, meaning: &'static str) -> Change {
    Change { code: Code::of(code), meaning, sign, euratom: true }
}

use Sign::{Category, Minus, MinusAsReported, Plus, PlusAsReported};

/// Inventory changes.
pub const CHANGES: &[Change] = &[
    change("RD", Plus, "receipt, domestic"),
    change("RF", Plus, "receipt, foreign"),
    change("RS", Plus, "receipt at the starting point of safeguards"),
    change("NP", Plus, "nuclear production"),
    change("GA", Plus, "accidental gain"),
    change("FW", Plus, "from retained waste"),
    change("DU", Plus, "de-exemption, use"),
    change("DQ", Plus, "de-exemption, quantity"),
    change("RP", Plus, "rebatching, plus"),
    change("R+", Plus, "rounding, plus"),
    change("L+", Plus, "negative inventory difference booked: the book goes up"),
    change("SD", Minus, "shipment, domestic"),
    change("SF", Minus, "shipment, foreign"),
    change("LN", Minus, "nuclear loss"),
    change("LD", Minus, "measured discard"),
    change("LA", Minus, "accidental loss"),
    change("TW", Minus, "to retained waste"),
    change("TU", Minus, "termination of safeguards"),
    change("EU", Minus, "exemption, use"),
    change("EQ", Minus, "exemption, quantity"),
    change("RM", Minus, "rebatching, minus"),
    change("R-", Minus, "rounding, minus"),
    change("L-", Minus, "positive inventory difference booked: the book goes down"),
    change("DE", Category, "category change, depleted to enriched"),
    change("DN", Category, "category change, depleted to natural"),
    change("ED", Category, "category change, enriched to depleted"),
    change("EN", Category, "category change, enriched to natural"),
    change("ND", Category, "category change, natural to depleted"),
    change("NE", Category, "category change, natural to enriched"),
    change(
        "DI",
        MinusAsReported,
        "shipper/receiver difference: shipper less receiver, by the receiver",
    ),
    // 2006/40/Euratom.
    euratom("RN", Plus, "receipt from outside safeguards"),
    euratom("FC", Plus, "from conditioned waste"),
    euratom("CE", Plus, "category change, second line"),
    euratom("CB", Plus, "category change, second line"),
    euratom("CC", Plus, "category change, second line"),
    euratom("RB", Plus, "rebatching"),
    euratom("BR", Plus, "balance brought"),
    euratom("PR", Plus, "particular obligation changed, second line"),
    euratom("SR", Plus, "swap, second line"),
    euratom("CR", Plus, "category change, second line"),
    euratom("MP", Plus, "gain of the table of 2006/40; its text was not seen"),
    euratom("SN", Minus, "shipment out of safeguards"),
    euratom("TC", Minus, "to conditioned waste"),
    euratom("TE", Minus, "discard to the environment"),
    euratom("NL", MinusAsReported, "nuclear loss (meaning from memory)"),
    euratom("NM", PlusAsReported, "new measurement"),
    euratom("BJ", PlusAsReported, "batch follow-up"),
    euratom("RA", PlusAsReported, "rounding"),
    euratom("R5", PlusAsReported, "rounding, 5"),
];

/// Entries of a material balance report besides its change lines.
pub const BALANCE_ENTRIES: [&str; 4] = ["PB", "BA", "PE", "MF"];

/// A change by its code.
#[must_use]
pub fn find_change(code: Code, dialect: Dialect) -> Option<&'static Change> {
    CHANGES.iter().find(|c| c.code == code && (!c.euratom || dialect != Dialect::Code10))
}

/// An element category of label 1006.
#[derive(Debug, Clone, Copy)]
pub struct ElementCategory {
    /// Its code.
    pub code: Code,
    /// What it is.
    pub meaning: &'static str,
    /// The unit of its weights.
    pub unit: WeightUnit,
}

/// Element categories. `C` and `TC` (concentrates) are national additions of Canada.
pub const CATEGORIES: &[ElementCategory] = &[
    ElementCategory { code: Code::of("N"), meaning: "natural uranium", unit: WeightUnit::Kilogram },
    ElementCategory {
        code: Code::of("D"),
        meaning: "depleted uranium",
        unit: WeightUnit::Kilogram,
    },
    ElementCategory { code: Code::of("E"), meaning: "enriched uranium", unit: WeightUnit::Gram },
    ElementCategory { code: Code::of("P"), meaning: "plutonium", unit: WeightUnit::Gram },
    ElementCategory { code: Code::of("T"), meaning: "thorium", unit: WeightUnit::Kilogram },
    ElementCategory {
        code: Code::of("C"),
        meaning: "uranium concentrate",
        unit: WeightUnit::Kilogram,
    },
    ElementCategory {
        code: Code::of("TC"),
        meaning: "thorium concentrate",
        unit: WeightUnit::Kilogram,
    },
];

/// A category by its code.
#[must_use]
pub fn find_category(code: Code) -> Option<&'static ElementCategory> {
    CATEGORIES.iter().find(|c| c.code == code)
}

/// Enriched uranium.
pub const ENRICHED: Code = Code::of("E");
/// Isotopes of label 1024: U-235, U-233, a mixture of both.
pub const ISOTOPES: [&str; 3] = ["G", "K", "J"];
/// Measurement bases of label 469: own or elsewhere, not reported before (M, N) or before (T, L).
pub const BASES: [&str; 4] = ["M", "N", "T", "L"];
/// Euratom's bases for estimated weights, in the same order.
pub const EURATOM_BASES: [&str; 4] = ["E", "F", "G", "H"];
/// Physical and chemical forms: the first two characters of a material description.
pub const FORMS: &[&str] = &[
    "CP", "CS", "CO", "ER", "EP", "EB", "EA", "EO", "WL", "WM", "WH", "MP", "MA", "PH", "PN", "QS",
    "SS", "SH", "SN", "AH", "AM", "AC", "AO", "LN", "LF", "LO",
];
/// Further forms that Euratom knows, as far as they were seen.
pub const EURATOM_FORMS: &[&str] = &["OR", "YC", "U6", "U4", "U2", "U3", "T2"];
/// Containers: the third character.
pub const CONTAINERS: &str = "CPDSBFO";
/// States: fresh, irradiated, retained waste, irrecoverable, recoverable: the fourth character.
pub const STATES: &str = "FIWNR";
/// A description that is no combination: concentrates.
pub const CONCENTRATE: &str = "CONC";

/// U-235 in natural uranium as a share of the element, above which uranium is enriched. The convention of 0.711 %
/// by weight, rounded up so that natural uranium of any origin stays below it.
pub const NATURAL_SHARE_PER_100_000: u32 = 720;

/// Days after the end of the period within which a report must be made.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// The days.
    pub days: i64,
    /// From where.
    pub source: &'static str,
}

/// The deadline of a report: UK 15 days after the physical inventory; the model agreement 30 days.
#[must_use]
pub fn deadline(dialect: Dialect) -> Deadline {
    match dialect {
        Dialect::Euratom => Deadline { days: 15, source: "UK SI 2019/196" },
        _ => Deadline { days: 30, source: "INFCIRC/153, paragraphs 63 and 67 (from memory)" },
    }
}

/// Most days between two physical inventories: 14 months, UK SI 2019/196.
pub const MAX_DAYS_BETWEEN_INVENTORIES: i64 = 427;

/// Days within which a shipment must be received. Ours: the texts give none; a State's own rule goes before it.
pub const TRANSIT_DAYS: i64 = 90;

/// Longest batch name: 16 characters in Code 10, 20 in the UK's layouts.
#[must_use]
pub fn batch_length(dialect: Dialect) -> usize {
    if dialect == Dialect::Euratom { 20 } else { 16 }
}

/// Most decimals of a weight in Code 10 and the Canadian table; the UK's layouts have three.
#[must_use]
pub fn decimals(dialect: Dialect) -> u32 {
    if dialect == Dialect::Euratom { 3 } else { 6 }
}
