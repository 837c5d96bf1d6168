//! The web application: lint, types, unit tests, the build, and every page in Debian's Chromium.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a browser is looked for, the one named by CHROMIUM first.
const BROWSERS: &[&str] =
    &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Checks and builds `web/`; false where there is no npm, which leaves the command line.
pub(crate) fn build() -> Result<bool, String> {
    if !npm().arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success()) {
        println!("   skipped: there is no npm; the binary is the command line only");
        return Ok(false);
    }
    let changed =
        |file: &str| std::fs::metadata(Path::new("web").join(file)).and_then(|m| m.modified()).ok();
    if changed("node_modules/.package-lock.json") < changed("package-lock.json") {
        run(npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    }
    lockfile()?;
    for script in ["lint", "typecheck", "unit", "build"] {
        run(npm().args(["run", "--silent", script]))?;
    }
    Ok(true)
}

/// The lock file names packages and their hashes, and no place they came from that others cannot reach.
fn lockfile() -> Result<(), String> {
    let text = std::fs::read_to_string("web/package-lock.json").map_err(|e| e.to_string())?;
    match text
        .lines()
        .find(|l| l.contains("\"resolved\":") && !l.contains("https://registry.npmjs.org/"))
    {
        Some(line) => {
            Err(format!("web/package-lock.json names a place of its own: {}", line.trim()))
        }
        None => Ok(()),
    }
}

/// Every page of the three cases in a browser, driven by the binary that the tests built.
pub(crate) fn browse() -> Result<(), String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    run(cargo.args(["build", "--locked", "--package", "lockstep"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let lockstep =
        std::fs::canonicalize(target.join("debug/lockstep")).map_err(|e| e.to_string())?;
    run(npm()
        .args(["run", "--silent", "browser"])
        .env("LOCKSTEP", lockstep)
        .env("CHROMIUM", chromium()?))
}

fn chromium() -> Result<PathBuf, String> {
    let found = || {
        let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
        named.into_iter().chain(BROWSERS.iter().map(PathBuf::from)).find(|path| path.exists())
    };
    if let Some(path) = found() {
        return Ok(path);
    }
    crate::foreign::install(&["chromium"])?;
    found().ok_or_else(|| "Chromium is needed: name it in CHROMIUM".to_owned())
}

fn npm() -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir("web");
    npm
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{command:?}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}
