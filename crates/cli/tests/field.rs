//! Work on the ground as a user meets it: access, interviews, items, the board.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

struct Desk {
    home: TempDir,
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .args(args)
            .env("LOCKSTEP_HOME", self.home.path())
            .env_remove("COLUMNS")
            .output()
            .unwrap();
        Ran {
            code: output.status.code().expect("killed by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The answer as JSON, which its schema in the repository describes.
    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--format", "json"]].concat());
        assert!(ran.code <= 1, "{}", ran.err);
        let value: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{args:?}: {e}"));
        let schema = value["schema"].as_str().unwrap();
        let file = schema.replace('/', "-").replace("lockstep-", "") + ".json";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(&file);
        let described: Value = serde_json::from_str(
            &fs::read_to_string(&path).unwrap_or_else(|e| panic!("{file}: {e}")),
        )
        .unwrap();
        let validator = jsonschema::validator_for(&described).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{schema}: {faults:#?}");
        value
    }

    /// A copy of one of the repository's cases.
    fn case(&self, name: &str) -> PathBuf {
        let to = self.home.path().join("cases").join(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name), &to);
        to
    }
}

fn copy(from: &Path, to: &Path) {
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

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[track_caller]
fn narrow(out: &str) {
    let wide: Vec<&str> = out.lines().filter(|l| l.chars().count() > 100).collect();
    assert!(wide.is_empty(), "too wide: {wide:#?}");
}

#[test]
fn access_is_followed_to_the_second() {
    let desk = Desk::new();
    let case = desk.case("special-inspection-1993");
    let case = text(&case);
    assert_eq!(desk.run(&["open", case]).code, 0);
    assert!(desk.run(&["open", case]).out.contains("nothing new"));
    let day = |d: &str| desk.json(&["access", "status", case, "--as-of", d])["requests"][0].clone();
    assert_eq!(
        (&day("1993-02-25")["state"], &day("1993-02-25")["days"]),
        (&"upheld".into(), &16.into())
    );
    assert_eq!(day("1993-04-01")["days"], 51);
    let shown = desk.run(&["access", "status", case, "--as-of", "1993-04-01"]);
    assert!(shown.out.contains("before UN Security Council"), "{}", shown.out);
    narrow(&shown.out);
    let wrong = desk.run(&["access", "status", case, "--as-of", "1993-04-01T10:00:00"]);
    assert!(wrong.code == 2 && wrong.err.contains("has no offset from UTC"), "{}", wrong.err);
    let csv = desk.run(&["access", "status", case, "--as-of", "1993-04-01", "--format", "csv"]).out;
    assert!(csv.starts_with("request,by,asked_of,asked_on,day,state,next\n"), "{csv}");
}

#[test]
fn a_draft_becomes_a_request_whose_clocks_are_in_the_calendar() {
    let desk = Desk::new();
    let case = desk.case("dprk");
    let case = text(&case);
    let draft = desk.json(&["access", "draft", case, "o-036"]);
    assert!(!draft["rests_on"].as_array().unwrap().is_empty());
    let unknown = desk.run(&["access", "draft", case, "o-999"]);
    assert!(unknown.code == 2 && unknown.err.contains("`lockstep crosscheck` lists them"));
    let kdl = desk.run(&["access", "draft", case, "o-036"]).out;
    assert!(kdl.contains("access-request \"access.o-036\""), "{kdl}");
    assert!(!kdl.lines().any(|l| l.contains("The Diplomat") && !l.starts_with("//")), "{kdl}");

    let file = format!("{case}/request.csv");
    let args = [
        "access",
        "draft",
        case,
        "o-036",
        "--as-of",
        "2026-03-02",
        "--regime",
        "jcpoa",
        "-o",
        &file,
    ];
    assert_eq!(desk.run(&args).code, 0);
    let check = desk.run(&["check", case]);
    assert_eq!(check.code, 0, "{}", check.out);
    let status = desk.json(&["access", "status", case, "--as-of", "2026-03-16T23:59:59Z"]);
    let clocks = status["requests"][0]["clocks"].as_array().unwrap();
    assert_eq!(clocks[1]["due"], "2026-03-16T23:59:59+00:00");
    assert_eq!(status["requests"][0]["state"], "requested");
    let status = desk.json(&["access", "status", case, "--as-of", "2026-03-17T00:00:00Z"]);
    assert_eq!(status["requests"][0]["state"], "unresolved");
    let ics = format!("{case}/clocks.ics");
    let made = desk.run(&["access", "calendar", case, "-o", &ics, "--as-of", "2026-03-03"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let ics = fs::read_to_string(ics).unwrap();
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VCALENDAR\r\n"), "{ics}");
    assert!(ics.contains("DTSTART:20260316T235959Z"), "{ics}");
    assert!(ics.contains("DTSTAMP:20260303T235959Z"), "{ics}");
    let twice = desk.run(&["access", "calendar", case, "--as-of", "2026-03-03"]).out;
    assert_eq!(ics, twice, "the same clocks at the same moment are the same bytes");
}

#[test]
fn the_two_sides_of_2008() {
    let desk = Desk::new();
    let case = desk.case("verification-2008");
    let status = desk.json(&["access", "status", text(&case), "--as-of", "2008-12-11"]);
    assert_eq!(status["texts"][0]["agreed"], "communique of 12 July 2008");
}

#[test]
fn a_wrong_field_kdl_is_shown_where_it_is_wrong() {
    let desk = Desk::new();
    let case = desk.case("special-inspection-1993");
    fs::write(
        case.join("field.kdl"),
        "regime \"own\" {\n    clock \"answer\" {\n        most months=1\n        from \"requested\"\n        to \"answered\"\n        source \"text\"\n    }\n}\nregim \"x\"\n",
    )
    .unwrap();
    let check = desk.run(&["check", text(&case)]);
    assert_eq!(check.code, 1);
    for part in ["F004", "field.kdl:3", "how long a month is", "F003", "did you mean `regime`?"] {
        assert!(check.out.contains(part), "{part}: {}", check.out);
    }
}
