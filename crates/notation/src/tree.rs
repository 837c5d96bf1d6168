//! What a text says, with the place of everything.

use std::ops::Range;

/// Byte offsets in the text.
pub type Span = Range<usize>;

/// A whole text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its nodes.
    pub nodes: Vec<Node>,
}

/// One node: a name, arguments, properties, children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the node stands, children included.
    pub span: Span,
    /// Type annotation before the name: `(type)name`.
    pub ty: Option<String>,
    /// Arguments and properties, in the order of the text.
    pub entries: Vec<Entry>,
    /// Nodes between its braces.
    pub children: Vec<Node>,
}

/// An argument, or a property when it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The property's name and where it stands; `None` for an argument.
    pub name: Option<(String, Span)>,
    /// The value.
    pub value: Value,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands.
    pub span: Span,
    /// Type annotation before it: `(type)value`.
    pub ty: Option<String>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueKind {
    /// A text, quoted or bare.
    String(String),
    /// A number as written, without underscores. It never passes through floating point.
    Number(String),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

impl Node {
    /// The argument at a position.
    #[must_use]
    pub fn arg(&self, position: usize) -> Option<&Value> {
        self.args().nth(position)
    }

    /// All arguments.
    pub fn args(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().filter(|e| e.name.is_none()).map(|e| &e.value)
    }

    /// The property of a name.
    #[must_use]
    pub fn prop(&self, name: &str) -> Option<&Value> {
        self.props().find(|(n, _, _)| *n == name).map(|(_, _, value)| value)
    }

    /// All properties: name, where the name stands, value.
    pub fn props(&self) -> impl Iterator<Item = (&str, &Span, &Value)> {
        self.entries
            .iter()
            .filter_map(|e| e.name.as_ref().map(|(name, span)| (name.as_str(), span, &e.value)))
    }

    /// The first child of a name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }
}

impl Document {
    /// Whether two texts say the same: the same nodes, values and children in the same order, wherever they stand.
    #[must_use]
    pub fn same_meaning(&self, other: &Self) -> bool {
        same(&self.nodes, &other.nodes)
    }
}

fn same(a: &[Node], b: &[Node]) -> bool {
    let entry = |a: &Entry, b: &Entry| {
        a.value.kind == b.value.kind
            && a.value.ty == b.value.ty
            && a.name.as_ref().map(|(n, _)| n) == b.name.as_ref().map(|(n, _)| n)
    };
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.name == b.name
                && a.ty == b.ty
                && a.entries.len() == b.entries.len()
                && a.entries.iter().zip(&b.entries).all(|(a, b)| entry(a, b))
                && same(&a.children, &b.children)
        })
}

impl Value {
    /// The text, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The digits, when it is a number.
    #[must_use]
    pub fn as_number(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Number(digits) => Some(digits),
            _ => None,
        }
    }

    /// The truth value, when it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            ValueKind::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// Text or digits: where a number may be written with or without quotes.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        self.as_str().or_else(|| self.as_number())
    }
}
