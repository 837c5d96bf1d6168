//! `roadmap status`: where the agreement stands on a day.

use crate::args::{CaseArgs, Format, ViewArgs};
use crate::commands::views::assess;
use crate::output;
use crate::session::CliError;

pub(crate) fn status(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let (session, assessment) = assess(case, view)?;
    let Some(status) = assessment.roadmap.as_ref() else {
        return Err(CliError::Call(format!(
            "{} holds no roadmap.kdl",
            session.folder.root.display()
        )));
    };
    match view.format {
        Format::Json => output::json("lockstep/roadmap-status/v1", status)?,
        Format::Csv => output::table(Format::Csv, &desk::views::steps(status, |_| true))?,
        Format::Table => {
            output::print(&format!("{}, as of {}\n\n", status.title, status.as_of))?;
            output::table(Format::Table, &desk::views::steps(status, |_| true))?;
            let parts = [
                ("Promises with a date", desk::views::promises(status)),
                ("Not simply in force", desk::views::regimes(status)),
                ("Powers", desk::views::powers(status)),
                ("Lasting obligations", desk::views::lasting(status)),
                ("Limits", desk::views::limits(status)),
                ("Rival readings", desk::views::readings(status)),
                ("Events outside the text", desk::views::events(status)),
            ];
            for (title, table) in parts.iter().filter(|(_, t)| !t.rows.is_empty()) {
                output::print(&format!("\n{title}\n"))?;
                output::table(Format::Table, table)?;
            }
            if !status.not_in_text.is_empty() {
                let ids: Vec<&str> = status.not_in_text.iter().map(|i| i.as_str()).collect();
                output::print(&format!(
                    "\nSpoken of in the record, not in the text: {}\n",
                    ids.join(", ")
                ))?;
            }
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}
