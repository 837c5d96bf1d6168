//! What a roadmap's text says.
//!
//! Everything here is as written: nothing is resolved, no default filled in that the text does not give. Ids in one
//! roadmap are unique across steps, bundles, powers, limits, lasting obligations and clocks. Spans are byte
//! offsets of the id in the text, for messages.

use std::collections::HashMap;

use notation::Span;
use statement::{Date, Decimal, ObjectId};

use crate::expression::Expression;

/// An agreement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roadmap {
    /// Its title.
    pub title: String,
    /// Where the title stands.
    pub title_span: Span,
    /// When it was or will be signed: nothing the text asks for happens before (`signed=`).
    pub signed: Option<Date>,
    /// How days are counted, when the text says so.
    pub calendar: Option<Calendar>,
    /// The parties it names, outside ones too.
    pub parties: Vec<String>,
    /// Those of them the agreement does not bind (`outside=#true`).
    pub outside_parties: Vec<String>,
    /// Who may certify what.
    pub roles: Vec<Role>,
    /// Its steps, in the order of the text; a step of a step comes after it.
    pub steps: Vec<Step>,
    /// Steps that take effect together, on one day.
    pub bundles: Vec<Bundle>,
    /// Rights to suspend, snap back or withdraw.
    pub powers: Vec<Power>,
    /// Limits that must not be passed.
    pub limits: Vec<Limit>,
    /// Obligations that last.
    pub lasting: Vec<Lasting>,
    /// Clocks of procedures, as data: 24 h + 2 h; 14 + 7 + 3 days.
    pub clocks: Vec<Clock>,
    /// Agreed conversions between units.
    pub conversions: Vec<Conversion>,
    /// Checks the text's authors wrote themselves.
    pub checks: Vec<UserCheck>,
    /// Rival readings of clauses, each with the whole roadmap as it stands under that reading.
    pub readings: Vec<RivalReading>,
}

/// How days are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Whether the day counted from is day 1. Otherwise the count begins on the next day, as usual.
    pub inclusive: bool,
    /// The time zone whose days are meant, as the text names it: `UTC`, `Asia/Pyongyang`.
    pub zone: String,
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
    /// How many of the holders must act before it counts (k of n); 1 when the text gives none.
    pub quorum: u32,
    /// Where it stands in the text.
    pub span: Span,
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
    /// What each party is to contribute, where the text divides it.
    pub shares: Vec<Share>,
    /// By when, as first promised.
    pub due: Option<Due>,
    /// Not before this date.
    pub not_before: Option<Date>,
    /// Later dates agreed on.
    pub postponed: Vec<Postponement>,
    /// Steps or bundles that must be done before it (a condition, in the words of DCR graphs). Bundles stand
    /// here by their own id.
    pub after: Vec<ObjectId>,
    /// Delays that must run before it may be done: 45 days after notice to Congress.
    pub waits: Vec<Wait>,
    /// Steps that become due because this one was done (a response, in the words of DCR graphs).
    pub owes: Vec<Owes>,
    /// Steps this one only prepares: they wait for it, and it gives no benefit by itself.
    pub prepares: Vec<ObjectId>,
    /// Steps of the text that this one holds up although the text does not say so.
    pub blocks: Vec<ObjectId>,
    /// Conditions in words.
    pub conditions: Vec<Condition>,
    /// How much.
    pub amount: Option<(Decimal, String)>,
    /// The size of one delivery, in the unit it is given in.
    pub tranche: Option<(Decimal, String)>,
    /// The role or party that certifies it.
    pub verified_by: Option<String>,
    /// What shows that it is done: the test of its words.
    pub test: Option<String>,
    /// Days within which a party may dispute that it is done.
    pub dispute_days: Option<u32>,
    /// Steps done in proportion with it.
    pub in_step_with: Vec<InStepWith>,
    /// States of other steps that suspend this one by themselves.
    pub suspended_if: Vec<StateOf>,
    /// States that end the suspension. Empty: it ends when the reason for it does.
    pub restored_if: Vec<StateOf>,
    /// Steps this one suspends when it is done.
    pub suspends: Vec<ObjectId>,
    /// Steps this one snaps back when it is done.
    pub snaps_back: Vec<ObjectId>,
    /// Steps this one restores when it is done.
    pub restores: Vec<ObjectId>,
    /// Events or steps of the record that undo it.
    pub reversed_by: Vec<ObjectId>,
    /// Events or steps of the record that take it up again.
    pub resumed_by: Vec<ObjectId>,
    /// What happens by itself when it is not done by its date: a decision whose default is reversed.
    pub by_default: Option<ObjectId>,
    /// The power or step that answers its breach.
    pub on_breach: Vec<ObjectId>,
    /// It comes again and again.
    pub every: Option<Recurrence>,
    /// A right, not a duty; it lapses on this day where the text gives one.
    pub option: Option<Option<Moment>>,
    /// An obligation to try, not to succeed.
    pub effort: bool,
    /// Outside the text: a gesture, or something that blocks a step of the text.
    pub outside_text: bool,
    /// What it does to the thing it is about.
    pub effect: Option<Effect>,
    /// How long and at what cost it can be undone.
    pub reversal: Option<Reversal>,
    /// Days until undoing it would be noticed.
    pub detection_days: Option<u32>,
    /// Visits allowed against visits needed.
    pub quota: Option<Quota>,
    /// How long doing it takes, where somebody has judged it. Days.
    pub duration: Option<Duration>,
    /// What it is worth to each party, as ranges.
    pub payoffs: Vec<Payoff>,
    /// The step it is a part of.
    pub part_of: Option<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// One party's part of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The party.
    pub party: String,
    /// How much.
    pub amount: Decimal,
    /// The unit.
    pub unit: String,
    /// Where it stands in the text.
    pub span: Span,
}

