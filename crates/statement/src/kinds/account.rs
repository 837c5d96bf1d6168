//! Accounting reports: inventory changes, physical inventories, material balances (IAEA Code 10).
//!
//! The types carry what any of the dialects says (labelled Code 10 text, Euratom and UK records, tables), codes
//! as they were written: whether a code exists and fits its line is judged by the accountancy, which can name the
//! rule. A large report is split over several statements, since an entry of the log is small; see [`Part`].

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::check::{Check, Faults};
use crate::{Date, Decimal, ObjectId};

/// The three accounting reports of IAEA Code 10 (model Subsidiary Arrangements, General Part).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReportType {
    /// Inventory change report.
    #[serde(rename = "ICR")]
    InventoryChange,
    /// Physical inventory listing.
    #[serde(rename = "PIL")]
    PhysicalInventory,
    /// Material balance report.
    #[serde(rename = "MBR")]
    MaterialBalance,
}

impl ReportType {
    /// Its abbreviation: `ICR`, `PIL`, `MBR`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InventoryChange => "ICR",
            Self::PhysicalInventory => "PIL",
            Self::MaterialBalance => "MBR",
        }
    }

    /// Its letter in label 010: `I`, `P`, `M`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::InventoryChange => 'I',
            Self::PhysicalInventory => 'P',
            Self::MaterialBalance => 'M',
        }
    }
}

impl FromStr for ReportType {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "I" | "ICR" => Self::InventoryChange,
            "P" | "PIL" => Self::PhysicalInventory,
            "M" | "MBR" => Self::MaterialBalance,
            _ => return Err(()),
        })
    }
}

impl fmt::Display for ReportType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The form a report came in. Lengths, deadlines and the meaning of a weight's sign depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Labelled text of IAEA Code 10.
    Code10,
    /// Euratom and UK records.
    Euratom,
    /// A table with named columns.
    Table,
}

/// A short code: up to eight letters, digits or signs, kept without allocation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code([u8; 8]);

/// Why a text is not a short code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a code: one to eight letters, digits or signs without space were expected")]
pub struct CodeError(pub String);

impl Code {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|b| *b == 0).unwrap_or(8);
        // Only ASCII is ever put in.
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    /// A code known when the program was written.
    ///
    /// # Panics
    /// When it is longer than eight bytes, which the compiler finds in a constant.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        let (bytes, mut code, mut i) = (text.as_bytes(), [0; 8], 0);
        while i < bytes.len() {
            code[i] = bytes[i];
            i += 1;
        }
        Self(code)
    }
}

impl FromStr for Code {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let good = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !good {
            return Err(CodeError(text.chars().take(40).collect()));
        }
        Ok(Self::of(text))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Code;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a code of one to eight characters")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Code, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// The unit of a line's weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WeightUnit {
    /// Gram.
    #[serde(rename = "g")]
    Gram,
    /// Kilogram.
    #[serde(rename = "kg")]
    Kilogram,
}

impl WeightUnit {
    /// Its symbol.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Kilogram => "kg",
        }
    }
}

impl FromStr for WeightUnit {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "g" | "G" => Ok(Self::Gram),
            "kg" | "KG" | "Kg" => Ok(Self::Kilogram),
            _ => Err(()),
        }
    }
}

/// What a line does to lines reported before (label 309).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum EntryStatus {
    /// It is new.
    #[default]
    #[serde(rename = "N")]
    New,
    /// It takes the place of the line it names; its weight is booked as the difference.
    #[serde(rename = "C")]
    Correct,
    /// It takes out the line it names, whose values it repeats.
    #[serde(rename = "D")]
    Delete,
    /// Euratom: the new half of a pair whose other half deletes.
    #[serde(rename = "A")]
    Added,
    /// Euratom: a line that should have stood in an earlier report.
    #[serde(rename = "L")]
    Late,
    /// Canada: the status of lines `L+`, `L-`, `R+`, `R-`.
    #[serde(rename = "U")]
    Update,
}

