//! Words that nobody can test, and efforts taken for results.

use notation::Message;

use super::Checker;

/// Words that mean what each side likes, unless a test says what shows them.
const UNDEFINED: &[&str] = &[
    "complete",
    "completely",
    "correct",
    "full",
    "fully",
    "verifiable",
    "irreversible",
    "irreversibly",
    "adequate",
    "appropriate",
    "reasonable",
    "significant",
    "substantial",
    "promptly",
    "timely",
    "meaningful",
    "satisfactory",
];

/// Words that promise to try.
const EFFORT: &[&str] = &[
    "seek",
    "seeks",
    "endeavour",
    "endeavours",
    "endeavor",
    "strive",
    "attempt",
    "encourage",
    "explore",
    "work towards",
    "work toward",
    "best efforts",
    "make efforts",
];

impl Checker<'_> {
    pub(super) fn wording(&mut self) {
        let roadmap = self.roadmap;
        for step in &roadmap.steps {
            if step.test.is_none()
                && !step.outside_text
                && let Some(word) = UNDEFINED.iter().find(|w| has_word(&step.title, w))
            {
                let text =
                    format!("`{word}` in `{}` has no test: who can say when it is so?", step.id);
                let help = "write: test \"what shows it, so that both sides would agree\"";
                self.warn("R030", &step.span, text, "this step", help);
            }
            let tries = EFFORT.iter().find(|w| has_word(&step.title, w));
            if let Some(word) = tries
                && !step.effort
            {
                let text = format!("`{}` promises to {word}, and is treated as a result", step.id);
                let help = "write `effort` in it, or say what is to be reached";
                self.warn("R037", &step.span, text, "this step", help);
            }
        }
        for (i, step) in roadmap.steps.iter().enumerate() {
            for &b in &self.before[i] {
                let first = &roadmap.steps[b];
                if first.effort {
                    let text = format!(
                        "`{}` waits for `{}`, which is an effort and may never succeed",
                        step.id, first.id
                    );
                    self.messages.push(
                        Message::warning("R037", step.span.clone(), text, "waits for a result")
                            .also(first.span.clone(), "only an effort")
                            .help("let it wait for something that can be seen to be done"),
                    );
                }
            }
        }
    }
}

fn has_word(title: &str, word: &str) -> bool {
    let title = title.to_lowercase();
    let letter = |c: char| c.is_alphanumeric();
    title.match_indices(word).any(|(at, _)| {
        let before = title[..at].chars().next_back();
        let after = title[at + word.len()..].chars().next();
        !before.is_some_and(letter) && !after.is_some_and(letter)
    })
}
