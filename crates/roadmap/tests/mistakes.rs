//! What is wrong with a roadmap: one text, its codes and lines. Anything at all can be read.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use roadmap::read;
use statement::civil;

/// Codes with the line each begins at.
fn told(text: &str) -> Vec<(&'static str, usize)> {
    let place = |m: &notation::Message| (m.code, text[..m.start()].matches('\n').count() + 1);
    read(text).messages.iter().map(place).collect()
}

#[track_caller]
fn expect(text: &str, expected: &[(&str, usize)]) {
    let text = format!("party \"A\"\nparty \"B\"\n{text}");
    assert_eq!(told(&text), expected, "{:#?}", read(&text).messages);
}

#[test]
fn nothing_wrong() {
    expect(
        "step \"s\" by=\"A\" {\n due \"2008-06\"\n amount 100 unit=\"t\"\n verified-by \"B\"\n}",
        &[],
    );
}

#[test]
fn one_mistake_each() {
    expect("stpe \"s\"", &[("R001", 3)]);
    expect("step \"s\" by=\"A\" {\n  deu \"2008\"\n}", &[("R001", 4)]);
    expect("step \"s\" by=\"A\" form=\"x\"", &[("R002", 3)]);
    expect("step by=\"A\"", &[("R003", 3)]);
    expect("step \"s\" by=\"A\" {\n  title \"\"\n}", &[("R003", 4)]);
    expect("step \"s\" by=\"A\"\nstep \"s\" by=\"B\"", &[("R004", 4)]);
    expect("step \"s\" by=\"A\" {\n  after \"t\"\n}", &[("R005", 4)]);
    expect("step \"s\" by=\"C\"", &[("R006", 3)]);
    expect("step \"s\" by=\"A\" {\n  after \"s\"\n}", &[("R007", 4)]);
    expect("step \"s\" by=\"A\" {\n  due \"2008-02-30\"\n}", &[("R008", 4)]);
    expect("step \"s\" by=\"A\" {\n  due days=1.5 after=\"s\"\n}", &[("R008", 4), ("R007", 4)]);
    expect("step \"s\" by=\"A\" {\n  amount 100\n}", &[("R009", 4)]);
    expect("step \"s\" by=\"A\" {\n  amount \"many\" unit=\"t\"\n}", &[("R009", 4)]);
    expect("step \"s\" by=\"A\" {\n  verified-by \"C\"\n}", &[("R010", 4)]);
    expect("role \"certifier\" may=\"verify\"", &[("R010", 3)]);
    expect("step \"s\"", &[("R011", 3)]);
    expect(
        "step \"s\" by=\"A\" {\n  after \"t\"\n}\nstep \"t\" by=\"B\" {\n  after \"s\"\n}",
        &[("R012", 3)],
    );
    expect("step \"s\" by=\"A\" {", &[("K005", 3)]);
}

#[test]
fn a_suggestion_for_every_misspelt_name() {
    let text = "party \"DPRK\"\nstep \"shut-down\" by=\"DPKR\" {\n  afetr \"shutdown\"\n}";
    let helps: Vec<_> = read(text).messages.into_iter().filter_map(|m| m.help).collect();
    assert_eq!(helps, ["did you mean `DPRK`?", "did you mean `after`?"]);
}

proptest! {
    /// No text makes reading fail, and every message points into the text.
    #[test]
    fn anything_can_be_read(words in prop::collection::vec(prop::sample::select(vec![
        "step", "\"s\"", "\"t\"", "by=", "\"A\"", "party", "{", "}", "\n", "after", "due", "\"2008-01\"", "amount",
        "100", "unit=", "role", "may=", "holder", "in-step-with", "/-", "days=", ";", "\"", "postponed", "é",
        "bundle", "together", "power", "does=", "\"suspend\"", "over", "window", "lapse", "limit", "at-most", "lasting",
        "clock", "every", "months=", "round=", "\"down\"", "from=", "wait", "after=", "owes", "by-default", "suspended-if", "is=",
        "\"reversed\"", "rival", "reading", "without", "lead=", "0.5", "option", "lapses=", "tranche", "share", "quota", "roadmap",
        "signed=", "cut-off", "snaps-back", "fail", "step=", "\"by = A\"", "4294967295", "\"9999-12-31\"",
    ]), 0..80)) {
        let text = words.join(" ");
        // Whatever could be read of it can be checked, and has a state on any day.
        let roadmap = read(&text).roadmap;
        let _ = roadmap::check(&roadmap);
        for day in [civil::date(2008, 6, 1), civil::Date::MAX, civil::Date::MIN] {
            let _ = roadmap::status_in(&roadmap, &roadmap::Scenario::default(), day);
        }
        let _ = roadmap::read_scenarios(&text);
        for m in read(&text).messages {
            prop_assert!(m.start() <= text.len());
            prop_assert!(text.is_char_boundary(m.start()));
        }
    }

    /// Steps in a chain are never told to wait for each other; one link back makes it so.
    #[test]
    fn a_chain_is_no_cycle(n in 2_usize..40, back in any::<bool>()) {
        let step = |i: usize| {
            let to = if i > 0 { Some(i - 1) } else { back.then_some(n - 1) };
            let after = to.map(|to| format!(" {{ after \"s{to}\" }}")).unwrap_or_default();
            format!("step \"s{i}\" by=\"A\"{after}\n")
        };
        let text = format!("party \"A\"\n{}", (0..n).map(step).collect::<String>());
        let codes: Vec<_> = read(&text).messages.iter().map(|m| m.code).collect();
        prop_assert_eq!(codes, if back { vec!["R012"] } else { vec![] });
    }
}
