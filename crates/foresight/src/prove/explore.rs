//! The search itself: packed states, breadth first, backward reachability.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::FixedState;

use super::{Bounds, Question, System, Verdict};

/// What a step can be, four bits each.
pub(crate) mod at {
    pub(crate) const WAITING: u8 = 0;
    pub(crate) const HALF: u8 = 1;
    pub(crate) const CLAIMED: u8 = 2;
    pub(crate) const VERIFIED: u8 = 3;
    pub(crate) const REVERSED: u8 = 4;
    pub(crate) const REFUSED: u8 = 5;
    /// In dispute with no tick left; each tick left adds one.
    pub(crate) const DISPUTED: u8 = 6;
    pub(crate) const MOST_TICKS: u8 = 15 - DISPUTED;
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Begin,
    Half,
    Claim,
    Verify,
    Dispute,
    Uphold,
    Reject,
    Reverse,
    Refuse,
    Tick,
    Suspend,
    Restore,
}

/// An event and the step it is about, in the order of the packed state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) event: Event,
    pub(crate) step: u8,
    /// What the step was.
    pub(crate) from: u8,
    /// What it becomes.
    pub(crate) to: u8,
}

/// Sixteen steps to a word; the last place tells whether the agreement is suspended.
type Packed<const W: usize> = [u64; W];

fn get<const W: usize>(state: &Packed<W>, i: usize) -> u8 {
    (state[i >> 4] >> ((i & 15) * 4) & 15) as u8
}

fn set<const W: usize>(state: &mut Packed<W>, i: usize, code: u8) {
    let shift = (i & 15) * 4;
    state[i >> 4] = state[i >> 4] & !(15 << shift) | u64::from(code) << shift;
}

/// What one search found.
pub(crate) struct Found {
    pub(crate) states: usize,
    pub(crate) finished: bool,
    /// Whether any power could answer a breach.
    powers: bool,
    /// The shortest way to a violation of each question.
    traces: [Option<Vec<Action>>; 4],
}

impl Found {
    pub(crate) fn answer(
        &self,
        question: Question,
        system: &System,
    ) -> (Verdict, Option<Vec<Action>>) {
        let trace = self.traces[question as usize].clone();
        let verdict = match (trace.is_some(), self.finished) {
            (true, _) => Verdict::Violated,
            (false, _) if question == Question::SnapbackInTime && !self.powers => {
                Verdict::NothingToAsk
            }
            // Who may certify is written in the text; no order of events changes it.
            (false, _)
                if question == Question::OnlyTheEntitledCertify
                    && system.steps.iter().all(|s| s.not_entitled.is_empty()) =>
            {
                Verdict::Proved
            }
            (false, true) => Verdict::Proved,
            (false, false) => Verdict::NotFinished,
        };
        (verdict, trace)
    }
}

/// Searches one system.
pub(crate) fn explore(system: &System, bounds: Bounds) -> Found {
    match system.steps.len() {
        0..=15 => Search::<1>::new(system, bounds).run(bounds.states),
        16..=31 => Search::<2>::new(system, bounds).run(bounds.states),
        32..=63 => Search::<4>::new(system, bounds).run(bounds.states),
        64..=127 => Search::<8>::new(system, bounds).run(bounds.states),
        // More than any search could finish: said so, not tried.
        _ => Found {
            states: 0,
            finished: false,
            powers: system.steps.iter().any(|s| !s.answered_by.is_empty()),
            traces: Default::default(),
        },
    }
}

struct Search<'a, const W: usize> {
    system: &'a System,
    groups: Vec<Vec<usize>>,
    /// The member of its group before each step.
    before_in_group: Vec<Option<usize>>,
    /// A verified step shows the code 3: the predecessors of each step as a mask of places.
    after: Vec<Packed<W>>,
    full: Packed<W>,
    ticks: u8,
    answered: Vec<bool>,
}

impl<'a, const W: usize> Search<'a, W> {
    fn new(system: &'a System, bounds: Bounds) -> Self {
        let mask = |steps: &[usize]| {
            let mut mask = [0; W];
            steps.iter().for_each(|s| set(&mut mask, *s, at::VERIFIED));
            mask
        };
        let all: Vec<usize> = (0..system.steps.len()).collect();
        let groups = if bounds.merge { system.interchangeable() } else { Vec::new() };
        let mut before_in_group = vec![None; all.len()];
        for pair in groups.iter().flat_map(|g| g.windows(2)) {
            before_in_group[pair[1]] = Some(pair[0]);
        }
        Self {
            groups,
            before_in_group,
            after: system.steps.iter().map(|s| mask(&s.after)).collect(),
            full: mask(&all),
            ticks: system.clock.ticks.min(at::MOST_TICKS),
            answered: system.steps.iter().map(|s| !s.answered_by.is_empty()).collect(),
            system,
        }
    }

