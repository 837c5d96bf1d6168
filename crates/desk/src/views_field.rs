//! Work on the ground as tables: access, interviews, items, shipments.

use assessment::board::{Board, Closure, Complete, Verdict, Verifiable};
use case::{Case, TransferStanding};
use custody::{Custody, Interval, ItemStatus, Knowledge, Reconciliation};
use inspection::{
    AccessStatus, AgreedText, ClockState, Coverage, Effort, InterviewState, Interviews,
    SampleStatus, Used,
};
use statement::kinds::access::{ReasonCode, Terms};
use statement::kinds::agreement::Stance;
use statement::kinds::inspection::SealState;
use statement::kinds::items::TimeTo;
use statement::{Basis, civil};

use crate::Table;
use crate::views::basis_mark;

/// Every access request with where it stands.
#[must_use]
pub fn access(requests: &[AccessStatus]) -> Table {
    let mut table = Table::new(&["request", "by", "asked_of", "asked_on", "day", "state", "next"]);
    for r in requests {
        table.push(vec![
            r.request.to_string(),
            r.by.to_string(),
            r.to.as_ref().map(ToString::to_string).unwrap_or_default(),
            r.asked_on.to_string(),
            r.days.to_string(),
            r.state.to_string(),
            next(r),
        ]);
    }
    table
}

/// The clock that ends next.
fn next(r: &AccessStatus) -> String {
    let running = r.clocks.iter().filter(|c| c.state == ClockState::Running);
    let first = running.min_by_key(|c| c.due_instant());
    match first {
        Some(c) => format!("{} until {}", c.clock, c.due.as_deref().unwrap_or_default()),
        None if r.state.is_ended() => String::new(),
        None if r.clocks.iter().any(|c| c.state == ClockState::Unlimited) => {
            "no time limit runs".to_owned()
        }
        None => "no clock runs".to_owned(),
    }
}

/// Words for where a clock stands.
#[must_use]
pub fn clock_state(state: ClockState) -> &'static str {
    match state {
        ClockState::NotStarted => "not started",
        ClockState::Running => "runs",
        ClockState::Unlimited => "no limit",
        ClockState::Kept => "kept",
        ClockState::Late => "late",
        ClockState::Expired => "run out",
        ClockState::TooEarly => "too early",
        ClockState::Open => "notice has run",
        ClockState::Undetermined => "dates too coarse",
        ClockState::Moot => "request ended first",
    }
}

/// The clocks of every request.
#[must_use]
pub fn clocks(requests: &[AccessStatus]) -> Table {
    let mut table = Table::new(&["request", "clock", "holder", "state", "due", "record"]);
    for r in requests {
        for c in &r.clocks {
            let due = match (&c.due, &c.due_latest, &c.not_started) {
                (Some(low), Some(high), _) => format!("{low} to {high}"),
                (Some(due), None, _) => due.clone(),
                (None, _, Some(why)) => why.clone(),
                (None, _, None) => String::new(),
            };
            let mark = match c.basis {
                Basis::Memory => "from memory, check",
                other => basis_mark(Some(other)),
            };
            table.push(vec![
                r.request.to_string(),
                c.clock.clone(),
                c.holder.clone(),
                clock_state(c.state).to_owned(),
                due,
                mark.to_owned(),
            ]);
        }
    }
    table
}

/// The way of every request.
#[must_use]
pub fn passages(requests: &[AccessStatus]) -> Table {
    let mut table = Table::new(&["request", "since", "state", "by"]);
    for r in requests {
        for p in &r.path {
            let clock = p.clock.as_ref().map(|c| format!("clock {c}"));
            table.push(vec![
                r.request.to_string(),
                p.since.clone(),
                p.state.to_string(),
                p.by.as_ref().map(ToString::to_string).or(clock).unwrap_or_default(),
            ]);
        }
    }
    table
}

/// Days used by side and cause.
#[must_use]
pub fn days_used(used: &[Used]) -> Table {
    let mut table = Table::new(&["side", "used_for", "days"]);
    for u in used {
        table.push(vec![u.side.clone(), u.cause.clone(), format!("{:.1}", u.days)]);
    }
    table
}

