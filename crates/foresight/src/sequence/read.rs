//! Reading `foresight.kdl`: what an analyst judges the steps to be worth and how long they take. It stands beside the
//! agreement's text and is no part of it: each side may keep its own.

use std::collections::HashSet;

use notation::{Message, Node, Value, did_you_mean};
use num_traits::{One, Zero};
use roadmap::Roadmap;

use super::{Exact, Range, exact};

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read.
    pub judgement: Judgement,
    /// What is wrong, in the order of the text.
    pub messages: Vec<Message>,
}

/// An analyst's judgement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Who judges.
    pub by: Option<String>,
    /// What a move later is worth.
    pub discount: Option<Range>,
    /// The order of the moves; empty: that of their dates.
    pub order: Vec<String>,
    /// What each step is worth to whom.
    pub payoffs: Vec<Payoff>,
    /// What each party receives at the end.
    pub closing: Vec<(String, Range)>,
    /// What each party loses when it stops.
    pub snapback: Vec<(String, Range)>,
    /// How long steps take.
    pub durations: Vec<Duration>,
}

/// What one step is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Payoff {
    /// The step.
    pub step: String,
    /// Gains of parties; costs are negative.
    pub flows: Vec<(String, Range)>,
}

/// How many days a step takes, by somebody's judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Duration {
    /// The step.
    pub step: String,
    /// At the least.
    pub low: f64,
    /// Most likely.
    pub mode: f64,
    /// At the most.
    pub high: f64,
    /// Whose judgement, or from where.
    pub source: Option<String>,
}

impl Judgement {
    /// With what the roadmap's own text says of payoffs and durations, where the judgement is silent.
    #[must_use]
    pub fn with_text(mut self, roadmap: &Roadmap) -> Self {
        let number = |d: statement::Decimal| exact(&d.to_string());
        for step in &roadmap.steps {
            let id = step.id.as_str();
            if !step.payoffs.is_empty() && !self.payoffs.iter().any(|p| p.step == id) {
                let flows = step.payoffs.iter().filter_map(|p| {
                    let range = Range { low: number(p.least)?, high: number(p.most)? };
                    Some((p.party.clone(), range))
                });
                self.payoffs.push(Payoff { step: id.to_owned(), flows: flows.collect() });
            }
            if let Some(d) = &step.duration
                && !self.durations.iter().any(|p| p.step == id)
            {
                let (low, high) = (f64::from(d.least), f64::from(d.most));
                let mode = d.likely.map_or((low + high) / 2.0, f64::from);
                let source = d.source.clone();
                self.durations.push(Duration { step: id.to_owned(), low, mode, high, source });
            }
        }
        self
    }
}

const TOP: &[&str] =
    &["judgement", "discount", "order", "payoff", "closing", "snapback", "duration"];

/// Reads a judgement on the steps of a roadmap.
#[must_use]
pub fn read(text: &str, roadmap: &Roadmap) -> Reading {
    let document = notation::read(text);
    let mut reader = Reader {
        judgement: Judgement::default(),
        messages: document.messages,
        steps: roadmap.steps.iter().map(|s| s.id.as_str()).collect(),
        parties: roadmap.parties.iter().map(String::as_str).collect(),
        seen: HashSet::new(),
    };
    for node in &document.document.nodes {
        reader.top(node);
    }
    reader.messages.sort_by_key(Message::start);
    Reading { judgement: reader.judgement, messages: reader.messages }
}

struct Reader<'a> {
    judgement: Judgement,
    messages: Vec<Message>,
    steps: Vec<&'a str>,
    parties: Vec<&'a str>,
    seen: HashSet<(String, String)>,
}

