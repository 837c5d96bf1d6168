//! `seal`, `trustees`: a whole declaration is committed to; its secret is kept and shared out.

use std::io::Write;
use std::path::{Path, PathBuf};

use escrow::secret::{Key, Lock, Secret};
use escrow::shares::{self, Share};
use escrow::{Commitment, Form, Grid, Seed, Site};
use intake::DeclaredPlace;
use statement::kinds::escrow::{Count, Seal};
use statement::{Body, ObjectId};

use crate::args::{PassphraseArgs, SealArgs, TrusteesCommand, ViewArgs};
use crate::output::{self, remark};
use crate::session::{CliError, Session};
use crate::voice::{Saying, Voice};

pub(crate) fn seal(args: &SealArgs) -> Result<u8, CliError> {
    let Some(places) = read(&args.declaration)? else { return Ok(1) };
    let form = form(args, &places)?;
    let area = args.grid.as_ref().map(|text| area(text, &places)).transpose()?;
    let counts = args.counts.iter().map(|text| count(text)).collect::<Result<Vec<_>, _>>()?;
    refuse_existing(&args.output)?;
    let mut session = Session::record(&args.case, &args.place)?;
    let voice = Voice::of(&session, args.voice.party.as_deref())?;
    let lock = lock(&args.recipients, &args.passphrase)?;
    let sites = places.iter().map(site).collect();
    let seed = Seed::random().map_err(call)?;
    let grid = area.as_ref().map(|(grid, _)| grid.to_string());
    let (secret, sealed) = Secret::seal(sites, &form, area, seed).map_err(call)?;
    // The secret first: a root whose secret is lost could never be opened.
    write_secret(&args.output, &secret.lock(&lock).map_err(call)?)?;
    let root = sealed.root();
    let id: ObjectId = format!("seal.{}", short(&root.to_string()))
        .parse()
        .map_err(|e: statement::IdError| CliError::Call(e.to_string()))?;
    let body = Body::DeclarationSeal(Seal {
        counts: counts.clone(),
        form: form.agreed(),
        grid: grid.clone(),
        root,
        scope: args.scope.clone(),
    });
    let said = voice.say(&mut session, today(), vec![Saying { id: id.clone(), body }]);
    if let Err(e) = said {
        // Nothing was committed, so the secret is of nothing.
        let _ = std::fs::remove_file(&args.output);
        return Err(e);
    }
    if let Some(ledger) = &session.ledger {
        super::publish::cosign(&args.case, ledger)?.iter().for_each(|line| remark(line));
    }
    let mut told = format!(
        "{} sealed the declaration as {id}\nroot {root}\nsecret file {}: keep it safe and apart; without it, or its \
         seed shared out (lockstep trustees split), nothing can be opened\n\nThe others learn this and nothing more:\n",
        voice.party,
        args.output.display()
    );
    told += &format!("  categories  {}\n", form.categories().join(", "));
    told += &format!("  fields      {}\n", form.fields().join(", "));
    told += &format!("  room for    {} places in each category, used or not\n", form.places());
    told += &format!(
        "  area        {}\n",
        grid.as_deref().unwrap_or("none: no place can be challenged")
    );
    for count in counts {
        told += &format!("  count       {} {}\n", count.number, count.what);
    }
    output::print(&told)?;
    Ok(0)
}

/// The places of a declaration, or nothing when it has mistakes, which are shown.
fn read(files: &[PathBuf]) -> Result<Option<Vec<DeclaredPlace>>, CliError> {
    let (mut places, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        let (found, told) = intake::declaration(file)
            .map_err(|e| CliError::Call(format!("{}: {e}", file.display())))?;
        places.extend(found);
        faults.extend(told);
        if let Some(folder) = intake::case_folder_around(file) {
            remark(&format!(
                "note: {} lies in the case folder {}, which is made to be shared; keep it elsewhere",
                file.display(),
                folder.display()
            ));
        }
    }
    if faults.is_empty() && places.is_empty() {
        return Err(CliError::Call("the declaration holds no place".to_owned()));
    }
    if faults.is_empty() {
        return Ok(Some(places));
    }
    output::print(&intake::render(&faults, output::width(), output::colour()))?;
    output::complain("nothing was sealed");
    Ok(None)
}

