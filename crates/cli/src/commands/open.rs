//! `open` and `status`: where a case stands, on one page.

use assessment::Assessment;
use desk::Recorded;
use serde::Serialize;

use crate::args::{CaseArgs, DeskArgs, Format, ViewArgs};
use crate::output::{self, remark};
use crate::session::{CliError, Session};

/// What `open` and `status` print as JSON.
#[derive(Serialize)]
struct Page<'a> {
    title: String,
    recorded: &'a Recorded,
    diagnostics: &'a [intake::Diagnostic],
    #[serde(flatten)]
    assessment: &'a Assessment,
}

pub(crate) fn open(case: &CaseArgs, view: &ViewArgs, desk: &DeskArgs) -> Result<u8, CliError> {
    let serving = super::serve::wanted(view, desk);
    let session = match Session::record(&case.case, &case.place) {
        // What is wrong with the folder says more than that nothing was recorded.
        Err(CliError::NoCase) => {
            let code = super::check::run(case, view)?;
            // The desk shows the mistakes, and the rest once they are mended.
            return match serving {
                true => super::serve::desk(
                    Session::read(&case.case, &case.place)?,
                    case,
                    view,
                    desk,
                    code,
                ),
                false => Ok(code),
            };
        }
        other => other?,
    };
    if let Some(ledger) = &session.ledger {
        super::publish::cosign(&case.case, ledger)?.iter().for_each(|line| remark(line));
    }
    let code = page(&session, view)?;
    match serving {
        true => super::serve::desk(session, case, view, desk, code),
        false => Ok(code),
    }
}

pub(crate) fn status(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    page(&Session::read(&case.case, &case.place)?, view)
}

fn page(session: &Session, view: &ViewArgs) -> Result<u8, CliError> {
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    match view.format {
        Format::Json => output::json(
            "lockstep/case/v1",
            &Page {
                title: session.title(),
                recorded: &session.recorded,
                diagnostics: &session.folder.diagnostics,
                assessment: &assessment,
            },
        )?,
        Format::Csv => {
            output::table(Format::Csv, &desk::views::observations(&assessment.crosscheck))?
        }
        Format::Table => {
            output::print(&desk::summary(
                &session.title(),
                &assessment,
                Some(&session.recorded),
                output::width(),
            ))?;
            let (errors, warnings) = super::check::count(&session.folder.diagnostics);
            if errors + warnings > 0 {
                output::print(&format!(
                    "\nThe folder has {} and {}; rows with errors are left out.\nSee: lockstep check {}\n",
                    desk::count(errors, "error"),
                    desk::count(warnings, "warning"),
                    session.folder.root.display()
                ))?;
            }
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}
