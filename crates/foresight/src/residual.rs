//! What is left of an agreement, as an agreement: who owes what next.

use roadmap::{Roadmap, Status, StepState, StepStatus};
use serde::Serialize;
use statement::Date;

/// What is left on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Residual {
    /// The agreement.
    pub title: String,
    /// The day.
    pub as_of: Date,
    /// What each party still owes.
    pub parties: Vec<PartyOwes>,
    /// Steps done, by number.
    pub done: usize,
    /// Steps that ended without being done.
    pub ended: Vec<String>,
}

/// What one party still owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartyOwes {
    /// The party.
    pub party: String,
    /// Its open steps: first those it can do now, by date; then those that wait.
    pub owes: Vec<Owed>,
    /// Open steps of others that wait for one of its own.
    pub holds_up: Vec<String>,
}

/// One open step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// The step.
    pub step: String,
    /// What is to be done.
    pub title: String,
    /// Who does it together.
    pub together: Vec<String>,
    /// Its date now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Its date as first promised, when it was another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_due: Option<Date>,
    /// Days since its date passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_days: Option<i64>,
    /// How much is done of how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_of: Option<String>,
    /// Open steps it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// Steps it goes in step with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_step_with: Vec<String>,
    /// Who certifies it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certified_by: Vec<String>,
    /// Conditions in words; those set after acceptance say by whom and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// What is said in the record of its not being done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// It was done, and undone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reversed: bool,
}

/// What is left of a roadmap, for all or for one party alone. A step with parts is told by its open parts.
#[must_use]
pub fn residual(roadmap: &Roadmap, status: &Status, party: Option<&str>) -> Residual {
    let open = |s: &&StepStatus| !s.state.is_done() && !s.state.is_closed();
    let leaf = |s: &&StepStatus| {
        !status.steps.iter().any(|p| p.part_of.as_ref() == Some(&s.id) && open(&p))
    };
    // A gesture outside the text is owed by nobody.
    let duty = |s: &&StepStatus| roadmap.step(s.id.as_str()).is_none_or(roadmap::Step::is_duty);
    let left: Vec<&StepStatus> =
        status.steps.iter().filter(open).filter(leaf).filter(duty).collect();
    let mut names: Vec<&str> = left.iter().flat_map(|s| &s.parties).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let parties = names
        .iter()
        .filter(|n| party.is_none_or(|p| p == **n || **n == "all"))
        .map(|name| {
            let mine = |s: &StepStatus| s.parties.iter().any(|p| p == name);
            let mut owes: Vec<Owed> =
                left.iter().filter(|s| mine(s)).map(|s| owed(roadmap, status, s)).collect();
            owes.sort_by_key(|o| {
                let day = o.due.as_ref().map(Date::latest);
                (!o.waits_for.is_empty(), day.is_none(), day, o.step.clone())
            });
            let holds_up = left
                .iter()
                .filter(|s| !mine(s))
                .filter(|s| {
                    s.waiting_for.iter().any(|w| left.iter().any(|l| l.id == *w && mine(l)))
                })
                .map(|s| s.id.to_string())
                .collect();
            PartyOwes { party: (*name).to_owned(), owes, holds_up }
        })
        .collect();
    Residual {
        title: status.title.clone(),
        as_of: status.as_of.clone(),
        parties,
        done: status.steps.iter().filter(|s| s.state.is_done()).count(),
        ended: status
            .steps
            .iter()
            .filter(|s| s.state.is_closed())
            .map(|s| format!("{} ({})", s.id, s.state.words()))
            .collect(),
    }
}

