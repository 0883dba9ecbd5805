//! The newest fix of every unit. What a fix looks like lives in `fix`.
//!
//! One register per unit and device, the newest fix wins, ties by content: the table depends on
//! the set of fixes alone. Shown is the newest fix of a unit over its devices. A device whose
//! clock runs ahead could hide all later fixes of others, so a fix from the future is shown only
//! if its unit has no other, and never as newer than now.

use std::collections::BTreeMap;

use crate::base::caps::BOARD_MAX;
use crate::base::ids::{DeviceId, UnitId};
use crate::base::time::HLC_PULL_MAX_MS;
use crate::field::directory::Directory;
use crate::field::track::Fix;
use crate::local::rows::PositionRow;

/// The newest fixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracks {
    fixes: BTreeMap<(UnitId, DeviceId), Fix>,
    dropped_count: u64,
}

impl Tracks {
    /// An empty table.
    pub fn new() -> Tracks {
        Tracks::default()
    }

    /// Takes in a fix reported by a device; true if it is newer than what was known.
    pub fn apply(&mut self, device: DeviceId, fix: Fix) -> bool {
        let key = (fix.unit, device);
        match self.fixes.get(&key) {
            Some(known) if *known >= fix => return false,
            Some(_) => {}
            None if self.fixes.len() >= BOARD_MAX => {
                self.dropped_count += 1;
                return false;
            }
            None => {}
        }
        self.fixes.insert(key, fix);
        true
    }

    /// Every register, by unit and device: what goes on the air and into digests.
    pub fn iter(&self) -> impl Iterator<Item = (DeviceId, &Fix)> {
        self.fixes.iter().map(|((_, device), fix)| (*device, fix))
    }

    /// The register of one unit and device.
    pub fn get(&self, unit: UnitId, device: DeviceId) -> Option<&Fix> {
        self.fixes.get(&(unit, device))
    }

    /// The fix to show for a unit and who reported it.
    pub fn newest(&self, unit: UnitId, now_ms: u64) -> Option<(DeviceId, &Fix)> {
        let range = (unit, DeviceId(0))..=(unit, DeviceId(u16::MAX));
        let known = self.fixes.range(range).map(|((_, device), fix)| (*device, fix));
        known.max_by_key(|(device, fix)| (!is_ahead(fix, now_ms), fix.taken_s, *device))
    }

    /// The newest fix of every unit as rows, by unit.
    pub fn rows(&self, directory: &Directory, now_ms: u64) -> Vec<PositionRow> {
        let mut units: Vec<UnitId> = self.fixes.keys().map(|(unit, _)| *unit).collect();
        units.dedup();
        units.into_iter().filter_map(|unit| self.row(unit, directory, now_ms)).collect()
    }

    /// The newest fix of one unit as a row.
    pub fn row(&self, unit: UnitId, directory: &Directory, now_ms: u64) -> Option<PositionRow> {
        let (device, fix) = self.newest(unit, now_ms)?;
        Some(PositionRow {
            unit,
            name: directory.unit_name(unit),
            device,
            point: fix.point,
            fixed_ms: (u64::from(fix.taken_s) * 1000).min(now_ms),
            state: fix.state,
            source: fix.source.word().to_owned(),
            speed_dm_s: fix.speed_dm_s,
            course_deg: fix.course_deg,
            satellites: fix.satellites,
            battery_pct: fix.battery_pct,
        })
    }

    /// Fixes dropped because the table is full.
    pub fn dropped_count(&self) -> u64 {
        self.dropped_count
    }
}

/// True if a fix claims to be taken further ahead of this clock than clocks may differ.
pub fn is_ahead(fix: &Fix, now_ms: u64) -> bool {
    u64::from(fix.taken_s) * 1000 > now_ms.saturating_add(HLC_PULL_MAX_MS)
}

#[cfg(test)]
mod tests;
