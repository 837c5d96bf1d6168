//! `sample`: how many items to measure, and which; `goals`: what for.

use accountancy::goals::{self, Goal};
use balance::sampling::{self, Method, Size, Weighted};
use desk::Table;
use desk::views_balance::number;
use intake::numbers::NumberTable;
use serde::Serialize;

use crate::args::{Format, SampleArgs, ViewArgs};
use crate::commands::balance_series::complain;
use crate::output;
use crate::session::CliError;

#[derive(Serialize)]
struct Report {
    words: &'static str,
    goal: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal_source: Option<Goal>,
    beta: f64,
    power: f64,
    plans: Vec<Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weighted: Option<Weighted>,
    /// The items drawn, by number or by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

#[derive(Serialize)]
struct Plan {
    level: String,
    method: String,
    gamma: Option<f64>,
    /// Absent when such a defect cannot hide the goal in this stratum.
    size: Option<Size>,
}

const WORDS: &str = "defects d = ceil(goal / (gamma x mean)); exact: the smallest n whose hypergeometric probability to \
     recognise no defect is at most beta; IAEA: ceil(N (1 - beta^(1/d))); Jaech: ceil((N - (d-1)/2) (1 - beta^(1/d))); a \
     method that recognises a defect with probability p enters the exact size by sum_j P(j) (1-p)^j and divides the others";

pub(crate) fn run(args: &SampleArgs) -> Result<u8, CliError> {
    let goal_source = goals::significant_quantity(&args.goal);
    let goal = match (&goal_source, args.goal.parse::<f64>()) {
        (Some(goal), _) => goal.amount.to_f64(),
        (None, Ok(value)) if value.is_finite() && value > 0.0 => value,
        _ => {
            return Err(CliError::Call(format!(
                "`{}` is neither an amount above 0 nor a material; `lockstep goals` lists them",
                args.goal
            )));
        }
    };
    let mut report = Report {
        words: WORDS,
        goal,
        goal_source,
        beta: args.beta,
        power: args.power,
        plans: Vec::new(),
        weighted: None,
        drawn: None,
        seed: args.draw.then_some(args.seed),
    };
    if let Some(file) = &args.weights {
        let table = match NumberTable::read(file, &["item"], &["weight"], 0.0) {
            Ok(table) => table,
            Err(faults) => return Ok(complain(&faults)),
        };
        let weights: Vec<f64> = table.rows.iter().flat_map(|r| r.numbers.clone()).collect();
        let gamma = args.gammas.first().copied().unwrap_or(1.0);
        let plan = sampling::weighted(&weights, goal, gamma, args.beta, args.power);
        if args.draw {
            let chosen = sampling::draw_weighted(&plan.chances, args.seed);
            report.drawn = Some(names(&table, &chosen));
        }
        report.plans.push(Plan {
            level: "all items alike".to_owned(),
            method: String::new(),
            gamma: Some(gamma),
            size: plan.alike,
        });
        report.weighted = Some(plan);
    } else {
        report.plans = plans(args, goal)?;
        if args.draw {
            let most = report.plans.iter().filter_map(|p| p.size).max_by_key(|s| s.exact);
            let drawn = most.map(|s| sampling::draw(s.population, s.exact, args.seed));
            report.drawn = drawn.map(|d| d.iter().map(u64::to_string).collect());
        }
    }
    let table = table(&report.plans);
    match args.view.format {
        Format::Json => output::json("lockstep/sample/v1", &report)?,
        Format::Csv => output::table(Format::Csv, &table)?,
        Format::Table => {
            output::table(Format::Table, &table)?;
            output::print(&desk::views_balance::wrapped(&words(&report), output::width()))?;
        }
    }
    let attained = report.plans.iter().filter_map(|p| p.size).all(|s| s.attained);
    Ok(u8::from(!attained))
}

fn names(table: &NumberTable, numbers: &[u64]) -> Vec<String> {
    let name = |n: &u64| {
        let row = usize::try_from(*n).ok().and_then(|n| table.rows.get(n.checked_sub(1)?))?;
        row.texts.first().cloned()
    };
    numbers.iter().filter_map(name).collect()
}

fn plans(args: &SampleArgs, goal: f64) -> Result<Vec<Plan>, CliError> {
    let items = args.items.unwrap_or_default();
    if items == 0 {
        return Err(CliError::Call("a stratum needs at least one item: --items N".to_owned()));
    }
    if let Some(defects) = args.defects {
        if defects == 0 || defects > items {
            return Err(CliError::Call(format!("--defects must lie between 1 and {items}")));
        }
        let size = sampling::size(items, defects, args.beta, args.power);
        let (level, method) = (String::new(), String::new());
        return Ok(vec![Plan { level, method, gamma: None, size: Some(size) }]);
    }
    let Some(mean) = args.mean else {
        return Err(CliError::Call(
            "give the mean weight of an item, --mean, or the number of defects, --defects"
                .to_owned(),
        ));
    };
    if !args.methods.is_empty() {
        let methods: Vec<Method> = args
            .methods
            .iter()
            .map(|(name, rsd)| Method { name: name.clone(), rsd: *rsd })
            .collect();
        let levels = sampling::levels(items, mean, goal, args.beta, &methods);
        return Ok(levels
            .into_iter()
            .map(|l| Plan {
                level: l.level.to_owned(),
                method: l.method,
                gamma: Some(l.gamma),
                size: l.size,
            })
            .collect());
    }
    let gammas = if args.gammas.is_empty() { vec![1.0] } else { args.gammas.clone() };
    let plan = |gamma: f64| {
        let defects = sampling::defects(items, mean, goal, gamma);
        let size = defects.map(|d| sampling::size(items, d, args.beta, args.power));
        Plan { level: String::new(), method: String::new(), gamma: Some(gamma), size }
    };
    Ok(gammas.into_iter().map(plan).collect())
}

fn table(plans: &[Plan]) -> Table {
    let mut table = Table::new(&[
        "level", "method", "gamma", "items", "defects", "exact", "miss", "iaea", "jaech",
    ]);
    for p in plans {
        let mut row = vec![
            p.level.clone(),
            p.method.clone(),
            p.gamma.map(|g| g.to_string()).unwrap_or_default(),
        ];
        match &p.size {
            Some(s) => row.extend([
                s.population.to_string(),
                s.defects.to_string(),
                s.exact.to_string(),
                s.miss.to_string(),
                s.iaea.to_string(),
                s.jaech.to_string(),
            ]),
            None => row.extend(std::iter::repeat_n(String::new(), 6)),
        }
        table.push(row);
    }
    table
}

fn words(report: &Report) -> String {
    let mut text = format!(
        "\nTo miss {} kg with probability at most {}; a defect in the sample is recognised with probability {}.\n",
        number(report.goal),
        report.beta,
        report.power
    );
    if let Some(goal) = &report.goal_source {
        text += &format!(
            "The goal is one significant quantity of {} ({}, {}).\n",
            goal.subject,
            goal.source,
            desk::views::basis_mark(Some(goal.basis))
        );
    }
    for p in &report.plans {
        match (&p.size, p.gamma) {
            (None, Some(gamma)) => {
                text += &format!(
                    "With {} % missing from each, all items together cannot hide the goal: no sample is needed at this level.\n",
                    number(gamma * 100.0)
                );
            }
            (Some(s), _) if !s.attained => {
                text += &format!(
                    "Even all {} items miss with probability {}: the method is too weak for this goal.\n",
                    s.population,
                    number(s.miss)
                );
            }
            _ => {}
        }
    }
    if let Some(w) = &report.weighted {
        text += &format!(
            "{} items of {} together. The fewest that can hide the goal: {}.\nBy weight, item j with probability (1 - beta^(gamma w_j/goal)) / power: {} items expected{}.\n",
            w.population,
            number(w.total),
            w.fewest_defects.map_or("even all of them do not".to_owned(), |d| d.to_string()),
            number(w.expected_by_weight),
            if w.attained { "" } else { ", and even so the method is too weak for the heaviest" }
        );
    }
    if let (Some(drawn), Some(seed)) = (&report.drawn, report.seed) {
        text += &format!("Drawn with seed {seed}: {}\n", drawn.join(" "));
    }
    text
}

pub(crate) fn goals(view: &ViewArgs) -> Result<u8, CliError> {
    #[derive(Serialize)]
    struct Goals {
        goals: Vec<Goal>,
    }
    let all = goals::goals();
    let mut table = Table::new(&["kind", "subject", "amount", "unit", "of", "source", "record"]);
    for g in &all {
        table.push(
            [g.kind, g.subject, &g.amount.to_string(), g.unit, g.of, g.source]
                .into_iter()
                .chain([desk::views::basis_mark(Some(g.basis))])
                .map(str::to_owned)
                .collect(),
        );
    }
    match view.format {
        Format::Json => output::json("lockstep/goals/v1", &Goals { goals: all })?,
        format => output::table(format, &table)?,
    }
    Ok(0)
}
