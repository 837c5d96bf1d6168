//! The desk over HTTP: its API as it describes itself, days, validators, growth, and who may ask.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod harness;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::time::Duration;

use harness::{Desk, text};
use serde_json::{Value, json};

/// A desk that serves a case, until it is dropped.
struct Served {
    child: Child,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(desk: &Desk, args: &[&str]) -> Self {
        let mut child =
            desk.command(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut told = Vec::new();
        let mut url = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            let at = line.find("http://").map(|i| line[i..].split(' ').next().unwrap().to_owned());
            told.push(line);
            if let Some(at) = at {
                url = at.trim_end_matches('/').to_owned();
                break;
            }
        }
        assert!(!url.is_empty(), "it did not serve: {told:?}");
        Self { child, url }
    }

    fn open(desk: &Desk, case: &std::path::Path) -> Self {
        Self::start(
            desk,
            &["open", text(case), "--serve", "--no-browser", "--listen", "127.0.0.1:0"],
        )
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        let mut request = agent.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().unwrap();
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let (etag, kind, policy) =
            (header("etag"), header("content-type"), header("content-security-policy"));
        let status = response.status().as_u16();
        let body = if kind == "text/event-stream" {
            String::new()
        } else {
            response.body_mut().read_to_string().unwrap()
        };
        Answer { status, etag, kind, policy, body }
    }

