//! Fixes of one or many units in one section.
//!
//! ```text
//! fixes:    fixes - 1 code 0 | on a grid 1 [its check 6] | fix …
//! fix:      device and unit | one of several: taken with the base 1 [seconds before it, code 4]
//!           | state | manner | [speed 1 [code 6] | course 1 [9] | satellites 1 [code 4]
//!           | battery 1 [7]] | place
//! first:    of the sender 1 [device code 5]; of the sender and on a grid: its unit 1 [code 7];
//!           else unit code 7; state 3; manner: by hand 1 | more than where 1
//! then:     unit less the one before, code 2; device as guessed 1 [as guessed otherwise 1
//!           [step, code 2]]; state as before 1 [3]; manner as before 1 [2]
//! guesses:  the device before, or one further by as much as the unit; first that which was right
//!           last, and at first the sender's own for itself, further by as much for others
//! place:    in the grid 1: near the one before 1 [two steps, code 8], or cells 16 + 16
//!           | else latitude and longitude × 10⁷, 32 + 32
//! step:     to the north or east, or of an index: twice its size, one less when it is negative
//! ```
//!
//! The check tells the grid and the unit that the directory gives the sender: whoever has another
//! directory does not take the one for the other. The base of the section is the newest time. A
//! fix stands here only if the same bytes come out as went in; others go as registers.

use std::collections::BTreeSet;

use super::coder::Coder;
use super::grid::{CHECK_BITS, Grid, Ground};
use crate::base::caps::BOARD_MAX;
use crate::base::geo::Point;
use crate::base::ids::{DeviceId, UnitId};
use crate::field::track::{Fix, FixSource};
use crate::local::request::UnitState;
use crate::wire::bits::{BitReader, BitWriter};
use crate::wire::bundle::{Fixes, Register, RegisterId};
use crate::wire::pack::{Pack, PackError};

const STATES: [UnitState; 7] = [
    UnitState::Standby,
    UnitState::Mustered,
    UnitState::Departed,
    UnitState::EnRoute,
    UnitState::Arrived,
    UnitState::Returning,
    UnitState::Withdrawn,
];

/// The fix in a register, if it is one that comes out as it went in.
pub fn fix_of(register: &Register) -> Option<(DeviceId, Fix)> {
    let RegisterId::Fix(device, unit) = register.id else { return None };
    let fix = Fix::unpack_all(&register.value).ok()?;
    let is_plain = fix.unit == unit && fix.taken_s == register.version;
    (is_plain && fix.packed() == register.value).then_some((device, fix))
}

/// These fixes, in a frame of this sender. None if there are none.
pub fn pack(fixes: &[(DeviceId, Fix)], sender: DeviceId, ground: &Ground) -> Option<Fixes> {
    let base_s = fixes.iter().map(|(_, fix)| fix.taken_s).max()?;
    let mut sorted = fixes.to_vec();
    sorted.sort_by_key(|(device, fix)| (fix.unit, *device));
    let mut bits = BitWriter::default();
    // Nothing that is written here can be too large: all values have 32 bits at most.
    code(&mut bits, &sorted, Frame { sender, base_s, ground, is_lone: false }).ok()?;
    Some(Fixes { base_s, bits: bits.into_bytes() })
}

/// The registers of a section, in a frame of this sender.
///
/// # Errors
/// The bits are no fixes, or they lie on a grid that is not ours.
pub fn open(fixes: &Fixes, sender: DeviceId, ground: &Ground) -> Result<Vec<Register>, PackError> {
    let mut bits = BitReader::new(&fixes.bits);
    let taken =
        code(&mut bits, &[], Frame { sender, base_s: fixes.base_s, ground, is_lone: false })?;
    bits.finish()?;
    let mut seen = BTreeSet::new();
    let registers = taken.into_iter().map(|(device, fix)| {
        let id = RegisterId::Fix(device, fix.unit);
        let is_once = seen.insert(id) && fix == fix.fitted();
        let register = Register { id, version: fix.taken_s, value: fix.packed() };
        is_once.then_some(register).ok_or(PackError::BadValue("fix"))
    });
    registers.collect()
}

/// What both ends know of the section.
#[derive(Clone, Copy)]
struct Frame<'a> {
    sender: DeviceId,
    base_s: u32,
    ground: &'a Ground,
    is_lone: bool,
}

