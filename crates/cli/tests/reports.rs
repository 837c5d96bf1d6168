//! Accounting reports from files to balances: a set that keeps every rule, one file for each rule with exactly one
//! fault made from it, and round trips through every dialect.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod harness;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use harness::{Desk, described, text};

const AS_OF: &str = "2025-03-01";

fn here(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// A copy of the good set.
fn good(name: &str, desk: &Desk) -> PathBuf {
    let folder = desk.home.path().join(name);
    fs::create_dir_all(folder.join("accounts")).unwrap();
    fs::copy(here("good-reports/case.kdl"), folder.join("case.kdl")).unwrap();
    for file in fs::read_dir(here("good-reports/accounts")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join("accounts").join(file.file_name())).unwrap();
    }
    folder
}

/// Makes the fault of a fixture; returns what is expected and the day.
fn spoil(fixture: &str, folder: &Path) -> (String, String) {
    let mut lines = fixture.lines().skip(1).peekable();
    let expected = lines.next().unwrap().strip_prefix("expect ").unwrap().to_owned();
    let as_of = lines.next().unwrap().strip_prefix("as-of ").unwrap().to_owned();
    let mut file = PathBuf::new();
    let mut everywhere = false;
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("new ") {
            let mut body = String::new();
            while let Some(line) = lines.next_if(|l| l.starts_with("+ ")) {
                body += &format!("{}\n", &line[2..]);
            }
            fs::write(folder.join("accounts").join(name), body).unwrap();
        } else if let Some(name) = line.strip_prefix("in ") {
            everywhere = name.ends_with(" everywhere");
            file = folder.join("accounts").join(name.trim_end_matches(" everywhere"));
        } else {
            let newline = |t: &str| t[2..].replace("\\n", "\n");
            let (old, new) = (newline(line), newline(lines.next().unwrap()));
            let text = fs::read_to_string(&file).unwrap();
            assert!(everywhere || text.matches(&old).count() == 1, "{old:?} in {text}");
            fs::write(&file, text.replace(&old, &new)).unwrap();
        }
    }
    (expected, as_of)
}

