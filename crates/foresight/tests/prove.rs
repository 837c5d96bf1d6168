//! The search against closed forms, and the stories it tells.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use foresight::prove::{Bounds, Clock, ProofStep, Question, System, Verdict, prove};

/// The plain search: nothing split, nothing merged.
const PLAIN: Bounds = Bounds { states: 20_000_000, split: false, merge: false };

fn system(after: &[&[usize]], reversible: bool, ticks: u8) -> System {
    let steps = after
        .iter()
        .enumerate()
        .map(|(i, after)| ProofStep {
            id: format!("s{i}"),
            by: vec![if i % 2 == 0 { "A" } else { "B" }.into()],
            after: after.to_vec(),
            certifiers: vec!["IAEA".into()],
            reversible,
            answered_by: vec!["C".into()],
            ..ProofStep::default()
        })
        .collect();
    System { steps, clock: Clock { ticks, ripe: 0 }, ..System::default() }
}

fn independent(n: usize, reversible: bool, ticks: u8) -> usize {
    prove(&system(&vec![&[][..]; n], reversible, ticks), PLAIN).states
}

fn shape(n: usize, before: impl Fn(usize) -> Vec<usize>, reversible: bool, ticks: u8) -> usize {
    let after: Vec<Vec<usize>> = (0..n).map(before).collect();
    let after: Vec<&[usize]> = after.iter().map(Vec::as_slice).collect();
    prove(&system(&after, reversible, ticks), PLAIN).states
}

fn chain(i: usize) -> Vec<usize> {
    i.checked_sub(1).into_iter().collect()
}

fn rounds(i: usize) -> Vec<usize> {
    if i < 2 { vec![] } else { vec![(i / 2 - 1) * 2, (i / 2 - 1) * 2 + 1] }
}

fn two_tracks(i: usize) -> Vec<usize> {
    i.checked_sub(2).into_iter().collect()
}

#[test]
fn state_counts_equal_the_closed_forms() {
    for n in 1..=6_u32 {
        let steps = n as usize;
        let count = |base: usize| 2 * base.pow(n) - 3_usize.pow(n);
        assert_eq!(independent(steps, false, 0), count(4), "n={n}");
        assert_eq!(independent(steps, true, 0), count(5), "n={n}, with reversal");
        assert_eq!(independent(steps, false, 3), count(7), "n={n}, clock 3");
        assert_eq!(independent(steps, true, 3), count(8), "n={n}, both");
        assert_eq!(shape(steps, chain, false, 0), 4 * steps + 1, "a chain of {n}");
    }
}

#[test]
fn state_counts_of_the_shapes_of_eight_steps() {
    assert_eq!(shape(8, chain, false, 0), 33);
    assert_eq!(shape(8, rounds, false, 0), 89);
    assert_eq!(shape(8, two_tracks, false, 0), 257);
    assert_eq!(independent(8, false, 0), 124_511);
    assert_eq!(shape(8, chain, false, 3), 81);
    assert_eq!(shape(8, rounds, false, 3), 353);
    assert_eq!(shape(8, two_tracks, false, 3), 1_169);
    assert_eq!(shape(20, two_tracks, false, 3), 7_001);
    // With reversal the shape does not matter.
    assert_eq!(shape(8, chain, true, 0), 774_689);
    assert_eq!(shape(8, rounds, true, 0), 774_689);
    assert_eq!(shape(8, two_tracks, true, 0), 774_689);
    assert_eq!(independent(8, true, 0), 774_689);
    assert_eq!(independent(10, false, 0), 2_038_103);
}

#[test]
fn merging_and_splitting_change_the_count_and_no_verdict() {
    let all = system(&[&[][..]; 8], true, 2);
    let plain = prove(&system(&[&[][..]; 5], true, 2), PLAIN);
    let split = prove(&all, Bounds::default());
    assert_eq!(split.components.len(), 8);
    assert!(split.states < 200);
    for (a, b) in plain.answers.iter().zip(&split.answers) {
        assert_eq!((a.question, a.verdict), (b.question, b.verdict));
    }
    let merged = prove(&all, Bounds { split: false, ..Bounds::default() });
    // Of some 28 million, counted in two groups of four.
    assert!(merged.states < 100_000, "{}", merged.states);
    assert!(merged.answers.iter().all(|a| a.verdict == Verdict::Proved), "{merged:#?}");
}

