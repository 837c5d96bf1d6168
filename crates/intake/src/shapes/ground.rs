//! Inspections, samples, measurements and seals.

use statement::kinds::inspection::{
    InspectionRecord, Measurement, SampleEvent, SampleStep, SampleTake, SealApply, SealCheck,
    SealState, TeamRole,
};
use statement::{Body, Bound, Claim, QuantityKind, Statement};

use super::field::{self, object, object_if, word};
use super::{Shape, collect};
use crate::Manifest;
use crate::table::Row;

pub(super) const INSPECTIONS: Shape = Shape {
    name: "inspections",
    required: &[
        "id",
        "site",
        "mandate",
        "from",
        "to",
        "activities",
        "person_days",
        "source",
        "basis",
    ],
    optional: &[
        "party",
        "planned_person_days",
        "team",
        "findings",
        "request",
        "attachments",
        "note",
    ],
    read: read_inspection,
};

fn read_inspection(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, site, mandate) = (row.need("id"), object(row, "site"), row.need("mandate"));
    let (from, to, source) = (field::on(row, "from"), field::on(row, "to"), row.source());
    let party = field::party(row, "party", manifest);
    let (Some(id), Some(site), Some(mandate), Some(from), Some(to)) = (id, site, mandate, from, to)
    else {
        return vec![];
    };
    let (Some(source), Some(party)) = (source, party) else { return vec![] };
    let said = Some(to.clone());
    let body = Body::Inspection(InspectionRecord {
        activities: row.list("activities"),
        attachments: field::attachments(row, "attachments"),
        findings: row.list("findings"),
        from,
        mandate,
        person_days: row.decimal("person_days"),
        planned_person_days: row.decimal("planned_person_days"),
        request: object_if(row, "request"),
        site,
        team: team(row),
        to,
    });
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

/// `2 inspector; 1 interpreter`.
fn team(row: &mut Row<'_>) -> Vec<TeamRole> {
    let mut team = Vec::new();
    for part in row.list("team") {
        let role = part.split_once(' ').and_then(|(number, role)| {
            Some(TeamRole { number: number.parse().ok()?, role: role.trim().to_owned() })
        });
        match role {
            Some(role) => team.push(role),
            None => row.fault(
                "F024",
                "team",
                format!("`{part}` is not a number and a role"),
                "in the team",
                Some("write: 2 inspector; 1 interpreter. Never names".to_owned()),
            ),
        }
    }
    team
}

pub(super) const SAMPLES: Shape = Shape {
    name: "samples",
    required: &["id", "sample_id", "event", "on", "by", "source", "basis"],
    optional: &[
        "party",
        "inspection",
        "material",
        "place",
        "seal",
        "seal_state",
        "part",
        "parts",
        "method",
        "result",
        "sigma",
        "unit",
        "what",
        "note",
    ],
    read: read_sample,
};

#[derive(Clone, Copy)]
enum Event {
    Taken,
    Step(SampleStep),
}

const EVENTS: &[(&str, Event)] = &[
    ("taken", Event::Taken),
    ("split", Event::Step(SampleStep::Split)),
    ("sealed", Event::Step(SampleStep::Sealed)),
    ("shipped", Event::Step(SampleStep::Shipped)),
    ("received", Event::Step(SampleStep::Received)),
    ("analysed", Event::Step(SampleStep::Analysed)),
];

const STATES: &[(&str, SealState)] = &[
    ("intact", SealState::Intact),
    ("broken", SealState::Broken),
    ("missing", SealState::Missing),
    ("removed", SealState::Removed),
];

