//! Each form of the language does what the page says: a small text, a course of events, the states expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use roadmap::{Effect, Roadmap, read, read_scenarios, run_scenario, total_days};

const HEAD: &str = "roadmap \"r\" signed=\"2008-01-01\"\ncalendar counting=\"next-day\" zone=\"UTC\"\nparty \"A\"\nparty \"B\"\nparty \"C\"\nrole \"watch\" may=\"verify\" { holder \"C\"; }\n";

#[track_caller]
fn of(text: &str) -> Roadmap {
    let reading = read(&format!("{HEAD}{text}"));
    assert_eq!(reading.messages, [], "{text}");
    reading.roadmap
}

/// Runs one course and demands every expectation.
#[track_caller]
fn course(text: &str, events: &str) {
    course_in(HEAD, text, events);
}

#[track_caller]
fn course_in(head: &str, text: &str, events: &str) {
    let reading = read(&format!("{head}{text}"));
    assert_eq!(reading.messages, [], "{text}");
    let (scenarios, messages) = read_scenarios(&format!("scenario \"x\" {{\n{events}\n}}\n"));
    assert_eq!(messages, [], "{events}");
    let outcome = run_scenario(&reading.roadmap, &scenarios[0]);
    let told: Vec<String> =
        outcome.failures.iter().map(|m| format!("{} ({:?})", m.text, m.help)).collect();
    assert_eq!(told, Vec::<String>::new());
    assert!(outcome.met > 0);
}

#[test]
fn quorum() {
    course(
        "role \"panel\" may=\"verify\" quorum=2 { holder \"B\" \"C\"; }\nstep \"s\" by=\"A\" { verified-by \"panel\"; }",
        "claim \"s\" on=\"2008-02-01\" by=\"A\"
         verify \"s\" on=\"2008-02-02\" by=\"B\"
         verify \"s\" on=\"2008-02-03\" by=\"B\"
         verify \"s\" on=\"2008-02-04\" by=\"A\"
         verify \"s\" on=\"2008-02-05\" by=\"C\"
         expect \"2008-02-04\" { step \"s\" state=\"claimed_done\"; }
         expect \"2008-02-05\" { step \"s\" state=\"verified\"; }",
    );
}

#[test]
fn shares_and_conversion() {
    course(
        "convert \"t HFO\" to=\"t HFO equivalent\" factor=1 agreed=\"2007-10-03\"\nstep \"aid\" {\n by \"A\" \"B\"\n amount 100 unit=\"t HFO equivalent\"\n share \"A\" 60 unit=\"t HFO equivalent\"\n share \"B\" 40 unit=\"t HFO\"\n tranche 20 unit=\"t HFO\"\n}",
        "claim \"aid\" on=\"2008-02-01\" by=\"B\" progress=\"partly\" amount=20 unit=\"t HFO\"
         claim \"aid\" on=\"2008-03-01\" by=\"A\" progress=\"partly\" amount=30 unit=\"t HFO equivalent\"
         expect \"2008-02-15\" { step \"aid\" state=\"partly\" done=\"20 t HFO equivalent\"; }
         expect \"2008-03-15\" { step \"aid\" done=\"50 t HFO equivalent\"; }",
    );
}

#[test]
fn an_answer_is_owed_because_something_happened() {
    course(
        "step \"decl\" by=\"A\" { owes \"notice\" days=10; }\nstep \"notice\" by=\"B\"{}",
        "claim \"decl\" on=\"2008-06-26\" by=\"A\"
         expect \"2008-06-25\" { step \"notice\" due=\"\" timeliness=\"no_date\"; }
         expect \"2008-06-26\" { step \"notice\" due=\"2008-07-06\" timeliness=\"due_soon\"; }
         expect \"2008-07-07\" { step \"notice\" timeliness=\"overdue\" overdue-days=1; }",
    );
}

