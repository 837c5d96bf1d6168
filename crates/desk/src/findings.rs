//! Everything that does not fit, in one ranked list.

use assessment::Assessment;
use crosscheck::{Counts, Crosscheck, Judgement, Match, Verdict, Weighing};
use roadmap::Timeliness;
use serde::Serialize;
use statement::Basis;
use utoipa::ToSchema;

use crate::{count, views};

/// What kind of thing does not fit. The order is the order of the list: what the case itself turns on first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Seen, and not declared.
    SeenNotDeclared,
    /// An observation fits several declared sites.
    Contested,
    /// A limit of the agreement is exceeded by a report.
    LimitExceeded,
    /// A step's date has passed.
    Overdue,
    /// Two stated figures cannot both be true.
    FiguresDisagree,
    /// A step's count or state is disputed.
    Disputed,
    /// What was seen of a site differs from what was declared of it.
    AttributeDiffers,
    /// A point contradicts its name.
    PointMisplaced,
    /// Declared, and no observation names it.
    DeclaredNotSeen,
    /// A statement that does not count.
    StatementRejected,
    /// A suspicion that somebody looked into and took back: told with its history, and open no more.
    FalseAlarm,
}

impl FindingKind {
    /// Every kind, in the order of the list.
    pub const ALL: [Self; 11] = [
        Self::SeenNotDeclared,
        Self::Contested,
        Self::LimitExceeded,
        Self::Overdue,
        Self::FiguresDisagree,
        Self::Disputed,
        Self::AttributeDiffers,
        Self::PointMisplaced,
        Self::DeclaredNotSeen,
        Self::StatementRejected,
        Self::FalseAlarm,
    ];

    /// Its name in questions and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SeenNotDeclared => "seen_not_declared",
            Self::Contested => "contested",
            Self::LimitExceeded => "limit_exceeded",
            Self::Overdue => "overdue",
            Self::FiguresDisagree => "figures_disagree",
            Self::Disputed => "disputed",
            Self::AttributeDiffers => "attribute_differs",
            Self::PointMisplaced => "point_misplaced",
            Self::DeclaredNotSeen => "declared_not_seen",
            Self::StatementRejected => "statement_rejected",
            Self::FalseAlarm => "false_alarm",
        }
    }
}

/// One thing that does not fit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Finding {
    /// What `why` is asked for.
    pub id: String,
    /// What kind it is.
    pub kind: FindingKind,
    /// What it is about.
    pub title: String,
    /// What was found, in words.
    pub words: Vec<String>,
    /// How pressing it is among its kind, 0 to 1; absent where the kind knows no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<f64>,
    /// Evidence field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Waterfall>,
    /// What would change it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_change: Vec<String>,
    /// The access request it calls for, as a person could sign it; it names no source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Ids it speaks of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// How sure the weakest record under it is.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub basis: &'static str,
    /// Entries of the ledger it rests on.
    pub because: Vec<u64>,
}

/// How the evidence for one question adds up, in bits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Waterfall {
    /// The question: `o-015 is d92-irt`.
    pub question: String,
    /// The probability that the answer is yes.
    pub probability: f64,
    /// The least it is over the range of the inputs, where that was worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The most it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The sum: log2 of the odds.
    pub bits: f64,
    /// What adds up to it.
    pub fields: Vec<Step>,
}

/// One part of a waterfall.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Step {
    /// The field of a comparison, or the report.
    pub field: String,
    /// What it adds, as log2 of a likelihood ratio.
    pub bits: f64,
    /// The least it adds over the range of its grade, where that was worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The most it adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Why.
    pub words: String,
}

fn matched(observation: &str, site: &str, m: &Match) -> Waterfall {
    let step = |f: &crosscheck::Field| Step {
        field: f.field.to_string(),
        bits: f.bits,
        low: None,
        high: None,
        words: f.words.clone(),
    };
    Waterfall {
        question: format!("{observation} is {site}"),
        probability: m.probability,
        low: None,
        high: None,
        bits: m.bits,
        fields: m.fields.iter().map(step).collect(),
    }
}

