//! A text cut into tokens without losing a byte: what the formatter works on.

use crate::read::{ends_word, is_newline, is_space};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// White space within a line.
    Space,
    /// One end of a line.
    Newline,
    /// A backslash that continues the line, with what follows it up to the next line.
    Continuation,
    /// `// …`, without the end of its line.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// `/-`.
    Slashdash,
    /// `{`.
    Open,
    /// `}`.
    Close,
    /// `;`.
    Semicolon,
    /// `=`.
    Equals,
    /// `(`.
    ParenOpen,
    /// `)`.
    ParenClose,
    /// A word, number, keyword or text in quotes, as written.
    Value,
}

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// The bytes as they stand.
    pub text: &'a str,
}

/// Cuts a text into tokens. Put together again they are the text, byte for byte, whatever it holds.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (kind, length) = match c {
            '\\' => (TokenKind::Continuation, continuation(rest)),
            '\r' if rest.starts_with("\r\n") => (TokenKind::Newline, 2),
            c if is_newline(c) => (TokenKind::Newline, c.len_utf8()),
            c if is_space(c) => (TokenKind::Space, length(rest, is_space)),
            '/' if rest.starts_with("//") => {
                (TokenKind::LineComment, length(rest, |c| !is_newline(c)))
            }
            '/' if rest.starts_with("/*") => (TokenKind::BlockComment, block_comment(rest)),
            '/' if rest.starts_with("/-") => (TokenKind::Slashdash, 2),
            '{' => (TokenKind::Open, 1),
            '}' => (TokenKind::Close, 1),
            ';' => (TokenKind::Semicolon, 1),
            '=' => (TokenKind::Equals, 1),
            '(' => (TokenKind::ParenOpen, 1),
            ')' => (TokenKind::ParenClose, 1),
            '"' => (TokenKind::Value, quoted(rest)),
            '#' => (TokenKind::Value, hash(rest)),
            c => (TokenKind::Value, length(rest, |c| !ends_word(c)).max(c.len_utf8())),
        };
        let (token, after) = rest.split_at(length);
        out.push(Token { kind, text: token });
        rest = after;
    }
    out
}

fn length(text: &str, keep: impl Fn(char) -> bool) -> usize {
    text.find(|c| !keep(c)).unwrap_or(text.len())
}

fn continuation(text: &str) -> usize {
    let mut at = 1 + length(&text[1..], is_space);
    if text[at..].starts_with("//") {
        at += length(&text[at..], |c| !is_newline(c));
    }
    match text[at..].chars().next() {
        Some('\r') if text[at..].starts_with("\r\n") => at + 2,
        Some(c) if is_newline(c) => at + c.len_utf8(),
        _ => at,
    }
}

fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let close = if text.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let mut at = close.len();
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with(close) {
            return at + close.len();
        }
        at += c.len_utf8();
        if c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

fn hash(text: &str) -> usize {
    let hashes = length(text, |c| c == '#');
    let after = &text[hashes..];
    let quotes = if after.starts_with("\"\"\"") { 3 } else { usize::from(after.starts_with('"')) };
    if quotes == 0 {
        return hashes + length(after, |c| !ends_word(c));
    }
    let close = "\"".repeat(quotes) + &"#".repeat(hashes);
    let start = hashes + quotes;
    text[start..].find(&close).map_or(text.len(), |at| start + at + close.len())
}
