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

    // As text it is read back as it was written, mistakes with their place.
    let text_file = format!("{case}/request.kdl");
    let args = ["access", "draft", case, "o-036", "--as-of", "2026-03-02", "-o", &text_file];
    assert_eq!(desk.run(&args).code, 0);
    let written = fs::read_to_string(&text_file).unwrap();
    assert_eq!(desk.run(&["check", case]).code, 0);
    assert_eq!(desk.run(&["open", case, "--ledger", &format!("{case}/../l.sqlite")]).code, 0);
    let recorded = desk.run(&["why", case, "access.o-036"]).out;
    assert!(recorded.contains("from request.kdl:7"), "{recorded}");
    let status = desk.json(&["access", "status", case, "--as-of", "2026-03-03"]);
    assert_eq!(status["requests"][0]["asked_on"], "2026-03-02");
    fs::write(
        &text_file,
        written.replace("regime ", "regme ").replace("by \"IAEA\"", "by \"IEAE\""),
    )
    .unwrap();
    let wrong = desk.run(&["check", case]);
    for part in ["I023", "did you mean `regime`?", "I017", "request.kdl:8"] {
        assert!(wrong.code == 1 && wrong.out.contains(part), "{part}: {}", wrong.out);
    }
    fs::remove_file(&text_file).unwrap();

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
    let rows = board["irreversible"].as_array().unwrap();
    let reactor = rows.iter().find(|r| r["about"] == "reactor-5mw").unwrap();
    // What nobody has estimated has its row all the same.
    assert!(
        rows.iter()
            .any(|r| r["about"] == "reprocessing" && r["estimates"] == serde_json::json!([]))
    );
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
    assert!(
        csv.starts_with("id,word,test,verdict,value,why\n") && csv.lines().count() == 5,
        "{csv}"
    );
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

