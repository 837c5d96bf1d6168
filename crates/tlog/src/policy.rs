//! Which logs are known, and whose cosignatures make a checkpoint count (C2SP `tlog-policy`): the rule of many
//! parties in five lines.
//!
//! ```text
//! log <vkey>
//! witness DPRK <vkey> https://…
//! witness US <vkey>
//! witness IAEA <vkey>
//! group parties 2 DPRK US IAEA
//! quorum parties
//! ```

use std::collections::HashSet;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::cosignature::Cosigner;
use crate::note::{NoteError, NoteRef, SignatureLine, VerifyingKey};

/// A key that a log signs its own checkpoints with.
#[derive(Debug, Clone)]
pub enum LogKey {
    /// Plain Ed25519.
    Ed25519(Box<VerifyingKey>),
    /// A cosignature by the log itself, ML-DSA-44 as a rule.
    Cosigner(Box<Cosigner>),
}

impl LogKey {
    fn parse(vkey: &str) -> Result<Self, NoteError> {
        match vkey.parse() {
            Ok(key) => Ok(Self::Ed25519(Box::new(key))),
            Err(_) => Ok(Self::Cosigner(Box::new(vkey.parse()?))),
        }
    }

    /// The key's name, which is the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Ed25519(key) => key.name().as_str(),
            Self::Cosigner(key) => key.name().as_str(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.as_bytes().to_vec(),
            Self::Cosigner(key) => key.key_bytes(),
        }
    }

    fn is_by(&self, line: &SignatureLine<'_>) -> bool {
        match self {
            Self::Ed25519(key) => line.is_by(key),
            Self::Cosigner(key) => key.is_by(line),
        }
    }

    fn verifies(&self, text: &str, line: &SignatureLine<'_>) -> bool {
        match self {
            Self::Ed25519(key) => key.verify(text, line).is_ok(),
            Self::Cosigner(key) => key.verify(text, line).is_ok(),
        }
    }
}

/// A witness by the name the policy gives it.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Its name in the policy; its key has a name of its own.
    pub name: String,
    /// Its key.
    pub key: Cosigner,
    /// Where it answers, when the policy says so.
    pub url: Option<String>,
}

#[derive(Debug, Clone)]
enum Member {
    Witness,
    Group { needed: usize, members: Vec<String> },
}

/// A policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The logs it accepts, with the URL of each.
    pub logs: Vec<(LogKey, Option<String>)>,
    /// The witnesses it knows, in its order.
    pub witnesses: Vec<Witness>,
    /// Witnesses and groups, in the order of the text.
    names: Vec<(String, Member)>,
    /// `None` for `quorum none`.
    quorum: Option<String>,
}

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what was expected.
    pub reason: String,
}

/// Why a checkpoint does not count under a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTrusted {
    /// The checkpoint is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// No log of the policy signed it.
    #[error("no log of the policy signed this checkpoint of `{origin}`")]
    UnknownLog {
        /// The origin it names.
        origin: String,
    },
    /// A key of the policy signed something else.
    #[error(
        "the signature of `{name}` does not belong to this checkpoint: it is forged or damaged"
    )]
    Forged {
        /// The key's name.
        name: String,
    },
    /// Too few witnesses cosigned.
    #[error(
        "the quorum is not met: {} cosigned{}",
        if signed.is_empty() { "nobody".to_owned() } else { signed.join(", ") },
        if missing.is_empty() { String::new() } else { format!(", {} did not", missing.join(", ")) }
    )]
    NoQuorum {
        /// The witnesses that cosigned.
        signed: Vec<String>,
        /// Those that did not.
        missing: Vec<String>,
    },
}

