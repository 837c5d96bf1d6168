//! The board: complete, verifiable, irreversible. What is known of each of the three words, gathered from all rooms,
//! and the parties' own tests. There is no single score: nobody has published a threshold for any of the three, and the
//! numbers belong to the parties (Carnegie 2018; VERTIC 2011: irreversibility is cost and difficulty of reversal, a
//! scale).

use std::collections::BTreeMap;
use std::fmt;

use case::{Case, Index};
use custody::{Custodian, Custody};
use inspection::ChallengeState;
use notation::{Message, Node, Value, did_you_mean};
use serde::Serialize;
use statement::kinds::items::TimeTo;
use statement::{Date, Decimal, ObjectId};

use crate::Assessment;

/// The three words on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// The day.
    pub as_of: Date,
    /// Is everything declared?
    pub complete: Complete,
    /// Can it be checked, class by class?
    pub verifiable: Verifiable,
    /// How hard would it be to go back?
    pub irreversible: Vec<Reversal>,
    /// The parties' own tests, as written.
    pub tests: Vec<TestResult>,
    /// What rests on nothing, in words.
    pub rests_on_nothing: Vec<String>,
}

/// What is known of completeness.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Complete {
    /// Sealed declarations and how much of each is open.
    pub sealed: Vec<SealedShare>,
    /// Findings that are raised and not resolved.
    pub open_findings: Vec<ObjectId>,
    /// Places seen and not declared, each with the probability that some source of it is right.
    pub undeclared: Vec<Undeclared>,
    /// Challenges: answered, waiting, silent.
    pub challenges: Challenges,
    /// The probability that the cells answered so far would have met at least one of so many hidden sites, if they
    /// had been drawn at random. They were not, if somebody chose them: then it is a floor only for places as likely
    /// as any other.
    pub detection: Vec<Detection>,
    /// Declared sites that no inspection, measurement or seal has tested, of all declared.
    pub untested: (usize, usize),
    /// Figures that cannot both be true.
    pub contradicting_figures: usize,
}

/// A sealed declaration with how much of it is open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SealedShare {
    /// The declaration.
    pub seal: ObjectId,
    /// Places opened whole.
    pub opened: usize,
    /// How many there are, where that is disclosed or follows from what is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// The share; absent when the number of places is still sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// A place seen and not declared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Undeclared {
    /// Its first observation.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// The probability that at least one source of it is right.
    pub probability: f64,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Challenges by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Challenges {
    /// Every cell answered.
    pub answered: usize,
    /// Not due yet.
    pub waiting: usize,
    /// The last day has passed.
    pub silent: usize,
}

/// What challenges would have found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detection {
    /// The declaration.
    pub seal: ObjectId,
    /// Cells of the area.
    pub cells: u64,
    /// Cells answered.
    pub answered: u64,
    /// Hidden sites supposed.
    pub hidden: u64,
    /// The probability.
    pub probability: f64,
}

/// What is known of verifiability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verifiable {
    /// Classes of items and sites with the shares claimed, witnessed and verified at each stage.
    pub classes: Vec<custody::ClassStatus>,
    /// For each class: the least recent day on which any of it was confirmed under seal, and how much never was.
    pub continuity: Vec<Continuity>,
    /// What does not fit, over all items.
    pub problems: usize,
    /// Whether an agreement names who may verify.
    pub verifiers_named: bool,
}

/// Continuity of knowledge of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Continuity {
    /// The class.
    pub class: String,
    /// Items whose continuity was confirmed at least once and is not broken.
    pub confirmed: usize,
    /// Items in an open gap.
    pub in_gap: usize,
    /// Items never under seal.
    pub never_sealed: usize,
    /// The oldest of the last confirmations: since then nobody was sure of all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_confirmation: Option<Date>,
}

