//! GS1 EPCIS 2.0 in JSON-LD: transfers of custody as shippers and customs speak of them.
//!
//! Each transfer becomes an ObjectEvent of shipping and, once the receiver has signed for it, one of receiving. EPCIS
//! asks for an instant where a record may know only the day: the event then carries the first second of that day, UTC,
//! and `lockstep:date` says what was recorded, so that nobody takes the second for knowledge.

use std::collections::BTreeMap;

use case::{Case, Record, Transferred};
use serde_json::{Value, json};
use statement::tz::TimeZone;
use statement::{Date, Time, civil};

/// The context of EPCIS 2.0.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// The namespace of our own fields.
const OURS: &str = "urn:x-lockstep:terms:";

/// The transfers of a case by a day as an EPCIS document. `created` is the moment it is made.
#[must_use]
pub fn export(case: &Case, as_of: civil::Date, created: statement::Timestamp) -> Value {
    let name = case.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut events = Vec::new();
    for t in case.transfers.iter().filter(|t| t.body.transfer.on.earliest() <= as_of) {
        events.push(event(&name, case, t, "shipping", &t.body.transfer.on));
        let arrived = t.body.on();
        if t.body.standing().counts() && arrived.earliest() <= as_of {
            events.push(event(&name, case, t, "receiving", arrived));
        }
    }
    json!({
        "@context": [CONTEXT, { "lockstep": OURS }],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.to_string(),
        "epcisBody": { "eventList": events },
    })
}

fn event(name: &str, case: &Case, t: &Record<Transferred>, step: &str, on: &Date) -> Value {
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
    let (instant, offset) = instant(on);
    let disposition = if step == "shipping" { "in_transit" } else { "in_progress" };
    json!({
        "type": "ObjectEvent",
        "eventID": uri(name, "event", &format!("{}.{step}", t.id)),
        "eventTime": instant,
        "eventTimeZoneOffset": offset,
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "epcList": items,
        "sourceList": [{ "type": "possessing_party", "source": uri(name, "party", b.from.as_str()) }],
        "destinationList": [{ "type": "possessing_party", "destination": uri(name, "party", b.to.as_str()) }],
        "lockstep:transfer": t.id.as_str(),
        "lockstep:date": on.as_str(),
        "lockstep:standing": serde_json::to_value(t.body.standing()).unwrap_or(Value::Null),
    })
}

/// An instant and its offset, as EPCIS writes them.
fn instant(on: &Date) -> (String, String) {
    let first = on.span(&TimeZone::UTC).0;
    let offset = match on.time() {
        Some(Time::Instant(_)) => {
            on.as_str().get(19..).filter(|o| o.len() == 6).unwrap_or("+00:00")
        }
        _ => "+00:00",
    };
    (first.to_string(), offset.to_owned())
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
    pub on: String,
    /// When it was received, where an event says so.
    pub received_on: Option<String>,
}

/// Reads the transfers of an EPCIS 2.0 document in JSON: ObjectEvents of shipping and receiving with one possessing party
/// on each side. What is left out is told, event by event, with the reason.
#[must_use]
pub fn import(text: &str, case: &Case) -> (Vec<ImportedTransfer>, Vec<String>) {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(e) => return (Vec::new(), vec![format!("it is not JSON: {e}")]),
    };
    if value["type"] != "EPCISDocument" || value["schemaVersion"] != "2.0" {
        let words = "it is no EPCIS 2.0 document: `type` EPCISDocument and `schemaVersion` 2.0 were expected";
        return (Vec::new(), vec![words.to_owned()]);
    }
    let tags: BTreeMap<&str, &str> = case
        .items
        .iter()
        .filter_map(|i| Some((i.body.declared.tag.as_deref()?, i.id.as_str())))
        .collect();
    let mut faults = Vec::new();
    let mut transfers: Vec<ImportedTransfer> = Vec::new();
    let events = value["epcisBody"]["eventList"].as_array();
    if events.is_none() {
        faults.push("it has no `epcisBody.eventList`".to_owned());
    }
    for (at, event) in events.into_iter().flatten().enumerate() {
        match read(event, at, case, &tags) {
            Err(why) => faults.push(format!("event {}: {why}", at + 1)),
            Ok((step, found)) => {
                let same = transfers.iter_mut().find(|t| {
                    t.id == found.id
                        || (t.items == found.items && t.from == found.from && t.to == found.to)
                });
                match (step, same) {
                    (Step::Receiving, Some(t)) => t.received_on = Some(found.on),
                    (Step::Receiving, None) => {
                        let received_on = Some(found.on.clone());
                        transfers.push(ImportedTransfer { received_on, ..found });
                    }
                    (Step::Shipping, Some(t)) if t.received_on.is_some() => t.on = found.on,
                    (Step::Shipping, Some(t)) => faults.push(format!(
                        "event {}: the same items are sent twice from {} to {}, as {} already",
                        at + 1,
                        t.from,
                        t.to,
                        t.id
                    )),
                    (Step::Shipping, None) => transfers.push(found),
                }
            }
        }
    }
    (transfers, faults)
}

enum Step {
    Shipping,
    Receiving,
}

fn read(
    event: &Value,
    at: usize,
    case: &Case,
    tags: &BTreeMap<&str, &str>,
) -> Result<(Step, ImportedTransfer), String> {
    if event["type"] != "ObjectEvent" {
        return Err(format!("{} is not read; only ObjectEvent is", event["type"]));
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
            [one] => Ok(local(one, "party")),
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
        let id = match tags.get(epc) {
            Some(id) => (*id).to_owned(),
            None => local(epc, "item"),
        };
        if case.items.get(&id).is_none() {
            return Err(format!("`{epc}` is the tag of no item of this case"));
        }
        items.push(id);
    }
    if items.is_empty() {
        return Err("`epcList` is empty".to_owned());
    }
    let time = event["eventTime"].as_str().ok_or("it has no `eventTime`")?;
    // Our own field says how much of the time is known.
    let on = event["lockstep:date"].as_str().unwrap_or(time);
    on.parse::<Date>().map_err(|e| e.to_string())?;
    let id = match event["lockstep:transfer"].as_str() {
        Some(id) => id.to_owned(),
        None => event["eventID"]
            .as_str()
            .map(|id| format!("epcis.{}", encoded(id).chars().take(100).collect::<String>()))
            .unwrap_or_else(|| format!("epcis.{}", at + 1)),
    };
    let on = on.to_owned();
    Ok((step, ImportedTransfer { id, items, from, to, on, received_on: None }))
}

/// The id in one of our own URIs; any other URI as it is.
fn local(uri: &str, kind: &str) -> String {
    let ours = uri.strip_prefix("urn:x-lockstep:").and_then(|rest| rest.split_once(':'));
    ours.and_then(|(_, rest)| rest.strip_prefix(kind)?.strip_prefix(':'))
        .and_then(decoded)
        .unwrap_or_else(|| uri.to_owned())
}
