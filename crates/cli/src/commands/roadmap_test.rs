//! `roadmap test`: the scenarios beside a roadmap.

use std::sync::Arc;

use intake::{Diagnostic, Severity, render};
use serde::Serialize;

use crate::args::{CaseArgs, Format};
use crate::output;
use crate::session::CliError;

#[derive(Serialize)]
struct Report {
    scenarios: Vec<Ran>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Ran {
    file: String,
    name: String,
    met: usize,
    failures: usize,
}

pub(crate) fn run(case: &CaseArgs, format: Format) -> Result<u8, CliError> {
    let folder = intake::read(&case.case)?;
    let Some(file) = &folder.roadmap else {
        return Err(CliError::Call(format!("{} holds no roadmap.kdl", folder.root.display())));
    };
    let reading = roadmap::read(&file.text);
    let mut report = Report { scenarios: Vec::new(), diagnostics: Vec::new() };
    for message in reading.messages {
        report.diagnostics.push(Diagnostic::of_message(&file.file, &file.text, message));
    }
    let path = case.case.join("scenarios");
    let mut names: Vec<String> = std::fs::read_dir(&path)
        .map_err(|e| CliError::Call(format!("{} cannot be read: {e}", path.display())))?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.ends_with(".kdl"))
        .collect();
    names.sort();
    for name in names {
        let shown = format!("scenarios/{name}");
        let text = std::fs::read_to_string(path.join(&name))
            .map_err(|e| CliError::Call(format!("{shown} cannot be read: {e}")))?;
        let text: Arc<str> = text.into();
        let (scenarios, messages) = roadmap::read_scenarios(&text);
        let mut told = |messages: Vec<notation::Message>| {
            let all = messages.into_iter().map(|m| Diagnostic::of_message(&shown, &text, m));
            report.diagnostics.extend(all);
        };
        told(messages);
        for scenario in scenarios {
            let outcome = roadmap::run_scenario(&reading.roadmap, &scenario);
            report.scenarios.push(Ran {
                file: shown.clone(),
                name: outcome.name,
                met: outcome.met,
                failures: outcome.failures.len(),
            });
            told(outcome.failures);
        }
    }
    let mut table = desk::Table::new(&["file", "scenario", "met", "failures"]);
    for ran in &report.scenarios {
        let (met, failures) = (ran.met.to_string(), ran.failures.to_string());
        table.push(vec![ran.file.clone(), ran.name.clone(), met, failures]);
    }
    match format {
        Format::Json => output::json("lockstep/roadmap-test/v1", &report)?,
        Format::Csv => output::table(Format::Csv, &table)?,
        Format::Table => {
            output::print(&render(&report.diagnostics, output::width(), output::colour()))?;
            output::table(Format::Table, &table)?;
        }
    }
    let errors = report.diagnostics.iter().any(|d| d.severity == Severity::Error);
    Ok(u8::from(errors))
}