/// Versions of agreed texts with who stands by them.
#[must_use]
pub fn texts(texts: &[AgreedText]) -> Table {
    let mut table = Table::new(&["text", "version", "party", "says", "on", "what_it_says"]);
    for text in texts {
        for version in &text.versions {
            for s in &version.stances {
                let says = match s.stance {
                    Stance::Acknowledged => "stands by it",
                    Stance::Denied => "denies it",
                };
                table.push(vec![
                    text.text.to_string(),
                    version.version.clone(),
                    s.party.to_string(),
                    says.to_owned(),
                    s.on.to_string(),
                    s.summary.clone(),
                ]);
            }
        }
    }
    table
}

/// Interviews request by request.
#[must_use]
pub fn interviews(interviews: &Interviews) -> Table {
    let mut table =
        Table::new(&["request", "person", "role", "asked_on", "state", "terms", "reason"]);
    for r in &interviews.requests {
        let state = match r.state {
            InterviewState::Unanswered => "unanswered",
            InterviewState::Accepted => "accepted",
            InterviewState::Declined => "declined",
            InterviewState::Held => "held",
            InterviewState::Interrupted => "interrupted",
        };
        table.push(vec![
            r.request.to_string(),
            r.person.clone(),
            r.role.clone(),
            r.asked_on.to_string(),
            state.to_owned(),
            terms(r.terms_agreed.as_ref().unwrap_or(&r.terms_asked)),
            r.reason.clone().or(r.reason_code.map(reason)).unwrap_or_default(),
        ]);
    }
    table
}

fn terms(t: &Terms) -> String {
    let all = [
        ("private", t.private),
        ("witness", t.witness),
        ("counsel", t.counsel),
        ("recording", t.recording),
        ("interpreter", t.interpreter),
    ];
    let words: Vec<String> = all
        .iter()
        .filter_map(|(name, value)| {
            value.map(|yes| if yes { (*name).to_owned() } else { format!("no {name}") })
        })
        .collect();
    words.join(", ")
}

/// Words for a reason.
#[must_use]
pub fn reason(code: ReasonCode) -> String {
    match code {
        ReasonCode::Witness => "asked for a witness",
        ReasonCode::Recording => "asked for a recording",
        ReasonCode::Location => "place not agreed",
        ReasonCode::Form => "form not agreed",
        ReasonCode::Fear => "fear",
        ReasonCode::Unavailable => "unavailable",
        ReasonCode::RefusedByState => "refused by the state",
        ReasonCode::Terms => "terms not agreed",
        ReasonCode::Other => "other",
    }
    .to_owned()
}

/// Terms, each on its own.
#[must_use]
pub fn interview_terms(interviews: &Interviews) -> Table {
    let mut table = Table::new(&["term", "asked_about", "agreed_as_asked", "agreed_otherwise"]);
    for t in interviews.terms.iter().filter(|t| t.asked > 0) {
        let cells = [t.asked, t.agreed, t.refused].map(|n| n.to_string());
        table.push([vec![t.term.to_owned()], cells.to_vec()].concat());
    }
    table
}

/// Which roles at which sites were interviewed.
#[must_use]
pub fn interview_coverage(interviews: &Interviews) -> Table {
    let mut table = Table::new(&["site", "role", "declared", "asked", "interviewed", "refused"]);
    for c in &interviews.coverage {
        let site = c.site.as_ref().map_or("not declared".to_owned(), ToString::to_string);
        let cells = [c.declared, c.asked, c.interviewed, c.refused].map(|n| n.to_string());
        table.push([vec![site, c.role.clone()], cells.to_vec()].concat());
    }
    table
}

/// Classes of items and sites with the shares that reached each stage.
#[must_use]
pub fn classes(custody: &Custody) -> Table {
    let mut table =
        Table::new(&["class", "items", "share_of", "stage", "claimed", "witnessed", "verified"]);
    for class in &custody.classes {
        for s in &class.stages {
            table.push(vec![
                class.class.clone(),
                s.items.to_string(),
                class.share_of.clone(),
                s.stage.clone(),
                share_of(s.claimed),
                share_of(s.witnessed),
                share_of(s.verified),
            ]);
        }
    }
    table
}

