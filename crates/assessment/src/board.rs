//! The board: complete, verifiable, irreversible. What is known of each of the three words, gathered from all rooms,
//! and the parties' own tests. There is no single score: nobody has published a threshold for any of the three, and the
//! numbers belong to the parties (Carnegie 2018; VERTIC 2011: irreversibility is cost and difficulty of reversal, a
//! scale).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use accountancy::{AccountSummary, BalanceRow, Figures};
use case::{Case, Index};
use crosscheck::Crosscheck;
use custody::{Custodian, Custody, ItemStatus};
use inspection::{ChallengeState, Coverage, SealedStatus};
use notation::{Message, Node, Value, did_you_mean};
use serde::Serialize;
use statement::kinds::items::TimeTo;
use statement::{Date, Decimal, ObjectId};

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
    /// Findings that are raised and not resolved, the likeliest first.
    pub open_findings: Vec<OpenFinding>,
    /// Places seen and not declared, each with the probability that some source of it is right.
    pub undeclared: Vec<Undeclared>,
    /// Challenges: answered, waiting, silent, and what the answers were.
    pub challenges: Challenges,
    /// The probability that the cells answered so far would have met at least one of so many hidden sites, if they
    /// had been drawn at random. They were not, if somebody chose them: then it is a floor only for places as likely
    /// as any other.
    pub detection: Vec<Detection>,
    /// Declared sites that no inspection, measurement or seal has tested, of all declared.
    pub untested: (usize, usize),
    /// Figures that cannot both be true.
    pub contradicting_figures: usize,
    /// Material balances of the accounting reports.
    pub balances: Vec<BalanceVerdict>,
}

/// A finding that is open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenFinding {
    /// The finding.
    pub id: ObjectId,
    /// What it says.
    pub what: String,
    /// When it was raised.
    pub raised_on: Date,
    /// The probability that the cross-check gives to what it is about: that there is something undeclared in the place, or
    /// that the declared site is not what is there. Absent when nothing it is about was weighed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Least and most over the range of the inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// What is known of a material balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BalanceVerdict {
    /// Its name.
    pub id: String,
    /// The material balance area.
    pub mba: String,
    /// The category of material.
    pub material: String,
    /// First and last day of the period.
    pub period: (String, String),
    /// Whether it closes.
    pub verdict: Closure,
    /// The inventory difference with its unit; absent when no inventory was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// Whether a balance closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// Book and physical inventory agree to the last digit.
    Closes,
    /// They differ by no more than the measurement errors explain, by the test of this balance alone.
    WithinErrors,
    /// The difference is above the limit of that test: a reason to look, not a finding.
    Alarm,
    /// They differ, and no measurement errors are given: no verdict.
    Differs,
    /// No physical inventory was taken, so nothing was tested.
    NoInventory,
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
    /// Cells that were answered by opening what stands there.
    pub occupied: usize,
    /// Cells that were proved to have been committed empty.
    pub empty: usize,
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
    /// The entries it rests on.
    pub because: Vec<Index>,
}

/// What is known of verifiability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verifiable {
    /// Classes of items and sites with the shares claimed, witnessed and verified at each stage.
    pub classes: Vec<custody::ClassStatus>,
    /// For each class: the least recent day on which any of it was confirmed under seal, and how much never was.
    pub continuity: Vec<Continuity>,
    /// For each class: what verifying so many of it would have found.
    pub detection: Vec<ClassDetection>,
    /// How many items are declared.
    pub items: usize,
    /// Items whose continuity of knowledge is broken now.
    pub in_gap: usize,
    /// Items that were never under seal.
    pub never_sealed: usize,
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
    /// How many entries it rests on.
    pub entries: usize,
    /// The first of them.
    pub because: Vec<Index>,
}

/// The probability that whoever verified some items of a class would have met at least one of so many false ones, had the
/// items been drawn at random and each false one been recognised (hypergeometric; 1 - C(N-r, n) / C(N, n)).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassDetection {
    /// The class.
    pub class: String,
    /// Items of the class, N.
    pub items: u64,
    /// Items verified at the stage they reached, n.
    pub verified: u64,
    /// False items supposed, r.
    pub false_items: u64,
    /// The probability.
    pub probability: f64,
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
    /// Least and most cost with its currency.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Word {
    Complete,
    Verifiable,
    Irreversible,
}

