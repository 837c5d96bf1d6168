//! `access`: requests and their clocks.

use std::path::Path;

use assessment::AccessDraft;
use inspection::{AccessStatus, AgreedText, AsOf, Used};
use serde::Serialize;

use crate::args::{CaseArgs, Format, MomentArgs, PlaceArgs, ViewArgs, now};
use crate::output;
use crate::session::{CliError, Session};

/// What `access status` prints as JSON.
#[derive(Serialize)]
struct Report<'a> {
    as_of: String,
    requests: &'a [AccessStatus],
    /// Days used over all requests.
    used: &'a [Used],
    texts: &'a [AgreedText],
}

pub(crate) fn status(case: &CaseArgs, view: &MomentArgs) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let as_of = view.as_of.unwrap_or_else(now);
    let requests = inspection::requests(&session.case, &session.field.regimes, as_of);
    let used = inspection::days_used(&requests);
    let texts = inspection::agreed_texts(&session.case, as_of.date());
    match view.format {
        Format::Json => output::json(
            "lockstep/access/v1",
            &Report {
                as_of: as_of.last().to_string(),
                requests: &requests,
                used: &used,
                texts: &texts,
            },
        )?,
        Format::Csv => output::table(Format::Csv, &desk::views_field::access(&requests))?,
        Format::Table => {
            output::print(&format!("{}, as of {}\n", session.title(), as_of.last()))?;
            if requests.is_empty() {
                output::print("\nNo access request is recorded by then.\n")?;
            }
            let parts = [
                ("Requests", desk::views_field::access(&requests)),
                ("Clocks", desk::views_field::clocks(&requests)),
                ("The way so far", desk::views_field::passages(&requests)),
                ("Days used, the same measure for every side", desk::views_field::days_used(&used)),
                ("Agreed texts", desk::views_field::texts(&texts)),
            ];
            for (title, table) in parts.iter().filter(|(_, t)| !t.rows.is_empty()) {
                output::print(&format!("\n{title}\n"))?;
                output::table(Format::Table, table)?;
            }
            for text in &texts {
                let words = match &text.agreed {
                    Some(version) => format!("{}: all stand by the version `{version}`", text.text),
                    None => format!("{}: no version that all who spoke of it stand by", text.text),
                };
                output::print(&format!("{words}\n"))?;
            }
            for r in &requests {
                for d in &r.decisions {
                    let carried = match d.carried {
                        Some(true) => "carried",
                        Some(false) => "not carried",
                        None => "taken as decided",
                    };
                    let words = format!(
                        "\n{}: {} on {}: {}, {carried}\n",
                        r.request, d.body, d.on, d.votes
                    );
                    output::print(&output::wrapped(&words))?;
                }
                for q in &r.quotas {
                    let words =
                        format!("\n{}: {} of {} in {}\n", r.request, q.used, q.most, q.year);
                    output::print(&output::wrapped(&words))?;
                }
                for words in &r.irregular {
                    output::print(&output::wrapped(&format!("\n{}: {words}\n", r.request)))?;
                }
            }
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}

/// Who asks whom under which regime.
pub(crate) struct Sides<'a> {
    pub by: &'a str,
    pub to: Option<&'a str>,
    pub regime: &'a str,
}