fn site(place: &DeclaredPlace) -> Site {
    Site { category: place.category.clone(), id: place.id.clone(), fields: place.fields.clone() }
}

/// The form agreed on, or the least that the declaration fits in.
fn form(args: &SealArgs, places: &[DeclaredPlace]) -> Result<Form, CliError> {
    let sites: Vec<Site> = places.iter().map(site).collect();
    let least = Form::least(&sites).map_err(call)?;
    let agreed = |given: &[String], own: &[String]| {
        if given.is_empty() { own.to_vec() } else { given.to_vec() }
    };
    let categories = agreed(&args.categories, least.categories());
    let mut fields = agreed(&args.fields, least.fields());
    if !fields.iter().any(|f| f == Form::ID) {
        fields.insert(0, Form::ID.to_owned());
    }
    let room = args.places.map_or(least.places_log2(), escrow::height_for);
    Form::new(categories, fields, room).map_err(call)
}

/// The grid, and the cells that each place stands in: those within its stated precision.
fn area(text: &str, places: &[DeclaredPlace]) -> Result<(Grid, Vec<Vec<u64>>), CliError> {
    let grid: Grid = text.parse().map_err(call)?;
    let mut nowhere = 0;
    let mut cells = Vec::with_capacity(places.len());
    for place in places {
        let Some((lat, lon, precision)) = place.point else {
            nowhere += 1;
            cells.push(Vec::new());
            continue;
        };
        if grid.cell_at(lat, lon).is_none() {
            return Err(CliError::Call(format!(
                "{} at {lat}, {lon} lies outside the agreed area {grid}",
                place.id
            )));
        }
        cells.push(grid.cells_near(lat, lon, precision));
    }
    if nowhere > 0 {
        remark(&format!(
            "note: {} without lat and lon: they stand in no cell, and a challenge there would be answered \"empty\"",
            desk::count(nowhere, "place")
        ));
    }
    Ok((grid, cells))
}

fn count(text: &str) -> Result<Count, CliError> {
    let (what, number) = text.rsplit_once('=').unwrap_or((text, ""));
    number
        .trim()
        .parse()
        .map(|number| Count { number, what: what.trim().to_owned() })
        .map_err(|_| CliError::Call(format!("--count {text}: write WHAT=N, for example reactor=3")))
}

fn lock(recipients: &[String], passphrase: &PassphraseArgs) -> Result<Lock, CliError> {
    if recipients.is_empty() {
        Ok(Lock::Passphrase(self::passphrase(passphrase, true)?))
    } else {
        Ok(Lock::Recipients(recipients.to_vec()))
    }
}

/// The passphrase from where it is kept, else from the person at the terminal.
fn passphrase(args: &PassphraseArgs, new: bool) -> Result<String, CliError> {
    let text = if let Some(file) = &args.passphrase_file {
        let read = std::fs::read_to_string(file);
        read.map_err(|e| CliError::Call(format!("{}: {e}", file.display())))?
    } else if let Ok(text) = std::env::var("LOCKSTEP_PASSPHRASE") {
        text
    } else {
        let ask = |words: &str| {
            rpassword::prompt_password(words).map_err(|e| {
                CliError::Call(format!(
                    "no passphrase: {e}; give --passphrase-file, or set LOCKSTEP_PASSPHRASE"
                ))
            })
        };
        let first = ask("passphrase of the secret file: ")?;
        if new && ask("once more: ")? != first {
            return Err(CliError::Call("the two passphrases differ".to_owned()));
        }
        first
    };
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.is_empty() {
        return Err(CliError::Call("the passphrase is empty".to_owned()));
    }
    Ok(text)
}

