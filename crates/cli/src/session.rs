//! One case at hand: its folder, its ledger, its state.

use std::path::{Path, PathBuf};

use assessment::{Assessor, Field};
use case::{Case, Folding, Parsed};
use desk::{Material, Mistake, Places, Recorded};
use intake::{Diagnostic, Draft, Folder, IntakeError};
use ledger::keys::KeyDir;
use ledger::{Added, Ledger, LedgerError};
use rayon::prelude::*;
use roadmap::Roadmap;
use statement::kinds::agreement::KeyEnroll;
use statement::{CaseId, ReadError, Statement};
use tlog::note::{NoteError, SigningKey};

use crate::args::PlaceArgs;
use crate::output::{Progress, remark};

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("a statement could not be signed: {0}")]
    Sign(#[from] ReadError),
    #[error("a key could not be made: {0}")]
    Key(#[from] NoteError),
    #[error("no folder for private keys: set LOCKSTEP_HOME or HOME")]
    NoKeyDir,
    #[error(
        "the log's private key is not on this machine ({0}); nothing can be recorded here. `lockstep status` shows the \
         ledger as it is"
    )]
    NoLogKey(PathBuf),
    #[error(
        "this ledger was started by another desk: the desk key of this machine ({0}) is not enrolled in it. Use the machine \
         that keeps it, or start a ledger of your own with --ledger FILE"
    )]
    OtherDesk(String),
    #[error(
        "the folder does not name a case, so nothing can be recorded; `lockstep check` shows what is wrong"
    )]
    NoCase,
    #[error("there is no ledger at {}; record the case first: lockstep open", .0.display())]
    NoLedger(PathBuf),
    #[error(transparent)]
    Desk(#[from] desk::Problem),
    #[error("{0}")]
    Call(String),
    #[error("the output could not be written: {0}")]
    Output(std::io::Error),
    /// Whoever reads our output has seen enough.
    #[error("")]
    Closed,
}

impl CliError {
    /// 1 when the case or its ledger has errors, 2 when the call is wrong.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Intake(_) | Self::Call(_) | Self::NoLedger(_) => 2,
            Self::Ledger(LedgerError::NoEntry { .. }) => 2,
            _ => 1,
        }
    }
}

/// Statements recorded in one transaction.
const BATCH: usize = 8192;
/// File of the desk's key in the key folder, and its name in signatures.
pub(crate) const DESK_KEY: (&str, &str) = ("desk.key", "desk.lockstep.local");

/// A case folder, what it holds, and the state its ledger folds to.
pub(crate) struct Session {
    pub folder: Folder,
    pub roadmap: Option<Roadmap>,
    /// Regimes, stages and tests that apply on the ground.
    pub field: Field,
    pub case: Case,
    pub ledger: Option<Ledger>,
    /// What was recorded; `None` when the folder alone was assessed.
    pub recorded: Recorded,
}

impl Session {
    /// Reads the folder and records what is new in its ledger.
    pub(crate) fn record(path: &Path, place: &PlaceArgs) -> Result<Self, CliError> {
        let (folder, roadmap, field) = read(path)?;
        let manifest = folder.manifest.as_ref().ok_or(CliError::NoCase)?;
        let keys = KeyDir::default_location().ok_or(CliError::NoKeyDir)?;
        let desk = keys.load_or_create(DESK_KEY.0, DESK_KEY.1)?;
        let file = ledger_file(path, place);
        let mut ledger = open_or_create(&file, &manifest.id, manifest.origin.as_deref(), &keys)?;
        let mut case = load(&ledger)?;
        if case.size == 0 {
            let enrolment = KeyEnroll::of_desk(&manifest.id, &desk.verifying_key());
            ledger.append(vec![enrolment.sign(&[&desk])?])?;
            case = load(&ledger)?;
        }
        let vkey = desk.verifying_key().to_string();
        if !case.keys.iter().any(|k| k.key == vkey && k.revoked_at.is_none()) {
            return Err(CliError::OtherDesk(DESK_KEY.0.to_owned()));
        }
        let mut recorded = append_new(&folder, &mut case, &mut ledger, &desk)?;
        recorded.no_longer_in_folder = no_longer(&folder, &case);
        let head = ledger.head()?;
        recorded.ledger = Some(file.display().to_string());
        (recorded.size, recorded.root) = (head.size, head.root.to_string());
        Ok(Self { folder, roadmap, field, case, ledger: Some(ledger), recorded })
    }

