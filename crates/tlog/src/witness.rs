//! What a witness is asked and how it decides (C2SP `tlog-witness` v1.0.0, `add-checkpoint`), without sockets,
//! storage or clock.

use crate::checkpoint::Checkpoint;
use crate::note::{NoteRef, VerifyingKey};
use crate::tree::{Hash, RootBuilder, verify_consistency};

/// At most this many hashes in a consistency proof.
const MAX_PROOF: usize = 63;

/// The body of `POST add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint<'a> {
    /// The size of the checkpoint that the client takes to be the witness's latest.
    pub old: u64,
    /// The proof that the new tree extends that one.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: &'a [u8],
}

/// Why a witness does not cosign; each has its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400: the body, or the checkpoint in it, is malformed, or the old size is above the new one.
    #[error("{0}")]
    BadRequest(String),
    /// 403: no trusted key signed the checkpoint.
    #[error("no key trusted for this origin signed the checkpoint")]
    Forbidden,
    /// 404: the origin is unknown.
    #[error("the origin `{0}` is not one that this witness follows")]
    UnknownOrigin(String),
    /// 409: the witness's latest checkpoint has another size, which the body tells.
    #[error("the latest checkpoint cosigned has size {0}")]
    Conflict(u64),
    /// 422: the trees are not consistent.
    #[error("{0}")]
    Inconsistent(&'static str),
}

impl Refusal {
    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 400,
            Self::Forbidden => 403,
            Self::UnknownOrigin(_) => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

/// The content type of the body of a 409.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

impl<'a> AddCheckpoint<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] with the line.
    pub fn read(body: &'a [u8]) -> Result<Self, Refusal> {
        let bad = |reason: &str| Refusal::BadRequest(reason.to_owned());
        let end = body
            .windows(2)
            .position(|w| w == b"\n\n")
            .ok_or(bad("an empty line was expected between the proof and the checkpoint"))?;
        let head = std::str::from_utf8(&body[..end]).map_err(|_| bad("the proof is not UTF-8"))?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|l| l.strip_prefix("old "))
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()) && (*d == "0" || !d.starts_with('0')))
            .and_then(|d| d.parse().ok())
            .ok_or(bad("the first line is not `old` and a size"))?;
        let proof: Vec<Hash> = lines
            .map(Hash::from_base64)
            .collect::<Result<_, _>>()
            .map_err(|_| bad("a line of the proof is not base64 of 32 bytes"))?;
        if proof.len() > MAX_PROOF {
            return Err(bad("more than 63 lines of proof"));
        }
        Ok(Self { old, proof, checkpoint: &body[end + 2..] })
    }

    /// The body to send.
    #[must_use]
    pub fn to_body(&self) -> Vec<u8> {
        let mut body = format!("old {}\n", self.old);
        for hash in &self.proof {
            body += &format!("{hash}\n");
        }
        body.push('\n');
        [body.as_bytes(), self.checkpoint].concat()
    }

    /// Opens the checkpoint with the keys trusted for its origin, which `keys` looks up.
    ///
    /// # Errors
    /// 400, 403 or 404.
    pub fn open<'k>(
        &self,
        keys: impl FnOnce(&str) -> Option<Vec<&'k VerifyingKey>>,
    ) -> Result<(Checkpoint, &'a str), Refusal> {
        let bad = |e: String| Refusal::BadRequest(format!("the checkpoint: {e}"));
        let note = NoteRef::parse(self.checkpoint).map_err(|e| bad(e.to_string()))?;
        let checkpoint = Checkpoint::read(note.text()).map_err(|e| bad(e.to_string()))?;
        let Some(keys) = keys(&checkpoint.origin) else {
            return Err(Refusal::UnknownOrigin(checkpoint.origin));
        };
        note.verify(&keys).map_err(|_| Refusal::Forbidden)?;
        if self.old > checkpoint.size {
            let sizes = format!("old size {} above the checkpoint's {}", self.old, checkpoint.size);
            return Err(Refusal::BadRequest(sizes));
        }
        Ok((checkpoint, note.text()))
    }

    /// Decides whether the checkpoint may follow `latest`, the size and root last cosigned for this log.
    ///
    /// Reading `latest`, deciding, and writing the new checkpoint must be one atomic step, done before the
    /// cosignature leaves the witness.
    ///
    /// # Errors
    /// 409 or 422.
    pub fn decide(&self, new: &Checkpoint, latest: Option<(u64, Hash)>) -> Result<(), Refusal> {
        let (size, root) = latest.unwrap_or((0, RootBuilder::new().root()));
        if self.old != size {
            return Err(Refusal::Conflict(size));
        }
        if new.size == 0 && new.root != RootBuilder::new().root() {
            return Err(Refusal::Inconsistent("a tree of no entries has another root"));
        }
        if new.size == size {
            return if !self.proof.is_empty() {
                Err(Refusal::Inconsistent("between equal sizes the proof is empty"))
            } else if new.root != root {
                Err(Refusal::Inconsistent(
                    "another root for the size that was cosigned: the log shows two histories",
                ))
            } else {
                Ok(())
            };
        }
        if size == 0 {
            return if self.proof.is_empty() {
                Ok(())
            } else {
                Err(Refusal::Inconsistent("from size 0 the proof is empty"))
            };
        }
        verify_consistency(size, new.size, &root, &new.root, &self.proof).map_err(|_| {
            Refusal::Inconsistent("the proof does not lead from the old tree to the new")
        })
    }
}