impl EntryStatus {
    /// Its letter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "N",
            Self::Correct => "C",
            Self::Delete => "D",
            Self::Added => "A",
            Self::Late => "L",
            Self::Update => "U",
        }
    }

    fn is_new(&self) -> bool {
        *self == Self::New
    }
}

impl FromStr for EntryStatus {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "N" => Self::New,
            "C" => Self::Correct,
            "D" => Self::Delete,
            "A" => Self::Added,
            "L" => Self::Late,
            "U" => Self::Update,
            _ => return Err(()),
        })
    }
}

/// One of the statements that a report too large for one was split over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Which part, from 1.
    pub number: u32,
    /// How many parts there are.
    pub of: u32,
}

/// A line reported before (labels 1002 and 1003), of the same area and type of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierLine {
    /// Its line.
    pub line: u32,
    /// The number of its report.
    pub report: u32,
}

/// The book balance after a line, as the reporter gives it (labels 1030 and 1031).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunningBalance {
    /// Of the element, in the line's unit.
    pub element: Decimal,
    /// Of the fissile isotope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isotope: Option<Decimal>,
}

/// What the report says that no rule reads, by the name of its field or the number of its label.
pub type OtherFields = BTreeMap<Box<str>, Box<str>>;

/// A list without room to grow: a ledger may hold a million reports, most of one line.
fn tight<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}

/// `account.report`: an ICR, PIL or MBR of one material balance area, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountReport {
    /// The form it came in.
    pub dialect: Dialect,
    /// How many lines the report says it has (the second number of label 002).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_count: Option<u32>,
    /// The report's lines.
    #[serde(deserialize_with = "tight")]
    pub lines: Vec<AccountLine>,
    /// The material balance area (label 307).
    pub mba: Box<str>,
    /// The number of the report (label 001), counted for each area and type without gaps.
    pub number: u32,
    /// What else its head says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: OtherFields,
    /// Which part this is, when the report was split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The period reported, or the day of the physical inventory (label 015). The day of the report itself (003)
    /// is the statement's `said`.
    pub period: Date,
    /// The site the area belongs to, where it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
    /// Which report this is.
    #[serde(rename = "type")]
    pub report_type: ReportType,
}

/// One line of an accounting report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    /// Measurement basis (label 469).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Code>,
    /// Batch name (label 446).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Box<str>>,
    /// Inventory change code, or the name of an MBR entry (label 411): `RD`, `SF`, `PB`, `PE`. A line of a PIL
    /// has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The line this one corrects or deletes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<EarlierLine>,
    /// Material description: form, container, state (label 430).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Code>,
    /// Weight of the element.
    pub element: Decimal,
    /// The area it came from (label 370).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<str>>,
    /// Weight of the fissile isotope, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isotope: Option<Decimal>,
    /// Which isotope: `G` U-235, `K` U-233, `J` both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isotope_code: Option<Code>,
    /// Number of items (label 470), 1 for bulk material. A line of an MBR has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<u32>,
    /// Key measurement point (label 407).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kmp: Option<Code>,
    /// Number of the line (label 1000, else the first number of 002). Line 0 is an opening balance.
    pub line: u32,
    /// Element category (label 1006, else the label of the weight): `N`, `D`, `E`, `P`, `T`.
    pub material: Code,
    /// Remark (label 1004).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Box<str>>,
    /// Date of the change (label 412); where there is none, the last day of the report's period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// What else the line says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: OtherFields,
    /// The book balance after this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<RunningBalance>,
    /// The shipper's name of the batch, or its name before rebatching (label 447).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipper_batch: Option<Box<str>>,
    /// What the line does to earlier ones; absent when it is new.
    #[serde(default, skip_serializing_if = "EntryStatus::is_new")]
    pub status: EntryStatus,
    /// The area it went to (label 372).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Box<str>>,
    /// Unit of the weights.
    pub unit: WeightUnit,
}

