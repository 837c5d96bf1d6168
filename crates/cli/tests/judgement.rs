//! From reports and the errors of their measurements to a verdict: the worked cases of the reference sheet, a carried
//! item that cancels, rows that are wrong, and a case without errors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod harness;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use harness::{Desk, described, text};
use serde_json::Value;

const HEAD: &str = "id,mba,stratum,material,measured,entry,kmp,description,instrument,calibrated,random_rsd,systematic_rsd,source,basis\n";

/// A change of a period: code, weight in kg, batch, basis.
type Change = (&'static str, f64, &'static str, &'static str);
/// What is listed: weight in kg, batch, basis.
type Listed = (f64, &'static str, &'static str);

/// Reports of area `SYN` in natural uranium: a first listing, then for each month its changes and its listing.
fn reports(opening: &[Listed], months: &[(&[Change], &[Listed])]) -> String {
    let mut out = String::new();
    let listing = |out: &mut String, number: usize, day: &str, listed: &[Listed]| {
        writeln!(out, "001:{number}#003:{day}#010:P#015:{day}#307:SYN").unwrap();
        for (i, (weight, batch, basis)) in listed.iter().enumerate() {
            let of = listed.len();
            writeln!(
                out,
                "002:{}/{of}#407:A#430:QSPF#446:{batch}#469:{basis}#470:1#610:{weight:.6}",
                i + 1
            )
            .unwrap();
        }
    };
    listing(&mut out, 1, "20231231", opening);
    let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (m, (changes, listed)) in months.iter().enumerate() {
        let month = m + 1;
        let end = format!("2024{month:02}{:02}", days[m]);
        writeln!(out, "001:{month}#003:{end}#010:I#015:2024{month:02}01/{end}#307:SYN").unwrap();
        for (i, (code, weight, batch, basis)) in changes.iter().enumerate() {
            // A batch that comes in again is another batch.
            let batch =
                if months.len() > 1 { format!("{batch}-{month}") } else { (*batch).to_owned() };
            let side = if code.starts_with('R') { "370:XXA" } else { "372:XXB" };
            writeln!(
                out,
                "002:{}/{}#{side}#407:1#411:{code}#412:2024{month:02}{:02}#430:QSPF#446:{batch}#469:{basis}#470:1#610:{weight:.6}",
                i + 1,
                changes.len(),
                i + 2
            )
            .unwrap();
        }
        listing(&mut out, month + 1, &end, listed);
    }
    out
}

fn case(desk: &Desk, name: &str, reports: &str, errors: &str) -> PathBuf {
    let folder = desk.home.path().join(name);
    fs::create_dir_all(&folder).unwrap();
    let head = "case \"judged\" {\n  title \"Invented\"\n  declares \"SY\"\n  party \"SY\" \"Synthetic (invented)\"\n}\n";
    fs::write(folder.join("case.kdl"), head).unwrap();
    fs::write(folder.join("reports.txt"), reports).unwrap();
    if !errors.is_empty() {
        fs::write(folder.join("errors.csv"), format!("{HEAD}{errors}")).unwrap();
    }
    folder
}

/// The verdict of the one run of balances.
fn judged(desk: &Desk, folder: &Path, more: &[&str]) -> Value {
    let mut args = vec!["balance", text(folder), "--as-of", "2025-03-01", "--format", "json"];
    args.extend(more);
    let ran = desk.run(&args);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let value: Value = serde_json::from_str(&ran.out).unwrap();
    described(&value);
    value["judgements"][0].clone()
}

fn close(value: &Value, expected: f64, room: f64) {
    let value = value.as_f64().unwrap_or(f64::NAN);
    assert!((value - expected).abs() <= room, "{value}, expected {expected}");
}

/// Case 1 of the sheet: one balance, three ways in which the systematic errors may be shared.
#[test]
fn the_sigma_of_one_balance() {
    let desk = Desk::new();
    let one: [(&[Change], &[Listed]); 1] =
        [(&[("RF", 480.2, "R1", "M"), ("SF", 455.9, "S1", "M")], &[(143.1, "I2", "M")])];
    let reports = reports(&[(120.5, "I1", "M")], &one);
    let rows = |tank_days: &str, scale: &str| {
        format!(
            "e-tank,SYN,stock,N,,PIL,,,tank,{tank_days},0.004,0.002,invented,mixed\n\
             e-in,SYN,receipts,N,,RF,,,{scale},,0.003,0.0015,invented,mixed\n\
             e-out,SYN,shipments,N,,SF;SD,,,{scale},,0.003,0.0015,invented,mixed\n"
        )
    };
    for (name, tank, scale, sigma) in [
        ("independent", "2023-01-01;2024-01-15", "", 2.373_261_840_273_845_5),
        ("one tank", "", "", 2.344_018_635_271_486_2),
        ("one tank, one scale", "", "scale", 2.123_503_956_318_422_4),
    ] {
        let folder = case(&desk, &name.replace([' ', ','], "-"), &reports, &rows(tank, scale));
        let j = judged(&desk, &folder, &[]);
        close(&j["periods"][0]["muf"], 1.7, 1e-9);
        let row = &j["verdict"]["balances"][0];
        close(&row["sigma_muf"], sigma, 1e-12);
        close(&row["sitmuf"], 1.7 / sigma, 1e-12);
        close(&j["periods"][0]["limit"], 1.644_853_626_951_472_7 * sigma, 1e-9);
        // One significant quantity of natural uranium, with its source.
        close(&j["verdict"]["goal"], 10_000.0, 0.0);
        assert_eq!(j["goal_source"]["subject"], "natural uranium");
        let parts: f64 =
            j["budget"].as_array().unwrap().iter().map(|s| s["part"].as_f64().unwrap()).sum();
        assert!((parts - 1.0).abs() < 1e-12, "{parts}");
    }
    let page =
        desk.run(&["balance", text(&desk.home.path().join("one-tank")), "--as-of", "2025-03-01"]);
    for words in [
        "SYN, N, element, in kg",
        "2.344",
        "Error budget",
        "Convention: sigma-MUF from measured weights",
        "e-tank",
    ] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    let csv = desk.run(&[
        "balance",
        text(&desk.home.path().join("one-tank")),
        "--as-of",
        "2025-03-01",
        "--format",
        "csv",
    ]);
    assert!(
        csv.out.contains("SYN,2024-01-01,2024-01-31,N,sigma_MUF,2.344018635271486"),
        "{}",
        csv.out
    );
}

/// Case 2: pure inventory noise of variance 1, five balances.
#[test]
fn inventory_noise_over_five_balances() {
    let desk = Desk::new();
    let muf: [f64; 5] = [1.0, -0.5, 2.0, 0.3, 1.2];
    let names = ["A1", "A2", "A3", "A4", "A5", "A6"];
    let changes: Vec<Vec<Change>> = muf
        .iter()
        .map(|m| vec![(if *m > 0.0 { "RF" } else { "SF" }, m.abs(), "exact", "M")])
        .collect();
    let listed: Vec<Vec<Listed>> = names[1..].iter().map(|n| vec![(100.0, *n, "M")]).collect();
    let months: Vec<(&[Change], &[Listed])> =
        changes.iter().zip(&listed).map(|(c, l)| (c.as_slice(), l.as_slice())).collect();
    let folder = case(
        &desk,
        "noise",
        &reports(&[(100.0, "A1", "M")], &months),
        "e-inv,SYN,stock,N,,PIL,,,,,0.01,0,invented,mixed\ne-flow,SYN,flow,N,,RF;SF,,,,,0,0,invented,mixed\n",
    );
    let j = judged(&desk, &folder, &[]);
    let expected = [
        std::f64::consts::FRAC_1_SQRT_2,
        0.0,
        1.732_050_807_568_877_2,
        1.609_968_943_799_85,
        2.409_979_253_022_73,
    ];
    for (i, z) in expected.into_iter().enumerate() {
        let row = &j["verdict"]["balances"][i];
        close(&row["sitmuf"], z, 1e-12);
        let pivot = (i as f64 + 2.0) / (i as f64 + 1.0);
        close(&row["itmuf"], z * pivot.sqrt(), 1e-12);
        close(&row["sigma_cumuf"], 2.0_f64.sqrt(), 1e-12);
    }
    // Errors of 0 % are told, and the row stays.
    let check = desk.run(&["check", text(&folder), "--as-of", "2025-03-01"]);
    assert!(check.out.contains("A243") && check.out.contains("errors.csv:3"), "{}", check.out);
}

/// Case 3 (Avenhaus and Jaech): the worst pattern of loss, and that more balances do not help against it.
#[test]
fn the_loss_that_is_hardest_to_see() {
    let desk = Desk::new();
    for n in [1_usize, 2, 4, 12] {
        // σ of each inventory 0.5; the throughput's variances add up to 0.09.
        let flow = 0.3 / (n as f64).sqrt() / 0.01;
        let changes: Vec<Vec<Change>> =
            (0..n).map(|_| vec![("RF", flow, "in", "M"), ("SF", flow, "out", "M")]).collect();
        let listed: Vec<Vec<Listed>> = (0..n).map(|_| vec![(50.0, "stock", "M")]).collect();
        let months: Vec<(&[Change], &[Listed])> =
            changes.iter().zip(&listed).map(|(c, l)| (c.as_slice(), l.as_slice())).collect();
        let folder = case(
            &desk,
            &format!("worst-{n}"),
            &reports(&[(50.0, "stock", "M")], &months),
            "e-inv,SYN,stock,N,,PIL,,,,,0.01,0,invented,mixed\n\
             e-in,SYN,receipts,N,,RF,,,,,0.01,0,invented,mixed\n\
             e-out,SYN,shipments,N,,SF,,,,,0,0,invented,mixed\n",
        );
        let j = judged(&desk, &folder, &["--goal", "2"]);
        assert!(j.get("goal_source").is_none());
        let of = |name: &str| {
            let patterns = j["verdict"]["detection"].as_array().unwrap().clone();
            patterns.into_iter().find(|p| p["name"].as_str().unwrap().starts_with(name))
        };
        let named = if n == 1 { "abrupt" } else { "worst" };
        let worst = of(named).unwrap();
        close(&worst["cumuf"], 0.831_201_632_674_133_2, 1e-7);
        close(&worst["best"], 0.831_201_632_674_133_2, 1e-7);
        if n == 4 {
            let loss: Vec<f64> =
                worst["loss"].as_array().unwrap().iter().map(|l| l.as_f64().unwrap()).collect();
            for (u, expected) in loss.iter().zip([0.9237, 0.0763, 0.0763, 0.9237]) {
                assert!((u - expected).abs() < 1e-3, "{loss:?}");
            }
            close(&of("protracted").unwrap()["best"], 0.885_359_276_818, 1e-6);
            // Half the errors of the stock leave 0.25 of its variance: sigma² = 0.5·0.25 + 0.09.
            let better = j["better"].as_array().unwrap();
            let stock = better.iter().find(|b| b["stratum"] == "stock").unwrap();
            close(&stock["sigma_then"], (0.125_f64 + 0.09).sqrt(), 1e-7);
        }
    }
}

/// An item received and listed unmeasured cancels, also when it was rebatched; one measured anew does not.
#[test]
fn what_was_never_measured_again_cancels() {
    let desk = Desk::new();
    let errors = "e-all,SYN,scale,N,,,,,,,0.01,0,invented,mixed\n";
    let sigma = |name: &str, changes: &[Change], listed: &[Listed]| {
        let months: [(&[Change], &[Listed]); 1] = [(changes, listed)];
        let folder = case(&desk, name, &reports(&[(100.0, "I1", "M")], &months), errors);
        let j = judged(&desk, &folder, &[]);
        j["verdict"]["balances"][0]["sigma_muf"].as_f64().unwrap()
    };
    let in_out: [Change; 2] = [("RF", 50.0, "R1", "N"), ("SF", 100.0, "I1", "T")];
    assert!(sigma("carried", &in_out, &[(50.0, "R1", "L")]).abs() < 1e-12);
    let anew = sigma("anew", &in_out, &[(50.0, "R1", "M")]);
    assert!((anew - 50.0_f64.hypot(50.0) * 0.01).abs() < 1e-9, "{anew}");
    let split: [Change; 5] = [
        ("RF", 50.0, "R1", "N"),
        ("SF", 100.0, "I1", "T"),
        ("RM", 50.0, "R1", "M"),
        ("RP", 20.0, "R2", "M"),
        ("RP", 30.0, "R3", "M"),
    ];
    // The days of the test's changes differ, and rebatching balances by the day.
    let reports =
        reports(&[(100.0, "I1", "M")], &[(&split, &[(20.0, "R2", "T"), (30.0, "R3", "T")])])
            .replace("#412:20240105", "#412:20240104")
            .replace("#412:20240106", "#412:20240104");
    let folder = case(&desk, "split", &reports, errors);
    let j = judged(&desk, &folder, &[]);
    assert!(j["verdict"]["balances"][0]["sigma_muf"].as_f64().unwrap().abs() < 1e-9, "{j}");
    assert!(j["verdict"]["singular_at"] == 1);
    let page = desk.run(&["open", text(&folder), "--print", "--as-of", "2025-03-01"]);
    assert!(page.out.contains("rests on no measurement"), "{}", page.out);
}

/// No errors, none for this category, a line none fits, and two that fit alike: no sigma, and why.
#[test]
fn without_errors_nothing_is_said() {
    let desk = Desk::new();
    let one: [(&[Change], &[Listed]); 1] =
        [(&[("RF", 480.2, "R1", "M"), ("SF", 455.9, "S1", "M")], &[(143.1, "I2", "M")])];
    let reports = reports(&[(120.5, "I1", "M")], &one);
    let stock = "e-1,SYN,stock,N,,PIL,,,,,0.004,0.002,invented,mixed\n";
    for (name, errors, why) in [
        ("none", String::new(), "no errors.csv"),
        (
            "other",
            "e-1,SYN,stock,P,,,,,,,0.004,0.002,invented,mixed\n".to_owned(),
            "no row for element of N",
        ),
        ("half", stock.to_owned(), "no row that fits RF at KMP 1 of QSPF, SF at KMP 1 of QSPF"),
        (
            "twice",
            format!("{stock}{}", stock.replace("e-1", "e-2")),
            "rows e-1 and e-2 of errors.csv both fit PIL",
        ),
    ] {
        let folder = case(&desk, name, &reports, &errors);
        let j = judged(&desk, &folder, &[]);
        assert!(j["no_sigma"].as_str().unwrap().contains(why), "{name}: {j}");
        assert!(j.get("verdict").is_none() && j["budget"].as_array().unwrap().is_empty());
        let page = desk.run(&["balance", text(&folder), "--as-of", "2025-03-01"]);
        assert!(page.out.contains("SYN, N, element: no sigma: "), "{}", page.out);
        let open = desk.run(&["status", text(&folder), "--as-of", "2025-03-01"]);
        assert!(open.out.contains("no sigma"), "{}", open.out);
    }
}

/// Every mistake of errors.csv has its place and says what to do.
#[test]
fn mistakes_in_the_table_of_errors() {
    let desk = Desk::new();
    let one: [(&[Change], &[Listed]); 1] =
        [(&[("RF", 480.2, "R1", "M"), ("SF", 455.9, "S1", "M")], &[(143.1, "I2", "M")])];
    let reports = reports(&[(120.5, "I1", "M")], &one);
    for (name, row, code, words) in [
        (
            "comma",
            "e-1,SYN,all,N,,,,,,,\"0,004\",0.002,invented,mixed\n",
            "I012",
            "is not a plain number",
        ),
        ("percent", "e-1,SYN,all,N,,,,,,,0.4%,0.002,invented,mixed\n", "A240", "write 0.004"),
        ("negative", "e-1,SYN,all,N,,,,,,,-0.004,0.002,invented,mixed\n", "A209", "negative"),
        (
            "large",
            "e-1,SYN,all,N,,,,,,,4,0.002,invented,mixed\n",
            "A209",
            "400 % of what is measured",
        ),
        ("empty", "e-1,SYN,all,N,,,,,,,,0.002,invented,mixed\n", "I010", "`random_rsd` is empty"),
        (
            "weight",
            "e-1,SYN,all,N,mass,,,,,,0.004,0.002,invented,mixed\n",
            "A242",
            "no weight of a line",
        ),
        ("days", "e-1,SYN,all,N,,,,,,2024,0.004,0.002,invented,mixed\n", "A241", "not a day"),
        (
            "order",
            "e-1,SYN,all,N,,,,,,2024-07-01;2024-01-01,0.004,0.002,invented,mixed\n",
            "A241",
            "in their order",
        ),
        (
            "zero",
            "e-1,SYN,all,N,,,,,,,0,0,invented,mixed\n",
            "A243",
            "no instrument measures without error",
        ),
        (
            "area",
            "e-1,SYM,all,N,,,,,,,0.004,0.002,invented,mixed\n",
            "A244",
            "no report is of an area `SYM`; there are: SYN",
        ),
        (
            "category",
            "e-1,SYN,all,P,,,,,,,0.004,0.002,invented,mixed\n",
            "A244",
            "no line of SYN is of category P",
        ),
        (
            "filter",
            "e-1,SYN,all,N,,RD,,,,,0.004,0.002,invented,mixed\n",
            "A244",
            "passes its filters",
        ),
        (
            "odds",
            "e-1,SYN,in,N,,RF,,,scale,2024-01-01,0.004,0.002,invented,mixed\ne-2,SYN,out,N,,SF,,,scale,,0.004,0.002,invented,mixed\n",
            "A245",
            "calibrated on other days according to e-1",
        ),
        ("misses", "e-1,SYN,in,N,,RF,,,,,0.004,0.002,invented,mixed\n", "A246", "no row that fits"),
    ] {
        let folder = case(&desk, name, &reports, row);
        let check = desk.run(&["check", text(&folder), "--as-of", "2025-03-01", "--format", "csv"]);
        let told = check.out.lines().find(|l| l.contains(&format!(",{code},")));
        let told = told.unwrap_or_else(|| panic!("{name}: {}", check.out));
        assert!(told.starts_with("errors.csv,") && told.contains(words), "{name}: {told}");
    }
}

/// The rows are statements of the case: `why` shows one, and a corrected one is a correction.
#[test]
fn a_row_of_errors_is_kept_with_its_history() {
    let desk = Desk::new();
    let one: [(&[Change], &[Listed]); 1] = [(&[("RF", 23.0, "R1", "M")], &[(143.1, "I2", "M")])];
    let rows = "e-all,SYN,scale,N,,,,,,,0.004,0.002,State's own records of 2024,seen\n";
    let folder = case(&desk, "kept", &reports(&[(120.5, "I1", "M")], &one), rows);
    let open = desk.run(&["open", text(&folder), "--print", "--as-of", "2025-03-01"]);
    assert_eq!(open.code, 0, "{}", open.err);
    let errors = folder.join("errors.csv");
    fs::write(&errors, fs::read_to_string(&errors).unwrap().replace("0.004", "0.003")).unwrap();
    let again = desk.run(&["open", text(&folder), "--print", "--as-of", "2025-03-01"]);
    assert!(again.out.contains("recorded 1"), "{}", again.out);
    let why = desk.run(&["why", text(&folder), "e-all"]);
    for words in [
        "how well a stratum of an area is measured",
        "State's own records of 2024",
        "account.errors",
        "errors.csv:2",
    ] {
        assert!(why.out.contains(words), "{words}: {}", why.out);
    }
    assert_eq!(why.out.matches("account.errors").count(), 2, "{}", why.out);
}
