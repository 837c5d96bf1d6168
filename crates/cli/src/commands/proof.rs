//! `ledger proof` and `ledger verify-proof`: that a statement is in the log, on paper.

use std::fs;
use std::path::Path;

use serde::Serialize;
use statement::{Statement, open_entry};
use tlog::policy::Policy;
use tlog::proof::LogProof;
use tlog::tree::{leaf_hash, verify_inclusion};

use super::ledger::{number, open};
use crate::args::{Format, PlaceArgs, ViewArgs};
use crate::output;
use crate::session::CliError;

#[derive(Serialize)]
struct Proof {
    origin: String,
    index: u64,
    size: u64,
    leaf_hash: String,
    /// Sibling hashes from the leaf to the root, base64.
    proof: Vec<String>,
    root: String,
    /// The signed checkpoint, as text.
    checkpoint: String,
    log_key: String,
}

pub(crate) fn write(
    what: &[String],
    file: Option<&Path>,
    page: Option<&Path>,
    place: &PlaceArgs,
    view: &ViewArgs,
) -> Result<u8, CliError> {
    let (case, n) = super::case_and(what);
    let index = number(n)?;
    let ledger = open(&case, place)?;
    let bytes = ledger.entry(index)?;
    let (head, hashes) = ledger.inclusion_proof(index)?;
    let leaf = leaf_hash(&bytes);
    // A proof that does not hold is worth less than none.
    verify_inclusion(&leaf, index, head.size, &hashes, &head.root)
        .map_err(|e| ledger::LedgerError::Tampered(format!("entry {index}: {e}")))?;
    let checkpoint = ledger.published()?;
    let proof = Proof {
        origin: head.origin.clone(),
        index,
        size: head.size,
        leaf_hash: leaf.to_string(),
        proof: hashes.iter().map(ToString::to_string).collect(),
        root: head.root.to_string(),
        checkpoint: String::from_utf8_lossy(&checkpoint).into_owned(),
        log_key: ledger.log_key().to_string(),
    };
    if let Some(page) = page {
        put(page, explain(&proof, &bytes).as_bytes())?;
    }
    // The statement goes along, so that the file says by itself what it proves.
    let written = LogProof { extra: Some(bytes), index, hashes, checkpoint }.to_bytes();
    if let Some(file) = file {
        put(file, &written)?;
    }
    match (view.format, file.or(page)) {
        (Format::Json, _) => output::json("lockstep/ledger-proof/v1", &proof)?,
        (_, None) => output::print(&String::from_utf8_lossy(&written))?,
        (_, Some(_)) => {
            for file in [file, page].into_iter().flatten() {
                output::print(&format!("wrote {}\n", file.display()))?;
            }
        }
    }
    Ok(0)
}

fn put(file: &Path, bytes: &[u8]) -> Result<(), CliError> {
    fs::write(file, bytes).map_err(|e| CliError::Call(format!("{}: {e}", file.display())))
}

#[derive(Serialize)]
struct Verified {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Witnesses that cosigned, with the time each gave.
    witnesses: Vec<Cosigned>,
    /// The earliest time at which the statement is proved to have been there, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    proved_by: Option<String>,
    /// The statement, as its author signed it.
    statement: String,
}

#[derive(Serialize)]
struct Cosigned {
    name: String,
    time: String,
}

pub(crate) fn verify(file: &Path, policy: &Path, view: &ViewArgs) -> Result<u8, CliError> {
    let read = |path: &Path| {
        fs::read(path).map_err(|e| CliError::Call(format!("{}: {e}", path.display())))
    };
    let at =
        |path: &Path, e: &dyn std::fmt::Display| CliError::Call(format!("{}: {e}", path.display()));
    let proof = LogProof::read(&read(file)?).map_err(|e| at(file, &e))?;
    let trusts = Policy::read(&read(policy)?).map_err(|e| at(policy, &e))?;
    let Some(entry) = &proof.extra else {
        return Err(at(file, &"the proof does not hold the statement it is of (its `extra` line)"));
    };
    let result = proof.verify(entry, &trusts);
    let trusted = result.as_ref().ok();
    let witnesses: Vec<Cosigned> = trusted
        .map(|t| t.witnesses.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|(name, time)| Cosigned { name: name.clone(), time: moment(*time) })
        .collect();
    let verified = Verified {
        ok: result.is_ok(),
        reason: result.as_ref().err().map(ToString::to_string),
        index: proof.index,
        origin: trusted.map(|t| t.checkpoint.origin.clone()),
        size: trusted.map(|t| t.checkpoint.size),
        proved_by: trusted.and_then(|t| t.witnesses.iter().map(|w| w.1).min()).map(moment),
        witnesses,
        statement: String::from_utf8_lossy(entry).into_owned(),
    };
    if view.format == Format::Json {
        output::json("lockstep/verify-proof/v1", &verified)?;
        return Ok(u8::from(!verified.ok));
    }
    let mut out = match (&verified.reason, trusted) {
        (Some(reason), _) => format!("NOT PROVED: {reason}\n"),
        (None, Some(t)) => format!(
            "proved: this is entry {} of {} in {}\n",
            verified.index, t.checkpoint.size, t.checkpoint.origin
        ),
        (None, None) => String::new(),
    };
    for w in &verified.witnesses {
        out += &format!("cosigned by {} at {}\n", w.name, w.time);
    }
    if verified.ok && verified.witnesses.is_empty() {
        out += "no witness vouches for when it was there: the policy asks for none\n";
    }
    out += &format!("\n{}", verified.statement);
    output::print(&out)?;
    Ok(u8::from(!verified.ok))
}