impl AccountLine {
    /// A line with nothing but what every line has.
    #[must_use]
    pub fn new(line: u32, material: Code, element: Decimal, unit: WeightUnit) -> Self {
        Self {
            basis: None,
            batch: None,
            code: None,
            corrects: None,
            description: None,
            element,
            from: None,
            isotope: None,
            isotope_code: None,
            items: None,
            kmp: None,
            line,
            material,
            note: None,
            on: None,
            other: BTreeMap::new(),
            running: None,
            shipper_batch: None,
            status: EntryStatus::New,
            to: None,
            unit,
        }
    }
}

/// Which weight of a line an error is of.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Measured {
    /// The element.
    #[default]
    Element,
    /// The fissile isotope.
    Isotope,
}

impl Measured {
    /// Its word: `element` or `isotope`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Element => "element",
            Self::Isotope => "isotope",
        }
    }

    fn is_element(&self) -> bool {
        *self == Self::Element
    }
}

/// `account.errors`: how well the lines of one stratum of an area are measured.
///
/// A line belongs to the stratum when it is of its area and category and passes every filter that is given; a filter
/// that is left out lets every line pass. The random error is one for each line (batch); the systematic error is one
/// for each instrument and calibration period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurementErrors {
    /// Days on which the instrument was calibrated, each the first of a calibration period; none when one calibration
    /// holds throughout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calibrated: Vec<Date>,
    /// How the material description begins, as `EO` or `EOPF`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Code>,
    /// Inventory change codes, or `PIL` for what is listed in a physical inventory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Code>,
    /// The instrument, when strata share one; otherwise the stratum has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Key measurement points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kmp: Vec<Code>,
    /// Element category.
    pub material: Code,
    /// The material balance area.
    pub mba: Box<str>,
    /// Which weight.
    #[serde(default, skip_serializing_if = "Measured::is_element")]
    pub measured: Measured,
    /// Relative standard deviation of the random error of a line: 0.004 is 0.4 %.
    pub random_rsd: Decimal,
    /// The stratum's name.
    pub stratum: String,
    /// Relative standard deviation of the systematic error.
    pub systematic_rsd: Decimal,
}

impl MeasurementErrors {
    /// What its systematic error belongs to.
    #[must_use]
    pub fn instrument(&self) -> &str {
        self.instrument.as_deref().unwrap_or(&self.stratum)
    }
}

impl Check for MeasurementErrors {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "mba", &self.mba);
        faults.text(at, "stratum", &self.stratum);
        for (field, rsd) in
            [("random_rsd", self.random_rsd), ("systematic_rsd", self.systematic_rsd)]
        {
            if rsd.exact() < rust_decimal::Decimal::ZERO {
                faults.add(at, field, "a standard deviation is not negative");
            }
        }
        for pair in self.calibrated.windows(2) {
            if !pair[1].certainly_after(&pair[0]) {
                faults.add(at, "calibrated", format!("{} does not follow {}", pair[1], pair[0]));
            }
        }
    }
}

impl Check for AccountReport {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "mba", &self.mba);
        if self.lines.is_empty() {
            faults.add(at, "lines", "a report without lines; report a nil line if nothing changed");
        }
        if self.part.is_some_and(|p| p.number == 0 || p.number > p.of || p.of < 2) {
            faults.add(at, "part", "parts are counted from 1 and are at least two");
        }
        for (i, line) in self.lines.iter().enumerate() {
            for (field, text) in [
                ("batch", &line.batch),
                ("shipper_batch", &line.shipper_batch),
                ("from", &line.from),
                ("to", &line.to),
            ] {
                if text.as_ref().is_some_and(|t| t.trim().is_empty()) {
                    faults.add(&format!("{at}.lines[{i}]"), field, "it is empty");
                }
            }
        }
    }
}
