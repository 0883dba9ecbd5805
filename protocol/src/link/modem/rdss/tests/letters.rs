//! Texts to people: in the driver, and beside frames in the slots of several cards.

use super::super::{Body, Bond, Input, LetterFate, Message, Output, Rdss, RdssState, Settings};
use super::*;
use crate::base::caps::RDSS_TEXTS_MAX;
use crate::base::time::{Mono, Now, Wall};

const HANDSET: u32 = 455_555;
const PEER: u32 = 498_765;

fn up(id: u32, signs: u16) -> RdssState {
    RdssState::Up { card: Card { id, group: 0, interval_s: 60, level: 3 }, mtu: 77, signs }
}

fn bond(count: u32) -> Bond {
    let mut bond = Bond::new(count as usize);
    for at in 0..count {
        bond.settle(at as usize, up(400_000 + at, 44));
    }
    bond
}

/// The tag of a text, or none for a frame, that leaves when a slot opens.
fn slot(bond: &mut Bond, at: usize) -> Option<Option<u64>> {
    bond.open(at, Mono(1));
    bond.hand_over().map(|(_, message)| message.tag())
}

#[test]
fn texts_and_frames_take_turns_and_either_goes_on_alone() {
    let mut bond = bond(1);
    bond.write(7, HANDSET, &"撤".repeat(100));
    assert!(bond.wants_frame(), "a frame waits for its turn after the text");
    assert!(bond.take(Message::frame(PEER, b"a")));
    assert!(bond.take(Message::frame(PEER, b"b")));
    assert!(!bond.wants_frame());
    let turns: Vec<_> = (0..5).map(|_| slot(&mut bond, 0)).collect();
    assert_eq!(turns, [Some(Some(7)), Some(None), Some(Some(7)), Some(None), Some(Some(7))]);
    assert_eq!(slot(&mut bond, 0), None);
    assert!(bond.wants_frame());
}

#[test]
fn a_text_is_sent_when_its_last_piece_is_and_pieces_of_a_card_that_fails_go_by_another() {
    let mut bond = bond(2);
    bond.write(7, HANDSET, &"撤".repeat(60));
    bond.write(7, HANDSET, "the same again");
    bond.open(0, Mono(1));
    let (at, first) = bond.hand_over().expect("an open slot");
    let Body::Text { gb, .. } = &first.body else { panic!("a text") };
    assert!(at == 0 && gb.starts_with(b"(1/2)"));
    assert!(bond.give_back(first.clone()));
    bond.settle(0, RdssState::NoSignal);
    bond.open(1, Mono(2));
    assert_eq!(bond.hand_over(), Some((1, first)));
    bond.piece_ended(7, true);
    assert_eq!(bond.next_fate(), None, "one piece is left");
    assert_eq!(slot(&mut bond, 1), Some(Some(7)));
    bond.piece_ended(7, true);
    assert_eq!(bond.next_fate(), Some((7, LetterFate::Sent)));
    assert_eq!(slot(&mut bond, 1), None);
}

#[test]
fn a_text_that_nobody_can_send_goes_back_or_fails_and_never_waits_for_ever() {
    let mut bond = Bond::new(1);
    bond.write(1, HANDSET, "撤");
    assert_eq!(bond.next_fate(), Some((1, LetterFate::Back)), "no card yet");
    bond.settle(0, up(400_000, 44));
    bond.write(2, HANDSET, &"撤".repeat(2_000));
    assert_eq!(bond.next_fate(), Some((2, LetterFate::TooLong)));
    bond.write(3, HANDSET, "撤");
    bond.settle(0, RdssState::NoSignal);
    assert_eq!(bond.next_fate(), Some((3, LetterFate::Back)), "the sky is blocked");
    bond.settle(0, up(400_000, 44));
    bond.write(4, HANDSET, &"撤".repeat(60));
    assert_eq!(slot(&mut bond, 0), Some(Some(4)));
    bond.piece_ended(4, false);
    assert_eq!(bond.next_fate(), Some((4, LetterFate::Damaged)));
    assert_eq!(slot(&mut bond, 0), None, "its other piece is gone, too");
    for tag in 10..=10 + RDSS_TEXTS_MAX as u64 {
        bond.write(tag, HANDSET, "撤");
    }
    assert_eq!(bond.next_fate(), Some((10 + RDSS_TEXTS_MAX as u64, LetterFate::Back)));
    bond.lose(0);
    let back = std::iter::from_fn(|| bond.next_fate()).count();
    assert_eq!(back, RDSS_TEXTS_MAX);
}

#[test]
fn a_driver_says_of_every_text_that_it_left_or_that_it_did_not() {
    let settings = Settings { dialect: Dialect::V2_1, level_bits: None, mtu_max: 1200 };
    let mut rdss = Rdss::new(settings);
    let mut now_ms = 1_000;
    let mut give = |rdss: &mut Rdss, input: Input<'_>, later_ms: u64| {
        now_ms += later_ms;
        rdss.handle(input, Now { mono: Mono(now_ms), wall: Wall(now_ms) });
        let outputs = std::iter::from_fn(|| match rdss.poll_output() {
            Output::Wait(_) => None,
            output => Some(output),
        });
        outputs.collect::<Vec<_>>()
    };
    let text = |tag| Input::Text { to: HANDSET, tag, gb: b"\xB3\xB7" };
    give(&mut rdss, Input::Opened, 0);
    let unsent = Message { to: HANDSET, body: Body::Text { tag: 1, gb: b"\xB3\xB7".to_vec() } };
    assert_eq!(give(&mut rdss, text(1), 0), [Output::Unsent(unsent)], "not up yet");
    let card = line("BDICI,0412345,00012345,2097151,5,1,3,N,10");
    let good = line("BDBSI,3,4,0,0,4,2,0,0,0,0,0,0");
    give(&mut rdss, Input::Bytes(&card), 0);
    give(&mut rdss, Input::Bytes(&good), 0);
    let written = Output::Write(line_of_bytes(b"CCTXA,0455555,1,0,\xB3\xB7"));
    assert!(give(&mut rdss, text(2), 0).contains(&written));
    let sent = line("BDFKI,TXA,Y,Y,0,0000");
    assert!(give(&mut rdss, Input::Bytes(&sent), 0).contains(&Output::TextSent(2)));
    // Without a word about it it counts as sent, as frames do.
    give(&mut rdss, text(3), 0);
    assert!(give(&mut rdss, Input::Tick, 2_000).contains(&written));
    assert!(give(&mut rdss, Input::Tick, 8_000).contains(&Output::TextSent(3)));
    let own = line_of_bytes(b"BDTXR,3,0412345,0,,\xB3\xB7");
    assert_eq!(give(&mut rdss, Input::Bytes(&own), 0), [Output::Dropped("rdss_own_echo")]);
    let heard = line_of_bytes(b"BDTXR,1,0455555,0,,1");
    let text = Output::Text { from: HANDSET, text: "1".to_owned() };
    assert_eq!(give(&mut rdss, Input::Bytes(&heard), 0), [text]);
}
