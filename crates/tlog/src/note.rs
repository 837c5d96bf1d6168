//! Signed notes with Ed25519 (C2SP `signed-note` v1.0.0): a text, an empty line, one line for each signature.
//!
//! Signatures are checked as Go, Python and Node check them (`verify`, cofactorless, RFC 8032 section 5.1.7),
//! not with dalek's stricter variant, so that an audit here accepts what an audit elsewhere accepts. Keys for
//! which that leaves room for forgery are [weak](VerifyingKey::is_weak) and should never be admitted.
//!
//! ```
//! use tlog::note::{NoteRef, SigningKey, sign};
//! let key = SigningKey::generate("example.com/log")?;
//! let bytes = sign("a text of one line\n", &[&key])?;
//! let note = NoteRef::parse(&bytes)?;
//! note.verify(&[&key.verifying_key()])?;
//! assert_eq!(note.text(), "a text of one line\n");
//! # Ok::<(), tlog::note::NoteError>(())
//! ```

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signer, Verifier};
use sha2::{Digest, Sha256};

use crate::cosignature::{Algorithm, CosignerKey};

/// The signature type of plain Ed25519 keys.
const ED25519: u8 = 0x01;

/// Signature lines beyond this many are refused; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// Why bytes are not a note, a key is not a key, or a note does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not UTF-8.
    #[error("byte {at} is not UTF-8")]
    Encoding {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// A control character other than newline.
    #[error("byte {at} is a control character (0x{byte:02x}); a note holds none but newlines")]
    Control {
        /// Its offset.
        at: usize,
        /// The character.
        byte: u8,
    },
    /// No empty line, or nothing after it.
    #[error(
        "no signatures: an empty line and at least one signature line were expected after the text"
    )]
    NoSignatures,
    /// The text to sign does not end in a newline.
    #[error("the text of a note ends in a newline")]
    NoNewline,
    /// A signature line is malformed.
    #[error("signature line {line} is malformed: {reason}; expected `— name base64`")]
    SignatureLine {
        /// Which of the signature lines, from 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// More signature lines than are read.
    #[error("more than {MAX_SIGNATURES} signature lines")]
    TooManySignatures,
    /// A name that cannot be a key's.
    #[error("`{0}` cannot name a key: a name is not empty and holds neither white space nor `+`")]
    Name(String),
    /// Not a key text.
    #[error("not a key: {reason}; expected {expected}")]
    Key {
        /// What is wrong.
        reason: &'static str,
        /// The form.
        expected: &'static str,
    },
    /// A known key's signature does not verify.
    #[error("the signature of {name} does not belong to this text: the note is forged or damaged")]
    BadSignature {
        /// The key's name.
        name: String,
    },
    /// None of the signatures is by a known key.
    #[error("none of the keys it was checked against signed it")]
    Unverified,
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers: {0}")]
    Random(String),
}

/// The name of a key: not empty, no white space, no `+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Box<str>);

