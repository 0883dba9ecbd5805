//! Tests of the KISS codec: tables of byte streams, then every frame at every split.

use proptest::prelude::*;

use super::crc::crc32;
use super::tuning::Tuning;
use super::*;

type Decoded = Vec<Result<Vec<u8>, KissError>>;

fn decode(bytes: &[u8]) -> Decoded {
    let mut decoder = Decoder::new();
    decoder.push(bytes);
    decoder.by_ref().collect()
}

#[test]
fn a_frame_is_written_as_the_specification_shows() {
    // "TEST" and the two special bytes: the examples of section 3 of the specification.
    let cases: [(&[u8], &[u8]); 3] = [
        (b"TEST", b"\xC0\x00TEST\xC0"),
        (b"\xC0\xDB", b"\xC0\x00\xDB\xDC\xDB\xDD\xC0"),
        (b"", b"\xC0\x00\xC0"),
    ];
    for (frame, want) in cases {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes);
        assert_eq!(bytes, want);
        assert_eq!(bytes.len(), encoded_bytes(frame));
    }
}

#[test]
fn streams_are_read_as_tabled() {
    let cases: [(&str, &[u8], Decoded); 12] = [
        ("nothing", b"", vec![]),
        ("idle delimiters", b"\xC0\xC0\xC0", vec![]),
        ("shared delimiter", b"\xC0\x00a\xC0\x00b\xC0", vec![Ok(b"a".into()), Ok(b"b".into())]),
        ("banner first", b"cmd:\r\n\xC0\x00a\xC0", vec![Ok(b"a".into())]),
        ("no delimiter yet", b"\xC0\x00a", vec![]),
        ("bytes before any delimiter", b"\x00abc", vec![]),
        ("txdelay is no data", b"\xC0\x01\x1e\xC0\x00a\xC0", vec![Ok(b"a".into())]),
        ("leave KISS mode", b"\xC0\xFF\xC0\x00a\xC0", vec![Ok(b"a".into())]),
        (
            "second radio of the TNC",
            b"\xC0\x10abc\xC0\x00a\xC0",
            vec![Err(KissError::OtherPort(1)), Ok(b"a".into())],
        ),
        (
            "escape of an ordinary byte",
            b"\xC0\x00a\xDBbc\xC0\x00d\xC0",
            vec![Err(KissError::BadEscape(b'b')), Ok(b"d".into())],
        ),
        (
            "escape cut off by a delimiter, which opens the next frame",
            b"\xC0\x00a\xDB\xC0\x00d\xC0",
            vec![Err(KissError::BadEscape(0xC0)), Ok(b"d".into())],
        ),
        ("type byte alone", b"\xC0\x00\xC0\x00a\xC0", vec![Ok(b"a".into())]),
    ];
    for (name, bytes, want) in cases {
        assert_eq!(decode(bytes), want, "{name}");
    }
}

#[test]
fn the_longest_frame_passes_and_one_byte_more_is_refused() {
    for (length, want) in [(FRAME_BYTES_MAX, None), (FRAME_BYTES_MAX + 1, Some(KissError::TooLong))]
    {
        let frame = vec![FEND; length];
        let mut bytes = Vec::new();
        encode(&frame, &mut bytes);
        encode(b"after", &mut bytes);
        let first = match want {
            None => Ok(frame),
            Some(error) => Err(error),
        };
        assert_eq!(decode(&bytes), vec![first, Ok(b"after".to_vec())]);
    }
}

#[test]
fn an_endless_frame_costs_one_error_and_no_memory() {
    let mut decoder = Decoder::new();
    decoder.push(&[FEND, DATA]);
    for _ in 0..100 {
        decoder.push(&[0x55; 1000]);
    }
    assert_eq!(decoder.by_ref().collect::<Decoded>(), vec![Err(KissError::TooLong)]);
    assert!(decoder.partial.is_empty());
    assert_eq!(decoder.counts().skipped_bytes, 100_000 - FRAME_BYTES_MAX as u64 - 1);
}

#[test]
fn what_is_skipped_is_counted() {
    let mut decoder = Decoder::new();
    decoder.push(b"hi\xC0\x01\x1e\xC0\x06xyz\xC0\x00a\xC0");
    assert_eq!(decoder.by_ref().count(), 1);
    // "hi", the delay value, and the hardware text.
    assert_eq!(decoder.counts(), Counts { commands: 2, skipped_bytes: 2 + 1 + 3 });
}

#[test]
fn a_flood_of_tiny_frames_is_cut_off_with_a_reason() {
    let mut decoder = Decoder::new();
    decoder.push(&b"\xC0\x00a".repeat(KISS_READY_MAX + 10));
    let decoded: Decoded = decoder.by_ref().collect();
    assert_eq!(decoded.len(), KISS_READY_MAX);
    assert_eq!(decoded.last(), Some(&Err(KissError::TooMany)));
    // Once taken, the stream goes on.
    decoder.push(b"\xC0\x00b\xC0");
    assert!(decoder.any(|frame| frame == Ok(b"b".to_vec())));
}