    /// Reads the folder and its ledger, and records nothing. Without a ledger the folder's statements are folded
    /// in memory, as they would be recorded.
    pub(crate) fn read(path: &Path, place: &PlaceArgs) -> Result<Self, CliError> {
        let (folder, roadmap, field) = read(path)?;
        let file = ledger_file(path, place);
        if !file.exists() {
            let case = fold_in_memory(&folder)?;
            let recorded = Recorded::default();
            return Ok(Self { folder, roadmap, field, case, ledger: None, recorded });
        }
        let ledger = Ledger::open(&file, None)?;
        if let Some(manifest) = &folder.manifest {
            ledger.expect_case(&manifest.id)?;
        }
        let case = load(&ledger)?;
        let new = folder.drafts.par_iter().filter(|d| !is_recorded(&d.statement, &case)).count();
        if new > 0 {
            remark(&format!(
                "note: {new} statements of the folder are new or changed and not recorded; run `lockstep open`"
            ));
        }
        let head = ledger.head()?;
        let recorded = Recorded {
            ledger: Some(file.display().to_string()),
            already: folder.drafts.len() - new,
            size: head.size,
            root: head.root.to_string(),
            ..Recorded::default()
        };
        Ok(Self { folder, roadmap, field, case, ledger: Some(ledger), recorded })
    }

    /// The text of the judgement beside the agreement; `None` when there is none.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(crate) fn judgement_text(&self) -> Result<Option<String>, CliError> {
        let file = self.folder.root.join(JUDGEMENT);
        match std::fs::read(&file) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(CliError::Call(format!("{}: {e}", file.display()))),
        }
    }

    /// An assessor that knows what the case says of its own about work on the ground.
    pub(crate) fn assessor(&self) -> Assessor {
        Assessor::with_field(self.field.clone())
    }

    /// The case as the desk shows it.
    pub(crate) fn into_material(self) -> Material {
        let title = self.title();
        let recorded_at = self.ledger.as_ref().map(|ledger| ledger.path().to_owned());
        let mut places = Places::new(self.folder.files.clone());
        for draft in &self.folder.drafts {
            let origin = draft.origin;
            places.insert(draft.statement.header.id.clone(), origin.file, origin.line);
        }
        let diagnostics: Vec<Mistake> =
            self.folder.diagnostics.iter().enumerate().map(mistake).collect();
        let mut shown =
            self.folder.roadmap.as_ref().map_or_else(String::new, |r| r.text.to_string());
        for m in &diagnostics {
            shown += &format!("\n{}:{}:{} {} {}", m.file, m.line, m.column, m.code, m.message);
        }
        // What cannot be read of it is told by the commands that need it; the desk shows what follows without.
        let judgement =
            self.judgement_text().ok().flatten().zip(self.roadmap.as_ref()).map_or_else(
                Default::default,
                |(text, roadmap)| {
                    shown += &text;
                    foresight::sequence::read(&text, roadmap).judgement
                },
            );
        let judgement = match &self.roadmap {
            Some(roadmap) => judgement.with_text(roadmap),
            None => judgement,
        };
        let digest = statement::Sha256Digest::of(shown.as_bytes()).to_string();
        let unrecorded = match recorded_at {
            Some(_) => Vec::new(),
            None => self.folder.drafts.into_iter().map(|d| d.statement).collect(),
        };
        Material {
            title,
            case: self.case,
            field: self.field,
            roadmap: self.roadmap,
            judgement,
            ledger: recorded_at,
            recorded: self.recorded,
            diagnostics,
            places,
            unrecorded,
            digest,
        }
    }

    /// The case's title, or its id.
    pub(crate) fn title(&self) -> String {
        let manifest = self.folder.manifest.as_ref();
        manifest
            .map(|m| if m.title.is_empty() { m.id.to_string() } else { m.title.clone() })
            .unwrap_or_default()
    }
}

/// The analyst's own judgement of payoffs and durations, beside `roadmap.kdl`.
pub(crate) const JUDGEMENT: &str = "foresight.kdl";

/// Mistakes that are drawn with the text they stand in.
const DRAWN: usize = 200;

fn mistake((number, d): (usize, &Diagnostic)) -> Mistake {
    let severity = match d.severity {
        intake::Severity::Error => "error",
        intake::Severity::Warning => "warning",
        intake::Severity::Advice => "advice",
    };
    let drawn =
        (number < DRAWN).then(|| intake::render(std::slice::from_ref(d), desk::WIDTH, false));
    Mistake {
        code: d.code.to_owned(),
        severity: severity.to_owned(),
        file: d.file.clone(),
        line: d.line,
        column: d.column,
        message: d.message.clone(),
        help: d.help.clone(),
        drawn: drawn.map(|d| d.trim_end().to_owned()),
    }
}

/// Where the ledger of a case folder lies.
pub(crate) fn ledger_file(case: &Path, place: &PlaceArgs) -> PathBuf {
    place.ledger.clone().unwrap_or_else(|| case.join(".lockstep/ledger.sqlite"))
}

