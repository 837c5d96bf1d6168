//! Which declared sites an observation is compared with: those that share a word with it.

use crate::entity::Entity;
use crate::name::{Names, Word};

/// A word that leads to more sites tells a kind of place or a region.
const MANY: usize = 64;
/// Words in every second name or more lead nowhere.
const LEAST_BITS: f64 = 1.0;

/// For each word, the sites that have it.
pub(crate) struct Candidates<'a> {
    sites: Vec<Vec<usize>>,
    names: Names<'a>,
}

impl<'a> Candidates<'a> {
    pub(crate) fn of(sites: &[Entity<'_>], names: Names<'a>) -> Self {
        let mut index: Vec<Vec<usize>> = vec![Vec::new(); names.vocabulary.len()];
        for (i, site) in sites.iter().enumerate() {
            for word in site.keys().filter(|w| names.rarity.bits(*w) >= LEAST_BITS) {
                let slots = &mut index[word as usize];
                if slots.last() != Some(&i) {
                    slots.push(i);
                }
            }
        }
        Self { sites: index, names }
    }

    /// The words of an observation that lead to sites. The commonest lead to everything and tell nothing: where no other
    /// word leads anywhere, the rarest of them is followed.
    pub(crate) fn words(&self, o: &Entity<'_>) -> Vec<Word> {
        let leads = |w: &Word| !self.sites[*w as usize].is_empty();
        let (few, many): (Vec<Word>, Vec<Word>) =
            o.keys().filter(leads).partition(|w| self.sites[*w as usize].len() <= MANY);
        if !few.is_empty() {
            return few;
        }
        let rarer = |a: &Word, b: &Word| {
            let (bits, spelled) =
                (|w: Word| self.names.rarity.bits(w), |w: Word| self.names.vocabulary.spelled(w));
            bits(*b).total_cmp(&bits(*a)).then_with(|| spelled(*a).cmp(spelled(*b)))
        };
        many.into_iter().min_by(rarer).into_iter().collect()
    }

    /// The sites that a word leads to, by slot; of a common one the first.
    pub(crate) fn sites(&self, word: Word) -> &[usize] {
        let sites = &self.sites[word as usize];
        &sites[..sites.len().min(4 * MANY)]
    }

    /// The sites to compare an observation with, by slot.
    pub(crate) fn find(&self, o: &Entity<'_>) -> Vec<usize> {
        let mut found: Vec<usize> =
            self.words(o).into_iter().flat_map(|w| self.sites(w)).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
