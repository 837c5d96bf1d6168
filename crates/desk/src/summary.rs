//! One page: what an analyst would keep.

use std::fmt::Write;

use assessment::Assessment;
use crosscheck::Verdict;
use roadmap::{Status, StepState, StepStatus, Timeliness};
use serde::Serialize;

use crate::{Table, views};

/// What this run did to the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// Where the ledger is; `None` when nothing was recorded because there is none.
    pub ledger: Option<String>,
    /// Statements added now.
    pub added: usize,
    /// Of them, corrections of earlier ones.
    pub corrections: usize,
    /// Statements of the folder that were there already.
    pub already: usize,
    /// Objects recorded from the folder before that the folder no longer holds; they stay in the ledger.
    pub no_longer_in_folder: usize,
    /// Size of the ledger.
    pub size: u64,
    /// The root of its tree.
    pub root: String,
}

/// Which steps a section shows.
type Keep = fn(&StepStatus) -> bool;

fn is(step: &StepStatus, timeliness: Timeliness) -> bool {
    step.timeliness == timeliness
}

/// Most rows of a section on one page.
const MOST: usize = 12;

/// The page.
#[must_use]
pub fn summary(title: &str, a: &Assessment, recorded: Option<&Recorded>, width: usize) -> String {
    let mut page = Page { out: String::new(), width };
    page.line(title);
    page.line(&format!("case {}, as of {}", a.case, a.as_of));
    if let Some(recorded) = recorded {
        page.record(recorded);
    }
    page.basis(a);
    page.crosscheck(a);
    page.sealed(a);
    page.figures(a);
    page.accounts(a);
    match a.roadmap.as_ref() {
        Some(status) => page.roadmap(status),
        None => page
            .section("Agreement", "the folder holds no roadmap.kdl, so nothing says what is due"),
    }
    page.rejected(a);
    page.out
}

struct Page {
    out: String,
    width: usize,
}

