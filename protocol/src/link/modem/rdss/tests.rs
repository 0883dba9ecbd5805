//! Tests of the BeiDou machines: bytes to sentences, sentences to facts. The driver's own are in
//! `tests/driver.rs`.

mod bond;
mod driver;
mod letters;

use proptest::prelude::*;

use super::content::{capacity_bytes, capacity_signs, hex, unhex};
use super::dialect::{Card, Dialect, Fact, FactError, Feedback, Inhibit};
use super::sentence::{Sentence, SentenceError, Splitter, line, line_of_bytes};
use super::text::cut;
use crate::base::caps::{RDSS_READY_MAX, RDSS_SENTENCE_BYTES_MAX};

type Read = Vec<Result<Sentence, SentenceError>>;

fn split(bytes: &[u8]) -> Read {
    let mut splitter = Splitter::default();
    splitter.push(bytes);
    splitter.by_ref().collect()
}

fn one(words: &str) -> Sentence {
    split(&line(words)).remove(0).expect("sound")
}

#[test]
fn the_check_digits_are_those_of_a_known_sentence() {
    assert_eq!(line("CCICA,0,00"), b"$CCICA,0,00*7B\r\n");
}

#[test]
fn lines_are_read_as_tabled() {
    let good = Ok(one("CCICA,0,00"));
    let cases: [(&str, &[u8], Read); 9] = [
        ("nothing", b"", vec![]),
        ("banner and blank lines", b"boot ok\r\n\r\n$CCICA,0,00*7B\r\n", vec![good.clone()]),
        ("lower-case digits, no CR", b"$CCICA,0,00*7b\n", vec![good.clone()]),
        ("no end of line yet", b"$CCICA,0,00*7B", vec![]),
        ("wrong check", b"$CCICA,0,00*7C\r\n", vec![Err(SentenceError::BadCheck)]),
        ("no check", b"$CCICA,0,00\r\n", vec![Err(SentenceError::NoCheck)]),
        ("one digit", b"$CCICA,0,00*7\r\n", vec![Err(SentenceError::NoCheck)]),
        ("a sign is no digit", b"$CCICA,0,00*+7\r\n", vec![Err(SentenceError::NoCheck)]),
        ("cut short by the next", b"$BDFKI,TX$CCICA,0,00*7B\r\n", vec![good]),
    ];
    for (name, bytes, want) in cases {
        assert_eq!(split(bytes), want, "{name}");
    }
}

#[test]
fn a_text_in_raw_gb_bytes_ends_at_the_last_star() {
    // A text by hand that itself holds a star: "**" around two hanzi in GB 18030.
    let mut bytes = b"$BDTXR,1,0123456,0,,*\xD6\xD0\xB9\xFA*".to_vec();
    let check = bytes[1..].iter().fold(0, |check, byte| check ^ byte);
    bytes.extend(format!("*{check:02X}\r\n").into_bytes());
    let sentence = split(&bytes).remove(0).expect("sound");
    assert_eq!(sentence.last(), b"*\xD6\xD0\xB9\xFA*");
    let text = Fact::Text { from: 123_456, text: "*中国*".to_owned() };
    assert_eq!(Dialect::V2_1.read(&sentence), Ok(text));
}

#[test]
fn an_endless_line_and_a_flood_cost_errors_and_no_memory() {
    let long =
        [b"$".to_vec(), vec![b'x'; RDSS_SENTENCE_BYTES_MAX + 100], b"\r\n".to_vec()].concat();
    assert_eq!(split(&long), vec![Err(SentenceError::TooLong)]);
    let flood = split(&line("BDXXX").repeat(RDSS_READY_MAX + 5));
    assert_eq!(flood.len(), RDSS_READY_MAX);
    assert_eq!(flood.last(), Some(&Err(SentenceError::TooMany)));
}

