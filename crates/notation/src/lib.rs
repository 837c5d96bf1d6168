//! The text people write: the part of KDL 2 that case folders and roadmaps use.
//!
//! ```
//! let reading = notation::read("step \"shut-down\" by=DPRK {\n    due \"2007-04-14\"\n}\n");
//! assert!(reading.messages.is_empty());
//! let step = &reading.document.nodes[0];
//! assert_eq!(step.name, "step");
//! assert_eq!(step.arg(0).and_then(|v| v.as_str()), Some("shut-down"));
//! assert_eq!(step.prop("by").and_then(|v| v.as_str()), Some("DPRK"));
//! assert_eq!(step.child("due").unwrap().arg(0).unwrap().as_str(), Some("2007-04-14"));
//! ```
//!
//! Why not an existing reader: the files are written by negotiators and come from other parties. The reader
//! must say what is wrong in their words, all at once, and no text may make it slow or overflow the stack.
//!
//! The subset: nodes, arguments, properties, children, all comment forms, quoted, raw and multi-line
//! strings, numbers kept as written, `#true #false #null`, type annotations. Left out, with a message: `/-`
//! inside `/-`, `#inf` and `#nan`, nesting deeper than [`MAX_DEPTH`], files over [`MAX_BYTES`].

mod format;
mod message;
mod read;
mod source;
mod suggest;
mod token;
mod tree;

pub use format::format;
pub use message::{Message, Severity};
pub use read::{MAX_BYTES, MAX_DEPTH, Reading, read, read_bytes};
pub use source::Source;
pub use suggest::did_you_mean;
pub use token::{Token, TokenKind, tokens};
pub use tree::{Document, Entry, Node, Span, Value, ValueKind};
