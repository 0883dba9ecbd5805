//! The grid of a district: positions to two metres in 32 bits. It lies around the first place of
//! the directory that has a point; a check says whether two devices mean the same grid.

use crate::base::geo::Point;
use crate::base::ids::UnitId;

/// Height of a cell: 2.0 m of latitude (1.1132 cm for each unit of 10⁻⁷ degrees).
const LAT_STEP_E7: i32 = 180;
/// Width of a cell: 1.9 m of longitude at 30° north, 2.2 m at the equator.
const LON_STEP_E7: i32 = 200;
/// The middle is rounded to a quarter of a degree, so that a corrected point of the first place
/// hardly ever moves the grid.
const MIDDLE_E7: i32 = 2_500_000;
/// Cells on each axis.
const CELLS: i32 = 1 << 16;
/// Bits of the check.
pub const CHECK_BITS: u32 = 6;

/// What both ends of a frame with fixes know from the directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// The grid, if some place has a point.
    pub grid: Option<Grid>,
    /// The unit of the device that sends the frame.
    pub unit: Option<UnitId>,
}

impl Ground {
    /// Tells this grid and this unit from others. None without a grid.
    pub fn check(&self) -> Option<u8> {
        let unit = self.unit.map_or(0, |unit| unit.0);
        // Neighbours in the directory differ in the low bits, units far apart in the high ones.
        let folded = unit ^ unit >> CHECK_BITS ^ unit >> (2 * CHECK_BITS);
        let mask = (1 << CHECK_BITS) - 1;
        self.grid.map(|grid| grid.check() ^ (folded & mask) as u8)
    }
}

/// 65,536 × 65,536 cells: 131 km from south to north, some 125 km from west to east.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    south_e7: i32,
    west_e7: i32,
}

impl Grid {
    /// The grid around a point.
    pub fn around(point: Point) -> Grid {
        let middle = |value_e7: i32| (value_e7 + MIDDLE_E7 / 2).div_euclid(MIDDLE_E7) * MIDDLE_E7;
        Grid {
            south_e7: middle(point.lat_e7) - CELLS / 2 * LAT_STEP_E7,
            west_e7: middle(point.lon_e7).saturating_sub(CELLS / 2 * LON_STEP_E7),
        }
    }

    /// Tells this grid from others.
    pub fn check(&self) -> u8 {
        let quarters = |value_e7: i32| value_e7.div_euclid(MIDDLE_E7) as u8;
        (quarters(self.south_e7).wrapping_mul(11) ^ quarters(self.west_e7))
            & ((1 << CHECK_BITS) - 1)
    }

    /// The cell of a point: to the north and to the east. None outside.
    pub fn cell(&self, point: Point) -> Option<(u16, u16)> {
        let step = |value_e7: i32, from_e7: i32, step_e7: i32| {
            let cell = (i64::from(value_e7) - i64::from(from_e7)).div_euclid(i64::from(step_e7));
            u16::try_from(cell).ok()
        };
        let north = step(point.lat_e7, self.south_e7, LAT_STEP_E7)?;
        Some((north, step(point.lon_e7, self.west_e7, LON_STEP_E7)?))
    }

    /// The middle of a cell.
    pub fn point(&self, (north, east): (u16, u16)) -> Point {
        let at = |from_e7: i32, cell: u16, step_e7: i32| {
            from_e7.saturating_add(i32::from(cell) * step_e7 + step_e7 / 2)
        };
        Point {
            lat_e7: at(self.south_e7, north, LAT_STEP_E7),
            lon_e7: at(self.west_e7, east, LON_STEP_E7),
        }
    }

    /// The middle of the point's cell; the point itself outside.
    pub fn snap(&self, point: Point) -> Point {
        self.cell(point).map_or(point, |cell| self.point(cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Baisha in Jiangjin.
    const BAISHA: Point = Point { lat_e7: 290_612_000, lon_e7: 1_061_187_000 };

    #[test]
    fn a_point_moves_by_at_most_half_a_cell_and_then_stays() {
        let grid = Grid::around(BAISHA);
        for (lat_e7, lon_e7) in [(0, 0), (137, 9_991), (-4_000_000, 5_000_001)] {
            let point = Point { lat_e7: BAISHA.lat_e7 + lat_e7, lon_e7: BAISHA.lon_e7 + lon_e7 };
            let snapped = grid.snap(point);
            assert!((snapped.lat_e7 - point.lat_e7).abs() <= LAT_STEP_E7 / 2);
            assert!((snapped.lon_e7 - point.lon_e7).abs() <= LON_STEP_E7 / 2);
            assert_eq!(grid.snap(snapped), snapped);
        }
        let beijing = Point { lat_e7: 399_042_000, lon_e7: 1_164_074_000 };
        assert_eq!((grid.cell(beijing), grid.snap(beijing)), (None, beijing));
    }

    #[test]
    fn a_district_of_a_hundred_kilometres_fits() {
        let grid = Grid::around(BAISHA);
        for (north, east) in [(4_500_000, 5_000_000), (-4_500_000, -5_000_000)] {
            let corner = Point { lat_e7: BAISHA.lat_e7 + north, lon_e7: BAISHA.lon_e7 + east };
            assert!(grid.cell(corner).is_some(), "{corner:?}");
        }
    }

    #[test]
    fn neighbouring_grids_have_other_checks() {
        let here = Grid::around(BAISHA);
        for (north, east) in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1)] {
            let moved = Point {
                lat_e7: BAISHA.lat_e7 + north * MIDDLE_E7,
                lon_e7: BAISHA.lon_e7 + east * MIDDLE_E7,
            };
            assert_ne!(Grid::around(moved).check(), here.check(), "{north} {east}");
        }
    }

    #[test]
    fn the_ends_of_the_earth_do_not_overflow() {
        for (lat_e7, lon_e7) in [(900_000_000, 1_800_000_000), (-900_000_000, -1_800_000_000)] {
            let point = Point { lat_e7, lon_e7 };
            let grid = Grid::around(point);
            let _ = grid.snap(point);
            let _ = grid.point((u16::MAX, u16::MAX));
        }
    }
}
