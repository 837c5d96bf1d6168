//! `reveal` and `challenge`: a sealed declaration is opened part by part, and asked about.

use std::collections::BTreeMap;

use assessment::Assessor;
use case::Sealed as SealedRecord;
use escrow::{Grid, Opening, Sealed};
use statement::kinds::escrow::{Absence, Challenge, Leaf, Reveal};
use statement::{Body, MAX_ENTRY, ObjectId, Sha256Digest};

use super::seal::{call, short, today, unlock};
use crate::args::{ChallengeArgs, Format, RevealArgs};
use crate::output::{self, remark};
use crate::session::{CliError, Session};
use crate::voice::{Saying, Voice};

/// Room in an entry for its header, its signatures and the escaping of its text.
const ROOM: usize = MAX_ENTRY - 8 * 1024;

pub(crate) fn reveal(args: &RevealArgs) -> Result<u8, CliError> {
    let secret = unlock(&args.secret, &args.passphrase)?;
    let mut session = Session::record(&args.case, &args.place)?;
    let voice = Voice::of(&session, args.voice.party.as_deref())?;
    let record = session
        .case
        .seals
        .iter()
        .find(|r| r.body.commitment().root() == secret.root)
        .ok_or_else(|| {
            CliError::Call(format!(
                "{} is the secret of a declaration with the root {}, which this case does not hold",
                args.secret.display(),
                secret.root
            ))
        })?;
    let (seal, known) = (record.id.clone(), record.body.clone());
    let sealed = secret.sealed().map_err(call)?;
    let mut openings = Vec::new();
    for words in &args.paths {
        let words = if words == "everything" { "" } else { words };
        let path = sealed.locate(words).ok_or_else(|| unknown(words, &sealed))?;
        in_parts(&sealed, &path, &mut openings)?;
    }
    if let Some(field) = &args.field {
        for (_, place) in sealed.places() {
            let path = format!("{place}/{field}");
            if sealed.locate(&path).is_none() {
                return Err(unknown(&path, &sealed));
            }
            openings.push(sealed.open(&path).map_err(call)?);
        }
    }
    if args.challenges {
        for cell in waiting(&known) {
            openings.push(sealed.open(&cell).map_err(call)?);
        }
    }
    let asked = openings.len();
    openings.retain(|o| !is_open(&known, &o.path));
    let commitment = sealed.commitment();
    let mut sayings = Vec::new();
    let mut lines = Vec::new();
    for opening in openings {
        commitment.verify(&opening).map_err(call)?;
        lines.push(words(&opening, &known));
        sayings.push(saying(opening, &seal)?);
    }
    let already = asked - sayings.len();
    let added = if sayings.is_empty() { 0 } else { voice.say(&mut session, today(), sayings)? };
    if let (Some(ledger), true) = (&session.ledger, added > 0) {
        super::publish::cosign(&args.case, ledger)?.iter().for_each(|line| remark(line));
    }
    let mut told = lines.concat();
    if already > 0 {
        told += &format!("{} open already\n", desk::count(already, "part"));
    }
    if asked == 0 {
        told += "nothing waits to be opened\n";
    }
    output::print(&told)?;
    Ok(0)
}

fn unknown(words: &str, sealed: &Sealed) -> CliError {
    let ids: Vec<&str> = sealed.places().map(|(id, _)| id).collect();
    let categories = sealed.commitment().form().categories().to_vec();
    let known = ids.iter().copied().chain(categories.iter().map(String::as_str));
    let help = intake::did_you_mean(words, known)
        .map(|w| format!("did you mean `{w}`?"))
        .unwrap_or_else(|| "name a place by its id, a category, or a cell as cell/1042".to_owned());
    CliError::Call(format!("nothing is sealed at `{words}`; {help}"))
}

