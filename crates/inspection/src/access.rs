//! Where each access request stands: its state, its clocks, who used how many days and why.

use std::fmt;
use std::sync::Arc;

use case::{Access, Case, Index, Record};
use serde::{Serialize, Serializer};
use statement::kinds::access::{AccessAnswer, AccessStep, Ruling};
use statement::tz::TimeZone;
use statement::{Basis, Date, ObjectId, Outcome, PartyId, Standing, Timestamp, civil, days};

use crate::clock::{self, Span, plus, shown};
use crate::regime::{Anchor, ClockRule, Limit, QuotaBy, Regime, Regimes, Vote};

/// The moment a case is looked at: a whole day, or one second of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    last: Timestamp,
    day: Option<civil::Date>,
}

impl AsOf {
    /// At the end of a day, UTC: all of that day has happened.
    #[must_use]
    pub fn day(day: civil::Date) -> Self {
        Self { last: statement::last_second(day, &TimeZone::UTC), day: Some(day) }
    }

    /// At one instant.
    #[must_use]
    pub fn instant(instant: Timestamp) -> Self {
        Self { last: instant, day: None }
    }

    /// The last instant that has happened.
    #[must_use]
    pub fn last(self) -> Timestamp {
        self.last
    }

    /// The day it falls on, UTC.
    #[must_use]
    pub fn date(self) -> civil::Date {
        self.day.unwrap_or_else(|| TimeZone::UTC.to_datetime(self.last).date())
    }
}

/// One access request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccessStatus {
    /// The request.
    pub request: ObjectId,
    /// Who asks.
    pub by: PartyId,
    /// Who is asked, where the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<PartyId>,
    /// Why.
    pub reason: String,
    /// The declared site, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
    /// The place, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The regime whose clocks apply.
    pub regime: String,
    /// Its title; absent when no such regime is known, and then there are no clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regime_title: Option<String>,
    /// Whether the visit depends on consent, so that declining is no breach.
    pub by_consent: bool,
    /// When it was asked.
    pub asked_on: Date,
    /// Days since it was asked, or until it ended.
    pub days: i64,
    /// Where it stands.
    pub state: AccessState,
    /// How it came there.
    pub path: Vec<Passage>,
    /// Its clocks, in the order of the regime.
    pub clocks: Vec<ClockStatus>,
    /// What bodies decided, with the votes.
    pub decisions: Vec<Decision>,
    /// Days used, by side and cause.
    pub used: Vec<Used>,
    /// How often the regime was used in the year, where it says how often it may be.
    pub quotas: Vec<QuotaUse>,
    /// What does not fit the regime, in words.
    pub irregular: Vec<String>,
    /// The entries this rests on.
    pub because: Vec<Index>,
}

/// Where an access request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AccessState {
    Authorised,
    ClarificationAsked,
    Clarified,
    /// Asked; whether a silence counts is for the regime's clock to say.
    Requested,
    /// Asked for consent.
    ConsentAsked,
    Acknowledged,
    Granted,
    ManagedAccessProposed,
    AlternativeProposed,
    Objected,
    /// The clock for the answer has run out.
    Silent,
    Consented,
    /// Consent declined: no breach, but counted.
    ConsentDeclined,
    /// Before a body that decides.
    Escalated(String),
    Upheld,
    Modified,
    Dropped,
    TeamAtEntry,
    AtPerimeter,
    PerimeterProposed,
    PerimeterAgreed,
    OnSite,
    Completed,
    Partial,
    Denied,
    Aborted,
    Reported,
    Withdrawn,
    /// A clock has run out, with this effect.
    RunOut(String),
    /// Ended.
    Closed(Outcome),
}

