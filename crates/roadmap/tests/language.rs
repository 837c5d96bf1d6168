//! The grammar page is one roadmap, read whole; scenarios of the page and of the cases hold; spreadsheets import.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use notation::Severity;
use roadmap::{StepRow, check, import, read, read_scenarios, run_scenario};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn blocks(page: &str, kind: &str) -> String {
    let fence = format!("```{kind}\n");
    page.split(fence.as_str()).skip(1).map(|b| b.split("```").next().unwrap()).collect()
}

#[test]
fn the_grammar_page_is_a_roadmap_and_names_every_form() {
    let page = std::fs::read_to_string(root().join("docs/roadmap-language.md")).unwrap();
    let text = blocks(&page, "kdl");
    let reading = read(&text);
    assert_eq!(reading.messages, []);
    let errors: Vec<String> = check(&reading.roadmap)
        .into_iter()
        .filter(|m| m.severity == Severity::Error)
        .map(|m| format!("{} {}", m.code, m.text))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    // Every form stands in an example, as a node of its own.
    let written = |word: &str| {
        text.lines().any(|l| {
            let l = l.trim_start();
            l.split([' ', ';', '{']).next() == Some(word) || l.contains(&format!("{{ {word} "))
        })
    };
    let missing: Vec<&str> =
        roadmap::forms().into_iter().flatten().filter(|w| !written(w)).copied().collect();
    assert_eq!(missing, Vec::<&str>::new());
    let (scenarios, messages) = read_scenarios(&blocks(&page, "scenario"));
    assert_eq!(messages, []);
    for scenario in &scenarios {
        let outcome = run_scenario(&reading.roadmap, scenario);
        assert_eq!(outcome.failures, []);
        assert!(outcome.met >= 8);
    }
}

#[test]
fn the_scenarios_of_the_cases_hold() {
    let mut met = 0;
    for case in ["six-party", "jcpoa", "dprk"] {
        let folder = root().join("cases").join(case);
        let reading = read(&std::fs::read_to_string(folder.join("roadmap.kdl")).unwrap());
        assert_eq!(reading.messages, [], "{case}");
        for file in std::fs::read_dir(folder.join("scenarios")).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let (scenarios, messages) = read_scenarios(&text);
            assert_eq!(messages, [], "{case}");
            for scenario in &scenarios {
                let outcome = run_scenario(&reading.roadmap, scenario);
                assert_eq!(outcome.failures, [], "{case}: {}", scenario.name);
                met += outcome.met;
            }
        }
    }
    assert!(met > 40);
}

#[test]
fn a_scenario_that_ends_otherwise_says_so_and_why() {
    let roadmap = read("party \"A\"\nstep \"s\" by=\"A\" { due \"2008-01-01\"; }").roadmap;
    let text = "scenario \"x\" {\n  claim \"s\" on=\"2008-01-03\" by=\"A\"\n  expect \"2008-02-01\" {\n    step \"s\" timeliness=\"on_time\" slip-days=2\n    step \"t\" state=\"ready\"\n  }\n}";
    let (scenarios, messages) = read_scenarios(text);
    assert_eq!(messages, []);
    let outcome = run_scenario(&roadmap, &scenarios[0]);
    let told: Vec<_> = outcome.failures.iter().map(|m| (m.code, m.text.as_str())).collect();
    assert_eq!(
        told,
        [
            ("R050", "on 2008-02-01 `s` has timeliness late, not on_time"),
            ("R049", "there is no step `t` in this roadmap")
        ]
    );
    assert_eq!(outcome.met, 1);
    let (_, messages) =
        read_scenarios("scenario \"x\" {\n  clam \"s\"\n  claim \"s\" progress=\"don\"\n}");
    let helps: Vec<_> = messages.iter().map(|m| m.help.as_deref().unwrap()).collect();
    assert_eq!(helps, ["did you mean `claim`?", "did you mean `done`?"]);
}

