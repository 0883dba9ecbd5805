//! The two dialects as tables: which sentence asks for what, and what the answers mean. Both end
//! in the same few facts ([`Fact`]), so the driver knows nothing of words and commas.
//!
//! | fact | 2.1 (BDS-1 and 2) | BDS-3 |
//! |---|---|---|
//! | who is the card | CCICA → BDICI | CCICR → BDICP |
//! | signal | CCRMO → BDBSI | BDPWI, by itself |
//! | send | CCTXA | CCTCQ |
//! | was it sent | BDFKI,TXA | BDFKI,time,TCQ |
//! | message for us | BDTXR | BDTCI |
//!
//! Field numbers and codes: research, bearers 1.1. Devices differ in small things; those are
//! fields of [`Dialect::Bds3`].

use thiserror::Error;

use super::content::{MIXED_HEAD, hex, unhex};
use super::sentence::{Sentence, line, line_of_bytes};
use super::text::text_of;

/// Which sentences a terminal speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// BeiDou terminal protocol 2.1.
    V2_1,
    /// Regional short message of BDS-3.
    Bds3 {
        /// Some devices want an empty field before the content.
        blank_before_content: bool,
        /// Some devices refuse the last field, the number of repetitions.
        repeat_field: bool,
        /// Frequency point to send on, 1 to 5.
        frequency: u8,
    },
}

impl Dialect {
    /// BDS-3 as most public drivers speak it.
    pub const BDS3: Dialect =
        Dialect::Bds3 { blank_before_content: false, repeat_field: true, frequency: 1 };

    /// Ask who the card is.
    pub fn ask_card(self) -> Vec<u8> {
        match self {
            Dialect::V2_1 => line("CCICA,0,00"),
            Dialect::Bds3 { .. } => line("CCICR,0,00"),
        }
    }

    /// Ask for signal reports every second; `None` where they come by themselves.
    pub fn ask_signal(self) -> Option<Vec<u8>> {
        match self {
            Dialect::V2_1 => Some(line("CCRMO,BSI,2,1")),
            Dialect::Bds3 { .. } => None,
        }
    }

    /// Send `frame` to the card or group `to`.
    pub fn send(self, to: u32, frame: &[u8]) -> Vec<u8> {
        match self {
            Dialect::V2_1 => line(&format!("CCTXA,{to:07},1,2,{}", hex(Some(MIXED_HEAD), frame))),
            Dialect::Bds3 { blank_before_content, repeat_field, frequency } => {
                let blank = if blank_before_content { "," } else { "" };
                let repeat = if repeat_field { ",0" } else { "" };
                let content = hex(None, frame);
                line(&format!("CCTCQ,{to},{frequency},2,2,{blank}{content}{repeat}"))
            }
        }
    }

    /// Send a text in GBK to the card or group `to`.
    pub fn send_text(self, to: u32, gb: &[u8]) -> Vec<u8> {
        let (head, tail) = match self {
            Dialect::V2_1 => (format!("CCTXA,{to:07},1,0,"), ""),
            Dialect::Bds3 { blank_before_content, repeat_field, frequency } => {
                let blank = if blank_before_content { "," } else { "" };
                let repeat = if repeat_field { ",0" } else { "" };
                (format!("CCTCQ,{to},{frequency},2,1,{blank}"), repeat)
            }
        };
        line_of_bytes(&[head.as_bytes(), gb, tail.as_bytes()].concat())
    }

    /// What a sentence of the terminal says.
    ///
    /// # Errors
    /// The sentence is of this dialect, but its fields are not; it is dropped and counted.
    pub fn read(self, said: &Sentence) -> Result<Fact, FactError> {
        match (self, said.name()) {
            (Dialect::V2_1, b"BDICI") => card_2_1(said),
            (Dialect::V2_1, b"BDBSI") => signal_2_1(said),
            (Dialect::V2_1, b"BDFKI") => feedback_2_1(said),
            (Dialect::V2_1, b"BDTXR") => message_2_1(said),
            (Dialect::Bds3 { .. }, b"BDICP") => card_bds3(said),
            (Dialect::Bds3 { .. }, b"BDPWI") => signal_bds3(said),
            (Dialect::Bds3 { .. }, b"BDFKI") => feedback_bds3(said),
            (Dialect::Bds3 { .. }, b"BDTCI") => message_bds3(said),
            (Dialect::V2_1 | Dialect::Bds3 { .. }, _) => Ok(Fact::Other),
        }
    }
}

