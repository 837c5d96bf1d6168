//! What we depend on: licences, advisories, and the arrows between our own crates. Works without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: semver::Version,
    license: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` for what only tests use.
    kind: Option<String>,
}

/// The part of `deny.toml` this check reads; `cargo deny` reads the same file.
#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Advisories {
    advisory: Vec<Advisory>,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    package: String,
    affected: semver::VersionReq,
    what: String,
}

/// Which of our crates may use which, straight from the table of rooms in ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("tlog", &[]),
    ("notation", &[]),
    ("names", &[]),
    ("linkage", &["names", "notation"]),
    ("statement", &["tlog"]),
    ("ledger", &["tlog", "statement"]),
    ("escrow", &["statement"]),
    ("case", &["statement", "escrow"]),
    ("intake", &["balance", "statement", "notation"]),
    ("crosscheck", &["case", "statement", "names"]),
    ("balance", &[]),
    ("accountancy", &["balance", "case", "statement"]),
    ("inspection", &["case", "statement", "notation"]),
    ("custody", &["case", "statement", "notation"]),
    ("roadmap", &["case", "statement", "notation"]),
    ("foresight", &["roadmap", "case", "statement", "notation"]),
    (
        "assessment",
        &[
            "crosscheck",
            "accountancy",
            "inspection",
            "custody",
            "escrow",
            "roadmap",
            "case",
            "statement",
            "notation",
        ],
    ),
    ("web", &[]),
    (
        "desk",
        &[
            "web",
            "assessment",
            "balance",
            "crosscheck",
            "accountancy",
            "inspection",
            "custody",
            "foresight",
            "roadmap",
            "case",
            "statement",
            "ledger",
            "tlog",
        ],
    ),
];

/// Checks all three and reports every fault at once.
pub(crate) fn check() -> Result<(), String> {
    let metadata = metadata()?;
    let deny: Deny = read("deny.toml")?;
    let advisories: Advisories = read("advisories.toml")?;
    let mut faults = Vec::new();
    licences(&metadata, &deny.licenses.allow, &mut faults);
    known_advisories(&metadata, &advisories.advisory, &mut faults);
    arrows(&metadata, &mut faults);
    if faults.is_empty() {
        println!(
            "   {} packages: licences allowed, none of {} known advisories, arrows as in ARCHITECTURE.md",
            metadata.packages.len(),
            advisories.advisory.len()
        );
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

fn licences(metadata: &Metadata, allow: &[String], faults: &mut Vec<String>) {
    for package in &metadata.packages {
        let at = format!("{} {}", package.name, package.version);
        let Some(text) = &package.license else {
            faults.push(format!("{at} names no licence"));
            continue;
        };
        // Old manifests separate alternatives by a slash, which SPDX does not know.
        match spdx::Expression::parse_mode(text, spdx::ParseMode::LAX) {
            Ok(expression) => {
                let allowed = |req: &spdx::LicenseReq| allow.iter().any(|a| *a == req.to_string());
                if !expression.evaluate(allowed) {
                    faults.push(format!("{at} is licensed {text}, which deny.toml does not allow"));
                }
            }
            Err(e) => faults.push(format!("{at}: the licence `{text}` cannot be read: {e}")),
        }
    }
}

fn known_advisories(metadata: &Metadata, advisories: &[Advisory], faults: &mut Vec<String>) {
    for package in &metadata.packages {
        for a in advisories.iter().filter(|a| a.package == package.name) {
            if a.affected.matches(&package.version) {
                faults.push(format!("{} {}: {} {}", package.name, package.version, a.id, a.what));
            }
        }
    }
}

fn arrows(metadata: &Metadata, faults: &mut Vec<String>) {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let ours: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for package in metadata.packages.iter().filter(|p| metadata.workspace_members.contains(&p.id)) {
        let Some(allowed) = allowed.get(package.name.as_str()) else {
            // The command line may use everything; xtask uses nothing of ours.
            if package.name != "lockstep" && package.name != "xtask" {
                faults.push(format!("the crate {} has no row in the table of rooms", package.name));
            }
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| d.kind.is_none()) {
            let name = dependency.name.as_str();
            if ours.contains(name) && !allowed.contains(&name) {
                faults.push(format!(
                    "an arrow against the table of rooms: {} uses {name}",
                    package.name
                ));
            }
        }
    }
}

fn metadata() -> Result<Metadata, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .map_err(|e| format!("cargo could not be started: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("cargo metadata cannot be read: {e}"))
}

fn read<T: for<'de> Deserialize<'de>>(path: &str) -> Result<T, String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = std::fs::read_to_string(&root).map_err(|e| format!("{path}: {e}"))?;
    toml::from_str(&text).map_err(|e| format!("{path}: {e}"))
}