/// How hard it is to go back, for one item, site or class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reversal {
    /// What.
    pub about: String,
    /// The stage it has reached, where the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Estimates, oldest first, each with its assessor. They stand side by side.
    pub estimates: Vec<Estimate>,
    /// Least days to reverse, over all estimates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_days: Option<u32>,
    /// Most days to detect, over all estimates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detect_days: Option<u32>,
    /// Least reversal time minus most time to detect, in days; absent when either is not estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_days: Option<i64>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// One estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// What the time is needed for.
    pub time_to: TimeTo,
    /// Least and most days.
    pub days: (u32, u32),
    /// Least and most cost with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// Who estimates.
    pub assessor: String,
    /// When.
    pub on: Date,
    /// From which stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What is taken to be done.
    pub what: String,
    /// The source.
    pub source: String,
}

/// A test that the parties wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardTest {
    /// Which of the three words it belongs to.
    pub word: Word,
    /// The test in words.
    pub title: String,
    /// What is measured.
    pub measure: Measure,
    /// Of which class, site or declaration; of all together when absent.
    pub of: Option<String>,
    /// The stage, where the measure needs one.
    pub stage: Option<String>,
    /// At least this.
    pub least: Option<Decimal>,
    /// At most this.
    pub most: Option<Decimal>,
}

/// One of the three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Word {
    Complete,
    Verifiable,
    Irreversible,
}

/// What a test can measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the table of measures says it")]
pub enum Measure {
    OpenedShare,
    OpenFindings,
    UndeclaredPlaces,
    SilentChallenges,
    DetectionProbability,
    UntestedSites,
    ContradictingFigures,
    ClaimedShare,
    WitnessedShare,
    VerifiedShare,
    ItemsInGap,
    ItemsNeverSealed,
    DaysToReverse,
    MarginDays,
}

/// Every measure with its name in a test.
const MEASURES: &[(&str, Measure)] = &[
    ("opened-share", Measure::OpenedShare),
    ("open-findings", Measure::OpenFindings),
    ("undeclared-places", Measure::UndeclaredPlaces),
    ("silent-challenges", Measure::SilentChallenges),
    ("detection-probability", Measure::DetectionProbability),
    ("untested-sites", Measure::UntestedSites),
    ("contradicting-figures", Measure::ContradictingFigures),
    ("claimed-share", Measure::ClaimedShare),
    ("witnessed-share", Measure::WitnessedShare),
    ("verified-share", Measure::VerifiedShare),
    ("items-in-gap", Measure::ItemsInGap),
    ("items-never-sealed", Measure::ItemsNeverSealed),
    ("days-to-reverse", Measure::DaysToReverse),
    ("margin-days", Measure::MarginDays),
];

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(MEASURES.iter().find(|(_, m)| m == self).map_or("", |(name, _)| name))
    }
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestResult {
    /// Which of the three words it belongs to.
    pub word: Word,
    /// The test in words.
    pub title: String,
    /// Whether it is met.
    pub verdict: Verdict,
    /// The value measured; absent when it rests on nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Why: what was measured and what it rests on.
    pub why: String,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// Whether a test is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is.
    Met,
    /// It is not.
    NotMet,
    /// Nothing is recorded that it could rest on. This is neither.
    RestsOnNothing,
}

/// Reads the `board` nodes of a text.
pub(crate) fn read(nodes: &[Node], messages: &mut Vec<Message>) -> Vec<BoardTest> {
    let boards = nodes.iter().filter(|n| n.name == "board");
    boards.flat_map(|board| &board.children).filter_map(|node| test(node, messages)).collect()
}

