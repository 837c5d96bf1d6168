//! A desk of its own for a test: a home for keys, copies of cases, and the binary.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test file uses a part of it, and a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

pub struct Desk {
    pub home: TempDir,
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.args(args).env("LOCKSTEP_HOME", self.home.path()).env_remove("COLUMNS");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(args).output().unwrap();
        Ran {
            code: status.code().expect("killed by a signal"),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--format", "json"]].concat());
        assert!(ran.code <= 1, "{}", ran.err);
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{args:?}: {e}"))
    }

    /// A copy of one of the repository's cases.
    pub fn case(&self, name: &str) -> PathBuf {
        let to = self.home.path().join("cases").join(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name), &to);
        to
    }

    /// A case folder with these files.
    pub fn folder(&self, files: &[(&str, &[u8])]) -> PathBuf {
        let root = self.home.path().join("folder");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        for (name, bytes) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        root
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        if name == ".lockstep" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(&name));
        } else {
            fs::write(to.join(&name), fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Checks an answer against its schema in the repository.
#[track_caller]
pub fn described(value: &Value) {
    let schema = value["schema"].as_str().unwrap();
    let file = schema.replace('/', "-").replace("lockstep-", "") + ".json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(&file);
    let described: Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap_or_else(|e| panic!("{file}: {e}")))
            .unwrap();
    let validator = jsonschema::validator_for(&described).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .take(5)
        .collect();
    assert!(faults.is_empty(), "{schema}: {faults:#?}");
}
