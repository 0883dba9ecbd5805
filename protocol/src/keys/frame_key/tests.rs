//! Frames sealed and opened, replayed and damaged. What restarts, old copies and twins do is in
//! `starts`.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::window::WINDOW_WIDTH;
use super::*;
use crate::base::caps::{CARRY_FRAME_BYTES_MAX, DEVICES_MAX};
use crate::base::start::COUNTER_END;
use crate::keys::suite::UNDER_TEST;
use crate::wire::frame::{
    NumberForm, SHORT_OVERHEAD_BYTES, WHOLE_HEADER_BYTES, WHOLE_OVERHEAD_BYTES,
};
use crate::wire::golden;

mod nameless;
mod starts;

#[cfg(not(feature = "guomi"))]
const GOLDEN: &str = include_str!("../../../golden/frame.hex");
#[cfg(feature = "guomi")]
const GOLDEN: &str = include_str!("../../../golden/guomi/frame.hex");

/// A start like any other.
const START: Start = Start::of_bytes([1, 2, 3, 4, 5, 6]);
const NOW: Mono = Mono(1_000_000);

fn key() -> FrameKey {
    FrameKey::derive(UNDER_TEST, &[7; 32], 5)
}

/// A sealer of this device whose next number is `counter` of this start.
fn sealer_of(device: u16, start: Start, counter: u64) -> FrameSealer {
    let mut sealer = FrameSealer::new(key(), DeviceId(device));
    sealer.begin(start);
    sealer.skip_to(counter);
    sealer
}

fn sealer_at(counter: u64) -> FrameSealer {
    sealer_of(1, START, counter)
}

fn short(sealer: &mut FrameSealer, plain: &[u8]) -> Vec<u8> {
    sealer.seal(plain, Manner::SHORT).expect("a start was begun")
}

fn whole(sealer: &mut FrameSealer, plain: &[u8]) -> Vec<u8> {
    sealer.seal(plain, Manner::WHOLE).expect("a start was begun")
}

fn opener() -> FrameOpener {
    FrameOpener::new(key(), DeviceId(2))
}

/// An opener that heard frame 0 of [`START`].
fn acquainted() -> FrameOpener {
    let mut opener = opener();
    opener.open(&whole(&mut sealer_at(0), b"first"), NOW).expect("whole");
    opener
}

#[test]
fn frames_have_the_golden_bytes() {
    let seal = |next, plain: &[u8], manner| sealer_at(next).seal(plain, manner).expect("sealed");
    let asking = Manner { asks: true, ..Manner::WHOLE };
    let near = Manner { number: NumberForm::Near, ..Manner::SHORT };
    let made = [
        ("short-empty", seal(0, b"", Manner::SHORT)),
        ("short-text", seal(0x1_0203, "撤离".as_bytes(), Manner::SHORT)),
        ("whole-text", seal(0x01_0203, "撤离".as_bytes(), Manner::WHOLE)),
        ("whole-64-bytes", seal(300, &[0x5a; 64], Manner::WHOLE)),
        ("asking-text", seal(301, "撤离".as_bytes(), asking)),
        ("near-text", seal(302, "撤离".as_bytes(), near)),
        ("nameless-text", seal(303, "撤离".as_bytes(), nameless::NAMELESS)),
        ("mute-beacon", sealer_at(9).seal_mute(&said_by_beacon(5, &[5; 64]), true, false)),
        ("mute-ack", sealer_at(9).seal_mute(&said_by_ack(&[5; 32], &[6; 8]), false, false)),
    ];
    golden::compare("golden/frame.hex", GOLDEN, &made);
}

#[test]
fn golden_frames_open_to_what_was_said() {
    let whole = golden::bytes(GOLDEN, "whole-text");
    let opened = opener().open(&whole, NOW).expect("our own format");
    assert_eq!(opened.sender, DeviceId(1));
    assert_eq!(opened.number, FrameNo { start: START, counter: 0x01_0203 });
    assert_eq!((opened.asks, opened.plain), (false, "撤离".as_bytes().to_vec()));
    let asking = golden::bytes(GOLDEN, "asking-text");
    assert!(opener().open(&asking, NOW).expect("our own format").asks);
}

