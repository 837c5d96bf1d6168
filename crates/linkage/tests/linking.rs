//! Linking two tables, from good to bad input.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linkage::{Assignment, Kind, LinkError, Linkage, Model, Options, Table, link, normalise};
use proptest::prelude::*;

fn read(name: &str, text: &str) -> Table {
    Table::read(name, text.as_bytes(), None).unwrap()
}

fn linked(a: &str, b: &str, assignment: Assignment) -> Linkage {
    link(read("a", a), read("b", b), &Options { assignment, ..Options::default() }).unwrap()
}

fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const GIVEN: &[&str] =
    &["jong", "hong", "chol", "sun", "yong", "min", "kyong", "hak", "il", "song", "mi", "ok"];
const FAMILY: &[&str] = &[
    "kim", "ri", "pak", "choe", "jong", "kang", "jo", "yun", "jang", "rim", "han", "o", "so", "sin",
];
const TOWNS: &[&str] =
    &["yongbyon", "pyongsan", "pakchon", "taechon", "kusong", "anju", "hamhung", "wonsan"];

/// People, `rows` of them from `from`; every third with a slip when `err`.
fn people(from: u64, rows: u64, err: bool) -> String {
    let mut out = String::from("id,given,family,born,town,document\n");
    for i in from..from + rows {
        let x = mixed(i + 1);
        let pick =
            |of: &[&str], shift: u32| of[((x >> shift) as usize & 0xffff) % of.len()].to_owned();
        let mut given = pick(GIVEN, 3) + &pick(GIVEN, 13);
        let mut family = pick(FAMILY, 23);
        let (mut born, mut document) = (
            format!("19{:02}-{:02}-{:02}", 30 + x % 60, 1 + (x >> 8) % 12, 1 + (x >> 33) % 28),
            format!("PS-{:07}", (x >> 17) % 10_000_000),
        );
        if err {
            match i % 6 {
                0 => given.insert(2, 'x'),
                2 => std::mem::swap(&mut given, &mut family),
                3 => born.clear(),
                4 => document = "NaN".into(),
                _ => {}
            }
        }
        let id = if err { 1_000_003 * (i + 7) % 999_983 } else { i };
        out += &format!("{id},{given},{family},{born},{},{document}\n", pick(TOWNS, 41));
    }
    out
}

fn f1(result: &Linkage, shared: std::ops::Range<u64>) -> f64 {
    let right = |l: &&linkage::Link| {
        let i: u64 = l.left_id.parse().unwrap();
        shared.contains(&i) && l.right_id == (1_000_003 * (i + 7) % 999_983).to_string()
    };
    let hits = result.links.iter().filter(right).count() as f64;
    2.0 * hits / (result.links.len() as f64 + (shared.end - shared.start) as f64)
}

#[test]
fn people_with_slips() {
    let result = linked(&people(0, 1500, false), &people(500, 1500, true), Assignment::OneToOne);
    let score = f1(&result, 500..1500);
    assert!(score > 0.97, "{score} {}\n{}", result.links.len(), result.model.to_text());
    assert!(result.candidates < 60_000, "{}", result.candidates);
}

#[test]
fn the_model_it_prints_links_the_same() {
    let (a, b) = (people(0, 400, false), people(200, 400, true));
    let first = linked(&a, &b, Assignment::Best);
    let model = Model::read(&first.model.to_text()).unwrap();
    let options = Options { model: Some(model), ..Options::default() };
    let again = link(read("a", &a), read("b", &b), &options).unwrap();
    let pairs = |l: &Linkage| -> Vec<(String, String)> {
        l.links.iter().map(|k| (k.left_id.clone(), k.right_id.clone())).collect()
    };
    assert_eq!(pairs(&first), pairs(&again));
}

