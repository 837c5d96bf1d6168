//! The case in one look.

use crosscheck::Verdict;
use roadmap::{StepState, StepStatus, Timeliness};
use serde::Serialize;
use statement::civil;
use utoipa::ToSchema;

use super::question::{Snapshot, parts};
use super::record::{self, EntryLine, LedgerHead};
use super::table;
use crate::findings::{Finding, FindingKind, findings};
use crate::material::Problem;
use crate::views;

/// What the case is, and on what its pages rest.
#[derive(Debug, Serialize, ToSchema)]
pub struct CasePage {
    /// The case's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The day the pages show.
    pub as_of: String,
    /// Today, UTC.
    pub today: String,
    /// The first day the record speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The last day the record speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Days on which something happened, for the control of the day.
    pub days: Vec<Day>,
    /// The log; null when nothing is recorded.
    pub ledger: Option<LedgerHead>,
    /// Objects signed by their party's own key.
    pub attested: usize,
    /// Objects recorded by someone else from a named source.
    pub attributed: usize,
    /// Objects whose record rests on memory alone.
    pub from_memory: usize,
    /// Statements that do not count.
    pub rejected: usize,
    /// Statements of kinds this version does not know.
    pub unknown: usize,
    /// Errors in the folder; the rows that have them are left out.
    pub errors: usize,
    /// Warnings in the folder.
    pub warnings: usize,
    /// Parts of the assessment that `/api/assessment/{part}` gives.
    pub parts: Vec<String>,
    /// Tables that `/api/tables/{name}` gives.
    pub tables: Vec<String>,
    /// The version of this program.
    pub version: &'static str,
    /// How the parts were assessed, in words.
    pub methods: Vec<Method>,
    /// Sources that are cited, with how many records cite each, the most cited first.
    pub sources: Vec<Cited>,
}

/// How a part was assessed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Method {
    /// The part.
    pub part: String,
    /// How, in words.
    pub words: String,
}

/// A source and how much of the record cites it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cited {
    /// As cited.
    pub source: String,
    /// Records that cite it.
    pub records: usize,
}

/// A day on which something happened.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Day {
    /// The day.
    pub on: String,
    /// What happened.
    pub what: String,
}

/// Where the case stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewPage {
    /// Steps due within 30 days, the first first.
    pub due_soon: Vec<StepLine>,
    /// Steps whose date has passed, the longest overdue first.
    pub overdue: Vec<StepLine>,
    /// The next steps with a date, when none is due soon.
    pub next: Vec<StepLine>,
    /// Steps in the agreement; null without one.
    pub steps: Option<StepCounts>,
    /// The day on which the record of the agreement ends, when that is before the day shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<String>,
    /// Declared sites by what was seen of them.
    pub sites: SiteCounts,
    /// The most pressing findings, at most three of a kind.
    pub findings: Vec<Finding>,
    /// All findings by kind.
    pub kinds: Vec<super::question::KindCount>,
    /// Sealed declarations.
    pub seals: Vec<SealLine>,
    /// The latest entries.
    pub recent: Vec<EntryLine>,
    /// Access requests that have not ended.
    pub access_open: usize,
    /// Access requests in all.
    pub access: usize,
    /// Accountancy reports in the record.
    pub account_reports: usize,
    /// Items in the record.
    pub items: usize,
}

/// A step in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepLine {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// By whom.
    pub parties: Vec<String>,
    /// When, as promised last.
    pub due: String,
    /// How far it has come.
    pub state: String,
    /// How late it is, in words.
    pub timing: String,
}

/// Steps by state.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepCounts {
    /// All.
    pub all: usize,
    /// Said to be done, not certified.
    pub claimed: usize,
    /// Certified by whoever the agreement names.
    pub verified: usize,
    /// Done and undone.
    pub reversed: usize,
    /// Ended without being done.
    pub closed: usize,
}

/// Declared sites by what was seen of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteCounts {
    /// Declared.
    pub declared: usize,
    /// Declared and seen.
    pub seen: usize,
    /// Declared, and named by no observation.
    pub not_seen: usize,
    /// Contested.
    pub contested: usize,
    /// Places seen and not declared.
    pub undeclared: usize,
    /// Reports of facilities.
    pub observations: usize,
    /// Declared sites that no inspection, measurement or seal has tested.
    pub untested: usize,
}

