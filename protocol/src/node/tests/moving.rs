//! Many who tell all the time where they are, on one slow channel.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::radio;
use crate::base::geo::Point;
use crate::local::Request;
use crate::local::request::PositionDraft;

const TEAMS: usize = 8;
/// Each tells so often where it is, ms.
const EVERY_MS: u64 = 5_000;

/// Frames of the minutes in which all of them move.
fn frames_while_moving(lab: &mut Lab, minutes: u64) -> u64 {
    let before: u64 = lab.sent_frames.iter().sum();
    for n in 0..minutes * 60_000 / EVERY_MS {
        for node in 0..TEAMS {
            let point = Point { lat_e7: 290_600_000 + n as i32 * 900, lon_e7: 1_061_250_000 };
            let draft = PositionDraft { unit: None, point, state: None };
            let _ = lab.ask_later(node, Request::ReportPosition(draft));
            lab.run_ms(EVERY_MS / TEAMS as u64);
        }
    }
    lab.sent_frames.iter().sum::<u64>() - before
}

#[test]
fn fixes_leave_room_on_a_loaded_channel_and_all_boards_agree_when_it_is_calm() {
    let mut lab = Lab::new(TEAMS, 61);
    lab.join(&(0..TEAMS).collect::<Vec<_>>(), &radio(1200));
    lab.run_ms(600_000);
    frames_while_moving(&mut lab, 2);
    let frames = frames_while_moving(&mut lab, 4);
    // Told at once they would be 384, of which the channel carries 250.
    assert!(frames <= 200, "{frames} frames in four minutes");
    saved_id(lab.ask(0, order("all", "立即转移")));
    assert!(lab.run_until_agreed(300).is_some());
}
