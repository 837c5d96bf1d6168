//! GS1 EPCIS 2.0 in JSON-LD: transfers of custody as shippers and customs speak of them.
//!
//! Each transfer becomes an ObjectEvent of shipping and, once the receiver has signed for it, one of receiving. EPCIS
//! asks for an instant where a record may know only the day: the event then carries the first second of that day, UTC,
//! and `lockstep:date` says what was recorded, so that nobody takes the second for knowledge.

use std::collections::{BTreeMap, HashMap};

use case::{Case, Record, Transferred};
use serde_json::{Value, json};
use statement::tz::{Offset, TimeZone};
use statement::{Date, Sha256Digest, Time, Timestamp, civil};

/// The context of EPCIS 2.0.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// The namespace of our own fields.
const OURS: &str = "urn:x-lockstep:terms:";

/// The parties of a case, some with the URI by which trade knows them (a party GLN, for example
/// `urn:epc:id:pgln:0614141.00777`).
#[derive(Debug, Clone, Default)]
pub struct Parties(BTreeMap<String, Option<String>>);

impl Parties {
    /// Parties known by their ids alone.
    pub fn of_ids(ids: impl IntoIterator<Item = String>) -> Self {
        Self(ids.into_iter().map(|id| (id, None)).collect())
    }

    /// Gives a party its URI.
    ///
    /// # Errors
    /// When there is no such party, it is no URI, or another party has it.
    pub fn name(&mut self, id: &str, uri: &str) -> Result<(), String> {
        if !is_uri(uri) {
            return Err(format!(
                "`{uri}` is no URI; write for example urn:epc:id:pgln:0614141.00777"
            ));
        }
        if let Some((other, _)) = self.0.iter().find(|(p, u)| *p != id && u.as_deref() == Some(uri))
        {
            return Err(format!("`{uri}` is {other} already"));
        }
        match self.0.get_mut(id) {
            Some(slot) => *slot = Some(uri.to_owned()),
            None => return Err(format!("`{id}` is not a party of this case; {}", self.list())),
        }
        Ok(())
    }

    fn uri_of(&self, case: &str, id: &str) -> String {
        self.0.get(id).cloned().flatten().unwrap_or_else(|| uri(case, "party", id))
    }

    fn id_of(&self, uri: &str) -> Result<String, String> {
        if let Some((id, _)) = self.0.iter().find(|(_, u)| u.as_deref() == Some(uri)) {
            return Ok(id.clone());
        }
        let id = local(uri, "party");
        if self.0.contains_key(&id) {
            return Ok(id);
        }
        Err(format!("`{uri}` is no party of this case; {}, or say which one it is", self.list()))
    }

    fn list(&self) -> String {
        format!("its parties are {}", self.0.keys().cloned().collect::<Vec<_>>().join(", "))
    }
}

/// The transfers of a case by a day as an EPCIS document, and in words what of them EPCIS cannot carry. `created` is the
/// moment it is made.
#[must_use]
pub fn export(
    case: &Case,
    parties: &Parties,
    as_of: civil::Date,
    created: Timestamp,
) -> (Value, Vec<String>) {
    let name = case.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let (mut events, mut left_out) = (Vec::new(), Vec::new());
    for t in case.transfers.iter().filter(|t| t.body.transfer.on.earliest() <= as_of) {
        let arrived = t.body.on();
        let counts = t.body.standing().counts() && arrived.earliest() <= as_of;
        let steps = [(true, "shipping", &t.body.transfer.on), (counts, "receiving", arrived)];
        for (_, step, on) in steps.into_iter().filter(|(is, ..)| *is) {
            match event(&name, case, parties, t, step, on) {
                Some(event) => events.push(event),
                None => left_out.push(format!(
                    "{}: its {step} on {on} has no first day, and an EPCIS event needs an instant",
                    t.id
                )),
            }
        }
    }
    let document = json!({
        "@context": [CONTEXT, { "lockstep": OURS }],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.to_string(),
        "epcisBody": { "eventList": events },
    });
    (document, left_out)
}

fn event(
    name: &str,
    case: &Case,
    parties: &Parties,
    t: &Record<Transferred>,
    step: &str,
    on: &Date,
) -> Option<Value> {
    let b = &t.body.transfer;
    let items: Vec<String> = b
        .items
        .iter()
        .map(|id| {
            let tag = case.items.get(id.as_str()).and_then(|i| i.body.declared.tag.as_deref());
            // A tag that is a URI already is what the shipper's own systems call it.
            match tag.filter(|tag| is_uri(tag)) {
                Some(tag) => tag.to_owned(),
                None => uri(name, "item", id.as_str()),
            }
        })
        .collect();
    let (instant, offset) = instant(on)?;
    let disposition = if step == "shipping" { "in_transit" } else { "in_progress" };
    let (from, to) = (parties.uri_of(name, b.from.as_str()), parties.uri_of(name, b.to.as_str()));
    Some(json!({
        "type": "ObjectEvent",
        "eventID": uri(name, "event", &format!("{}.{step}", t.id)),
        "eventTime": instant,
        "eventTimeZoneOffset": offset,
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "epcList": items,
        "sourceList": [{ "type": "possessing_party", "source": from }],
        "destinationList": [{ "type": "possessing_party", "destination": to }],
        "lockstep:transfer": t.id.as_str(),
        "lockstep:date": on.as_str(),
        "lockstep:standing": serde_json::to_value(t.body.standing()).unwrap_or(Value::Null),
    }))
}

