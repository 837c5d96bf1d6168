//! What a comparison needs of a declared site or an observation.

use std::sync::Arc;

use case::{Index, Record};
use foldhash::{HashMap, HashMapExt};
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{Date, Decimal, ObjectId, Place, Relation};

use crate::category::{self, Stage, Stated};
use crate::grade::Settings;
use crate::memo::{Print, Printer};
use crate::name::{Form, Vocabulary, Word, Words};
use crate::place::{At, distance_m, related};

/// Precision taken for a point whose source gives none.
const UNSTATED_R95_M: f64 = 5000.0;

/// A declared site or an observation.
pub(crate) struct Entity<'a> {
    pub id: &'a ObjectId,
    pub forms: Vec<Form<'a>>,
    pub kind: Arc<[Word]>,
    pub category: &'a str,
    /// Where it is: its point, else what a relation to another place tells, else its town.
    pub at: Option<At>,
    /// The position told by another place, where it has one.
    pub relation: Option<&'a Relation>,
    /// The declared town.
    pub town: Option<Town<'a>>,
    /// The towns of the gazetteer that its forms name.
    pub names_towns: Vec<usize>,
    /// The town in whose complex it lies.
    pub complex: Option<usize>,
    /// The stage of life that its status names.
    pub stage: Option<Stage>,
    /// When it was declared, or seen.
    pub on: Option<&'a Date>,
    /// Share of points from its source that are simply wrong.
    pub gross_error: f64,
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
    print: Print,
}

impl<'a> Towns<'a> {
    /// The place names of a case.
    pub(crate) fn of(reported: &[&'a Record<Observation>], vocabulary: &mut Vocabulary) -> Self {
        let names = reported.iter().copied().filter(|o| o.body.category == "place name");
        let mut names: Vec<&'a Record<Observation>> = names.collect();
        names.sort_by(|a, b| a.id.cmp(&b.id));
        let mut printer = Printer::new();
        names.iter().for_each(|o| printer.add(&(o.text_sha256.0, &o.because)));
        let towns = names.into_iter().filter_map(|o| {
            let at = point(o.body.place.as_ref()?)?;
            Some((forms(vocabulary, &o.body.name, &o.body.variants, &[]), at))
        });
        Self { towns: towns.collect(), print: printer.print() }
    }

    /// The fingerprint of all of them.
    pub(crate) fn print(&self) -> Print {
        self.print
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

    /// The town whose surroundings hold a point.
    fn around(&self, at: At) -> Option<usize> {
        let towns = self.towns.iter().enumerate();
        let near = towns.map(|(i, (_, town))| (distance_m(at, *town), town.r95_m, i));
        let held = near.filter(|(d, r95, _)| d <= r95);
        held.min_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2))).map(|(.., i)| i)
    }

    /// The name of a town.
    pub(crate) fn name(&self, town: usize) -> &'a str {
        self.towns.get(town).and_then(|(forms, _)| forms.first()).map_or("", |f| f.text)
    }
}

impl<'a> Entity<'a> {
    /// A declared site; without a point it stands at its town.
    pub(crate) fn of_site(
        record: &'a Record<SiteDeclare>,
        towns: &Towns<'_>,
        vocabulary: &mut Vocabulary,
        settings: &Settings,
    ) -> Self {
        let body = &record.body;
        let town = body.place.as_ref().and_then(|p| p.name.as_deref()).map(|name| {
            let name = vocabulary.form(name, false);
            let known_as = towns.named_in(std::slice::from_ref(&name));
            Town { name, known_as }
        });
        let own = body.place.as_ref().and_then(point);
        let at = own.or_else(|| towns.find(&town.as_ref()?.name.words));
        let known = town.as_ref().and_then(|t| t.known_as.first().copied());
        Self {
            id: &record.id,
            forms: forms(vocabulary, &body.name, &body.variants, &[]),
            kind: vocabulary.kind(&body.category),
            category: &body.category,
            complex: known.or_else(|| towns.around(at?)),
            at,
            relation: body.place.as_ref().and_then(|p| p.relation.as_ref()),
            town,
            names_towns: Vec::new(),
            stage: body.status.as_deref().and_then(category::stage),
            on: record.said.as_ref(),
            gross_error: settings.gross_error,
            because: &record.because,
        }
    }

