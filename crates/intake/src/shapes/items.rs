//! Items, transfers of custody, stages, and estimates of reversal.

use statement::kinds::declaration::ItemDeclare;
use statement::kinds::items::{ItemStep, Receive, ReversalAssess, StageStanding, TimeTo, Transfer};
use statement::{Body, Quantity, Statement};

use super::field::{self, object, object_if, word};
use super::{Shape, collect, desk};
use crate::Manifest;
use crate::table::Row;

pub(super) const ITEMS: Shape = Shape {
    name: "items",
    required: &["id", "category", "tag", "serial", "site", "source", "basis"],
    optional: &["batch", "amount", "sigma", "unit", "declared_on", "party", "note"],
    read: read_item,
};

fn read_item(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, category, source) = (row.need("id"), row.need("category"), row.source());
    let (value, unit, sigma) = (row.decimal("amount"), row.text("unit"), row.decimal("sigma"));
    if value.is_some() && unit.is_none() {
        row.fault("I041", "amount", "a quantity without its unit".into(), "in what unit?", None);
    }
    let party = match row.get("party") {
        Some(_) => field::party(row, "party", manifest),
        None => Some(manifest.declares.clone().unwrap_or_else(desk)),
    };
    let said = field::on_if(row, "declared_on");
    let (Some(id), Some(category), Some(source), Some(party)) = (id, category, source, party)
    else {
        return vec![];
    };
    let body = Body::ItemDeclare(ItemDeclare {
        amount: value.zip(unit).map(|(value, unit)| Quantity { sigma, unit, value }),
        category,
        batch: row.text("batch"),
        serial: row.text("serial"),
        site: object_if(row, "site"),
        tag: row.text("tag"),
    });
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

pub(super) const TRANSFERS: Shape = Shape {
    name: "transfers",
    required: &["id", "items", "from", "to", "on", "source", "basis"],
    optional: &["received_on", "note"],
    read: read_transfer,
};

fn read_transfer(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, on, source) = (row.need("id"), field::on(row, "on"), row.source());
    row.need("items");
    row.need("from");
    row.need("to");
    let (from, to) = (field::party(row, "from", manifest), field::party(row, "to", manifest));
    let received = field::on_if(row, "received_on");
    let mut items = Vec::new();
    for item in row.list("items") {
        match item.parse() {
            Ok(item) => items.push(item),
            Err(e) => {
                let e: statement::IdError = e;
                row.fault("I015", "items", e.to_string(), "this id", None);
            }
        }
    }
    let (Some(id), Some(on), Some(source), Some(from), Some(to)) = (id, on, source, from, to)
    else {
        return vec![];
    };
    let transfer = id.parse();
    let body = Body::ItemTransfer(Transfer {
        from: from.clone(),
        items,
        manifest: vec![],
        manifest_sha256: None,
        on: on.clone(),
        to: to.clone(),
    });
    let says = field::says(row, id.clone(), from, Some(on), source.clone());
    let mut made = vec![says.statement(row, "id", manifest, body)];
    if let (Some(on), Ok(transfer)) = (received, transfer) {
        let said = Some(on.clone());
        let body =
            Body::ItemReceive(Receive { manifest: vec![], manifest_sha256: None, on, transfer });
        let says = field::says(row, format!("{id}.received"), to, said, source);
        made.push(says.statement(row, "id", manifest, body));
    }
    collect(made)
}

pub(super) const STAGES: Shape = Shape {
    name: "stages",
    required: &["id", "item", "stage", "standing", "on", "party", "source", "basis"],
    optional: &["sequence", "note"],
    read: read_stage,
};

const STANDINGS: &[(&str, StageStanding)] = &[
    ("claimed", StageStanding::Claimed),
    ("witnessed", StageStanding::Witnessed),
    ("verified", StageStanding::Verified),
    ("reversed", StageStanding::Reversed),
];

fn read_stage(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, item, stage) = (row.need("id"), object(row, "item"), row.need("stage"));
    let (standing, on) = (word(row, "standing", STANDINGS), field::on(row, "on"));
    let (party, source) = (field::party(row, "party", manifest), row.source());
    let (Some(id), Some(item), Some(stage), Some(standing)) = (id, item, stage, standing) else {
        return vec![];
    };
    let (Some(on), Some(party), Some(source)) = (on, party, source) else { return vec![] };
    let said = Some(on.clone());
    let sequence = row.text("sequence");
    let body = Body::ItemStep(ItemStep { item, on, sequence, stage, standing });
    let says = field::says(row, id, party, said, source);
    collect([says.statement(row, "id", manifest, body)])
}

pub(super) const REVERSALS: Shape = Shape {
    name: "reversals",
    required: &[
        "id",
        "about",
        "time_to",
        "what",
        "days_low",
        "days_high",
        "assessor",
        "on",
        "source",
        "basis",
    ],
    optional: &["stage", "cost_low", "cost_high", "currency", "note"],
    read: read_reversal,
};

const TIMES: &[(&str, TimeTo)] = &[("reverse", TimeTo::Reverse), ("detect", TimeTo::Detect)];

fn read_reversal(row: &mut Row<'_>, manifest: &Manifest) -> Vec<Statement> {
    let (id, about, time_to) = (row.need("id"), row.need("about"), word(row, "time_to", TIMES));
    row.need("days_low");
    row.need("days_high");
    let (low, high) = (field::count(row, "days_low"), field::count(row, "days_high"));
    let (assessor, what) = (row.need("assessor"), row.need("what"));
    let (on, source) = (field::on(row, "on"), row.source());
    let (Some(id), Some(about), Some(time_to), Some(days_low), Some(days_high)) =
        (id, about, time_to, low, high)
    else {
        return vec![];
    };
    let (Some(assessor), Some(what), Some(on), Some(source)) = (assessor, what, on, source) else {
        return vec![];
    };
    let said = Some(on.clone());
    let body = Body::ReversalAssess(ReversalAssess {
        about,
        assessor,
        cost_high: row.decimal("cost_high"),
        cost_low: row.decimal("cost_low"),
        currency: row.text("currency"),
        days_high,
        days_low,
        on,
        stage: row.text("stage"),
        time_to,
        what,
    });
    let says = field::says(row, id, desk(), said, source);
    collect([says.statement(row, "id", manifest, body)])
}
