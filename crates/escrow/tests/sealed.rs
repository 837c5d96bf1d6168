//! What is sealed opens in one way, part by part, and tells nothing beyond what is opened.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use escrow::{Commitment, EscrowError, Form, Grid, Opened, Opening, Sealed, Seed, Site, SitePlace};
use proptest::prelude::*;
use statement::Sha256Digest;

const GRID: &str = "south=37.5 west=124 cell=0.5 rows=11 columns=14";

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn form() -> Form {
    let fields = ["id", "name", "status", "building/2/use"];
    Form::new(names(&["mine", "reactor", "store"]), names(&fields), 4).unwrap()
}

fn seed(n: u8) -> Seed {
    Seed(Sha256Digest([n; 32]))
}

fn site(category: &str, id: &str, fields: &[(&str, &str)]) -> Site {
    let fields = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Site { category: category.into(), id: id.into(), fields }
}

fn sites() -> Vec<Site> {
    vec![
        site(
            "reactor",
            "d-1",
            &[("name", "IRT"), ("status", "operating"), ("building/2/use", "cells")],
        ),
        site("reactor", "d-2", &[("name", "5 MW(e)")]),
        site("mine", "d-3", &[("name", "Pyongsan"), ("status", "closed")]),
    ]
}

fn sealed(n: u8) -> Sealed {
    // Two sites in one cell, one site in two.
    let places = [
        SitePlace { id: "d-1".into(), cells: vec![59, 60] },
        SitePlace { id: "d-2".into(), cells: vec![59] },
    ];
    Sealed::new(&sites(), form(), Some((GRID.parse().unwrap(), &places)), seed(n)).unwrap()
}

#[test]
fn every_level_opens_with_one_secret() {
    let sealed = sealed(1);
    let commitment = sealed.commitment();
    for (words, leaves) in [
        ("d-1/name", 1),
        ("reactor/d-1/building/2/use", 1),
        ("d-1", 4),
        ("reactor", 6),
        ("mine", 3),
        ("store", 0),
        ("d-2/status", 0),
        ("", 9),
        ("cell/59", 1),
        ("cell/61", 0),
    ] {
        let opening = sealed.open(&sealed.locate(words).unwrap()).unwrap();
        assert_eq!(opening.contents.len(), leaves, "{words}");
        commitment.verify(&opening).unwrap();
        // Under another root, or with another salt, value, path, order, proof, or a leaf left out: refused.
        assert!(self::sealed(2).commitment().verify(&opening).is_err());
        let wrong = |change: fn(&mut Opening)| {
            let mut other = opening.clone();
            change(&mut other);
            assert!(other == opening || commitment.verify(&other).is_err(), "{words}: {other:?}");
        };
        wrong(|o| o.seed.0[0] ^= 1);
        wrong(|o| {
            if let Some(leaf) = o.contents.first_mut() {
                leaf.value.push('x');
            }
        });
        wrong(|o| {
            if let Some(leaf) = o.contents.first_mut() {
                leaf.value.clear();
            }
        });
        wrong(|o| {
            o.contents.pop();
        });
        wrong(|o| o.contents.extend(o.contents.clone()));
        wrong(|o| o.contents.reverse());
        wrong(|o| o.path = "mine/3".into());
        wrong(|o| {
            o.proof.pop();
        });
        wrong(|o| o.proof.push(o.seed));
        wrong(|o| o.proof.reverse());
    }
    assert_eq!(sealed.locate("d-9"), None);
    assert_eq!(sealed.locate("mine/d-1"), None, "it is a reactor");
    assert!(matches!(sealed.open("reactor/d-1"), Err(EscrowError::Unknown(_))));
}

#[test]
fn an_opening_is_not_that_of_another_place() {
    let sealed = sealed(1);
    let open = |words: &str| sealed.open(&sealed.locate(words).unwrap()).unwrap();
    let (a, b) = (open("d-1/name"), open("d-2/name"));
    // Another site's salt, proof, content or path under this one's.
    for mixed in [
        Opening { seed: b.seed, ..a.clone() },
        Opening { proof: b.proof.clone(), ..a.clone() },
        Opening { contents: b.contents.clone(), ..a.clone() },
        Opening { path: b.path.clone(), ..a.clone() },
        Opening { contents: vec![Opened { path: a.path.clone(), ..b.contents[0].clone() }], ..b },
    ] {
        assert!(sealed.commitment().verify(&mixed).is_err());
    }
}

