//! Single views of an assessment.

use assessment::Assessment;

use crate::args::{CaseArgs, Format, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

pub(crate) fn assess(case: &CaseArgs, view: &ViewArgs) -> Result<(Session, Assessment), CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    Ok((session, assessment))
}

pub(crate) fn figures(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let (session, assessment) = assess(case, view)?;
    let result = &*assessment.figures;
    match view.format {
        Format::Json => output::json("lockstep/figures/v1", result)?,
        Format::Csv => output::table(Format::Csv, &desk::views::figures(result))?,
        Format::Table => {
            output::print(&format!("{}, as of {}\n\n", session.title(), assessment.as_of))?;
            output::table(Format::Table, &desk::views::figures(result))?;
            output::print("\nCannot both be true\n")?;
            output::table(Format::Table, &desk::views::disagreements(result))?;
            output::print("\nOnly seem to disagree\n")?;
            output::table(Format::Table, &desk::views::seeming(result))?;
            output::print("\nEach quantity on one axis\n")?;
            output::table(Format::Table, &desk::views::axes(result))?;
            output::print(&format!("\nMethod: {}\n", result.method.words))?;
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}
