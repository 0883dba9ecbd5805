//! One fix of one unit: its bytes, and when it is worth the air time.
//!
//! ```text
//! unit varint | point 8 | taken 4 | bits 1 | speed varint? | course varint? | satellites 1? |
//! battery 1?
//! taken: seconds since 1970, high byte first; lasts until 2106
//! bits:  0-2 state, 3 source (0 gps, 1 manual), 4 has speed, 5 has course, 6 has satellites,
//!        7 has battery
//! ```
//!
//! At most 22 bytes; 14 when the receiver says nothing but where.

use crate::base::geo::Point;
use crate::base::ids::UnitId;
use crate::base::time::Mono;
use crate::local::request::UnitState;
use crate::wire::pack::{Pack, PackError, Reader};

/// Fastest speed that is carried, dm/s: 14 bits, or 5,900 km/h. Faster is cut to it.
pub const SPEED_MAX_DM_S: u16 = (1 << 14) - 1;

/// How the fix was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum FixSource {
    /// A receiver.
    #[default]
    Gps = 0,
    /// Typed by hand.
    Manual = 1,
}

impl FixSource {
    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            FixSource::Gps => "gps",
            FixSource::Manual => "manual",
        }
    }
}

/// Where a unit was, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// When it was taken, seconds since 1970. First, so that fixes order by time.
    pub taken_s: u32,
    /// Which unit.
    pub unit: UnitId,
    /// Where, CGCS2000.
    pub point: Point,
    /// What the unit is doing.
    pub state: UnitState,
    /// How it was found.
    pub source: FixSource,
    /// Ground speed, dm/s, at most [`SPEED_MAX_DM_S`].
    pub speed_dm_s: Option<u16>,
    /// Course in degrees from north, 0..360.
    pub course_deg: Option<u16>,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// Battery of the device, 0..=100 percent.
    pub battery_pct: Option<u8>,
}

impl Fix {
    /// Cuts what a receiver may say to what a fix can carry, so that the sender shows the same
    /// numbers as everyone else.
    pub fn fitted(mut self) -> Fix {
        self.speed_dm_s = self.speed_dm_s.map(|speed| speed.min(SPEED_MAX_DM_S));
        self.course_deg = self.course_deg.map(|course| course % 360);
        self.battery_pct = self.battery_pct.map(|battery| battery.min(100));
        self
    }
}

const STATES: [UnitState; 7] = [
    UnitState::Standby,
    UnitState::Mustered,
    UnitState::Departed,
    UnitState::EnRoute,
    UnitState::Arrived,
    UnitState::Returning,
    UnitState::Withdrawn,
];

impl Pack for Fix {
    fn pack(&self, to: &mut Vec<u8>) {
        let fix = self.fitted();
        fix.unit.pack(to);
        fix.point.pack(to);
        to.extend_from_slice(&fix.taken_s.to_be_bytes());
        let has = [
            fix.speed_dm_s.is_some(),
            fix.course_deg.is_some(),
            fix.satellites.is_some(),
            fix.battery_pct.is_some(),
        ];
        let bits = fix.state as u8 | (fix.source as u8) << 3;
        let parts = has.into_iter().enumerate();
        to.push(parts.fold(bits, |bits, (at, has)| bits | u8::from(has) << (4 + at)));
        fix.speed_dm_s.iter().for_each(|speed| speed.pack(to));
        fix.course_deg.iter().for_each(|course| course.pack(to));
        to.extend(fix.satellites);
        to.extend(fix.battery_pct);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Fix, PackError> {
        let unit = UnitId::unpack(from)?;
        let point = Point::unpack(from)?;
        let taken_s = u32::from_be_bytes(from.array()?);
        let bits = from.byte()?;
        let state = STATES.get(usize::from(bits & 7)).ok_or(PackError::BadValue("state"))?;
        let has = |bit: u8| bits & 1 << bit != 0;
        let fix = Fix {
            taken_s,
            unit,
            point,
            state: *state,
            source: if has(3) { FixSource::Manual } else { FixSource::Gps },
            speed_dm_s: has(4).then(|| u16::unpack(from)).transpose()?,
            course_deg: has(5).then(|| u16::unpack(from)).transpose()?,
            satellites: has(6).then(|| from.byte()).transpose()?,
            battery_pct: has(7).then(|| from.byte()).transpose()?,
        };
        if fix == fix.fitted() { Ok(fix) } else { Err(PackError::BadValue("fix")) }
    }
}

/// Never more often than this, ms: a boat at 10 m/s moves 100 m, less than its row on a map.
pub const SEND_EVERY_MIN_MS: u64 = 10_000;
/// At least this often, ms, so that age tells a silent unit from a resting one (research, domain
/// section 3 B: every 5 minutes).
pub const SEND_EVERY_MAX_MS: u64 = 5 * 60_000;
/// The same while the battery is spared, whether it moved or not: 10 minutes (research, domain
/// section 3 B at +41 h).
pub const SEND_EVERY_SPARING_MS: u64 = 10 * 60_000;
/// Moved so far, m: twice the error of a single-frequency receiver under trees.
pub const SEND_MOVED_M: u64 = 25;

/// Whether a new fix is worth the air time, given what was sent last and when, and whether the
/// battery must be spared. What a team does now is told in either case.
pub fn worth_sending(
    last: Option<(&Fix, Mono)>,
    (new, now): (&Fix, Mono),
    is_sparing: bool,
) -> bool {
    let Some((last, last_at)) = last else { return true };
    let since_ms = now.since_ms(last_at);
    if since_ms < SEND_EVERY_MIN_MS {
        return false;
    }
    let is_due = match is_sparing {
        true => since_ms >= SEND_EVERY_SPARING_MS,
        false => since_ms >= SEND_EVERY_MAX_MS || has_moved(last.point, new.point),
    };
    is_due || new.state != last.state
}

/// Decided on integers, so that every machine decides alike. One degree × 10⁻⁷ of latitude is
/// 1.1132 cm; of longitude as much times the cosine of the latitude, here 1 − lat²/2 + lat⁴/24,
/// good to 0.4 % up to 60°; nobody drives at the poles.
fn has_moved(from: Point, to: Point) -> bool {
    let north_um = (i128::from(to.lat_e7) - i128::from(from.lat_e7)) * 11_132;
    let turn = 3_600_000_000_i64;
    let east_e7 = (i64::from(to.lon_e7) - i64::from(from.lon_e7) + turn / 2).rem_euclid(turn);
    let east_e7 = i128::from(east_e7 - turn / 2);
    // Latitude in millionths of a radian.
    let lat = i128::from(from.lat_e7) * 17_453_293 / 10_000_000_000;
    let square = lat * lat / 1_000_000;
    let cosine = 1_000_000 - square / 2 + square * square / 24 / 1_000_000;
    let east_um = east_e7 * 11_132 * cosine / 1_000_000;
    let limit_um = i128::from(SEND_MOVED_M) * 1_000_000;
    north_um * north_um + east_um * east_um >= limit_um * limit_um
}

#[cfg(test)]
mod tests;
