//! What of a roadmap the search looks at.

use std::collections::HashMap;

use roadmap::{Roadmap, Step};

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
    /// Positions of the steps it goes in step with.
    pub in_step_with: Vec<usize>,
    /// Who may certify it by the text; empty when its doer's word ends it.
    pub certifiers: Vec<String>,
    /// Those of them whom no role entitles, or who do the step themselves.
    pub not_entitled: Vec<String>,
    /// Whether it can be undone.
    pub reversible: bool,
    /// Who may answer a breach of it by suspending the agreement; empty when nobody may.
    pub answered_by: Vec<String>,
}

impl System {
    /// The part of a roadmap that can be searched.
    #[must_use]
    pub fn of(roadmap: &Roadmap) -> Self {
        let place: HashMap<&str, usize> =
            roadmap.steps.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
        let find = |id: &str| place.get(id).copied();
        let mut steps: Vec<ProofStep> =
            roadmap.steps.iter().map(|s| Self::step(roadmap, s, &find)).collect();
        // The whole is done when its parts are.
        for (i, step) in roadmap.steps.iter().enumerate() {
            if let Some(whole) = step.part_of.as_ref().and_then(|p| find(p.as_str()))
                && let Some(whole) = steps.get_mut(whole)
            {
                whole.after.push(i);
            }
        }
        // To go in step binds both sides.
        let pairs: Vec<(usize, usize)> = steps
            .iter()
            .enumerate()
            .flat_map(|(i, s)| s.in_step_with.iter().map(move |j| (*j, i)))
            .collect();
        for (i, j) in pairs {
            if let Some(step) = steps.get_mut(i) {
                step.in_step_with.push(j);
            }
        }
        for step in &mut steps {
            step.in_step_with.sort_unstable();
            step.in_step_with.dedup();
            step.after.sort_unstable();
            step.after.dedup();
        }
        Self { title: roadmap.title.clone(), steps, clock: Clock::default(), refusal: true }
    }

    fn step(roadmap: &Roadmap, step: &Step, find: &impl Fn(&str) -> Option<usize>) -> ProofStep {
        let certifiers: Vec<String> =
            roadmap.certifiers(step).into_iter().map(str::to_owned).collect();
        let role = step
            .verified_by
            .as_ref()
            .and_then(|name| roadmap.roles.iter().find(|r| r.name == *name));
        let may = role.is_none_or(|r| r.may.split([' ', ',']).any(|w| w == "verify"));
        let not_entitled = certifiers
            .iter()
            .filter(|c| !may || step.by.iter().any(|by| by == *c || by == "all"))
            .cloned()
            .collect();
        let places = |ids: &[statement::ObjectId]| -> Vec<usize> {
            ids.iter().filter_map(|id| find(id.as_str())).collect()
        };
        ProofStep {
            id: step.id.to_string(),
            title: step.title.clone(),
            by: step.by.clone(),
            after: places(&step.after),
            in_step_with: places(&step.in_step_with),
            not_entitled,
            certifiers,
            reversible: !step.reversed_by.is_empty(),
            answered_by: Vec::new(),
        }
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
            for j in step.after.iter().chain(&step.in_step_with) {
                if *j < root.len() {
                    let (a, b) = (top(&mut root, i), top(&mut root, *j));
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
                            in_step_with: moved(&step.in_step_with),
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
            if !step.in_step_with.is_empty() {
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
