//! What follows from the agreement: proof, safety of the sequence, promises, forecast, pictures, who owes what.

use std::path::Path;

use foresight::forecast::Question;
use foresight::prove::{Bounds, System, prove};
use foresight::sequence::{Judgement, safety};
use intake::Diagnostic;
use roadmap::{Roadmap, Status};
use statement::civil;

use crate::args::{CaseArgs, ForecastArgs, Format, ProveArgs, ViewArgs};
use crate::output;
use crate::session::{CliError, JUDGEMENT, Session};

/// Shows what is wrong with a text, underlined, on standard error.
fn tell(file: &str, text: &str, messages: Vec<notation::Message>) {
    let text: std::sync::Arc<str> = text.into();
    let told: Vec<Diagnostic> =
        messages.into_iter().map(|m| Diagnostic::of_message(file, &text, m)).collect();
    if !told.is_empty() {
        output::remark(&intake::render(&told, output::width(), false));
    }
}

/// A case with its agreement.
struct Agreement {
    session: Session,
    roadmap: Roadmap,
}

impl Agreement {
    fn read(case: &CaseArgs) -> Result<Self, CliError> {
        let session = Session::read(&case.case, &case.place)?;
        let Some(roadmap) = session.roadmap.clone() else {
            let root = session.folder.root.display();
            return Err(CliError::Call(format!("{root} holds no roadmap.kdl")));
        };
        Ok(Self { session, roadmap })
    }

    fn status(&self, on: civil::Date) -> Status {
        roadmap::status(&self.roadmap, &self.session.case, on)
    }

    /// The judgement beside the text, and whether it has errors. They are shown, and what could be read is used.
    fn judgement(&self) -> Result<(Judgement, bool), CliError> {
        let (judgement, wrong) = match self.session.judgement_text()? {
            Some(text) => {
                let reading = foresight::sequence::read(&text, &self.roadmap);
                let wrong = !reading.messages.is_empty();
                tell(JUDGEMENT, &text, reading.messages);
                (reading.judgement, wrong)
            }
            None => (Judgement::default(), false),
        };
        Ok((judgement.with_text(&self.roadmap), wrong))
    }

    fn code(&self, wrong: bool) -> u8 {
        u8::from(wrong || self.session.folder.has_errors())
    }
}

pub(crate) fn prove_orders(args: &ProveArgs) -> Result<u8, CliError> {
    let (system, wrong) = if args.what.is_file() {
        if args.as_of.is_some() {
            let words = "--as-of needs a case folder: a file alone holds no record";
            return Err(CliError::Call(words.to_owned()));
        }
        let text = std::fs::read_to_string(&args.what)
            .map_err(|e| CliError::Call(format!("{}: {e}", args.what.display())))?;
        let reading = roadmap::read(&text);
        let wrong = reading.messages.iter().any(|m| m.severity == notation::Severity::Error);
        let name = args.what.file_name().unwrap_or_default().to_string_lossy().into_owned();
        tell(&name, &text, reading.messages);
        (System::of(&reading.roadmap), wrong)
    } else {
        let case = CaseArgs { case: args.what.clone(), place: args.place.clone() };
        let agreement = Agreement::read(&case)?;
        let wrong = agreement.session.folder.has_errors();
        let system = System::of(&agreement.roadmap);
        match args.as_of {
            Some(day) => (system.on(&agreement.roadmap, &agreement.status(day)), wrong),
            None => (system, wrong),
        }
    };
    let bounds = Bounds { states: args.states, ..Bounds::default() };
    let proof = prove(&system, bounds);
    match args.format {
        Format::Json => output::json("lockstep/roadmap-prove/v1", &proof)?,
        Format::Csv => output::table(Format::Csv, &desk::views_foresight::proof(&proof))?,
        Format::Table => {
            let from = args.as_of.map_or_else(String::new, |day| format!(" from {day} on"));
            output::print(&format!("{}: every order of events{from}\n\n", proof.title))?;
            output::table(Format::Table, &desk::views_foresight::proof(&proof))?;
            for answer in proof.answers.iter().filter(|a| !a.story.is_empty()) {
                output::print(&format!(
                    "\nIt does not hold that {}. The shortest way there:\n",
                    answer.question.words()
                ))?;
                for (i, sentence) in answer.story.iter().enumerate() {
                    output::print(&desk::wrapped(
                        &format!("{:>3}. ", i + 1),
                        sentence,
                        output::width(),
                    ))?;
                }
            }
            let unfinished = proof.components.iter().filter(|c| !c.finished).count();
            if unfinished > 0 {
                output::print(&format!(
                    "\n{unfinished} of {} parts were not searched to the end; raise --states above {}\n",
                    proof.components.len(),
                    args.states
                ))?;
            }
            if !proof.on_their_word.is_empty() {
                let words = format!(
                    "{} steps end on their doer's word, since the text names nobody to certify them: {}",
                    proof.on_their_word.len(),
                    proof.on_their_word.join(", ")
                );
                output::print(&format!("\n{}", desk::wrapped("", &words, output::width())))?;
            }
            let method = format!("Method: {}. {} states.", proof.method, proof.states);
            output::print(&format!("\n{}", desk::wrapped("", &method, output::width())))?;
        }
    }
    Ok(u8::from(wrong))
}

