//! Iridium DirectIP, the shore side of short burst data: messages between the operator's gateway
//! and a command post over TCP. Bytes to messages and back, what the gateway's answers mean. No
//! socket here; the modem's side is [`super::sbd`].
//!
//! ```text
//! 01 LL LL │ element │ element │ …         revision 1, length of what follows; big-endian all
//! element    II LL LL bytes                which, length, content
//!
//! from a modem (the gateway connects to us, sends one, and hears no answer)
//!   01  header 28    reference 4, IMEI 15, status 1, MOMSN 2, MTMSN 2, seconds since 1970 4
//!   02  payload 1 to 1,960
//!   03  place 11     not used: a fix of ours is in the payload, and better
//! to a modem (we connect to the gateway, send one, and read its answer)
//!   41  header 21    our number 4, IMEI 15, flags 2
//!   42  payload 1 to 1,890
//!   44  answer 25    our number 4, IMEI 15, reference 4, status 2
//! ```
//!
//! The layout is that of the "Iridium Short Burst Data Service Developers Guide", DirectIP
//! chapters; lengths as in research, bearers 1.2. An answer says that the gateway has the message,
//! never that the modem fetched it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::base::caps::{DIRECTIP_BYTES_MAX, SBD_BYTES_MAX};

const REVISION: u8 = 1;
/// Revision and length.
const HEAD_BYTES: usize = 3;

const MO_HEADER: u8 = 0x01;
const MO_PAYLOAD: u8 = 0x02;
const MT_HEADER: u8 = 0x41;
const MT_PAYLOAD: u8 = 0x42;
const MT_ANSWER: u8 = 0x44;

/// Number of a modem: fifteen digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Imei([u8; 15]);

impl FromStr for Imei {
    type Err = DirectIpError;

    fn from_str(text: &str) -> Result<Imei, DirectIpError> {
        Imei::of(text.as_bytes())
    }
}

impl fmt::Display for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

impl Imei {
    fn of(bytes: &[u8]) -> Result<Imei, DirectIpError> {
        let digits: [u8; 15] = bytes.try_into().map_err(|_| DirectIpError::BadImei)?;
        match digits.iter().all(u8::is_ascii_digit) {
            true => Ok(Imei(digits)),
            false => Err(DirectIpError::BadImei),
        }
    }
}

/// Something that the gateway sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A modem held a session.
    FromModem(FromModem),
    /// The answer to a message for a modem.
    Answer(Answer),
}

/// A session of a modem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromModem {
    /// The gateway's number of it; the same again if it sends it twice.
    pub reference: u32,
    /// Which modem.
    pub imei: Imei,
    /// 0 to 2 when the message came through; see the guide for others.
    pub status: u8,
    /// The modem's number of its message.
    pub sent_number: u16,
    /// Seconds since 1970 at the gateway.
    pub at_s: u32,
    /// The message; none if the modem only asked for its own.
    pub payload: Option<Vec<u8>>,
}

/// The gateway's answer to a message for a modem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Our number of the message.
    pub id: u32,
    /// Which modem.
    pub imei: Imei,
    /// See [`verdict`].
    pub status: i16,
}

/// Why bytes are no message. The connection they came over is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DirectIpError {
    /// Another revision than 1.
    #[error("not DirectIP revision 1")]
    BadRevision,
    /// Longer than any message is.
    #[error("longer than {DIRECTIP_BYTES_MAX} bytes")]
    TooLong,
    /// An element ends behind the message, or is shorter or longer than its kind.
    #[error("an element of the wrong length")]
    BadLength,
    /// No fifteen digits.
    #[error("an IMEI that is not fifteen digits")]
    BadImei,
    /// Neither a session of a modem nor an answer.
    #[error("neither a session nor an answer")]
    NoHeader,
}

impl DirectIpError {
    /// The reason word under which a drop is counted.
    pub fn reason(self) -> &'static str {
        match self {
            DirectIpError::BadRevision => "directip_bad_revision",
            DirectIpError::TooLong => "directip_too_long",
            DirectIpError::BadLength => "directip_bad_length",
            DirectIpError::BadImei => "directip_bad_imei",
            DirectIpError::NoHeader => "directip_no_header",
        }
    }
}

/// What the gateway's answer means for the message and the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It waits for the modem, so many others before it.
    Queued {
        /// Messages before it.
        before: u16,
    },
    /// -5: fifty wait already. Again when the modem has fetched some.
    QueueFull,
    /// -6: the gateway has no room now.
    Busy,
    /// -1 and -2: no such modem is known there.
    UnknownModem,
    /// -3: too long for the modem.
    TooLong,
    /// -8 and -9: the modem is not to be rung, or not attached.
    NotAttached,
    /// -10 and -12: our address or certificate is not accepted.
    NotAllowed,
    /// -4, -7, -11 and others: the gateway does not understand us.
    Refused(i16),
}

/// The meaning of an answer's status (guide, "MT message status").
pub fn verdict(status: i16) -> Verdict {
    match status {
        0 => Verdict::Queued { before: 0 },
        1..=50 => Verdict::Queued { before: status.unsigned_abs() - 1 },
        -1 | -2 => Verdict::UnknownModem,
        -3 => Verdict::TooLong,
        -5 => Verdict::QueueFull,
        -6 => Verdict::Busy,
        -8 | -9 => Verdict::NotAttached,
        -10 | -12 => Verdict::NotAllowed,
        other => Verdict::Refused(other),
    }
}

