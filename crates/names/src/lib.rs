//! Names across scripts: a name is the set of its forms, and a comparison says which two forms met.
//!
//! Korean names reach an analyst in Hangul, in Hanja, and in at least five romanizations; Persian ones in Arabic
//! script and in any vowels. Edit distance misorders them: Thaechon and Taechon are one place, Taechon and Kaechon
//! two. Equality of folded forms comes first, edit distance is weak evidence, numbers decide.
//!
//! ```
//! use names::{How, Name, compare};
//! let declared = Name::new("영변원자력연구소");
//! let seen = Name::new("Yongbyon Nuclear Research Centre");
//! let met = compare(&declared, &seen);
//! assert!(met.is_match());
//! println!("{met}");
//! ```

mod compare;
mod fold;
mod hangul;
mod hanja;
mod lexicon;
mod name;
mod number;
mod person;
mod skeleton;
mod system;

pub use compare::{Grade, How, Meeting, Met, compare};
pub use fold::{fold, is_invisible, korean_key, reads_as_korean};
pub use hangul::{is_syllable, romanize};
pub use hanja::read_hanja;
pub use lexicon::lexicon_size;
pub use name::{Form, Keys, Name, Word, WordKind};
pub use person::{PersonalName, split_personal_name};
pub use skeleton::{of_arabic as arabic_skeleton, of_latin as latin_skeleton};
pub use system::System;
