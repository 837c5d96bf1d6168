//! What a row rests on: the statements behind it, and how a match came about.

use std::collections::BTreeSet;

use assessment::Assessment;
use crosscheck::{Counts, Judgement, Match, Weighing};
use ledger::Ledger;
use serde::Serialize;
use statement::{Statement, open_entry};
use utoipa::ToSchema;

use crate::findings::Waterfall;
use crate::material::{Material, Problem};
use crate::signature::signatures;
use crate::{count, views};

/// What a row rests on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Why {
    /// The id that was asked for.
    pub id: String,
    /// What it is, in words.
    pub what: Vec<String>,
    /// Evidence field by field, where there is some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Waterfall>,
    /// The statements, in the order of the ledger.
    pub statements: Vec<Behind>,
}

/// One statement behind a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Behind {
    /// Its number in the ledger.
    pub index: u64,
    /// Its object.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Whose word it is.
    pub party: String,
    /// `attested` or `attributed`.
    pub standing: Option<String>,
    /// The source, as cited.
    pub source: Option<String>,
    /// The source's grade.
    pub grade: Option<String>,
    /// How sure the recorder is of the source.
    pub basis: Option<String>,
    /// When it was said.
    pub said: Option<String>,
    /// The recorder's note.
    pub note: Option<String>,
    /// File and line of the folder it came from.
    pub place: Option<String>,
    /// Who signed it.
    pub signatures: Vec<SignatureState>,
    /// What was signed.
    pub text: String,
}

/// Who signed, and whether the signature holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignatureState {
    /// The key's name.
    pub key: String,
    /// `good`, `bad` or `unknown key`.
    pub state: &'static str,
}

/// What an id rests on; `None` when nothing in the case is called so.
///
/// # Errors
/// When the ledger cannot be read.
pub fn why(material: &Material, assessment: &Assessment, id: &str) -> Result<Option<Why>, Problem> {
    let (what, because) = explain(id, material, assessment);
    if what.is_empty() {
        return Ok(None);
    }
    let ledger = material.open_ledger()?;
    let mut statements = Vec::new();
    for index in because {
        statements.extend(behind(material, ledger.as_ref(), index)?);
    }
    let evidence = crate::findings::waterfalls(&assessment.crosscheck, id);
    Ok(Some(Why { id: id.to_owned(), what, evidence, statements }))
}

