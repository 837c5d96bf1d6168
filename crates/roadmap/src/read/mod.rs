//! Reading a roadmap and finding what is wrong with its words. What is wrong with its sense is in `check`.

mod cycles;
mod procedure;
mod reading;
mod step;

pub(crate) use cycles::circles;

use std::collections::HashMap;
use std::str::FromStr;

use notation::{Document, Message, Node, Span, Value, did_you_mean};
use statement::{Date, Decimal, ObjectId};

use crate::expression::Expression;
use crate::model::{
    Bundle, Calendar, Conversion, CountedFrom, Due, DueBy, Is, Length, Moment, Roadmap, Role,
    Round, StateOf, UserCheck, Whichever,
};

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read.
    pub roadmap: Roadmap,
    /// What is wrong, in the order of the text.
    pub messages: Vec<Message>,
}

/// Every node that may stand at the top.
pub(crate) const TOP: &[&str] = &[
    "roadmap", "calendar", "party", "role", "step", "bundle", "power", "limit", "lasting", "clock",
    "convert", "fail", "warn", "rival", "board",
];

/// Every word that begins a node: at the top, in a step, a power, a limit, a lasting obligation, a clock.
#[must_use]
pub fn forms() -> [&'static [&'static str]; 6] {
    [TOP, step::STEP, procedure::POWER, procedure::LIMIT, procedure::LASTING, procedure::CLOCK]
}

/// Reads a roadmap. Whatever is wrong is told at once; what could be read is returned all the same.
#[must_use]
pub fn read(text: &str) -> Reading {
    let reading = notation::read(text);
    let mut reader = Reader { messages: reading.messages, ..Reader::default() };
    reader.document(&reading.document);
    reader.rivals(&reading.document);
    // A text with one mistake a word is not helped by a hundred thousand messages.
    reader.messages.sort_by_key(Message::start);
    reader.messages.truncate(MAX_MESSAGES);
    Reading { roadmap: reader.roadmap, messages: reader.messages }
}

/// More messages than this are not told.
const MAX_MESSAGES: usize = 10_000;

/// What a name in the text refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refers {
    Party,
    /// A step or a bundle.
    Step,
    RoleOrParty,
    /// Anything with an id.
    Thing,
    /// A power or a step.
    Answer,
}

/// A name used, looked up once everything is read.
struct Name {
    refers: Refers,
    name: String,
    span: Span,
    /// The thing that uses it, which it may not name itself.
    from: Option<ObjectId>,
}

#[derive(Default)]
struct Reader {
    roadmap: Roadmap,
    messages: Vec<Message>,
    names: Vec<Name>,
    /// Every id with what it names and where.
    ids: HashMap<String, (&'static str, Span)>,
}

/// Children that may stand once, with where the first stands.
#[derive(Default)]
struct Once<'a>(Vec<(&'a str, &'a Span)>);

impl Reader {
    fn document(&mut self, document: &Document) {
        let mut once = Once::default();
        for node in &document.nodes {
            if matches!(node.name.as_str(), "roadmap" | "calendar") {
                self.once(&mut once, node);
            }
            self.top(node);
        }
        self.references();
        self.cycles();
    }

    fn error(
        &mut self,
        code: &'static str,
        span: &Span,
        text: impl Into<String>,
        help: Option<String>,
    ) {
        self.messages.push(Message::error(code, span.clone(), text, "here").help_if(help));
    }

    fn unknown(&mut self, node: &Node, known: &[&str]) {
        let help = match did_you_mean(&node.name, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("known are: {}", known.join(", ")),
        };
        let text = format!("`{}` is not known here", node.name);
        self.error("R001", &node.name_span, text, Some(help));
    }

    fn properties(&mut self, node: &Node, known: &[&str]) {
        for (name, span, _) in node.props().filter(|(name, _, _)| !known.contains(name)) {
            let help =
                did_you_mean(name, known.iter().copied()).map(|w| format!("did you mean `{w}`?"));
            self.error("R002", span, format!("`{}` has no property `{name}`", node.name), help);
        }
    }

