//! Rival readings of the same clause: each is the whole roadmap with a few nodes changed.

use std::collections::HashSet;

use notation::{Document, Message, Node};
use statement::ObjectId;

use super::Reader;
use crate::model::RivalReading;

/// More readings than this are not run: each is a whole roadmap.
const MOST: usize = 16;

impl Reader {
    pub(super) fn rivals(&mut self, document: &Document) {
        let known: HashSet<(&str, usize)> =
            self.messages.iter().map(|m| (m.code, m.start())).collect();
        let mut told = Vec::new();
        let mut readings = Vec::new();
        for rival in document.nodes.iter().filter(|n| n.name == "rival") {
            self.properties_into(rival, &[], &mut told);
            let clause = match rival.arg(0).and_then(|v| v.as_str()) {
                Some(clause) if !clause.trim().is_empty() => clause.to_owned(),
                _ => {
                    told.push(error(
                        "R003",
                        rival,
                        "`rival` needs the clause that is read differently",
                    ));
                    continue;
                }
            };
            let before = readings.len();
            for node in &rival.children {
                if node.name != "reading" {
                    told.push(
                        error("R001", node, &format!("`{}` is not known here", node.name))
                            .help("known is: reading"),
                    );
                    continue;
                }
                if readings.len() == MOST {
                    told.push(error("R047", node, &format!("more than {MOST} readings")));
                    break;
                }
                readings.extend(self.reading(document, &clause, node, &known, &mut told));
            }
            if readings.len() < before + 2 {
                let text = "a rival clause has at least two readings";
                told.push(error("R047", rival, text));
            }
        }
        self.roadmap.readings = readings;
        self.messages.extend(told);
    }

    fn properties_into(&self, node: &Node, known: &[&str], told: &mut Vec<Message>) {
        for (name, span, _) in node.props().filter(|(name, _, _)| !known.contains(name)) {
            let text = format!("`{}` has no property `{name}`", node.name);
            told.push(Message::error("R002", span.clone(), text, "here"));
        }
    }

    fn reading(
        &self,
        document: &Document,
        clause: &str,
        node: &Node,
        known: &HashSet<(&str, usize)>,
        told: &mut Vec<Message>,
    ) -> Option<RivalReading> {
        self.properties_into(node, &[], told);
        let Some(name) = node.arg(0).and_then(|v| v.as_str()).filter(|n| !n.trim().is_empty())
        else {
            told.push(error("R003", node, "a reading needs its name"));
            return None;
        };
        let mut nodes: Vec<Node> =
            document.nodes.iter().filter(|n| n.name != "rival").cloned().collect();
        let (mut by, mut changes) = (Vec::new(), Vec::<ObjectId>::new());
        for change in &node.children {
            if change.name == "held-by" {
                for value in change.args() {
                    match value.as_str() {
                        Some(party) if self.roadmap.parties.iter().any(|p| p == party) => {
                            by.push(party.to_owned());
                        }
                        other => {
                            let text = format!(
                                "`{}` is not a party of this roadmap",
                                other.unwrap_or_default()
                            );
                            told.push(Message::error("R006", value.span.clone(), text, "here"));
                        }
                    }
                }
                continue;
            }
            let ids: Vec<(&str, notation::Span)> = change
                .args()
                .take(if change.name == "without" { usize::MAX } else { 1 })
                .filter_map(|v| Some((v.as_str()?, v.span.clone())))
                .collect();
            if ids.is_empty() {
                told.push(error("R003", change, "a change needs the id of what it changes"));
            }
            for (id, span) in ids {
                let found = if change.name == "without" {
                    remove(&mut nodes, id)
                } else if let Some(target) = find(&mut nodes, &change.name, id) {
                    amend(target, change);
                    true
                } else {
                    false
                };
                if found {
                    changes.extend(id.parse::<ObjectId>());
                } else {
                    let text =
                        format!("there is no `{} \"{id}\"` to be read differently", change.name);
                    told.push(
                        Message::error("R047", span, text, "here")
                            .help("a reading repeats the node it changes, with the children that differ; `without` leaves one out"),
                    );
                }
            }
        }
        let mut reader = Reader::default();
        reader.document(&Document { nodes });
        // What is wrong with the text itself was told already.
        told.extend(reader.messages.into_iter().filter(|m| !known.contains(&(m.code, m.start()))));
        Some(RivalReading {
            clause: clause.to_owned(),
            name: name.to_owned(),
            by,
            changes,
            roadmap: reader.roadmap,
            span: node.name_span.clone(),
        })
    }
}

fn error(code: &'static str, node: &Node, text: &str) -> Message {
    Message::error(code, node.name_span.clone(), text, "here")
}

fn is_of(node: &Node, id: &str) -> bool {
    !matches!(node.name.as_str(), "party" | "role" | "roadmap" | "convert")
        && node.arg(0).and_then(|v| v.as_str()) == Some(id)
}

/// The node of a name and id, at the top or within a step or bundle.
fn find<'a>(nodes: &'a mut [Node], name: &str, id: &str) -> Option<&'a mut Node> {
    for node in nodes {
        if node.name == name && is_of(node, id) {
            return Some(node);
        }
        if matches!(node.name.as_str(), "step" | "bundle")
            && let Some(found) = find(&mut node.children, name, id)
        {
            return Some(found);
        }
    }
    None
}

fn remove(nodes: &mut Vec<Node>, id: &str) -> bool {
    const THINGS: [&str; 6] = ["step", "bundle", "power", "limit", "lasting", "clock"];
    let before = nodes.len();
    nodes.retain(|n| !(THINGS.contains(&n.name.as_str()) && is_of(n, id)));
    nodes.len() < before
        || nodes
            .iter_mut()
            .filter(|n| matches!(n.name.as_str(), "step" | "bundle"))
            .any(|n| remove(&mut n.children, id))
}

/// Children of a name that the change gives replace those of the base; properties likewise.
fn amend(target: &mut Node, change: &Node) {
    let names: HashSet<&str> = change.children.iter().map(|c| c.name.as_str()).collect();
    target.children.retain(|c| !names.contains(c.name.as_str()));
    target.children.extend(change.children.iter().cloned());
    for entry in change.entries.iter().filter(|e| e.name.is_some()) {
        let name = entry.name.as_ref().map(|(n, _)| n);
        target.entries.retain(|e| e.name.as_ref().map(|(n, _)| n) != name);
        target.entries.push(entry.clone());
    }
}
