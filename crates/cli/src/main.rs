//! The command line of Lockstep.

mod args;
mod commands;
mod output;
mod session;
mod voice;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::session::CliError;

/// A case of a million statements is millions of small allocations, made on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version are no errors; everything else is a call that is wrong.
            let code = if e.use_stderr() { 2 } else { 0 };
            let _ = e.print();
            return ExitCode::from(code);
        }
    };
    match commands::run(cli.command) {
        Ok(code) => ExitCode::from(code),
        Err(CliError::Closed) => ExitCode::SUCCESS,
        Err(e) => {
            output::complain(&e.to_string());
            ExitCode::from(e.code())
        }
    }
}
