//! The command line as a user meets it: the real cases, changes, and everything that can be wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod harness;

use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{Desk, described, text};

const CASE: &[u8] = b"case \"t\" {\n    title \"Test\"\n    region south=37.5 north=43.1 west=124.0 east=131.0\n}\n";
const HEAD: &str = "id,name,variants,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n";
const ROW: &str =
    "o-1,Kangson,,38.957,125.611,300,enrichment,operating,2018-07-13,The Diplomat,B,3,,seen\n";

fn observations(rows: &str) -> Vec<u8> {
    format!("{HEAD}{rows}").into_bytes()
}

#[test]
fn the_main_job_on_the_three_cases() {
    let desk = Desk::new();
    for (name, size) in [("dprk", 218), ("six-party", 90), ("jcpoa", 168)] {
        let case = desk.case(name);
        let first = desk.run(&["open", text(&case), "--print"]);
        assert_eq!(first.code, 0, "{}", first.err);
        assert!(first.out.contains(&format!("recorded {} statements", size - 1)), "{}", first.out);
        let wide: Vec<&str> = first
            .out
            .lines()
            .filter(|l| l.chars().count() > 100 && !l.contains(text(&case)))
            .collect();
        assert!(wide.is_empty(), "too wide: {wide:#?}");
        let again = desk.run(&["open", text(&case), "--print"]);
        assert!(
            again.out.contains(&format!("nothing new: all {} statements", size - 1)),
            "{}",
            again.out
        );
        let verified = desk.json(&["ledger", "verify", text(&case)]);
        assert_eq!((verified["ok"].as_bool(), verified["size"].as_u64()), (Some(true), Some(size)));
        assert_eq!(desk.run(&["check", text(&case)]).code, 0);
    }
}

#[test]
fn every_reading_command_speaks_json_and_csv() {
    let desk = Desk::new();
    let case = desk.case("dprk");
    desk.run(&["open", text(&case)]);
    let case = text(&case);
    let commands: &[&[&str]] = &[
        &["open", case],
        &["status", case],
        &["check", case],
        &["crosscheck", case],
        &["figures", case],
        &["roadmap", "status", case],
        &["why", case, "d92-200"],
        &["ledger", "show", case, "7"],
        &["ledger", "verify", case],
        &["ledger", "proof", case, "7"],
        &["ledger", "attachments", case],
        &["ledger", "find", case, "DPRK"],
    ];
    for command in commands {
        let value = desk.json(command);
        described(&value);
    }
    let csv = desk.run(&["crosscheck", case, "--format", "csv"]).out;
    assert!(csv.starts_with("observation_id,entity,verdict,probability,weight_db\n"));
    assert_eq!(csv.lines().count(), 71);
}

#[test]
fn a_map_comes_back_as_it_went_and_is_coarse_unless_told() {
    let desk = Desk::new();
    let source = desk.case("dprk");
    for format in ["geojson", "kml", "kmz"] {
        let file = desk.home.path().join(format!("m.{format}"));
        let args = ["map", text(&source), "--format", format, "--exact", "-o", text(&file)];
        assert_eq!(desk.run(&args).code, 0);
        // Only the observations: a declared site is no observation.
        let root = desk.home.path().join(format!("back-{format}"));
        fs::create_dir_all(&root).unwrap();
        fs::copy(&file, root.join(format!("m.{format}"))).unwrap();
        fs::write(root.join("case.kdl"), CASE).unwrap();
        let back = desk.json(&["crosscheck", text(&root)]);
        let seen = |value: &serde_json::Value, id: &str| {
            let rows = value["observations"].as_array().unwrap();
            rows.iter().any(|r| r["observation"] == id)
        };
        assert!(seen(&back, "o-035") && seen(&back, "o-058"), "{format}");
    }
    let coarse = desk.run(&["map", text(&source), "--format", "geojson"]).out;
    assert!(!coarse.contains("125.611") && coarse.contains("125.65"), "{coarse}");
    let exact = desk.run(&["map", text(&source), "--format", "geojson", "--exact"]).out;
    assert!(exact.contains("125.611"));
    assert_eq!(desk.run(&["map", text(&source), "--format", "kmz"]).code, 2);
}

