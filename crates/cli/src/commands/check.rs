//! `check`: every mistake of a case folder, where it stands.

use intake::{Diagnostic, Folder, Severity, render};
use notation::Message;
use serde::Serialize;

use crate::args::{CaseArgs, Format, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

#[derive(Serialize)]
struct Report<'a> {
    errors: usize,
    warnings: usize,
    statements: usize,
    diagnostics: &'a [Diagnostic],
}

pub(crate) fn run(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    // What the folder says, whether or not it was recorded: a ledger that does not exist is never read.
    let place = crate::args::PlaceArgs { ledger: Some(case.case.join(".lockstep/none")) };
    let mut session = Session::read(&case.case, &place)?;
    let mut found = beyond_the_row(&session, view);
    found.extend(sense_of_the_roadmap(&session, case, view)?);
    let folder = &mut session.folder;
    folder.diagnostics.extend(found);
    folder
        .diagnostics
        .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    let (errors, warnings) = count(&folder.diagnostics);
    match view.format {
        Format::Json => {
            let report = Report {
                errors,
                warnings,
                statements: folder.drafts.len(),
                diagnostics: &folder.diagnostics,
            };
            output::json("lockstep/check/v1", &report)?;
        }
        Format::Csv => output::table(Format::Csv, &rows(folder))?,
        Format::Table => {
            output::print(&render(&folder.diagnostics, output::width(), output::colour()))?;
            let made = format!(
                "{} from {}",
                desk::count(folder.drafts.len(), "statement"),
                desk::count(folder.files.len(), "table")
            );
            let words = match (errors, warnings) {
                (0, 0) => format!("{}: no mistakes found; {made}\n", folder.root.display()),
                _ => format!(
                    "{}: {}, {}; {made}\n",
                    folder.root.display(),
                    desk::count(errors, "error"),
                    desk::count(warnings, "warning")
                ),
            };
            output::print(&words)?;
        }
    }
    Ok(u8::from(errors > 0))
}

/// Mistakes that no row shows by itself: points that contradict what they match, statements that do not count.
fn beyond_the_row(session: &Session, view: &ViewArgs) -> Vec<Diagnostic> {
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    let folder = &session.folder;
    let told = |id: &str| {
        folder.diagnostics.iter().any(|d| Some((d.file.as_str(), d.line)) == folder.place_of(id))
    };
    let mut found = Vec::new();
    for m in assessment.crosscheck.misplaced.iter().filter(|m| !told(m.observation.as_str())) {
        let message = format!(
            "the point lies {:.0} km from where {} ({}) lies",
            m.distance_m / 1000.0,
            m.against,
            m.against_name
        );
        let help = format!(
            "its name and kind fit that one, and the precisions allow {:.0} km: check the source, or lower its credibility",
            m.allowed_m / 1000.0
        );
        found.extend(folder.warning_at(m.observation.as_str(), "lat", "C001", message, help));
    }
    for r in &assessment.record.rejected {
        if let Some(id) = &r.id {
            let help = "it would stay in the ledger and not count".to_owned();
            found.extend(folder.warning_at(id.as_str(), "id", "C002", r.reason.clone(), help));
        }
    }
    for w in &assessment.record.waiting {
        let message =
            format!("{} waits for the {} `{}`, which is not recorded", w.id, w.what, w.on);
        let help = "it stays in the ledger and counts as soon as that is there; until then it says nothing";
        let (id, on) = (w.id.as_str(), w.on.as_str());
        found.extend(folder.warning_at_word(id, on, "C003", message, help.to_owned()));
    }
    // What the fold rejects is told above and is no part of the accounts.
    let reports = accountancy::Reports::of(&session.case, view.day());
    let accounts = accountancy::Accounts::of(&reports, &folder.incomplete_areas, view.day())
        .judged(&reports, &session.case, view.day(), accountancy::Judging::default());
    found.extend(errors_of_measurement(session, view, &reports, &accounts));
    for f in &accounts.validation.findings {
        let severity = match f.gravity {
            accountancy::Gravity::Error => Severity::Error,
            accountancy::Gravity::Warning => Severity::Warning,
        };
        let fault = intake::ReportFault {
            code: f.code,
            severity,
            line: f.index,
            column: f.column,
            message: f.message.clone(),
            label: f.label,
            help: f.help.clone(),
        };
        found.extend(folder.report_fault(f.report.as_str(), fault));
    }
    found
}

