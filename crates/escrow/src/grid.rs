//! The tree over the agreed area: every cell is committed, as empty or as holding a site.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use statement::{Decimal, Sha256Digest};

use crate::declaration::{Opened, Opening};
use crate::tree::{EMPTY, Seed, Slots, Tree, leaf};
use crate::{EscrowError, height_for};

/// First part of the path of a cell; no category can have this name.
pub(crate) const CELL: &str = "cell";
/// Length of a degree of latitude in metres, on the mean sphere.
const DEGREE_M: f64 = 111_195.0;

/// The public grid, agreed before sealing: cells of equal degrees from the south-west corner, row by row.
///
/// ```
/// use escrow::Grid;
/// let grid: Grid = "south=37.5 west=124 cell=0.01 rows=560 columns=700".parse()?;
/// assert_eq!(grid.cells(), 392_000);
/// assert_eq!(grid.cell_at(39.8, 125.75), Some(230 * 700 + 175));
/// # Ok::<(), escrow::EscrowError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Latitude of the southern edge in degrees.
    pub south: Decimal,
    /// Longitude of the western edge in degrees.
    pub west: Decimal,
    /// Side of a cell in degrees, both ways.
    pub cell: Decimal,
    /// Cells from south to north.
    pub rows: u32,
    /// Cells from west to east.
    pub columns: u32,
}

const FORM: &str = "south=37.5 west=124 cell=0.01 rows=560 columns=700";

impl FromStr for Grid {
    type Err = EscrowError;

    fn from_str(text: &str) -> Result<Self, EscrowError> {
        let fail = || EscrowError::Grid { text: text.to_owned(), form: FORM };
        let mut parts: BTreeMap<&str, &str> = BTreeMap::new();
        for part in text.split_whitespace() {
            let (name, value) = part.split_once('=').ok_or_else(fail)?;
            if parts.insert(name, value).is_some() {
                return Err(fail());
            }
        }
        let mut take = |name| parts.remove(name).ok_or_else(fail);
        let number = |text: &str| text.parse::<Decimal>().map_err(|_| fail());
        let count = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0).ok_or_else(fail);
        let grid = Self {
            south: number(take("south")?)?,
            west: number(take("west")?)?,
            cell: number(take("cell")?)?,
            rows: count(take("rows")?)?,
            columns: count(take("columns")?)?,
        };
        let top = grid.south.to_f64() + grid.cell.to_f64() * f64::from(grid.rows);
        let sound = grid.cell > Decimal::ZERO
            && (-90.0..=90.0).contains(&grid.south.to_f64())
            && top <= 90.000_001
            && (-180.0..=180.0).contains(&grid.west.to_f64())
            && grid.cells() <= 1 << 28;
        if parts.is_empty() && sound { Ok(grid) } else { Err(fail()) }
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { south, west, cell, rows, columns } = self;
        write!(f, "south={south} west={west} cell={cell} rows={rows} columns={columns}")
    }
}

impl Grid {
    /// How many cells there are.
    #[must_use]
    pub fn cells(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    pub(crate) fn height(&self) -> u8 {
        height_for(self.cells())
    }

    /// The cell that a point lies in; nothing outside the grid.
    #[must_use]
    pub fn cell_at(&self, lat: f64, lon: f64) -> Option<u64> {
        let (row, column) = self.position(lat, lon);
        self.cell_of(row.floor(), column.floor())
    }

    fn position(&self, lat: f64, lon: f64) -> (f64, f64) {
        let cell = self.cell.to_f64();
        // A millionth of a cell keeps a point on an edge from falling either way with the last bit.
        let at = |value: f64, origin: f64| (value - origin) / cell + 1e-6;
        (at(lat, self.south.to_f64()), at(lon, self.west.to_f64()))
    }

    fn cell_of(&self, row: f64, column: f64) -> Option<u64> {
        let inside = (0.0..f64::from(self.rows)).contains(&row)
            && (0.0..f64::from(self.columns)).contains(&column);
        // Both are whole, not negative and below 2^32 here.
        inside.then(|| row as u64 * u64::from(self.columns) + column as u64)
    }

    /// Every cell that lies within `error_m` metres of a point, as a box: those a challenge must name when the
    /// point is no better known.
    #[must_use]
    pub fn cells_near(&self, lat: f64, lon: f64, error_m: f64) -> Vec<u64> {
        let dlat = error_m / DEGREE_M;
        let dlon = dlat / lat.to_radians().cos().abs().max(1e-3);
        let ((south, west), (north, east)) =
            (self.position(lat - dlat, lon - dlon), self.position(lat + dlat, lon + dlon));
        let range = |from: f64, to: f64, most: u32| {
            let (from, to) = (from.floor().max(0.0), to.floor().min(f64::from(most) - 1.0));
            // A box of a million cells is no challenge to a place.
            (from as u64)..=((to.max(from)) as u64).min(from as u64 + 1000)
        };
        let rows = range(south, north, self.rows);
        rows.flat_map(|row| {
            range(west, east, self.columns)
                .filter_map(move |column| self.cell_of(row as f64, column as f64))
        })
        .collect()
    }

    /// The path of a cell's leaf.
    #[must_use]
    pub fn path(cell: u64) -> String {
        format!("{CELL}/{cell}")
    }

    /// The cell of such a path; each has one spelling.
    #[must_use]
    pub fn cell_of_path(path: &str) -> Option<u64> {
        let cell = path.strip_prefix(CELL)?.strip_prefix('/')?.parse().ok()?;
        (Self::path(cell) == path).then_some(cell)
    }

    /// The middle of a cell, as latitude and longitude in degrees.
    #[must_use]
    pub fn centre(&self, cell: u64) -> (f64, f64) {
        let columns = u64::from(self.columns);
        let at = |origin: Decimal, n: u64| origin.to_f64() + self.cell.to_f64() * (n as f64 + 0.5);
        (at(self.south, cell / columns), at(self.west, cell % columns))
    }
}

/// The committed area, kept by whoever sealed it.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    grid: Grid,
    /// What stands in a cell; all others are empty.
    occupied: BTreeMap<u64, String>,
    tree: Tree,
}

