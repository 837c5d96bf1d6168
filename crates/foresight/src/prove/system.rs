//! What of a roadmap the search looks at.

use std::collections::HashMap;

use roadmap::{Is, Roadmap, Step};
use statement::ObjectId;

/// A roadmap as the search sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct System {
    /// The agreement.
    pub title: String,
    /// Its steps.
    pub steps: Vec<ProofStep>,
    /// How long a dispute lasts, and when a power to answer it may be used.
    pub clock: Clock,
    /// Whether a party may say that it will not do a step.
    pub refusal: bool,
}

/// The clock of a dispute, in ticks: the order of its deadlines, not days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    /// Ticks from the dispute to the lapse of the power that answers it; 0: it never lapses. At most 9.
    pub ticks: u8,
    /// Ticks that must have passed before the power may be used.
    pub ripe: u8,
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProofStep {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub by: Vec<String>,
    /// Positions of the steps that must be verified before it.
    pub after: Vec<usize>,
    /// The steps it goes in step with.
    pub in_step_with: Vec<Abreast>,
    /// Whether it is done in two halves, because it or another goes in step.
    pub halved: bool,
    /// Who may certify it by the text; empty when its doer's word ends it.
    pub certifiers: Vec<String>,
    /// Those of them whom no role entitles, or who do the step themselves.
    pub not_entitled: Vec<String>,
    /// Whether it can be undone.
    pub reversible: bool,
    /// Who may answer a breach of it by suspending the agreement; empty when nobody may.
    pub answered_by: Vec<String>,
}

/// A step that goes in step with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abreast {
    /// Position of the other.
    pub with: usize,
    /// Halves that it may be ahead.
    pub lead: u8,
    /// The other must move first.
    pub second: bool,
}

impl ProofStep {
    /// Adds what a step of the text asks for.
    fn take(&mut self, roadmap: &Roadmap, step: &Step) {
        let role = step
            .verified_by
            .as_ref()
            .and_then(|name| roadmap.roles.iter().find(|r| r.name == *name));
        let may = role.is_none_or(|r| r.may.split([' ', ',']).any(|w| w == "verify"));
        for certifier in roadmap.certifiers(step) {
            let own = step.by.iter().any(|by| by == certifier || by == "all");
            if (!may || own) && !self.not_entitled.iter().any(|n| n == certifier) {
                self.not_entitled.push(certifier.to_owned());
            }
            if !self.certifiers.iter().any(|n| n == certifier) {
                self.certifiers.push(certifier.to_owned());
            }
        }
        for by in &step.by {
            if !self.by.contains(by) {
                self.by.push(by.clone());
            }
        }
        self.reversible |= !step.reversed_by.is_empty();
    }
}

impl System {
    /// The part of a roadmap that can be searched. The steps of a bundle take effect together, so they are one here.
    #[must_use]
    pub fn of(roadmap: &Roadmap) -> Self {
        let index = roadmap.index();
        let find = |id: &ObjectId| index.get(id.as_str()).copied();
        // Which step of the search each step of the text is.
        let mut place: Vec<Option<usize>> = vec![None; roadmap.steps.len()];
        let mut steps: Vec<ProofStep> = Vec::new();
        for bundle in &roadmap.bundles {
            let members: Vec<usize> =
                bundle.steps.iter().filter_map(find).filter(|i| place[*i].is_none()).collect();
            if members.len() > 1 {
                members.iter().for_each(|i| place[*i] = Some(steps.len()));
                let mut whole = ProofStep {
                    id: bundle.id.to_string(),
                    title: bundle.title.clone(),
                    ..ProofStep::default()
                };
                for step in members.iter().map(|i| &roadmap.steps[*i]) {
                    whole.take(roadmap, step);
                }
                steps.push(whole);
            }
        }
        for (i, step) in roadmap.steps.iter().enumerate() {
            if place[i].is_none() {
                place[i] = Some(steps.len());
                let mut one = ProofStep {
                    id: step.id.to_string(),
                    title: step.title.clone(),
                    ..ProofStep::default()
                };
                one.take(roadmap, step);
                steps.push(one);
            }
        }
        let of = |i: usize| place.get(i).copied().flatten();
        let mut after: Vec<(usize, usize)> = Vec::new();
        let before = roadmap.predecessors();
        for (i, step) in roadmap.steps.iter().enumerate() {
            let Some(me) = of(i) else { continue };
            after.extend(before[i].iter().filter_map(|j| Some((me, of(*j)?))));
            // The whole is done when its parts are.
            if let Some(whole) = step.part_of.as_ref().and_then(find).and_then(of) {
                after.push((whole, me));
            }
            for with in &step.in_step_with {
                let Some(other) = find(&with.with).and_then(of).filter(|o| *o != me) else {
                    continue;
                };
                // In halves, as far as the search looks.
                let lead = with.lead.map_or(0, |l| match l.to_string().parse::<f64>() {
                    Ok(lead) if lead >= 1.0 => 2,
                    Ok(lead) if lead >= 0.5 => 1,
                    _ => 0,
                });
                let second = with.first.as_ref().is_some_and(|f| *f != step.id);
                steps[me].in_step_with.push(Abreast { with: other, lead, second });
                steps[me].halved = true;
                steps[other].halved = true;
            }
        }
        for (me, other) in after {
            if me != other && !steps[me].after.contains(&other) {
                steps[me].after.push(other);
            }
        }
        steps.iter_mut().for_each(|s| s.after.sort_unstable());
        let mut clock = Clock::default();
        for power in &roadmap.powers {
            let names = |id: &ObjectId| -> Vec<usize> {
                let ids = std::slice::from_ref(id);
                roadmap.unbundled(ids).filter_map(|i| find(i).and_then(of)).collect()
            };
            let mut answers: Vec<usize> = power
                .triggers
                .iter()
                .filter(|t| matches!(t.is, Is::Reversed | Is::Refused | Is::Failed | Is::Overdue))
                .flat_map(|t| names(&t.of))
                .collect();
            if power.triggers.is_empty() {
                answers = (0..steps.len()).collect();
            }
            for (i, step) in roadmap.steps.iter().enumerate() {
                if step.on_breach.contains(&power.id) {
                    answers.extend(of(i));
                }
            }
            for i in answers {
                let Some(step) = steps.get_mut(i) else { continue };
                for holder in &power.holders {
                    // Nobody answers its own breach.
                    let own = step.by.len() == 1 && step.by.contains(holder);
                    if !own && !step.answered_by.contains(holder) {
                        step.answered_by.push(holder.clone());
                    }
                }
            }
            if power.use_within.is_some() {
                clock.ticks = 1;
            }
        }
        Self { title: roadmap.title.clone(), steps, clock, refusal: true }
    }

