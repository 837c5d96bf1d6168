//! The forms of a step.

use notation::{Node, Value};
use statement::{Decimal, ObjectId};

use super::{Once, Reader, Refers};
use crate::model::{
    Condition, Duration, Effect, InStepWith, Moment, Owes, Payoff, Postponement, Quota, Recurrence,
    Reversal, Share, Step, Wait,
};

/// Everything a step may say.
pub(crate) const STEP: &[&str] = &[
    "title",
    "by",
    "share",
    "due",
    "not-before",
    "postponed",
    "after",
    "wait",
    "owes",
    "prepares",
    "blocks",
    "condition",
    "amount",
    "tranche",
    "verified-by",
    "test",
    "dispute-window",
    "in-step-with",
    "suspended-if",
    "restored-if",
    "suspends",
    "snaps-back",
    "restores",
    "reversed-by",
    "resumed-by",
    "by-default",
    "on-breach",
    "every",
    "option",
    "effort",
    "outside-text",
    "reversal",
    "detected-within",
    "quota",
    "duration",
    "payoff",
    "step",
];

/// What may be said of a step only once.
const SINGLE: &[&str] = &[
    "title",
    "due",
    "not-before",
    "amount",
    "tranche",
    "verified-by",
    "test",
    "dispute-window",
    "by-default",
    "every",
    "option",
    "effort",
    "outside-text",
    "reversal",
    "detected-within",
    "quota",
    "duration",
];

impl Reader {
    pub(super) fn step(&mut self, node: &Node, part_of: Option<(&ObjectId, &[String])>) {
        self.properties(node, &["by", "effect"]);
        let Some((id, span)) = self.new_id(node, "step") else { return };
        let mut step = Step::new(id, span);
        step.part_of = part_of.map(|(id, _)| id.clone());
        if let Some(by) = node.prop("by") {
            self.party(node, by, &mut step.by);
        }
        if node.prop("effect").is_some() {
            step.effect = self.word(node, node.prop("effect"), &Effect::ALL);
        }
        let mut once = Once::default();
        for child in &node.children {
            if SINGLE.contains(&child.name.as_str()) {
                self.once(&mut once, child);
            }
            self.part(child, &mut step);
        }
        if step.by.is_empty() {
            // A part of a step is done by whoever does the whole, unless it says otherwise.
            step.by = part_of.map(|(_, by)| by.to_vec()).unwrap_or_default();
        }
        if step.by.is_empty() {
            step.by = step.shares.iter().map(|s| s.party.clone()).collect();
        }
        if step.by.is_empty() {
            let help = "write: by \"DPRK\"".to_owned();
            let text = format!("nobody is to do the step `{}`", step.id);
            self.error("R011", &step.span, text, Some(help));
        }
        let (id, by) = (step.id.clone(), step.by.clone());
        self.roadmap.steps.push(step);
        for child in node.children.iter().filter(|c| c.name == "step") {
            self.step(child, Some((&id, &by)));
        }
    }

