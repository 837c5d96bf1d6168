//! Maps and workbooks as tables: what is read, and what is told of what cannot be.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Write};

use intake::{Folder, Severity, read};
use proptest::prelude::*;
use statement::Body;
use statement::kinds::evidence::Observation;

const CASE: &str =
    "case \"t\" {\n    title \"T\"\n    region south=37.5 north=43.1 west=124.0 east=131.0\n}\n";

fn folder(files: &[(&str, &[u8])]) -> Folder {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("case.kdl"), CASE).unwrap();
    for (file, bytes) in files {
        fs::write(root.path().join(file), bytes).unwrap();
    }
    read(root.path()).unwrap()
}

fn observations(folder: &Folder) -> Vec<&Observation> {
    let bodies = folder.drafts.iter().map(|d| &d.statement.body);
    bodies.filter_map(|b| if let Body::Observation(o) = b { Some(o) } else { None }).collect()
}

/// Code and words of everything that is told.
fn told(folder: &Folder) -> Vec<(&'static str, String)> {
    folder.diagnostics.iter().map(|d| (d.code, d.message.clone())).collect()
}

#[track_caller]
fn one(folder: &Folder, code: &str, words: &[&str]) {
    let found = told(folder);
    let all = |m: &str| words.iter().all(|w| m.contains(w));
    assert!(found.iter().any(|(c, m)| *c == code && all(m)), "{code} {words:?}: {found:#?}");
}

fn placemark(extended: &str, rest: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\" xmlns:gx=\"http://www.google.com/kml/ext/2.2\">\n<Document><gx:Tour><gx:wait/></gx:Tour>\n<Placemark id=\"o-1\"><name>Kangson &amp; more</name><styleUrl>#a</styleUrl>\n<ExtendedData><Data name=\"type\"><value>enrichment</value></Data><Data name=\"source\"><value>S 2018</value></Data>{extended}</ExtendedData>{rest}</Placemark>\n</Document></kml>\n"
    )
}

const POINT: &str = "<Point><coordinates>125.611,38.957,0</coordinates></Point>";

#[test]
fn a_placemark_is_an_observation() {
    let span = "<TimeSpan><begin>2018-07-13T00:00:00Z</begin><end>2018-08</end></TimeSpan>";
    let text = placemark(
        "<Data name=\"precision_m\"><value>300</value></Data>",
        &format!("{span}{POINT}"),
    );
    let read = folder(&[("m.kml", text.as_bytes())]);
    assert_eq!(told(&read), []);
    let o = observations(&read)[0];
    assert_eq!((o.name.as_str(), o.category.as_str()), ("Kangson & more", "enrichment"));
    assert_eq!(o.observed_on.as_ref().unwrap().as_str(), "2018-07-13/2018-08");
    let point = o.place.as_ref().unwrap().point.as_ref().unwrap();
    assert_eq!((point.lat.to_string(), point.lon.to_string()), ("38.957".into(), "125.611".into()));
    assert_eq!(point.precision_m.unwrap().to_string(), "300");
    assert_eq!(read.place_of("o-1"), Some(("m.kml", 4)));
    // The same, packed.
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("doc.kml", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    let packed = archive.finish().unwrap().into_inner();
    let unpacked = folder(&[("m.kmz", &packed)]);
    assert_eq!(told(&unpacked), []);
    assert_eq!(observations(&unpacked), observations(&read));
    one(&folder(&[("m.kmz", b"PK\x03\x04 no")]), "I055", &["not a KMZ"]);
}

#[test]
fn what_is_wrong_in_a_placemark_names_it() {
    let at = |coordinates: &str| {
        let point = format!("<Point><coordinates>{coordinates}</coordinates></Point>");
        folder(&[("m.kml", placemark("", &point).as_bytes())])
    };
    one(&at("38.957,125.611"), "I030", &["swapped", "placemark 1"]);
    one(&at("-125.611,38.957"), "I030", &["W for E", "placemark 1"]);
    one(&at("125.611,91"), "I030", &["outside the region"]);
    one(&at("NaN,38.957"), "I012", &["`NaN`", "placemark 1"]);
    one(&at("125.611"), "I056", &["`125.611` is not a position"]);
    // An area stands for its middle.
    let ring = "<Polygon><outerBoundaryIs><LinearRing><coordinates>125.60,38.95 125.62,38.95 125.62,38.97 125.60,38.95</coordinates></LinearRing></outerBoundaryIs></Polygon>";
    let area = folder(&[("m.kml", placemark("", ring).as_bytes())]);
    let point = observations(&area)[0].place.clone().unwrap().point.unwrap();
    assert_eq!((point.lat.to_f64(), point.lon.to_f64()), (38.96, 125.61));
    assert!((1300.0..1500.0).contains(&point.precision_m.unwrap().to_f64()));
}

#[test]
fn entities_are_refused() {
    let mut laughs = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE kml [<!ENTITY a \"ha\">");
    for (i, name) in ('b'..='j').enumerate() {
        let before = char::from(b'a' + u8::try_from(i).unwrap());
        let ten = format!("&{before};").repeat(10);
        laughs += &format!("<!ENTITY {name} \"{ten}\">");
    }
    laughs += "]>\n<kml><Placemark><name>&j;</name></Placemark></kml>";
    let read = folder(&[("m.kml", laughs.as_bytes())]);
    one(&read, "I055", &["document type", "entities"]);
    assert!(read.drafts.is_empty());
    let undefined = placemark("", POINT).replace("&amp;", "&laugh;");
    one(&folder(&[("m.kml", undefined.as_bytes())]), "I055", &["`&laugh;`"]);
    one(&folder(&[("m.kml", b"<html></html>")]), "I055", &["no <kml>"]);
    one(&folder(&[("m.kml", b"<kml><Placemark></kml>")]), "I055", &["not well-formed"]);
}

fn feature(properties: &str, geometry: &str) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","id":"o-1","properties":{{"name":"Kangson","type":"enrichment","source":"S","lockstep_verdict":"contested"{properties}}},"geometry":{geometry}}}]}}"#
    )
}

