//! `why`: what a row rests on.

use assessment::Assessment;
use desk::why::Why;

use crate::args::{Format, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

pub(crate) fn run(what: &[String], place: &PlaceArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let (case, id) = super::case_and(what);
    let session = Session::read(&case, place)?;
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    let hint = unknown(id, &session, &assessment);
    let material = session.into_material();
    let Some(why) = desk::why::why(&material, &assessment, id)? else {
        return Err(CliError::Call(hint));
    };
    match view.format {
        Format::Json => output::json("lockstep/why/v1", &why)?,
        _ => output::print(&text(&why, material.ledger.is_none()))?,
    }
    Ok(0)
}

fn text(why: &Why, in_memory: bool) -> String {
    let mut out = String::new();
    for words in &why.what {
        out += &format!("{words}\n");
    }
    out += match why.statements.is_empty() {
        true => "\nIt rests on no statement of the record.\n",
        false => "\nIt rests on:\n",
    };
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