/// An instant and its offset, as EPCIS writes them; none for a date whose beginning is open or outside the years 0 to
/// 9999, which RFC 3339 does not write.
fn instant(on: &Date) -> Option<(String, String)> {
    let first = on.span(&TimeZone::UTC).0;
    let year = Offset::UTC.to_datetime(first).year();
    let offset = match on.time() {
        Some(Time::Instant(_)) => {
            on.as_str().get(19..).filter(|o| o.len() == 6).unwrap_or("+00:00")
        }
        _ => "+00:00",
    };
    (year >= 0).then(|| (first.to_string(), offset.to_owned()))
}

fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| matches!(s, "urn" | "http" | "https"))
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&b))
}

/// A URI for a thing of the case.
fn uri(name: &str, kind: &str, id: &str) -> String {
    format!("urn:x-lockstep:{}:{kind}:{}", encoded(name), encoded(id))
}

/// Percent-encoding of what a URN may not hold (RFC 8141).
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

fn decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after.get(2..)?;
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// A transfer read from an EPCIS document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTransfer {
    /// Its id.
    pub id: String,
    /// The items.
    pub items: Vec<String>,
    /// Who hands over.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// When it was sent.
    pub on: Date,
    /// When it was received, where an event says so.
    pub received_on: Option<Date>,
}

/// Reads the transfers of an EPCIS 2.0 document in JSON: ObjectEvents of shipping and receiving with one possessing party
/// on each side, in whatever order they stand. An event that stands there twice counts once. What is left out is told,
/// event by event, with the reason.
#[must_use]
pub fn import(text: &str, case: &Case, parties: &Parties) -> (Vec<ImportedTransfer>, Vec<String>) {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(e) => return (Vec::new(), vec![format!("it is not JSON: {e}")]),
    };
    if value["type"] != "EPCISDocument" || value["schemaVersion"] != "2.0" {
        let words = "it is no EPCIS 2.0 document: `type` EPCISDocument and `schemaVersion` 2.0 were expected";
        return (Vec::new(), vec![words.to_owned()]);
    }
    let Some(events) = value["epcisBody"]["eventList"].as_array() else {
        return (Vec::new(), vec!["it has no `epcisBody.eventList`".to_owned()]);
    };
    let tags: HashMap<&str, &str> = case
        .items
        .iter()
        .filter_map(|i| Some((i.body.declared.tag.as_deref()?, i.id.as_str())))
        .collect();
    let mut faults = Vec::new();
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    let mut seen: HashMap<&str, &Value> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        if let Some(id) = event["eventID"].as_str()
            && let Some(before) = seen.insert(id, event)
        {
            if before != event {
                faults.push(format!("event {}: another event has the id `{id}` too", at + 1));
            }
            continue;
        }
        match read(event, case, parties, &tags) {
            Err(why) => faults.push(format!("event {}: {why}", at + 1)),
            Ok(found) if found.step == Step::Shipping => sent.push((at, found)),
            Ok(found) => received.push((at, found)),
        }
    }
    let in_time = |list: &mut Vec<(usize, Read)>| {
        list.sort_by(|(i, a), (j, b)| case::in_time(&a.on, &b.on).then(i.cmp(j)));
    };
    in_time(&mut sent);
    in_time(&mut received);
    let mut transfers: Vec<(Read, Option<Date>)> = Vec::new();
    let mut by_id: HashMap<String, usize> = HashMap::new();
    let mut open: HashMap<Moved, Vec<usize>> = HashMap::new();
    for (at, found) in sent {
        if by_id.contains_key(&found.id) {
            faults.push(format!("event {}: the transfer {} is sent twice", at + 1, found.id));
            continue;
        }
        by_id.insert(found.id.clone(), transfers.len());
        open.entry(found.moved.clone()).or_default().push(transfers.len());
        transfers.push((found, None));
    }
    for (at, found) in received {
        // By the id that we gave it; else the oldest that was sent from the same to the same and has not arrived.
        let waiting = open.get(&found.moved).into_iter().flatten().copied();
        let slot = by_id.get(&found.id).copied().or_else(|| {
            waiting.into_iter().find(|slot| {
                transfers.get(*slot).is_some_and(|(sent, arrived)| {
                    arrived.is_none() && !sent.on.certainly_after(&found.on)
                })
            })
        });
        match slot.and_then(|slot| transfers.get_mut(slot)) {
            Some((_, arrived @ None)) => *arrived = Some(found.on),
            Some((sent, Some(before))) => faults.push(format!(
                "event {}: the transfer {} arrived on {before} already",
                at + 1,
                sent.id
            )),
            None => faults.push(format!(
                "event {}: it is received by {} and no event here says that {} sent it; ask for that event",
                at + 1,
                found.moved.to,
                found.moved.from
            )),
        }
    }
    let made = transfers.into_iter().map(|(sent, received_on)| ImportedTransfer {
        id: sent.id,
        items: sent.items,
        from: sent.moved.from,
        to: sent.moved.to,
        on: sent.on,
        received_on,
    });
    (made.collect(), faults)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Shipping,
    Receiving,
}

