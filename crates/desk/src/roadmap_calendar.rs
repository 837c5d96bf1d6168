//! The dates of an agreement as an iCalendar file (RFC 5545).

use icalendar::{Calendar, Component, Event, Property};
use roadmap::{PowerState, Status};
use statement::civil;

/// What is still to come: one entry of a whole day for each date. Open steps on the day they are due now, steps that come
/// again on their next turn, powers on the last day on which they can be used and on the day on which a use takes effect.
/// For one party alone where one is named. The same status gives the same bytes, and an entry keeps its identity from one
/// export to the next.
#[must_use]
pub fn roadmap_calendar(status: &Status, party: Option<&str>) -> String {
    let mut calendar = Calendar::new();
    calendar.name(&status.title);
    let pages = Pages {
        of: slug(&status.title),
        stamp: format!("{}T000000Z", status.as_of.latest().strftime("%Y%m%d")),
    };
    let theirs = |who: &[String]| party.is_none_or(|p| who.iter().any(|q| q == p || q == "all"));
    for step in status.steps.iter().filter(|s| theirs(&s.parties)) {
        let next = step.turns.as_ref().and_then(|t| t.next.as_ref());
        let open = !step.state.is_done() && !step.state.is_closed();
        let due = step.due_now.as_ref().or(step.due.as_ref()).filter(|_| open);
        let Some(due) = next.or(due) else { continue };
        let mut words = vec![format!("By {}", step.parties.join(", "))];
        if let Some(turns) = &step.turns {
            words.push(format!("Comes again; {} of {} turns done so far", turns.done, turns.due));
        }
        // Only the last day a date can mean is a deadline; a month is told as written.
        if due.exact().is_none() {
            words.push(format!("The text says: {due}"));
        }
        if let Some(first) = step.due.as_ref().filter(|_| step.due_now.is_some()) {
            words.push(format!("First promised for {first}"));
        }
        if let Some(days) = step.overdue_days {
            words.push(format!("{days} days overdue on {}", status.as_of));
        }
        if !step.waiting_for.is_empty() {
            let ids: Vec<&str> = step.waiting_for.iter().map(|w| w.as_str()).collect();
            words.push(format!("Waits for {}", ids.join(", ")));
        }
        let summary = format!("Due: {} ({})", named(&step.title, step.id.as_str()), step.id);
        // Each turn is an entry of its own.
        let id = match next {
            Some(next) => format!("{}.{next}", step.id),
            None => step.id.to_string(),
        };
        calendar.push(pages.day(&id, due.latest(), &summary, &words, &step.parties));
    }
    for power in status.powers.iter().filter(|p| theirs(&p.holders)) {
        let name = named(&power.title, power.id.as_str());
        let held = format!("Held by {}", power.holders.join(", "));
        let unused = matches!(power.state, PowerState::Dormant | PowerState::Available);
        let last = power.last_useful_day.as_ref().filter(|_| unused);
        if let Some(last) = last.filter(|d| d.latest() >= status.as_of.latest()) {
            let mut words = vec![held.clone()];
            if let Some(lapse) = power.lapses.as_ref().filter(|l| *l != last) {
                words.push(format!("Lapses on {lapse}; used later it ends before it takes effect"));
            }
            let summary = format!("Last day to use: {name} ({})", power.id);
            let id = format!("{}.last-useful-day", power.id);
            calendar.push(pages.day(&id, last.latest(), &summary, &words, &power.holders));
        }
        let effect = power.takes_effect.as_ref().filter(|_| power.state == PowerState::Running);
        if let Some(effect) = effect {
            let mut words = vec![held];
            if let Some(used) = &power.used_on {
                words.push(format!("Used on {used}"));
            }
            let summary = format!("Takes effect: {name} ({})", power.id);
            let id = format!("{}.effect", power.id);
            calendar.push(pages.day(&id, effect.latest(), &summary, &words, &power.holders));
        }
    }
    calendar.to_string()
}

fn named<'a>(title: &'a str, id: &'a str) -> &'a str {
    if title.is_empty() { id } else { title }
}

/// What all entries share.
struct Pages {
    of: String,
    stamp: String,
}

impl Pages {
    fn day(
        &self,
        id: &str,
        day: civil::Date,
        summary: &str,
        words: &[String],
        parties: &[String],
    ) -> Event {
        let mut event = Event::new();
        event
            .uid(&format!("{id}.{}@lockstep", self.of))
            .summary(summary)
            .description(&words.join("\n"))
            .add_property("DTSTAMP", &self.stamp)
            // A date to keep in mind takes nobody's day.
            .add_property("TRANSP", "TRANSPARENT");
        for party in parties {
            event.add_multi_property("CATEGORIES", party);
        }
        let mut date = |name: &str, day: civil::Date| {
            let mut property = Property::new(name, day.strftime("%Y%m%d").to_string());
            property.add_parameter("VALUE", "DATE");
            event.append_property(property);
        };
        date("DTSTART", day);
        // The end is the first day after; the last day of the calendar has none.
        if let Ok(next) = day.tomorrow() {
            date("DTEND", next);
        }
        event.done()
    }
}

/// Letters and digits of a title, so that entries of two agreements in one calendar stay apart.
fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
        if out.len() >= 40 {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}