pub(crate) fn play(
    case: &CaseArgs,
    seed: u64,
    as_of: Option<civil::Date>,
    format: Format,
) -> Result<u8, CliError> {
    let agreement = Agreement::read(case)?;
    let (judgement, wrong) = agreement.judgement()?;
    if judgement.payoffs.is_empty() {
        return Err(CliError::Call(format!(
            "nobody has judged what the steps are worth: write `payoff` in roadmap.kdl, or {JUDGEMENT} beside it \
             (docs/safety.md)"
        )));
    }
    let status = as_of.map(|day| agreement.status(day));
    let result = safety(&agreement.roadmap, &judgement, seed, status.as_ref());
    match format {
        Format::Json => output::json("lockstep/roadmap-safety/v1", &result)?,
        Format::Csv => output::table(Format::Csv, &desk::views_foresight::moves(&result))?,
        Format::Table => {
            let by = result
                .judged_by
                .as_ref()
                .map(|by| format!(", as judged by {by}"))
                .unwrap_or_default();
            let title = format!("{}: is the sequence safe{by}?", result.title);
            output::print(&(desk::wrapped("", &title, output::width()) + "\n"))?;
            if let Some(day) = &result.as_of {
                let words = match result.behind.is_empty() {
                    true => format!("From {day} on; no judged step is behind it yet."),
                    false => format!(
                        "From {day} on; behind it, and counted in what each paid and received: {}.",
                        result.behind.join(", ")
                    ),
                };
                output::print(&(desk::wrapped("", &words, output::width()) + "\n"))?;
            }
            let yes = |b: bool| if b { "nobody stops" } else { "somebody stops" };
            let mut words = format!(
                "In the middle of the ranges {}; in the worst corner {}. Nobody stops in {:.0} % of {} games drawn from the \
                 ranges (seed {}).",
                yes(result.holds_in_the_middle),
                yes(result.holds_at_worst),
                result.share_that_holds * 100.0,
                result.draws,
                result.seed
            );
            if let Some(step) = &result.ends_before {
                words += &format!(" In the middle of the ranges it ends before {step}.");
            }
            words += " ";
            match &result.edit {
                Some(edit) => {
                    words += &format!(
                        "The smallest change that makes it hold{}: {}.",
                        if edit.holds_at_worst {
                            ", in the worst corner too"
                        } else {
                            " in the middle of the ranges"
                        },
                        edit.changes.join("; then ")
                    );
                }
                None if result.holds_at_worst => words += "No change is needed.",
                None => {
                    words += "No three swaps, splits or bundles make it hold: see the least benefit or loss below."
                }
            }
            output::print(&desk::wrapped("", &words, output::width()))?;
            output::print("\n")?;
            output::table(Format::Table, &desk::views_foresight::moves(&result))?;
            output::print("\n")?;
            output::table(Format::Table, &desk::views_foresight::stakes(&result))?;
            let method = format!(
                "{} steps that nobody judged are not in the game. Method: {}.",
                result.not_judged, result.method
            );
            output::print(&format!("\n{}", desk::wrapped("", &method, output::width())))?;
        }
    }
    Ok(agreement.code(wrong))
}

