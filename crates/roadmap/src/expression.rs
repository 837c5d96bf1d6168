//! The small language of user-written checks: `fail "…" step="by = DPRK and without verified-by"`.
//!
//! ```text
//! either  = both ("or" both)*
//! both    = not ("and" not)*
//! not     = "not" not | "with" FIELD | "without" FIELD | compare
//! compare = value (("=" | "!=" | "<" | "<=" | ">" | ">=") value)?
//! value   = NUMBER | DATE | FIELD | WORD | 'text' | "count" "(" either ")" | "(" either ")"
//! ```
//!
//! `count(…)` counts the steps for which its condition holds; only it may be asked of the whole roadmap. A field that
//! holds several things equals a word when one of them does. A comparison with a field that is not given is false.

use statement::{Date, Decimal, civil};

use crate::model::{DueBy, Roadmap, Step};

/// How deep brackets, `not` and `count` may nest.
const MAX_DEPTH: usize = 32;

/// What can be asked of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Its id.
    Id,
    /// Its title.
    Title,
    /// Who does it.
    By,
    /// The last day its date allows.
    Due,
    /// How much.
    Amount,
    /// In what unit.
    Unit,
    /// What must be done before.
    After,
    /// Who certifies it.
    VerifiedBy,
    /// What it does.
    Effect,
    /// What it is a part of.
    PartOf,
    /// What answers its breach.
    OnBreach,
    /// How fast it can be undone: least days.
    Reversal,
    /// The test of its words.
    Test,
    /// Whether it is outside the text.
    OutsideText,
}

const FIELDS: [(Field, &str); 14] = [
    (Field::Id, "id"),
    (Field::Title, "title"),
    (Field::By, "by"),
    (Field::Due, "due"),
    (Field::Amount, "amount"),
    (Field::Unit, "unit"),
    (Field::After, "after"),
    (Field::VerifiedBy, "verified-by"),
    (Field::Effect, "effect"),
    (Field::PartOf, "part-of"),
    (Field::OnBreach, "on-breach"),
    (Field::Reversal, "reversal"),
    (Field::Test, "test"),
    (Field::OutsideText, "outside-text"),
];

/// The words of all fields.
pub(crate) fn field_words() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(_, word)| *word)
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// Any of these holds.
    Or(Vec<Expression>),
    /// All of these hold.
    And(Vec<Expression>),
    /// This does not hold.
    Not(Box<Expression>),
    /// The field is given.
    With(Field),
    /// Two values compared.
    Compare(Box<Expression>, Comparison, Box<Expression>),
    /// How many steps there are for which this holds.
    Count(Box<Expression>),
    /// A field of the step.
    Field(Field),
    /// A number.
    Number(Decimal),
    /// A date.
    Date(Date),
    /// A word or quoted text.
    Word(String),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Not equal.
    Unequal,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// More.
    More,
    /// More or equal.
    AtLeast,
}

/// What is wrong with a condition, and where in it (byte offset).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the text of the condition.
    pub at: usize,
    /// What is wrong.
    pub text: String,
}

