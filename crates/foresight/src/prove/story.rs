//! A way to a violation, told in sentences.

use statement::civil;

use super::explore::{Action, Event, at};
use super::{Question, System};

/// Tells a trace. Interchangeable steps were sorted in the search; here each keeps its name.
pub(crate) fn tell(system: &System, trace: &[Action], question: Question) -> Vec<String> {
    let groups = system.interchangeable();
    let ticks = |i: usize| system.steps[i].clock.unwrap_or(system.clock).ticks;
    let mut now: Vec<u8> =
        system.steps.iter().enumerate().map(|(i, s)| s.start_code(ticks(i))).collect();
    let days = system.deadlines();
    let mut passed = days.iter().filter(|d| system.from.is_some_and(|from| **d < from)).count();
    let mut sentences = Vec::with_capacity(trace.len() + 1);
    let mut forged = None;
    for action in trace {
        let place = usize::from(action.step);
        // Any member of the group that is what the packed step was will do.
        let i = match groups.iter().find(|g| g.contains(&place)) {
            Some(group) => group.iter().copied().find(|m| now[*m] == action.from).unwrap_or(place),
            None => place,
        };
        let Some(step) = system.steps.get(i) else { continue };
        let name = if step.title.is_empty() {
            format!("`{}`", step.id)
        } else {
            format!("`{}` ({})", step.id, step.title)
        };
        let who = list(&step.by);
        let other = step.answered_by.first().cloned().unwrap_or_else(|| "another party".into());
        // Of those who may certify it, whoever may not comes first where that is asked.
        let wrong = step.not_entitled.iter();
        let wrong: Vec<&String> =
            wrong.filter(|_| question == Question::OnlyTheEntitledCertify).collect();
        let right = step.certifiers.iter().filter(|c| !wrong.contains(c));
        let given = usize::from((action.from + 1).saturating_sub(step.certified()));
        let certifier = wrong.iter().copied().chain(right).nth(given).cloned().unwrap_or_default();
        sentences.push(match action.event {
            Event::Begin => continue,
            Event::Half => format!("{who} does the first half of {name}"),
            Event::Claim if step.certifiers.is_empty() => {
                format!("{who} says that {name} is done; nobody is asked to certify it")
            }
            Event::Claim => format!("{who} says that {name} is done"),
            Event::Certify => {
                format!("{certifier} certifies {name}; it takes {}", step.quorum)
            }
            Event::Verify => format!("{certifier} certifies {name}"),
            Event::Dispute => format!("{other} disputes {name}"),
            Event::Uphold => format!("the dispute ends: {name} is not done"),
            Event::Reject => format!("the dispute ends in vain: {name} stands as claimed"),
            Event::Reverse => format!("{who} undoes {name}"),
            Event::Refuse if step.by.len() > 1 || step.by.iter().any(|b| b == "all") => {
                format!("one of those who are to do it refuses {name}")
            }
            Event::Refuse => format!("{who} refuses {name}"),
            Event::Tick => "time passes: the next deadline of the dispute".to_owned(),
            Event::Deadline => {
                let words = days.get(passed).map(|day| day_passes(system, *day));
                passed += 1;
                words.unwrap_or_default()
            }
            Event::Suspend => format!("{} suspends the agreement", holder(system, &now)),
            Event::Restore => "the agreement is restored".to_owned(),
        });
        match action.event {
            Event::Tick => {
                for (code, step) in now.iter_mut().zip(&system.steps) {
                    *code -= u8::from(*code > at::DISPUTED && step.is_disputed(*code));
                }
            }
            Event::Suspend | Event::Restore | Event::Deadline => {}
            _ => now[i] = action.to,
        }
        if action.event == Event::Verify {
            forged = Some(i);
        }
    }
    sentences.push(end(system, &now, passed, question, forged));
    sentences
}

/// What ends with a day.
fn day_passes(system: &System, day: civil::Date) -> String {
    let mut words = Vec::new();
    for power in &system.powers {
        let whole = power.lapse.map_or_else(String::new, |l| format!(", which lapses on {l}"));
        if power.lapse == Some(day) {
            words.push(format!("`{}` lapses", power.id));
        } else if power.last_useful == Some(day) {
            words.push(format!(
                "the last day on which `{}`{whole}, can be used and still run its {} days",
                power.id, power.windows
            ));
        }
    }
    format!("{day} passes: {}", words.join("; "))
}

