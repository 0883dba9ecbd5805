//! Points on the ground: CGCS2000 degrees times ten million, as integers.

use serde::{Deserialize, Serialize};

/// A point, CGCS2000 (equal to WGS-84 at our scale: ellipsoids differ by about 0.1 mm).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Point {
    /// Latitude, degrees × 10⁷, north positive.
    pub lat_e7: i32,
    /// Longitude, degrees × 10⁷, east positive.
    pub lon_e7: i32,
}

impl Point {
    /// A point from degrees; `None` outside ±90 / ±180 or not a number.
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Point> {
        let fits = lat.abs() <= 90.0 && lon.abs() <= 180.0;
        fits.then(|| Point {
            lat_e7: (lat * 1e7).round() as i32,
            lon_e7: (lon * 1e7).round() as i32,
        })
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// True if both coordinates are on the globe; input from outside is checked with this.
    pub fn is_valid(self) -> bool {
        self.lat_e7.unsigned_abs() <= 900_000_000 && self.lon_e7.unsigned_abs() <= 1_800_000_000
    }

    /// Distance in metres, on a sphere of 6,371,008.8 m (IUGG mean radius); good to 0.5 %.
    pub fn distance_m(self, other: Point) -> u32 {
        let (lat1, lat2) = (self.lat().to_radians(), other.lat().to_radians());
        let half_lat = ((lat2 - lat1) / 2.0).sin();
        let half_lon = ((other.lon() - self.lon()).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
        (2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()).round() as u32
    }

    /// Initial bearing towards `other`, whole degrees from north, 0..360.
    pub fn bearing_deg(self, other: Point) -> u16 {
        let (lat1, lat2) = (self.lat().to_radians(), other.lat().to_radians());
        let dlon = (other.lon() - self.lon()).to_radians();
        let y = dlon.sin() * lat2.cos();
        let x = lat1.cos() * lat2.sin() - lat1.sin() * lat2.cos() * dlon.cos();
        (y.atan2(x).to_degrees().round() as i32).rem_euclid(360) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jiji_to_baisha_is_28_km_south_west() {
        let jijiang = Point::from_degrees(29.290, 106.258).expect("valid");
        let baisha = Point::from_degrees(29.060, 106.125).expect("valid");
        let distance = jijiang.distance_m(baisha);
        assert!((28_000..29_500).contains(&distance), "{distance}");
        assert_eq!(jijiang.bearing_deg(baisha), 207);
    }

    #[test]
    fn points_off_the_globe_are_refused() {
        assert_eq!(Point::from_degrees(91.0, 0.0), None);
        assert_eq!(Point::from_degrees(f64::NAN, 0.0), None);
    }
}
