//! Asking for access, answering, escalating; asking for interviews and holding them.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, ObjectId, Outcome, Place, Sha256Digest};

/// `access.request`: one side asks to go somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What the team would do there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
    /// The finding that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<ObjectId>,
    /// When it was asked.
    pub on: Date,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Why: the question or inconsistency to be resolved.
    pub reason: String,
    /// The set of clocks that applies: `additional-protocol`, `jcpoa`.
    pub regime: String,
    /// The declared site, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessAnswer {
    /// Receipt confirmed, nothing decided.
    Acknowledged,
    /// Granted as asked.
    Granted,
    /// Managed access proposed.
    Managed,
    /// Another means proposed.
    Alternative,
    /// Objected to.
    Objected,
    /// Consent given where the agreement asks for mutual consent.
    Consented,
    /// Consent declined: no breach, but counted.
    Declined,
}

/// `access.answer`: the other side answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer.
    pub answer: AccessAnswer,
    /// When it was given.
    pub on: Date,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The request.
    pub request: ObjectId,
}

/// `access.escalate`: the request goes to a body that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalate {
    /// When.
    pub on: Date,
    /// The request.
    pub request: ObjectId,
    /// The body: `Joint Commission`, `Board of Governors`.
    pub to: String,
}

/// `access.close`: how the request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// When.
    pub on: Date,
    /// The outcome.
    pub outcome: Outcome,
    /// The request.
    pub request: ObjectId,
}

/// Terms of an interview; each is agreed or refused on its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// A lawyer is present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counsel: Option<bool>,
    /// An interpreter is present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<bool>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Nobody else is present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// It is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<bool>,
    /// A witness of the state is present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<bool>,
}

/// `interview.request`: asks to speak with a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterviewRequest {
    /// When it was asked.
    pub on: Date,
    /// The person, as declared by pseudonym.
    pub person: ObjectId,
    /// Why.
    pub reason: String,
    /// The terms asked.
    pub terms: Terms,
}

/// `interview.record`: how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterviewRecord {
    /// Whether it was held to its end.
    pub held: bool,
    /// Hash of the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes_sha256: Option<Sha256Digest>,
    /// When.
    pub on: Date,
    /// Roles of those present.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub present: Vec<String>,
    /// Why it was declined or interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The request.
    pub request: ObjectId,
    /// The terms it was held under.
    pub terms: Terms,
}

impl Check for Request {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
        faults.text(at, "regime", &self.regime);
        self.place.check(&format!("{at}.place"), faults);
        if self.place.is_none() && self.site.is_none() {
            faults.add(at, "place", "a request names a place or a declared site");
        }
    }
}

impl Check for Answer {
    fn check(&self, at: &str, faults: &mut Faults) {
        if matches!(self.answer, AccessAnswer::Objected | AccessAnswer::Alternative)
            && self.reason.is_none()
        {
            faults.add(at, "reason", "an objection or an alternative needs its reason");
        }
    }
}

impl Check for Escalate {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "to", &self.to);
    }
}

impl Check for Close {
    fn check(&self, _: &str, _: &mut Faults) {}
}

impl Check for InterviewRequest {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
    }
}

impl Check for InterviewRecord {
    fn check(&self, at: &str, faults: &mut Faults) {
        if !self.held && self.reason.is_none() {
            faults.add(at, "reason", "an interview that was not held to its end needs the reason");
        }
    }
}