#[test]
fn a_search_that_meets_its_bound_says_so() {
    let small = prove(&system(&[&[][..]; 8], false, 0), Bounds { states: 1000, ..PLAIN });
    let verdict = |q: Question| small.answers.iter().find(|a| a.question == q).unwrap().verdict;
    assert_eq!(small.states, 1000);
    assert_eq!(verdict(Question::WayOut), Verdict::NotFinished);
    assert_eq!(verdict(Question::NoDeadlock), Verdict::NotFinished);
    // Who may certify is in the text.
    assert_eq!(verdict(Question::OnlyTheEntitledCertify), Verdict::Proved);
    // Far more steps than any search could finish: refused, not truncated in silence.
    let huge = system(&vec![&[][..]; 500], false, 0);
    let huge = prove(&huge, PLAIN);
    assert!(huge.answers.iter().any(|a| a.verdict == Verdict::NotFinished));
}

#[track_caller]
fn of(text: &str) -> System {
    let reading = roadmap::read(&format!(
        "roadmap \"T\"\nparty \"A\"\nparty \"B\"\nparty \"I\"\nrole \"monitor\" may=\"verify\" {{ holder \"I\"; }}\n{text}"
    ));
    System::of(&reading.roadmap)
}

#[track_caller]
fn answer(system: &System, question: Question) -> (Verdict, Vec<String>) {
    let proof = prove(system, Bounds::default());
    let answer = proof.answers.into_iter().find(|a| a.question == question).unwrap();
    (answer.verdict, answer.story)
}

#[test]
fn steps_that_wait_for_each_other_are_a_deadlock() {
    let s = of(
        "step \"go\" by=\"A\" { title \"shut down\"; }\nstep \"x\" by=\"A\" { after \"y\" \"go\"; }\nstep \"y\" by=\"B\" { after \"x\"; }\n",
    );
    let (verdict, story) = answer(&s, Question::NoDeadlock);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story,
        [
            "A says that `go` (shut down) is done; nobody is asked to certify it",
            "Nobody has refused anything, and nobody can move: `x` waits for `y`; `y` waits for `x`",
        ]
    );
}

#[test]
fn steps_in_step_with_each_other_are_no_deadlock() {
    let s = of(
        "step \"dis\" by=\"A\" { in-step-with \"aid\"; verified-by \"monitor\"; }\nstep \"aid\" by=\"B\" { in-step-with \"dis\"; }\n",
    );
    assert_eq!(answer(&s, Question::NoDeadlock).0, Verdict::Proved);
}

#[test]
fn each_waiting_for_the_other_to_go_first_is_a_deadlock() {
    let s = of(
        "step \"dis\" by=\"A\" { in-step-with \"aid\" first=\"aid\"; }\nstep \"aid\" by=\"B\" { in-step-with \"dis\" first=\"dis\"; }\n",
    );
    let (verdict, story) = answer(&s, Question::NoDeadlock);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story,
        [
            "Nobody has refused anything, and nobody can move: `dis` waits for `aid`; `aid` waits for `dis`"
        ]
    );
    let s = of(
        "step \"dis\" by=\"A\" { in-step-with \"aid\" first=\"aid\"; }\nstep \"aid\" by=\"B\" { in-step-with \"dis\" first=\"aid\"; }\n",
    );
    assert_eq!(answer(&s, Question::NoDeadlock).0, Verdict::Proved);
}

#[test]
fn a_power_of_the_text_answers_breaches_of_others_only() {
    let s = of(
        "step \"dis\" by=\"A\" { verified-by \"monitor\"; }\nstep \"lift\" by=\"B\" { after \"dis\"; }\npower \"back\" does=\"snap-back\" { holder \"B\"; over \"lift\"; }\n",
    );
    assert_eq!(s.steps[0].answered_by, ["B"]);
    assert!(s.steps[1].answered_by.is_empty());
    assert_eq!(answer(&s, Question::SnapbackInTime).0, Verdict::Proved);
    // B may refuse its own step, and A has no power.
    let (verdict, story) = answer(&s, Question::WayOut);
    assert_eq!(verdict, Verdict::Violated);
    assert!(story.iter().any(|l| l.starts_with("B refuses `lift`")), "{story:#?}");
}