#[test]
fn days_and_months_after_a_step() {
    course(
        "step \"s\" by=\"A\" { verified-by \"watch\"; }\nstep \"d\" by=\"B\" { due days=45 after=\"s\" from=\"verified\"; }\nstep \"down\" by=\"B\" { due months=1 round=\"down\" after=\"s\"; }\nstep \"up\" by=\"B\" { due months=1 round=\"up\" after=\"s\"; }",
        "claim \"s\" on=\"2008-01-31\" by=\"A\"
         verify \"s\" on=\"2008-02-10\" by=\"C\"
         expect \"2008-02-09\" { step \"d\" due=\"\"; step \"down\" due=\"2008-02-29\"; step \"up\" due=\"2008-03-01\"; }
         expect \"2008-02-10\" { step \"d\" due=\"2008-03-26\"; }",
    );
    // With inclusive counting the day itself is day 1.
    course_in(
        &HEAD.replace("next-day", "inclusive"),
        "step \"s\" by=\"A\"{}\nstep \"d\" by=\"B\" { due days=15 after=\"s\"; }",
        "claim \"s\" on=\"2008-01-01\" by=\"A\"
         expect \"2008-01-02\" { step \"d\" due=\"2008-01-15\"; }",
    );
}

#[test]
fn a_month_is_the_whole_month() {
    course(
        "step \"s\" by=\"A\" { due \"2008-09\"; }",
        "claim \"s\" on=\"2008-09\" by=\"A\"
         expect \"2008-09-30\" { step \"s\" timeliness=\"unclear\" slip-days=-29 slip-days-most=29; }",
    );
    course(
        "step \"s\" by=\"A\" { due \"2008-09\"; }",
        "expect \"2008-09-30\" { step \"s\" timeliness=\"due_soon\"; }
         expect \"2008-10-01\" { step \"s\" timeliness=\"overdue\" overdue-days=1; }",
    );
}

#[test]
fn in_step_with_another() {
    let text = "step \"work\" by=\"A\" { amount 4 unit=\"t\"; in-step-with \"aid\" lead=\"25%\"; }\nstep \"aid\" by=\"B\" { amount 4 unit=\"t\"; in-step-with \"work\" first=\"aid\"; }";
    course(
        text,
        "claim \"aid\" on=\"2008-02-01\" by=\"B\" progress=\"partly\" amount=1 unit=\"t\"
         expect \"2008-01-15\" { step \"work\" state=\"waiting\"; step \"aid\" state=\"ready\"; }
         expect \"2008-02-02\" { step \"work\" state=\"ready\"; }",
    );
}

#[test]
fn a_bundle_takes_effect_with_its_last_step() {
    course(
        "bundle \"day\" {\n step \"report\" by=\"A\"{}\n step \"lift\" by=\"B\"{}\n}\nstep \"next\" by=\"A\" { after \"day\"; due days=10 after=\"day\"; }",
        "claim \"report\" on=\"2008-02-01\" by=\"A\"
         claim \"lift\" on=\"2008-02-03\" by=\"B\"
         expect \"2008-02-02\" { bundle \"day\" done=1 effective=\"\"; step \"next\" waiting-for=\"lift\"; }
         expect \"2008-02-03\" { bundle \"day\" done=2 effective=\"2008-02-03\" one-day=#false; step \"next\" due=\"2008-02-13\"; }",
    );
}

#[test]
fn what_prepares_a_step_comes_before_it() {
    course(
        "step \"draft\" by=\"A\" { prepares \"lift\"; }\nstep \"lift\" by=\"B\"{}",
        "claim \"draft\" on=\"2008-02-01\" by=\"A\"
         expect \"2008-01-31\" { step \"lift\" state=\"waiting\" waiting-for=\"draft\"; }
         expect \"2008-02-01\" { step \"lift\" state=\"ready\"; }",
    );
}

