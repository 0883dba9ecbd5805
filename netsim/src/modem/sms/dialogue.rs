//! What the host of a made-up modem says: lines of commands, and a message after `AT+CMGS`.
//! Written from the modem's side, apart from the driver's reader.

use super::pdu::Message;

/// Bytes of a line; more is cut off. A message has fewer than 400 digits.
const LINE_BYTES_MAX: usize = 512;
const CTRL_Z: u8 = 0x1A;
const ESCAPE: u8 = 0x1B;

/// One thing that a host said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something that these modems need not do, and say `OK` to.
    Fine,
    Unknown,
    Card,
    /// Messages are to be handed over at once.
    HandOver,
    Signal,
    Network,
    List,
    Delete(u32),
    /// A message comes.
    Prompt,
    /// It came; `None` if it is none, or not of the length announced.
    Message(Option<Message>),
}

/// Where the dialogue stands.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    line: Vec<u8>,
    /// Octets of the message that comes.
    expected: Option<usize>,
}

impl Dialogue {
    pub fn push(&mut self, byte: u8) -> Option<Heard> {
        let end = if self.expected.is_some() { CTRL_Z } else { b'\r' };
        if byte == ESCAPE {
            (self.line, self.expected) = (Vec::new(), None);
            return None;
        }
        if byte != end {
            if byte != b'\n' && self.line.len() < LINE_BYTES_MAX {
                self.line.push(byte);
            }
            return None;
        }
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if let Some(octets) = self.expected.take() {
            let message = Message::read(line.trim()).filter(|message| message.octets == octets);
            return Some(Heard::Message(message));
        }
        let heard = heard(line.trim());
        if let Some((_, octets)) = line.trim().split_once("AT+CMGS=") {
            self.expected = octets.parse().ok();
        }
        heard
    }
}

fn heard(line: &str) -> Option<Heard> {
    let upper = line.to_uppercase();
    if let Some(place) = upper.strip_prefix("AT+CMGD=") {
        return Some(place.parse().map_or(Heard::Unknown, Heard::Delete));
    }
    if let Some(octets) = upper.strip_prefix("AT+CMGS=") {
        return Some(octets.parse::<u8>().map_or(Heard::Unknown, |_| Heard::Prompt));
    }
    Some(match upper.as_str() {
        "" => return None,
        "AT" | "ATE0" | "AT+CMEE=1" | "AT+CMGF=0" | "AT+CSMS?" | "AT+CNMI=2,1,0,0,0" => Heard::Fine,
        "AT+CPIN?" => Heard::Card,
        "AT+CNMI=2,2,0,1,0" => Heard::HandOver,
        "AT+CSQ" => Heard::Signal,
        "AT+CREG?" => Heard::Network,
        "AT+CMGL=4" => Heard::List,
        _ => Heard::Unknown,
    })
}
