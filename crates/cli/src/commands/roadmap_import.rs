//! `roadmap import`: a case folder from a spreadsheet of steps.

use std::collections::HashMap;
use std::path::Path;

use roadmap::StepRow;

use crate::args::Format;
use crate::output;
use crate::session::CliError;

pub(crate) fn run(table: &Path, folder: &Path, title: Option<&str>) -> Result<u8, CliError> {
    let shown = table.display();
    let call = |what: String| CliError::Call(format!("{shown}: {what}"));
    let bytes = std::fs::read(table).map_err(|e| call(format!("cannot be read: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|_| call("not UTF-8 text".into()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let rows = rows(text).map_err(call)?;
    for file in ["roadmap.kdl", "case.kdl"] {
        if folder.join(file).exists() {
            return Err(CliError::Call(format!(
                "{} exists; import makes a new folder and writes over nothing",
                folder.join(file).display()
            )));
        }
    }
    let stem = table.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let title = title.unwrap_or(&stem);
    let imported = roadmap::import(title, &rows);
    let roadmap_text = notation::format(&imported.roadmap).unwrap_or(imported.roadmap);
    let mut case_text =
        format!("case {} {{\n    title {}\n\n", quoted(&id_of(title)), quoted(title));
    for (party, outside) in &imported.parties {
        // Words for those outside the agreement are known to every case.
        if !outside {
            case_text.push_str(&format!("    party {}\n", quoted(party)));
        }
    }
    case_text.push_str("}\n");
    let write = |file: &str, text: &str| {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|e| CliError::Call(format!("{} cannot be written: {e}", path.display())))
    };
    write("events/steps.csv", text)?;
    write("roadmap.kdl", &roadmap_text)?;
    write("case.kdl", &case_text)?;
    let mut mappings = desk::Table::new(&["line", "column", "cell", "became"]);
    for m in &imported.mappings {
        let (line, column) = (m.line.to_string(), m.column.to_owned());
        mappings.push(vec![line, column, m.cell.clone(), m.became.clone()]);
    }
    output::table(Format::Table, &mappings)?;
    output::print(&format!(
        "\n{} rows became {} steps; {} mappings to look at. Written: {}/case.kdl, roadmap.kdl, events/steps.csv\n\
         See what the text still lacks: lockstep check {}\n",
        rows.len(),
        imported.steps,
        imported.mappings.len(),
        folder.display(),
        folder.display()
    ))?;
    Ok(0)
}

/// The rows of a table of steps.
fn rows(text: &str) -> Result<Vec<StepRow>, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    let columns: HashMap<&str, usize> =
        header.iter().enumerate().map(|(i, name)| (name.trim(), i)).collect();
    for needed in ["step_id", "party", "what", "promised_date", "status"] {
        if !columns.contains_key(needed) {
            let help = notation::did_you_mean(needed, columns.keys().copied())
                .map_or(String::new(), |c| format!("; is it the column `{c}`?"));
            return Err(format!("a table of steps has a column `{needed}`{help}"));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let cell = |name: &str| {
            columns.get(name).and_then(|i| record.get(*i)).unwrap_or_default().to_owned()
        };
        rows.push(StepRow {
            line: record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0)),
            step_id: cell("step_id"),
            party: cell("party"),
            what: cell("what"),
            condition: cell("condition"),
            promised_date: cell("promised_date"),
            quantity: cell("quantity"),
            unit: cell("unit"),
            status: cell("status"),
        });
    }
    Ok(rows)
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"").replace(char::is_control, " ")
    )
}

/// An id from a title: small letters and digits, joined by hyphens.
fn id_of(title: &str) -> String {
    let words: Vec<String> = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() { "case".to_owned() } else { words.join("-") }
}
