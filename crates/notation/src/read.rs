//! Reading by descent, one look ahead. Every error is noted and the reader goes on after the line.

use crate::tree::{Document, Entry, Node, Span, Value, ValueKind};
use crate::{Message, Source};

/// Children nested deeper than this are refused, so that no text can overflow the stack.
pub const MAX_DEPTH: usize = 64;
/// Longer texts are refused.
pub const MAX_BYTES: usize = 4 << 20;

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What could be read.
    pub document: Document,
    /// What is wrong, in the order of the text. Empty when all of it could be read.
    pub messages: Vec<Message>,
}

/// Reads bytes from outside, which may not even be text.
#[must_use]
pub fn read_bytes(bytes: &[u8]) -> Reading {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(e) => {
            let at = e.valid_up_to();
            let before = String::from_utf8_lossy(&bytes[..at]).into_owned();
            let (line, column) = Source::new(&before).position(at);
            let text = format!("line {line}, column {column} is not UTF-8 text");
            let message = Message::error("K001", at..at, text, "this byte")
                .help("save the file as UTF-8 (in most editors: Save as, Encoding)");
            Reading { document: Document::default(), messages: vec![message] }
        }
    }
}

/// What follows the name of a node.
enum Part {
    /// An argument or property.
    Entry,
    /// A block of children.
    Block,
}

/// Reads a text.
#[must_use]
pub fn read(text: &str) -> Reading {
    if text.len() > MAX_BYTES {
        let message = Message::error("K002", 0..0, "the file is over 4 MB", "starts here");
        let help = "long lists belong in a table (CSV) of the case folder";
        return Reading { document: Document::default(), messages: vec![message.help(help)] };
    }
    let mut reader = Reader { text, at: 0, messages: Vec::new(), skipping: false };
    // Characters that show nothing, or show the text in another order than it is read in.
    let hidden = |c: char| {
        matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{200e}' | '\u{200f}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    for (at, c) in
        text.char_indices().filter(|(at, c)| hidden(*c) && (*at, *c) != (0, '\u{feff}')).take(20)
    {
        let span = at..at + c.len_utf8();
        let message = format!("a hidden character, U+{:04X}", u32::from(c));
        let message = Message::error("K026", span, message, "here, though it may not show");
        reader.messages.push(message.help("remove it: what is read must be what is seen"));
    }
    if text.starts_with('\u{feff}') {
        reader.at = 3;
    }
    let nodes = reader.nodes(0, None);
    reader.messages.sort_by_key(Message::start);
    Reading { document: Document { nodes }, messages: reader.messages }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    messages: Vec<Message>,
    /// Inside something that `/-` takes out.
    skipping: bool,
}

/// The rest of the line is not worth reading; the message is noted.
struct Lost;

type Read<T> = Result<T, Lost>;

pub(crate) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{0b}' | '\u{0c}' | '\u{2028}' | '\u{2029}')
}

pub(crate) fn is_space(c: char) -> bool {
    !is_newline(c) && (c.is_whitespace() || c == '\u{feff}')
}

