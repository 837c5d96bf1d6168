//! Where a form of a name comes from.

use serde::Serialize;

/// The way a form was made from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// As it was written.
    Written,
    /// Hangul itself: as written, or as Hanja are read.
    Hangul,
    /// Revised Romanization of Korean, 2000: Yeongbyeon.
    Revised,
    /// McCune-Reischauer as BGN/PCGN writes it: P'yŏngsan.
    McCuneReischauer,
    /// McCune-Reischauer without diacritics and apostrophes, as newspapers write it: Pyongsan.
    Western,
    /// The system of the DPRK, 2002: Phyŏngsan.
    Dprk,
    /// ODNI ICS 630-01, for personal names: Kim Cho'ng-u'n.
    Odni,
    /// Letters of another script one by one, without rules of the language.
    Transliterated,
    /// Words found in the lexicon of site words, said in English.
    Lexicon,
    /// Consonants only.
    Skeleton,
    /// One key for the spellings of all Korean romanizations.
    KoreanKey,
    /// What Russian transcription keeps of Korean.
    Russian,
}

impl System {
    /// The five romanizations of Hangul.
    pub const ROMANIZATIONS: [Self; 5] =
        [Self::Revised, Self::McCuneReischauer, Self::Western, Self::Dprk, Self::Odni];

    /// What it is called.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Written => "as written",
            Self::Hangul => "Hangul",
            Self::Revised => "Revised Romanization",
            Self::McCuneReischauer => "McCune-Reischauer",
            Self::Western => "McCune-Reischauer without marks",
            Self::Dprk => "DPRK 2002",
            Self::Odni => "ODNI ICS 630-01",
            Self::Transliterated => "letter by letter",
            Self::Lexicon => "site words in English",
            Self::Skeleton => "consonants",
            Self::KoreanKey => "any Korean romanization",
            Self::Russian => "Russian transcription of Korean",
        }
    }
}

impl std::fmt::Display for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}
