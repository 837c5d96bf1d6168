//! A sealed declaration with what was opened and asked of it.

use std::collections::{BTreeMap, BTreeSet};

use escrow::{Commitment, Opened, Opening};
use serde::Serialize;
use statement::kinds::escrow::{Absence, Challenge, Reveal, Seal};
use statement::{Date, ObjectId, PartyId};

use crate::Index;

/// A sealed declaration.
///
/// A path has one place in the committed tree, and an opening is checked against it. So no leaf can open in two ways,
/// and what was opened before needs no comparison with what is opened now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The commitment.
    pub seal: Seal,
    #[serde(skip)]
    commitment: Commitment,
    /// Leaves that were opened and verified against the root, by path.
    pub opened: BTreeMap<String, String>,
    /// Subtrees that were opened whole: nothing but what was opened is in them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub whole: BTreeSet<String>,
    /// Cells and fields proved to have been committed empty.
    pub absent: BTreeSet<String>,
    /// Questions about cells, in the order of the ledger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<Challenged>,
}

/// A challenge, cell by cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Challenged {
    /// The challenge.
    pub id: ObjectId,
    /// Who asks.
    pub by: PartyId,
    /// The last day for the answer.
    pub due: Date,
    /// Why these cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For each cell the entry that answers it, if any.
    pub cells: BTreeMap<String, Option<Index>>,
    /// The entry that asks.
    pub asked_at: Index,
}

impl Sealed {
    pub(crate) fn new(seal: Seal) -> Result<Self, String> {
        let commitment = Commitment::of(&seal).map_err(|e| e.to_string())?;
        Ok(Self {
            seal,
            commitment,
            opened: BTreeMap::new(),
            whole: BTreeSet::new(),
            absent: BTreeSet::new(),
            challenges: Vec::new(),
        })
    }

    /// What openings are checked against.
    #[must_use]
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// Takes an opening that leads to the sealed root.
    pub(crate) fn reveal(&mut self, index: Index, reveal: Reveal) -> Result<(), String> {
        let Reveal { contents, path, proof, salt, .. } = reveal;
        let contents = contents.into_iter().map(|l| Opened { path: l.path, value: l.value });
        self.open(index, Opening { path, seed: salt, contents: contents.collect(), proof })
    }

    /// Takes a proof that a cell is empty.
    pub(crate) fn absence(&mut self, index: Index, absence: Absence) -> Result<(), String> {
        let Absence { cell, proof, salt, .. } = absence;
        self.open(index, Opening { path: cell, seed: salt, contents: Vec::new(), proof })
    }

    fn open(&mut self, index: Index, opening: Opening) -> Result<(), String> {
        self.commitment.verify(&opening).map_err(|e| e.to_string())?;
        let Opening { path, contents, .. } = opening;
        for challenge in &mut self.challenges {
            if let Some(answer) = challenge.cells.get_mut(&path) {
                answer.get_or_insert(index);
            }
        }
        if self.commitment.is_leaf(&path) {
            if contents.is_empty() {
                self.absent.insert(path);
            }
        } else {
            self.whole.insert(path);
        }
        self.opened.extend(contents.into_iter().map(|leaf| (leaf.path, leaf.value)));
        Ok(())
    }

    pub(crate) fn challenge(
        &mut self,
        index: Index,
        id: ObjectId,
        by: PartyId,
        asked: Challenge,
    ) -> Result<(), String> {
        let Challenge { cells, due, reason, .. } = asked;
        if let Some(cell) = cells.iter().find(|cell| !self.commitment.has(cell)) {
            return Err(match self.commitment.grid() {
                None => "the declaration was sealed without an area to challenge".to_owned(),
                Some(grid) => format!("`{cell}` lies outside the agreed grid {grid}"),
            });
        }
        // A cell that was opened before needs no second answer; the entry that asks stands for it.
        let known = |cell: &String| self.opened.contains_key(cell) || self.absent.contains(cell);
        let cells = cells.into_iter().map(|cell| {
            let answered = known(&cell).then_some(index);
            (cell, answered)
        });
        let cells = cells.collect();
        self.challenges.push(Challenged { id, by, due, reason, cells, asked_at: index });
        Ok(())
    }
}
