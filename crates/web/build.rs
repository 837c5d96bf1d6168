//! Puts the web application of `web/` into the binary.
//!
//! `web/dist` is made by `npm run build`. A release build makes it when it is missing or older than its sources and
//! npm is there; any other build takes it as it lies, so that `cargo check` never waits for npm. Without it the
//! binary is the command line only, and `open` says so. `LOCKSTEP_WEB=build` makes it in a debug build too,
//! `LOCKSTEP_WEB=none` leaves it out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

/// Everything the application is made from, beside the folder `src`.
const SOURCES: &[&str] =
    &["package.json", "package-lock.json", "build.mjs", "tsconfig.json", "index.html"];

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let web = manifest.join("../../web");
    let dist = web.join("dist");
    println!("cargo::rerun-if-env-changed=LOCKSTEP_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let wish = env::var("LOCKSTEP_WEB").unwrap_or_default();
    let make =
        wish == "build" || (wish.is_empty() && env::var("PROFILE").is_ok_and(|p| p == "release"));
    if make {
        for source in SOURCES {
            println!("cargo::rerun-if-changed={}", web.join(source).display());
        }
        println!("cargo::rerun-if-changed={}", web.join("src").display());
        if !up_to_date(&web, &dist)
            && let Err(why) = build(&web)
        {
            println!(
                "cargo::warning=the web application could not be built, the binary is the command line only: {why}"
            );
        }
    }
    let mut files = Vec::new();
    if wish != "none" {
        collect(&dist.join("app"), "", &mut files)?;
        collect(&dist.join("report"), "report/", &mut files)?;
    }
    files.sort();
    let mut text = String::from("pub(crate) static FILES: &[crate::File] = &[\n");
    for (name, path) in &files {
        let packed = path.with_file_name(format!(
            "{}.gz",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        let packed = if packed.exists() {
            format!("Some(include_bytes!({packed:?}))")
        } else {
            "None".to_owned()
        };
        let _ = writeln!(
            text,
            "    crate::File {{ name: {name:?}, bytes: include_bytes!({path:?}), gzip: {packed} }},"
        );
    }
    text += "];\n";
    fs::write(out.join("files.rs"), text)
}

/// The stamp is written last, so it is newer than every source it was made from.
fn up_to_date(web: &Path, dist: &Path) -> bool {
    let Ok(made) = fs::metadata(dist.join("stamp")).and_then(|m| m.modified()) else {
        return false;
    };
    let older =
        |path: &Path| fs::metadata(path).and_then(|m| m.modified()).is_ok_and(|t| t <= made);
    let mut sources = Vec::new();
    SOURCES.iter().all(|s| older(&web.join(s)))
        && collect(&web.join("src"), "", &mut sources).is_ok()
        && sources.iter().all(|(_, path)| older(path))
}

fn build(web: &Path) -> Result<(), String> {
    let mut steps: Vec<&[&str]> = Vec::new();
    // npm writes this file last.
    let lock = |file: &str| fs::metadata(web.join(file)).and_then(|m| m.modified()).ok();
    if lock("node_modules/.package-lock.json") < lock("package-lock.json") {
        steps.push(&["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    }
    steps.push(&["run", "--silent", "build"]);
    for args in steps {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let done = Command::new(npm)
            .args(args)
            .current_dir(web)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("npm: {e}"))?;
        if !done.status.success() {
            let told = String::from_utf8_lossy(&done.stderr).trim().replace('\n', " ");
            return Err(format!(
                "npm {}: {}",
                args.join(" "),
                told.chars().take(600).collect::<String>()
            ));
        }
    }
    Ok(())
}

fn collect(folder: &Path, under: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &format!("{under}{name}/"), files)?;
        } else if !name.ends_with(".gz") {
            files.push((format!("{under}{name}"), path));
        }
    }
    Ok(())
}
