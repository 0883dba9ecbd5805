//! Several cards as one: which takes the next frame, and how they stand together.

use super::super::{Bond, Bonded, Message, RdssState, Together};
use super::*;
use crate::base::caps::RDSS_QUEUE_MAX;
use crate::base::time::{Mono, Now, Wall};
use crate::link::condition::Standing;

const PEER: u32 = 498_765;

fn at(ms: u64) -> Now {
    Now { mono: Mono(ms), wall: Wall(1_000_000 + ms) }
}

fn up(id: u32, interval_s: u32, mtu: u16) -> RdssState {
    RdssState::Up { card: Card { id, group: 0, interval_s, level: 3 }, mtu, signs: 44 }
}

fn message(frame: &[u8]) -> Message {
    Message::frame(PEER, frame)
}

/// So many terminals, each up with a plain civil card, no slot open yet.
fn bond(count: usize) -> Bond {
    let mut bond = Bond::new(count);
    for n in 0..count {
        bond.settle(n, up(400_000 + n as u32, 60, 77));
    }
    bond
}

#[test]
fn the_slot_that_opened_first_takes_the_next_frame() {
    let mut bond = bond(3);
    for frame in [b"a", b"b", b"c"] {
        assert!(bond.take(message(frame)));
    }
    assert_eq!(bond.hand_over(), None, "no slot is open");
    bond.open(2, Mono(5));
    bond.open(0, Mono(9));
    assert_eq!(bond.hand_over(), Some((2, message(b"a"))));
    assert_eq!(bond.hand_over(), Some((0, message(b"b"))));
    assert_eq!(bond.hand_over(), None, "each slot takes one");
    assert!(!bond.wants_frame());
    bond.open(1, Mono(20));
    assert!(!bond.wants_frame(), "one still waits");
    assert_eq!(bond.hand_over(), Some((1, message(b"c"))));
    bond.open(2, Mono(61_000));
    assert!(bond.wants_frame());
}

#[test]
fn the_interval_is_that_of_all_cards_and_the_frame_that_of_the_smallest() {
    let together = |mtu, interval_ms| Bonded::Up(Together { mtu, interval_ms });
    let mut bond = Bond::new(3);
    assert_eq!(bond.bonded(), Bonded::Asking);
    bond.settle(0, up(1, 60, 105));
    assert_eq!(bond.bonded(), together(105, 60_000));
    bond.settle(1, up(2, 60, 77));
    assert_eq!(bond.bonded(), together(77, 30_000));
    bond.settle(2, up(3, 60, 105));
    assert_eq!(bond.bonded(), together(77, 20_000));
    // A card of a second beside cards of a minute: 62 frames a minute.
    bond.settle(2, up(3, 1, 105));
    assert_eq!(bond.bonded(), together(77, 967));
    assert!(!bond.take(message(&[0; 78])), "the smallest card does not carry it");
    assert!(bond.take(message(&[0; 77])));
}

#[test]
fn the_bond_is_up_while_one_terminal_is() {
    let mut bond = bond(2);
    bond.lose(0);
    let alone = Bonded::Up(Together { mtu: 77, interval_ms: 60_000 });
    assert_eq!(bond.bonded(), alone);
    // A blocked sky passes: the link is not made anew for it.
    bond.settle(0, up(400_000, 60, 77));
    bond.settle(0, RdssState::NoSignal);
    let both = Bonded::Up(Together { mtu: 77, interval_ms: 30_000 });
    assert_eq!(bond.bonded(), both);
    bond.take(message(b"a"));
    bond.settle(1, RdssState::Mute);
    assert_eq!(bond.bonded(), Bonded::Down(0, Some(RdssState::NoSignal)), "nearest to working");
    bond.settle(0, up(400_000, 60, 77));
    bond.open(0, Mono(1));
    assert!(bond.wants_frame(), "what waited is old and was let go");
    bond.lose(0);
    assert_eq!(bond.bonded(), Bonded::Down(1, Some(RdssState::Mute)));
    bond.lose(1);
    assert_eq!(bond.bonded(), Bonded::Down(0, None));
    bond.settle(1, RdssState::Starting);
    assert_eq!(bond.bonded(), Bonded::Asking);
}

#[test]
fn what_one_card_could_not_send_leaves_by_another_before_the_rest() {
    let mut bond = bond(2);
    bond.open(0, Mono(1));
    bond.take(message(b"first"));
    bond.take(message(b"second"));
    let (taker, unsent) = bond.hand_over().expect("an open slot");
    assert_eq!(taker, 0);
    assert!(bond.give_back(unsent));
    bond.settle(0, RdssState::NoSignal);
    bond.open(1, Mono(2));
    assert_eq!(bond.hand_over(), Some((1, message(b"first"))));
    // With nobody to take it, it is gone.
    bond.settle(1, RdssState::NoCard);
    assert!(!bond.give_back(message(b"first")));
    assert!(!bond.take(message(b"third")));
}

#[test]
fn no_more_frames_wait_than_links_may_share_the_cards() {
    let mut bond = bond(2);
    for _ in 0..RDSS_QUEUE_MAX {
        assert!(bond.take(message(b"x")));
    }
    assert!(!bond.take(message(b"x")));
    assert!(!bond.give_back(message(b"x")));
}

#[test]
fn the_own_cards_are_known_in_all_terminals() {
    let mut bond = bond(2);
    assert!(bond.is_own(400_000) && bond.is_own(400_001) && !bond.is_own(PEER));
    bond.settle(1, RdssState::NoSignal);
    assert!(bond.is_own(400_001), "the card is still in it");
    bond.settle(1, RdssState::NoCard);
    assert!(!bond.is_own(400_001));
}

#[test]
fn people_are_told_signal_slot_and_standing_of_all_together() {
    let mut bond = bond(2);
    bond.note_signal(0, 25);
    bond.note_signal(1, 75);
    bond.open(0, Mono(1));
    let told = bond.condition();
    assert_eq!((told.standing, told.signal_pct, told.next_slot), (Standing::Clear, Some(75), None));
    bond.take(message(b"a"));
    bond.hand_over();
    bond.note_slot(0, Mono(62_000), at(1_000));
    bond.note_slot(1, Mono(40_000), at(1_000));
    let told = bond.condition();
    let soonest = Some(Wall(1_040_000));
    assert_eq!((told.standing, told.next_slot), (Standing::Cooling, soonest));
    bond.note_signal(0, 0);
    bond.note_signal(1, 0);
    assert_eq!(bond.condition().standing, Standing::NoSignal, "before the link goes down for it");
    bond.settle(0, RdssState::NoSignal);
    bond.settle(1, RdssState::NoSignal);
    let told = bond.condition();
    assert_eq!((told.standing, told.next_slot), (Standing::NoSignal, None));
    bond.settle(0, RdssState::Mute);
    bond.settle(1, RdssState::Mute);
    assert_eq!(bond.condition().standing, Standing::Unknown);
}
