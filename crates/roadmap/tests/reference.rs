//! The engine against a slow, plain interpreter that tries to be obvious and nothing else: random roadmaps, random
//! courses of events, every day asked by both.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use case::StepStatement;
use proptest::prelude::*;
use roadmap::{Regime, Roadmap, Scenario, ScenarioFact, StepState, Timeliness, read, status_in};
use statement::kinds::roadmap::{Measure, Progress, StepClaim, StepVerify};
use statement::{Date, civil};

/// What may happen to a step on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Claim,
    Verify,
    /// Certified by someone without the right.
    FalseVerify,
    Reverse,
    Refuse,
    Suspend,
    Restore,
}

/// What it comes after, its day, what suspends it, days after its first predecessor.
type PlannedStep = (Vec<usize>, Option<u16>, Option<usize>, u8);

#[derive(Debug, Clone)]
struct Plan {
    /// For each step: what it comes after (places before it), its day, and whether it is suspended while another is
    /// reversed.
    steps: Vec<PlannedStep>,
    events: Vec<(usize, u16, Act)>,
}

fn day(n: u16) -> civil::Date {
    (0..n).fold(civil::date(2008, 1, 1), |d, _| d.tomorrow().unwrap())
}

fn text(plan: &Plan) -> String {
    let mut text = "roadmap \"r\"\ncalendar counting=\"next-day\" zone=\"UTC\"\nparty \"A\"\nparty \"B\"\nparty \"C\"\nrole \"v\" may=\"verify\" { holder \"B\"; }\n".to_owned();
    for (i, (after, due, suspended_if, days_after)) in plan.steps.iter().enumerate() {
        text += &format!("step \"s{i}\" by=\"A\" {{\n verified-by \"v\"\n");
        for a in after {
            text += &format!(" after \"s{a}\"\n");
        }
        match (due, after.first()) {
            (Some(due), _) => text += &format!(" due \"{}\"\n", day(*due)),
            (None, Some(of)) => text += &format!(" due days={days_after} after=\"s{of}\"\n"),
            (None, None) => {}
        }
        if let Some(of) = suspended_if {
            text += &format!(" suspended-if \"s{of}\" is=\"reversed\"\n");
        }
        text += "}\n";
    }
    text
}

