//! The sentences of a made-up BeiDou terminal: what its host wishes and what it answers. Written
//! from the terminal's side, apart from the driver's tables, so that the two check each other.
//! Which fields there are: research, bearers 1.1.

use sanduan_protocol::link::modem::rdss::Dialect;
use sanduan_protocol::link::modem::rdss::content::unhex;
use sanduan_protocol::link::modem::rdss::sentence::{Sentence, line, line_of_bytes};
use sanduan_protocol::link::modem::rdss::text::signs_in;

use super::{Inhibited, Why};

/// What a host wishes.
#[derive(Debug)]
pub(super) enum Wish {
    /// To know the card.
    Card,
    /// Signal reports.
    Reports,
    /// A message sent.
    Send { to: u32, content: Content },
    /// Something that these terminals do not do.
    Other,
}

/// The content of a message as it stood in the sentence.
#[derive(Clone, Debug)]
pub(super) struct Content {
    /// The encoding word, handed on as it is.
    pub encoding: String,
    /// Hexadecimal digits, or a text in GBK.
    pub written: Vec<u8>,
    /// It is a text.
    pub is_text: bool,
    /// Bytes of it that are no content (the A4 of mixed messages).
    pub head: usize,
}

impl Content {
    /// Bytes of it.
    pub fn bytes(&self) -> usize {
        let bytes = if self.is_text { self.written.len() } else { self.written.len() / 2 };
        bytes.saturating_sub(self.head)
    }

    /// Bits that it takes on the air; none if it is no content at all. A sign takes 14, the A4
    /// before mixed bytes eight, in which the levels of 2.1 cards are counted.
    fn bits(&self) -> Option<usize> {
        match self.is_text {
            true => Some(signs_in(&self.written) * 14),
            false => unhex(&self.written).map(|bytes| bytes.len() * 8),
        }
    }

    /// A card of this level carries it.
    pub fn fits(&self, level_bits: Option<u32>) -> bool {
        let bits = self.bits().and_then(|bits| u32::try_from(bits).ok());
        bits.zip(level_bits).is_some_and(|(bits, most)| bits <= most)
    }
}

pub(super) fn read(dialect: Dialect, said: &Sentence) -> Wish {
    let encoding = |at| String::from_utf8_lossy(said.word(at)).into_owned();
    match (dialect, said.name()) {
        (Dialect::V2_1, b"CCICA") | (Dialect::Bds3 { .. }, b"CCICR") => Wish::Card,
        (Dialect::V2_1, b"CCRMO") if said.word(0) == b"BSI" => Wish::Reports,
        (Dialect::V2_1, b"CCTXA") => match said.number(0) {
            Some(to) => {
                let (encoding, written) = (encoding(2), said.rest(3));
                let (is_text, head) = (encoding == "0", usize::from(encoding == "2"));
                Wish::Send { to, content: Content { encoding, written, is_text, head } }
            }
            None => Wish::Other,
        },
        (Dialect::Bds3 { .. }, b"CCTCQ") => match said.number(0) {
            Some(to) => {
                let at = if said.word(4).is_empty() { 5 } else { 4 };
                let (encoding, rest) = (encoding(3), said.rest(at));
                // The number of repetitions, which some hosts leave away.
                let written = rest.strip_suffix(b",0").unwrap_or(&rest).to_vec();
                let (is_text, head) = (encoding == "1", usize::from(encoding == "3"));
                Wish::Send { to, content: Content { encoding, written, is_text, head } }
            }
            None => Wish::Other,
        },
        (Dialect::V2_1 | Dialect::Bds3 { .. }, _) => Wish::Other,
    }
}

pub(super) fn card(dialect: Dialect, card: u32, group: u32, interval_s: u32, level: u8) -> Vec<u8> {
    match dialect {
        Dialect::V2_1 => {
            line(&format!("BDICI,{card:07},{card:08},{group:07},5,{interval_s},{level},N,0"))
        }
        Dialect::Bds3 { .. } => {
            let rest = "0,0,0,0,0,0,0,0,0,0,0";
            line(&format!("BDICP,{card},{group},{rest},{interval_s},{level},0,0,0,0,0,0,0,0"))
        }
    }
}

pub(super) fn signal(dialect: Dialect, good: bool) -> Vec<u8> {
    match (dialect, good) {
        (Dialect::V2_1, true) => line("BDBSI,3,4,0,0,4,2,0,0,0,0,0,0"),
        (Dialect::V2_1, false) => line("BDBSI,0,0,0,0,0,0,0,0,0,0,0,0"),
        (Dialect::Bds3 { .. }, true) => line("BDPWI,081519.00,00,02,01,42,0,0,03,39,0,0"),
        (Dialect::Bds3 { .. }, false) => line("BDPWI,000000.00,00,00"),
    }
}

pub(super) fn feedback(
    dialect: Dialect,
    refused: Option<Why>,
    inhibited: Option<Inhibited>,
    wait_s: u64,
) -> Vec<u8> {
    let done = if refused.is_some() { "N" } else { "Y" };
    match dialect {
        Dialect::V2_1 => {
            let kept = if refused == Some(Why::Early) { "N" } else { "Y" };
            let code = match inhibited.filter(|_| refused == Some(Why::Inhibited)) {
                None => 0,
                Some(Inhibited::Suppressed) => 1,
                Some(Inhibited::Power) => 2,
                Some(Inhibited::Silence) => 3,
            };
            let (minutes, seconds) = (wait_s / 60, wait_s % 60);
            line(&format!("BDFKI,TXA,{done},{kept},{code},{minutes:02}{seconds:02}"))
        }
        Dialect::Bds3 { .. } => {
            let code = match (refused, inhibited) {
                (Some(Why::Early), _) => 1,
                (Some(Why::Inhibited), Some(Inhibited::Suppressed)) => 2,
                (Some(Why::Inhibited), Some(Inhibited::Silence)) => 3,
                (Some(Why::Inhibited), Some(Inhibited::Power) | None) => 4,
                (Some(Why::NoCard), _) => 5,
                (Some(Why::Oversize | Why::Blocked | Why::Lost | Why::Nobody), _) => 6,
                (None, _) => 0,
            };
            line(&format!("BDFKI,081520,TCQ,{done},{code},{wait_s}"))
        }
    }
}

pub(super) fn message(
    dialect: Dialect,
    from: u32,
    to: u32,
    to_group: bool,
    content: &Content,
) -> Vec<u8> {
    let Content { encoding, written, .. } = content;
    let head = match dialect {
        Dialect::V2_1 => {
            let category = if to_group { 3 } else { 1 };
            format!("BDTXR,{category},{from:07},{encoding},,")
        }
        Dialect::Bds3 { .. } => format!("BDTCI,{from:08},{to},1,081530,{encoding},0,"),
    };
    line_of_bytes(&[head.as_bytes(), written].concat())
}
