//! Small made-up cases: names in any script, attributes that disagree, times that compare and times that do not.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use case::{Case, Parsed};
use crosscheck::{Crosscheck, Judgement, Match, Verdict, assess};
use names::{How, System};
use statement::kinds::agreement::KeyEnroll;
use statement::kinds::declaration::SiteDeclare;
use statement::kinds::evidence::Observation;
use statement::{
    Basis, Body, Bound, Claim, Header, Place, Point, QuantityKind, Source, Statement, civil,
};
use tlog::note::SigningKey;

/// Says something with an id, on a day.
struct Said {
    statements: Vec<(String, Option<&'static str>, Body)>,
}

impl Said {
    fn new() -> Self {
        Self { statements: Vec::new() }
    }

    fn site(mut self, id: &str, name: &str, category: &str) -> Self {
        let body = SiteDeclare {
            category: category.into(),
            claims: vec![],
            material: None,
            name: name.into(),
            place: None,
            status: None,
            variants: vec![],
        };
        self.statements.push((id.into(), Some("1992-05-04"), Body::SiteDeclare(body)));
        self
    }

    fn seen(mut self, id: &str, name: &str, category: &str) -> Self {
        let body = Observation {
            category: category.into(),
            claims: vec![],
            name: name.into(),
            observed_on: Some("1992-06".parse().unwrap()),
            place: None,
            status: None,
            variants: vec![],
            variants_from_memory: vec![],
        };
        self.statements.push((id.into(), Some("1992-06-30"), Body::Observation(body)));
        self
    }

    /// Changes what was said last.
    fn but(mut self, change: impl FnOnce(&mut Body)) -> Self {
        change(&mut self.statements.last_mut().unwrap().2);
        self
    }

