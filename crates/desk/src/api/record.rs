//! The ledger: its entries, each as it was signed, and proofs that a browser can check.

use base64ct::{Base64, Encoding};
use case::Case;
use ledger::Ledger;
use serde::Serialize;
use statement::{Statement, open_entry};
use tlog::tree::leaf_hash;
use utoipa::ToSchema;

use crate::material::{Material, Problem};
use crate::signature::{Signature, signatures};

/// The log of a case as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerHead {
    /// The log's name.
    pub origin: String,
    /// Its entries.
    pub size: u64,
    /// The root of its tree, in base64.
    pub root: String,
    /// The signed checkpoint with everything that was signed beside it, as text.
    pub checkpoint: String,
    /// The log's public key. A key read from the log itself proves nothing: compare it with one had another way.
    pub key: String,
    /// Names of whoever signed the checkpoint.
    pub signers: Vec<String>,
}

/// Some entries.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct EntriesPage {
    /// How many the filter keeps.
    pub matched: u64,
    /// How many there are.
    pub total: u64,
    /// Those asked for, the newest first.
    pub rows: Vec<EntryLine>,
}

/// One entry in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryLine {
    /// Its number.
    pub index: u64,
    /// Its kind.
    pub kind: String,
    /// The object it is about.
    pub id: String,
    /// Whose word it is.
    pub party: String,
    /// When it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// `attested` or `attributed`; absent when it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<String>,
    /// Why it does not count; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
}

/// One entry as it was signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPage {
    /// What the list says of it.
    #[serde(flatten)]
    pub line: EntryLine,
    /// Its leaf hash, in base64.
    pub leaf_hash: String,
    /// The bytes of the log, which are text.
    pub bytes: String,
    /// Its signature lines.
    pub signatures: Vec<Signature>,
    /// File and line it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A proof that an entry is in the log (RFC 6962, section 2.1.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofPage {
    /// The entry's number.
    pub index: u64,
    /// The size of the tree it is in.
    pub size: u64,
    /// The root of that tree, in base64.
    pub root: String,
    /// The hashes from the leaf's sibling to the root's child, in base64.
    pub hashes: Vec<String>,
    /// The entry's bytes, which are text: the client hashes them itself.
    pub bytes: String,
    /// The checkpoint that signs the root.
    pub checkpoint: String,
    /// The log's public key.
    pub key: String,
}

pub(super) fn head(material: &Material) -> Result<Option<LedgerHead>, Problem> {
    let Some(ledger) = material.open_ledger()? else { return Ok(None) };
    let checkpoint = String::from_utf8_lossy(&ledger.published()?).into_owned();
    let head = ledger.head()?;
    let signers = checkpoint
        .lines()
        .filter_map(|l| l.strip_prefix("— ")?.split(' ').next().map(str::to_owned))
        .collect();
    Ok(Some(LedgerHead {
        origin: ledger.origin().to_owned(),
        size: head.size,
        root: head.root.to_string(),
        checkpoint,
        key: ledger.log_key().to_string(),
        signers,
    }))
}

fn line(index: u64, bytes: &[u8], case: &Case) -> EntryLine {
    let rejected = case.rejected.iter().find(|r| r.index == index).map(|r| r.reason.clone());
    let read = open_entry(bytes).ok().and_then(|note| Statement::read(note.text()).ok());
    match read {
        Some(s) => EntryLine {
            index,
            kind: s.kind_name().to_owned(),
            id: s.header.id.to_string(),
            party: s.header.party.to_string(),
            said: s.header.said.as_ref().map(ToString::to_string),
            standing: match rejected {
                Some(_) => None,
                None => case.object(s.header.id.as_str()).map(|o| o.standing.to_string()),
            },
            rejected,
        },
        // Of a kind this version does not know, or no statement at all; it is in the log all the same.
        None => EntryLine {
            index,
            kind: case
                .unknown
                .iter()
                .find(|u| u.index == index)
                .map_or_else(|| "not a statement".to_owned(), |u| u.kind.clone()),
            id: String::new(),
            party: String::new(),
            said: None,
            standing: None,
            rejected,
        },
    }
}

