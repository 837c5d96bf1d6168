//! Transfers as EPCIS 2.0: what goes out is what GS1's schema asks for, what comes in is read or told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod story;

use case::Case;
use custody::epcis::{ImportedTransfer, Parties, export, import};
use proptest::prelude::*;
use serde_json::{Value, json};
use statement::Body;
use story::{DAY, Keys, fold, item, receive, transfer};

const TAG: &str = "urn:epc:id:giai:0614141.12345400";
const DOCK: &str = "urn:epc:id:pgln:0614141.00777";

fn shipped() -> Case {
    let both: &[&str] = &["DPRK", "ROK"];
    let keys = Keys::new();
    let story: Vec<(&str, &[&str], Body)> = vec![
        ("a", &["DPRK"], item("lathe", TAG)),
        ("b/ü", &["DPRK"], item("lathe", "T-2")),
        ("t-1", &["DPRK"], transfer("DPRK", "ROK", &["a", "b/ü"], "2028-02-29T23:30:00+09:00")),
        ("r-1", &["ROK"], receive("t-1", "2028-03")),
        ("t-2", &["ROK"], transfer("ROK", "IAEA", &["a"], "2028-04-01")),
        ("t-3", both, transfer("DPRK", "ROK", &["b/ü"], "2028-05-01")),
    ];
    let mut all = keys.enrolments();
    all.extend(story.iter().map(|(id, by, body)| keys.signed(id, by, body.clone())));
    let case = fold(&all);
    assert_eq!(case.rejected, []);
    case
}

fn parties() -> Parties {
    Parties::of_ids(["DPRK", "ROK", "IAEA"].map(str::to_owned))
}

fn document() -> Value {
    let (value, left_out) =
        export(&shipped(), &parties(), DAY, "2030-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(left_out, Vec::<String>::new());
    value
}

/// GS1's own schema, formats included.
fn gs1() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("gs1/EPCIS-JSON-Schema.json")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn what_is_exported_is_epcis_by_gs1s_schema() {
    let validator = gs1();
    let value = document();
    let faults: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    let events = value["epcisBody"]["eventList"].as_array().unwrap();
    let steps: Vec<&str> = events.iter().map(|e| e["bizStep"].as_str().unwrap()).collect();
    // What the receiver has not signed for was sent and has not arrived.
    assert_eq!(steps, ["shipping", "receiving", "shipping", "shipping", "receiving"]);
    assert_eq!(events[0]["eventTime"], "2028-02-29T14:30:00Z");
    assert_eq!(events[0]["eventTimeZoneOffset"], "+09:00");
    assert_eq!(events[0]["epcList"][0], TAG);
    // A month is not made into a second: the field beside it says what is known.
    assert_eq!(events[1]["lockstep:date"], "2028-03");
    assert_eq!(events[2]["lockstep:standing"], "receiver_missing");
    // The schema is no rubber stamp.
    for (field, wrong) in [
        ("eventTimeZoneOffset", json!("+15:00")),
        ("action", json!("MOVE")),
        ("bizStep", json!("smuggling")),
        ("eventTime", json!("2028-02-30T00:00:00Z")),
        ("epcList", json!(["no URI"])),
        ("seal", json!("E-1")),
    ] {
        let mut bad = document();
        bad["epcisBody"]["eventList"][0][field] = wrong;
        assert!(!validator.is_valid(&bad), "{field}");
    }
}

#[test]
fn a_date_without_a_beginning_is_not_made_into_an_instant() {
    let keys = Keys::new();
    let mut all = keys.enrolments();
    all.push(keys.signed("a", &["DPRK"], item("lathe", TAG)));
    all.push(keys.signed("t-1", &["DPRK"], transfer("DPRK", "ROK", &["a"], "../2028-05-01")));
    let (value, left_out) =
        export(&fold(&all), &parties(), DAY, "2030-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(value["epcisBody"]["eventList"], json!([]));
    assert!(left_out[0].contains("t-1: its shipping on ../2028-05-01"), "{left_out:?}");
    assert!(gs1().is_valid(&value));
}

#[test]
fn what_is_exported_comes_back() {
    let (transfers, faults) = import(&document().to_string(), &shipped(), &parties());
    assert_eq!(faults, Vec::<String>::new());
    let shown: Vec<String> = transfers.iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "t-1: a, b/ü from DPRK to ROK on 2028-02-29T23:30:00+09:00, received 2028-03",
            "t-2: a from ROK to IAEA on 2028-04-01, under way",
            "t-3: b/ü from DPRK to ROK on 2028-05-01, received 2028-05-01",
        ]
    );
}

