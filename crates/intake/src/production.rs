//! `production.kdl`: what a facility can have made, on assumptions that each name their source.
//!
//! These are the desk's own calculations beside the stated figures, not statements of a party: they are read when
//! they are asked for and are no part of the ledger.

use std::path::Path;
use std::sync::Arc;

use balance::production::Estimate;
use notation::{Message, Node, Value, did_you_mean};
use statement::{Basis, Date, QuantityKind};

use crate::diagnostic::Diagnostic;

/// An assumed quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumption {
    /// What it is: `power-mw`.
    pub name: String,
    /// Its value and one standard deviation.
    pub estimate: Estimate,
    /// Where it comes from.
    pub source: String,
    /// How sure the recorder is of the source.
    pub basis: Basis,
}

/// What a calculation is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// What it calculates, in words.
    pub title: String,
    /// Figures of this kind alone count the same thing.
    pub counts: QuantityKind,
    /// And of this material.
    pub material: String,
}

/// A stretch of time at power.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// When it began and ended, as the source has it.
    pub from: Date,
    /// See `from`.
    pub to: Date,
    /// Where the dates come from.
    pub source: String,
    /// How sure the recorder is.
    pub basis: Basis,
}

/// A time at which material was separated, or the ratio that tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Age {
    /// Atoms of Am-241 to Pu-241.
    Ratio(Assumption),
    /// The date that somebody derived from such ratios.
    Separated(Date, String, Basis),
}

/// One calculation.
#[derive(Debug, Clone, PartialEq)]
pub enum Calculation {
    /// Plutonium from heat.
    Heat {
        /// What it is compared with.
        subject: Subject,
        /// Stretches at power.
        runs: Vec<Run>,
        /// `power-mw`, `grams-per-mwd`, and `capacity-factor` where one is assumed.
        assumptions: Vec<Assumption>,
    },
    /// Separations from americium.
    Ages {
        /// Its id.
        id: String,
        /// In words.
        title: String,
        /// The ages.
        ages: Vec<Age>,
        /// How many separations were declared.
        declared: Option<Assumption>,
        /// When the ratios were measured, or the ages counted from.
        measured: Option<Date>,
    },
    /// Separative work.
    Enrichment {
        /// What it is compared with.
        subject: Subject,
        /// `product`, `feed`, `tails` (shares of U-235), `swu-per-year`, `years`.
        assumptions: Vec<Assumption>,
    },
    /// A sample of the produced amount that another code drew.
    Sample {
        /// What it is compared with.
        subject: Subject,
        /// The CSV, relative to the folder.
        file: String,
        /// Its column.
        column: String,
        /// The unit of the column.
        unit: String,
        /// Where it comes from.
        source: String,
    },
}

/// Reads `production.kdl` of a case folder; `None` when there is none.
///
/// # Errors
///
/// Every mistake, with its place.
pub fn read(folder: &Path) -> Result<Option<Vec<Calculation>>, Vec<Diagnostic>> {
    let name = "production.kdl";
    let bytes = match std::fs::read(folder.join(name)) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => {
            return Err(vec![Diagnostic::whole_file("A230", name, format!("cannot be read: {e}"))]);
        }
    };
    let text: Arc<str> = match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            return Err(vec![Diagnostic::whole_file("A230", name, "the file is not UTF-8 text")]);
        }
    };
    let (calculations, messages) = parse(&text);
    if messages.is_empty() {
        return Ok(Some(calculations));
    }
    Err(messages.into_iter().map(|m| Diagnostic::of_message(name, &text, m)).collect())
}

/// Reads the text of a `production.kdl`.
#[must_use]
pub fn parse(text: &str) -> (Vec<Calculation>, Vec<Message>) {
    let reading = notation::read(text);
    let mut reader = Reader { messages: reading.messages };
    let calculations =
        reading.document.nodes.iter().filter_map(|n| reader.calculation(n)).collect();
    (calculations, reader.messages)
}

struct Reader {
    messages: Vec<Message>,
}

const CALCULATIONS: [&str; 4] = ["heat", "ages", "enrichment", "sample"];

