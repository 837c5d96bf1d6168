//! A way to a violation, told in sentences.

use super::explore::{Action, Event, at};
use super::{Question, System};

/// Tells a trace. Interchangeable steps were sorted in the search; here each keeps its name.
pub(crate) fn tell(system: &System, trace: &[Action], question: Question) -> Vec<String> {
    let groups = system.interchangeable();
    let mut now = vec![at::WAITING; system.steps.len()];
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
        let certifier = step
            .not_entitled
            .first()
            .filter(|_| question == Question::OnlyTheEntitledCertify)
            .or(step.certifiers.first())
            .cloned()
            .unwrap_or_default();
        sentences.push(match action.event {
            Event::Begin => continue,
            Event::Half => format!("{who} does the first half of {name}"),
            Event::Claim if step.certifiers.is_empty() => {
                format!("{who} says that {name} is done; nobody is asked to certify it")
            }
            Event::Claim => format!("{who} says that {name} is done"),
            Event::Verify => format!("{certifier} certifies {name}"),
            Event::Dispute => format!("{other} disputes {name}"),
            Event::Uphold => format!("the dispute ends: {name} is not done"),
            Event::Reject => format!("the dispute ends: {name} is done"),
            Event::Reverse => format!("{who} undoes {name}"),
            Event::Refuse if step.by.len() > 1 || step.by.iter().any(|b| b == "all") => {
                format!("one of those who are to do it refuses {name}")
            }
            Event::Refuse => format!("{who} refuses {name}"),
            Event::Tick => "time passes: the next deadline of the dispute".to_owned(),
            Event::Suspend => format!("{} suspends the agreement", holder(system, &now)),
            Event::Restore => "the agreement is restored".to_owned(),
        });
        match action.event {
            Event::Tick => {
                now.iter_mut().filter(|c| **c > at::DISPUTED).for_each(|c| *c -= 1);
            }
            Event::Suspend | Event::Restore => {}
            _ => now[i] = action.to,
        }
        if action.event == Event::Verify {
            forged = Some(i);
        }
    }
    sentences.push(end(system, &now, question, forged));
    sentences
}

fn end(system: &System, now: &[u8], question: Question, forged: Option<usize>) -> String {
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
        Question::SnapbackInTime => {
            "The clock of the breach runs out before the power that answers it may be used"
                .to_owned()
        }
        Question::WayOut => {
            let refused: Vec<&str> = (0..now.len())
                .filter(|i| now[*i] == at::REFUSED)
                .map(|i| system.steps[i].id.as_str())
                .collect();
            if refused.is_empty() {
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
        .filter(|i| matches!(now[*i], at::REVERSED | at::REFUSED) || now[*i] >= at::DISPUTED)
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
