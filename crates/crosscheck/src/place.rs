//! Position as evidence.

use statement::Relation;

use crate::score::steady_log2;

/// Mean radius of the Earth in metres (IUGG).
const EARTH_M: f64 = 6_371_008.8;
/// Share of points that are simply wrong: W for E, swapped, another town.
pub(crate) const GROSS_ERROR: f64 = 0.01;
/// Ratio of the radius that holds 95 % of a round normal error to its standard deviation: sqrt(2 ln 20).
const R95: f64 = 2.447_746_830_680_816;
/// A point no better than this says which complex it is in, not which building.
pub(crate) const COMPLEX_R95_M: f64 = 1500.0;
/// A non-match is one of the other known places as often as anywhere in the area of the case.
const ELSEWHERE_SHARE: f64 = 0.5;

/// A point with the radius that holds it with 95 % probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct At {
    pub lat: f64,
    pub lon: f64,
    pub r95_m: f64,
}

impl At {
    /// Variance of one coordinate, in square metres.
    fn variance(self) -> f64 {
        (self.r95_m / R95).powi(2)
    }

    /// Whether it tells a building from its neighbours.
    pub(crate) fn is_of_a_building(self) -> bool {
        self.r95_m < COMPLEX_R95_M
    }
}

/// Great-circle distance in metres (haversine); within 0.5 % of the ellipsoid's.
pub(crate) fn distance_m(a: At, b: At) -> f64 {
    let (lat1, lat2) = (a.lat.to_radians(), b.lat.to_radians());
    let (dlat, dlon) = (lat2 - lat1, (b.lon - a.lon).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * EARTH_M * h.sqrt().min(1.0).asin()
}

/// Whether two points lie more metres apart from north to south alone: a quick look before [`distance_m`].
pub(crate) fn too_far_north_or_south(a: At, b: At, metres: f64) -> bool {
    (a.lat - b.lat).to_radians().abs() * EARTH_M > metres
}

/// How far apart two points of one place may lie in metres before the one contradicts the other: three times the
/// two precisions together.
pub(crate) fn allowed_m(a: At, b: At) -> f64 {
    3.0 * (a.r95_m + b.r95_m)
}

/// Density in 1/m² of the distance vector of two points of one place: a round normal with both their variances.
fn density(a: At, b: At, d: f64) -> f64 {
    let s2 = a.variance() + b.variance();
    (-d * d / (2.0 * s2)).exp() / (std::f64::consts::TAU * s2)
}

/// log2 of the Bayes factor that two points are of one place (Budavári and Szalay 2008, eq. 16, in the plane):
/// `A / (2π s²) · exp(-d² / 2s²)` with `s² = s1² + s2²`, mixed with the share `gross` of points that are simply
/// wrong, where `d` is their distance in metres and `area_m2` the area a point of another place would be spread
/// over.
pub(crate) fn bits(a: At, b: At, d: f64, area_m2: f64, gross: f64) -> f64 {
    let factor = area_m2 * density(a, b, d);
    ((1.0 - gross) * factor + gross).log2()
}

/// Where places lie, so that the chance of another place there can be told: places crowd in complexes.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    /// Sorted by latitude.
    points: Vec<At>,
    widest_m: f64,
    /// How many places a place has beside it.
    pub others: f64,
    /// The area of the case in square metres.
    pub area_m2: f64,
}

impl Crowd {
    /// The places of a case.
    pub(crate) fn of(points: impl Iterator<Item = At>) -> Self {
        let mut points: Vec<At> = points.collect();
        points.sort_by(|a, b| {
            (a.lat.total_cmp(&b.lat))
                .then(a.lon.total_cmp(&b.lon))
                .then(a.r95_m.total_cmp(&b.r95_m))
        });
        let widest_m = points.iter().map(|p| p.r95_m).fold(0.0, f64::max);
        let area_m2 = area_m2(&points);
        let others = steady_log2(points.len().saturating_sub(1)).exp2();
        Self { points, widest_m, others, area_m2 }
    }

    /// Sum of the densities of all places as seen from a point, in 1/m².
    pub(crate) fn around(&self, at: At) -> f64 {
        // Beyond five standard deviations a normal holds nothing.
        let reach = 5.0 * (self.widest_m + at.r95_m) / R95 / 111_195.0;
        let first = self.points.partition_point(|p| p.lat < at.lat - reach);
        let near = self.points[first..].iter().take_while(|p| p.lat <= at.lat + reach);
        // A degree of longitude is shortest at the end of the window that is nearer to a pole.
        let nearest_pole = at.lat.abs() + reach;
        let reach_lon =
            if nearest_pole < 90.0 { reach / nearest_pole.to_radians().cos() } else { 360.0 };
        let beside = |p: &&At| {
            let apart = (p.lon - at.lon).abs();
            apart.min(360.0 - apart) <= reach_lon
        };
        near.filter(beside).map(|p| density(at, *p, distance_m(at, *p))).sum()
    }

    /// The area a non-match of `at` would be spread over, in square metres: one over the chance per square metre that
    /// another place lies there. `own` is the place compared, which is left out; `around` what [`Crowd::around`] says.
    pub(crate) fn spread_m2(&self, at: At, own: At, around: f64) -> f64 {
        let near = (around - density(at, own, distance_m(at, own))).max(0.0) / self.others;
        1.0 / (ELSEWHERE_SHARE / self.area_m2 + (1.0 - ELSEWHERE_SHARE) * near)
    }

    /// What [`Crowd::around`] says of a point that is itself one of the crowd, without it.
    pub(crate) fn around_other(&self, at: At) -> f64 {
        (self.around(at) - density(at, at, 0.0)).max(0.0)
    }
}

