//! Agreed texts: which version each party stands by.

use std::collections::BTreeMap;

use case::{Case, Index};
use serde::Serialize;
use statement::kinds::agreement::Stance;
use statement::{Date, ObjectId, PartyId, Sha256Digest, civil};

/// One agreed text with its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreedText {
    /// Which text.
    pub text: ObjectId,
    /// Its versions, in the order of their names.
    pub versions: Vec<Version>,
    /// The version that everybody who spoke of the text acknowledges and nobody denies; `None` when there is none.
    pub agreed: Option<String>,
}

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its name.
    pub version: String,
    /// Its hashes; empty when it was never written down, more than one when parties hold different bytes.
    pub sha256: Vec<Sha256Digest>,
    /// What each party says of it, latest word last.
    pub stances: Vec<PartyStance>,
}

/// What a party says of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartyStance {
    /// The party.
    pub party: PartyId,
    /// Whether it stands by it.
    pub stance: Stance,
    /// When it said so.
    pub on: Date,
    /// What it says the version says.
    pub summary: String,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// What parties said of versions of agreed texts by a day.
#[must_use]
pub fn agreed_texts(case: &Case, as_of: civil::Date) -> Vec<AgreedText> {
    let mut texts: BTreeMap<&ObjectId, BTreeMap<&str, Version>> = BTreeMap::new();
    let mut said: Vec<_> =
        case.acknowledgements.iter().filter(|r| r.body.on.earliest() <= as_of).collect();
    said.sort_by(|a, b| case::in_time(&a.body.on, &b.body.on).then_with(|| a.id.cmp(&b.id)));
    for r in said {
        let b = &r.body;
        let version = texts.entry(&b.text).or_default().entry(&b.version).or_insert_with(|| {
            Version { version: b.version.clone(), sha256: Vec::new(), stances: Vec::new() }
        });
        version.sha256.extend(b.sha256.filter(|h| !version.sha256.contains(h)));
        version.stances.push(PartyStance {
            party: r.party.clone(),
            stance: b.stance,
            on: b.on.clone(),
            summary: b.summary.clone(),
            because: r.because.clone(),
        });
    }
    texts
        .into_iter()
        .map(|(text, versions)| {
            let versions: Vec<Version> = versions.into_values().collect();
            let mut parties: Vec<&PartyId> =
                versions.iter().flat_map(|v| v.stances.iter().map(|s| &s.party)).collect();
            parties.sort();
            parties.dedup();
            let stands = |v: &&Version| {
                // One text: at most one hash, and the last word of every party that spoke is yes. One party alone
                // agrees with nobody.
                v.sha256.len() <= 1
                    && parties.len() > 1
                    && parties.iter().all(|p| {
                        v.stances
                            .iter()
                            .rfind(|s| s.party == **p)
                            .is_some_and(|s| s.stance == Stance::Acknowledged)
                    })
            };
            let agreed = versions.iter().find(stands).map(|v| v.version.clone());
            AgreedText { text: text.clone(), versions, agreed }
        })
        .collect()
}