impl AccessState {
    /// Whether nothing more is to come.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Closed(_) | Self::Withdrawn | Self::Dropped | Self::ConsentDeclined)
    }

    /// Whose turn it is.
    fn turn(&self) -> Turn {
        match self {
            Self::ClarificationAsked
            | Self::Requested
            | Self::ConsentAsked
            | Self::Acknowledged
            | Self::Silent
            | Self::Upheld
            | Self::Modified
            | Self::TeamAtEntry
            | Self::AtPerimeter
            | Self::PerimeterAgreed
            | Self::Denied => Turn::Requested,
            Self::Objected | Self::AlternativeProposed | Self::PerimeterProposed => Turn::Both,
            Self::Escalated(_) => Turn::Body,
            Self::RunOut(_) => Turn::Both,
            Self::Closed(_) | Self::Withdrawn | Self::Dropped | Self::ConsentDeclined => {
                Turn::Nobody
            }
            _ => Turn::Requester,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Requester,
    Requested,
    Both,
    Body,
    Nobody,
}

impl fmt::Display for AccessState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Authorised => "authorised",
            Self::ClarificationAsked => "clarification asked",
            Self::Clarified => "clarified",
            Self::Requested => "requested",
            Self::ConsentAsked => "consent asked",
            Self::Acknowledged => "acknowledged",
            Self::Granted => "granted",
            Self::ManagedAccessProposed => "managed access proposed",
            Self::AlternativeProposed => "alternative proposed",
            Self::Objected => "objected",
            Self::Silent => "silent",
            Self::Consented => "consented",
            Self::ConsentDeclined => "consent declined",
            Self::Escalated(body) => return write!(f, "before {body}"),
            Self::Upheld => "upheld",
            Self::Modified => "modified",
            Self::Dropped => "dropped",
            Self::TeamAtEntry => "team at point of entry",
            Self::AtPerimeter => "at the perimeter",
            Self::PerimeterProposed => "perimeter proposed",
            Self::PerimeterAgreed => "perimeter agreed",
            Self::OnSite => "on site",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Denied => "denied at the place",
            Self::Aborted => "broken off",
            Self::Reported => "reported",
            Self::Withdrawn => "withdrawn",
            Self::RunOut(then) => return f.pad(then),
            Self::Closed(outcome) => return write!(f, "closed: {outcome}"),
        };
        f.pad(words)
    }
}

impl Serialize for AccessState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A state on the way, and what led to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Passage {
    /// The state.
    pub state: AccessState,
    /// Since when: the date as recorded, or the second at which a clock ran out.
    pub since: String,
    /// The statement that led to it; absent when a clock did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ObjectId>,
    /// The clock that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    #[serde(skip)]
    at: Timestamp,
    #[serde(skip)]
    cause: Option<String>,
}

/// One clock of a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClockStatus {
    /// Its name in the regime.
    pub clock: String,
    /// How long it runs.
    pub limit: Limit,
    /// Who has to act.
    pub holder: String,
    /// The statement that started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<ObjectId>,
    /// Why it does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_started: Option<String>,
    /// The last second in time (of a minimum notice the first second allowed), as the regime's zone shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The latest it can mean, where the dates are too coarse for one second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_latest: Option<String>,
    /// Where it stands.
    pub state: ClockState,
    /// The statement that met it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_by: Option<ObjectId>,
    /// Seconds it stood still.
    #[serde(skip_serializing_if = "is_zero")]
    pub paused_seconds: i64,
    /// Hours it was lengthened by agreement.
    #[serde(skip_serializing_if = "is_zero_hours")]
    pub extended_hours: u32,
    /// Where it is laid down.
    pub source: String,
    /// How sure that is; a clock from memory is checked before anybody relies on it.
    pub basis: Basis,
    #[serde(skip)]
    end: Option<Span>,
}

impl ClockStatus {
    /// The last second in time, as an instant: the latest the record allows.
    #[must_use]
    pub fn due_instant(&self) -> Option<Timestamp> {
        self.end.map(|(_, last)| last)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(n: &i64) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero_hours(n: &u32) -> bool {
    *n == 0
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Nothing has started it.
    NotStarted,
    /// It runs.
    Running,
    /// It runs, and the text sets no limit.
    Unlimited,
    /// What was asked was done in time.
    Kept,
    /// It was done after the last second.
    Late,
    /// The last second has passed.
    Expired,
    /// The team came before the notice had run.
    TooEarly,
    /// The notice has run; the team may come.
    Open,
    /// The dates are too coarse to say.
    Undetermined,
    /// The request ended first.
    Moot,
}

/// What a body decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The body.
    pub body: String,
    /// The motion.
    pub motion: Ruling,
    /// When.
    pub on: Date,
    /// Whether it was carried; absent when no count is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<bool>,
    /// The votes against the rule, in words.
    pub votes: String,
}

/// Time used by a side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Used {
    /// The side: a party, a body, `both sides`, `nobody`.
    pub side: String,
    /// What it was used for.
    pub cause: String,
    /// Days of 24 hours.
    pub days: f64,
}

/// How much of a quota is used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuotaUse {
    /// In which year.
    pub year: i16,
    /// Counted by site or party.
    pub by: QuotaBy,
    /// Requests made.
    pub used: u32,
    /// Requests allowed.
    pub most: u32,
}

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Happened<'a> {
    Step(AccessStep),
    Requested,
    Answered(AccessAnswer),
    Escalated(&'a str),
    Decided(Ruling),
    /// Put to the vote and not carried.
    NotCarried,
    Closed(Outcome),
}

struct Event<'a> {
    what: Happened<'a>,
    on: &'a Date,
    span: Span,
    id: &'a ObjectId,
    party: &'a PartyId,
    cause: Option<&'a str>,
}

