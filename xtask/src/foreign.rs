//! Our log, our proofs and our witness in front of programs that share no code with us.
//!
//! Each checker must take what is good and refuse every copy that was tampered with. What a checker needs is
//! fetched on first use: Go from Debian, the others from PyPI, the witness suite from crates.io. A checker whose
//! language is not to be had is skipped, and says so; Go is never skipped where it can be installed.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The suite that drives a witness through its command line.
const SUITE: &str = "siglog@0.1.0";
const PACKAGES: [&str; 5] = [
    "aics-tlog==0.2.1",
    "aics-witness==0.1.0",
    "cryptography==50.*",
    "pytest==9.*",
    "requests==2.*",
];

/// Runs every checker that can be had.
pub(crate) fn check() -> Result<(), String> {
    let scratch = std::env::current_dir().map_err(words)?.join("target/foreign");
    let _ = fs::remove_dir_all(scratch.join("run"));
    fs::create_dir_all(scratch.join("run")).map_err(words)?;
    let run =
        Run { lockstep: lockstep()?, home: scratch.join("run/home"), root: scratch.join("run") };
    let case = run.case()?;
    let python = python(&scratch)?;

    // A foreign witness on our log, where there is Python for it; then our own.
    let mut witnesses = Vec::new();
    let mut foreign_witness = None;
    if let Some(python) = &python {
        let (child, vkey) = run.aics_witness(python, &case)?;
        foreign_witness = Some(child);
        witnesses.push(vkey);
    }
    let log = run.export(&case, "log")?;
    drop(foreign_witness);
    let keys = fs::read_to_string(log.join("log.vkey")).map_err(words)?;
    let (vkey, mldsa) = keys.trim().split_once('\n').ok_or("log.vkey holds one key only")?;

    go(&run, &log, vkey)?;
    match &python {
        Some(python) => {
            aics_tlog(&run, python, &log, vkey, &witnesses)?;
            ml_dsa(&run, python, &log, mldsa)?;
            conformance(&run, python)?;
        }
        None => println!(
            "   aics-tlog, aics-witness, cryptography, {SUITE}: skipped, they need Python 3.12"
        ),
    }
    Ok(())
}

fn words(e: std::io::Error) -> String {
    e.to_string()
}