    fn assess(&self) -> Crosscheck {
        let desk = SigningKey::generate("desk.example").unwrap();
        let header = |id: &str, said: Option<&str>| Header {
            case: "small".parse().unwrap(),
            id: id.parse().unwrap(),
            note: None,
            party: "desk".parse().unwrap(),
            replaces: None,
            said: said.map(|s| s.parse().unwrap()),
            source: Some(Source {
                basis: Basis::Seen,
                cite: id.into(),
                credibility: Some(2),
                reliability: None,
            }),
        };
        let mut case = Case::new();
        let mut add = |s: Statement| case.apply(Parsed::read(&s.sign(&[&desk]).unwrap()));
        add(KeyEnroll::of_desk(&"small".parse().unwrap(), &desk.verifying_key()));
        for (id, said, body) in &self.statements {
            add(Statement { header: header(id, *said), body: body.clone() });
        }
        assert_eq!(case.rejected, []);
        assess(&case, civil::date(2026, 1, 1))
    }
}

/// Other declared sites, so that a name can be rare.
fn others() -> Said {
    let said = Said::new();
    let sites = [
        ("x-1", "Wonsan Harbour Store", "storage"),
        ("x-2", "Hamhung Fuel Rod Plant", "fuel fabrication"),
        ("x-3", "Sinpo Power Reactor", "power reactor"),
        ("x-4", "Sunchon Uranium Mine", "uranium mine"),
    ];
    sites.into_iter().fold(said, |said, (id, name, kind)| said.site(id, name, kind))
}

/// The match of one declared and one observed name of one kind, where they are found to be one.
fn met(declared: &str, observed: &str) -> Option<Match> {
    let c = others().site("d-1", declared, "institute").seen("o-1", observed, "institute").assess();
    let site = c.sites.iter().find(|s| s.site.as_str() == "d-1").unwrap();
    assert!(c.sites.iter().all(|s| s.site == site.site || s.matches.is_empty()), "{observed}");
    site.matches.first().cloned()
}

#[test]
fn one_name_in_any_script_is_found() {
    for (declared, observed) in [
        ("영변원자력연구소", "Yongbyon Nuclear Research Centre"),
        ("Nyŏngbyŏn Nuclear Research Center", "녕변원자력연구소"),
        ("Laboratory of Ri Hong Sop", "리홍섭 실험실"),
        ("Institute of Kim Jong Un", "김정은연구소"),
        ("김정은", "Kim Jong Un"),
        ("김정은", "Ким Чен Ын"),
        ("Kim Jong-un", "金正恩"),
        ("리홍섭", "Ri Hong Sop"),
        ("이홍섭", "Lee Hong-sop"),
        ("Taechon", "Thaechŏn"),
        ("태천", "Taecheon"),
        ("Natanz", "نطنز"),
        ("寧邊", "Yongbyon"),
    ] {
        let found = met(declared, observed);
        assert!(found.is_some_and(|m| m.probability > 0.9), "{declared} / {observed}");
    }
}

#[test]
fn two_names_are_kept_apart() {
    for (declared, observed) in [
        ("김정은", "김정일"),
        ("김정은", "Kim Jong Il"),
        ("Kim Jong Un", "Kim Jong Il"),
        ("Institute of Kim Jong Un", "Institute of Kim Jong Il"),
        ("Taechon", "Kaechon"),
        ("태천", "Kaechon"),
        ("Taechon Research Institute", "개천연구소"),
        ("Institute No. 1", "Institute No. 2"),
        ("Research Institute 304", "제305연구소"),
        ("Natanz", "فردو"),
    ] {
        assert!(met(declared, observed).is_none(), "{declared} / {observed}");
    }
}

#[test]
fn a_match_says_which_two_forms_met() {
    let m = met("태천", "Thaechon").unwrap();
    assert_eq!((m.names.name.as_str(), m.names.observed.as_str()), ("태천", "Thaechon"));
    assert_eq!((m.names.how, m.names.left.system), (How::Equal, System::Dprk));
    assert_eq!(m.names.left.text, "Thaechŏn");
    let name = m.fields.iter().find(|f| f.field == "name").unwrap();
    assert_eq!(
        name.words,
        "`태천` met `Thaechon`: equal: Thaechŏn (DPRK 2002) / Thaechon (as written)"
    );
    let lexicon = met("영변원자력연구소", "Yongbyon Nuclear Research Centre").unwrap();
    assert_eq!(lexicon.names.left.system, System::Lexicon);
    assert_eq!(met("김정은", "Ким Чен Ын").unwrap().names.how, How::Transcription);
    // Two reports of one undeclared place say what ties them.
    let c = others()
        .seen("o-1", "강선", "enrichment")
        .seen("o-2", "Kangson", "enrichment")
        .seen("o-3", "Pakchon", "waste storage")
        .assess();
    let place = c.unmatched.iter().find(|p| p.id.as_str() == "o-1").unwrap();
    let [tie] = place.ties.as_slice() else { panic!("{:?}", place.ties) };
    assert_eq!((tie.observation.as_str(), tie.to.as_str()), ("o-2", "o-1"));
    assert_eq!((tie.names.how, tie.names.left.text.as_str()), (How::Equal, "Kangsŏn"));
    let sum: f64 = tie.fields.iter().map(|f| f.bits).sum();
    assert!((sum - tie.bits).abs() < 0.05);
}

#[test]
fn attributes_that_disagree_are_told_one_by_one() {
    let capacity = |value: &str, as_of: Option<&str>| Claim {
        as_of: as_of.map(|d| d.parse().unwrap()),
        bound: Bound::Equal,
        high: None,
        kind: QuantityKind::Installed,
        material: None,
        sigma: None,
        unit: Some("centrifuges".into()),
        value: Some(value.parse().unwrap()),
        what: "centrifuges installed".into(),
    };
    let claims = |body: &mut Body, claims: Vec<Claim>| match body {
        Body::SiteDeclare(s) => s.claims = claims,
        Body::Observation(o) => o.claims = claims,
        _ => {}
    };
    let name = "Kangson Plant";
    let judged = |declared: Claim, seen: Claim| {
        let c = others()
            .site("d-1", name, "enrichment")
            .but(|b| claims(b, vec![declared]))
            .seen("o-1", name, "enrichment")
            .but(|b| claims(b, vec![seen]))
            .assess();
        let site = c.sites.iter().find(|s| s.site.as_str() == "d-1").unwrap().clone();
        (site.verdict, site.differences.clone())
    };
    let (verdict, differences) = judged(capacity("2000", None), capacity("4000", None));
    assert_eq!(verdict, Verdict::AttributesDisagree);
    let [d] = differences.as_slice() else { panic!("{differences:?}") };
    assert_eq!((d.attribute, d.judgement), ("capacity", Judgement::Disagree));
    assert!(d.declared.contains("2000") && d.observed.contains("4000"));
    // The same figures of other days may both be true.
    let (verdict, differences) =
        judged(capacity("2000", Some("1992-05")), capacity("4000", Some("1995")));
    assert_eq!(verdict, Verdict::DeclaredAndSeen);
    assert_eq!(differences[0].judgement, Judgement::NotComparable);
    assert_eq!(judged(capacity("2000", None), capacity("2000", None)).1, []);

    // Another type seen in the same weeks, where name and place leave no doubt.
    let point = Point {
        lat: "38.957".parse().unwrap(),
        lon: "125.611".parse().unwrap(),
        precision_m: Some(50.into()),
    };
    let at = |body: &mut Body| {
        let place = Some(Place { point: Some(point.clone()), ..Default::default() });
        match body {
            Body::SiteDeclare(s) => s.place = place,
            Body::Observation(o) => o.place = place,
            _ => {}
        }
    };
    let of_type = |on: &'static str| {
        let c = others()
            .site("d-1", "Kangson Plant", "component workshop")
            .but(at)
            .seen("o-1", "Kangson Plant", "enrichment")
            .but(at)
            .but(|b| {
                if let Body::Observation(o) = b {
                    o.observed_on = Some(on.parse().unwrap());
                }
            })
            .assess();
        let site = c.sites.iter().find(|s| s.site.as_str() == "d-1").unwrap().clone();
        let row = c.observations.iter().find(|o| o.observation.as_str() == "o-1").unwrap();
        assert_eq!((row.entity.as_str(), row.verdict), ("d-1", site.verdict));
        (site.verdict, site.differences[0].attribute, site.differences[0].judgement)
    };
    assert_eq!(of_type("1992-06"), (Verdict::AttributesDisagree, "type", Judgement::Disagree));
    assert_eq!(of_type("2004"), (Verdict::DeclaredAndSeen, "type", Judgement::NotComparable));
}

