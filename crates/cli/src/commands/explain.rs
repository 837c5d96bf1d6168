//! `explain`: what a code means.

use crate::output;
use crate::session::CliError;

pub(crate) fn run(code: Option<&str>) -> Result<u8, CliError> {
    let Some(code) = code else {
        let mut table = desk::Table::new(&["code", "what"]);
        for (code, title) in roadmap::codes() {
            table.push(vec![code.to_owned(), title.to_owned()]);
        }
        output::table(crate::args::Format::Table, &table)?;
        return Ok(0);
    };
    match roadmap::explain(code) {
        Some(page) => output::print(page).map(|()| 0),
        None => {
            let known = roadmap::codes().map(|(code, _)| code);
            let help = notation::did_you_mean(code, known).map_or_else(
                || "`lockstep explain` lists those that have one".to_owned(),
                |code| format!("did you mean {code}?"),
            );
            Err(CliError::Call(format!("no page explains `{code}`; {help}")))
        }
    }
}
