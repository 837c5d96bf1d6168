//! Sealed declarations: commit to everything today, open it step by step.
//!
//! After the stated goals of Philippe, Glaser and Felten, "A Cryptographic Escrow for Treaty Declarations
//! and Step-by-Step Verification", Science & Global Security 27(1), 2019; the construction is ours.
//!
//! ```text
//!                    root (declaration.seal)
//!                   /                        \
//!       declaration tree                   area tree
//!   category > place > field           one leaf for each cell
//!   room for as many as the            of the agreed grid: empty,
//!   agreed form says                   or the place that stands there
//! ```
//!
//! A path has one place in the tree, which the agreed [`Form`] and [`Grid`] give and every proof is checked against:
//! whoever seals can commit one answer to each question and no other.
//!
//! All salts follow from one seed by a binary hash tree ([`Seed`]): a field, a place, a category or everything opens
//! with one value of 32 bytes. What an opening leaves closed stays hidden: values, counts and order of unopened
//! leaves tell nothing beyond the form and grid that the parties agreed on before.
//!
//! ```
//! use escrow::{Form, Sealed, Seed, Site};
//! let site = Site {
//!     category: "reactor".into(),
//!     id: "d-1".into(),
//!     fields: [("name".to_owned(), "IRT".to_owned())].into(),
//! };
//! let form = Form::new(vec!["mine".into(), "reactor".into()], vec!["id".into(), "name".into()], 4)?;
//! let sealed = Sealed::new(&[site], form, None, Seed::random()?)?;
//! let path = sealed.locate("d-1/name").expect("it was declared");
//! let opening = sealed.open(&path)?;
//! assert_eq!(opening.contents[0].value, "IRT");
//! sealed.commitment().verify(&opening)?;
//! # Ok::<(), escrow::EscrowError>(())
//! ```
//!
//! Trusted: SHA-256, and that the seed is random and secret. Not trusted: whoever holds the declaration, and
//! whoever passes openings on.

mod commitment;
mod declaration;
mod form;
mod grid;
pub mod power;
mod sealed;
#[cfg(feature = "secret")]
pub mod secret;
#[cfg(feature = "secret")]
pub mod shares;
mod tree;

pub use commitment::Commitment;
pub use declaration::{MAX_OPENING, Opened, Opening, Site};
pub use form::Form;
pub use grid::Grid;
pub use sealed::{Sealed, SitePlace};
pub use tree::{EMPTY, Seed, height_for};

/// Why an opening or a commitment is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EscrowError {
    /// The opening leads to another root.
    #[error(
        "the opening of `{path}` does not lead to the sealed root: value, salt or proof is not the sealed one"
    )]
    WrongRoot {
        /// The path that was opened.
        path: String,
    },
    /// Leaves out of order or outside of what is opened, or a proof of another length.
    #[error(
        "the opening of `{0}` is malformed: its entries are out of order or lie elsewhere, or its proof has the wrong \
         length"
    )]
    Malformed(String),
    /// More than the agreed shape holds.
    #[error("{found} {what}, and the agreed form has room for {room}")]
    NoRoom {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many fit.
        room: u64,
    },
    /// A name that cannot stand in a path.
    #[error(
        "`{0}` cannot name a category, place or field: a name is not empty, only fields hold `/`, and `cell` is taken"
    )]
    Name(String),
    /// A name or id that stands twice.
    #[error("`{0}` stands twice: ids, categories and fields each have one place")]
    Twice(String),
    /// A category or field that the form lacks.
    #[error("the agreed form has no {what} `{name}`")]
    NotInForm {
        /// Category or field.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Nothing of that path.
    #[error("nothing can be sealed at `{0}`: the agreed form has no such path")]
    Unknown(String),
    /// A subtree that takes too long to check.
    #[error("a subtree of 2^{height} leaves is opened in parts: at most 2^{most} at once")]
    TooLarge {
        /// Its height.
        height: u8,
        /// The most.
        most: u8,
    },
    /// Not a grid.
    #[error("`{text}` is not a grid; expected one like: {form}")]
    Grid {
        /// What was read.
        text: String,
        /// The form.
        form: &'static str,
    },
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers: {0}")]
    Random(String),
}
