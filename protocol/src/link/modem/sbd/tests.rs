//! Tests of the Iridium machines: bytes to answers, codes to fates. The driver's own are in
//! `tests/driver.rs`.

mod driver;

use proptest::prelude::*;

use super::answer::{Answer, Reader, sum_of, with_sum};
use super::status::{Fate, Session, fate_of};
use crate::base::caps::{SBD_LINE_BYTES_MAX, SBD_READY_MAX};

fn read(bytes: &[u8]) -> Vec<Answer> {
    let mut reader = Reader::default();
    reader.push(bytes);
    reader.by_ref().collect()
}

#[test]
fn lines_are_read_as_tabled() {
    let session = Session { sent_code: 0, received_code: 1, received_bytes: 58, queued: 2 };
    let cases: [(&[u8], Vec<Answer>); 14] = [
        (b"\r\nOK\r\n", vec![Answer::Ok]),
        (b"AT+SBDD0\r\r\n0\r\n\r\nOK\r\n", vec![Answer::Other, Answer::Digit(0), Answer::Ok]),
        (b"\r\nREADY\r\n", vec![Answer::Ready]),
        (b"\r\n2\r\n\r\nOK\r\n", vec![Answer::Digit(2), Answer::Ok]),
        (b"\r\n+SBDIX: 0, 17, 1, 4, 58, 2\r\n", vec![Answer::Session(session)]),
        (b"+SBDIX:0,17,1,4,58,2\r\n", vec![Answer::Session(session)]),
        (b"+SBDIXA: 0, 17, 1, 4, 58, 2\r", vec![Answer::Session(session)]),
        (b"+SBDIX: 0, 17, 1, 4, 58\r\n", vec![Answer::Broken]),
        (b"+SBDIX: 0, 17, 1, 4, 58, 2, 9\r\n", vec![Answer::Broken]),
        (b"+SBDIX: 0, x, 1, 4, 58, 2\r\n", vec![Answer::Broken]),
        (b"\r\nSBDRING\r\n", vec![Answer::Ring]),
        (b"+CSQF:4\r\n+CSQ:0\r\n", vec![Answer::Signal(4), Answer::Signal(0)]),
        (b"ERROR\r\n", vec![Answer::Error]),
        (b"+CSQF:\r\nIRIDIUM 9600 Family\r\n", vec![Answer::Broken, Answer::Other]),
    ];
    for (bytes, want) in cases {
        assert_eq!(read(bytes), want, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn the_sum_is_that_of_the_manual() {
    // "hello": 0x68 + 0x65 + 0x6C + 0x6C + 0x6F = 0x0214, high byte first.
    assert_eq!(sum_of(b"hello"), 0x0214);
    assert_eq!(with_sum(b"hello"), b"hello\x02\x14");
    assert_eq!(sum_of(&[0xFF; 340]), (340_u32 * 255 % 0x1_0000) as u16);
}

#[test]
fn a_message_is_read_by_its_length_whatever_its_bytes() {
    let cases: [(&[u8], Answer); 4] = [
        (b"\x00\x05hello\x02\x14", Answer::Message(Some(b"hello".to_vec()))),
        (b"\x00\x05hello\x02\x15", Answer::Message(None)),
        (b"\x00\x00\x00\x00", Answer::Message(Some(Vec::new()))),
        (b"\x00\x04\r\nOK\x00\xB1", Answer::Message(Some(b"\r\nOK".to_vec()))),
    ];
    for (bytes, want) in cases {
        let mut reader = Reader::default();
        reader.expect_message();
        reader.push(bytes);
        reader.push(b"\r\nOK\r\n");
        assert_eq!(reader.by_ref().collect::<Vec<_>>(), vec![want, Answer::Ok]);
    }
    let mut reader = Reader::default();
    reader.expect_message();
    reader.push(b"\xFF\xFF");
    reader.push(b"\r\nOK\r\n");
    assert_eq!(reader.by_ref().collect::<Vec<_>>(), vec![Answer::Broken, Answer::Ok]);
}

#[test]
fn codes_mean_what_the_table_says() {
    let of = |codes: &[u32]| codes.iter().map(|code| fate_of(*code)).collect::<Vec<_>>();
    assert_eq!(of(&[0, 1, 2, 3, 4]), [Fate::Taken; 5]);
    assert_eq!(of(&[10, 11, 12, 13, 14, 15, 16, 17, 19, 99]), [Fate::Failed; 10]);
    assert_eq!(of(&[32, 37, 38]), [Fate::NoService; 3]);
    assert_eq!(of(&[18, 34, 35]), [Fate::Unknown, Fate::RadioOff, Fate::Busy]);
    assert_eq!(fate_of(36), Fate::WaitThreeMinutes);
}

#[test]
fn endless_lines_and_floods_cost_no_memory() {
    let mut long = vec![b'x'; 10 * SBD_LINE_BYTES_MAX];
    long.extend(b"\r\nOK\r\n");
    assert_eq!(read(&long), vec![Answer::Broken, Answer::Ok]);
    assert_eq!(read(&b"OK\r".repeat(SBD_READY_MAX + 9)).len(), SBD_READY_MAX);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic_at_every_split(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        split in 0_usize..200,
        binary in any::<bool>(),
    ) {
        let at = split.min(bytes.len());
        let mut whole = Reader::default();
        let mut cut = Reader::default();
        if binary {
            whole.expect_message();
            cut.expect_message();
        }
        whole.push(&bytes);
        cut.push(&bytes[..at]);
        cut.push(&bytes[at..]);
        prop_assert_eq!(whole.collect::<Vec<_>>(), cut.collect::<Vec<_>>());
    }
}