#[test]
fn a_waterfall_adds_up() {
    let result = linked(&people(0, 400, false), &people(200, 400, true), Assignment::Best);
    let best = &result.links[0];
    let (bars, probability) = result.explain(&best.left_id, &best.right_id).unwrap();
    let sum: f64 = bars.iter().map(|b| b.bits).sum();
    assert!((1.0 / (1.0 + (-sum).exp2()) - best.probability).abs() < 1e-9);
    assert_eq!(probability, best.probability);
    assert!(result.explain("none", "such").is_none());
}

#[test]
fn one_to_one_takes_each_row_once() {
    let a = people(0, 300, false);
    // Every row of b twice, under other ids.
    let b = people(0, 300, true);
    let twice = b.clone() + &b.lines().skip(1).map(|l| format!("9{l}\n")).collect::<String>();
    let one = linked(&a, &twice, Assignment::OneToOne);
    let mut lefts: Vec<&str> = one.links.iter().map(|l| l.left_id.as_str()).collect();
    lefts.sort_unstable();
    assert!(lefts.windows(2).all(|w| w[0] != w[1]));
    let best = linked(&a, &twice, Assignment::Best);
    assert!(best.links.len() > one.links.len() * 3 / 2);
    assert!(linked(&a, &twice, Assignment::OneToMany).links.len() >= best.links.len());
}

#[test]
fn other_columns_are_paired_by_their_values() {
    let b = people(200, 400, true).replacen(
        "id,given,family,born,town,document",
        "id,vorname,name,geboren,ort,ausweis",
        1,
    );
    let result = linked(&people(0, 400, false), &b, Assignment::Best);
    let towns = result.model.fields.iter().find(|f| f.left == "town").map(|f| f.right.as_str());
    assert_eq!(towns, Some("ort"));
    assert!(result.notes.iter().any(|n| n.contains("share values")), "{:?}", result.notes);
}

#[test]
fn names_in_several_scripts_are_one_name() {
    const FAMILY: [&str; 8] = ["김", "리", "박", "최", "정", "강", "조", "오"];
    const GIVEN: [&str; 16] = [
        "정", "은", "홍", "섭", "봉", "주", "룡", "해", "성", "택", "용", "원", "순", "남", "덕",
        "훈",
    ];
    let latin = |hangul: &str| names::romanize(hangul, names::System::Western);
    let (mut a, mut b) = (String::from("id,name,town\n"), String::from("id,name,town\n"));
    for i in 0..300_u64 {
        let x = mixed(i + 5);
        let pick =
            |of: &[&str], shift: u32| of[(x >> shift & 0xffff) as usize % of.len()].to_owned();
        let parts = [pick(&FAMILY, 0), pick(&GIVEN, 16), pick(&GIVEN, 32)];
        let town = TOWNS[(x >> 48) as usize % TOWNS.len()];
        a += &format!("{i},{},{town}\n", parts.concat());
        let written = parts.each_ref().map(|p| latin(p)).join(" ");
        b += &format!("{},{written},{town}\n", 1_000_003 * (i + 7) % 999_983);
    }
    a += "k,김정은,anju\n";
    b += "u,Kim Jong Un,anju\nl,Kim Jong Il,anju\n";
    let result = linked(&a, &b, Assignment::OneToOne);
    assert!(result.notes.iter().any(|n| n.contains("several scripts")), "{:?}", result.notes);
    assert!(result.candidates < 20_000, "{}", result.candidates);
    let right = |l: &&linkage::Link| match l.left_id.parse::<u64>() {
        Ok(i) => l.right_id == (1_000_003 * (i + 7) % 999_983).to_string(),
        Err(_) => (l.left_id.as_str(), l.right_id.as_str()) == ("k", "u"),
    };
    let hits = result.links.iter().filter(right).count() as f64;
    let score = 2.0 * hits / (result.links.len() as f64 + 301.0);
    assert!(score > 0.95, "{score}\n{}", result.model.to_text());
    let level = |right: &str| {
        let (bars, _) = result.explain("k", right).unwrap();
        bars.into_iter().find(|b| b.field == "name").unwrap()
    };
    assert!(level("u").level == "equal" && level("u").bits > 4.0, "{:?}", level("u"));
    assert!(level("l").level == "different" && level("l").bits < 0.0, "{:?}", level("l"));
}

