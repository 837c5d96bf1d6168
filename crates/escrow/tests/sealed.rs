//! What is sealed opens in one way, part by part, and tells nothing beyond what is opened.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use escrow::{EMPTY, EscrowError, Grid, Opening, Sealed, Seed, Shape, Site, SitePlace};
use proptest::prelude::*;
use statement::Sha256Digest;

const GRID: &str = "south=37.5 west=124 cell=0.5 rows=11 columns=14";
const SHAPE: Shape = Shape { categories: 3, sites: 4, fields: 3 };

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

fn places() -> Vec<SitePlace> {
    // Two sites in one cell, one site in two.
    vec![
        SitePlace { category: "reactor".into(), id: "d-1".into(), cells: vec![59, 60] },
        SitePlace { category: "reactor".into(), id: "d-2".into(), cells: vec![59] },
    ]
}

fn sealed(n: u8) -> Sealed {
    let places = places();
    Sealed::new(&sites(), SHAPE, Some((GRID.parse().unwrap(), &places)), seed(n)).unwrap()
}

#[test]
fn every_level_opens_with_one_secret() {
    let sealed = sealed(1);
    for (path, entries) in [
        ("reactor/d-1/name", 1),
        ("reactor/d-1/building/2/use", 1),
        ("reactor/d-1", 3),
        ("reactor", 4),
        ("mine", 2),
        ("", 6),
    ] {
        let opening = sealed.open(path).unwrap();
        assert_eq!(opening.contents.len(), entries, "{path}");
        opening.verify(sealed.root()).unwrap();
        // The same under another root, with another salt, value, path or an entry left out: refused.
        assert!(opening.verify(self::sealed(2).root()).is_err());
        let wrong = |change: fn(&mut Opening)| {
            let mut other = opening.clone();
            change(&mut other);
            assert!(other == opening || other.verify(sealed.root()).is_err(), "{path}");
        };
        wrong(|o| o.seed.0[0] ^= 1);
        wrong(|o| o.contents[0].value.push('x'));
        wrong(|o| o.contents[0].path.push('x'));
        wrong(|o| o.contents.truncate(o.contents.len() - 1));
        wrong(|o| o.contents[0].slot += 1);
        wrong(|o| o.contents.reverse());
        wrong(|o| o.height += 1);
        wrong(|o| {
            o.proof.pop();
        });
    }
    assert_eq!(sealed.open("reactor/d-9").unwrap_err(), EscrowError::Unknown("reactor/d-9".into()));
}

#[test]
fn an_opening_is_not_that_of_another_place() {
    let sealed = sealed(1);
    let a = sealed.open("reactor/d-1/name").unwrap();
    let b = sealed.open("reactor/d-2/name").unwrap();
    // Another site's salt, proof or path under this one's value.
    for mixed in [
        Opening { seed: b.seed, ..a.clone() },
        Opening { proof: b.proof.clone(), ..a.clone() },
        Opening { contents: b.contents.clone(), ..a.clone() },
        Opening { path: b.path.clone(), ..a.clone() },
    ] {
        assert!(mixed.verify(sealed.root()).is_err());
    }
}

#[test]
fn every_cell_is_committed() {
    let sealed = sealed(1);
    let grid: Grid = GRID.parse().unwrap();
    for cell in 0..grid.cells() {
        let opening = sealed.open_cell(cell).unwrap();
        opening.verify(sealed.root()).unwrap();
        assert_eq!(opening.value == EMPTY, !(59..=60).contains(&cell), "{cell}");
        let mut wrong = opening.clone();
        wrong.cell ^= 1;
        assert!(wrong.verify(sealed.root()).is_err());
    }
    // What stands in a cell is the site's own root, which the site's opening gives.
    let root = sealed.open("reactor/d-1").unwrap().verify(sealed.root()).unwrap();
    assert_eq!(sealed.open_cell(60).unwrap().value, format!("site {root}"));
    assert_eq!(sealed.open_cell(59).unwrap().value.split("site ").count(), 3);
    assert!(sealed.open_cell(grid.cells()).is_err());
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
    let no = |sites: Vec<Site>, shape| {
        Sealed::new(&sites, shape, None, seed(1)).unwrap_err().to_string()
    };
    let small = Shape { categories: 0, sites: 0, fields: 0 };
    assert_eq!(no(sites(), small), "2 categories, and the agreed shape has room for 1");
    assert_eq!(
        no(sites(), Shape { categories: 1, ..small }),
        "2 fields of one site, and the agreed shape has room for 1"
    );
    assert!(no(vec![site("a/b", "x", &[])], SHAPE).contains("cannot name"));
    assert!(no(vec![site("a", "x", &[]), site("b", "x", &[])], SHAPE).contains("two sites"));
    assert_eq!(Shape::least(&sites()), Shape { categories: 1, sites: 1, fields: 2 });
}

#[test]
fn an_opening_is_short() {
    let many: Vec<Site> =
        (0..1000).map(|i| site("store", &format!("d-{i}"), &[("name", "x")])).collect();
    let shape = Shape { categories: 3, sites: 14, fields: 5 };
    let sealed = Sealed::new(&many, shape, None, seed(3)).unwrap();
    let opening = sealed.open("store/d-500/name").unwrap();
    assert!(opening.proof.len() * 32 + 200 < 4096);
    opening.verify(sealed.root()).unwrap();
}

/// What the other parties see when `path` is opened: everything but the hidden values.
fn public(sites: &[Site], n: u8, path: &str) -> (usize, Vec<String>, usize) {
    let sealed = Sealed::new(sites, SHAPE, None, seed(n)).unwrap();
    let opening = sealed.open(path).unwrap();
    let contents =
        opening.contents.iter().map(|e| format!("{}:{}={}", e.slot, e.path, e.value)).collect();
    (opening.proof.len(), contents, usize::from(opening.height))
}

proptest! {
    /// Two declarations that differ in hidden values only look alike when the same part is opened: the numbers, sizes
    /// and order of everything that is shown are equal, and the hashes are those of unknown salts.
    #[test]
    fn hidden_values_do_not_show(a in "[a-z]{0,40}", b in "[a-z]{0,40}", more in 0_usize..12, n in 1_u8..) {
        let shown = site("reactor", "d-1", &[("name", "IRT")]);
        let hidden = |value: &str, more: usize| {
            let mut all = vec![shown.clone(), site("mine", "d-3", &[("name", value)])];
            all.extend((0..more).map(|i| site("store", &format!("s-{i}"), &[("name", value)])));
            all
        };
        for path in ["reactor/d-1/name", "reactor/d-1"] {
            // Slots are those of the opened subtree; how many sites stand elsewhere does not show.
            prop_assert_eq!(public(&hidden(&a, 0), n, path), public(&hidden(&b, more), n, path));
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

    #[test]
    fn no_grid_text_panics(text in ".{0,80}", near in prop::array::uniform3(-1e9_f64..1e9)) {
        if let Ok(grid) = text.parse::<Grid>() {
            prop_assert!(grid.cell_at(near[0], near[1]).is_none_or(|cell| cell < grid.cells()));
        }
        let grid: Grid = GRID.parse().unwrap();
        prop_assert!(grid.cells_near(near[0], near[1], near[2].abs()).len() <= 11 * 14);
    }
}
