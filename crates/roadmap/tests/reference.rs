//! The engine against a slow, plain interpreter that tries to be obvious and nothing else: random roadmaps, random
//! courses of events, every day asked by both.
//!
//! The plain interpreter goes through the days one by one and through the events of each day in their order. It covers
//! conditions, dates, dates that count from another step, certificates, refusal, reversal, amounts, steps in step with
//! each other, bundles, steps that come again, suspensions by word, by themselves and by powers with their triggers,
//! windows, lapses and stops, withdrawal, and rival readings.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use case::StepStatement;
use proptest::prelude::*;
use roadmap::{
    PowerState, Regime, Roadmap, Scenario, ScenarioFact, Status, StepState, StepStatus, Timeliness,
    read, status_in,
};
use statement::kinds::roadmap::{Measure, Progress, StepClaim, StepVerify};
use statement::{Date, Quantity, civil};

/// What may happen to a step on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Claim,
    /// One of the four tonnes.
    Part,
    Verify,
    /// Certified by someone without the right.
    FalseVerify,
    Reverse,
    Refuse,
    Suspend,
    Restore,
}

/// A state of a step that gives a right.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trigger {
    Reversed,
    Refused,
    Done,
    Overdue,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Suspend,
    SnapBack,
    Withdraw,
}

#[derive(Debug, Clone)]
struct PlannedStep {
    /// Places before it.
    after: Vec<usize>,
    /// Its day.
    due: Option<u16>,
    /// What suspends it while it is reversed.
    suspended_if: Option<usize>,
    /// Days after its first predecessor, when it has no day of its own.
    days_after: u8,
    /// Who does it: A, B, or both.
    by: u8,
    /// With which it goes in step, the lead in quarters, and whether the other must go first.
    in_step: Option<(usize, u8, bool)>,
    /// It waits for the bundle.
    after_bundle: bool,
}

#[derive(Debug, Clone)]
struct PlannedPower {
    kind: Kind,
    /// A or B.
    holder: usize,
    over: Vec<usize>,
    /// A step in a state, or the use of another power.
    trigger: Option<Result<(usize, Trigger), usize>>,
    windows: Vec<u8>,
    use_within: Option<u8>,
    lapse: Option<u16>,
    stopped_by: Option<usize>,
}

#[derive(Debug, Clone)]
struct Plan {
    steps: Vec<PlannedStep>,
    powers: Vec<PlannedPower>,
    /// Places of the steps of the one bundle; empty: there is none.
    bundle: Vec<usize>,
    /// Days between turns of a step that comes again, and its last day.
    every: Option<(u8, Option<u16>)>,
    /// The day of the first step under the rival reading.
    rival: Option<u16>,
    events: Vec<(usize, u16, Act)>,
    /// Days on which the step that comes again was done.
    turns: Vec<u16>,
    /// Claims of powers: which, when, by A, B or C.
    uses: Vec<(usize, u16, usize)>,
}

const PARTIES: [&str; 3] = ["A", "B", "C"];
const FIRST: civil::Date = civil::date(2008, 1, 1);

fn day(n: u16) -> civil::Date {
    (0..n).fold(FIRST, |d, _| d.tomorrow().unwrap())
}

fn doers(by: u8) -> &'static [usize] {
    match by % 3 {
        0 => &[0],
        1 => &[1],
        _ => &[0, 1],
    }
}

