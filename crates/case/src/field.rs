//! What happens on the ground: acts on access requests, interviews, samples, seals and items, in whatever order they
//! arrive.
//!
//! A statement whose object is not there yet waits for it ([`Waiting`]) and counts from the moment it is there. Acts
//! on one object are kept in the order of what they speak of, not of arrival. So the same statements give the same
//! state, whichever came first.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use statement::kinds::items::{Dispose, ItemStep, Receive, Transfer};
use statement::kinds::{access, inspection};
use statement::tz::TimeZone;
use statement::{Body, Date, Kind, ObjectId, PartyId, Standing, Statement};

use crate::fold::{Hashes, Refusal};
use crate::{Case, Index, KeyRef, Object, Record, Shelf};

/// A sample with what was done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// As taken.
    pub taken: inspection::SampleTake,
    /// What was done with it, oldest first.
    pub events: Vec<Record<inspection::SampleEvent>>,
}

/// A transfer of custody, with who stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transferred {
    /// As said.
    pub transfer: Transfer,
    /// Which of the two sides signed it.
    pub signed: Vec<PartyId>,
    /// What the receiver said of its arrival, oldest first.
    pub receipts: Vec<Record<Receive>>,
}

/// Whether a transfer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferStanding {
    /// Both sides signed it, or the receiver signed for its arrival.
    BothSides,
    /// A named source says so; neither side signed.
    PublicRecord,
    /// The receiver has not signed: custody has not passed.
    ReceiverMissing,
    /// The shipper has not signed: custody has not passed.
    ShipperMissing,
}

impl TransferStanding {
    /// Whether custody passed.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::BothSides | Self::PublicRecord)
    }
}

impl Transferred {
    /// Whether it counts.
    #[must_use]
    pub fn standing(&self) -> TransferStanding {
        let shipper = self.signed.contains(&self.transfer.from);
        let receiver = self.signed.contains(&self.transfer.to);
        match (shipper, receiver || !self.receipts.is_empty()) {
            (true, true) => TransferStanding::BothSides,
            (true, false) => TransferStanding::ReceiverMissing,
            (false, _) if self.signed.is_empty() => TransferStanding::PublicRecord,
            (false, _) => TransferStanding::ShipperMissing,
        }
    }

    /// When custody passed: when the receiver says so, else as the transfer says.
    #[must_use]
    pub fn on(&self) -> &Date {
        self.receipts.first().map_or(&self.transfer.on, |r| &r.body.on)
    }
}

/// Everything that was said of one item or site on its way to the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// Transfers it was part of; found in [`Case::transfers`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<ObjectId>,
    /// Stages, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Record<ItemStep>>,
    /// How it ended; two ends contradict each other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disposals: Vec<Record<Dispose>>,
    /// Seals put on it; found in [`Case::physical_seals`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<ObjectId>,
    /// Measurements of it; found in [`Case::measurements`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<ObjectId>,
    /// Entries behind it, in the order of arrival.
    #[serde(skip)]
    pub because: Vec<Index>,
    /// The number of entries folded when it last changed.
    #[serde(skip)]
    pub changed: Index,
}

impl History {
    /// Of a thing of which nothing was ever said.
    pub const EMPTY: Self = Self {
        transfers: Vec::new(),
        stages: Vec::new(),
        disposals: Vec::new(),
        seals: Vec::new(),
        measurements: Vec::new(),
        because: Vec::new(),
        changed: 0,
    };
}

/// A statement that counts as soon as the object it speaks of is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// The entry.
    pub index: Index,
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: ObjectId,
    /// What it waits for, in words: `item`, `access request`.
    pub what: &'static str,
    /// The id it waits for.
    pub on: ObjectId,
}

/// Statements that wait for their object.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    by_object: BTreeMap<ObjectId, Vec<Parked>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Parked {
    pub index: Index,
    pub what: &'static str,
    pub signers: Vec<KeyRef>,
    pub hashes: Hashes,
    pub statement: Statement,
    pub standing: Standing,
}

