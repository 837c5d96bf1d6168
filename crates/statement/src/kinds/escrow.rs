//! Sealed declarations: committed at once, opened part by part, challenged in between.

use serde::{Deserialize, Serialize};

use crate::check::{Check, Faults};
use crate::{Date, ObjectId, Sha256Digest};

/// `declaration.seal`: the commitment to a whole declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The counts the parties agreed to disclose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// The form of the declaration, as agreed before sealing.
    pub form: Form,
    /// The public grid the area commitment uses, as agreed before sealing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<String>,
    /// Root of the committed tree.
    pub root: Sha256Digest,
    /// What the declaration covers, in words.
    pub scope: String,
}

/// The form of a declaration: it gives every leaf its place in the committed tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Kinds of places, in the order of the tree.
    pub categories: Vec<String>,
    /// Fields of a place, in the order of the tree.
    pub fields: Vec<String>,
    /// Each category has room for 2^places_log2 places, used or not.
    pub places_log2: u8,
}

/// A disclosed count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many.
    pub number: u32,
    /// Of what.
    pub what: String,
}

/// `declaration.reveal`: a leaf of a sealed declaration, or a subtree of it, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// What stands there, leaf by leaf in the order of the tree; every other leaf of the subtree is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<Leaf>,
    /// The path of the leaf or subtree: `reactor/3/name`, `reactor/3`, `reactor`, `cell/1042`; empty when
    /// everything declared is opened.
    pub path: String,
    /// Sibling hashes from the leaf or subtree to the root.
    pub proof: Vec<Sha256Digest>,
    /// The leaf's salt; for a subtree the seed that all its salts follow from.
    pub salt: Sha256Digest,
    /// The `declaration.seal` it opens.
    pub seal: ObjectId,
}

/// One opened leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Its path.
    pub path: String,
    /// Its value, not empty.
    pub value: String,
}

/// `declaration.challenge`: a party names cells of the agreed grid and asks what was committed there. The answer is
/// a reveal or an absence for each; no answer by the date is a silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The cells asked about, as paths: `cell/1042`.
    pub cells: Vec<String>,
    /// The last day for the answer.
    pub due: Date,
    /// Why these: the observation or finding behind it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The `declaration.seal` that is challenged.
    pub seal: ObjectId,
}

/// `declaration.absence`: proof that a cell was committed empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// The cell of the public grid, as a path: `cell/1042`.
    pub cell: String,
    /// Sibling hashes from the cell's leaf to the root.
    pub proof: Vec<Sha256Digest>,
    /// The leaf's salt.
    pub salt: Sha256Digest,
    /// The `declaration.seal` it opens.
    pub seal: ObjectId,
}

impl Check for Seal {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(at, "scope", &self.scope);
        for (i, count) in self.counts.iter().enumerate() {
            faults.text(&format!("{at}.counts[{i}]"), "what", &count.what);
        }
        let form = format!("{at}.form");
        for (name, list) in [("categories", &self.form.categories), ("fields", &self.form.fields)] {
            if list.is_empty() {
                faults.add(&form, name, "the agreed form names at least one");
            }
            for (i, text) in list.iter().enumerate() {
                faults.text(&form, &format!("{name}[{i}]"), text);
            }
        }
    }
}

impl Check for Reveal {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_depth(at, &self.proof, faults);
        for (i, leaf) in self.contents.iter().enumerate() {
            let at = format!("{at}.contents[{i}]");
            faults.text(&at, "path", &leaf.path);
            if leaf.value.is_empty() {
                faults.add(&at, "value", "a leaf that holds nothing is not listed");
            }
        }
    }
}

impl Check for Challenge {
    fn check(&self, at: &str, faults: &mut Faults) {
        if self.cells.is_empty() {
            faults.add(at, "cells", "a challenge names at least one cell");
        }
        for (i, cell) in self.cells.iter().enumerate() {
            check_cell(at, &format!("cells[{i}]"), cell, faults);
        }
    }
}

impl Check for Absence {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_cell(at, "cell", &self.cell, faults);
        check_depth(at, &self.proof, faults);
    }
}

fn check_cell(at: &str, field: &str, cell: &str, faults: &mut Faults) {
    let number = cell.strip_prefix("cell/").and_then(|n| n.parse::<u32>().ok());
    if number.is_none_or(|n| format!("cell/{n}") != *cell) {
        faults.add(at, field, format!("`{cell}` is not a cell; write cell/1042"));
    }
}

fn check_depth(at: &str, proof: &[Sha256Digest], faults: &mut Faults) {
    if proof.len() > 64 {
        faults.add(
            at,
            "proof",
            format!("a proof of {} hashes is deeper than any tree of ours", proof.len()),
        );
    }
}