/// A checkpoint that counts, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The witnesses that cosigned it, each with the time it gave in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// Names the first line that is wrong.
    pub fn read(text: &[u8]) -> Result<Self, PolicyError> {
        let mut policy =
            Self { logs: Vec::new(), witnesses: Vec::new(), names: Vec::new(), quorum: None };
        let mut quorum = false;
        let mut keys: (HashSet<Vec<u8>>, HashSet<Vec<u8>>) = Default::default();
        let mut members: HashSet<String> = HashSet::new();
        let mut last = 0;
        for (i, line) in text.split(|b| *b == b'\n').enumerate() {
            last = i + 1;
            let fail = |reason: String| PolicyError { line: i + 1, reason };
            if let Some(b) = line.iter().find(|b| **b < 0x20 && **b != b'\t' || **b == 0x7f) {
                return Err(fail(format!(
                    "a control character (0x{b:02x}); only tabs are allowed"
                )));
            }
            // Names are opaque octets; what is not UTF-8 is kept apart by its replacement only in messages.
            let line = String::from_utf8(line.to_vec())
                .map_err(|_| fail("the line is not UTF-8".to_owned()))?;
            let line = line.trim_matches([' ', '\t']);
            let words: Vec<&str> = line.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", vkey, url @ ..] if url.len() <= 1 => {
                    let key = LogKey::parse(vkey).map_err(|e| fail(e.to_string()))?;
                    if !keys.0.insert(key.bytes()) {
                        return Err(fail("this log's key was named before".to_owned()));
                    }
                    policy.logs.push((key, url.first().map(|u| (*u).to_owned())));
                }
                ["witness", name, vkey, url @ ..] if url.len() <= 1 => {
                    let key: Cosigner = vkey.parse().map_err(|e: NoteError| fail(e.to_string()))?;
                    if !keys.1.insert(key.key_bytes()) {
                        return Err(fail("this witness's key was named before".to_owned()));
                    }
                    policy.name(name, Member::Witness).map_err(fail)?;
                    let url = url.first().map(|u| (*u).to_owned());
                    policy.witnesses.push(Witness { name: (*name).to_owned(), key, url });
                }
                ["group", name, needed, of @ ..] if !of.is_empty() => {
                    let needed = match *needed {
                        "any" => 1,
                        "all" => of.len(),
                        k => k
                            .parse()
                            .ok()
                            .filter(|n| (1..=of.len()).contains(n) && !k.starts_with(['0', '+']))
                            .ok_or_else(|| {
                                fail(format!(
                                    "`{k}` of {}: expected any, all or a number from 1",
                                    of.len()
                                ))
                            })?,
                    };
                    for member in of {
                        if !policy.is_named(member) {
                            return Err(fail(format!("`{member}` is not defined above this line")));
                        }
                        if !members.insert((*member).to_owned()) {
                            return Err(fail(format!(
                                "`{member}` is in a group already; it may count in one way only"
                            )));
                        }
                    }
                    let of = of.iter().map(|m| (*m).to_owned()).collect();
                    policy.name(name, Member::Group { needed, members: of }).map_err(fail)?;
                }
                ["quorum", name] => {
                    if quorum {
                        return Err(fail("a second quorum; there is exactly one".to_owned()));
                    }
                    quorum = true;
                    if *name != "none" {
                        if !policy.is_named(name) {
                            return Err(fail(format!("`{name}` is not defined above this line")));
                        }
                        policy.quorum = Some((*name).to_owned());
                    }
                }
                [word, ..] => {
                    return Err(fail(format!(
                        "`{word}` with {} words after it; expected log VKEY [URL], witness NAME VKEY [URL], \
                         group NAME any|all|K MEMBER…, or quorum NAME",
                        words.len() - 1
                    )));
                }
            }
        }
        if quorum {
            Ok(policy)
        } else {
            let reason = "there is no quorum line; write `quorum none` to ask for no witness";
            Err(PolicyError { line: last, reason: reason.to_owned() })
        }
    }

    fn name(&mut self, name: &str, member: Member) -> Result<(), String> {
        if name == "none" {
            return Err("`none` cannot be the name of a witness or group".to_owned());
        }
        if self.is_named(name) {
            return Err(format!("`{name}` is defined twice"));
        }
        self.names.push((name.to_owned(), member));
        Ok(())
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|(known, _)| known == name)
    }

    /// Whether these witnesses, by their names in the policy, make a quorum.
    #[must_use]
    pub fn is_met_by(&self, signed: &[&str]) -> bool {
        // Groups refer backwards only: in the order of the text every member is decided before its group.
        let mut met: HashSet<&str> = HashSet::new();
        for (name, member) in &self.names {
            let counts = match member {
                Member::Witness => signed.contains(&name.as_str()),
                Member::Group { needed, members } => {
                    members.iter().filter(|m| met.contains(m.as_str())).count() >= *needed
                }
            };
            if counts {
                met.insert(name);
            }
        }
        self.quorum.as_ref().is_none_or(|quorum| met.contains(quorum.as_str()))
    }

    /// Checks a signed checkpoint: a known log signed it, and the quorum cosigned it.
    ///
    /// # Errors
    /// When it is malformed, of an unknown log, forged, or cosigned by too few.
    pub fn check(&self, note: &[u8]) -> Result<Trusted, NotTrusted> {
        let note = NoteRef::parse(note).map_err(CheckpointError::from)?;
        let checkpoint = Checkpoint::read(note.text())?;
        let mut by_log = false;
        for line in note.signatures() {
            for (key, _) in self.logs.iter().filter(|(key, _)| key.is_by(&line)) {
                if !key.verifies(note.text(), &line) {
                    return Err(NotTrusted::Forged { name: key.name().to_owned() });
                }
                by_log |= key.name() == checkpoint.origin;
            }
        }
        if !by_log {
            return Err(NotTrusted::UnknownLog { origin: checkpoint.origin });
        }
        let mut witnesses: Vec<(String, u64)> = Vec::new();
        for witness in &self.witnesses {
            let Some(line) = note.signatures().find(|line| witness.key.is_by(line)) else {
                continue;
            };
            match witness.key.verify(note.text(), &line) {
                Ok(time) => witnesses.push((witness.name.clone(), time)),
                Err(_) => return Err(NotTrusted::Forged { name: witness.key.name().to_string() }),
            }
        }
        let signed: Vec<&str> = witnesses.iter().map(|(name, _)| name.as_str()).collect();
        if self.is_met_by(&signed) {
            return Ok(Trusted { checkpoint, witnesses });
        }
        let names = self.witnesses.iter().map(|w| w.name.as_str());
        Err(NotTrusted::NoQuorum {
            missing: names.filter(|n| !signed.contains(n)).map(str::to_owned).collect(),
            signed: signed.into_iter().map(str::to_owned).collect(),
        })
    }
}
