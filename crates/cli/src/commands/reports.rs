//! `reports`: the accounting reports of a case written out in another form.

use std::collections::BTreeSet;
use std::path::Path;

use accountancy::Reports;
use intake::write_reports;
use statement::civil;
use statement::kinds::account::Dialect;

use crate::args::{CaseArgs, DialectArg};
use crate::output::{self, remark};
use crate::session::{CliError, Session};

pub(crate) fn run(case: &CaseArgs, dialect: DialectArg, folder: &Path) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let reports = Reports::of(&session.case, civil::Date::MAX);
    let whole: Vec<_> = reports.reports.iter().map(accountancy::Report::whole).collect();
    if whole.is_empty() {
        return Err(CliError::Call("the case holds no accounting reports".to_owned()));
    }
    let dialect = match dialect {
        DialectArg::Code10 => Dialect::Code10,
        DialectArg::Euratom => Dialect::Euratom,
        DialectArg::Csv => Dialect::Table,
    };
    let written = write_reports(dialect, &whole);
    std::fs::create_dir_all(folder).map_err(CliError::Output)?;
    let names: BTreeSet<&str> = written.files.iter().map(|f| f.name.as_str()).collect();
    for file in &written.files {
        std::fs::write(folder.join(&file.name), &file.text).map_err(CliError::Output)?;
    }
    output::print(&format!(
        "{} of {} written to {}\n",
        desk::count(whole.len(), "report"),
        desk::count(reports.entries.len(), "line"),
        desk::count(names.len(), "file")
    ))?;
    for (what, times) in &written.lost {
        remark(&format!("not carried: {what} ({times} times)"));
    }
    Ok(0)
}
