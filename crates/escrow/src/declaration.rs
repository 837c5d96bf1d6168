//! The tree over what is declared: category, site, field, each level padded to a size the parties agreed on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statement::Sha256Digest;

use crate::tree::{EMPTY, Leaf, Seed, Slots, climb, proof, root};
use crate::{EscrowError, height_for};

/// A subtree larger than this is not opened in one piece: checking it would take seconds.
pub const MAX_OPENING: u8 = 20;

/// One site of a declaration: its fields by name, in the clear. This is what is kept secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The kind of place.
    pub category: String,
    /// Its id.
    pub id: String,
    /// Field names and values. A part of a site is a field with a path: `building/2/use`.
    pub fields: BTreeMap<String, String>,
}

/// How many slots each level has, as powers of two. Agreed before sealing, public, and all that the tree's size
/// tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Categories: 2^categories slots.
    pub categories: u8,
    /// Sites of each category: 2^sites slots.
    pub sites: u8,
    /// Fields of each site: 2^fields slots.
    pub fields: u8,
}

impl Shape {
    /// The least shape that a declaration fits in. It tells how many sites there are, to a factor of two: parties
    /// that do not want that agree on a larger one.
    #[must_use]
    pub fn least(sites: &[Site]) -> Self {
        let mut per_category: BTreeMap<&str, u64> = BTreeMap::new();
        for site in sites {
            *per_category.entry(&site.category).or_default() += 1;
        }
        Self {
            categories: height_for(per_category.len() as u64),
            sites: height_for(per_category.values().copied().max().unwrap_or(1)),
            fields: height_for(sites.iter().map(|s| s.fields.len() as u64).max().unwrap_or(1)),
        }
    }

    /// The height of the whole tree.
    #[must_use]
    pub fn height(self) -> u8 {
        self.categories + self.sites + self.fields
    }
}

/// One leaf that is opened with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its slot in the subtree.
    pub slot: u64,
    /// Where it stands: `reactor/d-3/name`.
    pub path: String,
    /// Its value.
    pub value: String,
}

/// A field, a site, a category or everything, opened: one secret for all salts below, and what lies there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What is opened: `reactor/d-3/name`, `reactor/d-3`, `reactor`, or nothing for everything.
    pub path: String,
    /// Height of the subtree; 0 for a field.
    pub height: u8,
    /// The secret of the subtree; for a field its salt.
    pub seed: Sha256Digest,
    /// Every entry of the subtree. The slots between are shown to be empty by the same secret.
    pub contents: Vec<Opened>,
    /// Siblings up to the sealed root.
    pub proof: Vec<Sha256Digest>,
}

/// A declaration with the secret that its salts follow from.
#[derive(Debug, Clone)]
pub struct Declaration {
    shape: Shape,
    seed: Seed,
    /// Entries by slot.
    entries: Vec<Opened>,
    /// The first slot of each category and each site.
    places: BTreeMap<String, u64>,
}

impl Declaration {
    /// Arranges a declaration for sealing.
    ///
    /// # Errors
    /// When it does not fit the shape, an id stands twice, or a name holds a `/` or nothing.
    pub fn new(sites: &[Site], shape: Shape, seed: Seed) -> Result<Self, EscrowError> {
        let mut categories: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
        for site in sites {
            for name in [&site.category, &site.id] {
                if name.is_empty() || name.contains('/') {
                    return Err(EscrowError::Name(name.clone()));
                }
            }
            categories.entry(&site.category).or_default().push(site);
        }
        let room = |what, found: usize, height: u8| {
            if height < 48 && found as u64 <= 1 << height {
                Ok(())
            } else {
                Err(EscrowError::NoRoom { what, found, room: 1 << height.min(48) })
            }
        };
        if shape.height() > 40 {
            return Err(EscrowError::NoRoom { what: "leaves", found: usize::MAX, room: 1 << 40 });
        }
        room("categories", categories.len(), shape.categories)?;
        let (mut entries, mut places) = (Vec::new(), BTreeMap::new());
        let mut seen = std::collections::HashSet::new();
        for (c, (category, mut sites)) in categories.into_iter().enumerate() {
            room("sites of one category", sites.len(), shape.sites)?;
            let category_slot = (c as u64) << (shape.sites + shape.fields);
            places.insert(category.to_owned(), category_slot);
            sites.sort_by(|a, b| a.id.cmp(&b.id));
            for (s, site) in sites.into_iter().enumerate() {
                if !seen.insert(&site.id) {
                    return Err(EscrowError::Twice(site.id.clone()));
                }
                room("fields of one site", site.fields.len(), shape.fields)?;
                let site_slot = category_slot + ((s as u64) << shape.fields);
                places.insert(format!("{category}/{}", site.id), site_slot);
                for (f, (field, value)) in site.fields.iter().enumerate() {
                    if field.is_empty() {
                        return Err(EscrowError::Name(field.clone()));
                    }
                    entries.push(Opened {
                        slot: site_slot + f as u64,
                        path: format!("{category}/{}/{field}", site.id),
                        value: value.clone(),
                    });
                }
            }
        }
        Ok(Self { shape, seed, entries, places })
    }

