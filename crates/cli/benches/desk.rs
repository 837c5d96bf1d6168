//! The desk of a large case: 1,000 sites, 10,000 observations, 100,000 items, 500 steps, recorded and served by the
//! binary itself. Prints how long recording and reading take, the memory of the server, and how long API reads wait
//! when 2,000 a second are asked for.
//!
//! `LOOK=1 cargo bench -p lockstep --bench desk` goes on serving, to look at the case with a browser or to time pages
//! with `node web/tests/browser/scale.mjs ADDRESS`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SITES: usize = 1_000;
const OBSERVATIONS: usize = 10_000;
const ITEMS: usize = 100_000;
const STEPS: usize = 500;
const KINDS: [&str; 6] =
    ["power reactor", "enrichment", "reprocessing", "storage", "uranium mine", "fuel fabrication"];
const SYLLABLES: [&str; 16] = [
    "kan", "son", "yo", "byon", "tae", "chon", "pak", "san", "mu", "ri", "hae", "jin", "won",
    "sil", "gok", "tal",
];

/// Numbers that look random and are the same at every run (Knuth, MMIX).
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn name(&mut self) -> String {
        (0..3).map(|_| SYLLABLES[self.below(16)]).collect()
    }
}

fn write(folder: &Path) {
    let mut draws = Draws(7);
    let put = |name: &str, text: String| {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    put(
        "case.kdl",
        "case \"large\" {\n  title \"A case of scale\"\n  declares \"X\"\n  party \"X\" \"State X\"\n  party \"Y\" \"State Y\"\n}\n"
            .into(),
    );
    let mut sites = String::from(
        "id,name,variants,category,location,status_declared,material,quantity,unit,declared_on,note,source,basis\n",
    );
    let mut known = Vec::new();
    for i in 0..SITES {
        let (name, kind) = (format!("{} {i}", draws.name()), KINDS[draws.below(6)]);
        writeln!(
            sites,
            "s-{i},{name} {kind},,{kind},{name},operating,,,,2010-01-01,,Declaration,seen"
        )
        .unwrap();
        known.push((name, kind));
    }
    put("declarations/sites.csv", sites);
    let mut seen = String::from(
        "id,name,variants,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n",
    );
    for i in 0..OBSERVATIONS {
        let (name, kind) = if draws.below(5) < 4 {
            let (name, kind) = &known[draws.below(SITES)];
            (format!("{name} {kind}"), *kind)
        } else {
            (format!("{} x{i}", draws.name()), KINDS[draws.below(6)])
        };
        writeln!(
            seen,
            "o-{i},{name},,{:.4},{:.4},{},{kind},operating,{}-{:02},Survey {},B,2,,seen",
            37.6 + draws.below(54_000) as f64 / 1e4,
            124.1 + draws.below(68_000) as f64 / 1e4,
            [100, 300, 1_000, 3_000][draws.below(4)],
            2010 + draws.below(16),
            1 + draws.below(12),
            i % 50,
        )
        .unwrap();
    }
    put("observations/o.csv", seen);
    let mut items = String::from("id,category,tag,serial,site,source,basis\n");
    for i in 0..ITEMS {
        writeln!(items, "i-{i},fuel rod,T{i},S{i},s-{},List,seen", i % SITES).unwrap();
    }
    put("items/items.csv", items);
    let mut steps =
        String::from("roadmap \"Synthetic of 500 steps\"\n\nparty \"X\"\nparty \"Y\"\n\n");
    let mut events = String::from(
        "step_id,party,what,condition,promised_date,actual_date,quantity,unit,status,note,source,basis\n",
    );
    for i in 0..STEPS {
        let (party, due) = (["X", "Y"][i % 2], format!("{}-{:02}-15", 2012 + i / 50, 1 + i % 12));
        write!(
            steps,
            "step \"st-{i}\" {{\n    title \"Step {i}\"\n    by \"{party}\"\n    due \"{due}\"\n"
        )
        .unwrap();
        if i > 4 {
            writeln!(steps, "    after \"st-{}\"", i - 5).unwrap();
        }
        steps.push_str("}\n\n");
        if i < 300 {
            let day = format!("{}{:02}", &due[..8], 10 + draws.below(19));
            writeln!(events, "st-{i},{party},Step {i},,{due},{day},,,done,,List,seen").unwrap();
        }
    }
    put("roadmap.kdl", steps);
    put("events/steps.csv", events);
}

/// Ends the server whatever happens.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lockstep(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.env("LOCKSTEP_HOME", home).args(words);
    command
}

