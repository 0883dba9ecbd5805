//! Frames sealed and opened, replayed, damaged and restarted.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::window::WINDOW_WIDTH;
use super::*;
use crate::base::caps::{CARRY_FRAME_BYTES_MAX, COUNTERS_AHEAD};
use crate::keys::suite::UNDER_TEST;
use crate::wire::frame::{COUNTER_END, LONG_OVERHEAD_BYTES, SHORT_OVERHEAD_BYTES};
use crate::wire::golden;

#[cfg(not(feature = "guomi"))]
const GOLDEN: &str = include_str!("../../../golden/frame.hex");
#[cfg(feature = "guomi")]
const GOLDEN: &str = include_str!("../../../golden/guomi/frame.hex");

fn key() -> FrameKey {
    FrameKey::derive(UNDER_TEST, &[7; 32], 5)
}

/// A sealer of device 1 whose next counter is `next`, with a reserve on the disk.
fn sealer_at(next: u64) -> FrameSealer {
    let mut sealer = FrameSealer::new(key(), DeviceId(1), next);
    sealer.raise_ceiling(next + 10 * COUNTERS_AHEAD);
    sealer
}

fn opener() -> FrameOpener {
    FrameOpener::new(key(), DeviceId(2))
}

#[test]
fn frames_have_the_golden_bytes() {
    let seal = |next, plain: &[u8], long| sealer_at(next).seal(plain, long).expect("sealed");
    let made = [
        ("short-empty", seal(0, b"", false)),
        ("short-text", seal(0x1_0203, "撤离".as_bytes(), false)),
        ("long-text", seal(0x01_0203_0405, "撤离".as_bytes(), true)),
        ("mute", sealer_at(9).seal_mute(&[5; 64], false).expect("sealed")),
        ("long-64-bytes", seal(300, &[0x5a; 64], true)),
    ];
    golden::compare("golden/frame.hex", GOLDEN, &made);
}

#[test]
fn golden_frames_open_to_what_was_said() {
    let long = golden::bytes(GOLDEN, "long-text");
    let opened = opener().open(&long).expect("our own format");
    assert_eq!(opened.sender, DeviceId(1));
    assert_eq!(opened.counter, 0x01_0203_0405);
    assert_eq!(opened.plain, "撤离".as_bytes());
}

#[test]
fn overhead_is_13_bytes_short_and_16_bytes_long() {
    let mut sealer = sealer_at(0);
    assert_eq!(sealer.seal(&[0; 60], false).expect("sealed").len(), 73);
    assert_eq!(sealer.seal(&[0; 60], true).expect("sealed").len(), 76);
    assert_eq!((SHORT_OVERHEAD_BYTES, LONG_OVERHEAD_BYTES), (13, 16));
}

#[test]
fn a_brief_frame_has_nine_bytes_more_than_it_says_and_is_told_apart() {
    let mut sealer = sealer_at(0);
    let brief = sealer.seal_brief(&[1, 2, 3, 4], false).expect("sealed");
    assert_eq!(brief.len(), 13);
    let mut opener = opener();
    for bit in 0..brief.len() * 8 {
        let mut flipped = brief.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open(&flipped).is_err(), "bit {bit}");
    }
    let opened = opener.open(&brief).expect("ours");
    assert_eq!((opened.brief, opened.plain), (true, vec![1, 2, 3, 4]));
    assert_eq!(opener.open(&brief), Err(OpenError::Replayed));
    let whole = sealer.seal(&[1, 2, 3, 4], false).expect("sealed");
    assert!(!opener.open(&whole).expect("ours").brief);
}

#[test]
fn a_mute_beacon_has_nine_bytes_and_is_opened_by_whoever_holds_the_same() {
    let (ours, older, others) = ([1; 64], [2; 64], [3; 64]);
    let mute = sealer_at(0).seal_mute(&ours, false).expect("sealed");
    assert_eq!(mute.len(), 9);
    let mut opener = opener();
    assert_eq!(opener.open(&mute), Err(OpenError::NotAuthentic), "it says nothing by itself");
    for bit in 0..mute.len() * 8 {
        let mut flipped = mute.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open_mute(&flipped, &[&ours]).is_err(), "bit {bit}");
    }
    assert_eq!(opener.open_mute(&mute, &[&older, &others]), Err(OpenError::NotAuthentic));
    assert_eq!(opener.senders(), 0, "who did not open it has not heard it");
    let (opened, which) = opener.open_mute(&mute, &[&older, &ours]).expect("it is held");
    assert_eq!((opened.sender, opened.plain, which), (DeviceId(1), Vec::new(), 1));
    assert_eq!(opener.open_mute(&mute, &[&ours]), Err(OpenError::Replayed));
    let brief = sealer_at(1).seal_brief(&[1, 2, 3, 4], false).expect("sealed");
    assert_eq!(opener.open_mute(&brief, &[&ours, &[]]), Err(OpenError::NotAuthentic));
}

