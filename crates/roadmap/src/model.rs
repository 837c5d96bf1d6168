//! What a roadmap's text says.

use notation::Span;
use statement::{Date, Decimal, ObjectId};

/// An agreement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roadmap {
    /// Its title.
    pub title: String,
    /// The parties it names.
    pub parties: Vec<String>,
    /// Who may certify what.
    pub roles: Vec<Role>,
    /// Its steps, in the order of the text; a step of a step comes after it.
    pub steps: Vec<Step>,
}

/// A right that the agreement gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What its holders may do.
    pub may: String,
    /// Who holds it.
    pub holders: Vec<String>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its id, by which the record speaks of it.
    pub id: ObjectId,
    /// What is to be done.
    pub title: String,
    /// Who does it; several do it together.
    pub by: Vec<String>,
    /// By when, as first promised.
    pub due: Option<Due>,
    /// Later dates agreed on.
    pub postponed: Vec<Postponement>,
    /// Steps that must be done before it.
    pub after: Vec<ObjectId>,
    /// Conditions in words.
    pub conditions: Vec<Condition>,
    /// How much.
    pub amount: Option<(Decimal, String)>,
    /// The role that certifies it.
    pub verified_by: Option<String>,
    /// Steps done in proportion with it.
    pub in_step_with: Vec<ObjectId>,
    /// Events or steps of the record that undo it.
    pub reversed_by: Vec<ObjectId>,
    /// Events or steps of the record that take it up again.
    pub resumed_by: Vec<ObjectId>,
    /// A gesture: the text does not ask for it.
    pub outside_text: bool,
    /// The step it is a part of.
    pub part_of: Option<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// By when a step is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// On this date or before.
    By(Date),
    /// This many days after another step was done.
    DaysAfter(u32, ObjectId),
}

/// A later date agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponement {
    /// The new date.
    pub due: Date,
    /// When it was agreed.
    pub on: Date,
    /// The reason given.
    pub reason: String,
}

/// A condition in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The words.
    pub text: String,
    /// Who set it, when it was not in the text from the start.
    pub by: Option<String>,
    /// When it was added.
    pub added: Option<Date>,
}

impl Roadmap {
    /// The step of an id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id.as_str() == id)
    }

    /// Who may certify a step, by the role it names; a step may also name a party itself.
    #[must_use]
    pub fn certifiers<'a>(&'a self, step: &'a Step) -> Vec<&'a str> {
        let Some(name) = step.verified_by.as_deref() else { return Vec::new() };
        match self.roles.iter().find(|r| r.name == name) {
            Some(role) => role.holders.iter().map(String::as_str).collect(),
            None => vec![name],
        }
    }
}