#[test]
fn a_dispute_has_its_window() {
    let text = "step \"s\" by=\"A\" { dispute-window days=30; }";
    course(
        text,
        "claim \"s\" on=\"2008-02-01\" by=\"A\"
         dispute \"s\" on=\"2008-03-02\" by=\"B\" reason=\"half of it\" counted-done=8 counted-of=11
         settle \"s\" on=\"2008-03-20\" progress=\"done\" reason=\"counted together\"
         expect \"2008-03-10\" { step \"s\" dispute=\"disputed\"; }
         expect \"2008-03-20\" { step \"s\" dispute=\"settled\" state=\"claimed_done\"; }",
    );
    course(
        text,
        "claim \"s\" on=\"2008-02-01\" by=\"A\"
         dispute \"s\" on=\"2008-03-03\" by=\"B\" reason=\"half of it\"
         expect \"2008-03-10\" { step \"s\" dispute=\"disputed_too_late\"; }",
    );
}

#[test]
fn a_date_put_off_with_a_reason() {
    course(
        "step \"s\" by=\"A\" { due \"2007-12-31\"; postponed \"2008-10-31\" on=\"2008-07-12\" reason=\"communique\" plea=\"force majeure\"; }",
        "claim \"s\" on=\"2008-11-02\" by=\"A\"
         expect \"2008-07-11\" { step \"s\" timeliness=\"overdue\" due-now=\"\"; }
         expect \"2008-07-12\" { step \"s\" timeliness=\"not_due\" due=\"2007-12-31\" due-now=\"2008-10-31\"; }
         expect \"2008-11-02\" { step \"s\" timeliness=\"late\" slip-days=307; }",
    );
    // The record may put it off again.
    course(
        "step \"s\" by=\"A\" { due \"2008-03-01\"; }",
        "postpone \"s\" on=\"2008-02-20\" due=\"2008-05-01\" reason=\"snow\" by=\"A\"
         expect \"2008-03-15\" { step \"s\" due-now=\"2008-05-01\" timeliness=\"not_due\"; }",
    );
}

#[test]
fn suspended_and_restored_by_itself() {
    course(
        "step \"dis\" by=\"A\"{}\nstep \"aid\" by=\"B\" { suspended-if \"dis\" is=\"reversed\"; restored-if \"dis\" is=\"verified\"; }",
        "claim \"dis\" on=\"2008-02-01\" by=\"A\"
         claim \"dis\" on=\"2008-03-01\" progress=\"reversed\" by=\"A\"
         claim \"dis\" on=\"2008-04-01\" by=\"A\"
         verify \"dis\" on=\"2008-05-01\" by=\"C\"
         expect \"2008-02-15\" { step \"aid\" regime=\"in_force\"; }
         expect \"2008-03-15\" { step \"aid\" regime=\"suspended\" regime-since=\"2008-03-01\"; }
         expect \"2008-04-15\" { step \"aid\" regime=\"suspended\"; }
         expect \"2008-05-01\" { step \"aid\" regime=\"restored\" regime-since=\"2008-05-01\"; }",
    );
}