impl Waiting {
    /// All of them, in the order of the ledger.
    #[must_use]
    pub fn list(&self) -> Vec<Waits> {
        let mut all: Vec<Waits> = self
            .by_object
            .iter()
            .flat_map(|(on, parked)| {
                parked.iter().map(|p| Waits {
                    index: p.index,
                    kind: p.statement.body.kind().map_or("", Kind::as_str),
                    id: p.statement.header.id.clone(),
                    what: p.what,
                    on: on.clone(),
                })
            })
            .collect();
        all.sort_by_key(|w| w.index);
        all
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_object.is_empty()
    }

    pub(crate) fn park(&mut self, on: ObjectId, parked: Parked) {
        self.by_object.entry(on).or_default().push(parked);
    }

    pub(crate) fn release(&mut self, on: &ObjectId) -> Vec<Parked> {
        if self.by_object.is_empty() {
            Vec::new()
        } else {
            self.by_object.remove(on).unwrap_or_default()
        }
    }
}

impl Serialize for Waiting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.list())
    }
}

/// Which of two dates comes first: by the first instant each can mean, then by the last.
#[must_use]
pub fn in_time(a: &Date, b: &Date) -> Ordering {
    if a.as_str().len() <= 10 && b.as_str().len() <= 10 {
        // Days, the common case, need no instants.
        return (a.earliest(), a.latest()).cmp(&(b.earliest(), b.latest()));
    }
    a.span(&TimeZone::UTC).cmp(&b.span(&TimeZone::UTC))
}

/// Puts an act into a list that is kept in the order of what it speaks of.
pub(crate) fn insert<T>(list: &mut Vec<Record<T>>, record: Record<T>, on: fn(&T) -> &Date) {
    let before = |a: &Record<T>, b: &Record<T>| {
        in_time(on(&a.body), on(&b.body)).then_with(|| a.id.cmp(&b.id)) != Ordering::Greater
    };
    let at = match list.last() {
        Some(last) if !before(last, &record) => list.partition_point(|r| before(r, &record)),
        _ => list.len(),
    };
    list.insert(at, record);
}

/// Takes an act out of a list, so that its correction can take its place.
fn take<T>(list: &mut Vec<Record<T>>, id: &ObjectId) -> Option<Record<T>> {
    list.iter().position(|r| r.id == *id).map(|at| list.remove(at))
}

fn merge<T>(record: &mut Record<T>, old: Option<Record<T>>) {
    if let Some(mut old) = old {
        old.because.append(&mut record.because);
        record.because = old.because;
    }
}

impl Case {
    /// What a statement needs to be there before it can count, in words and by id.
    pub(crate) fn needs(&self, body: &Body) -> Option<(&'static str, ObjectId)> {
        let request = |id: &ObjectId| {
            self.access.get(id.as_str()).is_none().then(|| ("access request", id.clone()))
        };
        let interview = |id: &ObjectId| {
            self.interviews.get(id.as_str()).is_none().then(|| ("interview request", id.clone()))
        };
        let thing = |id: &ObjectId| (!self.is_thing(id)).then(|| ("item or site", id.clone()));
        match body {
            Body::AccessAnswer(b) => request(&b.request),
            Body::AccessEscalate(b) => request(&b.request),
            Body::AccessStep(b) => request(&b.request),
            Body::AccessDecide(b) => request(&b.request),
            Body::AccessPause(b) => request(&b.request),
            Body::AccessExtend(b) => request(&b.request),
            Body::AccessClose(b) => request(&b.request),
            Body::InterviewRequest(b) => {
                let missing = self.persons.get(b.person.as_str()).is_none();
                missing.then(|| ("person", b.person.clone()))
            }
            Body::InterviewAnswer(b) => interview(&b.request),
            Body::InterviewRecord(b) => interview(&b.request),
            Body::FindingResolve(b) => {
                let missing = self.findings.get(b.finding.as_str()).is_none();
                missing.then(|| ("finding", b.finding.clone()))
            }
            Body::SampleTake(b) => {
                let missing = self.inspections.get(b.inspection.as_str()).is_none();
                missing.then(|| ("inspection", b.inspection.clone()))
            }
            Body::SampleEvent(b) => {
                let missing = self.samples.get(b.sample.as_str()).is_none();
                missing.then(|| ("sample", b.sample.clone()))
            }
            Body::SealCheck(b) => {
                let missing = self.physical_seals.get(b.seal.as_str()).is_none();
                missing.then(|| ("seal", b.seal.clone()))
            }
            Body::Measurement(b) => {
                let missing = !self.names.contains_key(&b.about);
                missing.then(|| ("site or item", b.about.clone()))
            }
            Body::ItemTransfer(b) => b
                .items
                .iter()
                .find(|i| self.items.get(i.as_str()).is_none())
                .map(|i| ("item", i.clone())),
            Body::ItemReceive(b) => {
                let missing = self.transfers.get(b.transfer.as_str()).is_none();
                missing.then(|| ("transfer", b.transfer.clone()))
            }
            Body::ItemStep(b) => thing(&b.item),
            Body::ItemDispose(b) => thing(&b.item),
            _ => None,
        }
    }

