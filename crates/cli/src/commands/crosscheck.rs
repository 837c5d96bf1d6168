//! `crosscheck` and `map`: declared against seen, with a party's private evidence where it has some, and as a map.

use std::path::Path;

use case::Record;
use crosscheck::{Crosschecker, Shift, shifts};
use desk::maps;
use serde::Serialize;
use statement::civil;
use statement::kinds::evidence::Observation;

use super::views::assess;
use crate::args::{CaseArgs, Format, MapFormat, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

/// What private evidence did.
#[derive(Serialize)]
struct Private {
    /// Private observations that were weighed.
    observations: usize,
    /// What they change.
    shifts: Vec<Shift>,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    crosscheck: &'a crosscheck::Crosscheck,
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<&'a Private>,
}

pub(crate) fn run(
    case: &CaseArgs,
    private: Option<&Path>,
    view: &ViewArgs,
) -> Result<u8, CliError> {
    let (session, assessment) = assess(case, view)?;
    let shared = &*assessment.crosscheck;
    let mut together = None;
    if let Some(folder) = private {
        let own = observations(folder, &session)?;
        let mut checker = Crosschecker::new(session.field.evidence.clone());
        let with = checker.assess_with(&session.case, &own, view.day());
        let shifts = shifts(shared, &with);
        together = Some((with, Private { observations: own.len(), shifts }));
    }
    let (result, private) = match &together {
        Some((with, private)) => (with, Some(private)),
        None => (shared, None),
    };
    match view.format {
        Format::Json => {
            output::json("lockstep/crosscheck/v1", &Answer { crosscheck: result, private })?
        }
        Format::Csv => output::table(Format::Csv, &desk::views::observations(result))?,
        Format::Table => {
            let title = session.title();
            output::print(&format!("{title}, as of {}\n\nDeclared\n", assessment.as_of))?;
            output::table(Format::Table, &desk::views::sites(result))?;
            output::print("\nSeen, not declared\n")?;
            output::table(Format::Table, &desk::views::unmatched(result, usize::MAX))?;
            let differences = desk::views::differences(result);
            if !differences.rows.is_empty() {
                output::print("\nDeclared otherwise than seen\n")?;
                output::table(Format::Table, &differences)?;
            }
            if let Some(private) = private {
                output::print(&format!(
                    "\nWith and without {} of your own; keep this page, hand over only a request\n",
                    desk::count(private.observations, "private observation")
                ))?;
                output::table(Format::Table, &desk::views::shifts(&private.shifts))?;
            }
            output::print("\nWhich names met (`lockstep why` shows every field)\n")?;
            output::table(Format::Table, &desk::views::names_met(result))?;
            output::print("\nWhere to look next\n")?;
            output::table(Format::Table, &desk::views::looks(&result.looks))?;
            output::print("\nEvery observation\n")?;
            output::table(Format::Table, &desk::views::observations(result))?;
            output::print(&format!(
                "\nMethod: {}; {}\n",
                result.method.words, result.method.origins
            ))?;
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}

/// The observations of a party's own folder, or of its ledger where it has one. Their entries are in no shared ledger,
/// so their numbers are dropped.
fn observations(folder: &Path, shared: &Session) -> Result<Vec<Record<Observation>>, CliError> {
    let own = Session::read(folder, &PlaceArgs { ledger: None })?;
    match (own.case.id.as_ref(), shared.case.id.as_ref()) {
        (Some(own), Some(case)) if own != case => {
            return Err(CliError::Call(format!(
                "{} is of the case `{own}`, not of `{case}`: its case.kdl must name the same case",
                folder.display()
            )));
        }
        (None, _) => return Err(CliError::NoCase),
        _ => {}
    }
    let clear = |o: &Record<Observation>| Record { because: Vec::new(), ..o.clone() };
    Ok(own.case.observations.iter().map(clear).collect())
}

pub(crate) fn map(
    case: &CaseArgs,
    as_of: Option<civil::Date>,
    format: MapFormat,
    exact: bool,
    to: Option<&Path>,
) -> Result<u8, CliError> {
    let view = ViewArgs { as_of, format: Format::Table };
    let (session, assessment) = assess(case, &view)?;
    let features = maps::features(&session.case, &assessment, exact);
    let title = session.title();
    let bytes = match format {
        MapFormat::Geojson => maps::geojson(&features).into_bytes(),
        MapFormat::Kml => maps::kml(&title, &features).into_bytes(),
        MapFormat::Kmz => maps::kmz(&title, &features).map_err(CliError::Output)?,
    };
    match to {
        Some(file) => std::fs::write(file, bytes).map_err(CliError::Output)?,
        None => match String::from_utf8(bytes) {
            Ok(text) => output::print(&text)?,
            Err(_) => {
                let words = "a KMZ is no text: name the file to write with --output FILE.kmz";
                return Err(CliError::Call(words.to_owned()));
            }
        },
    }
    Ok(u8::from(session.folder.has_errors()))
}
