//! The canonical form: RFC 8785's own vectors, and what we refuse on top of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use statement::{ReadError, Statement, canonical_value};

fn canonical(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    serde_json_canonicalizer::to_string(&value).unwrap()
}

/// RFC 8785 section 3.2.2 (the sample object) and its result in section 3.2.3.
#[test]
fn rfc_8785_sample() {
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\
        \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
        \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(input), expected);
}

/// RFC 8785 section 3.2.3: keys sort by UTF-16 code units, not by code points.
#[test]
fn rfc_8785_key_order() {
    let input = r#"{
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let out = canonical(input);
    let order = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ];
    let places: Vec<usize> = order.iter().map(|word| out.find(word).unwrap()).collect();
    assert!(places.is_sorted(), "{out}");
}

/// RFC 8785 appendix B: IEEE 754 bits and the text ECMAScript gives them.
#[test]
fn rfc_8785_numbers() {
    let samples: &[(u64, &str)] = &[
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for &(bits, expected) in samples {
        let value = f64::from_bits(bits);
        assert_eq!(serde_json_canonicalizer::to_string(&value).unwrap(), expected, "{bits:016x}");
    }
}

const GOOD: &str = "lockstep/v1 observation.record\n\
    {\"body\":{\"category\":\"test site\",\"name\":\"Punggye-ri\"},\"case\":\"dprk\",\"id\":\"o-1\",\"party\":\"desk\"}\n";

#[test]
fn the_same_content_has_one_text() {
    assert_eq!(Statement::read(GOOD).unwrap().to_text().unwrap(), GOOD);
    let spoiled: &[(&str, &str)] = &[
        ("\"case\":\"dprk\",", "\"case\": \"dprk\","),
        ("\"case\":\"dprk\",\"id\":\"o-1\"", "\"id\":\"o-1\",\"case\":\"dprk\""),
        ("\"party\":\"desk\"", "\"note\":null,\"party\":\"desk\""),
        ("Punggye-ri", "Punggye\\u002dri"),
        ("\"party\":\"desk\"", "\"party\":\"desk\",\"replaces\":null"),
    ];
    for (from, to) in spoiled {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD);
        let error = Statement::read(&text).unwrap_err();
        assert!(matches!(error, ReadError::NotCanonical { .. }), "{to}: {error}");
    }
}

#[test]
fn duplicate_keys_are_caught_in_known_and_unknown_kinds() {
    let twice = GOOD.replace("\"id\":\"o-1\"", "\"id\":\"o-1\",\"id\":\"o-2\"");
    assert!(matches!(Statement::read(&twice), Err(ReadError::Json(_))));
    let unknown = twice.replace("observation.record", "future.kind");
    assert!(Statement::read(&unknown).is_err());
    let inside = GOOD
        .replace("observation.record", "future.kind")
        .replace("\"category\":\"test site\"", "\"category\":\"test site\",\"category\":\"x\"");
    assert!(matches!(Statement::read(&inside), Err(ReadError::NotCanonical { .. })));
}

#[test]
fn wide_integers_and_fractions_are_caught() {
    for number in ["9007199254740993", "12345678901234567890", "0.5", "1e2", "-0"] {
        let text = GOOD
            .replace("observation.record", "future.kind")
            .replace("\"category\":\"test site\"", &format!("\"category\":{number}"));
        assert!(Statement::read(&text).is_err(), "{number} went through");
    }
    assert_eq!(canonical_value("{\"a\":9007199254740991}").unwrap(), "{\"a\":9007199254740991}");
}

#[test]
fn a_misspelt_field_is_not_lost_silently() {
    let text = GOOD.replace("\"category\"", "\"categorie\"");
    let error = Statement::read(&text).unwrap_err().to_string();
    assert!(error.contains("categorie"), "{error}");
}