/// What ties two reports of one undeclared place.
fn tied(tie: &crosscheck::Tie) -> Waterfall {
    let step = |f: &crosscheck::Field| Step {
        field: f.field.to_owned(),
        bits: f.bits,
        low: None,
        high: None,
        words: f.words.clone(),
    };
    Waterfall {
        question: format!("{} and {} are of one place", tie.observation, tie.to),
        probability: 1.0 / (1.0 + (-tie.bits).exp2()),
        low: None,
        high: None,
        bits: tie.bits,
        fields: tie.fields.iter().map(step).collect(),
    }
}

fn weighed(w: &Weighing) -> Waterfall {
    let prior = Step {
        field: "prior".to_owned(),
        bits: w.prior_bits,
        low: None,
        high: None,
        words: "before any report".to_owned(),
    };
    let report = |e: &crosscheck::Evidence| Step {
        field: e.id.to_string(),
        bits: e.bits,
        low: Some(e.low),
        high: Some(e.high),
        words: match (&e.counts, e.grade.as_str()) {
            (Counts::InFull, "") => e.says.clone(),
            (Counts::InFull, grade) => format!("{}; grade {grade}", e.says),
            (Counts::SameOrigin(id), _) => format!("{}; of the same origin as {id}", e.says),
            (Counts::ConfirmsAlready(id), _) => format!("{}; confirmed already in {id}", e.says),
            (Counts::CannotBeJudged, _) => format!("{}; its source cannot be judged", e.says),
            (Counts::DoubtedBesideBetter, _) => format!("{}; doubted beside better", e.says),
        },
    };
    Waterfall {
        question: w.question.clone(),
        probability: w.probability,
        low: Some(w.low),
        high: Some(w.high),
        bits: w.bits,
        fields: std::iter::once(prior).chain(w.evidence.iter().map(report)).collect(),
    }
}

/// The evidence for every match of a site or an observation, and for the place it is part of.
#[must_use]
pub fn waterfalls(crosscheck: &Crosscheck, id: &str) -> Vec<Waterfall> {
    let of_site = crosscheck.sites.iter().filter(|s| s.site.as_str() == id);
    let sites = of_site.flat_map(|s| {
        let matches = s.matches.iter().map(|m| matched(m.id.as_str(), id, m));
        std::iter::once(weighed(&s.weighing)).chain(matches)
    });
    let of_seen = crosscheck.observations.iter().filter(|o| o.observation.as_str() == id);
    let seen = of_seen.flat_map(|o| o.matches.iter().map(|m| matched(id, m.id.as_str(), m)));
    let places = crosscheck.unmatched.iter();
    let places = places.filter(|p| p.observations.iter().any(|o| o.as_str() == id));
    let places = places.flat_map(|p| {
        let ties = p.ties.iter().filter(|t| t.observation.as_str() == id || t.to.as_str() == id);
        std::iter::once(weighed(&p.weighing)).chain(ties.map(tied))
    });
    sites.chain(seen).chain(places).collect()
}

/// All of them: by kind, and within a kind the most pressing first.
#[must_use]
pub fn findings(a: &Assessment) -> Vec<Finding> {
    let mut out = Vec::new();
    crosscheck(a, &mut out);
    figures(a, &mut out);
    agreement(a, &mut out);
    for r in &a.record.rejected {
        let id = r.id.as_ref().map(ToString::to_string).unwrap_or_default();
        out.push(Finding {
            title: format!("entry {} {id}", r.index).trim_end().to_owned(),
            words: vec![r.reason.clone()],
            because: vec![r.index],
            ..Finding::new(FindingKind::StatementRejected, id)
        });
    }
    out.sort_by(|a, b| {
        a.kind.cmp(&b.kind).then_with(|| b.rank.unwrap_or(0.0).total_cmp(&a.rank.unwrap_or(0.0)))
    });
    out
}

impl Finding {
    fn new(kind: FindingKind, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            kind,
            title: String::new(),
            words: Vec::new(),
            rank: None,
            evidence: Vec::new(),
            would_change: Vec::new(),
            request: None,
            about: Vec::new(),
            basis: "",
            because: Vec::new(),
        }
    }

    fn basis(mut self, basis: Option<Basis>) -> Self {
        self.basis = views::basis_mark(basis);
        self
    }
}

