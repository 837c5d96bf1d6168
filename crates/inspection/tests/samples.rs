//! Samples: the whole chain, and every way in which it can be broken.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use case::{Case, Parsed};
use inspection::{SampleStatus, samples};
use proptest::prelude::*;
use statement::civil;
use statement::kinds::agreement::KeyEnroll;
use tlog::note::SigningKey;

const CASE: &str = "case \"t\" {\n  party \"DPRK\"\n  party \"IAEA\"\n  declares \"DPRK\"\n}\n";
const SITES: &str = "id,name,category,location,status_declared,declared_on,source,basis\n\
    lab,Laboratory,reprocessing,Yongbyon,,2008-06-26,declaration,seen\n";
const VISITS: &str = "id,site,mandate,from,to,activities,person_days,source,basis\n\
    visit-1,lab,design verification,2028-03-01,2028-03-03,sampling,9,field book,seen\n";
const HEAD: &str = "id,sample_id,event,on,by,source,basis,inspection,material,place,seal,seal_state,part,parts,method,result,sigma,unit,what\n";

/// Rows of a table of samples, each with its empty cells, as entries that a desk signed.
fn entries(rows: &[&str]) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let table: String = rows.iter().map(|row| padded(row)).collect();
    for (file, text) in [
        ("case.kdl", CASE.to_owned()),
        ("sites.csv", SITES.to_owned()),
        ("visits.csv", VISITS.to_owned()),
        ("samples.csv", format!("{HEAD}{table}")),
    ] {
        fs::write(folder.path().join(file), text).unwrap();
    }
    let read = intake::read(folder.path()).unwrap();
    assert!(!read.has_errors(), "{}", intake::render(&read.diagnostics, 100, false));
    let desk = SigningKey::generate("desk.example").unwrap();
    let first = KeyEnroll::of_desk(&"t".parse().unwrap(), &desk.verifying_key());
    std::iter::once(&first)
        .chain(read.drafts.iter().map(|d| &d.statement))
        .map(|s| s.sign(&[&desk]).unwrap())
        .collect()
}

