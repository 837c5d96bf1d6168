//! The fold: one entry more, one case more. Total (no entry can make it fail) and deterministic.

use statement::kinds::agreement::KeyPurpose;
use statement::{Body, Header, Kind, ObjectId, PartyId, Sha256Digest, Standing, Statement};

use crate::field::{Parked, Sample, Transferred};
use crate::sealed::Sealed;
use crate::state::{Access, Finding, Interview, Item, PhysicalSeal, StepStatement};
use crate::{Case, Index, KeyRef, Parsed, Record, Rejection, UnknownKind};

/// Why a statement does not count.
pub(crate) type Refusal = String;

/// The two hashes of a statement's text; see [`Parsed`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashes {
    pub(crate) text: Sha256Digest,
    pub(crate) content: Sha256Digest,
}

/// What is known of a statement that does not count: its kind, its id, the reason.
type Refused = (Option<String>, Option<ObjectId>, Refusal);

impl Case {
    /// Folds the next entry. Entries come in the order of the ledger, each once.
    ///
    /// A statement that does not count is listed in [`rejected`](Case::rejected) with the reason and changes
    /// nothing else.
    pub fn apply(&mut self, entry: Parsed) {
        let index = self.size;
        self.size += 1;
        let Parsed { signers, text_sha256, content_sha256, statement } = entry;
        let hashes = Hashes { text: text_sha256, content: content_sha256 };
        let refused = match statement {
            Err(e) => Some((None, None, e.to_string())),
            Ok(statement) => self.accept(index, signers, hashes, statement, None).err(),
        };
        if let Some((kind, id, reason)) = refused {
            self.rejected.push(Rejection { index, kind, id, reason });
        }
    }

    /// What waited for an object that is there now.
    fn release(&mut self, id: ObjectId) {
        let mut free = vec![id];
        while let Some(id) = free.pop() {
            for parked in self.waiting.release(&id) {
                let Parked { index, signers, hashes, statement, standing, .. } = parked;
                let own = statement.header.id.clone();
                match self.accept_one(index, signers, hashes, statement, Some(standing)) {
                    Ok(true) => free.push(own),
                    Ok(false) => {}
                    Err((kind, id, reason)) => {
                        self.rejected.push(Rejection { index, kind, id, reason });
                    }
                }
            }
        }
    }

    fn accept(
        &mut self,
        index: Index,
        signers: Vec<KeyRef>,
        hashes: Hashes,
        statement: Statement,
        standing: Option<Standing>,
    ) -> Result<(), Refused> {
        let id = (!self.waiting.is_empty()).then(|| statement.header.id.clone());
        let stands = self.accept_one(index, signers, hashes, statement, standing)?;
        if let Some(id) = id.filter(|_| stands) {
            self.release(id);
        }
        Ok(())
    }

    /// Takes one statement; `false` when it waits for its object. A statement that waited comes with its standing at
    /// the time it arrived.
    fn accept_one(
        &mut self,
        index: Index,
        signers: Vec<KeyRef>,
        hashes: Hashes,
        statement: Statement,
        arrived: Option<Standing>,
    ) -> Result<bool, Refused> {
        let Statement { header, body } = statement;
        let id = header.id.clone();
        let Some(kind) = body.kind() else {
            let Body::Unknown(unknown) = body else { return Ok(false) };
            return match self.of_this_case(&header) {
                Ok(()) => {
                    self.unknown.push(UnknownKind { index, kind: unknown.kind, id });
                    Ok(false)
                }
                Err(refusal) => Err((Some(unknown.kind), Some(id), refusal)),
            };
        };
        let admitted = self.of_this_case(&header).and_then(|()| {
            let standing = match arrived {
                Some(standing) => standing,
                None => self.standing(index, &signers, &header, &body)?,
            };
            self.check_id(&header, kind, standing)?;
            Ok(standing)
        });
        if let Ok(standing) = admitted
            && let Some((what, on)) = self.needs(&body)
        {
            let statement = Statement { header, body };
            self.waiting.park(on, Parked { index, what, signers, hashes, statement, standing });
            return Ok(false);
        }
        let (basis, correction) =
            (header.source.as_ref().map(|s| s.basis), header.replaces.is_some());
        let first = self.id.is_none().then(|| header.case.clone());
        let placed = admitted.and_then(|standing| {
            self.place(index, &signers, hashes, header, body, standing)?;
            Ok(standing)
        });
        let standing = match placed {
            Ok(standing) => standing,
            Err(refusal) => return Err((Some(kind.as_str().to_owned()), Some(id), refusal)),
        };
        self.names.insert(id, kind);
        // Keys are not what the record says; they are how it is known.
        if !correction && !matches!(kind, Kind::KeyEnroll | Kind::KeyRevoke) {
            self.counts.entry(kind.as_str()).or_default().add(standing, basis);
        }
        if first.is_some() {
            self.id = first;
        }
        // Of a statement that waited, the entry that freed it is what changed the subject.
        self.touch(kind, self.size - 1);
        Ok(true)
    }

