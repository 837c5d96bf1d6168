//! A state seals its declaration, opens it step by step and answers challenges; and everything that can be wrong.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod harness;

use std::fs;
use std::path::PathBuf;

use harness::{Desk, Ran, described, text};

const CASE: &[u8] =
    b"case \"t\" {\n    title \"Test\"\n    declares \"A\"\n    party \"A\" \"Aland\"\n    party \"B\" \"Beland\"\n}\n";
const DECLARATION: &str = "\
id,category,name,status,lat,lon,precision_m
d-1,reactor,IRT,operating,39.797,125.755,100
d-2,reactor,5 MW(e),shut down,39.795,125.756,
d-3,mine,Pyongsan,closed,38.318,126.433,2000
d-4,store,Building 500,,,,
";
const GRID: &str = "south=37.5 west=124 cell=0.05 rows=112 columns=140";

struct State {
    desk: Desk,
    case: PathBuf,
}

impl State {
    fn new() -> Self {
        let desk = Desk::new();
        let case = desk.folder(&[("case.kdl", CASE)]);
        fs::write(desk.home.path().join("d.csv"), DECLARATION).unwrap();
        Self { desk, case }
    }

    /// A file beside the case.
    fn file(&self, name: &str) -> String {
        self.desk.home.path().join(name).to_str().unwrap().to_owned()
    }

    fn with(&self, passphrase: &str, command: &str, args: &[&str]) -> Ran {
        let mut all = vec![command];
        let nested = args.first().filter(|a| ["split", "join"].contains(*a));
        all.extend(nested);
        if args.first() != Some(&"split") {
            all.push(text(&self.case));
        }
        all.extend(args.iter().skip(usize::from(nested.is_some())));
        let out = self.desk.command(&all).env("LOCKSTEP_PASSPHRASE", passphrase).output().unwrap();
        Ran {
            code: out.status.code().unwrap(),
            out: String::from_utf8(out.stdout).unwrap(),
            err: String::from_utf8(out.stderr).unwrap(),
        }
    }

    fn run(&self, command: &str, args: &[&str]) -> Ran {
        self.with("correct horse", command, args)
    }