/// Whoever seals might plan to answer in two ways: here, with a second leaf for the same cell hidden where nothing
/// is asked for. A path has one place, so the second leaf can never be opened as that of its path.
#[test]
fn a_path_cannot_be_committed_twice() {
    let sealed = sealed(1);
    let commitment = sealed.commitment();
    // Every leaf of the declaration and of the area opens at its own place and at no other.
    let grid: Grid = GRID.parse().unwrap();
    let all = sealed.open("").unwrap();
    let mut paths: BTreeSet<String> = (0..grid.cells()).map(Grid::path).collect();
    paths.extend(all.contents.iter().map(|leaf| leaf.path.clone()));
    for path in &paths {
        let opening = sealed.open(path).unwrap();
        commitment.verify(&opening).unwrap();
        for other in ["cell/0", "cell/59", "cell/153", "mine/0/id", "reactor/15/name"] {
            if other != path {
                let contents = opening.contents.iter();
                let contents =
                    contents.map(|l| Opened { path: other.into(), value: l.value.clone() });
                let moved =
                    Opening { path: other.into(), contents: contents.collect(), ..opening.clone() };
                assert!(commitment.verify(&moved).is_err(), "{path} as {other}");
            }
        }
    }
}

#[test]
fn every_cell_is_committed() {
    let sealed = sealed(1);
    let grid: Grid = GRID.parse().unwrap();
    for cell in 0..grid.cells() {
        let opening = sealed.open(&Grid::path(cell)).unwrap();
        sealed.commitment().verify(&opening).unwrap();
        assert_eq!(opening.contents.is_empty(), !(59..=60).contains(&cell), "{cell}");
        let mut wrong = opening.clone();
        wrong.path = Grid::path(cell ^ 1);
        assert!(sealed.commitment().verify(&wrong).is_err());
    }
    // What stands in a cell is the path of the place.
    let places: BTreeMap<&str, String> = sealed.places().collect();
    assert_eq!(sealed.open("cell/60").unwrap().contents[0].value, places["d-1"]);
    let both = sealed.open("cell/59").unwrap().contents[0].value.clone();
    assert_eq!(both, format!("{} {}", places["d-1"], places["d-2"]));
    // Beyond the grid the tree is padded; nothing there can be opened or asked for.
    assert!(sealed.open("cell/154").is_err());
    assert!(!sealed.commitment().has("cell/154") && !sealed.commitment().has("cell/07"));
}

