//! A statement: its text, its canonical form, its signatures.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tlog::note::{NoteError, NoteRef, SigningKey};

use crate::check::{Check, Fault, Faults};
use crate::kinds::{Kind, Unknown, read_known};
use crate::{Body, CaseId, Date, ObjectId, PartyId, Sha256Digest, Source};

/// An entry of the log, signatures included, has at most this many bytes: the C2SP entry bundle writes its
/// length in 16 bits (tlog-tiles, "Log Entries").
pub const MAX_ENTRY: usize = 65_535;

/// The first word of a statement's first line: the version of this vocabulary.
pub const VERSION: &str = "lockstep/v1";

/// What every statement says, whatever its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The case it belongs to.
    pub case: CaseId,
    /// The object it makes, or its own name when it acts on others. Unique in the case: a second statement
    /// with the same id is a duplicate unless it names the first in `replaces`.
    pub id: ObjectId,
    /// A remark; says nothing that a check relies on.
    pub note: Option<String>,
    /// Whose word it is.
    pub party: PartyId,
    /// The statement this one corrects, by the SHA-256 of its text. The corrected one stays in the log.
    pub replaces: Option<Sha256Digest>,
    /// When it was said, by its own account. *When it was recorded* is proved by the log's checkpoints, and
    /// never written here: the same word is the same bytes whenever it is recorded.
    pub said: Option<Date>,
    /// Where it comes from; needed unless the party itself signs.
    pub source: Option<Source>,
}

/// What a party says, before anybody signs it.
///
/// ```
/// use statement::{Body, Header, Statement, kinds::evidence::Observation};
/// let statement = Statement {
///     header: Header {
///         case: "dprk".parse()?, id: "o-001".parse()?, party: "desk".parse()?,
///         note: None, replaces: None, said: None, source: None,
///     },
///     body: Body::Observation(Observation {
///         name: "Kangson".into(), category: "suspected enrichment".into(), claims: vec![],
///         observed_on: None, place: None, status: None, variants: vec![], variants_from_memory: vec![],
///     }),
/// };
/// let text = statement.to_text()?;
/// assert_eq!(text, "lockstep/v1 observation.record\n\
///     {\"body\":{\"category\":\"suspected enrichment\",\"name\":\"Kangson\"},\
///     \"case\":\"dprk\",\"id\":\"o-001\",\"party\":\"desk\"}\n");
/// assert_eq!(Statement::read(&text)?, statement);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What every statement says.
    pub header: Header,
    /// What this kind of statement says.
    pub body: Body,
}

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More bytes than an entry of the log can hold.
    #[error(
        "this statement has {0} bytes and an entry holds at most 65,535: put reports, photographs and long \
         lists in a file beside the log and name it here by its SHA-256"
    )]
    TooLong(usize),
    /// The signed note around it is malformed.
    #[error("not a signed note: {0}")]
    Note(#[from] NoteError),
    /// The first line does not name version and kind.
    #[error(
        "the first line is `{0}`; expected `lockstep/v1` and the kind, such as `lockstep/v1 site.declare`"
    )]
    FirstLine(String),
    /// After the first line, exactly one line with one JSON object was expected.
    #[error("after the first line exactly one line with one JSON object was expected")]
    Lines,
    /// The JSON cannot be read, or has fields this kind does not have.
    #[error("the JSON object cannot be read: {0}")]
    Json(String),
    /// It reads, but is not the canonical form, so two readers could see two texts.
    #[error(
        "not in canonical form (RFC 8785): byte {at} differs when the object is written again. Duplicate or \
         unsorted keys, null fields, white space and numbers other than integers below 2^53 have this effect"
    )]
    NotCanonical {
        /// Offset of the first byte that differs, in the JSON line.
        at: usize,
    },
    /// The content is not valid.
    #[error("not valid: {}", list(.0))]
    Invalid(Vec<Fault>),
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The JSON object of a statement. Fields stand in the order of their names, so that the plain writer
/// already gives RFC 8785 order; `tests/canonical.rs` holds that against the canonicalizer.
#[derive(Serialize)]
struct EnvelopeRef<'a, B> {
    body: &'a B,
    case: &'a CaseId,
    id: &'a ObjectId,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: &'a Option<String>,
    party: &'a PartyId,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: &'a Option<Sha256Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said: &'a Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: &'a Option<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<B> {
    body: B,
    case: CaseId,
    id: ObjectId,
    #[serde(default)]
    note: Option<String>,
    party: PartyId,
    #[serde(default)]
    replaces: Option<Sha256Digest>,
    #[serde(default)]
    said: Option<Date>,
    #[serde(default)]
    source: Option<Source>,
}

pub(crate) fn read_body<B: DeserializeOwned>(json: &str) -> Result<(Header, B), ReadError> {
    let e: Envelope<B> = serde_json::from_str(json).map_err(|e| ReadError::Json(e.to_string()))?;
    let Envelope { body, case, id, note, party, replaces, said, source } = e;
    Ok((Header { case, id, note, party, replaces, said, source }, body))
}

pub(crate) fn write_body<B: Serialize>(
    header: &Header,
    body: &B,
) -> Result<String, serde_json::Error> {
    let Header { case, id, note, party, replaces, said, source } = header;
    serde_json_canonicalizer::to_string(&EnvelopeRef {
        body,
        case,
        id,
        note,
        party,
        replaces,
        said,
        source,
    })
}