impl Page {
    /// A line, broken between words where it is too wide.
    fn line(&mut self, text: &str) {
        let indent = text.len() - text.trim_start().len();
        let mut at = 0;
        for word in text.split(' ') {
            let wide = word.chars().count();
            if at > indent + 2 && at + 1 + wide > self.width {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(indent + 2));
                at = indent + 2;
            } else if at > 0 || word.is_empty() {
                self.out.push(' ');
                at += 1;
            }
            self.out.push_str(word);
            at += wide;
        }
        self.out.push('\n');
    }

    fn section(&mut self, title: &str, words: &str) {
        self.line("");
        self.line(format!("{} {words}", title.to_uppercase()).trim_end());
    }

    fn table(&mut self, table: &Table, of: usize, more: &str) {
        if table.rows.is_empty() {
            return;
        }
        for line in table.to_text(self.width - 2).lines() {
            let _ = writeln!(self.out, "  {line}");
        }
        if of > table.rows.len() {
            self.line(&format!("  … and {} more: {more}", of - table.rows.len()));
        }
    }

    fn record(&mut self, r: &Recorded) {
        let Some(ledger) = &r.ledger else {
            return self
                .line("not recorded: assessed from the folder alone; `lockstep open` records it");
        };
        let words = match (r.added, r.already) {
            (0, _) => {
                format!("nothing new: all {} statements of the folder are in the ledger", r.already)
            }
            (added, 0) => format!("recorded {}", count(added, "statement")),
            (added, already) => {
                format!("recorded {}, {already} were there already", count(added, "new statement"))
            }
        };
        let corrections = match r.corrections {
            0 => String::new(),
            n => format!(" ({})", count(n, "correction")),
        };
        self.line(&format!("{words}{corrections}"));
        self.line(&format!("ledger {ledger}: {} entries, root {}", r.size, r.root));
        if r.no_longer_in_folder > 0 {
            let n = count(r.no_longer_in_folder, "object");
            self.line(&format!(
                "{n} recorded before are no longer in the folder; they stay in the ledger"
            ));
        }
    }

    fn basis(&mut self, a: &Assessment) {
        let r = &a.record;
        let mut words = format!(
            "{} attested by their party's key, {} attributed from named sources",
            r.attested, r.attributed
        );
        if r.from_memory > 0 {
            words += &format!("; {} rest on memory alone and must be checked", r.from_memory);
        }
        self.line(&words);
    }

    fn crosscheck(&mut self, a: &Assessment) {
        let c = &a.crosscheck;
        if c.sites.is_empty() && c.observations.is_empty() {
            return self
                .section("Declared and seen", "no site is declared and nothing was observed");
        }
        let of = |v: Verdict| c.sites.iter().filter(|s| s.verdict == v).count();
        let words = format!(
            "{} declared: {} seen, {} whose attributes disagree, {} that no observation names, {} contested; {} observed",
            count(c.sites.len(), "site"),
            of(Verdict::DeclaredAndSeen),
            of(Verdict::AttributesDisagree),
            of(Verdict::DeclaredNotSeen),
            of(Verdict::Contested),
            count(c.observations.len(), "facility report")
        );
        self.section("Declared and seen", &words);
        let mut table = views::sites(c);
        let all = table.rows.len();
        table.rows.truncate(2 * MOST);
        self.table(&table, all, "lockstep crosscheck");
        if a.coverage.untested > 0 {
            let words = format!(
                "  untested: {} of {} declared sites; no inspection, measurement or seal of them is recorded",
                a.coverage.untested,
                a.coverage.sites.len()
            );
            self.line(&words);
        }
        let mut differences = views::differences(c);
        if !differences.rows.is_empty() {
            self.section("Declared otherwise than seen", "both cannot be true");
            let all = differences.rows.len();
            differences.rows.truncate(MOST);
            self.table(&differences, all, "lockstep crosscheck");
        }
        let undeclared = |v: Verdict| c.unmatched.iter().filter(|p| p.verdict == v).count();
        self.section(
            "Seen, not declared",
            &format!(
                "{}, {} contested, {}; the most pressing first",
                count(c.unmatched.len(), "place"),
                undeclared(Verdict::Contested),
                count(undeclared(Verdict::FalseAlarm), "false alarm")
            ),
        );
        self.table(&views::unmatched(c, MOST), c.unmatched.len(), "lockstep crosscheck");
        for place in c.unmatched.iter().filter(|p| p.verdict == Verdict::FalseAlarm) {
            let said: Vec<String> = place.history.iter().map(views::said).collect();
            self.line(&format!("  false alarm {}: {}", place.name, said.join("; ")));
        }
        if !c.misplaced.is_empty() {
            self.section("Points in the wrong place", "");
            for m in c.misplaced.iter().take(MOST) {
                self.line(&format!(
                    "  {} lies {:.1} km from {} ({}); the precisions allow {:.1} km; {}",
                    m.observation,
                    m.distance_m / 1000.0,
                    m.against,
                    m.against_name,
                    m.allowed_m / 1000.0,
                    m.words
                ));
            }
        }
        if !c.looks.is_empty() {
            self.section(
                "Where to look next",
                "by what a visit is expected to tell, in bits, times how much the kind matters",
            );
            const LOOKS: usize = 5;
            for look in c.looks.iter().take(LOOKS) {
                self.line(&format!(
                    "  {:.2} bits  {} ({}): {}; look for {}",
                    look.expected_bits, look.name, look.entity, look.settles, look.look_for
                ));
            }
            if c.looks.len() > LOOKS {
                self.line(&format!("  … and {} more: lockstep crosscheck", c.looks.len() - LOOKS));
            }
        }
        for request in a.access.iter().take(MOST) {
            self.line(&format!(
                "  access {} asked by {} on {}: {}, day {}",
                request.request, request.by, request.asked_on, request.state, request.days
            ));
        }
    }

    fn sealed(&mut self, a: &Assessment) {
        for s in a.sealed.iter() {
            let words =
                format!("{} sealed by {} ({}), root {}", s.seal, s.party, s.standing, s.root);
            self.section("Sealed declaration", &words);
            self.line(&format!("  {}", s.scope));
            self.table(&views::sealed(s), 0, "");
            let challenges = views::challenges(s);
            if challenges.rows.is_empty() {
                self.line("  no cell was challenged: that the declaration is complete rests on its word alone");
            } else {
                self.table(&challenges, 0, "");
            }
        }
    }

    fn figures(&mut self, a: &Assessment) {
        let figures: usize = a.figures.groups.iter().map(|g| g.figures.len()).sum();
        let table = views::disagreements(&a.figures);
        let words = match (figures, table.rows.len()) {
            (0, _) => "none stated".to_owned(),
            (n, 0) => format!("{}; none of them exclude each other", count(n, "figure")),
            (n, pairs) => {
                format!("{}; {} cannot both be true", count(n, "figure"), count(pairs, "pair"))
            }
        };
        self.section("Figures", &words);
        let all = table.rows.len();
        let mut table = table;
        table.rows.truncate(MOST);
        self.table(&table, all, "lockstep figures");
    }

    fn accounts(&mut self, a: &Assessment) {
        let accounts = &a.accounts;
        if accounts.reports == 0 {
            return;
        }
        let words = format!(
            "{} of {}; {} of their rules broken, {}",
            count(accounts.reports, "accounting report"),
            count(accounts.lines, "line"),
            accounts.errors,
            count(accounts.warnings, "warning")
        );
        self.section("Balance", &words);
        let all = accounts.balances.len();
        let mut table = crate::views_accounts::latest(accounts);
        table.rows.truncate(MOST);
        self.table(&table, all, "lockstep balance");
        for line in crate::views_accounts::verdicts(&accounts.judgements) {
            self.line(&format!("  {line}"));
        }
    }

    fn roadmap(&mut self, status: &Status) {
        self.section("Agreement", &status.title);
        if let Some(last) = &status.last_fact
            && last.latest() < status.as_of.earliest()
        {
            self.line(&format!(
                "  the record ends on {last}: what is said of later days rests on silence"
            ));
        }
        let groups: [(&str, Keep); 6] = [
            ("due within 30 days", |s| is(s, Timeliness::DueSoon)),
            ("overdue", |s| is(s, Timeliness::Overdue)),
            ("disputed", |s| !s.disputes.is_empty() && !is(s, Timeliness::Overdue)),
            ("done late", |s| is(s, Timeliness::Late) && s.disputes.is_empty()),
            ("refused, failed or overtaken", |s| s.state.is_closed()),
            ("reversed", |s| s.state == StepState::Reversed && !is(s, Timeliness::Overdue)),
        ];
        let done = status.steps.iter().filter(|s| s.state.is_done()).count();
        let verified = status.steps.iter().filter(|s| s.state == StepState::Verified).count();
        self.line(&format!("  {} of {} steps said to be done, {verified} of them certified by whoever the agreement names", done, status.steps.len()));
        for (title, keep) in groups {
            let mut table = views::steps(status, keep);
            if table.rows.is_empty() {
                continue;
            }
            let all = table.rows.len();
            table.rows.truncate(MOST);
            self.line(&format!("  {title}: {all}"));
            self.table(&table, all, "lockstep roadmap status");
        }
        if !status.parties.is_empty() {
            self.section("Promises with a date", "the same measures for every party");
            self.table(&views::promises(status), 0, "");
        }
        if !status.limits.is_empty() {
            self.section(
                "Limits",
                "against what was reported; \"did not exceed\" is a bound, not a figure",
            );
            self.table(&views::limits(status), 0, "");
        }
        let mut events = views::events(status);
        if !events.rows.is_empty() {
            self.section("Events outside the text", "");
            let all = events.rows.len();
            events.rows.truncate(MOST);
            self.table(&events, all, "lockstep roadmap status");
        }
    }

    fn rejected(&mut self, a: &Assessment) {
        if !a.record.rejected.is_empty() {
            self.section(
                "Rejected",
                &format!(
                    "{} in the ledger do not count",
                    count(a.record.rejected.len(), "statement")
                ),
            );
            for r in a.record.rejected.iter().take(MOST) {
                let id = r.id.as_ref().map(ToString::to_string).unwrap_or_default();
                self.line(&format!("  entry {} {id}: {}", r.index, r.reason));
            }
        }
        for u in a.record.unknown.iter().take(MOST) {
            self.line(&format!(
                "  entry {} is a {}, which this version does not know; it is kept",
                u.index, u.kind
            ));
        }
    }
}

/// A number with its noun.
#[must_use]
pub fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
