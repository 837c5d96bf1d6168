//! The form that is filled offline, as a workbook: what the empty one holds, what a filled one says, and the cell that is
//! named where it is wrong.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Read, Write};

use intake::{FilledForm, Folder, form_header, form_workbook, read_form, render};
use tempfile::TempDir;

const CASE: &str = "case \"t\" {\n  party \"DPRK\"\n  party \"IAEA\"\n}\n";
const SITES: &str = "id,name,category,location,status_declared,declared_on,source,basis\n\
    reactor,Reactor,power reactor,Yongbyon,,2007-07-14,declaration,seen\n";

fn case() -> (TempDir, Folder) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("case.kdl"), CASE).unwrap();
    fs::write(root.path().join("sites.csv"), SITES).unwrap();
    let folder = intake::read(root.path()).unwrap();
    (root, folder)
}

/// The empty form with rows typed into it, as a spreadsheet program would save them: text in place, numbers as numbers.
fn filled(rows: &[&[(&str, &str)]]) -> Vec<u8> {
    let header = form_header();
    let columns: Vec<&str> = header.split(',').collect();
    let mut typed = String::new();
    for (number, row) in (2..).zip(rows) {
        typed += &format!("<row r=\"{number}\">");
        let mut cells: Vec<(usize, &str)> = row
            .iter()
            .map(|(name, value)| (columns.iter().position(|c| c == name).unwrap(), *value))
            .collect();
        cells.sort_unstable();
        for (column, value) in cells {
            let at = format!("{}{number}", char::from(b'A' + u8::try_from(column).unwrap()));
            typed += &match value.parse::<f64>() {
                Ok(_) => format!("<c r=\"{at}\"><v>{value}</v></c>"),
                Err(_) => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{value}</t></is></c>"),
            };
        }
        typed += "</row>";
    }
    let mut empty = zip::ZipArchive::new(Cursor::new(form_workbook().unwrap())).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..empty.len() {
        let mut file = empty.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("</sheetData>"), "{text}");
            bytes = text.replace("</sheetData>", &format!("{typed}</sheetData>")).into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn read(rows: &[&[(&str, &str)]]) -> Result<FilledForm, String> {
    let (root, folder) = case();
    fs::write(root.path().join("photo.jpg"), b"a photograph").unwrap();
    read_form("visit-7.xlsx", filled(rows), root.path(), &folder)
        .map_err(|faults| render(&faults, 200, false))
}

const VISIT: &[(&str, &str)] = &[
    ("record", "inspection"),
    ("id", "visit-7"),
    ("about", "reactor"),
    ("on", "2008-02-12T09:00:00+09:00"),
    ("until", "2008-02-14"),
    ("what", "monitoring"),
    ("value", "6"),
    ("unit", "person-days"),
    ("planned", "8"),
    ("files", "photo.jpg"),
    ("team", "2 inspector; 1 interpreter"),
    ("activities", "item counting; seal check"),
    ("inspector", "IAEA"),
];

#[test]
fn the_empty_form_offers_what_can_be_chosen_and_is_the_same_every_time() {
    let bytes = form_workbook().unwrap();
    assert_eq!(bytes, form_workbook().unwrap());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    for words in ["inspection,measurement,sample,seal", "applied,intact,broken,missing,removed"] {
        assert!(sheet.contains(words), "{words}");
    }
    // Nothing was recorded, so nothing is taken: an empty form makes no row.
    let form = read(&[]).unwrap();
    assert_eq!((form.csv.lines().count(), form.files.len()), (1, 0));
}

#[test]
fn a_filled_workbook_becomes_a_table_with_hashes() {
    let form = read(&[
        VISIT,
        &[
            ("record", "seal"),
            ("id", "seal.1-2"),
            ("about", "reactor"),
            ("on", "2008-02-12"),
            ("seal", "1-2"),
            ("state", "applied"),
        ],
        &[
            ("record", "measurement"),
            ("id", "m-1"),
            ("about", "reactor"),
            ("on", "2008-02-13"),
            ("what", "rods"),
            ("value", "3200.5"),
            ("unit", "rods"),
            ("sigma", "0.25"),
            ("method", "counting"),
        ],
        &[
            ("record", "sample"),
            ("id", "s-1"),
            ("about", "visit-7"),
            ("on", "2008-02-13"),
            ("what", "swipe"),
            ("seal", "S-1"),
        ],
    ])
    .unwrap();
    assert_eq!(form.files, ["photo.jpg"]);
    let hash = statement::Sha256Digest::of(b"a photograph");
    assert!(form.csv.contains(&format!("photo.jpg sha256:{hash} 12 bytes")), "{}", form.csv);
    assert!(form.csv.contains("m-1,reactor,2008-02-13,rods,3200.5,rods,0.25,"), "{}", form.csv);
    // What was taken is what the case folder reads.
    let (root, _) = case();
    fs::write(root.path().join("visit-7.csv"), &form.csv).unwrap();
    let folder = intake::read(root.path()).unwrap();
    assert!(!folder.has_errors(), "{}", render(&folder.diagnostics, 100, false));
    let kinds: Vec<&str> = folder.drafts.iter().map(|d| d.statement.kind_name()).collect();
    assert_eq!(
        kinds,
        ["site.declare", "inspection.record", "seal.apply", "measurement.record", "sample.take"]
    );
    assert_eq!(folder.drafts[1].statement.header.party.as_str(), "IAEA");
}

#[test]
fn a_mistake_names_its_cell() {
    let told = |row: &[(&str, &str)], parts: &[&str]| {
        let shown = read(&[VISIT, row]).unwrap_err();
        for part in parts {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    };
    let seal = |more: &[(&'static str, &'static str)]| {
        let row = [
            ("record", "seal"),
            ("id", "c-1"),
            ("about", "reactor"),
            ("on", "2008-02-12"),
            ("seal", "E-1"),
            ("state", "applied"),
        ];
        let kept = row.iter().filter(|(name, _)| !more.iter().any(|(n, _)| n == name));
        kept.chain(more).copied().collect::<Vec<_>>()
    };
    told(
        &seal(&[("state", "crushed")]),
        &["F020", "visit-7.xlsx!form", "(cell J3)", "known are: applied"],
    );
    told(&seal(&[("on", "2007-02-29")]), &["I011", "(cell D3)"]);
    told(&seal(&[("record", "sael")]), &["F020", "(cell A3)", "did you mean `seal`?"]);
    told(&seal(&[("id", "visit-7")]), &["I032", "first in row 2 of this form", "(cell B3)"]);
    told(&seal(&[("id", "reactor")]), &["I032", "first at sites.csv line 2", "(cell B3)"]);
    told(&seal(&[("inspector", "IAEE")]), &["I017", "(cell S3)", "did you mean `IAEA`?"]);
    told(&seal(&[("files", "photo-9.jpg")]), &["F028", "(cell K3)", "put it beside the form"]);
    told(&seal(&[("files", "../photo.jpg")]), &["F027", "(cell K3)"]);
    let measured = [
        ("record", "measurement"),
        ("id", "m"),
        ("about", "reactor"),
        ("on", "2008-02-12"),
        ("value", "3,5"),
        ("unit", "kg"),
        ("method", "scale"),
    ];
    told(&measured, &["I012", "(cell F3)"]);
}

#[test]
fn a_photograph_of_a_name_the_case_has_for_another() {
    let (root, _) = case();
    fs::create_dir(root.path().join("attachments")).unwrap();
    fs::write(root.path().join("attachments/photo.jpg"), b"an older photograph").unwrap();
    fs::write(root.path().join("photo.jpg"), b"a photograph").unwrap();
    let folder = intake::read(root.path()).unwrap();
    let faults = read_form("f.xlsx", filled(&[VISIT]), root.path(), &folder).unwrap_err();
    let shown = render(&faults, 100, false);
    assert!(shown.contains("F025") && shown.contains("another file named `photo.jpg`"), "{shown}");
}

#[test]
fn a_workbook_that_holds_no_form() {
    let (root, folder) = case();
    let told = |name: &str, bytes: Vec<u8>| {
        render(&read_form(name, bytes, root.path(), &folder).unwrap_err(), 100, false)
    };
    assert!(told("f.xlsx", b"PK".to_vec()).contains("I050"));
    assert!(told("f.csv", b"a,b\n1,2\n".to_vec()).contains("I009"));
    assert!(told("f.csv", Vec::new()).contains("the table is empty"));
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("sums").unwrap().write(0, 0, "total").unwrap();
    let shown = told("f.xlsx", book.save_to_buffer().unwrap());
    assert!(shown.contains("I051") && shown.contains("it has `sums`"), "{shown}");
}
