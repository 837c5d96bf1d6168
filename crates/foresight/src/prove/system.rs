//! What of a roadmap the search looks at.

use std::collections::HashMap;

use roadmap::{
    DisputeAxis, Is, Length, Moment, Power, PowerState, Roadmap, Status, Step, StepState,
    StepStatus, subtract_length, total_days,
};
use statement::{Date, ObjectId, civil};

use super::explore::at;

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
    /// The powers that answer breaches. A step may also be answered without any of these, by [`ProofStep::answered_by`]
    /// alone: then at any time and with nothing in the way.
    pub powers: Vec<ProofPower>,
    /// The day it begins on: days before it have passed. `None`: before anything.
    pub from: Option<civil::Date>,
    /// Whether the agreement is suspended at the start.
    pub suspended: bool,
}

/// A power to answer a breach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProofPower {
    /// Its id.
    pub id: String,
    /// The last day on which its use can still take effect before it lapses.
    pub last_useful: Option<civil::Date>,
    /// The day it lapses.
    pub lapse: Option<civil::Date>,
    /// Days between its use and its effect.
    pub windows: u32,
    /// The step with which it lapses.
    pub ended_by: Option<usize>,
    /// Steps of others that take its effect away while its windows run.
    pub stopped_by: Vec<usize>,
    /// Who may keep it from taking effect by deciding nothing, and in which window.
    pub decided_by: Option<(String, String)>,
}

/// The clock of a dispute, in ticks: the order of its deadlines, not days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    /// Ticks from the dispute to the lapse of the power that answers it; 0: it never lapses. At most 9.
    pub ticks: u8,
    /// Ticks that must have passed before the power may be used.
    pub ripe: u8,
}

impl Clock {
    /// Ticks in which the power may be used; more than any where it never lapses.
    fn slack(self) -> i16 {
        if self.ticks == 0 { i16::MAX } else { i16::from(self.ticks) - i16::from(self.ripe) }
    }

    /// Whether a breach can be answered at all before its clock has run out.
    pub(crate) fn leaves_time(self) -> bool {
        self.slack() > 0
    }
}

/// The order of what happens to a breach: it is noticed, the time to answer it is over.
fn clock(use_within: Option<Length>, noticed_days: Option<u32>) -> Clock {
    let days = |length| match length {
        Length::Days(n) => n,
        // A month has at most so many.
        Length::Months(n, _) => n.saturating_mul(31),
    };
    match (use_within.map(days), noticed_days) {
        (None, _) => Clock::default(),
        (Some(_), None) => Clock { ticks: 1, ripe: 0 },
        (Some(within), Some(noticed)) if noticed < within => Clock { ticks: 2, ripe: 1 },
        (Some(_), Some(_)) => Clock { ticks: 1, ripe: 1 },
    }
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
    /// How many of these must certify it; 0 and 1 are one.
    pub quorum: u8,
    /// Whether it can be undone.
    pub reversible: bool,
    /// The clock of a dispute over it, where it has one of its own.
    pub clock: Option<Clock>,
    /// What it is at the start.
    pub start: Start,
    /// The powers through which it is answered, as places in [`System::powers`].
    pub answered_through: Vec<usize>,
    /// Who may answer a breach of it by suspending the agreement; empty when nobody may.
    pub answered_by: Vec<String>,
}