    fn of_this_case(&self, header: &Header) -> Result<(), Refusal> {
        match &self.id {
            Some(id) if *id != header.case => {
                Err(format!("it belongs to the case `{}`, this is the case `{id}`", header.case))
            }
            _ => Ok(()),
        }
    }

    /// Whose word it is, from who signed; an error when none of the signers may say it.
    fn standing(
        &self,
        index: Index,
        signers: &[KeyRef],
        header: &Header,
        body: &Body,
    ) -> Result<Standing, Refusal> {
        // The first entry of a ledger enrols the key of the desk that keeps it, signed by that key itself.
        if let Body::KeyEnroll(enroll) = body
            && self.keys.is_empty()
        {
            let own = KeyRef::of(&enroll.key).is_some_and(|key| signers.contains(&key));
            return if own && enroll.purpose == KeyPurpose::Desk && enroll.owner == header.party {
                Ok(Standing::Attested)
            } else {
                Err("the first key of a ledger must be a desk key that signs its own enrolment"
                    .to_owned())
            };
        }
        if signers.is_empty() {
            return Err("nobody signed it".to_owned());
        }
        let mut known = false;
        let mut revoked = None;
        let mut desk = None;
        let mut others = None;
        for signer in signers {
            let Some(key) = self.keys.get(signer) else { continue };
            if let Some(at) = key.revoked_at {
                revoked = Some((signer, at));
                continue;
            }
            known = true;
            match key.purpose {
                KeyPurpose::Witness => {}
                // The desk's own word is what it says without naming a source; with one, it passes on another's.
                KeyPurpose::Desk if key.owner != header.party || header.source.is_some() => {
                    desk = Some(&key.owner)
                }
                _ if key.owner == header.party => return Ok(Standing::Attested),
                KeyPurpose::Desk => desk = Some(&key.owner),
                KeyPurpose::Statement => others = Some(&key.owner),
            }
        }
        match (desk.or(others), &header.source) {
            (Some(_), Some(_)) => Ok(Standing::Attributed),
            (Some(by), None) => Err(format!(
                "it is the word of {} recorded by {by}, and names no source; name the source, or let {} sign it",
                header.party, header.party
            )),
            (None, _) if known => {
                Err("it is signed only by witness keys, which cannot make statements".to_owned())
            }
            (None, _) => Err(match revoked {
                Some((key, at)) => format!(
                    "the key {} was revoked by entry {at}, before this entry {index}; sign with a key in force",
                    key.name
                ),
                None => {
                    let names: Vec<&str> = signers.iter().map(|s| &*s.name).collect();
                    format!(
                        "signed by {}, which is not enrolled; enrol the key first",
                        names.join(", ")
                    )
                }
            }),
        }
    }

