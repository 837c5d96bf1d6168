//! `report`: the desk's pages as one file.

use std::path::Path;

use desk::api::Answers;
use statement::civil;

use crate::args::{CaseArgs, Format, ViewArgs};
use crate::output::{self, remark};
use crate::session::{CliError, Session};

pub(crate) fn run(
    case: &CaseArgs,
    file: &Path,
    as_of: Option<civil::Date>,
) -> Result<u8, CliError> {
    let day = ViewArgs { as_of, format: Format::Table }.day();
    let session = Session::read(&case.case, &case.place)?;
    let code = u8::from(session.folder.has_errors());
    if session.ledger.is_none() {
        remark(
            "note: nothing is recorded yet, so the report holds no checkpoint; `lockstep open` records the case",
        );
    }
    let answers = Answers::new(
        session.into_material(),
        Some(day),
        Box::new(|| Err("a report is of one moment".to_owned())),
    );
    let Some(page) = desk::report::report(&answers, day)? else {
        return Err(CliError::Call(
            "this lockstep was built without Node.js and holds no pages; build it again with npm at hand".to_owned(),
        ));
    };
    if file == Path::new("-") {
        output::print(&page)?;
        return Ok(code);
    }
    std::fs::write(file, &page)
        .map_err(|e| CliError::Call(format!("{} cannot be written: {e}", file.display())))?;
    remark(&format!(
        "{}: as of {day}, {} KB; it opens in any browser, without a server or a network",
        file.display(),
        page.len() / 1024
    ));
    Ok(code)
}
