//! A roadmap from a spreadsheet of steps. Every mapping that is not one to one is reported.

use std::collections::HashSet;
use std::fmt::Write as _;

use statement::{Date, ObjectId};

/// One row of the spreadsheet, cells as they stand; a cell that is not there is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepRow {
    /// Line in the file, from 1.
    pub line: usize,
    /// `step_id`
    pub step_id: String,
    /// `party`
    pub party: String,
    /// `what`
    pub what: String,
    /// `condition`
    pub condition: String,
    /// `promised_date`
    pub promised_date: String,
    /// `quantity`
    pub quantity: String,
    /// `unit`
    pub unit: String,
    /// `status`
    pub status: String,
}

/// How a cell was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Line in the file, from 1.
    pub line: usize,
    /// The column.
    pub column: &'static str,
    /// What stands there.
    pub cell: String,
    /// What became of it.
    pub became: String,
}

/// What a spreadsheet became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// `roadmap.kdl`
    pub roadmap: String,
    /// Parties named, in the order of the table, with whether they are outside the agreement.
    pub parties: Vec<(String, bool)>,
    /// How many rows became steps.
    pub steps: usize,
    /// Every mapping worth a look.
    pub mappings: Vec<Mapping>,
}

/// Rows of these states happened around the agreement and are no steps of it.
const EVENTS: &[&str] = &["reversal", "suspension", "break"];

/// Makes a roadmap of rows. A row that cannot become a step is reported and left out.
#[must_use]
pub fn import(title: &str, rows: &[StepRow]) -> Imported {
    let mut out = Imported::default();
    let is_event = |r: &StepRow| {
        let state = r.status.trim();
        (EVENTS.contains(&state) || state.is_empty()) && r.promised_date.trim().is_empty()
    };
    let ids: HashSet<&str> =
        rows.iter().filter(|r| !is_event(r)).map(|r| r.step_id.trim()).collect();
    let mut seen = HashSet::new();
    let mut steps = String::new();
    for row in rows {
        let note = |column, cell: &str, became: String| Mapping {
            line: row.line,
            column,
            cell: cell.to_owned(),
            became,
        };
        let id = row.step_id.trim();
        let names = parties(row, &mut out);
        if is_event(row) {
            let kind = if row.status.trim().is_empty() { "event" } else { row.status.trim() };
            out.mappings.push(note(
                "status",
                &row.status,
                format!("`{id}` is an event ({kind}) of the record, no step"),
            ));
            continue;
        }
        if id.parse::<ObjectId>().is_err() || !seen.insert(id) {
            out.mappings.push(note("step_id", id, "left out: no id, or one already used".into()));
            continue;
        }
        let mut step = format!("\nstep {} {{\n", quoted(id));
        let _ = writeln!(step, "    title {}", quoted(row.what.trim()));
        let by: Vec<String> = names.iter().map(|n| quoted(n)).collect();
        let _ = writeln!(step, "    by {}", by.join(" "));
        let status = row.status.trim();
        let promised = row.promised_date.trim();
        if status == "option" {
            let lapses = if promised.is_empty() {
                String::new()
            } else {
                format!(" lapses={}", quoted(promised))
            };
            let _ = writeln!(step, "    option{lapses}");
            out.mappings.push(note("status", status, format!("`{id}` is a right, not a duty")));
        } else if !promised.is_empty() {
            match promised.parse::<Date>() {
                Ok(date) => {
                    let _ = writeln!(step, "    due {}", quoted(promised));
                    if date.exact().is_none() || date.is_qualified() {
                        out.mappings.push(note(
                            "promised_date",
                            promised,
                            format!(
                                "kept as written: any day from {} to {}",
                                date.earliest(),
                                date.latest()
                            ),
                        ));
                    }
                }
                Err(e) => {
                    out.mappings.push(note("promised_date", promised, format!("left out: {e}")))
                }
            }
        }
        condition(row, &ids, &mut step, &mut out);
        let (quantity, unit) = (row.quantity.trim(), row.unit.trim());
        match (quantity.is_empty(), unit.is_empty()) {
            (false, false) if quantity.parse::<statement::Decimal>().is_ok() => {
                let _ = writeln!(step, "    amount {quantity} unit={}", quoted(unit));
            }
            (true, _) => {}
            _ => out.mappings.push(note(
                "quantity",
                quantity,
                "left out: no plain number with a unit".into(),
            )),
        }
        if row.what.trim_start().to_lowercase().starts_with("seek ") {
            step.push_str("    effort\n");
            out.mappings.push(note(
                "what",
                row.what.trim(),
                format!("`{id}` is an effort, not a result"),
            ));
        }
        step.push_str("}\n");
        steps.push_str(&step);
        out.steps += 1;
    }
    let mut text = format!("roadmap {}\n\n", quoted(title));
    for (party, outside) in &out.parties {
        let _ = writeln!(
            text,
            "party {}{}",
            quoted(party),
            if *outside { " outside=#true" } else { "" }
        );
    }
    text.push_str(&steps);
    out.roadmap = text;
    out
}

/// The parties a cell names: `all`; `A;B` act together; `A/B` either or both; a word in small letters is nobody the
/// agreement binds.
fn parties(row: &StepRow, out: &mut Imported) -> Vec<String> {
    let cell = row.party.trim();
    let mut names: Vec<String> = cell
        .split([';', '/'])
        .map(str::trim)
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect();
    let mut note = |became: String| {
        out.mappings.push(Mapping {
            line: row.line,
            column: "party",
            cell: cell.to_owned(),
            became,
        });
    };
    if cell == "all" {
        note("every party of the roadmap, together".into());
        return vec!["all".into()];
    }
    if names.is_empty() {
        note("nobody is named: `unknown`, outside the agreement".into());
        names.push("unknown".into());
    } else if cell.contains('/') {
        note(format!(
            "{}: the table does not say whether together or either; read as together",
            names.join(" and ")
        ));
    } else if cell.contains(';') {
        note(format!("{} together", names.join(", ")));
    }
    for name in &names {
        let outside = !name.chars().any(char::is_uppercase);
        if !out.parties.iter().any(|(n, _)| n == name) {
            if outside {
                out.mappings.push(Mapping {
                    line: row.line,
                    column: "party",
                    cell: name.clone(),
                    became: "a party outside the agreement".into(),
                });
            }
            out.parties.push((name.clone(), outside));
        }
    }
    names
}

/// A condition becomes `after` where it is nothing but another step; else it stays words.
fn condition(row: &StepRow, ids: &HashSet<&str>, step: &mut String, out: &mut Imported) {
    let cell = row.condition.trim();
    if cell.is_empty() {
        return;
    }
    let mut note = |became: String| {
        out.mappings.push(Mapping {
            line: row.line,
            column: "condition",
            cell: cell.to_owned(),
            became,
        });
    };
    let bare =
        ["promptly after ", "after ", ""].iter().find_map(|p| cell.strip_prefix(p)).unwrap_or(cell);
    if ids.contains(bare) && bare != row.step_id.trim() {
        let _ = writeln!(step, "    after {}", quoted(bare));
        return note(format!("`{}` comes after `{bare}`", row.step_id.trim()));
    }
    let _ = writeln!(step, "    condition {}", quoted(cell));
    note("kept as words".into());
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