#[test]
fn a_power_needs_its_holder_and_its_right() {
    let text = "step \"s\" by=\"A\"{}\nstep \"relief\" by=\"B\"{}\npower \"stop\" does=\"suspend\" {\n holder \"B\"\n over \"relief\"\n trigger \"s\" is=\"reversed\"\n use-within days=30\n window \"notice\" days=14\n lapse \"2008-12-31\"\n}";
    course(
        text,
        "claim \"s\" on=\"2008-02-01\" by=\"A\"
         claim \"stop\" on=\"2008-02-10\" by=\"B\"
         claim \"s\" on=\"2008-03-01\" progress=\"reversed\" by=\"A\"
         claim \"stop\" on=\"2008-03-05\" by=\"C\"
         claim \"stop\" on=\"2008-03-10\" by=\"B\"
         expect \"2008-02-12\" { power \"stop\" state=\"dormant\" last-useful-day=\"2008-12-17\"; }
         expect \"2008-03-06\" { power \"stop\" state=\"available\"; }
         expect \"2008-03-10\" { power \"stop\" state=\"running\" used-by=\"B\" window=\"notice\" takes-effect=\"2008-03-24\"; }
         expect \"2008-03-24\" { power \"stop\" state=\"in_effect\"; step \"relief\" regime=\"suspended\" regime-since=\"2008-03-24\"; }",
    );
    course(
        text,
        "claim \"s\" on=\"2008-03-01\" progress=\"reversed\" by=\"A\"
         claim \"stop\" on=\"2008-04-01\" by=\"B\"
         expect \"2008-03-31\" { power \"stop\" state=\"available\"; }
         expect \"2008-05-01\" { power \"stop\" state=\"lapsed\"; step \"relief\" regime=\"in_force\"; }",
    );
    // What was cured gives no right any more.
    course(
        text,
        "claim \"s\" on=\"2008-03-01\" progress=\"reversed\" by=\"A\"
         claim \"s\" on=\"2008-03-04\" by=\"A\"
         claim \"stop\" on=\"2008-03-10\" by=\"B\"
         expect \"2008-03-02\" { power \"stop\" state=\"available\"; }
         expect \"2008-03-30\" { power \"stop\" state=\"dormant\"; step \"relief\" regime=\"in_force\"; }",
    );
}

#[test]
fn a_power_may_answer_one_that_stands_later_in_the_text() {
    course(
        "step \"relief\" by=\"B\"{}\npower \"answer\" does=\"suspend\" { holder \"A\"; over \"relief\"; trigger \"stop\" is=\"done\"; }\npower \"stop\" does=\"suspend\" { holder \"B\"; over \"relief\"; }",
        "claim \"stop\" on=\"2008-02-01\" by=\"B\"
         expect \"2008-01-31\" { power \"answer\" state=\"dormant\"; }
         expect \"2008-02-01\" { power \"answer\" state=\"available\"; }",
    );
}

#[test]
fn who_withdraws_leaves_alone() {
    let text = "step \"a\" by=\"A\"{}\nstep \"b\" by=\"B\"{}\nstep \"both\" { by \"A\" \"B\"; }\npower \"leave\" does=\"withdraw\" { holder \"A\" \"B\"; window \"notice\" days=90; }";
    course(
        text,
        "claim \"leave\" on=\"2008-02-01\" by=\"A\"
         expect \"2008-04-30\" { step \"a\" state=\"ready\"; }
         expect \"2008-05-01\" { step \"a\" state=\"withdrawn\" timeliness=\"closed\"; step \"b\" state=\"ready\"; step \"both\" state=\"ready\"; }",
    );
    course(
        text,
        "claim \"leave\" on=\"2008-02-01\" by=\"A\"
         claim \"leave\" on=\"2008-03-01\" by=\"B\"
         expect \"2008-06-01\" { step \"b\" state=\"withdrawn\"; step \"both\" state=\"withdrawn\"; }",
    );
    // An event tells by its parties who acted.
    course(
        &text.replace("window", "used-by \"exit\"; window"),
        "event \"exit\" on=\"2008-02-01\" by=\"B\"
         expect \"2008-05-01\" { step \"a\" state=\"ready\"; step \"b\" state=\"withdrawn\"; }",
    );
}

#[test]
fn reversal_leaves_what_followed_and_counts_anew() {
    course(
        "step \"a\" by=\"A\" { amount 4 unit=\"t\"; }\nstep \"b\" by=\"B\" { after \"a\"; }\nstep \"c\" by=\"B\" { after \"b\" \"a\"; }",
        "claim \"a\" on=\"2008-02-01\" by=\"A\" progress=\"partly\" amount=3 unit=\"t\"
         claim \"a\" on=\"2008-02-02\" by=\"A\"
         claim \"b\" on=\"2008-02-03\" by=\"B\"
         claim \"a\" on=\"2008-03-01\" progress=\"reversed\" by=\"A\"
         claim \"a\" on=\"2008-04-01\" by=\"A\" progress=\"partly\" amount=1 unit=\"t\"
         expect \"2008-03-02\" { step \"a\" state=\"reversed\" done=\"\"; step \"b\" state=\"claimed_done\" rests-on-reversed=\"a\"; step \"c\" state=\"waiting\" waiting-for=\"a\"; }
         expect \"2008-04-02\" { step \"a\" state=\"partly\" done=\"1 t\"; }",
    );
}