/// Opens a path, in parts where the whole would be too long for one entry.
fn in_parts(sealed: &Sealed, path: &str, openings: &mut Vec<Opening>) -> Result<(), CliError> {
    let opening = sealed.open(path);
    let length = |o: &Opening| -> usize {
        o.contents.iter().map(|leaf| leaf.path.len() + leaf.value.len() + 24).sum::<usize>()
            + o.proof.len() * 48
    };
    match opening {
        Ok(opening) if length(&opening) <= ROOM => openings.push(opening),
        Err(e @ escrow::EscrowError::Unknown(_)) => return Err(call(e)),
        _ => {
            let form = sealed.commitment().form().clone();
            let parts: Vec<String> = match path.split('/').filter(|p| !p.is_empty()).count() {
                0 => form.categories().to_vec(),
                1 => (0..form.places()).map(|n| format!("{path}/{n}")).collect(),
                2 => form.fields().iter().map(|f| format!("{path}/{f}")).collect(),
                _ => {
                    return Err(CliError::Call(format!(
                        "`{path}` is too long for one entry of the ledger ({MAX_ENTRY} bytes); seal long texts by their \
                         SHA-256 and keep them beside the log"
                    )));
                }
            };
            for part in parts {
                in_parts(sealed, &part, openings)?;
            }
        }
    }
    Ok(())
}

