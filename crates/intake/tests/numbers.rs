//! No bytes make the readers of series, error tables and `production.kdl` panic.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use intake::{production, series};
use proptest::prelude::*;

const GOOD: &str = "location,kind,random_rsd,systematic_rsd,calibration_h,form\na,in,0.01,0,7,item\nb,inv,0,0.1,,\n\n\
    time_h,a,b\n0,1,2\n5,,3\n10,4,5\n20,1,1\n";

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        series::survive(&bytes);
        let _ = production::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn nearly_good_tables(
        at in 0..GOOD.len(),
        put in prop::sample::select(vec!["", ",", "\"", "\n", "-", "é", "NaN", "1e308", ";", "\u{feff}"]),
        cut in 0_usize..4,
    ) {
        let mut text = GOOD.to_owned();
        text.replace_range(at..(at + cut).min(text.len()), put);
        series::survive(text.as_bytes());
    }
}

#[test]
fn what_is_good_is_read() {
    series::survive(GOOD.as_bytes());
    let (calculations, messages) = production::parse(
        "ages \"a\" title=\"t\" {\n ratio 0.1 sigma=0.001 source=\"s\" basis=seen\n}\n",
    );
    assert_eq!((calculations.len(), messages.len()), (1, 0));
}
