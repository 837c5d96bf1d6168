//! What is wrong with a roadmap's sense: the checks a careful negotiator would make before signing.
//!
//! [`check`] looks at a roadmap that could be read. Each message has a code that `explain`
//! has a page for. A finding about many steps at once is told once, with the first few places.

mod consequence;
mod dates;
mod procedure;
mod proportion;
mod verification;
mod wording;

use std::collections::HashMap;

use notation::{Message, Severity, Span};

use crate::model::{Roadmap, Step};

/// Finds what is wrong with the sense of a roadmap, in the order of the text.
#[must_use]
pub fn check(roadmap: &Roadmap) -> Vec<Message> {
    let mut checker = Checker {
        roadmap,
        index: roadmap.index(),
        before: roadmap.predecessors(),
        messages: Vec::new(),
    };
    checker.dates();
    checker.reachable();
    checker.proportion();
    checker.verification();
    checker.consequence();
    checker.procedure();
    checker.wording();
    checker.own_checks();
    let mut messages = checker.messages;
    messages.sort_by_key(|m| (m.start(), m.code));
    messages
}

struct Checker<'a> {
    roadmap: &'a Roadmap,
    index: HashMap<&'a str, usize>,
    /// What must be done before each step.
    before: Vec<Vec<usize>>,
    messages: Vec<Message>,
}

/// Places shown of a finding about many.
const SHOWN: usize = 5;

impl<'a> Checker<'a> {
    fn error(&mut self, code: &'static str, span: &Span, text: String, label: &str, help: &str) {
        self.messages.push(Message::error(code, span.clone(), text, label).help(help));
    }

    fn warn(&mut self, code: &'static str, span: &Span, text: String, label: &str, help: &str) {
        self.messages.push(Message::warning(code, span.clone(), text, label).help(help));
    }

    fn find(&self, id: &statement::ObjectId) -> Option<&'a Step> {
        self.index.get(id.as_str()).and_then(|i| self.roadmap.steps.get(*i))
    }

    /// One message for a finding about several things: `text` gets their number and names.
    fn together(
        &mut self,
        code: &'static str,
        severity: Severity,
        found: &[(&Span, &str)],
        text: impl Fn(&str) -> String,
        label: &str,
        help: &str,
    ) {
        let Some((first, _)) = found.first() else { return };
        let names: Vec<String> =
            found.iter().take(SHOWN).map(|(_, name)| format!("`{name}`")).collect();
        let more = match found.len().saturating_sub(SHOWN) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let mut message = Message::warning(
            code,
            (*first).clone(),
            text(&format!("{}{more}", names.join(", "))),
            label,
        )
        .help(help);
        message.severity = severity;
        for (span, _) in found.iter().skip(1).take(SHOWN - 1) {
            message = message.also((*span).clone(), "this too");
        }
        self.messages.push(message);
    }

    fn own_checks(&mut self) {
        let roadmap = self.roadmap;
        for own in &roadmap.checks {
            let code = if own.fails { "R040" } else { "R041" };
            let mut at: Vec<&Span> = Vec::new();
            if own.each_step {
                let struck = roadmap.steps.iter().filter(|s| own.when.holds(roadmap, Some(s)));
                at.extend(struck.map(|s| &s.span));
            } else if own.when.holds(roadmap, None) {
                at.push(&own.span);
            }
            for span in at {
                let message = Message::error(code, span.clone(), own.message.clone(), "here");
                let mut message = message.also(own.span.clone(), "asked for here");
                if !own.fails {
                    message.severity = Severity::Warning;
                }
                self.messages.push(message);
            }
        }
    }
}