pub(crate) fn draft(
    what: &[String],
    sides: &Sides<'_>,
    output: Option<&Path>,
    place: &PlaceArgs,
    view: &ViewArgs,
) -> Result<u8, CliError> {
    let (case, id) = super::case_and(what);
    let session = Session::read(&case, place)?;
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    let draft = assessment::access_draft(&assessment, &session.case, id).ok_or_else(|| {
        CliError::Call(format!(
            "`{id}` is no observation, declared site or finding of this case; `lockstep crosscheck` lists them"
        ))
    })?;
    if session.field.regimes.get(sides.regime).is_none() {
        let names: Vec<&str> = session.field.regimes.iter().map(|r| r.name.as_str()).collect();
        return Err(CliError::Call(format!(
            "no regime `{}` is known; known are: {}",
            sides.regime,
            names.join(", ")
        )));
    }
    let declares = session.folder.manifest.as_ref().and_then(|m| m.declares.clone());
    let to = sides.to.map(str::to_owned).or(declares.map(|d| d.to_string())).unwrap_or_default();
    let day = view.day().to_string();
    let csv = row(&draft, sides, &to, &day).to_csv();
    let Some(file) = output else {
        match view.format {
            Format::Json => output::json("lockstep/access-draft/v1", &draft)?,
            Format::Csv => output::print(&csv)?,
            Format::Table => output::print(&text(&draft, sides, &to, &day))?,
        }
        return Ok(0);
    };
    let written = match file.extension().and_then(|e| e.to_str()) {
        Some("csv") => csv,
        Some("kdl") => text(&draft, sides, &to, &day),
        _ => return Err(CliError::Call("name the file *.csv or *.kdl".to_owned())),
    };
    std::fs::write(file, written).map_err(CliError::Output)?;
    output::remark(&format!(
        "written to {}; read it, change what is not yours to ask; `lockstep open` records it once it lies in the case folder",
        file.display()
    ));
    Ok(0)
}

/// The draft as a row of the table that a case folder takes.
fn row(draft: &AccessDraft, sides: &Sides<'_>, to: &str, day: &str) -> desk::Table {
    let mut table = desk::Table::new(&[
        "id",
        "request_id",
        "event",
        "on",
        "party",
        "to",
        "site",
        "place",
        "regime",
        "reason",
        "activities",
        "finding",
        "source",
        "basis",
    ]);
    table.push(vec![
        draft.id.clone(),
        draft.id.clone(),
        "request".to_owned(),
        day.to_owned(),
        sides.by.to_owned(),
        to.to_owned(),
        draft.site.as_ref().map(ToString::to_string).unwrap_or_default(),
        draft.place.as_ref().map(ToString::to_string).unwrap_or_default(),
        sides.regime.to_owned(),
        draft.reason.clone(),
        draft.activities.join("; "),
        draft.finding.as_ref().map(ToString::to_string).unwrap_or_default(),
        format!("drafted by the desk on {day}; not sent until {} signs it", sides.by),
        "seen".to_owned(),
    ]);
    table
}

/// The draft as a text to read.
fn text(draft: &AccessDraft, sides: &Sides<'_>, to: &str, day: &str) -> String {
    let quoted = |t: &str| format!("\"{}\"", t.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out =
        String::from("// A draft. Nobody has asked anything yet. The request names no source.\n");
    for words in &draft.rests_on {
        out += &format!("// rests on: {}\n", words.replace('\n', " "));
    }
    out += &format!("access-request {} {{\n", quoted(&draft.id));
    out += &format!(
        "    by {}\n    to {}\n    regime {}\n",
        quoted(sides.by),
        quoted(to),
        quoted(sides.regime)
    );
    out += &format!("    on \"{day}\"\n    reason {}\n", quoted(&draft.reason));
    if let Some(site) = &draft.site {
        out += &format!("    site {}\n", quoted(site.as_str()));
    }
    if let Some(place) = &draft.place {
        let words = statement::Place { point: None, ..place.clone() }.to_string();
        out += &format!("    place {}", quoted(&words));
        if let Some(point) = &place.point {
            out += &format!(" lat=\"{}\" lon=\"{}\"", point.lat, point.lon);
            out += &point.precision_m.map(|m| format!(" precision-m=\"{m}\"")).unwrap_or_default();
        }
        out.push('\n');
    }
    if let Some(finding) = &draft.finding {
        out += &format!("    finding {}\n", quoted(finding.as_str()));
    }
    for activity in &draft.activities {
        out += &format!("    activity {}\n", quoted(activity));
    }
    out + "}\n"
}

pub(crate) fn calendar(
    case: &CaseArgs,
    output: Option<&Path>,
    as_of: Option<AsOf>,
) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let as_of = as_of.unwrap_or_else(now);
    let requests = inspection::requests(&session.case, &session.field.regimes, as_of);
    let text = desk::calendar::access_calendar(&session.title(), &requests, as_of.last());
    match output {
        Some(file) => std::fs::write(file, text).map_err(CliError::Output)?,
        None => output::print(&text)?,
    }
    Ok(u8::from(session.folder.has_errors()))
}
