//! What follows from the agreement, on the real cases, as a user meets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run(args: &[&str]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .args(args)
        // A ledger that is not there: the folder alone is read.
        .env("LOCKSTEP_HOME", home.path())
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn case(name: &str) -> String {
    format!("{}/../../cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs a command as JSON and checks the answer against its schema.
#[track_caller]
fn json(args: &[&str]) -> Value {
    let ran = run(&[args, &["--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    let value: Value = serde_json::from_str(&ran.out).unwrap();
    let file =
        value["schema"].as_str().unwrap().replace("lockstep/", "").replace('/', "-") + ".json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(&file);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .take(5)
        .collect();
    assert!(faults.is_empty(), "{file}: {faults:#?}");
    value
}

#[track_caller]
fn narrow(ran: &Ran) {
    let wide: Vec<&str> = ran.out.lines().filter(|l| l.chars().count() > 100).collect();
    assert!(wide.is_empty(), "too wide: {wide:#?}");
}

#[test]
fn prove_finds_what_the_real_texts_leave_open() {
    for name in ["six-party", "jcpoa"] {
        let proof = json(&["roadmap", "prove", &case(name)]);
        let verdict = |q: &str| {
            let answers = proof["answers"].as_array().unwrap();
            answers.iter().find(|a| a["question"] == q).unwrap()["verdict"].clone()
        };
        assert_eq!(verdict("only_the_entitled_certify"), "proved", "{name}");
        assert_eq!(verdict("no_deadlock"), "proved", "{name}");
        assert!(proof["components"].as_array().unwrap().iter().all(|c| c["finished"] == true));
        narrow(&run(&["roadmap", "prove", &case(name)]));
    }
    let six = run(&["roadmap", "prove", &case("six-party")]);
    assert!(six.out.contains("refuses") && six.out.contains("way out"), "{}", six.out);
}

#[test]
fn safety_needs_a_judgement_and_plays_it() {
    let none = run(&["roadmap", "safety", &case("jcpoa")]);
    if none.code != 0 {
        assert_eq!(none.code, 2);
        assert!(none.err.contains("nobody has judged"), "{}", none.err);
    }
    let ran = run(&["roadmap", "safety", &case("six-party")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    narrow(&ran);
    let safety = json(&["roadmap", "safety", &case("six-party")]);
    assert_eq!(safety["moves"].as_array().unwrap().len(), 7);
}

#[test]
fn promises_are_those_of_the_record() {
    let args = ["roadmap", "promises", &case("six-party"), "--as-of", "2009-04-14"];
    narrow(&run(&args));
    let value = json(&args);
    let of = |id: &str| {
        let all = value["promises"].as_array().unwrap();
        all.iter().find(|p| p["step"] == id).unwrap()["slip_days"][0].clone()
    };
    assert_eq!(
        (of("ia-1"), of("ia-2"), of("decl"), of("delist")),
        (92.into(), 91.into(), 178.into(), 61.into())
    );
    for words in ["bad faith", "dishonest"] {
        assert!(!value.to_string().contains(words));
    }
}

#[test]
fn forecast_answers_what_if() {
    let six = case("six-party");
    let args = ["roadmap", "forecast", six.as_str(), "--as-of", "2008-01-15", "--runs", "1000"];
    narrow(&run(&args));
    let plain = json(&args);
    let again = json(&args);
    assert_eq!(plain, again);
    let with = json(&[&args[..], &["--assume", "decl=2008-03-01", "--by", "2008-12-31"]].concat());
    assert_eq!(with["assumed"][0][0], "decl");
    assert!(with["whole"]["by_day"].is_number());
    let wrong = run(&[&args[..], &["--assume", "dekl=2008-03-01"]].concat());
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `decl`"), "{}", wrong.err);
    let wrong = run(&[&args[..], &["--assume", "decl"]].concat());
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("STEP=DATE"), "{}", wrong.err);
    let past = [
        "roadmap",
        "forecast",
        six.as_str(),
        "--as-of",
        "2009-04-14",
        "--calibrate",
        "--runs",
        "500",
    ];
    narrow(&run(&past));
    assert!(json(&past)["forecasts"].as_u64().unwrap() > 20);
}

#[test]
fn what_is_left_is_told_to_all_and_to_each() {
    let six = case("six-party");
    let args = ["roadmap", "owes", six.as_str(), "--as-of", "2008-06-30"];
    let all = run(&args);
    narrow(&all);
    assert!(all.out.contains("DPRK shall") && all.out.contains("ROK shall"), "{}", all.out);
    let own = run(&[&args[..], &["--party", "US"]].concat());
    assert!(own.out.contains("US shall") && !own.out.contains("DPRK shall"), "{}", own.out);
    assert!(
        own.out.contains("verification protocol (set by US, 2008-07") || own.out.contains("delist")
    );
    assert_eq!(run(&[&args[..], &["--party", "USA"]].concat()).code, 2);
    json(&args);
}

#[test]
fn pictures_and_calendar_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let six = case("six-party");
    for (command, name) in [("gantt", "x.svg"), ("graph", "y.svg"), ("calendar", "z.ics")] {
        let file = at(name);
        let ran = run(&["roadmap", command, &six, "--as-of", "2008-06-30", "-o", &file]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(fs::metadata(&file).unwrap().len() > 1000);
    }
    let svg = fs::read_to_string(at("x.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("178 days late"), "{svg}");
    let calendar = fs::read_to_string(at("z.ics")).unwrap();
    assert!(
        calendar.contains("BEGIN:VEVENT") && calendar.contains("DTSTART;VALUE=DATE:20081031"),
        "{calendar}"
    );
}