/// A modem fetches one message a session, and a session takes some twenty seconds.
const FETCH_MS: u64 = 20_000;
/// A modem that has not fetched for so long may do so at any moment.
const FETCH_MS_MAX: u64 = 300_000;
/// What a person must put right is tried again after so long: every try may be charged.
const REFUSED_MS: u64 = 300_000;

impl Verdict {
    /// How long to wait before the next message for the same modem, ms. What waits at the gateway
    /// grows old there; a frame that is made later says more.
    pub fn pause_ms(self) -> u64 {
        match self {
            Verdict::Queued { before } => (u64::from(before) * FETCH_MS).min(FETCH_MS_MAX),
            Verdict::QueueFull => FETCH_MS_MAX,
            Verdict::Busy => 60_000,
            Verdict::TooLong => 0,
            Verdict::UnknownModem
            | Verdict::NotAttached
            | Verdict::NotAllowed
            | Verdict::Refused(_) => REFUSED_MS,
        }
    }
}

/// A message for a modem, as the gateway takes it. `id` is ours; the answer repeats it.
///
/// # Panics
/// When the payload is longer than [`SBD_BYTES_MAX`]; the caller keeps to the link's mtu.
pub fn for_modem(id: u32, imei: Imei, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() <= SBD_BYTES_MAX, "the caller keeps to the mtu");
    let mut header = Vec::with_capacity(21);
    header.extend(id.to_be_bytes());
    header.extend(imei.0);
    // No flags: nothing is flushed, the modem is rung.
    header.extend([0, 0]);
    let mut elements = Vec::new();
    for (kind, content) in [(MT_HEADER, header.as_slice()), (MT_PAYLOAD, payload)] {
        elements.push(kind);
        elements.extend((content.len() as u16).to_be_bytes());
        elements.extend(content);
    }
    let mut message = vec![REVISION];
    message.extend((elements.len() as u16).to_be_bytes());
    message.extend(elements);
    message
}

/// Puts together the messages of one connection, cut anywhere.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    partial: Vec<u8>,
}

impl Collector {
    /// Take in bytes as they were read. The caller reads less than 64 KiB at a time.
    pub fn push(&mut self, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
    }

    /// The next whole message; `None` when more must be pushed.
    ///
    /// # Errors
    /// What came is none. Everything is dropped: nothing tells where a next one would begin.
    pub fn take(&mut self) -> Option<Result<Received, DirectIpError>> {
        let (head, rest) = self.partial.split_first_chunk::<HEAD_BYTES>()?;
        let length = usize::from(u16::from_be_bytes([head[1], head[2]]));
        let fault = match () {
            () if head[0] != REVISION => Some(DirectIpError::BadRevision),
            () if HEAD_BYTES + length > DIRECTIP_BYTES_MAX => Some(DirectIpError::TooLong),
            () => None,
        };
        if let Some(fault) = fault {
            self.partial.clear();
            return Some(Err(fault));
        }
        let received = read(rest.get(..length)?);
        self.partial.drain(..HEAD_BYTES + length);
        Some(received)
    }
}

/// The elements of a message. Kinds that are not known are passed over, as the guide asks.
fn read(mut rest: &[u8]) -> Result<Received, DirectIpError> {
    let (mut session, mut answer, mut payload) = (None, None, None);
    while let Some((head, after)) = rest.split_first_chunk::<3>() {
        let length = usize::from(u16::from_be_bytes([head[1], head[2]]));
        let content = after.get(..length).ok_or(DirectIpError::BadLength)?;
        rest = &after[length..];
        match head[0] {
            MO_HEADER => session = Some(read_session(content)?),
            MO_PAYLOAD => payload = Some(content.to_vec()).filter(|bytes| !bytes.is_empty()),
            MT_ANSWER => answer = Some(read_answer(content)?),
            _ => {}
        }
    }
    match (rest.is_empty(), session, answer) {
        (false, _, _) => Err(DirectIpError::BadLength),
        (true, Some(session), _) => Ok(Received::FromModem(FromModem { payload, ..session })),
        (true, None, Some(answer)) => Ok(Received::Answer(answer)),
        (true, None, None) => Err(DirectIpError::NoHeader),
    }
}

fn read_session(content: &[u8]) -> Result<FromModem, DirectIpError> {
    let content: &[u8; 28] = content.try_into().map_err(|_| DirectIpError::BadLength)?;
    Ok(FromModem {
        reference: number(&content[..4]),
        imei: Imei::of(&content[4..19])?,
        status: content[19],
        sent_number: number(&content[20..22]) as u16,
        at_s: number(&content[24..28]),
        payload: None,
    })
}

fn read_answer(content: &[u8]) -> Result<Answer, DirectIpError> {
    let content: &[u8; 25] = content.try_into().map_err(|_| DirectIpError::BadLength)?;
    Ok(Answer {
        id: number(&content[..4]),
        imei: Imei::of(&content[4..19])?,
        status: i16::from_be_bytes([content[23], content[24]]),
    })
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests;