/// Items one by one.
#[must_use]
pub fn items<'a>(items: impl Iterator<Item = &'a ItemStatus>) -> Table {
    let mut table = Table::new(&[
        "item",
        "category",
        "custodian",
        "held_since",
        "stage",
        "known_as",
        "confirmed_on",
        "gap",
    ]);
    for i in items {
        table.push(vec![
            i.item.to_string(),
            i.category.to_string(),
            i.custodian.to_string(),
            i.held_since.as_ref().map(ToString::to_string).unwrap_or_default(),
            i.stage.to_string(),
            format!("{:?}", i.standing).to_lowercase(),
            i.last_confirmed().map_or("never sealed".to_owned(), ToString::to_string),
            if i.in_gap() { "open gap".to_owned() } else { String::new() },
        ]);
    }
    table
}

/// From when to when an item was surely itself.
#[must_use]
pub fn continuity(item: &ItemStatus) -> Table {
    let mut table = Table::new(&["from", "to", "knowledge", "by", "restored_by"]);
    item.continuity.iter().for_each(|i| table.push(interval(i)));
    table
}

fn interval(i: &Interval) -> Vec<String> {
    let words = match i.knowledge {
        Knowledge::Kept => "kept",
        Knowledge::Unconfirmed => "under seal, not looked at since",
        Knowledge::Gap => "gap",
    };
    vec![
        i.from.to_string(),
        i.to.as_ref().map_or("now".to_owned(), ToString::to_string),
        words.to_owned(),
        i.by.to_string(),
        i.restored_by.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

/// The same for every item that was ever sealed.
#[must_use]
pub fn continuities<'a>(items: impl Iterator<Item = &'a ItemStatus>) -> Table {
    let mut table = Table::new(&["item", "from", "to", "knowledge", "by", "restored_by"]);
    for item in items {
        for i in &item.continuity {
            table.push([vec![item.item.to_string()], interval(i)].concat());
        }
    }
    table
}

/// Transfers of custody by a day, with who stands behind each.
#[must_use]
pub fn transfers(case: &Case, day: civil::Date) -> Table {
    let columns = ["transfer", "items", "from", "to", "on", "received_on", "standing"];
    let mut table = Table::new(&columns);
    for t in case.transfers.iter().filter(|t| t.body.transfer.on.earliest() <= day) {
        let b = &t.body.transfer;
        let standing = match t.body.standing() {
            TransferStanding::BothSides => "both sides signed".to_owned(),
            TransferStanding::PublicRecord => "a named source says so; nobody signed".to_owned(),
            TransferStanding::ReceiverMissing => {
                format!("{} has not signed: it does not count", b.to)
            }
            TransferStanding::ShipperMissing => {
                format!("{} has not signed: it does not count", b.from)
            }
        };
        let received = t.body.receipts.first().filter(|r| r.body.on.earliest() <= day);
        table.push(vec![
            t.id.to_string(),
            b.items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
            b.from.to_string(),
            b.to.to_string(),
            b.on.to_string(),
            received.map(|r| r.body.on.to_string()).unwrap_or_default(),
            standing,
        ]);
    }
    table
}

/// Inspections by a day, as carried out.
#[must_use]
pub fn inspections(case: &Case, day: civil::Date) -> Table {
    let columns =
        ["inspection", "site", "mandate", "from", "to", "team", "activities", "findings", "files"];
    let mut table = Table::new(&columns);
    for r in case.inspections.iter().filter(|r| r.body.from.earliest() <= day) {
        let b = &r.body;
        let team: Vec<String> = b.team.iter().map(|t| format!("{} {}", t.number, t.role)).collect();
        let files: Vec<&str> = b.attachments.iter().map(|a| a.name.as_str()).collect();
        table.push(vec![
            r.id.to_string(),
            b.site.to_string(),
            b.mandate.clone(),
            b.from.to_string(),
            b.to.to_string(),
            team.join("; "),
            b.activities.join("; "),
            b.findings.join("; "),
            files.join("; "),
        ]);
    }
    table
}

/// Seals put on by a day, with how each was found last.
#[must_use]
pub fn seals(case: &Case, day: civil::Date) -> Table {
    let mut table = Table::new(&["seal", "number", "about", "applied_on", "looked_at_on", "found"]);
    for s in case.physical_seals.iter().filter(|s| s.body.applied.on.earliest() <= day) {
        let last = s.body.checks.iter().rfind(|c| c.body.on.earliest() <= day);
        let found = last.map_or("nobody has looked since", |c| match c.body.state {
            SealState::Intact => "intact",
            SealState::Broken => "broken",
            SealState::Missing => "missing",
            SealState::Removed => "taken off in good order",
        });
        table.push(vec![
            s.id.to_string(),
            s.body.applied.number.clone(),
            s.body.applied.about.to_string(),
            s.body.applied.on.to_string(),
            last.map(|c| c.body.on.to_string()).unwrap_or_default(),
            found.to_owned(),
        ]);
    }
    table
}

/// What does not fit, item by item.
#[must_use]
pub fn item_problems(custody: &Custody, most: usize) -> Table {
    let mut table = Table::new(&["code", "item", "what"]);
    for (item, p) in custody.problems.iter().take(most) {
        table.push(vec![p.code.to_owned(), item.to_string(), p.words.clone()]);
    }
    table
}

/// A shipment reconciled, line by line of what is open.
#[must_use]
pub fn reconciliation(r: &Reconciliation) -> Table {
    let mut table = Table::new(&["tag", "what", "sent", "received"]);
    let mut push = |tag: &str, what: &str, sent: String, received: String| {
        table.push(vec![tag.to_owned(), what.to_owned(), sent, received]);
    };
    for t in &r.missing {
        push(t, "missing", "sent".into(), String::new());
    }
    for t in &r.extra {
        push(t, "extra", String::new(), "received".into());
    }
    for s in &r.seals {
        let shown = |s: &Option<String>| s.clone().unwrap_or_else(|| "no seal".to_owned());
        push(&s.tag, "seal differs", shown(&s.sent), shown(&s.received));
    }
    for w in &r.weights {
        let what = match w.sigmas {
            Some(sigmas) => format!("weight differs by {sigmas:.1} sigma"),
            None => "weight differs beyond comparison".to_owned(),
        };
        push(&w.tag, &what, w.sent.clone(), w.received.clone());
    }
    for t in &r.no_error_stated {
        push(t, "weight differs, no error stated", String::new(), String::new());
    }
    for t in &r.twice {
        let lines: Vec<String> = t.lines.iter().map(ToString::to_string).collect();
        let lines = format!("lines {}", lines.join(", "));
        let (sent, received) =
            if t.list == "shipped" { (lines, String::new()) } else { (String::new(), lines) };
        push(&t.tag, "tag stands twice", sent, received);
    }
    table
}

/// Which declared sites have been tested.
#[must_use]
pub fn coverage(coverage: &Coverage) -> Table {
    let mut table = Table::new(&["site", "inspections", "measurements", "seals", "last_inspected"]);
    for s in &coverage.sites {
        let last = match &s.last_inspected {
            Some(on) => on.to_string(),
            None if s.because.is_empty() => "untested".to_owned(),
            None => String::new(),
        };
        let counts = [s.inspections, s.measurements, s.seals].map(|n| n.to_string());
        table.push([vec![s.site.to_string()], counts.to_vec(), vec![last]].concat());
    }
    table
}

/// Samples with their chain.
#[must_use]
pub fn samples(samples: &[SampleStatus]) -> Table {
    let mut table = Table::new(&["sample", "material", "taken_on", "last", "results", "chain"]);
    for s in samples {
        let results: Vec<String> =
            s.results.iter().map(|r| format!("{}: {}", r.by, r.figure)).collect();
        let chain = if s.breaks.is_empty() { "unbroken".to_owned() } else { s.breaks.join("; ") };
        table.push(vec![
            s.sample.to_string(),
            s.material.clone(),
            s.taken_on.to_string(),
            s.last.clone(),
            results.join("; "),
            chain,
        ]);
    }
    table
}

/// Effort against plan.
#[must_use]
pub fn effort(effort: &[Effort]) -> Table {
    let mut table = Table::new(&["mandate", "inspections", "used", "planned", "not_stated"]);
    for e in effort {
        table.push(vec![
            e.mandate.clone(),
            e.inspections.to_string(),
            e.used.to_string(),
            e.planned.map_or("no plan recorded".to_owned(), |p| p.to_string()),
            if e.not_stated > 0 { format!("{} state none", e.not_stated) } else { String::new() },
        ]);
    }
    table
}

/// The parties' tests.
#[must_use]
pub fn board_tests(board: &Board) -> Table {
    let mut table = Table::new(&["id", "word", "test", "verdict", "value", "why"]);
    for t in &board.tests {
        let verdict = match t.verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "not_met",
            Verdict::RestsOnNothing => "rests_on_nothing",
        };
        let value = t.value.map(|v| v.to_string()).unwrap_or_default();
        let (id, word) = (t.id.clone(), t.word.to_string());
        table.push(vec![id, word, t.title.clone(), verdict.into(), value, t.why.clone()]);
    }
    table
}

