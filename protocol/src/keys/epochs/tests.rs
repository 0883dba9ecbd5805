//! Epochs and days: when a device moves on, what it still reads, what it keeps.

use std::collections::BTreeSet;

use super::*;
use crate::base::start::Start;
use crate::base::time::Wall;
use crate::keys::frame_key::{FrameOpener, FrameSealer, Manner, OpenError};
use crate::keys::rekey::RekeyHead;
use crate::keys::sign::DeviceKey;
use crate::keys::subtree::TreeMaster;
use crate::keys::suite::UNDER_TEST;

const SEED: [u8; 32] = [1; 32];
const NETWORK: NetworkId = NetworkId([4; 8]);
const SECRET: [u8; 32] = [7; 32];
const BEGAN_S: u32 = 1_787_097_600;
const HOUR_MS: u64 = 3_600_000;

fn owner(device: u16) -> Owner {
    let authority = DeviceKey::of(UNDER_TEST, SEED).public();
    Owner { suite: UNDER_TEST, network: NETWORK, authority, device: DeviceId(device) }
}

fn master() -> TreeMaster {
    TreeMaster::new(UNDER_TEST, NETWORK, &SEED)
}

fn epochs(device: u16) -> Epochs {
    let path = Some(master().path(DeviceId(device), 1));
    let grant = EpochGrant { path, ..EpochGrant::founding(UNDER_TEST, &SECRET, BEGAN_S) };
    Epochs::new(owner(device), 1, &SECRET, Some(&grant))
}

/// Hours after the epoch began, by a clock that is right.
fn at(hours: u64) -> Now {
    let ms = hours * HOUR_MS;
    Now { mono: Mono(ms), wall: Wall(u64::from(BEGAN_S) * 1000 + ms) }
}

fn rekey(epoch: u32, shut_out: &[u16]) -> Rekey {
    let shut_out: BTreeSet<DeviceId> = shut_out.iter().copied().map(DeviceId).collect();
    let head = RekeyHead { epoch, began_s: BEGAN_S + 86_400, last: DeviceId(60), shut_out };
    let key = DeviceKey::of(UNDER_TEST, SEED);
    Rekey::make(&master(), &key, NETWORK, &head, None).expect("few enough").remove(0)
}

fn sealed(by: &Epochs) -> Vec<u8> {
    let mut sealer = FrameSealer::new(by.frame_key(), by.owner.device);
    sealer.begin(Start::default());
    sealer.seal(b"word", Manner::WHOLE).expect("a start was begun")
}

fn hears(who: &Epochs, frame: &[u8]) -> Result<Turn, OpenError> {
    let mut opener = FrameOpener::of_keys(who.frame_keys(), who.owner.device);
    opener.open(frame, Mono(0)).map(|opened| opened.turn)
}

#[test]
fn the_day_turns_by_the_clock_and_frames_of_both_days_open_for_two_days() {
    let (mut one, two) = (epochs(1), epochs(2));
    assert!(!one.follow_clock(at(23)));
    assert_eq!(one.next_at(at(23)), Some(Mono(24 * HOUR_MS)));
    assert!(one.follow_clock(at(24)));
    assert_eq!(one.turn(), Turn { epoch: 1, day: 1 });
    assert_eq!(hears(&two, &sealed(&one)), Ok(one.turn()), "its clock is a little behind");
    assert_eq!(hears(&one, &sealed(&two)), Ok(two.turn()));
    assert!(one.follow_clock(at(49)) && !one.forget(at(49)));
    assert!(hears(&one, &sealed(&two)).is_ok());
    assert!(one.follow_clock(at(73)));
    assert!(hears(&one, &sealed(&two)).is_err(), "the first day's key is gone");
    assert_ne!(one.secret, two.secret);
}

#[test]
fn a_day_cannot_be_computed_from_a_later_one() {
    let mut one = epochs(1);
    let first_key = one.frame_key().to_bytes();
    one.follow_clock(at(24 * 5));
    let kept = one.to_bytes();
    for secret in [SECRET.as_slice(), first_key.as_slice()] {
        assert!(!kept.windows(32).any(|window| window == secret), "it was erased");
    }
}