fn show(t: &ImportedTransfer) -> String {
    let arrived =
        t.received_on.as_ref().map_or("under way".to_owned(), |on| format!("received {on}"));
    format!("{}: {} from {} to {} on {}, {arrived}", t.id, t.items.join(", "), t.from, t.to, t.on)
}

#[test]
fn parties_go_by_the_names_that_trade_gives_them() {
    let mut named = parties();
    named.name("ROK", DOCK).unwrap();
    let (value, _) = export(&shipped(), &named, DAY, "2030-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(value["epcisBody"]["eventList"][0]["destinationList"][0]["destination"], DOCK);
    assert!(gs1().is_valid(&value));
    let (transfers, faults) = import(&value.to_string(), &shipped(), &named);
    assert_eq!((transfers.len(), faults), (3, vec![]));
    let (none, faults) = import(&value.to_string(), &shipped(), &parties());
    assert_eq!(none.len(), 0);
    assert!(
        faults[0].contains("event 1") && faults[0].contains("its parties are DPRK, IAEA, ROK"),
        "{faults:?}"
    );
    assert!(named.name("DPRK", DOCK).unwrap_err().contains("is ROK already"));
    assert!(named.name("XX", "urn:x:1").unwrap_err().contains("not a party"));
    assert!(named.name("DPRK", "Pier 4").unwrap_err().contains("no URI"));
}

/// An event as a shipper's own system writes it.
fn event(step: &str, day: u8, more: Value) -> Value {
    let mut event = json!({
        "type": "ObjectEvent",
        "eventTime": format!("2028-06-{day:02}T10:00:00.000Z"),
        "eventTimeZoneOffset": "+02:00",
        "action": "OBSERVE",
        "bizStep": format!("https://ref.gs1.org/cbv/BizStep-{step}"),
        "epcList": [TAG],
        "sourceList": [
            { "type": "https://ref.gs1.org/cbv/SDT-possessing_party", "source": "urn:x-lockstep:t:party:DPRK" },
            { "type": "location", "source": "urn:epc:id:sgln:0614141.00777.0" },
        ],
        "destinationList": [{ "type": "possessing_party", "destination": "urn:x-lockstep:t:party:ROK" }],
    });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

fn read(events: &[Value]) -> (Vec<ImportedTransfer>, Vec<String>) {
    let document = json!({
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2028-07-01T00:00:00Z",
        "epcisBody": { "eventList": events },
    });
    import(&document.to_string(), &shipped(), &parties())
}

#[test]
fn what_a_shipper_sends_is_read() {
    let id = |id: &str| json!({ "eventID": format!("urn:uuid:{id}") });
    // There and there again; receiving may be told before shipping, and anything twice.
    let events = [
        event("receiving", 20, id("4")),
        event("receiving", 2, id("2")),
        event("shipping", 1, id("1")),
        event("shipping", 10, id("3")),
        event("shipping", 1, id("1")),
    ];
    let (found, faults) = read(&events);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(
        found.iter().map(show).collect::<Vec<_>>(),
        [
            "epcis.1: a from DPRK to ROK on 2028-06-01T12:00:00+02:00, received 2028-06-02T12:00:00+02:00",
            "epcis.3: a from DPRK to ROK on 2028-06-10T12:00:00+02:00, received 2028-06-20T12:00:00+02:00",
        ]
    );
    // An event without an id has one all the same, and the same at every reading.
    let one = [event("shipping", 1, json!({}))];
    assert_eq!(read(&one).0[0].id, read(&one).0[0].id);
}

#[test]
fn what_cannot_be_read_is_told() {
    let told = |events: &[Value], words: &str| {
        let (_, faults) = read(events);
        assert!(
            faults.iter().any(|f| f.starts_with("event ") && f.contains(words)),
            "{words}: {faults:?}"
        );
    };
    let with = |more: Value| [event("shipping", 1, more)];
    told(&with(json!({ "epcList": ["urn:other"] })), "the tag of no item");
    told(&with(json!({ "epcList": [TAG, "urn:x-lockstep:t:item:a"] })), "`a` stands twice");
    told(&with(json!({ "epcList": [] })), "`epcList` is empty");
    told(&with(json!({ "epcList": [7] })), "no text");
    told(&with(json!({ "destinationList": [] })), "names no possessing party");
    told(&with(json!({ "bizStep": "inspecting" })), "moves no custody");
    told(&with(json!({ "bizStep": "void_shipping" })), "moves no custody");
    told(&with(json!({ "type": "AggregationEvent" })), "only ObjectEvent");
    told(&with(json!({ "eventTime": "2028-06-01T10:00:00" })), "no instant");
    told(&with(json!({ "eventTime": "2027-02-29T10:00:00Z" })), "no instant");
    told(&with(json!({ "eventTimeZoneOffset": "+2" })), "write for example +09:00");
    told(
        &with(json!({ "errorDeclaration": { "declarationTime": "2028-06-02T00:00:00Z" } })),
        "error",
    );
    told(&with(json!({ "lockstep:date": "1 June" })), "not a date");
    told(&[event("receiving", 1, json!({}))], "no event here says that DPRK sent it");
    // It cannot have arrived before it was sent.
    told(
        &[event("shipping", 9, json!({})), event("receiving", 1, json!({}))],
        "ask for that event",
    );
    let same = json!({ "eventID": "urn:uuid:1" });
    told(
        &[event("shipping", 1, same.clone()), event("shipping", 2, same)],
        "the id `urn:uuid:1` too",
    );
    let ours = json!({ "lockstep:transfer": "t-9" });
    told(&[event("shipping", 1, ours.clone()), event("shipping", 2, ours)], "sent twice");
    let whole = |text: &str| import(text, &shipped(), &parties()).1.concat();
    assert!(whole("{").contains("not JSON"));
    assert!(whole("{}").contains("no EPCIS 2.0 document"));
    assert!(whole(r#"{"type":"EPCISDocument","schemaVersion":"2.0"}"#).contains("eventList"));
}

proptest! {
    /// The order in which events stand in a document says nothing.
    #[test]
    fn any_order_of_events_is_read_the_same(order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle()) {
        let id = |n: u8| json!({ "eventID": format!("urn:uuid:{n}") });
        let events: Vec<Value> = (1..4)
            .flat_map(|n| [event("shipping", n * 4, id(n)), event("receiving", n * 4 + 1, id(n + 10))])
            .collect();
        let shuffled: Vec<Value> = order.iter().map(|i| events[*i].clone()).collect();
        prop_assert_eq!(read(&events), read(&shuffled));
    }

    #[test]
    fn no_document_makes_the_reader_fail(text in ".{0,300}", step in "[a-z]{0,9}", time in ".{0,24}") {
        let case = shipped();
        let _ = import(&text, &case, &parties());
        let mut value = document();
        value["epcisBody"]["eventList"][0]["bizStep"] = step.into();
        value["epcisBody"]["eventList"][1]["eventTime"] = time.clone().into();
        value["epcisBody"]["eventList"][1]["eventTimeZoneOffset"] = time.clone().into();
        value["epcisBody"]["eventList"][2]["lockstep:date"] = time.into();
        let _ = import(&value.to_string(), &case, &parties());
    }
}
