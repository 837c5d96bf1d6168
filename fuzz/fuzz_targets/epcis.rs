//! An EPCIS document from outside: read or told, and what is read names items and parties of the case.
#![no_main]

use custody::epcis::{Parties, import};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut parties = Parties::of_ids(["DPRK", "IAEA"].map(str::to_owned));
    let _ = parties.name("IAEA", "urn:epc:id:pgln:0614141.00777");
    let (transfers, _) = import(text, &case::Case::new(), &parties);
    // The case holds no item, so that none can have moved.
    assert!(transfers.is_empty());
});
