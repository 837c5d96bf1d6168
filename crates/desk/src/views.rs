//! The parts of an assessment as tables.

use accountancy::{Differ, Figures};
use crosscheck::{Crosscheck, Judgement, Look, Looked, Said, SiteRow, Verdict, Weighing};
use inspection::{ChallengeState, SealedStatus};
use roadmap::{LimitState, Status, StepStatus, Timeliness};
use statement::{Basis, ObjectId};

use crate::Table;

/// A mark for what rests on memory; every row that does carries it.
#[must_use]
pub fn basis_mark(basis: Option<Basis>) -> &'static str {
    match basis {
        Some(Basis::Memory) => "from memory",
        Some(Basis::Mixed) => "partly from memory",
        Some(Basis::Seen) => "source seen",
        None => "",
    }
}

fn ids(ids: &[ObjectId]) -> String {
    ids.iter().map(ObjectId::as_str).collect::<Vec<_>>().join(" ")
}

/// Declared sites with what was seen of them.
#[must_use]
pub fn sites(crosscheck: &Crosscheck) -> Table {
    let mut table = Table::new(&["site", "declared", "verdict", "there", "observations", "record"]);
    for site in &crosscheck.sites {
        table.push(vec![
            site.site.to_string(),
            site.name.clone(),
            outcome(site),
            chance(&site.weighing),
            matches(site),
            basis_mark(site.basis).to_owned(),
        ]);
    }
    table
}

/// Words for a verdict. "Not seen" says that nobody named it, not that it is not there.
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::DeclaredAndSeen => "declared and seen",
        Verdict::DeclaredNotSeen => "no observation names it",
        Verdict::SeenNotDeclared => "seen, not declared",
        Verdict::AttributesDisagree => "attributes disagree",
        Verdict::Contested => "contested",
        Verdict::NotAFacility => "not a facility",
        Verdict::FalseAlarm => "false alarm",
    }
}

/// Words for whether anybody looked.
#[must_use]
pub fn looked(looked: Looked) -> &'static str {
    match looked {
        Looked::Seen => "seen",
        Looked::FoundNothing => "looked and found nothing",
        Looked::OnlyItsComplex => "only its complex was looked at",
        Looked::Never => "never looked",
    }
}

/// One line of a place's history: the date, where there is one, and what was said.
pub(crate) fn said(said: &Said) -> String {
    let on = said.on.as_ref().map(|on| format!("{on} ")).unwrap_or_default();
    format!("{on}{}", said.what)
}

/// The verdict on a site; of one not seen, whether anybody looked; of one that differs, in what.
pub(crate) fn outcome(site: &SiteRow) -> String {
    let words = verdict(site.verdict);
    match site.verdict {
        Verdict::DeclaredNotSeen => format!("{words}; {}", looked(site.looked)),
        Verdict::AttributesDisagree => {
            let mut of: Vec<&str> = site
                .differences
                .iter()
                .filter(|d| d.judgement == Judgement::Disagree)
                .map(|d| d.attribute)
                .collect();
            of.dedup();
            format!("{words}: {}", of.join(", "))
        }
        _ => words.to_owned(),
    }
}

/// A probability with its interval and the words of ICD 203: `70 % (62-78) likely`.
#[must_use]
pub fn chance(w: &Weighing) -> String {
    if w.evidence.is_empty() {
        return "rests on nothing".to_owned();
    }
    format!(
        "{} ({}-{}) {}",
        percent(w.probability),
        (w.low * 100.0).round(),
        (w.high * 100.0).round(),
        w.words
    )
}

/// A probability in whole per cent, never 0 or 100.
#[must_use]
pub fn percent(p: f64) -> String {
    match p {
        p if p > 0.99 => ">99 %".to_owned(),
        p if p < 0.01 => "<1 %".to_owned(),
        p => format!("{:.0} %", p * 100.0),
    }
}

