//! Frame headers on real bytes, and on bytes that nobody meant.

use proptest::prelude::*;

use super::*;

const NUMBER: FrameNo = FrameNo { start: Start::of_bytes([1, 2, 3, 4, 5, 6]), counter: 300 };
const LAST: FrameNo =
    FrameNo { start: Start::of_bytes([255; 6]), counter: crate::base::start::COUNTER_END - 1 };

/// Header fields, then the bytes they must be.
fn known() -> Vec<(FrameHeader, [u8; 12], usize)> {
    let header = |epoch_low, sender, number| FrameHeader {
        suite: 0,
        epoch_low,
        sender: Some(DeviceId(sender)),
        number,
        brief: false,
        asks: false,
    };
    let short = |bytes: [u8; 5]| {
        let mut padded = [0; 12];
        padded[..5].copy_from_slice(&bytes);
        padded
    };
    let nameless = |low| FrameHeader { sender: None, ..header(2, 0, HeaderNo::Low(low)) };
    let first = header(0, 1, HeaderNo::Low(0));
    vec![
        (first, short([0x60, 0, 1, 0, 0]), 5),
        (header(3, 0x1234, HeaderNo::Low(0xabcd)), short([0x63, 0x12, 0x34, 0xab, 0xcd]), 5),
        (nameless(0xabcd), short([0xe2, 0xab, 0xcd, 0, 0]), 3),
        (
            header(2, 0xfffe, HeaderNo::Whole(NUMBER)),
            [0x66, 0xff, 0xfe, 1, 2, 3, 4, 5, 6, 0xac, 2, 0],
            11,
        ),
        (
            header(1, 7, HeaderNo::Near { start_low: 0x0304_0506, counter: 300 }),
            [0xa5, 0, 7, 3, 4, 5, 6, 0xac, 2, 0, 0, 0],
            9,
        ),
        (FrameHeader { suite: 1, ..first }, short([0x68, 0, 1, 0, 0]), 5),
        (FrameHeader { asks: true, ..first }, short([0x80, 0, 1, 0, 0]), 5),
        (
            FrameHeader { asks: true, ..header(1, 7, HeaderNo::Whole(LAST)) },
            [0x85, 0, 7, 255, 255, 255, 255, 255, 255, 255, 255, 127],
            12,
        ),
    ]
}

#[test]
fn header_is_written_and_read_as_drawn() {
    for (header, bytes, len) in known() {
        let mut frame = Vec::new();
        header.emit(&mut frame);
        assert_eq!(frame, bytes[..len]);
        assert_eq!(header.bytes(), len);
        frame.extend_from_slice(&[0xee; TAG_BYTES + 3]);
        let view = FrameView::new(&frame).expect("a frame of ours");
        assert_eq!(view.header, header);
        assert_eq!(view.header_bytes, &bytes[..len]);
        assert_eq!(view.sealed, [0xee; TAG_BYTES + 3]);
        assert_eq!(view.plain_bytes(), 3);
    }
}

#[test]
fn an_empty_plain_text_is_the_shortest_frame() {
    for (header, _, len) in known() {
        let mut frame = Vec::new();
        header.emit(&mut frame);
        frame.extend_from_slice(&[0; TAG_BYTES]);
        assert_eq!(FrameView::new(&frame).expect("shortest").plain_bytes(), 0);
        frame.pop();
        assert_eq!(FrameView::new(&frame), Err(FrameError::TooShort), "{len}");
    }
}

#[test]
fn a_mute_frame_has_a_sender_and_a_tag_and_nothing_else() {
    for (brief, first, bytes) in [(true, 0x72, 7), (false, 0x62, 11)] {
        let mut frame = vec![first, 0x12, 0x34];
        frame.resize(bytes, 0xee);
        let view = FrameView::new(&frame).expect("a mute frame");
        assert!(view.is_mute() && view.header.brief == brief && view.plain_bytes() == 0);
        assert_eq!((view.header.sender, view.header_bytes.len()), (Some(DeviceId(0x1234)), 3));
        assert_eq!(view.header.bytes(), 3);
        // One byte more or less is none.
        assert_eq!(FrameView::new(&frame[..bytes - 1]), Err(FrameError::TooShort));
        frame.push(0);
        assert_eq!(FrameView::new(&frame), Err(FrameError::TooShort));
    }
}

#[test]
fn every_other_version_is_refused_by_name_and_every_suite_is_told() {
    assert_eq!(FrameView::new(&[]), Err(FrameError::TooShort));
    for first in 0..=255u8 {
        let mut frame = [0u8; 40];
        frame[0] = first;
        let told = FrameView::new(&frame).map(|view| (view.header.suite, view.header.brief));
        let expected = match first >> 5 {
            NEAR_VERSION | NEAR_ASKING_VERSION if first & WHOLE_FLAG == 0 => {
                Err(FrameError::BadVersion)
            }
            FRAME_VERSION | ASKING_VERSION | NEAR_VERSION | NEAR_ASKING_VERSION => {
                Ok(((first >> 3) & 1, first & 16 != 0))
            }
            NAMELESS_VERSION if first & (WHOLE_FLAG | BRIEF_FLAG) == 0 => {
                Ok(((first >> 3) & 1, false))
            }
            _ => Err(FrameError::BadVersion),
        };
        assert_eq!(told, expected, "{first:#04x}");
    }
}

#[test]
fn a_frame_longer_than_any_of_ours_is_refused() {
    let mut frame = vec![0u8; CARRY_FRAME_BYTES_MAX];
    frame[0] = 0x60;
    assert!(FrameView::new(&frame).is_ok());
    frame.push(0);
    assert_eq!(FrameView::new(&frame), Err(FrameError::TooLong));
}

#[test]
fn a_counter_is_written_in_one_way_only() {
    let frame = |counter: &[u8]| [&[0x64, 0, 1, 0, 0, 0, 0, 0, 9], counter, &[0; 12]].concat();
    for good in [&[0][..], &[0x7f], &[0x80, 1], &[0xff, 0xff, 0x7f]] {
        assert!(FrameView::new(&frame(good)).is_ok(), "{good:?}");
    }
    let near = |counter: &[u8]| [&[0xa4, 0, 1, 0, 0, 0, 9], counter, &[0; 12]].concat();
    assert!(FrameView::new(&near(&[0xff, 0xff, 0x7f])).is_ok());
    assert_eq!(FrameView::new(&near(&[0x80, 0])), Err(FrameError::BadNumber));
    assert_eq!(FrameView::new(&near(&[])[..7]), Err(FrameError::TooShort));
    for bad in [&[0x80, 0][..], &[0xff, 0x80, 0], &[0x80, 0x80, 0x80, 1]] {
        assert_eq!(FrameView::new(&frame(bad)), Err(FrameError::BadNumber), "{bad:?}");
    }
    assert_eq!(FrameView::new(&frame(&[0xff])[..10]), Err(FrameError::TooShort));
}

proptest! {
    #[test]
    fn any_bytes_are_a_view_or_a_named_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(view) = FrameView::new(&bytes) {
            let mut again = Vec::new();
            view.header.emit(&mut again);
            prop_assert_eq!(&again, view.header_bytes);
            again.extend_from_slice(view.sealed);
            prop_assert_eq!(again, bytes);
        }
    }
}
