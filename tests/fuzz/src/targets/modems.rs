//! What modems say on their lines. Each machine is opened, hears the bytes in pieces cut at a byte
//! that ends its lines, and is asked to send in between; checks of sentences are mended too, or
//! nothing would get past them.

use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::link::modem::directip::Collector;
use sanduan_protocol::link::modem::gateway::Envelope;
use sanduan_protocol::link::modem::kiss::{self, Decoder, Framing};
use sanduan_protocol::link::modem::meshtastic::{self, Meshtastic};
use sanduan_protocol::link::modem::rdss::{self, Dialect, Rdss};
use sanduan_protocol::link::modem::sbd::{self, Sbd};
use sanduan_protocol::link::modem::sms::{self, Number, Sms};

/// Wishes drained after one input: more would be a machine that never rests.
const OUTPUTS_MAX: usize = 20_000;

/// Drain a machine; true if it said more than that it waits.
fn drain(mut poll: impl FnMut() -> bool) -> bool {
    let count = (0..OUTPUTS_MAX).take_while(|_| poll()).count();
    assert!(count < OUTPUTS_MAX, "the machine never rests");
    count > 0
}

/// KISS with and without its check; and the same bytes framed and read again.
pub fn kiss(bytes: &[u8]) -> bool {
    let mut understood = false;
    for crc in [false, true] {
        let framing = Framing { port: 0, crc };
        let mut decoder = Decoder::of(framing);
        for piece in bytes.chunks(97) {
            decoder.push(piece);
            understood |= decoder.by_ref().any(|read| read.is_ok());
        }
        let mut framed = Vec::new();
        framing.encode(bytes, &mut framed);
        let mut decoder = Decoder::of(framing);
        decoder.push(&framed);
        let whole = decoder.next();
        if bytes.len() >= kiss::KISS_FRAME_MIN && bytes.len() <= 1200 {
            assert_eq!(whole, Some(Ok(bytes.to_vec())));
        }
    }
    understood
}

/// Both dialects of a BeiDou terminal.
pub fn rdss(bytes: &[u8]) -> bool {
    let mut understood = false;
    for dialect in [Dialect::V2_1, Dialect::BDS3] {
        let mut machine = Rdss::new(rdss::Settings { dialect, level_bits: None, mtu_max: 200 });
        let mut now = Now { mono: Mono(0), wall: Wall(1_787_011_200_000) };
        let mut say = |input: rdss::Input<'_>, now: Now| {
            machine.handle(input, now);
            drain(|| !matches!(machine.poll_output(), rdss::Output::Wait(_)))
        };
        say(rdss::Input::Opened, now);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            now.mono = now.mono.after_ms(700);
            understood |= say(rdss::Input::Bytes(piece), now);
            understood |= say(rdss::Input::Bytes(&mended(piece)), now);
            say(rdss::Input::Frame { to: 1_234_567, frame: b"a frame of ours" }, now);
            say(rdss::Input::Tick, now);
        }
    }
    understood
}

/// A sentence with the check that belongs to it.
fn mended(line: &[u8]) -> Vec<u8> {
    let words = line.strip_prefix(b"$").unwrap_or(line);
    let end = words.iter().position(|byte| *byte == b'*').unwrap_or(words.len());
    rdss::sentence::line_of_bytes(&words[..end])
}

/// An Iridium modem.
pub fn sbd(bytes: &[u8]) -> bool {
    let mut machine = Sbd::new(sbd::Settings { mtu: 270, poll_ms: 60_000 });
    let mut say = |input: sbd::Input<'_>, now: Mono| {
        machine.handle(input, now);
        drain(|| !matches!(machine.poll_output(), sbd::Output::Wait(_)))
    };
    let mut now = Mono(0);
    say(sbd::Input::Opened, now);
    let mut understood = false;
    for (at, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        now = now.after_ms(900);
        understood |= say(sbd::Input::Bytes(piece), now);
        if at % 4 == 0 {
            say(sbd::Input::Frame(b"a frame of ours"), now);
        }
        say(sbd::Input::Tick, now);
    }
    understood
}

/// A modem for short messages.
pub fn sms(bytes: &[u8]) -> bool {
    let mut machine = Sms::new(sms::Settings { wants_reports: true });
    let to: Number = "+8613800000001".parse().expect("a number");
    let mut say = |input: sms::Input<'_>, now: Mono| {
        machine.handle(input, now);
        drain(|| !matches!(machine.poll_output(), sms::Output::Wait(_)))
    };
    let mut now = Mono(0);
    say(sms::Input::Opened, now);
    let mut understood = false;
    for (at, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        now = now.after_ms(900);
        understood |= say(sms::Input::Bytes(piece), now);
        match at % 5 {
            0 => drop(say(sms::Input::Frame { to: &to, frame: b"a frame of ours" }, now)),
            3 => drop(say(sms::Input::Text { to: &to, text: "转移", tag: at as u64 }, now)),
            _ => {}
        }
        say(sms::Input::Tick, now);
        let line = String::from_utf8_lossy(piece);
        understood |= sms::pdu::read_hex(line.trim()).is_some();
    }
    let hex = sms::pdu::hex_of(&bytes[..bytes.len().min(200)]);
    understood | sms::pdu::read_hex(&hex).is_some()
}

/// A Meshtastic node: the bytes as they come, and as whole messages.
pub fn meshtastic(bytes: &[u8]) -> bool {
    let mut machine = Meshtastic::new(meshtastic::Settings {
        channel: 1,
        hop_limit: 3,
        mtu: 180,
        emission_ms_max: 4_000,
        first_id: 7,
    });
    let mut say = |input: meshtastic::Input<'_>, now: Mono| {
        machine.handle(input, now);
        drain(|| !matches!(machine.poll_output(), meshtastic::Output::Wait(_)))
    };
    say(meshtastic::Input::Opened, Mono(0));
    let mut understood = say(meshtastic::Input::Bytes(bytes), Mono(100));
    say(meshtastic::Input::Frame(b"a frame of ours"), Mono(200));
    for message in bytes.chunks(200) {
        let framed = meshtastic::stream::framed(message);
        understood |= say(meshtastic::Input::Bytes(&framed), Mono(300));
    }
    say(meshtastic::Input::Tick, Mono(60_000));
    understood
}

/// The shore side of Iridium.
pub fn directip(bytes: &[u8]) -> bool {
    let mut collector = Collector::default();
    for piece in bytes.chunks(61) {
        collector.push(piece);
        if let Some(read) = collector.take() {
            return read.is_ok();
        }
    }
    false
}

/// A vendor's header; the first byte says how long it is.
pub fn gateway(bytes: &[u8]) -> bool {
    let Some((count, rest)) = bytes.split_first() else { return false };
    let header = rest[..rest.len().min(usize::from(*count % 17))].to_vec();
    let envelope = Envelope::new(header);
    let wrapped = envelope.wrap(rest);
    if !rest.is_empty() {
        assert_eq!(envelope.open(&wrapped), Ok(rest));
    }
    envelope.open(rest).is_ok()
}
