//! The formatter: one way to lay a text out. Every comment stays where it is said, every value as it is written.

use crate::token::{Token, TokenKind, tokens};
use crate::{Message, Severity, read};

/// A block on one line stays on one line up to this many characters.
const WIDTH: usize = 100;
const INDENT: &str = "    ";

/// Lays a text out: four spaces for each block, one space between values, one node a line, at most one empty line
/// between nodes. A short block that stands on one line stays there. What the text means does not change.
///
/// ```
/// let tidy = notation::format("step  \"a\"   by=DPRK{\n due \"2008\" ;after \"b\"   // why\n}\n").unwrap();
/// assert_eq!(tidy, "step \"a\" by=DPRK {\n    due \"2008\"\n    after \"b\"  // why\n}\n");
/// ```
///
/// # Errors
/// What is wrong with a text that cannot be read; such a text is not touched.
pub fn format(text: &str) -> Result<String, Vec<Message>> {
    let reading = read(text);
    if reading.messages.iter().any(|m| m.severity == Severity::Error) {
        return Err(reading.messages);
    }
    let tokens: Vec<Token<'_>> =
        tokens(text).into_iter().filter(|t| t.kind != TokenKind::Space).collect();
    let mut writer = Writer {
        closes: closes(&tokens),
        tokens,
        out: String::with_capacity(text.len()),
        line: String::new(),
        depth: 0,
        newlines: 0,
        ended: false,
        glued: false,
        awaiting: false,
        continued: false,
    };
    writer.write();
    Ok(writer.out)
}

/// For each opening brace the place of its closing one.
fn closes(tokens: &[Token<'_>]) -> Vec<Option<usize>> {
    let mut closes = vec![None; tokens.len()];
    let mut open = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => open.push(i),
            TokenKind::Close => {
                if let Some(at) = open.pop() {
                    closes[at] = Some(i);
                }
            }
            _ => {}
        }
    }
    closes
}

struct Writer<'a> {
    tokens: Vec<Token<'a>>,
    closes: Vec<Option<usize>>,
    out: String,
    /// The line being written, without its indent.
    line: String,
    depth: usize,
    /// Ends of lines seen since the last thing written.
    newlines: usize,
    /// A semicolon has ended the node on this line.
    ended: bool,
    /// The next value belongs to what stands before it, without a space.
    glued: bool,
    /// `/-` waits for what it takes out, which may stand on a later line.
    awaiting: bool,
    /// This line goes on with the node of the line before.
    continued: bool,
}

