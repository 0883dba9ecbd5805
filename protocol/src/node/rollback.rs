//! A device whose data was put back to an older copy: others remember more of what it wrote than
//! its own disk does. What it wrote now would stand at places that are taken, and its key would
//! tell two stories. So it writes nothing while somebody says so, asks for its records, and takes
//! them back under its own seal (`heard`). Anybody may say so falsely: each device is believed once
//! for each lane, for as long as a few answers of its link take.

use std::collections::BTreeMap;

use crate::base::caps::CONTACTS_MAX;
use crate::base::ids::{DeviceId, LaneId, LinkId};
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::local::{Refusal, RefusalCode};
use crate::node::Node;

/// Answers of its link for which a device is believed: it is asked for the lane, and sends records
/// and seals, perhaps in halves.
const PAUSES: u64 = 8;
/// Claims kept: every contact, every lane.
const CLAIMS_MAX: usize = 4 * CONTACTS_MAX;

/// Who says that a lane of ours is longer than we know.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<(DeviceId, LaneId), Claim>);

#[derive(Clone, Copy, Debug)]
struct Claim {
    sealed: u32,
    until: Mono,
}

impl Node {
    /// A device says that it has verified this much of a lane. If it is ours and that is more than
    /// we have ourselves, nothing is written until it came back, or was waited for long enough.
    pub(super) fn note_claim(&mut self, link: LinkId, who: DeviceId, lane: LaneId, sealed: u32) {
        let ours = self.book.lane(lane).map_or(0, |lane| lane.sealed());
        let is_full = self.claims.0.len() >= CLAIMS_MAX;
        if lane.author != self.who.device || sealed <= ours || is_full {
            return;
        }
        let pause_ms = self.links.get(link).map_or(0, |link: &Link| link.pause_ms(0));
        let until = self.now.mono.after_ms(PAUSES * pause_ms);
        self.claims.0.entry((who, lane)).or_insert(Claim { sealed, until });
    }

    /// Nothing is written while others seem to know more of us than we do.
    pub(super) fn own_records_are_here(&self) -> Result<(), Refusal> {
        let is_open = |((_, lane), claim): (&(DeviceId, LaneId), &Claim)| {
            let sealed = self.book.lane(*lane).map_or(0, |lane| lane.sealed());
            self.now.mono < claim.until && sealed < claim.sealed
        };
        match self.claims.0.iter().any(is_open) {
            false => Ok(()),
            true => Err(Refusal::new(
                RefusalCode::Busy,
                "其他节点记得本机写过的内容比本机磁盘上的多，正在取回（数据可能由旧备份还原）。\
                 未录入，请一分钟后再录；紧急事项先用电话或电台。",
                "Others remember more of what this device wrote than its disk does (an old copy \
                 was put back?); it is being fetched. Not entered: enter it again in a minute; \
                 use voice for what is urgent.",
            )),
        }
    }
}