impl Word {
    /// All three, in their order.
    pub const ALL: [Self; 3] = [Self::Complete, Self::Verifiable, Self::Irreversible];
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Complete => "complete",
            Self::Verifiable => "verifiable",
            Self::Irreversible => "irreversible",
        })
    }
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
    OpenBalances,
    ClaimedShare,
    WitnessedShare,
    VerifiedShare,
    ClassDetection,
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
    ("open-balances", Measure::OpenBalances),
    ("claimed-share", Measure::ClaimedShare),
    ("witnessed-share", Measure::WitnessedShare),
    ("verified-share", Measure::VerifiedShare),
    ("class-detection", Measure::ClassDetection),
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
    /// What to ask `why` for: its word and its number among the tests of that word.
    pub id: String,
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

impl Verdict {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::RestsOnNothing => "rests on nothing",
        }
    }
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

/// What the board is made of.
pub(crate) struct Parts<'a> {
    pub as_of: &'a Date,
    pub case: &'a Case,
    pub crosscheck: &'a Crosscheck,
    pub figures: &'a Figures,
    pub accounts: &'a AccountSummary,
    pub coverage: &'a Coverage,
    pub sealed: &'a [SealedStatus],
    /// Has just assessed the same case on the same day, with the result `custody`.
    pub custodian: &'a Custodian,
    pub custody: &'a Custody,
    pub tests: &'a [BoardTest],
}

/// Gathers the board.
pub(crate) fn board(parts: &Parts<'_>) -> Board {
    let custody = parts.custody;
    let verifiable = Verifiable {
        classes: custody.classes.clone(),
        continuity: continuity(parts.custodian),
        detection: class_detection(custody),
        items: custody.items,
        in_gap: custody.in_gap,
        never_sealed: custody.never_sealed,
        problems: custody.problems.len(),
        verifiers_named: custody.verifiers_named,
    };
    let mut board = Board {
        as_of: parts.as_of.clone(),
        complete: complete(parts),
        verifiable,
        irreversible: reversals(parts),
        tests: Vec::new(),
        rests_on_nothing: Vec::new(),
    };
    board.rests_on_nothing = nothing(&board);
    let mut numbers: BTreeMap<Word, usize> = BTreeMap::new();
    for test in parts.tests {
        let number = numbers.entry(test.word).or_default();
        *number += 1;
        let id = format!("test.{}.{number}", test.word);
        let result = result(id, test, &board);
        board.tests.push(result);
    }
    board
}

fn complete(parts: &Parts<'_>) -> Complete {
    let mut challenges = Challenges::default();
    let (mut sealed, mut detection) = (Vec::new(), Vec::new());
    for s in parts.sealed {
        for c in &s.challenges {
            match c.state {
                ChallengeState::Answered => challenges.answered += 1,
                ChallengeState::Waiting => challenges.waiting += 1,
                ChallengeState::Silent => challenges.silent += 1,
            }
            challenges.occupied += c.occupied;
            challenges.empty += c.empty;
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
                because: s.because.clone(),
            }));
        }
    }
    Complete {
        sealed,
        open_findings: open_findings(parts),
        undeclared: parts
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
        untested: (parts.coverage.untested, parts.coverage.sites.len()),
        contradicting_figures: parts.figures.groups.iter().map(|g| g.disagreements.len()).sum(),
        balances: parts.accounts.balances.iter().map(|b| closure(b, parts.accounts)).collect(),
    }
}

fn closure(b: &BalanceRow, accounts: &AccountSummary) -> BalanceVerdict {
    let judged = accounts.judgements.iter().find(|j| {
        j.measured == statement::kinds::account::Measured::Element
            && j.mba == b.mba
            && j.material.to_string() == b.material
    });
    let period = judged.and_then(|j| j.periods.iter().find(|p| p.last == b.last));
    let limit = period.and_then(|p| Some((p.muf, p.limit?)));
    let verdict = match (b.muf.as_ref().map(|muf| muf.parse::<Decimal>()), limit) {
        (None, _) => Closure::NoInventory,
        (Some(Ok(muf)), _) if muf == Decimal::ZERO => Closure::Closes,
        (Some(_), Some((muf, limit))) if muf > limit => Closure::Alarm,
        (Some(_), Some(_)) => Closure::WithinErrors,
        (Some(_), None) => Closure::Differs,
    };
    BalanceVerdict {
        id: b.id.clone(),
        mba: b.mba.clone(),
        material: b.material.clone(),
        period: (b.first.clone(), b.last.clone()),
        verdict,
        difference: b.muf.as_ref().map(|muf| format!("{muf} {}", b.unit)),
    }
}