    /// The parts that do not touch, each a system of its own.
    #[must_use]
    pub fn components(&self) -> Vec<Self> {
        let mut root: Vec<usize> = (0..self.steps.len()).collect();
        fn top(root: &mut [usize], mut i: usize) -> usize {
            while root[i] != i {
                root[i] = root[root[i]];
                i = root[i];
            }
            i
        }
        for (i, step) in self.steps.iter().enumerate() {
            for j in step.after.iter().copied().chain(step.in_step_with.iter().map(|a| a.with)) {
                if j < root.len() {
                    let (a, b) = (top(&mut root, i), top(&mut root, j));
                    root[a.max(b)] = a.min(b);
                }
            }
        }
        let mut parts: Vec<(usize, Vec<usize>)> = Vec::new();
        for i in 0..self.steps.len() {
            let t = top(&mut root, i);
            match parts.iter_mut().find(|(r, _)| *r == t) {
                Some((_, members)) => members.push(i),
                None => parts.push((t, vec![i])),
            }
        }
        parts
            .into_iter()
            .map(|(_, members)| {
                let place: HashMap<usize, usize> =
                    members.iter().enumerate().map(|(new, old)| (*old, new)).collect();
                let moved = |old: &[usize]| -> Vec<usize> {
                    old.iter().filter_map(|o| place.get(o).copied()).collect()
                };
                let steps = members
                    .iter()
                    .map(|i| {
                        let step = &self.steps[*i];
                        ProofStep {
                            after: moved(&step.after),
                            in_step_with: step
                                .in_step_with
                                .iter()
                                .filter_map(|a| Some(Abreast { with: *place.get(&a.with)?, ..*a }))
                                .collect(),
                            ..step.clone()
                        }
                    })
                    .collect();
                Self { title: self.title.clone(), steps, clock: self.clock, refusal: self.refusal }
            })
            .collect()
    }

    /// Groups of steps that nothing tells apart, each of two or more.
    pub(crate) fn interchangeable(&self) -> Vec<Vec<usize>> {
        let followers = |i: usize| -> Vec<usize> {
            (0..self.steps.len()).filter(|j| self.steps[*j].after.contains(&i)).collect()
        };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (i, step) in self.steps.iter().enumerate() {
            // A step that goes in step with others is told apart from them.
            if step.halved {
                continue;
            }
            let same = |j: &usize| {
                let other = &self.steps[*j];
                other.after == step.after
                    && other.by == step.by
                    && other.certifiers == step.certifiers
                    && other.not_entitled == step.not_entitled
                    && other.reversible == step.reversible
                    && other.answered_by == step.answered_by
                    && followers(*j) == followers(i)
            };
            match groups.iter_mut().find(|g| g.first().is_some_and(same)) {
                Some(group) => group.push(i),
                None => groups.push(vec![i]),
            }
        }
        groups.retain(|g| g.len() > 1);
        groups
    }
}
