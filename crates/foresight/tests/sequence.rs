//! The five worked games, exactly, and what holds of every game.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use foresight::sequence::edits::{Edit, smallest};
use foresight::sequence::{Exact, Game, Move, contribution, exact, gradual, read, safety};
use proptest::prelude::*;

fn r(text: &str) -> Exact {
    match text.split_once('/') {
        Some((a, b)) => exact(a).unwrap() / exact(b).unwrap(),
        None => exact(text).unwrap(),
    }
}

fn rs(text: &str) -> Vec<Exact> {
    text.split(", ").map(r).collect()
}

#[test]
fn game_1_linear_gradualism() {
    let (a, b, d) = (r("1"), r("2"), r("4/5"));
    let c = gradual::linear(&a, &b, &d, 40);
    assert_eq!(c[..5], rs("3/8, 39/64, 387/512, 3471/4096, 29643/32768"));
    assert_eq!(gradual::linear_value(&a, &b, &d), r("15/4"));
    let periods = [0.9, 0.95, 0.99].map(|s| gradual::periods_to(1.0, 2.0, 0.8, s).unwrap());
    assert_eq!(periods, [5, 7, 10]);
    // The incentive constraint binds: (1-d) pi(c,c) + d pi(c,next) = pi(before,c).
    let pi = |own: &Exact, other: &Exact| b.clone() * other - a.clone() * own;
    for t in 1..8 {
        let left = pi(&c[t - 1], &c[t]);
        let right = (r("1") - &d) * pi(&c[t], &c[t]) + &d * pi(&c[t], &c[t + 1]);
        assert_eq!(left, right, "t={t}");
    }
    // A nervous pair can only take small steps.
    let first = |d: &str| gradual::first_step(&1.0, &2.0, &d.parse::<f64>().unwrap()) * 100.0;
    assert_eq!(
        ["0.55", "0.8", "0.95", "0.5"].map(|d| format!("{:.1}", first(d))),
        ["9.1", "37.5", "47.4", "0.0"]
    );
}

#[test]
fn game_2_smooth_gradualism() {
    let x = gradual::smooth(&r("1"), 4);
    assert_eq!(x, rs("1/2, 5/8, 89/128, 24305/32768"));
    let x = gradual::smooth(&1.0, 6);
    let shown: Vec<String> = x[3..].iter().map(|v| format!("{v:.8}")).collect();
    assert_eq!(shown, ["0.74172974", "0.77508150", "0.80037567"]);
    let c = gradual::smooth(&0.9, 100);
    let shown = [1, 2, 5, 10, 100].map(|i| format!("{:.8}", c[i - 1]));
    assert_eq!(shown, ["0.45000000", "0.56250000", "0.69757335", "0.77498839", "0.88308760"]);
}

#[test]
fn game_3_contributions_in_turn() {
    let (v, d) = (r("1024"), r("1/2"));
    assert_eq!(contribution::reach(&v, &d, 5), rs("512, 896, 992, 1016, 1022"));
    let paid = |cost: &str| contribution::payments(&r(cost), &v, &d);
    assert_eq!(paid("1000"), rs("8, 96, 384, 512"));
    assert_eq!(paid("700"), rs("188, 512"));
    assert_eq!(paid("1023"), rs("1, 6, 24, 96, 384, 512"));
    assert_eq!(paid("1024"), []);
}

/// The integer programme that game 3 was checked with: who moves pays what makes the other go on, or nothing.
#[test]
fn game_3_agrees_with_a_dynamic_programme() {
    let (v, d) = (1024.0_f64, 0.5);
    // best[x]: what the mover has when x is left; pay[x]: what it pays.
    let mut best = vec![v; 1];
    let mut pay = vec![0_usize; 1];
    for x in 1..1024_usize {
        // To pay nothing ends in nothing: the other faces the same.
        let (mut b, mut p) = (0.0, 0);
        for amount in 1..=x {
            let left = x - amount;
            // After it the other moves; this party moves again two moves later.
            let own = if left == 0 { v } else { value_of_waiter(left, &pay, v, d) };
            let value = own - amount as f64;
            if value > b + 1e-9 {
                (b, p) = (value, amount);
            }
        }
        best.push(b);
        pay.push(p);
    }
    for cost in [700_usize, 1000, 1023] {
        let mut left = cost;
        let mut paid = Vec::new();
        while left > 0 && pay[left] > 0 {
            paid.push(r(&pay[left].to_string()));
            left -= pay[left];
        }
        assert_eq!(paid, contribution::payments(&r(&cost.to_string()), &r("1024"), &r("1/2")));
    }
}