/// A sealed declaration in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct SealLine {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub party: String,
    /// What it covers.
    pub scope: String,
    /// What its party says is in it.
    pub counts: Vec<String>,
    /// Leaves opened.
    pub opened: usize,
    /// Cells proved empty.
    pub absent: usize,
    /// Cells asked about.
    pub challenged: usize,
    /// Cells asked about and not answered.
    pub unanswered: usize,
}

/// Most sources listed.
const SOURCES: usize = 500;
/// Most days marked on the control.
const DAYS: usize = 400;

pub(super) fn case(s: &Snapshot, today: civil::Date) -> Result<CasePage, Problem> {
    let (a, m) = (&*s.assessment, &*s.material);
    let of = |severity: &str| m.diagnostics.iter().filter(|d| d.severity == severity).count();
    let days = days(s);
    Ok(CasePage {
        id: a.case.clone(),
        title: if m.title.is_empty() { a.case.clone() } else { m.title.clone() },
        as_of: a.as_of.to_string(),
        today: today.to_string(),
        first: days.first().map(|d| d.on.clone()),
        last: days.last().map(|d| d.on.clone()),
        days,
        ledger: record::head(m)?,
        attested: a.record.attested,
        attributed: a.record.attributed,
        from_memory: a.record.from_memory,
        rejected: a.record.rejected.len(),
        unknown: a.record.unknown.len(),
        errors: of("error"),
        warnings: of("warning"),
        parts: parts(a)?,
        tables: table::names(),
        version: env!("CARGO_PKG_VERSION"),
        methods: vec![
            Method { part: "cross-check".to_owned(), words: a.crosscheck.method.words.to_string() },
            Method { part: "figures".to_owned(), words: a.figures.method.words.to_string() },
        ],
        sources: sources(s),
    })
}

/// What happened when, over the whole record and not only up to the day shown.
fn days(s: &Snapshot) -> Vec<Day> {
    let case = &s.material.case;
    let mut days: Vec<Day> = Vec::new();
    let mut add = |on: Option<&statement::Date>, what: &str| {
        if let Some(on) = on {
            days.push(Day { on: on.earliest().to_string(), what: what.to_owned() });
        }
    };
    for r in &case.events {
        add(r.body.on.as_ref(), &r.body.what);
    }
    for r in &case.progress {
        add(r.body.on(), r.body.step().as_str());
    }
    for r in &case.sites {
        add(r.said.as_ref(), "declared");
    }
    for r in &case.claims {
        add(r.body.claim.as_of.as_ref().or(r.said.as_ref()), "figure");
    }
    for r in &case.observations {
        add(r.body.observed_on.as_ref(), "seen");
    }
    days.sort();
    days.dedup_by(|b, a| {
        let same = a.on == b.on;
        if same && !a.what.contains(&b.what) && a.what.len() < 200 {
            a.what = format!("{}; {}", a.what, b.what);
        }
        same
    });
    if days.len() > DAYS {
        // Evenly, and always the first and the last.
        let (n, last) = (days.len(), DAYS - 1);
        let keep: std::collections::BTreeSet<usize> =
            (0..DAYS).map(|i| i * (n - 1) / last).collect();
        days = days
            .into_iter()
            .enumerate()
            .filter(|(i, _)| keep.contains(i))
            .map(|(_, d)| d)
            .collect();
    }
    days
}

fn sources(s: &Snapshot) -> Vec<Cited> {
    let case = &s.material.case;
    let mut count: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let cited = (case.sites.iter().map(|r| &r.source))
        .chain(case.observations.iter().map(|r| &r.source))
        .chain(case.claims.iter().map(|r| &r.source))
        .chain(case.events.iter().map(|r| &r.source))
        .chain(case.pledges.iter().map(|r| &r.source))
        .chain(case.progress.iter().map(|r| &r.source));
    for source in cited.flatten() {
        *count.entry(source.cite.as_str()).or_default() += 1;
    }
    let mut out: Vec<Cited> = count
        .into_iter()
        .map(|(source, records)| Cited { source: source.to_owned(), records })
        .collect();
    out.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.source.cmp(&b.source)));
    out.truncate(SOURCES);
    out
}

