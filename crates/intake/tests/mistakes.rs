//! Every mistake a folder can hold: its code, its place, its words.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use intake::{Folder, read, render};
use proptest::prelude::*;

const CASE: &str = r#"case "t" {
    title "Test"
    party "DPRK"
    party "IAEA"
    region south=37.5 north=43.1 west=124.0 east=131.0
    place "Taechon" lat="39.9278" lon="125.5628" precision-m="2000" source="gazetteer" basis="seen"
}
"#;
const OBSERVATIONS: &str = "id,name,variants,variants_from_memory,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n";

fn folder(files: &[(&str, &str)]) -> Folder {
    let root = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    read(root.path()).unwrap()
}

/// What is told of one more file beside a good `case.kdl`, drawn as a user sees it.
fn told(file: &str, text: &str) -> String {
    render(&folder(&[("case.kdl", CASE), (file, text)]).diagnostics, 100, false)
}

#[test]
fn manifest() {
    let told = |case: &str| render(&folder(&[("case.kdl", case)]).diagnostics, 100, false);
    let cases = [
        "party \"DPRK\"\n",
        "case \"a b\" {\n}\n",
        "case \"t\" {\n  titel \"x\"\n}\n",
        "case \"t\" {\n  party\n}\n",
        "case \"t\" {\n  party \"DPRK\"\n  party \"DPRK\"\n}\n",
        "case \"t\" {\n  region south=37 north=43 west=124 east=\"x\"\n}\n",
        "case \"t\" {\n  region south=43 north=37 west=124 east=131\n}\n",
        "case \"t\" {\n  place \"P\" lat=\"99\" lon=\"125\" precision-m=\"1\" source=\"s\" basis=\"seen\"\n}\n",
        "case \"t\" {\n  place \"P\" lat=\"39\" lon=\"125\" precision-m=\"1\" source=\"s\" basis=\"guess\"\n}\n",
    ];
    let all: Vec<String> = cases.iter().map(|c| format!("{c}──▶\n{}", told(c))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn table() {
    let cases = [
        ("o.csv", String::new()),
        ("o.csv", "id,name\n".to_owned()),
        ("o.xlsx", "PK".to_owned()),
        ("o.csv", OBSERVATIONS.replace("name,", "nmae,")),
        ("o.csv", OBSERVATIONS.replace("note", "id")),
        ("o.csv", format!("{OBSERVATIONS}o-1,Kangson,two cells\n")),
        ("o.csv", format!("{OBSERVATIONS}o-1,\"Kangson\n")),
    ];
    let all: Vec<String> =
        cases.iter().map(|(f, t)| format!("{f}: {t:?}\n──▶\n{}", told(f, t))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn row() {
    // One good row, then each mistake alone.
    let good = "o-1,Taechon reactor,,,39.9280,125.5630,100,power reactor,operating,2008-06,The Diplomat 2009,B,2,,seen";
    assert_eq!(told("o.csv", &format!("{OBSERVATIONS}{good}\n")), "");
    let mistakes = [
        ("2008-06", "2008-02-30"),
        ("2008-06", "June 2008"),
        ("125.5630", "-125.5630"),
        ("39.9280,125.5630", "125.5630,39.9280"),
        ("39.9280,125.5630", "50.1,8.7"),
        ("39.9280", "39.796536"),
        ("39.9280", "39,9280"),
        ("39.9280", "91"),
        ("100", "about"),
        ("B,2", "G,9"),
        ("seen", "sene"),
        ("The Diplomat 2009", ""),
        ("o-1", ""),
        ("o-1", "o 1"),
        ("Taechon reactor", ""),
    ];
    let all: Vec<String> = mistakes
        .iter()
        .map(|(right, wrong)| {
            let row = good.replacen(right, wrong, 1);
            let shown = told("o.csv", &format!("{OBSERVATIONS}{row}\n"));
            format!("{right} -> {wrong:?}\n──▶\n{shown}")
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn rows_together() {
    let row = |id: &str, lat: &str, precision: &str| {
        format!("{id},Kusong plant,,,{lat},125.2,{precision},storage,operating,2008,S,B,2,,seen\n")
    };
    let twice = told(
        "o.csv",
        &format!("{OBSERVATIONS}{}{}", row("o-1", "40.0", "50"), row("o-1", "40.0", "50")),
    );
    insta::assert_snapshot!(twice);
    // The third row is far from both; the fourth, of unknown precision, contradicts nothing.
    let apart = [
        ("o-1", "40.0", "50"),
        ("o-2", "40.0001", "50"),
        ("o-3", "40.5", "50"),
        ("o-4", "41.0", ""),
    ];
    let rows: String = apart.iter().map(|(id, lat, p)| row(id, lat, p)).collect();
    insta::assert_snapshot!(told("o.csv", &format!("{OBSERVATIONS}{rows}")));
}

#[test]
fn many_mistakes_are_counted_not_drawn() {
    let rows: String = (0..1000).map(|i| format!("o-{i},two cells\n")).collect();
    let folder = folder(&[("case.kdl", CASE), ("o.csv", &format!("{OBSERVATIONS}{rows}"))]);
    assert_eq!(folder.diagnostics.len(), 1000);
    let drawn = render(&folder.diagnostics, 100, false);
    assert!(drawn.ends_with("… and 800 more; --format csv lists them all\n\n"), "{drawn}");
}

proptest! {
    /// Nothing in a table or manifest makes intake fail, and every draft it makes is a statement.
    #[test]
    fn anything_is_read(case in ".{0,200}", cells in prop::collection::vec("[^\"]{0,12}", 0..60), raw in prop::collection::vec(any::<u8>(), 0..300)) {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("case.kdl"), CASE).unwrap();
        let rows: Vec<String> = cells.chunks(15).map(|row| row.join(",")).collect();
        fs::write(root.path().join("o.csv"), format!("{OBSERVATIONS}{}", rows.join("\n"))).unwrap();
        for name in ["raw.csv", "raw.kml", "raw.kmz", "raw.geojson", "raw.xlsx"] {
            fs::write(root.path().join(name), &raw).unwrap();
        }
        let folder = read(root.path()).unwrap();
        for draft in &folder.drafts {
            prop_assert!(draft.statement.to_text().is_ok());
        }
        prop_assert_eq!(render(&folder.diagnostics, 80, false).is_empty(), folder.diagnostics.is_empty());
        fs::write(root.path().join("case.kdl"), case).unwrap();
        read(root.path()).unwrap();
    }
}
