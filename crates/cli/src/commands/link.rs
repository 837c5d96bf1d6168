//! `lockstep link`: any two tables.

use std::path::Path;

use desk::Table as Shown;
use linkage::{Bar, LinkError, Linkage, Model, Options, Table, link};
use serde::Serialize;

use crate::args::{Format, LinkArgs};
use crate::output;
use crate::session::CliError;

/// Links two tables and prints the links, or explains one pair.
pub(crate) fn run(args: &LinkArgs) -> Result<u8, CliError> {
    if !(args.threshold > 0.0 && args.threshold < 1.0) {
        return Err(CliError::Call("--threshold is a probability between 0 and 1".into()));
    }
    let model = args.model.as_deref().map(model).transpose()?;
    let chosen = model.is_none();
    let id = |at: usize| args.id.get(at).or(args.id.first()).map(String::as_str);
    let (left, right) = rayon::join(|| table(&args.left, id(0)), || table(&args.right, id(1)));
    let options = Options {
        seed: args.seed,
        threshold: args.threshold,
        assignment: args.assign.into(),
        model,
    };
    let linked = link(left?, right?, &options).map_err(call)?;
    for note in &linked.notes {
        output::remark(&format!("note: {note}"));
    }
    if let Some(pair) = &args.explain {
        return explain(&linked, pair, args.format);
    }
    if chosen && args.write_model.is_none() && args.format != Format::Json {
        output::remark(
            "the model that was chosen (keep it with --write-model FILE, change it, give it with --model):",
        );
        output::remark(&linked.model.to_text());
    }
    if let Some(file) = &args.write_model {
        std::fs::write(file, linked.model.to_text())
            .map_err(|e| CliError::Call(format!("{}: {e}", file.display())))?;
    }
    match args.format {
        Format::Csv => csv(&linked)?,
        Format::Json => output::json("lockstep/link/v1", &json(&linked, &options))?,
        Format::Table => {
            let mut shown = Shown::new(&["left_id", "right_id", "probability"]);
            for l in &linked.links {
                let probability = format!("{:.4}", l.probability);
                shown.push(vec![l.left_id.clone(), l.right_id.clone(), probability]);
            }
            output::table(Format::Table, &shown)?;
            let (left, right) = linked.rows();
            output::remark(&format!(
                "{} links between {left} and {right} rows; {} of {} pairs compared; seed {}",
                linked.links.len(),
                linked.candidates,
                left * right,
                options.seed
            ));
        }
    }
    Ok(0)
}

#[derive(Serialize)]
struct Json<'a> {
    method: &'static str,
    seed: u64,
    threshold: f64,
    assignment: linkage::Assignment,
    left_rows: usize,
    right_rows: usize,
    candidates: usize,
    model: String,
    notes: &'a [String],
    links: &'a [linkage::Link],
}

fn json<'a>(linked: &'a Linkage, options: &Options) -> Json<'a> {
    let (left_rows, right_rows) = linked.rows();
    Json {
        method: "Fellegi-Sunter; u by counting and sampling, m by expectation maximisation over all pairs; term frequencies",
        seed: options.seed,
        threshold: options.threshold,
        assignment: options.assignment,
        left_rows,
        right_rows,
        candidates: linked.candidates,
        model: linked.model.to_text(),
        notes: &linked.notes,
        links: &linked.links,
    }
}

/// A million links: written as they are, not through a table of strings.
fn csv(linked: &Linkage) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = writer.write_record(["left_id", "right_id", "probability"]);
    for l in &linked.links {
        let _ = writer.write_record([&l.left_id, &l.right_id, &format!("{:.6}", l.probability)]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    output::print(&String::from_utf8_lossy(&bytes))
}

#[derive(Serialize)]
struct Explained<'a> {
    left_id: &'a str,
    right_id: &'a str,
    probability: f64,
    bars: Vec<Bar>,
}

fn explain(linked: &Linkage, pair: &[String], format: Format) -> Result<u8, CliError> {
    let [left_id, right_id] = pair else {
        return Err(CliError::Call("--explain needs the id of a left and of a right row".into()));
    };
    let Some((bars, probability)) = linked.explain(left_id, right_id) else {
        return Err(CliError::Call(format!(
            "there is no row `{left_id}` on the left or no row `{right_id}` on the right"
        )));
    };
    if format == Format::Json {
        output::json(
            "lockstep/link-explain/v1",
            &Explained { left_id, right_id, probability, bars },
        )?;
        return Ok(0);
    }
    let mut shown = Shown::new(&["field", "left", "right", "agreement", "bits", "sum"]);
    let mut sum = 0.0;
    for bar in bars {
        sum += bar.bits;
        let (bits, so_far) = (format!("{:+.1}", bar.bits), format!("{sum:+.1}"));
        shown.push(vec![bar.field, bar.left, bar.right, bar.level, bits, so_far]);
    }
    output::table(format, &shown)?;
    output::remark(&format!("probability {probability:.6}: odds of 2 to the power of the sum"));
    Ok(0)
}

fn call(e: LinkError) -> CliError {
    CliError::Call(e.to_string())
}

fn bytes(file: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(file).map_err(|e| CliError::Call(format!("{}: {e}", file.display())))
}

fn table(file: &Path, id: Option<&str>) -> Result<Table, CliError> {
    let name = file.display().to_string();
    let read = intake::loose_table(&name).map_err(CliError::Call)?;
    for remark in &read.remarks {
        output::remark(&format!("note: {name}: {remark}"));
    }
    Table::read(&name, &read.csv, id).map_err(call)
}

fn model(file: &Path) -> Result<Model, CliError> {
    let bytes = bytes(file)?;
    let text = String::from_utf8_lossy(&bytes);
    Model::read(&text).map_err(|messages| {
        let name = file.display().to_string();
        let text: std::sync::Arc<str> = text.as_ref().into();
        let found: Vec<_> =
            messages.into_iter().map(|m| intake::Diagnostic::of_message(&name, &text, m)).collect();
        let drawn = intake::render(&found, output::width(), false);
        CliError::Call(format!("the model cannot be used\n{drawn}"))
    })
}