/// Most lines of a list.
const MOST: usize = 8;
/// Most findings of one kind.
const OF_A_KIND: usize = 3;

pub(super) fn overview(s: &Snapshot) -> Result<OverviewPage, Problem> {
    let (a, m) = (&*s.assessment, &*s.material);
    let c = &a.crosscheck;
    let with = |v: Verdict| c.sites.iter().filter(|s| s.verdict == v).count();
    let all = findings(a);
    let of = |k: FindingKind| all.iter().filter(move |f| f.kind == k);
    let kinds = FindingKind::ALL
        .map(|k| super::question::KindCount { kind: k.name().to_owned(), number: of(k).count() });
    let open = a.access.iter().filter(|r| !matches!(r.state, inspection::AccessState::Closed(_)));
    let status = a.roadmap.as_ref().as_ref();
    let steps = || status.iter().flat_map(|s| &s.steps);
    let mut overdue: Vec<&StepStatus> =
        steps().filter(|s| s.timeliness == Timeliness::Overdue).collect();
    overdue.sort_by_key(|s| std::cmp::Reverse(s.overdue_days));
    let upcoming = |t: Timeliness| {
        let mut out: Vec<&StepStatus> = steps().filter(|s| s.timeliness == t).collect();
        out.sort_by_key(|s| s.due_now.as_ref().or(s.due.as_ref()).map(statement::Date::latest));
        out.into_iter().take(MOST).map(step_line).collect::<Vec<_>>()
    };
    let silent_since = status.and_then(|s| {
        s.last_fact.as_ref().filter(|l| l.latest() < s.as_of.earliest()).map(ToString::to_string)
    });
    Ok(OverviewPage {
        due_soon: upcoming(Timeliness::DueSoon),
        overdue: overdue.into_iter().take(MOST).map(step_line).collect(),
        next: upcoming(Timeliness::NotDue),
        steps: status.map(|s| {
            let count = |keep: fn(&StepStatus) -> bool| s.steps.iter().filter(|s| keep(s)).count();
            StepCounts {
                all: s.steps.len(),
                claimed: count(|s| s.state == StepState::ClaimedDone),
                verified: count(|s| s.state == StepState::Verified),
                reversed: count(|s| s.state == StepState::Reversed),
                closed: count(|s| s.state.is_closed()),
            }
        }),
        silent_since,
        sites: SiteCounts {
            declared: c.sites.len(),
            seen: with(Verdict::DeclaredAndSeen),
            not_seen: with(Verdict::DeclaredNotSeen),
            contested: with(Verdict::Contested),
            undeclared: c.unmatched.iter().filter(|p| p.verdict != Verdict::FalseAlarm).count(),
            observations: c.observations.len(),
            untested: a.coverage.untested,
        },
        findings: FindingKind::ALL
            .iter()
            .filter(|k| **k != FindingKind::FalseAlarm)
            .flat_map(|k| of(*k).take(OF_A_KIND))
            .cloned()
            .collect(),
        kinds: kinds.into_iter().filter(|k| k.number > 0).collect(),
        seals: m.case.seals.iter().map(seal_line).collect(),
        recent: record::entries(m, "", 0, MOST)?.rows,
        access_open: open.count(),
        access: a.access.len(),
        account_reports: m.case.accounts.iter().count(),
        items: m.case.items.iter().count(),
    })
}

fn step_line(step: &StepStatus) -> StepLine {
    let due = step.due_now.as_ref().or(step.due.as_ref());
    StepLine {
        id: step.id.to_string(),
        title: step.title.clone(),
        parties: step.parties.clone(),
        due: due.map(ToString::to_string).unwrap_or_default(),
        state: step.state.words().to_owned(),
        timing: views::timing(step),
    }
}

fn seal_line(r: &case::Record<case::Sealed>) -> SealLine {
    let cells = || r.body.challenges.iter().flat_map(|c| c.cells.values());
    SealLine {
        id: r.id.to_string(),
        party: r.party.to_string(),
        scope: r.body.seal.scope.clone(),
        counts: r.body.seal.counts.iter().map(|c| format!("{} {}", c.number, c.what)).collect(),
        opened: r.body.opened.len(),
        absent: r.body.absent.len(),
        challenged: cells().count(),
        unanswered: cells().filter(|answer| answer.is_none()).count(),
    }
}