fn crosscheck(a: &Assessment, out: &mut Vec<Finding>) {
    let c = &a.crosscheck;
    for place in &c.unmatched {
        let readings: Vec<&str> = place.readings.iter().map(|r| r.kind.as_str()).collect();
        let mut words = vec![
            format!(
                "{} of {}; no declared site fits",
                count(place.observations.len(), "report"),
                readings.join(" / ")
            ),
            format!("{} {}", place.weighing.question, views::chance(&place.weighing)),
        ];
        let kind = match place.verdict {
            Verdict::Contested => FindingKind::Contested,
            Verdict::FalseAlarm => FindingKind::FalseAlarm,
            _ => FindingKind::SeenNotDeclared,
        };
        words.extend(place.reasons.iter().cloned());
        let change = &place.weighing.would_change;
        let mut would_change =
            vec![format!("{} ({})", change.what, views::percent(change.probability))];
        if kind == FindingKind::FalseAlarm {
            words.extend(place.history.iter().map(|said| {
                let by = format!("{} {}", said.observation, said.grade);
                format!("{} ({})", views::said(said), by.trim_end())
            }));
        } else {
            would_change.push(
                "a declaration of the place, or a visit that finds nothing of the kind".to_owned(),
            );
        }
        let about: Vec<String> = place.observations.iter().map(ToString::to_string).collect();
        out.push(
            Finding {
                title: place.name.clone(),
                words,
                rank: Some(place.rank),
                evidence: vec![weighed(&place.weighing)],
                would_change,
                because: place.because.clone(),
                ..Finding::new(kind, about.first().cloned().unwrap_or_else(|| place.id.to_string()))
            }
            .basis(place.basis)
            .about(about),
        );
    }
    for site in &c.sites {
        let id = site.site.to_string();
        let about = || site.matches.iter().map(|m| m.id.to_string()).collect::<Vec<_>>();
        match site.verdict {
            Verdict::Contested => out.push(
                Finding {
                    title: site.name.clone(),
                    words: vec![format!(
                        "{} fit this site and others too; the evidence does not decide",
                        count(site.matches.len(), "observation")
                    )],
                    evidence: waterfalls(c, &id),
                    would_change: vec!["a better point, or a source that names the site".to_owned()],
                    because: site.because.clone(),
                    ..Finding::new(FindingKind::Contested, id.clone())
                }
                .basis(site.basis)
                .about(about()),
            ),
            Verdict::DeclaredNotSeen => out.push(
                Finding {
                    title: site.name.clone(),
                    words: vec![
                        "no observation of the record names it; that is not evidence that it is not there"
                            .to_owned(),
                    ],
                    would_change: vec!["any dated observation of the site".to_owned()],
                    because: site.because.clone(),
                    ..Finding::new(FindingKind::DeclaredNotSeen, id.clone())
                }
                .basis(site.basis),
            ),
            _ => {}
        }
        let differences: Vec<_> =
            site.differences.iter().filter(|d| d.judgement == Judgement::Disagree).collect();
        if !differences.is_empty() {
            let words = differences.iter().map(|d| {
                let on = |d: &Option<statement::Date>| {
                    d.as_ref().map(|d| format!(" ({d})")).unwrap_or_default()
                };
                format!(
                    "{}: declared `{}`{}, {} says `{}`{}",
                    d.attribute,
                    d.declared,
                    on(&d.declared_on),
                    d.observation,
                    d.observed,
                    on(&d.observed_on)
                )
            });
            out.push(
                Finding {
                    title: site.name.clone(),
                    words: words.collect(),
                    evidence: waterfalls(c, &id),
                    would_change: vec!["an amended declaration, or a later observation".to_owned()],
                    because: site.because.clone(),
                    ..Finding::new(FindingKind::AttributeDiffers, id)
                }
                .basis(site.basis)
                .about(differences.iter().map(|d| d.observation.to_string()).collect()),
            );
        }
    }
    for m in &c.misplaced {
        out.push(Finding {
            title: format!("{} against {}", m.observation, m.against_name),
            words: vec![
                format!(
                    "the point lies {:.1} km from {}; the precisions allow {:.1} km",
                    m.distance_m / 1000.0,
                    m.against,
                    m.allowed_m / 1000.0
                ),
                m.words.clone(),
            ],
            would_change: vec![
                "a corrected point, or a finding that they are two places".to_owned(),
            ],
            about: vec![m.observation.to_string(), m.against.to_string()],
            because: m.because.clone(),
            ..Finding::new(FindingKind::PointMisplaced, m.observation.to_string())
        });
    }
}