    /// An id is used once, unless a statement corrects the one that holds it.
    fn check_id(&self, header: &Header, kind: Kind, standing: Standing) -> Result<(), Refusal> {
        let Some(&taken) = self.names.get(&header.id) else {
            return match header.replaces {
                None => Ok(()),
                Some(text) => Err(format!(
                    "it replaces {text}, but no statement with the id `{}` stands",
                    header.id
                )),
            };
        };
        let Some(object) = self.object(header.id.as_str()) else {
            return Err(format!(
                "the id `{}` is taken by a {taken}, which cannot be replaced",
                header.id
            ));
        };
        let first = object.because.last().copied().unwrap_or_default();
        let Some(replaces) = header.replaces else {
            return Err(format!(
                "the id `{}` is taken by entry {first}; a correction must name the text it replaces, {}",
                header.id, object.text_sha256
            ));
        };
        if replaces != object.text_sha256 {
            return Err(format!(
                "it replaces {replaces}, but the text that stands for `{}` is {}",
                header.id, object.text_sha256
            ));
        }
        if kind != taken {
            return Err(format!("a {kind} cannot replace a {taken}"));
        }
        if *object.party != header.party {
            return Err(format!(
                "the word of {} cannot be replaced by {}",
                object.party, header.party
            ));
        }
        if object.standing == Standing::Attested && standing == Standing::Attributed {
            return Err(format!(
                "{} signed this itself; only its own key can replace it",
                object.party
            ));
        }
        Ok(())
    }

