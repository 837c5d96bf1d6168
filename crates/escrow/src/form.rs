//! The form of a declaration: what the parties agree on before anything is sealed, and all that its size tells.

use std::collections::BTreeSet;

use statement::kinds::escrow::Form as Agreed;

use crate::declaration::Site;
use crate::grid::CELL;
use crate::{EscrowError, height_for};

/// The agreed form: which categories of places there are, how many places each has room for, and which fields
/// describe a place.
///
/// It gives every leaf its slot: `reactor/3/name` is the field `name` of the fourth place of the category `reactor`.
/// Places are numbered in an order that the secret shuffles, so that a number tells nothing.
///
/// ```
/// use escrow::Form;
/// let form = Form::new(vec!["mine".into(), "reactor".into()], vec!["id".into(), "name".into()], 4)?;
/// assert_eq!(form.places(), 16);
/// assert_eq!(form.slot("reactor/3/name"), Some((1 << 5 | 3 << 1 | 1, 0)));
/// assert_eq!(form.slot("reactor/3"), Some((1 << 5 | 3 << 1, 1)));
/// assert_eq!(form.path(39), "reactor/3/name");
/// # Ok::<(), escrow::EscrowError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    categories: Vec<String>,
    fields: Vec<String>,
    /// Each category has room for 2^places places.
    places: u8,
}

/// A tree of more leaves than this is not sealed: 2^32 take hours.
const MOST: u8 = 32;

impl Form {
    /// A form with room for 2^`places` places in each category.
    ///
    /// # Errors
    /// When there is no category or field, a name stands twice or cannot stand in a path, or the whole is too large.
    pub fn new(
        categories: Vec<String>,
        fields: Vec<String>,
        places: u8,
    ) -> Result<Self, EscrowError> {
        for (names, slash) in [(&categories, false), (&fields, true)] {
            let mut seen = BTreeSet::new();
            for name in names {
                if name.trim().is_empty() || (!slash && (name.contains('/') || name == CELL)) {
                    return Err(EscrowError::Name(name.clone()));
                }
                if !seen.insert(name) {
                    return Err(EscrowError::Twice(name.clone()));
                }
            }
            if names.is_empty() {
                return Err(EscrowError::Name(String::new()));
            }
        }
        let form = Self { categories, fields, places };
        if places > MOST || form.height() > MOST {
            return Err(EscrowError::NoRoom {
                what: "levels",
                found: usize::from(form.height()),
                room: u64::from(MOST),
            });
        }
        Ok(form)
    }

    /// The form that a statement names.
    ///
    /// # Errors
    /// As [`Form::new`].
    pub fn of(agreed: &Agreed) -> Result<Self, EscrowError> {
        Self::new(agreed.categories.clone(), agreed.fields.clone(), agreed.places_log2)
    }

    /// As a statement names it.
    #[must_use]
    pub fn agreed(&self) -> Agreed {
        Agreed {
            categories: self.categories.clone(),
            fields: self.fields.clone(),
            places_log2: self.places,
        }
    }

    /// The least form that a declaration fits in. It tells which categories and fields occur and, to a factor of two,
    /// how many places the largest category has: parties that do not want that agree on a larger one.
    ///
    /// # Errors
    /// As [`Form::new`].
    pub fn least(sites: &[Site]) -> Result<Self, EscrowError> {
        let categories: BTreeSet<&str> = sites.iter().map(|s| s.category.as_str()).collect();
        let mut fields: BTreeSet<&str> =
            sites.iter().flat_map(|s| s.fields.keys().map(String::as_str)).collect();
        fields.insert(Self::ID);
        let count = |c: &&str| sites.iter().filter(|s| s.category == **c).count();
        let most = categories.iter().map(count).max().unwrap_or(1);
        let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
        Self::new(owned(categories), owned(fields), height_for(most as u64))
    }

    /// The field that holds a place's own id.
    pub const ID: &str = "id";

    /// The categories, in the order of their slots.
    #[must_use]
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// The fields of a place, in the order of their slots.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// How many places each category has room for.
    #[must_use]
    pub fn places(&self) -> u64 {
        1 << self.places
    }

    /// The same as a power of two.
    #[must_use]
    pub fn places_log2(&self) -> u8 {
        self.places
    }

    /// The height of the whole tree.
    #[must_use]
    pub fn height(&self) -> u8 {
        let of = |names: &[String]| height_for(names.len() as u64);
        of(&self.categories).saturating_add(self.places).saturating_add(of(&self.fields))
    }

    fn fields_height(&self) -> u8 {
        height_for(self.fields.len() as u64)
    }

    /// Where a path stands: its first slot, and the height of the subtree it names (0 for a field). Nothing for a
    /// path that the form does not have.
    #[must_use]
    pub fn slot(&self, path: &str) -> Option<(u64, u8)> {
        if path.is_empty() {
            return Some((0, self.height()));
        }
        let fields = self.fields_height();
        let below = self.places + fields;
        let mut parts = path.splitn(3, '/');
        let category = parts.next()?;
        let first = (self.categories.iter().position(|c| c == category)? as u64) << below;
        let Some(place) = parts.next() else { return Some((first, below)) };
        let number: u64 = place.parse().ok().filter(|n| *n < self.places())?;
        // One spelling of each number.
        if number.to_string() != place {
            return None;
        }
        let first = first + (number << fields);
        let Some(field) = parts.next() else { return Some((first, fields)) };
        Some((first + self.fields.iter().position(|f| f == field)? as u64, 0))
    }

    /// The path of a leaf; empty for padding beyond the last category or field.
    #[must_use]
    pub fn path(&self, slot: u64) -> String {
        let fields = self.fields_height();
        let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let field = self.fields.get(at(slot & ((1 << fields) - 1)));
        let category = self.categories.get(at(slot >> (fields + self.places)));
        match (category, field) {
            (Some(category), Some(field)) => {
                format!("{category}/{}/{field}", slot >> fields & (self.places() - 1))
            }
            _ => String::new(),
        }
    }
}
