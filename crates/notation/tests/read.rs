//! Reading at the crate's public edge: against crate `kdl`, and every mistake with its code and line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Instant;

use notation::{Node, Source, ValueKind, read, read_bytes};
use proptest::prelude::*;

const GOOD: &[&str] = &[
    "",
    "a",
    "a; b;c",
    "a 1 2.5 -3 +4 1_000 0xff 0o17 0b101 1e10 1.5E-3",
    "a #true #false #null",
    "a \"q\\\"uo\\\\te\" bare-word é녕변 \"\"",
    "a key=1 \"quoted key\"=\"v\" k2=word",
    "a { b { c; d 1 }; e }",
    "a /* in /* nested */ side */ 1 // to the end\nb",
    "a 1 \\\n  2 \\ // comment\n  3",
    "a /-1 2 /-k=3 /-{ b } { c }",
    "/-a { b }\nc",
    "(t)a (u8)1 k=(date)\"2008\"",
    "a #\"raw \\ \"text\" here\"#",
    "a \"\"\"\n    two\n      lines \\\"x\\\"\n\n    here\n    \"\"\"",
    "a \"\\u{1F600}\\n\\t\\s\"",
    "\u{feff}a 1\r\nb 2\r\n",
    "step \"disable-reactor\" by=\"DPRK\" {\n  title \"Disable the 5 MW(e) reactor\"\n  due \"2007-12-31\"\n  \
     after \"shut-down\"\n  verified-by \"IAEA\" site=\"yongbyon-5mwe\"\n}\n",
];

/// The same tree as crate `kdl` sees, as text.
fn ours(nodes: &[Node]) -> String {
    let mut out = String::new();
    for node in nodes {
        out += &format!("{:?}(", node.name);
        for value in node.args() {
            out += &format!("{} ", shape(&value.kind));
        }
        let mut props: Vec<_> =
            node.props().map(|(n, _, v)| format!("{n:?}={} ", shape(&v.kind))).collect();
        props.sort();
        out += &props.concat();
        out += &format!("){{{}}}", ours(&node.children));
    }
    out
}

fn shape(kind: &ValueKind) -> String {
    match kind {
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Number(digits) => format!("{}", as_f64(digits)),
        ValueKind::Bool(b) => b.to_string(),
        ValueKind::Null => "null".into(),
    }
}