/// Why the breach that stands cannot be answered for certain.
fn why_not(system: &System, now: &[u8], passed: usize) -> String {
    let days = system.deadlines();
    let over = |day: Option<civil::Date>| {
        day.is_some_and(|d| days.iter().position(|x| *x == d).is_some_and(|at| passed > at))
    };
    let breached = system.steps.iter().zip(now).filter(|(step, code)| {
        matches!(**code, at::REVERSED | at::REFUSED) || step.is_disputed(**code)
    });
    for (step, code) in breached {
        if *code != at::REFUSED && !step.clock.unwrap_or(system.clock).leaves_time() {
            break;
        }
        for power in step.answered_through.iter().filter_map(|p| system.powers.get(*p)) {
            if over(power.last_useful) && !over(power.lapse) {
                return format!(
                    "`{}` may still be used, and would lapse before its {} days have run",
                    power.id, power.windows
                );
            }
            if let Some((by, window)) = &power.decided_by {
                return format!(
                    "Whether `{}` takes effect is up to {by} in the window `{window}`, and the text does not say what its \
                     silence means",
                    power.id
                );
            }
            let open = |s: &&usize| now.get(**s).is_some_and(|code| *code != at::VERIFIED);
            let name = |s: &usize| {
                let step = &system.steps[*s];
                format!("{} can do `{}`", list(&step.by), step.id)
            };
            if let Some(s) = power.stopped_by.iter().find(open) {
                return format!("{} and so stop `{}` before its effect", name(s), power.id);
            }
            if let Some(s) = power.ended_by.iter().find(open) {
                return format!("{}, with which `{}` lapses before its effect", name(s), power.id);
            }
        }
    }
    "The clock of the breach runs out before the power that answers it may be used".to_owned()
}

fn end(
    system: &System,
    now: &[u8],
    passed: usize,
    question: Question,
    forged: Option<usize>,
) -> String {
    let left: Vec<usize> = (0..now.len()).filter(|i| now[*i] != at::VERIFIED).collect();
    match question {
        Question::OnlyTheEntitledCertify => {
            let Some(step) = forged.and_then(|i| system.steps.get(i)) else { return String::new() };
            let who = step.not_entitled.first().cloned().unwrap_or_default();
            if step.by.iter().any(|by| *by == who || by == "all") {
                format!("So {who} has certified its own step `{}`", step.id)
            } else {
                format!(
                    "So {who} has certified `{}`, and its role does not say that it may verify",
                    step.id
                )
            }
        }
        Question::NoDeadlock => {
            let waits: Vec<String> = left
                .iter()
                .take(3)
                .map(|i| {
                    let step = &system.steps[*i];
                    let for_: Vec<String> = step
                        .after
                        .iter()
                        .copied()
                        .chain(step.in_step_with.iter().map(|a| a.with))
                        .filter(|j| now[*j] != at::VERIFIED)
                        .map(|j| format!("`{}`", system.steps[j].id))
                        .collect();
                    format!("`{}` waits for {}", step.id, for_.join(" and "))
                })
                .collect();
            format!("Nobody has refused anything, and nobody can move: {}", waits.join("; "))
        }
        Question::SnapbackInTime => why_not(system, now, passed),
        Question::WayOut => {
            let refused: Vec<&str> = (0..now.len())
                .filter(|i| now[*i] == at::REFUSED)
                .map(|i| system.steps[i].id.as_str())
                .collect();
            let few = system
                .steps
                .iter()
                .find(|s| !s.certifiers.is_empty() && usize::from(s.quorum) > s.certifiers.len());
            if let (true, Some(step)) = (refused.is_empty(), few) {
                format!(
                    "From here the end cannot be reached: `{}` takes {} certificates, and only {} may give one",
                    step.id,
                    step.quorum,
                    list(&step.certifiers)
                )
            } else if refused.is_empty() {
                "From here the end cannot be reached, and no power of the text leads out".to_owned()
            } else {
                format!(
                    "From here the end cannot be reached, and the text gives nobody a power that answers the refusal of \
                     `{}`",
                    refused.join("`, `")
                )
            }
        }
    }
}

fn holder(system: &System, now: &[u8]) -> String {
    (0..now.len())
        .filter(|i| {
            matches!(now[*i], at::REVERSED | at::REFUSED) || system.steps[*i].is_disputed(now[*i])
        })
        .find_map(|i| system.steps[i].answered_by.first().cloned())
        .unwrap_or_else(|| "a holder of the power".to_owned())
}

fn list(names: &[String]) -> String {
    match names {
        [] => "somebody".to_owned(),
        [one] if one == "all" => "all parties together".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
