//! Dates that cannot be met, deadlines shorter than a delay, steps no order of events can reach.

use notation::{Message, Severity};
use statement::{civil, days};

use super::Checker;
use crate::days::{add, subtract};
use crate::model::{DueBy, Length, Moment, Step};
use crate::read::circles;

impl Checker<'_> {
    fn inclusive(&self) -> bool {
        self.roadmap.calendar.as_ref().is_some_and(|c| c.inclusive)
    }

    /// Steps in an order in which each comes after what must be done before it; those in circles are left out.
    fn order(&self) -> Vec<usize> {
        let n = self.before.len();
        let mut open: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut later: Vec<Vec<usize>> = vec![Vec::new(); n];
        for (i, before) in self.before.iter().enumerate() {
            for b in before {
                later[*b].push(i);
            }
        }
        let mut order: Vec<usize> = (0..n).filter(|i| open[*i] == 0).collect();
        let mut at = 0;
        while let Some(&step) = order.get(at) {
            at += 1;
            for &next in &later[step] {
                open[next] -= 1;
                if open[next] == 0 {
                    order.push(next);
                }
            }
        }
        order
    }

    pub(super) fn dates(&mut self) {
        let order = self.order();
        let earliest = self.earliest(&order);
        let latest = self.latest(&order);
        let roadmap = self.roadmap;
        for (i, step) in roadmap.steps.iter().enumerate() {
            if let (Some((first, why)), Some((last, by))) = (&earliest[i], &latest[i])
                && first > last
                // A chain is told once, where the date stands.
                && *by == i
            {
                let text = format!(
                    "`{}` cannot be done in time even if all goes well: not before {first}, and no later than {last}",
                    step.id
                );
                let mut message = Message::error("R017", step.span.clone(), text, "cannot be met");
                if *why != i {
                    message = message.also(roadmap.steps[*why].span.clone(), "it waits for this");
                }
                self.messages.push(message.help(format!(
                    "{} days are missing: give a later date, or shorten what comes before",
                    days(*last, *first)
                )));
            }
            self.own_dates(step);
        }
        self.due_order();
        self.calendar();
        self.nothing_says_when();
    }

    /// The earliest day each step can be done, and the step that day comes from.
    fn earliest(&self, order: &[usize]) -> Vec<Option<(civil::Date, usize)>> {
        let inclusive = self.inclusive();
        let signed = self.roadmap.signed.as_ref().map(|d| d.earliest());
        let mut earliest: Vec<Option<(civil::Date, usize)>> = vec![None; self.roadmap.steps.len()];
        for &i in order {
            let step = &self.roadmap.steps[i];
            let signed = signed.filter(|_| !step.outside_text).map(|d| (d, i));
            let own = step.not_before.as_ref().map(|d| (d.earliest(), i));
            let before = self.before[i].iter().filter_map(|b| Some((earliest[*b]?.0, *b)));
            let waits = step.waits.iter().filter_map(|w| {
                let of = *self.index.get(w.of.as_str())?;
                Some((add(earliest[of]?.0, w.length, inclusive)?, of))
            });
            let start = signed.into_iter().chain(own).chain(before).chain(waits).max();
            let least = step.duration.as_ref().map_or(0, |d| d.least);
            earliest[i] =
                start.and_then(|(d, why)| Some((add(d, Length::Days(least), false)?, why)));
        }
        earliest
    }

    /// The latest day each step may be done without making itself or a later one late, and whose date that is.
    fn latest(&self, order: &[usize]) -> Vec<Option<(civil::Date, usize)>> {
        let inclusive = self.inclusive();
        let mut latest: Vec<Option<(civil::Date, usize)>> = self
            .roadmap
            .steps
            .iter()
            .enumerate()
            .map(|(i, step)| {
                let due = match &step.due.as_ref()?.by {
                    // A date that an event can move is no fixed date.
                    DueBy::On(date) if step.due.as_ref()?.or.is_none() => date.latest(),
                    _ => return None,
                };
                let moved = step.postponed.iter().map(|p| p.due.latest()).max();
                Some((moved.map_or(due, |m| m.max(due)), i))
            })
            .collect();
        for &i in order.iter().rev() {
            let Some((last, by)) = latest[i] else { continue };
            let step = &self.roadmap.steps[i];
            let least = step.duration.as_ref().map_or(0, |d| d.least);
            let Some(start) = subtract(last, Length::Days(least), false) else { continue };
            let mut ends: Vec<(usize, civil::Date)> =
                self.before[i].iter().map(|b| (*b, start)).collect();
            for wait in &step.waits {
                if let (Some(of), Some(end)) =
                    (self.index.get(wait.of.as_str()), subtract(start, wait.length, inclusive))
                {
                    ends.push((*of, end));
                }
            }
            for (b, end) in ends {
                if latest[b].is_none_or(|(d, _)| end < d) {
                    latest[b] = Some((end, by));
                }
            }
        }
        latest
    }

    /// What is wrong with the dates of one step by themselves.
    fn own_dates(&mut self, step: &Step) {
        for wait in &step.waits {
            let Some(due) = &step.due else { continue };
            let DueBy::After(length, of, _) = &due.by else { continue };
            if *of == wait.of && shorter(*length, wait.length) {
                let text = format!(
                    "`{}` is due {length} after `{of}` and must wait {} after it",
                    step.id, wait.length
                );
                self.messages.push(
                    Message::error("R019", due.span.clone(), text, "the deadline")
                        .also(wait.span.clone(), "the delay is longer")
                        .help("no course of events can keep both: lengthen the one or shorten the other"),
                );
            }
        }
        if let Some(due) = &step.due
            && let DueBy::On(date) = &due.by
        {
            let mut last = date.latest();
            for p in &step.postponed {
                if p.due.latest() < last {
                    let text = format!(
                        "`{}` is postponed to {}, which lies before {last}",
                        step.id, p.due
                    );
                    let help = "a postponement gives a later date";
                    self.warn("R013", &step.span, text, "this step", help);
                }
                last = last.max(p.due.latest());
            }
        }
        if step.due.is_some() && step.every.is_some() {
            let text = format!("`{}` has one date and comes again and again", step.id);
            self.error("R013", &step.span, text, "both", "keep `due` or `every`");
        }
    }

    /// A date before that of something it waits for.
    fn due_order(&mut self) {
        let roadmap = self.roadmap;
        let date = |s: &Step| match s.due.as_ref().map(|d| &d.by) {
            Some(DueBy::On(date)) => Some(date.clone()),
            _ => None,
        };
        for (i, step) in roadmap.steps.iter().enumerate() {
            let Some(own) = date(step) else { continue };
            for &b in &self.before[i] {
                let other = &roadmap.steps[b];
                if let Some(before) = date(other)
                    && own.latest() < before.earliest()
                {
                    let text = format!(
                        "`{}` is due on {own}, before `{}`, which it waits for and which is due on {before}",
                        step.id, other.id
                    );
                    self.messages.push(
                        Message::warning("R018", step.span.clone(), text, "due first")
                            .also(other.span.clone(), "must be done first")
                            .help("whoever does the second is late through no fault of his own: put the dates in order"),
                    );
                }
            }
        }
    }

    /// Days are counted, and the text does not say how.
    fn calendar(&mut self) {
        if self.roadmap.calendar.is_some() {
            return;
        }
        let counted = self.roadmap.steps.iter().find_map(|s| {
            let due = s.due.as_ref().filter(|d| matches!(d.by, DueBy::After(..)));
            due.map(|d| &d.span).or_else(|| s.waits.first().map(|w| &w.span))
        });
        if let Some(span) = counted {
            let text = "days are counted, and the text does not say how".to_owned();
            let help = "write: calendar counting=\"next-day\" zone=\"UTC\" (or counting=\"inclusive\": the day itself is day 1)";
            self.warn("R038", span, text, "counted here", help);
        }
    }

    /// Duties for which nothing says when.
    fn nothing_says_when(&mut self) {
        let roadmap = self.roadmap;
        let owed: std::collections::HashSet<&str> = roadmap
            .steps
            .iter()
            .flat_map(|s| {
                s.owes
                    .iter()
                    .map(|o| o.step.as_str())
                    .chain(s.by_default.as_ref().map(|d| d.as_str()))
            })
            .collect();
        let bundled: std::collections::HashSet<&str> =
            roadmap.bundles.iter().flat_map(|b| b.steps.iter().map(|s| s.as_str())).collect();
        let stops: std::collections::HashSet<&str> =
            roadmap.powers.iter().flat_map(|p| p.stopped_by.iter().map(|s| s.as_str())).collect();
        let found: Vec<_> = roadmap
            .steps
            .iter()
            .enumerate()
            .filter(|(i, s)| {
                s.is_duty()
                    && s.due.is_none()
                    && s.every.is_none()
                    && self.before[*i].is_empty()
                    && s.in_step_with.is_empty()
                    && s.prepares.is_empty()
                    && s.part_of.is_none()
                    && s.conditions.is_empty()
                    && ![&owed, &bundled, &stops].iter().any(|set| set.contains(s.id.as_str()))
            })
            .map(|(_, s)| (&s.span, s.id.as_str()))
            .collect();
        self.together(
            "R014",
            Severity::Warning,
            &found,
            |names| format!("nothing says when: {names}"),
            "no date, and nothing it follows",
            "give it a date (due), what it follows (after), or what makes it due (owes)",
        );
    }

    /// Steps that no order of events can reach.
    pub(super) fn reachable(&mut self) {
        let roadmap = self.roadmap;
        let n = roadmap.steps.len();
        // Why a step cannot be reached: itself in a circle or deadlock, or the step that cannot be reached before it.
        let mut blocked: Vec<Option<String>> = vec![None; n];
        let in_circle: std::collections::HashSet<usize> =
            circles(&self.before).into_iter().flatten().collect();
        let place = |id: &statement::ObjectId| self.index.get(id.as_str()).copied();
        for (i, step) in roadmap.steps.iter().enumerate() {
            // What happens by default happens only if the other does not: nothing can wait for both.
            for other in &roadmap.steps {
                let Some(default) = &other.by_default else { continue };
                let needs = |id: &statement::ObjectId| {
                    place(id).is_some_and(|p| self.before[i].contains(&p))
                };
                if needs(&other.id) && needs(default) {
                    blocked[i] = Some(format!(
                        "it waits for `{}` and for `{default}`, which happens only when the first does not",
                        other.id
                    ));
                }
            }
            if let Some(Some(Moment::On(lapse))) = &step.option {
                let first = step.not_before.as_ref().map(|d| d.earliest());
                let late = self.before[i].iter().find(|b| {
                    roadmap.steps[**b]
                        .not_before
                        .as_ref()
                        .is_some_and(|d| d.earliest() > lapse.latest())
                });
                if first.is_some_and(|d| d > lapse.latest()) || late.is_some() {
                    blocked[i] =
                        Some(format!("the right lapses on {lapse}, before it can be used"));
                }
            }
        }
        let roots: Vec<usize> = (0..n).filter(|i| blocked[*i].is_some()).collect();
        for i in roots {
            let text = format!(
                "no order of events can reach `{}`: {}",
                roadmap.steps[i].id,
                blocked[i].as_deref().unwrap_or_default()
            );
            self.error(
                "R034",
                &roadmap.steps[i].span,
                text,
                "never reached",
                "change what it waits for",
            );
        }
        // Whatever comes after those, or after a circle, is lost with them.
        let mut stuck: Vec<bool> =
            (0..n).map(|i| blocked[i].is_some() || in_circle.contains(&i)).collect();
        let mut lost: Vec<(usize, usize)> = Vec::new();
        loop {
            let new: Vec<(usize, usize)> = (0..n)
                .filter(|i| !stuck[*i])
                .filter_map(|i| Some((i, *self.before[i].iter().find(|b| stuck[**b])?)))
                .collect();
            if new.is_empty() {
                break;
            }
            for (i, _) in &new {
                stuck[*i] = true;
            }
            lost.extend(new);
        }
        lost.sort_unstable();
        for (i, because) in lost.into_iter().take(50) {
            let step = &roadmap.steps[i];
            let text = format!(
                "no order of events can reach `{}`: it waits for `{}`, which can never be done",
                step.id, roadmap.steps[because].id
            );
            self.messages.push(
                Message::error("R034", step.span.clone(), text, "never reached")
                    .also(roadmap.steps[because].span.clone(), "can never be done")
                    .help("mend what it waits for first"),
            );
        }
    }
}

/// Whether a length is certainly shorter than another. Days and months are compared by the shortest and longest
/// months there are.
fn shorter(a: Length, b: Length) -> bool {
    let bounds = |l: Length| match l {
        Length::Days(n) => (u64::from(n), u64::from(n)),
        Length::Months(n, _) => (u64::from(n) * 28, u64::from(n) * 31),
    };
    match (a, b) {
        (Length::Days(a), Length::Days(b)) | (Length::Months(a, _), Length::Months(b, _)) => a < b,
        _ => bounds(a).1 < bounds(b).0,
    }
}