#[test]
fn private_evidence_stays_home_and_what_it_changes_is_shown() {
    let desk = Desk::new();
    let shared = desk.case("dprk");
    let own = desk.folder(&[
        ("case.kdl", b"case \"dprk\" {\n}\n"),
        (
            "o.csv",
            &observations(
                "p-1,Kangson,,38.957,125.611,100,enrichment,operating,2024-05,SECRETIVE,A,1,,seen\n",
            ),
        ),
    ]);
    let with = desk.json(&["crosscheck", text(&shared), "--private", text(&own)]);
    described(&with);
    let shifts = with["private"]["shifts"].as_array().unwrap();
    assert_eq!(shifts.len(), 1, "{shifts:#?}");
    let shift = &shifts[0];
    assert_eq!(
        (shift["entity"].as_str(), shift["without"]["verdict"].as_str()),
        (Some("o-035"), Some("contested"))
    );
    assert_eq!(shift["with"]["verdict"], "seen_not_declared");
    assert!(shift["with"]["probability"].as_f64() > shift["without"]["probability"].as_f64());
    // The request names no source.
    let looks = with["looks"].to_string();
    assert!(looks.contains("o-035") && !looks.contains("SECRETIVE"));
    let page = desk.run(&["crosscheck", text(&shared), "--private", text(&own)]).out;
    assert!(page.contains("With and without 1 private observation"), "{page}");
    // Nothing of it is kept.
    let after = desk.run(&["crosscheck", text(&shared), "--format", "json"]).out;
    assert!(!after.contains("p-1") && !shared.join(".lockstep").exists());
    let other = desk.folder(&[("case.kdl", b"case \"x\" {\n}\n"), ("o.csv", &observations(ROW))]);
    assert_eq!(desk.run(&["crosscheck", text(&shared), "--private", text(&other)]).code, 2);
}

#[test]
fn a_case_chooses_what_grades_weigh() {
    let desk = Desk::new();
    let evidence = |node: &str| format!("case \"t\" {{\n    {node}\n}}\n").into_bytes();
    let row = ROW.replace(",B,3,", ",B,2,");
    let probability = |node: &str| {
        let root = desk.folder(&[("case.kdl", &evidence(node)), ("o.csv", &observations(&row))]);
        desk.json(&["crosscheck", text(&root)])["observations"][0]["probability"].as_f64().unwrap()
    };
    assert_eq!(probability(""), 0.7);
    assert_eq!(
        probability("evidence {\n grade \"B2\" p=\"0.8\" low=\"0.7\" high=\"0.9\"\n }"),
        0.8
    );
    assert_eq!(probability("evidence {\n grade \"2\" p=\"0.6\"\n }"), 0.6);
    for (node, words) in [
        ("evidence {\n grade \"F2\" p=\"0.8\"\n }", "`F2` is not a grade"),
        ("evidence {\n grade \"B2\" p=\"0.8\" low=\"0.9\"\n }", "low ≤ p ≤ high"),
        ("evidence cap-bits=-1", "`cap-bits` lies between"),
    ] {
        let root = desk.folder(&[("case.kdl", &evidence(node)), ("o.csv", &observations(&row))]);
        let ran = desk.run(&["check", text(&root)]);
        assert!(ran.code == 1 && ran.out.contains(words), "{}", ran.out);
    }
}

#[test]
fn reading_needs_no_ledger_and_makes_none() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    let status = desk.json(&["roadmap", "status", text(&case), "--as-of", "2008-06-30"]);
    let slip = |id: &str| {
        let steps = status["steps"].as_array().unwrap();
        steps.iter().find(|s| s["id"] == id).unwrap()["slip_days"].as_i64()
    };
    assert_eq!((slip("ia-1"), slip("ia-2"), slip("decl")), (Some(92), Some(91), Some(178)));
    assert!(!case.join(".lockstep").exists());
    let ran = desk.run(&["ledger", "verify", text(&case)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("lockstep open"), "{}", ran.err);
}

