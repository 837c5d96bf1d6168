//! Proofs, games, promises and forecasts as tables.

use foresight::delay::Delays;
use foresight::forecast::Forecast;
use foresight::prove::Proof;
use foresight::residual::Residual;
use foresight::sequence::Safety;
use statement::Basis;

use crate::Table;

fn percent(share: f64) -> String {
    // Runs are counted: neither never nor always is known.
    match share {
        s if s <= 0.0 => "none".to_owned(),
        s if s < 0.005 => "<1%".to_owned(),
        s if s > 0.995 && s < 1.0 => ">99%".to_owned(),
        s => format!("{:.0}%", s * 100.0),
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    if text == "-0.00" { "0.00".to_owned() } else { text }
}

/// What was asked of every order of events, and the answers.
#[must_use]
pub fn proof(proof: &Proof) -> Table {
    let mut table = Table::new(&["question", "verdict", "states"]);
    for answer in &proof.answers {
        table.push(vec![
            answer.question.words().to_owned(),
            answer.verdict.words().to_owned(),
            answer.states.to_string(),
        ]);
    }
    table
}

/// Each move of a sequence.
#[must_use]
pub fn moves(safety: &Safety) -> Table {
    let mut table = Table::new(&[
        "move",
        "step",
        "by",
        "going_on_beats_stopping_by",
        "at_worst",
        "paid_less_received",
    ]);
    for (k, m) in safety.moves.iter().enumerate() {
        let exposure: Vec<String> = safety
            .parties
            .iter()
            .zip(&m.exposure)
            .map(|(p, e)| format!("{} {}", p.party, number(*e)))
            .collect();
        table.push(vec![
            (k + 1).to_string(),
            m.step.clone(),
            m.movers.join(" "),
            number(m.slack),
            number(m.slack_at_worst),
            exposure.join(", "),
        ]);
    }
    table
}

/// What holds each party in a sequence.
#[must_use]
pub fn stakes(safety: &Safety) -> Table {
    let mut table = Table::new(&[
        "party",
        "most_exposed",
        "after",
        "least_closing_benefit",
        "or_least_snapback_loss",
        "least_discount",
        "largest_first_step",
    ]);
    for p in &safety.parties {
        let both =
            |[middle, worst]: [f64; 2]| format!("{} (at worst {})", number(middle), number(worst));
        table.push(vec![
            p.party.clone(),
            number(p.most_exposed),
            p.exposed_after.clone().unwrap_or_default(),
            both(p.least_closing),
            both(p.least_snapback),
            p.least_discount.map(number).unwrap_or_default(),
            p.largest_first_step.map(percent).unwrap_or_default(),
        ]);
    }
    table
}

/// Each promise whose date has come, or that was kept.
#[must_use]
pub fn promise_delays(delays: &Delays) -> Table {
    let mut table = Table::new(&[
        "step",
        "by",
        "due",
        "done",
        "days_late",
        "times_promised",
        "slower_elsewhere",
        "state",
    ]);
    for p in &delays.promises {
        let late = match p.slip_days {
            (least, Some(most)) if least == most => least.to_string(),
            (least, Some(most)) => format!("{least} to {most}"),
            (least, None) => format!("{least} so far"),
        };
        let ratio = match p.ratio {
            Some((least, Some(most))) if least == most => number(least),
            Some((least, Some(most))) => format!("{} to {}", number(least), number(most)),
            Some((least, None)) => format!("over {}", number(least)),
            None => String::new(),
        };
        let elsewhere = match p.slower_in_reference {
            Some((least, most)) if most - least < 0.005 => percent(least),
            Some((least, most)) => format!("{} to {}", percent(least), percent(most)),
            None => String::new(),
        };
        table.push(vec![
            p.step.clone(),
            p.parties.join(" "),
            p.due.to_string(),
            p.actual.as_ref().map(ToString::to_string).unwrap_or_default(),
            late,
            ratio,
            elsewhere,
            p.state.to_owned(),
        ]);
    }
    table
}

/// Each party's measures, the same for all.
#[must_use]
pub fn party_delays(delays: &Delays) -> Table {
    let mut table = Table::new(&[
        "party",
        "promises",
        "kept",
        "median_days_late",
        "times_promised",
        "schedule_index",
        "against_others",
        "response_days",
    ]);
    for p in &delays.parties {
        let index = p.schedule.map(|s| number(s.index)).unwrap_or_default();
        table.push(vec![
            p.party.clone(),
            p.promises.to_string(),
            p.kept.to_string(),
            p.median_slip_days.map(|d| d.to_string()).unwrap_or_default(),
            p.median_ratio.map(number).unwrap_or_default(),
            index,
            p.index_against_others.map(number).unwrap_or_default(),
            p.median_response_days.map(|d| format!("{d:.0}")).unwrap_or_default(),
        ]);
    }
    table
}

/// What each party received and fulfilled.
#[must_use]
pub fn flows(delays: &Delays) -> Table {
    let mut table = Table::new(&[
        "party",
        "of_others",
        "received",
        "own",
        "fulfilled",
        "verified",
        "ahead_days",
    ]);
    for p in &delays.parties {
        table.push(vec![
            p.party.clone(),
            p.flows.benefits.to_string(),
            percent(p.flows.received),
            p.flows.obligations.to_string(),
            percent(p.flows.fulfilled),
            percent(p.flows.verified),
            format!("{:.0}", p.flows.ahead_days),
        ]);
    }
    table
}

/// Each party's pace against the reference class.
#[must_use]
pub fn comparisons(delays: &Delays) -> Table {
    let mut table = Table::new(&["party", "result", "p", "likelihood_ratio", "kept", "expected"]);
    for (p, c) in delays.parties.iter().filter_map(|p| Some((p, p.against_reference.as_ref()?))) {
        table.push(vec![
            p.party.clone(),
            c.words.to_owned(),
            number(c.p_with_shared_shocks),
            number(c.likelihood_ratio),
            format!("{:.0}", c.log_rank.observed),
            format!("{:.1}", c.log_rank.expected),
        ]);
    }
    table
}

/// Days lost, by party and stated cause, with what the record holds that bears it out.
#[must_use]
pub fn causes(delays: &Delays) -> Table {
    let mut table = Table::new(&[
        "party",
        "days",
        "steps",
        "the_record_says",
        "known_from",
        "stood_in_the_way",
        "days_borne_out",
    ]);
    for c in &delays.causes {
        let basis = match c.basis {
            Some(Basis::Seen) => Some("source seen"),
            Some(Basis::Mixed) => Some("source seen in part"),
            Some(Basis::Memory) => Some("memory"),
            None => None,
        };
        let standing = c.standing.map(|s| s.to_string());
        let known: Vec<&str> = standing.as_deref().into_iter().chain(basis).collect();
        // Steps of one list wait for the same thing: told once, with the most days it stood in the way of any.
        let mut evidence: Vec<(String, i64)> = Vec::new();
        for e in &c.evidence {
            let whose = match e.parties.is_empty() {
                true => String::new(),
                false => format!(" ({})", e.parties.join(" ")),
            };
            let words = format!("{}{whose}", e.words);
            match evidence.iter_mut().find(|(w, _)| *w == words) {
                Some((_, days)) => *days = (*days).max(e.days),
                None => evidence.push((words, e.days)),
            }
        }
        let evidence: Vec<String> =
            evidence.into_iter().map(|(words, days)| format!("{words}: {days} days")).collect();
        table.push(vec![
            c.party.clone(),
            c.days.to_string(),
            c.steps.join(" "),
            c.stated.clone().unwrap_or_else(|| "nothing".to_owned()),
            known.join(", "),
            if evidence.is_empty() { "nothing".to_owned() } else { evidence.join("; ") },
            c.days_borne_out.to_string(),
        ]);
    }
    table
}

/// How long steps took that could begin because others had done theirs.
#[must_use]
pub fn responses(delays: &Delays) -> Table {
    let mut table =
        Table::new(&["step", "by", "answers", "done_on", "answered", "days", "longer_elsewhere"]);
    for r in &delays.responses {
        let days = match r.days {
            (least, Some(most)) if least == most => least.to_string(),
            (least, Some(most)) => format!("{least} to {most}"),
            (least, None) => format!("{least} so far"),
        };
        let (least, most) = r.longer_in_reference;
        table.push(vec![
            r.step.clone(),
            r.parties.join(" "),
            r.to.clone(),
            r.since.to_string(),
            r.answered.as_ref().map(ToString::to_string).unwrap_or_default(),
            days,
            if most - least < 0.005 {
                percent(least)
            } else {
                format!("{} to {}", percent(least), percent(most))
            },
        ]);
    }
    table
}

/// A forecast day. What lies far ahead is a tail and no day.
fn day(day: Option<&str>, year: i16) -> String {
    let far = i32::from(year) + 20;
    match day {
        Some(day) if day.get(..4).and_then(|y| y.parse::<i32>().ok()).is_some_and(|y| y <= far) => {
            day.to_owned()
        }
        _ => format!("after {far}"),
    }
}

/// Each open step's forecast.
#[must_use]
pub fn forecast(forecast: &Forecast) -> Table {
    let asked = forecast.whole.as_ref().is_some_and(|w| w.by_day.is_some());
    let mut columns = vec!["step", "by", "due", "in_time"];
    if asked {
        columns.push("by_the_day");
    }
    columns.extend(["10_of_100", "half", "90_of_100", "critical"]);
    let mut table = Table::new(&columns);
    let mut row = |step: &str,
                   by: String,
                   due: Option<String>,
                   in_time: Option<f64>,
                   by_day: Option<f64>,
                   days: &[Option<String>; 3],
                   critical: String| {
        let mut cells = vec![step.to_owned(), by, due.unwrap_or_default()];
        cells.push(in_time.map(percent).unwrap_or_default());
        if asked {
            cells.push(by_day.map(percent).unwrap_or_default());
        }
        cells.extend(days.iter().map(|d| day(d.as_deref(), forecast.as_of.latest().year())));
        cells.push(critical);
        table.push(cells);
    };
    for s in &forecast.steps {
        let due = s.due.as_ref().map(ToString::to_string);
        row(&s.step, s.parties.join(" "), due, s.by_due, s.by_day, &s.days, percent(s.critical));
    }
    if let Some(w) = &forecast.whole {
        let due = w.due.as_ref().map(ToString::to_string);
        row("the whole", String::new(), due, w.by_due, w.by_day, &w.days, String::new());
    }
    table
}

/// Dates that would buy time if they were kept.
#[must_use]
pub fn enforced(forecast: &Forecast) -> Table {
    let mut table =
        Table::new(&["step", "done_by", "half_of_the_runs_end_earlier_by", "the_mean_by"]);
    for e in &forecast.enforce {
        table.push(vec![
            e.step.clone(),
            e.on.clone(),
            format!("{:.0} days", e.median_days),
            format!("{:.0} days", e.mean_days),
        ]);
    }
    table
}

/// Who owes what, one row for each party and open step.
#[must_use]
pub fn owes(residual: &Residual) -> Table {
    let mut table = Table::new(&["party", "step", "what", "due", "overdue_days", "waits_for"]);
    for party in &residual.parties {
        for o in &party.owes {
            table.push(vec![
                party.party.clone(),
                o.step.clone(),
                o.title.clone(),
                o.due.as_ref().map(ToString::to_string).unwrap_or_default(),
                o.overdue_days.map(|d| d.to_string()).unwrap_or_default(),
                o.waits_for.join(" "),
            ]);
        }
    }
    table
}