/// What a step is at the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Start {
    /// Nothing has happened.
    #[default]
    Waiting,
    /// Half of it is done.
    Half,
    /// Its doer says that it is done; so many have certified it, fewer than it takes.
    Claimed(u8),
    /// Done for good, or asked no more.
    Verified,
    /// Undone.
    Reversed,
    /// Refused, or failed.
    Refused,
    /// In dispute.
    Disputed,
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
    /// The code of a first certificate, where it takes several; codes from here on are certificates, those below down to
    /// [`at::DISPUTED`] a dispute. See [`at`].
    pub(crate) fn certified(&self) -> u8 {
        16 - self.quorum.saturating_sub(1).min(16 - at::DISPUTED)
    }

    /// Whether a code is a dispute.
    pub(crate) fn is_disputed(&self, code: u8) -> bool {
        (at::DISPUTED..self.certified()).contains(&code)
    }

    /// Whether its ticks and certificates have codes of their own.
    pub(crate) fn has_room(&self, ticks: u8) -> bool {
        let certificates = u32::from(self.quorum.saturating_sub(1));
        u32::from(at::DISPUTED) + u32::from(ticks) + certificates <= 15
    }

    /// What it is on a day.
    fn starts(&self, status: &StepStatus) -> Start {
        let disputed = status.dispute == DisputeAxis::Disputed;
        match status.state {
            StepState::Verified => Start::Verified,
            StepState::ClaimedDone if self.certifiers.is_empty() => Start::Verified,
            StepState::ClaimedDone if disputed => Start::Disputed,
            StepState::ClaimedDone => {
                let most = self.quorum.saturating_sub(1);
                let given = u8::try_from(status.verified_by.len()).unwrap_or(most);
                Start::Claimed(given.min(most))
            }
            StepState::Reversed => Start::Reversed,
            StepState::Refused | StepState::Failed => Start::Refused,
            StepState::Waived | StepState::Overtaken | StepState::Withdrawn => Start::Verified,
            StepState::Partly if self.halved => Start::Half,
            _ => Start::Waiting,
        }
    }

    /// The code it starts with.
    pub(crate) fn start_code(&self, ticks: u8) -> u8 {
        match self.start {
            Start::Waiting => at::WAITING,
            Start::Half => at::HALF,
            Start::Claimed(0) => at::CLAIMED,
            Start::Claimed(n) => self.certified() + n - 1,
            Start::Verified => at::VERIFIED,
            Start::Reversed => at::REVERSED,
            Start::Refused => at::REFUSED,
            Start::Disputed => at::DISPUTED + ticks,
        }
    }

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
        let quorum = u8::try_from(roadmap.quorum(step)).unwrap_or(u8::MAX);
        self.quorum = self.quorum.max(quorum);
    }
}

impl ProofPower {
    fn of(power: &Power) -> Self {
        let windows = total_days(&power.windows);
        let lapse = match &power.lapse {
            Some(Moment::On(date)) => Some(date.latest()),
            _ => None,
        };
        let holds = |party: &str| power.holders.iter().any(|h| h == party);
        Self {
            id: power.id.to_string(),
            last_useful: lapse.and_then(|l| subtract_length(l, Length::Days(windows), false)),
            lapse,
            windows,
            ended_by: None,
            stopped_by: Vec::new(),
            decided_by: power
                .windows
                .iter()
                .filter(|w| w.if_silent.is_none())
                .find_map(|w| Some((w.by.clone().filter(|by| !holds(by))?, w.name.clone()))),
        }
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
        let mut powers = Vec::with_capacity(roadmap.powers.len());
        for (p, power) in roadmap.powers.iter().enumerate() {
            let names = |id: &ObjectId| -> Vec<usize> {
                let ids = std::slice::from_ref(id);
                roadmap.unbundled(ids).filter_map(|i| find(i).and_then(of)).collect()
            };
            let mut one = ProofPower::of(power);
            if let Some(Moment::When(id)) = &power.lapse {
                one.ended_by = names(id).first().copied();
            }
            // What the holders do themselves they need not fear.
            let theirs = |s: usize| steps[s].by.iter().all(|by| power.holders.contains(by));
            one.stopped_by =
                power.stopped_by.iter().flat_map(names).filter(|s| !theirs(*s)).collect();
            powers.push(one);
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
            answers.sort_unstable();
            answers.dedup();
            for i in answers {
                let detected = roadmap
                    .steps
                    .iter()
                    .enumerate()
                    .filter(|(s, _)| of(*s) == Some(i))
                    .filter_map(|(_, s)| s.detection_days)
                    .max();
                let Some(step) = steps.get_mut(i) else { continue };
                let mut answered = false;
                for holder in &power.holders {
                    // Nobody answers its own breach.
                    let own = step.by.len() == 1 && step.by.contains(holder);
                    answered |= !own;
                    if !own && !step.answered_by.contains(holder) {
                        step.answered_by.push(holder.clone());
                    }
                }
                if !answered {
                    continue;
                }
                // Of two powers that answer it, the one with the longer clock counts.
                let clock = clock(power.use_within, detected);
                let first = step.answered_through.is_empty();
                step.answered_through.push(p);
                step.clock = match step.clock {
                    None if first => Some(clock),
                    Some(other) if other.slack() < clock.slack() => Some(clock),
                    kept => kept,
                };
            }
        }
        Self { title: roadmap.title.clone(), steps, refusal: true, powers, ..Self::default() }
    }

