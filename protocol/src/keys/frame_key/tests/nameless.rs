//! Frames that do not say whose they are.

use super::*;

pub(super) const NAMELESS: Manner =
    Manner { number: NumberForm::Nameless, asks: false, brief: false };

fn nameless(sealer: &mut FrameSealer, plain: &[u8]) -> Vec<u8> {
    sealer.seal(plain, NAMELESS).expect("a start was begun")
}

/// An opener that heard frame 0 of these devices.
fn acquainted_with(devices: &[u16]) -> FrameOpener {
    let mut opener = opener();
    for device in devices {
        let first = whole(&mut sealer_of(*device, START, 0), b"first");
        opener.open(&first, NOW).expect("whole");
    }
    opener
}

#[test]
fn it_has_eleven_bytes_more_than_it_says_and_opens_once_to_its_true_sender() {
    let mut sealer = sealer_at(5);
    assert_eq!(sealer.overhead_bytes(NumberForm::Nameless), 11);
    let frame = nameless(&mut sealer, &[7; 40]);
    assert_eq!(frame.len(), 51);
    // The likeliest stand first, and the last of them is it.
    let speakers = [9, 8, 3, 1].map(DeviceId);
    let mut opener = acquainted_with(&[1, 3, 8, 9]);
    assert_eq!(opener.open(&frame, NOW), Err(OpenError::UnknownStart), "nobody speaks there");
    assert_eq!(opener.open_among(&frame, &speakers[..3], NOW), Err(OpenError::UnknownStart));
    let opened = opener.open_among(&frame, &speakers, NOW).expect("it is one of them");
    assert_eq!((opened.sender, opened.number.counter), (DeviceId(1), 5));
    assert_eq!(opened.plain, [7; 40]);
    assert_eq!(opener.open_among(&frame, &speakers, NOW), Err(OpenError::Replayed));
    let other = nameless(&mut sealer_of(3, START, 5), &[7; 40]);
    let opened = opener.open_among(&other, &speakers, NOW).expect("the same number of another");
    assert_eq!(opened.sender, DeviceId(3));
}

#[test]
fn more_speakers_than_may_be_are_not_tried_nor_one_of_whom_no_start_is_known() {
    let frame = nameless(&mut sealer_at(5), b"x");
    let mut opener = acquainted_with(&[1, 3, 4, 5, 6]);
    let crowd = [3, 4, 5, 6, 1].map(DeviceId);
    assert_eq!(crowd.len(), SPEAKERS_MAX + 1);
    assert_eq!(opener.open_among(&frame, &crowd, NOW), Err(OpenError::UnknownStart));
    opener.open_among(&frame, &crowd[1..], NOW).expect("one fewer");
    let stranger = acquainted_with(&[3]).open_among(&frame, &[DeviceId(1)], NOW);
    assert_eq!(stranger, Err(OpenError::UnknownStart));
    let mut own = FrameOpener::new(key(), DeviceId(1));
    assert_eq!(own.open_among(&frame, &[DeviceId(1)], NOW), Err(OpenError::UnknownStart));
}

#[test]
fn no_flipped_bit_and_no_other_header_opens_it() {
    let frame = nameless(&mut sealer_at(5), "转移三组".as_bytes());
    let mut opener = acquainted_with(&[1]);
    let speakers = [DeviceId(1)];
    for bit in 0..frame.len() * 8 {
        let mut flipped = frame.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open_among(&flipped, &speakers, NOW).is_err(), "bit {bit}");
    }
    // Its name put in by somebody else, or that of another frame left out.
    let named = [&[0x61, 0, 1][..], &frame[1..]].concat();
    assert!(opener.open_among(&named, &speakers, NOW).is_err());
    let short = short(&mut sealer_at(6), b"x");
    let cut = [&[0xe1][..], &short[3..]].concat();
    assert!(opener.open_among(&cut, &speakers, NOW).is_err());
    opener.open_among(&frame, &speakers, NOW).expect("as it was");
}

#[test]
fn what_is_brief_or_asks_for_something_says_whose_it_is() {
    for manner in [Manner { brief: true, ..NAMELESS }, Manner { asks: true, ..NAMELESS }] {
        let frame = sealer_at(5).seal(b"x", manner).expect("sealed");
        let opened = acquainted_with(&[1]).open(&frame, NOW).expect("its name is in it");
        assert_eq!((opened.brief, opened.asks), (manner.brief, manner.asks));
    }
}

#[test]
fn it_is_not_taken_from_a_file_and_no_key_of_other_days_is_tried_on_it() {
    let frame = nameless(&mut sealer_at(5), b"x");
    let opener = acquainted_with(&[1]);
    assert_eq!(opener.open_carried(&frame, opener.keys()), Err(OpenError::UnknownStart));
    assert!(!opener.may_open(&frame));
}
