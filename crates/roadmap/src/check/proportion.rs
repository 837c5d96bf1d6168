//! Steps done in proportion, units, shares, tranches, quotas.

use std::collections::{HashMap, HashSet};

use notation::{Message, Span};
use statement::Decimal;

use super::Checker;
use crate::model::{InStepWith, Quota, Step};

impl Checker<'_> {
    pub(super) fn proportion(&mut self) {
        let roadmap = self.roadmap;
        for step in &roadmap.steps {
            for link in &step.in_step_with {
                self.pair(step, link);
            }
            self.tranche(step);
            self.shares(step);
            if let Some(quota) = &step.quota {
                self.quota(quota);
            }
        }
        for lasting in &roadmap.lasting {
            if let Some(quota) = &lasting.quota {
                self.quota(quota);
            }
        }
        self.parts();
    }

    /// A pair that goes in step needs somebody who may be ahead.
    fn pair(&mut self, step: &Step, link: &InStepWith) {
        let Some(other) = self.find(&link.with) else { return };
        let back = other.in_step_with.iter().find(|l| l.with == step.id);
        // Told once for a pair, at the step that stands first.
        if back.is_some() && self.index[other.id.as_str()] < self.index[step.id.as_str()] {
            return;
        }
        let may = |l: &InStepWith| l.first.is_some() || l.lead.is_some_and(|l| l > Decimal::ZERO);
        if !may(link) && !back.is_some_and(may) {
            let text = format!(
                "`{}` and `{}` go in step, and neither may be ahead: both stay where they are",
                step.id, other.id
            );
            self.messages.push(
                Message::error("R023", link.span.clone(), text, "neither a lead nor a first")
                    .also(other.span.clone(), "the other")
                    .help(format!(
                        "write in-step-with \"{}\" lead=\"25%\", or first=\"{}\"",
                        other.id, step.id
                    )),
            );
        }
        if let (Some(a), Some(b)) = (&link.first, back.and_then(|b| b.first.as_ref()))
            && a != b
        {
            let text = format!("`{}` names `{a}` first, and `{}` names `{b}`", step.id, other.id);
            let help = "only one of the two moves first";
            self.error("R023", &link.span, text, "here", help);
        }
    }

    /// With leads on both sides nothing locks if every delivery is smaller than the lead.
    fn tranche(&mut self, step: &Step) {
        let (Some((tranche, unit)), Some((amount, of))) = (&step.tranche, &step.amount) else {
            if step.tranche.is_some() {
                let text = format!("`{}` has a tranche and no amount it is a part of", step.id);
                self.error(
                    "R020",
                    &step.span,
                    text,
                    "this step",
                    "write: amount 200000 unit=\"t HFO\"",
                );
            }
            return;
        };
        let Some(fraction) = self
            .convert(*tranche, unit, of)
            .and_then(|t| t.exact().checked_div(amount.exact()).map(Decimal::from))
        else {
            self.units(&step.span, step.id.as_str(), unit, of);
            return;
        };
        for link in &step.in_step_with {
            // What holds this step back is how far it may be ahead of the other.
            let Some(lead) = link.lead.filter(|l| *l > Decimal::ZERO) else { continue };
            if fraction >= lead {
                let text = format!(
                    "a tranche of `{}` is {} of the whole, not smaller than its lead of {}",
                    step.id,
                    percent(fraction),
                    percent(lead)
                );
                let help = "with tranches as large as the lead the two can lock: make the tranche smaller or the lead larger";
                self.error("R022", &link.span, text, "this lead", help);
            }
        }
    }

    /// The shares of the parties against the whole.
    fn shares(&mut self, step: &Step) {
        if step.shares.is_empty() {
            return;
        }
        for share in &step.shares {
            if !step.by.contains(&share.party) && !step.by.iter().any(|p| p == "all") {
                let text =
                    format!("{} has a share of `{}` and does not do it", share.party, step.id);
                self.error(
                    "R021",
                    &share.span,
                    text,
                    "this share",
                    "name it in `by`, or take the share out",
                );
            }
        }
        let Some((amount, unit)) = &step.amount else { return };
        let mut sum = Decimal::ZERO;
        for share in &step.shares {
            match self.convert(share.amount, &share.unit, unit) {
                Some(part) => {
                    sum = sum.exact().checked_add(part.exact()).map_or(sum, Decimal::from);
                }
                None => return self.units(&share.span, step.id.as_str(), &share.unit, unit),
            }
        }
        if sum != *amount {
            let text = format!(
                "the shares of `{}` add up to {sum} {unit}, the whole is {amount} {unit}",
                step.id
            );
            let span = step.shares.first().map_or(&step.span, |s| &s.span);
            self.error("R021", span, text, "the shares", "who gives the rest, or who gives less?");
        }
    }

    /// The amounts of the parts against the whole.
    fn parts(&mut self) {
        let roadmap = self.roadmap;
        let mut parts: HashMap<&str, Vec<&Step>> = HashMap::new();
        for step in &roadmap.steps {
            if let Some(whole) = &step.part_of {
                parts.entry(whole.as_str()).or_default().push(step);
            }
        }
        for whole in &roadmap.steps {
            let (Some((amount, unit)), Some(parts)) = (&whole.amount, parts.get(whole.id.as_str()))
            else {
                continue;
            };
            if parts.iter().any(|p| p.amount.is_none()) {
                continue;
            }
            let mut sum = Decimal::ZERO;
            let mut told = false;
            for part in parts {
                let Some((value, of)) = &part.amount else { continue };
                match self.convert(*value, of, unit) {
                    Some(value) => {
                        sum = sum.exact().checked_add(value.exact()).map_or(sum, Decimal::from);
                    }
                    None => {
                        self.units(&part.span, part.id.as_str(), of, unit);
                        told = true;
                        break;
                    }
                }
            }
            if !told && sum != *amount {
                let text = format!(
                    "the parts of `{}` add up to {sum} {unit}, the whole is {amount} {unit}",
                    whole.id
                );
                self.error("R021", &whole.span, text, "the whole", "correct the whole or a part");
            }
        }
    }

    fn units(&mut self, span: &Span, id: &str, from: &str, to: &str) {
        let text = format!("`{from}` and `{to}` do not add up in `{id}`: no conversion is agreed");
        let help = format!(
            "write: convert \"{from}\" to=\"{to}\" factor=… agreed=\"2007-10-03\", with the {to} that 1 {from} counts for"
        );
        self.error("R020", span, text, "these units", &help);
    }

    /// An amount in another unit, by the agreed conversions, either way.
    pub(super) fn convert(&self, amount: Decimal, from: &str, to: &str) -> Option<Decimal> {
        crate::units::convert(self.roadmap, amount, from, to)
    }

    fn quota(&mut self, quota: &Quota) {
        let needed = u64::from(quota.sites) * u64::from(quota.each);
        if u64::from(quota.most) < needed {
            let text = format!(
                "{} visits a {} cannot cover {} sites that need {} each: {needed} are needed",
                quota.most, quota.per, quota.sites, quota.each
            );
            let help = "raise the quota, or say which sites go without";
            self.error("R031", &quota.span, text, "this quota", help);
        }
    }
}

fn percent(fraction: Decimal) -> String {
    let hundred = fraction.exact().checked_mul(100.into()).map(|d| d.normalize());
    hundred.map_or_else(|| fraction.to_string(), |d| format!("{}%", d.round_dp(1)))
}

/// Parties named anywhere as acting in a step.
pub(super) fn outside<'a>(
    names: impl Iterator<Item = &'a String>,
    outside: &HashSet<&str>,
) -> Option<&'a str> {
    names.map(String::as_str).find(|n| outside.contains(n))
}