    fn json(&self, path: &str) -> Value {
        let answer = self.get(path, &[]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }
}

struct Answer {
    status: u16,
    etag: String,
    kind: String,
    policy: String,
    body: String,
}

/// What each parameter of a path is tried with.
fn values(name: &str, case: &Value, ids: &[&str]) -> Vec<String> {
    let list = |key: &str| {
        case[key].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    match name {
        "part" => list("parts"),
        "name" => list("tables"),
        "id" => ids.iter().map(|id| (*id).to_owned()).collect(),
        "n" => vec!["0".to_owned(), "40".to_owned()],
        other => panic!("no value for the parameter {other}"),
    }
}

#[test]
fn every_path_is_described_and_every_answer_fits_its_description() {
    every_answer_fits("dprk", &["d92-irt", "o-015", "d08-pu-june", "dis-07"]);
}

#[test]
fn balances_of_reports_are_described_and_are_those_of_the_command() {
    every_answer_fits(
        "synthetic-state",
        &["S002.P.2024-06-28", "ICR-S002-6", "err-S002-stock-element", "PIL-S003-1"],
    );
    let desk = Desk::new();
    let case = desk.case("synthetic-state");
    let served = Served::open(&desk, &case);
    let page = served.json("/api/balances?as_of=2025-03-01");
    let command = desk.json(&["balance", text(&case), "--as-of", "2025-03-01"]);
    let (runs, judged) = (&page["runs"], command["judgements"].as_array().unwrap());
    assert_eq!(runs.as_array().unwrap().len(), judged.len());
    for (i, j) in judged.iter().enumerate() {
        assert_eq!(runs[i]["mba"], j["mba"]);
        for (k, b) in j["verdict"]["balances"].as_array().unwrap().iter().enumerate() {
            for field in ["muf", "sigma_muf", "sitmuf", "page"] {
                assert_eq!(runs[i]["balances"][k][field], b[field], "{field}");
            }
        }
        let shares: f64 = runs[i]["budget"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["random"].as_f64().unwrap() + s["systematic"].as_f64().unwrap())
            .sum();
        assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    }
    // What was taken in balances 6 and 7 of S002 shows from balance 6 on.
    assert!(
        runs[1]["alarms"].as_array().unwrap().contains(&json!("SITMUF in balance 6")),
        "{page}"
    );
    // On the first day of 2024 an inventory is listed and no balance is closed: nothing is said.
    let before = served.json("/api/balances?as_of=2024-01-15");
    assert_eq!(before["runs"].as_array().unwrap().len(), 0);
}

fn every_answer_fits(name: &str, ids: &[&str]) {
    let desk = Desk::new();
    let served = Served::open(&desk, &desk.case(name));
    let description = served.json("/api/openapi.json");
    let case = served.json("/api/case");
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 13);
    let mut tried = 0;
    for (path, item) in paths {
        let response = &item["get"]["responses"]["200"]["content"];
        let mut concrete = vec![path.clone()];
        for parameter in item["get"]["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "path" {
                let name = parameter["name"].as_str().unwrap();
                let hole = format!("{{{name}}}");
                concrete = concrete
                    .iter()
                    .flat_map(|p| {
                        values(name, &case, ids).into_iter().map(|v| p.replace(&hole, &v))
                    })
                    .collect();
            }
        }
        for at in concrete {
            let answer = served.get(&at, &[]);
            assert_eq!(answer.status, 200, "{at}: {}", answer.body);
            assert!(answer.policy.contains("default-src 'none'"), "{at}");
            assert!(!answer.policy.contains("unsafe"), "{at}");
            assert!(response.get(&answer.kind).is_some(), "{at} answers {}", answer.kind);
            tried += 1;
            if answer.kind != "application/json" {
                continue;
            }
            assert!(answer.etag.starts_with('"'), "{at}: {}", answer.etag);
            let mut schema = response["application/json"]["schema"].clone();
            schema["components"] = description["components"].clone();
            let validator = jsonschema::validator_for(&schema).unwrap();
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            let faults: Vec<String> = validator
                .iter_errors(&body)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{at}: {faults:?}");
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn a_day_moves_everything_and_an_answer_has_a_validator() {
    let desk = Desk::new();
    let served = Served::open(&desk, &desk.case("dprk"));
    let before = served.json("/api/overview?as_of=2005-01-01");
    let after = served.json("/api/overview?as_of=2009-06-01");
    assert_eq!(before["steps"]["claimed"], 0);
    assert!(after["steps"]["claimed"].as_u64().unwrap() > 5);
    // The same question has the same validator, another day another.
    let first = served.get("/api/map?as_of=2009-06-01", &[]);
    let again = served.get("/api/map?as_of=2009-06-01", &[("if-none-match", &first.etag)]);
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let other = served.get("/api/map?as_of=2009-06-02", &[("if-none-match", &first.etag)]);
    assert_eq!(other.status, 200);
    assert_ne!(other.etag, first.etag);
    // What is wrong is said.
    for (path, status, words) in [
        ("/api/overview?as_of=2009-13-01", 400, "as_of"),
        ("/api/overview?as_of=2009", 400, "not one day"),
        ("/api/tables/nothing", 404, "there is no table `nothing`"),
        ("/api/tables/sites?sort=colour", 400, "no column `colour`"),
        ("/api/tables/sites?only=x", 400, "column:value"),
        ("/api/assessment/nothing", 404, "no part `nothing`"),
        ("/api/why/nothing", 404, "nothing in this case is called `nothing`"),
        ("/api/ledger/entry/99999", 404, "there is no entry 99999"),
        ("/api/ledger/entry/x", 400, ""),
        ("/api/nothing", 404, "openapi.json"),
    ] {
        let answer = served.get(path, &[]);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
    }
}

#[test]
fn tables_filter_sort_and_page() {
    let desk = Desk::new();
    let served = Served::open(&desk, &desk.case("dprk"));
    let all = served.json("/api/tables/observations?limit=1000");
    let total = all["rows"].as_array().unwrap().len();
    assert_eq!(all["matched"], json!(total));
    let page = served.json("/api/tables/observations?offset=5&limit=3");
    assert_eq!(page["rows"].as_array().unwrap()[..], all["rows"].as_array().unwrap()[5..8]);
    let seen = served.json(
        "/api/tables/observations?only=verdict:declared_and_seen&sort=weight_db&descending=true",
    );
    let weights: Vec<f64> = seen["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r[4].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(weights.len() > 5 && weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
    let csv = served.get("/api/tables/observations?format=csv", &[]);
    assert!(csv.kind.starts_with("text/csv"));
    assert_eq!(csv.body.lines().count(), total + 1);
    let kangson = served.json("/api/findings?q=kangson");
    assert!(kangson["matched"].as_u64().unwrap() >= 1);
}

#[test]
fn the_desk_learns_of_new_entries_and_answers_to_its_own_name_only() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    let served = Served::open(&desk, &case);
    let before = served.json("/api/case");
    let events = ureq::get(format!("{}/api/events", served.url)).call().unwrap();
    let (send, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = events.into_body().into_reader();
        let mut text = Vec::new();
        let mut byte = [0];
        while reader.read(&mut byte).is_ok_and(|n| n == 1) {
            text.push(byte[0]);
            if text.ends_with(b"\n\n") {
                let _ = send.send(String::from_utf8_lossy(&text).into_owned());
                return;
            }
        }
    });
    let table = case.join("observations.csv");
    std::fs::write(table, "id,name,variants,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n\
        o-new,Somewhere,,,,,enrichment,operating,2018-07-13,Somebody,B,3,,seen\n").unwrap();
    assert!(desk.run(&["open", text(&case), "--print"]).out.contains("recorded 1 new statement"));
    let event = told.recv_timeout(Duration::from_secs(20)).expect("no event");
    assert!(event.contains("event: grown"), "{event}");
    let after = served.json("/api/case");
    assert_ne!(before["ledger"]["root"], after["ledger"]["root"]);
    assert!(served.json("/api/map")["without_point"].to_string().contains("o-new"));
    // A page of another site that makes its name lead here reads nothing.
    let strange = served.get("/api/case", &[("host", "evil.example")]);
    assert_eq!(strange.status, 421, "{}", strange.body);
    // The paths of the log are there beside the desk.
    assert!(served.get("/checkpoint", &[]).body.contains("lockstep.local/six-party"));
}

#[test]
fn a_port_in_use_a_case_with_errors_and_an_empty_one() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    let first = Served::open(&desk, &case);
    let at = first.url.trim_start_matches("http://").to_owned();
    let taken = desk.run(&["open", text(&case), "--serve", "--no-browser", "--listen", &at]);
    assert_eq!(taken.code, 2);
    assert!(taken.err.contains("another program listens there"), "{}", taken.err);
    let far = desk.run(&["open", text(&case), "--serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(far.code, 2);
    assert!(far.err.contains("serves this machine alone"), "{}", far.err);
    // Nobody at a terminal: it prints and ends.
    assert_eq!(desk.run(&["open", text(&case)]).code, 0);

    let wrong = desk.folder(&[("case.kdl", b"case \"w\" {\n  titel \"x\"\n}\n")]);
    let served = Served::open(&desk, &wrong);
    let mistakes = served.json("/api/mistakes");
    assert!(mistakes[0]["drawn"].as_str().unwrap().contains("titel"), "{mistakes}");
    drop(served);

    let nameless = desk.folder(&[("case.kdl", b"title \"no case\"\n")]);
    let served = Served::open(&desk, &nameless);
    assert!(served.json("/api/case")["ledger"].is_null());
    assert!(served.json("/api/case")["errors"].as_u64().unwrap() > 0);
    drop(served);

    let empty = desk.folder(&[("case.kdl", b"case \"e\" {\n  title \"Empty\"\n}\n")]);
    let served = Served::open(&desk, &empty);
    assert_eq!(served.json("/api/overview")["sites"]["declared"], 0);
    assert!(served.json("/api/overview")["steps"].is_null());
}

#[test]
fn a_port_in_use_is_said_and_another_taken_unless_it_was_asked_for() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    // Ours, or that of a program which has it already: in use either way.
    let home = std::net::TcpListener::bind("127.0.0.1:8417");
    let served = Served::start(&desk, &["open", text(&case), "--serve", "--no-browser"]);
    assert!(!served.url.ends_with(":8417"), "{}", served.url);
    assert_eq!(served.get("/api/case", &[]).status, 200);
    drop(home);

    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = other.local_addr().unwrap().to_string();
    let ran = desk.run(&["open", text(&case), "--serve", "--no-browser", "--listen", &at]);
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains(&at) && ran.err.contains("--listen"), "{}", ran.err);
}
