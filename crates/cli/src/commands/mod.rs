//! One module for each command.

mod access;
mod attachments;
mod audit;
mod balance;
mod balance_series;
mod check;
mod crosscheck;
mod differences;
mod epcis;
mod explain;
mod fmt;
mod foresight;
mod ground;
mod ledger;
mod link;
mod open;
mod production;
mod proof;
mod publish;
mod report;
mod reports;
mod reveal;
mod roadmap;
mod roadmap_import;
mod roadmap_test;
mod sample;
mod seal;
mod serve;
mod simulate;
mod simulate_reports;
mod views;
mod why;
mod witness;

use std::path::{Path, PathBuf};

use crate::args::{AccessCommand, Command, LedgerCommand, RoadmapCommand};
use crate::session::CliError;

/// Runs a command and returns its exit status.
pub(crate) fn run(command: Command) -> Result<u8, CliError> {
    match command {
        Command::Open { case, view, desk } => open::open(&case, &view, &desk),
        Command::Report { case, output, as_of } => report::run(&case, &output, as_of),
        Command::Explain { code } => explain::run(code.as_deref()),
        Command::Fmt { files, check, place } => fmt::run(&files, check, &place),
        Command::Status { case, view } => open::status(&case, &view),
        Command::Check { case, view } => check::run(&case, &view),
        Command::Why { what, place, view } => why::run(&what, &place, &view),
        Command::Link(args) => link::run(&args),
        Command::Crosscheck { case, private, view } => {
            crosscheck::run(&case, private.as_deref(), &view)
        }
        Command::Map { case, as_of, format, exact, output } => {
            crosscheck::map(&case, as_of, format, exact, output.as_deref())
        }
        Command::Figures { case, view } => views::figures(&case, &view),
        Command::Reports { case, dialect, output } => reports::run(&case, dialect, &output),
        Command::Balance(args) => balance_series::run(&args),
        Command::Interviews { case, view } => ground::interviews(&case, &view),
        Command::Inspections { case, view } => ground::inspections(&case, &view),
        Command::Items { case, item, view } => ground::items(&case, item.as_deref(), &view),
        Command::Manifest { what, place, view } => ground::manifest(&what, &place, &view),
        Command::Intake { case, form, template, place } => {
            ground::intake(&case, form.as_deref(), template.as_deref(), &place)
        }
        Command::Epcis(command) => epcis::run(&command),
        Command::Board { case, view } => ground::board(&case, &view),
        Command::Access(AccessCommand::Status { case, view }) => access::status(&case, &view),
        Command::Access(AccessCommand::Draft { what, by, to, regime, output, place, view }) => {
            let to = to.as_deref();
            access::draft(
                &what,
                &access::Sides { by: &by, to, regime: &regime },
                output.as_deref(),
                &place,
                &view,
            )
        }
        Command::Access(AccessCommand::Calendar { case, output, as_of }) => {
            access::calendar(&case, output.as_deref(), as_of)
        }
        Command::Roadmap(RoadmapCommand::Test { case, format }) => roadmap_test::run(&case, format),
        Command::Roadmap(RoadmapCommand::Import { table, output, title }) => {
            roadmap_import::run(&table, &output, title.as_deref())
        }
        Command::Sample(args) => sample::run(&args),
        Command::Goals { view } => sample::goals(&view),
        Command::Differences(args) => differences::run(&args),
        Command::Production { case, view } => production::run(&case, &view),
        Command::Simulate(args) => simulate::run(&args),
        Command::Roadmap(RoadmapCommand::Status { case, view }) => roadmap::status(&case, &view),
        Command::Roadmap(RoadmapCommand::Prove(args)) => foresight::prove_orders(&args),
        Command::Roadmap(RoadmapCommand::Safety { case, seed, as_of, format }) => {
            foresight::play(&case, seed, as_of, format)
        }
        Command::Roadmap(RoadmapCommand::Promises { case, view }) => {
            foresight::promises(&case, &view)
        }
        Command::Roadmap(RoadmapCommand::Forecast(args)) => foresight::forecast(&args),
        Command::Roadmap(RoadmapCommand::Owes { case, party, view }) => {
            foresight::owes(&case, party.as_deref(), &view)
        }
        Command::Roadmap(RoadmapCommand::Gantt { case, output, view }) => {
            foresight::gantt(&case, &view, &output)
        }
        Command::Roadmap(RoadmapCommand::Graph { case, output, view }) => {
            foresight::graph(&case, &view, &output)
        }
        Command::Roadmap(RoadmapCommand::Calendar { case, output, party, view }) => {
            foresight::calendar(&case, party.as_deref(), &view, &output)
        }
        Command::Ledger(LedgerCommand::Show { what, place, view }) => {
            ledger::show(&what, &place, &view)
        }
        Command::Ledger(LedgerCommand::Verify { case, view }) => ledger::verify(&case, &view),
        Command::Ledger(LedgerCommand::Proof { what, output, page, place, view }) => {
            proof::write(&what, output.as_deref(), page.as_deref(), &place, &view)
        }
        Command::Ledger(LedgerCommand::VerifyProof { file, policy, view }) => {
            proof::verify(&file, &policy, &view)
        }
        Command::Ledger(LedgerCommand::Export { case, folder, attachments, place }) => {
            publish::export(&case, &folder, attachments, &place)
        }
        Command::Ledger(LedgerCommand::Attach { case, files, place }) => {
            attachments::attach(&case, &files, &place)
        }
        Command::Ledger(LedgerCommand::Attachments { case, view }) => {
            attachments::list(&case, &view)
        }
        Command::Ledger(LedgerCommand::Find { what, place, view }) => {
            attachments::find(&what, &place, &view)
        }
        Command::Ledger(LedgerCommand::Audit { log, key, state, view }) => {
            audit::run(&log, key.as_deref(), state.as_deref(), &view)
        }
        Command::Seal(args) => seal::seal(&args),
        Command::Reveal(args) => reveal::reveal(&args),
        Command::Challenge(args) => reveal::challenge(&args),
        Command::Trustees(command) => seal::trustees(&command),
        Command::Serve { case, listen, desk } => serve::serve(&case, listen, desk),
        Command::Witness(args) => witness::run(&args),
    }
}

/// A case folder and a thing in it, in the order people write them; the folder may be left out.
fn case_and(what: &[String]) -> (PathBuf, &str) {
    match what {
        [one] => (PathBuf::from("."), one),
        [a, b] if !Path::new(a).is_dir() && Path::new(b).is_dir() => (PathBuf::from(b), a),
        [a, b, ..] => (PathBuf::from(a), b),
        [] => (PathBuf::from("."), ""),
    }
}
