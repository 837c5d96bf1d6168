//! How good forecasts would have been: made as of each day of a finished history, against what happened.

use roadmap::{Roadmap, Status};
use serde::Serialize;
use statement::{Date, days};

use super::{Question, plan, simulate};
use crate::delay::ReferenceClass;
use crate::sequence::Judgement;

/// Forecasts of a finished history against what happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Days on which forecasts were made.
    pub made_on: Vec<String>,
    /// Forecasts of a step done by its date, that were open on the day they were made.
    pub forecasts: usize,
    /// Mean square of chance less outcome (Brier 1950): 0 is perfect.
    pub brier: f64,
    /// The same for somebody who always says how often promises of other agreements are kept in time: the least that a
    /// forecast must beat, and known beforehand.
    pub brier_of_the_class: f64,
    /// `1 - brier / brier_of_the_class`: above 0 the forecasts tell more than the other agreements do.
    pub skill: f64,
    /// The same for somebody who always says how often it happened here in the end, which nobody knows beforehand.
    pub brier_of_the_average: f64,
    /// `1 - brier / brier_of_the_average`.
    pub skill_over_the_average: f64,
    /// Steps that were forecast. Forecasts of one step in successive months are not independent.
    pub steps: usize,
    /// [`brier`](Self::brier) and [`brier_of_the_class`](Self::brier_of_the_class) when each step counts once, by the mean of
    /// its forecasts' scores.
    pub each_step_once: [f64; 2],
    /// Forecasts of a day that could be checked: the step was done later, on a known day.
    pub days_checked: usize,
    /// Share of these days that lay between the 10 and the 90 of 100 runs; 0.8 is right.
    pub within_80: f64,
    /// Each forecast.
    pub each: Vec<Forecasted>,
}

/// One forecast against what happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecasted {
    /// The step.
    pub step: String,
    /// When it was forecast.
    pub on: String,
    /// Chance that it is done by its date.
    pub chance: f64,
    /// Whether it was.
    pub happened: bool,
}

/// Forecasts as of each status against the last one. A step whose date is not over on the last day, or of which the dates
/// do not tell whether it was in time, is not counted. The reference class leaves the case itself out, so nothing is
/// forecast from its own end.
#[must_use]
pub fn calibrate(
    roadmap: &Roadmap,
    history: &[Status],
    end: &Status,
    judgement: &Judgement,
    question: &Question,
) -> Calibration {
    let class = ReferenceClass::without(roadmap);
    let (mut each, mut within, mut checked) = (Vec::new(), 0_usize, 0_usize);
    for status in history {
        let today = status.as_of.latest();
        let planned = plan(roadmap, status, judgement, &class, &[]);
        let runs = simulate(&planned.plan, question.runs, question.seed);
        for (i, step) in planned.steps.iter().enumerate() {
            let Some(due) = &step.due else { continue };
            // Only what is still open both ways is a forecast.
            if planned.plan.steps[i].fixed.is_some() || due.latest() < today {
                continue;
            }
            // Nobody forecasts what has not been promised yet; and a date of which nobody knows when it was promised may have
            // been written down afterwards. The same rule holds for the reference class.
            let made = crate::delay::known_promise(roadmap, status, step);
            if made.is_none_or(|made| made.latest() > today) {
                continue;
            }
            let Some(last) = end.steps.iter().find(|s| s.id == step.id) else { continue };
            let actual = last.actual.as_ref().filter(|_| last.state.is_done());
            let happened = match actual {
                Some(actual) if last.or_before => {
                    if actual.latest() > due.latest() {
                        continue;
                    }
                    true
                }
                Some(actual) if actual.latest() <= due.earliest() => true,
                Some(actual) if actual.earliest() > due.latest() => false,
                Some(_) => continue,
                None if last.state.is_done() || end.as_of.latest() <= due.latest() => continue,
                None => false,
            };
            let limit = days(today, due.latest()) as f32;
            let sorted = &runs.done[i];
            let chance =
                sorted.partition_point(|d| d.floor() <= limit) as f64 / sorted.len().max(1) as f64;
            if let Some(actual) = actual.and_then(Date::exact) {
                checked += 1;
                let at = days(today, actual) as f32;
                let between = super::quantile(sorted, 0.1).floor() <= at
                    && at <= super::quantile(sorted, 0.9);
                within += usize::from(between);
            }
            each.push(Forecasted {
                step: step.id.to_string(),
                on: status.as_of.to_string(),
                chance,
                happened,
            });
        }
    }
    let n = each.len().max(1) as f64;
    let outcome = |f: &Forecasted| f64::from(u8::from(f.happened));
    let brier = each.iter().map(|f| (f.chance - outcome(f)).powi(2)).sum::<f64>() / n;
    let average = each.iter().map(outcome).sum::<f64>() / n;
    let brier_of_the_average = average * (1.0 - average);
    let share = class.in_time().share;
    let brier_of_the_class = each.iter().map(|f| (share - outcome(f)).powi(2)).sum::<f64>() / n;
    let over = |other: f64| if other > 0.0 { 1.0 - brier / other } else { 0.0 };
    let mean_of = |step: &str, chance: &dyn Fn(&Forecasted) -> f64| {
        let of: Vec<f64> = each
            .iter()
            .filter(|f| f.step == step)
            .map(|f| (chance(f) - outcome(f)).powi(2))
            .collect();
        of.iter().sum::<f64>() / of.len().max(1) as f64
    };
    let mut steps: Vec<&str> = each.iter().map(|f| f.step.as_str()).collect();
    steps.sort_unstable();
    steps.dedup();
    let once = |chance: &dyn Fn(&Forecasted) -> f64| {
        steps.iter().map(|s| mean_of(s, chance)).sum::<f64>() / steps.len().max(1) as f64
    };
    let each_step_once = [once(&|f| f.chance), once(&|_| share)];
    Calibration {
        made_on: history.iter().map(|s| s.as_of.to_string()).collect(),
        forecasts: each.len(),
        brier,
        brier_of_the_class,
        skill: over(brier_of_the_class),
        brier_of_the_average,
        skill_over_the_average: over(brier_of_the_average),
        steps: steps.len(),
        each_step_once,
        days_checked: checked,
        within_80: within as f64 / checked.max(1) as f64,
        each,
    }
}