impl KeyName {
    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NoteError;
    fn from_str(name: &str) -> Result<Self, NoteError> {
        if is_name(name) {
            Ok(Self(name.into()))
        } else {
            Err(NoteError::Name(name.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// First four bytes of `SHA-256(name ‖ "\n" ‖ type ‖ key)`.
fn key_id(name: &str, key: &[u8; 32]) -> u32 {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key)
        .finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// A private key with its name. Its memory is wiped when it is dropped.
pub struct SigningKey {
    name: KeyName,
    id: u32,
    key: ed25519_dalek::SigningKey,
}

const PRIVATE_FORM: &str = "PRIVATE+KEY+name+hash+base64";

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the name cannot name a key, or the system gives no random numbers.
    pub fn generate(name: &str) -> Result<Self, NoteError> {
        let name = name.parse()?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| NoteError::Random(e.to_string()))?;
        Ok(Self::with_seed(name, &seed))
    }

    fn with_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        Self { id: key_id(name.as_str(), key.verifying_key().as_bytes()), name, key }
    }

    /// Reads `PRIVATE+KEY+name+hash+base64`, the form of Go's `sumdb/note`.
    ///
    /// # Errors
    /// When the text is not such a key. The error never repeats the text.
    pub fn from_private_text(text: &str) -> Result<Self, NoteError> {
        let fail = |reason| NoteError::Key { reason, expected: PRIVATE_FORM };
        let rest =
            text.trim_end().strip_prefix("PRIVATE+KEY+").ok_or(fail("it has another beginning"))?;
        let (name, id, seed) = key_parts(rest).map_err(fail)?;
        let key = Self::with_seed(name, &seed);
        if key.id == id { Ok(key) } else { Err(fail("its hash does not fit its name and key")) }
    }

    /// The private text; keep it in a file that only its owner can read.
    #[must_use]
    pub fn to_private_text(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend(self.key.as_bytes());
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.name, self.id, Base64::encode_string(&bytes))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The same secret as an Ed25519 cosigner of the same name: witnesses are often given their key in this form.
    #[must_use]
    pub fn to_cosigner(&self) -> CosignerKey {
        CosignerKey::from_seed(self.name.clone(), Algorithm::Ed25519, *self.key.as_bytes())
    }

    /// The public key.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey { name: self.name.clone(), id: self.id, key: self.key.verifying_key() }
    }
}

/// Shows the name only.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Splits `name+hash+base64` of a one-byte type and a 32-byte Ed25519 key.
fn key_parts(text: &str) -> Result<(KeyName, u32, [u8; 32]), &'static str> {
    let (name, rest) = text.split_once('+').ok_or("there is no `+`")?;
    let (hash, key) = rest.split_once('+').ok_or("there is only one `+`")?;
    let name = name.parse().map_err(|_| "its name is empty or holds white space")?;
    let hex = hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let id = u32::from_str_radix(hash, 16)
        .ok()
        .filter(|_| hex)
        .ok_or("its hash is not 8 hexadecimal digits")?;
    let key = Base64::decode_vec(key).map_err(|_| "its last part is not base64")?;
    match key.split_first() {
        Some((&ED25519, key)) => {
            Ok((name, id, key.try_into().map_err(|_| "its key does not have 32 bytes")?))
        }
        _ => Err("its type is not Ed25519"),
    }
}

/// A public key with its name, decompressed once so that it verifies many notes quickly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: KeyName,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

const VKEY_FORM: &str = "name+hash+base64";

impl VerifyingKey {
    /// A key from its name and 32 bytes.
    ///
    /// # Errors
    /// When the name cannot name a key, or the bytes are no point of the curve.
    pub fn from_bytes(name: &str, key: &[u8; 32]) -> Result<Self, NoteError> {
        let name: KeyName = name.parse()?;
        let id = key_id(name.as_str(), key);
        let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key {
            reason: "it is no point of the curve",
            expected: VKEY_FORM,
        })?;
        Ok(Self { name, id, key })
    }

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

    /// The 32 bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether the key has low order, so that others can make signatures that verify under it.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.key.is_weak()
    }

    /// Checks one signature line on a text.
    ///
    /// # Errors
    /// When the signature is malformed or does not belong to the text.
    pub fn verify(&self, text: &str, line: &SignatureLine<'_>) -> Result<(), NoteError> {
        let bad = || NoteError::BadSignature { name: self.name.to_string() };
        // Four bytes of key id, 64 of signature.
        let mut bytes = [0; 68];
        let all = Base64::decode(line.base64, &mut bytes).map_err(|_| bad())?;
        let signature = all
            .get(4..)
            .and_then(|s| ed25519_dalek::Signature::from_slice(s).ok())
            .ok_or_else(bad)?;
        self.key.verify(text.as_bytes(), &signature).map_err(|_| bad())
    }
}

impl FromStr for VerifyingKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let fail = |reason| NoteError::Key { reason, expected: VKEY_FORM };
        let (name, id, key) = key_parts(text).map_err(fail)?;
        let key = Self::from_bytes(name.as_str(), &key)?;
        if key.id == id { Ok(key) } else { Err(fail("its hash does not fit its name and key")) }
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, Base64::encode_string(&bytes))
    }
}