fn value_of_waiter(mut left: usize, pay: &[usize], v: f64, d: f64) -> f64 {
    let (mut value, mut discount, mut mine) = (0.0, 1.0, false);
    while left > 0 {
        discount *= d;
        let paid = pay[left];
        if paid == 0 {
            return value;
        }
        if mine {
            value -= discount * paid as f64;
        }
        left -= paid;
        mine = !mine;
    }
    value + discount * v
}

fn rounds(
    first: (usize, &str, &str),
    second: (usize, &str, &str),
    shares: &[Exact],
) -> Game<Exact> {
    let mut moves = Vec::new();
    for share in shares {
        for (mover, pays, worth) in [first, second] {
            let mut flow = vec![r(worth) * share; 2];
            flow[mover] = -r(pays) * share;
            moves.push(Move { name: format!("m{}", moves.len() + 1), movers: vec![mover], flow });
        }
    }
    let none = || vec![r("0"), r("0")];
    Game {
        parties: vec!["A".into(), "B".into()],
        moves,
        closing: none(),
        snapback: none(),
        discount: r("9/10"),
    }
}

fn game_4() -> Game<Exact> {
    rounds((0, "5", "6"), (1, "3", "7"), &vec![r("1"); 4])
}

fn slacks(game: &Game<Exact>) -> Vec<Exact> {
    game.solve().slack.into_iter().flatten().map(|(_, s)| s).collect()
}

#[test]
fn game_4_a_self_enforcing_sequence() {
    let game = game_4();
    let solved = game.solve();
    assert_eq!((solved.ends_at, solved.outcome), (Some(0), rs("0, 0")));

    let with = |closing: &str, snapback: &str| {
        let mut game = game_4();
        (game.closing[1], game.snapback[1]) = (r(closing), r(snapback));
        game
    };
    let nearly = with("29/10", "0");
    assert_eq!(nearly.solve().ends_at, Some(0));
    assert_eq!(*slacks(&nearly).last().unwrap(), r("-1/10"));

    let enough = with("3", "0");
    assert!(enough.holds());
    assert_eq!(enough.solve().ends_at, None);
    assert_eq!(
        slacks(&enough),
        rs("38968033/10000000, 73983/12500, 320593/100000, 543/125, 2353/1000, 12/5, 13/10, 0")
    );
    assert_eq!(enough.solve().outcome[0], r("3.8968033"));
    let b = foresight::sequence::approximate(&enough.solve().outcome[1]);
    assert_eq!(format!("{b:.6}"), "11.326776");

    let loss = with("0", "3");
    assert!(loss.holds());
    let b = foresight::sequence::approximate(&loss.solve().outcome[1]);
    assert_eq!(format!("{b:.7}"), "9.8918853");

    let exposure = game.exposure();
    let of = |p: usize| exposure.iter().map(|e| e[p].clone()).collect::<Vec<_>>();
    assert_eq!(of(0), rs("5, -2, 3, -4, 1, -6, -1, -8"));
    assert_eq!(of(1), rs("-6, -3, -9, -6, -12, -9, -15, -12"));

    assert_eq!(game.least_closing(1), r("3"));
    assert_eq!(game.least_snapback(1), r("3"));
    assert_eq!(game.least_closing(0), r("0"));
    // With B first it is A that moves last.
    let turned = rounds((1, "3", "7"), (0, "5", "6"), &vec![r("1"); 4]);
    assert_eq!((turned.least_closing(0), turned.least_closing(1)), (r("5"), r("0")));
}