fn test(node: &Node, messages: &mut Vec<Message>) -> Option<BoardTest> {
    let text = |v: Option<&Value>| v.and_then(Value::as_text).map(str::to_owned);
    if node.name != "test" {
        let words = format!("`{}` is not known in a board", node.name);
        let help = "write: test \"complete\" \"in words\" measure=\"opened-share\" least=\"1\"";
        messages
            .push(Message::error("F060", node.name_span.clone(), words, "not known").help(help));
        return None;
    }
    const PROPERTIES: &[&str] = &["measure", "of", "stage", "least", "most"];
    for (name, span, _) in node.props().filter(|(name, _, _)| !PROPERTIES.contains(name)) {
        let help = did_you_mean(name, PROPERTIES.iter().copied()).map_or_else(
            || format!("known are: {}", PROPERTIES.join(", ")),
            |word| format!("did you mean `{word}`?"),
        );
        let words = format!("a test has no property `{name}`");
        messages.push(Message::error("F061", span.clone(), words, "not known").help(help));
    }
    let word = match text(node.arg(0)).as_deref() {
        Some("complete") => Word::Complete,
        Some("verifiable") => Word::Verifiable,
        Some("irreversible") => Word::Irreversible,
        _ => {
            let words = "a test belongs to one of the three words";
            let help = "write complete, verifiable or irreversible first";
            messages.push(Message::error("F062", node.span.clone(), words, "here").help(help));
            return None;
        }
    };
    let name = text(node.prop("measure")).unwrap_or_default();
    let Some((_, measure)) = MEASURES.iter().find(|(n, _)| *n == name) else {
        let names = || MEASURES.iter().map(|(n, _)| *n);
        let help = did_you_mean(&name, names()).map_or_else(
            || format!("known are: {}", names().collect::<Vec<_>>().join(", ")),
            |word| format!("did you mean `{word}`?"),
        );
        let words = format!("`{name}` is no measure");
        messages.push(Message::error("F063", node.span.clone(), words, "in this test").help(help));
        return None;
    };
    let mut number = |name: &str| {
        let value = node.prop(name)?;
        let parsed = value.as_text().and_then(|t| t.parse::<Decimal>().ok());
        if parsed.is_none() {
            let words = format!("`{name}` is not a plain number");
            messages.push(Message::error("F064", value.span.clone(), words, "here"));
        }
        parsed
    };
    let (least, most) = (number("least"), number("most"));
    if least.is_none() && most.is_none() {
        let words = "a test without `least` or `most` tests nothing";
        messages.push(Message::error("F065", node.span.clone(), words, "this test"));
        return None;
    }
    Some(BoardTest {
        word,
        title: text(node.arg(1)).unwrap_or_else(|| name.clone()),
        measure: *measure,
        of: text(node.prop("of")),
        stage: text(node.prop("stage")),
        least,
        most,
    })
}

/// Gathers the board. `custodian` has just assessed the same case on the same day, with the result `custody`.
#[must_use]
pub fn board(
    assessment: &Assessment,
    case: &Case,
    custodian: &Custodian,
    custody: &Custody,
    tests: &[BoardTest],
) -> Board {
    let complete = complete(assessment, case);
    let verifiable = Verifiable {
        classes: custody.classes.clone(),
        continuity: continuity(custodian),
        problems: custody.problems.len(),
        verifiers_named: custody.verifiers_named,
    };
    let irreversible = reversals(assessment, case, custodian, custody);
    let mut board = Board {
        as_of: assessment.as_of.clone(),
        complete,
        verifiable,
        irreversible,
        tests: Vec::new(),
        rests_on_nothing: Vec::new(),
    };
    board.rests_on_nothing = nothing(&board);
    board.tests = tests.iter().map(|test| result(test, &board, custody)).collect();
    board
}