fn rows(text: &str) -> Vec<StepRow> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .enumerate()
        .map(|(i, record)| {
            let record = record.unwrap();
            let cell = |name: &str| {
                let at = header.iter().position(|h| h == name);
                at.and_then(|at| record.get(at)).unwrap_or_default().to_owned()
            };
            StepRow {
                line: i + 2,
                step_id: cell("step_id"),
                party: cell("party"),
                what: cell("what"),
                condition: cell("condition"),
                promised_date: cell("promised_date"),
                quantity: cell("quantity"),
                unit: cell("unit"),
                status: cell("status"),
            }
        })
        .collect()
}

#[test]
fn every_spreadsheet_of_steps_imports() {
    let tables: [(&str, PathBuf); 7] = [
        ("six-party", root().join("cases/six-party/events/steps.csv")),
        ("jcpoa", root().join("cases/jcpoa/events/steps.csv")),
        ("annex-v", root().join("cases/jcpoa/events/annex-v.csv")),
        ("agreed-framework", "tests/import/agreed-framework.csv".into()),
        ("inf", "tests/import/inf.csv".into()),
        ("iraq-687", "tests/import/iraq-687.csv".into()),
        ("south-africa", "tests/import/south-africa.csv".into()),
    ];
    for (name, path) in tables {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let rows = rows(&std::fs::read_to_string(&path).unwrap());
        let imported = import(name, &rows);
        let reading = read(&imported.roadmap);
        assert_eq!(reading.messages, [], "{name}");
        assert_eq!(reading.roadmap.steps.len(), imported.steps);
        let events = imported.mappings.iter().filter(|m| m.became.contains("no step")).count();
        assert_eq!(imported.steps + events, rows.len(), "{name}: a row is lost");
    }
}

#[test]
fn each_mapping_is_reported() {
    let row = |id: &str, party: &str, condition: &str, due: &str, status: &str| StepRow {
        line: 2,
        step_id: id.into(),
        party: party.into(),
        what: "seek \"ratification\"".into(),
        condition: condition.into(),
        promised_date: due.into(),
        status: status.into(),
        ..StepRow::default()
    };
    let rows = [
        row("a", "all", "", "2008-09", "done"),
        row("b", "ROK;CN", "after a", "2008-02-30", "done"),
        row("c", "DPRK/ROK", "when ready", "", "done"),
        row("d", "observers", "", "", "disputed"),
        row("e", "CN", "", "1988-12-01", "option"),
        row("f", "CN", "", "", "break"),
        row("a", "CN", "", "2009", "done"),
    ];
    let imported = import("x", &rows);
    let told: Vec<String> =
        imported.mappings.iter().map(|m| format!("{}: {}", m.column, m.became)).collect();
    for needed in [
        "party: every party of the roadmap, together",
        "party: ROK, CN together",
        "party: DPRK and ROK: the table does not say whether together or either; read as together",
        "party: a party outside the agreement",
        "promised_date: kept as written: any day from 2008-09-01 to 2008-09-30",
        "condition: `b` comes after `a`",
        "condition: kept as words",
        "status: `e` is a right, not a duty",
        "status: `f` is an event (break) of the record, no step",
        "step_id: left out: no id, or one already used",
        "what: `a` is an effort, not a result",
    ] {
        assert!(told.iter().any(|t| t == needed), "{needed} is not among {told:#?}");
    }
    assert!(told.iter().any(|t| t.starts_with("promised_date: left out: `2008-02-30`")));
    assert_eq!(read(&imported.roadmap).messages, []);
}

#[test]
fn hostile_roadmaps_are_refused_quickly() {
    let start = std::time::Instant::now();
    let nested = "step \"a\" {".repeat(10_000);
    assert!(read(&nested).messages.iter().any(|m| m.code == "K009"));
    let slashed = "a /-{".repeat(40);
    assert!(read(&slashed).messages.iter().any(|m| m.code == "K007"));
    let deep = format!("party \"A\"\nfail \"x\" step=\"{}by = A\"", "not ".repeat(5_000));
    assert!(read(&deep).messages.iter().any(|m| m.code == "R042"));
    // Generous for a debug build on a busy machine; the bench has the figures.
    assert!(start.elapsed().as_secs() < 5);
}
