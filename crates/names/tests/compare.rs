//! Names that are one and names that are not.

use names::{Grade, How, Name, System, compare, korean_key, romanize, split_personal_name};
use proptest::prelude::*;

fn met(a: &str, b: &str) -> names::Meeting {
    compare(&Name::new(a), &Name::new(b))
}

#[test]
fn one_name() {
    for (a, b) in [
        ("김정은", "Kim Jong Un"),
        ("김정은", "Kim Jong-un"),
        ("김정은", "Jong Un Kim"),
        ("김정은", "Kim Cho'ng-u'n"),
        ("김정은", "Gim Jeong-eun"),
        ("金正恩", "Kim Jong Un"),
        ("리홍섭", "Ri Hong Sop"),
        ("이홍섭", "Ri Hong Sop"),
        ("리홍섭", "Lee Hong-sop"),
        ("영변", "Yongbyon"),
        ("녕변", "Yŏngbyŏn"),
        ("영변", "Nyongbyon"),
        ("寧邊", "Yongbyon"),
        ("宁边", "Nyŏngbyŏn"),
        ("영변원자력연구소", "Yongbyon Nuclear Research Centre"),
        ("영변원자력연구소", "Yongbyon Nuclear Research Center"),
        ("녕변 원자력 연구소", "Atomic Energy Research Institute, Yongbyon"),
        ("평산우라늄정련공장", "Pyongsan Uranium Mill"),
        ("평산", "Phyŏngsan"),
        ("풍계리핵시험장", "Punggye-ri Nuclear Test Site"),
        ("Thaechon", "Taechon"),
        ("T’aech’ŏn", "Taecheon"),
        ("태천", "Thaechon"),
        ("압록강", "Amrokgang"),
        ("نطنز", "Natanz"),
        ("Nţnz", "Natanz"),
        ("اصفهان", "Esfahan"),
        ("فردو", "Fordow"),
        ("Самара", "Samara"),
        ("ＹＯＮＧＢＹＯＮ", "Yong\u{200b}byon"),
        ("5 MW(e) reactor", "5MWe Reactor"),
        ("김정은", "Ким Чен Ын"),
        ("Kim Jong Un", "Ким Чен Ын"),
        ("김정일", "Ким Чен Ир"),
        ("영변", "Йонбён"),
        ("Pyongyang", "Пхеньян"),
        ("Punggye-ri", "Пунгери"),
        ("금창리", "Kumchang-ni"),
        ("태천원자력발전소", "Taecheon Wonjaryeok Baljeonso"),
        ("제1원자로", "Reactor No. 1"),
    ] {
        let m = met(a, b);
        assert!(m.is_match(), "{a} / {b}: {m} {:?}", m.grade);
        assert!(m.bits > 0.0);
    }
}

#[test]
fn two_names() {
    for (a, b) in [
        ("김정은", "김정일"),
        ("김정은", "Kim Jong Il"),
        ("Kim Jong Un", "Kim Jong Il"),
        ("Taechon", "Kaechon"),
        ("태천", "개천"),
        ("태천", "Kaechon"),
        ("Facility 1", "Facility 2"),
        ("Building 500", "Building 300"),
        ("Pyongsan Uranium Mine", "Sonbong Uranium Mine"),
        ("5 MWe Reactor", "50 MWe Reactor"),
        ("영변원자력연구소", "Pyongyang Nuclear Research Centre"),
        ("Natanz", "Fordow"),
        ("김정은", "Ким Чен Ир"),
        ("Kim Jong Il", "Ким Чен Ын"),
        ("500호 건물", "Building 300"),
        ("제1원자로", "Reactor No. 2"),
    ] {
        let m = met(a, b);
        assert!(!m.is_match(), "{a} / {b}: {m} {:?}", m.grade);
    }
}

#[test]
fn numbers_contradict_only_where_they_number_one_thing() {
    for (a, b, against) in [
        ("Reactor No. 1", "Reactor No. 2", true),
        ("Yongbyon Building 500", "Building 300, Yongbyon", true),
        ("Reactor No. 1, Building 500", "Reactor No. 1", false),
        ("Research Reactor No. 1", "1976 waste site", false),
        ("Nuclear power plant unit 1 (635 MW(e))", "Location for three 635 MW reactors", false),
        ("50 MWe reactor", "200 MWe reactor", true),
    ] {
        assert_eq!(met(a, b).how == How::Contradicted, against, "{a} / {b}: {}", met(a, b));
        assert_eq!(Name::new(a).contradicts(&Name::new(b)).is_some(), against, "{a} / {b}");
    }
}

#[test]
fn one_word_has_one_key_in_every_script() {
    let keys =
        |t: &str| -> Vec<String> { Name::new(t).words().iter().map(|w| w.key.clone()).collect() };
    assert_eq!(keys("영변 우라늄 농축"), keys("Yongbyon Uranium Enrichment"));
    assert_eq!(keys("寧邊"), keys("Nyŏngbyŏn"));
    assert_eq!(keys("Kumchang-ni"), keys("금창리"));
    assert_ne!(keys("Taechon"), keys("Kaechon"));
    assert_eq!(keys("5 MW(e) reactor"), ["s:reactor", "#5 MW"]);
    // The whole of a personal name meets, its words do not.
    let whole = |t: &str| Name::new(t).keys().whole;
    assert!(!whole("김정은").is_disjoint(&whole("Kim Jong Un")));
    assert!(whole("김정은").is_disjoint(&whole("Kim Jong Il")));
}

