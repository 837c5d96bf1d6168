//! Cosignatures: timestamped signatures on a checkpoint (C2SP `tlog-cosignature` v1.1.0-rc.1), in Ed25519 and in
//! ML-DSA-44.
//!
//! A cosigner says: as of this time, this is the largest tree of this log that I have seen, and it extends all
//! that I saw before. Witnesses make them; a log makes an ML-DSA-44 one of its own checkpoints, since a treaty
//! outlives Ed25519.
//!
//! ```
//! use tlog::checkpoint::Checkpoint;
//! use tlog::cosignature::{Algorithm, CosignerKey};
//! use tlog::note::SigningKey;
//! use tlog::tree::RootBuilder;
//!
//! let log = SigningKey::generate("example.com/log")?;
//! let checkpoint = Checkpoint { origin: "example.com/log".into(), size: 0, root: RootBuilder::new().root() };
//! let mut note = checkpoint.sign(&log)?;
//! let witness = CosignerKey::generate("witness.example", Algorithm::MlDsa44)?;
//! note.extend(witness.cosign(&checkpoint.to_string(), 1_679_315_147)?.as_bytes());
//! assert_eq!(witness.cosigner().verify_note(&note)?, Some(1_679_315_147));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signer as _, Verifier as _};
use ml_dsa::{KeyInit as _, MlDsa44};
use sha2::{Digest, Sha256};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{KeyName, NoteError, NoteRef, SignatureLine};

/// How a cosigner signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (signature type 0x04). Its message does not name the cosigner: every cosigner needs a key of its own.
    Ed25519,
    /// ML-DSA-44 of FIPS 204 (signature type 0x06): secure against quantum computers, names cosigner and log.
    MlDsa44,
}

impl Algorithm {
    fn kind(self) -> u8 {
        match self {
            Self::Ed25519 => 0x04,
            Self::MlDsa44 => 0x06,
        }
    }

    fn of(kind: u8) -> Option<Self> {
        [Self::Ed25519, Self::MlDsa44].into_iter().find(|a| a.kind() == kind)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "Ed25519",
            Self::MlDsa44 => "ML-DSA-44",
        })
    }
}

/// Why a checkpoint cannot be cosigned, or a cosignature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// The note or the key is malformed, or the signature is bad.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// What is cosigned is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A name or origin does not fit the message of ML-DSA-44.
    #[error("`{0}` is longer than the 255 bytes that an ML-DSA-44 cosignature can name")]
    LongName(String),
    /// A time past the year 292 billion.
    #[error("the time {0} exceeds what a cosignature can say")]
    Time(u64),
}

/// A key id: the first four bytes of `SHA-256(name ‖ "\n" ‖ type ‖ key)`.
fn key_id(name: &KeyName, algorithm: Algorithm, key: &[u8]) -> u32 {
    let digest = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', algorithm.kind()])
        .chain_update(key)
        .finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// The private key of a cosigner. Its memory is wiped when it is dropped.
pub struct CosignerKey {
    public: Cosigner,
    seed: [u8; 32],
    key: Private,
}

enum Private {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    MlDsa44(Box<ml_dsa::SigningKey<MlDsa44>>),
}

impl Drop for CosignerKey {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.seed);
    }
}

/// Shows the name only.
impl fmt::Debug for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CosignerKey").field("name", &self.public.name).finish_non_exhaustive()
    }
}

const PRIVATE_FORM: &str = "PRIVATE+KEY+name+hash+base64";
const VKEY_FORM: &str = "name+hash+base64 of a cosigner";

