//! Whole entries: what reads must write the same bytes, and nothing stops the fold.
#![no_main]

use case::{Case, Parsed};
use libfuzzer_sys::fuzz_target;
use statement::Statement;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(statement) = Statement::read(text)
    {
        assert_eq!(statement.to_text().as_deref(), Ok(text));
    }
    let mut case = Case::new();
    case.apply(Parsed::read(bytes));
    assert_eq!(case.size, 1);
});