#[test]
fn obligations_that_last_and_those_that_survive() {
    let text = |more: &str| {
        format!(
            "step \"talks\" by=\"B\" {{ reversed-by \"broken-off\"; }}\nlasting \"no-tests\" by=\"A\" {{\n from \"2008-02-01\"\n until \"2010-12-31\"\n while \"talks\"\n broken-by \"test\"\n{more}}}"
        )
    };
    course(
        &text(""),
        "event \"test\" on=\"2009-05-25\"
         expect \"2008-01-31\" { lasting \"no-tests\" state=\"not_yet\"; }
         expect \"2009-05-24\" { lasting \"no-tests\" state=\"in_force\"; }
         expect \"2009-05-25\" { lasting \"no-tests\" state=\"broken\"; }",
    );
    let broken_off = "event \"broken-off\" on=\"2009-01-01\"
         expect \"2009-06-01\" { lasting \"no-tests\" state=\"STATE\"; }";
    course(&text(""), &broken_off.replace("STATE", "ended"));
    course(&text(" survives\n"), &broken_off.replace("STATE", "in_force"));
    course(&text(""), "expect \"2011-01-01\" { lasting \"no-tests\" state=\"ended\"; }");
}

#[test]
fn limits_with_intermediate_values() {
    course(
        "limit \"leu\" by=\"A\" {\n of \"LEU\"\n at-most 600 unit=\"kg\" from=\"2008-01-16\"\n at-most 300 unit=\"kg\" from=\"2009-01-16\"\n measured-by \"C\"\n cured-by \"ship\"\n}\nstep \"ship\" by=\"A\" { outside-text; }",
        "figure 400 unit=\"kg\" of=\"LEU\" on=\"2008-06-01\"
         figure 310 unit=\"kg\" of=\"LEU\" on=\"2009-02-01\"
         claim \"ship\" on=\"2009-02-20\" by=\"A\"
         expect \"2008-12-31\" { limit \"leu\" exceeded=0; }
         expect \"2009-02-10\" { limit \"leu\" exceeded=1 cured=0; }
         expect \"2009-03-01\" { limit \"leu\" exceeded=1 cured=1; }",
    );
    // A bound is never a figure: at most 700 does not say that 600 was passed.
    course(
        "limit \"leu\" by=\"A\" { of \"LEU\"; at-most 600 unit=\"kg\" from=\"2008-01-16\"; measured-by \"C\"; }",
        "figure 700 unit=\"kg\" of=\"LEU\" bound=\"at-most\" on=\"2008-06-01\"
         expect \"2008-12-31\" { limit \"leu\" exceeded=0; }",
    );
}

#[test]
fn what_lies_outside_the_text() {
    let text = "step \"funds\" by=\"B\" { outside-text; blocks \"shut\"; }\nstep \"shut\" by=\"A\" { due \"2008-04-14\"; }\nstep \"tower\" by=\"A\" { outside-text; }";
    course(
        text,
        "claim \"tower\" on=\"2008-03-01\" by=\"A\"
         claim \"funds\" on=\"2008-06-25\" by=\"B\"
         expect \"2008-04-15\" { step \"shut\" state=\"waiting\" waiting-for=\"funds\" timeliness=\"overdue\"; }
         expect \"2008-06-25\" { step \"shut\" state=\"ready\"; step \"tower\" state=\"claimed_done\"; }",
    );
    let roadmap = of(text);
    let duty = |id: &str| roadmap.step(id).unwrap().is_duty();
    assert_eq!([duty("funds"), duty("shut"), duty("tower")], [false, true, false]);
}