#[test]
fn a_clock_that_is_wrong_moves_nothing_back_and_nothing_far() {
    let mut one = epochs(1);
    let years = |count: u64| Now { mono: Mono(0), wall: Wall(count * 365 * 24 * HOUR_MS) };
    assert!(!one.follow_clock(years(0)), "1970");
    assert!(!one.follow_clock(years(90)), "2060");
    assert_eq!(one.turn().day, 0);
    assert!(one.follow_clock(at(24 * 30)));
    assert!(!one.follow_clock(at(24)));
    assert_eq!(one.turn().day, 30);
    assert!(!one.follow(Turn { epoch: 1, day: 12 }, at(1)));
    assert!(!one.follow(Turn { epoch: 2, day: 40 }, at(1)), "epochs come by rekeys alone");
    assert_eq!(one.turn().day, 30);
}

#[test]
fn a_device_from_the_store_follows_what_it_hears() {
    let (mut old, mut new) = (epochs(1), epochs(2));
    new.follow_clock(at(24 * 300));
    let frame = sealed(&new);
    assert!(hears(&old, &frame).is_err());
    let mut opener = FrameOpener::of_keys(old.far_keys(), DeviceId(1));
    let opened = opener.open(&frame, Mono(0)).expect("it is 300 days ahead");
    assert!(old.follow(opened.turn, at(0)));
    assert_eq!(old.turn(), new.turn());
    assert_eq!(old.frame_key().to_bytes(), new.frame_key().to_bytes());
    assert_eq!(old.former.len(), 2, "those in between are kept for two days only");
}

#[test]
fn a_rekey_moves_everybody_but_the_revoked() {
    let (mut one, mut two, mut lost) = (epochs(1), epochs(2), epochs(7));
    let before = sealed(&one);
    let word = rekey(2, &[7]);
    assert_eq!(one.hear(&word, at(1)), Ok(Heard::Moved));
    assert_eq!(two.hear(&word, at(5)), Ok(Heard::Moved));
    assert_eq!(lost.hear(&word, at(1)), Ok(Heard::LeftBehind(Behind::ShutOut)));
    assert_eq!(lost.hear(&word, at(1)), Ok(Heard::Known), "said once");
    assert_eq!(lost.behind(), Some(Behind::ShutOut));
    let after = sealed(&one);
    assert_eq!(hears(&two, &after), Ok(Turn { epoch: 2, day: 0 }));
    assert!(hears(&lost, &after).is_err());
    assert_eq!(hears(&two, &before), Ok(Turn { epoch: 1, day: 0 }), "for two days");
    assert!(two.forget(at(5 + 48)));
    assert!(hears(&two, &before).is_err());
    assert_eq!(one.hear(&word, at(2)), Ok(Heard::Known));
    assert_eq!(one.digest_key(), two.digest_key());
    assert_ne!(one.digest_key(), lost.digest_key());
}

#[test]
fn only_the_newest_rekey_is_needed_and_older_ones_change_nothing() {
    let (mut one, mut away) = (epochs(1), epochs(2));
    for epoch in 2..=6 {
        assert_eq!(one.hear(&rekey(epoch, &[7]), at(1)), Ok(Heard::Moved));
    }
    assert_eq!(away.hear(&rekey(6, &[7]), at(9)), Ok(Heard::Moved));
    assert_eq!(away.hear(&rekey(3, &[7]), at(9)), Ok(Heard::Known));
    assert_eq!(hears(&away, &sealed(&one)), Ok(Turn { epoch: 6, day: 0 }));
    assert!(one.former.len() <= FORMER_KEYS_MAX);
}

#[test]
fn whoever_missed_an_epoch_still_opens_what_was_sealed_in_it() {
    let (mut one, mut away) = (epochs(1), epochs(2));
    let second = rekey(2, &[7]);
    assert_eq!(one.hear(&second, at(1)), Ok(Heard::Moved));
    let (frame, stick) = (sealed(&one), one.carry_keys().remove(0));
    let head = RekeyHead { epoch: 3, ..rekey(3, &[7, 8]).head().clone() };
    let key = DeviceKey::of(UNDER_TEST, SEED);
    let third = Rekey::make(&master(), &key, NETWORK, &head, Some(&second)).expect("few");
    assert_eq!(away.hear(&third[0], at(2)), Ok(Heard::Moved));
    assert_eq!(hears(&away, &frame), Ok(Turn { epoch: 2, day: 0 }));
    assert!(away.carry_keys().iter().any(|held| held.to_bytes() == stick.to_bytes()));
    away.forget(at(2 + 48));
    assert!(hears(&away, &frame).is_err());
}