proptest! {
    #[test]
    fn frames_come_back_at_every_split(
        frames in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![any::<u8>(), Just(FEND), Just(FESC), Just(TFEND), Just(TFESC)],
                1..40,
            ),
            1..4,
        ),
    ) {
        let mut bytes = Vec::new();
        for frame in &frames {
            encode(frame, &mut bytes);
        }
        for split in 0..=bytes.len() {
            let mut decoder = Decoder::new();
            decoder.push(&bytes[..split]);
            let mut decoded: Decoded = decoder.by_ref().collect();
            decoder.push(&bytes[split..]);
            decoded.extend(decoder.by_ref());
            let want: Decoded = frames.iter().cloned().map(Ok).collect();
            prop_assert_eq!(&decoded, &want, "split at {}", split);
        }
    }

    #[test]
    fn a_good_frame_after_any_noise_is_found(
        noise in prop::collection::vec(any::<u8>(), 0..200),
        frame in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let mut bytes = noise;
        encode(&frame, &mut bytes);
        let decoded = decode(&bytes);
        prop_assert_eq!(decoded.last(), Some(&Ok(frame)));
        prop_assert!(decoded.iter().flatten().all(|got| got.len() <= FRAME_BYTES_MAX));
    }
}

#[test]
fn every_port_carries_frames_and_drops_those_of_the_others() {
    for port in 0..=PORT_MAX {
        let mut bytes = Vec::new();
        Framing { port, crc: false }.encode(b"\xC0ours", &mut bytes);
        Framing { port: (port + 1) % 16, crc: false }.encode(b"theirs", &mut bytes);
        let mut decoder = Decoder::of(Framing { port, crc: false });
        decoder.push(&bytes);
        let heard: Decoded = decoder.collect();
        let other = Err(KissError::OtherPort((port + 1) % 16));
        assert_eq!(heard, [Ok(b"\xC0ours".to_vec()), other], "port {port}");
    }
}

#[test]
fn a_check_sum_finds_every_damaged_byte() {
    let framing = Framing { port: 0, crc: true };
    let frame: Vec<u8> = (0..60).map(|n| n * 4).collect();
    let mut bytes = Vec::new();
    framing.encode(&frame, &mut bytes);
    let read = |bytes: &[u8]| -> Decoded {
        let mut decoder = Decoder::of(framing);
        decoder.push(bytes);
        decoder.collect()
    };
    assert_eq!(read(&bytes), [Ok(frame.clone())]);
    for at in 2..bytes.len() - 1 {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x21;
        // Escapes may cut it in two; nothing of it may pass as a frame.
        assert!(read(&damaged).iter().all(Result::is_err), "byte {at}");
    }
    assert_eq!(read(b"\xC0\x00abc\xC0"), [Err(KissError::BadCheck)]);
    // One that checks is refused nowhere else: it decodes without looking at the sum as well.
    let mut plain = Decoder::new();
    plain.push(&bytes);
    let longer = plain.next().and_then(Result::ok).expect("a frame");
    assert_eq!(longer.strip_prefix(frame.as_slice()), Some(crc32(&frame).to_le_bytes().as_slice()));
}

#[test]
fn the_longest_frame_fits_with_its_check_sum_and_no_longer_one() {
    let framing = Framing { port: 3, crc: true };
    for (bytes, fits) in [(FRAME_BYTES_MAX, true), (FRAME_BYTES_MAX + 1, false)] {
        let mut coded = Vec::new();
        framing.encode(&vec![0xC0; bytes], &mut coded);
        let mut decoder = Decoder::of(framing);
        decoder.push(&coded);
        assert_eq!(decoder.next().expect("something").is_ok(), fits, "{bytes} bytes");
    }
}

#[test]
fn a_tnc_is_told_its_timing_in_hundredths_of_a_second() {
    let tuning = Tuning {
        txdelay_ms: Some(305),
        persist: Some(192),
        slot_ms: Some(100),
        txtail_ms: Some(9_999),
    };
    let mut bytes = Vec::new();
    tuning.encode(2, &mut bytes);
    // Rounded up; what does not fit a byte is sent as the most there is. 192 is escaped.
    let want = b"\xC0\x21\x1F\xC0\xC0\x22\xDB\xDC\xC0\xC0\x23\x0A\xC0\xC0\x24\xFF\xC0";
    assert_eq!(bytes, want);
    let mut none = Vec::new();
    Tuning::default().encode(0, &mut none);
    assert!(none.is_empty());
}

#[test]
fn a_key_up_costs_what_was_measured_and_follows_the_timing() {
    // Dire Wolf as installed: 0.4 s of access and 0.4 s of key-up (research, bearers 2.1).
    assert_eq!(Tuning::default().key_up_ms(), 800);
    let quick = Tuning {
        txdelay_ms: Some(200),
        persist: Some(255),
        slot_ms: Some(50),
        txtail_ms: Some(30),
    };
    assert_eq!(quick.key_up_ms(), 280);
}