#[test]
fn points_and_their_cells() {
    let grid: Grid = GRID.parse().unwrap();
    assert_eq!(grid.to_string(), GRID);
    assert_eq!(grid.cell_at(39.8, 125.75), Some(4 * 14 + 3));
    assert_eq!(grid.cell_at(37.5, 124.0), Some(0));
    assert_eq!(
        grid.cell_at(39.0, 124.5),
        Some(3 * 14 + 1),
        "an edge belongs to the cell north-east of it"
    );
    assert_eq!((grid.cell_at(37.4, 125.0), grid.cell_at(39.0, 131.0)), (None, None));
    assert_eq!(grid.cells_near(39.8, 125.75, 100.0), [59]);
    // Near an edge both cells are meant.
    assert_eq!(grid.cells_near(39.8, 125.99, 2000.0), [59, 60]);
    for cell in 0..grid.cells() {
        let (lat, lon) = grid.centre(cell);
        assert_eq!(grid.cell_at(lat, lon), Some(cell));
    }
    for bad in [
        "",
        "south=37.5",
        "south=95 west=0 cell=1 rows=1 columns=1",
        "south=0 west=0 cell=0 rows=1 columns=1",
        "south=0 west=0 cell=1 rows=0 columns=1",
        "south=0 west=0 cell=1 rows=1 columns=1 x=2",
    ] {
        assert!(matches!(bad.parse::<Grid>(), Err(EscrowError::Grid { .. })), "{bad}");
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let no =
        |sites: Vec<Site>, form| Sealed::new(&sites, form, None, seed(1)).unwrap_err().to_string();
    let of = |categories: &[&str], fields: &[&str], places| {
        Form::new(names(categories), names(fields), places)
    };
    let fields = ["id", "name", "status", "building/2/use"];
    assert_eq!(
        no(sites(), of(&["reactor"], &fields, 4).unwrap()),
        "the agreed form has no category `mine`"
    );
    assert_eq!(
        no(sites(), of(&["mine", "reactor"], &["id", "name"], 4).unwrap()),
        "the agreed form has no field `status`"
    );
    assert_eq!(
        no(sites(), of(&["mine", "reactor"], &fields, 0).unwrap()),
        "2 places of one category, and the agreed form has room for 1"
    );
    assert!(no(vec![site("mine", "x", &[]), site("reactor", "x", &[])], form()).contains("twice"));
    assert!(no(vec![site("mine", "a/b", &[])], form()).contains("cannot name"));
    for bad in [of(&["a/b"], &["id"], 1), of(&["cell"], &["id"], 1), of(&[], &["id"], 1)] {
        assert!(matches!(bad, Err(EscrowError::Name(_))));
    }
    assert!(matches!(of(&["a", "a"], &["id"], 1), Err(EscrowError::Twice(_))));
    assert!(matches!(of(&["a"], &["id"], 60), Err(EscrowError::NoRoom { .. })));
    let least = Form::least(&sites()).unwrap();
    assert_eq!((least.categories(), least.places()), (names(&["mine", "reactor"]).as_slice(), 2));
}

#[test]
fn an_opening_is_short() {
    let many: Vec<Site> =
        (0..1000).map(|i| site("store", &format!("d-{i}"), &[("name", "x")])).collect();
    let fields: Vec<String> = ["id", "name"]
        .map(str::to_owned)
        .into_iter()
        .chain((0..18).map(|i| format!("f{i}")))
        .collect();
    let form = Form::new(names(&["store", "mine", "reactor"]), fields, 14).unwrap();
    let sealed = Sealed::new(&many, form, None, seed(3)).unwrap();
    let opening = sealed.open(&sealed.locate("d-500/name").unwrap()).unwrap();
    assert!(opening.proof.len() * 32 + 200 < 4096);
    sealed.commitment().verify(&opening).unwrap();
}

/// What the other parties see when part of a declaration is opened: everything but the hashes and the number of
/// the place, which the secret shuffles.
fn shown(sites: &[Site], n: u8, words: &str) -> (usize, Vec<(String, String)>, Commitment) {
    let sealed = Sealed::new(sites, form(), None, seed(n)).unwrap();
    let opening = sealed.open(&sealed.locate(words).unwrap()).unwrap();
    let field = |path: &str| path.splitn(3, '/').nth(2).unwrap_or_default().to_owned();
    let contents = opening.contents.iter().map(|e| (field(&e.path), e.value.clone()));
    let blank = Commitment::new(form(), None, Sha256Digest([0; 32]));
    (opening.proof.len(), contents.collect(), blank)
}

/// The number of an opened place tells nothing: over many secrets it takes every value, whatever stands beside it.
#[test]
fn numbers_of_places_are_shuffled() {
    for beside in [0, 1, 14] {
        let mut all = vec![site("reactor", "m", &[])];
        all.extend((0..beside).map(|i| site("reactor", &format!("z-{i}"), &[])));
        let number = |n: u8| {
            let sealed = Sealed::new(&all, form(), None, seed(n)).unwrap();
            sealed.locate("m").unwrap()
        };
        // The secrets are fixed, so this holds or does not; were the numbers drawn anew, one of 16 would be missing
        // once in 20,000 times.
        assert_eq!((0..200).map(number).collect::<BTreeSet<_>>().len(), 16, "{beside}");
    }
}

proptest! {
    /// Two declarations that differ in hidden values, and in how many places are hidden, look alike when the same part
    /// is opened: every size, count and order that is shown is equal.
    #[test]
    fn hidden_values_do_not_show(a in "[a-z]{0,40}", b in "[a-z]{0,40}", more in 0_usize..12, n in 1_u8..) {
        let open = site("reactor", "d-1", &[("name", "IRT")]);
        let hidden = |value: &str, more: usize| {
            let mut all = vec![open.clone(), site("mine", "d-3", &[("name", value)])];
            all.extend((0..more).map(|i| site("reactor", &format!("a-{i}"), &[("name", value)])));
            all
        };
        for words in ["d-1/name", "d-1"] {
            prop_assert_eq!(shown(&hidden(&a, 0), n, words), shown(&hidden(&b, more), n, words));
        }
    }

    /// A salt tells nothing of any other: no two leaves share one, at any depth.
    #[test]
    fn salts_are_all_different(n in 1_u8..) {
        let mut seen = BTreeMap::new();
        for slot in 0..64 {
            for height in 0..=6 {
                let at = slot >> height << height;
                let salt = seed(n).below(6, height, at);
                let before = seen.insert(salt.0, (height, at));
                prop_assert!(before.is_none_or(|b| b == (height, at)));
            }
        }
    }

    /// Slots and paths are two names of one thing.
    #[test]
    fn paths_and_slots_agree(slot in 0_u64..(1 << 8)) {
        let form = form();
        let path = form.path(slot);
        if path.is_empty() {
            prop_assert_eq!(slot >> 6, 3, "only the fourth category is padding");
        } else {
            prop_assert_eq!(form.slot(&path), Some((slot, 0)));
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,80}", near in prop::array::uniform3(-1e9_f64..1e9)) {
        if let Ok(grid) = text.parse::<Grid>() {
            prop_assert!(grid.cell_at(near[0], near[1]).is_none_or(|cell| cell < grid.cells()));
        }
        let grid: Grid = GRID.parse().unwrap();
        prop_assert!(grid.cells_near(near[0], near[1], near[2].abs()).len() <= 11 * 14);
        let _ = sealed(1).locate(&text);
        let opening = Opening { path: text, seed: Sha256Digest([1; 32]), contents: vec![], proof: vec![] };
        prop_assert!(sealed(1).commitment().verify(&opening).is_err());
    }
}
