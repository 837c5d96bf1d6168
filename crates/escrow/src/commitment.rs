//! What is public of a sealed declaration, and how openings are checked against it.

use std::collections::BTreeMap;

use statement::Sha256Digest;
use statement::kinds::escrow::Seal;

use crate::declaration::{Leaves, MAX_OPENING, Opening};
use crate::grid::Cells;
use crate::tree::{EMPTY, Seed, climb, root};
use crate::{EscrowError, Form, Grid};

/// The public part: the agreed form and grid, and the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    form: Form,
    grid: Option<Grid>,
    root: Sha256Digest,
}

/// Where a path stands under the root.
struct Slot {
    /// The first slot of the subtree, within the declaration or the area.
    first: u64,
    /// Height of the subtree that the path names.
    height: u8,
    /// Height of the declaration's tree or the area's.
    tree: u8,
    /// Of the area rather than the declaration.
    area: bool,
}

impl Commitment {
    /// The commitment of a root under an agreed form.
    #[must_use]
    pub fn new(form: Form, grid: Option<Grid>, root: Sha256Digest) -> Self {
        Self { form, grid, root }
    }

    /// What a `declaration.seal` statement commits to.
    ///
    /// # Errors
    /// When its form or grid is none.
    pub fn of(seal: &Seal) -> Result<Self, EscrowError> {
        let grid = seal.grid.as_ref().map(|text| text.parse()).transpose()?;
        Ok(Self { form: Form::of(&seal.form)?, grid, root: seal.root })
    }

    /// The agreed form.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The agreed area.
    #[must_use]
    pub fn grid(&self) -> Option<&Grid> {
        self.grid.as_ref()
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Sha256Digest {
        self.root
    }

    /// Whether anything can stand at a path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.slot(path).is_some()
    }

    /// Whether a path names a single leaf: a field or a cell.
    #[must_use]
    pub fn is_leaf(&self, path: &str) -> bool {
        self.slot(path).is_some_and(|slot| slot.height == 0)
    }

    /// Whether a path names a cell of the area.
    #[must_use]
    pub fn is_cell(&self, path: &str) -> bool {
        self.slot(path).is_some_and(|slot| slot.area)
    }

    fn slot(&self, path: &str) -> Option<Slot> {
        if let Some(cell) = Grid::cell_of_path(path) {
            let grid = self.grid.as_ref().filter(|grid| cell < grid.cells())?;
            return Some(Slot { first: cell, height: 0, tree: grid.height(), area: true });
        }
        let (first, height) = self.form.slot(path)?;
        Some(Slot { first, height, tree: self.form.height(), area: false })
    }

    /// Checks an opening: that it is of the sealed root, at the place its path names, and shows everything there.
    ///
    /// # Errors
    /// When it is not, is malformed, or is too large to be checked in one piece.
    pub fn verify(&self, opening: &Opening) -> Result<(), EscrowError> {
        let Slot { first, height, tree, area } =
            self.slot(&opening.path).ok_or_else(|| EscrowError::Unknown(opening.path.clone()))?;
        if height > MAX_OPENING {
            return Err(EscrowError::TooLarge { height, most: MAX_OPENING });
        }
        let malformed = || EscrowError::Malformed(opening.path.clone());
        let mut values = BTreeMap::new();
        let mut from = first;
        for leaf in &opening.contents {
            // Each leaf lies in the subtree, after the one before it.
            let slot = self.slot(&leaf.path).filter(|s| s.height == 0 && s.area == area);
            let slot = slot.ok_or_else(malformed)?.first;
            if slot < from || slot - first >= 1 << height || leaf.value == EMPTY {
                return Err(malformed());
            }
            from = slot + 1;
            values.insert(slot, leaf.value.clone());
        }
        // With an area, one more level joins the two trees.
        let levels = usize::from(tree - height) + usize::from(self.grid.is_some());
        if opening.proof.len() != levels {
            return Err(malformed());
        }
        let seed = Seed(opening.seed);
        let reached = if area {
            root(&Cells { occupied: &values }, seed, height, first)
        } else {
            root(&Leaves { form: &self.form, values: &values }, seed, height, first)
        };
        let index = (first >> height) | (u64::from(area) << (tree - height));
        if climb(reached, index, &opening.proof) == self.root {
            Ok(())
        } else {
            Err(EscrowError::WrongRoot { path: opening.path.clone() })
        }
    }
}