    #[track_caller]
    fn good(&self, command: &str, args: &[&str]) -> String {
        let ran = self.run(command, args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    }

    #[track_caller]
    fn bad(&self, command: &str, args: &[&str]) -> String {
        let ran = self.run(command, args);
        assert_ne!(ran.code, 0, "{}", ran.out);
        ran.err
    }

    fn seal(&self) -> (String, String) {
        let secret = self.file("secret.age");
        let grid = ["--grid", GRID, "--places", "6", "--count", "reactor=2"];
        let told =
            self.good("seal", &[&[&self.file("d.csv"), "-o", &secret], grid.as_slice()].concat());
        let id = told.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
        assert!(told.contains("room for    8 places"), "{told}");
        (id, secret)
    }

    fn sealed(&self, as_of: &str) -> serde_json::Value {
        let value = self.desk.json(&["status", text(&self.case), "--as-of", as_of]);
        described(&value);
        value["sealed"][0].clone()
    }
}

#[test]
fn sealed_opened_challenged_refused() {
    let state = State::new();
    let (seal, secret) = state.seal();
    let open = |args: &[&str]| state.good("reveal", &[args, &["--secret", &secret]].concat());
    assert!(open(&["d-1/name"]).ends_with("/name: IRT\n"));
    assert!(open(&["d-3"]).contains("6 fields opened"));
    assert!(open(&["d-3"]).contains("1 part open already"));
    // The cell of two sites; one challenge is answered in time, another is not.
    let ask = |at: &str, due: &str| {
        state.good(
            "challenge",
            &["--at", at, "--within", "300", "--due", due, "--as", "B", "--reason", "o-3"],
        )
    };
    assert!(ask("39.7965,125.7555", "2999-12-01").contains(&seal));
    let answered = open(&["--challenges"]);
    assert!(answered.contains(": reactor/"), "{answered}");
    ask("39.5,125.0", "2999-11-01");
    let waiting = state.sealed("2999-11-01");
    assert_eq!(waiting["challenges"][1]["state"], "waiting");
    let silent = state.sealed("2999-11-02");
    assert_eq!(silent["challenges"][0]["state"], "answered");
    assert_eq!(silent["challenges"][1]["state"], "silent");
    assert_eq!(silent["standing"], "attested");
    let mine = &silent["categories"][0];
    assert_eq!((mine["opened"].as_u64(), mine["whole"].as_bool()), (Some(1), Some(false)));
    assert_eq!(silent["categories"][1]["in_part"], 1);
    assert_eq!(silent["area"]["named_not_opened"].as_array().unwrap().len(), 2);
    let page = state.good("status", &["--as-of", "2999-11-02"]);
    assert!(page.contains("SEALED DECLARATION") && page.contains("no answer by"), "{page}");
    // Late is late, and still an answer.
    open(&["--challenges"]);
    assert_eq!(state.sealed("2999-11-02")["challenges"][1]["state"], "answered");
    // Everything at the end: how many there were is told.
    open(&["everything"]);
    let all = state.sealed("2999-11-02");
    assert!(all["categories"].as_array().unwrap().iter().all(|c| c["whole"] == true));
    let verified = state.desk.json(&["ledger", "verify", text(&state.case)]);
    assert_eq!(verified["ok"], true);
}

#[test]
fn one_level_of_all_places() {
    let state = State::new();
    let (_, secret) = state.seal();
    let told = state.good("reveal", &["--field", "name", "--secret", &secret]);
    assert_eq!(told.lines().count(), 4, "{told}");
    let fields = state.sealed("2999-01-01")["fields"].clone();
    let names = fields.as_array().unwrap().iter().find(|f| f["field"] == "name").unwrap().clone();
    assert_eq!(names["opened"], 4);
}

#[test]
fn trustees_bring_a_lost_secret_back() {
    let state = State::new();
    let (_, secret) = state.seal();
    let shares = state.file("shares");
    state.good("trustees", &["split", &secret, "--need", "2", "--of", "3", "-o", &shares]);
    fs::remove_file(&secret).unwrap();
    let share = |n: u8| format!("{shares}/share-{n}-of-3.txt");
    let join = |shares: &[&str], declaration: &str| {
        let mut args = vec!["join", declaration, "-o", &secret];
        shares.iter().for_each(|s| args.extend(["--share", s]));
        state.run("trustees", &args)
    };
    let d = state.file("d.csv");
    let few = join(&[&share(1), &share(1)], &d);
    assert!(few.err.contains("1 different shares, and 2 are needed"), "{}", few.err);
    let changed = state.file("changed.csv");
    fs::write(&changed, DECLARATION.replace("closed", "operating")).unwrap();
    let other = join(&[&share(1), &share(3)], &changed);
    assert!(other.err.contains("a value differs from what was sealed"), "{}", other.err);
    let back = join(&[&share(3), &share(2)], &d);
    assert_eq!(back.code, 0, "{}", back.err);
    state.good("reveal", &["d-2", "--secret", &secret]);
}

#[test]
fn what_can_be_wrong() {
    let state = State::new();
    let (seal, secret) = state.seal();
    let reveal = |args: &[&str]| state.bad("reveal", &[args, &["--secret", &secret]].concat());
    assert!(reveal(&["d-11"]).contains("did you mean `d-1`?"));
    assert!(reveal(&["cell/15680"]).contains("nothing is sealed at"));
    let typed = state.with("wrong", "reveal", &["d-1", "--secret", &secret]);
    assert!(typed.err.contains("the passphrase or key is another"), "{}", typed.err);
    // A party opens its own declaration only.
    let told = reveal(&["d-1", "--as", "B"]);
    assert!(told.contains("sealed by A; B cannot open it"), "{told}");
    // The secret of another declaration; and a secret file is never written over.
    let other = state.file("other.age");
    let d = state.file("d.csv");
    assert!(state.bad("seal", &[&d, "-o", &secret]).contains("never written over"));
    let second = Desk::new();
    let case = second.folder(&[("case.kdl", CASE)]);
    let made = second
        .command(&["seal", text(&case), &d, "-o", &other])
        .env("LOCKSTEP_PASSPHRASE", "x")
        .output()
        .unwrap();
    assert!(made.status.success());
    let told = state.with("x", "reveal", &["d-1", "--secret", &other]);
    assert!(told.err.contains("which this case does not hold"), "{}", told.err);
    // A challenge names a party, a place in the area, and a declaration.
    let ask = |at: &str, more: &[&str]| {
        state.bad("challenge", &[&["--at", at, "--due", "2999-01-01"], more].concat())
    };
    assert!(ask("cell/1", &[]).contains("name the party that asks"));
    assert!(ask("cell/1", &["--as", "C"]).contains("`C` is not a party"));
    assert!(ask("10,10", &["--as", "B"]).contains("outside the agreed area"));
    assert!(ask("here", &["--as", "B"]).contains("neither a cell"));
    assert!(ask("cell/1", &["--as", "B", "--seal", "x"]).contains("no such sealed declaration"));
    assert!(ask("cell/999999", &["--as", "B"]).contains("lies outside the agreed grid"));
    // Nothing of all that was recorded.
    let entries = state.desk.json(&["ledger", "verify", text(&state.case)])["size"].clone();
    assert_eq!(entries, 3, "the desk's key, the party's key, the seal {seal}");
}

#[test]
fn declarations_with_mistakes_are_not_sealed() {
    let state = State::new();
    let file = state.file("bad.csv");
    for (table, told) in [
        ("", "the table is empty"),
        ("id,name\nd-1,x\n", "needs the column `category`"),
        ("id,category\nd-1,\n", "`category` is empty"),
        ("id,category,lat,lon\nd-1,a,91,0\n", "91 lies beyond 90 degrees"),
    ] {
        fs::write(&file, table).unwrap();
        let ran = state.run("seal", &[&file, "-o", &state.file("s.age")]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.out.contains(told) && ran.err.contains("nothing was sealed"), "{}", ran.out);
    }
    for (table, told) in [
        ("id,category\n", "holds no place"),
        ("id,category\nd-1,a\nd-1,a\n", "`d-1` stands twice"),
        ("id,category\nd-1,cell\n", "cannot name a category"),
    ] {
        fs::write(&file, table).unwrap();
        let told_now = state.bad("seal", &[&file, "-o", &state.file("s.age")]);
        assert!(told_now.contains(told), "{told_now}");
    }
    let kdl = state.file("d.kdl");
    fs::write(&kdl, "site d-1 category=reactor {\n    building 2 { use \"hot cells\" }\n}\n")
        .unwrap();
    let secret = state.file("kdl.age");
    state.good("seal", &[&kdl, "-o", &secret]);
    let told = state.good("reveal", &["d-1/building/2/use", "--secret", &secret]);
    assert!(told.ends_with("/building/2/use: hot cells\n"), "{told}");
}