pub(crate) fn promises(case: &CaseArgs, view: &ViewArgs) -> Result<u8, CliError> {
    let agreement = Agreement::read(case)?;
    let result = foresight::delay::delays(&agreement.roadmap, &agreement.status(view.day()));
    match view.format {
        Format::Json => output::json("lockstep/roadmap-promises/v1", &result)?,
        Format::Csv => output::table(Format::Csv, &desk::views_foresight::promise_delays(&result))?,
        Format::Table => {
            output::print(&format!("{}: promises kept, as of {}\n\n", result.title, result.as_of))?;
            output::table(Format::Table, &desk::views_foresight::promise_delays(&result))?;
            output::print("\nParty by party, by the same measures\n")?;
            output::table(Format::Table, &desk::views_foresight::party_delays(&result))?;
            output::print("\nReceived from others and fulfilled, each step counting the same\n")?;
            output::table(Format::Table, &desk::views_foresight::flows(&result))?;
            output::print(
                "\nAgainst the reference class, for shocks that promises of one agreement share\n",
            )?;
            output::table(Format::Table, &desk::views_foresight::comparisons(&result))?;
            if !result.causes.is_empty() {
                output::print("\nDays lost, and what the record says of them\n")?;
                output::table(Format::Table, &desk::views_foresight::causes(&result))?;
                output::print(
                    "That something stood in the way does not show that it was the reason.\n",
                )?;
            }
            if !result.responses.is_empty() {
                output::print("\nSteps that could begin because others had done theirs\n")?;
                output::table(Format::Table, &desk::views_foresight::responses(&result))?;
            }
            for c in &result.added_conditions {
                let by = c.by.as_deref().unwrap_or("somebody");
                output::print(&format!(
                    "\nSet after acceptance: {} on {}, by {by}, {}\n",
                    c.text, c.step, c.added
                ))?;
            }
            let words = format!(
                "Compared with {} promises of {} ({} of them not kept). Method: {}.",
                result.reference.promises,
                result.reference.agreements.join(", "),
                result.reference.not_kept,
                result.method
            );
            output::print(&format!("\n{}", desk::wrapped("", &words, output::width())))?;
        }
    }
    Ok(agreement.code(false))
}

pub(crate) fn forecast(args: &ForecastArgs) -> Result<u8, CliError> {
    let agreement = Agreement::read(&args.case)?;
    let (judgement, wrong) = agreement.judgement()?;
    for (step, _) in &args.assume {
        if agreement.roadmap.step(step).is_none() {
            let known = agreement.roadmap.steps.iter().map(|s| s.id.as_str());
            let help = notation::did_you_mean(step, known)
                .map(|w| format!("; did you mean `{w}`?"))
                .unwrap_or_default();
            return Err(CliError::Call(format!("the roadmap has no step `{step}`{help}")));
        }
    }
    let day = args.view.day();
    let question =
        Question { runs: args.runs, seed: args.seed, assume: args.assume.clone(), by: args.by };
    if args.calibrate {
        return calibrate(&agreement, &judgement, day, &question, args.view.format, wrong);
    }
    let status = agreement.status(day);
    let result = foresight::forecast::forecast(&agreement.roadmap, &status, &judgement, &question);
    match args.view.format {
        Format::Json => output::json("lockstep/roadmap-forecast/v1", &result)?,
        Format::Csv => output::table(Format::Csv, &desk::views_foresight::forecast(&result))?,
        Format::Table => {
            output::print(&format!("{}: forecast as of {}\n", result.title, result.as_of))?;
            for (step, on) in &result.assumed {
                output::print(&format!("assumed: {step} is done on {on}\n"))?;
            }
            output::print("\n")?;
            output::table(Format::Table, &desk::views_foresight::forecast(&result))?;
            if !result.enforce.is_empty() {
                output::print("\nWhat a date would buy if it were kept\n")?;
                output::table(Format::Table, &desk::views_foresight::enforced(&result))?;
            }
            let mut words = String::new();
            if !result.ended.is_empty() {
                words += &format!(
                    "Ended without being done, and left out: {}. ",
                    result.ended.join(", ")
                );
            }
            let pace = if result.shock_so_far < 0.0 { "Faster" } else { "Slower" };
            let t = result.in_time;
            words += &format!(
                "Of other agreements' promises {:.0} % were kept in time, of this agreement's {} of {} so far; taken for the \
                 next: {:.0} %. {pace} so far than that by {:.1} standard deviations of the common shock. {} runs, seed {}. \
                 Method: {}.",
                t.reference.share * 100.0,
                t.kept,
                t.of,
                t.chance * 100.0,
                result.shock_so_far.abs(),
                result.runs,
                result.seed,
                result.method
            );
            output::print(&format!("\n{}", desk::wrapped("", &words, output::width())))?;
        }
    }
    Ok(agreement.code(wrong))
}