/// What a terminal can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The card in it; `None` if there is none.
    Card(Option<Card>),
    /// Strength of the best satellite, 0 to 100; 0 where none can be reached.
    Signal(u8),
    /// What became of the last send.
    Feedback(Feedback),
    /// A message came.
    Message {
        /// Card that sent it.
        from: u32,
        /// The frame in it.
        frame: Vec<u8>,
    },
    /// A text came.
    Text {
        /// Card that sent it.
        from: u32,
        /// What it says.
        text: String,
    },
    /// A sentence that does not concern us (positions, time, version).
    Other,
}

/// A card, as it tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its number, 7 or 8 digits.
    pub id: u32,
    /// Group or broadcast number; 0 if it has none.
    pub group: u32,
    /// Shortest time between two messages, seconds.
    pub interval_s: u32,
    /// Level, which decides how long a message may be.
    pub level: u8,
}

/// What became of a send. Never that anybody received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// It left the antenna.
    Sent,
    /// Too early: again in so many seconds.
    Wait(u32),
    /// The terminal may not send now, see [`Inhibit`].
    Inhibited(Inhibit),
    /// The terminal has no card.
    NoCard,
    /// The sentence arrived damaged on the serial line: again at once.
    Damaged,
}

/// Why a terminal may not send at all for the time being.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inhibit {
    /// The system suppresses this card.
    Suppressed,
    /// Its battery is low, or its transmitter has no lock.
    Power,
    /// Radio silence was ordered.
    Silence,
    /// The card has no right to do this.
    NoPermission,
    /// A code that stands in no table.
    Unknown(u32),
}

/// Why a sentence of our dialect said nothing to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FactError {
    /// A field is missing or has no sense.
    #[error("sentence with a field that has no sense")]
    BadField,
    /// Neither a frame nor a text.
    #[error("message that holds neither frame nor text")]
    NoFrame,
}

impl FactError {
    /// The reason word under which a drop is counted.
    pub fn reason(self) -> &'static str {
        match self {
            FactError::BadField => "rdss_bad_field",
            FactError::NoFrame => "rdss_no_frame",
        }
    }
}

/// BDICI,id,serial,broadcast,user type,interval,level,encrypted,subordinates
fn card_2_1(said: &Sentence) -> Result<Fact, FactError> {
    let field = |at| said.number(at).ok_or(FactError::BadField);
    let (id, interval_s) = (field(0)?, field(4)?);
    let level = u8::try_from(field(5)?).map_err(|_| FactError::BadField)?;
    let group = said.number(2).unwrap_or(0);
    Ok(Fact::Card((id != 0).then_some(Card { id, group, interval_s, level })))
}

/// BDICP, 23 fields: id, group, …, 13 interval, 14 level (0 means 5)
fn card_bds3(said: &Sentence) -> Result<Fact, FactError> {
    let field = |at| said.number(at).ok_or(FactError::BadField);
    if field(0)? == 0 {
        return Ok(Fact::Card(None));
    }
    let level = match u8::try_from(field(14)?).map_err(|_| FactError::BadField)? {
        0 => 5,
        level => level,
    };
    let group = said.number(1).unwrap_or(0);
    Ok(Fact::Card(Some(Card { id: field(0)?, group, interval_s: field(13)?, level })))
}

/// Power of a beam, 0 to 4 (research, bearers 1.1).
const POWER_BEST: u32 = 4;

/// BDBSI,beam,difference beam,power of ten beams 0 to 4
fn signal_2_1(said: &Sentence) -> Result<Fact, FactError> {
    if said.word_count() < 3 {
        return Err(FactError::BadField);
    }
    let best = (2..said.word_count()).filter_map(|at| said.number(at)).max().unwrap_or(0);
    Ok(Fact::Signal((best.min(POWER_BEST) * 100 / POWER_BEST) as u8))
}