/// By when a step is due: a date, or so long after another step; perhaps the earlier or later of that and an
/// event; perhaps void when something has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The date or the count.
    pub by: DueBy,
    /// Either that or when a step or event happens (`or= whichever=`).
    pub or: Option<(ObjectId, Whichever)>,
    /// Void once this has happened: a date with a proviso (`provided-not=`).
    pub provided_not: Option<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// The plain part of a due date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueBy {
    /// On this date or before.
    On(Date),
    /// So long after another step.
    After(Length, ObjectId, CountedFrom),
}

/// Which day of a step a count begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedFrom {
    /// The day it was done.
    Done,
    /// The day it was certified.
    Verified,
}

/// Which of two dates counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whichever {
    /// The earlier.
    Earlier,
    /// The later.
    Later,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many days.
    Days(u32),
    /// So many months, with what to do where the month has no such day.
    Months(u32, Round),
}

/// What `2008-01-31` and one month is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// The last day of the month: `2008-02-29`.
    Down,
    /// The first day of the next: `2008-03-01`.
    Up,
}

/// A day that is known or follows from something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// This date.
    On(Date),
    /// When this step, bundle or power of the text happens.
    When(ObjectId),
}

/// A delay that must run first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// How long.
    pub length: Length,
    /// From when this was done.
    pub of: ObjectId,
    /// Where it stands in the text.
    pub span: Span,
}

/// A step that becomes due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owes {
    /// The step.
    pub step: ObjectId,
    /// Within what time; at once when the text gives none.
    pub within: Option<Length>,
    /// Where it stands in the text.
    pub span: Span,
}

/// A step done in proportion with another: it may move on while its fraction is at most the other's plus the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InStepWith {
    /// The other step.
    pub with: ObjectId,
    /// How far it may be ahead, as a fraction of the whole (0.25 is a quarter).
    pub lead: Option<Decimal>,
    /// Which of the two moves first, when neither has a lead.
    pub first: Option<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// A state of something in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateOf {
    /// A step, bundle, limit, lasting obligation or power; or an event of the record.
    pub of: ObjectId,
    /// In which state.
    pub is: Is,
    /// Where it stands in the text.
    pub span: Span,
}

/// A state that something can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Is {
    /// Said to be done, or certified; of a power, used; of an event, happened.
    Done,
    /// Certified.
    Verified,
    /// Done and undone.
    Reversed,
    /// Refused.
    Refused,
    /// Tried and failed.
    Failed,
    /// Its date has passed and it is not done.
    Overdue,
    /// Of a limit, passed; of a lasting obligation, broken.
    Broken,
    /// An event of the record, which the text does not name as a step.
    Happened,
}

