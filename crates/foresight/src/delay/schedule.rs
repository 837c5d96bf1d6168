//! Earned schedule (Lipke 2003; ISO 21508:2018): how far a plan has come, in time. Unlike the ordinary index it does
//! not return to 1 when a late project ends.

use serde::Serialize;

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EarnedSchedule {
    /// The time at which what is done now was planned to be done.
    pub earned: f64,
    /// The time now.
    pub actual: f64,
    /// `earned - actual`.
    pub variance: f64,
    /// `earned / actual`: below 1 is slower than planned.
    pub index: f64,
    /// The whole duration if it goes on so: planned duration / index.
    pub whole: f64,
    /// The index needed from now on to end as planned; `None` when the planned end has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_complete: Option<f64>,
}

/// Earned schedule of `done` at time `now`, in periods, against the cumulative plan at the ends of periods 1, 2, ….
#[must_use]
pub fn earned_schedule(plan: &[f64], done: f64, now: f64) -> Option<EarnedSchedule> {
    let duration = plan.len() as f64;
    if plan.is_empty() || now <= 0.0 {
        return None;
    }
    // The last period whose plan is fulfilled, and the part of the next.
    let full = plan.iter().take_while(|p| **p <= done + 1e-12).count();
    let before = full.checked_sub(1).and_then(|i| plan.get(i)).copied().unwrap_or(0.0);
    let earned = match plan.get(full) {
        Some(next) => full as f64 + (done - before) / (next - before),
        None => duration,
    };
    let index = earned / now;
    Some(EarnedSchedule {
        earned,
        actual: now,
        variance: earned - now,
        index,
        whole: duration / index,
        to_complete: (now < duration).then(|| (duration - earned) / (duration - now)),
    })
}

/// Mean and standard deviation of a judgement of three numbers (PERT): least, most likely, most.
#[must_use]
pub fn pert(least: f64, likely: f64, most: f64) -> (f64, f64) {
    ((least + 4.0 * likely + most) / 6.0, (most - least) / 6.0)
}
