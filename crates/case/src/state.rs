//! The state of affairs.

use std::collections::{BTreeMap, HashMap};

use foldhash::quality::RandomState;

use serde::Serialize;
use statement::kinds::{
    access, account, agreement, declaration, evidence, findings, inspection, items, roadmap,
};
use statement::{Basis, CaseId, Kind, ObjectId, Outcome, Standing};

use crate::field::{History, Sample, Transferred, Waiting};
use crate::sealed::Sealed;
use crate::{Index, Keys, Record, Rejection, Shelf, UnknownKind};

/// The state of affairs: what the accepted statements up to an index add up to.
///
/// A pure function of those statements. Two parties with the same entries have the same case, bit for bit
/// (`serde_json::to_string(&case)`).
#[derive(Debug, Clone, Default, Serialize)]
pub struct Case {
    /// Which case; fixed by the first statement.
    pub id: Option<CaseId>,
    /// How many entries were folded.
    pub size: u64,
    /// The keys that count.
    pub keys: Keys,
    /// Adopted agreements.
    pub agreements: Shelf<agreement::Adopt>,
    /// What parties say of versions of agreed texts.
    pub acknowledgements: Shelf<agreement::Acknowledge>,
    /// Sealed declarations with what was opened of them.
    pub seals: Shelf<Sealed>,
    /// Declared sites, as amended.
    pub sites: Shelf<declaration::SiteDeclare>,
    /// Accounting reports.
    pub accounts: Shelf<account::AccountReport>,
    /// How well the strata of material balance areas are measured.
    pub measurement_errors: Shelf<account::MeasurementErrors>,
    /// Declared items.
    pub items: Shelf<Item>,
    /// Transfers of custody with their receipts.
    pub transfers: Shelf<Transferred>,
    /// What items and sites went through, by id.
    #[serde(serialize_with = "sorted")]
    pub(crate) histories: HashMap<ObjectId, History, RandomState>,
    /// Estimates of the time to reverse or to detect.
    pub reversals: Shelf<items::ReversalAssess>,
    /// Declared persons.
    pub persons: Shelf<declaration::PersonDeclare>,
    /// Observations.
    pub observations: Shelf<evidence::Observation>,
    /// Promises.
    pub pledges: Shelf<evidence::Pledge>,
    /// Events.
    pub events: Shelf<evidence::Event>,
    /// Figures somebody stated.
    pub claims: Shelf<evidence::ClaimRecord>,
    /// Access requests with their answers.
    pub access: Shelf<Access>,
    /// Interview requests with what came of them.
    pub interviews: Shelf<Interview>,
    /// Inspections.
    pub inspections: Shelf<inspection::InspectionRecord>,
    /// Samples with what was done with them.
    pub samples: Shelf<Sample>,
    /// Measurements.
    pub measurements: Shelf<inspection::Measurement>,
    /// Physical seals with their checks.
    pub physical_seals: Shelf<PhysicalSeal>,
    /// Findings with their outcome.
    pub findings: Shelf<Finding>,
    /// What was said of steps of the roadmap.
    pub progress: Shelf<StepStatement>,
    /// Statements that do not count.
    pub rejected: Vec<Rejection>,
    /// Statements that wait for the object they speak of.
    pub waiting: Waiting,
    /// Statements of kinds unknown to this version.
    pub unknown: Vec<UnknownKind>,
    /// For each subject the last entry that changed it.
    pub revisions: Revisions,
    /// How many objects of each kind there are; kept by the fold, since counting a million takes time.
    #[serde(skip)]
    pub(crate) counts: BTreeMap<&'static str, Counts>,
    /// Every id with the kind that made it.
    #[serde(skip)]
    pub(crate) names: HashMap<ObjectId, Kind, RandomState>,
    /// The object each act acts on.
    #[serde(skip)]
    pub(crate) acts: HashMap<ObjectId, ObjectId, RandomState>,
    /// The statements on each step, in order of entry.
    #[serde(skip)]
    pub(crate) by_step: BTreeMap<ObjectId, Vec<ObjectId>>,
}

/// An item. What became of it is in its [`History`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// As declared.
    pub declared: declaration::ItemDeclare,
}

/// An access request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The request.
    pub request: access::Request,
    /// What was said and done about it.
    #[serde(flatten)]
    pub acts: AccessActs,
}

/// What was said and done about an access request; each list in the order of what it speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccessActs {
    /// Answers.
    pub answers: Vec<Record<access::Answer>>,
    /// Escalations.
    pub escalations: Vec<Record<access::Escalate>>,
    /// Steps on the way.
    pub steps: Vec<Record<access::Step>>,
    /// Decisions of bodies.
    pub decisions: Vec<Record<access::Decide>>,
    /// Agreed pauses.
    pub pauses: Vec<Record<access::Pause>>,
    /// Agreed extensions.
    pub extensions: Vec<Record<access::Extend>>,
    /// How it ended; the first one counts.
    pub closings: Vec<Record<access::Close>>,
}

