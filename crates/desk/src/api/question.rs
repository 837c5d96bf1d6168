//! What can be asked of the desk, and the answers.

use std::sync::Arc;

use assessment::Assessment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use statement::civil;
use utoipa::ToSchema;

use super::{balances, map, overview, record, table};
use crate::findings::{self, Finding};
use crate::material::{Material, Problem};
use crate::why;

/// A case on a day.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The case.
    pub material: Arc<Material>,
    /// What is known of it on the day.
    pub assessment: Arc<Assessment>,
}

impl Snapshot {
    /// The day.
    #[must_use]
    pub fn day(&self) -> civil::Date {
        self.assessment.as_of.earliest()
    }
}

/// One question. Equal questions about one snapshot have equal answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// What the case is, and on what its pages rest.
    Case,
    /// Where it stands in one look.
    Overview,
    /// A part of the assessment as it is.
    Part(String),
    /// Places, declared and seen.
    Map,
    /// What does not fit.
    Findings {
        /// One kind only.
        kind: Option<String>,
        /// A word that title, words or id hold.
        q: String,
        /// How many to leave out.
        offset: usize,
        /// How many at most.
        limit: usize,
    },
    /// The agreement with its dependencies.
    Roadmap,
    /// What follows from the agreement: how promises were kept, and when it will be done.
    Foresight,
    /// A view as a table.
    Table(table::Asked),
    /// What a row rests on.
    Why(String),
    /// Entries of the ledger, the newest first.
    Entries {
        /// A word that the id or kind holds.
        q: String,
        /// How many to leave out.
        offset: usize,
        /// How many at most.
        limit: usize,
    },
    /// One entry as it was signed.
    Entry(u64),
    /// A proof that an entry is in the log.
    Proof(u64),
    /// Runs of material balances.
    Balances,
    /// Complete, verifiable, irreversible.
    Board,
    /// The mistakes of the folder.
    Mistakes,
}

/// Some of the findings.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingsPage {
    /// How many of each kind there are, in the order of the list.
    pub kinds: Vec<KindCount>,
    /// How many the filter keeps.
    pub matched: usize,
    /// Those asked for.
    pub rows: Vec<Finding>,
}

/// How many findings of a kind there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub number: usize,
}

/// The agreement on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadmapPage {
    /// Where it stands; null when the folder holds no agreement.
    #[schema(value_type = Option<Object>)]
    pub status: Option<Value>,
    /// Which step waits for which: a step, and one that must be done before.
    pub after: Vec<[String; 2]>,
    /// Which step is to be done in step with which.
    pub in_step_with: Vec<[String; 2]>,
}

/// What follows from the agreement on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForesightPage {
    /// When each open step and the whole will be done, as `lockstep roadmap forecast` prints it; null when the folder
    /// holds no agreement.
    #[schema(value_type = Option<Object>)]
    pub forecast: Option<Value>,
    /// How promises were kept, as `lockstep roadmap promises` prints it; null when the folder holds no agreement.
    #[schema(value_type = Option<Object>)]
    pub promises: Option<Value>,
}

/// Runs of a forecast on a page: enough for days that do not jump, few enough to move through history.
const RUNS: usize = 2_000;

/// Some words of a filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Paging {
    /// A word.
    pub q: String,
    /// How many to leave out.
    pub offset: usize,
    /// How many at most.
    pub limit: Option<usize>,
}

/// Most rows of one answer.
pub const MOST_ROWS: usize = 1000;

impl Paging {
    /// The limit within bounds.
    #[must_use]
    pub fn most(&self, otherwise: usize) -> usize {
        self.limit.unwrap_or(otherwise).clamp(1, MOST_ROWS)
    }
}

impl Question {
    /// The path that asks it, without the day.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Case => "/api/case".to_owned(),
            Self::Overview => "/api/overview".to_owned(),
            Self::Part(part) => format!("/api/assessment/{part}"),
            Self::Map => "/api/map".to_owned(),
            Self::Findings { .. } => "/api/findings".to_owned(),
            Self::Roadmap => "/api/roadmap".to_owned(),
            Self::Foresight => "/api/foresight".to_owned(),
            Self::Table(asked) => format!("/api/tables/{}", asked.name),
            Self::Why(id) => format!("/api/why/{id}"),
            Self::Entries { .. } => "/api/ledger/entries".to_owned(),
            Self::Entry(n) => format!("/api/ledger/entry/{n}"),
            Self::Proof(n) => format!("/api/ledger/proof/{n}"),
            Self::Balances => "/api/balances".to_owned(),
            Self::Board => "/api/board".to_owned(),
            Self::Mistakes => "/api/mistakes".to_owned(),
        }
    }

    /// The answer as bytes, with its media type.
    ///
    /// # Errors
    /// When there is no such thing, the question is wrong, or the ledger cannot be read.
    pub fn answer(
        &self,
        s: &Snapshot,
        today: civil::Date,
    ) -> Result<(&'static str, Vec<u8>), Problem> {
        let a = &*s.assessment;
        let json = match self {
            Self::Case => serde_json::to_vec(&overview::case(s, today)?)?,
            Self::Overview => serde_json::to_vec(&overview::overview(s)?)?,
            Self::Part(part) => serde_json::to_vec(&part_of(a, part)?)?,
            Self::Map => serde_json::to_vec(&map::map(&s.material.case, a))?,
            Self::Findings { kind, q, offset, limit } => {
                serde_json::to_vec(&findings_page(s, kind.as_deref(), q, *offset, *limit))?
            }
            Self::Roadmap => serde_json::to_vec(&roadmap(s)?)?,
            Self::Foresight => serde_json::to_vec(&foresight_page(s)?)?,
            Self::Table(asked) => return table::answer(s, asked),
            Self::Why(id) => match why::why(&s.material, a, id)? {
                Some(why) => serde_json::to_vec(&why)?,
                None => {
                    return Err(Problem::NotFound(format!(
                        "nothing in this case is called `{id}`"
                    )));
                }
            },
            Self::Entries { q, offset, limit } => {
                serde_json::to_vec(&record::entries(&s.material, q, *offset, *limit)?)?
            }
            Self::Entry(n) => serde_json::to_vec(&record::entry(&s.material, *n)?)?,
            Self::Proof(n) => serde_json::to_vec(&record::proof(&s.material, *n)?)?,
            Self::Balances => serde_json::to_vec(&balances::balances(s))?,
            Self::Board => serde_json::to_vec(&a.board)?,
            Self::Mistakes => serde_json::to_vec(&s.material.diagnostics)?,
        };
        Ok(("application/json", json))
    }
}

