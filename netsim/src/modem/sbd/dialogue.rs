//! What the host of a made-up Iridium modem says: lines of commands, and the bytes of a message
//! after `AT+SBDWB`. Written from the modem's side, apart from the driver's parser.

use super::SENT_BYTES_MAX;

/// Bytes of a line of commands; more is cut off.
const LINE_BYTES_MAX: usize = 256;

/// One thing that a host said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something that these modems need not do, and say `OK` to.
    Fine,
    Unknown,
    Ring(bool),
    /// So many bytes will come; `None` if they are too many.
    Write(Option<usize>),
    /// They came; `None` if the sum is wrong.
    Written(Option<Vec<u8>>),
    Clear,
    Bars,
    Read,
    /// Whether the gateway knows where to ring.
    Registration,
    /// What waits here and there.
    Standing,
    /// The command's name, for the answer.
    Session(&'static str),
}

/// Where the dialogue stands.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    line: Vec<u8>,
    /// Bytes of a message and its sum that are still to come.
    expected: usize,
    bytes: Vec<u8>,
}

impl Dialogue {
    pub fn push(&mut self, byte: u8) -> Option<Heard> {
        if self.expected > 0 {
            self.bytes.push(byte);
            self.expected -= 1;
            return (self.expected == 0).then(|| self.written());
        }
        if byte != b'\r' {
            if byte != b'\n' && self.line.len() < LINE_BYTES_MAX {
                self.line.push(byte);
            }
            return None;
        }
        let line = std::mem::take(&mut self.line);
        let heard = heard(String::from_utf8_lossy(&line).trim());
        if let Some(Heard::Write(Some(length))) = heard {
            self.expected = length + 2;
        }
        heard
    }

    fn written(&mut self) -> Heard {
        let mut message = std::mem::take(&mut self.bytes);
        let sum = message.split_off(message.len() - 2);
        Heard::Written((sum == sum_of(&message)).then_some(message))
    }
}

fn heard(line: &str) -> Option<Heard> {
    let upper = line.to_uppercase();
    if let Some(length) = upper.strip_prefix("AT+SBDWB=") {
        let length = length.parse().ok().filter(|length| (1..=SENT_BYTES_MAX).contains(length));
        return Some(Heard::Write(length));
    }
    Some(match upper.as_str() {
        "" => return None,
        "AT" | "ATE0" | "ATE1" | "AT&K0" | "AT&K3" => Heard::Fine,
        "AT+SBDREG?" => Heard::Registration,
        "AT+SBDSX" => Heard::Standing,
        "AT+SBDMTA=1" => Heard::Ring(true),
        "AT+SBDMTA=0" => Heard::Ring(false),
        "AT+SBDD0" | "AT+SBDD2" => Heard::Clear,
        "AT+CSQ" | "AT+CSQF" => Heard::Bars,
        "AT+SBDRB" => Heard::Read,
        // The answer of both has the same name.
        "AT+SBDIX" | "AT+SBDIXA" => Heard::Session("SBDIX"),
        _ => Heard::Unknown,
    })
}

/// The answer of `AT+SBDRB`.
pub(super) fn message(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u16).to_be_bytes();
    [length.as_slice(), bytes, &sum_of(bytes), b"\r\nOK\r\n"].concat()
}

fn sum_of(bytes: &[u8]) -> [u8; 2] {
    let sum: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
    ((sum & 0xFFFF) as u16).to_be_bytes()
}