    fn place(
        &mut self,
        index: Index,
        signers: &[KeyRef],
        hashes: Hashes,
        header: Header,
        body: Body,
        standing: Standing,
    ) -> Result<(), Refusal> {
        let Header { id, note, party, said, source, .. } = header;
        macro_rules! record {
            ($body:expr) => {
                Record {
                    id,
                    because: vec![index],
                    party,
                    standing,
                    said,
                    source,
                    note,
                    text_sha256: hashes.text,
                    content_sha256: hashes.content,
                    body: $body,
                }
            };
        }
        match body {
            Body::AgreementAcknowledge(b) => self.acknowledgements.put(record!(b)),
            Body::AgreementAdopt(b) => {
                self.signed_by_all(signers, &b.parties, standing)?;
                self.agreements.put(record!(b));
            }
            Body::KeyEnroll(b) => {
                let key = KeyRef::of(&b.key).ok_or("the key cannot be read")?;
                if standing != Standing::Attested && !self.signed_by_desk(signers) {
                    return Err(format!(
                        "a key of {} is enrolled by {} itself or by the desk",
                        b.owner, b.owner
                    ));
                }
                if self.keys.get(&key).is_some() {
                    return Err(format!("the key {} was enrolled before", key.name));
                }
                self.keys.enroll(key, b, id, index);
            }
            Body::KeyRevoke(b) => {
                let key = KeyRef::of(&b.key).ok_or("the key cannot be read")?;
                let owner = self.keys.get(&key).map(|k| k.owner.clone());
                let owner =
                    owner.ok_or_else(|| format!("the key {} was never enrolled", key.name))?;
                if owner != party && !self.signed_by_desk(signers) {
                    return Err(format!(
                        "the key is {owner}'s; it is revoked by {owner} or by the desk"
                    ));
                }
                if !self.keys.revoke(&key, index) {
                    return Err(format!("the key {} was revoked before", key.name));
                }
            }
            Body::DeclarationSeal(seal) => {
                let body = Sealed::new(seal)?;
                self.seals.put(record!(body));
            }
            Body::DeclarationReveal(b) => {
                let sealed = self.sealed_by(&b.seal, &party)?;
                sealed.body.reveal(index, b)?;
                sealed.because.push(index);
            }
            Body::DeclarationAbsence(b) => {
                let sealed = self.sealed_by(&b.seal, &party)?;
                sealed.body.absence(index, b)?;
                sealed.because.push(index);
            }
            Body::DeclarationChallenge(b) => {
                let sealed = self
                    .seals
                    .get_mut(&b.seal)
                    .ok_or_else(|| missing("sealed declaration", &b.seal))?;
                sealed.body.challenge(index, id, party, b)?;
                sealed.because.push(index);
            }
            Body::SiteDeclare(b) => self.sites.put(record!(b)),
            Body::SiteAmend(b) => {
                let site =
                    self.sites.get_mut(&b.site).ok_or_else(|| missing("declared site", &b.site))?;
                if site.party != party {
                    return Err(format!(
                        "the site is declared by {}; {party} cannot amend it",
                        site.party
                    ));
                }
                let to = &mut site.body;
                replace(&mut to.name, b.name);
                replace(&mut to.category, b.category);
                to.place = b.place.or(to.place.take());
                to.status = b.status.or(to.status.take());
                to.variants.extend(b.variants);
                to.claims.extend(b.claims);
                site.because.push(index);
            }
            Body::AccountReport(b) => self.accounts.put(record!(b)),
            Body::AccountErrors(b) => self.measurement_errors.put(record!(b)),
            Body::ItemDeclare(declared) => self.items.put(record!(Item { declared })),
            Body::PersonDeclare(b) => {
                self.check_person(&id, &b)?;
                self.persons.put(record!(b));
            }
            Body::Observation(b) => self.observations.put(record!(b)),
            Body::Pledge(b) => self.pledges.put(record!(b)),
            Body::Event(b) => self.events.put(record!(b)),
            Body::Claim(b) => self.claims.put(record!(b)),
            Body::AccessRequest(request) => {
                // A corrected request keeps what was said of it.
                let body = match self.access.get_mut(&id) {
                    Some(old) => {
                        let body = std::mem::take(&mut old.body.acts);
                        Access { request, acts: body }
                    }
                    None => Access { request, acts: Default::default() },
                };
                self.access.put(record!(body));
            }
            Body::AccessAnswer(b) => {
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.access, |a| &mut a.acts.answers, |b| &b.on)?;
            }
            Body::AccessEscalate(b) => {
                let to = b.request.clone();
                self.act(
                    record!(b),
                    to,
                    |c| &mut c.access,
                    |a| &mut a.acts.escalations,
                    |b| &b.on,
                )?;
            }
            Body::AccessStep(b) => {
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.access, |a| &mut a.acts.steps, |b| &b.on)?;
            }
            Body::AccessDecide(b) => {
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.access, |a| &mut a.acts.decisions, |b| &b.on)?;
            }
            Body::AccessPause(b) => {
                self.signed_by_all(signers, &b.agreed_by, standing)?;
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.access, |a| &mut a.acts.pauses, |b| &b.from)?;
            }
            Body::AccessExtend(b) => {
                self.signed_by_all(signers, &b.agreed_by, standing)?;
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.access, |a| &mut a.acts.extensions, |b| &b.on)?;
            }
            Body::AccessClose(b) => {
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.access, |a| &mut a.acts.closings, |b| &b.on)?;
            }
            Body::InterviewRequest(request) => {
                let (answers, records) = match self.interviews.get_mut(&id) {
                    Some(old) => (
                        std::mem::take(&mut old.body.answers),
                        std::mem::take(&mut old.body.records),
                    ),
                    None => Default::default(),
                };
                self.interviews.put(record!(Interview { request, answers, records }));
            }
            Body::InterviewAnswer(b) => {
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.interviews, |i| &mut i.answers, |b| &b.on)?;
            }
            Body::InterviewRecord(b) => {
                self.check_interview(&b)?;
                let to = b.request.clone();
                self.act(record!(b), to, |c| &mut c.interviews, |i| &mut i.records, |b| &b.on)?;
            }
            Body::Inspection(b) => self.inspections.put(record!(b)),
            Body::SampleTake(taken) => {
                let events = self.samples.get_mut(&id).map(|s| std::mem::take(&mut s.body.events));
                let events = events.unwrap_or_default();
                self.samples.put(record!(Sample { taken, events }));
            }
            Body::SampleEvent(b) => {
                let to = b.sample.clone();
                self.act(record!(b), to, |c| &mut c.samples, |s| &mut s.events, |b| &b.on)?;
            }
            Body::Measurement(b) => {
                let before: Vec<ObjectId> = self
                    .measurements
                    .get(id.as_str())
                    .map(|m| m.body.about.clone())
                    .into_iter()
                    .collect();
                let now = [b.about.clone()];
                self.link(&id, index, &before, &now, |h| &mut h.measurements);
                self.measurements.put(record!(b));
            }
            Body::SealApply(applied) => {
                let (mut before, mut checks) = (Vec::new(), Vec::new());
                if let Some(old) = self.physical_seals.get_mut(&id) {
                    before.push(old.body.applied.about.clone());
                    checks = std::mem::take(&mut old.body.checks);
                }
                let now = [applied.about.clone()];
                self.link(&id, index, &before, &now, |h| &mut h.seals);
                self.physical_seals.put(record!(PhysicalSeal { applied, checks }));
            }
            Body::SealCheck(b) => {
                let seal = b.seal.clone();
                self.act(
                    record!(b),
                    seal.clone(),
                    |c| &mut c.physical_seals,
                    |s| &mut s.checks,
                    |b| &b.on,
                )?;
                let about =
                    self.physical_seals.get(seal.as_str()).map(|s| s.body.applied.about.clone());
                self.changed(&about.into_iter().collect::<Vec<_>>(), index);
            }
            Body::ItemTransfer(b) => {
                let sides = [b.from.clone(), b.to.clone()];
                let signed: Vec<PartyId> = sides
                    .into_iter()
                    .filter(|party| {
                        self.live(signers)
                            .any(|key| key.purpose == KeyPurpose::Statement && key.owner == *party)
                    })
                    .collect();
                if signed.is_empty() && standing == Standing::Attested {
                    return Err(format!(
                        "a transfer is signed by {} and {}, or comes from a named source",
                        b.from, b.to
                    ));
                }
                let (mut before, mut receipts) = (Vec::new(), Vec::new());
                if let Some(old) = self.transfers.get_mut(&id) {
                    before = std::mem::take(&mut old.body.transfer.items);
                    receipts = std::mem::take(&mut old.body.receipts);
                }
                self.link(&id, index, &before, &b.items, |h| &mut h.transfers);
                self.transfers.put(record!(Transferred { transfer: b, signed, receipts }));
            }
            Body::ItemReceive(b) => {
                let transfer = self.transfers.get(b.transfer.as_str());
                let transfer = transfer.ok_or_else(|| missing("transfer", &b.transfer))?;
                if transfer.body.transfer.to != party {
                    return Err(format!(
                        "the transfer goes to {}; {party} cannot receive it",
                        transfer.body.transfer.to
                    ));
                }
                let items = transfer.body.transfer.items.clone();
                let to = b.transfer.clone();
                self.act(record!(b), to, |c| &mut c.transfers, |t| &mut t.receipts, |b| &b.on)?;
                self.changed(&items, index);
            }
            Body::ItemStep(b) => {
                let to = b.item.clone();
                self.act_on_thing(record!(b), to, |h| &mut h.stages, |b| &b.on);
            }
            Body::ItemDispose(b) => {
                let to = b.item.clone();
                self.act_on_thing(record!(b), to, |h| &mut h.disposals, |b| &b.on);
            }
            Body::ReversalAssess(b) => self.reversals.put(record!(b)),
            Body::FindingRaise(raised) => {
                let old = self.findings.get_mut(&id);
                let resolutions =
                    old.map(|f| std::mem::take(&mut f.body.resolutions)).unwrap_or_default();
                self.findings.put(record!(Finding { raised, resolutions }))
            }
            Body::FindingResolve(b) => {
                let finding = b.finding.clone();
                self.act(
                    record!(b),
                    finding,
                    |c| &mut c.findings,
                    |f| &mut f.resolutions,
                    |b| &b.on,
                )?;
            }
            Body::StepClaim(b) => self.put_step(record!(StepStatement::Claim(b))),
            Body::StepVerify(b) => self.put_step(record!(StepStatement::Verify(b))),
            Body::StepDispute(b) => self.put_step(record!(StepStatement::Dispute(b))),
            Body::StepSettle(b) => self.put_step(record!(StepStatement::Settle(b))),
            Body::StepPostpone(b) => self.put_step(record!(StepStatement::Postpone(b))),
            Body::MeasureGrant(b) => self.put_step(record!(StepStatement::Grant(b))),
            Body::MeasureSuspend(b) => self.put_step(record!(StepStatement::Suspend(b))),
            Body::MeasureRestore(b) => self.put_step(record!(StepStatement::Restore(b))),
            Body::Unknown(_) => {}
        }
        Ok(())
    }

    /// A sealed declaration that this party may open: its own.
    fn sealed_by(
        &mut self,
        seal: &ObjectId,
        party: &PartyId,
    ) -> Result<&mut Record<Sealed>, Refusal> {
        let sealed = self.seals.get_mut(seal).ok_or_else(|| missing("sealed declaration", seal))?;
        if sealed.party == *party {
            Ok(sealed)
        } else {
            Err(format!("the declaration is sealed by {}; {party} cannot open it", sealed.party))
        }
    }

    fn put_step(&mut self, record: Record<StepStatement>) {
        let (step, id) = (record.body.step().clone(), record.id.clone());
        // A correction may move a statement to another step.
        if let Some(before) = self.progress.get(id.as_str()).map(|r| r.body.step().clone())
            && let Some(ids) = self.by_step.get_mut(&before)
        {
            ids.retain(|other| *other != id);
        }
        self.by_step.entry(step).or_default().push(id);
        self.progress.put(record);
    }

    fn signed_by_desk(&self, signers: &[KeyRef]) -> bool {
        self.live(signers).any(|key| key.purpose == KeyPurpose::Desk)
    }

    fn live<'a>(&'a self, signers: &'a [KeyRef]) -> impl Iterator<Item = &'a crate::Key> {
        signers.iter().filter_map(|s| self.keys.get(s)).filter(|k| k.revoked_at.is_none())
    }

    /// What needs several parties is attested by all of them or attributed to all of them; a part of the
    /// signatures is neither.
    fn signed_by_all(
        &self,
        signers: &[KeyRef],
        parties: &[PartyId],
        standing: Standing,
    ) -> Result<(), Refusal> {
        let signed = |party: &&PartyId| {
            self.live(signers)
                .any(|key| key.purpose == KeyPurpose::Statement && key.owner == **party)
        };
        let missing: Vec<&str> =
            parties.iter().filter(|p| !signed(p)).map(PartyId::as_str).collect();
        let none = missing.len() == parties.len();
        if missing.is_empty() || (none && standing == Standing::Attributed) {
            return Ok(());
        }
        Err(format!("it needs the signatures of all its parties; missing: {}", missing.join(", ")))
    }

    fn touch(&mut self, kind: Kind, index: Index) {
        use Kind as K;
        let r = &mut self.revisions;
        let slot = match kind {
            K::AgreementAdopt | K::AgreementAcknowledge | K::KeyEnroll | K::KeyRevoke => {
                &mut r.agreement
            }
            K::DeclarationSeal
            | K::DeclarationReveal
            | K::DeclarationAbsence
            | K::DeclarationChallenge
            | K::SiteDeclare
            | K::SiteAmend
            | K::PersonDeclare => &mut r.declaration,
            K::AccountReport | K::AccountErrors => &mut r.accounts,
            K::ItemDeclare
            | K::ItemTransfer
            | K::ItemReceive
            | K::ItemStep
            | K::ItemDispose
            | K::ReversalAssess => &mut r.items,
            K::Observation => &mut r.observations,
            K::Pledge | K::Event | K::Claim => &mut r.record,
            K::AccessRequest
            | K::AccessAnswer
            | K::AccessEscalate
            | K::AccessStep
            | K::AccessDecide
            | K::AccessPause
            | K::AccessExtend
            | K::AccessClose
            | K::InterviewRequest
            | K::InterviewAnswer
            | K::InterviewRecord => &mut r.access,
            K::Inspection
            | K::SampleTake
            | K::SampleEvent
            | K::Measurement
            | K::SealApply
            | K::SealCheck => &mut r.inspection,
            K::FindingRaise | K::FindingResolve => &mut r.findings,
            K::StepClaim
            | K::StepVerify
            | K::StepDispute
            | K::StepSettle
            | K::StepPostpone
            | K::MeasureGrant
            | K::MeasureSuspend
            | K::MeasureRestore => &mut r.roadmap,
        };
        *slot = index + 1;
    }
}

fn missing(what: &str, id: &ObjectId) -> Refusal {
    format!("there is no {what} `{id}` before this entry")
}

fn replace<T>(slot: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *slot = new;
    }
}