/// Rows of errors that say nothing, contradict each other, or leave a line of the reports without errors.
fn errors_of_measurement(
    session: &Session,
    view: &ViewArgs,
    reports: &accountancy::Reports<'_>,
    accounts: &accountancy::Accounts<'_>,
) -> Vec<Diagnostic> {
    let folder = &session.folder;
    let rows = accountancy::errors_of(&session.case, view.day());
    let mut found = Vec::new();
    if !reports.reports.is_empty() {
        for (row, why) in accountancy::idle(reports, &rows) {
            let help = "check its area, category and filters against the reports".to_owned();
            found.extend(folder.warning_at(row.id.as_str(), "mba", "A244", why, help));
        }
    }
    for (row, other) in accountancy::at_odds(&rows) {
        let message = format!(
            "`{}` was calibrated on other days according to {}",
            row.body.instrument(),
            other.id
        );
        let help = "an instrument has one list of calibrations: repeat it in each of its rows";
        let told =
            folder.warning_at(row.id.as_str(), "calibrated", "A245", message, help.to_owned());
        found.extend(told.map(|mut d| {
            d.severity = Severity::Error;
            d
        }));
    }
    for j in &accounts.judgements {
        let of = rows.iter().find(|r| {
            *r.body.mba == *j.mba && r.body.material == j.material && r.body.measured == j.measured
        });
        if let (Some(why), Some(row)) = (&j.no_sigma, of) {
            let message = format!("{}: no sigma: {why}", desk::views_accounts::subject(j));
            let help =
                "every line that was measured needs a row that fits it, and one alone".to_owned();
            found.extend(folder.warning_at(row.id.as_str(), "stratum", "A246", message, help));
        }
    }
    found
}

/// What is wrong with the sense of the roadmap, and whether it is the one adopted.
fn sense_of_the_roadmap(
    session: &Session,
    case: &CaseArgs,
    view: &ViewArgs,
) -> Result<Vec<Diagnostic>, CliError> {
    let (Some(file), Some(roadmap)) = (&session.folder.roadmap, &session.roadmap) else {
        return Ok(Vec::new());
    };
    let mut messages = roadmap::check(roadmap);
    if let Some(day) = view.as_of
        && let Some(last) = roadmap::last_fact(&session.case)
        && last.latest() < day
    {
        let text = format!("{day} lies after the last recorded fact ({last})");
        let help = "what is said of open steps on that day rests on silence";
        messages.push(
            Message::warning("R036", roadmap.title_span.clone(), text, "of this agreement")
                .help(help),
        );
    }
    // Whether a text was adopted only the ledger tells.
    let ledger = crate::session::ledger_file(&case.case, &case.place);
    if ledger.exists() {
        let adopted = crate::session::load(&ledger::Ledger::open(&ledger, None)?)?;
        messages.extend(not_the_adopted(&adopted, roadmap, &file.text));
    }
    Ok(messages.into_iter().map(|m| Diagnostic::of_message(&file.file, &file.text, m)).collect())
}

/// The text is not the one last adopted.
fn not_the_adopted(case: &case::Case, roadmap: &roadmap::Roadmap, text: &str) -> Option<Message> {
    let adopted = case.agreements.iter().last()?;
    let hash = statement::Sha256Digest::of(text.as_bytes());
    if adopted.body.roadmap_sha256 == hash {
        return None;
    }
    let words = format!(
        "this is not the text adopted on {}: its hash is {hash}, the one adopted has {}",
        adopted.body.on, adopted.body.roadmap_sha256
    );
    let help = "bring back the adopted text, or adopt the new one: every party signs its hash";
    Some(Message::error("R043", roadmap.title_span.clone(), words, "this roadmap").help(help))
}

/// Errors and warnings.
pub(crate) fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let of = |s: Severity| diagnostics.iter().filter(|d| d.severity == s).count();
    (of(Severity::Error), of(Severity::Warning))
}

fn rows(folder: &Folder) -> desk::Table {
    let mut table =
        desk::Table::new(&["file", "line", "column", "severity", "code", "message", "help"]);
    for d in &folder.diagnostics {
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "advice",
        };
        table.push(vec![
            d.file.clone(),
            d.line.to_string(),
            d.column.to_string(),
            severity.to_owned(),
            d.code.to_owned(),
            d.message.clone(),
            d.help.clone().unwrap_or_default(),
        ]);
    }
    table
}