fn code<C: Coder>(
    coder: &mut C,
    known: &[(DeviceId, Fix)],
    frame: Frame<'_>,
) -> Result<Vec<(DeviceId, Fix)>, PackError> {
    let more = coder.golomb(known.len().saturating_sub(1) as u64, 0)?;
    if more >= BOARD_MAX as u64 {
        return Err(PackError::TooLong);
    }
    let is_gridded = coder.flag(frame.ground.grid.is_some())?;
    if is_gridded {
        let check = frame.ground.check().ok_or(PackError::BadValue("grid"))?;
        let check = u64::from(check);
        if coder.bits(check, CHECK_BITS)? != check {
            return Err(PackError::BadValue("grid"));
        }
    }
    let ground = if is_gridded { *frame.ground } else { Ground::default() };
    let frame = Frame { ground: &ground, is_lone: more == 0, ..frame };
    let mut before = None;
    let mut taken = Vec::new();
    for place in 0..=more as usize {
        let known = known.get(place).copied().unwrap_or((frame.sender, nothing()));
        let fix = fix(coder, known, &frame, &mut before)?;
        taken.push(fix);
    }
    Ok(taken)
}

/// What the fix before has said.
#[derive(Clone, Copy)]
struct Before {
    device: DeviceId,
    unit: UnitId,
    /// Each unit has a device of its own, both in a row: so it was last, or seems to be.
    is_in_row: bool,
    state: UnitState,
    manner: (FixSource, bool),
    cell: Option<(u16, u16)>,
}

fn fix<C: Coder>(
    coder: &mut C,
    (device, fix): (DeviceId, Fix),
    frame: &Frame<'_>,
    before: &mut Option<Before>,
) -> Result<(DeviceId, Fix), PackError> {
    let (device, unit) = match before {
        Some(before) => next(coder, (device, fix.unit), before)?,
        None => first(coder, (device, fix.unit), frame)?,
    };
    let is_in_row = match before {
        Some(before) if device == before.device => false,
        Some(before) => before.is_in_row || before.in_row(unit) == device,
        None => device != frame.sender,
    };
    let taken_s = match frame.is_lone {
        true => frame.base_s,
        false => coder.likely(fix.taken_s, frame.base_s, |coder, taken_s| {
            let before_s = coder.number(frame.base_s.saturating_sub(taken_s), 4)?;
            frame.base_s.checked_sub(before_s).ok_or(PackError::BadValue("time"))
        })?,
    };
    let state = match before {
        Some(before) => coder.likely(fix.state, before.state, state)?,
        None => state(coder, fix.state)?,
    };
    let has_more = fix.speed_dm_s.is_some()
        || fix.course_deg.is_some()
        || fix.satellites.is_some()
        || fix.battery_pct.is_some();
    let manner = match before {
        Some(before) => coder.likely((fix.source, has_more), before.manner, manner)?,
        None => manner(coder, (fix.source, has_more))?,
    };
    let plain = Fix { taken_s, unit, state, source: manner.0, ..nothing() };
    let mut taken = if manner.1 { motion(coder, &fix, plain)? } else { plain };
    let cell_before = before.and_then(|before| before.cell);
    let (point, cell) = place(coder, fix.point, frame.ground.grid.as_ref(), cell_before)?;
    taken.point = point;
    let cell = cell.or(cell_before);
    *before = Some(Before { device, unit, is_in_row, state, manner, cell });
    Ok((device, taken))
}

/// The device and the unit of the first fix. If it is of the sender itself, the directory may tell
/// the unit.
fn first<C: Coder>(
    coder: &mut C,
    (device, unit): (DeviceId, UnitId),
    frame: &Frame<'_>,
) -> Result<(DeviceId, UnitId), PackError> {
    let index = |coder: &mut C, device: DeviceId| coder.small(device.0, 5).map(DeviceId);
    let device = coder.likely(device, frame.sender, index)?;
    let may_be_own = device == frame.sender && frame.ground.grid.is_some();
    let own = frame.ground.unit;
    let unit = match may_be_own && coder.flag(own == Some(unit))? {
        true => own.ok_or(PackError::BadValue("unit"))?,
        false => UnitId(coder.small(unit.0, 7)?),
    };
    Ok((device, unit))
}

/// The device and the unit of another one. A device for each unit, both in a row, or one device
/// for all of them is the rule.
fn next<C: Coder>(
    coder: &mut C,
    (device, unit): (DeviceId, UnitId),
    before: &Before,
) -> Result<(DeviceId, UnitId), PackError> {
    let by = coder.small(unit.0.wrapping_sub(before.unit.0), 2)?;
    let unit = UnitId(before.unit.0.checked_add(by).ok_or(PackError::BadValue("unit"))?);
    let guesses = match before.is_in_row {
        true => [before.in_row(unit), before.device],
        false => [before.device, before.in_row(unit)],
    };
    let other = |coder: &mut C, device: DeviceId| {
        let by = i64::from(device.0) - i64::from(before.device.0);
        step(coder, before.device.0, by, 2).map(DeviceId)
    };
    let device = coder
        .likely(device, guesses[0], |coder, device| coder.likely(device, guesses[1], other))?;
    Ok((device, unit))
}

