//! Signed stories of items for the tests of this crate.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses some of it")]

use case::{Case, Parsed};
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::kinds::declaration::ItemDeclare;
use statement::kinds::items::{ItemStep, Receive, StageStanding, Transfer};
use statement::{Basis, Body, Header, Source, Statement, civil};
use tlog::note::SigningKey;

/// Keys of a desk and of three parties.
pub(crate) struct Keys(Vec<(&'static str, SigningKey)>);

impl Keys {
    pub(crate) fn new() -> Self {
        let key = |o: &'static str| (o, SigningKey::generate(&format!("{o}.example")).unwrap());
        Self(["desk", "DPRK", "ROK", "IAEA"].map(key).into())
    }

    pub(crate) fn of(&self, owner: &str) -> &SigningKey {
        &self.0.iter().find(|(o, _)| *o == owner).unwrap().1
    }

    pub(crate) fn enrolments(&self) -> Vec<Vec<u8>> {
        let enroll = |(owner, key): &(&'static str, SigningKey)| {
            let purpose = if *owner == "desk" { KeyPurpose::Desk } else { KeyPurpose::Statement };
            let key = key.verifying_key().to_string();
            let body = Body::KeyEnroll(KeyEnroll { key, owner: owner.parse().unwrap(), purpose });
            let source = Source {
                basis: Basis::Seen,
                cite: "handed over".into(),
                credibility: None,
                reliability: None,
            };
            let source = (*owner != "desk").then_some(source);
            let header = Header { source, ..header(&format!("key.{owner}"), owner) };
            Statement { header, body }.sign(&[self.of("desk")]).unwrap()
        };
        self.0.iter().map(enroll).collect()
    }

    pub(crate) fn signed(&self, id: &str, by: &[&str], body: Body) -> Vec<u8> {
        let keys: Vec<&SigningKey> = by.iter().map(|o| self.of(o)).collect();
        Statement { header: header(id, by[0]), body }.sign(&keys).unwrap()
    }
}

pub(crate) fn header(id: &str, party: &str) -> Header {
    Header {
        case: "t".parse().unwrap(),
        id: id.parse().unwrap(),
        note: None,
        party: party.parse().unwrap(),
        replaces: None,
        said: None,
        source: None,
    }
}

pub(crate) fn item(category: &str, tag: &str) -> Body {
    Body::ItemDeclare(ItemDeclare {
        amount: None,
        category: category.into(),
        batch: None,
        serial: None,
        site: None,
        tag: Some(tag.into()),
    })
}

pub(crate) fn transfer(from: &str, to: &str, items: &[&str], on: &str) -> Body {
    Body::ItemTransfer(Transfer {
        from: from.parse().unwrap(),
        items: items.iter().map(|i| i.parse().unwrap()).collect(),
        manifest: vec![],
        manifest_sha256: None,
        on: on.parse().unwrap(),
        to: to.parse().unwrap(),
    })
}

pub(crate) fn receive(transfer: &str, on: &str) -> Body {
    let (transfer, on) = (transfer.parse().unwrap(), on.parse().unwrap());
    Body::ItemReceive(Receive { manifest: vec![], manifest_sha256: None, on, transfer })
}

pub(crate) fn stage(item: &str, stage: &str, standing: StageStanding, on: &str) -> Body {
    Body::ItemStep(ItemStep {
        item: item.parse().unwrap(),
        on: on.parse().unwrap(),
        sequence: None,
        stage: stage.into(),
        standing,
    })
}

pub(crate) const DAY: civil::Date = civil::date(2030, 1, 1);

pub(crate) fn fold(entries: &[Vec<u8>]) -> Case {
    let mut case = Case::new();
    entries.iter().for_each(|e| case.apply(Parsed::read(e)));
    case
}