/// Forecasts made each month from the first promise on, against what the record says on the day.
fn calibrate(
    agreement: &Agreement,
    judgement: &Judgement,
    day: civil::Date,
    question: &Question,
    format: Format,
    wrong: bool,
) -> Result<u8, CliError> {
    let end = agreement.status(day);
    let known = end.steps.iter().filter_map(|s| s.due.as_ref().or(s.actual.as_ref()));
    let (first, last) =
        known.fold((day, civil::Date::MIN), |(a, b), d| (a.min(d.earliest()), b.max(d.latest())));
    let mut history = Vec::new();
    let mut at = first.first_of_month();
    while at < last.min(day) && history.len() < 60 {
        history.push(agreement.status(at));
        let Ok(next) = at.last_of_month().tomorrow() else { break };
        at = next;
    }
    let question = Question { runs: question.runs.min(2_000), ..question.clone() };
    let result =
        foresight::forecast::calibrate(&agreement.roadmap, &history, &end, judgement, &question);
    match format {
        Format::Json => output::json("lockstep/roadmap-calibration/v1", &result)?,
        Format::Csv | Format::Table => {
            let mut table = desk::Table::new(&["step", "forecast_on", "chance", "happened"]);
            for f in &result.each {
                let happened = if f.happened { "yes" } else { "no" };
                table.push(vec![
                    f.step.clone(),
                    f.on.clone(),
                    format!("{:.3}", f.chance),
                    happened.into(),
                ]);
            }
            if format == Format::Table {
                let words = format!(
                    "{} forecasts of {} steps made on {} days, against what the record says on {day}. Brier score {:.3}. Who \
                     always said how often other agreements keep promises in time: {:.3}; against that the skill is {:.2} \
                     (each step counted once: {:.3} against {:.3}). Who had known beforehand how often it would happen here: {:.3}. Of {} days that can be checked {:.0} % \
                     lay between 10 and 90 of 100 runs.",
                    result.forecasts,
                    result.steps,
                    result.made_on.len(),
                    result.brier,
                    result.brier_of_the_class,
                    result.skill,
                    result.each_step_once[0],
                    result.each_step_once[1],
                    result.brier_of_the_average,
                    result.days_checked,
                    result.within_80 * 100.0
                );
                output::print(&format!("{}\n", desk::wrapped("", &words, output::width())))?;
            }
            output::table(format, &table)?;
        }
    }
    Ok(agreement.code(wrong))
}

pub(crate) fn owes(case: &CaseArgs, party: Option<&str>, view: &ViewArgs) -> Result<u8, CliError> {
    let agreement = Agreement::read(case)?;
    check_party(&agreement.roadmap, party)?;
    let status = agreement.status(view.day());
    let result = foresight::residual::residual(&agreement.roadmap, &status, party);
    match view.format {
        Format::Json => output::json("lockstep/roadmap-owes/v1", &result)?,
        Format::Csv => output::table(Format::Csv, &desk::views_foresight::owes(&result))?,
        Format::Table => output::print(&result.to_text(output::width()))?,
    }
    Ok(agreement.code(false))
}

pub(crate) fn gantt(case: &CaseArgs, view: &ViewArgs, to: &Path) -> Result<u8, CliError> {
    let agreement = Agreement::read(case)?;
    let (judgement, wrong) = agreement.judgement()?;
    let status = agreement.status(view.day());
    let question = Question { runs: 2_000, ..Question::default() };
    let forecast =
        foresight::forecast::forecast(&agreement.roadmap, &status, &judgement, &question);
    write(to, &desk::picture::gantt(&agreement.roadmap, &status, &forecast))?;
    Ok(agreement.code(wrong))
}

pub(crate) fn graph(case: &CaseArgs, view: &ViewArgs, to: &Path) -> Result<u8, CliError> {
    let agreement = Agreement::read(case)?;
    let status = agreement.status(view.day());
    write(to, &desk::picture::dependencies(&agreement.roadmap, &status))?;
    Ok(agreement.code(false))
}

pub(crate) fn calendar(
    case: &CaseArgs,
    party: Option<&str>,
    view: &ViewArgs,
    to: &Path,
) -> Result<u8, CliError> {
    let agreement = Agreement::read(case)?;
    check_party(&agreement.roadmap, party)?;
    let status = agreement.status(view.day());
    write(to, &desk::roadmap_calendar::roadmap_calendar(&status, party))?;
    Ok(agreement.code(false))
}

fn check_party(roadmap: &Roadmap, party: Option<&str>) -> Result<(), CliError> {
    match party {
        Some(party) if !roadmap.parties.iter().any(|p| p == party) => Err(CliError::Call(format!(
            "`{party}` is not a party of this roadmap; its parties are {}",
            roadmap.parties.join(", ")
        ))),
        _ => Ok(()),
    }
}

/// Writes a file, or to standard output when it is `-`.
fn write(to: &Path, text: &str) -> Result<(), CliError> {
    if to == Path::new("-") {
        return output::print(text);
    }
    std::fs::write(to, text).map_err(|e| CliError::Call(format!("{}: {e}", to.display())))?;
    output::remark(&format!("written: {}", to.display()));
    Ok(())
}
