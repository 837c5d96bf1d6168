//! Obligations whose breach has no consequence.

use std::collections::HashSet;

use notation::{Severity, Span};

use super::Checker;

impl Checker<'_> {
    pub(super) fn consequence(&mut self) {
        let roadmap = self.roadmap;
        // Everything whose state something else in the text depends on.
        let mut matters: HashSet<&str> = HashSet::new();
        for step in &roadmap.steps {
            matters.extend(step.suspended_if.iter().map(|s| s.of.as_str()));
            matters.extend(step.in_step_with.iter().map(|l| l.with.as_str()));
            if step.by_default.is_some() {
                matters.insert(step.id.as_str());
            }
            if !step.in_step_with.is_empty() {
                matters.insert(step.id.as_str());
            }
            // Whatever another step waits for is answered by that step's not being done.
            matters.extend(roadmap.unbundled(&step.after).map(|a| a.as_str()));
            matters.extend(step.waits.iter().map(|w| w.of.as_str()));
            if !step.prepares.is_empty() || !step.blocks.is_empty() {
                matters.insert(step.id.as_str());
            }
        }
        for power in &roadmap.powers {
            matters.extend(power.triggers.iter().map(|t| t.of.as_str()));
            matters.extend(power.stopped_by.iter().map(|s| s.as_str()));
        }
        for lasting in &roadmap.lasting {
            matters.extend(lasting.while_.iter().map(|w| w.as_str()));
        }
        // A part is answered with the whole.
        for step in &roadmap.steps {
            if let Some(whole) = &step.part_of
                && (matters.contains(whole.as_str())
                    || self.find(whole).is_some_and(|w| !w.on_breach.is_empty()))
            {
                matters.insert(step.id.as_str());
            }
        }
        // A whole is answered with its parts.
        let wholes: HashSet<&str> =
            roadmap.steps.iter().filter_map(|s| s.part_of.as_ref()).map(|p| p.as_str()).collect();
        let steps: Vec<(&Span, &str)> = roadmap
            .steps
            .iter()
            .filter(|s| s.is_duty() && !s.effort && s.on_breach.is_empty())
            .filter(|s| s.due.is_some() || s.every.is_some())
            .filter(|s| !wholes.contains(s.id.as_str()) && !matters.contains(s.id.as_str()))
            .map(|s| (&s.span, s.id.as_str()))
            .collect();
        self.together(
            "R028",
            Severity::Advice,
            &steps,
            |names| format!("obligations without a consequence: nothing in the text follows when these are not done: {names}"),
            "nothing follows",
            "name what answers it (on-breach), what is suspended (suspended-if), or what happens by itself (by-default)",
        );
        let limits = roadmap
            .limits
            .iter()
            .filter(|l| l.on_breach.is_empty() && !matters.contains(l.id.as_str()))
            .map(|l| (&l.span, l.id.as_str()));
        let lasting = roadmap
            .lasting
            .iter()
            .filter(|l| l.on_breach.is_empty() && !matters.contains(l.id.as_str()))
            .map(|l| (&l.span, l.id.as_str()));
        let mut found: Vec<(&Span, &str)> = limits.chain(lasting).collect();
        found.sort_by_key(|(span, _)| span.start);
        self.together(
            "R027",
            Severity::Warning,
            &found,
            |names| format!("a breach has no consequence: {names}"),
            "no consequence",
            "write: on-breach \"power\", or make its breach the trigger of a power",
        );
    }
}