#[test]
fn game_5_splitting() {
    for n in [2_i64, 4, 6, 8] {
        let shares = vec![r(&format!("1/{n}")); n as usize];
        let game = rounds((0, "20", "24"), (1, "12", "28"), &shares);
        assert_eq!(game.least_closing(1), r(&format!("12/{n}")), "n={n}");
    }
    let halving = |n: u32| {
        let whole = r(&(2_i64.pow(n) - 1).to_string());
        let shares: Vec<Exact> =
            (0..n).rev().map(|i| r(&2_i64.pow(i).to_string()) / whole.clone()).collect();
        let game = rounds((0, "20", "24"), (1, "12", "28"), &shares);
        format!("{:.5}", foresight::sequence::approximate(&game.least_closing(1)))
    };
    assert_eq!([2, 4, 6, 8].map(halving), ["4.98765", "2.68953", "3.09644", "4.46441"]);
}

/// What the formula gives is what bisection finds.
fn bisect(game: &Game<f64>, party: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        let mut with = game.clone();
        with.closing = vec![0.0; with.parties.len()];
        with.closing[party] = middle;
        let fine = with.solve().slack.iter().flatten().all(|(p, s)| *p != party || *s >= 0.0);
        if fine { high = middle } else { low = middle }
    }
    high
}

prop_compose! {
    fn games()(n in 1_usize..9)(
        pays in prop::collection::vec(1_i32..20, n),
        worth in prop::collection::vec(0_i32..20, n),
        movers in prop::collection::vec(0_usize..2, n),
        d in 50_i32..100,
    ) -> Game<Exact> {
        let moves = pays.iter().zip(&worth).zip(&movers).enumerate().map(|(i, ((c, b), p))| {
            let mut flow = vec![r(&b.to_string()); 2];
            flow[*p] = -r(&c.to_string());
            Move { name: format!("m{i}"), movers: vec![*p], flow }
        }).collect();
        Game {
            parties: vec!["A".into(), "B".into()],
            moves,
            closing: rs("0, 0"),
            snapback: rs("0, 0"),
            discount: r(&format!("{d}/100")),
        }
    }
}

proptest! {
    #[test]
    fn the_least_closing_benefit_is_what_bisection_finds(game in games(), party in 0_usize..2) {
        let exact = foresight::sequence::approximate(&game.least_closing(party));
        let found = bisect(&game.approximate(), party);
        prop_assert!((exact - found).abs() < 1e-6 * exact.max(1.0), "{exact} {found}");
    }

    #[test]
    fn the_least_benefits_together_hold_and_a_little_less_does_not(game in games()) {
        let mut with = game.clone();
        with.closing = vec![game.least_closing(0), game.least_closing(1)];
        prop_assert!(with.holds());
        prop_assert_eq!(with.solve().ends_at, None);
        for p in 0..2 {
            if with.closing[p] > r("0") {
                let mut less = with.clone();
                less.closing[p] = less.closing[p].clone() - r("1/1000");
                prop_assert!(!less.holds());
                prop_assert!(less.solve().ends_at.is_some());
            }
        }
    }

    /// More closing benefit, more snapback, larger gains never break a sequence that holds.
    #[test]
    fn slack_is_monotone_in_every_payoff(game in games(), k in 0_usize..9, p in 0_usize..2, more in 1_i32..9) {
        let before = slacks(&game);
        let more = r(&more.to_string());
        let mut better = game.clone();
        let k = k % better.moves.len();
        better.moves[k].flow[p] = better.moves[k].flow[p].clone() + more.clone();
        better.closing[p] = better.closing[p].clone() + more.clone();
        better.snapback[p] = better.snapback[p].clone() + more;
        for (a, b) in before.iter().zip(slacks(&better)) {
            prop_assert!(b >= *a);
        }
    }

    /// Bundling, splitting and swapping move nothing but the time of what is paid.
    #[test]
    fn edits_keep_the_totals(game in games(), at in 0_usize..8, parts in 2_usize..9) {
        let total = |g: &Game<Exact>, p: usize| g.moves.iter().fold(r("0"), |a, m| a + &m.flow[p]);
        for edit in [Edit::Swap(at), Edit::Split(at, parts), Edit::Bundle(at)] {
            if let Some(changed) = edit.apply(&game) {
                prop_assert_eq!(total(&changed, 0), total(&game, 0));
                prop_assert_eq!(total(&changed, 1), total(&game, 1));
            }
        }
    }

    #[test]
    fn a_judgement_of_any_text_never_panics(text in "\\PC{0,200}") {
        let roadmap = roadmap::read("party \"A\"\nstep \"a\" by=\"A\"\n").roadmap;
        let reading = read(&text, &roadmap);
        let _ = safety(&roadmap, &reading.judgement, 1, None);
    }
}

