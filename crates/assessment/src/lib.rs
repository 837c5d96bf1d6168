//! One assessment of a case on a day: runs the four rooms and gathers their results.
//!
//! [`Assessor`] remembers the last result of each room and runs a room again only when a subject it reads has
//! changed ([`case::Revisions`]) or the day is another. The result is the same as from scratch: rooms are pure
//! functions of what they read.

pub mod board;
mod draft;
mod field;

use std::collections::BTreeMap;
use std::sync::Arc;

use accountancy::{AccountSummary, Bookkeeper, Figures};
use board::{Board, Parts};
use case::{Case, Index, Rejection, Revisions, UnknownKind, Waits};
use crosscheck::{Crosscheck, Crosschecker};
use custody::{Custodian, Custody, ItemStatus, Rules};
use inspection::{
    AccessStatus, AgreedText, AsOf, Coverage, Effort, Interviews, SampleStatus, SealedStatus,
};
use roadmap::{Roadmap, Status};
use serde::Serialize;
use statement::{Basis, Date, Standing, civil};

pub use draft::{AccessDraft, access_draft};
pub use field::Field;

/// Everything known about a case on a day.
#[derive(Debug, Clone, Serialize)]
pub struct Assessment {
    /// The case.
    pub case: String,
    /// The day.
    pub as_of: Date,
    /// What it rests on.
    pub record: RecordFacts,
    /// Declared against observed.
    pub crosscheck: Arc<Crosscheck>,
    /// Figures side by side.
    pub figures: Arc<Figures>,
    /// Accounting reports: rules broken, balances.
    pub accounts: Arc<AccountSummary>,
    /// What has been tested on the ground.
    pub coverage: Arc<Coverage>,
    /// Samples with their chain.
    pub samples: Arc<Vec<SampleStatus>>,
    /// Person-days against the plan, by mandate.
    pub effort: Arc<Vec<Effort>>,
    /// Access requests.
    pub access: Arc<Vec<AccessStatus>>,
    /// Interviews: terms, answers, roles covered.
    pub interviews: Arc<Interviews>,
    /// Items and sites: classes by stage, who holds how many, what does not fit.
    pub custody: Arc<Custody>,
    /// Sealed declarations, with what was opened and asked of them.
    pub sealed: Arc<Vec<SealedStatus>>,
    /// Which version of each agreed text the parties stand by.
    pub texts: Arc<Vec<AgreedText>>,
    /// The agreement; `None` when the folder holds none.
    pub roadmap: Arc<Option<Status>>,
    /// Complete, verifiable, irreversible, and the parties' own tests.
    pub board: Arc<Board>,
}

/// What an assessment rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordFacts {
    /// Entries in the ledger.
    pub entries: Index,
    /// Objects by kind of statement.
    pub objects: BTreeMap<&'static str, usize>,
    /// Objects by whose word they are.
    pub attested: usize,
    /// Recorded by someone else from a named source.
    pub attributed: usize,
    /// Objects whose record rests on memory alone.
    pub from_memory: usize,
    /// Statements that do not count, with the reason.
    pub rejected: Vec<Rejection>,
    /// Statements that wait for the object they speak of.
    pub waiting: Vec<Waits>,
    /// Statements of kinds this version does not know.
    pub unknown: Vec<UnknownKind>,
}

/// Assesses a case again and again as it grows.
#[derive(Debug, Default)]
pub struct Assessor {
    crosschecker: Crosschecker,
    crosscheck: Kept<[Index; 4], Crosscheck>,
    figures: Kept<[Index; 4], Figures>,
    bookkeeper: Bookkeeper,
    accounts: Kept<Index, AccountSummary>,
    coverage: Kept<(Index, Index), Coverage>,
    sealed: Kept<Index, Vec<SealedStatus>>,
    field: Field,
    access: Kept<(Index, Index), Vec<AccessStatus>>,
    samples: Kept<Index, Vec<SampleStatus>>,
    effort: Kept<Index, Vec<Effort>>,
    interviews: Kept<(Index, Index), Interviews>,
    custodian: Custodian,
    custody: Kept<[Index; 4], Custody>,
    board: Kept<Revisions, Board>,
    texts: Kept<Index, Vec<AgreedText>>,
    roadmap: Kept<(Index, Index), Option<Status>>,
}

/// The last result with what it was made from.
#[derive(Debug)]
struct Kept<K, T>(Option<(K, civil::Date, Arc<T>)>);

impl<K, T> Default for Kept<K, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq, T> Kept<K, T> {
    fn get(&mut self, key: K, as_of: civil::Date, make: impl FnOnce() -> T) -> Arc<T> {
        match &self.0 {
            Some((k, day, value)) if *k == key && *day == as_of => Arc::clone(value),
            _ => {
                let value = Arc::new(make());
                self.0 = Some((key, as_of, Arc::clone(&value)));
                value
            }
        }
    }
}

