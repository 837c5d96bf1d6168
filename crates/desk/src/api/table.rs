//! Views as tables: a page of rows, filtered and sorted, or the whole as CSV.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ground;
use super::question::{MOST_ROWS, Snapshot, forecast, promises};
use crate::material::Problem;
use crate::{Table, views, views_accounts, views_field as field, views_foresight};

/// How a view is made.
type Make = fn(&Snapshot) -> Table;

/// The views that make tables, by name. A new view is one line here.
const TABLES: &[(&str, Make)] = &[
    ("sites", |s| views::sites(&s.assessment.crosscheck)),
    ("unmatched", |s| views::unmatched(&s.assessment.crosscheck, usize::MAX)),
    ("observations", |s| views::observations(&s.assessment.crosscheck)),
    ("figures", |s| views::figures(&s.assessment.figures)),
    ("disagreements", |s| views::disagreements(&s.assessment.figures)),
    ("steps", |s| agreement(s, |status| views::steps(status, |_| true))),
    ("promises", |s| agreement(s, views::promises)),
    ("limits", |s| agreement(s, views::limits)),
    ("events", |s| agreement(s, views::events)),
    ("powers", |s| agreement(s, views::powers)),
    ("lasting", |s| agreement(s, views::lasting)),
    ("readings", |s| agreement(s, views::readings)),
    ("delays", |s| foreseen(s, views_foresight::promise_delays)),
    ("causes", |s| foreseen(s, views_foresight::causes)),
    ("responses", |s| foreseen(s, views_foresight::responses)),
    ("parties", |s| foreseen(s, views_foresight::party_delays)),
    ("flows", |s| foreseen(s, views_foresight::flows)),
    ("forecast", |s| forecast(s).map_or_else(Table::default, |f| views_foresight::forecast(&f))),
    ("looks", |s| views::looks(&s.assessment.crosscheck.looks)),
    ("balances", |s| views_accounts::summary(&s.assessment.accounts)),
    ("access", |s| field::access(&s.assessment.access)),
    ("clocks", |s| field::clocks(&s.assessment.access)),
    ("passages", |s| field::passages(&s.assessment.access)),
    ("texts", |s| field::texts(&s.assessment.texts)),
    ("interviews", |s| field::interviews(&s.assessment.interviews)),
    ("interview_terms", |s| field::interview_terms(&s.assessment.interviews)),
    ("interview_coverage", |s| field::interview_coverage(&s.assessment.interviews)),
    ("days_used", |s| field::days_used(&inspection::days_used(&s.assessment.access))),
    ("inspections", |s| field::inspections(&s.material.case, s.day())),
    ("seals", |s| field::seals(&s.material.case, s.day())),
    ("continuity", |s| field::continuities(ground::items(s).each())),
    ("transfers", |s| field::transfers(&s.material.case, s.day())),
    ("coverage", |s| field::coverage(&s.assessment.coverage)),
    ("samples", |s| field::samples(&s.assessment.samples)),
    ("effort", |s| field::effort(&s.assessment.effort)),
    ("items", |s| field::items(ground::items(s).each())),
    ("classes", |s| field::classes(&s.assessment.custody)),
    ("item_problems", |s| field::item_problems(&s.assessment.custody, usize::MAX)),
    ("board_tests", |s| field::board_tests(&s.assessment.board)),
    ("complete", |s| field::complete(&s.assessment.board.complete)),
    ("open_findings", |s| field::open_findings(&s.assessment.board.complete)),
    ("balance_verdicts", |s| field::balance_verdicts(&s.assessment.board.complete)),
    ("verifiable", |s| field::verifiable(&s.assessment.board.verifiable)),
    ("irreversible", |s| field::irreversible(&s.assessment.board)),
];

/// A view of the agreement; empty where the case holds none.
fn agreement(s: &Snapshot, view: impl Fn(&roadmap::Status) -> Table) -> Table {
    s.assessment.roadmap.as_ref().as_ref().map_or_else(Table::default, view)
}