    fn part(&mut self, node: &Node, step: &mut Step) {
        let id = step.id.clone();
        match node.name.as_str() {
            "title" => {
                self.properties(node, &[]);
                self.no_more(node, 1);
                step.title = self.text(node, node.arg(0), "a title").unwrap_or_default();
            }
            "by" => step.by.extend(self.parties(node)),
            "share" => step.shares.extend(self.share(node)),
            "due" => step.due = self.due(node, &id),
            "not-before" => {
                self.properties(node, &[]);
                self.no_more(node, 1);
                step.not_before = self.date(node, node.arg(0), "a date in quotes");
            }
            "postponed" => {
                self.properties(node, &["on", "reason", "plea"]);
                self.no_more(node, 1);
                let due = self.date(node, node.arg(0), "the new date");
                let on = self.date(node, node.prop("on"), "the property `on`: when it was agreed");
                let reason = self.text(node, node.prop("reason"), "the property `reason`");
                let plea = self.optional_text(node, "plea");
                if let (Some(due), Some(on), Some(reason)) = (due, on, reason) {
                    step.postponed.push(Postponement { due, on, reason, plea });
                }
            }
            "after" => step.after.extend(self.all_named(node, Refers::Step, Some(&id))),
            "wait" => {
                self.properties(node, &["days", "weeks", "months", "years", "round", "after"]);
                self.no_more(node, 0);
                let length = self.needed_length(node);
                let of = self.named(node, node.prop("after"), Refers::Step, Some(&id));
                if let (Some(length), Some(of)) = (length, of) {
                    step.waits.push(Wait { length, of, span: node.name_span.clone() });
                }
            }
            "owes" => {
                self.properties(node, &["days", "weeks", "months", "years", "round"]);
                self.no_more(node, 1);
                let within = self.length(node);
                if let Some(owed) = self.named(node, node.arg(0), Refers::Step, Some(&id)) {
                    step.owes.push(Owes { step: owed, within, span: node.name_span.clone() });
                }
            }
            "prepares" => step.prepares.extend(self.all_named(node, Refers::Step, Some(&id))),
            "blocks" => step.blocks.extend(self.all_named(node, Refers::Step, Some(&id))),
            "in-step-with" => self.in_step_with(node, step),
            "suspended-if" => step.suspended_if.extend(self.state_of(node, Some(&id))),
            "restored-if" => step.restored_if.extend(self.state_of(node, Some(&id))),
            "suspends" => step.suspends.extend(self.all_named(node, Refers::Step, Some(&id))),
            "snaps-back" => step.snaps_back.extend(self.all_named(node, Refers::Step, Some(&id))),
            "restores" => step.restores.extend(self.all_named(node, Refers::Step, Some(&id))),
            // What undoes a step is an event of the record as often as a step of the text.
            "reversed-by" => step.reversed_by.extend(self.of_record(node)),
            "resumed-by" => step.resumed_by.extend(self.of_record(node)),
            "by-default" => {
                self.properties(node, &[]);
                self.no_more(node, 1);
                step.by_default = self.named(node, node.arg(0), Refers::Step, Some(&id));
            }
            "on-breach" => step.on_breach.extend(self.all_named(node, Refers::Answer, Some(&id))),
            "condition" => self.condition(node, step),
            "amount" => {
                self.properties(node, &["unit"]);
                self.no_more(node, 1);
                step.amount = self.amount(node);
            }
            "tranche" => {
                self.properties(node, &["unit"]);
                self.no_more(node, 1);
                step.tranche = self.amount(node);
            }
            "verified-by" => step.verified_by = self.role_or_party(node),
            "test" => {
                self.properties(node, &[]);
                self.no_more(node, 1);
                step.test = self.text(node, node.arg(0), "the test in words");
            }
            "dispute-window" => {
                self.properties(node, &["days"]);
                self.no_more(node, 0);
                step.dispute_days = self.number(node, node.prop("days"), "a whole number of days");
            }
            "every" => self.every(node, step),
            "option" => {
                self.properties(node, &["lapses"]);
                self.no_more(node, 0);
                let lapses = node.prop("lapses").and_then(|v| self.moment(node, v, Some(&id)));
                step.option = Some(lapses);
            }
            "effort" | "outside-text" => {
                self.properties(node, &[]);
                self.no_more(node, 0);
                if node.name == "effort" {
                    step.effort = true;
                } else {
                    step.outside_text = true;
                }
            }
            "reversal" => step.reversal = self.reversal(node),
            "detected-within" => {
                self.properties(node, &["days"]);
                self.no_more(node, 0);
                step.detection_days =
                    self.number(node, node.prop("days"), "a whole number of days");
            }
            "quota" => step.quota = self.quota(node),
            "duration" => self.duration(node, step),
            "payoff" => self.payoff(node, step),
            "step" => {}
            _ => self.unknown(node, STEP),
        }
    }