#[test]
fn overhead_is_13_bytes_short_and_18_to_20_bytes_whole() {
    let mut sealer = sealer_at(0);
    assert_eq!(short(&mut sealer, &[0; 60]).len(), 73);
    for (counter, bytes) in [(1, 78), (128, 79), (1 << 14, 80), (COUNTER_END - 1, 80)] {
        sealer.skip_to(counter);
        assert_eq!(sealer.overhead_bytes(NumberForm::Whole) + 60, bytes);
        assert_eq!(sealer.overhead_bytes(NumberForm::Near) + 60, bytes - 2);
        assert_eq!(whole(&mut sealer, &[0; 60]).len(), bytes, "{counter}");
    }
    assert_eq!((SHORT_OVERHEAD_BYTES, WHOLE_OVERHEAD_BYTES), (13, 20));
}

#[test]
fn a_brief_frame_has_nine_bytes_more_than_it_says_and_is_told_apart() {
    let mut sealer = sealer_at(1);
    let manner = Manner { brief: true, ..Manner::SHORT };
    let brief = sealer.seal(&[1, 2, 3, 4], manner).expect("sealed");
    assert_eq!(brief.len(), 13);
    let mut opener = acquainted();
    for bit in 0..brief.len() * 8 {
        let mut flipped = brief.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open(&flipped, NOW).is_err(), "bit {bit}");
    }
    let opened = opener.open(&brief, NOW).expect("ours");
    assert_eq!((opened.brief, opened.plain), (true, vec![1, 2, 3, 4]));
    assert_eq!(opener.open(&brief, NOW), Err(OpenError::Replayed));
    assert!(!opener.open(&short(&mut sealer, &[1, 2, 3, 4]), NOW).expect("ours").brief);
}

#[test]
fn a_mute_frame_is_opened_by_whoever_can_say_the_same_and_uses_up_no_number() {
    let sealer = sealer_at(1);
    let (ours, older) = (said_by_beacon(5, &[1; 64]), said_by_beacon(4, &[1; 64]));
    let ack = said_by_ack(&[1; 32], &[9; 8]);
    for (said, brief, bytes) in [(&ours[..], true, 7), (&ack[..], false, 11)] {
        let mute = sealer.seal_mute(said, brief, false);
        assert_eq!(mute.len(), bytes);
        assert_eq!(sealer.number().map(|next| next.counter), Some(1));
        let mut opener = opener();
        assert_eq!(opener.open(&mute, NOW), Err(OpenError::NotAuthentic), "it says nothing");
        assert!(opener.open_carried(&mute, opener.keys()).is_err() && !opener.may_open(&mute));
        for bit in 0..mute.len() * 8 {
            let mut flipped = mute.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(opener.open_mute(&flipped, &[said]).is_err(), "bit {bit}");
        }
        assert_eq!(opener.open_mute(&mute, &[&older]), Err(OpenError::NotAuthentic));
        let opened = opener.open_mute(&mute, &[&older, said]).expect("it can be said here");
        assert_eq!((opened.sender, opened.which, opened.asks), (DeviceId(1), 1, false));
        assert_eq!(opened.turn.epoch, 5);
        let own = FrameOpener::new(key(), DeviceId(1));
        assert_eq!(own.open_mute(&mute, &[said]), Err(OpenError::Echo));
    }
    assert!(opener().open_mute(&sealer.seal_mute(&ours, true, true), &[&ours]).expect("ours").asks);
    let numbered = short(&mut sealer_at(2), b"");
    assert_eq!(opener().open_mute(&numbered, &[&ours]), Err(OpenError::NotAuthentic));
}

#[test]
fn the_time_of_a_beacon_is_understood_by_clocks_eight_minutes_apart_and_not_for_ever() {
    let at = |ms: u64| beacon_steps(Wall(1_787_097_600_000 + ms)).collect::<Vec<u32>>();
    let said = at(0)[0];
    for apart_ms in [0, 8 * 60_000, 512_000] {
        assert!(at(apart_ms).contains(&said), "{apart_ms}");
    }
    assert!(!at(15 * 60_000).contains(&said), "a contact that is silent is gone by then");
}