fn complete(assessment: &Assessment, case: &Case) -> Complete {
    let day = assessment.as_of.earliest();
    let mut challenges = Challenges::default();
    let (mut sealed, mut detection) = (Vec::new(), Vec::new());
    for s in assessment.sealed.iter() {
        for c in &s.challenges {
            match c.state {
                ChallengeState::Answered => challenges.answered += 1,
                ChallengeState::Waiting => challenges.waiting += 1,
                ChallengeState::Silent => challenges.silent += 1,
            }
        }
        let opened: usize = s.categories.iter().map(|c| c.opened).sum();
        let whole = !s.categories.is_empty() && s.categories.iter().all(|c| c.whole);
        // The parties may have agreed to disclose how many places there are.
        let disclosed = s
            .counts
            .iter()
            .filter(|c| matches!(c.what.as_str(), "sites" | "places" | "facilities"))
            .map(|c| u64::from(c.number))
            .max();
        let of = if whole { u64::try_from(opened).ok() } else { disclosed };
        sealed.push(SealedShare {
            seal: s.seal.clone(),
            opened,
            of,
            share: of.filter(|of| *of > 0).map(|of| opened as f64 / of as f64),
            because: s.because.clone(),
        });
        if let Some(area) = &s.area {
            let answered = (area.occupied + area.empty) as u64;
            detection.extend([1, 2, 5].map(|hidden| Detection {
                seal: s.seal.clone(),
                cells: area.cells,
                answered,
                hidden,
                probability: escrow::power::uniform(area.cells, hidden, answered),
            }));
        }
    }
    let resolved = |f: &case::Finding| f.resolved.as_ref().is_some_and(|r| r.on.earliest() <= day);
    let open = case.findings.iter().filter(|f| f.body.raised.on.earliest() <= day);
    Complete {
        sealed,
        open_findings: open.filter(|f| !resolved(&f.body)).map(|f| f.id.clone()).collect(),
        undeclared: assessment
            .crosscheck
            .unmatched
            .iter()
            .map(|p| Undeclared {
                id: p.id.clone(),
                name: p.name.clone(),
                probability: p.probability,
                because: p.because.clone(),
            })
            .collect(),
        challenges,
        detection,
        untested: (assessment.coverage.untested, assessment.coverage.sites.len()),
        contradicting_figures: assessment
            .figures
            .groups
            .iter()
            .map(|g| g.disagreements.len())
            .sum(),
    }
}

fn continuity(custodian: &Custodian) -> Vec<Continuity> {
    let mut classes: BTreeMap<&str, Continuity> = BTreeMap::new();
    for item in custodian.items().chain(custodian.sites()) {
        let row = classes.entry(&item.category).or_insert_with(|| Continuity {
            class: item.category.clone(),
            confirmed: 0,
            in_gap: 0,
            never_sealed: 0,
            oldest_confirmation: None,
        });
        match item.last_confirmed() {
            _ if item.in_gap() => row.in_gap += 1,
            Some(on) => {
                row.confirmed += 1;
                let older = row.oldest_confirmation.as_ref();
                if older.is_none_or(|old| case::in_time(on, old).is_lt()) {
                    row.oldest_confirmation = Some(on.clone());
                }
            }
            None => row.never_sealed += 1,
        }
    }
    classes.into_values().collect()
}

fn reversals(
    assessment: &Assessment,
    case: &Case,
    custodian: &Custodian,
    custody: &Custody,
) -> Vec<Reversal> {
    let day = assessment.as_of.earliest();
    let mut by_subject: BTreeMap<&str, Reversal> = BTreeMap::new();
    let mut said: Vec<_> = case.reversals.iter().filter(|r| r.body.on.earliest() <= day).collect();
    said.sort_by(|a, b| case::in_time(&a.body.on, &b.body.on).then_with(|| a.id.cmp(&b.id)));
    for r in said {
        let b = &r.body;
        let row = by_subject.entry(&b.about).or_insert_with(|| Reversal {
            about: b.about.clone(),
            stage: stage_of(&b.about, custodian, custody),
            estimates: Vec::new(),
            least_days: None,
            detect_days: None,
            margin_days: None,
            because: Vec::new(),
        });
        match b.time_to {
            TimeTo::Reverse => {
                row.least_days = Some(row.least_days.map_or(b.days_low, |d| d.min(b.days_low)));
            }
            TimeTo::Detect => {
                row.detect_days = Some(row.detect_days.map_or(b.days_high, |d| d.max(b.days_high)));
            }
        }
        let cost = match (b.cost_low, b.cost_high) {
            (Some(low), Some(high)) => Some(format!("{low} to {high}")),
            (Some(low), None) => Some(format!("at least {low}")),
            (None, Some(high)) => Some(format!("at most {high}")),
            (None, None) => None,
        };
        row.estimates.push(Estimate {
            time_to: b.time_to,
            days: (b.days_low, b.days_high),
            cost: cost.map(|c| format!("{c} {}", b.currency.as_deref().unwrap_or_default())),
            assessor: b.assessor.clone(),
            on: b.on.clone(),
            stage: b.stage.clone(),
            what: b.what.clone(),
            source: r.source.as_ref().map(|s| s.cite.clone()).unwrap_or_default(),
        });
        row.because.extend(&r.because);
    }
    for row in by_subject.values_mut() {
        let margin = row.least_days.zip(row.detect_days);
        row.margin_days = margin.map(|(least, detect)| i64::from(least) - i64::from(detect));
    }
    by_subject.into_values().collect()
}

