//! `field.kdl`: what a case says of its own about work on the ground, beside what comes with the program.

use custody::Sequences;
use inspection::Regimes;
use notation::{Message, did_you_mean};

use crate::board::{BoardTest, read};

/// What applies on the ground: regimes of access, stages of items, the parties' tests.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Regimes of access.
    pub regimes: Regimes,
    /// Stage sequences.
    pub sequences: Sequences,
    /// The parties' own tests for complete, verifiable and irreversible.
    pub tests: Vec<BoardTest>,
    /// What reports weigh in the cross-check; from `case.kdl`, not from `field.kdl`.
    pub evidence: crosscheck::Settings,
}

/// The nodes of `field.kdl`.
const NODES: &[&str] = &["regime", "sequence", "board"];

impl Field {
    /// Reads `field.kdl`; what is wrong comes back with its place.
    #[must_use]
    pub fn read(text: &str) -> (Self, Vec<Message>) {
        let reading = notation::read(text);
        let mut messages = reading.messages;
        let nodes = &reading.document.nodes;
        for node in nodes.iter().filter(|n| !NODES.contains(&n.name.as_str())) {
            let words = format!("`{}` is not known in field.kdl", node.name);
            let help = did_you_mean(&node.name, NODES.iter().copied()).map_or_else(
                || format!("known are: {}", NODES.join(", ")),
                |word| format!("did you mean `{word}`?"),
            );
            messages.push(
                Message::error("F003", node.name_span.clone(), words, "not known").help(help),
            );
        }
        let mut field = Self::default();
        messages.extend(field.regimes.add(nodes));
        messages.extend(field.sequences.add(nodes));
        field.tests = read(nodes, &mut messages);
        (field, messages)
    }

    /// Adds the tests that the parties wrote in the roadmap; they come before those of `field.kdl`.
    pub fn add_tests_of(&mut self, roadmap: &str) -> Vec<Message> {
        let mut messages = Vec::new();
        let mut tests = read(&notation::read(roadmap).document.nodes, &mut messages);
        tests.append(&mut self.tests);
        self.tests = tests;
        messages
    }
}