impl Assessor {
    /// An assessor that remembers nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for a case that says something of its own about work on the ground.
    #[must_use]
    pub fn with_field(field: Field) -> Self {
        let crosschecker = Crosschecker::new(field.evidence.clone());
        Self { field, crosschecker, ..Self::default() }
    }

    /// Assesses a case on a day. The roadmap must be the same at every call of one assessor.
    pub fn assess(
        &mut self,
        case: &Case,
        roadmap: Option<&Roadmap>,
        as_of: civil::Date,
    ) -> Assessment {
        let r = case.revisions;
        let crosschecker = &mut self.crosschecker;
        let crosscheck = self.crosscheck.get(
            [r.declaration, r.observations, r.findings, r.access],
            as_of,
            || crosschecker.assess(case, as_of),
        );
        let figures = self.figures.get(
            [r.declaration, r.observations, r.record, r.inspection],
            as_of,
            || accountancy::compare(case, as_of),
        );
        let bookkeeper = &mut self.bookkeeper;
        let accounts = self.accounts.get(r.accounts, as_of, || bookkeeper.assess(case, as_of));
        let coverage = self
            .coverage
            .get((r.declaration, r.inspection), as_of, || inspection::coverage(case, as_of));
        let sealed = self.sealed.get(r.declaration, as_of, || inspection::sealed(case, as_of));
        let regimes = &self.field.regimes;
        let access = self.access.get((r.access, r.declaration), as_of, || {
            inspection::requests(case, regimes, AsOf::day(as_of))
        });
        let texts = self.texts.get(r.agreement, as_of, || inspection::agreed_texts(case, as_of));
        let samples = self.samples.get(r.inspection, as_of, || inspection::samples(case, as_of));
        let effort = self.effort.get(r.inspection, as_of, || inspection::effort(case, as_of));
        let interviews = self
            .interviews
            .get((r.access, r.declaration), as_of, || inspection::interviews(case, as_of));
        let rules = rules(&self.field, roadmap);
        let custodian = &mut self.custodian;
        let custody =
            self.custody.get([r.items, r.declaration, r.inspection, r.agreement], as_of, || {
                custodian.assess(case, &rules, as_of)
            });
        let custodian = &self.custodian;
        let day = Date::day(as_of);
        let parts = Parts {
            as_of: &day,
            case,
            crosscheck: &crosscheck,
            figures: &figures,
            accounts: &accounts,
            coverage: &coverage,
            sealed: &sealed,
            custodian,
            custody: &custody,
            tests: &self.field.tests,
        };
        let board = self.board.get(r, as_of, || board::board(&parts));
        let roadmap = self.roadmap.get((r.record, r.roadmap), as_of, || {
            roadmap.map(|roadmap| roadmap::status(roadmap, case, as_of))
        });
        Assessment {
            case: case.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            as_of: day,
            record: record(case),
            crosscheck,
            figures,
            accounts,
            coverage,
            samples,
            effort,
            access,
            interviews,
            custody,
            sealed,
            texts,
            roadmap,
            board,
        }
    }

    /// Every item, then every site of which a stage, a seal or a measurement is recorded, as last assessed.
    pub fn each_item(&self) -> impl Iterator<Item = &ItemStatus> {
        self.custodian.each()
    }
}

/// What applies to items: the stages a case knows; who may verify them, by the roadmap beside the adopted agreements.
#[must_use]
pub fn rules(field: &Field, roadmap: Option<&Roadmap>) -> Rules {
    let roles = roadmap.into_iter().flat_map(|r| &r.roles);
    let verifiers = roles
        .filter(|role| matches!(role.may.as_str(), "verify" | "certify"))
        .flat_map(|role| role.holders.iter().cloned())
        .collect();
    Rules { sequences: field.sequences.clone(), verifiers }
}

fn record(case: &Case) -> RecordFacts {
    let mut facts = RecordFacts {
        entries: case.size,
        objects: BTreeMap::new(),
        attested: 0,
        attributed: 0,
        from_memory: 0,
        rejected: case.rejected.clone(),
        waiting: case.waiting.list(),
        unknown: case.unknown.clone(),
    };
    let counts = case.counts();
    for (kind, count) in counts {
        facts.objects.insert(kind, count.objects);
        facts.attested += count.by_standing(Standing::Attested);
        facts.attributed += count.by_standing(Standing::Attributed);
        facts.from_memory += count.by_basis(Basis::Memory);
    }
    facts
}