#[test]
fn the_steps_of_a_bundle_take_effect_as_one() {
    let s = of(
        "step \"x\" by=\"A\"\nstep \"y\" by=\"B\"\nstep \"z\" by=\"A\" { after \"day\"; }\nbundle \"day\" { together \"x\" \"y\"; }\n",
    );
    let ids: Vec<&str> = s.steps.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["day", "z"]);
    assert_eq!(s.steps[0].by, ["A", "B"]);
    assert_eq!(s.steps[1].after, [0]);
}

#[test]
fn a_step_certified_by_its_doer_or_without_the_right_is_found() {
    let s = of("step \"a\" by=\"A\" { verified-by \"A\"; }\n");
    let (verdict, story) = answer(&s, Question::OnlyTheEntitledCertify);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story,
        ["A says that `a` is done", "A certifies `a`", "So A has certified its own step `a`"]
    );
    let s = of(
        "role \"watch\" may=\"observe\" { holder \"B\"; }\nstep \"a\" by=\"A\" { verified-by \"watch\"; }\n",
    );
    let (_, story) = answer(&s, Question::OnlyTheEntitledCertify);
    assert_eq!(
        story.last().unwrap(),
        "So B has certified `a`, and its role does not say that it may verify"
    );
    let s = of("step \"a\" by=\"A\" { verified-by \"monitor\"; }\n");
    assert_eq!(answer(&s, Question::OnlyTheEntitledCertify).0, Verdict::Proved);
}

#[test]
fn a_refusal_that_nobody_can_answer_leaves_no_way_out() {
    let mut s = of(
        "step \"a\" by=\"A\" { verified-by \"monitor\"; }\nstep \"b\" by=\"B\" { after \"a\"; }\n",
    );
    let (verdict, story) = answer(&s, Question::WayOut);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(story.len(), 2);
    assert_eq!(story[0], "A refuses `a`");
    assert!(answer(&s, Question::SnapbackInTime).0 == Verdict::NothingToAsk);
    s.steps[0].answered_by = vec!["B".into()];
    s.steps[1].answered_by = vec!["A".into()];
    assert_eq!(answer(&s, Question::WayOut).0, Verdict::Proved);
    assert_eq!(answer(&s, Question::SnapbackInTime).0, Verdict::Proved);
}

#[test]
fn a_power_that_ripens_after_its_window_is_found() {
    let mut s = of("step \"a\" by=\"A\" { verified-by \"monitor\"; }\n");
    s.steps[0].answered_by = vec!["B".into()];
    s.clock = Clock { ticks: 3, ripe: 2 };
    assert_eq!(answer(&s, Question::SnapbackInTime).0, Verdict::Proved);
    s.clock = Clock { ticks: 3, ripe: 3 };
    let (verdict, story) = answer(&s, Question::SnapbackInTime);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story,
        [
            "A says that `a` is done",
            "B disputes `a`",
            "The clock of the breach runs out before the power that answers it may be used",
        ]
    );
}

#[test]
fn interchangeable_steps_keep_their_names_in_a_story() {
    let s = of(
        "step \"x1\" by=\"A\"{}\nstep \"x2\" by=\"A\"{}\nstep \"x3\" by=\"A\"{}\nstep \"y\" by=\"B\" { after \"x1\" \"x2\" \"x3\" \"z\"; }\nstep \"z\" by=\"A\" { after \"y\"; }\n",
    );
    let (verdict, story) = answer(&s, Question::NoDeadlock);
    assert_eq!(verdict, Verdict::Violated);
    for id in ["x1", "x2", "x3"] {
        assert_eq!(
            story.iter().filter(|l| l.starts_with(&format!("A says that `{id}`"))).count(),
            1,
            "{story:#?}"
        );
    }
}

