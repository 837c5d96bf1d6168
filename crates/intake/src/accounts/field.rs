//! The fields of accounting reports, with their name in each dialect.

/// A field that a report's head or line can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    Number,
    ReportDate,
    ReportType,
    Period,
    PeriodStart,
    PeriodEnd,
    PitDate,
    Mba,
    LineCount,
    EntryNumber,
    Line,
    Status,
    From,
    To,
    Kmp,
    Code,
    On,
    Description,
    Form,
    Container,
    State,
    Batch,
    ShipperBatch,
    Basis,
    Items,
    Material,
    Element,
    Natural,
    Depleted,
    Enriched,
    Plutonium,
    Thorium,
    Unit,
    Isotope,
    IsotopeCode,
    U233,
    Mixture,
    U235,
    CorrectsReport,
    CorrectsLine,
    Note,
    Running,
    RunningIsotope,
    // Carried, read by no rule.
    Facility,
    Encoding,
    CorrectsReportHead,
    Person,
    Transaction,
    ItemId,
    Words,
    OriginalDate,
    Obligation,
    Document,
    ContainerId,
    Crc,
    PreviousCrc,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// In the head of a report.
    Head,
    /// In a line.
    Line,
}

/// A field's names.
pub(crate) struct Names {
    pub field: Field,
    pub stands: Stands,
    /// Column of a table; empty where a table has another way to say it.
    pub column: &'static str,
    /// Label of Code 10 or of the Canadian table.
    pub label: &'static str,
    /// Element of the Euratom and UK records.
    pub xml: &'static str,
    /// Whether a statement keeps it under its column's name among the other fields.
    pub other: bool,
}

const fn head(field: Field, column: &'static str, label: &'static str, xml: &'static str) -> Names {
    Names { field, stands: Stands::Head, column, label, xml, other: false }
}

const fn line(field: Field, column: &'static str, label: &'static str, xml: &'static str) -> Names {
    Names { field, stands: Stands::Line, column, label, xml, other: false }
}

const fn kept(names: Names) -> Names {
    Names { other: true, ..names }
}

/// Labels: Canadian table of REGDOC-2.13.1 (draft), Appendix D, and IAEA SG-FM-1172, as far as seen; the numbers 001
/// to 010 from memory. XML: the fields of UK SI 2019/196, Schedule 1; how their names are spelt as elements is ours.
/// The Canadian table does not say which of 640, 660 and 670 is which isotope; U-233, U-233 with U-235, and U-235
/// are from memory.
pub(crate) const FIELDS: &[Names] = &[
    head(Field::Number, "report_number", "001", "ReportNumber"),
    head(Field::ReportDate, "report_date", "003", "ReportDate"),
    kept(head(Field::Encoding, "encoding", "006", "")),
    head(Field::ReportType, "report_type", "010", "ReportType"),
    head(Field::Period, "period", "015", ""),
    head(Field::PeriodStart, "", "", "StartReport"),
    head(Field::PeriodEnd, "", "", "EndReport"),
    head(Field::PitDate, "", "", "PITDate"),
    kept(head(Field::Facility, "facility", "207", "")),
    head(Field::Mba, "mba", "307", "MBA"),
    kept(head(Field::CorrectsReportHead, "corrects_report_number", "310", "")),
    head(Field::LineCount, "line_count", "", "LineCount"),
    kept(head(Field::Person, "person", "", "ReportingPerson")),
    line(Field::EntryNumber, "", "002", ""),
    line(Field::Line, "line", "1000", "LineNumber"),
    line(Field::Status, "status", "309", "Correction"),
    line(Field::CorrectsReport, "corrects_report", "1002", "PreviousReport"),
    line(Field::CorrectsLine, "corrects_line", "1003", "PreviousLine"),
    line(Field::From, "from_mba", "370", "MBAFrom"),
    line(Field::To, "to_mba", "372", "MBATo"),
    line(Field::Kmp, "kmp", "407", "KMP"),
    line(Field::Code, "change", "411", "ICCode"),
    line(Field::On, "date", "412", "AccountingDate"),
    line(Field::Description, "description", "430", ""),
    line(Field::Form, "", "", "MaterialForm"),
    line(Field::Container, "", "", "MaterialContainer"),
    line(Field::State, "", "", "MaterialState"),
    kept(line(Field::Words, "words", "436", "")),
    line(Field::Batch, "batch", "446", "Batch"),
    line(Field::ShipperBatch, "shipper_batch", "447", "PreviousBatch"),
    line(Field::Basis, "basis", "469", "Measurement"),
    line(Field::Items, "items", "470", "Items"),
    line(Field::Material, "material", "1006", "ElementCategory"),
    line(Field::Natural, "", "610", ""),
    line(Field::Depleted, "", "620", ""),
    line(Field::Enriched, "", "630", ""),
    line(Field::Plutonium, "", "700", ""),
    line(Field::Thorium, "", "800", ""),
    line(Field::Element, "element", "", "ElementWeight"),
    line(Field::Unit, "unit", "1023", "Unit"),
    line(Field::U235, "", "670", ""),
    line(Field::U233, "", "640", ""),
    line(Field::Mixture, "", "660", ""),
    line(Field::Isotope, "isotope", "", "FissileWeight"),
    line(Field::IsotopeCode, "isotope_code", "1024", "Isotope"),
    line(Field::Running, "running_balance", "1030", "RunningBalance"),
    line(Field::RunningIsotope, "running_isotope", "1031", "RunningFissileBalance"),
    line(Field::Note, "note", "1004", "Comment"),
    kept(line(Field::ItemId, "item_id", "1001", "PILItemId")),
    kept(line(Field::Transaction, "transaction_id", "", "TransactionId")),
    kept(line(Field::OriginalDate, "original_date", "", "OriginalDate")),
    kept(line(Field::Obligation, "obligation", "2007", "Obligation")),
    kept(line(Field::Document, "document", "", "Document")),
    kept(line(Field::ContainerId, "container_id", "", "ContainerId")),
    kept(line(Field::Crc, "crc", "", "CRC")),
    kept(line(Field::PreviousCrc, "previous_crc", "", "PreviousCRC")),
];

