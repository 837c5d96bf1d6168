//! `why`: what a row rests on.

use std::collections::BTreeSet;

use assessment::Assessment;
use crosscheck::Match;
use serde::Serialize;
use statement::{Statement, open_entry};

use super::ledger::{Signature, signatures};
use crate::args::{Format, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

#[derive(Serialize)]
struct Why {
    id: String,
    /// What it is, in words.
    what: Vec<String>,
    statements: Vec<Behind>,
}

/// One statement behind a row.
#[derive(Serialize)]
struct Behind {
    index: u64,
    id: String,
    kind: String,
    party: String,
    standing: Option<String>,
    source: Option<String>,
    grade: Option<String>,
    basis: Option<String>,
    said: Option<String>,
    note: Option<String>,
    /// File and line of the folder it came from.
    place: Option<String>,
    signatures: Vec<SignatureState>,
    text: String,
}

#[derive(Serialize)]
struct SignatureState {
    key: String,
    state: &'static str,
}

pub(crate) fn run(what: &[String], place: &PlaceArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let (case, id) = super::case_and(what);
    let session = Session::read(&case, place)?;
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    let (words, because) = explain(id, &session, &assessment);
    if words.is_empty() {
        return Err(CliError::Call(unknown(id, &session, &assessment)));
    }
    let mut statements = Vec::new();
    for index in because {
        statements.extend(behind(&session, index)?);
    }
    let why = Why { id: id.to_owned(), what: words, statements };
    match view.format {
        Format::Json => output::json("lockstep/why/v1", &why)?,
        _ => output::print(&text(&why, session.ledger.is_none()))?,
    }
    Ok(0)
}

/// What an id is, in every part of the assessment that speaks of it, and the entries behind that.
fn explain(id: &str, session: &Session, a: &Assessment) -> (Vec<String>, BTreeSet<u64>) {
    let mut words = Vec::new();
    let mut because = BTreeSet::new();
    if let Some(object) = session.case.object(id) {
        words.push(format!(
            "{id}: {}, the word of {} ({})",
            object.kind.describe(),
            object.party,
            object.standing
        ));
        because.extend(object.because);
    }
    let c = &a.crosscheck;
    if let Some(site) = c.sites.iter().find(|s| s.site.as_str() == id) {
        words.push(format!(
            "declared as {} ({}): {}",
            site.name,
            site.category,
            desk::views::verdict(site.verdict)
        ));
        words.extend(site.matches.iter().map(|m| waterfall(m.id.as_str(), m)));
        for d in &site.differences {
            words.push(format!(
                "{} differs: declared `{}`{}, {} says `{}`{}",
                d.attribute,
                d.declared,
                dated(d.declared_on.as_ref()),
                d.observation,
                d.observed,
                dated(d.observed_on.as_ref())
            ));
        }
        because.extend(&site.because);
    }
    if let Some(row) = c.observations.iter().find(|o| o.observation.as_str() == id) {
        words.extend(row.matches.iter().map(|m| waterfall(m.id.as_str(), m)));
        if row.matches.is_empty() {
            words.push("it matches no declared site".to_owned());
        }
    }
    if let Some(place) =
        c.unmatched.iter().find(|p| p.observations.iter().any(|o| o.as_str() == id))
    {
        words.push(format!(
            "in the place `{}`, {}, rank {:.2}: {}",
            place.name,
            desk::count(place.observations.len(), "report"),
            place.rank,
            place.reasons.join("; ")
        ));
        because.extend(&place.because);
    }
    for m in c.misplaced.iter().filter(|m| m.observation.as_str() == id || m.against.as_str() == id)
    {
        words.push(format!(
            "{} lies {:.1} km from {} ({})",
            m.observation,
            m.distance_m / 1000.0,
            m.against,
            m.against_name
        ));
        because.extend(&m.because);
    }
    for group in &a.figures.groups {
        for pair in
            group.disagreements.iter().filter(|p| p.low.as_str() == id || p.high.as_str() == id)
        {
            words.push(format!(
                "{} and {} cannot both be true; {} {} lie between them",
                pair.low, pair.high, pair.gap, group.unit
            ));
            let behind = group.figures.iter().filter(|f| f.id == pair.low || f.id == pair.high);
            because.extend(behind.flat_map(|f| f.because.iter().copied()));
        }
    }
    if let Some(status) = a.roadmap.as_ref() {
        if let Some(step) = status.steps.iter().find(|s| s.id.as_str() == id) {
            let parties = step.parties.join(", ");
            words.push(format!(
                "step of {parties}: {}: {} {}",
                step.title,
                step.state.words(),
                desk::views::timing(step)
            ));
            words.extend(step.said.iter().map(|s| format!("said: {s}")));
            for d in &step.disputes {
                words.push(format!(
                    "disputed by {}{}: {}",
                    d.party,
                    dated(d.on.as_ref()),
                    d.reason
                ));
                because.extend(&d.because);
            }
            because.extend(&step.because);
            because.extend(promises(session, id));
        }
        for limit in status.limits.iter().filter(|l| l.id.as_str() == id) {
            words.push(format!(
                "limit {}: exceeded in {} of {} reports",
                limit.limit,
                limit.exceeded,
                limit.readings.len()
            ));
            because.extend(limit.readings.iter().flat_map(|r| r.because.iter().copied()));
        }
        for event in status.events.iter().filter(|e| e.id.as_str() == id) {
            words.push(format!("event: {}", event.what));
            because.extend(&event.because);
        }
    }
    (words, because)
}

/// The promises recorded for a step.
fn promises(session: &Session, step: &str) -> Vec<u64> {
    let of_step = |p: &&case::Record<statement::kinds::evidence::Pledge>| {
        p.body.step.as_ref().is_some_and(|s| s.as_str() == step)
    };
    session.case.pledges.iter().filter(of_step).flat_map(|p| p.because.iter().copied()).collect()
}

fn dated(date: Option<&statement::Date>) -> String {
    date.map(|d| format!(" ({d})")).unwrap_or_default()
}

/// The bits of a match, field by field.
fn waterfall(id: &str, m: &Match) -> String {
    let mut out = format!("matches {id} with probability {:.2}", m.probability);
    for f in m.fields.iter() {
        out += &format!("\n      {:>6.1} bits  {:<9} {}", f.bits, f.field, f.words);
    }
    out + &format!("\n      {:>6.1} bits  in all", m.bits)
}

fn behind(session: &Session, index: u64) -> Result<Option<Behind>, CliError> {
    // Without a ledger the folder was folded in memory; its statements are shown from the drafts.
    let (statement, states) = match &session.ledger {
        Some(ledger) => {
            let bytes = ledger.entry(index)?;
            let note = open_entry(&bytes)?;
            let checked: Vec<Signature<'_>> = signatures(&note, &session.case);
            let states = checked
                .iter()
                .map(|s| SignatureState { key: s.key.to_owned(), state: s.state })
                .collect();
            (Statement::read(note.text())?, states)
        }
        None => match index
            .checked_sub(1)
            .and_then(|i| session.folder.drafts.get(usize::try_from(i).ok()?))
        {
            Some(draft) => (draft.statement.clone(), Vec::new()),
            None => return Ok(None),
        },
    };
    let header = &statement.header;
    let standing = session.case.object(header.id.as_str()).map(|o| o.standing.to_string());
    let place =
        session.folder.place_of(header.id.as_str()).map(|(file, line)| format!("{file}:{line}"));
    let source = header.source.as_ref();
    Ok(Some(Behind {
        index,
        id: header.id.to_string(),
        kind: statement.kind_name().to_owned(),
        party: header.party.to_string(),
        standing,
        source: source.map(|s| s.cite.clone()),
        grade: source.map(statement::Source::grade).filter(|g| !g.is_empty()),
        basis: source.map(|s| desk::views::basis_mark(Some(s.basis)).to_owned()),
        said: header.said.as_ref().map(ToString::to_string),
        note: header.note.clone(),
        place,
        signatures: states,
        text: statement.to_text()?,
    }))
}

fn text(why: &Why, in_memory: bool) -> String {
    let mut out = String::new();
    for words in &why.what {
        out += &format!("{words}\n");
    }
    out += "\nIt rests on:\n";
    for s in &why.statements {
        let standing = s.standing.as_deref().map(|w| format!(", {w}")).unwrap_or_default();
        out += &format!("\n  entry {}  {}  {}\n", s.index, s.kind, s.id);
        out += &format!(
            "    word of {}{standing}{}\n",
            s.party,
            s.said.as_ref().map(|d| format!(", {d}")).unwrap_or_default()
        );
        if let Some(source) = &s.source {
            let grade = s.grade.as_ref().map(|g| format!(", grade {g}")).unwrap_or_default();
            let basis = s.basis.as_ref().map(|b| format!(" ({b})")).unwrap_or_default();
            out += &format!("    source: {source}{basis}{grade}\n");
        }
        if let Some(note) = &s.note {
            out += &format!("    note: {note}\n");
        }
        if let Some(place) = &s.place {
            out += &format!("    from {place}\n");
        }
        for sig in &s.signatures {
            out += &format!("    signature of {}: {}\n", sig.key, sig.state);
        }
        if s.signatures.is_empty() && in_memory {
            out += "    not recorded and not signed yet: run `lockstep open`\n";
        }
    }
    out
}

fn unknown(id: &str, session: &Session, a: &Assessment) -> String {
    let drafts = session.folder.drafts.iter().map(|d| d.statement.header.id.to_string());
    let steps = a.roadmap.iter().flat_map(|s| s.steps.iter().map(|s| s.id.to_string()));
    let known: Vec<String> = drafts.chain(steps).collect();
    match intake::did_you_mean(id, known.iter().map(String::as_str)) {
        Some(word) => format!("nothing in this case is called `{id}`; did you mean `{word}`?"),
        None => format!(
            "nothing in this case is called `{id}`; ids stand in the first column of each table"
        ),
    }
}
