//! What a comparison needs of a declared site or an observation.

use std::sync::Arc;

use case::{Case, Index, Record};
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{Decimal, ObjectId, Place};

use crate::name::{Form, Vocabulary, Word, Words};
use crate::place::At;

/// Precision taken for a point whose source gives none.
const UNSTATED_R95_M: f64 = 5000.0;

/// A declared site or an observation.
pub(crate) struct Entity<'a> {
    pub id: &'a ObjectId,
    pub forms: Vec<Form<'a>>,
    pub kind: Arc<[Word]>,
    pub category: &'a str,
    pub at: Option<At>,
    /// The declared town.
    pub town: Option<Town<'a>>,
    /// The towns of the gazetteer that its forms name.
    pub names_towns: Vec<usize>,
    pub because: &'a [Index],
}

/// A declared town.
pub(crate) struct Town<'a> {
    pub name: Form<'a>,
    /// Which towns of the gazetteer it is.
    pub known_as: Vec<usize>,
}

/// The gazetteer: towns by name.
pub(crate) struct Towns<'a> {
    towns: Vec<(Vec<Form<'a>>, At)>,
}

impl<'a> Towns<'a> {
    /// The place names of a case.
    pub(crate) fn of(case: &'a Case, vocabulary: &mut Vocabulary) -> Self {
        let names = case.observations.iter().filter(|o| o.body.category == "place name");
        let towns = names.filter_map(|o| {
            let at = point(o.body.place.as_ref()?)?;
            Some((forms(vocabulary, &o.body.name, &o.body.variants, &[]), at))
        });
        Self { towns: towns.collect() }
    }

    fn find(&self, name: &Words) -> Option<At> {
        let is = |(forms, _): &&(Vec<Form<'_>>, At)| forms.iter().any(|f| f.words.all == name.all);
        self.towns.iter().find(is).map(|(_, at)| *at)
    }

    /// The towns that one of the forms names, as whole words.
    fn named_in(&self, forms: &[Form<'_>]) -> Vec<usize> {
        let named =
            |names: &[Form<'_>]| names.iter().any(|n| forms.iter().any(|f| f.words.hold(&n.words)));
        let towns = self.towns.iter().enumerate();
        towns.filter(|(_, (names, _))| named(names)).map(|(i, _)| i).collect()
    }
}

impl<'a> Entity<'a> {
    /// A declared site; without a point it stands at its town.
    pub(crate) fn of_site(
        record: &'a Record<SiteDeclare>,
        towns: &Towns<'_>,
        vocabulary: &mut Vocabulary,
    ) -> Self {
        let body = &record.body;
        let town = body.place.as_ref().and_then(|p| p.name.as_deref()).map(|name| {
            let name = vocabulary.form(name, false);
            let known_as = towns.named_in(std::slice::from_ref(&name));
            Town { name, known_as }
        });
        let at = body.place.as_ref().and_then(point);
        Self {
            id: &record.id,
            forms: forms(vocabulary, &body.name, &body.variants, &[]),
            kind: vocabulary.kind(&body.category),
            category: &body.category,
            at: at.or_else(|| towns.find(&town.as_ref()?.name.words)),
            town,
            names_towns: Vec::new(),
            because: &record.because,
        }
    }

    /// An observation.
    pub(crate) fn of_observation(
        record: &'a Record<Observation>,
        towns: &Towns<'_>,
        vocabulary: &mut Vocabulary,
    ) -> Self {
        let body = &record.body;
        let forms = forms(vocabulary, &body.name, &body.variants, &body.variants_from_memory);
        Self {
            id: &record.id,
            names_towns: towns.named_in(&forms),
            forms,
            kind: vocabulary.kind(&body.category),
            category: &body.category,
            at: body.place.as_ref().and_then(point),
            town: None,
            because: &record.because,
        }
    }

    /// All its words, those of several forms more than once.
    pub(crate) fn words(&self) -> impl Iterator<Item = Word> + '_ {
        self.forms.iter().flat_map(|f| f.words.all.iter().copied())
    }
}

fn point(place: &Place) -> Option<At> {
    let point = place.point.as_ref()?;
    let r95_m = point.precision_m.map_or(UNSTATED_R95_M, Decimal::to_f64);
    Some(At { lat: point.lat.to_f64(), lon: point.lon.to_f64(), r95_m })
}

fn forms<'a>(
    vocabulary: &mut Vocabulary,
    name: &'a str,
    variants: &'a [String],
    from_memory: &'a [String],
) -> Vec<Form<'a>> {
    let sure = std::iter::once(name).chain(variants.iter().map(String::as_str));
    let sure = sure.map(|text| (text, false));
    let recalled = from_memory.iter().map(|text| (text.as_str(), true));
    let forms = sure.chain(recalled).map(|(text, recalled)| vocabulary.form(text, recalled));
    forms.filter(|f| !f.words.all.is_empty()).collect()
}