impl Event<'_> {
    fn is(&self, anchor: Anchor) -> bool {
        use AccessAnswer as A;
        use AccessStep as S;
        match (self.what, anchor) {
            (Happened::Requested, Anchor::Requested)
            | (Happened::Escalated(_), Anchor::Escalated)
            | (Happened::Decided(_), Anchor::Decided)
            | (Happened::Closed(_) | Happened::Step(S::Withdrawn), Anchor::Closed)
            | (Happened::Answered(_) | Happened::Step(S::Delivered), Anchor::Received) => true,
            (Happened::Answered(answer), Anchor::Answered) => answer != A::Acknowledged,
            (Happened::Answered(answer), Anchor::Granted) => {
                matches!(answer, A::Granted | A::Consented)
            }
            (Happened::Step(step), anchor) => matches!(
                (step, anchor),
                (S::Authorised, Anchor::Authorised)
                    | (S::ClarificationAsked, Anchor::ClarificationAsked)
                    | (S::Clarified, Anchor::Clarified)
                    | (S::TeamAtEntry, Anchor::TeamAtEntry)
                    | (S::AtPerimeter, Anchor::AtPerimeter)
                    | (S::PerimeterProposed, Anchor::PerimeterProposed)
                    | (S::PerimeterAgreed, Anchor::PerimeterAgreed)
                    | (S::OnSite, Anchor::OnSite)
                    | (S::LeftComplete | S::LeftPartial | S::Aborted, Anchor::Left)
                    | (S::Reported, Anchor::Reported)
            ),
            _ => false,
        }
    }

    /// Of two events of one day, which comes first.
    fn rank(&self) -> u8 {
        use AccessStep as S;
        match self.what {
            Happened::Step(S::Authorised) => 0,
            Happened::Step(S::ClarificationAsked) => 1,
            Happened::Step(S::Clarified) => 2,
            Happened::Requested => 3,
            Happened::Step(S::Delivered) => 4,
            Happened::Answered(_) => 5,
            Happened::Escalated(_) => 6,
            Happened::Decided(_) | Happened::NotCarried => 7,
            Happened::Step(step) => 8 + step as u8,
            Happened::Closed(_) => u8::MAX,
        }
    }
}

/// Every access request made by `as_of`, in the order of the ledger.
#[must_use]
pub fn requests(case: &Case, regimes: &Regimes, as_of: AsOf) -> Vec<AccessStatus> {
    case.access
        .iter()
        .filter(|r| {
            zone_of(r, regimes).map_or_else(
                || r.body.request.on.span(&TimeZone::UTC).0,
                |zone| r.body.request.on.span(&zone).0,
            ) <= as_of.last
        })
        .map(|r| one(case, r, regimes, as_of))
        .collect()
}

fn zone_of(r: &Record<Access>, regimes: &Regimes) -> Option<TimeZone> {
    regimes.get(&r.body.request.regime).map(|regime| regime.zone.clone())
}

/// Who is asked: the party named, else the one that declared the site.
fn asked_of(case: &Case, r: &Record<Access>) -> Option<PartyId> {
    let request = &r.body.request;
    let declared = || Some(case.sites.get(request.site.as_ref()?.as_str())?.party.clone());
    request.to.clone().or_else(declared)
}

fn one(case: &Case, r: &Record<Access>, regimes: &Regimes, as_of: AsOf) -> AccessStatus {
    let request = &r.body.request;
    let regime = regimes.get(&request.regime).map(Arc::as_ref);
    let zone = regime.map_or(TimeZone::UTC, |regime| regime.zone.clone());
    let to = asked_of(case, r);
    let mut irregular = Vec::new();
    if regime.is_none() {
        let names: Vec<&str> = regimes.iter().map(|r| r.name.as_str()).collect();
        irregular.push(format!(
            "no regime `{}` is known, so nothing runs; known are: {}",
            request.regime,
            names.join(", ")
        ));
    }
    let votes = regime.map_or(&[][..], |regime| &regime.votes);
    let decisions = decisions(r, votes, &zone, as_of, &mut irregular);
    let events = events(r, votes, &zone, as_of);
    let clocks = match regime {
        Some(regime) => {
            let run = Run { regime, r, to: to.as_ref(), events: &events, as_of };
            run.clocks(&mut irregular)
        }
        None => Vec::new(),
    };
    let path = path(regime, &events, &clocks, &zone, as_of, &mut irregular);
    let state = path.last().map_or(AccessState::Requested, |p| p.state.clone());
    let ended = path.iter().find(|p| p.state.is_ended());
    let end_day = ended.map_or_else(|| as_of.date(), |p| zone.to_datetime(p.at).date());
    let used = used(r, regime, &path, to.as_ref(), &zone, as_of);
    AccessStatus {
        request: r.id.clone(),
        by: r.party.clone(),
        to,
        reason: request.reason.clone(),
        site: request.site.clone(),
        place: request.place.as_ref().map(ToString::to_string),
        regime: request.regime.clone(),
        regime_title: regime.map(|regime| regime.title.clone()),
        by_consent: regime.is_some_and(|regime| regime.consent),
        asked_on: request.on.clone(),
        days: days(request.on.earliest(), end_day),
        state,
        path,
        clocks,
        decisions,
        used,
        quotas: regime.map(|regime| quotas(case, r, regime, as_of)).unwrap_or_default(),
        irregular,
        because: r.because.clone(),
    }
}