fn waiting(known: &SealedRecord) -> Vec<String> {
    let cells = known.challenges.iter().flat_map(|c| &c.cells);
    let open = cells.filter(|(_, answer)| answer.is_none()).map(|(cell, _)| cell.clone());
    open.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn is_open(known: &SealedRecord, path: &str) -> bool {
    known.opened.contains_key(path) || known.absent.contains(path) || known.whole.contains(path)
}

fn words(opening: &Opening, known: &SealedRecord) -> String {
    let path = if opening.path.is_empty() { "everything" } else { &opening.path };
    match opening.contents.as_slice() {
        [] if known.commitment().is_leaf(&opening.path) => format!("{path}: committed empty\n"),
        [] => format!("{path}: nothing stands there\n"),
        [one] if one.path == opening.path => format!("{path}: {}\n", one.value),
        many => format!("{path}: {} opened\n", desk::count(many.len(), "field")),
    }
}

fn saying(opening: Opening, seal: &ObjectId) -> Result<Saying, CliError> {
    let hash = short(&Sha256Digest::of(opening.path.as_bytes()).to_string());
    let id = format!("open.{}.{hash}", seal.as_str().trim_start_matches("seal."));
    let id = id.parse().map_err(call)?;
    let Opening { path, seed, contents, proof } = opening;
    let body = if contents.is_empty() && Grid::cell_of_path(&path).is_some() {
        Body::DeclarationAbsence(Absence { cell: path, proof, salt: seed, seal: seal.clone() })
    } else {
        let contents = contents.into_iter().map(|l| Leaf { path: l.path, value: l.value });
        Body::DeclarationReveal(Reveal {
            contents: contents.collect(),
            path,
            proof,
            salt: seed,
            seal: seal.clone(),
        })
    };
    Ok(Saying { id, body })
}

pub(crate) fn challenge(args: &ChallengeArgs) -> Result<u8, CliError> {
    if args.plan {
        return plan(args);
    }
    let mut session = Session::record(&args.case.case, &args.case.place)?;
    let (seal, grid) = target(&session, args.seal.as_deref())?;
    let mut cells = Vec::new();
    for at in &args.at {
        cells.extend(cells_at(at, args.within, &grid)?.into_iter().map(Grid::path));
    }
    cells.sort();
    cells.dedup();
    let Some(due) = args.due.clone() else { return Err(CliError::Call("give --due".into())) };
    let voice = Voice::of(&session, Some(asker(args)?))?;
    let n = cells.len();
    let hash =
        short(&Sha256Digest::of(format!("{due} {}", cells.join(" ")).as_bytes()).to_string());
    let body = Body::DeclarationChallenge(Challenge {
        cells,
        due: due.clone(),
        reason: args.reason.clone(),
        seal: seal.clone(),
    });
    let id: ObjectId = format!("ask.{}.{hash}", voice.party).parse().map_err(call)?;
    voice.say(&mut session, today(), vec![Saying { id: id.clone(), body }])?;
    if let Some(ledger) = &session.ledger {
        super::publish::cosign(&args.case.case, ledger)?.iter().for_each(|line| remark(line));
    }
    output::print(&format!(
        "{} asks as {id} what {seal} commits to in {}; the answer is due by {due}\n",
        voice.party,
        desk::count(n, "cell")
    ))?;
    Ok(0)
}

fn asker(args: &ChallengeArgs) -> Result<&str, CliError> {
    args.voice
        .party
        .as_deref()
        .ok_or_else(|| CliError::Call("name the party that asks, with --as PARTY".to_owned()))
}

/// The sealed declaration that is asked about, with its area.
fn target(session: &Session, named: Option<&str>) -> Result<(ObjectId, Grid), CliError> {
    let seals: Vec<_> =
        session.case.seals.iter().filter(|r| named.is_none_or(|id| r.id.as_str() == id)).collect();
    let record = match seals.as_slice() {
        [one] => one,
        [] => return Err(CliError::Call("the case holds no such sealed declaration".to_owned())),
        several => {
            let ids: Vec<&str> = several.iter().map(|r| r.id.as_str()).collect();
            return Err(CliError::Call(format!(
                "there are several sealed declarations; name one with --seal: {}",
                ids.join(", ")
            )));
        }
    };
    let grid = record.body.commitment().grid().copied().ok_or_else(|| {
        CliError::Call(format!(
            "{} was sealed without an area: no cell can be challenged",
            record.id
        ))
    })?;
    Ok((record.id.clone(), grid))
}

fn cells_at(at: &str, within: f64, grid: &Grid) -> Result<Vec<u64>, CliError> {
    if let Some(cell) = Grid::cell_of_path(at) {
        return Ok(vec![cell]);
    }
    let point = at.split_once(',').and_then(|(lat, lon)| {
        Some((lat.trim().parse::<f64>().ok()?, lon.trim().parse::<f64>().ok()?))
    });
    let Some((lat, lon)) = point.filter(|(a, b)| a.is_finite() && b.is_finite()) else {
        return Err(CliError::Call(format!(
            "`{at}` is neither a cell (cell/1042) nor a point (39.8,125.75)"
        )));
    };
    if grid.cell_at(lat, lon).is_none() {
        return Err(CliError::Call(format!("{at} lies outside the agreed area {grid}")));
    }
    Ok(grid.cells_near(lat, lon, within.max(0.0)))
}

/// What challenges would find: at random, and where the cross-check suspects most.
fn plan(args: &ChallengeArgs) -> Result<u8, CliError> {
    let session = Session::read(&args.case.case, &args.case.place)?;
    let (seal, grid) = target(&session, args.seal.as_deref())?;
    let assessment =
        Assessor::new().assess(&session.case, session.roadmap.as_ref(), args.view.day());
    let suspicion = suspicion(&assessment.crosscheck, &session, &grid);
    let cells = grid.cells();
    let mut table = desk::Table::new(&["challenges", "at_random", "by_suspicion"]);
    for k in [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter().filter(|k| *k <= cells) {
        let random = escrow::power::uniform(cells, args.hidden, k);
        let ranked = escrow::power::ranked(&suspicion, usize::try_from(k).unwrap_or(usize::MAX));
        table.push(vec![k.to_string(), probability(random), probability(ranked)]);
    }
    if args.view.format == Format::Table {
        output::print(&format!(
            "{seal}: the probability that at least one challenge meets an undeclared site, {} of which stand among \
             {cells} cells (hypergeometric), or where the cross-check suspects one ({} suspected)\n\n",
            args.hidden,
            desk::count(suspicion.len(), "cell")
        ))?;
    }
    output::table(args.view.format, &table)?;
    Ok(0)
}

/// Three digits, also of what is very small.
fn probability(p: f64) -> String {
    if p < 0.001 { format!("{p:.1e}") } else { format!("{p:.3}") }
}

/// For each cell the probability that a place stands there that was seen and not declared: the rank of the place,
/// spread over the cells within the precision of its points.
fn suspicion(c: &crosscheck::Crosscheck, session: &Session, grid: &Grid) -> Vec<f64> {
    let mut cells: BTreeMap<u64, f64> = BTreeMap::new();
    for place in &c.unmatched {
        let points = place.observations.iter().filter_map(|id| {
            let place = session.case.observations.get(id.as_str())?.body.place.as_ref()?;
            let point = place.point.as_ref()?;
            let precision = point.precision_m.map_or(0.0, |p| p.to_f64());
            Some((point.lat.to_f64(), point.lon.to_f64(), precision))
        });
        // The most precise of its points.
        let Some((lat, lon, within)) = points.min_by(|a, b| a.2.total_cmp(&b.2)) else { continue };
        let near = grid.cells_near(lat, lon, within);
        for cell in &near {
            let clear = cells.entry(*cell).or_insert(1.0);
            *clear *= 1.0 - place.rank.clamp(0.0, 1.0) / near.len() as f64;
        }
    }
    cells.into_values().map(|clear| 1.0 - clear).collect()
}
