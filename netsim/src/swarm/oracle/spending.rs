//! S15: no frame leaves a bearer whose allowance is used up, and of the reserve nothing is spent
//! but on orders of class flash.
//!
//! What an allowance still holds is counted beside the machine, as its daemon does; a machine that
//! was told late, or not at all, is caught all the same. Not counted against the reserve: the word
//! of a rekey (`wire::notice`), without which no order can be opened; what the device that was
//! carried off made up, which may be of any class in any lane.

use sanduan_protocol::base::class::Urgency;
use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::keys::frame_key::Opened;
use sanduan_protocol::link::meter::Gate;
use sanduan_protocol::log::lane::Lane;
use sanduan_protocol::wire::bundle::{self, Section};
use sanduan_protocol::wire::frame::FrameView;
use sanduan_protocol::wire::notice;

use crate::swarm::ground::Ground;
use crate::swarm::oracle::urgent::{Carried, carried};
use crate::world::{HostId, Taped};

/// One more frame, opened if it could be.
pub fn check(
    ground: &Ground,
    taped: &Taped,
    opened: Option<&Opened>,
    found: &mut Vec<(HostId, String)>,
) {
    let why = match taped.gate {
        Gate::Open => return,
        Gate::Shut => "whose allowance is used up",
        Gate::FlashOnly if is_for_flash(ground, taped, opened) => return,
        Gate::FlashOnly => "whose reserve is for orders of class flash",
    };
    found.push((taped.host, format!("S15 a frame on link {}, {why}", taped.link)));
}

/// True if a frame holds what the reserve is for, or nobody could look into it.
fn is_for_flash(ground: &Ground, taped: &Taped, opened: Option<&Opened>) -> bool {
    let is_mute = || FrameView::new(&taped.frame).is_ok_and(|view| view.is_mute());
    let Some(opened) = opened else { return notice::is_notice(&taped.frame) || !is_mute() };
    if opened.brief {
        return false;
    }
    let (sections, _) = bundle::read(&opened.plain);
    let carried: Vec<Carried> =
        sections.iter().filter_map(|section| of_section(section, opened.sender)).collect();
    let node = ground.world.host(taped.host).machine();
    // The device that was carried off writes orders of any class in any lane.
    let may_be_made_up = |part: &Carried| {
        let lane = node.and_then(|node| node.book().lane(part.lane));
        lane.is_none_or(|lane| stands_here_or_behind(lane, part))
    };
    // Nothing proves an order until the seal after it is there, and all that this seal covers.
    let proves_one = |part: &Carried| {
        let lane = node.and_then(|node| node.book().lane(part.lane));
        lane.is_some_and(|lane| stands_before_its_seal(lane, part.first))
    };
    let may = |part: &Carried| part.lane.is_flash() || may_be_made_up(part) || proves_one(part);
    !carried.is_empty() && carried.iter().all(may) && sections.iter().all(goes_along)
}

/// True if a flash order is among these records or behind them, as what stands before one in its
/// lane must be there first, or if what was said went since: for another story, or for a true seal.
/// Nobody can tell then what it was, and of an honest author nothing goes.
fn stands_here_or_behind(lane: &Lane, part: &Carried) -> bool {
    let is_flash = |seq| lane.urgency(seq) == Urgency::Flash;
    lane.head() < part.last || (part.first..=lane.head()).any(is_flash)
}

/// True if a flash order stands before this record, and no seal between the two.
fn stands_before_its_seal(lane: &Lane, seq: u32) -> bool {
    let unsealed = (1..seq).rev().take_while(|before| lane.seal_at(*before).is_none());
    unsealed.into_iter().any(|before| lane.urgency(before) == Urgency::Flash)
}

/// The records of a section, or those that its seal covers: what stands before it.
fn of_section(section: &Section, sender: DeviceId) -> Option<Carried> {
    match section {
        Section::Seal(id, _) | Section::Piece(id, _) => {
            Some(Carried { lane: id.lane, first: 1, last: id.seq })
        }
        other => carried(other, sender),
    }
}

/// Records, their seals, whom they are for, and acks with what they vouch for, which need no frame
/// of their own.
fn goes_along(section: &Section) -> bool {
    match section {
        Section::Packed(_)
        | Section::Run(_)
        | Section::Part(_)
        | Section::Seal(..)
        | Section::Piece(..)
        | Section::Call(_)
        | Section::Ack(_)
        | Section::Vouch(_) => true,
        Section::Digest(_)
        | Section::Same(_)
        | Section::Heads(_)
        | Section::Want(_)
        | Section::Absent(..)
        | Section::Board(_)
        | Section::Sketch(_)
        | Section::Lack(_)
        | Section::Sum(_)
        | Section::Delta(_)
        | Section::Holders(..)
        | Section::Twice(_)
        | Section::Fixes(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::base::ids::{Lane as LaneName, LaneId};

    use super::*;

    /// A lane of five records of which the second is a flash order.
    fn five() -> Lane {
        let mut lane = Lane::new(LaneId::first(DeviceId(7), LaneName::Command));
        for seq in 1..=5 {
            let urgency = if seq == 2 { Urgency::Flash } else { Urgency::Report };
            lane.offer(seq, &[seq as u8; 9], &|_| urgency);
        }
        lane
    }

    #[test]
    fn what_went_since_it_was_said_is_held_against_nobody() {
        let (mut lane, at) = (five(), LaneId::first(DeviceId(7), LaneName::Command));
        let may = |lane: &Lane, first, last| {
            stands_here_or_behind(lane, &Carried { lane: at, first, last })
        };
        let said = [(1, 1), (2, 2), (3, 3), (3, 5)];
        assert_eq!(said.map(|(first, last)| may(&lane, first, last)), [true, true, false, false]);
        lane.drop_unsealed();
        assert!(said.into_iter().all(|(first, last)| may(&lane, first, last)));
    }

    #[test]
    fn what_stands_between_a_flash_order_and_its_seal_goes_along_and_nothing_behind_it() {
        let mut lane = five();
        lane.note_seal(4, [0; 64]);
        let along: Vec<u32> = (1..=6).filter(|seq| stands_before_its_seal(&lane, *seq)).collect();
        assert_eq!(along, [3, 4]);
    }
}
