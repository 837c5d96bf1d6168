//! Interviews: who was asked, on what terms, what came of it. Persons appear by pseudonym and never with the
//! commitment to their identity.

use std::collections::BTreeMap;

use case::{Case, Index, Interview, Record};
use serde::Serialize;
use statement::kinds::access::{ReasonCode, Terms};
use statement::{Date, ObjectId, civil};

/// All interviews asked for by a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interviews {
    /// Asked for.
    pub asked: usize,
    /// Accepted, on whatever terms.
    pub accepted: usize,
    /// Declined.
    pub declined: usize,
    /// Neither accepted nor declined so far.
    pub unanswered: usize,
    /// Held to their end.
    pub held: usize,
    /// Broken off.
    pub interrupted: usize,
    /// Held in private, by the terms recorded.
    pub held_in_private: usize,
    /// Term by term, how often it was asked for and agreed to.
    pub terms: Vec<TermCount>,
    /// Reasons for refusals and interruptions.
    pub reasons: Vec<(ReasonCode, usize)>,
    /// Days from request to interview, least to most, over those held with dates that tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_days: Option<(i64, i64)>,
    /// Which roles at which sites were interviewed.
    pub coverage: Vec<RoleCoverage>,
    /// Request by request, in the order of the ledger.
    pub requests: Vec<InterviewStatus>,
}

/// How often a term was asked for and what was agreed on it, each on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermCount {
    /// The term.
    pub term: &'static str,
    /// Requests that ask for it.
    pub asked: usize,
    /// Of these, answers that agree to it.
    pub agreed: usize,
    /// Of these, answers that refuse it.
    pub refused: usize,
}

/// How far one role at one site was covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleCoverage {
    /// The site; absent where none is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
    /// The role.
    pub role: String,
    /// Persons declared.
    pub declared: usize,
    /// Persons asked.
    pub asked: usize,
    /// Persons interviewed to the end.
    pub interviewed: usize,
    /// Persons who declined and were not interviewed.
    pub refused: usize,
}

/// One request for an interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InterviewStatus {
    /// The request.
    pub request: ObjectId,
    /// The person's pseudonym.
    pub person: String,
    /// The person's role.
    pub role: String,
    /// When it was asked.
    pub asked_on: Date,
    /// Where it stands.
    pub state: InterviewState,
    /// The terms asked.
    pub terms_asked: Terms,
    /// The terms agreed or held under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_agreed: Option<Terms>,
    /// The reason given for a refusal or interruption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// Days from request to interview, least and most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_days: Option<(i64, i64)>,
    /// Roles of those present.
    pub present: Vec<String>,
    /// What was done to protect the person.
    pub protection: Vec<String>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Where a request for an interview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InterviewState {
    /// No answer is recorded.
    Unanswered,
    /// Accepted and not yet held.
    Accepted,
    /// Declined.
    Declined,
    /// Held to its end.
    Held,
    /// Broken off.
    Interrupted,
}

/// One of the terms; `None` where nothing was said of it.
type Term = fn(&Terms) -> Option<bool>;

/// The terms that are agreed each on its own.
const TERMS: &[(&str, Term)] = &[
    ("private", |t| t.private),
    ("witness", |t| t.witness),
    ("counsel", |t| t.counsel),
    ("recording", |t| t.recording),
    ("interpreter", |t| t.interpreter),
];