#[test]
fn transfers_go_out_as_epcis_and_come_back() {
    let desk = Desk::new();
    let case = desk.case("disablement-2007");
    let transfers = "id,items,from,to,on,received_on,source,basis\nt-1,rods-discharged,DPRK,IAEA,2009-03-01,2009-03-02,test,seen\n";
    fs::write(case.join("transfers.csv"), transfers).unwrap();
    let out = desk.home.path().join("epcis.json");
    let party = ["--party", "IAEA=urn:epc:id:pgln:0614141.00777"];
    let export = ["epcis", "export", text(&case), "-o", text(&out), "--as-of", "2010-01-01"];
    let ran = desk.run(&[&export[..], &party[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let document: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(document["epcisBody"]["eventList"].as_array().unwrap().len(), 2);
    assert_eq!(document["creationDate"], "2010-01-01T23:59:59Z");

    // What comes back makes the same statements as the table it came from.
    let (to, import) = (case.join("transfers.csv"), ["epcis", "import", text(&case), text(&out)]);
    let back = desk.run(&[&import[..], &party[..], &["-o", text(&to)]].concat());
    assert_eq!(back.code, 0, "{}", back.err);
    let table = fs::read_to_string(&to).unwrap();
    let row =
        "t-1,rods-discharged,DPRK,IAEA,2009-03-01,2009-03-02,\"EPCIS document epcis.json, SHA-256 ";
    assert!(table.contains(row), "{table}");
    assert_eq!(desk.run(&["check", text(&case)]).code, 0);
    let item = desk.json(&["items", text(&case), "--item", "rods-discharged"]);
    assert_eq!(item["list"][0]["custodian"], "IAEA");

    let unknown = desk.run(&import);
    assert!(unknown.code == 1 && unknown.err.contains("no party of this case"), "{}", unknown.err);
    assert!(unknown.out.is_empty(), "{}", unknown.out);
    let wrong = desk.run(&[&import[..], &["--party", "Busan=urn:x:1"]].concat());
    assert!(wrong.code == 2 && wrong.err.contains("its parties are"), "{}", wrong.err);
    fs::write(&out, "{}").unwrap();
    let wrong = desk.run(&import);
    assert!(wrong.code == 1 && wrong.err.contains("no EPCIS 2.0 document"), "{}", wrong.err);
}

#[test]
fn a_workbook_filled_offline_is_taken() {
    let desk = Desk::new();
    let case = desk.case("disablement-2007");
    let away = desk.home.path().join("away");
    fs::create_dir(&away).unwrap();
    let empty = away.join("empty.xlsx");
    assert_eq!(desk.run(&["intake", "--template", text(&empty)]).code, 0);
    assert_eq!(fs::read(&empty).unwrap(), intake::form_workbook().unwrap());
    assert_eq!(desk.run(&["intake", "--template", text(&away.join("empty.doc"))]).code, 2);
    let form = away.join("visit-7.xlsx");
    let fill = |state: &str| {
        // As another program writes it: a date as a date, figures as figures.
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let header = intake::form_header();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2008, 2, 12).unwrap();
        let as_day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        for (column, name) in (0..).zip(header.split(',')) {
            sheet.write(0, column, name).unwrap();
            let rows = match name {
                "record" => ["inspection", "seal"],
                "id" => ["visit-7", "seal.E-1"],
                "about" => ["reactor-5mw", "rods-discharged"],
                "what" => ["monitoring", ""],
                "unit" => ["person-days", ""],
                "seal" => ["", "E-1"],
                "state" => ["", state],
                "files" => ["photo-1.jpg", ""],
                _ => ["", ""],
            };
            for (row, cell) in (1..).zip(rows).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write(row, column, cell).unwrap();
            }
            match name {
                "on" => {
                    sheet.write_with_format(1, column, &day, &as_day).unwrap();
                    sheet.write_with_format(2, column, &day, &as_day).unwrap();
                }
                "value" => _ = sheet.write(1, column, 6.5).unwrap(),
                _ => {}
            }
        }
        book.save(&form).unwrap();
    };
    fill("crushed");
    fs::write(away.join("photo-1.jpg"), b"a photograph").unwrap();
    let args = ["intake", text(&case), text(&form)];
    let refused = desk.run(&args);
    assert!(refused.code == 1 && refused.out.contains("(cell J3)"), "{}", refused.out);
    assert!(refused.out.contains("Nothing was taken.") && !case.join("inspections").exists());
    fill("applied");
    let taken = desk.run(&args);
    assert_eq!(taken.code, 0, "{}{}", taken.out, taken.err);
    assert!(taken.out.contains("taken: 2 records"), "{}", taken.out);
    assert!(case.join("attachments/photo-1.jpg").exists());
    assert_eq!(desk.json(&["inspections", text(&case)])["effort"][0]["used"], "6.5");
    let items = desk.json(&["items", text(&case), "--item", "rods-discharged"]);
    assert_eq!(items["list"][0]["continuity"][0]["from"], "2008-02-12");
}

/// Forty cylinders of which ten are verified, estimates both ways, findings, a test of each word in the roadmap.
fn agreed(desk: &Desk) -> PathBuf {
    let case = desk.home.path().join("cases/agreed");
    fs::create_dir_all(&case).unwrap();
    let write = |file: &str, text: &str| fs::write(case.join(file), text).unwrap();
    write(
        "case.kdl",
        "case \"agreed\" {\n  title \"Agreed\"\n  declares \"A\"\n  party \"A\"\n  party \"B\"\n  party \"IAEA\"\n}\n",
    );
    write(
        "roadmap.kdl",
        r#"roadmap "Agreed"
party "A"
party "B"
party "IAEA"
role "inspectorate" may="verify" { holder "IAEA"; }
step "s" by="A" { title "Something"; verified-by "inspectorate"; }
board {
    test "complete" "no finding is open" measure="open-findings" most="0"
    test "verifiable" "one false cylinder in twenty would have been met" measure="class-detection" of="UF6 cylinder" least="0.4"
    test "irreversible" "two months of margin" measure="margin-days" of="UF6 cylinder" least="60"
}
"#,
    );
    write(
        "field.kdl",
        "board {\n    test \"complete\" \"balances close\" measure=\"open-balances\" most=\"0\"\n}\n",
    );
    let (mut items, mut stages) = (
        "id,category,tag,serial,site,source,basis\n".to_owned(),
        "id,item,stage,standing,on,party,source,basis\n".to_owned(),
    );
    for i in 0..40 {
        items += &format!("c-{i},UF6 cylinder,T-{i},,,declaration,seen\n");
        let (standing, party) = if i < 10 { ("verified", "IAEA") } else { ("claimed", "A") };
        stages += &format!("m-{i},c-{i},measured,{standing},2027-05-01,{party},record,seen\n");
    }
    write("items.csv", &items);
    write("stages.csv", &stages);
    write(
        "reversals.csv",
        "id,about,time_to,what,days_low,days_high,assessor,on,source,basis,cost_low,cost_high,currency\n\
         r-1,UF6 cylinder,reverse,feed it again,100,200,X,2027-06,report 1,seen,5,9,million USD\n\
         r-2,UF6 cylinder,reverse,feed it again,120,150,Y,2027-07,report 2,seen,,,\n\
         r-3,UF6 cylinder,detect,see it fed,10,40,Z,2027-06,report 3,seen,,,\n",
    );
    write(
        "sites.csv",
        "id,name,category,location,status_declared,declared_on,source,basis\nlab,Laboratory,reprocessing,Yongbyon,,2027-01-01,declaration,seen\n",
    );
    write(
        "observations.csv",
        "id,name,variants,variants_from_memory,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n\
         o-1,Hillside,,,39.0,125.3,500,enrichment,,2027-02-01,Report on Hillside,B,2,,seen\n",
    );
    write(
        "findings.csv",
        "id,finding_id,event,on,party,what,about,kind,outcome,source,basis\n\
         f-1,f-1,raised,2027-03-01,IAEA,a building that nobody declared,o-1,inconsistency,,letter,seen\n\
         f-2,f-2,raised,2027-03-02,IAEA,a log book is missing,,question,,letter,seen\n\
         f-3,f-3,raised,2027-03-03,IAEA,a seal is worn,,anomaly,,letter,seen\n\
         f-3.end,f-3,resolved,2027-04-01,IAEA,a new seal was put on,,,refuted,letter,seen\n",
    );
    case
}

#[test]
fn the_board_of_an_agreement_says_what_it_rests_on() {
    let desk = Desk::new();
    let case = agreed(&desk);
    let case = text(&case);
    let check = desk.run(&["check", case]);
    assert_eq!(check.code, 0, "{}", check.out);
    assert_eq!(desk.run(&["open", case]).code, 0);
    let again = desk.run(&["open", case]).out;
    assert!(again.contains("nothing new"), "a finding that ended is recorded once: {again}");
    let board = desk.json(&["board", case, "--as-of", "2028-01-01"]);
    let open = board["complete"]["open_findings"].as_array().unwrap();
    assert_eq!((open[0]["id"].as_str(), open[1]["id"].as_str()), (Some("f-1"), Some("f-2")));
    let seen = desk.json(&["crosscheck", case, "--as-of", "2028-01-01"]);
    assert_eq!(open[0]["probability"], seen["unmatched"][0]["weighing"]["probability"]);
    assert!(open[1].get("probability").is_none(), "nothing it is about was weighed");
    assert_eq!(open.len(), 2, "f-3 ended");
    let before = desk.json(&["board", case, "--as-of", "2027-03-15"]);
    assert_eq!(before["complete"]["open_findings"].as_array().unwrap().len(), 3);

    // 1 - C(38,10)/C(40,10) for two false ones of forty, ten verified.
    let detection = board["verifiable"]["detection"].as_array().unwrap();
    let exact = 1.0 - (30.0 * 29.0) / (40.0 * 39.0);
    let p = |i: usize| detection[i]["probability"].as_f64().unwrap();
    assert!((p(0) - 0.25).abs() < 1e-12 && (p(1) - exact).abs() < 1e-12, "{detection:?}");
    let row = &board["irreversible"][0];
    assert_eq!(
        (&row["least_days"], &row["detect_days"], &row["margin_days"]),
        (&100.into(), &40.into(), &60.into())
    );
    assert_eq!(row["estimates"][0]["cost"], "5 to 9 million USD");
    let tests: Vec<(&str, &str)> = board["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["id"].as_str().unwrap(), t["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        tests,
        [
            ("test.complete.1", "not_met"),
            ("test.verifiable.1", "met"),
            ("test.irreversible.1", "met"),
            ("test.complete.2", "rests_on_nothing")
        ]
    );

    let why = |id: &str| desk.run(&["why", case, id, "--as-of", "2028-01-01"]);
    let told = |id: &str, parts: &[&str]| {
        let ran = why(id);
        for part in parts {
            assert!(
                ran.code == 0 && ran.out.contains(part),
                "{id}, {part}: {}{}",
                ran.out,
                ran.err
            );
        }
    };
    told(
        "test.irreversible.1",
        &["met: margin-days: 60 days; asked: at least 60", "reversal.assess  r-3", "report 3"],
    );
    told("test.complete.1", &["not met", "2 findings open", "finding.raise  f-1"]);
    told(
        "UF6 cylinder",
        &["verified 25.0 %", "10 of 40 verified: 44.2 %", "margin 60 days", "5 to 9 million USD"],
    );
    told("open-findings", &["2 findings open"]);
    told("f-1", &["a finding is raised", "open since 2027-03-01"]);
    assert_eq!(why("test.complete.9").code, 2);
    narrow(&desk.run(&["board", case, "--as-of", "2028-01-01"]).out);

    // The page carries the same board, the interviews and the items.
    let page = desk.json(&["status", case, "--as-of", "2028-01-01"]);
    let mut same = board.clone();
    same.as_object_mut().unwrap().remove("schema");
    assert_eq!(page["board"], same);
    assert_eq!((&page["custody"]["items"], &page["interviews"]["asked"]), (&40.into(), &0.into()));
}

#[test]
fn a_test_written_wrong_in_the_roadmap_is_shown_there() {
    let desk = Desk::new();
    let case = agreed(&desk);
    let file = case.join("roadmap.kdl");
    let roadmap = fs::read_to_string(&file).unwrap();
    fs::write(&file, roadmap.replace("open-findings", "open-finding")).unwrap();
    let check = desk.run(&["check", text(&case)]);
    for part in ["F063", "roadmap.kdl:8", "did you mean `open-findings`?"] {
        assert!(check.code == 1 && check.out.contains(part), "{part}: {}", check.out);
    }
}

#[test]
fn what_waits_for_something_that_is_not_there_is_told_at_its_cell() {
    let desk = Desk::new();
    let case = agreed(&desk);
    fs::write(
        case.join("transfers.csv"),
        "id,items,from,to,on,source,basis\nt-1,c-1; c-99,A,B,2027-08-01,record,seen\n",
    )
    .unwrap();
    let check = desk.run(&["check", text(&case)]);
    assert_eq!(check.code, 0, "it is no mistake, and it is told: {}", check.out);
    for part in ["C003", "t-1 waits for the item `c-99`", "transfers.csv:2:5"] {
        assert!(check.out.contains(part), "{part}: {}", check.out);
    }
    assert_eq!(desk.run(&["open", text(&case)]).code, 0);
    let page = desk.json(&["status", text(&case)]);
    assert_eq!(page["record"]["waiting"][0]["on"], "c-99");
}