#[test]
fn a_feature_is_an_observation() {
    let at = |geometry: &str| folder(&[("m.geojson", feature("", geometry).as_bytes())]);
    let point = |c: &str| at(&format!(r#"{{"type":"Point","coordinates":{c}}}"#));
    let read = point("[125.611, 38.957]");
    assert_eq!(told(&read), []);
    let o = observations(&read)[0];
    assert_eq!(o.place.as_ref().unwrap().point.as_ref().unwrap().lat.to_string(), "38.957");
    assert_eq!(told(&at("null")), []);
    one(&point("[38.957, 125.611]"), "I030", &["swapped", "feature 1"]);
    one(&point("[125.611, 91]"), "I030", &["outside the region", "feature 1"]);
    one(&point("[\"x\", 38.957]"), "I056", &["not a position"]);
    one(&point("[NaN, 38.957]"), "I055", &["not JSON"]);
    one(
        &folder(&[("m.geojson", b"{\"type\":\"Point\",\"coordinates\":[1,2]}")]),
        "I055",
        &["`Point`"],
    );
    // A column that nobody knows is told, and a missing source as in any table.
    let odd = folder(&[("m.geojson", feature(r##","fill":"#f00""##, "null").as_bytes())]);
    one(&odd, "I009", &["`fill`"]);
    let unsourced = feature("", "null").replace(r#","source":"S""#, "");
    one(&folder(&[("m.geojson", unsourced.as_bytes())]), "I010", &["`source`", "feature 1"]);
}

/// A workbook of one sheet with these rows of cells as XML.
fn workbook(rows: &str, more: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let files = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Seen\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData>{more}</worksheet>"),
        ),
    ];
    for (name, text) in files {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn row(number: usize, cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .zip('B'..)
        .map(|(text, column)| match text.parse::<f64>() {
            _ if text.starts_with('<') => format!("<c r=\"{column}{number}\">{text}</c>"),
            Ok(_) => format!("<c r=\"{column}{number}\"><v>{text}</v></c>"),
            Err(_) => {
                format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
            }
        })
        .collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

const HEADER: [&str; 9] =
    ["id", "name", "lat", "lon", "type", "status", "observed_on", "source", "basis"];

#[test]
fn a_sheet_is_a_table_and_faults_name_its_cells() {
    let good = [
        "o-1",
        "Kangson",
        "38.957",
        "125.611",
        "enrichment",
        "operating",
        "2018-07-13",
        "S",
        "seen",
    ];
    let rows = |cells: &[&str; 9]| row(3, &HEADER) + &row(5, cells);
    let read = folder(&[("w.xlsx", &workbook(&rows(&good), ""))]);
    assert_eq!(told(&read), []);
    assert_eq!(observations(&read)[0].name, "Kangson");
    assert_eq!(read.place_of("o-1"), Some(("w.xlsx!Seen", 5)));
    // The table begins in B3 and a row is left blank: the cell is named as the sheet names it.
    let mut bad = good;
    bad[2] = "91";
    one(&folder(&[("w.xlsx", &workbook(&rows(&bad), ""))]), "I030", &["cell D5"]);
    let told = folder(&[("w.xlsx", &workbook(&rows(&bad), ""))]);
    let fault = &told.diagnostics[0];
    assert_eq!((fault.file.as_str(), fault.line, fault.column), ("w.xlsx!Seen", 5, 4));
    bad[2] = "about 39";
    one(&folder(&[("w.xlsx", &workbook(&rows(&bad), ""))]), "I012", &["`about 39`", "cell D5"]);
    // A formula counts as what it last gave, and merged cells are told.
    bad[2] = "<f>38+0.957</f><v>38.957</v>";
    let merged = "<mergeCells count=\"1\"><mergeCell ref=\"G5:G6\"/></mergeCells>";
    let read = folder(&[("w.xlsx", &workbook(&rows(&bad), merged))]);
    assert_eq!(observations(&read).len(), 1);
    one(&read, "I057", &["cell D5: a formula"]);
    one(&read, "I057", &["G5:G6 are merged"]);
    assert!(read.diagnostics.iter().all(|d| d.severity == Severity::Warning));
    one(&folder(&[("w.xlsx", b"PK no workbook")]), "I050", &["not a workbook"]);
}

/// Accounting reports in a workbook are the reports of the same table as CSV, and a fault names its row.
#[test]
fn a_sheet_of_accounting_reports() {
    let header = [
        "report_type",
        "report_number",
        "report_date",
        "period",
        "mba",
        "line",
        "from_mba",
        "change",
        "date",
        "description",
        "batch",
        "basis",
        "items",
        "material",
        "element",
        "unit",
        "kmp",
    ];
    let lines = [
        [
            "I",
            "1",
            "2024-02-05",
            "2024-01-01/2024-01-31",
            "SYX",
            "1",
            "XXA",
            "RF",
            "2024-01-03",
            "PHBF",
            "B1",
            "M",
            "1",
            "P",
            "1250.5",
            "g",
            "1",
        ],
        [
            "I",
            "1",
            "2024-02-05",
            "2024-01-01/2024-01-31",
            "SYX",
            "2",
            "XXA",
            "RF",
            "2024-01-04",
            "PHBF",
            "B2",
            "M",
            "2",
            "P",
            "980.25",
            "g",
            "1",
        ],
    ];
    let sheet = |lines: &[[&str; 17]]| {
        let body: String = lines.iter().zip(4..).map(|(cells, n)| row(n, cells)).collect();
        workbook(&(row(3, &header) + &body), "")
    };
    let reports = |read: &Folder| -> Vec<statement::kinds::account::AccountReport> {
        let bodies = read.drafts.iter().map(|d| d.statement.body.clone());
        bodies.filter_map(|b| if let Body::AccountReport(r) = b { Some(r) } else { None }).collect()
    };
    let from_sheet = folder(&[("r.xlsx", &sheet(&lines))]);
    assert_eq!(told(&from_sheet), []);
    let csv: String = [header].iter().chain(&lines).map(|cells| cells.join(",") + "\n").collect();
    let from_csv = folder(&[("r.csv", csv.as_bytes())]);
    assert_eq!(reports(&from_sheet), reports(&from_csv));
    let report = &reports(&from_sheet)[0];
    assert_eq!((&*report.mba, report.lines.len()), ("SYX", 2));
    assert_eq!(report.lines[1].element.to_string(), "980.25");
    let mut wrong = lines;
    wrong[1][14] = "980,25";
    let read = folder(&[("r.xlsx", &sheet(&wrong))]);
    one(&read, "A004", &["980,25"]);
    let fault = &read.diagnostics[0];
    assert_eq!((fault.file.as_str(), fault.line), ("r.xlsx!Seen", 5));
}

/// A GeoPackage with these rows: name, geometry.
fn geopackage(srs: i64, rows: &[(&str, Option<Vec<u8>>)]) -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("m.gpkg");
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute_batch(&format!(
        "PRAGMA application_id = 1196444487;
         CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);
         CREATE TABLE seen (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, type TEXT, source TEXT, precision_m REAL);
         CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS fid, NULL AS geom FROM n;
         INSERT INTO gpkg_contents VALUES ('seen', 'features', 'Seen', {srs}), ('endless', 'features', 'Endless', 4326), ('tiles', 'tiles', 'T', 3857);
         INSERT INTO gpkg_geometry_columns VALUES ('seen', 'geom', 'POINT', {srs}, 0, 0), ('endless', 'geom', 'POINT', 4326, 0, 0);"
    ))
    .unwrap();
    for (name, geometry) in rows {
        db.execute(
            "INSERT INTO seen (geom, name, type, source, precision_m) VALUES (?1, ?2, 'enrichment', 'S 2018', 300.0)",
            rusqlite::params![geometry, name],
        )
        .unwrap();
    }
    drop(db);
    fs::read(file).unwrap()
}

/// A GeoPackage geometry with an envelope, of this WKB.
fn geometry(wkb: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![b'G', b'P', 0, 0b0000_0011];
    bytes.extend(4326_i32.to_le_bytes());
    bytes.extend([0; 32]);
    bytes.extend(wkb);
    Some(bytes)
}

fn wkb(kind: u32, counts: &[u32], numbers: &[f64]) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend(kind.to_le_bytes());
    counts.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
    numbers.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    bytes
}

#[test]
fn a_row_of_a_geopackage_is_an_observation() {
    let at = |geometries: &[Option<Vec<u8>>]| {
        let rows: Vec<_> = geometries.iter().map(|g| ("Kangson", g.clone())).collect();
        folder(&[("m.gpkg", &geopackage(4326, &rows))])
    };
    let ring = [125.60, 38.95, 125.62, 38.95, 125.62, 38.97, 125.60, 38.95];
    let read = at(&[
        geometry(&wkb(1, &[], &[125.611, 38.957])),
        geometry(&wkb(1001, &[], &[125.611, 38.957, 40.0])),
        geometry(&wkb(3, &[1, 4], &ring)),
        None,
    ]);
    assert_eq!(told(&read), []);
    let o = observations(&read);
    assert_eq!((o.len(), o[0].name.as_str(), o[0].category.as_str()), (4, "Kangson", "enrichment"));
    let point = |n: usize| o[n].place.as_ref().and_then(|p| p.point.clone());
    let degrees = |n: usize| point(n).map(|p| (p.lat.to_f64(), p.lon.to_f64()));
    assert_eq!(degrees(0), Some((38.957, 125.611)));
    assert_eq!(point(0).unwrap().precision_m.unwrap().to_string(), "300");
    assert_eq!((degrees(1), degrees(3)), (degrees(0), None));
    assert_eq!(degrees(2), Some((38.96, 125.61)));
    assert!(read.place_of("seen-1").is_some());
    // What cannot be is told, feature by feature.
    one(&at(&[geometry(&wkb(1, &[], &[38.957, 125.611]))]), "I030", &["swapped", "feature 1"]);
    one(&at(&[geometry(&wkb(1, &[], &[125.611, 91.0]))]), "I030", &["outside the region"]);
    one(&at(&[geometry(&wkb(1, &[], &[125.611, f64::NAN]))]), "I012", &["NaN"]);
    one(&at(&[geometry(&wkb(1, &[], &[125.611]))]), "I056", &["ends early"]);
    one(&at(&[geometry(&wkb(2, &[u32::MAX], &[125.611, 38.0]))]), "I056", &["ends early"]);
    one(&at(&[geometry(&wkb(17, &[], &[]))]), "I056", &["kind that is not read"]);
    one(&at(&[Some(b"no geometry".to_vec())]), "I056", &["no GeoPackage geometry"]);
    let mut nest = Vec::new();
    (0..50).for_each(|_| nest.extend(wkb(7, &[1], &[])));
    one(&at(&[geometry(&nest)]), "I056", &["nested too deeply"]);
}

#[test]
fn bad_geopackages_are_refused() {
    one(
        &folder(&[("m.gpkg", b"no database at all, but long enough to be one")]),
        "I055",
        &["not a GeoPackage"],
    );
    one(&folder(&[("m.gpkg", b"")]), "I055", &["not a GeoPackage"]);
    let good = geopackage(4326, &[("Kangson", None)]);
    one(&folder(&[("m.gpkg", &good[..good.len() / 2])]), "I055", &["not a GeoPackage"]);
    // Web Mercator counts metres: its numbers are no degrees.
    let mercator = folder(&[("m.gpkg", &geopackage(3857, &[("Kangson", None)]))]);
    one(&mercator, "I057", &["3857", "WGS 84"]);
    assert!(mercator.drafts.is_empty());
}

#[test]
fn any_form_is_one_table() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        fs::write(place.path().join(name), bytes).unwrap();
        place.path().join(name).display().to_string()
    };
    let csv = |name: &str, bytes: &[u8]| {
        let read = intake::loose_table(&file(name, bytes)).unwrap();
        (String::from_utf8(read.csv).unwrap(), read.remarks)
    };
    let mut cells = ["o-1", "Kangson", "<f>38+0.957</f><v>38.957</v>"];
    let merged = "<mergeCells count=\"1\"><mergeCell ref=\"B5:B6\"/></mergeCells>";
    let sheet = workbook(&(row(3, &HEADER[..3]) + &row(5, &cells)), merged);
    let (text, remarks) = csv("w.xlsx", &sheet);
    assert_eq!(text, "id,name,lat\no-1,Kangson,38.957\n");
    assert!(remarks.iter().any(|r| r.contains("cell D5: a formula")), "{remarks:?}");
    assert!(remarks.iter().any(|r| r.contains("B5:B6 are merged")), "{remarks:?}");
    cells[2] = "38.957";
    let named = format!("{}!Seen", file("n.xlsx", &workbook(&row(1, &cells), "")));
    assert!(intake::loose_table(&named).is_ok());
    let wrong = intake::loose_table(&named.replace("Seen", "Sene")).unwrap_err();
    assert!(wrong.contains("did you mean `Seen`"), "{wrong}");
    let (text, _) =
        csv("m.geojson", feature("", r#"{"type":"Point","coordinates":[125.6,38.9]}"#).as_bytes());
    assert!(text.contains("Kangson,38.9,125.6"), "{text}");
    assert!(csv("m.kml", placemark("", POINT).as_bytes()).0.contains("38.957,125.611"));
    let rows = [("Kangson", geometry(&wkb(1, &[], &[125.611, 38.957]))), ("Kusong", Some(vec![1]))];
    let (text, remarks) = csv("m.gpkg", &geopackage(4326, &rows));
    assert!(text.contains("38.957,125.611") && text.contains("Kusong"), "{text}");
    assert!(remarks.iter().any(|r| r.contains("feature 2")), "{remarks:?}");
    assert_eq!(csv("a.csv", b"id,name\n").0, "id,name\n");
    for (name, bytes, says) in [
        ("b.xlsx", &b"PK no workbook"[..], "not a workbook"),
        ("b.gpkg", b"nothing", "not a GeoPackage"),
        ("b.geojson", b"\xff\xfe", "UTF-8"),
        ("b.kml", b"<html/>", "no <kml>"),
    ] {
        let error = intake::loose_table(&file(name, bytes)).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    assert!(intake::loose_table("no such file.csv").is_err());
}

proptest! {
    /// Whatever bytes a geometry holds, it is read or told.
    #[test]
    fn any_geometry_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut whole = vec![b'G', b'P', 0, 1, 0, 0, 0, 0];
        whole.extend(bytes);
        let read = folder(&[("m.gpkg", &geopackage(4326, &[("Kangson", Some(whole))]))]);
        let _ = intake::render(&read.diagnostics, 80, false);
    }

    /// Whatever a map holds, it is read or told, and every draft is a statement.
    #[test]
    fn any_map_is_read(text in "[<>/a-zA-Z\"=&;\\[\\]{},:0-9. \n-]{0,300}", name in "[<a-z&\"]{0,12}", c in "[0-9.,N eE-]{0,20}") {
        let kml = placemark("", &format!("<Point><coordinates>{c}</coordinates></Point>{text}"));
        let json = feature("", &format!(r#"{{"type":"Point","coordinates":[{c}]}}"#));
        let renamed = json.replace("Kangson", &name);
        let read = folder(&[("a.kml", kml.as_bytes()), ("b.kml", text.as_bytes()), ("a.geojson", renamed.as_bytes()), ("b.geojson", text.as_bytes())]);
        for draft in &read.drafts {
            prop_assert!(draft.statement.to_text().is_ok());
        }
        let _ = intake::render(&read.diagnostics, 80, false);
    }
}