impl Finding {
    fn about(mut self, about: Vec<String>) -> Self {
        self.about = about;
        self
    }
}

fn figures(a: &Assessment, out: &mut Vec<Finding>) {
    for group in &a.figures.groups {
        for pair in &group.disagreements {
            let find = |id: &statement::ObjectId| group.figures.iter().find(|f| f.id == *id);
            let (Some(low), Some(high)) = (find(&pair.low), find(&pair.high)) else { continue };
            let said = |f: &accountancy::Figure| {
                let on = f.stated_on.as_ref().map(|d| format!(", {d}")).unwrap_or_default();
                format!("{} by {}{on} ({})", f.figure, f.stated_by, f.what)
            };
            let mut because = low.because.clone();
            because.extend(&high.because);
            out.push(
                Finding {
                    title: format!("{} {}", group.material, group.kind).trim().to_owned(),
                    words: vec![
                        said(low),
                        said(high),
                        format!(
                            "they cannot both be true: {} {} lie between what the two allow",
                            pair.gap, group.unit
                        ),
                    ],
                    would_change: vec!["the records each figure was reckoned from".to_owned()],
                    about: vec![low.id.to_string(), high.id.to_string()],
                    because,
                    ..Finding::new(FindingKind::FiguresDisagree, low.id.to_string())
                }
                .basis(low.basis.max(high.basis)),
            );
        }
    }
}

fn agreement(a: &Assessment, out: &mut Vec<Finding>) {
    let Some(status) = a.roadmap.as_ref() else { return };
    for limit in status.limits.iter().filter(|l| l.exceeded > 0) {
        let above = limit.readings.iter().filter(|r| r.state == roadmap::LimitState::Exceeded);
        let readings = above.clone().map(|r| {
            let on = r.as_of.as_ref().map(|d| format!(" on {d}")).unwrap_or_default();
            format!("{}{on}", r.figure)
        });
        out.push(Finding {
            title: limit.what.clone(),
            words: vec![format!(
                "{} reported {} of {} times: {}",
                limit.limit,
                limit.exceeded,
                limit.readings.len(),
                readings.collect::<Vec<_>>().join(", ")
            )],
            would_change: vec!["a later report within the limit".to_owned()],
            because: above.flat_map(|r| r.because.iter().copied()).collect(),
            ..Finding::new(FindingKind::LimitExceeded, limit.id.to_string())
        });
    }
    for step in &status.steps {
        if step.timeliness == Timeliness::Overdue {
            let mut words = vec![format!(
                "{}: {}, {}",
                step.parties.join(", "),
                step.state.words(),
                views::timing(step)
            )];
            words.extend(step.said.iter().map(|s| format!("said: {s}")));
            if let Some(last) = &status.last_fact
                && last.latest() < status.as_of.earliest()
            {
                words.push(format!("the record ends on {last}; later days rest on silence"));
            }
            out.push(
                Finding {
                    title: step.title.clone(),
                    words,
                    would_change: vec![
                        "a claim by the party, and a certificate by whoever may give it".to_owned(),
                    ],
                    because: step.because.clone(),
                    ..Finding::new(FindingKind::Overdue, step.id.to_string())
                }
                .basis(step.basis),
            );
        }
        for d in &step.disputes {
            let by_count = match (d.counted_done, d.counted_of) {
                (Some(done), Some(of)) => format!(" counts {done} of {of}"),
                _ => String::new(),
            };
            out.push(
                Finding {
                    title: step.title.clone(),
                    words: vec![format!("{}{by_count}: {}", d.party, d.reason)],
                    would_change: vec!["a settlement, or a count both accept".to_owned()],
                    because: d.because.clone(),
                    ..Finding::new(FindingKind::Disputed, step.id.to_string())
                }
                .basis(step.basis),
            );
        }
    }
}