    fn is_thing(&self, id: &ObjectId) -> bool {
        self.items.get(id.as_str()).is_some() || self.sites.get(id.as_str()).is_some()
    }

    /// Adds an act to the object it acts on, or puts its correction in its place.
    pub(crate) fn act<S, T>(
        &mut self,
        mut record: Record<T>,
        target: ObjectId,
        shelf: fn(&mut Case) -> &mut Shelf<S>,
        list: fn(&mut S) -> &mut Vec<Record<T>>,
        on: fn(&T) -> &Date,
    ) -> Result<(), Refusal> {
        let before = self.acts.insert(record.id.clone(), target.clone());
        if let Some(before) = before
            && let Some(old) = shelf(self).get_mut(&before)
        {
            let old = take(list(&mut old.body), &record.id);
            merge(&mut record, old);
        }
        let index = record.because.last().copied().unwrap_or_default();
        let object = shelf(self)
            .get_mut(&target)
            .ok_or_else(|| format!("there is no `{target}` to act on"))?;
        insert(list(&mut object.body), record, on);
        object.because.push(index);
        Ok(())
    }

    /// Adds a stage or an end to the history of an item or site, or puts its correction in its place.
    pub(crate) fn act_on_thing<T>(
        &mut self,
        mut record: Record<T>,
        target: ObjectId,
        list: fn(&mut History) -> &mut Vec<Record<T>>,
        on: fn(&T) -> &Date,
    ) {
        let index = record.because.last().copied().unwrap_or_default();
        if self.names.contains_key(&record.id)
            && let Some(before) = self.acts.get(&record.id).cloned()
            && let Some(history) = self.histories.get_mut(&before)
        {
            let old = take(list(history), &record.id);
            merge(&mut record, old);
            self.history_mut(&before, index);
        }
        self.acts.insert(record.id.clone(), target.clone());
        let history = self.history_mut(&target, index);
        insert(list(history), record, on);
    }

    /// The history of a thing, to be added to by this entry.
    fn history_mut(&mut self, thing: &ObjectId, index: Index) -> &mut History {
        if let Some(item) = self.items.get_mut(thing) {
            item.because.push(index);
        } else if let Some(site) = self.sites.get_mut(thing) {
            site.because.push(index);
        }
        if !self.histories.contains_key(thing) {
            self.histories.insert(thing.clone(), History::default());
        }
        let size = self.size;
        let history = self.histories.entry(thing.clone()).or_default();
        history.because.push(index);
        history.changed = size;
        history
    }

    /// Notes that an object (a transfer, a seal, a measurement) is about some things.
    pub(crate) fn link(
        &mut self,
        id: &ObjectId,
        index: Index,
        before: &[ObjectId],
        now: &[ObjectId],
        list: fn(&mut History) -> &mut Vec<ObjectId>,
    ) {
        for thing in before {
            list(self.history_mut(thing, index)).retain(|other| other != id);
        }
        for thing in now {
            let ids = list(self.history_mut(thing, index));
            // Sorted by id: the order of arrival must not show.
            let at = match ids.last() {
                Some(last) if last > id => ids.partition_point(|other| other < id),
                _ => ids.len(),
            };
            ids.insert(at, id.clone());
        }
    }

