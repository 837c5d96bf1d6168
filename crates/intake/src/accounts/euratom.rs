//! The record layouts of Euratom and the UK, as XML: `<ICR>`, `<PIL>` or `<MBR>` with the head's fields, and a
//! `<Line>` for each line.
//!
//! No document type is read, so there are no entities to expand; text beyond the five named ones is refused.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::build::{Builder, Name, RawField, short};
use super::field::{Field, Stands};

/// Nesting of elements that a report needs: wrapper, report, lines, line, field.
const MAX_DEPTH: usize = 8;

struct Element {
    name: String,
    at: Range<usize>,
}

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let mut head: Vec<RawField<'_>> = Vec::new();
    let mut head_at = 0..0;
    let mut line: Vec<RawField<'_>> = Vec::new();
    let mut begun = false;
    let mut value = String::new();
    let mut value_at: Option<Range<usize>> = None;
    loop {
        let from = position(reader.buffer_position(), text);
        let event = reader.read_event();
        let at = from..position(reader.buffer_position(), text);
        match event {
            Err(e) => {
                let at = position(reader.error_position(), text);
                builder.fault(
                    "A008",
                    at..at + 1,
                    format!("not well-formed XML: {e}"),
                    "here",
                    "every element that is opened is closed by its own name",
                );
                break;
            }
            Ok(Event::Eof) => {
                if let Some(last) = open.last() {
                    let message = format!("the file ends inside <{}>", short(&last.name));
                    builder.fault(
                        "A008",
                        last.at.clone(),
                        message,
                        "opened here",
                        "the file was cut off; fetch it again",
                    );
                }
                break;
            }
            Ok(Event::DocType(_)) => {
                builder.fault("A009", at, "a document type is not read", "here", "take out <!DOCTYPE …>: reports need no entities, and files with them are refused");
                return;
            }
            Ok(Event::Start(start)) => {
                let name = start.local_name().as_ref().to_owned();
                if open.len() >= MAX_DEPTH {
                    builder.fault(
                        "A008",
                        at,
                        "elements are nested too deep",
                        "here",
                        "a report holds lines, a line holds fields",
                    );
                    return;
                }
                if is_report(&name) {
                    head.clear();
                    head_at = at.clone();
                    begun = false;
                    let kind = RawField {
                        name: Name::Known(Field::ReportType),
                        value: name.to_ascii_uppercase().into(),
                        at: at.clone(),
                    };
                    head.push(kind);
                } else if is_line(&name) && !begun {
                    builder.begin(&head, head_at.clone());
                    begun = true;
                }
                value.clear();
                value_at = None;
                open.push(Element { name, at });
            }
            Ok(Event::Empty(_)) => {}
            Ok(Event::Text(t)) => push(&mut value, &mut value_at, &t.xml10_content(), at),
            Ok(Event::CData(t)) => push(&mut value, &mut value_at, &t.xml10_content(), at),
            Ok(Event::GeneralRef(entity)) => {
                let name: Cow<'_, str> = entity.xml10_content();
                let resolved = match (entity.resolve_char_ref(), name.as_ref()) {
                    (Ok(Some(c)), _) => Some(c.to_string()),
                    (Ok(None), "lt") => Some("<".to_owned()),
                    (Ok(None), "gt") => Some(">".to_owned()),
                    (Ok(None), "amp") => Some("&".to_owned()),
                    (Ok(None), "quot") => Some("\"".to_owned()),
                    (Ok(None), "apos") => Some("'".to_owned()),
                    _ => None,
                };
                match resolved {
                    Some(text) => push(&mut value, &mut value_at, &text, at),
                    None => {
                        let message = format!("the entity `&{};` is not known", short(&name));
                        builder.fault("A009", at, message, "here", "write the character itself");
                    }
                }
            }
            Ok(Event::End(_)) => {
                let Some(closed) = open.pop() else { continue };
                let within = open.last().map(|e| e.name.as_str()).unwrap_or_default();
                if is_line(&closed.name) {
                    builder.line(&line, closed.at.start..at.end);
                    line.clear();
                } else if is_report(&closed.name) {
                    if !begun {
                        builder.begin(&head, head_at.clone());
                    }
                    builder.end();
                } else if is_line(within) || is_report(within) {
                    let of_line = is_line(within);
                    let place = value_at.take().unwrap_or(closed.at.clone());
                    let known = Field::by_xml(&closed.name);
                    let misplaced = known.is_some_and(|n| (n.stands == Stands::Line) != of_line);
                    let name = match known {
                        Some(names) => Name::Known(names.field),
                        None if closed.name.eq_ignore_ascii_case("lines") => continue,
                        None => {
                            builder.warn(
                                "A006",
                                closed.at.clone(),
                                format!("<{}> is not a field of a report", short(&closed.name)),
                                "kept, read by no rule",
                                "docs/reports.md lists the fields",
                            );
                            let plain: String =
                                closed.name.chars().filter(char::is_ascii).collect();
                            Name::Carried(plain.into())
                        }
                    };
                    if misplaced {
                        builder.fault(
                            "A001",
                            closed.at.clone(),
                            format!("<{}> does not belong here", closed.name),
                            "this field",
                            "head and lines have fields of their own",
                        );
                    } else if of_line {
                        line.push(RawField {
                            name,
                            value: std::mem::take(&mut value).into(),
                            at: place,
                        });
                    } else if name == Name::Known(Field::ReportType) {
                        let said = value.trim();
                        let root =
                            within.chars().next().map(|c| c.to_ascii_uppercase().to_string());
                        if said != within && Some(said) != root.as_deref() {
                            let message = format!(
                                "the report type is {}, the element <{within}>",
                                short(said)
                            );
                            builder.fault(
                                "A011",
                                place,
                                message,
                                "differs",
                                "I in <ICR>, P in <PIL>, M in <MBR>",
                            );
                        }
                    } else if begun {
                        builder.fault(
                            "A001",
                            closed.at.clone(),
                            format!("<{}> stands after the first line", closed.name),
                            "belongs before the lines",
                            "a report gives its head first",
                        );
                    } else {
                        head.push(RawField {
                            name,
                            value: std::mem::take(&mut value).into(),
                            at: place,
                        });
                    }
                }
                value.clear();
                value_at = None;
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
        }
    }
    builder.end();
}

fn position(at: u64, text: &str) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX).min(text.len())
}

fn push(value: &mut String, value_at: &mut Option<Range<usize>>, text: &str, at: Range<usize>) {
    value.push_str(text);
    *value_at = Some(value_at.take().map_or(at.clone(), |before| before.start..at.end));
}

fn is_report(name: &str) -> bool {
    ["ICR", "PIL", "MBR"].iter().any(|r| name.eq_ignore_ascii_case(r))
}

fn is_line(name: &str) -> bool {
    name.eq_ignore_ascii_case("line")
}
