//! Reading a roadmap and finding what is wrong with it.

use std::collections::{HashMap, HashSet};

use notation::{Message, Node, Span, Value, did_you_mean};
use statement::{Date, ObjectId};

use crate::model::{Condition, Due, Postponement, Roadmap, Role, Step};

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read.
    pub roadmap: Roadmap,
    /// What is wrong, in the order of the text.
    pub messages: Vec<Message>,
}

const TOP: &[&str] = &["roadmap", "party", "role", "step"];
const STEP: &[&str] = &[
    "title",
    "by",
    "due",
    "postponed",
    "after",
    "condition",
    "amount",
    "verified-by",
    "in-step-with",
    "reversed-by",
    "resumed-by",
    "outside-text",
    "step",
];

/// Reads a roadmap. Whatever is wrong is told at once; what could be read is returned all the same.
#[must_use]
pub fn read(text: &str) -> Reading {
    let reading = notation::read(text);
    let mut reader =
        Reader { roadmap: Roadmap::default(), messages: reading.messages, names: Vec::new() };
    for node in &reading.document.nodes {
        reader.top(node);
    }
    reader.references();
    reader.cycles();
    reader.messages.sort_by_key(Message::start);
    Reading { roadmap: reader.roadmap, messages: reader.messages }
}

/// What a name in the text refers to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refers {
    Party,
    Step,
    RoleOrParty,
}

struct Reader {
    roadmap: Roadmap,
    messages: Vec<Message>,
    /// Names used, checked once everything is read.
    names: Vec<(Refers, String, Span, Option<ObjectId>)>,
}

impl Reader {
    fn error(
        &mut self,
        code: &'static str,
        span: &Span,
        text: impl Into<String>,
        help: Option<String>,
    ) {
        self.messages.push(Message::error(code, span.clone(), text, "here").help_if(help));
    }

    fn unknown(&mut self, node: &Node, known: &[&str]) {
        let help = match did_you_mean(&node.name, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("known are: {}", known.join(", ")),
        };
        self.error(
            "R001",
            &node.name_span,
            format!("`{}` is not known here", node.name),
            Some(help),
        );
    }

    fn properties(&mut self, node: &Node, known: &[&str]) {
        for (name, span, _) in node.props().filter(|(name, _, _)| !known.contains(name)) {
            let help =
                did_you_mean(name, known.iter().copied()).map(|w| format!("did you mean `{w}`?"));
            self.error("R002", span, format!("`{}` has no property `{name}`", node.name), help);
        }
    }