#[test]
fn the_good_set_keeps_every_rule() {
    let desk = Desk::new();
    let case = good("good", &desk);
    let check = desk.run(&["check", text(&case), "--as-of", AS_OF]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert!(check.out.contains("no mistakes found"), "{}", check.out);
}

#[test]
fn each_fault_is_told_once_at_its_line() {
    let desk = Desk::new();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for fixture in fs::read_dir(here("faults")).unwrap() {
        let path = fixture.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let case = good(&name, &desk);
        let (expected, as_of) = spoil(&fs::read_to_string(&path).unwrap(), &case);
        let check = desk.run(&["check", text(&case), "--as-of", &as_of, "--format", "csv"]);
        let mut reader = csv::Reader::from_reader(check.out.as_bytes());
        let told: Vec<String> = reader
            .records()
            .map(|r| {
                let r = r.unwrap();
                format!("{} {}:{}", &r[4], &r[0], &r[1])
            })
            .collect();
        if told != [expected.clone()] {
            wrong.push(format!("{name}: expected {expected}, told {told:?}"));
        }
        seen.insert(expected[..4].to_owned());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let rules: BTreeSet<String> = accountancy::RULES.iter().map(|r| r.code.to_owned()).collect();
    let untested: Vec<&String> = rules.difference(&seen).collect();
    // A report of which a part is missing cannot come from a file, only from a ledger.
    assert_eq!(untested, ["A042"]);
}

#[test]
fn a_fault_is_underlined_with_what_was_expected() {
    let desk = Desk::new();
    let case = good("shown", &desk);
    let fixture = here("faults/A030-fissile-above-element.fault");
    spoil(&fs::read_to_string(fixture).unwrap(), &case);
    let check = desk.run(&["check", text(&case), "--as-of", AS_OF]);
    assert_eq!(check.code, 1);
    for words in
        ["A030", "20.900 of the isotope in 20.000 of the element", "──", "icr-sya-3.txt:10"]
    {
        assert!(check.out.contains(words), "{words}: {}", check.out);
    }
}

#[test]
fn bad_bytes_are_told_and_lose_nothing() {
    let desk = Desk::new();
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE ICR [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<ICR><MBA>&b;</MBA></ICR>";
    for (file, bytes, code) in [
        (
            "cut.xml",
            &b"<?xml version=\"1.0\"?>\n<ICR>\n  <MBA>SYA</MBA>\n  <Line><Items>1"[..],
            "A008",
        ),
        ("bomb.xml", bomb.as_bytes(), "A009"),
        ("latin.txt", &b"001:9#010:I#307:SYB#1004:Universit\xe4t"[..], "I002"),
    ] {
        let case = good(file, &desk);
        fs::write(case.join("accounts").join(file), bytes).unwrap();
        let check = desk.run(&["check", text(&case), "--as-of", AS_OF, "--format", "csv"]);
        assert_eq!(check.code, 1, "{}", check.out);
        assert!(check.out.contains(code), "{file}: {}", check.out);
        // The reports beside it are read all the same.
        let balance = desk.run(&["balance", text(&case), "--as-of", AS_OF, "--format", "json"]);
        assert!(balance.out.contains("\"0.800\""), "{}", balance.out);
    }
}

#[test]
fn a_balance_is_traced_to_its_lines_and_described_by_its_schema() {
    let desk = Desk::new();
    let case = good("balance", &desk);
    let open = desk.run(&["open", text(&case), "--print", "--as-of", AS_OF]);
    assert!(
        open.out.contains("BALANCE 11 accounting reports of 77 lines; 0 of their rules broken"),
        "{}",
        open.out
    );
    let json = desk.run(&["balance", text(&case), "--as-of", AS_OF, "--format", "json"]);
    assert_eq!(json.code, 0, "{}", json.err);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    described(&value);
    let e = &value["areas"][0]["periods"][0]["balances"][1];
    assert_eq!(e["material"], "E");
    // 8000 + 2000 + 3000 - 3000 - 5000 - 10 - 5 - 4984.2 by hand.
    assert_eq!(e["muf"]["element"], "0.800");
    assert_eq!(e["muf"]["isotope"], "0.035");
    assert_eq!(e["changes"][0]["trace"][0]["report"], "ICR-SYA-1");
    assert_eq!(e["changes"][0]["trace"][0]["lines"][0], 1);
    // The correction of 300 to 301 kg in a later report counts in place of the first line.
    let n = &value["areas"][0]["periods"][0]["balances"][2];
    assert_eq!(n["changes"][0]["effect"]["element"], "301.000");
    // The receiver's difference: shipped 5000, found 4998.
    let b = &value["areas"][1]["periods"][0]["balances"][0];
    assert_eq!(b["changes"][1]["code"], "DI");
    assert_eq!(b["changes"][1]["effect"]["element"], "-2.000");
    let table = desk.run(&["balance", text(&case), "--as-of", AS_OF, "--area", "SYB"]);
    assert!(table.out.contains("ICR-SYB-1:1"), "{}", table.out);
    let csv = desk.run(&["balance", text(&case), "--as-of", AS_OF, "--format", "csv"]);
    assert!(csv.out.contains("SYA,2024-01-01,2024-12-31,E,MUF,0.800,0.035,g,"), "{}", csv.out);
    let why = desk.run(&["why", text(&case), "ICR-SYA-2"]);
    assert!(why.out.contains("SYA"), "{}", why.out);
    assert_eq!(desk.run(&["balance", text(&case), "--area", "NOPE"]).code, 2);
}

#[test]
fn reports_go_out_in_each_dialect_and_come_back_the_same() {
    let desk = Desk::new();
    let case = good("trip", &desk);
    let before = desk.run(&["balance", text(&case), "--as-of", AS_OF, "--format", "csv"]).out;
    for (dialect, lost) in [("code10", false), ("csv", false), ("euratom", true)] {
        let back = desk.home.path().join(format!("back-{dialect}"));
        let out = back.join("accounts");
        let written = desk.run(&["reports", text(&case), "--dialect", dialect, "-o", text(&out)]);
        assert_eq!(written.code, 0, "{}", written.err);
        assert_eq!(written.err.contains("not carried"), lost, "{}", written.err);
        fs::copy(case.join("case.kdl"), back.join("case.kdl")).unwrap();
        let after = desk.run(&["balance", text(&back), "--as-of", AS_OF, "--format", "csv"]).out;
        if lost {
            // The correction in one line became a pair, so lines after it have other numbers; every figure is the same.
            let figures = |csv: &str| -> Vec<String> {
                csv.lines().map(|l| l.rsplit_once(',').unwrap().0.to_owned()).collect()
            };
            assert_eq!(figures(&before), figures(&after));
            assert!(!written.err.contains("status C"), "{}", written.err);
            let check = desk.run(&["check", text(&back), "--as-of", AS_OF]);
            assert_eq!(check.code, 0, "{}", check.out);
            let xml: String = fs::read_dir(&out)
                .unwrap()
                .map(|f| fs::read_to_string(f.unwrap().path()).unwrap())
                .collect();
            assert!(xml.contains(">D</") && xml.contains(">A</"), "no pair of a correction");
        } else {
            assert_eq!(before, after, "{dialect}");
            // And once more: the second writing is the first, byte for byte.
            let again = desk.home.path().join(format!("again-{dialect}"));
            desk.run(&["reports", text(&back), "--dialect", dialect, "-o", text(&again)]);
            for file in fs::read_dir(&out).unwrap() {
                let file = file.unwrap();
                let second = fs::read(again.join(file.file_name())).unwrap();
                assert_eq!(fs::read(file.path()).unwrap(), second, "{:?}", file.file_name());
            }
        }
    }
}

/// A report of more than one entry of the log can hold is split over several statements, and nothing of it shows.
#[test]
fn a_large_report_is_split_and_adds_up_the_same() {
    let desk = Desk::new();
    let folder = desk.home.path().join("large");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(here("good-reports/case.kdl"), folder.join("case.kdl")).unwrap();
    let lines = 700;
    let mut report = String::from(
        "001:1#003:20231231#010:P#015:20231231#307:BIG\n002:1/1#430:PHBF#446:OLD#469:M#470:1#700:10.000\n\
         001:1#003:20240205#010:I#015:20240101/20240131#307:BIG\n",
    );
    for n in 1..=lines {
        report += &format!(
            "002:{n}/{lines}#370:XXA#407:1#411:RF#412:202401{:02}#430:PHBF#446:B-{n}#469:M#470:1#700:1.500\n",
            1 + n * 30 / (lines + 1)
        );
    }
    report += "001:2#003:20240205#010:P#015:20240131#307:BIG\n002:1/1#430:PHBF#446:ALL#469:M#470:1#700:1059.900\n";
    fs::write(folder.join("big.txt"), &report).unwrap();
    let balance = |more: &[&str]| {
        let mut args = vec!["balance", text(&folder), "--as-of", AS_OF];
        args.extend(more);
        desk.run(&args)
    };
    let before = balance(&["--format", "csv"]);
    // 10 + 700 x 1.5 - 1059.9 by hand.
    assert!(before.out.contains("BIG,2024-01-01,2024-01-31,P,MUF,0.100,,g,"), "{}", before.out);
    assert_eq!(desk.run(&["open", text(&folder), "--print", "--as-of", AS_OF]).code, 0);
    assert_eq!(balance(&["--format", "csv"]).out, before.out);
    let found = desk.run(&["ledger", "find", text(&folder), "ICR-BIG-1", "--format", "json"]);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    let why = desk.run(&["why", text(&folder), "ICR-BIG-1.4"]);
    assert!(why.out.contains("feeds the balance BIG.P.2024-01-31: RF by line"), "{}", why.out);
    // Every entry of the log keeps within its limit, and the ledger verifies.
    assert_eq!(desk.run(&["ledger", "verify", text(&folder)]).code, 0);
    let why = desk.run(&["why", text(&folder), "BIG.P.2024-01-31"]);
    for words in ["ICR-BIG-1:1-", "ICR-BIG-1.2:", "PIL-BIG-2:1", "no sigma: no errors.csv"] {
        assert!(why.out.contains(words), "{words}: {}", why.out);
    }
    let out = desk.home.path().join("large-out");
    desk.run(&["reports", text(&folder), "--dialect", "code10", "-o", text(&out)]);
    let whole = fs::read_to_string(out.join("ICR-BIG-1.txt")).unwrap();
    assert_eq!(whole.lines().count(), lines + 1);
    // A mistake far down is told at its own line.
    fs::write(folder.join("big.txt"), report.replace("#446:B-650#469:M", "#446:B-650#469:Q"))
        .unwrap();
    let check = desk.run(&["check", text(&folder), "--as-of", AS_OF, "--format", "csv"]);
    assert!(check.out.contains("big.txt,653,") && check.out.contains("A022"), "{}", check.out);
}

/// The running ledger: each change with the balance after it, by hand, and the sums by key measurement point.
#[test]
fn the_running_ledger_of_an_area() {
    let desk = Desk::new();
    let case = good("ledger", &desk);
    let args = ["balance", text(&case), "--as-of", AS_OF, "--area", "SYA", "--ledger-lines"];
    let csv = desk.run(&[&args[..], &["--format", "csv"]].concat());
    assert_eq!(csv.code, 0, "{}", csv.err);
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(csv.out.as_bytes())
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let of_e: Vec<&Vec<String>> = rows.iter().filter(|r| r[1] == "E").collect();
    // 8000 at the start; a line's balance is the one before it and its effect.
    let mut balance: f64 = 8000.0;
    for row in of_e.iter().filter(|r| r[2].starts_with("2024")) {
        balance += row[7].parse::<f64>().unwrap();
        assert!((balance - row[8].parse::<f64>().unwrap()).abs() < 1e-6, "{row:?}");
    }
    assert!((balance - 4985.0).abs() < 1e-6, "{balance}");
    // After the inventory of 4984.2 the ledger goes on from what was listed.
    let next = of_e.iter().find(|r| r[2].starts_with("2025")).unwrap();
    assert_eq!((next[7].as_str(), next[8].as_str()), ("-2000.000", "2984.200"));
    let page = desk.run(&args);
    assert!(page.out.contains("By key measurement point"), "{}", page.out);
}

/// `why` goes both ways: from a balance to its lines, and from a report to the balances it feeds or states.
#[test]
fn a_balance_and_its_reports_lead_to_each_other() {
    let desk = Desk::new();
    let case = good("both-ways", &desk);
    let why = desk.run(&["why", text(&case), "SYA.E.2024-12-31", "--as-of", AS_OF]);
    assert_eq!(why.code, 0, "{}", why.err);
    for words in [
        "the material balance of E in SYA from 2024-01-01 to 2024-12-31: MUF 0.800 g",
        "PB  8000.000 g",
        "PIL-SYA-1:1-2",
        "RP  3000.000 g",
        "ICR-SYA-2:4-5",
        "the State's own balance of the period: MBR-SYA-1",
        "account.report  ICR-SYA-1",
    ] {
        assert!(why.out.contains(words), "{words}: {}", why.out);
    }
    let why = desk.run(&["why", text(&case), "ICR-SYA-2", "--as-of", AS_OF]);
    for words in ["feeds the balance SYA.E.2024-12-31: ", "RP by line 4-5", "LD by line 7"] {
        assert!(why.out.contains(words), "{words}: {}", why.out);
    }
    let why = desk.run(&["why", text(&case), "MBR-SYA-1", "--as-of", AS_OF]);
    assert!(why.out.contains("states the balance SYA.E.2024-12-31"), "{}", why.out);
    let unknown = desk.run(&["why", text(&case), "SYA.E.2024-12-30", "--as-of", AS_OF]);
    assert_eq!(unknown.code, 2, "{}", unknown.out);
}
