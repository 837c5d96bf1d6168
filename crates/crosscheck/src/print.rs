//! Fingerprints of everything that is compared: what a kept row was made from.

use case::Record;
use rayon::prelude::*;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;

use crate::candidates::Candidates;
use crate::category::counts_several;
use crate::entity::Entity;
use crate::memo::{Print, Printer};
use crate::name::Names;

/// The fingerprints of sites and observations, by slot, each with the weights of its words.
pub(crate) struct Prints {
    /// What holds for the whole case.
    whole: Print,
    /// Each declared site.
    pub sites: Vec<Print>,
    /// Each observation.
    pub observations: Vec<Print>,
}

impl Prints {
    /// `whole` is the fingerprint of what holds for the whole case.
    pub(crate) fn of(
        (declared, sites): (&[&Record<SiteDeclare>], &[Entity<'_>]),
        (seen, observations): (&[&Record<Observation>], &[Entity<'_>]),
        names: Names<'_>,
        whole: Print,
    ) -> Self {
        let sites = declared.iter().zip(sites).map(|(r, e)| of_one(r, e, names)).collect();
        let observations =
            seen.iter().zip(observations).map(|(r, e)| of_one(r, e, names)).collect();
        Self { whole, sites, observations }
    }

    /// For each observation the fingerprint of all that its comparison with the declared sites looks at; `around` says
    /// how sites crowd there.
    pub(crate) fn of_compares(
        &self,
        observations: &[Entity<'_>],
        candidates: &Candidates<'_>,
        around: &[f64],
    ) -> Vec<Print> {
        let of_compare = |(o, e): (usize, &Entity<'_>)| {
            let mut printer = Printer::new();
            printer.add(&(self.whole, self.observations[o]));
            printer.numbers([around[o]]);
            for word in candidates.words(e) {
                candidates.sites(word).iter().for_each(|&s| printer.add(&self.sites[s]));
            }
            // A report of several units may be of sites that share no word with it.
            if e.forms.iter().any(|f| counts_several(f.text)) {
                printer.add(&self.sites);
            }
            printer.print()
        };
        observations.par_iter().enumerate().map(of_compare).collect()
    }
}

fn of_one<T>(record: &Record<T>, entity: &Entity<'_>, names: Names<'_>) -> Print {
    let mut printer = Printer::new();
    printer.add(&(record.text_sha256.0, &record.because, entity.complex));
    if let Some(at) = entity.at {
        printer.numbers([at.lat, at.lon, at.r95_m]);
    }
    let words = entity.keys().chain(entity.kind.iter().copied());
    printer.numbers(words.map(|w| names.rarity.bits(w)));
    printer.print()
}