#[test]
fn the_smallest_edit_is_a_swap_before_a_split_before_a_bundle() {
    let any = |_: &Edit, _: &Game<Exact>| true;
    // One exchange, A pays 5 for 7 and B pays 3 for 6: only at one instant does it hold with nothing behind it.
    let game = rounds((0, "5", "6"), (1, "3", "7"), &[r("1")]);
    let (found, _) = smallest(&game, 2, 1000, any, Game::holds);
    assert_eq!(found.unwrap(), [Edit::Bundle(0)]);
    // B has a closing benefit of 1: three parts make its last tranche small enough.
    let mut game = game;
    game.closing[1] = r("1");
    let (found, _) = smallest(&game, 2, 1000, any, Game::holds);
    assert_eq!(found.unwrap(), [Edit::Split(0, 3)]);
    // A has a closing benefit of 5: it can move last.
    game.closing = rs("5, 0");
    let (found, _) = smallest(&game, 2, 1000, any, Game::holds);
    assert_eq!(found.unwrap(), [Edit::Swap(0)]);
    game.closing = rs("0, 3");
    assert_eq!(smallest(&game, 2, 1000, any, Game::holds).0.unwrap(), []);
}

#[test]
fn a_judgement_is_read_with_all_its_mistakes_at_once() {
    let roadmap = roadmap::read("roadmap \"T\"\nparty \"DPRK\"\nparty \"US\"\nstep \"decl\" by=\"DPRK\"\nstep \"delist\" by=\"US\"\n").roadmap;
    let text = "judgement by=\"an analyst\"\ndiscount 1.5\npayoff \"dekl\" { cost \"DPRK\" 2; }\npayoff \"decl\" { cost \"DPRK\" 4 2; cots \"US\" 1; }\npayoff \"delist\" { gain \"DPKR\" 1; cost \"US\" 1; }\nclosing \"US\" 1\nclosing \"US\" 2\nduration \"decl\" 90 60 30\n";
    let reading = read(text, &roadmap);
    let told: Vec<&str> = reading.messages.iter().map(|m| m.code).collect();
    assert_eq!(told, ["R203", "R202", "R203", "R201", "R202", "R204", "R205"]);
    assert_eq!(reading.messages[1].help.as_deref(), Some("did you mean `decl`?"));
    assert_eq!(reading.messages[3].help.as_deref(), Some("did you mean `cost`?"));
}

#[test]
fn ranges_give_a_share_a_worst_corner_and_an_edit() {
    let roadmap = roadmap::read("roadmap \"T\"\nparty \"A\"\nparty \"B\"\nstep \"a\" by=\"A\"\nstep \"b\" by=\"B\"\nstep \"c\" by=\"A\"\n").roadmap;
    let text = "discount 0.9\npayoff \"a\" { cost \"A\" 5; gain \"B\" 6; }\npayoff \"b\" { cost \"B\" 3; gain \"A\" 7; }\nclosing \"B\" 2 4\n";
    let reading = read(text, &roadmap);
    assert_eq!(reading.messages, []);
    let s = safety(&roadmap, &reading.judgement, 7, None);
    assert_eq!(s, safety(&roadmap, &reading.judgement, 7, None));
    assert!(s.holds_in_the_middle && !s.holds_at_worst);
    // B goes on when its closing benefit is 3 or more: half of the range.
    assert!((s.share_that_holds - 0.5).abs() < 0.02, "{}", s.share_that_holds);
    assert_eq!(s.not_judged, 1);
    let b = &s.parties[1];
    assert_eq!(
        (b.party.as_str(), b.least_closing, b.least_snapback),
        ("B", [3.0, 3.0], [0.0, 1.0])
    );
    let edit = s.edit.unwrap();
    assert!(edit.holds_at_worst);
    // With 2 behind it, B's last part must be 2 or less.
    assert_eq!(edit.changes, ["do a and b in turn, in 2 equal parts"]);
    let a = &s.parties[0];
    assert_eq!(
        (a.most_exposed, a.exposed_after.as_deref(), a.a_bundle_saves),
        (5.0, Some("a"), 5.0)
    );
}
