//! The fold: one entry more, one case more. Total (no entry can make it fail) and deterministic.

use statement::kinds::agreement::KeyPurpose;
use statement::{Body, Header, Kind, ObjectId, PartyId, Sha256Digest, Standing, Statement};

use crate::sealed::Sealed;
use crate::state::{Access, Finding, Interview, Item, PhysicalSeal, StepStatement};
use crate::{Case, Index, KeyRef, Parsed, Record, Rejection, UnknownKind};

/// Why a statement does not count.
type Refusal = String;

/// The two hashes of a statement's text; see [`Parsed`].
#[derive(Clone, Copy)]
struct Hashes {
    text: Sha256Digest,
    content: Sha256Digest,
}

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
            Ok(statement) => self.accept(index, &signers, hashes, statement).err(),
        };
        if let Some((kind, id, reason)) = refused {
            self.rejected.push(Rejection { index, kind, id, reason });
        }
    }

    fn accept(
        &mut self,
        index: Index,
        signers: &[KeyRef],
        hashes: Hashes,
        statement: Statement,
    ) -> Result<(), (Option<String>, Option<ObjectId>, Refusal)> {
        let Statement { header, body } = statement;
        let id = header.id.clone();
        let Some(kind) = body.kind() else {
            let Body::Unknown(unknown) = body else { return Ok(()) };
            return match self.of_this_case(&header) {
                Ok(()) => {
                    self.unknown.push(UnknownKind { index, kind: unknown.kind, id });
                    Ok(())
                }
                Err(refusal) => Err((Some(unknown.kind), Some(id), refusal)),
            };
        };
        let admitted = self.of_this_case(&header).and_then(|()| {
            let standing = self.standing(index, signers, &header, &body)?;
            self.check_id(&header, kind, standing)?;
            Ok(standing)
        });
        let (basis, correction) =
            (header.source.as_ref().map(|s| s.basis), header.replaces.is_some());
        let first = self.id.is_none().then(|| header.case.clone());
        let placed = admitted.and_then(|standing| {
            self.place(index, signers, hashes, header, body, standing)?;
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
        self.touch(kind, index);
        Ok(())
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
            Body::ItemDeclare(declared) => {
                let body =
                    Item { declared, custody: Vec::new(), stages: Vec::new(), disposed: None };
                self.items.put(record!(body));
            }
            Body::PersonDeclare(b) => self.persons.put(record!(b)),
            Body::Observation(b) => self.observations.put(record!(b)),
            Body::Pledge(b) => self.pledges.put(record!(b)),
            Body::Event(b) => self.events.put(record!(b)),
            Body::Claim(b) => self.claims.put(record!(b)),
            Body::AccessRequest(request) => {
                let body =
                    Access { request, answers: Vec::new(), escalations: Vec::new(), closed: None };
                self.access.put(record!(body));
            }
            Body::AccessAnswer(b) => {
                let access = self
                    .access
                    .get_mut(&b.request)
                    .ok_or_else(|| missing("access request", &b.request))?;
                access.body.answers.push(b);
                access.because.push(index);
            }
            Body::AccessEscalate(b) => {
                let access = self
                    .access
                    .get_mut(&b.request)
                    .ok_or_else(|| missing("access request", &b.request))?;
                access.body.escalations.push(b);
                access.because.push(index);
            }
            Body::AccessClose(b) => {
                let access = self
                    .access
                    .get_mut(&b.request)
                    .ok_or_else(|| missing("access request", &b.request))?;
                if access.body.closed.is_some() {
                    return Err(format!("the request `{}` was closed before", b.request));
                }
                access.body.closed = Some(b);
                access.because.push(index);
            }
            Body::InterviewRequest(request) => {
                if self.persons.get(request.person.as_str()).is_none() {
                    return Err(missing("person", &request.person));
                }
                self.interviews.put(record!(Interview { request, records: Vec::new() }));
            }
            Body::InterviewRecord(b) => {
                let interview = self
                    .interviews
                    .get_mut(&b.request)
                    .ok_or_else(|| missing("interview request", &b.request))?;
                interview.body.records.push(b);
                interview.because.push(index);
            }
            Body::Inspection(b) => self.inspections.put(record!(b)),
            Body::Measurement(b) => {
                if !self.names.contains_key(&b.about) {
                    return Err(missing("site or item", &b.about));
                }
                self.measurements.put(record!(b));
            }
            Body::SealApply(applied) => {
                self.physical_seals.put(record!(PhysicalSeal { applied, checks: Vec::new() }));
            }
            Body::SealCheck(b) => {
                let seal =
                    self.physical_seals.get_mut(&b.seal).ok_or_else(|| missing("seal", &b.seal))?;
                seal.body.checks.push(b);
                seal.because.push(index);
            }
            Body::ItemTransfer(b) => {
                self.signed_by_all(signers, &[b.from.clone(), b.to.clone()], standing)?;
                if let Some(unknown) = b.items.iter().find(|i| self.items.get(i.as_str()).is_none())
                {
                    return Err(missing("item", unknown));
                }
                for item in &b.items {
                    if let Some(item) = self.items.get_mut(item) {
                        item.body.custody.push(b.clone());
                        item.because.push(index);
                    }
                }
            }
            Body::ItemStep(b) => {
                let item = self.items.get_mut(&b.item).ok_or_else(|| missing("item", &b.item))?;
                item.body.stages.push(b);
                item.because.push(index);
            }
            Body::ItemDispose(b) => {
                let item = self.items.get_mut(&b.item).ok_or_else(|| missing("item", &b.item))?;
                if item.body.disposed.is_some() {
                    return Err(format!("the item `{}` was disposed of before", b.item));
                }
                item.body.disposed = Some(b);
                item.because.push(index);
            }
            Body::FindingRaise(raised) => {
                self.findings.put(record!(Finding { raised, resolved: None }))
            }
            Body::FindingResolve(b) => {
                let finding = self
                    .findings
                    .get_mut(&b.finding)
                    .ok_or_else(|| missing("finding", &b.finding))?;
                finding.body.resolved = Some(b);
                finding.because.push(index);
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
            K::AgreementAdopt | K::KeyEnroll | K::KeyRevoke => &mut r.agreement,
            K::DeclarationSeal
            | K::DeclarationReveal
            | K::DeclarationAbsence
            | K::DeclarationChallenge
            | K::SiteDeclare
            | K::SiteAmend
            | K::PersonDeclare => &mut r.declaration,
            K::AccountReport => &mut r.accounts,
            K::ItemDeclare | K::ItemTransfer | K::ItemStep | K::ItemDispose => &mut r.items,
            K::Observation => &mut r.observations,
            K::Pledge | K::Event | K::Claim => &mut r.record,
            K::AccessRequest
            | K::AccessAnswer
            | K::AccessEscalate
            | K::AccessClose
            | K::InterviewRequest
            | K::InterviewRecord => &mut r.access,
            K::Inspection | K::Measurement | K::SealApply | K::SealCheck => &mut r.inspection,
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
