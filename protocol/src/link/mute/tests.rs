//! Lines of mute acks that are not understood.

use super::*;
use crate::base::ids::{Lane, LaneId};
use crate::link::turns::tests::{NOW, radio};

#[test]
fn nothing_is_asked_for_while_others_answer_what_was_missed_here() {
    let mut link = radio(&[1, 2, 3]);
    let lane = LaneId::first(DeviceId(1), Lane::Command);
    link.wants.insert(lane, (1, NOW));
    let mut now = NOW;
    for _ in 0..10 {
        now = now.after_ms(1_000);
        link.hear_unknown_ack(now);
        assert!(link.line_passes_until() > now.after_ms(1_000), "the next answer may follow");
    }
    assert_eq!(link.wants[&lane].1, link.line_passes_until());
    assert!(link.line_passes_until() <= now.after_ms(LINE_SLOTS * link.slot_ms()));
}

#[test]
fn whoever_makes_up_acks_without_a_rest_keeps_nobody_from_asking_for_more_than_a_minute() {
    let mut link = radio(&[1, 2, 3]);
    let mut now = NOW;
    for _ in 0..3_600 {
        now = now.after_ms(1_000);
        link.hear_unknown_ack(now);
        assert!(link.line_passes_until() <= NOW.after_ms(1_000 + LINE_MS_MAX));
    }
    now = now.after_ms(LINE_REST_MS + 1);
    link.hear_unknown_ack(now);
    assert!(link.line_passes_until() > now, "another line");
}
