//! The shapes of tables we take, each with its columns and how a row becomes statements.

mod access;
mod clocks;
mod deliveries;
mod errors;
mod field;
mod figures;
mod findings;
mod ground;
mod items;
mod lasting;
mod limits;
mod observations;
mod people;
mod progress;
mod reports;
mod sites;
mod steps;
mod texts;

use statement::{Body, Date, Header, ObjectId, PartyId, Source, Statement};

use crate::Manifest;
use crate::table::Row;

pub(crate) use ground::{FORM, FORM_RECORDS, FORM_STATES};

/// A shape of table.
pub(crate) struct Shape {
    /// What it is called in messages.
    pub name: &'static str,
    /// Columns it must have; by these it is recognised.
    pub required: &'static [&'static str],
    /// Columns it may have.
    pub optional: &'static [&'static str],
    /// Makes statements of a row.
    pub read: fn(&mut Row<'_>, &Manifest) -> Vec<Statement>,
}

/// All shapes. The one whose required columns are all there is taken; of several, the one with most.
pub(crate) const SHAPES: &[Shape] = &[
    sites::SHAPE,
    figures::SHAPE,
    observations::SHAPE,
    steps::SHAPE,
    deliveries::SHAPE,
    progress::SHAPE,
    clocks::SHAPE,
    lasting::SHAPE,
    limits::SHAPE,
    reports::SHAPE,
    errors::SHAPE,
    access::SHAPE,
    findings::SHAPE,
    texts::SHAPE,
    people::PERSONS,
    people::INTERVIEWS,
    ground::INSPECTIONS,
    ground::SAMPLES,
    ground::MEASUREMENTS,
    ground::SEALS,
    ground::FORM,
    items::ITEMS,
    items::TRANSFERS,
    items::STAGES,
    items::REVERSALS,
];

/// What a statement made from a row has besides its body.
struct Says {
    id: String,
    party: PartyId,
    said: Option<Date>,
    source: Source,
    note: Option<String>,
}

impl Says {
    /// Puts body and header together; an id that cannot be one is a fault of the row.
    fn statement(
        self,
        row: &mut Row<'_>,
        id_column: &str,
        manifest: &Manifest,
        body: Body,
    ) -> Option<Statement> {
        let Self { id, party, said, source, note } = self;
        let id: ObjectId = match id.parse() {
            Ok(id) => id,
            Err(e) => {
                let e: statement::IdError = e;
                row.fault("I015", id_column, e.to_string(), "this id", None);
                return None;
            }
        };
        let header = Header {
            case: manifest.id.clone(),
            id,
            note,
            party,
            replaces: None,
            said,
            source: Some(source),
        };
        let statement = Statement { header, body };
        // What remains are rules of the vocabulary that no cell's own check knows. A cell that was told to be
        // wrong breaks them too, which need not be said.
        let faults = if row.is_good() { statement.faults() } else { Vec::new() };
        for fault in faults {
            let column = column_of(&fault.field);
            row.fault(
                "I016",
                column,
                format!("{}: {}", fault.field, fault.reason),
                "in this row",
                None,
            );
        }
        row.is_good().then_some(statement)
    }
}

/// The column a field of a statement most likely came from.
fn column_of(field: &str) -> &'static str {
    let last = field.rsplit('.').next().unwrap_or_default();
    [
        "lat",
        "lon",
        "precision_m",
        "unit",
        "name",
        "category",
        "what",
        "credibility",
        "cite",
        "value",
        "random_rsd",
        "systematic_rsd",
        "calibrated",
    ]
    .into_iter()
    .find(|column| *column == last)
    .map_or("id", |column| match column {
        "category" => "type",
        "cite" => "source",
        "value" => "quantity",
        other => other,
    })
}

/// The id of whoever keeps the record.
pub(crate) fn desk() -> PartyId {
    // A constant without white space.
    #[expect(clippy::expect_used, reason = "\"desk\" is an id")]
    "desk".parse().expect("an id")
}

/// The parties a cell names: `DPRK`, `ROK;CN;US`, `DPRK/ROK`.
fn parties(row: &mut Row<'_>, column: &str, manifest: &Manifest) -> Vec<String> {
    let names: Vec<String> = row
        .get(column)
        .unwrap_or_default()
        .split([';', '/'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect();
    for name in &names {
        // Words for "everyone" and for those outside the agreement are kept as they are.
        if !manifest.knows(name) && !matches!(name.as_str(), "all" | "observers" | "automatic") {
            let known = manifest.parties.iter().map(|p| p.id.as_str());
            let help = notation::did_you_mean(name, known).map_or_else(
                || format!("name it in case.kdl: party \"{name}\""),
                |w| format!("did you mean `{w}`?"),
            );
            row.fault(
                "I017",
                column,
                format!("`{name}` is not a party of this case"),
                "not known",
                Some(help),
            );
        }
    }
    names
}

/// Whose word a row is: the party it names when it names exactly one, else the desk's.
fn speaker(names: &[String], manifest: &Manifest) -> PartyId {
    match names {
        [one] if manifest.knows(one) => one.parse().unwrap_or_else(|_| desk()),
        _ => desk(),
    }
}

/// Whether a remark says that a figure is only about right.
fn says_about(note: Option<&str>) -> bool {
    note.is_some_and(|n| {
        n.split(|c: char| !c.is_alphabetic())
            .any(|w| matches!(w, "about" | "roughly" | "approximately"))
    })
}

/// Runs a reader and keeps what it made only if the row is without mistakes.
fn collect(statements: impl IntoIterator<Item = Option<Statement>>) -> Vec<Statement> {
    statements.into_iter().flatten().collect()
}
