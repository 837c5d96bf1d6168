//! A model as text: which columns are compared, how, what each level weighs, and how candidates are found.

use notation::{Message, Node};

use crate::blocking::Part;
use crate::compare::{LEVELS, levels};
use crate::kind::Kind;

/// A model, as it is chosen or as a person writes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Compared fields; none means that they are chosen from the columns.
    pub fields: Vec<ModelField>,
    /// Keys that find candidates, each a conjunction; none means that they are chosen.
    pub blocks: Vec<Vec<(String, String)>>,
    /// Matches expected among all pairs; learned when absent.
    pub matches: Option<f64>,
}

/// A field of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelField {
    /// Column of the left table.
    pub left: String,
    /// Column of the right table.
    pub right: String,
    /// Its kind.
    pub kind: Kind,
    /// The left column of a period: the field is compared only where the periods of the rows overlap.
    pub when: Option<String>,
    /// m and u of each level, the best first; learned when absent.
    pub levels: Option<Vec<(f64, f64)>>,
}

impl Model {
    /// Reads a model.
    ///
    /// # Errors
    /// Messages that point at the text: what KDL does not allow (`K`), what a model does not know (`L`).
    pub fn read(text: &str) -> Result<Self, Vec<Message>> {
        let reading = notation::read(text);
        let mut messages = reading.messages;
        let mut model = Self::default();
        for node in &reading.document.nodes {
            match node.name.as_str() {
                "field" => model.fields.extend(field(node, &mut messages)),
                "block" => model.blocks.extend(block(node, &mut messages)),
                "matches" => {
                    model.matches = number(node.arg(0), node, "expected matches", &mut messages)
                        .filter(|n| *n > 0.0);
                }
                other => messages.push(
                    Message::error(
                        "L001",
                        node.name_span.clone(),
                        format!("a model has no `{other}`"),
                        "not known",
                    )
                    .help_if(
                        notation::did_you_mean(other, ["field", "block", "matches"])
                            .map(|n| format!("did you mean `{n}`?")),
                    ),
                ),
            }
        }
        for (block, _) in model.blocks.iter().flatten() {
            if !model.fields.is_empty() && !model.fields.iter().any(|f| f.left == *block) {
                let near =
                    notation::did_you_mean(block, model.fields.iter().map(|f| f.left.as_str()));
                messages.push(
                    Message::error(
                        "L002",
                        0..0,
                        format!("a block uses `{block}`, which is no field"),
                        "in this model",
                    )
                    .help_if(near.map(|n| format!("did you mean `{n}`?"))),
                );
            }
        }
        if messages.iter().any(|m| m.severity == notation::Severity::Error) {
            Err(messages)
        } else {
            Ok(model)
        }
    }

    /// Writes it, so that [`Model::read`] gives it back.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        if let Some(matches) = self.matches {
            out += &format!("matches {matches:.1}\n");
        }
        for f in &self.fields {
            out += &format!(
                "field {} with={} kind={}",
                quoted(&f.left),
                quoted(&f.right),
                f.kind.word()
            );
            if let Some(when) = &f.when {
                out += &format!(" while={}", quoted(when));
            }
            if let Some(weights) = &f.levels {
                out += " {\n";
                for (name, (m, u)) in levels(f.kind).iter().zip(weights) {
                    out += &format!("    level {} m={m:.6} u={u:.9}\n", quoted(name));
                }
                out += "}\n";
            } else {
                out.push('\n');
            }
        }
        for block in &self.blocks {
            out += "block";
            for (field, part) in block {
                let text = if part == "whole" { field.clone() } else { format!("{field}/{part}") };
                out += &format!(" {}", quoted(&text));
            }
            out.push('\n');
        }
        out
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out + "\""
}

fn number(
    value: Option<&notation::Value>,
    node: &Node,
    what: &str,
    messages: &mut Vec<Message>,
) -> Option<f64> {
    let read = value
        .and_then(|v| v.as_text())
        .and_then(|t| t.parse::<f64>().ok())
        .filter(|n| n.is_finite() && *n >= 0.0);
    if read.is_none() {
        let span = value.map_or_else(|| node.name_span.clone(), |v| v.span.clone());
        messages.push(Message::error(
            "L003",
            span,
            format!("{what}: a number from 0 is expected"),
            "not one",
        ));
    }
    read
}

fn field(node: &Node, messages: &mut Vec<Message>) -> Option<ModelField> {
    let Some(left) = node.arg(0).and_then(|v| v.as_text()) else {
        messages.push(
            Message::error(
                "L004",
                node.name_span.clone(),
                "a field needs the name of a column",
                "here",
            )
            .help("field \"surname\" with=\"family_name\" kind=text"),
        );
        return None;
    };
    let right = node.prop("with").and_then(|v| v.as_text()).unwrap_or(left).to_owned();
    let kind = match node.prop("kind") {
        None => Kind::Text,
        Some(value) => match value.as_text().and_then(Kind::of_word) {
            Some(kind) => kind,
            None => {
                let words: Vec<&str> = Kind::ALL.iter().map(|(_, w)| *w).collect();
                messages.push(
                    Message::error(
                        "L005",
                        value.span.clone(),
                        "this is no kind of column",
                        "not known",
                    )
                    .help(format!("one of {}", words.join(", "))),
                );
                return None;
            }
        },
    };
    let names = levels(kind);
    let mut weights = vec![None; names.len()];
    for child in &node.children {
        let name = child.arg(0).and_then(|v| v.as_str()).unwrap_or("");
        let Some(at) = names.iter().position(|n| *n == name).filter(|_| child.name == "level")
        else {
            messages.push(
                Message::error(
                    "L006",
                    child.span.clone(),
                    format!("{} has no such level", kind.word()),
                    "here",
                )
                .help(format!("levels: {}", names.join(", "))),
            );
            continue;
        };
        let m = number(child.prop("m"), child, "m", messages);
        let u = number(child.prop("u"), child, "u", messages);
        if let (Some(m), Some(u)) = (m, u) {
            weights[at] = Some((m.clamp(1e-9, 1.0), u.clamp(1e-15, 1.0)));
        }
    }
    let given = weights.iter().filter(|w| w.is_some()).count();
    if given > 0 && given < names.len() {
        messages.push(
            Message::error(
                "L007",
                node.span.clone(),
                "some levels have weights and some have none",
                "this field",
            )
            .help(format!("give all or none of: {}", names.join(", "))),
        );
    }
    let levels: Option<Vec<(f64, f64)>> =
        if names.is_empty() || names.len() > LEVELS { None } else { weights.into_iter().collect() };
    let when = node.prop("while").and_then(|v| v.as_text()).map(ToOwned::to_owned);
    Some(ModelField { left: left.to_owned(), right, kind, when, levels })
}

fn block(node: &Node, messages: &mut Vec<Message>) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    for value in node.args() {
        let text = value.as_text().unwrap_or("");
        let known = |part: &str| Part::ALL.iter().any(|(_, w)| *w == part);
        match text.rsplit_once('/') {
            Some((field, part)) if known(part) => out.push((field.to_owned(), part.to_owned())),
            _ if !text.is_empty() => out.push((text.to_owned(), "whole".to_owned())),
            _ => {
                messages.push(Message::error(
                    "L008",
                    value.span.clone(),
                    "a block names columns",
                    "not a name",
                ));
            }
        }
    }
    if out.is_empty() {
        messages.push(
            Message::error(
                "L008",
                node.name_span.clone(),
                "a block names the columns that must agree",
                "none here",
            )
            .help("block \"surname/start\" \"date_of_birth\""),
        );
        return None;
    }
    Some(out)
}