    fn share(&mut self, node: &Node) -> Option<Share> {
        self.properties(node, &["unit"]);
        self.no_more(node, 2);
        let mut party = Vec::new();
        match node.arg(0) {
            Some(value) => self.party(node, value, &mut party),
            None => self.error("R003", &node.name_span, "`share` needs a party", None),
        }
        let value = self.number::<Decimal>(node, node.arg(1), "a number")?;
        let Some(unit) = node.prop("unit") else {
            let help = "write: share \"ROK\" 50000 unit=\"t HFO\"".to_owned();
            self.error("R009", &node.name_span, "an amount without its unit", Some(help));
            return None;
        };
        let unit = self.text(node, Some(unit), "a unit")?;
        let span = node.name_span.clone();
        Some(Share { party: party.pop()?, amount: value, unit, span })
    }

    fn in_step_with(&mut self, node: &Node, step: &mut Step) {
        self.properties(node, &["lead", "first"]);
        let lead = self.lead(node, node.prop("lead"));
        let first = node.prop("first").and_then(|v| self.id(node, v));
        if let (Some(first), Some(value)) = (&first, node.prop("first")) {
            let named = node.args().any(|v| v.as_text() == Some(first.as_str()));
            if !named && *first != step.id {
                let text = "`first` names one of the two steps that go together";
                let help = format!("write first=\"{}\" or the other", step.id);
                self.error("R044", &value.span, text, Some(help));
            }
        }
        if node.arg(0).is_none() {
            self.error("R003", &node.name_span, "`in-step-with` needs the id of a step", None);
        }
        for value in node.args() {
            if let Some(with) = self.named(node, Some(value), Refers::Step, Some(&step.id)) {
                let (first, span) = (first.clone(), node.name_span.clone());
                step.in_step_with.push(InStepWith { with, lead, first, span });
            }
        }
    }

    /// A fraction, written as `0.25` or `"25%"`.
    fn lead(&mut self, node: &Node, value: Option<&Value>) -> Option<Decimal> {
        let value = value?;
        let text = self.text(node, Some(value), "a fraction")?;
        let read = match text.strip_suffix('%') {
            None => text.parse::<Decimal>().ok(),
            Some(percent) => percent
                .trim()
                .parse::<Decimal>()
                .ok()
                .and_then(|p| p.exact().checked_div(100.into()))
                .map(Decimal::from),
        };
        let lead = read.filter(|l| *l >= Decimal::ZERO && *l <= Decimal::from(1));
        if lead.is_none() {
            let text = format!("`{text}` is not a fraction between 0 and 1");
            let help = "write lead=0.25 or lead=\"25%\"".to_owned();
            self.error("R048", &value.span, text, Some(help));
        }
        lead
    }

    fn condition(&mut self, node: &Node, step: &mut Step) {
        self.properties(node, &["by", "added"]);
        self.no_more(node, 1);
        let text = self.text(node, node.arg(0), "the condition in words");
        let by = node.prop("by").and_then(|v| {
            let mut by = Vec::new();
            self.party(node, v, &mut by);
            by.pop()
        });
        let added = self.optional_date(node, "added");
        step.conditions.extend(text.map(|text| Condition { text, by, added }));
    }

    fn every(&mut self, node: &Node, step: &mut Step) {
        self.properties(node, &["days", "weeks", "months", "years", "round", "from", "until"]);
        self.no_more(node, 0);
        let every = self.needed_length(node);
        let from = match node.prop("from") {
            Some(value) => self.moment(node, value, Some(&step.id)),
            None => {
                let text = "`every` needs the property `from`: a date, or the step it counts from";
                self.error("R003", &node.name_span, text, None);
                None
            }
        };
        let until = node.prop("until").and_then(|v| self.moment(node, v, Some(&step.id)));
        if let (Some(every), Some(from)) = (every, from) {
            if matches!(every, crate::model::Length::Days(0) | crate::model::Length::Months(0, _)) {
                self.error("R048", &node.name_span, "every 0 days is no interval", None);
                return;
            }
            step.every = Some(Recurrence { every, from, until });
        }
    }