impl Is {
    /// All with their words.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Done, "done"),
        (Self::Verified, "verified"),
        (Self::Reversed, "reversed"),
        (Self::Refused, "refused"),
        (Self::Failed, "failed"),
        (Self::Overdue, "overdue"),
        (Self::Broken, "broken"),
        (Self::Happened, "happened"),
    ];

    /// Its word in the text.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(is, _)| *is == self).map_or("", |(_, word)| *word)
    }
}

/// A step that comes again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// How often.
    pub every: Length,
    /// Counted from when.
    pub from: Moment,
    /// Until when.
    pub until: Option<Moment>,
}

/// What a step does to the thing it is about, from what is easily undone to what is not. The order is ours; no
/// published ladder gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Sealed.
    Sealed,
    /// Disabled.
    Disabled,
    /// Removed.
    Removed,
    /// Destroyed.
    Destroyed,
    /// Its material handed over.
    Transferred,
    /// Its site converted and monitored.
    Converted,
}

impl Effect {
    /// All with their words, in order.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Sealed, "sealed"),
        (Self::Disabled, "disabled"),
        (Self::Removed, "removed"),
        (Self::Destroyed, "destroyed"),
        (Self::Transferred, "transferred"),
        (Self::Converted, "converted"),
    ];

    /// Its word in the text.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(e, _)| *e == self).map_or("", |(_, word)| *word)
    }
}

/// How long and at what cost a step can be undone, by somebody's judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// Days, at the least.
    pub least_days: u32,
    /// Days, at the most.
    pub most_days: u32,
    /// Cost with its unit.
    pub cost: Option<(Decimal, String)>,
    /// Where the judgement stands.
    pub source: String,
    /// Whose judgement it is.
    pub assessed_by: Option<String>,
}

/// Visits allowed against visits needed in the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Visits allowed.
    pub most: u32,
    /// In what time, in words: `year`.
    pub per: String,
    /// Sites to be visited.
    pub sites: u32,
    /// Visits each site needs in that time.
    pub each: u32,
    /// Where it stands in the text.
    pub span: Span,
}

/// How long something takes, in days: least, most likely, most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration {
    /// At the least.
    pub least: u32,
    /// Most likely.
    pub likely: Option<u32>,
    /// At the most.
    pub most: u32,
    /// Where the judgement stands.
    pub source: Option<String>,
}

/// What a step is worth to a party: negative what it costs, in that party's own unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payoff {
    /// The party.
    pub party: String,
    /// At the least.
    pub least: Decimal,
    /// At the most.
    pub most: Decimal,
    /// Where it stands in the text.
    pub span: Span,
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
    /// A plea the agreement knows, by name: `force majeure`.
    pub plea: Option<String>,
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

/// Steps that take effect together, on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub title: String,
    /// Its steps.
    pub steps: Vec<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// A right to suspend, snap back or withdraw. It does nothing until its holder uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Power {
    /// Its id, by which the record speaks of its use.
    pub id: ObjectId,
    /// What it is.
    pub title: String,
    /// Who may use it; each alone.
    pub holders: Vec<String>,
    /// What it does.
    pub does: PowerKind,
    /// The steps it acts on; bundles stand for their steps.
    pub over: Vec<ObjectId>,
    /// What gives the right: any one of these. Empty: the holder's own judgement.
    pub triggers: Vec<StateOf>,
    /// What must run, one after the other, between its use and its effect.
    pub windows: Vec<Window>,
    /// The days within which it must be used after its trigger.
    pub use_within: Option<Length>,
    /// When the right ends.
    pub lapse: Option<Moment>,
    /// Events or steps of the record that use it, with the window they begin at (the first when `None`).
    pub used_by: Vec<(ObjectId, Option<String>)>,
    /// Steps that stop its effect when they are done before it.
    pub stopped_by: Vec<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// What a power does to the steps it acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PowerKind {
    /// They are suspended.
    Suspend,
    /// What they ended applies again.
    SnapBack,
    /// The holder leaves the agreement: its own steps end.
    Withdraw,
}

