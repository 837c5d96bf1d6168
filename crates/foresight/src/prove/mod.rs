//! Every order of events that a roadmap allows, searched without a gap.
//!
//! A step is waiting, half done, claimed, verified, reversed, refused, or in dispute with so many ticks of the
//! dispute's clock left; the agreement as a whole is in force or suspended. [`prove`] walks through all states
//! breadth first, so the first violation it meets has the shortest story, and answers each question with
//! *proved*, *violated* or *not finished*: a search that met its bound never says that it found nothing.
//!
//! Decided here, and the largest factor in the number of states: undoing a step leaves the steps that followed it as
//! they are. While the agreement is suspended nothing moves but the clock and the restoration.
//!
//! Three reductions keep it small, none of which loses a story: parts of the agreement that do not touch are searched
//! one at a time, interchangeable steps are counted rather than told apart, and a clock is the order of its
//! deadlines rather than days.

mod explore;
mod story;
mod system;

use serde::Serialize;

pub use system::{Abreast, Clock, ProofPower, ProofStep, Start, System};

/// How far to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most states of one component; beyond it the verdict is *not finished*.
    pub states: usize,
    /// Search the parts that do not touch one at a time.
    pub split: bool,
    /// Count interchangeable steps rather than tell them apart.
    pub merge: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { states: 5_000_000, split: true, merge: true }
    }
}

/// What the search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The agreement.
    pub title: String,
    /// States visited in all.
    pub states: usize,
    /// The answers.
    pub answers: Vec<Answer>,
    /// The parts that were searched one at a time.
    pub components: Vec<Component>,
    /// Steps that nobody certifies: their doer's word ends them.
    pub on_their_word: Vec<String>,
    /// How it was searched.
    pub method: &'static str,
}

/// A part of the agreement that touches no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Component {
    /// Its steps.
    pub steps: Vec<String>,
    /// States visited.
    pub states: usize,
    /// Whether these are all.
    pub finished: bool,
}

/// What is asked of every order of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// No step is certified by its own doer or by someone without the right to certify.
    OnlyTheEntitledCertify,
    /// There is no state in which nobody has refused anything, something is left, and nobody can move.
    NoDeadlock,
    /// Whenever a breach stands and its clock runs, a holder of a power can put it into effect in time, alone.
    SnapbackInTime,
    /// From every state the end or a lawful way out can be reached.
    WayOut,
}

impl Question {
    /// All, in the order they are told.
    pub const ALL: [Self; 4] =
        [Self::OnlyTheEntitledCertify, Self::NoDeadlock, Self::SnapbackInTime, Self::WayOut];

    /// The question as a sentence that is true when it is proved.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OnlyTheEntitledCertify => {
                "no step is certified by its doer or by someone without the right"
            }
            Self::NoDeadlock => "nobody is ever stuck while all are willing",
            Self::SnapbackInTime => "a breach can always be answered within its clock",
            Self::WayOut => "the end or a lawful way out can always be reached",
        }
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// The answer.
    pub verdict: Verdict,
    /// States visited for it.
    pub states: usize,
    /// The shortest way to a violation, as sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub story: Vec<String>,
}

/// An answer of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds in every state there is.
    Proved,
    /// It does not; the story shows how.
    Violated,
    /// The bound was met first.
    NotFinished,
    /// The text holds nothing it could be asked of: no power at all.
    NothingToAsk,
}

impl Verdict {
    /// The words for a screen.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Violated => "violated",
            Self::NotFinished => "not finished",
            Self::NothingToAsk => "nothing to ask",
        }
    }
}

/// Searches every order of events.
#[must_use]
pub fn prove(system: &System, bounds: Bounds) -> Proof {
    let parts = if bounds.split { system.components() } else { vec![system.clone()] };
    let mut components = Vec::with_capacity(parts.len());
    let mut answers: Vec<Answer> = Question::ALL
        .iter()
        .map(|question| Answer {
            question: *question,
            verdict: match question {
                Question::SnapbackInTime => Verdict::NothingToAsk,
                _ => Verdict::Proved,
            },
            states: 0,
            story: Vec::new(),
        })
        .collect();
    let mut best = [(usize::MAX, usize::MAX); 4];
    for part in &parts {
        let found = explore::explore(part, bounds);
        components.push(Component {
            steps: part.steps.iter().map(|s| s.id.clone()).collect(),
            states: found.states,
            finished: found.finished,
        });
        for answer in &mut answers {
            let (verdict, trace) = found.answer(answer.question, part);
            answer.states += found.states;
            let story = trace.map(|t| story::tell(part, &t, answer.question)).unwrap_or_default();
            let violated = answer.verdict == Verdict::Violated;
            if verdict == Verdict::Violated {
                // Of several parts that fail, the one with the shortest story is told; of these the largest part.
                let told = (story.len(), usize::MAX - part.steps.len());
                if !violated || told < best[answer.question as usize] {
                    (answer.verdict, answer.story) = (verdict, story);
                    best[answer.question as usize] = told;
                }
            } else if !violated && rank(verdict) > rank(answer.verdict) {
                answer.verdict = verdict;
            }
        }
    }
    Proof {
        title: system.title.clone(),
        states: components.iter().map(|c| c.states).sum(),
        answers,
        components,
        on_their_word: system
            .steps
            .iter()
            .filter(|s| s.certifiers.is_empty())
            .map(|s| s.id.clone())
            .collect(),
        method: "breadth-first search of all states; parts that do not touch one at a time, interchangeable steps \
                 counted; undoing a step leaves its successors as they are; while suspended only the clock runs",
    }
}

/// Which verdict stands when parts differ and none is violated.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NothingToAsk => 0,
        Verdict::Proved => 1,
        Verdict::NotFinished => 2,
        Verdict::Violated => 3,
    }
}