#[test]
fn sentences_of_2_1_mean_what_the_table_says() {
    let card = Card { id: 412_345, group: 2_097_151, interval_s: 60, level: 3 };
    let message = Fact::Message { from: 498_765, frame: vec![0x01, 0xC0, 0xFF] };
    let text = Fact::Text { from: 498_765, text: "3*38*121".to_owned() };
    let cases = [
        ("BDICI,0412345,00012345,2097151,5,60,3,N,10", Ok(Fact::Card(Some(card)))),
        ("BDICI,0000000,00000000,0000000,0,0,0,N,0", Ok(Fact::Card(None))),
        ("BDICI,0412345", Err(FactError::BadField)),
        ("BDBSI,3,4,0,0,4,2,0,0,0,0,0,0", Ok(Fact::Signal(100))),
        ("BDBSI,3,4,0,0,1,3,0,0,0,0,0,0", Ok(Fact::Signal(75))),
        ("BDBSI,3,4,0,0,99,3,0,0,0,0,0,0", Ok(Fact::Signal(100))),
        ("BDBSI,0,0,0,0,0,0,0,0,0,0,0,0", Ok(Fact::Signal(0))),
        ("BDBSI", Err(FactError::BadField)),
        ("BDFKI,TXA,Y,Y,0,0000", Ok(Fact::Feedback(Feedback::Sent))),
        ("BDFKI,TXA,N,N,0,0045", Ok(Fact::Feedback(Feedback::Wait(45)))),
        ("BDFKI,TXA,N,N,0,0130", Ok(Fact::Feedback(Feedback::Wait(90)))),
        ("BDFKI,TXA,N,Y,0,0000", Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::Unknown(0))))),
        ("BDFKI,TXA,N,Y,1,0000", Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::Suppressed)))),
        ("BDFKI,TXA,N,Y,2,0000", Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::Power)))),
        ("BDFKI,TXA,N,Y,3,0000", Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::Silence)))),
        ("BDFKI,TXA,N,Y,9,0000", Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::Unknown(9))))),
        ("BDFKI,TXA,N", Err(FactError::BadField)),
        ("BDFKI,CXA,Y,Y,0,0000", Ok(Fact::Other)),
        ("BDTXR,1,0498765,2,,A401C0FF", Ok(message.clone())),
        ("BDTXR,3,0498765,1,,01c0ff", Ok(message)),
        ("BDTXR,1,0498765,2,,B401C0FF", Err(FactError::NoFrame)),
        ("BDTXR,1,0498765,2,,A401C0F", Err(FactError::NoFrame)),
        ("BDTXR,1,0498765,2,,A4", Err(FactError::NoFrame)),
        ("BDTXR,1,0498765,0,,3*38*121", Ok(text)),
        ("BDTXR,1,0498765,0,,", Err(FactError::NoFrame)),
        ("BDTXR,1,xyz,2,,A401", Err(FactError::BadField)),
        ("BDZDA,1,120000.00", Ok(Fact::Other)),
        ("BDICP,1", Ok(Fact::Other)),
    ];
    for (words, want) in cases {
        assert_eq!(Dialect::V2_1.read(&one(words)), want, "{words}");
    }
}