/// The secret file, read with a passphrase or an identity.
pub(super) fn unlock(file: &Path, args: &PassphraseArgs) -> Result<Secret, CliError> {
    let bytes =
        std::fs::read(file).map_err(|e| CliError::Call(format!("{}: {e}", file.display())))?;
    let key = match &args.identity {
        None => Key::Passphrase(passphrase(args, false)?),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| CliError::Call(format!("{}: {e}", path.display())))?;
            // age-keygen writes comments above the key.
            let line = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with('#'));
            Key::Identity(line.unwrap_or_default().to_owned())
        }
    };
    Secret::unlock(&bytes, &key).map_err(|e| CliError::Call(format!("{}: {e}", file.display())))
}

fn refuse_existing(file: &Path) -> Result<(), CliError> {
    if file.exists() {
        return Err(CliError::Call(format!(
            "{} exists; a secret file is never written over",
            file.display()
        )));
    }
    Ok(())
}

/// Writes a file that its owner alone can read, durably, and never over another.
fn write_secret(file: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let write = || {
        let mut out = options.open(file)?;
        out.write_all(bytes)?;
        out.sync_all()
    };
    write().map_err(|e: std::io::Error| CliError::Call(format!("{}: {e}", file.display())))
}

pub(crate) fn trustees(command: &TrusteesCommand) -> Result<u8, CliError> {
    match command {
        TrusteesCommand::Split { secret, need, of, output, passphrase } => {
            let seed = unlock(secret, passphrase)?.seed();
            let shares = shares::split(seed, *need, *of).map_err(call)?;
            std::fs::create_dir_all(output)
                .map_err(|e| CliError::Call(format!("{}: {e}", output.display())))?;
            for (i, share) in shares.iter().enumerate() {
                let file = output.join(format!("share-{}-of-{of}.txt", i + 1));
                write_secret(&file, format!("{share}\n").as_bytes())?;
            }
            output::print(&format!(
                "{of} shares in {}: give each trustee one and keep none; any {need} of them join the seed again\n\
                 the seed alone opens nothing: the declaration itself must be kept, too\n",
                output.display()
            ))?;
        }
        TrusteesCommand::Join {
            case,
            shares,
            declaration,
            output,
            recipients,
            passphrase,
            place,
        } => {
            refuse_existing(output)?;
            let Some(places) = read(declaration)? else { return Ok(1) };
            let mut read = Vec::new();
            for file in shares {
                let told =
                    |e: &dyn std::fmt::Display| CliError::Call(format!("{}: {e}", file.display()));
                let text = std::fs::read_to_string(file).map_err(|e| told(&e))?;
                read.push(text.trim().parse::<Share>().map_err(|e| told(&e))?);
            }
            let seed = shares::join(&read).map_err(call)?;
            let session = Session::read(case, place)?;
            let lock = lock(recipients, passphrase)?;
            let sites: Vec<Site> = places.iter().map(site).collect();
            let mut why = "the case holds no sealed declaration".to_owned();
            for record in &session.case.seals {
                let commitment = record.body.commitment();
                match rebuild(commitment, &places, sites.clone(), seed) {
                    Ok(secret) if secret.root == commitment.root() => {
                        write_secret(output, &secret.lock(&lock).map_err(call)?)?;
                        output::print(&format!(
                            "the secret of {} is in {}\n",
                            record.id,
                            output.display()
                        ))?;
                        return Ok(0);
                    }
                    Ok(_) => {
                        why = "the seed and this declaration give another root: a value differs from what was sealed"
                            .to_owned();
                    }
                    Err(e) => why = e.to_string(),
                }
            }
            return Err(CliError::Call(why));
        }
    }
    Ok(0)
}

fn rebuild(
    commitment: &Commitment,
    places: &[DeclaredPlace],
    sites: Vec<Site>,
    seed: Seed,
) -> Result<Secret, CliError> {
    let area = commitment.grid().map(|grid| area(&grid.to_string(), places)).transpose()?;
    Ok(Secret::seal(sites, commitment.form(), area, seed).map_err(call)?.0)
}

pub(super) fn call(e: impl std::fmt::Display) -> CliError {
    CliError::Call(e.to_string())
}

/// Enough of a hash to tell things apart by eye.
pub(super) fn short(hash: &str) -> String {
    hash.chars().filter(char::is_ascii_alphanumeric).take(8).collect()
}

pub(super) fn today() -> statement::civil::Date {
    ViewArgs::today()
}