#[test]
fn a_quorum_multiplies_the_states_by_the_certificates_that_stand() {
    for n in 1..=4_u32 {
        for quorum in 1..=3_u8 {
            let mut s = system(&vec![&[][..]; n as usize], false, 0);
            for step in &mut s.steps {
                step.certifiers = vec!["X".into(), "Y".into(), "Z".into()];
                step.quorum = quorum;
            }
            // Waiting, claimed, so many certificates short of the last, verified; disputed. As without a quorum: two
            // regimes, less those states in which nothing stands that could be answered.
            let calm = 2 + usize::from(quorum);
            let expected = 2 * (calm + 1).pow(n) - calm.pow(n);
            assert_eq!(prove(&s, PLAIN).states, expected, "n={n}, quorum={quorum}");
        }
    }
}

#[test]
fn each_of_a_quorum_certifies_and_the_doer_is_none_of_them() {
    let text = |holders: &str, quorum: u8| {
        of(&format!(
            "role \"panel\" may=\"verify\" quorum={quorum} {{ holder {holders}; }}\nstep \"a\" by=\"A\" {{ verified-by \"panel\"; }}\nstep \"b\" by=\"B\" {{ after \"a\" \"c\"; }}\nstep \"c\" by=\"B\" {{ after \"b\"; }}\n"
        ))
    };
    // The story of a deadlock goes through two certificates.
    let (_, story) = answer(&text("\"B\" \"I\"", 2), Question::NoDeadlock);
    assert_eq!(
        answer(&text("\"B\" \"I\"", 2), Question::OnlyTheEntitledCertify).0,
        Verdict::Proved
    );
    assert_eq!(
        story[..3],
        ["A says that `a` is done", "B certifies `a`; it takes 2", "I certifies `a`"]
    );
    let (verdict, story) = answer(&text("\"A\" \"I\"", 2), Question::OnlyTheEntitledCertify);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(story.last().unwrap(), "So A has certified its own step `a`");
    // Three certificates of two holders: the end is never reached.
    let few = of(
        "role \"panel\" may=\"verify\" quorum=3 { holder \"B\" \"I\"; }\nstep \"a\" by=\"A\" { verified-by \"panel\"; }\n",
    );
    let (verdict, story) = answer(&few, Question::WayOut);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story,
        [
            "From here the end cannot be reached: `a` takes 3 certificates, and only B and I may give one"
        ]
    );
}

#[test]
fn between_the_last_useful_day_and_the_lapse_nothing_answers() {
    let text = |lapse: &str| {
        of(&format!(
            "step \"a\" by=\"A\"{{}}\npower \"back\" does=\"snap-back\" {{ holder \"B\"; over \"a\"; window \"talks\" days=35; window \"council\" days=30; {lapse} }}\n"
        ))
    };
    // 35 + 30 days before 18 October 2025.
    let (verdict, story) = answer(&text("lapse \"2025-10-18\""), Question::SnapbackInTime);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story,
        [
            "2025-08-14 passes: the last day on which `back`, which lapses on 2025-10-18, can be used and still run its 65 days",
            "A refuses `a`",
            "`back` may still be used, and would lapse before its 65 days have run",
        ]
    );
    assert_eq!(answer(&text(""), Question::SnapbackInTime).0, Verdict::Proved);
    // A power without windows is of use to its last day; after that it is not asked of.
    let at_once = of(
        "step \"a\" by=\"A\"{}\npower \"back\" does=\"snap-back\" { holder \"B\"; over \"a\"; lapse \"2025-10-18\"; }\n",
    );
    assert_eq!(answer(&at_once, Question::SnapbackInTime).0, Verdict::Proved);
}

