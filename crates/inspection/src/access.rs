//! Where each access request stands.

use case::{Case, Index};
use serde::Serialize;
use statement::kinds::access::AccessAnswer;
use statement::{Date, ObjectId, Outcome, PartyId, civil, days};

/// One access request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessStatus {
    /// The request.
    pub request: ObjectId,
    /// Who asks.
    pub by: PartyId,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub asked_on: Date,
    /// Days since it was asked, or until it ended.
    pub days: i64,
    /// Where it stands.
    pub state: AccessState,
    /// The entries this rests on.
    pub because: Vec<Index>,
}

/// Where an access request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessState {
    /// No answer is recorded. Whether that is a silence that counts is for the regime's clock to say.
    Unanswered,
    /// Answered, not ended.
    Answered(AccessAnswer),
    /// Before a body that decides.
    Escalated,
    /// Ended.
    Closed(Outcome),
}

/// Every access request made by `as_of`, in the order of the ledger.
#[must_use]
pub fn requests(case: &Case, as_of: civil::Date) -> Vec<AccessStatus> {
    let by = |on: &Date| on.earliest() <= as_of;
    case.access
        .iter()
        .filter(|r| by(&r.body.request.on))
        .map(|r| {
            let body = &r.body;
            let closed = body.closed.as_ref().filter(|c| by(&c.on));
            let escalated = body.escalations.iter().any(|e| by(&e.on));
            let answer = body.answers.iter().rfind(|a| by(&a.on)).map(|a| a.answer);
            let state = match (closed, escalated, answer) {
                (Some(close), ..) => AccessState::Closed(close.outcome),
                (None, true, _) => AccessState::Escalated,
                (None, false, Some(answer)) => AccessState::Answered(answer),
                (None, false, None) => AccessState::Unanswered,
            };
            let end = closed.map_or(as_of, |c| c.on.earliest());
            AccessStatus {
                request: r.id.clone(),
                by: r.party.clone(),
                reason: body.request.reason.clone(),
                asked_on: body.request.on.clone(),
                days: days(body.request.on.earliest(), end),
                state,
                because: r.because.clone(),
            }
        })
        .collect()
}