impl CosignerKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the name cannot name a key, or the system gives no random numbers.
    pub fn generate(name: &str, algorithm: Algorithm) -> Result<Self, NoteError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| NoteError::Random(e.to_string()))?;
        Ok(Self::from_seed(name.parse()?, algorithm, seed))
    }

    /// The key that a seed makes: an Ed25519 private key, or the ξ of FIPS 204 algorithm 1.
    #[must_use]
    pub fn from_seed(name: KeyName, algorithm: Algorithm, seed: [u8; 32]) -> Self {
        let (key, public) = match algorithm {
            Algorithm::Ed25519 => {
                let key = ed25519_dalek::SigningKey::from_bytes(&seed);
                let public = Public::Ed25519(key.verifying_key());
                (Private::Ed25519(Box::new(key)), public)
            }
            Algorithm::MlDsa44 => {
                let key = ml_dsa::SigningKey::<MlDsa44>::from_seed(&seed.into());
                let public = Public::MlDsa44(Box::new(key.expanded_key().verifying_key()));
                (Private::MlDsa44(Box::new(key)), public)
            }
        };
        let id = key_id(&name, algorithm, &public.bytes());
        Self { public: Cosigner { name, id, key: public }, seed, key }
    }

    /// Reads `PRIVATE+KEY+name+hash+base64` of the type byte and the 32-byte seed.
    ///
    /// # Errors
    /// When the text is not such a key. The error never repeats the text.
    pub fn from_private_text(text: &str) -> Result<Self, NoteError> {
        let fail = |reason| NoteError::Key { reason, expected: PRIVATE_FORM };
        let rest =
            text.trim_end().strip_prefix("PRIVATE+KEY+").ok_or(fail("it has another beginning"))?;
        let (name, id, algorithm, seed) = parts(rest).map_err(fail)?;
        let seed = seed.try_into().map_err(|_| fail("its seed does not have 32 bytes"))?;
        let key = Self::from_seed(name, algorithm, seed);
        if key.public.id == id {
            Ok(key)
        } else {
            Err(fail("its hash does not fit its name and key"))
        }
    }

    /// The private text; keep it in a file that only its owner can read.
    #[must_use]
    pub fn to_private_text(&self) -> String {
        let bytes = [&[self.public.algorithm().kind()], self.seed.as_slice()].concat();
        let Cosigner { name, id, .. } = &self.public;
        format!("PRIVATE+KEY+{name}+{id:08x}+{}", Base64::encode_string(&bytes))
    }

    /// The public key.
    #[must_use]
    pub fn cosigner(&self) -> &Cosigner {
        &self.public
    }

    /// Cosigns the text of a checkpoint at a time in seconds since 1970: one signature line with its newline.
    ///
    /// The caller has verified that the checkpoint extends everything it cosigned before.
    ///
    /// # Errors
    /// When the text is no checkpoint, or a name or the time does not fit the message.
    pub fn cosign(&self, checkpoint: &str, time: u64) -> Result<String, CosignatureError> {
        let message = self.public.message(checkpoint, time)?;
        let mut bytes = Vec::with_capacity(4 + 8 + 2420);
        bytes.extend(self.public.id.to_be_bytes());
        bytes.extend(time.to_be_bytes());
        match &self.key {
            Private::Ed25519(key) => bytes.extend(key.sign(&message).to_bytes()),
            Private::MlDsa44(key) => {
                // Deterministic signing fails only on a context over 255 bytes; this one is empty.
                let signature = key.expanded_key().sign_deterministic(&message, &[]);
                let signature = signature.map_err(|_| CosignatureError::LongName(String::new()))?;
                bytes.extend(signature.encode().as_slice());
            }
        }
        Ok(format!("— {} {}\n", self.public.name, Base64::encode_string(&bytes)))
    }
}

/// The public key of a cosigner.
#[derive(Clone, PartialEq)]
pub struct Cosigner {
    name: KeyName,
    id: u32,
    key: Public,
}

#[derive(Clone, PartialEq)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    MlDsa44(Box<ml_dsa::VerifyingKey<MlDsa44>>),
}

impl Public {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.as_bytes().to_vec(),
            Self::MlDsa44(key) => key.encode().to_vec(),
        }
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}+{:08x}, {})", self.name, self.id, self.algorithm())
    }
}