impl Expression {
    /// Reads a condition.
    ///
    /// # Errors
    /// The first place at which it is not one.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let mut reader = Reader { tokens: tokens(text)?, at: 0, end: text.len() };
        let read = reader.either(0)?;
        match reader.tokens.get(reader.at) {
            None => Ok(read),
            Some((at, token)) => {
                Err(Fault { at: *at, text: format!("`{token}` was not expected here") })
            }
        }
    }

    /// Whether it asks something of a single step outside `count`.
    #[must_use]
    pub fn asks_a_step(&self) -> bool {
        match self {
            Self::Or(all) | Self::And(all) => all.iter().any(Self::asks_a_step),
            Self::Not(of) => of.asks_a_step(),
            Self::Compare(a, _, b) => a.asks_a_step() || b.asks_a_step(),
            Self::With(_) | Self::Field(_) => true,
            Self::Count(_) | Self::Number(_) | Self::Date(_) | Self::Word(_) => false,
        }
    }

    /// Whether it holds; of a step, or of the whole roadmap when none is given.
    #[must_use]
    pub fn holds(&self, roadmap: &Roadmap, step: Option<&Step>) -> bool {
        match self {
            Self::Or(all) => all.iter().any(|e| e.holds(roadmap, step)),
            Self::And(all) => all.iter().all(|e| e.holds(roadmap, step)),
            Self::Not(of) => !of.holds(roadmap, step),
            Self::With(field) => step.is_some_and(|s| !values(*field, s).is_empty()),
            Self::Compare(a, how, b) => {
                compare(&a.values(roadmap, step), *how, &b.values(roadmap, step))
            }
            other => other.values(roadmap, step).iter().any(|v| *v != Value::Number(Decimal::ZERO)),
        }
    }

    fn values(&self, roadmap: &Roadmap, step: Option<&Step>) -> Vec<Value> {
        match self {
            Self::Field(field) => step.map(|s| values(*field, s)).unwrap_or_default(),
            Self::Number(n) => vec![Value::Number(*n)],
            Self::Date(date) => vec![Value::Day(date.earliest(), date.latest())],
            Self::Word(word) => vec![Value::Word(word.clone())],
            Self::Count(of) => {
                let n = roadmap.steps.iter().filter(|s| of.holds(roadmap, Some(s))).count();
                vec![Value::Number(u32::try_from(n).unwrap_or(u32::MAX).into())]
            }
            other => vec![Value::Number(u32::from(other.holds(roadmap, step)).into())],
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(Decimal),
    Day(civil::Date, civil::Date),
    Word(String),
}

fn values(field: Field, s: &Step) -> Vec<Value> {
    let word = |text: &str| (!text.is_empty()).then(|| Value::Word(text.to_owned()));
    let ids = |ids: &[statement::ObjectId]| {
        ids.iter().map(|id| Value::Word(id.to_string())).collect::<Vec<_>>()
    };
    match field {
        Field::Id => word(s.id.as_str()).into_iter().collect(),
        Field::Title => word(&s.title).into_iter().collect(),
        Field::By => s.by.iter().map(|p| Value::Word(p.clone())).collect(),
        Field::Due => match s.due.as_ref().map(|d| &d.by) {
            Some(DueBy::On(date)) => vec![Value::Day(date.latest(), date.latest())],
            // Given, and no day yet: `with due` holds, and no comparison does.
            Some(DueBy::After(_, of, _)) => vec![Value::Word(of.to_string())],
            None => Vec::new(),
        },
        Field::Amount => s.amount.iter().map(|(n, _)| Value::Number(*n)).collect(),
        Field::Unit => s.amount.iter().filter_map(|(_, u)| word(u)).collect(),
        Field::After => ids(&s.after),
        Field::VerifiedBy => s.verified_by.iter().filter_map(|v| word(v)).collect(),
        Field::Effect => s.effect.iter().filter_map(|e| word(e.word())).collect(),
        Field::PartOf => s.part_of.iter().filter_map(|p| word(p.as_str())).collect(),
        Field::OnBreach => ids(&s.on_breach),
        Field::Reversal => s.reversal.iter().map(|r| Value::Number(r.least_days.into())).collect(),
        Field::Test => s.test.iter().filter_map(|t| word(t)).collect(),
        Field::OutsideText => {
            s.outside_text.then_some(Value::Number(1.into())).into_iter().collect()
        }
    }
}

fn compare(a: &[Value], how: Comparison, b: &[Value]) -> bool {
    let any =
        |test: &dyn Fn(&Value, &Value) -> bool| a.iter().any(|a| b.iter().any(|b| test(a, b)));
    let equal = |a: &Value, b: &Value| a == b;
    let less = |a: &Value, b: &Value| match (a, b) {
        (Value::Number(a), Value::Number(b)) => a < b,
        (Value::Day(_, a), Value::Day(b, _)) => a < b,
        _ => false,
    };
    let comparable = !a.is_empty() && !b.is_empty();
    match how {
        Comparison::Equal => any(&equal),
        Comparison::Unequal => comparable && !any(&equal),
        Comparison::Less => any(&less),
        Comparison::More => any(&|a, b| less(b, a)),
        Comparison::AtMost => any(&|a, b| less(a, b) || a == b),
        Comparison::AtLeast => any(&|a, b| less(b, a) || a == b),
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, String)>, Fault> {
    let mut out = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        if matches!(c, '(' | ')' | '=') {
            out.push((at, c.to_string()));
        } else if matches!(c, '<' | '>' | '!') {
            let mut token = c.to_string();
            if rest.next_if(|(_, c)| *c == '=').is_some() {
                token.push('=');
            }
            out.push((at, token));
        } else if c == '\'' {
            let mut token = String::from("'");
            loop {
                match rest.next() {
                    Some((_, '\'')) => break,
                    Some((_, c)) => token.push(c),
                    None => {
                        return Err(Fault { at, text: "a quoted text is never closed".into() });
                    }
                }
            }
            out.push((at, token));
        } else {
            let mut token = c.to_string();
            while let Some((_, c)) = rest.next_if(|(_, c)| {
                !c.is_whitespace() && !matches!(c, '(' | ')' | '=' | '<' | '>' | '!' | '\'')
            }) {
                token.push(c);
            }
            out.push((at, token));
        }
    }
    Ok(out)
}

struct Reader {
    tokens: Vec<(usize, String)>,
    at: usize,
    end: usize,
}

impl Reader {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", |(_, t)| t)
    }

    fn next(&mut self) -> Option<(usize, String)> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.peek() == what;
        self.at += usize::from(found);
        found
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(at, _)| *at)
    }

    fn deeper(&self, depth: usize) -> Result<usize, Fault> {
        if depth >= MAX_DEPTH {
            let text = format!("nested deeper than {MAX_DEPTH}");
            return Err(Fault { at: self.place(), text });
        }
        Ok(depth + 1)
    }

    fn either(&mut self, depth: usize) -> Result<Expression, Fault> {
        let depth = self.deeper(depth)?;
        let mut all = vec![self.both(depth)?];
        while self.eat("or") {
            all.push(self.both(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::Or(all) })
    }

    fn both(&mut self, depth: usize) -> Result<Expression, Fault> {
        let mut all = vec![self.not(depth)?];
        while self.eat("and") {
            all.push(self.not(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::And(all) })
    }

    fn not(&mut self, depth: usize) -> Result<Expression, Fault> {
        if self.eat("not") {
            let depth = self.deeper(depth)?;
            return Ok(Expression::Not(Box::new(self.not(depth)?)));
        }
        if self.eat("with") {
            return Ok(Expression::With(self.field()?));
        }
        if self.eat("without") {
            return Ok(Expression::Not(Box::new(Expression::With(self.field()?))));
        }
        let left = self.value(depth)?;
        let how = match self.peek() {
            "=" => Comparison::Equal,
            "!=" => Comparison::Unequal,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            ">=" => Comparison::AtLeast,
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.value(depth)?;
        Ok(Expression::Compare(Box::new(left), how, Box::new(right)))
    }

    fn field(&mut self) -> Result<Field, Fault> {
        let at = self.place();
        let Some((_, word)) = self.next() else {
            return Err(Fault { at, text: "the name of a field was expected".into() });
        };
        FIELDS.iter().find(|(_, w)| *w == word).map(|(f, _)| *f).ok_or_else(|| {
            let hint = notation::did_you_mean(&word, field_words())
                .map_or(String::new(), |w| format!("; did you mean `{w}`?"));
            Fault { at, text: format!("`{word}` is not a field of a step{hint}") }
        })
    }

    fn value(&mut self, depth: usize) -> Result<Expression, Fault> {
        let at = self.place();
        let Some((_, token)) = self.next() else {
            return Err(Fault { at, text: "something is missing at the end".into() });
        };
        if token == "(" || (token == "count" && self.peek() == "(") {
            let counting = token == "count";
            if counting {
                self.at += 1;
            }
            let inner = self.either(depth)?;
            let end = self.place();
            if !self.eat(")") {
                return Err(Fault { at: end, text: "a closing bracket is missing".into() });
            }
            return Ok(if counting { Expression::Count(Box::new(inner)) } else { inner });
        }
        if let Some(text) = token.strip_prefix('\'') {
            return Ok(Expression::Word(text.to_owned()));
        }
        if matches!(token.as_str(), ")" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "!" | "and" | "or")
        {
            return Err(Fault { at, text: format!("a value was expected before `{token}`") });
        }
        if let Some((field, _)) = FIELDS.iter().find(|(_, w)| *w == token) {
            return Ok(Expression::Field(*field));
        }
        if let Ok(number) = token.parse() {
            return Ok(Expression::Number(number));
        }
        if token.contains('-')
            && token.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(date) = token.parse()
        {
            return Ok(Expression::Date(date));
        }
        Ok(Expression::Word(token))
    }
}