fn text(plan: &Plan) -> String {
    let mut text = "roadmap \"r\"\ncalendar counting=\"next-day\" zone=\"UTC\"\nparty \"A\"\nparty \"B\"\nparty \"C\"\nrole \"v\" may=\"verify\" { holder \"B\"; }\n".to_owned();
    for (i, step) in plan.steps.iter().enumerate() {
        let by: Vec<String> =
            doers(step.by).iter().map(|p| format!("\"{}\"", PARTIES[*p])).collect();
        text += &format!(
            "step \"s{i}\" {{\n by {}\n verified-by \"v\"\n amount 4 unit=\"t\"\n",
            by.join(" ")
        );
        for a in &step.after {
            text += &format!(" after \"s{a}\"\n");
        }
        if step.after_bundle && !plan.bundle.is_empty() {
            text += " after \"all\"\n";
        }
        match (step.due, step.after.first()) {
            (Some(due), _) => text += &format!(" due \"{}\"\n", day(due)),
            (None, Some(of)) => text += &format!(" due days={} after=\"s{of}\"\n", step.days_after),
            (None, None) => {}
        }
        if let Some(of) = step.suspended_if {
            text += &format!(" suspended-if \"s{of}\" is=\"reversed\"\n");
        }
        if let Some((with, quarters, other_first)) = step.in_step {
            let first = if other_first { format!(" first=\"s{with}\"") } else { String::new() };
            text += &format!(
                " in-step-with \"s{with}\" lead=\"{}%\"{first}\n",
                u16::from(quarters) * 25
            );
        }
        text += "}\n";
    }
    if !plan.bundle.is_empty() {
        let of: Vec<String> = plan.bundle.iter().map(|s| format!("\"s{s}\"")).collect();
        text += &format!("bundle \"all\" {{ together {}; }}\n", of.join(" "));
    }
    for (p, power) in plan.powers.iter().enumerate() {
        let does = match power.kind {
            Kind::Suspend => "suspend",
            Kind::SnapBack => "snap-back",
            Kind::Withdraw => "withdraw",
        };
        text +=
            &format!("power \"p{p}\" does=\"{does}\" {{\n holder \"{}\"\n", PARTIES[power.holder]);
        for s in &power.over {
            text += &format!(" over \"s{s}\"\n");
        }
        match power.trigger {
            Some(Ok((s, is))) => {
                let is = match is {
                    Trigger::Reversed => "reversed",
                    Trigger::Refused => "refused",
                    Trigger::Done => "done",
                    Trigger::Overdue => "overdue",
                };
                text += &format!(" trigger \"s{s}\" is=\"{is}\"\n");
            }
            Some(Err(q)) => text += &format!(" trigger \"p{q}\" is=\"done\"\n"),
            None => {}
        }
        for (w, days) in power.windows.iter().enumerate() {
            text += &format!(" window \"w{w}\" days={days}\n");
        }
        if let Some(days) = power.use_within {
            text += &format!(" use-within days={days}\n");
        }
        if let Some(on) = power.lapse {
            text += &format!(" lapse \"{}\"\n", day(on));
        }
        if let Some(s) = power.stopped_by {
            text += &format!(" stopped-by \"s{s}\"\n");
        }
        text += "}\n";
    }
    if let Some((days, until)) = plan.every {
        let until = until.map_or(String::new(), |u| format!(" until=\"{}\"", day(u)));
        text +=
            &format!("step \"turn\" by=\"A\" {{ every days={days} from=\"{FIRST}\"{until}; }}\n");
    }
    if let Some(due) = plan.rival {
        text += &format!(
            "rival \"when the first is due\" {{\n reading \"plain\" {{ held-by \"A\"; }}\n reading \"other\" {{\n  held-by \"B\"\n  step \"s0\" {{ due \"{}\"; }}\n }}\n}}\n",
            day(due)
        );
    }
    text
}