fn read_sample(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, sample, event) =
        (row.need("id"), object(row, "sample_id"), word(row, "event", EVENTS));
    let (on, source, party) =
        (field::on(row, "on"), row.source(), field::party(row, "party", manifest));
    let (Some(id), Some(sample), Some(event), Some(on)) = (id, sample, event, on) else {
        return vec![];
    };
    let (Some(source), Some(party)) = (source, party) else { return vec![] };
    let said = Some(on.clone());
    let (id, body) = match event {
        Event::Taken => {
            let (Some(inspection), Some(material)) =
                (object(row, "inspection"), row.need("material"))
            else {
                return vec![];
            };
            let (place, seal) = (row.text("place"), row.text("seal"));
            let body = Body::SampleTake(SampleTake { inspection, material, on, place, seal });
            (sample.to_string(), body)
        }
        Event::Step(event) => {
            let Some(by) = row.need("by") else { return vec![] };
            let body = Body::SampleEvent(SampleEvent {
                by,
                event,
                method: row.text("method"),
                on,
                part: row.text("part"),
                parts: row.list("parts"),
                result: figure(row, "result"),
                sample,
                seal: row.text("seal"),
                seal_state: row
                    .get("seal_state")
                    .is_some()
                    .then(|| word(row, "seal_state", STATES))
                    .flatten(),
            });
            (id, body)
        }
    };
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

/// A figure with its unit and one standard deviation; `none published` where there is one and it is not told.
fn figure(row: &mut Row<'_>, column: &str) -> Option<Claim> {
    let what = row.text("what").unwrap_or_else(|| column.to_owned());
    let claim = Claim {
        as_of: None,
        bound: Bound::NonePublished,
        high: None,
        kind: QuantityKind::Other,
        material: None,
        sigma: None,
        unit: None,
        value: None,
        what,
    };
    if row.get(column)? == "none published" {
        return Some(claim);
    }
    let value = row.decimal(column)?;
    let unit = row.text("unit");
    if unit.is_none() {
        row.fault("I041", column, "a quantity without its unit".into(), "in what unit?", None);
    }
    Some(Claim {
        bound: Bound::Equal,
        sigma: row.decimal("sigma"),
        unit,
        value: Some(value),
        ..claim
    })
}

pub(super) const MEASUREMENTS: Shape = Shape {
    name: "measurements",
    required: &["id", "about", "on", "method", "value", "unit", "source", "basis"],
    optional: &["party", "sigma", "what", "note"],
    read: read_measurement,
};

fn read_measurement(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, about, on) = (row.need("id"), object(row, "about"), field::on(row, "on"));
    row.need("value");
    let (method, claim, source) = (row.need("method"), figure(row, "value"), row.source());
    let party = field::party(row, "party", manifest);
    let (Some(id), Some(about), Some(on), Some(method)) = (id, about, on, method) else {
        return vec![];
    };
    let (Some(claim), Some(source), Some(party)) = (claim, source, party) else { return vec![] };
    let said = Some(on.clone());
    let body = Body::Measurement(Measurement { about, claim, method, on });
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

pub(super) const SEALS: Shape = Shape {
    name: "seals",
    required: &["id", "event", "number", "about", "on", "source", "basis"],
    optional: &["party", "seal_id", "note"],
    read: read_seal,
};

#[derive(Clone, Copy)]
enum SealEvent {
    Applied,
    Found(SealState),
}

const SEAL_EVENTS: &[(&str, SealEvent)] = &[
    ("applied", SealEvent::Applied),
    ("intact", SealEvent::Found(SealState::Intact)),
    ("broken", SealEvent::Found(SealState::Broken)),
    ("missing", SealEvent::Found(SealState::Missing)),
    ("removed", SealEvent::Found(SealState::Removed)),
];

fn read_seal(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, event, on) = (row.need("id"), word(row, "event", SEAL_EVENTS), field::on(row, "on"));
    let (number, about, source) = (row.need("number"), row.text("about"), row.source());
    let party = field::party(row, "party", manifest);
    let (Some(id), Some(event), Some(on), Some(number)) = (id, event, on, number) else {
        return vec![];
    };
    let (Some(source), Some(party)) = (source, party) else { return vec![] };
    let said = Some(on.clone());
    let body = match event {
        SealEvent::Applied => {
            if about.is_none() {
                row.need("about");
            }
            let Some(about) = object(row, "about") else { return vec![] };
            Body::SealApply(SealApply { about, number, on })
        }
        SealEvent::Found(state) => {
            // The row that put it on; by its number where no id is given.
            let seal = match row.get("seal_id") {
                Some(_) => object(row, "seal_id"),
                None => format!("seal.{}", number.replace(char::is_whitespace, "-")).parse().ok(),
            };
            let Some(seal) = seal else { return vec![] };
            Body::SealCheck(SealCheck { on, seal, state })
        }
    };
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