#[test]
fn a_frame_is_heard_once_in_any_order() {
    let mut sealer = sealer_at(0);
    let frames: Vec<_> = (0..100u8).map(|n| sealer.seal(&[n], false).expect("sealed")).collect();
    let mut opener = opener();
    for n in [3usize, 0, 99, 50, 1] {
        assert_eq!(opener.open(&frames[n]).expect("first time").plain, [n as u8]);
        assert_eq!(opener.open(&frames[n]), Err(OpenError::Replayed));
    }
    assert_eq!(opener.senders(), 1);
}

#[test]
fn a_frame_older_than_the_window_is_not_taken_for_new() {
    let mut sealer = sealer_at(0);
    let (old, kept) = (sealer.seal(b"old", false), sealer.seal(b"kept", false));
    let mut opener = opener();
    let mut later = sealer_at(WINDOW_WIDTH);
    opener.open(&later.seal(b"now", true).expect("sealed")).expect("opens");
    assert_eq!(opener.open(&old.expect("sealed")), Err(OpenError::Replayed));
    assert_eq!(opener.open(&kept.expect("sealed")).expect("just inside").plain, b"kept");
}

#[test]
fn short_counters_are_followed_over_the_edge_of_16_bits() {
    let (mut sealer, mut opener) = (sealer_at(0xfffe), opener());
    for n in 0..6 {
        let frame = sealer.seal(b"x", false).expect("sealed");
        assert_eq!(opener.open(&frame).expect("follows").counter, 0xfffe + n);
    }
}

#[test]
fn a_sender_who_went_90000_frames_unheard_is_found_again() {
    let mut opener = opener();
    opener.open(&sealer_at(10).seal(b"a", true).expect("sealed")).expect("opens");
    let frame = sealer_at(90_000).seal(b"b", false).expect("sealed");
    assert_eq!(opener.open(&frame).expect("second candidate").counter, 90_000);
}

#[test]
fn a_newcomer_follows_after_one_long_frame() {
    let (mut sealer, mut opener) = (sealer_at(5_000_000), opener());
    let short = sealer.seal(b"a", false).expect("sealed");
    assert_eq!(opener.open(&short), Err(OpenError::NotAuthentic));
    opener.open(&sealer.seal(b"b", true).expect("sealed")).expect("long");
    assert_eq!(opener.open(&short).expect("now it is in the window").plain, b"a");
    opener.open(&sealer.seal(b"c", false).expect("sealed")).expect("short");
}

#[test]
fn own_frames_heard_back_are_echoes() {
    let frame = sealer_at(0).seal(b"x", false).expect("sealed");
    let mut own = FrameOpener::new(key(), DeviceId(1));
    assert_eq!(own.open(&frame), Err(OpenError::Echo));
}

#[test]
fn another_epoch_or_network_does_not_open() {
    let frame = |key| {
        let mut sealer = FrameSealer::new(key, DeviceId(1), 0);
        sealer.raise_ceiling(1);
        sealer.seal(b"x", true).expect("sealed")
    };
    let mut opener = opener();
    assert_eq!(
        opener.open(&frame(FrameKey::derive(UNDER_TEST, &[7; 32], 6))),
        Err(OpenError::WrongEpoch)
    );
    assert_eq!(
        opener.open(&frame(FrameKey::derive(UNDER_TEST, &[7; 32], 9))),
        Err(OpenError::NotAuthentic)
    );
    assert_eq!(
        opener.open(&frame(FrameKey::derive(UNDER_TEST, &[8; 32], 5))),
        Err(OpenError::NotAuthentic)
    );
    assert_eq!(opener.senders(), 0);
}

#[test]
fn one_flipped_bit_anywhere_is_refused_and_leaves_no_trace() {
    let frame = sealer_at(77).seal("转移三组".as_bytes(), true).expect("sealed");
    let mut opener = opener();
    for bit in 0..frame.len() * 8 {
        let mut flipped = frame.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open(&flipped).is_err(), "bit {bit}");
        assert_eq!(opener.senders(), 0, "bit {bit}");
    }
    opener.open(&frame).expect("a forgery does not use up the counter");
}

#[test]
fn nothing_is_sealed_before_a_ceiling_is_saved() {
    let mut sealer = FrameSealer::new(key(), DeviceId(1), 4096);
    assert_eq!(sealer.seal(b"x", false), Err(SealError::NeedCeiling));
    assert_eq!(sealer.want_ceiling(), Some(4096 + COUNTERS_AHEAD));
    sealer.raise_ceiling(4096 + COUNTERS_AHEAD);
    assert_eq!(sealer.want_ceiling(), None);
    assert_eq!(sealer.next_counter(), 4096);
    for _ in 0..COUNTERS_AHEAD / 2 {
        sealer.seal(b"x", false).expect("reserved");
    }
    assert_eq!(sealer.want_ceiling(), Some(4096 + 2 * COUNTERS_AHEAD));
    for _ in 0..COUNTERS_AHEAD / 2 {
        sealer.seal(b"x", false).expect("reserved");
    }
    assert_eq!(sealer.seal(b"x", false), Err(SealError::NeedCeiling));
    assert_eq!(sealer.next_counter(), 4096 + COUNTERS_AHEAD);
}

