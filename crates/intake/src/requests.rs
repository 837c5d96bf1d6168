//! Requests for access as text: what `lockstep access draft` writes, once a person has read it and put it in the case.

use notation::{Message, Node, Value};
use statement::kinds::access::Request;
use statement::{Basis, Body, Date, Header, PartyId, Place, Point, Source, Statement};

use crate::Manifest;
use crate::manifest::{properties, typed, unknown, word};

/// The node of one request.
pub(crate) const NODE: &str = "access-request";

/// Reads the requests of a text, each with the place of its node; what is wrong goes to `messages`.
pub(crate) fn read(
    file: &str,
    nodes: &[Node],
    manifest: &Manifest,
    messages: &mut Vec<Message>,
) -> Vec<(Statement, usize)> {
    let mut found = Vec::new();
    for node in nodes {
        if node.name != NODE {
            unknown(node, &[NODE], messages);
            continue;
        }
        let before = messages.len();
        let made = request(file, node, manifest, messages);
        let Some(statement) = made.filter(|_| messages.len() == before) else { continue };
        // What remains are rules of the vocabulary.
        let faults = statement.faults();
        for fault in &faults {
            let text = format!("{}: {}", fault.field, fault.reason);
            messages.push(Message::error("I016", node.span.clone(), text, "in this request"));
        }
        if faults.is_empty() {
            found.push((statement, node.span.start));
        }
    }
    found
}

fn request(
    file: &str,
    node: &Node,
    manifest: &Manifest,
    messages: &mut Vec<Message>,
) -> Option<Statement> {
    const NODES: &[&str] =
        &["by", "to", "regime", "on", "reason", "site", "place", "finding", "activity", "note"];
    properties(node, &[], messages);
    node.children
        .iter()
        .filter(|c| !NODES.contains(&c.name.as_str()))
        .for_each(|c| unknown(c, NODES, messages));
    let id = typed(node, node.arg(0), "the id of the request", messages);
    let mut needed = |name: &str| match node.child(name) {
        Some(child) => word(child, child.arg(0), "its value", messages),
        None => word(node, None, &format!("`{name}`"), messages),
    };
    let (reason, regime) = (needed("reason"), needed("regime"));
    let by = party(node, "by", manifest, messages);
    if node.child("by").is_none() {
        word(node, None, "`by`: who asks", messages);
    }
    let to = party(node, "to", manifest, messages);
    let on: Option<Date> = match node.child("on") {
        Some(child) => typed(child, child.arg(0), "a date", messages),
        None => typed(node, None, "`on`: the day of the request", messages),
    };
    let mut object =
        |name: &str| node.child(name).and_then(|c| typed(c, c.arg(0), "an id", messages));
    let (site, finding) = (object("site"), object("finding"));
    let place = node.child("place").and_then(|c| place(c, messages));
    let activities =
        node.children.iter().filter(|c| c.name == "activity").filter_map(text).collect();
    let on = on?;
    let body = Body::AccessRequest(Request {
        activities,
        finding,
        on: on.clone(),
        place,
        reason: reason?,
        regime: regime?,
        site,
        to,
    });
    let source = Source {
        basis: Basis::Seen,
        cite: format!("access request, {file}"),
        credibility: None,
        reliability: None,
    };
    let header = Header {
        case: manifest.id.clone(),
        id: id?,
        note: node.child("note").and_then(text),
        party: by?,
        replaces: None,
        said: Some(on),
        source: Some(source),
    };
    Some(Statement { header, body })
}

fn text(node: &Node) -> Option<String> {
    node.arg(0).and_then(Value::as_text).map(str::to_owned)
}

/// A party of the case.
fn party(
    node: &Node,
    name: &str,
    manifest: &Manifest,
    messages: &mut Vec<Message>,
) -> Option<PartyId> {
    let child = node.child(name)?;
    let id: PartyId = typed(child, child.arg(0), "a party", messages)?;
    if manifest.knows(id.as_str()) {
        return Some(id);
    }
    let known = manifest.parties.iter().map(|p| p.id.as_str());
    let help = notation::did_you_mean(id.as_str(), known).map_or_else(
        || format!("name it in case.kdl: party \"{id}\""),
        |w| format!("did you mean `{w}`?"),
    );
    let span = child.arg(0).map_or(child.span.clone(), |v| v.span.clone());
    let words = format!("`{id}` is not a party of this case");
    messages.push(Message::error("I017", span, words, "not known").help(help));
    None
}

fn place(node: &Node, messages: &mut Vec<Message>) -> Option<Place> {
    properties(node, &["lat", "lon", "precision-m"], messages);
    let point = match (node.prop("lat"), node.prop("lon")) {
        (None, None) => None,
        (lat, lon) => {
            let lat = typed(node, lat, "the property `lat` in degrees", messages);
            let lon = typed(node, lon, "the property `lon` in degrees", messages);
            let precision_m = node
                .prop("precision-m")
                .and_then(|v| typed(node, Some(v), "a radius in metres", messages));
            Some(Point { lat: lat?, lon: lon?, precision_m })
        }
    };
    Some(Place { name: text(node), point, relation: None })
}
