//! `simulate`: facilities with known truth, and how often each test sees what was done.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use balance::series::{Choices, Kind, Opening, RandomError};
use balance::synthetic::{self, Experiment, Facility, FalseStatement};
use desk::Table;
use serde::Serialize;

use crate::args::{Format, SimulateArgs};
use crate::output::{self, Progress};
use crate::session::CliError;

#[derive(Serialize)]
struct Truth<'a> {
    schema: &'static str,
    seed: u64,
    #[serde(flatten)]
    facility: &'a Facility,
}

pub(crate) fn run(args: &SimulateArgs) -> Result<u8, CliError> {
    if args.reports {
        return super::simulate_reports::run(args);
    }
    let guilty = facility(args)?;
    let honest = Facility {
        diverted: vec![0.0; args.balances],
        false_statements: Vec::new(),
        ..guilty.clone()
    };
    must_be_new(&args.folder)?;
    let mut progress = Progress::new();
    for n in 1..=args.facilities {
        let facility = if n == args.facility { &guilty } else { &honest };
        let folder = args.folder.join(format!("facility-{n:03}"));
        // Every facility draws for itself, so that one can be made again alone.
        let seed = args.seed.wrapping_add((n as u64 - 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        write(&folder, facility, seed)
            .map_err(|e| CliError::Call(format!("{} cannot be written: {e}", folder.display())))?;
        progress.show("facilities", n as u64, args.facilities as u64);
    }
    output::print(&format!(
        "{} facilities of {} locations, {} samples, {} balances in {}; seed {}\n",
        args.facilities,
        guilty.locations().len(),
        args.samples,
        args.balances,
        args.folder.display(),
        args.seed
    ))?;
    if let Some(realisations) = args.roc {
        let choices = Choices {
            period_h: args.period,
            opening: Opening::Measured,
            random_error: RandomError::PerQuantity,
        };
        let mut progress = Progress::new();
        let result =
            synthetic::experiment(&guilty, choices, realisations, args.seed, args.alpha, |done| {
                progress.show("realisations", done, realisations)
            })
            .map_err(|e| CliError::Call(e.to_string()))?;
        drop(progress);
        tell(args, &result)?;
    }
    Ok(0)
}

/// A folder that holds nothing yet.
pub(super) fn must_be_new(folder: &Path) -> Result<(), CliError> {
    if fs::read_dir(folder).is_ok_and(|mut d| d.next().is_some()) {
        return Err(CliError::Call(format!(
            "{} is not empty; nothing there is overwritten: name a new folder",
            folder.display()
        )));
    }
    Ok(())
}

/// Writes and shows how often each test saw the loss.
pub(super) fn tell(args: &SimulateArgs, result: &Experiment) -> Result<(), CliError> {
    let (roc, runs) = tables(result);
    for (name, table) in [("roc.csv", &roc), ("run-lengths.csv", &runs)] {
        let path = args.folder.join(name);
        fs::write(&path, table.to_csv())
            .map_err(|e| CliError::Call(format!("{} cannot be written: {e}", path.display())))?;
    }
    output::print(&format!(
        "\nDetection of {} kg against false alarms, {n} realisations with the loss and as many without\n",
        args.diversions.iter().map(|(kg, _)| kg).sum::<f64>(),
        n = result.realisations
    ))?;
    output::table(Format::Table, &roc)?;
    output::print(&format!("\nBalance of the first alarm, limits at {} (0: none)\n", args.alpha))?;
    output::table(Format::Table, &runs)
}

/// What is diverted in each balance, in kg.
pub(super) fn diverted(args: &SimulateArgs) -> Result<Vec<f64>, CliError> {
    let call = |text: String| Err(CliError::Call(text));
    if args.facility == 0 || args.facility > args.facilities {
        return call(format!("--facility must lie between 1 and {}", args.facilities));
    }
    if args.balances == 0 {
        return call("there must be at least one balance".to_owned());
    }
    let mut diverted = vec![0.0; args.balances];
    for (kg, at) in &args.diversions {
        match at {
            None => diverted.iter_mut().for_each(|d| *d += kg / args.balances as f64),
            Some(n) => match diverted.get_mut(n - 1) {
                Some(d) => *d += kg,
                None => {
                    return call(format!("there is no balance {n}: there are {}", args.balances));
                }
            },
        }
    }
    let taken: f64 = diverted.iter().sum();
    if taken >= args.holdup {
        return call(format!("{taken} kg cannot be taken from a holdup of {} kg", args.holdup));
    }
    Ok(diverted)
}

fn facility(args: &SimulateArgs) -> Result<Facility, CliError> {
    let call = |text: String| Err(CliError::Call(text));
    let diverted = diverted(args)?;
    if args.samples <= args.balances {
        return call("there must be more samples than balances".to_owned());
    }
    let facility = Facility {
        inputs: args.locations[0],
        inventories: args.locations[1],
        outputs: args.locations[2],
        samples: args.samples,
        balances: args.balances,
        period_h: args.period,
        throughput: args.throughput,
        holdup: args.holdup,
        random_rsd: args.random,
        systematic_rsd: args.systematic,
        calibration_h: args.calibration,
        diverted,
        false_statements: args
            .false_statements
            .iter()
            .map(|(location, balance, factor)| FalseStatement {
                location: location.clone(),
                balance: *balance,
                factor: *factor,
            })
            .collect(),
    };
    let locations = facility.locations();
    for f in &facility.false_statements {
        if !locations.iter().any(|l| l.name == f.location) {
            let names: Vec<&str> = locations.iter().map(|l| l.name.as_str()).collect();
            return call(format!(
                "no location is called `{}`: there are {}",
                f.location,
                names.join(", ")
            ));
        }
        if f.balance > args.balances {
            return call(format!("there is no balance {}: there are {}", f.balance, args.balances));
        }
    }
    Ok(facility)
}

fn write(folder: &Path, facility: &Facility, seed: u64) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let locations = facility.locations();
    let names: Vec<&str> = locations.iter().map(|l| l.name.as_str()).collect();
    for (file, stated) in [("series.csv", true), ("true-series.csv", false)] {
        let mut out = BufWriter::new(File::create(folder.join(file))?);
        writeln!(out, "time_h,{}", names.join(","))?;
        let mut number = zmij::Buffer::new();
        let mut failed = Ok(());
        let mut row = |t: f64, values: &[f64]| {
            let mut line = number.format(t).to_owned();
            for v in values {
                line.push(',');
                line.push_str(number.format(*v));
            }
            line.push('\n');
            if failed.is_ok() {
                failed = out.write_all(line.as_bytes());
            }
        };
        if stated {
            facility.reported(seed, &mut row);
        } else {
            facility.truth(seed, true, &mut row);
        }
        failed?;
        out.flush()?;
    }
    let mut errors = String::from("location,kind,random_rsd,systematic_rsd,calibration_h\n");
    for l in &locations {
        let kind = match l.kind {
            Kind::In => "in",
            Kind::Inv => "inv",
            Kind::Out => "out",
        };
        let calibration = l.calibration_h.map(|h| h.to_string()).unwrap_or_default();
        errors +=
            &format!("{},{kind},{},{},{calibration}\n", l.name, l.random_rsd, l.systematic_rsd);
    }
    fs::write(folder.join("errors.csv"), errors)?;
    let truth = Truth { schema: "lockstep/truth/v1", seed, facility };
    fs::write(folder.join("truth.json"), serde_json::to_string_pretty(&truth)? + "\n")
}

fn tables(result: &Experiment) -> (Table, Table) {
    let share = |p: f64| format!("{p:.4}");
    let mut roc = Table::new(&["test", "alpha", "limit", "false_alarms", "detected"]);
    for p in &result.roc {
        roc.push(vec![
            p.test.to_owned(),
            p.alpha.to_string(),
            format!("{:.4}", p.limit),
            share(p.false_alarms),
            share(p.detected),
        ]);
    }
    let mut runs = Table::new(&["test", "balance", "without_loss", "with_loss"]);
    for r in &result.run_lengths {
        runs.push(vec![
            r.test.to_owned(),
            r.balance.to_string(),
            share(r.without_loss),
            share(r.with_loss),
        ]);
    }
    (roc, runs)
}