/// `event|on|by|column=value|…` as a row of the table; ids are numbered by what stands there.
fn padded(row: &str) -> String {
    let mut cells = row.split('|');
    let (event, on, by) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
    let columns: Vec<&str> = HEAD.trim().split(',').collect();
    let mut out = vec![String::new(); columns.len()];
    let at = |name: &str| columns.iter().position(|c| *c == name).unwrap();
    let id = format!("e-{}", row.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    for (name, value) in
        [("id", id.as_str()), ("sample_id", "s-1"), ("event", event), ("on", on), ("by", by)]
            .into_iter()
            .chain([("source", "chain of custody form 7"), ("basis", "seen")])
            .chain(cells.map(|c| c.split_once('=').unwrap()))
    {
        out[at(name)] = value.to_owned();
    }
    if event == "taken" {
        out[at("inspection")] = "visit-1".to_owned();
        out[at("material")] = "swipe".to_owned();
    }
    out.join(",") + "\n"
}

fn folded(entries: &[Vec<u8>]) -> Case {
    let mut case = Case::new();
    entries.iter().for_each(|e| case.apply(Parsed::read(e)));
    assert_eq!(case.rejected, []);
    case
}

fn sample(rows: &[&str]) -> SampleStatus {
    let mut all = samples(&folded(&entries(rows)), civil::date(2030, 1, 1));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Taken, split, each part sealed, sent, received and analysed by a laboratory of its own.
const WHOLE: &[&str] = &[
    "taken|2028-03-02|team",
    "split|2028-03-02|team|parts=A; B",
    "sealed|2028-03-03|team|part=A|seal=S-1",
    "sealed|2028-03-03|team|part=B|seal=S-2",
    "shipped|2028-03-05|courier|part=A",
    "shipped|2028-03-06|courier|part=B",
    "received|2028-03-09|lab 1|part=A|seal=S-1|seal_state=intact",
    "received|2028-03-10|lab 2|part=B|seal=S-2|seal_state=intact",
    "analysed|2028-04-01|lab 1|part=A|method=ICP-MS|result=3.50|sigma=0.05|unit=%|what=U-235",
    "analysed|2028-04-02|lab 2|part=B|method=TIMS|result=3.61|sigma=0.02|unit=%|what=U-235",
];

#[test]
fn the_whole_chain() {
    let s = sample(WHOLE);
    assert_eq!(s.breaks, Vec::<String>::new());
    assert_eq!(
        (s.inspection.as_str(), s.taken_on.as_str(), s.last.as_str()),
        ("visit-1", "2028-03-02", "analysed by lab 2")
    );
    // The figure carries its uncertainty, and the laboratory that stands for it.
    let results: Vec<String> = s
        .results
        .iter()
        .map(|r| {
            format!(
                "{} {} {}: {}",
                r.by,
                r.part.as_deref().unwrap(),
                r.method.as_deref().unwrap(),
                r.figure
            )
        })
        .collect();
    assert_eq!(results.len(), 2);
    for (result, parts) in
        results.iter().zip([["lab 1 A ICP-MS", "3.50", "0.05"], ["lab 2 B TIMS", "3.61", "0.02"]])
    {
        assert!(parts.iter().all(|part| result.contains(part)), "{result}");
    }
    assert!(s.because.len() >= WHOLE.len());
}

#[test]
fn every_break_of_the_chain_is_shown() {
    let broken = |change: &dyn Fn(&str) -> Option<String>, words: &str| {
        let rows: Vec<String> = WHOLE.iter().filter_map(|row| change(row)).collect();
        let s = sample(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(s.breaks.iter().any(|b| b.contains(words)), "{words}: {:?}", s.breaks);
    };
    let replace =
        |from: &'static str, to: &'static str| move |row: &str| Some(row.replace(from, to));
    let without =
        |part: &'static str| move |row: &str| (!row.starts_with(part)).then(|| row.to_owned());
    broken(
        &replace("lab 1|part=A|seal=S-1", "lab 1|part=A|seal=S-9"),
        "received with seal S-9, sent with S-1",
    );
    broken(
        &replace("seal=S-2|seal_state=intact", "seal=S-2|seal_state=broken"),
        "the seal was not intact",
    );
    broken(&without("shipped|2028-03-05"), "received and never sent");
    broken(&without("received|2028-03-09"), "lab 1 analysed what it had not received");
    broken(&without("sealed|2028-03-03|team|part=A"), "sent without a seal");
    broken(&without("split"), "no part `A` was split off");
    broken(&replace("taken|2028-03-02", "taken|2028-03-20"), "dated before the sample was taken");
    broken(&replace("result=3.61", "result=3.90"), "more than 3 sigma apart");
    // Two laboratories that agree within their errors are no break, nor is a result that states no error.
    let agree = sample(
        &WHOLE
            .iter()
            .map(|r| r.replace("|sigma=0.02", ""))
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    );
    assert_eq!(agree.breaks, Vec::<String>::new());
}

#[test]
fn a_day_shows_the_chain_as_it_stood() {
    let case = folded(&entries(WHOLE));
    let on = |month, day| samples(&case, civil::date(2028, month, day));
    assert!(on(3, 1).is_empty());
    assert_eq!(on(3, 2)[0].last, "split by team");
    assert_eq!((on(3, 9)[0].last.as_str(), on(3, 9)[0].results.len()), ("received by lab 1", 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Links of the chain arrive in any order, and any of them twice.
    #[test]
    fn any_order_of_arrival_gives_the_same_chain(
        order in Just((1..13).collect::<Vec<usize>>()).prop_shuffle(),
        again in prop::collection::vec(1_usize..13, 0..4),
    ) {
        let entries = entries(WHOLE);
        prop_assert_eq!(entries.len(), 13);
        let mut case = Case::new();
        for i in std::iter::once(0).chain(order).chain(again) {
            case.apply(Parsed::read(&entries[i]));
        }
        let shown = |case: &Case| {
            let mut all = samples(case, civil::date(2030, 1, 1));
            all.iter_mut().for_each(|s| s.because.clear());
            all
        };
        prop_assert_eq!(shown(&case), shown(&folded(&entries)));
    }
}