#[test]
fn conditions_added_later_say_by_whom_and_when() {
    let roadmap =
        of("step \"delist\" by=\"B\" { condition \"a protocol\" by=\"B\" added=\"2008-07-11\"; }");
    let condition = &roadmap.step("delist").unwrap().conditions[0];
    assert_eq!(
        (
            condition.text.as_str(),
            condition.by.as_deref(),
            condition.added.as_ref().unwrap().as_str()
        ),
        ("a protocol", Some("B"), "2008-07-11")
    );
}

#[test]
fn steps_that_come_again() {
    course(
        "step \"report\" by=\"A\" { every months=3 round=\"down\" from=\"2008-01-31\" until=\"2008-12-31\"; }",
        "claim \"report\" on=\"2008-04-30\" by=\"A\"
         claim \"report\" on=\"2008-09-15\" by=\"A\"
         expect \"2008-05-15\" { step \"report\" missed=0 timeliness=\"not_due\"; }
         expect \"2008-08-01\" { step \"report\" missed=1 timeliness=\"overdue\" overdue-days=1; }
         expect \"2009-01-15\" { step \"report\" missed=1; }",
    );
}

#[test]
fn options_lapse() {
    course(
        "step \"launch\" by=\"A\" { option lapses=\"2008-12-01\"; }\nstep \"try\" by=\"A\" { effort; due \"2008-06\"; }",
        "expect \"2008-12-01\" { step \"launch\" state=\"ready\"; }
         expect \"2008-12-02\" { step \"launch\" state=\"waived\" timeliness=\"closed\"; }",
    );
    let roadmap = of(
        "step \"launch\" by=\"A\" { option lapses=\"2008-12-01\"; }\nstep \"try\" by=\"A\" { effort; due \"2008-06\"; }",
    );
    assert!(!roadmap.step("launch").unwrap().is_duty());
    assert!(roadmap.step("try").unwrap().effort);
}

#[test]
fn either_or_dates_and_dates_with_a_proviso() {
    let text = |which: &str| {
        format!(
            "step \"conclusion\" by=\"C\"{{}}\nstep \"end\" by=\"B\" {{ due \"2010-10-18\" or=\"conclusion\" whichever=\"{which}\"; }}"
        )
    };
    let early = "claim \"conclusion\" on=\"2009-05-01\" by=\"C\"
         expect \"2009-04-30\" { step \"end\" due=\"DATE\"; }
         expect \"2009-05-02\" { step \"end\" due=\"AFTER\"; }";
    let with = |date: &str, after: &str| early.replace("DATE", date).replace("AFTER", after);
    course(&text("earlier"), &with("2010-10-18", "2009-05-01"));
    course(&text("later"), &with("", "2010-10-18"));
    course(
        "step \"relief\" by=\"B\"{}\nstep \"last\" by=\"B\" { due \"2010-10-18\" provided-not=\"back\"; }\npower \"back\" does=\"snap-back\" { holder \"B\"; over \"relief\"; window \"talks\" days=30; }",
        "claim \"back\" on=\"2009-05-01\" by=\"B\"
         expect \"2009-05-30\" { step \"last\" due=\"2010-10-18\"; }
         expect \"2009-05-31\" { step \"last\" due=\"\" timeliness=\"no_date\"; step \"relief\" regime=\"snapped_back\"; }",
    );
}

#[test]
fn a_decision_whose_default_is_reversed() {
    let text = "step \"relief\" by=\"B\"{}\nstep \"vote\" by=\"B\" { due \"2008-06-30\"; by-default \"old\"; }\nstep \"old\" by=\"B\" { snaps-back \"relief\"; }";
    course(
        text,
        "expect \"2008-06-30\" { step \"old\" state=\"ready\"; step \"relief\" regime=\"in_force\"; }
         expect \"2008-07-01\" { step \"old\" state=\"claimed_done\" actual=\"2008-06-30\"; step \"relief\" regime=\"snapped_back\" regime-since=\"2008-06-30\"; }",
    );
    course(
        text,
        "claim \"vote\" on=\"2008-06-29\" by=\"B\"
         expect \"2008-07-01\" { step \"old\" state=\"ready\"; step \"relief\" regime=\"in_force\"; }",
    );
}