/// The leaves of an area, whatever holds their values.
pub(crate) struct Cells<'a> {
    pub(crate) occupied: &'a BTreeMap<u64, String>,
}

impl Slots for Cells<'_> {
    fn hash(&self, slot: u64, salt: Sha256Digest) -> Sha256Digest {
        // Written without allocating: this runs for every cell of the area.
        let mut path = CellPath::new(slot);
        leaf(path.as_str(), salt, self.occupied.get(&slot).map_or(EMPTY, String::as_str))
    }
}

impl Area {
    /// Commits to every cell of the grid; `kept` spares the hashing when it was done before.
    ///
    /// # Errors
    /// When a cell lies outside.
    pub(crate) fn new(
        grid: Grid,
        occupied: BTreeMap<u64, String>,
        seed: Seed,
        kept: Option<Vec<Sha256Digest>>,
    ) -> Result<Self, EscrowError> {
        if let Some(cell) = occupied.keys().find(|c| **c >= grid.cells()) {
            return Err(EscrowError::Unknown(Grid::path(*cell)));
        }
        let height = grid.height();
        let tree = kept
            .and_then(|kept| Tree::resume(kept, seed, height))
            .unwrap_or_else(|| Tree::new(&Cells { occupied: &occupied }, seed, height));
        Ok(Self { grid, occupied, tree })
    }

    pub(crate) fn grid(&self) -> Grid {
        self.grid
    }

    pub(crate) fn root(&self) -> Sha256Digest {
        self.tree.root()
    }

    #[cfg(feature = "secret")]
    pub(crate) fn kept(&self) -> &[Sha256Digest] {
        self.tree.kept()
    }

    /// Opens one cell, empty or not.
    ///
    /// # Errors
    /// When it lies outside the grid.
    pub(crate) fn open(&self, cell: u64) -> Result<Opening, EscrowError> {
        let path = Grid::path(cell);
        if cell >= self.grid.cells() {
            return Err(EscrowError::Unknown(path));
        }
        let value = self.occupied.get(&cell);
        let contents = value.map(|value| Opened { path: path.clone(), value: value.clone() });
        Ok(Opening {
            path,
            seed: self.tree.seed(0, cell).0,
            contents: contents.into_iter().collect(),
            proof: self.tree.proof(&Cells { occupied: &self.occupied }, 0, cell),
        })
    }
}

/// `cell/N` on the stack.
struct CellPath {
    bytes: [u8; 25],
    start: usize,
}

impl CellPath {
    fn new(mut cell: u64) -> Self {
        let mut path = Self { bytes: [0; 25], start: 25 };
        loop {
            path.push(b'0' + (cell % 10) as u8);
            cell /= 10;
            if cell == 0 {
                break;
            }
        }
        path.push(b'/');
        CELL.bytes().rev().for_each(|b| path.push(b));
        path
    }

    fn push(&mut self, byte: u8) {
        self.start -= 1;
        self.bytes[self.start] = byte;
    }

    fn as_str(&mut self) -> &str {
        std::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }
}