/// Seconds since 1970 as people write them.
fn moment(time: u64) -> String {
    i64::try_from(time)
        .ok()
        .and_then(|s| jiff::Timestamp::from_second(s).ok())
        .map_or_else(|| format!("{time} s after 1970"), |t| t.to_string())
}

/// A page for people: what is proved, by which steps, and how to check each with other tools.
fn explain(proof: &Proof, entry: &[u8]) -> String {
    let statement = open_entry(entry).ok().and_then(|note| Statement::read(note.text()).ok());
    let who = statement.as_ref().map_or_else(String::new, |s| {
        let of = escape(s.header.party.as_str());
        let said = s.header.said.as_ref().map(|d| format!(", said {d}")).unwrap_or_default();
        format!(
            "a <b>{}</b> by <b>{of}</b>, id <b>{}</b>{said}",
            s.kind_name(),
            escape(s.header.id.as_str())
        )
    });
    let mut steps = String::new();
    let (mut index, mut last) = (proof.index, proof.size - 1);
    for hash in &proof.proof {
        // RFC 9162 section 2.1.3.2: which side each hash stands on.
        let left = index % 2 == 1 || index == last;
        steps += &format!(
            "<li>with <code>{hash}</code> on the <b>{}</b></li>\n",
            if left { "left" } else { "right" }
        );
        if left {
            while index.is_multiple_of(2) && index != 0 {
                (index, last) = (index / 2, last / 2);
            }
        }
        (index, last) = (index / 2, last / 2);
    }
    format!(
        r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Proof of entry {index}</title>
<style>body{{font:16px/1.5 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}pre,code{{font:13px/1.5 monospace;overflow-wrap:anywhere}}pre{{white-space:pre-wrap;border:1px solid;padding:.5rem}}</style>
<h1>Entry {index} of {origin}</h1>
<p>This page shows that the statement below is entry number {index} (counted from 0) of the log <b>{origin}</b>, as the log
stood when it held {size} entries. It is {who}. It does not show that the statement is true.</p>
<h2>1. The statement, as it was signed</h2>
<pre>{text}</pre>
<h2>2. From the statement to one number</h2>
<p>The SHA-256 of a zero byte and these bytes is the statement's fingerprint. Nobody knows how to make another text with the
same fingerprint.</p>
<p><code>{leaf}</code></p>
<p>Each step below joins it with the fingerprint of its neighbours: the SHA-256 of a one byte, the left fingerprint and the
right one.</p>
<ol>
{steps}</ol>
<p>The result stands for the whole log at once:</p>
<p><code>{root}</code></p>
<h2>3. Who signed that number</h2>
<p>The third line below is the number of step 2. Each line that begins with a dash is a signature: the log's own, and those of
its witnesses, who sign only if nothing the log showed before was changed or taken away.</p>
<pre>{checkpoint}</pre>
<p>The log's key: <code>{key}</code></p>
<h2>4. To check it yourself</h2>
<p>With the file of the proof: <code>lockstep ledger verify-proof FILE --policy POLICY</code>, or any program for C2SP tlog-proof.
The policy names the keys you trust; get them from somebody else than whoever gave you this page.</p>
</html>
"#,
        index = proof.index,
        origin = escape(&proof.origin),
        size = proof.size,
        text = escape(&String::from_utf8_lossy(entry)),
        leaf = proof.leaf_hash,
        root = proof.root,
        checkpoint = escape(&proof.checkpoint),
        key = escape(&proof.log_key),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