/// Characters that end a bare word.
pub(crate) fn ends_word(c: char) -> bool {
    is_newline(c)
        || is_space(c)
        || matches!(c, '\\' | '/' | '(' | ')' | '{' | '}' | ';' | '[' | ']' | '"' | '#' | '=')
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        while self.peek().is_some_and(&keep) {
            self.bump();
        }
        &self.text[start..self.at]
    }

    fn fail<T>(&mut self, message: Message) -> Read<T> {
        self.messages.push(message);
        Err(Lost)
    }

    /// Goes to the end of the line or of the block, whichever is first.
    fn recover(&mut self) {
        self.take_while(|c| !is_newline(c) && c != '}');
    }

    /// White space and comments; newlines too when `lines`. Returns whether there was any.
    fn blank(&mut self, lines: bool) -> Read<bool> {
        let start = self.at;
        loop {
            match self.peek() {
                Some(c) if is_space(c) || (lines && is_newline(c)) => {
                    self.bump();
                }
                Some('/') if self.rest().starts_with("//") => {
                    self.take_while(|c| !is_newline(c));
                }
                Some('/') if self.rest().starts_with("/*") => self.block_comment()?,
                Some('\\') => {
                    let at = self.at;
                    self.bump();
                    self.take_while(is_space);
                    if self.rest().starts_with("//") {
                        self.take_while(|c| !is_newline(c));
                    }
                    match self.peek() {
                        Some(c) if is_newline(c) => {
                            self.eat("\r\n");
                            if self.at > 0 && !self.text[..self.at].ends_with('\n') {
                                self.bump();
                            }
                        }
                        None => {}
                        Some(_) => {
                            let message = "a backslash outside quotes continues the line, so nothing may follow it";
                            return self.fail(Message::error(
                                "K003",
                                at..at + 1,
                                message,
                                "this backslash",
                            ));
                        }
                    }
                }
                _ => return Ok(self.at > start),
            }
        }
    }

    fn block_comment(&mut self) -> Read<()> {
        let open = self.at;
        let mut depth = 0_usize;
        loop {
            if self.eat("/*") {
                depth += 1;
            } else if self.eat("*/") {
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            } else if self.bump().is_none() {
                let message = Message::error(
                    "K004",
                    open..open + 2,
                    "a comment is never closed",
                    "opened here",
                );
                return self.fail(message.help("close it with */"));
            }
        }
    }

    /// Nodes up to the closing brace of the block opened at `open`, or the end of the text.
    fn nodes(&mut self, depth: usize, open: Option<usize>) -> Vec<Node> {
        let mut nodes = Vec::new();
        loop {
            loop {
                match self.blank(true) {
                    Ok(_) if self.eat(";") => {}
                    Ok(_) => break,
                    Err(Lost) => self.recover(),
                }
            }
            match self.peek() {
                None => {
                    if let Some(open) = open {
                        let message = Message::error(
                            "K005",
                            open..open + 1,
                            "a block is never closed",
                            "opened here",
                        );
                        self.messages.push(message.help("close it with }"));
                    }
                    return nodes;
                }
                Some('}') => {
                    let at = self.at;
                    self.bump();
                    if open.is_some() {
                        return nodes;
                    }
                    let message = "a closing brace without an opening one";
                    self.messages.push(Message::error(
                        "K006",
                        at..at + 1,
                        message,
                        "closes nothing",
                    ));
                }
                Some('/') if self.rest().starts_with("/-") => {
                    let read = self.without(|reader| {
                        reader.blank(true)?;
                        reader.node(depth)
                    });
                    if read.is_err() {
                        self.recover();
                    }
                }
                Some(_) => match self.node(depth) {
                    Ok(node) => nodes.push(node),
                    Err(Lost) => self.recover(),
                },
            }
        }
    }

    /// Reads something that `/-` takes out.
    fn without<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<()> {
        let at = self.at;
        self.at += 2;
        if self.skipping {
            // Nested `/-` makes readers that try both ways exponential; nobody needs it.
            let message = "`/-` inside something that `/-` takes out already";
            return self.fail(
                Message::error("K007", at..at + 2, message, "the inner one").help("remove it"),
            );
        }
        self.skipping = true;
        let read = read(self);
        self.skipping = false;
        read.map(|_| ())
    }

    fn node(&mut self, depth: usize) -> Read<Node> {
        let start = self.at;
        let ty = self.annotation()?;
        let name_start = self.at;
        let name = match self.peek() {
            Some('{') => {
                let message = "a block without a name before it";
                let message = Message::error(
                    "K008",
                    start..start + 1,
                    message,
                    "a name was expected before this",
                );
                self.messages.push(message);
                self.children(depth)?;
                return Err(Lost);
            }
            _ => self.value()?,
        };
        let name_span = name_start..self.at;
        let ValueKind::String(name) = name.kind else {
            let message = "a node begins with a name";
            return self.fail(Message::error("K008", name_span, message, "this is not a name"));
        };
        let mut node = Node {
            name,
            name_span,
            span: start..start,
            ty,
            entries: Vec::new(),
            children: Vec::new(),
        };
        let (mut had_children, mut lost) = (false, false);
        // Where the first block ends, taken out or not: only blocks that are taken out may follow.
        let mut block_end = None;
        loop {
            let spaced = self.blank(false)?;
            match self.peek() {
                None | Some(';' | '}') => break,
                Some(c) if is_newline(c) => break,
                Some('{') => {
                    let open = self.at;
                    if had_children {
                        let message = "a node has one block of children";
                        self.messages.push(Message::error(
                            "K010",
                            open..open + 1,
                            message,
                            "a second one",
                        ));
                    }
                    let children = self.children(depth)?;
                    node.children.extend(children);
                    had_children = true;
                    block_end.get_or_insert(self.at);
                }
                Some(_) => {
                    let at = self.at;
                    // After a mistake the rest of the line is passed over, and the children are still read:
                    // their mistakes are told in the same run.
                    match self.entry_of(&mut node, spaced, depth) {
                        Ok(Part::Block) => {
                            block_end.get_or_insert(self.at);
                        }
                        Ok(Part::Entry) => {
                            if let Some(end) = block_end.take() {
                                let message = "a node ends with its block";
                                self.messages.push(
                                    Message::error("K028", at..self.at, message, "after the block")
                                        .also(end - 1..end, "the block ends here")
                                        .help("write it before the block, or begin a new node with a new line or `;`"),
                                );
                            }
                        }
                        Err(Lost) => {
                            lost = true;
                            self.take_while(|c| !is_newline(c) && !matches!(c, '{' | '}' | ';'));
                        }
                    }
                }
            }
        }
        if lost {
            return Err(Lost);
        }
        node.span = start..self.at;
        Ok(node)
    }

    /// The block of children that opens here.
    fn children(&mut self, depth: usize) -> Read<Vec<Node>> {
        let open = self.at;
        if depth + 1 > MAX_DEPTH {
            let message = format!("blocks nested deeper than {MAX_DEPTH}");
            self.messages.push(Message::error("K009", open..open + 1, message, "one too many"));
            // What lies inside cannot be made sense of without nesting.
            self.at = self.text.len();
            return Err(Lost);
        }
        self.bump();
        Ok(self.nodes(depth + 1, Some(open)))
    }

    /// The next argument or property of a node, or one taken out by `/-`.
    fn entry_of(&mut self, node: &mut Node, spaced: bool, depth: usize) -> Read<Part> {
        if self.rest().starts_with("/-") {
            let mut part = Part::Entry;
            self.without(|reader| {
                reader.blank(true)?;
                if reader.peek() == Some('{') {
                    part = Part::Block;
                    reader.children(depth).map(|_| ())
                } else {
                    reader.entry().map(|_| ())
                }
            })?;
            return Ok(part);
        }
        if !spaced {
            return self.fail(Message::error(
                "K011",
                self.at..self.at,
                "a space is missing",
                "before this",
            ));
        }
        let entry = self.entry()?;
        self.push(node, entry);
        Ok(Part::Entry)
    }

    fn push(&mut self, node: &mut Node, entry: Entry) {
        if let Some((name, span)) = &entry.name
            && let Some((_, first, _)) = node.props().find(|(n, _, _)| n == name)
        {
            let message = format!("the property `{name}` is given twice");
            let message = Message::error("K012", span.clone(), message, "again here")
                .also(first.clone(), "first here");
            self.messages.push(
                message.help("keep one of them; where several values are meant, use a child node"),
            );
            return;
        }
        node.entries.push(entry);
    }

    fn entry(&mut self) -> Read<Entry> {
        let start = self.at;
        let ty = self.annotation()?;
        let value = self.value()?;
        if self.peek() != Some('=') {
            return Ok(Entry { name: None, value: Value { ty, ..value } });
        }
        let span = start..self.at;
        let ValueKind::String(name) = value.kind else {
            return self.fail(Message::error(
                "K013",
                span,
                "a property begins with its name",
                "this is not a name",
            ));
        };
        self.bump();
        if self.peek().is_none_or(|c| is_space(c) || is_newline(c)) {
            let message = format!("the property `{name}` has no value");
            let message = Message::error("K014", span, message, "no value after `=`");
            return self.fail(message.help("write the value right after `=`, without a space"));
        }
        let ty = self.annotation()?;
        let value = self.value()?;
        Ok(Entry { name: Some((name, span)), value: Value { ty, ..value } })
    }

    fn annotation(&mut self) -> Read<Option<String>> {
        if self.peek() != Some('(') {
            return Ok(None);
        }
        let open = self.at;
        self.bump();
        self.blank(false)?;
        let ty = self.value()?;
        self.blank(false)?;
        match ty.kind {
            ValueKind::String(ty) if self.eat(")") => {
                self.blank(false)?;
                Ok(Some(ty))
            }
            _ => {
                let message = "round brackets hold one name, the type of what follows";
                let message = Message::error("K015", open..open + 1, message, "opened here");
                self.fail(message.help("text with brackets goes in quotes: \"5 MW(e)\""))
            }
        }
    }

    fn value(&mut self) -> Read<Value> {
        let start = self.at;
        let kind = match self.peek() {
            Some('"') => ValueKind::String(self.quoted()?),
            Some('#') => self.hash()?,
            Some(c) if !ends_word(c) => self.word()?,
            Some(c) => {
                let message = format!("`{c}` cannot stand here");
                let message = Message::error(
                    "K016",
                    start..start + c.len_utf8(),
                    message,
                    "not expected here",
                );
                return self.fail(message.help("text with such characters goes in quotes"));
            }
            None => {
                return self.fail(Message::error(
                    "K016",
                    start..start,
                    "the text ends here",
                    "a value was expected",
                ));
            }
        };
        let span = start..self.at;
        // "https://example.org" would otherwise lose all that follows the colon as a comment.
        if self.rest().starts_with("//")
            && matches!(kind, ValueKind::String(_))
            && !self.text[span.clone()].ends_with(['"', '#'])
        {
            let message = Message::error(
                "K027",
                self.at..self.at + 2,
                "a comment right after a word",
                "begins here",
            );
            let help = "put a space before a comment; text with slashes goes in quotes";
            self.take_while(|c| !is_newline(c));
            return self.fail(message.help(help));
        }
        // Two values with nothing between them are one value with a mistake in it.
        if self.peek().is_some_and(|c| !ends_word(c) || matches!(c, '"' | '#')) {
            let message = Message::error(
                "K011",
                self.at..self.at,
                "a space is missing",
                "between these two values",
            );
            return self.fail(message);
        }
        Ok(Value { kind, span, ty: None })
    }

    /// A bare word or a number, with words for what people often get wrong.
    fn word(&mut self) -> Read<ValueKind> {
        let start = self.at;
        let word = self.take_while(|c| !ends_word(c)).to_owned();
        let span = start..self.at;
        let unsigned = word.strip_prefix(['-', '+']).unwrap_or(&word);
        let numeric = unsigned.starts_with(|c: char| c.is_ascii_digit());
        if !numeric {
            if matches!(word.as_str(), "true" | "false" | "null") {
                let message = format!("`{word}` is written #{word}");
                let message = Message::error("K017", span, message, "a # is missing");
                return self
                    .fail(message.help(format!(
                        "write #{word}, or \"{word}\" if the word itself is meant"
                    )));
            }
            if matches!(word.as_str(), "inf" | "-inf" | "nan") || unsigned.starts_with('.') {
                let message = Message::error(
                    "K018",
                    span,
                    format!("`{word}` is not a number"),
                    "not a number",
                );
                return self
                    .fail(message.help("a number begins with a digit; text goes in quotes"));
            }
            return Ok(ValueKind::String(word));
        }
        if let Some(number) = number(&word) {
            return Ok(ValueKind::Number(number));
        }
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = unsigned.split('-').collect();
        if parts.len() > 1
            && parts[0].len() == 4
            && parts.iter().all(|p| digits(p.trim_end_matches(['~', '?', '%'])))
        {
            let message = Message::error("K019", span, "a date without quotes", "a date");
            return self.fail(message.help(format!("dates go in quotes: \"{word}\"")));
        }
        if word.contains(',') {
            let plain: String = word.chars().filter(|c| *c != ',').collect();
            let help = format!("write {plain}, or {} to group the digits", word.replace(',', "_"));
            let message =
                Message::error("K020", span, "a number with a comma in it", "digits and commas");
            return self.fail(message.help(help));
        }
        let unit =
            unsigned.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '_');
        let amount = &word[..word.len() - unit.len()];
        if unit.starts_with(char::is_alphabetic) && number(amount).is_some() {
            let message =
                Message::error("K021", span, "a number with its unit attached", "number and unit");
            return self
                .fail(message.help(format!(
                    "write {amount} unit=\"{unit}\", or \"{word}\" if it is a name"
                )));
        }
        let message =
            Message::error("K018", span, format!("`{word}` is not a number"), "not a number");
        self.fail(message.help("text that begins with a digit goes in quotes"))
    }

    /// `#true`, `#false`, `#null`, or a raw string.
    fn hash(&mut self) -> Read<ValueKind> {
        let start = self.at;
        let hashes = self.take_while(|c| c == '#').len();
        if self.peek() == Some('"') {
            return self.raw(start, hashes).map(ValueKind::String);
        }
        let word = self.take_while(|c| !ends_word(c)).to_owned();
        let span = start..self.at;
        match (hashes, word.as_str()) {
            (1, "true") => Ok(ValueKind::Bool(true)),
            (1, "false") => Ok(ValueKind::Bool(false)),
            (1, "null") => Ok(ValueKind::Null),
            _ => {
                let message = format!("`{}{word}` is not a value", "#".repeat(hashes.min(8)));
                let message = Message::error("K022", span, message, "not known");
                self.fail(message.help(
                    "with a # there are #true, #false and #null; text with a # goes in quotes",
                ))
            }
        }
    }

    fn unclosed<T>(&mut self, open: Span) -> Read<T> {
        let message = Message::error("K023", open, "a quoted text is never closed", "opened here");
        self.fail(
            message.help(
                "close it with the same quotes; a text over several lines needs three: \"\"\"",
            ),
        )
    }

    fn raw(&mut self, start: usize, hashes: usize) -> Read<String> {
        let quotes = if self.eat("\"\"\"") { 3 } else { usize::from(self.eat("\"")) };
        let open = start..self.at;
        let close = "\"".repeat(quotes) + &"#".repeat(hashes);
        let Some(length) = self.rest().find(&close) else { return self.unclosed(open) };
        let text = self.rest()[..length].to_owned();
        if quotes == 1 && text.contains(is_newline) {
            return self.unclosed(open);
        }
        self.at += length + close.len();
        if quotes == 3 { self.dedent(&text, open) } else { Ok(text) }
    }

    fn quoted(&mut self) -> Read<String> {
        let start = self.at;
        if self.eat("\"\"\"") {
            let open = start..self.at;
            let mut raw = String::new();
            loop {
                if self.eat("\"\"\"") {
                    break;
                }
                match self.bump() {
                    // Kept with its backslash until the lines are cut out of their margin.
                    Some('\\') => {
                        raw.push('\\');
                        raw.extend(self.bump());
                    }
                    Some(c) => raw.push(c),
                    None => return self.unclosed(open),
                }
            }
            let text = self.dedent(&raw, open.clone())?;
            return self.unescape(&text, open);
        }
        self.bump();
        let open = start..self.at;
        loop {
            match self.bump() {
                Some('"') => break,
                Some('\\') => {
                    // A backslash may take the newline after it out of the text.
                    self.bump();
                }
                Some(c) if is_newline(c) => return self.unclosed(open),
                Some(_) => {}
                None => return self.unclosed(open),
            }
        }
        let raw = self.text[start + 1..self.at - 1].to_owned();
        self.unescape(&raw, start..self.at)
    }

    fn unescape(&mut self, raw: &str, span: Span) -> Read<String> {
        if !raw.contains('\\') {
            return Ok(raw.to_owned());
        }
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw.chars();
        while let Some(c) = rest.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            match rest.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some('s') => text.push(' '),
                Some(c @ ('\\' | '"')) => text.push(c),
                Some(c) if c.is_whitespace() => {
                    rest = rest.as_str().trim_start().chars();
                }
                Some('u') => {
                    let code = rest.as_str().strip_prefix('{').and_then(|r| r.split_once('}'));
                    let letter = code.filter(|(hex, _)| (1..=6).contains(&hex.len())).and_then(
                        |(hex, after)| {
                            Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, after))
                        },
                    );
                    let Some((letter, after)) = letter else {
                        let message = Message::error(
                            "K024",
                            span,
                            "`\\u` names no character",
                            "in this text",
                        );
                        return self.fail(
                            message.help("write \\u{ and up to six hexadecimal digits and }"),
                        );
                    };
                    text.push(letter);
                    rest = after.chars();
                }
                other => {
                    let shown: String = other.into_iter().collect();
                    let message = format!("`\\{shown}` is not known");
                    let message = Message::error("K024", span, message, "in this text");
                    return self.fail(message.help("a backslash itself is written \\\\"));
                }
            }
        }
        Ok(text)
    }

    /// Takes the margin of a multi-line text, given by the white space before its closing quotes, off each line.
    fn dedent(&mut self, raw: &str, open: Span) -> Read<String> {
        let normal = raw.replace("\r\n", "\n");
        let mut lines: Vec<&str> = normal.split(is_newline).collect();
        let margin = lines.pop().unwrap_or_default();
        let first = lines.first().is_some_and(|l| l.is_empty());
        if !first || !margin.chars().all(is_space) {
            let message = "a text in three quotes begins and ends on lines of its own";
            return self.fail(Message::error("K025", open, message, "opened here"));
        }
        let mut text = Vec::with_capacity(lines.len());
        for line in &lines[1..] {
            match line.strip_prefix(margin) {
                _ if line.chars().all(is_space) => text.push(""),
                Some(line) => text.push(line),
                None => {
                    let message = "a line of this text stands further left than its closing quotes";
                    return self.fail(Message::error("K025", open, message, "opened here"));
                }
            }
        }
        Ok(text.join("\n"))
    }
}

/// A number without its underscores, if it is one.
fn number(word: &str) -> Option<String> {
    let (sign, body) = match word.strip_prefix(['-', '+']) {
        Some(body) => (&word[..1], body),
        None => ("", word),
    };
    let group = |part: &str, digit: fn(&u8) -> bool| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(digit) && bytes.iter().all(|b| digit(b) || *b == b'_')
    };
    let decimal = |b: &u8| b.is_ascii_digit();
    let radix = |prefix: &str, digit: fn(&u8) -> bool| {
        body.strip_prefix(prefix).is_some_and(|d| group(d, digit))
    };
    let plain = {
        let (mantissa, exponent) = body.split_once(['e', 'E']).unwrap_or((body, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        group(whole, decimal) && group(fraction, decimal) && group(exponent, decimal)
    };
    let known = plain
        || radix("0x", |b| b.is_ascii_hexdigit())
        || radix("0o", |b| (b'0'..=b'7').contains(b))
        || radix("0b", |b| matches!(b, b'0' | b'1'));
    known.then(|| format!("{}{}", if sign == "-" { "-" } else { "" }, body.replace('_', "")))
}
