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

#[test]
fn the_interviews_of_2003() {
    let desk = Desk::new();
    let case = desk.case("interviews-2003");
    let case = text(&case);
    assert_eq!(desk.run(&["open", case]).code, 0);
    let all = desk.json(&["interviews", case, "--as-of", "2003-03-07"]);
    let counts: Vec<u64> = ["asked", "accepted", "declined", "unanswered"]
        .iter()
        .map(|k| all[*k].as_u64().unwrap())
        .collect();
    assert_eq!(counts, [38, 10, 28, 0]);
    let private = all["terms"].as_array().unwrap().iter().find(|t| t["term"] == "private").unwrap();
    assert_eq!((&private["asked"], &private["agreed"]), (&38.into(), &10.into()));
    assert_eq!(all["reasons"], serde_json::json!([["terms", 28]]));
    let february = desk.json(&["interviews", case, "--as-of", "2003-02-28"]);
    assert_eq!(february["accepted"], 3, "seven of the ten came in the last week");
    let shown = desk.run(&["interviews", case, "--as-of", "2003-03-07"]);
    narrow(&shown.out);
    // What is shown never carries the commitment to an identity.
    let persons = fs::read_to_string(format!("{case}/persons.csv")).unwrap();
    let commitment = persons.lines().nth(1).unwrap().split(',').nth(3).unwrap();
    assert_eq!(commitment.len(), 64);
    for format in ["table", "json", "csv"] {
        let out = desk.run(&["interviews", case, "--format", format]).out;
        assert!(!out.contains(commitment), "{format}");
    }
}

#[test]
fn the_disablement_of_2007_on_the_board() {
    let desk = Desk::new();
    let case = desk.case("disablement-2007");
    let case = text(&case);
    assert_eq!(desk.run(&["check", case]).code, 0, "{}", desk.run(&["check", case]).out);
    let board = desk.json(&["board", case, "--as-of", "2013-09-01"]);
    let rods = board["verifiable"]["classes"].as_array().unwrap().iter();
    let rods = rods.filter(|c| c["share_of"] == "rods").collect::<Vec<_>>()[0].clone();
    let discharged = rods["stages"].as_array().unwrap().iter().find(|s| s["stage"] == "discharged");
    assert_eq!(discharged.unwrap()["witnessed"], 0.7625, "6,100 of 8,000");
    let verdicts: Vec<(&str, &str)> = board["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["word"].as_str().unwrap(), t["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("verifiable", "not_met"),
            ("irreversible", "rests_on_nothing"),
            ("irreversible", "met"),
            ("complete", "rests_on_nothing")
        ]
    );
    let reactor = &board["irreversible"][0];
    assert_eq!((&reactor["least_days"], &reactor["margin_days"]), (&122.into(), &Value::Null));
    // Five months in fact: inside one forecast, just under the others.
    let days = |i: usize| reactor["estimates"][i]["days"].clone();
    assert_eq!((days(1), days(2)), (serde_json::json!([122, 183]), serde_json::json!([183, 365])));
    assert!(board.get("score").is_none(), "no single score");
    let shown = desk.run(&["board", case, "--as-of", "2013-09-01"]);
    narrow(&shown.out);
    assert!(shown.out.contains("rests on nothing: no challenge"), "{}", shown.out);
    assert!(
        shown.out.contains("No agreement")
            || shown.out.contains("no agreement names who may verify")
    );

    let items = desk.json(&["items", case]);
    let reprocessing =
        items["list"].as_array().unwrap().iter().find(|i| i["item"] == "reprocessing");
    assert_eq!(reprocessing.unwrap()["stage"], "shut down", "its disablement was reversed");
    narrow(&desk.run(&["items", case]).out);
    let one = desk.run(&["items", case, "--item", "rods-discharged"]);
    assert!(one.out.contains("discharged") && one.out.contains("never sealed"), "{}", one.out);
    assert_eq!(desk.run(&["items", case, "--item", "nothing"]).code, 2);
    let csv = desk.run(&["board", case, "--format", "csv"]).out;
    assert!(csv.starts_with("word,test,verdict,value,why\n") && csv.lines().count() == 5, "{csv}");
}

#[test]
fn a_wrong_test_of_the_board_is_shown() {
    let desk = Desk::new();
    let case = desk.case("special-inspection-1993");
    fs::write(
        case.join("field.kdl"),
        "board {\n    test \"complet\" \"x\" measure=\"opened-share\" least=\"1\"\n    test \"complete\" \"x\" measure=\"opend-share\" least=\"1\"\n    test \"complete\" \"x\" measure=\"opened-share\"\n    tets \"complete\"\n    test \"complete\" \"x\" measure=\"opened-share\" least=\"all\" lest=\"1\"\n}\n",
    )
    .unwrap();
    let check = desk.run(&["check", text(&case)]);
    assert_eq!(check.code, 1);
    for part in ["F060", "F061", "F062", "F063", "F064", "F065", "did you mean `opened-share`?"] {
        assert!(check.out.contains(part), "{part}: {}", check.out);
    }
}

