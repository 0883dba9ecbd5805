//! One short message as the modem takes and gives it: SMS-SUBMIT, SMS-DELIVER, SMS-STATUS-REPORT
//! (3GPP TS 23.040 sections 9.2.2.1 to 9.2.2.3), without and with the service centre in front.
//!
//! ```text
//! SUBMIT   first  MR  DA(len type semi-octets)  PID  DCS  VP  UDL  UD
//! DELIVER  first  OA(len type semi-octets)  PID  DCS  SCTS(7)  UDL  UD
//! REPORT   first  MR  RA(len type semi-octets)  SCTS(7)  DT(7)  ST
//! UD of a frame       06 05 04 dd dd ss ss  frame           8 bit, ports of section 9.2.3.24.4
//! UD of a long text   05 00 03 rr nn ii     part            UCS2, section 9.2.3.24.1
//! ```

use super::alphabet::{read_packed, read_ucs2, write_ucs2};
use super::number::Number;
use crate::base::caps::{SMS_TEXT_PARTS_MAX, SMS_TPDU_BYTES_MAX};

/// Bytes of user data in one message (9.2.3.24).
const USER_BYTES: usize = 140;
/// The port that frames are addressed to, so that a phone that gets one by mistake does not ring.
/// In the range that section 9.2.3.24.4 leaves to applications; the same number as our UDP port.
pub const PORT: u16 = 7_819;
/// Length of its header, and the header itself.
const PORT_HEADER: [u8; 7] = {
    let [high, low] = PORT.to_be_bytes();
    [6, 0x05, 4, high, low, high, low]
};
/// Bytes of the largest frame.
pub const FRAME_BYTES_MAX: usize = USER_BYTES - PORT_HEADER.len();
/// 16-bit units of a text in one message, and in a part of a longer one (9.2.3.24.1).
const UNITS_ALONE: usize = 70;
const UNITS_IN_PART: usize = 67;
/// Data coding (TS 23.038 section 4): 8-bit data, UCS2.
const DCS_8BIT: u8 = 0x04;
const DCS_UCS2: u8 = 0x08;
/// Bits of the first octet (9.2.3): message type, header present, report wanted, relative validity.
const TYPE_BITS: u8 = 0x03;
const HEADER: u8 = 0x40;
const REPORT_WANTED: u8 = 0x20;
const VALIDITY_RELATIVE: u8 = 0x10;
const SUBMIT: u8 = 0x01;

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A frame of the network.
    Frame {
        /// Who sent it.
        from: Number,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A text that a person wrote, or one part of a long one.
    Text {
        /// Who sent it.
        from: Number,
        /// What it says.
        text: String,
    },
    /// What became of a message that was sent.
    Report {
        /// The number that the modem gave it when it was sent.
        reference: u8,
        /// Whose it was.
        to: Number,
        /// The phone has it; a failure for good otherwise.
        is_delivered: bool,
    },
    /// Something that is none of these; the word says what.
    Other(&'static str),
}

/// A message ready for `AT+CMGS`: its octets without those of the service centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit(Vec<u8>);

impl Submit {
    /// A frame; none if it is too long.
    pub fn frame(to: &Number, frame: &[u8], wants_report: bool, validity: u8) -> Option<Submit> {
        if frame.is_empty() || frame.len() > FRAME_BYTES_MAX {
            return None;
        }
        let user = [&PORT_HEADER, frame].concat();
        Some(submit(to, HEADER, DCS_8BIT, &user, wants_report, validity))
    }

    /// A text in as many messages as it takes; what is beyond the most parts is cut off. Parts
    /// belong together by `group`.
    pub fn text(to: &Number, text: &str, group: u8, wants_report: bool) -> Vec<Submit> {
        let validity = validity_of_s(super::timing::TEXT_VALID_S);
        let parts = split(text);
        let count = parts.len() as u8;
        let part = |(at, part): (usize, &String)| {
            let units = write_ucs2(part);
            let (flag, user) = match count {
                1 => (0, units),
                _ => (HEADER, [&[5, 0, 3, group, count, at as u8 + 1], units.as_slice()].concat()),
            };
            submit(to, flag, DCS_UCS2, &user, wants_report, validity)
        };
        parts.iter().enumerate().map(part).collect()
    }

    /// Octets that `AT+CMGS` is told of.
    pub fn octets(&self) -> usize {
        self.0.len()
    }

    /// The line for the modem: the service centre that the card knows, then the message.
    pub fn hex(&self) -> String {
        hex_of(&[&[0], self.0.as_slice()].concat())
    }
}

/// Relative validity for so many seconds (9.2.3.12.1), rounded down, five minutes at least.
pub fn validity_of_s(valid_s: u32) -> u8 {
    let (minutes, hours) = (valid_s / 60, valid_s / 3600);
    let value = match () {
        () if hours < 12 => (minutes / 5).max(1) - 1,
        () if hours < 24 => 143 + (minutes - 12 * 60) / 30,
        () if hours < 31 * 24 => 166 + hours / 24,
        () => 192 + (hours / 24 / 7).min(63),
    };
    value.min(255) as u8
}

fn submit(
    to: &Number,
    flag: u8,
    coding: u8,
    user: &[u8],
    wants_report: bool,
    validity: u8,
) -> Submit {
    let report = if wants_report { REPORT_WANTED } else { 0 };
    // The modem fills in the reference.
    let mut octets = vec![SUBMIT | VALIDITY_RELATIVE | flag | report, 0];
    to.put(&mut octets);
    octets.extend([0, coding, validity, user.len() as u8]);
    octets.extend_from_slice(user);
    Submit(octets)
}

/// A text in pieces of whole signs.
fn split(text: &str) -> Vec<String> {
    if text.encode_utf16().count() <= UNITS_ALONE {
        return vec![text.to_owned()];
    }
    let (mut parts, mut part, mut units) = (Vec::new(), String::new(), 0);
    for sign in text.chars() {
        if units + sign.len_utf16() > UNITS_IN_PART {
            parts.push(std::mem::take(&mut part));
            units = 0;
        }
        part.push(sign);
        units += sign.len_utf16();
    }
    parts.push(part);
    parts.truncate(SMS_TEXT_PARTS_MAX);
    parts
}

/// What a line of hexadecimal digits says that the modem gave; none if it is no message at all.
pub fn read_hex(line: &str) -> Option<Incoming> {
    let octets = octets_of(line)?;
    let mut from = Octets(&octets);
    let centre = usize::from(from.one()?);
    from.take(centre)?;
    read(&mut from)
}

/// What the octets of a message say, those of the service centre taken off.
fn read(from: &mut Octets<'_>) -> Option<Incoming> {
    let first = from.one()?;
    match first & TYPE_BITS {
        0 => read_deliver(first, from),
        2 => read_report(from),
        _ => Some(Incoming::Other("sms_type")),
    }
}

fn read_deliver(first: u8, from: &mut Octets<'_>) -> Option<Incoming> {
    let number = from.number()?;
    let _protocol = from.one()?;
    let coding = from.one()?;
    let _stamp = from.take(7)?;
    let length = usize::from(from.one()?);
    let Some(number) = number else { return Some(Incoming::Other("sms_from_service")) };
    let user = from.0;
    let header_octets = match first & HEADER {
        0 => 0,
        _ => usize::from(*user.first()?) + 1,
    };
    let header = user.get(..header_octets)?;
    match alphabet_of(coding) {
        Some(Alphabet::Packed) => {
            // The text begins at the next whole septet behind the header (9.2.3.24).
            let skipped = (header_octets * 8).div_ceil(7);
            let septets = length.checked_sub(skipped)?;
            let enough = user.len() * 8 >= length * 7;
            let text = read_packed(user, skipped * 7, septets);
            enough.then_some(Incoming::Text { from: number, text })
        }
        Some(Alphabet::Ucs2) => {
            let body = user.get(header_octets..length)?;
            Some(Incoming::Text { from: number, text: read_ucs2(body) })
        }
        Some(Alphabet::Bytes) => {
            let body = user.get(header_octets..length)?.to_vec();
            let is_ours = is_for_port(header) && !body.is_empty();
            let frame = Incoming::Frame { from: number, frame: body };
            Some(if is_ours { frame } else { Incoming::Other("sms_other_port") })
        }
        None => Some(Incoming::Other("sms_coding")),
    }
}

fn read_report(from: &mut Octets<'_>) -> Option<Incoming> {
    let reference = from.one()?;
    let to = from.number()?;
    let _stamps = from.take(14)?;
    let status = from.one()?;
    let Some(to) = to else { return Some(Incoming::Other("sms_from_service")) };
    // 9.2.3.15: below 32 it arrived; 32 to 63 the centre still tries; above it gave up.
    Some(match status {
        0..32 => Incoming::Report { reference, to, is_delivered: true },
        32..64 => Incoming::Other("sms_still_trying"),
        64.. => Incoming::Report { reference, to, is_delivered: false },
    })
}

enum Alphabet {
    Packed,
    Bytes,
    Ucs2,
}

/// TS 23.038 section 4: the general group and the one of message classes; no compression.
fn alphabet_of(coding: u8) -> Option<Alphabet> {
    let general = match (coding >> 2) & 3 {
        0 => Some(Alphabet::Packed),
        1 => Some(Alphabet::Bytes),
        2 => Some(Alphabet::Ucs2),
        _ => None,
    };
    match coding >> 4 {
        0..=3 if coding & 0x20 == 0 => general,
        0xF if coding & 4 == 0 => Some(Alphabet::Packed),
        0xF => Some(Alphabet::Bytes),
        _ => None,
    }
}

/// The header holds an element that addresses our port.
fn is_for_port(header: &[u8]) -> bool {
    let mut rest = header.get(1..).unwrap_or_default();
    while let [element, length, after @ ..] = rest {
        let Some(value) = after.get(..usize::from(*length)) else { return false };
        if *element == 0x05 && value.get(..2) == Some(PORT.to_be_bytes().as_slice()) {
            return true;
        }
        rest = &after[usize::from(*length)..];
    }
    false
}

/// Octets not read yet.
struct Octets<'a>(&'a [u8]);

impl<'a> Octets<'a> {
    fn one(&mut self) -> Option<u8> {
        self.take(1).map(|octets| octets[0])
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number; an inner none for the name of a service.
    fn number(&mut self) -> Option<Option<Number>> {
        let digits = usize::from(self.one()?);
        let address_type = self.one()?;
        let octets = self.take(digits.div_ceil(2))?;
        Some(Number::read(digits, address_type, octets))
    }
}

/// Octets as upper-case digits.
pub fn hex_of(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// Digits as octets; none if they are no such digits, or too many.
pub fn octets_of(line: &str) -> Option<Vec<u8>> {
    let line = line.trim().as_bytes();
    if !line.len().is_multiple_of(2) || line.len() / 2 > SMS_TPDU_BYTES_MAX {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let octet = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    line.chunks_exact(2).map(octet).collect()
}