#[test]
fn only_overlapping_times_compare() {
    let (mut a, mut b) = (
        String::from("id,site,owner,observed_on,status\n"),
        String::from("id,site,owner,observed_on,status\n"),
    );
    for i in 0..200_u64 {
        let x = mixed(i + 11);
        let site = format!("plant {} {}", TOWNS[(x % 8) as usize], x >> 8 & 1023);
        let owner =
            format!("{} {}", GIVEN[(x >> 20) as usize % 12], FAMILY[(x >> 24) as usize % 14]);
        let status = ["operating", "abandoned", "building"][(x >> 30) as usize % 3];
        a += &format!("{i},{site},{owner},{},{status}\n", 2000 + i % 20);
        // Half are seen in the same year and have the same status, half ten years on and have another.
        let (on, status) = if i % 2 == 0 {
            (format!("{}-06", 2000 + i % 20), status)
        } else {
            (format!("{}/{}", 2030 + i % 20, 2031 + i % 20), "dismantled")
        };
        b += &format!("{},{site},{owner},{on},{status}\n", 1_000_003 * (i + 7) % 999_983);
    }
    let result = linked(&a, &b, Assignment::OneToOne);
    let field = |name: &str| result.model.fields.iter().find(|f| f.left == name).unwrap();
    assert_eq!(field("observed_on").kind, Kind::Period);
    assert_eq!(field("status").when.as_deref(), Some("observed_on"));
    assert!(f1(&result, 0..200) > 0.95, "{}\n{}", f1(&result, 0..200), result.model.to_text());
    let bar = |i: u64, name: &str| {
        let right = (1_000_003 * (i + 7) % 999_983).to_string();
        let (bars, _) = result.explain(&i.to_string(), &right).unwrap();
        bars.into_iter().find(|b| b.field == name).unwrap()
    };
    assert_eq!(
        (bar(0, "observed_on").level.as_str(), bar(0, "status").level.as_str()),
        ("overlapping", "equal")
    );
    // Another status ten years on is no mismatch.
    for name in ["observed_on", "status"] {
        assert_eq!((bar(1, name).level.as_str(), bar(1, name).bits), ("no value", 0.0), "{name}");
    }
    // The model says so, and links the same when it is given back.
    assert!(result.model.to_text().contains("while=\"observed_on\""), "{}", result.model.to_text());
    let model = Model::read(&result.model.to_text()).unwrap();
    let options =
        Options { model: Some(model), assignment: Assignment::OneToOne, ..Options::default() };
    let again = link(read("a", &a), read("b", &b), &options).unwrap();
    assert_eq!(again.links.len(), result.links.len());
    let lost = "field \"status\" kind=category while=\"observed\"\n";
    let options = Options { model: Some(Model::read(lost).unwrap()), ..Options::default() };
    let error = link(read("a", &a), read("b", &b), &options).unwrap_err().to_string();
    assert!(error.contains("`observed`") && error.contains("kind=period"), "{error}");
}