/// An interview request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interview {
    /// The request.
    pub request: access::InterviewRequest,
    /// What was answered.
    pub answers: Vec<Record<access::InterviewAnswer>>,
    /// What came of it.
    pub records: Vec<Record<access::InterviewRecord>>,
}

/// A seal on an item or a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhysicalSeal {
    /// As applied.
    pub applied: inspection::SealApply,
    /// As found later.
    pub checks: Vec<Record<inspection::SealCheck>>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// As raised.
    pub raised: findings::Raise,
    /// How it ended, oldest first; the last counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resolutions: Vec<Record<findings::Resolve>>,
}

impl Finding {
    /// Its outcome, once it has one.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.resolutions.last().map(|r| r.body.outcome)
    }

    /// How it had ended by a day.
    #[must_use]
    pub fn resolved_by(&self, day: statement::civil::Date) -> Option<&findings::Resolve> {
        self.resolutions.iter().rev().map(|r| &r.body).find(|r| r.on.earliest() <= day)
    }
}

/// One statement on a step of the roadmap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatement {
    /// A state is claimed.
    Claim(roadmap::StepClaim),
    /// It is certified.
    Verify(roadmap::StepVerify),
    /// It is disputed.
    Dispute(roadmap::StepDispute),
    /// A dispute ends.
    Settle(roadmap::StepSettle),
    /// It gets a new date.
    Postpone(roadmap::StepPostpone),
    /// Relief is given.
    Grant(roadmap::Measure),
    /// Relief is suspended.
    Suspend(roadmap::Measure),
    /// Relief is restored.
    Restore(roadmap::Measure),
}

impl StepStatement {
    /// The step it is about.
    #[must_use]
    pub fn step(&self) -> &ObjectId {
        match self {
            Self::Claim(b) => &b.step,
            Self::Verify(b) => &b.step,
            Self::Dispute(b) => &b.step,
            Self::Settle(b) => &b.step,
            Self::Postpone(b) => &b.step,
            Self::Grant(b) | Self::Suspend(b) | Self::Restore(b) => &b.measure,
        }
    }

    /// The date it speaks of, where it gives one.
    #[must_use]
    pub fn on(&self) -> Option<&statement::Date> {
        match self {
            Self::Claim(b) => b.on.as_ref(),
            Self::Verify(b) => Some(&b.on),
            Self::Dispute(b) => b.on.as_ref(),
            Self::Settle(b) => Some(&b.on),
            Self::Postpone(b) => Some(&b.on),
            Self::Grant(b) | Self::Suspend(b) | Self::Restore(b) => Some(&b.on),
        }
    }
}

/// How many accepted statements of one kind there are. A correction counts with what it corrects, as it was
/// first recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub objects: usize,
    attested: usize,
    /// Seen, mixed, memory.
    basis: [usize; 3],
}

impl Counts {
    /// Those of a standing.
    #[must_use]
    pub fn by_standing(&self, standing: Standing) -> usize {
        match standing {
            Standing::Attested => self.attested,
            Standing::Attributed => self.objects - self.attested,
        }
    }

    /// Those whose record is sure in this way.
    #[must_use]
    pub fn by_basis(&self, basis: Basis) -> usize {
        self.basis[basis as usize]
    }

    pub(crate) fn add(&mut self, standing: Standing, basis: Option<Basis>) {
        self.objects += 1;
        self.attested += usize::from(standing == Standing::Attested);
        if let Some(basis) = basis {
            self.basis[basis as usize] += 1;
        }
    }
}

/// For each subject the number of entries folded when it last changed (0: never). An assessment that read
/// only subjects that have not changed since is still valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Revisions {
    /// Agreements and keys.
    pub agreement: Index,
    /// Sites, persons, sealed declarations.
    pub declaration: Index,
    /// Accounting reports and the errors of their measurements.
    pub accounts: Index,
    /// Items, their custody and stages.
    pub items: Index,
    /// Observations.
    pub observations: Index,
    /// Pledges, events and stated figures.
    pub record: Index,
    /// Access requests and interviews.
    pub access: Index,
    /// Inspections, measurements, physical seals.
    pub inspection: Index,
    /// Findings.
    pub findings: Index,
    /// Progress on steps.
    pub roadmap: Index,
}

impl Case {
    /// An empty case.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty case with room for so many entries: a hint that spares a large fold its growing pains.
    #[must_use]
    pub fn with_room(entries: u64) -> Self {
        let mut case = Self::default();
        case.names.reserve(usize::try_from(entries).unwrap_or(0).min(1 << 24));
        case
    }