/// What is known of completeness. `row` is what to ask `why` for.
#[must_use]
pub fn complete(c: &Complete) -> Table {
    let mut table = Table::new(&["row", "what", "value"]);
    let mut push =
        |row: &str, what: &str, value: String| table.push(vec![row.into(), what.into(), value]);
    for s in &c.sealed {
        let of = s.of.map_or("a number not disclosed".to_owned(), |n| n.to_string());
        let value = format!("{}: {} of {of} places", s.seal, s.opened);
        push("opened-share", "opened of what was sealed", value);
    }
    let likeliest: Vec<String> = c
        .open_findings
        .iter()
        .filter_map(|f| Some(format!("{} {}", f.id, percent_of(f.probability?))))
        .take(3)
        .collect();
    let unweighed = c.open_findings.iter().filter(|f| f.probability.is_none()).count();
    let mut value = c.open_findings.len().to_string();
    if !likeliest.is_empty() {
        value += &format!(": {}", likeliest.join(", "));
    }
    if unweighed > 0 {
        value += &format!(" ({unweighed} about nothing that was weighed)");
    }
    push("open-findings", "open findings, the likeliest first", value);
    let likely = c.undeclared.iter().filter(|u| u.probability >= 0.5);
    let names: Vec<String> = likely
        .clone()
        .take(3)
        .map(|u| format!("{} {}", u.name, percent_of(u.probability)))
        .collect();
    let mut value = c.undeclared.len().to_string();
    if !names.is_empty() {
        value +=
            &format!(", of them more likely than not {}: {}", likely.count(), names.join(", "));
    }
    push("undeclared-places", "places seen, not declared", value);
    let all = c.challenges;
    let value = match all.answered + all.waiting + all.silent {
        0 => "none made".to_owned(),
        _ => format!(
            "{} answered, {} waiting, {} silent; {} cells held something, {} were committed empty",
            all.answered, all.waiting, all.silent, all.occupied, all.empty
        ),
    };
    push("silent-challenges", "challenges", value);
    for d in &c.detection {
        let value = format!(
            "{:.1} % for {} hidden, {} of {} cells answered ({})",
            d.probability * 100.0,
            d.hidden,
            d.answered,
            d.cells,
            d.seal
        );
        push("detection-probability", "detection of hidden sites", value);
    }
    let value = format!("{} of {}", c.untested.0, c.untested.1);
    push("untested-sites", "declared sites untested", value);
    let value = c.contradicting_figures.to_string();
    push("contradicting-figures", "figures that cannot both be true", value);
    let value = match c.balances.len() {
        0 => "none drawn".to_owned(),
        all => {
            let n = |v| c.balances.iter().filter(|b| b.verdict == v).count();
            format!(
                "{all}: {} close, {} within errors, {} above the limit, {} differ (no measurement errors given: no verdict), {} without an inventory",
                n(Closure::Closes),
                n(Closure::WithinErrors),
                n(Closure::Alarm),
                n(Closure::Differs),
                n(Closure::NoInventory)
            )
        }
    };
    push("open-balances", "material balances", value);
    table
}