fn scenario(plan: &Plan) -> Scenario {
    let mut scenario = Scenario { name: "random".into(), ..Scenario::default() };
    for (n, (step, on, act)) in plan.events.iter().enumerate() {
        let step: statement::ObjectId = format!("s{step}").parse().unwrap();
        let on = Date::day(day(*on));
        let claim = |progress| {
            StepStatement::Claim(StepClaim {
                amount: None,
                cumulative: false,
                on: Some(on.clone()),
                or_before: false,
                progress,
                reason: None,
                step: step.clone(),
            })
        };
        let measure =
            || Measure { amount: None, measure: step.clone(), on: on.clone(), reason: None };
        let body = match act {
            Act::Claim => claim(Progress::Done),
            Act::Reverse => claim(Progress::Reversed),
            Act::Refuse => claim(Progress::Refused),
            Act::Verify | Act::FalseVerify => StepStatement::Verify(StepVerify {
                amount: None,
                on: on.clone(),
                step: step.clone(),
            }),
            Act::Suspend => StepStatement::Suspend(measure()),
            Act::Restore => StepStatement::Restore(measure()),
        };
        let party = if *act == Act::FalseVerify { "C" } else { "B" }.parse().unwrap();
        scenario.facts.push(ScenarioFact { body, party, because: vec![n as u64] });
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
}

/// Goes through the days one by one, and through the events of each day in their order.
fn plain(plan: &Plan, as_of: u16) -> Vec<Plain> {
    let n = plan.steps.len();
    let mut state: Vec<Option<StepState>> = vec![None; n];
    let mut done_on: Vec<Option<u16>> = vec![None; n];
    let mut explicit = vec![Regime::InForce; n];
    let mut was_reversed = vec![false; n];
    for today in 0..=as_of {
        for (step, on, act) in plan.events.iter().filter(|(_, on, _)| *on == today) {
            let _ = on;
            let done = matches!(state[*step], Some(StepState::ClaimedDone | StepState::Verified));
            match act {
                Act::Claim if done => {}
                Act::Claim => {
                    state[*step] = Some(StepState::ClaimedDone);
                    done_on[*step] = Some(today);
                }
                Act::Verify => {
                    state[*step] = Some(StepState::Verified);
                    done_on[*step].get_or_insert(today);
                }
                Act::FalseVerify => {}
                Act::Reverse => {
                    state[*step] = Some(StepState::Reversed);
                    was_reversed[*step] = true;
                }
                Act::Refuse => state[*step] = Some(StepState::Refused),
                Act::Suspend => explicit[*step] = Regime::Suspended,
                Act::Restore => explicit[*step] = Regime::Restored,
            }
        }
    }
    let done = |i: usize| matches!(state[i], Some(StepState::ClaimedDone | StepState::Verified));
    (0..n)
        .map(|i| {
            let (after, due, suspended_if, days_after) = &plan.steps[i];
            let mut waiting: Vec<usize> = after.iter().copied().filter(|a| !done(*a)).collect();
            waiting.sort_unstable();
            waiting.dedup();
            let now = state[i].unwrap_or(if waiting.is_empty() {
                StepState::Ready
            } else {
                StepState::Waiting
            });
            let due = due.or_else(|| {
                let of = *after.first()?;
                if !done(of) {
                    return None;
                }
                Some(done_on[of]? + u16::from(*days_after))
            });
            let timeliness = if now == StepState::Refused {
                Timeliness::Closed
            } else {
                match due {
                    None => Timeliness::NoDate,
                    Some(due) if done(i) => {
                        if done_on[i].unwrap() > due {
                            Timeliness::Late
                        } else {
                            Timeliness::OnTime
                        }
                    }
                    Some(due) if due < as_of => Timeliness::Overdue,
                    Some(due) if due - as_of <= 30 => Timeliness::DueSoon,
                    Some(_) => Timeliness::NotDue,
                }
            };
            let mut regime = explicit[i];
            if let Some(of) = suspended_if {
                if state[*of] == Some(StepState::Reversed) {
                    regime = Regime::Suspended;
                } else if was_reversed[*of] && regime == Regime::InForce {
                    regime = Regime::Restored;
                }
            }
            // Everything before it, as far back as it goes.
            let mut back = vec![i];
            let mut seen = vec![false; n];
            while let Some(at) = back.pop() {
                for a in &plan.steps[at].0 {
                    if !seen[*a] {
                        seen[*a] = true;
                        back.push(*a);
                    }
                }
            }
            let reversed = |s: &usize| seen[*s] && state[*s] == Some(StepState::Reversed);
            Plain {
                state: now,
                timeliness,
                regime,
                rests_on_reversed: if done(i) {
                    (0..n).filter(reversed).collect()
                } else {
                    Vec::new()
                },
                waiting_for: if done(i) || now == StepState::Refused {
                    Vec::new()
                } else {
                    waiting
                },
            }
        })
        .collect()
}

fn fast(roadmap: &Roadmap, scenario: &Scenario, as_of: u16) -> Vec<Plain> {
    let place = |id: &statement::ObjectId| id.as_str()[1..].parse().unwrap();
    status_in(roadmap, scenario, day(as_of))
        .steps
        .iter()
        .map(|s| Plain {
            state: s.state,
            timeliness: s.timeliness,
            regime: s.regime,
            waiting_for: s.waiting_for.iter().map(place).collect(),
            rests_on_reversed: s.rests_on_reversed.iter().map(place).collect(),
        })
        .collect()
}

fn plans() -> impl Strategy<Value = Plan> {
    let act = prop::sample::select(vec![
        Act::Claim,
        Act::Claim,
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
                (after, prop::option::of(0_u16..120), other, 0_u8..60)
            })
            .collect();
        (steps, prop::collection::vec((0..n, 0_u16..120, act.clone()), 0..20))
            .prop_map(|(steps, events)| Plan { steps, events })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn engine_and_plain_interpreter_agree(plan in plans(), as_of in 0_u16..130) {
        let reading = read(&text(&plan));
        prop_assert_eq!(&reading.messages, &vec![]);
        let scenario = scenario(&plan);
        let found = fast(&reading.roadmap, &scenario, as_of);
        prop_assert_eq!(&found, &plain(&plan, as_of), "{}", text(&plan));
    }

    /// The same question has the same answer, and every state says why.
    #[test]
    fn deterministic_and_never_without_a_reason(plan in plans(), as_of in 0_u16..130) {
        let roadmap = read(&text(&plan)).roadmap;
        let scenario = scenario(&plan);
        let status = status_in(&roadmap, &scenario, day(as_of));
        prop_assert_eq!(&status, &status_in(&roadmap, &scenario, day(as_of)));
        for step in &status.steps {
            prop_assert!(!step.why.is_empty(), "{}", step.id);
        }
    }
}