#[test]
fn a_changed_row_is_a_correction_and_a_removed_one_stays() {
    let desk = Desk::new();
    let other = ROW.replace("o-1,Kangson", "o-2,Wollo-ri");
    let root =
        desk.folder(&[("case.kdl", CASE), ("o.csv", &observations(&format!("{ROW}{other}")))]);
    let root = text(&root).to_owned();
    assert!(desk.run(&["open", &root]).out.contains("recorded 2 statements"));
    let file = Path::new(&root).join("o.csv");

    fs::write(&file, observations(&format!("{}{other}", ROW.replace("operating", "abandoned"))))
        .unwrap();
    let status = desk.run(&["status", &root]);
    assert!(status.err.contains("1 statements of the folder are new or changed"), "{}", status.err);
    let changed = desk.run(&["open", &root]).out;
    assert!(
        changed.contains("recorded 1 new statement, 1 were there already (1 correction)"),
        "{changed}"
    );
    let why = desk.json(&["why", &root, "o-1"]);
    assert_eq!(why["statements"].as_array().unwrap().len(), 2, "the history is kept");

    // Put back as it was: a correction again, and then nothing.
    fs::write(&file, observations(&format!("{ROW}{other}"))).unwrap();
    assert!(desk.run(&["open", &root]).out.contains("(1 correction)"));
    assert!(desk.run(&["open", &root]).out.contains("nothing new"));

    fs::write(&file, observations(ROW)).unwrap();
    assert!(
        desk.run(&["open", &root])
            .out
            .contains("1 object recorded before are no longer in the folder")
    );
    assert_eq!(desk.json(&["ledger", "verify", &root])["ok"], true);
}

#[test]
fn whatever_is_wrong_with_a_folder_is_said_and_the_rest_is_recorded() {
    let desk = Desk::new();
    let bad = "o-2,Bad,,38.9,125.6,300,enrichment,operating,2008-02-30,AP,B,3,,seen\n";
    let latin: Vec<u8> =
        [HEAD.as_bytes(), &ROW.replace("Kangson", "K#ngson").into_bytes()].concat();
    let latin: Vec<u8> = latin.into_iter().map(|b| if b == b'#' { 0xe4 } else { b }).collect();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(HEAD.bytes().flat_map(|b| [b, 0])).collect();
    let crlf = observations(&format!("{ROW}{bad}"))
        .iter()
        .flat_map(|b| if *b == b'\n' { vec![b'\r', b'\n'] } else { vec![*b] })
        .collect();
    let bom = [b"\xef\xbb\xbf".as_slice(), &observations(ROW)].concat();
    let huge = observations(&ROW.replace("The Diplomat", &"x".repeat(50 << 20)));
    // (files, exit status, what is said, statements recorded)
    type Folder = Vec<(&'static str, Vec<u8>)>;
    let cases: Vec<(Folder, i32, &str, usize)> = vec![
        (vec![], 1, "the folder is empty", 0),
        (vec![("o.csv", observations(ROW))], 1, "no case.kdl", 0),
        (vec![("case.kdl", b"case \"t\" {".to_vec())], 1, "never closed", 0),
        (vec![("case.kdl", b"case \"t\" { titel \"x\" }".to_vec())], 1, "did you mean `title`", 0),
        (vec![("case.kdl", b"\xff\xfe".to_vec())], 1, "UTF-8", 0),
        (
            vec![("case.kdl", CASE.to_vec()), ("o.csv", observations(&format!("{ROW}{bad}")))],
            1,
            "2008-02-30",
            1,
        ),
        (vec![("case.kdl", CASE.to_vec()), ("o.csv", crlf)], 1, "o.csv:3:", 1),
        (vec![("case.kdl", CASE.to_vec()), ("o.csv", bom)], 0, "no mistakes", 1),
        (vec![("case.kdl", CASE.to_vec()), ("o.csv", latin)], 1, "line 2, column 6", 0),
        (vec![("case.kdl", CASE.to_vec()), ("o.csv", utf16)], 1, "UTF-16", 0),
        (vec![("case.kdl", CASE.to_vec()), ("o.csv", huge)], 1, "a cell of 52428800 bytes", 0),
        (
            vec![("case.kdl", CASE.to_vec()), ("o.csv", observations(&format!("{ROW}{ROW}")))],
            1,
            "the id `o-1` is used twice; first at o.csv line 2",
            1,
        ),
        (
            vec![
                ("case.kdl", CASE.to_vec()),
                ("o.csv", observations(&ROW.replace("125.611", "-125.611"))),
            ],
            1,
            "W for E",
            0,
        ),
        (
            vec![("case.kdl", CASE.to_vec()), ("o.csv", observations("o-1,\"Kang\n"))],
            1,
            "a quoted cell is never closed",
            0,
        ),
        (
            vec![("case.kdl", CASE.to_vec()), ("o.csv", observations("o-1,Kangson\n"))],
            1,
            "the row has 2 cells and the table 14 columns",
            0,
        ),
        (
            vec![
                ("case.kdl", CASE.to_vec()),
                ("o.csv", observations(ROW).iter().copied().skip(3).collect()),
            ],
            1,
            "without `id`",
            0,
        ),
        (
            vec![("case.kdl", CASE.to_vec()), ("o.csv", b"a,b\n1,2\n".to_vec())],
            1,
            "no known shape",
            0,
        ),
        (vec![("case.kdl", CASE.to_vec()), ("o.csv", vec![])], 0, "the table is empty", 0),
        (
            vec![("case.kdl", CASE.to_vec()), ("o.docx", vec![1])],
            0,
            "this kind of file is not read",
            0,
        ),
        (
            vec![
                ("case.kdl", CASE.to_vec()),
                ("roadmap.kdl", b"step \"a\" { by \"X\"; due 2008-01-01; }".to_vec()),
            ],
            1,
            "dates go in quotes",
            0,
        ),
    ];
    for (files, code, said, recorded) in cases {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (*n, b.as_slice())).collect();
        let root = desk.folder(&files);
        let check = desk.run(&["check", text(&root)]);
        assert_eq!(check.code, code, "{said}: {}{}", check.out, check.err);
        let told = check.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(said), "`{said}` is not in: {}", &told[..told.len().min(3000)]);
        assert!(!root.join(".lockstep").exists(), "check changes nothing");
        let open = desk.run(&["open", text(&root)]);
        assert_eq!(open.code, code, "{said}: {}{}", open.out, open.err);
        if root.join(".lockstep").exists() {
            let size = desk.json(&["ledger", "verify", text(&root)])["size"].as_u64().unwrap();
            assert_eq!(size, recorded as u64 + 1, "{said}");
        } else {
            assert_eq!(recorded, 0, "{said}");
        }
        // The keys of this ledger stay; the folder and its ledger are made anew.
    }
}

