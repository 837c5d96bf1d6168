//! What can be asked for.

mod accountancy;
mod escrow;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use inspection::AsOf;
use statement::civil;

pub(crate) use accountancy::{BalanceArgs, DialectArg, DifferencesArgs, SampleArgs, SimulateArgs};
pub(crate) use escrow::{ChallengeArgs, PassphraseArgs, RevealArgs, SealArgs, TrusteesCommand};

/// The verification desk for a disarmament agreement.
#[derive(Debug, Parser)]
#[command(
    name = "lockstep",
    version,
    about = "The verification desk for a disarmament agreement",
    long_about = "Keeps every party's word in one tamper-evident ledger, checks what a state declares against what \
                  others observe, and says which party owes which step and who is late.\n\n\
                  Start with: lockstep open cases/dprk",
    after_help = "Exit status: 0 fine, 1 the case has errors, 2 the call is wrong."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a case folder, record what is new, show where the case stands, and serve the desk to a browser
    #[command(after_help = OPEN_HELP)]
    Open {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
        #[command(flatten)]
        desk: DeskArgs,
    },
    /// Write the desk's pages as one file that opens without a server or network, and prints well
    Report {
        #[command(flatten)]
        case: CaseArgs,
        /// Where to write; `-` is standard output
        #[arg(long, short, value_name = "FILE.html", default_value = "report.html")]
        output: PathBuf,
        /// Show the case as it stood on this day (YYYY-MM-DD) [default: today, UTC]
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Option<civil::Date>,
    },
    /// Show every mistake of a case folder; change nothing
    Check {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Explain the code of a message: what is wrong, an example, how to mend it
    Explain {
        /// The code, for example R007; without it all codes are listed
        code: Option<String>,
    },
    /// Lay out roadmaps and case files; comments and meaning stay, an adopted text is not touched
    Fmt {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Change nothing; exit 1 when a file is not laid out
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Show where the case stands; record nothing
    Status {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Show what any row rests on: its statements, with index, standing, source and signatures
    Why {
        /// A case folder and an id, or an id alone in the folder of a case
        #[arg(value_names = ["CASE", "ID"], num_args = 1..=2, required = true)]
        what: Vec<String>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Compare what was declared with what was seen: verdicts, how sure, why, and where to look next
    Crosscheck {
        #[command(flatten)]
        case: CaseArgs,
        /// A case folder with the party's own observations: they are weighed with the shared ones, and what they change
        /// is shown; nothing of them is written anywhere
        #[arg(long, value_name = "FOLDER")]
        private: Option<PathBuf>,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Write declared sites and observations with their verdicts as a map for other programs
    Map {
        #[command(flatten)]
        case: CaseArgs,
        /// Show the case as it stood on this day (YYYY-MM-DD) [default: today, UTC]
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Option<civil::Date>,
        /// The form of the map
        #[arg(long, value_enum, default_value = "kml")]
        format: MapFormat,
        /// Write points as the sources give them; without this they are coarsened to 0.1 degrees
        #[arg(long)]
        exact: bool,
        /// The file to write; without it GeoJSON and KML are printed
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Link the rows of any two tables that are one thing; no case is needed
    #[command(
        after_help = "Without --model the compared columns, their kinds, weights and blocking are chosen from the \
                            tables, and the model is shown. Neither the order of rows nor ids are evidence."
    )]
    Link(LinkArgs),
    /// Show every stated figure beside those that count the same thing
    Figures {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Does the material balance close? Balances from the case's reports, or of a process from time series, with their statistics
    Balance(BalanceArgs),
    /// Write the case's accounting reports out in another form, and say what that form cannot carry
    Reports {
        #[command(flatten)]
        case: CaseArgs,
        /// The form to write
        #[arg(long, value_enum)]
        dialect: DialectArg,
        /// The folder to write to
        #[arg(long, short, value_name = "DIR")]
        output: PathBuf,
    },
    /// Requests for access: their clocks to the second, drafts, a calendar of deadlines
    #[command(subcommand)]
    Access(AccessCommand),
    /// Interviews: who was asked, on what terms, what came of it, which roles are covered
    Interviews {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Inspections: which sites are tested, samples with their chain, effort against plan
    Inspections {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Items: who holds them, what stage they reached, from when to when they were surely themselves
    Items {
        #[command(flatten)]
        case: CaseArgs,
        /// One item or site, with its intervals of knowledge
        #[arg(long, value_name = "ID")]
        item: Option<String>,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Reconcile what was sent with what arrived
    Manifest {
        /// A case folder; then two lists, or the id of a transfer of the case that carries both
        #[arg(value_names = ["CASE", "SHIPPED.csv|TRANSFER", "RECEIVED.csv"], num_args = 2..=3, required = true)]
        what: Vec<PathBuf>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// GS1 EPCIS 2.0, which shippers and customs speak: transfers of custody out and in
    #[command(subcommand)]
    Epcis(EpcisCommand),
    /// Take an inspection form that was filled offline into the case, with every mistake shown
    Intake {
        /// The case folder
        #[arg(default_value = ".")]
        case: PathBuf,
        /// The filled form (XLSX or CSV); the files it names lie beside it
        #[arg(required_unless_present = "template")]
        form: Option<PathBuf>,
        /// Write an empty form to this file
        #[arg(long, value_name = "FILE.xlsx|FILE.csv")]
        template: Option<PathBuf>,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// The board: complete, verifiable, irreversible, and the parties' own tests
    Board {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// How many items to measure: exact plans, with the approximations in use beside them
    Sample(SampleArgs),
    /// Operator against inspector: item tests, the D statistic of each stratum, MUF - D
    Differences(DifferencesArgs),
    /// What can have been produced, on assumptions with their sources, against every stated figure
    Production {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Significant quantities, timeliness goals and other conventions, with their sources
    Goals {
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Make facilities with known truth: flows, errors, diversions, false statements; measure detection on them
    Simulate(SimulateArgs),
    /// The agreement as text: where its steps stand
    #[command(subcommand)]
    Roadmap(RoadmapCommand),
    /// The ledger: show an entry, verify everything, prove an entry, export, audit
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Commit to a whole declaration today, to open it step by step later
    Seal(SealArgs),
    /// Open a part of a sealed declaration, or answer the challenges that wait
    Reveal(RevealArgs),
    /// Ask what a sealed declaration commits to in a place
    Challenge(ChallengeArgs),
    /// Share out the seed of a sealed declaration among trustees, and join it again
    #[command(subcommand)]
    Trustees(TrusteesCommand),
    /// Serve the case's log over HTTP, its checkpoint and tiles, for whoever audits it; and the desk, to this machine
    Serve {
        #[command(flatten)]
        case: CaseArgs,
        /// Address to listen on. On an address that other machines reach only the log is served, unless --desk is given
        #[arg(long, default_value = HOME)]
        listen: SocketAddr,
        /// Serve the desk, the whole case, to whoever reaches the address
        #[arg(long)]
        desk: bool,
    },
    /// Run a witness: follow logs over HTTP, cosign what extends what was seen, never two histories
    Witness(WitnessArgs),
}

/// Where the desk and a log are served.
pub(crate) const HOME: &str = "127.0.0.1:8417";

const OPEN_HELP: &str = "\
After the page on the terminal, `open` serves the desk on 127.0.0.1 until Ctrl-C when a person is there: standard output
and standard error are a terminal, the format is a table, and the variable CI is not set. A script gets the page and the
exit status, and never waits. --serve serves in any case; --print never does.

Exit status: 0 fine, 1 the case has errors, 2 the call is wrong.";

#[derive(Debug, Args)]
pub(crate) struct DeskArgs {
    /// Print and exit; serve nothing
    #[arg(long)]
    pub print: bool,
    /// Serve the desk even when no person is at a terminal
    #[arg(long, conflicts_with = "print")]
    pub serve: bool,
    /// Do not open a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Address of this machine to serve on [default: 127.0.0.1:8417, or a free port when that is taken]
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    pub listen: Option<SocketAddr>,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| format!("`{text}` is no address; write 127.0.0.1:8417"))?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("`open` serves this machine alone; `lockstep serve --desk --listen` serves others"
            .to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// The left table (CSV)
    pub left: PathBuf,
    /// The right table (CSV)
    pub right: PathBuf,
    /// A model (see docs/linkage.md); what it leaves open is chosen
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Where to write the model that was used
    #[arg(long, value_name = "FILE")]
    pub write_model: Option<PathBuf>,
    /// Least probability of a link
    #[arg(long, value_name = "P", default_value_t = 0.5)]
    pub threshold: f64,
    /// Which links are kept
    #[arg(long, value_enum, default_value = "best")]
    pub assign: Assign,
    /// Column of ids; given twice, of the left and of the right table [default: one called id, else the row's number]
    #[arg(long, value_name = "COLUMN")]
    pub id: Vec<String>,
    /// Show what each field weighs for one pair of ids
    #[arg(long, num_args = 2, value_names = ["LEFT_ID", "RIGHT_ID"])]
    pub explain: Option<Vec<String>>,
    /// For what is drawn at random
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// Which links are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Assign {
    /// Each row of either table at most once
    OneToOne,
    /// Each row of the right table keeps its best row of the left
    Best,
    /// Every pair over the threshold
    OneToMany,
}

impl From<Assign> for linkage::Assignment {
    fn from(assign: Assign) -> Self {
        match assign {
            Assign::OneToOne => Self::OneToOne,
            Assign::Best => Self::Best,
            Assign::OneToMany => Self::OneToMany,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    /// A log to follow, as ORIGIN=VKEY; repeat it for more logs or more keys of one
    #[arg(long = "log", value_name = "ORIGIN=VKEY", required = true)]
    pub logs: Vec<String>,
    /// Where the witness keeps what it cosigned last; never restore this file from a backup
    #[arg(long, value_name = "FILE", alias = "database")]
    pub database_url: PathBuf,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8418")]
    pub listen: SocketAddr,
    /// A private key as text, PRIVATE+KEY+…; without it the keys of --name are used, made on first use
    #[arg(long = "private-key", value_name = "KEY")]
    pub private_keys: Vec<String>,
    /// The witness's name, a URL without its scheme
    #[arg(long, default_value = "witness.lockstep.local")]
    pub name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// A case folder, or a roadmap file alone
    #[arg(value_name = "CASE|FILE", default_value = ".")]
    pub what: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
    /// States to visit at most in each part of the agreement
    #[arg(long, default_value_t = 5_000_000)]
    pub states: usize,
    /// What can still happen from this day on, given the record
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<civil::Date>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    #[command(flatten)]
    pub case: CaseArgs,
    #[command(flatten)]
    pub view: ViewArgs,
    /// Runs
    #[arg(long, default_value_t = 10_000, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(100..=1_000_000))]
    pub runs: usize,
    /// Seed; the same seed gives the same forecast
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Assume that a step is done on a day, as decl=2008-03-01; repeat it for more
    #[arg(long, value_name = "STEP=DATE", value_parser = step_on)]
    pub assume: Vec<(String, civil::Date)>,
    /// Also the chance of being done by this day
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub by: Option<civil::Date>,
    /// Instead: forecasts of the past, month by month, against what happened
    #[arg(long)]
    pub calibrate: bool,
}

fn step_on(text: &str) -> Result<(String, civil::Date), String> {
    let (step, date) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("`{text}`: write STEP=DATE, as decl=2008-03-01"))?;
    Ok((step.trim_matches('"').to_owned(), day(date.trim_matches('"'))?))
}

#[derive(Debug, Subcommand)]
pub(crate) enum RoadmapCommand {
    /// Run the scenarios beside a roadmap (CASE/scenarios/*.kdl) and compare the states they expect
    Test {
        #[command(flatten)]
        case: CaseArgs,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Make a case folder with a roadmap and its events from a spreadsheet of steps, and report each mapping
    Import {
        /// The table of steps, as CSV
        table: PathBuf,
        /// The folder to make; it must not hold a roadmap yet
        #[arg(long, short)]
        output: PathBuf,
        /// Title of the agreement [default: the name of the table]
        #[arg(long)]
        title: Option<String>,
    },
    /// Where each step stands on a day, promises kept, limits, events
    Status {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Search every order of events: who may certify, deadlock, snapback in time, a way out
    Prove(ProveArgs),
    /// Is the sequence safe: who would stop where, each party's exposure, the smallest change that holds
    Safety {
        #[command(flatten)]
        case: CaseArgs,
        /// Seed of the games drawn from the ranges
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// What is left of the sequence on this day, given the record
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Option<civil::Date>,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// How promises were kept, by the same measures for every party, and how unusual that is
    Promises {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// When each step will be done, with what chance, and which date would buy most time if kept
    Forecast(ForecastArgs),
    /// What is left of the agreement, as an agreement: who owes what next
    Owes {
        #[command(flatten)]
        case: CaseArgs,
        /// Only what concerns this party
        #[arg(long)]
        party: Option<String>,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// A picture of the steps over time: promised, done, forecast (SVG)
    Gantt {
        #[command(flatten)]
        case: CaseArgs,
        /// The file to write; `-` for standard output
        #[arg(long, short, value_name = "FILE.svg")]
        output: PathBuf,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// A picture of what waits for what (SVG)
    Graph {
        #[command(flatten)]
        case: CaseArgs,
        /// The file to write; `-` for standard output
        #[arg(long, short, value_name = "FILE.svg")]
        output: PathBuf,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// The dates of open steps for any calendar (iCalendar)
    Calendar {
        #[command(flatten)]
        case: CaseArgs,
        /// The file to write; `-` for standard output
        #[arg(long, short, value_name = "FILE.ics")]
        output: PathBuf,
        /// Only what concerns this party
        #[arg(long)]
        party: Option<String>,
        #[command(flatten)]
        view: ViewArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EpcisCommand {
    /// Write the transfers of the case as an EPCIS document
    Export {
        #[command(flatten)]
        case: CaseArgs,
        /// Where to write it [default: standard output]
        #[arg(long, short, value_name = "FILE.json")]
        output: Option<PathBuf>,
        /// The URI by which trade knows a party (ROK=urn:epc:id:pgln:0614141.00777); may be given for each
        #[arg(long, value_name = "ID=URI")]
        party: Vec<String>,
        /// Show the case as it stood on this day (YYYY-MM-DD) [default: today, UTC]
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Option<civil::Date>,
    },
    /// Read an EPCIS document and write its transfers as a table that the case folder takes
    Import {
        /// The case folder
        case: PathBuf,
        /// The document
        file: PathBuf,
        /// Where to write the table [default: standard output]
        #[arg(long, short, value_name = "FILE.csv")]
        output: Option<PathBuf>,
        /// The URI by which trade knows a party (ROK=urn:epc:id:pgln:0614141.00777); may be given for each
        #[arg(long, value_name = "ID=URI")]
        party: Vec<String>,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccessCommand {
    /// Where each request stands: its state, its clocks, the days each side has used
    Status {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: MomentArgs,
    },
    /// Turn an observation, a declared site or a finding into a request that a person can sign
    Draft {
        /// A case folder and the id of an observation, a site or a finding
        #[arg(value_names = ["CASE", "ID"], num_args = 1..=2, required = true)]
        what: Vec<String>,
        /// Who asks, as named in case.kdl
        #[arg(long, default_value = "IAEA")]
        by: String,
        /// Who is asked [default: whoever declares in case.kdl]
        #[arg(long)]
        to: Option<String>,
        /// The regime whose clocks apply
        #[arg(long, default_value = "additional-protocol")]
        regime: String,
        /// Write to this file, which the case folder takes: a text (.kdl) or a table (.csv)
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Write the clocks that run as an iCalendar file
    Calendar {
        #[command(flatten)]
        case: CaseArgs,
        /// Where to write it [default: standard output]
        #[arg(long, short, value_name = "FILE.ics")]
        output: Option<PathBuf>,
        /// Show the case as it stood at this moment: a day (YYYY-MM-DD) or an instant with its offset [default: now]
        #[arg(long, value_name = "DATE|INSTANT", value_parser = moment)]
        as_of: Option<AsOf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Show one entry as it was signed
    Show {
        /// A case folder and the number of an entry, or the number alone in the folder of a case
        #[arg(value_names = ["CASE", "N"], num_args = 1..=2, required = true)]
        what: Vec<String>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Re-derive everything from the raw bytes and name the first entry that is wrong
    Verify {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Write the log as static files that any web server can serve and anybody can audit
    Export {
        /// The case folder
        case: PathBuf,
        /// Where to write; an earlier export of the same log there is brought up to date
        folder: PathBuf,
        /// Write the files that entries name, too; without this they are withheld
        #[arg(long)]
        attachments: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Put files beside the log under their SHA-256, for a statement to name
    Attach {
        /// The case folder
        case: PathBuf,
        /// Reports, photographs
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Show every file that the entries name, and whether it lies beside the log, is withheld, or is another
    Attachments {
        #[command(flatten)]
        case: CaseArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Show the entries that speak of a site, an item, a party or a step
    Find {
        /// A case folder and an id, or an id alone in the folder of a case
        #[arg(value_names = ["CASE", "ID"], num_args = 1..=2, required = true)]
        what: Vec<String>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Check somebody's log from its public files alone, and name the first wrong tile or entry
    Audit {
        /// The folder or URL with its `checkpoint` and tiles
        #[arg(value_name = "DIR|URL")]
        log: String,
        /// The log's public key, or a file that holds it; without it the key beside the log is taken on trust
        #[arg(long, value_name = "VKEY|FILE")]
        key: Option<String>,
        /// A file that remembers how far the last audit came; the next goes on from there
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Check a proof file offline: that its statement is in a log that the policy trusts
    VerifyProof {
        /// The proof, as `ledger proof` wrote it
        file: PathBuf,
        /// Which logs and witnesses count (C2SP tlog-policy)
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        #[command(flatten)]
        view: ViewArgs,
    },
    /// Prove that an entry is in the ledger: a file that anybody can check offline
    Proof {
        /// A case folder and the number of an entry, or the number alone in the folder of a case
        #[arg(value_names = ["CASE", "N"], num_args = 1..=2, required = true)]
        what: Vec<String>,
        /// Write the proof to this file, best named *.tlog-proof
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write a page that a person can follow, without a computer scientist at hand
        #[arg(long, value_name = "FILE.html")]
        page: Option<PathBuf>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        view: ViewArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    /// The case folder
    #[arg(default_value = ".")]
    pub case: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceArgs {
    /// The ledger file, when it is not kept in CASE/.lockstep/ledger.sqlite
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// Show the case as it stood on this day (YYYY-MM-DD) [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<civil::Date>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct MomentArgs {
    /// Show the case as it stood at this moment: a day (YYYY-MM-DD) or an instant with its offset
    /// (2026-03-29T10:00:00+02:00) [default: now]
    #[arg(long, value_name = "DATE|INSTANT", value_parser = moment)]
    pub as_of: Option<AsOf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// Now, to the second.
pub(crate) fn now() -> AsOf {
    let now = jiff::Timestamp::now();
    AsOf::instant(jiff::Timestamp::from_second(now.as_second()).unwrap_or(now))
}

fn moment(text: &str) -> Result<AsOf, String> {
    let date: statement::Date = text.parse().map_err(|e: statement::DateError| e.to_string())?;
    match (date.time(), date.exact()) {
        (Some(statement::Time::Instant(instant)), _) => Ok(AsOf::instant(instant)),
        (Some(statement::Time::Local(_)), _) => {
            Err(format!("`{text}` has no offset from UTC; write 2026-03-29T10:00:00+02:00 or …Z"))
        }
        (None, Some(day)) => Ok(AsOf::day(day)),
        (None, None) => Err(format!("`{text}` is not one day or instant")),
    }
}

impl ViewArgs {
    /// The day asked for, or today.
    pub(crate) fn day(&self) -> civil::Date {
        self.as_of.unwrap_or_else(Self::today)
    }

    /// Today, UTC.
    pub(crate) fn today() -> civil::Date {
        jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapFormat {
    /// RFC 7946
    Geojson,
    /// For Google Earth
    Kml,
    /// The same, packed
    Kmz,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, within 100 columns
    Table,
    /// For programs; described by the schemas in docs/schema
    Json,
    /// For spreadsheets
    Csv,
}

fn day(text: &str) -> Result<civil::Date, String> {
    let date: statement::Date = text.parse().map_err(|e: statement::DateError| e.to_string())?;
    date.exact().ok_or_else(|| format!("`{text}` is not one day; write it as 2008-06-30"))
}
