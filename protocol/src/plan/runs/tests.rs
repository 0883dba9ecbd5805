//! What a frame that is paid for by the reserve takes along beside a flash order.

use super::serves_flash;
use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneName, LaneId};
use crate::log::lane::Lane;

#[test]
fn what_the_seal_of_a_flash_order_covers_serves_it_and_nothing_behind_that() {
    let mut lane = Lane::new(LaneId::first(DeviceId(7), LaneName::Command));
    for seq in 1..=6 {
        let urgency = if seq == 2 { Urgency::Flash } else { Urgency::Report };
        lane.offer(seq, &[seq as u8; 9], &|_| urgency);
    }
    lane.note_seal(4, [0; 64]);
    lane.note_restored();
    let serving: Vec<u32> = (1..=6).filter(|seq| serves_flash(&lane, *seq)).collect();
    assert_eq!(serving, [1, 2, 3, 4]);
}