/// Names of the parts of an assessment.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn parts(a: &Assessment) -> Result<Vec<String>, Problem> {
    Ok(match serde_json::to_value(a)? {
        Value::Object(map) => map.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    })
}

fn part_of(a: &Assessment, part: &str) -> Result<Value, Problem> {
    let Value::Object(mut map) = serde_json::to_value(a)? else { return Ok(Value::Null) };
    map.remove(part).ok_or_else(|| {
        let names: Vec<String> = map.keys().cloned().collect();
        Problem::NotFound(format!(
            "an assessment has no part `{part}`; it has {}",
            names.join(", ")
        ))
    })
}

fn findings_page(
    s: &Snapshot,
    kind: Option<&str>,
    q: &str,
    offset: usize,
    limit: usize,
) -> FindingsPage {
    let all = findings::findings(&s.assessment);
    let kinds = findings::FindingKind::ALL.map(|k| KindCount {
        kind: k.name().to_owned(),
        number: all.iter().filter(|f| f.kind == k).count(),
    });
    let q = q.to_lowercase();
    let holds = |f: &Finding| {
        let in_text = |t: &str| t.to_lowercase().contains(&q);
        q.is_empty() || in_text(&f.title) || in_text(&f.id) || f.words.iter().any(|w| in_text(w))
    };
    let keep = |f: &Finding| kind.is_none_or(|k| f.kind.name() == k) && holds(f);
    let kept: Vec<Finding> = all.into_iter().filter(keep).collect();
    FindingsPage {
        kinds: kinds.into_iter().filter(|k| k.number > 0).collect(),
        matched: kept.len(),
        rows: kept
            .into_iter()
            .skip(offset)
            .take(limit)
            .map(|f| {
                // A suspicion that was taken back calls for no request.
                let open = f.kind != findings::FindingKind::FalseAlarm;
                let draft = open
                    .then(|| assessment::access_draft(&s.assessment, &s.material.case, &f.id))
                    .flatten();
                Finding { request: draft.map(|d| d.reason), ..f }
            })
            .collect(),
    }
}

fn roadmap(s: &Snapshot) -> Result<RoadmapPage, Problem> {
    let status = s.assessment.roadmap.as_ref().as_ref().map(serde_json::to_value).transpose()?;
    let steps = s.material.roadmap.iter().flat_map(|r| &r.steps);
    let after = |s: &roadmap::Step| {
        s.after.iter().map(|o| [s.id.to_string(), o.to_string()]).collect::<Vec<_>>()
    };
    let with = |s: &roadmap::Step| {
        s.in_step_with.iter().map(|o| [s.id.to_string(), o.with.to_string()]).collect::<Vec<_>>()
    };
    Ok(RoadmapPage {
        status,
        after: steps.clone().flat_map(after).collect(),
        in_step_with: steps.flat_map(with).collect(),
    })
}

/// How promises were kept, on the day of the snapshot.
pub(super) fn promises(s: &Snapshot) -> Option<foresight::delay::Delays> {
    let status = s.assessment.roadmap.as_ref().as_ref()?;
    Some(foresight::delay::delays(s.material.roadmap.as_ref()?, status))
}

/// When it will be done, as of the day of the snapshot.
pub(super) fn forecast(s: &Snapshot) -> Option<foresight::forecast::Forecast> {
    let status = s.assessment.roadmap.as_ref().as_ref()?;
    let question =
        foresight::forecast::Question { runs: RUNS, ..foresight::forecast::Question::default() };
    let roadmap = s.material.roadmap.as_ref()?;
    Some(foresight::forecast::forecast(roadmap, status, &s.material.judgement, &question))
}

fn foresight_page(s: &Snapshot) -> Result<ForesightPage, Problem> {
    Ok(ForesightPage {
        forecast: forecast(s).map(serde_json::to_value).transpose()?,
        promises: promises(s).map(serde_json::to_value).transpose()?,
    })
}
