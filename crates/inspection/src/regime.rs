//! Regimes of access as data: their clocks, votes, quotas and pauses, read from KDL.

use std::sync::Arc;

use notation::{Message, Node, Value, did_you_mean};
use serde::Serialize;
use statement::Basis;
use statement::tz::TimeZone;

/// The regimes that come with the program.
const SHIPPED: &str = include_str!("../regimes/regimes.kdl");

/// All regimes a case knows: those that come with the program, and its own.
#[derive(Debug, Clone)]
pub struct Regimes {
    all: Vec<Arc<Regime>>,
}

/// A regime of access.
#[derive(Debug, Clone)]
pub struct Regime {
    /// Its name in requests: `jcpoa`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Where its days begin and end.
    pub zone: TimeZone,
    /// Whether the visit depends on the other side's consent, so that declining is no breach.
    pub consent: bool,
    /// Whether the visit needs an answer that lets the team in.
    pub answer_needed: bool,
    /// Its clocks, in the order of the text.
    pub clocks: Vec<ClockRule>,
    /// How its bodies vote.
    pub votes: Vec<Vote>,
    /// How often it may be used.
    pub quotas: Vec<Quota>,
    /// The causes for which its clocks may stand still.
    pub pauses: Vec<String>,
}

/// One clock of a regime.
#[derive(Debug, Clone)]
pub struct ClockRule {
    /// Its name.
    pub name: String,
    /// How long it runs.
    pub limit: Limit,
    /// What starts it: the first of these to happen.
    pub from: Vec<Anchor>,
    /// The clock whose end starts it, instead.
    pub after: Option<String>,
    /// What meets it.
    pub to: Vec<Anchor>,
    /// Who has to act.
    pub holder: String,
    /// What the request becomes when it runs out: `silent`, `perimeter-final`.
    pub then: Option<String>,
    /// Whether it can be lengthened by agreement.
    pub extendable: bool,
    /// How days are counted.
    pub counting: Counting,
    /// Where it is laid down.
    pub source: String,
    /// How sure that is.
    pub basis: Basis,
}

/// How long a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// At most so long: a limit on delay.
    Most(Length),
    /// At least so long: a minimum notice.
    Least(Length),
    /// The text sets no limit.
    Unlimited,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Hours by the clock, whatever the calendar does.
    Hours(u32),
    /// Calendar days of the regime's zone.
    Days(u32),
}

/// How days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// The day of the event is not counted; the last day counts to its end.
    Exclusive,
    /// The day of the event is day 1; the last day counts to its end.
    Inclusive,
    /// To the same time of day, so many days later.
    SameTime,
}

/// What a clock can start from or be met by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Anchor {
    Authorised,
    ClarificationAsked,
    Clarified,
    Requested,
    Received,
    Answered,
    Granted,
    Escalated,
    Decided,
    TeamAtEntry,
    AtPerimeter,
    PerimeterProposed,
    PerimeterAgreed,
    OnSite,
    Left,
    Reported,
    Closed,
}

impl Anchor {
    const ALL: &[(&str, Anchor)] = &[
        ("authorised", Self::Authorised),
        ("clarification-asked", Self::ClarificationAsked),
        ("clarified", Self::Clarified),
        ("requested", Self::Requested),
        ("received", Self::Received),
        ("answered", Self::Answered),
        ("granted", Self::Granted),
        ("escalated", Self::Escalated),
        ("decided", Self::Decided),
        ("team-at-entry", Self::TeamAtEntry),
        ("at-perimeter", Self::AtPerimeter),
        ("perimeter-proposed", Self::PerimeterProposed),
        ("perimeter-agreed", Self::PerimeterAgreed),
        ("on-site", Self::OnSite),
        ("left", Self::Left),
        ("reported", Self::Reported),
        ("closed", Self::Closed),
    ];

    /// Its name in a regime.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, a)| *a == self).map_or("", |(name, _)| name)
    }
}