#[test]
fn a_shipment_is_reconciled() {
    let desk = Desk::new();
    let case = desk.case("disablement-2007");
    let (sent, arrived) = (case.join("../sent.csv"), case.join("../arrived.csv"));
    fs::write(
        &sent,
        "tag,seal,weight,sigma,unit\nA,E-1,100.0,0.3,kg\nB,E-2,100.0,0.3,kg\nA,E-1,100.0,0.3,kg\n",
    )
    .unwrap();
    fs::write(&arrived, "tag,seal,weight,sigma,unit\nA,E-9,102.0,0.3,kg\nC,E-3,1.0,0.3,kg\n")
        .unwrap();
    let args = ["manifest", text(&case), text(&sent), text(&arrived)];
    let result = desk.json(&args);
    assert_eq!(result["missing"], serde_json::json!(["B"]));
    assert_eq!(result["extra"], serde_json::json!(["C"]));
    assert_eq!(result["seals"][0]["received"], "E-9");
    assert_eq!(result["twice"][0]["lines"], serde_json::json!([1, 3]));
    let shown = desk.run(&args);
    assert!(shown.code == 1 && shown.out.contains("weight differs by 4.7 sigma"), "{}", shown.out);
    let same = desk.run(&["manifest", text(&case), text(&arrived), text(&arrived)]);
    assert!(same.code == 0 && same.out.contains("arrived as it was sent"), "{}", same.out);
    fs::write(&arrived, "tag,weight,unit\nA,1 kg,kg\n,3,kg\nB,3,\n").unwrap();
    let wrong = desk.run(&args);
    assert!(
        wrong.code == 1 && wrong.err.contains("I012") && wrong.err.contains("I010"),
        "{}",
        wrong.err
    );
    assert_eq!(desk.run(&["manifest", text(&case), "t-1"]).code, 2);
}

#[test]
fn a_form_filled_offline_is_taken_whole_or_not_at_all() {
    let desk = Desk::new();
    let case = desk.case("disablement-2007");
    let away = desk.home.path().join("away");
    fs::create_dir(&away).unwrap();
    let template = away.join("empty.csv");
    assert_eq!(desk.run(&["intake", "--template", text(&template)]).code, 0);
    let head = fs::read_to_string(&template).unwrap();
    assert!(
        head.starts_with("record,id,about,on,what,value,unit,sigma,seal,state,files,"),
        "{head}"
    );
    let form = away.join("visit-7.csv");
    let photo = b"a photograph";
    fs::write(away.join("photo-1.jpg"), photo).unwrap();
    let row = |cells: &str| cells.to_owned() + &",".repeat(19 - cells.matches(',').count()) + "\n";
    let good = [
        row(
            "inspection,visit-7,reactor-5mw,2008-02-12T09:00:00+09:00,monitoring,6,person-days,,,,photo-1.jpg,2008-02-14,,item counting; seal check,2 inspector; 1 interpreter,all seals intact,8",
        ),
        row("seal,seal.E-1,rods-discharged,2008-02-12,,,,,E-1,applied"),
        row("seal,look-1,seal.E-1,2008-02-14,,,,,E-1,intact"),
        row("measurement,m-1,rods-discharged,2008-02-13,rods,3200,rods,10,,,,,counting"),
        row("sample,sample-1,visit-7,2008-02-13,swipe,,,,S-1"),
    ];
    fs::write(&form, head.clone() + &good.concat()).unwrap();
    let taken = desk.run(&["intake", text(&case), text(&form)]);
    assert_eq!(taken.code, 0, "{}{}", taken.out, taken.err);
    assert!(taken.out.contains("taken: 5 records"), "{}", taken.out);
    assert!(case.join("attachments/photo-1.jpg").exists());
    let inspections = desk.json(&["inspections", text(&case)]);
    let effort = &inspections["effort"][0];
    assert_eq!((&effort["used"], &effort["planned"]), (&"6".into(), &"8".into()));
    assert_eq!(inspections["samples"][0]["last"], "taken");
    narrow(&desk.run(&["inspections", text(&case)]).out);
    let items = desk.json(&["items", text(&case), "--item", "rods-discharged"]);
    assert_eq!(items["list"][0]["continuity"][0]["to"], "2008-02-14");
    assert_eq!(desk.run(&["intake", text(&case), text(&form)]).code, 2, "taken before");

    // A photograph that is not the one the record names.
    fs::write(case.join("attachments/photo-1.jpg"), b"another photograph").unwrap();
    let check = desk.run(&["check", text(&case)]);
    assert!(check.code == 1 && check.out.contains("F025"), "{}", check.out);
    fs::write(case.join("attachments/photo-1.jpg"), photo).unwrap();

    // Every mistake is shown, and nothing is taken.
    let bad = away.join("visit-8.csv");
    let rows = [
        row("inspecton,visit-8,reactor-5mw,2008-03-01,monitoring"),
        row("inspection,visit-8,reactor-5mw,2008-02-30,monitoring,6,days"),
        row("inspection,visit-10,reactor-5mw,2008-03-01,monitoring,6,days"),
        row("seal,look-2,seal.E-1,2008-03-01,,,,,E-1,crushed"),
        row("inspection,visit-9,reactor-5mw,2008-03-01,monitoring,,,,,,,,,,some people"),
    ];
    fs::write(&bad, head.clone() + &rows.concat()).unwrap();
    let refused = desk.run(&["intake", text(&case), text(&bad)]);
    assert_eq!(refused.code, 1);
    for part in ["F020", "did you mean `inspection`?", "I011", "F026", "F024", "Nothing was taken."]
    {
        assert!(refused.out.contains(part), "{part}: {}", refused.out);
    }
    assert!(!case.join("inspections/visit-8.csv").exists());
    let missing = away.join("visit-9.csv");
    fs::write(
        &missing,
        head + &row("inspection,visit-9,reactor-5mw,2008-03-01,monitoring,,,,,,photo-9.jpg"),
    )
    .unwrap();
    let refused = desk.run(&["intake", text(&case), text(&missing)]);
    assert!(refused.code == 1 && refused.out.contains("F028"), "{}", refused.out);
}
