//! Points that cannot be where the source says: the real slips of public sources.

use statement::Point;

use crate::Manifest;
use crate::table::Row;

/// Mean radius of the Earth in metres (IUGG).
const EARTH_M: f64 = 6_371_008.8;

/// Great-circle distance in metres (haversine). Good to 0.5 %, which is far below the precisions compared.
pub(crate) fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat1, lat2) = (a.0.to_radians(), b.0.to_radians());
    let (dlat, dlon) = (lat2 - lat1, (b.1 - a.1).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * EARTH_M * h.sqrt().min(1.0).asin()
}

/// Checks a row's point against the region of the case and the place its name names.
pub(crate) fn check(row: &mut Row<'_>, point: &Point, manifest: &Manifest) {
    let (lat, lon) = (point.lat.to_f64(), point.lon.to_f64());
    if let Some(region) = manifest.region {
        let inside = |lat: f64, lon: f64| {
            (region.south..=region.north).contains(&lat)
                && (region.west..=region.east).contains(&lon)
        };
        if !inside(lat, lon) {
            let (column, what, help) = if inside(lat, -lon) {
                (
                    "lon",
                    "the longitude lies in the other hemisphere, W for E",
                    Some(format!("did you mean {}?", -lon)),
                )
            } else if inside(-lat, lon) {
                (
                    "lat",
                    "the latitude lies in the other hemisphere, S for N",
                    Some(format!("did you mean {}?", -lat)),
                )
            } else if inside(lon, lat) {
                (
                    "lat",
                    "latitude and longitude are swapped",
                    Some(format!("did you mean lat {lon} and lon {lat}?")),
                )
            } else {
                let south_north = format!("latitude {} to {}", region.south, region.north);
                let help = format!(
                    "the case lies in {south_north}, longitude {} to {} (case.kdl)",
                    region.west, region.east
                );
                ("lat", "the point lies outside the region of the case", Some(help))
            };
            row.fault("I030", column, what.to_owned(), "not where the case is", help);
            return;
        }
    }
    named_place(row, point, manifest);
}

/// A point that lies far from the place its name names. `O-rin`: whole words only, so that a place name inside
/// another does not count.
fn named_place(row: &mut Row<'_>, point: &Point, manifest: &Manifest) {
    let names: Vec<String> = [row.text("name")]
        .into_iter()
        .flatten()
        .chain(row.list("variants"))
        .map(|n| fold(&n))
        .collect();
    let at = (point.lat.to_f64(), point.lon.to_f64());
    let precision = point.precision_m.map_or(0.0, statement::Decimal::to_f64);
    let named = manifest.places.iter().filter(|place| {
        let mut words = std::iter::once(&place.name).chain(&place.aliases).map(|w| fold(w));
        words.any(|word| names.iter().any(|name| has_word(name, &word)))
    });
    // A name may name several places ("Sinpo", "Kumho"): the nearest is meant.
    let nearest = named
        .map(|place| (distance_m(at, (place.lat.to_f64(), place.lon.to_f64())), place))
        .min_by(|(a, _), (b, _)| a.total_cmp(b));
    if let Some((distance, place)) = nearest
        && distance > 3.0 * (precision + place.precision_m.to_f64())
    {
        let message = format!(
            "the point lies {:.0} km from {}, which the name names",
            distance / 1000.0,
            place.name
        );
        let help = format!(
            "{} is at {}, {} ± {} m (case.kdl line {}); check the source, or lower the credibility of this row",
            place.name, place.lat, place.lon, place.precision_m, place.line
        );
        row.warn("I031", "lat", message, "this point", Some(help));
    }
}

/// A name in plain lower-case letters, so that spellings that differ in marks only are equal.
pub(crate) fn fold(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|c| match c {
            'ŏ' | 'ö' | 'ó' => 'o',
            'ŭ' | 'ü' => 'u',
            'é' => 'e',
            '-' | '_' | '/' | '(' | ')' | '.' | ',' => ' ',
            other => other,
        })
        .filter(|c| !matches!(c, '\'' | '’' | '`' | 'ʼ'))
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn has_word(name: &str, word: &str) -> bool {
    !word.is_empty() && format!(" {name} ").contains(&format!(" {word} "))
}