#[test]
fn a_device_of_an_old_join_file_takes_part_until_the_first_rekey() {
    let mut old = Epochs::new(owner(3), 1, &SECRET, None);
    assert_eq!(hears(&old, &sealed(&epochs(1))), Ok(Turn { epoch: 1, day: 0 }));
    assert_eq!(old.digest_key(), epochs(1).digest_key());
    assert_eq!(old.hear(&rekey(2, &[7]), at(1)), Ok(Heard::LeftBehind(Behind::NoKeys)));
    assert!(!old.follow_clock(at(400)), "it knows no days");
    let later = Epochs::new(owner(3), 1, &SECRET, None);
    assert!(!later.has_path());
}

#[test]
fn a_rekey_of_another_authority_moves_nothing() {
    let mut one = epochs(1);
    let (stranger, head) = (DeviceKey::of(UNDER_TEST, [9; 32]), rekey(2, &[7]).head().clone());
    let forged = Rekey::make(&master(), &stranger, NETWORK, &head, None).expect("few").remove(0);
    assert_eq!(one.hear(&forged, at(1)), Err(RekeyError::BadSignature));
    assert_eq!(one.turn().epoch, 1);
}

#[test]
fn what_is_kept_is_read_back_the_same() {
    let mut one = epochs(1);
    one.follow_clock(at(30));
    one.hear(&rekey(2, &[7]), at(40)).expect("moves");
    let kept = one.to_bytes();
    let mut back = Epochs::from_bytes(owner(1), &kept).expect("whole");
    back.begin(at(41));
    assert_eq!(back.to_bytes(), kept);
    assert_eq!(back.parts().count(), 1);
    let mut two = epochs(2);
    two.hear(&rekey(2, &[7]), at(40)).expect("moves");
    assert!(hears(&back, &sealed(&two)).is_ok());
    assert_eq!(back.hear(&rekey(3, &[7]), at(50)), Ok(Heard::Moved));
    for end in 0..kept.len() {
        assert!(Epochs::from_bytes(owner(1), &kept[..end]).is_err());
    }
}

#[test]
fn former_keys_outlive_restarts_and_clocks_that_jump() {
    let mut one = epochs(1);
    one.hear(&rekey(2, &[7]), at(0)).expect("moves");
    let restarted = |now: Now| {
        let mut back = Epochs::from_bytes(owner(1), &one.to_bytes()).expect("whole");
        back.begin(now);
        back
    };
    let from_1970 = Now { mono: Mono(0), wall: Wall(0) };
    let far = Now { mono: Mono(0), wall: Wall(90 * 365 * 24 * HOUR_MS) };
    for (now, kept) in [(at(40), true), (at(50), false), (from_1970, true), (far, true)] {
        let mut back = restarted(now);
        back.forget(Now { mono: now.mono.after_ms(7 * HOUR_MS), ..now });
        assert_eq!(back.former.is_empty(), !kept, "{now:?}");
    }
    assert!(!one.forget(Now { mono: Mono(HOUR_MS), ..far }), "the clock was set, no time passed");
}

#[test]
fn files_carried_by_hand_open_on_any_day_of_the_epoch_and_two_days_after() {
    let (mut one, mut two) = (epochs(1), epochs(2));
    let key = one.carry_keys().remove(0);
    two.follow_clock(at(24 * 20));
    let opens =
        |who: &Epochs| who.carry_keys().iter().any(|other| other.to_bytes() == key.to_bytes());
    assert!(opens(&two));
    two.hear(&rekey(2, &[7]), at(24 * 20)).expect("moves");
    assert!(opens(&two));
    two.forget(at(24 * 22));
    assert!(!opens(&two));
    one.hear(&rekey(2, &[7]), at(1)).expect("moves");
    assert_eq!(one.carry_keys()[0].to_bytes(), two.carry_keys()[0].to_bytes());
}
