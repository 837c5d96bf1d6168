//! `simulate --reports`: a State of several areas with known truth, as the case folder of its accounting reports.

use std::fs;
use std::path::Path;

use accountancy::synthetic::{FalseReport, Made, SyntheticState};
use accountancy::{ErrorsRow, Judging, Reports, Stated};
use balance::Tested;
use balance::synthetic::Trial;
use serde::Serialize;
use statement::ObjectId;
use statement::kinds::account::{Code, Dialect, Measured, MeasurementErrors};

use super::simulate::{diverted, must_be_new, tell};
use crate::args::{DialectArg, SimulateArgs};
use crate::output::{self, Progress};
use crate::session::CliError;

#[derive(Serialize)]
struct Truth<'a> {
    schema: &'static str,
    seed: u64,
    #[serde(flatten)]
    state: &'a SyntheticState,
    truth: &'a [accountancy::synthetic::TrueArea],
}

pub(super) fn run(args: &SimulateArgs) -> Result<u8, CliError> {
    let state = state(args)?;
    must_be_new(&args.folder)?;
    let cannot = |e: std::io::Error| {
        CliError::Call(format!("{} cannot be written: {e}", args.folder.display()))
    };
    let declarations = args.folder.join("declarations");
    fs::create_dir_all(&declarations).map_err(cannot)?;
    let truth = state.truth(args.seed, true);
    let dialect = match args.dialect {
        DialectArg::Code10 => Dialect::Code10,
        DialectArg::Euratom => Dialect::Euratom,
        DialectArg::Csv => Dialect::Table,
    };
    let mut progress = Progress::new();
    let (mut lines, mut reports, mut failed) = (0, 0, Ok(()));
    state.reports(args.seed, 1, true, &truth, |area, made| {
        lines += made.iter().map(|(r, _)| r.lines.len()).sum::<usize>();
        reports += made.len();
        if failed.is_ok() {
            failed = write_area(&declarations, &state.area(area), dialect, &made);
        }
        progress.show("areas", area as u64 + 1, args.facilities as u64);
    });
    drop(progress);
    failed.map_err(cannot)?;
    fs::write(args.folder.join("errors.csv"), errors_table(&state).to_csv()).map_err(cannot)?;
    fs::write(args.folder.join("case.kdl"), manifest(args)).map_err(cannot)?;
    let whole =
        Truth { schema: "lockstep/state-truth/v1", seed: args.seed, state: &state, truth: &truth };
    let json = serde_json::to_string_pretty(&whole).map_err(|e| cannot(e.into()))?;
    fs::write(args.folder.join("truth.json"), json + "\n").map_err(cannot)?;
    output::print(&format!(
        "{} of {} from {}, {} in {}; seed {}\n",
        desk::count(reports, "report"),
        desk::count(lines, "line"),
        desk::count(args.facilities, "area"),
        desk::count(args.balances, "balance period"),
        args.folder.display(),
        args.seed
    ))?;
    if let Some(realisations) = args.roc {
        let result = experiment(&state, &truth, args, realisations);
        tell(args, &result)?;
    }
    Ok(0)
}

fn state(args: &SimulateArgs) -> Result<SyntheticState, CliError> {
    let call = |text: String| Err(CliError::Call(text));
    let diverted = diverted(args)?;
    let days = (args.period / 24.0).round();
    if args.batches == 0 {
        return call("--batches must be at least 1".to_owned());
    }
    let entries = ["PIL", "RD", "RF", "SD", "SF"];
    let mut false_statements = Vec::new();
    for (entry, period, factor) in &args.false_statements {
        if !entries.contains(&entry.as_str()) {
            return call(format!("reports have no entry `{entry}`: name {}", entries.join(", ")));
        }
        if *period > args.balances {
            return call(format!("there is no balance {period}: there are {}", args.balances));
        }
        false_statements.push(FalseReport {
            entry: entry.clone(),
            period: *period,
            factor: *factor,
        });
    }
    let state = SyntheticState {
        areas: args.facilities,
        material: Code::of(if args.material == "E" { "E" } else { "P" }),
        enrichment: 0.045,
        periods: args.balances,
        days: days as u16,
        first: args.first,
        batches: args.batches,
        throughput: args.throughput,
        holdup: args.holdup,
        random_rsd: args.random,
        systematic_rsd: args.systematic,
        calibration_days: args.calibration.map(|h| ((h / 24.0).round() as u16).max(1)),
        guilty: args.facility,
        diverted,
        false_statements,
    };
    if days < state.fewest_days() as f64 || days > 420.0 {
        return call(format!(
            "a period of {days} days: with {} areas it must have {} to 420, since a batch takes two days through each",
            state.areas,
            state.fewest_days()
        ));
    }
    Ok(state)
}

