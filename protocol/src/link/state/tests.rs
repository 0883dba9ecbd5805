//! What a link makes of losses and of what its bearer declares.

use super::*;
use crate::base::ids::Lane;
use crate::link::profile::Medium;

fn radio(frame_bytes: u16) -> Profile {
    Profile {
        mtu: 256,
        rate_bit_s: 1200,
        per_burst_ms: 800,
        medium: Medium::Broadcast,
        half_duplex: true,
        beacon_max_ms: 60_000,
        frame_bytes,
        ..Profile::default()
    }
}

fn at(ms: u64) -> Now {
    Now { mono: Mono(ms), wall: Wall(ms) }
}

fn risen(profile: Profile) -> Link {
    let mut dice = Dice::new(1);
    let mut link = Link::new(LinkId(1), profile.clone(), Mono(0), &mut dice);
    link.rise(profile, &Book::default(), at(0), &mut dice);
    link
}

/// So many frames of records die, one after the other; their receiver is heard after each, or
/// never again.
fn frame_max_after_losses(link: &mut Link, is_heard: bool) -> u16 {
    let mut dice = Dice::new(2);
    let (device, lane) = (DeviceId(2), LaneId::first(DeviceId(1), Lane::Command));
    link.hear(device, &Book::default(), at(0), &mut dice);
    for try_number in 1..=12 {
        let sent_at = Mono(try_number * 1_000_000);
        let view = link.contacts.get_mut(&device).expect("it was heard").view_mut(lane);
        (1..=8).for_each(|seq| view.note_sent(seq, sent_at));
        view.stamp(sent_at, 10_000, 0);
        if is_heard {
            link.hear(device, &Book::default(), at(sent_at.0 + 5_000), &mut dice);
        }
        link.expire(sent_at.after_ms(10_000));
    }
    link.profile.frame_max()
}

#[test]
fn frames_become_shorter_by_what_dies_and_not_by_the_silence_of_one_that_left() {
    assert!(frame_max_after_losses(&mut risen(radio(0)), true) < 256);
    assert_eq!(frame_max_after_losses(&mut risen(radio(0)), false), 256);
}

#[test]
fn what_a_bearer_declares_of_its_frames_is_kept_whatever_is_lost() {
    let mut link = risen(radio(100));
    assert_eq!(link.profile.frame_max(), 100);
    assert!(frame_max_after_losses(&mut link, true) <= 100);
    let mut wire = risen(Profile { half_duplex: false, mtu: 1200, ..radio(300) });
    assert_eq!(
        frame_max_after_losses(&mut wire, true),
        300,
        "loss on a wire is no matter of length"
    );
    // It came up again, and is slower now.
    wire.rise(
        Profile { frame_bytes: 200, ..wire.profile.clone() },
        &Book::default(),
        at(0),
        &mut Dice::new(1),
    );
    assert_eq!(wire.profile.frame_max(), 200);
}
