//! The search itself: packed states, breadth first, backward reachability.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::FixedState;
use statement::civil;

use super::{Bounds, Clock, ProofStep, Question, System, Verdict};

/// What a step can be, four bits each.
pub(crate) mod at {
    pub(crate) const WAITING: u8 = 0;
    pub(crate) const HALF: u8 = 1;
    pub(crate) const CLAIMED: u8 = 2;
    pub(crate) const VERIFIED: u8 = 3;
    pub(crate) const REVERSED: u8 = 4;
    pub(crate) const REFUSED: u8 = 5;
    /// In dispute with no tick left; each tick left adds one. From the top, 15 downwards, come certificates of a step that
    /// takes several: see `ProofStep::certified`.
    pub(crate) const DISPUTED: u8 = 6;
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Begin,
    Half,
    Claim,
    /// One of several certificates that it takes, not the last.
    Certify,
    Verify,
    Dispute,
    Uphold,
    Reject,
    Reverse,
    Refuse,
    Tick,
    /// A day passes after which something is over for a power.
    Deadline,
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
    fn not_tried(system: &System) -> Self {
        Self {
            states: 0,
            finished: false,
            powers: system.steps.iter().any(|s| !s.answered_by.is_empty()),
            traces: Default::default(),
        }
    }

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
    // The day takes a place of its own where it matters.
    let days = system.deadlines().len();
    let room = days <= 15 && system.steps.iter().all(|s| s.has_room(ticks(system, s)));
    match system.steps.len() + usize::from(days > 0) {
        _ if !room => Found::not_tried(system),
        0..=15 => Search::<1>::new(system, bounds).run(bounds.states),
        16..=31 => Search::<2>::new(system, bounds).run(bounds.states),
        32..=63 => Search::<4>::new(system, bounds).run(bounds.states),
        64..=127 => Search::<8>::new(system, bounds).run(bounds.states),
        // More than any search could finish: said so, not tried.
        _ => Found::not_tried(system),
    }
}

/// Ticks of a dispute over a step.
fn ticks(system: &System, step: &ProofStep) -> u8 {
    step.clock.unwrap_or(system.clock).ticks
}