impl Statement {
    /// The text to be signed: one line naming version and kind, one line of canonical JSON.
    ///
    /// # Errors
    /// When the content is not valid, or the text alone is already too long for an entry.
    pub fn to_text(&self) -> Result<String, ReadError> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Err(ReadError::Invalid(faults));
        }
        let json = self.canonical_json()?;
        let text = format!("{VERSION} {}\n{json}\n", self.kind_name());
        if text.len() > MAX_ENTRY { Err(ReadError::TooLong(text.len())) } else { Ok(text) }
    }

    fn canonical_json(&self) -> Result<String, ReadError> {
        self.body.serialize_with(&self.header).map_err(|e| ReadError::Json(e.to_string()))
    }

    /// The kind as named on the first line, also when this version does not know it.
    #[must_use]
    pub fn kind_name(&self) -> &str {
        match &self.body {
            Body::Unknown(unknown) => &unknown.kind,
            known => known.kind().map_or("", Kind::as_str),
        }
    }

    /// Everything wrong with the content; empty when it is valid.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        self.header.source.check("source", &mut faults);
        self.body.check(&mut faults);
        faults.0
    }

    /// Reads a statement's text and demands that it is canonical and valid.
    ///
    /// # Errors
    /// Says what is wrong and where; see [`ReadError`].
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let (kind, json) = split(text)?;
        let statement = Self::parse(kind, json)?;
        let again = match &statement.body {
            Body::Unknown(_) => canonical_value(json)?,
            _ => statement.canonical_json()?,
        };
        if again != json {
            let at = json.bytes().zip(again.bytes()).take_while(|(a, b)| a == b).count();
            return Err(ReadError::NotCanonical { at });
        }
        let faults = statement.faults();
        if faults.is_empty() { Ok(statement) } else { Err(ReadError::Invalid(faults)) }
    }

    /// Reads a text that [`read`](Statement::read) accepted before, without checking it again: for folding a
    /// log whose bytes were just hashed against its own signed checkpoint.
    ///
    /// # Errors
    /// When it is not a statement after all.
    pub fn read_accepted(text: &str) -> Result<Self, ReadError> {
        let (kind, json) = split(text)?;
        Self::parse(kind, json)
    }

    fn parse(kind: &str, json: &str) -> Result<Self, ReadError> {
        match kind.parse::<Kind>() {
            Ok(kind) => read_known(kind, json).map(|(header, body)| Self { header, body }),
            Err(_) => {
                let (header, _) = read_body::<serde_json::Value>(json)?;
                let unknown = Unknown { kind: kind.to_owned(), json: json.to_owned() };
                Ok(Self { header, body: Body::Unknown(unknown) })
            }
        }
    }

    /// Signs the statement: the bytes of a log entry.
    ///
    /// # Errors
    /// When the content is not valid or the entry would be longer than [`MAX_ENTRY`].
    pub fn sign(&self, keys: &[&SigningKey]) -> Result<Vec<u8>, ReadError> {
        let entry = tlog::note::sign(&self.to_text()?, keys)?;
        if entry.len() > MAX_ENTRY { Err(ReadError::TooLong(entry.len())) } else { Ok(entry) }
    }
}

/// Splits an entry of the log into the statement's text and the note with its signatures.
///
/// # Errors
/// When the entry is too long or is not a signed note.
pub fn open_entry(entry: &[u8]) -> Result<NoteRef<'_>, ReadError> {
    if entry.len() > MAX_ENTRY {
        return Err(ReadError::TooLong(entry.len()));
    }
    Ok(NoteRef::parse(entry)?)
}

fn split(text: &str) -> Result<(&str, &str), ReadError> {
    let short = |line: &str| line.chars().take(60).collect::<String>();
    let (first, rest) = text.split_once('\n').ok_or_else(|| ReadError::FirstLine(short(text)))?;
    let kind = first.strip_prefix(VERSION).and_then(|r| r.strip_prefix(' '));
    let named = |k: &&str| {
        !k.is_empty() && k.bytes().all(|b| b.is_ascii_lowercase() || b"._-".contains(&b))
    };
    let kind = kind.filter(named).ok_or_else(|| ReadError::FirstLine(short(first)))?;
    let json = rest.strip_suffix('\n').ok_or(ReadError::Lines)?;
    if json.contains('\n') || !json.starts_with('{') {
        Err(ReadError::Lines)
    } else {
        Ok((kind, json))
    }
}

/// The canonical form of any JSON text that holds no number but integers below 2^53.
///
/// A value tree silently drops duplicate keys and the canonicalizer rounds wide integers; both change the
/// bytes, so that comparing them with the input catches both. A fraction such as `0.5` would survive, and is
/// refused here.
///
/// # Errors
/// When the text is not JSON or holds such a number.
pub fn canonical_value(json: &str) -> Result<String, ReadError> {
    fn integers_only(value: &serde_json::Value) -> Result<(), ReadError> {
        match value {
            serde_json::Value::Number(n) if !n.is_i64() && !n.is_u64() => {
                Err(ReadError::Json(format!(
                    "the number {n} is not an integer; write decimal figures as strings, such as \"12.500\""
                )))
            }
            serde_json::Value::Array(items) => items.iter().try_for_each(integers_only),
            serde_json::Value::Object(fields) => fields.values().try_for_each(integers_only),
            _ => Ok(()),
        }
    }
    let value: serde_json::Value =
        serde_json::from_str(json).map_err(|e| ReadError::Json(e.to_string()))?;
    integers_only(&value)?;
    serde_json_canonicalizer::to_string(&value).map_err(|e| ReadError::Json(e.to_string()))
}