/// Reads a folder, its roadmap and its `field.kdl`; their mistakes join the folder's.
fn read(path: &Path) -> Result<(Folder, Option<Roadmap>, Field), CliError> {
    let mut folder = intake::read(path)?;
    let field = folder.field.clone().map(|file| {
        let (field, messages) = Field::read(&file.text);
        tell(&mut folder, &file, messages);
        field
    });
    let mut field = field.unwrap_or_default();
    let roadmap = folder.roadmap.clone().map(|file| {
        let reading = roadmap::read(&file.text);
        tell(&mut folder, &file, reading.messages);
        tell(&mut folder, &file, field.add_tests_of(&file.text));
        reading.roadmap
    });
    folder
        .diagnostics
        .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    if let Some(manifest) = &folder.manifest {
        field.evidence = evidence(&manifest.evidence);
    }
    Ok((folder, roadmap, field))
}

/// The weights that a case chooses, over the defaults.
fn evidence(chosen: &intake::Evidence) -> crosscheck::Settings {
    let mut settings = crosscheck::Settings::default();
    let chance = |[low, p, high]: [f64; 3]| crosscheck::Chance { low, p, high };
    settings.cap_bits = chosen.cap_bits.unwrap_or(settings.cap_bits);
    settings.gross_error = chosen.gross_error.unwrap_or(settings.gross_error);
    settings.visit_finds = chosen.visit_finds.unwrap_or(settings.visit_finds);
    settings.prior = chosen.prior.map_or(settings.prior, chance);
    for (letter, digit, right) in &chosen.grades {
        settings.replace(*letter, *digit, chance(*right));
    }
    settings
}

fn tell(folder: &mut Folder, file: &intake::RoadmapFile, messages: Vec<notation::Message>) {
    let told = messages.into_iter().map(|m| Diagnostic::of_message(&file.file, &file.text, m));
    folder.diagnostics.extend(told);
}

/// The file of a log's key in the key folder; `kind` tells its several keys apart.
pub(crate) fn log_key_file(origin: &str, kind: &str) -> String {
    key_file("log", origin, kind)
}

/// The file of a key in the key folder.
pub(crate) fn key_file(role: &str, name: &str, kind: &str) -> String {
    // A key file's name must not lead out of the key folder.
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = name.chars().map(safe).collect();
    let dot = if kind.is_empty() { "" } else { "." };
    format!("{role}.{name}{dot}{kind}.key")
}

fn open_or_create(
    file: &Path,
    case: &CaseId,
    origin: Option<&str>,
    keys: &KeyDir,
) -> Result<Ledger, CliError> {
    let origin = origin.map_or_else(|| format!("lockstep.local/{case}"), str::to_owned);
    let key_file = log_key_file(&origin, "");
    if file.exists() {
        let key = match keys.load(&key_file) {
            Ok(key) => key,
            Err(LedgerError::NotFound(_)) => {
                // Say first what is wrong with the file itself, if anything.
                Ledger::open(file, None)?.expect_case(case)?;
                return Err(CliError::NoLogKey(keys.path().join(key_file)));
            }
            Err(e) => return Err(e.into()),
        };
        let ledger = match Ledger::open(file, Some(key)) {
            // Of another case, most likely: say that rather than that its key differs.
            Err(e @ LedgerError::OtherKey { .. }) => {
                Ledger::open(file, None)?.expect_case(case)?;
                return Err(e.into());
            }
            other => other?,
        };
        ledger.expect_case(case)?;
        return Ok(ledger);
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| match e.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                LedgerError::ReadOnly(file.to_owned())
            }
            std::io::ErrorKind::StorageFull => LedgerError::Full(file.to_owned()),
            _ => LedgerError::Io { path: file.to_owned(), source: e },
        })?;
    }
    match Ledger::create(file, case, keys.load_or_create(&key_file, &origin)?) {
        // Another process made it a moment ago.
        Err(LedgerError::Exists(_)) => {
            let ledger = Ledger::open(file, Some(keys.load(&key_file)?))?;
            ledger.expect_case(case)?;
            Ok(ledger)
        }
        other => Ok(other?),
    }
}

/// Folds a whole ledger. Reading, hashing and parsing run ahead of the fold on all cores; the root of what was
/// folded is compared with the signed checkpoint.
pub(crate) fn load(ledger: &Ledger) -> Result<Case, CliError> {
    let size = ledger.size()?;
    let mut folding = Folding::with_room(size);
    let mut progress = Progress::new();
    ledger.scan(|entries| {
        folding.push(entries);
        progress.show("folding", entries.last().map_or(0, |e| e.index), size);
    })?;
    Ok(folding.finish())
}