/// How a body votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Vote {
    /// The body.
    pub body: String,
    /// Votes needed.
    pub need: u32,
    /// Members.
    pub of: u32,
    /// Whether consensus does as well.
    pub consensus: bool,
    /// Whether the vote stops what otherwise goes on.
    pub to_stop: bool,
}

/// How often a regime may be used in a calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quota {
    /// How often.
    pub most: u32,
    /// Against whom it is counted: `site` or `party`.
    pub by: QuotaBy,
}

/// What a quota is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QuotaBy {
    /// By site.
    Site,
    /// By the party asked.
    Party,
}

impl Default for Regimes {
    fn default() -> Self {
        Self::shipped()
    }
}

impl Regimes {
    /// The regimes that come with the program.
    #[must_use]
    pub fn shipped() -> Self {
        let mut regimes = Self { all: Vec::new() };
        // A test demands that the shipped text has no faults.
        let messages = regimes.add(&notation::read(SHIPPED).document.nodes);
        debug_assert!(messages.is_empty(), "{messages:?}");
        regimes
    }

    /// Adds the `regime` nodes of a text; one of a name that is there takes its place. Returns what is wrong with
    /// them.
    pub fn add(&mut self, nodes: &[Node]) -> Vec<Message> {
        let mut messages = Vec::new();
        for node in nodes.iter().filter(|n| n.name == "regime") {
            if let Some(regime) = regime(node, &mut messages) {
                self.all.retain(|r| r.name != regime.name);
                self.all.push(Arc::new(regime));
            }
        }
        messages
    }

