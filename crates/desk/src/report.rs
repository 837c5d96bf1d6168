//! The report: the same pages as one file that needs no server and no network.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use statement::civil;

use crate::api::{Answers, Asked, Question};
use crate::material::Problem;

/// Most rows of a table or list in the file.
const ROWS: usize = 500;
/// Most rows whose statements are in the file.
const WHYS: usize = 1500;
/// Most entries of the ledger in the file.
const ENTRIES: usize = 500;

/// The report on a case on a day. `None` when the binary holds no web application.
///
/// # Errors
/// When the ledger cannot be read.
pub fn report(answers: &Answers, day: civil::Date) -> Result<Option<String>, Problem> {
    let Some((script, style)) = web::report() else { return Ok(None) };
    let snapshot = answers.snapshot(Some(day));
    let title = snapshot.material.title.clone();
    let mut data: BTreeMap<String, Box<RawValue>> = BTreeMap::new();
    let mut ask = |question: Question| -> Result<(), Problem> {
        let path = question.path();
        let answer = answers.answer(question, Some(day))?;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        data.insert(path, RawValue::from_string(text)?);
        Ok(())
    };
    for question in [
        Question::Case,
        Question::Overview,
        Question::Map,
        Question::Roadmap,
        Question::Balances,
        Question::Foresight,
        Question::Board,
        Question::Mistakes,
    ] {
        ask(question)?;
    }
    for part in crate::api::parts(&snapshot.assessment)? {
        // What is shown by pages of rows is not put in whole.
        if !matches!(part.as_str(), "crosscheck" | "record") {
            ask(Question::Part(part))?;
        }
    }
    ask(Question::Findings { kind: None, q: String::new(), offset: 0, limit: ROWS })?;
    for name in crate::api::tables() {
        ask(Question::Table(Asked { name, limit: Some(ROWS), ..Asked::default() }))?;
    }
    ask(Question::Entries { q: String::new(), offset: 0, limit: ENTRIES })?;
    for id in ids(&snapshot) {
        match ask(Question::Why(id)) {
            Ok(()) | Err(Problem::NotFound(_)) => {}
            Err(problem) => return Err(problem),
        }
    }
    if snapshot.material.ledger.is_some() {
        let size = snapshot.material.recorded.size;
        for n in (0..size).rev().take(ENTRIES) {
            ask(Question::Proof(n))?;
        }
    }
    let data = serde_json::to_string(&data)?;
    Ok(Some(page(&title, script, style, &data)))
}

/// Everything a reader of the report can ask `why` of, what does not fit first.
fn ids(s: &crate::api::Snapshot) -> Vec<String> {
    let a = &s.assessment;
    let findings = crate::findings::findings(a);
    let found =
        findings.iter().flat_map(|f| std::iter::once(f.id.clone()).chain(f.about.iter().cloned()));
    let steps = a.roadmap.iter().flat_map(|r| r.steps.iter().map(|s| s.id.to_string()));
    let others = a.roadmap.iter().flat_map(|r| {
        let limits = r.limits.iter().map(|l| l.id.to_string());
        limits.chain(r.events.iter().map(|e| e.id.to_string())).collect::<Vec<_>>()
    });
    let sites = a.crosscheck.sites.iter().map(|s| s.site.to_string());
    let figures = a.figures.groups.iter().flat_map(|g| g.figures.iter().map(|f| f.id.to_string()));
    let accounts = &a.accounts;
    let books = (accounts.judgements.iter().flat_map(|j| j.errors.iter().map(ToString::to_string)))
        .chain(accounts.balances.iter().map(|b| b.id.clone()));
    let seen = a.crosscheck.observations.iter().map(|o| o.observation.to_string());
    let mut known = std::collections::HashSet::new();
    found
        .chain(steps)
        .chain(others)
        .chain(sites)
        .chain(figures)
        .chain(books)
        .chain(seen)
        .filter(|id| known.insert(id.clone()))
        .take(WHYS)
        .collect()
}

fn page(title: &str, script: &str, style: &str, data: &str) -> String {
    // Nothing in the data may end its element.
    let data = data.replace('<', "\\u003c");
    // The application's own text holds no such end; were it ever to, the file would say nothing rather than run half.
    let script = script.replace("</script", "<\\/script");
    let hash = |text: &str| format!("'sha256-{}'", Base64::encode_string(&Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data: blob:; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(style)
    );
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n<div id=\"desk\"></div>\n\
         <script id=\"data\" type=\"application/json\">{data}</script>\n\
         <script type=\"module\">{script}</script>\n</body>\n</html>\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            c => out.push(c),
        }
    }
    out
}