    /// An observation.
    pub(crate) fn of_observation(
        record: &'a Record<Observation>,
        towns: &Towns<'_>,
        vocabulary: &mut Vocabulary,
        settings: &Settings,
    ) -> Self {
        let body = &record.body;
        let forms = forms(vocabulary, &body.name, &body.variants, &body.variants_from_memory);
        let names_towns = towns.named_in(&forms);
        let at = body.place.as_ref().and_then(point);
        let complex = at.and_then(|at| towns.around(at));
        Self {
            id: &record.id,
            complex: complex.or_else(|| names_towns.first().copied().filter(|_| at.is_none())),
            names_towns,
            forms,
            kind: vocabulary.kind(&body.category),
            category: &body.category,
            at,
            relation: body.place.as_ref().and_then(|p| p.relation.as_ref()),
            town: None,
            stage: body.status.as_deref().and_then(category::stage),
            on: body.observed_on.as_ref(),
            gross_error: settings.gross_error(record.source.as_ref()),
            because: &record.because,
        }
    }

    /// Everything by which it can be found: words, and keys of whole names; some more than once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Word> + '_ {
        self.forms.iter().flat_map(|f| f.words.keys())
    }

    /// Its state, as it was stated.
    pub(crate) fn stated(&self) -> Stated<'a> {
        (self.stage, self.on)
    }

    /// Whether it is a whole complex.
    pub(crate) fn is_complex(&self) -> bool {
        category::is_complex(self.category)
    }
}

/// What a relation is told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Town(usize),
    Site(usize),
    Observation(usize),
}

/// Which place each observation's relation is told from, where that can be found; and a position for those that have
/// no point of their own.
pub(crate) fn resolve<'a>(
    sites: &[Entity<'a>],
    observations: &mut [Entity<'a>],
    towns: &Towns<'a>,
    vocabulary: &mut Vocabulary,
) -> HashMap<usize, Anchor> {
    let mut anchors = HashMap::new();
    if observations.iter().all(|o| o.relation.is_none()) {
        return anchors;
    }
    for slot in 0..observations.len() {
        let Some(relation) = observations[slot].relation else { continue };
        let of = vocabulary.form(&relation.of, false);
        let Some(anchor) = anchor(&of.words, slot, sites, observations, towns) else { continue };
        anchors.insert(slot, anchor);
        let (at, complex) = match anchor {
            Anchor::Town(t) => (Some(towns.towns[t].1), None),
            Anchor::Site(s) => (sites[s].at, sites[s].complex),
            Anchor::Observation(o) => (observations[o].at, observations[o].complex),
        };
        let entity = &mut observations[slot];
        if entity.at.is_none() {
            entity.at = at.map(|at| related(at, relation));
            entity.complex = entity.complex.or(complex).or_else(|| towns.around(entity.at?));
        }
    }
    anchors
}

/// A town by its whole name; else a declared site, else an observation: by a whole form first, then by one that holds
/// all its words or all but words that say what kind of place it is.
fn anchor(
    of: &Words,
    not: usize,
    sites: &[Entity<'_>],
    observations: &[Entity<'_>],
    towns: &Towns<'_>,
) -> Option<Anchor> {
    // "Pakchon centre" is Pakchon.
    if let Some(town) = towns.towns.iter().position(|(forms, _)| {
        forms.iter().any(|f| of.hold(&f.words) && of.all.len() <= f.words.all.len() + 1)
    }) {
        return Some(Anchor::Town(town));
    }
    let find = |entities: &[Entity<'_>], not: Option<usize>, fits: &dyn Fn(&Words) -> bool| {
        let entities = entities.iter().enumerate();
        let mut fit =
            entities.filter(|(i, e)| Some(*i) != not && e.forms.iter().any(|f| fits(&f.words)));
        fit.next().map(|(i, _)| i)
    };
    let whole = |w: &Words| w.is(of);
    let part = |w: &Words| w.hold(of) || (of.hold(w) && w.all.len() > 1);
    let power = |w: &Words| w.shares_power(of);
    // An observation of that name that shares a name with a declared site speaks of the site.
    let site_of = |o: usize| {
        let names = |w: &Words| observations[o].forms.iter().any(|f| f.words.is(w));
        find(sites, None, &names).map_or(Anchor::Observation(o), Anchor::Site)
    };
    find(sites, None, &whole)
        .map(Anchor::Site)
        .or_else(|| find(observations, Some(not), &whole).map(site_of))
        .or_else(|| find(sites, None, &power).map(Anchor::Site))
        .or_else(|| find(sites, None, &part).map(Anchor::Site))
        .or_else(|| find(observations, Some(not), &part).map(Anchor::Observation))
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