#[test]
fn a_near_number_is_read_by_the_clock_of_the_hearer() {
    let wall = Wall(1_787_097_600_000);
    let start = Start::draw(wall, Start::default(), &mut crate::base::dice::Dice::new(5));
    let near = Manner { number: NumberForm::Near, ..Manner::SHORT };
    let frame = |counter| sealer_of(1, start, counter).seal(b"x", near).expect("sealed");
    assert_eq!(frame(7).len(), 8 + 8 + 1);
    let mut opener = opener();
    opener.set_clock(Wall(0));
    assert_eq!(opener.open(&frame(7), NOW), Err(OpenError::UnknownStart), "its clock is wrong");
    opener.set_clock(wall);
    let opened = opener.open(&frame(7), NOW).expect("read");
    assert_eq!((opened.number, opened.is_new_start), (FrameNo { start, counter: 7 }, true));
    assert_eq!(opener.open(&frame(7), NOW), Err(OpenError::Replayed));
    opener.open(&short(&mut sealer_of(1, start, 8), b"x"), NOW).expect("its start is known");
    let mut own = FrameOpener::new(key(), DeviceId(1));
    own.set_clock(wall);
    assert_eq!(own.open(&frame(9), NOW), Err(OpenError::Twin));
    own.set_start(start);
    assert_eq!(own.open(&frame(9), NOW), Err(OpenError::Echo));
}

#[test]
fn a_frame_is_heard_once_in_any_order() {
    let mut sealer = sealer_at(1);
    let frames: Vec<_> = (0..100u8).map(|n| short(&mut sealer, &[n])).collect();
    let mut opener = acquainted();
    for n in [3usize, 0, 99, 50, 1] {
        assert_eq!(opener.open(&frames[n], NOW).expect("first time").plain, [n as u8]);
        assert_eq!(opener.open(&frames[n], NOW), Err(OpenError::Replayed));
    }
    assert_eq!(opener.senders(), 1);
}

#[test]
fn a_frame_older_than_the_window_is_not_taken_for_new() {
    let mut sealer = sealer_at(0);
    let (old, kept) = (short(&mut sealer, b"old"), short(&mut sealer, b"kept"));
    let mut opener = opener();
    let mut later = sealer_at(WINDOW_WIDTH);
    opener.open(&whole(&mut later, b"now"), NOW).expect("opens");
    assert_eq!(opener.open(&old, NOW), Err(OpenError::Replayed));
    assert_eq!(opener.open(&kept, NOW).expect("just inside").plain, b"kept");
}

#[test]
fn short_counters_are_followed_over_the_edge_of_16_bits() {
    let (mut sealer, mut opener) = (sealer_at(0xfffe), acquainted());
    opener.open(&whole(&mut sealer_at(0xfff0), b"x"), NOW).expect("whole");
    for n in 0..6 {
        let frame = short(&mut sealer, b"x");
        assert_eq!(opener.open(&frame, NOW).expect("follows").number.counter, 0xfffe + n);
    }
}

#[test]
fn a_sender_who_went_90000_frames_unheard_is_found_again() {
    let frame = short(&mut sealer_at(90_000), b"b");
    let opened = acquainted().open(&frame, NOW).expect("second candidate");
    assert_eq!(opened.number.counter, 90_000);
}

#[test]
fn a_newcomer_follows_after_one_whole_number() {
    let (mut sealer, mut opener) = (sealer_at(500_000), opener());
    let missed = short(&mut sealer, b"a");
    assert_eq!(opener.open(&missed, NOW), Err(OpenError::UnknownStart));
    let opened = opener.open(&whole(&mut sealer, b"b"), NOW).expect("whole");
    assert!(opened.is_new_start);
    assert_eq!(opener.open(&missed, NOW).expect("now it is in the window").plain, b"a");
    assert!(!opener.open(&short(&mut sealer, b"c"), NOW).expect("short").is_new_start);
}

