//! `lockstep link`.

mod harness;

use harness::{Desk, described, text};

const LEFT: &str = "id,name,town,opened\n1,Radiochemical Laboratory,Yongbyon,1989-03-01\n2,Uranium Mill,Pyongsan,1990-05-02\n\
                    3,Uranium Mill,Pakchon,1982-07-11\n4,Fuel Fabrication Plant,Yongbyon,1985-01-20\n5,Isotope Plant,Yongbyon,1991-09-09\n";
const RIGHT: &str = "id,name,town,opened\na,Radiochemical Laboratory,Yongbyon,01-03-1989\nb,Uranium Mil,Pyongsan,1990-05-02\n\
                     c,Uranium Mill,Pakchon,1982-07-11\nd,Missile Base,Sangnam,2001-02-03\n";

fn tables(desk: &Desk, right: &str) -> (String, String) {
    let root = desk.folder(&[("a.csv", LEFT.as_bytes()), ("b.csv", right.as_bytes())]);
    (text(&root.join("a.csv")).to_owned(), text(&root.join("b.csv")).to_owned())
}

#[test]
fn csv_links_and_the_model_it_chose() {
    let desk = Desk::new();
    let (a, b) = tables(&desk, RIGHT);
    let ran = desk.run(&["link", &a, &b, "--assign", "one-to-one", "--format", "csv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut lines = ran.out.lines();
    assert_eq!(lines.next(), Some("left_id,right_id,probability"));
    let pairs: Vec<String> = lines
        .map(|l| l.rsplit_once(',').map(|(ids, _)| ids.to_owned()).unwrap_or_default())
        .collect();
    assert_eq!(pairs, ["1,a", "2,b", "3,c"], "{}", ran.err);
    assert!(ran.err.contains("field \"name\" with=\"name\" kind=text"), "{}", ran.err);

    // The model can be kept, and given back.
    let model = format!("{a}.kdl");
    let kept = desk.run(&[
        "link",
        &a,
        &b,
        "--write-model",
        &model,
        "--assign",
        "one-to-one",
        "--format",
        "csv",
    ]);
    let again =
        desk.run(&["link", &a, &b, "--model", &model, "--assign", "one-to-one", "--format", "csv"]);
    let ids = |t: &str| {
        t.lines().filter_map(|l| Some(l.rsplit_once(',')?.0.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(ids(&kept.out), ids(&again.out), "{}", again.err);
}

#[test]
fn json_is_described() {
    let desk = Desk::new();
    let (a, b) = tables(&desk, RIGHT);
    described(&desk.json(&["link", &a, &b]));
    let why = desk.json(&["link", &a, &b, "--explain", "1", "a"]);
    described(&why);
    let bars = why["bars"].as_array().map_or(0, Vec::len);
    assert!(bars >= 3, "{why}");
}

#[test]
fn wrong_calls_say_what_to_do() {
    let desk = Desk::new();
    let (a, b) = tables(&desk, RIGHT);
    for (args, says) in [
        (vec!["link", a.as_str(), "none.csv"], "none.csv"),
        (vec!["link", a.as_str(), b.as_str(), "--threshold", "1.5"], "between 0 and 1"),
        (vec!["link", a.as_str(), b.as_str(), "--id", "nmae"], "did you mean `name`"),
        (vec!["link", a.as_str(), b.as_str(), "--explain", "1", "zz"], "no row `zz`"),
    ] {
        let ran = desk.run(&args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains(says), "{}", ran.err);
    }
    let root = desk.folder(&[
        ("a.csv", LEFT.as_bytes()),
        ("b.csv", RIGHT.as_bytes()),
        ("m.kdl", b"field \"name\" kind=txt\n"),
    ]);
    let (a, b, m) = (root.join("a.csv"), root.join("b.csv"), root.join("m.kdl"));
    let ran = desk.run(&["link", text(&a), text(&b), "--model", text(&m)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("L005") && ran.err.contains("one of text"), "{}", ran.err);
}

#[test]
fn other_bytes_and_missing_ids_are_told() {
    let desk = Desk::new();
    let root = desk.folder(&[
        ("a.csv", b"\xef\xbb\xbfname,town\nKim,Anju\nRi,Kusong\nPak,Taechon\n"),
        ("b.csv", b"name;town\nM\xfcller;Anju\nRi;Kusong\nKim;Anju\n"),
    ]);
    let (a, b) = (root.join("a.csv"), root.join("b.csv"));
    let ran = desk.run(&["link", text(&a), text(&b), "--format", "csv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("has no id column: the number of the row serves as id"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("Windows-1252"), "{}", ran.err);
}
