//! Readers of accounting reports: nothing makes them panic, and what they read goes out and comes back the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use intake::{read_and_write_reports, read_reports, write_reports};
use proptest::prelude::*;
use statement::kinds::account::Dialect;

const GOOD: &str = "001:2#003:20250210#010:I#015:20250101/20250131#207:SYF#307:SYB\n\
    002:1/2#370:SYA#407:1#411:RD#412:20250125#430:EOPF#446:F-100#469:N#470:1#630:2000.000#670:90.000\n\
    002:2/2#372:XXB#407:2#411:SF#412:20250127#430:PHBF#446:B-001#469:M#470:1#700:400.000#1004:a remark, \"quoted\"\n";

/// Pieces of all dialects in any order, so that the readers get beyond the first byte.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "001:1",
        "002:1/2",
        "#",
        "\n",
        "307:SYB",
        "010:I",
        "015:20250101/20250131",
        "015:20251231",
        "630:1.5",
        "670:0.1",
        "003:20250210",
        "470:1",
        "999:x",
        "<ICR>",
        "</ICR>",
        "<Line>",
        "</Line>",
        "<MBA>",
        "</MBA>",
        "SYB",
        "&amp;",
        "&x;",
        "<!DOCTYPE a>",
        "<![CDATA[",
        "]]>",
        "report_type,report_number,mba,line,material,element\n",
        "I,1,SYB,1,E,1.5\n",
        ",",
        "\"",
        "é",
        "<ElementWeight>1.5</ElementWeight>",
        "<",
        ">",
        ":",
        "0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|p| p.concat())
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in pieces(), choice in 0_u8..3) {
        read_and_write_reports(&text, choice);
    }

    #[test]
    fn a_cut_or_changed_report_is_told_not_feared(at in 0..GOOD.len(), byte in any::<char>(), choice in 0_u8..3) {
        let mut text = GOOD.to_owned();
        if text.is_char_boundary(at) {
            text.truncate(at);
        }
        text.push(byte);
        read_and_write_reports(&text, choice);
    }
}

#[test]
fn a_report_goes_through_every_dialect_and_back() {
    let (reports, faults) = read_reports("good.txt", GOOD, Dialect::Code10);
    assert!(faults.is_empty(), "{faults:?}");
    for dialect in [Dialect::Code10, Dialect::Table, Dialect::Euratom] {
        let written = write_reports(dialect, &reports);
        let (mut back, faults) = read_reports("back", &written.files[0].text, dialect);
        assert!(faults.is_empty(), "{dialect:?} {faults:?} {}", written.files[0].text);
        back[0].0.dialect = Dialect::Code10;
        let mut expected = reports.clone();
        if dialect == Dialect::Euratom {
            // The record layout has no place for the facility, and says so.
            assert_eq!(written.lost.len(), 1, "{:?}", written.lost);
            expected[0].0.other.clear();
        } else {
            assert!(written.lost.is_empty(), "{:?}", written.lost);
        }
        assert_eq!(back, expected, "{dialect:?}");
    }
}
