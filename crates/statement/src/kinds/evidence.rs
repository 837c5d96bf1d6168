//! What others saw, what was promised in public, what happened, what figures were stated.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Claim, Date, Decimal, ObjectId, Place, Quantity};

/// `observation.record`: what someone saw or reported, where and when. The source carries its grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The kind of thing: `power reactor`, `nuclear test`, `waste storage`.
    pub category: String,
    /// Figures reported with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What the source calls it.
    pub name: String,
    /// When it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_on: Option<Date>,
    /// Where it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Its state as seen: `operating`, `abandoned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Other names the source gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// Other names that the recorder added from memory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants_from_memory: Vec<String>,
}

/// `pledge.record`: what a party promised, or what the agreement's text binds it to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    /// What the promise hangs on, in the source's words: `within 60 days of 13 Feb 2007`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Who promises; several when they promise together. Empty: the parties of the step itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
    /// The step of the roadmap it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<ObjectId>,
    /// What kind of promise it is, with its terms.
    pub term: Term,
    /// What was promised, in words.
    pub what: String,
}

/// The terms of a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Term {
    /// To do something once.
    Act {
        /// How much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Quantity>,
        /// By when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Date>,
    },
    /// Never to go beyond a figure.
    Limit {
        /// First day of the limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// The figure and what it counts.
        limit: Claim,
        /// Last day of the limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// To keep doing or keep from doing something.
    Lasting {
        /// The figure it concerns, where the source gives one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Decimal>,
        /// Its length, in words: `lifetime of the reactor`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
        /// Its length in years.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        years: Option<Decimal>,
    },
    /// A clock that runs once something has happened.
    Clock {
        /// Event or clock from which the days count.
        counted_from: String,
        /// Days it runs.
        days: u32,
        /// How a decision is taken within it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision_rule: Option<String>,
        /// Whether it can be extended by consensus; absent when the source does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extendable: Option<bool>,
        /// What starts it.
        trigger: String,
    },
}

/// `event.record`: a test, a launch, an expulsion, a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What it answered or followed, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What kind of event: `break`, `reversal`, `suspension`, `decision`, `event`.
    pub category: String,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// Who acted; several when they acted together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The roadmap step it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<ObjectId>,
    /// What happened.
    pub what: String,
}

/// `claim.record`: a figure somebody stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRecord {
    /// The declared site or item it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<ObjectId>,
    /// The figure.
    pub claim: Claim,
    /// Who stated it, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_by: Option<String>,
    /// To whom it was stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Check for Observation {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "name", &self.name);
        faults.text(at, "category", &self.category);
        self.place.check(&format!("{at}.place"), faults);
        self.claims.check(&format!("{at}.claims"), faults);
    }
}

impl Check for Pledge {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "what", &self.what);
        match &self.term {
            Term::Act { amount, .. } => amount.check(&format!("{at}.term.act.amount"), faults),
            Term::Limit { from, limit, until } => {
                limit.check(&format!("{at}.term.limit.limit"), faults);
                faults.order(at, "term.limit.until", from.as_ref(), until.as_ref());
            }
            Term::Lasting { .. } => {}
            Term::Clock { counted_from, trigger, .. } => {
                faults.text(at, "term.clock.counted_from", counted_from);
                faults.text(at, "term.clock.trigger", trigger);
            }
        }
    }
}

impl Check for Event {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "what", &self.what);
        faults.text(at, "category", &self.category);
        self.place.check(&format!("{at}.place"), faults);
    }
}

impl Check for ClaimRecord {
    fn check(&self, at: &str, faults: &mut Faults) {
        self.claim.check(&format!("{at}.claim"), faults);
    }
}
