//! A case of a million statements: folded from disk, and one statement more folded and assessed.
//!
//! The mix is that of a large case: accounting reports and stages of items make most of it, beside 10,000 observations,
//! 1,000 declared sites, 500 steps.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use assessment::Assessor;
use case::{Case, Folding, Parsed};
use divan::Bencher;
use jiff::ToSpan as _;
use ledger::Ledger;
use rayon::prelude::*;
use statement::kinds::account::{AccountLine, AccountReport, Dialect, ReportType, WeightUnit};
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::declaration::{ItemDeclare, SiteDeclare};
use statement::kinds::evidence::Observation;
use statement::kinds::items::{ItemStep, StageStanding};
use statement::kinds::roadmap::{Progress, StepClaim};
use statement::{Basis, Body, Date, Header, Place, Point, Quantity, Source, Statement, civil};
use tlog::note::SigningKey;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MILLION: usize = 1_000_000;

/// The ledger that a second process of this program folds.
const FOLD: &str = "FOLD_LEDGER";

fn main() {
    match std::env::var_os(FOLD) {
        Some(path) => fold_in_a_process_of_its_own(Path::new(&path)),
        None => divan::main(),
    }
}

/// As whoever opens a case meets it: nothing of it is in memory.
fn fold_in_a_process_of_its_own(path: &Path) {
    let start = Instant::now();
    let case = load(&Ledger::open(path, None).unwrap());
    println!("fold from disk, every byte hashed: {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!((case.size, case.rejected.len()), (MILLION as u64 + 1, 0));
    std::mem::forget(case);
}

fn header(id: String) -> Header {
    Header {
        case: "big".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: "DPRK".parse().unwrap(),
        replaces: None,
        said: None,
        source: Some(Source {
            basis: Basis::Seen,
            cite: "accounting record, sheet 12".into(),
            credibility: None,
            reliability: None,
        }),
    }
}

const TOWNS: [&str; 8] =
    ["Yongbyon", "Taechon", "Pakchon", "Pyongsan", "Sinpo", "Kusong", "Kaechon", "Sunchon"];
const KINDS: [&str; 5] = ["power reactor", "reprocessing", "uranium mine", "storage", "enrichment"];

fn place(i: usize) -> Option<Place> {
    let lat = format!("39.{:04}", (i * 7919) % 10_000).parse().unwrap();
    let lon = format!("126.{:04}", (i * 104_729) % 10_000).parse().unwrap();
    Some(Place {
        point: Some(Point { lat, lon, precision_m: Some(500.into()) }),
        ..Default::default()
    })
}

fn site(i: usize) -> Body {
    Body::SiteDeclare(SiteDeclare {
        category: KINDS[i % 5].into(),
        claims: vec![],
        material: None,
        name: format!("{} {} plant {i}", TOWNS[i % 8], KINDS[i % 5]),
        place: place(i),
        status: Some("operating".into()),
        variants: vec![format!("Facility {i}")],
    })
}

fn observation(i: usize) -> Body {
    let of = i % 1200;
    Body::Observation(Observation {
        category: KINDS[of % 5].into(),
        claims: vec![],
        name: format!("{} {} {of}", TOWNS[of % 8], KINDS[of % 5]),
        observed_on: Some("2021-08".parse().unwrap()),
        place: place(of),
        status: Some("operating".into()),
        variants: vec![format!("Facility {of}")],
        variants_from_memory: vec![],
    })
}

/// Half of the areas receive a batch from abroad and ship it to their neighbour, which ships it abroad.
const AREAS: usize = 500;

fn report(area: usize, number: usize) -> AccountReport {
    let short = |n: usize| i64::try_from(n).unwrap();
    let (receives, second) = (number % 2 == 1, area % 2 == 1);
    let day = civil::date(2008, 1, 1) + (2 * short(number) + if second { 3 } else { 0 }).days();
    let neighbour = format!("M{:03}", area ^ 1);
    let pass = if receives { number } else { number - 1 };
    let code =
        ["SF", "SD", "RF", "RD"][usize::from(receives) * 2 + usize::from(receives == second)];
    let other = if code.ends_with('D') { neighbour } else { "XXA".into() };
    let code_of = |text: &str| Some(text.parse().unwrap());
    let line = AccountLine {
        basis: code_of("N"),
        batch: Some(format!("B{}-{pass}", area / 2).into()),
        code: code_of(code),
        description: code_of("EOPF"),
        from: receives.then(|| other.clone().into()),
        isotope: Some("56.250".parse().unwrap()),
        isotope_code: code_of("G"),
        items: Some(1),
        kmp: code_of("2"),
        on: Some(Date::day(day)),
        to: (!receives).then(|| other.into()),
        ..AccountLine::new(1, "E".parse().unwrap(), "1250.500".parse().unwrap(), WeightUnit::Gram)
    };
    AccountReport {
        dialect: Dialect::Code10,
        line_count: Some(1),
        lines: vec![line],
        mba: format!("M{area:03}").into(),
        number: u32::try_from(number).unwrap(),
        other: Default::default(),
        part: None,
        period: Date::day(day),
        report_type: ReportType::InventoryChange,
        site: None,
    }
}

fn statement(i: usize) -> Statement {
    let (id, body) = match i {
        0..1_000 => (format!("d-{i}"), site(i)),
        1_000..11_000 => (format!("o-{i}"), observation(i)),
        11_000..111_000 => (
            format!("rod-{i}"),
            Body::ItemDeclare(ItemDeclare {
                amount: Some(Quantity {
                    sigma: None,
                    unit: "kg U".into(),
                    value: "6.24".parse().unwrap(),
                }),
                batch: Some(format!("batch-{}", i % 400)),
                category: "fuel rod".into(),
                serial: Some(format!("S-{i}")),
                site: Some(format!("d-{}", i % 1000).parse().unwrap()),
                tag: None,
            }),
        ),
        111_000..121_000 => (
            format!("c-{i}"),
            Body::StepClaim(StepClaim {
                amount: Some(Quantity {
                    sigma: None,
                    unit: "rods".into(),
                    value: u32::try_from(i % 80).unwrap().into(),
                }),
                cumulative: false,
                on: Some("2008-03-01".parse().unwrap()),
                or_before: false,
                progress: Progress::Partly,
                reason: None,
                step: format!("step-{}", i % 500).parse().unwrap(),
            }),
        ),
        121_000..521_000 => {
            let (item, stage) = ((i - 121_000) % 100_000, (i - 121_000) / 100_000);
            let body = Body::ItemStep(ItemStep {
                item: format!("rod-{}", 11_000 + item).parse().unwrap(),
                on: Date::day(civil::date(2008, 1 + 2 * i8::try_from(stage).unwrap(), 14)),
                sequence: None,
                stage: ["measured", "packed and sealed", "shipped", "received and re-measured"]
                    [stage]
                    .into(),
                standing: StageStanding::Claimed,
            });
            (format!("stage-{i}"), body)
        }
        _ => {
            let (area, number) = ((i - 521_000) % AREAS, (i - 521_000) / AREAS + 1);
            (format!("icr-{i}"), Body::AccountReport(report(area, number)))
        }
    };
    Statement { header: header(id), body }
}

fn roadmap() -> roadmap::Roadmap {
    let step = |i: usize| {
        format!(
            "step \"step-{i}\" {{\n by \"DPRK\"\n due \"2008-06-30\"\n amount 8000 unit=\"rods\"\n}}\n"
        )
    };
    roadmap::read(&("party \"DPRK\"\n".to_owned() + &(0..500).map(step).collect::<String>()))
        .roadmap
}

fn load(ledger: &Ledger) -> Case {
    let mut folding = Folding::with_room(ledger.size().unwrap());
    ledger.scan(|entries| folding.push(entries)).unwrap();
    folding.finish()
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn a_case_of_a_million_statements(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let folder = tempfile::tempdir().unwrap();
        let desk = SigningKey::generate("desk.example").unwrap();
        let log = SigningKey::generate("log.example/big").unwrap();
        let path = folder.path().join("big.sqlite");
        let mut ledger = Ledger::create(&path, &"big".parse().unwrap(), log).unwrap();
        let enroll = KeyEnroll::of_desk(&"big".parse().unwrap(), &desk.verifying_key());
        ledger.append(vec![enroll.sign(&[&desk]).unwrap()]).unwrap();

        let start = Instant::now();
        let sign = |first: usize| -> Vec<Vec<u8>> {
            let batch = first..(first + 8192).min(MILLION);
            batch.into_par_iter().map(|i| statement(i).sign(&[&desk]).unwrap()).collect()
        };
        // As in the binary: the next batch is signed while the last one is written.
        let mut signed = sign(0);
        for next in (8192..MILLION + 8192).step_by(8192) {
            let ready = std::mem::take(&mut signed);
            let (appended, after) =
                rayon::join(|| ledger.append(ready), || sign(next.min(MILLION)));
            appended.unwrap();
            signed = after;
        }
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "\nimport with signing and checking: {seconds:.1} s, {:.0} statements/s",
            MILLION as f64 / seconds
        );

        // A virtual machine that never used so much memory is given it by its host meanwhile, which is not ours to time.
        for _ in 0..3 {
            let this = std::env::current_exe().unwrap();
            assert!(Command::new(this).env(FOLD, &path).status().unwrap().success());
        }

        let mut case = load(&ledger);
        let (mut assessor, roadmap, day) = (Assessor::new(), roadmap(), civil::date(2026, 1, 1));
        let start = Instant::now();
        let first = assessor.assess(&case, Some(&roadmap), day);
        println!("first assessment: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        assert_eq!((first.accounts.lines, first.accounts.errors), (MILLION - 521_000, 0));
        assert_eq!(first.custody.problems, []);
        for (what, i, body) in [
            ("an accounting report", 1, statement(MILLION).body),
            ("a step claim", 2, statement(111_000).body),
            ("a stage of an item", 5, statement(521_000 - 1).body),
            ("an observation", 3, observation(7)),
            ("a site", 4, site(7)),
        ] {
            let entry =
                Statement { header: header(format!("more-{i}")), body }.sign(&[&desk]).unwrap();
            let start = Instant::now();
            case.apply(Parsed::read(&entry));
            assessor.assess(&case, Some(&roadmap), day);
            println!("one statement more, {what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        }
        assert!(case.rejected.is_empty());

        let report = ledger.verify(|_, _| {}).unwrap();
        assert_eq!(report.fault, None);
        println!(
            "verify: hashes {:.2} s, statements and signatures {:.1} s",
            report.hashing.as_secs_f64(),
            report.signatures.as_secs_f64()
        );
        // A million objects need not be taken apart one by one.
        std::mem::forget(case);
    });
}
