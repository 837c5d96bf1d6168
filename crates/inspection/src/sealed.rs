//! What has been opened, asked and refused of each sealed declaration.

use std::collections::{BTreeMap, BTreeSet};

use case::{Case, Challenged, Index, Record, Sealed};
use serde::Serialize;
use statement::kinds::escrow::Count;
use statement::{Date, ObjectId, PartyId, Sha256Digest, Standing, civil};

/// One sealed declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealedStatus {
    /// The `declaration.seal` statement.
    pub seal: ObjectId,
    /// Who sealed.
    pub party: PartyId,
    /// Whether that party's own key signed.
    pub standing: Standing,
    /// The root.
    pub root: Sha256Digest,
    /// What it covers, in words.
    pub scope: String,
    /// Counts that the parties agreed to disclose.
    pub counts: Vec<Count>,
    /// Categories of the agreed form.
    pub categories: Vec<CategoryStatus>,
    /// Fields of the agreed form, with the number of places whose field is open, empty ones included.
    pub fields: Vec<FieldStatus>,
    /// The agreed area; `None` when none was sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaStatus>,
    /// Challenges, oldest first.
    pub challenges: Vec<ChallengeStatus>,
    /// The entries this rests on.
    pub because: Vec<Index>,
}

/// One category of a sealed declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryStatus {
    /// Its name.
    pub category: String,
    /// How many places it has room for; how many there are is sealed.
    pub room: u64,
    /// Places opened whole that hold something.
    pub opened: usize,
    /// Places of which some fields are open.
    pub in_part: usize,
    /// Whether the category is open whole: then `opened` is how many places there are.
    pub whole: bool,
}

/// One field of a sealed declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldStatus {
    /// Its name.
    pub field: String,
    /// Places whose field is open.
    pub opened: usize,
}

/// The area of a sealed declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaStatus {
    /// How many cells the grid has.
    pub cells: u64,
    /// Cells opened in which something stands.
    pub occupied: usize,
    /// Cells proved to have been committed empty.
    pub empty: usize,
    /// Places that opened cells name and that are still closed.
    pub named_not_opened: Vec<String>,
}

/// One challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChallengeStatus {
    /// The challenge.
    pub id: ObjectId,
    /// Who asks.
    pub by: PartyId,
    /// The last day for the answer.
    pub due: Date,
    /// Why these cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where it stands.
    pub state: ChallengeState,
    /// Cells answered by opening what stands there.
    pub occupied: usize,
    /// Cells answered by proof that they were committed empty.
    pub empty: usize,
    /// Cells without an answer.
    pub open: Vec<String>,
    /// The entry that asks and those that answer.
    pub because: Vec<Index>,
}

/// Where a challenge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// Every cell is answered.
    Answered,
    /// The answer is not due yet.
    Waiting,
    /// The last day has passed without an answer to every cell: a silence, which the record holds as a refusal.
    Silent,
}

/// Every declaration sealed by `as_of`, in the order of the ledger. What was opened since is counted whenever it was
/// opened: an opening bears no date but that of the checkpoint that covers it.
#[must_use]
pub fn sealed(case: &Case, as_of: civil::Date) -> Vec<SealedStatus> {
    case.seals.iter().filter(|r| r.said_by(as_of)).map(|r| status(r, as_of)).collect()
}

fn status(record: &Record<Sealed>, as_of: civil::Date) -> SealedStatus {
    let sealed = &record.body;
    let form = sealed.commitment().form();
    let mut places: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    let leaves = sealed.opened.keys().chain(&sealed.absent);
    for leaf in leaves.filter(|path| !sealed.commitment().is_cell(path)) {
        let mut parts = leaf.splitn(3, '/');
        if let (Some(category), Some(place), Some(field)) =
            (parts.next(), parts.next(), parts.next())
        {
            places.entry(category).or_default().entry(place).or_default().insert(field);
        }
    }
    let everything = sealed.whole.contains("");
    let is_whole = |category: &str, place: &str| {
        everything
            || sealed.whole.contains(category)
            || sealed.whole.contains(&format!("{category}/{place}"))
    };
    let none = BTreeMap::new();
    let categories = form.categories().iter().map(|category| {
        let of = places.get(category.as_str()).unwrap_or(&none);
        let opened = of.keys().filter(|place| is_whole(category, place)).count();
        CategoryStatus {
            category: category.clone(),
            room: form.places(),
            opened,
            in_part: of.len() - opened,
            whole: everything || sealed.whole.contains(category),
        }
    });
    let fields = form.fields().iter().map(|field| {
        let open = |(category, of): (&&str, &BTreeMap<&str, BTreeSet<&str>>)| {
            of.iter()
                .filter(|(place, open)| open.contains(field.as_str()) || is_whole(category, place))
                .count()
        };
        FieldStatus { field: field.clone(), opened: places.iter().map(open).sum() }
    });
    SealedStatus {
        seal: record.id.clone(),
        party: record.party.clone(),
        standing: record.standing,
        root: sealed.seal.root,
        scope: sealed.seal.scope.clone(),
        counts: sealed.seal.counts.clone(),
        categories: categories.collect(),
        fields: fields.collect(),
        area: sealed.commitment().grid().map(|grid| area(sealed, grid.cells(), &is_whole)),
        challenges: sealed.challenges.iter().map(|c| challenge(sealed, c, as_of)).collect(),
        because: record.because.clone(),
    }
}

fn area(sealed: &Sealed, cells: u64, is_whole: &dyn Fn(&str, &str) -> bool) -> AreaStatus {
    let is_cell = |path: &&String| sealed.commitment().is_cell(path);
    let occupied = || sealed.opened.iter().filter(|(path, _)| is_cell(path));
    let named: BTreeSet<&str> = occupied().flat_map(|(_, value)| value.split(' ')).collect();
    let closed = |path: &&str| path.split_once('/').is_none_or(|(c, place)| !is_whole(c, place));
    AreaStatus {
        cells,
        occupied: occupied().count(),
        empty: sealed.absent.iter().filter(is_cell).count(),
        named_not_opened: named.into_iter().filter(closed).map(str::to_owned).collect(),
    }
}

fn challenge(sealed: &Sealed, asked: &Challenged, as_of: civil::Date) -> ChallengeStatus {
    let open: Vec<String> =
        asked.cells.iter().filter(|(_, a)| a.is_none()).map(|(cell, _)| cell.clone()).collect();
    let state = if open.is_empty() {
        ChallengeState::Answered
    } else if asked.due.latest() < as_of {
        ChallengeState::Silent
    } else {
        ChallengeState::Waiting
    };
    let answers: BTreeSet<Index> =
        asked.cells.values().flatten().copied().chain([asked.asked_at]).collect();
    ChallengeStatus {
        id: asked.id.clone(),
        by: asked.by.clone(),
        due: asked.due.clone(),
        reason: asked.reason.clone(),
        state,
        occupied: asked.cells.keys().filter(|cell| sealed.opened.contains_key(*cell)).count(),
        empty: asked.cells.keys().filter(|cell| sealed.absent.contains(*cell)).count(),
        open,
        because: answers.into_iter().collect(),
    }
}