    /// Arguments beyond the first so many, and children, mean nothing: they are told, not passed over.
    fn no_more(&mut self, node: &Node, args: usize) {
        if let Some(extra) = node.arg(args) {
            let text = format!("`{}` takes {} here", node.name, count(args, "value"));
            self.error("R002", &extra.span.clone(), text, None);
        }
        if let Some(child) = node.children.first() {
            let text = format!("`{}` has nothing in braces", node.name);
            self.error("R001", &child.name_span, text, None);
        }
    }

    /// A child that may stand once stands a second time.
    fn once<'a>(&mut self, seen: &mut Once<'a>, node: &'a Node) {
        match seen.0.iter().find(|(name, _)| *name == node.name) {
            Some((_, first)) => {
                let text = format!("`{}` is given twice", node.name);
                let message = Message::error("R013", node.name_span.clone(), text, "again here")
                    .also((*first).clone(), "first here")
                    .help("keep one of them");
                self.messages.push(message);
            }
            None => seen.0.push((&node.name, &node.name_span)),
        }
    }

    fn text(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<String> {
        let text =
            value.and_then(Value::as_text).filter(|t| !t.trim().is_empty()).map(str::to_owned);
        if text.is_none() {
            let span = value.map_or(&node.name_span, |v| &v.span);
            self.error("R003", span, format!("`{}` needs {what}", node.name), None);
        }
        text
    }

    fn optional_text(&mut self, node: &Node, name: &str) -> Option<String> {
        node.prop(name).and_then(|v| self.text(node, Some(v), &format!("a text for `{name}`")))
    }

    fn flag(&mut self, node: &Node, name: &str) -> bool {
        let Some(value) = node.prop(name) else { return false };
        value.as_bool().unwrap_or_else(|| {
            let text = format!("`{name}` is #true or #false");
            self.error("R044", &value.span, text, Some(format!("write {name}=#true")));
            false
        })
    }

    fn date(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<Date> {
        let text = self.text(node, value, what)?;
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        let date: Date = match text.parse() {
            Ok(date) => date,
            Err(e) => {
                let e: statement::DateError = e;
                self.error("R008", &span, e.to_string(), None);
                return None;
            }
        };
        // Open ends, unknown digits, seasons: valid EDTF, and no day can be told from them.
        let unknown = date.earliest() == statement::civil::Date::MIN
            || date.latest() == statement::civil::Date::MAX
            || text.contains(['X', '{', '[', '*'])
            || text.get(5..7).is_some_and(|m| text.len() == 7 && m > "12");
        if unknown {
            let message = format!("the precision of `{text}` is not understood");
            let help = "write a day, a month, a year, or from/to with both ends: \"2008-09\", \"2008-09-01/2008-10-15\"";
            self.error("R035", &span, message, Some(help.into()));
            return None;
        }
        Some(date)
    }

    fn optional_date(&mut self, node: &Node, name: &str) -> Option<Date> {
        node.prop(name).and_then(|v| self.date(node, Some(v), "a date in quotes"))
    }

    fn number<T: FromStr>(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<T> {
        let text = self.text(node, value, what)?;
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        let number = text.parse().ok();
        if number.is_none() {
            self.error("R048", &span, format!("`{text}` is not {what}"), None);
        }
        number
    }

    fn optional_number<T: FromStr>(&mut self, node: &Node, name: &str, what: &str) -> Option<T> {
        node.prop(name).and_then(|v| self.number(node, Some(v), what))
    }

    fn word<T: Copy>(
        &mut self,
        node: &Node,
        value: Option<&Value>,
        table: &[(T, &str)],
    ) -> Option<T> {
        let text = self.text(node, value, "a word")?;
        let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
        let found = table.iter().find(|(_, word)| *word == text).map(|(t, _)| *t);
        if found.is_none() {
            let words = table.iter().map(|(_, w)| *w);
            let help = did_you_mean(&text, words.clone()).map_or_else(
                || format!("known are: {}", words.collect::<Vec<_>>().join(", ")),
                |w| format!("did you mean `{w}`?"),
            );
            self.error("R044", &span, format!("`{text}` is not known here"), Some(help));
        }
        found
    }

    fn id(&mut self, node: &Node, value: &Value) -> Option<ObjectId> {
        let text = self.text(node, Some(value), "an id")?;
        text.parse()
            .map_err(|e: statement::IdError| self.error("R003", &value.span, e.to_string(), None))
            .ok()
    }

    /// The id of a new thing.
    fn new_id(&mut self, node: &Node, kind: &'static str) -> Option<(ObjectId, Span)> {
        let Some(value) = node.arg(0) else {
            let help = format!("write: {} \"name\" {{ … }}", node.name);
            self.error("R003", &node.name_span, format!("a {kind} needs its id"), Some(help));
            return None;
        };
        self.no_more_args(node, 1);
        let id = self.id(node, value)?;
        match self.ids.get(id.as_str()) {
            Some((first_kind, first)) => {
                let text = format!("the {kind} `{id}` is named twice");
                let again =
                    if *first_kind == kind { "first here" } else { "something else has this id" };
                let message = Message::error("R004", value.span.clone(), text, "again here")
                    .also(first.clone(), again)
                    .help("give each an id of its own");
                self.messages.push(message);
            }
            None => {
                self.ids.insert(id.to_string(), (kind, value.span.clone()));
            }
        }
        Some((id, value.span.clone()))
    }

    fn no_more_args(&mut self, node: &Node, args: usize) {
        if let Some(extra) = node.arg(args) {
            let text = format!("`{}` takes {} here", node.name, count(args, "value"));
            self.error("R002", &extra.span.clone(), text, None);
        }
    }

    fn refer(&mut self, refers: Refers, name: &str, span: &Span, from: Option<&ObjectId>) {
        let (name, span, from) = (name.to_owned(), span.clone(), from.cloned());
        self.names.push(Name { refers, name, span, from });
    }

    /// One id that a value names, looked up later.
    fn named(
        &mut self,
        node: &Node,
        value: Option<&Value>,
        refers: Refers,
        from: Option<&ObjectId>,
    ) -> Option<ObjectId> {
        let Some(value) = value else {
            let text = format!("`{}` needs the id of what it is about", node.name);
            self.error("R003", &node.name_span, text, None);
            return None;
        };
        let id = self.id(node, value)?;
        self.refer(refers, id.as_str(), &value.span, from);
        Some(id)
    }

    /// Ids that the node's arguments name, looked up later.
    fn all_named(&mut self, node: &Node, refers: Refers, from: Option<&ObjectId>) -> Vec<ObjectId> {
        self.properties(node, &[]);
        if node.arg(0).is_none() {
            let text = format!("`{}` needs the id of what it is about", node.name);
            self.error("R003", &node.name_span, text, None);
        }
        let values: Vec<&Value> = node.args().collect();
        values.into_iter().filter_map(|v| self.named(node, Some(v), refers, from)).collect()
    }

    /// Ids of the record, which the text alone cannot look up.
    fn of_record(&mut self, node: &Node) -> Vec<ObjectId> {
        self.properties(node, &[]);
        if node.arg(0).is_none() {
            let text = format!("`{}` needs the id of an event or step of the record", node.name);
            self.error("R003", &node.name_span, text, None);
        }
        let values: Vec<&Value> = node.args().collect();
        values.into_iter().filter_map(|v| self.id(node, v)).collect()
    }

    fn party(&mut self, node: &Node, value: &Value, by: &mut Vec<String>) {
        if let Some(party) = self.text(node, Some(value), "a party") {
            self.refer(Refers::Party, &party, &value.span, None);
            by.push(party);
        }
    }

    fn parties(&mut self, node: &Node) -> Vec<String> {
        self.properties(node, &[]);
        let mut by = Vec::new();
        if node.arg(0).is_none() {
            self.error("R003", &node.name_span, format!("`{}` needs a party", node.name), None);
        }
        for value in node.args() {
            self.party(node, value, &mut by);
        }
        by
    }

    fn role_or_party(&mut self, node: &Node) -> Option<String> {
        self.properties(node, &[]);
        let name = self.text(node, node.arg(0), "a role or a party")?;
        let span = node.arg(0).map_or(node.name_span.clone(), |v| v.span.clone());
        self.refer(Refers::RoleOrParty, &name, &span, None);
        Some(name)
    }

    /// Properties that give a length: `days=`, `weeks=`, or `months=`/`years=` with `round=`.
    fn length(&mut self, node: &Node) -> Option<Length> {
        const UNITS: [(&str, u32); 4] = [("days", 1), ("weeks", 7), ("months", 1), ("years", 12)];
        let given: Vec<(&str, u32, &Value)> =
            UNITS.iter().filter_map(|(n, f)| Some((*n, *f, node.prop(n)?))).collect();
        let [(unit, factor, value)] = given.as_slice() else {
            if let [_, (_, _, second), ..] = given.as_slice() {
                let text = "a length in two units";
                let help = "days and months cannot be added up: keep one of them";
                self.error("R013", &second.span, text, Some(help.into()));
            }
            return None;
        };
        let span = &value.span;
        let Some(n) = value.as_text().and_then(|t| t.parse::<u32>().ok()) else {
            let shown = value.as_text().unwrap_or_default();
            let text = format!("`{shown}` is not a whole number of {unit}");
            self.error("R008", span, text, None);
            return None;
        };
        let n = n.saturating_mul(*factor);
        if matches!(*unit, "days" | "weeks") {
            if let Some(round) = node.prop("round") {
                let text = "days are not rounded";
                self.error("R039", &round.span, text, Some("remove `round`".into()));
            }
            return Some(Length::Days(n));
        }
        let rounds = [(Round::Down, "down"), (Round::Up, "up")];
        let Some(round) = node.prop("round") else {
            let text = format!("`{unit}=` without `round=`: not every month has every day");
            let help = "31 January and a month: round=\"down\" is the last of February, round=\"up\" the first of March";
            self.error("R039", span, text, Some(help.into()));
            return None;
        };
        Some(Length::Months(n, self.word(node, Some(round), &rounds)?))
    }

    /// A length that must be there.
    fn needed_length(&mut self, node: &Node) -> Option<Length> {
        if !["days", "weeks", "months", "years"].iter().any(|n| node.prop(n).is_some()) {
            let text =
                format!("`{}` needs a length: `days=` or `months=` with `round=`", node.name);
            self.error("R003", &node.name_span, text, None);
            return None;
        }
        self.length(node)
    }

    /// A date, or the id of something that happens.
    fn moment(&mut self, node: &Node, value: &Value, from: Option<&ObjectId>) -> Option<Moment> {
        let text = self.text(node, Some(value), "a date or an id")?;
        let like_a_date = text.len() >= 4 && text.bytes().take(4).all(|b| b.is_ascii_digit());
        if like_a_date || text.contains('/') {
            return self.date(node, Some(value), "a date").map(Moment::On);
        }
        self.named(node, Some(value), Refers::Thing, from).map(Moment::When)
    }

    /// `… "step" is="reversed"`.
    fn state_of(&mut self, node: &Node, from: Option<&ObjectId>) -> Option<StateOf> {
        self.properties(node, &["is"]);
        self.no_more(node, 1);
        if node.prop("is").is_none() {
            let words: Vec<&str> = Is::ALL.iter().map(|(_, w)| *w).collect();
            let text = format!("`{}` needs the property `is`: in which state", node.name);
            self.error(
                "R003",
                &node.name_span,
                text,
                Some(format!("known are: {}", words.join(", "))),
            );
            return None;
        }
        let is = self.word(node, node.prop("is"), &Is::ALL)?;
        let of = match is {
            Is::Happened => self.id(node, node.arg(0)?)?,
            _ => self.named(node, node.arg(0), Refers::Thing, from)?,
        };
        Some(StateOf { of, is, span: node.name_span.clone() })
    }

    fn amount(&mut self, node: &Node) -> Option<(Decimal, String)> {
        let value = self.text(node, node.arg(0), "a number")?;
        let span = node.arg(0).map_or(node.name_span.clone(), |v| v.span.clone());
        let value = value
            .parse()
            .map_err(|e: statement::DecimalError| self.error("R009", &span, e.to_string(), None))
            .ok();
        let Some(unit) = node.prop("unit") else {
            let help = format!("write: {} 50000 unit=\"t HFO\"", node.name);
            self.error("R009", &span, "an amount without its unit", Some(help));
            return None;
        };
        let unit = self.text(node, Some(unit), "a unit")?;
        Some((value?, unit))
    }

    fn due(&mut self, node: &Node, step: &ObjectId) -> Option<Due> {
        self.properties(
            node,
            &[
                "days",
                "weeks",
                "months",
                "years",
                "round",
                "after",
                "from",
                "or",
                "whichever",
                "provided-not",
            ],
        );
        self.no_more(node, 1);
        let counted =
            ["days", "weeks", "months", "years", "after"].iter().any(|n| node.prop(n).is_some());
        let by = if counted {
            self.due_after(node, step)
        } else {
            self.date(node, node.arg(0), "a date in quotes").map(DueBy::On)
        };
        if counted && let Some(date) = node.arg(0) {
            let message = Message::error(
                "R013",
                date.span.clone(),
                "a date and a count of days",
                "this date",
            )
            .also(node.name_span.clone(), "and a count in the same `due`")
            .help("keep one of them; a date or an event is written with or=\"…\"");
            self.messages.push(message);
        }
        let or = match node.prop("or") {
            None => None,
            Some(value) => {
                let table = [(Whichever::Earlier, "earlier"), (Whichever::Later, "later")];
                let whichever = match node.prop("whichever") {
                    None => {
                        let help = "write whichever=\"earlier\" or whichever=\"later\"";
                        let text = "a date or an event, and not which of them counts";
                        self.error("R003", &value.span, text, Some(help.into()));
                        None
                    }
                    some => self.word(node, some, &table),
                };
                self.named(node, Some(value), Refers::Thing, Some(step)).zip(whichever)
            }
        };
        let provided_not = node
            .prop("provided-not")
            .and_then(|v| self.named(node, Some(v), Refers::Thing, Some(step)));
        Some(Due { by: by?, or, provided_not, span: node.name_span.clone() })
    }

    fn due_after(&mut self, node: &Node, step: &ObjectId) -> Option<DueBy> {
        let length = self.needed_length(node);
        let from = match node.prop("from") {
            None => Some(CountedFrom::Done),
            some => self.word(
                node,
                some,
                &[(CountedFrom::Done, "done"), (CountedFrom::Verified, "verified")],
            ),
        };
        let Some(value) = node.prop("after") else {
            let text = "a count of days needs the property `after`: the step it counts from";
            self.error("R003", &node.name_span, text, None);
            return None;
        };
        let of = self.named(node, Some(value), Refers::Step, Some(step));
        Some(DueBy::After(length?, of?, from?))
    }

    fn top(&mut self, node: &Node) {
        match node.name.as_str() {
            "roadmap" => {
                self.properties(node, &["signed"]);
                self.no_more(node, 1);
                self.roadmap.title = self.text(node, node.arg(0), "a title").unwrap_or_default();
                self.roadmap.title_span = node.name_span.clone();
                self.roadmap.signed = self.optional_date(node, "signed");
            }
            "calendar" => self.calendar(node),
            "party" => {
                self.properties(node, &["outside"]);
                self.no_more(node, 2);
                let outside = self.flag(node, "outside");
                if let Some(party) = self.text(node, node.arg(0), "the id of a party") {
                    if outside {
                        self.roadmap.outside_parties.push(party.clone());
                    }
                    self.roadmap.parties.push(party);
                }
            }
            "role" => self.role(node),
            "step" => self.step(node, None),
            "bundle" => self.bundle(node),
            "power" => self.power(node),
            "limit" => self.limit(node),
            "lasting" => self.lasting(node),
            "clock" => self.clock(node),
            "convert" => self.conversion(node),
            "fail" | "warn" => self.user_check(node),
            "rival" => {}
            // The parties' own tests for complete, verifiable and irreversible are read by whoever draws the board.
            "board" => {}
            _ => self.unknown(node, TOP),
        }
    }

    fn calendar(&mut self, node: &Node) {
        self.properties(node, &["counting", "zone"]);
        self.no_more(node, 0);
        let table = [(false, "next-day"), (true, "inclusive")];
        let inclusive = self.word(node, node.prop("counting"), &table);
        let zone = self.text(
            node,
            node.prop("zone"),
            "the property `zone`: the time zone whose days are meant",
        );
        if let (Some(inclusive), Some(zone)) = (inclusive, zone) {
            self.roadmap.calendar = Some(Calendar { inclusive, zone });
        }
    }

    fn role(&mut self, node: &Node) {
        self.properties(node, &["may", "quorum"]);
        let name = self.text(node, node.arg(0), "a name");
        let may = self.text(node, node.prop("may"), "the property `may`: what its holders may do");
        let quorum = self.optional_number(node, "quorum", "a whole number of holders").unwrap_or(1);
        let mut holders = Vec::new();
        for child in &node.children {
            if child.name == "holder" {
                holders.extend(self.parties(child));
            } else {
                self.unknown(child, &["holder"]);
            }
        }
        if holders.is_empty() {
            let help = "write: holder \"IAEA\"".to_owned();
            self.error("R010", &node.name_span, "a role that nobody holds", Some(help));
        }
        let span = node.arg(0).map_or(node.name_span.clone(), |v| v.span.clone());
        if let (Some(name), Some(may)) = (name, may) {
            self.roadmap.roles.push(Role { name, may, holders, quorum, span });
        }
    }

    fn bundle(&mut self, node: &Node) {
        self.properties(node, &[]);
        let Some((id, span)) = self.new_id(node, "bundle") else { return };
        let mut bundle = Bundle { id: id.clone(), title: String::new(), steps: Vec::new(), span };
        let mut once = Once::default();
        for child in &node.children {
            match child.name.as_str() {
                "title" => {
                    self.once(&mut once, child);
                    bundle.title = self.text(child, child.arg(0), "a title").unwrap_or_default();
                }
                "together" => bundle.steps.extend(self.all_named(child, Refers::Step, Some(&id))),
                "step" => {
                    let before = self.roadmap.steps.len();
                    self.step(child, None);
                    if let Some(step) = self.roadmap.steps.get(before) {
                        bundle.steps.push(step.id.clone());
                    }
                }
                _ => self.unknown(child, &["title", "together", "step"]),
            }
        }
        if bundle.steps.len() < 2 {
            let text = format!("the bundle `{id}` holds fewer than two steps");
            self.error(
                "R003",
                &bundle.span,
                text,
                Some("write: together \"one\" \"other\"".into()),
            );
        }
        self.roadmap.bundles.push(bundle);
    }

    fn conversion(&mut self, node: &Node) {
        self.properties(node, &["to", "factor", "agreed"]);
        self.no_more(node, 1);
        let from = self.text(node, node.arg(0), "the unit to convert");
        let to = self.text(node, node.prop("to"), "the property `to`: the other unit");
        let factor = self.number::<Decimal>(node, node.prop("factor"), "a number for `factor`");
        let agreed =
            self.date(node, node.prop("agreed"), "the property `agreed`: when it was agreed");
        if let (Some(from), Some(to), Some(factor), Some(agreed)) = (from, to, factor, agreed) {
            if factor <= Decimal::ZERO {
                self.error("R048", &node.name_span, "a factor must be more than zero", None);
                return;
            }
            self.roadmap.conversions.push(Conversion { from, factor, to, agreed });
        }
    }

    fn user_check(&mut self, node: &Node) {
        self.properties(node, &["step", "if"]);
        self.no_more(node, 1);
        let message = self.text(node, node.arg(0), "what is to be said");
        let (value, each_step) = match (node.prop("step"), node.prop("if")) {
            (Some(step), None) => (step, true),
            (None, Some(whole)) => (whole, false),
            _ => {
                let help = "step=\"…\" is asked of each step, if=\"…\" once of the whole";
                let text = format!("`{}` needs either `step=` or `if=`", node.name);
                self.error("R003", &node.name_span, text, Some(help.into()));
                return;
            }
        };
        let Some(text) = self.text(node, Some(value), "a condition") else { return };
        let when = match Expression::read(&text) {
            Ok(when) if !each_step && when.asks_a_step() => {
                let help = "write it inside count(…), or use step=\"…\"";
                let text = "this asks something of one step, and `if=` is asked of the whole";
                self.error("R042", &value.span, text, Some(help.into()));
                return;
            }
            Ok(when) => when,
            Err(fault) => {
                // The condition stands in quotes; escapes would shift the place, so it is kept in bounds.
                let start = (value.span.start + 1 + fault.at).min(value.span.end.saturating_sub(1));
                let message = Message::error(
                    "R042",
                    value.span.clone(),
                    format!("the condition is not understood: {}", fault.text),
                    format!("at its character {}", start - value.span.start),
                );
                self.messages
                    .push(message.help("docs/roadmap-language.md, \"Checks of your own\""));
                return;
            }
        };
        if let Some(message) = message {
            let (fails, span) = (node.name == "fail", node.name_span.clone());
            self.roadmap.checks.push(UserCheck { fails, message, when, each_step, span });
        }
    }

    /// Looks up every name the text used.
    fn references(&mut self) {
        for Name { refers, name, span, from } in std::mem::take(&mut self.names) {
            let kind = self.ids.get(&name).map(|(kind, _)| *kind);
            let is_role = || self.roadmap.roles.iter().any(|r| r.name == name);
            let is_party = || self.roadmap.parties.contains(&name);
            let known = match refers {
                Refers::Party => name == "all" || is_party(),
                Refers::RoleOrParty => is_role() || is_party(),
                Refers::Step => matches!(kind, Some("step" | "bundle")),
                Refers::Answer => matches!(kind, Some("step" | "power")),
                Refers::Thing => kind.is_some(),
            };
            if known {
                if from.is_some_and(|from| from.as_str() == name) {
                    let text = format!("`{name}` waits for itself, or refers to itself");
                    self.error("R007", &span, text, Some("remove it".into()));
                }
                continue;
            }
            let parties = self.roadmap.parties.iter().map(String::as_str);
            let roles = self.roadmap.roles.iter().map(|r| r.name.as_str());
            let things = |kinds: &[&str]| {
                let mut all: Vec<&str> = self
                    .ids
                    .iter()
                    .filter(|(_, (kind, _))| kinds.is_empty() || kinds.contains(kind))
                    .map(|(id, _)| id.as_str())
                    .collect();
                all.sort_unstable();
                all
            };
            let (code, text, candidates) = match refers {
                Refers::Step => {
                    ("R005", format!("there is no step `{name}`"), things(&["step", "bundle"]))
                }
                Refers::Party => {
                    ("R006", format!("`{name}` is not a party of this roadmap"), parties.collect())
                }
                Refers::RoleOrParty => (
                    "R010",
                    format!("`{name}` is neither a role nor a party"),
                    roles.chain(parties).collect(),
                ),
                Refers::Answer => (
                    "R046",
                    format!("`{name}` is neither a power nor a step of this roadmap"),
                    things(&["step", "power"]),
                ),
                Refers::Thing => {
                    ("R046", format!("nothing in this roadmap has the id `{name}`"), things(&[]))
                }
            };
            let help = did_you_mean(&name, candidates).map(|w| format!("did you mean `{w}`?"));
            let help = help.or_else(|| match refers {
                Refers::Party => Some(format!("name it: party \"{name}\"")),
                Refers::Thing => {
                    Some("an event of the record is written with is=\"happened\"".into())
                }
                _ => None,
            });
            self.error(code, &span, text, help);
        }
    }
}

/// A number with its noun.
fn count(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}"),
        1 => format!("one {what}"),
        n => format!("{n} {what}s"),
    }
}
