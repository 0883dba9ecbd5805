//! The short form of an ack: of one lane of a first incarnation, held whole. Its tag names the
//! lane; the author and the head follow.

use super::Holding;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::wire::pack::{Pack, PackError, Reader};

/// With the lane in the low two bits.
const TAG: u8 = 0x40;
/// The same of a flash lane.
const FLASH_TAG: u8 = 0x44;

/// The tag and the one lane of an ack that has the short form.
pub(super) fn of(holdings: &[Holding]) -> Option<(u8, &Holding)> {
    let [held] = holdings else { return None };
    let is_whole = held.sealed == held.head && held.islands.is_empty();
    let lane = held.lane;
    let is_flash = lane == LaneId::flash(lane.author);
    let tag = if is_flash { FLASH_TAG } else { TAG | lane.lane as u8 };
    (is_whole && (is_flash || lane.incarnation == 0)).then_some((tag, held))
}

/// True for a tag of the short form.
pub(super) fn is_tag(tag: u8) -> bool {
    tag == FLASH_TAG || tag & !3 == TAG
}

/// What follows such a tag.
pub(super) fn unpack(tag: u8, from: &mut Reader<'_>) -> Result<Holding, PackError> {
    let author = DeviceId::unpack(from)?;
    let lane = match tag {
        FLASH_TAG => LaneId::flash(author),
        _ => {
            let lane = Lane::from_u8(tag & 3).ok_or(PackError::BadValue("lane"))?;
            LaneId::first(author, lane)
        }
    };
    Holding::whole(lane, u32::unpack(from)?).checked()
}