/// BDPWI,time,n2,(3 or 4 words)*n2,n3,(3 or 4 words)*n3: only the second list, beams of the short
/// message service, matters. Devices differ in the length of an entry; the count of all words
/// tells which it is.
fn signal_bds3(said: &Sentence) -> Result<Fact, FactError> {
    let words = said.word_count();
    let n2 = said.number(1).ok_or(FactError::BadField)? as usize;
    for size in [3, 4].into_iter().filter(|_| n2 <= words) {
        let at = 2 + n2 * size;
        let Some(n3) = said.number(at).map(|n3| n3 as usize).filter(|n3| *n3 <= words) else {
            continue;
        };
        let rest = words - at - 1;
        let entry = rest.checked_div(n3).unwrap_or(0);
        if rest != n3 * entry || (n3 > 0 && !(3..=4).contains(&entry)) {
            continue;
        }
        let strength = |beam| said.number(at + 1 + beam * entry + 1);
        let best = (0..n3).filter_map(strength).max().unwrap_or(0);
        return Ok(Fact::Signal(percent_of_db(best)));
    }
    Err(FactError::BadField)
}

/// Carrier to noise in dB-Hz as a share of the 50 that a good sky gives, in tenths: it trembles by
/// one or two, and a screen need not.
fn percent_of_db(db: u32) -> u8 {
    match db {
        0 => 0,
        1..=9 => 10,
        _ => (db.min(50) * 2 / 10 * 10) as u8,
    }
}

/// BDFKI,TXA,executed,interval kept,inhibit,mmss to wait
fn feedback_2_1(said: &Sentence) -> Result<Fact, FactError> {
    if said.word(0) != b"TXA" {
        return Ok(Fact::Other);
    }
    if said.word(1) == b"Y" {
        return Ok(Fact::Feedback(Feedback::Sent));
    }
    let inhibit = said.number(3).ok_or(FactError::BadField)?;
    let mmss = said.number(4).unwrap_or(0);
    let wait_s = mmss / 100 * 60 + mmss % 100;
    let is_early = said.word(2) == b"N";
    Ok(Fact::Feedback(match inhibit {
        0 if is_early => Feedback::Wait(wait_s),
        1 => Feedback::Inhibited(Inhibit::Suppressed),
        2 => Feedback::Inhibited(Inhibit::Power),
        3 => Feedback::Inhibited(Inhibit::Silence),
        other => Feedback::Inhibited(Inhibit::Unknown(other)),
    }))
}

/// BDFKI,time,TCQ,executed,reason,seconds to wait
fn feedback_bds3(said: &Sentence) -> Result<Fact, FactError> {
    if said.word(1) != b"TCQ" {
        return Ok(Fact::Other);
    }
    if said.word(2) == b"Y" {
        return Ok(Fact::Feedback(Feedback::Sent));
    }
    Ok(Fact::Feedback(match said.number(3).ok_or(FactError::BadField)? {
        1 => Feedback::Wait(said.number(4).unwrap_or(0)),
        2 => Feedback::Inhibited(Inhibit::Suppressed),
        3 => Feedback::Inhibited(Inhibit::Silence),
        4 => Feedback::Inhibited(Inhibit::Power),
        5 => Feedback::NoCard,
        6 => Feedback::Inhibited(Inhibit::NoPermission),
        11 => Feedback::Damaged,
        other => Feedback::Inhibited(Inhibit::Unknown(other)),
    }))
}

/// BDTXR,category,sender,type,time,content
fn message_2_1(said: &Sentence) -> Result<Fact, FactError> {
    let from = said.number(1).ok_or(FactError::BadField)?;
    let content = match said.word(2) {
        b"0" => return text_from(from, &said.rest(4)),
        b"1" => unhex(said.word(4)),
        b"2" => mixed(said.word(4)),
        _ => None,
    };
    frame_of(from, content)
}

/// BDTCI,sender,to,frequency,time,encoding,0,content
fn message_bds3(said: &Sentence) -> Result<Fact, FactError> {
    let from = said.number(0).ok_or(FactError::BadField)?;
    let content = match said.word(4) {
        b"1" => return text_from(from, &said.rest(6)),
        b"2" => unhex(said.last()),
        b"3" => mixed(said.last()),
        _ => None,
    };
    frame_of(from, content)
}

fn mixed(digits: &[u8]) -> Option<Vec<u8>> {
    let bytes = unhex(digits)?;
    bytes.strip_prefix(&[MIXED_HEAD]).map(<[u8]>::to_vec)
}

fn text_from(from: u32, gb: &[u8]) -> Result<Fact, FactError> {
    let text = text_of(gb).ok_or(FactError::NoFrame)?;
    Ok(Fact::Text { from, text })
}

fn frame_of(from: u32, content: Option<Vec<u8>>) -> Result<Fact, FactError> {
    let frame = content.filter(|frame| !frame.is_empty()).ok_or(FactError::NoFrame)?;
    Ok(Fact::Message { from, frame })
}