#[test]
fn a_power_that_lapses_with_a_step_can_be_forestalled() {
    let text = |window: &str| {
        of(&format!(
            "step \"a\" by=\"A\" {{ verified-by \"monitor\"; reversed-by \"r\"; }}\nstep \"end\" by=\"A\" {{ title \"the end\"; }}\npower \"back\" does=\"snap-back\" {{ holder \"B\"; over \"a\"; {window} lapse \"end\"; }}\n"
        ))
    };
    let (verdict, story) = answer(&text("window \"talks\" days=10;"), Question::SnapbackInTime);
    assert_eq!(verdict, Verdict::Violated, "{story:#?}");
    assert!(
        story
            .last()
            .unwrap()
            .ends_with("A can do `end`, with which `back` lapses before its effect"),
        "{story:#?}"
    );
    // Without a window its use takes effect at once.
    assert_eq!(answer(&text(""), Question::SnapbackInTime).0, Verdict::Proved);
}

#[test]
fn others_who_can_stop_a_power_or_leave_it_undecided_are_named() {
    let (verdict, story) = answer(
        &of(
            "step \"a\" by=\"A\"{}\nstep \"waive\" by=\"A\"{}\npower \"back\" does=\"snap-back\" { holder \"B\"; over \"a\"; trigger \"a\" is=\"refused\"; stopped-by \"waive\"; window \"talks\" days=10; }\n",
        ),
        Question::SnapbackInTime,
    );
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(story, ["A refuses `a`", "A can do `waive` and so stop `back` before its effect"]);
    let council = |silence: &str| {
        of(&format!(
            "party \"UNSC\"\nstep \"a\" by=\"A\"{{}}\npower \"back\" does=\"snap-back\" {{ holder \"B\"; over \"a\"; window \"council\" days=30 by=\"UNSC\"{silence}; }}\n"
        ))
    };
    let (verdict, story) = answer(&council(""), Question::SnapbackInTime);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story.last().unwrap(),
        "Whether `back` takes effect is up to UNSC in the window `council`, and the text does not say what its silence means"
    );
    assert_eq!(
        answer(&council(" if-silent=\"measures return\""), Question::SnapbackInTime).0,
        Verdict::Proved
    );
}

#[test]
fn a_breach_noticed_after_the_time_to_answer_it_cannot_be_answered() {
    let text = |noticed: u32| {
        of(&format!(
            "step \"a\" by=\"A\" {{ verified-by \"monitor\"; detected-within days={noticed}; }}\npower \"back\" does=\"snap-back\" {{ holder \"B\"; over \"a\"; use-within days=30; }}\n"
        ))
    };
    assert_eq!(answer(&text(20), Question::SnapbackInTime).0, Verdict::Proved);
    let (verdict, story) = answer(&text(30), Question::SnapbackInTime);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(
        story.last().unwrap(),
        "The clock of the breach runs out before the power that answers it may be used"
    );
}

#[test]
fn from_a_day_on_only_what_can_still_happen_is_searched() {
    let reading = roadmap::read(
        "roadmap \"T\"\nparty \"A\"\nparty \"B\"\nstep \"a\" by=\"A\"{}\nstep \"b\" by=\"B\" { after \"a\"; }\npower \"back\" does=\"snap-back\" { holder \"A\" \"B\"; over \"a\"; window \"talks\" days=65; lapse \"2025-10-18\"; }\n",
    );
    assert_eq!(reading.messages, []);
    let (scenarios, messages) = roadmap::read_scenarios(
        "scenario \"x\" {\n claim \"a\" on=\"2025-08-01\" by=\"A\"\n claim \"b\" on=\"2025-08-20\" progress=\"refused\" by=\"B\"\n}\n",
    );
    assert_eq!(messages, []);
    let on = |month, day| {
        let status = roadmap::status_in(
            &reading.roadmap,
            &scenarios[0],
            statement::civil::date(2025, month, day),
        );
        System::of(&reading.roadmap).on(&reading.roadmap, &status)
    };
    let states = |s: &System| prove(s, Bounds::default()).states;
    // Before anything, all of it; with `a` done, less; with `b` refused in August, the gap is where we are.
    assert!(states(&on(8, 2)) < states(&on(7, 1)));
    let (verdict, story) = answer(&on(8, 20), Question::SnapbackInTime);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(story, ["`back` may still be used, and would lapse before its 65 days have run"]);
    let (verdict, story) = answer(&on(8, 20), Question::WayOut);
    assert_eq!(verdict, Verdict::Proved, "{story:#?}");
}