impl Field {
    /// Its names.
    pub(crate) fn names(self) -> &'static Names {
        // Every field is in the table; `tests` below counts them.
        FIELDS.iter().find(|n| n.field == self).unwrap_or(&FIELDS[0])
    }

    pub(crate) fn by_label(label: &str) -> Option<&'static Names> {
        FIELDS.iter().find(|n| !n.label.is_empty() && n.label == label)
    }

    pub(crate) fn by_column(column: &str) -> Option<&'static Names> {
        FIELDS.iter().find(|n| !n.column.is_empty() && n.column == column)
    }

    /// By the name of an XML element, whatever its case and with or without underscores and hyphens.
    pub(crate) fn by_xml(name: &str) -> Option<&'static Names> {
        let plain = |c: &char| !matches!(c, '_' | '-');
        let same = |a: &str| {
            a.chars()
                .map(|c| c.to_ascii_lowercase())
                .eq(name.chars().filter(plain).map(|c| c.to_ascii_lowercase()))
        };
        FIELDS.iter().find(|n| !n.xml.is_empty() && same(n.xml))
    }
}

/// What a label of a weight says: the element category, and whether it is given in grams.
pub(crate) fn weight(field: Field) -> Option<(&'static str, bool)> {
    Some(match field {
        Field::Natural => ("N", false),
        Field::Depleted => ("D", false),
        Field::Enriched => ("E", true),
        Field::Plutonium => ("P", true),
        Field::Thorium => ("T", false),
        _ => return None,
    })
}

/// The isotope code a label stands for.
pub(crate) fn isotope(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::U235 => "G",
        Field::U233 => "K",
        Field::Mixture => "J",
        _ => return None,
    })
}

/// The label of an element category's weight.
pub(crate) fn weight_label(material: &str) -> Option<&'static str> {
    Some(match material {
        "N" => "610",
        "D" => "620",
        "E" => "630",
        "P" => "700",
        "T" => "800",
        _ => return None,
    })
}

/// The label of an isotope's weight.
pub(crate) fn isotope_label(code: &str) -> Option<&'static str> {
    Some(match code {
        "G" => "670",
        "K" => "640",
        "J" => "660",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_stands_once_and_its_names_lead_back_to_it() {
        for names in FIELDS {
            assert_eq!(FIELDS.iter().filter(|n| n.field == names.field).count(), 1);
            if !names.label.is_empty() {
                assert_eq!(Field::by_label(names.label).map(|n| n.field), Some(names.field));
            }
            if !names.column.is_empty() {
                assert_eq!(Field::by_column(names.column).map(|n| n.field), Some(names.field));
            }
            if !names.xml.is_empty() {
                assert_eq!(Field::by_xml(names.xml).map(|n| n.field), Some(names.field));
            }
        }
    }
}