fn scenario(plan: &Plan) -> Scenario {
    let mut scenario = Scenario { name: "random".into(), ..Scenario::default() };
    let mut add = |body, party: &str| {
        let because = vec![scenario.facts.len() as u64];
        scenario.facts.push(ScenarioFact { body, party: party.parse().unwrap(), because });
    };
    let claim = |step: &statement::ObjectId, on: &Date, progress| {
        let part = progress == Progress::Partly;
        let one = || Quantity { sigma: None, unit: "t".into(), value: 1.into() };
        StepStatement::Claim(StepClaim {
            amount: part.then(one),
            cumulative: false,
            on: Some(on.clone()),
            or_before: false,
            progress,
            reason: None,
            step: step.clone(),
        })
    };
    for (step, on, act) in &plan.events {
        let step: statement::ObjectId = format!("s{step}").parse().unwrap();
        let on = Date::day(day(*on));
        let measure =
            || Measure { amount: None, measure: step.clone(), on: on.clone(), reason: None };
        let body = match act {
            Act::Claim => claim(&step, &on, Progress::Done),
            Act::Part => claim(&step, &on, Progress::Partly),
            Act::Reverse => claim(&step, &on, Progress::Reversed),
            Act::Refuse => claim(&step, &on, Progress::Refused),
            Act::Verify | Act::FalseVerify => StepStatement::Verify(StepVerify {
                amount: None,
                on: on.clone(),
                step: step.clone(),
            }),
            Act::Suspend => StepStatement::Suspend(measure()),
            Act::Restore => StepStatement::Restore(measure()),
        };
        add(body, if *act == Act::FalseVerify { "C" } else { "B" });
    }
    for on in &plan.turns {
        add(claim(&"turn".parse().unwrap(), &Date::day(day(*on)), Progress::Done), "A");
    }
    for (power, on, party) in &plan.uses {
        let power = format!("p{power}").parse().unwrap();
        add(claim(&power, &Date::day(day(*on)), Progress::Done), PARTIES[*party]);
    }
    scenario
}