/// What came of every interview asked for by `as_of`.
#[must_use]
pub fn interviews(case: &Case, as_of: civil::Date) -> Interviews {
    let requests: Vec<InterviewStatus> = case
        .interviews
        .iter()
        .filter(|r| r.body.request.on.earliest() <= as_of)
        .map(|r| one(case, r, as_of))
        .collect();
    let count =
        |keep: &dyn Fn(&InterviewStatus) -> bool| requests.iter().filter(|r| keep(r)).count();
    let is = |state: InterviewState| move |r: &InterviewStatus| r.state == state;
    let (held, interrupted) =
        (count(&is(InterviewState::Held)), count(&is(InterviewState::Interrupted)));
    let terms = TERMS
        .iter()
        .map(|(term, of)| {
            let asking = || requests.iter().filter(|r| of(&r.terms_asked).is_some());
            let wanted = |r: &InterviewStatus| of(&r.terms_asked);
            let got = |r: &InterviewStatus| r.terms_agreed.as_ref().and_then(of);
            TermCount {
                term,
                asked: asking().count(),
                agreed: asking().filter(|r| got(r) == wanted(r)).count(),
                refused: asking().filter(|r| got(r).is_some_and(|g| Some(g) != wanted(r))).count(),
            }
        })
        .collect();
    let mut reasons: BTreeMap<ReasonCode, usize> = BTreeMap::new();
    for code in requests.iter().filter_map(|r| r.reason_code) {
        *reasons.entry(code).or_default() += 1;
    }
    let delays = || requests.iter().filter_map(|r| r.delay_days);
    let least = delays().map(|(low, _)| low).min();
    let most = delays().map(|(_, high)| high).max();
    Interviews {
        asked: requests.len(),
        accepted: count(&is(InterviewState::Accepted)) + held + interrupted,
        declined: count(&is(InterviewState::Declined)),
        unanswered: count(&is(InterviewState::Unanswered)),
        held,
        interrupted,
        held_in_private: count(&|r| {
            r.state == InterviewState::Held
                && r.terms_agreed.as_ref().is_some_and(|t| t.private == Some(true))
        }),
        terms,
        reasons: reasons.into_iter().collect(),
        delay_days: least.zip(most),
        coverage: coverage(case, as_of),
        requests,
    }
}

fn one(case: &Case, r: &Record<Interview>, as_of: civil::Date) -> InterviewStatus {
    let body = &r.body;
    let person = case.persons.get(body.request.person.as_str()).map(|p| &p.body);
    let answer = body.answers.iter().rfind(|a| a.body.on.earliest() <= as_of).map(|a| &a.body);
    let record = body.records.iter().rfind(|a| a.body.on.earliest() <= as_of).map(|a| &a.body);
    let state = match (record, answer) {
        (Some(record), _) if record.held => InterviewState::Held,
        (Some(_), _) => InterviewState::Interrupted,
        (None, Some(answer)) if answer.accepted => InterviewState::Accepted,
        (None, Some(_)) => InterviewState::Declined,
        (None, None) => InterviewState::Unanswered,
    };
    InterviewStatus {
        request: r.id.clone(),
        person: person.map(|p| p.pseudonym.clone()).unwrap_or_default(),
        role: person.map(|p| p.role.clone()).unwrap_or_default(),
        asked_on: body.request.on.clone(),
        state,
        terms_asked: body.request.terms.clone(),
        terms_agreed: record.map(|r| &r.terms).or(answer.map(|a| &a.terms)).cloned(),
        reason: record
            .and_then(|r| r.reason.clone())
            .or_else(|| answer.and_then(|a| a.reason.clone())),
        reason_code: record.and_then(|r| r.reason_code).or(answer.and_then(|a| a.reason_code)),
        delay_days: record
            .filter(|r| r.held)
            .map(|record| record.on.days_since(&body.request.on))
            // The order of the two is certain; a coarse date must not make it negative.
            .map(|(low, high)| (low.max(0), high)),
        present: record.map(|r| r.present.clone()).unwrap_or_default(),
        protection: record.map(|r| r.protection.clone()).unwrap_or_default(),
        because: r.because.clone(),
    }
}

/// Which roles at which sites were interviewed, from the persons declared.
fn coverage(case: &Case, as_of: civil::Date) -> Vec<RoleCoverage> {
    let mut roles: BTreeMap<(Option<&ObjectId>, &str), RoleCoverage> = BTreeMap::new();
    for person in case.persons.iter().filter(|p| p.said_by(as_of)) {
        let key = (person.body.site.as_ref(), person.body.role.as_str());
        let row = roles.entry(key).or_insert_with(|| RoleCoverage {
            site: person.body.site.clone(),
            role: person.body.role.clone(),
            declared: 0,
            asked: 0,
            interviewed: 0,
            refused: 0,
        });
        row.declared += 1;
        let states: Vec<InterviewState> = case
            .interviews
            .iter()
            .filter(|r| r.body.request.person == person.id)
            .filter(|r| r.body.request.on.earliest() <= as_of)
            .map(|r| one(case, r, as_of).state)
            .collect();
        row.asked += usize::from(!states.is_empty());
        let held = states.contains(&InterviewState::Held);
        row.interviewed += usize::from(held);
        row.refused += usize::from(!held && states.contains(&InterviewState::Declined));
    }
    roles.into_values().collect()
}
