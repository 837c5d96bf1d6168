//! Scenarios: a course of events with the states expected, kept beside a roadmap and run by `lockstep roadmap test`.
//!
//! ```text
//! scenario "aid stops when the seals are broken" {
//!     claim "ia-1" on="2007-04-10" by="DPRK"
//!     verify "ia-1" on="2007-04-12" by="IAEA"
//!     event "seals-broken" on="2007-05-02"
//!     expect "2007-04-20" {
//!         step "ia-1" state="verified" timeliness="on_time" regime="in_force" slip-days=-4
//!     }
//! }
//! ```

use case::{Index, StepStatement};
use notation::{Message, Node, Span, Value, did_you_mean};
use statement::kinds::roadmap::{
    Measure, Progress, StepClaim, StepDispute, StepPostpone, StepSettle, StepVerify,
};
use statement::{Bound, Claim, Date, Decimal, ObjectId, PartyId, Quantity, QuantityKind, civil};

use crate::engine::status_in;
use crate::model::Roadmap;
use crate::status::Status;

/// One course of events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What is said of steps.
    pub facts: Vec<ScenarioFact>,
    /// What happens around them.
    pub events: Vec<ScenarioEvent>,
    /// Figures stated.
    pub figures: Vec<ScenarioFigure>,
    /// What is expected, day by day.
    pub expect: Vec<Expectation>,
}

/// Something said of a step. `because` holds its number in the scenario, as entries of a ledger have numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioFact {
    /// What.
    pub body: StepStatement,
    /// By whom.
    pub party: PartyId,
    /// Its number.
    pub because: Vec<Index>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioEvent {
    /// Its id.
    pub id: ObjectId,
    /// When.
    pub on: Date,
    /// Who acted, where it matters.
    pub party: Option<PartyId>,
    /// Its number.
    pub because: Vec<Index>,
}

/// A figure stated.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioFigure {
    /// A name for it.
    pub id: ObjectId,
    /// The figure.
    pub claim: Claim,
    /// Its number.
    pub because: Vec<Index>,
}

/// What is expected on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The day.
    pub on: civil::Date,
    /// What is expected of each thing.
    pub of: Vec<Expected>,
}

/// What is expected of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// What it is: `step`, `power`, `limit`, `lasting`, `bundle`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Each property with the value expected and its place in the text.
    pub properties: Vec<(String, String, Span)>,
    /// Where it stands in the text.
    pub span: Span,
}

/// What a run of a scenario showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The scenario.
    pub name: String,
    /// How many single expectations were met.
    pub met: usize,
    /// Those that were not.
    pub failures: Vec<Message>,
}

const FORMS: &[&str] = &[
    "claim", "verify", "dispute", "settle", "postpone", "suspend", "restore", "grant", "event",
    "figure", "expect",
];

const PROGRESS: [(Progress, &str); 8] = [
    (Progress::Done, "done"),
    (Progress::Partly, "partly"),
    (Progress::NotCompleted, "not_completed"),
    (Progress::Refused, "refused"),
    (Progress::Failed, "failed"),
    (Progress::Reversed, "reversed"),
    (Progress::Waived, "waived"),
    (Progress::Overtaken, "overtaken"),
];

/// Reads a file of scenarios. What is wrong is told at once.
#[must_use]
pub fn read_scenarios(text: &str) -> (Vec<Scenario>, Vec<Message>) {
    let reading = notation::read(text);
    let mut reader = Reader { messages: reading.messages };
    let mut out = Vec::new();
    for node in &reading.document.nodes {
        if node.name != "scenario" {
            reader.unknown(node, &["scenario"]);
            continue;
        }
        out.push(reader.scenario(node));
    }
    reader.messages.sort_by_key(Message::start);
    (out, reader.messages)
}

