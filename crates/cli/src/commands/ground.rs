//! Work on the ground: interviews, inspections, items, shipments, forms, the board.

use std::path::{Path, PathBuf};

use assessment::board::{Board, Word};
use custody::{Custody, ItemStatus};
use inspection::{Coverage, Effort, SampleStatus};
use serde::Serialize;
use statement::kinds::items::ManifestLine;

use crate::args::{CaseArgs, Format, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, Session};

/// Problems and items shown in a table; JSON and CSV have them all.
const MOST: usize = 40;

pub(crate) fn interviews(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let all = inspection::interviews(&session.case, view.day());
    match view.format {
        Format::Json => output::json("lockstep/interviews/v1", &all)?,
        Format::Csv => output::table(Format::Csv, &desk::views_field::interviews(&all))?,
        Format::Table => {
            output::print(&format!("{}, as of {}\n\n", session.title(), view.day()))?;
            output::print(&output::wrapped(&format!(
                "{} asked, {} accepted, {} declined, {} unanswered; {} held to the end ({} in private), {} broken off",
                all.asked,
                all.accepted,
                all.declined,
                all.unanswered,
                all.held,
                all.held_in_private,
                all.interrupted
            )))?;
            if let Some((low, high)) = all.delay_days {
                output::print(&format!("{low} to {high} days from request to interview\n"))?;
            }
            for (code, n) in &all.reasons {
                output::print(&format!("{n}: {}\n", desk::views_field::reason(*code)))?;
            }
            let parts = [
                ("Terms, each on its own", desk::views_field::interview_terms(&all)),
                ("Roles covered", desk::views_field::interview_coverage(&all)),
                ("Requests", desk::views_field::interviews(&all)),
            ];
            sections(&parts)?;
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}

fn sections(parts: &[(&str, desk::Table)]) -> Result<(), CliError> {
    for (title, table) in parts.iter().filter(|(_, t)| !t.rows.is_empty()) {
        output::print(&format!("\n{title}\n"))?;
        output::table(Format::Table, table)?;
    }
    Ok(())
}

/// What `inspections` prints as JSON.
#[derive(Serialize)]
struct Inspections {
    coverage: Coverage,
    samples: Vec<SampleStatus>,
    effort: Vec<Effort>,
}

pub(crate) fn inspections(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let day = view.day();
    let all = Inspections {
        coverage: inspection::coverage(&session.case, day),
        samples: inspection::samples(&session.case, day),
        effort: inspection::effort(&session.case, day),
    };
    match view.format {
        Format::Json => output::json("lockstep/inspections/v1", &all)?,
        Format::Csv => output::table(Format::Csv, &desk::views_field::coverage(&all.coverage))?,
        Format::Table => {
            output::print(&format!("{}, as of {day}\n", session.title()))?;
            let parts = [
                ("Effort in person-days", desk::views_field::effort(&all.effort)),
                ("Samples", desk::views_field::samples(&all.samples)),
                ("Declared sites", desk::views_field::coverage(&all.coverage)),
            ];
            sections(&parts)?;
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}

/// What `items` prints as JSON.
#[derive(Serialize)]
struct Items<'a> {
    #[serde(flatten)]
    custody: &'a Custody,
    list: Vec<&'a ItemStatus>,
}

pub(crate) fn items(case: &CaseArgs, item: Option<&str>, view: &ViewArgs) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let mut assessor = session.assessor();
    let custody = assessor.assess(&session.case, session.roadmap.as_ref(), view.day()).custody;
    let wanted = |i: &&ItemStatus| item.is_none_or(|id| i.item.as_str() == id);
    let list: Vec<&ItemStatus> = assessor.each_item().filter(wanted).collect();
    if let (Some(id), true) = (item, list.is_empty()) {
        return Err(CliError::Call(format!(
            "`{id}` is no item of this case, and no site of which a stage or seal is recorded"
        )));
    }
    match view.format {
        Format::Json => output::json("lockstep/items/v1", &Items { custody: &custody, list })?,
        Format::Csv => {
            output::table(Format::Csv, &desk::views_field::items(list.into_iter()))?;
        }
        Format::Table if item.is_some() => {
            for i in list {
                output::print(&format!("{}: {}, held by {}\n", i.item, i.category, i.custodian))?;
                output::table(Format::Table, &desk::views_field::items(std::iter::once(i)))?;
                sections(&[("Continuity of knowledge", desk::views_field::continuity(i))])?;
                for p in &i.problems {
                    output::print(&output::wrapped(&format!("{} {}", p.code, p.words)))?;
                }
            }
        }
        Format::Table => {
            output::print(&format!("{}, as of {}\n", session.title(), view.day()))?;
            if custody.items == 0 && list.is_empty() {
                output::print("\nNo item is declared, and no stage of a site is recorded.\n")?;
            }
            if !custody.verifiers_named {
                output::print(
                    "\nNo agreement names who may verify: nothing counts as verified.\n",
                )?;
            }
            let all = list.len();
            let shown = desk::views_field::items(list.into_iter().take(MOST));
            let parts = [
                ("Classes and sites", desk::views_field::classes(&custody)),
                ("What does not fit", desk::views_field::item_problems(&custody, MOST)),
                ("Items", shown),
            ];
            sections(&parts)?;
            for (what, all) in [("items", all), ("problems", custody.problems.len())] {
                if all > MOST {
                    output::print(&format!(
                        "{MOST} of {all} {what} shown; --format json has all\n"
                    ))?;
                }
            }
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}

pub(crate) fn manifest(
    what: &[PathBuf],
    place: &PlaceArgs,
    view: &ViewArgs,
) -> Result<u8, CliError> {
    let (sent, received, faults) = match what {
        [_, shipped, received] => {
            let (sent, mut faults) = lines(shipped)?;
            let (arrived, more) = lines(received)?;
            faults.extend(more);
            (sent, arrived, faults)
        }
        [case, id, ..] => {
            let session = Session::read(case, place)?;
            let id = id.to_string_lossy();
            let transfer = session.case.transfers.get(&id).ok_or_else(|| {
                CliError::Call(format!("`{id}` is no transfer of this case; or name two lists"))
            })?;
            let arrived = transfer.body.receipts.first().map(|r| r.body.manifest.clone());
            let Some(arrived) = arrived else {
                return Err(CliError::Call(format!(
                    "nobody has signed for the arrival of `{id}`, so there is nothing to reconcile"
                )));
            };
            (transfer.body.transfer.manifest.clone(), arrived, Vec::new())
        }
        _ => return Err(CliError::Call("name a case and two lists".to_owned())),
    };
    output::remark_all(&intake::render(&faults, output::width(), false));
    let result = custody::reconcile(&sent, &received);
    match view.format {
        Format::Json => output::json("lockstep/manifest/v1", &result)?,
        Format::Csv => output::table(Format::Csv, &desk::views_field::reconciliation(&result))?,
        Format::Table => {
            output::print(&format!(
                "{} sent, {} received, {} on both lists\n",
                result.shipped, result.received, result.matched
            ))?;
            if result.is_clean() {
                output::print("Everything that was sent arrived as it was sent.\n")?;
            } else {
                output::table(Format::Table, &desk::views_field::reconciliation(&result))?;
                output::print(&format!(
                    "A weight differs when it is more than {} standard deviations of the difference apart.\n",
                    result.limit_sigma
                ))?;
            }
        }
    }
    Ok(u8::from(!faults.is_empty() || !result.is_clean()))
}

fn lines(path: &Path) -> Result<(Vec<ManifestLine>, Vec<intake::Diagnostic>), CliError> {
    let bytes = read(path)?;
    Ok(intake::manifest_lines(&path.display().to_string(), bytes))
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path)
        .map_err(|e| CliError::Call(format!("{} cannot be read: {e}", path.display())))
}

/// Writes an empty form.
fn template(file: &Path) -> Result<u8, CliError> {
    let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase());
    let empty = match extension.as_deref() {
        Some("csv") => (intake::form_header() + "\n").into_bytes(),
        Some("xlsx") => intake::form_workbook().map_err(CliError::Call)?,
        _ => return Err(CliError::Call("name the form *.xlsx or *.csv".to_owned())),
    };
    std::fs::write(file, empty).map_err(CliError::Output)?;
    output::remark(&format!(
        "an empty form is in {}; one record in each row: inspection, measurement, sample, seal",
        file.display()
    ));
    Ok(0)
}

pub(crate) fn intake(
    case: &Path,
    form: Option<&Path>,
    empty: Option<&Path>,
    place: &PlaceArgs,
) -> Result<u8, CliError> {
    if let Some(file) = empty {
        return template(file);
    }
    let Some(form) = form else { return Err(CliError::Call("name a filled form".to_owned())) };
    let folder = intake::read(case)?;
    if folder.manifest.is_none() {
        return Err(CliError::Call(format!(
            "{} is no case folder that can be read: see lockstep check {0}",
            case.display()
        )));
    }
    let stem = form.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let inspections = case.join("inspections");
    let kept = inspections.join(format!("{stem}.csv"));
    if kept.exists() {
        return Err(CliError::Call(format!(
            "{} is there already; correct that file, or give the form another name",
            kept.display()
        )));
    }
    let show = |faults: &[intake::Diagnostic]| {
        output::print(&intake::render(faults, output::width(), output::colour()))
    };
    let beside = form.parent().unwrap_or(Path::new("."));
    let filled = match intake::read_form(&form.display().to_string(), read(form)?, beside, &folder)
    {
        Ok(filled) => filled,
        Err(faults) => {
            show(&faults)?;
            output::print("Nothing was taken.\n")?;
            return Ok(1);
        }
    };
    show(&filled.remarks)?;
    std::fs::create_dir_all(&inspections).map_err(CliError::Output)?;
    std::fs::write(&kept, filled.csv).map_err(CliError::Output)?;
    // What only the whole folder shows; what is taken is whole.
    let name = format!("inspections/{stem}.csv");
    let faults: Vec<intake::Diagnostic> = intake::read(case)?
        .diagnostics
        .into_iter()
        .filter(|d| d.file == name && d.severity == intake::Severity::Error)
        .collect();
    if !faults.is_empty() {
        show(&faults)?;
        std::fs::remove_file(&kept).map_err(CliError::Output)?;
        output::print("Nothing was taken.\n")?;
        return Ok(1);
    }
    let attachments = case.join("attachments");
    for file in &filled.files {
        std::fs::create_dir_all(&attachments).map_err(CliError::Output)?;
        let to = attachments.join(file);
        if !to.exists() {
            std::fs::copy(beside.join(file), to).map_err(CliError::Output)?;
        }
    }
    let session = Session::record(case, place)?;
    let taken = session.folder.drafts.iter().filter(|d| {
        session.folder.place_of(d.statement.header.id.as_str()).is_some_and(|(f, _)| f == name)
    });
    output::print(&format!(
        "taken: {} from {}, {} by their hash; recorded {}\n",
        desk::count(taken.count(), "record"),
        kept.display(),
        desk::count(filled.files.len(), "file"),
        desk::count(session.recorded.added, "new statement")
    ))?;
    let waiting = session.case.waiting.list();
    for w in &waiting {
        output::print(&output::wrapped(&format!(
            "{} waits for the {} `{}`, which is not recorded yet",
            w.id, w.what, w.on
        )))?;
    }
    Ok(u8::from(session.folder.has_errors()))
}

pub(crate) fn board(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let session = Session::read(&case.case, &case.place)?;
    let assessment = session.assessor().assess(&session.case, session.roadmap.as_ref(), view.day());
    let board = &*assessment.board;
    match view.format {
        Format::Json => output::json("lockstep/board/v1", board)?,
        Format::Csv => output::table(Format::Csv, &desk::views_field::board_tests(board))?,
        Format::Table => {
            output::print(&format!("{}, as of {}\n", session.title(), board.as_of))?;
            words(board)?;
        }
    }
    Ok(u8::from(session.folder.has_errors()))
}

fn words(board: &Board) -> Result<(), CliError> {
    for (word, title) in [
        (Word::Complete, "Complete"),
        (Word::Verifiable, "Verifiable"),
        (Word::Irreversible, "Irreversible"),
    ] {
        output::print(&format!("\n{title}\n"))?;
        let table = match word {
            Word::Complete => desk::views_field::complete(&board.complete),
            Word::Verifiable => desk::views_field::verifiable(&board.verifiable),
            // `why` gives the source of each estimate.
            Word::Irreversible => {
                desk::views_field::irreversible(board).without(&["source"], &["cost"])
            }
        };
        if table.rows.is_empty() {
            output::print("  nothing is recorded\n")?;
        } else {
            output::table(Format::Table, &table)?;
        }
        for t in board.tests.iter().filter(|t| t.word == word) {
            let verdict = t.verdict.words();
            let words = format!("  {verdict}: {} ({}) [{}]", t.title, t.why, t.id);
            output::print(&output::wrapped(&words))?;
        }
        if !board.tests.iter().any(|t| t.word == word) {
            output::print("  the parties have written no test for this word\n")?;
        }
    }
    if !board.rests_on_nothing.is_empty() {
        output::print("\nRests on nothing\n")?;
        for words in &board.rests_on_nothing {
            output::print(&output::wrapped(&format!("  {words}")))?;
        }
    }
    Ok(())
}