impl Reader<'_> {
    fn error(&mut self, code: &'static str, span: &notation::Span, text: String, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.messages.push(Message::error(code, span.clone(), text, "here").help_if(help));
    }

    fn top(&mut self, node: &Node) {
        match node.name.as_str() {
            "judgement" => {
                self.judgement.by = node.prop("by").and_then(Value::as_text).map(str::to_owned);
            }
            "discount" => {
                if let Some(range) = self.range(node, node.args()) {
                    if range.low <= Exact::zero() || range.high > Exact::one() {
                        let text = "a discount lies above 0 and is at most 1".to_owned();
                        self.error("R203", &node.name_span, text, "write: discount 0.85 0.95");
                    } else {
                        self.judgement.discount = Some(range);
                    }
                }
            }
            "order" => {
                for value in node.args() {
                    if let Some(step) = self.step(node, Some(value)) {
                        self.judgement.order.push(step);
                    }
                }
            }
            "payoff" => {
                let Some(step) = self.step(node, node.arg(0)) else { return };
                self.once(node, &step);
                let mut flows = Vec::new();
                for child in &node.children {
                    let cost = match child.name.as_str() {
                        "cost" => true,
                        "gain" => false,
                        _ => {
                            self.unknown(child, &["cost", "gain"]);
                            continue;
                        }
                    };
                    let party = self.party(child, child.arg(0));
                    let range = self.range(child, child.args().skip(1));
                    if let (Some(party), Some(range)) = (party, range) {
                        let range =
                            if cost { Range { low: -range.high, high: -range.low } } else { range };
                        flows.push((party, range));
                    }
                }
                self.judgement.payoffs.push(Payoff { step, flows });
            }
            "closing" | "snapback" => {
                let party = self.party(node, node.arg(0));
                let range = self.range(node, node.args().skip(1));
                if let (Some(party), Some(range)) = (party, range) {
                    self.once(node, &party);
                    if node.name == "closing" {
                        self.judgement.closing.push((party, range));
                    } else {
                        self.judgement.snapback.push((party, range));
                    }
                }
            }
            "duration" => self.duration(node),
            _ => self.unknown(node, TOP),
        }
    }

    fn duration(&mut self, node: &Node) {
        let Some(step) = self.step(node, node.arg(0)) else { return };
        self.once(node, &step);
        let days: Vec<Option<f64>> = node
            .args()
            .skip(1)
            .map(|v| v.as_number().and_then(|n| n.parse().ok()).filter(|d: &f64| *d >= 0.0))
            .collect();
        let source = node.prop("source").and_then(Value::as_text).map(str::to_owned);
        match days[..] {
            [Some(low), Some(mode), Some(high)] if low <= mode && mode <= high => {
                self.judgement.durations.push(Duration { step, low, mode, high, source });
            }
            _ => {
                let text = "a duration is three numbers of days: at least, most likely, at most";
                let help = "write: duration \"decl\" 60 90 270 source=\"…\"";
                self.error("R205", &node.name_span, text.to_owned(), help);
            }
        }
    }

    fn unknown(&mut self, node: &Node, known: &[&str]) {
        let help = did_you_mean(&node.name, known.iter().copied()).map_or_else(
            || format!("known are: {}", known.join(", ")),
            |w| format!("did you mean `{w}`?"),
        );
        self.error("R201", &node.name_span, format!("`{}` is not known here", node.name), &help);
    }

    /// Each thing is judged once.
    fn once(&mut self, node: &Node, of: &str) {
        if !self.seen.insert((node.name.clone(), of.to_owned())) {
            let text = format!("`{} \"{of}\"` is given twice", node.name);
            self.error("R204", &node.name_span, text, "remove one of them");
        }
    }

    fn name(
        &mut self,
        node: &Node,
        value: Option<&Value>,
        what: &str,
        known: &[&str],
    ) -> Option<String> {
        let Some((name, span)) = value.and_then(|v| Some((v.as_text()?, &v.span))) else {
            self.error(
                "R202",
                &node.name_span,
                format!("`{}` needs the id of a {what}", node.name),
                "",
            );
            return None;
        };
        if known.contains(&name) {
            return Some(name.to_owned());
        }
        let help =
            did_you_mean(name, known.iter().copied()).map(|w| format!("did you mean `{w}`?"));
        let text = format!("the roadmap has no {what} `{name}`");
        self.error("R202", span, text, &help.unwrap_or_default());
        None
    }

    fn step(&mut self, node: &Node, value: Option<&Value>) -> Option<String> {
        self.name(node, value, "step", &self.steps.clone())
    }

    fn party(&mut self, node: &Node, value: Option<&Value>) -> Option<String> {
        self.name(node, value, "party", &self.parties.clone())
    }

    /// One number, or the least and the most.
    fn range<'v>(&mut self, node: &Node, values: impl Iterator<Item = &'v Value>) -> Option<Range> {
        let numbers: Vec<Option<Exact>> = values.map(|v| v.as_number().and_then(exact)).collect();
        match &numbers[..] {
            [Some(one)] => Some(Range::point(one.clone())),
            [Some(low), Some(high)] if low <= high => {
                Some(Range { low: low.clone(), high: high.clone() })
            }
            _ => {
                let text = format!("`{}` needs one number, or the least and the most", node.name);
                self.error("R203", &node.name_span, text, "write: gain \"US\" 3 6");
                None
            }
        }
    }
}
