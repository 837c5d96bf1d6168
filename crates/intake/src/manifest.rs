//! `case.kdl`: which case this is, who its parties are, where it lies.

use std::sync::Arc;

use notation::{Message, Node, Value, did_you_mean};
use statement::{Basis, CaseId, Decimal, ObjectId, PartyId, Reliability};

/// What `case.kdl` says.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The case.
    pub id: CaseId,
    /// Its title.
    pub title: String,
    /// The state whose declarations the folder holds.
    pub declares: Option<PartyId>,
    /// The parties and others whose word is recorded.
    pub parties: Vec<Party>,
    /// Where the case lies; points outside are questioned.
    pub region: Option<Region>,
    /// Named places with their points.
    pub places: Vec<PlaceName>,
    /// Which step a delivery of a party belongs to.
    pub deliveries: Vec<Delivery>,
    /// The ledger's origin, when it is not the default.
    pub origin: Option<String>,
    /// What the case says of the weights of evidence.
    pub evidence: Evidence,
}

/// The choices of a case on how evidence is weighed; what is absent stays at its default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Most that one report can weigh, in bits.
    pub cap_bits: Option<f64>,
    /// Share of points that are simply wrong.
    pub gross_error: Option<f64>,
    /// Probability that a visit finds what is there.
    pub visit_finds: Option<f64>,
    /// Probability before any report: least, best, most.
    pub prior: Option<[f64; 3]>,
    /// What a grade is worth: the letter (every letter where absent), the digit, the probability that such a report
    /// is right: least, best, most.
    pub grades: Vec<(Option<Reliability>, u8, [f64; 3])>,
}

/// A party, or another speaker in the public record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its name.
    pub name: String,
}

/// A box in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// Southern latitude.
    pub south: f64,
    /// Northern latitude.
    pub north: f64,
    /// Western longitude.
    pub west: f64,
    /// Eastern longitude.
    pub east: f64,
}

/// A named place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceName {
    /// Its name.
    pub name: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Latitude in degrees.
    pub lat: Decimal,
    /// Longitude in degrees.
    pub lon: Decimal,
    /// Radius in metres that holds the place.
    pub precision_m: Decimal,
    /// Where the point comes from.
    pub source: String,
    /// How sure the recorder is.
    pub basis: Basis,
    /// Where in `case.kdl` it stands.
    pub(crate) line: usize,
}

/// Deliveries of a party count for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The party.
    pub party: String,
    /// The share it had promised, where that tells two steps apart.
    pub promised: Option<String>,
    /// The step.
    pub step: ObjectId,
}

impl Manifest {
    /// Whether a word names a party.
    #[must_use]
    pub fn knows(&self, party: &str) -> bool {
        self.parties.iter().any(|p| p.id.as_str() == party)
    }

