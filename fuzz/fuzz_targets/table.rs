//! A table of a case folder from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lockstep_fuzz::in_folder("table.csv", bytes));
