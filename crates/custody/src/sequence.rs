//! Stage sequences as data.

use std::sync::Arc;

use notation::{Message, Node, Value, did_you_mean};

/// The sequences that come with the program.
const SHIPPED: &str = include_str!("../sequences/sequences.kdl");

/// All sequences a case knows.
#[derive(Debug, Clone)]
pub struct Sequences {
    all: Vec<Arc<Sequence>>,
}

/// What comes after what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: String,
    /// Its stages in order; several names of one stage are alternatives.
    pub stages: Vec<Vec<String>>,
    /// The kinds of item it is for.
    pub categories: Vec<String>,
    /// `item` or `site`, when it is for all that no other names.
    pub default_for: Option<String>,
}

impl Sequence {
    /// The place of a stage in the order, from 0.
    #[must_use]
    pub fn place_of(&self, stage: &str) -> Option<usize> {
        self.stages.iter().position(|names| names.iter().any(|n| n.eq_ignore_ascii_case(stage)))
    }

    /// Every name of a stage.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().flatten().map(String::as_str)
    }

    /// The name of a stage: its alternatives joined.
    #[must_use]
    pub fn stage(&self, place: usize) -> String {
        self.stages.get(place).map(|names| names.join(" or ")).unwrap_or_default()
    }
}

impl Default for Sequences {
    fn default() -> Self {
        let mut sequences = Self { all: Vec::new() };
        // A test demands that the shipped text has no faults.
        let messages = sequences.add(&notation::read(SHIPPED).document.nodes);
        debug_assert!(messages.is_empty(), "{messages:?}");
        sequences
    }
}

impl Sequences {
    /// Adds the `sequence` nodes of a text; one of a name that is there takes its place.
    pub fn add(&mut self, nodes: &[Node]) -> Vec<Message> {
        let mut messages = Vec::new();
        for node in nodes.iter().filter(|n| n.name == "sequence") {
            if let Some(sequence) = sequence(node, &mut messages) {
                self.all.retain(|s| s.name != sequence.name);
                self.all.push(Arc::new(sequence));
            }
        }
        messages
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Sequence>> {
        self.all.iter()
    }

    /// The sequence of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Sequence>> {
        self.all.iter().find(|s| s.name == name)
    }

    /// The sequence for a kind of item.
    #[must_use]
    pub fn of_category(&self, category: &str) -> Option<&Arc<Sequence>> {
        let named =
            |s: &&Arc<Sequence>| s.categories.iter().any(|c| c.eq_ignore_ascii_case(category));
        self.all.iter().find(named).or_else(|| self.default_for("item"))
    }

    /// The sequence for sites.
    #[must_use]
    pub fn of_site(&self) -> Option<&Arc<Sequence>> {
        self.default_for("site")
    }

    fn default_for(&self, what: &str) -> Option<&Arc<Sequence>> {
        self.all.iter().rfind(|s| s.default_for.as_deref() == Some(what))
    }
}

fn sequence(node: &Node, messages: &mut Vec<Message>) -> Option<Sequence> {
    let words = |node: &Node| -> Vec<String> {
        node.args().filter_map(Value::as_text).map(str::to_owned).collect()
    };
    let Some(name) = node.arg(0).and_then(Value::as_text).filter(|t| !t.is_empty()) else {
        let text = "`sequence` needs a name";
        messages.push(Message::error("F030", node.name_span.clone(), text, "here"));
        return None;
    };
    let mut sequence = Sequence {
        name: name.to_owned(),
        stages: Vec::new(),
        categories: Vec::new(),
        default_for: None,
    };
    const NODES: &[&str] = &["stage", "category", "default"];
    for child in &node.children {
        match child.name.as_str() {
            "stage" => {
                let names = words(child);
                let twice = names.iter().find(|n| sequence.place_of(n).is_some());
                if let Some(twice) = twice {
                    let text = format!("the stage `{twice}` stands twice in `{name}`");
                    messages.push(Message::error("F031", child.span.clone(), text, "again here"));
                } else if names.is_empty() {
                    let text = "`stage` needs a name";
                    messages.push(Message::error("F030", child.span.clone(), text, "here"));
                } else {
                    sequence.stages.push(names);
                }
            }
            "category" => sequence.categories.extend(words(child)),
            "default" => sequence.default_for = words(child).into_iter().next(),
            _ => {
                let text = format!("`{}` is not known here", child.name);
                let help = did_you_mean(&child.name, NODES.iter().copied()).map_or_else(
                    || format!("known are: {}", NODES.join(", ")),
                    |word| format!("did you mean `{word}`?"),
                );
                messages.push(
                    Message::error("F003", child.name_span.clone(), text, "not known").help(help),
                );
            }
        }
    }
    if sequence.stages.len() < 2 {
        let text = format!("the sequence `{name}` has fewer than two stages");
        messages.push(Message::error("F032", node.name_span.clone(), text, "this sequence"));
        return None;
    }
    Some(sequence)
}