    /// Reads `case.kdl`; what is wrong goes to `messages`. `None` when there is not even a case.
    pub(crate) fn read(text: &Arc<str>, messages: &mut Vec<Message>) -> Option<Self> {
        let reading = notation::read(text);
        messages.extend(reading.messages);
        let source = notation::Source::new(text);
        let mut case = None;
        for node in &reading.document.nodes {
            if node.name == "case" && case.is_none() {
                case = Some(node);
            } else {
                unknown(node, &["case"], messages);
            }
        }
        let Some(node) = case else {
            if messages.is_empty() {
                let message =
                    Message::error("I020", 0..0, "the file does not name a case", "begins here");
                messages.push(message.help("write: case \"dprk\" { title \"…\" }"));
            }
            return None;
        };
        let id = typed(node, node.arg(0), "the id of the case", messages)?;
        let mut manifest = Self {
            id,
            title: String::new(),
            declares: None,
            parties: Vec::new(),
            region: None,
            places: Vec::new(),
            deliveries: Vec::new(),
            origin: None,
            evidence: Evidence::default(),
        };
        const NODES: &[&str] =
            &["title", "declares", "party", "region", "place", "delivery", "origin", "evidence"];
        for node in &node.children {
            match node.name.as_str() {
                "title" => {
                    manifest.title =
                        word(node, node.arg(0), "a title", messages).unwrap_or_default()
                }
                "origin" => manifest.origin = word(node, node.arg(0), "an origin", messages),
                "declares" => manifest.declares = typed(node, node.arg(0), "a party", messages),
                "party" => {
                    if let Some(id) =
                        typed::<PartyId>(node, node.arg(0), "the id of a party", messages)
                    {
                        if manifest.knows(id.as_str()) {
                            let text = format!("the party `{id}` is named twice");
                            messages.push(Message::error(
                                "I021",
                                node.span.clone(),
                                text,
                                "again here",
                            ));
                        }
                        let name =
                            node.arg(1).and_then(Value::as_str).unwrap_or(id.as_str()).to_owned();
                        manifest.parties.push(Party { id, name });
                    }
                }
                "region" => manifest.region = region(node, messages),
                "evidence" => manifest.evidence = evidence(node, messages),
                "place" => manifest.places.extend(place(
                    node,
                    source.position(node.span.start).0,
                    messages,
                )),
                "delivery" => {
                    properties(node, &["party", "promised", "step"], messages);
                    let party = word(node, node.prop("party"), "the property `party`", messages);
                    let step = typed(node, node.prop("step"), "the property `step`", messages);
                    if let (Some(party), Some(step)) = (party, step) {
                        let promised =
                            node.prop("promised").and_then(Value::as_text).map(str::to_owned);
                        manifest.deliveries.push(Delivery { party, promised, step });
                    }
                }
                _ => unknown(node, NODES, messages),
            }
        }
        if let Some(declares) = &manifest.declares
            && !manifest.knows(declares.as_str())
        {
            let text = format!("`{declares}` declares, but no party of that id is named");
            let names = manifest.parties.iter().map(|p| p.id.as_str());
            let help =
                did_you_mean(declares.as_str(), names).map(|w| format!("did you mean `{w}`?"));
            messages.push(
                Message::error("I022", node.name_span.clone(), text, "in this case").help_if(help),
            );
        }
        Some(manifest)
    }
}

pub(crate) fn unknown(node: &Node, known: &[&str], messages: &mut Vec<Message>) {
    let text = format!("`{}` is not known here", node.name);
    let help = match did_you_mean(&node.name, known.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("known are: {}", known.join(", ")),
    };
    messages.push(Message::error("I023", node.name_span.clone(), text, "not known").help(help));
}

pub(crate) fn properties(node: &Node, known: &[&str], messages: &mut Vec<Message>) {
    for (name, span, _) in node.props().filter(|(name, _, _)| !known.contains(name)) {
        let text = format!("`{}` has no property `{name}`", node.name);
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("known are: {}", known.join(", ")),
        };
        messages.push(Message::error("I024", span.clone(), text, "not known").help(help));
    }
}

pub(crate) fn word(
    node: &Node,
    value: Option<&Value>,
    what: &str,
    messages: &mut Vec<Message>,
) -> Option<String> {
    let text = value.and_then(Value::as_text).filter(|t| !t.trim().is_empty());
    if text.is_none() {
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        messages.push(Message::error(
            "I025",
            span,
            format!("`{}` needs {what}", node.name),
            "here",
        ));
    }
    text.map(str::to_owned)
}

pub(crate) fn typed<T: std::str::FromStr<Err: std::fmt::Display>>(
    node: &Node,
    value: Option<&Value>,
    what: &str,
    messages: &mut Vec<Message>,
) -> Option<T> {
    let text = word(node, value, what, messages)?;
    let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
    text.parse()
        .map_err(|e: T::Err| messages.push(Message::error("I025", span, e.to_string(), "here")))
        .ok()
}

fn evidence(node: &Node, messages: &mut Vec<Message>) -> Evidence {
    properties(node, &["cap-bits", "gross-error", "visit-finds"], messages);
    let mut found = Evidence {
        cap_bits: number(node, "cap-bits", 0.1..=64.0, messages),
        gross_error: number(node, "gross-error", 1e-9..=0.999, messages),
        visit_finds: number(node, "visit-finds", 0.0..=1.0, messages),
        ..Evidence::default()
    };
    for child in &node.children {
        match child.name.as_str() {
            "prior" => found.prior = chance(child, messages),
            "grade" => {
                let text = child.arg(0).and_then(Value::as_text).unwrap_or_default();
                let letter = text.get(..1).and_then(|l| l.parse::<Reliability>().ok());
                let digit = match letter {
                    Some(_) => text.get(1..),
                    None => Some(text),
                };
                let digit = digit.and_then(|d| d.parse().ok()).filter(|d| (1..=5).contains(d));
                let Some(digit) = digit.filter(|_| letter != Some(Reliability::F)) else {
                    let span = child.arg(0).map_or(child.name_span.clone(), |v| v.span.clone());
                    let text = format!("`{text}` is not a grade that can weigh anything");
                    let help = "write A1 to E5, or a digit from 1 to 5 for every letter; F and 6 weigh nothing";
                    messages.push(Message::error("I027", span, text, "here").help(help));
                    continue;
                };
                found.grades.extend(chance(child, messages).map(|c| (letter, digit, c)));
            }
            _ => unknown(child, &["prior", "grade"], messages),
        }
    }
    found
}