fn matches(site: &SiteRow) -> String {
    site.matches
        .iter()
        .map(|m| format!("{} {:.0}%", m.id, (m.probability * 100.0).min(99.0)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Places seen and not declared, the most pressing first.
#[must_use]
pub fn unmatched(crosscheck: &Crosscheck, most: usize) -> Table {
    let mut table =
        Table::new(&["rank", "place", "verdict", "seen_as", "observations", "why_here"]);
    for place in crosscheck.unmatched.iter().take(most) {
        let readings: Vec<String> = place
            .readings
            .iter()
            .map(|r| {
                format!(
                    "{} {} ({:.0}-{:.0})",
                    r.kind,
                    percent(r.probability),
                    r.low * 100.0,
                    r.high * 100.0
                )
            })
            .collect();
        table.push(vec![
            format!("{:.2}", place.rank),
            place.name.clone(),
            verdict(place.verdict).to_owned(),
            readings.join(" / "),
            ids(&place.observations),
            place.reasons.join("; "),
        ]);
    }
    table
}

/// Which names met, for every report that is taken for one of a declared site, or for one of a place with others.
#[must_use]
pub fn names_met(crosscheck: &Crosscheck) -> Table {
    let mut table = Table::new(&["report", "taken_for", "bits_of_name", "names_that_met"]);
    let mut add = |report: &ObjectId, of: &ObjectId, fields: &[crosscheck::Field]| {
        let Some(name) = fields.iter().find(|f| f.field == "name") else { return };
        let bits = format!("{:+.1}", name.bits);
        table.push(vec![report.to_string(), of.to_string(), bits, name.words.clone()]);
    };
    for site in &crosscheck.sites {
        site.matches.iter().for_each(|m| add(&m.id, &site.site, &m.fields));
    }
    for place in &crosscheck.unmatched {
        place.ties.iter().for_each(|tie| add(&tie.observation, &tie.to, &tie.fields));
    }
    table
}

/// Proposed access requests, the most telling first.
#[must_use]
pub fn looks<'a>(looks: impl IntoIterator<Item = &'a Look>) -> Table {
    let mut table =
        Table::new(&["place", "where", "basis", "look_for", "settles", "bits", "matters"]);
    for look in looks {
        table.push(vec![
            format!("{} ({})", look.name, look.entity),
            look.place.clone(),
            look.basis.clone(),
            look.look_for.to_owned(),
            look.settles.clone(),
            format!("{:.2}", look.expected_bits),
            format!("{:.1}", look.matters),
        ]);
    }
    table
}

/// What private evidence changes.
#[must_use]
pub fn shifts(shifts: &[crosscheck::Shift]) -> Table {
    let mut table = Table::new(&["entity", "place", "without", "with"]);
    let score =
        |s: &crosscheck::Score| format!("{} {}", verdict(s.verdict), percent(s.probability));
    for shift in shifts {
        table.push(vec![
            shift.entity.to_string(),
            shift.name.clone(),
            shift.without.as_ref().map_or_else(|| "not known".to_owned(), score),
            score(&shift.with),
        ]);
    }
    table
}

/// Attributes that declaration and observation give otherwise and that cannot both be true.
#[must_use]
pub fn differences(crosscheck: &Crosscheck) -> Table {
    let mut table = Table::new(&["site", "attribute", "declared", "observed", "by", "why"]);
    for site in &crosscheck.sites {
        for d in site.differences.iter().filter(|d| d.judgement == Judgement::Disagree) {
            let dated = |text: &str, on: &Option<statement::Date>| match on {
                Some(on) => format!("{text} ({on})"),
                None => text.to_owned(),
            };
            table.push(vec![
                site.site.to_string(),
                d.attribute.to_owned(),
                dated(&d.declared, &d.declared_on),
                dated(&d.observed, &d.observed_on),
                d.observation.to_string(),
                d.words.clone(),
            ]);
        }
    }
    table
}

/// Every observation with the place it belongs to: the table a program reads. `weight_db` is the weight of evidence
/// behind the probability in decibans (ten times log10 of the odds), prior included.
#[must_use]
pub fn observations(crosscheck: &Crosscheck) -> Table {
    let mut table =
        Table::new(&["observation_id", "entity", "verdict", "probability", "weight_db"]);
    for row in &crosscheck.observations {
        table.push(vec![
            row.observation.to_string(),
            row.entity.to_string(),
            row.verdict.code().to_owned(),
            row.probability.to_string(),
            format!("{:.1}", row.bits * 10.0 * 2.0_f64.log10()),
        ]);
    }
    for id in &crosscheck.not_facilities {
        table.push(vec![
            id.to_string(),
            String::new(),
            Verdict::NotAFacility.code().to_owned(),
            String::new(),
            String::new(),
        ]);
    }
    table
}

/// Figures that cannot both be true.
#[must_use]
pub fn disagreements(figures: &Figures) -> Table {
    let mut table = Table::new(&["counts", "lower", "stated_by", "higher", "by", "gap"]);
    for group in &figures.groups {
        for pair in &group.disagreements {
            let find = |id: &ObjectId| group.figures.iter().find(|f| f.id == *id);
            let (Some(low), Some(high)) = (find(&pair.low), find(&pair.high)) else { continue };
            let shown = |f: &accountancy::Figure| format!("{} ({})", f.figure, f.id);
            let by = |f: &accountancy::Figure| match &f.stated_on {
                Some(on) => format!("{}, {on}", f.stated_by),
                None => f.stated_by.clone(),
            };
            table.push(vec![
                format!("{} {}", group.material, group.kind).trim().to_owned(),
                shown(low),
                by(low),
                shown(high),
                by(high),
                format!("{} {}", pair.gap, group.unit),
            ]);
        }
    }
    table
}

/// Places of the axis that a figure is drawn on in text.
const AXIS: usize = 24;

/// Every quantity with its figures on one axis, from low to high: `├──┤` is what a figure allows, an arrow has no end.
#[must_use]
pub fn axes(figures: &Figures) -> Table {
    let mut table = Table::new(&["quantity", "axis", "figure", "counts", "id"]);
    let drawn = |q: &&accountancy::Quantity| q.figures.len() > 1 && q.most.is_some();
    for q in figures.quantities.iter().filter(drawn) {
        let number = |d: Option<statement::Decimal>| d.map(statement::Decimal::to_f64);
        let least = number(q.least).unwrap_or(0.0).min(0.0);
        let most = number(q.most).unwrap_or(1.0).max(least + f64::MIN_POSITIVE);
        let name = format!("{} {}", q.material, q.unit).trim().to_owned();
        for (n, f) in q.figures.iter().enumerate() {
            let (low, high) = (number(f.low), number(f.high));
            let at = |x: f64| ((x - least) / (most - least) * (AXIS - 1) as f64).round() as usize;
            let drawn: String = (0..AXIS)
                .map(|i| match (low.map(at), high.map(at)) {
                    (Some(a), Some(b)) if a == b && i == a => '●',
                    (Some(a), Some(_)) if i == a => '├',
                    (Some(_), Some(b)) if i == b => '┤',
                    (Some(a), Some(b)) if a < i && i < b => '─',
                    (Some(a), None) if i == a => '├',
                    (Some(a), None) if i > a => {
                        if i + 1 == AXIS {
                            '▶'
                        } else {
                            '─'
                        }
                    }
                    (None, Some(b)) if i == b => '┤',
                    (None, Some(b)) if i < b => {
                        if i == 0 {
                            '◀'
                        } else {
                            '─'
                        }
                    }
                    _ => '·',
                })
                .collect();
            let of = if n == 0 { format!("{name}, {least} to {most}") } else { String::new() };
            table.push(vec![
                of,
                drawn,
                f.figure.clone(),
                f.kind.as_str().replace('_', " "),
                f.id.to_string(),
            ]);
        }
    }
    table
}

/// Figures that differ and may both be true: by quantity and reason, from low to high.
#[must_use]
pub fn seeming(figures: &Figures) -> Table {
    let mut table = Table::new(&["quantity", "why_both_may_be_true", "figures"]);
    for q in &figures.quantities {
        let name = format!("{} {}", q.material, q.unit).trim().to_owned();
        let mut reasons: Vec<Differ> =
            q.seeming.iter().filter_map(|p| p.because_of.first().copied()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        for reason in reasons {
            let pairs = || q.seeming.iter().filter(|p| p.because_of.first() == Some(&reason));
            // By kind, in the order of the axis.
            let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
            for f in q.figures.iter().filter(|f| pairs().any(|p| p.low == f.id || p.high == f.id)) {
                let shown = format!("{} ({})", f.figure, f.id);
                match kinds.iter_mut().find(|(kind, _)| *kind == f.kind.as_str()) {
                    Some((_, list)) => list.push(shown),
                    None => kinds.push((f.kind.as_str(), vec![shown])),
                }
            }
            let of_kind = |(kind, list): &(&str, Vec<String>)| {
                format!("{}: {}", kind.replace('_', " "), list.join(", "))
            };
            let shown: Vec<String> = kinds.iter().map(of_kind).collect();
            table.push(vec![name.clone(), reason.words().to_owned(), shown.join(" | ")]);
        }
    }
    table
}

/// Every stated figure, grouped by what it counts.
#[must_use]
pub fn figures(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        "id",
        "material",
        "kind",
        "figure",
        "as_of",
        "stated_on",
        "stated_by",
        "what",
        "record",
    ]);
    for group in &figures.groups {
        for f in &group.figures {
            table.push(vec![
                f.id.to_string(),
                group.material.clone(),
                group.kind.to_string(),
                f.figure.clone(),
                f.as_of.as_ref().map(ToString::to_string).unwrap_or_default(),
                f.stated_on.as_ref().map(ToString::to_string).unwrap_or_default(),
                f.stated_by.clone(),
                f.what.clone(),
                basis_mark(f.basis).to_owned(),
            ]);
        }
    }
    table
}

/// When a step is due and when it was done, in words.
#[must_use]
pub fn timing(step: &StepStatus) -> String {
    match (step.timeliness, step.slip_days, step.slip_days_most) {
        (Timeliness::Late, Some(least), Some(most)) => format!("{least} to {most} days late"),
        (Timeliness::Late, Some(1), None) => "1 day late".to_owned(),
        (Timeliness::Late, Some(days), None) => format!("{days} days late"),
        (Timeliness::OnTime, Some(0), None) => "on the day".to_owned(),
        (Timeliness::OnTime, Some(days), None) => format!("{} days early", -days),
        (Timeliness::OnTime, ..) => "in time".to_owned(),
        (Timeliness::Unclear, None, Some(most)) => format!("at most {most} days late"),
        (Timeliness::Unclear, Some(least), Some(most)) => format!("{least} to {most} days late"),
        (Timeliness::Overdue, ..) => {
            format!("{} days overdue", step.overdue_days.unwrap_or_default())
        }
        (Timeliness::DueSoon, ..) => "due within 30 days".to_owned(),
        (Timeliness::NotDue, ..) => "not due yet".to_owned(),
        _ => String::new(),
    }
}

/// The steps of an agreement.
#[must_use]
pub fn steps(status: &Status, keep: impl Fn(&StepStatus) -> bool) -> Table {
    let mut table = Table::new(&["step", "by", "what", "due", "done", "state", "timing"]);
    for step in status.steps.iter().filter(|s| keep(s)) {
        let date =
            |d: &Option<statement::Date>| d.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut due = date(&step.due);
        if let Some(now) = &step.due_now {
            due = if due.is_empty() { now.to_string() } else { format!("{due}, then {now}") };
        }
        let before = if step.or_before { "by " } else { "" };
        let done = if step.actual.is_some() {
            format!("{before}{}", date(&step.actual))
        } else {
            String::new()
        };
        table.push(vec![
            step.id.to_string(),
            step.parties.join(" "),
            step.title.clone(),
            due,
            done,
            state(step),
            timing(step),
        ]);
    }
    table
}

/// How far a step has come, with amounts, counts and marks.
fn state(step: &StepStatus) -> String {
    let mut words = vec![step.state.words().to_owned()];
    match (&step.done, &step.of) {
        (Some(done), Some(of)) if done != of => words.push(format!("{} of {of}", done.value)),
        (Some(done), None) if done.value > statement::Decimal::ZERO => words.push(done.to_string()),
        _ => {}
    }
    for dispute in &step.disputes {
        words.push(match (dispute.counted_done, dispute.counted_of) {
            (Some(done), Some(of)) => format!("{} counts {done} of {of}", dispute.party),
            _ => format!("disputed by {}", dispute.party),
        });
    }
    if step.suspended {
        words.push("suspended".to_owned());
    }
    if !step.waiting_for.is_empty() {
        words.push(format!("waits for {}", ids(&step.waiting_for)));
    }
    if step.basis == Some(Basis::Memory) {
        words.push("from memory".to_owned());
    }
    words.join("; ")
}

/// What each party promised with a date, and what came of it.
#[must_use]
pub fn promises(status: &Status) -> Table {
    let mut table = Table::new(&[
        "party",
        "promises",
        "on_time",
        "late",
        "unclear",
        "overdue",
        "open",
        "ended",
        "reversed",
        "median_slip_days",
        "largest",
    ]);
    for p in &status.parties {
        let days = |d: Option<i64>| d.map(|d| d.to_string()).unwrap_or_default();
        let mut row = vec![p.party.clone()];
        row.extend(
            [p.promises, p.on_time, p.late, p.unclear, p.overdue, p.open, p.closed, p.reversed]
                .map(|n| n.to_string()),
        );
        row.extend([days(p.median_slip_days), days(p.largest_slip_days)]);
        table.push(row);
    }
    table
}

/// Limits against what was reported.
#[must_use]
pub fn limits(status: &Status) -> Table {
    let mut table = Table::new(&[
        "limit",
        "what",
        "at_most",
        "exceeded",
        "within",
        "only_bounded",
        "no_figure",
    ]);
    for limit in &status.limits {
        let count = |state: LimitState| limit.readings.iter().filter(|r| r.state == state).count();
        let above: Vec<String> = limit
            .readings
            .iter()
            .filter(|r| r.state == LimitState::Exceeded)
            .map(|r| {
                format!(
                    "{} on {}",
                    r.figure,
                    r.as_of.as_ref().map(ToString::to_string).unwrap_or_default()
                )
            })
            .collect();
        let tested = !limit.readings.is_empty();
        table.push(vec![
            limit.id.to_string(),
            limit.what.clone(),
            limit.limit.trim_start_matches("≤ ").to_owned(),
            if !tested { "no report tests it".to_owned() } else { above.join(", ") },
            count(LimitState::Within).to_string(),
            count(LimitState::BoundWithin).to_string(),
            count(LimitState::NoFigure).to_string(),
        ]);
    }
    table
}

/// Events around the agreement.
#[must_use]
pub fn events(status: &Status) -> Table {
    let mut table = Table::new(&["event", "on", "kind", "by", "what"]);
    for e in &status.events {
        let on = e.on.as_ref().map(ToString::to_string).unwrap_or_default();
        table.push(vec![
            e.id.to_string(),
            on,
            e.category.clone(),
            e.parties.join(" "),
            e.what.clone(),
        ]);
    }
    table
}

/// What of a sealed declaration is open, by category, field and cell.
#[must_use]
pub fn sealed(status: &SealedStatus) -> Table {
    let mut table = Table::new(&["level", "of", "open", "in_part", "still_sealed"]);
    for c in &status.categories {
        let disclosed = status.counts.iter().find(|n| n.what == c.category).map(|n| n.number);
        let rest = match (c.whole, disclosed) {
            (true, _) => "nothing".to_owned(),
            (false, Some(n)) => {
                format!("{} of {n} stated", u64::from(n).saturating_sub(c.opened as u64))
            }
            (false, None) => format!("how many is sealed, at most {}", c.room - c.opened as u64),
        };
        let row = ["category", &c.category, &c.opened.to_string(), &c.in_part.to_string(), &rest];
        table.push(row.map(str::to_owned).into());
    }
    for f in status.fields.iter().filter(|f| f.opened > 0) {
        let row = ["field", &f.field, &f.opened.to_string(), "", ""];
        table.push(row.map(str::to_owned).into());
    }
    if let Some(area) = &status.area {
        let open = area.occupied + area.empty;
        let mut of = format!("{} cells", area.cells);
        if !area.named_not_opened.is_empty() {
            of += &format!("; named and still closed: {}", area.named_not_opened.join(" "));
        }
        let shown = format!("{open} ({} occupied)", area.occupied);
        let rest = format!("{} cells", area.cells - open as u64);
        table.push(["area", &of, &shown, "", &rest].map(str::to_owned).into());
    }
    table
}

/// Challenges of a sealed declaration.
#[must_use]
pub fn challenges(status: &SealedStatus) -> Table {
    let columns = ["challenge", "by", "due", "state", "occupied", "empty", "no_answer"];
    let mut table = Table::new(&columns);
    for c in &status.challenges {
        let state = match c.state {
            ChallengeState::Answered => "answered",
            ChallengeState::Waiting => "answer not due yet",
            ChallengeState::Silent => "no answer by the date: recorded as refused",
        };
        table.push(vec![
            c.id.to_string(),
            c.by.to_string(),
            c.due.to_string(),
            state.to_owned(),
            c.occupied.to_string(),
            c.empty.to_string(),
            c.open.join(" "),
        ]);
    }
    table
}

/// Powers of the agreement, with what runs and until when.
#[must_use]
pub fn powers(status: &Status) -> Table {
    let mut table = Table::new(&["power", "holders", "state", "effect", "last_useful", "why"]);
    for p in &status.powers {
        let date =
            |d: &Option<statement::Date>| d.as_ref().map(ToString::to_string).unwrap_or_default();
        table.push(vec![
            p.id.to_string(),
            p.holders.join(" "),
            p.window.as_ref().map_or_else(
                || p.state.words().to_owned(),
                |w| format!("{}: {w}", p.state.words()),
            ),
            date(&p.takes_effect),
            date(&p.last_useful_day),
            p.why.join("; "),
        ]);
    }
    table
}

/// Obligations that last.
#[must_use]
pub fn lasting(status: &Status) -> Table {
    let mut table = Table::new(&["obligation", "by", "what", "state", "why"]);
    for l in &status.lasting {
        table.push(vec![
            l.id.to_string(),
            l.parties.join(" "),
            l.title.clone(),
            l.state.words().to_owned(),
            l.why.join("; "),
        ]);
    }
    table
}

/// Steps that are not simply in force: suspended, snapped back, restored, or done on ground since reversed.
#[must_use]
pub fn regimes(status: &Status) -> Table {
    let mut table = Table::new(&["step", "by", "regime", "since", "why"]);
    for s in &status.steps {
        if s.regime == roadmap::Regime::InForce && s.rests_on_reversed.is_empty() {
            continue;
        }
        table.push(vec![
            s.id.to_string(),
            s.parties.join(" "),
            s.regime.words().to_owned(),
            s.regime_since.as_ref().map(ToString::to_string).unwrap_or_default(),
            s.why.join("; "),
        ]);
    }
    table
}

/// Rival readings of a clause, and what stands otherwise under each.
#[must_use]
pub fn readings(status: &Status) -> Table {
    let mut table = Table::new(&["clause", "reading", "held_by", "under_it"]);
    for r in &status.readings {
        let mut under: Vec<String> = Vec::new();
        for s in &r.steps {
            under.push(format!("{}: {}, {}", s.id, s.state.words(), timing(s)));
        }
        for l in &r.limits {
            under.push(format!("{}: {} passed {} times", l.what, l.limit, l.exceeded));
        }
        under.extend(r.no_limit.iter().map(|l| format!("{l}: no limit")));
        under.extend(r.powers.iter().map(|p| format!("{}: {}", p.id, p.state.words())));
        if under.is_empty() {
            under.push("the same".to_owned());
        }
        table.push(vec![
            r.clause.clone(),
            r.reading.clone(),
            r.held_by.join(" "),
            under.join("; "),
        ]);
    }
    table
}