#[test]
fn nothing_in_common_is_said() {
    let (a, b) = (read("a", "id,x\n1,alpha\n2,beta\n"), read("b", "id,y\n1,12.5\n2,13.5\n"));
    match link(a, b, &Options::default()) {
        Err(LinkError::Nothing(text)) => assert!(text.contains("no columns"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_column_is_left_out_and_said() {
    let add = |t: &str| {
        t.lines()
            .enumerate()
            .map(|(i, l)| format!("{l},{}\n", if i == 0 { "empty" } else { "" }))
            .collect::<String>()
    };
    let result =
        linked(&add(&people(0, 200, false)), &add(&people(0, 200, true)), Assignment::Best);
    assert!(result.notes.iter().any(|n| n.contains("`empty` is empty")), "{:?}", result.notes);
    assert!(!result.model.fields.iter().any(|f| f.left == "empty"));
}

#[test]
fn identical_rows_neither_crash_nor_multiply() {
    let same = |ids: std::ops::Range<u32>| {
        ids.map(|i| format!("{i},kim,yongbyon\n"))
            .fold(String::from("id,name,town\n"), |a, b| a + &b)
    };
    // All rows the same: no column tells anything.
    assert!(matches!(
        link(read("a", &same(0..500)), read("b", &same(0..500)), &Options::default()),
        Err(LinkError::Nothing(_))
    ));
    let a = people(0, 200, false)
        + &same(10_000..12_000).lines().skip(1).map(|l| format!("{l},,,\n")).collect::<String>();
    let result = linked(&a, &people(0, 200, true), Assignment::Best);
    assert!(f1(&result, 0..200) > 0.9, "{}", f1(&result, 0..200));
}

#[test]
fn a_hundred_thousand_of_one_name() {
    let rows = |from: u64| {
        let mut out = String::from("id,name,born\n");
        for i in from..from + 100_000 {
            let x = mixed(i);
            out += &format!(
                "{i},Kim Chol Su,19{:02}-{:02}-{:02}\n",
                x % 99,
                1 + (x >> 9) % 12,
                1 + (x >> 20) % 28
            );
        }
        out
    };
    let result = linked(&rows(0), &rows(50_000), Assignment::OneToOne);
    assert!(result.candidates < 30_000_000, "{}", result.candidates);
    // One name and a birthday among 33,000 leave many people: none is certain.
    assert!(result.links.iter().all(|l| l.probability < 0.999));
}

#[test]
fn coordinates_swapped_and_out_of_range() {
    let mut a = String::from("id,name,lat,lon\n");
    let mut b = String::from("id,name,lat,lon\n");
    for i in 0..300_u64 {
        let x = mixed(i + 3);
        let (lat, lon) =
            (38.0 + (x % 4000) as f64 / 1000.0, 124.0 + (x >> 20 & 4095) as f64 / 1000.0);
        a += &format!("{i},site {},{lat:.4},{lon:.4}\n", x >> 40 & 31);
        let (p, q) = if i % 10 == 0 { (lon, lat) } else { (lat + 0.0002, lon) };
        b += &format!("{},site {},{p:.4},{q:.4}\n", 1_000_003 * (i + 7) % 999_983, x >> 40 & 31);
    }
    b += "x,site 1,91,NaN\n";
    let result = linked(&a, &b, Assignment::OneToOne);
    let place = result.model.fields.iter().find(|f| f.left == "lat").unwrap();
    assert_eq!(place.kind, Kind::Latitude);
    let score = f1(&result, 0..300);
    assert!(score > 0.95, "{score}\n{}", result.model.to_text());
}

#[test]
fn ids_missing_or_twice_are_said() {
    let table = read("a", "name,town\nkim,anju\nri,kusong\n");
    assert!(table.notes.iter().any(|n| n.contains("number of the row")), "{:?}", table.notes);
    let table = read("a", "id,name\n1,kim\n1,ri\n");
    assert!(table.notes.iter().any(|n| n.contains("repeat an id, `1`")), "{:?}", table.notes);
    let error = Table::read("a", b"ident,name\n1,kim\n", Some("idnet")).unwrap_err().to_string();
    assert!(error.contains("did you mean `ident`"), "{error}");
}

#[test]
fn encodings() {
    let bom = Table::read("a", b"\xef\xbb\xbfid,name\n1,Kim\n", None).unwrap();
    assert_eq!(bom.id_header(), Some("id"));
    let cp1252 = Table::read("a", b"id;name\n1;M\xfcller\n2;Meier\n", None).unwrap();
    assert!(cp1252.notes.iter().any(|n| n.contains("Windows-1252")));
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("id,name\n1,영변\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(Table::read("a", &utf16, None).unwrap().len(), 1);
}

#[test]
fn ragged_rows_are_named() {
    let error = Table::read("a.csv", b"id,name\n1,kim\n2\n", None).unwrap_err().to_string();
    assert!(error.contains("line 3 has 1 fields"), "{error}");
    assert!(Table::read("a.csv", b"", None).is_err());
    assert!(Table::read("a.csv", b"id,name\n", None).unwrap().is_empty());
}

#[test]
fn empty_tables_link_to_nothing() {
    let result =
        link(read("a", "id,name,town\n"), read("b", &people(0, 5, false)), &Options::default());
    assert!(result.is_err() || result.unwrap().links.is_empty());
}

#[test]
fn values_are_normalised() {
    let normal = |t: &str| {
        let mut out = String::new();
        normalise(t, &mut out);
        out
    };
    assert_eq!(normal("  ＹＯＮＧ\u{200b}byon  Site "), "yongbyon site");
    assert_eq!(normal("Yоngbyоn"), "yongbyon"); // Cyrillic о
    assert_eq!(normal("Ёнбён"), "ёнбён");
    assert_eq!(normal("NaN"), "");
    assert_eq!(normal("n/a"), "");
}

#[test]
fn a_model_with_mistakes_points_at_them() {
    let codes = |text: &str| -> Vec<&str> {
        Model::read(text).unwrap_err().iter().map(|m| m.code).collect()
    };
    assert_eq!(codes("feild \"a\"\n"), ["L001"]);
    assert_eq!(codes("field \"name\"\nblock \"nmae\"\n"), ["L002"]);
    assert_eq!(codes("matches lots\n"), ["L003"]);
    assert_eq!(codes("field\n"), ["L004"]);
    assert_eq!(codes("field \"a\" kind=txt\n"), ["L005"]);
    assert_eq!(codes("field \"a\" kind=category {\n level \"near\" m=0.5 u=0.1\n}\n"), ["L006"]);
    assert_eq!(codes("field \"a\" kind=category {\n level \"equal\" m=0.5 u=0.1\n}\n"), ["L007"]);
    assert_eq!(codes("field \"a\"\nblock\n"), ["L008"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_order_of_rows_is_no_evidence(shuffle in any::<u64>()) {
        let (a, b) = (people(0, 120, false), people(60, 120, true));
        let shuffled = |t: &str| {
            let mut rows: Vec<&str> = t.lines().skip(1).collect();
            rows.sort_by_key(|r| mixed(r.bytes().fold(shuffle, |h, b| mixed(h ^ u64::from(b)))));
            t.lines().next().unwrap().to_owned() + "\n" + &rows.join("\n") + "\n"
        };
        let first = linked(&a, &b, Assignment::Best);
        let second = linked(&shuffled(&a), &shuffled(&b), Assignment::Best);
        prop_assert_eq!(first.links, second.links);
        prop_assert_eq!(first.model, second.model);
    }

    #[test]
    fn any_model_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = Model::read(&text);
    }

    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(table) = Table::read("a", &bytes, None) {
            let other = Table::read("b", &bytes, None).unwrap();
            let _ = link(table, other, &Options::default());
        }
    }

    #[test]
    fn a_model_is_read_as_it_was_written(left in "[a-z\"\\\\ ]{1,8}", m in 0.001..1.0_f64, kind in 0..9_usize) {
        let kind = Kind::ALL[kind].0;
        let n = linkage::levels(kind).len();
        let model = Model {
            fields: vec![linkage::ModelField {
                left: left.clone(), right: "r".into(), kind, when: Some("seen".into()),
                levels: (n > 0).then(|| vec![((m * 1e6).round() / 1e6, 0.25); n]),
            }],
            blocks: vec![vec![(left, "whole".into())]],
            matches: Some(7.0),
        };
        prop_assert_eq!(Model::read(&model.to_text()).unwrap(), model);
    }
}