    /// Tells the histories of the things that an object is about that it has changed.
    pub(crate) fn changed(&mut self, things: &[ObjectId], index: Index) {
        for thing in things {
            self.history_mut(thing, index);
        }
    }

    /// What an item or site went through; `None` when nothing was ever said of it.
    #[must_use]
    pub fn history(&self, id: &str) -> Option<&History> {
        self.histories.get(id)
    }

    /// A statement that acts on another object.
    pub(crate) fn act_object(&self, kind: Kind, id: &str) -> Option<Object<'_>> {
        use Kind as K;
        fn of<'a, T>(kind: Kind, id: &str, list: &'a [Record<T>]) -> Option<Object<'a>> {
            list.iter().find(|r| r.id.as_str() == id).map(|r| Object::of(kind, r))
        }
        let target = self.acts.get(id)?;
        let access = || self.access.get(target.as_str()).map(|r| &r.body);
        let interview = || self.interviews.get(target.as_str()).map(|r| &r.body);
        match kind {
            K::AccessAnswer => of(kind, id, &access()?.acts.answers),
            K::AccessEscalate => of(kind, id, &access()?.acts.escalations),
            K::AccessStep => of(kind, id, &access()?.acts.steps),
            K::AccessDecide => of(kind, id, &access()?.acts.decisions),
            K::AccessPause => of(kind, id, &access()?.acts.pauses),
            K::AccessExtend => of(kind, id, &access()?.acts.extensions),
            K::AccessClose => of(kind, id, &access()?.acts.closings),
            K::InterviewAnswer => of(kind, id, &interview()?.answers),
            K::InterviewRecord => of(kind, id, &interview()?.records),
            K::FindingResolve => {
                of(kind, id, &self.findings.get(target.as_str())?.body.resolutions)
            }
            K::SampleEvent => of(kind, id, &self.samples.get(target.as_str())?.body.events),
            K::SealCheck => of(kind, id, &self.physical_seals.get(target.as_str())?.body.checks),
            K::ItemReceive => of(kind, id, &self.transfers.get(target.as_str())?.body.receipts),
            K::ItemStep => of(kind, id, &self.histories.get(target.as_str())?.stages),
            K::ItemDispose => of(kind, id, &self.histories.get(target.as_str())?.disposals),
            _ => None,
        }
    }

    /// A person's identity and pseudonym stand for nothing else in the case: two pseudonyms with one commitment would
    /// tell everybody that they are one person.
    pub(crate) fn check_person(
        &self,
        id: &ObjectId,
        person: &statement::kinds::declaration::PersonDeclare,
    ) -> Result<(), Refusal> {
        for other in self.persons.iter().filter(|p| p.id != *id) {
            if other.body.identity == person.identity {
                return Err(
                    "this commitment to an identity was used before, which links two pseudonyms; \
                     commit again with a fresh salt"
                        .to_owned(),
                );
            }
            if other.body.pseudonym == person.pseudonym {
                return Err(format!(
                    "the pseudonym `{}` was used before; give each declaration its own",
                    person.pseudonym
                ));
            }
        }
        Ok(())
    }

    /// Nobody but the person asked for may be named in the record of an interview, and that one only by the request.
    pub(crate) fn check_interview(&self, b: &access::InterviewRecord) -> Result<(), Refusal> {
        let words = b.present.iter().chain(&b.follow_up).chain(&b.reason).chain(&b.protection);
        for text in words {
            for person in &self.persons {
                let named = |name: &str| {
                    text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_' || c == '.'))
                        .any(|word| word == name)
                };
                if named(&person.body.pseudonym) || named(person.id.as_str()) {
                    return Err(
                        "it names a declared person in free text, which can link pseudonyms; write the role"
                            .to_owned(),
                    );
                }
            }
        }
        Ok(())
    }
}
