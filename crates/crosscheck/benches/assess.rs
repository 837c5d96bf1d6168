//! The cross-check of 10,000 observations against 1,000 declared sites.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::sync::OnceLock;

use case::{Case, Parsed};
use divan::Bencher;
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{Basis, Body, Header, Place, Point, Source, Statement, civil};
use tlog::note::SigningKey;

fn main() {
    divan::main();
}

/// The real case, names read anew each time.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn the_whole_dprk_case(bencher: Bencher<'_, '_>) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/dprk");
    let desk = SigningKey::generate("desk.example").unwrap();
    let mut case = Case::new();
    let mut add = |s: &Statement| case.apply(Parsed::read_accepted(&s.sign(&[&desk]).unwrap()));
    add(&KeyEnroll::of_desk(&"dprk".parse().unwrap(), &desk.verifying_key()));
    intake::read(&root).unwrap().drafts.iter().for_each(|d| add(&d.statement));
    assert!(case.observations.len() > 50);
    bencher.bench_local(|| crosscheck::assess(&case, civil::date(2026, 11, 23)).sites.len());
}

const TOWNS: [&str; 10] = [
    "Yongbyon", "Taechon", "Pakchon", "Pyongsan", "Sinpo", "Kusong", "Kaechon", "Sunchon",
    "Wonsan", "Hamhung",
];
const KINDS: [&str; 5] = ["power reactor", "reprocessing", "uranium mine", "storage", "enrichment"];

fn point(i: usize) -> Option<Place> {
    let lat = format!("39.{:04}", (i * 7919) % 10_000).parse().unwrap();
    let lon = format!("126.{:04}", (i * 104_729) % 10_000).parse().unwrap();
    let point = Point { lat, lon, precision_m: Some(500.into()) };
    Some(Place { point: Some(point), ..Default::default() })
}

fn read(id: String, body: Body) -> Parsed {
    let header = Header {
        case: "big".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "desk".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "survey".into(),
            credibility: Some(2),
            reliability: None,
        }),
    };
    Parsed::read_accepted(&Statement { header, body }.sign(&[desk()]).unwrap())
}

fn desk() -> &'static SigningKey {
    static DESK: OnceLock<SigningKey> = OnceLock::new();
    DESK.get_or_init(|| SigningKey::generate("desk.example").unwrap())
}

fn site(i: usize) -> Parsed {
    let body = Body::SiteDeclare(SiteDeclare {
        category: KINDS[i % 5].into(),
        claims: vec![],
        material: None,
        name: format!("{} {} plant number {i}", TOWNS[i % 10], KINDS[i % 5]),
        place: point(i),
        status: Some("operating".into()),
        variants: vec![format!("Facility {i}")],
    });
    read(format!("d-{i}"), body)
}

fn observation(i: usize) -> Parsed {
    let of = i % 1200;
    let body = Body::Observation(Observation {
        category: KINDS[of % 5].into(),
        claims: vec![],
        name: format!("{} {} {of}", TOWNS[of % 10], KINDS[of % 5]),
        observed_on: Some("2021-08".parse().unwrap()),
        place: point(of),
        status: Some("operating".into()),
        variants: vec![format!("Facility {of}")],
        variants_from_memory: vec![],
    });
    read(format!("o-{i}"), body)
}

fn case() -> Case {
    let desk = desk();
    let enrolment = KeyEnroll::of_desk(&"big".parse().unwrap(), &desk.verifying_key());
    let mut case = Case::new();
    case.apply(Parsed::read_accepted(&enrolment.sign(&[desk]).unwrap()));
    (0..1000).for_each(|i| case.apply(site(i)));
    (0..10_000).for_each(|i| case.apply(observation(i)));
    case
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn ten_thousand_observations_against_a_thousand_sites(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| crosscheck::assess(&case, civil::date(2026, 1, 1)).sites.len());
}

/// One more statement to a cross-checker that knows the case.
fn one_more(bencher: Bencher<'_, '_>, more: impl Fn(usize) -> Parsed, first: usize) {
    let mut case = case();
    let mut crosschecker = crosscheck::Crosschecker::default();
    let day = civil::date(2026, 1, 1);
    crosschecker.assess(&case, day);
    let mut next = first..;
    bencher.bench_local(|| {
        case.apply(more(next.next().unwrap()));
        crosschecker.assess(&case, day).sites.len()
    });
}

#[divan::bench(sample_count = 100, sample_size = 1)]
fn one_observation_more(bencher: Bencher<'_, '_>) {
    one_more(bencher, observation, 10_000);
}

#[divan::bench(sample_count = 100, sample_size = 1)]
fn one_site_more(bencher: Bencher<'_, '_>) {
    one_more(bencher, site, 1000);
}
