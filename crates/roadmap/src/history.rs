//! What is known of an agreement's course: from the ledger, or from a scenario.

use case::{Case, Index, StepStatement};
use statement::{Basis, Claim, Date, ObjectId, PartyId, Standing};

use crate::scenario::Scenario;

/// Where what is known comes from.
#[derive(Clone, Copy)]
pub(crate) enum History<'a> {
    Case(&'a Case),
    Scenario(&'a Scenario),
}

/// One statement on a step.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub body: &'a StepStatement,
    pub party: &'a PartyId,
    pub said: Option<&'a Date>,
    pub note: Option<&'a str>,
    pub basis: Option<Basis>,
    pub attested: bool,
    pub because: &'a [Index],
}

impl<'a> Known<'a> {
    /// The date it speaks of, or else was said on.
    pub(crate) fn on(&self) -> Option<&'a Date> {
        self.body.on().or(self.said)
    }
}

/// A figure somebody stated.
pub(crate) struct Figure<'a> {
    pub id: &'a ObjectId,
    pub claim: &'a Claim,
    pub said: Option<&'a Date>,
    pub basis: Option<Basis>,
    pub because: &'a [Index],
}

impl<'a> History<'a> {
    /// What was said of a step, in the order of the record.
    pub(crate) fn of_step(self, id: &str) -> Vec<Known<'a>> {
        match self {
            Self::Case(case) => case
                .progress_of(id)
                .map(|r| Known {
                    body: &r.body,
                    party: &r.party,
                    said: r.said.as_ref(),
                    note: r.note.as_deref(),
                    basis: r.source.as_ref().map(|s| s.basis),
                    attested: r.standing == Standing::Attested,
                    because: &r.because,
                })
                .collect(),
            Self::Scenario(scenario) => scenario
                .facts
                .iter()
                .filter(|f| f.body.step().as_str() == id)
                .map(|f| Known {
                    body: &f.body,
                    party: &f.party,
                    said: None,
                    note: None,
                    basis: None,
                    attested: true,
                    because: &f.because,
                })
                .collect(),
        }
    }

    /// When an event of the record happened.
    pub(crate) fn event(self, id: &str) -> Option<(&'a Date, &'a [Index])> {
        match self {
            Self::Case(case) => {
                let event = case.events.get(id)?;
                Some((event.body.on.as_ref()?, &event.because))
            }
            Self::Scenario(scenario) => {
                let event = scenario.events.iter().find(|e| e.id.as_str() == id)?;
                Some((&event.on, &event.because))
            }
        }
    }

    /// Who acted in an event of the record; empty when nobody is named.
    pub(crate) fn who(self, id: &str) -> Vec<String> {
        match self {
            Self::Case(case) => case
                .events
                .get(id)
                .map(|e| e.body.parties.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            Self::Scenario(scenario) => scenario
                .events
                .iter()
                .find(|e| e.id.as_str() == id)
                .and_then(|e| e.party.as_ref())
                .map(|p| vec![p.to_string()])
                .unwrap_or_default(),
        }
    }

    /// Every figure stated.
    pub(crate) fn figures(self) -> Vec<Figure<'a>> {
        match self {
            Self::Case(case) => case
                .claims
                .iter()
                .map(|c| Figure {
                    id: &c.id,
                    claim: &c.body.claim,
                    said: c.said.as_ref(),
                    basis: c.source.as_ref().map(|s| s.basis),
                    because: &c.because,
                })
                .collect(),
            Self::Scenario(scenario) => scenario
                .figures
                .iter()
                .map(|f| Figure {
                    id: &f.id,
                    claim: &f.claim,
                    said: None,
                    basis: None,
                    because: &f.because,
                })
                .collect(),
        }
    }

    pub(crate) fn case(self) -> Option<&'a Case> {
        match self {
            Self::Case(case) => Some(case),
            Self::Scenario(_) => None,
        }
    }
}