    /// The regime of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Regime>> {
        self.all.iter().find(|r| r.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Regime>> {
        self.all.iter()
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_text).filter(|t| !t.trim().is_empty()).map(str::to_owned)
}

fn flag(value: Option<&Value>) -> Option<bool> {
    value.and_then(Value::as_bool)
}

/// A text that a node needs.
fn need(
    node: &Node,
    value: Option<&Value>,
    what: &str,
    messages: &mut Vec<Message>,
) -> Option<String> {
    let found = text(value);
    if found.is_none() {
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        let words = format!("`{}` needs {what}", node.name);
        messages.push(Message::error("F001", span, words, "here"));
    }
    found
}

fn number(node: &Node, value: Option<&Value>, messages: &mut Vec<Message>) -> Option<u32> {
    let digits = need(node, value, "a number", messages)?;
    let parsed = digits.parse::<u32>().ok().filter(|n| *n <= 100_000);
    if parsed.is_none() {
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        let words = format!("`{digits}` is not a whole number up to 100000");
        messages.push(Message::error("F002", span, words, "here"));
    }
    parsed
}

fn unknown(node: &Node, known: &[&str], messages: &mut Vec<Message>) {
    let words = format!("`{}` is not known here", node.name);
    let help = did_you_mean(&node.name, known.iter().copied()).map_or_else(
        || format!("known are: {}", known.join(", ")),
        |word| format!("did you mean `{word}`?"),
    );
    messages.push(Message::error("F003", node.name_span.clone(), words, "not known").help(help));
}

/// Properties a node does not have; a limit that is not understood is an error, never ignored.
fn properties(node: &Node, known: &[&str], messages: &mut Vec<Message>) {
    for (name, span, _) in node.props().filter(|(name, _, _)| !known.contains(name)) {
        let words = match name {
            "months" | "years" => {
                "a clock is in hours or days: how long a month is depends on where it begins"
                    .to_owned()
            }
            _ => format!("`{}` has no property `{name}`", node.name),
        };
        let help = did_you_mean(name, known.iter().copied()).map_or_else(
            || format!("known are: {}", known.join(", ")),
            |word| format!("did you mean `{word}`?"),
        );
        messages.push(Message::error("F004", span.clone(), words, "not known").help(help));
    }
}

fn regime(node: &Node, messages: &mut Vec<Message>) -> Option<Regime> {
    let name = need(node, node.arg(0), "a name", messages)?;
    let mut regime = Regime {
        title: name.clone(),
        name,
        zone: TimeZone::UTC,
        consent: false,
        answer_needed: true,
        clocks: Vec::new(),
        votes: Vec::new(),
        quotas: Vec::new(),
        pauses: Vec::new(),
    };
    const NODES: &[&str] =
        &["title", "timezone", "consent", "answer-needed", "clock", "vote", "quota", "pause"];
    for child in &node.children {
        match child.name.as_str() {
            "title" => {
                if let Some(title) = need(child, child.arg(0), "a title", messages) {
                    regime.title = title;
                }
            }
            "timezone" => {
                let Some(zone) = need(child, child.arg(0), "a time zone", messages) else {
                    continue;
                };
                match TimeZone::get(&zone) {
                    Ok(zone) => regime.zone = zone,
                    Err(_) => {
                        let words = format!("`{zone}` is not a time zone of the IANA database");
                        let span = child.arg(0).map_or(child.span.clone(), |v| v.span.clone());
                        messages.push(
                            Message::error("F005", span, words, "not known")
                                .help("write UTC, Asia/Pyongyang, Europe/Vienna"),
                        );
                    }
                }
            }
            "consent" => regime.consent = flag(child.arg(0)).unwrap_or(true),
            "answer-needed" => regime.answer_needed = flag(child.arg(0)).unwrap_or(true),
            "clock" => regime.clocks.extend(clock(child, messages)),
            "vote" => regime.votes.extend(vote(child, messages)),
            "quota" => {
                properties(child, &["by"], messages);
                let by = match text(child.prop("by")).as_deref() {
                    Some("party") => QuotaBy::Party,
                    _ => QuotaBy::Site,
                };
                if let Some(most) = number(child, child.arg(0), messages) {
                    regime.quotas.push(Quota { most, by });
                }
            }
            "pause" => regime.pauses.extend(child.args().filter_map(|v| text(Some(v)))),
            _ => unknown(child, NODES, messages),
        }
    }
    for clock in &regime.clocks {
        if let Some(after) = &clock.after
            && !regime.clocks.iter().any(|c| c.name == *after)
        {
            let words =
                format!("the clock `{}` starts after `{after}`, which is no clock", clock.name);
            messages.push(Message::error("F006", node.name_span.clone(), words, "in this regime"));
        }
    }
    Some(regime)
}

fn anchors(node: &Node, messages: &mut Vec<Message>) -> Vec<Anchor> {
    let mut found = Vec::new();
    for value in node.args() {
        let word = text(Some(value)).unwrap_or_default();
        match Anchor::ALL.iter().find(|(name, _)| *name == word) {
            Some((_, anchor)) => found.push(*anchor),
            None => {
                let names = Anchor::ALL.iter().map(|(name, _)| *name);
                let help = did_you_mean(&word, names.clone()).map_or_else(
                    || format!("known are: {}", names.collect::<Vec<_>>().join(", ")),
                    |word| format!("did you mean `{word}`?"),
                );
                let words = format!("`{word}` is no event of a request");
                messages.push(
                    Message::error("F007", value.span.clone(), words, "not known").help(help),
                );
            }
        }
    }
    found
}

fn clock(node: &Node, messages: &mut Vec<Message>) -> Option<ClockRule> {
    let name = need(node, node.arg(0), "a name", messages)?;
    let mut limit = None;
    let mut rule = ClockRule {
        name,
        limit: Limit::Unlimited,
        from: Vec::new(),
        after: None,
        to: Vec::new(),
        holder: "requested".to_owned(),
        then: None,
        extendable: false,
        counting: Counting::Exclusive,
        source: String::new(),
        basis: Basis::Memory,
    };
    const NODES: &[&str] = &[
        "most",
        "least",
        "unlimited",
        "from",
        "after",
        "to",
        "holder",
        "then",
        "extendable",
        "source",
    ];
    for child in &node.children {
        match child.name.as_str() {
            "most" | "least" => {
                properties(child, &["hours", "days", "count"], messages);
                match text(child.prop("count")).as_deref() {
                    None | Some("exclusive") => {}
                    Some("inclusive") => rule.counting = Counting::Inclusive,
                    Some("same-time") => rule.counting = Counting::SameTime,
                    Some(word) => {
                        let words = format!("`{word}` is no way to count days");
                        messages.push(
                            Message::error("F008", child.span.clone(), words, "here")
                                .help("write count=\"exclusive\", \"inclusive\" or \"same-time\""),
                        );
                    }
                }
                let hours = child.prop("hours");
                let length = match (hours, child.prop("days")) {
                    (Some(hours), None) => number(child, Some(hours), messages).map(Length::Hours),
                    (None, Some(days)) => number(child, Some(days), messages).map(Length::Days),
                    _ => {
                        let words = format!("`{}` needs either hours or days", child.name);
                        messages.push(Message::error("F009", child.span.clone(), words, "here"));
                        None
                    }
                };
                if let Some(length) = length {
                    limit = Some(match child.name.as_str() {
                        "most" => Limit::Most(length),
                        _ => Limit::Least(length),
                    });
                }
            }
            "unlimited" => limit = Some(Limit::Unlimited),
            "from" => rule.from = anchors(child, messages),
            "after" => rule.after = need(child, child.arg(0), "the name of a clock", messages),
            "to" => rule.to = anchors(child, messages),
            "holder" => {
                rule.holder =
                    need(child, child.arg(0), "a side or a body", messages).unwrap_or_default();
            }
            "then" => rule.then = need(child, child.arg(0), "a state", messages),
            "extendable" => rule.extendable = flag(child.arg(0)).unwrap_or(true),
            "source" => {
                properties(child, &["basis"], messages);
                rule.source = need(child, child.arg(0), "a source", messages).unwrap_or_default();
                rule.basis = match text(child.prop("basis")).as_deref() {
                    Some("seen") => Basis::Seen,
                    Some("mixed") => Basis::Mixed,
                    Some("memory") | None => Basis::Memory,
                    Some(word) => {
                        let words = format!("`{word}` is not a basis: seen, mixed or memory");
                        messages.push(Message::error("F010", child.span.clone(), words, "here"));
                        Basis::Memory
                    }
                };
            }
            _ => unknown(child, NODES, messages),
        }
    }
    let mut lacks = |what: &str| {
        let words = format!("the clock `{}` does not say {what}", rule.name);
        messages.push(Message::error("F011", node.name_span.clone(), words, "this clock"));
    };
    match limit {
        Some(limit) => rule.limit = limit,
        None => lacks("how long it runs: most, least or unlimited"),
    }
    if rule.from.is_empty() && rule.after.is_none() {
        lacks("what starts it: from or after");
    }
    if rule.to.is_empty() {
        lacks("what meets it: to");
    }
    if rule.source.is_empty() {
        lacks("where it is laid down: source");
    }
    let whole = limit.is_some() && (!rule.from.is_empty() || rule.after.is_some());
    whole.then_some(rule)
}

fn vote(node: &Node, messages: &mut Vec<Message>) -> Option<Vote> {
    properties(node, &["body", "need", "of", "consensus", "to-stop"], messages);
    let body = need(node, node.prop("body"), "the property `body`", messages)?;
    let of = number(node, node.prop("of"), messages)?;
    let words = need(node, node.prop("need"), "the property `need`", messages)?;
    // A share of all members, rounded up: three quarters of 41 are 31.
    let votes = match words.split_once('/') {
        Some((above, below)) => match (above.parse::<u32>(), below.parse::<u32>()) {
            (Ok(above), Ok(below)) if below > 0 && above <= below && below <= 100 => {
                Some((of * above).div_ceil(below))
            }
            _ => None,
        },
        None => words.parse().ok(),
    };
    let votes = votes.filter(|votes| *votes <= of);
    if votes.is_none() {
        let fault = format!("`{words}` of {of} is no majority");
        let help = "write a number of votes or a share of the members, as in \"3/4\"";
        messages.push(Message::error("F012", node.span.clone(), fault, "here").help(help));
    }
    Some(Vote {
        body,
        need: votes?,
        of,
        consensus: flag(node.prop("consensus")).unwrap_or(false),
        to_stop: flag(node.prop("to-stop")).unwrap_or(false),
    })
}