/// The form an inspector fills offline: one record in each row.
pub(crate) const FORM: Shape = Shape {
    name: "inspection form",
    required: &[
        "record", "id", "about", "on", "what", "value", "unit", "sigma", "seal", "state", "files",
    ],
    optional: &[
        "until",
        "method",
        "activities",
        "team",
        "findings",
        "planned",
        "place",
        "inspector",
        "note",
    ],
    read: read_form,
};

#[derive(Clone, Copy)]
enum Record {
    Inspection,
    Measurement,
    Sample,
    Seal,
}

const RECORDS: &[(&str, Record)] = &[
    ("inspection", Record::Inspection),
    ("measurement", Record::Measurement),
    ("sample", Record::Sample),
    ("seal", Record::Seal),
];

/// The words of the form's columns `record` and `state`, to choose from.
pub(crate) const FORM_RECORDS: &[&str] = &["inspection", "measurement", "sample", "seal"];
pub(crate) const FORM_STATES: &[&str] = &["applied", "intact", "broken", "missing", "removed"];

fn read_form(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (record, id) = (word(row, "record", RECORDS), row.need("id"));
    let (about, on) = (object(row, "about"), field::on(row, "on"));
    let party = field::party(row, "inspector", manifest);
    let (Some(record), Some(id), Some(about), Some(on)) = (record, id, about, on) else {
        return vec![];
    };
    let Some(party) = party else { return vec![] };
    let said = Some(on.clone());
    // The form is the inspector's own record; what it says was seen by whoever filled it.
    let source = statement::Source {
        basis: statement::Basis::Seen,
        cite: format!("inspection form, line {}", row.line),
        credibility: None,
        reliability: None,
    };
    let body = match record {
        Record::Inspection => {
            let Some(mandate) = row.need("what") else { return vec![] };
            let to = field::on_if(row, "until").unwrap_or_else(|| on.clone());
            let unit = row.get("unit");
            if row.get("value").is_some() && !matches!(unit, Some("person-days")) {
                row.fault(
                    "F026",
                    "unit",
                    "the effort of an inspection is given in person-days".into(),
                    "in what unit?",
                    Some("write person-days".to_owned()),
                );
            }
            Body::Inspection(InspectionRecord {
                activities: row.list("activities"),
                attachments: field::attachments(row, "files"),
                findings: row.list("findings"),
                from: on,
                mandate,
                person_days: row.decimal("value"),
                planned_person_days: row.decimal("planned"),
                request: None,
                site: about,
                team: team(row),
                to,
            })
        }
        Record::Measurement => {
            row.need("value");
            let (Some(method), Some(claim)) = (row.need("method"), figure(row, "value")) else {
                return vec![];
            };
            Body::Measurement(Measurement { about, claim, method, on })
        }
        Record::Sample => {
            let Some(material) = row.need("what") else { return vec![] };
            let (place, seal) = (row.text("place"), row.text("seal"));
            Body::SampleTake(SampleTake { inspection: about, material, on, place, seal })
        }
        Record::Seal => {
            let (Some(number), Some(event)) = (row.need("seal"), word(row, "state", SEAL_EVENTS))
            else {
                return vec![];
            };
            match event {
                SealEvent::Applied => Body::SealApply(SealApply { about, number, on }),
                // What is looked at is the seal, by the id of the record that put it on.
                SealEvent::Found(state) => Body::SealCheck(SealCheck { on, seal: about, state }),
            }
        }
    };
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

#[cfg(test)]
mod tests {
    use super::{FORM_RECORDS, FORM_STATES, RECORDS, SEAL_EVENTS};

    #[test]
    fn the_words_to_choose_from_are_the_words_that_are_read() {
        assert!(RECORDS.iter().map(|(word, _)| word).eq(FORM_RECORDS));
        assert!(SEAL_EVENTS.iter().map(|(word, _)| word).eq(FORM_STATES));
    }
}