/// Findings that nobody resolved, with what the cross-check says of what they are about.
fn open_findings(parts: &Parts<'_>) -> Vec<OpenFinding> {
    let day = parts.as_of.earliest();
    let mut open: Vec<OpenFinding> = parts
        .case
        .findings
        .iter()
        .filter(|f| f.body.raised.on.earliest() <= day && f.body.resolved_by(day).is_none())
        .map(|f| {
            let about = |id: &ObjectId| f.body.raised.about.contains(id);
            let c = parts.crosscheck;
            let undeclared = c
                .unmatched
                .iter()
                .filter(|p| about(&p.id) || p.observations.iter().any(about))
                .map(|p| (p.weighing.probability, p.weighing.low, p.weighing.high));
            // A site's question is whether it was seen there; a finding doubts that.
            let declared = c.sites.iter().filter(|s| about(&s.site)).map(|s| {
                let w = &s.weighing;
                (1.0 - w.probability, 1.0 - w.high, 1.0 - w.low)
            });
            let likeliest = undeclared.chain(declared).max_by(|a, b| a.0.total_cmp(&b.0));
            OpenFinding {
                id: f.id.clone(),
                what: f.body.raised.what.clone(),
                raised_on: f.body.raised.on.clone(),
                probability: likeliest.map(|(p, ..)| p),
                range: likeliest.map(|(_, low, high)| (low, high)),
                because: f.because.clone(),
            }
        })
        .collect();
    open.sort_by(|a, b| {
        let known = |f: &OpenFinding| f.probability.unwrap_or(-1.0);
        known(b).total_cmp(&known(a)).then_with(|| a.id.cmp(&b.id))
    });
    open
}

/// Entries of a class that are listed; of the rest only the number is kept.
const LISTED: usize = 40;

