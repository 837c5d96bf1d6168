//! Rules of lines that correct or delete others.

use statement::kinds::account::EntryStatus;

use super::{
    CORRECTED_FIELD, Check, OLD_VALUES, POINTER_ASTRAY, POINTER_CYCLE, POINTER_MISSING,
    POINTER_TWICE,
};
use crate::report::{Entry, Target};

pub(super) fn check(check: &mut Check<'_, '_>) {
    let reports = check.reports;
    for correction in &reports.corrections {
        let entry = &reports.entries[correction.entry];
        let named = entry.line.corrects;
        let pointer =
            named.map_or_else(String::new, |n| format!("line {} of report {}", n.line, n.report));
        match correction.target {
            Target::Unnamed => {
                let message =
                    format!("status {} without the line it is about", entry.line.status.as_str());
                check.entry(&POINTER_MISSING, entry, message);
            }
            Target::Missing => {
                check.entry(&POINTER_ASTRAY, entry, format!("there is no {pointer}"))
            }
            Target::Later(_) => check.entry(
                &POINTER_CYCLE,
                entry,
                format!("{pointer} is not earlier than this one"),
            ),
            Target::Replaced(_) if entry.line.status == EntryStatus::Added => {}
            Target::Replaced(_) => {
                check.entry(
                    &POINTER_TWICE,
                    entry,
                    format!("{pointer} was corrected or deleted before"),
                );
            }
            Target::Entry(target) => pair(check, &reports.entries[target], entry),
        }
    }
}

fn pair<'a>(check: &mut Check<'_, 'a>, old: &Entry<'a>, new: &Entry<'a>) {
    let (a, b) = (old.line, new.line);
    match b.status {
        EntryStatus::Delete => {
            // What a deletion repeats: everything that says what and how much it was.
            let differs = [
                ("element", a.element != b.element || a.unit != b.unit),
                ("isotope", a.isotope != b.isotope),
                ("items", a.items != b.items),
                ("batch", a.batch != b.batch),
                ("change", a.code != b.code),
                ("material", a.material != b.material),
                ("date", a.on != b.on),
                ("kmp", a.kmp != b.kmp),
                ("description", a.description != b.description),
                ("basis", a.basis != b.basis),
            ];
            if let Some((column, _)) = differs.into_iter().find(|(_, d)| *d) {
                let values = match column {
                    "element" => format!(": {} there, {} here", a.element, b.element),
                    _ => String::new(),
                };
                let message = format!("`{column}` is not that of line {}{values}", a.line);
                check.at(&OLD_VALUES, new, column, message);
            }
        }
        EntryStatus::Correct => {
            let differs = [
                ("date", a.on != b.on),
                ("batch", a.batch != b.batch),
                ("change", a.code != b.code),
                ("material", a.material != b.material),
                ("from_mba", a.from != b.from),
                ("to_mba", a.to != b.to),
            ];
            if let Some((column, _)) = differs.into_iter().find(|(_, d)| *d) {
                let message = format!("the correction of line {} changes `{column}`", a.line);
                check.at(&CORRECTED_FIELD, new, column, message);
            }
        }
        _ => {}
    }
}