fn owed(roadmap: &Roadmap, status: &Status, step: &StepStatus) -> Owed {
    let text = roadmap.step(step.id.as_str());
    let now = step.due_now.clone().or_else(|| step.due.clone());
    let open =
        |id: &statement::ObjectId| status.steps.iter().any(|s| s.id == *id && !s.state.is_done());
    Owed {
        step: step.id.to_string(),
        title: step.title.clone(),
        together: step.parties.clone(),
        first_due: step.due.clone().filter(|d| Some(d) != now.as_ref()),
        due: now,
        overdue_days: step.overdue_days,
        done_of: step.done.as_ref().map(|done| match &step.of {
            Some(of) if of.unit == done.unit => {
                format!("{} of {} {}", done.value, of.value, of.unit)
            }
            _ => format!("{} {}", done.value, done.unit),
        }),
        waits_for: step.waiting_for.iter().filter(|w| open(w)).map(ToString::to_string).collect(),
        in_step_with: text
            .map(|t| t.in_step_with.iter().map(|w| w.with.to_string()).collect())
            .unwrap_or_default(),
        certified_by: text
            .map(|t| roadmap.certifiers(t).into_iter().map(str::to_owned).collect())
            .unwrap_or_default(),
        conditions: text
            .map(|t| {
                let words = |c: &roadmap::Condition| match (&c.by, &c.added) {
                    (Some(by), Some(added)) => format!("{} (set by {by}, {added})", c.text),
                    _ => c.text.clone(),
                };
                t.conditions.iter().map(words).collect()
            })
            .unwrap_or_default(),
        said: step.said.clone(),
        reversed: step.state == StepState::Reversed,
    }
}

impl Residual {
    /// As the text of an agreement, at most `width` characters wide.
    #[must_use]
    pub fn to_text(&self, width: usize) -> String {
        let mut out = vec![
            format!("WHAT IS LEFT OF: {}", self.title),
            format!("on {}; {} steps are done", self.as_of, self.done),
        ];
        for party in &self.parties {
            out.push(String::new());
            let name = if party.party == "all" { "All parties together" } else { &party.party };
            out.push(format!("{name} shall"));
            for (i, o) in party.owes.iter().enumerate() {
                let mut words = format!("{} ({})", o.title, o.step);
                if o.together.len() > 1 {
                    words += &format!(", together with {}", others(&o.together, &party.party));
                }
                match (&o.due, &o.first_due) {
                    (Some(due), Some(first)) => {
                        words += &format!(", by {due}, first promised for {first}");
                    }
                    (Some(due), None) => words += &format!(", by {due}"),
                    _ => words += ", without a date",
                }
                if !o.waits_for.is_empty() {
                    words += &format!(", once {} is done", o.waits_for.join(" and "));
                }
                if !o.in_step_with.is_empty() {
                    words += &format!(", in step with {}", o.in_step_with.join(" and "));
                }
                if !o.certified_by.is_empty() {
                    words += &format!("; certified by {}", o.certified_by.join(" or "));
                }
                wrap(&mut out, &format!("{:>3}. ", i + 1), &words, width);
                let mut notes = Vec::new();
                if let Some(days) = o.overdue_days {
                    notes.push(format!("{days} days overdue"));
                }
                if o.reversed {
                    notes.push("was done, and undone".to_owned());
                }
                notes.extend(o.done_of.as_ref().map(|d| format!("done so far: {d}")));
                notes.extend(o.conditions.iter().map(|c| format!("condition: {c}")));
                notes.extend(o.said.iter().map(|s| format!("said: {s}")));
                if !notes.is_empty() {
                    wrap(&mut out, "     - ", &notes.join("; "), width);
                }
            }
            if !party.holds_up.is_empty() {
                wrap(
                    &mut out,
                    "     ",
                    &format!("Waiting for {name}: {}", party.holds_up.join(", ")),
                    width,
                );
            }
        }
        if !self.ended.is_empty() {
            out.push(String::new());
            wrap(
                &mut out,
                "",
                &format!("Ended without being done: {}", self.ended.join(", ")),
                width,
            );
        }
        out.join("\n") + "\n"
    }
}

fn others(together: &[String], me: &str) -> String {
    together.iter().filter(|p| *p != me).cloned().collect::<Vec<_>>().join(", ")
}

/// Adds words over as many lines as they need; further lines are indented like the first.
fn wrap(out: &mut Vec<String>, head: &str, words: &str, width: usize) {
    let indent = " ".repeat(head.chars().count());
    let mut line = head.to_owned();
    let mut empty = true;
    for word in words.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            out.push(std::mem::replace(&mut line, indent.clone()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push(line);
}