fn carried(vote: Option<&Vote>, b: &statement::kinds::access::Decide) -> Option<bool> {
    let vote = vote?;
    if vote.consensus && b.consensus == Some(true) {
        return Some(true);
    }
    b.in_favour.map(|votes| votes >= vote.need)
}

fn decisions(
    r: &Record<Access>,
    votes: &[Vote],
    zone: &TimeZone,
    as_of: AsOf,
    irregular: &mut Vec<String>,
) -> Vec<Decision> {
    let happened = r.body.acts.decisions.iter().filter(|d| d.body.on.span(zone).0 <= as_of.last);
    happened
        .map(|d| {
            let b = &d.body;
            let vote = votes.iter().find(|v| v.body == b.body);
            let rule = vote.map(|v| {
                let consensus = if v.consensus { ", or consensus" } else { "" };
                format!("needs {} of {}{consensus}", v.need, v.of)
            });
            let count = match (b.consensus, b.in_favour, b.against) {
                (Some(true), ..) => "by consensus".to_owned(),
                (_, Some(yes), Some(no)) => format!("{yes} for, {no} against"),
                (_, Some(yes), None) => format!("{yes} for"),
                _ => "no count published".to_owned(),
            };
            if let Some(v) = vote
                && b.in_favour.unwrap_or(0) + b.against.unwrap_or(0) > v.of
            {
                irregular
                    .push(format!("{}: more votes than the {} members of {}", d.id, v.of, v.body));
            }
            Decision {
                body: b.body.clone(),
                motion: b.decision,
                on: b.on.clone(),
                carried: carried(vote, b),
                votes: match rule {
                    Some(rule) => format!("{count}; {rule}"),
                    None => format!("{count}; the regime names no vote of this body"),
                },
            }
        })
        .collect()
}

/// What happened by `as_of`, in order.
fn events<'a>(
    r: &'a Record<Access>,
    votes: &[Vote],
    zone: &TimeZone,
    as_of: AsOf,
) -> Vec<Event<'a>> {
    fn event<'a, T>(
        record: &'a Record<T>,
        what: Happened<'a>,
        on: &'a Date,
        cause: Option<&'a str>,
        zone: &TimeZone,
    ) -> Event<'a> {
        Event { what, on, span: on.span(zone), id: &record.id, party: &record.party, cause }
    }
    let acts = &r.body.acts;
    let mut events = vec![event(r, Happened::Requested, &r.body.request.on, None, zone)];
    events.extend(acts.answers.iter().map(|a| {
        event(a, Happened::Answered(a.body.answer), &a.body.on, a.body.reason.as_deref(), zone)
    }));
    events.extend(
        acts.escalations
            .iter()
            .map(|e| event(e, Happened::Escalated(&e.body.to), &e.body.on, None, zone)),
    );
    events.extend(acts.steps.iter().map(|s| {
        event(s, Happened::Step(s.body.step), &s.body.on, s.body.reason.as_deref(), zone)
    }));
    events.extend(acts.decisions.iter().map(|d| {
        let vote = votes.iter().find(|v| v.body == d.body.body);
        let what = match carried(vote, &d.body) {
            Some(false) => Happened::NotCarried,
            _ => Happened::Decided(d.body.decision),
        };
        event(d, what, &d.body.on, None, zone)
    }));
    // A request ends once; of several endings the first counts.
    events.extend(
        acts.closings
            .iter()
            .take(1)
            .map(|c| event(c, Happened::Closed(c.body.outcome), &c.body.on, None, zone)),
    );
    events.retain(|e| e.span.0 <= as_of.last);
    events.sort_by(|a, b| {
        (a.span.0, a.rank(), a.span.1, a.id).cmp(&(b.span.0, b.rank(), b.span.1, b.id))
    });
    events
}

/// The clocks of one request.
struct Run<'a> {
    regime: &'a Regime,
    r: &'a Record<Access>,
    to: Option<&'a PartyId>,
    events: &'a [Event<'a>],
    as_of: AsOf,
}