/// What an id is, in every part of the assessment that speaks of it, and the entries behind that.
fn explain(id: &str, material: &Material, a: &Assessment) -> (Vec<String>, BTreeSet<u64>) {
    let mut words = Vec::new();
    let mut because = BTreeSet::new();
    if let Some(object) = material.case.object(id) {
        words.push(format!(
            "{id}: {}, the word of {} ({})",
            object.kind.describe(),
            object.party,
            object.standing
        ));
        because.extend(object.because);
    }
    let (told, behind) = crate::why_accounts::explain(id, material, a);
    words.extend(told);
    because.extend(behind);
    let c = &a.crosscheck;
    if let Some(site) = c.sites.iter().find(|s| s.site.as_str() == id) {
        words.push(format!(
            "declared as {} ({}): {}",
            site.name,
            site.category,
            views::outcome(site)
        ));
        words.push(weighing(&site.weighing));
        words.extend(site.matches.iter().map(|m| waterfall(m.id.as_str(), m)));
        for d in &site.differences {
            let judged = match d.judgement {
                Judgement::Disagree => "both cannot be true",
                Judgement::NotComparable => "not comparable",
            };
            words.push(format!(
                "{} differs: declared `{}`{}, {} says `{}`{}: {judged}, {}",
                d.attribute,
                d.declared,
                dated(d.declared_on.as_ref()),
                d.observation,
                d.observed,
                dated(d.observed_on.as_ref()),
                d.words
            ));
        }
        because.extend(&site.because);
    }
    if let Some(row) = c.observations.iter().find(|o| o.observation.as_str() == id) {
        words.extend(row.matches.iter().map(|m| waterfall(m.id.as_str(), m)));
        if row.matches.is_empty() {
            words.push("it matches no declared site".to_owned());
        }
    }
    if c.not_facilities.iter().any(|o| o.as_str() == id) {
        words.push("not a facility: it is listed and matched with nothing".to_owned());
    }
    if let Some(place) =
        c.unmatched.iter().find(|p| p.observations.iter().any(|o| o.as_str() == id))
    {
        words.push(format!(
            "in the place `{}`, {}, rank {:.2}, {}: {}",
            place.name,
            count(place.observations.len(), "report"),
            place.rank,
            views::verdict(place.verdict),
            place.reasons.join("; ")
        ));
        for r in &place.readings {
            words.push(format!(
                "reading {}: {} ({:.0}-{:.0}) {}, by {}",
                r.kind,
                views::percent(r.probability),
                r.low * 100.0,
                r.high * 100.0,
                r.words,
                r.observations.iter().map(|o| o.as_str()).collect::<Vec<_>>().join(" ")
            ));
        }
        words.push(weighing(&place.weighing));
        for tie in &place.ties {
            let field = |f: &crosscheck::Field| {
                format!("\n      {:>6.1} bits  {:<9} {}", f.bits, f.field, f.words)
            };
            let fields: String = tie.fields.iter().map(field).collect();
            let (a, b) = (&tie.observation, &tie.to);
            words.push(format!("{a} and {b} are taken for reports of one place:{fields}"));
        }
        words.extend(place.neighbours.iter().map(|n| {
            let metres = n.distance_m.map(|d| format!(", {d:.0} m")).unwrap_or_default();
            format!("{} {} ({}){metres}: {}", n.level.words(), n.to, n.name, n.words)
        }));
        words.push("what was said of it:".to_owned());
        words.extend(place.history.iter().map(|s| {
            let on = s.on.as_ref().map_or("no date", |d| d.as_str());
            format!("      {on:<12} {} {} {}", s.observation, s.grade, s.what)
        }));
        because.extend(&place.because);
    }
    for look in c.looks.iter().filter(|l| l.entity.as_str() == id) {
        words.push(format!(
            "a visit is expected to tell {:.2} bits: {}; look for {}; {}",
            look.expected_bits, look.settles, look.look_for, look.place
        ));
    }
    for m in c.misplaced.iter().filter(|m| m.observation.as_str() == id || m.against.as_str() == id)
    {
        words.push(format!(
            "{} lies {:.1} km from {} ({}): {}",
            m.observation,
            m.distance_m / 1000.0,
            m.against,
            m.against_name,
            m.words
        ));
        because.extend(&m.because);
    }
    for group in &a.figures.groups {
        for pair in
            group.disagreements.iter().filter(|p| p.low.as_str() == id || p.high.as_str() == id)
        {
            words.push(format!(
                "{} and {} cannot both be true; {} {} lie between them",
                pair.low, pair.high, pair.gap, group.unit
            ));
            let behind = group.figures.iter().filter(|f| f.id == pair.low || f.id == pair.high);
            because.extend(behind.flat_map(|f| f.because.iter().copied()));
        }
    }
    for q in &a.figures.quantities {
        for pair in q.seeming.iter().filter(|p| p.low.as_str() == id || p.high.as_str() == id) {
            let why: Vec<&str> = pair.because_of.iter().map(|d| d.words()).collect();
            words.push(format!(
                "{} and {} only seem to disagree: {}",
                pair.low,
                pair.high,
                why.join("; ")
            ));
        }
    }
    let (said, behind) = a.board.explain(id);
    words.extend(said);
    because.extend(behind);
    if let Some(status) = a.roadmap.as_ref() {
        if let Some(step) = status.steps.iter().find(|s| s.id.as_str() == id) {
            let parties = step.parties.join(", ");
            words.push(format!(
                "step of {parties}: {}: {} {}",
                step.title,
                step.state.words(),
                views::timing(step)
            ));
            words.extend(step.said.iter().map(|s| format!("said: {s}")));
            for d in &step.disputes {
                words.push(format!(
                    "disputed by {}{}: {}",
                    d.party,
                    dated(d.on.as_ref()),
                    d.reason
                ));
                because.extend(&d.because);
            }
            because.extend(&step.because);
            because.extend(promises(material, id));
        }
        for limit in status.limits.iter().filter(|l| l.id.as_str() == id) {
            words.push(format!(
                "limit {}: exceeded in {} of {} reports",
                limit.limit,
                limit.exceeded,
                limit.readings.len()
            ));
            because.extend(limit.readings.iter().flat_map(|r| r.because.iter().copied()));
        }
        for event in status.events.iter().filter(|e| e.id.as_str() == id) {
            words.push(format!("event: {}", event.what));
            because.extend(&event.because);
        }
    }
    (words, because)
}

