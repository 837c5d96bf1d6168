//! The labelled text of IAEA Code 10: `001:3#003:20250205#010:I#…`, an entry of a report for each `002`.
//!
//! Fields are `LABEL:VALUE`, divided by `#` or by the end of a line. `001` begins a report, `002` an entry. What
//! stands before the first `002` is the report's head; a file may also repeat the head before each entry.

use std::ops::Range;

use super::build::{Builder, Name, RawField, short};
use super::field::{Field, Stands};

/// Whether a text is of this dialect: its first field is label 001.
pub(super) fn is(text: &str) -> bool {
    text.trim_start().trim_start_matches('#').trim_start().starts_with("001:")
}

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let mut head: Vec<RawField<'_>> = Vec::new();
    let mut head_at = 0..0;
    // The head of the report that is open, to see whether the next 001 repeats it.
    let mut open: Vec<(Field, String)> = Vec::new();
    let mut entry: Vec<RawField<'_>> = Vec::new();
    let mut entry_at = 0..0;
    let mut in_head = false;
    for at in tokens(text) {
        let token = &text[at.clone()];
        let Some((label, value)) = token.split_once(':').filter(|(l, _)| is_label(l)) else {
            // A field cut in two by a sign that divides fields, or a line that is no field.
            builder.fault(
                "A001",
                at,
                format!("`{}` is not a field", short(token)),
                "no label",
                "a field is a label of 3 or 4 digits, a colon and the value: 411:RD",
            );
            continue;
        };
        let value_at = at.end - value.len()..at.end;
        let (name, stands) = match Field::by_label(label) {
            Some(names) => (Name::Known(names.field), names.stands),
            None => {
                let carried = label
                    .parse::<u32>()
                    .is_ok_and(|n| n >= 1000 || matches!(n, 390 | 391 | 435 | 445));
                if !carried {
                    builder.warn(
                        "A006",
                        at.clone(),
                        format!("label {label} is not known"),
                        "kept, read by no rule",
                        "docs/reports.md lists the labels",
                    );
                }
                (Name::Carried(label.into()), if in_head { Stands::Head } else { Stands::Line })
            }
        };
        let field = RawField { name, value: value.into(), at: value_at };
        match label {
            "001" => {
                flush(builder, &mut entry, &entry_at);
                in_head = true;
                head.clear();
                head_at = at.clone();
                head.push(field);
            }
            "002" => {
                flush(builder, &mut entry, &entry_at);
                if in_head {
                    in_head = false;
                    let now = known(&head);
                    if now != open {
                        builder.begin(&head, head_at.clone());
                        open = now;
                    }
                }
                entry_at = at.clone();
                entry.push(field);
            }
            _ if in_head => {
                head_at.end = at.end;
                if stands == Stands::Line && matches!(field.name, Name::Known(_)) {
                    builder.fault(
                        "A001",
                        at,
                        format!("label {label} stands before the first entry"),
                        "belongs to an entry",
                        "begin the entry with label 002",
                    );
                } else {
                    head.push(field);
                }
            }
            _ => {
                entry_at.end = at.end;
                match (&field.name, stands) {
                    (Name::Known(known), Stands::Head) => {
                        let differs = open
                            .iter()
                            .find(|(f, _)| f == known)
                            .filter(|(_, v)| v != field.value.trim());
                        if let Some((_, before)) = differs {
                            let message = format!(
                                "label {label} says {}, the head of the report {before}",
                                short(value)
                            );
                            builder.fault(
                                "A011",
                                field.at.clone(),
                                message,
                                "differs",
                                "a report has one head; begin another report with label 001",
                            );
                        }
                    }
                    _ if entry.iter().any(|f| f.name == field.name) => {
                        builder.fault(
                            "A013",
                            field.at.clone(),
                            format!("label {label} stands twice in one entry"),
                            "again here",
                            "begin the next entry with label 002",
                        );
                    }
                    _ => entry.push(field),
                }
            }
        }
    }
    flush(builder, &mut entry, &entry_at);
    if in_head {
        builder.begin(&head, head_at);
    }
    builder.end();
}

fn flush(builder: &mut Builder<'_>, entry: &mut Vec<RawField<'_>>, at: &Range<usize>) {
    if !entry.is_empty() {
        builder.line(entry, at.clone());
        entry.clear();
    }
}

fn known(head: &[RawField<'_>]) -> Vec<(Field, String)> {
    head.iter()
        .filter_map(|f| match f.name {
            Name::Known(field) => Some((field, f.value.trim().to_owned())),
            Name::Carried(_) => None,
        })
        .collect()
}

fn is_label(text: &str) -> bool {
    (3..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The fields of the text, without space around them.
fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split_inclusive(['#', '\n']).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let body = piece.trim_end_matches(['#', '\n', '\r']).trim_end();
        let lead = body.len() - body.trim_start().len();
        (body.len() > lead).then(|| start + lead..start + body.len())
    })
}