#[test]
fn an_obligation_names_what_answers_its_breach() {
    let roadmap = of(
        "step \"s\" by=\"A\" { due \"2008-06-30\"; on-breach \"stop\"; }\nstep \"relief\" by=\"B\"{}\npower \"stop\" does=\"suspend\" { holder \"B\"; over \"relief\"; trigger \"s\" is=\"overdue\"; }",
    );
    assert_eq!(roadmap.step("s").unwrap().on_breach, ["stop".parse().unwrap()]);
    course(
        "step \"s\" by=\"A\" { due \"2008-06-30\"; on-breach \"stop\"; }\nstep \"relief\" by=\"B\"{}\npower \"stop\" does=\"suspend\" { holder \"B\"; over \"relief\"; trigger \"s\" is=\"overdue\"; }",
        "expect \"2008-06-30\" { power \"stop\" state=\"dormant\"; }
         expect \"2008-07-01\" { power \"stop\" state=\"available\"; }",
    );
}

#[test]
fn rival_readings_are_run_and_both_are_shown() {
    let roadmap = of(
        "step \"dis\" by=\"A\" { due \"2008-03-31\"; }\nstep \"aid\" by=\"B\"{}\nrival \"when\" {\n reading \"as written\" { held-by \"B\"; step \"dis\" { due \"2008-03-31\"; }; }\n reading \"after the aid\" { held-by \"A\"; step \"dis\" { due days=30 after=\"aid\"; }; }\n}",
    );
    let (scenarios, _) =
        read_scenarios("scenario \"x\" { claim \"aid\" on=\"2008-05-01\" by=\"B\"; }");
    let s = roadmap::status_in(&roadmap, &scenarios[0], statement::civil::date(2008, 5, 2));
    let step = |steps: &[roadmap::StepStatus]| {
        let dis = steps.iter().find(|s| s.id.as_str() == "dis").unwrap();
        (dis.timeliness, dis.due.as_ref().unwrap().to_string())
    };
    assert_eq!(step(&s.steps), (roadmap::Timeliness::Overdue, "2008-03-31".into()));
    let other = s.readings.iter().find(|r| r.reading == "after the aid").unwrap();
    assert_eq!(step(&other.steps), (roadmap::Timeliness::DueSoon, "2008-05-31".into()));
    assert_eq!(other.held_by, ["A"]);
}

#[test]
fn clocks_effects_and_reversals_are_data() {
    let roadmap = of(
        "step \"seal\" by=\"A\" effect=\"sealed\" {\n verified-by \"watch\"\n reversal days=120 most=180 cost=20 unit=\"million USD\" source=\"VOA 2013\" assessed-by=\"Heinonen\"\n detected-within days=30\n}\nclock \"access\" { window \"together\" days=14; window \"commission\" days=7; window \"carry-out\" days=3; }\nclock \"notice\" { window \"usual\" hours=24; window \"on-site\" hours=2; }",
    );
    let seal = roadmap.step("seal").unwrap();
    let reversal = seal.reversal.as_ref().unwrap();
    assert_eq!(
        (seal.effect, reversal.least_days, reversal.most_days, reversal.source.as_str()),
        (Some(Effect::Sealed), 120, 180, "VOA 2013")
    );
    assert_eq!(reversal.assessed_by.as_deref(), Some("Heinonen"));
    assert_eq!(reversal.cost.as_ref().unwrap().1, "million USD");
    assert_eq!(total_days(&roadmap.clocks[0].windows), 24);
    let hours: Vec<u32> = roadmap.clocks[1].windows.iter().map(|w| w.hours).collect();
    assert_eq!(hours, [24, 2]);
    assert!(Effect::Sealed < Effect::Disabled && Effect::Destroyed < Effect::Converted);
}
