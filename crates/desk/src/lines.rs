//! Words over lines.

/// A paragraph of lines at most `width` wide: the first begins with `head`, the others are indented as far.
#[must_use]
pub fn wrapped(head: &str, words: &str, width: usize) -> String {
    let indent = " ".repeat(head.chars().count());
    let mut out = head.to_owned();
    let mut column = head.chars().count();
    let mut empty = true;
    for word in words.split_whitespace() {
        let long = word.chars().count();
        if !empty && column + 1 + long > width {
            out.push('\n');
            out.push_str(&indent);
            column = indent.len();
            empty = true;
        }
        if !empty {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += long;
        empty = false;
    }
    out.push('\n');
    out
}