/// Kilobytes from `/proc`.
fn memory(pid: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(field)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (case, home) = (folder.path().join("large"), folder.path().join("home"));
    write(&case);
    let case = case.to_str().unwrap();
    for what in ["recorded, assessed and printed", "opened again"] {
        let start = Instant::now();
        let ran =
            lockstep(&home, &["open", case, "--print"]).stdout(Stdio::null()).status().unwrap();
        assert!(ran.success());
        println!("{what}: {:.2} s", start.elapsed().as_secs_f64());
    }
    let start = Instant::now();
    let mut server = Server(
        lockstep(&home, &["open", case, "--serve", "--no-browser", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut told = BufReader::new(server.0.stderr.take().unwrap()).lines();
    let at = told
        .find_map(|line| {
            let line = line.unwrap();
            let from = line.find("http://")?;
            Some(line[from..].split_whitespace().next().unwrap().trim_end_matches('/').to_owned())
        })
        .unwrap();
    println!("served after {:.2} s", start.elapsed().as_secs_f64());
    let agent = ureq::Agent::new_with_defaults();
    let get = |path: &str| {
        let mut answer = agent.get(format!("{at}{path}")).call().unwrap();
        answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap().len()
    };
    let paths = [
        "/api/case",
        "/api/overview",
        "/api/map",
        "/api/findings?limit=50",
        "/api/roadmap",
        "/api/tables/sites?limit=100",
        "/api/tables/observations?limit=100",
        "/api/tables/items?limit=100",
        "/api/ledger/entries?limit=50",
        "/api/why/s-17",
        "/api/overview?as_of=2015-06-30",
        "/api/roadmap?as_of=2015-06-30",
    ];
    for path in paths {
        let start = Instant::now();
        let size = get(path);
        let first = start.elapsed();
        let start = Instant::now();
        get(path);
        println!(
            "{path}: {} kB, first {:.1} ms, again {:.2} ms",
            size / 1000,
            first.as_secs_f64() * 1e3,
            start.elapsed().as_secs_f64() * 1e3
        );
    }
    let pid = server.0.id();
    println!(
        "server: {} MB now, {} MB at most",
        memory(pid, "VmRSS") / 1000,
        memory(pid, "VmHWM") / 1000
    );

    // 16 clients, each asking every 8 ms whether or not the last answer was slow; a wait counts from when the read was
    // due, so that a stalled server cannot hide its stall. Every third read is of something not asked before.
    const CLIENTS: usize = 16;
    const EACH: usize = 625;
    let every = Duration::from_micros(1_000_000 * CLIENTS as u64 / 2_000);
    let start = Instant::now();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (agent, at) = (ureq::Agent::new_with_defaults(), &at);
                scope.spawn(move || {
                    (0..EACH)
                        .map(|n| {
                            let due =
                                start + every * n as u32 + every * client as u32 / CLIENTS as u32;
                            std::thread::sleep(due.saturating_duration_since(Instant::now()));
                            let i = client * EACH + n;
                            let path = match i % 6 {
                                0 => format!("/api/why/s-{}", i % SITES),
                                3 => format!("/api/ledger/entry/{}", i * 7 % ITEMS),
                                1 => "/api/overview".into(),
                                2 => "/api/findings?limit=50".into(),
                                4 => "/api/tables/observations?limit=50".into(),
                                _ => format!("/api/tables/sites?limit=50&offset={}", i % 10 * 50),
                            };
                            let mut answer = agent.get(format!("{at}{path}")).call().unwrap();
                            answer.body_mut().read_to_vec().unwrap();
                            due.elapsed()
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        clients.into_iter().flat_map(|c| c.join().unwrap()).collect()
    });
    let seconds = start.elapsed().as_secs_f64();
    waits.sort();
    let at_most =
        |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{} reads in {seconds:.2} s ({:.0}/s): half within {:.2} ms, 99 % within {:.2} ms, all within {:.1} ms",
        waits.len(),
        waits.len() as f64 / seconds,
        at_most(0.5),
        at_most(0.99),
        at_most(1.0)
    );
    println!(
        "server: {} MB now, {} MB at most",
        memory(pid, "VmRSS") / 1000,
        memory(pid, "VmHWM") / 1000
    );
    if std::env::var_os("LOOK").is_some() {
        println!("the desk is at {at}; Ctrl-C ends it");
        let _ = server.0.wait();
    }
}