impl Before {
    /// The device of this unit, if both go on in a row.
    fn in_row(&self, unit: UnitId) -> DeviceId {
        DeviceId(self.device.0.wrapping_add(unit.0.wrapping_sub(self.unit.0)))
    }
}

/// How it was found, and whether it says more than where.
fn manner<C: Coder>(
    coder: &mut C,
    (source, has_more): (FixSource, bool),
) -> Result<(FixSource, bool), PackError> {
    let source = match coder.flag(source == FixSource::Manual)? {
        true => FixSource::Manual,
        false => FixSource::Gps,
    };
    Ok((source, coder.flag(has_more)?))
}

fn state<C: Coder>(coder: &mut C, state: UnitState) -> Result<UnitState, PackError> {
    let number = coder.bits(state as u64, 3)? as usize;
    STATES.get(number).copied().ok_or(PackError::BadValue("state"))
}

fn motion<C: Coder>(coder: &mut C, known: &Fix, plain: Fix) -> Result<Fix, PackError> {
    let speed_dm_s = match coder.flag(known.speed_dm_s.is_some())? {
        true => Some(coder.small(known.speed_dm_s.unwrap_or(0), 6)?),
        false => None,
    };
    let course_deg = match coder.flag(known.course_deg.is_some())? {
        true => Some(coder.bits(u64::from(known.course_deg.unwrap_or(0)), 9)? as u16),
        false => None,
    };
    let satellites = match coder.flag(known.satellites.is_some())? {
        true => {
            let count = coder.golomb(u64::from(known.satellites.unwrap_or(0)), 4)?;
            Some(u8::try_from(count).map_err(|_| PackError::BadValue("satellites"))?)
        }
        false => None,
    };
    let battery_pct = match coder.flag(known.battery_pct.is_some())? {
        true => Some(coder.bits(u64::from(known.battery_pct.unwrap_or(0)), 7)? as u8),
        false => None,
    };
    Ok(Fix { speed_dm_s, course_deg, satellites, battery_pct, ..plain })
}

fn place<C: Coder>(
    coder: &mut C,
    point: Point,
    grid: Option<&Grid>,
    before: Option<(u16, u16)>,
) -> Result<(Point, Option<(u16, u16)>), PackError> {
    let cell = grid.and_then(|grid| grid.cell(point).filter(|cell| grid.point(*cell) == point));
    if !coder.flag(cell.is_some())? {
        let lat_e7 = coder.bits(u64::from(point.lat_e7 as u32), 32)? as u32 as i32;
        let lon_e7 = coder.bits(u64::from(point.lon_e7 as u32), 32)? as u32 as i32;
        let point = Point { lat_e7, lon_e7 };
        let is_there = point.is_valid();
        return is_there.then_some((point, None)).ok_or(PackError::BadValue("point"));
    }
    let grid = grid.ok_or(PackError::BadValue("grid"))?;
    let (north, east) = cell.unwrap_or_default();
    let steps =
        before.map(|(n, e)| (i64::from(north) - i64::from(n), i64::from(east) - i64::from(e)));
    let is_near = before.is_some()
        && coder.flag(steps.is_some_and(|(n, e)| n.abs() < NEAR && e.abs() < NEAR))?;
    let cell = match (is_near, before) {
        (true, Some(before)) => {
            let (to_north, to_east) = steps.unwrap_or_default();
            (step(coder, before.0, to_north, STEP_K)?, step(coder, before.1, to_east, STEP_K)?)
        }
        _ => {
            let north = coder.bits(u64::from(north), 16)? as u16;
            (north, coder.bits(u64::from(east), 16)? as u16)
        }
    };
    Ok((grid.point(cell), Some(cell)))
}

/// Steps shorter than this, in cells, are written as steps: code 8 then has fewer than 16 bits.
const NEAR: i64 = 1_800;

/// Order of the code for steps between cells: up to 256 m take 9 bits.
const STEP_K: u32 = 8;

fn step<C: Coder>(coder: &mut C, from: u16, by: i64, k: u32) -> Result<u16, PackError> {
    let folded = if by < 0 { (-by * 2 - 1) as u64 } else { (by * 2) as u64 };
    let folded = coder.golomb(folded, k)? as i64;
    let by = if folded % 2 == 1 { -(folded + 1) / 2 } else { folded / 2 };
    u16::try_from(i64::from(from) + by).map_err(|_| PackError::BadValue("cell"))
}

fn nothing() -> Fix {
    Fix {
        taken_s: 0,
        unit: UnitId(0),
        point: Point { lat_e7: 0, lon_e7: 0 },
        state: UnitState::Standby,
        source: FixSource::Gps,
        speed_dm_s: None,
        course_deg: None,
        satellites: None,
        battery_pct: None,
    }
}

#[cfg(test)]
mod tests;
