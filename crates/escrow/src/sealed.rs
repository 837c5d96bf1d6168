//! The whole: a declaration tree and an area tree under one root.

use std::collections::BTreeMap;

use statement::Sha256Digest;

use crate::declaration::{Declaration, Opening, Site};
use crate::grid::{Area, Grid};
use crate::tree::{Seed, node};
use crate::{Commitment, EscrowError, Form};

/// Which cells a site stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePlace {
    /// Its id.
    pub id: String,
    /// The cells; a site over several cells stands in each.
    pub cells: Vec<u64>,
}

/// A sealed declaration, kept by the state that sealed it.
#[derive(Debug, Clone)]
pub struct Sealed {
    declaration: Declaration,
    area: Option<Area>,
}

impl Sealed {
    /// Seals a declaration, and with a grid the whole area: cells where no site stands are committed as empty.
    ///
    /// # Errors
    /// When the declaration does not fit the form or a site's cell lies outside the grid.
    pub fn new(
        sites: &[Site],
        form: Form,
        area: Option<(Grid, &[SitePlace])>,
        seed: Seed,
    ) -> Result<Self, EscrowError> {
        Self::with_area(sites, form, area, seed, None)
    }

    /// The same, with the upper levels of the area as [`kept`](Self::kept) before, so that it need not be hashed
    /// again. Whether they are the same is seen by the root.
    pub(crate) fn with_area(
        sites: &[Site],
        form: Form,
        area: Option<(Grid, &[SitePlace])>,
        seed: Seed,
        kept: Option<Vec<Sha256Digest>>,
    ) -> Result<Self, EscrowError> {
        let declaration = Declaration::new(sites, form, seed.derive("declaration"))?;
        let area = area
            .map(|(grid, places)| {
                let mut occupied: BTreeMap<u64, String> = BTreeMap::new();
                for place in places {
                    let path = declaration
                        .place(&place.id)
                        .ok_or_else(|| EscrowError::Unknown(place.id.clone()))?;
                    for &cell in &place.cells {
                        // Two sites in one cell: it names both.
                        let value = occupied.entry(cell).or_default();
                        if !value.is_empty() {
                            value.push(' ');
                        }
                        value.push_str(&path);
                    }
                }
                Area::new(grid, occupied, seed.derive("area"), kept)
            })
            .transpose()?;
        Ok(Self { declaration, area })
    }

    /// The root: what is published.
    #[must_use]
    pub fn root(&self) -> Sha256Digest {
        let declared = self.declaration.root();
        self.area.as_ref().map_or(declared, |area| node(declared, area.root()))
    }

    /// What is public of it.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        let grid = self.area.as_ref().map(Area::grid);
        Commitment::new(self.declaration.form.clone(), grid, self.root())
    }

    /// Opens a field, a place, a category, everything declared (an empty path), or a cell of the area. An empty cell
    /// or field opens, too: that shows that nothing was committed there.
    ///
    /// # Errors
    /// When nothing can stand at that path, or it is too much to be opened in one piece.
    pub fn open(&self, path: &str) -> Result<Opening, EscrowError> {
        if let Some(cell) = Grid::cell_of_path(path) {
            let area = self.area.as_ref().ok_or_else(|| EscrowError::Unknown(path.to_owned()))?;
            let mut opening = area.open(cell)?;
            opening.proof.push(self.declaration.root());
            return Ok(opening);
        }
        let mut opening = self.declaration.open(path)?;
        opening.proof.extend(self.area.as_ref().map(Area::root));
        Ok(opening)
    }

    /// The path that people's words mean: a path itself, or one with the id of a place in it: `d-3`, `d-3/name`,
    /// `reactor/d-3/name`.
    #[must_use]
    pub fn locate(&self, words: &str) -> Option<String> {
        if self.commitment().has(words) {
            return Some(words.to_owned());
        }
        let named = |words: &str| {
            let (id, rest) = words.split_once('/').map_or((words, None), |(a, b)| (a, Some(b)));
            let place = self.declaration.place(id)?;
            Some(rest.map_or(place.clone(), |rest| format!("{place}/{rest}")))
        };
        let path = named(words).or_else(|| {
            let (category, rest) = words.split_once('/')?;
            named(rest).filter(|path| path.split('/').next() == Some(category))
        })?;
        self.commitment().has(&path).then_some(path)
    }

    /// The ids of the places, with their paths.
    pub fn places(&self) -> impl Iterator<Item = (&str, String)> {
        self.declaration.places()
    }

    /// The upper levels of the area; see [`Secret`](crate::secret::Secret).
    #[cfg(feature = "secret")]
    pub(crate) fn kept(&self) -> Vec<Sha256Digest> {
        self.area.as_ref().map(|area| area.kept().to_vec()).unwrap_or_default()
    }
}
