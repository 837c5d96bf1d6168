//! Hangul: syllables taken apart by arithmetic (Unicode 16, 3.12), the sound changes between them, five ways to
//! write the result in Latin letters.
//!
//! Standard pronunciation: National Institute of Korean Language, Standard Pronunciation, articles 8-20.
//! Romanizations: MOCT notice 2000-8 (Revised); BGN/PCGN 1945 agreement (McCune-Reischauer); the DPRK's paper
//! to the UN Group of Experts on Geographical Names, 2002; ODNI ICS 630-01.

use crate::system::System;

const FIRST: u32 = 0xAC00;
const LAST: u32 = 0xD7A3;
const VOWELS: u32 = 21;
const CODAS: u32 = 28;

/// Whether a character is a Hangul syllable.
#[must_use]
pub fn is_syllable(c: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(c))
}

// Initial consonants by their Unicode position.
const G: u8 = 0;
const GG: u8 = 1;
const N: u8 = 2;
const D: u8 = 3;
const R: u8 = 5;
const M: u8 = 6;
const B: u8 = 7;
const S: u8 = 9;
const SS: u8 = 10;
const NONE: u8 = 11;
const J: u8 = 12;
const CH: u8 = 14;
const K: u8 = 15;
const T: u8 = 16;
const P: u8 = 17;
const H: u8 = 18;

/// One syllable: initial consonant, vowel, final consonant, by their positions in Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syllable {
    pub initial: u8,
    pub vowel: u8,
    pub coda: u8,
}

impl Syllable {
    /// Takes a syllable apart.
    pub(crate) fn of(c: char) -> Option<Self> {
        let at = u32::from(c).checked_sub(FIRST).filter(|at| *at <= LAST - FIRST)?;
        // The remainders are below 28.
        let small = |n: u32| u8::try_from(n).unwrap_or(0);
        Some(Self {
            initial: small(at / (VOWELS * CODAS)),
            vowel: small(at / CODAS % VOWELS),
            coda: small(at % CODAS),
        })
    }

    /// Puts it together.
    pub(crate) fn char(self) -> Option<char> {
        let at = (u32::from(self.initial) * VOWELS + u32::from(self.vowel)) * CODAS;
        char::from_u32(FIRST + at + u32::from(self.coda))
    }

    /// Before these vowels the South drops ㄹ and ㄴ at the start of a word: i, ya, yae, yeo, ye, yo, yu.
    fn drops_liquid(self) -> bool {
        matches!(self.vowel, 20 | 2 | 3 | 6 | 7 | 12 | 17)
    }
}

/// The other ways to spell a word's initial ㄹ or ㄴ: 리 and 이, 녕변 and 영변, 로동 and 노동, 라진 and 나진.
pub(crate) fn initial_variants(word: &str) -> Vec<String> {
    let mut chars = word.chars();
    let Some(first) = chars.next().and_then(Syllable::of) else {
        return Vec::new();
    };
    let initials: &[u8] = match (first.initial, first.drops_liquid()) {
        (R, true) => &[NONE],
        (R, false) => &[N],
        (N, true) => &[NONE, R],
        (N, false) => &[R],
        (NONE, true) => &[N, R],
        _ => &[],
    };
    let rest = chars.as_str();
    initials
        .iter()
        .filter_map(|&initial| Syllable { initial, ..first }.char())
        .map(|c| format!("{c}{rest}"))
        .collect()
}

/// How final consonants sound before another consonant or at the end, as an initial; `None` for ㅇ [ng].
/// Standard Pronunciation, articles 8-11.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coda {
    Open,
    G,
    N,
    D,
    L,
    M,
    B,
    Ng,
}

fn neutral(coda: u8) -> Coda {
    match coda {
        0 | 27 => Coda::Open,
        1 | 2 | 3 | 9 | 24 => Coda::G,
        4..=6 => Coda::N,
        7 | 19 | 20 | 22 | 23 | 25 => Coda::D,
        8 | 11 | 12 | 13 | 15 => Coda::L,
        10 | 16 => Coda::M,
        14 | 17 | 18 | 26 => Coda::B,
        _ => Coda::Ng,
    }
}

