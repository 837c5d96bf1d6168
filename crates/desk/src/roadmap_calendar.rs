//! The dates of an agreement as an iCalendar file (RFC 5545).

use icalendar::{Calendar, Component, Event};
use roadmap::Status;

/// Every open step with a date: one entry, of the whole day on which it is due now. For one party alone where one is
/// named. The same status gives the same bytes.
#[must_use]
pub fn roadmap_calendar(status: &Status, party: Option<&str>) -> String {
    let mut calendar = Calendar::new();
    calendar.name(&status.title);
    let stamp = format!("{}T000000Z", status.as_of.latest().strftime("%Y%m%d"));
    for step in &status.steps {
        if step.state.is_done() || step.state.is_closed() {
            continue;
        }
        if party.is_some_and(|p| !step.parties.iter().any(|q| q == p || q == "all")) {
            continue;
        }
        let Some(due) = step.due_now.as_ref().or(step.due.as_ref()) else { continue };
        let mut words = vec![format!("By {}", step.parties.join(", "))];
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
        let day = due.latest();
        let Ok(next) = day.tomorrow() else { continue };
        let mut event = Event::new();
        event
            .uid(&format!("{}@lockstep", step.id))
            .summary(&format!("Due: {} ({})", step.title, step.id))
            .description(&words.join("\n"))
            .add_property("DTSTAMP", &stamp);
        let mut date = |name: &str, day: statement::civil::Date| {
            let mut property = icalendar::Property::new(name, day.strftime("%Y%m%d").to_string());
            property.add_parameter("VALUE", "DATE");
            event.append_property(property);
        };
        date("DTSTART", day);
        date("DTEND", next);
        calendar.push(event.done());
    }
    calendar.to_string()
}