#[test]
fn sentences_of_bds3_mean_what_the_table_says() {
    let icp = |id: u32, interval: u32, level: u32| {
        let rest = "0,0,0,0,0,0,0,0,0,0,0";
        format!("BDICP,{id},4190000,{rest},{interval},{level},0,0,0,0,0,0,0,0")
    };
    let card = |interval_s, level| {
        Ok(Fact::Card(Some(Card { id: 4_198_765, group: 4_190_000, interval_s, level })))
    };
    let message = Fact::Message { from: 4_198_766, frame: vec![0xAB, 0x00] };
    let text = Ok(Fact::Text { from: 4_198_766, text: "3,38,121".to_owned() });
    let cases = [
        (icp(4_198_765, 60, 2), card(60, 2)),
        (icp(4_198_765, 1, 0), card(1, 5)),
        (icp(0, 0, 0), Ok(Fact::Card(None))),
        ("BDICP,4198765,4190000".to_owned(), Err(FactError::BadField)),
        ("BDPWI,000000.00,00,00".to_owned(), Ok(Fact::Signal(0))),
        ("BDPWI,081519.00,00,02,01,42,0,0,03,39,0,0".to_owned(), Ok(Fact::Signal(80))),
        ("BDPWI,081519.00,01,01,40,0,02,01,42,0,03,56,0".to_owned(), Ok(Fact::Signal(100))),
        ("BDPWI,081519.00,01,01,40,0,0,01,01,3,0,0".to_owned(), Ok(Fact::Signal(10))),
        ("BDPWI,081519.00,99,01".to_owned(), Err(FactError::BadField)),
        ("BDPWI,081519.00,4294967295,4294967295".to_owned(), Err(FactError::BadField)),
        ("BDFKI,081520,TCQ,Y,0,0".to_owned(), Ok(Fact::Feedback(Feedback::Sent))),
        ("BDFKI,081520,TCQ,N,1,37".to_owned(), Ok(Fact::Feedback(Feedback::Wait(37)))),
        (
            "BDFKI,081520,TCQ,N,3,0".to_owned(),
            Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::Silence))),
        ),
        ("BDFKI,081520,TCQ,N,5,0".to_owned(), Ok(Fact::Feedback(Feedback::NoCard))),
        (
            "BDFKI,081520,TCQ,N,6,0".to_owned(),
            Ok(Fact::Feedback(Feedback::Inhibited(Inhibit::NoPermission))),
        ),
        ("BDFKI,081520,TCQ,N,11,0".to_owned(), Ok(Fact::Feedback(Feedback::Damaged))),
        ("BDTCI,04198766,4198765,1,081530,2,0,AB00".to_owned(), Ok(message.clone())),
        ("BDTCI,04198766,4198765,1,081530,3,0,A4AB00".to_owned(), Ok(message)),
        ("BDTCI,04198766,4198765,1,081530,1,0,3,38,121".to_owned(), text),
        ("BDTCI,04198766,4198765,1,081530,4,0,AB00".to_owned(), Err(FactError::NoFrame)),
    ];
    for (words, want) in cases {
        assert_eq!(Dialect::BDS3.read(&one(&words)), want, "{words}");
    }
}

#[test]
fn what_a_card_carries_fits_its_level_in_bits_and_one_byte_more_does_not() {
    // Bits on the air of a message of so many bytes: the mark of mixed messages counts.
    let bits = |dialect, bytes: u32| match dialect {
        Dialect::V2_1 => (bytes + 1) * 8,
        Dialect::Bds3 { .. } => bytes * 8,
    };
    let cases = [
        (Dialect::V2_1, 1, 110),
        (Dialect::V2_1, 2, 408),
        (Dialect::V2_1, 3, 628),
        (Dialect::V2_1, 4, 848),
        (Dialect::BDS3, 5, 14_000),
        (Dialect::BDS3, 0, 14_000),
    ];
    for (dialect, level, level_bits) in cases {
        let bytes = capacity_bytes(dialect, level, None).map(u32::from).expect("tabled");
        assert!(bits(dialect, bytes) <= level_bits, "{dialect:?} {level}");
        assert!(bits(dialect, bytes + 1) > level_bits, "{dialect:?} {level}");
        let configured = capacity_bytes(dialect, 9, Some(level_bits)).map(u32::from);
        assert_eq!(configured, Some(bytes), "as configured for a level that is not known");
    }
}

