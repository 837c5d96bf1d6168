//! `epcis`: transfers of custody as GS1 EPCIS 2.0, out and in.

use std::path::Path;

use custody::epcis::{ImportedTransfer, Parties};
use statement::{Sha256Digest, civil};

use crate::args::{CaseArgs, EpcisCommand, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

pub(crate) fn run(command: &EpcisCommand) -> Result<u8, CliError> {
    match command {
        EpcisCommand::Export { case, output, party, as_of } => {
            export(case, output.as_deref(), party, as_of.unwrap_or_else(ViewArgs::today))
        }
        EpcisCommand::Import { case, file, output, party, place } => {
            import(case, file, output.as_deref(), party, place)
        }
    }
}

fn export(
    case: &CaseArgs,
    output: Option<&Path>,
    named: &[String],
    day: civil::Date,
) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let parties = parties(&session, named)?;
    // The document is stamped with the day it shows, so that the same day gives the same bytes.
    let created = statement::last_second(day, &statement::tz::TimeZone::UTC);
    let (document, left_out) = custody::epcis::export(&session.case, &parties, day, created);
    for words in &left_out {
        output::complain(words);
    }
    let text =
        serde_json::to_string_pretty(&document).map_err(|e| CliError::Output(e.into()))? + "\n";
    match output {
        Some(file) => std::fs::write(file, text).map_err(CliError::Output)?,
        None => output::print(&text)?,
    }
    Ok(u8::from(session.folder.has_errors() || !left_out.is_empty()))
}

fn import(
    case: &Path,
    file: &Path,
    output: Option<&Path>,
    named: &[String],
    place: &PlaceArgs,
) -> Result<u8, CliError> {
    let session = Session::read(case, place)?;
    let parties = parties(&session, named)?;
    let bytes = std::fs::read(file)
        .map_err(|e| CliError::Call(format!("{} cannot be read: {e}", file.display())))?;
    let hash = Sha256Digest::of(&bytes);
    let text = String::from_utf8(bytes)
        .map_err(|_| CliError::Call(format!("{} is not UTF-8 text", file.display())))?;
    let (transfers, faults) = custody::epcis::import(&text, &session.case, &parties);
    for why in &faults {
        output::complain(&format!("{}: {why}", file.display()));
    }
    if !transfers.is_empty() || faults.is_empty() {
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let source = format!("EPCIS document {name}, SHA-256 {hash}");
        let table = table(transfers, &source).to_csv();
        match output {
            Some(to) => std::fs::write(to, table).map_err(CliError::Output)?,
            None => output::print(&table)?,
        }
    }
    Ok(u8::from(!faults.is_empty()))
}

/// The table of transfers that a case folder takes.
fn table(transfers: Vec<ImportedTransfer>, source: &str) -> desk::Table {
    let columns = ["id", "items", "from", "to", "on", "received_on", "source", "basis"];
    let mut table = desk::Table::new(&columns);
    for t in transfers {
        table.push(vec![
            t.id,
            t.items.join("; "),
            t.from,
            t.to,
            t.on.to_string(),
            t.received_on.map(|on| on.to_string()).unwrap_or_default(),
            source.to_owned(),
            "seen".to_owned(),
        ]);
    }
    table
}

/// The parties of the case with the URIs given on the command line: `ROK=urn:epc:id:pgln:…`.
fn parties(session: &Session, named: &[String]) -> Result<Parties, CliError> {
    let all = session.folder.manifest.iter().flat_map(|m| &m.parties);
    let mut parties = Parties::of_ids(all.map(|p| p.id.to_string()));
    for pair in named {
        let named = match pair.split_once('=') {
            Some((id, uri)) => parties.name(id, uri),
            None => Err(format!("`{pair}` names no party; write ID=URI")),
        };
        named.map_err(CliError::Call)?;
    }
    Ok(parties)
}