#[test]
fn wrong_calls_exit_with_2() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    let case = text(&case);
    for (args, said) in [
        (vec!["open", "/nowhere"], "there is no folder"),
        (vec!["opne", case], "unrecognized"),
        (vec!["status", case, "--as-of", "yesterday"], "is not a date"),
        (vec!["status", case, "--as-of", "2008-06"], "not one day"),
        (vec!["status", case, "--format", "xml"], "possible values"),
        (vec!["why", case, "ia-9"], "did you mean `ia-1`"),
        (vec!["ledger", "show", case, "x"], "not the number of an entry"),
    ] {
        let ran = desk.run(&args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
    desk.run(&["open", case]);
    let ran = desk.run(&["ledger", "show", case, "1000"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("90 entries"), "{}", ran.err);
    assert_eq!(desk.run(&["--help"]).code, 0);
}

#[test]
fn a_damaged_ledger_is_named_and_never_overwritten() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    let file = case.join(".lockstep/ledger.sqlite");
    desk.run(&["open", text(&case)]);
    let good = fs::read(&file).unwrap();

    let sql = "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'DPRK', 'DPRX') AS BLOB) WHERE idx = 41";
    rusqlite::Connection::open(&file).unwrap().execute_batch(sql).unwrap();
    let verify = desk.json(&["ledger", "verify", text(&case)]);
    assert_eq!((verify["ok"].as_bool(), verify["first_wrong"].as_u64()), (Some(false), Some(41)));
    let open = desk.run(&["open", text(&case)]);
    assert_eq!(open.code, 1);
    assert!(open.err.contains("entry 41 is not the one that was committed"), "{}", open.err);

    for (bytes, said) in [
        (good[..good.len() / 2].to_vec(), ""),
        (good[..100].to_vec(), ""),
        (vec![b'x'; 5000], "not a ledger"),
        (vec![], "not a ledger"),
    ] {
        fs::write(&file, &bytes).unwrap();
        let open = desk.run(&["open", text(&case)]);
        assert_eq!(open.code, 1, "{}", open.out);
        assert!(open.err.starts_with("error: ") && open.err.contains(said), "{}", open.err);
        assert_eq!(fs::read(&file).unwrap(), bytes, "the damaged file was changed");
    }
    fs::write(&file, &good).unwrap();
    assert!(desk.run(&["open", text(&case)]).out.contains("nothing new"));
}

#[test]
fn the_ledger_of_another_case_is_not_used() {
    let desk = Desk::new();
    let (six, jcpoa) = (desk.case("six-party"), desk.case("jcpoa"));
    desk.run(&["open", text(&six)]);
    let ledger = six.join(".lockstep/ledger.sqlite");
    for command in ["open", "status"] {
        let ran = desk.run(&[command, text(&jcpoa), "--ledger", text(&ledger)]);
        assert_eq!(ran.code, 1);
        assert!(
            ran.err.contains("this is the ledger of the case `six-party`, not of `jcpoa`"),
            "{}",
            ran.err
        );
    }
    // On another machine, without the log's key, it can be read and not continued.
    let other = Desk::new();
    assert_eq!(other.run(&["status", text(&six)]).code, 0);
    let ran = other.run(&["open", text(&six)]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("private key is not on this machine"), "{}", ran.err);
}

#[test]
fn two_at_once_record_everything_once() {
    let desk = Desk::new();
    let rows: String =
        (0..3000).map(|i| ROW.replace("o-1,Kangson", &format!("o-{i},Place {i}"))).collect();
    let root = desk.folder(&[("case.kdl", CASE), ("o.csv", &observations(&rows))]);
    let children: Vec<_> = (0..3)
        .map(|_| {
            desk.command(&["open", text(&root)])
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let verify = desk.json(&["ledger", "verify", text(&root)]);
    assert_eq!((verify["ok"].as_bool(), verify["size"].as_u64()), (Some(true), Some(3001)));
}

#[test]
fn places_that_cannot_be_written_say_so() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    // A path below a file can be made by nobody, not even root.
    let below_a_file = case.join("case.kdl/ledger.sqlite");
    let ran = desk.run(&["open", text(&case), "--ledger", text(&below_a_file)]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("case.kdl"), "{}", ran.err);
    // /sys holds no files of ours; where it does not exist, there is nothing to test.
    if Path::new("/sys/kernel").exists() {
        let ran = desk.run(&["open", text(&case), "--ledger", "/sys/kernel/ledger.sqlite"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("--ledger FILE"), "{}", ran.err);
    }
}

/// A disk of 300 kB, where the system lets us have one (as root).
#[test]
fn a_full_disk_loses_nothing_recorded() {
    let desk = Desk::new();
    let disk = desk.home.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=300k", "tmpfs", text(&disk)])
        .output();
    if !mounted.is_ok_and(|o| o.status.success()) {
        // Said on standard error, so that nobody takes the silence for a test.
        eprintln!("skipped: no small disk can be mounted here");
        return;
    }
    let ledger = disk.join("ledger.sqlite");
    let small = desk.folder(&[("case.kdl", CASE), ("o.csv", &observations(ROW))]);
    let first = desk.run(&["open", text(&small), "--ledger", text(&ledger)]);
    let rows: String =
        (0..3000).map(|i| ROW.replace("o-1,Kangson", &format!("p-{i},Place {i}"))).collect();
    let large = desk.folder(&[("case.kdl", CASE), ("o.csv", &observations(&rows))]);
    let second = desk.run(&["open", text(&large), "--ledger", text(&ledger)]);
    let verify = desk.run(&["ledger", "verify", text(&large), "--ledger", text(&ledger)]);
    Command::new("umount").arg(&disk).status().unwrap();
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(second.code, 1, "{}", second.out);
    assert!(second.err.contains("is full"), "{}", second.err);
    assert_eq!(verify.code, 0, "{}{}", verify.out, verify.err);
    assert!(verify.out.contains("2 entries"), "{}", verify.out);
}

#[test]
fn the_log_before_others() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    assert_eq!(desk.run(&["open", text(&case)]).code, 0);
    let out = desk.home.path().join("out");
    let exported = desk.run(&["ledger", "export", text(&case), text(&out)]);
    assert!(exported.out.contains("90 entries"), "{}{}", exported.out, exported.err);
    let keys = fs::read_to_string(out.join("log.vkey")).unwrap();
    assert_eq!(keys.lines().count(), 2, "Ed25519 and ML-DSA-44");
    let key = keys.lines().next().unwrap();

    let state = desk.home.path().join("state.json");
    let audit = ["ledger", "audit", text(&out), "--key", key, "--state", text(&state)];
    let first = desk.json(&audit);
    described(&first);
    assert_eq!(
        (&first["ok"], &first["checked"], &first["key_on_trust"]),
        (&true.into(), &90.into(), &false.into())
    );
    let without = desk.run(&["ledger", "audit", text(&out)]);
    assert!(without.err.contains("taken from the log itself"), "{}", without.err);
    // A hidden change: one byte of one entry.
    let bundle = out.join("tile/entries/000.p/90");
    let good = fs::read(&bundle).unwrap();
    let mut bad = good.clone();
    bad[100] ^= 1;
    fs::write(&bundle, bad).unwrap();
    let wrong = desk.json(&audit);
    described(&wrong);
    assert_eq!((&wrong["ok"], &wrong["first_wrong"]), (&false.into(), &0.into()));
    fs::remove_file(&bundle).unwrap();
    let missing = desk.run(&audit);
    assert_eq!(
        (missing.code, missing.out.as_str()),
        (1, "WRONG: tile/entries/000.p/90: it is missing\n")
    );
    fs::write(&bundle, good).unwrap();
    fs::write(&state, "{").unwrap();
    assert_eq!(desk.run(&audit).code, 2, "a state file that is none");

    // A proof on its own, with a policy from elsewhere.
    let (proof, page) = (desk.home.path().join("5.tlog-proof"), desk.home.path().join("5.html"));
    let written =
        desk.run(&["ledger", "proof", text(&case), "5", "-o", text(&proof), "--page", text(&page)]);
    assert_eq!(written.code, 0, "{}", written.err);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("Entry 5 of lockstep.local/six-party") && !html.contains("<script"));
    let policy = desk.home.path().join("p.policy");
    fs::write(&policy, format!("log {key}\nquorum none\n")).unwrap();
    let verify = ["ledger", "verify-proof", text(&proof), "--policy", text(&policy)];
    let proved = desk.json(&verify);
    described(&proved);
    assert_eq!(
        (&proved["ok"], &proved["index"], &proved["size"]),
        (&true.into(), &5.into(), &90.into())
    );
    let changed = fs::read_to_string(&proof).unwrap().replacen("index 5", "index 6", 1);
    fs::write(&proof, changed).unwrap();
    let not = desk.json(&verify);
    described(&not);
    assert_eq!(not["ok"], false);
    fs::write(&policy, "quorum nobody\n").unwrap();
    let ran = desk.run(&verify);
    assert!(ran.code == 2 && ran.err.contains("line 1: `nobody` is not defined"), "{}", ran.err);
}

/// A server that is stopped at the end of the test.
struct Server(std::process::Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server on a free port and returns the address it tells.
fn server(desk: &Desk, args: &[&str]) -> (Server, String) {
    use std::io::BufRead;
    let mut child = desk
        .command(&[args, &["--listen", "127.0.0.1:0"]].concat())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
    let told = lines.by_ref().map(Result::unwrap).find(|l| l.contains("http://"));
    let told = told.expect("it did not serve");
    let at = told.split("http://").nth(1).unwrap();
    let address = at.split(['/', '\n']).next().unwrap();
    (Server(child), format!("http://{address}"))
}

#[test]
fn witnesses_cosign_and_who_does_not_is_named() {
    let desk = Desk::new();
    let root = desk.folder(&[("case.kdl", CASE), ("o.csv", &observations(ROW))]);
    assert_eq!(desk.run(&["open", text(&root)]).code, 0);
    let out = desk.home.path().join("out");
    desk.run(&["ledger", "export", text(&root), text(&out)]);
    let keys = fs::read_to_string(out.join("log.vkey")).unwrap();
    let log = keys.lines().next().unwrap();
    let origin = log.split('+').next().unwrap();

    let store = desk.home.path().join("witness.sqlite");
    let follow = format!("{origin}={log}");
    let run = ["witness", "--log", &follow, "--database-url", text(&store), "--name", "w.example"];
    let (witness, at) = server(&desk, &run);
    let folder = desk.home.path().join("keys");
    let vkey = |kind: &str| {
        let file = folder.join(format!("witness.w.example.{kind}.key"));
        let key = fs::read_to_string(file).unwrap();
        tlog::cosignature::CosignerKey::from_private_text(&key).unwrap().cosigner().to_string()
    };
    let absent = tlog::cosignature::CosignerKey::generate(
        "gone.example",
        tlog::cosignature::Algorithm::MlDsa44,
    )
    .unwrap();
    let policy = format!(
        "log {log}\nwitness IAEA {} {at}\nwitness US {} http://127.0.0.1:1\ngroup two any IAEA US\nquorum two\n",
        vkey("mldsa"),
        absent.cosigner()
    );
    fs::write(root.join("witnesses.policy"), &policy).unwrap();
    let ran = desk.run(&["open", text(&root)]);
    assert!(ran.err.contains("witness US has not cosigned: no answer"), "{}", ran.err);
    assert!(
        ran.err.contains("cosigned by IAEA; the quorum of witnesses.policy is met"),
        "{}",
        ran.err
    );

    // The proof carries the cosignature, and another quorum is not met.
    let proof = desk.home.path().join("1.tlog-proof");
    desk.run(&["ledger", "proof", text(&root), "1", "-o", text(&proof)]);
    let file = desk.home.path().join("p.policy");
    fs::write(&file, &policy).unwrap();
    let verify = ["ledger", "verify-proof", text(&proof), "--policy", text(&file)];
    let proved = desk.json(&verify);
    assert_eq!(proved["witnesses"][0]["name"], "IAEA");
    assert!(proved["proved_by"].is_string());
    fs::write(&file, policy.replace("two any", "two all")).unwrap();
    assert_eq!(desk.json(&verify)["ok"], false);

    // The log grows, and the witness follows; a copy of the ledger that grows otherwise is not cosigned.
    let ledger = root.join(".lockstep/ledger.sqlite");
    let copy = desk.home.path().join("copy.sqlite");
    fs::copy(&ledger, &copy).unwrap();
    let more = ROW.replace("o-1,Kangson", "o-2,Wollo-ri");
    fs::write(root.join("o.csv"), observations(&format!("{ROW}{more}"))).unwrap();
    assert!(desk.run(&["open", text(&root)]).err.contains("cosigned by IAEA"));
    let other = ROW.replace("o-1,Kangson", "o-3,Elsewhere");
    fs::write(root.join("o.csv"), observations(&format!("{ROW}{other}"))).unwrap();
    let forked = desk.run(&["open", text(&root), "--ledger", text(&copy)]);
    assert!(forked.err.contains("witness IAEA has not cosigned"), "{}", forked.err);
    assert!(!forked.err.contains("cosigned by IAEA"), "{}", forked.err);
    drop(witness);

    // The same log over HTTP, audited.
    let (_serving, at) = server(&desk, &["serve", text(&root)]);
    let audited = desk.json(&["ledger", "audit", &at, "--key", log]);
    assert_eq!((&audited["ok"], &audited["size"]), (&true.into(), &3.into()));
    let taken = desk.run(&["serve", text(&root), "--listen", at.trim_start_matches("http://")]);
    assert!(
        taken.code == 2 && taken.err.contains("another program listens there"),
        "{}",
        taken.err
    );
}

#[test]
fn files_beside_the_log_and_entries_by_what_they_speak_of() {
    let desk = Desk::new();
    let case = desk.case("six-party");
    desk.run(&["open", text(&case)]);
    let report = desk.home.path().join("report.pdf");
    fs::write(&report, "a report").unwrap();
    let put = desk.run(&["ledger", "attach", text(&case), text(&report)]);
    assert!(put.out.ends_with("  8 bytes  report.pdf\n"), "{}{}", put.out, put.err);
    assert_eq!(desk.run(&["ledger", "attachments", text(&case)]).out, "no entry names a file\n");
    let found = desk.json(&["ledger", "find", text(&case), "dis-07"]);
    let roles: Vec<&str> =
        found["entries"].as_array().unwrap().iter().map(|e| e["role"].as_str().unwrap()).collect();
    assert!(roles.contains(&"step"), "{found}");
    let none = desk.run(&["ledger", "find", text(&case), "nobody"]);
    assert_eq!((none.code, none.out.as_str()), (0, "no entry speaks of `nobody`\n"));
}