impl Cosigner {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its id, which stands before each of its signatures.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// How it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.key {
            Public::Ed25519(_) => Algorithm::Ed25519,
            Public::MlDsa44(_) => Algorithm::MlDsa44,
        }
    }

    /// The key itself: 32 or 1,312 bytes. Two cosigners of one key are one, whatever their names.
    #[must_use]
    pub fn key_bytes(&self) -> Vec<u8> {
        self.key.bytes()
    }

    /// Whether others can make signatures that verify under this key.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        matches!(&self.key, Public::Ed25519(key) if key.is_weak())
    }

    /// Whether a signature line claims to be by this key.
    #[must_use]
    pub fn is_by(&self, line: &SignatureLine<'_>) -> bool {
        line.key_id() == self.id && line.name() == self.name.as_str()
    }

    /// Checks one signature line on the text of a checkpoint, and returns its time in seconds since 1970.
    ///
    /// # Errors
    /// When the text is no checkpoint, or the signature is malformed or does not belong to it.
    pub fn verify(&self, text: &str, line: &SignatureLine<'_>) -> Result<u64, CosignatureError> {
        let bad = || NoteError::BadSignature { name: self.name.to_string() };
        let bytes = line.bytes().map_err(|_| bad())?;
        let (time, signature) =
            bytes.get(4..).and_then(|rest| rest.split_first_chunk::<8>()).ok_or_else(bad)?;
        let time = u64::from_be_bytes(*time);
        let message = self.message(text, time)?;
        let good = match &self.key {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(&message, &signature).is_ok()),
            Public::MlDsa44(key) => ml_dsa::Signature::<MlDsa44>::try_from(signature)
                .is_ok_and(|signature| key.verify_with_context(&message, &[], &signature)),
        };
        if good { Ok(time) } else { Err(bad().into()) }
    }

    /// Checks this cosigner's first line on a checkpoint; nothing when it has none.
    ///
    /// # Errors
    /// When the note is malformed, or its line by this key is bad.
    pub fn verify_note(&self, note: &[u8]) -> Result<Option<u64>, CosignatureError> {
        let note = NoteRef::parse(note)?;
        let line = note.signatures().find(|line| self.is_by(line));
        line.map(|line| self.verify(note.text(), &line)).transpose()
    }

    /// What is signed.
    fn message(&self, text: &str, time: u64) -> Result<Vec<u8>, CosignatureError> {
        if i64::try_from(time).is_err() {
            return Err(CosignatureError::Time(time));
        }
        let checkpoint = Checkpoint::read(text)?;
        if self.algorithm() == Algorithm::Ed25519 {
            return Ok(format!("cosignature/v1\ntime {time}\n{text}").into_bytes());
        }
        let mut message = b"subtree/v1\n\0".to_vec();
        let name = |name: &str| -> Result<Vec<u8>, CosignatureError> {
            let length = u8::try_from(name.len())
                .map_err(|_| CosignatureError::LongName(name.chars().take(80).collect()))?;
            Ok([&[length], name.as_bytes()].concat())
        };
        message.extend(name(self.name.as_str())?);
        message.extend(time.to_be_bytes());
        message.extend(name(&checkpoint.origin)?);
        message.extend(0_u64.to_be_bytes());
        message.extend(checkpoint.size.to_be_bytes());
        message.extend(checkpoint.root.0);
        Ok(message)
    }
}

/// Splits `name+hash+base64` of a type byte and key material.
fn parts(text: &str) -> Result<(KeyName, u32, Algorithm, Vec<u8>), &'static str> {
    let (name, rest) = text.split_once('+').ok_or("there is no `+`")?;
    let (hash, key) = rest.split_once('+').ok_or("there is only one `+`")?;
    let name = name.parse().map_err(|_| "its name is empty or holds white space")?;
    let hex = hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let id = u32::from_str_radix(hash, 16).ok().filter(|_| hex);
    let id = id.ok_or("its hash is not 8 hexadecimal digits")?;
    let bytes = Base64::decode_vec(key).map_err(|_| "its last part is not base64")?;
    let (kind, key) = bytes.split_first().ok_or("its key is empty")?;
    let algorithm =
        Algorithm::of(*kind).ok_or("its type is not that of a cosigner (0x04 or 0x06)")?;
    Ok((name, id, algorithm, key.to_vec()))
}

impl FromStr for Cosigner {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let fail = |reason| NoteError::Key { reason, expected: VKEY_FORM };
        let (name, id, algorithm, bytes) = parts(text).map_err(fail)?;
        let key = match algorithm {
            Algorithm::Ed25519 => {
                let bytes = bytes.as_slice().try_into();
                let bytes = bytes.map_err(|_| fail("its key does not have 32 bytes"))?;
                let key = ed25519_dalek::VerifyingKey::from_bytes(bytes);
                Public::Ed25519(key.map_err(|_| fail("it is no point of the curve"))?)
            }
            Algorithm::MlDsa44 => {
                let key = ml_dsa::VerifyingKey::<MlDsa44>::new_from_slice(&bytes);
                let key = key.map_err(|_| fail("its key does not have 1,312 bytes"))?;
                Public::MlDsa44(Box::new(key))
            }
        };
        if key_id(&name, algorithm, &bytes) == id {
            Ok(Self { name, id, key })
        } else {
            Err(fail("its hash does not fit its name and key"))
        }
    }
}

impl fmt::Display for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [vec![self.algorithm().kind()], self.key.bytes()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, Base64::encode_string(&bytes))
    }
}