/// A signature line: whose it says it is, and the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureLine<'a> {
    name: &'a str,
    id: u32,
    base64: &'a str,
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Result<Self, &'static str> {
        let rest =
            line.strip_prefix("— ").ok_or("it does not begin with an em dash and a space")?;
        let (name, base64) = rest.split_once(' ').ok_or("there is no signature after the name")?;
        if !is_name(name) {
            return Err("its name is empty or holds white space or `+`");
        }
        if base64.is_empty() || base64.len() % 4 != 0 {
            return Err("the signature is not base64");
        }
        // The id is in the first eight characters; a signature has at least one byte more.
        let mut head = [0; 6];
        let id = match base64.get(..8).map(|head64| Base64::decode(head64, &mut head)) {
            Some(Ok([a, b, c, d, _, ..])) => u32::from_be_bytes([*a, *b, *c, *d]),
            _ => return Err("the signature is not base64 of at least five bytes"),
        };
        let base64_only = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        let body = base64.trim_end_matches('=');
        if base64.len() - body.len() > 2 || !body.bytes().all(base64_only) {
            return Err("the signature is not base64");
        }
        Ok(Self { name, id, base64 })
    }

    /// The name of the key.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The id of the key.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        self.id
    }

    /// Whether it claims to be by this key.
    #[must_use]
    pub fn is_by(&self, key: &VerifyingKey) -> bool {
        self.id == key.id && self.name == key.name.as_str()
    }

    /// The signature with its four bytes of key id.
    ///
    /// # Errors
    /// When its last characters are not canonical base64.
    pub fn bytes(&self) -> Result<Vec<u8>, NoteError> {
        Base64::decode_vec(self.base64).map_err(|_| NoteError::SignatureLine {
            line: 1,
            reason: "the signature is not base64",
        })
    }
}

/// The line without its newline.
impl fmt::Display for SignatureLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "— {} {}", self.name, self.base64)
    }
}

/// A signed note in someone else's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteRef<'a> {
    text: &'a str,
    lines: &'a str,
}

impl<'a> NoteRef<'a> {
    /// Reads a signed note; says nothing yet of whether the signatures are good.
    ///
    /// # Errors
    /// When it is malformed, with the place.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, NoteError> {
        let note =
            std::str::from_utf8(bytes).map_err(|e| NoteError::Encoding { at: e.valid_up_to() })?;
        // A block at a time without leaving early, which the compiler turns into vector instructions: a log is read
        // as fast as this goes.
        let control = |b: &u8| *b < 0x20 && *b != b'\n';
        if bytes.chunks(64).any(|block| block.iter().fold(false, |any, b| any | control(b)))
            && let Some(at) = bytes.iter().position(control)
        {
            return Err(NoteError::Control { at, byte: bytes[at] });
        }
        // The last empty line parts text and signatures: the text may hold empty lines of its own. It is near the end.
        let at =
            bytes.windows(2).rposition(|pair| pair == b"\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&note[..=at], &note[at + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        for (i, line) in lines.split('\n').enumerate() {
            if i == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            SignatureLine::parse(line)
                .map_err(|reason| NoteError::SignatureLine { line: i + 1, reason })?;
        }
        Ok(Self { text, lines })
    }

    /// The text, with its last newline.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The signature lines.
    pub fn signatures(&self) -> impl Iterator<Item = SignatureLine<'a>> + use<'a> {
        // `parse` read every line.
        self.lines.split('\n').filter_map(|line| SignatureLine::parse(line).ok())
    }

    /// Checks the signatures against known keys and returns the keys that signed, in the order of the lines.
    ///
    /// Lines by other keys are ignored, and repeated lines by one key count once.
    ///
    /// # Errors
    /// When a known key's signature is bad, or no known key signed.
    pub fn verify<'k>(
        &self,
        keys: &[&'k VerifyingKey],
    ) -> Result<Vec<&'k VerifyingKey>, NoteError> {
        let mut signed: Vec<&VerifyingKey> = Vec::new();
        for line in self.signatures() {
            if signed.iter().any(|key| line.is_by(key)) {
                continue;
            }
            if let Some(key) = keys.iter().find(|key| line.is_by(key)) {
                key.verify(self.text, &line)?;
                signed.push(key);
            }
        }
        if signed.is_empty() { Err(NoteError::Unverified) } else { Ok(signed) }
    }
}

/// Signs a text, which ends in a newline, with every key given: the bytes of a signed note.
///
/// # Errors
/// When the text holds a control character or does not end in a newline, or there is no key.
pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<Vec<u8>, NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::NoNewline);
    }
    if let Some((at, byte)) = text.bytes().enumerate().find(|(_, b)| *b < 0x20 && *b != b'\n') {
        return Err(NoteError::Control { at, byte });
    }
    if keys.is_empty() {
        return Err(NoteError::NoSignatures);
    }
    if keys.len() > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures);
    }
    let mut note = Vec::with_capacity(text.len() + 1 + keys.len() * 160);
    note.extend(text.as_bytes());
    note.push(b'\n');
    for key in keys {
        let mut bytes = [0; 68];
        bytes[..4].copy_from_slice(&key.id.to_be_bytes());
        bytes[4..].copy_from_slice(&key.key.sign(text.as_bytes()).to_bytes());
        note.extend(format!("— {} {}\n", key.name, Base64::encode_string(&bytes)).as_bytes());
    }
    Ok(note)
}