fn continuity(custodian: &Custodian) -> Vec<Continuity> {
    let mut classes: BTreeMap<&str, Continuity> = BTreeMap::new();
    for item in custodian.each() {
        let row = classes.entry(&item.category).or_insert_with(|| Continuity {
            class: item.category.to_string(),
            confirmed: 0,
            in_gap: 0,
            never_sealed: 0,
            oldest_confirmation: None,
            entries: 0,
            because: Vec::new(),
        });
        row.entries += item.because.len();
        let room = LISTED.saturating_sub(row.because.len());
        row.because.extend(item.because.iter().take(room));
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

/// For one false item, and for one in twenty.
fn class_detection(custody: &Custody) -> Vec<ClassDetection> {
    let mut rows = Vec::new();
    for class in &custody.classes {
        let items = class.items as u64;
        let verified = class.stages.iter().map(|s| s.verified_items).sum::<usize>() as u64;
        for false_items in BTreeSet::from([1, items.div_ceil(20).max(1)]) {
            rows.push(ClassDetection {
                class: class.class.clone(),
                items,
                verified,
                false_items,
                probability: escrow::power::uniform(items, false_items, verified),
            });
        }
    }
    rows
}

fn reversals(parts: &Parts<'_>) -> Vec<Reversal> {
    let day = parts.as_of.earliest();
    let empty = |about: &str, stage: Option<String>, because: Vec<Index>| Reversal {
        about: about.to_owned(),
        stage,
        estimates: Vec::new(),
        least_days: None,
        detect_days: None,
        margin_days: None,
        because,
    };
    // Each facility and each class of items has a row, whether or not anybody has estimated it.
    let mut by_subject: BTreeMap<&str, Reversal> = BTreeMap::new();
    for site in parts.custodian.sites() {
        let because = site.because.iter().copied().take(LISTED).collect();
        let row = empty(site.item.as_str(), Some(site.stage.to_string()), because);
        by_subject.insert(site.item.as_str(), row);
    }
    let classes: BTreeSet<&str> = parts.custodian.items().map(|item| &*item.category).collect();
    for class in classes {
        by_subject.insert(class, empty(class, stages_of(class, parts.custody), Vec::new()));
    }
    let mut said: Vec<_> =
        parts.case.reversals.iter().filter(|r| r.body.on.earliest() <= day).collect();
    said.sort_by(|a, b| case::in_time(&a.body.on, &b.body.on).then_with(|| a.id.cmp(&b.id)));
    for r in said {
        let b = &r.body;
        let row = by_subject.entry(&b.about).or_insert_with(|| {
            let item = parts.custodian.items().find(|i| i.item.as_str() == b.about);
            let stage = item.map(|i: &ItemStatus| i.stage.to_string());
            empty(&b.about, stage.or_else(|| stages_of(&b.about, parts.custody)), Vec::new())
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

/// The stages that a class has reached, each with its share.
fn stages_of(class: &str, custody: &Custody) -> Option<String> {
    let class = custody.classes.iter().find(|c| c.class == class)?;
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
    if c.balances.is_empty() {
        words.push("no accounting report is recorded, so no material balance was drawn".to_owned());
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
        let lacks = match (r.least_days, r.detect_days) {
            (None, None) => "reverse or to detect",
            (None, _) => "reverse",
            _ => "detect",
        };
        words.push(format!("{}: no time to {lacks} is estimated, so there is no margin", r.about));
    }
    words
}

/// A test against what is known.
fn result(id: String, test: &BoardTest, board: &Board) -> TestResult {
    let asked =
        Asked { measure: test.measure, of: test.of.as_deref(), stage: test.stage.as_deref() };
    let (value, words, because) = measure(&asked, board);
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
    TestResult { id, word: test.word, title: test.title.clone(), verdict, value, why, because }
}

/// What is measured, of what, at which stage.
struct Asked<'a> {
    measure: Measure,
    of: Option<&'a str>,
    stage: Option<&'a str>,
}

type Measured = (Option<f64>, String, Vec<Index>);

/// The value of a measure, in words, with the entries it rests on.
fn measure(asked: &Asked<'_>, board: &Board) -> Measured {
    let (c, v) = (&board.complete, &board.verifiable);
    let count = |n: usize, words: &str, because: Vec<Index>| {
        (Some(n as f64), format!("{n} {words}"), because)
    };
    let none = |words: &str| (None, words.to_owned(), Vec::new());
    let is_it = |name: &str| asked.of.is_none_or(|of| of == name);
    match asked.measure {
        Measure::OpenedShare => match c.sealed.iter().find(|s| is_it(s.seal.as_str())) {
            None => none("nothing was sealed"),
            Some(s) => {
                let total = s.of.map_or("an undisclosed number".to_owned(), |n| n.to_string());
                (s.share, format!("{} of {total} places open", s.opened), s.because.clone())
            }
        },
        Measure::OpenFindings => {
            let because = c.open_findings.iter().flat_map(|f| f.because.clone()).collect();
            count(c.open_findings.len(), "findings open", because)
        }
        Measure::UndeclaredPlaces => {
            let likely: Vec<&Undeclared> =
                c.undeclared.iter().filter(|u| u.probability >= 0.5).collect();
            let words = "places seen, not declared, and more likely there than not";
            let because = likely.iter().flat_map(|u| u.because.clone()).collect();
            count(likely.len(), words, because)
        }
        Measure::SilentChallenges => {
            let all = c.challenges;
            if all.answered + all.waiting + all.silent == 0 {
                return none("nothing was challenged");
            }
            let because = c.sealed.iter().flat_map(|s| s.because.clone()).collect();
            count(all.silent, "challenges without an answer", because)
        }
        Measure::DetectionProbability => {
            match c.detection.iter().find(|d| d.hidden == 1 && is_it(d.seal.as_str())) {
                None => none("no area was sealed"),
                Some(d) => {
                    let words =
                        format!("{} of {} cells answered, one hidden site", d.answered, d.cells);
                    (Some(d.probability), words, d.because.clone())
                }
            }
        }
        Measure::UntestedSites => match c.untested {
            (_, 0) => none("no site is declared"),
            (n, all) => count(n, &format!("of {all} declared sites untested"), Vec::new()),
        },
        Measure::ContradictingFigures => {
            let words = "pairs of figures that cannot both be true";
            count(c.contradicting_figures, words, Vec::new())
        }
        Measure::OpenBalances if c.balances.is_empty() => none("no accounting report is recorded"),
        Measure::OpenBalances => {
            let open = c
                .balances
                .iter()
                .filter(|b| !matches!(b.verdict, Closure::Closes | Closure::WithinErrors))
                .count();
            count(
                open,
                &format!("of {} material balances do not close", c.balances.len()),
                Vec::new(),
            )
        }
        Measure::ClaimedShare | Measure::WitnessedShare | Measure::VerifiedShare => {
            share(asked, board)
        }
        Measure::ClassDetection => {
            match v.detection.iter().filter(|d| is_it(&d.class)).max_by_key(|d| d.false_items) {
                None => none("nothing of it is recorded"),
                Some(_) if !v.verifiers_named => {
                    none("no agreement names who may verify, so nothing was verified")
                }
                Some(d) => {
                    let words = format!(
                        "{} of {} verified, {} of them false",
                        d.verified, d.items, d.false_items
                    );
                    (Some(d.probability), words, listed(board, &d.class))
                }
            }
        }
        Measure::ItemsInGap | Measure::ItemsNeverSealed if v.items == 0 => {
            none("no item is declared")
        }
        Measure::ItemsInGap => count(v.in_gap, "items in a gap of knowledge", Vec::new()),
        Measure::ItemsNeverSealed => count(v.never_sealed, "items never under seal", Vec::new()),
        Measure::DaysToReverse | Measure::MarginDays => {
            // Of several, the worst; of one without a figure, nothing can be said.
            let of = board.irreversible.iter().filter(|r| is_it(&r.about));
            let all: Vec<&Reversal> =
                of.filter(|r| asked.of.is_some() || !r.estimates.is_empty()).collect();
            let worst = all.iter().map(|r| match asked.measure {
                Measure::MarginDays => r.margin_days,
                _ => r.least_days.map(i64::from),
            });
            match worst.min() {
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

/// The share of a class at a stage or beyond.
fn share(asked: &Asked<'_>, board: &Board) -> Measured {
    let is_it = |name: &str| asked.of.is_none_or(|of| of == name);
    let Some(class) = board.verifiable.classes.iter().find(|k| is_it(&k.class)) else {
        return (None, "nothing of it is recorded".to_owned(), Vec::new());
    };
    let because = listed(board, &class.class);
    let from = match asked.stage {
        None => 0,
        Some(stage) => {
            match class.stages.iter().position(|s| s.stage.eq_ignore_ascii_case(stage)) {
                Some(at) => at,
                None => {
                    let words = format!("nothing of {} has reached `{stage}`", class.class);
                    return (Some(0.0), words, because);
                }
            }
        }
    };
    let share: f64 = class
        .stages
        .iter()
        .skip(from)
        .map(|s| match asked.measure {
            Measure::VerifiedShare => s.verified,
            Measure::WitnessedShare => s.verified + s.witnessed,
            _ => s.verified + s.witnessed + s.claimed,
        })
        .sum();
    let at = asked.stage.map(|s| format!(" at `{s}` or beyond")).unwrap_or_default();
    let words = format!("{:.1} % of {} (by {}){at}", share * 100.0, class.class, class.share_of);
    (Some(share), words, because)
}

/// The first entries that a class rests on.
fn listed(board: &Board, class: &str) -> Vec<Index> {
    let row = board.verifiable.continuity.iter().find(|c| c.class == class);
    row.map(|row| row.because.clone()).unwrap_or_default()
}

impl Board {
    /// What a test, a class, a facility or a measure is, in words, with the entries it rests on. Empty when the board has
    /// nothing of that name.
    #[must_use]
    pub fn explain(&self, id: &str) -> (Vec<String>, Vec<Index>) {
        let (mut words, mut because) = (Vec::new(), Vec::new());
        for t in self.tests.iter().filter(|t| t.id == id) {
            words.push(format!("a test of the parties for the word {}: {}", t.word, t.title));
            words.push(format!("{}: {}", t.verdict.words(), t.why));
            because.extend(&t.because);
        }
        for class in self.verifiable.classes.iter().filter(|c| c.class == id) {
            words.push(format!("class {id}: {} items, shares by {}", class.items, class.share_of));
            words.extend(class.stages.iter().map(|s| {
                format!(
                    "      {}: claimed {:.1} %, witnessed {:.1} %, verified {:.1} %",
                    s.stage,
                    s.claimed * 100.0,
                    s.witnessed * 100.0,
                    s.verified * 100.0
                )
            }));
            for d in self.verifiable.detection.iter().filter(|d| d.class == id) {
                if d.verified == 0 {
                    words.push(
                        "none is verified, so nothing tells a false one from a true one".to_owned(),
                    );
                    break;
                }
                words.push(format!(
                    "{} of {} verified: {:.1} % that at least one of {} false ones would have been met, had they been drawn at random and each false one been recognised",
                    d.verified,
                    d.items,
                    d.probability * 100.0,
                    d.false_items
                ));
            }
            for row in self.verifiable.continuity.iter().filter(|c| c.class == id) {
                let since = row.oldest_confirmation.as_ref();
                words.push(format!(
                    "{} confirmed under seal{}, {} in a gap, {} never sealed",
                    row.confirmed,
                    since.map(|on| format!(" (the oldest on {on})")).unwrap_or_default(),
                    row.in_gap,
                    row.never_sealed
                ));
                if row.entries > row.because.len() {
                    words.push(format!(
                        "it rests on {} entries; the first {} follow",
                        row.entries,
                        row.because.len()
                    ));
                }
                because.extend(&row.because);
            }
        }
        for r in self.irreversible.iter().filter(|r| r.about == id) {
            let stage = r.stage.as_deref().unwrap_or("no stage recorded");
            words.push(format!("to go back from `{stage}`:"));
            for e in &r.estimates {
                let what = match e.time_to {
                    TimeTo::Reverse => "reverse",
                    TimeTo::Detect => "detect",
                };
                let cost = e.cost.as_ref().map(|c| format!(", {c}")).unwrap_or_default();
                words.push(format!(
                    "      to {what} {} to {} days{cost}: {} on {} ({}; {})",
                    e.days.0, e.days.1, e.assessor, e.on, e.what, e.source
                ));
            }
            words.push(match (r.least_days, r.detect_days, r.margin_days) {
                (Some(least), Some(detect), Some(margin)) => {
                    format!(
                        "margin {margin} days: least to reverse {least}, most to detect {detect}"
                    )
                }
                (None, None, _) => "nobody has estimated it, so there is no margin".to_owned(),
                (None, ..) => {
                    "nobody has estimated the time to reverse, so there is no margin".to_owned()
                }
                _ => "nobody has estimated the time to detect, so there is no margin".to_owned(),
            });
            because.extend(&r.because);
        }
        for s in self.complete.sealed.iter().filter(|s| s.seal.as_str() == id) {
            let of = s.of.map_or("a number not disclosed".to_owned(), |n| n.to_string());
            words.push(format!("sealed: {} of {of} places open", s.opened));
            because.extend(&s.because);
        }
        for f in self.complete.open_findings.iter().filter(|f| f.id.as_str() == id) {
            let chance = match (f.probability, f.range) {
                (Some(p), Some((low, high))) => {
                    format!("{:.0} % ({:.0} to {:.0})", p * 100.0, low * 100.0, high * 100.0)
                }
                _ => "nothing it is about was weighed".to_owned(),
            };
            words.push(format!("open since {}: {chance}", f.raised_on));
        }
        // The rows of the first word go by the names of their measures.
        if words.is_empty()
            && let Some((_, of)) = MEASURES.iter().find(|(name, _)| *name == id)
        {
            let asked = Asked { measure: *of, of: None, stage: None };
            let (_, said, behind) = measure(&asked, self);
            words.push(format!("{id}: {said}"));
            because.extend(behind);
        }
        (words, because)
    }
}