/// A view of how promises were kept; empty where the case holds no agreement.
fn foreseen(s: &Snapshot, view: impl Fn(&foresight::delay::Delays) -> Table) -> Table {
    promises(s).map_or_else(Table::default, |d| view(&d))
}

/// Names of all tables.
#[must_use]
pub fn names() -> Vec<String> {
    TABLES.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Which rows of which table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
pub struct Asked {
    /// The table.
    #[serde(default)]
    pub name: String,
    /// A word that any cell holds.
    #[serde(default)]
    pub q: String,
    /// `column:value`: only rows whose cell is exactly that.
    #[serde(default)]
    pub only: String,
    /// A column to sort by.
    #[serde(default)]
    pub sort: String,
    /// The largest first.
    #[serde(default)]
    pub descending: bool,
    /// How many rows to leave out.
    #[serde(default)]
    pub offset: usize,
    /// How many rows at most.
    #[serde(default)]
    pub limit: Option<usize>,
    /// `json`, or `csv` for the whole table.
    #[serde(default)]
    pub format: String,
}

/// Some rows of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct TablePage {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The rows asked for.
    pub rows: Vec<Vec<String>>,
    /// How many rows the filter keeps.
    pub matched: usize,
    /// How many rows there are.
    pub total: usize,
}

pub(super) fn answer(s: &Snapshot, asked: &Asked) -> Result<(&'static str, Vec<u8>), Problem> {
    let make = TABLES.iter().find(|(name, _)| *name == asked.name).ok_or_else(|| {
        Problem::NotFound(format!(
            "there is no table `{}`; there are {}",
            asked.name,
            names().join(", ")
        ))
    })?;
    let mut table = make.1(s);
    let total = table.rows.len();
    let column = |name: &str| {
        table.columns.iter().position(|c| *c == name).ok_or_else(|| {
            Problem::Question(format!(
                "the table `{}` has no column `{name}`; it has {}",
                asked.name,
                table.columns.join(", ")
            ))
        })
    };
    let only = match asked.only.split_once(':') {
        Some((name, value)) => Some((column(name)?, value.to_owned())),
        None if asked.only.is_empty() => None,
        None => return Err(Problem::Question("write `only` as column:value".to_owned())),
    };
    let sort = if asked.sort.is_empty() { None } else { Some(column(&asked.sort)?) };
    let q = asked.q.to_lowercase();
    table.rows.retain(|row| {
        only.as_ref().is_none_or(|(at, value)| row.get(*at).is_some_and(|cell| cell == value))
            && (q.is_empty() || row.iter().any(|cell| cell.to_lowercase().contains(&q)))
    });
    if let Some(at) = sort {
        table.rows.sort_by(|a, b| {
            let (a, b) =
                (a.get(at).map_or("", String::as_str), b.get(at).map_or("", String::as_str));
            // Empty cells come last either way: nothing is neither small nor large.
            match (a.is_empty(), b.is_empty()) {
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ if asked.descending => natural(b, a),
                _ => natural(a, b),
            }
        });
    }
    if asked.format == "csv" {
        return Ok(("text/csv; charset=utf-8", table.to_csv().into_bytes()));
    }
    let matched = table.rows.len();
    let limit = asked.limit.unwrap_or(100).clamp(1, MOST_ROWS);
    let page = TablePage {
        name: asked.name.clone(),
        columns: table.columns.iter().map(|c| (*c).to_owned()).collect(),
        rows: table.rows.into_iter().skip(asked.offset).take(limit).collect(),
        matched,
        total,
    };
    Ok(("application/json", serde_json::to_vec(&page)?))
}

/// Numbers by value where both begin with one, else by text.
fn natural(a: &str, b: &str) -> Ordering {
    match (leading(a), leading(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

fn leading(text: &str) -> Option<f64> {
    // A date is text: 2008-06 is no number.
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}