/// One step as the plain interpreter sees it.
#[derive(Debug, Clone, PartialEq)]
struct Plain {
    state: StepState,
    timeliness: Timeliness,
    regime: Regime,
    waiting_for: Vec<usize>,
    rests_on_reversed: Vec<usize>,
    /// Own and the other's quarters, and whether it is held.
    in_step: Option<(u8, u8, bool)>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
struct Whole {
    steps: Vec<Plain>,
    powers: Vec<PowerState>,
    /// Steps of the bundle done, and the day of the last when all are.
    bundle: Option<(usize, Option<u16>)>,
    /// Turns due, done, missed, and the next.
    turns: Option<(usize, usize, Vec<u16>, Option<u16>)>,
}

/// What is known of one step at the end of a day.
#[derive(Debug, Clone, Default)]
struct Now {
    state: Option<StepState>,
    done_on: Option<u16>,
    /// The day on which it last became what it is.
    since: u16,
    was_reversed: bool,
    tonnes: u8,
}

impl Now {
    fn done(&self) -> bool {
        matches!(self.state, Some(StepState::ClaimedDone | StepState::Verified))
    }
}

/// What is known of every step at the end of a day, from what was said of it.
fn by_the_end_of(plan: &Plan, today: u16) -> Vec<Now> {
    let mut now = vec![Now::default(); plan.steps.len()];
    for date in 0..=today {
        for (step, _, act) in plan.events.iter().filter(|(_, on, _)| *on == date) {
            let n = &mut now[*step];
            let done = n.done();
            let before = n.state;
            match act {
                Act::Claim if done => {}
                Act::Claim => {
                    n.state = Some(StepState::ClaimedDone);
                    n.done_on = Some(date);
                }
                Act::Part => {
                    n.tonnes += 1;
                    if !done {
                        n.state = Some(StepState::Partly);
                    }
                }
                Act::Verify => {
                    n.state = Some(StepState::Verified);
                    n.done_on.get_or_insert(date);
                }
                Act::FalseVerify | Act::Suspend | Act::Restore => {}
                Act::Reverse => {
                    n.state = Some(StepState::Reversed);
                    n.was_reversed = true;
                    n.tonnes = 0;
                }
                Act::Refuse => n.state = Some(StepState::Refused),
            }
            // To refuse or undo once more is to do it on that day.
            let again = matches!(act, Act::Refuse | Act::Reverse);
            if n.state != before || again {
                n.since = date;
            }
        }
    }
    now
}

/// The day of a step, as the text gives it.
fn due_of(plan: &Plan, now: &[Now], i: usize) -> Option<u16> {
    let step = &plan.steps[i];
    step.due.or_else(|| {
        let of = &now[*step.after.first()?];
        if !of.done() {
            return None;
        }
        Some(of.done_on? + u16::from(step.days_after))
    })
}

/// Since when a trigger stands on a day.
fn stands(plan: &Plan, step: usize, is: Trigger, on: u16, today: u16) -> Option<u16> {
    let then = by_the_end_of(plan, on);
    let n = &then[step];
    match is {
        Trigger::Reversed => (n.state == Some(StepState::Reversed)).then_some(n.since),
        Trigger::Refused => (n.state == Some(StepState::Refused)).then_some(n.since),
        Trigger::Done => n.done().then(|| n.done_on.unwrap()),
        Trigger::Overdue => {
            let due = due_of(plan, &by_the_end_of(plan, today), step)?;
            (!n.done() && due < on).then_some(due + 1)
        }
    }
}

/// What stands of each power, and when it takes or took effect.
fn powers(plan: &Plan, today: u16) -> Vec<(PowerState, Option<u16>)> {
    let now = by_the_end_of(plan, today);
    let mut used: Vec<Option<u16>> = vec![None; plan.powers.len()];
    let right = |used: &[Option<u16>], p: usize, on: u16| -> Option<bool> {
        let power = &plan.powers[p];
        let since = match power.trigger {
            None => return Some(true),
            Some(Ok((step, is))) => stands(plan, step, is, on, today)?,
            Some(Err(other)) => used[other].filter(|u| *u <= on)?,
        };
        Some(power.use_within.is_none_or(|within| since + u16::from(within) >= on))
    };
    // One power may wait for another: as often as there are powers is enough.
    for _ in 0..=plan.powers.len() {
        for p in 0..plan.powers.len() {
            let mut claims: Vec<u16> = plan
                .uses
                .iter()
                .filter(|(q, on, party)| *q == p && *on <= today && *party == plan.powers[p].holder)
                .map(|(_, on, _)| *on)
                .collect();
            claims.sort_unstable();
            used[p] = claims.into_iter().find(|on| right(&used, p, *on) == Some(true));
        }
    }
    plan.powers
        .iter()
        .enumerate()
        .map(|(p, power)| {
            let Some(use_day) = used[p] else {
                let state = match (power.lapse, right(&used, p, today)) {
                    (Some(lapse), _) if lapse < today => PowerState::Lapsed,
                    (_, Some(true)) => PowerState::Available,
                    (_, Some(false)) => PowerState::Lapsed,
                    (_, None) => PowerState::Dormant,
                };
                return (state, None);
            };
            let effect = use_day + power.windows.iter().map(|d| u16::from(*d)).sum::<u16>();
            let stopper = power.stopped_by.map(|s| &now[s]).filter(|n| n.done());
            if stopper.is_some_and(|n| n.done_on.unwrap() <= effect) {
                return (PowerState::Stopped, None);
            }
            if power.lapse.is_some_and(|lapse| effect > lapse) {
                return (PowerState::Lapsed, None);
            }
            let state = if effect <= today { PowerState::InEffect } else { PowerState::Running };
            (state, Some(effect))
        })
        .collect()
}

/// The whole under one reading.
fn plain(plan: &Plan, today: u16) -> Whole {
    let n = plan.steps.len();
    let now = by_the_end_of(plan, today);
    let powers = powers(plan, today);
    let in_effect = |p: usize, on: u16| powers[p] == (PowerState::InEffect, Some(on));
    // Words on suspension first, then what powers do on the same day.
    let mut regime = vec![Regime::InForce; n];
    let mut gone = [false; 3];
    for date in 0..=today {
        for (step, _, act) in plan.events.iter().filter(|(_, on, _)| *on == date) {
            match act {
                Act::Suspend => regime[*step] = Regime::Suspended,
                Act::Restore => regime[*step] = Regime::Restored,
                _ => {}
            }
        }
        for (p, power) in plan.powers.iter().enumerate().filter(|(p, _)| in_effect(*p, date)) {
            let _ = p;
            match power.kind {
                Kind::Suspend => power.over.iter().for_each(|s| regime[*s] = Regime::Suspended),
                Kind::SnapBack => power.over.iter().for_each(|s| regime[*s] = Regime::SnappedBack),
                Kind::Withdraw => gone[power.holder] = true,
            }
        }
    }
    let quarters = |i: usize| if now[i].done() { 4 } else { now[i].tonnes.min(4) };
    let steps = (0..n)
        .map(|i| {
            let step = &plan.steps[i];
            let mut before = step.after.clone();
            if step.after_bundle {
                before.extend(&plan.bundle);
            }
            before.sort_unstable();
            before.dedup();
            let done = now[i].done();
            let mut waiting: Vec<usize> =
                before.iter().copied().filter(|b| !now[*b].done()).collect();
            let in_step = step.in_step.map(|(with, lead, _)| {
                let (own, other) = (quarters(i), quarters(with));
                let other_first = step.in_step.is_some_and(|(_, _, first)| first)
                    || plan.steps[with].in_step.is_some_and(|(w, _, first)| {
                        // The other names itself as first when it names nobody else; here it never does.
                        let _ = (w, first);
                        false
                    });
                (own, other, own > other + lead || (own == 0 && other == 0 && other_first))
            });
            let held = in_step.is_some_and(|(_, _, held)| held);
            let mut state = now[i].state.unwrap_or(if waiting.is_empty() && !held {
                StepState::Ready
            } else {
                StepState::Waiting
            });
            let left = doers(step.by).iter().all(|d| gone[*d]);
            if left && !done && state != StepState::Refused {
                state = StepState::Withdrawn;
            }
            let closed = matches!(state, StepState::Refused | StepState::Withdrawn);
            if done || closed {
                waiting.clear();
            }
            let timeliness = match due_of(plan, &now, i) {
                _ if closed => Timeliness::Closed,
                None => Timeliness::NoDate,
                Some(due) if done && now[i].done_on.unwrap() > due => Timeliness::Late,
                Some(_) if done => Timeliness::OnTime,
                Some(due) if due < today => Timeliness::Overdue,
                Some(due) if due - today <= 30 => Timeliness::DueSoon,
                Some(_) => Timeliness::NotDue,
            };
            let mut regime = regime[i];
            if let Some(of) = step.suspended_if.filter(|_| regime != Regime::SnappedBack) {
                if now[of].state == Some(StepState::Reversed) {
                    regime = Regime::Suspended;
                } else if now[of].was_reversed && regime == Regime::InForce {
                    regime = Regime::Restored;
                }
            }
            // Everything before it, as far back as it goes.
            let mut back = vec![i];
            let mut seen = vec![false; n];
            while let Some(at) = back.pop() {
                let step = &plan.steps[at];
                let bundle = if step.after_bundle { &plan.bundle[..] } else { &[] };
                for a in step.after.iter().chain(bundle) {
                    if !seen[*a] {
                        seen[*a] = true;
                        back.push(*a);
                    }
                }
            }
            let reversed =
                |s: &usize| *s != i && seen[*s] && now[*s].state == Some(StepState::Reversed);
            Plain {
                state,
                timeliness,
                regime,
                waiting_for: waiting,
                rests_on_reversed: if done {
                    (0..n).filter(reversed).collect()
                } else {
                    Vec::new()
                },
                in_step,
            }
        })
        .collect();
    let bundle = (!plan.bundle.is_empty()).then(|| {
        let done: Vec<&Now> = plan.bundle.iter().map(|s| &now[*s]).filter(|s| s.done()).collect();
        let last = done.iter().map(|s| s.done_on.unwrap()).max();
        (done.len(), last.filter(|_| done.len() == plan.bundle.len()))
    });
    Whole {
        steps,
        powers: powers.into_iter().map(|(state, _)| state).collect(),
        bundle,
        turns: plan.every.map(|(days, until)| turns(plan, u16::from(days), until, today)),
    }
}

/// Each turn has the days since the one before, its own day included.
fn turns(
    plan: &Plan,
    days: u16,
    until: Option<u16>,
    today: u16,
) -> (usize, usize, Vec<u16>, Option<u16>) {
    let (mut due, mut done, mut missed, mut from) = (0, 0, Vec::new(), 0);
    loop {
        let to = from + days;
        // Of missed turns the last twenty are listed.
        missed.drain(..missed.len().saturating_sub(20));
        if until.is_some_and(|u| to > u) {
            return (due, done, missed, None);
        }
        if plan.turns.iter().any(|d| *d > from && *d <= to && *d <= today) {
            (due, done) = (due + 1, done + 1);
        } else if to < today {
            due += 1;
            missed.push(to);
        } else {
            return (due, done, missed, Some(to));
        }
        from = to;
    }
}

fn ordinal(date: &Date) -> u16 {
    u16::try_from(statement::days(FIRST, date.exact().unwrap())).unwrap()
}

fn seen(step: &StepStatus) -> Plain {
    let place = |id: &statement::ObjectId| id.as_str()[1..].parse().unwrap();
    let quarters = |d: statement::Decimal| (d.to_f64() * 4.0).round() as u8;
    Plain {
        state: step.state,
        timeliness: step.timeliness,
        regime: step.regime,
        waiting_for: step.waiting_for.iter().map(place).collect(),
        rests_on_reversed: step.rests_on_reversed.iter().map(place).collect(),
        in_step: step.in_step.first().map(|s| (quarters(s.own), quarters(s.other), s.held)),
    }
}

fn fast(status: &Status) -> Whole {
    Whole {
        steps: status.steps.iter().filter(|s| s.id.as_str() != "turn").map(seen).collect(),
        powers: status.powers.iter().map(|p| p.state).collect(),
        bundle: status.bundles.first().map(|b| (b.done, b.effective.as_ref().map(ordinal))),
        turns: status.steps.iter().find_map(|s| s.turns.as_ref()).map(|t| {
            (t.due, t.done, t.missed.iter().map(ordinal).collect(), t.next.as_ref().map(ordinal))
        }),
    }
}

fn plans() -> impl Strategy<Value = Plan> {
    let act = prop::sample::select(vec![
        Act::Claim,
        Act::Claim,
        Act::Part,
        Act::Verify,
        Act::FalseVerify,
        Act::Reverse,
        Act::Refuse,
        Act::Suspend,
        Act::Restore,
    ]);
    (2_usize..7).prop_flat_map(move |n| {
        let steps: Vec<_> = (0..n)
            .map(|i| {
                let after = if i == 0 {
                    Just(Vec::new()).boxed()
                } else {
                    prop::collection::vec(0..i, 0..3).boxed()
                };
                let other = prop::option::of((0..n).prop_filter("not itself", move |o| *o != i));
                let with = (0..n).prop_filter("not itself", move |o| *o != i);
                let in_step = prop::option::weighted(0.3, (with, 0_u8..4, any::<bool>()));
                let due = prop::option::of(0_u16..120);
                // What is in the bundle, the first two, does not wait for it.
                let after_bundle = if i > 1 { any::<bool>().boxed() } else { Just(false).boxed() };
                (after, due, other, 0_u8..60, any::<u8>(), in_step, after_bundle).prop_map(
                    |(after, due, suspended_if, days_after, by, in_step, after_bundle)| {
                        PlannedStep {
                            after,
                            due,
                            suspended_if,
                            days_after,
                            by,
                            in_step,
                            after_bundle,
                        }
                    },
                )
            })
            .collect();
        let trigger = prop::sample::select(vec![
            Trigger::Reversed,
            Trigger::Refused,
            Trigger::Done,
            Trigger::Overdue,
        ]);
        let kind = prop::sample::select(vec![Kind::Suspend, Kind::SnapBack, Kind::Withdraw]);
        let trigger =
            prop::option::weighted(0.7, (0..n, trigger, prop::option::weighted(0.3, 0_usize..3)));
        let power = (
            (kind, 0_usize..2, prop::collection::vec(0..n, 1..3), trigger),
            prop::collection::vec(1_u8..20, 0..3),
            prop::option::weighted(0.3, 1_u8..60),
            prop::option::weighted(0.3, 20_u16..120),
            prop::option::weighted(0.3, 0..n),
        );
        let powers = prop::collection::vec(power, 0..4).prop_map(|powers| {
            let count = powers.len();
            powers
                .into_iter()
                .enumerate()
                .map(
                    |(
                        p,
                        ((kind, holder, over, trigger), windows, use_within, lapse, stopped_by),
                    )| {
                        PlannedPower {
                            kind,
                            holder,
                            over,
                            trigger: trigger.map(|(step, is, other)| match other {
                                Some(q) if q < count && q != p => Err(q),
                                _ => Ok((step, is)),
                            }),
                            windows,
                            use_within,
                            lapse,
                            stopped_by,
                        }
                    },
                )
                .collect::<Vec<_>>()
        });
        (
            steps,
            powers,
            prop::sample::select(vec![Vec::new(), vec![0, 1]]),
            prop::option::of((5_u8..50, prop::option::of(30_u16..130))),
            prop::option::of(0_u16..120),
            prop::collection::vec((0..n, 0_u16..120, act.clone()), 0..20),
            prop::collection::vec(1_u16..120, 0..6),
            prop::collection::vec((0_usize..3, 0_u16..120, 0_usize..3), 0..5),
        )
            .prop_map(|(steps, powers, bundle, every, rival, events, turns, uses)| {
                let mut plan = Plan { steps, powers, bundle, every, rival, events, turns, uses };
                plan.uses.retain(|(p, ..)| *p < plan.powers.len());
                plan
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn engine_and_plain_interpreter_agree(plan in plans(), as_of in 0_u16..130) {
        let reading = read(&text(&plan));
        prop_assert_eq!(&reading.messages, &vec![], "{}", text(&plan));
        let status = status_in(&reading.roadmap, &scenario(&plan), day(as_of));
        let expected = plain(&plan, as_of);
        prop_assert_eq!(&fast(&status), &expected, "{}", text(&plan));
        // Under the other reading: what is shown is what it says, what is not shown is the same.
        if let Some(due) = plan.rival {
            let mut other = plan.clone();
            other.steps[0].due = Some(due);
            let other = plain(&other, as_of);
            let shown = &status.readings.iter().find(|r| r.reading == "other").unwrap().steps;
            for (i, (as_written, otherwise)) in expected.steps.iter().zip(&other.steps).enumerate() {
                match shown.iter().find(|s| s.id.as_str() == format!("s{i}")) {
                    Some(step) => prop_assert_eq!(&seen(step), otherwise, "{}", text(&plan)),
                    None => {
                        let told = |p: &Plain| (p.state, p.timeliness, p.regime, p.waiting_for.clone());
                        prop_assert_eq!(told(as_written), told(otherwise), "s{} {}", i, text(&plan));
                    }
                }
            }
        }
    }

    /// The same question has the same answer, and every state says why.
    #[test]
    fn deterministic_and_never_without_a_reason(plan in plans(), as_of in 0_u16..130) {
        let roadmap: Roadmap = read(&text(&plan)).roadmap;
        let scenario = scenario(&plan);
        let status = status_in(&roadmap, &scenario, day(as_of));
        prop_assert_eq!(&status, &status_in(&roadmap, &scenario, day(as_of)));
        for step in &status.steps {
            prop_assert!(!step.why.is_empty(), "{}", step.id);
        }
        for power in &status.powers {
            prop_assert!(!power.why.is_empty(), "{}", power.id);
        }
    }
}