#[test]
fn says_how() {
    let m = met("태천", "Thaechon");
    assert_eq!((m.how, m.left.system, m.right.system), (How::Equal, System::Dprk, System::Written));
    assert_eq!(met("영변원자력연구소", "Yongbyon Nuclear Research Centre").how, How::Equal);
    assert_eq!(
        met("영변원자력연구소", "Yongbyon Nuclear Research Centre").left.system,
        System::Lexicon
    );
    assert_eq!(met("영변", "Yongbyon Nuclear Research Centre").how, How::Contained);
    assert_eq!(met("Facility 1", "Facility 2").how, How::Contradicted);
    assert_eq!(met("Facility 1", "Facility 2").grade, Grade::Against);
    assert_eq!(met("نطنز", "Natanz").how, How::Skeleton);
    assert_eq!(met("Pyongsan mine", "Pyongsan power plant").how, How::OtherSiteWords);
    assert_eq!(met("Taechon", "Kaechon").how, How::Apart);
    assert_eq!(met("Parchin", "Parchinn").how, How::EditDistance);
    assert_eq!(met("Kim Jong Un", "Kim Jong Il").how, How::Apart);
    assert_eq!(met("Natanz North", "Natanz Ardestan Kashan").how, How::Contained);
    assert_eq!(met("Natanz Kashan", "Natanz Ardestan").how, How::Overlap);
    assert_eq!(met("김정은", "Ким Чен Ын").how, How::Transcription);
}

/// The table of the romanizations in the reference sheet.
#[test]
fn systems_of_the_sheet() {
    use System::{Dprk, McCuneReischauer as Mr, Odni, Revised, Western};
    for (hangul, system, latin) in [
        ("영변", Mr, "Yŏngbyŏn"),
        ("녕변", Mr, "Nyŏngbyŏn"),
        ("영변", Revised, "Yeongbyeon"),
        ("녕변", Revised, "Nyeongbyeon"),
        ("영변", Dprk, "Yŏngbyŏn"),
        ("녕변", Dprk, "Nyŏngbyŏn"),
        ("평산", Mr, "P'yŏngsan"),
        ("평산", Revised, "Pyeongsan"),
        ("평산", Dprk, "Phyŏngsan"),
        ("박천", Mr, "Pakch'ŏn"),
        ("박천", Revised, "Bakcheon"),
        ("박천", Dprk, "Pakchŏn"),
        ("태천", Mr, "T'aech'ŏn"),
        ("태천", Revised, "Taecheon"),
        ("태천", Dprk, "Thaechŏn"),
        ("풍계리", Mr, "P'unggyeri"),
        ("풍계리", Dprk, "Phunggye-ri"),
        ("남포", Dprk, "Nampho"),
        ("압록강", Dprk, "Amrokgang"),
        ("평양", Dprk, "Pyongyang"),
        ("박천", Western, "Pakchon"),
        ("강선", Western, "Kangson"),
        ("구성", Western, "Kusong"),
        ("김정은", Odni, "Kim Cho'ng-u'n"),
        ("리홍섭", Odni, "Ri Hong-so'p"),
    ] {
        assert_eq!(romanize(hangul, system), latin, "{hangul} {system}");
    }
}

#[test]
fn personal_names_split() {
    let split = |t| split_personal_name(t).map(|p| (p.surname, p.given));
    assert_eq!(split("김정은"), Some(("김".into(), "정은".into())));
    assert_eq!(split("이홍섭"), Some(("이".into(), "홍섭".into())));
    assert_eq!(split("영변원자력연구소"), None);
    assert_eq!(split("Kim"), None);
}

#[test]
fn keys_part_what_differs() {
    assert_eq!(korean_key("thaechon"), korean_key("taecheon"));
    assert_ne!(korean_key("taechon"), korean_key("kaechon"));
    assert_eq!(korean_key("nyongbyon"), korean_key("yeongbyeon"));
}

#[test]
fn lexicon_is_small() {
    assert!((55..=110).contains(&names::lexicon_size()), "{}", names::lexicon_size());
}

/// The gazetteer's places: each Hangul name meets its own main name, and few others.
#[test]
fn gazetteer_homonyms() {
    let rows: Vec<(Name, Vec<Name>)> = include_str!("data/geonames-kp.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| {
            let f: Vec<&str> = l.split('\t').collect();
            (Name::new(f[1]), f[2].split('|').take(1).map(Name::new).collect())
        })
        .collect();
    let mut own = 0;
    let mut false_equal = Vec::new();
    for (i, (main, _)) in rows.iter().enumerate() {
        for (j, (_, hangul)) in rows.iter().enumerate() {
            let equal = hangul.iter().any(|h| compare(main, h).grade == Grade::Same);
            if equal && i == j {
                own += 1;
            } else if equal {
                false_equal.push(format!("{} = {}", main.written(), hangul[0].written()));
            }
        }
    }
    println!("own {own}, others {false_equal:?}");
    assert!(own >= 90, "{own}");
    assert!(false_equal.len() <= 4, "{false_equal:#?}");
}

proptest! {
    #[test]
    fn any_text_reads_and_meets_itself(text in "\\PC{0,40}") {
        let name = Name::new(&text);
        let m = compare(&name, &name);
        if name.forms().is_empty() {
            prop_assert!(m.bits <= 0.0);
        } else {
            prop_assert_eq!(m.how, How::Equal);
        }
    }

    #[test]
    fn comparing_is_symmetric(a in "[a-z가-힣0-9 ]{0,12}", b in "[a-z가-힣0-9 ]{0,12}") {
        let (x, y) = (met(&a, &b), met(&b, &a));
        prop_assert_eq!(x.how, y.how);
        prop_assert_eq!(x.bits, y.bits);
    }

    #[test]
    fn hangul_meets_its_romanizations(text in "[가-힣]{2,5}") {
        for system in System::ROMANIZATIONS {
            let m = met(&text, &romanize(&text, system));
            prop_assert!(m.is_match(), "{} {}: {}", text, system, m);
        }
    }
}
