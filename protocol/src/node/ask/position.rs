//! Positions: from a source or by hand onto the board, and off it onto screens.

use std::collections::BTreeMap;

use crate::base::caps::BOARD_MAX;
use crate::base::ids::{DeviceId, UnitId};
use crate::base::time::Mono;
use crate::field::rights;
use crate::field::track::{Fix, FixSource, worth_sending};
use crate::local::request::{PositionDraft, UnitState};
use crate::local::rows::PositionRow;
use crate::local::{Event, Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::node::input::SourceFix;
use crate::wire::bundle::{Register, RegisterId};
use crate::wire::pack::Pack;

/// What stands against what was entered here is answered at most this often, so that two machines
/// under one key do not outbid each other without end.
const REPEAT_FIX_MS: u64 = 60_000;

/// The last fix that a source gave and that went out.
#[derive(Debug, Default)]
pub struct OwnFix {
    last: Option<Fix>,
    at: Mono,
    state: UnitState,
    /// The newest fix of each unit that was entered here since the start, and when it was last
    /// said against a fix that another had of us.
    entered: BTreeMap<UnitId, (Fix, Option<Mono>)>,
    /// Versions of fixes that are on their way to the disk. None of them is shown or said before:
    /// after a crash others would know a later one than this device, and what is entered then by a
    /// clock that went back would give way to it.
    unsaved: BTreeMap<UnitId, u32>,
}

impl OwnFix {
    /// A fix of this unit is on its way to the disk.
    pub(in crate::node) fn is_unsaved(&self, unit: UnitId) -> bool {
        self.unsaved.contains_key(&unit)
    }
}

impl Node {
    /// A source has a fix: it goes out if it is worth the air.
    pub(in crate::node) fn source_fix(&mut self, source: SourceFix) {
        let state = source.state.unwrap_or(self.own_fix.state);
        let fix = Fix {
            taken_s: u32::try_from(source.taken.0 / 1000).unwrap_or(u32::MAX),
            unit: source.unit.unwrap_or(self.who.unit),
            point: source.point,
            state,
            source: FixSource::Gps,
            speed_dm_s: source.speed_dm_s,
            course_deg: source.course_deg,
            satellites: source.satellites,
            battery_pct: None,
        }
        .fitted();
        let last = self.own_fix.last.as_ref().map(|last| (last, self.own_fix.at));
        let is_worth_it = worth_sending(last, (&fix, self.now.mono), self.is_sparing());
        if !source.point.is_valid() || !is_worth_it {
            return;
        }
        if self.disk.poisoned.is_none() && self.check_report(&fix).is_ok() {
            self.post_fix(fix);
            (self.own_fix.last, self.own_fix.at) = (Some(fix), self.now.mono);
            self.own_fix.state = state;
        }
    }

    pub(super) fn report_position(&mut self, draft: &PositionDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        if !draft.point.is_valid() {
            return Err(Refusal::new(
                RefusalCode::BadValue,
                "坐标超出范围：纬度 -90 至 90，经度 -180 至 180，单位为度。",
                "The point is off the globe: latitude -90 to 90, longitude -180 to 180, degrees.",
            ));
        }
        let unit = match draft.unit.as_deref() {
            Some(name) => self.folds.directory.unit(name)?,
            None => self.who.unit,
        };
        let known = self.folds.tracks.newest(unit, self.now.wall.0).map(|(_, fix)| fix.state);
        let fix = Fix {
            taken_s: u32::try_from(self.now.wall.0 / 1000).unwrap_or(u32::MAX),
            unit,
            point: draft.point,
            state: draft.state.or(known).unwrap_or_default(),
            source: FixSource::Manual,
            speed_dm_s: None,
            course_deg: None,
            satellites: None,
            battery_pct: None,
        };
        self.check_report(&fix)?;
        if unit == self.who.unit {
            self.own_fix.state = fix.state;
        }
        self.post_fix(fix);
        Ok(Answer::WhenSaved(Reply::Saved { id: None, records: 1 }))
    }

    fn check_report(&self, fix: &Fix) -> Result<(), Refusal> {
        let directory = &self.folds.directory;
        rights::may_report(&self.member()?, fix.unit, directory)
            .map_err(|why| why.refusal(directory))
    }

    /// May this device report where this unit is, as far as known? An unknown device is believed
    /// until the directory tells otherwise: an old directory must not hide where a team is.
    pub(in crate::node) fn may_report(&self, device: DeviceId, unit: UnitId) -> bool {
        self.folds.directory.member(device).is_none_or(|member| {
            self.folds.directory.revocation(device).is_none()
                && rights::may_report(&member, unit, &self.folds.directory).is_ok()
        })
    }

    /// Save a fix of ours, and then put it on the board. It is the newest that this device knows,
    /// whatever its clock said before: a clock that ran ahead and was put right must not hide what
    /// people enter now.
    fn post_fix(&mut self, fix: Fix) {
        let id = RegisterId::Fix(self.who.device, fix.unit);
        let unsaved = self.own_fix.unsaved.get(&fix.unit).copied().unwrap_or(0);
        let after_last_s = self.board.version(id).max(unsaved).saturating_add(1);
        // What everyone will show is what goes over the air: a fix is as good as its cell.
        let point = self.folds.directory.grid().map_or(fix.point, |grid| grid.snap(fix.point));
        let fix = Fix { taken_s: fix.taken_s.max(after_last_s), point, ..fix };
        if self.keep_register(self.register_of(&fix)) {
            self.own_fix.unsaved.insert(fix.unit, fix.taken_s);
            self.disk.meaning.fixes.push(fix);
            self.disk.hurry();
        } else {
            self.tell_fix(fix);
        }
    }

    fn register_of(&self, fix: &Fix) -> Register {
        let id = RegisterId::Fix(self.who.device, fix.unit);
        Register { id, version: fix.taken_s, value: fix.packed() }
    }

    /// A fix of ours is on the disk, or that takes no fixes: it is shown and said.
    pub(in crate::node) fn tell_fix(&mut self, fix: Fix) {
        let unit = fix.unit;
        if self.own_fix.unsaved.get(&unit) == Some(&fix.taken_s) {
            self.own_fix.unsaved.remove(&unit);
        }
        let register = self.register_of(&fix);
        if !self.board.put(&register) {
            if self.board.get(register.id).as_ref() != Some(&register) {
                // A file brought what others remember of us, meanwhile.
                self.post_fix(fix);
            }
            return;
        }
        self.hashes.board_stale = true;
        self.take_register(&register);
        self.feed_position(unit);
        if self.own_fix.entered.len() < BOARD_MAX {
            let said_at = self.own_fix.entered.get(&unit).and_then(|(_, at)| *at);
            self.own_fix.entered.insert(unit, (fix, said_at));
        }
    }

    /// Another had a later fix of ours than we knew: it was said before our disk lost it and our
    /// clock went back, or is forged. What was entered here since is newer all the same.
    pub(in crate::node) fn stand_by_fix(&mut self, unit: UnitId) {
        let now = self.now.mono;
        let Some((fix, said_at)) = self.own_fix.entered.get_mut(&unit) else { return };
        if said_at.is_some_and(|at| now.since_ms(at) < REPEAT_FIX_MS) {
            return;
        }
        *said_at = Some(now);
        let fix = *fix;
        self.post_fix(fix);
    }

    /// A register is new here: positions are folded into tracks.
    pub(in crate::node) fn take_register(&mut self, register: &Register) {
        match register.id {
            RegisterId::Fix(device, unit) => {
                let fix = Fix::unpack_all(&register.value).ok();
                if let Some(fix) = fix.filter(|fix| fix.unit == unit) {
                    self.folds.tracks.apply(device, fix);
                }
            }
            RegisterId::Held(..) | RegisterId::Status(_) => {}
        }
    }

    pub(super) fn position_rows(&self) -> Vec<PositionRow> {
        let mut rows = self.folds.tracks.rows(&self.folds.directory, self.now.wall.0);
        rows.iter_mut().for_each(|row| self.add_battery(row));
        rows
    }

    /// A fix may not say how much battery its device has; the device itself may have.
    fn add_battery(&self, row: &mut PositionRow) {
        let said = self.vitals_of(row.device).and_then(|(vitals, _)| vitals.battery_pct);
        row.battery_pct = row.battery_pct.or(said);
    }

    /// Tell local programs where a unit is.
    pub(in crate::node) fn feed_position(&mut self, unit: UnitId) {
        if self.is_unheard {
            return;
        }
        let row = self.folds.tracks.row(unit, &self.folds.directory, self.now.wall.0);
        if let Some(mut row) = row {
            self.add_battery(&mut row);
            self.feed(Event::Position(Box::new(row)));
        }
    }
}
