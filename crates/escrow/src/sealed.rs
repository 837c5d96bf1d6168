//! The whole: a declaration tree and an area tree under one root.

use std::collections::BTreeMap;

use statement::Sha256Digest;

use crate::EscrowError;
use crate::declaration::{Declaration, Opening, Shape, Site};
use crate::grid::{Area, CellOpening, Grid};
use crate::tree::{Seed, node};

/// Which cells a site stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePlace {
    /// Its category.
    pub category: String,
    /// Its id.
    pub id: String,
    /// The cells; a site over several cells stands in each.
    pub cells: Vec<u64>,
}

/// A sealed declaration, kept by the state that sealed it.
#[derive(Debug, Clone)]
pub struct Sealed {
    declaration: Declaration,
    declared: Sha256Digest,
    area: Option<Area>,
}

impl Sealed {
    /// Seals a declaration, and with a grid the whole area: cells where no site stands are committed as empty.
    ///
    /// # Errors
    /// When the declaration does not fit the shape or a site's cell lies outside the grid.
    pub fn new(
        sites: &[Site],
        shape: Shape,
        area: Option<(Grid, &[SitePlace])>,
        seed: Seed,
    ) -> Result<Self, EscrowError> {
        let declaration = Declaration::new(sites, shape, seed.derive("declaration"))?;
        let declared = declaration.root();
        let area = area
            .map(|(grid, places)| {
                let mut occupied: BTreeMap<u64, String> = BTreeMap::new();
                for place in places {
                    let root = declaration.site_root(&place.category, &place.id);
                    let root = root.ok_or_else(|| EscrowError::Unknown(place.id.clone()))?;
                    for &cell in &place.cells {
                        // Two sites in one cell: it commits to both.
                        let value = occupied.entry(cell).or_default();
                        *value +=
                            &format!("{}site {root}", if value.is_empty() { "" } else { " " });
                    }
                }
                Area::new(grid, occupied, seed.derive("area"))
            })
            .transpose()?;
        Ok(Self { declaration, declared, area })
    }

    /// The root: what is published.
    #[must_use]
    pub fn root(&self) -> Sha256Digest {
        self.area.as_ref().map_or(self.declared, |area| node(self.declared, area.root()))
    }

    /// Opens a field, a site, a category, or everything that is declared.
    ///
    /// # Errors
    /// As [`Declaration::open`].
    pub fn open(&self, path: &str) -> Result<Opening, EscrowError> {
        let mut opening = self.declaration.open(path)?;
        opening.proof.extend(self.area.as_ref().map(Area::root));
        Ok(opening)
    }

    /// Opens a cell of the area: what stands there, or that nothing does.
    ///
    /// # Errors
    /// When no area was sealed, or the cell lies outside.
    pub fn open_cell(&self, cell: u64) -> Result<CellOpening, EscrowError> {
        let area = self.area.as_ref().ok_or_else(|| EscrowError::Unknown(Grid::path(cell)))?;
        let mut opening = area.open(cell)?;
        opening.proof.push(self.declared);
        Ok(opening)
    }

    /// Everything that is declared, by path.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.declaration.paths()
    }
}