/// The stage that an item, a site or most of a class has reached.
fn stage_of(about: &str, custodian: &Custodian, custody: &Custody) -> Option<String> {
    let one = custodian.items().chain(custodian.sites()).find(|i| i.item.as_str() == about);
    if let Some(item) = one {
        return Some(item.stage.clone());
    }
    let class = custody.classes.iter().find(|c| c.class == about)?;
    let words: Vec<String> = class
        .stages
        .iter()
        .map(|s| {
            let share = s.claimed + s.witnessed + s.verified;
            format!("{} {:.0} %", s.stage, share * 100.0)
        })
        .collect();
    Some(words.join(", "))
}

fn nothing(board: &Board) -> Vec<String> {
    let mut words = Vec::new();
    let c = &board.complete;
    if c.sealed.is_empty() {
        words.push("no declaration was sealed, so nothing is known of its opened share".to_owned());
    }
    for s in c.sealed.iter().filter(|s| s.share.is_none()) {
        words.push(format!("{}: how many places were sealed is not disclosed", s.seal));
    }
    if c.detection.is_empty() {
        words.push("no area was sealed, so no challenge can tell of hidden sites".to_owned());
    }
    if c.untested.1 == 0 {
        words.push("no site is declared in the clear".to_owned());
    }
    if board.verifiable.classes.is_empty() {
        words.push("no item is declared and no stage of a site is recorded".to_owned());
    }
    if !board.verifiable.verifiers_named {
        words.push("no agreement names who may verify, so nothing counts as verified".to_owned());
    }
    if board.irreversible.is_empty() {
        words.push("nobody has estimated a time to reverse".to_owned());
    }
    for r in board.irreversible.iter().filter(|r| r.margin_days.is_none()) {
        let lacks = if r.least_days.is_none() { "reverse" } else { "detect" };
        words.push(format!("{}: no time to {lacks} is estimated, so there is no margin", r.about));
    }
    words
}

/// A test against what is known.
fn result(test: &BoardTest, board: &Board, custody: &Custody) -> TestResult {
    let (value, words, because) = measure(test, board, custody);
    let verdict = match value {
        None => Verdict::RestsOnNothing,
        Some(value) => {
            let low = test.least.is_none_or(|least| value >= least.to_f64() - 1e-12);
            let high = test.most.is_none_or(|most| value <= most.to_f64() + 1e-12);
            if low && high { Verdict::Met } else { Verdict::NotMet }
        }
    };
    let limit = match (test.least, test.most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => String::new(),
    };
    let why = format!("{}: {words}; asked: {limit}", test.measure);
    TestResult { word: test.word, title: test.title.clone(), verdict, value, why, because }
}

type Measured = (Option<f64>, String, Vec<Index>);