impl Reader {
    fn fail(
        &mut self,
        code: &'static str,
        span: std::ops::Range<usize>,
        text: String,
        help: String,
    ) {
        self.messages.push(Message::error(code, span, text, "here").help(help));
    }

    fn unknown(&mut self, node: &Node, known: &[&str]) {
        let help = did_you_mean(&node.name, known.iter().copied())
            .map_or(format!("known are: {}", known.join(", ")), |w| format!("did you mean `{w}`?"));
        self.fail(
            "A231",
            node.name_span.clone(),
            format!("`{}` is not known here", node.name),
            help,
        );
    }

    fn text(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<String> {
        let text = value.and_then(Value::as_text).filter(|t| !t.trim().is_empty());
        if text.is_none() {
            let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
            let message = format!("`{}` needs {what}", node.name);
            self.fail(
                "A232",
                span,
                message,
                "each assumption is written out, with its source".to_owned(),
            );
        }
        text.map(str::to_owned)
    }

    fn number(&mut self, node: &Node, value: &Value) -> Option<f64> {
        let number = value.as_text().and_then(|t| t.parse::<f64>().ok()).filter(|v| v.is_finite());
        if number.is_none() {
            let message = format!("`{}` needs a number", node.name);
            self.fail(
                "A233",
                value.span.clone(),
                message,
                "digits with at most one point".to_owned(),
            );
        }
        number
    }

    fn date(&mut self, node: &Node, value: Option<&Value>, what: &str) -> Option<Date> {
        let text = self.text(node, value, what)?;
        match text.parse() {
            Ok(date) => Some(date),
            Err(e) => {
                let span = value.map_or(node.name_span.clone(), |v| v.span.clone());
                let e: statement::DateError = e;
                self.fail(
                    "A234",
                    span,
                    e.to_string(),
                    "write 1994-05, 1994 or 1985-08/1986".to_owned(),
                );
                None
            }
        }
    }

    fn source(&mut self, node: &Node) -> Option<(String, Basis)> {
        let source = self.text(node, node.prop("source"), "the property `source`");
        let basis = match node.prop("basis").and_then(Value::as_str) {
            Some("seen") => Basis::Seen,
            Some("mixed") => Basis::Mixed,
            Some("memory") => Basis::Memory,
            other => {
                let span = node.prop("basis").map_or(node.name_span.clone(), |v| v.span.clone());
                let message = match other {
                    None => format!("`{}` needs the property `basis`", node.name),
                    Some(word) => format!("`{word}` is not a basis"),
                };
                self.fail("A235", span, message, "seen, mixed or memory".to_owned());
                return None;
            }
        };
        Some((source?, basis))
    }

    fn assumption(&mut self, node: &Node) -> Option<Assumption> {
        let Some(value) = node.arg(0) else {
            self.text(node, None, "a value");
            return None;
        };
        let value = self.number(node, value);
        let sigma = match node.prop("sigma") {
            Some(s) => self.number(node, s),
            None => Some(0.0),
        };
        let (source, basis) = self.source(node)?;
        let estimate = Estimate::new(value?, sigma?);
        if estimate.value < 0.0 || estimate.sigma < 0.0 {
            let message = format!("`{}` cannot be negative", node.name);
            self.fail("A233", node.span.clone(), message, "nor its standard deviation".to_owned());
            return None;
        }
        Some(Assumption { name: node.name.clone(), estimate, source, basis })
    }

    fn subject(&mut self, node: &Node) -> Option<Subject> {
        let id = self.text(node, node.arg(0), "an id");
        let title = self.text(node, node.prop("title"), "the property `title`");
        let material = self.text(node, node.prop("material"), "the property `material`");
        let word = self.text(node, node.prop("counts"), "the property `counts`")?;
        let kinds = [
            QuantityKind::Produced,
            QuantityKind::Extracted,
            QuantityKind::InWaste,
            QuantityKind::InCore,
            QuantityKind::Stock,
            QuantityKind::Increase,
        ];
        let Some(counts) = kinds.into_iter().find(|k| k.as_str() == word) else {
            let span = node.prop("counts").map_or(node.name_span.clone(), |v| v.span.clone());
            let known: Vec<&str> = kinds.iter().map(|k| k.as_str()).collect();
            let help = did_you_mean(&word, known.iter().copied())
                .map_or(format!("known are: {}", known.join(", ")), |w| {
                    format!("did you mean `{w}`?")
                });
            self.fail("A236", span, format!("`{word}` is nothing a figure counts"), help);
            return None;
        };
        Some(Subject { id: id?, title: title?, counts, material: material? })
    }

    fn calculation(&mut self, node: &Node) -> Option<Calculation> {
        match node.name.as_str() {
            "heat" => {
                let subject = self.subject(node);
                let (mut runs, mut assumptions) = (Vec::new(), Vec::new());
                for child in &node.children {
                    match child.name.as_str() {
                        "run" => {
                            let from = self.date(child, child.prop("from"), "the property `from`");
                            let to = self.date(child, child.prop("to"), "the property `to`");
                            let source = self.source(child);
                            if let (Some(from), Some(to), Some((source, basis))) =
                                (from, to, source)
                            {
                                if to.latest() < from.earliest() {
                                    let message =
                                        format!("it ends ({to}) before it begins ({from})");
                                    self.fail(
                                        "A234",
                                        child.span.clone(),
                                        message,
                                        "swap them".to_owned(),
                                    );
                                }
                                runs.push(Run { from, to, source, basis });
                            }
                        }
                        "power-mw" | "grams-per-mwd" | "capacity-factor" => {
                            assumptions.extend(self.assumption(child));
                        }
                        _ => self.unknown(
                            child,
                            &["run", "power-mw", "grams-per-mwd", "capacity-factor"],
                        ),
                    }
                }
                self.needs(node, &["run", "power-mw", "grams-per-mwd"]);
                Some(Calculation::Heat { subject: subject?, runs, assumptions })
            }
            "ages" => {
                let id = self.text(node, node.arg(0), "an id");
                let title = self.text(node, node.prop("title"), "the property `title`");
                let measured = match node.prop("measured") {
                    Some(value) => self.date(node, Some(value), "a date"),
                    None => None,
                };
                let (mut ages, mut declared) = (Vec::new(), None);
                for child in &node.children {
                    match child.name.as_str() {
                        "ratio" => ages.extend(self.assumption(child).map(Age::Ratio)),
                        "separated" => {
                            let date = self.date(child, child.arg(0), "a date");
                            let source = self.source(child);
                            if let (Some(date), Some((source, basis))) = (date, source) {
                                ages.push(Age::Separated(date, source, basis));
                            }
                        }
                        "declared" => declared = self.assumption(child),
                        _ => self.unknown(child, &["ratio", "separated", "declared"]),
                    }
                }
                Some(Calculation::Ages { id: id?, title: title?, ages, declared, measured })
            }
            "enrichment" => {
                let known = ["product", "feed", "tails", "swu-per-year", "years"];
                let subject = self.subject(node);
                let mut assumptions = Vec::new();
                for child in &node.children {
                    if known.contains(&child.name.as_str()) {
                        assumptions.extend(self.assumption(child));
                    } else {
                        self.unknown(child, &known);
                    }
                }
                self.needs(node, &known);
                Some(Calculation::Enrichment { subject: subject?, assumptions })
            }
            "sample" => {
                let subject = self.subject(node);
                let file = self.text(node, node.prop("file"), "the property `file`");
                let column = self.text(node, node.prop("column"), "the property `column`");
                let unit = self.text(node, node.prop("unit"), "the property `unit`");
                let source = self.text(node, node.prop("source"), "the property `source`");
                Some(Calculation::Sample {
                    subject: subject?,
                    file: file?,
                    column: column?,
                    unit: unit?,
                    source: source?,
                })
            }
            _ => {
                self.unknown(node, &CALCULATIONS);
                None
            }
        }
    }

    fn needs(&mut self, node: &Node, children: &[&str]) {
        for name in children.iter().filter(|name| node.child(name).is_none()) {
            let message = format!("`{}` needs `{name}`", node.name);
            let help = format!("it rests on {}", children.join(", "));
            self.fail("A237", node.name_span.clone(), message, help);
        }
    }
}
