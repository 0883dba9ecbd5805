//! Keys of groups: who gets them, what they open, and their bytes.

use super::*;
use crate::base::dice::Dice;
use crate::keys::sign::{DeviceKey, NetworkId};
use crate::keys::suite::UNDER_TEST;

#[cfg(not(feature = "guomi"))]
const GOLDEN: &str = include_str!("../../../golden/group.hex");
#[cfg(feature = "guomi")]
const GOLDEN: &str = include_str!("../../../golden/guomi/group.hex");

const SEED: [u8; 32] = [1; 32];
const AUTHOR: DeviceId = DeviceId(4);
const TURN: GroupTurn = GroupTurn { group: GroupId(2), turn: 3, began_s: 1_787_097_600 };

fn key(seed: u8) -> DeviceKey {
    DeviceKey::of(UNDER_TEST, [seed; 32])
}

fn master() -> TreeMaster {
    TreeMaster::new(UNDER_TEST, NetworkId([4; 8]), &SEED)
}

/// What the authority shares with the device of this seed.
fn theirs(seed: u8) -> Between {
    Between::new(&DeviceKey::of(UNDER_TEST, SEED), &key(seed).public()).expect("a sound key")
}

/// The same from the device's side.
fn ours(seed: u8) -> Between {
    let authority = DeviceKey::of(UNDER_TEST, SEED).public();
    Between::new(&key(seed), &authority).expect("a sound key")
}

fn wrap(turn: GroupTurn, seed: u8) -> GroupWrap {
    turn.wrap(&master(), &theirs(seed), DeviceId(u16::from(seed)))
}

fn unwrap(turn: GroupTurn, seed: u8, wrap: &GroupWrap) -> GroupKey {
    turn.unwrap(&ours(seed), DeviceId(u16::from(seed)), wrap)
}

#[test]
fn every_member_gets_the_same_key_and_reads_what_another_sealed() {
    let sealed = unwrap(TURN, 7, &wrap(TURN, 7)).seal(AUTHOR, "立即转移".as_bytes());
    assert_eq!(sealed.len(), GROUP_MARK_BYTES + 12);
    for member in [7, 8, 9] {
        let key = unwrap(TURN, member, &wrap(TURN, member));
        let text = key.open(AUTHOR, &sealed).expect("a member");
        assert_eq!(text.as_slice(), "立即转移".as_bytes(), "device {member}");
    }
}

#[test]
fn nobody_else_gets_it_from_the_wraps_of_others() {
    let sealed = unwrap(TURN, 7, &wrap(TURN, 7)).seal(AUTHOR, b"text");
    let stolen = unwrap(TURN, 9, &wrap(TURN, 7));
    assert!(stolen.open(AUTHOR, &sealed).is_none(), "another's wrap");
    for other in [
        GroupTurn { turn: 4, ..TURN },
        GroupTurn { group: GroupId(3), ..TURN },
        GroupTurn { began_s: 0, ..TURN },
    ] {
        let key = unwrap(other, 7, &wrap(other, 7));
        assert!(key.open(AUTHOR, &sealed).is_none(), "{other:?}");
    }
}

#[test]
fn what_is_changed_or_passed_off_as_anothers_does_not_open() {
    let key = unwrap(TURN, 7, &wrap(TURN, 7));
    let text = "三号库余量不足，勿外传".as_bytes();
    let sealed = key.seal(AUTHOR, text);
    assert!(key.open(DeviceId(5), &sealed).is_none(), "another author");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(key.open(AUTHOR, &changed).is_none(), "byte {at}");
        assert!(key.open(AUTHOR, &sealed[..at]).is_none(), "cut at {at}");
    }
}

#[test]
fn two_texts_never_have_one_pad() {
    // A pad that came twice would show as equal differences.
    let key = unwrap(TURN, 7, &wrap(TURN, 7));
    let mut dice = Dice::new(5);
    let mut pads = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let text: Vec<u8> = (0..40).map(|_| dice.below(256) as u8).collect();
        let sealed = key.seal(AUTHOR, &text);
        let pad: Vec<u8> = sealed[8..].iter().zip(&text).map(|(a, b)| a ^ b).collect();
        assert!(pads.insert(pad));
    }
    let long = key.seal(AUTHOR, &[0; 96]);
    assert_ne!(long[8..40], long[40..72], "nor two blocks of one text");
}

#[test]
fn a_ring_holds_what_it_was_told_last() {
    let mut ring = GroupRing::new(DeviceId(7), Some(ours(7)));
    let later = GroupTurn { turn: 4, ..TURN };
    ring.learn([(TURN, wrap(TURN, 7)), (later, wrap(later, 7))].into_iter());
    let sealed = unwrap(TURN, 8, &wrap(TURN, 8)).seal(AUTHOR, b"text");
    assert!(ring.key(GroupId(2), 3).is_some_and(|key| key.open(AUTHOR, &sealed).is_some()));
    assert!(ring.key(GroupId(2), 4).is_some_and(|key| key.open(AUTHOR, &sealed).is_none()));
    ring.learn([(later, wrap(later, 7))].into_iter());
    assert!(ring.key(GroupId(2), 3).is_none());
    let mut without = GroupRing::new(DeviceId(7), None);
    without.learn([(TURN, wrap(TURN, 7))].into_iter());
    assert!(without.key(GroupId(2), 3).is_none());
}

#[test]
fn wraps_and_sealed_texts_have_the_golden_bytes() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let wrap = wrap(TURN, 7);
    let sealed = unwrap(TURN, 7, &wrap).seal(AUTHOR, "立即转移".as_bytes());
    let made = format!("wrap {}\nsealed {}\n", hex(&wrap), hex(&sealed));
    assert_eq!(GOLDEN, made, "made:\n{made}");
}
