//! Views as tables: a page of rows, filtered and sorted, or the whole as CSV.

use std::cmp::Ordering;

use assessment::Assessment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::question::MOST_ROWS;
use crate::material::Problem;
use crate::{Table, views};

type Make = fn(&Assessment) -> Table;

/// The views that make tables, by name. A new view is one line here.
const TABLES: &[(&str, Make)] = &[
    ("sites", |a| views::sites(&a.crosscheck)),
    ("unmatched", |a| views::unmatched(&a.crosscheck, usize::MAX)),
    ("observations", |a| views::observations(&a.crosscheck)),
    ("figures", |a| views::figures(&a.figures)),
    ("disagreements", |a| views::disagreements(&a.figures)),
    ("steps", |a| {
        a.roadmap.as_ref().as_ref().map_or_else(Table::default, |s| views::steps(s, |_| true))
    }),
    ("promises", |a| a.roadmap.as_ref().as_ref().map_or_else(Table::default, views::promises)),
    ("limits", |a| a.roadmap.as_ref().as_ref().map_or_else(Table::default, views::limits)),
    ("events", |a| a.roadmap.as_ref().as_ref().map_or_else(Table::default, views::events)),
];

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

pub(super) fn answer(a: &Assessment, asked: &Asked) -> Result<(&'static str, Vec<u8>), Problem> {
    let make = TABLES.iter().find(|(name, _)| *name == asked.name).ok_or_else(|| {
        Problem::NotFound(format!(
            "there is no table `{}`; there are {}",
            asked.name,
            names().join(", ")
        ))
    })?;
    let mut table = make.1(a);
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