    fn text(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<String> {
        let text =
            value.and_then(Value::as_text).filter(|t| !t.trim().is_empty()).map(str::to_owned);
        if text.is_none() {
            let span = value.map_or(&node.name_span, |v| &v.span);
            self.error("R003", span, format!("`{}` needs {what}", node.name), None);
        }
        text
    }

    fn date(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<Date> {
        let text = self.text(node, value, what)?;
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        text.parse()
            .map_err(|e: statement::DateError| self.error("R008", &span, e.to_string(), None))
            .ok()
    }

    fn id(&mut self, node: &Node, value: &Value) -> Option<ObjectId> {
        let text = self.text(node, Some(value), "an id")?;
        text.parse()
            .map_err(|e: statement::IdError| self.error("R003", &value.span, e.to_string(), None))
            .ok()
    }

    /// Ids that the node's arguments name, to be looked up later.
    fn steps(&mut self, node: &Node, from: &ObjectId) -> Vec<ObjectId> {
        self.properties(node, &[]);
        if node.arg(0).is_none() {
            self.error(
                "R003",
                &node.name_span,
                format!("`{}` needs the id of a step", node.name),
                None,
            );
        }
        let mut ids = Vec::new();
        for value in node.args() {
            if let Some(id) = self.id(node, value) {
                self.names.push((
                    Refers::Step,
                    id.to_string(),
                    value.span.clone(),
                    Some(from.clone()),
                ));
                ids.push(id);
            }
        }
        ids
    }

    fn top(&mut self, node: &Node) {
        match node.name.as_str() {
            "roadmap" => {
                self.properties(node, &[]);
                self.roadmap.title = self.text(node, node.arg(0), "a title").unwrap_or_default();
            }
            "party" => {
                self.properties(node, &[]);
                if let Some(party) = self.text(node, node.arg(0), "the id of a party") {
                    self.roadmap.parties.push(party);
                }
            }
            "role" => self.role(node),
            "step" => self.step(node, None),
            _ => self.unknown(node, TOP),
        }
    }

    fn role(&mut self, node: &Node) {
        self.properties(node, &["may"]);
        let name = self.text(node, node.arg(0), "a name");
        let may = self.text(node, node.prop("may"), "the property `may`: what its holders may do");
        let mut holders = Vec::new();
        for child in &node.children {
            if child.name == "holder" {
                for value in child.args() {
                    if let Some(holder) = self.text(child, Some(value), "a party") {
                        self.names.push((Refers::Party, holder.clone(), value.span.clone(), None));
                        holders.push(holder);
                    }
                }
            } else {
                self.unknown(child, &["holder"]);
            }
        }
        if holders.is_empty() {
            let help = "write: holder \"IAEA\"".to_owned();
            self.error("R010", &node.name_span, "a role that nobody holds", Some(help));
        }
        if let (Some(name), Some(may)) = (name, may) {
            self.roadmap.roles.push(Role { name, may, holders });
        }
    }

    fn step(&mut self, node: &Node, part_of: Option<&ObjectId>) {
        self.properties(node, &["by"]);
        let Some(value) = node.arg(0) else {
            self.error(
                "R003",
                &node.name_span,
                "a step needs its id",
                Some("write: step \"shut-down\" { … }".into()),
            );
            return;
        };
        let Some(id) = self.id(node, value) else { return };
        if let Some(first) = self.roadmap.step(id.as_str()) {
            let message = Message::error(
                "R004",
                value.span.clone(),
                format!("the step `{id}` is named twice"),
                "again here",
            );
            self.messages.push(
                message
                    .also(first.span.clone(), "first here")
                    .help("give each step an id of its own"),
            );
        }
        let place = self.roadmap.steps.len();
        self.roadmap.steps.push(Step {
            id: id.clone(),
            title: String::new(),
            by: Vec::new(),
            due: None,
            postponed: Vec::new(),
            after: Vec::new(),
            conditions: Vec::new(),
            amount: None,
            verified_by: None,
            in_step_with: Vec::new(),
            reversed_by: Vec::new(),
            resumed_by: Vec::new(),
            outside_text: false,
            part_of: part_of.cloned(),
            span: value.span.clone(),
        });
        let mut step = self.roadmap.steps[place].clone();
        if let Some(by) = node.prop("by") {
            self.party(node, by, &mut step.by);
        }
        for child in &node.children {
            self.part(child, &mut step);
        }
        if step.by.is_empty() {
            // A part of a step is done by whoever does the whole, unless it says otherwise.
            step.by = part_of
                .and_then(|p| self.roadmap.step(p.as_str()))
                .map(|p| p.by.clone())
                .unwrap_or_default();
        }
        if step.by.is_empty() {
            let help = "write: by \"DPRK\"".to_owned();
            self.error("R011", &value.span, format!("nobody is to do the step `{id}`"), Some(help));
        }
        self.roadmap.steps[place] = step;
        for child in node.children.iter().filter(|c| c.name == "step") {
            self.step(child, Some(&id));
        }
    }

    fn party(&mut self, node: &Node, value: &Value, by: &mut Vec<String>) {
        if let Some(party) = self.text(node, Some(value), "a party") {
            self.names.push((Refers::Party, party.clone(), value.span.clone(), None));
            by.push(party);
        }
    }

    fn part(&mut self, node: &Node, step: &mut Step) {
        match node.name.as_str() {
            "title" => step.title = self.text(node, node.arg(0), "a title").unwrap_or_default(),
            "by" => {
                for value in node.args() {
                    self.party(node, value, &mut step.by);
                }
            }
            "due" => step.due = self.due(node, &step.id),
            "postponed" => {
                self.properties(node, &["on", "reason"]);
                let due = self.date(node, node.arg(0), "the new date");
                let on = self.date(node, node.prop("on"), "the property `on`: when it was agreed");
                let reason = self.text(node, node.prop("reason"), "the property `reason`");
                if let (Some(due), Some(on), Some(reason)) = (due, on, reason) {
                    step.postponed.push(Postponement { due, on, reason });
                }
            }
            "after" => step.after.extend(self.steps(node, &step.id)),
            "in-step-with" => step.in_step_with.extend(self.steps(node, &step.id)),
            // What undoes a step is an event of the record as often as a step of the text.
            "reversed-by" | "resumed-by" => {
                self.properties(node, &[]);
                for value in node.args() {
                    let id = self.id(node, value);
                    if node.name == "reversed-by" {
                        step.reversed_by.extend(id)
                    } else {
                        step.resumed_by.extend(id)
                    }
                }
            }
            "condition" => {
                self.properties(node, &["by", "added"]);
                let text = self.text(node, node.arg(0), "the condition in words");
                let by = node.prop("by").and_then(|v| {
                    let mut by = Vec::new();
                    self.party(node, v, &mut by);
                    by.pop()
                });
                let added = node.prop("added").and_then(|v| self.date(node, Some(v), "a date"));
                step.conditions.extend(text.map(|text| Condition { text, by, added }));
            }
            "amount" => step.amount = self.amount(node),
            "verified-by" => {
                self.properties(node, &[]);
                if let Some(name) = self.text(node, node.arg(0), "a role or a party") {
                    let span = node.arg(0).map_or(node.name_span.clone(), |v| v.span.clone());
                    self.names.push((Refers::RoleOrParty, name.clone(), span, None));
                    step.verified_by = Some(name);
                }
            }
            "outside-text" => step.outside_text = true,
            "step" => {}
            _ => self.unknown(node, STEP),
        }
    }

    fn due(&mut self, node: &Node, step: &ObjectId) -> Option<Due> {
        self.properties(node, &["days", "after"]);
        if node.prop("days").is_none() && node.prop("after").is_none() {
            return self.date(node, node.arg(0), "a date in quotes").map(Due::By);
        }
        let days = self.text(node, node.prop("days"), "the property `days`")?;
        let days_span = node.prop("days").map_or(node.name_span.clone(), |v| v.span.clone());
        let after = node.prop("after").cloned();
        let Some(value) = after else {
            self.error(
                "R003",
                &node.name_span,
                "`due days=` needs the property `after`: the step it counts from",
                None,
            );
            return None;
        };
        let id = self.id(node, &value)?;
        self.names.push((Refers::Step, id.to_string(), value.span.clone(), Some(step.clone())));
        match days.parse() {
            Ok(days) => Some(Due::DaysAfter(days, id)),
            Err(_) => {
                self.error(
                    "R008",
                    &days_span,
                    format!("`{days}` is not a whole number of days"),
                    None,
                );
                None
            }
        }
    }

    fn amount(&mut self, node: &Node) -> Option<(statement::Decimal, String)> {
        self.properties(node, &["unit"]);
        let value = self.text(node, node.arg(0), "a number")?;
        let span = node.arg(0).map_or(node.name_span.clone(), |v| v.span.clone());
        let value = value
            .parse()
            .map_err(|e: statement::DecimalError| self.error("R009", &span, e.to_string(), None))
            .ok();
        let Some(unit) = node.prop("unit") else {
            let help = "write: amount 50000 unit=\"t HFO\"".to_owned();
            self.error("R009", &span, "an amount without its unit", Some(help));
            return None;
        };
        let unit = self.text(node, Some(unit), "a unit")?;
        Some((value?, unit))
    }

    /// Looks up every name the text used.
    fn references(&mut self) {
        let steps: HashSet<String> = self.roadmap.steps.iter().map(|s| s.id.to_string()).collect();
        for (refers, name, span, from) in std::mem::take(&mut self.names) {
            let parties = self.roadmap.parties.iter().map(String::as_str);
            let roles = self.roadmap.roles.iter().map(|r| r.name.as_str());
            let (code, known, text, candidates): (_, _, _, Vec<&str>) = match refers {
                Refers::Step => (
                    "R005",
                    steps.contains(&name),
                    format!("there is no step `{name}`"),
                    self.roadmap.steps.iter().map(|s| s.id.as_str()).collect(),
                ),
                Refers::Party => (
                    "R006",
                    name == "all" || self.roadmap.parties.contains(&name),
                    format!("`{name}` is not a party of this roadmap"),
                    parties.collect(),
                ),
                Refers::RoleOrParty => {
                    let candidates: Vec<&str> = roles.chain(parties).collect();
                    (
                        "R010",
                        candidates.contains(&name.as_str()),
                        format!("`{name}` is neither a role nor a party"),
                        candidates,
                    )
                }
            };
            if !known {
                let help = did_you_mean(&name, candidates).map(|w| format!("did you mean `{w}`?"));
                let help = help.or_else(|| {
                    (refers == Refers::Party).then(|| format!("name it: party \"{name}\""))
                });
                self.error(code, &span, text, help);
            } else if from.is_some_and(|from| from.as_str() == name) {
                self.error(
                    "R007",
                    &span,
                    format!("the step `{name}` waits for itself"),
                    Some("remove it".into()),
                );
            }
        }
    }

    /// Steps that wait for each other.
    fn cycles(&mut self) {
        let index: HashMap<&str, usize> =
            self.roadmap.steps.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
        let after: Vec<Vec<usize>> = self
            .roadmap
            .steps
            .iter()
            .map(|s| s.after.iter().filter_map(|a| index.get(a.as_str()).copied()).collect())
            .collect();
        // 0 not seen, 1 on the way, 2 done. The way is kept by hand, so that no chain overflows the stack.
        let mut seen = vec![0_u8; after.len()];
        for root in 0..after.len() {
            let mut way: Vec<(usize, usize)> = vec![(root, 0)];
            while let Some((at, next)) = way.last_mut() {
                let at = *at;
                if *next == 0 {
                    if seen[at] == 2 {
                        way.pop();
                        continue;
                    }
                    seen[at] = 1;
                }
                let Some(&to) = after[at].get(*next) else {
                    seen[at] = 2;
                    way.pop();
                    continue;
                };
                *next += 1;
                if seen[to] == 1 && to != at {
                    let from = way.iter().position(|(i, _)| *i == to).unwrap_or(0);
                    let names: Vec<&str> = way[from..]
                        .iter()
                        .map(|(i, _)| self.roadmap.steps[*i].id.as_str())
                        .collect();
                    let text = format!(
                        "steps that wait for each other: {} after {}",
                        names.join(" after "),
                        names[0]
                    );
                    let help =
                        "let one of them go first, or join them by `in-step-with`".to_owned();
                    let span = self.roadmap.steps[to].span.clone();
                    self.error("R012", &span, text, Some(help));
                } else if seen[to] == 0 {
                    way.push((to, 0));
                }
            }
        }
    }
}
