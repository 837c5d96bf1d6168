//! Sealed declarations: commit to everything today, open it step by step.
//!
//! After the stated goals of Philippe, Glaser and Felten, "A Cryptographic Escrow for Treaty Declarations
//! and Step-by-Step Verification", Science & Global Security 27(1), 2019; the construction is ours.
//!
//! ```text
//!                    root (declaration.seal)
//!                   /                        \
//!       declaration tree                   area tree
//!   category > site > field            one leaf for each cell
//!   each level padded with             of the agreed grid:
//!   salted empty leaves                empty, or the site there
//! ```
//!
//! All salts follow from one seed by a binary hash tree ([`Seed`]): a field, a site, a category or everything opens
//! with one value of 32 bytes. What an opening leaves closed stays hidden: sizes, counts and order of unopened
//! leaves tell nothing beyond the [`Shape`] and [`Grid`] that the parties agreed on before.
//!
//! ```
//! use escrow::{Sealed, Seed, Shape, Site};
//! let site = Site {
//!     category: "reactor".into(),
//!     id: "d-1".into(),
//!     fields: [("name".to_owned(), "IRT".to_owned())].into(),
//! };
//! let shape = Shape { categories: 2, sites: 4, fields: 5 };
//! let sealed = Sealed::new(&[site], shape, None, Seed::random()?)?;
//! let opening = sealed.open("reactor/d-1/name")?;
//! assert_eq!(opening.contents[0].value, "IRT");
//! opening.verify(sealed.root())?;
//! # Ok::<(), escrow::EscrowError>(())
//! ```
//!
//! Trusted: SHA-256, and that the seed is random and secret. Not trusted: whoever holds the declaration, and
//! whoever passes openings on.

mod declaration;
mod grid;
pub mod power;
mod sealed;
#[cfg(feature = "secret")]
pub mod secret;
#[cfg(feature = "secret")]
pub mod shares;
mod tree;

pub use declaration::{Declaration, MAX_OPENING, Opened, Opening, Shape, Site};
pub use grid::{Area, CellOpening, Grid};
pub use sealed::{Sealed, SitePlace};
pub use tree::{EMPTY, Leaf, Seed, Slots, height_for, proof, root, verify};

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
    /// Slots out of order, or a path outside of what is opened.
    #[error("the opening of `{0}` is malformed: its entries are out of order or lie elsewhere")]
    Malformed(String),
    /// More than the agreed shape holds.
    #[error("{found} {what}, and the agreed shape has room for {room}")]
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
        "`{0}` cannot name a category, site or field: a name is not empty, and only fields hold `/`"
    )]
    Name(String),
    /// An id of two sites.
    #[error("the id `{0}` is used by two sites")]
    Twice(String),
    /// Nothing of that path.
    #[error("nothing is sealed at `{0}`")]
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
