//! Tests of the DirectIP codec against bytes written out by hand from the guide's tables.

use proptest::prelude::*;

use super::*;

const IMEI: &str = "300434060000010";

fn imei() -> Imei {
    IMEI.parse().expect("fifteen digits")
}

fn take_all(collector: &mut Collector) -> Vec<Result<Received, DirectIpError>> {
    std::iter::from_fn(|| collector.take()).collect()
}

fn taken(bytes: &[u8]) -> Vec<Result<Received, DirectIpError>> {
    let mut collector = Collector::default();
    collector.push(bytes);
    take_all(&mut collector)
}

/// A session with a payload "hello" and a place, 53 bytes of elements.
fn session() -> Vec<u8> {
    let mut bytes = vec![0x01, 0x00, 53];
    bytes.extend([0x01, 0x00, 28, 0x12, 0x34, 0x56, 0x78]);
    bytes.extend(IMEI.bytes());
    bytes.extend([0x00, 0x00, 0x11, 0x00, 0x04, 0x65, 0x00, 0x00, 0x01]);
    bytes.extend([0x03, 0x00, 11, 0x00, 29, 0x4E, 0x20, 106, 0x13, 0x88, 0, 0, 0, 5]);
    bytes.extend([0x02, 0x00, 5]);
    bytes.extend(b"hello");
    bytes
}

fn answer(status: i16) -> Vec<u8> {
    let mut bytes = vec![0x01, 0x00, 28, 0x44, 0x00, 25, 0, 0, 0, 7];
    bytes.extend(IMEI.bytes());
    bytes.extend([0, 0, 0x30, 0x39]);
    bytes.extend(status.to_be_bytes());
    bytes
}

#[test]
fn a_session_of_a_modem_is_read_with_its_message_and_its_place_passed_over() {
    let bytes = session();
    let want = FromModem {
        reference: 0x1234_5678,
        imei: imei(),
        status: 0,
        sent_number: 17,
        at_s: 0x6500_0001,
        payload: Some(b"hello".to_vec()),
    };
    assert_eq!(taken(&bytes), [Ok(Received::FromModem(want.clone()))]);
    // A modem that only looks for its own messages has none to give.
    let mut bare = bytes[..3 + 31].to_vec();
    bare[1..3].copy_from_slice(&31_u16.to_be_bytes());
    let nothing = FromModem { payload: None, ..want };
    assert_eq!(taken(&bare), [Ok(Received::FromModem(nothing))]);
}

#[test]
fn a_message_for_a_modem_is_written_as_the_guide_draws_it() {
    let bytes = for_modem(7, imei(), b"hi");
    let mut want = vec![0x01, 0x00, 29, 0x41, 0x00, 21, 0, 0, 0, 7];
    want.extend(IMEI.bytes());
    want.extend([0, 0, 0x42, 0x00, 2, b'h', b'i']);
    assert_eq!(bytes, want);
}

#[test]
fn an_answer_is_read_and_means_what_the_table_says() {
    let received = Answer { id: 7, imei: imei(), status: -5 };
    assert_eq!(taken(&answer(-5)), [Ok(Received::Answer(received))]);
    let cases = [
        (0, Verdict::Queued { before: 0 }),
        (1, Verdict::Queued { before: 0 }),
        (50, Verdict::Queued { before: 49 }),
        (51, Verdict::Refused(51)),
        (-1, Verdict::UnknownModem),
        (-2, Verdict::UnknownModem),
        (-3, Verdict::TooLong),
        (-4, Verdict::Refused(-4)),
        (-5, Verdict::QueueFull),
        (-6, Verdict::Busy),
        (-7, Verdict::Refused(-7)),
        (-8, Verdict::NotAttached),
        (-9, Verdict::NotAttached),
        (-10, Verdict::NotAllowed),
        (-12, Verdict::NotAllowed),
        (i16::MIN, Verdict::Refused(i16::MIN)),
    ];
    for (status, want) in cases {
        assert_eq!(verdict(status), want, "{status}");
    }
}

#[test]
fn the_longer_the_queue_at_the_gateway_the_longer_the_pause() {
    assert_eq!(verdict(1).pause_ms(), 0);
    assert_eq!(verdict(4).pause_ms(), 60_000);
    assert_eq!(verdict(50).pause_ms(), 300_000);
    assert_eq!(verdict(-5).pause_ms(), 300_000);
    assert!(verdict(-2).pause_ms() >= 60_000, "what a person must put right");
}

#[test]
fn what_is_no_message_is_named() {
    let cases: [(&str, Vec<u8>, DirectIpError); 6] = [
        ("another revision", vec![2, 0, 0], DirectIpError::BadRevision),
        ("endless", vec![1, 0xFF, 0xFF], DirectIpError::TooLong),
        ("no element", vec![1, 0, 0], DirectIpError::NoHeader),
        ("an element beyond the end", vec![1, 0, 4, 2, 0, 9, 0], DirectIpError::BadLength),
        ("a header too short", vec![1, 0, 4, 1, 0, 1, 0], DirectIpError::BadLength),
        ("a rest of two bytes", vec![1, 0, 2, 2, 0], DirectIpError::BadLength),
    ];
    for (name, bytes, want) in cases {
        assert_eq!(taken(&bytes), [Err(want)], "{name}");
    }
    let mut letters = answer(0);
    letters[10] = b'x';
    assert_eq!(taken(&letters), [Err(DirectIpError::BadImei)]);
    for wrong in ["", "30043406000001", "3004340600000100", "30043406000001x"] {
        assert_eq!(wrong.parse::<Imei>(), Err(DirectIpError::BadImei), "{wrong}");
    }
    assert_eq!(imei().to_string(), IMEI);
}

#[test]
fn messages_cut_anywhere_are_put_together() {
    let bytes = [answer(1), answer(2)].concat();
    for cut in 0..bytes.len() {
        let mut collector = Collector::default();
        collector.push(&bytes[..cut]);
        let mut got = take_all(&mut collector);
        collector.push(&bytes[cut..]);
        got.extend(take_all(&mut collector));
        assert_eq!(got, taken(&bytes), "{cut}");
        assert_eq!(got.len(), 2);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
        sound_head in any::<bool>(),
    ) {
        if sound_head && bytes.len() >= 6 {
            let length = (bytes.len() - 3) as u16;
            bytes[0] = 1;
            bytes[1..3].copy_from_slice(&length.to_be_bytes());
            bytes[3] = [0x01, 0x02, 0x44][usize::from(bytes[3] % 3)];
        }
        let mut collector = Collector::default();
        collector.push(&bytes);
        let _ = take_all(&mut collector);
    }
}