/// Runs a scenario.
#[must_use]
pub fn run(roadmap: &Roadmap, scenario: &Scenario) -> Outcome {
    let mut outcome = Outcome { name: scenario.name.clone(), met: 0, failures: Vec::new() };
    for expectation in &scenario.expect {
        let status = status_in(roadmap, scenario, expectation.on);
        for Expected { kind, id, properties, span } in &expectation.of {
            let Some((found, why)) = look_up(&status, kind, id) else {
                let text = format!("there is no {kind} `{id}` in this roadmap");
                let message = Message::error("R049", span.clone(), text, "here");
                outcome.failures.push(message);
                continue;
            };
            for (name, expected, place) in properties {
                let Some((_, actual)) = found.iter().find(|(n, _)| n == name) else {
                    let names: Vec<&str> = found.iter().map(|(n, _)| *n).collect();
                    let help = did_you_mean(name, names.iter().copied()).map_or_else(
                        || format!("known are: {}", names.join(", ")),
                        |w| format!("did you mean `{w}`?"),
                    );
                    let text = format!("a {kind} has no `{name}` to be expected");
                    outcome
                        .failures
                        .push(Message::error("R049", place.clone(), text, "here").help(help));
                    continue;
                };
                if actual == expected {
                    outcome.met += 1;
                    continue;
                }
                let text = format!(
                    "on {} `{id}` has {name} {}, not {expected}",
                    expectation.on,
                    if actual.is_empty() { "none" } else { actual }
                );
                let mut message = Message::error("R050", place.clone(), text, "expected this");
                if !why.is_empty() {
                    message = message.help(why.join("; "));
                }
                outcome.failures.push(message);
            }
        }
    }
    outcome
}