/// The promises recorded for a step.
fn promises(material: &Material, step: &str) -> Vec<u64> {
    let of_step = |p: &&case::Record<statement::kinds::evidence::Pledge>| {
        p.body.step.as_ref().is_some_and(|s| s.as_str() == step)
    };
    material.case.pledges.iter().filter(of_step).flat_map(|p| p.because.iter().copied()).collect()
}

fn dated(date: Option<&statement::Date>) -> String {
    date.map(|d| format!(" ({d})")).unwrap_or_default()
}

/// A question with the bits of every report.
fn weighing(w: &Weighing) -> String {
    let mut out = format!("{} {}", w.question, views::chance(w));
    out += &format!("\n      {:>6.2} bits  before any report", w.prior_bits);
    for e in &w.evidence {
        let why = match &e.counts {
            Counts::InFull => format!("({:.2} to {:.2})", e.low, e.high),
            Counts::SameOrigin(id) => format!("of one origin with {id}"),
            Counts::ConfirmsAlready(id) => format!("in the grade of {id} already"),
            Counts::CannotBeJudged => "its source cannot be judged".to_owned(),
            Counts::DoubtedBesideBetter => "weighs nothing beside better reports".to_owned(),
        };
        out += &format!(
            "\n      {:>6.2} bits  {} {} {} [{}] {why}",
            e.bits,
            e.id,
            e.grade,
            e.says,
            e.origins.join(", ")
        );
    }
    out += &format!("\n      {:>6.2} bits  in all, beside what rivals weigh", w.bits);
    out + &format!(
        "\n      would change it most: {} ({})",
        w.would_change.what,
        views::percent(w.would_change.probability)
    )
}

/// The bits of a match, field by field.
fn waterfall(id: &str, m: &Match) -> String {
    let mut out = format!("matches {id} with probability {:.2}", m.probability);
    for f in m.fields.iter() {
        out += &format!("\n      {:>6.1} bits  {:<9} {}", f.bits, f.field, f.words);
    }
    out + &format!("\n      {:>6.1} bits  in all", m.bits)
}

fn behind(
    material: &Material,
    ledger: Option<&Ledger>,
    index: u64,
) -> Result<Option<Behind>, Problem> {
    // Without a ledger the folder was folded in memory; its statements are shown from the drafts.
    let (statement, states) = match ledger {
        Some(ledger) => {
            let bytes = ledger.entry(index)?;
            let note = open_entry(&bytes)?;
            let states = signatures(&note, &material.case)
                .into_iter()
                .map(|s| SignatureState { key: s.key, state: s.state })
                .collect();
            (Statement::read(note.text())?, states)
        }
        None => match index
            .checked_sub(1)
            .and_then(|i| material.unrecorded.get(usize::try_from(i).ok()?))
        {
            Some(draft) => (draft.clone(), Vec::new()),
            None => return Ok(None),
        },
    };
    let header = &statement.header;
    let standing = material.case.object(header.id.as_str()).map(|o| o.standing.to_string());
    let source = header.source.as_ref();
    Ok(Some(Behind {
        index,
        id: header.id.to_string(),
        kind: statement.kind_name().to_owned(),
        party: header.party.to_string(),
        standing,
        source: source.map(|s| s.cite.clone()),
        grade: source.map(statement::Source::grade).filter(|g| !g.is_empty()),
        basis: source.map(|s| views::basis_mark(Some(s.basis)).to_owned()),
        said: header.said.as_ref().map(ToString::to_string),
        note: header.note.clone(),
        place: material.places.of(header.id.as_str()),
        signatures: states,
        text: statement.to_text()?,
    }))
}