#[test]
fn states_compare_only_where_their_times_meet() {
    let bits = |declared: &str, seen: &str, on: &'static str| {
        let c = others()
            .site("d-1", "Kangson Plant", "enrichment")
            .but(|b| {
                if let Body::SiteDeclare(s) = b {
                    s.status = Some(declared.into());
                }
            })
            .seen("o-1", "Kangson Plant", "enrichment")
            .but(|b| {
                if let Body::Observation(o) = b {
                    o.status = Some(seen.into());
                    o.observed_on = Some(on.parse().unwrap());
                }
            })
            .assess();
        let site = c.sites.iter().find(|s| s.site.as_str() == "d-1").unwrap();
        let field = site.matches[0].fields.iter().find(|f| f.field == "status").unwrap();
        (field.bits, field.words.clone(), site.verdict)
    };
    assert!(bits("operating", "operating", "1992-06").0 > 0.5);
    let (against, _, verdict) = bits("operating", "under construction", "1992-06");
    assert!(against < -1.0);
    assert_eq!(verdict, Verdict::AttributesDisagree);
    let (nothing, words, verdict) = bits("operating", "abandoned", "2011");
    assert_eq!((nothing, verdict), (0.0, Verdict::DeclaredAndSeen));
    assert!(words.contains("not comparable, of different times"), "{words}");
}