#[test]
fn the_last_counter_is_used_once_and_then_the_epoch_is_over() {
    let mut sealer = FrameSealer::new(key(), DeviceId(1), COUNTER_END - 1);
    assert_eq!(sealer.want_ceiling(), Some(COUNTER_END));
    sealer.raise_ceiling(u64::MAX);
    let frame = sealer.seal(b"x", true).expect("the last one");
    assert_eq!(opener().open(&frame).expect("opens").counter, COUNTER_END - 1);
    assert_eq!(sealer.seal(b"x", true), Err(SealError::Exhausted));
    assert_eq!(sealer.want_ceiling(), None);
}

#[test]
fn a_plain_text_that_no_hearer_would_take_is_not_sealed() {
    let mut sealer = sealer_at(0);
    let longest = vec![0; CARRY_FRAME_BYTES_MAX - LONG_OVERHEAD_BYTES];
    let frame = sealer.seal(&longest, true).expect("just fits");
    assert_eq!(opener().open(&frame).expect("opens").plain, longest);
    assert_eq!(sealer.seal(&[longest, vec![0]].concat(), true), Err(SealError::TooLong));
    assert_eq!(sealer.next_counter(), 1);
}

#[test]
fn the_table_of_senders_is_bounded() {
    let mut opener = FrameOpener::new(key(), DeviceId(0));
    let frame = |device: usize, next| {
        let mut sealer = FrameSealer::new(key(), DeviceId(device as u16), next);
        sealer.raise_ceiling(next + 1);
        sealer.seal(b"x", false).expect("sealed")
    };
    for device in 1..=DEVICES_MAX {
        opener.open(&frame(device, 0)).expect("room for every device");
    }
    assert_eq!(opener.open(&frame(DEVICES_MAX + 1, 0)), Err(OpenError::TooManySenders));
    opener.open(&frame(1, 1)).expect("known senders are still heard");
    assert_eq!(opener.senders(), DEVICES_MAX);
}

#[test]
fn every_reason_has_its_own_word() {
    let words: BTreeSet<_> = OpenError::ALL.into_iter().map(OpenError::word).collect();
    assert_eq!(words.len(), OpenError::ALL.len());
}

/// What can happen to a sealer between two frames.
#[derive(Clone, Debug)]
enum Step {
    Seal(u16),
    AskDisk,
    DiskAnswers,
    /// True if what was asked of the disk had arrived, though nobody was told.
    Crash(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u16..700).prop_map(Step::Seal),
        4 => Just(Step::AskDisk),
        3 => Just(Step::DiskAnswers),
        1 => any::<bool>().prop_map(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_counter_is_used_twice_over_any_history_of_crashes(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        // The disk holds `on_disk`; `asked` is on its way there and may or may not have arrived
        // when the power fails.
        let (mut on_disk, mut asked) = (0u64, None);
        let mut sealer = FrameSealer::new(key(), DeviceId(1), on_disk);
        let mut nonces = BTreeSet::new();
        for step in steps {
            match step {
                Step::Seal(count) => for _ in 0..count {
                    let counter = sealer.next_counter();
                    if sealer.seal(b"", false).is_ok() {
                        prop_assert!(counter < on_disk);
                        prop_assert!(nonces.insert(counter));
                    }
                },
                Step::AskDisk => asked = sealer.want_ceiling().or(asked),
                Step::DiskAnswers => if let Some(saved) = asked.take() {
                    on_disk = saved;
                    sealer.raise_ceiling(saved);
                },
                Step::Crash(arrived) => {
                    if let (true, Some(saved)) = (arrived, asked.take()) {
                        on_disk = saved;
                    }
                    sealer = FrameSealer::new(key(), DeviceId(1), on_disk);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_dropped_with_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut opener = opener();
        prop_assert!(opener.open(&bytes).is_err());
        prop_assert_eq!(opener.senders(), 0);
    }

    #[test]
    fn a_damaged_header_never_opens(
        header in any::<[u8; 8]>(),
        plain in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut frame = sealer_at(300).seal(&plain, true).expect("sealed");
        prop_assume!(frame[..8] != header);
        frame[..8].copy_from_slice(&header);
        prop_assert!(opener().open(&frame).is_err());
    }

    #[test]
    fn what_was_sealed_opens_to_the_same(
        plain in prop::collection::vec(any::<u8>(), 0..1200),
        next in 0..COUNTER_END,
    ) {
        let frame = sealer_at(next).seal(&plain, true).expect("sealed");
        let opened = opener().open(&frame).expect("opens");
        prop_assert_eq!((opened.counter, opened.plain), (next, plain));
    }
}
