//! What an answer tells of frames before it. Hand-made trails; whole nodes are tried in `bench`.

use super::Trail;
use crate::base::caps::TRAIL_FRAMES_MAX;
use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::wire::bundle::Holding;

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Command)
}

fn said(author: u16, head: u32, islands: &[(u32, u32)]) -> Holding {
    Holding { islands: islands.to_vec(), ..Holding::whole(lane(author), head) }
}

/// A flash order, then two frames of routine orders.
fn three_frames() -> Trail {
    let mut trail = Trail::default();
    trail.begin();
    trail.note(lane(1), 7, Urgency::Flash);
    for last in [37, 42] {
        trail.begin();
        trail.note(lane(2), last, Urgency::Routine);
    }
    trail
}

#[test]
fn an_answer_to_a_later_frame_tells_that_an_urgent_one_is_lost() {
    // To the last one, to the one before, and to one of which others are missing.
    for answer in [said(2, 42, &[]), said(2, 37, &[]), said(2, 30, &[(6, 1)])] {
        let mut trail = three_frames();
        assert_eq!(trail.lost(std::slice::from_ref(&answer)), [(lane(1), 7)], "{answer:?}");
        assert_eq!(trail.lost(std::slice::from_ref(&answer)), [], "told once");
    }
}

#[test]
fn what_is_answered_or_was_sent_later_is_not_lost() {
    for answers in [
        vec![said(1, 7, &[])],
        vec![said(1, 7, &[]), said(2, 42, &[])],
        vec![said(2, 36, &[])],
        vec![said(2, 30, &[(3, 3)])],
        vec![said(3, 99, &[])],
        vec![],
    ] {
        assert_eq!(three_frames().lost(&answers), [], "{answers:?}");
    }
    let mut trail = three_frames();
    trail.begin();
    trail.note(lane(1), 8, Urgency::Flash);
    assert_eq!(trail.lost(&[said(1, 7, &[])]), []);
    assert_eq!(trail.lost(&[said(2, 42, &[])]), [], "it may be on its way still");
}

#[test]
fn what_nobody_waits_for_is_left_to_its_own_time() {
    let mut trail = Trail::default();
    for (author, urgency) in [(1, Urgency::Stock), (2, Urgency::Flash)] {
        trail.begin();
        trail.note(lane(author), 1, urgency);
    }
    assert_eq!(trail.lost(&[said(2, 1, &[])]), []);
}

#[test]
fn a_trail_has_an_end_and_a_frame_without_records_takes_no_room() {
    let mut trail = three_frames();
    for _ in 0..5 {
        trail.begin();
    }
    assert_eq!(trail.frames.len(), 4);
    for seq in 0..2 * TRAIL_FRAMES_MAX as u32 {
        trail.begin();
        trail.note(lane(3), seq, Urgency::Flash);
    }
    assert_eq!(trail.frames.len(), TRAIL_FRAMES_MAX);
}

#[test]
fn numbers_beyond_all_numbers_are_borne() {
    let hostile = said(2, u32::MAX, &[(u32::MAX, u32::MAX), (1, 1)]);
    assert_eq!(three_frames().lost(&[hostile]), [(lane(1), 7)]);
}
