//! Sealed declarations: what can be asked for.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{CaseArgs, PlaceArgs, ViewArgs};

#[derive(Debug, Args)]
pub(crate) struct SealArgs {
    /// The case folder
    pub case: PathBuf,
    /// The declaration: CSV tables with the columns id and category, or KDL with a node for each site
    #[arg(required = true, value_name = "DECLARATION")]
    pub declaration: Vec<PathBuf>,
    /// Where to write the secret file, which opens the declaration later; keep it outside of the case folder
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// The agreed area: every cell of it is committed, so that each can be challenged
    #[arg(long, value_name = "south=37.5 west=124 cell=0.01 rows=560 columns=700")]
    pub grid: Option<String>,
    /// Room for so many places in each category, as agreed; rounded up to a power of two [default: the least]
    #[arg(long, value_name = "N")]
    pub places: Option<u64>,
    /// A category of the agreed form; repeat it [default: those that occur]
    #[arg(long = "category", value_name = "NAME")]
    pub categories: Vec<String>,
    /// A field of the agreed form; repeat it [default: those that occur]
    #[arg(long = "field", value_name = "NAME")]
    pub fields: Vec<String>,
    /// A count the parties agreed to disclose, as WHAT=N; of a category, or of anything; repeat it
    #[arg(long = "count", value_name = "WHAT=N")]
    pub counts: Vec<String>,
    /// What the declaration covers, in words
    #[arg(long, default_value = "everything that the agreement asks to declare")]
    pub scope: String,
    /// Who can read the secret file besides whoever knows a passphrase: an age key, age1…; repeat it
    #[arg(long = "recipient", value_name = "AGE1…")]
    pub recipients: Vec<String>,
    #[command(flatten)]
    pub voice: VoiceArgs,
    #[command(flatten)]
    pub passphrase: PassphraseArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RevealArgs {
    /// The case folder
    pub case: PathBuf,
    /// What to open: d-3/name, d-3, reactor, reactor/5/name, cell/1042, or `everything`
    #[arg(value_name = "PATH", required_unless_present_any = ["challenges", "field"])]
    pub paths: Vec<String>,
    /// Answer every challenge that waits: open what stands in the cell, or prove that it was committed empty
    #[arg(long)]
    pub challenges: bool,
    /// Open this field of every place: one level of the declaration
    #[arg(long, value_name = "NAME")]
    pub field: Option<String>,
    /// The secret file that `seal` wrote
    #[arg(long, value_name = "FILE")]
    pub secret: PathBuf,
    #[command(flatten)]
    pub voice: VoiceArgs,
    #[command(flatten)]
    pub passphrase: PassphraseArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ChallengeArgs {
    #[command(flatten)]
    pub case: CaseArgs,
    /// What is asked about: cell/1042, or a point as LAT,LON
    #[arg(
        long = "at",
        value_name = "CELL|LAT,LON",
        required_unless_present = "plan",
        allow_hyphen_values = true
    )]
    pub at: Vec<String>,
    /// How far the thing may stand from the point, in metres: every cell within is named
    #[arg(long, value_name = "METRES", default_value_t = 0.0)]
    pub within: f64,
    /// The last day for the answer
    #[arg(long, value_name = "DATE", required_unless_present = "plan")]
    pub due: Option<statement::Date>,
    /// Why these cells, in words that may be shared
    #[arg(long)]
    pub reason: Option<String>,
    /// Which sealed declaration, when there are several
    #[arg(long, value_name = "ID")]
    pub seal: Option<String>,
    /// Show what challenges would find instead: for so many undeclared sites in the area, spread at random and as
    /// the cross-check suspects them
    #[arg(long)]
    pub plan: bool,
    /// Undeclared sites in the area, for --plan
    #[arg(long, value_name = "M", default_value_t = 1)]
    pub hidden: u64,
    #[command(flatten)]
    pub voice: VoiceArgs,
    #[command(flatten)]
    pub view: ViewArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrusteesCommand {
    /// Split the seed of a sealed declaration among trustees: any K of N of them have it, fewer have nothing
    Split {
        /// The secret file that `seal` wrote
        secret: PathBuf,
        /// How many trustees must come together
        #[arg(long, value_name = "K")]
        need: u8,
        /// How many trustees there are
        #[arg(long, value_name = "N")]
        of: u8,
        /// The folder to write the shares to, one file each
        #[arg(long, short, value_name = "DIR")]
        output: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArgs,
    },
    /// Join shares and the declaration to the secret file again, and check it against the sealed root
    Join {
        /// The case folder
        case: PathBuf,
        /// The shares, one file each
        #[arg(long = "share", value_name = "FILE", required = true)]
        shares: Vec<PathBuf>,
        /// The declaration as it was sealed
        #[arg(value_name = "DECLARATION", required = true)]
        declaration: Vec<PathBuf>,
        /// Where to write the secret file
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Who can read it: an age key, age1…; repeat it
        #[arg(long = "recipient", value_name = "AGE1…")]
        recipients: Vec<String>,
        #[command(flatten)]
        passphrase: PassphraseArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct VoiceArgs {
    /// The party that speaks, with its key on this machine, made on first use [default: the one that declares]
    #[arg(long = "as", value_name = "PARTY")]
    pub party: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PassphraseArgs {
    /// A file with the passphrase of the secret file; else $LOCKSTEP_PASSPHRASE, else you are asked
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// A file with an age identity, AGE-SECRET-KEY-1…, instead of a passphrase
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}