impl PowerKind {
    /// All with their words.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Suspend, "suspend"), (Self::SnapBack, "snap-back"), (Self::Withdraw, "withdraw")];
}

/// One stage of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// How long it runs.
    pub hours: u32,
    /// Who acts or decides in it.
    pub by: Option<String>,
    /// It is not part of every course: an alternative run beside the stage before it.
    pub beside: bool,
    /// What silence at its end means, in words: `measures return`.
    pub if_silent: Option<String>,
    /// Where it stands in the text.
    pub span: Span,
}

impl Window {
    /// Whole days; hours are rounded up.
    #[must_use]
    pub fn days(&self) -> u32 {
        self.hours.div_ceil(24)
    }
}

/// The days a row of windows takes, one after the other; a window beside another counts only what it is longer.
#[must_use]
pub fn total_days(windows: &[Window]) -> u32 {
    let (mut total, mut stage) = (0_u32, 0_u32);
    for window in windows {
        if window.beside {
            stage = stage.max(window.days());
        } else {
            total = total.saturating_add(stage);
            stage = window.days();
        }
    }
    total.saturating_add(stage)
}

/// A limit that must not be passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its id.
    pub id: ObjectId,
    /// What is limited.
    pub title: String,
    /// Whom it binds.
    pub by: Vec<String>,
    /// The material or thing, in the words of the figures.
    pub of: Option<String>,
    /// Its values, in the order of the text: the last whose `from` has come is in force.
    pub values: Vec<LimitValue>,
    /// Its last day.
    pub until: Option<Date>,
    /// Who measures it: a role or party.
    pub measured_by: Option<String>,
    /// The pledge of the record that states the same limit.
    pub record: Option<ObjectId>,
    /// The power or step that answers its breach.
    pub on_breach: Vec<ObjectId>,
    /// Steps that bring the thing back within it.
    pub cured_by: Vec<ObjectId>,
    /// Where it stands in the text.
    pub span: Span,
}

/// One value of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitValue {
    /// No more than this; no less when `floor`.
    pub value: Decimal,
    /// In this unit.
    pub unit: String,
    /// It is a floor.
    pub floor: bool,
    /// From this day on.
    pub from: Option<Date>,
    /// Where it stands in the text.
    pub span: Span,
}

/// An obligation that lasts: no tests while talks go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lasting {
    /// Its id.
    pub id: ObjectId,
    /// What must be done or left.
    pub title: String,
    /// Whom it binds.
    pub by: Vec<String>,
    /// From when.
    pub from: Option<Moment>,
    /// Until when.
    pub until: Option<Moment>,
    /// Only while these are in force: steps neither reversed nor suspended, powers not used.
    pub while_: Vec<ObjectId>,
    /// It binds on after the agreement has ended.
    pub survives: bool,
    /// Who certifies that it is kept.
    pub verified_by: Option<String>,
    /// Events of the record that break it.
    pub broken_by: Vec<ObjectId>,
    /// The power or step that answers its breach.
    pub on_breach: Vec<ObjectId>,
    /// Visits allowed against visits needed.
    pub quota: Option<Quota>,
    /// Where it stands in the text.
    pub span: Span,
}

/// The clock of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub title: String,
    /// Its stages.
    pub windows: Vec<Window>,
    /// The days after which nothing more can be claimed.
    pub cut_off_days: Option<u32>,
    /// Where it stands in the text.
    pub span: Span,
}

/// An agreed conversion between units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// One of this unit …
    pub from: String,
    /// … is so many …
    pub factor: Decimal,
    /// … of this.
    pub to: String,
    /// When that was agreed.
    pub agreed: Date,
}

/// A check the text's authors wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct UserCheck {
    /// Whether it makes the roadmap wrong, or only odd.
    pub fails: bool,
    /// What is said when it strikes.
    pub message: String,
    /// When it strikes.
    pub when: Expression,
    /// Asked of each step (`step=`) rather than once of the whole (`if=`).
    pub each_step: bool,
    /// Where it stands in the text.
    pub span: Span,
}