/// What moved between whom; the items sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Moved {
    items: Vec<String>,
    from: String,
    to: String,
}

struct Read {
    step: Step,
    id: String,
    /// In the order of the event.
    items: Vec<String>,
    moved: Moved,
    on: Date,
}

fn read(
    event: &Value,
    case: &Case,
    parties: &Parties,
    tags: &HashMap<&str, &str>,
) -> Result<Read, String> {
    if event["type"] != "ObjectEvent" {
        return Err(format!("{} is not read; only ObjectEvent is", event["type"]));
    }
    if !event["errorDeclaration"].is_null() {
        return Err(
            "it declares another event to be an error; strike that one out yourself".to_owned()
        );
    }
    let step = event["bizStep"].as_str().unwrap_or_default();
    let step = match step.rsplit(['/', ':', '-']).next() {
        Some("shipping") => Step::Shipping,
        Some("receiving") => Step::Receiving,
        _ => return Err(format!("the business step `{step}` moves no custody")),
    };
    let party = |list: &str, field: &str| -> Result<String, String> {
        let all = event[list].as_array().into_iter().flatten();
        let holders: Vec<&str> = all
            .filter(|s| s["type"].as_str().is_some_and(|t| t.ends_with("possessing_party")))
            .filter_map(|s| s[field].as_str())
            .collect();
        match holders.as_slice() {
            [one] => parties.id_of(one),
            [] => Err(format!("`{list}` names no possessing party")),
            _ => Err(format!("`{list}` names several possessing parties")),
        }
    };
    let (from, to) = (party("sourceList", "source")?, party("destinationList", "destination")?);
    let mut items = Vec::new();
    for epc in event["epcList"].as_array().into_iter().flatten() {
        let Some(epc) = epc.as_str() else {
            return Err("`epcList` holds something that is no text".to_owned());
        };
        let id = tags.get(epc).map_or_else(|| local(epc, "item"), |id| (*id).to_owned());
        if case.items.get(&id).is_none() {
            return Err(format!("`{epc}` is the tag of no item of this case"));
        }
        items.push(id);
    }
    if items.is_empty() {
        return Err("`epcList` is empty".to_owned());
    }
    let mut sorted = items.clone();
    sorted.sort_unstable();
    let twice = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| a == b);
    if let Some((item, _)) = twice {
        return Err(format!("`{item}` stands twice in `epcList`"));
    }
    // Our own fields say how much of the time is known, and which transfer it is.
    let on = match event["lockstep:date"].as_str() {
        Some(date) => date.parse::<Date>().map_err(|e| e.to_string())?,
        None => event_time(event)?,
    };
    let id = match event["lockstep:transfer"].as_str() {
        Some(id) => id.to_owned(),
        None => match event["eventID"].as_str() {
            Some(id) => match id.strip_prefix("urn:uuid:") {
                Some(uuid) => format!("epcis.{uuid}"),
                None => numbered(id),
            },
            None => numbered(&event.to_string()),
        },
    };
    Ok(Read { step, id, items, moved: Moved { items: sorted, from, to }, on })
}

/// An id that follows from a text and nothing else.
fn numbered(text: &str) -> String {
    let digest = Sha256Digest::of(text.as_bytes()).to_string();
    format!("epcis.{}", digest.chars().take(16).collect::<String>())
}

/// The time of an event on the clock where it happened.
fn event_time(event: &Value) -> Result<Date, String> {
    let time = event["eventTime"].as_str().ok_or("it has no `eventTime`")?;
    let instant: Timestamp = time
        .parse()
        .map_err(|_| format!("`eventTime` {time} is no instant with its offset from UTC"))?;
    let offset = event["eventTimeZoneOffset"].as_str().ok_or("it has no `eventTimeZoneOffset`")?;
    let zone = offset_of(offset).ok_or_else(|| {
        format!("`eventTimeZoneOffset` {offset} is none; write for example +09:00")
    })?;
    let local = zone.to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S");
    format!("{local}{offset}").parse::<Date>().map_err(|e| e.to_string())
}

/// `+09:00`, from -14:00 to +14:00.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    let minutes = (minutes < 60).then_some(i32::from(hours) * 60 + i32::from(minutes))?;
    let offset = (minutes <= 14 * 60).then(|| Offset::from_seconds(sign * minutes * 60))?;
    offset.ok()
}

/// The id in one of our own URIs; any other URI as it is.
fn local(uri: &str, kind: &str) -> String {
    let ours = uri.strip_prefix("urn:x-lockstep:").and_then(|rest| rest.split_once(':'));
    ours.and_then(|(_, rest)| rest.strip_prefix(kind)?.strip_prefix(':'))
        .and_then(decoded)
        .unwrap_or_else(|| uri.to_owned())
}