/// A final consonant before a vowel: what stays, and what moves to the next syllable (articles 13-15).
fn moves(coda: u8) -> (u8, u8) {
    match coda {
        1 => (0, G),
        2 => (0, GG),
        3 => (1, SS),
        4 | 6 => (0, N),
        5 => (4, J),
        7 => (0, D),
        8 | 15 => (0, R),
        9 => (8, G),
        10 => (8, M),
        11 => (8, B),
        12 => (8, S),
        13 => (8, T),
        14 => (8, P),
        16 => (0, M),
        17 => (0, B),
        18 => (17, SS),
        19 => (0, S),
        20 => (0, SS),
        22 => (0, J),
        23 => (0, CH),
        24 => (0, K),
        25 => (0, T),
        26 => (0, P),
        27 => (0, NONE),
        other => (other, NONE),
    }
}

/// A syllable as it sounds.
#[derive(Debug, Clone, Copy)]
struct Sound {
    initial: u8,
    vowel: u8,
    coda: Coda,
}

/// What differs between the systems when sounds meet.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    /// ㄱㄷㅂ before ㅎ become one aspirate (백학: Paek'ak, but Baekhak).
    merges_h: bool,
    /// ㄹ stays r after ㅁ and ㅂ (압록강: Amrokgang, but Amnokkang).
    keeps_r: bool,
}

/// The sounds of a word.
fn sounds(word: &[Syllable], rules: Meeting) -> Vec<Sound> {
    let mut word = word.to_vec();
    let mut out: Vec<Sound> = Vec::with_capacity(word.len());
    for i in 0..word.len() {
        let Some(&now) = word.get(i) else { break };
        let Some(next) = word.get_mut(i + 1) else {
            out.push(Sound { initial: now.initial, vowel: now.vowel, coda: neutral(now.coda) });
            break;
        };
        let mut coda = now.coda;
        if next.initial == NONE {
            let (stays, moved) = moves(coda);
            // Article 17: ㄷ and ㅌ before 이 become ㅈ and ㅊ.
            let moved = match (moved, next.vowel) {
                (D, 20) => J,
                (T, 20) => CH,
                _ => moved,
            };
            coda = stays;
            next.initial = moved;
        } else if matches!(coda, 6 | 15 | 27) {
            // Article 12: ㅎ with ㄱㄷㅈ becomes an aspirate; before ㅅ it hardens; else it is silent.
            let aspirate = match next.initial {
                G => Some(K),
                D => Some(T),
                J => Some(CH),
                S => Some(SS),
                _ => None,
            };
            if let Some(aspirate) = aspirate {
                next.initial = aspirate;
            } else if coda == 27 && next.initial == N {
                coda = 4;
            }
            coda = match coda {
                6 => 4,
                15 => 8,
                27 => 0,
                other => other,
            };
        } else if next.initial == H && rules.merges_h {
            let (stays, moved) = match coda {
                1 | 2 | 24 => (0, Some(K)),
                9 => (8, Some(K)),
                7 | 19 | 20 | 23 | 25 => (0, Some(T)),
                17 | 26 => (0, Some(P)),
                11 => (8, Some(P)),
                22 => (0, Some(CH)),
                5 => (4, Some(CH)),
                other => (other, None),
            };
            coda = stays;
            if let Some(moved) = moved {
                next.initial = moved;
            }
        }
        let (coda, initial) = assimilate(neutral(coda), next.initial, rules);
        next.initial = initial;
        out.push(Sound { initial: now.initial, vowel: now.vowel, coda });
    }
    out
}

/// Articles 18-20: stops become nasals before nasals, ㄴ beside ㄹ becomes ㄹ, ㄹ after others becomes ㄴ.
fn assimilate(coda: Coda, initial: u8, rules: Meeting) -> (Coda, u8) {
    let nasal = |coda| match coda {
        Coda::G => Coda::Ng,
        Coda::D => Coda::N,
        Coda::B => Coda::M,
        other => other,
    };
    match (coda, initial) {
        (Coda::N | Coda::L, R) | (Coda::L, N) => (Coda::L, R),
        (Coda::M | Coda::B, R) if rules.keeps_r => (Coda::M, R),
        (Coda::G | Coda::D | Coda::B | Coda::M | Coda::Ng, R) => (nasal(coda), N),
        (_, N | M) => (nasal(coda), initial),
        other => other,
    }
}

