//! Periodic reports of an inspectorate: stocks, levels and machines as of a date.

use statement::kinds::evidence::ClaimRecord;
use statement::{Basis, Body, Bound, Claim, Date, Decimal, QuantityKind, Source, Statement};

use super::{Says, Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const SHAPE: Shape = Shape {
    name: "inspectorate reports",
    required: &[
        "report_id",
        "report_date",
        "as_of",
        "leu_total_kgU",
        "heavy_water_t",
        "source",
        "basis_leu",
        "basis_hw",
    ],
    optional: &[
        "u20_kgU",
        "u60_kgU",
        "enrichment_max_pct",
        "heavy_water_as_of",
        "ir1_natanz_max",
        "ir1_fordow_max",
        "exceeds",
        "note",
        "leu_change_kgU",
        "heavy_water_change_t",
    ],
    read,
};

/// One figure of a report: suffix of its id, column, what it counts.
struct Figure {
    suffix: &'static str,
    column: &'static str,
    as_of_column: &'static str,
    basis_column: &'static str,
    kind: QuantityKind,
    bound: Bound,
    material: Option<&'static str>,
    unit: &'static str,
    what: &'static str,
    /// An empty cell means that the report says nothing, rather than that it publishes no figure.
    silent: bool,
}

const fn stock(
    suffix: &'static str,
    column: &'static str,
    material: &'static str,
    unit: &'static str,
    what: &'static str,
) -> Figure {
    Figure {
        suffix,
        column,
        as_of_column: "as_of",
        basis_column: "basis_leu",
        kind: QuantityKind::Stock,
        bound: Bound::Equal,
        material: Some(material),
        unit,
        what,
        silent: true,
    }
}

const FIGURES: &[Figure] = &[
    Figure {
        silent: false,
        ..stock("leu", "leu_total_kgU", "LEU", "kg U", "total enriched uranium up to 3.67 %")
    },
    stock("u20", "u20_kgU", "uranium enriched to 20 %", "kg U", "uranium enriched up to 20 %"),
    stock("u60", "u60_kgU", "uranium enriched to 60 %", "kg U", "uranium enriched up to 60 %"),
    Figure {
        as_of_column: "heavy_water_as_of",
        basis_column: "basis_hw",
        silent: false,
        ..stock("hw", "heavy_water_t", "heavy water", "t", "heavy water stock")
    },
    Figure {
        kind: QuantityKind::Level,
        bound: Bound::AtMost,
        material: None,
        ..stock("level", "enrichment_max_pct", "", "percent U-235", "enrichment level, not above")
    },
    // The reports say that the limits were not exceeded; they give no counts. No column says how sure that is,
    // and the note of the table says: from memory.
    Figure {
        basis_column: "",
        kind: QuantityKind::Installed,
        bound: Bound::AtMost,
        material: None,
        ..stock(
            "ir1-natanz",
            "ir1_natanz_max",
            "",
            "machines",
            "IR-1 centrifuges at Natanz, said not to exceed",
        )
    },
    Figure {
        basis_column: "",
        kind: QuantityKind::Installed,
        bound: Bound::AtMost,
        material: None,
        ..stock(
            "ir1-fordow",
            "ir1_fordow_max",
            "",
            "machines",
            "IR-1 centrifuges at Fordow, said not to exceed",
        )
    },
];

fn read(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, said) = (row.need("report_id"), row.date("report_date"));
    let Some(id) = id else { return vec![] };
    let mut made = Vec::new();
    for figure in FIGURES {
        let value = row.decimal(figure.column);
        if value.is_none() && (figure.silent || row.get(figure.column).is_some()) {
            continue;
        }
        let as_of = match row.date(figure.as_of_column) {
            None if figure.as_of_column != "as_of" => row.date("as_of"),
            given => given,
        };
        later_than_report(row, figure.as_of_column, as_of.as_ref(), said.as_ref());
        let Some(mut source) = row.source_with(figure.basis_column) else { continue };
        if figure.basis_column.is_empty() {
            source.basis = Basis::Memory;
        }
        made.push(claim(row, manifest, &id, figure, value, as_of, said.clone(), source));
    }
    collect(made)
}

fn later_than_report(row: &mut Row<'_>, column: &str, as_of: Option<&Date>, said: Option<&Date>) {
    if let (Some(as_of), Some(said)) = (as_of, said)
        && as_of.certainly_after(said)
        && row.is_good()
    {
        let help =
            "check the two dates against the report; a figure cannot describe a day after it"
                .to_owned();
        row.fault(
            "I040",
            column,
            format!("as of {as_of}, in a report of {said}"),
            "after the report",
            Some(help),
        );
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one figure, each of its own type")]
fn claim(
    row: &mut Row<'_>,
    manifest: &Manifest,
    id: &str,
    figure: &Figure,
    value: Option<Decimal>,
    as_of: Option<Date>,
    said: Option<Date>,
    source: Source,
) -> Option<Statement> {
    let claim = Claim {
        as_of,
        bound: if value.is_some() { figure.bound } else { Bound::NonePublished },
        high: None,
        kind: figure.kind,
        material: figure.material.map(str::to_owned),
        sigma: None,
        unit: Some(figure.unit.to_owned()),
        value,
        what: figure.what.to_owned(),
    };
    let party = if manifest.knows("IAEA") { "IAEA".parse().ok()? } else { super::desk() };
    let body =
        Body::Claim(ClaimRecord { about: None, claim, stated_by: Some(id.to_owned()), to: None });
    let says =
        Says { id: format!("{id}.{}", figure.suffix), party, said, source, note: row.text("note") };
    says.statement(row, "report_id", manifest, body)
}
