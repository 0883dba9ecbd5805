//! Which records of a lane fit a frame: in their short forms, as many in a row as have room.

use crate::base::ids::{DeviceId, LaneId};
use crate::field::air::Packer;
use crate::log::lane::Lane;
use crate::wire::bundle::{PackedRun, Section};

/// Bytes of a run beside its only record, at most: tag, author, first, incarnation, time and length
/// take up to 1 + 3 + 5 + 1 + 4 + 2 (`wire::bundle::run`), the form of the record and its length 3.
const RUN_BESIDE_BYTES: usize = 24;

/// Records in a row, ready for a frame.
pub struct Fitted {
    /// The run.
    pub section: Section,
    /// Records in it.
    pub count: u32,
    /// It ends with the seal of the last one.
    pub is_sealed: bool,
}

impl Fitted {
    fn of(run: PackedRun) -> Fitted {
        let (count, is_sealed) = (run.count, run.seal.is_some());
        Fitted { section: Section::Packed(run), count, is_sealed }
    }
}

/// Records from `first` on that are needed in a row and fit, said by this device; ends at a seal.
/// None if not even the first fits.
pub fn run(
    (id, lane): (LaneId, &Lane),
    first: u32,
    is_needed: impl Fn(u32) -> bool,
    device: DeviceId,
    room: usize,
) -> Option<Fitted> {
    let mut packer = Packer::new(id, first);
    let mut best = None;
    let mut seq = first;
    while seq <= lane.saved() && is_needed(seq) {
        let Some(record) = lane.record(seq) else { break };
        packer.push(record);
        let seal = lane.seal_at(seq).filter(|_| seq <= lane.saved_sealed());
        if let Some(seal) = seal.filter(|_| packer.byte_len(device, true) <= room) {
            return Some(Fitted::of(packer.run(device, Some(*seal))));
        }
        if packer.byte_len(device, false) > room {
            break;
        }
        best = Some(packer.mark());
        seq += 1;
    }
    best.map(|best| Fitted::of(packer.cut_back(best).run(device, None)))
}

/// True if this record, said by this device, takes no more than this room.
pub fn fits((id, lane): (LaneId, &Lane), seq: u32, device: DeviceId, room: usize) -> bool {
    let Some(record) = lane.record(seq) else { return true };
    if record.len() + RUN_BESIDE_BYTES <= room {
        return true;
    }
    let mut packer = Packer::new(id, seq);
    packer.push(record);
    packer.byte_len(device, false) <= room
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Lane as LaneName;

    #[test]
    fn what_is_taken_to_fit_without_being_packed_fits() {
        let ids = LaneName::ALL.map(|lane| LaneId {
            author: DeviceId(u16::MAX),
            incarnation: u8::MAX,
            lane,
        });
        for (id, bytes) in ids.into_iter().flat_map(|id| (1..=2_000).map(move |bytes| (id, bytes)))
        {
            let mut packer = Packer::new(id, u32::MAX - 1);
            packer.push(&vec![0xa5; bytes]);
            let taken = packer.byte_len(DeviceId(0), false);
            assert!(taken <= bytes + RUN_BESIDE_BYTES, "{bytes} bytes of {id:?} take {taken}");
        }
    }
}