const RR_INITIALS: [&str; 19] = [
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
];
const MR_INITIALS: [&str; 19] = [
    "k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "", "ch", "tch", "ch'", "k'", "t'",
    "p'", "h",
];
const DPRK_INITIALS: [&str; 19] = [
    "k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "", "j", "jj", "ch", "kh", "th",
    "ph", "h",
];
const RR_VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
];
const MR_VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "ŏ", "e", "yŏ", "ye", "o", "wa", "wae", "oe", "yo", "u", "wŏ", "we",
    "wi", "yu", "ŭ", "ŭi", "i",
];
const ODNI_VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "o'", "e", "yo'", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo'", "we",
    "wi", "yu", "u'", "u'i", "i",
];

fn spelled<'a>(table: &[&'a str], at: u8) -> &'a str {
    table.get(usize::from(at)).copied().unwrap_or("")
}

fn coda_spelled(coda: Coda) -> &'static str {
    match coda {
        Coda::Open => "",
        Coda::G => "k",
        Coda::N => "n",
        Coda::D => "t",
        Coda::L => "l",
        Coda::M => "m",
        Coda::B => "p",
        Coda::Ng => "ng",
    }
}

/// Writes the Hangul of a text in Latin letters, everything else as it stands. The first letter of each word
/// becomes a capital.
///
/// ```
/// use names::{System, romanize};
/// assert_eq!(romanize("태천", System::McCuneReischauer), "T'aech'ŏn");
/// assert_eq!(romanize("태천", System::Revised), "Taecheon");
/// assert_eq!(romanize("태천", System::Dprk), "Thaechŏn");
/// assert_eq!(romanize("신라", System::Western), "Silla");
/// ```
#[must_use]
pub fn romanize(text: &str, system: System) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word: Vec<Syllable> = Vec::new();
    let flush = |word: &mut Vec<Syllable>, out: &mut String| {
        if !word.is_empty() {
            out.push_str(&capital(&write(word, system)));
            word.clear();
        }
    };
    for c in text.chars() {
        if let Some(syllable) = Syllable::of(c) {
            word.push(syllable);
        } else {
            flush(&mut word, &mut out);
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    out
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn write(word: &[Syllable], system: System) -> String {
    match system {
        System::Revised => revised(word),
        System::Dprk => dprk(word),
        System::Odni => odni(word),
        System::Western => {
            let marks = |c: &char| !matches!(c, '\'');
            let plain = |c| match c {
                'ŏ' => 'o',
                'ŭ' => 'u',
                c => c,
            };
            mccune_reischauer(word).chars().filter(marks).map(plain).collect()
        }
        _ => mccune_reischauer(word),
    }
}

/// Administrative units are set off by a hyphen, and no sound changes across it (Revised Romanization, 3.5).
const RR_UNITS: &[char] = &['도', '시', '군', '구', '읍', '면', '리', '동'];

fn revised(word: &[Syllable]) -> String {
    match word.split_last() {
        Some((last, stem))
            if stem.len() >= 2 && last.char().is_some_and(|c| RR_UNITS.contains(&c)) =>
        {
            format!("{}-{}", revised_word(stem), revised_word(&[*last]))
        }
        _ => revised_word(word),
    }
}

fn revised_word(word: &[Syllable]) -> String {
    let sounds = sounds(word, Meeting { merges_h: false, keeps_r: false });
    let mut out = String::new();
    let mut before = Coda::Open;
    for s in sounds {
        // ㄹㄹ is written ll.
        out.push_str(match (before, s.initial) {
            (Coda::L, R) => "l",
            (_, initial) => spelled(&RR_INITIALS, initial),
        });
        out.push_str(spelled(&RR_VOWELS, s.vowel));
        out.push_str(coda_spelled(s.coda));
        before = s.coda;
    }
    out
}

/// Lax consonants are voiced between voiced sounds.
fn voiced(initial: u8, affricate: bool) -> Option<&'static str> {
    match initial {
        G => Some("g"),
        D => Some("d"),
        B => Some("b"),
        J if affricate => Some("j"),
        _ => None,
    }
}

fn mccune_reischauer(word: &[Syllable]) -> String {
    let sounds = sounds(word, Meeting { merges_h: true, keeps_r: false });
    let mut out = String::new();
    let mut before = None;
    for s in sounds {
        let is_voiced = matches!(before, Some(Coda::Open | Coda::N | Coda::L | Coda::M | Coda::Ng));
        let initial = match (before, s.initial) {
            (Some(Coda::L), R) => "l",
            // 쉬 is shwi.
            (_, S) if s.vowel == 16 => "sh",
            (_, initial) if is_voiced => {
                voiced(initial, true).unwrap_or_else(|| spelled(&MR_INITIALS, initial))
            }
            (_, initial) => spelled(&MR_INITIALS, initial),
        };
        match (before, initial) {
            // n'g tells 한강 from 항앙; ㄷ before ㅅ is written ss.
            (Some(Coda::N), "g") => out.push('\''),
            (Some(Coda::D), "s") | (Some(Coda::D), "ss") => {
                out.pop();
                if initial == "s" {
                    out.push('s');
                }
            }
            _ => {}
        }
        // ㄹ before ㅎ is written r: 실험 sirhŏm.
        if before == Some(Coda::L) && initial == "h" {
            out.pop();
            out.push('r');
        }
        out.push_str(initial);
        out.push_str(spelled(&MR_VOWELS, s.vowel));
        out.push_str(coda_spelled(s.coda));
        before = Some(s.coda);
    }
    out
}

/// Landforms and units whose initial stays as it is at the end of a name (UN paper of 2002, rule 4): Amrokgang.
const DPRK_GENERICS: &[(&str, &str)] = &[
    ("강", "gang"),
    ("고개", "gogae"),
    ("골", "gol"),
    ("대", "dae"),
    ("동", "-dong"),
    ("리", "-ri"),
    ("도", "-do"),
    ("봉", "bong"),
    ("군", "-gun"),
    ("구역", "-guyŏk"),
    ("구", "-gu"),
];

fn dprk(word: &[Syllable]) -> String {
    let text: String = word.iter().filter_map(|s| s.char()).collect();
    // The capital keeps the spelling the world knows.
    if let Some(rest) = text.strip_prefix("평양") {
        let rest: Vec<Syllable> = rest.chars().filter_map(Syllable::of).collect();
        return format!("Pyongyang{}", dprk_word(&rest, Some(Coda::Ng)));
    }
    for (generic, latin) in DPRK_GENERICS {
        let syllables = generic.chars().count();
        if text.ends_with(generic) && word.len() >= syllables + 2 {
            let stem = word.get(..word.len() - syllables).unwrap_or(word);
            return dprk_word(stem, None) + latin;
        }
    }
    dprk_word(word, None)
}

fn dprk_word(word: &[Syllable], before: Option<Coda>) -> String {
    let sounds = sounds(word, Meeting { merges_h: false, keeps_r: true });
    let mut out = String::new();
    let mut before = before;
    for s in sounds {
        let is_voiced = matches!(before, Some(Coda::Open | Coda::N | Coda::M | Coda::Ng));
        let initial = match (before, s.initial) {
            (Some(Coda::L), R) => "l",
            (_, initial) if is_voiced => {
                voiced(initial, false).unwrap_or_else(|| spelled(&DPRK_INITIALS, initial))
            }
            (_, initial) => spelled(&DPRK_INITIALS, initial),
        };
        if before == Some(Coda::N) && initial == "g" {
            out.push('-');
        }
        out.push_str(initial);
        // 워 is wo: the system writes ㅝ as wŏ only in its table of vowels; place names have Wonsan.
        out.push_str(match s.vowel {
            14 => "wo",
            v => spelled(&MR_VOWELS, v),
        });
        out.push_str(coda_spelled(s.coda));
        before = Some(s.coda);
    }
    out
}

/// Syllable by syllable, no sound change: the surname alone, the given name joined by hyphens.
fn odni(word: &[Syllable]) -> String {
    let mut out = String::new();
    for (i, s) in word.iter().enumerate() {
        let mut syllable = String::from(spelled(&MR_INITIALS, s.initial));
        syllable.push_str(spelled(&ODNI_VOWELS, s.vowel));
        syllable.push_str(coda_spelled(neutral(s.coda)));
        match i {
            0 => out.push_str(&syllable),
            1 => {
                out.push(' ');
                out.push_str(&capital(&syllable));
            }
            _ => {
                out.push('-');
                out.push_str(&syllable);
            }
        }
    }
    out
}