/// One of several readings of the same clause.
#[derive(Debug, Clone, PartialEq)]
pub struct RivalReading {
    /// The clause that is read differently, in words.
    pub clause: String,
    /// The name of the reading.
    pub name: String,
    /// Who reads it so.
    pub by: Vec<String>,
    /// What it changes.
    pub changes: Vec<ObjectId>,
    /// The roadmap under this reading; it has no readings of its own.
    pub roadmap: Roadmap,
    /// Where it stands in the text.
    pub span: Span,
}

impl Roadmap {
    /// The step of an id. Looks through all steps; where many are looked up, make an [`index`](Self::index).
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id.as_str() == id)
    }

    /// The place of each step in [`steps`](Self::steps), by its id. Of two steps with one id the first counts.
    #[must_use]
    pub fn index(&self) -> HashMap<&str, usize> {
        let mut index = HashMap::with_capacity(self.steps.len());
        for (i, step) in self.steps.iter().enumerate() {
            index.entry(step.id.as_str()).or_insert(i);
        }
        index
    }

    /// The bundle of an id.
    #[must_use]
    pub fn bundle(&self, id: &str) -> Option<&Bundle> {
        self.bundles.iter().find(|b| b.id.as_str() == id)
    }

    /// The steps that ids name: bundles stand for their steps.
    pub fn unbundled<'a>(&'a self, ids: &'a [ObjectId]) -> impl Iterator<Item = &'a ObjectId> + 'a {
        ids.iter().flat_map(|id| match self.bundle(id.as_str()) {
            Some(bundle) => bundle.steps.iter(),
            None => std::slice::from_ref(id).iter(),
        })
    }

    /// What must be done before each step, as places in [`steps`](Self::steps): `after` (bundles taken apart), what
    /// it waits so many days for, what prepares it, and what blocks it from outside the text.
    #[must_use]
    pub fn predecessors(&self) -> Vec<Vec<usize>> {
        let index = self.index();
        let find = |id: &ObjectId| index.get(id.as_str()).copied();
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.steps.len()];
        for (i, step) in self.steps.iter().enumerate() {
            before[i].extend(self.unbundled(&step.after).filter_map(find));
            before[i].extend(step.waits.iter().filter_map(|w| find(&w.of)));
            for later in self.unbundled(&step.prepares).chain(self.unbundled(&step.blocks)) {
                if let Some(later) = find(later) {
                    before[later].push(i);
                }
            }
        }
        for list in &mut before {
            list.sort_unstable();
            list.dedup();
        }
        before
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

    /// How many certifiers must act before a step is verified.
    #[must_use]
    pub fn quorum(&self, step: &Step) -> usize {
        let role =
            step.verified_by.as_ref().and_then(|name| self.roles.iter().find(|r| r.name == *name));
        role.map_or(1, |r| usize::try_from(r.quorum).unwrap_or(1))
    }
}

impl Step {
    /// A step of an id that says nothing else.
    #[must_use]
    pub fn new(id: ObjectId, span: Span) -> Self {
        Self {
            id,
            span,
            title: String::new(),
            by: Vec::new(),
            shares: Vec::new(),
            due: None,
            not_before: None,
            postponed: Vec::new(),
            after: Vec::new(),
            waits: Vec::new(),
            owes: Vec::new(),
            prepares: Vec::new(),
            blocks: Vec::new(),
            conditions: Vec::new(),
            amount: None,
            tranche: None,
            verified_by: None,
            test: None,
            dispute_days: None,
            in_step_with: Vec::new(),
            suspended_if: Vec::new(),
            restored_if: Vec::new(),
            suspends: Vec::new(),
            snaps_back: Vec::new(),
            restores: Vec::new(),
            reversed_by: Vec::new(),
            resumed_by: Vec::new(),
            by_default: None,
            on_breach: Vec::new(),
            every: None,
            option: None,
            effort: false,
            outside_text: false,
            effect: None,
            reversal: None,
            detection_days: None,
            quota: None,
            duration: None,
            payoffs: Vec::new(),
            part_of: None,
        }
    }

    /// Whether the text asks for it: neither outside the text nor a mere right.
    #[must_use]
    pub fn is_duty(&self) -> bool {
        !self.outside_text && self.option.is_none()
    }
}