fn as_f64(digits: &str) -> f64 {
    let (sign, body) = match digits.strip_prefix('-') {
        Some(body) => (-1.0, body),
        None => (1.0, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let radix = |prefix: &str, base| {
        body.strip_prefix(prefix).map(|d| i64::from_str_radix(d, base).unwrap())
    };
    let whole = radix("0x", 16).or(radix("0o", 8)).or(radix("0b", 2));
    sign * whole.map_or_else(|| body.parse().unwrap(), |n| n as f64)
}

fn theirs(document: &kdl::KdlDocument) -> String {
    let value = |v: &kdl::KdlValue| match v {
        kdl::KdlValue::String(text) => format!("{text:?}"),
        kdl::KdlValue::Integer(n) => format!("{}", *n as f64),
        kdl::KdlValue::Float(n) => format!("{n}"),
        kdl::KdlValue::Bool(b) => b.to_string(),
        kdl::KdlValue::Null => "null".into(),
    };
    let mut out = String::new();
    for node in document.nodes() {
        out += &format!("{:?}(", node.name().value());
        for entry in node.entries().iter().filter(|e| e.name().is_none()) {
            out += &format!("{} ", value(entry.value()));
        }
        let named = node.entries().iter().filter_map(|e| Some((e.name()?.value(), e.value())));
        let mut props: Vec<_> = named.map(|(n, v)| format!("{n:?}={} ", value(v))).collect();
        props.sort();
        out += &props.concat();
        out += &format!("){{{}}}", node.children().map(theirs).unwrap_or_default());
    }
    out
}

#[test]
fn good_texts_read_as_crate_kdl_reads_them() {
    for text in GOOD {
        let reading = read(text);
        assert_eq!(reading.messages, [], "{text}");
        let reference: kdl::KdlDocument = text.parse().unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(ours(&reading.document.nodes), theirs(&reference), "{text}");
    }
}

/// Each text with the codes and lines of its mistakes, in order.
const BAD: &[(&str, &[(&str, usize)])] = &[
    ("due 2007-12-31\nb", &[("K019", 1)]),
    ("a\nb outside=true", &[("K017", 2)]),
    ("amount 950,000", &[("K020", 1)]),
    ("amount 25t", &[("K021", 1)]),
    ("a {\n b\n", &[("K005", 1)]),
    ("a \"open\nb", &[("K023", 1)]),
    ("a }\nb", &[("K006", 1)]),
    ("a days=5 days=6", &[("K012", 1)]),
    ("a k= 5", &[("K014", 1)]),
    ("a \"b\"c", &[("K011", 1)]),
    ("a \"x\\q\"", &[("K024", 1)]),
    ("a \"\\u{110000}\"", &[("K024", 1)]),
    ("a /* b", &[("K004", 1)]),
    ("a /-{ /-b }", &[("K007", 1)]),
    ("a #yes", &[("K022", 1)]),
    ("a [1]", &[("K016", 1)]),
    ("1 2", &[("K008", 1)]),
    ("{ a }", &[("K008", 1)]),
    ("a 5 MW(e)", &[("K011", 1)]),
    ("a (5 6) x", &[("K015", 1)]),
    ("a \\ b", &[("K003", 1)]),
    ("a \"\"\"one line\"\"\"", &[("K025", 1)]),
    (
        "a 1.2.3\nb 2008-1x\nc -inf\nd fine\ne .5",
        &[("K018", 1), ("K018", 2), ("K018", 3), ("K018", 5)],
    ),
    // Three mistakes in one text, all told, and the good line between them read.
    ("source https://example.org x", &[("K027", 1)]),
    ("a { b } c", &[("K028", 1)]),
    ("/-a { b } \\\nc", &[("K028", 2)]),
    ("a \"b\\/c\"", &[("K024", 1)]),
    ("a\nb \"hidden \u{202e}text\"", &[("K026", 2)]),
    // A mistake in a node's own line does not hide those of its children.
    (
        "step a,b=1,5 {\n  due 2007-12-31\n  x true\n}\nlast 1,5",
        &[("K020", 1), ("K019", 2), ("K017", 3), ("K020", 5)],
    ),
    ("due 2007-12-31\ngood 1\nx true\ny 1,5\n", &[("K019", 1), ("K017", 3), ("K020", 4)]),
];

#[test]
fn every_mistake_has_its_code_and_place() {
    for (text, expected) in BAD {
        let source = Source::new(text);
        let found: Vec<_> =
            read(text).messages.iter().map(|m| (m.code, source.position(m.start()).0)).collect();
        assert_eq!(found, *expected, "{text}");
    }
    assert!(read(BAD.last().unwrap().0).document.nodes.iter().any(|n| n.name == "good"));
}

#[test]
fn what_is_not_text_is_placed() {
    let message = &read_bytes(b"a 1\nb \xff").messages[0];
    assert_eq!(
        (message.code, message.text.as_str()),
        ("K001", "line 2, column 3 is not UTF-8 text")
    );
}

#[test]
fn hostile_texts_are_refused_quickly() {
    let start = Instant::now();
    let nested = "a {".repeat(10_000);
    assert!(read(&nested).messages.iter().any(|m| m.code == "K009"));
    let slashed = "a /-{".repeat(40);
    assert!(read(&slashed).messages.iter().any(|m| m.code == "K007"));
    let brackets = "(".repeat(100_000);
    assert!(!read(&brackets).messages.is_empty());
    assert!(read(&"x".repeat(5 << 20)).messages.iter().any(|m| m.code == "K002"));
    // Generous for a debug build on a busy machine; exponential readers need hours.
    assert!(start.elapsed().as_secs() < 5);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn spans_lie_in_the_text(i in 0..GOOD.len(), at in any::<prop::sample::Index>(), c in "[\"{}#=\\\\/(;\n a1é-]") {
        let mut text = GOOD[i].to_owned();
        let at = at.index(text.len() + 1);
        if text.is_char_boundary(at) {
            text.insert_str(at, &c);
        }
        let reading = read(&text);
        for message in &reading.messages {
            for (span, _) in &message.labels {
                prop_assert!(text.get(span.clone()).is_some(), "{:?} in {:?}", span, text);
            }
        }
        // Where both readers accept a text, they agree on it.
        if reading.messages.is_empty() && let Ok(reference) = text.parse::<kdl::KdlDocument>() {
            prop_assert_eq!(ours(&reading.document.nodes), theirs(&reference));
        }
    }
}
