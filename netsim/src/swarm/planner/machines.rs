//! Which faults strike single machines: their disks, clocks and power; and when
//! the device that was carried off is taken out. They have dice of their own,
//! so that what is drawn here changes nothing that is drawn elsewhere.

use super::{Planner, STEP_MS};
use crate::swarm::options::Left;
use crate::swarm::plot::Deed;
use crate::world::{CLOCK_BEGINS_MS, Fault};

/// A machine stands still for up to this long, ms.
const PAUSE_MS: u64 = 4 * 3_600_000;
/// Pairs that go bad at a time, at most.
const ROTTEN_MAX: u64 = 8;
/// How full a disk is at least when it is nearly full, percent: a little below the first mark.
const FULL_PCT_MIN: u64 = 66;
/// It stays so for up to this long, ms.
const FULL_MS: u64 = 3_600_000;
/// A daemon measures its disk this often, ms.
const MEASURED_EVERY_MS: u64 = 30_000;
/// Starts in one series of brown-outs, at most.
const BROWN_OUTS_MAX: u64 = 20;

impl Planner<'_> {
    pub(super) fn plan_machines(&mut self) {
        let options = self.options;
        if let Some(most_ppm) = options.clock.drift_ppm {
            for place in 0..options.nodes {
                let ppm = self.dice.below(2 * most_ppm + 1) as i64 - most_ppm as i64;
                self.at(0, Deed::Befall { place, fault: Fault::Drift { ppm } });
            }
        }
        self.every(options.disk.sync_fails_every_s, Planner::sync_fails);
        self.every(options.disk.rots_every_s, Planner::rot);
        self.every(options.disk.unreadable_every_s, Planner::unreadable);
        self.every(options.clock.starts_at_1970_every_s, Planner::start_at_1970);
        self.every(options.clock.spoofs_every_s, Planner::spoof);
        self.every(options.power.brown_outs_every_s, Planner::brown_outs);
        self.every(options.power.pauses_every_s, Planner::pause);
        self.revoke();
        self.put_back();
        self.double();
    }

    /// The second machine has the place after all others.
    fn double(&mut self) {
        let Some(twin) = self.options.disk.twin else { return };
        let (at_ms, place) = (twin.copied_s * 1000 + 1, self.options.nodes);
        self.befall(at_ms, twin.place, Fault::CopyTo { host: place as u16 });
        let down_ms = twin.restarted_s * 1000;
        let up_ms = down_ms + self.dice.between(500, 60_000);
        self.down(down_ms, up_ms, place);
    }

    pub(super) fn plan_room(&mut self) {
        self.every(self.options.disk.fills_every_s, Planner::fill);
    }

    /// What lies there is most of a quota, and is measured as often as a daemon does; then there is
    /// room again.
    fn fill(&mut self, at_ms: u64) {
        let place = self.place();
        let pct = self.dice.between(FULL_PCT_MIN, 100);
        let empty_ms = at_ms + self.dice.between(60_000, FULL_MS);
        self.befall(at_ms, place, Fault::Quota { pct });
        let mut at_ms = at_ms + MEASURED_EVERY_MS;
        while at_ms < empty_ms {
            self.befall(at_ms, place, Fault::Measure);
            at_ms += MEASURED_EVERY_MS;
        }
        self.befall(empty_ms, place, Fault::Quota { pct: 0 });
    }

    /// Every other place runs from a battery from the begin, or is unplugged some time later.
    pub(super) fn plan_batteries(&mut self) {
        let Some((lasts_min, charge_min)) = self.options.power.batteries else { return };
        let end_ms = self.options.minutes * 60_000;
        for place in 0..self.options.nodes {
            let from_ms = [0, self.dice.below(end_ms)][self.dice.below(2) as usize];
            let lasts_ms = self.dice.between(60_000, lasts_min * 60_000);
            let charge_ms = self.dice.between(10_000, charge_min * 60_000);
            if self.dice.below(2) == 0 {
                self.befall(from_ms, place, Fault::Battery { lasts_ms, charge_ms });
            }
        }
    }

    fn put_back(&mut self) {
        let Some((place, copied_s, put_back_s)) = self.options.disk.old_copy else { return };
        let put_back_ms = put_back_s * 1000 + 1_000;
        self.befall(copied_s * 1000 + 1, place, Fault::BackUp);
        self.befall(put_back_ms, place, Fault::PutBack);
        let up_ms = put_back_ms + self.dice.between(500, 60_000);
        self.at(up_ms, Deed::Restart { place });
    }

    /// Twice, as whoever does it may not have seen it done, or was down at the first time.
    fn revoke(&mut self) {
        let at_s =
            self.options.foes.revoked_at_s.filter(|_| self.options.insider_every_s.is_some());
        let Some(at_s) = at_s else { return };
        self.at(at_s * 1000 + 5_000, Deed::Revoke);
        let again_ms = at_s * 1000 + self.dice.between(60_000, 600_000);
        self.at(again_ms, Deed::Revoke);
    }

    fn befall(&mut self, at_ms: u64, place: usize, fault: Fault) {
        self.at(at_ms, Deed::Befall { place, fault });
    }

    fn down(&mut self, at_ms: u64, up_ms: u64, place: usize) {
        self.at(at_ms, Deed::Crash { place, left: Left::Torn });
        self.at(up_ms, Deed::Restart { place });
    }

    fn sync_fails(&mut self, at_ms: u64) {
        let place = self.place();
        self.befall(at_ms, place, Fault::SyncFails);
        let down_ms = at_ms + self.dice.between(500, 120_000);
        let up_ms = down_ms + self.dice.between(500, 20_000);
        self.down(down_ms, up_ms, place);
    }

    fn rot(&mut self, at_ms: u64) {
        let place = self.place();
        let pairs = self.dice.between(1, ROTTEN_MAX);
        let up_ms = at_ms + self.dice.between(500, 20_000);
        self.at(at_ms, Deed::Crash { place, left: Left::All });
        self.befall(at_ms, place, Fault::Rot { pairs });
        self.at(up_ms, Deed::Restart { place });
    }

    /// Starts fail until the disk can be read again.
    fn unreadable(&mut self, at_ms: u64) {
        let place = self.place();
        self.befall(at_ms, place, Fault::Unreadable { unreadable: true });
        self.down(at_ms, at_ms + 1_000, place);
        let well_ms = at_ms + self.dice.between(2_000, 300_000);
        self.befall(well_ms, place, Fault::Unreadable { unreadable: false });
        self.at(well_ms, Deed::Restart { place });
    }

    fn start_at_1970(&mut self, at_ms: u64) {
        let place = self.place();
        let up_ms = at_ms + self.dice.between(500, 60_000);
        self.down(at_ms, up_ms, place);
        let offset_ms = -((CLOCK_BEGINS_MS + at_ms) as i64);
        self.at(at_ms, Deed::Clock { place, offset_ms });
        if self.dice.below(3) > 0 {
            let heard_ms = up_ms + self.dice.between(1_000, 900_000);
            self.at(heard_ms, Deed::Clock { place, offset_ms: 0 });
        }
    }

    /// Whoever is near the false sender is off together, until it falls silent.
    fn spoof(&mut self, at_ms: u64) {
        let offset_ms = self.dice.below(2 * STEP_MS) as i64 - STEP_MS as i64;
        let silent_ms = at_ms + self.dice.between(10_000, 1_800_000);
        for place in 0..self.options.nodes {
            if self.dice.below(2) == 0 {
                self.at(at_ms, Deed::Clock { place, offset_ms });
                self.at(silent_ms, Deed::Clock { place, offset_ms: 0 });
            }
        }
    }

    fn brown_outs(&mut self, at_ms: u64) {
        let place = self.place();
        let mut at_ms = at_ms;
        for _ in 0..self.dice.between(3, BROWN_OUTS_MAX) {
            // Some before the machine has saved anything of its start.
            let up_ms = at_ms + self.dice.between(1, 2_000);
            self.down(at_ms, up_ms, place);
            at_ms = up_ms + self.dice.below(3_000);
        }
    }

    fn pause(&mut self, at_ms: u64) {
        let place = self.place();
        let longest_ms = if self.dice.below(4) == 0 { PAUSE_MS } else { 300_000 };
        let for_ms = self.dice.between(1_000, longest_ms);
        self.befall(at_ms, place, Fault::Pause { for_ms });
    }
}