/// The binary that the tests built.
fn lockstep() -> Result<PathBuf, String> {
    run_quietly(Command::new("cargo").args(["build", "--locked", "--package", "lockstep"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    fs::canonicalize(target.join("debug/lockstep")).map_err(words)
}

fn run_quietly(command: &mut Command) -> Result<String, String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    if out.status.success() {
        Ok(text)
    } else {
        Err(format!("{command:?}: {}\n{text}{}", out.status, String::from_utf8_lossy(&out.stderr)))
    }
}

struct Run {
    lockstep: PathBuf,
    home: PathBuf,
    root: PathBuf,
}

impl Run {
    fn lockstep(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.lockstep);
        command.args(args).env("LOCKSTEP_HOME", &self.home);
        command
    }

    /// A case of 700 statements: three tiles, the last one partial.
    fn case(&self) -> Result<PathBuf, String> {
        let case = self.root.join("case");
        fs::create_dir_all(&case).map_err(words)?;
        fs::write(case.join("case.kdl"), "case \"foreign\" {\n  title \"Checked by others\"\n}\n")
            .map_err(words)?;
        let mut table = "id,name,variants,variants_from_memory,lat,lon,precision_m,type,status,observed_on,source,\
                         source_reliability,credibility,note,basis\n"
            .to_owned();
        for i in 0..700 {
            table +=
                &format!("o-{i},Site {i},,,,,,reactor,operating,2008-06,Survey {i},B,2,,seen\n");
        }
        fs::write(case.join("observations.csv"), table).map_err(words)?;
        run_quietly(&mut self.lockstep(&["open", &case.to_string_lossy()]))?;
        Ok(case)
    }

    fn export(&self, case: &Path, name: &str) -> Result<PathBuf, String> {
        let to = self.root.join(name);
        let args = ["ledger", "export", &case.to_string_lossy(), &to.to_string_lossy()];
        run_quietly(&mut self.lockstep(&args))?;
        Ok(to)
    }

    /// Starts aics-witness on our log, lets `open` ask it, and gives its public key.
    fn aics_witness(&self, python: &Path, case: &Path) -> Result<(Killed, String), String> {
        let program = python.with_file_name("aics-witness");
        let config = self.root.join("aics.json");
        let log = self.export(case, "before")?;
        let keys = fs::read_to_string(log.join("log.vkey")).map_err(words)?;
        let vkey = keys.lines().next().unwrap_or_default();
        let aics = |args: &[&str]| {
            let mut command = Command::new(&program);
            command.args(args).arg("--config").arg(&config).current_dir(&self.root);
            command
        };
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let made =
            run_quietly(&mut aics(&["init", "--name", "aics.example/w1", "--listen", &listen]))?;
        let witness = made
            .split_whitespace()
            .find(|w| w.starts_with("aics.example/w1+"))
            .ok_or_else(|| format!("aics-witness names no key: {made}"))?
            .to_owned();
        run_quietly(&mut aics(&["add-log", "--origin", "lockstep.local/foreign", "--vkey", vkey]))?;
        let child =
            aics(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(words)?;
        let child = Killed(child);
        wait_for(port, Duration::from_secs(10))?;
        let policy = format!("log {vkey}\nwitness AICS {witness} http://{listen}\nquorum AICS\n");
        fs::write(case.join("witnesses.policy"), policy).map_err(words)?;
        // A change, so that the witness is asked about a tree that grew after the first question.
        for name in ["a", "b"] {
            let row = format!(
                "id,name,variants,variants_from_memory,lat,lon,precision_m,type,status,observed_on,source,\
                               source_reliability,credibility,note,basis\n{name},Later {name},,,,,,reactor,,2009,S,B,2,,seen\n"
            );
            fs::write(case.join(format!("{name}.csv")), row).map_err(words)?;
            let out = self.lockstep(&["open", &case.to_string_lossy()]).output().map_err(words)?;
            let told = String::from_utf8_lossy(&out.stderr);
            if !told.contains("cosigned by AICS; the quorum of witnesses.policy is met") {
                return Err(format!("aics-witness did not cosign our checkpoint: {told}"));
            }
        }
        println!(
            "   aics-witness: cosigned our checkpoint twice, the second time over a grown tree"
        );
        Ok((child, witness))
    }
}

/// A process that ends with us.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port nobody listens on now.
fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(words)?;
    Ok(listener.local_addr().map_err(words)?.port())
}

fn wait_for(port: u16, most: Duration) -> Result<(), String> {
    let start = Instant::now();
    while start.elapsed() < most {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("nothing answers on port {port}"))
}

/// Copies of a log, each with one thing changed that an auditor must notice.
fn tampered(run: &Run, log: &Path) -> Result<Vec<(&'static str, PathBuf)>, String> {
    /// What is changed, in which file, and how.
    type Change = (&'static str, &'static str, fn(&mut Vec<u8>));
    let changes: [Change; 6] = [
        ("a byte of an entry", "tile/entries/001", |b| b[900] ^= 1),
        ("a byte of a hash tile", "tile/0/000", |b| b[77] ^= 1),
        ("a byte of the tile above", "tile/1/000.p/2", |b| b[0] ^= 1),
        ("an entry cut off", "tile/entries/002.p/191", |b| b.truncate(b.len() - 9)),
        ("the size in the checkpoint", "checkpoint", |b| {
            let text = String::from_utf8_lossy(b).into_owned();
            let size = text.lines().nth(1).unwrap_or_default();
            *b = text.replacen(&format!("\n{size}\n"), "\n600\n", 1).into_bytes();
        }),
        ("the log's signature", "checkpoint", |b| {
            let text = String::from_utf8_lossy(b).into_owned();
            // A character in the middle of the Ed25519 line.
            let at = text.find("— lockstep.local/foreign ").unwrap_or_default() + 60;
            b[at] = if b[at] == b'A' { b'B' } else { b'A' };
        }),
    ];
    let mut copies = Vec::new();
    for (n, (what, file, change)) in changes.into_iter().enumerate() {
        let copy = run.root.join(format!("tampered-{n}"));
        copy_folder(log, &copy).map_err(words)?;
        let path = partial(&copy, file)?;
        let mut bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let before = bytes.clone();
        change(&mut bytes);
        if bytes == before {
            return Err(format!("{what}: nothing was changed"));
        }
        fs::write(&path, bytes).map_err(words)?;
        copies.push((what, copy));
    }
    Ok(copies)
}

/// The file, or the partial tile of whatever width lies there: how many entries there are depends on who cosigned.
fn partial(log: &Path, file: &str) -> Result<PathBuf, String> {
    let path = log.join(file);
    match file.split_once(".p/") {
        Some((tile, _)) if !path.exists() => {
            let widths = log.join(format!("{tile}.p"));
            let mut entries =
                fs::read_dir(&widths).map_err(|e| format!("{}: {e}", widths.display()))?;
            entries
                .next()
                .and_then(Result::ok)
                .map(|e| e.path())
                .ok_or_else(|| format!("{} is empty", widths.display()))
        }
        _ => Ok(path),
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Takes the good log and refuses every tampered copy.
fn judge(
    name: &str,
    run: &Run,
    log: &Path,
    command: impl Fn(&Path) -> Command,
) -> Result<(), String> {
    let told =
        run_quietly(&mut command(log)).map_err(|e| format!("{name} refuses our log: {e}"))?;
    let copies = tampered(run, log)?;
    for (what, copy) in &copies {
        let out = command(copy).output().map_err(words)?;
        if out.status.success() {
            return Err(format!("{name} takes a copy in which {what} was changed"));
        }
    }
    println!("   {name}: {}; refuses {} tampered copies", told.trim(), copies.len());
    Ok(())
}

/// Go's own packages, from Debian.
fn go(run: &Run, log: &Path, vkey: &str) -> Result<(), String> {
    let packages = Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog");
    if Command::new("go").arg("version").output().is_err() || !packages.exists() {
        install(&["golang-go", "golang-golang-x-mod-dev"])?;
    }
    let program = run.root.join("sumdb");
    run_quietly(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg("xtask/foreign/sumdb.go")
            .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")]),
    )?;
    judge("Go sumdb/note and sumdb/tlog", run, log, |log| {
        let mut command = Command::new(&program);
        command.arg(log).arg(vkey);
        command
    })
}

pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    run_quietly(Command::new("apt-get").args(["-qq", "update"]))?;
    run_quietly(
        Command::new("apt-get")
            .args(["-qq", "install", "--yes", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
    .map(|_| ())
    .map_err(|e| format!("{} are needed: {e}", packages.join(" and ")))
}

fn aics_tlog(
    run: &Run,
    python: &Path,
    log: &Path,
    vkey: &str,
    witnesses: &[String],
) -> Result<(), String> {
    judge("aics-tlog", run, log, |log| {
        let mut command = Command::new(python);
        command.arg("xtask/foreign/aics.py").arg(log).arg(vkey).args(witnesses);
        command
    })
}

/// The long-lasting line, by another implementation of FIPS 204.
fn ml_dsa(run: &Run, python: &Path, log: &Path, vkey: &str) -> Result<(), String> {
    let check = |note: &Path| {
        let mut command = Command::new(python);
        command.arg("xtask/foreign/mldsa.py").arg(note).arg(vkey);
        command
    };
    let note = log.join("checkpoint");
    let told = run_quietly(&mut check(&note))?;
    let text = fs::read_to_string(&note).map_err(words)?;
    let size = text.lines().nth(1).unwrap_or_default().to_owned();
    let wrong = run.root.join("wrong-checkpoint");
    fs::write(&wrong, text.replacen(&format!("\n{size}\n"), "\n1\n", 1)).map_err(words)?;
    if check(&wrong).output().map_err(words)?.status.success() {
        return Err("cryptography takes our ML-DSA-44 line on another checkpoint".to_owned());
    }
    println!(
        "   cryptography: our ML-DSA-44 line is {}, and bad on another checkpoint",
        told.trim()
    );
    Ok(())
}

/// Our witness, driven by the suite of another project, its answers checked by aics-tlog.
fn conformance(run: &Run, python: &Path) -> Result<(), String> {
    // Fetches the package and no dependency of it.
    run_quietly(Command::new("cargo").args(["info", SUITE, "--registry", "crates-io"]))?;
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let sources = cargo.ok_or("no folder of cargo")?.join("registry/src");
    let found = fs::read_dir(&sources)
        .map_err(words)?
        .filter_map(Result::ok)
        .map(|e| e.path().join(SUITE.replace('@', "-")).join("witness-conformance"))
        .find(|path| path.exists())
        .ok_or_else(|| format!("{SUITE} is not in {}", sources.display()))?;
    let suite = run.root.join("suite");
    copy_folder(&found, &suite).map_err(words)?;
    // The suite starts one program; ours has a command for it. What it answers is kept, to be verified.
    let entry = run.root.join("witness.sh");
    let script = format!(
        "#!/bin/sh\nLOCKSTEP_HOME='{}' exec '{}' witness \"$@\"\n",
        run.home.display(),
        run.lockstep.display()
    );
    fs::write(&entry, script).map_err(words)?;
    run_quietly(Command::new("chmod").arg("+x").arg(&entry))?;
    fs::copy("xtask/foreign/conftest.py", suite.join("conftest.py")).map_err(words)?;
    let told = run_quietly(
        Command::new(python)
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "test", "--entrypoint"])
            .arg(&entry)
            .args(["--port", &free_port()?.to_string()])
            .current_dir(&suite),
    )?;
    let last = told.lines().last().unwrap_or_default().trim_matches(['=', ' ']);
    println!("   {SUITE} on our witness: {last}, every line verified by aics-tlog");
    Ok(())
}

/// Python 3.12 or later in an environment of its own with the packages; nothing where there is none.
fn python(scratch: &Path) -> Result<Option<PathBuf>, String> {
    let environment = scratch.join("python");
    let python = environment.join("bin/python");
    if !python.exists() {
        let Some(base) = newest_python() else { return Ok(None) };
        run_quietly(Command::new(base).args(["-m", "venv"]).arg(&environment))?;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run_quietly(Command::new(&python).args(install).args(PACKAGES))?;
    Ok(Some(python))
}

fn newest_python() -> Option<PathBuf> {
    let enough = |python: &PathBuf| {
        let code = "import sys; sys.exit(sys.version_info < (3, 12))";
        Command::new(python).args(["-c", code]).output().is_ok_and(|out| out.status.success())
    };
    let named = ["python3", "python3.14", "python3.13", "python3.12"].map(PathBuf::from);
    let home = std::env::home_dir().unwrap_or_default();
    let pyenv = fs::read_dir(home.join(".pyenv/versions")).into_iter().flatten();
    let mut kept: Vec<PathBuf> =
        pyenv.filter_map(Result::ok).map(|e| e.path().join("bin/python")).collect();
    kept.sort();
    named.into_iter().chain(kept.into_iter().rev()).find(enough)
}