#[test]
fn own_frames_heard_back_are_echoes() {
    let mut sealer = sealer_at(0);
    let mut own = FrameOpener::new(key(), DeviceId(1));
    own.set_start(START);
    for frame in [short(&mut sealer, b"x"), whole(&mut sealer, b"x")] {
        assert_eq!(own.open(&frame, NOW), Err(OpenError::Echo));
    }
}

#[test]
fn another_epoch_or_network_does_not_open() {
    let frame = |key| {
        let mut sealer = FrameSealer::new(key, DeviceId(1));
        sealer.begin(START);
        whole(&mut sealer, b"x")
    };
    let mut opener = opener();
    for (secret, epoch, error) in [
        ([7; 32], 6, OpenError::WrongEpoch),
        ([7; 32], 9, OpenError::NotAuthentic),
        ([8; 32], 5, OpenError::NotAuthentic),
    ] {
        let frame = frame(FrameKey::derive(UNDER_TEST, &secret, epoch));
        assert_eq!(opener.open(&frame, NOW), Err(error));
    }
    assert_eq!(opener.senders(), 0);
}

#[test]
fn one_flipped_bit_anywhere_is_refused_and_leaves_no_trace() {
    let frame = whole(&mut sealer_at(77), "转移三组".as_bytes());
    let mut opener = opener();
    for bit in 0..frame.len() * 8 {
        let mut flipped = frame.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open(&flipped, NOW).is_err(), "bit {bit}");
        assert_eq!(opener.senders(), 0, "bit {bit}");
    }
    opener.open(&frame, NOW).expect("a forgery does not use up the number");
}

#[test]
fn a_plain_text_that_no_hearer_would_take_is_not_sealed() {
    let mut sealer = sealer_at(0);
    let longest = vec![0; CARRY_FRAME_BYTES_MAX - WHOLE_OVERHEAD_BYTES];
    let frame = whole(&mut sealer, &longest);
    assert_eq!(opener().open(&frame, NOW).expect("opens").plain, longest);
    let too_long = [longest, vec![0]].concat();
    assert_eq!(sealer.seal(&too_long, Manner::WHOLE), Err(SealError::TooLong));
    assert_eq!(sealer.number().map(|number| number.counter), Some(1));
}

#[test]
fn the_table_of_senders_is_bounded() {
    let mut opener = FrameOpener::new(key(), DeviceId(0));
    let frame = |device: usize, next| whole(&mut sealer_of(device as u16, START, next), b"x");
    for device in 1..=DEVICES_MAX {
        opener.open(&frame(device, 0), NOW).expect("room for every device");
    }
    assert_eq!(opener.open(&frame(DEVICES_MAX + 1, 0), NOW), Err(OpenError::TooManySenders));
    opener.open(&frame(1, 1), NOW).expect("known senders are still heard");
    assert_eq!(opener.senders(), DEVICES_MAX);
}

#[test]
fn every_reason_has_its_own_word() {
    let words: BTreeSet<_> = OpenError::ALL.into_iter().map(OpenError::word).collect();
    assert_eq!(words.len(), OpenError::ALL.len());
}

proptest! {
    #[test]
    fn any_bytes_are_dropped_with_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut opener = opener();
        prop_assert!(opener.open(&bytes, NOW).is_err());
        prop_assert_eq!(opener.senders(), 0);
    }

    #[test]
    fn a_damaged_header_never_opens(
        header in any::<[u8; WHOLE_HEADER_BYTES]>(),
        plain in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut frame = whole(&mut sealer_at(COUNTER_END - 1), &plain);
        prop_assume!(frame[..WHOLE_HEADER_BYTES] != header);
        frame[..WHOLE_HEADER_BYTES].copy_from_slice(&header);
        prop_assert!(opener().open(&frame, NOW).is_err());
    }

    #[test]
    fn what_was_sealed_opens_to_the_same(
        plain in prop::collection::vec(any::<u8>(), 0..1200),
        start in any::<[u8; 6]>(),
        counter in 0..COUNTER_END,
    ) {
        let number = FrameNo { start: Start::of_bytes(start), counter };
        let frame = whole(&mut sealer_of(1, number.start, counter), &plain);
        let opened = opener().open(&frame, NOW).expect("opens");
        prop_assert_eq!((opened.number, opened.plain), (number, plain));
    }
}