impl Run<'_> {
    fn clocks(&self, irregular: &mut Vec<String>) -> Vec<ClockStatus> {
        let rules = &self.regime.clocks;
        let mut done: Vec<Option<ClockStatus>> = vec![None; rules.len()];
        // A clock that starts after another waits for it; in a circle none starts.
        for _ in 0..rules.len() {
            for (at, rule) in rules.iter().enumerate() {
                if done[at].is_some() {
                    continue;
                }
                let before = rule.after.as_ref().map(|after| {
                    rules.iter().position(|r| r.name == *after).and_then(|at| done[at].clone())
                });
                match before {
                    None => done[at] = Some(self.clock(rule, None, irregular)),
                    Some(Some(before)) => {
                        done[at] = Some(self.clock(rule, Some(&before), irregular));
                    }
                    Some(None) => {}
                }
            }
        }
        rules
            .iter()
            .zip(done)
            .map(|(rule, status)| {
                status.unwrap_or_else(|| {
                    self.idle(rule, "these clocks wait for each other".to_owned())
                })
            })
            .collect()
    }

    fn idle(&self, rule: &ClockRule, why: String) -> ClockStatus {
        ClockStatus {
            clock: rule.name.clone(),
            limit: rule.limit,
            holder: self.side(&rule.holder),
            started_by: None,
            not_started: Some(why),
            due: None,
            due_latest: None,
            state: ClockState::NotStarted,
            met_by: None,
            paused_seconds: 0,
            extended_hours: 0,
            source: rule.source.clone(),
            basis: rule.basis,
            end: None,
        }
    }

    fn side(&self, holder: &str) -> String {
        side(holder, &self.r.party, self.to)
    }

    /// Whether a request counts as received: the other side answered or acknowledged, or its delivery is proved. Of
    /// what a named source records nobody expects a receipt.
    fn received(&self) -> Result<(), String> {
        let receipt = |e: &&Event<'_>| match e.what {
            Happened::Answered(_) => *e.party != self.r.party,
            Happened::Step(AccessStep::Delivered) => true,
            _ => false,
        };
        if self.r.standing == Standing::Attributed || self.events.iter().any(|e| receipt(&e)) {
            return Ok(());
        }
        let who = self.to.map_or_else(|| "the other side".to_owned(), ToString::to_string);
        Err(format!("{who} has not acknowledged the request and no proof of delivery is recorded"))
    }

    fn clock(
        &self,
        rule: &ClockRule,
        before: Option<&ClockStatus>,
        irregular: &mut Vec<String>,
    ) -> ClockStatus {
        let zone = &self.regime.zone;
        let start = match before {
            Some(before) => match (before.state, before.end) {
                (ClockState::Expired | ClockState::Late, Some(end)) => Ok((end, None)),
                (ClockState::Kept | ClockState::Moot, _) => {
                    Err(format!("`{}` was met", before.clock))
                }
                _ => Err(format!("`{}` has not run out", before.clock)),
            },
            None => {
                let first =
                    self.events.iter().find(|e| rule.from.iter().any(|anchor| e.is(*anchor)));
                match first {
                    Some(e) if e.what == Happened::Requested => {
                        self.received().map(|()| (e.span, Some(e.id.clone())))
                    }
                    Some(e) => Ok((e.span, Some(e.id.clone()))),
                    None => {
                        let names: Vec<&str> = rule.from.iter().map(|a| a.name()).collect();
                        Err(format!("nothing is recorded as {}", names.join(" or ")))
                    }
                }
            }
        };
        let (start, started_by) = match start {
            Ok(start) => start,
            Err(why) => return self.idle(rule, why),
        };
        let met = self
            .events
            .iter()
            .find(|e| e.span.1 >= start.0 && rule.to.iter().any(|anchor| e.is(*anchor)));
        let mut status = ClockStatus {
            started_by,
            not_started: None,
            met_by: met.map(|e| e.id.clone()),
            ..self.idle(rule, String::new())
        };
        let ended = self.events.iter().find(|e| e.is(Anchor::Closed));
        match rule.limit {
            Limit::Unlimited => {
                status.state = match (met, ended) {
                    (Some(_), _) => ClockState::Kept,
                    (None, Some(_)) => ClockState::Moot,
                    (None, None) => ClockState::Unlimited,
                };
            }
            Limit::Most(length) => {
                let extended = self.extension(rule, irregular);
                let pauses = self.pauses(rule, irregular);
                let due = |from: Timestamp| {
                    let due = clock::last_in_time(from, length, rule.counting, zone);
                    let due = plus(due, i64::from(extended) * 3600);
                    clock::with_pauses(from, due, length, zone, &pauses)
                };
                let ((low, paused), (high, _)) = (due(start.0), due(start.1));
                status.extended_hours = extended;
                status.paused_seconds = paused;
                status.end = Some((low, high));
                let over = |at: Timestamp, end: Timestamp| at > end;
                status.state = match (met, ended) {
                    (Some(e), _) if over(e.span.0, high) => ClockState::Late,
                    (Some(e), _) if !over(e.span.1, low) => ClockState::Kept,
                    (Some(_), _) => ClockState::Undetermined,
                    (None, Some(e)) if !over(e.span.0, high) => ClockState::Moot,
                    (None, _) if over(self.as_of.last, high) => ClockState::Expired,
                    (None, _) if !over(self.as_of.last, low) => ClockState::Running,
                    (None, _) => ClockState::Undetermined,
                };
            }
            Limit::Least(length) => {
                let allowed = |from| clock::first_allowed(from, length, zone);
                let (low, high) = (allowed(start.0), allowed(start.1));
                status.end = Some((low, high));
                status.state = match (met, ended) {
                    (Some(e), _) if e.span.1 < low => ClockState::TooEarly,
                    (Some(e), _) if e.span.0 >= high => ClockState::Kept,
                    (Some(_), _) => ClockState::Undetermined,
                    (None, Some(_)) => ClockState::Moot,
                    (None, None) if self.as_of.last >= high => ClockState::Open,
                    (None, None) if self.as_of.last < low => ClockState::Running,
                    (None, None) => ClockState::Undetermined,
                };
            }
        }
        if let Some((low, high)) = status.end {
            status.due = Some(shown(low, zone));
            status.due_latest = (low != high).then(|| shown(high, zone));
        }
        status
    }

    /// Hours by which a clock was lengthened.
    fn extension(&self, rule: &ClockRule, irregular: &mut Vec<String>) -> u32 {
        let zone = &self.regime.zone;
        let mut hours = 0_u32;
        for e in self.r.body.acts.extensions.iter().filter(|e| e.body.clock == rule.name) {
            if e.body.on.span(zone).0 > self.as_of.last {
                continue;
            }
            if !rule.extendable {
                irregular.push(format!(
                    "{}: the regime does not let the clock `{}` be extended; it runs on",
                    e.id, rule.name
                ));
            } else if let Err(why) = self.both_sides(&e.body.agreed_by) {
                irregular.push(format!("{}: {why}; the clock `{}` runs on", e.id, rule.name));
            } else {
                hours = hours.saturating_add(e.body.hours);
            }
        }
        hours
    }

    /// When a clock stood still.
    fn pauses(&self, rule: &ClockRule, irregular: &mut Vec<String>) -> Vec<Span> {
        let zone = &self.regime.zone;
        let mut spans = Vec::new();
        for p in &self.r.body.acts.pauses {
            let b = &p.body;
            let span = (b.from.span(zone).0, b.to.span(zone).1);
            if span.0 > self.as_of.last || b.clock.as_ref().is_some_and(|c| *c != rule.name) {
                continue;
            }
            let why = if !self.regime.pauses.contains(&b.cause) {
                Some(match self.regime.pauses.len() {
                    0 => "the regime knows no pause".to_owned(),
                    _ => format!(
                        "`{}` is no cause of a pause; the regime knows {}",
                        b.cause,
                        self.regime.pauses.join(", ")
                    ),
                })
            } else {
                self.both_sides(&b.agreed_by).err()
            };
            match why {
                None => spans.push(span),
                Some(why) => {
                    let words = format!("{}: {why}; the clocks run on", p.id);
                    if !irregular.contains(&words) {
                        irregular.push(words);
                    }
                }
            }
        }
        spans
    }

    fn both_sides(&self, agreed: &[PartyId]) -> Result<(), String> {
        let lacks =
            std::iter::once(&self.r.party).chain(self.to).find(|side| !agreed.contains(side));
        lacks.map_or(Ok(()), |side| Err(format!("{side} has not agreed to it")))
    }
}

