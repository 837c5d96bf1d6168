//! The tree over what is declared: category, place, field, with room for as many as the form says.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use statement::Sha256Digest;

use crate::tree::{EMPTY, Seed, Slots, Tree, leaf};
use crate::{EscrowError, Form};

/// A subtree larger than this is not opened in one piece: checking it would take seconds.
pub const MAX_OPENING: u8 = 20;

/// One place of a declaration: its fields by name, in the clear. This is what is kept secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The kind of place.
    pub category: String,
    /// Its id.
    pub id: String,
    /// Field names and values. A part of a site is a field with a path: `building/2/use`.
    pub fields: BTreeMap<String, String>,
}

/// One leaf that is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Where it stands: `reactor/3/name`, `cell/1042`.
    pub path: String,
    /// Its value, not empty.
    pub value: String,
}

/// A field, a place, a category, everything, or a cell, opened: one secret for all salts below, and what lies there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What is opened: `reactor/3/name`, `reactor/3`, `reactor`, nothing for everything declared, or `cell/1042`.
    pub path: String,
    /// The secret of the subtree; for a single leaf its salt.
    pub seed: Sha256Digest,
    /// Every leaf of the subtree that holds something, in the order of the form. The same secret shows that all
    /// others are empty.
    pub contents: Vec<Opened>,
    /// Siblings up to the sealed root, the lowest first.
    pub proof: Vec<Sha256Digest>,
}

/// A declaration with the secret that its salts follow from.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) form: Form,
    /// Values by slot.
    values: BTreeMap<u64, String>,
    /// The number of each place in its category, by id.
    numbers: BTreeMap<String, (String, u64)>,
    tree: Tree,
}

/// The leaves of a form, whatever holds their values.
pub(crate) struct Leaves<'a> {
    pub(crate) form: &'a Form,
    pub(crate) values: &'a BTreeMap<u64, String>,
}

impl Slots for Leaves<'_> {
    fn hash(&self, slot: u64, salt: Sha256Digest) -> Sha256Digest {
        leaf(&self.form.path(slot), salt, self.values.get(&slot).map_or(EMPTY, String::as_str))
    }
}

impl Declaration {
    /// Arranges a declaration and hashes it.
    ///
    /// # Errors
    /// When it does not fit the form, or an id stands twice.
    pub(crate) fn new(sites: &[Site], form: Form, seed: Seed) -> Result<Self, EscrowError> {
        let mut ids = HashSet::new();
        let mut by_category: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
        for site in sites {
            if site.id.trim().is_empty() || site.id.contains('/') {
                return Err(EscrowError::Name(site.id.clone()));
            }
            if !ids.insert(&site.id) {
                return Err(EscrowError::Twice(site.id.clone()));
            }
            by_category.entry(&site.category).or_default().push(site);
        }
        let (mut values, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for (category, sites) in by_category {
            if form.slot(category).is_none() {
                return Err(EscrowError::NotInForm { what: "category", name: category.to_owned() });
            }
            if sites.len() as u64 > form.places() {
                let room = form.places();
                return Err(EscrowError::NoRoom {
                    what: "places of one category",
                    found: sites.len(),
                    room,
                });
            }
            for (site, number) in sites.into_iter().zip(shuffled(&form, category, seed)) {
                let id = (Form::ID.to_owned(), site.id.clone());
                let own = site.fields.iter().filter(|(name, _)| *name != Form::ID);
                let own = own.map(|(name, value)| (name.clone(), value.clone()));
                for (field, value) in std::iter::once(id).chain(own) {
                    let Some((slot, 0)) = form.slot(&format!("{category}/{number}/{field}")) else {
                        return Err(EscrowError::NotInForm { what: "field", name: field });
                    };
                    if value != EMPTY {
                        values.insert(slot, value);
                    }
                }
                numbers.insert(site.id.clone(), (category.to_owned(), number));
            }
        }
        let tree = Tree::new(&Leaves { form: &form, values: &values }, seed, form.height());
        Ok(Self { form, values, numbers, tree })
    }

    pub(crate) fn root(&self) -> Sha256Digest {
        self.tree.root()
    }

    /// The path of a place by its id.
    pub(crate) fn place(&self, id: &str) -> Option<String> {
        self.numbers.get(id).map(|(category, number)| format!("{category}/{number}"))
    }

    /// Ids of the places, with where they stand.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&str, String)> {
        self.numbers.iter().map(|(id, (category, n))| (id.as_str(), format!("{category}/{n}")))
    }

    /// Opens a field, a place, a category, or everything (an empty path).
    ///
    /// # Errors
    /// When the form has no such path, or the subtree is too large to be opened in one piece.
    pub(crate) fn open(&self, path: &str) -> Result<Opening, EscrowError> {
        let (slot, height) =
            self.form.slot(path).ok_or_else(|| EscrowError::Unknown(path.to_owned()))?;
        if height > MAX_OPENING {
            return Err(EscrowError::TooLarge { height, most: MAX_OPENING });
        }
        let contents = self.values.range(slot..slot + (1 << height));
        let contents = contents
            .map(|(slot, value)| Opened { path: self.form.path(*slot), value: value.clone() });
        let leaves = Leaves { form: &self.form, values: &self.values };
        Ok(Opening {
            path: path.to_owned(),
            seed: self.tree.seed(height, slot).0,
            contents: contents.collect(),
            proof: self.tree.proof(&leaves, height, slot),
        })
    }
}

/// The numbers of a category's places in an order that only the secret gives: a number that is shown later tells
/// nothing of how many places there are or where among them this one came.
fn shuffled(form: &Form, category: &str, seed: Seed) -> Vec<u64> {
    let order = seed.derive(&format!("order of {category}"));
    let mut keyed: Vec<(Sha256Digest, u64)> =
        (0..form.places()).map(|n| (order.derive(&n.to_string()).0, n)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, number)| number).collect()
}