#[test]
fn sends_are_written_as_each_device_wants_them() {
    let terse = Dialect::Bds3 { blank_before_content: false, repeat_field: false, frequency: 3 };
    let blank = Dialect::Bds3 { blank_before_content: true, repeat_field: true, frequency: 1 };
    let cases = [
        (Dialect::V2_1, 498_765, "CCTXA,0498765,1,2,A401FF"),
        (Dialect::BDS3, 4_198_766, "CCTCQ,4198766,1,2,2,01FF,0"),
        (terse, 4_198_766, "CCTCQ,4198766,3,2,2,01FF"),
        (blank, 4_198_766, "CCTCQ,4198766,1,2,2,,01FF,0"),
    ];
    for (dialect, to, want) in cases {
        assert_eq!(dialect.send(to, &[0x01, 0xFF]), line(want));
    }
    let texts: [(Dialect, u32, &[u8]); 4] = [
        (Dialect::V2_1, 498_765, b"CCTXA,0498765,1,0,\xB3\xB7"),
        (Dialect::BDS3, 4_198_766, b"CCTCQ,4198766,1,2,1,\xB3\xB7,0"),
        (terse, 4_198_766, b"CCTCQ,4198766,3,2,1,\xB3\xB7"),
        (blank, 4_198_766, b"CCTCQ,4198766,1,2,1,,\xB3\xB7,0"),
    ];
    for (dialect, to, want) in texts {
        let gb = &cut("撤", 44).expect("short")[0];
        assert_eq!(dialect.send_text(to, gb), line_of_bytes(want));
    }
}

#[test]
fn levels_carry_what_the_table_says() {
    let of_2_1 = [0, 1, 2, 3, 4, 5].map(|level| capacity_signs(Dialect::V2_1, level, None));
    assert_eq!(of_2_1, [None, Some(7), Some(29), Some(44), Some(60), None]);
    assert_eq!(capacity_signs(Dialect::BDS3, 5, None), Some(1_000));
    let of_2_1 = [0, 1, 2, 3, 4, 5].map(|level| capacity_bytes(Dialect::V2_1, level, None));
    assert_eq!(of_2_1, [None, Some(12), Some(50), Some(77), Some(105), None]);
    assert_eq!(capacity_bytes(Dialect::BDS3, 5, None), Some(1750));
    assert_eq!(capacity_bytes(Dialect::BDS3, 2, None), None);
    assert_eq!(capacity_bytes(Dialect::BDS3, 2, Some(560)), Some(70));
    assert_eq!(capacity_bytes(Dialect::V2_1, 9, Some(1680)), Some(209));
    assert_eq!(capacity_bytes(Dialect::V2_1, 3, Some(3)), Some(0));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic_and_a_good_line_after_them_is_found(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        split_at in 0_usize..300,
    ) {
        let mut bytes = noise;
        bytes.push(b'\n');
        bytes.extend(line("BDFKI,TXA,Y,Y,0,0000"));
        let at = split_at.min(bytes.len());
        let mut splitter = Splitter::default();
        splitter.push(&bytes[..at]);
        let mut got: Vec<_> = splitter.by_ref().collect();
        splitter.push(&bytes[at..]);
        got.extend(splitter.by_ref());
        for sentence in got.iter().flatten() {
            let _ = (Dialect::V2_1.read(sentence), Dialect::BDS3.read(sentence));
        }
        prop_assert_eq!(got.last(), Some(&Ok(one("BDFKI,TXA,Y,Y,0,0000"))));
    }

    #[test]
    fn any_words_are_judged_without_panic(words in "[A-Z0-9,.]{0,80}", name in 0_usize..8) {
        let names =
            ["BDICI", "BDBSI", "BDFKI", "BDTXR", "BDICP", "BDPWI", "BDTCI", "BDFKI,1,TCQ"];
        let sentence = one(&format!("{},{words}", names[name]));
        let _ = (Dialect::V2_1.read(&sentence), Dialect::BDS3.read(&sentence));
    }

    #[test]
    fn every_frame_survives_the_digits(frame in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert_eq!(unhex(hex(None, &frame).as_bytes()), Some(frame));
    }
}