fn write_area(folder: &Path, area: &str, dialect: Dialect, made: &[Made]) -> std::io::Result<()> {
    let written = intake::write_reports(dialect, made);
    for file in &written.files {
        // A table holds all reports of its area; the other forms are a file for each report.
        let name = match dialect {
            Dialect::Table => format!("reports-{area}.csv"),
            _ => file.name.clone(),
        };
        fs::write(folder.join(name), &file.text)?;
    }
    Ok(())
}

fn errors_table(state: &SyntheticState) -> desk::Table {
    let mut table = desk::Table::new(&[
        "id",
        "mba",
        "stratum",
        "material",
        "measured",
        "entry",
        "calibrated",
        "random_rsd",
        "systematic_rsd",
        "source",
        "basis",
    ]);
    for (id, e) in state.errors() {
        let join = |list: Vec<String>| list.join(";");
        table.push(vec![
            id,
            e.mba.to_string(),
            e.stratum,
            e.material.to_string(),
            e.measured.as_str().to_owned(),
            join(e.entries.iter().map(ToString::to_string).collect()),
            join(e.calibrated.iter().map(ToString::to_string).collect()),
            e.random_rsd.to_string(),
            e.systematic_rsd.to_string(),
            "invented: lockstep simulate".to_owned(),
            "seen".to_owned(),
        ]);
    }
    table
}

fn manifest(args: &SimulateArgs) -> String {
    format!(
        "// Invented from beginning to end: no such State, facility or material exists. Made by lockstep simulate --reports.\n\
         case \"synthetic-state\" {{\n  title \"SYNTHETIC STATE (invented): {} of {}\"\n  declares \"SY\"\n  \
         party \"SY\" \"Synthetic State (invented)\"\n  party \"IAEA\" \"International Atomic Energy Agency\"\n}}\n",
        desk::count(args.balances, "balance period"),
        desk::count(args.facilities, "material balance area"),
    )
}

/// Draws the reports of the whole State again and again, with the acts and without, and counts the alarms in the
/// balances of the area that acts.
fn experiment(
    state: &SyntheticState,
    truth: &[accountancy::synthetic::TrueArea],
    args: &SimulateArgs,
    realisations: u64,
) -> balance::synthetic::Experiment {
    let honest = state.truth(args.seed, false);
    let errors: Vec<(ObjectId, MeasurementErrors)> =
        state.errors().into_iter().filter_map(|(id, e)| Some((id.parse().ok()?, e))).collect();
    let rows: Vec<ErrorsRow<'_>> = errors.iter().map(|(id, body)| ErrorsRow { id, body }).collect();
    let guilty = state.area(state.guilty - 1);
    // The significant quantity of enriched uranium is one of U-235.
    let measured =
        if state.material.as_str() == "E" { Measured::Isotope } else { Measured::Element };
    let trial = Trial { balances: state.periods, realisations, seed: args.seed, alpha: args.alpha };
    let draw = |(): &mut (), acts: bool, number: u64, tested: &mut Vec<Tested>| {
        let truth = if acts { truth } else { &honest };
        // What comes after it in the chain does not touch its balances.
        let chain = truth.get(..state.guilty).unwrap_or(truth);
        state.reports(args.seed, number, acts, chain, |area, made| {
            if area + 1 != state.guilty {
                return;
            }
            let ids: Vec<ObjectId> =
                made.iter().filter_map(|(r, _)| name(r).parse().ok()).collect();
            let stated = made.iter().zip(&ids).map(|((body, day), id)| Stated {
                id,
                body,
                reported: day.as_ref(),
                because: &[],
            });
            let reports = Reports::from_stated(stated);
            let areas = accountancy::balances(&reports);
            let judged = accountancy::judge(
                &reports,
                &areas,
                &rows,
                Judging { alpha: args.alpha, ..Judging::default() },
            );
            let run = judged.iter().find(|j| j.mba == guilty && j.measured == measured);
            if let Some(verdict) = run.and_then(|j| j.verdict.as_ref()) {
                tested.extend(&verdict.balances);
            }
        });
    };
    let mut progress = Progress::new();
    trial.run(draw, |done| progress.show("realisations", done, realisations))
}

fn name(r: &statement::kinds::account::AccountReport) -> String {
    format!("{}-{}-{}", r.report_type, r.mba, r.number)
}