/// `p`, with `low` and `high` around it where they are given.
fn chance(node: &Node, messages: &mut Vec<Message>) -> Option<[f64; 3]> {
    properties(node, &["p", "low", "high"], messages);
    if node.prop("p").is_none() {
        word(node, None, "the property `p`, a probability between 0 and 1", messages);
        return None;
    }
    let mut get = |name: &str| number(node, name, 1e-6..=0.999_999, messages);
    let (p, low, high) = (get("p")?, get("low"), get("high"));
    let (low, high) = (low.unwrap_or(p), high.unwrap_or(p));
    if low <= p && p <= high {
        return Some([low, p, high]);
    }
    let text = "a range holds its best judgement: low ≤ p ≤ high";
    messages.push(Message::error("I027", node.span.clone(), text, "this range"));
    None
}

fn number(
    node: &Node,
    name: &str,
    within: std::ops::RangeInclusive<f64>,
    messages: &mut Vec<Message>,
) -> Option<f64> {
    let value = node.prop(name)?;
    let what = format!("the property `{name}` as a number");
    let number = typed::<Decimal>(node, Some(value), &what, messages)?.to_f64();
    if within.contains(&number) {
        return Some(number);
    }
    let text = format!("`{name}` lies between {} and {}", within.start(), within.end());
    messages.push(Message::error("I027", value.span.clone(), text, "here"));
    None
}

fn region(node: &Node, messages: &mut Vec<Message>) -> Option<Region> {
    properties(node, &["south", "north", "west", "east"], messages);
    let mut side = |name: &str| {
        typed::<Decimal>(
            node,
            node.prop(name),
            &format!("the property `{name}` in degrees"),
            messages,
        )
        .map(Decimal::to_f64)
    };
    let (south, north, west, east) = (side("south"), side("north"), side("west"), side("east"));
    let region = Region { south: south?, north: north?, west: west?, east: east? };
    if region.south < region.north && region.west < region.east {
        return Some(region);
    }
    let text = "the region is empty: south lies below north and west below east";
    messages.push(Message::error("I026", node.span.clone(), text, "this region"));
    None
}

fn place(node: &Node, line: usize, messages: &mut Vec<Message>) -> Option<PlaceName> {
    properties(node, &["lat", "lon", "precision-m", "source", "basis"], messages);
    let name = word(node, node.arg(0), "a name", messages);
    let lat = typed(node, node.prop("lat"), "the property `lat` in degrees", messages);
    let lon = typed(node, node.prop("lon"), "the property `lon` in degrees", messages);
    let precision_m =
        typed(node, node.prop("precision-m"), "the property `precision-m` in metres", messages);
    let source = word(node, node.prop("source"), "the property `source`", messages);
    let basis = match node.prop("basis").and_then(Value::as_str) {
        None | Some("mixed") => Basis::Mixed,
        Some("seen") => Basis::Seen,
        Some("memory") => Basis::Memory,
        Some(word) => {
            let text = format!("`{word}` is not a basis: seen, mixed or memory");
            messages.push(Message::error("I013", node.span.clone(), text, "in this place"));
            Basis::Mixed
        }
    };
    let mut aliases = Vec::new();
    for child in &node.children {
        if child.name == "alias" {
            aliases.extend(child.args().filter_map(Value::as_str).map(str::to_owned));
        } else {
            unknown(child, &["alias"], messages);
        }
    }
    Some(PlaceName {
        name: name?,
        aliases,
        lat: lat?,
        lon: lon?,
        precision_m: precision_m?,
        source: source?,
        basis,
        line,
    })
}