impl Writer<'_> {
    fn write(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let Token { kind, text } = self.tokens[at];
            match kind {
                TokenKind::Space => {}
                TokenKind::Newline => {
                    // Between `/-` and what it takes out a line may end; they are put together.
                    if !self.awaiting {
                        self.end_continued();
                        self.flush();
                        self.newlines += 1;
                    }
                }
                TokenKind::Semicolon => {
                    self.end_continued();
                    self.ended = true;
                }
                TokenKind::LineComment => {
                    // Behind a node it stays behind it, on its line.
                    let text = text.trim_end();
                    if self.line.is_empty() {
                        self.begin();
                    } else {
                        self.line.push_str("  ");
                    }
                    self.line.push_str(text);
                    self.flush();
                    self.continued |= self.awaiting;
                }
                TokenKind::BlockComment => {
                    self.push(text);
                    self.glued = false;
                }
                TokenKind::Continuation => {
                    let comment = text.find("//").map(|i| text[i..].trim_end());
                    self.push("\\");
                    if let Some(comment) = comment {
                        self.line.push(' ');
                        self.line.push_str(comment);
                    }
                    self.flush();
                    self.continued = true;
                }
                TokenKind::Slashdash => {
                    self.push(text);
                    (self.glued, self.awaiting) = (true, true);
                }
                TokenKind::Equals => {
                    self.line.push('=');
                    self.glued = true;
                }
                TokenKind::ParenOpen => {
                    self.push("(");
                    self.glued = true;
                }
                TokenKind::ParenClose => {
                    self.line.push(')');
                    self.glued = true;
                }
                TokenKind::Value => self.push(text),
                TokenKind::Open => match self.on_one_line(at) {
                    Some((block, close)) => {
                        self.push(&block);
                        at = close;
                    }
                    None => {
                        self.push("{");
                        self.comment_of(&mut at);
                        self.flush();
                        self.depth += 1;
                        self.newlines = 0;
                        self.continued = false;
                    }
                },
                TokenKind::Close => {
                    self.flush();
                    self.depth = self.depth.saturating_sub(1);
                    self.newlines = 0;
                    self.continued = false;
                    self.push("}");
                }
            }
            at += 1;
        }
        self.flush();
    }

    /// A backslash with nothing after it: the node ends there, and must not take in the next line.
    fn end_continued(&mut self) {
        if self.continued && self.line.is_empty() {
            self.out.push('\n');
            self.continued = false;
        }
    }

    /// A comment on the line of an opening brace stays there.
    fn comment_of(&mut self, at: &mut usize) {
        if let Some(next) = self.tokens.get(*at + 1)
            && next.kind == TokenKind::LineComment
        {
            let comment = next.text.trim_end().to_owned();
            self.line.push_str("  ");
            self.line.push_str(&comment);
            *at += 1;
        }
    }

    /// Puts something on the line: after a space, unless it belongs to what stands before.
    fn push(&mut self, text: &str) {
        if self.ended {
            self.flush();
        }
        if self.line.is_empty() {
            self.begin();
        } else if !self.glued {
            self.line.push(' ');
        }
        self.glued = false;
        self.awaiting &= text.starts_with("/*");
        self.line.push_str(text);
    }

    /// Before the first thing on a line: the empty line that stood there.
    fn begin(&mut self) {
        let first = self.out.is_empty() || self.out.ends_with("{\n");
        let in_block = self.out.lines().next_back().is_some_and(|l| {
            // A block's opening line may carry a comment.
            l.split("//").next().is_some_and(|code| code.trim_end().ends_with('{'))
        });
        let opens = first || self.continued || (in_block && self.depth > 0);
        if self.newlines > 1 && !opens {
            self.out.push('\n');
        }
        self.newlines = 0;
    }

    fn flush(&mut self) {
        self.ended = false;
        self.glued = false;
        if self.line.is_empty() {
            return;
        }
        let indent = self.depth + usize::from(self.continued);
        self.out.push_str(&INDENT.repeat(indent));
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
        self.continued = false;
    }

    /// The block that opens at a token, on one line, if it stands on one line and is short enough; with the place
    /// of its closing brace.
    fn on_one_line(&self, open: usize) -> Option<(String, usize)> {
        let close = self.closes[open]?;
        let inside = &self.tokens[open + 1..close];
        let breaks = |t: &Token<'_>| {
            matches!(t.kind, TokenKind::Newline | TokenKind::LineComment | TokenKind::Continuation)
                || t.text.contains('\n')
        };
        if inside.iter().any(breaks) {
            return None;
        }
        let mut text = String::from("{");
        let (mut glued, mut node) = (false, false);
        for token in inside {
            match token.kind {
                TokenKind::Semicolon => {
                    if node {
                        text.push(';');
                    }
                    node = false;
                    continue;
                }
                TokenKind::Close => {
                    if node {
                        text.push(';');
                    }
                    text.push_str(if text.ends_with('{') { "}" } else { " }" });
                    (glued, node) = (false, true);
                    continue;
                }
                TokenKind::Equals => {
                    text.push('=');
                    glued = true;
                    continue;
                }
                TokenKind::ParenClose => {
                    text.push(')');
                    glued = true;
                    continue;
                }
                _ => {}
            }
            if !glued {
                text.push(' ');
            }
            text.push_str(token.text);
            glued = matches!(token.kind, TokenKind::Slashdash | TokenKind::ParenOpen);
            node = token.kind != TokenKind::Open;
        }
        if node {
            text.push(';');
        }
        text.push_str(if text == "{" { "}" } else { " }" });
        let wide = INDENT.len() * self.depth + self.line.chars().count() + 1 + text.chars().count();
        // Only comments inside: a semicolon would end nothing.
        let only_comments = !inside.is_empty()
            && inside
                .iter()
                .all(|t| matches!(t.kind, TokenKind::BlockComment | TokenKind::Semicolon));
        (wide <= WIDTH && !only_comments).then_some((text, close))
    }
}