    /// The root over everything declared.
    #[must_use]
    pub fn root(&self) -> Sha256Digest {
        root(&Entries(&self.entries), self.seed, self.shape.height(), 0)
    }

    /// The root over one site: what the cells it stands in commit to.
    #[must_use]
    pub fn site_root(&self, category: &str, id: &str) -> Option<Sha256Digest> {
        let slot = *self.places.get(&format!("{category}/{id}"))?;
        let seed = self.seed.below(self.shape.height(), self.shape.fields, slot);
        Some(root(&Entries(&self.entries), seed, self.shape.fields, slot))
    }

    /// Opens a field, a site, a category, or everything (an empty path).
    ///
    /// # Errors
    /// When nothing of that path is declared, or the subtree is too large to be opened in one piece.
    pub fn open(&self, path: &str) -> Result<Opening, EscrowError> {
        let Shape { sites, fields, .. } = self.shape;
        let whole = self.shape.height();
        let entry = || self.entries.iter().find(|e| e.path == path).map(|e| (e.slot, 0));
        let place = || {
            let slot = *self.places.get(path)?;
            Some((slot, if path.contains('/') { fields } else { sites + fields }))
        };
        let found = if path.is_empty() { Some((0, whole)) } else { place().or_else(entry) };
        let (slot, height) = found.ok_or_else(|| EscrowError::Unknown(path.to_owned()))?;
        if height > MAX_OPENING {
            return Err(EscrowError::TooLarge { height, most: MAX_OPENING });
        }
        let range = slot..slot + (1 << height);
        let contents = self.entries.iter().filter(|e| range.contains(&e.slot));
        Ok(Opening {
            path: path.to_owned(),
            height,
            seed: self.seed.below(whole, height, slot).0,
            contents: contents.map(|e| Opened { slot: e.slot - slot, ..e.clone() }).collect(),
            proof: proof(&Entries(&self.entries), self.seed, whole, height, slot),
        })
    }

    /// Everything that is declared, by path.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|e| e.path.as_str())
    }
}

impl Opening {
    /// Checks the opening against the sealed root, and gives the root of the opened subtree.
    ///
    /// # Errors
    /// When it does not lead there, or is malformed: slots out of order or out of range, a path outside of what is
    /// opened, a subtree too large.
    pub fn verify(&self, sealed: Sha256Digest) -> Result<Sha256Digest, EscrowError> {
        if self.height > MAX_OPENING {
            return Err(EscrowError::TooLarge { height: self.height, most: MAX_OPENING });
        }
        let slots = self.contents.windows(2).all(|pair| pair[0].slot < pair[1].slot)
            && self.contents.last().is_none_or(|last| last.slot < 1 << self.height);
        let below = |path: &str| {
            self.path.is_empty()
                || path == self.path
                || path.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with('/'))
        };
        if !slots || !self.contents.iter().all(|e| below(&e.path)) {
            return Err(EscrowError::Malformed(self.path.clone()));
        }
        let reached = root(&Entries(&self.contents), Seed(self.seed), self.height, 0);
        if climb(reached, &self.proof) == sealed {
            Ok(reached)
        } else {
            Err(EscrowError::WrongRoot { path: self.path.clone() })
        }
    }
}

/// Entries in the order of their slots, with padding between.
struct Entries<'a>(&'a [Opened]);

impl Slots for Entries<'_> {
    fn hash(&self, slot: u64, salt: Sha256Digest) -> Sha256Digest {
        let (path, value) = match self.0.binary_search_by_key(&slot, |e| e.slot) {
            Ok(at) => (self.0[at].path.as_str(), self.0[at].value.as_str()),
            Err(_) => ("", EMPTY),
        };
        Leaf { path, salt, value }.hash()
    }
}