    /// `days=` and `most=`: an interval whose upper end is the lower one when it is not given.
    fn interval(&mut self, node: &Node) -> Option<(u32, u32)> {
        let what = "a whole number of days";
        let least = self.number::<u32>(node, node.prop("days"), what)?;
        let most = self.optional_number(node, "most", what).unwrap_or(least);
        if most < least {
            let text = format!("{most} days at the most is less than {least} at the least");
            self.error("R048", &node.name_span, text, None);
            return None;
        }
        Some((least, most))
    }

    fn reversal(&mut self, node: &Node) -> Option<Reversal> {
        self.properties(node, &["days", "most", "cost", "unit", "source", "assessed-by"]);
        self.no_more(node, 0);
        let interval = self.interval(node);
        let source = self.text(node, node.prop("source"), "the property `source`: whose judgement");
        let assessed_by = self.optional_text(node, "assessed-by");
        let cost = match (node.prop("cost"), node.prop("unit")) {
            (Some(cost), Some(unit)) => {
                let unit = self.text(node, Some(unit), "a unit");
                self.number::<Decimal>(node, Some(cost), "a number").zip(unit)
            }
            (Some(cost), None) => {
                let help = "write: cost=20 unit=\"million USD\"".to_owned();
                self.error("R009", &cost.span, "a cost without its unit", Some(help));
                None
            }
            _ => None,
        };
        let ((least_days, most_days), source) = interval.zip(source)?;
        Some(Reversal { least_days, most_days, cost, source, assessed_by })
    }

    pub(super) fn quota(&mut self, node: &Node) -> Option<Quota> {
        self.properties(node, &["per", "sites", "each"]);
        self.no_more(node, 1);
        let most = self.number(node, node.arg(0), "a whole number of visits");
        let per = self.text(node, node.prop("per"), "the property `per`: in what time");
        let sites = self.number(node, node.prop("sites"), "a whole number of sites");
        let each = self.optional_number(node, "each", "a whole number of visits").unwrap_or(1);
        let span = node.name_span.clone();
        Some(Quota { most: most?, per: per?, sites: sites?, each, span })
    }

    fn duration(&mut self, node: &Node, step: &mut Step) {
        self.properties(node, &["days", "likely", "most", "source"]);
        self.no_more(node, 0);
        let likely = self.optional_number(node, "likely", "a whole number of days");
        let source = self.optional_text(node, "source");
        if let Some((least, most)) = self.interval(node) {
            if likely.is_some_and(|l: u32| l < least || l > most) {
                let text = "the most likely duration lies outside its own bounds";
                self.error("R048", &node.name_span, text, None);
                return;
            }
            step.duration = Some(Duration { least, likely, most, source });
        }
    }

    fn payoff(&mut self, node: &Node, step: &mut Step) {
        self.properties(node, &["most"]);
        self.no_more(node, 2);
        let mut party = Vec::new();
        match node.arg(0) {
            Some(value) => self.party(node, value, &mut party),
            None => self.error("R003", &node.name_span, "`payoff` needs a party", None),
        }
        let least = self.number::<Decimal>(node, node.arg(1), "a number");
        let most = self.optional_number::<Decimal>(node, "most", "a number");
        if let (Some(party), Some(least)) = (party.pop(), least) {
            let most = most.unwrap_or(least);
            if most < least {
                let text = format!("{most} at the most is less than {least} at the least");
                self.error("R048", &node.name_span, text, None);
                return;
            }
            step.payoffs.push(Payoff { party, least, most, span: node.name_span.clone() });
        }
    }

    /// A moment given by a child's first argument.
    pub(super) fn moment_of(&mut self, node: &Node, from: &ObjectId) -> Option<Moment> {
        self.properties(node, &[]);
        self.no_more(node, 1);
        match node.arg(0) {
            Some(value) => self.moment(node, value, Some(from)),
            None => {
                let text = format!("`{}` needs a date, or the id of what happens then", node.name);
                self.error("R003", &node.name_span, text, None);
                None
            }
        }
    }
}
