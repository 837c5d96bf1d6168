//! Position as evidence.

/// Mean radius of the Earth in metres (IUGG).
const EARTH_M: f64 = 6_371_008.8;
/// Share of points that are simply wrong: W for E, swapped, another town.
pub(crate) const GROSS_ERROR: f64 = 0.01;
/// Ratio of the radius that holds 95 % of a round normal error to its standard deviation: sqrt(2 ln 20).
const R95: f64 = 2.447_746_830_680_816;

/// A point with the radius that holds it with 95 % probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct At {
    pub lat: f64,
    pub lon: f64,
    pub r95_m: f64,
}

/// Great-circle distance in metres (haversine); within 0.5 % of the ellipsoid's.
pub(crate) fn distance_m(a: At, b: At) -> f64 {
    let (lat1, lat2) = (a.lat.to_radians(), b.lat.to_radians());
    let (dlat, dlon) = (lat2 - lat1, (b.lon - a.lon).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * EARTH_M * h.sqrt().min(1.0).asin()
}

/// How far apart two points of one place may lie in metres before the one contradicts the other: three times the
/// two precisions together.
pub(crate) fn allowed_m(a: At, b: At) -> f64 {
    3.0 * (a.r95_m + b.r95_m)
}

/// log2 of the Bayes factor that two points are of one place (Budavári and Szalay 2008, eq. 16, in the plane):
/// `A / (2π s²) · exp(-d² / 2s²)` with `s² = s1² + s2²`, mixed with gross errors, where `d` is their distance in
/// metres and `area_m2` the area a point of another place would be spread over.
pub(crate) fn bits(a: At, b: At, d: f64, area_m2: f64) -> f64 {
    let s2 = (a.r95_m / R95).powi(2) + (b.r95_m / R95).powi(2);
    let factor = area_m2 / (std::f64::consts::TAU * s2) * (-d * d / (2.0 * s2)).exp();
    ((1.0 - GROSS_ERROR) * factor + GROSS_ERROR).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64, r95_m: f64) -> At {
        At { lat, lon, r95_m }
    }

    #[test]
    fn worked_numbers() {
        // One degree of latitude on the mean sphere is 111.195 km.
        assert!((distance_m(at(39.0, 125.0, 1.0), at(40.0, 125.0, 1.0)) - 111_195.1).abs() < 1.0);
        // The wrong Taechon point lies 22 km from Taechon.
        let d = distance_m(at(39.796_536, 125.755_169, 1.0), at(39.927_778, 125.562_778, 1.0));
        assert!((21_000.0..23_000.0).contains(&d), "{d}");
        // Two points of 50 m that agree, spread over 1,000 km²: A / (2π s²) = 1e9 / (2π · 2 · 20.43²) = 190,700.
        let weigh = |a, b| bits(a, b, distance_m(a, b), 1e9);
        let agree = weigh(at(39.8, 125.75, 50.0), at(39.8, 125.75, 50.0));
        assert!((agree - 17.53).abs() < 0.02, "{agree}");
        // 500 m apart: without gross errors -192 bits; with them, never below log2(0.01).
        let apart = weigh(at(39.8, 125.75, 50.0), at(39.8045, 125.75, 50.0));
        assert!((apart - GROSS_ERROR.log2()).abs() < 1e-6, "{apart}");
    }
}
