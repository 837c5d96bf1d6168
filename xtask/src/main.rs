//! The project's own checks, in one command: `cargo xtask test`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command that reports to a person"
)]

mod foreign;
mod supply;
mod web;

use std::process::{Command, ExitCode};
use std::time::Instant;

const USAGE: &str = "\
cargo xtask test        every check: formatting, lints, tests, doc tests, licences, advisories, layering
cargo xtask supply      licences and known advisories of all dependencies, and the arrows between our crates
cargo xtask foreign     our log and witness in front of programs that share no code with us
cargo xtask web         the web application: lint, types, unit tests, and every page in a real browser
cargo xtask bench       all benchmarks
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let outcome = match args.next().as_deref() {
        Some("test") => test(),
        Some("supply") => supply::check(),
        Some("foreign") => foreign::check(),
        Some("web") => web::build().and_then(|built| if built { web::browse() } else { Ok(()) }),
        Some("bench") => cargo("benchmarks", &["bench", "--workspace", "--benches"]),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// All checks, cheapest first, so that a slip shows within seconds.
fn test() -> Result<(), String> {
    let start = Instant::now();
    cargo("formatting", &["fmt", "--all", "--check"])?;
    println!("── licences, advisories, layering");
    supply::check()?;
    println!("── web application");
    let pages = web::build()?;
    cargo(
        "lints",
        &["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"],
    )?;
    cargo(
        "tests",
        &["test", "--workspace", "--locked", "--lib", "--bins", "--tests", "--examples"],
    )?;
    cargo("doc tests", &["test", "--workspace", "--locked", "--doc"])?;
    cargo_with(
        "documentation",
        &["doc", "--workspace", "--no-deps", "--locked"],
        &[("RUSTDOCFLAGS", "--deny warnings")],
    )?;
    if pages {
        println!("── pages in a browser");
        web::browse()?;
    }
    println!("── foreign checkers");
    foreign::check()?;
    println!("── all checks passed in {} s", start.elapsed().as_secs());
    Ok(())
}

fn cargo(what: &str, args: &[&str]) -> Result<(), String> {
    cargo_with(what, args, &[])
}

fn cargo_with(what: &str, args: &[&str], env: &[(&str, &str)]) -> Result<(), String> {
    println!("── {what}: cargo {}", args.join(" "));
    let start = Instant::now();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(args)
        .envs(env.iter().copied())
        .env("INSTA_UPDATE", "no")
        .status()
        .map_err(|e| format!("cargo could not be started: {e}"))?;
    if status.success() {
        println!("   {what}: {} s", start.elapsed().as_secs());
        Ok(())
    } else {
        Err(format!("{what} failed: cargo {}", args.join(" ")))
    }
}
