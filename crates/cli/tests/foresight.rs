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

#[test]
fn the_calendar_holds_the_last_useful_day_of_a_power() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("j.ics").to_str().unwrap().to_owned();
    let jcpoa = case("jcpoa");
    let ran = run(&[
        "roadmap",
        "calendar",
        &jcpoa,
        "--as-of",
        "2025-08-01",
        "--party",
        "EU",
        "-o",
        &file,
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let calendar = fs::read_to_string(&file).unwrap();
    let events: Vec<&str> = calendar.split("BEGIN:VEVENT").skip(1).collect();
    let last = events.iter().find(|e| e.contains("Last day to use")).unwrap();
    assert!(last.contains("DTSTART;VALUE=DATE:20250814"), "{last}");
    assert!(
        last.contains("UID:snapback.last-useful-day.joint-comprehensive-plan-of-action@lockstep")
    );
    assert!(last.contains("TRANSP:TRANSPARENT") && last.contains("CATEGORIES:EU"), "{last}");
    // Past that day there is nothing to remind of.
    let later = run(&[
        "roadmap",
        "calendar",
        &jcpoa,
        "--as-of",
        "2025-09-01",
        "--party",
        "EU",
        "-o",
        &file,
    ]);
    assert_eq!(later.code, 0, "{}", later.err);
    assert!(!fs::read_to_string(&file).unwrap().contains("Last day to use"));
}

#[test]
fn proof_and_game_from_a_day_on() {
    let six = case("six-party");
    let whole = json(&["roadmap", "prove", &six]);
    let later = json(&["roadmap", "prove", &six, "--as-of", "2008-06-30"]);
    assert!(later["states"].as_u64() < whole["states"].as_u64());
    // In 2009 the talks on verification have failed, and nothing answers that: it is so from the first state.
    let end = json(&["roadmap", "prove", &six, "--as-of", "2009-03-01"]);
    let out =
        end["answers"].as_array().unwrap().iter().find(|a| a["question"] == "way_out").unwrap();
    assert_eq!(out["verdict"], "violated");
    assert_eq!(out["story"].as_array().unwrap().len(), 1, "{out}");
    let game = json(&["roadmap", "safety", &six, "--as-of", "2008-06-30"]);
    let steps = |v: &serde_json::Value, key: &str| -> Vec<String> {
        let list = v[key].as_array().unwrap().iter();
        list.map(|m| m["step"].as_str().or(m.as_str()).unwrap().to_owned()).collect()
    };
    assert_eq!(steps(&game, "behind"), ["ia-3", "ia-1", "ia-4", "decl"]);
    assert_eq!(steps(&game, "moves"), ["dis", "aid", "delist"]);
    // Before its first move the US has paid 1.5 for ia-3 and received 5 from ia-1 and 5 from decl; dis then gives it 7.5.
    let us = game["parties"].as_array().unwrap().iter().position(|p| p["party"] == "US").unwrap();
    let after = game["moves"][0]["exposure"][us].as_f64().unwrap();
    assert!((after - (1.5 - 5.0 - 5.0 - 7.5)).abs() < 1e-9, "{after}");
    let file = format!("{six}/roadmap.kdl");
    let ran = run(&["roadmap", "prove", &file, "--as-of", "2008-06-30"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("needs a case folder"), "{}", ran.err);
}
