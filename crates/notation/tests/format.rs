//! The formatter keeps every comment and every meaning, and does nothing twice.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use notation::{TokenKind, format, read, tokens};
use proptest::prelude::*;

fn comments(text: &str) -> Vec<String> {
    let of = |t: notation::Token<'_>| match t.kind {
        TokenKind::LineComment | TokenKind::BlockComment => Some(t.text.trim_end().to_owned()),
        TokenKind::Continuation => t.text.find("//").map(|i| t.text[i..].trim_end().to_owned()),
        _ => None,
    };
    tokens(text).into_iter().filter_map(of).collect()
}

#[track_caller]
fn holds(text: &str) {
    let Ok(tidy) = format(text) else {
        assert!(!read(text).messages.is_empty());
        return;
    };
    let again = read(&tidy);
    assert_eq!(again.messages, [], "{text:?} became {tidy:?}");
    assert!(read(text).document.same_meaning(&again.document), "{text:?} became {tidy:?}");
    assert_eq!(comments(text), comments(&tidy), "{text:?} became {tidy:?}");
    assert_eq!(format(&tidy).as_deref(), Ok(tidy.as_str()), "from {text:?}");
}

#[test]
fn layout() {
    let text = "// head\n\n\nstep   \"a\"   by = \n";
    assert!(format(text).is_err());
    let text = "// head\n\n\nroadmap   \"x\" // end of line\nstep a{ // of the block\n\n  due   \"2008\";after b /* why */\n\n\n  role r { holder \"IAEA\"}\n\n}; step c {}\n";
    let tidy = "// head\n\nroadmap \"x\"  // end of line\nstep a {  // of the block\n    due \"2008\"\n    after b /* why */\n\n    role r { holder \"IAEA\"; }\n}\nstep c {}\n";
    assert_eq!(format(text).unwrap(), tidy);
}

#[test]
fn every_roadmap_of_the_project() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let mut seen = 0;
    for case in std::fs::read_dir(root).unwrap() {
        for file in ["roadmap.kdl", "case.kdl"] {
            if let Ok(text) = std::fs::read_to_string(case.as_ref().unwrap().path().join(file)) {
                holds(&text);
                seen += 1;
            }
        }
    }
    assert!(seen >= 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn tokens_lose_no_byte(text in any::<String>()) {
        prop_assert_eq!(tokens(&text).iter().map(|t| t.text).collect::<String>(), text);
    }

    #[test]
    fn comments_and_meaning_are_kept(pieces in prop::collection::vec(prop::sample::select(vec![
        "a", "step", "\"s\"", " ", "  ", "\n", "\n\n\n", "k=1", "k2=\"v\"", "{", "}", " {", "}\n", ";", "// c\n", " // d\n",
        "/* e */", "/-", "(t)", " 5", "\\\n", "\\ // f\n", "#true", "\"\"\"\n  x\n    y\n  \"\"\"", "#\"r\"#", "\t", "\r\n", "é",
    ]), 0..40)) {
        holds(&pieces.concat());
    }
}