pub(super) fn entries(
    material: &Material,
    q: &str,
    offset: usize,
    limit: usize,
) -> Result<EntriesPage, Problem> {
    let Some(ledger) = material.open_ledger()? else {
        return unrecorded(material, q, offset, limit);
    };
    let total = ledger.size()?;
    if q.is_empty() {
        let from = total.saturating_sub(offset as u64);
        let to = from.saturating_sub(limit as u64);
        let mut rows = Vec::new();
        for index in (to..from).rev() {
            rows.push(line(index, &ledger.entry(index)?, &material.case));
        }
        return Ok(EntriesPage { matched: total, total, rows });
    }
    let q = q.to_lowercase();
    let mut found = Vec::new();
    ledger.scan(|raw| {
        for entry in raw {
            // Ids, kinds, parties and words all stand in the text.
            if String::from_utf8_lossy(&entry.bytes).to_lowercase().contains(&q) {
                found.push(entry.index);
            }
        }
    })?;
    let mut rows = Vec::new();
    for index in found.iter().rev().skip(offset).take(limit) {
        rows.push(line(*index, &ledger.entry(*index)?, &material.case));
    }
    Ok(EntriesPage { matched: found.len() as u64, total, rows })
}

/// The folder's statements as they would be recorded.
fn unrecorded(
    material: &Material,
    q: &str,
    offset: usize,
    limit: usize,
) -> Result<EntriesPage, Problem> {
    let all = (1..).zip(&material.unrecorded);
    let kept: Vec<(u64, &Statement)> = all
        .filter(|(_, s)| s.header.id.as_str().contains(q) || s.kind_name().contains(q))
        .collect();
    let row = |(index, s): &(u64, &Statement)| EntryLine {
        index: *index,
        kind: s.kind_name().to_owned(),
        id: s.header.id.to_string(),
        party: s.header.party.to_string(),
        said: s.header.said.as_ref().map(ToString::to_string),
        standing: Some("not recorded".to_owned()),
        rejected: None,
    };
    Ok(EntriesPage {
        matched: kept.len() as u64,
        total: material.unrecorded.len() as u64,
        rows: kept.iter().rev().skip(offset).take(limit).map(row).collect(),
    })
}

fn recorded(material: &Material) -> Result<Ledger, Problem> {
    material.open_ledger()?.ok_or_else(|| {
        Problem::NotFound(
            "nothing is recorded yet: there is no ledger; run `lockstep open`".to_owned(),
        )
    })
}

fn bytes(ledger: &Ledger, index: u64) -> Result<Vec<u8>, Problem> {
    let size = ledger.size()?;
    if index >= size {
        return Err(Problem::NotFound(format!(
            "the ledger has {size} entries, numbered from 0; there is no entry {index}"
        )));
    }
    Ok(ledger.entry(index)?)
}

pub(super) fn entry(material: &Material, index: u64) -> Result<EntryPage, Problem> {
    let ledger = recorded(material)?;
    let bytes = bytes(&ledger, index)?;
    let line = line(index, &bytes, &material.case);
    Ok(EntryPage {
        leaf_hash: leaf_hash(&bytes).to_string(),
        signatures: open_entry(&bytes).map(|n| signatures(&n, &material.case)).unwrap_or_default(),
        place: material.places.of(&line.id),
        bytes: String::from_utf8_lossy(&bytes).into_owned(),
        line,
    })
}

pub(super) fn proof(material: &Material, index: u64) -> Result<ProofPage, Problem> {
    let ledger = recorded(material)?;
    let bytes = bytes(&ledger, index)?;
    let (head, hashes) = ledger.inclusion_proof(index)?;
    Ok(ProofPage {
        index,
        size: head.size,
        root: head.root.to_string(),
        hashes: hashes.iter().map(|h| Base64::encode_string(&h.0)).collect(),
        bytes: String::from_utf8_lossy(&bytes).into_owned(),
        checkpoint: String::from_utf8_lossy(&ledger.published()?).into_owned(),
        key: ledger.log_key().to_string(),
    })
}