/// Material balances as the board counts them.
#[must_use]
pub fn balance_verdicts(c: &Complete) -> Table {
    let mut table =
        Table::new(&["balance", "area", "material", "first", "last", "difference", "verdict"]);
    for b in &c.balances {
        let verdict = match b.verdict {
            Closure::Closes => "closes",
            Closure::WithinErrors => "within the measurement errors",
            Closure::Alarm => "above the limit: a reason to look",
            Closure::Differs => "differs; no measurement errors given, no verdict",
            Closure::NoInventory => "no inventory taken",
        };
        table.push(vec![
            b.id.clone(),
            b.mba.clone(),
            b.material.clone(),
            b.period.0.clone(),
            b.period.1.clone(),
            b.difference.clone().unwrap_or_default(),
            verdict.to_owned(),
        ]);
    }
    table
}

/// Findings that nobody resolved, the likeliest first.
#[must_use]
pub fn open_findings(c: &Complete) -> Table {
    let mut table = Table::new(&["finding", "raised_on", "probability", "what"]);
    for f in &c.open_findings {
        let chance = match (f.probability, f.range) {
            (Some(p), Some((low, high))) => {
                format!("{} ({:.0}-{:.0})", percent_of(p), low * 100.0, high * 100.0)
            }
            _ => "not weighed".to_owned(),
        };
        table.push(vec![f.id.to_string(), f.raised_on.to_string(), chance, f.what.clone()]);
    }
    table
}

