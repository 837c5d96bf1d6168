//! Where something is: a point with its precision, words, a relation to another place, or nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Decimal;
use crate::check::{Check, Faults};

/// Where something is, as precisely as the source says and no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The name of the town, district or complex: `Yongbyon`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A point on the WGS 84 ellipsoid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// A position told by another place: "150-300 m south-east of the Radiochemical Laboratory".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
}

/// A point in decimal degrees, WGS 84.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Latitude, degrees, north positive, -90 to 90.
    pub lat: Decimal,
    /// Longitude, degrees, east positive, -180 to 180.
    pub lon: Decimal,
    /// Radius in metres that holds the true position with 95 % probability. Absent: the source does not
    /// say, and nothing may be drawn as if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision_m: Option<Decimal>,
}

/// A position told by another place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Compass direction from the other place: `SE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearing: Option<String>,
    /// Greatest distance in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_m: Option<Decimal>,
    /// Least distance in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_m: Option<Decimal>,
    /// The other place, by name or id.
    pub of: String,
}

impl Place {
    /// Whether nothing at all is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.point.is_none() && self.relation.is_none()
    }
}

impl Check for Place {
    fn check(&self, at: &str, faults: &mut Faults) {
        if self.is_empty() {
            faults.add(at, "", "an empty place; leave `place` out when nothing is known");
        }
        if let Some(name) = &self.name {
            faults.text(at, "name", name);
        }
        if let Some(point) = &self.point {
            let degrees = |limit: u32, d: Decimal| d.exact().abs() <= limit.into();
            if !degrees(90, point.lat) {
                faults.add(
                    at,
                    "point.lat",
                    format!("latitude {} lies outside -90 to 90 degrees", point.lat),
                );
            }
            if !degrees(180, point.lon) {
                faults.add(
                    at,
                    "point.lon",
                    format!("longitude {} lies outside -180 to 180 degrees", point.lon),
                );
            }
            if point.precision_m.is_some_and(|p| p <= Decimal::ZERO) {
                faults.add(at, "point.precision_m", "a precision is a positive number of metres");
            }
        }
        if let Some(relation) = &self.relation {
            faults.text(at, "relation.of", &relation.of);
            if let (Some(near), Some(far)) = (relation.near_m, relation.far_m)
                && near > far
            {
                faults.add(
                    at,
                    "relation.far_m",
                    format!("the distance runs backwards, from {near} to {far} m"),
                );
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if let Some(name) = &self.name {
            f.write_str(name)?;
            comma = ", ";
        }
        if let Some(point) = &self.point {
            write!(f, "{comma}{}, {}", point.lat, point.lon)?;
            if let Some(precision) = point.precision_m {
                write!(f, " ± {precision} m")?;
            }
            comma = ", ";
        }
        if let Some(r) = &self.relation {
            f.write_str(comma)?;
            match (r.near_m, r.far_m) {
                (Some(near), Some(far)) if near != far => write!(f, "{near} to {far} m ")?,
                (Some(d), _) | (_, Some(d)) => write!(f, "{d} m ")?,
                _ => {}
            }
            if let Some(bearing) = &r.bearing {
                write!(f, "{bearing} ")?;
            }
            write!(f, "of {}", r.of)?;
        }
        Ok(())
    }
}