    /// How many objects there are of each kind of statement.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<&'static str, Counts> {
        &self.counts
    }

    /// The kind of statement that made the object with this id.
    #[must_use]
    pub fn kind_of(&self, id: &str) -> Option<Kind> {
        self.names.get(id).copied()
    }

    /// Ids of all objects that a desk recorded from sources on behalf of others or itself: everything but keys
    /// and statements that act on another object.
    pub fn recorded_ids(&self) -> impl Iterator<Item = &ObjectId> {
        self.names.keys().filter(|id| {
            self.object(id.as_str()).is_some_and(|o| o.standing == Standing::Attributed)
        })
    }

    /// What was said of a step, in order of entry.
    pub fn progress_of<'a>(
        &'a self,
        step: &str,
    ) -> impl Iterator<Item = &'a Record<StepStatement>> {
        self.by_step.get(step).into_iter().flatten().filter_map(|id| self.progress.get(id.as_str()))
    }

    /// The steps anything was said of.
    pub fn steps_spoken_of(&self) -> impl Iterator<Item = &ObjectId> {
        self.by_step.keys()
    }

    /// Any object by id, whatever its type: what a screen shows when asked "why".
    #[must_use]
    pub fn object(&self, id: &str) -> Option<Object<'_>> {
        use Kind as K;
        let kind = self.kind_of(id)?;
        match kind {
            K::AgreementAdopt => self.agreements.get(id).map(|r| Object::of(kind, r)),
            K::DeclarationSeal => self.seals.get(id).map(|r| Object::of(kind, r)),
            K::SiteDeclare => self.sites.get(id).map(|r| Object::of(kind, r)),
            K::AccountReport => self.accounts.get(id).map(|r| Object::of(kind, r)),
            K::AccountErrors => self.measurement_errors.get(id).map(|r| Object::of(kind, r)),
            K::ItemDeclare => self.items.get(id).map(|r| Object::of(kind, r)),
            K::PersonDeclare => self.persons.get(id).map(|r| Object::of(kind, r)),
            K::Observation => self.observations.get(id).map(|r| Object::of(kind, r)),
            K::Pledge => self.pledges.get(id).map(|r| Object::of(kind, r)),
            K::Event => self.events.get(id).map(|r| Object::of(kind, r)),
            K::Claim => self.claims.get(id).map(|r| Object::of(kind, r)),
            K::AccessRequest => self.access.get(id).map(|r| Object::of(kind, r)),
            K::InterviewRequest => self.interviews.get(id).map(|r| Object::of(kind, r)),
            K::Inspection => self.inspections.get(id).map(|r| Object::of(kind, r)),
            K::Measurement => self.measurements.get(id).map(|r| Object::of(kind, r)),
            K::SealApply => self.physical_seals.get(id).map(|r| Object::of(kind, r)),
            K::FindingRaise => self.findings.get(id).map(|r| Object::of(kind, r)),
            K::StepClaim
            | K::StepVerify
            | K::StepDispute
            | K::StepSettle
            | K::StepPostpone
            | K::MeasureGrant
            | K::MeasureSuspend
            | K::MeasureRestore => self.progress.get(id).map(|r| Object::of(kind, r)),
            K::AgreementAcknowledge => self.acknowledgements.get(id).map(|r| Object::of(kind, r)),
            K::ItemTransfer => self.transfers.get(id).map(|r| Object::of(kind, r)),
            K::ReversalAssess => self.reversals.get(id).map(|r| Object::of(kind, r)),
            K::SampleTake => self.samples.get(id).map(|r| Object::of(kind, r)),
            // Statements that act on another object are found through it.
            _ => self.act_object(kind, id),
        }
    }
}

/// The part that every object has, whatever its type.
#[derive(Debug, Clone, Serialize)]
pub struct Object<'a> {
    /// Its id.
    pub id: &'a ObjectId,
    /// The kind that made it.
    #[serde(serialize_with = "kind_name")]
    pub kind: Kind,
    /// The entries that made it what it is.
    pub because: &'a [Index],
    /// Whose word it is.
    pub party: &'a statement::PartyId,
    /// Whether that party signed.
    pub standing: statement::Standing,
    /// When it was said.
    pub said: Option<&'a statement::Date>,
    /// Where it comes from.
    pub source: Option<&'a statement::Source>,
    /// A remark of the recorder.
    pub note: Option<&'a str>,
    /// The text that stands now.
    pub text_sha256: statement::Sha256Digest,
    /// The hash of what it says; see [`Record::content_sha256`].
    #[serde(skip)]
    pub content_sha256: statement::Sha256Digest,
}

fn sorted<S: serde::Serializer>(
    histories: &HashMap<ObjectId, History, RandomState>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let sorted: BTreeMap<&ObjectId, &History> = histories.iter().collect();
    serializer.collect_map(sorted)
}

fn kind_name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.as_str())
}

impl<'a> Object<'a> {
    pub(crate) fn of<T>(kind: Kind, r: &'a Record<T>) -> Self {
        Self {
            id: &r.id,
            kind,
            because: &r.because,
            party: &r.party,
            standing: r.standing,
            said: r.said.as_ref(),
            source: r.source.as_ref(),
            note: r.note.as_deref(),
            text_sha256: r.text_sha256,
            content_sha256: r.content_sha256,
        }
    }
}
