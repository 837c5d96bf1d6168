//! Record linkage: which rows of two tables are one thing.
//!
//! Values are normalised, candidates found by keys in union, compared field by field in a few levels, weighed after
//! Fellegi and Sunter with weights learned without labels, and assigned. Without a model everything is chosen from the
//! columns themselves.
//!
//! ```
//! use linkage::{Options, Table, link};
//! let a = Table::read("a", b"id,name,town\n1,Kim,Yongbyon\n2,Ri,Pyongsan\n", None)?;
//! let b = Table::read("b", b"id,name,town\nx,Ri,Pyongsan\ny,Pak,Taechon\n", None)?;
//! let linked = link(a, b, &Options::default())?;
//! println!("{}", linked.model.to_text());
//! # Ok::<(), linkage::LinkError>(())
//! ```

mod blocking;
mod compare;
mod error;
mod kind;
mod link;
mod model;
mod normalise;
mod period;
mod plan;
mod script;
mod table;
mod weights;

pub use compare::levels;
pub use error::LinkError;
pub use kind::Kind;
pub use link::{Assignment, Bar, Link, Linkage, Options, link};
pub use model::{Model, ModelField};
pub use normalise::normalise;
pub use table::{MAX_ROWS, Table};