    /// The same from a day on: what has been done by then is done, what was refused is refused.
    #[must_use]
    pub fn on(mut self, roadmap: &Roadmap, status: &Status) -> Self {
        let find = |id: &str| status.steps.iter().find(|s| s.id.as_str() == id);
        for step in &mut self.steps {
            let members: Vec<&StepStatus> = match roadmap.bundle(&step.id) {
                Some(bundle) => bundle.steps.iter().filter_map(|s| find(s.as_str())).collect(),
                None => find(&step.id).into_iter().collect(),
            };
            let starts: Vec<Start> = members.iter().map(|s| step.starts(s)).collect();
            // Together, they are what the least of them is.
            step.start = match starts[..] {
                [] => Start::Waiting,
                [one] => one,
                _ if starts.contains(&Start::Refused) => Start::Refused,
                _ if starts.iter().all(|s| *s == Start::Verified) => Start::Verified,
                _ => Start::Waiting,
            };
        }
        self.suspended = status.powers.iter().any(|p| p.state == PowerState::InEffect);
        self.from = Some(Date::latest(&status.as_of));
        self
    }

    /// The days on which something is over for a power, in order: what has passed of them is all that a search needs to
    /// know of the date.
    #[must_use]
    pub fn deadlines(&self) -> Vec<civil::Date> {
        let mut days: Vec<civil::Date> =
            self.powers.iter().flat_map(|p| [p.last_useful, p.lapse]).flatten().collect();
        days.sort_unstable();
        days.dedup();
        days
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
            let powers = step.answered_through.iter().filter_map(|p| self.powers.get(*p));
            let linked = powers.flat_map(|p| p.stopped_by.iter().chain(&p.ended_by)).copied();
            let abreast = step.in_step_with.iter().map(|a| a.with);
            for j in step.after.iter().copied().chain(abreast).chain(linked) {
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
                let mut used: Vec<usize> =
                    members.iter().flat_map(|i| self.steps[*i].answered_through.clone()).collect();
                used.sort_unstable();
                used.dedup();
                let powers = used
                    .iter()
                    .filter_map(|p| self.powers.get(*p))
                    .map(|p| ProofPower {
                        ended_by: p.ended_by.and_then(|s| place.get(&s).copied()),
                        stopped_by: moved(&p.stopped_by),
                        ..p.clone()
                    })
                    .collect();
                let steps = members
                    .iter()
                    .map(|i| {
                        let step = &self.steps[*i];
                        ProofStep {
                            after: moved(&step.after),
                            answered_through: step
                                .answered_through
                                .iter()
                                .filter_map(|p| used.iter().position(|u| u == p))
                                .collect(),
                            in_step_with: step
                                .in_step_with
                                .iter()
                                .filter_map(|a| Some(Abreast { with: *place.get(&a.with)?, ..*a }))
                                .collect(),
                            ..step.clone()
                        }
                    })
                    .collect();
                Self { title: self.title.clone(), steps, powers, ..self.without_steps() }
            })
            .collect()
    }

    fn without_steps(&self) -> Self {
        Self {
            clock: self.clock,
            refusal: self.refusal,
            from: self.from,
            suspended: self.suspended,
            ..Self::default()
        }
    }

    /// Groups of steps that nothing tells apart, each of two or more.
    pub(crate) fn interchangeable(&self) -> Vec<Vec<usize>> {
        let followers = |i: usize| -> Vec<usize> {
            (0..self.steps.len()).filter(|j| self.steps[*j].after.contains(&i)).collect()
        };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (i, step) in self.steps.iter().enumerate() {
            // A step that goes in step with others is told apart from them.
            let ends = |p: &ProofPower| p.stopped_by.contains(&i) || p.ended_by == Some(i);
            if step.halved || self.powers.iter().any(ends) {
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
                    && other.answered_through == step.answered_through
                    && (other.quorum, other.clock, other.start)
                        == (step.quorum, step.clock, step.start)
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
