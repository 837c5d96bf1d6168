//! Over the network: the files of somebody's log, and a witness's answer.

use std::time::Duration;

use tlog::cosignature::Cosigner;
use tlog::witness::AddCheckpoint;

use crate::audit::LogFiles;
use crate::{Ledger, LedgerError};

/// Nothing a log or witness sends is larger: 256 entries of 64 KiB.
const MOST_BYTES: u64 = 17 << 20;

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .http_status_as_error(false)
        .user_agent("lockstep")
        .build()
        .into()
}

/// A log's files below a URL.
#[derive(Debug, Clone)]
pub struct Url {
    base: String,
    agent: ureq::Agent,
}

impl Url {
    /// The log at this prefix.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), agent: agent() }
    }
}

impl LogFiles for Url {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let url = format!("{}/{path}", self.base);
        let fail = |e: ureq::Error| format!("{url}: {e}");
        let mut response = self.agent.get(&url).call().map_err(fail)?;
        match response.status().as_u16() {
            200 => {
                let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
                body.map(Some).map_err(fail)
            }
            404 | 410 => Ok(None),
            status => Err(format!("{url}: the server answers {status}")),
        }
    }
}

impl Ledger {
    /// Asks a witness to cosign the latest checkpoint, and keeps its lines.
    ///
    /// # Errors
    /// In words: when it does not answer, refuses, or its answer holds no good line by `key`.
    pub fn ask_witness(&self, url: &str, key: &Cosigner) -> Result<(), String> {
        let words = |e: LedgerError| e.to_string();
        let head = self.head().map_err(words)?;
        let note = self.published().map_err(words)?;
        let mut old = self.cosigned_by(key).map_err(words)?;
        let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
        let agent = agent();
        // A second time, when the witness says which checkpoint of ours it saw last.
        for _ in 0..2 {
            let proof = match old {
                0 => Vec::new(),
                old if old == head.size => Vec::new(),
                old => self.consistency_proof(old, head.size).map_err(words)?,
            };
            let body = AddCheckpoint { old, proof, checkpoint: &note }.to_body();
            let mut response =
                agent.post(&address).send(&body[..]).map_err(|e| format!("no answer: {e}"))?;
            let text = response.body_mut().with_config().limit(1 << 20).read_to_string();
            let text = text.map_err(|e| format!("no answer: {e}"))?;
            match response.status().as_u16() {
                200 => {
                    let added = self.add_cosignatures(&head, &text, &[key]).map_err(words)?;
                    return if added.is_empty() {
                        Err("its answer holds no line by the key that the policy names".to_owned())
                    } else {
                        Ok(())
                    };
                }
                409 => match text.trim().parse() {
                    Ok(size) if size <= head.size => old = size,
                    Ok(size) => {
                        return Err(format!(
                            "it has seen {size} entries of this log, and the ledger has {}: this is an older copy \
                             of the ledger",
                            head.size
                        ));
                    }
                    Err(_) => return Err("it answers 409 without a size".to_owned()),
                },
                status => return Err(format!("it refuses ({status}): {}", text.trim())),
            }
        }
        Err("it names another size each time it is asked".to_owned())
    }

    /// The largest checkpoint that a cosigner signed, as far as is known here.
    fn cosigned_by(&self, key: &Cosigner) -> Result<u64, LedgerError> {
        let name = format!("{}+{:08x}", key.name(), key.id());
        let size: Option<u64> = self
            .db
            .query_row("SELECT max(size) FROM cosignature WHERE key = ?1", [name], |row| row.get(0))
            .map_err(|e| self.fail(e))?;
        Ok(size.unwrap_or(0))
    }
}
