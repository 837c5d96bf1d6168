//! Asking for access, answering, escalating; asking for interviews and holding them.

use serde::{Deserialize, Serialize};

use super::inspection::{Attachment, check_attachments};
use crate::check::{Check, Faults};
use crate::{Date, ObjectId, Outcome, PartyId, Place, Sha256Digest};

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
    /// Who is asked. Absent: whoever declared the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PartyId>,
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

/// A step on the way of a request that is neither an answer nor a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessStep {
    /// Whoever asks was entitled by its own body.
    Authorised,
    /// The other side is asked to explain, before any request.
    ClarificationAsked,
    /// It explained.
    Clarified,
    /// The request reached the other side; the evidence is attached.
    Delivered,
    /// The team is at the point of entry.
    TeamAtEntry,
    /// The team is at the edge of the place.
    AtPerimeter,
    /// The other side offers another perimeter.
    PerimeterProposed,
    /// The perimeter is agreed.
    PerimeterAgreed,
    /// The team is on the site.
    OnSite,
    /// The team left, having done all it came for.
    LeftComplete,
    /// The team left, having done a part of it.
    LeftPartial,
    /// The team stood at the place and was not let in.
    Denied,
    /// The visit was broken off.
    Aborted,
    /// The report is delivered.
    Reported,
    /// The request is taken back.
    Withdrawn,
}

/// `access.step`: a request goes one step on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Proof of it: a receipt of delivery, a record of entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Attachment>,
    /// When.
    pub on: Date,
    /// What it was put down to, where it went otherwise than asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The request.
    pub request: ObjectId,
    /// Which step.
    pub step: AccessStep,
}

/// What a body decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The request stands as asked.
    Uphold,
    /// It stands in another form.
    Modify,
    /// It falls.
    Drop,
}

/// `access.decide`: a body decides on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// Votes against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<u32>,
    /// The body.
    pub body: String,
    /// Whether nobody objected, where the body decides by consensus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<bool>,
    /// The motion that was put.
    pub decision: Ruling,
    /// Votes for it. Absent: no count is published, which is not zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_favour: Option<u32>,
    /// When.
    pub on: Date,
    /// The request.
    pub request: ObjectId,
}

/// `access.pause`: the clocks of a request stand still. Signed by the sides that agree to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The sides that agree.
    pub agreed_by: Vec<PartyId>,
    /// The cause, as a code of the regime: `force-majeure`, `safety`.
    pub cause: String,
    /// The clock that stands still; absent: every one that may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// From when.
    pub from: Date,
    /// The request.
    pub request: ObjectId,
    /// Until when, inclusive.
    pub to: Date,
}

/// `access.extend`: a clock of a request is lengthened. Signed by the sides that agree to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    /// The sides that agree.
    pub agreed_by: Vec<PartyId>,
    /// The clock, as the regime names it.
    pub clock: String,
    /// By how many hours.
    pub hours: u32,
    /// When it was agreed.
    pub on: Date,
    /// Why.
    pub reason: String,
    /// The request.
    pub request: ObjectId,
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
    /// What gives the right to ask: a paragraph of the agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// When it was asked.
    pub on: Date,
    /// The person, as declared by pseudonym.
    pub person: ObjectId,
    /// Hash of the list of questions, salted by whoever keeps the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions_sha256: Option<Sha256Digest>,
    /// Why.
    pub reason: String,
    /// The terms asked.
    pub terms: Terms,
}

/// Why an interview was declined, broken off, or not held as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The person asked for a witness of the state.
    Witness,
    /// The person asked for a recording.
    Recording,
    /// The place was not agreed.
    Location,
    /// Private or not, alone or in a group: the form was not agreed.
    Form,
    /// The person feared what might follow.
    Fear,
    /// Illness or absence.
    Unavailable,
    /// The state refused, not the person.
    RefusedByState,
    /// The terms were not agreed; which of them, the source does not say.
    Terms,
    /// None of these.
    Other,
}

/// `interview.answer`: the request is accepted or declined, and on what terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterviewAnswer {
    /// Whether it was accepted.
    pub accepted: bool,
    /// When.
    pub on: Date,
    /// The reason given, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason given, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// The request.
    pub request: ObjectId,
    /// The terms agreed; on what is absent, nothing was agreed.
    pub terms: Terms,
}

/// `interview.record`: how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterviewRecord {
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Date>,
    /// Whether the person consented to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<bool>,
    /// Hashes of copies of documents handed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies_sha256: Vec<Sha256Digest>,
    /// Whether the person was given a copy of the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_given: Option<bool>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
    /// What is to follow from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<String>,
    /// Whether it was held to its end.
    pub held: bool,
    /// Hash of the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes_sha256: Option<Sha256Digest>,
    /// When.
    pub on: Date,
    /// Roles of those present; never names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub present: Vec<String>,
    /// What was done to protect the person, in the agreed words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protection: Vec<String>,
    /// Why it was declined or interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
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

impl Check for Step {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_attachments(at, "evidence", &self.evidence, faults);
        if self.step == AccessStep::Delivered && self.evidence.is_empty() {
            faults.add(
                at,
                "evidence",
                "a delivery needs its proof; or let the other side acknowledge",
            );
        }
    }
}

impl Check for Decide {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "body", &self.body);
    }
}

/// What both sides must sign names two of them, each once.
fn check_sides(at: &str, sides: &[PartyId], faults: &mut Faults) {
    let mut sorted: Vec<&PartyId> = sides.iter().collect();
    sorted.sort();
    sorted.dedup();
    if sorted.len() != sides.len() || sides.len() < 2 {
        faults.add(at, "agreed_by", "at least two different parties must agree");
    }
}

impl Check for Pause {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "cause", &self.cause);
        faults.order(at, "to", Some(&self.from), Some(&self.to));
        check_sides(at, &self.agreed_by, faults);
    }
}

impl Check for Extend {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "reason", &self.reason);
        faults.text(at, "clock", &self.clock);
        check_sides(at, &self.agreed_by, faults);
        if self.hours == 0 || self.hours > 24 * 366 {
            faults.add(at, "hours", "an extension is between one hour and one year");
        }
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

impl Check for InterviewAnswer {
    fn check(&self, at: &str, faults: &mut Faults) {
        if !self.accepted && self.reason.is_none() && self.reason_code.is_none() {
            faults.add(
                at,
                "reason",
                "a refusal needs its reason; write `other` when none was given",
            );
        }
    }
}

impl Check for InterviewRecord {
    fn check(&self, at: &str, faults: &mut Faults) {
        if !self.held && self.reason.is_none() && self.reason_code.is_none() {
            faults.add(at, "reason", "an interview that was not held to its end needs the reason");
        }
        faults.order(at, "ended", self.began.as_ref(), self.ended.as_ref());
    }
}