fn measure(test: &BoardTest, board: &Board, custody: &Custody) -> Measured {
    let c = &board.complete;
    let count = |n: usize, words: &str| (Some(n as f64), format!("{n} {words}"), Vec::new());
    let none = |words: &str| (None, words.to_owned(), Vec::new());
    let is_it = |name: &str| test.of.as_deref().is_none_or(|of| of == name);
    match test.measure {
        Measure::OpenedShare => {
            let mut of = c.sealed.iter().filter(|s| is_it(s.seal.as_str()));
            match of.next() {
                None => none("nothing was sealed"),
                Some(s) => {
                    let total = s.of.map_or("an undisclosed number".to_owned(), |n| n.to_string());
                    (s.share, format!("{} of {total} places open", s.opened), s.because.clone())
                }
            }
        }
        Measure::OpenFindings => count(c.open_findings.len(), "findings open"),
        Measure::UndeclaredPlaces => {
            let likely: Vec<&Undeclared> =
                c.undeclared.iter().filter(|u| u.probability >= 0.5).collect();
            let words = "places seen, not declared, and more likely there than not";
            let because = likely.iter().flat_map(|u| u.because.clone()).collect();
            (Some(likely.len() as f64), format!("{} {words}", likely.len()), because)
        }
        Measure::SilentChallenges => match c.challenges {
            Challenges { answered: 0, waiting: 0, silent: 0 } => none("nothing was challenged"),
            all => count(all.silent, "challenges without an answer"),
        },
        Measure::DetectionProbability => {
            match c.detection.iter().find(|d| d.hidden == 1 && is_it(d.seal.as_str())) {
                None => none("no area was sealed"),
                Some(d) => {
                    let words =
                        format!("{} of {} cells answered, one hidden site", d.answered, d.cells);
                    (Some(d.probability), words, Vec::new())
                }
            }
        }
        Measure::UntestedSites => match c.untested {
            (_, 0) => none("no site is declared"),
            (n, all) => count(n, &format!("of {all} declared sites untested")),
        },
        Measure::ContradictingFigures => {
            count(c.contradicting_figures, "pairs of figures that cannot both be true")
        }
        Measure::ClaimedShare | Measure::WitnessedShare | Measure::VerifiedShare => {
            let Some(class) = custody.classes.iter().find(|k| is_it(&k.class)) else {
                return none("nothing of it is recorded");
            };
            let from = match &test.stage {
                None => 0,
                Some(stage) => {
                    match class.stages.iter().position(|s| s.stage.eq_ignore_ascii_case(stage)) {
                        Some(at) => at,
                        None => {
                            let words = format!("nothing of {} has reached `{stage}`", class.class);
                            return (Some(0.0), words, Vec::new());
                        }
                    }
                }
            };
            let share: f64 = class
                .stages
                .iter()
                .skip(from)
                .map(|s| match test.measure {
                    Measure::VerifiedShare => s.verified,
                    Measure::WitnessedShare => s.verified + s.witnessed,
                    _ => s.verified + s.witnessed + s.claimed,
                })
                .sum();
            let at =
                test.stage.as_ref().map(|s| format!(" at `{s}` or beyond")).unwrap_or_default();
            let words =
                format!("{:.1} % of {} (by {}){at}", share * 100.0, class.class, class.share_of);
            (Some(share), words, Vec::new())
        }
        Measure::ItemsInGap if custody.items == 0 => none("no item is declared"),
        Measure::ItemsInGap => count(custody.in_gap, "items in a gap of knowledge"),
        Measure::ItemsNeverSealed if custody.items == 0 => none("no item is declared"),
        Measure::ItemsNeverSealed => count(custody.never_sealed, "items never under seal"),
        Measure::DaysToReverse | Measure::MarginDays => {
            let of = board.irreversible.iter().filter(|r| is_it(&r.about));
            let value = |r: &Reversal| match test.measure {
                Measure::MarginDays => r.margin_days,
                _ => r.least_days.map(i64::from),
            };
            // Of several, the worst; of one without a figure, nothing can be said.
            let all: Vec<&Reversal> = of.collect();
            let worst = all.iter().map(|r| value(r)).min();
            match worst {
                None => none("nobody has estimated it"),
                Some(None) => none("not everything asked about is estimated"),
                Some(Some(days)) => {
                    let because = all.iter().flat_map(|r| r.because.clone()).collect();
                    (Some(days as f64), format!("{days} days"), because)
                }
            }
        }
    }
}