struct Search<'a, const W: usize> {
    system: &'a System,
    groups: Vec<Vec<usize>>,
    /// The member of its group before each step.
    before_in_group: Vec<Option<usize>>,
    /// A verified step shows the code 3: the predecessors of each step as a mask of places.
    after: Vec<Packed<W>>,
    full: Packed<W>,
    clocks: Vec<Clock>,
    clocked: bool,
    answered: Vec<bool>,
    /// How many days pass that matter to a power, and for each power how many of them may have passed for it to be of use,
    /// and for it not to have lapsed.
    days: u8,
    powers: Vec<(u8, u8)>,
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
        let deadlines = system.deadlines();
        // A day may still be used for what ends on it.
        let place = |day: Option<civil::Date>| {
            let at = day.and_then(|d| deadlines.iter().position(|x| *x == d));
            at.map_or(u8::MAX, |at| at as u8)
        };
        let clocks: Vec<Clock> =
            system.steps.iter().map(|s| s.clock.unwrap_or(system.clock)).collect();
        Self {
            clocked: clocks.iter().any(|c| c.ticks > 0),
            clocks,
            powers: system.powers.iter().map(|p| (place(p.last_useful), place(p.lapse))).collect(),
            days: deadlines.len() as u8,
            groups,
            before_in_group,
            after: system.steps.iter().map(|s| mask(&s.after)).collect(),
            full: mask(&all),
            answered: system.steps.iter().map(|s| !s.answered_by.is_empty()).collect(),
            system,
        }
    }

    const REGIME: usize = W * 16 - 1;
    /// How many of the days that matter have passed.
    const DAY: usize = W * 16 - 2;

    /// What things are at the start.
    fn start(&self) -> Packed<W> {
        let mut state = [0; W];
        for (i, step) in self.system.steps.iter().enumerate() {
            set(&mut state, i, step.start_code(self.clocks[i].ticks));
        }
        if self.days > 0 {
            let passed = |from| self.system.deadlines().iter().filter(|d| **d < from).count();
            set(&mut state, Self::DAY, self.system.from.map_or(0, passed) as u8);
        }
        if self.system.suspended {
            set(&mut state, Self::REGIME, 1);
        }
        self.sort(&mut state);
        state
    }

    /// All steps are done.
    fn is_full(&self, state: &Packed<W>) -> bool {
        let mut state = *state;
        set(&mut state, Self::DAY, get(&self.full, Self::DAY));
        state == self.full
    }

    fn run(&self, most: usize) -> Found {
        let start = self.start();
        let mut states: Vec<Packed<W>> = vec![start];
        let mut seen: HashMap<Packed<W>, u32, FixedState> = HashMap::default();
        seen.insert(start, 0);
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
                // To refuse is not to move on, nor is it that time passes.
                moves += usize::from(!matches!(
                    action.event,
                    Event::Refuse | Event::Tick | Event::Deadline
                ));
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
            if moves == 0 && !self.is_full(&state) && !self.any(&state, at::REFUSED) {
                bad[1].get_or_insert((here, None));
            }
            if bad[2].is_none() && !self.can_be_answered(&state) {
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
    /// edges of the search. Once every power has lapsed on its date the text itself is over, which is a way out.
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
        let ended = |s: &Packed<W>| {
            self.days > 0 && self.powers.iter().all(|(_, lapse)| get(s, Self::DAY) > *lapse)
        };
        let goal = |s: &Packed<W>| get(s, Self::REGIME) == 1 || self.is_full(s) || ended(s);
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

    /// Whether a power has not lapsed.
    fn stands(&self, power: usize, state: &Packed<W>) -> bool {
        let ended = self.system.powers[power].ended_by;
        ended.is_none_or(|s| get(state, s) != at::VERIFIED)
            && (self.days == 0 || get(state, Self::DAY) <= self.powers[power].1)
    }

    /// Whether a use of a power could still take effect before it lapses.
    fn is_of_use(&self, power: usize, state: &Packed<W>) -> bool {
        self.stands(power, state)
            && (self.days == 0 || get(state, Self::DAY) <= self.powers[power].0)
    }

    /// Whether a use of a power takes effect whatever others do: nobody can stop it or keep it from being decided.
    fn is_assured(&self, power: usize, state: &Packed<W>) -> bool {
        let p = &self.system.powers[power];
        let at_hand = |s: &usize| {
            matches!(get(state, *s), at::WAITING | at::HALF | at::REVERSED)
                && self.is_ready(state, *s)
        };
        self.is_of_use(power, state)
            && p.decided_by.is_none()
            && !p.stopped_by.iter().any(at_hand)
            && !(p.windows > 0 && p.ended_by.iter().any(at_hand))
    }

    /// Whether a breach stands that a power answers now.
    fn may_suspend(&self, state: &Packed<W>) -> bool {
        self.system.steps.iter().enumerate().any(|(i, step)| {
            self.answered[i]
                && match get(state, i) {
                    at::REVERSED | at::REFUSED => true,
                    code if step.is_disputed(code) => {
                        let (left, clock) = (code - at::DISPUTED, self.clocks[i]);
                        clock.ticks == 0 || left > 0 && clock.ticks - left >= clock.ripe
                    }
                    _ => false,
                }
                && (step.answered_through.is_empty()
                    || step.answered_through.iter().any(|p| self.is_of_use(*p, state)))
        })
    }

    /// Whether each new breach can be answered in time by a holder's act and the clock alone. Of powers that have lapsed it
    /// is not asked.
    fn can_be_answered(&self, state: &Packed<W>) -> bool {
        if get(state, Self::REGIME) == 1 {
            return true;
        }
        self.system.steps.iter().enumerate().all(|(i, step)| {
            let code = get(state, i);
            let fresh = code == at::DISPUTED + self.clocks[i].ticks && step.is_disputed(code);
            if !self.answered[i] || !(fresh || matches!(code, at::REVERSED | at::REFUSED)) {
                return true;
            }
            let powers = &step.answered_through;
            // A refusal is known at once.
            if powers.is_empty() {
                return code == at::REFUSED || self.clocks[i].leaves_time();
            }
            let mut standing = powers.iter().filter(|p| self.stands(**p, state)).peekable();
            standing.peek().is_none()
                || (code == at::REFUSED || self.clocks[i].leaves_time())
                    && standing.any(|p| self.is_assured(*p, state))
        })
    }

    fn tick(&self, state: &Packed<W>) -> Option<Packed<W>> {
        let mut next = *state;
        for i in 0..self.system.steps.len() {
            let code = get(state, i);
            if code > at::DISPUTED && self.system.steps[i].is_disputed(code) {
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
        if self.days > 0 && get(state, Self::DAY) < self.days {
            let mut next = *state;
            set(&mut next, Self::DAY, get(state, Self::DAY) + 1);
            let (a, n) = whole(Event::Deadline, next);
            out(a, n);
        }
        if self.clocked
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
                    if !self.is_ready(state, i) {
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
                at::VERIFIED if step.reversible => go(Event::Reverse, at::REVERSED),
                code if code == at::CLAIMED || code >= step.certified() => {
                    let given = if code == at::CLAIMED { 0 } else { code - step.certified() + 1 };
                    let others = usize::from(given) < step.certifiers.len();
                    if given + 1 >= step.quorum {
                        if others {
                            go(Event::Verify, at::VERIFIED);
                        }
                    } else if others {
                        go(Event::Certify, step.certified() + given);
                    }
                    go(Event::Dispute, at::DISPUTED + self.clocks[i].ticks);
                }
                code if step.is_disputed(code) => {
                    // What was disputed in vain is claimed as before; certified it is by those who may.
                    go(Event::Reject, at::CLAIMED);
                    go(Event::Uphold, at::WAITING);
                }
                _ => {}
            }
        }
    }

    /// Whether all that a step waits for is verified: by the mask at once, then one by one, since the mask alone would take
    /// other codes that hold both bits of "verified" for it.
    fn is_ready(&self, state: &Packed<W>, i: usize) -> bool {
        (0..W).all(|w| state[w] & self.after[i][w] == self.after[i][w])
            && self.verified_all(state, i)
    }

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
