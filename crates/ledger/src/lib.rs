//! The ledger: every statement of a case in one append-only, signed Merkle log.
//!
//! One SQLite file holds the entries as they were signed, the hash tiles over them in C2SP form, and a signed
//! checkpoint for every commit. What it promises:
//!
//! - **Durable.** When [`Ledger::append`] returns, the entries survive a crash of the process and of the
//!   machine, as far as the disk keeps its word on `fsync`.
//! - **One history.** Entries, tiles and checkpoint change in one transaction that begins by taking the
//!   write lock and reading the tree as it is, so two processes cannot fork it.
//! - **Nothing twice.** An entry whose text is in the log already is not added again.
//! - **Nothing forged gets in.** A signature line by an enrolled key must verify. A line by an unknown key
//!   does not keep a statement out: it is recorded, and the fold lists it as rejected with the reason.
//! - **Tampering shows.** [`Ledger::scan`] compares every byte it reads with the signed checkpoint;
//!   [`Ledger::verify`] re-derives everything and names the first entry that is wrong.
//!
//! Trusted: the log key, SHA-256, Ed25519. Not trusted: the file. Whoever can write to it can destroy it,
//! and can replace it by an older copy of itself unless checkpoints are kept elsewhere (witnesses); without
//! the log key nobody can change a byte of it unnoticed.

mod append;
pub mod attachments;
pub mod audit;
mod cosign;
mod error;
pub mod export;
pub mod index;
mod keyring;
pub mod keys;
pub mod remote;
mod scan;
mod store;
mod verify;
pub mod witness;
mod writer;

pub use append::{Added, Appended};
pub use error::{LedgerError, Refusal};
pub use scan::RawEntry;
pub use store::Ledger;
pub use verify::{VerifyFault, VerifyReport};
pub use writer::Writer;