    const REGIME: usize = W * 16 - 1;

    fn run(&self, most: usize) -> Found {
        let mut states: Vec<Packed<W>> = vec![[0; W]];
        let mut seen: HashMap<Packed<W>, u32, FixedState> = HashMap::default();
        seen.insert([0; W], 0);
        // How each state was reached first.
        let begin = Action { event: Event::Begin, step: 0, from: 0, to: 0 };
        let mut reached: Vec<(u32, Action)> = vec![(0, begin)];
        let mut edges: Vec<u32> = Vec::new();
        let mut ends: Vec<usize> = Vec::new();
        let mut bad: [Option<(u32, Option<Action>)>; 4] = [None; 4];
        let mut finished = true;
        let mut at = 0;
        while let Some(state) = states.get(at).copied() {
            let here = at as u32;
            let mut moves = 0;
            let mut forged = None;
            self.successors(&state, |action, next| {
                // To refuse is not to move on.
                moves += usize::from(action.event != Event::Refuse);
                if action.event == Event::Verify
                    && !self.system.steps[usize::from(action.step)].not_entitled.is_empty()
                {
                    forged.get_or_insert(action);
                }
                let room = states.len() < most;
                match seen.entry(next) {
                    Entry::Occupied(old) => edges.push(*old.get()),
                    Entry::Vacant(new) if room => {
                        let to = states.len() as u32;
                        new.insert(to);
                        states.push(next);
                        reached.push((here, action));
                        edges.push(to);
                    }
                    Entry::Vacant(_) => finished = false,
                }
            });
            ends.push(edges.len());
            if let Some(action) = forged {
                bad[0].get_or_insert((here, Some(action)));
            }
            if moves == 0 && state != self.full && !self.any(&state, at::REFUSED) {
                bad[1].get_or_insert((here, None));
            }
            if bad[2].is_none() && !self.can_be_answered(state) {
                bad[2] = Some((here, None));
            }
            at += 1;
        }
        if finished {
            bad[3] = self.no_way_out(&states, &edges, &ends).map(|at| (at, None));
        }
        let traces = bad.map(|found| {
            let (mut at, last) = found?;
            let mut trace: Vec<Action> = last.into_iter().collect();
            while at != 0 {
                let (before, action) = reached[at as usize];
                trace.push(action);
                at = before;
            }
            trace.reverse();
            Some(trace)
        });
        Found { states: states.len(), finished, powers: self.answered.contains(&true), traces }
    }

    /// The first state from which neither the end nor a suspension can be reached: backward reachability over the
    /// edges of the search.
    fn no_way_out(&self, states: &[Packed<W>], edges: &[u32], ends: &[usize]) -> Option<u32> {
        let mut starts = vec![0_u32; states.len() + 1];
        for to in edges {
            starts[*to as usize + 1] += 1;
        }
        for i in 0..states.len() {
            starts[i + 1] += starts[i];
        }
        let mut place = starts.clone();
        let mut before = vec![0_u32; edges.len()];
        let mut from = 0;
        for (i, end) in ends.iter().enumerate() {
            for to in &edges[from..*end] {
                before[place[*to as usize] as usize] = i as u32;
                place[*to as usize] += 1;
            }
            from = *end;
        }
        let goal = |s: &Packed<W>| get(s, Self::REGIME) == 1 || *s == self.full;
        let mut can: Vec<bool> = states.iter().map(goal).collect();
        let mut open: Vec<u32> = (0..states.len() as u32).filter(|i| can[*i as usize]).collect();
        while let Some(to) = open.pop() {
            let (a, b) = (starts[to as usize] as usize, starts[to as usize + 1] as usize);
            for from in &before[a..b] {
                if !can[*from as usize] {
                    can[*from as usize] = true;
                    open.push(*from);
                }
            }
        }
        can.iter().position(|c| !c).map(|i| i as u32)
    }

    fn any(&self, state: &Packed<W>, code: u8) -> bool {
        (0..self.system.steps.len()).any(|i| get(state, i) == code)
    }

    /// Whether a breach stands that a power answers now.
    fn may_suspend(&self, state: &Packed<W>) -> bool {
        let clock = self.system.clock;
        (0..self.system.steps.len()).any(|i| {
            self.answered[i]
                && match get(state, i) {
                    at::REVERSED | at::REFUSED => true,
                    code if code >= at::DISPUTED => {
                        let left = code - at::DISPUTED;
                        self.ticks == 0 || left > 0 && self.ticks - left >= clock.ripe
                    }
                    _ => false,
                }
        })
    }