/// A side by its name, where it is known.
fn side(holder: &str, by: &PartyId, to: Option<&PartyId>) -> String {
    match holder {
        "requester" => by.to_string(),
        "requested" => to.map_or_else(|| "the side asked".to_owned(), ToString::to_string),
        "both" => "both sides".to_owned(),
        body => body.to_owned(),
    }
}

/// The states a request went through.
fn path(
    regime: Option<&Regime>,
    events: &[Event<'_>],
    clocks: &[ClockStatus],
    zone: &TimeZone,
    as_of: AsOf,
    irregular: &mut Vec<String>,
) -> Vec<Passage> {
    enum What<'a> {
        Event(&'a Event<'a>),
        RanOut(&'a ClockStatus, &'a str),
    }
    let mut all: Vec<(Timestamp, u8, What<'_>)> =
        events.iter().map(|e| (e.span.0, 0, What::Event(e))).collect();
    for status in
        clocks.iter().filter(|c| matches!(c.state, ClockState::Expired | ClockState::Late))
    {
        let rule = regime.and_then(|regime| regime.clocks.iter().find(|c| c.name == status.clock));
        if let (Some(then), Some((_, due))) =
            (rule.and_then(|rule| rule.then.as_deref()), status.end)
        {
            let at = plus(due, 1);
            if at <= as_of.last {
                all.push((at, 1, What::RanOut(status, then)));
            }
        }
    }
    all.sort_by_key(|(at, order, _)| (*at, *order));
    let consent = regime.is_some_and(|regime| regime.consent);
    let answer_needed = regime.is_none_or(|regime| regime.answer_needed);
    let mut path: Vec<Passage> = Vec::new();
    let (mut asked, mut let_in) = (false, !answer_needed);
    for (at, _, what) in all {
        let before = path.last().map(|p| p.state.clone());
        let ended = before.as_ref().is_some_and(AccessState::is_ended);
        match what {
            What::RanOut(status, then) => {
                // An answer that came before, or an end, leaves nothing to run out.
                if ended {
                    continue;
                }
                let state = match then {
                    "silent" => AccessState::Silent,
                    then => AccessState::RunOut(then.to_owned()),
                };
                path.push(Passage {
                    state,
                    since: shown(at, zone),
                    by: None,
                    clock: Some(status.clock.clone()),
                    at,
                    cause: Some(format!("`{}` ran out", status.clock)),
                });
            }
            What::Event(e) => {
                if ended {
                    irregular.push(format!("{}: recorded after the request had ended", e.id));
                    // A body may still take up what was refused.
                    if !matches!(e.what, Happened::Escalated(_) | Happened::Decided(_)) {
                        continue;
                    }
                }
                let Some(state) = state_after(e, consent) else { continue };
                match &state {
                    AccessState::Requested | AccessState::ConsentAsked => asked = true,
                    AccessState::Granted
                    | AccessState::Consented
                    | AccessState::Upheld
                    | AccessState::Modified
                    | AccessState::ManagedAccessProposed => let_in = true,
                    AccessState::OnSite if !let_in => irregular.push(format!(
                        "{}: the team is recorded on site, and nothing recorded before lets it in",
                        e.id
                    )),
                    AccessState::OnSite => {}
                    AccessState::Completed | AccessState::Partial
                        if !path.iter().any(|p| p.state == AccessState::OnSite) =>
                    {
                        irregular.push(format!(
                            "{}: the team is recorded as leaving, and never as being on site",
                            e.id
                        ));
                    }
                    AccessState::Authorised
                    | AccessState::ClarificationAsked
                    | AccessState::Clarified => {}
                    _ if !asked => irregular.push(format!("{}: dated before the request", e.id)),
                    _ => {}
                }
                path.push(Passage {
                    state,
                    since: e.on.to_string(),
                    by: Some(e.id.clone()),
                    clock: None,
                    at,
                    cause: e.cause.map(str::to_owned),
                });
            }
        }
    }
    path
}

/// The state an event leads to; `None` when it changes nothing.
fn state_after(e: &Event<'_>, consent: bool) -> Option<AccessState> {
    use AccessAnswer as A;
    use AccessStep as S;
    Some(match e.what {
        Happened::Requested if consent => AccessState::ConsentAsked,
        Happened::Requested => AccessState::Requested,
        Happened::Answered(answer) => match answer {
            A::Acknowledged => AccessState::Acknowledged,
            A::Granted => AccessState::Granted,
            A::Managed => AccessState::ManagedAccessProposed,
            A::Alternative => AccessState::AlternativeProposed,
            A::Objected => AccessState::Objected,
            A::Consented => AccessState::Consented,
            // Where no consent is needed, declining is an objection.
            A::Declined if consent => AccessState::ConsentDeclined,
            A::Declined => AccessState::Objected,
        },
        Happened::Escalated(body) => AccessState::Escalated(body.to_owned()),
        Happened::Decided(Ruling::Uphold) => AccessState::Upheld,
        Happened::Decided(Ruling::Modify) => AccessState::Modified,
        Happened::Decided(Ruling::Drop) => AccessState::Dropped,
        Happened::NotCarried => return None,
        Happened::Closed(outcome) => AccessState::Closed(outcome),
        Happened::Step(step) => match step {
            S::Authorised => AccessState::Authorised,
            S::ClarificationAsked => AccessState::ClarificationAsked,
            S::Clarified => AccessState::Clarified,
            S::Delivered => return None,
            S::TeamAtEntry => AccessState::TeamAtEntry,
            S::AtPerimeter => AccessState::AtPerimeter,
            S::PerimeterProposed => AccessState::PerimeterProposed,
            S::PerimeterAgreed => AccessState::PerimeterAgreed,
            S::OnSite => AccessState::OnSite,
            S::LeftComplete => AccessState::Completed,
            S::LeftPartial => AccessState::Partial,
            S::Denied => AccessState::Denied,
            S::Aborted => AccessState::Aborted,
            S::Reported => AccessState::Reported,
            S::Withdrawn => AccessState::Withdrawn,
        },
    })
}

/// Time used by each side: from one passage to the next, pauses apart.
fn used(
    r: &Record<Access>,
    regime: Option<&Regime>,
    path: &[Passage],
    to: Option<&PartyId>,
    zone: &TimeZone,
    as_of: AsOf,
) -> Vec<Used> {
    let now = match as_of.day {
        Some(day) => statement::first_second(day, &TimeZone::UTC),
        None => as_of.last,
    };
    let pauses: Vec<(Span, &str)> = r
        .body
        .acts
        .pauses
        .iter()
        .filter(|p| regime.is_some_and(|regime| regime.pauses.contains(&p.body.cause)))
        .map(|p| ((p.body.from.span(zone).0, p.body.to.span(zone).1), p.body.cause.as_str()))
        .collect();
    let mut seconds: Vec<(String, String, i64)> = Vec::new();
    let mut add = |side: String, cause: String, s: i64| {
        if s > 0 {
            match seconds.iter_mut().find(|(a, b, _)| *a == side && *b == cause) {
                Some((_, _, total)) => *total += s,
                None => seconds.push((side, cause, s)),
            }
        }
    };
    for (i, passage) in path.iter().enumerate() {
        let end = path.get(i + 1).map_or(now, |next| next.at).min(now.max(passage.at));
        let mut length = end.as_second() - passage.at.as_second();
        for ((from, until), cause) in &pauses {
            let overlap = end.min(plus(*until, 1)).as_second() - passage.at.max(*from).as_second();
            if overlap > 0 && length > 0 {
                let overlap = overlap.min(length);
                add("nobody".to_owned(), format!("pause: {cause}"), overlap);
                length -= overlap;
            }
        }
        let who = match (passage.state.turn(), &passage.state) {
            (Turn::Nobody, _) => continue,
            (Turn::Body, AccessState::Escalated(body)) => body.clone(),
            (Turn::Requester, _) => side("requester", &r.party, to),
            (Turn::Requested, _) => side("requested", &r.party, to),
            _ => side("both", &r.party, to),
        };
        let cause = match &passage.cause {
            Some(cause) => format!("{}: {cause}", passage.state),
            None => passage.state.to_string(),
        };
        add(who, cause, length);
    }
    let days = |s: i64| (s as f64 / 864.0).round() / 100.0;
    seconds.into_iter().map(|(side, cause, s)| Used { side, cause, days: days(s) }).collect()
}

/// How often the regime was used in the calendar year of the request.
fn quotas(case: &Case, r: &Record<Access>, regime: &Regime, as_of: AsOf) -> Vec<QuotaUse> {
    let year = r.body.request.on.earliest().year();
    let (to, site) = (asked_of(case, r), r.body.request.site.clone());
    regime
        .quotas
        .iter()
        .map(|quota| {
            let same = |other: &&Record<Access>| {
                let request = &other.body.request;
                request.regime == regime.name
                    && request.on.earliest().year() == year
                    && request.on.span(&regime.zone).0 <= as_of.last
                    && match quota.by {
                        QuotaBy::Site => request.site == site,
                        QuotaBy::Party => asked_of(case, other) == to,
                    }
            };
            let used = case.access.iter().filter(same).count();
            QuotaUse {
                year,
                by: quota.by,
                used: u32::try_from(used).unwrap_or(u32::MAX),
                most: quota.most,
            }
        })
        .collect()
}

/// Days used over all requests, by side and cause: the same sum for every side.
#[must_use]
pub fn days_used(requests: &[AccessStatus]) -> Vec<Used> {
    let mut sums: Vec<Used> = Vec::new();
    for used in requests.iter().flat_map(|r| &r.used) {
        // The words behind a state differ from request to request; the state is what adds up.
        let cause = used.cause.split(':').next().unwrap_or_default();
        match sums.iter_mut().find(|s| s.side == used.side && s.cause == cause) {
            Some(sum) => sum.days += used.days,
            None => sums.push(Used { cause: cause.to_owned(), ..used.clone() }),
        }
    }
    sums.sort_by(|a, b| (&a.side, &a.cause).cmp(&(&b.side, &b.cause)));
    sums
}
