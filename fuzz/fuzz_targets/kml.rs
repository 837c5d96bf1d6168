//! A map of a case folder from outside, as KML.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lockstep_fuzz::in_folder("map.kml", bytes));
