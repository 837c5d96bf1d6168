//! `balance`: material balances from the accounting reports of a case.

use accountancy::{Accounts, AreaBalance, Judging, Reports};
use serde::Serialize;

use crate::args::{BalanceArgs, Format};
use crate::output;
use crate::session::{CliError, Session};

#[derive(Serialize)]
struct Page<'a> {
    case: String,
    as_of: String,
    #[serde(flatten)]
    accounts: &'a Accounts<'a>,
}

pub(crate) fn run(args: &BalanceArgs) -> Result<u8, CliError> {
    let session = Session::read(&args.case.case, &args.case.place)?;
    let day = args.view.day();
    let reports = Reports::of(&session.case, day);
    let judging = Judging { alpha: args.alpha, goal_kg: args.goal, ..Judging::default() };
    let mut accounts = Accounts::of(&reports, &session.folder.incomplete_areas, day).judged(
        &reports,
        &session.case,
        day,
        judging,
    );
    if reports.reports.is_empty() {
        return Err(CliError::Call(format!(
            "the case holds no accounting reports by {day}; docs/reports.md says how to add them"
        )));
    }
    if let Some(area) = &args.area {
        let known: Vec<&str> = accounts.areas.iter().map(|a| a.mba).collect();
        if !known.contains(&area.as_str()) {
            let help = intake::did_you_mean(area, known.iter().copied()).map_or_else(
                || format!("known are: {}", known.join(", ")),
                |w| format!("did you mean `{w}`?"),
            );
            return Err(CliError::Call(format!("no reports of an area `{area}`; {help}")));
        }
        accounts.areas.retain(|a: &AreaBalance<'_>| a.mba == area);
        accounts.ledgers.retain(|l| l.mba == area);
        accounts.judgements.retain(|j| j.mba == *area);
        accounts.validation.findings.retain(|f| f.mba == *area);
        accounts.validation.withheld.retain(|w| w.mba == *area);
    }
    if args.ledger_lines && args.view.format != Format::Json {
        output::table(
            args.view.format,
            &desk::views_accounts::running_ledger(&reports, &accounts),
        )?;
        if args.view.format == Format::Table {
            output::print("\nBy key measurement point\n")?;
            output::table(Format::Table, &desk::views_accounts::points(&accounts))?;
        }
        return Ok(u8::from(session.folder.has_errors() || accounts.validation.count().0 > 0));
    }
    match args.view.format {
        Format::Json => {
            let page = Page {
                case: session.case.id.as_ref().map(ToString::to_string).unwrap_or_default(),
                as_of: day.to_string(),
                accounts: &accounts,
            };
            output::json("lockstep/balance/v1", &page)?;
        }
        Format::Csv => output::table(Format::Csv, &desk::views_accounts::figures(&accounts))?,
        Format::Table => {
            output::print(&format!("{}, as of {day}\n", session.title()))?;
            for area in &accounts.areas {
                for period in &area.periods {
                    output::print(&desk::views_accounts::heading(area.mba, period))?;
                    for balance in &period.balances {
                        output::table(Format::Table, &desk::views_accounts::balance(balance))?;
                        output::print(&desk::views_accounts::remarks(balance))?;
                    }
                }
            }
            let width = output::width();
            output::print("\nIs what is missing more than the errors of measurement?\n")?;
            for j in &accounts.judgements {
                output::print(&desk::views_accounts::judgement(j, width))?;
            }
            output::print(&desk::views_accounts::validation(&accounts.validation))?;
            let method = format!("\nMethod: {}.", accounts.method);
            output::print(&desk::views_balance::wrapped(&method, width))?;
            if accounts.judgements.iter().any(|j| j.verdict.is_some()) {
                let words = format!("Convention: {}.", accountancy::CONVENTION);
                output::print(&desk::views_balance::wrapped(&words, width))?;
            }
        }
    }
    Ok(u8::from(session.folder.has_errors() || accounts.validation.count().0 > 0))
}
