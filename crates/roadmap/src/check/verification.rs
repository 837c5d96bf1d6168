//! Who certifies, who can, who is bound at all; what can be undone before it is noticed.

use std::collections::HashSet;

use notation::{Message, Severity, Span};

use super::Checker;
use super::proportion::outside;
use crate::model::{Effect, Step};

impl<'a> Checker<'a> {
    pub(super) fn verification(&mut self) {
        self.nobody_verifies();
        self.nobody_can();
        self.outsiders();
        self.limits_unmeasured();
        for step in &self.roadmap.steps {
            self.reversal(step);
        }
        self.irreversible_first();
    }

    /// Steps that change something and that nobody certifies.
    fn nobody_verifies(&mut self) {
        let roadmap = self.roadmap;
        let found: Vec<(&Span, &str)> = roadmap
            .steps
            .iter()
            .filter(|s| s.is_duty() && !s.effort && s.verified_by.is_none())
            .filter(|s| s.amount.is_some() || s.effect.is_some())
            // A part is certified with the whole.
            .filter(|s| {
                s.part_of
                    .as_ref()
                    .and_then(|p| self.find(p))
                    .is_none_or(|p| p.verified_by.is_none())
            })
            .map(|s| (&s.span, s.id.as_str()))
            .collect();
        self.together(
            "R015",
            Severity::Warning,
            &found,
            |names| format!("nobody certifies what is counted or changed here: {names}"),
            "no `verified-by`",
            "write: verified-by \"IAEA\", or a role",
        );
    }

    /// Certifiers who may not, or who would certify themselves.
    fn nobody_can(&mut self) {
        let roadmap = self.roadmap;
        for role in &roadmap.roles {
            let holders: HashSet<&String> = role.holders.iter().collect();
            if role.quorum == 0 || usize::try_from(role.quorum).is_ok_and(|q| q > holders.len()) {
                let text = format!(
                    "`{}` needs {} of its {} holders",
                    role.name,
                    role.quorum,
                    holders.len()
                );
                let help = "the quorum lies between 1 and the number of holders";
                self.error("R016", &role.span, text, "this role", help);
            }
        }
        for step in &roadmap.steps {
            let Some(name) = &step.verified_by else { continue };
            let role = roadmap.roles.iter().find(|r| r.name == *name);
            if let Some(role) = role
                && !["verify", "certify", "monitor"].contains(&role.may.as_str())
            {
                let text = format!(
                    "the role `{name}` may {}, which is not to certify `{}`",
                    role.may, step.id
                );
                let help = "name a role with may=\"verify\"";
                self.error("R016", &step.span, text, "this step", help);
            }
            let certifiers = roadmap.certifiers(step);
            let all = step.by.iter().any(|p| p == "all");
            let judges_itself = !certifiers.is_empty()
                && certifiers.iter().all(|c| all || step.by.iter().any(|p| p == c));
            if judges_itself {
                let text = format!("only whoever does `{}` certifies it", step.id);
                let help = "name somebody else, or more than one";
                self.warn("R016", &step.span, text, "certifies itself", help);
            }
        }
    }

    /// Steps that hang on someone whom the agreement does not bind.
    fn outsiders(&mut self) {
        let roadmap = self.roadmap;
        let out: HashSet<&str> = roadmap.outside_parties.iter().map(String::as_str).collect();
        if out.is_empty() {
            return;
        }
        let help =
            "make it a party, or say what happens when it does not act (by-default, on-breach)";
        for step in roadmap.steps.iter().filter(|s| !s.outside_text) {
            if let Some(party) = outside(step.by.iter(), &out) {
                let text =
                    format!("`{}` hangs on {party}, which the agreement does not bind", step.id);
                self.warn("R029", &step.span, text, "this step", help);
            } else if let Some(name) =
                roadmap.certifiers(step).into_iter().find(|c| out.contains(c))
            {
                let text =
                    format!("{name} certifies `{}` and is not bound by the agreement", step.id);
                self.warn("R029", &step.span, text, "this step", help);
            }
        }
        for power in &roadmap.powers {
            if let Some(party) = outside(power.holders.iter(), &out) {
                let text = format!(
                    "{party} holds the power `{}` and is not bound by the agreement",
                    power.id
                );
                self.warn("R029", &power.span, text, "this power", help);
            }
        }
    }

    fn limits_unmeasured(&mut self) {
        for limit in &self.roadmap.limits {
            if limit.measured_by.is_none() {
                let text = format!("nobody measures the limit `{}`", limit.id);
                let help = "write: measured-by \"IAEA\", or a role";
                self.warn("R024", &limit.span, text, "this limit", help);
            }
        }
    }

    /// What can be undone before anybody would notice.
    fn reversal(&mut self, step: &Step) {
        let (Some(reversal), Some(detection)) = (&step.reversal, step.detection_days) else {
            return;
        };
        if reversal.least_days < detection {
            let text = format!(
                "`{}` can be undone in {} days and would be noticed in {detection}: the margin is {} days",
                step.id,
                reversal.least_days,
                i64::from(reversal.least_days) - i64::from(detection)
            );
            let help = "look more often, or ask for a step that takes longer to undo";
            self.warn("R026", &step.span, text, "this step", help);
        }
    }

    /// Something given for good before something that can be taken back.
    fn irreversible_first(&mut self) {
        let roadmap = self.roadmap;
        let bundle_of = |id: &str| {
            roadmap.bundles.iter().position(|b| b.steps.iter().any(|s| s.as_str() == id))
        };
        for (i, later) in roadmap.steps.iter().enumerate() {
            let Some(kept) = self.retractable(later) else { continue };
            for &b in &self.before[i] {
                let first = &roadmap.steps[b];
                let bundled = bundle_of(first.id.as_str());
                if first.by == later.by
                    || !irreversible(first)
                    || (bundled.is_some() && bundled == bundle_of(later.id.as_str()))
                {
                    continue;
                }
                let text = format!(
                    "`{}` cannot be undone and comes before `{}`, which can ({kept})",
                    first.id, later.id
                );
                self.messages.push(
                    Message::warning("R025", first.span.clone(), text, "for good")
                        .also(later.span.clone(), "can be taken back")
                        .help("put them in a bundle, split the first, or let what can be undone come first"),
                );
            }
        }
    }

    /// How a step can be taken back, if the text says that it can.
    fn retractable(&self, step: &Step) -> Option<&'static str> {
        if !step.suspended_if.is_empty() {
            return Some("it is suspended by itself");
        }
        let over = self
            .roadmap
            .powers
            .iter()
            .any(|p| self.roadmap.unbundled(&p.over).any(|o| *o == step.id));
        if over {
            return Some("a power acts on it");
        }
        match &step.reversal {
            Some(r) if r.most_days <= 30 => Some("within a month"),
            _ => None,
        }
    }
}

/// A year or more to undo, or destroyed and beyond.
fn irreversible(step: &Step) -> bool {
    match &step.reversal {
        Some(reversal) => reversal.least_days >= 365,
        None => step.effect.is_some_and(|e| e >= Effect::Destroyed),
    }
}