    /// Whether each breach whose clock still runs can be answered in time by a holder's act and the clock alone.
    fn can_be_answered(&self, mut state: Packed<W>) -> bool {
        if get(&state, Self::REGIME) == 1 {
            return true;
        }
        let fresh = at::DISPUTED + self.ticks;
        let open =
            (0..self.system.steps.len()).any(|i| self.answered[i] && get(&state, i) == fresh);
        if !open {
            return true;
        }
        loop {
            if self.may_suspend(&state) {
                return true;
            }
            match self.tick(&state) {
                Some(next) => state = next,
                None => return false,
            }
        }
    }

    fn tick(&self, state: &Packed<W>) -> Option<Packed<W>> {
        let mut next = *state;
        for i in 0..self.system.steps.len() {
            let code = get(state, i);
            if code > at::DISPUTED {
                set(&mut next, i, code - 1);
            }
        }
        (next != *state).then_some(next)
    }

    /// How far a step has come, in halves.
    fn halves(&self, state: &Packed<W>, i: usize) -> u8 {
        match get(state, i) {
            at::WAITING | at::REVERSED | at::REFUSED => 0,
            at::VERIFIED => 2,
            _ => 1,
        }
    }

    fn successors(&self, state: &Packed<W>, mut out: impl FnMut(Action, Packed<W>)) {
        let suspended = get(state, Self::REGIME) == 1;
        let whole = |event, next| (Action { event, step: 0, from: 0, to: 0 }, next);
        if self.ticks > 0
            && let Some(mut next) = self.tick(state)
        {
            self.sort(&mut next);
            let (a, n) = whole(Event::Tick, next);
            out(a, n);
        }
        if suspended {
            let mut next = *state;
            set(&mut next, Self::REGIME, 0);
            let (a, n) = whole(Event::Restore, next);
            out(a, n);
            return;
        }
        if self.may_suspend(state) {
            let mut next = *state;
            set(&mut next, Self::REGIME, 1);
            let (a, n) = whole(Event::Suspend, next);
            out(a, n);
        }
        for (i, step) in self.system.steps.iter().enumerate() {
            let from = get(state, i);
            // The next of a group in the same state would only repeat the one before.
            if self.before_in_group[i].is_some_and(|before| get(state, before) == from) {
                continue;
            }
            let mut go = |event, to| {
                let mut next = *state;
                set(&mut next, i, to);
                self.sort(&mut next);
                out(Action { event, step: i as u8, from, to }, next);
            };
            let ended = if step.certifiers.is_empty() { at::VERIFIED } else { at::CLAIMED };
            match from {
                at::WAITING | at::REVERSED | at::HALF => {
                    let ready = (0..W).all(|w| state[w] & self.after[i][w] == self.after[i][w])
                        && self.verified_all(state, i);
                    if !ready {
                        continue;
                    }
                    if !step.halved {
                        go(Event::Claim, ended);
                    } else {
                        let mine = self.halves(state, i);
                        let abreast = step.in_step_with.iter().all(|a| {
                            let other = self.halves(state, a.with) + a.lead;
                            mine < other || mine == other && !a.second
                        });
                        if abreast {
                            if from == at::HALF {
                                go(Event::Claim, ended);
                            } else {
                                go(Event::Half, at::HALF);
                            }
                        }
                    }
                    if self.system.refusal {
                        go(Event::Refuse, at::REFUSED);
                    }
                }
                at::CLAIMED => {
                    go(Event::Verify, at::VERIFIED);
                    go(Event::Dispute, at::DISPUTED + self.ticks);
                }
                at::VERIFIED if step.reversible => go(Event::Reverse, at::REVERSED),
                code if code >= at::DISPUTED => {
                    go(Event::Reject, at::VERIFIED);
                    go(Event::Uphold, at::WAITING);
                }
                _ => {}
            }
        }
    }

    /// The mask alone would take other codes that hold both bits of "verified" for it.
    fn verified_all(&self, state: &Packed<W>, i: usize) -> bool {
        self.system.steps[i].after.iter().all(|j| get(state, *j) == at::VERIFIED)
    }

    /// Interchangeable steps are kept in the order of what they are.
    fn sort(&self, state: &mut Packed<W>) {
        for group in &self.groups {
            // A group was in order before one of its members changed.
            for k in 1..group.len() {
                let mut j = k;
                while j > 0 {
                    let (a, b) = (get(state, group[j - 1]), get(state, group[j]));
                    if a <= b {
                        break;
                    }
                    set(state, group[j - 1], b);
                    set(state, group[j], a);
                    j -= 1;
                }
            }
        }
    }
}
