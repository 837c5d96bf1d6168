//! A sealed declaration with what was opened and asked of it.

use std::collections::{BTreeMap, BTreeSet};

use escrow::{Leaf, Opened, Opening, verify};
use serde::Serialize;
use statement::kinds::declaration::{Challenge, Reveal, Seal};
use statement::{Date, ObjectId, PartyId};

use crate::Index;

/// A sealed declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The commitment.
    pub seal: Seal,
    /// Leaves that were opened and verified against the root, by path.
    pub opened: BTreeMap<String, String>,
    /// Subtrees that were opened whole: nothing but what was opened is in them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub whole: BTreeSet<String>,
    /// Cells proved to have been committed empty.
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
    /// Takes an opening that leads to the sealed root and contradicts none before it.
    pub(crate) fn reveal(&mut self, index: Index, reveal: Reveal) -> Result<(), String> {
        let Reveal { path, proof, salt, subtree, value, .. } = reveal;
        match (value, subtree) {
            (Some(value), _) => {
                verify(&Leaf { path: &path, salt, value: &value }, &proof, self.seal.root)
                    .map_err(|e| e.to_string())?;
                self.consistent(&path, &value)?;
                self.answer(index, &path);
                self.opened.insert(path, value);
            }
            (None, Some(subtree)) => {
                let contents = subtree.entries.into_iter().map(|e| Opened {
                    slot: u64::from(e.slot),
                    path: e.path,
                    value: e.value,
                });
                let opening = Opening {
                    path,
                    height: subtree.height,
                    seed: salt,
                    contents: contents.collect(),
                    proof,
                };
                opening.verify(self.seal.root).map_err(|e| e.to_string())?;
                for entry in &opening.contents {
                    self.consistent(&entry.path, &entry.value)?;
                }
                let entries = opening.contents.into_iter().map(|e| (e.path, e.value));
                self.opened.extend(entries);
                self.whole.insert(opening.path);
            }
            (None, None) => return Err("nothing is opened".to_owned()),
        }
        Ok(())
    }

    /// A path opens in one way only.
    fn consistent(&self, path: &str, value: &str) -> Result<(), String> {
        match self.opened.get(path) {
            Some(before) if before != value => {
                Err(format!("`{path}` was opened before with another value"))
            }
            _ if self.absent.contains(path) => {
                Err(format!("`{path}` was proved before to have been committed empty"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn challenge(&mut self, index: Index, id: ObjectId, by: PartyId, asked: Challenge) {
        // A cell that was opened before needs no second answer; the entry that asks stands for it.
        let known = |cell: &String| self.opened.contains_key(cell) || self.absent.contains(cell);
        let cells = asked.cells.into_iter().map(|cell| {
            let answered = known(&cell).then_some(index);
            (cell, answered)
        });
        let cells = cells.collect();
        let Challenge { due, reason, .. } = asked;
        self.challenges.push(Challenged { id, by, due, reason, cells, asked_at: index });
    }

    pub(crate) fn answer(&mut self, index: Index, cell: &str) {
        for challenge in &mut self.challenges {
            if let Some(answer) = challenge.cells.get_mut(cell) {
                answer.get_or_insert(index);
            }
        }
    }
}