/// Whether the case says already what a draft says.
fn is_recorded(draft: &Statement, case: &Case) -> bool {
    case.object(draft.header.id.as_str()).is_some_and(|o| {
        draft.to_text().is_ok_and(|t| o.content_sha256 == statement::Sha256Digest::of(t.as_bytes()))
    })
}

fn append_new(
    folder: &Folder,
    case: &mut Case,
    ledger: &mut Ledger,
    desk: &SigningKey,
) -> Result<Recorded, CliError> {
    let mut recorded = Recorded::default();
    let mut progress = Progress::new();
    let mut batches = folder.drafts.chunks(BATCH);
    let mut next = batches.next().map(|batch| sign_new(batch, case, desk)).transpose()?;
    let mut done = 0;
    while let Some(Batch { drafts, entries, parsed }) = next.take() {
        recorded.already += drafts - entries.len();
        done += drafts;
        // The next batch is signed while this one is written. What its drafts correct is not in this one: an id
        // stands once in a folder.
        let (appended, after) = if entries.is_empty() {
            (None, batches.next().map(|batch| sign_new(batch, case, desk)))
        } else {
            let (standing, following) = (&*case, batches.next());
            rayon::join(
                || Some(ledger.append(entries)),
                || following.map(|batch| sign_new(batch, standing, desk)),
            )
        };
        next = after.transpose()?;
        let Some(appended) = appended.transpose()? else { continue };
        let others = appended.entries.iter().any(|e| matches!(e, Added::At(at) if *at < case.size));
        for (added, (read, correction)) in appended.entries.iter().zip(parsed) {
            match added {
                Added::At(at) => {
                    // Another process may have appended in between; then the whole is folded again below.
                    if *at == case.size && !others {
                        case.apply(read);
                    }
                    recorded.added += 1;
                    recorded.corrections += usize::from(correction);
                }
                Added::Before(_) => recorded.already += 1,
            }
        }
        if case.size != appended.size {
            *case = load(ledger)?;
        }
        progress.show("recording", done as u64, folder.drafts.len() as u64);
    }
    Ok(recorded)
}

/// Signed statements of a part of a folder, those that the case does not say yet.
struct Batch {
    /// How many drafts it was made from.
    drafts: usize,
    entries: Vec<Vec<u8>>,
    /// The same entries as the fold takes them, and whether each corrects what the case says.
    parsed: Vec<(Parsed, bool)>,
}

fn sign_new(drafts: &[Draft], case: &Case, desk: &SigningKey) -> Result<Batch, ReadError> {
    let signed: Vec<(Vec<u8>, (Parsed, bool))> = drafts
        .par_iter()
        .filter(|draft| !is_recorded(&draft.statement, case))
        .map(|draft| {
            let stands = case.object(draft.statement.header.id.as_str()).map(|o| o.text_sha256);
            let entry = match stands {
                None => draft.statement.sign(&[desk])?,
                Some(replaces) => {
                    let mut correction = draft.statement.clone();
                    correction.header.replaces = Some(replaces);
                    correction.sign(&[desk])?
                }
            };
            let parsed = Parsed::read_accepted(&entry);
            Ok((entry, (parsed, stands.is_some())))
        })
        .collect::<Result<_, ReadError>>()?;
    let (entries, parsed) = signed.into_iter().unzip();
    Ok(Batch { drafts: drafts.len(), entries, parsed })
}

/// Objects that the desk recorded and the folder no longer holds.
fn no_longer(folder: &Folder, case: &Case) -> usize {
    let in_folder: std::collections::HashSet<&str> =
        folder.drafts.iter().map(|d| d.statement.header.id.as_str()).collect();
    // The enrolment of the desk's key is no object of the folder.
    case.recorded_ids().filter(|id| !in_folder.contains(id.as_str())).count()
}

/// The folder's statements folded as they would be recorded, signed with a key that is thrown away.
fn fold_in_memory(folder: &Folder) -> Result<Case, CliError> {
    let Some(manifest) = &folder.manifest else { return Ok(Case::new()) };
    let desk = SigningKey::generate(DESK_KEY.1)?;
    let mut case = Case::new();
    case.apply(Parsed::read_accepted(
        &KeyEnroll::of_desk(&manifest.id, &desk.verifying_key()).sign(&[&desk])?,
    ));
    let parsed: Vec<Parsed> = folder
        .drafts
        .par_iter()
        .map(|d| Ok(Parsed::read_accepted(&d.statement.sign(&[&desk])?)))
        .collect::<Result<_, ReadError>>()?;
    parsed.into_iter().for_each(|p| case.apply(p));
    Ok(case)
}