/// A probability, never shown as certain.
fn percent_of(p: f64) -> String {
    format!("{:.0} %", (p * 100.0).clamp(1.0, 99.0))
}

fn share_of(share: f64) -> String {
    if share > 0.0 { format!("{:.1} %", share * 100.0) } else { String::new() }
}

/// What is known of verifiability, class by class.
#[must_use]
pub fn verifiable(v: &Verifiable) -> Table {
    let mut table = Table::new(&[
        "class",
        "stage",
        "claimed",
        "witnessed",
        "verified",
        "detects",
        "in_gap",
        "never_sealed",
        "confirmed_since",
    ]);
    for class in &v.classes {
        let known = v.continuity.iter().find(|c| c.class == class.class);
        let detects = v.detection.iter().rfind(|d| d.class == class.class);
        for (at, s) in class.stages.iter().enumerate() {
            let first =
                |n: Option<String>| if at == 0 { n.unwrap_or_default() } else { String::new() };
            table.push(vec![
                class.class.clone(),
                s.stage.clone(),
                share_of(s.claimed),
                share_of(s.witnessed),
                share_of(s.verified),
                first(detects.map(|d| match d.verified {
                    0 => "none verified".to_owned(),
                    _ => format!("{:.1} % of {} false", d.probability * 100.0, d.false_items),
                })),
                first(known.map(|c| c.in_gap.to_string())),
                first(known.map(|c| c.never_sealed.to_string())),
                first(known.and_then(|c| c.oldest_confirmation.as_ref()).map(ToString::to_string)),
            ]);
        }
    }
    table
}

/// How hard it would be to go back.
#[must_use]
pub fn irreversible(board: &Board) -> Table {
    let mut table = Table::new(&[
        "about", "stage", "days_to", "days", "cost", "assessor", "on", "source", "margin",
    ]);
    for r in &board.irreversible {
        let margin = match (r.margin_days, r.estimates.is_empty()) {
            (Some(days), _) => format!("{days} days"),
            (None, true) => "not estimated".to_owned(),
            (None, false) if r.least_days.is_none() => "no time to reverse".to_owned(),
            (None, false) => "no time to detect".to_owned(),
        };
        let stage = || r.stage.clone().unwrap_or_default();
        if r.estimates.is_empty() {
            let mut row = vec![String::new(); 9];
            (row[0], row[1], row[8]) = (r.about.clone(), stage(), margin);
            table.push(row);
            continue;
        }
        for (at, e) in r.estimates.iter().enumerate() {
            table.push(vec![
                r.about.clone(),
                e.stage.clone().unwrap_or_else(stage),
                match e.time_to {
                    TimeTo::Reverse => "reverse".to_owned(),
                    TimeTo::Detect => "detect".to_owned(),
                },
                format!("{} to {}", e.days.0, e.days.1),
                e.cost.clone().unwrap_or_default(),
                e.assessor.clone(),
                e.on.to_string(),
                e.source.clone(),
                if at == 0 { margin.clone() } else { String::new() },
            ]);
        }
    }
    table
}