/// The word of the JSON for a state: its name in snake case.
fn word(state: impl std::fmt::Debug) -> String {
    let mut out = String::new();
    for c in format!("{state:?}").chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

type Found = (Vec<(&'static str, String)>, Vec<String>);

fn look_up(status: &Status, kind: &str, id: &str) -> Option<Found> {
    let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
    let date = |d: &Option<Date>| d.as_ref().map_or_else(String::new, ToString::to_string);
    match kind {
        "step" => {
            let s = status.steps.iter().find(|s| s.id.as_str() == id)?;
            let waiting: Vec<&str> = s.waiting_for.iter().map(|w| w.as_str()).collect();
            let reversed: Vec<&str> = s.rests_on_reversed.iter().map(|w| w.as_str()).collect();
            let fields = vec![
                ("state", word(s.state)),
                ("timeliness", word(s.timeliness)),
                ("dispute", word(s.dispute)),
                ("regime", word(s.regime)),
                ("due", date(&s.due)),
                ("due-now", date(&s.due_now)),
                ("actual", date(&s.actual)),
                ("slip-days", number(s.slip_days)),
                ("slip-days-most", number(s.slip_days_most)),
                ("overdue-days", number(s.overdue_days)),
                ("waiting-for", waiting.join(" ")),
                ("rests-on-reversed", reversed.join(" ")),
                ("regime-since", date(&s.regime_since)),
                ("done", s.done.as_ref().map_or_else(String::new, ToString::to_string)),
                ("missed", s.turns.as_ref().map_or(0, |t| t.missed.len()).to_string()),
            ];
            Some((fields, s.why.clone()))
        }
        "power" => {
            let p = status.powers.iter().find(|p| p.id.as_str() == id)?;
            let fields = vec![
                ("state", word(p.state)),
                ("takes-effect", date(&p.takes_effect)),
                ("window", p.window.clone().unwrap_or_default()),
                ("last-useful-day", date(&p.last_useful_day)),
                ("used-by", p.used_by.join(" ")),
            ];
            Some((fields, p.why.clone()))
        }
        "limit" => {
            let of = |l: &&crate::limits::LimitStatus| {
                l.in_text.as_ref().is_some_and(|t| t.as_str() == id) || l.id.as_str() == id
            };
            let l = status.limits.iter().find(of)?;
            let cured = l.readings.iter().filter(|r| r.cured_on.is_some()).count();
            let fields = vec![
                ("exceeded", l.exceeded.to_string()),
                ("cured", cured.to_string()),
                ("limit", l.limit.clone()),
            ];
            Some((fields, Vec::new()))
        }
        "lasting" => {
            let l = status.lasting.iter().find(|l| l.id.as_str() == id)?;
            Some((vec![("state", word(l.state))], l.why.clone()))
        }
        "bundle" => {
            let b = status.bundles.iter().find(|b| b.id.as_str() == id)?;
            let one_day = b.one_day.map_or_else(String::new, |d| d.to_string());
            let fields = vec![
                ("done", b.done.to_string()),
                ("effective", date(&b.effective)),
                ("one-day", one_day),
            ];
            Some((fields, Vec::new()))
        }
        _ => None,
    }
}

struct Reader {
    messages: Vec<Message>,
}

impl Reader {
    fn error(&mut self, span: &Span, text: String, help: Option<String>) {
        self.messages.push(Message::error("R049", span.clone(), text, "here").help_if(help));
    }

    fn unknown(&mut self, node: &Node, known: &[&str]) {
        let help = did_you_mean(&node.name, known.iter().copied()).map_or_else(
            || format!("known are: {}", known.join(", ")),
            |w| format!("did you mean `{w}`?"),
        );
        self.error(&node.name_span, format!("`{}` is not known here", node.name), Some(help));
    }

    fn parse<T: std::str::FromStr>(
        &mut self,
        node: &Node,
        value: Option<&Value>,
        what: &str,
    ) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let Some(text) = value.and_then(Value::as_text) else {
            self.error(&node.name_span, format!("`{}` needs {what}", node.name), None);
            return None;
        };
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        text.parse().map_err(|e: T::Err| self.error(&span, e.to_string(), None)).ok()
    }

    fn scenario(&mut self, node: &Node) -> Scenario {
        let name = node.arg(0).and_then(Value::as_text).unwrap_or_default().to_owned();
        if name.is_empty() {
            self.error(&node.name_span, "a scenario needs its name".into(), None);
        }
        let mut scenario = Scenario { name, ..Scenario::default() };
        for (i, child) in node.children.iter().enumerate() {
            self.form(child, i as Index, &mut scenario);
        }
        scenario
    }

    fn form(&mut self, node: &Node, number: Index, scenario: &mut Scenario) {
        if !FORMS.contains(&node.name.as_str()) {
            return self.unknown(node, FORMS);
        }
        const ALLOWED: &[&str] = &[
            "on",
            "by",
            "progress",
            "amount",
            "unit",
            "cumulative",
            "or-before",
            "reason",
            "due",
            "counted-done",
            "counted-of",
            "of",
            "bound",
        ];
        for (name, span, _) in node.props().filter(|(n, _, _)| !ALLOWED.contains(n)) {
            let help =
                did_you_mean(name, ALLOWED.iter().copied()).map(|w| format!("did you mean `{w}`?"));
            self.error(span, format!("`{}` has no property `{name}`", node.name), help);
        }
        match node.name.as_str() {
            "expect" => return self.expect(node, scenario),
            "event" => {
                let id = self.parse(node, node.arg(0), "an id");
                let on = self.parse(node, node.prop("on"), "the property `on`");
                let party = node.prop("by").and_then(|by| self.parse(node, Some(by), "a party"));
                if let (Some(id), Some(on)) = (id, on) {
                    scenario.events.push(ScenarioEvent { id, on, party, because: vec![number] });
                }
                return;
            }
            "figure" => return self.figure(node, number, scenario),
            _ => {}
        }
        let Some(step) = self.parse::<ObjectId>(node, node.arg(0), "the id of a step") else {
            return;
        };
        let party = match node.prop("by") {
            Some(by) => self.parse(node, Some(by), "a party"),
            None => "desk".parse().ok(),
        };
        let on: Option<Date> = node.prop("on").and_then(|v| self.parse(node, Some(v), "a date"));
        let reason = node.prop("reason").and_then(Value::as_text).map(str::to_owned);
        let amount = self.amount(node);
        let needs_date = !matches!(node.name.as_str(), "claim" | "dispute");
        if needs_date && on.is_none() {
            return self.error(
                &node.name_span,
                format!("`{}` needs the property `on`", node.name),
                None,
            );
        }
        let progress = match node.prop("progress") {
            None => Some(Progress::Done),
            Some(v) => self.progress(v),
        };
        let count = |r: &mut Self, name: &str| {
            node.prop(name).and_then(|v| r.parse::<u32>(node, Some(v), "a whole number"))
        };
        let flag = |name: &str| node.prop(name).and_then(Value::as_bool).unwrap_or(false);
        let said = reason.clone().unwrap_or_else(|| "as the scenario says".to_owned());
        let measure =
            |on: Date| Measure { amount: None, measure: step.clone(), on, reason: reason.clone() };
        let body = match (node.name.as_str(), on) {
            ("claim", on) => progress.map(|progress| {
                StepStatement::Claim(StepClaim {
                    cumulative: flag("cumulative") && amount.is_some(),
                    amount: amount.clone(),
                    or_before: flag("or-before") && on.is_some(),
                    on,
                    progress,
                    reason: reason.clone(),
                    step: step.clone(),
                })
            }),
            ("dispute", on) => Some(StepStatement::Dispute(StepDispute {
                counted_done: count(self, "counted-done"),
                counted_of: count(self, "counted-of"),
                on,
                reason: said,
                step: step.clone(),
            })),
            ("verify", Some(on)) => {
                Some(StepStatement::Verify(StepVerify { amount, on, step: step.clone() }))
            }
            ("settle", Some(on)) => progress.map(|progress| {
                StepStatement::Settle(StepSettle { on, progress, reason: said, step: step.clone() })
            }),
            ("postpone", Some(on)) => {
                self.parse(node, node.prop("due"), "the property `due`").map(|due| {
                    StepStatement::Postpone(StepPostpone {
                        due,
                        on,
                        reason: said,
                        step: step.clone(),
                    })
                })
            }
            ("suspend", Some(on)) => Some(StepStatement::Suspend(measure(on))),
            ("restore", Some(on)) => Some(StepStatement::Restore(measure(on))),
            ("grant", Some(on)) => Some(StepStatement::Grant(measure(on))),
            _ => None,
        };
        if let (Some(body), Some(party)) = (body, party) {
            scenario.facts.push(ScenarioFact { body, party, because: vec![number] });
        }
    }

    fn progress(&mut self, value: &Value) -> Option<Progress> {
        let text = value.as_text().unwrap_or_default();
        let found = PROGRESS.iter().find(|(_, w)| *w == text).map(|(p, _)| *p);
        if found.is_none() {
            let words = PROGRESS.iter().map(|(_, w)| *w);
            let help = did_you_mean(text, words.clone()).map_or_else(
                || format!("known are: {}", words.collect::<Vec<_>>().join(", ")),
                |w| format!("did you mean `{w}`?"),
            );
            self.error(&value.span, format!("`{text}` is not a state of progress"), Some(help));
        }
        found
    }

    fn amount(&mut self, node: &Node) -> Option<Quantity> {
        let value = node.prop("amount")?;
        let amount = self.parse::<Decimal>(node, Some(value), "a number");
        let Some(unit) = node.prop("unit").and_then(Value::as_text) else {
            self.error(&value.span, "an amount without its unit".into(), None);
            return None;
        };
        Some(Quantity { sigma: None, unit: unit.to_owned(), value: amount? })
    }

    fn figure(&mut self, node: &Node, number: Index, scenario: &mut Scenario) {
        let value = self.parse::<Decimal>(node, node.arg(0), "a number");
        let on = self.parse::<Date>(node, node.prop("on"), "the property `on`");
        let Some(unit) = node.prop("unit").and_then(Value::as_text) else {
            return self.error(&node.name_span, "a figure needs its unit".into(), None);
        };
        let bound = match node.prop("bound").and_then(Value::as_text) {
            None => Bound::Equal,
            Some("at-most") => Bound::AtMost,
            Some("at-least") => Bound::AtLeast,
            Some(other) => {
                let help = "known are: at-most, at-least".to_owned();
                return self.error(&node.name_span, format!("`{other}` is no bound"), Some(help));
            }
        };
        let of = node.prop("of").and_then(Value::as_text).map(str::to_owned);
        let id = format!("figure.{number}").parse();
        if let (Some(value), Some(on), Ok(id)) = (value, on, id) {
            let claim = Claim {
                as_of: Some(on),
                bound,
                high: None,
                kind: QuantityKind::Stock,
                material: of,
                sigma: None,
                unit: Some(unit.to_owned()),
                value: Some(value),
                what: String::new(),
            };
            scenario.figures.push(ScenarioFigure { id, claim, because: vec![number] });
        }
    }

    fn expect(&mut self, node: &Node, scenario: &mut Scenario) {
        let Some(date) = self.parse::<Date>(node, node.arg(0), "a day") else { return };
        let Some(on) = date.exact() else {
            return self.error(&node.name_span, "a state is expected on one day".into(), None);
        };
        let mut of = Vec::new();
        for child in &node.children {
            let kinds = ["step", "power", "limit", "lasting", "bundle"];
            if !kinds.contains(&child.name.as_str()) {
                self.unknown(child, &kinds);
                continue;
            }
            let Some(id) = child.arg(0).and_then(Value::as_text) else {
                self.error(&child.name_span, format!("`{}` needs an id", child.name), None);
                continue;
            };
            let properties: Vec<(String, String, Span)> = child
                .props()
                .map(|(name, _, value)| {
                    let text = match value.as_bool() {
                        Some(b) => b.to_string(),
                        None => value.as_text().unwrap_or_default().to_owned(),
                    };
                    (name.to_owned(), text, value.span.clone())
                })
                .collect();
            if properties.is_empty() {
                self.error(&child.name_span, format!("nothing is expected of `{id}`"), None);
            }
            of.push(Expected {
                kind: child.name.clone(),
                id: id.to_owned(),
                properties,
                span: child.name_span.clone(),
            });
        }
        scenario.expect.push(Expectation { on, of });
    }
}