/// The area that points are spread over in square metres: their box, within 10 km² and 10 million km².
fn area_m2(points: &[At]) -> f64 {
    let (mut south, mut north, mut west, mut east) = (90.0_f64, -90.0_f64, 180.0_f64, -180.0_f64);
    for p in points {
        (south, north) = (south.min(p.lat), north.max(p.lat));
        (west, east) = (west.min(p.lon), east.max(p.lon));
    }
    if points.len() < 2 {
        return 1e10;
    }
    let metres = 111_195.0;
    let width = (east - west) * metres * ((south + north) / 2.0).to_radians().cos();
    ((north - south) * metres * width).clamp(1e7, 1e13)
}

/// The place that a relation tells from another: its middle, with the spread of the distance, of the direction and
/// of the other place itself.
pub(crate) fn related(of: At, relation: &Relation) -> At {
    let metres = |d: Option<statement::Decimal>| d.map(statement::Decimal::to_f64);
    let (near, far) = match (metres(relation.near_m), metres(relation.far_m)) {
        (Some(near), Some(far)) => (near, far),
        (None, Some(far)) => (0.0, far),
        (Some(near), None) => (near, near),
        // "Near it", "north-east of it": within a kilometre.
        (None, None) => (0.0, 1000.0),
    };
    let middle = (near + far) / 2.0;
    // Even over its range, and never better than a tenth of itself: people round.
    let along = ((far - near).powi(2) / 12.0).max((0.1 * middle).powi(2) / 3.0);
    let (lat, lon, across) = match relation.bearing.as_deref().and_then(azimuth) {
        Some((azimuth, half_width)) => {
            let (north, east) = (middle * azimuth.cos(), middle * azimuth.sin());
            let lat = of.lat + (north / EARTH_M).to_degrees();
            let lon =
                of.lon + (east / (EARTH_M * of.lat.to_radians().cos().max(0.01))).to_degrees();
            // Even over the sector that the compass word covers.
            (lat, lon, (middle * half_width).powi(2) / 3.0)
        }
        // All around.
        None => (of.lat, of.lon, middle.powi(2) / 2.0),
    };
    let variance = of.variance() + f64::midpoint(along, across);
    At { lat, lon, r95_m: variance.sqrt() * R95 }
}

/// The direction of a compass word and half the width of its sector, in radians.
fn azimuth(word: &str) -> Option<(f64, f64)> {
    const POINTS: [&str; 16] = [
        "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW",
        "NW", "NNW",
    ];
    let at = POINTS.iter().position(|p| p.eq_ignore_ascii_case(word))?;
    let width: f64 = if word.len() == 3 { 11.25 } else { 22.5 };
    Some(((at as f64 * 22.5).to_radians(), width.to_radians()))
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
        let weigh = |a, b, area, gross| bits(a, b, distance_m(a, b), area, gross);
        let agree = weigh(at(39.8, 125.75, 50.0), at(39.8, 125.75, 50.0), 1e9, GROSS_ERROR);
        assert!((agree - 17.53).abs() < 0.02, "{agree}");
        // 500 m apart: without gross errors about -192 bits when a non-match is spread over 88,000 km²; with
        // them, never below log2(0.01).
        let apart = (at(39.8, 125.75, 50.0), at(39.8 + 500.0 / 111_195.1, 125.75, 50.0));
        let hopeless = weigh(apart.0, apart.1, 8.8e10, 1e-300);
        assert!((hopeless + 192.0).abs() < 1.0, "{hopeless}");
        let mixed = weigh(apart.0, apart.1, 8.8e10, GROSS_ERROR);
        assert!((mixed - GROSS_ERROR.log2()).abs() < 1e-6, "{mixed}");
    }

    #[test]
    fn a_complex_level_point_says_nothing_about_which_building() {
        // Eleven places declared at one town, and one elsewhere; a report with 3 km precision in the town.
        let town = at(39.80, 125.754, 8000.0);
        let alone = at(41.28, 129.09, 8000.0);
        let crowd = Crowd::of([town; 11].into_iter().chain([alone]));
        let weigh = |o: At, s: At| {
            let area = crowd.spread_m2(o, s, crowd.around(o));
            bits(o, s, distance_m(o, s), area, GROSS_ERROR)
        };
        let report = at(39.80, 125.754, 3000.0);
        let within = weigh(report, town);
        assert!((0.0..2.0).contains(&within), "{within}");
        // The same precision at the place that stands alone says a lot.
        assert!(weigh(at(41.28, 129.09, 3000.0), alone) > 5.0);
    }

    #[test]
    fn a_relation_is_a_position_with_its_own_spread() {
        let relation = Relation {
            bearing: Some("SE".into()),
            near_m: Some(150.into()),
            far_m: Some(300.into()),
            of: "Radiochemical Laboratory".into(),
        };
        let laboratory = at(39.78, 125.75, 50.0);
        let told = related(laboratory, &relation);
        assert!((distance_m(laboratory, told) - 225.0).abs() < 1.0);
        assert!(told.lat < laboratory.lat && told.lon > laboratory.lon);
        // Distance ± 43 m, direction ± 51 m (both standard deviations), laboratory ± 20 m: 51 m, 125 m at 95 %.
        assert!((told.r95_m - 125.0).abs() < 5.0, "{}", told.r95_m);
        // Told from a place known to 8 km only, it is known to 8 km only.
        assert!(related(at(39.78, 125.75, 8000.0), &relation).r95_m > 8000.0);
    }
}
